/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-shape"

#include "core/catalogue/shape.h"

#include "core/error.h"

#include <string.h>

#define MAX_DEPTH 12

static const char *
type_name (BmShapeType type)
{
  static const char *const names[] = {
    [BM_SHAPE_STRING] = "a string",
    [BM_SHAPE_INTEGER] = "a whole number",
    [BM_SHAPE_BOOLEAN] = "true or false",
    [BM_SHAPE_OBJECT] = "an object",
    [BM_SHAPE_ARRAY] = "a list",
    [BM_SHAPE_MAP] = "an object",
    [BM_SHAPE_TEXT] = "a text, or one text per language",
  };
  return names[type];
}

static gboolean
is_of (const char *text, const char *more)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      gboolean is_plain = g_ascii_islower (*p) || g_ascii_isdigit (*p);

      if (!is_plain && (p == text || strchr (more, *p) == NULL))
        return FALSE;
    }
  return *text != '\0';
}

gboolean
bm_shape_is_id (const char *text)
{
  return is_of (text, "._:-");
}

gboolean
bm_shape_is_icon (const char *text)
{
  return is_of (text, "-");
}

/* One failed check: where, what is wrong, what to do. */
static gboolean
fail (GString *path, const char *what, char **ret_path, GError **error, const char *format, ...)
  G_GNUC_PRINTF (5, 6);

static gboolean
fail (GString *path, const char *what, char **ret_path, GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  if (ret_path != NULL && *ret_path == NULL)
    *ret_path = g_strdup (path->str);
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s: %s: %s", what,
               path->len == 0 ? "/" : path->str, message);
  return FALSE;
}

typedef struct
{
  const char *what;
  GString *path;
  guint depth;
  char **ret_path;
  GError **error;
} Check;

#define FAIL(check, ...) \
  fail ((check)->path, (check)->what, (check)->ret_path, (check)->error, __VA_ARGS__)

static gboolean check_value (Check *check, const BmShape *shape, json_t *json);

static gboolean
check_step (Check *check, const BmShape *shape, json_t *json, const char *name)
{
  gsize length = check->path->len;
  gboolean is_right;

  g_string_append_printf (check->path, "/%s", name);
  is_right = check_value (check, shape, json);
  if (is_right)
    g_string_truncate (check->path, length);
  return is_right;
}

static gboolean
check_string (Check *check, const BmShape *shape, json_t *json)
{
  const char *text = json_string_value (json);
  glong length = g_utf8_strlen (text, -1);

  if (strlen (text) != json_string_length (json))
    return FAIL (check, "a zero byte inside a text; remove it");
  if (length < shape->min)
    return FAIL (check, "must not be shorter than %" G_GINT64_FORMAT " characters", shape->min);
  if (shape->max > 0 && length > shape->max)
    return FAIL (check, "%ld characters; at most %" G_GINT64_FORMAT " fit", length, shape->max);
  if (shape->one_of != NULL && !g_strv_contains (shape->one_of, text))
    {
      g_autofree char *list = g_strjoinv (", ", (char **) shape->one_of);

      return FAIL (check, "unknown value; write one of: %s", list);
    }
  if (shape->fits != NULL && !shape->fits (text))
    return FAIL (check, "does not have the right form; %s",
                 shape->remedy ? shape->remedy : "see the schema");
  return TRUE;
}

static gboolean
check_integer (Check *check, const BmShape *shape, json_t *json)
{
  json_int_t value = json_integer_value (json);

  if (value < shape->min || value > shape->max)
    return FAIL (check, "must lie between %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT, shape->min,
                 shape->max);
  return TRUE;
}

static const BmShape *
find_key (const BmShape *shape, const char *key)
{
  for (const BmShapeKey *entry = shape->keys; entry->key != NULL; entry++)
    if (strcmp (entry->key, key) == 0)
      return entry->shape;
  return NULL;
}

