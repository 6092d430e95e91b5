/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-layout"

#include "printing/layout-private.h"

#include "core/language/language.h"
#include "core/sheet/sheet.h"
#include "core/strokes/strokes.h"

#include <math.h>
#include <string.h>

/*
 * A signature on a sheet: the strokes themselves, as vectors, above a line; or, where nothing was written, room for a
 * finger-print and for the witnesses who saw it.
 */

#define DOTS_PER_UNIT (BM_DOTS_PER_MM / 100.0) /* of 1/100 mm; never larger than it was written */
#define MOST_HEIGHT   176                      /* 22 mm */
#define LEAST_HEIGHT  64
#define STROKE_THICK  5
#define LINE_THICK    2
#define PAD           8
#define PRINT_WIDTH   192 /* 24 mm: a thumb */
#define PRINT_HEIGHT  224
#define PRINT_THICK   3
#define WITNESSES     2 /* for who cannot read, domain §2.6 */
#define WITNESS_GAP   16

static void
draw_line (BmPen *pen, double x, double width)
{
  cairo_rectangle (pen->cr, x, pen->y, width, LINE_THICK);
  cairo_fill (pen->cr);
}

/* @x, @y: where its upper left corner comes */
static void
draw_strokes (cairo_t *cr, const BmStrokes *strokes, double x, double y, double scale)
{
  BmStrokePoint from, to;

  if (!bm_strokes_get_box (strokes, &from, &to))
    return;
  cairo_save (cr);
  cairo_set_line_width (cr, STROKE_THICK);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_new_path (cr);
  for (guint i = 0; i < bm_strokes_count (strokes); i++)
    {
      guint n;
      const BmStrokePoint *points = bm_strokes_get (strokes, i, &n);

      for (guint k = 0; k < n; k++)
        (k == 0 ? cairo_move_to : cairo_line_to) (cr, x + (points[k].x - from.x) * scale,
                                                  y + (points[k].y - from.y) * scale);
      if (n == 1)
        cairo_close_path (cr); /* a dot: round ends make one of it */
    }
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
draw_written (BmPen *pen, const BmStrokes *strokes, int x, int width)
{
  BmStrokePoint from, to;
  double scale = DOTS_PER_UNIT;
  double tall, wide;

  if (!bm_strokes_get_box (strokes, &from, &to))
    return;
  wide = MAX (to.x - from.x, 1);
  tall = MAX (to.y - from.y, 1);
  scale = MIN (scale, (width - 2 * PAD) / wide);
  scale = MIN (scale, MOST_HEIGHT / tall);
  pen->y += PAD + MAX (0, (LEAST_HEIGHT - tall * scale) / 2);
  draw_strokes (pen->cr, strokes, x + PAD, pen->y, scale);
  pen->y = round (pen->y + tall * scale + MAX (0, (LEAST_HEIGHT - tall * scale) / 2) + PAD);
  draw_line (pen, x, width);
  pen->y += LINE_THICK + PAD;
}

typedef struct
{
  const char *press;
  const char *witness;
} Words;

static Words
get_words (const char *language)
{
  const char *before = bm_language_begin (language);
  const Words words = { C_ ("sheet", "Finger-print here"), C_ ("sheet", "Witness") };

  bm_language_end (before);
  return words;
}

/* @words and, below them, the same in the second language: gives the room that this took. */
static double
draw_both (BmPen *pen, const char *words, const char *other, BmType type, int x, int width)
{
  const int pad = type.is_centred ? PAD : 0; /* centred words may fill the box to its border */
  double below;

  bm_pen_draw_text (pen, words, type, x, width);
  below = pen->y;
  if (strcmp (words, other) != 0)
    bm_pen_draw_translation (pen, other, type, x + pad, width - 2 * pad);
  return pen->y - below;
}

/* A box for a thumb below its words; beside it a line for each witness. */
static void
draw_room (BmPen *pen)
{
  const BmSheetStyle *style = pen->style;
  const BmType small = { style->small, FALSE, TRUE, 0 };
  const int beside = style->margin + PRINT_WIDTH + WITNESS_GAP;
  const Words words = get_words (NULL);
  const Words others = get_words (pen->language);
  const double top = pen->y;
  int height = PRINT_HEIGHT;

  pen->y = top + PAD;
  height += (int) draw_both (pen, words.press, others.press, small, style->margin, PRINT_WIDTH);
  cairo_new_path (pen->cr);
  cairo_set_line_width (pen->cr, PRINT_THICK);
  cairo_rectangle (pen->cr, style->margin + PRINT_THICK / 2.0, top + PRINT_THICK / 2.0,
                   PRINT_WIDTH - PRINT_THICK, height - PRINT_THICK);
  cairo_stroke (pen->cr);
  pen->y = top + PAD;
  (void) draw_both (pen, words.witness, others.witness, (BmType){ style->body, FALSE, FALSE, 0 },
                    beside, style->width - style->margin - beside);
  for (int i = 1; i <= WITNESSES; i++)
    {
      pen->y = top + height * (i + 1) / (WITNESSES + 1) - LINE_THICK;
      draw_line (pen, beside, style->width - style->margin - beside);
    }
  pen->y = top + height + PAD;
}

/**
 * bm_pen_draw_signature:
 * @pen: the pen
 * @block: a block of type signature that bm_sheet_check() passed
 *
 * Draws what was written, or room for a finger-print, and moves the pen below it.
 */
void
bm_pen_draw_signature (BmPen *pen, json_t *block)
{
  const BmSheetStyle *style = pen->style;
  const char *label = json_string_value (json_object_get (block, "label"));
  const char *drawing = json_string_value (json_object_get (block, "drawing"));
  g_autoptr (BmStrokes) strokes = *drawing != '\0' ? bm_strokes_parse (drawing, NULL) : NULL;
  const int x = style->margin + style->label;
  g_autofree char *other = bm_sheet_dup_translation (block);
  BmType type = { style->body, FALSE, FALSE, 0 };
  gboolean is_beside;
  double top, below;

  if (bm_pen_measure_width (pen, label, type) > style->label - 6)
    type.size = style->small;
  if (strokes == NULL)
    {
      bm_pen_draw_text (pen, label, type, style->margin, bm_pen_inner_width (pen));
      bm_pen_draw_translation (pen, other, type, style->margin, bm_pen_inner_width (pen));
      draw_room (pen);
      return;
    }
  is_beside = other == NULL || bm_pen_translation_fits (pen, other, style->label - 4);
  top = pen->y;
  pen->y += PAD;
  bm_pen_draw_text (pen, label, type, style->margin, style->label - 4);
  if (is_beside)
    bm_pen_draw_translation (pen, other, type, style->margin, style->label - 4);
  below = pen->y;
  pen->y = top;
  draw_written (pen, strokes, x, style->width - style->margin - x);
  pen->y = MAX (pen->y, below);
  if (!is_beside)
    bm_pen_draw_block_translation (pen, block, type.size, FALSE);
}
