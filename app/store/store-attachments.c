/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-batch.h"

#include "core/entry/attachment.h"
#include "core/error.h"

#include <string.h>

/*
 * Attachments: photos, scans, voice, signatures. Written sealed and in chunks with their entry, in its
 * one transaction; sent chunk by chunk once the platform has answered for the entry; kept until the
 * entry's payload is purged.
 *
 * Invariants:
 *  B1  An attachment is offered only when its entry is settled: the platform knows its manifest then.
 *  B2  What the platform has is stored only from a proven answer, and only grows until the platform
 *      says that it lost the entry (store-notes.c, N1).
 */

/* In the entry's transaction */

/* Of BmSealedAttachment; empty without attachments. */
GPtrArray *
bm_store_seal_attachments (BmStore *self,
                           const BmEntryHeader *header,
                           GPtrArray *attachments,
                           GError **error)
{
  g_autoptr (GPtrArray) sealed =
    g_ptr_array_new_with_free_func ((GDestroyNotify) bm_sealed_attachment_free);
  g_autoptr (BmKey) key = NULL;

  if (attachments == NULL || attachments->len == 0)
    return g_steal_pointer (&sealed);
  key = bm_ratchet_dup_blob_key (self->ratchet, error);
  if (key == NULL)
    return NULL;
  for (guint i = 0; i < attachments->len; i++)
    {
      const BmAttachmentPlace place = { header->kiosk, header->epoch, header->seq, i };
      BmSealedAttachment *one = bm_attachment_seal (key, &place, attachments->pdata[i], error);

      if (one == NULL)
        return NULL;
      g_ptr_array_add (sealed, one);
    }
  return g_steal_pointer (&sealed);
}

/* @payload with "attachments"; the draft's own is not changed. */
json_t *
bm_store_name_attachments (json_t *payload, GPtrArray *sealed)
{
  json_t *named = json_copy (payload);
  json_t *list = json_array ();

  for (guint i = 0; i < sealed->len; i++)
    {
      const BmSealedAttachment *one = sealed->pdata[i];

      json_array_append_new (list, bm_attachment_manifest_to_json (&one->manifest));
    }
  json_object_set_new (named, "attachments", list);
  return named;
}

