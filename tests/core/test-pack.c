/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-pack"

#include "core/calendar/day.h"
#include "core/error.h"
#include "core/pack/pack.h"

#include "tests/core/support.h"

#include <string.h>
#include <zstd.h>

#define RESIDENT "990121194803120028"
#define STRANGER "990121194211030053"
#define ROUNDS   3000

static const char record_text[] =
  "{\"version\":1,\"name\":\"王秀兰\",\"as_of\":\"2026-11-18\",\"notes\":[\"dup\"],\"pension\":{"
  "\"scheme\":\"城乡居民\",\"area\":\"990121\",\"status\":\"paying\",\"since\":\"2008-04\","
  "\"last\":\"2025-11\",\"due\":\"2026-11-30\",\"tail\":\"0001\",\"year\":2026,\"year_fen\":45680,"
  "\"why\":\"\",\"months\":["
  "{\"ym\":\"2026-11\",\"fen\":22840,\"base_fen\":18000,\"account_fen\":4840,\"other_fen\":0,"
  "\"paid\":\"2026-11-15\",\"state\":\"paid\"},"
  "{\"ym\":\"2026-10\",\"fen\":22840,\"base_fen\":18000,\"account_fen\":4840,\"other_fen\":0,"
  "\"paid\":\"2026-10-15\",\"state\":\"paid\"}]}}";

static const char none_text[] =
  "{\"version\":1,\"name\":\"李\",\"as_of\":\"2026-11-18\",\"notes\":[],\"pension\":null}";

static const char head_text[] =
  "{\"version\":1,\"pack\":\"benefit\",\"year\":2026,\"as_of\":\"2026-11-18\","
  "\"salt\":\"000102030405060708090a0b0c0d0e0f\",\"bits\":5,\"count\":32}";

static json_t *
parse (const char *text)
{
  json_t *json = json_loads (text, 0, NULL);

  g_assert_nonnull (json);
  return json;
}

static GBytes *
static_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static BmPackHead *
make_head (guint year, guint bits)
{
  g_autoptr (GBytes) body = static_bytes (head_text);
  g_autoptr (GError) error = NULL;
  BmPackHead *head = bm_pack_head_parse (body, &error);

  g_assert_no_error (error);
  head->year = year;
  head->bits = bits;
  return head;
}

static BmKey *
make_slow (const BmPackHead *head, const char *id_number)
{
  g_autoptr (GBytes) salt = bm_pack_head_get_salt (head);
  g_autoptr (GError) error = NULL;
  BmKey *key = bm_slow_key (id_number, salt, &error);

  g_assert_no_error (error);
  return key;
}

static char *
locator_text (const BmPackHead *head, const BmKey *slow)
{
  guint8 locator[BM_PACK_LOCATOR_LEN];
  g_autoptr (GBytes) bytes = NULL;

  bm_pack_locate (head, slow, locator);
  bytes = g_bytes_new (locator, sizeof locator);
  return bytes_to_hex (bytes);
}

static char *
seal (const BmPackHead *head, const BmKey *slow, const char *text)
{
  g_autoptr (GError) error = NULL;
  json_t *record = parse (text);
  char *sealed = bm_pack_seal_record (head, slow, record, &error);

  g_assert_no_error (error);
  json_decref (record);
  return sealed;
}

/* A bucket with one record under @locator. */
static GBytes *
make_bucket (guint year, const char *locator, const char *sealed)
{
  char *text = g_strdup_printf ("{\"version\":1,\"pack\":\"benefit\",\"year\":%u,"
                                "\"as_of\":\"2026-11-18\",\"records\":{\"%s\":\"%s\"}}",
                                year, locator, sealed);

  return g_bytes_new_take (text, strlen (text));
}

static void
assert_not_opened (const BmPackHead *head, const BmKey *slow, GBytes *bucket, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_pack_open_record (head, slow, bucket, &error));
  g_assert_error (error, BM_ERROR, code);
}

