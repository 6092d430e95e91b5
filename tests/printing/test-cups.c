/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-cups"

#include "printing/printer.h"

#include "core/error.h"

#include "tests/printing/printer-fixture.h"
#include "tests/printing/sheet-fixture.h"

#include <string.h>

/* A real cupsd, mistreated. What must never happen: "printed" from here, or a sheet that comes when nobody waits for it. */

#define ATTEMPT "0f6d2b52-7c1e-4a55-9c51-1d0f6a8f7e01"
#define WAIT_MS 60000
#define OTHER   "5b1f0e0c-2f0a-4b7e-8a55-7f6a2f1c9d02"

typedef struct
{
  SimPrinter *sim;
  BmPrinter *printer;
  BmRender *render;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  json_t *sheet = sheet_load ("registration.json");
  g_autoptr (GError) error = NULL;

  fixture->sim = sim_printer_new_cups ();
  fixture->printer = bm_printer_new (fixture->sim->uri, &error);
  g_assert_no_error (error);
  fixture->render = sheet_render (sheet, 1, bm_printer_get_paper (fixture->printer));
  json_decref (sheet);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_object_unref (fixture->printer);
  bm_render_free (fixture->render);
  sim_printer_free (fixture->sim);
}

static BmPrintReport *
submit_as (Fixture *fixture, const char *attempt, GError **error)
{
  const BmPrintRequest request = { fixture->render, SHEET_NUMBER, 1, attempt };

  return bm_printer_submit (fixture->printer, &request, error);
}

static BmPrintReport *
submit (Fixture *fixture, GError **error)
{
  return submit_as (fixture, ATTEMPT, error);
}

/* The place of a job that cupsd took. */
static char *
submit_well_as (Fixture *fixture, const char *attempt)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPrintReport) report = submit_as (fixture, attempt, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (report->reason, ==, "");
  g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_SENT);
  g_assert_cmpstr (report->remote, !=, "");
  return g_strdup (report->remote);
}

static char *
submit_well (Fixture *fixture)
{
  return submit_well_as (fixture, ATTEMPT);
}

static BmPrintReport *
poll_as (Fixture *fixture, const char *attempt, const char *remote, gint64 age_ms)
{
  const BmPrintTrace trace = { attempt, remote, age_ms };
  g_autoptr (GError) error = NULL;
  BmPrintReport *report = bm_printer_poll (fixture->printer, &trace, &error);

  g_assert_no_error (error);
  g_assert_cmpint (report->outcome, !=, BM_PRINT_OUTCOME_PRINTED);
  return report;
}

static BmPrintReport *
poll_aged (Fixture *fixture, const char *remote, gint64 age_ms)
{
  return poll_as (fixture, ATTEMPT, remote, age_ms);
}

static void
assert_ends_as (Fixture *fixture, const char *attempt, const char *remote, const char *reason)
{
  const gint64 deadline = g_get_monotonic_time () + WAIT_MS * G_TIME_SPAN_MILLISECOND;

  while (TRUE)
    {
      g_autoptr (BmPrintReport) report = poll_as (fixture, attempt, remote, 1000);

      if (report->outcome != BM_PRINT_OUTCOME_SENT)
        {
          g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_UNKNOWN);
          g_assert_cmpstr (report->reason, ==, reason);
          return;
        }
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      wait_ms (50);
    }
}

static void
assert_ends (Fixture *fixture, const char *remote, const char *reason)
{
  assert_ends_as (fixture, ATTEMPT, remote, reason);
}

static void
wait_until_begun (Fixture *fixture)
{
  const gint64 deadline = g_get_monotonic_time () + WAIT_MS * G_TIME_SPAN_MILLISECOND;

  while (TRUE)
    {
      g_autofree char *began = sim_printer_tell (fixture->sim, "began");

      if (g_str_equal (began, "yes"))
        return;
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      wait_ms (20);
    }
}

static guint
count_sheets (Fixture *fixture)
{
  g_auto (GStrv) sheets = sim_printer_get_sheets (fixture->sim);

  return g_strv_length (sheets);
}

static void
assert_status (Fixture *fixture, const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) reasons = bm_printer_status (fixture->printer, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (reasons), ==, reason != NULL ? 1 : 0);
  g_assert_cmpstr (reasons[0], ==, reason);
}

static void
assert_jobs (Fixture *fixture, const char *count)
{
  g_autofree char *jobs = sim_printer_tell (fixture->sim, "jobs");

  g_assert_cmpstr (jobs, ==, count);
}

