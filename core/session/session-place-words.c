/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"

#include <string.h>

/*
 * What a place is called, and what a code may be. A code that the table does not hold, or holds no more,
 * still has words: what is known of the levels above it, and its twelve digits.
 */

#define VILLAGE    (BM_DIVISION_LEVELS - 1)
#define LINE_WIDTH 36 /* half hanzi of a line that is large */

/* Statistical codes are filled up with noughts: 990121000000 is the whole county. */
static void
cut_filling (char *code)
{
  static const char *const fillings[] = { "000", "000", "00", "00" };

  for (gsize i = 0; i < G_N_ELEMENTS (fillings) && g_str_has_suffix (code, fillings[i]); i++)
    bm_divisions_cut (code);
}

/* The lowest level above @code that the table holds, in full, or "". */
static char *
dup_known_part (BmSession *self, const char *code)
{
  char above[BM_DIVISION_CODE_LEN + 1];

  g_strlcpy (above, code, sizeof above);
  while (self->divisions != NULL && *above != '\0')
    {
      char *name;

      bm_divisions_cut (above);
      name = bm_divisions_dup_full_name (self->divisions, above);
      if (name != NULL)
        return name;
    }
  return g_strdup ("");
}

static char *
dup_name (BmSession *self, const char *code)
{
  char own[BM_DIVISION_CODE_LEN + 1];
  g_autofree char *name = NULL;
  g_autofree char *known = NULL;

  if (strlen (code) != BM_DIVISION_CODE_LEN)
    return g_strdup (code);
  g_strlcpy (own, code, sizeof own);
  cut_filling (own);
  if (self->divisions != NULL)
    name = bm_divisions_dup_full_name (self->divisions, own);
  if (name != NULL)
    return g_steal_pointer (&name);
  if (g_strcmp0 (code, self->setup->village) == 0 && self->setup->village_name != NULL)
    return g_strdup (self->setup->village_name);
  known = dup_known_part (self, own);
  /* Translators: what is known of a place, and the twelve digits of its code. */
  return g_strdup_printf (C_ ("fact", "%1$s (code %2$s)"), known, code);
}

/**
 * bm_session_dup_place_words:
 * @self: a session
 * @code: what was answered
 * @kept: (nullable): the names that were kept with it, by code
 *
 * Returns: (transfer full): the full name; the code where nobody knows one
 */
char *
bm_session_dup_place_words (BmSession *self, const char *code, json_t *kept)
{
  const char *name = json_string_value (json_object_get (kept, code));

  return name != NULL ? g_strdup (name) : dup_name (self, code);
}

static guint
get_width (const char *text)
{
  guint width = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    width += g_unichar_iswide (g_utf8_get_char (at)) ? 2 : 1;
  return width;
}

void
bm_session_append_part (GString *text, const char *part)
{
  const char *end = strrchr (text->str, '\n');
  const char *line = end != NULL ? end + 1 : text->str;

  if (*part != '\0' && *line != '\0' && get_width (line) + get_width (part) > LINE_WIDTH)
    g_string_append_c (text, '\n');
  g_string_append (text, part);
}

/* @name of @code, broken between the levels. */
char *
bm_session_break_place (BmSession *self, const char *name, const char *code)
{
  GString *text = g_string_new (NULL);
  char above[BM_DIVISION_LEVELS][BM_DIVISION_CODE_LEN + 1];
  guint n = 0;

  g_strlcpy (above[0], code, sizeof above[0]);
  for (n = 1; n < BM_DIVISION_LEVELS; n++)
    {
      g_strlcpy (above[n], above[n - 1], sizeof above[n]);
      bm_divisions_cut (above[n]);
    }
  for (; self->divisions != NULL && n > 0; n--)
    {
      const char *part = bm_divisions_get_name (self->divisions, above[n - 1]);

      if (part == NULL || !g_str_has_prefix (name, part))
        continue;
      bm_session_append_part (text, part);
      name += strlen (part);
    }
  bm_session_append_part (text, name);
  return g_string_free (text, FALSE);
}

/* Twelve digits that can be a place: what is left out stands at the end only. */
gboolean
bm_session_is_place_code (const char *value)
{
  char code[BM_DIVISION_CODE_LEN + 1];

  if (bm_divisions_find_level (value) != VILLAGE || *value == '0')
    return FALSE;
  g_strlcpy (code, value, sizeof code);
  cut_filling (code);
  while (strlen (code) > 2)
    {
      gsize length = strlen (code);

      if (strspn (code + (length > 6 ? length - 3 : length - 2), "0") > 1)
        return FALSE;
      bm_divisions_cut (code);
    }
  return TRUE;
}