static void
test_round_trip (void)
{
  g_autoptr (BmPackHead) head = make_head (2026, 5);
  g_autoptr (BmKey) slow = make_slow (head, RESIDENT);
  g_autofree char *locator = locator_text (head, slow);
  g_autofree char *sealed = seal (head, slow, record_text);
  g_autoptr (GBytes) bucket = make_bucket (2026, locator, sealed);
  g_autoptr (GError) error = NULL;
  json_t *expected = parse (record_text);
  json_t *record = bm_pack_open_record (head, slow, bucket, &error);

  g_assert_no_error (error);
  g_assert_true (json_equal (record, expected));
  json_decref (record);
  json_decref (expected);
}

/* The derivation is a format: another program must find what this one sealed. */
static void
test_locator_is_a_format (void)
{
  g_autoptr (BmPackHead) head = make_head (2026, 5);
  g_autoptr (BmPackHead) wide = make_head (2026, BM_PACK_MAX_BITS);
  g_autoptr (BmPackHead) whole = make_head (2026, 0);
  g_autoptr (BmKey) slow = make_slow (head, RESIDENT);
  g_autofree char *locator = locator_text (head, slow);
  g_autofree char *name = NULL;
  g_autofree char *wide_name = NULL;
  g_autofree char *whole_name = NULL;
  guint8 raw[BM_PACK_LOCATOR_LEN];

  g_assert_cmpstr (locator, ==, "82410d38904b406e4e936079feaaffb8");
  bm_pack_locate (head, slow, raw);
  name = bm_pack_dup_bucket_name (head, raw);
  wide_name = bm_pack_dup_bucket_name (wide, raw);
  whole_name = bm_pack_dup_bucket_name (whole, raw);
  g_assert_cmpstr (name, ==, "benefit/2026/5/10");
  g_assert_cmpstr (wide_name, ==, "benefit/2026/8/82");
  g_assert_cmpstr (whole_name, ==, "benefit/2026/0/00");
}

static void
test_wrong_number_finds_nothing (void)
{
  g_autoptr (BmPackHead) head = make_head (2026, 0);
  g_autoptr (BmKey) slow = make_slow (head, RESIDENT);
  g_autoptr (BmKey) other = make_slow (head, STRANGER);
  g_autofree char *locator = locator_text (head, slow);
  g_autofree char *sealed = seal (head, slow, record_text);
  g_autoptr (GBytes) bucket = make_bucket (2026, locator, sealed);
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_pack_open_record (head, other, bucket, &error));
  g_assert_no_error (error);
}

static void
test_moved_record_does_not_open (void)
{
  g_autoptr (BmPackHead) head = make_head (2026, 0);
  g_autoptr (BmPackHead) next_year = make_head (2027, 0);
  g_autoptr (BmKey) slow = make_slow (head, RESIDENT);
  g_autoptr (BmKey) other = make_slow (head, STRANGER);
  g_autofree char *locator = locator_text (head, slow);
  g_autofree char *elsewhere = locator_text (head, other);
  g_autofree char *later = locator_text (next_year, slow);
  g_autofree char *sealed = seal (head, slow, record_text);
  g_autoptr (GBytes) under_other = make_bucket (2026, elsewhere, sealed);
  g_autoptr (GBytes) in_next_year = make_bucket (2027, later, sealed);
  g_autoptr (GBytes) of_this_year = make_bucket (2026, locator, sealed);

  g_assert_cmpstr (locator, !=, later);
  assert_not_opened (head, other, under_other, BM_ERROR_CORRUPT);
  assert_not_opened (next_year, slow, in_next_year, BM_ERROR_CORRUPT);
  assert_not_opened (next_year, slow, of_this_year, BM_ERROR_INVALID);
}

static void
test_flipped_bits (void)
{
  g_autoptr (BmPackHead) head = make_head (2026, 0);
  g_autoptr (BmKey) slow = make_slow (head, RESIDENT);
  g_autofree char *locator = locator_text (head, slow);
  g_autofree char *sealed = seal (head, slow, record_text);
  gsize len = 0;
  g_autofree guint8 *raw = g_base64_decode (sealed, &len);

  for (gsize bit = 0; bit < len * 8; bit++)
    {
      g_autofree char *broken = NULL;
      g_autoptr (GBytes) bucket = NULL;
      g_autoptr (GError) error = NULL;

      raw[bit / 8] ^= (guint8) (1u << (bit % 8));
      broken = g_base64_encode (raw, len);
      bucket = make_bucket (2026, locator, broken);
      g_assert_null (bm_pack_open_record (head, slow, bucket, &error));
      g_assert_nonnull (error);
      g_assert_true (error->code == BM_ERROR_CORRUPT || error->code == BM_ERROR_UNSUPPORTED);
      raw[bit / 8] ^= (guint8) (1u << (bit % 8));
    }
}

