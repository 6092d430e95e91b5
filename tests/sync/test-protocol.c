/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "sync/protocol.h"
#include "tests/sync/protocol-v1.h"
#include "tests/sync/sync-fixture.h"

#include <string.h>

/* Protocol v1 as bytes: what is written is what PROTOCOL.md says, and it reads back as the same. */

static BmKey *platform_key, *platform_public, *station_key, *station_public;

static BmHello *
hello_new (void)
{
  BmHello *hello = g_new0 (BmHello, 1);

  memset (hello->nonce, 0x11, BM_NONCE_LEN);
  memset (hello->head, 0x22, BM_SM3_LEN);
  memset (hello->boot_id, 0x33, BM_BOOT_ID_LEN);
  hello->kiosk = 7;
  hello->epoch = TEST_EPOCH;
  hello->next_seq = 8;
  hello->cursor = 12;
  hello->pending = 3;
  hello->boot_ms = 1000;
  hello->wall_ms = -5;
  hello->clock_verified = TRUE;
  hello->version = g_strdup ("0.1.0");
  return hello;
}

static const char golden_hello[] =
  "{\"accept\":2,\"clock\":{\"boot_id\":\"33333333333333333333333333333333\",\"boot_ms\":1000,\"verified\":true,"
  "\"wall_ms\":-5},\"cursor\":12,\"epoch\":\"fedcba9876543210\",\"head\":"
  "\"2222222222222222222222222222222222222222222222222222222222222222\",\"kiosk\":7,\"next_seq\":8,"
  "\"nonce\":\"11111111111111111111111111111111\",\"pending\":3,\"v\":1,\"version\":\"0.1.0\"}";

static void
test_hello (void)
{
  g_autoptr (BmHello) hello = hello_new (), back = NULL;
  g_autoptr (GBytes) bytes = bm_hello_encode (hello);
  g_autoptr (GError) error = NULL;

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), golden_hello,
                   strlen (golden_hello));
  back = bm_hello_decode (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (back->nonce, BM_NONCE_LEN, hello->nonce, BM_NONCE_LEN);
  g_assert_cmpmem (back->head, BM_SM3_LEN, hello->head, BM_SM3_LEN);
  g_assert_cmpmem (back->boot_id, BM_BOOT_ID_LEN, hello->boot_id, BM_BOOT_ID_LEN);
  g_assert_cmpuint (back->epoch, ==, TEST_EPOCH);
  g_assert_cmpuint (back->next_seq, ==, 8);
  g_assert_cmpint (back->wall_ms, ==, -5);
  g_assert_true (back->clock_verified);
  g_assert_null (back->csr);
}

static void
test_hello_with_request (void)
{
  g_autoptr (BmHello) hello = hello_new (), back = NULL;
  g_autoptr (GBytes) bytes = NULL;

  hello->csr = g_strdup ("-----BEGIN CERTIFICATE REQUEST-----\n");
  bytes = bm_hello_encode (hello);
  back = bm_hello_decode (bytes, NULL);
  g_assert_cmpstr (back->csr, ==, hello->csr);
}

static void
test_hello_rejects (void)
{
  static const struct
  {
    const char *from;
    const char *to;
    int code;
  } cases[] = {
    { "\"v\":1", "\"v\":2", BM_ERROR_UNSUPPORTED },
    { "\"kiosk\":7", "\"kiosk\":0", BM_ERROR_INVALID },
    { "\"kiosk\":7", "\"kiosk\":4294967296", BM_ERROR_INVALID },
    { "\"kiosk\":7", "\"kiosk\":7.0", BM_ERROR_INVALID },
    { "\"kiosk\":7", "\"kiosk\":\"7\"", BM_ERROR_INVALID },
    { "\"kiosk\":7", "\"kiosk\":7,\"kiosk\":8", BM_ERROR_INVALID },
    { "\"next_seq\":8", "\"next_seq\":-1", BM_ERROR_INVALID },
    { "\"next_seq\":8", "\"next\":8", BM_ERROR_INVALID },
    { "\"verified\":true", "\"verified\":1", BM_ERROR_INVALID },
    { "fedcba9876543210", "fedcba987654321", BM_ERROR_INVALID },
    { "fedcba9876543210", "fedcba987654321g", BM_ERROR_INVALID },
    { "fedcba9876543210", "fedcba98765432100", BM_ERROR_LIMIT },
    { "0.1.0\"}", "0.1.0\"", BM_ERROR_INVALID },
    { "0.1.0\"}", "0.1.0\"}}", BM_ERROR_INVALID },
    { "0.1.0", "a\\u0000b", BM_ERROR_INVALID },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) text = g_string_new (golden_hello);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (g_string_replace (text, cases[i].from, cases[i].to, 1), ==, 1);
      bytes = g_bytes_new (text->str, text->len);
      g_assert_null (bm_hello_decode (bytes, &error));
      g_assert_error (error, BM_ERROR, cases[i].code);
    }
}

