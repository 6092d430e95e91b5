/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-escpos"

#include "printing/printer-escpos-private.h"

#include "core/error.h"

#include "tests/printing/printer-fixture.h"
#include "tests/printing/sheet-fixture.h"

#include <glib/gstdio.h>

#include <string.h>
#include <unistd.h>

/* A receipt printer, mistreated. What must never happen: a second sheet, or "printed" without one. */

#define ATTEMPT  "0f6d2b52-7c1e-4a55-9c51-1d0f6a8f7e01"
#define ATTEMPT2 "7d1c9a60-33aa-4f0e-8a49-52c6d1f2b002"
#define WAIT_S   30
#define PATIENT  60000 /* ms */
#define HURRIED  500

typedef struct
{
  SimPrinter *sim;
  BmPrinter *printer;
  const BmRender *render;
} Fixture;

static BmRender *
make_sheet (BmPaper paper)
{
  json_t *sheet = sheet_load ("registration.json");
  BmRender *render = sheet_render (sheet, 1, paper);

  json_decref (sheet);
  return render;
}

/* "line profile" */
static void
set_up (Fixture *fixture, gconstpointer what)
{
  static BmRender *renders[2];
  g_auto (GStrv) words = g_strsplit (what, " ", 2);
  g_autoptr (GError) error = NULL;
  BmPaper paper;

  if (g_test_subprocess ())
    fixture->sim = NULL;
  else
    fixture->sim = sim_printer_new_escpos (words[0], words[1]);
  fixture->printer =
    bm_printer_new (fixture->sim != NULL ? fixture->sim->uri : g_getenv ("BIANMIN_TEST_URI"),
                    &error);
  g_assert_no_error (error);
  bm_escpos_printer_set_patience (fixture->printer, PATIENT, PATIENT, HURRIED);
  paper = bm_printer_get_paper (fixture->printer);
  if (renders[paper] == NULL)
    renders[paper] = g_test_subprocess () ? sheet_render_stripes () : make_sheet (paper);
  fixture->render = renders[paper];
  g_assert_true (bm_printer_probe (fixture->printer, &error));
  g_assert_no_error (error);
}

static void
assert_nothing_bad (Fixture *fixture)
{
  g_autofree char *bad = sim_printer_tell (fixture->sim, "bad");

  g_assert_cmpstr (bad, ==, "");
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_object_unref (fixture->printer);
  if (fixture->sim == NULL)
    return;
  assert_nothing_bad (fixture);
  sim_printer_free (fixture->sim);
}

/* Another run of the station. */
static void
restart (Fixture *fixture)
{
  g_object_unref (fixture->printer);
  fixture->printer = bm_printer_new (fixture->sim->uri, NULL);
  bm_escpos_printer_set_patience (fixture->printer, PATIENT, PATIENT, HURRIED);
  g_assert_true (bm_printer_probe (fixture->printer, NULL));
}

static void
order (Fixture *fixture, const char *verb)
{
  sim_printer_order (fixture->sim, verb);
}

static BmPrintReport *
submit (Fixture *fixture, const char *attempt, GError **error)
{
  const BmPrintRequest request = { fixture->render, SHEET_NUMBER, 1, attempt };

  return bm_printer_submit (fixture->printer, &request, error);
}

/* Until the sheet has a fate, or stays with @reason when one is given. */
static BmPrintReport *
follow (Fixture *fixture, BmPrintReport *report, const char *attempt, const char *reason)
{
  const gint64 deadline = g_get_monotonic_time () + WAIT_S * G_USEC_PER_SEC;

  while (report->outcome == BM_PRINT_OUTCOME_SENT && g_strcmp0 (report->reason, reason) != 0)
    {
      g_autofree char *remote = g_strdup (report->remote);
      const BmPrintTrace trace = { attempt, remote, 1000 };
      g_autoptr (GError) error = NULL;

      bm_print_report_free (report);
      report = bm_printer_poll (fixture->printer, &trace, &error);
      g_assert_no_error (error);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      wait_ms (20);
    }
  return report;
}

static BmPrintReport *
submit_and_follow (Fixture *fixture, const char *attempt, const char *reason)
{
  g_autoptr (GError) error = NULL;
  BmPrintReport *report = submit (fixture, attempt, &error);

  g_assert_no_error (error);
  return follow (fixture, report, attempt, reason);
}

