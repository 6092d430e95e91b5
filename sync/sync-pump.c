/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-engine-private.h"

#include <glib/gi18n-lib.h>

/*
 * Keeps the air full: as many flights as the pace says, from the lanes in their order, then attachments, then the audit
 * rows. It is asked again whenever something has landed, and ends the round when nothing is left to send and nothing is in
 * the air.
 *
 *   WAITING -> ENTRIES -> attachments -> AUDIT -> (all landed) -> inbox or end of the round
 *
 * When a batch fails for its content's sake, perhaps, it is doubted: the round fails once everything else has landed, and
 * the next one sends it alone. If it fails again, the one offender is looked for (sync-bisect.h), set aside where a person
 * sees it, and everything else goes on (invariant 5). What the line alone is to blame for is passed over for a while (sync-aside.h).
 */

#define STATUS_EVERY_MS 1000
#define FEW             32
#define AUDIT_HEAP      4
#define LANE_DONE       ((BmOutboxLane) (BM_LANE_AUDIT + 1))

static void
end_bisection (BmSyncEngine *self)
{
  g_clear_pointer (&self->suspects, bm_outbox_batch_free);
  g_clear_pointer (&self->doubted, bm_outbox_batch_free);
}

/* Positions are those of one epoch: after a new one nobody is suspected. */
void
bm_sync_engine_forget_suspects (BmSyncEngine *self)
{
  end_bisection (self);
}

static void
add_batch (GArray *rows, const BmOutboxBatch *batch)
{
  for (guint i = 0; batch != NULL && i < batch->items->len; i++)
    {
      const BmOutboxItem *item = g_ptr_array_index (batch->items, i);

      g_array_append_val (rows, item->id);
    }
}

GArray *
bm_sync_engine_list_aloft (BmSyncEngine *self)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < self->flights->len; i++)
    bm_flight_list_rows (g_ptr_array_index (self->flights, i), rows);
  add_batch (rows, self->doubted);
  add_batch (rows, self->suspects);
  bm_aside_list (&self->aside, bm_clock_get_boot_ms (self->clock), rows);
  return rows;
}

/* Failure */

void
bm_sync_engine_note_failure (BmSyncEngine *self, const BmSyncFailure *failure)
{
  if (self->has_failure)
    {
      self->failure.retry_after_ms = MAX (self->failure.retry_after_ms, failure->retry_after_ms);
      return;
    }
  self->has_failure = TRUE;
  self->failure = *failure;
  self->failure.reason = g_strdup (failure->reason);
}

void
bm_sync_engine_forgive (BmSyncEngine *self)
{
  /* One connection of several may break; what is doubted or asked for waits for its own turn. */
  if (!self->has_failure || self->doubted != NULL || self->failure.retry_after_ms > 0 ||
      self->failure.trouble == BM_LINK_REFUSED)
    return;
  self->has_failure = FALSE;
  bm_sync_failure_clear (&self->failure);
  self->lane = BM_LANE_WAITING;
}

void
bm_sync_engine_doubt (BmSyncEngine *self, BmOutboxBatch *batch, const BmSyncFailure *failure)
{
  if (self->doubted != NULL || self->suspects != NULL || !self->is_running)
    {
      bm_outbox_batch_free (batch); /* its rows are free again */
      return;
    }
  self->doubted = batch;
}

static void
begin_bisection (BmSyncEngine *self, gboolean is_vague)
{
  self->suspects = g_steal_pointer (&self->doubted);
  bm_bisect_init (&self->bisect, self->suspects->items->len, is_vague);
}

void
bm_sync_engine_fail_suspects (BmSyncEngine *self, const BmSyncFailure *failure)
{
  BmBisectAdvice advice = BM_BISECT_REST;

  if (!failure->is_content && !failure->is_vague)
    {
      bm_sync_engine_note_failure (self, failure);
      return;
    }
  if (self->suspects == NULL)
    {
      if (self->is_running && self->doubted != NULL)
        begin_bisection (self, failure->is_vague);
      else
        bm_sync_engine_note_failure (self, failure);
      return;
    }
  advice = bm_bisect_note_failed (&self->bisect, failure->is_vague);
  if (advice == BM_BISECT_ACQUIT)
    end_bisection (self);
  if (advice != BM_BISECT_GO_ON)
    bm_sync_engine_note_failure (self, failure);
}

/* The search */

static void
on_held (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  BmSyncFailure local = { .trouble = bm_sync_engine_get_link (self) };

  self->n_asking--;
  end_bisection (self);
  if (bm_outbox_hold_finish (self->outbox, result, NULL))
    bm_sync_engine_note_held (self);
  else
    bm_sync_engine_note_failure (self, &local);
  self->lane = BM_LANE_WAITING;
  bm_sync_engine_pump (self);
}

