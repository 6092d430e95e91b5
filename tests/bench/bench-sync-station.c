/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/station/station-keys.h"
#include "core/entry/attachment.h"
#include "core/error.h"
#include "sync/sync-engine.h"
#include "sync/transport-curl.h"
#include "tests/bench/bench-sync-drafts.h"
#include "tests/bench/bench-sync-line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * bench-station DATA KEYS SEED: what of a station sends, without what faces people: the real ledger, the real engine,
 * real libcurl. One verb per line of input, one line of JSON per verb as the answer:
 *
 *   fill N              commits N matters, durably
 *   facts N FILE        the same matters as plain JSON, one a line, for whom we compare with
 *   start | stop        the engine
 *   drain SECONDS       until nothing waits (engine started): what it took and what it sent
 *   certify M EVERY_MS  commits M matters that somebody waits for, one after the other: ms from COMMIT to the answer
 *   photo BYTES         one matter more, with a photo of so many bytes
 *   carry SECONDS       until every photo is at the platform (engine started)
 *   idle HOURS          lets the clock run that much faster than the line, which is as it is
 *   stats               what the line carried since the last fill
 *   quit
 */

#define MAX_LINE  1024
#define TICK_MS   5
#define LOOK_MS   200
#define TELL_US   10000000 /* progress, for the log */
#define SLICE_MS  10
#define STEP_MS   10000
#define QUIET_US  500000
#define FILL_WAIT 64 /* commits handed to the worker ahead of their results */

typedef struct
{
  guint seed;
  guint n_filled;
  guint n_certified;
  BmShiftClock *clock;
  BmStationKeys *keys;
  BmStore *store;
  BmTransport *curl;
  BenchLine *line;
  BmSyncEngine *engine;
  GHashTable *waiting; /* numbers of matters that are not settled yet */
  gint64 settled_us;   /* when the last of them was */
  guint in_commit;
  guint64 rows_pending;
  gint64 told_us;
  gboolean is_looking;
  gboolean has_blob; /* a photo is not there whole */
} Bench;

static void
answer (json_t *json)
{
  char *text = json_dumps (json, JSON_COMPACT);

  printf ("%s\n", text);
  fflush (stdout);
  free (text);
  json_decref (json);
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Commits */

static void
on_committed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bench *self = user_data;
  g_autoptr (GError) error = NULL;
  BmCommitted *committed = bm_store_commit_finish (BM_STORE (source), result, &error);

  g_assert_no_error (error);
  g_hash_table_add (self->waiting, g_strdup (committed->number));
  bm_committed_free (committed);
  self->in_commit--;
}

static void
do_fill (Bench *self, guint count)
{
  gint64 began_us = g_get_monotonic_time ();

  bench_line_reset (self->line);
  for (guint i = 0; i < count; i++)
    {
      g_autoptr (BmDraft) draft = bench_draft_new (self->seed, ++self->n_filled);

      self->in_commit++;
      bm_store_commit_async (self->store, draft, on_committed, self);
      while (self->in_commit >= FILL_WAIT)
        g_main_context_iteration (NULL, TRUE);
    }
  while (self->in_commit > 0)
    g_main_context_iteration (NULL, TRUE);
  answer (json_pack ("{s:i, s:f}", "entries", (int) count, "seconds",
                     (double) (g_get_monotonic_time () - began_us) / 1e6));
}

static void
do_photo (Bench *self, guint bytes)
{
  g_autoptr (BmDraft) draft = bench_draft_new (self->seed, ++self->n_filled);
  guint8 *noise = g_malloc (bytes);
  g_autoptr (GBytes) data = NULL;

  bm_random_bytes (noise, bytes); /* as incompressible as a photo */
  data = g_bytes_new_take (noise, bytes);
  draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_attachment_free);
  g_ptr_array_add (draft->attachments, bm_attachment_new ("image/jpeg", data));
  self->in_commit++;
  bm_store_commit_async (self->store, draft, on_committed, self);
  while (self->in_commit > 0)
    g_main_context_iteration (NULL, TRUE);
  answer (json_pack ("{s:i}", "bytes", (int) bytes));
}

