/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/protocol-run.h"
#include "tests/sync/sync-fixture.h"

#include <string.h>

/* A run of chunks: its path, its body, and a body that is none. */

static const guint8 nonce[BM_NONCE_LEN] = { 1, 2, 3 };

static void
test_paths (void)
{
  static const char *const bad[] = { "",         "/",     "/1",
                                     "/1/",      "/01/0", "/1/01",
                                     "/-1/0",    "/1/x",  "/1/0/",
                                     "/1/-1",    "/ 1/0", "/512/0",
                                     "/1/65536", "//0",   "/1/18446744073709551617" };
  guint8 blob[BM_SM3_LEN], back[BM_SM3_LEN];
  guint chunk = 0, offset = 0;
  g_autofree char *run = NULL, *ask = NULL;

  memset (blob, 0xa5, sizeof blob);
  run = bm_blob_run_path (blob, 37, 1200, nonce);
  g_assert_cmpstr (run, ==,
                   "/v1/blob/a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
                   "/37/1200?nonce=01020300000000000000000000000000");
  *strchr (run, '?') = '\0';
  g_assert_true (bm_blob_run_parse (run, back, &chunk, &offset));
  g_assert_cmpuint (chunk, ==, 37);
  g_assert_cmpuint (offset, ==, 1200);
  g_assert_cmpmem (back, sizeof back, blob, sizeof blob);
  g_assert_false (bm_blob_chunk_parse (run, back, &chunk)); /* neither is taken for the other */
  ask = bm_blob_ask_path (blob, nonce);
  *strchr (ask, '?') = '\0';
  g_assert_true (bm_blob_ask_parse (ask, back));
  g_assert_false (bm_blob_ask_parse (run, back));
  g_assert_false (bm_blob_run_parse (ask, back, &chunk, &offset));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *other = g_strconcat (ask, bad[i], NULL);

      g_assert_false (bm_blob_run_parse (other, back, &chunk, &offset));
      g_assert_cmpint (bm_blob_ask_parse (other, back), ==, bad[i][0] == '\0');
    }
  g_assert_false (bm_blob_run_parse ("/v1/blob/a5/1/0", back, &chunk, &offset));
  g_assert_false (bm_blob_ask_parse ("/v1/batch", back));
}

static GPtrArray *
make_chunks (void)
{
  static const guint lengths[] = { 900, 1, 4096, BM_PROTOCOL_MAX_CHUNK, 17 };
  GPtrArray *chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      guint8 *noise = g_malloc (lengths[i]);

      bm_random_bytes (noise, lengths[i]);
      g_ptr_array_add (chunks, g_bytes_new_take (noise, lengths[i]));
    }
  return chunks;
}

/* Cut anywhere, the same bytes come out at the same places. */
static void
test_any_cut (void)
{
  static const guint steps[] = { 1, 3, 4, 1000, G_MAXINT };
  g_autoptr (GPtrArray) chunks = make_chunks ();
  g_autoptr (GBytes) body = bm_blob_run_encode (chunks, 300);
  gsize size;
  const guint8 *all = g_bytes_get_data (body, &size);

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      BmRunReader reader;
      BmRunPiece piece;
      gsize seen = 0;

      bm_run_reader_init (&reader, 40, 300);
      for (gsize at = 0; at < size; at += MIN (steps[i], size - at))
        {
          const guint8 *data = all + at;
          gsize left = MIN (steps[i], size - at);

          while (bm_run_reader_next (&reader, &data, &left, &piece, NULL))
            {
              GBytes *chunk = g_ptr_array_index (chunks, piece.chunk - 40);

              g_assert_cmpuint (piece.len, ==, g_bytes_get_size (chunk));
              g_assert_cmpuint (piece.at + piece.n, <=, piece.len);
              g_assert_cmpmem (piece.data, piece.n,
                               (const guint8 *) g_bytes_get_data (chunk, NULL) + piece.at, piece.n);
              seen += piece.n;
            }
          g_assert_cmpuint (left, ==, 0);
        }
      g_assert_cmpuint (seen, ==, size - 4 * chunks->len);
      g_assert_true (bm_run_reader_is_whole (&reader));
    }
}

static gboolean
is_taken (guint chunk, guint offset, const guint8 *data, gsize len)
{
  BmRunReader reader;
  BmRunPiece piece;

  bm_run_reader_init (&reader, chunk, offset);
  while (bm_run_reader_next (&reader, &data, &len, &piece, NULL))
    continue;
  return bm_run_reader_is_whole (&reader);
}

static void
test_bodies_that_are_none (void)
{
  static const guint8 empty[] = { 0, 0, 0, 0 }, huge[] = { 0xff, 0xff, 0xff, 0xff, 1 },
                      longer[] = { 0, 1, 0, 1, 1 }, good[] = { 0, 0, 0, 2, 7, 7 },
                      good_then_none[] = { 0, 0, 0, 1, 7, 0, 0, 0, 0, 7 };

  g_assert_true (is_taken (0, 0, good, sizeof good));
  g_assert_true (is_taken (0, 1, good, sizeof good - 1));
  g_assert_false (is_taken (0, 0, good, sizeof good - 1));
  g_assert_false (is_taken (0, 0, good, 3));
  g_assert_false (is_taken (0, 2, good, sizeof good)); /* nothing would be left of it */
  g_assert_false (is_taken (0, 0, empty, sizeof empty));
  g_assert_false (is_taken (0, 0, huge, sizeof huge));
  g_assert_false (is_taken (0, 0, longer, sizeof longer));
  g_assert_false (is_taken (0, 0, good_then_none, sizeof good_then_none));
  g_assert_true (is_taken (BM_PROTOCOL_MAX_CHUNKS - 1, 0, good, sizeof good));
  g_assert_false (is_taken (BM_PROTOCOL_MAX_CHUNKS, 0, good, sizeof good));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/protocol-run/paths", test_paths);
  g_test_add_func ("/protocol-run/any-cut", test_any_cut);
  g_test_add_func ("/protocol-run/bodies-that-are-none", test_bodies_that_are_none);
  return g_test_run ();
}
