/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/volumes-private.h"

#include "app/store/store-volumes.h"
#include "core/calendar/day.h"
#include "core/error.h"

#include <glib/gi18n-lib.h>

#include <string.h>
#include <unistd.h>

/*
 *   look at the stick ─► count ─► status ─► remember the nonce ─► entries … ─► attachments … ─► manifest
 *
 * Batch by batch and chunk by chunk: read on the ledger's thread, signed and written on the stick's. A
 * person's commit waits for one batch to be read at most.
 */

#define DUE_DAYS      7
#define SPARE_PERCENT 5
#define SPARE_BYTES   (256 * 1024)
#define NONCE_KIND    "out"

typedef struct
{
  BmVolumes *self;
  BmVolumesWhat what;
  gint32 due_day;
  BmUnsettled *all;
  BmVolumeHeader header;
  BmBatchHeader batch_header;
  BmUnsettledPlace place;
  BmUnsettledBatch *next;
  gint64 blob_after;
  BmOutboxBlob *blob;
  guint chunk;
  GBytes *body;

  /* The stick's */
  char *inner;
  guint64 free_bytes;
  guint64 item_bytes;
  BmVolumeFile *file;
  guint records; /* in @file */
  guint part;
  json_t *parts;
} Export;

static void next_entries (Export *export);
static void next_blob (Export *export);
static void next_chunk (Export *export);

static void
export_free (Export *export)
{
  g_clear_pointer (&export->file, bm_volume_file_free);
  g_clear_pointer (&export->next, bm_unsettled_batch_free);
  g_clear_pointer (&export->blob, bm_outbox_blob_free);
  g_clear_pointer (&export->body, g_bytes_unref);
  g_clear_pointer (&export->parts, json_decref);
  g_free (export->all);
  g_free (export->inner);
  g_object_unref (export->self);
  g_free (export);
}

/* Takes @error over. An unfinished file goes first, so that nothing of ours is open on the stick. */
static void
fail (Export *export, GError *error, gboolean is_of_ledger)
{
  g_autoptr (BmVolumes) self = g_object_ref (export->self);

  export_free (export);
  bm_volumes_fail (self, error, is_of_ledger);
}

/* Gives @func to the stick's thread. */
static void
on_stick (Export *export, BmWorkerFunc func, GAsyncReadyCallback done)
{
  BmVolumes *self = export->self;

  if (self->worker == NULL)
    {
      fail (export, g_error_new (BM_ERROR, BM_ERROR_FAILED, "the station ends"), FALSE);
      return;
    }
  bm_worker_run_async (self->worker, func, export, NULL, NULL, self, done, export);
}

static gboolean
check_step (Export *export, GAsyncResult *result)
{
  GError *error = NULL;

  (void) bm_worker_run_finish (result, &error); /* what it made lies in the job */
  if (error == NULL)
    return TRUE;
  fail (export, error, FALSE);
  return FALSE;
}

/* On the stick's thread */

static gpointer
look_on_stick (gpointer data, GError **error)
{
  Export *export = data;
  const char *folder = export->self->folder;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "%s: there is no such folder", folder);
  else if (access (folder, W_OK) != 0)
    g_set_error (error, BM_ERROR, BM_ERROR_REFUSED, "%s: it cannot be written to", folder);
  else
    (void) bm_volume_get_free_bytes (export->inner, &export->free_bytes,
                                     error); /* @error says it */
  return NULL;
}

static gboolean
end_part (Export *export, GError **error)
{
  g_autoptr (BmVolumeFile) file = g_steal_pointer (&export->file);
  g_autofree char *name = NULL;
  gsize bytes = 0;

  if (file == NULL)
    return TRUE;
  name = bm_volume_file_finish (file, bm_enrolment_get_sign_key (export->self->enrolment), &bytes,
                                error);
  if (name == NULL)
    return FALSE;
  json_array_append_new (export->parts,
                         json_pack ("{s:s, s:I}", "name", name, "bytes", (json_int_t) bytes));
  return TRUE;
}