static gsize
sealed_len (const char *sealed)
{
  gsize len = 0;
  g_autofree guint8 *raw = g_base64_decode (sealed, &len);

  return len;
}

/* Who draws a pension and who does not cannot be told by length. */
static void
test_lengths_say_little (void)
{
  g_autoptr (BmPackHead) head = make_head (2026, 0);
  g_autoptr (BmKey) slow = make_slow (head, RESIDENT);
  g_autofree char *much = seal (head, slow, record_text);
  g_autofree char *little = seal (head, slow, none_text);

  g_assert_cmpuint (sealed_len (much), ==, BM_SEAL_OVERHEAD + BM_PACK_PAD);
  g_assert_cmpuint (sealed_len (little), ==, sealed_len (much));
}

/* Every length that compressed bytes may have, filled up to the next step. */
static void
test_every_length_is_filled (void)
{
  g_autoptr (BmPackHead) head = make_head (2026, 0);
  g_autoptr (BmKey) slow = make_slow (head, RESIDENT);
  g_autofree char *locator = locator_text (head, slow);
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261118);
  json_t *record = parse (record_text);
  json_t *pension = json_object_get (record, "pension");

  for (guint len = 0; len < 200; len++)
    {
      g_autoptr (GString) why = g_string_new (NULL);
      g_autoptr (GBytes) bucket = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *sealed = NULL;
      json_t *opened;

      for (guint i = 0; i < len; i++)
        g_string_append_unichar (why, (gunichar) g_rand_int_range (rand, 0x4e00, 0x9fa0));
      json_object_set_new (pension, "why", json_string (why->str));
      sealed = bm_pack_seal_record (head, slow, record, &error);
      g_assert_no_error (error);
      g_assert_cmpuint ((sealed_len (sealed) - BM_SEAL_OVERHEAD) % BM_PACK_PAD, ==, 0);
      bucket = make_bucket (2026, locator, sealed);
      opened = bm_pack_open_record (head, slow, bucket, &error);
      g_assert_no_error (error);
      g_assert_true (json_equal (opened, record));
      json_decref (opened);
    }
  json_decref (record);
}

static void
test_torn_base64 (void)
{
  static const char *const torn[] = { "A",    "====",      "A===",    "AAA",     "AA=A",
                                      "A-A_", "AAAA AAAA", "AAAA\\n", "AAA=AAAA" };
  g_autoptr (BmPackHead) head = make_head (2026, 0);
  g_autoptr (BmKey) slow = make_slow (head, RESIDENT);
  g_autofree char *locator = locator_text (head, slow);
  g_autofree char *sealed = seal (head, slow, record_text);

  for (guint i = 0; i < G_N_ELEMENTS (torn); i++)
    {
      g_autoptr (GBytes) bucket = make_bucket (2026, locator, torn[i]);

      assert_not_opened (head, slow, bucket, BM_ERROR_INVALID);
    }
  for (gsize keep = strlen (sealed) - 1; keep > 0; keep--)
    {
      g_autoptr (GBytes) bucket = NULL;
      g_autoptr (GError) error = NULL;

      sealed[keep] = '\0';
      bucket = make_bucket (2026, locator, sealed);
      g_assert_null (bm_pack_open_record (head, slow, bucket, &error));
      g_assert_nonnull (error);
    }
}

/* Seals any bytes as if they were a record: what a platform gone mad could send. */
static GBytes *
bucket_of (const BmPackHead *head, const BmKey *slow, gconstpointer data, gsize len)
{
  g_autofree char *locator = locator_text (head, slow);
  g_autofree char *context_text = g_strdup_printf ("%s|%u", head->pack, head->year);
  g_autofree char *aad_text = g_strdup_printf ("bianmin pack|%s|%s", context_text, locator);
  g_autoptr (GBytes) context = static_bytes (context_text);
  g_autoptr (GBytes) aad = static_bytes (aad_text);
  g_autoptr (GBytes) plain = g_bytes_new (data, len);
  g_autoptr (BmKey) key = bm_kdf (slow, "pack record", context, NULL);
  g_autoptr (GBytes) sealed = bm_seal (key, aad, plain, NULL);
  g_autofree char *text =
    g_base64_encode (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));

  return make_bucket (head->year, locator, text);
}

