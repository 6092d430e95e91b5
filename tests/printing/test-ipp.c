/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-ipp"

#include "printing/printer.h"

#include "core/error.h"

#include "tests/printing/printer-fixture.h"
#include "tests/printing/relay.h"
#include "tests/printing/sheet-fixture.h"

#include <string.h>

/* The real ippeveprinter, mistreated. What must never happen: a second sheet, or "printed" without one. */

#define ATTEMPT  "0f6d2b52-7c1e-4a55-9c51-1d0f6a8f7e01"
#define ATTEMPT2 "7d1c9a60-33aa-4f0e-8a49-52c6d1f2b002"
#define WAIT_MS  60000

typedef struct
{
  SimPrinter *sim;
  BmPrinter *printer;
  BmRender *render;
  gint64 started;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  json_t *sheet = sheet_load ("registration.json");
  g_autoptr (GError) error = NULL;

  fixture->started = g_get_monotonic_time ();
  fixture->sim = sim_printer_new ();
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
submit (Fixture *fixture, const char *attempt, GError **error)
{
  const BmPrintRequest request = { fixture->render, SHEET_NUMBER, 1, attempt };

  return bm_printer_submit (fixture->printer, &request, error);
}

static char *
submit_well (Fixture *fixture, const char *attempt)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPrintReport) report = submit (fixture, attempt, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (report->reason, ==, "");
  g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_SENT);
  g_assert_true (g_str_has_prefix (report->remote, "ipp://"));
  return g_strdup (report->remote);
}

static BmPrintReport *
poll_once (Fixture *fixture, const char *attempt, const char *remote)
{
  const BmPrintTrace trace = { attempt, remote, 1000 };
  g_autoptr (GError) error = NULL;
  BmPrintReport *report = bm_printer_poll (fixture->printer, &trace, &error);

  g_assert_no_error (error);
  return report;
}

static BmPrintReport *
reconcile_aged (Fixture *fixture, const char *attempt, const char *remote, gint64 age_ms)
{
  const BmPrintTrace trace = { attempt, remote, age_ms };
  g_autoptr (GError) error = NULL;
  BmPrintReport *report = bm_printer_reconcile (fixture->printer, &trace, &error);

  g_assert_no_error (error);
  return report;
}

/* Until the sheet has a fate, or stays with @reason when one is given. */
static BmPrintReport *
poll_until (Fixture *fixture, const char *attempt, const char *remote, const char *reason)
{
  const gint64 deadline = g_get_monotonic_time () + WAIT_MS * G_TIME_SPAN_MILLISECOND;

  while (TRUE)
    {
      BmPrintReport *report = poll_once (fixture, attempt, remote);

      if (report->outcome != BM_PRINT_OUTCOME_SENT || g_strcmp0 (report->reason, reason) == 0)
        return report;
      bm_print_report_free (report);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      wait_ms (50);
    }
}

static void
assert_fate (Fixture *fixture,
             const char *attempt,
             const char *remote,
             BmPrintOutcome outcome,
             const char *reason)
{
  g_autoptr (BmPrintReport) report = poll_until (fixture, attempt, remote, NULL);

  g_assert_cmpint (report->outcome, ==, outcome);
  g_assert_cmpstr (report->reason, ==, reason);
}

static void
assert_sheets (Fixture *fixture, guint count)
{
  g_auto (GStrv) sheets = sim_printer_get_sheets (fixture->sim);

  g_assert_cmpuint (g_strv_length (sheets), ==, count);
  for (guint i = 0; i < count; i++)
    {
      g_autofree char *text = sheet_scan (sheets[i]);

      g_assert_cmpstr (text, ==, SHEET_QR);
    }
}

static void
assert_reasons (Fixture *fixture, const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) reasons = bm_printer_status (fixture->printer, &error);

  g_assert_no_error (error);
  if (reason == NULL)
    g_assert_cmpuint (g_strv_length (reasons), ==, 0);
  else
    g_assert_true (g_strv_contains ((const char *const *) reasons, reason));
}

static void
test_printed (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *remote = NULL;
  g_autoptr (BmPrintReport) found = NULL;

  g_assert_true (bm_printer_probe (fixture->printer, &error));
  g_assert_no_error (error);
  assert_reasons (fixture, NULL);
  remote = submit_well (fixture, ATTEMPT);
  assert_fate (fixture, ATTEMPT, remote, BM_PRINT_OUTCOME_PRINTED, "");
  assert_sheets (fixture, 1);
  found =
    reconcile_aged (fixture, ATTEMPT, "", 1000); /* our process died before it noted the job */
  g_assert_cmpint (found->outcome, ==, BM_PRINT_OUTCOME_PRINTED);
  g_assert_cmpstr (found->remote, ==, remote);
}