static void
do_facts (Bench *self, guint count, const char *path)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i <= count; i++)
    {
      g_autoptr (GBytes) facts = bench_dup_facts (self->seed, i);

      g_string_append_len (lines, g_bytes_get_data (facts, NULL),
                           (gssize) g_bytes_get_size (facts));
      g_string_append_c (lines, '\n');
    }
  g_file_set_contents (path, lines->str, (gssize) lines->len, &error);
  g_assert_no_error (error);
  answer (json_pack ("{s:i, s:I}", "entries", (int) count, "bytes", (json_int_t) lines->len));
}

/* Settled */

static void
on_case_changed (BmStore *store, const char *number, gpointer user_data)
{
  Bench *self = user_data;

  if (g_hash_table_remove (self->waiting, number))
    self->settled_us = g_get_monotonic_time ();
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bench *self = user_data;
  g_autofree BmOutboxStatus *status =
    bm_outbox_get_status_finish (BM_OUTBOX (source), result, NULL);

  if (status != NULL)
    self->rows_pending = status->pending;
  if (g_get_monotonic_time () - self->told_us >= TELL_US)
    {
      json_t *calls = bench_line_to_json (self->line);
      char *text = json_dumps (calls, JSON_COMPACT);

      self->told_us = g_get_monotonic_time ();
      fprintf (stderr, "%.0f s: %" G_GUINT64_FORMAT " rows wait; %s\n",
               (double) self->told_us / 1e6, self->rows_pending, text);
      free (text);
      json_decref (calls);
    }
  self->is_looking = FALSE;
}

static gboolean
on_look (gpointer user_data)
{
  Bench *self = user_data;

  if (self->is_looking)
    return G_SOURCE_CONTINUE;
  self->is_looking = TRUE;
  bm_outbox_get_status_async (BM_OUTBOX (self->store), on_looked, self);
  return G_SOURCE_CONTINUE;
}

static void
do_drain (Bench *self, guint seconds)
{
  gint64 until_us = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  gint64 began_us = g_get_monotonic_time ();
  guint entries = g_hash_table_size (self->waiting);
  guint look = g_timeout_add (LOOK_MS, on_look, self);
  gint64 first_us, now_us;

  self->rows_pending = G_MAXUINT64;
  while ((self->rows_pending > 0 || g_hash_table_size (self->waiting) > 0) &&
         g_get_monotonic_time () < until_us)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (look);
  now_us = g_get_monotonic_time ();
  first_us = bench_line_get_first_us (self->line);
  if (first_us == 0)
    first_us = began_us;
  answer (json_pack ("{s:i, s:i, s:I, s:f, s:f, s:f, s:o}", "entries", (int) entries, "left",
                     (int) g_hash_table_size (self->waiting), "rows_left",
                     (json_int_t) self->rows_pending, "seconds_entries",
                     (double) (MAX (self->settled_us, first_us) - first_us) / 1e6, "seconds_all",
                     (double) (now_us - first_us) / 1e6, "first_batch_s",
                     (double) (bench_line_get_first_batch_us (self->line) - first_us) / 1e6,
                     "calls", bench_line_to_json (self->line)));
}

static void
on_blob_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bench *self = user_data;
  BmOutboxBlob *blob = bm_outbox_next_blob_finish (BM_OUTBOX (source), result, NULL);

  self->has_blob = blob != NULL;
  self->is_looking = FALSE;
  if (blob != NULL)
    bm_outbox_blob_free (blob);
}

