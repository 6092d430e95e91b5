/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/entry/number.h"
#include "core/error.h"
#include "core/worker.h"
#include "sync/sync-track.h"
#include "sync/transport-curl.h"
#include "tests/sync/platform/platform-fixture.h"
#include "tests/sync/platform/server-fixture.h"
#include "tests/sync/sync-fixture.h"

#include <string.h>

/* A slip is asked after at the real platform, by an engine that has nothing to send itself. */

#define PATIENCE_S 120

typedef struct
{
  ServerFixture *server;
  BmShiftClock *clock;
  BmChance *chance;
  BmEnrolment *enrolment;
  TestLedger *ledger;
  BmTransport *transport;
  BmSyncEngine *engine;
  char *number;
  char *code;
} Fixture;

static void
make_slip (Fixture *f)
{
  VirtualStation *station = f->server->station;
  g_autoptr (BmKey) key =
    bm_key_new_from_string (json_string_value (
                              json_object_get (station->enrolment, "terminal_key")),
                            NULL);
  GBytes *run = virtual_station_start_run (station);
  GBytes *matter =
    virtual_station_certify (station, "王秀兰", "990121194803120028", "HT02", &f->number);
  g_autoptr (BmReply) reply = NULL;
  guint8 hash[BM_SM3_LEN];

  bm_sm3 (g_bytes_get_data (matter, NULL), g_bytes_get_size (matter), hash);
  f->code = bm_qr_code (key, f->number, hash);
  reply = server_fixture_send (f->server, records_of (run, matter, NULL));
  g_assert_nonnull (reply);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  g_autofree char *keys = NULL;
  g_autoptr (GError) error = NULL;

  f->server = server_fixture_new ();
  keys = g_build_filename (f->server->dir, "keys", NULL);
  f->clock = bm_shift_clock_new (DEMO_NOW, TRUE);
  f->chance = bm_seeded_chance_new (3);
  test_kiosk = 1;
  f->ledger = test_ledger_new (BM_CLOCK (f->clock));
  f->enrolment = bm_enrolment_load (keys, &error);
  g_assert_no_error (error);
  f->transport = bm_curl_transport_new (bm_enrolment_get_url (f->enrolment),
                                        bm_enrolment_get_ca (f->enrolment), BM_CLOCK (f->clock));
  f->engine = bm_sync_engine_new (BM_OUTBOX (f->ledger), f->transport, f->enrolment, NULL,
                                  BM_CLOCK (f->clock), f->chance);
  make_slip (f);
  bm_sync_engine_start (f->engine);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  bm_sync_engine_stop (f->engine);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (f->engine);
  g_assert_finalize_object (f->transport);
  g_assert_finalize_object (f->ledger);
  g_object_unref (f->clock);
  g_object_unref (f->chance);
  bm_enrolment_unref (f->enrolment);
  g_free (f->number);
  g_free (f->code);
  server_fixture_free (f->server);
}

typedef struct
{
  BmTrackAnswer *answer;
  GError *error;
  gboolean is_done;
} Asked;

static void
on_tracked (GObject *source, GAsyncResult *result, gpointer data)
{
  Asked *asked = data;

  asked->answer = bm_sync_engine_track_finish (BM_SYNC_ENGINE (source), result, &asked->error);
  asked->is_done = TRUE;
}

static gboolean
on_patience (gpointer data)
{
  g_error ("no end to it");
  return G_SOURCE_REMOVE;
}

/* The state, "none" for a proven "not found", or the error's code as "error N". */
static char *
ask (Fixture *f, const char *number, const char *code)
{
  Asked asked = { 0 };
  guint patience = g_timeout_add_seconds (PATIENCE_S, on_patience, NULL);
  char *said;

  bm_sync_engine_track_async (f->engine, number, code, NULL, on_tracked, &asked);
  while (!asked.is_done)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (patience);
  if (asked.answer == NULL)
    said = g_strdup_printf ("error %d", asked.error->code);
  else
    said = g_strdup (asked.answer->is_found ? asked.answer->state : "none");
  g_clear_pointer (&asked.answer, bm_track_answer_free);
  g_clear_error (&asked.error);
  return said;
}

static void
assert_said (Fixture *f, const char *number, const char *code, const char *expected)
{
  g_autofree char *said = ask (f, number, code);

  g_assert_cmpstr (said, ==, expected);
}

static void
set (Fixture *f, const char *line)
{
  g_autofree char *answer = server_fixture_admin (f->server, line);

  g_assert_cmpstr (answer, ==, "");
}

static void
test_states (Fixture *f, gconstpointer unused)
{
  g_autofree char *unknown = bm_number_new ("990121101201", 1, 1, 4711);
  g_autofree char *line = g_strdup_printf ("decide %s CERT_NAME", f->number);

  assert_said (f, f->number, f->code, "done");
  assert_said (f, f->number, NULL, "done");
  assert_said (f, f->number, "AAAAAAAA", "none");
  assert_said (f, unknown, f->code, "none");
  assert_said (f, unknown, NULL, "none");
  set (f, line);
  assert_said (f, f->number, f->code, "conflict");
}

