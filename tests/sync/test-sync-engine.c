/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/protocol.h"
#include "sync/sync-backoff.h"
#include "sync/sync-pace.h"
#include "tests/sync/engine-fixture.h"

#include <string.h>

/* The engine against a ledger in memory and a line that misbehaves: exactly once, in time, never stuck. */

#define MINUTE_MS (60 * 1000)

static BmLinkTrouble
get_link (EngineFixture *f)
{
  return bm_sync_engine_get_link (f->engine);
}

static void
assert_exactly_once (EngineFixture *f, guint64 first, guint64 last)
{
  for (guint64 seq = first; seq <= last; seq++)
    {
      TestRow *row = test_ledger_get (f->ledger, seq);

      g_assert_cmpuint (test_line_get_effects (f->line, row->record), ==, 1);
      g_assert_cmpint (row->state, ==, BM_ENTRY_ACKED);
      g_assert_cmpuint (row->n_applied, ==, 1);
    }
}

static void
test_delivers (EngineFixture *f, gconstpointer unused)
{
  for (guint i = 0; i < 300; i++)
    test_ledger_add (f->ledger, 200);
  bm_sync_engine_start (f->engine);
  engine_await (f, BM_ENTRY_ACKED, 300, 1000);
  assert_exactly_once (f, 2, 301);
  g_assert_cmpint (get_link (f), ==, BM_LINK_ONLINE);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_HELLO), ==, 1);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_BATCH), <=,
                    10); /* 100 KB; the last rows are shared out */
  g_assert_cmpuint (test_ledger_get_n_watermarks (f->ledger), ==, 1);
  g_assert_cmpint (test_ledger_get_server_ms (f->ledger), ==, TEST_NOW_MS);
  g_assert_cmpuint (test_ledger_get_signed_seq (f->ledger), ==, 301);
}

/* A new entry while idle goes at once, without another hello. */
static void
test_new_entry_goes_at_once (EngineFixture *f, gconstpointer unused)
{
  bm_sync_engine_start (f->engine);
  engine_pass (f, 10 * MINUTE_MS);
  test_ledger_add (f->ledger, 100);
  g_assert_cmpint (engine_await (f, BM_ENTRY_ACKED, 1, 1000), ==, 0);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_HELLO), ==, 1);
}

static void
test_reply_lost_after_storing (EngineFixture *f, gconstpointer unused)
{
  test_ledger_add (f->ledger, 100);
  test_line_misbehave (f->line, TEST_LINE_LOSE_REPLY, BM_PATH_BATCH, 1);
  bm_sync_engine_start (f->engine);
  engine_await (f, BM_ENTRY_ACKED, 1, BM_BACKOFF_BASE_MS + 1000);
  assert_exactly_once (f, 2, 2);
}

/* Process after process is killed between the platform's commit and our apply. */
static void
test_restart_after_each_lost_reply (EngineFixture *f, gconstpointer unused)
{
  for (guint i = 0; i < 5; i++)
    {
      test_ledger_add (f->ledger, 100);
      test_line_misbehave (f->line, TEST_LINE_LOSE_REPLY, BM_PATH_BATCH, 1);
      engine_restart (f);
      engine_pass (f, 1);
      g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_PENDING), ==, i + 1);
    }
  test_line_misbehave (f->line, TEST_LINE_HONEST, NULL, 0);
  engine_restart (f);
  engine_await (f, BM_ENTRY_ACKED, 5, 1000);
  assert_exactly_once (f, 2, 6);
}

static void
refuse_everything (EngineFixture *f, TestLineMode mode, BmLinkTrouble expected)
{
  test_ledger_add (f->ledger, 100);
  test_line_misbehave (f->line, mode, NULL, G_MAXUINT);
  bm_sync_engine_start (f->engine);
  engine_pass (f, 2 * MINUTE_MS);
  g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_PENDING), ==, 1);
  g_assert_cmpstr (bm_link_trouble_to_string (get_link (f)), ==,
                   bm_link_trouble_to_string (expected));
  test_line_misbehave (f->line, TEST_LINE_HONEST, NULL, 0);
  engine_await (f, BM_ENTRY_ACKED, 1, BM_BACKOFF_CAP_MS);
  g_assert_cmpint (get_link (f), ==, BM_LINK_ONLINE);
  assert_exactly_once (f, 2, 2);
}

static void
test_portal (EngineFixture *f, gconstpointer unused)
{
  refuse_everything (f, TEST_LINE_PORTAL, BM_LINK_PORTAL);
}

