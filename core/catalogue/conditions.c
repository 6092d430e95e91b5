/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-catalogue"

#include "core/catalogue/conditions.h"

#include "core/catalogue/files.h"
#include "core/error.h"

#include <string.h>

static gboolean
has_code (json_t *codes, const char *value)
{
  json_t *code;
  gsize i;

  json_array_foreach (codes, i, code)
  {
    if (g_strcmp0 (json_string_value (code), value) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
holds (json_t *condition, json_t *fields)
{
  const char *id;
  json_t *codes;

  json_object_foreach (condition, id, codes)
  {
    const char *value = json_string_value (json_object_get (fields, id));

    if (value == NULL || !has_code (codes, value))
      return FALSE;
  }
  return json_object_size (condition) > 0;
}

/**
 * bm_conditions_hold:
 * @conditions: (nullable): a list of conditions
 * @fields: (nullable): what was answered, id -> string
 *
 * Returns: whether any of the conditions holds; %FALSE when there are none
 */
gboolean
bm_conditions_hold (json_t *conditions, json_t *fields)
{
  json_t *condition;
  gsize i;

  json_array_foreach (conditions, i, condition)
  {
    if (holds (condition, fields))
      return TRUE;
  }
  return FALSE;
}

/* What a service file may say */

typedef struct
{
  json_t *service;
  char **ret_path;
  GError **error;
} Check;

static gboolean
refuse (Check *check, const char *path, const char *id, const char *remedy)
{
  return bm_files_refuse (check->ret_path, check->error, path, "%s: %s", id, remedy);
}

/* The field @id among the first @count, or NULL. */
static json_t *
find_field (Check *check, const char *id, gsize count)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (check->service, "fields"), i, field)
  {
    if (i < count && g_strcmp0 (json_string_value (json_object_get (field, "id")), id) == 0)
      return field;
  }
  return NULL;
}

/* Yes and no need no codes; what the rule table says of urgency is its own. */
static gboolean
knows_code (json_t *field, const char *value)
{
  json_t *codes = json_object_get (field, "codes");
  json_t *code;
  gsize i;

  if (codes == NULL)
    return json_object_get (field, "from") != NULL || strcmp (value, "yes") == 0 ||
           strcmp (value, "no") == 0;
  json_array_foreach (codes, i, code)
  {
    if (g_strcmp0 (json_string_value (json_object_get (code, "code")), value) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
check_one (Check *check, json_t *condition, gsize count, const char *path)
{
  const char *id;
  json_t *codes;

  json_object_foreach (condition, id, codes)
  {
    json_t *field = find_field (check, id, count);
    json_t *code;
    gsize i;

    if (field == NULL)
      return refuse (check, path, id, "no field of this name comes earlier; correct it");
    json_array_foreach (codes, i, code)
    {
      if (!knows_code (field, json_string_value (code)))
        return refuse (check, path, json_string_value (code),
                       "the field has no such code; correct it");
    }
  }
  return TRUE;
}

static gboolean
check_list (Check *check, json_t *conditions, gsize count, const char *path)
{
  json_t *condition;
  gsize i;

  json_array_foreach (conditions, i, condition)
  {
    if (!check_one (check, condition, count, path))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_fields (Check *check)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (check->service, "fields"), i, field)
  {
    g_autofree char *path = g_strdup_printf ("/fields/%zu", i);
    json_t *code;
    gsize k;

    if (!check_list (check, json_object_get (field, "asked_when"), i, path))
      return FALSE;
    json_array_foreach (json_object_get (field, "codes"), k, code)
    {
      if (!check_list (check, json_object_get (code, "first_when"), i, path))
        return FALSE;
    }
  }
  return TRUE;
}

/* Lists of objects that carry a "when" of this kind. */
static gboolean
check_whens (Check *check, json_t *list, const char *name)
{
  json_t *item;
  gsize i;

  json_array_foreach (list, i, item)
  {
    g_autofree char *path = g_strdup_printf ("%s/%zu", name, i);

    if (!check_list (check, json_object_get (item, "when"), G_MAXSIZE, path))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_terms (Check *check)
{
  json_t *by = json_object_get (json_object_get (check->service, "sla"), "by");
  json_t *term;
  gsize i;

  json_array_foreach (by, i, term)
  {
    g_autofree char *path = g_strdup_printf ("/sla/by/%zu", i);

    if ((json_object_get (term, "days") != NULL) == (json_object_get (term, "hours") != NULL))
      return refuse (check, path, "when", "give either \"days\" or \"hours\"");
  }
  return check_whens (check, by, "/sla/by");
}

/* Whoever wants no name must be able to say so before any card. */
static gboolean
check_anonymous (Check *check)
{
  json_t *anonymous = json_object_get (check->service, "anonymous_when");
  gint fields = bm_catalogue_find_step (check->service, "fields");

  if (anonymous != NULL &&
      (fields < 0 || fields > bm_catalogue_find_step (check->service, "identify")))
    return refuse (check, "/anonymous_when", "flow", "the step fields must come before identify");
  return check_list (check, anonymous, G_MAXSIZE, "/anonymous_when") &&
         check_list (check, json_object_get (check->service, "hidden_when"), G_MAXSIZE,
                     "/hidden_when");
}

/**
 * bm_conditions_check:
 * @service: a service file whose form is right
 * @ret_path: (out) (optional) (nullable): where the fault lies
 * @error: return location for %BM_ERROR_INVALID
 *
 * Checks every condition of a service.
 *
 * Returns: whether each of them can hold
 */
gboolean
bm_conditions_check (json_t *service, char **ret_path, GError **error)
{
  Check check = { service, ret_path, error };

  g_return_val_if_fail (json_is_object (service), FALSE);

  return check_fields (&check) && check_terms (&check) && check_anonymous (&check) &&
         check_whens (&check, json_object_get (service, "asks"), "/asks") &&
         check_whens (&check, json_object_get (service, "stops"), "/stops");
}
