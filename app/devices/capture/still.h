/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/devices/capture/points.h"
#include "core/ports/photo.h"

G_BEGIN_DECLS

#define BM_STILL_MAX_BYTES  (16 * 1024 * 1024)
#define BM_STILL_MAX_SIDE   (BM_PHOTO_MAX_SIDE * 8)
#define BM_STILL_MAX_PIXELS (64 * 1000 * 1000)
#define BM_STILL_SMALL_SIDE 640
#define BM_STILL_DARK       48 /* of 255, on average: nobody can read that */

/* Opens what a camera gave, and makes of it what is kept; runs in bianmin-capture only. Both pictures are NULL but where
 * the state has one (bm_photo_state_has_picture ()). */
BmPhotoState bm_still_open (const guint8 *data, gsize len, BmPoints *ret_points);
BmPhotoState bm_still_keep (BmPoints *points, GBytes **ret_whole, GBytes **ret_small);
BmPhotoState bm_still_make (const guint8 *data, gsize len, GBytes **ret_whole, GBytes **ret_small);

G_END_DECLS
