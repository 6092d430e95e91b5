/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-engine-private.h"

#include <string.h>

/*
 * When the engine acts, and what is known of it outside. What it does then is in sync-round.c and
 * sync-pump.c.
 *
 *            start, alarm, "pending", poke, expect
 *   stopped ----------> waiting <---------------------------------.
 *      ^                   | due                                  |
 *      |                   v                                      |
 *      '-- stop --- round: status -> [hello] -> batch* -> [inbox] +-> all sent: poll, growing 2 s … 60 min
 *                                                                 '-> trouble: jitter, or Retry-After
 *
 * Invariants:
 *  S1  Nothing about an attempt is stored: after any crash an entry is PENDING or later (invariant 4).
 *  S2  While running, the engine is in a round or an alarm is armed; with entries pending the alarm is at
 *      most BM_BACKOFF_CAP_MS away unless the platform asked for more.
 *  S3  One round at a time; it ends when nothing is in the air.
 *  S4  While the ledger is looked at for a round, and while its hello is on the way, no batch takes off: a hello names the
 *      next seq, and a row that overtakes it looks to the platform like a disk that was set back (invariant 11).
 */

enum
{
  SIGNAL_LINK,
  SIGNAL_STATE_CHANGED,
  N_SIGNALS
};

#define DEFAULT_SLICE_MS  2000
#define DEFAULT_SPLAY_MS  120000
#define DEFERRED_SLACK_MS 50 /* so that the ledger finds it due as well */

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BmSyncEngine, bm_sync_engine, G_TYPE_OBJECT)

void
bm_sync_status_free (BmSyncStatus *self)
{
  if (self == NULL)
    return;
  g_free (self->reason);
  g_free (self);
}

/* Publishing */

void
bm_sync_engine_publish (BmSyncEngine *self, BmLinkTrouble link, const char *reason)
{
  gboolean has_link_changed;

  g_mutex_lock (&self->lock);
  has_link_changed = self->status.link != link;
  self->status.link = link;
  if (reason != NULL)
    {
      g_free (self->status.reason);
      self->status.reason = g_strdup (reason);
    }
  self->status.is_running = self->is_running;
  self->status.is_busy = self->is_busy;
  self->status.pending = self->outbox_status.pending;
  self->status.pending_blobs = self->outbox_status.pending_blobs;
  self->status.flights = self->flights->len + self->blob.n_aloft;
  self->status.rate = bm_pace_get_rate (&self->pace, bm_clock_get_boot_ms (self->clock));
  self->status.failures = self->backoff.failures;
  self->status.wait_ms = bm_backoff_get_wait_ms (&self->backoff);
  g_mutex_unlock (&self->lock);

  if (has_link_changed)
    g_signal_emit (self, signals[SIGNAL_LINK], 0, (guint) link);
  g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
}

gboolean
bm_sync_engine_is_awaited (BmSyncEngine *self)
{
  if (self->expected != NULL && bm_clock_get_boot_ms (self->clock) >= self->expected_until_ms)
    g_clear_pointer (&self->expected, g_free);
  return self->expected != NULL;
}

void
bm_sync_engine_note_contact (BmSyncEngine *self, const BmReply *reply)
{
  g_mutex_lock (&self->lock);
  self->status.last_contact_ms = reply->server_ms;
  self->status.standing = BM_SYNC_STANDING_GOOD;
  g_mutex_unlock (&self->lock);
  bm_transport_set_floor_ms (self->transport, reply->server_ms);
  bm_backoff_note_law (&self->backoff, reply->retry_after_ms);
  /* After trouble a greeting alone proves little: the line is called good when work gets through. */
  if (reply->call != BM_CALL_HELLO || self->backoff.failures == 0)
    bm_sync_engine_publish (self, BM_LINK_ONLINE, "");
}

/* A refusal that the platform signed; the failure of the round is published after it. */
void
bm_sync_engine_note_revoked (BmSyncEngine *self)
{
  g_mutex_lock (&self->lock);
  self->status.standing = BM_SYNC_STANDING_REVOKED;
  g_mutex_unlock (&self->lock);
}

void
bm_sync_engine_note_messages (BmSyncEngine *self, GPtrArray *messages, guint bad)
{
  g_mutex_lock (&self->lock);
  self->status.bad_messages += bad;
  g_mutex_unlock (&self->lock);
  if (messages->len > 0)
    self->poll_ms = BM_SYNC_POLL_MIN_MS;
  for (guint i = 0; i < messages->len; i++)
    {
      const BmMessage *message = g_ptr_array_index (messages, i);

      if (strcmp (message->kind, "result") == 0 && g_strcmp0 (message->name, self->expected) == 0)
        g_clear_pointer (&self->expected, g_free);
    }
}

void
bm_sync_engine_note_held (BmSyncEngine *self)
{
  g_mutex_lock (&self->lock);
  self->status.held++;
  g_mutex_unlock (&self->lock);
}

/* The alarm */

