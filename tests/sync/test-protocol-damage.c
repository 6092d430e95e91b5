/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "sync/protocol.h"
#include "tests/sync/sync-fixture.h"

#include <string.h>

/* What the line may do to the bytes: nothing of it may pass for the platform's word, or crash. */

#define N_RANDOM 6000

static BmKey *platform_key, *platform_public, *station_key, *station_public;
static const guint8 nonce[BM_NONCE_LEN] = { 1, 2, 3 };

static GBytes *
sealed_reply_new (void)
{
  g_autoptr (BmReply) reply = bm_reply_new (BM_CALL_BATCH, TEST_KIOSK, 5);
  BmAnswer *answer = g_new0 (BmAnswer, 1);

  answer->seq = 1;
  answer->status = BM_ANSWER_ACCEPTED;
  g_ptr_array_add (reply->answers, answer);
  return bm_reply_seal (reply, nonce, platform_key, NULL);
}

static BmReply *
try_open (const guint8 *data, gsize len, const guint8 *with_nonce)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, len);
  g_autoptr (GError) error = NULL;
  BmReply *reply =
    bm_reply_open (bytes, with_nonce, BM_CALL_BATCH, TEST_KIOSK, platform_public, &error);

  g_assert_true ((reply == NULL) == (error != NULL));
  return reply;
}

/* The signed part is covered by one hash, so one bit in each byte is enough. */
static void
test_reply_bit_flips (void)
{
  g_autoptr (GBytes) bytes = sealed_reply_new ();
  gsize len = g_bytes_get_size (bytes);

  for (gsize i = 0; i < len; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), len);

      copy[i] ^= (guint8) (1 << (i % 8));
      g_assert_null (try_open (copy, len, nonce));
    }
}

static void
test_reply_truncations (void)
{
  g_autoptr (GBytes) bytes = sealed_reply_new ();
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  gsize len = g_bytes_get_size (bytes);
  g_autofree guint8 *longer = g_malloc0 (len + 1);

  for (gsize i = 0; i < len; i++)
    g_assert_null (try_open (data, i, nonce));
  memcpy (longer, data, len);
  g_assert_null (try_open (longer, len + 1, nonce));
}

