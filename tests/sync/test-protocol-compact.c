/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/protocol.h"

#include "core/error.h"
#include "tests/sync/protocol-v2.h"
#include "tests/sync/sync-fixture.h"

#include <string.h>

/* Answers of the second form, and messages that are signed together. */

#define N_RECORDS 40
#define ROUNDS    400

static BmKey *platform_key, *platform_public, *other_public;
static guint8 nonce[BM_NONCE_LEN] = { 1, 2, 3 };

static BmAnswer *
answer_new (BmAnswerStatus status, const char *code, const char *reason, gint64 after_ms)
{
  BmAnswer *answer = g_new0 (BmAnswer, 1);

  answer->status = status;
  answer->code = g_strdup (code);
  answer->reason = g_strdup (reason);
  answer->after_ms = after_ms;
  return answer;
}

static BmMessage *
message_new (guint i)
{
  BmMessage *message = g_new0 (BmMessage, 1);

  message->id = 100 + 3 * i;
  message->kind = g_strdup ("result");
  message->name = g_strdup_printf ("99012110120101010000%05u", i);
  message->version = 1 + i % 3;
  char *body = g_strdup_printf ("{\"number\":\"%u\",\"text\":\"这次认证通过了。\"}", i);
  message->body = g_bytes_new_take (body, strlen (body));
  return message;
}

static GPtrArray *
make_records (void)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < N_RECORDS - 1; i++)
    g_ptr_array_add (records, test_record_new (BM_ENTRY_AUDIT, 1 + i, 1, 20));
  g_ptr_array_add (records, g_bytes_new_static ("not a record", 12));
  return records;
}

static BmReply *
make_reply (guint n_messages)
{
  BmReply *reply = bm_reply_new (BM_CALL_BATCH, TEST_KIOSK, 1795000000000);

  reply->accept = 2;
  for (guint i = 0; i < N_RECORDS; i++)
    g_ptr_array_add (reply->answers,
                     i == 7   ? answer_new (BM_ANSWER_REJECTED, "schema", "少了一项", 0)
                     : i == 9 ? answer_new (BM_ANSWER_DEFERRED, "", "", 60000)
                     : i == 39
                       ? answer_new (BM_ANSWER_QUARANTINED, "unparsable", "打不开", 0)
                       : answer_new (i < 20 ? BM_ANSWER_ACCEPTED : BM_ANSWER_DUPLICATE, "", "", 0));
  for (guint i = 0; i < n_messages; i++)
    g_ptr_array_add (reply->messages, message_new (i));
  reply->cursor = 500;
  reply->has_more = TRUE;
  return reply;
}

static GBytes *
seal (guint n_messages)
{
  g_autoptr (BmReply) reply = make_reply (n_messages);
  g_autoptr (GError) error = NULL;
  GBytes *bytes = bm_reply_seal (reply, nonce, platform_key, &error);

  g_assert_no_error (error);
  return bytes;
}

static void
test_round_trip (void)
{
  g_autoptr (GBytes) bytes = seal (3);
  g_autoptr (GPtrArray) records = make_records ();
  g_autoptr (GError) error = NULL;
  g_autoptr (BmReply) reply =
    bm_reply_open (bytes, nonce, BM_CALL_BATCH, TEST_KIOSK, platform_public, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), 4, "BMA2", 4);
  g_assert_true (bm_reply_looks_like_one (bytes));
  g_assert_cmpuint (reply->answers->len, ==, N_RECORDS);
  g_assert_cmpint (reply->cursor, ==, 500);
  g_assert_true (reply->has_more);
  bm_reply_place (reply, records);
  for (guint i = 0; i < N_RECORDS; i++)
    {
      const BmAnswer *answer = reply->answers->pdata[i];
      guint8 hash[BM_SM3_LEN];
      GBytes *record = records->pdata[i];

      bm_sm3 (g_bytes_get_data (record, NULL), g_bytes_get_size (record), hash);
      g_assert_cmpmem (answer->hash, BM_SM3_LEN, hash, BM_SM3_LEN);
      g_assert_cmpuint (answer->seq, ==, i == 39 ? 0 : 1 + i);
    }
  const BmAnswer *refused = reply->answers->pdata[7], *later = reply->answers->pdata[9];
  g_assert_cmpint (refused->status, ==, BM_ANSWER_REJECTED);
  g_assert_cmpstr (refused->reason, ==, "少了一项");
  g_assert_cmpint (later->after_ms, ==, 60000);
}

