/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-spooler-restart"

#include "tests/printing/spooler-fixture.h"

/* The spooler across restarts, and when nobody waits for a sheet any more. */

/* A restart */

typedef struct
{
  BmPrintState found;
  BmPrintOutcome says;
  const char *path;
  guint sheets; /* sent after the restart */
} Restart;

static const Restart restarts[] = {
  { BM_PRINT_SENDING, BM_PRINT_OUTCOME_PRINTED, "sending sent printed", 0 },
  { BM_PRINT_SENDING, BM_PRINT_OUTCOME_SENT, "sending sent printed", 0 },
  { BM_PRINT_SENDING, BM_PRINT_OUTCOME_UNKNOWN, "sending unknown", 0 },
  { BM_PRINT_SENDING, BM_PRINT_OUTCOME_LATER, "sending", 0 },
  { BM_PRINT_SENDING, BM_PRINT_OUTCOME_REFUSED, "sending refused waiting sending sent printed", 1 },
  { BM_PRINT_SENT, BM_PRINT_OUTCOME_PRINTED, "sent printed", 0 },
  { BM_PRINT_SENT, BM_PRINT_OUTCOME_SENT, "sent", 0 },
  { BM_PRINT_SENT, BM_PRINT_OUTCOME_UNKNOWN, "sent unknown", 0 },
  { BM_PRINT_SENT, BM_PRINT_OUTCOME_REFUSED, "sent unknown", 0 },
  { BM_PRINT_REFUSED, BM_PRINT_OUTCOME_UNKNOWN, "refused waiting sending sent printed", 1 },
  { BM_PRINT_UNKNOWN, BM_PRINT_OUTCOME_PRINTED, "unknown printed", 0 },
  { BM_PRINT_UNKNOWN, BM_PRINT_OUTCOME_UNKNOWN, "unknown", 0 },
  { BM_PRINT_UNKNOWN, BM_PRINT_OUTCOME_REFUSED, "unknown", 0 },
};

static void
test_restart (SpoolerFixture *fixture, gconstpointer data)
{
  const Restart *restart = data;
  gint64 job = test_journal_put (fixture->journal, restart->found, MINUTE / 4);

  spooler_answer (fixture, TEST_RECONCILE, restart->says);
  if (restart->found == BM_PRINT_SENT)
    spooler_answer (fixture, TEST_POLL, restart->says);
  bm_spooler_start (fixture->spooler);
  spooler_wait_ms (2500);
  spooler_assert_path (fixture, job, restart->path);
  spooler_assert_sheets (fixture, restart->sheets);
}

static void
test_restart_tells_the_age (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job = test_journal_put (fixture->journal, BM_PRINT_SENDING, MINUTE / 4);

  bm_spooler_start (fixture->spooler);
  spooler_wait_for (fixture, job, BM_PRINT_UNKNOWN);
  g_assert_cmpint (test_printer_get_age (fixture->printer), >=, MINUTE / 4);
  g_assert_cmpint (test_printer_get_age (fixture->printer), <, MINUTE);
}

/* The boot clock began again: the age of the attempt is not known. */
static void
test_reboot_hides_the_age (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job = test_journal_put (fixture->journal, BM_PRINT_SENDING, MINUTE / 4);

  test_journal_forget_boot (fixture->journal);
  bm_spooler_start (fixture->spooler);
  spooler_wait_for (fixture, job, BM_PRINT_UNKNOWN);
  g_assert_cmpint (test_printer_get_age (fixture->printer), ==, -1);
}

static void
test_restart_without_printer (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job = test_journal_put (fixture->journal, BM_PRINT_SENDING, MINUTE / 4);

  test_printer_leave (fixture->printer, TRUE);
  bm_spooler_start (fixture->spooler);
  spooler_wait_until_told (fixture, "1:unknown:offline");
  spooler_answer (fixture, TEST_RECONCILE, BM_PRINT_OUTCOME_REFUSED);
  test_printer_leave (fixture->printer, FALSE);
  spooler_wait_ms (1500);
  spooler_assert_path (fixture, job, "sending unknown");
  spooler_assert_sheets (fixture, 0);
}

