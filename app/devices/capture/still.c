/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-capture"

#include "app/devices/capture/still.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

/*
 * A still as the camera gave it becomes two plain pictures: one to be kept, of at most BM_PHOTO_MAX_SIDE pixels, and one
 * in small to be looked at. It is drawn anew from its points, so that nothing that rode along (place, time, machine,
 * a picture within the picture) is in either.
 */

#define MAX_MEMORY (96L * 1024 * 1024)
#define MAX_SCANS  40 /* of a progressive one: a file of few bytes can ask for thousands */

typedef struct
{
  struct jpeg_error_mgr base;
  jmp_buf back;
} Trouble;

typedef struct
{
  guint width;
  guint height;
  guint8 *points; /* red, green, blue */
} Points;

static void
on_error (j_common_ptr info)
{
  longjmp (((Trouble *) info->err)->back, 1);
}

/* Nothing is written: the file may name a person. A picture that is not whole is none. */
static void
on_message (j_common_ptr info, int level)
{
  if (level < 0)
    on_error (info);
}

static void
on_progress (j_common_ptr info)
{
  if (info->is_decompressor && ((j_decompress_ptr) info)->input_scan_number > MAX_SCANS)
    on_error (info);
}

static void
take_trouble (Trouble *trouble)
{
  memset (trouble, 0, sizeof *trouble);
  (void) jpeg_std_error (&trouble->base);
  trouble->base.error_exit = on_error;
  trouble->base.emit_message = on_message;
}

/* As large as is kept, and no larger: the decoder itself leaves out what is not needed. */
static gboolean
choose_size (struct jpeg_decompress_struct *info)
{
  guint side = MAX (info->image_width, info->image_height);

  if (side > BM_STILL_MAX_SIDE ||
      (guint64) info->image_width * info->image_height > BM_STILL_MAX_PIXELS)
    return FALSE;
  info->scale_denom = 8;
  info->scale_num = 8;
  while (info->scale_num > 1 && side * info->scale_num > BM_PHOTO_MAX_SIDE * 8)
    info->scale_num--;
  info->out_color_space = JCS_RGB;
  return TRUE;
}

static BmPhotoState
read_points (struct jpeg_decompress_struct *info, const guint8 *data, gsize len, Points *points)
{
  jpeg_mem_src (info, data, len);
  info->mem->max_memory_to_use = MAX_MEMORY;
  (void) jpeg_read_header (info, TRUE); /* what is no picture does not come back from it */
  if (!choose_size (info))
    return BM_PHOTO_LARGE;
  (void) jpeg_start_decompress (info);
  points->width = info->output_width;
  points->height = info->output_height;
  points->points = g_malloc ((gsize) 3 * points->width * points->height);
  while (info->output_scanline < info->output_height)
    {
      JSAMPROW row = points->points + (gsize) 3 * points->width * info->output_scanline;

      (void) jpeg_read_scanlines (info, &row, 1);
    }
  (void) jpeg_finish_decompress (info);
  return BM_PHOTO_OK;
}

static BmPhotoState
open_still (const guint8 *data, gsize len, Points *points)
{
  struct jpeg_decompress_struct info;
  struct jpeg_progress_mgr progress = { .progress_monitor = on_progress };
  Trouble trouble;
  BmPhotoState state;

  take_trouble (&trouble);
  memset (&info, 0, sizeof info);
  info.err = &trouble.base;
  if (setjmp (trouble.back) != 0)
    {
      jpeg_destroy_decompress (&info);
      return BM_PHOTO_BROKEN;
    }
  jpeg_create_decompress (&info);
  info.progress = &progress;
  state = read_points (&info, data, len, points);
  jpeg_destroy_decompress (&info);
  return state;
}

static gboolean
is_dark (const Points *points)
{
  gsize n = (gsize) points->width * points->height;
  guint64 sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += 2 * points->points[3 * i] + 5 * points->points[3 * i + 1] + points->points[3 * i + 2];
  return sum / 8 / n < BM_STILL_DARK;
}

