/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include <stdlib.h>
#include <string.h>

/*
 * What a commit costs: a typical certification through the store (draft checked, canonical JSON,
 * compressed, sealed, chained, audited, slip and sheet sealed, fsync; the way to the worker and
 * back included) against as many bytes in one row of a bare SQLite database, WAL and FULL, one
 * transaction each. Both lie in the same folder and take turns, so that a busy disk hits both.
 * Prints one JSON line.
 *
 * The folder is made beside this program: a temporary folder may lie in memory, where a sync costs
 * nothing.
 */

#define WARM_UP 50
#define ROUNDS  1000
#define BAR     3.5

static double
now_ms (void)
{
  return (double) g_get_monotonic_time () / 1000.0;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median_of (GArray *values)
{
  g_array_sort (values, compare);
  return g_array_index (values, double, values->len / 2);
}

static sqlite3 *
open_bare (const char *folder, sqlite3_stmt **ret_insert)
{
  g_autofree char *path = g_build_filename (folder, "bare.db", NULL);
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db,
                                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                 "CREATE TABLE row (id INTEGER PRIMARY KEY, body BLOB)",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_prepare_v2 (db, "INSERT INTO row (body) VALUES (?)", -1, ret_insert, NULL);
  return db;
}

static double
time_bare (sqlite3 *db, sqlite3_stmt *insert, const guint8 *bytes, gsize len)
{
  double began = now_ms ();

  sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  sqlite3_bind_blob64 (insert, 1, bytes, len, SQLITE_STATIC);
  g_assert_cmpint (sqlite3_step (insert), ==, SQLITE_DONE);
  sqlite3_reset (insert);
  g_assert_cmpint (sqlite3_exec (db, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
  return now_ms () - began;
}

static void
on_committed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GMainLoop *loop = user_data;
  g_autoptr (GError) error = NULL;
  BmCommitted *committed = bm_store_commit_finish (BM_STORE (source), result, &error);

  g_assert_no_error (error);
  bm_committed_free (committed);
  g_main_loop_quit (loop);
}

static double
time_commit (Ledger *ledger, GMainLoop *loop, guint number)
{
  g_autoptr (BmDraft) draft = ledger_draft_new (number);
  double began = now_ms ();

  bm_store_commit_async (ledger->store, draft, on_committed, loop);
  g_main_loop_run (loop);
  return now_ms () - began;
}

/* Bytes that one commit leaves in the ledger's rows: two records, the slip and the sheet. */
static gpointer
count_on_worker (gpointer data, GError **error)
{
  sqlite3_stmt *row;
  gpointer bytes;

  sqlite3_prepare_v2 (((BmStore *) data)->db,
                      "SELECT (SELECT sum (length (record)) FROM entry WHERE type <> 3) + "
                      "(SELECT sum (length (slip)) FROM cases) + "
                      "(SELECT sum (length (sheet)) FROM print_job)",
                      -1, &row, NULL);
  g_assert_cmpint (sqlite3_step (row), ==, SQLITE_ROW);
  bytes = GSIZE_TO_POINTER ((gsize) sqlite3_column_int64 (row, 0));
  sqlite3_finalize (row);
  return bytes;
}

static void
measure (Ledger *ledger, sqlite3 *bare, sqlite3_stmt *insert)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GArray) ours = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) theirs = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree guint8 *bytes = NULL;
  double value, baseline;
  gsize len;

  ledger_commit_many (ledger, 1, WARM_UP);
  len = GPOINTER_TO_SIZE (bm_worker_run_sync (bm_store_get_worker (ledger->store), count_on_worker,
                                              ledger->store, NULL)) /
        WARM_UP;
  bytes = g_malloc (len);
  for (guint i = 0; i < WARM_UP + ROUNDS; i++)
    {
      double one = time_commit (ledger, loop, 1000 + i);
      double two;

      bm_random_bytes (bytes, len);
      two = time_bare (bare, insert, bytes, len);
      if (i < WARM_UP)
        continue;
      g_array_append_val (ours, one);
      g_array_append_val (theirs, two);
    }
  value = median_of (ours);
  baseline = median_of (theirs);
  g_print (
    "{\"name\":\"commit p50\",\"value\":%.4f,\"unit\":\"ms\",\"baseline\":%.4f,\"ratio\":%.3f,"
    "\"bar\":%.1f,\"holds\":%s}\n",
    value, baseline, value / baseline, BAR, value <= BAR * baseline ? "true" : "false");
}

int
main (int argc, char **argv)
{
  g_autofree char *beside = g_path_get_dirname (argv[0]);
  g_autofree char *folder = g_build_filename (beside, "bench-commit-XXXXXX", NULL);
  Ledger *ledger;
  sqlite3 *bare;
  sqlite3_stmt *insert;

  g_assert_nonnull (g_mkdtemp (folder));
  ledger = ledger_new_at (folder);
  memset (&ledger->tuning, 0, sizeof ledger->tuning); /* as in the product */
  ledger_open (ledger);
  bare = open_bare (folder, &insert);
  measure (ledger, bare, insert);
  sqlite3_finalize (insert);
  sqlite3_close (bare);
  ledger_free (ledger);
  return EXIT_SUCCESS;
}
