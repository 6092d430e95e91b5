/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/line.h"

#include "app/station/cuttable-line.h"
#include "core/error.h"
#include "core/worker.h"
#include "sync/transport-curl.h"

#define LATELY_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

/*
 * The engine lives on the sync worker and speaks from there; here its signals are carried over to the
 * main thread, so that sessions and the bus stay single-threaded.
 */

struct _BmLine
{
  GObject parent_instance;

  BmOutbox *outbox;
  BmEnrolment *enrolment;
  char *keys_folder;
  BmClock *clock;
  GMainContext *home;
  BmWorker *worker;
  BmTransport *curl;
  BmCuttableLine *cable;
  BmSyncEngine *engine;
  char *proxy; /* as in BmLineConfig */
  char *address;
  char *ca;
  GNetworkMonitor *network;
  gulong network_id;
  gboolean has_network;  /* as the operating system sees it */
  gint64 online_boot_ms; /* when it was last seen online; -1: never since start */
  BmLinkTrouble link;    /* as last told */
  gint64 since_boot_ms;
  gboolean is_started;
  gboolean is_paused;
  gboolean is_thrifty;
};

G_DEFINE_FINAL_TYPE (BmLine, bm_line, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
on_changed_at_home (gpointer user_data)
{
  BmLine *self = user_data;
  BmLinkTrouble link;

  if (self->engine == NULL)
    return G_SOURCE_REMOVE;
  link = bm_sync_engine_get_link (self->engine);
  if (link != self->link)
    self->since_boot_ms = bm_clock_get_boot_ms (self->clock);
  self->link = link;
  if (bm_line_is_online (self))
    self->online_boot_ms = bm_clock_get_boot_ms (self->clock);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

/* On the sync worker. */
static void
on_state_changed (BmSyncEngine *engine, gpointer user_data)
{
  BmLine *self = user_data;

  g_main_context_invoke_full (self->home, G_PRIORITY_DEFAULT, on_changed_at_home,
                              g_object_ref (self), g_object_unref);
}

static void
on_link (BmSyncEngine *engine, guint trouble, gpointer user_data)
{
  on_state_changed (engine, user_data);
}

/* A cable that is plugged in again, a mobile network that is back: no need to wait for the next attempt. */
static void
on_network_changed (GNetworkMonitor *network, gboolean is_available, gpointer user_data)
{
  BmLine *self = user_data;
  const gboolean is_back = is_available && !self->has_network;

  self->has_network = is_available;
  if (is_back && self->engine != NULL)
    bm_sync_engine_link_up (self->engine);
}

static gpointer
make_engine (gpointer data, GError **error)
{
  BmLine *self = data;
  g_autoptr (BmTransport) curl =
    bm_curl_transport_new (bm_enrolment_get_url (self->enrolment),
                           bm_enrolment_get_ca (self->enrolment), self->clock);
  g_autoptr (BmChance) chance = bm_system_chance_new ();

  bm_curl_transport_set_proxy (BM_CURL_TRANSPORT (curl), self->proxy);
  bm_curl_transport_set_fixed_address (BM_CURL_TRANSPORT (curl), self->address);
  if (self->ca != NULL)
    bm_curl_transport_add_ca (BM_CURL_TRANSPORT (curl), self->ca);
  self->curl = g_object_ref (curl);
  self->cable = bm_cuttable_line_new (curl);
  self->engine = bm_sync_engine_new (self->outbox, BM_TRANSPORT (self->cable), self->enrolment,
                                     self->keys_folder, self->clock, chance);
  g_signal_connect (self->engine, "state-changed", G_CALLBACK (on_state_changed), self);
  g_signal_connect (self->engine, "link", G_CALLBACK (on_link), self);
  return NULL;
}

static gpointer
end_engine (gpointer data, GError **error)
{
  BmLine *self = data;

  g_signal_handlers_disconnect_by_data (self->engine, self);
  bm_sync_engine_stop (self->engine);
  g_clear_object (&self->engine);
  g_clear_object (&self->cable);
  g_clear_object (&self->curl);
  return NULL;
}

static void
bm_line_dispose (GObject *object)
{
  bm_line_stop (BM_LINE (object));

  G_OBJECT_CLASS (bm_line_parent_class)->dispose (object);
}

static void
bm_line_finalize (GObject *object)
{
  BmLine *self = BM_LINE (object);

  g_clear_object (&self->outbox);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->enrolment, bm_enrolment_unref);
  g_clear_pointer (&self->keys_folder, g_free);
  g_clear_pointer (&self->proxy, bm_wipe_string);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->ca, g_free);
  g_clear_pointer (&self->home, g_main_context_unref);

  G_OBJECT_CLASS (bm_line_parent_class)->finalize (object);
}

