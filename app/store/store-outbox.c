/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include "core/error.h"

#include <string.h>

/*
 * The outbox: BmOutbox on the ledger. An entry's state says what is known about the centre, never
 * what the line is doing: "sending" does not exist (invariant 4).
 *
 *   PENDING --accepted, duplicate, need-blobs--> ACKED
 *      | ^--- due again --- DEFERRED <--deferred
 *      |--hold()--> HELD (offered alone, once a day; a person looks)
 *      '--rejected--> REJECTED    '--quarantined, conflict--> QUARANTINED
 *
 * DEFERRED and HELD wait on the boot clock; after a restart of the machine the whole delay is
 * counted again from the start (bm_store_open), so that nothing waits for ever and nothing trusts
 * the wall clock.
 *
 * What is sent next is in store-lanes.c. Answers, messages and cursor are applied in one transaction
 * (store-messages.c); what they change is told after COMMIT.
 */

typedef struct
{
  BmStore *self;
  guint64 epoch;
  guint64 seq;
  char *code;
  char *reason;
} HoldCall;

typedef struct
{
  BmStore *self;
  gint64 numbers[3];
  guint64 epoch;
  guint64 upto;
  guint label;
  guint32 counter;
  gboolean is_rollback;
} NoteCall;

static void
hold_call_free (HoldCall *call)
{
  g_free (call->code);
  g_free (call->reason);
  g_free (call);
}

static gboolean
read_settled (BmStore *self, BmOutboxStatus *status, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self,
                   "SELECT epoch, settled FROM epoch WHERE settled > 0 ORDER BY id DESC LIMIT ?",
                   error);
  gboolean has_row;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, BM_OUTBOX_MAX_EPOCHS);
  while (bm_sql_step (self, row, &has_row, error))
    {
      if (!has_row)
        return TRUE;
      status->settled[status->n_settled].epoch = (guint64) bm_sql_get_int (row, 0);
      status->settled[status->n_settled++].count = (guint64) bm_sql_get_int (row, 1);
    }
  return FALSE;
}

static gpointer
status_on_worker (gpointer data, GError **error)
{
  BmStore *self = data;
  g_autofree BmOutboxStatus *status = g_new0 (BmOutboxStatus, 1);
  gint64 pending, blobs;

  if (!bm_store_get_meta (self, "cursor", &status->cursor, error) ||
      !bm_sql_read_int (self, "SELECT count(*) FROM entry WHERE state <> 1 AND state IN (0, 2)",
                        &pending, error) ||
      !bm_sql_read_int (self, "SELECT count(*) FROM attachment WHERE state = 0", &blobs, error) ||
      !read_settled (self, status, error) || !bm_store_read_bad_items (self, status, error))
    return NULL;
  status->kiosk = self->kiosk;
  status->epoch = self->now.epoch;
  status->next_seq = self->now.next_seq;
  memcpy (status->head, self->now.head, BM_SM3_LEN);
  status->pending = (guint64) pending;
  status->pending_blobs = (guint64) blobs;
  return g_steal_pointer (&status);
}

static void
get_status_async (BmOutbox *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  BmStore *self = BM_STORE (outbox);

  bm_store_run (self, status_on_worker, self, NULL, g_free, callback, user_data);
}

static BmOutboxStatus *
get_status_finish (BmOutbox *outbox, GAsyncResult *result, GError **error)
{
  return bm_worker_run_finish (result, error);
}

static gboolean
hold_body (BmStore *self, gpointer data, GError **error)
{
  const HoldCall *call = data;
  g_autoptr (BmStatement) statement = NULL;
  guint8 boot_id[BM_BOOT_ID_LEN];

  if (!bm_store_set_attention (self, call->epoch, call->seq, BM_ENTRY_HELD, call->code,
                               call->reason, error))
    return FALSE;
  statement =
    bm_sql_borrow (self,
                   "UPDATE entry SET not_before_ms = ?, not_before_boot = ?, delay_ms = ? "
                   "WHERE epoch = ? AND seq = ?",
                   error);
  if (statement == NULL)
    return FALSE;
  bm_clock_get_boot_id (self->clock, boot_id);
  bm_sql_bind_int (statement, 1, bm_clock_get_boot_ms (self->clock) + BM_STORE_HOLD_MS);
  bm_sql_bind_blob (statement, 2, boot_id, sizeof boot_id);
  bm_sql_bind_int (statement, 3, BM_STORE_HOLD_MS);
  bm_sql_bind_int (statement, 4, (gint64) call->epoch);
  bm_sql_bind_int (statement, 5, (gint64) call->seq);
  return bm_sql_step (self, statement, NULL, error);
}

static gpointer
hold_on_worker (gpointer data, GError **error)
{
  HoldCall *call = data;

  return GINT_TO_POINTER (bm_store_transact_draining (call->self, hold_body, call, error));
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
  BmStore *self = BM_STORE (outbox);
  HoldCall *call = g_new0 (HoldCall, 1);

  call->self = self;
  call->epoch = epoch & G_MAXINT64;
  call->seq = seq & G_MAXINT64;
  call->code = g_strdup (code);
  call->reason = g_strdup (reason);
  bm_store_run (self, hold_on_worker, call, (GDestroyNotify) hold_call_free, NULL, callback,
                user_data);
}

gboolean
bm_store_finish_bool (BmOutbox *outbox, GAsyncResult *result, GError **error)
{
  return GPOINTER_TO_INT (bm_worker_run_finish (result, error));
}

