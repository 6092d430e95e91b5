/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "sync/protocol.h"
#include "tests/sync/sync-fixture.h"

#include <string.h>

/* Attachments on the line, and what the two sides say they hold. */

#define N_RANDOM 6000

static BmKey *platform_key, *platform_public;
static const guint8 nonce[BM_NONCE_LEN] = { 1, 2, 3 };

static BmBlobOpen *
open_new (guint n_chunks)
{
  BmBlobOpen *self = g_new0 (BmBlobOpen, 1);
  guint8 *hashes = g_malloc (n_chunks * BM_SM3_LEN);

  for (guint i = 0; i < n_chunks * BM_SM3_LEN; i++)
    hashes[i] = (guint8) (i * 7);
  memcpy (self->nonce, nonce, BM_NONCE_LEN);
  self->kiosk = TEST_KIOSK;
  self->epoch = TEST_EPOCH;
  self->seq = 12;
  self->ordinal = 1;
  self->bytes = 70000;
  self->hashes = g_bytes_new_take (hashes, n_chunks * BM_SM3_LEN);
  return self;
}

static void
test_open (void)
{
  static const guint counts[] = { 1, 2, 3, 64, BM_PROTOCOL_MAX_CHUNKS };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (BmBlobOpen) blob = open_new (counts[i]), back = NULL;
      g_autoptr (GBytes) bytes = bm_blob_open_encode (blob);
      g_autoptr (GError) error = NULL;

      back = bm_blob_open_decode (bytes, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (back->nonce, BM_NONCE_LEN, nonce, BM_NONCE_LEN);
      g_assert_cmpuint (back->kiosk, ==, TEST_KIOSK);
      g_assert_cmpuint (back->epoch, ==, TEST_EPOCH);
      g_assert_cmpuint (back->seq, ==, 12);
      g_assert_cmpuint (back->ordinal, ==, 1);
      g_assert_cmpuint (back->bytes, ==, 70000);
      g_assert_true (g_bytes_equal (back->hashes, blob->hashes));
    }
}

static const char golden_open[] =
  "{\"bytes\":5,\"epoch\":\"fedcba9876543210\",\"hashes\":"
  "\"AAcOFRwjKjE4P0ZNVFtiaXB3foWMk5qhqK+2vcTL0tk=\",\"kiosk\":7,"
  "\"nonce\":\"01020300000000000000000000000000\",\"ordinal\":1,\"seq\":12,\"v\":1}";

/* @from in the golden text becomes @to. */
static BmBlobOpen *
open_changed (const char *from, const char *to, GError **error)
{
  g_autoptr (GString) text = g_string_new (golden_open);
  g_autoptr (GBytes) bytes = NULL;

  if (from != NULL)
    g_assert_cmpuint (g_string_replace (text, from, to, 1), ==, 1);
  bytes = g_bytes_new (text->str, text->len);
  return bm_blob_open_decode (bytes, error);
}

static void
test_open_rejects (void)
{
  static const char *const changes[][2] = {
    { "\"v\":1", "\"v\":2" },
    { "\"seq\":12", "\"seq\":0" },
    { "\"ordinal\":1", "\"ordinal\":8" },
    { "\"ordinal\":1", "\"ordinal\":-1" },
    { "\"bytes\":5", "\"bytes\":0" },
    { "\"bytes\":5", "\"bytes\":8388609" },
    { "\"kiosk\":7", "\"kiosk\":0" },
    { "AAcOFRwjKjE4P0ZNVFtiaXB3foWMk5qhqK+2vcTL0tk=", "" },
    { "0tk=", "0tk" },
    { "0tk=", "0t" },
    { "0tk=", "0tl=" },
    { "0tk=", "0tkA" },
    { "AAcO", "AA\\nO" },
    { "AAcO", "A Ac" },
    { "\"hashes\"", "\"hash\"" },
    { "0102030000", "01020300" },
  };
  g_autoptr (BmBlobOpen) blob = open_changed (NULL, NULL, NULL), again = open_new (1);
  g_autoptr (GBytes) bytes = NULL;

  g_assert_nonnull (blob);
  again->bytes = 5;
  bytes = bm_blob_open_encode (again);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), golden_open,
                   strlen (golden_open));
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BmBlobOpen) none = open_changed (changes[i][0], changes[i][1], &error);

      if (none != NULL)
        g_error ("\"%s\" was taken", changes[i][1]);
      g_assert_nonnull (error);
    }
}

