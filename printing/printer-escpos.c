/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-printer-escpos"

#include "printing/printer-escpos-private.h"

#include "core/error.h"

#include <string.h>

/*
 * A receipt printer that speaks ESC/POS, reached directly: asked what is wrong, given the picture band by band,
 * cut, and asked for a word when that is on paper. It keeps no list of jobs; what it says is heard only while the
 * line is open, so the sheet stays in hand from submit until it has a fate, and every poll goes on with it.
 *
 * Invariants:
 *  P1  An error or REFUSED from submit means that no byte of the sheet went out.
 *  P2  The printer's own word is the only proof of paper; without one a person is asked.
 *  P3  Before the first byte the attempt is written down (printer-escpos-trace.c).
 *  P4  No call takes longer than HOLD_MS and some questions (once after a torn sheet: SWEEP_MS); no sheet is in
 *      hand for ever.
 */

#define HOLD_MS   4000
#define STUCK_MS  (90 * 1000)      /* without a step, and without saying why */
#define MEND_MS   (10 * 60 * 1000) /* without paper, or open: nobody waits there any more */
#define SETTLE_MS 1500             /* until what was handed over can lie at the outlet */

#define BM_TYPE_ESCPOS_PRINTER (bm_escpos_printer_get_type ())
G_DECLARE_FINAL_TYPE (BmEscposPrinter, bm_escpos_printer, BM, ESCPOS_PRINTER, BmPrinter)

struct _BmEscposPrinter
{
  BmPrinter parent_instance;

  BmEscposPlace place;
  const BmEscposProfile *profile;
  BmEscposSheet *sheet; /* in hand, or NULL */
  guint stuck_ms;
  guint mend_ms;
  guint printing_ms; /* at the most; of a sheet of which nothing is told */
};

G_DEFINE_FINAL_TYPE (BmEscposPrinter, bm_escpos_printer, BM_TYPE_PRINTER)

static gint64
since_ms (gint64 moment_us)
{
  return (g_get_monotonic_time () - moment_us) / G_TIME_SPAN_MILLISECOND;
}

/* A sheet that was torn off in the middle of a picture: see bm_escpos_sweep(). Once is enough. */
static gboolean
sweep_if_torn (BmEscposPrinter *self, BmEscposLine *line, GError **error)
{
  g_autofree char *place = bm_escpos_place_dup_name (&self->place);
  BmEscposTrace before;

  if (!bm_escpos_trace_load (&before, place) || before.state != BM_ESCPOS_TRACE_BEGAN)
    return TRUE;
  if (bm_escpos_sweep (self->profile, line))
    return bm_escpos_trace_set (place, BM_ESCPOS_TRACE_SWEPT, before.attempt, error);
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "printer: it takes nothing");
  return FALSE;
}

/* Opens the line and asks; what it says of @attempt, if it still does, is heard. */
static BmEscposSheet *
open_and_ask (BmEscposPrinter *self, const char *attempt, GError **error)
{
  BmEscposLine *line =
    bm_escpos_line_open (&self->place, bm_printer_get_gate (BM_PRINTER (self)), error);
  g_autoptr (BmEscposSheet) sheet = NULL;

  if (line == NULL)
    return NULL;
  sheet = bm_escpos_sheet_new (line, self->profile, NULL, attempt);
  if (!sweep_if_torn (self, line, error) || !bm_escpos_sheet_ask (sheet, error))
    return NULL;
  return g_steal_pointer (&sheet);
}

static gboolean
bm_escpos_printer_probe (BmPrinter *printer, GError **error)
{
  BmEscposPrinter *self = BM_ESCPOS_PRINTER (printer);
  g_autofree char *place = bm_escpos_place_dup_name (&self->place);

  /* Whether it is there is told by its status; the profile tells what it can do. */
  return bm_escpos_trace_ensure (place, error);
}

static GStrv
bm_escpos_printer_status (BmPrinter *printer, GError **error)
{
  BmEscposPrinter *self = BM_ESCPOS_PRINTER (printer);
  g_autoptr (BmEscposSheet) asked = NULL;

  if (self->sheet != NULL)
    return g_strdupv (self->sheet->reasons); /* E1: it was asked when it could be */
  asked = open_and_ask (self, NULL, error);
  return asked != NULL ? g_strdupv (asked->reasons) : NULL;
}

static char *
make_remote (const BmEscposSheet *sheet)
{
  return g_strconcat ("escpos:", sheet->id, NULL);
}

/* The sheet has a fate, and is not in hand any more. */
static BmPrintReport *
let_go (BmEscposPrinter *self, BmPrintOutcome outcome, const char *reason, gboolean is_torn)
{
  g_autofree char *place = bm_escpos_place_dup_name (&self->place);
  g_autofree char *remote = make_remote (self->sheet);
  BmPrintReport *report = bm_print_report_new (outcome, reason, remote);

  if (!is_torn)
    /* What cannot be written is taken for a torn sheet: a blank strip more. */
    (void) bm_escpos_trace_set (place,
                                outcome == BM_PRINT_OUTCOME_PRINTED ? BM_ESCPOS_TRACE_PRINTED
                                                                    : BM_ESCPOS_TRACE_ENDED,
                                self->sheet->attempt, NULL);
  if (is_torn)
    g_clear_pointer (&self->sheet, bm_escpos_sheet_abandon);
  else
    g_clear_pointer (&self->sheet, bm_escpos_sheet_free);
  return report;
}