/* Stopped and opened again in the middle of a sheet. */
static void
test_stop_under_a_sheet (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  test_printer_dawdle (fixture->printer, 300);
  job = spooler_start_and_queue (fixture);
  spooler_wait_for (fixture, job, BM_PRINT_SENDING);
  spooler_close (fixture);
  g_assert_cmpint (test_journal_get_state (fixture->journal, job), ==, BM_PRINT_SENT);
  spooler_open (fixture);
  bm_spooler_start (fixture->spooler);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
  spooler_assert_path (fixture, job, "queued waiting sending sent printed");
  spooler_assert_sheets (fixture, 1);
}

static void
test_stopped_begins_nothing (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job = spooler_start_and_queue (fixture);

  bm_spooler_stop (fixture->spooler);
  spooler_wait_ms (500);
  g_assert_cmpint (test_journal_get_state (fixture->journal, job), <=, BM_PRINT_WAITING);
  spooler_assert_sheets (fixture, 0);
}

/* A worker that ended first is not waited for. */
static void
test_worker_ended_first (SpoolerFixture *fixture, gconstpointer unused)
{
  bm_worker_stop (fixture->worker);
  spooler_close (fixture);
  spooler_open (fixture);
}

/* Nobody finds a stranger's slip at the outlet */

static void
test_left_while_it_waited (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  test_printer_complain (fixture->printer, "media-empty");
  job = spooler_start_and_queue (fixture);
  spooler_wait_until_told (fixture, "1:waiting:media-empty");
  bm_spooler_expire (fixture->spooler, "desk");
  spooler_wait_ms (100);
  spooler_assert_path (fixture, job, "queued waiting");
  bm_spooler_expire (fixture->spooler, "hall");
  spooler_wait_until_told (fixture, "1:expired:");
  test_printer_complain (fixture->printer, NULL);
  spooler_wait_ms (1200);
  spooler_assert_path (fixture, job, "queued waiting expired");
  spooler_assert_sheets (fixture, 0);
}

/* Who presses "done" while the slip is on its way still gets it. */
static void
test_left_before_it_was_tried (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job = spooler_start_and_queue (fixture);

  while (bm_spooler_get_job (fixture->spooler, job) == NULL)
    g_main_context_iteration (NULL, TRUE);
  bm_spooler_expire (fixture->spooler, "hall");
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
  spooler_assert_sheets (fixture, 1);
}

static void
test_left_and_no_paper (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  test_printer_complain (fixture->printer, "media-empty");
  job = spooler_start_and_queue (fixture);
  while (bm_spooler_get_job (fixture->spooler, job) == NULL)
    g_main_context_iteration (NULL, TRUE);
  bm_spooler_expire (fixture->spooler, "hall");
  spooler_wait_for (fixture, job, BM_PRINT_EXPIRED);
  spooler_assert_path (fixture, job, "queued expired");
  spooler_assert_sheets (fixture, 0);
}

static void
test_next_person_is_not_expired (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 next;

  test_printer_complain (fixture->printer, "media-empty");
  spooler_start_and_queue (fixture);
  spooler_wait_until_told (fixture, "1:waiting:media-empty");
  bm_spooler_expire (fixture->spooler, "hall");
  spooler_wait_until_told (fixture, "1:expired:");
  next = spooler_queue (fixture);
  spooler_wait_until_told (fixture, "2:waiting:media-empty");
  test_printer_complain (fixture->printer, NULL);
  spooler_wait_for (fixture, next, BM_PRINT_PRINTED);
  spooler_assert_sheets (fixture, 1);
}

static void
test_waited_too_long (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  test_printer_complain (fixture->printer, "media-empty");
  job = spooler_start_and_queue (fixture);
  spooler_wait_until_told (fixture, "1:waiting:media-empty");
  bm_shift_clock_set_wall (fixture->clock, 0); /* a wrong clock changes nothing */
  spooler_wait_ms (1300);
  bm_shift_clock_set_wall (fixture->clock, G_GINT64_CONSTANT (1895500000000));
  spooler_wait_ms (2300);
  spooler_assert_path (fixture, job, "queued waiting");
  bm_shift_clock_advance (fixture->clock, BM_SPOOLER_EXPIRE_MS + 1000);
  spooler_wait_for (fixture, job, BM_PRINT_EXPIRED);
  spooler_assert_sheets (fixture, 0);
}

