/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "sync/protocol-json.h"
#include "sync/sync-engine.h"
#include "sync/transport-curl.h"
#include "tests/sync/platform/platform-fixture.h"
#include "tests/sync/platform/server-fixture.h"
#include "tests/sync/sync-fixture.h"

#include <glib/gstdio.h>

#include <string.h>

/* The whole way for real: engine, libcurl, TLS 1.3, the real bianmin-platform with its own database. */

#define YEAR_MS     (365 * 24 * 60 * 60 * G_GINT64_CONSTANT (1000))
#define PATIENCE_MS 60000

typedef struct
{
  ServerFixture *server;
  char *keys;
  BmShiftClock *clock;
  BmChance *chance;
  BmEnrolment *enrolment;
  TestLedger *ledger;
  BmTransport *transport;
  BmSyncEngine *engine;
} Fixture;

static void
make_engine (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->enrolment, bm_enrolment_unref);
  f->enrolment = bm_enrolment_load (f->keys, &error);
  g_assert_no_error (error);
  f->transport = bm_curl_transport_new (bm_enrolment_get_url (f->enrolment),
                                        bm_enrolment_get_ca (f->enrolment), BM_CLOCK (f->clock));
  f->engine = bm_sync_engine_new (BM_OUTBOX (f->ledger), f->transport, f->enrolment, f->keys,
                                  BM_CLOCK (f->clock), f->chance);
  bm_sync_engine_set_slice_ms (f->engine, 50);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->server = server_fixture_new ();
  f->keys = g_build_filename (f->server->dir, "keys", NULL);
  f->clock = bm_shift_clock_new (DEMO_NOW, TRUE);
  f->chance = bm_seeded_chance_new (3);
  test_kiosk = 1;
  f->ledger = test_ledger_new (BM_CLOCK (f->clock));
  make_engine (f);
}

static void
drop_engine (Fixture *f)
{
  bm_sync_engine_stop (f->engine);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (f->engine);
  g_assert_finalize_object (f->transport);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  drop_engine (f);
  g_assert_finalize_object (f->ledger);
  g_object_unref (f->clock);
  g_object_unref (f->chance);
  bm_enrolment_unref (f->enrolment);
  g_free (f->keys);
  server_fixture_free (f->server);
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

typedef gboolean (*Condition) (Fixture *f, gconstpointer data);

static void
wait_for (Fixture *f, Condition condition, gconstpointer data)
{
  gint64 until = g_get_monotonic_time () + PATIENCE_MS * 1000;
  guint tick = g_timeout_add (20, on_tick, NULL);

  while (!condition (f, data))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (tick);
}

static gboolean
has_acked (Fixture *f, gconstpointer count)
{
  return test_ledger_count (f->ledger, BM_ENTRY_ACKED) == GPOINTER_TO_UINT (count);
}

static gboolean
has_signed (Fixture *f, gconstpointer seq)
{
  return test_ledger_get_signed_seq (f->ledger) == GPOINTER_TO_UINT (seq);
}

static gboolean
has_link (Fixture *f, gconstpointer trouble)
{
  return bm_sync_engine_get_link (f->engine) == (BmLinkTrouble) GPOINTER_TO_UINT (trouble);
}

static gboolean
has_passed (Fixture *f, gconstpointer until)
{
  return g_get_monotonic_time () >= *(const gint64 *) until;
}

static void
wait_ms (Fixture *f, gint64 ms)
{
  gint64 until = g_get_monotonic_time () + ms * 1000;

  wait_for (f, has_passed, &until);
}

static void
wait_acked (Fixture *f, guint count)
{
  wait_for (f, has_acked, GUINT_TO_POINTER (count));
}

static void
wait_link (Fixture *f, BmLinkTrouble trouble)
{
  wait_for (f, has_link, GUINT_TO_POINTER (trouble));
}

static void
set_fault (Fixture *f, const char *line)
{
  g_autofree char *answer = server_fixture_admin (f->server, line);

  g_assert_cmpstr (answer, ==, "");
}

static void
fill (Fixture *f, guint count)
{
  for (guint i = 0; i < count; i++)
    test_ledger_add (f->ledger, 300);
}

static void
assert_exactly_once (Fixture *f, guint count)
{
  g_autofree char *text = server_fixture_admin (f->server, "entries");
  g_autoptr (BmJson) entries = json_loads (text, JSON_DECODE_ANY, NULL);

  g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_ACKED), ==, count);
  for (guint64 seq = 2; seq < count + 2; seq++)
    g_assert_cmpuint (test_ledger_get (f->ledger, seq)->n_applied, ==, 1);
  g_assert_cmpuint (json_array_size (entries), ==, count + 1); /* and the run */
}

