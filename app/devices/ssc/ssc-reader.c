/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ssc"

#include "app/devices/ssc/ssc-reader.h"

#include "app/devices/ssc/ssc-pace.h"
#include "app/devices/ssc/ssc-slots.h"
#include "core/error.h"
#include "core/worker.h"

/*
 * The driver. All talking happens on one worker, in steps of a timer there:
 *
 *   lost --pcscd--> NONE --plugged--> EMPTY --card--> leased: read -> card-read, till it is gone
 *    ^                ^-- unplugged --'  '--drawn--'           '-other card, moved -> card-failed
 *    '-- pcscd gone, from anywhere: again after 1, 2, 5, then every 10 s, and when a lease begins
 *
 * No call of PC/SC has a deadline, and one that hangs cannot be called back. So the owner's context keeps
 * watch: a step that takes longer than OVERDUE_MS makes the reader ABSENT until it ends.
 *
 * Invariants:
 *  R1  A placing gives at most one "card-read", and at most one "card-failed" in a lease.
 *  R2  A card that was read under one lease is never told under another (design §1).
 *  R3  Signals are emitted in the context where the reader was made, none after bm_reader_close().
 *  R4  Nothing blocks that context longer than CLOSE_MS: a worker that does not come back is left behind with
 *      all that it uses.
 */

#define STEP_MS      200
#define IDLE_STEP_MS 1000
#define WATCH_MS     200
#define OVERDUE_MS   2000
#define CLOSE_MS     1000
#define QUICK_TRIES  5 /* of reading a card that was not read well; then one in REST_STEPS */
#define REST_STEPS   5

struct _BmSscReader
{
  GObject parent_instance;

  GMainContext *context; /* where signals are emitted */
  BmWorker *worker;
  gint lease;     /* atomic: its number, 0 when nobody holds one */
  gint is_closed; /* atomic */

  BmSscPace pace; /* of the worker's steps */

  /* in @context only */
  GSource *watch;
  int last_lease;
  int warned_lease;         /* the one that was told of a reader that does not answer */
  BmReaderState state;      /* what is shown */
  BmReaderState told_state; /* what the worker said last */
  gboolean is_overdue;
  gboolean is_left_behind;
  gboolean has_card;

  /* on the worker only */
  BmSscSlots *slots;
  GSource *timer;
  guint backoff;
  BmSscSight sight;
  BmReaderState seen_state;
  int seen_lease;
  guint tries; /* that failed, of this placing */
  guint rest;
  gboolean is_done;   /* this placing needs no more reading */
  gboolean is_failed; /* this placing could not be read, and that was told */
  gboolean is_lying;
};

static void bm_ssc_reader_iface_init (BmReaderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BmSscReader,
                               bm_ssc_reader,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_READER, bm_ssc_reader_iface_init))

enum
{
  PROP_0,
  PROP_STATE,
};

/* What the worker tells, carried to the owner's context. */

typedef enum
{
  NEWS_STATE,
  NEWS_PLACED,
  NEWS_REMOVED,
  NEWS_READ,
  NEWS_FAILED,
} NewsKind;

typedef struct
{
  BmSscReader *self;
  NewsKind kind;
  BmCard *card;
  GError *error;
  int lease;
  BmReaderState state;
} News;

static void
news_free (News *news)
{
  g_clear_pointer (&news->card, bm_card_unref);
  g_clear_error (&news->error);
  g_object_unref (news->self);
  g_free (news);
}

static void
show_state (BmSscReader *self)
{
  BmReaderState state = self->is_overdue ? BM_READER_ABSENT : self->told_state;

  if (self->state == state)
    return;
  self->state = state;
  g_object_notify (G_OBJECT (self), "state");
}

static void
announce (BmSscReader *self, const News *news)
{
  const gboolean is_ours = news->lease == g_atomic_int_get (&self->lease);

  switch (news->kind)
    {
    case NEWS_STATE:
      self->told_state = news->state;
      show_state (self);
      break;
    case NEWS_PLACED:
      self->has_card = TRUE;
      break;
    case NEWS_REMOVED:
      self->has_card = FALSE;
      g_signal_emit_by_name (self, "card-removed");
      break;
    case NEWS_READ:
      if (is_ours)
        g_signal_emit_by_name (self, "card-read", news->card);
      break;
    case NEWS_FAILED:
      if (is_ours && self->warned_lease != news->lease)
        g_signal_emit_by_name (self, "card-failed", news->error);
      break;
    default:
      g_assert_not_reached ();
    }
}

