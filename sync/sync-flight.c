/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-engine-private.h"

#include "core/error.h"
#include "core/fault.h"

#include <string.h>

/*
 * One batch on the way: encoded, sent, answered, applied. Several fly at once, each with a nonce of its own; what they
 * carry is in the ledger still, PENDING, and known here only so that no other flight takes it too.
 *
 *   launch -> send --proven--> apply -> landed -> pump
 *               '--not proven--> landed, blamed -> pump
 *
 * Invariants:
 *  F1  At most one flight at a time asks for messages, so that each comes once; the others name a cursor behind which
 *      there is nothing.
 *  F2  A flight leaves the list before the pump is asked again, so that its rows are free again or settled.
 *  F3  Of a flight and its copy the first that is proven settles the rows and calls the other back; only the last that
 *      fails is blamed.
 */

#define STUCK_MS    3000 /* at least: nothing has come back, and the line has nothing else to do */
#define NO_MESSAGES (G_MAXINT64 - 1) /* a cursor that no message is behind */

struct _BmFlight
{
  BmSyncEngine *engine; /* a reference */
  BmFlightKind kind;
  BmOutboxBatch *batch; /* owned unless it is a search */
  guint from;
  guint to;
  BmSentBatch *sent;
  BmReply *reply; /* while it is applied */
  guint8 nonce[BM_NONCE_LEN];
  gint64 asked; /* the cursor it named */
  gint64 sent_ms;
  gsize bytes;
  guint pair; /* shared with its copy; 0: it has none */
  gboolean takes_messages;
  gboolean is_spare; /* the other one of the pair did it */
  GCancellable *cancellable;
  gulong cancelled_id; /* on the engine's */
  GCancellable *engine_cancellable;
};

static void
flight_free (BmFlight *self)
{
  if (self->kind != BM_FLIGHT_SEARCH)
    bm_outbox_batch_free (self->batch);
  g_clear_pointer (&self->sent, bm_sent_batch_free);
  g_clear_pointer (&self->reply, bm_reply_free);
  g_cancellable_disconnect (self->engine_cancellable, self->cancelled_id);
  g_clear_object (&self->engine_cancellable);
  g_clear_object (&self->cancellable);
  g_object_unref (self->engine);
  g_free (self);
}

guint
bm_sync_engine_count_aloft (BmSyncEngine *self, BmFlightKind kind)
{
  guint count = 0;

  for (guint i = 0; i < self->flights->len; i++)
    count += ((BmFlight *) g_ptr_array_index (self->flights, i))->kind == kind ? 1 : 0;
  return count;
}

void
bm_flight_list_rows (const BmFlight *self, GArray *rows)
{
  for (guint i = self->from; i < self->to; i++)
    {
      const BmOutboxItem *item = g_ptr_array_index (self->batch->items, i);

      g_array_append_val (rows, item->id);
    }
}

/* Off the list; @self stays alive until the caller has looked at it. */
static void
land (BmFlight *self)
{
  BmSyncEngine *engine = self->engine;

  g_ptr_array_remove (engine->flights, self);
  if (self->takes_messages)
    engine->is_taking = FALSE;
}

static BmFlight *
find_other (const BmFlight *self)
{
  GPtrArray *flights = self->engine->flights;

  for (guint i = 0; self->pair != 0 && i < flights->len; i++)
    {
      BmFlight *flight = g_ptr_array_index (flights, i);

      if (flight != self && flight->pair == self->pair)
        return flight;
    }
  return NULL;
}

/* Success */

static void
call_back_other (const BmFlight *self)
{
  BmFlight *other = find_other (self);

  if (other == NULL)
    return;
  other->is_spare = TRUE;
  g_cancellable_cancel (other->cancellable);
}

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
take_messages (BmFlight *flight)
{
  BmSyncEngine *self = flight->engine;
  const BmReply *reply = flight->reply;

  if (!flight->takes_messages)
    return;
  bm_sync_engine_note_messages (self, reply->messages, reply->bad_messages);
  self->outbox_status.cursor = MAX (self->outbox_status.cursor, reply->cursor);
  self->wants_inbox |= reply->has_more;
}

