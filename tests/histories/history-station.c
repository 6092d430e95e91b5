/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "history-station"

#include "app/station/station-keys.h"
#include "core/ports/true-clock.h"
#include "sync/sync-engine.h"
#include "sync/transport-curl.h"
#include "tests/histories/hurried-clock.h"
#include "tests/store/fixture.h"

#include <gio/gunixinputstream.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/*
 * A station without faces: the real ledger, the real sync engine and the real libcurl, each on the thread it
 * has in bianmin-stationd, obeying lines on its input. It is what the histories kill, cut off and starve.
 *
 *     commit N [GAP_MS]    N matters, one after the other   promised NUMBER SEQ MICROSECONDS (each, after COMMIT); ok
 *     commit-odd           one of an unknown service       the same
 *     audit N              N audit entries                  ok
 *     status               the ledger's and the engine's    ok {"link":…,"pending":…,…}
 *     advance MS           both readings of the clock       ok
 *     wall MS              the wall reading only            ok
 *     link-up              as the operating system says     ok
 *     quit                 an orderly end                   ok
 *
 * The promise is printed only when bm_store_commit_finish() has returned: what stands on our output is what a
 * person was told.
 */

#define SLICE_MS 50

typedef struct
{
  const char *folder;
  gint64 wall_ms;
  gint64 boot_ms;
  double speed;
  int first;
  BmStationKeys *keys;
  BmStoreTuning tuning;
  HurriedClock *machine; /* what the machine believes */
  BmClock *clock;        /* corrected by what the platform signed, as in bianmin-stationd */
  BmStore *store;
  BmWorker *worker;
  BmTransport *transport;
  BmSyncEngine *engine;
  GMainLoop *loop;
  GDataInputStream *input;
  guint left; /* commits to come */
  guint gap_ms;
  gint64 commit_began_us;
} Station;

static void read_line (Station *self);

static void say (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
say (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  vfprintf (stdout, format, arguments);
  va_end (arguments);
  fputc ('\n', stdout);
  fflush (stdout);
}

/* Commits */

static void commit_next (Station *self);

static gboolean
on_gap_over (gpointer data)
{
  commit_next (data);
  return G_SOURCE_REMOVE;
}

static void
on_committed (GObject *source, GAsyncResult *result, gpointer data)
{
  Station *self = data;
  g_autoptr (GError) error = NULL;
  BmCommitted *committed = bm_store_commit_finish (BM_STORE (source), result, &error);

  if (committed == NULL)
    {
      say ("error commit: %s", error->message);
      self->left = 0;
      return;
    }
  say ("promised %s %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT, committed->number, committed->seq,
       g_get_monotonic_time () - self->commit_began_us);
  bm_committed_free (committed);
  self->left--;
  if (self->left > 0 && self->gap_ms > 0)
    g_timeout_add (self->gap_ms, on_gap_over, self);
  else
    commit_next (self);
}

static void
commit_next (Station *self)
{
  g_autoptr (BmDraft) draft = NULL;

  if (self->left == 0)
    {
      say ("ok");
      return;
    }
  draft = ledger_draft_new ((guint) self->first++);
  self->commit_began_us = g_get_monotonic_time ();
  bm_store_commit_async (self->store, draft, on_committed, self);
}

/* The line */

/* What waits is what the ledger says; the engine only knows what it saw in its last round. */
static void
on_outbox_status (GObject *source, GAsyncResult *result, gpointer data)
{
  Station *self = data;
  g_autoptr (BmSyncStatus) status = bm_sync_engine_dup_status (self->engine);
  g_autoptr (GError) error = NULL;
  g_autofree BmOutboxStatus *outbox =
    bm_outbox_get_status_finish (BM_OUTBOX (source), result, &error);

  if (outbox == NULL)
    {
      say ("error status: %s", error->message);
      return;
    }
  say ("ok {\"link\":\"%s\",\"pending\":%" G_GUINT64_FORMAT ",\"cursor\":%" G_GINT64_FORMAT
       ",\"failures\":%u,\"wait_ms\":%" G_GINT64_FORMAT ",\"held\":%u,\"wall_ms\":%" G_GINT64_FORMAT
       ",\"last_contact_ms\":%" G_GINT64_FORMAT "}",
       bm_link_trouble_to_string (status->link), outbox->pending, outbox->cursor, status->failures,
       status->wait_ms, status->held, bm_clock_get_wall_ms (BM_CLOCK (self->machine)),
       status->last_contact_ms);
}

static gpointer
start_engine (gpointer data, GError **error)
{
  Station *self = data;
  const BmEnrolment *enrolment = self->keys->enrolment;
  g_autoptr (BmChance) chance = bm_seeded_chance_new ((guint32) self->first);
  g_autofree char *keys_folder = g_build_filename (self->folder, "keys", NULL);

  self->transport = bm_curl_transport_new (bm_enrolment_get_url (enrolment),
                                           bm_enrolment_get_ca (enrolment), self->clock);
  self->engine = bm_sync_engine_new (BM_OUTBOX (self->store), self->transport,
                                     self->keys->enrolment, keys_folder, self->clock, chance);
  bm_sync_engine_set_slice_ms (self->engine, SLICE_MS);
  bm_sync_engine_start (self->engine);
  return NULL;
}

static gpointer
end_engine (gpointer data, GError **error)
{
  Station *self = data;

  bm_sync_engine_stop (self->engine);
  g_clear_object (&self->engine);
  g_clear_object (&self->transport);
  return NULL;
}

/* Orders */

static void
obey_commit (Station *self, char **words)
{
  self->left = words[1] != NULL ? (guint) g_ascii_strtoull (words[1], NULL, 10) : 1;
  self->gap_ms =
    words[1] != NULL && words[2] != NULL ? (guint) g_ascii_strtoull (words[2], NULL, 10) : 0;
  commit_next (self);
}

/* Audit entries: records like any other, of which nobody decides anything. */
static void audit_next (Station *self);

static void
on_audited (GObject *source, GAsyncResult *result, gpointer data)
{
  Station *self = data;
  g_autoptr (GError) error = NULL;

  if (!bm_store_audit_finish (BM_STORE (source), result, &error))
    {
      say ("error audit: %s", error->message);
      return;
    }
  self->left--;
  audit_next (self);
}

static void
audit_next (Station *self)
{
  json_t *event;

  if (self->left == 0)
    {
      say ("ok");
      return;
    }
  event = json_pack ("{s:s, s:i}", "what", "looked", "number", self->first++);
  bm_store_audit_async (self->store, event, on_audited, self);
  json_decref (event);
}

/* A matter of a service that no platform knows: a station whose catalogue ran ahead. */
static void
obey_commit_odd (Station *self)
{
  g_autoptr (BmDraft) draft = ledger_draft_new ((guint) self->first++);

  g_free (draft->service);
  draft->service = g_strdup ("cert.unheard-of");
  json_object_set_new (draft->payload, "service", json_string (draft->service));
  self->left = 1;
  self->commit_began_us = g_get_monotonic_time ();
  bm_store_commit_async (self->store, draft, on_committed, self);
}

static void
obey (Station *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  const char *verb = words[0] != NULL ? words[0] : "";
  const gint64 value =
    words[0] != NULL && words[1] != NULL ? g_ascii_strtoll (words[1], NULL, 10) : 0;

  if (g_str_equal (verb, "commit"))
    {
      obey_commit (self, words);
      return;
    }
  if (g_str_equal (verb, "commit-odd"))
    {
      obey_commit_odd (self);
      return;
    }
  if (g_str_equal (verb, "audit"))
    {
      self->left = (guint) value;
      audit_next (self);
      return;
    }
  if (g_str_equal (verb, "status"))
    {
      bm_outbox_get_status_async (BM_OUTBOX (self->store), on_outbox_status, self);
      return;
    }
  if (g_str_equal (verb, "advance"))
    hurried_clock_advance (self->machine, value);
  else if (g_str_equal (verb, "wall"))
    hurried_clock_set_wall (self->machine, value);
  else if (g_str_equal (verb, "link-up"))
    bm_sync_engine_link_up (self->engine);
  else if (g_str_equal (verb, "quit"))
    g_main_loop_quit (self->loop);
  else
    {
      say ("error unknown: %s", line);
      return;
    }
  if (!g_str_equal (verb, "quit"))
    say ("ok");
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  Station *self = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (self->input, result, NULL, NULL);

  if (line == NULL)
    {
      g_main_loop_quit (self->loop);
      return;
    }
  obey (self, line);
  read_line (self);
}

static void
read_line (Station *self)
{
  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, NULL, on_line, self);
}