/* An answer by place to more records than were sent is about those that were. */
static void
test_fewer_records (void)
{
  g_autoptr (GBytes) bytes = seal (0);
  g_autoptr (GPtrArray) records = g_ptr_array_new ();
  g_autoptr (BmReply) reply =
    bm_reply_open (bytes, nonce, BM_CALL_BATCH, TEST_KIOSK, platform_public, NULL);

  bm_reply_place (reply, records);
  g_assert_cmpuint (reply->answers->len, ==, 0);
}

/* Each message is verifiable for itself, in what it keeps, and in nothing else's place. */
static void
test_group (void)
{
  const guint counts[] = { 1, 2, 3, 7, 8, 100, BM_PROTOCOL_MAX_MESSAGES };

  for (guint n = 0; n < G_N_ELEMENTS (counts); n++)
    {
      g_autoptr (GBytes) bytes = seal (counts[n]);
      g_autoptr (BmReply) reply =
        bm_reply_open (bytes, nonce, BM_CALL_BATCH, TEST_KIOSK, platform_public, NULL);

      g_assert_cmpuint (reply->messages->len, ==, counts[n]);
      for (guint i = 0; i < counts[n]; i += 1 + counts[n] / 5)
        {
          const BmMessage *message = reply->messages->pdata[i];
          const BmMessage *next = reply->messages->pdata[(i + 1) % counts[n]];
          g_autoptr (GBytes) other = g_bytes_new_static ("{}", 2);

          g_assert_cmpint (message->id, ==, 100 + 3 * i);
          g_assert_true (bm_message_verify (platform_public, message->kind, message->name,
                                            message->version, message->body, message->signature,
                                            NULL));
          g_assert_false (bm_message_verify (other_public, message->kind, message->name,
                                             message->version, message->body, message->signature,
                                             NULL));
          g_assert_false (bm_message_verify (platform_public, message->kind, message->name,
                                             message->version + 1, message->body,
                                             message->signature, NULL));
          g_assert_false (bm_message_verify (platform_public, message->kind, message->name,
                                             message->version, other, message->signature, NULL));
          g_assert_true (counts[n] == 1 ||
                         !bm_message_verify (platform_public, message->kind, message->name,
                                             message->version, message->body, next->signature,
                                             NULL));
        }
    }
}

/* Any change of a proof makes it none. */
static void
test_proof_damaged (void)
{
  g_autoptr (GBytes) bytes = seal (5);
  g_autoptr (BmReply) reply =
    bm_reply_open (bytes, nonce, BM_CALL_BATCH, TEST_KIOSK, platform_public, NULL);
  const BmMessage *message = reply->messages->pdata[2];
  gsize len = g_bytes_get_size (message->signature);

  for (gsize i = 0; i < 2 * len; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (message->signature, NULL), len);

      copy[i % len] ^= (guint8) (1 << (i % 8));
      g_autoptr (GBytes) changed = g_bytes_new (copy, i < len ? len : i - len);
      g_assert_false (bm_message_verify (platform_public, message->kind, message->name,
                                         message->version, message->body, changed, NULL));
    }
}

