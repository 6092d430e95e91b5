/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-attachment"

#include "core/entry/attachment.h"

#include "core/error.h"

#include <string.h>

/*
 * Attachments, sealed at the station and opened at the platform; the bytes are in attachment.h.
 *
 * Invariants:
 *  A1  What opens is what was sealed: every chunk is checked against the blob that the payload names,
 *      under its own place, and the whole against length and hash of the plain bytes.
 *  A2  A failure gives nothing: no part of an attachment leaves bm_attachment_open().
 */

#define AAD_LABEL "bianmin blob"
#define AAD_LEN   (sizeof AAD_LABEL - 1 + 4 + 8 + 8 + 4 + 4 + 4)

static gboolean
set_corrupt (GError **error, const char *what)
{
  g_set_error (error, BM_ERROR, BM_ERROR_CORRUPT, "an attachment %s", what);
  return FALSE;
}

/**
 * bm_attachment_new:
 * @mime: its media type
 * @data: its bytes
 *
 * Makes an attachment of a draft.
 *
 * Returns: (transfer full): the attachment
 */
BmAttachment *
bm_attachment_new (const char *mime, GBytes *data)
{
  BmAttachment *self;

  g_return_val_if_fail (mime != NULL && data != NULL, NULL);

  self = g_new0 (BmAttachment, 1);
  self->mime = g_strdup (mime);
  self->data = g_bytes_ref (data);
  return self;
}

/**
 * bm_attachment_free:
 * @self: (transfer full) (nullable): an attachment
 *
 * Frees @self.
 */
void
bm_attachment_free (BmAttachment *self)
{
  if (self == NULL)
    return;
  g_free (self->mime);
  g_clear_pointer (&self->data, g_bytes_unref);
  g_free (self);
}

static gboolean
is_mime (const char *text)
{
  gsize len = strnlen (text, BM_ATTACHMENT_MAX_MIME + 1);

  if (len == 0 || len > BM_ATTACHMENT_MAX_MIME)
    return FALSE;
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("/.+-;= ", text[i]) == NULL)
      return FALSE;
  return TRUE;
}

/**
 * bm_attachments_check:
 * @attachments: (nullable) (element-type BmAttachment): of one draft
 * @error: %BM_ERROR_INVALID, %BM_ERROR_LIMIT
 *
 * Tells whether a draft may have these.
 *
 * Returns: whether it may
 */
gboolean
bm_attachments_check (GPtrArray *attachments, GError **error)
{
  if (attachments == NULL)
    return TRUE;
  if (attachments->len > BM_ATTACHMENT_MAX)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_LIMIT, "more than %d attachments", BM_ATTACHMENT_MAX);
      return FALSE;
    }
  for (guint i = 0; i < attachments->len; i++)
    {
      const BmAttachment *attachment = attachments->pdata[i];
      const gsize len = g_bytes_get_size (attachment->data);

      if (len == 0 || !is_mime (attachment->mime))
        {
          g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "attachment %u is empty or unnamed", i);
          return FALSE;
        }
      if (len > BM_ATTACHMENT_MAX_BYTES)
        {
          g_set_error (error, BM_ERROR, BM_ERROR_LIMIT, "attachment %u is larger than %d bytes", i,
                       BM_ATTACHMENT_MAX_BYTES);
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * bm_sealed_attachment_free:
 * @self: (transfer full) (nullable): a sealed attachment
 *
 * Frees @self.
 */
void
bm_sealed_attachment_free (BmSealedAttachment *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->chunks, g_ptr_array_unref);
  g_clear_pointer (&self->hashes, g_bytes_unref);
  g_free (self);
}

/**
 * bm_attachment_count_chunks:
 * @bytes: of the plain attachment
 *
 * Returns: how many chunks it has
 */
guint
bm_attachment_count_chunks (guint64 bytes)
{
  return (guint) ((bytes + BM_ATTACHMENT_CHUNK - 1) / BM_ATTACHMENT_CHUNK);
}

static guint8 *
put_number (guint8 *at, guint64 value, guint len)
{
  for (guint i = 0; i < len; i++)
    at[i] = (guint8) (value >> (8 * (len - 1 - i)));
  return at + len;
}

