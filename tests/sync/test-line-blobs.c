/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/protocol.h"
#include "tests/sync/sync-fixture.h"

#include <string.h>

/* Attachments at the far end: announced, filled chunk by chunk, complete. */

typedef struct
{
  GBytes *hashes;
  GByteArray *have;
  guint n_chunks;
  guint n_have;
} Blob;

struct _TestBlobs
{
  GHashTable *blobs; /* hex id -> Blob */
  guint n_chunks;
};

static void
blob_free (Blob *blob)
{
  g_bytes_unref (blob->hashes);
  g_byte_array_unref (blob->have);
  g_free (blob);
}

TestBlobs *
test_blobs_new (void)
{
  TestBlobs *self = g_new0 (TestBlobs, 1);

  self->blobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) blob_free);
  return self;
}

void
test_blobs_free (TestBlobs *self)
{
  g_hash_table_unref (self->blobs);
  g_free (self);
}

static Blob *
open_blob (TestBlobs *self, GBytes *body, guint8 *ret_blob, guint8 *ret_nonce)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmBlobOpen) call = bm_blob_open_decode (body, &error);
  Blob *blob;
  char *id;

  g_assert_no_error (error);
  memcpy (ret_nonce, call->nonce, BM_NONCE_LEN);
  bm_blob_id (call->hashes, ret_blob);
  id = bm_hex_encode (ret_blob, BM_SM3_LEN);
  blob = g_hash_table_lookup (self->blobs, id);
  if (blob != NULL)
    {
      g_free (id);
      return blob;
    }
  blob = g_new0 (Blob, 1);
  blob->hashes = g_bytes_ref (call->hashes);
  blob->n_chunks = (guint) (g_bytes_get_size (call->hashes) / BM_SM3_LEN);
  blob->have = g_byte_array_new ();
  g_byte_array_set_size (blob->have, (blob->n_chunks + 7) / 8);
  memset (blob->have->data, 0, blob->have->len);
  g_hash_table_insert (self->blobs, id, blob);
  return blob;
}

static Blob *
take_chunk (TestBlobs *self, const char *path, GBytes *body, guint8 *ret_blob, guint8 *ret_nonce)
{
  const char *nonce = strstr (path, "nonce=");
  g_autofree char *plain = g_strndup (path, (gsize) (strchr (path, '?') - path));
  g_autofree char *id = NULL;
  guint8 hash[BM_SM3_LEN];
  Blob *blob;
  guint chunk;

  g_assert_true (bm_hex_decode (nonce + strlen ("nonce="), ret_nonce, BM_NONCE_LEN));
  g_assert_true (bm_blob_chunk_parse (plain, ret_blob, &chunk));
  id = bm_hex_encode (ret_blob, BM_SM3_LEN);
  blob = g_hash_table_lookup (self->blobs, id);
  g_assert_nonnull (blob);
  bm_sm3 (g_bytes_get_data (body, NULL), g_bytes_get_size (body), hash);
  g_assert_cmpmem (hash, sizeof hash,
                   (const guint8 *) g_bytes_get_data (blob->hashes, NULL) + chunk * BM_SM3_LEN,
                   sizeof hash);
  self->n_chunks++;
  blob->n_have += (blob->have->data[chunk / 8] & (0x80 >> (chunk % 8))) == 0 ? 1 : 0;
  blob->have->data[chunk / 8] |= (guint8) (0x80 >> (chunk % 8));
  return blob;
}

void
test_blobs_answer (TestBlobs *self,
                   const char *path,
                   GBytes *body,
                   BmReply *reply,
                   guint8 ret_nonce[BM_NONCE_LEN])
{
  Blob *blob = strcmp (path, BM_PATH_BLOB) == 0
                 ? open_blob (self, body, reply->blob, ret_nonce)
                 : take_chunk (self, path, body, reply->blob, ret_nonce);

  reply->have = g_bytes_new (blob->have->data, blob->have->len);
  reply->is_complete = blob->n_have == blob->n_chunks;
}

guint
test_blobs_count_complete (TestBlobs *self)
{
  GHashTableIter iter;
  gpointer blob;
  guint count = 0;

  g_hash_table_iter_init (&iter, self->blobs);
  while (g_hash_table_iter_next (&iter, NULL, &blob))
    count += ((Blob *) blob)->n_have == ((Blob *) blob)->n_chunks ? 1 : 0;
  return count;
}

guint
test_blobs_count_chunks (TestBlobs *self)
{
  return self->n_chunks;
}
