/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-page"

#include "printing/dots.h"

#include "core/error.h"

#include <math.h>
#include <string.h>

/*
 * Pages of dots. Grey from the type's edges becomes black or paper at half, never a pattern: thermal heads
 * and QR codes want whole dots.
 */

#define THRESHOLD 128

/* Drawn so many rows at a time: a whole roll's slip in grey is megabytes, which cost more to get from the system
 * than to draw. */
#define BAND_ROWS 128

#define MAX_SIDE_DOTS (BM_RENDER_MAX_MM * 24)

/**
 * bm_dots_new:
 * @width: dots
 * @height: dots
 *
 * Returns: (transfer full): a blank page
 */
BmDots *
bm_dots_new (int width, int height)
{
  BmDots *self;

  g_return_val_if_fail (width > 0 && width <= MAX_SIDE_DOTS, NULL);
  g_return_val_if_fail (height > 0 && height <= MAX_SIDE_DOTS, NULL);

  self = g_new0 (BmDots, 1);
  self->width = width;
  self->height = height;
  self->stride = (width + 7) / 8;
  self->bits = g_malloc0 ((gsize) self->stride * height);
  return self;
}

void
bm_dots_free (BmDots *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->bits);
  g_free (self);
}

gboolean
bm_dots_get_dot (const BmDots *self, int x, int y)
{
  g_return_val_if_fail (x >= 0 && x < self->width && y >= 0 && y < self->height, FALSE);

  return (self->bits[y * self->stride + x / 8] >> (7 - x % 8)) & 1;
}

static void
threshold_row (BmDots *page, int y, const guint32 *pixels)
{
  guint8 *row = page->bits + (gsize) y * page->stride;

  for (int x = 0; x < page->width; x++)
    if ((pixels[x] & 0xff) < THRESHOLD)
      row[x / 8] |= 0x80 >> (x % 8);
}

/* Rows from @top down of the picture @source, on @band, which is used again and again. */
static cairo_status_t
draw_band (cairo_surface_t *band, cairo_surface_t *source, int top, double scale)
{
  cairo_t *cr = cairo_create (band);
  cairo_status_t status;

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_translate (cr, 0, -top);
  cairo_scale (cr, scale, scale);
  cairo_set_source_surface (cr, source, 0, 0);
  cairo_paint (cr);
  status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_flush (band);
  return status;
}

/**
 * bm_dots_from_render:
 * @render: a drawing
 * @index: which page
 * @dpi: %BM_PAGE_DPI for our own dots, or another resolution for sheet printers
 * @error: return location for an error
 *
 * Returns: (transfer full): the page as dots
 */
BmDots *
bm_dots_from_render (const BmRender *render, guint index, int dpi, GError **error)
{
  const double scale = dpi == BM_PAGE_DPI ? 1.0 : dpi / (25.4 * BM_DOTS_PER_MM);
  g_autoptr (BmDots) page = NULL;
  cairo_surface_t *band;
  cairo_status_t status;

  g_return_val_if_fail (render != NULL && index < render->pages->len, NULL);

  page = bm_dots_new ((int) round (render->width * scale), (int) round (render->height * scale));
  band =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, page->width, MIN (BAND_ROWS, page->height));
  status = cairo_surface_status (band);
  for (int top = 0; status == CAIRO_STATUS_SUCCESS && top < page->height; top += BAND_ROWS)
    {
      status = draw_band (band, g_ptr_array_index (render->pages, index), top, scale);
      for (int y = 0; status == CAIRO_STATUS_SUCCESS && y < MIN (BAND_ROWS, page->height - top);
           y++)
        threshold_row (page, top + y,
                       (const guint32 *) (const void *) (cairo_image_surface_get_data (band) +
                                                         y *
                                                           cairo_image_surface_get_stride (band)));
    }
  cairo_surface_destroy (band);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "raster: %s", cairo_status_to_string (status));
      return NULL;
    }
  return g_steal_pointer (&page);
}

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/**
 * bm_dots_to_png:
 * @self: a page
 * @error: return location for an error
 *
 * Returns: (transfer full): a PNG, black on white
 */
GBytes *
bm_dots_to_png (const BmDots *self, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface;
  cairo_status_t status;

  g_return_val_if_fail (self != NULL, NULL);

  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, self->width, self->height);
  for (int y = 0; y < self->height; y++)
    {
      guint32 *row = (guint32 *) (void *) (cairo_image_surface_get_data (surface) +
                                           y * cairo_image_surface_get_stride (surface));

      for (int x = 0; x < self->width; x++)
        row[x] = bm_dots_get_dot (self, x, y) ? 0x000000 : 0xffffff;
    }
  cairo_surface_mark_dirty (surface);
  status = cairo_surface_write_to_png_stream (surface, append_bytes, bytes);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "PNG: %s", cairo_status_to_string (status));
      return NULL;
    }
  return g_bytes_new (bytes->data, bytes->len);
}
