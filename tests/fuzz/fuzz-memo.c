/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-memo"

#include "app/devices/opus-outline.h"
#include "app/devices/record-reply.h"

#include "tests/fuzz/fuzz.h"

/* What the child with the microphone says, piece behind piece. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  BmRecordPiece piece;
  gssize n;

  (void) bm_opus_check_outline (data, size, BM_MEMO_MAX_SECONDS, NULL);
  while ((n = bm_record_piece_parse (data, size, &piece, &error)) > 0)
    {
      g_assert_cmpuint ((gsize) n, <=, size);
      g_assert_cmpuint (piece.level, <=, BM_MEMO_LEVELS);
      g_assert_cmpuint (piece.left, <=, BM_MEMO_MAX_SECONDS);
      g_assert_cmpuint (piece.whole_len, <=, BM_MEMO_MAX_BYTES);
      if (piece.whole != NULL)
        g_assert_true (piece.whole + piece.whole_len == data + n);
      data += n;
      size -= (gsize) n;
    }
  g_assert_true ((n < 0) == (error != NULL));
  return 0;
}