static void
test_wrong_nonce (EngineFixture *f, gconstpointer unused)
{
  refuse_everything (f, TEST_LINE_OTHER_NONCE, BM_LINK_PLATFORM_DOWN);
}

static void
test_wrong_signature (EngineFixture *f, gconstpointer unused)
{
  refuse_everything (f, TEST_LINE_OTHER_KEY, BM_LINK_PLATFORM_DOWN);
}

static void
test_redirect_is_a_portal (EngineFixture *f, gconstpointer unused)
{
  test_line_set_status (f->line, 302, 0);
  refuse_everything (f, TEST_LINE_STATUS, BM_LINK_PORTAL);
}

static void
test_server_error (EngineFixture *f, gconstpointer unused)
{
  test_line_set_status (f->line, 500, 0);
  refuse_everything (f, TEST_LINE_STATUS, BM_LINK_PLATFORM_DOWN);
}

static void
test_troubles_are_told_apart (EngineFixture *f, gconstpointer unused)
{
  static const BmLinkTrouble all[] = { BM_LINK_OFFLINE, BM_LINK_NO_DNS, BM_LINK_WRONG_CERTIFICATE,
                                       BM_LINK_PLATFORM_DOWN };

  test_line_misbehave (f->line, TEST_LINE_TROUBLE, NULL, G_MAXUINT);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      test_line_set_trouble (f->line, all[i]);
      engine_restart (f);
      engine_pass (f, 100);
      g_assert_cmpint (get_link (f), ==, all[i]);
    }
}

/* The answer to our first batch, stored by an attacker, acknowledges nothing later. */
static void
test_replayed_answer (EngineFixture *f, gconstpointer unused)
{
  test_ledger_add (f->ledger, 100);
  bm_sync_engine_start (f->engine);
  engine_await (f, BM_ENTRY_ACKED, 1, 1000);
  test_line_misbehave (f->line, TEST_LINE_REPLAY, BM_PATH_BATCH, G_MAXUINT);
  test_ledger_add (f->ledger, 100);
  engine_pass (f, MINUTE_MS);
  g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_PENDING), ==, 1);
  g_assert_cmpuint (test_line_get_stored (f->line), ==, 2); /* the run and the first */
}

static void
test_refused (EngineFixture *f, gconstpointer unused)
{
  g_autoptr (BmSyncStatus) status = NULL;

  test_line_set_refused (f->line, "revoked");
  test_ledger_add (f->ledger, 100);
  test_line_misbehave (f->line, TEST_LINE_REFUSE, NULL, G_MAXUINT);
  bm_sync_engine_start (f->engine);
  engine_pass (f, 100);
  status = bm_sync_engine_dup_status (f->engine);
  g_assert_cmpint (status->link, ==, BM_LINK_REFUSED);
  g_assert_cmpstr (status->reason, ==, "本机已停用");
  g_assert_cmpuint (status->pending, ==, 1);
  g_assert_cmpuint (test_line_get_stored (f->line), ==, 0);
}

static void
test_retry_after_is_law (EngineFixture *f, gconstpointer unused)
{
  guint before;

  test_ledger_add (f->ledger, 100);
  test_line_set_status (f->line, 503, 5 * MINUTE_MS);
  test_line_misbehave (f->line, TEST_LINE_STATUS, NULL, 1);
  bm_sync_engine_start (f->engine);
  engine_pass (f, 100);
  before = test_line_count (f->line, NULL);
  bm_sync_engine_poke (f->engine);
  bm_sync_engine_expect (f->engine, "1");
  bm_sync_engine_link_up (f->engine);
  test_ledger_add (f->ledger, 100);
  engine_pass (f, 5 * MINUTE_MS - 1000);
  g_assert_cmpuint (test_line_count (f->line, NULL), ==, before);
  engine_await (f, BM_ENTRY_ACKED, 2, 1000 + BM_BACKOFF_BASE_MS);
}

/* The same, said by the platform itself in the middle of our work. */
static void
test_signed_retry_after (EngineFixture *f, gconstpointer unused)
{
  test_ledger_add (f->ledger, 100);
  test_line_set_signed_retry_after (f->line, MINUTE_MS);
  bm_sync_engine_start (f->engine);
  engine_pass (f, MINUTE_MS - 1000);
  g_assert_cmpuint (test_line_count (f->line, NULL), ==, 1);
  g_assert_cmpint (get_link (f), ==, BM_LINK_ONLINE);
  engine_await (f, BM_ENTRY_ACKED, 1, 3000);
}

