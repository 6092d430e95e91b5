/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/error.h"

#include <string.h>

/* What the desk must not see (domain §2.21a rule 5), and sheets that are nobody else's
 * (store-journal.c, J3). */

/* Hidden */

static BmDraft *
hidden_draft_new (void)
{
  BmDraft *draft = ledger_draft_new (77);

  g_free (draft->service);
  draft->service = g_strdup ("req.appeal");
  draft->is_hidden_from_desk = TRUE;
  draft->due_day = 1; /* overdue: due_soon would love it */
  return draft;
}

static json_t *
get_status (Ledger *ledger)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_store_status_async (ledger->store, ledger_on_done, &result);
  return bm_store_json_finish (ledger->store, ledger_take (&result), NULL);
}

static json_t *
desk_find (Ledger *ledger, const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  json_t *found;

  bm_store_desk_find_async (ledger->store, text, ledger_on_done, &result);
  found = bm_store_json_finish (ledger->store, ledger_take (&result), &error);
  g_assert_no_error (error);
  return found;
}

static json_t *
desk_list (Ledger *ledger, BmDraft *draft)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_store_desk_list_async (ledger->store, draft->subject_tag, ledger_on_done, &result);
  return bm_store_json_finish (ledger->store, ledger_take (&result), NULL);
}

static void
assert_reprint_fails (Ledger *ledger, const char *number)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bm_store_reprint_async (ledger->store, number, "desk", "HT02", ledger_on_done, &result);
  g_assert_cmpint (bm_store_print_finish (ledger->store, ledger_take (&result), &error), ==, 0);
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);
}

/* No JSON that a desk is given knows of it. */
static void
assert_unseen (Ledger *ledger, const BmCommitted *committed, BmDraft *draft)
{
  json_t *views[] = { ledger_overview (ledger), desk_find (ledger, committed->number),
                      desk_find (ledger, committed->qr), desk_find (ledger, "1"),
                      desk_list (ledger, draft) };

  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autofree char *text = json_dumps (views[i], JSON_ENCODE_ANY);

      g_assert_null (strstr (text, committed->number));
      g_assert_null (strstr (text, "req.appeal"));
      json_decref (views[i]);
    }
  assert_reprint_fails (ledger, committed->number);
}

static json_int_t
count_of (json_t *view, const char *group, const char *key)
{
  return json_integer_value (json_object_get (json_object_get (view, group), key));
}

static void
test_hidden (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = hidden_draft_new ();
  BmCommitted *committed;
  json_t *overview, *status, *outbox;
  g_autofree char *text = NULL;

  ledger_open (ledger);
  committed = ledger_commit_draft (ledger, draft);
  assert_unseen (ledger, committed, draft);
  overview = ledger_overview (ledger);
  g_assert_cmpint (count_of (overview, "waiting", "total"), ==, 0);
  g_assert_cmpint (count_of (overview, "waiting", "oldest_ms"), ==, 0);
  g_assert_cmpint (count_of (overview, "print", "open"), ==, 0);
  g_assert_null (json_object_get (overview, "hidden"));
  json_decref (overview);

  /* What waits for its printer, and what the centre refuses with a reason, stays unseen too. */
  g_assert_true (
    ledger_move (ledger, committed->print_job, BM_PRINT_QUEUED, BM_PRINT_WAITING, NULL));
  g_assert_true (
    ledger_move (ledger, committed->print_job, BM_PRINT_WAITING, BM_PRINT_SENDING, NULL));
  g_assert_true (
    ledger_move (ledger, committed->print_job, BM_PRINT_SENDING, BM_PRINT_UNKNOWN, NULL));
  assert_unseen (ledger, committed, draft);
  ledger_send_all (ledger, BM_ANSWER_REJECTED);
  assert_unseen (ledger, committed, draft);
  overview = ledger_overview (ledger);
  g_assert_cmpint (count_of (overview, "waiting", "rejected"), ==, 0);
  json_decref (overview);

  status = get_status (ledger);
  g_assert_cmpint (count_of (status, "hidden", "cases"), ==, 1);
  g_assert_cmpint (count_of (status, "hidden", "waiting"), ==, 0);
  text = json_dumps (status, 0);
  g_assert_null (strstr (text, committed->number));
  json_decref (status);
  outbox = ledger_outbox (ledger);
  g_free (text);
  text = json_dumps (outbox, 0);
  g_assert_null (strstr (text, committed->number));
  g_assert_nonnull (strstr (text, "is_hidden"));
  json_decref (outbox);
  bm_committed_free (committed);
  ledger_free (ledger);
}

/* The person's own card still brings it. */
static void
test_hidden_is_ones_own (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = hidden_draft_new ();
  g_autoptr (GPtrArray) cases = NULL;

  ledger_open (ledger);
  bm_committed_free (ledger_commit_draft (ledger, draft));
  cases = ledger_cases (ledger, draft);
  g_assert_cmpuint (cases->len, ==, 1);
  g_assert_true (((BmCase *) cases->pdata[0])->is_hidden);
  g_assert_cmpstr (((BmCase *) cases->pdata[0])->service, ==, "req.appeal");
  ledger_free (ledger);
}

