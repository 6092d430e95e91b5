/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-seal"

#include "core/crypto/crypto-private.h"

#include "core/error.h"

#include <string.h>

/*
 * Sealed blobs, byte for byte:
 *
 *   bm_seal     suite 1 | nonce 12 | ciphertext n | tag 16
 *   bm_seal_once  suite 2 | ciphertext n | tag 16
 *   bm_seal_to  suite 1 | C1 65 | C3 32 | C2 33 | nonce 12 | ciphertext n | tag 16
 *
 * The SM4 key is the first 16 bytes of KDF (key, "sm4-gcm"), so that one handle may seal, MAC and
 * derive without one use weakening another. bm_seal_once() takes KDF (key, "sm4-gcm-once") instead: bytes
 * 0 to 15 are the SM4 key, bytes 16 to 27 the nonce. GCM needs a nonce that is new under its key; where
 * the key itself is new for every blob, a nonce that follows from it is as new. bm_seal_to() encrypts 01 and 32 fresh bytes of material with
 * SM2 (GB/T 32918.4, C1 | C3 | C2) and seals with them: libgcrypt takes the plaintext for a number, so
 * its first byte must not be zero. The additional data is authenticated, not stored.
 */

#define C3_LEN   BM_SM3_LEN
#define C2_LEN   (1 + BM_SYM_LEN)
#define C2_MARK  1
#define ENVELOPE (BM_SM2_POINT_LEN + C3_LEN + C2_LEN)

static void
close_cipher (gpointer cipher)
{
  gcry_cipher_close (cipher);
}

/* This thread's own handle, in secure memory: to open one for every entry costs as much as to seal it. */
static gcry_error_t
borrow_cipher (BmCipher *ret_cipher)
{
  static GPrivate own = G_PRIVATE_INIT (close_cipher);
  gcry_error_t code = 0;

  *ret_cipher = g_private_get (&own);
  if (*ret_cipher != NULL)
    return 0;
  bm_crypto_init ();
  code = gcry_cipher_open (ret_cipher, GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_GCM, GCRY_CIPHER_SECURE);
  if (code == 0)
    g_private_set (&own, *ret_cipher);
  return code;
}

/* The key is not kept until the next one comes: what the handle knows from here on is zeros. */
static void
forget_key (BmCipher cipher)
{
  static const guint8 zeros[BM_SM4_KEY_LEN];

  if (cipher != NULL)
    (void) gcry_cipher_setkey (cipher, zeros, sizeof zeros); /* zeros are as good a key as any */
}

static gboolean
open_cipher (const guint8 key[BM_SM4_KEY_LEN],
             const guint8 nonce[BM_NONCE_LEN],
             GBytes *aad,
             BmCipher *ret_cipher,
             GError **error)
{
  gcry_error_t code = borrow_cipher (ret_cipher);

  if (code == 0)
    code = gcry_cipher_setkey (*ret_cipher, key, BM_SM4_KEY_LEN);
  if (code == 0)
    code = gcry_cipher_reset (*ret_cipher);
  if (code == 0)
    code = gcry_cipher_setiv (*ret_cipher, nonce, BM_NONCE_LEN);
  if (code == 0 && aad != NULL && g_bytes_get_size (aad) > 0)
    code =
      gcry_cipher_authenticate (*ret_cipher, g_bytes_get_data (aad, NULL), g_bytes_get_size (aad));
  if (code == 0)
    code = gcry_cipher_final (*ret_cipher);
  return bm_crypto_check (code, "set up SM4-GCM", error);
}

/* SM4-GCM itself: writes as many bytes as @plain has, then the tag. */
gboolean
bm_sm4_gcm_encrypt (const guint8 key[BM_SM4_KEY_LEN],
                    const guint8 nonce[BM_NONCE_LEN],
                    GBytes *aad,
                    GBytes *plain,
                    guint8 *ret_sealed,
                    GError **error)
{
  BmCipher cipher = NULL;
  gcry_error_t code = 0;
  gsize len = 0;
  const guint8 *data = g_bytes_get_data (plain, &len);

  if (!open_cipher (key, nonce, aad, &cipher, error))
    {
      forget_key (cipher);
      return FALSE;
    }
  if (len > 0)
    code = gcry_cipher_encrypt (cipher, ret_sealed, len, data, len);
  if (code == 0)
    code = gcry_cipher_gettag (cipher, ret_sealed + len, BM_GCM_TAG_LEN);
  forget_key (cipher);
  return bm_crypto_check (code, "seal", error);
}

