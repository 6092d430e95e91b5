/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-crypto"

#include "core/crypto/crypto-private.h"

#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/*
 * Starting libgcrypt, hashing, MACs, random bytes and wiping. Keys are in key.c, sealing in seal.c,
 * signatures in sign.c, derivation in kdf.c, passwords in password.c.
 *
 * Invariants:
 *  C1  Secrets that outlive a call live in libgcrypt's secure memory, which is wiped when freed;
 *      copies made for a call are wiped before it returns.
 *  C2  A failed operation gives nothing: no partial plaintext, no half-made key.
 *  C3  Nothing here depends on the wall clock or on BmChance.
 */

#define NEED_GCRYPT "1.10.0"
#define SECURE_POOL (64 * 1024)
#define HMAC_BLOCK  64  /* of SM3 */
#define HMAC_SHORT  256 /* bytes that are authenticated without a handle */

/* libgcrypt keeps its jitter collector where no leak checker can see that it is still known. */
static void
close_random (void)
{
  gcry_control (GCRYCTL_CLOSE_RANDOM_DEVICE);
}

static gpointer
start_gcrypt (gpointer data)
{
  if (gcry_check_version (NEED_GCRYPT) == NULL)
    g_critical ("libgcrypt is older than " NEED_GCRYPT);
  if (!gcry_control (GCRYCTL_INITIALIZATION_FINISHED_P))
    {
      /* Without the right to lock memory the pool still is separate and wiped; no warning needed. */
      gcry_control (GCRYCTL_SUSPEND_SECMEM_WARN);
      gcry_control (GCRYCTL_INIT_SECMEM, SECURE_POOL, 0);
      gcry_control (GCRYCTL_AUTO_EXPAND_SECMEM, SECURE_POOL, 0);
      gcry_control (GCRYCTL_DISABLE_SECMEM_WARN);
      gcry_control (GCRYCTL_INITIALIZATION_FINISHED, 0);
    }
  (void) atexit (close_random); /* without it only a leak checker is less content */
  return GINT_TO_POINTER (TRUE);
}

/**
 * bm_crypto_init:
 *
 * Starts libgcrypt. May be called again and from any thread.
 */
void
bm_crypto_init (void)
{
  static GOnce once = G_ONCE_INIT;

  g_once (&once, start_gcrypt, NULL);
}

/* Translates a foreign error at the boundary; @what is an English verb phrase without data in it. */
gboolean
bm_crypto_check (gcry_error_t code, const char *what, GError **error)
{
  if (code == 0)
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_CRYPTO, "cannot %s: %s", what, gcry_strerror (code));
  return FALSE;
}

/**
 * bm_sm3:
 * @data: (nullable): bytes
 * @len: how many
 * @ret_hash: (out): their SM3 hash
 *
 * Hashes @data.
 */
void
bm_sm3 (gconstpointer data, gsize len, guint8 ret_hash[BM_SM3_LEN])
{
  g_return_if_fail (data != NULL || len == 0);

  bm_crypto_init ();
  gcry_md_hash_buffer (GCRY_MD_SM3, ret_hash, data != NULL ? data : "", len);
}

/**
 * bm_sm3_bytes:
 * @data: bytes
 *
 * Hashes @data.
 *
 * Returns: (transfer full): 32 bytes
 */
GBytes *
bm_sm3_bytes (GBytes *data)
{
  guint8 hash[BM_SM3_LEN];
  gsize len = 0;

  g_return_val_if_fail (data != NULL, NULL);

  gconstpointer bytes = g_bytes_get_data (data, &len);
  bm_sm3 (bytes, len, hash);
  return g_bytes_new (hash, sizeof hash);
}

/* The inner hash and the outer one of RFC 2104, over buffers of this stack: a handle of libgcrypt for
 * every MAC of some hundred bytes costs more than the MAC. */