/* S2: however long the trouble lasted, an attempt comes within the cap. */
static void
test_attempt_within_cap (EngineFixture *f, gconstpointer unused)
{
  gint64 longest = 0;

  test_ledger_add (f->ledger, 100);
  test_line_misbehave (f->line, TEST_LINE_TROUBLE, NULL, G_MAXUINT);
  bm_sync_engine_start (f->engine);
  for (guint i = 0; i < 60; i++)
    {
      guint before = test_line_count (f->line, NULL);
      gint64 waited = 0;

      while (test_line_count (f->line, NULL) == before)
        {
          engine_pass (f, 1000);
          waited += 1000;
          g_assert_cmpint (waited, <=, BM_BACKOFF_CAP_MS + 1000);
        }
      longest = MAX (longest, waited);
    }
  g_assert_cmpint (longest, >, BM_BACKOFF_CAP_MS / 2); /* it does back off */
}

static void
test_restart_rearms (EngineFixture *f, gconstpointer unused)
{
  test_ledger_add (f->ledger, 100);
  test_line_misbehave (f->line, TEST_LINE_TROUBLE, NULL, 12);
  bm_sync_engine_start (f->engine);
  for (guint i = 0; test_line_count (f->line, NULL) < 12; i++)
    {
      g_assert_cmpuint (i, <, 10000);
      engine_pass (f, 1000);
    }
  engine_restart (f);
  g_assert_cmpint (engine_await (f, BM_ENTRY_ACKED, 1, 1000), ==, 0);
}

static void
test_splay_on_return (EngineFixture *f, gconstpointer unused)
{
  guint before;

  bm_sync_engine_start (f->engine);
  engine_pass (f, 2 * 60 * MINUTE_MS); /* polls are rare now */
  before = test_line_count (f->line, NULL);
  bm_sync_engine_link_up (f->engine);
  engine_pass (f, 100);
  g_assert_cmpuint (test_line_count (f->line, NULL), ==, before);
  engine_pass (f, 100000);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_HELLO), ==, 2);
}

static void
test_no_splay_for_a_resident (EngineFixture *f, gconstpointer unused)
{
  test_line_misbehave (f->line, TEST_LINE_TROUBLE, NULL, 1);
  bm_sync_engine_start (f->engine);
  engine_pass (f, 1);
  bm_sync_engine_expect (f->engine, "1");
  bm_sync_engine_link_up (f->engine);
  engine_pass (f, 40);
  g_assert_cmpint (get_link (f), ==, BM_LINK_ONLINE);
}

/* Nothing to do: polls become rare, so that a metered line is not eaten up. */
static void
test_idle_day (EngineFixture *f, gconstpointer unused)
{
  guint first_hour, hour;

  bm_sync_engine_start (f->engine);
  engine_pass (f, 60 * MINUTE_MS);
  first_hour = test_line_count (f->line, NULL);
  g_assert_cmpuint (first_hour, <=, 14);
  engine_pass (f, 60 * MINUTE_MS);
  hour = test_line_count (f->line, NULL) - first_hour;
  g_assert_cmpuint (hour, >=, 1);
  g_assert_cmpuint (hour, <=, 2);
}

static void
test_messages_in_pages (EngineFixture *f, gconstpointer unused)
{
  for (gint64 id = 1; id <= 7; id++)
    test_line_add_message (f->line, test_message_new (id, "notice", "n", "{\"text\":\"通知\"}",
                                                      f->platform_key));
  bm_sync_engine_start (f->engine);
  engine_pass (f, 3000);
  g_assert_cmpuint (test_ledger_get_messages (f->ledger)->len, ==, 7);
}

/* A resident stands there: the answer that comes a minute later is fetched within two seconds. */
static void
test_expected_result (EngineFixture *f, gconstpointer unused)
{
  guint before;

  bm_sync_engine_start (f->engine);
  engine_pass (f, 120 * MINUTE_MS);
  bm_sync_engine_expect (f->engine, "9901211012010101000000070");
  engine_pass (f, MINUTE_MS);
  test_line_add_message (f->line, test_message_new (1, "result", "9901211012010101000000070", "{}",
                                                    f->platform_key));
  engine_pass (f, BM_SYNC_POLL_MIN_MS + 100);
  g_assert_cmpuint (test_ledger_get_messages (f->ledger)->len, ==, 1);
  /* Nobody waits any more. */
  engine_pass (f, 60 * MINUTE_MS);
  before = test_line_count (f->line, NULL);
  engine_pass (f, 10 * MINUTE_MS);
  g_assert_cmpuint (test_line_count (f->line, NULL) - before, <=, 2);
}

