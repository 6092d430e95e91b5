/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-engine-private.h"

/*
 * What may be asked of the engine from any thread: each verb hops into the engine's context.
 */

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
    bm_sync_engine_arm (self);
}

/* In trouble the alarm stands: a new entry is no reason to knock sooner, a waiting resident is. */
static void
do_pending (BmSyncEngine *self, const char *unused)
{
  self->poll_ms = BM_SYNC_POLL_MIN_MS;
  bm_sync_engine_hurry_urgent (self);
  if (self->is_busy || self->backoff.failures == 0 || bm_sync_engine_is_awaited (self))
    hurry (self);
  bm_sync_engine_pump (self); /* there may be room in the air now */
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
  bm_sync_engine_publish (self, bm_sync_engine_get_link (self), NULL);
  if (!self->is_busy)
    bm_sync_engine_arm (self);
}

static void
do_stop (BmSyncEngine *self, const char *unused)
{
  if (!self->is_running)
    return;
  self->is_running = FALSE;
  bm_sync_engine_disarm (self);
  g_ptr_array_set_size (self->urgents, 0);
  bm_sync_engine_forget_stuck (self);
  g_clear_signal_handler (&self->pending_id, self->outbox);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  bm_sync_engine_publish (self, BM_LINK_UNKNOWN, "");
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
  bm_aside_forget (&self->aside);
  if (!self->is_running || self->is_busy)
    return;
  bm_backoff_note_return (&self->backoff, self->splay_ms, bm_sync_engine_is_awaited (self));
  bm_sync_engine_arm (self);
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

static void
do_set_thrifty (BmSyncEngine *self, const char *is_thrifty)
{
  self->is_thrifty = is_thrifty != NULL;
  if (!self->is_thrifty)
    hurry (self);
}

/**
 * bm_sync_engine_set_thrifty:
 * @self: a sync engine
 * @is_thrifty: whether bytes are dear now
 */
void
bm_sync_engine_set_thrifty (BmSyncEngine *self, gboolean is_thrifty)
{
  g_return_if_fail (BM_IS_SYNC_ENGINE (self));

  invoke (self, do_set_thrifty, is_thrifty ? "thrifty" : NULL);
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
