/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-key"

#include "core/crypto/crypto-private.h"

#include "core/error.h"

#include <string.h>

/*
 * Key handles: made, read from text, written to text, and given to libgcrypt.
 *
 * Text form: "sym:" and 32 to 128 hex digits; "sm2-priv:" and the scalar, 64 digits; "sm2-pub:" and
 * the uncompressed point, 130 digits. A key that was accepted from text is usable: a scalar lies in
 * [1, n - 2] and a point lies on the curve.
 */

#define CURVE         "sm2p256v1"
#define TEXT_MAX      160
#define PREFIX_SYM    "sym:"
#define PREFIX_SECRET "sm2-priv:"
#define PREFIX_PUBLIC "sm2-pub:"

static GMutex id_mutex; /* over the id of every key */

/* Made when it is first asked for: of the keys that live for one entry nobody ever asks. */
static void
set_id (BmKey *self)
{
  static const char digits[] = "0123456789abcdef";
  guint8 hash[BM_SM3_LEN];

  if (self->kind == BM_KEY_SYMMETRIC)
    bm_sm3 (self->secret, self->secret_len, hash);
  else
    bm_sm3 (self->point, sizeof self->point, hash);
  for (guint i = 0; i < BM_KEY_ID_LEN / 2; i++)
    {
      self->id[2 * i] = digits[hash[i] >> 4];
      self->id[2 * i + 1] = digits[hash[i] & 15];
    }
  bm_wipe (hash, sizeof hash);
}

static BmKey *
key_alloc (BmKeyKind kind, gconstpointer secret, gsize secret_len)
{
  BmKey *self = g_new0 (BmKey, 1);

  bm_crypto_init ();
  self->ref_count = 1;
  self->kind = kind;
  if (secret_len > 0)
    {
      self->secret = gcry_xmalloc_secure (secret_len);
      self->secret_len = secret_len;
      memcpy (self->secret, secret, secret_len);
    }
  return self;
}

/* A symmetric key of known good length. */
BmKey *
bm_key_new_raw (gconstpointer material, gsize len)
{
  g_assert (len >= BM_SYM_MIN && len <= BM_SYM_MAX);

  BmKey *self = key_alloc (BM_KEY_SYMMETRIC, material, len);
  return self;
}

/**
 * bm_key_new_symmetric:
 * @material: 16 to 64 bytes
 * @error: %BM_ERROR_INVALID on another length
 *
 * Makes a symmetric key of given material.
 *
 * Returns: (transfer full): a key
 */
BmKey *
bm_key_new_symmetric (GBytes *material, GError **error)
{
  gsize len = 0;

  g_return_val_if_fail (material != NULL, NULL);

  gconstpointer bytes = g_bytes_get_data (material, &len);
  if (len < BM_SYM_MIN || len > BM_SYM_MAX)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "key material of %" G_GSIZE_FORMAT " bytes",
                   len);
      return NULL;
    }
  return bm_key_new_raw (bytes, len);
}

static gboolean
open_curve (BmEcContext *ret_context, GError **error)
{
  bm_crypto_init ();
  return bm_crypto_check (gcry_mpi_ec_new (ret_context, NULL, CURVE), "open the SM2 curve", error);
}

static BmMpi
mpi_from_bytes (const guint8 *bytes, gsize len)
{
  BmMpi mpi = NULL;

  if (gcry_mpi_scan (&mpi, GCRYMPI_FMT_USG, bytes, len, NULL) != 0)
    return NULL;
  return mpi;
}

static gboolean
is_scalar_in_range (gcry_ctx_t context, gcry_mpi_t scalar)
{
  g_auto (BmMpi) order = gcry_mpi_ec_get_mpi ("n", context, 1);

  if (order == NULL || scalar == NULL || gcry_mpi_cmp_ui (scalar, 1) < 0)
    return FALSE;
  gcry_mpi_sub_ui (order, order, 1); /* d = n - 1 would make 1 + d vanish when signing */
  return gcry_mpi_cmp (scalar, order) < 0;
}

