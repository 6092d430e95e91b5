/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "told-printer"

#include "tests/printing/told-printer.h"

#include "core/error.h"

typedef struct
{
  BmPrintOutcome outcome;
  char *reason;
  int code; /* a BmError, or -1 */
  guint count;
} Answer;

struct _TestPrinter
{
  BmPrinter parent_instance;

  TestJournal *journal;
  GMutex lock;
  Answer answers[TEST_N_CALLS];
  char *complaint;
  guint submit_ms;
  gint64 age_ms;
  int away_code; /* a BmError, or -1: it is here */
  gboolean was_hasty;
};

G_DEFINE_FINAL_TYPE (TestPrinter, test_printer, BM_TYPE_PRINTER)

static gboolean
is_here (TestPrinter *self, GError **error)
{
  if (self->away_code < 0)
    return TRUE;
  g_set_error (error, BM_ERROR, self->away_code, "nobody answers");
  return FALSE;
}

static gboolean
test_printer_probe (BmPrinter *printer, GError **error)
{
  TestPrinter *self = TEST_PRINTER (printer);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return is_here (self, error);
}

static GStrv
test_printer_status (BmPrinter *printer, GError **error)
{
  TestPrinter *self = TEST_PRINTER (printer);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  const char *reasons[] = { self->complaint, NULL };

  return is_here (self, error) ? g_strdupv ((GStrv) reasons) : NULL;
}

static BmPrintReport *
give_answer (TestPrinter *self, TestCall call, GError **error)
{
  Answer *answer = &self->answers[call];

  answer->count++;
  if (!is_here (self, error))
    return NULL;
  if (answer->code < 0)
    return bm_print_report_new (answer->outcome, answer->reason, "ipp://printer/jobs/7");
  g_set_error (error, BM_ERROR, answer->code, "as told");
  return NULL;
}

static BmPrintReport *
test_printer_submit (BmPrinter *printer, const BmPrintRequest *request, GError **error)
{
  TestPrinter *self = TEST_PRINTER (printer);
  const gboolean was_durable = test_journal_is_sending (self->journal, request->attempt);
  BmPrintReport *report;
  gint64 until;
  GCond never;

  g_cond_init (&never);
  g_mutex_lock (&self->lock);
  self->was_hasty |= !was_durable || request->render == NULL;
  report = give_answer (self, TEST_SUBMIT, error);
  until = g_get_monotonic_time () + (gint64) self->submit_ms * 1000;
  while (self->submit_ms > 0 && g_cond_wait_until (&never, &self->lock, until))
    continue;
  g_mutex_unlock (&self->lock);
  g_cond_clear (&never);
  return report;
}

static BmPrintReport *
look_up (BmPrinter *printer, TestCall call, const BmPrintTrace *trace, GError **error)
{
  TestPrinter *self = TEST_PRINTER (printer);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->age_ms = trace->age_ms;
  return give_answer (self, call, error);
}

static BmPrintReport *
test_printer_poll (BmPrinter *printer, const BmPrintTrace *trace, GError **error)
{
  return look_up (printer, TEST_POLL, trace, error);
}

static BmPrintReport *
test_printer_reconcile (BmPrinter *printer, const BmPrintTrace *trace, GError **error)
{
  return look_up (printer, TEST_RECONCILE, trace, error);
}

static gboolean
test_printer_cancel (BmPrinter *printer, const BmPrintTrace *trace, GError **error)
{
  TestPrinter *self = TEST_PRINTER (printer);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->answers[TEST_CANCEL].count++;
  return TRUE;
}

static char *
test_printer_get_lock_key (BmPrinter *printer)
{
  return g_strdup ("test:");
}

static void
test_printer_finalize (GObject *object)
{
  TestPrinter *self = TEST_PRINTER (object);

  for (guint i = 0; i < TEST_N_CALLS; i++)
    g_free (self->answers[i].reason);
  g_free (self->complaint);
  g_object_unref (self->journal);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (test_printer_parent_class)->finalize (object);
}

static void
test_printer_class_init (TestPrinterClass *klass)
{
  BmPrinterClass *printer_class = BM_PRINTER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_printer_finalize;
  printer_class->probe = test_printer_probe;
  printer_class->status = test_printer_status;
  printer_class->submit = test_printer_submit;
  printer_class->poll = test_printer_poll;
  printer_class->reconcile = test_printer_reconcile;
  printer_class->cancel = test_printer_cancel;
  printer_class->get_lock_key = test_printer_get_lock_key;
}

static void
test_printer_init (TestPrinter *self)
{
  g_mutex_init (&self->lock);
}

TestPrinter *
test_printer_new (TestJournal *journal, BmPaper paper)
{
  TestPrinter *self = g_object_new (TEST_TYPE_PRINTER, NULL);

  self->journal = g_object_ref (journal);
  self->away_code = -1;
  bm_printer_set_paper (BM_PRINTER (self), paper);
  test_printer_answer (self, TEST_SUBMIT, BM_PRINT_OUTCOME_SENT, "");
  test_printer_answer (self, TEST_POLL, BM_PRINT_OUTCOME_PRINTED, "");
  test_printer_answer (self, TEST_RECONCILE, BM_PRINT_OUTCOME_UNKNOWN, "job-not-found");
  return self;
}

void
test_printer_answer (TestPrinter *self, TestCall call, BmPrintOutcome outcome, const char *reason)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->answers[call].outcome = outcome;
  g_free (self->answers[call].reason);
  self->answers[call].reason = g_strdup (reason);
  self->answers[call].code = -1;
}

void
test_printer_fail (TestPrinter *self, TestCall call, int code)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->answers[call].code = code;
}

void
test_printer_complain (TestPrinter *self, const char *reason)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_free (self->complaint);
  self->complaint = g_strdup (reason);
}

void
test_printer_leave (TestPrinter *self, gboolean is_away)
{
  test_printer_leave_with (self, is_away ? BM_ERROR_UNREACHABLE : -1);
}

void
test_printer_leave_with (TestPrinter *self, int code)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->away_code = code;
}

void
test_printer_dawdle (TestPrinter *self, guint submit_ms)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->submit_ms = submit_ms;
}

guint
test_printer_count (TestPrinter *self, TestCall call)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->answers[call].count;
}

gint64
test_printer_get_age (TestPrinter *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->age_ms;
}

gboolean
test_printer_was_hasty (TestPrinter *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->was_hasty;
}