static void
test_deferred (EngineFixture *f, gconstpointer unused)
{
  TestRow *row = test_ledger_add (f->ledger, 100);
  gint64 took;

  test_line_defer (f->line, row->record, 30000);
  bm_sync_engine_start (f->engine);
  engine_pass (f, 29000);
  g_assert_cmpint (row->state, ==, BM_ENTRY_DEFERRED);
  g_assert_cmpuint (test_line_get_effects (f->line, row->record), ==, 0);
  took = engine_await (f, BM_ENTRY_ACKED, 1, MINUTE_MS);
  g_assert_cmpint (took, <=, 1200);
}

/* A signed answer that is silent about the entries acknowledges none of them, and is no busy loop. */
static void
test_silence_acknowledges_nothing (EngineFixture *f, gconstpointer unused)
{
  test_ledger_add (f->ledger, 100);
  test_line_misbehave (f->line, TEST_LINE_SILENT_ABOUT_ENTRIES, BM_PATH_BATCH, 1);
  bm_sync_engine_start (f->engine);
  engine_pass (f, 1);
  g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_PENDING), ==, 1);
  engine_await (f, BM_ENTRY_ACKED, 1, BM_BACKOFF_BASE_MS + 1000);
}

/* The ledger itself does not answer for a while. */
static void
test_ledger_busy (EngineFixture *f, gconstpointer unused)
{
  test_ledger_add (f->ledger, 100);
  test_ledger_set_broken (f->ledger, TRUE);
  bm_sync_engine_start (f->engine);
  engine_pass (f, MINUTE_MS);
  g_assert_cmpuint (test_line_count (f->line, NULL), ==, 0);
  test_ledger_set_broken (f->ledger, FALSE);
  engine_await (f, BM_ENTRY_ACKED, 1, BM_BACKOFF_CAP_MS);
}

/* The platform knows more of our epoch than we do: the disk was rolled back. */
static void
test_rollback_opens_an_epoch (EngineFixture *f, gconstpointer unused)
{
  test_line_set_watermark (f->line, 50, 2);
  bm_sync_engine_start (f->engine);
  engine_pass (f, 100);
  g_assert_cmpuint (test_ledger_get_epoch (f->ledger), ==, TEST_EPOCH + 1);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_HELLO), ==, 2); /* the new one is named */
}

static void
test_renewal (EngineFixture *f, gconstpointer unused)
{
  g_autofree char *before = g_strdup (test_line_get_certificate (f->line));
  g_autoptr (BmEnrolment) stored = NULL;
  g_autoptr (GError) error = NULL;

  bm_shift_clock_set_wall (f->clock, TEST_NOW_MS + 600 * TEST_DAY_MS); /* of 1000 */
  test_line_set_renewal (f->line, TEST_NOW_MS, TEST_NOW_MS + 3000 * TEST_DAY_MS);
  bm_sync_engine_start (f->engine);
  engine_pass (f, 100);
  g_assert_cmpstr (test_line_get_certificate (f->line), !=, before);
  stored = bm_enrolment_load (f->keys, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (bm_enrolment_get_client_certificate (stored), ==,
                   test_line_get_certificate (f->line));
  g_assert_cmpstr (bm_enrolment_get_client_key (stored), !=,
                   bm_enrolment_get_client_key (f->enrolment));
}

static void
on_link (BmSyncEngine *engine, guint trouble, GString *log)
{
  g_string_append_printf (log, "%s ", bm_link_trouble_to_string (trouble));
}

static void
test_link_signal (EngineFixture *f, gconstpointer unused)
{
  g_autoptr (GString) log = g_string_new (NULL);

  g_signal_connect (f->engine, "link", G_CALLBACK (on_link), log);
  test_line_misbehave (f->line, TEST_LINE_PORTAL, NULL, 3);
  bm_sync_engine_start (f->engine);
  engine_pass (f, MINUTE_MS);
  g_assert_cmpstr (log->str, ==, "portal online ");
  g_signal_handlers_disconnect_by_data (f->engine, log);
}

static void
take_off (EngineFixture *f, guint count)
{
  for (guint i = 0; i < count; i++)
    test_ledger_add (f->ledger, 900);
  test_line_set_held (f->line, TRUE);
  bm_sync_engine_start (f->engine);
  engine_pass (f, 100);
}

/* A batch that left before a connection is open for it would make one more. */
static void
test_waits_for_open_connections (EngineFixture *f, gconstpointer unused)
{
  test_line_misbehave (f->line, TEST_LINE_HELD, BM_PATH_CA, BM_PACE_FLIGHTS + 2);
  take_off (f, 400);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_CA), ==, BM_PACE_FLIGHTS + 2);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_BATCH), ==, 1); /* the hello's own */
  for (guint open = 2; open <= BM_PACE_FLIGHTS; open++)
    {
      g_assert_true (test_line_release (f->line, TEST_LINE_PORTAL));
      engine_pass (f, 20);
      g_assert_cmpuint (test_line_count (f->line, BM_PATH_BATCH), ==, open);
    }
  while (test_line_get_n_held (f->line) > BM_PACE_FLIGHTS)
    g_assert_true (test_line_release (f->line, TEST_LINE_PORTAL));
  test_line_set_held (f->line, FALSE);
  engine_await (f, BM_ENTRY_ACKED, 400, 1000);
}

