/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/torture/torture-day.h"
#include "tests/torture/torture.h"

#include "core/error.h"

#include <string.h>

/*
 * R1: power cuts of the real store. Random days on a disk in memory; the power fails at random
 * operations, loses and garbles what was not synced, sometimes fails again while the ledger recovers.
 * What is opened then has to hold exactly what it held after the last step that had returned, or
 * after the one that was under way, and sometimes it has to go on from there.
 *
 *   lost          a step had returned and is not there
 *   lost_answers  one of the lost steps had stored an answer
 *   torn          what is there was never there: a step in part, or nothing that can be read
 *   chain         the chain is not sound
 *
 * Mutants, by which the program shows that it would notice: normal (no sync at COMMIT), lying (a disk
 * that lies about syncs), hurry (a promise before COMMIT).
 */

#define CUTS_PER_DAY 320

typedef struct
{
  guint64 seed;
  gboolean is_lying;
  guint hurry;
  guint cuts;
  guint again;  /* of them: a second cut while the first was recovered from */
  guint purges; /* sweeps that took something out */
  guint lost;
  guint lost_answers;
  guint torn;
  guint chain;
} Toll;

static void
note_lost (Toll *toll, TortureDay *day, guint from, guint to)
{
  toll->lost++;
  for (guint step = from; step < to; step++)
    if (g_array_index (day->kinds, char, step) == TORTURE_DAY_ANSWER)
      {
        toll->lost_answers++;
        return;
      }
}

/* What is there now can still be worked with: the next matter is taken and found again. */
static void
go_on (Toll *toll, TortureDay *day, guint op)
{
  g_autoptr (GError) error = NULL;

  if (!torture_day_commit (day, &error))
    {
      toll->torn++;
      torture_complain ("seed %" G_GUINT64_FORMAT ", operation %u: goes on with: %s", toll->seed,
                        op, error->message);
      return;
    }
  ledger_close (day->ledger);
  if (ledger_try_open (day->ledger, &error) == NULL || !crash_ledger_is_sound (day->ledger))
    {
      toll->chain++;
      torture_complain ("seed %" G_GUINT64_FORMAT ", operation %u: not sound after going on",
                        toll->seed, op);
    }
}

static void
judge (Toll *toll, TortureDay *day, guint op, guint draw)
{
  const guint steps = MIN (torture_day_steps_before (day, op) + toll->hurry, day->ends->len);
  g_autofree char *digest = NULL;
  g_autoptr (GError) error = NULL;
  gint found;

  toll->cuts++;
  g_clear_error (&day->ledger->trouble);
  if (ledger_try_open (day->ledger, &error) == NULL)
    {
      toll->torn++;
      torture_complain ("seed %" G_GUINT64_FORMAT ", operation %u: %s", toll->seed, op,
                        error->message);
      return;
    }
  digest = crash_ledger_digest (day->ledger);
  found = torture_day_find (day, digest, steps, steps + 1);
  if (found < 0 || (guint) found > steps + 1)
    {
      toll->torn++;
      torture_complain ("seed %" G_GUINT64_FORMAT
                        ", operation %u: never there: steps %u, found %d, next step %c",
                        toll->seed, op, steps, found,
                        steps < day->kinds->len ? g_array_index (day->kinds, char, steps) : '-');
    }
  else if (crash_ledger_get_offered (day->ledger) < g_array_index (day->offered, gint64, steps))
    {
      toll->lost++;
      torture_complain ("seed %" G_GUINT64_FORMAT
                        ", operation %u: what was handed over is forgotten",
                        toll->seed, op);
    }
  else if ((guint) found < steps)
    note_lost (toll, day, (guint) found, steps);
  else if (day->ledger->trouble != NULL || (draw % 4 == 0 && !crash_ledger_is_sound (day->ledger)))
    toll->chain++;
  else if (draw % 16 == 1)
    go_on (toll, day, op);
  ledger_close (day->ledger);
}

/* The power fails again while the ledger recovers from the first cut. */
static void
judge_twice (Toll *toll, TortureDay *day, guint op, guint32 draw)
{
  g_autoptr (CrashReplay) again = NULL;
  guint ops;

  toll->again++;
  crash_disk_forget_ops (day->disk);
  if (ledger_try_open (day->ledger, NULL) != NULL)
    ledger_close (day->ledger);
  ops = crash_disk_get_ops (day->disk);
  again = crash_replay_new (day->disk, FALSE);
  crash_replay_cut (again, draw % (ops + 1), draw);
  judge (toll, day, op, draw);
}

static gint
compare_ops (gconstpointer a, gconstpointer b)
{
  const guint *left = a, *right = b;

  return *left < *right ? -1 : *left > *right;
}

static void
cut_a_day (Toll *toll, TortureDay *day, guint cuts)
{
  const guint ops = crash_disk_get_ops (day->disk);
  g_autoptr (CrashReplay) replay = crash_replay_new (day->disk, toll->is_lying);
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < cuts; i++)
    {
      guint op = (guint) g_rand_int_range (day->rand, 0, (gint32) ops + 1);

      g_array_append_val (places, op);
    }
  g_array_sort (places, compare_ops);
  for (guint i = 0; i < cuts; i++)
    {
      const guint op = g_array_index (places, guint, i);
      const guint32 draw = g_rand_int (day->rand);

      crash_replay_cut (replay, op, draw);
      if (draw % 5 == 0 && !toll->is_lying && toll->hurry == 0)
        judge_twice (toll, day, op, draw >> 3);
      else
        judge (toll, day, op, draw >> 3);
    }
}

static guint
count_purges (TortureDay *day)
{
  guint count = 0;

  for (guint i = 0; i < day->kinds->len; i++)
    count += g_array_index (day->kinds, char, i) == TORTURE_DAY_SWEEP &&
             !g_str_equal (day->digests->pdata[i], day->digests->pdata[i + 1]);
  return count;
}

int
main (int argc, char **argv)
{
  g_autoptr (TortureArguments) arguments = torture_begin (&argc, &argv, "cuts");
  const gboolean is_normal = g_strcmp0 (arguments->mutant, "normal") == 0;
  Toll toll = { .seed = arguments->seed,
                .is_lying = g_strcmp0 (arguments->mutant, "lying") == 0,
                .hurry = g_strcmp0 (arguments->mutant, "hurry") == 0 };

  for (guint64 stream = 1; toll.cuts < arguments->count; stream++)
    {
      g_autoptr (TortureDay) day =
        torture_day_new (arguments->seed, stream, is_normal ? "NORMAL" : NULL);

      torture_day_live (day, (guint) g_rand_int_range (day->rand, 10, 50));
      toll.purges += count_purges (day);
      cut_a_day (&toll, day, MIN (arguments->count - toll.cuts, CUTS_PER_DAY));
    }
  torture_report ("R1", toll.seed, "cuts", toll.cuts, "again", toll.again, "purges", toll.purges,
                  "lost", toll.lost, "torn", toll.torn, "chain", toll.chain, "lost_answers",
                  toll.lost_answers, NULL);
  return toll.lost + toll.torn + toll.chain + toll.lost_answers > 0 ? TORTURE_FOUND : 0;
}
