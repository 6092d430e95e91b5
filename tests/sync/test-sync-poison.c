/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/protocol.h"
#include "sync/sync-backoff.h"
#include "tests/sync/engine-fixture.h"

#include <string.h>

/* One entry that the platform cannot take never delays the others (invariant 5). */

#define N_ENTRIES 200
#define MINUTE_MS (60 * 1000)

static void
fill (EngineFixture *f, guint count)
{
  for (guint i = 0; i < count; i++)
    test_ledger_add (f->ledger, 100);
}

static void
assert_held_alone (EngineFixture *f, guint64 seq)
{
  const TestRow *row = test_ledger_get (f->ledger, seq);
  g_autoptr (BmSyncStatus) status = bm_sync_engine_dup_status (f->engine);

  g_assert_cmpint (row->state, ==, BM_ENTRY_HELD);
  g_assert_cmpuint (strlen (row->reason), >, 10);
  g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_HELD), ==, 1);
  g_assert_cmpuint (status->held, ==, 1);
}

/* How many batches the same ledger needs without poison. */
static guint
count_healthy (void)
{
  EngineFixture healthy = { 0 };
  guint count;

  engine_set_up (&healthy, NULL);
  fill (&healthy, N_ENTRIES);
  bm_sync_engine_start (healthy.engine);
  engine_await (&healthy, BM_ENTRY_ACKED, N_ENTRIES, MINUTE_MS);
  count = test_line_count (healthy.line, BM_PATH_BATCH);
  engine_tear_down (&healthy, NULL);
  return count;
}

static void
poison_one (EngineFixture *f, guint64 seq)
{
  guint healthy = count_healthy (), failures = 2;

  fill (f, N_ENTRIES);
  test_line_poison (f->line, test_ledger_get (f->ledger, seq)->record, 500);
  bm_sync_engine_start (f->engine);
  engine_await (f, BM_ENTRY_ACKED, N_ENTRIES - 1, MINUTE_MS);
  engine_pass (f, 1000);
  assert_held_alone (f, seq);
  /* The two failures that make us search, the search, and the rest cut anew by it. */
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_BATCH), <=, healthy + failures + 8);
  for (guint64 other = 2; other <= N_ENTRIES + 1; other++)
    if (other != seq)
      g_assert_cmpuint (test_line_get_effects (f->line, test_ledger_get (f->ledger, other)->record),
                        ==, 1);
}

static void
test_first (EngineFixture *f, gconstpointer unused)
{
  poison_one (f, 2);
}

static void
test_middle (EngineFixture *f, gconstpointer unused)
{
  poison_one (f, 77);
}

static void
test_last (EngineFixture *f, gconstpointer unused)
{
  poison_one (f, N_ENTRIES + 1);
}

static void
test_two (EngineFixture *f, gconstpointer unused)
{
  fill (f, 50);
  test_line_poison (f->line, test_ledger_get (f->ledger, 5)->record, 500);
  test_line_poison (f->line, test_ledger_get (f->ledger, 40)->record, 413);
  bm_sync_engine_start (f->engine);
  engine_await (f, BM_ENTRY_ACKED, 48, MINUTE_MS);
  engine_await (f, BM_ENTRY_HELD, 2, MINUTE_MS);
}

/* The one that waits alone is convicted only when it failed again after the platform took a batch without it. */
static void
test_only_one (EngineFixture *f, gconstpointer unused)
{
  fill (f, 1);
  test_line_poison (f->line, test_ledger_get (f->ledger, 2)->record, 500);
  bm_sync_engine_start (f->engine);
  engine_await (f, BM_ENTRY_HELD, 1, MINUTE_MS);
  assert_held_alone (f, 2);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_BATCH), ==, 4);
  /* And life goes on. */
  fill (f, 1);
  engine_await (f, BM_ENTRY_ACKED, 1, 1000);
}

/* It kills the platform instead of getting an answer, or a proxy speaks in the dead platform's place. */
static void
test_kills_the_platform (EngineFixture *f, gconstpointer status)
{
  fill (f, 20);
  test_line_poison (f->line, test_ledger_get (f->ledger, 9)->record, GPOINTER_TO_UINT (status));
  bm_sync_engine_start (f->engine);
  engine_await (f, BM_ENTRY_ACKED, 19, 5 * MINUTE_MS);
  engine_await (f, BM_ENTRY_HELD, 1, MINUTE_MS);
  assert_held_alone (f, 9);
}

/* A platform whose batches all fail while it greets politely: nothing is held, and nobody storms it. */
static void
test_platform_at_fault (EngineFixture *f, gconstpointer unused)
{
  fill (f, 20);
  test_line_set_status (f->line, 500, 0);
  test_line_misbehave (f->line, TEST_LINE_STATUS, BM_PATH_BATCH, G_MAXUINT);
  bm_sync_engine_start (f->engine);
  engine_pass (f, 60 * MINUTE_MS);
  g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_PENDING), ==, 20);
  g_assert_cmpint (bm_sync_engine_get_link (f->engine), ==, BM_LINK_PLATFORM_DOWN);
  g_assert_cmpuint (test_line_count (f->line, NULL), <, 400);
  test_line_misbehave (f->line, TEST_LINE_HONEST, NULL, 0);
  engine_await (f, BM_ENTRY_ACKED, 20, BM_BACKOFF_CAP_MS);
}

/* Too much for now is not the content's fault. */
static void
test_overload_convicts_nobody (EngineFixture *f, gconstpointer unused)
{
  fill (f, 20);
  test_line_set_status (f->line, 503, 5000);
  test_line_misbehave (f->line, TEST_LINE_STATUS, BM_PATH_BATCH, 10);
  bm_sync_engine_start (f->engine);
  engine_await (f, BM_ENTRY_ACKED, 20, 2 * BM_BACKOFF_CAP_MS);
  g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_HELD), ==, 0);
}

