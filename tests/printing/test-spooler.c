/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-spooler"

#include "core/ports/reasons.h"

#include "core/error.h"

#include "tests/printing/spooler-fixture.h"

#include <string.h>

/* The spooler: what it claims about paper, and that it never makes a second sheet by itself. */

/* The straight way */

static void
test_printed (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job = spooler_start_and_queue (fixture);

  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
  spooler_wait_until_told (fixture, "1:printed:");
  spooler_assert_path (fixture, job, "queued waiting sending sent printed");
  g_assert_cmpstr (fixture->told->str, ==, "1:waiting: 1:sending: 1:sent: 1:printed: ");
  spooler_assert_sheets (fixture, 1);
  spooler_wait_ms (100);
  g_assert_cmpuint (bm_spooler_count_waiting (fixture->spooler), ==, 0);
}

static void
test_printed_at_once (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  spooler_answer (fixture, TEST_SUBMIT, BM_PRINT_OUTCOME_PRINTED);
  job = spooler_start_and_queue (fixture);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
  spooler_assert_path (fixture, job, "queued waiting sending sent printed");
  g_assert_cmpuint (test_printer_count (fixture->printer, TEST_POLL), ==, 0);
}

/* Handed over is not printed (invariant 9). */
static void
test_sent_is_not_printed (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  spooler_answer (fixture, TEST_POLL, BM_PRINT_OUTCOME_SENT);
  job = spooler_start_and_queue (fixture);
  spooler_wait_for (fixture, job, BM_PRINT_SENT);
  spooler_wait_ms (1800);
  g_assert_cmpuint (test_printer_count (fixture->printer, TEST_POLL), >=, 2);
  spooler_assert_path (fixture, job, "queued waiting sending sent");
  spooler_answer (fixture, TEST_POLL, BM_PRINT_OUTCOME_PRINTED);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
  spooler_assert_sheets (fixture, 1);
}

static void
test_one_at_a_time (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 first, second;

  spooler_answer (fixture, TEST_POLL, BM_PRINT_OUTCOME_SENT);
  first = spooler_start_and_queue (fixture);
  second = spooler_queue (fixture);
  spooler_wait_for (fixture, first, BM_PRINT_SENT);
  spooler_wait_ms (1200);
  spooler_assert_sheets (fixture, 1);
  g_assert_cmpuint (bm_spooler_count_waiting (fixture->spooler), ==, 2);
  spooler_answer (fixture, TEST_POLL, BM_PRINT_OUTCOME_PRINTED);
  spooler_wait_for (fixture, second, BM_PRINT_PRINTED);
  spooler_assert_sheets (fixture, 2);
}

static void
test_other_seat (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  bm_spooler_start (fixture->spooler);
  job = test_journal_queue (fixture->journal, "desk");
  spooler_wait_ms (300);
  spooler_assert_path (fixture, job, "queued");
  spooler_assert_sheets (fixture, 0);
}

/* The main loop of a station serves people while a printer is slow. */
static void
test_slow_printer_blocks_nobody (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job, began;
  guint turns = 0;

  test_printer_dawdle (fixture->printer, 1500);
  job = spooler_start_and_queue (fixture);
  spooler_wait_for (fixture, job, BM_PRINT_SENDING);
  began = g_get_monotonic_time ();
  while (test_journal_get_state (fixture->journal, job) == BM_PRINT_SENDING)
    {
      spooler_wait_ms (20);
      turns++;
    }
  g_assert_cmpint (g_get_monotonic_time () - began, >, G_USEC_PER_SEC);
  g_assert_cmpuint (turns, >, 20);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
}

/* Nothing went out: it comes by itself */

