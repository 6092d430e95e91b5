/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-capture"

#include "app/devices/capture/points.h"

void
bm_points_clear (BmPoints *self)
{
  g_clear_pointer (&self->points, g_free);
}

void
bm_plane_clear (BmPlane *self)
{
  g_clear_pointer (&self->values, g_free);
}

static void
take_mean (const BmPoints *from, guint by, guint x, guint y, guint8 ret_point[3])
{
  const guint right = MIN ((x + 1) * by, from->width);
  const guint bottom = MIN ((y + 1) * by, from->height);
  guint sums[3] = { 0 };
  guint n = 0;

  for (guint j = y * by; j < bottom; j++)
    {
      const guint8 *point = from->points + 3 * ((gsize) j * from->width + x * by);

      for (guint i = x * by; i < right; i++, n++, point += 3)
        {
          sums[0] += point[0];
          sums[1] += point[1];
          sums[2] += point[2];
        }
    }
  for (guint c = 0; c < 3; c++)
    ret_point[c] = (guint8) (sums[c] / MAX (n, 1));
}

/**
 * bm_points_shrink:
 * @from: a picture
 * @by: how many points become one, in each direction
 * @to: return location for the small one
 */
void
bm_points_shrink (const BmPoints *from, guint by, BmPoints *to)
{
  g_return_if_fail (by > 0);

  to->width = (from->width + by - 1) / by;
  to->height = (from->height + by - 1) / by;
  to->points = g_malloc ((gsize) 3 * to->width * to->height);
  for (guint y = 0; y < to->height; y++)
    for (guint x = 0; x < to->width; x++)
      take_mean (from, by, x, y, to->points + 3 * ((gsize) y * to->width + x));
}

static guint8 *
start_plane (BmPlane *self, const BmPoints *points)
{
  self->width = points->width;
  self->height = points->height;
  self->values = g_malloc ((gsize) self->width * self->height);
  return self->values;
}

/**
 * bm_plane_take_light:
 * @self: return location for a plane
 * @points: a picture
 */
void
bm_plane_take_light (BmPlane *self, const BmPoints *points)
{
  guint8 *value = start_plane (self, points);
  const guint8 *end = value + (gsize) self->width * self->height;

  for (const guint8 *point = points->points; value < end; point += 3)
    *value++ = (guint8) ((2 * point[0] + 5 * point[1] + point[2]) / 8);
}

/**
 * bm_plane_take_white:
 * @self: return location for a plane
 * @points: a picture
 */
void
bm_plane_take_white (BmPlane *self, const BmPoints *points)
{
  guint8 *value = start_plane (self, points);
  const guint8 *end = value + (gsize) self->width * self->height;

  for (const guint8 *point = points->points; value < end; point += 3)
    *value++ = MIN (MIN (point[0], point[1]), point[2]);
}
