/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "printing/printer.h"

#include "tests/printing/journal-fixture.h"

/* A printer that does as it is told, and counts. */

#define TEST_TYPE_PRINTER (test_printer_get_type ())
G_DECLARE_FINAL_TYPE (TestPrinter, test_printer, TEST, PRINTER, BmPrinter)

typedef enum
{
  TEST_SUBMIT,
  TEST_POLL,
  TEST_RECONCILE,
  TEST_CANCEL, /* counted; what a printer makes of it, the polls are told */
  TEST_N_CALLS,
} TestCall;

TestPrinter *test_printer_new (TestJournal *journal, BmPaper paper);
void
test_printer_answer (TestPrinter *self, TestCall call, BmPrintOutcome outcome, const char *reason);
void test_printer_fail (TestPrinter *self, TestCall call, int code); /* a BmError */
void test_printer_complain (TestPrinter *self, const char *reason);  /* NULL: all is well */
void test_printer_leave (TestPrinter *self, gboolean is_away);       /* nothing is answered */
void test_printer_leave_with (TestPrinter *self, int code);          /* a BmError; -1: it is back */
void test_printer_dawdle (TestPrinter *self, guint submit_ms);
guint test_printer_count (TestPrinter *self, TestCall call);
gint64 test_printer_get_age (TestPrinter *self);     /* of the last trace it was shown */
gboolean test_printer_was_hasty (TestPrinter *self); /* a sheet came before SENDING was durable */
