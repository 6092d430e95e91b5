/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/sync-backoff.h"
#include "sync/sync-pace.h"
#include "tests/sync/engine-fixture.h"

/* Several batches in the air at once, a resident's entry beside them, attachments after them. */

#define MINUTE_MS (60 * 1000)

static void
fill (EngineFixture *f, guint count)
{
  for (guint i = 0; i < count; i++)
    test_ledger_add (f->ledger, 900);
}

static void
assert_exactly_once (EngineFixture *f, guint64 first, guint64 last)
{
  for (guint64 seq = first; seq <= last; seq++)
    {
      const TestRow *row = test_ledger_get (f->ledger, seq);

      g_assert_cmpuint (test_line_get_effects (f->line, row->record), ==, 1);
      g_assert_cmpint (row->state, ==, BM_ENTRY_ACKED);
      g_assert_cmpuint (row->n_applied, ==, 1);
    }
}

static void
take_off (EngineFixture *f, guint count)
{
  fill (f, count);
  test_line_set_held (f->line, TRUE);
  bm_sync_engine_start (f->engine);
  engine_pass (f, 100);
}

/* No row is on the way twice, and the platform answers last first. */
static void
test_several_at_once (EngineFixture *f, gconstpointer unused)
{
  guint n_batches;

  take_off (f, 400);
  n_batches = test_line_count (f->line, BM_PATH_BATCH);
  g_assert_cmpuint (n_batches, ==, BM_PACE_FLIGHTS);
  g_assert_cmpuint (test_line_get_n_held (f->line), ==, BM_PACE_FLIGHTS);
  test_line_set_held (f->line, FALSE);
  engine_await (f, BM_ENTRY_ACKED, 400, 1000);
  assert_exactly_once (f, 2, 401);
}

/* A hello names the next seq: a row that overtook it would look like a disk that was set back. */
static void
hold_hello (EngineFixture *f)
{
  test_line_misbehave (f->line, TEST_LINE_HELD, BM_PATH_HELLO, 1);
}

static void
assert_nothing_overtakes (EngineFixture *f, guint n_inbox)
{
  guint before = test_line_count (f->line, BM_PATH_BATCH);

  test_ledger_add (f->ledger, 900);
  test_ledger_add_urgent (f->ledger, 900);
  engine_pass (f, 3000);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_BATCH), ==, before);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_HELLO), ==, n_inbox);
  g_assert_true (test_line_release (f->line, TEST_LINE_HONEST));
}

static void
test_nothing_overtakes_the_first_hello (EngineFixture *f, gconstpointer unused)
{
  hold_hello (f);
  bm_sync_engine_start (f->engine);
  engine_pass (f, 100);
  assert_nothing_overtakes (f, 1);
  engine_await (f, BM_ENTRY_ACKED, 2, 1000);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_HELLO), ==, 1);
}

/* The one of every few hours, with a link that is good. */
static void
test_nothing_overtakes_a_later_hello (EngineFixture *f, gconstpointer unused)
{
  fill (f, 1);
  bm_sync_engine_start (f->engine);
  engine_await (f, BM_ENTRY_ACKED, 1, 1000);
  hold_hello (f);
  bm_shift_clock_advance (f->clock, 8 * 60 * MINUTE_MS);
  engine_pass (f, 100);
  assert_nothing_overtakes (f, 2);
  engine_await (f, BM_ENTRY_ACKED, 3, 1000);
}

