/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-run"

#include "sync/protocol-run.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

/* A run as the platform takes it apart: first chunk u16, offset u16, then the body; and a path. Cut at any place it says the
 * same, and no piece lies outside its chunk. */

static size_t
read_run (const uint8_t *data, size_t size, size_t step, gboolean *ret_is_whole)
{
  const guint chunk = (guint) data[0] << 8 | data[1];
  const guint offset = (guint) data[2] << 8 | data[3];
  size_t seen = 0;
  BmRunReader reader;
  BmRunPiece piece;

  bm_run_reader_init (&reader, chunk, offset);
  for (size_t at = 4; at < size; at += MIN (step, size - at))
    {
      const guint8 *rest = data + at;
      gsize left = MIN (step, size - at);

      while (bm_run_reader_next (&reader, &rest, &left, &piece, NULL))
        {
          g_assert_true (piece.n > 0 && piece.at + piece.n <= piece.len);
          g_assert_cmpuint (piece.len, <=, BM_PROTOCOL_MAX_CHUNK);
          g_assert_cmpuint (piece.chunk, <, BM_PROTOCOL_MAX_CHUNKS);
          g_assert_true (piece.data >= data + at && piece.data + piece.n <= data + size);
          seen += piece.n;
        }
    }
  *ret_is_whole = bm_run_reader_is_whole (&reader);
  return seen;
}

static void
name_run (const char *text)
{
  static const guint8 nonce[BM_NONCE_LEN] = { 0 };
  guint8 blob[BM_SM3_LEN];
  g_autofree char *path = NULL;
  guint chunk, offset;

  if (bm_blob_run_parse (text, blob, &chunk, &offset))
    path = bm_blob_run_path (blob, chunk, offset, nonce);
  else if (bm_blob_ask_parse (text, blob))
    path = bm_blob_ask_path (blob, nonce);
  if (path == NULL)
    return;
  *strchr (path, '?') = '\0';
  g_assert_cmpint (g_ascii_strcasecmp (path, text), ==, 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  gboolean is_whole, is_whole_too;

  name_run (text);
  if (size < 4)
    return 0;
  g_assert_cmpuint (read_run (data, size, size, &is_whole), ==,
                    read_run (data, size, 1 + data[size - 1] % 7, &is_whole_too));
  g_assert_cmpint (is_whole, ==, is_whole_too);
  return 0;
}
