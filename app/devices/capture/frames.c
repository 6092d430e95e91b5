/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-capture"

#include "app/devices/capture/frames.h"

#include "app/devices/capture/legible.h"
#include "app/devices/capture/still.h"

#include <string.h>

/*
 * A hand that draws back, a table that shakes: of several frames within a moment one is sharper than the others. They are
 * opened here, one after the other, by the decoder that opens every picture (still.c), when the program can open nothing
 * else any more.
 */

struct _BmFrame
{
  guint8 *data;
  gsize len;
  guint width; /* 0: a JPEG */
  guint height;
};

/**
 * bm_frame_new_jpeg:
 * @data: a picture
 * @len: how many bytes
 *
 * Returns: (transfer full): a frame
 */
BmFrame *
bm_frame_new_jpeg (gconstpointer data, gsize len)
{
  BmFrame *self = g_new0 (BmFrame, 1);

  self->len = MIN (len, BM_STILL_MAX_BYTES + 1); /* more is too much */
  self->data = g_malloc (self->len + 1);
  memcpy (self->data, data, self->len);
  return self;
}

/**
 * bm_frame_new_rows:
 * @rows: the first
 * @width: points
 * @height: points
 * @stride: bytes
 *
 * Returns: (transfer full) (nullable): a frame; %NULL: it has no points, or too many
 */
BmFrame *
bm_frame_new_rows (gconstpointer rows, guint width, guint height, gsize stride)
{
  BmFrame *self;

  if (width == 0 || height == 0 || MAX (width, height) > BM_STILL_MAX_SIDE ||
      (guint64) width * height > BM_STILL_MAX_PIXELS)
    return NULL;
  self = g_new0 (BmFrame, 1);
  self->width = width;
  self->height = height;
  self->len = (gsize) 3 * width * height;
  self->data = g_malloc (self->len);
  for (guint y = 0; y < height; y++)
    memcpy (self->data + (gsize) 3 * width * y, (const guint8 *) rows + stride * y,
            (gsize) 3 * width);
  return self;
}

void
bm_frame_free (BmFrame *self)
{
  if (self == NULL)
    return;
  g_free (self->data);
  g_free (self);
}

/* What is raw is handed over, and shrunk where that is needed. */
static BmPhotoState
open_frame (BmFrame *self, BmPoints *ret_points)
{
  guint by = (MAX (self->width, self->height) + BM_PHOTO_MAX_SIDE - 1) / BM_PHOTO_MAX_SIDE;
  g_auto (BmPoints) raw = { self->width, self->height, NULL };

  if (self->width == 0)
    return bm_still_open (self->data, self->len, ret_points);
  raw.points = g_steal_pointer (&self->data);
  if (by > 1)
    bm_points_shrink (&raw, by, ret_points);
  else
    {
      *ret_points = raw;
      raw.points = NULL;
    }
  return BM_PHOTO_OK;
}

/**
 * bm_frames_choose:
 * @frames: (element-type BmFrame): the oldest first; they are used up
 * @until: on the monotonic clock: when there is one by then, no other is looked at
 * @ret_points: return location for the picture
 *
 * Returns: #BM_PHOTO_OK, or what is wrong with the oldest of them
 */
BmPhotoState
bm_frames_choose (GPtrArray *frames, gint64 until, BmPoints *ret_points)
{
  BmPhotoState state = BM_PHOTO_NO_CAMERA;
  double best = -2; /* one of which nobody can tell is at -1 */

  *ret_points = (BmPoints){ 0 };
  for (guint i = frames->len; i > 0; i--)
    {
      g_auto (BmPoints) points = { 0 };
      double sharpness;

      if (ret_points->points != NULL && g_get_monotonic_time () > until)
        break;
      state = open_frame (frames->pdata[i - 1], &points);
      if (state != BM_PHOTO_OK)
        continue;
      sharpness = frames->len > 1 ? bm_legible_measure (&points) : 0;
      if (sharpness <= best)
        continue;
      best = sharpness;
      bm_points_clear (ret_points);
      *ret_points = points;
      points.points = NULL;
    }
  return ret_points->points != NULL ? BM_PHOTO_OK : state;
}