/* What is recorded while messages are fetched flies at once, and does not end the round before they came. */
static void
test_entry_beside_the_inbox (EngineFixture *f, gconstpointer unused)
{
  g_autoptr (BmSyncStatus) status = NULL;

  for (gint64 id = 1; id <= 5; id++)
    test_line_add_message (f->line, test_message_new (id, "notice", "n", "{\"text\":\"通知\"}",
                                                      f->platform_key));
  test_line_misbehave (f->line, TEST_LINE_HELD, "/v1/inbox", 1);
  bm_sync_engine_start (f->engine);
  engine_pass (f, 100);
  g_assert_cmpuint (test_line_get_n_held (f->line), ==, 1);
  fill (f, 1);
  engine_await (f, BM_ENTRY_ACKED, 1, 100);
  engine_pass (f, 3000);
  status = bm_sync_engine_dup_status (f->engine);
  g_assert_true (status->is_busy);
  g_assert_cmpuint (test_line_count (f->line, "/v1/inbox"), ==, 1);
  g_assert_cmpuint (test_ledger_get_messages (f->ledger)->len, ==, 0);
  g_assert_true (test_line_release (f->line, TEST_LINE_HONEST));
  engine_pass (f, 100);
  g_assert_cmpuint (test_ledger_get_messages (f->ledger)->len, ==, 5);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_HELLO), ==, 1); /* no trouble */
}

/* Fifteen seconds of what the line was seen to carry, within bounds, and never more than half as much again. */
static void
test_batch_size (EngineFixture *f, gconstpointer unused)
{
  BmPace pace;

  bm_pace_init (&pace);
  bm_pace_set_limits (&pace, 100 * 1024, 256);
  for (guint i = 0; i < 20; i++)
    bm_pace_note_through (&pace, pace.bytes, 1);
  g_assert_cmpuint (pace.bytes, ==, 100 * 1024);
  bm_pace_note_through (&pace, pace.bytes, 2 * BM_PACE_AIM_MS);
  g_assert_cmpuint (pace.bytes, ==, 50 * 1024);
  bm_pace_note_through (&pace, 100, 3000); /* one entry and a round trip say nothing */
  g_assert_cmpuint (pace.bytes, ==, 50 * 1024);
  for (guint i = 0; i < 20; i++)
    bm_pace_note_broken (&pace);
  g_assert_cmpuint (pace.bytes, ==, BM_PACE_MIN_BYTES);
}

/* Neighbours that leave together do not come back together. */
static void
test_batches_differ (EngineFixture *f, gconstpointer unused)
{
  guint seen = 0;
  BmPace pace;

  bm_pace_init (&pace);
  for (guint i = 0; i < BM_PACE_FLIGHTS; i++)
    {
      const guint tenths = bm_pace_take_share (&pace);

      g_assert_true (tenths >= 5 && tenths <= 10);
      g_assert_false (seen & (1u << tenths));
      seen |= 1u << tenths;
    }
}

/* Copies leave by the line's own time, not by the fixture's clock. */
static void
await_held (EngineFixture *f, guint count)
{
  while (test_line_get_n_held (f->line) < count)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (test_line_get_n_held (f->line), ==, count);
}

/* The resident's entry does not wait for five batches: it flies beside them, three times, and counts once. */
static void
test_urgent_beside_the_rest (EngineFixture *f, gconstpointer unused)
{
  const TestRow *row;

  take_off (f, 400);
  row = test_ledger_add_urgent (f->ledger, 300);
  engine_pass (f, 20);
  g_assert_cmpuint (test_line_get_n_held (f->line), ==, BM_PACE_FLIGHTS + 1); /* at once */
  await_held (f, BM_PACE_FLIGHTS + 3);
  test_line_set_held (f->line, FALSE);
  engine_await (f, BM_ENTRY_ACKED, 401, 1000);
  g_assert_cmpuint (test_line_get_effects (f->line, row->record), ==, 1);
}

/* The copy of the last resident's entry is stuck: the next one flies all the same. */
static void
test_urgent_beside_a_stuck_copy (EngineFixture *f, gconstpointer unused)
{
  const TestRow *first, *second;

  take_off (f, 400);
  first = test_ledger_add_urgent (f->ledger, 300);
  engine_pass (f, 20);
  await_held (f, BM_PACE_FLIGHTS + 3);
  second = test_ledger_add_urgent (f->ledger, 300);
  engine_pass (f, 20);
  g_assert_cmpuint (test_line_get_n_held (f->line), ==, BM_PACE_FLIGHTS + 4);
  await_held (f, BM_PACE_FLIGHTS + 6);
  test_line_set_held (f->line, FALSE);
  engine_await (f, BM_ENTRY_ACKED, 402, 1000);
  g_assert_cmpuint (test_line_get_effects (f->line, first->record), ==, 1);
  g_assert_cmpuint (test_line_get_effects (f->line, second->record), ==, 1);
}

