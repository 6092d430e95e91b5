/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/clock.h"
#include "core/ports/print-journal.h"
#include "core/worker.h"

G_BEGIN_DECLS

#define BM_SPOOLER_EXPIRE_MS (10 * 60 * 1000) /* by the boot clock; the resident has left by then */

/**
 * BmSpooler:
 *
 * Brings the journal's jobs onto paper, one at a time, and claims only what it proved. It lives in the main
 * context that was the thread default when it was made; the printer is spoken to on the print worker.
 *
 * Signals:
 *  "job-changed" (gpointer job)          a BmPrintJob, borrowed: after every durable move, and when the
 *                                        printer's reason changes under a job that was sent (its reason)
 *  "printer-changed" (GStrv reasons)     stripped keywords, empty when all is well
 */
#define BM_TYPE_SPOOLER (bm_spooler_get_type ())
G_DECLARE_FINAL_TYPE (BmSpooler, bm_spooler, BM, SPOOLER, GObject)

BmSpooler *bm_spooler_new (const char *printer_uri,
                           BmDeviceGate *gate,
                           BmPrintJournal *journal,
                           BmWorker *worker,
                           BmClock *clock,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

void bm_spooler_serve (BmSpooler *self, const char *seat);
void bm_spooler_start (BmSpooler *self);
void bm_spooler_stop (BmSpooler *self);
void bm_spooler_look (BmSpooler *self);

void bm_spooler_settle (BmSpooler *self, gint64 job, gboolean got);
void bm_spooler_expire (BmSpooler *self, const char *seat);
void bm_spooler_cancel (BmSpooler *self, gint64 job);

BmPrintJob *bm_spooler_get_job (BmSpooler *self, gint64 job);
guint bm_spooler_count_waiting (BmSpooler *self);
const char *const *bm_spooler_get_reasons (BmSpooler *self);

G_END_DECLS
