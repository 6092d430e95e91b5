/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/platform/platform-store-blobs.h"
#include "tests/torture/torture.h"
#include "tests/usb/carry.h"

#include <string.h>

/*
 * R10: any subset of volumes, in any order, any number of times, whole or cut at any byte, together with the
 * line whose answers get lost, with a stick that is pulled out: exactly once.
 *
 * One case: some matters at the counter, some steps that chance chooses. After one case in three everything
 * once more, whole: then nothing may wait at the station. After each world the platform must hold each row
 * once, complete with its attachments, both sides without an alarm.
 */

#define CASES_A_WORLD 25
#define MAX_STEPS     6

typedef struct
{
  guint cases;
  guint lost;
  guint doubled;
  guint waiting;
  guint alarms;
  guint cut_taken;
  guint whole_lost;
  guint ops;
} Totals;

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

static void
play_steps (Carry *carry, GRand *rand)
{
  const gint32 steps = g_rand_int_range (rand, 1, MAX_STEPS + 1);

  for (gint32 i = 0; i < steps; i++)
    switch (g_rand_int_range (rand, 0, 10))
      {
      case 0:
      case 1:
        carry_export (carry, torture_one_in (rand, 2));
        break;
      case 2:
      case 3:
      case 4:
        carry_to_centre (carry);
        break;
      case 5:
      case 6:
        carry_back (carry);
        break;
      case 7:
        carry_attachment_by_line (carry);
        break;
      default:
        carry_by_line (carry);
        break;
      }
}

static void
check_waiting (Carry *carry, Totals *totals, guint64 seed, guint index)
{
  g_autofree BmOutboxStatus *status = ledger_status (carry->ledger);

  if (status->pending == 0 && status->pending_blobs == 0)
    return;
  totals->waiting++;
  torture_complain ("seed %" G_GUINT64_FORMAT " case %u: %" G_GUINT64_FORMAT
                    " entries and %" G_GUINT64_FORMAT " attachments still wait",
                    seed, index, status->pending, status->pending_blobs);
}

/* Each matter under one number, each row of the ledger at its place, once. */
static void
check_entries (Carry *carry, Totals *totals)
{
  g_autoptr (Json) entries = platform_fixture_report (carry->platform, "entries");
  g_autofree BmOutboxStatus *status = ledger_status (carry->ledger);
  g_autoptr (GHashTable) places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);
  const guint rows = (guint) status->next_seq - 1;
  json_t *entry;
  gsize index;

  json_array_foreach (entries, index, entry)
  {
    const char *number = json_string_value (json_object_get (entry, "number"));
    char *place =
      g_strdup_printf ("%s/%" G_GINT64_FORMAT, json_string_value (json_object_get (entry, "epoch")),
                       (gint64) json_integer_value (json_object_get (entry, "seq")));

    if (!g_hash_table_add (places, place))
      totals->doubled++;
    if (number != NULL && *number != '\0' && !g_hash_table_add (numbers, (gpointer) number))
      totals->doubled++;
  }
  if (g_hash_table_size (places) < rows || g_hash_table_size (numbers) < carry->matters)
    {
      totals->lost += rows - MIN (rows, g_hash_table_size (places));
      torture_complain ("%u of %u rows, %u of %u matters at the platform",
                        g_hash_table_size (places), rows, g_hash_table_size (numbers),
                        carry->matters);
    }
  if (g_hash_table_size (places) > rows)
    totals->doubled += g_hash_table_size (places) - rows;
}

/* Whole, and named by the payload of an entry that came. */
static void
check_attachments (Carry *carry, Totals *totals)
{
  BmPlatformStore *store = carry->platform->platform->store;
  g_autoptr (Json) blobs = NULL;
  guint whole = 0;
  json_t *blob;
  gsize index;

  g_assert_true (bm_platform_store_begin (store, NULL));
  blobs = bm_platform_store_report_blobs (store, 0, BM_PLATFORM_MAX_OPEN_BLOBS, NULL);
  bm_platform_store_rollback (store); /* only read */
  json_array_foreach (blobs, index, blob) whole +=
    json_is_true (json_object_get (blob, "complete")) &&
    json_is_true (json_object_get (blob, "named"));
  if (whole == carry->attachments && json_array_size (blobs) == whole)
    return;
  totals->lost++;
  torture_complain ("%u of %u attachments are whole at the platform, of %u announced", whole,
                    carry->attachments, (guint) json_array_size (blobs));
}

static void
check_alarms (Carry *carry, Totals *totals)
{
  g_autoptr (Json) state = platform_fixture_report (carry->platform, "state");
  g_autoptr (Json) overview = ledger_overview (carry->ledger);
  const gsize there = json_array_size (json_object_get (state, "alarms")) +
                      json_array_size (json_object_get (state, "conflicts"));
  const gsize here = json_array_size (json_object_get (overview, "alarms"));

  totals->alarms += (guint) (there + here);
  if (there > 0)
    torture_complain ("the platform raised %u alarms", (guint) there);
  if (here > 0)
    {
      g_autofree char *text = json_dumps (json_object_get (overview, "alarms"), JSON_COMPACT);

      torture_complain ("the ledger raised alarms: %s", text);
    }
}

static void
play_world (guint64 seed, guint first, guint count, Totals *totals)
{
  g_autoptr (GRand) rand = torture_rand_new (seed, first);
  g_autoptr (Carry) carry = NULL;

  torture_seed_chance (seed, first);
  carry = carry_new (rand);
  for (guint i = 0; i < count; i++)
    {
      carry_commit (carry, (guint) g_rand_int_range (rand, 1, 4));
      play_steps (carry, rand);
      totals->cases++;
      if (i + 1 < count && !torture_one_in (rand, 3))
        continue;
      carry_rest (carry);
      check_waiting (carry, totals, seed, first + i);
    }
  check_entries (carry, totals);
  check_attachments (carry, totals);
  check_alarms (carry, totals);
  totals->cut_taken += carry->cut_taken;
  totals->whole_lost += carry->whole_lost;
  totals->ops += carry->ops;
}

int
main (int argc, char **argv)
{
  g_autoptr (TortureArguments) arguments = torture_begin (&argc, &argv, "cases");
  Totals totals = { 0 };

  bm_crypto_init ();
  for (guint at = 0; at < arguments->count; at += CASES_A_WORLD)
    play_world (arguments->seed, at, MIN (CASES_A_WORLD, arguments->count - at), &totals);
  torture_report ("R10", arguments->seed, "cases", totals.cases, "steps", totals.ops, "lost",
                  totals.lost, "doubled", totals.doubled, "waiting", totals.waiting, "alarms",
                  totals.alarms, "cut_taken", totals.cut_taken, "whole_refused", totals.whole_lost,
                  NULL);
  return totals.lost + totals.doubled + totals.waiting + totals.alarms + totals.cut_taken +
               totals.whole_lost >
             0
           ? TORTURE_FOUND
           : 0;
}
