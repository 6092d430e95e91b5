/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-engine-private.h"

#include <string.h>

/*
 * When the engine acts, and what is known of it outside. What it does then is in sync-round.c and
 * sync-batch.c.
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
 *  S3  One round at a time.
 */

enum
{
  SIGNAL_LINK,
  SIGNAL_STATE_CHANGED,
  N_SIGNALS
};

#define DEFAULT_SLICE_MS        2000
#define DEFAULT_SPLAY_MS        120000
#define DEFERRED_SLACK_MS       50 /* so that the ledger finds it due as well */
#define FIRST_BATCH_BYTES       (64 * 1024)
#define MIN_BATCH_BYTES         (4 * 1024)
#define DEFAULT_MAX_BATCH_BYTES (512 * 1024)

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

static void
publish (BmSyncEngine *self, BmLinkTrouble link, const char *reason)
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
  self->status.failures = self->backoff.failures;
  self->status.wait_ms = bm_backoff_get_wait_ms (&self->backoff);
  g_mutex_unlock (&self->lock);

  if (has_link_changed)
    g_signal_emit (self, signals[SIGNAL_LINK], 0, (guint) link);
  g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
}

static gboolean
is_awaited (BmSyncEngine *self)
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
    publish (self, BM_LINK_ONLINE, "");
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

static void arm (BmSyncEngine *self);

static void
disarm (BmSyncEngine *self)
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
  disarm (self);
  self->is_busy = TRUE;
  self->is_again = FALSE;
  publish (self, bm_sync_engine_get_link (self), NULL);
  bm_sync_engine_begin_round (self);
}

static gboolean
on_alarm (gpointer data)
{
  BmSyncEngine *self = data;

  disarm (self);
  if (bm_backoff_get_wait_ms (&self->backoff) > 0)
    {
      arm (self);
      return G_SOURCE_REMOVE;
    }
  self->wants_inbox = TRUE;
  act (self);
  return G_SOURCE_REMOVE;
}

static void
arm (BmSyncEngine *self)
{
  gint64 wait_ms = bm_backoff_get_wait_ms (&self->backoff);

  disarm (self);
  self->alarm = g_timeout_source_new ((guint) MIN (wait_ms, (gint64) self->slice_ms));
  g_source_set_callback (self->alarm, on_alarm, self, NULL);
  g_source_attach (self->alarm, self->context);
}

static gint64
get_poll_wait (BmSyncEngine *self)
{
  gint64 wait_ms = is_awaited (self) ? BM_SYNC_POLL_MIN_MS : self->poll_ms;
  gint64 now_ms = bm_clock_get_boot_ms (self->clock);

  if (self->outbox_status.pending > 0)
    wait_ms = MIN (wait_ms, BM_BACKOFF_CAP_MS);
  if (self->deferred_ms != 0)
    wait_ms = CLAMP (self->deferred_ms + DEFERRED_SLACK_MS - now_ms, 0, wait_ms);
  return wait_ms;
}

/* Everything was sent and fetched: wait for something new, and look by oneself now and then. */
void
bm_sync_engine_end_round (BmSyncEngine *self)
{
  self->is_busy = FALSE;
  if (!self->is_running)
    return;
  bm_backoff_note_success (&self->backoff);
  if (self->is_again)
    bm_backoff_hurry (&self->backoff);
  else
    bm_backoff_set_wait (&self->backoff, get_poll_wait (self));
  self->deferred_ms = 0;
  self->poll_ms = MIN (self->poll_ms * 2, BM_SYNC_POLL_MAX_MS);
  publish (self, BM_LINK_ONLINE, "");
  arm (self);
}

void
bm_sync_engine_fail_round (BmSyncEngine *self,
                           BmLinkTrouble trouble,
                           const char *reason,
                           gint64 retry_after_ms)
{
  self->is_busy = FALSE;
  self->needs_hello = TRUE;
  self->batch_bytes = MAX (self->batch_bytes / 2, MIN_BATCH_BYTES);
  if (!self->is_running)
    return;
  bm_backoff_note_failure (&self->backoff, retry_after_ms, is_awaited (self));
  publish (self, trouble, reason != NULL ? reason : "");
  arm (self);
}

/* From outside */

static void
bm_sync_engine_dispose (GObject *object)
{
  BmSyncEngine *self = BM_SYNC_ENGINE (object);

  disarm (self);
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
  g_clear_pointer (&self->sent, bm_sent_batch_free);
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
  self->batch_bytes = FIRST_BATCH_BYTES;
  self->max_batch_bytes = DEFAULT_MAX_BATCH_BYTES;
  self->max_items = BM_SYNC_MAX_ITEMS;
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

/* The verbs hop into the engine's context. */

typedef void (*Verb) (BmSyncEngine *self, const char *argument);

typedef struct
{
  BmSyncEngine *self;
  Verb verb;
  char *argument;
} Call;

static void
call_free (Call *call)
{
  g_object_unref (call->self);
  g_free (call->argument);
  g_free (call);
}

static gboolean
on_call (gpointer data)
{
  Call *call = data;

  call->verb (call->self, call->argument);
  return G_SOURCE_REMOVE;
}

static void
invoke (BmSyncEngine *self, Verb verb, const char *argument)
{
  Call *call = g_new0 (Call, 1);

  call->self = g_object_ref (self);
  call->verb = verb;
  call->argument = g_strdup (argument);
  g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, on_call, call,
                              (GDestroyNotify) call_free);
}

