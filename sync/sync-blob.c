/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-engine-private.h"

#include <string.h>

/*
 * One attachment at a time: its hashes are announced, the answer says which chunks the platform has, the others follow in
 * any order, a few at once, each verifying by itself. Nothing has to be remembered for resuming: after a restart, a broken
 * line or a week the announcement is simply said again.
 *
 *   next -> open --have--> (read -> send)* --complete--> next
 *
 * An attachment that the platform will not take is passed over until the next hello and never stands in the way of the
 * next one, nor of entries (invariant 5); it stays in the ledger.
 */

#define MOST_CHUNKS 3 /* so that an entry always finds a connection free */

typedef struct
{
  BmSyncEngine *self;
  gint64 id; /* of the attachment: it may be another one by the time of the answer */
  guint chunk;
  gboolean is_chunk;
  guint8 nonce[BM_NONCE_LEN];
  gint64 sent_ms;
  gsize bytes;
} Parcel;

static void
parcel_free (Parcel *parcel)
{
  g_object_unref (parcel->self);
  g_free (parcel);
}

static void
set_bit (GByteArray *bits, guint chunk, gboolean is_set)
{
  const guint8 mask = (guint8) (0x80 >> (chunk % 8));

  if (is_set)
    bits->data[chunk / 8] |= mask;
  else
    bits->data[chunk / 8] &= (guint8) ~mask;
}

static gboolean
has_bit (const GByteArray *bits, guint chunk)
{
  return (bits->data[chunk / 8] & (0x80 >> (chunk % 8))) != 0;
}

void
bm_sync_engine_drop_blob (BmSyncEngine *self)
{
  g_clear_pointer (&self->blob.blob, bm_outbox_blob_free);
  g_clear_pointer (&self->blob.have, g_byte_array_unref);
  g_clear_pointer (&self->blob.aloft, g_byte_array_unref);
  self->blob.is_open = FALSE;
}

static gboolean
is_current (Parcel *parcel)
{
  return parcel->self->blob.blob != NULL && parcel->self->blob.blob->id == parcel->id;
}

static void
pass_over (BmSyncEngine *self)
{
  g_array_append_val (self->blob_skip, self->blob.blob->id);
  bm_sync_engine_drop_blob (self);
}

/* Answers */

static void
on_noted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  BmSyncFailure local = { .trouble = bm_sync_engine_get_link (self) };

  self->n_asking--;
  if (!bm_outbox_note_blob_finish (self->outbox, result, NULL))
    bm_sync_engine_note_failure (self, &local);
  bm_sync_engine_pump (self);
}

static void
take_answer (Parcel *parcel, const BmReply *reply)
{
  BmSyncEngine *self = parcel->self;
  gsize len;
  const guint8 *have = g_bytes_get_data (reply->have, &len);

  for (guint i = 0; i < MIN (len, self->blob.have->len); i++)
    self->blob.have->data[i] |= have[i];
  self->blob.is_open = TRUE;
  self->n_asking++;
  bm_outbox_note_blob_async (self->outbox, parcel->id, reply->have, reply->is_complete, on_noted,
                             g_object_ref (self));
  if (reply->is_complete)
    bm_sync_engine_drop_blob (self);
}

static void
blame (Parcel *parcel, const BmSyncFailure *failure)
{
  bm_pace_note_broken (&parcel->self->pace);
  if (failure->is_content && is_current (parcel))
    pass_over (parcel->self);
  else
    bm_sync_engine_note_failure (parcel->self, failure);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  Parcel *parcel = data;
  BmSyncEngine *self = parcel->self;
  g_auto (BmSyncFailure) failure = { 0 };
  g_autoptr (BmReply) reply =
    bm_sync_engine_receive (self, result, parcel->nonce, BM_CALL_BLOB, &failure);

  self->blob.n_aloft--;
  if (is_current (parcel) && parcel->is_chunk)
    set_bit (self->blob.aloft, parcel->chunk, FALSE);
  if (reply != NULL)
    {
      bm_backoff_note_success (&self->backoff);
      bm_sync_engine_forgive (self);
      self->pace.seen_bytes += parcel->bytes;
    }
  if (reply == NULL)
    blame (parcel, &failure);
  else if (is_current (parcel) &&
           memcmp (reply->blob, self->blob.blob->blob, sizeof reply->blob) == 0)
    take_answer (parcel, reply);
  g_object_ref (self);
  parcel_free (parcel);
  bm_sync_engine_pump (self);
  g_object_unref (self);
}

/* Questions */

