/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-entry"

#include "core/entry/entry.h"
#include "core/error.h"

#include "tests/core/support.h"

#include <string.h>

#define NUMBER_7 "9901211012010101000000070"
#define ROUNDS   20000

static BmEntryHeader
sample_header (void)
{
  BmEntryHeader header = { .type = BM_ENTRY_MATTER,
                           .suite = BM_SUITE_SM,
                           .kiosk = 1,
                           .epoch = 0x0102030405060708,
                           .seq = 7,
                           .run = 3,
                           .key_index = 1,
                           .boot_ms = 123456,
                           .wall_ms = 1795223400000,
                           .clock_state = BM_CLOCK_VERIFIED,
                           .priority = 0,
                           .due_day = 20787 };

  for (guint i = 0; i < BM_BOOT_ID_LEN; i++)
    header.boot_id[i] = (guint8) i;
  for (guint i = 0; i < BM_TAG_LEN; i++)
    header.subject_tag[i] = (guint8) (0xf0 + i);
  memcpy (header.number, NUMBER_7, sizeof NUMBER_7);
  g_strlcpy (header.service, "cert.pension", sizeof header.service);
  g_strlcpy (header.rule, "C1-2026.1", sizeof header.rule);
  return header;
}

/* The bytes of version 1, written by hand from the table in entry.c; they may never change. */
static void
test_header_golden (void)
{
  BmEntryHeader header = sample_header ();
  g_autoptr (GBytes) bytes = bm_entry_header_encode (&header);

  assert_hex (bytes, "010101"
                     "00000001"
                     "0102030405060708"
                     "0000000000000007"
                     "00000003"
                     "00000001"
                     "000102030405060708090a0b0c0d0e0f"
                     "000000000001e240"
                     "000001a1fba72e40"
                     "01"
                     "00"
                     "00005133"
                     "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
                     "1939393031323131303132303130313031303030303030303730"
                     "0c636572742e70656e73696f6e"
                     "0943312d323032362e31");
}

static void
test_header_round_trip (void)
{
  BmEntryHeader matter = sample_header ();
  BmEntryHeader audit = { .type = BM_ENTRY_AUDIT,
                          .suite = BM_SUITE_SM,
                          .kiosk = G_MAXUINT32,
                          .epoch = G_MAXUINT64,
                          .seq = G_MAXUINT64,
                          .boot_ms = -1,
                          .wall_ms = G_MININT64,
                          .priority = 9,
                          .due_day = BM_NO_DUE_DAY };
  const BmEntryHeader *headers[] = { &matter, &audit };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      BmEntryHeader decoded;
      g_autoptr (GBytes) bytes = bm_entry_header_encode (headers[i]);
      g_autoptr (GError) error = NULL;
      g_assert_true (bm_entry_header_decode (bytes, &decoded, &error));
      g_assert_no_error (error);
      g_autoptr (GBytes) again = bm_entry_header_encode (&decoded);
      g_assert_true (g_bytes_equal (bytes, again));
      g_assert_cmpuint (decoded.seq, ==, headers[i]->seq);
      g_assert_cmpint (decoded.wall_ms, ==, headers[i]->wall_ms);
      g_assert_cmpint (decoded.due_day, ==, headers[i]->due_day);
      g_assert_cmpstr (decoded.service, ==, headers[i]->service);
    }
}

static void
refuse_patched (guint at, guint8 value, int code)
{
  BmEntryHeader header = sample_header ();
  BmEntryHeader decoded;
  g_autoptr (GBytes) bytes = bm_entry_header_encode (&header);
  gsize len = 0;
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  len = g_bytes_get_size (bytes);
  copy[at] = value;
  g_autoptr (GBytes) changed = g_bytes_new (copy, len);
  g_autoptr (GError) error = NULL;

  g_assert_false (bm_entry_header_decode (changed, &decoded, &error));
  g_assert_error (error, BM_ERROR, code);
}

static void
test_header_refused (void)
{
  BmEntryHeader header = sample_header ();
  BmEntryHeader decoded;
  g_autoptr (GBytes) bytes = bm_entry_header_encode (&header);

  refuse_patched (0, 2, BM_ERROR_UNSUPPORTED); /* version */
  refuse_patched (1, 0, BM_ERROR_INVALID);     /* type */
  refuse_patched (1, 5, BM_ERROR_INVALID);     /* type */
  refuse_patched (1, 2, BM_ERROR_INVALID);     /* an audit entry with a number */
  refuse_patched (2, 3, BM_ERROR_UNSUPPORTED); /* suite */
  refuse_patched (22, 0, BM_ERROR_INVALID);    /* seq 0 */
  refuse_patched (63, 2, BM_ERROR_INVALID);    /* clock state */
  refuse_patched (64, 10, BM_ERROR_INVALID);   /* priority */
  refuse_patched (65, 0x80, BM_ERROR_INVALID); /* a due day before 1800 */
  refuse_patched (65, 0x7f, BM_ERROR_INVALID); /* after 9999 */
  refuse_patched (85, 24, BM_ERROR_INVALID);   /* length of number */
  refuse_patched (85, 255, BM_ERROR_INVALID);
  refuse_patched (110, '1', BM_ERROR_INVALID); /* check digit */
  refuse_patched (112, 'C', BM_ERROR_INVALID); /* service in capitals */
  refuse_patched (112, 0, BM_ERROR_INVALID);   /* a zero byte inside */
  refuse_patched (125, ' ', BM_ERROR_INVALID); /* a blank in the rule */
  for (gsize len = 0; len < g_bytes_get_size (bytes); len++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bytes, 0, len);
      g_assert_false (bm_entry_header_decode (cut, &decoded, NULL));
    }
}

