/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/session/written.h"

/*
 * What may stand in words that a helper wrote: characters, digits, capitals (a sign, a plot), and the
 * punctuation of a sentence. They are read aloud and printed, so nothing that neither can do.
 */

/**
 * bm_written_takes:
 * @c: a character
 *
 * Returns: whether it may stand in words that were written
 */
gboolean
bm_written_takes (gunichar c)
{
  static const gunichar marks[] = { 0x3001, 0x3002, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF1F, 0xFF01,
                                    0xFF08, 0xFF09, 0x300A, 0x300B, 0x201C, 0x201D, 0x2014,
                                    0x00B7, '-',    '.',    '/',    '%' };

  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    if (marks[i] == c)
      return TRUE;
  if (c < 0x80)
    return g_ascii_isdigit ((char) c) || g_ascii_isupper ((char) c);
  return g_unichar_get_script (c) == G_UNICODE_SCRIPT_HAN;
}

/**
 * bm_written_is_fit:
 * @text: (nullable): what came from a face
 *
 * Returns: whether it may stand in a matter
 */
gboolean
bm_written_is_fit (const char *text)
{
  glong length;

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  length = g_utf8_strlen (text, -1);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (!bm_written_takes (g_utf8_get_char (at)))
      return FALSE;
  return length > 0 && length <= BM_WRITTEN_MAX;
}