static void
test_open_too_many_chunks (void)
{
  g_autoptr (BmBlobOpen) blob = open_new (BM_PROTOCOL_MAX_CHUNKS + 1);
  g_autoptr (GBytes) bytes = bm_blob_open_encode (blob);
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_blob_open_decode (bytes, &error));
  g_assert_nonnull (error);
}

static void
test_chunk_path (void)
{
  static const char *const bad[] = {
    "", "/", "/1/", "/01", "/-1", "/+1", "/ 1", "/1?nonce", "/512", "/1x", "/18446744073709551617"
  };
  guint8 blob[BM_SM3_LEN], back[BM_SM3_LEN];
  guint chunk = 0;
  g_autofree char *path = NULL;

  memset (blob, 0xa5, sizeof blob);
  path = bm_blob_chunk_path (blob, 37, nonce);
  g_assert_cmpstr (path, ==,
                   "/v1/blob/a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5/37"
                   "?nonce=01020300000000000000000000000000");
  *strchr (path, '?') = '\0';
  g_assert_true (bm_blob_chunk_parse (path, back, &chunk));
  g_assert_cmpuint (chunk, ==, 37);
  g_assert_cmpmem (back, sizeof back, blob, sizeof blob);
  *strrchr (path, '/') = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *other = g_strconcat (path, bad[i], NULL);

      g_assert_false (bm_blob_chunk_parse (other, back, &chunk));
    }
  g_assert_false (bm_blob_chunk_parse ("/v1/blob/a5/1", back, &chunk));
  g_assert_false (bm_blob_chunk_parse ("/v1/batch", back, &chunk));
}

static void
test_reply (void)
{
  static const guint8 have[] = { 0xa0, 0x01 };
  g_autoptr (BmReply) reply = bm_reply_new (BM_CALL_BLOB, TEST_KIOSK, 5), back = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  memset (reply->blob, 9, BM_SM3_LEN);
  reply->have = g_bytes_new_static (have, sizeof have);
  bytes = bm_reply_seal (reply, nonce, platform_key, NULL);
  back = bm_reply_open (bytes, nonce, BM_CALL_BLOB, TEST_KIOSK, platform_public, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (back->blob, BM_SM3_LEN, reply->blob, BM_SM3_LEN);
  g_assert_false (back->is_complete);
  for (guint i = 0; i < 40; i++)
    g_assert_cmpint (bm_blob_have_get (back->have, i), ==, i == 0 || i == 2 || i == 15);
  g_assert_null (back->parts); /* not said by a platform that keeps none */
  g_clear_pointer (&back, bm_reply_free);
  g_assert_null (bm_reply_open (bytes, nonce, BM_CALL_BATCH, TEST_KIOSK, platform_public, NULL));
}

static void
test_reply_parts (void)
{
  static const char *const bad[] = {
    "7",           "[7]",
    "[[1]]",       "[[1,2,3]]",
    "[[-1,2]]",    "[[512,2]]",
    "[[1,65536]]", "[[1,-2]]",
    "[[\"1\",2]]", "[[1,2],[1,2],[1,2],[1,2],[1,2],[1,2],[1,2],[1,2],[1,2]]"
  };
  const BmBlobPart part = { .chunk = 511, .bytes = 65535 };
  g_autoptr (BmReply) reply = bm_reply_new (BM_CALL_BLOB, TEST_KIOSK, 5), back = NULL;
  g_autoptr (GBytes) bytes = NULL;

  reply->have = g_bytes_new_static ("\x80", 1);
  reply->parts = g_array_new (FALSE, FALSE, sizeof part);
  g_array_append_val (reply->parts, part);
  bytes = bm_reply_seal (reply, nonce, platform_key, NULL);
  back = bm_reply_open (bytes, nonce, BM_CALL_BLOB, TEST_KIOSK, platform_public, NULL);
  g_assert_nonnull (back);
  g_assert_cmpmem (back->parts->data, sizeof part, &part, sizeof part);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *zeros = g_strnfill (2 * BM_SM3_LEN, '0');
      g_autofree char *json = g_strdup_printf (
        "{\"v\":1,\"call\":\"blob\",\"kiosk\":%u,\"server_ms\":1,\"retry_after_ms\":0,"
        "\"blob\":\"%s\",\"have\":\"80\",\"complete\":false,\"parts\":%s}",
        (guint) TEST_KIOSK, zeros, bad[i]);
      g_autoptr (GBytes) signed_bytes = test_reply_sign (json, nonce, platform_key);
      g_autoptr (GError) error = NULL;

      g_assert_null (
        bm_reply_open (signed_bytes, nonce, BM_CALL_BLOB, TEST_KIOSK, platform_public, &error));
      g_assert_false (g_error_matches (error, BM_ERROR, BM_ERROR_CORRUPT)); /* it is the parts */
    }
}