static gboolean
put_coordinate (gcry_mpi_t value, guint8 ret_bytes[BM_SM2_SCALAR_LEN])
{
  gsize len = 0;
  guint8 bytes[BM_SM2_SCALAR_LEN];

  if (gcry_mpi_print (GCRYMPI_FMT_USG, bytes, sizeof bytes, &len, value) != 0)
    return FALSE;
  memset (ret_bytes, 0, BM_SM2_SCALAR_LEN);
  memcpy (ret_bytes + BM_SM2_SCALAR_LEN - len, bytes, len);
  return TRUE;
}

/* The public point of a private scalar; FALSE when the scalar is out of range. */
static gboolean
derive_point (gcry_ctx_t context, gcry_mpi_t scalar, guint8 ret_point[BM_SM2_POINT_LEN])
{
  g_auto (BmPoint) base = gcry_mpi_ec_get_point ("g", context, 1);
  g_auto (BmPoint) point = gcry_mpi_point_new (0);
  g_auto (BmMpi) x = gcry_mpi_new (0);
  g_auto (BmMpi) y = gcry_mpi_new (0);

  if (base == NULL || !is_scalar_in_range (context, scalar))
    return FALSE;
  gcry_mpi_ec_mul (point, scalar, base, context);
  if (gcry_mpi_ec_get_affine (x, y, point, context) != 0)
    return FALSE;
  ret_point[0] = 4;
  return put_coordinate (x, ret_point + 1) && put_coordinate (y, ret_point + 1 + BM_SM2_SCALAR_LEN);
}

static BmKey *
new_private (const guint8 scalar[BM_SM2_SCALAR_LEN], GError **error)
{
  g_auto (BmEcContext) context = NULL;

  if (!open_curve (&context, error))
    return NULL;
  g_autoptr (BmKey) self = key_alloc (BM_KEY_SM2_PRIVATE, scalar, BM_SM2_SCALAR_LEN);
  /* Scanning from secure memory makes a secure MPI. */
  g_auto (BmMpi) value = mpi_from_bytes (self->secret, self->secret_len);
  if (!derive_point (context, value, self->point))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "SM2 private key out of range");
      return NULL;
    }
  return g_steal_pointer (&self);
}

static gboolean
is_on_curve (gcry_ctx_t context, const guint8 bytes[BM_SM2_POINT_LEN])
{
  g_auto (BmMpi) x = mpi_from_bytes (bytes + 1, BM_SM2_SCALAR_LEN);
  g_auto (BmMpi) y = mpi_from_bytes (bytes + 1 + BM_SM2_SCALAR_LEN, BM_SM2_SCALAR_LEN);
  g_auto (BmMpi) prime = gcry_mpi_ec_get_mpi ("p", context, 1);
  g_auto (BmPoint) point = gcry_mpi_point_new (0);

  if (bytes[0] != 4 || x == NULL || y == NULL || prime == NULL)
    return FALSE;
  if (gcry_mpi_cmp (x, prime) >= 0 || gcry_mpi_cmp (y, prime) >= 0)
    return FALSE;
  g_auto (BmMpi) one = gcry_mpi_set_ui (NULL, 1);
  gcry_mpi_point_set (point, x, y, one);
  return gcry_mpi_ec_curve_point (point, context) != 0;
}

static BmKey *
new_public (const guint8 point[BM_SM2_POINT_LEN], GError **error)
{
  g_auto (BmEcContext) context = NULL;

  if (!open_curve (&context, error))
    return NULL;
  if (!is_on_curve (context, point))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "SM2 public key is not on the curve");
      return NULL;
    }
  BmKey *self = key_alloc (BM_KEY_SM2_PUBLIC, NULL, 0);
  memcpy (self->point, point, BM_SM2_POINT_LEN);
  return self;
}