/* It came out, as far as cupsd knows: a person is asked. */
static void
test_sheet (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *remote = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) sheets = NULL;

  assert_status (fixture, NULL);
  g_assert_true (bm_printer_probe (fixture->printer, NULL));
  remote = submit_well (fixture);
  assert_ends (fixture, remote, "not-confirmed");
  sheets = sim_printer_get_sheets (fixture->sim);
  g_assert_cmpuint (g_strv_length (sheets), ==, 1);
  text = sheet_run ("pdftotext", sheets[0], "-", NULL);
  g_assert_nonnull (strstr (text, "登记凭条"));
}

static void
test_queue_missing (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  sim_printer_order (fixture->sim, "remove");
  g_assert_null (submit (fixture, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);
}

/* A queue that stands still, or takes nothing, is given nothing: it would come out hours later. */
static void
test_queue_stopped (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    const char *to;
    const char *back;
  } cases[] = { { "pause", "resume" }, { "reject", "accept" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmPrintReport) report = NULL;

      sim_printer_order (fixture->sim, cases[i].to);
      assert_status (fixture, "queue-paused");
      report = submit (fixture, NULL);
      g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_REFUSED);
      g_assert_cmpstr (report->reason, ==, "queue-paused");
      assert_jobs (fixture, "0");
      sim_printer_order (fixture->sim, cases[i].back);
      assert_status (fixture, NULL);
    }
}

static void
test_sheet_fails (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *remote = NULL;

  sim_printer_order (fixture->sim, "fail");
  remote = submit_well (fixture);
  assert_ends (fixture, remote, "aborted");
  assert_jobs (fixture, "0");
  g_assert_cmpuint (count_sheets (fixture), ==, 0);
  assert_status (fixture, NULL);
}

static void
test_cancel (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *remote = NULL;
  g_autoptr (GError) error = NULL;

  sim_printer_order (fixture->sim, "hang");
  remote = submit_well (fixture);
  wait_until_begun (fixture);
  g_assert_true (
    bm_printer_cancel (fixture->printer, &(BmPrintTrace){ ATTEMPT, remote, 1000 }, &error));
  g_assert_no_error (error);
  assert_ends (fixture, remote, "canceled");
  assert_jobs (fixture, "0");
  g_assert_cmpuint (count_sheets (fixture), ==, 0);
}

/* C3. After a restart of the machine nobody knows how long it has lain there. */
static void
test_lies_too_long (Fixture *fixture, gconstpointer age)
{
  g_autofree char *remote = NULL;
  g_autoptr (BmPrintReport) young = NULL;
  g_autoptr (BmPrintReport) old = NULL;

  sim_printer_order (fixture->sim, "hang");
  remote = submit_well (fixture);
  young = poll_aged (fixture, remote, 60000);
  g_assert_cmpint (young->outcome, ==, BM_PRINT_OUTCOME_SENT);
  old = poll_aged (fixture, remote, GPOINTER_TO_INT (age));
  g_assert_cmpint (old->outcome, ==, BM_PRINT_OUTCOME_UNKNOWN);
  g_assert_cmpstr (old->reason, ==, "no-progress");
  assert_jobs (fixture, "0");
}

static void
assert_silent (Fixture *fixture, const char *remote)
{
  const BmPrintTrace trace = { ATTEMPT, remote, 1000 };
  g_autoptr (GError) asked = NULL;
  g_autoptr (GError) polled = NULL;

  g_assert_null (bm_printer_status (fixture->printer, &asked));
  g_assert_error (asked, BM_ERROR, BM_ERROR_UNREACHABLE);
  g_assert_null (bm_printer_poll (fixture->printer, &trace, &polled));
  g_assert_error (polled, BM_ERROR, BM_ERROR_UNREACHABLE);
  g_assert_cmpstr (bm_printer_get_silence (fixture->printer), ==, "no-print-service");
}

/* Killed while a sheet that was seen being printed is not whole. */
static char *
kill_amid (Fixture *fixture)
{
  g_autofree char *remote = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPrintReport) seen = NULL;

  sim_printer_order (fixture->sim, "hang");
  remote = submit_well (fixture);
  wait_until_begun (fixture);
  seen = poll_aged (fixture, remote, 1000);
  g_assert_cmpint (seen->outcome, ==, BM_PRINT_OUTCOME_SENT);
  sim_printer_order (fixture->sim, "kill");
  assert_silent (fixture, remote);
  g_assert_null (submit (fixture, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_UNREACHABLE);
  return g_steal_pointer (&remote);
}