static GBytes *
sample_record (void)
{
  BmEntryHeader header = sample_header ();
  g_autoptr (GBytes) bytes = bm_entry_header_encode (&header);
  g_autoptr (GBytes) sealed = g_bytes_new_static ("sealed bytes", 12);

  return bm_record_new (bytes, sealed);
}

static void
test_record_round_trip (void)
{
  BmEntryHeader header;
  g_autoptr (GBytes) record = sample_record ();
  g_autoptr (GBytes) header_bytes = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);

  g_assert_true (bm_record_parse (record, &header, &header_bytes, &sealed, NULL));
  g_assert_cmpstr (header.number, ==, NUMBER_7);
  g_assert_cmpuint (g_bytes_get_size (sealed), ==, 12);
  g_autoptr (GBytes) again = bm_record_new (header_bytes, sealed);
  g_assert_true (g_bytes_equal (record, again));
  g_autoptr (GBytes) purged = bm_record_new (header_bytes, empty);
  g_assert_true (bm_record_parse (purged, NULL, NULL, NULL, NULL));
}

static void
test_record_cut_and_padded (void)
{
  g_autoptr (GBytes) record = sample_record ();
  gsize size = g_bytes_get_size (record);
  g_autofree guint8 *longer = g_malloc0 (size + 1);

  for (gsize len = 0; len < size; len++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (record, 0, len);
      g_autoptr (GError) error = NULL;
      g_assert_false (bm_record_parse (cut, NULL, NULL, NULL, &error));
      g_assert_nonnull (error);
    }
  memcpy (longer, g_bytes_get_data (record, NULL), size);
  g_autoptr (GBytes) padded = g_bytes_new (longer, size + 1);
  g_assert_false (bm_record_parse (padded, NULL, NULL, NULL, NULL));
}

