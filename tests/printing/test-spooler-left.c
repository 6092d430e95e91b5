/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-spooler"

#include "tests/printing/spooler-fixture.h"

/* Who left while the printer had their sheet. */

/* Whoever left gets nothing that comes out for the next one: what the printer cannot finish is called back, and what may
 * be out of it a person looks for. While they wait, and while it prints, nothing is called back. */
static void
test_called_back (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  spooler_answer (fixture, TEST_SUBMIT, BM_PRINT_OUTCOME_SENT);
  spooler_answer (fixture, TEST_POLL, BM_PRINT_OUTCOME_SENT);
  job = spooler_start_and_queue (fixture);
  spooler_wait_for (fixture, job, BM_PRINT_SENT);
  test_printer_complain (fixture->printer, "cover-open");
  spooler_wait_until_told (fixture, "1:sent:cover-open");
  spooler_wait_ms (1200);
  g_assert_cmpuint (test_printer_count (fixture->printer, TEST_CANCEL), ==, 0);
  bm_spooler_expire (fixture->spooler, "hall");
  spooler_wait_ms (1500);
  g_assert_cmpuint (test_printer_count (fixture->printer, TEST_CANCEL), >, 0);
  test_printer_answer (fixture->printer, TEST_POLL, BM_PRINT_OUTCOME_UNKNOWN, "canceled");
  spooler_wait_until_told (fixture, "1:unknown:canceled");
  spooler_assert_path (fixture, job, "queued waiting sending sent unknown");
}

static void
test_left_while_it_prints (SpoolerFixture *fixture, gconstpointer unused)
{
  gint64 job;

  spooler_answer (fixture, TEST_SUBMIT, BM_PRINT_OUTCOME_SENT);
  spooler_answer (fixture, TEST_POLL, BM_PRINT_OUTCOME_SENT);
  job = spooler_start_and_queue (fixture);
  spooler_wait_for (fixture, job, BM_PRINT_SENT);
  bm_spooler_expire (fixture->spooler, "hall");
  spooler_wait_ms (1500);
  g_assert_cmpuint (test_printer_count (fixture->printer, TEST_CANCEL), ==, 0);
  spooler_answer (fixture, TEST_POLL, BM_PRINT_OUTCOME_PRINTED);
  spooler_wait_for (fixture, job, BM_PRINT_PRINTED);
}

static void
add_all (void)
{
  spooler_add ("called-back", test_called_back);
  spooler_add ("left-while-it-prints", test_left_while_it_prints);
}

int
main (int argc, char **argv)
{
  return spooler_main (argc, argv, add_all);
}