static void
test_paper_out_before (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPrintReport) report = NULL;
  g_autofree char *remote = NULL;

  sim_printer_order (fixture->sim, "paper out");
  assert_reasons (fixture, "media-empty");
  report = submit (fixture, ATTEMPT, &error);
  g_assert_no_error (error);
  g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_REFUSED);
  g_assert_cmpstr (report->reason, ==, "media-empty");
  sim_printer_order (fixture->sim, "paper in");
  assert_reasons (fixture, NULL);
  assert_sheets (fixture, 0);
  remote = submit_well (fixture, ATTEMPT2);
  assert_fate (fixture, ATTEMPT2, remote, BM_PRINT_OUTCOME_PRINTED, "");
  assert_sheets (fixture, 1);
}

static void
test_paper_out_amid (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *remote = NULL;
  g_autoptr (BmPrintReport) report = NULL;

  sim_printer_order (fixture->sim, "slow 700");
  remote = submit_well (fixture, ATTEMPT);
  sim_printer_order (fixture->sim, "paper out");
  report = poll_until (fixture, ATTEMPT, remote, "media-empty");
  g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_SENT);
  g_assert_cmpstr (report->reason, ==, "media-empty");
  sim_printer_order (fixture->sim, "paper in");
  assert_fate (fixture, ATTEMPT, remote, BM_PRINT_OUTCOME_PRINTED, "");
  assert_sheets (fixture, 1);
}

static void
test_jam (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *remote = NULL;
  g_autoptr (BmPrintReport) report = NULL;

  sim_printer_order (fixture->sim, "jam");
  remote = submit_well (fixture, ATTEMPT);
  report = poll_until (fixture, ATTEMPT, remote, "media-jam");
  g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_SENT);
  sim_printer_order (fixture->sim, "unjam");
  assert_fate (fixture, ATTEMPT, remote, BM_PRINT_OUTCOME_PRINTED, "");
}

static void
test_abort (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *remote = NULL;

  sim_printer_order (fixture->sim, "abort");
  remote = submit_well (fixture, ATTEMPT);
  assert_fate (fixture, ATTEMPT, remote, BM_PRINT_OUTCOME_UNKNOWN, "aborted");
  assert_sheets (fixture, 0);
}

static void
test_busy (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *remote = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPrintReport) report = NULL;

  sim_printer_order (fixture->sim, "slow 700");
  remote = submit_well (fixture, ATTEMPT);
  report = submit (fixture, ATTEMPT2, &error);
  g_assert_null (report);
  g_assert_error (error, BM_ERROR, BM_ERROR_BUSY);
  assert_fate (fixture, ATTEMPT, remote, BM_PRINT_OUTCOME_PRINTED, "");
  assert_sheets (fixture, 1);
}

/* Paper of another width: refused whole, and the printer is free at once. */
static void
test_wrong_paper (Fixture *fixture, gconstpointer unused)
{
  json_t *sheet = sheet_load ("registration.json");
  g_autoptr (BmRender) render = sheet_render (sheet, 1, BM_PAPER_ROLL58);
  const BmPrintRequest request = { render, SHEET_NUMBER, 1, ATTEMPT };
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPrintReport) report = bm_printer_submit (fixture->printer, &request, &error);
  g_autofree char *remote = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_REFUSED);
  g_assert_cmpstr (report->reason, ==, "other-paper");
  remote = submit_well (fixture, ATTEMPT2);
  assert_fate (fixture, ATTEMPT2, remote, BM_PRINT_OUTCOME_PRINTED, "");
  assert_sheets (fixture, 1);
  json_decref (sheet);
}

static void
test_silence (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPrintReport) report = NULL;
  g_autoptr (BmPrintReport) early = NULL;
  const gint64 began = g_get_monotonic_time ();

  sim_printer_order (fixture->sim, "stop");
  report = submit (fixture, ATTEMPT, &error);
  sim_printer_order (fixture->sim, "cont");
  g_assert_null (report);
  g_assert_error (error, BM_ERROR, BM_ERROR_UNREACHABLE);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 40 * G_USEC_PER_SEC);
  assert_sheets (fixture, 0);
  early = reconcile_aged (fixture, ATTEMPT, "", 1000);
  g_assert_cmpint (early->outcome, ==,
                   BM_PRINT_OUTCOME_UNKNOWN); /* the printer is too young to know */
}

