/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spooler-fixture"

#include "tests/printing/spooler-fixture.h"

#include "tests/printing/sheet-fixture.h"

#include <string.h>

static void
on_job_changed (BmSpooler *spooler, BmPrintJob *job, SpoolerFixture *fixture)
{
  g_string_append_printf (fixture->told, "%d:%s:%s ", (int) job->id,
                          bm_print_state_to_string (job->state), job->reason);
}

static void
on_printer_changed (BmSpooler *spooler, GStrv reasons, SpoolerFixture *fixture)
{
  g_autofree char *list = g_strjoinv ("+", reasons);

  g_string_append_printf (fixture->complaints, "[%s]", list);
}

void
spooler_open (SpoolerFixture *fixture)
{
  fixture->spooler =
    bm_spooler_new_for_printer (BM_PRINTER (fixture->printer), BM_PRINT_JOURNAL (fixture->journal),
                                fixture->worker, BM_CLOCK (fixture->clock));
  bm_spooler_serve (fixture->spooler, "hall");
  g_signal_connect (fixture->spooler, "job-changed", G_CALLBACK (on_job_changed), fixture);
  g_signal_connect (fixture->spooler, "printer-changed", G_CALLBACK (on_printer_changed), fixture);
}

void
spooler_set_up (SpoolerFixture *fixture, gconstpointer unused)
{
  fixture->clock = bm_shift_clock_new (G_GINT64_CONSTANT (1795500000000), TRUE);
  fixture->journal = test_journal_new (BM_CLOCK (fixture->clock));
  fixture->printer = test_printer_new (fixture->journal, BM_PAPER_ROLL80);
  fixture->worker = bm_worker_new ("print");
  fixture->told = g_string_new (NULL);
  fixture->complaints = g_string_new (NULL);
  spooler_open (fixture);
}

void
spooler_close (SpoolerFixture *fixture)
{
  bm_spooler_stop (fixture->spooler);
  g_signal_handlers_disconnect_by_data (fixture->spooler, fixture);
  g_object_add_weak_pointer (G_OBJECT (fixture->spooler), (gpointer *) &fixture->spooler);
  g_object_unref (fixture->spooler);
  while (fixture->spooler != NULL) /* the step under way ends */
    g_main_context_iteration (NULL, TRUE);
}

/* On paper before SENDING was durable would be the one thing that cannot be mended (S1). */
void
spooler_tear_down (SpoolerFixture *fixture, gconstpointer unused)
{
  g_assert_false (test_printer_was_hasty (fixture->printer));
  spooler_close (fixture);
  bm_worker_stop (fixture->worker);
  g_object_unref (fixture->worker);
  g_object_unref (fixture->printer);
  g_object_unref (fixture->journal);
  g_object_unref (fixture->clock);
  g_string_free (fixture->told, TRUE);
  g_string_free (fixture->complaints, TRUE);
}

static gboolean
on_time_out (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

void
spooler_wait_ms (guint ms)
{
  gboolean is_over = FALSE;

  g_timeout_add (ms, on_time_out, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

void
spooler_wait_for (SpoolerFixture *fixture, gint64 job, BmPrintState state)
{
  const gint64 until = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;

  while (test_journal_get_state (fixture->journal, job) != state)
    {
      if (g_get_monotonic_time () > until)
        g_error ("job %d went \"%s\", not to %s", (int) job,
                 test_journal_get_path (fixture->journal, job), bm_print_state_to_string (state));
      spooler_wait_ms (10);
    }
}

void
spooler_wait_until_told (SpoolerFixture *fixture, const char *news)
{
  const gint64 until = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;

  while (strstr (fixture->told->str, news) == NULL)
    {
      if (g_get_monotonic_time () > until)
        g_error ("told was \"%s\", not %s", fixture->told->str, news);
      spooler_wait_ms (10);
    }
}

void
spooler_assert_path (SpoolerFixture *fixture, gint64 job, const char *path)
{
  const gint64 until = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;

  /* It may still be on its way there. */
  while (g_str_has_prefix (path, test_journal_get_path (fixture->journal, job)) &&
         strcmp (path, test_journal_get_path (fixture->journal, job)) != 0 &&
         g_get_monotonic_time () < until)
    spooler_wait_ms (10);
  g_assert_cmpstr (test_journal_get_path (fixture->journal, job), ==, path);
}

void
spooler_assert_sheets (SpoolerFixture *fixture, guint sheets)
{
  g_assert_cmpuint (test_printer_count (fixture->printer, TEST_SUBMIT), ==, sheets);
}

gint64
spooler_queue (SpoolerFixture *fixture)
{
  return test_journal_queue (fixture->journal, "hall");
}

gint64
spooler_start_and_queue (SpoolerFixture *fixture)
{
  bm_spooler_start (fixture->spooler);
  return spooler_queue (fixture);
}

void
spooler_answer (SpoolerFixture *fixture, TestCall call, BmPrintOutcome outcome)
{
  test_printer_answer (fixture->printer, call, outcome, "");
}

/* "/spooler/<path>" */
void
spooler_add (const char *path, void (*test) (SpoolerFixture *, gconstpointer))
{
  g_autofree char *full = g_strconcat ("/spooler/", path, NULL);

  g_test_add (full, SpoolerFixture, NULL, spooler_set_up, test, spooler_tear_down);
}

/* The printer's lock lies in a folder of this run. */
int
spooler_main (int argc, char **argv, void (*add_all) (void))
{
  char *runtime = sheet_folder_new ();
  int result;

  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  sheet_start_locale ();
  g_test_init (&argc, &argv, NULL);
  add_all ();
  result = g_test_run ();
  sheet_folder_remove (runtime);
  return result;
}