static void
test_no_paper (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  test_printer_complain (fixture->printer, "media-empty");
  job = spooler_start_and_queue (fixture);
  spooler_wait_until_told (fixture, "1:waiting:media-empty");
  g_assert_cmpstr (fixture->complaints->str, ==, "[media-empty]");
  g_assert_cmpstr (bm_spooler_get_reasons (fixture->spooler)[0], ==, "media-empty");
  spooler_wait_ms (1300);
  spooler_assert_sheets (fixture, 0);
  test_printer_complain (fixture->printer, NULL);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
  g_assert_cmpstr (fixture->complaints->str, ==, "[media-empty][]");
  spooler_assert_path (fixture, job, "queued waiting sending sent printed");
  spooler_assert_sheets (fixture, 1);
}

/* Who stands behind somebody that waits is told, too. */
static void
test_no_paper_for_two (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 first, second;

  test_printer_complain (fixture->printer, "media-empty");
  first = spooler_start_and_queue (fixture);
  spooler_wait_until_told (fixture, "1:waiting:media-empty");
  second = spooler_queue (fixture);
  spooler_wait_until_told (fixture, "2:waiting:media-empty");
  test_printer_complain (fixture->printer, NULL);
  spooler_wait_for (fixture, first, BM_PRINT_PRINTED);
  spooler_wait_for (fixture, second, BM_PRINT_PRINTED);
  spooler_assert_path (fixture, second, "queued waiting sending sent printed");
  spooler_assert_sheets (fixture, 2);
}

static void
test_refused (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  test_printer_answer (fixture->printer, TEST_SUBMIT, BM_PRINT_OUTCOME_REFUSED, "media-jam");
  job = spooler_start_and_queue (fixture);
  spooler_wait_until_told (fixture, "1:refused:media-jam 1:waiting:media-jam");
  g_assert_cmpstr (test_journal_get_reason (fixture->journal, job), ==, "media-jam");
  spooler_answer (fixture, TEST_SUBMIT, BM_PRINT_OUTCOME_SENT);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
  spooler_assert_path (fixture, job, "queued waiting sending refused waiting sending sent printed");
  spooler_assert_sheets (fixture, 2);
}

static void
test_lost_before_a_byte (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  test_printer_fail (fixture->printer, TEST_SUBMIT, BM_ERROR_UNREACHABLE);
  job = spooler_start_and_queue (fixture);
  spooler_wait_until_told (fixture, "1:waiting:offline");
  spooler_answer (fixture, TEST_SUBMIT, BM_PRINT_OUTCOME_SENT);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
}

static void
test_printer_off (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  test_printer_leave (fixture->printer, TRUE);
  job = spooler_start_and_queue (fixture);
  spooler_wait_until_told (fixture, "1:waiting:offline");
  spooler_assert_sheets (fixture, 0);
  test_printer_leave (fixture->printer, FALSE);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
  g_assert_cmpstr (fixture->complaints->str, ==, "[offline][]");
}

/* Behind a print service: that it does not run, or has no such queue, is said as such. */
static void
test_no_service (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  BM_PRINTER_GET_CLASS (fixture->printer)->silence = "no-print-service";
  test_printer_leave (fixture->printer, TRUE);
  job = spooler_start_and_queue (fixture);
  spooler_wait_until_told (fixture, "1:waiting:no-print-service");
  test_printer_leave_with (fixture->printer, BM_ERROR_NOT_FOUND);
  spooler_wait_until_told (fixture, "1:waiting:no-queue");
  test_printer_complain (fixture->printer, "queue-paused");
  test_printer_leave (fixture->printer, FALSE);
  spooler_wait_until_told (fixture, "1:waiting:queue-paused");
  spooler_assert_sheets (fixture, 0);
  test_printer_complain (fixture->printer, NULL);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
  g_assert_cmpstr (fixture->complaints->str, ==, "[no-print-service][no-queue][queue-paused][]");
  BM_PRINTER_GET_CLASS (fixture->printer)->silence = NULL;
}

/* One that may not be used here is said as such, and a sheet waits for the right one. */
static void
test_unregistered (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  test_printer_leave_with (fixture->printer, BM_ERROR_REFUSED);
  job = spooler_start_and_queue (fixture);
  spooler_wait_until_told (fixture, "1:waiting:unregistered");
  spooler_assert_sheets (fixture, 0);
  test_printer_leave (fixture->printer, FALSE);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
}

