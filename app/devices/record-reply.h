/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/memo.h"

G_BEGIN_DECLS

/*
 * What bianmin-record writes, piece behind piece; when there is nothing of it the state is its exit status
 * BM_CAPTURE_EXIT + BmMemoState.
 *
 *   "L" | level u8 | seconds that are left u8      some times a second, while it records or plays
 *   "M" | length u32, big endian | Ogg Opus        once, last, when it has recorded
 */

#define BM_RECORD_HEAD  5
#define BM_RECORD_LIMIT (BM_RECORD_HEAD + BM_MEMO_MAX_BYTES)

/* Of one piece; @whole points into the data, NULL for a level. */
typedef struct
{
  guint level;
  guint left;
  const guint8 *whole;
  gsize whole_len;
} BmRecordPiece;

/* How many bytes the first piece has, 0: it is not all there yet, -1: BM_ERROR_CORRUPT */
gssize
bm_record_piece_parse (const guint8 *data, gsize len, BmRecordPiece *ret_piece, GError **error);
void bm_record_piece_write_level (guint8 ret_data[3], guint level, guint left);
void bm_record_piece_write_head (guint8 ret_head[BM_RECORD_HEAD], gsize len);

G_END_DECLS