static GBytes *
new_aad (const BmAttachmentPlace *place, guint index, guint count)
{
  guint8 aad[AAD_LEN];
  guint8 *at = aad + sizeof AAD_LABEL - 1;

  memcpy (aad, AAD_LABEL, sizeof AAD_LABEL - 1);
  at = put_number (at, place->kiosk, 4);
  at = put_number (at, place->epoch, 8);
  at = put_number (at, place->seq, 8);
  at = put_number (at, place->ordinal, 4);
  at = put_number (at, index, 4);
  at = put_number (at, count, 4);
  g_assert (at == aad + AAD_LEN);
  return g_bytes_new (aad, sizeof aad);
}

static void
hash_chunks (GPtrArray *chunks, GByteArray *ret_hashes, guint8 ret_blob[BM_SM3_LEN])
{
  for (guint i = 0; i < chunks->len; i++)
    {
      guint8 hash[BM_SM3_LEN];
      gsize len = 0;
      gconstpointer data = g_bytes_get_data (chunks->pdata[i], &len);

      bm_sm3 (data, len, hash);
      g_byte_array_append (ret_hashes, hash, sizeof hash);
    }
  bm_sm3 (ret_hashes->data, ret_hashes->len, ret_blob);
}

/**
 * bm_attachment_seal:
 * @key: the key of the entry's attachments
 * @place: where it belongs
 * @attachment: what bm_attachments_check() accepted
 * @error: %BM_ERROR_CRYPTO
 *
 * Cuts and seals an attachment.
 *
 * Returns: (transfer full): chunks, hashes and manifest
 */
BmSealedAttachment *
bm_attachment_seal (const BmKey *key,
                    const BmAttachmentPlace *place,
                    const BmAttachment *attachment,
                    GError **error)
{
  g_autoptr (BmSealedAttachment) self = NULL;
  g_autoptr (GByteArray) hashes = NULL;
  gsize len = 0;
  gconstpointer data;
  guint count;

  g_return_val_if_fail (key != NULL && place != NULL && attachment != NULL, NULL);

  data = g_bytes_get_data (attachment->data, &len);
  count = bm_attachment_count_chunks (len);
  self = g_new0 (BmSealedAttachment, 1);
  self->chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < count; i++)
    {
      const gsize from = (gsize) i * BM_ATTACHMENT_CHUNK;
      g_autoptr (GBytes) aad = new_aad (place, i, count);
      g_autoptr (GBytes) piece =
        g_bytes_new_from_bytes (attachment->data, from, MIN (len - from, BM_ATTACHMENT_CHUNK));
      GBytes *sealed = bm_seal (key, aad, piece, error);

      if (sealed == NULL)
        return NULL;
      g_ptr_array_add (self->chunks, sealed);
    }
  hashes = g_byte_array_sized_new (count * BM_SM3_LEN);
  hash_chunks (self->chunks, hashes, self->manifest.blob);
  self->hashes = g_byte_array_free_to_bytes (g_steal_pointer (&hashes));
  self->manifest.bytes = len;
  g_strlcpy (self->manifest.mime, attachment->mime, sizeof self->manifest.mime);
  bm_sm3 (data, len, self->manifest.sm3);
  return g_steal_pointer (&self);
}

static gboolean
open_chunks (const BmKey *key,
             const BmAttachmentPlace *place,
             GPtrArray *chunks,
             GByteArray *plain,
             GError **error)
{
  for (guint i = 0; i < chunks->len; i++)
    {
      g_autoptr (GBytes) aad = new_aad (place, i, chunks->len);
      g_autoptr (GBytes) piece = bm_unseal (key, aad, chunks->pdata[i], error);
      gsize len = 0;
      gconstpointer data;

      if (piece == NULL)
        return FALSE;
      data = g_bytes_get_data (piece, &len);
      g_byte_array_append (plain, data, (guint) len);
    }
  return TRUE;
}

static gboolean
check_plain (const BmAttachmentManifest *manifest, GByteArray *plain, GError **error)
{
  guint8 hash[BM_SM3_LEN];

  bm_sm3 (plain->data, plain->len, hash);
  if (plain->len == manifest->bytes && memcmp (hash, manifest->sm3, BM_SM3_LEN) == 0)
    return TRUE;
  return set_corrupt (error, "is not what its entry says");
}