/* The attachments of what was settled just now may go, and the round had found none before. */
static void
look_for_blobs (BmSyncEngine *self)
{
  if (self->lane < BM_LANE_AUDIT)
    return; /* it comes to them yet */
  self->has_blobs = TRUE;
  self->lane = BM_LANE_AUDIT;
}

static void
note_through (BmFlight *flight)
{
  BmSyncEngine *self = flight->engine;
  gint64 took_ms = bm_clock_get_boot_ms (self->clock) - flight->sent_ms;
  guint64 count = bm_sent_batch_get_n_items (flight->sent);

  self->poll_ms = BM_SYNC_POLL_MIN_MS;
  self->spread_ms = 0;
  bm_backoff_note_success (&self->backoff);
  if (flight->is_spare)
    return;
  call_back_other (flight);
  self->outbox_status.pending -= MIN (self->outbox_status.pending, count);
  if (flight->kind == BM_FLIGHT_BULK)
    bm_pace_note_through (&self->pace, flight->bytes, took_ms);
  if (flight->kind == BM_FLIGHT_URGENT)
    bm_sync_engine_note_urgent_through (self, flight->batch);
  if (flight->kind == BM_FLIGHT_SEARCH && self->suspects != NULL)
    bm_bisect_note_through (&self->bisect);
  else if (flight->kind == BM_FLIGHT_SEARCH)
    bm_sync_engine_forget_suspects (self);
  else
    look_for_blobs (self);
  bm_sync_engine_forgive (self);
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer data)
{
  BmFlight *flight = data;
  g_autoptr (BmSyncEngine) self = g_object_ref (flight->engine);
  gboolean is_applied = bm_outbox_apply_finish (self->outbox, result, NULL);
  BmSyncFailure local = { .trouble = bm_sync_engine_get_link (self) };

  land (flight);
  if (is_applied)
    {
      bm_fault_point ("sync-after-apply");
      take_messages (flight);
      note_through (flight);
    }
  else /* the ledger did not take it: nothing is lost, it is sent again later */
    bm_sync_engine_note_failure (self, &local);
  flight_free (flight);
  bm_sync_engine_pump (self);
}

static void
apply (BmFlight *flight, GPtrArray *answers)
{
  BmSyncEngine *self = flight->engine;
  const BmReply *reply = flight->reply;
  g_autoptr (GBytes) head = NULL;
  gboolean has_head = reply->has_head && reply->head_epoch == self->outbox_status.epoch;
  BmOutboxReply applied = { .answers = answers };

  if (flight->takes_messages)
    {
      applied.messages = reply->messages;
      applied.asked = flight->asked;
      applied.cursor = reply->cursor;
    }
  if (has_head)
    {
      head = g_bytes_new (reply->head, BM_SM3_LEN);
      applied.head_seq = reply->head_seq;
      applied.head = head;
      applied.head_signature = reply->head_signature;
    }
  note_deferred (self, answers);
  bm_outbox_apply_async (self->outbox, &applied, on_applied, flight);
}

/* Failure */

static void
blame (BmFlight *flight, const BmSyncFailure *failure)
{
  BmSyncEngine *self = flight->engine;

  if (flight->is_spare)
    return; /* called back: F3 */
  if (!failure->is_content)
    bm_pace_note_broken (&self->pace);
  if (find_other (flight) != NULL)
    return; /* F3 */
  switch (flight->kind)
    {
    case BM_FLIGHT_URGENT: /* the ordinary lanes take it up again; they find out whose fault it is */
      if (self->doubted == NULL && self->suspects == NULL)
        self->lane = BM_LANE_WAITING;
      if (!failure->is_content)
        bm_sync_engine_note_failure (self, failure);
      break;
    case BM_FLIGHT_SEARCH:
      bm_sync_engine_fail_suspects (self, failure);
      break;
    case BM_FLIGHT_BULK:
    default:
      if (failure->is_content || failure->is_vague)
        bm_sync_engine_doubt (self, g_steal_pointer (&flight->batch), failure);
      bm_sync_engine_note_failure (self, failure);
      break;
    }
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  BmFlight *flight = data;
  g_autoptr (BmSyncEngine) self = g_object_ref (flight->engine);
  g_autoptr (GPtrArray) answers = NULL;
  g_auto (BmSyncFailure) failure = { 0 };
  guint n_items = 0;

  flight->reply = bm_sync_engine_receive (self, result, flight->nonce, BM_CALL_BATCH, &failure);
  if (flight->reply != NULL)
    {
      bm_fault_point ("sync-after-reply");
      bm_reply_place (flight->reply, bm_sent_batch_get_records (flight->sent));
      answers = bm_sent_batch_match (flight->sent, flight->reply->answers, &n_items);
      failure.trouble = BM_LINK_PLATFORM_DOWN;
      failure.is_content = bm_sent_batch_get_n_items (flight->sent) > 0 && n_items == 0;
    }
  if (flight->reply != NULL && !failure.is_content)
    {
      apply (flight, answers);
      return;
    }
  land (flight);
  blame (flight, &failure);
  flight_free (flight);
  bm_sync_engine_pump (self);
}

