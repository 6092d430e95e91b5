/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/crash/crash-ledger.h"
#include "tests/crash/crash-vfs.h"

/*
 * Power cuts. The store runs a day once on the crash disk; then the power fails at every operation
 * of that day, several times with other losses, and the store is opened on what is left. It has to
 * hold exactly what it held after the last step that had returned, or after the one that was under
 * way: nothing that was promised is lost, and no transaction is there in part. What may have been handed
 * to who sends is never less than it was when that step returned.
 *
 * The test shows that it has teeth: without a sync at COMMIT, with a disk that lies about syncs,
 * and with a promise given before COMMIT it has to find losses.
 */

typedef struct
{
  Ledger *ledger;
  CrashDisk *disk;
  GArray *ends;       /* guint: operations recorded when step i had returned */
  GPtrArray *digests; /* of the ledger before the first step, and after each */
  GArray *offered;    /* gint64: what may have been handed over, likewise */
} Day;

typedef struct
{
  guint cuts;
  guint lost;    /* neither of the two digests, or not readable */
  guint unsound; /* the chain */
} Toll;

static Day *
day_new (const char *synchronous)
{
  Day *day = g_new0 (Day, 1);

  day->disk = crash_disk_new ();
  day->ledger = ledger_new ();
  day->ledger->tuning.vfs = CRASH_VFS;
  day->ledger->tuning.synchronous = synchronous;
  day->ends = g_array_new (FALSE, FALSE, sizeof (guint));
  day->offered = g_array_new (FALSE, FALSE, sizeof (gint64));
  day->digests = g_ptr_array_new_with_free_func (g_free);
  return day;
}

static void
day_free (Day *day)
{
  ledger_free (day->ledger);
  crash_disk_free (day->disk);
  g_array_unref (day->ends);
  g_ptr_array_unref (day->digests);
  g_array_unref (day->offered);
  g_free (day);
}

static void
note_state (Day *day)
{
  const gint64 offered = crash_ledger_get_offered (day->ledger);

  g_array_append_val (day->offered, offered);
  g_ptr_array_add (day->digests, crash_ledger_digest (day->ledger));
}

static void
live_through (Day *day)
{
  g_autoptr (GError) error = NULL;

  ledger_open (day->ledger);
  ledger_close (day->ledger);
  crash_disk_forget_ops (day->disk); /* a ledger that exists, empty and durable */
  ledger_open (day->ledger);
  note_state (day);
  for (guint step = 1; step <= CRASH_STEPS; step++)
    {
      guint end;

      crash_ledger_step (day->ledger, step, &error);
      g_assert_no_error (error);
      end = crash_disk_get_ops (day->disk);
      g_array_append_val (day->ends, end);
      note_state (day);
    }
  ledger_close (day->ledger);
}

/* How many steps had returned before operation @op was done. */
static guint
steps_before (Day *day, guint op)
{
  guint steps = 0;

  while (steps < day->ends->len && g_array_index (day->ends, guint, steps) <= op)
    steps++;
  return steps;
}

static gboolean
holds (Day *day, const char *digest, guint steps)
{
  return g_strcmp0 (digest, day->digests->pdata[MIN (steps, CRASH_STEPS)]) == 0;
}

/* Opens what the cut left and judges it. @hurry: 1 makes a promise before COMMIT (a mutant). */
static void
judge (Day *day, guint op, guint hurry, Toll *toll)
{
  const guint steps = MIN (steps_before (day, op) + hurry, CRASH_STEPS);
  g_autofree char *digest = NULL;

  toll->cuts++;
  if (ledger_try_open (day->ledger, NULL) == NULL)
    {
      toll->lost++;
      return;
    }
  digest = crash_ledger_digest (day->ledger);
  if ((!holds (day, digest, steps) && !holds (day, digest, steps + 1)) ||
      crash_ledger_get_offered (day->ledger) < g_array_index (day->offered, gint64, steps))
    toll->lost++;
  else if (op % 8 == 0 && !crash_ledger_is_sound (day->ledger))
    toll->unsound++;
  ledger_close (day->ledger);
}

/* The power fails again while the ledger recovers from the first cut. */
static void
judge_twice (Day *day, guint op, guint32 seed, Toll *toll)
{
  g_autoptr (CrashReplay) again = NULL;
  guint ops;

  if (ledger_try_open (day->ledger, NULL) == NULL)
    {
      toll->lost++;
      return;
    }
  ledger_close (day->ledger);
  ops = crash_disk_get_ops (day->disk);
  again = crash_replay_new (day->disk, FALSE);
  crash_replay_cut (again, seed % (ops + 1), seed);
  judge (day, op, 0, toll);
}

static Toll
cut_everywhere (Day *day, guint repeats, gboolean lying, guint hurry)
{
  const guint ops = crash_disk_get_ops (day->disk);
  g_autoptr (CrashReplay) replay = crash_replay_new (day->disk, lying);
  Toll toll = { 0 };

  for (guint op = 0; op <= ops; op += CRASH_STRIDE)
    for (guint i = 0; i < repeats; i++)
      {
        crash_replay_cut (replay, op, op * 7919 + i);
        if (i == 0 && op % 4 == 0 && !lying && hurry == 0)
          judge_twice (day, op, op * 104729, &toll);
        else
          judge (day, op, hurry, &toll);
      }
  g_test_message ("%u operations, %u power cuts: %u lost, %u unsound", ops, toll.cuts, toll.lost,
                  toll.unsound);
  return toll;
}

static void
test_power_cuts (void)
{
  Day *day = day_new (NULL);
  Toll toll;

  live_through (day);
  toll = cut_everywhere (day, g_test_slow () ? 120 : 15, FALSE, 0);
  g_assert_cmpuint (toll.cuts, >, 2000 / CRASH_STRIDE);
  g_assert_cmpuint (toll.lost, ==, 0);
  g_assert_cmpuint (toll.unsound, ==, 0);
  day_free (day);
}

static void
test_mutant_normal (void)
{
  Day *day = day_new ("NORMAL");
  Toll toll;

  live_through (day);
  toll = cut_everywhere (day, 1, FALSE, 0);
  g_assert_cmpuint (toll.lost, >, toll.cuts / 10);
  day_free (day);
}

static void
test_mutant_lying (void)
{
  Day *day = day_new (NULL);
  Toll toll;

  live_through (day);
  toll = cut_everywhere (day, 1, TRUE, 0);
  g_assert_cmpuint (toll.lost, >, toll.cuts / 10);
  day_free (day);
}

static void
test_mutant_hurry (void)
{
  Day *day = day_new (NULL);
  Toll toll;

  live_through (day);
  toll = cut_everywhere (day, 1, FALSE, 1);
  g_assert_cmpuint (toll.lost, >, toll.cuts / 10);
  day_free (day);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/power/cut-at-every-operation", test_power_cuts);
  g_test_add_func ("/power/mutant-synchronous-normal", test_mutant_normal);
  g_test_add_func ("/power/mutant-lying-disk", test_mutant_lying);
  g_test_add_func ("/power/mutant-promise-before-commit", test_mutant_hurry);
  return g_test_run ();
}