/* Whoever sits there after a restart is told that it is stored, and not what. */
static void
test_hidden_after_restart (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) hidden = hidden_draft_new ();
  g_autoptr (BmDraft) anonymous = ledger_draft_new (99);
  g_autoptr (GPtrArray) untold = NULL;

  ledger_open (ledger);
  anonymous->is_anonymous = TRUE;
  bm_committed_free (ledger_commit_draft (ledger, hidden));
  bm_committed_free (ledger_commit_draft (ledger, anonymous));
  ledger_reboot (ledger);
  untold = ledger_untold (ledger, "hall");
  g_assert_cmpuint (untold->len, ==, 2);
  for (guint i = 0; i < untold->len; i++)
    {
      const BmCase *found = untold->pdata[i];

      g_assert_cmpstr (found->service, ==, "");
      g_assert_cmpuint (json_object_size (found->slip), ==, 0);
      g_assert_null (found->result);
      g_assert_cmpuint (strlen (found->number), ==, BM_NUMBER_LEN);
    }
  ledger_free (ledger);
}

static void
test_reopening (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = ledger_draft_new (2);
  g_autoptr (BmDraft) wrong = ledger_draft_new (3);
  g_autoptr (GError) error = NULL;
  BmCommitted *older, *newer;
  BmCase *found;

  ledger_open (ledger);
  older = ledger_commit (ledger, 1);
  draft->replaces = g_strdup (older->number);
  newer = ledger_commit_draft (ledger, draft);
  found = ledger_case (ledger, newer->number);
  g_assert_cmpstr (found->replaces, ==, older->number);
  bm_case_free (found);
  found = ledger_case (ledger, older->number);
  g_assert_cmpstr (found->replaces, ==, "");
  bm_case_free (found);
  wrong->replaces = g_strdup ("17");
  g_assert_null (ledger_try_commit (ledger, wrong, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  bm_committed_free (older);
  bm_committed_free (newer);
  ledger_free (ledger);
}

/* Sheets without a case */

#define SECRET "每月228元4角"

static json_t *
query_sheet_new (void)
{
  json_t *sheet =
    json_pack ("{s:i, s:s, s:s, s:s, s:b, s:[{s:s, s:s, s:s, s:b}]}", "version", 1, "kind", "query",
               "title", "查询条", "station", "禾田村便民服务站", "demo", 1, "blocks", "type",
               "pair", "label", "养老金", "value", SECRET, "strong", 0);

  g_assert_nonnull (sheet);
  return sheet;
}

static gint64
print_query (Ledger *ledger)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  json_t *sheet = query_sheet_new ();
  gint64 job;

  bm_store_print_async (ledger->store, "", "hall", sheet, ledger_on_done, &result);
  job = bm_store_print_finish (ledger->store, ledger_take (&result), &error);
  g_assert_no_error (error);
  json_decref (sheet);
  return job;
}

static void
end_sheets (Ledger *ledger, const char *seat)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_store_end_sheets_async (ledger->store, seat, ledger_on_done, &result);
  g_assert_true (bm_store_end_sheets_finish (ledger->store, ledger_take (&result), NULL));
}

static BmPrintJob *
try_copy (Ledger *ledger, gint64 job, GError **error)
{
  BmPrintJournal *journal = BM_PRINT_JOURNAL (ledger->store);
  g_autoptr (GAsyncResult) result = NULL;

  bm_print_journal_copy_async (journal, job, "not-received", ledger_on_done, &result);
  return bm_print_journal_copy_finish (journal, ledger_take (&result), error);
}

static void
assert_no_copy (Ledger *ledger, gint64 job)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (try_copy (ledger, job, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_REFUSED);
}

static gint64
read_raw (Ledger *ledger, const char *sql)
{
  sqlite3 *db = ledger_open_raw (ledger);
  sqlite3_stmt *statement = NULL;
  gint64 value;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return value;
}

static void
test_sheet_printed (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmPrintJob) copy = NULL;
  gint64 job;

  ledger_open (ledger);
  job = print_query (ledger);
  copy = try_copy (ledger, job, NULL); /* while the person stands there */
  g_assert_nonnull (copy);
  g_assert_cmpuint (copy->copy, ==, 2);
  ledger_print_out (ledger, job);
  assert_no_copy (ledger, job);
  ledger_print_out (ledger, copy->id);
  assert_no_copy (ledger, copy->id);
  ledger_close (ledger);
  g_assert_cmpint (read_raw (ledger, "SELECT total (length (sheet)) FROM print_job"), ==, 0);
  ledger_free (ledger);
}