static gboolean
begin_part (Export *export, GError **error)
{
  BmVolumeHeader header = export->header;

  if (export->part >= BM_VOLUME_MAX_PARTS / 2 - 1)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "it is too much for one export");
      return FALSE;
    }
  header.part = ++export->part;
  export->records = 0;
  export->file = bm_volume_file_create (export->inner, &header, export->self->part_bytes, error);
  return export->file != NULL;
}

static gboolean
ensure_room (Export *export, gsize len, GError **error)
{
  const gboolean is_full = export->file != NULL && (!bm_volume_file_has_room (export->file, len) ||
                                                    export->records >= BM_VOLUMES_PART_RECORDS);

  if (is_full && !end_part (export, error))
    return FALSE;
  return export->file != NULL || begin_part (export, error);
}

static void
add_records (GPtrArray *records, GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (records, ((BmOutboxItem *) g_ptr_array_index (items, i))->record);
}

static gpointer
write_entries_on_stick (gpointer data, GError **error)
{
  Export *export = data;
  BmOutboxBatch *batch = export->next->batch;
  g_autoptr (GPtrArray) records = g_ptr_array_new ();
  g_autoptr (GBytes) bytes = NULL;

  add_records (records, batch->runs);
  add_records (records, batch->items);
  bytes = bm_batch_encode (&export->batch_header, records,
                           bm_enrolment_get_sign_key (export->self->enrolment), error);
  if (bytes == NULL || !ensure_room (export, g_bytes_get_size (bytes), error) ||
      !bm_volume_file_add (export->file, BM_VOLUME_BATCH, bytes, error))
    return NULL;
  export->records += records->len;
  export->item_bytes = g_bytes_get_size (bytes);
  return NULL;
}

static GBytes *
make_blob_open (Export *export)
{
  const BmOutboxBlob *blob = export->blob;
  BmBlobOpen open = { .kiosk = export->header.kiosk,
                      .epoch = blob->epoch,
                      .seq = blob->seq,
                      .ordinal = blob->ordinal,
                      .bytes = (guint32) blob->bytes,
                      .hashes = blob->hashes };

  memcpy (open.nonce, export->header.nonce, BM_NONCE_LEN);
  return bm_blob_open_encode (&open);
}

/* Each part names the attachment anew, so that its chunks prove themselves without another part. */
static gpointer
write_chunk_on_stick (gpointer data, GError **error)
{
  Export *export = data;
  g_autoptr (GBytes) item = bm_volume_make_chunk (export->blob->blob, export->chunk, export->body);
  g_autoptr (GBytes) open = make_blob_open (export);
  const guint before = export->part;
  const gsize len = g_bytes_get_size (item) + g_bytes_get_size (open) + BM_VOLUME_FRAME_LEN;
  gboolean is_first = export->chunk == 0 || export->item_bytes == 0;

  if (!ensure_room (export, len, error))
    return NULL;
  is_first |= export->part != before;
  if (is_first && !bm_volume_file_add (export->file, BM_VOLUME_BLOB, open, error))
    return NULL;
  if (!bm_volume_file_add (export->file, BM_VOLUME_CHUNK, item, error))
    return NULL;
  export->item_bytes = g_bytes_get_size (export->body);
  return NULL;
}

static GBytes *
make_list (Export *export)
{
  json_t *list =
    json_pack ("{s:i, s:O, s:I, s:I}", "v", BM_PROTOCOL_VERSION, "parts", export->parts, "entries",
               (json_int_t) export->self->entries, "attachments", (json_int_t) export->self->blobs);
  char *text = json_dumps (list, JSON_COMPACT);
  GBytes *bytes = g_bytes_new (text, strlen (text));

  free (text);
  json_decref (list);
  return bytes;
}