static void
add_held (BmReply *reply, guint64 epoch, guint64 count, const guint64 *ranges, guint n)
{
  BmHeldEpoch *held = g_new0 (BmHeldEpoch, 1);

  held->epoch = epoch;
  held->count = count;
  held->ranges = ranges != NULL ? g_array_new (FALSE, TRUE, sizeof (BmSeqRange)) : NULL;
  for (guint i = 0; i < n; i++)
    {
      BmSeqRange range = { ranges[2 * i], ranges[2 * i + 1] };

      g_array_append_val (held->ranges, range);
    }
  g_ptr_array_add (reply->held, held);
}

static void
test_held (void)
{
  static const guint64 ranges[] = { 1, 1, 3, 9, 10, 10, 50, G_MAXINT64 };
  BmBackedUp mark = { TEST_EPOCH, 40 };
  g_autoptr (BmReply) reply = bm_reply_new (BM_CALL_HELLO, TEST_KIOSK, 5), back = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  const BmHeldEpoch *held;

  reply->batch_bytes = reply->batch_items = 1;
  add_held (reply, TEST_EPOCH, 8, ranges, 4);
  add_held (reply, 2, 70, NULL, 0);
  add_held (reply, 3, 0, ranges, 0);
  g_array_append_val (reply->backed_up, mark);
  bytes = bm_reply_seal (reply, nonce, platform_key, NULL);
  back = bm_reply_open (bytes, nonce, BM_CALL_HELLO, TEST_KIOSK, platform_public, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->held->len, ==, 3);
  held = back->held->pdata[0];
  g_assert_cmpuint (held->epoch, ==, TEST_EPOCH);
  g_assert_cmpuint (held->count, ==, 8);
  g_assert_cmpmem (held->ranges->data, held->ranges->len * sizeof (BmSeqRange), ranges,
                   sizeof ranges);
  held = back->held->pdata[1];
  g_assert_null (held->ranges); /* nothing said */
  held = back->held->pdata[2];
  g_assert_nonnull (held->ranges); /* said: none */
  g_assert_cmpuint (held->ranges->len, ==, 0);
  g_assert_cmpuint (back->backed_up->len, ==, 1);
  g_assert_cmpuint (g_array_index (back->backed_up, BmBackedUp, 0).upto, ==, 40);
}

