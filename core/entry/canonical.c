/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-canonical"

#include "core/entry/entry.h"

#include "core/error.h"

#include <string.h>

/*
 * Canonical JSON: an object; keys sorted by their UTF-8 bytes; no blanks; integers, strings, booleans,
 * null, arrays and objects, but no reals, whose text is not unique; strings as UTF-8 with only the
 * escapes that JSON demands. Equal values have equal bytes.
 */

#define DEPTH_MAX 16

static gboolean
check_value (json_t *value, guint depth, GError **error)
{
  const char *key = NULL;
  json_t *child = NULL;
  size_t i = 0;

  if (json_is_real (value))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "a real has no canonical form");
      return FALSE;
    }
  if (depth > DEPTH_MAX)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "JSON nested too deeply");
      return FALSE;
    }
  json_object_foreach (value, key, child) if (!check_value (child, depth + 1, error)) return FALSE;
  json_array_foreach (value, i, child) if (!check_value (child, depth + 1, error)) return FALSE;
  return TRUE;
}

static void
free_wiped (gpointer data)
{
  bm_wipe_string (data);
}

/**
 * bm_canonical_json:
 * @value: an object
 * @error: %BM_ERROR_INVALID, %BM_ERROR_LIMIT
 *
 * Gives the one form of @value.
 *
 * Returns: (transfer full): its bytes; they are wiped with the last reference
 */
GBytes *
bm_canonical_json (json_t *value, GError **error)
{
  g_return_val_if_fail (value != NULL, NULL);

  if (!json_is_object (value))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "canonical JSON is an object");
      return NULL;
    }
  if (!check_value (value, 0, error))
    return NULL;
  char *text = json_dumps (value, JSON_COMPACT | JSON_SORT_KEYS);
  if (text == NULL)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "JSON cannot be written");
      return NULL;
    }
  gsize len = strlen (text);
  if (len > BM_ENTRY_MAX_PAYLOAD)
    {
      bm_wipe_string (text);
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "JSON too long");
      return NULL;
    }
  return g_bytes_new_with_free_func (text, len, free_wiped, text);
}