static GBytes *
bucket_of_json (const BmPackHead *head, const BmKey *slow, const char *text, gsize len)
{
  gsize bound = ZSTD_compressBound (len);
  g_autofree guint8 *packed = g_malloc (bound);
  gsize packed_len = ZSTD_compress (packed, bound, text, len, 19);

  g_assert_false (ZSTD_isError (packed_len));
  return bucket_of (head, slow, packed, packed_len);
}

static void
test_zstd_bombs (void)
{
  g_autoptr (BmPackHead) head = make_head (2026, 0);
  g_autoptr (BmKey) slow = make_slow (head, RESIDENT);
  gsize len = 64 * 1024 * 1024;
  g_autofree char *blanks = g_malloc (len);
  guint8 lying[64];
  g_autoptr (GBytes) bomb = NULL;
  g_autoptr (GBytes) over = NULL;
  g_autoptr (GBytes) twice = NULL;
  g_autoptr (GBytes) small = NULL;
  g_autoptr (GBytes) nothing = bucket_of (head, slow, "", 0);
  g_autoptr (GBytes) noise = bucket_of (head, slow, "noise", 5);
  gsize packed_len;

  memset (blanks, ' ', len);
  bomb = bucket_of_json (head, slow, blanks, len);
  over = bucket_of_json (head, slow, blanks, BM_PACK_MAX_RECORD + 1);
  small = bucket_of_json (head, slow, blanks, BM_PACK_MAX_RECORD);
  /* Two frames: the first names a fitting length, the second would go past the end of it. */
  packed_len = ZSTD_compress (lying, sizeof lying / 2, blanks, 600, 3);
  g_assert_false (ZSTD_isError (packed_len));
  memcpy (lying + packed_len, lying, packed_len);
  twice = bucket_of (head, slow, lying, 2 * packed_len);
  assert_not_opened (head, slow, bomb, BM_ERROR_INVALID);
  assert_not_opened (head, slow, over, BM_ERROR_INVALID);
  assert_not_opened (head, slow, small, BM_ERROR_INVALID);
  assert_not_opened (head, slow, twice, BM_ERROR_INVALID);
  assert_not_opened (head, slow, nothing, BM_ERROR_INVALID);
  assert_not_opened (head, slow, noise, BM_ERROR_INVALID);
}

typedef struct
{
  const char *from;
  const char *to;
} Change;

static char *
changed (const char *text, const Change *change)
{
  const char *at = strstr (text, change->from);

  g_assert_nonnull (at);
  return g_strdup_printf ("%.*s%s%s", (int) (at - text), text, change->to,
                          at + strlen (change->from));
}

static const Change wrong_records[] = {
  { "\"version\":1", "\"version\":0" },
  { "\"version\":1", "\"version\":\"1\"" },
  { "\"name\":\"王秀兰\",", "" },
  { "王秀兰", "" },
  { "\"dup\"", "\"rich\"" },
  { "[\"dup\"]", "null" },
  { "\"as_of\":\"2026-11-18\"", "\"as_of\":\"2026-02-30\"" },
  { "\"pension\"", "\"pensoin\"" },
  { "paying", "happy" },
  { "\"area\":\"990121\"", "\"area\":\"99012\"" },
  { "\"since\":\"2008-04\"", "\"since\":\"2008-13\"" },
  { "\"since\":\"2008-04\"", "\"since\":null" },
  { "\"tail\":\"0001\"", "\"tail\":\"000x\"" },
  { "\"tail\":\"0001\"", "\"tail\":\"00001\"" },
  { "\"year_fen\":45680", "\"year_fen\":456.8" },
  { "\"fen\":22840", "\"fen\":22841" },
  { "\"fen\":22840", "\"fen\":99999999999" },
  { "\"state\":\"paid\"", "\"state\":\"maybe\"" },
  { "\"ym\":\"2026-11\"", "\"ym\":\"2026-09\"" },
  { "\"ym\":\"2026-11\"", "\"ym\":\"2026-10\"" },
  { "\"paid\":\"2026-11-15\"", "\"paid\":\"2026-11-31\"" },
  { "\"why\":\"\"", "\"why\":\"\",\"balance\":1" },
};