static void
hmac_short (const BmKey *key, gconstpointer data, gsize len, guint8 ret_mac[BM_SM3_LEN])
{
  guint8 inner[HMAC_BLOCK + HMAC_SHORT], outer[HMAC_BLOCK + BM_SM3_LEN];

  for (gsize i = 0; i < HMAC_BLOCK; i++)
    {
      const guint8 byte = i < key->secret_len ? key->secret[i] : 0;

      inner[i] = byte ^ 0x36;
      outer[i] = byte ^ 0x5c;
    }
  if (len > 0)
    memcpy (inner + HMAC_BLOCK, data, len);
  gcry_md_hash_buffer (GCRY_MD_SM3, outer + HMAC_BLOCK, inner, HMAC_BLOCK + len);
  gcry_md_hash_buffer (GCRY_MD_SM3, ret_mac, outer, sizeof outer);
  bm_wipe (inner, sizeof inner);
  bm_wipe (outer, sizeof outer);
}

static gcry_error_t
hmac_long (const BmKey *key, gconstpointer data, gsize len, guint8 ret_mac[BM_SM3_LEN])
{
  gcry_mac_hd_t mac = NULL;
  gsize mac_len = BM_SM3_LEN;
  gcry_error_t code = gcry_mac_open (&mac, GCRY_MAC_HMAC_SM3, GCRY_MAC_FLAG_SECURE, NULL);

  if (code == 0)
    code = gcry_mac_setkey (mac, key->secret, key->secret_len);
  if (code == 0)
    code = gcry_mac_write (mac, data, len);
  if (code == 0)
    code = gcry_mac_read (mac, ret_mac, &mac_len);
  gcry_mac_close (mac);
  return code;
}

/**
 * bm_hmac_sm3:
 * @key: a symmetric key
 * @data: (nullable): bytes
 * @len: how many
 * @ret_mac: (out): the MAC
 *
 * Authenticates @data. A failure of libgcrypt leaves zeros and a critical warning: it can only mean
 * that the library is broken.
 */
void
bm_hmac_sm3 (const BmKey *key, gconstpointer data, gsize len, guint8 ret_mac[BM_SM3_LEN])
{
  gcry_error_t code;

  memset (ret_mac, 0, BM_SM3_LEN);
  g_return_if_fail (key != NULL && key->kind == BM_KEY_SYMMETRIC);
  g_return_if_fail (data != NULL || len == 0);

  if (len <= HMAC_SHORT && key->secret_len <= HMAC_BLOCK)
    {
      hmac_short (key, data, len, ret_mac);
      return;
    }
  code = hmac_long (key, data, len, ret_mac);
  if (code == 0)
    return;
  memset (ret_mac, 0, BM_SM3_LEN);
  g_critical ("HMAC-SM3 failed: %s", gcry_strerror (code));
}

/* The kernel's generator, as soon as it was seeded once; FALSE where there is no such call. */
static gboolean
random_from_kernel (guint8 *buffer, gsize len)
{
  while (len > 0)
    {
      const gssize got = getrandom (buffer, MIN (len, (gsize) 256), 0);

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return FALSE;
      buffer += got;
      len -= (gsize) got;
    }
  return TRUE;
}

/**
 * bm_random_bytes:
 * @ret_buffer: (out): where to put them
 * @len: how many
 *
 * Gives random bytes fit for keys and nonces.
 */
void
bm_random_bytes (gpointer ret_buffer, gsize len)
{
  g_return_if_fail (ret_buffer != NULL || len == 0);

  bm_crypto_init ();
  if (len > 0 && !random_from_kernel (ret_buffer, len))
    gcry_randomize (ret_buffer, len, GCRY_STRONG_RANDOM);
}

/**
 * bm_wipe:
 * @memory: (nullable): what to overwrite
 * @len: its length
 *
 * Overwrites memory in a way that the compiler keeps.
 */
void
bm_wipe (gpointer memory, gsize len)
{
  if (memory != NULL && len > 0)
    explicit_bzero (memory, len);
}

/**
 * bm_wipe_string:
 * @string: (transfer full) (nullable): a string
 *
 * Overwrites and frees a string.
 */
void
bm_wipe_string (char *string)
{
  if (string == NULL)
    return;
  explicit_bzero (string, strlen (string));
  g_free (string);
}