void
bm_sync_engine_disarm (BmSyncEngine *self)
{
  if (self->alarm == NULL)
    return;
  g_source_destroy (self->alarm);
  g_clear_pointer (&self->alarm, g_source_unref);
}

static void
act (BmSyncEngine *self)
{
  if (self->is_busy || !self->is_running)
    return;
  bm_sync_engine_disarm (self);
  self->is_busy = TRUE;
  self->is_again = FALSE;
  bm_pace_note_busy (&self->pace, TRUE, bm_clock_get_boot_ms (self->clock));
  bm_sync_engine_publish (self, bm_sync_engine_get_link (self), NULL);
  bm_sync_engine_begin_round (self);
}

static gboolean
on_alarm (gpointer data)
{
  BmSyncEngine *self = data;

  bm_sync_engine_disarm (self);
  if (bm_backoff_get_wait_ms (&self->backoff) > 0)
    {
      bm_sync_engine_arm (self);
      return G_SOURCE_REMOVE;
    }
  self->wants_inbox = TRUE;
  act (self);
  return G_SOURCE_REMOVE;
}

void
bm_sync_engine_arm (BmSyncEngine *self)
{
  gint64 wait_ms = bm_backoff_get_wait_ms (&self->backoff);

  bm_sync_engine_disarm (self);
  self->alarm = g_timeout_source_new ((guint) MIN (wait_ms, (gint64) self->slice_ms));
  g_source_set_callback (self->alarm, on_alarm, self, NULL);
  g_source_attach (self->alarm, self->context);
}

static gint64
get_poll_wait (BmSyncEngine *self)
{
  gint64 wait_ms = bm_sync_engine_is_awaited (self) ? BM_SYNC_POLL_MIN_MS : self->poll_ms;
  gint64 now_ms = bm_clock_get_boot_ms (self->clock);
  gint64 aside_ms = bm_aside_get_due_ms (&self->aside, now_ms);

  if (self->outbox_status.pending > 0)
    wait_ms = MIN (wait_ms, BM_BACKOFF_CAP_MS);
  if (aside_ms != 0)
    wait_ms = MIN (wait_ms, aside_ms - now_ms);
  if (self->deferred_ms != 0)
    wait_ms = CLAMP (self->deferred_ms + DEFERRED_SLACK_MS - now_ms, 0, wait_ms);
  return wait_ms;
}

static void
on_traffic_noted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BmSyncEngine) self = data;

  (void) bm_outbox_note_traffic_finish (self->outbox, result, NULL); /* an account, not a promise */
}

static void
note_traffic (BmSyncEngine *self)
{
  BmTransportMeter meter;

  bm_transport_get_meter (self->transport, &meter);
  if (meter.up == self->metered_up && meter.down == self->metered_down)
    return;
  bm_outbox_note_traffic_async (self->outbox, meter.up - self->metered_up,
                                meter.down - self->metered_down, on_traffic_noted,
                                g_object_ref (self));
  self->metered_up = meter.up;
  self->metered_down = meter.down;
}

/* What belongs to one round only. */
static void
leave_round (BmSyncEngine *self)
{
  self->is_busy = FALSE;
  self->is_pumping = FALSE;
  bm_pace_note_busy (&self->pace, FALSE, 0);
  bm_sync_engine_drop_blob (self);
  note_traffic (self);
}

/* Everything was sent and fetched: wait for something new, and look by oneself now and then. */
void
bm_sync_engine_end_round (BmSyncEngine *self)
{
  leave_round (self);
  if (!self->is_running)
    return;
  bm_backoff_note_success (&self->backoff);
  if (self->is_again)
    bm_backoff_hurry (&self->backoff);
  else
    bm_backoff_set_wait (&self->backoff, get_poll_wait (self));
  self->deferred_ms = 0;
  self->poll_ms = MIN (self->poll_ms * 2, BM_SYNC_POLL_MAX_MS);
  bm_sync_engine_publish (self, BM_LINK_ONLINE, "");
  bm_sync_engine_arm (self);
}

void
bm_sync_engine_fail_round (BmSyncEngine *self,
                           BmLinkTrouble trouble,
                           const char *reason,
                           gint64 retry_after_ms)
{
  leave_round (self);
  self->needs_hello = TRUE;
  if (!self->is_running)
    return;
  bm_backoff_note_failure (&self->backoff, retry_after_ms, bm_sync_engine_is_awaited (self));
  bm_sync_engine_publish (self, trouble, reason != NULL ? reason : "");
  bm_sync_engine_arm (self);
}

/* From outside */

static void
bm_sync_engine_dispose (GObject *object)
{
  BmSyncEngine *self = BM_SYNC_ENGINE (object);

  bm_sync_engine_disarm (self);
  g_clear_signal_handler (&self->pending_id, self->outbox);
  g_clear_object (&self->outbox);
  g_clear_object (&self->transport);

  G_OBJECT_CLASS (bm_sync_engine_parent_class)->dispose (object);
}