/* Whatever happens to the answer on its way: an error, never a state. */
static void
test_faults (Fixture *f, gconstpointer unused)
{
  static const struct
  {
    const char *fault;
    BmError code;
  } rows[] = {
    { "fault wrong-nonce", BM_ERROR_CORRUPT },     { "fault wrong-signature", BM_ERROR_CORRUPT },
    { "fault truncate", BM_ERROR_UNREACHABLE },    { "fault portal", BM_ERROR_CORRUPT },
    { "fault drop-reply", BM_ERROR_UNREACHABLE },  { "fault 500", BM_ERROR_CORRUPT },
    { "fault refuse", BM_ERROR_UNREACHABLE },      { "fault replay", BM_ERROR_CORRUPT },
    { "fault delay 20000", BM_ERROR_UNREACHABLE },
  };

  assert_said (f, f->number, f->code, "done");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *expected = g_strdup_printf ("error %d", rows[i].code);
      gint64 began = g_get_monotonic_time ();

      g_test_message ("%s", rows[i].fault);
      set (f, rows[i].fault);
      assert_said (f, f->number, f->code, expected);
      g_assert_cmpint (g_get_monotonic_time () - began, <, (BM_SYNC_TRACK_MS + 6000) * 1000);
      set (f, "fault clear");
    }
}

/* Once the platform no longer works with this station, it says so, and nothing of a case. */
static void
test_revoked (Fixture *f, gconstpointer unused)
{
  g_autofree char *refused = g_strdup_printf ("error %d", BM_ERROR_REFUSED);

  assert_said (f, f->number, f->code, "done");
  set (f, "revoke demo");
  assert_said (f, f->number, f->code, refused);
}

/* Without a certificate of ours there is no answer but a refusal. */
static void
test_stranger (Fixture *f, gconstpointer unused)
{
  g_autoptr (BmTransport) nobody = server_fixture_new_transport (f->server, FALSE);
  const guint8 nonce[BM_NONCE_LEN] = { 9 };
  g_autofree char *path = bm_track_path (f->number, f->code, nonce);
  g_autoptr (BmTransportReply) raw = server_fixture_call (nobody, path, NULL, NULL);
  g_autoptr (BmReply) reply =
    bm_reply_open (raw->body, nonce, BM_CALL_TRACK, 0, f->server->station->platform_public, NULL);

  g_assert_nonnull (reply);
  g_assert_cmpstr (reply->refused_code, ==, "unknown-kiosk");
  g_assert_false (reply->is_found);
}

/* Asked on the main thread while the engine lives on its worker, as in the station. */

static gpointer
make_engine_here (gpointer data, GError **error)
{
  Fixture *f = data;

  f->transport = bm_curl_transport_new (bm_enrolment_get_url (f->enrolment),
                                        bm_enrolment_get_ca (f->enrolment), BM_CLOCK (f->clock));
  f->engine = bm_sync_engine_new (BM_OUTBOX (f->ledger), f->transport, f->enrolment, NULL,
                                  BM_CLOCK (f->clock), f->chance);
  bm_sync_engine_start (f->engine);
  return NULL;
}

static gpointer
drop_engine_here (gpointer data, GError **error)
{
  Fixture *f = data;

  bm_sync_engine_stop (f->engine);
  while (g_main_context_iteration (g_main_context_get_thread_default (), FALSE))
    continue;
  g_assert_finalize_object (f->engine);
  g_assert_finalize_object (f->transport);
  return NULL;
}

static void
test_from_another_thread (Fixture *f, gconstpointer unused)
{
  Fixture other = *f;
  BmWorker *worker = bm_worker_new ("sync");

  bm_sync_engine_stop (f->engine);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  (void) bm_worker_run_sync (worker, make_engine_here, &other, NULL); /* it cannot fail */
  for (guint i = 0; i < 20; i++)
    {
      assert_said (&other, f->number, f->code, "done");
      assert_said (&other, f->number, "AAAAAAAA", "none");
    }
  (void) bm_worker_run_sync (worker, drop_engine_here, &other, NULL);
  bm_worker_stop (worker);
  g_object_unref (worker);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_assert_cmpint (argc, ==, 2);
  server_fixture_set_program (argv[1]);

  ADD ("/track-loop/states", test_states);
  ADD ("/track-loop/faults", test_faults);
  ADD ("/track-loop/revoked", test_revoked);
  ADD ("/track-loop/stranger", test_stranger);
  ADD ("/track-loop/from-another-thread", test_from_another_thread);
  return g_test_run ();
}