static gboolean
on_look_blob (gpointer user_data)
{
  Bench *self = user_data;

  /* A photo is offered only once its entry is settled. */
  if (self->is_looking || g_hash_table_size (self->waiting) > 0)
    return G_SOURCE_CONTINUE;
  self->is_looking = TRUE;
  bm_outbox_next_blob_async (BM_OUTBOX (self->store), NULL, on_blob_looked, self);
  return G_SOURCE_CONTINUE;
}

static void
do_carry (Bench *self, guint seconds)
{
  gint64 began_us = g_get_monotonic_time ();
  gint64 until_us = began_us + seconds * G_USEC_PER_SEC;
  guint look = g_timeout_add (LOOK_MS, on_look_blob, self);

  self->has_blob = TRUE;
  while ((self->has_blob || g_hash_table_size (self->waiting) > 0) &&
         g_get_monotonic_time () < until_us)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (look);
  answer (json_pack ("{s:b, s:f, s:o}", "left", (int) self->has_blob, "seconds",
                     (double) (g_get_monotonic_time () - began_us) / 1e6, "calls",
                     bench_line_to_json (self->line)));
}

/* Somebody waits */

typedef struct
{
  Bench *bench;
  char *number;
  gint64 committed_us;
} Wait;

static void
on_certified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;
  g_autoptr (GError) error = NULL;
  BmCommitted *committed = bm_store_commit_finish (BM_STORE (source), result, &error);

  g_assert_no_error (error);
  wait->committed_us = g_get_monotonic_time ();
  wait->number = g_strdup (committed->number);
  g_hash_table_add (wait->bench->waiting, g_strdup (committed->number));
  bm_sync_engine_expect (wait->bench->engine, committed->number);
  bm_committed_free (committed);
}

static void
pass (gint64 ms)
{
  gint64 until_us = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < until_us)
    g_main_context_iteration (NULL, TRUE);
}

static void
do_certify (Bench *self, guint count, guint every_ms)
{
  json_t *times = json_array ();

  for (guint i = 0; i < count; i++)
    {
      g_autoptr (BmDraft) draft = bench_certification_new (self->seed, ++self->n_certified);
      Wait wait = { .bench = self };
      gint64 now_us;

      bm_store_commit_async (self->store, draft, on_certified, &wait);
      while (wait.number == NULL || g_hash_table_contains (self->waiting, wait.number))
        g_main_context_iteration (NULL, TRUE);
      now_us = g_get_monotonic_time ();
      json_array_append_new (times, json_real ((double) (now_us - wait.committed_us) / 1e3));
      bm_sync_engine_expect (self->engine, NULL);
      g_free (wait.number);
      pass (every_ms);
    }
  answer (
    json_pack ("{s:o, s:i}", "ms", times, "waiting", (int) g_hash_table_size (self->waiting)));
}

/* A day in a minute: time passes only while nothing is under way, so that nothing on the line is hurried. */
static void
do_idle (Bench *self, guint hours)
{
  gint64 until_ms =
    bm_clock_get_boot_ms (BM_CLOCK (self->clock)) + hours * G_GINT64_CONSTANT (3600000);

  while (bm_clock_get_boot_ms (BM_CLOCK (self->clock)) < until_ms)
    {
      if (bench_line_is_quiet (self->line, QUIET_US))
        bm_shift_clock_advance (self->clock, STEP_MS);
      g_main_context_iteration (NULL, TRUE);
    }
  answer (bench_line_to_json (self->line));
}

/* Verbs */