static void
test_request_too_long (void)
{
  g_autofree char *blanks = g_strnfill (BM_PROTOCOL_MAX_JSON, ' ');
  g_autofree char *text = g_strconcat (golden_hello, blanks, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_hello_decode (bytes, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
}

static void
test_enrol_request (void)
{
  g_autoptr (BmEnrolRequest) request = g_new0 (BmEnrolRequest, 1), back = NULL;
  g_autoptr (GBytes) bytes = NULL, shorter = NULL;
  g_autoptr (GError) error = NULL;
  static const char golden[] = "{\"csr\":\"PEM\",\"secret\":\"ABCDEFGHIJKLMNOPQ234\",\"sign_key\":"
                               "\"sm2-pub:00\",\"v\":1,\"version\":\"0.1.0\"}";

  g_strlcpy (request->secret, "ABCDEFGHIJKLMNOPQ234", sizeof request->secret);
  request->csr = g_strdup ("PEM");
  request->sign_key = g_strdup ("sm2-pub:00");
  request->version = g_strdup ("0.1.0");
  bytes = bm_enrol_request_encode (request);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), golden,
                   strlen (golden));
  back = bm_enrol_request_decode (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (back->secret, ==, request->secret);
  g_assert_cmpstr (back->sign_key, ==, request->sign_key);

  request->secret[BM_SECRET_LEN - 1] = '\0';
  shorter = bm_enrol_request_encode (request);
  g_assert_null (bm_enrol_request_decode (shorter, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
}

static BmBatchHeader
batch_header (void)
{
  BmBatchHeader header = { .kiosk = 7, .epoch = TEST_EPOCH, .cursor = 12, .head_seq = 7 };

  memset (header.nonce, 0x11, BM_NONCE_LEN);
  memset (header.head, 0x22, BM_SM3_LEN);
  return header;
}

static GPtrArray *
two_records (void)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_ptr_array_add (records, g_bytes_new_static ("first", 5));
  g_ptr_array_add (records, g_bytes_new_static ("", 0));
  return records;
}

/* The first form, as stations wrote it, and as every platform still has to read it. */
static GBytes *
first_batch (void)
{
  static const char json[] =
    "{\"count\":2,\"cursor\":12,\"epoch\":\"fedcba9876543210\",\"head\":"
    "\"2222222222222222222222222222222222222222222222222222222222222222\",\"head_seq\":7,\"kiosk\":7,"
    "\"nonce\":\"11111111111111111111111111111111\",\"v\":1}";
  GByteArray *golden = g_byte_array_new ();
  guint8 len[4] = { 0, 0, 0, sizeof json - 1 };
  guint8 signature[BM_SM2_SIGNATURE_LEN] = { 0 };

  g_byte_array_append (golden, (const guint8 *) "BMB1", 4);
  g_byte_array_append (golden, len, 4);
  g_byte_array_append (golden, (const guint8 *) json, sizeof json - 1);
  g_byte_array_append (golden, (const guint8 *) "\0\0\0\5first\0\0\0\0", 13);
  g_byte_array_append (golden, signature, sizeof signature);
  return g_byte_array_free_to_bytes (golden);
}

static void
check_batch (GBytes *bytes, guint accept)
{
  BmBatchHeader header = batch_header (), back;
  g_autoptr (GPtrArray) records = two_records ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) split = bm_batch_decode (bytes, &back, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (split->len, ==, 2);
  g_assert_true (g_bytes_equal (split->pdata[0], records->pdata[0]));
  g_assert_cmpuint (g_bytes_get_size (split->pdata[1]), ==, 0);
  g_assert_cmpuint (back.epoch, ==, TEST_EPOCH);
  g_assert_cmpuint (back.head_seq, ==, 7);
  g_assert_cmpuint (back.kiosk, ==, 7);
  g_assert_cmpint (back.cursor, ==, 12);
  g_assert_cmpuint (back.accept, ==, accept);
  g_assert_cmpmem (back.nonce, BM_NONCE_LEN, header.nonce, BM_NONCE_LEN);
  g_assert_cmpmem (back.head, BM_SM3_LEN, header.head, BM_SM3_LEN);
}

static void
test_batch (void)
{
  BmBatchHeader header = batch_header ();
  g_autoptr (GPtrArray) records = two_records ();
  g_autoptr (GBytes) first = first_batch ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  guint8 golden[4 + BM_NONCE_LEN + BM_SM3_LEN + 8] = "BMB2";

  check_batch (first, 1);
  header.accept = 2;
  bytes = bm_batch_encode (&header, records, station_key, &error);
  g_assert_no_error (error);
  memset (golden + 4, 0x11, BM_NONCE_LEN);
  memset (golden + 4 + BM_NONCE_LEN, 0x22, BM_SM3_LEN);
  memcpy (golden + 4 + BM_NONCE_LEN + BM_SM3_LEN, "\xfe\xdc\xba\x98\x76\x54\x32\x10", 8);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), sizeof golden, golden, sizeof golden);
  check_batch (bytes, 2);
  g_assert_true (bm_batch_verify (bytes, station_public, &error));
  g_assert_false (bm_batch_verify (bytes, platform_public, NULL));
}