/* kill -9 in mid-job; when it is back, its numbers start again and belong to others. */
static void
test_power_cut (Fixture *fixture, gconstpointer unused)
{
  const BmPrintTrace lost = { ATTEMPT, "", 1000 };
  g_autofree char *remote = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPrintReport) none = NULL;

  sim_printer_order (fixture->sim, "slow 60000");
  remote = submit_well (fixture, ATTEMPT);
  sim_printer_order (fixture->sim, "cut");
  none = bm_printer_poll (fixture->printer, &lost, &error);
  g_assert_null (none);
  g_assert_error (error, BM_ERROR, BM_ERROR_UNREACHABLE);
  sim_printer_order (fixture->sim, "slow 0");
  sim_printer_order (fixture->sim, "start");
  assert_fate (fixture, ATTEMPT, remote, BM_PRINT_OUTCOME_UNKNOWN, "job-not-found");
  other = submit_well (fixture, ATTEMPT2);
  g_assert_cmpstr (other, ==, remote);
  assert_fate (fixture, ATTEMPT2, other, BM_PRINT_OUTCOME_PRINTED, "");
  assert_fate (fixture, ATTEMPT, remote, BM_PRINT_OUTCOME_UNKNOWN, "job-not-found");
  assert_sheets (fixture, 1);
}

/* A job that is cancelled before the printer began it has left nothing for certain; this is about the other kind. */
static void
wait_until_begun (Fixture *fixture)
{
  const gint64 deadline = g_get_monotonic_time () + WAIT_MS * G_TIME_SPAN_MILLISECOND;

  while (TRUE)
    {
      g_autofree char *told = sim_printer_tell (fixture->sim, "began");

      if (g_strcmp0 (told, "yes") == 0)
        return;
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      wait_ms (20);
    }
}

static void
test_cancel (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *remote = NULL;
  BmPrintTrace trace = { ATTEMPT, NULL, 1000 };

  sim_printer_order (fixture->sim, "slow 700");
  remote = submit_well (fixture, ATTEMPT);
  wait_until_begun (fixture);
  trace.remote = remote;
  g_assert_true (bm_printer_cancel (fixture->printer, &trace, &error));
  g_assert_no_error (error);
  assert_fate (fixture, ATTEMPT, remote, BM_PRINT_OUTCOME_UNKNOWN, "canceled");
  g_assert_true (bm_printer_cancel (fixture->printer, &trace, &error));
}

static void
test_off (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPrintReport) report = NULL;
  g_auto (GStrv) reasons = NULL;

  sim_printer_order (fixture->sim, "cut");
  report = submit (fixture, ATTEMPT, &error);
  g_assert_null (report);
  g_assert_error (error, BM_ERROR, BM_ERROR_UNREACHABLE);
  g_clear_error (&error);
  reasons = bm_printer_status (fixture->printer, &error);
  g_assert_null (reasons);
  g_assert_error (error, BM_ERROR, BM_ERROR_UNREACHABLE);
  g_clear_error (&error);
  g_assert_false (bm_printer_probe (fixture->printer, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_UNREACHABLE);
}

static void
through (Fixture *fixture, Relay *relay)
{
  g_autofree char *uri = relay_dup_uri (relay);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPrintReport) report = NULL;

  g_object_unref (fixture->printer);
  fixture->printer = bm_printer_new (uri, NULL);
  report = submit (fixture, ATTEMPT, &error);
  g_assert_no_error (error);
  g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_UNKNOWN);
  g_assert_cmpstr (report->reason, ==, "connection-lost");
  g_object_unref (fixture->printer);
  fixture->printer = bm_printer_new (fixture->sim->uri, NULL);
}

/* The printer has all of it and says so, but nobody hears: found again by its name, printed once. */
static void
test_answer_lost (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (Relay) relay = relay_new (fixture->sim->uri, 8000, RELAY_LOSES_ANSWER);

  through (fixture, relay);
  assert_fate (fixture, ATTEMPT, "", BM_PRINT_OUTCOME_PRINTED, "");
  assert_sheets (fixture, 1);
}