static gboolean
insert_chunks (BmStore *self, gint64 id, GPtrArray *chunks, GError **error)
{
  for (guint i = 0; i < chunks->len; i++)
    {
      g_autoptr (BmStatement) statement =
        bm_sql_borrow (self, "INSERT INTO chunk (attachment, ordinal, body) VALUES (?, ?, ?)",
                       error);

      if (statement == NULL)
        return FALSE;
      bm_sql_bind_int (statement, 1, id);
      bm_sql_bind_int (statement, 2, i);
      bm_sql_bind_bytes (statement, 3, chunks->pdata[i]);
      if (!bm_sql_step (self, statement, NULL, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
insert_attachment (BmStore *self,
                   const BmEntryHeader *header,
                   guint ordinal,
                   const BmSealedAttachment *one,
                   GError **error)
{
  g_autoptr (BmStatement) statement = bm_sql_borrow (
    self,
    "INSERT INTO attachment (epoch, seq, ordinal, blob, bytes, chunks, hashes, have) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, x'')",
    error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, (gint64) header->epoch);
  bm_sql_bind_int (statement, 2, (gint64) header->seq);
  bm_sql_bind_int (statement, 3, ordinal);
  bm_sql_bind_blob (statement, 4, one->manifest.blob, BM_SM3_LEN);
  bm_sql_bind_int (statement, 5, (gint64) one->manifest.bytes);
  bm_sql_bind_int (statement, 6, one->chunks->len);
  bm_sql_bind_bytes (statement, 7, one->hashes);
  return bm_sql_step (self, statement, NULL, error) &&
         insert_chunks (self, sqlite3_last_insert_rowid (self->db), one->chunks, error);
}

gboolean
bm_store_insert_attachments (BmStore *self,
                             const BmEntryHeader *header,
                             GPtrArray *sealed,
                             GError **error)
{
  for (guint i = 0; i < sealed->len; i++)
    if (!insert_attachment (self, header, i, sealed->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* Sending */

typedef struct
{
  BmStore *self;
  gint64 id;
  guint ordinal;
  GHashTable *skip;
  GBytes *have;
  gboolean is_complete;
} BlobCall;

static void
blob_call_free (BlobCall *call)
{
  g_clear_pointer (&call->skip, g_hash_table_unref);
  g_clear_pointer (&call->have, g_bytes_unref);
  g_free (call);
}

static BlobCall *
blob_call_new (BmOutbox *outbox, gint64 id)
{
  BlobCall *call = g_new0 (BlobCall, 1);

  call->self = BM_STORE (outbox);
  call->id = id;
  return call;
}

static gpointer
next_blob_on_worker (gpointer data, GError **error)
{
  const BlobCall *call = data;
  g_autoptr (BmStatement) row =
    bm_sql_borrow (call->self,
                   "SELECT " BM_STORE_BLOB_COLUMNS " FROM attachment JOIN entry ON "
                   "entry.epoch = attachment.epoch AND entry.seq = attachment.seq "
                   "WHERE attachment.state = 0 AND entry.state IN (1, 4, 5) ORDER BY attachment.id",
                   error);
  gboolean has_row;

  if (row == NULL)
    return NULL;
  while (bm_sql_step (call->self, row, &has_row, error) && has_row)
    {
      BmOutboxBlob *blob;

      if (g_hash_table_contains (call->skip, GSIZE_TO_POINTER ((gsize) bm_sql_get_int (row, 0))))
        continue;
      blob = bm_store_dup_blob (row);
      if (blob != NULL)
        return blob;
    }
  return NULL;
}

static void
next_blob_async (BmOutbox *outbox, GArray *skip, GAsyncReadyCallback callback, gpointer user_data)
{
  BlobCall *call = blob_call_new (outbox, 0);

  call->skip = bm_store_skip_new (skip);
  bm_store_run (call->self, next_blob_on_worker, call, (GDestroyNotify) blob_call_free,
                (GDestroyNotify) bm_outbox_blob_free, callback, user_data);
}

static BmOutboxBlob *
next_blob_finish (BmOutbox *outbox, GAsyncResult *result, GError **error)
{
  return bm_worker_run_finish (result, error);
}

static gpointer
read_chunk_on_worker (gpointer data, GError **error)
{
  const BlobCall *call = data;
  g_autoptr (BmStatement) row =
    bm_sql_borrow (call->self, "SELECT body FROM chunk WHERE attachment = ? AND ordinal = ?",
                   error);
  GBytes *body = NULL;
  gboolean has_row;

  if (row == NULL)
    return NULL;
  bm_sql_bind_int (row, 1, call->id);
  bm_sql_bind_int (row, 2, call->ordinal);
  if (!bm_sql_step (call->self, row, &has_row, error))
    return NULL;
  if (has_row)
    body = bm_sql_dup_bytes (row, 0);
  if (body == NULL)
    g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND,
                 "attachment %" G_GINT64_FORMAT " has no chunk %u", call->id, call->ordinal);
  return body;
}

static void
read_chunk_async (BmOutbox *outbox,
                  gint64 blob,
                  guint ordinal,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  BlobCall *call = blob_call_new (outbox, blob);

  call->ordinal = ordinal;
  bm_store_run (call->self, read_chunk_on_worker, call, (GDestroyNotify) blob_call_free,
                (GDestroyNotify) g_bytes_unref, callback, user_data);
}

static GBytes *
read_chunk_finish (BmOutbox *outbox, GAsyncResult *result, GError **error)
{
  return bm_worker_run_finish (result, error);
}

static gboolean
note_blob_body (BmStore *self, gpointer data, GError **error)
{
  const BlobCall *call = data;
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "UPDATE attachment SET have = ifnull (?2, have), state = ?3 "
                   "WHERE id = ?1 AND (?2 IS NULL OR length (?2) <= (chunks + 7) / 8)",
                   error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, call->id);
  bm_sql_bind_bytes (statement, 2, call->have);
  bm_sql_bind_int (statement, 3, call->is_complete ? 1 : 0);
  return bm_sql_step (self, statement, NULL, error);
}

static gpointer
note_blob_on_worker (gpointer data, GError **error)
{
  BlobCall *call = data;

  return GINT_TO_POINTER (bm_store_transact_draining (call->self, note_blob_body, call, error));
}

static void
note_blob_async (BmOutbox *outbox,
                 gint64 blob,
                 GBytes *have,
                 gboolean is_complete,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  BlobCall *call = blob_call_new (outbox, blob);

  call->have = have != NULL ? g_bytes_ref (have) : NULL;
  call->is_complete = is_complete;
  bm_store_run (call->self, note_blob_on_worker, call, (GDestroyNotify) blob_call_free, NULL,
                callback, user_data);
}

void
bm_store_attachments_iface_init (BmOutboxInterface *iface)
{
  iface->next_blob_async = next_blob_async;
  iface->next_blob_finish = next_blob_finish;
  iface->read_chunk_async = read_chunk_async;
  iface->read_chunk_finish = read_chunk_finish;
  iface->note_blob_async = note_blob_async;
  iface->note_blob_finish = bm_store_finish_bool;
}
