/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-password"

#include "core/crypto/crypto-private.h"

#include "core/error.h"

#include <string.h>

/*
 * Stored passwords and PINs: "$sm$argon2id$<salt, 32 hex digits>$<tag, 64 hex digits>". The cost is
 * fixed by the name, so that a stored hash cannot make the station spend more memory or less time.
 */

#define PREFIX       "$sm$argon2id$"
#define SALT_LEN     16
#define PASSWORD_MAX 128
#define HASH_LEN     (sizeof PREFIX - 1 + 2 * SALT_LEN + 1 + 2 * BM_SYM_LEN)

static void
append_hex (GString *text, const guint8 *bytes, gsize len)
{
  for (gsize i = 0; i < len; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
}

static char *
hash_with_salt (const char *password, const guint8 salt[SALT_LEN], GError **error)
{
  guint8 tag[BM_SYM_LEN];

  if (!bm_crypto_argon2 (password, salt, SALT_LEN, BM_ARGON2_MEMORY_KIB, tag, error))
    return NULL;
  GString *text = g_string_sized_new (HASH_LEN + 1);
  g_string_append (text, PREFIX);
  append_hex (text, salt, SALT_LEN);
  g_string_append_c (text, '$');
  append_hex (text, tag, sizeof tag);
  bm_wipe (tag, sizeof tag);
  return g_string_free (text, FALSE);
}

/**
 * bm_password_hash:
 * @password: 1 to 128 bytes
 * @error: %BM_ERROR_INVALID, %BM_ERROR_CRYPTO
 *
 * Hashes a password with a salt of its own. Takes about 40 ms.
 *
 * Returns: (transfer full): what to store
 */
char *
bm_password_hash (const char *password, GError **error)
{
  guint8 salt[SALT_LEN];

  g_return_val_if_fail (password != NULL, NULL);

  gsize len = strnlen (password, PASSWORD_MAX + 1);
  if (len == 0 || len > PASSWORD_MAX)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "a password has 1 to 128 bytes");
      return NULL;
    }
  bm_random_bytes (salt, sizeof salt);
  return hash_with_salt (password, salt, error);
}

static gboolean
read_salt (const char *hash, guint8 ret_salt[SALT_LEN])
{
  if (strnlen (hash, HASH_LEN + 1) != HASH_LEN || !g_str_has_prefix (hash, PREFIX))
    return FALSE;
  const char *digits = hash + strlen (PREFIX);
  for (guint i = 0; i < SALT_LEN; i++)
    {
      int high = g_ascii_xdigit_value (digits[2 * i]);
      int low = g_ascii_xdigit_value (digits[2 * i + 1]);
      if (high < 0 || low < 0)
        return FALSE;
      ret_salt[i] = (guint8) (high << 4 | low);
    }
  return digits[2 * SALT_LEN] == '$';
}

/**
 * bm_password_check:
 * @hash: what bm_password_hash() gave
 * @password: what was typed
 *
 * Compares in time that does not depend on where they differ. A malformed @hash matches nothing.
 *
 * Returns: %TRUE if @password is the one that was hashed
 */
gboolean
bm_password_check (const char *hash, const char *password)
{
  guint8 salt[SALT_LEN];
  guint8 difference = 0;

  g_return_val_if_fail (hash != NULL && password != NULL, FALSE);

  gsize len = strnlen (password, PASSWORD_MAX + 1);
  if (len == 0 || len > PASSWORD_MAX || !read_salt (hash, salt))
    return FALSE;
  char *expected = hash_with_salt (password, salt, NULL);
  if (expected == NULL)
    return FALSE;
  for (gsize i = 0; i < HASH_LEN; i++)
    difference |= (guint8) (hash[i] ^ expected[i]);
  bm_wipe_string (expected);
  return difference == 0;
}