/* Half a sheet arrives. It must not count as one. */
static void
test_half_lost (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (Relay) relay = relay_new (fixture->sim->uri, 12000, RELAY_LOSES_REST);
  g_autoptr (BmPrintReport) report = NULL;

  through (fixture, relay);
  report = poll_until (fixture, ATTEMPT, "", NULL);
  g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_UNKNOWN);
  assert_sheets (fixture, 0);
}

/* Our own death between the halves. */
static void
test_killed (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmPrintReport) report = NULL;
  const char *uri = g_getenv ("BIANMIN_TEST_URI");

  if (g_test_subprocess ())
    {
      g_object_unref (fixture->printer);
      fixture->printer = bm_printer_new (uri, NULL);
      report = submit (fixture, ATTEMPT, NULL);
      return;
    }
  g_setenv ("BIANMIN_TEST_URI", fixture->sim->uri, TRUE);
  g_setenv ("BIANMIN_FAULT", "print-mid", TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_unsetenv ("BIANMIN_FAULT");
  g_test_trap_assert_failed ();
  report = poll_until (fixture, ATTEMPT, "", NULL);
  g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_UNKNOWN);
  assert_sheets (fixture, 0);
}

/* Sheets go to an office printer as PDF. */
static void
test_laser (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (Laser) laser = laser_new (fixture->sim);
  json_t *sheet = sheet_load ("registration.json");
  g_autoptr (GError) error = NULL;
  g_autofree char *remote = NULL;
  g_autoptr (GDir) spool = NULL;
  const char *name;
  guint documents = 0;

  g_object_unref (fixture->printer);
  fixture->printer = bm_printer_new (laser->uri, &error);
  g_assert_no_error (error);
  bm_render_free (fixture->render);
  fixture->render = sheet_render (sheet, 1, bm_printer_get_paper (fixture->printer));
  remote = submit_well (fixture, ATTEMPT);
  assert_fate (fixture, ATTEMPT, remote, BM_PRINT_OUTCOME_PRINTED, "");
  spool = g_dir_open (laser->spool, 0, NULL);
  while ((name = g_dir_read_name (spool)) != NULL)
    documents += g_str_has_suffix (name, ".pdf");
  g_assert_cmpuint (documents, ==, 1);
  json_decref (sheet);
}

/* P3: only a printer that was up all the time, and would remember, proves that it never had a sheet. */
static void
test_absence (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    gint64 age_ms;
    const char *remote;
    BmPrintOutcome outcome;
  } cases[] = {
    { 500, "", BM_PRINT_OUTCOME_LATER },
    { 10500, "", BM_PRINT_OUTCOME_REFUSED },
    { 10500, "ipp://localhost/ipp/print/7", BM_PRINT_OUTCOME_UNKNOWN },
    { 40000, "", BM_PRINT_OUTCOME_UNKNOWN }, /* older than the printer's run */
    { 70000, "", BM_PRINT_OUTCOME_UNKNOWN },
    { -1, "", BM_PRINT_OUTCOME_UNKNOWN },
  };

  while (g_get_monotonic_time () - fixture->started < 23 * G_USEC_PER_SEC)
    wait_ms (100);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmPrintReport) report =
        reconcile_aged (fixture, ATTEMPT, cases[i].remote, cases[i].age_ms);

      g_assert_cmpint (report->outcome, ==, cases[i].outcome);
    }
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  sheet_start_locale ();
  g_test_init (&argc, &argv, NULL);
  ADD ("/ipp/printed", test_printed);
  ADD ("/ipp/paper-out-before", test_paper_out_before);
  ADD ("/ipp/paper-out-amid", test_paper_out_amid);
  ADD ("/ipp/jam", test_jam);
  ADD ("/ipp/abort", test_abort);
  ADD ("/ipp/busy", test_busy);
  ADD ("/ipp/wrong-paper", test_wrong_paper);
  ADD ("/ipp/silence", test_silence);
  ADD ("/ipp/power-cut", test_power_cut);
  ADD ("/ipp/cancel", test_cancel);
  ADD ("/ipp/off", test_off);
  ADD ("/ipp/answer-lost", test_answer_lost);
  ADD ("/ipp/half-lost", test_half_lost);
  ADD ("/ipp/killed-between-halves", test_killed);
  ADD ("/ipp/office-printer", test_laser);
  ADD ("/ipp/absence", test_absence);
  return g_test_run ();
}