static void
assert_fate (Fixture *fixture, const char *attempt, BmPrintOutcome outcome, const char *reason)
{
  g_autoptr (BmPrintReport) report = submit_and_follow (fixture, attempt, NULL);

  g_assert_cmpstr (report->reason, ==, reason);
  g_assert_cmpint (report->outcome, ==, outcome);
}

static void
assert_refused (Fixture *fixture, const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPrintReport) report = submit (fixture, ATTEMPT, &error);

  g_assert_no_error (error);
  g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_REFUSED);
  g_assert_cmpstr (report->reason, ==, reason);
}

static void
assert_unreachable (Fixture *fixture)
{
  g_autoptr (GError) sent = NULL, asked = NULL;
  g_autoptr (BmPrintReport) report = submit (fixture, ATTEMPT, &sent);
  g_auto (GStrv) reasons = bm_printer_status (fixture->printer, &asked);

  g_assert_null (report);
  g_assert_error (sent, BM_ERROR, BM_ERROR_UNREACHABLE);
  g_assert_null (reasons);
  g_assert_error (asked, BM_ERROR, BM_ERROR_UNREACHABLE);
}

static void
assert_count (Fixture *fixture, guint count)
{
  g_auto (GStrv) sheets = sim_printer_get_sheets (fixture->sim);

  g_assert_cmpuint (g_strv_length (sheets), ==, count);
}

/* The last of them is whole. */
static void
assert_sheets (Fixture *fixture, guint count)
{
  g_auto (GStrv) sheets = sim_printer_get_sheets (fixture->sim);
  g_autofree char *text = NULL;

  g_assert_cmpuint (g_strv_length (sheets), ==, count);
  if (count == 0)
    return;
  text = sheet_scan (sheets[count - 1]);
  g_assert_cmpstr (text, ==, SHEET_QR);
}

static void
assert_reasons (Fixture *fixture, const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) reasons = bm_printer_status (fixture->printer, &error);
  g_autofree char *text = reasons != NULL ? g_strjoinv (" ", reasons) : NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, reason);
}

static BmPrintReport *
look_up (Fixture *fixture, const char *attempt, gint64 age_ms)
{
  const BmPrintTrace trace = { attempt, "", age_ms };
  g_autoptr (GError) error = NULL;
  BmPrintReport *report = bm_printer_reconcile (fixture->printer, &trace, &error);

  g_assert_no_error (error);
  return report;
}

static void
assert_known_as (Fixture *fixture, const char *attempt, BmPrintOutcome outcome)
{
  g_autoptr (BmPrintReport) report = look_up (fixture, attempt, 1);

  g_assert_cmpint (report->outcome, ==, outcome);
}

static void
test_printed (Fixture *fixture, gconstpointer unused)
{
  g_auto (GStrv) sheets = NULL;

  assert_reasons (fixture, "");
  assert_fate (fixture, ATTEMPT, BM_PRINT_OUTCOME_PRINTED, "");
  assert_sheets (fixture, 1);
  sheets = sim_printer_get_sheets (fixture->sim);
  sheet_assert_same_dots (fixture->render, sheets[0]);
  assert_fate (fixture, ATTEMPT2, BM_PRINT_OUTCOME_PRINTED, "");
  assert_sheets (fixture, 2);
  restart (fixture); /* our process died before it noted the paper */
  assert_known_as (fixture, ATTEMPT2, BM_PRINT_OUTCOME_PRINTED);
}

/* Handed over, and no more: a person is asked. */
static void
test_no_fence (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  BmPrintReport *report = submit (fixture, ATTEMPT, &error);

  g_assert_no_error (error);
  g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_SENT);
  report = follow (fixture, report, ATTEMPT, NULL);
  g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_UNKNOWN);
  g_assert_cmpstr (report->reason, ==, "not-confirmed");
  bm_print_report_free (report);
  assert_known_as (fixture, ATTEMPT, BM_PRINT_OUTCOME_UNKNOWN);
  assert_sheets (fixture, 1);
}