/* Launching */

/* A control is as large as the entry in question where the line is in question, too. */
static gsize
get_pad (const BmFlight *flight)
{
  const BmSyncEngine *self = flight->engine;
  const BmOutboxItem *item;
  guint from, to;

  if (flight->kind != BM_FLIGHT_SEARCH || self->suspects == NULL ||
      bm_bisect_get_step (&self->bisect, &from, &to) != BM_BISECT_CONTROL_LARGE)
    return 0;
  item = g_ptr_array_index (self->suspects->items, from);
  return MIN (g_bytes_get_size (item->record), BM_PROTOCOL_MAX_PAD);
}

static GBytes *
encode (BmFlight *flight)
{
  BmSyncEngine *self = flight->engine;
  const BmOutboxStatus *status = &self->outbox_status;
  const BmKey *key = bm_enrolment_get_sign_key (self->enrolment);
  GPtrArray *records = bm_sent_batch_get_records (flight->sent);
  const gsize pad = get_pad (flight);
  BmBatchHeader header = {
    .kiosk = bm_enrolment_get_kiosk (self->enrolment),
    .epoch = status->epoch,
    .cursor = flight->asked,
    .head_seq = status->next_seq - 1,
    .accept = BM_PROTOCOL_ACCEPT,
  };

  bm_random_bytes (flight->nonce, sizeof flight->nonce);
  memcpy (header.nonce, flight->nonce, sizeof header.nonce);
  memcpy (header.head, status->head, sizeof header.head);
  return pad > 0 ? bm_batch_encode_control (&header, records, pad, key, NULL)
                 : bm_batch_encode (&header, records, key, NULL);
}

static gsize
count_bytes (const BmFlight *flight)
{
  gsize bytes = 0;

  for (guint i = flight->from; i < flight->to; i++)
    {
      const BmOutboxItem *item = g_ptr_array_index (flight->batch->items, i);

      bytes += g_bytes_get_size (item->record);
    }
  return bytes;
}

/* Too big to be written: halving helps, so it is treated as a refusal of the content. */
static gboolean
on_unwritable (gpointer data)
{
  BmFlight *flight = data;
  g_autoptr (BmSyncEngine) self = g_object_ref (flight->engine);
  BmSyncFailure failure = { .trouble = bm_sync_engine_get_link (self), .is_content = TRUE };

  land (flight);
  blame (flight, &failure);
  flight_free (flight);
  bm_sync_engine_pump (self);
  return G_SOURCE_REMOVE;
}

static void
refuse_later (BmFlight *flight)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, on_unwritable, flight, NULL);
  g_source_attach (source, flight->engine->context);
}

static void
on_engine_cancelled (GCancellable *cancellable, gpointer own)
{
  g_cancellable_cancel (own);
}

static void
make_cancellable (BmFlight *self)
{
  self->cancellable = g_cancellable_new ();
  self->engine_cancellable = g_object_ref (self->engine->cancellable);
  self->cancelled_id =
    g_cancellable_connect (self->engine_cancellable, G_CALLBACK (on_engine_cancelled),
                           g_object_ref (self->cancellable), g_object_unref);
}

