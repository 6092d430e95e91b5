/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-ports"

#include "core/ports/chance.h"
#include "core/ports/clock.h"
#include "core/ports/outbox.h"
#include "core/ports/print-journal.h"
#include "core/ports/true-clock.h"
#include "core/session/draft.h"

#include <string.h>

#define DEMO_MS 1795223400000 /* 2026-11-21 09:10 in China */

static void
test_system_clock (void)
{
  g_autoptr (BmClock) clock = bm_system_clock_new ();
  guint8 id[BM_BOOT_ID_LEN], again[BM_BOOT_ID_LEN], zeros[BM_BOOT_ID_LEN] = { 0 };

  gint64 before = g_get_real_time () / 1000;
  gint64 wall = bm_clock_get_wall_ms (clock);
  g_assert_cmpint (wall, >=, before);
  g_assert_cmpint (wall, <=, g_get_real_time () / 1000);
  gint64 boot = bm_clock_get_boot_ms (clock);
  g_assert_cmpint (boot, >, 0);
  g_assert_cmpint (bm_clock_get_boot_ms (clock), >=, boot);
  bm_clock_get_boot_id (clock, id);
  bm_clock_get_boot_id (clock, again);
  g_assert_cmpmem (id, sizeof id, again, sizeof again);
  g_assert_cmpint (memcmp (id, zeros, sizeof id), !=, 0);
}

static void
assert_local (BmClock *clock, const char *expected)
{
  g_autoptr (GDateTime) local = bm_clock_dup_local (clock);
  g_autofree char *text = g_date_time_format (local, "%Y-%m-%d %H:%M:%S %:z");

  g_assert_cmpstr (text, ==, expected);
}

static void
test_local_time_is_china (void)
{
  g_autoptr (BmShiftClock) clock = bm_shift_clock_new (DEMO_MS, FALSE);

  assert_local (BM_CLOCK (clock), "2026-11-21 09:10:00 +08:00");
  bm_shift_clock_set_wall (clock, DEMO_MS - 10 * 3600 * 1000);
  assert_local (BM_CLOCK (clock), "2026-11-20 23:10:00 +08:00");
  bm_shift_clock_set_wall (clock, -1);
  assert_local (BM_CLOCK (clock), "1970-01-01 07:59:59 +08:00");
  bm_shift_clock_set_wall (clock, G_MAXINT64); /* hopeless, but no crash */
  assert_local (BM_CLOCK (clock), "1970-01-01 08:00:00 +08:00");
}

static void
test_shift_clock_stands (void)
{
  g_autoptr (BmShiftClock) shift = bm_shift_clock_new (DEMO_MS, FALSE);
  BmClock *clock = BM_CLOCK (shift);
  gint64 boot = bm_clock_get_boot_ms (clock);

  g_assert_cmpint (bm_clock_get_wall_ms (clock), ==, DEMO_MS);
  bm_shift_clock_advance (shift, 90000);
  g_assert_cmpint (bm_clock_get_wall_ms (clock), ==, DEMO_MS + 90000);
  g_assert_cmpint (bm_clock_get_boot_ms (clock), ==, boot + 90000);
  /* A wall clock that is set back three days does not move the boot reading (K1). */
  bm_shift_clock_set_wall (shift, DEMO_MS - 3 * 86400000LL);
  g_assert_cmpint (bm_clock_get_wall_ms (clock), ==, DEMO_MS - 3 * 86400000LL);
  g_assert_cmpint (bm_clock_get_boot_ms (clock), ==, boot + 90000);
}

static void
test_shift_clock_runs (void)
{
  g_autoptr (BmShiftClock) shift = bm_shift_clock_new (DEMO_MS, TRUE);
  BmClock *clock = BM_CLOCK (shift);
  gint64 boot = bm_clock_get_boot_ms (clock);
  gint64 until = g_get_monotonic_time () + 30000;

  while (g_get_monotonic_time () < until)
    g_thread_yield ();
  g_assert_cmpint (bm_clock_get_wall_ms (clock), >=, DEMO_MS + 25);
  g_assert_cmpint (bm_clock_get_wall_ms (clock), <, DEMO_MS + 60000);
  g_assert_cmpint (bm_clock_get_boot_ms (clock), >=, boot + 25);
  bm_shift_clock_set_wall (shift, 1000);
  g_assert_cmpint (bm_clock_get_wall_ms (clock), >=, 1000);
  g_assert_cmpint (bm_clock_get_wall_ms (clock), <, 61000);
}