#define HELLO                                                                           \
  "{\"v\":1,\"call\":\"hello\",\"kiosk\":7,\"server_ms\":1,\"retry_after_ms\":0,"       \
  "\"epoch\":\"0000000000000001\",\"watermark\":0,\"next_label\":0,\"next_counter\":0," \
  "\"inbox_head\":0,\"limits\":{\"batch_bytes\":1,\"batch_items\":1,\"splay_ms\":0}"
#define HELD(ranges) \
  HELLO ",\"held\":[{\"epoch\":\"0000000000000001\",\"count\":1,\"ranges\":" ranges "}]}"

static void
test_signed_nonsense (void)
{
  static const struct
  {
    const char *json;
    gboolean is_good;
  } cases[] = {
    { HELLO "}", TRUE },
    { HELD ("[]"), TRUE },
    { HELD ("[[1,1],[2,2]]"), TRUE },
    { HELD ("[[0,1]]"), FALSE },
    { HELD ("[[2,1]]"), FALSE },
    { HELD ("[[1,3],[3,4]]"), FALSE },
    { HELD ("[[5,6],[1,2]]"), FALSE },
    { HELD ("[[1]]"), FALSE },
    { HELD ("[[1,2,3]]"), FALSE },
    { HELD ("[1]"), FALSE },
    { HELD ("{}"), FALSE },
    { HELD ("null"), FALSE },
    { HELD ("[[1,9223372036854775807],[1,1]]"), FALSE },
    { HELLO ",\"held\":[{\"epoch\":\"0000000000000001\"}]}", FALSE },
    { HELLO ",\"held\":[1]}", FALSE },
    { HELLO ",\"held\":{}}", FALSE },
    { HELLO ",\"backed_up\":[{\"epoch\":\"1\",\"upto\":1}]}", FALSE },
    { HELLO ",\"backed_up\":[{\"epoch\":\"0000000000000001\",\"upto\":-1}]}", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = test_reply_sign (cases[i].json, nonce, platform_key);
      g_autoptr (BmReply) reply =
        bm_reply_open (bytes, nonce, BM_CALL_HELLO, TEST_KIOSK, platform_public, NULL);

      if ((reply != NULL) != cases[i].is_good)
        g_error ("case %u: %s", i, cases[i].json);
    }
}

static void
test_too_many_ranges (void)
{
  for (guint n = BM_PROTOCOL_MAX_RANGES; n <= BM_PROTOCOL_MAX_RANGES + 1; n++)
    {
      g_autoptr (BmReply) reply = bm_reply_new (BM_CALL_HELLO, TEST_KIOSK, 5), back = NULL;
      g_autofree guint64 *ranges = g_new (guint64, 2 * n);
      g_autoptr (GBytes) bytes = NULL;

      for (guint i = 0; i < n; i++)
        ranges[2 * i] = ranges[2 * i + 1] = 2 * i + 1;
      reply->batch_bytes = reply->batch_items = 1;
      add_held (reply, 1, n, ranges, n);
      bytes = bm_reply_seal (reply, nonce, platform_key, NULL);
      back = bm_reply_open (bytes, nonce, BM_CALL_HELLO, TEST_KIOSK, platform_public, NULL);
      g_assert_cmpint (back != NULL, ==, n <= BM_PROTOCOL_MAX_RANGES);
    }
}

static BmHello *
hello_new (guint n_epochs, guint n_bad)
{
  BmHello *hello = g_new0 (BmHello, 1);

  hello->kiosk = TEST_KIOSK;
  hello->next_seq = 1;
  hello->version = g_strdup ("0.1.0");
  hello->settled = g_array_new (FALSE, TRUE, sizeof (BmSettledEpoch));
  hello->bad = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_hello_bad_free);
  for (guint i = 0; i < n_epochs; i++)
    {
      BmSettledEpoch epoch = { TEST_EPOCH + i, 100 + i };

      g_array_append_val (hello->settled, epoch);
    }
  for (guint i = 0; i < n_bad; i++)
    {
      BmHelloBad *item = g_new0 (BmHelloBad, 1);

      item->kind = g_strdup ("catalogue");
      item->name = g_strdup_printf ("名-%u", i);
      item->version = i;
      item->code = g_strdup ("schema");
      g_ptr_array_add (hello->bad, item);
    }
  return hello;
}

