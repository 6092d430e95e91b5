/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "sync/protocol.h"
#include "tests/sync/sync-fixture.h"

#include <string.h>

/* A ledger in memory with the outbox's rules: states only move by answers, nothing says "sending". */

struct _TestLedger
{
  GObject parent_instance;

  BmClock *clock;
  GPtrArray *rows; /* rows[0] is the run */
  GArray *due;     /* gint64 per row: not before */
  GPtrArray *messages;
  GPtrArray *blobs; /* of TestBlob */
  guint64 epoch;
  gint64 cursor;
  gint64 server_ms;
  guint64 signed_seq;
  guint n_watermarks;
  gboolean is_broken;
};

typedef struct
{
  GPtrArray *chunks;
  GBytes *hashes;
  gboolean is_complete;
} TestBlob;

static void
blob_free (TestBlob *blob)
{
  g_ptr_array_unref (blob->chunks);
  g_bytes_unref (blob->hashes);
  g_free (blob);
}

static void test_ledger_iface_init (BmOutboxInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestLedger,
                               test_ledger,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_OUTBOX, test_ledger_iface_init))

static void
row_free (TestRow *row)
{
  g_bytes_unref (row->record);
  g_free (row->reason);
  g_free (row);
}

static TestRow *
add_row (TestLedger *self, BmEntryType type, gsize sealed_len)
{
  TestRow *row = g_new0 (TestRow, 1);
  gint64 now = 0;

  row->seq = self->rows->len + 1;
  row->type = type;
  row->record = test_record_new (type, row->seq, type == BM_ENTRY_RUN ? 0 : 1, sealed_len);
  g_ptr_array_add (self->rows, row);
  g_array_append_val (self->due, now);
  return row;
}

TestRow *
test_ledger_add (TestLedger *self, gsize sealed_len)
{
  TestRow *row = add_row (self, BM_ENTRY_AUDIT, sealed_len);

  g_signal_emit_by_name (self, "pending");
  return row;
}

TestRow *
test_ledger_add_urgent (TestLedger *self, gsize sealed_len)
{
  TestRow *row = add_row (self, BM_ENTRY_AUDIT, sealed_len);

  row->is_urgent = TRUE;
  g_signal_emit_by_name (self, "pending");
  return row;
}

void
test_ledger_add_blob (TestLedger *self, guint n_chunks)
{
  TestBlob *blob = g_new0 (TestBlob, 1);
  g_autoptr (GByteArray) hashes = g_byte_array_new ();

  blob->chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < n_chunks; i++)
    {
      guint8 noise[1000], hash[BM_SM3_LEN];

      bm_random_bytes (noise, sizeof noise);
      bm_sm3 (noise, sizeof noise, hash);
      g_byte_array_append (hashes, hash, sizeof hash);
      g_ptr_array_add (blob->chunks, g_bytes_new (noise, sizeof noise));
    }
  blob->hashes = g_bytes_new (hashes->data, hashes->len);
  g_ptr_array_add (self->blobs, blob);
}

guint
test_ledger_count_blobs (TestLedger *self)
{
  guint count = 0;

  for (guint i = 0; i < self->blobs->len; i++)
    count += ((TestBlob *) g_ptr_array_index (self->blobs, i))->is_complete ? 1 : 0;
  return count;
}

TestRow *
test_ledger_get (TestLedger *self, guint64 seq)
{
  g_assert_cmpuint (seq, <=, self->rows->len);
  return g_ptr_array_index (self->rows, seq - 1);
}

guint
test_ledger_count (TestLedger *self, BmEntryState state)
{
  guint count = 0;

  for (guint i = 1; i < self->rows->len; i++)
    count += ((TestRow *) g_ptr_array_index (self->rows, i))->state == state ? 1 : 0;
  return count;
}

GPtrArray *
test_ledger_get_messages (TestLedger *self)
{
  return self->messages;
}

void
test_ledger_set_broken (TestLedger *self, gboolean is_broken)
{
  self->is_broken = is_broken;
}

guint
test_ledger_get_n_watermarks (TestLedger *self)
{
  return self->n_watermarks;
}

guint64
test_ledger_get_epoch (TestLedger *self)
{
  return self->epoch;
}