static BmKey *
generate_private (GError **error)
{
  guint8 *scalar = NULL;
  BmKey *self = NULL;

  bm_crypto_init ();
  /* Rejection sampling: of 2^256 values about one in 2^32 lies outside [1, n - 2]. */
  scalar = gcry_xmalloc_secure (BM_SM2_SCALAR_LEN);
  for (guint i = 0; i < 8 && self == NULL; i++)
    {
      bm_random_bytes (scalar, BM_SM2_SCALAR_LEN);
      self = new_private (scalar, NULL);
    }
  gcry_free (scalar);
  if (self == NULL)
    g_set_error_literal (error, BM_ERROR, BM_ERROR_CRYPTO, "cannot generate an SM2 key");
  return self;
}

/**
 * bm_key_generate:
 * @kind: %BM_KEY_SYMMETRIC or %BM_KEY_SM2_PRIVATE
 * @error: %BM_ERROR_CRYPTO
 *
 * Makes a new random key.
 *
 * Returns: (transfer full): a key
 */
BmKey *
bm_key_generate (BmKeyKind kind, GError **error)
{
  g_return_val_if_fail (kind == BM_KEY_SYMMETRIC || kind == BM_KEY_SM2_PRIVATE, NULL);

  if (kind == BM_KEY_SM2_PRIVATE)
    return generate_private (error);

  guint8 material[BM_SYM_LEN];
  bm_random_bytes (material, sizeof material);
  BmKey *self = bm_key_new_raw (material, sizeof material);
  bm_wipe (material, sizeof material);
  return self;
}

/* Decodes exactly all of @hex; gives the number of bytes, or 0. */
static gsize
decode_hex (const char *hex, guint8 *ret_bytes, gsize max)
{
  gsize digits = strnlen (hex, 2 * max + 1);

  if (digits % 2 != 0 || digits > 2 * max)
    return 0;
  for (gsize i = 0; i < digits; i++)
    {
      int value = g_ascii_xdigit_value (hex[i]);
      if (value < 0)
        return 0;
      ret_bytes[i / 2] = (guint8) (i % 2 == 0 ? value << 4 : ret_bytes[i / 2] | value);
    }
  return digits / 2;
}

static BmKey *
key_from_parts (const char *text, guint8 *buffer, GError **error)
{
  gsize len = 0;

  if (g_str_has_prefix (text, PREFIX_SYM))
    {
      len = decode_hex (text + strlen (PREFIX_SYM), buffer, BM_SYM_MAX);
      if (len >= BM_SYM_MIN)
        return bm_key_new_raw (buffer, len);
    }
  else if (g_str_has_prefix (text, PREFIX_SECRET))
    {
      len = decode_hex (text + strlen (PREFIX_SECRET), buffer, BM_SM2_SCALAR_LEN);
      if (len == BM_SM2_SCALAR_LEN)
        return new_private (buffer, error);
    }
  else if (g_str_has_prefix (text, PREFIX_PUBLIC))
    {
      len = decode_hex (text + strlen (PREFIX_PUBLIC), buffer, BM_SM2_POINT_LEN);
      if (len == BM_SM2_POINT_LEN)
        return new_public (buffer, error);
    }
  g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "not the text of a key");
  return NULL;
}

/**
 * bm_key_new_from_string:
 * @text: what bm_key_to_string() gave
 * @error: %BM_ERROR_INVALID
 *
 * Reads a key.
 *
 * Returns: (transfer full): the key
 */
BmKey *
bm_key_new_from_string (const char *text, GError **error)
{
  guint8 buffer[BM_SM2_POINT_LEN + 1];

  g_return_val_if_fail (text != NULL, NULL);

  if (strnlen (text, TEXT_MAX + 1) > TEXT_MAX)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "the text of a key is too long");
      return NULL;
    }
  BmKey *self = key_from_parts (text, buffer, error);
  bm_wipe (buffer, sizeof buffer);
  return self;
}

/**
 * bm_key_ref:
 * @self: a key
 *
 * Takes a reference; from any thread.
 *
 * Returns: (transfer full): @self
 */
BmKey *
bm_key_ref (BmKey *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);
  return self;
}

/**
 * bm_key_unref:
 * @self: (transfer full): a key
 *
 * Drops a reference; the last one wipes the material.
 */