/* Writes nonce | ciphertext | tag. */
static gboolean
seal_into (const BmKey *key, GBytes *aad, GBytes *plain, guint8 *out, GError **error)
{
  g_autoptr (BmKey) derived = bm_kdf (key, "sm4-gcm", NULL, error);

  if (derived == NULL)
    return FALSE;
  bm_random_bytes (out, BM_NONCE_LEN);
  return bm_sm4_gcm_encrypt (derived->secret, out, aad, plain, out + BM_NONCE_LEN, error);
}

static void
wipe_bytes (gpointer data)
{
  GBytes *buffer = data;
  gsize len = 0;
  gpointer bytes = g_bytes_unref_to_data (buffer, &len);

  bm_wipe (bytes, len);
  g_free (bytes);
}

/* Plaintext whose memory is wiped when the last reference goes. */
static GBytes *
new_wiped_bytes (guint8 *data, gsize len)
{
  return g_bytes_new_with_free_func (data, len, wipe_bytes, g_bytes_new_take (data, len));
}

static gboolean
set_corrupt (GError **error)
{
  g_set_error_literal (error, BM_ERROR, BM_ERROR_CORRUPT, "sealed bytes do not verify");
  return FALSE;
}

/* Opens ciphertext | tag. */
static GBytes *
open_sealed (const guint8 key[BM_SM4_KEY_LEN],
             const guint8 nonce[BM_NONCE_LEN],
             GBytes *aad,
             const guint8 *in,
             gsize in_len,
             GError **error)
{
  BmCipher cipher = NULL;
  gcry_error_t code = 0;

  g_assert (in_len >= BM_GCM_TAG_LEN);

  if (!open_cipher (key, nonce, aad, &cipher, error))
    {
      forget_key (cipher);
      return NULL;
    }
  gsize len = in_len - BM_GCM_TAG_LEN;
  guint8 *plain = g_malloc (len + 1);
  if (len > 0)
    code = gcry_cipher_decrypt (cipher, plain, len, in, len);
  if (code == 0)
    code = gcry_cipher_checktag (cipher, in + len, BM_GCM_TAG_LEN);
  forget_key (cipher);
  if (code == 0)
    return new_wiped_bytes (plain, len);
  bm_wipe (plain, len);
  g_free (plain);
  set_corrupt (error);
  return NULL;
}

/* Opens nonce | ciphertext | tag. */
static GBytes *
unseal_from (const BmKey *key, GBytes *aad, const guint8 *in, gsize in_len, GError **error)
{
  g_autoptr (BmKey) derived = bm_kdf (key, "sm4-gcm", NULL, error);

  g_assert (in_len >= BM_NONCE_LEN + BM_GCM_TAG_LEN);

  if (derived == NULL)
    return NULL;
  return open_sealed (derived->secret, in, aad, in + BM_NONCE_LEN, in_len - BM_NONCE_LEN, error);
}

static gboolean
check_suite (const guint8 *data, gsize len, guint8 suite, gsize overhead, GError **error)
{
  if (len >= 1 && data[0] != suite)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED, "unknown suite %u", data[0]);
      return FALSE;
    }
  return len >= overhead || set_corrupt (error);
}

/**
 * bm_seal:
 * @key: a symmetric key
 * @aad: (nullable): additional data, authenticated but not stored
 * @plain: what to seal
 * @error: %BM_ERROR_CRYPTO
 *
 * Seals @plain under @key.
 *
 * Returns: (transfer full): the blob
 */
GBytes *
bm_seal (const BmKey *key, GBytes *aad, GBytes *plain, GError **error)
{
  g_return_val_if_fail (key != NULL && key->kind == BM_KEY_SYMMETRIC, NULL);
  g_return_val_if_fail (plain != NULL, NULL);

  gsize len = g_bytes_get_size (plain) + BM_SEAL_OVERHEAD;
  g_autofree guint8 *out = g_malloc (len);
  out[0] = BM_SUITE_SM;
  if (!seal_into (key, aad, plain, out + 1, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&out), len);
}