/* It dies under a sheet: the person is asked, and no second one is made. */
static void
test_service_lost_under_a_sheet (SpoolerFixture *fixture, gconstpointer unused)
{
  guint asked;
  gint64 job;

  BM_PRINTER_GET_CLASS (fixture->printer)->silence = "no-print-service";
  spooler_answer (fixture, TEST_POLL, BM_PRINT_OUTCOME_SENT);
  job = spooler_start_and_queue (fixture);
  spooler_wait_for (fixture, job, BM_PRINT_SENT);
  test_printer_leave (fixture->printer, TRUE);
  spooler_wait_until_told (fixture, "1:unknown:no-print-service");
  asked = test_printer_count (fixture->printer, TEST_RECONCILE);
  test_printer_leave (fixture->printer, FALSE);
  bm_spooler_look (fixture->spooler);
  while (test_printer_count (fixture->printer, TEST_RECONCILE) == asked)
    spooler_wait_ms (20);
  spooler_assert_path (fixture, job, "queued waiting sending sent unknown");
  spooler_assert_sheets (fixture, 1);
  BM_PRINTER_GET_CLASS (fixture->printer)->silence = NULL;
}

static void
test_another_program_has_it (SpoolerFixture *fixture, gconstpointer unused)
{
  TestPrinter *other = test_printer_new (fixture->journal, BM_PAPER_ROLL80);
  g_autoptr (GError) error = NULL;
  gint64 job;

  g_assert_true (bm_printer_lock (BM_PRINTER (other), &error));
  job = spooler_start_and_queue (fixture);
  spooler_wait_until_told (fixture, "1:waiting:busy");
  spooler_assert_sheets (fixture, 0);
  g_object_unref (other);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
}

/* A sheet that cannot be drawn keeps nobody else from theirs. */
static void
test_undrawable (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 bad = spooler_queue (fixture);
  gint64 good = spooler_queue (fixture);

  test_journal_undraw (fixture->journal, bad);
  bm_spooler_start (fixture->spooler);
  spooler_wait_for (fixture, good, BM_PRINT_PRINTED);
  spooler_assert_path (fixture, bad, "queued waiting");
  g_assert_cmpstr (test_journal_get_reason (fixture->journal, bad), ==, "other");
  spooler_assert_sheets (fixture, 1);
}

/* A store that is full: nothing is sent that could not be written down. */
static void
test_sending_not_durable (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  test_journal_fail (fixture->journal, BM_PRINT_SENDING);
  job = spooler_start_and_queue (fixture);
  spooler_wait_until_told (fixture, "1:waiting:");
  spooler_wait_ms (1000);
  spooler_assert_path (fixture, job, "queued waiting");
  spooler_assert_sheets (fixture, 0);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
  spooler_assert_sheets (fixture, 1);
}

static void
test_sent_not_durable (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  test_journal_fail (fixture->journal, BM_PRINT_SENT);
  spooler_answer (fixture, TEST_RECONCILE, BM_PRINT_OUTCOME_PRINTED);
  job = spooler_start_and_queue (fixture);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
  spooler_assert_path (fixture, job, "queued waiting sending sent printed");
  spooler_assert_sheets (fixture, 1);
}

/* A strip of paper may exist: evidence, or a person */

static gint64
make_unknown (SpoolerFixture *fixture)
{
  gint64 job;

  test_printer_answer (fixture->printer, TEST_SUBMIT, BM_PRINT_OUTCOME_UNKNOWN, "connection-lost");
  job = spooler_start_and_queue (fixture);
  spooler_wait_until_told (fixture, "1:unknown:connection-lost");
  spooler_answer (fixture, TEST_SUBMIT, BM_PRINT_OUTCOME_SENT);
  return job;
}