static void
test_reply_of_another_request (void)
{
  g_autoptr (GBytes) bytes = sealed_reply_new ();
  guint8 other[BM_NONCE_LEN] = { 1, 2, 4 };
  g_autoptr (GError) error = NULL;
  g_autoptr (BmReply) right =
    bm_reply_open (bytes, nonce, BM_CALL_BATCH, TEST_KIOSK, platform_public, NULL);

  g_assert_nonnull (right);
  g_assert_null (bm_reply_open (bytes, other, BM_CALL_BATCH, TEST_KIOSK, platform_public, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_CORRUPT);
}

static void
test_reply_of_another_call_or_station (void)
{
  g_autoptr (GBytes) bytes = sealed_reply_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_reply_open (bytes, nonce, BM_CALL_INBOX, TEST_KIOSK, platform_public, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (
    bm_reply_open (bytes, nonce, BM_CALL_BATCH, TEST_KIOSK + 1, platform_public, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
}

static void
test_reply_of_another_platform (void)
{
  g_autoptr (GBytes) bytes = sealed_reply_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_reply_open (bytes, nonce, BM_CALL_BATCH, TEST_KIOSK, station_public, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_CORRUPT);
}

static void
test_portal_page (void)
{
  static const char page[] = "<!DOCTYPE html><html><head><title>Sign in</title></head></html>";
  g_autoptr (GBytes) bytes = g_bytes_new_static (page, sizeof page - 1);
  g_autoptr (GError) error = NULL;

  g_assert_false (bm_reply_looks_like_one (bytes));
  g_assert_null (bm_reply_open (bytes, nonce, BM_CALL_BATCH, TEST_KIOSK, platform_public, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_CORRUPT);
}

/* Signed, so it is the platform's word; but it is not protocol v1. */
static GBytes *
sign_json (const char *json)
{
  return test_reply_sign (json, nonce, platform_key);
}

#define COMMON "\"v\":1,\"call\":\"batch\",\"kiosk\":7,\"server_ms\":1,\"retry_after_ms\":0"
#define LISTS  "\"answers\":[],\"messages\":[],\"cursor\":0,\"more\":false"
#define ENTRY                                                                                           \
  "\"epoch\":\"0000000000000001\",\"hash\":"                                                            \
  "\"0000000000000000000000000000000000000000000000000000000000000000\",\"code\":\"\",\"reason\":\"\"," \
  "\"after_ms\":0"

static void
test_signed_nonsense (void)
{
  static const struct
  {
    const char *json;
    gboolean is_good;
  } cases[] = {
    { "{" COMMON "," LISTS "}", TRUE },
    { "{" COMMON "," LISTS ",\"later\":{\"v\":2}}", TRUE },
    { "[]", FALSE },
    { "", FALSE },
    { "{" COMMON "}", FALSE },
    { "{" COMMON "," LISTS ",\"v\":1}", FALSE },
    { "{" COMMON "," LISTS ",\"head\":1}", FALSE },
    { "{" COMMON "," LISTS ",\"head\":{}}", FALSE },
    { "{" COMMON "," LISTS ",\"refused\":\"revoked\"}", FALSE },
    { "{" COMMON ",\"answers\":{},\"messages\":[],\"cursor\":0,\"more\":false}", FALSE },
    { "{" COMMON ",\"answers\":[1],\"messages\":[],\"cursor\":0,\"more\":false}", FALSE },
    { "{" COMMON ",\"answers\":[],\"messages\":[{}],\"cursor\":0,\"more\":false}", FALSE },
    { "{" COMMON ",\"answers\":[],\"messages\":[],\"cursor\":-1,\"more\":false}", FALSE },
    { "{" COMMON ",\"answers\":[{\"seq\":1,\"status\":\"accepted\"," ENTRY
      "}],\"messages\":[],\"cursor\":0,\"more\":false}",
      TRUE },
    { "{" COMMON ",\"answers\":[{\"seq\":1,\"status\":\"perhaps\"," ENTRY
      "}],\"messages\":[],\"cursor\":0,\"more\":false}",
      FALSE },
    { "{" COMMON ",\"answers\":[{\"seq\":-1,\"status\":\"accepted\"," ENTRY
      "}],\"messages\":[],\"cursor\":0,\"more\":false}",
      FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = sign_json (cases[i].json);
      g_autoptr (BmReply) reply =
        try_open (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), nonce);

      g_assert_cmpint (reply != NULL, ==, cases[i].is_good);
    }
}

static void
test_too_many_answers (void)
{
  g_autoptr (BmReply) reply = bm_reply_new (BM_CALL_BATCH, TEST_KIOSK, 5);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= BM_PROTOCOL_MAX_RECORDS; i++)
    g_ptr_array_add (reply->answers, g_new0 (BmAnswer, 1));
  bytes = bm_reply_seal (reply, nonce, platform_key, NULL);
  g_assert_null (bm_reply_open (bytes, nonce, BM_CALL_BATCH, TEST_KIOSK, platform_public, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
}

static GBytes *
batch_new (void)
{
  BmBatchHeader header = { .kiosk = TEST_KIOSK, .epoch = TEST_EPOCH, .head_seq = 3 };
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 1; i < 4; i++)
    g_ptr_array_add (records, test_record_new (BM_ENTRY_AUDIT, i, 1, 40));
  return bm_batch_encode (&header, records, station_key, NULL);
}

static void
decode_any (const guint8 *data, gsize len)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, len);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (BmHello) hello = NULL;
  g_autoptr (BmEnrolRequest) request = NULL;
  g_autofree char *text = g_strndup ((const char *) data, len);
  BmBatchHeader header;
  gsize sum = 0;

  records = bm_batch_decode (bytes, &header, &error);
  g_assert_true ((records == NULL) == (error != NULL));
  for (guint i = 0; records != NULL && i < records->len; i++)
    sum += 4 + g_bytes_get_size (records->pdata[i]);
  g_assert_cmpuint (sum, <=, len + BM_PROTOCOL_MAX_RECORDS * 1024); /* headers unfold */
  hello = bm_hello_decode (bytes, NULL);
  request = bm_enrol_request_decode (bytes, NULL);
  bm_enrol_code_free (bm_enrol_code_parse (text, NULL));
}

static void
test_batch_bit_flips (void)
{
  g_autoptr (GBytes) bytes = batch_new ();
  gsize len = g_bytes_get_size (bytes);

  g_assert_true (bm_batch_verify (bytes, station_public, NULL));
  for (gsize i = 0; i < len; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), len);
      g_autoptr (GBytes) changed = NULL;

      copy[i] ^= (guint8) (1 << (i % 8));
      decode_any (copy, len);
      changed = g_bytes_new (copy, len);
      g_assert_false (bm_batch_verify (changed, station_public, NULL));
    }
}

static void
test_batch_truncations (void)
{
  g_autoptr (GBytes) bytes = batch_new ();
  const guint8 *data = g_bytes_get_data (bytes, NULL);

  for (gsize i = 0; i < g_bytes_get_size (bytes); i++)
    {
      g_autoptr (GBytes) shorter = g_bytes_new (data, i);
      BmBatchHeader header;

      g_assert_null (bm_batch_decode (shorter, &header, NULL));
      g_assert_false (bm_batch_verify (shorter, station_public, NULL));
    }
}

/* Random bytes, half of them behind a right beginning, so that the inner parsers are reached. */
static void
test_random_bytes (void)
{
  static const char *const beginnings[] = {
    "", "BMB1", "BMB2", "BMA1", "BMA2", "BM1-", "{\"v\":1,"
  };
  g_autoptr (GRand) chance = g_rand_new_with_seed (20261124);

  for (guint i = 0; i < N_RANDOM; i++)
    {
      const char *beginning = beginnings[i % G_N_ELEMENTS (beginnings)];
      gsize at = strlen (beginning), len = at + (gsize) g_rand_int_range (chance, 0, 400);
      g_autofree guint8 *data = g_malloc (len + 1);
      g_autoptr (BmReply) reply = NULL;

      memcpy (data, beginning, at);
      for (gsize k = at; k < len; k++)
        data[k] = (guint8) g_rand_int (chance);
      if (i % 2 == 0 && len >= at + 4)
        memset (data + at, 0, 3);
      decode_any (data, len);
      reply = try_open (data, len, nonce);
      g_assert_null (reply);
    }
}

/* Words of the protocol in random order: deeper than noise gets. */
static void
test_random_words (void)
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
    "\"nonce\":",
    "\"clock\":",
    "\"epoch\":",
    "\"00000000000000000000000000000000\"",
    "0",
    "-1",
    "9223372036854775807",
    "1e9",
    "null",
    "true",
    "\"head\":",
    "\"secret\":",
    "\"csr\":",
    "\"\\ud800\"",
    "\"禾田\"",
    "\"count\":1",
    "\"cursor\":1",
  };
  g_autoptr (GRand) chance = g_rand_new_with_seed (7);

  for (guint i = 0; i < N_RANDOM; i++)
    {
      g_autoptr (GString) text = g_string_new (i % 3 == 0 ? "BMB1" : "");
      guint n = (guint) g_rand_int_range (chance, 1, 30);

      if (i % 3 == 0)
        g_string_append_len (text, "\0\0\0\x40", 4);
      for (guint k = 0; k < n; k++)
        g_string_append (text, words[g_rand_int_range (chance, 0, G_N_ELEMENTS (words))]);
      decode_any ((const guint8 *) text->str, text->len);
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
  station_key = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  station_public = bm_key_dup_public (station_key);

  g_test_add_func ("/damage/reply-bit-flips", test_reply_bit_flips);
  g_test_add_func ("/damage/reply-truncations", test_reply_truncations);
  g_test_add_func ("/damage/reply-of-another-request", test_reply_of_another_request);
  g_test_add_func ("/damage/reply-of-another-call-or-station",
                   test_reply_of_another_call_or_station);
  g_test_add_func ("/damage/reply-of-another-platform", test_reply_of_another_platform);
  g_test_add_func ("/damage/portal-page", test_portal_page);
  g_test_add_func ("/damage/signed-nonsense", test_signed_nonsense);
  g_test_add_func ("/damage/too-many-answers", test_too_many_answers);
  g_test_add_func ("/damage/batch-bit-flips", test_batch_bit_flips);
  g_test_add_func ("/damage/batch-truncations", test_batch_truncations);
  g_test_add_func ("/damage/random-bytes", test_random_bytes);
  g_test_add_func ("/damage/random-words", test_random_words);
  status = g_test_run ();
  bm_key_unref (platform_key);
  bm_key_unref (platform_public);
  bm_key_unref (station_key);
  bm_key_unref (station_public);
  return status;
}