/**
 * bm_unseal:
 * @key: the key it was sealed under
 * @aad: (nullable): the additional data it was sealed with
 * @sealed: the blob
 * @error: %BM_ERROR_CORRUPT, %BM_ERROR_UNSUPPORTED, %BM_ERROR_CRYPTO
 *
 * Opens a blob of bm_seal().
 *
 * Returns: (transfer full): the plaintext; its memory is wiped with the last reference
 */
GBytes *
bm_unseal (const BmKey *key, GBytes *aad, GBytes *sealed, GError **error)
{
  gsize len = 0;

  g_return_val_if_fail (key != NULL && key->kind == BM_KEY_SYMMETRIC, NULL);
  g_return_val_if_fail (sealed != NULL, NULL);

  const guint8 *data = g_bytes_get_data (sealed, &len);
  if (!check_suite (data, len, BM_SUITE_SM, BM_SEAL_OVERHEAD, error))
    return NULL;
  return unseal_from (key, aad, data + 1, len - 1, error);
}

/* The SM4 key and, behind it, the nonce. */
static BmKey *
derive_once (const BmKey *key, GError **error)
{
  G_STATIC_ASSERT (BM_SM4_KEY_LEN + BM_NONCE_LEN <= BM_SYM_LEN);

  return bm_kdf (key, "sm4-gcm-once", NULL, error);
}

/**
 * bm_seal_once:
 * @key: a symmetric key that never seals anything else
 * @aad: (nullable): additional data, authenticated but not stored
 * @plain: what to seal
 * @error: %BM_ERROR_CRYPTO
 *
 * Seals @plain under @key without storing a nonce.
 *
 * Returns: (transfer full): the blob
 */
GBytes *
bm_seal_once (const BmKey *key, GBytes *aad, GBytes *plain, GError **error)
{
  g_return_val_if_fail (key != NULL && key->kind == BM_KEY_SYMMETRIC, NULL);
  g_return_val_if_fail (plain != NULL, NULL);

  g_autoptr (BmKey) derived = derive_once (key, error);
  if (derived == NULL)
    return NULL;
  gsize len = g_bytes_get_size (plain) + BM_SEAL_ONCE_OVERHEAD;
  g_autofree guint8 *out = g_malloc (len);
  out[0] = BM_SUITE_SM_ONCE;
  if (!bm_sm4_gcm_encrypt (derived->secret, derived->secret + BM_SM4_KEY_LEN, aad, plain, out + 1,
                           error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&out), len);
}

/**
 * bm_unseal_once:
 * @key: the key it was sealed under
 * @aad: (nullable): the additional data it was sealed with
 * @sealed: the blob
 * @error: %BM_ERROR_CORRUPT, %BM_ERROR_UNSUPPORTED, %BM_ERROR_CRYPTO
 *
 * Opens a blob of bm_seal_once().
 *
 * Returns: (transfer full): the plaintext; its memory is wiped with the last reference
 */
GBytes *
bm_unseal_once (const BmKey *key, GBytes *aad, GBytes *sealed, GError **error)
{
  gsize len = 0;

  g_return_val_if_fail (key != NULL && key->kind == BM_KEY_SYMMETRIC, NULL);
  g_return_val_if_fail (sealed != NULL, NULL);

  const guint8 *data = g_bytes_get_data (sealed, &len);
  if (!check_suite (data, len, BM_SUITE_SM_ONCE, BM_SEAL_ONCE_OVERHEAD, error))
    return NULL;
  g_autoptr (BmKey) derived = derive_once (key, error);
  if (derived == NULL)
    return NULL;
  return open_sealed (derived->secret, derived->secret + BM_SM4_KEY_LEN, aad, data + 1, len - 1,
                      error);
}

/* SM2-encrypts the material of @inner; writes C1 | C3 | C2. */
static gboolean
wrap_key (const BmKey *public_key, const BmKey *inner, guint8 *out, GError **error)
{
  g_auto (BmSexp) key_sexp = NULL;
  g_auto (BmSexp) data = NULL;
  g_auto (BmSexp) result = NULL;
  g_autoptr (BmKey) only_public = bm_key_dup_public (public_key);

  if (!bm_key_build_sexp (only_public, &key_sexp, error))
    return FALSE;
  guint8 *material = gcry_xmalloc_secure (C2_LEN);
  material[0] = C2_MARK;
  memcpy (material + 1, inner->secret, BM_SYM_LEN);
  gcry_error_t code = gcry_sexp_build (&data, NULL, "(data (flags sm2) (hash-algo sm3) (value %b))",
                                       C2_LEN, material);
  if (code == 0)
    code = gcry_pk_encrypt (&result, data, key_sexp);
  gcry_free (material); /* secure memory is wiped when freed */
  if (!bm_crypto_check (code, "encrypt with SM2", error))
    return FALSE;
  if (!bm_sexp_copy_fixed (result, "a", out, BM_SM2_POINT_LEN) ||
      !bm_sexp_copy_fixed (result, "b", out + BM_SM2_POINT_LEN, C3_LEN) ||
      !bm_sexp_copy_fixed (result, "c", out + BM_SM2_POINT_LEN + C3_LEN, C2_LEN))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_CRYPTO, "cannot read the SM2 ciphertext");
      return FALSE;
    }
  return TRUE;
}

