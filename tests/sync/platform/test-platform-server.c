/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/platform/platform-fixture.h"
#include "tests/sync/platform/server-fixture.h"

#include <string.h>

/* The program over TLS, and every one of its fault switches as a station meets it. */

#define CROWD     48
#define SIX_YEARS "clock advance 190000000"

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

static void
set (ServerFixture *fixture, const char *line)
{
  g_autofree char *answer = server_fixture_admin (fixture, line);

  g_assert_cmpstr (answer, ==, "");
}

static GPtrArray *
first_records (ServerFixture *fixture)
{
  GBytes *run = virtual_station_start_run (fixture->station);

  return records_of (run,
                     virtual_station_certify (fixture->station, "陈有根", "990121195501180097",
                                              "HT02", NULL),
                     NULL);
}

static GPtrArray *
copy_records (GPtrArray *records)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (copy, g_bytes_ref (g_ptr_array_index (records, i)));
  return copy;
}

static void
assert_all (BmReply *reply, BmAnswerStatus expected)
{
  g_assert_nonnull (reply);
  g_assert_null (reply->refused_code);
  g_assert_cmpuint (reply->answers->len, >, 0);
  for (guint i = 0; i < reply->answers->len; i++)
    g_assert_cmpint (((BmAnswer *) g_ptr_array_index (reply->answers, i))->status, ==, expected);
}

static void
test_round (void)
{
  g_autoptr (ServerFixture) fixture = server_fixture_new ();
  g_autoptr (BmReply) hello = server_fixture_hello (fixture, fixture->transport);
  g_autoptr (BmReply) batch = server_fixture_send (fixture, first_records (fixture));
  g_autoptr (BmReply) inbox = server_fixture_inbox (fixture, 1);

  g_assert_nonnull (hello);
  g_assert_cmpuint (hello->watermark, ==, 0);
  g_assert_cmpuint (hello->batch_items, >, 0);
  g_assert_cmpint (hello->server_ms, >=, DEMO_NOW);
  assert_all (batch, BM_ANSWER_ACCEPTED);
  g_assert_cmpuint (inbox->messages->len, ==, 1);
}

/* Faults after which the records are stored although no answer can be believed. */
static void
test_stored_without_answer (gconstpointer data)
{
  g_autoptr (ServerFixture) fixture = server_fixture_new ();
  GPtrArray *records = first_records (fixture);
  GPtrArray *again = copy_records (records);
  g_autofree char *fault = g_strdup_printf ("fault %s 1", (const char *) data);
  g_autoptr (BmReply) first = NULL;
  g_autoptr (BmReply) second = NULL;

  /* Only a replay needs an answer before it: on a warm connection libcurl tries a dropped request
   * again by itself, and the duplicate's answer would come at once. */
  if (strcmp (data, "replay") == 0)
    {
      g_autoptr (BmReply) before = server_fixture_send (fixture, g_ptr_array_new ());

      g_assert_nonnull (before);
    }
  set (fixture, fault);
  first = server_fixture_send (fixture, records);
  g_assert_null (first);
  second = server_fixture_send (fixture, again);
  assert_all (second, BM_ANSWER_DUPLICATE);
}

/* Faults that touch nothing. */
static void
test_nothing_stored (gconstpointer data)
{
  g_autoptr (ServerFixture) fixture = server_fixture_new ();
  GPtrArray *records = first_records (fixture);
  GPtrArray *again = copy_records (records);
  g_autofree char *fault = g_strdup_printf ("fault %s", (const char *) data);
  g_autoptr (BmReply) first = NULL;
  g_autoptr (BmReply) second = NULL;

  set (fixture, fault);
  first = server_fixture_send (fixture, records);
  g_assert_null (first);
  set (fixture, "fault clear");
  second = server_fixture_send (fixture, again);
  assert_all (second, BM_ANSWER_ACCEPTED);
}

static void
assert_status (ServerFixture *fixture, const char *fault, guint status, gint64 retry_after_ms)
{
  g_autofree char *line = g_strconcat ("fault ", fault, NULL);
  guint8 nonce[BM_NONCE_LEN];
  g_autoptr (GBytes) hello = virtual_station_make_hello (fixture->station, nonce);
  g_autoptr (BmTransportReply) reply = NULL;

  set (fixture, line);
  reply = server_fixture_call (fixture->transport, BM_PATH_HELLO, BM_CONTENT_JSON, hello);
  g_assert_nonnull (reply);
  g_assert_cmpuint (reply->status, ==, status);
  g_assert_cmpint (reply->retry_after_ms, ==, retry_after_ms);
  g_assert_false (bm_reply_looks_like_one (reply->body));
}