static void
test_yesterdays_job (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 old = test_journal_put (fixture->journal, BM_PRINT_WAITING, 24 * 60 * MINUTE);
  gint64 queued = test_journal_put (fixture->journal, BM_PRINT_QUEUED, 11 * MINUTE);
  gint64 recent = test_journal_put (fixture->journal, BM_PRINT_QUEUED, MINUTE);

  bm_spooler_start (fixture->spooler);
  spooler_wait_for (fixture, recent, BM_PRINT_PRINTED); /* invariant 14 */
  spooler_assert_path (fixture, old, "waiting expired");
  spooler_assert_path (fixture, queued, "queued expired");
  spooler_assert_sheets (fixture, 1);
}

static void
test_sent_does_not_expire (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  spooler_answer (fixture, TEST_POLL, BM_PRINT_OUTCOME_SENT);
  job = spooler_start_and_queue (fixture);
  spooler_wait_for (fixture, job, BM_PRINT_SENT);
  bm_spooler_expire (fixture->spooler, "hall");
  bm_shift_clock_advance (fixture->clock, 2 * BM_SPOOLER_EXPIRE_MS);
  spooler_wait_ms (1200);
  spooler_assert_path (fixture, job, "queued waiting sending sent");
  spooler_answer (fixture, TEST_POLL, BM_PRINT_OUTCOME_PRINTED);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
}

static void
test_cancelled (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  test_printer_complain (fixture->printer, "cover-open");
  job = spooler_start_and_queue (fixture);
  spooler_wait_until_told (fixture, "1:waiting:cover-open");
  bm_spooler_cancel (fixture->spooler, job);
  spooler_wait_until_told (fixture, "1:canceled:");
  test_printer_complain (fixture->printer, NULL);
  spooler_wait_ms (1200);
  spooler_assert_path (fixture, job, "queued waiting canceled");
  spooler_assert_sheets (fixture, 0);
}

static void
test_sent_is_not_cancelled (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  spooler_answer (fixture, TEST_POLL, BM_PRINT_OUTCOME_SENT);
  job = spooler_start_and_queue (fixture);
  spooler_wait_for (fixture, job, BM_PRINT_SENT);
  spooler_wait_ms (50);
  bm_spooler_cancel (fixture->spooler, job);
  spooler_wait_ms (200);
  spooler_assert_path (fixture, job, "queued waiting sending sent");
}

static void
add_restarts (void)
{
  static const char *const outcomes[] = { "refused", "sent", "printed", "unknown", "later" };

  for (guint i = 0; i < G_N_ELEMENTS (restarts); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/spooler/restart/%s-%s", bm_print_state_to_string (restarts[i].found),
                         outcomes[restarts[i].says]);

      g_test_add (path, SpoolerFixture, &restarts[i], spooler_set_up, test_restart,
                  spooler_tear_down);
    }
}

static void
add_all (void)
{
  add_restarts ();
  spooler_add ("restart/tells-the-age", test_restart_tells_the_age);
  spooler_add ("restart/reboot-hides-the-age", test_reboot_hides_the_age);
  spooler_add ("restart/without-printer", test_restart_without_printer);
  spooler_add ("stop/under-a-sheet", test_stop_under_a_sheet);
  spooler_add ("stop/begins-nothing", test_stopped_begins_nothing);
  spooler_add ("stop/worker-ended-first", test_worker_ended_first);
  spooler_add ("left/while-it-waited", test_left_while_it_waited);
  spooler_add ("left/before-it-was-tried", test_left_before_it_was_tried);
  spooler_add ("left/and-no-paper", test_left_and_no_paper);
  spooler_add ("left/next-person-is-not-expired", test_next_person_is_not_expired);
  spooler_add ("left/waited-too-long", test_waited_too_long);
  spooler_add ("left/yesterdays-job", test_yesterdays_job);
  spooler_add ("left/sent-does-not-expire", test_sent_does_not_expire);
  spooler_add ("cancelled", test_cancelled);
  spooler_add ("sent-is-not-cancelled", test_sent_is_not_cancelled);
}

int
main (int argc, char **argv)
{
  return spooler_main (argc, argv, add_all);
}