static gboolean
obey (Bench *self, char *line)
{
  g_auto (GStrv) words = g_strsplit (g_strstrip (line), " ", 4);
  guint n = g_strv_length (words);
  guint number = n > 1 ? (guint) g_ascii_strtoull (words[1], NULL, 10) : 0;

  if (n == 0 || g_str_equal (words[0], "quit"))
    return FALSE;
  if (g_str_equal (words[0], "fill"))
    do_fill (self, number);
  else if (g_str_equal (words[0], "facts") && n == 3)
    do_facts (self, number, words[2]);
  else if (g_str_equal (words[0], "drain"))
    do_drain (self, number);
  else if (g_str_equal (words[0], "photo"))
    do_photo (self, number);
  else if (g_str_equal (words[0], "carry"))
    do_carry (self, number);
  else if (g_str_equal (words[0], "idle"))
    do_idle (self, number);
  else if (g_str_equal (words[0], "certify") && n == 3)
    do_certify (self, number, (guint) g_ascii_strtoull (words[2], NULL, 10));
  else
    {
      if (g_str_equal (words[0], "start"))
        bm_sync_engine_start (self->engine);
      else if (g_str_equal (words[0], "stop"))
        bm_sync_engine_stop (self->engine);
      else if (!g_str_equal (words[0], "stats"))
        g_error ("bench-station: what is “%s”?", line);
      answer (bench_line_to_json (self->line));
    }
  return TRUE;
}

static gboolean
on_input (GIOChannel *channel, GIOCondition condition, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_CONTINUE;
}

/* Verbs run their own turns of the main loop, so input is only read between them. */
static void
serve (Bench *self)
{
  char line[MAX_LINE];
  gboolean goes_on = TRUE;

  while (goes_on)
    {
      gboolean is_there = FALSE;
      g_autoptr (GIOChannel) channel = g_io_channel_unix_new (STDIN_FILENO);
      guint watch = g_io_add_watch (channel, G_IO_IN | G_IO_HUP, on_input, &is_there);

      while (!is_there)
        g_main_context_iteration (NULL, TRUE);
      g_source_remove (watch);
      goes_on = fgets (line, sizeof line, stdin) != NULL && obey (self, line);
    }
}

static void
open_station (Bench *self, const char *data, const char *keys)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmChance) chance = bm_system_chance_new ();
  BmStoreSetup setup;

  self->keys = bm_station_keys_load (keys, &error);
  g_assert_no_error (error);
  bm_station_keys_fill_store_setup (self->keys, data, &setup);
  self->store = bm_store_open (&setup, BM_CLOCK (self->clock), &error);
  g_assert_no_error (error);
  g_signal_connect (self->store, "case-changed", G_CALLBACK (on_case_changed), self);
  self->curl =
    bm_curl_transport_new (bm_enrolment_get_url (self->keys->enrolment),
                           bm_enrolment_get_ca (self->keys->enrolment), BM_CLOCK (self->clock));
  self->line = bench_line_new (self->curl);
  self->engine = bm_sync_engine_new (BM_OUTBOX (self->store), BM_TRANSPORT (self->line),
                                     self->keys->enrolment, keys, BM_CLOCK (self->clock), chance);
  bm_sync_engine_set_slice_ms (self->engine, SLICE_MS);
}

static void
close_station (Bench *self)
{
  bm_sync_engine_stop (self->engine);
  pass (50);
  g_clear_object (&self->engine);
  g_clear_object (&self->line);
  g_clear_object (&self->curl);
  bm_store_close (self->store);
  g_clear_object (&self->store);
  bm_station_keys_free (self->keys);
  g_hash_table_unref (self->waiting);
  g_object_unref (self->clock);
}

int
main (int argc, char **argv)
{
  g_autoptr (BmClock) system_clock = bm_system_clock_new ();
  Bench self = { 0 };
  guint tick;

  if (argc != 4)
    {
      fprintf (stderr, "bench-station DATA KEYS SEED\n");
      return EXIT_FAILURE;
    }
  bm_crypto_init ();
  self.seed = (guint) g_ascii_strtoull (argv[3], NULL, 10);
  self.clock = bm_shift_clock_new (bm_clock_get_wall_ms (system_clock), TRUE);
  self.waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  open_station (&self, argv[1], argv[2]);
  tick = g_timeout_add (TICK_MS, on_tick, NULL);
  serve (&self);
  g_source_remove (tick);
  close_station (&self);
  return EXIT_SUCCESS;
}
