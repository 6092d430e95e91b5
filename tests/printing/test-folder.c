/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-folder"

#include "printing/printer.h"

#include "core/error.h"

#include "tests/printing/sheet-fixture.h"

#include <glib/gstdio.h>

#include <string.h>

/* A folder as a printer, and what all printers share. */

#define ATTEMPT "0f6d2b52-7c1e-4a55-9c51-1d0f6a8f7e01"

typedef struct
{
  char *folder;
  BmPrinter *printer;
  BmRender *render;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  json_t *sheet = sheet_load ("registration.json");
  g_autofree char *uri = NULL;
  g_autoptr (GError) error = NULL;

  fixture->folder = sheet_folder_new ();
  uri = g_strconcat ("pdf:", fixture->folder, NULL);
  fixture->printer = bm_printer_new (uri, &error);
  g_assert_no_error (error);
  fixture->render = sheet_render (sheet, 1, bm_printer_get_paper (fixture->printer));
  json_decref (sheet);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_object_unref (fixture->printer);
  bm_render_free (fixture->render);
  sheet_folder_remove (fixture->folder);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

static BmPrintReport *
submit (Fixture *fixture, GError **error)
{
  const BmPrintRequest request = { fixture->render, SHEET_NUMBER, 1, ATTEMPT };

  return bm_printer_submit (fixture->printer, &request, error);
}

static BmPrintReport *
reconcile (Fixture *fixture, GError **error)
{
  const BmPrintTrace trace = { ATTEMPT, "", 1000 };

  return bm_printer_reconcile (fixture->printer, &trace, error);
}

static void
test_printed (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPrintReport) before = reconcile (fixture, &error);
  g_autoptr (BmPrintReport) sent = submit (fixture, &error);
  g_autoptr (BmPrintReport) after = reconcile (fixture, &error);
  g_autofree char *picture =
    g_strdup_printf ("%s/%s-1-%s.png", fixture->folder, SHEET_NUMBER, ATTEMPT);
  g_autofree char *text = sheet_scan (picture);

  g_assert_no_error (error);
  g_assert_cmpint (before->outcome, ==, BM_PRINT_OUTCOME_REFUSED);
  g_assert_cmpint (sent->outcome, ==, BM_PRINT_OUTCOME_PRINTED);
  g_assert_cmpint (after->outcome, ==, BM_PRINT_OUTCOME_PRINTED);
  g_assert_cmpstr (sent->remote, ==, after->remote);
  g_assert_cmpstr (text, ==, SHEET_QR);
}

/* Killed between picture and PDF: nothing was printed, and the half is swept. */
static void
test_killed (Fixture *fixture, gconstpointer unused)
{
  const char *folder = g_getenv ("BIANMIN_TEST_FOLDER");
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPrintReport) report = NULL;

  if (g_test_subprocess ())
    {
      g_autofree char *uri = g_strconcat ("pdf:", folder, NULL);

      g_object_unref (fixture->printer);
      fixture->printer = bm_printer_new (uri, NULL);
      report = submit (fixture, NULL);
      return;
    }
  g_setenv ("BIANMIN_TEST_FOLDER", fixture->folder, TRUE);
  g_setenv ("BIANMIN_FAULT", "print-mid", TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_unsetenv ("BIANMIN_FAULT");
  g_test_trap_assert_failed ();
  g_assert_cmpuint (count_files (fixture->folder), ==, 1);
  report = reconcile (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpint (report->outcome, ==, BM_PRINT_OUTCOME_REFUSED);
  g_assert_cmpuint (count_files (fixture->folder), ==, 0);
}

static void
test_gone (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) probed = NULL, sent = NULL, found = NULL, asked = NULL;
  g_autoptr (BmPrintReport) report = NULL;
  g_autoptr (BmPrintReport) later = NULL;
  g_auto (GStrv) reasons = NULL;

  g_assert_true (bm_printer_probe (fixture->printer, NULL));
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_assert_false (bm_printer_probe (fixture->printer, &probed));
  g_assert_error (probed, BM_ERROR, BM_ERROR_UNREACHABLE);
  reasons = bm_printer_status (fixture->printer, &asked);
  g_assert_null (reasons);
  g_assert_error (asked, BM_ERROR, BM_ERROR_UNREACHABLE);
  report = submit (fixture, &sent);
  g_assert_null (report);
  g_assert_error (sent, BM_ERROR, BM_ERROR_UNREACHABLE);
  later = reconcile (fixture, &found);
  g_assert_null (later);
  g_assert_error (found, BM_ERROR, BM_ERROR_UNREACHABLE);
}