static gboolean
on_long_enough (gpointer data)
{
  gboolean *is_over = data;

  *is_over = TRUE;
  return G_SOURCE_REMOVE;
}

/* Answered before the copies are due: they stay here. */
static void
test_urgent_answered_has_no_copies (EngineFixture *f, gconstpointer unused)
{
  gboolean is_over = FALSE;
  guint before;

  take_off (f, 100);
  (void) test_ledger_add_urgent (f->ledger, 300);
  engine_pass (f, 20);
  while (test_line_release (f->line, TEST_LINE_HONEST))
    continue;
  engine_await (f, BM_ENTRY_ACKED, 101, 1000);
  before = test_line_count (f->line, BM_PATH_BATCH);
  (void) g_timeout_add (1000, on_long_enough, &is_over); /* the copies were due after a half */
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_BATCH), ==, before);
  test_line_set_held (f->line, FALSE);
  engine_pass (f, 20);
}

static void
test_urgent_lost_is_taken_up (EngineFixture *f, gconstpointer unused)
{
  const TestRow *row;

  take_off (f, 400);
  row = test_ledger_add_urgent (f->ledger, 300);
  engine_pass (f, 20);
  await_held (f, BM_PACE_FLIGHTS + 3);
  for (guint i = 0; i < BM_PACE_FLIGHTS; i++)
    test_line_release (f->line, TEST_LINE_HONEST);
  for (guint i = 0; i < 3; i++)
    test_line_release (f->line, TEST_LINE_LOSE_REPLY);
  test_line_set_held (f->line, FALSE);
  engine_await (f, BM_ENTRY_ACKED, 401, MINUTE_MS);
  g_assert_cmpuint (test_line_get_effects (f->line, row->record), ==, 1);
}

/* Nothing else is left to send, and one does not come back: it goes again on another connection, and counts once. */
static void
test_last_one_is_stuck (EngineFixture *f, gconstpointer unused)
{
  take_off (f, 40);
  while (test_line_get_n_held (f->line) > 1)
    test_line_release (f->line, TEST_LINE_HONEST);
  engine_pass (f, 1000);
  g_assert_cmpuint (test_line_get_n_held (f->line), ==, 1); /* not yet */
  engine_pass (f, 60000);
  await_held (f, 2);
  test_line_release (
    f->line, TEST_LINE_LOSE_REPLY); /* it fails, but its copy is on the way: nobody is blamed */
  engine_pass (f, 20);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_HELLO), ==, 1);
  test_line_set_held (f->line, FALSE);
  engine_await (f, BM_ENTRY_ACKED, 40, 1000);
  assert_exactly_once (f, 2, 41);
}

/* On a slow line the last ones wait behind one another for longer than one needs alone: none goes again for that. */
static void
test_slow_ones_are_stuck (EngineFixture *f, gconstpointer unused)
{
  take_off (f, 400);
  engine_pass (f, 12000);
  while (test_line_get_n_held (f->line) > 4)
    {
      test_line_release (f->line, TEST_LINE_HONEST);
      engine_pass (f, 20);
    }
  engine_pass (f, 3500);
  test_line_release (f->line, TEST_LINE_HONEST);
  engine_pass (f, 20);
  g_assert_cmpuint (test_line_get_n_held (f->line), ==, 3);
  engine_pass (f, 60000); /* but not for ever */
  test_line_release (f->line, TEST_LINE_HONEST);
  await_held (f, 3);
  test_line_set_held (f->line, FALSE);
  engine_await (f, BM_ENTRY_ACKED, 400, MINUTE_MS);
}

