/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/record-reply.h"

#include "app/devices/opus-outline.h"
#include "core/error.h"

#include <string.h>

/* The child that listens is believed as little as the one that opens pictures (capture-reply.c). */

#define LEVEL_LEN 3

static gssize
fail (GError **error)
{
  g_set_error (error, BM_ERROR, BM_ERROR_CORRUPT, "what came of a microphone is no answer");
  return -1;
}

static gssize
parse_level (const guint8 *data, gsize len, BmRecordPiece *piece, GError **error)
{
  if (len < LEVEL_LEN)
    return 0;
  if (data[1] > BM_MEMO_LEVELS || data[2] > BM_MEMO_MAX_SECONDS)
    return fail (error);
  *piece = (BmRecordPiece){ .level = data[1], .left = data[2] };
  return LEVEL_LEN;
}

/**
 * bm_record_piece_parse:
 * @data: what came
 * @len: how much
 * @ret_piece: return location for the first piece of it
 * @error: return location for %BM_ERROR_CORRUPT
 *
 * Returns: how many bytes that piece has; 0 when it is not all there yet; -1 with @error set
 */
gssize
bm_record_piece_parse (const guint8 *data, gsize len, BmRecordPiece *ret_piece, GError **error)
{
  guint32 raw;
  gsize whole;

  g_return_val_if_fail (data != NULL || len == 0, -1);
  g_return_val_if_fail (ret_piece != NULL, -1);

  if (len == 0)
    return 0;
  if (data[0] == 'L')
    return parse_level (data, len, ret_piece, error);
  if (data[0] != 'M')
    return fail (error);
  if (len < BM_RECORD_HEAD)
    return 0;
  memcpy (&raw, data + 1, sizeof raw);
  whole = GUINT32_FROM_BE (raw);
  if (whole > BM_MEMO_MAX_BYTES)
    return fail (error);
  if (len - BM_RECORD_HEAD < whole)
    return 0;
  if (!bm_opus_check_outline (data + BM_RECORD_HEAD, whole, BM_MEMO_MAX_SECONDS, error))
    return -1;
  *ret_piece = (BmRecordPiece){ .whole = data + BM_RECORD_HEAD, .whole_len = whole };
  return (gssize) (BM_RECORD_HEAD + whole);
}

void
bm_record_piece_write_level (guint8 ret_data[3], guint level, guint left)
{
  ret_data[0] = 'L';
  ret_data[1] = (guint8) MIN (level, BM_MEMO_LEVELS);
  ret_data[2] = (guint8) MIN (left, BM_MEMO_MAX_SECONDS);
}

void
bm_record_piece_write_head (guint8 ret_head[BM_RECORD_HEAD], gsize len)
{
  guint32 raw = GUINT32_TO_BE ((guint32) len);

  ret_head[0] = 'M';
  memcpy (ret_head + 1, &raw, sizeof raw);
}
