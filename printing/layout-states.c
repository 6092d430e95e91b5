/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-layout"

#include "printing/layout-private.h"

#include "core/language/language.h"

#include <math.h>
#include <string.h>

/*
 * The three discs of a sheet: noted, sent on, finished; what is reached is black. Their words stand below
 * them, and below those the words of a second language.
 */

static void
draw_disc (BmPen *pen, int state, double cx, double cy, gboolean is_reached)
{
  static const double dashes[] = { 9, 6 };
  const double radius = pen->style->disc / 2.0;
  const double icon = round (pen->style->disc * 0.6);
  const RsvgRectangle place = { round (cx - icon / 2), round (cy - icon / 2), icon, icon };

  cairo_new_path (pen->cr);
  cairo_arc (pen->cr, cx, cy, is_reached ? radius : radius - 2, 0, 2 * G_PI);
  if (is_reached)
    cairo_fill (pen->cr);
  else
    {
      cairo_set_line_width (pen->cr, 4);
      cairo_set_dash (pen->cr, dashes, G_N_ELEMENTS (dashes), 0);
      cairo_stroke (pen->cr);
      cairo_set_dash (pen->cr, NULL, 0, 0);
    }
  rsvg_handle_render_document (pen->layout->icons[state][is_reached], pen->cr, &place, NULL);
  cairo_set_source_rgb (pen->cr, 0, 0, 0);
}

/* Dots on the way to what is still open, a bar to what is reached. */
static void
draw_way (BmPen *pen, double from, double to, double y, gboolean is_reached)
{
  const double step = 11;

  if (is_reached)
    {
      cairo_rectangle (pen->cr, from, y - 3, to - from, 6);
      cairo_fill (pen->cr);
      return;
    }
  for (double x = from + step / 2; x < to; x += step)
    {
      cairo_arc (pen->cr, x, y, 3, 0, 2 * G_PI);
      cairo_fill (pen->cr);
    }
}

static void
get_labels (const char *language, const char *labels[BM_STATE_DISCS])
{
  const char *before = bm_language_begin (language);

  labels[0] = C_ ("sheet", "Noted");
  labels[1] = C_ ("sheet", "Sent on");
  labels[2] = C_ ("sheet", "Finished");
  bm_language_end (before);
}

/* One word below each disc, all of the same size. */
static void
draw_labels (BmPen *pen,
             const char *const labels[BM_STATE_DISCS],
             BmType type,
             double spread,
             int room)
{
  const double top = pen->y;

  for (int i = 0; i < BM_STATE_DISCS; i++)
    {
      pen->y = top;
      bm_pen_draw_text (pen, labels[i], type,
                        (int) (pen->style->width / 2.0 + (i - 1) * spread - room / 2.0), room);
    }
}

/* Smaller, below the first; words that are too long for that stand in one line from disc to disc. */
static void
draw_other_labels (BmPen *pen, const char *const labels[BM_STATE_DISCS], double spread, int room)
{
  BmType type =
    bm_pen_get_translation_type (pen, (BmType){ .size = pen->style->body, .is_centred = TRUE });
  gboolean is_fit = TRUE;

  for (int i = 0; i < BM_STATE_DISCS; i++)
    type = bm_pen_shrink_translation (pen, labels[i], type, room);
  for (int i = 0; i < BM_STATE_DISCS; i++)
    is_fit = is_fit && bm_pen_measure_width (pen, labels[i], type) <= room;
  if (is_fit)
    draw_labels (pen, labels, type, spread, room);
  else
    {
      g_autofree char *line = g_strjoin (" - ", labels[0], labels[1], labels[2], NULL);

      bm_pen_draw_text (pen, line, type, pen->style->margin, bm_pen_inner_width (pen));
    }
}

/**
 * bm_pen_draw_states:
 * @pen: the pen
 * @reached: how many of the three are reached
 *
 * Draws the discs and moves the pen below their words.
 */
