/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * One small interface over the national suite (design §4): SM2 signatures and sealing, SM3, SM4-GCM,
 * HMAC-SM3 in counter mode as KDF, Argon2id. Keys are handles, so that a hardware module can hold
 * them. Every blob begins with one byte that names its suite.
 */

#define BM_SUITE_SM      1 /* SM2, SM3, SM4-GCM, HMAC-SM3, Argon2id */
#define BM_SUITE_SM_ONCE 2 /* the same under a key that is used once, which gives the nonce too */

#define BM_SM3_LEN            32
#define BM_SM2_SIGNATURE_LEN  64
#define BM_SEAL_OVERHEAD      (1 + 12 + 16) /* suite, nonce, tag */
#define BM_SEAL_ONCE_OVERHEAD (1 + 16)      /* suite, tag */
#define BM_TAG_LEN            16            /* a subject tag */

typedef enum
{
  BM_KEY_SYMMETRIC,   /* 32 bytes of key material: sealing, MAC, KDF input */
  BM_KEY_SM2_PRIVATE, /* may sign and open */
  BM_KEY_SM2_PUBLIC,  /* may verify and seal to */
} BmKeyKind;

/**
 * BmKey:
 *
 * An immutable, reference-counted key handle. The material is wiped with the last reference.
 */
typedef struct _BmKey BmKey;

void bm_crypto_init (void); /* idempotent, thread-safe; every program calls it first */

BmKey *bm_key_new_symmetric (GBytes *material, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmKey *bm_key_generate (BmKeyKind kind, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmKey *bm_key_new_from_string (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmKey *bm_key_ref (BmKey *self);
void bm_key_unref (BmKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmKey, bm_key_unref)

BmKeyKind bm_key_get_kind (const BmKey *self);
const char *
bm_key_get_id (const BmKey *self); /* 16 hex digits: SM3 of the public part or of the material */
char *
bm_key_to_string (const BmKey *self); /* "sym:…", "sm2-priv:…", "sm2-pub:…", hex; caller wipes */
BmKey *bm_key_dup_public (const BmKey *self) G_GNUC_WARN_UNUSED_RESULT;

/* SM4-GCM under a symmetric key: suite | nonce 12 | ciphertext | tag 16. */
GBytes *bm_seal (const BmKey *key, GBytes *aad, GBytes *plain, GError **error);
GBytes *bm_unseal (const BmKey *key, GBytes *aad, GBytes *sealed, GError **error);
/* The same for a key that seals exactly once: the nonce is derived from it and not stored, so the blob
 * is suite | ciphertext | tag 16. A second bm_seal_once() under one key gives both plaintexts away. */
GBytes *bm_seal_once (const BmKey *key, GBytes *aad, GBytes *plain, GError **error);
GBytes *bm_unseal_once (const BmKey *key, GBytes *aad, GBytes *sealed, GError **error);
/* Hybrid: SM2 encryption of a fresh symmetric key, then SM4-GCM. */
GBytes *bm_seal_to (const BmKey *public_key, GBytes *aad, GBytes *plain, GError **error);
GBytes *bm_unseal_with (const BmKey *private_key, GBytes *aad, GBytes *sealed, GError **error);

/* SM2 with SM3 and the distinguishing id 1234567812345678, 64 bytes r|s. */
GBytes *bm_sign (const BmKey *private_key, GBytes *message, GError **error);
gboolean bm_verify (const BmKey *public_key, GBytes *message, GBytes *signature, GError **error);

void bm_sm3 (gconstpointer data, gsize len, guint8 ret_hash[BM_SM3_LEN]);
GBytes *bm_sm3_bytes (GBytes *data);
void bm_hmac_sm3 (const BmKey *key, gconstpointer data, gsize len, guint8 ret_mac[BM_SM3_LEN]);
BmKey *bm_kdf (const BmKey *key, const char *label, GBytes *context, GError **error);

/**
 * bm_slow_key:
 *
 * K of domain §2.21a rule 1: Argon2id (19 MiB, t=2, p=1) of the upper-case ID number and @salt. Takes
 * about 40 ms: call it on a worker. The subject tag is the first 16 bytes of KDF(K, "subject-tag").
 */
BmKey *bm_slow_key (const char *id_number, GBytes *salt, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_subject_tag (const BmKey *slow_key, guint8 ret_tag[BM_TAG_LEN]);

char *
bm_password_hash (const char *password, GError **error); /* "$sm$argon2id$…" with its own salt */
gboolean bm_password_check (const char *hash, const char *password);

void bm_random_bytes (gpointer ret_buffer,
                      gsize len); /* gcry strong random; jitter uses the chance port */
void bm_wipe (gpointer memory, gsize len);
void bm_wipe_string (char *string); /* wipes and frees; NULL is allowed */

G_END_DECLS
