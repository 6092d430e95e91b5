/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/golden.h"

#include <stdlib.h>
#include <string.h>

/*
 * How a picture of a page is kept and compared. Kept is the average colour of each cell of 8 by 8 pixels, so
 * that 150 pages are a few hundred kilobytes. Compared is cell by cell, with three tolerances:
 *
 *  - within a plain face (the eight cells around are the same colour) next to none: a colour that changed;
 *  - along a straight edge or a rule little: neither depends on fonts, and a cell is what moves by 2 mm;
 *  - elsewhere, where there is type, much: another version of FreeType puts a stroke half a pixel beside, and
 *    that is a cell here and there, seldom three together. A missing hanzi is 25 cells.
 */

#define PLAIN_MOST 6
#define EDGE_MOST  22
#define TYPE_MOST  56

/* Of a cell that holds more than one colour only so much is kept. */
#define STEP 16

static const guint32 *
row_of (cairo_surface_t *surface, int y)
{
  const guint8 *data = cairo_image_surface_get_data (surface);

  return (const guint32 *) (gconstpointer) (data +
                                            (gsize) y * cairo_image_surface_get_stride (surface));
}

static guint32 *
writable_row (cairo_surface_t *surface, int y)
{
  guint8 *data = cairo_image_surface_get_data (surface);

  return (guint32 *) (gpointer) (data + (gsize) y * cairo_image_surface_get_stride (surface));
}

static guint32
average (cairo_surface_t *picture, int left, int top, int right, int bottom)
{
  guint64 sums[3] = { 0 };
  const guint n = (guint) ((right - left) * (bottom - top));

  for (int y = top; y < bottom; y++)
    {
      const guint32 *row = row_of (picture, y);

      for (int x = left; x < right; x++)
        {
          sums[0] += row[x] >> 16 & 0xff;
          sums[1] += row[x] >> 8 & 0xff;
          sums[2] += row[x] & 0xff;
        }
    }
  return (guint32) ((sums[0] + n / 2) / n) << 16 | (guint32) ((sums[1] + n / 2) / n) << 8 |
         (guint32) ((sums[2] + n / 2) / n);
}

/**
 * golden_reduce:
 * @picture: a page as it is drawn
 *
 * Returns: (transfer full): its cells
 */
cairo_surface_t *
golden_reduce (cairo_surface_t *picture)
{
  const int width = cairo_image_surface_get_width (picture);
  const int height = cairo_image_surface_get_height (picture);
  const int columns = (width + GOLDEN_CELL - 1) / GOLDEN_CELL;
  const int rows = (height + GOLDEN_CELL - 1) / GOLDEN_CELL;
  cairo_surface_t *cells = cairo_image_surface_create (CAIRO_FORMAT_RGB24, columns, rows);

  cairo_surface_flush (picture);
  for (int y = 0; y < rows; y++)
    {
      guint32 *row = writable_row (cells, y);

      for (int x = 0; x < columns; x++)
        row[x] = average (picture, x * GOLDEN_CELL, y * GOLDEN_CELL,
                          MIN ((x + 1) * GOLDEN_CELL, width), MIN ((y + 1) * GOLDEN_CELL, height));
    }
  cairo_surface_mark_dirty (cells);
  return cells;
}

static int
channel (guint32 colour, int shift)
{
  return (int) (colour >> shift & 0xff);
}

static int
distance (guint32 one, guint32 two)
{
  int most = 0;

  for (int shift = 0; shift <= 16; shift += 8)
    most = MAX (most, abs (channel (one, shift) - channel (two, shift)));
  return most;
}

/* Cells outside are like the one at the edge. */
static guint32
cell_at (cairo_surface_t *cells, int x, int y)
{
  x = CLAMP (x, 0, cairo_image_surface_get_width (cells) - 1);
  y = CLAMP (y, 0, cairo_image_surface_get_height (cells) - 1);
  return row_of (cells, y)[x] & 0xffffff;
}

static gboolean
is_plain (cairo_surface_t *cells, int x, int y)
{
  for (int dy = -1; dy <= 1; dy++)
    for (int dx = -1; dx <= 1; dx++)
      if (cell_at (cells, x + dx, y + dy) != cell_at (cells, x, y))
        return FALSE;
  return TRUE;
}

static gboolean
is_edge (cairo_surface_t *cells, int x, int y)
{
  const guint32 here = cell_at (cells, x, y);

  return (cell_at (cells, x - 1, y) == here && cell_at (cells, x + 1, y) == here) ||
         (cell_at (cells, x, y - 1) == here && cell_at (cells, x, y + 1) == here);
}

static guint32
rounded (guint32 colour)
{
  guint32 result = 0;

  for (int shift = 0; shift <= 16; shift += 8)
    result |= (guint32) MIN ((channel (colour, shift) + STEP / 2) / STEP * STEP, 0xff) << shift;
  return result;
}

/**
 * golden_round:
 * @cells: of golden_reduce()
 *
 * Leaves less of the cells that hold type than they have, so that what is kept is small. Plain faces and
 * straight edges keep their colour.
 */
void
golden_round (cairo_surface_t *cells)
{
  const int columns = cairo_image_surface_get_width (cells);
  const int rows = cairo_image_surface_get_height (cells);
  g_autofree guint32 *kept = g_new (guint32, (gsize) columns * rows);

  for (int y = 0; y < rows; y++)
    for (int x = 0; x < columns; x++)
      kept[y * columns + x] =
        is_edge (cells, x, y) ? cell_at (cells, x, y) : rounded (cell_at (cells, x, y));
  for (int y = 0; y < rows; y++)
    memcpy (writable_row (cells, y), kept + (gsize) y * columns, columns * sizeof *kept);
  cairo_surface_mark_dirty (cells);
}