/* cupsd begins it anew by itself: it is taken away from it, and the person is asked. */
static void
test_killed_amid (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *remote = kill_amid (fixture);

  wait_ms (1100); /* cupsd's times are whole seconds; a real one is not back within one either */
  sim_printer_order (fixture->sim, "start");
  assert_ends (fixture, remote, "begun-again");
  assert_jobs (fixture, "0");
  g_assert_cmpuint (count_sheets (fixture), ==, 0);
}

/* The person pressed 没有拿到 while cupsd was away: the old sheet does not come before its copy. */
static void
test_killed_and_copied (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *remote = kill_amid (fixture);
  g_autofree char *copy = NULL;

  sim_printer_order (fixture->sim, "start");
  copy = submit_well_as (fixture, OTHER);
  assert_ends_as (fixture, OTHER, copy, "not-confirmed");
  assert_ends (fixture, remote, "canceled");
  g_assert_cmpuint (count_sheets (fixture), ==, 1);
}

/* Also when nothing else is printed: each look at the printer empties the queue of what nobody follows. */
static void
test_left_behind (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *remote = kill_amid (fixture);

  sim_printer_order (fixture->sim, "start");
  g_assert_true (bm_printer_probe (fixture->printer, NULL));
  assert_jobs (fixture, "0");
}

/* CONFIGURATION.md's drop-in: a cupsd that begins with an empty queue prints nothing anew. */
static void
test_killed_and_swept (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *remote = kill_amid (fixture);

  sim_printer_order (fixture->sim, "sweep");
  sim_printer_order (fixture->sim, "start");
  assert_jobs (fixture, "0");
  assert_ends (fixture, remote, "job-not-found");
  g_assert_cmpuint (count_sheets (fixture), ==, 0);
}

/* Whoever has to look for a sheet again does not leave it to cupsd. */
static void
test_looked_for_again (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *remote = NULL;
  const BmPrintTrace trace = { ATTEMPT, "", 1000 };
  g_autoptr (BmPrintReport) report = NULL;

  sim_printer_order (fixture->sim, "hang");
  remote = submit_well (fixture);
  wait_until_begun (fixture);
  report = bm_printer_reconcile (fixture->printer, &trace, NULL);
  g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_UNKNOWN);
  g_assert_cmpstr (report->reason, ==, "called-off");
  assert_jobs (fixture, "0");
}

/* A queue that tries a failed sheet again, half a minute later or when somebody lets it go on. */
static void
test_tried_again (Fixture *fixture, gconstpointer policy)
{
  g_autofree char *order = g_strdup_printf ("policy %s", (const char *) policy);
  g_autofree char *remote = NULL;

  sim_printer_order (fixture->sim, "kill");
  sim_printer_order (fixture->sim, order);
  sim_printer_order (fixture->sim, "start");
  sim_printer_order (fixture->sim, "fail");
  remote = submit_well (fixture);
  assert_ends (fixture, remote, "aborted");
  assert_jobs (fixture, "0");
  g_assert_cmpuint (count_sheets (fixture), ==, 0);
}

static void
test_frozen (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  sim_printer_order (fixture->sim, "stop");
  g_assert_null (submit (fixture, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_UNREACHABLE);
  sim_printer_order (fixture->sim, "cont");
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer), gconstpointer data)
{
  g_test_add (path, Fixture, data, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  sheet_start_locale ();
  g_test_init (&argc, &argv, NULL);
  add ("/cups/sheet-is-never-called-printed", test_sheet, NULL);
  add ("/cups/queue-missing", test_queue_missing, NULL);
  add ("/cups/queue-stopped", test_queue_stopped, NULL);
  add ("/cups/sheet-fails", test_sheet_fails, NULL);
  add ("/cups/cancel", test_cancel, NULL);
  add ("/cups/lies-too-long", test_lies_too_long, GINT_TO_POINTER (600000));
  add ("/cups/machine-restarted-since", test_lies_too_long, GINT_TO_POINTER (-1));
  add ("/cups/cupsd-killed", test_killed_amid, NULL);
  add ("/cups/cupsd-killed/and-copied", test_killed_and_copied, NULL);
  add ("/cups/cupsd-killed/left-behind", test_left_behind, NULL);
  add ("/cups/cupsd-killed/and-swept", test_killed_and_swept, NULL);
  add ("/cups/looked-for-again", test_looked_for_again, NULL);
  add ("/cups/tried-again/later", test_tried_again, "retry-job");
  add ("/cups/tried-again/when-let", test_tried_again, "stop-printer");
  add ("/cups/cupsd-frozen", test_frozen, NULL);
  return g_test_run ();
}
