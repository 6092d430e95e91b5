/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/devices/capture/points.h"
#include "core/ports/photo.h"

G_BEGIN_DECLS

/* A real camera, through GStreamer. Runs in bianmin-capture only. */

gboolean bm_video_knows (const char *uri);
/* When it comes back this process can open nothing any more. */
BmPhotoState bm_video_take (const char *uri, BmPoints *ret_points);

G_END_DECLS