static gboolean
is_other (cairo_surface_t *golden, cairo_surface_t *cells, int x, int y)
{
  const int most = is_plain (golden, x, y)  ? PLAIN_MOST
                   : is_edge (golden, x, y) ? EDGE_MOST
                                            : TYPE_MOST;

  return distance (cell_at (golden, x, y), cell_at (cells, x, y)) > most;
}

/* A cell that is another, and two beside it, too: what moved or is gone is never a single cell. */
static gboolean
differs (cairo_surface_t *golden, cairo_surface_t *cells, int x, int y)
{
  guint n_around = 0;

  if (!is_other (golden, cells, x, y))
    return FALSE;
  for (int dy = -1; dy <= 1; dy++)
    for (int dx = -1; dx <= 1; dx++)
      n_around += (dx != 0 || dy != 0) && is_other (golden, cells, x + dx, y + dy) ? 1 : 0;
  return n_around >= 2;
}

/**
 * golden_compare:
 * @golden: cells that were kept
 * @cells: of golden_reduce()
 * @ret_difference: where they differ
 *
 * Returns: whether they are the same page
 */
gboolean
golden_compare (cairo_surface_t *golden, cairo_surface_t *cells, GoldenDifference *ret_difference)
{
  const int columns = cairo_image_surface_get_width (golden);
  const int rows = cairo_image_surface_get_height (golden);

  *ret_difference = (GoldenDifference){ 0, G_MAXINT, G_MAXINT, 0, 0 };
  if (columns != cairo_image_surface_get_width (cells) ||
      rows != cairo_image_surface_get_height (cells))
    {
      *ret_difference = (GoldenDifference){ (guint) (columns * rows), 0, 0, columns * GOLDEN_CELL,
                                            rows * GOLDEN_CELL };
      return FALSE;
    }
  for (int y = 0; y < rows; y++)
    for (int x = 0; x < columns; x++)
      {
        if (!differs (golden, cells, x, y))
          continue;
        ret_difference->n_cells++;
        ret_difference->x = MIN (ret_difference->x, x * GOLDEN_CELL);
        ret_difference->y = MIN (ret_difference->y, y * GOLDEN_CELL);
        ret_difference->right = MAX (ret_difference->right, (x + 1) * GOLDEN_CELL);
        ret_difference->bottom = MAX (ret_difference->bottom, (y + 1) * GOLDEN_CELL);
      }
  return ret_difference->n_cells <= GOLDEN_MOST_CELLS;
}

/* A panel of half the size of the screen, at @left. */
static void
draw_panel (cairo_t *cr, cairo_surface_t *surface, double left, double scale, double faded)
{
  cairo_save (cr);
  cairo_translate (cr, left, 0);
  cairo_scale (cr, scale, scale);
  cairo_set_source_surface (cr, surface, 0, 0);
  if (scale > 1)
    cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_rectangle (cr, 0, 0, cairo_image_surface_get_width (surface),
                   cairo_image_surface_get_height (surface));
  cairo_clip (cr);
  cairo_paint_with_alpha (cr, faded);
  cairo_restore (cr);
}

static void
mark_cells (cairo_t *cr, cairo_surface_t *golden, cairo_surface_t *cells, double left)
{
  const double side = GOLDEN_CELL / 2.0;

  if (cairo_image_surface_get_width (golden) != cairo_image_surface_get_width (cells) ||
      cairo_image_surface_get_height (golden) != cairo_image_surface_get_height (cells))
    return;
  cairo_set_source_rgb (cr, 0.85, 0, 0);
  for (int y = 0; y < cairo_image_surface_get_height (cells); y++)
    for (int x = 0; x < cairo_image_surface_get_width (cells); x++)
      if (differs (golden, cells, x, y))
        cairo_rectangle (cr, left + x * side, y * side, side, side);
  cairo_fill (cr);
}

/**
 * golden_draw_difference:
 * @golden: cells that were kept
 * @picture: the page as it is drawn now
 *
 * Returns: (transfer full): side by side, the old page, the new one, and the new one with the cells marked
 *   that differ
 */
cairo_surface_t *
golden_draw_difference (cairo_surface_t *golden, cairo_surface_t *picture)
{
  cairo_surface_t *cells = golden_reduce (picture);
  const double width = MAX (cairo_image_surface_get_width (picture) / 2.0,
                            cairo_image_surface_get_width (golden) * GOLDEN_CELL / 2.0) +
                       16;
  const double height = MAX (cairo_image_surface_get_height (picture) / 2.0,
                             cairo_image_surface_get_height (golden) * GOLDEN_CELL / 2.0);
  cairo_surface_t *result =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (3 * width), (int) height);
  cairo_t *cr = cairo_create (result);

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  draw_panel (cr, golden, 0, GOLDEN_CELL / 2.0, 1);
  draw_panel (cr, picture, width, 0.5, 1);
  draw_panel (cr, picture, 2 * width, 0.5, 0.3);
  mark_cells (cr, golden, cells, 2 * width);
  cairo_destroy (cr);
  cairo_surface_destroy (cells);
  return result;
}
