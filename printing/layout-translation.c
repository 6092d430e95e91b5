/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-layout"

#include "printing/layout-private.h"

#include "core/sheet/sheet.h"

/*
 * What stands below the Chinese of a bilingual sheet: the same in another language, in three quarters of its size
 * and never in bold, so that it is seen at once which of the two is the official text.
 *
 * No word is cut: where one is longer than the line, all of that text becomes smaller; below BM_MIN_TYPE nothing
 * does, and only a word that is then still too long goes on in the next line.
 */

#define SHARE_PCT 75
#define GAP       6 /* to what follows: it belongs to what is above it */

/* @first: the type of the Chinese that it stands below */
BmType
bm_pen_get_translation_type (const BmPen *pen, BmType first)
{
  return (BmType){ .size = MAX (BM_MIN_TYPE, first.size * SHARE_PCT / 100),
                   .is_centred = first.is_centred,
                   .is_sided = TRUE };
}

static int
measure_longest_word (BmPen *pen, const char *text, BmType type)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \n", -1);
  int longest = 0;

  for (guint i = 0; words[i] != NULL; i++)
    longest = MAX (longest, bm_pen_measure_width (pen, words[i], type));
  return longest;
}

/* The largest type, not below BM_MIN_TYPE, in which every word of @text stands on one line. */
BmType
bm_pen_shrink_translation (BmPen *pen, const char *text, BmType type, int width)
{
  while (type.size > BM_MIN_TYPE && measure_longest_word (pen, text, type) > width)
    type.size--;
  return type;
}

/* Whether no word of @text has to be broken in @width. */
gboolean
bm_pen_translation_fits (BmPen *pen, const char *text, int width)
{
  return measure_longest_word (pen, text, (BmType){ .size = BM_MIN_TYPE }) <= width;
}

/**
 * bm_pen_draw_translation:
 * @pen: the pen
 * @text: (nullable): what stands there in the second language
 * @first: the type of the Chinese above
 * @x: where it may begin
 * @width: and how much room it has
 *
 * Sets @text below the Chinese and moves the pen below it.
 */
void
bm_pen_draw_translation (BmPen *pen, const char *text, BmType first, int x, int width)
{
  BmType type = bm_pen_get_translation_type (pen, first);

  if (text == NULL || *text == '\0')
    return;
  bm_pen_draw_text (pen, text, bm_pen_shrink_translation (pen, text, type, width), x, width);
  pen->y += GAP;
}

/* Of a whole block, over the whole width. */
void
bm_pen_draw_block_translation (BmPen *pen, json_t *block, int size, gboolean is_centred)
{
  g_autofree char *text = bm_sheet_dup_translation (block);

  bm_pen_draw_translation (pen, text, (BmType){ .size = size, .is_centred = is_centred },
                           pen->style->margin, bm_pen_inner_width (pen));
}
