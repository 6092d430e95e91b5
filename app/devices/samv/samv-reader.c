/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-samv"

#include "app/devices/samv/samv-reader.h"

#include "app/devices/samv/samv-line.h"
#include "core/crypto/crypto.h"
#include "core/error.h"
#include "core/worker.h"

#include <glib-unix.h>
#include <sys/eventfd.h>
#include <unistd.h>

/*
 * The driver. All talking happens on one worker, in steps of a timer there:
 *
 *   closed --status 90--> READY --lease--> find -9F-> select, read -> card-read, till it is gone
 *      ^                    |               |                 '-torn, moved, unknown -> card-failed
 *      |-- unplugged, mute -|               '-80, and select fails too, twice -> card-removed
 *      '-- 60, 66: FAULT ---'
 *
 * Many modules answer find with 80 once they have read a card, until it is taken away and put back. So
 * a card counts as gone only when it does not answer select either.
 *
 * Invariants:
 *  R1  The photo never leaves bm_samv_take_text(), and no text stays behind in memory that was given back.
 *  R2  A placing gives at most one "card-read" and at most one "card-failed" in a lease. A failed card is
 *      tried on quietly, so that a person who only moves it a little need not lift it.
 *  R3  A card that was read under one lease is never told under another (design §1).
 *  R4  Signals are emitted in the context where the reader was made, none after bm_reader_close(), and
 *      nothing blocks that context but closing, which wakes the worker first.
 */

#define STEP_MS      200
#define IDLE_STEP_MS 1000
#define ASK_MS       700
#define READ_MS      2500
#define WATCHED_MS   300000 /* between looks for a node that would be told of if it came */
#define GONE_AFTER   3      /* steps without a card in a row */
#define SILENT_AFTER 3      /* unanswered questions in a row: the module is gone */

struct _BmSamvReader
{
  GObject parent_instance;

  char *path;
  BmDeviceGate *gate;    /* NULL: everything may be opened */
  GMainContext *context; /* where signals are emitted */
  BmWorker *worker;
  int wake_fd;
  gint lease;      /* atomic: its number, 0 when nobody holds one */
  gint is_closed;  /* atomic */
  gint is_watched; /* atomic: whoever watches the node calls bm_reader_look() */

  /* in @context only */
  int last_lease;
  BmReaderState state;
  gboolean has_card;

  /* on the worker only */
  BmSamvLine *line;
  GSource *timer;
  guint backoff;
  guint silent;
  BmReaderState seen_state;
  int seen_lease;
  gboolean is_done;   /* this placing needs no more reading */
  gboolean is_failed; /* this placing could not be read, and that was told */
  gboolean is_lying;
  guint gone;
};

static void bm_samv_reader_iface_init (BmReaderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BmSamvReader,
                               bm_samv_reader,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_READER, bm_samv_reader_iface_init))

enum
{
  PROP_0,
  PROP_STATE,
};

/* What the worker tells, carried to the owner's context. */

typedef struct
{
  BmSamvReader *self;
  BmCard *card;
  GError *error;
  int lease;
  gboolean is_removed;
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
announce_card (BmSamvReader *self, const News *news)
{
  self->has_card = TRUE;
  if (news->lease != g_atomic_int_get (&self->lease))
    return;
  if (news->card != NULL)
    g_signal_emit_by_name (self, "card-read", news->card);
  else
    g_signal_emit_by_name (self, "card-failed", news->error);
}

static gboolean
on_news (gpointer data)
{
  News *news = data;
  BmSamvReader *self = news->self;

  if (g_atomic_int_get (&self->is_closed))
    return G_SOURCE_REMOVE;
  if (news->card != NULL || news->error != NULL)
    announce_card (self, news);
  else if (news->is_removed)
    {
      self->has_card = FALSE;
      g_signal_emit_by_name (self, "card-removed");
    }
  else if (self->state != news->state)
    {
      self->state = news->state;
      g_object_notify (G_OBJECT (self), "state");
    }
  return G_SOURCE_REMOVE;
}

static void
tell (BmSamvReader *self, News *news)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  news->self = g_object_ref (self);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_news, news, (GDestroyNotify) news_free);
  g_source_attach (source, self->context);
}

