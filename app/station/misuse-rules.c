/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/misuse-rules.h"

#include "core/error.h"

/* How much is too much: numbers that a county sets, in a file that is taken whole or not at all. */

#define MAX_FILE 4096

static gboolean
is_within (int value, int most)
{
  return value >= 1 && value <= most;
}

/**
 * bm_misuse_rules_load:
 * @file: path of the file
 * @ret_rules: (out): the numbers
 * @error: return location for an error
 *
 * Returns: whether the file holds these numbers, each in its range, and nothing else
 */
gboolean
bm_misuse_rules_load (const char *file, BmMisuseRules *ret_rules, GError **error)
{
  g_autofree char *text = NULL;
  int format = 0, fast = 0, minutes = 0, idle = 0, hours = 0, closed = 0;
  json_error_t problem = { 0 };
  gboolean is_right;
  json_t *root;
  gsize len;

  g_return_val_if_fail (file != NULL && ret_rules != NULL, FALSE);

  if (!g_file_get_contents (file, &text, &len, error))
    return FALSE;
  root = len <= MAX_FILE ? json_loadb (text, len, JSON_REJECT_DUPLICATES, &problem) : NULL;
  is_right =
    root != NULL &&
    json_unpack_ex (root, &problem, JSON_STRICT, "{s:i, s:{s:i, s:i!}, s:{s:i, s:i!}, s:{s:i!}!}",
                    "format", &format, "fast", "persons", &fast, "minutes", &minutes, "idle",
                    "persons", &idle, "hours", &hours, "closed", "looks", &closed) == 0 &&
    format == 1 && is_within (fast, 100) && is_within (minutes, 60) && is_within (idle, 200) &&
    is_within (hours, 72) && is_within (closed, 100);
  json_decref (root);
  *ret_rules =
    (BmMisuseRules){ (guint) fast, (guint) minutes, (guint) idle, (guint) hours, (guint) closed };
  if (!is_right)
    g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s: %s", file,
                 *problem.text != '\0' ? problem.text : "a number is out of its range");
  return is_right;
}