static void
bm_line_class_init (BmLineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bm_line_dispose;
  object_class->finalize = bm_line_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bm_line_init (BmLine *self)
{
  self->home = g_main_context_ref_thread_default ();
  self->online_boot_ms = -1;
  self->link = BM_LINK_UNKNOWN;
  self->network = g_network_monitor_get_default ();
  self->has_network = g_network_monitor_get_network_available (self->network);
  self->network_id =
    g_signal_connect (self->network, "network-changed", G_CALLBACK (on_network_changed), self);
}

/**
 * bm_line_new:
 * @outbox: the ledger
 * @enrolment: whom to believe
 * @keys_folder: where a renewed certificate goes
 * @clock: the station's clock
 * @config: (nullable): proxy, address, authority
 *
 * Makes the engine on a worker of its own; it does not send yet.
 *
 * Returns: (transfer full): the line
 */
BmLine *
bm_line_new (BmOutbox *outbox,
             BmEnrolment *enrolment,
             const char *keys_folder,
             BmClock *clock,
             const BmLineConfig *config)
{
  BmLine *self;

  g_return_val_if_fail (BM_IS_OUTBOX (outbox), NULL);
  g_return_val_if_fail (enrolment != NULL && keys_folder != NULL, NULL);
  g_return_val_if_fail (BM_IS_CLOCK (clock), NULL);

  self = g_object_new (BM_TYPE_LINE, NULL);
  self->outbox = g_object_ref (outbox);
  self->enrolment = bm_enrolment_ref (enrolment);
  self->keys_folder = g_strdup (keys_folder);
  self->clock = g_object_ref (clock);
  if (config != NULL)
    {
      self->proxy = g_strdup (config->proxy);
      self->address = g_strdup (config->address);
      self->ca = g_strdup (config->ca);
    }
  self->since_boot_ms = bm_clock_get_boot_ms (clock);
  self->worker = bm_worker_new ("sync");
  (void) bm_worker_run_sync (self->worker, make_engine, self, NULL); /* It cannot fail. */
  return self;
}

void
bm_line_start (BmLine *self)
{
  g_return_if_fail (BM_IS_LINE (self));

  self->is_started = TRUE;
  if (!self->is_paused)
    bm_sync_engine_start (self->engine);
}

void
bm_line_set_paused (BmLine *self, gboolean is_paused)
{
  g_return_if_fail (BM_IS_LINE (self));

  if (self->is_paused == is_paused)
    return;
  self->is_paused = is_paused;
  self->since_boot_ms = bm_clock_get_boot_ms (self->clock);
  if (!self->is_started || self->engine == NULL)
    return;
  if (is_paused)
    bm_sync_engine_stop (self->engine);
  else
    bm_sync_engine_start (self->engine);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

gboolean
bm_line_is_paused (BmLine *self)
{
  g_return_val_if_fail (BM_IS_LINE (self), FALSE);

  return self->is_paused;
}

typedef struct
{
  BmLine *line;
  const char *ca;
} Trust;

static gpointer
add_ca (gpointer data, GError **error)
{
  const Trust *trust = data;

  bm_curl_transport_add_ca (BM_CURL_TRANSPORT (trust->line->curl), trust->ca);
  return NULL;
}

void
bm_line_add_ca (BmLine *self, const char *ca)
{
  Trust trust = { self, ca };

  g_return_if_fail (BM_IS_LINE (self) && ca != NULL);

  if (self->worker != NULL)
    (void) bm_worker_run_sync (self->worker, add_ca, &trust, NULL); /* It cannot fail. */
}

void
bm_line_set_thrifty (BmLine *self, gboolean is_thrifty)
{
  g_return_if_fail (BM_IS_LINE (self));

  if (self->is_thrifty == is_thrifty || self->engine == NULL)
    return;
  self->is_thrifty = is_thrifty;
  bm_sync_engine_set_thrifty (self->engine, is_thrifty);
}

gboolean
bm_line_is_thrifty (BmLine *self)
{
  g_return_val_if_fail (BM_IS_LINE (self), FALSE);

  return self->is_thrifty;
}

gint64
bm_line_get_since_ms (BmLine *self)
{
  g_return_val_if_fail (BM_IS_LINE (self), 0);

  return self->since_boot_ms;
}

void
bm_line_stop (BmLine *self)
{
  g_return_if_fail (BM_IS_LINE (self));

  if (self->worker == NULL)
    return;
  g_clear_signal_handler (&self->network_id, self->network);
  (void) bm_worker_run_sync (self->worker, end_engine, self, NULL); /* It cannot fail. */
  bm_worker_stop (self->worker);
  g_clear_object (&self->worker);
}

BmSyncStatus *
bm_line_dup_status (BmLine *self)
{
  g_return_val_if_fail (BM_IS_LINE (self), NULL);

  return bm_sync_engine_dup_status (self->engine);
}

gboolean
bm_line_is_online (BmLine *self)
{
  g_return_val_if_fail (BM_IS_LINE (self), FALSE);

  return !self->is_paused && bm_sync_engine_get_link (self->engine) == BM_LINK_ONLINE;
}

gboolean
bm_line_was_online_lately (BmLine *self)
{
  g_return_val_if_fail (BM_IS_LINE (self), FALSE);

  return self->online_boot_ms >= 0 &&
         bm_clock_get_boot_ms (self->clock) - self->online_boot_ms <= LATELY_MS;
}

void
bm_line_poke (BmLine *self)
{
  g_return_if_fail (BM_IS_LINE (self));

  bm_sync_engine_poke (self->engine);
}

void
bm_line_expect (BmLine *self, const char *number)
{
  g_return_if_fail (BM_IS_LINE (self));

  bm_sync_engine_expect (self->engine, number);
}

static void
on_tracked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  BmTrackAnswer *answer = bm_sync_engine_track_finish (BM_SYNC_ENGINE (source), result, &error);

  if (answer != NULL)
    g_task_return_pointer (task, answer, (GDestroyNotify) bm_track_answer_free);
  else
    g_task_return_error (task, error);
}

/**
 * bm_line_track_async:
 * @self: a line
 * @number: 25 digits
 * @code: (nullable): the 8 characters of a slip's QR
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Asks the platform; it takes BM_SYNC_TRACK_MS at most.
 */
void
bm_line_track_async (BmLine *self,
                     const char *number,
                     const char *code,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  GTask *task;

  g_return_if_fail (BM_IS_LINE (self));
  g_return_if_fail (number != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, bm_line_track_async);
  if (self->engine != NULL)
    {
      bm_sync_engine_track_async (self->engine, number, code, NULL, on_tracked, task);
      return;
    }
  g_task_return_new_error (task, BM_ERROR, BM_ERROR_UNREACHABLE, "the line has ended");
  g_object_unref (task);
}

/**
 * bm_line_track_finish:
 * @self: the line
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): what the platform proved to have said, or %NULL
 */
BmTrackAnswer *
bm_line_track_finish (BmLine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * bm_line_set_up:
 * @self: a line
 * @is_up: plug the cable in, or pull it
 *
 * Does to the line what a hand at the cable does. Pulling is noticed at the next attempt, which is made
 * at once so that faces show it.
 */
void
bm_line_set_up (BmLine *self, gboolean is_up)
{
  g_return_if_fail (BM_IS_LINE (self));

  bm_cuttable_line_set_up (self->cable, is_up);
  if (is_up)
    bm_sync_engine_link_up (self->engine);
  bm_sync_engine_poke (self->engine);
}
