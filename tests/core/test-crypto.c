/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-crypto"

#include "core/crypto/crypto-private.h"
#include "core/error.h"

#include "tests/core/support.h"

#include <string.h>

/* GM/T 0003.5: the example of SM2 on the recommended curve. */
#define EXAMPLE_SECRET "sm2-priv:3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
#define EXAMPLE_PUBLIC                                                                                \
  "sm2-pub:0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea7" \
  "18cc1aa600aed05fbf35e084a6632f6072da9ad13"
#define EXAMPLE_SIGNATURE                                                                            \
  "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1" \
  "bb9038fd1f7f42d4840b69c485bbc1aa"

#define ROUNDS 20000

static void
test_sm3_abc (void)
{
  g_autoptr (GBytes) abc = g_bytes_new_static ("abc", 3);
  g_autoptr (GBytes) hash = bm_sm3_bytes (abc);

  assert_hex (hash, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
}

static void
test_hmac_key_lengths (void)
{
  g_autoptr (BmKey) key = NULL;
  guint8 mac[BM_SM3_LEN];
  guint8 inner[64 + 3];
  guint8 outer[64 + BM_SM3_LEN];
  guint8 expected[BM_SM3_LEN];

  /* HMAC by its definition, from SM3 alone. */
  for (gsize len = 16; len <= 64; len += 16)
    {
      g_autofree guint8 *material = g_malloc (len);
      memset (material, 0x5a, len);
      g_autoptr (GBytes) bytes = g_bytes_new (material, len);
      g_clear_pointer (&key, bm_key_unref);
      key = bm_key_new_symmetric (bytes, NULL);
      g_assert_nonnull (key);
      for (gsize i = 0; i < 64; i++)
        {
          guint8 byte = i < len ? material[i] : 0;
          inner[i] = byte ^ 0x36;
          outer[i] = byte ^ 0x5c;
        }
      memcpy (inner + 64, "abc", 3);
      bm_sm3 (inner, sizeof inner, outer + 64);
      bm_sm3 (outer, sizeof outer, expected);
      bm_hmac_sm3 (key, "abc", 3, mac);
      g_assert_cmpmem (mac, sizeof mac, expected, sizeof expected);
    }
}

static void
test_kdf_is_sp800_108 (void)
{
  g_autoptr (GBytes) material = bytes_from_hex ("000102030405060708090a0b0c0d0e0f"
                                                "101112131415161718191a1b1c1d1e1f");
  g_autoptr (BmKey) key = bm_key_new_symmetric (material, NULL);
  g_autoptr (GBytes) context = g_bytes_new_static ("ctx", 3);
  g_autoptr (BmKey) derived = bm_kdf (key, "label", context, NULL);
  guint8 expected[BM_SM3_LEN];
  static const char input[] = "\0\0\0\1label\0ctx\0\0\1\0";

  bm_hmac_sm3 (key, input, sizeof input - 1, expected);
  g_assert_cmpmem (derived->secret, derived->secret_len, expected, sizeof expected);

  g_autoptr (BmKey) other_label = bm_kdf (key, "labem", context, NULL);
  g_autoptr (BmKey) other_context = bm_kdf (key, "label", NULL, NULL);
  g_assert_cmpstr (bm_key_get_id (derived), !=, bm_key_get_id (other_label));
  g_assert_cmpstr (bm_key_get_id (derived), !=, bm_key_get_id (other_context));
}

/* RFC 8998 appendix A.1 (GB/T 36624): SM4-GCM. */
static void
test_sm4_gcm_rfc8998 (void)
{
  g_autoptr (GBytes) key = bytes_from_hex ("0123456789abcdeffedcba9876543210");
  g_autoptr (GBytes) nonce = bytes_from_hex ("00001234567800000000abcd");
  g_autoptr (GBytes) aad = bytes_from_hex ("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  g_autoptr (GBytes) plain =
    bytes_from_hex ("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
                    "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa");
  guint8 sealed[64 + 16];
  g_autoptr (GError) error = NULL;

  bm_crypto_init ();
  g_assert_true (bm_sm4_gcm_encrypt (g_bytes_get_data (key, NULL), g_bytes_get_data (nonce, NULL),
                                     aad, plain, sealed, &error));
  g_assert_no_error (error);
  g_autoptr (GBytes) result = g_bytes_new (sealed, sizeof sealed);
  assert_hex (result, "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
                      "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
                      "83de3541e4c2b58177e065a9bf7b62ec");
}

/* The reference implementation's own test: password, somesalt, t=2, m=64 MiB, p=1. */
static void
test_argon2_reference (void)
{
  guint8 tag[BM_SYM_LEN];

  g_assert_true (bm_crypto_argon2 ("password", "somesalt", 8, 65536, tag, NULL));
  g_autoptr (GBytes) result = g_bytes_new (tag, sizeof tag);
  assert_hex (result, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
}

static void
test_argon2_deterministic_and_salted (void)
{
  g_autoptr (GBytes) salt = g_bytes_new_static ("0123456789abcdef", 16);
  g_autoptr (GBytes) other_salt = g_bytes_new_static ("0123456789abcdeg", 16);
  g_autoptr (BmKey) lower = bm_slow_key ("99012119480312002x", salt, NULL);
  g_autoptr (BmKey) upper = bm_slow_key ("99012119480312002X", salt, NULL);
  g_autoptr (BmKey) other = bm_slow_key ("99012119480312002X", other_salt, NULL);
  guint8 tag[BM_TAG_LEN], other_tag[BM_TAG_LEN];

  g_assert_cmpstr (bm_key_get_id (lower), ==, bm_key_get_id (upper));
  g_assert_cmpstr (bm_key_get_id (lower), !=, bm_key_get_id (other));
  bm_subject_tag (lower, tag);
  bm_subject_tag (other, other_tag);
  g_assert_cmpint (memcmp (tag, other_tag, sizeof tag), !=, 0);
  /* The tag does not give the key away: it is a derivation, not a prefix. */
  g_assert_cmpint (memcmp (tag, lower->secret, sizeof tag), !=, 0);
}

static void
test_slow_key_limits (void)
{
  g_autoptr (GBytes) short_salt = g_bytes_new_static ("1234567", 7);
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_slow_key ("990121194803120028", short_salt, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
}

static void
test_key_text_round_trip (void)
{
  const BmKeyKind kinds[] = { BM_KEY_SYMMETRIC, BM_KEY_SM2_PRIVATE };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (BmKey) key = bm_key_generate (kinds[i], NULL);
      char *text = bm_key_to_string (key);
      g_autoptr (BmKey) again = bm_key_new_from_string (text, NULL);
      g_assert_nonnull (again);
      g_assert_cmpint (bm_key_get_kind (again), ==, kinds[i]);
      g_assert_cmpstr (bm_key_get_id (again), ==, bm_key_get_id (key));
      g_assert_cmpuint (strlen (bm_key_get_id (key)), ==, 16);
      bm_wipe_string (text);
    }
  g_autoptr (BmKey) secret = bm_key_new_from_string (EXAMPLE_SECRET, NULL);
  g_autoptr (BmKey) public_key = bm_key_dup_public (secret);
  g_autofree char *public_text = bm_key_to_string (public_key);
  g_assert_cmpstr (public_text, ==, EXAMPLE_PUBLIC);
  g_assert_cmpstr (bm_key_get_id (secret), ==, bm_key_get_id (public_key));
  g_assert_cmpint (bm_key_get_kind (public_key), ==, BM_KEY_SM2_PUBLIC);
}

static void
test_key_text_refused (void)
{
  static const char *const texts[] = {
    "",
    "sym:",
    "sym:00",
    "sym:0011223344556677889900112233445",  /* odd */
    "sym:001122334455667788990011223344zz", /* not hex */
    "sm2-priv:0000000000000000000000000000000000000000000000000000000000000000",
    "sm2-priv:fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122", /* n - 1 */
    "sm2-priv:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "sm2-pub:0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea7"
    "18cc1aa600aed05fbf35e084a6632f6072da9ad14", /* off the curve */
    "sm2-pub:04",
    "SYM:00112233445566778899001122334455",
    "rsa:00112233445566778899001122334455",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (bm_key_new_from_string (texts[i], &error));
      g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
    }
}

static void
test_key_text_random (void)
{
  static const char *const prefixes[] = { "sym:", "sm2-priv:", "sm2-pub:", "" };
  GRand *rand = g_rand_new_with_seed (7);

  for (guint i = 0; i < ROUNDS; i++)
    {
      GString *text = g_string_new (prefixes[i % G_N_ELEMENTS (prefixes)]);
      guint len = (guint) g_rand_int_range (rand, 0, 170);
      for (guint k = 0; k < len; k++)
        g_string_append_c (text, i % 8 < 4
                                   ? "0123456789abcdefABCDEF"[g_rand_int_range (rand, 0, 22)]
                                   : (char) g_rand_int_range (rand, 1, 256));
      g_autoptr (GError) error = NULL;
      g_autoptr (BmKey) key = bm_key_new_from_string (text->str, &error);
      g_assert_true ((key == NULL) == (error != NULL));
      g_string_free (text, TRUE);
    }
  g_rand_free (rand);
}

static void
test_sign_known_answer (void)
{
  g_autoptr (BmKey) key = bm_key_new_from_string (EXAMPLE_PUBLIC, NULL);
  g_autoptr (GBytes) message = g_bytes_new_static ("message digest", 14);
  g_autoptr (GBytes) signature = bytes_from_hex (EXAMPLE_SIGNATURE);
  g_autoptr (GError) error = NULL;

  g_assert_true (bm_verify (key, message, signature, &error));
  g_assert_no_error (error);
}

static void
test_sign_round_trip (void)
{
  g_autoptr (BmKey) key = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autoptr (BmKey) public_key = bm_key_dup_public (key);

  /* Enough rounds that leading zeros in r and s are met. */
  for (guint i = 0; i < 600; i++)
    {
      g_autoptr (GBytes) message = g_bytes_new (&i, i % 5);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) signature = bm_sign (key, message, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (signature), ==, BM_SM2_SIGNATURE_LEN);
      g_assert_true (bm_verify (public_key, message, signature, &error));
      g_assert_no_error (error);
    }
}

static void
test_sign_tampered (void)
{
  g_autoptr (BmKey) key = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autoptr (BmKey) stranger = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autoptr (GBytes) message = g_bytes_new_static ("accepted 7", 10);
  g_autoptr (GBytes) other = g_bytes_new_static ("accepted 8", 10);
  g_autoptr (GBytes) signature = bm_sign (key, message, NULL);

  for (gsize i = 0; i < BM_SM2_SIGNATURE_LEN; i++)
    {
      g_autoptr (GBytes) changed = bytes_flipped (signature, i * 8 + i % 8);
      g_autoptr (GError) error = NULL;
      g_assert_false (bm_verify (key, message, changed, &error));
      g_assert_error (error, BM_ERROR, BM_ERROR_CORRUPT);
    }
  for (gsize len = 0; len <= BM_SM2_SIGNATURE_LEN; len += 21)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (signature, 0, len);
      g_assert_false (bm_verify (key, message, cut, NULL));
    }
  guint8 zeros[BM_SM2_SIGNATURE_LEN] = { 0 };
  g_autoptr (GBytes) nothing = g_bytes_new (zeros, sizeof zeros);
  g_assert_false (bm_verify (key, message, nothing, NULL));
  g_assert_false (bm_verify (key, other, signature, NULL));
  g_assert_false (bm_verify (stranger, message, signature, NULL));
}

static void
test_seal_round_trip (void)
{
  static const gsize lengths[] = { 0, 1, 15, 16, 17, 1000, 100000 };
  g_autoptr (BmKey) key = bm_key_generate (BM_KEY_SYMMETRIC, NULL);
  g_autoptr (BmKey) pair = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autoptr (BmKey) public_key = bm_key_dup_public (pair);
  g_autoptr (GBytes) aad = g_bytes_new_static ("header", 6);

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (guint with_aad = 0; with_aad < 2; with_aad++)
      {
        g_autofree guint8 *data = g_malloc (lengths[i] + 1);
        bm_random_bytes (data, lengths[i]);
        g_autoptr (GBytes) plain = g_bytes_new (data, lengths[i]);
        GBytes *bound = with_aad ? aad : NULL;
        g_autoptr (GError) error = NULL;
        g_autoptr (GBytes) sealed = bm_seal (key, bound, plain, &error);
        g_assert_no_error (error);
        g_autoptr (GBytes) sent = bm_seal_to (public_key, bound, plain, &error);
        g_assert_no_error (error);
        g_autoptr (GBytes) opened = bm_unseal (key, bound, sealed, &error);
        g_assert_no_error (error);
        g_autoptr (GBytes) received = bm_unseal_with (pair, bound, sent, &error);
        g_assert_no_error (error);
        g_assert_cmpuint (g_bytes_get_size (sealed), ==, lengths[i] + BM_SEAL_OVERHEAD);
        g_assert_true (g_bytes_equal (plain, opened));
        g_assert_true (g_bytes_equal (plain, received));
        g_assert_null (bm_unseal (key, with_aad ? NULL : aad, sealed, NULL));
        g_assert_null (bm_unseal_with (pair, with_aad ? NULL : aad, sent, NULL));
      }
}

/* SM2 ciphertext parts with leading zero bytes: one in 128 has one. */
static void
test_seal_to_leading_zeros (void)
{
  g_autoptr (BmKey) pair = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autoptr (GBytes) plain = g_bytes_new_static ("start key", 9);

  for (guint i = 0; i < 600; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) sent = bm_seal_to (pair, NULL, plain, &error);
      g_assert_no_error (error);
      g_autoptr (GBytes) opened = bm_unseal_with (pair, NULL, sent, &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (plain, opened));
    }
}