/* Nothing to send is worth a part, too: it asks for what is to come down. */
static gpointer
end_on_stick (gpointer data, GError **error)
{
  Export *export = data;
  g_autoptr (GBytes) list = NULL;
  g_autoptr (BmVolumeFile) manifest = NULL;
  g_autofree char *name = NULL;

  if ((export->part == 0 && !begin_part (export, error)) || !end_part (export, error))
    return NULL;
  list = make_list (export);
  manifest = bm_volume_file_create (export->inner, &export->header, BM_VOLUME_MAX_BYTES, error);
  if (manifest != NULL && bm_volume_file_add (manifest, BM_VOLUME_LIST, list, error))
    name = bm_volume_file_finish (manifest, bm_enrolment_get_sign_key (export->self->enrolment),
                                  NULL, error);
  return NULL;
}

/* On the main thread */

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;
  g_autoptr (BmVolumes) self = g_object_ref (export->self);

  if (!check_step (export, result))
    return;
  self->parts = export->part;
  self->entries_of = self->entries;
  self->blobs_of = self->blobs;
  self->bytes_of = self->bytes;
  export_free (export);
  bm_volumes_end (self);
}

static void
note_written (Export *export)
{
  BmVolumes *self = export->self;

  self->bytes += export->item_bytes;
  self->bytes_of = MAX (self->bytes_of, self->bytes);
  self->parts = export->part;
  bm_volumes_tell (self);
}

/* Attachments */

static void
on_chunk_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;

  if (!check_step (export, result))
    return;
  g_clear_pointer (&export->body, g_bytes_unref);
  note_written (export);
  export->chunk++;
  next_chunk (export);
}

static void
on_chunk_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;
  GError *error = NULL;

  export->body = bm_outbox_read_chunk_finish (BM_OUTBOX (source), result, &error);
  if (export->body == NULL)
    fail (export, error, TRUE);
  else
    on_stick (export, write_chunk_on_stick, on_chunk_written);
}

static void
next_chunk (Export *export)
{
  const BmOutboxBlob *blob = export->blob;

  while (export->chunk < blob->n_chunks && blob->have != NULL &&
         bm_blob_have_get (blob->have, export->chunk))
    export->chunk++;
  if (export->chunk < blob->n_chunks)
    {
      bm_outbox_read_chunk_async (BM_OUTBOX (export->self->store), blob->id, export->chunk,
                                  on_chunk_read, export);
      return;
    }
  export->self->blobs++;
  next_blob (export);
}

static void
on_blob (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;
  GError *error = NULL;

  export->blob = bm_store_next_open_blob_finish (BM_STORE (source), result, &error);
  if (error != NULL)
    fail (export, error, TRUE);
  else if (export->blob == NULL)
    on_stick (export, end_on_stick, on_ended);
  else
    {
      export->blob_after = export->blob->id;
      export->chunk = 0;
      export->item_bytes = 0; /* the next chunk names it first */
      next_chunk (export);
    }
}

static void
next_blob (Export *export)
{
  g_clear_pointer (&export->blob, bm_outbox_blob_free);
  if (export->what == BM_VOLUMES_ENTRIES || export->what == BM_VOLUMES_DUE)
    on_stick (export, end_on_stick, on_ended);
  else
    bm_store_next_open_blob_async (export->self->store, export->blob_after, on_blob, export);
}

/* Entries */

static void
on_entries_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;

  if (!check_step (export, result))
    return;
  export->self->entries += export->next->batch->items->len;
  export->self->entries_of = MAX (export->self->entries_of, export->self->entries);
  note_written (export);
  next_entries (export);
}

static void
on_entries (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;
  GError *error = NULL;

  g_clear_pointer (&export->next, bm_unsettled_batch_free);
  export->next = bm_store_next_unsettled_finish (BM_STORE (source), result, &error);
  if (export->next == NULL)
    {
      fail (export, error, TRUE);
      return;
    }
  export->place = export->next->next;
  if (export->next->batch->items->len > 0)
    on_stick (export, write_entries_on_stick, on_entries_written);
  else
    next_blob (export);
}

