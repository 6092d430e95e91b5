/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-capture"

#include "app/devices/capture/still.h"

#include "app/devices/capture/legible.h"
#include "app/devices/capture/paper.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

/*
 * A still as the camera gave it becomes two plain pictures: one to be kept, of at most BM_PHOTO_MAX_SIDE pixels, and one
 * in small to be looked at. Where it shows one paper on a table, beyond doubt, they show that paper alone and straight
 * (paper.c); else they show all of it. What cannot be read is said (legible.c), and kept if the person wants it so.
 * It is drawn anew from its points, so that nothing that rode along (place, time, machine,
 * a picture within the picture) is in either.
 */

#define MAX_MEMORY (96L * 1024 * 1024)
#define MAX_SCANS  40 /* of a progressive one: a file of few bytes can ask for thousands */

typedef struct
{
  struct jpeg_error_mgr base;
  jmp_buf back;
} Trouble;

static void
on_error (j_common_ptr info)
{
  longjmp (((Trouble *) info->err)->back, 1);
}

/* Nothing is written: the file may name a person. A picture that is not whole is none; many a camera puts a few bytes too
 * many between two parts, and nothing of the picture is missing then. */
static void
on_message (j_common_ptr info, int level)
{
  if (level < 0 && info->err->msg_code != JWRN_EXTRANEOUS_DATA)
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
read_points (struct jpeg_decompress_struct *info, const guint8 *data, gsize len, BmPoints *points)
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
open_still (const guint8 *data, gsize len, BmPoints *points)
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
is_dark (const BmPoints *points)
{
  gsize n = (gsize) points->width * points->height;
  guint64 sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += 2 * points->points[3 * i] + 5 * points->points[3 * i + 1] + points->points[3 * i + 2];
  return sum / 8 / n < BM_STILL_DARK;
}

static void
write_points (struct jpeg_compress_struct *info, const BmPoints *points, gint quality)
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
write_still (const BmPoints *points, gint quality, Written *written)
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
fit (const BmPoints *points, gsize most)
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
make_small (const BmPoints *points)
{
  guint side = MAX (points->width, points->height);
  guint by = MAX ((side + BM_STILL_SMALL_SIDE - 1) / BM_STILL_SMALL_SIDE, 1);
  GBytes *bytes = NULL;

  for (guint i = 0; i < 4 && bytes == NULL; i++)
    {
      BmPoints small = { 0 };

      bm_points_shrink (points, by + i, &small);
      bytes = fit (&small, BM_PHOTO_MAX_SMALL);
      g_free (small.points);
    }
  return bytes;
}

/**
 * bm_still_open:
 * @data: what a camera gave
 * @len: how many bytes
 * @ret_points: return location for the picture
 *
 * Returns: #BM_PHOTO_OK, #BM_PHOTO_LARGE or #BM_PHOTO_BROKEN
 */
BmPhotoState
bm_still_open (const guint8 *data, gsize len, BmPoints *ret_points)
{
  g_return_val_if_fail (data != NULL && ret_points != NULL, BM_PHOTO_BROKEN);

  return len > BM_STILL_MAX_BYTES ? BM_PHOTO_LARGE : open_still (data, len, ret_points);
}

static void
straighten (BmPoints *points, gboolean *ret_is_alone)
{
  BmSpot corners[BM_PAPER_CORNERS];
  BmPoints paper = { 0 };

  *ret_is_alone = bm_paper_find (points, corners);
  if (!*ret_is_alone)
    return;
  bm_paper_straighten (points, corners, BM_PHOTO_MAX_SIDE, &paper);
  bm_points_clear (points);
  *points = paper;
}

/**
 * bm_still_keep:
 * @points: a picture, of which the paper is left
 * @ret_whole: (out) (transfer full) (nullable): return location for what is kept
 * @ret_small: (out) (transfer full) (nullable): return location for the same in small
 *
 * Returns: what it is
 */
BmPhotoState
bm_still_keep (BmPoints *points, GBytes **ret_whole, GBytes **ret_small)
{
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) small = NULL;
  gboolean is_alone;
  BmPhotoState state;

  g_return_val_if_fail (points != NULL && ret_whole != NULL && ret_small != NULL, BM_PHOTO_BROKEN);

  *ret_whole = *ret_small = NULL;
  if (is_dark (points))
    return BM_PHOTO_DARK;
  straighten (points, &is_alone);
  state = bm_legible_judge (points, is_alone);
  whole = fit (points, BM_PHOTO_MAX_BYTES);
  small = make_small (points);
  if (whole == NULL || small == NULL)
    return BM_PHOTO_LARGE;
  *ret_whole = g_steal_pointer (&whole);
  *ret_small = g_steal_pointer (&small);
  return state;
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
  g_auto (BmPoints) points = { 0 };
  BmPhotoState state;

  g_return_val_if_fail (data != NULL && ret_whole != NULL && ret_small != NULL, BM_PHOTO_BROKEN);

  *ret_whole = *ret_small = NULL;
  state = bm_still_open (data, len, &points);
  return state == BM_PHOTO_OK ? bm_still_keep (&points, ret_whole, ret_small) : state;
}