/* Two failures by chance, then all is well: the search ends without a verdict. */
static void
test_false_alarm (EngineFixture *f, gconstpointer unused)
{
  fill (f, 20);
  test_line_set_status (f->line, 500, 0);
  test_line_misbehave (f->line, TEST_LINE_STATUS, BM_PATH_BATCH, 2);
  bm_sync_engine_start (f->engine);
  engine_await (f, BM_ENTRY_ACKED, 20, MINUTE_MS);
  g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_HELD), ==, 0);
}

/* Answers get lost, and then they do not: however the failures fall, nobody is set aside for it. */
static void
test_weather_convicts_nobody (EngineFixture *f, gconstpointer unused)
{
  static const guint lost[] = { 2, 3, 4, 5, 9 };

  bm_sync_engine_start (f->engine);
  for (guint i = 0; i < G_N_ELEMENTS (lost); i++)
    for (guint count = 1; count <= 3; count++)
      {
        guint before = test_ledger_count (f->ledger, BM_ENTRY_ACKED);

        test_line_misbehave (f->line, TEST_LINE_LOSE_REPLY, BM_PATH_BATCH, lost[i]);
        fill (f, count);
        engine_await (f, BM_ENTRY_ACKED, before + count, BM_BACKOFF_CAP_MS);
      }
  g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_HELD), ==, 0);
}

/* What is small gets through, what is large does not: a tunnel that swallows full packets. Nobody is set aside for it, and
 * what is small does not wait. */
static void
test_narrow_line_convicts_nobody (EngineFixture *f, gconstpointer unused)
{
  test_line_set_status (f->line, 2000, 0);
  test_line_misbehave (f->line, TEST_LINE_NARROW, BM_PATH_BATCH, G_MAXUINT);
  test_ledger_add (f->ledger, 3000);
  fill (f, 5);
  bm_sync_engine_start (f->engine);
  engine_await (f, BM_ENTRY_ACKED, 5, 5 * MINUTE_MS);
  engine_pass (f, 30 * MINUTE_MS);
  g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_HELD), ==, 0);
  fill (f, 1);
  engine_await (f, BM_ENTRY_ACKED, 6, BM_BACKOFF_CAP_MS);
  test_line_misbehave (f->line, TEST_LINE_HONEST, NULL, 0);
  engine_await (f, BM_ENTRY_ACKED, 7, BM_BACKOFF_CAP_MS);
}

/* The line goes down in the middle of the search; it is taken up again, and the same one is found. */
static void
test_line_lost_during_search (EngineFixture *f, gconstpointer unused)
{
  fill (f, 100);
  test_line_poison (f->line, test_ledger_get (f->ledger, 60)->record, 500);
  bm_sync_engine_start (f->engine);
  while (test_line_count (f->line, BM_PATH_BATCH) < 4)
    engine_pass (f, 20);
  test_line_set_trouble (f->line, BM_LINK_OFFLINE);
  test_line_misbehave (f->line, TEST_LINE_TROUBLE, NULL, 3);
  engine_await (f, BM_ENTRY_ACKED, 99, 5 * MINUTE_MS);
  engine_await (f, BM_ENTRY_HELD, 1, MINUTE_MS);
  assert_held_alone (f, 60);
}

/* Three hundred entries, one poisoned, a line that loses replies: exactly once all the same. */
static void
test_poison_on_a_bad_line (EngineFixture *f, gconstpointer unused)
{
  fill (f, 300);
  test_line_poison (f->line, test_ledger_get (f->ledger, 150)->record, 500);
  bm_sync_engine_start (f->engine);
  for (guint i = 0; i < 400 && test_ledger_count (f->ledger, BM_ENTRY_ACKED) < 299; i++)
    {
      if (i % 3 == 0)
        test_line_misbehave (f->line, TEST_LINE_LOSE_REPLY, BM_PATH_BATCH, 1);
      engine_pass (f, 20000);
    }
  g_assert_cmpuint (test_ledger_count (f->ledger, BM_ENTRY_ACKED), ==, 299);
  engine_await (f, BM_ENTRY_HELD, 1, 30 * MINUTE_MS);
  assert_held_alone (f, 150);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  ENGINE_ADD ("/poison/first", test_first);
  ENGINE_ADD ("/poison/middle", test_middle);
  ENGINE_ADD ("/poison/last", test_last);
  ENGINE_ADD ("/poison/two", test_two);
  ENGINE_ADD ("/poison/only-one", test_only_one);
  g_test_add ("/poison/breaks-the-line", EngineFixture, GUINT_TO_POINTER (0), engine_set_up,
              test_kills_the_platform, engine_tear_down);
  g_test_add ("/poison/proxy-says-503", EngineFixture, GUINT_TO_POINTER (503), engine_set_up,
              test_kills_the_platform, engine_tear_down);
  g_test_add ("/poison/proxy-says-504", EngineFixture, GUINT_TO_POINTER (504), engine_set_up,
              test_kills_the_platform, engine_tear_down);
  ENGINE_ADD ("/poison/platform-at-fault", test_platform_at_fault);
  ENGINE_ADD ("/poison/overload-convicts-nobody", test_overload_convicts_nobody);
  ENGINE_ADD ("/poison/false-alarm", test_false_alarm);
  ENGINE_ADD ("/poison/weather-convicts-nobody", test_weather_convicts_nobody);
  ENGINE_ADD ("/poison/narrow-line-convicts-nobody", test_narrow_line_convicts_nobody);
  ENGINE_ADD ("/poison/line-lost-during-search", test_line_lost_during_search);
  ENGINE_ADD ("/poison/on-a-bad-line", test_poison_on_a_bad_line);
  return g_test_run ();
}
