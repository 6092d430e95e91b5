/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-engine-private.h"

#include "core/error.h"
#include "core/fault.h"

#include <glib/gi18n-lib.h>

#include <string.h>

/*
 * Entries go up, answers come down and are applied in one database transaction with the messages that
 * came along. When a batch fails for its content's sake, the one offender is looked for, set aside where a person sees
 * it, and everything else goes on (invariant 5).
 *
 *   next -> send all --proven--> apply -> begin_round
 *             | failed twice
 *             v
 *           bisect: send half --proven--> apply -> bisect
 *             |        '--failed--> bisect           (a broken line is repeated before it counts)
 *             '-- one left, another got through --> hold -> begin_round
 */

#define FAILURES_BEFORE_BISECTION 2
#define HOLD_CODE                 "not-taken"

static void send_range (BmSyncEngine *self, BmOutboxBatch *batch, guint from, guint to);
static void bisect (BmSyncEngine *self);

static void
end_bisection (BmSyncEngine *self, guint failures)
{
  g_clear_pointer (&self->suspects, bm_outbox_batch_free);
  self->batch_failures = failures;
}

/* Success */

static void
note_deferred (BmSyncEngine *self, GPtrArray *answers)
{
  gint64 now_ms = bm_clock_get_boot_ms (self->clock);

  for (guint i = 0; i < answers->len; i++)
    {
      const BmAnswer *answer = g_ptr_array_index (answers, i);
      gint64 due_ms = now_ms + answer->after_ms;

      if (answer->status == BM_ANSWER_DEFERRED &&
          (self->deferred_ms == 0 || due_ms < self->deferred_ms))
        self->deferred_ms = due_ms;
    }
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  g_autoptr (BmReply) reply = g_steal_pointer (&self->reply);

  if (!bm_sync_engine_check_local (self, bm_outbox_apply_finish (self->outbox, result, NULL)))
    return;
  bm_fault_point ("sync-after-apply");
  bm_sync_engine_note_messages (self, reply->messages, reply->bad_messages);
  self->wants_inbox |= reply->has_more;
  self->poll_ms = BM_SYNC_POLL_MIN_MS;
  bm_backoff_note_success (&self->backoff);
  self->batch_bytes = MIN (self->batch_bytes + self->batch_bytes / 2, self->max_batch_bytes);
  if (self->suspects != NULL)
    bm_bisect_note_through (&self->bisect);
  else
    self->batch_failures = 0;
  /* Cursor and head have moved: the next request begins from the ledger's own word. */
  bm_sync_engine_begin_round (self);
}

static void
apply (BmSyncEngine *self, GPtrArray *answers)
{
  const BmReply *reply = self->reply;
  g_autoptr (GBytes) head = NULL;
  gboolean has_head = reply->has_head && reply->head_epoch == self->outbox_status.epoch;

  if (has_head)
    head = g_bytes_new (reply->head, BM_SM3_LEN);
  note_deferred (self, answers);
  bm_outbox_apply_async (self->outbox,
                         &(BmOutboxReply){
                           .answers = answers,
                           .messages = reply->messages,
                           .asked = self->outbox_status.cursor,
                           .cursor = reply->cursor,
                           .head_seq = has_head ? reply->head_seq : 0,
                           .head = head,
                           .head_signature = has_head ? reply->head_signature : NULL,
                         },
                         on_applied, g_object_ref (self));
}

/* Failure */

static void
begin_bisection (BmSyncEngine *self, BmOutboxBatch *batch)
{
  self->suspects = batch;
  bm_bisect_init (&self->bisect, batch->items->len);
  bisect (self);
}

/* Whether the failure of a half may be blamed on what was sent. */
static gboolean
is_blamed (BmSyncEngine *self, const BmSyncFailure *failure)
{
  gboolean is_repeated = self->bisect.is_in_doubt;

  self->bisect.is_in_doubt = failure->is_vague;
  return failure->is_content || (failure->is_vague && is_repeated);
}

static void
fail_half (BmSyncEngine *self, const BmSyncFailure *failure)
{
  if (is_blamed (self, failure))
    {
      if (bm_bisect_note_failed (&self->bisect))
        {
          bisect (self);
          return;
        }
      end_bisection (self, FAILURES_BEFORE_BISECTION - 1);
    }
  bm_sync_engine_fail_round (self, failure->trouble, failure->reason, failure->retry_after_ms);
}

static void
fail_batch (BmSyncEngine *self, BmOutboxBatch *batch, const BmSyncFailure *failure)
{
  if (failure->is_content || failure->is_vague)
    self->batch_failures++;
  if ((failure->is_content || failure->is_vague) && self->is_running &&
      self->batch_failures >= FAILURES_BEFORE_BISECTION)
    begin_bisection (self, batch);
  else
    {
      bm_outbox_batch_free (batch);
      bm_sync_engine_fail_round (self, failure->trouble, failure->reason, failure->retry_after_ms);
    }
}

/* One exchange */

typedef struct
{
  BmSyncEngine *self;
  BmOutboxBatch *batch; /* owned, unless it is the suspects */
} Sending;

static void
take_failure (BmSyncEngine *self, BmOutboxBatch *batch, const BmSyncFailure *failure)
{
  if (self->suspects != NULL)
    fail_half (self, failure);
  else
    fail_batch (self, batch, failure);
}

