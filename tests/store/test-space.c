/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/error.h"

#include <glib/gstdio.h>

/* Room: the threshold, the ballast, a database at its last page, and checkpoints. tests/crash fills disks. */

static void
assert_refused_full (Ledger *ledger, guint number)
{
  g_autoptr (BmDraft) draft = ledger_draft_new (number);
  g_autoptr (GError) error = NULL;

  g_assert_null (ledger_try_commit (ledger, draft, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_FULL);
}

static void
test_threshold (void)
{
  Ledger *ledger = ledger_new ();
  BmOutboxStatus *before, *after;
  BmCommitted *next;
  g_autoptr (GPtrArray) answers = NULL;
  BmOutboxBatch *batch;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 1);
  ledger_close (ledger);
  ledger->tuning.reserve_bytes = G_MAXINT64 / 4; /* no disk has as much */
  ledger_open (ledger);
  before = ledger_status (ledger);
  assert_refused_full (ledger, 2);
  g_assert_error (ledger->trouble, BM_ERROR, BM_ERROR_FULL);
  after = ledger_status (ledger);
  g_assert_cmpuint (after->next_seq, ==,
                    before->next_seq); /* refused before anything was written */

  batch = ledger_next (ledger, 1 << 20, 10);
  answers = answers_for (batch, BM_ANSWER_ACCEPTED);
  g_assert_true (ledger_apply (ledger, answers, NULL, 0, NULL)); /* what waits still drains */
  bm_outbox_batch_free (batch);

  ledger->store->reserve_bytes = 1; /* somebody made room: nothing has to be started again */
  next = ledger_commit (ledger, 2);
  g_assert_cmpuint (next->counter, ==, 2);
  bm_committed_free (next);
  g_free (before);
  g_free (after);
  ledger_free (ledger);
}

static void
test_last_page (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GError) error = NULL;
  json_t *verdict;
  BmCommitted *next;
  guint taken = 0;

  ledger->tuning.max_pages = 80;
  ledger_open (ledger);
  for (;;)
    {
      g_autoptr (BmDraft) draft = ledger_draft_new (taken + 1);
      BmCommitted *committed = ledger_try_commit (ledger, draft, &error);

      if (committed == NULL)
        break;
      bm_committed_free (committed);
      taken++;
    }
  g_assert_error (error, BM_ERROR, BM_ERROR_FULL);
  g_assert_cmpuint (taken, >, 5);
  verdict = ledger_verify (ledger);
  g_assert_true (json_is_true (json_object_get (verdict, "ok")));
  json_decref (verdict);
  ledger_close (ledger);
  ledger->tuning.max_pages = 0;
  ledger_open (ledger);
  next = ledger_commit (ledger, taken + 1);
  g_assert_cmpuint (next->counter, ==, taken + 1);
  bm_committed_free (next);
  ledger_free (ledger);
}

static goffset
size_of (Ledger *ledger, const char *name)
{
  g_autofree char *path = g_build_filename (ledger->folder, name, NULL);
  GStatBuf info;

  return g_stat (path, &info) == 0 ? info.st_size : -1;
}

static void
test_ballast (void)
{
  Ledger *ledger = ledger_new ();

  ledger->tuning.ballast_bytes = 1024 * 1024;
  ledger_open (ledger);
  g_assert_cmpint (size_of (ledger, "ledger.ballast"), ==, 1024 * 1024);
  ledger_close (ledger);
  g_assert_cmpint (size_of (ledger, "ledger.ballast"), ==, 1024 * 1024);
  ledger_free (ledger);
}

/* On a disk without room for it the ballast is gone; what the log had at the end is kept, and made whole later. */
static void
test_ballast_of_the_log (void)
{
  Ledger *ledger = ledger_new ();

  ledger->tuning.ballast_bytes = BM_STORE_MIN_BALLAST;
  ledger->tuning.reserve_bytes = G_MAXINT64 / 4; /* no disk has as much */
  ledger_open (ledger);
  g_assert_cmpint (size_of (ledger, "ledger.ballast"), ==, -1);
  ledger_close (ledger);
  g_assert_cmpint (size_of (ledger, "ledger.db-wal"), ==, -1);
  g_assert_cmpint (size_of (ledger, "ledger.ballast"), >=, 65536);
  g_assert_cmpint (size_of (ledger, "ledger.ballast"), <, BM_STORE_MIN_BALLAST);
  ledger_open (ledger);
  ledger_close (ledger);
  g_assert_cmpint (size_of (ledger, "ledger.ballast"), <, BM_STORE_MIN_BALLAST);
  ledger->tuning.reserve_bytes = -1;
  ledger_open (ledger);
  g_assert_cmpint (size_of (ledger, "ledger.ballast"), ==, BM_STORE_MIN_BALLAST);
  ledger_free (ledger);
}

/* Given up, the ballast has to hold what the log adds to the database, and as much again. */
static void
test_log_follows_ballast (void)
{
  Ledger *ledger = ledger_new ();
  gint longest = 0;

  ledger->tuning.ballast_bytes = BM_STORE_MIN_BALLAST;
  ledger_open (ledger);
  for (guint i = 1; i <= 60; i++)
    {
      ledger_commit_many (ledger, i, 1);
      g_assert_cmpint (ledger->store->wal_pages, <, BM_STORE_MIN_BALLAST / 2 / 4096);
      longest = MAX (longest, ledger->store->wal_pages);
    }
  g_assert_cmpint (longest, >, 50); /* and it is not moved at every commit */
  ledger_free (ledger);
}

/* The log is moved when nothing happens, and long before it would fill the disk when much happens. */
static void
test_checkpoint_when_idle (void)
{
  Ledger *ledger = ledger_new ();
  const gint64 deadline = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;

  ledger->tuning.idle_ms = 10;
  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 20);
  while (size_of (ledger, "ledger.db") < 20 * 4096)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (2000);
    }
  ledger_commit_many (ledger, 21, 1);
  ledger_free (ledger);
}

static void
test_checkpoint_when_long (void)
{
  Ledger *ledger = ledger_new ();
  const goffset most = (goffset) (BM_STORE_MAX_WAL_PAGES + 200) * (4096 + 24);

  ledger_open (ledger);
  for (guint i = 1; i <= 400; i++)
    {
      ledger_commit_many (ledger, i, 1);
      g_assert_cmpint (size_of (ledger, "ledger.db-wal"), <, most);
    }
  g_assert_cmpint (size_of (ledger, "ledger.db"), >, 100 * 4096); /* it was moved at least once */
  ledger_free (ledger);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/space/below-threshold", test_threshold);
  g_test_add_func ("/space/last-page", test_last_page);
  g_test_add_func ("/space/ballast", test_ballast);
  g_test_add_func ("/space/ballast-of-the-log", test_ballast_of_the_log);
  g_test_add_func ("/space/log-follows-ballast", test_log_follows_ballast);
  g_test_add_func ("/space/checkpoint-when-idle", test_checkpoint_when_idle);
  g_test_add_func ("/space/checkpoint-when-log-is-long", test_checkpoint_when_long);
  return g_test_run ();
}