/* The copy is answered first: the other one is called back, and its late answer changes nothing. */
static void
test_copy_is_first (EngineFixture *f, gconstpointer unused)
{
  take_off (f, 40);
  while (test_line_get_n_held (f->line) > 1)
    test_line_release (f->line, TEST_LINE_HONEST);
  engine_pass (f, 60000);
  await_held (f, 2);
  test_line_release_last (f->line, TEST_LINE_HONEST);
  engine_await (f, BM_ENTRY_ACKED, 40, 1000);
  test_line_set_held (f->line, FALSE);
  engine_pass (f, 1000);
  g_assert_cmpint (bm_sync_engine_get_link (f->engine), ==, BM_LINK_ONLINE);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_HELLO), ==, 1);
  assert_exactly_once (f, 2, 41);
}

/* One connection of four breaks: nobody is blamed, the round goes on. */
static void
test_one_connection_breaks (EngineFixture *f, gconstpointer unused)
{
  take_off (f, 400);
  test_line_set_trouble (f->line, BM_LINK_OFFLINE);
  test_line_release (f->line, TEST_LINE_TROUBLE);
  test_line_set_held (f->line, FALSE);
  engine_await (f, BM_ENTRY_ACKED, 400, 1000);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_HELLO), ==, 1); /* no new round */
  g_assert_cmpint (bm_sync_engine_get_link (f->engine), ==, BM_LINK_ONLINE);
  assert_exactly_once (f, 2, 401);
}

static void
test_all_connections_break (EngineFixture *f, gconstpointer unused)
{
  take_off (f, 400);
  test_line_set_trouble (f->line, BM_LINK_OFFLINE);
  for (guint i = 0; i < BM_PACE_FLIGHTS; i++)
    test_line_release (f->line, TEST_LINE_TROUBLE);
  engine_pass (f, 20);
  g_assert_cmpint (bm_sync_engine_get_link (f->engine), ==, BM_LINK_OFFLINE);
  test_line_set_held (f->line, FALSE);
  engine_await (f, BM_ENTRY_ACKED, 400, MINUTE_MS);
  assert_exactly_once (f, 2, 401);
}

static void
test_messages_come_once (EngineFixture *f, gconstpointer unused)
{
  for (gint64 id = 1; id <= 5; id++)
    test_line_add_message (f->line, test_message_new (id, "notice", "n", "{\"text\":\"通知\"}",
                                                      f->platform_key));
  take_off (f, 400);
  test_line_set_held (f->line, FALSE);
  engine_await (f, BM_ENTRY_ACKED, 400, 1000);
  engine_pass (f, 3000);
  g_assert_cmpuint (test_ledger_get_messages (f->ledger)->len, ==, 5);
}

/* A pause that the platform asks for while four are in the air: what is there lands, nothing takes off. */
static void
test_pause_in_mid_air (EngineFixture *f, gconstpointer unused)
{
  guint before;

  take_off (f, 400);
  test_line_set_signed_retry_after (f->line, MINUTE_MS);
  test_line_set_held (f->line, FALSE);
  engine_pass (f, 100);
  before = test_line_count (f->line, NULL);
  engine_pass (f, MINUTE_MS - 2000);
  g_assert_cmpuint (test_line_count (f->line, NULL), ==, before);
  engine_await (f, BM_ENTRY_ACKED, 400, 10000);
  assert_exactly_once (f, 2, 401);
}

static void
await_blobs (EngineFixture *f, guint count)
{
  for (guint i = 0; test_ledger_count_blobs (f->ledger) < count; i++)
    {
      g_assert_cmpuint (i, <, 3000);
      engine_pass (f, 20);
    }
}

/* The last batch settles what an attachment waits for: it goes at once, not in the next round. */
static void
test_attachment_in_the_same_round (EngineFixture *f, gconstpointer unused)
{
  test_ledger_add_blob (f->ledger, 5);
  take_off (f, 1);
  test_line_set_held (f->line, FALSE);
  for (guint i = 0; test_ledger_count_blobs (f->ledger) == 0; i++)
    {
      g_assert_cmpuint (i, <, BM_SYNC_POLL_MIN_MS / 2 / 20);
      engine_pass (f, 20);
    }
}

