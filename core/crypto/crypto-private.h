/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/crypto/crypto.h"

#include <gcrypt.h>

G_BEGIN_DECLS

/* Shared inside core/crypto only: what a key is made of, and how libgcrypt's errors are translated. */

#define BM_SM2_SCALAR_LEN 32
#define BM_SM2_POINT_LEN  65 /* 04 | x | y */
#define BM_SYM_MIN        16
#define BM_SYM_MAX        64
#define BM_SYM_LEN        32 /* what generate and the KDF give */
#define BM_SM4_KEY_LEN    16
#define BM_NONCE_LEN      12
#define BM_GCM_TAG_LEN    16
#define BM_KEY_ID_LEN     16

#define BM_ARGON2_MEMORY_KIB (19 * 1024)
#define BM_ARGON2_PASSES     2
#define BM_ARGON2_LANES      1

struct _BmKey
{
  gint ref_count;

  BmKeyKind kind;
  guint8 *secret; /* libgcrypt's secure memory: symmetric material or the private scalar */
  gsize secret_len;
  guint8 point[BM_SM2_POINT_LEN]; /* SM2 only */
  char id[BM_KEY_ID_LEN + 1];
};

typedef gcry_sexp_t BmSexp;
typedef gcry_mpi_t BmMpi;
typedef gcry_mpi_point_t BmPoint;
typedef gcry_ctx_t BmEcContext;
typedef gcry_cipher_hd_t BmCipher;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (BmSexp, gcry_sexp_release, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (BmMpi, gcry_mpi_release, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (BmPoint, gcry_mpi_point_release, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (BmEcContext, gcry_ctx_release, NULL)

gboolean bm_crypto_check (gcry_error_t code, const char *what, GError **error);
gboolean bm_crypto_argon2 (const char *secret,
                           gconstpointer salt,
                           gsize salt_len,
                           guint memory_kib,
                           guint8 ret_tag[BM_SYM_LEN],
                           GError **error);

gboolean bm_sm4_gcm_encrypt (const guint8 key[BM_SM4_KEY_LEN],
                             const guint8 nonce[BM_NONCE_LEN],
                             GBytes *aad,
                             GBytes *plain,
                             guint8 *ret_sealed,
                             GError **error);

BmKey *bm_key_new_raw (gconstpointer material, gsize len);
gboolean bm_key_build_sexp (const BmKey *self, BmSexp *ret_sexp, GError **error);
gboolean bm_sexp_copy_fixed (gcry_sexp_t list, const char *token, guint8 *ret_bytes, gsize len);

G_END_DECLS
