/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/sync-aside.h"
#include "sync/sync-backoff.h"
#include "sync/sync-bisect.h"
#include "sync/sync-match.h"
#include "tests/sync/sync-fixture.h"

#include <string.h>

/* The engine's pure parts: delays, the search for an offender, which answers count. */

typedef struct
{
  BmShiftClock *clock;
  BmChance *chance;
  BmBackoff backoff;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->clock = bm_shift_clock_new (1795000000000, FALSE);
  f->chance = bm_seeded_chance_new (42);
  bm_backoff_init (&f->backoff, BM_CLOCK (f->clock), f->chance);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  bm_backoff_clear (&f->backoff);
  g_object_unref (f->clock);
  g_object_unref (f->chance);
}

/* After the n-th failure: uniform in [0, min (15 min, 2 s * 2^(n-1))], both halves used. */
static void
test_jitter_bounds (Fixture *f, gconstpointer unused)
{
  for (guint n = 1; n <= 14; n++)
    {
      gint64 range = MIN ((gint64) BM_BACKOFF_BASE_MS << (n - 1), (gint64) BM_BACKOFF_CAP_MS);
      guint low = 0, high = 0;

      for (guint i = 0; i < 200; i++)
        {
          gint64 wait;

          f->backoff.failures = n - 1;
          bm_backoff_note_failure (&f->backoff, 0, FALSE);
          wait = bm_backoff_get_wait_ms (&f->backoff);
          g_assert_cmpint (wait, >=, 0);
          g_assert_cmpint (wait, <=, range);
          low += wait < range / 2 ? 1 : 0;
          high += wait >= range / 2 ? 1 : 0;
        }
      g_assert_cmpuint (low, >, 60);
      g_assert_cmpuint (high, >, 60);
    }
}

static void
test_resident_shortens (Fixture *f, gconstpointer unused)
{
  f->backoff.failures = 12;
  for (guint i = 0; i < 200; i++)
    {
      bm_backoff_note_failure (&f->backoff, 0, TRUE);
      g_assert_cmpint (bm_backoff_get_wait_ms (&f->backoff), <=, BM_BACKOFF_AWAITED_MS);
    }
}

static void
test_retry_after_is_law (Fixture *f, gconstpointer unused)
{
  bm_backoff_note_failure (&f->backoff, 60000, TRUE);
  g_assert_cmpint (bm_backoff_get_wait_ms (&f->backoff), >=, 60000);
  g_assert_cmpint (bm_backoff_get_wait_ms (&f->backoff), <=, 62000);
  bm_backoff_hurry (&f->backoff);
  g_assert_cmpint (bm_backoff_get_wait_ms (&f->backoff), ==, 60000);
  bm_backoff_note_return (&f->backoff, 1000, TRUE);
  g_assert_cmpint (bm_backoff_get_wait_ms (&f->backoff), ==, 60000);
  bm_shift_clock_advance (f->clock, 59999);
  g_assert_true (bm_backoff_is_forbidden (&f->backoff));
  bm_shift_clock_advance (f->clock, 1);
  g_assert_false (bm_backoff_is_forbidden (&f->backoff));
  g_assert_cmpint (bm_backoff_get_wait_ms (&f->backoff), ==, 0);
}

/* A wall clock that jumps ten years moves no delay. */
static void
test_wall_clock_moves_nothing (Fixture *f, gconstpointer unused)
{
  bm_backoff_note_failure (&f->backoff, 60000, FALSE);
  bm_shift_clock_set_wall (f->clock, 0);
  g_assert_cmpint (bm_backoff_get_wait_ms (&f->backoff), >=, 60000);
  bm_shift_clock_set_wall (f->clock, G_GINT64_CONSTANT (2100000000000));
  g_assert_cmpint (bm_backoff_get_wait_ms (&f->backoff), >=, 60000);
}

static void
test_splay (Fixture *f, gconstpointer unused)
{
  guint late = 0;

  for (guint i = 0; i < 200; i++)
    {
      bm_backoff_note_return (&f->backoff, 100000, FALSE);
      g_assert_cmpint (bm_backoff_get_wait_ms (&f->backoff), <=, 100000);
      late += bm_backoff_get_wait_ms (&f->backoff) > 50000 ? 1 : 0;
    }
  g_assert_cmpuint (late, >, 60);
  g_assert_cmpuint (late, <, 140);
  bm_backoff_note_return (&f->backoff, 100000, TRUE);
  g_assert_cmpint (bm_backoff_get_wait_ms (&f->backoff), ==, 0);
}