/* A station that has more to say than fits says the newest; it is not refused for it. */
static void
test_hello (void)
{
  static const guint counts[] = { 0, 1, 16, 20 };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (BmHello) hello = hello_new (counts[i], counts[i]), back = NULL;
      g_autoptr (GBytes) bytes = bm_hello_encode (hello);
      g_autoptr (GError) error = NULL;
      guint expected = MIN (counts[i], 16);

      back = bm_hello_decode (bytes, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (back->settled->len, ==, expected);
      g_assert_cmpuint (back->bad->len, ==, expected);
      for (guint k = 0; k < expected; k++)
        {
          const BmSettledEpoch *epoch = &g_array_index (back->settled, BmSettledEpoch, k);
          const BmHelloBad *item = g_ptr_array_index (back->bad, k);
          g_autofree char *name = g_strdup_printf ("名-%u", k);

          g_assert_cmpuint (epoch->epoch, ==, TEST_EPOCH + k);
          g_assert_cmpuint (epoch->count, ==, 100 + k);
          g_assert_cmpstr (item->kind, ==, "catalogue");
          g_assert_cmpstr (item->name, ==, name);
          g_assert_cmpint (item->version, ==, k);
          g_assert_cmpstr (item->code, ==, "schema");
        }
    }
}

static void
test_hello_rejects (void)
{
  static const char *const changes[][2] = {
    { "\"count\":100", "\"count\":-1" },
    { "\"count\":100", "\"counts\":1" },
    { "\"fedcba9876543210\"", "\"fedc\"" },
    { "\"settled\":[{", "\"settled\":[1,{" },
    { "\"settled\":[{\"count\":100,\"epoch\":\"fedcba9876543210\"}]", "\"settled\":7" },
    { "\"kind\":\"catalogue\"", "\"kind\":7" },
    { "\"code\":\"schema\"", "\"code\":null" },
    { "\"bad\":[", "\"bad\":[[]," },
  };
  g_autoptr (BmHello) hello = hello_new (1, 1);
  g_autoptr (GBytes) bytes = bm_hello_encode (hello);

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GString) text =
        g_string_new_len (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
      g_autoptr (GBytes) changed = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (g_string_replace (text, changes[i][0], changes[i][1], 1), ==, 1);
      changed = g_bytes_new (text->str, text->len);
      g_assert_null (bm_hello_decode (changed, &error));
      g_assert_nonnull (error);
    }
}

static void
test_anchor (void)
{
  static const char *const changes[][2] = {
    { "\"server_ms\":5", "\"server_ms\":-5" },
    { "\"server_ms\":5", "\"server_ms\":9007199254740993" },
    { "\"uncertainty_ms\":7", "\"uncertainty\":7" },
    { "\"anchor\":{", "\"anchor\":7,\"b\":{" },
  };
  g_autoptr (BmHello) hello = hello_new (0, 0), plain = NULL, back = NULL;
  g_autoptr (GBytes) without = bm_hello_encode (hello), bytes = NULL;

  plain = bm_hello_decode (without, NULL);
  g_assert_false (plain->has_anchor);
  hello->has_anchor = TRUE;
  hello->anchor_server_ms = 5;
  hello->anchor_boot_ms = 6;
  hello->anchor_uncertainty_ms = 7;
  bytes = bm_hello_encode (hello);
  back = bm_hello_decode (bytes, NULL);
  g_assert_true (back->has_anchor);
  g_assert_cmpint (back->anchor_server_ms, ==, 5);
  g_assert_cmpint (back->anchor_boot_ms, ==, 6);
  g_assert_cmpint (back->anchor_uncertainty_ms, ==, 7);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GString) text =
        g_string_new_len (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
      g_autoptr (GBytes) changed = NULL;

      g_assert_cmpuint (g_string_replace (text, changes[i][0], changes[i][1], 1), ==, 1);
      changed = g_bytes_new (text->str, text->len);
      g_assert_null (bm_hello_decode (changed, NULL));
    }
}