typedef GBytes *(*Opener) (const BmKey *key, GBytes *aad, GBytes *sealed, GError **error);

static void
attack_blob (Opener opener, const BmKey *key, GBytes *sealed)
{
  gsize size = g_bytes_get_size (sealed);

  for (gsize byte = 0; byte < size; byte++)
    {
      g_autoptr (GBytes) changed = bytes_flipped (sealed, byte * 8 + byte % 8);
      g_autoptr (GError) error = NULL;
      g_assert_null (opener (key, NULL, changed, &error));
      int expected = byte == 0 ? BM_ERROR_UNSUPPORTED : BM_ERROR_CORRUPT;
      g_assert_error (error, BM_ERROR, expected);
    }
  for (gsize len = 0; len < size; len++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (sealed, 0, len);
      g_autoptr (GError) error = NULL;
      g_assert_null (opener (key, NULL, cut, &error));
      g_assert_error (error, BM_ERROR, BM_ERROR_CORRUPT);
    }
}

static void
test_seal_tampered (void)
{
  g_autoptr (BmKey) key = bm_key_generate (BM_KEY_SYMMETRIC, NULL);
  g_autoptr (BmKey) other = bm_key_generate (BM_KEY_SYMMETRIC, NULL);
  g_autoptr (BmKey) pair = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autoptr (BmKey) stranger = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autoptr (GBytes) plain = g_bytes_new_static ("990121194803120028", 18);
  g_autoptr (GBytes) sealed = bm_seal (key, NULL, plain, NULL);
  g_autoptr (GBytes) again = bm_seal (key, NULL, plain, NULL);
  g_autoptr (GBytes) sent = bm_seal_to (pair, NULL, plain, NULL);

  attack_blob (bm_unseal, key, sealed);
  attack_blob (bm_unseal_with, pair, sent);
  g_assert_null (bm_unseal (other, NULL, sealed, NULL));
  g_assert_null (bm_unseal_with (stranger, NULL, sent, NULL));
  g_assert_false (g_bytes_equal (sealed, again)); /* a nonce of its own each time */
}