static gboolean
on_news (gpointer data)
{
  News *news = data;
  BmSscReader *self = news->self;

  if (g_atomic_int_get (&self->is_closed))
    return G_SOURCE_REMOVE;
  self->is_overdue = FALSE; /* it came back; should it hang again, the watch sees it */
  show_state (self);
  announce (self, news);
  return G_SOURCE_REMOVE;
}

static News *
news_new (BmSscReader *self, NewsKind kind)
{
  News *news = g_new0 (News, 1);

  news->self = g_object_ref (self);
  news->kind = kind;
  news->lease = self->seen_lease;
  return news;
}

static void
tell (News *news)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_news, news, (GDestroyNotify) news_free);
  g_source_attach (source, news->self->context);
}

static void
tell_state (BmSscReader *self, BmReaderState state)
{
  News *news;

  if (self->seen_state == state)
    return;
  self->seen_state = state;
  news = news_new (self, NEWS_STATE);
  news->state = state;
  tell (news);
}

static void
tell_read (BmSscReader *self, BmCard *card)
{
  News *news = news_new (self, NEWS_READ);

  news->card = card;
  self->is_done = TRUE;
  tell (news);
}

/* On the worker */

static void
fail_card (BmSscReader *self, GError *error)
{
  News *news;

  /* Another card stays another card however often it is asked; one that was only moved is tried on. */
  self->is_done = !g_error_matches (error, BM_ERROR, BM_ERROR_INVALID);
  self->tries++;
  if (self->is_failed)
    {
      g_error_free (error);
      return;
    }
  news = news_new (self, NEWS_FAILED);
  news->error = error;
  self->is_failed = TRUE;
  tell (news);
}

static void
forget_card (BmSscReader *self)
{
  if (self->is_lying)
    tell (news_new (self, NEWS_REMOVED));
  self->is_lying = self->is_done = self->is_failed = FALSE;
  self->tries = 0;
}

static void
begin_lease (BmSscReader *self, int lease)
{
  if (self->seen_lease == lease)
    return;
  self->seen_lease = lease;
  self->is_done = self->is_failed = FALSE;
  self->tries = 0;
}

/* It may have been drawn and put back faster than pcscd looks, so it is never given up for good. */
static gboolean
is_resting (BmSscReader *self)
{
  return self->tries >= QUICK_TRIES && self->rest++ % REST_STEPS != 0;
}

static void
read_card (BmSscReader *self)
{
  g_autoptr (GError) error = NULL;
  BmCard *card = bm_ssc_slots_read (self->slots, &error);

  if (card != NULL)
    tell_read (self, card);
  else if (g_error_matches (error, BM_ERROR, BM_ERROR_UNREACHABLE))
    self->sight = BM_SSC_LOST;
  else if (g_error_matches (error, BM_ERROR, BM_ERROR_REFUSED))
    self->sight = BM_SSC_REFUSED;
  else if (!g_error_matches (error, BM_ERROR, BM_ERROR_BUSY))
    fail_card (self, g_steal_pointer (&error));
}

static void
meet_card (BmSscReader *self, gboolean is_new)
{
  const int lease = g_atomic_int_get (&self->lease);

  if (is_new)
    forget_card (self);
  if (!self->is_lying)
    tell (news_new (self, NEWS_PLACED));
  self->is_lying = TRUE;
  if (lease == 0)
    return;
  begin_lease (self, lease);
  if (!self->is_done && !is_resting (self))
    read_card (self);
}

static BmReaderState
get_state_of (BmSscSight sight)
{
  if (sight == BM_SSC_FORBIDDEN)
    return BM_READER_FAULT;
  if (sight == BM_SSC_REFUSED)
    return BM_READER_REFUSED;
  return sight == BM_SSC_EMPTY || sight == BM_SSC_CARD ? BM_READER_READY : BM_READER_ABSENT;
}