/* How many requests it takes to name @offender; @is_vague: no answer comes when it is in a batch. */
static guint
find_offender (guint count, guint offender, gboolean is_vague)
{
  BmBisect bisect;
  guint from, to, requests = 0;
  BmBisectStep step;

  bm_bisect_init (&bisect, count, is_vague);
  while ((step = bm_bisect_get_step (&bisect, &from, &to)) != BM_BISECT_HOLD)
    {
      g_assert_cmpint (step, !=, BM_BISECT_INNOCENT);
      requests++;
      if (step != BM_BISECT_SEND || offender < from || offender >= to)
        bm_bisect_note_through (&bisect);
      else
        g_assert_cmpint (bm_bisect_note_failed (&bisect, is_vague), ==, BM_BISECT_GO_ON);
    }
  g_assert_cmpuint (from, ==, offender);
  return requests;
}

/* Every place of one offender in batches up to 128. */
static void
test_bisect_finds (Fixture *f, gconstpointer unused)
{
  for (guint count = 1; count <= 128; count++)
    for (guint offender = 0; offender < count; offender++)
      {
        g_assert_cmpuint (find_offender (count, offender, FALSE), <=, 9);
        g_assert_cmpuint (find_offender (count, offender, TRUE), <=, 21);
      }
}

static void
test_bisect_acquits (Fixture *f, gconstpointer unused)
{
  BmBisect bisect;
  guint from, to, requests = 0;

  bm_bisect_init (&bisect, 100, FALSE);
  while (bm_bisect_get_step (&bisect, &from, &to) == BM_BISECT_SEND)
    {
      requests++;
      bm_bisect_note_through (&bisect);
    }
  g_assert_cmpint (bm_bisect_get_step (&bisect, &from, &to), ==, BM_BISECT_INNOCENT);
  g_assert_cmpuint (requests, <=, 8);
}

/* A platform that takes nothing at all convicts nobody. */
static void
test_bisect_blames_the_platform (Fixture *f, gconstpointer unused)
{
  BmBisect bisect;
  guint from, to;

  bm_bisect_init (&bisect, 100, FALSE);
  while (bm_bisect_get_step (&bisect, &from, &to) == BM_BISECT_SEND)
    g_assert_cmpint (bm_bisect_note_failed (&bisect, FALSE), ==, BM_BISECT_GO_ON);
  g_assert_cmpint (bm_bisect_get_step (&bisect, &from, &to), ==, BM_BISECT_CONTROL);
  g_assert_cmpint (bm_bisect_note_failed (&bisect, FALSE), ==, BM_BISECT_ACQUIT);
}

/* A line on which nothing gets through neither, and it is given a rest now and then. */
static void
test_bisect_blames_the_line (Fixture *f, gconstpointer unused)
{
  BmBisect bisect;
  BmBisectAdvice advice = BM_BISECT_GO_ON;
  guint from, to, in_a_row = 0;

  bm_bisect_init (&bisect, 100, TRUE);
  for (guint i = 0; advice != BM_BISECT_ACQUIT; i++)
    {
      g_assert_cmpuint (i, <, 40);
      g_assert_cmpint (bm_bisect_get_step (&bisect, &from, &to), !=, BM_BISECT_HOLD);
      g_assert_cmpint (bm_bisect_get_step (&bisect, &from, &to), !=, BM_BISECT_PASS_OVER);
      advice = bm_bisect_note_failed (&bisect, TRUE);
      in_a_row = advice == BM_BISECT_GO_ON ? in_a_row + 1 : 0;
      g_assert_cmpuint (in_a_row, <=, 2);
    }
}

/* What is small gets through, what is as large as the entry does not. */
static void
test_bisect_blames_a_narrow_line (Fixture *f, gconstpointer unused)
{
  BmBisect bisect;
  BmBisectStep step;
  guint from, to;

  bm_bisect_init (&bisect, 8, TRUE);
  while ((step = bm_bisect_get_step (&bisect, &from, &to)) != BM_BISECT_PASS_OVER)
    if (step == BM_BISECT_CONTROL || (step == BM_BISECT_SEND && (from > 5 || to <= 5)))
      bm_bisect_note_through (&bisect);
    else
      g_assert_cmpint (bm_bisect_note_failed (&bisect, TRUE), !=, BM_BISECT_ACQUIT);
  g_assert_cmpuint (from, ==, 5);
}

