/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/device-gate.h"
#include "core/ports/photo.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmCamera:
 *
 * Looks at a paper. Each picture is taken and opened by a child, bianmin-capture, that lives for it alone.
 */
#define BM_TYPE_CAMERA (bm_camera_get_type ())
G_DECLARE_FINAL_TYPE (BmCamera, bm_camera, BM, CAMERA, GObject)

/* @uri: v4l2:/dev/video0, gst:source or sim:/folder; @program: where bianmin-capture is */
BmCamera *
bm_camera_open (const char *uri, const char *program, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_camera_set_gate (BmCamera *self, BmDeviceGate *gate); /* what its program may open */

/* An answer comes within BM_PHOTO_MS, whatever the device does. */
void bm_camera_take_async (BmCamera *self, GAsyncReadyCallback callback, gpointer user_data);
/* The bytes are wiped with their last owner; both are NULL where the state has no picture. */
BmPhotoState bm_camera_take_finish (BmCamera *self,
                                    GAsyncResult *result,
                                    GBytes **ret_whole,
                                    GBytes **ret_small);

G_END_DECLS