static void
test_chance (void)
{
  g_autoptr (BmChance) one = bm_seeded_chance_new (7);
  g_autoptr (BmChance) same = bm_seeded_chance_new (7);
  g_autoptr (BmChance) other = bm_seeded_chance_new (8);
  g_autoptr (BmChance) real = bm_system_chance_new ();
  guint differing = 0;
  double sum = 0;

  for (guint i = 0; i < 1000; i++)
    {
      double unit = bm_chance_get_unit (one);
      g_assert_cmpfloat (unit, >=, 0.0);
      g_assert_cmpfloat (unit, <, 1.0);
      g_assert_cmpfloat (unit, ==, bm_chance_get_unit (same));
      differing += unit != bm_chance_get_unit (other);
      sum += bm_chance_get_unit (real);
    }
  g_assert_cmpuint (differing, >, 900);
  g_assert_cmpfloat (sum, >, 400);
  g_assert_cmpfloat (sum, <, 600);
}

static void
test_answer_names (void)
{
  for (guint i = BM_ANSWER_ACCEPTED; i <= BM_ANSWER_CONFLICT; i++)
    {
      BmAnswerStatus status = BM_ANSWER_ACCEPTED;
      const char *name = bm_answer_status_to_string ((BmAnswerStatus) i);
      g_assert_true (bm_answer_status_from_string (name, &status));
      g_assert_cmpuint (status, ==, i);
    }
  BmAnswerStatus untouched = BM_ANSWER_CONFLICT;
  g_assert_false (bm_answer_status_from_string ("Accepted", &untouched));
  g_assert_false (bm_answer_status_from_string ("", &untouched));
  g_assert_false (bm_answer_status_from_string (NULL, &untouched));
  g_assert_cmpint (untouched, ==, BM_ANSWER_CONFLICT);
}

/* The diagram in print-journal.h, and nothing else. */
static void
test_print_moves (void)
{
  static const BmPrintState moves[][2] = {
    { BM_PRINT_QUEUED, BM_PRINT_WAITING },  { BM_PRINT_QUEUED, BM_PRINT_CANCELED },
    { BM_PRINT_QUEUED, BM_PRINT_EXPIRED },  { BM_PRINT_WAITING, BM_PRINT_WAITING },
    { BM_PRINT_WAITING, BM_PRINT_SENDING }, { BM_PRINT_WAITING, BM_PRINT_CANCELED },
    { BM_PRINT_WAITING, BM_PRINT_EXPIRED }, { BM_PRINT_SENDING, BM_PRINT_SENT },
    { BM_PRINT_SENDING, BM_PRINT_UNKNOWN }, { BM_PRINT_SENDING, BM_PRINT_REFUSED },
    { BM_PRINT_SENT, BM_PRINT_PRINTED },    { BM_PRINT_SENT, BM_PRINT_UNKNOWN },
    { BM_PRINT_UNKNOWN, BM_PRINT_PRINTED }, { BM_PRINT_UNKNOWN, BM_PRINT_SUPERSEDED },
    { BM_PRINT_REFUSED, BM_PRINT_WAITING },
  };
  guint allowed = 0;

  for (guint from = BM_PRINT_QUEUED; from <= BM_PRINT_EXPIRED; from++)
    for (guint to = BM_PRINT_QUEUED; to <= BM_PRINT_EXPIRED; to++)
      allowed += bm_print_state_can_move ((BmPrintState) from, (BmPrintState) to);
  g_assert_cmpuint (allowed, ==, G_N_ELEMENTS (moves));
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    g_assert_true (bm_print_state_can_move (moves[i][0], moves[i][1]));
}