void
bm_pen_draw_states (BmPen *pen, int reached)
{
  const int disc = pen->style->disc;
  const double spread = MIN ((bm_pen_inner_width (pen) - disc) / 2.0 - disc / 10.0, disc * 2.2);
  const double cy = pen->y + 6 + disc / 2.0;
  const int room = (int) MIN (spread - 6, pen->style->width - 2 * spread);
  BmType type = { .size = pen->style->body, .strong = TRUE, .is_centred = TRUE };
  const char *labels[BM_STATE_DISCS], *others[BM_STATE_DISCS];

  get_labels (NULL, labels);
  get_labels (pen->language, others);
  for (int i = 0; i < BM_STATE_DISCS; i++)
    {
      const double cx = pen->style->width / 2.0 + (i - 1) * spread;

      draw_disc (pen, i, cx, cy, i < reached);
      if (i > 0)
        draw_way (pen, cx - spread + disc / 2.0 + 9, cx - disc / 2.0 - 9, cy, i < reached);
    }
  pen->y += 6 + disc + 2;
  for (int i = 0; i < BM_STATE_DISCS; i++)
    type.size = MIN (type.size, bm_pen_shrink_to_fit (pen, labels[i], type, room).size);
  draw_labels (pen, labels, type, spread, room);
  if (strcmp (labels[0], others[0]) != 0)
    draw_other_labels (pen, others, spread, room);
}

static const char *
get_taken_words (const char *language, gboolean is_done)
{
  const char *before = bm_language_begin (language);
  const char *words = is_done ? C_ ("sheet", "Taken back") : C_ ("sheet", "Asked to take back");

  bm_language_end (before);
  return words;
}

static void
draw_band (BmPen *pen, double top, double height, gboolean is_done)
{
  static const double dashes[] = { 18, 12 };
  const double left = pen->style->margin, width = bm_pen_inner_width (pen);

  cairo_new_path (pen->cr);
  if (is_done)
    {
      cairo_rectangle (pen->cr, left, top, width, height);
      cairo_fill (pen->cr);
      return;
    }
  cairo_rectangle (pen->cr, left + 3, top + 3, width - 6, height - 6);
  cairo_set_line_width (pen->cr, 6);
  cairo_set_dash (pen->cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_stroke (pen->cr);
  cairo_set_dash (pen->cr, NULL, 0, 0);
}

/**
 * bm_pen_draw_taken_back:
 * @pen: the pen
 * @is_done: it was taken back; else it was asked for, and somebody else decides
 *
 * Draws the sign that stands in the place of the discs, and moves the pen below it.
 */
void
bm_pen_draw_taken_back (BmPen *pen, gboolean is_done)
{
  const double icon = pen->style->disc, pad = round (icon / 8);
  const double top = pen->y + 6, height = icon + 2 * pad;
  const char *words = get_taken_words (NULL, is_done);
  const char *others = get_taken_words (pen->language, is_done);
  const int inner = bm_pen_inner_width (pen);
  BmType type = { .size = pen->style->hero, .strong = TRUE };
  double left;
  int width;

  type = bm_pen_shrink_to_fit (pen, words, type, (int) (inner - icon - 5 * pad));
  width = bm_pen_measure_width (pen, words, type);
  left = round (pen->style->margin + (inner - icon - 2 * pad - width) / 2.0);
  draw_band (pen, top, height, is_done);
  rsvg_handle_render_document (pen->layout->icons[BM_TAKEN_BACK][is_done], pen->cr,
                               &(RsvgRectangle){ left, top + pad, icon, icon }, NULL);
  if (is_done)
    cairo_set_source_rgb (pen->cr, 1, 1, 1);
  else
    cairo_set_source_rgb (pen->cr, 0, 0, 0);
  pen->y = round (top + (height - type.size * 1.3) / 2);
  bm_pen_draw_text (pen, words, type, (int) (left + icon + 2 * pad), width + 1);
  cairo_set_source_rgb (pen->cr, 0, 0, 0);
  pen->y = top + height + 8;
  if (strcmp (words, others) != 0)
    bm_pen_draw_translation (pen, others, (BmType){ .size = pen->style->body, .is_centred = TRUE },
                             pen->style->margin, inner);
}