static void
hold (BmSyncEngine *self, guint index)
{
  const BmOutboxItem *item = g_ptr_array_index (self->suspects->items, index);

  self->n_asking++;
  bm_outbox_hold_async (
    self->outbox, item->epoch, item->seq, "not-taken",
    _ ("The centre could not take this one; everything else got through. It is kept "
       "here and tried again every day."),
    on_held, g_object_ref (self));
}

/* Nobody is to blame for a line that carries what is small and nothing that is large: what is as large waits for a better
 * one, and everything else goes on. */
static void
pass_over (BmSyncEngine *self, guint index)
{
  GPtrArray *items = self->suspects->items;
  const gint64 now_ms = bm_clock_get_boot_ms (self->clock);
  const gsize least =
    g_bytes_get_size (((const BmOutboxItem *) g_ptr_array_index (items, index))->record);

  for (guint i = 0; i < items->len; i++)
    {
      const BmOutboxItem *item = g_ptr_array_index (items, i);

      if (g_bytes_get_size (item->record) >= least)
        bm_aside_add (&self->aside, item->id, now_ms);
    }
  end_bisection (self);
  self->lane = BM_LANE_WAITING;
  bm_sync_engine_pump (self);
}

static void
search (BmSyncEngine *self)
{
  guint from, to;

  if (self->suspects == NULL)
    {
      bm_sync_engine_launch (self, BM_FLIGHT_SEARCH, self->doubted, 0, self->doubted->items->len);
      return;
    }
  switch (bm_bisect_get_step (&self->bisect, &from, &to))
    {
    case BM_BISECT_SEND:
      bm_sync_engine_launch (self, BM_FLIGHT_SEARCH, self->suspects, from, to);
      break;
    case BM_BISECT_CONTROL:
    case BM_BISECT_CONTROL_LARGE:
      bm_sync_engine_launch (self, BM_FLIGHT_SEARCH, self->suspects, 0, 0);
      break;
    case BM_BISECT_HOLD:
      hold (self, from);
      break;
    case BM_BISECT_PASS_OVER:
      pass_over (self, from);
      break;
    case BM_BISECT_INNOCENT:
    default:
      end_bisection (self);
      bm_sync_engine_begin_round (self);
      break;
    }
}

/* The lanes */

static void
on_next (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  BmOutboxBatch *batch = bm_outbox_next_finish (self->outbox, result, NULL);
  BmSyncFailure local = { .trouble = bm_sync_engine_get_link (self) };

  self->n_asking--;
  if (batch == NULL)
    bm_sync_engine_note_failure (self, &local);
  else if (batch->items->len == 0)
    self->lane++;
  if (batch != NULL && batch->items->len > 0 && self->is_running)
    bm_sync_engine_launch (self, BM_FLIGHT_BULK, batch, 0, batch->items->len);
  else
    bm_outbox_batch_free (batch);
  bm_sync_engine_pump (self);
}

/* So many that the last rows are spread over all connections instead of waiting for one; the small rows of the audit lane, which
 * nobody is searched among for a resident's sake, in larger heaps, also the last ones where the line carries them in a round trip
 * or two. */
static guint
count_items (BmSyncEngine *self, guint n_aloft, guint tenths)
{
  const guint heap = self->lane == BM_LANE_AUDIT ? AUDIT_HEAP : 1;
  const guint full = self->pace.max_items * heap;
  const guint few = self->pace.bytes >= BM_PACE_FIRST_BYTES ? FEW * heap : FEW;
  const guint most = MAX (full * tenths / 10, 1);
  const guint64 left =
    self->outbox_status.pending - MIN (self->outbox_status.pending, (guint64) n_aloft);
  const guint64 share = left / self->pace.flights + 1;

  return (guint) CLAMP (share, MIN (few, most), MIN (most, BM_SYNC_MAX_HEAP));
}

/* A resident does not wait for the end of a search. */
static void
on_waiting (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  BmOutboxBatch *batch = bm_outbox_next_finish (self->outbox, result, NULL);

  self->n_asking--;
  self->lane = BM_LANE_ENTRIES;
  if (batch != NULL && batch->items->len > 0 && self->is_running)
    bm_sync_engine_launch (self, BM_FLIGHT_URGENT, batch, 0, batch->items->len);
  else
    bm_outbox_batch_free (batch);
  bm_sync_engine_pump (self);
}

static void
ask_waiting (BmSyncEngine *self)
{
  g_autoptr (GArray) aloft = bm_sync_engine_list_aloft (self);

  self->n_asking++;
  bm_outbox_next_async (self->outbox, BM_LANE_WAITING, self->pace.bytes, FEW, aloft, on_waiting,
                        g_object_ref (self));
}

static void
ask (BmSyncEngine *self)
{
  g_autoptr (GArray) aloft = bm_sync_engine_list_aloft (self);
  const guint tenths = bm_pace_take_share (&self->pace);
  const gsize bytes = MAX (self->pace.bytes * tenths / 10, BM_PACE_MIN_BYTES);

  self->n_asking++;
  bm_outbox_next_async (self->outbox, self->lane, bytes, count_items (self, aloft->len, tenths),
                        aloft, on_next, g_object_ref (self));
}

