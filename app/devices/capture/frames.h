/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/devices/capture/points.h"
#include "core/ports/photo.h"

G_BEGIN_DECLS

/* The last few frames of a camera, as they came. */

typedef struct _BmFrame BmFrame;

BmFrame *bm_frame_new_jpeg (gconstpointer data, gsize len);
/* @rows: red, green, blue; each @stride bytes behind the one before */
BmFrame *bm_frame_new_rows (gconstpointer rows, guint width, guint height, gsize stride);
void bm_frame_free (BmFrame *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmFrame, bm_frame_free)

/* Opens the sharpest of them, no larger than is kept; the newest first, and none after @until once there is one. */
BmPhotoState bm_frames_choose (GPtrArray *frames, gint64 until, BmPoints *ret_points);

G_END_DECLS
