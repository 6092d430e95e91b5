/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/devices/samv/samv-frame.h"
#include "core/ports/device-gate.h"

G_BEGIN_DECLS

/* The serial line: blocking calls with deadlines, for the reader's worker alone. */
typedef struct _BmSamvLine BmSamvLine;

BmSamvLine *bm_samv_line_open (const char *path, int wake_fd, BmDeviceGate *gate, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
void bm_samv_line_close (BmSamvLine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmSamvLine, bm_samv_line_close)

gboolean bm_samv_line_ask (BmSamvLine *self,
                           guint8 command,
                           guint8 parameter,
                           guint timeout_ms,
                           BmSamvReply *ret_reply,
                           GError **error);
gboolean bm_samv_line_is_up (BmSamvLine *self);

G_END_DECLS