static BmKey *
unwrap_key (const BmKey *private_key, const guint8 *in, GError **error)
{
  g_auto (BmSexp) key_sexp = NULL;
  g_auto (BmSexp) data = NULL;
  g_auto (BmSexp) result = NULL;
  guint8 material[C2_LEN];

  if (!bm_key_build_sexp (private_key, &key_sexp, error))
    return NULL;
  gcry_error_t code =
    gcry_sexp_build (&data, NULL,
                     "(enc-val (flags sm2) (hash-algo sm3) (sm2 (a %b) (b %b) (c %b)))",
                     BM_SM2_POINT_LEN, in, C3_LEN, in + BM_SM2_POINT_LEN, C2_LEN,
                     in + BM_SM2_POINT_LEN + C3_LEN);
  if (code == 0)
    code = gcry_pk_decrypt (&result, data, key_sexp);
  if (code != 0 || !bm_sexp_copy_fixed (result, "value", material, sizeof material) ||
      material[0] != C2_MARK)
    {
      set_corrupt (error);
      return NULL;
    }
  BmKey *inner = bm_key_new_raw (material + 1, BM_SYM_LEN);
  bm_wipe (material, sizeof material);
  return inner;
}

/**
 * bm_seal_to:
 * @public_key: an SM2 key, of which only the public half is used
 * @aad: (nullable): additional data, authenticated but not stored
 * @plain: what to seal
 * @error: %BM_ERROR_CRYPTO
 *
 * Seals @plain so that only the owner of the private key can open it.
 *
 * Returns: (transfer full): the blob
 */
GBytes *
bm_seal_to (const BmKey *public_key, GBytes *aad, GBytes *plain, GError **error)
{
  g_return_val_if_fail (public_key != NULL && public_key->kind != BM_KEY_SYMMETRIC, NULL);
  g_return_val_if_fail (plain != NULL, NULL);

  g_autoptr (BmKey) inner = bm_key_generate (BM_KEY_SYMMETRIC, error);
  if (inner == NULL)
    return NULL;
  gsize len = g_bytes_get_size (plain) + BM_SEAL_OVERHEAD + ENVELOPE;
  g_autofree guint8 *out = g_malloc (len);
  out[0] = BM_SUITE_SM;
  if (!wrap_key (public_key, inner, out + 1, error) ||
      !seal_into (inner, aad, plain, out + 1 + ENVELOPE, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&out), len);
}

/**
 * bm_unseal_with:
 * @private_key: an SM2 private key
 * @aad: (nullable): the additional data it was sealed with
 * @sealed: the blob
 * @error: %BM_ERROR_CORRUPT, %BM_ERROR_UNSUPPORTED, %BM_ERROR_CRYPTO
 *
 * Opens a blob of bm_seal_to().
 *
 * Returns: (transfer full): the plaintext; its memory is wiped with the last reference
 */
GBytes *
bm_unseal_with (const BmKey *private_key, GBytes *aad, GBytes *sealed, GError **error)
{
  gsize len = 0;

  g_return_val_if_fail (private_key != NULL && private_key->kind == BM_KEY_SM2_PRIVATE, NULL);
  g_return_val_if_fail (sealed != NULL, NULL);

  const guint8 *data = g_bytes_get_data (sealed, &len);
  if (!check_suite (data, len, BM_SUITE_SM, BM_SEAL_OVERHEAD + ENVELOPE, error))
    return NULL;
  g_autoptr (BmKey) inner = unwrap_key (private_key, data + 1, error);
  if (inner == NULL)
    return NULL;
  return unseal_from (inner, aad, data + 1 + ENVELOPE, len - 1 - ENVELOPE, error);
}