/* Each point of the small one is the mean of a square of the large one. */
static void
shrink (const Points *from, guint by, Points *to)
{
  to->width = MAX (from->width / by, 1);
  to->height = MAX (from->height / by, 1);
  to->points = g_malloc ((gsize) 3 * to->width * to->height);
  for (guint y = 0; y < to->height; y++)
    for (guint x = 0; x < to->width; x++)
      for (guint c = 0; c < 3; c++)
        {
          guint sum = 0, n = 0;

          for (guint j = y * by; j < MIN ((y + 1) * by, from->height); j++)
            for (guint i = x * by; i < MIN ((x + 1) * by, from->width); i++, n++)
              sum += from->points[3 * ((gsize) j * from->width + i) + c];
          to->points[3 * ((gsize) y * to->width + x) + c] = (guint8) (sum / MAX (n, 1));
        }
}

static void
write_points (struct jpeg_compress_struct *info, const Points *points, gint quality)
{
  info->image_width = points->width;
  info->image_height = points->height;
  info->input_components = 3;
  info->in_color_space = JCS_RGB;
  jpeg_set_defaults (info);
  jpeg_set_quality (info, quality, TRUE);
  info->optimize_coding = TRUE;
  jpeg_start_compress (info, TRUE);
  while (info->next_scanline < info->image_height)
    {
      JSAMPROW row = points->points + (gsize) 3 * points->width * info->next_scanline;

      (void) jpeg_write_scanlines (info, &row, 1);
    }
  jpeg_finish_compress (info);
}

typedef struct
{
  unsigned char *data; /* of the C library's */
  unsigned long len;
} Written;

static void
write_still (const Points *points, gint quality, Written *written)
{
  struct jpeg_compress_struct info;
  Trouble trouble;

  take_trouble (&trouble);
  memset (&info, 0, sizeof info);
  info.err = &trouble.base;
  if (setjmp (trouble.back) == 0)
    {
      jpeg_create_compress (&info);
      jpeg_mem_dest (&info, &written->data, &written->len);
      write_points (&info, points, quality);
    }
  else
    written->len = 0;
  jpeg_destroy_compress (&info);
}

/* As good as fits; NULL when not even the worst does. */
static GBytes *
fit (const Points *points, gsize most)
{
  static const gint qualities[] = { 85, 70, 55, 40, 25 };

  for (gsize i = 0; i < G_N_ELEMENTS (qualities); i++)
    {
      Written written = { NULL, 0 };
      GBytes *bytes = NULL;

      write_still (points, qualities[i], &written);
      if (written.len > 0 && written.len <= most)
        bytes = g_bytes_new (written.data, written.len);
      free (written.data);
      if (bytes != NULL)
        return bytes;
    }
  return NULL;
}

static GBytes *
make_small (const Points *points)
{
  guint side = MAX (points->width, points->height);
  guint by = MAX ((side + BM_STILL_SMALL_SIDE - 1) / BM_STILL_SMALL_SIDE, 1);
  GBytes *bytes = NULL;

  for (guint i = 0; i < 4 && bytes == NULL; i++)
    {
      Points small = { 0 };

      shrink (points, by + i, &small);
      bytes = fit (&small, BM_PHOTO_MAX_SMALL);
      g_free (small.points);
    }
  return bytes;
}

/**
 * bm_still_make:
 * @data: what a camera gave
 * @len: how many bytes
 * @ret_whole: (out) (transfer full) (nullable): return location for what is kept
 * @ret_small: (out) (transfer full) (nullable): return location for the same in small
 *
 * Returns: what it is
 */
BmPhotoState
bm_still_make (const guint8 *data, gsize len, GBytes **ret_whole, GBytes **ret_small)
{
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) small = NULL;
  Points points = { 0 };
  BmPhotoState state;

  g_return_val_if_fail (data != NULL && ret_whole != NULL && ret_small != NULL, BM_PHOTO_BROKEN);

  *ret_whole = *ret_small = NULL;
  if (len > BM_STILL_MAX_BYTES)
    return BM_PHOTO_LARGE;
  state = open_still (data, len, &points);
  if (state == BM_PHOTO_OK && is_dark (&points))
    state = BM_PHOTO_DARK;
  if (state == BM_PHOTO_OK)
    {
      whole = fit (&points, BM_PHOTO_MAX_BYTES);
      small = make_small (&points);
      state = whole != NULL && small != NULL ? BM_PHOTO_OK : BM_PHOTO_LARGE;
    }
  g_free (points.points);
  if (state != BM_PHOTO_OK)
    return state;
  *ret_whole = g_steal_pointer (&whole);
  *ret_small = g_steal_pointer (&small);
  return BM_PHOTO_OK;
}