static gboolean
check_object (Check *check, const BmShape *shape, json_t *json)
{
  const char *key;
  json_t *value;

  for (const BmShapeKey *entry = shape->keys; entry->key != NULL; entry++)
    if (entry->is_required && json_object_get (json, entry->key) == NULL)
      return FAIL (check, "the key \"%s\" is missing; add it", entry->key);
  json_object_foreach (json, key, value)
  {
    const BmShape *inner = find_key (shape, key);

    if (inner == NULL)
      {
        g_string_append_printf (check->path, "/%s", key);
        return FAIL (check, "unknown key; correct its name or remove it");
      }
    if (!check_step (check, inner, value, key))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_map (Check *check, const BmShape *shape, json_t *json)
{
  const char *key;
  json_t *value;

  if ((gint64) json_object_size (json) < shape->min)
    return FAIL (check, "is empty; at least %" G_GINT64_FORMAT " entry is needed", shape->min);
  if ((gint64) json_object_size (json) > shape->max)
    return FAIL (check, "%zu entries; at most %" G_GINT64_FORMAT " fit", json_object_size (json),
                 shape->max);
  json_object_foreach (json, key, value)
  {
    if (shape->name_fits != NULL && !shape->name_fits (key))
      {
        g_string_append_printf (check->path, "/%s", key);
        return FAIL (check, "this key does not have the right form");
      }
    if (!check_step (check, shape->items, value, key))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_array (Check *check, const BmShape *shape, json_t *json)
{
  gsize count = json_array_size (json);

  if ((gint64) count < shape->min || (gint64) count > shape->max)
    return FAIL (check, "%zu entries; %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " are allowed",
                 count, shape->min, shape->max);
  for (gsize i = 0; i < count; i++)
    {
      char name[24];

      g_snprintf (name, sizeof name, "%zu", i);
      if (!check_step (check, shape->items, json_array_get (json, i), name))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_language (const char *key)
{
  gsize length = strlen (key);

  return length >= 2 && length <= 16 && g_ascii_islower (key[0]) && g_ascii_islower (key[1]);
}

static gboolean
check_text (Check *check, const BmShape *shape, json_t *json)
{
  BmShape one = { .type = BM_SHAPE_STRING, .min = shape->min, .max = shape->max };
  BmShape many = { .type = BM_SHAPE_MAP, .max = 16, .name_fits = is_language, .items = &one };

  if (json_is_string (json))
    return check_string (check, &one, json);
  if (json_object_size (json) == 0)
    return FAIL (check, "no text in any language; add \"zh_CN\"");
  return check_map (check, &many, json);
}

static gboolean
has_type (BmShapeType type, json_t *json)
{
  switch (type)
    {
    case BM_SHAPE_STRING:
      return json_is_string (json);
    case BM_SHAPE_INTEGER:
      return json_is_integer (json);
    case BM_SHAPE_BOOLEAN:
      return json_is_boolean (json);
    case BM_SHAPE_ARRAY:
      return json_is_array (json);
    case BM_SHAPE_OBJECT:
    case BM_SHAPE_MAP:
      return json_is_object (json);
    case BM_SHAPE_TEXT:
      return json_is_string (json) || json_is_object (json);
    default:
      g_assert_not_reached ();
    }
}

static gboolean
check_value (Check *check, const BmShape *shape, json_t *json)
{
  gboolean is_right = TRUE;

  if (json_is_null (json) && shape->can_be_null)
    return TRUE;
  if (!has_type (shape->type, json))
    return FAIL (check, "must be %s", type_name (shape->type));
  if (++check->depth > MAX_DEPTH)
    return FAIL (check, "nested too deeply");
  switch (shape->type)
    {
    case BM_SHAPE_STRING:
      is_right = check_string (check, shape, json);
      break;
    case BM_SHAPE_INTEGER:
      is_right = check_integer (check, shape, json);
      break;
    case BM_SHAPE_OBJECT:
      is_right = check_object (check, shape, json);
      break;
    case BM_SHAPE_ARRAY:
      is_right = check_array (check, shape, json);
      break;
    case BM_SHAPE_MAP:
      is_right = check_map (check, shape, json);
      break;
    case BM_SHAPE_TEXT:
      is_right = check_text (check, shape, json);
      break;
    case BM_SHAPE_BOOLEAN:
    default:
      break;
    }
  check->depth--;
  return is_right;
}

/**
 * bm_shape_check:
 * @shape: the table
 * @json: (nullable): what came from outside
 * @what: names the source in the message, for example a file
 * @ret_path: (out) (optional) (nullable): where the first fault lies, as "/fields/3/type"
 * @error: return location for %BM_ERROR_INVALID
 *
 * Checks @json against @shape; the message says where, what and how to mend it.
 *
 * Returns: whether everything fits
 */
gboolean
bm_shape_check (const BmShape *shape,
                json_t *json,
                const char *what,
                char **ret_path,
                GError **error)
{
  g_autoptr (GString) path = g_string_new (NULL);
  Check check = { .what = what, .path = path, .ret_path = ret_path, .error = error };

  g_return_val_if_fail (shape != NULL && what != NULL, FALSE);

  if (ret_path != NULL)
    *ret_path = NULL;
  if (json == NULL)
    return FAIL (&check, "there is nothing here");
  return check_value (&check, shape, json);
}