static void
next_entries (Export *export)
{
  if (export->what == BM_VOLUMES_ATTACHMENTS)
    next_blob (export);
  else
    bm_store_next_unsettled_async (export->self->store, &export->place, export->all->top,
                                   export->due_day, BM_VOLUMES_BATCH_BYTES,
                                   export->self->batch_items, on_entries, export);
}

/* Before the first byte */

static void
on_nonce_noted (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;
  GError *error = NULL;

  if (bm_outbox_note_volume_finish (BM_OUTBOX (source), result, &error))
    next_entries (export);
  else
    fail (export, error, TRUE);
}

static void
on_status (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;
  GError *error = NULL;
  g_autofree BmOutboxStatus *status =
    bm_outbox_get_status_finish (BM_OUTBOX (source), result, &error);
  g_autoptr (GBytes) nonce = NULL;

  if (status == NULL)
    {
      fail (export, error, TRUE);
      return;
    }
  bm_random_bytes (export->header.nonce, BM_NONCE_LEN);
  export->header.kind = BM_VOLUME_OUT;
  export->header.kiosk = bm_enrolment_get_kiosk (export->self->enrolment);
  export->header.wall_ms = MAX (bm_clock_get_wall_ms (export->self->clock), 0);
  export->header.cursor = status->cursor;
  export->batch_header.kiosk = export->header.kiosk;
  export->batch_header.epoch = status->epoch;
  export->batch_header.cursor = status->cursor;
  export->batch_header.head_seq = status->next_seq - 1;
  memcpy (export->batch_header.head, status->head, BM_SM3_LEN);
  memcpy (export->batch_header.nonce, export->header.nonce, BM_NONCE_LEN);
  nonce = g_bytes_new (export->header.nonce, BM_NONCE_LEN);
  bm_outbox_note_volume_async (BM_OUTBOX (source), nonce, NONCE_KIND, on_nonce_noted, export);
}

static void
on_counted (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;
  BmVolumes *self = export->self;
  GError *error = NULL;

  export->all = bm_store_count_unsettled_finish (BM_STORE (source), result, &error);
  if (export->all == NULL)
    {
      fail (export, error, TRUE);
      return;
    }
  if (export->what != BM_VOLUMES_ATTACHMENTS)
    {
      self->entries_of = export->all->entries;
      self->bytes_of += export->all->entry_bytes;
    }
  if (export->what == BM_VOLUMES_ALL || export->what == BM_VOLUMES_ATTACHMENTS)
    {
      self->blobs_of = export->all->blobs;
      self->bytes_of += export->all->blob_bytes;
    }
  if (self->bytes_of + self->bytes_of * SPARE_PERCENT / 100 + SPARE_BYTES > export->free_bytes)
    {
      error = g_error_new (BM_ERROR, BM_ERROR_FULL,
                           "%" G_GUINT64_FORMAT " MB are needed, %" G_GUINT64_FORMAT " are free",
                           (self->bytes_of >> 20) + 1, export->free_bytes >> 20);
      fail (export, error, FALSE);
      return;
    }
  bm_outbox_get_status_async (BM_OUTBOX (self->store), on_status, export);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;

  if (check_step (export, result))
    bm_store_count_unsettled_async (export->self->store, export->due_day, on_counted, export);
}

gboolean
bm_volumes_export (BmVolumes *self, const char *folder, BmVolumesWhat what, GError **error)
{
  Export *export;

  g_return_val_if_fail (BM_IS_VOLUMES (self) && folder != NULL, FALSE);

  if (!bm_volumes_begin (self, BM_VOLUMES_JOB_EXPORT, folder, error))
    return FALSE;
  export = g_new0 (Export, 1);
  export->self = g_object_ref (self);
  export->what = what;
  export->due_day = what == BM_VOLUMES_DUE
                      ? bm_day_from_wall_ms (bm_clock_get_wall_ms (self->clock)) + DUE_DAYS
                      : BM_NO_DUE_DAY;
  export->place = BM_UNSETTLED_START;
  export->inner = bm_volumes_dup_inner (folder);
  export->parts = json_array ();
  on_stick (export, look_on_stick, on_looked);
  return TRUE;
}
