/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/protocol-run.h"
#include "tests/sync/sync-fixture.h"

#include <string.h>

/* Attachments at the far end: announced, filled run by run, complete. */

typedef struct
{
  GBytes *hashes;
  GByteArray *have;
  guint n_chunks;
  guint n_have;
  GPtrArray *begun; /* of GByteArray: what is there of each chunk */
} Blob;

struct _TestBlobs
{
  GHashTable *blobs; /* hex id -> Blob */
  guint n_chunks;
  guint n_asked;
  gsize n_bytes;
};

static void
blob_free (Blob *blob)
{
  g_bytes_unref (blob->hashes);
  g_byte_array_unref (blob->have);
  g_ptr_array_unref (blob->begun);
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
  blob->begun = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  for (guint i = 0; i < blob->n_chunks; i++)
    g_ptr_array_add (blob->begun, g_byte_array_new ());
  g_hash_table_insert (self->blobs, id, blob);
  return blob;
}

static void
take_chunk (TestBlobs *self, Blob *blob, guint chunk, const guint8 *data, gsize len)
{
  guint8 hash[BM_SM3_LEN];

  bm_sm3 (data, len, hash);
  g_assert_cmpuint (chunk, <, blob->n_chunks);
  g_assert_cmpmem (hash, sizeof hash,
                   (const guint8 *) g_bytes_get_data (blob->hashes, NULL) + chunk * BM_SM3_LEN,
                   sizeof hash);
  self->n_chunks++;
  blob->n_have += (blob->have->data[chunk / 8] & (0x80 >> (chunk % 8))) == 0 ? 1 : 0;
  blob->have->data[chunk / 8] |= (guint8) (0x80 >> (chunk % 8));
}

/* At most @most bytes of it arrive; G_MAXSIZE: all. */
static void
take_run (TestBlobs *self, Blob *blob, guint first, guint offset, GBytes *body, gsize most)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (body, &len);
  BmRunReader reader;
  BmRunPiece piece;

  len = MIN (len, most);
  bm_run_reader_init (&reader, first, offset);
  while (bm_run_reader_next (&reader, &data, &len, &piece, NULL))
    {
      GByteArray *chunk = g_ptr_array_index (blob->begun, piece.chunk);

      g_assert_cmpuint (chunk->len, ==, piece.at); /* neither twice nor with a gap */
      g_byte_array_append (chunk, piece.data, piece.n);
      self->n_bytes += piece.n;
      if (chunk->len == piece.len)
        take_chunk (self, blob, piece.chunk, chunk->data, chunk->len);
    }
}

static Blob *
find_blob (TestBlobs *self, const guint8 *name)
{
  g_autofree char *id = bm_hex_encode (name, BM_SM3_LEN);
  Blob *blob = g_hash_table_lookup (self->blobs, id);

  g_assert_nonnull (blob);
  return blob;
}

static Blob *
take_put (TestBlobs *self,
          const char *path,
          GBytes *body,
          gsize most,
          guint8 *ret_blob,
          guint8 *ret_nonce)
{
  const char *nonce = strstr (path, "nonce=");
  g_autofree char *plain = g_strndup (path, (gsize) (strchr (path, '?') - path));
  guint first, offset;

  g_assert_true (bm_hex_decode (nonce + strlen ("nonce="), ret_nonce, BM_NONCE_LEN));
  if (body == NULL)
    {
      g_assert_true (bm_blob_ask_parse (plain, ret_blob));
      self->n_asked++;
      return find_blob (self, ret_blob);
    }
  g_assert_true (bm_blob_run_parse (plain, ret_blob, &first, &offset));
  take_run (self, find_blob (self, ret_blob), first, offset, body, most);
  return find_blob (self, ret_blob);
}

void
test_blobs_take_part (TestBlobs *self, const char *path, GBytes *body, gsize most)
{
  guint8 blob[BM_SM3_LEN], nonce[BM_NONCE_LEN];

  (void) take_put (self, path, body, most, blob, nonce); /* nobody is told */
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
                 : take_put (self, path, body, G_MAXSIZE, reply->blob, ret_nonce);

  reply->have = g_bytes_new (blob->have->data, blob->have->len);
  reply->is_complete = blob->n_have == blob->n_chunks;
  reply->parts = g_array_new (FALSE, FALSE, sizeof (BmBlobPart));
  for (guint i = 0; i < blob->n_chunks; i++)
    {
      const GByteArray *begun = g_ptr_array_index (blob->begun, i);
      const BmBlobPart part = { .chunk = i, .bytes = begun->len };

      if (part.bytes > 0 && (blob->have->data[i / 8] & (0x80 >> (i % 8))) == 0)
        g_array_append_val (reply->parts, part);
    }
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

guint
test_blobs_count_asked (TestBlobs *self)
{
  return self->n_asked;
}

gsize
test_blobs_count_bytes (TestBlobs *self)
{
  return self->n_bytes;
}