/**
 * bm_attachment_open:
 * @key: the key of the entry's attachments
 * @place: where it belongs
 * @manifest: what the entry's payload says of it
 * @chunks: (element-type GBytes): all chunks in order
 * @error: %BM_ERROR_CORRUPT, %BM_ERROR_UNSUPPORTED
 *
 * Checks and opens an attachment.
 *
 * Returns: (transfer full): the plain bytes
 */
GBytes *
bm_attachment_open (const BmKey *key,
                    const BmAttachmentPlace *place,
                    const BmAttachmentManifest *manifest,
                    GPtrArray *chunks,
                    GError **error)
{
  g_autoptr (GByteArray) hashes = g_byte_array_new ();
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  guint8 blob[BM_SM3_LEN];

  g_return_val_if_fail (key != NULL && place != NULL && manifest != NULL && chunks != NULL, NULL);

  if (chunks->len == 0 || manifest->bytes > BM_ATTACHMENT_MAX_BYTES ||
      chunks->len != bm_attachment_count_chunks (manifest->bytes))
    {
      set_corrupt (error, "has another number of chunks");
      return NULL;
    }
  hash_chunks (chunks, hashes, blob);
  if (memcmp (blob, manifest->blob, BM_SM3_LEN) != 0)
    {
      set_corrupt (error, "has chunks that its entry does not name");
      return NULL;
    }
  if (!open_chunks (key, place, chunks, plain, error) || !check_plain (manifest, plain, error))
    {
      bm_wipe (plain->data, plain->len);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&plain));
}

static json_t *
hash_to_json (const guint8 hash[BM_SM3_LEN])
{
  char hex[2 * BM_SM3_LEN + 1];

  for (guint i = 0; i < BM_SM3_LEN; i++)
    g_snprintf (hex + 2 * i, 3, "%02x", hash[i]);
  return json_string (hex);
}

static gboolean
hash_from_json (json_t *value, guint8 ret_hash[BM_SM3_LEN])
{
  const char *text = json_string_value (value);

  if (text == NULL || strlen (text) != 2 * BM_SM3_LEN)
    return FALSE;
  for (guint i = 0; i < BM_SM3_LEN; i++)
    {
      const int high = g_ascii_xdigit_value (text[2 * i]);
      const int low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      ret_hash[i] = (guint8) (high << 4 | low);
    }
  return TRUE;
}

/**
 * bm_attachment_manifest_to_json:
 * @self: a manifest
 *
 * Writes what the payload says of an attachment.
 *
 * Returns: (transfer full): an object
 */
json_t *
bm_attachment_manifest_to_json (const BmAttachmentManifest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return json_pack ("{s:o, s:I, s:s, s:o}", "blob", hash_to_json (self->blob), "bytes",
                    (json_int_t) self->bytes, "mime", self->mime, "sm3", hash_to_json (self->sm3));
}

/**
 * bm_attachment_manifest_from_json:
 * @value: (nullable): one element of "attachments"
 * @ret_manifest: (out): what it says
 * @error: %BM_ERROR_CORRUPT
 *
 * Reads what a payload says of an attachment.
 *
 * Returns: whether it is one
 */
gboolean
bm_attachment_manifest_from_json (json_t *value, BmAttachmentManifest *ret_manifest, GError **error)
{
  const char *mime = json_string_value (json_object_get (value, "mime"));
  json_t *bytes = json_object_get (value, "bytes");

  g_return_val_if_fail (ret_manifest != NULL, FALSE);

  memset (ret_manifest, 0, sizeof *ret_manifest);
  if (mime == NULL || !is_mime (mime) || json_integer_value (bytes) < 1 ||
      json_integer_value (bytes) > BM_ATTACHMENT_MAX_BYTES ||
      !hash_from_json (json_object_get (value, "blob"), ret_manifest->blob) ||
      !hash_from_json (json_object_get (value, "sm3"), ret_manifest->sm3))
    return set_corrupt (error, "is named wrongly");
  ret_manifest->bytes = (guint64) json_integer_value (bytes);
  g_strlcpy (ret_manifest->mime, mime, sizeof ret_manifest->mime);
  return TRUE;
}