static void
test_attachments_after_entries (EngineFixture *f, gconstpointer unused)
{
  test_ledger_add_blob (f->ledger, 20);
  test_ledger_add_blob (f->ledger, 1);
  take_off (f, 400);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_BLOB), ==, 0); /* entries first */
  test_line_set_held (f->line, FALSE);
  await_blobs (f, 2);
  g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_ACKED), ==, 400);
  g_assert_cmpuint (test_blobs_count_complete (test_line_get_blobs (f->line)), ==, 2);
  g_assert_cmpuint (test_blobs_count_chunks (test_line_get_blobs (f->line)), ==, 21);
}

/* The process dies half-way: what is there is not sent again. */
static void
test_attachment_resumes (EngineFixture *f, gconstpointer unused)
{
  TestBlobs *blobs = test_line_get_blobs (f->line);
  guint in_the_air;

  test_ledger_add_blob (f->ledger, 40);
  test_line_set_held (f->line, TRUE);
  bm_sync_engine_start (f->engine);
  for (guint i = 0; test_blobs_count_chunks (blobs) < 15; i++)
    {
      g_assert_cmpuint (i, <, 1000);
      engine_pass (f, 20);
      test_line_release (f->line, TEST_LINE_HONEST);
    }
  in_the_air = test_line_get_n_held (f->line);
  while (test_line_release (f->line, TEST_LINE_TROUBLE))
    continue;
  engine_restart (f);
  test_line_set_held (f->line, FALSE);
  await_blobs (f, 1);
  g_assert_cmpuint (test_blobs_count_chunks (blobs), <=, 40 + in_the_air);
}

/* The line goes away under three runs and is back: of what arrived nothing is sent again, and nobody waits. */
static void
test_attachment_over_a_break (EngineFixture *f, gconstpointer unused)
{
  TestBlobs *blobs = test_line_get_blobs (f->line);
  guint n_breaks = 0;

  test_ledger_add_blob (f->ledger, 300);
  test_line_set_held (f->line, TRUE);
  bm_sync_engine_start (f->engine);
  for (guint i = 0; test_blobs_count_complete (blobs) == 0; i++)
    {
      g_assert_cmpuint (i, <, 1000);
      engine_pass (f, 20);
      if (i % 4 == 3 && test_line_get_n_held (f->line) == 3)
        {
          while (test_line_release (f->line, TEST_LINE_AWAY))
            n_breaks++;
          continue;
        }
      while (test_line_release (f->line, TEST_LINE_HONEST))
        continue;
    }
  test_line_set_held (f->line, FALSE);
  await_blobs (f, 1);
  g_assert_cmpuint (n_breaks, >=, 3);
  g_assert_cmpuint (test_blobs_count_asked (blobs), >=, 1);
  g_assert_cmpuint (test_blobs_count_asked (blobs), <=, n_breaks);
  g_assert_cmpuint (test_blobs_count_bytes (blobs), ==, 300 * 1000);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_HELLO), ==, 1); /* no round failed for it */
}

/* A line that breaks under every run at once: after twenty the round fails, and what is new is not kept. */
static void
test_attachment_that_never_arrives (EngineFixture *f, gconstpointer unused)
{
  test_ledger_add_blob (f->ledger, 5);
  bm_sync_engine_start (f->engine);
  test_line_misbehave (f->line, TEST_LINE_AWAY, BM_PATH_BLOB "/", 1000);
  engine_pass (f, 5000);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_BLOB "/"), <,
                    200); /* not as fast as it can */
  test_ledger_add (f->ledger, 300);
  engine_await (f, BM_ENTRY_ACKED, 1, 1000);
}

/* A new entry goes while an attachment is under way. */
static void
test_entry_passes_an_attachment (EngineFixture *f, gconstpointer unused)
{
  test_ledger_add_blob (f->ledger, 40);
  test_line_set_held (f->line, TRUE);
  bm_sync_engine_start (f->engine);
  engine_pass (f, 20);
  test_line_release (f->line, TEST_LINE_HONEST); /* the announcement */
  engine_pass (f, 20);
  g_assert_cmpuint (test_line_get_n_held (f->line), ==, 3); /* chunks */
  test_ledger_add (f->ledger, 300);
  engine_pass (f, 20);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_BATCH), ==, 1);
  test_line_set_held (f->line, FALSE);
  await_blobs (f, 1);
  g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_ACKED), ==, 1);
}