static BmPrintReport *
keep (BmEscposPrinter *self, const char *reason)
{
  g_autofree char *remote = make_remote (self->sheet);

  return bm_print_report_new (BM_PRINT_OUTCOME_SENT, reason, remote);
}

/* When a sheet of which nothing is told can be out: what the printer says of itself is all that is known. */
static gint64
get_printing_ms (const BmEscposPrinter *self)
{
  const BmEscposSheet *sheet = self->sheet;
  const gint64 ms = SETTLE_MS + (gint64) sheet->stream->rows * 1000 / sheet->profile->rows_per_s;

  return MIN (ms, self->printing_ms);
}

static BmPrintReport *
judge (BmEscposPrinter *self)
{
  const BmEscposSheet *sheet = self->sheet;
  const char *obstacle = bm_escpos_sheet_get_obstacle (sheet);
  const gboolean is_all_out = bm_escpos_sheet_is_all_out (sheet);
  const gint64 patience_ms = self->stuck_ms + (is_all_out ? get_printing_ms (self) : 0);

  if (sheet->is_printed)
    return let_go (self, BM_PRINT_OUTCOME_PRINTED, "", FALSE);
  if (sheet->is_gone)
    return let_go (self, BM_PRINT_OUTCOME_UNKNOWN, "connection-lost", TRUE);
  if (sheet->blocked_us != 0 && since_ms (sheet->blocked_us) > self->mend_ms)
    return let_go (self, BM_PRINT_OUTCOME_UNKNOWN, obstacle, TRUE);
  if (is_all_out && sheet->profile->fence == BM_ESCPOS_FENCE_NONE && obstacle == NULL &&
      sheet->waiting == 0 && since_ms (sheet->moved_us) > get_printing_ms (self))
    return let_go (self, BM_PRINT_OUTCOME_UNKNOWN, "not-confirmed", FALSE);
  if (since_ms (sheet->moved_us) > patience_ms)
    return let_go (self, BM_PRINT_OUTCOME_UNKNOWN, is_all_out ? "not-confirmed" : "no-progress",
                   TRUE);
  return keep (self, obstacle);
}

static void
push (BmEscposPrinter *self)
{
  bm_escpos_sheet_push (self->sheet, g_get_monotonic_time () + HOLD_MS * G_TIME_SPAN_MILLISECOND);
}

/* Takes @sheet in hand with @stream: from here on a byte may be out. */
static BmPrintReport *
begin (BmEscposPrinter *self, BmEscposSheet *sheet, BmEscposStream *stream, GError **error)
{
  g_autofree char *place = bm_escpos_place_dup_name (&self->place);

  sheet->stream = stream;
  if (!bm_escpos_trace_set (place, BM_ESCPOS_TRACE_BEGAN, sheet->attempt, error))
    {
      bm_escpos_sheet_free (sheet);
      return NULL;
    }
  self->sheet = sheet;
  push (self);
  if (sheet->sent > 0)
    return judge (self);
  (void) bm_escpos_trace_set (place, BM_ESCPOS_TRACE_ENDED, sheet->attempt,
                              NULL); /* as in let_go() */
  g_clear_pointer (&self->sheet, bm_escpos_sheet_abandon);
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "printer: it takes nothing");
  return NULL;
}

static BmEscposStream *
make_stream (BmEscposPrinter *self, const BmPrintRequest *request, GError **error)
{
  g_autofree char *place = bm_escpos_place_dup_name (&self->place);
  g_autoptr (BmDots) dots = NULL;
  BmEscposTrace before;
  gboolean is_torn;
  char id[BM_ESCPOS_ID_LEN + 1];

  if (request->render->width != self->profile->width)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED, "printer: a sheet of %d dots on %d",
                   request->render->width, self->profile->width);
      return NULL;
    }
  dots = bm_dots_from_render (request->render, 0, self->profile->dpi, error);
  if (dots == NULL)
    return NULL;
  is_torn = bm_escpos_trace_load (&before, place) &&
            (before.state == BM_ESCPOS_TRACE_BEGAN || before.state == BM_ESCPOS_TRACE_SWEPT);
  bm_escpos_make_id (request->attempt, id);
  return bm_escpos_stream_new (self->profile, dots, id, is_torn);
}