void
bm_key_unref (BmKey *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  if (self->secret != NULL)
    {
      bm_wipe (self->secret, self->secret_len);
      gcry_free (self->secret);
    }
  bm_wipe (self, sizeof *self);
  g_free (self);
}

/**
 * bm_key_get_kind:
 * @self: a key
 *
 * Tells what @self may be used for.
 *
 * Returns: the kind
 */
BmKeyKind
bm_key_get_kind (const BmKey *self)
{
  g_return_val_if_fail (self != NULL, BM_KEY_SYMMETRIC);

  return self->kind;
}

/**
 * bm_key_get_id:
 * @self: a key
 *
 * Names @self; a private key and its public key have one id.
 *
 * Returns: 16 hex digits
 */
const char *
bm_key_get_id (const BmKey *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_mutex_lock (&id_mutex);
  if (*self->id == '\0')
    set_id ((BmKey *) self);
  g_mutex_unlock (&id_mutex);
  return self->id;
}

/**
 * bm_key_to_string:
 * @self: a key
 *
 * Writes @self as text, with its secret.
 *
 * Returns: (transfer full): the text; give it to bm_wipe_string()
 */
char *
bm_key_to_string (const BmKey *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  gboolean is_public = self->kind == BM_KEY_SM2_PUBLIC;
  const guint8 *bytes = is_public ? self->point : self->secret;
  gsize len = is_public ? sizeof self->point : self->secret_len;
  const char *prefix = self->kind == BM_KEY_SYMMETRIC ? PREFIX_SYM
                       : is_public                    ? PREFIX_PUBLIC
                                                      : PREFIX_SECRET;
  gsize prefix_len = strlen (prefix);

  char *text = g_malloc0 (prefix_len + 2 * len + 1);
  memcpy (text, prefix, prefix_len);
  for (gsize i = 0; i < len; i++)
    g_snprintf (text + prefix_len + 2 * i, 3, "%02x", bytes[i]);
  return text;
}

/**
 * bm_key_dup_public:
 * @self: a private or public SM2 key
 *
 * Gives the half of @self that may leave.
 *
 * Returns: (transfer full): a public key
 */
BmKey *
bm_key_dup_public (const BmKey *self)
{
  g_return_val_if_fail (self != NULL && self->kind != BM_KEY_SYMMETRIC, NULL);

  BmKey *public_key = key_alloc (BM_KEY_SM2_PUBLIC, NULL, 0);
  memcpy (public_key->point, self->point, sizeof self->point);
  return public_key;
}

/* The S-expression that libgcrypt wants; private ones are built in secure memory. */
gboolean
bm_key_build_sexp (const BmKey *self, BmSexp *ret_sexp, GError **error)
{
  gcry_error_t code = 0;

  if (self->kind == BM_KEY_SM2_PRIVATE)
    code = gcry_sexp_build (ret_sexp, NULL, "(private-key (ecc (curve " CURVE ") (q %b) (d %b)))",
                            (int) sizeof self->point, (const char *) self->point,
                            (int) self->secret_len, (const char *) self->secret);
  else
    code = gcry_sexp_build (ret_sexp, NULL, "(public-key (ecc (curve " CURVE ") (q %b)))",
                            (int) sizeof self->point, (const char *) self->point);
  return bm_crypto_check (code, "build a key", error);
}

/* Copies the number named @token, right-aligned: libgcrypt drops and adds leading zeros. */
gboolean
bm_sexp_copy_fixed (gcry_sexp_t list, const char *token, guint8 *ret_bytes, gsize len)
{
  g_auto (BmSexp) found = gcry_sexp_find_token (list, token, 0);
  size_t found_len = 0;

  if (found == NULL)
    return FALSE;
  const guint8 *data = (const guint8 *) gcry_sexp_nth_data (found, 1, &found_len);
  while (data != NULL && found_len > len && data[0] == 0)
    {
      data++;
      found_len--;
    }
  if (data == NULL || found_len > len)
    return FALSE;
  memset (ret_bytes, 0, len);
  memcpy (ret_bytes + len - found_len, data, found_len);
  return TRUE;
}
