/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include <string.h>

/* 谁用过我的数据: each use is written with what it is about, for that person alone, and a gap is noticed. */

static const guint8 own[BM_TAG_LEN] = { [0 ... BM_TAG_LEN - 1] = 0x5a };
static const guint8 other[BM_TAG_LEN] = { [0 ... BM_TAG_LEN - 1] = 0x5b };

#define OWN_HEX "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"

static json_t *
list_uses (Ledger *ledger, const guint8 *tag)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  json_t *uses;

  bm_store_list_uses_async (ledger->store, tag, ledger_on_done, &result);
  uses = bm_store_json_finish (ledger->store, ledger_take (&result), &error);
  g_assert_no_error (error);
  return uses;
}

/* @expected: names of uses, newest first, with a blank after each */
static void
assert_uses (Ledger *ledger, const guint8 *tag, const char *expected, gboolean is_whole)
{
  json_t *uses = list_uses (ledger, tag);
  GString *names = g_string_new (NULL);
  json_t *use;
  gsize i;

  json_array_foreach (json_object_get (uses, "uses"), i, use)
    g_string_append_printf (names, "%s ", json_string_value (json_object_get (use, "use")));
  g_assert_cmpstr (names->str, ==, expected);
  g_assert_true (json_is_true (json_object_get (uses, "is_whole")) == is_whole);
  g_assert_cmpint (json_integer_value (json_object_get (uses, "since_ms")), >, 0);
  g_string_free (names, TRUE);
  json_decref (uses);
}

static void
look (Ledger *ledger, const char *use, const char *staff)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ledger_audit (ledger,
                               json_pack ("{s:s, s:s, s:s, s:s}", "event", "x", "use", use, "staff",
                                          staff, "person", OWN_HEX),
                               &error));
  g_assert_no_error (error);
}

/* Handed in, sent, opened at the desk, asked for by slip: hers, and nobody else's. */
static void
test_each_once (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GAsyncResult) result = NULL;
  BmCommitted *committed;
  BmTracked *tracked;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED);
  ledger_audit (ledger,
                json_pack ("{s:s, s:s, s:s, s:s}", "event", "case-opened", "use", "open", "staff",
                           "HT02", "number", committed->number),
                NULL);
  bm_store_track_async (ledger->store, committed->number, ledger_on_done, &result);
  tracked = bm_store_track_finish (ledger->store, ledger_take (&result), NULL);
  g_assert_cmpint (tracked->place, ==, BM_TRACKED_HERE);
  bm_tracked_free (tracked);
  assert_uses (ledger, own,
               committed->print_job != 0 ? "track open sent print commit "
                                         : "track open sent commit ",
               TRUE);
  assert_uses (ledger, other, "", TRUE);
  bm_committed_free (committed);
  ledger_free (ledger);
}

/* X2: neither who looked nor at what is on the disk in clear. */
static void
test_nothing_in_clear (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  look (ledger, "find", "HT0277");
  ledger_close (ledger);
  g_assert_false (folder_contains (ledger->folder, "HT0277", 6));
  g_assert_false (folder_contains (ledger->folder, OWN_HEX, strlen (OWN_HEX)));
  ledger_free (ledger);
}

static void
test_gap (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  look (ledger, "look", "");
  look (ledger, "find", "HT02");
  look (ledger, "look", "");
  assert_uses (ledger, own, "look find look ", TRUE);
  ledger_close (ledger);
  ledger_exec (ledger, "DELETE FROM access WHERE id = 2");
  ledger_open (ledger);
  assert_uses (ledger, own, "look look ", FALSE);
  ledger_close (ledger);
  ledger_exec (ledger, "DELETE FROM access WHERE id = 1");
  ledger_open (ledger);
  assert_uses (ledger, own, "look ", FALSE);
  ledger_free (ledger);
}

/* A row that is made somebody else's does not open, and says so on both sides. */
static void
test_row_stays_hers (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  look (ledger, "find", "HT02");
  look (ledger, "look", "");
  ledger_close (ledger);
  ledger_exec (ledger,
               "UPDATE access SET subject_tag = x'5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b' WHERE id = 1");
  ledger_open (ledger);
  assert_uses (ledger, own, "look ", FALSE);
  assert_uses (ledger, other, "", FALSE);
  ledger_free (ledger);
}

/* Of a matter without a name there is no use at all. */
static void
test_nobody (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = ledger_draft_new (1);
  gint64 rows = -1;
  sqlite3 *db;
  sqlite3_stmt *row = NULL;
  BmCommitted *committed;

  ledger_open (ledger);
  draft->is_anonymous = TRUE;
  committed = ledger_commit_draft (ledger, draft);
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED);
  bm_committed_free (committed);
  ledger_close (ledger);
  db = ledger_open_raw (ledger);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT count(*) FROM access", -1, &row, NULL), ==,
                   SQLITE_OK);
  if (sqlite3_step (row) == SQLITE_ROW)
    rows = sqlite3_column_int64 (row, 0);
  sqlite3_finalize (row);
  sqlite3_close (db);
  g_assert_cmpint (rows, ==, 0);
  ledger_free (ledger);
}

static void
note_time (Ledger *ledger)
{
  g_autoptr (GAsyncResult) result = NULL;
  BmClock *clock = BM_CLOCK (ledger->clock);

  bm_outbox_note_time_async (BM_OUTBOX (ledger->store), bm_clock_get_wall_ms (clock),
                             bm_clock_get_boot_ms (clock), 100, ledger_on_done, &result);
  g_assert_true (
    bm_outbox_note_time_finish (BM_OUTBOX (ledger->store), ledger_take (&result), NULL));
}

static void
sweep (Ledger *ledger)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_store_sweep_async (ledger->store, ledger_on_done, &result);
  g_assert_true (bm_store_sweep_finish (ledger->store, ledger_take (&result), NULL));
}

/* X4: only the centre's clock says that a year has passed; what went for its age is no gap. */
static void
test_age (void)
{
  Ledger *ledger = ledger_new ();
  json_t *uses;

  ledger_open (ledger);
  look (ledger, "find", "HT02");
  ledger_advance (ledger, G_GINT64_CONSTANT (401) * 24 * 60 * 60 * 1000);
  sweep (ledger);
  assert_uses (ledger, own, "find ", TRUE);
  look (ledger, "look", "");
  note_time (ledger);
  sweep (ledger);
  assert_uses (ledger, own, "look ", TRUE);
  uses = list_uses (ledger, own);
  g_assert_true (json_is_true (json_object_get (uses, "is_swept")));
  json_decref (uses);
  ledger_free (ledger);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/uses/each-once", test_each_once);
  g_test_add_func ("/uses/nothing-in-clear", test_nothing_in_clear);
  g_test_add_func ("/uses/gap", test_gap);
  g_test_add_func ("/uses/row-stays-hers", test_row_stays_hers);
  g_test_add_func ("/uses/nobody", test_nobody);
  g_test_add_func ("/uses/age", test_age);
  return g_test_run ();
}
