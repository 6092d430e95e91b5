/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A picture as it is worked on in bianmin-capture: red, green, blue, row after row without gaps. */
typedef struct
{
  guint width;
  guint height;
  guint8 *points;
} BmPoints;

void bm_points_clear (BmPoints *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BmPoints, bm_points_clear)

/* Each point of the small one is the mean of a square of @by points of the large one. */
void bm_points_shrink (const BmPoints *from, guint by, BmPoints *to);

/* One number a point: how light it is, or how white (the least of the three: wood and skin are light, and not white). */
typedef struct
{
  guint width;
  guint height;
  guint8 *values;
} BmPlane;

void bm_plane_clear (BmPlane *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BmPlane, bm_plane_clear)

void bm_plane_take_light (BmPlane *self, const BmPoints *points);
void bm_plane_take_white (BmPlane *self, const BmPoints *points);

G_END_DECLS