static void
await_batches (EngineFixture *f, guint count)
{
  while (test_line_count (f->line, BM_PATH_BATCH) < count)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_BATCH), ==, count);
}

/* The first windows of all connections at one moment are more than a short queue holds. */
static void
test_first_batches_are_spread (EngineFixture *f, gconstpointer unused)
{
  test_line_misbehave (f->line, TEST_LINE_HELD, BM_PATH_HELLO, 1);
  take_off (f, 400);
  engine_pass (f, 900);
  g_assert_true (test_line_release (f->line, TEST_LINE_HONEST));
  engine_pass (f, 20);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_BATCH), ==, 1);
  bm_shift_clock_advance (f->clock, 100); /* a tenth of what the hello took */
  await_batches (f, 2);
  g_assert_true (test_line_release (f->line, TEST_LINE_HONEST)); /* the line is known now */
  await_batches (f, BM_PACE_FLIGHTS + 1);
  test_line_set_held (f->line, FALSE);
  engine_await (f, BM_ENTRY_ACKED, 400, 1000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  ENGINE_ADD ("/engine/waits-for-open-connections", test_waits_for_open_connections);
  ENGINE_ADD ("/engine/first-batches-are-spread", test_first_batches_are_spread);
  ENGINE_ADD ("/engine/delivers", test_delivers);
  ENGINE_ADD ("/engine/new-entry-goes-at-once", test_new_entry_goes_at_once);
  ENGINE_ADD ("/engine/reply-lost-after-storing", test_reply_lost_after_storing);
  ENGINE_ADD ("/engine/restart-after-each-lost-reply", test_restart_after_each_lost_reply);
  ENGINE_ADD ("/engine/portal", test_portal);
  ENGINE_ADD ("/engine/wrong-nonce", test_wrong_nonce);
  ENGINE_ADD ("/engine/wrong-signature", test_wrong_signature);
  ENGINE_ADD ("/engine/redirect-is-a-portal", test_redirect_is_a_portal);
  ENGINE_ADD ("/engine/server-error", test_server_error);
  ENGINE_ADD ("/engine/troubles-are-told-apart", test_troubles_are_told_apart);
  ENGINE_ADD ("/engine/replayed-answer", test_replayed_answer);
  ENGINE_ADD ("/engine/refused", test_refused);
  ENGINE_ADD ("/engine/retry-after-is-law", test_retry_after_is_law);
  ENGINE_ADD ("/engine/signed-retry-after", test_signed_retry_after);
  ENGINE_ADD ("/engine/attempt-within-cap", test_attempt_within_cap);
  ENGINE_ADD ("/engine/restart-rearms", test_restart_rearms);
  ENGINE_ADD ("/engine/splay-on-return", test_splay_on_return);
  ENGINE_ADD ("/engine/no-splay-for-a-resident", test_no_splay_for_a_resident);
  ENGINE_ADD ("/engine/idle-day", test_idle_day);
  ENGINE_ADD ("/engine/messages-in-pages", test_messages_in_pages);
  ENGINE_ADD ("/engine/expected-result", test_expected_result);
  ENGINE_ADD ("/engine/deferred", test_deferred);
  ENGINE_ADD ("/engine/silence-acknowledges-nothing", test_silence_acknowledges_nothing);
  ENGINE_ADD ("/engine/ledger-busy", test_ledger_busy);
  ENGINE_ADD ("/engine/rollback-opens-an-epoch", test_rollback_opens_an_epoch);
  ENGINE_ADD ("/engine/renewal", test_renewal);
  ENGINE_ADD ("/engine/link-signal", test_link_signal);
  return g_test_run ();
}
