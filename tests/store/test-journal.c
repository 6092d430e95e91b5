/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/error.h"
#include "core/sheet/sheet.h"

#include <string.h>

/* Print jobs: their moves, copies, and what a restart finds. */

static BmPrintJob *
only_job (Ledger *ledger)
{
  g_autoptr (GPtrArray) jobs = ledger_open_jobs (ledger);

  g_assert_cmpuint (jobs->len, ==, 1);
  return bm_print_job_ref (jobs->pdata[0]);
}

static void
test_moves (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmPrintJob) job = NULL;
  g_autoptr (GError) error = NULL;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 1);
  job = only_job (ledger);
  g_assert_false (ledger_move (ledger, job->id, BM_PRINT_QUEUED, BM_PRINT_PRINTED, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID); /* not drawn */
  g_clear_error (&error);
  g_assert_false (ledger_move (ledger, job->id, BM_PRINT_WAITING, BM_PRINT_SENDING, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID); /* it is in another state */
  g_clear_error (&error);
  g_assert_false (ledger_move (ledger, job->id + 1, BM_PRINT_QUEUED, BM_PRINT_WAITING, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  g_clear_error (&error);

  g_assert_true (ledger_move (ledger, job->id, BM_PRINT_QUEUED, BM_PRINT_WAITING, &error));
  g_assert_true (ledger_move (ledger, job->id, BM_PRINT_WAITING, BM_PRINT_SENDING, &error));
  g_assert_true (ledger_move (ledger, job->id, BM_PRINT_SENDING, BM_PRINT_SENT, &error));
  g_assert_true (ledger_move (ledger, job->id, BM_PRINT_SENT, BM_PRINT_PRINTED, &error));
  g_assert_no_error (error);
  {
    g_autoptr (GPtrArray) jobs = ledger_open_jobs (ledger);

    g_assert_cmpuint (jobs->len, ==, 0);
  }
  ledger_free (ledger);
}

static void
test_restart_while_sending (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmPrintJob) job = NULL;
  g_autoptr (BmPrintJob) found = NULL;
  gint64 boot_ms;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 1);
  job = only_job (ledger);
  ledger_advance (ledger, 1234);
  boot_ms = bm_clock_get_boot_ms (BM_CLOCK (ledger->clock));
  g_assert_true (ledger_move (ledger, job->id, BM_PRINT_QUEUED, BM_PRINT_WAITING, NULL));
  g_assert_true (ledger_move (ledger, job->id, BM_PRINT_WAITING, BM_PRINT_SENDING, NULL));
  ledger_reboot (ledger);
  found = only_job (ledger);
  g_assert_cmpint (found->state, ==, BM_PRINT_SENDING);
  g_assert_cmpstr (found->attempt, ==, "attempt-1");
  g_assert_cmpint (found->attempt_boot_ms, ==, boot_ms);
  g_assert_cmpstr (found->attempt_boot_id, ==, "01010101010101010101010101010101");
  g_assert_true (json_equal (found->sheet, job->sheet));
  g_assert_cmpuint (ledger->queued->len, ==, 1); /* nothing is queued again by itself */
  ledger_free (ledger);
}

static BmPrintJob *
copy (Ledger *ledger, gint64 id, GError **error)
{
  BmPrintJournal *journal = BM_PRINT_JOURNAL (ledger->store);
  g_autoptr (GAsyncResult) result = NULL;

  bm_print_journal_copy_async (journal, id, "not-received", ledger_on_done, &result);
  return bm_print_journal_copy_finish (journal, ledger_take (&result), error);
}

static void
test_copies (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmPrintJob) first = NULL;
  g_autoptr (BmPrintJob) second = NULL;
  g_autoptr (BmPrintJob) third = NULL;
  g_autoptr (GError) error = NULL;
  BmOutboxStatus *status;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 1);
  first = only_job (ledger);
  g_assert_cmpuint (first->copy, ==, 1);
  second = copy (ledger, first->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (second->copy, ==, 2);
  g_assert_cmpstr (second->number, ==, first->number);
  g_assert_true (json_equal (second->sheet, first->sheet));
  third = copy (ledger, first->id, &error); /* of the first again: still the third paper */
  g_assert_cmpuint (third->copy, ==, 3);
  g_assert_cmpuint (ledger->queued->len, ==, 3);
  status = ledger_status (ledger);
  g_assert_cmpuint (status->next_seq, ==, 6); /* each further copy is audited */
  g_free (status);
  g_assert_null (copy (ledger, 999, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);
  ledger_free (ledger);
}

static gint64
print (Ledger *ledger, const char *number, json_t *sheet, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_store_print_async (ledger->store, number, "desk", sheet, ledger_on_done, &result);
  return bm_store_print_finish (ledger->store, ledger_take (&result), error);
}

static guint
copy_of (Ledger *ledger, gint64 id)
{
  g_autoptr (GPtrArray) jobs = ledger_open_jobs (ledger);

  for (guint i = 0; i < jobs->len; i++)
    if (((BmPrintJob *) jobs->pdata[i])->id == id)
      return ((BmPrintJob *) jobs->pdata[i])->copy;
  return 0;
}

static void
test_other_sheet (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = ledger_draft_new (1);
  g_autoptr (GError) error = NULL;
  BmCommitted *committed;
  gint64 again, other, loose;
  json_t *sheet = json_deep_copy (draft->sheet);

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  again = print (ledger, committed->number, draft->sheet, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (copy_of (ledger, again), ==, 2);
  json_object_set_new (sheet, "kind", json_string ("result"));
  other = print (ledger, committed->number, sheet, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (copy_of (ledger, other), ==, 1); /* another sheet, not another copy */
  loose = print (ledger, "", sheet, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (copy_of (ledger, loose), ==, 1);
  g_assert_cmpint (print (ledger, "9901211012010101000000999", sheet, &error), ==, 0);
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);
  json_decref (sheet);
  bm_committed_free (committed);
  ledger_free (ledger);
}

static json_t *
form_new (void)
{
  return json_pack ("{s:i, s:s, s:s, s:s, s:b, s:[{s:s, s:s, s:s}, {s:s, s:s}]}", "version", 1,
                    "kind", "outage", "title", "补录单", "station", "禾田村便民服务站", "demo", 1,
                    "blocks", "type", "pair", "label", "单号", "value", "{form}", "type", "text",
                    "text", "{form}");
}

/* What stands on the paper that waits, in both places. */
static void
assert_form (Ledger *ledger, gint64 id, const char *number)
{
  g_autoptr (GPtrArray) jobs = ledger_open_jobs (ledger);
  g_autofree char *text = NULL;
  g_auto (GStrv) parts = NULL;

  for (guint i = 0; i < jobs->len; i++)
    if (((BmPrintJob *) jobs->pdata[i])->id == id)
      text = bm_sheet_to_text (((BmPrintJob *) jobs->pdata[i])->sheet, 1);
  g_assert_nonnull (text);
  g_assert_null (strstr (text, "{form}"));
  parts = g_strsplit (text, number, -1);
  g_assert_cmpuint (g_strv_length (parts), ==, 3);
}

/* No number of a paper form comes twice: not in one run, not in the next; other sheets take none. */
static void
test_forms (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = ledger_draft_new (1);
  g_autoptr (GError) error = NULL;
  json_t *form = form_new ();

  ledger_open (ledger);
  assert_form (ledger, print (ledger, "", form, &error), "01 01 0001 6");
  g_assert_no_error (error);
  print (ledger, "", draft->sheet, &error);
  g_assert_no_error (error);
  ledger_close (ledger);
  ledger_open (ledger);
  assert_form (ledger, print (ledger, "", form, &error), "01 01 0002 4");
  g_assert_no_error (error);
  json_decref (form);
  ledger_free (ledger);
}

/* A sheet that never lay in a hand does not make the next one a copy. */
static void
test_canceled_is_no_copy (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = ledger_draft_new (1);
  g_autoptr (BmPrintJob) job = NULL;
  BmCommitted *committed;
  gint64 again;

  ledger_open (ledger);
  committed = ledger_commit (ledger, 1);
  job = only_job (ledger);
  g_assert_true (ledger_move (ledger, job->id, BM_PRINT_QUEUED, BM_PRINT_EXPIRED, NULL));
  again = print (ledger, committed->number, draft->sheet, NULL);
  g_assert_cmpuint (copy_of (ledger, again), ==, 1);
  bm_committed_free (committed);
  ledger_free (ledger);
}

static void
test_unknown_in_overview (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmPrintJob) job = NULL;
  json_t *overview, *shown;

  ledger_open (ledger);
  ledger_commit_many (ledger, 1, 1);
  job = only_job (ledger);
  g_assert_true (ledger_move (ledger, job->id, BM_PRINT_QUEUED, BM_PRINT_WAITING, NULL));
  overview = ledger_overview (ledger);
  shown = json_object_get (overview, "print");
  g_assert_cmpstr (json_string_value (json_object_get (shown, "waiting_reason")), ==, "busy");
  json_decref (overview);
  g_assert_true (ledger_move (ledger, job->id, BM_PRINT_WAITING, BM_PRINT_SENDING, NULL));
  g_assert_true (ledger_move (ledger, job->id, BM_PRINT_SENDING, BM_PRINT_UNKNOWN, NULL));
  overview = ledger_overview (ledger);
  shown = json_array_get (json_object_get (json_object_get (overview, "print"), "unknown"), 0);
  g_assert_cmpint (json_integer_value (json_object_get (shown, "job")), ==, job->id);
  g_assert_cmpstr (json_string_value (json_object_get (shown, "number")), ==, job->number);
  json_decref (overview);
  ledger_free (ledger);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal/illegal-moves", test_moves);
  g_test_add_func ("/journal/restart-while-sending", test_restart_while_sending);
  g_test_add_func ("/journal/copies", test_copies);
  g_test_add_func ("/journal/another-sheet-is-no-copy", test_other_sheet);
  g_test_add_func ("/journal/forms-are-numbered", test_forms);
  g_test_add_func ("/journal/canceled-is-no-copy", test_canceled_is_no_copy);
  g_test_add_func ("/journal/unknown-is-shown", test_unknown_in_overview);
  return g_test_run ();
}
