/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-blobs.h"

#include "core/error.h"
#include "core/fault.h"
#include "sync/platform/platform-calls-private.h"
#include "sync/platform/platform-store-blobs.h"
#include "sync/platform/platform-words.h"
#include "sync/protocol-json.h"

#include <string.h>

/*
 * Attachments as they arrive.
 *
 * Invariants: a chunk is looked at only through its hash; an answer that says "have" leaves after the
 * COMMIT that has it; nothing of a blob depends on order, number or connection of its chunks.
 */

static BmReply *
make_reply (BmPlatform *self, const BmStoredBlob *blob)
{
  BmReply *reply = bm_reply_new (BM_CALL_BLOB, blob->kiosk, bm_platform_now (self));

  memcpy (reply->blob, blob->blob, BM_SM3_LEN);
  reply->have = g_bytes_ref (blob->have);
  reply->parts = bm_parts_list (self->parts, blob->kiosk, blob->blob);
  reply->is_complete = bm_stored_blob_is_complete (blob);
  return reply;
}

static BmReply *
open_blob (BmPlatform *self, const BmBlobOpen *request, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (BmStoredBlob) blob =
    bm_platform_store_open_blob (self->store, request, bm_platform_now (self), &local_error);

  if (blob != NULL)
    return make_reply (self, blob);
  if (g_error_matches (local_error, BM_ERROR, BM_ERROR_LIMIT))
    return bm_platform_refuse (self, BM_CALL_BLOB, request->kiosk, "too-many",
                               BM_WORDS_TOO_MANY_BLOBS);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

BmReply *
bm_platform_blob_open (BmPlatform *self,
                       const BmPeer *peer,
                       GBytes *body,
                       guint8 ret_nonce[BM_NONCE_LEN],
                       GError **error)
{
  g_autoptr (BmBlobOpen) request = bm_blob_open_decode (body, error);
  g_autoptr (BmPlatformStation) station = NULL;
  g_autoptr (BmReply) reply = NULL;

  if (request == NULL)
    return NULL;
  memcpy (ret_nonce, request->nonce, BM_NONCE_LEN);
  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  station = bm_platform_admit (self, peer, BM_CALL_BLOB, request->kiosk, &reply);
  if (station != NULL)
    reply = open_blob (self, request, error);
  if (!bm_platform_store_end (self->store, reply != NULL, error))
    return NULL;
  return g_steal_pointer (&reply);
}

static gboolean
is_chunk_of (const BmStoredBlob *blob, guint chunk, GBytes *body)
{
  const guint8 *hashes = g_bytes_get_data (blob->hashes, NULL);
  guint8 hash[BM_SM3_LEN];
  gsize len;
  gconstpointer data = g_bytes_get_data (body, &len);

  if (chunk >= blob->n_chunks || len == 0 || len > BM_PROTOCOL_MAX_CHUNK)
    return FALSE;
  bm_sm3 (data, len, hash);
  return memcmp (hash, hashes + (gsize) chunk * BM_SM3_LEN, sizeof hash) == 0;
}

static BmReply *
put_chunk (BmPlatform *self,
           guint32 kiosk,
           const guint8 name[BM_SM3_LEN],
           guint chunk,
           GBytes *body,
           GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (BmStoredBlob) blob =
    bm_platform_store_get_blob (self->store, kiosk, name, &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (blob == NULL)
    return bm_platform_refuse (self, BM_CALL_BLOB, kiosk, "unknown-blob", BM_WORDS_UNKNOWN_BLOB);
  if (!is_chunk_of (blob, chunk, body))
    return bm_platform_refuse (self, BM_CALL_BLOB, kiosk, "bad-chunk", BM_WORDS_BAD_CHUNK);
  if (!bm_platform_store_put_chunk (self->store, blob, chunk, body, error))
    return NULL;
  return make_reply (self, blob);
}

BmReply *
bm_platform_blob_put (BmPlatform *self,
                      const BmPeer *peer,
                      const guint8 name[BM_SM3_LEN],
                      guint chunk,
                      GBytes *body,
                      GError **error)
{
  guint32 kiosk = peer != NULL ? peer->kiosk : 0;
  g_autoptr (BmPlatformStation) station = NULL;
  g_autoptr (BmReply) reply = NULL;

  g_return_val_if_fail (self != NULL && name != NULL && body != NULL, NULL);

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  station = bm_platform_admit (self, peer, BM_CALL_BLOB, kiosk, &reply);
  if (station != NULL)
    reply = put_chunk (self, kiosk, name, chunk, body, error);
  if (reply != NULL)
    bm_fault_point ("platform-chunk-before-commit");
  if (!bm_platform_store_end (self->store, reply != NULL, error))
    return NULL;
  bm_fault_point ("platform-chunk-after-commit");
  return g_steal_pointer (&reply);
}

BmReply *
bm_platform_blob_open_for (BmPlatform *self, guint32 kiosk, GBytes *body, GError **error)
{
  g_autoptr (BmBlobOpen) request = bm_blob_open_decode (body, error);
  g_autoptr (BmReply) reply = NULL;

  if (request == NULL)
    return NULL;
  if (request->kiosk != kiosk)
    return bm_platform_refuse (self, BM_CALL_BLOB, kiosk, "bad-request", BM_WORDS_BAD_REQUEST);
  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  reply = open_blob (self, request, error);
  if (!bm_platform_store_end (self->store, reply != NULL, error))
    return NULL;
  return g_steal_pointer (&reply);
}

BmReply *
bm_platform_blob_put_for (BmPlatform *self,
                          guint32 kiosk,
                          const guint8 name[BM_SM3_LEN],
                          guint chunk,
                          GBytes *body,
                          GError **error)
{
  g_autoptr (BmReply) reply = NULL;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  reply = put_chunk (self, kiosk, name, chunk, body, error);
  if (!bm_platform_store_end (self->store, reply != NULL, error))
    return NULL;
  return g_steal_pointer (&reply);
}

static BmReply *
ask (BmPlatform *self, guint32 kiosk, const guint8 name[BM_SM3_LEN], GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (BmStoredBlob) blob =
    bm_platform_store_get_blob (self->store, kiosk, name, &local_error);

  if (blob != NULL)
    return make_reply (self, blob);
  if (local_error == NULL)
    return bm_platform_refuse (self, BM_CALL_BLOB, kiosk, "unknown-blob", BM_WORDS_UNKNOWN_BLOB);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

BmReply *
bm_platform_blob_ask (BmPlatform *self,
                      const BmPeer *peer,
                      const guint8 name[BM_SM3_LEN],
                      GError **error)
{
  guint32 kiosk = peer != NULL ? peer->kiosk : 0;
  g_autoptr (BmPlatformStation) station = NULL;
  BmReply *reply = NULL;

  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  station = bm_platform_admit (self, peer, BM_CALL_BLOB, kiosk, &reply);
  if (station != NULL)
    reply = ask (self, kiosk, name, error);
  bm_platform_store_rollback (self->store); /* only read */
  return reply;
}

static gboolean
set_not_found (GError **error, const char *what)
{
  g_set_error_literal (error, BM_ERROR, BM_ERROR_NOT_FOUND, what);
  return FALSE;
}

/* What @payload says of the attachment @name, and its place in the list. */
static gboolean
find_manifest (GBytes *payload,
               const guint8 name[BM_SM3_LEN],
               BmAttachmentManifest *ret_manifest,
               guint32 *ret_ordinal)
{
  g_autoptr (BmJson) value =
    json_loadb (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), 0, NULL);
  json_t *list = json_object_get (value, "attachments");

  for (gsize i = 0; i < json_array_size (list); i++)
    {
      *ret_ordinal = (guint32) i;
      if (bm_attachment_manifest_from_json (json_array_get (list, i), ret_manifest, NULL) &&
          memcmp (ret_manifest->blob, name, BM_SM3_LEN) == 0)
        return TRUE;
    }
  return FALSE;
}

static GPtrArray *
load_chunks (BmPlatform *self, const BmStoredBlob *blob, GError **error)
{
  g_autoptr (GPtrArray) chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < blob->n_chunks; i++)
    {
      GBytes *chunk = bm_platform_store_get_chunk (self->store, blob, i, error);

      if (chunk == NULL)
        return NULL;
      g_ptr_array_add (chunks, chunk);
    }
  return g_steal_pointer (&chunks);
}

static GBytes *
open_with_entry (BmPlatform *self,
                 const BmStoredBlob *blob,
                 BmStoredEntry *entry,
                 BmAttachmentManifest *ret_manifest,
                 GError **error)
{
  BmAttachmentPlace place = { entry->kiosk, entry->epoch, entry->seq, 0 };
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (BmKey) base = NULL, key = NULL;
  g_autoptr (GPtrArray) chunks = NULL;
  BmEntryHeader header;
  guint32 steps = 0;

  payload = bm_platform_open_payload (self, entry, &header, error);
  if (payload == NULL)
    return NULL;
  if (!find_manifest (payload, blob->blob, ret_manifest, &place.ordinal))
    {
      (void) set_not_found (error, "The entry does not name that attachment"); /* it always fails */
      return NULL;
    }
  base = bm_platform_dup_base (self, &header, &steps, error);
  key = base != NULL ? bm_ratchet_open_blob_key (base, steps, error) : NULL;
  chunks = key != NULL ? load_chunks (self, blob, error) : NULL;
  return chunks != NULL ? bm_attachment_open (key, &place, ret_manifest, chunks, error) : NULL;
}

/* Inside a transaction. */
static GBytes *
open_stored (BmPlatform *self,
             guint32 kiosk,
             const guint8 name[BM_SM3_LEN],
             BmAttachmentManifest *ret_manifest,
             GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (BmStoredBlob) blob =
    bm_platform_store_get_blob (self->store, kiosk, name, &local_error);
  g_autoptr (BmStoredEntry) entry = NULL;

  if (blob != NULL && bm_stored_blob_is_complete (blob))
    entry = bm_platform_store_find_entry (self->store, kiosk, blob->epoch, blob->seq, &local_error);
  if (entry != NULL)
    return open_with_entry (self, blob, entry, ret_manifest, error);
  if (local_error == NULL)
    (void) set_not_found (&local_error, "That attachment is not here whole"); /* it always fails */
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

GBytes *
bm_platform_open_blob (BmPlatform *self,
                       guint32 kiosk,
                       const guint8 name[BM_SM3_LEN],
                       BmAttachmentManifest *ret_manifest,
                       GError **error)
{
  GBytes *plain;

  g_return_val_if_fail (self != NULL && name != NULL && ret_manifest != NULL, NULL);

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  plain = open_stored (self, kiosk, name, ret_manifest, error);
  bm_platform_store_rollback (self->store); /* only read */
  return plain;
}
