/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/devices/table.h"

#include <cairo.h>
#include <math.h>
#include <string.h>

/*
 * A sheet lies on a plane at distance 1 of a camera: a spot (u, v) of it, in widths from its middle, is at
 *
 *   x + w (u cos - v sin),  y + w (u sin + v cos),  1 - lean * v
 *
 * and is seen at x / depth, y / depth. A ray through a point of the picture finds u and v from two linear equations.
 */

#define LONG    1.4142
#define PRINT_W 700
#define PRINT_H 990
#define RAYS    2 /* a point, in each direction */

static const char *const words[] = {
  "2026-11-18  No. 4471", "Wang Xiulan",  "Registration  6.00",
  "Medicine  128.40",     "Tests  45.00", "Total  179.40",
};

static cairo_surface_t *
print (void)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, PRINT_W, PRINT_H);
  cairo_t *cr = cairo_create (surface);

  cairo_select_font_face (cr, "sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (cr, 26);
  for (guint i = 0; i < 18; i++)
    {
      cairo_move_to (cr, 70, 100 + 48 * i);
      cairo_show_text (cr, words[i % G_N_ELEMENTS (words)]);
    }
  cairo_rectangle (cr, 400, 76, 230, 14);
  cairo_fill (cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

/* A sheet, and what its turn comes to. */
typedef struct
{
  double x;
  double y;
  double width;
  double lean;
  double cosine;
  double sine;
  guint8 grey;
} Placed;

static Placed *
place (const BmSheet *sheets, guint n)
{
  Placed *placed = g_new (Placed, n);

  for (guint i = 0; i < n; i++)
    {
      const double turn = sheets[i].turn * G_PI / 180;

      placed[i] = (Placed){ sheets[i].x, sheets[i].y, sheets[i].width, sheets[i].lean,
                            cos (turn),  sin (turn),  sheets[i].grey };
    }
  return placed;
}

static gboolean
find_on_sheet (const Placed *sheet, double x, double y, double *ret_u, double *ret_v)
{
  const double c = sheet->width * sheet->cosine, s = sheet->width * sheet->sine;
  /* x (1 - lean v) = sheet.x + c u - s v, and y alike */
  const double a = c, b = x * sheet->lean - s, e = x - sheet->x;
  const double d = s, f = y * sheet->lean + c, g = y - sheet->y;
  const double whole = a * f - b * d;

  *ret_u = (e * f - b * g) / whole;
  *ret_v = (a * g - e * d) / whole;
  return fabs (*ret_u) <= 0.5 && fabs (*ret_v) <= LONG / 2;
}

static double
get_wood (const BmTable *table, double x, double y)
{
  return table->grain * (sin (90 * y + 3 * sin (4 * x)) + 0.4 * sin (331 * y + 5 * x));
}

/* @wood: what is seen where no sheet lies */
static void
add_ray (const BmTable *table,
         const Placed *sheets,
         guint n,
         cairo_surface_t *printed,
         const double at[2],
         double wood,
         double sums[3])
{
  const guint8 *ink = cairo_image_surface_get_data (printed);
  const int stride = cairo_image_surface_get_stride (printed);

  for (guint i = 0; i < n; i++)
    {
      double u, v, light;
      int column, row;

      if (!find_on_sheet (&sheets[i], at[0], at[1], &u, &v))
        continue;
      column = CLAMP ((int) ((u + 0.5) * PRINT_W), 0, PRINT_W - 1);
      row = CLAMP ((int) ((v / LONG + 0.5) * PRINT_H), 0, PRINT_H - 1);
      light = sheets[i].grey - (sheets[i].grey - 30.0) * ink[row * stride + column] / 255;
      if (i == 0 && hypot (u, v) < table->lamp)
        light = 255;
      for (guint c = 0; c < 3; c++)
        sums[c] += light;
      return;
    }
  for (guint c = 0; c < 3; c++)
    sums[c] += CLAMP (table->table[c] + wood, 0, 255);
}

static void
blur_line (guint8 *first, gsize step, guint n, double sigma)
{
  const int reach = (int) ceil (3 * sigma);
  g_autofree double *line = g_new (double, n);
  g_autofree double *weights = g_new (double, reach + 1);

  for (int k = 0; k <= reach; k++)
    weights[k] = exp (-k * k / (2 * sigma * sigma));
  for (guint i = 0; i < n; i++)
    line[i] = first[i * step];
  for (int i = 0; i < (int) n; i++)
    {
      double sum = 0, weight = 0;

      for (int k = -reach; k <= reach; k++)
        {
          sum += weights[ABS (k)] * line[CLAMP (i + k, 0, (int) n - 1)];
          weight += weights[ABS (k)];
        }
      first[(gsize) i * step] = (guint8) (sum / weight + 0.5);
    }
}

static void
blur (BmPoints *points, double sigma)
{
  for (guint c = 0; c < 3; c++)
    {
      for (guint y = 0; y < points->height; y++)
        blur_line (points->points + 3 * (gsize) y * points->width + c, 3, points->width, sigma);
      for (guint x = 0; x < points->width; x++)
        blur_line (points->points + 3 * (gsize) x + c, (gsize) 3 * points->width, points->height,
                   sigma);
    }
}

static void
add_noise (BmPoints *points, guint noise)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (4471);
  const gsize n = (gsize) 3 * points->width * points->height;

  for (gsize i = 0; i < n; i++)
    {
      int value = points->points[i] + g_rand_int_range (chance, -(int) noise, (int) noise + 1);

      points->points[i] = (guint8) CLAMP (value, 0, 255);
    }
}

void
bm_table_draw (const BmTable *table, const BmSheet *sheets, guint n, BmPoints *to)
{
  cairo_surface_t *printed = print ();
  g_autofree Placed *placed = place (sheets, n);

  to->width = table->width;
  to->height = table->height;
  to->points = g_malloc ((gsize) 3 * to->width * to->height);
  for (guint y = 0; y < to->height; y++)
    for (guint x = 0; x < to->width; x++)
      {
        const double wood =
          get_wood (table, (double) x / to->width - 0.5, (y - to->height / 2.0) / to->width);
        double sums[3] = { 0 };

        for (guint ray = 0; ray < RAYS * RAYS; ray++)
          {
            const double at[2] = { (x + (ray % RAYS + 0.5) / RAYS) / to->width - 0.5,
                                   (y + (ray / RAYS + 0.5) / RAYS - to->height / 2.0) / to->width };

            add_ray (table, placed, n, printed, at, wood, sums);
          }
        for (guint c = 0; c < 3; c++)
          to->points[3 * ((gsize) y * to->width + x) + c] =
            (guint8) (sums[c] / (RAYS * RAYS) + 0.5);
      }
  cairo_surface_destroy (printed);
  if (table->blur > 0)
    blur (to, table->blur);
  if (table->noise > 0)
    add_noise (to, table->noise);
}

void
bm_table_find_corners (const BmTable *table,
                       const BmSheet *sheet,
                       BmSpot ret_corners[BM_PAPER_CORNERS])
{
  static const double ends[BM_PAPER_CORNERS][2] = { { -0.5, -0.5 },
                                                    { 0.5, -0.5 },
                                                    { 0.5, 0.5 },
                                                    { -0.5, 0.5 } };
  const double turn = sheet->turn * G_PI / 180;

  for (guint i = 0; i < BM_PAPER_CORNERS; i++)
    {
      const double u = ends[i][0], v = LONG * ends[i][1];
      const double depth = 1 - sheet->lean * v;
      const double x = sheet->x + sheet->width * (u * cos (turn) - v * sin (turn));
      const double y = sheet->y + sheet->width * (u * sin (turn) + v * cos (turn));

      ret_corners[i] = (BmSpot){ (x / depth + 0.5) * table->width,
                                 y / depth * table->width + table->height / 2.0 };
    }
}