static void
look (BmSscReader *self)
{
  gboolean is_new = FALSE;

  self->sight = bm_ssc_slots_look (self->slots, &is_new);
  tell_state (self, get_state_of (self->sight));
  if (self->sight == BM_SSC_CARD)
    meet_card (self, is_new);
  if (self->sight != BM_SSC_CARD)
    forget_card (self);
  tell_state (self, get_state_of (self->sight));
}

static gboolean on_step (gpointer data);

static void
plan_step (BmSscReader *self)
{
  static const guint backoff_ms[] = { 1000, 2000, 5000, 10000 };
  guint wait_ms = g_atomic_int_get (&self->lease) != 0 ? STEP_MS : IDLE_STEP_MS;

  if (self->sight == BM_SSC_LOST || self->sight == BM_SSC_FORBIDDEN)
    {
      wait_ms = backoff_ms[self->backoff];
      if (self->backoff + 1 < G_N_ELEMENTS (backoff_ms))
        self->backoff++;
    }
  else
    self->backoff = 0;
  g_clear_pointer (&self->timer, g_source_unref);
  self->timer = g_timeout_source_new (wait_ms);
  g_source_set_callback (self->timer, on_step, self, NULL);
  g_source_attach (self->timer, bm_worker_get_context (self->worker));
}

static void
step (BmSscReader *self)
{
  if (!bm_ssc_pace_begin (&self->pace))
    return;
  look (self);
  bm_ssc_pace_end (&self->pace);
  if (!g_atomic_int_get (&self->is_closed))
    plan_step (self);
}

static gboolean
on_step (gpointer data)
{
  step (data);
  return G_SOURCE_REMOVE;
}

static gpointer
step_now (gpointer data, GError **error)
{
  BmSscReader *self = data;

  if (self->timer != NULL)
    g_source_destroy (self->timer);
  step (self);
  return NULL;
}

static gpointer
close_on_worker (gpointer data, GError **error)
{
  BmSscReader *self = data;

  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  g_clear_pointer (&self->slots, bm_ssc_slots_free);
  return NULL;
}

/* The watch, in the owner's context */

static void
warn (BmSscReader *self)
{
  const int lease = g_atomic_int_get (&self->lease);
  g_autoptr (GError) error = NULL;

  if (lease == 0 || self->warned_lease == lease)
    return;
  self->warned_lease = lease;
  error = g_error_new_literal (BM_ERROR, BM_ERROR_UNREACHABLE, "the reader does not answer");
  g_signal_emit_by_name (self, "card-failed", error);
}