static void
test_seal_random (void)
{
  g_autoptr (BmKey) key = bm_key_generate (BM_KEY_SYMMETRIC, NULL);
  GRand *rand = g_rand_new_with_seed (11);

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GBytes) noise = random_bytes (rand, 120);
      g_autoptr (GError) error = NULL;
      g_assert_null (bm_unseal (key, NULL, noise, &error));
      g_assert_nonnull (error);
    }
  g_rand_free (rand);
}

static void
test_password (void)
{
  g_autofree char *hash = bm_password_hash ("2202", NULL);
  g_autofree char *again = bm_password_hash ("2202", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_str_has_prefix (hash, "$sm$argon2id$"));
  g_assert_cmpstr (hash, !=, again);
  g_assert_true (bm_password_check (hash, "2202"));
  g_assert_false (bm_password_check (hash, "2203"));
  g_assert_false (bm_password_check (hash, ""));
  g_assert_false (bm_password_check (hash, "22020"));
  g_assert_false (bm_password_check ("", "2202"));
  g_assert_false (bm_password_check ("$sm$argon2id$", "2202"));
  hash[strlen (hash) - 1] = hash[strlen (hash) - 1] == '0' ? '1' : '0';
  g_assert_false (bm_password_check (hash, "2202"));
  g_assert_null (bm_password_hash ("", &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/crypto/sm3/abc", test_sm3_abc);
  g_test_add_func ("/crypto/hmac/key-lengths", test_hmac_key_lengths);
  g_test_add_func ("/crypto/kdf/is-sp800-108", test_kdf_is_sp800_108);
  g_test_add_func ("/crypto/sm4-gcm/rfc8998", test_sm4_gcm_rfc8998);
  g_test_add_func ("/crypto/slow-key/reference", test_argon2_reference);
  g_test_add_func ("/crypto/slow-key/deterministic-and-salted",
                   test_argon2_deterministic_and_salted);
  g_test_add_func ("/crypto/slow-key/limits", test_slow_key_limits);
  g_test_add_func ("/crypto/key/text-round-trip", test_key_text_round_trip);
  g_test_add_func ("/crypto/key/text-refused", test_key_text_refused);
  g_test_add_func ("/crypto/key/text-random", test_key_text_random);
  g_test_add_func ("/crypto/sign/known-answer", test_sign_known_answer);
  g_test_add_func ("/crypto/sign/round-trip", test_sign_round_trip);
  g_test_add_func ("/crypto/sign/tampered", test_sign_tampered);
  g_test_add_func ("/crypto/seal/round-trip", test_seal_round_trip);
  g_test_add_func ("/crypto/seal/leading-zeros", test_seal_to_leading_zeros);
  g_test_add_func ("/crypto/seal/tampered", test_seal_tampered);
  g_test_add_func ("/crypto/seal/random", test_seal_random);
  g_test_add_func ("/crypto/password", test_password);
  return g_test_run ();
}