static BmFlight *
launch (BmSyncEngine *self, BmFlightKind kind, BmOutboxBatch *batch, guint from, guint to)
{
  g_autoptr (GBytes) body = NULL;
  BmFlight *flight = g_new0 (BmFlight, 1);

  flight->engine = g_object_ref (self);
  make_cancellable (flight);
  flight->kind = kind;
  flight->batch = batch;
  flight->from = from;
  flight->to = to;
  flight->takes_messages =
    !self->is_taking && (!self->is_thrifty || bm_sync_engine_is_awaited (self));
  flight->asked = flight->takes_messages ? self->outbox_status.cursor : NO_MESSAGES;
  flight->sent = bm_sent_batch_new (batch, from, to, self->outbox_status.epoch);
  flight->bytes = count_bytes (flight);
  self->is_taking |= flight->takes_messages;
  g_ptr_array_add (self->flights, flight);
  body = encode (flight);
  if (body == NULL)
    {
      refuse_later (flight);
      return flight;
    }
  bm_fault_point ("sync-before-send");
  flight->sent_ms = bm_clock_get_boot_ms (self->clock);
  if (kind == BM_FLIGHT_BULK)
    self->bulk_ms = flight->sent_ms;
  bm_transport_send_async (self->transport, BM_PATH_BATCH, BM_CONTENT_BATCH, body,
                           flight->cancellable, on_answered, flight);
  return flight;
}

void
bm_sync_engine_launch (BmSyncEngine *self,
                       BmFlightKind kind,
                       BmOutboxBatch *batch,
                       guint from,
                       guint to)
{
  (void) launch (self, kind, batch, from, to); /* it frees itself */
}

/* The last ones */

static gboolean
on_stuck (gpointer data)
{
  g_autoptr (BmSyncEngine) self = g_object_ref (data);

  bm_sync_engine_forget_stuck (self);
  bm_sync_engine_pump (self);
  return G_SOURCE_REMOVE;
}

void
bm_sync_engine_pump_in (BmSyncEngine *self, gint64 ms)
{
  if (self->stuck != NULL)
    return;
  self->stuck = g_timeout_source_new ((guint) CLAMP (ms, 1, STUCK_MS));
  g_source_set_callback (self->stuck, on_stuck, g_object_ref (self), g_object_unref);
  g_source_attach (self->stuck, self->context);
}

void
bm_sync_engine_forget_stuck (BmSyncEngine *self)
{
  if (self->stuck == NULL)
    return;
  g_source_destroy (self->stuck);
  g_clear_pointer (&self->stuck, g_source_unref);
}

/* How long the line needs for what is on the way: a batch that waits behind its neighbours is not stuck. Bounded, because the rate
 * falls as long as nothing lands. */
static gint64
get_carriage_ms (BmSyncEngine *self, gint64 now_ms)
{
  const double rate = bm_pace_get_rate (&self->pace, now_ms);
  gsize bytes = 0;

  for (guint i = 0; i < self->flights->len; i++)
    {
      const BmFlight *flight = g_ptr_array_index (self->flights, i);

      bytes += flight->reply == NULL ? flight->bytes : 0;
    }
  return rate > 0 ? MIN ((gint64) (1000 * bytes / rate), BM_PACE_AIM_MS) : 0;
}

void
bm_sync_engine_copy_stuck (BmSyncEngine *self)
{
  const gint64 now_ms = bm_clock_get_boot_ms (self->clock);
  const gint64 patience_ms =
    MAX (STUCK_MS, 3 * self->pace.round_trip_ms) + get_carriage_ms (self, now_ms);

  for (guint i = 0; i < self->flights->len; i++)
    {
      BmFlight *flight = g_ptr_array_index (self->flights, i);
      const gint64 due_ms = flight->sent_ms + patience_ms;

      if (flight->kind != BM_FLIGHT_BULK || flight->pair != 0 || flight->reply != NULL)
        continue;
      if (now_ms < due_ms)
        {
          bm_sync_engine_pump_in (self, due_ms - now_ms);
          return; /* those behind it are younger */
        }
      flight->pair = ++self->n_pairs;
      launch (self, BM_FLIGHT_BULK, bm_outbox_batch_copy (flight->batch), 0,
              flight->batch->items->len)
        ->pair = flight->pair;
      return; /* its landing, or the next one's, asks again */
    }
}
