/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include <glib/gstdio.h>

#include <string.h>

/* What the line wants remembered: rows on the way, bad items, volumes, traffic; and the log's room. */

static gboolean
finish (Ledger *ledger, GAsyncResult **result)
{
  return bm_outbox_note_traffic_finish (BM_OUTBOX (ledger->store), ledger_take (result), NULL);
}

static guint
count_lane (Ledger *ledger, BmOutboxLane lane, GArray *skip)
{
  BmOutboxBatch *batch = ledger_next_lane (ledger, lane, 1 << 20, 100, skip);
  const guint count = batch->items->len;

  bm_outbox_batch_free (batch);
  return count;
}

/* Several batches in the air: what is named is passed over, what is not named comes again. */
static void
test_skip (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GArray) skip = g_array_new (FALSE, FALSE, sizeof (gint64));
  BmOutboxBatch *first, *second;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 5);
  first = ledger_next_lane (ledger, BM_LANE_ENTRIES, 1 << 20, 2, NULL);
  g_assert_cmpuint (first->items->len, ==, 2);
  for (guint i = 0; i < first->items->len; i++)
    g_array_append_val (skip, ((BmOutboxItem *) first->items->pdata[i])->id);
  second = ledger_next_lane (ledger, BM_LANE_ENTRIES, 1 << 20, 100, skip);
  g_assert_cmpuint (second->items->len, ==, 3);
  for (guint i = 0; i < second->items->len; i++)
    {
      const BmOutboxItem *item = second->items->pdata[i];

      g_assert_cmpuint (item->seq, !=, ((BmOutboxItem *) first->items->pdata[0])->seq);
      g_assert_cmpuint (item->seq, !=, ((BmOutboxItem *) first->items->pdata[1])->seq);
      g_array_append_val (skip, item->id);
    }
  g_assert_cmpuint (second->runs->len, ==, 1); /* every batch names its run */
  g_assert_cmpuint (count_lane (ledger, BM_LANE_ENTRIES, skip), ==, 0);
  g_assert_cmpuint (count_lane (ledger, BM_LANE_AUDIT, skip), ==, 5);
  ledger_reboot (ledger); /* nothing of it was stored */
  g_assert_cmpuint (count_lane (ledger, BM_LANE_ENTRIES, NULL), ==, 5);
  bm_outbox_batch_free (first);
  bm_outbox_batch_free (second);
  ledger_free (ledger);
}

/* What cannot be stored is told to the platform once, over restarts, and never the next message's fault. */
static void
test_bad_item (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GPtrArray) messages = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *name = g_strnfill (200, 'x');
  g_autofree BmOutboxStatus *told = NULL;
  g_autofree BmOutboxStatus *after = NULL;

  ledger_open (ledger);
  messages = messages_new (message_new (1, "notice", name, 7, "{\"text\":\"坏\"}"));
  g_ptr_array_add (messages, message_new (2, "notice", "good", 1, "{\"text\":\"好\"}"));
  g_assert_true (ledger_apply (ledger, NULL, messages, 2, NULL));
  ledger_settle (ledger);
  g_assert_cmpuint (ledger->changed_documents->len, ==, 1);
  ledger_reboot (ledger);
  told = ledger_status (ledger);
  g_assert_cmpint (told->cursor, ==, 2);
  g_assert_cmpuint (told->n_bad, ==, 1);
  g_assert_cmpstr (told->bad[0].kind, ==, "notice");
  g_assert_cmpint (told->bad[0].version, ==, 7);
  bm_outbox_note_reported_async (BM_OUTBOX (ledger->store), told->bad_upto, ledger_on_done,
                                 &result);
  g_assert_true (finish (ledger, &result));
  after = ledger_status (ledger);
  g_assert_cmpuint (after->n_bad, ==, 0);
  ledger_free (ledger);
}

static gboolean
has_volume (Ledger *ledger, const char *nonce)
{
  g_autoptr (GBytes) bytes = g_bytes_new (nonce, strlen (nonce));
  g_autoptr (GAsyncResult) result = NULL;

  bm_outbox_has_volume_async (BM_OUTBOX (ledger->store), bytes, ledger_on_done, &result);
  return bm_outbox_has_volume_finish (BM_OUTBOX (ledger->store), ledger_take (&result), NULL);
}

static void
test_volumes (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GBytes) nonce = g_bytes_new ("0123456789abcdef", 16);

  ledger_open (ledger);
  g_assert_false (has_volume (ledger, "0123456789abcdef"));
  for (guint i = 0; i < 2; i++) /* once more is no other */
    {
      g_autoptr (GAsyncResult) result = NULL;

      bm_outbox_note_volume_async (BM_OUTBOX (ledger->store), nonce, "out", ledger_on_done,
                                   &result);
      g_assert_true (finish (ledger, &result));
    }
  ledger_reboot (ledger);
  g_assert_true (has_volume (ledger, "0123456789abcdef"));
  g_assert_false (has_volume (ledger, "0123456789abcdeX"));
  ledger_free (ledger);
}

static void
add_traffic (Ledger *ledger, guint64 up, guint64 down)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_outbox_note_traffic_async (BM_OUTBOX (ledger->store), up, down, ledger_on_done, &result);
  g_assert_true (finish (ledger, &result));
}

static void
test_traffic (void)
{
  Ledger *ledger = ledger_new ();
  sqlite3_stmt *row = NULL;
  sqlite3 *db;

  ledger_open (ledger);
  add_traffic (ledger, 100, 10);
  add_traffic (ledger, 50, 5);
  ledger_advance (ledger, 24 * 60 * 60 * 1000);
  add_traffic (ledger, 1, 2);
  ledger_close (ledger);
  db = ledger_open_raw (ledger);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT up, down FROM traffic ORDER BY day", -1, &row,
                                       NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (row), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int (row, 0), ==, 150);
  g_assert_cmpint (sqlite3_column_int (row, 1), ==, 15);
  g_assert_cmpint (sqlite3_step (row), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int (row, 0), ==, 1);
  g_assert_cmpint (sqlite3_step (row), ==, SQLITE_DONE);
  sqlite3_finalize (row);
  sqlite3_close (db);
  ledger_free (ledger);
}

/* The log has its length from the start: commits write over it. */
static void
test_log_is_there (void)
{
  Ledger *ledger = ledger_new ();
  g_autofree char *path = g_build_filename (ledger->folder, "ledger.db-wal", NULL);
  GStatBuf before, after;

  ledger_open (ledger);
  g_assert_cmpint (g_stat (path, &before), ==, 0);
  g_assert_cmpint (before.st_size, >=, 4 * 1024 * 1024);
  g_assert_cmpint (before.st_blocks * 512, >=, 4 * 1024 * 1024); /* no hole */
  ledger_commit_many (ledger, 1, 10);
  g_assert_cmpint (g_stat (path, &after), ==, 0);
  g_assert_cmpint (after.st_size, ==, before.st_size);
  ledger_free (ledger);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notes/skip", test_skip);
  g_test_add_func ("/notes/bad-item", test_bad_item);
  g_test_add_func ("/notes/volumes", test_volumes);
  g_test_add_func ("/notes/traffic", test_traffic);
  g_test_add_func ("/notes/log-is-there", test_log_is_there);
  return g_test_run ();
}