/* Words of these messages in random order, and random damage to whole ones. */
static void
test_random (void)
{
  static const char *const words[] = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"v\":1",
    "\"kiosk\":7",
    "\"epoch\":",
    "\"hashes\":",
    "\"have\":",
    "\"ranges\":",
    "\"held\":",
    "\"bad\":",
    "[1,2]",
    "\"settled\":",
    "\"0000000000000001\"",
    "-1",
    "\"AAcOFRwjKjE4P0ZNVFtiaXB3foWMk5qhqK+2vcTL0tk=\"",
    "9223372036854775807",
    "null",
    "true",
    "\"seq\":1",
    "\"bytes\":1",
  };
  g_autoptr (GRand) chance = g_rand_new_with_seed (20261201);
  g_autoptr (BmHello) hello = hello_new (2, 2);
  g_autoptr (GBytes) whole = bm_hello_encode (hello);

  for (guint i = 0; i < N_RANDOM; i++)
    {
      g_autoptr (GString) text = g_string_new (i % 4 == 0 ? HELLO "," : "{");
      guint n = (guint) g_rand_int_range (chance, 1, 40);
      g_autoptr (GBytes) bytes = NULL, answer = NULL;
      g_autoptr (BmReply) reply = NULL;

      for (guint k = 0; k < n; k++)
        g_string_append (text, words[g_rand_int_range (chance, 0, G_N_ELEMENTS (words))]);
      if (i % 4 == 1)
        {
          g_string_truncate (text, 0);
          g_string_append_len (text, i % 8 == 1 ? golden_open : g_bytes_get_data (whole, NULL),
                               i % 8 == 1 ? (gssize) strlen (golden_open)
                                          : (gssize) g_bytes_get_size (whole));
          text->str[g_rand_int_range (chance, 0, (gint32) text->len)] ^=
            (char) (1 << g_rand_int_range (chance, 0, 8));
        }
      bytes = g_bytes_new (text->str, text->len);
      bm_blob_open_free (bm_blob_open_decode (bytes, NULL));
      bm_hello_free (bm_hello_decode (bytes, NULL));
      if (i % 40 != 0)
        continue; /* a signature costs more than all the rest */
      answer = test_reply_sign (text->str, nonce, platform_key);
      reply = bm_reply_open (answer, nonce, BM_CALL_HELLO, TEST_KIOSK, platform_public, NULL);
    }
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  platform_key = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  platform_public = bm_key_dup_public (platform_key);

  g_test_add_func ("/protocol-blob/open", test_open);
  g_test_add_func ("/protocol-blob/open-rejects", test_open_rejects);
  g_test_add_func ("/protocol-blob/open-too-many-chunks", test_open_too_many_chunks);
  g_test_add_func ("/protocol-blob/chunk-path", test_chunk_path);
  g_test_add_func ("/protocol-blob/reply-parts", test_reply_parts);
  g_test_add_func ("/protocol-blob/reply", test_reply);
  g_test_add_func ("/protocol-blob/held", test_held);
  g_test_add_func ("/protocol-blob/signed-nonsense", test_signed_nonsense);
  g_test_add_func ("/protocol-blob/too-many-ranges", test_too_many_ranges);
  g_test_add_func ("/protocol-blob/hello", test_hello);
  g_test_add_func ("/protocol-blob/hello-rejects", test_hello_rejects);
  g_test_add_func ("/protocol-blob/anchor", test_anchor);
  g_test_add_func ("/protocol-blob/random", test_random);
  status = g_test_run ();
  bm_key_unref (platform_key);
  bm_key_unref (platform_public);
  return status;
}
