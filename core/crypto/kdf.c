/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-kdf"

#include "core/crypto/crypto-private.h"

#include "core/error.h"

#include <string.h>

/*
 * Derivation.
 *
 * The fast KDF is NIST SP 800-108 in counter mode with HMAC-SM3 and 256 bits of output, so one block:
 *
 *   KDF (key, label, context) = HMAC-SM3 (key, 00000001 | label | 00 | context | 00000100)
 *
 * The slow one is Argon2id with 19 MiB, two passes, one lane.
 */

#define ID_MAX   64
#define SALT_MIN 8
#define SALT_MAX 64

/**
 * bm_kdf:
 * @key: a symmetric key
 * @label: what the derived key is for; ASCII, without a zero byte
 * @context: (nullable): what it is bound to
 * @error: %BM_ERROR_CRYPTO
 *
 * Derives a key of 32 bytes.
 *
 * Returns: (transfer full): the derived key
 */
BmKey *
bm_kdf (const BmKey *key, const char *label, GBytes *context, GError **error)
{
  static const guint8 counter[4] = { 0, 0, 0, 1 };
  static const guint8 bits[4] = { 0, 0, 1, 0 };
  guint8 output[BM_SM3_LEN];
  gsize context_len = 0;

  g_return_val_if_fail (key != NULL && key->kind == BM_KEY_SYMMETRIC, NULL);
  g_return_val_if_fail (label != NULL, NULL);

  const guint8 *bound = context != NULL ? g_bytes_get_data (context, &context_len) : NULL;
  g_autoptr (GByteArray) input = g_byte_array_new ();
  g_byte_array_append (input, counter, sizeof counter);
  g_byte_array_append (input, (const guint8 *) label, (guint) strlen (label) + 1);
  if (context_len > 0)
    g_byte_array_append (input, bound, (guint) context_len);
  g_byte_array_append (input, bits, sizeof bits);

  bm_hmac_sm3 (key, input->data, input->len, output);
  bm_wipe (input->data, input->len); /* the context may be a secret */
  BmKey *derived = bm_key_new_raw (output, sizeof output);
  bm_wipe (output, sizeof output);
  return derived;
}

/* Argon2id over the bytes of @secret; only tests take another memory than BM_ARGON2_MEMORY_KIB. */
gboolean
bm_crypto_argon2 (const char *secret,
                  gconstpointer salt,
                  gsize salt_len,
                  guint memory_kib,
                  guint8 ret_tag[BM_SYM_LEN],
                  GError **error)
{
  const unsigned long parameters[] = { BM_SYM_LEN, BM_ARGON2_PASSES, memory_kib, BM_ARGON2_LANES };
  gcry_kdf_hd_t kdf = NULL;

  bm_crypto_init ();
  gcry_error_t code =
    gcry_kdf_open (&kdf, GCRY_KDF_ARGON2, GCRY_KDF_ARGON2ID, parameters, G_N_ELEMENTS (parameters),
                   secret, strlen (secret), salt, salt_len, NULL, 0, NULL, 0);
  if (!bm_crypto_check (code, "open Argon2id", error))
    return FALSE;
  code = gcry_kdf_compute (kdf, NULL);
  if (code == 0)
    code = gcry_kdf_final (kdf, BM_SYM_LEN, ret_tag);
  gcry_kdf_close (kdf);
  return bm_crypto_check (code, "compute Argon2id", error);
}

/**
 * bm_slow_key:
 * @id_number: an ID number; letters are folded to upper case
 * @salt: 8 to 64 bytes
 * @error: %BM_ERROR_INVALID, %BM_ERROR_CRYPTO
 *
 * Derives the slow key of a person. Takes about 40 ms: call it on a worker.
 *
 * Returns: (transfer full): the key
 */
BmKey *
bm_slow_key (const char *id_number, GBytes *salt, GError **error)
{
  guint8 tag[BM_SYM_LEN];
  gsize salt_len = 0;

  g_return_val_if_fail (id_number != NULL && salt != NULL, NULL);

  gconstpointer salt_data = g_bytes_get_data (salt, &salt_len);
  gsize id_len = strnlen (id_number, ID_MAX + 1);
  if (id_len == 0 || id_len > ID_MAX || salt_len < SALT_MIN || salt_len > SALT_MAX)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "wrong length of number or salt");
      return NULL;
    }
  char *upper = g_ascii_strup (id_number, (gssize) id_len);
  gboolean ok = bm_crypto_argon2 (upper, salt_data, salt_len, BM_ARGON2_MEMORY_KIB, tag, error);
  bm_wipe_string (upper);
  BmKey *key = ok ? bm_key_new_raw (tag, sizeof tag) : NULL;
  bm_wipe (tag, sizeof tag);
  return key;
}

/**
 * bm_subject_tag:
 * @slow_key: what bm_slow_key() gave
 * @ret_tag: (out): the tag
 *
 * Gives the name under which the ledger knows a person without knowing who it is.
 */
void
bm_subject_tag (const BmKey *slow_key, guint8 ret_tag[BM_TAG_LEN])
{
  memset (ret_tag, 0, BM_TAG_LEN);
  g_return_if_fail (slow_key != NULL && slow_key->kind == BM_KEY_SYMMETRIC);

  g_autoptr (BmKey) derived = bm_kdf (slow_key, "subject-tag", NULL, NULL);
  if (derived != NULL)
    memcpy (ret_tag, derived->secret, BM_TAG_LEN);
}
