/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-page"

#include "printing/dots.h"

#include "core/error.h"

#include <cups/raster.h>

#include <string.h>

/*
 * PWG 5102.4 raster in memory, 1 bit of black a dot, through libcups' own encoder and decoder.
 */

#define MAX_PWG_PAGES 100

typedef struct
{
  GByteArray *out;
  const guint8 *in;
  gsize in_left;
} Stream;

static ssize_t
write_stream (void *closure, unsigned char *data, size_t length)
{
  Stream *stream = closure;

  g_byte_array_append (stream->out, data, (guint) length);
  return (ssize_t) length;
}

static ssize_t
read_stream (void *closure, unsigned char *data, size_t length)
{
  Stream *stream = closure;
  const gsize taken = MIN (length, stream->in_left);

  memcpy (data, stream->in, taken);
  stream->in += taken;
  stream->in_left -= taken;
  return (ssize_t) taken;
}

static void
fill_header (cups_page_header2_t *header,
             const BmDots *page,
             int dpi,
             const char *media,
             guint count)
{
  memset (header, 0, sizeof *header);
  g_strlcpy (header->MediaClass, "PwgRaster", sizeof header->MediaClass);
  header->HWResolution[0] = header->HWResolution[1] = (unsigned) dpi;
  header->PageSize[0] = (unsigned) (page->width * 72 / dpi);
  header->PageSize[1] = (unsigned) (page->height * 72 / dpi);
  header->cupsPageSize[0] = (float) page->width * 72 / (float) dpi;
  header->cupsPageSize[1] = (float) page->height * 72 / (float) dpi;
  header->NumCopies = 1;
  header->cupsWidth = (unsigned) page->width;
  header->cupsHeight = (unsigned) page->height;
  header->cupsBitsPerColor = header->cupsBitsPerPixel = header->cupsNumColors = 1;
  header->cupsBytesPerLine = (unsigned) page->stride;
  header->cupsColorOrder = CUPS_ORDER_CHUNKED;
  header->cupsColorSpace = CUPS_CSPACE_K;
  header->cupsInteger[CUPS_RASTER_PWG_TotalPageCount] = count;
  header->cupsInteger[CUPS_RASTER_PWG_CrossFeedTransform] = 1;
  header->cupsInteger[CUPS_RASTER_PWG_FeedTransform] = 1;
  header->cupsInteger[CUPS_RASTER_PWG_AlternatePrimary] = 0xffffff;
  g_strlcpy (header->cupsPageSizeName, media, sizeof header->cupsPageSizeName);
}

static gboolean
write_page (cups_raster_t *raster, const BmDots *page, int dpi, const char *media, guint count)
{
  cups_page_header2_t header;

  fill_header (&header, page, dpi, media, count);
  if (!cupsRasterWriteHeader2 (raster, &header))
    return FALSE;
  for (int y = 0; y < page->height; y++)
    if (cupsRasterWritePixels (raster, page->bits + (gsize) y * page->stride,
                               (unsigned) page->stride) == 0)
      return FALSE;
  return TRUE;
}

/**
 * bm_dots_to_pwg:
 * @pages: (element-type BmDots): at least one
 * @dpi: the resolution they were made for
 * @media: the PWG name of the paper's size
 * @error: return location for an error
 *
 * Returns: (transfer full): the raster stream
 */
GBytes *
bm_dots_to_pwg (GPtrArray *pages, int dpi, const char *media, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Stream stream = { .out = bytes };
  cups_raster_t *raster;
  gboolean ok = TRUE;

  g_return_val_if_fail (pages != NULL && pages->len > 0, NULL);
  g_return_val_if_fail (media != NULL, NULL);

  raster = cupsRasterOpenIO (write_stream, &stream, CUPS_RASTER_WRITE_PWG);
  for (guint i = 0; raster != NULL && ok && i < pages->len; i++)
    ok = write_page (raster, g_ptr_array_index (pages, i), dpi, media, pages->len);
  if (raster != NULL)
    cupsRasterClose (raster);
  if (raster == NULL || !ok)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "raster: %s", cupsRasterErrorString ());
      return NULL;
    }
  return g_bytes_new (bytes->data, bytes->len);
}

static BmDots *
read_page (cups_raster_t *raster, const cups_page_header2_t *header, GError **error)
{
  g_autoptr (BmDots) page = NULL;

  if (header->cupsBitsPerPixel != 1 || header->cupsWidth == 0 || header->cupsHeight == 0 ||
      header->cupsWidth > 20000 || header->cupsHeight > 20000 ||
      header->cupsBytesPerLine != (header->cupsWidth + 7) / 8)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED, "a raster page that is not 1-bit black");
      return NULL;
    }
  page = bm_dots_new ((int) header->cupsWidth, (int) header->cupsHeight);
  for (int y = 0; y < page->height; y++)
    if (cupsRasterReadPixels (raster, page->bits + (gsize) y * page->stride,
                              (unsigned) page->stride) == 0)
      {
        g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "the raster ends at row %d of %d", y,
                     page->height);
        return NULL;
      }
  return g_steal_pointer (&page);
}

/**
 * bm_dots_from_pwg:
 * @pwg: a raster stream
 * @error: return location for an error
 *
 * Returns: (transfer container) (element-type BmDots): its pages
 */
GPtrArray *
bm_dots_from_pwg (GBytes *pwg, GError **error)
{
  g_autoptr (GPtrArray) pages = NULL;
  Stream stream = { 0 };
  cups_page_header2_t header;
  cups_raster_t *raster;
  BmDots *page = NULL;

  g_return_val_if_fail (pwg != NULL, NULL);

  stream.in = g_bytes_get_data (pwg, &stream.in_left);
  raster = cupsRasterOpenIO (read_stream, &stream, CUPS_RASTER_READ);
  if (raster == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "not a raster: %s", cupsRasterErrorString ());
      return NULL;
    }
  pages = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_dots_free);
  while (pages->len < MAX_PWG_PAGES && cupsRasterReadHeader2 (raster, &header))
    {
      page = read_page (raster, &header, error);
      if (page == NULL)
        break;
      g_ptr_array_add (pages, page);
    }
  cupsRasterClose (raster);
  if (page == NULL)
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "a raster without a page");
      return NULL;
    }
  return g_steal_pointer (&pages);
}