gint64
test_ledger_get_server_ms (TestLedger *self)
{
  return self->server_ms;
}

guint64
test_ledger_get_signed_seq (TestLedger *self)
{
  return self->signed_seq;
}

static gboolean
is_due (TestLedger *self, guint index)
{
  const TestRow *row = g_ptr_array_index (self->rows, index);

  return row->state == BM_ENTRY_PENDING ||
         (row->state == BM_ENTRY_DEFERRED &&
          g_array_index (self->due, gint64, index) <= bm_clock_get_boot_ms (self->clock));
}

static GTask *
begin (TestLedger *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  if (self->is_broken)
    {
      g_task_return_new_error (task, BM_ERROR, BM_ERROR_BUSY, "broken");
      g_clear_object (&task);
    }
  return task;
}

static void
get_status_async (BmOutbox *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  TestLedger *self = TEST_LEDGER (outbox);
  g_autoptr (GTask) task = begin (self, callback, user_data);
  BmOutboxStatus *status;

  if (task == NULL)
    return;
  status = g_new0 (BmOutboxStatus, 1);
  status->kiosk = test_kiosk;
  status->epoch = self->epoch;
  status->next_seq = self->rows->len + 1;
  status->cursor = self->cursor;
  status->pending =
    test_ledger_count (self, BM_ENTRY_PENDING) + test_ledger_count (self, BM_ENTRY_DEFERRED);
  bm_chain_start (test_kiosk, self->epoch, status->head);
  for (guint i = 0; i < self->rows->len; i++)
    bm_chain_next (status->head, ((TestRow *) g_ptr_array_index (self->rows, i))->record,
                   status->head);
  g_task_return_pointer (task, status, g_free);
}

static BmOutboxStatus *
get_status_finish (BmOutbox *outbox, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static BmOutboxItem *
item_new (const TestRow *row)
{
  BmOutboxItem *item = g_new0 (BmOutboxItem, 1);

  item->id = (gint64) row->seq;
  item->epoch = TEST_EPOCH;
  item->seq = row->seq;
  item->state = row->state;
  item->type = row->type;
  item->record = g_bytes_ref (row->record);
  return item;
}

static gboolean
is_skipped (GArray *skip, guint64 seq)
{
  for (guint i = 0; skip != NULL && i < skip->len; i++)
    if (g_array_index (skip, gint64, i) == (gint64) seq)
      return TRUE;
  return FALSE;
}

/* A row of this ledger is an ordinary entry, or a resident waits for it. */
static void
next_async (BmOutbox *outbox,
            BmOutboxLane lane,
            gsize max_bytes,
            guint max_items,
            GArray *skip,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  TestLedger *self = TEST_LEDGER (outbox);
  g_autoptr (GTask) task = begin (self, callback, user_data);
  BmOutboxBatch *batch;
  gsize bytes = 0;

  if (task == NULL)
    return;
  batch = g_new0 (BmOutboxBatch, 1);
  batch->items = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_outbox_item_free);
  batch->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_outbox_item_free);
  for (guint i = 1; lane != BM_LANE_AUDIT && i < self->rows->len; i++)
    {
      const TestRow *row = g_ptr_array_index (self->rows, i);

      if (row->is_urgent != (lane == BM_LANE_WAITING) || !is_due (self, i) ||
          is_skipped (skip, row->seq))
        continue;
      bytes += g_bytes_get_size (row->record);
      if (batch->items->len == max_items || (bytes > max_bytes && batch->items->len > 0))
        break;
      g_ptr_array_add (batch->items, item_new (row));
    }
  if (batch->items->len > 0)
    g_ptr_array_add (batch->runs, item_new (g_ptr_array_index (self->rows, 0)));
  g_task_return_pointer (task, batch, (GDestroyNotify) bm_outbox_batch_free);
}