/* It is given nothing that it would not print; mended, it prints. */
static void
test_blocked_before (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    const char *verb;
    const char *mended;
    const char *reason;
  } cases[] = {
    { "paper out", "paper in", "media-empty" },
    { "cover open", "cover shut", "cover-open" },
    { "offline", "online", "paused" },
    { "error cutter", "error none", "media-jam" },
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      order (fixture, cases[i].verb);
      assert_reasons (fixture, cases[i].reason);
      assert_refused (fixture, cases[i].reason);
      order (fixture, cases[i].mended);
      assert_reasons (fixture, "");
    }
  order (fixture, "error fatal");
  g_assert_null (submit (fixture, ATTEMPT, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_FAILED);
  order (fixture, "error none");
  assert_sheets (fixture, 0);
  order (fixture, "paper low"); /* that stops nothing */
  assert_reasons (fixture, "media-low");
  assert_fate (fixture, ATTEMPT2, BM_PRINT_OUTCOME_PRINTED, "");
  assert_sheets (fixture, 1);
}

/* Said while it lasts; the sheet itself waits, and comes out once. */
static void
test_blocked_amid (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmPrintReport) report = NULL;

  order (fixture, "after 20000 paper out");
  report = submit_and_follow (fixture, ATTEMPT, "media-empty");
  g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_SENT);
  g_assert_cmpstr (report->reason, ==, "media-empty");
  assert_reasons (fixture, "media-empty");
  order (fixture, "cover open");
  order (fixture, "paper in");
  report = follow (fixture, g_steal_pointer (&report), ATTEMPT, "cover-open");
  g_assert_cmpstr (report->reason, ==, "cover-open");
  order (fixture, "cover shut");
  report = follow (fixture, g_steal_pointer (&report), ATTEMPT, NULL);
  g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_PRINTED);
  assert_sheets (fixture, 1);
}

/* Nobody mends it while somebody waits: the rest stays here, and what is out hangs on nobody's sheet. */
static void
test_never_mended (Fixture *fixture, gconstpointer unused)
{
  g_auto (GStrv) sheets = NULL;

  bm_escpos_printer_set_patience (fixture->printer, PATIENT, 300, HURRIED);
  order (fixture, "buffer 1000");
  order (fixture, "after 20000 paper out");
  assert_fate (fixture, ATTEMPT, BM_PRINT_OUTCOME_UNKNOWN, "media-empty");
  order (fixture, "paper in");
  assert_known_as (fixture, ATTEMPT, BM_PRINT_OUTCOME_UNKNOWN);
  assert_sheets (fixture, 0);
  assert_fate (fixture, ATTEMPT2, BM_PRINT_OUTCOME_PRINTED, "");
  assert_sheets (fixture, 1);
  sheets = sim_printer_get_sheets (fixture->sim);
  sheet_assert_same_dots (fixture->render, sheets[0]);
}

static void
test_slow (Fixture *fixture, gconstpointer unused)
{
  order (fixture, "buffer 2000");
  order (fixture, "slow 700");
  assert_fate (fixture, ATTEMPT, BM_PRINT_OUTCOME_PRINTED, "");
  assert_sheets (fixture, 1);
}

/* What makes no sense is no answer. */
static void
test_garbage (Fixture *fixture, gconstpointer unused)
{
  order (fixture, "answers garbage");
  assert_unreachable (fixture);
  order (fixture, "answers none");
  g_assert_null (bm_printer_status (fixture->printer, NULL));
  assert_sheets (fixture, 0);
  order (fixture, "answers half");
  assert_reasons (fixture, "");
}

/* The sheet came out, but nobody can know. */
static void
test_garbage_amid (Fixture *fixture, gconstpointer unused)
{
  bm_escpos_printer_set_patience (fixture->printer, 300, PATIENT, HURRIED);
  order (fixture, "after 20000 answers garbage");
  assert_fate (fixture, ATTEMPT, BM_PRINT_OUTCOME_UNKNOWN, "not-confirmed");
  assert_sheets (fixture, 1);
}

/* A word about another sheet is none about this one. */
static void
test_anothers_word (Fixture *fixture, gconstpointer unused)
{
  bm_escpos_printer_set_patience (fixture->printer, 300, PATIENT, HURRIED);
  order (fixture, "fence stale");
  assert_fate (fixture, ATTEMPT, BM_PRINT_OUTCOME_UNKNOWN, "not-confirmed");
  assert_sheets (fixture, 1);
}

static void
test_stalled_amid (Fixture *fixture, gconstpointer unused)
{
  bm_escpos_printer_set_patience (fixture->printer, 1500, PATIENT, HURRIED);
  order (fixture, "after 20000 stall");
  assert_fate (fixture, ATTEMPT, BM_PRINT_OUTCOME_UNKNOWN, "no-progress");
  order (fixture, "cont");
  assert_sheets (fixture, 0);
}