/* One attachment that the platform will not have stands in nobody's way. */
static void
test_refused_attachment (EngineFixture *f, gconstpointer unused)
{
  test_ledger_add_blob (f->ledger, 5);
  test_ledger_add_blob (f->ledger, 5);
  test_line_set_status (f->line, 500, 0);
  test_line_misbehave (f->line, TEST_LINE_STATUS, BM_PATH_BLOB, 1);
  bm_sync_engine_start (f->engine);
  await_blobs (f, 1);
  g_assert_cmpint (bm_sync_engine_get_link (f->engine), ==, BM_LINK_ONLINE);
  bm_sync_engine_link_up (f->engine); /* another hello: it is tried again */
  await_blobs (f, 2);
}

static void
test_thrift (EngineFixture *f, gconstpointer unused)
{
  test_ledger_add_blob (f->ledger, 5);
  fill (f, 100);
  bm_sync_engine_set_thrifty (f->engine, TRUE);
  bm_sync_engine_start (f->engine);
  engine_await (f, BM_ENTRY_ACKED, 100, 1000);
  engine_pass (f, MINUTE_MS);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_BLOB), ==, 0);
  bm_sync_engine_set_thrifty (f->engine, FALSE);
  await_blobs (f, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  ENGINE_ADD ("/flights/several-at-once", test_several_at_once);
  ENGINE_ADD ("/flights/attachment-over-a-break", test_attachment_over_a_break);
  ENGINE_ADD ("/flights/attachment-that-never-arrives", test_attachment_that_never_arrives);
  ENGINE_ADD ("/flights/nothing-overtakes-the-first-hello", test_nothing_overtakes_the_first_hello);
  ENGINE_ADD ("/flights/nothing-overtakes-a-later-hello", test_nothing_overtakes_a_later_hello);
  ENGINE_ADD ("/flights/entry-beside-the-inbox", test_entry_beside_the_inbox);
  ENGINE_ADD ("/flights/batch-size", test_batch_size);
  ENGINE_ADD ("/flights/batches-differ", test_batches_differ);
  ENGINE_ADD ("/flights/urgent-beside-the-rest", test_urgent_beside_the_rest);
  ENGINE_ADD ("/flights/urgent-beside-a-stuck-copy", test_urgent_beside_a_stuck_copy);
  ENGINE_ADD ("/flights/urgent-answered-has-no-copies", test_urgent_answered_has_no_copies);
  ENGINE_ADD ("/flights/urgent-lost-is-taken-up", test_urgent_lost_is_taken_up);
  ENGINE_ADD ("/flights/last-one-is-stuck", test_last_one_is_stuck);
  ENGINE_ADD ("/flights/slow-ones-are-stuck", test_slow_ones_are_stuck);
  ENGINE_ADD ("/flights/copy-is-first", test_copy_is_first);
  ENGINE_ADD ("/flights/one-connection-breaks", test_one_connection_breaks);
  ENGINE_ADD ("/flights/all-connections-break", test_all_connections_break);
  ENGINE_ADD ("/flights/messages-come-once", test_messages_come_once);
  ENGINE_ADD ("/flights/pause-in-mid-air", test_pause_in_mid_air);
  ENGINE_ADD ("/flights/attachment-in-the-same-round", test_attachment_in_the_same_round);
  ENGINE_ADD ("/flights/attachments-after-entries", test_attachments_after_entries);
  ENGINE_ADD ("/flights/attachment-resumes", test_attachment_resumes);
  ENGINE_ADD ("/flights/entry-passes-an-attachment", test_entry_passes_an_attachment);
  ENGINE_ADD ("/flights/refused-attachment", test_refused_attachment);
  ENGINE_ADD ("/flights/thrift", test_thrift);
  return g_test_run ();
}
