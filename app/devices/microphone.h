/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/device-gate.h"
#include "core/ports/memo.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmMicrophone:
 * @level: how loud it is just now, 0 to BM_MEMO_LEVELS
 * @left: how many seconds are left
 *
 * Hears what somebody says, and plays it to them. A child, bianmin-record, lives for one of the two alone.
 *
 * ::level (@level, @left) comes some times a second meanwhile.
 */
#define BM_TYPE_MICROPHONE (bm_microphone_get_type ())
G_DECLARE_FINAL_TYPE (BmMicrophone, bm_microphone, BM, MICROPHONE, GObject)

/* @uri: sim:/folder or alsa:device; @program: where bianmin-record is */
BmMicrophone *
bm_microphone_open (const char *uri, const char *program, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
bm_microphone_set_gate (BmMicrophone *self, BmDeviceGate *gate); /* what its program may open */

/* Until bm_microphone_stop(), or a minute is full. What was begun before is dropped. */
void
bm_microphone_take_async (BmMicrophone *self, GAsyncReadyCallback callback, gpointer user_data);
void bm_microphone_play_async (BmMicrophone *self,
                               GBytes *whole,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* Whether it hears: no sound comes of it, and no level. It disturbs nobody. */
void bm_microphone_try_async (BmMicrophone *self, GAsyncReadyCallback callback, gpointer user_data);
void bm_microphone_stop (BmMicrophone *self); /* what was said comes at once */
void bm_microphone_drop (BmMicrophone *self); /* nothing comes of it */

/* An answer comes BM_MEMO_MS after the last level at the latest. @ret_whole: what was said, wiped with its last owner;
 * NULL but for BM_MEMO_OK of bm_microphone_take_async(). */
BmMemoState bm_microphone_finish (BmMicrophone *self, GAsyncResult *result, GBytes **ret_whole);

G_END_DECLS
