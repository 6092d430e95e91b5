/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/photo.h"

G_BEGIN_DECLS

/*
 * What bianmin-capture writes when there is a picture; else it writes nothing. Unless the state is BM_PHOTO_OK it is its
 * exit status, BM_CAPTURE_EXIT + BmPhotoState.
 *
 *   "BMPH" | version u8 1 | whole u32 | small u32, big endian | whole | small
 */

#define BM_CAPTURE_EXIT  10
#define BM_CAPTURE_HEAD  13
#define BM_CAPTURE_LIMIT (BM_CAPTURE_HEAD + BM_PHOTO_MAX_BYTES + BM_PHOTO_MAX_SMALL)

/* Both point into @data. */
typedef struct
{
  const guint8 *whole;
  gsize whole_len;
  const guint8 *small;
  gsize small_len;
} BmCaptureReply;

void bm_capture_reply_write_head (guint8 ret_head[BM_CAPTURE_HEAD], gsize whole, gsize small);
/* BM_ERROR_CORRUPT */
gboolean
bm_capture_reply_parse (const guint8 *data, gsize len, BmCaptureReply *ret_reply, GError **error);

G_END_DECLS