static void
test_delivers (Fixture *f, gconstpointer unused)
{
  fill (f, 300);
  bm_sync_engine_start (f->engine);
  wait_acked (f, 300);
  assert_exactly_once (f, 300);
  /* Of two replies the one with the higher watermark may be taken a moment later. */
  wait_for (f, has_signed, GUINT_TO_POINTER (301));
  g_assert_cmpint (ABS (test_ledger_get_server_ms (f->ledger) - DEMO_NOW), <, PATIENCE_MS * 2);
  wait_link (f, BM_LINK_ONLINE);
}

/* Whatever the line does to the reply, the entry takes effect once and is acknowledged once. */
static void
test_bad_reply (Fixture *f, gconstpointer fault)
{
  g_autofree char *line = g_strdup_printf ("fault %s 1", (const char *) fault);

  bm_sync_engine_start (f->engine);
  wait_link (f, BM_LINK_ONLINE);
  set_fault (f, line);
  fill (f, 5);
  wait_acked (f, 5);
  assert_exactly_once (f, 5);
}

static void
test_lasting_trouble (Fixture *f, const char *fault, BmLinkTrouble expected)
{
  bm_sync_engine_start (f->engine);
  wait_link (f, BM_LINK_ONLINE);
  set_fault (f, fault);
  fill (f, 3);
  wait_link (f, expected);
  wait_ms (f, 3000);
  g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_PENDING), ==, 3);
  set_fault (f, "fault clear");
  bm_sync_engine_expect (f->engine, "1"); /* quick retries */
  wait_acked (f, 3);
  assert_exactly_once (f, 3);
  wait_link (f, BM_LINK_ONLINE);
}

static void
test_portal (Fixture *f, gconstpointer unused)
{
  test_lasting_trouble (f, "fault portal", BM_LINK_PORTAL);
}

static void
test_server_error (Fixture *f, gconstpointer unused)
{
  test_lasting_trouble (f, "fault 500", BM_LINK_PLATFORM_DOWN);
}

static void
test_refusing (Fixture *f, gconstpointer unused)
{
  test_lasting_trouble (f, "fault refuse", BM_LINK_PLATFORM_DOWN);
}

static void
test_retry_after (Fixture *f, gconstpointer unused)
{
  gint64 began;

  bm_sync_engine_start (f->engine);
  wait_link (f, BM_LINK_ONLINE);
  set_fault (f, "fault 503 1 3");
  fill (f, 1);
  wait_link (f, BM_LINK_PLATFORM_DOWN);
  began = g_get_monotonic_time ();
  bm_sync_engine_poke (f->engine);
  wait_acked (f, 1);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 2800 * 1000);
}

/* The platform dies at @point, by itself; a new one takes over with what it had committed. */
static void
test_platform_dies (Fixture *f, gconstpointer point)
{
  server_fixture_stop (f->server);
  server_fixture_start (f->server, point);
  fill (f, 4);
  bm_sync_engine_start (f->engine);
  wait_link (f, BM_LINK_PLATFORM_DOWN);
  server_fixture_wait_killed (f->server);
  server_fixture_start (f->server, NULL);
  bm_sync_engine_expect (f->engine, "1");
  wait_acked (f, 4);
  assert_exactly_once (f, 4);
}

/* The station's program is replaced while the platform has the entries and we do not know it. */
static void
test_station_dies (Fixture *f, gconstpointer unused)
{
  fill (f, 4);
  bm_sync_engine_start (f->engine);
  wait_acked (f, 4);
  set_fault (f, "fault drop-reply");
  fill (f, 4);
  wait_link (f, BM_LINK_PLATFORM_DOWN);
  drop_engine (f);
  g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_PENDING), ==, 4);
  set_fault (f, "fault clear");
  make_engine (f);
  bm_sync_engine_start (f->engine);
  wait_acked (f, 8);
  assert_exactly_once (f, 8);
}

