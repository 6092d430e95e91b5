/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-catalogue"

#include "core/catalogue/privacy.h"

#include "core/catalogue/files.h"

#include <string.h>

/*
 * What the level of a field means, by construction and not by care (domain §3.0, §2.21a rule 9; 国办发〔2018〕45号 and
 * 国令第809号 on what is not asked again):
 *
 *  P1  what a card says nobody is asked for, and no paper of it is wanted;
 *  P2  of a sensitive field only that there is one, or which of the offered answers it was, stands on a page or sheet;
 *  P3  and only so much of it stays here with the case.
 */

#define FIELD_WORD "{field:"

static gboolean
is_one_of (const char *text, const char *const *list)
{
  return text != NULL && g_strv_contains (list, text);
}

/* P1 */

/* Block P of domain §3.0, as far as a card has it. */
static gboolean
is_on_card (json_t *field)
{
  static const char *const ids[] = { "p.doc_type", "p.name", "p.idno",     "p.sex", "p.birth",
                                     "p.ethnic",   "p.addr", "p.valid_to", NULL };

  return is_one_of (json_string_value (json_object_get (field, "id")), ids);
}

static gboolean
check_asked_again (json_t *service, char **ret_path, GError **error)
{
  static const char *const asking[] = { "choose", "self", "helper", NULL };
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (service, "fields"), i, field)
  {
    g_autofree char *path = g_strdup_printf ("/fields/%zu", i);

    if (is_on_card (field) &&
        is_one_of (json_string_value (json_object_get (field, "who")), asking))
      return bm_files_refuse (
        ret_path, error, path,
        "the card says it, so nobody is asked; write \"who\": \"read\" and \"from\"");
  }
  return TRUE;
}

/* By the English name, which every material of a released file has. */
static gboolean
names_card (json_t *name)
{
  const char *text = json_string_value (json_object_get (name, "en"));

  return text != NULL &&
         (strstr (text, "ID card") != NULL || strstr (text, "ocial-security card") != NULL);
}

static gboolean
check_papers (json_t *service, char **ret_path, GError **error)
{
  json_t *material;
  gsize i;

  json_array_foreach (json_object_get (service, "materials"), i, material)
  {
    g_autofree char *path = g_strdup_printf ("/materials/%zu", i);

    if (names_card (json_object_get (material, "name")) &&
        g_strcmp0 (json_string_value (json_object_get (material, "source")), "card") != 0)
      return bm_files_refuse (
        ret_path, error, path,
        "the card is read here and no copy of it is wanted; write \"source\": \"card\"");
  }
  return TRUE;
}

/* P2, P3 */

static gboolean
is_sensitive (json_t *field)
{
  return g_strcmp0 (json_string_value (json_object_get (field, "level")), "sensitive") == 0;
}

/* What says nothing but that it is there, or which answer was chosen. */
static gboolean
is_mute (json_t *field)
{
  static const char *const types[] = { "code", "bool", "photo", "memo", "signature", NULL };

  return is_one_of (json_string_value (json_object_get (field, "type")), types);
}

static gboolean
check_kept (json_t *service, char **ret_path, GError **error)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (service, "fields"), i, field)
  {
    g_autofree char *path = g_strdup_printf ("/fields/%zu", i);
    const char *keep = json_string_value (json_object_get (field, "keep_local"));

    if (is_sensitive (field) && !is_mute (field) && g_strcmp0 (keep, "slip") == 0)
      return bm_files_refuse (
        ret_path, error, path,
        "what is sensitive does not stay with the slip; write \"keep_local\": \"none\"");
  }
  return TRUE;
}

static json_t *
find_field (json_t *service, const char *id, gsize len)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (service, "fields"), i, field)
  {
    const char *own = json_string_value (json_object_get (field, "id"));

    if (own != NULL && strlen (own) == len && strncmp (own, id, len) == 0)
      return field;
  }
  return NULL;
}

static gboolean
check_text (json_t *service, const char *text, const char *path, char **ret_path, GError **error)
{
  for (const char *at = strstr (text, FIELD_WORD); at != NULL; at = strstr (at, FIELD_WORD))
    {
      json_t *field;

      at += strlen (FIELD_WORD);
      field = find_field (service, at, strcspn (at, "}"));
      if (field != NULL && is_sensitive (field) && !is_mute (field))
        return bm_files_refuse (
          ret_path, error, path,
          "\"%s\" is sensitive and stands on no page and no sheet; remove the word",
          json_string_value (json_object_get (field, "id")));
    }
  return TRUE;
}

static gboolean
check_texts (json_t *service, json_t *json, const char *path, char **ret_path, GError **error)
{
  const char *key;
  json_t *value;
  gsize i;

  if (json_is_string (json))
    return check_text (service, json_string_value (json), path, ret_path, error);
  json_array_foreach (json, i, value)
  {
    g_autofree char *below = g_strdup_printf ("%s/%zu", path, i);

    if (!check_texts (service, value, below, ret_path, error))
      return FALSE;
  }
  json_object_foreach (json, key, value)
  {
    g_autofree char *below = g_strdup_printf ("%s/%s", path, key);

    if (!check_texts (service, value, below, ret_path, error))
      return FALSE;
  }
  return TRUE;
}

/**
 * bm_privacy_check:
 * @service: a service file whose form is right
 * @ret_path: (out) (optional) (nullable): where the fault lies
 * @error: return location for %BM_ERROR_INVALID
 *
 * Returns: whether it keeps to P1, P2 and P3
 */
gboolean
bm_privacy_check (json_t *service, char **ret_path, GError **error)
{
  g_return_val_if_fail (json_is_object (service), FALSE);

  return check_asked_again (service, ret_path, error) && check_papers (service, ret_path, error) &&
         check_kept (service, ret_path, error) &&
         check_texts (service, service, "", ret_path, error);
}