/* J1: between two departures to a printer lies a proof that nothing went out. */
static void
test_print_never_sends_twice (void)
{
  gboolean reached[BM_PRINT_EXPIRED + 1] = { FALSE };

  reached[BM_PRINT_SENT] = TRUE;
  reached[BM_PRINT_UNKNOWN] = TRUE;
  for (guint round = 0; round <= BM_PRINT_EXPIRED; round++)
    for (guint from = 0; from <= BM_PRINT_EXPIRED; from++)
      for (guint to = 0; to <= BM_PRINT_EXPIRED; to++)
        if (reached[from] && bm_print_state_can_move ((BmPrintState) from, (BmPrintState) to))
          reached[to] = TRUE;
  g_assert_false (reached[BM_PRINT_SENDING]);
  g_assert_false (reached[BM_PRINT_WAITING]);
}

static void
test_print_final (void)
{
  g_assert_true (bm_print_state_is_final (BM_PRINT_PRINTED));
  g_assert_true (bm_print_state_is_final (BM_PRINT_SUPERSEDED));
  g_assert_true (bm_print_state_is_final (BM_PRINT_CANCELED));
  g_assert_true (bm_print_state_is_final (BM_PRINT_EXPIRED));
  g_assert_false (bm_print_state_is_final (BM_PRINT_UNKNOWN));
  g_assert_false (bm_print_state_is_final (BM_PRINT_SENT));
  g_assert_false (bm_print_state_is_final (BM_PRINT_REFUSED));
  g_assert_cmpstr (bm_print_state_to_string (BM_PRINT_SUPERSEDED), ==, "superseded");
}

static void
on_bytes_freed (gpointer data)
{
  gboolean *is_freed = data;

  *is_freed = TRUE;
}

static void
test_structs_are_freed (void)
{
  gboolean is_freed = FALSE;
  BmAnswer *answer = g_new0 (BmAnswer, 1);
  BmMessage *message = g_new0 (BmMessage, 1);
  BmOutboxBatch *batch = g_new0 (BmOutboxBatch, 1);
  BmOutboxItem *item = g_new0 (BmOutboxItem, 1);
  BmPrintJob *job = g_new0 (BmPrintJob, 1);
  BmDraft *draft = bm_draft_new ();
  GBytes *shared = g_bytes_new_with_free_func ("x", 1, on_bytes_freed, &is_freed);

  answer->reason = g_strdup ("why");
  message->body = g_bytes_ref (shared);
  item->record = g_bytes_ref (shared);
  batch->items = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_outbox_item_free);
  g_ptr_array_add (batch->items, item);
  job->ref_count = 1;
  job->sheet = json_object ();
  draft->payload = json_incref (job->sheet);
  g_assert_cmpint (draft->due_day, ==, BM_NO_DUE_DAY);

  bm_answer_free (answer);
  bm_message_free (message);
  bm_outbox_batch_free (batch);
  bm_print_job_unref (bm_print_job_ref (job));
  bm_print_job_unref (job);
  bm_draft_unref (bm_draft_ref (draft));
  bm_draft_unref (draft);
  g_assert_false (is_freed);
  g_bytes_unref (shared);
  g_assert_true (is_freed);
}

#define DAY_MS  (24 * 60 * 60 * G_GINT64_CONSTANT (1000))
#define NOW_MS  G_GINT64_CONSTANT (1795223400000)
#define YEAR_MS (366 * DAY_MS)