/* Keeps the last samples only: they date what lies between them, and the log is not a diary. */
static gboolean
note_time_body (BmStore *self, gpointer data, GError **error)
{
  const NoteCall *call = data;
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "INSERT INTO clock (boot_id, boot_ms, server_ms, uncertainty_ms) "
                   "VALUES (?, ?, ?, ?)",
                   error);
  guint8 boot_id[BM_BOOT_ID_LEN];

  if (statement == NULL)
    return FALSE;
  bm_clock_get_boot_id (self->clock, boot_id);
  bm_sql_bind_blob (statement, 1, boot_id, sizeof boot_id);
  bm_sql_bind_int (statement, 2, call->numbers[1]);
  bm_sql_bind_int (statement, 3, call->numbers[0]);
  bm_sql_bind_int (statement, 4, call->numbers[2]);
  if (!bm_sql_step (self, statement, NULL, error))
    return FALSE;
  return bm_sql_exec (self, "DELETE FROM clock WHERE id <= (SELECT max (id) FROM clock) - 1000",
                      error);
}

static gpointer
note_time_on_worker (gpointer data, GError **error)
{
  NoteCall *call = data;

  if (!bm_store_transact_draining (call->self, note_time_body, call, error))
    return NULL;
  call->self->is_clock_verified = TRUE;
  call->self->centre_ms = call->numbers[0];
  call->self->centre_boot_ms = call->numbers[1];
  bm_clock_learn (call->self->clock, call->numbers[0], call->numbers[1]);
  return GINT_TO_POINTER (TRUE);
}

static void
note_time_async (BmOutbox *outbox,
                 gint64 server_ms,
                 gint64 boot_ms,
                 gint64 uncertainty_ms,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  BmStore *self = BM_STORE (outbox);
  NoteCall *call = g_new0 (NoteCall, 1);

  call->self = self;
  call->numbers[0] = server_ms;
  call->numbers[1] = boot_ms;
  call->numbers[2] = uncertainty_ms;
  bm_store_run (self, note_time_on_worker, call, g_free, NULL, callback, user_data);
}

static gboolean
save_watermark (BmStore *self, guint64 epoch, guint64 upto, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self, "UPDATE epoch SET upto = ?1 WHERE epoch = ?2 AND upto < ?1", error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, (gint64) MIN (upto, (guint64) G_MAXINT64));
  bm_sql_bind_int (statement, 2, (gint64) epoch);
  return bm_sql_step (self, statement, NULL, error);
}

/*
 * The disk was rolled back: the centre holds rows that we do not. At most one number was given out
 * per lost row, so skipping as many keeps every later number new, also before the platform names a
 * new epoch.
 */
static gboolean
note_watermark_body (BmStore *self, gpointer data, GError **error)
{
  NoteCall *call = data;
  const guint64 known = MAX (self->now.upto, self->now.next_seq - 1);
  const guint64 lost = call->upto > known ? call->upto - known : 0;
  const gboolean is_above = call->epoch == self->now.epoch && call->upto >= self->now.next_seq;
  guint64 counter = self->now.next_counter + lost;

  if (!save_watermark (self, call->epoch, call->upto, error))
    return FALSE;
  if (call->epoch != self->now.epoch || (!is_above && call->label == 0))
    return TRUE;
  call->is_rollback = lost > 0 || call->label != 0;
  if (!call->is_rollback)
    return TRUE;
  if (!bm_store_alarm (self, "rolled-back", "", error) || !bm_store_offer_all (self, error))
    return FALSE;
  self->now.upto = MAX (self->now.upto, call->upto);
  counter = MIN (counter, 100000000); /* beyond the last number: bm_number_new() says so */
  if (call->label != 0)
    return bm_store_chain_open_epoch (self, call->label, MAX (call->counter, (guint32) counter),
                                      error);
  self->now.next_counter = (guint32) counter;
  return bm_store_chain_save_head (self, error);
}

static gpointer
note_watermark_on_worker (gpointer data, GError **error)
{
  NoteCall *call = data;

  if (!bm_store_transact_draining (call->self, note_watermark_body, call, error))
    return NULL;
  if (call->is_rollback)
    bm_store_tell_pending (call->self);
  return GINT_TO_POINTER (TRUE);
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
  BmStore *self = BM_STORE (outbox);
  NoteCall *call = g_new0 (NoteCall, 1);

  call->self = self;
  call->epoch = epoch;
  call->upto = upto;
  call->label = next_label;
  call->counter = next_counter;
  bm_store_run (self, note_watermark_on_worker, call, g_free, NULL, callback, user_data);
}

void
bm_store_outbox_iface_init (BmOutboxInterface *iface)
{
  iface->get_status_async = get_status_async;
  iface->get_status_finish = get_status_finish;
  iface->next_async = bm_store_next_async;
  iface->next_finish = bm_store_next_finish;
  iface->apply_async = bm_store_apply_async;
  iface->apply_finish = bm_store_finish_bool;
  iface->hold_async = hold_async;
  iface->hold_finish = bm_store_finish_bool;
  iface->note_time_async = note_time_async;
  iface->note_time_finish = bm_store_finish_bool;
  iface->note_watermark_async = note_watermark_async;
  iface->note_watermark_finish = bm_store_finish_bool;
  bm_store_notes_iface_init (iface);
  bm_store_attachments_iface_init (iface);
}