static void
bm_sync_engine_finalize (GObject *object)
{
  BmSyncEngine *self = BM_SYNC_ENGINE (object);

  bm_backoff_clear (&self->backoff);
  g_clear_pointer (&self->enrolment, bm_enrolment_unref);
  g_clear_pointer (&self->suspects, bm_outbox_batch_free);
  g_clear_pointer (&self->doubted, bm_outbox_batch_free);
  bm_aside_clear (&self->aside);
  bm_sync_failure_clear (&self->failure);
  bm_sync_engine_drop_blob (self);
  g_ptr_array_unref (self->urgents);
  g_ptr_array_unref (self->flights); /* each flight holds a reference to the engine: it is empty */
  g_array_unref (self->blob_skip);
  g_clear_pointer (&self->reply, bm_reply_free);
  bm_wipe_string (self->renewal_key);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->clock);
  g_clear_object (&self->chance);
  g_free (self->keys_folder);
  g_free (self->expected);
  g_free (self->status.reason);
  g_mutex_clear (&self->lock);
  g_main_context_unref (self->context);

  G_OBJECT_CLASS (bm_sync_engine_parent_class)->finalize (object);
}

static void
bm_sync_engine_class_init (BmSyncEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bm_sync_engine_dispose;
  object_class->finalize = bm_sync_engine_finalize;
  signals[SIGNAL_LINK] = g_signal_new ("link", BM_TYPE_SYNC_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_STATE_CHANGED] =
    g_signal_new ("state-changed", BM_TYPE_SYNC_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
}

static void
bm_sync_engine_init (BmSyncEngine *self)
{
  self->context = g_main_context_ref_thread_default ();
  g_mutex_init (&self->lock);
  self->status.link = BM_LINK_UNKNOWN;
  self->status.reason = g_strdup ("");
  self->slice_ms = DEFAULT_SLICE_MS;
  self->splay_ms = DEFAULT_SPLAY_MS;
  bm_pace_init (&self->pace);
  bm_aside_init (&self->aside);
  self->pace.max_items = BM_SYNC_MAX_ITEMS;
  self->flights = g_ptr_array_new ();
  self->urgents = bm_urgents_new ();
  self->blob_skip = g_array_new (FALSE, FALSE, sizeof (gint64));
}

/**
 * bm_sync_engine_new:
 * @outbox: the ledger
 * @transport: the line, made in the same main context
 * @enrolment: who we are
 * @keys_folder: (nullable): where a renewed certificate is written
 * @clock: the time
 * @chance: for jitter
 *
 * Makes an engine in the thread-default main context. It does nothing before it is started.
 *
 * Returns: (transfer full): the engine
 */
BmSyncEngine *
bm_sync_engine_new (BmOutbox *outbox,
                    BmTransport *transport,
                    BmEnrolment *enrolment,
                    const char *keys_folder,
                    BmClock *clock,
                    BmChance *chance)
{
  BmSyncEngine *self;

  g_return_val_if_fail (BM_IS_OUTBOX (outbox) && BM_IS_TRANSPORT (transport), NULL);
  g_return_val_if_fail (enrolment != NULL, NULL);
  g_return_val_if_fail (BM_IS_CLOCK (clock) && BM_IS_CHANCE (chance), NULL);

  self = g_object_new (BM_TYPE_SYNC_ENGINE, NULL);
  self->outbox = g_object_ref (outbox);
  self->transport = g_object_ref (transport);
  self->enrolment = bm_enrolment_ref (enrolment);
  self->keys_folder = g_strdup (keys_folder);
  self->clock = g_object_ref (clock);
  self->chance = g_object_ref (chance);
  bm_backoff_init (&self->backoff, clock, chance);
  bm_transport_set_identity (transport, bm_enrolment_get_client_certificate (enrolment),
                             bm_enrolment_get_client_key (enrolment));
  return self;
}

BmLinkTrouble
bm_sync_engine_get_link (BmSyncEngine *self)
{
  BmLinkTrouble link;

  g_return_val_if_fail (BM_IS_SYNC_ENGINE (self), BM_LINK_UNKNOWN);

  g_mutex_lock (&self->lock);
  link = self->status.link;
  g_mutex_unlock (&self->lock);
  return link;
}

BmSyncStatus *
bm_sync_engine_dup_status (BmSyncEngine *self)
{
  BmSyncStatus *copy;

  g_return_val_if_fail (BM_IS_SYNC_ENGINE (self), NULL);

  copy = g_new (BmSyncStatus, 1);
  g_mutex_lock (&self->lock);
  *copy = self->status;
  copy->reason = g_strdup (self->status.reason);
  g_mutex_unlock (&self->lock);
  return copy;
}

void
bm_sync_engine_set_slice_ms (BmSyncEngine *self, guint slice_ms)
{
  g_return_if_fail (BM_IS_SYNC_ENGINE (self));
  g_return_if_fail (!self->is_running);

  self->slice_ms = slice_ms;
}