static void
test_away (Fixture *fixture, gconstpointer unused)
{
  order (fixture, "cut");
  assert_unreachable (fixture);
  order (fixture, "start");
  assert_fate (fixture, ATTEMPT, BM_PRINT_OUTCOME_PRINTED, "");
  assert_sheets (fixture, 1);
}

static gsize
count_bytes (Fixture *fixture)
{
  const char *name = strstr (fixture->sim->uri, "profile=") + strlen ("profile=");
  g_autoptr (BmDots) dots = bm_dots_from_render (fixture->render, 0, BM_PAGE_DPI, NULL);
  g_autoptr (BmEscposStream) stream =
    bm_escpos_stream_new (bm_escpos_profile_find (name), dots, "abcd", FALSE);

  return stream->bytes->len;
}

static gsize
get_done (Fixture *fixture)
{
  g_autofree char *bytes = sim_printer_tell (fixture->sim, "bytes");

  return (gsize) g_ascii_strtoull (bytes, NULL, 10);
}

/* Its power goes at each tenth of the bytes. */
static void
test_cut_at_each_tenth (Fixture *fixture, gconstpointer unused)
{
  const gsize all = count_bytes (fixture);

  for (guint i = 1; i < 10; i++)
    {
      g_autofree char *attempt = g_strdup_printf ("0f6d2b52-7c1e-4a55-9c51-0000000000%02u", i);
      g_autofree char *cut =
        g_strdup_printf ("after %" G_GSIZE_FORMAT " cut", get_done (fixture) + all * i / 10);

      order (fixture, cut);
      assert_fate (fixture, attempt, BM_PRINT_OUTCOME_UNKNOWN, "connection-lost");
      order (fixture, "start");
      assert_known_as (fixture, attempt, BM_PRINT_OUTCOME_UNKNOWN);
      assert_count (fixture, i - 1);
      assert_fate (fixture, ATTEMPT2, BM_PRINT_OUTCOME_PRINTED, ""); /* a person said so */
      assert_sheets (fixture, i);
    }
}

/* Our own process dies at each tenth; then nothing comes by itself, and the next sheet is a whole one. */
static void
test_killed_at_each_tenth (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmPrintReport) report = NULL;

  if (g_test_subprocess ())
    {
      report = submit_and_follow (fixture, ATTEMPT, NULL);
      return;
    }
  g_setenv ("BIANMIN_TEST_URI", fixture->sim->uri, TRUE);
  for (guint i = 1; i < 10; i++)
    {
      g_autofree char *fault = g_strdup_printf ("print-mid:%u", i);
      g_auto (GStrv) sheets = NULL;

      g_setenv ("BIANMIN_FAULT", fault, TRUE);
      g_test_trap_subprocess (NULL, 0, 0);
      g_unsetenv ("BIANMIN_FAULT");
      g_test_trap_assert_failed ();
      restart (fixture);
      assert_known_as (fixture, ATTEMPT, BM_PRINT_OUTCOME_UNKNOWN);
      assert_count (fixture, i - 1);
      assert_fate (fixture, ATTEMPT2, BM_PRINT_OUTCOME_PRINTED, "");
      assert_count (fixture, i);
      sheets = sim_printer_get_sheets (fixture->sim);
      sheet_assert_same_dots (fixture->render, sheets[i - 1]);
    }
}

/* Died between the durable word and the first byte: certain, as long as the machine ran. */
static void
test_never_arrived (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmPrintReport) rebooted = NULL;

  wait_ms (20);
  restart (fixture);
  assert_known_as (fixture, ATTEMPT, BM_PRINT_OUTCOME_REFUSED);
  rebooted = look_up (fixture, ATTEMPT, -1);
  g_assert_cmpint (rebooted->outcome, ==, BM_PRINT_OUTCOME_UNKNOWN);
}