static void
tell_state (BmSamvReader *self, BmReaderState state)
{
  News *news;

  if (self->seen_state == state)
    return;
  self->seen_state = state;
  news = g_new0 (News, 1);
  news->state = state;
  tell (self, news);
}

static void
tell_removed (BmSamvReader *self)
{
  News *news = g_new0 (News, 1);

  news->is_removed = TRUE;
  tell (self, news);
}

static void
tell_card (BmSamvReader *self, BmCard *card)
{
  News *news = g_new0 (News, 1);

  news->card = card;
  news->lease = self->seen_lease;
  self->is_done = TRUE;
  tell (self, news);
}

static void
tell_failed (BmSamvReader *self, GError *error)
{
  News *news = g_new0 (News, 1);

  news->error = error;
  news->lease = self->seen_lease;
  self->is_failed = TRUE;
  /* A layout that we do not know stays unknown however often it is read. */
  self->is_done = g_error_matches (error, BM_ERROR, BM_ERROR_UNSUPPORTED);
  tell (self, news);
}

/* On the worker */

static void
forget_card (BmSamvReader *self)
{
  if (self->is_lying)
    tell_removed (self);
  self->is_lying = self->is_done = self->is_failed = FALSE;
  self->gone = 0;
}

static void
drop_line (BmSamvReader *self, BmReaderState why)
{
  g_clear_pointer (&self->line, bm_samv_line_close);
  self->silent = 0;
  forget_card (self);
  tell_state (self, why);
}

/* Asks for what can only be answered well with a card on the module. */
static gboolean
ask_card (BmSamvReader *self,
          guint8 command,
          guint8 parameter,
          guint timeout_ms,
          BmSamvReply *ret_reply,
          GError **error)
{
  guint8 status;

  if (!bm_samv_line_ask (self->line, command, parameter, timeout_ms, ret_reply, error))
    return FALSE;
  status = ret_reply->status;
  if (status == BM_SAMV_OK)
    return TRUE;
  bm_samv_reply_clear (ret_reply);
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "the card was not read (%02X)", status);
  return FALSE;
}

static gboolean
select_card (BmSamvReader *self, GError **error)
{
  BmSamvReply reply = { 0 };

  if (!ask_card (self, 0x20, 0x02, ASK_MS, &reply, error))
    return FALSE;
  bm_samv_reply_clear (&reply);
  return TRUE;
}

static BmCard *
read_card (BmSamvReader *self, GError **error)
{
  BmSamvReply reply = { 0 };
  g_autoptr (GBytes) text = NULL;

  if (!select_card (self, error))
    return NULL;
  if (!ask_card (self, 0x30, 0x01, READ_MS, &reply, error))
    return NULL;
  text = bm_samv_take_text (g_steal_pointer (&reply.data), error);
  return text != NULL ? bm_card_parse (text, error) : NULL;
}

static void
meet_card (BmSamvReader *self)
{
  g_autoptr (GError) error = NULL;
  BmCard *card;

  self->is_lying = TRUE;
  self->gone = 0;
  if (self->is_done)
    return;
  card = read_card (self, &error);
  if (card != NULL)
    tell_card (self, card);
  else if (g_error_matches (error, BM_ERROR, BM_ERROR_UNREACHABLE))
    drop_line (self, BM_READER_ABSENT);
  else if (!self->is_failed && !g_error_matches (error, BM_ERROR, BM_ERROR_BUSY))
    tell_failed (self, g_steal_pointer (&error));
}

static void
miss_card (BmSamvReader *self)
{
  if (!self->is_lying)
    return;
  if (select_card (self, NULL))
    meet_card (self);
  else if (++self->gone >= GONE_AFTER)
    forget_card (self);
}

static void
bear_silence (BmSamvReader *self, const GError *error)
{
  if (g_error_matches (error, BM_ERROR, BM_ERROR_UNREACHABLE) || ++self->silent >= SILENT_AFTER)
    drop_line (self, BM_READER_ABSENT);
}