/* In 1970 and in 2099, with and without a word of the platform in this boot. */
static void
test_true_clock (void)
{
  g_autoptr (BmShiftClock) machine = bm_shift_clock_new (0, FALSE);
  g_autoptr (BmTrueClock) clock = bm_true_clock_new (BM_CLOCK (machine));
  gint64 skew_ms = 0;

  g_assert_cmpint (bm_clock_get_wall_ms (BM_CLOCK (clock)), ==, 0);
  g_assert_cmpint (bm_true_clock_judge (clock, NULL), ==, BM_CLOCK_VERDICT_UNCHECKED);
  g_assert_false (bm_clock_is_certain (BM_CLOCK (clock)));

  bm_clock_learn_floor (BM_CLOCK (clock), NOW_MS);
  g_assert_cmpint (bm_clock_get_wall_ms (BM_CLOCK (clock)), ==, NOW_MS);
  g_assert_cmpint (bm_true_clock_judge (clock, &skew_ms), ==, BM_CLOCK_VERDICT_GUESSED);
  g_assert_cmpint (skew_ms, ==, -NOW_MS);
  bm_shift_clock_advance (machine, DAY_MS);
  g_assert_cmpint (bm_clock_get_wall_ms (BM_CLOCK (clock)), ==, NOW_MS + DAY_MS);
  bm_clock_learn_floor (BM_CLOCK (clock), NOW_MS); /* older than what is known: nothing */
  g_assert_cmpint (bm_clock_get_wall_ms (BM_CLOCK (clock)), ==, NOW_MS + DAY_MS);

  /* Ahead, but it may be so; then so far ahead that it cannot. */
  bm_shift_clock_set_wall (machine, NOW_MS + 2 * YEAR_MS);
  g_assert_cmpint (bm_clock_get_wall_ms (BM_CLOCK (clock)), ==, NOW_MS + 2 * YEAR_MS);
  g_assert_cmpint (bm_clock_get_known_ms (BM_CLOCK (clock)), ==, NOW_MS + DAY_MS);
  bm_shift_clock_set_wall (machine, NOW_MS + 73 * YEAR_MS);
  g_assert_cmpint (bm_clock_get_wall_ms (BM_CLOCK (clock)), ==, NOW_MS + DAY_MS);

  /* The platform has spoken: its time counts, whatever the wall says; a small difference does not. */
  bm_clock_learn (BM_CLOCK (clock), NOW_MS, bm_clock_get_boot_ms (BM_CLOCK (machine)));
  bm_shift_clock_advance (machine, 1000);
  g_assert_cmpint (bm_clock_get_wall_ms (BM_CLOCK (clock)), ==, NOW_MS + 1000);
  g_assert_cmpint (bm_true_clock_judge (clock, NULL), ==, BM_CLOCK_VERDICT_WRONG);
  bm_shift_clock_set_wall (machine, NOW_MS + BM_TRUE_CLOCK_TOLERANCE_MS);
  g_assert_cmpint (bm_true_clock_judge (clock, &skew_ms), ==, BM_CLOCK_VERDICT_RIGHT);
  g_assert_cmpint (skew_ms, ==, BM_TRUE_CLOCK_TOLERANCE_MS - 1000);
  g_assert_cmpint (bm_clock_get_wall_ms (BM_CLOCK (clock)), ==,
                   NOW_MS + BM_TRUE_CLOCK_TOLERANCE_MS);
  g_assert_true (bm_clock_is_certain (BM_CLOCK (clock)));
  g_assert_cmpint (bm_clock_get_machine_ms (BM_CLOCK (clock)), ==,
                   bm_clock_get_wall_ms (BM_CLOCK (machine)));
  g_assert_cmpint (bm_clock_get_boot_ms (BM_CLOCK (clock)), ==,
                   bm_clock_get_boot_ms (BM_CLOCK (machine)));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/system", test_system_clock);
  g_test_add_func ("/clock/local-time-is-china", test_local_time_is_china);
  g_test_add_func ("/clock/shift-stands", test_shift_clock_stands);
  g_test_add_func ("/clock/shift-runs", test_shift_clock_runs);
  g_test_add_func ("/chance/seeds", test_chance);
  g_test_add_func ("/outbox/answer-names", test_answer_names);
  g_test_add_func ("/print-state/moves", test_print_moves);
  g_test_add_func ("/print-state/never-sends-twice", test_print_never_sends_twice);
  g_test_add_func ("/print-state/final", test_print_final);
  g_test_add_func ("/clock/wrong-wall-clock-is-corrected", test_true_clock);
  g_test_add_func ("/ports/structs-are-freed", test_structs_are_freed);
  return g_test_run ();
}
