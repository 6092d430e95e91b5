/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-bench"

#include "ui/bench/bench-reply.h"

#include <string.h>

/* What simulators say of themselves. What is too much, or no text, is left out: a bench shows what it can. */

#define PNG_HEAD         24
#define MAX_SHEET_WIDTH  2048
#define MAX_SHEET_HEIGHT 16384

static void
choice_free (gpointer data)
{
  BmBenchChoice *choice = data;

  g_free (choice->value);
  g_free (choice->name);
  g_free (choice);
}

/* One word, its escapes resolved; NULL when it cannot be shown. */
static char *
read_word (const char *from, gsize length)
{
  g_autofree char *word = NULL;

  if (length == 0 || length > BM_BENCH_MAX_WORD)
    return NULL;
  word = g_uri_unescape_segment (from, from + length, NULL);
  if (word == NULL || !g_utf8_validate (word, -1, NULL))
    return NULL;
  for (const char *at = word; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return NULL;
  return g_steal_pointer (&word);
}

static char **
split (const char *text, guint most)
{
  char **words = g_strsplit (text, " ", most + 1);

  if (g_strv_length (words) > most)
    g_clear_pointer (&words[most], g_free);
  return words;
}

static gboolean
read_pair (const char *word, char mark, char **ret_first, char **ret_second)
{
  const char *middle = strchr (word, mark);

  *ret_first = *ret_second = NULL;
  if (middle == NULL)
    return FALSE;
  *ret_first = read_word (word, middle - word);
  *ret_second = read_word (middle + 1, strlen (middle + 1));
  if (*ret_first != NULL && *ret_second != NULL)
    return TRUE;
  g_clear_pointer (ret_first, g_free);
  g_clear_pointer (ret_second, g_free);
  return FALSE;
}

/**
 * bm_bench_read_state:
 * @text: name=value, parted by blanks
 *
 * Returns: (transfer full): what of it could be read
 */
GHashTable *
bm_bench_read_state (const char *text)
{
  GHashTable *state = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) words = split (text, BM_BENCH_MAX_WORDS);

  for (char **word = words; *word != NULL; word++)
    {
      char *name, *value;

      if (read_pair (*word, '=', &name, &value))
        g_hash_table_replace (state, name, value);
    }
  return state;
}

/**
 * bm_bench_read_choices:
 * @text: value:name, parted by blanks
 *
 * Returns: (transfer full): what of it could be read, in its order
 */
GPtrArray *
bm_bench_read_choices (const char *text)
{
  GPtrArray *choices = g_ptr_array_new_with_free_func (choice_free);
  g_auto (GStrv) words = split (text, BM_BENCH_MAX_CHOICES);

  for (char **word = words; *word != NULL; word++)
    {
      BmBenchChoice *choice = g_new0 (BmBenchChoice, 1);

      if (read_pair (*word, ':', &choice->value, &choice->name))
        g_ptr_array_add (choices, choice);
      else
        choice_free (choice);
    }
  return choices;
}

/**
 * bm_bench_knows_verb:
 * @verbs: what a simulator says it knows
 * @verb: a verb, and maybe what it takes
 *
 * Returns: whether it is among them
 */
gboolean
bm_bench_knows_verb (const char *verbs, const char *verb)
{
  const gsize length = strcspn (verb, " ");

  for (const char *at = verbs; *at != '\0'; at += strspn (at, " "))
    {
      const gsize here = strcspn (at, " ");

      if (here == length && strncmp (at, verb, length) == 0)
        return TRUE;
      at += here;
    }
  return FALSE;
}

static guint32
read_number (const guint8 *data)
{
  return (guint32) data[0] << 24 | (guint32) data[1] << 16 | (guint32) data[2] << 8 | data[3];
}

/**
 * bm_bench_is_sheet:
 * @data: of a file
 * @length: of @data
 *
 * Returns: whether it begins as a PNG of the size of a sheet, so that opening it takes no more room than that
 */
gboolean
bm_bench_is_sheet (const guint8 *data, gsize length)
{
  static const guint8 head[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  guint32 width, height;

  if (length < PNG_HEAD || memcmp (data, head, sizeof head) != 0 ||
      memcmp (data + 12, "IHDR", 4) != 0)
    return FALSE;
  width = read_number (data + 16);
  height = read_number (data + 20);
  return width > 0 && height > 0 && width <= MAX_SHEET_WIDTH && height <= MAX_SHEET_HEIGHT;
}