/* It failed, and something else got through: that is no proof against it. It has to fail again, and again. */
static void
test_bisect_wants_proof (Fixture *f, gconstpointer is_vague)
{
  const guint needed = is_vague != NULL ? BM_BISECT_PROOFS : 1;

  for (guint proofs = 0; proofs < needed; proofs++)
    {
      BmBisect bisect;
      guint from, to;

      bm_bisect_init (&bisect, 1, is_vague != NULL);
      for (guint i = 0; i < proofs; i++)
        {
          bm_bisect_note_through (&bisect);
          g_assert_cmpint (bm_bisect_get_step (&bisect, &from, &to), ==, BM_BISECT_SEND);
          bm_bisect_note_failed (&bisect, is_vague != NULL);
        }
      g_assert_cmpint (bm_bisect_get_step (&bisect, &from, &to), ==,
                       is_vague != NULL ? BM_BISECT_CONTROL_LARGE : BM_BISECT_CONTROL);
      bm_bisect_note_through (&bisect);
      g_assert_cmpint (bm_bisect_get_step (&bisect, &from, &to), ==, BM_BISECT_SEND);
      bm_bisect_note_through (&bisect);
      g_assert_cmpint (bm_bisect_get_step (&bisect, &from, &to), ==, BM_BISECT_INNOCENT);
    }
}

/* Two entries, one in each half, that break the line: none of the halves gets through, and still one is found. */
static void
test_bisect_two_offenders (Fixture *f, gconstpointer unused)
{
  BmBisect bisect;
  BmBisectStep step;
  guint from, to;

  bm_bisect_init (&bisect, 16, TRUE);
  for (guint i = 0; (step = bm_bisect_get_step (&bisect, &from, &to)) != BM_BISECT_HOLD; i++)
    {
      g_assert_cmpuint (i, <, 60);
      if (step == BM_BISECT_SEND && ((from <= 3 && 3 < to) || (from <= 12 && 12 < to)))
        g_assert_cmpint (bm_bisect_note_failed (&bisect, TRUE), !=, BM_BISECT_ACQUIT);
      else
        bm_bisect_note_through (&bisect);
    }
  g_assert_true (from == 3 || from == 12);
}

/* A minute, two, four … at most a quarter of an hour; another line ends it. */
static void
test_aside_delays (Fixture *f, gconstpointer unused)
{
  BmAside aside;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 now_ms = 5000, delay_ms = BM_ASIDE_FIRST_MS;

  bm_aside_init (&aside);
  g_assert_cmpint (bm_aside_get_due_ms (&aside, now_ms), ==, 0);
  for (guint i = 0; i < 8; i++)
    {
      bm_aside_add (&aside, 7, now_ms);
      g_assert_cmpint (bm_aside_get_due_ms (&aside, now_ms), ==, now_ms + delay_ms);
      g_array_set_size (ids, 0);
      bm_aside_list (&aside, now_ms + delay_ms - 1, ids);
      g_assert_cmpuint (ids->len, ==, 1);
      g_assert_cmpint (g_array_index (ids, gint64, 0), ==, 7);
      now_ms += delay_ms;
      g_array_set_size (ids, 0);
      bm_aside_list (&aside, now_ms, ids);
      g_assert_cmpuint (ids->len, ==, 0);
      delay_ms = MIN (2 * delay_ms, BM_ASIDE_CAP_MS);
    }
  bm_aside_add (&aside, 7, now_ms);
  bm_aside_forget (&aside);
  bm_aside_list (&aside, now_ms, ids);
  g_assert_cmpuint (ids->len, ==, 0);
  bm_aside_clear (&aside);
}

static BmOutboxItem *
item_new (BmEntryType type, guint64 seq)
{
  BmOutboxItem *item = g_new0 (BmOutboxItem, 1);

  item->seq = seq;
  item->type = type;
  item->record = test_record_new (type, seq, type == BM_ENTRY_RUN ? 0 : 1, 30);
  return item;
}

static BmOutboxBatch *
batch_new (void)
{
  BmOutboxBatch *batch = g_new0 (BmOutboxBatch, 1);

  batch->items = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_outbox_item_free);
  batch->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_outbox_item_free);
  g_ptr_array_add (batch->runs, item_new (BM_ENTRY_RUN, 1));
  for (guint64 seq = 2; seq <= 4; seq++)
    g_ptr_array_add (batch->items, item_new (BM_ENTRY_AUDIT, seq));
  return batch;
}

static BmAnswer *
answer_new (const BmOutboxItem *item, guint64 epoch, guint64 seq, BmAnswerStatus status)
{
  BmAnswer *answer = g_new0 (BmAnswer, 1);

  bm_sm3 (g_bytes_get_data (item->record, NULL), g_bytes_get_size (item->record), answer->hash);
  answer->epoch = epoch;
  answer->seq = seq;
  answer->status = status;
  return answer;
}