static void
look_for_card (BmSamvReader *self, int lease)
{
  BmSamvReply reply = { 0 };
  g_autoptr (GError) error = NULL;

  if (self->seen_lease != lease)
    self->is_done = self->is_failed = FALSE;
  self->seen_lease = lease;
  if (!bm_samv_line_ask (self->line, 0x20, 0x01, ASK_MS, &reply, &error))
    {
      bear_silence (self, error);
      return;
    }
  self->silent = 0;
  if (reply.status == BM_SAMV_CARD_FOUND)
    meet_card (self);
  else if (reply.status == BM_SAMV_SELF_TEST || reply.status == BM_SAMV_NOT_ALLOWED)
    drop_line (self, BM_READER_FAULT);
  else
    miss_card (self);
  bm_samv_reply_clear (&reply);
}

static void
open_line (BmSamvReader *self)
{
  BmSamvReply reply = { 0 };
  g_autoptr (GError) error = NULL;

  self->line = bm_samv_line_open (self->path, self->wake_fd, self->gate, &error);
  if (g_error_matches (error, BM_ERROR, BM_ERROR_REFUSED))
    {
      drop_line (self, BM_READER_REFUSED);
      return;
    }
  if (self->line == NULL || !bm_samv_line_ask (self->line, 0x11, 0xFF, ASK_MS, &reply, NULL))
    {
      drop_line (self, BM_READER_ABSENT);
      return;
    }
  if (reply.status == BM_SAMV_OK)
    {
      self->backoff = 0;
      tell_state (self, BM_READER_READY);
    }
  else
    drop_line (self, BM_READER_FAULT);
  bm_samv_reply_clear (&reply);
}

static gboolean on_step (gpointer data);

static void
plan_step (BmSamvReader *self)
{
  static const guint backoff_ms[] = { 1000, 2000, 5000, 10000 };
  guint wait_ms = STEP_MS;

  if (self->line == NULL && g_atomic_int_get (&self->is_watched) &&
      !g_file_test (self->path, G_FILE_TEST_EXISTS))
    wait_ms = WATCHED_MS;
  else if (self->line == NULL)
    {
      wait_ms = backoff_ms[self->backoff];
      if (self->backoff + 1 < G_N_ELEMENTS (backoff_ms))
        self->backoff++;
    }
  else if (g_atomic_int_get (&self->lease) == 0)
    wait_ms = IDLE_STEP_MS;
  g_clear_pointer (&self->timer, g_source_unref);
  self->timer = g_timeout_source_new (wait_ms);
  g_source_set_callback (self->timer, on_step, self, NULL);
  g_source_attach (self->timer, bm_worker_get_context (self->worker));
}

static void
step (BmSamvReader *self)
{
  int lease = g_atomic_int_get (&self->lease);

  if (g_atomic_int_get (&self->is_closed))
    return;
  if (self->line == NULL)
    open_line (self);
  if (self->line != NULL && !bm_samv_line_is_up (self->line))
    drop_line (self, BM_READER_ABSENT);
  if (self->line != NULL && lease != 0)
    look_for_card (self, lease);
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
  BmSamvReader *self = data;

  if (self->timer != NULL)
    g_source_destroy (self->timer);
  step (self);
  return NULL;
}

static gpointer
look_now (gpointer data, GError **error)
{
  ((BmSamvReader *) data)->backoff = 0;
  return step_now (data, error);
}

static gpointer
close_on_worker (gpointer data, GError **error)
{
  BmSamvReader *self = data;

  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  g_clear_pointer (&self->line, bm_samv_line_close);
  return NULL;
}

/* The port */

/* The worker ends before @self does, so what it is given need not hold a reference; one dropped there
 * would make the worker wait for itself. */
static void
start_step (BmSamvReader *self)
{
  bm_worker_run_async (self->worker, step_now, self, NULL, NULL, NULL, NULL, NULL);
}