static gboolean
open_station (Station *self, GError **error)
{
  g_autofree char *keys = g_build_filename (self->folder, "keys", NULL);
  g_autofree char *data = g_build_filename (self->folder, "data", NULL);
  BmStoreSetup setup;

  self->keys = bm_station_keys_load (keys, error);
  if (self->keys == NULL)
    return FALSE;
  self->machine = hurried_clock_new (self->wall_ms, self->boot_ms, self->speed);
  self->clock = BM_CLOCK (bm_true_clock_new (BM_CLOCK (self->machine)));
  bm_clock_learn_floor (self->clock, BM_TRANSPORT_BUILD_FLOOR_MS);
  bm_station_keys_fill_store_setup (self->keys, data, &setup);
  self->tuning = (BmStoreTuning){ .ballast_bytes = -1, .reserve_bytes = -1 };
  self->store = bm_store_open_tuned (&setup, self->clock, &self->tuning, error);
  return self->store != NULL;
}

static void
run (Station *self)
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);

  self->loop = g_main_loop_new (NULL, FALSE);
  self->input = g_data_input_stream_new (input);
  self->worker = bm_worker_new ("sync");
  (void) bm_worker_run_sync (self->worker, start_engine, self, NULL); /* it cannot fail */
  say ("ready");
  read_line (self);
  g_main_loop_run (self->loop);
  (void) bm_worker_run_sync (self->worker, end_engine, self, NULL); /* it cannot fail */
  bm_worker_stop (self->worker);
  bm_store_close (self->store);
  say ("ok");
}

static Station station = { .speed = 1,
                           .wall_ms = G_GINT64_CONSTANT (1795223400000),
                           .boot_ms = 5000 };

static const GOptionEntry entries[] = {
  { "folder", 0, 0, G_OPTION_ARG_FILENAME, &station.folder, "holds keys and data", "DIR" },
  { "wall", 0, 0, G_OPTION_ARG_INT64, &station.wall_ms, "the wall clock at start", "MS" },
  { "boot", 0, 0, G_OPTION_ARG_INT64, &station.boot_ms, "the boot clock at start", "MS" },
  { "speed", 0, 0, G_OPTION_ARG_DOUBLE, &station.speed, "how much faster time passes", "FACTOR" },
  { "first", 0, 0, G_OPTION_ARG_INT, &station.first, "number of the first draft", "N" },
  { NULL },
};

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "C.UTF-8");
  (void) prctl (PR_SET_PDEATHSIG, SIGKILL); /* the worst is a process left over */
  bm_crypto_init ();
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || station.folder == NULL ||
      !open_station (&station, &error))
    {
      say ("error %s", error != NULL ? error->message : "--folder is needed");
      return 1;
    }
  run (&station);
  return 0;
}