static gboolean
is_renewed (Fixture *f, gconstpointer before)
{
  g_autoptr (BmEnrolment) now = bm_enrolment_load (f->keys, NULL);

  return now != NULL &&
         strcmp (bm_enrolment_get_client_certificate (now), (const char *) before) != 0;
}

static void
advance_years (Fixture *f, guint years)
{
  g_autofree char *line =
    g_strdup_printf ("clock advance %" G_GINT64_FORMAT, years * YEAR_MS / 1000);

  set_fault (f, line);
  bm_shift_clock_advance (f->clock, years * YEAR_MS);
}

static void
renew_after (Fixture *f, guint years)
{
  g_autofree char *before = g_strdup (bm_enrolment_get_client_certificate (f->enrolment));

  advance_years (f, years);
  bm_sync_engine_start (f->engine);
  wait_for (f, is_renewed, before);
  fill (f, 2);
  wait_acked (f, 2);
  /* What was written serves a new process as well. */
  drop_engine (f);
  make_engine (f);
  bm_sync_engine_start (f->engine);
  fill (f, 2);
  wait_acked (f, 4);
  assert_exactly_once (f, 4);
}

static void
test_renewal (Fixture *f, gconstpointer unused)
{
  renew_after (f, 3);
}

static void
test_expired_renews (Fixture *f, gconstpointer unused)
{
  renew_after (f, 6);
}

static void
test_revoked (Fixture *f, gconstpointer unused)
{
  g_autoptr (BmSyncStatus) status = NULL;

  bm_sync_engine_start (f->engine);
  wait_link (f, BM_LINK_ONLINE);
  set_fault (f, "revoke demo");
  fill (f, 1);
  wait_link (f, BM_LINK_REFUSED);
  status = bm_sync_engine_dup_status (f->engine);
  g_assert_cmpuint (strlen (status->reason), >, 0);
  g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_PENDING), ==, 1);
}

/* Somebody else's platform at our platform's address: real, healthy, and not ours. */
static void
test_wrong_certificate (Fixture *f, gconstpointer unused)
{
  g_autoptr (ServerFixture) other = server_fixture_new ();
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u", other->port);
  g_autoptr (BmTransport) astray =
    bm_curl_transport_new (url, bm_enrolment_get_ca (f->enrolment), BM_CLOCK (f->clock));
  BmSyncEngine *engine = bm_sync_engine_new (BM_OUTBOX (f->ledger), astray, f->enrolment, NULL,
                                             BM_CLOCK (f->clock), f->chance);
  BmSyncEngine *ours = g_steal_pointer (&f->engine);
  g_autofree char *entries = NULL;

  fill (f, 1);
  f->engine = engine;
  bm_sync_engine_start (engine);
  wait_link (f, BM_LINK_WRONG_CERTIFICATE);
  entries = server_fixture_admin (other, "entries");
  g_assert_cmpstr (entries, ==, "[]");
  bm_sync_engine_stop (engine);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (engine);
  f->engine = ours;
}

/* A clock battery that died: the station believes it is 1970, and the centre's time reaches the ledger. */
static void
test_wrong_clock (Fixture *f, gconstpointer wall_ms)
{
  bm_shift_clock_set_wall (f->clock, *(const gint64 *) wall_ms);
  fill (f, 2);
  bm_sync_engine_start (f->engine);
  wait_acked (f, 2);
  g_assert_cmpint (ABS (test_ledger_get_server_ms (f->ledger) - DEMO_NOW), <, PATIENCE_MS * 2);
}

static char *
get_code (Fixture *f)
{
  g_autofree char *data = g_build_filename (f->server->dir, "platform", NULL);
  g_autofree char *port = g_strdup_printf ("%u", f->server->port);
  g_autoptr (GSubprocess) process =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, f->server->program, "code", "--data",
                      data, "--port", port, NULL);
  char *code = NULL;

  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &code, NULL, NULL));
  return g_strchomp (code);
}