static void
bm_samv_reader_lease (BmReader *reader)
{
  BmSamvReader *self = BM_SAMV_READER (reader);

  if (g_atomic_int_get (&self->is_closed))
    return;
  self->last_lease = self->last_lease < G_MAXINT ? self->last_lease + 1 : 1;
  g_atomic_int_set (&self->lease, self->last_lease);
  start_step (self);
}

static void
bm_samv_reader_release (BmReader *reader)
{
  g_atomic_int_set (&BM_SAMV_READER (reader)->lease, 0);
}

static BmReaderState
bm_samv_reader_get_state (BmReader *reader)
{
  return BM_SAMV_READER (reader)->state;
}

static gboolean
bm_samv_reader_has_card (BmReader *reader)
{
  return BM_SAMV_READER (reader)->has_card;
}

static void
bm_samv_reader_close (BmReader *reader)
{
  BmSamvReader *self = BM_SAMV_READER (reader);
  guint64 one = 1;

  if (!g_atomic_int_compare_and_exchange (&self->is_closed, FALSE, TRUE))
    return;
  if (write (self->wake_fd, &one, sizeof one) != sizeof one)
    g_warning ("the reader's worker could not be woken");
  (void) bm_worker_run_sync (self->worker, close_on_worker, self, NULL); /* it cannot fail */
  bm_worker_stop (self->worker);
}

static void
bm_samv_reader_look (BmReader *reader)
{
  BmSamvReader *self = BM_SAMV_READER (reader);

  if (!g_atomic_int_get (&self->is_closed))
    bm_worker_run_async (self->worker, look_now, self, NULL, NULL, NULL, NULL, NULL);
}

static void
bm_samv_reader_set_watched (BmReader *reader, gboolean is_watched)
{
  g_atomic_int_set (&BM_SAMV_READER (reader)->is_watched, is_watched);
}

static void
bm_samv_reader_iface_init (BmReaderInterface *iface)
{
  iface->lease = bm_samv_reader_lease;
  iface->release = bm_samv_reader_release;
  iface->get_state = bm_samv_reader_get_state;
  iface->has_card = bm_samv_reader_has_card;
  iface->close = bm_samv_reader_close;
  iface->look = bm_samv_reader_look;
  iface->set_watched = bm_samv_reader_set_watched;
}

static void
bm_samv_reader_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_STATE)
    g_value_set_int (value, BM_SAMV_READER (object)->state);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bm_samv_reader_dispose (GObject *object)
{
  BmSamvReader *self = BM_SAMV_READER (object);

  if (self->worker != NULL)
    bm_samv_reader_close (BM_READER (self));
  g_clear_object (&self->worker);
  G_OBJECT_CLASS (bm_samv_reader_parent_class)->dispose (object);
}

static void
bm_samv_reader_finalize (GObject *object)
{
  BmSamvReader *self = BM_SAMV_READER (object);

  close (self->wake_fd);
  g_free (self->path);
  g_clear_object (&self->gate);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (bm_samv_reader_parent_class)->finalize (object);
}

static void
bm_samv_reader_class_init (BmSamvReaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = bm_samv_reader_get_property;
  object_class->dispose = bm_samv_reader_dispose;
  object_class->finalize = bm_samv_reader_finalize;
  g_object_class_override_property (object_class, PROP_STATE, "state");
}

static void
bm_samv_reader_init (BmSamvReader *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->state = self->seen_state = BM_READER_ABSENT;
}

/**
 * bm_samv_reader_new:
 * @path: the device node; it need not exist yet
 * @gate: (nullable): what may be opened
 *
 * Starts the driver. It looks for the module at once and for cards while leased.
 *
 * Returns: (transfer full): the reader
 */
BmReader *
bm_samv_reader_new (const char *path, BmDeviceGate *gate)
{
  BmSamvReader *self;

  g_return_val_if_fail (path != NULL && *path != '\0', NULL);

  self = g_object_new (BM_TYPE_SAMV_READER, NULL);
  self->path = g_strdup (path);
  self->gate = gate != NULL ? g_object_ref (gate) : NULL;
  self->worker = bm_worker_new ("card-reader");
  start_step (self);
  return BM_READER (self);
}
