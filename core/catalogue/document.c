/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-core"

#include "core/catalogue/document.h"

#include "core/calendar/calendar.h"
#include "core/catalogue/catalogue.h"
#include "core/catalogue/post.h"
#include "core/catalogue/shape.h"
#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/language/table.h"
#include "core/people/address.h"

#include <string.h>

/*
 * What the platform signed may still be broken: written for a newer program, or by a hand that slipped. It
 * is looked at before it takes the place of what works.
 */

#define MAX_PEM 16384

static const char *
check_service (const char *name, json_t *body)
{
  g_autofree char *path = NULL;

  if (strcmp (bm_text_get (body, "id"), name) != 0)
    return "wrong-name";
  if (!bm_shape_check_service (body, &path, NULL))
    return "bad-service";
  g_clear_pointer (&path, g_free);
  return bm_catalogue_check_rules (body, &path, NULL) ? NULL : "bad-service";
}

static const char *
check_calendar (const char *name, json_t *body)
{
  g_autoptr (BmCalendar) calendar = bm_calendar_new ();

  return bm_calendar_add_year (calendar, body, NULL) ? NULL : "bad-calendar";
}

static const char *
check_divisions (const char *name, json_t *body)
{
  g_autoptr (BmDivisions) divisions = bm_divisions_new (body, NULL);

  return divisions != NULL ? NULL : "bad-divisions";
}

static const char *
check_language (const char *name, json_t *body)
{
  g_autoptr (BmLanguageTable) table = bm_language_table_from_json (body, NULL);

  if (table == NULL)
    return "bad-language";
  return strcmp (bm_language_table_get_id (table), name) == 0 ? NULL : "wrong-name";
}

static const char *
check_notice (const char *name, json_t *body)
{
  const char *text = json_string_value (json_object_get (body, "text"));

  if (bm_post_is_for_village (body))
    return bm_post_find_fault (name, body);
  return text != NULL && *text != '\0' && g_utf8_strlen (text, -1) <= BM_NOTICE_MAX_CHARS
           ? NULL
           : "bad-notice";
}

static const char *
check_warning (const char *name, json_t *body)
{
  return bm_warning_find_fault (name, body);
}

static const char *
check_seal_key (const char *name, json_t *body)
{
  const char *text = json_string_value (json_object_get (body, "key"));
  g_autoptr (BmKey) key = text != NULL ? bm_key_new_from_string (text, NULL) : NULL;

  return key != NULL && bm_key_get_kind (key) == BM_KEY_SM2_PUBLIC ? NULL : "bad-key";
}

static const char *
check_ca (const char *name, json_t *body)
{
  const char *pem = json_string_value (json_object_get (body, "ca"));

  return pem != NULL && strlen (pem) <= MAX_PEM &&
             g_str_has_prefix (pem, "-----BEGIN CERTIFICATE-----")
           ? NULL
           : "bad-ca";
}

static const struct
{
  const char *kind;
  const char *(*check) (const char *name, json_t *body);
} kinds[] = {
  { "catalogue", check_service }, { "calendar", check_calendar }, { "divisions", check_divisions },
  { "notice", check_notice },     { "seal-key", check_seal_key }, { "ca", check_ca },
  { "language", check_language }, { "warning", check_warning },
};

const char *
bm_document_find_fault (const char *kind, const char *name, GBytes *body)
{
  const char *fault = NULL;
  gsize len = 0;
  const char *data;

  g_return_val_if_fail (kind != NULL && name != NULL && body != NULL, NULL);

  data = g_bytes_get_data (body, &len);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      json_t *json;

      if (strcmp (kinds[i].kind, kind) != 0)
        continue;
      json = json_loadb (data, len, JSON_REJECT_DUPLICATES, NULL);
      fault = json_is_object (json) ? kinds[i].check (name, json) : "not-json";
      json_decref (json);
    }
  return fault;
}

char *
bm_document_dup_reason (const char *kind, GBytes *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmLanguageTable) table = NULL;
  gsize len = 0;
  const char *data;
  json_t *json;

  g_return_val_if_fail (kind != NULL && body != NULL, NULL);

  if (strcmp (kind, "language") != 0)
    return NULL;
  data = g_bytes_get_data (body, &len);
  json = json_loadb (data, len, JSON_REJECT_DUPLICATES, NULL);
  if (json != NULL)
    table = bm_language_table_from_json (json, &error);
  json_decref (json);
  return error != NULL ? g_strdup (error->message) : NULL;
}