static void
on_batch_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Sending *sending = data;
  g_autoptr (BmSyncEngine) self = sending->self;
  g_autoptr (GPtrArray) answers = NULL;
  g_autoptr (BmSentBatch) sent = g_steal_pointer (&self->sent);
  g_auto (BmSyncFailure) failure = { 0 };
  guint n_items = 0;

  g_clear_pointer (&self->reply, bm_reply_free);
  self->reply = bm_sync_engine_receive (self, result, BM_CALL_BATCH, &failure);
  if (self->reply != NULL)
    {
      bm_fault_point ("sync-after-reply");
      answers = bm_sent_batch_match (sent, self->reply->answers, &n_items);
      failure.trouble = BM_LINK_PLATFORM_DOWN;
      failure.is_content = bm_sent_batch_get_n_items (sent) > 0 && n_items == 0;
    }
  if (self->reply == NULL || failure.is_content)
    {
      take_failure (self, sending->batch, &failure);
      return;
    }
  if (self->suspects == NULL)
    bm_outbox_batch_free (sending->batch);
  apply (self, answers);
}

static GBytes *
encode (BmSyncEngine *self, BmSentBatch *sent, GError **error)
{
  const BmOutboxStatus *status = &self->outbox_status;
  BmBatchHeader header = {
    .kiosk = bm_enrolment_get_kiosk (self->enrolment),
    .epoch = status->epoch,
    .cursor = status->cursor,
    .head_seq = status->next_seq - 1,
  };

  bm_random_bytes (self->nonce, sizeof self->nonce);
  memcpy (header.nonce, self->nonce, sizeof header.nonce);
  memcpy (header.head, status->head, sizeof header.head);
  return bm_batch_encode (&header, bm_sent_batch_get_records (sent),
                          bm_enrolment_get_sign_key (self->enrolment), error);
}

static void
send_range (BmSyncEngine *self, BmOutboxBatch *batch, guint from, guint to)
{
  g_autoptr (GBytes) body = NULL;
  Sending *sending;

  g_clear_pointer (&self->sent, bm_sent_batch_free);
  self->sent = bm_sent_batch_new (batch, from, to, self->outbox_status.epoch);
  body = encode (self, self->sent, NULL);
  if (body == NULL)
    {
      /* Too big to be written: halving helps, so it is treated as a refusal of the content. */
      BmSyncFailure failure = { .trouble = bm_sync_engine_get_link (self), .is_content = TRUE };

      take_failure (self, batch, &failure);
      return;
    }
  sending = g_new0 (Sending, 1);
  sending->self = self;
  sending->batch = batch;
  bm_fault_point ("sync-before-send");
  self->sent_ms = bm_clock_get_boot_ms (self->clock);
  g_object_ref (self);
  bm_transport_send_async (self->transport, BM_PATH_BATCH, BM_CONTENT_BATCH, body,
                           self->cancellable, on_batch_answered, sending);
}

/* Bisection */

static void
on_held (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  gboolean is_held = bm_outbox_hold_finish (self->outbox, result, NULL);

  /* A second offender in the same batch is looked for at its next failure, not the one after. */
  end_bisection (self, FAILURES_BEFORE_BISECTION - 1);
  if (!bm_sync_engine_check_local (self, is_held))
    return;
  bm_sync_engine_note_held (self);
  bm_sync_engine_begin_round (self);
}

static void
hold (BmSyncEngine *self, guint index)
{
  const BmOutboxItem *item = g_ptr_array_index (self->suspects->items, index);

  bm_outbox_hold_async (
    self->outbox, item->epoch, item->seq, HOLD_CODE,
    _ ("The centre could not take this one; everything else got through. It is kept "
       "here and tried again every day."),
    on_held, g_object_ref (self));
}

static void
bisect (BmSyncEngine *self)
{
  guint from, to;

  switch (bm_bisect_get_step (&self->bisect, &from, &to))
    {
    case BM_BISECT_SEND:
      send_range (self, self->suspects, from, to);
      break;
    case BM_BISECT_CONTROL:
      send_range (self, self->suspects, 0, 0);
      break;
    case BM_BISECT_HOLD:
      hold (self, from);
      break;
    case BM_BISECT_INNOCENT:
    default:
      end_bisection (self, 0);
      bm_sync_engine_begin_round (self);
      break;
    }
}

/* The next thing to send */

static void take_lane (BmSyncEngine *self, BmOutboxLane lane);

static void
on_next (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  BmOutboxBatch *batch = bm_outbox_next_finish (self->outbox, result, NULL);

  if (!bm_sync_engine_check_local (self, batch != NULL))
    {
      bm_outbox_batch_free (batch);
      return;
    }
  if (batch->items->len > 0)
    {
      send_range (self, batch, 0, batch->items->len);
      return;
    }
  bm_outbox_batch_free (batch);
  if (self->lane < BM_LANE_AUDIT)
    take_lane (self, self->lane + 1);
  else if (self->wants_inbox)
    bm_sync_engine_take_inbox (self);
  else
    bm_sync_engine_end_round (self);
}

static void
take_lane (BmSyncEngine *self, BmOutboxLane lane)
{
  self->lane = lane;
  bm_outbox_next_async (self->outbox, lane, self->batch_bytes, self->max_items, NULL, on_next,
                        g_object_ref (self));
}

void
bm_sync_engine_take_next (BmSyncEngine *self)
{
  if (self->suspects != NULL)
    bisect (self);
  else
    take_lane (self, BM_LANE_WAITING);
}

/* Positions are those of one epoch: after a new one nobody is suspected. */
void
bm_sync_engine_forget_suspects (BmSyncEngine *self)
{
  end_bisection (self, 0);
}
