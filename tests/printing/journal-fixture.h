/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/clock.h"
#include "core/ports/print-journal.h"

/* A journal in memory that judges moves as the real one does. It outlives the spoolers that use it. */

#define TEST_TYPE_JOURNAL (test_journal_get_type ())
G_DECLARE_FINAL_TYPE (TestJournal, test_journal, TEST, JOURNAL, GObject)

TestJournal *test_journal_new (BmClock *clock);
gint64 test_journal_queue (TestJournal *self, const char *seat); /* tells, as the store does */
gint64
test_journal_put (TestJournal *self, BmPrintState state, gint64 age_ms); /* an earlier run's */
void test_journal_undraw (TestJournal *self, gint64 job);
void test_journal_forget_boot (TestJournal *self);           /* the machine restarted */
void test_journal_fail (TestJournal *self, BmPrintState to); /* the next move there */
BmPrintState test_journal_get_state (TestJournal *self, gint64 job);
guint test_journal_get_copy (TestJournal *self, gint64 job);
const char *test_journal_get_path (TestJournal *self, gint64 job); /* "queued waiting …" */
const char *test_journal_get_reason (TestJournal *self, gint64 job);
guint test_journal_count (TestJournal *self);
gboolean test_journal_is_sending (TestJournal *self, const char *attempt); /* from any thread */