static void
test_record_too_long (void)
{
  g_autofree guint8 *zeros = g_malloc0 (BM_ENTRY_MAX_RECORD + 1);
  g_autoptr (GBytes) record = g_bytes_new (zeros, BM_ENTRY_MAX_RECORD + 1);
  g_autoptr (GError) error = NULL;

  g_assert_false (bm_record_parse (record, NULL, NULL, NULL, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
}

static void
test_random (void)
{
  GRand *rand = g_rand_new_with_seed (5);
  g_autoptr (GBytes) record = sample_record ();
  guint accepted = 0;

  for (guint i = 0; i < ROUNDS; i++)
    {
      BmEntryHeader header;
      gsize bits = 8 * g_bytes_get_size (record);
      g_autoptr (GBytes) noise =
        i % 2 ? random_bytes (rand, 300)
              : bytes_flipped (record, (gsize) g_rand_int_range (rand, 0, (gint32) bits));
      g_autoptr (GBytes) header_bytes = NULL;
      g_autoptr (GBytes) sealed = NULL;
      g_autoptr (GError) error = NULL;
      gboolean ok = bm_record_parse (noise, &header, &header_bytes, &sealed, &error);
      g_assert_true (ok == (error == NULL));
      (void) bm_entry_header_decode (noise, &header, NULL); /* only that it comes back */
      if (!ok)
        continue;
      /* E1: what was accepted has this encoding only. */
      accepted++;
      g_assert_true (bm_entry_header_decode (header_bytes, &header, NULL));
      g_autoptr (GBytes) encoded = bm_entry_header_encode (&header);
      g_assert_true (g_bytes_equal (encoded, header_bytes));
      g_autoptr (GBytes) again = bm_record_new (header_bytes, sealed);
      g_assert_true (g_bytes_equal (again, noise));
    }
  g_assert_cmpuint (accepted, >, 0); /* flips in the payload and in free numbers are well formed */
  g_rand_free (rand);
}

static void
test_chain (void)
{
  guint8 start[BM_SM3_LEN], other[BM_SM3_LEN], head[BM_SM3_LEN], expected[BM_SM3_LEN];
  guint8 joined[2 * BM_SM3_LEN];
  g_autoptr (GBytes) record = sample_record ();
  g_autoptr (GBytes) flipped = bytes_flipped (record, 8 * g_bytes_get_size (record) - 1);

  bm_chain_start (1, 1, start);
  bm_sm3 ("bianmin chain\0\0\0\1\0\0\0\0\0\0\0\1", 13 + 4 + 8, expected);
  g_assert_cmpmem (start, sizeof start, expected, sizeof expected);
  bm_chain_start (1, 2, other);
  g_assert_cmpint (memcmp (start, other, sizeof start), !=, 0);
  bm_chain_start (2, 1, other);
  g_assert_cmpint (memcmp (start, other, sizeof start), !=, 0);

  bm_chain_next (start, record, head);
  memcpy (joined, start, BM_SM3_LEN);
  bm_sm3 (g_bytes_get_data (record, NULL), g_bytes_get_size (record), joined + BM_SM3_LEN);
  bm_sm3 (joined, sizeof joined, expected);
  g_assert_cmpmem (head, sizeof head, expected, sizeof expected);
  bm_chain_next (start, flipped, other);
  g_assert_cmpint (memcmp (head, other, sizeof head), !=, 0);
  bm_chain_next (start, record, start); /* in place */
  g_assert_cmpmem (start, sizeof start, expected, sizeof expected);
}

/* Order, loss and repetition change the head. */
static void
test_chain_reordered (void)
{
  BmEntryHeader header = sample_header ();
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) first_header = bm_entry_header_encode (&header);
  header.seq = 8;
  g_autoptr (GBytes) second_header = bm_entry_header_encode (&header);
  g_autoptr (GBytes) a = bm_record_new (first_header, empty);
  g_autoptr (GBytes) b = bm_record_new (second_header, empty);
  GBytes *orders[][3] = { { a, b, NULL }, { b, a, NULL }, { a, NULL, NULL }, { a, b, b } };
  guint8 heads[4][BM_SM3_LEN];

  for (guint i = 0; i < 4; i++)
    {
      bm_chain_start (1, 1, heads[i]);
      for (guint k = 0; k < 3 && orders[i][k] != NULL; k++)
        bm_chain_next (heads[i], orders[i][k], heads[i]);
      for (guint k = 0; k < i; k++)
        g_assert_cmpint (memcmp (heads[i], heads[k], BM_SM3_LEN), !=, 0);
    }
}

static void
assert_canonical (const char *text, const char *expected)
{
  json_t *value = json_loads (text, 0, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = bm_canonical_json (value, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected,
                   strlen (expected));
  json_decref (value);
}

static void
assert_not_canonical (const char *text, int code)
{
  json_t *value = json_loads (text, 0, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_canonical_json (value, &error));
  g_assert_error (error, BM_ERROR, code);
  json_decref (value);
}

static void
test_canonical_json (void)
{
  assert_canonical ("{ \"b\": [1, 2, {\"z\":null,\"y\":true}], \"a\": \"王秀兰\", \"B\": -5 }",
                    "{\"B\":-5,\"a\":\"王秀兰\",\"b\":[1,2,{\"y\":true,\"z\":null}]}");
  assert_canonical ("{\"\\u4e00\":\"\\u00b7\\n\\\"\\/\"}", "{\"一\":\"·\\n\\\"/\"}");
  assert_canonical ("{}", "{}");
  assert_not_canonical ("[1]", BM_ERROR_INVALID);
  assert_not_canonical ("{\"a\":1.0}", BM_ERROR_INVALID);
  assert_not_canonical ("{\"a\":[{\"b\":1e3}]}", BM_ERROR_INVALID);
  assert_not_canonical ("{\"a\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}", BM_ERROR_LIMIT);

  json_t *big = json_object ();
  g_autofree char *text = g_strnfill (BM_ENTRY_MAX_PAYLOAD, 'x');
  json_object_set_new (big, "a", json_string (text));
  g_autoptr (GError) error = NULL;
  g_assert_null (bm_canonical_json (big, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
  json_decref (big);
}

static GBytes *
seal_one (BmRatchet *ratchet, const char *payload, BmEntryHeader *ret_header, GBytes **ret_bytes)
{
  g_autoptr (GBytes) plain = g_bytes_new (payload, strlen (payload));
  g_autoptr (GError) error = NULL;

  *ret_header = sample_header ();
  ret_header->run = bm_ratchet_get_run (ratchet);
  ret_header->key_index = bm_ratchet_get_next_index (ratchet);
  ret_header->seq = ret_header->key_index;
  *ret_bytes = bm_entry_header_encode (ret_header);
  GBytes *sealed = bm_ratchet_seal (ratchet, *ret_bytes, plain, &error);
  g_assert_no_error (error);
  return sealed;
}

static void
test_ratchet_platform_opens (void)
{
  g_autoptr (BmKey) platform = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autoptr (BmKey) platform_public = bm_key_dup_public (platform);
  g_autoptr (BmRatchet) ratchet = bm_ratchet_new (3);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) start = bm_ratchet_seal_start (ratchet, platform_public, &error);
  g_assert_no_error (error);

  for (guint i = 1; i <= 5; i++)
    {
      BmEntryHeader header;
      g_autofree char *payload = g_strdup_printf ("{\"n\":%u}", i);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GBytes) sealed = seal_one (ratchet, payload, &header, &bytes);
      g_assert_cmpuint (header.key_index, ==, i);
      g_autoptr (GBytes) opened =
        bm_payload_open (platform, start, &header, bytes, sealed, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (opened, NULL), g_bytes_get_size (opened), payload,
                       strlen (payload));

      BmEntryHeader wrong = header;
      wrong.key_index++;
      g_assert_null (bm_payload_open (platform, start, &wrong, bytes, sealed, NULL, NULL));
      wrong = header;
      wrong.run++; /* the start key is bound to its run */
      g_assert_null (bm_payload_open (platform, start, &wrong, bytes, sealed, NULL, NULL));
      g_autoptr (GBytes) changed = bytes_flipped (bytes, 8 * 20);
      g_assert_null (bm_payload_open (platform, start, &header, changed, sealed, NULL, NULL));
    }
}

/* R1, R2: what the station still has after sealing opens nothing of what it sealed. */
static void
test_ratchet_station_cannot_read_back (void)
{
  g_autoptr (BmKey) station_own = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autoptr (BmRatchet) ratchet = bm_ratchet_new (9);
  BmEntryHeader header;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) sealed = seal_one (ratchet, "{\"p.name\":\"王秀兰\"}", &header, &bytes);
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_ratchet_seal_start (ratchet, station_own, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_REFUSED);
  /* The same header may not be sealed with the next key either. */
  g_clear_error (&error);
  g_autoptr (GBytes) plain = g_bytes_new_static ("{}", 2);
  g_assert_null (bm_ratchet_seal (ratchet, bytes, plain, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  g_assert_cmpuint (bm_ratchet_get_next_index (ratchet), ==, 2);

  /* A later key as start key does not lead back. */
  g_autoptr (BmKey) later = bm_key_generate (BM_KEY_SYMMETRIC, NULL);
  g_assert_null (bm_payload_open_key (later, &header, bytes, sealed, NULL, NULL));
}

static void
test_ratchet_limits (void)
{
  g_autoptr (BmRatchet) ratchet = bm_ratchet_new (1);
  BmEntryHeader header = sample_header ();
  header.run = 1;
  g_autoptr (GBytes) bytes = bm_entry_header_encode (&header);
  g_autofree guint8 *zeros = g_malloc0 (BM_ENTRY_MAX_PAYLOAD + 1);
  g_autoptr (GBytes) too_long = g_bytes_new (zeros, BM_ENTRY_MAX_PAYLOAD + 1);
  g_autoptr (GBytes) longest = g_bytes_new (zeros, BM_ENTRY_MAX_PAYLOAD);
  g_autoptr (BmKey) start = bm_key_generate (BM_KEY_SYMMETRIC, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_ratchet_seal (ratchet, bytes, too_long, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
  g_autoptr (GBytes) sealed = bm_ratchet_seal (ratchet, bytes, longest, NULL);
  g_assert_nonnull (sealed);
  g_assert_cmpuint (g_bytes_get_size (sealed), <, 1000); /* zeros compress */

  g_clear_error (&error);
  header.key_index = G_MAXUINT32; /* no endless walk at the platform */
  g_assert_null (bm_payload_open_key (start, &header, bytes, sealed, NULL, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/entry/header/golden-bytes", test_header_golden);
  g_test_add_func ("/entry/header/round-trip", test_header_round_trip);
  g_test_add_func ("/entry/header/refused", test_header_refused);
  g_test_add_func ("/entry/record/round-trip", test_record_round_trip);
  g_test_add_func ("/entry/record/cut-and-padded", test_record_cut_and_padded);
  g_test_add_func ("/entry/record/too-long", test_record_too_long);
  g_test_add_func ("/entry/record/random", test_random);
  g_test_add_func ("/entry/chain/definition", test_chain);
  g_test_add_func ("/entry/chain/reordered", test_chain_reordered);
  g_test_add_func ("/entry/canonical-json", test_canonical_json);
  g_test_add_func ("/entry/ratchet/platform-opens", test_ratchet_platform_opens);
  g_test_add_func ("/entry/ratchet/station-cannot-read-back",
                   test_ratchet_station_cannot_read_back);
  g_test_add_func ("/entry/ratchet/limits", test_ratchet_limits);
  return g_test_run ();
}