static void
test_lock (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *uri = g_strconcat ("pdf:", fixture->folder, NULL);
  g_autoptr (GObject) other = G_OBJECT (bm_printer_new (uri, NULL));
  g_autoptr (GError) error = NULL;

  g_assert_true (bm_printer_lock (fixture->printer, NULL));
  g_assert_true (bm_printer_lock (fixture->printer, NULL));
  g_assert_false (bm_printer_lock (BM_PRINTER (other), &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_BUSY);
  g_clear_object (&fixture->printer);
  g_assert_true (bm_printer_lock (BM_PRINTER (other), NULL));
  fixture->printer = bm_printer_new (uri, NULL);
}

static void
test_uris (void)
{
  static const struct
  {
    const char *uri;
    int code; /* -1: good */
    BmPaper paper;
  } cases[] = {
    { "pdf:/tmp", -1, BM_PAPER_ROLL80 },
    { "pdf:/tmp?media=roll58", -1, BM_PAPER_ROLL58 },
    { "ipp://localhost:631/ipp/print?media=a4", -1, BM_PAPER_A4 },
    { "ipps://printer.invalid/ipp/print", -1, BM_PAPER_ROLL80 },
    { "cups:Office", -1, BM_PAPER_A4 },
    { "cups:办公室?media=a5", -1, BM_PAPER_A5 },
    { "cups:Office?media=roll80", BM_ERROR_INVALID, 0 },
    { "cups:Office?colour=red", BM_ERROR_INVALID, 0 },
    { "cups:", BM_ERROR_INVALID, 0 },
    { "cups:../Office", BM_ERROR_INVALID, 0 },
    { "cups://localhost/Office", BM_ERROR_INVALID, 0 },
    { "pdf:tmp", BM_ERROR_INVALID, 0 },
    { "pdf:/tmp?media=a3", BM_ERROR_INVALID, 0 },
    { "ipp:///ipp/print", BM_ERROR_INVALID, 0 },
    { "ipp://localhost/ipp/print?media=a3", BM_ERROR_INVALID, 0 },
    { "ipp://localhost/ipp/print?colour=red", BM_ERROR_INVALID, 0 },
    { "ipp://user:secret@localhost/ipp/print", BM_ERROR_INVALID, 0 },
    { "ipp://localhost:99999/", BM_ERROR_INVALID, 0 },
    { "lpd://localhost/", BM_ERROR_UNSUPPORTED, 0 },
    { "", BM_ERROR_UNSUPPORTED, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GObject) printer = (GObject *) bm_printer_new (cases[i].uri, &error);

      if (cases[i].code >= 0)
        g_assert_error (error, BM_ERROR, cases[i].code);
      else
        {
          g_assert_no_error (error);
          g_assert_cmpint (bm_printer_get_paper (BM_PRINTER (printer)), ==, cases[i].paper);
        }
    }
}

int
main (int argc, char **argv)
{
  sheet_start_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/folder/printed", Fixture, NULL, set_up, test_printed, tear_down);
  g_test_add ("/folder/killed-in-the-middle", Fixture, NULL, set_up, test_killed, tear_down);
  g_test_add ("/folder/gone", Fixture, NULL, set_up, test_gone, tear_down);
  g_test_add ("/folder/two-programs", Fixture, NULL, set_up, test_lock, tear_down);
  g_test_add_func ("/printer/uris", test_uris);
  return g_test_run ();
}