static void
test_cancel (Fixture *fixture, gconstpointer unused)
{
  const BmPrintTrace trace = { ATTEMPT, "", 1000 };
  g_autoptr (BmPrintReport) report = NULL;

  order (fixture, "buffer 1000");
  order (fixture, "after 20000 paper out");
  report = submit_and_follow (fixture, ATTEMPT, "media-empty");
  g_assert_true (bm_printer_cancel (fixture->printer, &trace, NULL));
  g_assert_true (bm_printer_cancel (fixture->printer, &trace, NULL));
  order (fixture, "paper in");
  assert_known_as (fixture, ATTEMPT, BM_PRINT_OUTCOME_UNKNOWN);
  assert_fate (fixture, ATTEMPT2, BM_PRINT_OUTCOME_PRINTED, "");
  assert_sheets (fixture, 1);
}

/* Whatever name it goes by, and whoever has no lock file. */
static void
test_two_programs (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->sim->folder, "other-name", NULL);
  g_autofree char *uri = g_strdup_printf ("escpos:%s?profile=epson80", path);
  g_autofree char *node = g_build_filename (fixture->sim->folder, "node", NULL);
  g_autoptr (GObject) other = NULL;
  g_autoptr (GError) locked = NULL, opened = NULL;
  g_auto (GStrv) reasons = NULL;

  g_assert_cmpint (symlink (node, path), ==, 0);
  other = G_OBJECT (bm_printer_new (uri, NULL));
  g_assert_true (bm_printer_lock (fixture->printer, NULL));
  g_assert_false (bm_printer_lock (BM_PRINTER (other), &locked));
  g_assert_error (locked, BM_ERROR, BM_ERROR_BUSY);
  order (fixture, "after 20000 paper out");
  bm_print_report_free (submit_and_follow (fixture, ATTEMPT, "media-empty"));
  reasons = bm_printer_status (BM_PRINTER (other), &opened);
  g_assert_null (reasons);
  g_assert_error (opened, BM_ERROR, BM_ERROR_BUSY);
}

#define ADD(path, what, function) g_test_add (path, Fixture, what, set_up, function, tear_down)

static void
add_all (void)
{
  ADD ("/escpos/printed/network", "tcp epson80", test_printed);
  ADD ("/escpos/printed/node", "pty epson80", test_printed);
  ADD ("/escpos/printed/58mm", "pty epson58", test_printed);
  ADD ("/escpos/printed/tear-bar", "tcp generic58-gsr", test_printed);
  ADD ("/escpos/no-fence", "tcp generic80", test_no_fence);
  ADD ("/escpos/mute", "pty generic58-mute", test_no_fence);
  ADD ("/escpos/blocked-before", "pty epson80", test_blocked_before);
  ADD ("/escpos/blocked-amid/asked", "tcp generic80-gsr", test_blocked_amid);
  ADD ("/escpos/blocked-amid/told", "pty epson80", test_blocked_amid);
  ADD ("/escpos/never-mended", "pty epson80", test_never_mended);
  ADD ("/escpos/slow", "tcp epson80", test_slow);
  ADD ("/escpos/garbage", "pty epson80", test_garbage);
  ADD ("/escpos/garbage-amid", "tcp generic80-gsr", test_garbage_amid);
  ADD ("/escpos/anothers-word", "tcp epson80", test_anothers_word);
  ADD ("/escpos/stalled-amid", "pty generic80-gsr", test_stalled_amid);
  ADD ("/escpos/away/refused", "tcp epson80", test_away);
  ADD ("/escpos/away/node-gone", "pty epson80", test_away);
  ADD ("/escpos/cut-at-each-tenth", "tcp epson80", test_cut_at_each_tenth);
  ADD ("/escpos/killed-at-each-tenth", "pty epson80", test_killed_at_each_tenth);
  ADD ("/escpos/never-arrived", "tcp epson80", test_never_arrived);
  ADD ("/escpos/cancel", "tcp epson80", test_cancel);
  ADD ("/escpos/two-programs", "pty epson80", test_two_programs);
}

/* A child that is to be killed writes down what it begins where its parent looks. */
int
main (int argc, char **argv)
{
  char *runtime = g_strdup (g_getenv ("BIANMIN_TEST_RUNTIME"));
  const gboolean is_child = runtime != NULL;
  int result;

  if (!is_child)
    runtime = sheet_folder_new ();
  g_setenv ("BIANMIN_TEST_RUNTIME", runtime, TRUE);
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  sheet_start_locale ();
  g_test_init (&argc, &argv, NULL);
  add_all ();
  result = g_test_run ();
  if (is_child)
    g_free (runtime);
  else
    sheet_folder_remove (runtime);
  return result;
}
