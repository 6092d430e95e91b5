/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sign"

#include "core/crypto/crypto-private.h"

#include "core/error.h"

#include <string.h>

/*
 * SM2 signatures (GB/T 32918.2) with SM3 and the usual distinguishing id. What is signed is
 * e = SM3 (Z | message) with Z = SM3 (bits of id u16 BE | id | a | b | xG | yG | xA | yA).
 */

#define SIGNER_ID "1234567812345678"
#define SCALAR    BM_SM2_SCALAR_LEN

/* a | b | xG | yG of sm2p256v1, GB/T 32918.5. */
static const guint8 curve_parameters[4 * SCALAR] = {
  0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc,
  0x28, 0xe9, 0xfa, 0x9e, 0x9d, 0x9f, 0x5e, 0x34, 0x4d, 0x5a, 0x9e, 0x4b, 0xcf, 0x65, 0x09, 0xa7,
  0xf3, 0x97, 0x89, 0xf5, 0x15, 0xab, 0x8f, 0x92, 0xdd, 0xbc, 0xbd, 0x41, 0x4d, 0x94, 0x0e, 0x93,
  0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46, 0x6a, 0x39, 0xc9, 0x94,
  0x8f, 0xe3, 0x0b, 0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c, 0x74, 0xc7,
  0xbc, 0x37, 0x36, 0xa2, 0xf4, 0xf6, 0x77, 0x9c, 0x59, 0xbd, 0xce, 0xe3, 0x6b, 0x69, 0x21, 0x53,
  0xd0, 0xa9, 0x87, 0x7c, 0xc6, 0x2a, 0x47, 0x40, 0x02, 0xdf, 0x32, 0xe5, 0x21, 0x39, 0xf0, 0xa0,
};

static gboolean
hash_for_signing (const BmKey *key, GBytes *message, guint8 ret_hash[BM_SM3_LEN], GError **error)
{
  static const guint8 id_bits[2] = { 0, 8 * (sizeof SIGNER_ID - 1) };
  gcry_md_hd_t md = NULL;
  gsize len = 0;
  gconstpointer data = g_bytes_get_data (message, &len);

  if (!bm_crypto_check (gcry_md_open (&md, GCRY_MD_SM3, 0), "open SM3", error))
    return FALSE;
  gcry_md_write (md, id_bits, sizeof id_bits);
  gcry_md_write (md, SIGNER_ID, strlen (SIGNER_ID));
  gcry_md_write (md, curve_parameters, sizeof curve_parameters);
  gcry_md_write (md, key->point + 1, 2 * SCALAR);
  memcpy (ret_hash, gcry_md_read (md, GCRY_MD_SM3), BM_SM3_LEN);
  gcry_md_reset (md);
  gcry_md_write (md, ret_hash, BM_SM3_LEN);
  if (len > 0)
    gcry_md_write (md, data, len);
  memcpy (ret_hash, gcry_md_read (md, GCRY_MD_SM3), BM_SM3_LEN);
  gcry_md_close (md);
  return TRUE;
}

static gboolean
build_data (const BmKey *key, GBytes *message, BmSexp *ret_data, GError **error)
{
  guint8 hash[BM_SM3_LEN];

  if (!hash_for_signing (key, message, hash, error))
    return FALSE;
  return bm_crypto_check (gcry_sexp_build (ret_data, NULL, "(data (flags sm2) (hash sm3 %b))",
                                           (int) sizeof hash, (const char *) hash),
                          "build what is signed", error);
}

/**
 * bm_sign:
 * @private_key: an SM2 private key
 * @message: what to sign
 * @error: %BM_ERROR_CRYPTO
 *
 * Signs @message.
 *
 * Returns: (transfer full): 64 bytes r | s
 */
GBytes *
bm_sign (const BmKey *private_key, GBytes *message, GError **error)
{
  g_auto (BmSexp) key_sexp = NULL;
  g_auto (BmSexp) data = NULL;
  g_auto (BmSexp) result = NULL;
  guint8 signature[BM_SM2_SIGNATURE_LEN];

  g_return_val_if_fail (private_key != NULL && private_key->kind == BM_KEY_SM2_PRIVATE, NULL);
  g_return_val_if_fail (message != NULL, NULL);

  if (!bm_key_build_sexp (private_key, &key_sexp, error) ||
      !build_data (private_key, message, &data, error) ||
      !bm_crypto_check (gcry_pk_sign (&result, data, key_sexp), "sign", error))
    return NULL;
  if (!bm_sexp_copy_fixed (result, "r", signature, SCALAR) ||
      !bm_sexp_copy_fixed (result, "s", signature + SCALAR, SCALAR))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_CRYPTO, "cannot read the signature");
      return NULL;
    }
  return g_bytes_new (signature, sizeof signature);
}

/**
 * bm_verify:
 * @public_key: an SM2 key, of which only the public half is used
 * @message: what was signed
 * @signature: 64 bytes r | s
 * @error: %BM_ERROR_CORRUPT when it does not verify, %BM_ERROR_CRYPTO
 *
 * Verifies a signature of bm_sign().
 *
 * Returns: %TRUE if @signature is of @message by the owner of the key
 */
gboolean
bm_verify (const BmKey *public_key, GBytes *message, GBytes *signature, GError **error)
{
  g_auto (BmSexp) key_sexp = NULL;
  g_auto (BmSexp) data = NULL;
  g_auto (BmSexp) value = NULL;
  gsize len = 0;

  g_return_val_if_fail (public_key != NULL && public_key->kind != BM_KEY_SYMMETRIC, FALSE);
  g_return_val_if_fail (message != NULL && signature != NULL, FALSE);

  const char *bytes = g_bytes_get_data (signature, &len);
  if (len != BM_SM2_SIGNATURE_LEN)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_CORRUPT, "a signature has 64 bytes");
      return FALSE;
    }
  g_autoptr (BmKey) only_public = bm_key_dup_public (public_key);
  if (!bm_key_build_sexp (only_public, &key_sexp, error) ||
      !build_data (only_public, message, &data, error) ||
      !bm_crypto_check (gcry_sexp_build (&value, NULL, "(sig-val (sm2 (r %b) (s %b)))", SCALAR,
                                         bytes, SCALAR, bytes + SCALAR),
                        "build a signature", error))
    return FALSE;
  if (gcry_pk_verify (value, data, key_sexp) == 0)
    return TRUE;
  g_set_error_literal (error, BM_ERROR, BM_ERROR_CORRUPT, "the signature does not verify");
  return FALSE;
}