/* A stranger at the address of the code: nothing secret is said, nothing is stored. */
static void
test_enrol_wrong_fingerprint (Fixture *f, gconstpointer unused)
{
  g_autofree char *code = get_code (f);
  g_autofree char *fresh = g_build_filename (f->server->dir, "keys-2", NULL);
  g_autofree char *file = g_build_filename (fresh, BM_ENROLMENT_FILE, NULL);
  g_autoptr (BmEnrolment) enrolment = NULL;
  g_autoptr (GError) error = NULL;
  char *last = code + strlen (code) - 1;
  char right = *last;

  *last = right == '0' ? '1' : '0';
  g_assert_null (bm_enrolment_run (code, fresh, BM_CLOCK (f->clock), &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_CORRUPT);
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
  /* The code was not used up by it. */
  *last = right;
  g_clear_error (&error);
  enrolment = bm_enrolment_run (code, fresh, BM_CLOCK (f->clock), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bm_enrolment_get_kiosk (enrolment), ==, 1);
}

static void
test_enrol_used_code (Fixture *f, gconstpointer unused)
{
  g_autofree char *code = get_code (f);
  g_autofree char *second = g_build_filename (f->server->dir, "keys-2", NULL);
  g_autofree char *third = g_build_filename (f->server->dir, "keys-3", NULL);
  g_autoptr (BmEnrolment) enrolment = NULL;
  g_autoptr (GError) error = NULL;

  enrolment = bm_enrolment_run (code, second, BM_CLOCK (f->clock), &error);
  g_assert_no_error (error);
  g_assert_null (bm_enrolment_run (code, third, BM_CLOCK (f->clock), &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_REFUSED);
}

static void
test_enrol_portal (Fixture *f, gconstpointer unused)
{
  g_autofree char *code = get_code (f);
  g_autofree char *fresh = g_build_filename (f->server->dir, "keys-2", NULL);
  g_autoptr (GError) error = NULL;

  set_fault (f, "fault portal");
  g_assert_null (bm_enrolment_run (code, fresh, BM_CLOCK (f->clock), &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_UNREACHABLE);
}

#define ADD(path, func, data) g_test_add (path, Fixture, data, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  static const gint64 long_ago = 0, far_ahead = DEMO_NOW + 4 * YEAR_MS;

  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_assert_cmpint (argc, ==, 2);
  server_fixture_set_program (argv[1]);

  ADD ("/loop/delivers", test_delivers, NULL);
  ADD ("/loop/reply-lost-after-storing", test_bad_reply, "drop-reply");
  ADD ("/loop/truncated", test_bad_reply, "truncate");
  ADD ("/loop/wrong-signature", test_bad_reply, "wrong-signature");
  ADD ("/loop/wrong-nonce", test_bad_reply, "wrong-nonce");
  ADD ("/loop/replayed-reply", test_bad_reply, "replay");
  ADD ("/loop/slow-body", test_bad_reply, "slow-body");
  ADD ("/loop/server-timeout", test_bad_reply, "408");
  ADD ("/loop/body-too-large-page", test_bad_reply, "413");
  ADD ("/loop/success-without-receipt", test_bad_reply, "bare-ok");
  ADD ("/loop/portal", test_portal, NULL);
  ADD ("/loop/server-error", test_server_error, NULL);
  ADD ("/loop/refusing", test_refusing, NULL);
  ADD ("/loop/retry-after", test_retry_after, NULL);
  ADD ("/loop/platform-dies-before-commit", test_platform_dies, "platform-before-commit");
  ADD ("/loop/platform-dies-after-commit", test_platform_dies, "platform-after-commit");
  ADD ("/loop/platform-dies-after-reply", test_platform_dies, "platform-after-reply");
  ADD ("/loop/station-dies", test_station_dies, NULL);
  ADD ("/loop/renewal", test_renewal, NULL);
  ADD ("/loop/expired-renews", test_expired_renews, NULL);
  ADD ("/loop/revoked", test_revoked, NULL);
  ADD ("/loop/wrong-certificate", test_wrong_certificate, NULL);
  ADD ("/loop/clock-in-1970", test_wrong_clock, &long_ago);
  ADD ("/loop/clock-years-ahead", test_wrong_clock, &far_ahead);
  ADD ("/loop/enrol-wrong-fingerprint", test_enrol_wrong_fingerprint, NULL);
  ADD ("/loop/enrol-used-code", test_enrol_used_code, NULL);
  ADD ("/loop/enrol-portal", test_enrol_portal, NULL);
  return g_test_run ();
}