static void
test_not_ours (void)
{
  g_autoptr (GBytes) bytes = seal (2);
  guint8 other[BM_NONCE_LEN] = { 9 };
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_reply_open (bytes, other, BM_CALL_BATCH, TEST_KIOSK, platform_public, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_null (bm_reply_open (bytes, nonce, BM_CALL_BATCH, TEST_KIOSK, other_public, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_null (bm_reply_open (bytes, nonce, BM_CALL_INBOX, TEST_KIOSK, platform_public, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (
    bm_reply_open (bytes, nonce, BM_CALL_BATCH, TEST_KIOSK + 1, platform_public, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
}

/* Signed by the platform itself, but broken: refused whole, never half. */
static void
test_damaged (void)
{
  g_autoptr (GBytes) bytes = seal (4);
  gsize len = g_bytes_get_size (bytes);

  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), len);
      g_autoptr (GError) error = NULL;
      gsize cut = round % 3 == 0 ? (gsize) g_test_rand_int_range (0, (gint32) len) : len;

      copy[g_test_rand_int_range (0, (gint32) len)] ^= (guint8) (1 << (round % 8));
      g_autoptr (GBytes) changed = g_bytes_new (copy, cut);
      g_assert_null (
        bm_reply_open (changed, nonce, BM_CALL_BATCH, TEST_KIOSK, platform_public, &error));
      g_assert_nonnull (error);
    }
}

/* The other calls in the second form, and a refusal. */
static void
test_other_calls (void)
{
  g_autoptr (BmReply) hello = bm_reply_new (BM_CALL_HELLO, TEST_KIOSK, 1795000000000);
  g_autoptr (BmReply) refusal = bm_reply_new (BM_CALL_BATCH, TEST_KIOSK, 1795000000000);
  g_autoptr (GError) error = NULL;

  hello->accept = refusal->accept = 2;
  hello->epoch = 5;
  hello->batch_bytes = hello->batch_items = 10;
  refusal->refused_code = g_strdup ("revoked");
  refusal->refused_reason = g_strdup ("停用");
  g_autoptr (GBytes) first = bm_reply_seal (hello, nonce, platform_key, &error);
  g_autoptr (BmReply) back =
    bm_reply_open (first, nonce, BM_CALL_HELLO, TEST_KIOSK, platform_public, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->epoch, ==, 5);
  g_autoptr (GBytes) second = bm_reply_seal (refusal, nonce, platform_key, &error);
  g_autoptr (BmReply) refused =
    bm_reply_open (second, nonce, BM_CALL_BATCH, TEST_KIOSK, platform_public, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (refused->refused_code, ==, "revoked");
  g_assert_cmpuint (refused->answers->len, ==, 0);
}

static GBytes *
from_hex (const char *text)
{
  gsize len = strlen (text) / 2;
  guint8 *data = g_malloc (len);

  g_assert_true (bm_hex_decode (text, data, len));
  return g_bytes_new_take (data, len);
}

/* What the second forms once were, every later build reads. */
static void
test_released (void)
{
  g_autoptr (BmKey) platform = bm_key_new_from_string (fixture_v2_platform_key, NULL);
  g_autoptr (BmKey) station = bm_key_new_from_string (fixture_v2_station_key, NULL);
  g_autoptr (GBytes) batch = from_hex (fixture_v2_batch);
  g_autoptr (GBytes) answer = from_hex (fixture_v2_reply);
  guint8 its_nonce[BM_NONCE_LEN];
  BmBatchHeader header;
  g_autoptr (GError) error = NULL;

  memset (its_nonce, 0x11, sizeof its_nonce);
  g_assert_true (bm_batch_verify (batch, station, &error));
  g_autoptr (GPtrArray) records = bm_batch_decode (batch, &header, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 3);
  g_assert_cmpuint (header.kiosk, ==, 7);
  g_assert_cmpuint (header.accept, ==, 2);
  g_assert_true (bm_record_parse (records->pdata[1], NULL, NULL, NULL, &error));
  g_assert_cmpmem (g_bytes_get_data (records->pdata[2], NULL), g_bytes_get_size (records->pdata[2]),
                   "not a record", 12);
  g_autoptr (BmReply) reply = bm_reply_open (answer, its_nonce, BM_CALL_BATCH, 7, platform, &error);
  g_assert_no_error (error);
  bm_reply_place (reply, records);
  const BmAnswer *refused = reply->answers->pdata[1];
  g_assert_cmpuint (refused->seq, ==, 2);
  g_assert_cmpstr (refused->reason, ==, "少了一项");
  g_assert_cmpuint (reply->messages->len, ==, 3);
  const BmMessage *message = reply->messages->pdata[2];
  g_assert_cmpint (message->version, ==, 3);
  g_assert_true (bm_message_verify (platform, message->kind, message->name, message->version,
                                    message->body, message->signature, &error));
}

int
main (int argc, char **argv)
{
  g_autoptr (BmKey) other_key = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  platform_key = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  other_key = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  platform_public = bm_key_dup_public (platform_key);
  other_public = bm_key_dup_public (other_key);
  g_test_add_func ("/protocol/compact/round-trip", test_round_trip);
  g_test_add_func ("/protocol/compact/fewer-records", test_fewer_records);
  g_test_add_func ("/protocol/compact/group", test_group);
  g_test_add_func ("/protocol/compact/proof-damaged", test_proof_damaged);
  g_test_add_func ("/protocol/compact/not-ours", test_not_ours);
  g_test_add_func ("/protocol/compact/damaged", test_damaged);
  g_test_add_func ("/protocol/compact/other-calls", test_other_calls);
  g_test_add_func ("/protocol/v2-still-opens", test_released);
  status = g_test_run ();
  bm_key_unref (platform_key);
  bm_key_unref (platform_public);
  bm_key_unref (other_public);
  return status;
}