static void
test_batch_limits (void)
{
  BmBatchHeader header = batch_header ();
  g_autoptr (GPtrArray) many = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) huge = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) none = g_ptr_array_new (), back = NULL;
  g_autoptr (GBytes) empty = NULL, over = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= BM_PROTOCOL_MAX_RECORDS; i++)
    g_ptr_array_add (many, g_bytes_new_static ("x", 1));
  g_assert_null (bm_batch_encode (&header, many, station_key, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
  g_clear_error (&error);

  g_ptr_array_add (huge,
                   g_bytes_new_take (g_malloc0 (BM_PROTOCOL_MAX_REQUEST), BM_PROTOCOL_MAX_REQUEST));
  g_assert_null (bm_batch_encode (&header, huge, station_key, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
  g_clear_error (&error);

  empty = bm_batch_encode (&header, none, station_key, &error);
  g_assert_no_error (error);
  back = bm_batch_decode (empty, &header, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->len, ==, 0);

  over = g_bytes_new_take (g_malloc0 (BM_PROTOCOL_MAX_REQUEST + 1), BM_PROTOCOL_MAX_REQUEST + 1);
  g_assert_null (bm_batch_decode (over, &header, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
}

static void
add_answers (BmReply *reply)
{
  static const BmAnswerStatus all[] = {
    BM_ANSWER_ACCEPTED,    BM_ANSWER_DUPLICATE, BM_ANSWER_NEED_BLOBS, BM_ANSWER_DEFERRED,
    BM_ANSWER_QUARANTINED, BM_ANSWER_REJECTED,  BM_ANSWER_CONFLICT,
  };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      BmAnswer *answer = g_new0 (BmAnswer, 1);

      answer->epoch = TEST_EPOCH;
      answer->seq = i + 1;
      memset (answer->hash, (int) i, BM_SM3_LEN);
      answer->status = all[i];
      answer->code = g_strdup ("schema");
      answer->reason = g_strdup ("少了一项");
      answer->after_ms = all[i] == BM_ANSWER_DEFERRED ? 5000 : 0;
      g_ptr_array_add (reply->answers, answer);
    }
}

static BmReply *
batch_reply_new (void)
{
  BmReply *reply = bm_reply_new (BM_CALL_BATCH, TEST_KIOSK, 1795000000000);

  add_answers (reply);
  g_ptr_array_add (reply->messages,
                   test_message_new (13, "result", "9901211012010101000000070",
                                     "{\"text\":\"这次认证通过了。\"}", platform_key));
  reply->cursor = 13;
  reply->has_more = TRUE;
  reply->has_head = TRUE;
  reply->head_epoch = TEST_EPOCH;
  reply->head_seq = 7;
  memset (reply->head, 0x22, BM_SM3_LEN);
  reply->head_signature = bm_head_sign (platform_key, TEST_KIOSK, TEST_EPOCH, 7, reply->head, NULL);
  return reply;
}

static const guint8 nonce[BM_NONCE_LEN] = { 1, 2, 3 };

static void
test_batch_reply (void)
{
  g_autoptr (BmReply) reply = batch_reply_new (), back = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = bm_reply_seal (reply, nonce, platform_key, &error);
  const BmMessage *message;

  g_assert_no_error (error);
  back = bm_reply_open (bytes, nonce, BM_CALL_BATCH, TEST_KIOSK, platform_public, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->answers->len, ==, 7);
  for (guint i = 0; i < 7; i++)
    {
      const BmAnswer *ours = reply->answers->pdata[i], *theirs = back->answers->pdata[i];

      g_assert_cmpint (ours->status, ==, theirs->status);
      g_assert_cmpuint (ours->seq, ==, theirs->seq);
      g_assert_cmpmem (ours->hash, BM_SM3_LEN, theirs->hash, BM_SM3_LEN);
      g_assert_cmpstr (ours->reason, ==, theirs->reason);
      g_assert_cmpint (ours->after_ms, ==, theirs->after_ms);
    }
  g_assert_cmpuint (back->messages->len, ==, 1);
  message = back->messages->pdata[0];
  g_assert_true (bm_message_verify (platform_public, message->kind, message->name, message->version,
                                    message->body, message->signature, NULL));
  g_assert_cmpint (back->cursor, ==, 13);
  g_assert_true (back->has_more && back->has_head);
  g_assert_cmpuint (back->head_seq, ==, 7);
  g_assert_cmpint (back->server_ms, ==, 1795000000000);
}

static void
test_hello_reply (void)
{
  g_autoptr (BmReply) reply = bm_reply_new (BM_CALL_HELLO, TEST_KIOSK, 5), back = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  reply->epoch = TEST_EPOCH;
  reply->watermark = 9;
  reply->next_label = 2;
  reply->next_counter = 1000;
  reply->inbox_head = 15;
  reply->batch_bytes = 131072;
  reply->batch_items = 128;
  reply->splay_ms = 120000;
  reply->retry_after_ms = 3000;
  reply->certificate = g_strdup ("PEM");
  bytes = bm_reply_seal (reply, nonce, platform_key, NULL);
  back = bm_reply_open (bytes, nonce, BM_CALL_HELLO, TEST_KIOSK, platform_public, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->watermark, ==, 9);
  g_assert_cmpuint (back->next_label, ==, 2);
  g_assert_cmpuint (back->next_counter, ==, 1000);
  g_assert_cmpint (back->inbox_head, ==, 15);
  g_assert_cmpuint (back->splay_ms, ==, 120000);
  g_assert_cmpint (back->retry_after_ms, ==, 3000);
  g_assert_cmpstr (back->certificate, ==, "PEM");
  g_assert_false (back->has_head);
}

static void
test_refusal (void)
{
  g_autoptr (BmReply) reply = batch_reply_new (), back = NULL;
  g_autoptr (GBytes) bytes = NULL;

  reply->refused_code = g_strdup ("revoked");
  reply->refused_reason = g_strdup ("本机已停用");
  bytes = bm_reply_seal (reply, nonce, platform_key, NULL);
  back = bm_reply_open (bytes, nonce, BM_CALL_BATCH, TEST_KIOSK, platform_public, NULL);
  g_assert_cmpstr (back->refused_code, ==, "revoked");
  g_assert_cmpuint (back->answers->len, ==, 0);
}

/* A message swapped for another, inside an answer that itself verifies, never comes out. */
static void
test_foreign_message_is_dropped (void)
{
  g_autoptr (BmReply) reply = batch_reply_new (), back = NULL;
  g_autoptr (GBytes) bytes = NULL;
  BmMessage *forged = test_message_new (14, "result", "1", "{}", station_key);

  g_ptr_array_add (reply->messages, forged);
  reply->cursor = 14;
  bytes = bm_reply_seal (reply, nonce, platform_key, NULL);
  back = bm_reply_open (bytes, nonce, BM_CALL_BATCH, TEST_KIOSK, platform_public, NULL);
  g_assert_cmpuint (back->messages->len, ==, 1);
  g_assert_cmpuint (back->bad_messages, ==, 1);
  g_assert_cmpint (back->cursor, ==, 14);
}

static void
test_inbox_path (void)
{
  g_autofree char *path = bm_inbox_path (12, 65536, nonce);

  g_assert_cmpstr (path, ==,
                   "/v1/inbox?after=12&max=65536&accept=2&nonce=01020300000000000000000000000000");
}

static void
test_code (void)
{
  static const char text[] =
    "BM1-front.example-a.org:8443-ABCDEFGHIJKLMNOPQ234-0123456789abcdef0123456789abcdef01234567";
  g_autoptr (BmEnrolCode) code = bm_enrol_code_parse (text, NULL);
  g_autoptr (BmEnrolCode) loose = bm_enrol_code_parse (
    " bm1-front.example-a.org:8443-abcdefghij klmnopq234\n-0123456789ABCDEF0123456789ABCDEF01234567",
    NULL);
  g_autoptr (BmEnrolCode) six = bm_enrol_code_parse (
    "BM1-[fe80::1]:443-ABCDEFGHIJKLMNOPQ234-0123456789abcdef0123456789abcdef01234567", NULL);
  g_autofree char *back = bm_enrol_code_to_string (code);
  g_autofree char *loose_back = bm_enrol_code_to_string (loose);
  g_autofree char *url = bm_enrol_code_dup_url (six);

  g_assert_cmpstr (code->host, ==, "front.example-a.org");
  g_assert_cmpuint (code->port, ==, 8443);
  g_assert_cmpstr (back, ==, text);
  g_assert_cmpstr (loose_back, ==, text);
  g_assert_cmpstr (url, ==, "https://[fe80::1]:443");
}

static void
test_code_rejects (void)
{
  static const char *const bad[] = {
    "",
    "BM1-",
    "BM2-h:1-ABCDEFGHIJKLMNOPQ234-0123456789abcdef0123456789abcdef01234567",
    "BM1-h-ABCDEFGHIJKLMNOPQ234-0123456789abcdef0123456789abcdef01234567",
    "BM1-h:0-ABCDEFGHIJKLMNOPQ234-0123456789abcdef0123456789abcdef01234567",
    "BM1-h:65536-ABCDEFGHIJKLMNOPQ234-0123456789abcdef0123456789abcdef01234567",
    "BM1-h:1-ABCDEFGHIJKLMNOPQ23-0123456789abcdef0123456789abcdef01234567",
    "BM1-h:1-ABCDEFGHIJKLMNOPQ231-0123456789abcdef0123456789abcdef01234567",
    "BM1-h:1-ABCDEFGHIJKLMNOPQ234-0123456789abcdef0123456789abcdef0123456",
    "BM1-h:1-ABCDEFGHIJKLMNOPQ234-0123456789abcdef0123456789abcdef0123456x",
    "BM1-:1-ABCDEFGHIJKLMNOPQ234-0123456789abcdef0123456789abcdef01234567",
    "BM1-[]:1-ABCDEFGHIJKLMNOPQ234-0123456789abcdef0123456789abcdef01234567",
    "BM1-[h:1-ABCDEFGHIJKLMNOPQ234-0123456789abcdef0123456789abcdef01234567",
    "BM1-h/x:1-ABCDEFGHIJKLMNOPQ234-0123456789abcdef0123456789abcdef01234567",
    "BM1-a@h:1-ABCDEFGHIJKLMNOPQ234-0123456789abcdef0123456789abcdef01234567",
  };
  g_autofree char *long_text = g_strnfill (4096, 'A');
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) problem = NULL;

      g_assert_null (bm_enrol_code_parse (bad[i], &problem));
      g_assert_error (problem, BM_ERROR, BM_ERROR_INVALID);
    }
  g_assert_null (bm_enrol_code_parse (long_text, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
}

static void
test_head_is_bound (void)
{
  guint8 head[BM_SM3_LEN] = { 5 }, other[BM_SM3_LEN] = { 6 };
  g_autoptr (GBytes) signature = bm_head_sign (platform_key, 1, 2, 3, head, NULL);

  g_assert_true (bm_head_verify (platform_public, 1, 2, 3, head, signature, NULL));
  g_assert_false (bm_head_verify (platform_public, 9, 2, 3, head, signature, NULL));
  g_assert_false (bm_head_verify (platform_public, 1, 9, 3, head, signature, NULL));
  g_assert_false (bm_head_verify (platform_public, 1, 2, 9, head, signature, NULL));
  g_assert_false (bm_head_verify (platform_public, 1, 2, 3, other, signature, NULL));
  g_assert_false (bm_head_verify (station_public, 1, 2, 3, head, signature, NULL));
}

static void
test_message_is_bound (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2), other = g_bytes_new_static ("[]", 2);
  g_autoptr (GBytes) signature = bm_message_sign (platform_key, "result", "12", 1, body, NULL);

  g_assert_true (bm_message_verify (platform_public, "result", "12", 1, body, signature, NULL));
  g_assert_false (bm_message_verify (platform_public, "roster", "12", 1, body, signature, NULL));
  g_assert_false (bm_message_verify (platform_public, "result1", "2", 1, body, signature, NULL));
  g_assert_false (bm_message_verify (platform_public, "result", "12", 2, body, signature, NULL));
  g_assert_false (bm_message_verify (platform_public, "result", "12", 1, other, signature, NULL));
}

static GBytes *
from_hex (const char *hex)
{
  gsize len = strlen (hex) / 2;
  guint8 *data = g_malloc (len);

  g_assert_true (bm_hex_decode (hex, data, len));
  return g_bytes_new_take (data, len);
}

static void
test_released_batch (void)
{
  g_autoptr (BmKey) key = bm_key_new_from_string (fixture_station_key, NULL);
  g_autoptr (GBytes) bytes = from_hex (fixture_batch);
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;
  BmBatchHeader header;
  BmEntryHeader entry;

  g_assert_true (bm_batch_verify (bytes, key, &error));
  records = bm_batch_decode (bytes, &header, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 2);
  g_assert_cmpuint (header.epoch, ==, TEST_EPOCH);
  g_assert_true (bm_record_parse (records->pdata[1], &entry, NULL, NULL, &error));
  g_assert_cmpuint (entry.seq, ==, 2);
}

static void
test_released_reply (void)
{
  g_autoptr (BmKey) key = bm_key_new_from_string (fixture_platform_key, NULL);
  g_autoptr (GBytes) bytes = from_hex (fixture_reply);
  g_autoptr (BmReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  guint8 its_nonce[BM_NONCE_LEN];

  memset (its_nonce, 0x11, sizeof its_nonce);
  reply = bm_reply_open (bytes, its_nonce, BM_CALL_BATCH, 7, key, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reply->answers->len, ==, 2);
  g_assert_cmpstr (((BmAnswer *) reply->answers->pdata[1])->reason, ==, "少了一项");
  g_assert_cmpuint (reply->messages->len, ==, 1);
  g_assert_cmpuint (reply->head_seq, ==, 2);
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

  g_test_add_func ("/protocol/hello", test_hello);
  g_test_add_func ("/protocol/hello-with-request", test_hello_with_request);
  g_test_add_func ("/protocol/hello-rejects", test_hello_rejects);
  g_test_add_func ("/protocol/request-too-long", test_request_too_long);
  g_test_add_func ("/protocol/enrol-request", test_enrol_request);
  g_test_add_func ("/protocol/batch", test_batch);
  g_test_add_func ("/protocol/batch-limits", test_batch_limits);
  g_test_add_func ("/protocol/batch-reply", test_batch_reply);
  g_test_add_func ("/protocol/hello-reply", test_hello_reply);
  g_test_add_func ("/protocol/refusal", test_refusal);
  g_test_add_func ("/protocol/foreign-message-is-dropped", test_foreign_message_is_dropped);
  g_test_add_func ("/protocol/inbox-path", test_inbox_path);
  g_test_add_func ("/protocol/code", test_code);
  g_test_add_func ("/protocol/code-rejects", test_code_rejects);
  g_test_add_func ("/protocol/head-is-bound", test_head_is_bound);
  g_test_add_func ("/protocol/message-is-bound", test_message_is_bound);
  g_test_add_func ("/protocol/v1-batch-still-opens", test_released_batch);
  g_test_add_func ("/protocol/v1-reply-still-opens", test_released_reply);
  status = g_test_run ();
  bm_key_unref (platform_key);
  bm_key_unref (platform_public);
  bm_key_unref (station_key);
  bm_key_unref (station_public);
  return status;
}