/* A flight that takes off before a connection is open for it makes another one: two round trips and a certificate more, while the one that
 * was meant for it stands idle. */
static guint
count_runways (BmSyncEngine *self)
{
  const guint open = self->pace.flights + BM_SYNC_SPARES + 1;

  return CLAMP (open - MIN (open, self->n_warming), 1, self->pace.flights);
}

/* The first windows of six connections at one moment are twice what a short queue holds, and the kernel paces no connection before
 * its tenth packet; so the first batches leave one after the other. */
static gboolean
has_room (BmSyncEngine *self)
{
  const gint64 wait_ms = self->bulk_ms + self->spread_ms - bm_clock_get_boot_ms (self->clock);

  if (self->spread_ms > 0 && wait_ms > 0 && bm_sync_engine_count_aloft (self, BM_FLIGHT_BULK) > 0)
    {
      bm_sync_engine_pump_in (self, wait_ms);
      return FALSE;
    }
  return bm_sync_engine_count_aloft (self, BM_FLIGHT_BULK) + self->blob.n_aloft <
         count_runways (self);
}

static void
note_line (BmSyncEngine *self)
{
  BmTransportMeter meter;

  bm_transport_get_meter (self->transport, &meter);
  bm_pace_note_round_trip (&self->pace, meter.round_trip_ms);
}

/* The ledger's own word on cursor, head and how much waits; now and then during a long drain. */
static void
on_status (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;
  g_autofree BmOutboxStatus *status = bm_outbox_get_status_finish (self->outbox, result, NULL);

  self->n_asking--;
  self->status_ms = bm_clock_get_boot_ms (self->clock);
  note_line (self);
  if (status != NULL && status->epoch == self->outbox_status.epoch)
    {
      status->cursor = MAX (status->cursor, self->outbox_status.cursor);
      self->outbox_status = *status;
    }
  bm_sync_engine_publish (self, bm_sync_engine_get_link (self), NULL);
  bm_sync_engine_pump (self);
}

static gboolean
is_status_old (BmSyncEngine *self)
{
  return bm_clock_get_boot_ms (self->clock) - self->status_ms > STATUS_EVERY_MS;
}

static void
finish (BmSyncEngine *self)
{
  g_auto (BmSyncFailure) failure = self->failure;
  gboolean has_failure = self->has_failure;

  self->failure = (BmSyncFailure){ 0 };
  self->has_failure = FALSE;
  if (!self->is_running)
    bm_sync_engine_fail_round (self, bm_sync_engine_get_link (self), "", 0);
  else if (has_failure)
    bm_sync_engine_fail_round (self, failure.trouble, failure.reason, failure.retry_after_ms);
  else if (bm_backoff_is_forbidden (&self->backoff))
    {
      /* The platform asked for a pause in the middle of our work: come back when it is over. */
      self->is_again |= self->lane < LANE_DONE || self->wants_inbox;
      bm_sync_engine_end_round (self);
    }
  else if (self->is_again)
    bm_sync_engine_begin_round (self);
  else if (self->wants_inbox)
    bm_sync_engine_take_inbox (self);
  else
    bm_sync_engine_end_round (self);
}

static gboolean
is_grounded (BmSyncEngine *self)
{
  return self->has_failure || !self->is_running || bm_backoff_is_forbidden (&self->backoff);
}

static gboolean
is_air_empty (BmSyncEngine *self)
{
  return self->flights->len == 0 && self->blob.n_aloft == 0 && !self->is_fetching;
}

void
bm_sync_engine_pump (BmSyncEngine *self)
{
  if (!self->is_pumping || self->n_asking > 0)
    return;
  if (is_grounded (self))
    {
      if (is_air_empty (self))
        finish (self);
      return;
    }
  if (self->is_again && self->lane > BM_LANE_WAITING)
    {
      self->is_again = FALSE; /* something new came: it may be more urgent than what is left */
      self->lane = BM_LANE_WAITING;
    }
  if (self->doubted != NULL || self->suspects != NULL)
    {
      if (self->lane == BM_LANE_WAITING)
        ask_waiting (self);
      else if (is_air_empty (self))
        search (self);
      return;
    }
  if (is_status_old (self))
    {
      self->n_asking++;
      bm_outbox_get_status_async (self->outbox, on_status, g_object_ref (self));
      return;
    }
  if (!has_room (self))
    return;
  if (self->lane == BM_LANE_AUDIT && !self->is_thrifty && bm_sync_engine_pump_blob (self))
    return;
  if (self->lane < LANE_DONE)
    ask (self);
  else if (is_air_empty (self))
    finish (self);
  else if (!self->is_thrifty)
    bm_sync_engine_copy_stuck (self);
}
