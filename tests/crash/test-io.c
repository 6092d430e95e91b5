/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/crash/crash-ledger.h"
#include "tests/crash/crash-vfs.h"

#include "app/store/store-sql.h"
#include "core/error.h"

#include <glib/gstdio.h>

/*
 * A disk that fails: every write, truncate and sync of a morning fails once, with an I/O error or
 * because the disk is full. What must hold: the caller is told; after an I/O error nothing is
 * written again (a second fsync would report success about lost pages) until the next start; after
 * a full disk nothing of the refused step is there and the next one goes on, without a gap.
 */

#define MORNING 9 /* steps */

typedef struct
{
  Ledger *ledger;
  CrashDisk *disk;
} Bench;

static Bench
bench_new (void)
{
  Bench bench = { .disk = crash_disk_new (), .ledger = ledger_new () };

  bench.ledger->tuning.vfs = CRASH_VFS;
  ledger_open (bench.ledger);
  return bench;
}

static void
bench_free (Bench *bench)
{
  ledger_free (bench->ledger);
  crash_disk_free (bench->disk);
}

/* Runs the morning until a step is refused. Returns: that step, or 0. @ret_struck: the step in which the
 * disk failed, or 0. */
static guint
run_morning (Bench *bench, char **ret_before, guint *ret_struck, GError **error)
{
  *ret_struck = 0;
  for (guint step = 1; step <= MORNING; step++)
    {
      gboolean is_done;

      g_free (*ret_before);
      *ret_before = crash_ledger_digest (bench->ledger);
      is_done = crash_ledger_step (bench->ledger, step, error);
      if (*ret_struck == 0 && crash_disk_had_fault (bench->disk))
        *ret_struck = step;
      if (!is_done)
        return step;
    }
  return 0;
}

/* Answers and prints: what was promised goes on. */
static gboolean
step_drains (guint step)
{
  return step % 8 == 2 || step % 8 == 3 || step % 8 == 6 || step % 8 == 7;
}