static void
test_unknown_is_not_sent_again (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job = make_unknown (fixture);
  gint64 next;

  spooler_wait_ms (1500);
  bm_shift_clock_advance (fixture->clock, 60 * MINUTE);
  bm_spooler_expire (fixture->spooler, "hall");
  spooler_wait_ms (1500);
  spooler_assert_path (fixture, job, "queued waiting sending unknown");
  spooler_assert_sheets (fixture, 1);
  next = spooler_queue (fixture);
  spooler_wait_for (fixture, next, BM_PRINT_PRINTED);
  spooler_assert_path (fixture, job, "queued waiting sending unknown");
}

static void
test_unknown_came_out (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  spooler_answer (fixture, TEST_RECONCILE, BM_PRINT_OUTCOME_SENT);
  job = make_unknown (fixture);
  spooler_wait_ms (1300);
  g_assert_cmpuint (test_printer_count (fixture->printer, TEST_RECONCILE), >=, 2);
  spooler_answer (fixture, TEST_RECONCILE, BM_PRINT_OUTCOME_PRINTED);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
  spooler_assert_sheets (fixture, 1);
}

/* "It never had it" comes too late for a sheet that a person was asked about. */
static void
test_unknown_never_arrived (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  spooler_answer (fixture, TEST_RECONCILE, BM_PRINT_OUTCOME_REFUSED);
  job = make_unknown (fixture);
  spooler_wait_ms (1500);
  spooler_assert_path (fixture, job, "queued waiting sending unknown");
  spooler_assert_sheets (fixture, 1);
}

/* A printer that is off hides no news from the next person, and is asked when it is back. */
static void
test_unknown_and_printer_back (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job, next;

  test_printer_fail (fixture->printer, TEST_RECONCILE, BM_ERROR_UNREACHABLE);
  job = make_unknown (fixture);
  test_printer_leave (fixture->printer, TRUE);
  next = spooler_queue (fixture);
  spooler_wait_until_told (fixture, "2:waiting:offline");
  spooler_answer (fixture, TEST_RECONCILE, BM_PRINT_OUTCOME_PRINTED);
  test_printer_leave (fixture->printer, FALSE);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
  spooler_wait_for (fixture, next, BM_PRINT_PRINTED);
  spooler_assert_sheets (fixture, 2);
}

static void
test_got (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job = make_unknown (fixture);

  bm_spooler_settle (fixture->spooler, job, TRUE);
  spooler_wait_until_told (fixture, "1:printed:");
  spooler_wait_ms (500);
  spooler_assert_path (fixture, job, "queued waiting sending unknown printed");
  spooler_assert_sheets (fixture, 1);
  g_assert_cmpuint (test_journal_count (fixture->journal), ==, 1);
}

/* The old sheet's end is told before its copy moves; two presses make one copy. */
static void
test_not_got (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job = make_unknown (fixture);

  bm_spooler_settle (fixture->spooler, job, FALSE);
  bm_spooler_settle (fixture->spooler, job, FALSE);
  bm_spooler_settle (fixture->spooler, job, TRUE);
  spooler_wait_for (fixture, job, BM_PRINT_SUPERSEDED);
  spooler_wait_until_told (fixture, "2:waiting:");
  g_assert_true (strstr (fixture->told->str, "1:superseded:") <
                 strstr (fixture->told->str, "2:waiting:"));
  g_assert_nonnull (strstr (fixture->told->str, "1:superseded:"));
  spooler_wait_for (fixture, 2, BM_PRINT_PRINTED);
  g_assert_cmpuint (test_journal_get_copy (fixture->journal, 2), ==, 2);
  bm_spooler_settle (fixture->spooler, job, FALSE);
  spooler_wait_ms (300);
  g_assert_cmpuint (test_journal_count (fixture->journal), ==, 2);
  spooler_assert_sheets (fixture, 2);
}