static void
test_only_what_was_sent_is_answered (Fixture *f, gconstpointer unused)
{
  BmOutboxBatch *batch = batch_new ();
  g_autoptr (BmSentBatch) sent = bm_sent_batch_new (batch, 0, 2, TEST_EPOCH);
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_answer_free);
  g_autoptr (GPtrArray) matched = NULL;
  BmAnswer *bent;
  guint n_items;

  g_assert_cmpuint (bm_sent_batch_get_records (sent)->len, ==, 3);
  g_assert_cmpuint (bm_sent_batch_get_n_items (sent), ==, 2);
  g_ptr_array_add (answers, answer_new (batch->runs->pdata[0], TEST_EPOCH, 1, BM_ANSWER_DUPLICATE));
  g_ptr_array_add (answers, answer_new (batch->items->pdata[0], TEST_EPOCH, 2, BM_ANSWER_ACCEPTED));
  /* twice, another seq, another epoch, another hash, not in this request */
  g_ptr_array_add (answers, answer_new (batch->items->pdata[0], TEST_EPOCH, 2, BM_ANSWER_REJECTED));
  g_ptr_array_add (answers, answer_new (batch->items->pdata[1], TEST_EPOCH, 4, BM_ANSWER_ACCEPTED));
  g_ptr_array_add (answers, answer_new (batch->items->pdata[1], 1, 3, BM_ANSWER_ACCEPTED));
  bent = answer_new (batch->items->pdata[1], TEST_EPOCH, 3, BM_ANSWER_ACCEPTED);
  bent->hash[31] ^= 1;
  g_ptr_array_add (answers, bent);
  g_ptr_array_add (answers, answer_new (batch->items->pdata[2], TEST_EPOCH, 4, BM_ANSWER_ACCEPTED));

  matched = bm_sent_batch_match (sent, answers, &n_items);
  g_assert_cmpuint (matched->len, ==, 2);
  g_assert_cmpuint (n_items, ==, 1);
  g_assert_cmpint (((BmAnswer *) matched->pdata[1])->status, ==, BM_ANSWER_ACCEPTED);
  bm_outbox_batch_free (batch);
}

/* What the platform could not even parse is answered by hash alone, and only as quarantined. */
static void
test_unplaced_quarantine (Fixture *f, gconstpointer unused)
{
  BmOutboxBatch *batch = batch_new ();
  g_autoptr (BmSentBatch) sent = bm_sent_batch_new (batch, 0, 3, TEST_EPOCH);
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_answer_free);
  g_autoptr (GPtrArray) matched = NULL;
  const BmAnswer *answer;
  guint n_items;

  g_ptr_array_add (answers, answer_new (batch->items->pdata[1], 0, 0, BM_ANSWER_ACCEPTED));
  g_ptr_array_add (answers, answer_new (batch->items->pdata[1], 0, 0, BM_ANSWER_QUARANTINED));
  matched = bm_sent_batch_match (sent, answers, &n_items);
  g_assert_cmpuint (matched->len, ==, 1);
  answer = matched->pdata[0];
  g_assert_cmpuint (answer->seq, ==, 3);
  g_assert_cmpuint (answer->epoch, ==, TEST_EPOCH);
  bm_outbox_batch_free (batch);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  ADD ("/backoff/jitter-bounds", test_jitter_bounds);
  ADD ("/backoff/resident-shortens", test_resident_shortens);
  ADD ("/backoff/retry-after-is-law", test_retry_after_is_law);
  ADD ("/backoff/wall-clock-moves-nothing", test_wall_clock_moves_nothing);
  ADD ("/backoff/splay", test_splay);
  ADD ("/bisect/finds", test_bisect_finds);
  ADD ("/bisect/acquits", test_bisect_acquits);
  ADD ("/bisect/wants-proof", test_bisect_wants_proof);
  g_test_add ("/bisect/wants-more-proof-without-an-answer", Fixture, GINT_TO_POINTER (TRUE), set_up,
              test_bisect_wants_proof, tear_down);
  ADD ("/bisect/blames-the-platform", test_bisect_blames_the_platform);
  ADD ("/bisect/blames-the-line", test_bisect_blames_the_line);
  ADD ("/bisect/blames-a-narrow-line", test_bisect_blames_a_narrow_line);
  ADD ("/bisect/two-offenders", test_bisect_two_offenders);
  ADD ("/aside/delays", test_aside_delays);
  ADD ("/match/only-what-was-sent-is-answered", test_only_what_was_sent_is_answered);
  ADD ("/match/unplaced-quarantine", test_unplaced_quarantine);
  return g_test_run ();
}