static void
assert_dead (Bench *bench)
{
  g_autoptr (BmDraft) draft = ledger_draft_new (500);
  g_autoptr (GError) error = NULL;

  g_assert_error (bench->ledger->trouble, BM_ERROR, BM_ERROR_CORRUPT);
  g_assert_cmpint (bm_error_get_fate (bench->ledger->trouble), ==, BM_FATE_STOP);
  g_assert_null (ledger_try_commit (bench->ledger, draft, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_false (ledger_apply (bench->ledger, NULL, NULL, 5000, &error)); /* not even an answer */
  g_assert_error (error, BM_ERROR, BM_ERROR_CORRUPT);
}

/* Returns: whether the @nth operation exists and failed. */
static gboolean
fail_once (guint nth)
{
  Bench bench = bench_new ();
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  guint refused, struck;
  gboolean had_fault;

  crash_disk_set_fault (bench.disk, CRASH_FAIL_ANY, nth);
  refused = run_morning (&bench, &before, &struck, &error);
  had_fault = crash_disk_had_fault (bench.disk);
  if (had_fault)
    {
      g_assert_cmpuint (refused, >, 0);
      g_assert_error (error, BM_ERROR, BM_ERROR_CORRUPT);
      assert_dead (&bench);
      ledger_close (bench.ledger);
      g_assert_cmpuint (crash_disk_get_ops_after_fault (bench.disk), ==, 0); /* silence */
      ledger_open (bench.ledger);
      after = crash_ledger_digest (bench.ledger);
      /* A COMMIT whose sync failed may be there after the start, whole; then it is told (invariant 14). */
      if (g_strcmp0 (after, before) != 0)
        g_assert_cmpuint (refused, !=, 0);
      g_assert_true (crash_ledger_is_sound (bench.ledger));
      ledger_commit_many (bench.ledger, 600, 2);
    }
  bench_free (&bench);
  return had_fault;
}

static void
test_every_operation_fails (void)
{
  guint nth = 1;

  while (fail_once (nth))
    nth += CRASH_STRIDE;
  g_test_message ("%u operations, failed one by one", nth - 1);
  g_assert_cmpuint (nth, >, 15);
}

/* Rows and prints that are not settled yet. */
static guint
count_waiting (Bench *bench)
{
  g_autofree BmOutboxStatus *status = ledger_status (bench->ledger);
  g_autoptr (GPtrArray) jobs = ledger_open_jobs (bench->ledger);
  guint waiting = (guint) status->pending;

  for (guint i = 0; i < jobs->len; i++)
    waiting += 100 + (guint) ((BmPrintJob *) jobs->pdata[i])->state;
  return waiting;
}

/* A matter is refused, and nothing of it is there; what drains makes room in the log by itself. */
static gboolean
fill_once (guint nth, guint waiting, guint *counts)
{
  Bench bench = bench_new ();
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  guint refused, struck;
  gboolean had_fault;

  crash_disk_set_fault (bench.disk, CRASH_FAIL_WRITE, nth);
  refused = run_morning (&bench, &before, &struck, &error);
  had_fault = crash_disk_had_fault (bench.disk);
  if (had_fault)
    {
      g_assert_cmpuint (refused, ==, step_drains (struck) ? 0 : struck);
      counts[refused != 0]++;
      if (refused != 0)
        {
          g_assert_error (error, BM_ERROR, BM_ERROR_FULL);
          after = crash_ledger_digest (bench.ledger);
          g_assert_cmpstr (after, ==, before); /* nothing of the refused step is there */
          g_clear_error (&error);
        }
      for (; refused != 0 && refused <= MORNING; refused++)
        {
          crash_ledger_step (bench.ledger, refused, &error); /* there is room again */
          g_assert_no_error (error);
        }
      g_assert_cmpuint (count_waiting (&bench), ==, waiting); /* as after any other morning */
      g_assert_true (crash_ledger_is_sound (bench.ledger));
      ledger_close (bench.ledger);
      ledger_open (bench.ledger);
      g_assert_true (crash_ledger_is_sound (bench.ledger));
    }
  bench_free (&bench);
  return had_fault;
}

static void
test_every_write_finds_no_room (void)
{
  guint nth = 1;
  guint waiting;
  guint counts[2] = { 0 }; /* struck and done all the same, refused */

  {
    Bench bench = bench_new ();
    g_autofree char *before = NULL;
    guint struck;

    g_assert_cmpuint (run_morning (&bench, &before, &struck, NULL), ==, 0);
    waiting = count_waiting (&bench);
    bench_free (&bench);
  }
  while (fill_once (nth, waiting, counts))
    nth += CRASH_STRIDE;
  g_test_message ("%u writes found no room one by one: %u steps done all the same, %u refused",
                  nth - 1, counts[0], counts[1]);
  g_assert_cmpuint (nth, >, 8);
  g_assert_cmpuint (counts[0], >, 0);
  g_assert_cmpuint (counts[1], >, 0);
}

static guint
commit_until_full (Ledger *ledger, guint first)
{
  g_autoptr (GError) error = NULL;

  for (guint i = first;; i++)
    {
      g_autoptr (BmDraft) draft = ledger_draft_new (i);
      BmCommitted *committed = ledger_try_commit (ledger, draft, &error);

      if (committed == NULL)
        {
          g_assert_error (error, BM_ERROR, BM_ERROR_FULL);
          return i;
        }
      bm_committed_free (committed);
    }
}

/* Acknowledges everything that waits. Returns: how many; @error when it got stuck. */
static guint
drain (Ledger *ledger, GError **error)
{
  guint drained = 0;

  for (;;)
    {
      BmOutboxBatch *batch = ledger_try_next (ledger, 1 << 20, 20, error);
      g_autoptr (GPtrArray) answers = NULL;
      guint len;

      if (batch == NULL)
        return drained;
      answers = answers_for (batch, BM_ANSWER_ACCEPTED);
      len = batch->items->len;
      bm_outbox_batch_free (batch);
      if (len == 0 || !ledger_apply (ledger, answers, NULL, 0, error))
        return drained;
      drained += len;
    }
}

/*
 * Full to the last byte: no new entry, a plain word, and what was promised still drains through the
 * room that the ballast gives up. With a larger disk the same ledger goes on.
 */
static void
test_full_disk_drains (void)
{
  CrashDisk *disk = crash_disk_new ();
  Ledger *ledger = ledger_new ();
  g_autofree char *ballast = g_build_filename (ledger->folder, "ledger.ballast", NULL);
  g_autoptr (GError) error = NULL;
  guint taken;

  ledger->tuning.vfs = CRASH_VFS;
  ledger->tuning.ballast_bytes = 4 * 1024 * 1024;
  ledger_open (ledger);
  g_assert_true (g_file_test (ballast, G_FILE_TEST_EXISTS));
  crash_disk_set_room (disk, 7 * 1024 * 1024, ballast);
  taken = commit_until_full (ledger, 1);
  g_assert_cmpuint (taken, >, 20);
  g_assert_error (ledger->trouble, BM_ERROR, BM_ERROR_FULL);
  g_assert_cmpint (bm_error_get_fate (ledger->trouble), ==, BM_FATE_STOP);
  g_assert_true (
    g_file_test (ballast, G_FILE_TEST_EXISTS)); /* kept for draining, not for more promises */

  crash_disk_set_room (disk, crash_disk_get_used (disk) + (gsize) ledger->tuning.ballast_bytes,
                       ballast);
  g_assert_cmpuint (drain (ledger, &error), ==, 2 * (taken - 1));
  g_assert_no_error (error);
  g_assert_false (g_file_test (ballast, G_FILE_TEST_EXISTS));
  ledger_close (ledger);
  crash_disk_set_room (disk, 0, NULL);
  ledger_open (ledger);
  g_assert_true (crash_ledger_is_sound (ledger));
  g_assert_true (g_file_test (ballast, G_FILE_TEST_EXISTS)); /* put back */
  {
    BmCommitted *next = ledger_commit (ledger, taken);

    g_assert_cmpuint (next->counter, ==, taken); /* the refused one took no number */
    bm_committed_free (next);
  }
  ledger_free (ledger);
  crash_disk_free (disk);
}

static gpointer
count_purged_on_worker (gpointer data, GError **error)
{
  gint64 count;

  g_assert_true (
    bm_sql_read_int (data, "SELECT count(*) FROM entry WHERE purged <> 0", &count, NULL));
  return GSIZE_TO_POINTER ((gsize) count);
}

static gint
count_purged (Ledger *ledger)
{
  return (gint) GPOINTER_TO_SIZE (bm_worker_run_sync (bm_store_get_worker (ledger->store),
                                                      count_purged_on_worker, ledger->store, NULL));
}

static void
note_centre (Ledger *ledger)
{
  BmOutbox *outbox = BM_OUTBOX (ledger->store);
  BmClock *clock = BM_CLOCK (ledger->clock);
  g_autofree BmOutboxStatus *status = ledger_status (ledger);
  g_autoptr (GAsyncResult) time = NULL;
  g_autoptr (GAsyncResult) backup = NULL;

  bm_outbox_note_time_async (outbox, bm_clock_get_wall_ms (clock), bm_clock_get_boot_ms (clock),
                             100, ledger_on_done, &time);
  g_assert_true (bm_outbox_note_time_finish (outbox, ledger_take (&time), NULL));
  bm_outbox_note_backed_up_async (outbox, status->epoch, 100, ledger_on_done, &backup);
  g_assert_true (bm_outbox_note_backed_up_finish (outbox, ledger_take (&backup), NULL));
}

/* Returns: whether the @nth write of a purge exists and found no room. */
static gboolean
purge_once (guint nth)
{
  Bench bench = bench_new ();
  g_autoptr (GAsyncResult) swept = NULL;
  g_autoptr (GError) error = NULL;
  gboolean had_fault;

  ledger_commit_many (bench.ledger, 1, 3);
  ledger_send_all (bench.ledger, BM_ANSWER_ACCEPTED);
  ledger_advance (bench.ledger, G_GINT64_CONSTANT (40) * 24 * 60 * 60 * 1000);
  note_centre (bench.ledger);
  crash_disk_set_fault (bench.disk, CRASH_FAIL_WRITE, nth);
  bm_store_sweep_async (bench.ledger->store, ledger_on_done, &swept);
  bm_store_sweep_finish (bench.ledger->store, ledger_take (&swept), &error);
  g_assert_no_error (error);
  had_fault = crash_disk_had_fault (bench.disk);
  g_assert_cmpint (count_purged (bench.ledger), ==, 6); /* the second try passes nothing over */
  g_assert_true (crash_ledger_is_sound (bench.ledger));
  bench_free (&bench);
  return had_fault;
}

static void
test_purge_finds_no_room (void)
{
  guint nth = 1;

  while (purge_once (nth))
    nth++;
  g_assert_cmpuint (nth, >, 1);
}

/* Without the ballast the same drain gets stuck, so the test above would notice its removal. */
static void
test_mutant_no_ballast (void)
{
  CrashDisk *disk = crash_disk_new ();
  Ledger *ledger = ledger_new ();
  g_autoptr (GError) error = NULL;
  guint taken;

  ledger->tuning.vfs = CRASH_VFS;
  ledger_open (ledger);
  crash_disk_set_room (disk, 3 * 1024 * 1024, NULL);
  taken = commit_until_full (ledger, 1);
  crash_disk_set_room (disk, crash_disk_get_used (disk), NULL);
  g_assert_cmpuint (drain (ledger, &error), <, 2 * (taken - 1));
  g_assert_error (error, BM_ERROR, BM_ERROR_FULL);
  ledger_free (ledger);
  crash_disk_free (disk);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/io/every-operation-fails-once", test_every_operation_fails);
  g_test_add_func ("/io/every-write-finds-no-room-once", test_every_write_finds_no_room);
  g_test_add_func ("/io/purge-finds-no-room-once", test_purge_finds_no_room);
  g_test_add_func ("/io/full-disk-drains", test_full_disk_drains);
  g_test_add_func ("/io/mutant-no-ballast", test_mutant_no_ballast);
  return g_test_run ();
}