/* @way: the moves after QUEUED; what becomes of it when the session ends, and whether it was open. */
static void
expect_after_end (const BmPrintState *way, guint len, BmPrintState wanted)
{
  Ledger *ledger = ledger_new ();
  g_autofree char *sql = NULL;
  gint64 job;

  ledger_open (ledger);
  job = print_query (ledger);
  for (guint i = 1; i < len; i++)
    g_assert_true (ledger_move (ledger, job, way[i - 1], way[i], NULL));
  end_sheets (ledger, "desk"); /* another seat's session */
  {
    g_autoptr (GPtrArray) jobs = ledger_open_jobs (ledger);

    g_assert_cmpuint (jobs->len, ==, 1);
    g_assert_cmpuint (json_object_size (((BmPrintJob *) jobs->pdata[0])->sheet), >, 0);
  }
  end_sheets (ledger, "hall");
  assert_no_copy (ledger, job);
  /* Also what the log still holds of it cannot be opened any more. */
  g_assert_cmpuint (g_hash_table_size (ledger->store->fleeting), ==, 0);
  ledger_close (ledger);
  sql = g_strdup_printf ("SELECT state = %d AND length (sheet) = 0 FROM print_job", wanted);
  g_assert_cmpint (read_raw (ledger, sql), ==, 1);
  ledger_free (ledger);
}

static void
test_sheet_after_session (void)
{
  const BmPrintState way[] = { BM_PRINT_QUEUED, BM_PRINT_WAITING, BM_PRINT_SENDING, BM_PRINT_SENT };
  const BmPrintState lost[] = { BM_PRINT_QUEUED, BM_PRINT_WAITING, BM_PRINT_SENDING,
                                BM_PRINT_UNKNOWN };

  expect_after_end (way, 1, BM_PRINT_EXPIRED);
  expect_after_end (way, 2, BM_PRINT_EXPIRED);
  expect_after_end (way, 3, BM_PRINT_SENDING); /* it is in the printer: followed to its end */
  expect_after_end (way, 4, BM_PRINT_SENT);
  expect_after_end (lost, 4, BM_PRINT_EXPIRED);
}

/* The printer took nothing after all, and the person is gone: it is not tried again. */
static void
test_sheet_refused_late (void)
{
  const BmPrintState ends[] = { BM_PRINT_REFUSED, BM_PRINT_UNKNOWN };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      Ledger *ledger = ledger_new ();
      g_autoptr (GPtrArray) jobs = NULL;
      gint64 job;

      ledger_open (ledger);
      job = print_query (ledger);
      g_assert_true (ledger_move (ledger, job, BM_PRINT_QUEUED, BM_PRINT_WAITING, NULL));
      g_assert_true (ledger_move (ledger, job, BM_PRINT_WAITING, BM_PRINT_SENDING, NULL));
      end_sheets (ledger, "hall");
      g_assert_true (ledger_move (ledger, job, BM_PRINT_SENDING, ends[i], NULL));
      jobs = ledger_open_jobs (ledger);
      g_assert_cmpuint (jobs->len, ==, 0);
      ledger_free (ledger);
    }
}

/* Killed with the sheet in the queue: the next start prints it for nobody, and cannot even read it. */
static void
test_sheet_after_kill (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GPtrArray) jobs = NULL;
  g_autofree char *copy = NULL;
  g_autofree char *db = g_build_filename (ledger->folder, "ledger.db", NULL);
  g_autofree char *wal = g_build_filename (ledger->folder, "ledger.db-wal", NULL);
  g_autofree char *db_bytes = NULL;
  g_autofree char *wal_bytes = NULL;
  gsize db_len, wal_len;

  ledger_open (ledger);
  (void) print_query (ledger);
  ledger_commit_many (ledger, 1, 1);
  /* What a kill leaves: the files as they are now. */
  g_assert_true (g_file_get_contents (db, &db_bytes, &db_len, NULL));
  g_assert_true (g_file_get_contents (wal, &wal_bytes, &wal_len, NULL));
  ledger_close (ledger);
  g_assert_true (g_file_set_contents (db, db_bytes, (gssize) db_len, NULL));
  g_assert_true (g_file_set_contents (wal, wal_bytes, (gssize) wal_len, NULL));
  ledger_open (ledger);
  jobs = ledger_open_jobs (ledger);
  g_assert_cmpuint (jobs->len, ==, 1); /* the slip of the matter, which has a number */
  g_assert_cmpstr (((BmPrintJob *) jobs->pdata[0])->number, !=, "");
  assert_no_copy (ledger, 1);
  ledger_close (ledger);
  g_assert_cmpint (read_raw (ledger, "SELECT state FROM print_job WHERE number = ''"), ==,
                   BM_PRINT_EXPIRED);
  ledger_free (ledger);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hidden/unseen", test_hidden);
  g_test_add_func ("/hidden/is-ones-own", test_hidden_is_ones_own);
  g_test_add_func ("/hidden/after-restart", test_hidden_after_restart);
  g_test_add_func ("/reopening", test_reopening);
  g_test_add_func ("/sheet/printed-is-gone", test_sheet_printed);
  g_test_add_func ("/sheet/ends-with-the-session", test_sheet_after_session);
  g_test_add_func ("/sheet/refused-late", test_sheet_refused_late);
  g_test_add_func ("/sheet/never-after-a-kill", test_sheet_after_kill);
  return g_test_run ();
}