static BmPrintReport *
bm_escpos_printer_submit (BmPrinter *printer, const BmPrintRequest *request, GError **error)
{
  BmEscposPrinter *self = BM_ESCPOS_PRINTER (printer);
  g_autoptr (BmEscposStream) stream = NULL;
  g_autoptr (BmEscposSheet) sheet = NULL;
  const char *obstacle;

  g_clear_pointer (&self->sheet, bm_escpos_sheet_abandon); /* the spooler gave it up */
  stream = make_stream (self, request, error);
  sheet = stream != NULL ? open_and_ask (self, request->attempt, error) : NULL;
  if (sheet == NULL)
    return NULL;
  obstacle = bm_escpos_sheet_get_obstacle (sheet);
  if (obstacle != NULL)
    return bm_print_report_new (BM_PRINT_OUTCOME_REFUSED, obstacle, "");
  return begin (self, g_steal_pointer (&sheet), g_steal_pointer (&stream), error);
}

/* An attempt that is not in hand: an earlier run's, or one that was given up. What was written down decides, and
 * the printer may still have a word to say. */
static BmPrintReport *
look_up (BmEscposPrinter *self, const BmPrintTrace *trace, GError **error)
{
  g_autofree char *place = bm_escpos_place_dup_name (&self->place);
  g_autoptr (BmPrintReport) report = bm_escpos_trace_judge (place, trace);
  g_autoptr (BmEscposSheet) asked = NULL;

  if (report->outcome != BM_PRINT_OUTCOME_UNKNOWN)
    return g_steal_pointer (&report);
  asked = open_and_ask (self, trace->attempt, error);
  if (asked == NULL)
    return NULL;
  if (!asked->is_printed)
    return g_steal_pointer (&report);
  return bm_print_report_new (BM_PRINT_OUTCOME_PRINTED, "", trace->remote);
}

static gboolean
is_in_hand (BmEscposPrinter *self, const BmPrintTrace *trace)
{
  return self->sheet != NULL && g_str_equal (self->sheet->attempt, trace->attempt);
}

static BmPrintReport *
bm_escpos_printer_poll (BmPrinter *printer, const BmPrintTrace *trace, GError **error)
{
  BmEscposPrinter *self = BM_ESCPOS_PRINTER (printer);

  if (!is_in_hand (self, trace))
    return look_up (self, trace, error);
  push (self);
  return judge (self);
}

/* The rest of the sheet stays here. What is out is out: the next sheet begins by cutting it off. */
static gboolean
bm_escpos_printer_cancel (BmPrinter *printer, const BmPrintTrace *trace, GError **error)
{
  BmEscposPrinter *self = BM_ESCPOS_PRINTER (printer);

  if (is_in_hand (self, trace))
    g_clear_pointer (&self->sheet, bm_escpos_sheet_abandon);
  return TRUE;
}

static char *
bm_escpos_printer_get_lock_key (BmPrinter *printer)
{
  return bm_escpos_place_dup_name (&BM_ESCPOS_PRINTER (printer)->place);
}

static void
bm_escpos_printer_finalize (GObject *object)
{
  BmEscposPrinter *self = BM_ESCPOS_PRINTER (object);

  g_clear_pointer (&self->sheet, bm_escpos_sheet_abandon);
  bm_escpos_place_clear (&self->place);

  G_OBJECT_CLASS (bm_escpos_printer_parent_class)->finalize (object);
}

static void
bm_escpos_printer_class_init (BmEscposPrinterClass *klass)
{
  BmPrinterClass *printer_class = BM_PRINTER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bm_escpos_printer_finalize;
  printer_class->probe = bm_escpos_printer_probe;
  printer_class->status = bm_escpos_printer_status;
  printer_class->submit = bm_escpos_printer_submit;
  printer_class->poll = bm_escpos_printer_poll;
  printer_class->cancel = bm_escpos_printer_cancel;
  printer_class->reconcile = bm_escpos_printer_poll;
  printer_class->get_lock_key = bm_escpos_printer_get_lock_key;
}

static void
bm_escpos_printer_init (BmEscposPrinter *self)
{
  self->stuck_ms = STUCK_MS;
  self->mend_ms = MEND_MS;
  self->printing_ms = G_MAXUINT;
}

void
bm_escpos_printer_set_patience (BmPrinter *printer,
                                guint stuck_ms,
                                guint mend_ms,
                                guint printing_ms)
{
  BmEscposPrinter *self = BM_ESCPOS_PRINTER (printer);

  self->stuck_ms = stuck_ms;
  self->mend_ms = mend_ms;
  self->printing_ms = printing_ms;
}

/**
 * bm_escpos_printer_new:
 * @uri: see bm_escpos_place_set()
 * @error: %BM_ERROR_INVALID
 *
 * Returns: (transfer full): the printer; nothing was sent to it yet
 */
BmPrinter *
bm_escpos_printer_new (const char *uri, GError **error)
{
  BmEscposPlace place = { 0 };
  const BmEscposProfile *profile = NULL;
  BmEscposPrinter *self;

  if (!bm_escpos_place_set (&place, uri, &profile, error))
    {
      bm_escpos_place_clear (&place);
      return NULL;
    }
  self = g_object_new (BM_TYPE_ESCPOS_PRINTER, NULL);
  self->place = place;
  self->profile = profile;
  bm_printer_set_paper (BM_PRINTER (self), profile->paper);
  return BM_PRINTER (self);
}
