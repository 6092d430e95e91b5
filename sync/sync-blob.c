/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-engine-private.h"

#include "sync/protocol-run.h"

#include <string.h>

/*
 * One attachment at a time: its hashes are announced, the answer says which chunks the platform has, the others follow in
 * runs, a few at once: chunks that follow one another in one request, which the platform takes apart while it comes. Nothing
 * has to be remembered for resuming: after a restart or a week the announcement is simply said again.
 *
 *   next -> open --have--> (read -> send)* --complete--> next
 *                            |       '--line away and back--> unsure: ask --have--> (read -> send)*
 *
 * A line that dies takes a run with it, but what arrived of that stays. Which of its chunks, and how much of the one that
 * was cut in two, the platform is asked once, a few hundred bytes; meanwhile the other connections go on with chunks of
 * which no byte was sent yet.
 *
 * An attachment that the platform will not take is passed over until the next hello and never stands in the way of the
 * next one, nor of entries (invariant 5); it stays in the ledger.
 */

#define MOST_RUNS       3 /* so that an entry always finds a connection free */
#define RUN_MS          12000 /* of one run, while its neighbours are on the way: then entries come first */
#define RUN_FIRST_BYTES (96 * 1024)
#define RUN_MIN_BYTES   (32 * 1024)
#define RUN_MAX_BYTES   (256 * 1024)
#define MOST_IN_VAIN    20 /* runs, one after the other, of which nothing arrived */

typedef enum
{
  PARCEL_OPEN,
  PARCEL_ASK,
  PARCEL_RUN,
} ParcelKind;

typedef struct
{
  BmSyncEngine *self;
  gint64 id; /* of the attachment: it may be another one by the time of the answer */
  ParcelKind kind;
  guint first; /* of a run */
  guint count;
  guint offset;      /* what the platform has of the first */
  GPtrArray *chunks; /* of GBytes, while they are read */
  guint8 nonce[BM_NONCE_LEN];
  gint64 sent_ms;
  gsize bytes;
} Parcel;