static Parcel *
parcel_new (BmSyncEngine *self)
{
  Parcel *parcel = g_new0 (Parcel, 1);

  parcel->self = g_object_ref (self);
  parcel->id = self->blob.blob->id;
  bm_random_bytes (parcel->nonce, sizeof parcel->nonce);
  self->blob.n_aloft++;
  return parcel;
}

static void
open_blob (BmSyncEngine *self)
{
  const BmOutboxBlob *blob = self->blob.blob;
  Parcel *parcel = parcel_new (self);
  g_autoptr (GBytes) body = NULL;
  BmBlobOpen call = {
    .kiosk = bm_enrolment_get_kiosk (self->enrolment),
    .epoch = blob->epoch,
    .seq = blob->seq,
    .ordinal = blob->ordinal,
    .bytes = (guint32) blob->bytes,
    .hashes = blob->hashes,
  };

  memcpy (call.nonce, parcel->nonce, sizeof call.nonce);
  body = bm_blob_open_encode (&call);
  bm_transport_send_async (self->transport, BM_PATH_BLOB, BM_CONTENT_JSON, body, self->cancellable,
                           on_answered, parcel);
}

static void
on_chunk (GObject *source, GAsyncResult *result, gpointer data)
{
  Parcel *parcel = data;
  BmSyncEngine *self = parcel->self;
  g_autoptr (GBytes) body = bm_outbox_read_chunk_finish (self->outbox, result, NULL);
  g_autofree char *path = NULL;

  self->n_asking--;
  if (body == NULL || !is_current (parcel) || !self->is_running)
    {
      self->blob.n_aloft--;
      if (is_current (parcel)) /* it cannot be read here: the others go on */
        pass_over (self);
      g_object_ref (self);
      parcel_free (parcel);
      bm_sync_engine_pump (self);
      g_object_unref (self);
      return;
    }
  parcel->bytes = g_bytes_get_size (body);
  path = bm_blob_chunk_path (self->blob.blob->blob, parcel->chunk, parcel->nonce);
  bm_transport_send_async (self->transport, path, BM_CONTENT_CHUNK, body, self->cancellable,
                           on_answered, parcel);
  bm_sync_engine_pump (self);
}

static gboolean
send_chunk (BmSyncEngine *self)
{
  for (guint i = 0; i < self->blob.blob->n_chunks; i++)
    if (!has_bit (self->blob.have, i) && !has_bit (self->blob.aloft, i))
      {
        Parcel *parcel = parcel_new (self);

        parcel->chunk = i;
        parcel->is_chunk = TRUE;
        set_bit (self->blob.aloft, i, TRUE);
        self->n_asking++;
        bm_outbox_read_chunk_async (self->outbox, parcel->id, i, on_chunk, parcel);
        return TRUE;
      }
  return FALSE;
}

static void
on_next_blob (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  g_autoptr (GError) error = NULL;
  BmOutboxBlob *blob = bm_outbox_next_blob_finish (self->outbox, result, &error);
  BmSyncFailure local = { .trouble = bm_sync_engine_get_link (self) };
  guint len;

  self->n_asking--;
  if (error != NULL)
    bm_sync_engine_note_failure (self, &local);
  else if (blob == NULL)
    self->has_blobs = FALSE;
  else
    {
      len = (blob->n_chunks + 7) / 8;
      self->blob.blob = blob;
      self->blob.have = g_byte_array_sized_new (len);
      self->blob.aloft = g_byte_array_sized_new (len);
      g_byte_array_set_size (self->blob.have, len);
      g_byte_array_set_size (self->blob.aloft, len);
      memset (self->blob.have->data, 0, len);
      memset (self->blob.aloft->data, 0, len);
    }
  bm_sync_engine_pump (self);
}

gboolean
bm_sync_engine_pump_blob (BmSyncEngine *self)
{
  if (!self->has_blobs)
    return FALSE;
  if (self->blob.blob == NULL)
    {
      self->n_asking++;
      bm_outbox_next_blob_async (self->outbox, self->blob_skip, on_next_blob, g_object_ref (self));
      return TRUE;
    }
  if (!self->blob.is_open)
    {
      if (self->blob.n_aloft == 0)
        open_blob (self);
      return TRUE;
    }
  if (self->blob.n_aloft >= MOST_CHUNKS)
    return TRUE;
  if (send_chunk (self))
    return TRUE;
  if (self->blob.n_aloft > 0)
    return TRUE; /* the last ones are on the way */
  /* Everything is there and yet it is not complete: not in our power. */
  pass_over (self);
  return bm_sync_engine_pump_blob (self);
}