static BmOutboxBatch *
next_finish (BmOutbox *outbox, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
apply_answer (TestLedger *self, const BmAnswer *answer)
{
  TestRow *row = test_ledger_get (self, answer->seq);
  guint8 hash[BM_SM3_LEN];
  gint64 due = bm_clock_get_boot_ms (self->clock) + answer->after_ms;

  bm_sm3 (g_bytes_get_data (row->record, NULL), g_bytes_get_size (row->record), hash);
  g_assert_cmpmem (hash, sizeof hash, answer->hash, sizeof answer->hash);
  g_assert_cmpuint (answer->epoch, ==, TEST_EPOCH);
  if (answer->status == BM_ANSWER_DEFERRED)
    {
      row->state = BM_ENTRY_DEFERRED;
      g_array_index (self->due, gint64, row->seq - 1) = due;
      return;
    }
  row->n_applied++;
  row->state = answer->status == BM_ANSWER_REJECTED      ? BM_ENTRY_REJECTED
               : answer->status == BM_ANSWER_QUARANTINED ? BM_ENTRY_QUARANTINED
                                                         : BM_ENTRY_ACKED;
}

static void
apply_async (BmOutbox *outbox,
             const BmOutboxReply *reply,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  TestLedger *self = TEST_LEDGER (outbox);
  g_autoptr (GTask) task = begin (self, callback, user_data);

  if (task == NULL)
    return;
  for (guint i = 0; reply->answers != NULL && i < reply->answers->len; i++)
    apply_answer (self, g_ptr_array_index (reply->answers, i));
  for (guint i = 0; reply->messages != NULL && i < reply->messages->len; i++)
    {
      const BmMessage *message = g_ptr_array_index (reply->messages, i);

      if (message->id > self->cursor)
        g_ptr_array_add (self->messages, test_message_copy (message));
    }
  self->cursor = MAX (self->cursor, reply->cursor);
  if (reply->head != NULL)
    self->signed_seq = reply->head_seq;
  g_task_return_boolean (task, TRUE);
}

static gboolean
boolean_finish (BmOutbox *outbox, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
hold_async (BmOutbox *outbox,
            guint64 epoch,
            guint64 seq,
            const char *code,
            const char *reason,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  TestLedger *self = TEST_LEDGER (outbox);
  g_autoptr (GTask) task = begin (self, callback, user_data);
  TestRow *row = test_ledger_get (self, seq);

  if (task == NULL)
    return;
  row->state = BM_ENTRY_HELD;
  g_free (row->reason);
  row->reason = g_strdup (reason);
  g_task_return_boolean (task, TRUE);
}

static void
note_time_async (BmOutbox *outbox,
                 gint64 server_ms,
                 gint64 boot_ms,
                 gint64 uncertainty_ms,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  TestLedger *self = TEST_LEDGER (outbox);
  g_autoptr (GTask) task = begin (self, callback, user_data);

  if (task == NULL)
    return;
  self->server_ms = server_ms;
  g_task_return_boolean (task, TRUE);
}

static void
note_watermark_async (BmOutbox *outbox,
                      guint64 epoch,
                      guint64 upto,
                      guint next_label,
                      guint32 next_counter,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  TestLedger *self = TEST_LEDGER (outbox);
  g_autoptr (GTask) task = begin (self, callback, user_data);

  if (task == NULL)
    return;
  self->n_watermarks++;
  if (upto > self->rows->len && next_label != 0)
    self->epoch++;
  g_task_return_boolean (task, TRUE);
}

/* Attachments, of the run row, which nobody asks about. */

static void
next_blob_async (BmOutbox *outbox, GArray *skip, GAsyncReadyCallback callback, gpointer user_data)
{
  TestLedger *self = TEST_LEDGER (outbox);
  g_autoptr (GTask) task = begin (self, callback, user_data);

  /* They follow their entry, never the other way round. */
  for (guint i = 0;
       task != NULL && test_ledger_count (self, BM_ENTRY_PENDING) == 0 && i < self->blobs->len; i++)
    {
      const TestBlob *from = g_ptr_array_index (self->blobs, i);
      BmOutboxBlob *blob;

      if (from->is_complete || is_skipped (skip, i + 1))
        continue;
      blob = g_new0 (BmOutboxBlob, 1);
      blob->id = i + 1;
      blob->epoch = self->epoch;
      blob->seq = 1;
      blob->bytes = 1000 * from->chunks->len;
      blob->n_chunks = from->chunks->len;
      blob->hashes = g_bytes_ref (from->hashes);
      bm_blob_id (from->hashes, blob->blob);
      g_task_return_pointer (task, blob, (GDestroyNotify) bm_outbox_blob_free);
      return;
    }
  if (task != NULL)
    g_task_return_pointer (task, NULL, NULL);
}

static void
read_chunk_async (BmOutbox *outbox,
                  gint64 id,
                  guint ordinal,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  TestLedger *self = TEST_LEDGER (outbox);
  g_autoptr (GTask) task = begin (self, callback, user_data);
  const TestBlob *blob = g_ptr_array_index (self->blobs, (guint) id - 1);

  if (task != NULL)
    g_task_return_pointer (task, g_bytes_ref (g_ptr_array_index (blob->chunks, ordinal)),
                           (GDestroyNotify) g_bytes_unref);
}

static GBytes *
read_chunk_finish (BmOutbox *outbox, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
note_blob_async (BmOutbox *outbox,
                 gint64 id,
                 GBytes *have,
                 gboolean is_complete,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  TestLedger *self = TEST_LEDGER (outbox);
  g_autoptr (GTask) task = begin (self, callback, user_data);
  TestBlob *blob = g_ptr_array_index (self->blobs, (guint) id - 1);

  if (task == NULL)
    return;
  blob->is_complete |= is_complete;
  g_task_return_boolean (task, TRUE);
}

static BmOutboxBlob *
next_blob_finish (BmOutbox *outbox, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
agree (BmOutbox *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = begin (TEST_LEDGER (outbox), callback, user_data);

  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

static void
note_held_async (BmOutbox *outbox, GArray *held, GAsyncReadyCallback callback, gpointer user_data)
{
  agree (outbox, callback, user_data);
}

static void
note_numbers_async (BmOutbox *outbox,
                    guint64 first,
                    guint64 second,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  agree (outbox, callback, user_data);
}

static void
note_bad_item_async (BmOutbox *outbox,
                     const char *kind,
                     const char *name,
                     gint64 version,
                     const char *code,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  agree (outbox, callback, user_data);
}

static void
note_reported_async (BmOutbox *outbox,
                     gint64 bad_upto,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  agree (outbox, callback, user_data);
}

static void
test_ledger_iface_init (BmOutboxInterface *iface)
{
  iface->next_blob_async = next_blob_async;
  iface->next_blob_finish = next_blob_finish;
  iface->read_chunk_async = read_chunk_async;
  iface->read_chunk_finish = read_chunk_finish;
  iface->note_blob_async = note_blob_async;
  iface->note_blob_finish = boolean_finish;
  iface->note_held_async = note_held_async;
  iface->note_held_finish = boolean_finish;
  iface->note_backed_up_async = note_numbers_async;
  iface->note_backed_up_finish = boolean_finish;
  iface->note_traffic_async = note_numbers_async;
  iface->note_traffic_finish = boolean_finish;
  iface->note_bad_item_async = note_bad_item_async;
  iface->note_bad_item_finish = boolean_finish;
  iface->note_reported_async = note_reported_async;
  iface->note_reported_finish = boolean_finish;
  iface->get_status_async = get_status_async;
  iface->get_status_finish = get_status_finish;
  iface->next_async = next_async;
  iface->next_finish = next_finish;
  iface->apply_async = apply_async;
  iface->apply_finish = boolean_finish;
  iface->hold_async = hold_async;
  iface->hold_finish = boolean_finish;
  iface->note_time_async = note_time_async;
  iface->note_time_finish = boolean_finish;
  iface->note_watermark_async = note_watermark_async;
  iface->note_watermark_finish = boolean_finish;
}

static void
test_ledger_finalize (GObject *object)
{
  TestLedger *self = TEST_LEDGER (object);

  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->messages);
  g_ptr_array_unref (self->blobs);
  g_array_unref (self->due);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (test_ledger_parent_class)->finalize (object);
}

static void
test_ledger_class_init (TestLedgerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_ledger_finalize;
}

static void
test_ledger_init (TestLedger *self)
{
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) row_free);
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_message_free);
  self->blobs = g_ptr_array_new_with_free_func ((GDestroyNotify) blob_free);
  self->due = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->epoch = TEST_EPOCH;
}

TestLedger *
test_ledger_new (BmClock *clock)
{
  TestLedger *self = g_object_new (TEST_TYPE_LEDGER, NULL);

  self->clock = g_object_ref (clock);
  add_row (self, BM_ENTRY_RUN, 100);
  return self;
}
