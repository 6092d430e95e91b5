/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/device-gate.h"
#include "printing/layout.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define BM_PRINTER_MAX_REASONS 16
#define BM_PRINTER_TIMEOUT_S   5 /* silence of the peer after which a call gives up */

/*
 * A way to paper. All functions block and are called on the print worker alone. What a call could not find
 * out is an error (BM_ERROR_UNREACHABLE, _BUSY, …); what it did find out about a sheet is an outcome.
 */

/**
 * BmPrintOutcome:
 * @BM_PRINT_OUTCOME_REFUSED: certain that nothing was printed; may be tried again
 * @BM_PRINT_OUTCOME_SENT: the printer holds it; not yet on paper
 * @BM_PRINT_OUTCOME_PRINTED: the printer says the sheet came out
 * @BM_PRINT_OUTCOME_UNKNOWN: a strip of paper may exist
 * @BM_PRINT_OUTCOME_LATER: too early to tell; ask again
 */
typedef enum
{
  BM_PRINT_OUTCOME_REFUSED,
  BM_PRINT_OUTCOME_SENT,
  BM_PRINT_OUTCOME_PRINTED,
  BM_PRINT_OUTCOME_UNKNOWN,
  BM_PRINT_OUTCOME_LATER,
} BmPrintOutcome;

typedef struct
{
  BmPrintOutcome outcome;
  char *reason; /* keyword, or "" */
  char *remote; /* evidence (job uri, file), or "" */
} BmPrintReport;

BmPrintReport *bm_print_report_new (BmPrintOutcome outcome, const char *reason, const char *remote);
void bm_print_report_free (BmPrintReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPrintReport, bm_print_report_free)

/* What is to go out. Borrowed by the call. */
typedef struct
{
  const BmRender *render;
  const char *number; /* 25 digits or "" */
  guint copy;
  const char *attempt; /* uuid; durable before submit is called */
} BmPrintRequest;

/* What was sent, for looking it up again. */
typedef struct
{
  const char *attempt;
  const char *remote;
  gint64
    age_ms; /* since the attempt began by the boot clock; -1 when the machine restarted since */
} BmPrintTrace;

#define BM_TYPE_PRINTER (bm_printer_get_type ())
G_DECLARE_DERIVABLE_TYPE (BmPrinter, bm_printer, BM, PRINTER, GObject)

struct _BmPrinterClass
{
  GObjectClass parent_class;

  gboolean (*probe) (BmPrinter *self, GError **error);
  GStrv (*status) (BmPrinter *self, GError **error);
  BmPrintReport *(*submit) (BmPrinter *self, const BmPrintRequest *request, GError **error);
  BmPrintReport *(*poll) (BmPrinter *self, const BmPrintTrace *trace, GError **error);
  gboolean (*cancel) (BmPrinter *self, const BmPrintTrace *trace, GError **error);
  BmPrintReport *(*reconcile) (BmPrinter *self, const BmPrintTrace *trace, GError **error);
  char *(*get_lock_key) (BmPrinter *self);
  const char *silence; /* keyword of the reason when it cannot be reached; NULL: "offline" */
};

BmPrinter *bm_printer_new (const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmPaper bm_printer_get_paper (BmPrinter *self);
const char *bm_printer_get_silence (BmPrinter *self);
void bm_printer_set_gate (BmPrinter *self, BmDeviceGate *gate); /* before anything is asked of it */

gboolean bm_printer_lock (BmPrinter *self, GError **error);
gboolean bm_printer_probe (BmPrinter *self, GError **error);
GStrv bm_printer_status (BmPrinter *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmPrintReport *bm_printer_submit (BmPrinter *self, const BmPrintRequest *request, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
BmPrintReport *bm_printer_poll (BmPrinter *self, const BmPrintTrace *trace, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_printer_cancel (BmPrinter *self, const BmPrintTrace *trace, GError **error);
BmPrintReport *bm_printer_reconcile (BmPrinter *self, const BmPrintTrace *trace, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* For the backends. */
void bm_printer_set_paper (BmPrinter *self, BmPaper paper);
BmDeviceGate *bm_printer_get_gate (BmPrinter *self); /* (nullable) */
BmPrinter *bm_cups_printer_new (const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmPrinter *bm_escpos_printer_new (const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmPrinter *bm_ipp_printer_new (const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmPrinter *bm_pdf_printer_new (const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