static void
test_statuses (void)
{
  g_autoptr (ServerFixture) fixture = server_fixture_new ();
  g_autoptr (BmReply) hello = NULL;

  assert_status (fixture, "500 1", 500, 0);
  assert_status (fixture, "503 1 30", 503, 30000);
  assert_status (fixture, "408 1", 408, 0);
  assert_status (fixture, "413 1", 413, 0);
  assert_status (fixture, "portal 1", 200, 0);
  hello = server_fixture_hello (fixture, fixture->transport);
  g_assert_nonnull (hello);
}

static gboolean
on_clear (gpointer fixture)
{
  set (fixture, "fault clear");
  return G_SOURCE_REMOVE;
}

static void
test_late_and_slow (void)
{
  g_autoptr (ServerFixture) fixture = server_fixture_new ();
  gint64 start = g_get_monotonic_time (), slow_us;
  g_autoptr (BmReply) rest = NULL;
  g_autoptr (BmReply) late = NULL;
  g_autoptr (BmReply) slow = NULL;

  set (fixture, "fault delay 700 1");
  late = server_fixture_hello (fixture, fixture->transport);
  g_assert_nonnull (late);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 700 * 1000);
  start = g_get_monotonic_time ();
  set (fixture, "fault slow-body 1");
  slow = server_fixture_hello (fixture, fixture->transport);
  g_assert_nonnull (slow);
  slow_us = g_get_monotonic_time () - start;
  g_assert_cmpint (slow_us, >=, 1000 * 1000);
  /* What trickles when the fault is cleared comes at once. */
  start = g_get_monotonic_time ();
  set (fixture, "fault slow-body 1");
  g_timeout_add (500, on_clear, fixture);
  rest = server_fixture_hello (fixture, fixture->transport);
  g_assert_nonnull (rest);
  g_assert_cmpint (g_get_monotonic_time () - start, <, slow_us);
}

/* A switch must not keep the program from ending. */
static void
test_quit_while_delaying (void)
{
  g_autoptr (ServerFixture) fixture = server_fixture_new ();
  g_autoptr (BmTransport) other = server_fixture_new_transport (fixture, TRUE);
  guint8 nonce[BM_NONCE_LEN];
  g_autoptr (GBytes) hello = virtual_station_make_hello (fixture->station, nonce);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gint64 start;

  set (fixture, "fault delay 600000");
  bm_transport_send_async (other, BM_PATH_HELLO, BM_CONTENT_JSON, hello, cancellable, NULL, NULL);
  start = g_get_monotonic_time ();
  while (g_get_monotonic_time () - start < 500 * 1000)
    g_main_context_iteration (NULL, FALSE);
  server_fixture_stop (fixture);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * 1000 * 1000);
  g_cancellable_cancel (cancellable);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
test_certificates (void)
{
  g_autoptr (ServerFixture) fixture = server_fixture_new ();
  g_autoptr (BmTransport) nobody = server_fixture_new_transport (fixture, FALSE);
  g_autoptr (BmReply) unknown = server_fixture_hello (fixture, nobody);
  g_autoptr (BmReply) expired_hello = NULL;
  g_autoptr (BmReply) expired_batch = NULL;
  g_autoptr (BmReply) revoked = NULL;

  g_assert_nonnull (unknown);
  g_assert_cmpstr (unknown->refused_code, ==, "unknown-kiosk");
  set (fixture, SIX_YEARS);
  expired_hello = server_fixture_hello (fixture, fixture->transport);
  g_assert_null (expired_hello->refused_code);
  expired_batch = server_fixture_send (fixture, first_records (fixture));
  g_assert_cmpstr (expired_batch->refused_code, ==, "certificate-expired");
  set (fixture, "revoke demo");
  revoked = server_fixture_hello (fixture, fixture->transport);
  g_assert_cmpstr (revoked->refused_code, ==, "revoked");
}