static void
test_only_unknown_is_settled (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  test_printer_complain (fixture->printer, "media-empty");
  job = spooler_start_and_queue (fixture);
  spooler_wait_until_told (fixture, "1:waiting:media-empty");
  bm_spooler_settle (fixture->spooler, job, FALSE);
  bm_spooler_settle (fixture->spooler, job, TRUE);
  bm_spooler_settle (fixture->spooler, 77, TRUE);
  spooler_wait_ms (200);
  spooler_assert_path (fixture, job, "queued waiting");
  g_assert_cmpuint (test_journal_count (fixture->journal), ==, 1);
}

/* Trouble under a sheet that the printer holds */

static void
test_paper_out_under_a_sheet (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job, next;

  spooler_answer (fixture, TEST_POLL, BM_PRINT_OUTCOME_SENT);
  job = spooler_start_and_queue (fixture);
  spooler_wait_for (fixture, job, BM_PRINT_SENT);
  test_printer_complain (fixture->printer, "media-empty");
  spooler_wait_until_told (fixture, "1:sent:media-empty");
  g_assert_cmpstr (fixture->complaints->str, ==, "[media-empty]");
  next = spooler_queue (fixture);
  spooler_wait_until_told (fixture, "2:waiting:media-empty");
  spooler_wait_ms (1300);
  test_printer_complain (fixture->printer, NULL);
  spooler_wait_until_told (fixture, "1:sent:media-empty 2:waiting:media-empty 1:sent: ");
  spooler_answer (fixture, TEST_POLL, BM_PRINT_OUTCOME_PRINTED);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
  spooler_wait_for (fixture, next, BM_PRINT_PRINTED);
  g_assert_cmpstr (fixture->complaints->str, ==, "[media-empty][]");
  spooler_assert_sheets (fixture, 2);
}

static void
test_printer_lost_under_a_sheet (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  spooler_answer (fixture, TEST_POLL, BM_PRINT_OUTCOME_SENT);
  job = spooler_start_and_queue (fixture);
  spooler_wait_for (fixture, job, BM_PRINT_SENT);
  test_printer_leave (fixture->printer, TRUE);
  spooler_wait_until_told (fixture, "1:unknown:offline");
  test_printer_leave (fixture->printer, FALSE);
  spooler_wait_ms (1500);
  spooler_assert_path (fixture, job, "queued waiting sending sent unknown");
  spooler_assert_sheets (fixture, 1);
}

static void
test_sheet_aborted (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  test_printer_answer (fixture->printer, TEST_POLL, BM_PRINT_OUTCOME_REFUSED, "aborted");
  job = spooler_start_and_queue (fixture);
  spooler_wait_until_told (fixture, "1:unknown:aborted");
  spooler_assert_path (fixture, job, "queued waiting sending sent unknown");
  spooler_wait_ms (800);
  spooler_assert_sheets (fixture, 1);
}

/* The first sheet finds the fonts read; a drawing that nobody gets goes to no printer. */
static void
test_warm (SpoolerFixture *fixture, gconstpointer unused)
{
  BmSpoolerDevice device = { .printer = BM_PRINTER (fixture->printer) };
  BmLayout *layout;

  g_assert_true (bm_spooler_device_warm (&device));
  layout = device.layout;
  g_assert_nonnull (layout);
  g_assert_true (bm_spooler_device_ensure (&device, NULL));
  g_assert_true (device.layout == layout);
  spooler_assert_sheets (fixture, 0);
  bm_layout_free (layout);
}

/* By itself, in the second look without a job. */
static void
test_warm_when_idle (SpoolerFixture *fixture, gconstpointer unused)
{
  const gint64 until = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;

  bm_spooler_start (fixture->spooler);
  while (fixture->spooler->is_turning || fixture->spooler->device->layout == NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      bm_spooler_look (fixture->spooler);
      spooler_wait_ms (20);
    }
  spooler_assert_sheets (fixture, 0);
}

/* Words */