static void
hurry (BmSyncEngine *self)
{
  if (self->is_busy)
    {
      self->is_again = TRUE;
      return;
    }
  bm_backoff_hurry (&self->backoff);
  if (self->is_running)
    arm (self);
}

/* In trouble the alarm stands: a new entry is no reason to knock sooner, a waiting resident is. */
static void
do_pending (BmSyncEngine *self, const char *unused)
{
  self->poll_ms = BM_SYNC_POLL_MIN_MS;
  if (self->is_busy || self->backoff.failures == 0 || is_awaited (self))
    hurry (self);
}

/* The outbox emits where it was made, which may be another thread. */
static void
on_outbox_pending (BmOutbox *outbox, GWeakRef *weak)
{
  g_autoptr (BmSyncEngine) self = g_weak_ref_get (weak);

  if (self != NULL)
    invoke (self, do_pending, NULL);
}

static void
weak_free (gpointer weak, GClosure *unused)
{
  g_weak_ref_clear (weak);
  g_free (weak);
}

static void
watch_outbox (BmSyncEngine *self)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  self->pending_id = g_signal_connect_data (self->outbox, "pending", G_CALLBACK (on_outbox_pending),
                                            weak, weak_free, 0);
}

static void
do_start (BmSyncEngine *self, const char *unused)
{
  if (self->is_running)
    return;
  self->is_running = TRUE;
  self->cancellable = g_cancellable_new ();
  self->needs_hello = TRUE;
  self->poll_ms = BM_SYNC_POLL_MIN_MS;
  watch_outbox (self);
  bm_backoff_hurry (&self->backoff);
  publish (self, bm_sync_engine_get_link (self), NULL);
  if (!self->is_busy)
    arm (self);
}

static void
do_stop (BmSyncEngine *self, const char *unused)
{
  if (!self->is_running)
    return;
  self->is_running = FALSE;
  disarm (self);
  g_clear_signal_handler (&self->pending_id, self->outbox);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  publish (self, BM_LINK_UNKNOWN, "");
}

static void
do_poke (BmSyncEngine *self, const char *unused)
{
  self->wants_inbox = TRUE;
  hurry (self);
}

static void
do_link_up (BmSyncEngine *self, const char *unused)
{
  self->needs_hello = TRUE;
  if (!self->is_running || self->is_busy)
    return;
  bm_backoff_note_return (&self->backoff, self->splay_ms, is_awaited (self));
  arm (self);
}

static void
do_expect (BmSyncEngine *self, const char *number)
{
  g_free (self->expected);
  self->expected = g_strdup (number);
  self->expected_until_ms = bm_clock_get_boot_ms (self->clock) + BM_SYNC_EXPECT_MS;
  if (number != NULL)
    do_poke (self, NULL);
}

void
bm_sync_engine_start (BmSyncEngine *self)
{
  g_return_if_fail (BM_IS_SYNC_ENGINE (self));

  invoke (self, do_start, NULL);
}

/**
 * bm_sync_engine_stop:
 * @self: a sync engine
 *
 * Breaks off what is on the line; an answer that is being applied is still applied. The entries concerned stay PENDING.
 */
void
bm_sync_engine_stop (BmSyncEngine *self)
{
  g_return_if_fail (BM_IS_SYNC_ENGINE (self));

  invoke (self, do_stop, NULL);
}

void
bm_sync_engine_poke (BmSyncEngine *self)
{
  g_return_if_fail (BM_IS_SYNC_ENGINE (self));

  invoke (self, do_poke, NULL);
}

void
bm_sync_engine_link_up (BmSyncEngine *self)
{
  g_return_if_fail (BM_IS_SYNC_ENGINE (self));

  invoke (self, do_link_up, NULL);
}

/**
 * bm_sync_engine_expect:
 * @self: a sync engine
 * @number: (nullable): a tracking number, or %NULL when nobody waits any more
 *
 * While a resident waits, the inbox is asked every two seconds, splays are left out and retries come
 * quickly; a Retry-After is still kept. Ends with the result, or by itself after BM_SYNC_EXPECT_MS.
 */
void
bm_sync_engine_expect (BmSyncEngine *self, const char *number)
{
  g_return_if_fail (BM_IS_SYNC_ENGINE (self));

  invoke (self, do_expect, number);
}