static void
test_wrong_shapes (void)
{
  g_autoptr (BmPackHead) head = make_head (2026, 0);
  g_autoptr (BmKey) slow = make_slow (head, RESIDENT);

  for (guint i = 0; i < G_N_ELEMENTS (wrong_records); i++)
    {
      g_autofree char *text = changed (record_text, &wrong_records[i]);
      g_autoptr (GBytes) bucket = bucket_of_json (head, slow, text, strlen (text));
      g_autoptr (GError) error = NULL;
      json_t *record = parse (text);

      assert_not_opened (head, slow, bucket, BM_ERROR_INVALID);
      g_assert_null (bm_pack_seal_record (head, slow, record, &error));
      g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
      json_decref (record);
    }
}

static void
test_version_of_tomorrow (void)
{
  static const Change change = { "\"version\":1", "\"version\":2" };
  g_autoptr (BmPackHead) head = make_head (2026, 0);
  g_autoptr (BmKey) slow = make_slow (head, RESIDENT);
  g_autofree char *record = changed (record_text, &change);
  g_autofree char *text = changed (head_text, &change);
  g_autoptr (GBytes) bucket = bucket_of_json (head, slow, record, strlen (record));
  g_autoptr (GBytes) body = static_bytes (text);
  g_autoptr (GError) error = NULL;

  assert_not_opened (head, slow, bucket, BM_ERROR_UNSUPPORTED);
  g_assert_null (bm_pack_head_parse (body, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED);
}

/* Thirteen months are one too many. */
static void
test_too_many_months (void)
{
  g_autoptr (BmPackHead) head = make_head (2026, 0);
  g_autoptr (BmKey) slow = make_slow (head, RESIDENT);
  g_autoptr (GError) error = NULL;
  json_t *record = parse (record_text);
  json_t *months = json_object_get (json_object_get (record, "pension"), "months");
  g_autofree char *sealed = NULL;

  for (int month = 9; json_array_size (months) < 12; month--)
    {
      g_autofree char *ym =
        g_strdup_printf ("%d-%02d", month > 0 ? 2026 : 2025, month > 0 ? month : month + 12);
      json_t *one = json_deep_copy (json_array_get (months, 0));

      json_object_set_new (one, "ym", json_string (ym));
      json_array_append_new (months, one);
    }
  sealed = bm_pack_seal_record (head, slow, record, &error);
  g_assert_no_error (error);
  json_array_append_new (months, json_deep_copy (json_array_get (months, 0)));
  g_assert_null (bm_pack_seal_record (head, slow, record, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  json_decref (record);
}

static const Change wrong_heads[] = {
  { "0c0d0e0f", "0c0d0e" },
  { "0c0d0e0f", "0c0d0e0f10" },
  { "0c0d0e0f", "0c0d0e0g" },
  { "0c0d0e0f", "0C0D0E0F" },
  { "\"bits\":5", "\"bits\":9" },
  { "\"bits\":5", "\"bits\":-1" },
  { "\"count\":32", "\"count\":1000001" },
  { "\"year\":2026", "\"year\":26" },
  { "\"as_of\":\"2026-11-18\"", "\"as_of\":\"18.11.2026\"" },
  { "benefit", "../benefit" },
  { "\"count\":32", "\"count\":32,\"more\":1" },
  { "\"count\":32", "\"count\":32,\"count\":33" },
};

static void
test_heads (void)
{
  g_autoptr (GBytes) body = static_bytes (head_text);
  g_autoptr (BmPackHead) head = bm_pack_head_parse (body, NULL);
  json_t *expected = parse (head_text);
  json_t *json = bm_pack_head_to_json (head);

  g_assert_cmpint (head->as_of, ==, bm_day_from_ymd (2026, 11, 18));
  g_assert_true (json_equal (json, expected));
  for (guint i = 0; i < G_N_ELEMENTS (wrong_heads); i++)
    {
      g_autofree char *text = changed (head_text, &wrong_heads[i]);
      g_autoptr (GBytes) wrong = static_bytes (text);
      g_autoptr (GError) error = NULL;

      g_assert_null (bm_pack_head_parse (wrong, &error));
      g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
    }
  json_decref (json);
  json_decref (expected);
}

static void
test_oversize (void)
{
  g_autoptr (BmPackHead) head = make_head (2026, 0);
  g_autoptr (BmKey) slow = make_slow (head, RESIDENT);
  g_autofree char *blanks = g_strnfill (2 * 1024 * 1024, ' ');
  g_autofree char *long_head = g_strconcat (head_text, blanks, NULL);
  g_autofree char *long_bucket = g_strconcat (
    "{\"version\":1,\"pack\":\"benefit\",\"year\":2026,\"as_of\":\"2026-11-18\",\"records\":{}}",
    blanks, NULL);
  g_autoptr (GBytes) head_body = static_bytes (long_head);
  g_autoptr (GBytes) bucket = static_bytes (long_bucket);
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_pack_head_parse (head_body, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  assert_not_opened (head, slow, bucket, BM_ERROR_INVALID);
  assert_not_opened (head, slow, nothing, BM_ERROR_INVALID);
}

/* Damaged heads, buckets and records of every kind: an error or the whole truth, never a crash. */
static void
test_random_damage (void)
{
  g_autoptr (BmPackHead) head = make_head (2026, 0);
  g_autoptr (BmKey) slow = make_slow (head, RESIDENT);
  g_autofree char *locator = locator_text (head, slow);
  g_autofree char *sealed = seal (head, slow, record_text);
  g_autoptr (GBytes) bucket = make_bucket (2026, locator, sealed);
  g_autoptr (GBytes) body = static_bytes (head_text);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  json_t *expected = parse (record_text);

  for (guint i = 0; i < ROUNDS; i++)
    {
      gsize head_bit = (gsize) g_rand_int_range (rand, 0, (gint32) strlen (head_text) * 8);
      gsize bit = (gsize) g_rand_int_range (rand, 0, (gint32) g_bytes_get_size (bucket) * 8);
      g_autoptr (GBytes) wrong_head = bytes_flipped (body, head_bit);
      g_autoptr (GBytes) wrong_bucket = bytes_flipped (bucket, bit);
      g_autoptr (GBytes) noise = random_bytes (rand, 300);
      g_autoptr (GBytes) strange =
        bucket_of (head, slow, g_bytes_get_data (noise, NULL), g_bytes_get_size (noise));
      g_autoptr (BmPackHead) read = bm_pack_head_parse (wrong_head, NULL);
      json_t *record = bm_pack_open_record (head, slow, wrong_bucket, NULL);

      g_assert_true (record == NULL || json_equal (record, expected));
      json_decref (record);
      g_assert_null (bm_pack_open_record (head, slow, noise, NULL));
      g_assert_null (bm_pack_open_record (head, slow, strange, NULL));
    }
  json_decref (expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/pack/round-trip", test_round_trip);
  g_test_add_func ("/pack/locator-is-a-format", test_locator_is_a_format);
  g_test_add_func ("/pack/wrong-number-finds-nothing", test_wrong_number_finds_nothing);
  g_test_add_func ("/pack/moved-record-does-not-open", test_moved_record_does_not_open);
  g_test_add_func ("/pack/flipped-bits", test_flipped_bits);
  g_test_add_func ("/pack/lengths-say-little", test_lengths_say_little);
  g_test_add_func ("/pack/every-length-is-filled", test_every_length_is_filled);
  g_test_add_func ("/pack/torn-base64", test_torn_base64);
  g_test_add_func ("/pack/zstd-bombs", test_zstd_bombs);
  g_test_add_func ("/pack/wrong-shapes", test_wrong_shapes);
  g_test_add_func ("/pack/version-of-tomorrow", test_version_of_tomorrow);
  g_test_add_func ("/pack/too-many-months", test_too_many_months);
  g_test_add_func ("/pack/heads", test_heads);
  g_test_add_func ("/pack/oversize", test_oversize);
  g_test_add_func ("/pack/random-damage", test_random_damage);
  return g_test_run ();
}