static void
test_reasons (void)
{
  const char *several[] = { "media-low", "media-empty", "cover-open", NULL };
  const char *harmless[] = { "media-low", "toner-low", "something-new", NULL };
  const char *tray[] = { "media-empty", NULL };

  g_assert_cmpstr (bm_reason_pick_blocking (several, TRUE), ==, "cover-open");
  g_assert_null (bm_reason_pick_blocking (harmless, TRUE));
  g_assert_null (bm_reason_pick_blocking (NULL, TRUE));
  g_assert_cmpstr (bm_reason_pick_blocking (tray, TRUE), ==, "media-empty");
  g_assert_null (bm_reason_pick_blocking (tray, FALSE)); /* another tray may be full */

  g_assert_cmpint (bm_reason_find (BM_REASON_PRINTER, "media-empty")->actor, ==, BM_REASON_HELPER);
  g_assert_cmpint (bm_reason_find (BM_REASON_PRINTER, "busy")->actor, ==, BM_REASON_NOBODY);
  g_assert_cmpint (bm_reason_find (BM_REASON_PRINTER, "something-new")->actor, ==,
                   BM_REASON_SERVICE);
  g_assert_cmpstr (bm_reason_say_what (bm_reason_find (BM_REASON_PRINTER, "media-empty")), ==,
                   bm_reason_say_what (bm_reason_find (BM_REASON_PRINTER, "media-needed")));
  g_assert_cmpstr (bm_reason_say_what (bm_reason_find (BM_REASON_PRINTER, "offline")), !=,
                   bm_reason_say_what (bm_reason_find (BM_REASON_LINK, "offline")));
  g_assert_null (bm_reason_say_act (bm_reason_find (BM_REASON_LINK, "online")));
}

static void
add_all (void)
{
  spooler_add ("printed", test_printed);
  spooler_add ("printed-at-once", test_printed_at_once);
  spooler_add ("sent-is-not-printed", test_sent_is_not_printed);
  spooler_add ("one-at-a-time", test_one_at_a_time);
  spooler_add ("other-seat", test_other_seat);
  spooler_add ("slow-printer-blocks-nobody", test_slow_printer_blocks_nobody);
  spooler_add ("no-paper", test_no_paper);
  spooler_add ("no-paper-for-two", test_no_paper_for_two);
  spooler_add ("refused", test_refused);
  spooler_add ("lost-before-a-byte", test_lost_before_a_byte);
  spooler_add ("printer-off", test_printer_off);
  spooler_add ("no-print-service", test_no_service);
  spooler_add ("unregistered", test_unregistered);
  spooler_add ("another-program-has-it", test_another_program_has_it);
  spooler_add ("undrawable", test_undrawable);
  spooler_add ("sending-not-durable", test_sending_not_durable);
  spooler_add ("sent-not-durable", test_sent_not_durable);
  spooler_add ("unknown/is-not-sent-again", test_unknown_is_not_sent_again);
  spooler_add ("unknown/came-out", test_unknown_came_out);
  spooler_add ("unknown/never-arrived", test_unknown_never_arrived);
  spooler_add ("unknown/and-printer-back", test_unknown_and_printer_back);
  spooler_add ("unknown/got", test_got);
  spooler_add ("unknown/not-got", test_not_got);
  spooler_add ("unknown/only-unknown-is-settled", test_only_unknown_is_settled);
  spooler_add ("under-a-sheet/paper-out", test_paper_out_under_a_sheet);
  spooler_add ("under-a-sheet/printer-lost", test_printer_lost_under_a_sheet);
  spooler_add ("under-a-sheet/service-lost", test_service_lost_under_a_sheet);
  spooler_add ("under-a-sheet/aborted", test_sheet_aborted);
  spooler_add ("fonts-are-read-before", test_warm);
  spooler_add ("fonts-are-read-when-idle", test_warm_when_idle);
  g_test_add_func ("/reasons", test_reasons);
}

int
main (int argc, char **argv)
{
  return spooler_main (argc, argv, add_all);
}