static gboolean
on_watch (gpointer data)
{
  g_autoptr (BmSscReader) self = g_object_ref (data);

  self->is_overdue = bm_ssc_pace_is_late (&self->pace, OVERDUE_MS);
  show_state (self);
  if (self->is_overdue)
    warn (self);
  if (self->watch == NULL)
    return G_SOURCE_REMOVE; /* closed by whoever listened */
  if (self->is_overdue || g_atomic_int_get (&self->lease) != 0)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->watch, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
keep_watch (BmSscReader *self)
{
  if (self->watch != NULL)
    return;
  self->watch = g_timeout_source_new (WATCH_MS);
  g_source_set_callback (self->watch, on_watch, self, NULL);
  g_source_attach (self->watch, self->context);
}

static void
stop_watch (BmSscReader *self)
{
  if (self->watch != NULL)
    g_source_destroy (self->watch);
  g_clear_pointer (&self->watch, g_source_unref);
}

/* The port */

/* The worker ends before @self does, so what it is given need not hold a reference; one dropped there
 * would make the worker wait for itself. */
static void
start_step (BmSscReader *self)
{
  bm_worker_run_async (self->worker, step_now, self, NULL, NULL, NULL, NULL, NULL);
}

static void
bm_ssc_reader_lease (BmReader *reader)
{
  BmSscReader *self = BM_SSC_READER (reader);

  if (g_atomic_int_get (&self->is_closed))
    return;
  self->last_lease = self->last_lease < G_MAXINT ? self->last_lease + 1 : 1;
  g_atomic_int_set (&self->lease, self->last_lease);
  keep_watch (self);
  start_step (self);
}

static void
bm_ssc_reader_release (BmReader *reader)
{
  g_atomic_int_set (&BM_SSC_READER (reader)->lease, 0);
}

static BmReaderState
bm_ssc_reader_get_state (BmReader *reader)
{
  return BM_SSC_READER (reader)->state;
}

static gboolean
bm_ssc_reader_has_card (BmReader *reader)
{
  return BM_SSC_READER (reader)->has_card;
}

static void
bm_ssc_reader_close (BmReader *reader)
{
  BmSscReader *self = BM_SSC_READER (reader);

  if (!g_atomic_int_compare_and_exchange (&self->is_closed, FALSE, TRUE))
    return;
  stop_watch (self);
  if (!bm_ssc_pace_close (&self->pace, CLOSE_MS))
    {
      g_message ("a call to the card reader does not return; its thread is left behind");
      self->is_left_behind = TRUE;
      (void) g_object_ref (self); /* R4: never given back */
      return;
    }
  (void) bm_worker_run_sync (self->worker, close_on_worker, self, NULL); /* it cannot fail */
  bm_worker_stop (self->worker);
}

static void
bm_ssc_reader_look (BmReader *reader)
{
  if (!g_atomic_int_get (&BM_SSC_READER (reader)->is_closed))
    start_step (BM_SSC_READER (reader));
}

static void
bm_ssc_reader_iface_init (BmReaderInterface *iface)
{
  iface->lease = bm_ssc_reader_lease;
  iface->release = bm_ssc_reader_release;
  iface->get_state = bm_ssc_reader_get_state;
  iface->has_card = bm_ssc_reader_has_card;
  iface->close = bm_ssc_reader_close;
  iface->look = bm_ssc_reader_look;
}

static void
bm_ssc_reader_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_STATE)
    g_value_set_int (value, BM_SSC_READER (object)->state);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bm_ssc_reader_dispose (GObject *object)
{
  BmSscReader *self = BM_SSC_READER (object);

  if (self->worker != NULL)
    bm_ssc_reader_close (BM_READER (self));
  if (!self->is_left_behind)
    g_clear_object (&self->worker);
  G_OBJECT_CLASS (bm_ssc_reader_parent_class)->dispose (object);
}

static void
bm_ssc_reader_finalize (GObject *object)
{
  BmSscReader *self = BM_SSC_READER (object);

  bm_ssc_pace_clear (&self->pace);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (bm_ssc_reader_parent_class)->finalize (object);
}

static void
bm_ssc_reader_class_init (BmSscReaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = bm_ssc_reader_get_property;
  object_class->dispose = bm_ssc_reader_dispose;
  object_class->finalize = bm_ssc_reader_finalize;
  g_object_class_override_property (object_class, PROP_STATE, "state");
}

static void
bm_ssc_reader_init (BmSscReader *self)
{
  self->context = g_main_context_ref_thread_default ();
  bm_ssc_pace_init (&self->pace);
  self->state = self->told_state = self->seen_state = BM_READER_ABSENT;
}

/**
 * bm_ssc_reader_new:
 * @name: how the names of the readers begin; "" for any reader that pcscd knows
 * @gate: (nullable): what may be used
 *
 * Starts the driver. It looks for readers and cards at once and reads cards while leased.
 *
 * Returns: (transfer full): the reader
 */
BmReader *
bm_ssc_reader_new (const char *name, BmDeviceGate *gate)
{
  return bm_ssc_reader_new_with_calls (name, &bm_ssc_calls_pcsclite, gate);
}

/**
 * bm_ssc_reader_new_with_calls:
 * @name: as in bm_ssc_reader_new()
 * @calls: (transfer none): PC/SC, or a fake one; lives as long as the process
 * @gate: (nullable): what may be used
 *
 * Returns: (transfer full): the reader
 */
BmReader *
bm_ssc_reader_new_with_calls (const char *name, const BmSscCalls *calls, BmDeviceGate *gate)
{
  BmSscReader *self;

  g_return_val_if_fail (name != NULL && calls != NULL, NULL);

  self = g_object_new (BM_TYPE_SSC_READER, NULL);
  self->slots = bm_ssc_slots_new (name, calls, gate);
  self->worker = bm_worker_new ("ssc-reader");
  start_step (self);
  return BM_READER (self);
}