static void
assert_plain (ServerFixture *fixture,
              const char *path,
              const char *type,
              GBytes *body,
              guint status)
{
  g_autoptr (BmTransportReply) reply = server_fixture_call (fixture->transport, path, type, body);

  g_assert_nonnull (reply);
  g_assert_cmpuint (reply->status, ==, status);
  g_assert_false (bm_reply_looks_like_one (reply->body));
}

static void
test_limits (void)
{
  g_autoptr (ServerFixture) fixture = server_fixture_new ();
  g_autoptr (GBytes) huge =
    g_bytes_new_take (g_malloc0 (BM_PROTOCOL_MAX_REQUEST + 1), BM_PROTOCOL_MAX_REQUEST + 1);
  g_autoptr (GBytes) rubbish = g_bytes_new_static ("{}", 2);

  assert_plain (fixture, BM_PATH_BATCH, BM_CONTENT_BATCH, huge, 413);
  assert_plain (fixture, BM_PATH_HELLO, BM_CONTENT_JSON, rubbish, 400);
  assert_plain (fixture, BM_PATH_BATCH, BM_CONTENT_BATCH, rubbish, 400);
  assert_plain (fixture, "/v1/inbox?after=x&max=1&nonce=00", NULL, NULL, 400);
  assert_plain (fixture, "/", NULL, NULL, 404);
  assert_plain (fixture, "/T/nothing", NULL, NULL, 200);
}

typedef struct
{
  guint left;
  guint answered;
} Crowd;

static void
on_crowd (GObject *source, GAsyncResult *result, gpointer data)
{
  Crowd *crowd = data;
  BmLinkTrouble trouble = BM_LINK_UNKNOWN;
  g_autoptr (BmTransportReply) reply =
    bm_transport_send_finish (BM_TRANSPORT (source), result, &trouble, NULL);

  crowd->left--;
  crowd->answered += reply != NULL && bm_reply_looks_like_one (reply->body);
}

static void
test_crowd (void)
{
  g_autoptr (ServerFixture) fixture = server_fixture_new ();
  g_autoptr (GPtrArray) transports = g_ptr_array_new_with_free_func (g_object_unref);
  Crowd crowd = { CROWD, 0 };

  for (guint i = 0; i < CROWD; i++)
    {
      guint8 nonce[BM_NONCE_LEN];
      g_autoptr (GBytes) hello = virtual_station_make_hello (fixture->station, nonce);
      BmTransport *transport = server_fixture_new_transport (fixture, TRUE);

      g_ptr_array_add (transports, transport);
      bm_transport_send_async (transport, BM_PATH_HELLO, BM_CONTENT_JSON, hello, NULL, on_crowd,
                               &crowd);
    }
  while (crowd.left > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (crowd.answered, ==, CROWD);
}

int
main (int argc, char **argv)
{
  static const char *const stored[] = { "drop-reply", "truncate", "wrong-signature", "wrong-nonce",
                                        "replay" };
  static const char *const untouched[] = {
    "refuse", "portal", "500 1", "408 1", "413 1", "503 1 5"
  };

  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  server_fixture_set_program (argv[1]);
  g_test_add_func ("/platform/server/one-round", test_round);
  for (guint i = 0; i < G_N_ELEMENTS (stored); i++)
    {
      g_autofree char *path = g_strconcat ("/platform/server/stored-but-", stored[i], NULL);

      g_test_add_data_func (path, stored[i], test_stored_without_answer);
    }
  for (guint i = 0; i < G_N_ELEMENTS (untouched); i++)
    {
      g_auto (GStrv) words = g_strsplit (untouched[i], " ", 2);
      g_autofree char *path = g_strconcat ("/platform/server/nothing-stored-", words[0], NULL);

      g_test_add_data_func (path, untouched[i], test_nothing_stored);
    }
  g_test_add_func ("/platform/server/status-codes", test_statuses);
  g_test_add_func ("/platform/server/late-and-slow", test_late_and_slow);
  g_test_add_func ("/platform/server/quit-while-delaying", test_quit_while_delaying);
  g_test_add_func ("/platform/server/certificates", test_certificates);
  g_test_add_func ("/platform/server/limits", test_limits);
  g_test_add_func ("/platform/server/crowd", test_crowd);
  return g_test_run ();
}