static void
parcel_free (Parcel *parcel)
{
  g_clear_pointer (&parcel->chunks, g_ptr_array_unref);
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
  g_clear_pointer (&self->blob.unsure, g_byte_array_unref);
  g_clear_pointer (&self->blob.parts, g_array_unref);
  self->blob.n_unsure = 0;
  self->blob.n_in_vain = 0;
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

/* How many bytes of it are there, as far as numbers can be compared: a chunk counts as the longest there may be. */
static gsize
count_there (BmSyncEngine *self)
{
  gsize there = 0;

  for (guint i = 0; i < self->blob.blob->n_chunks; i++)
    there += has_bit (self->blob.have, i) ? BM_PROTOCOL_MAX_CHUNK : 0;
  for (guint i = 0; self->blob.parts != NULL && i < self->blob.parts->len; i++)
    there += g_array_index (self->blob.parts, BmBlobPart, i).bytes;
  return there;
}

static void
set_parts (BmSyncEngine *self, GArray *parts)
{
  g_clear_pointer (&self->blob.parts, g_array_unref);
  if (parts != NULL)
    self->blob.parts = g_array_ref (parts);
}

static void
take_answer (Parcel *parcel, const BmReply *reply)
{
  BmSyncEngine *self = parcel->self;
  const gsize before = count_there (self);
  gsize len;
  const guint8 *have = g_bytes_get_data (reply->have, &len);

  for (guint i = 0; i < MIN (len, self->blob.have->len); i++)
    self->blob.have->data[i] |= have[i];
  set_parts (self, reply->parts);
  if (parcel->kind != PARCEL_RUN) /* it was asked after the break */
    {
      memset (self->blob.unsure->data, 0, self->blob.unsure->len);
      self->blob.n_unsure = 0;
    }
  self->blob.n_in_vain = count_there (self) > before ? 0 : self->blob.n_in_vain + 1;
  self->blob.is_open = TRUE;
  self->n_asking++;
  bm_outbox_note_blob_async (self->outbox, parcel->id, reply->have, reply->is_complete, on_noted,
                             g_object_ref (self));
  if (reply->is_complete)
    bm_sync_engine_drop_blob (self);
}

/* What was begun may have arrived. */
static void
doubt_run (Parcel *parcel)
{
  BmSyncBlob *blob = &parcel->self->blob;

  if (parcel->kind != PARCEL_RUN || !is_current (parcel) || parcel->bytes == 0)
    return;
  for (guint i = 0; i < parcel->count; i++)
    set_bit (blob->unsure, parcel->first + i, TRUE);
  blob->n_unsure += parcel->count;
}

static void
blame (Parcel *parcel, const BmSyncFailure *failure)
{
  BmSyncEngine *self = parcel->self;

  doubt_run (parcel);
  if (failure->trouble == BM_LINK_ONLINE && is_current (parcel) &&
      ++self->blob.n_in_vain < MOST_IN_VAIN)
    return; /* the line was away and is back: nothing to wait for */
  bm_pace_note_broken (&self->pace);
  self->blob.run_bytes = MAX (self->blob.run_bytes / 2, RUN_MIN_BYTES);
  if (failure->is_content && is_current (parcel))
    pass_over (self);
  else
    bm_sync_engine_note_failure (self, failure);
}

static void
note_run_through (Parcel *parcel)
{
  BmSyncEngine *self = parcel->self;
  const gint64 took_ms = MAX (bm_clock_get_boot_ms (self->clock) - parcel->sent_ms, 1);
  const gsize aim = (gsize) ((double) parcel->bytes * RUN_MS / (double) took_ms);

  self->pace.seen_bytes += parcel->bytes;
  self->blob.run_bytes = CLAMP (aim, RUN_MIN_BYTES, MIN (2 * self->blob.run_bytes, RUN_MAX_BYTES));
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  Parcel *parcel = data;
  g_autoptr (BmSyncEngine) self = g_object_ref (parcel->self);
  g_auto (BmSyncFailure) failure = { 0 };
  g_autoptr (BmReply) reply =
    bm_sync_engine_receive (self, result, parcel->nonce, BM_CALL_BLOB, &failure);

  self->blob.n_aloft--;
  for (guint i = 0; is_current (parcel) && i < parcel->count; i++)
    set_bit (self->blob.aloft, parcel->first + i, FALSE);
  self->blob.is_asked &= parcel->kind != PARCEL_ASK;
  if (reply != NULL)
    {
      bm_backoff_note_success (&self->backoff);
      bm_sync_engine_forgive (self);
    }
  if (reply != NULL && parcel->kind == PARCEL_RUN)
    note_run_through (parcel);
  if (reply == NULL)
    blame (parcel, &failure);
  else if (is_current (parcel) &&
           memcmp (reply->blob, self->blob.blob->blob, sizeof reply->blob) == 0)
    take_answer (parcel, reply);
  parcel_free (parcel);
  bm_sync_engine_pump (self);
}

/* Questions */

static Parcel *
parcel_new (BmSyncEngine *self, ParcelKind kind)
{
  Parcel *parcel = g_new0 (Parcel, 1);

  parcel->kind = kind;
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
  Parcel *parcel = parcel_new (self, PARCEL_OPEN);
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
ask_blob (BmSyncEngine *self)
{
  Parcel *parcel = parcel_new (self, PARCEL_ASK);
  g_autofree char *path = bm_blob_ask_path (self->blob.blob->blob, parcel->nonce);

  self->blob.is_asked = TRUE;
  bm_transport_send_async (self->transport, path, NULL, NULL, self->cancellable, on_answered,
                           parcel);
}

static void
launch_run (Parcel *parcel)
{
  BmSyncEngine *self = parcel->self;
  g_autoptr (GBytes) body = bm_blob_run_encode (parcel->chunks, parcel->offset);
  g_autofree char *path =
    bm_blob_run_path (self->blob.blob->blob, parcel->first, parcel->offset, parcel->nonce);

  g_clear_pointer (&parcel->chunks, g_ptr_array_unref);
  parcel->bytes = g_bytes_get_size (body);
  parcel->sent_ms = bm_clock_get_boot_ms (self->clock);
  bm_transport_send_async (self->transport, path, BM_CONTENT_CHUNK, body, self->cancellable,
                           on_answered, parcel);
}

static void
on_chunk (GObject *source, GAsyncResult *result, gpointer data)
{
  Parcel *parcel = data;
  g_autoptr (BmSyncEngine) self = g_object_ref (parcel->self);
  GBytes *chunk = bm_outbox_read_chunk_finish (self->outbox, result, NULL);

  if (chunk != NULL)
    g_ptr_array_add (parcel->chunks, chunk);
  if (chunk != NULL && is_current (parcel) && self->is_running &&
      parcel->chunks->len < parcel->count)
    {
      bm_outbox_read_chunk_async (self->outbox, parcel->id, parcel->first + parcel->chunks->len,
                                  on_chunk, parcel);
      return;
    }
  self->n_asking--;
  if (chunk == NULL || !is_current (parcel) || !self->is_running)
    {
      self->blob.n_aloft--;
      if (is_current (parcel)) /* it cannot be read here: the others go on */
        pass_over (self);
      parcel_free (parcel);
    }
  else
    launch_run (parcel);
  bm_sync_engine_pump (self);
}

static gboolean
is_free (BmSyncEngine *self, guint chunk)
{
  return chunk < self->blob.blob->n_chunks && !has_bit (self->blob.have, chunk) &&
         !has_bit (self->blob.aloft, chunk) && !has_bit (self->blob.unsure, chunk);
}

/* How much of @chunk the platform has at hand. */
static guint
get_part (BmSyncEngine *self, guint chunk)
{
  for (guint i = 0; self->blob.parts != NULL && i < self->blob.parts->len; i++)
    {
      const BmBlobPart *part = &g_array_index (self->blob.parts, BmBlobPart, i);

      if (part->chunk == chunk)
        return part->bytes;
    }
  return 0;
}

/* Where a run begins: at what was cut in two, before it is forgotten there; else at the first that is missing. */
static gboolean
find_first (BmSyncEngine *self, guint *ret_first)
{
  for (guint i = 0; self->blob.parts != NULL && i < self->blob.parts->len; i++)
    {
      *ret_first = g_array_index (self->blob.parts, BmBlobPart, i).chunk;
      if (is_free (self, *ret_first))
        return TRUE;
    }
  for (*ret_first = 0; *ret_first < self->blob.blob->n_chunks; (*ret_first)++)
    if (is_free (self, *ret_first))
      return TRUE;
  return FALSE;
}

/* At most what the line carries in RUN_MS, and so that the last ones are spread over all connections. */
static guint
count_most (BmSyncEngine *self)
{
  const BmOutboxBlob *blob = self->blob.blob;
  const guint64 chunk_bytes = blob->bytes / blob->n_chunks + 1;
  guint n_free = 0;

  for (guint i = 0; i < blob->n_chunks; i++)
    n_free += is_free (self, i) ? 1 : 0;
  return MAX (MIN ((guint) (self->blob.run_bytes / chunk_bytes),
                   (n_free + MOST_RUNS - 1) / MOST_RUNS),
              1);
}

static gboolean
send_run (BmSyncEngine *self)
{
  Parcel *parcel;
  guint first, most;

  if (!find_first (self, &first))
    return FALSE;
  if (self->blob.run_bytes == 0)
    self->blob.run_bytes = RUN_FIRST_BYTES;
  most = count_most (self);
  parcel = parcel_new (self, PARCEL_RUN);
  parcel->first = first;
  parcel->offset = get_part (self, first);
  parcel->chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  while (parcel->count < most && is_free (self, first + parcel->count) &&
         (parcel->count == 0 || get_part (self, first + parcel->count) == 0))
    {
      set_bit (self->blob.aloft, first + parcel->count, TRUE);
      parcel->count++;
    }
  self->n_asking++;
  bm_outbox_read_chunk_async (self->outbox, parcel->id, first, on_chunk, parcel);
  return TRUE;
}

static GByteArray *
new_bits (guint n_chunks)
{
  const guint len = (n_chunks + 7) / 8;
  GByteArray *bits = g_byte_array_sized_new (len);

  g_byte_array_set_size (bits, len);
  memset (bits->data, 0, len);
  return bits;
}

static void
on_next_blob (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  g_autoptr (GError) error = NULL;
  BmOutboxBlob *blob = bm_outbox_next_blob_finish (self->outbox, result, &error);
  BmSyncFailure local = { .trouble = bm_sync_engine_get_link (self) };

  self->n_asking--;
  if (error != NULL)
    bm_sync_engine_note_failure (self, &local);
  else if (blob == NULL)
    self->has_blobs = FALSE;
  else
    {
      self->blob.blob = blob;
      self->blob.have = new_bits (blob->n_chunks);
      self->blob.aloft = new_bits (blob->n_chunks);
      self->blob.unsure = new_bits (blob->n_chunks);
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
  if (self->blob.n_unsure > 0 && !self->blob.is_asked)
    {
      /* What is beyond doubt goes first, on the connection that is open already. */
      if (self->blob.n_aloft == 0 && self->blob.n_in_vain < MOST_IN_VAIN && send_run (self))
        return TRUE;
      ask_blob (self);
      return bm_sync_engine_pump_blob (self); /* and what is beyond doubt at the same time */
    }
  if (self->blob.n_aloft >= MOST_RUNS)
    return TRUE;
  if (self->blob.n_in_vain < MOST_IN_VAIN && send_run (self))
    return TRUE;
  if (self->blob.n_aloft > 0)
    return TRUE; /* the last ones are on the way */
  /* Everything is there and yet it is not complete, or nothing arrives: not in our power. */
  pass_over (self);
  return bm_sync_engine_pump_blob (self);
}
