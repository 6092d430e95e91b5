/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-printer-cups"

#include "printing/dots.h"
#include "printing/printer-ipp-private.h"

#include "core/error.h"
#include "core/ports/reasons.h"

#include <string.h>

/*
 * An office printer behind the machine's own cupsd: a PDF is handed to its queue. It is for printers that need a
 * driver, and for whole pages only; what a roll loses there RECEIPT.md says.
 *
 * Invariants:
 *  C1  An error from submit means that no byte of the document went out.
 *  C2  "Completed" from cupsd is no proof of paper: it was seen to say so of sheets that a power cut took. Such a
 *      sheet is UNKNOWN and the person is asked; nothing from here is ever PRINTED.
 *  C3  A sheet that has lain in the queue for too long is called off, so that it does not come out hours later.
 *  C4  A sheet is begun once. cupsd begins one anew by itself: after its own death, and after a failure when the queue
 *      says so. Whatever it holds besides the sheet that is followed is called off: when it has begun a sheet twice or laid
 *      one aside, when a sheet has to be looked for again, and before another one is handed over.
 */

#define STUCK_MS   180000 /* without a word why */
#define BLOCKED_MS 600000 /* cupsd says why */
#define MAX_QUEUE  127    /* bytes of a name, as cupsd has it */
#define MAX_LEFT   20     /* sheets that an earlier run may have left there */

#define BM_TYPE_CUPS_PRINTER (bm_cups_printer_get_type ())
G_DECLARE_FINAL_TYPE (BmCupsPrinter, bm_cups_printer, BM, CUPS_PRINTER, BmPrinter)

struct _BmCupsPrinter
{
  BmPrinter parent_instance;

  char *queue;
  char *followed; /* attempt that was seen being printed */
  int begun_s;    /* since when, by cupsd's clock */
};

G_DEFINE_FINAL_TYPE (BmCupsPrinter, bm_cups_printer, BM_TYPE_PRINTER)

/* Asked for each time: libcups keeps what it knows of the server with the thread. */
static BmIppPeer *
dup_peer (BmCupsPrinter *self)
{
  BmIppPeer *peer = g_new0 (BmIppPeer, 1);
  g_autofree char *name = g_uri_escape_string (self->queue, NULL, FALSE);

  peer->host = g_strdup (cupsServer ());
  peer->port = ippPort ();
  peer->resource = g_strconcat ("/printers/", name, NULL);
  peer->uri = g_strconcat ("ipp://localhost", peer->resource, NULL);
  peer->user = g_strdup (cupsUser ()); /* only who sent a job may call it off */
  return peer;
}

/* What cupsd says of the queue. Of an idle one old reasons are still said, so they count only while it prints. */
static GStrv
read_reasons (ipp_t *response)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  ipp_attribute_t *reasons = ippFindAttribute (response, "printer-state-reasons", IPP_TAG_KEYWORD);
  ipp_attribute_t *accepting =
    ippFindAttribute (response, "printer-is-accepting-jobs", IPP_TAG_BOOLEAN);
  const int state = ippGetInteger (ippFindAttribute (response, "printer-state", IPP_TAG_ENUM), 0);
  const int count = MIN (ippGetCount (reasons), BM_PRINTER_MAX_REASONS - 1);

  if (state == IPP_PSTATE_STOPPED || (accepting != NULL && !ippGetBoolean (accepting, 0)))
    g_strv_builder_add (builder, "queue-paused");
  for (int i = 0; state == IPP_PSTATE_PROCESSING && i < count; i++)
    {
      const char *reason = ippGetString (reasons, i, NULL);
      g_autofree char *bare = bm_ipp_strip_severity (reason);

      if (!g_str_has_suffix (reason, "-report") && !g_str_has_prefix (reason, "cups-") &&
          !g_str_equal (reason, "none"))
        g_strv_builder_add (builder, bare);
    }
  return g_strv_builder_end (builder);
}

static GStrv
ask_reasons (http_t *http, const BmIppPeer *peer, GError **error)
{
  static const char *const wanted[] = { "printer-state", "printer-state-reasons",
                                        "printer-is-accepting-jobs" };
  ipp_t *request = bm_ipp_new_request (peer, IPP_OP_GET_PRINTER_ATTRIBUTES, NULL);
  g_autoptr (ipp_t) response = NULL;
  ipp_status_t status;

  ippAddStrings (request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
                 G_N_ELEMENTS (wanted), NULL, wanted);
  response = bm_ipp_ask (http, peer, request, error);
  if (response == NULL)
    return NULL;
  status = ippGetStatusCode (response);
  if (bm_ipp_is_success (status))
    return read_reasons (response);
  g_set_error (error, BM_ERROR,
               status == IPP_STATUS_ERROR_NOT_FOUND ? BM_ERROR_NOT_FOUND : BM_ERROR_UNREACHABLE,
               "print queue: %s", ippErrorString (status));
  return NULL;
}

static GStrv
bm_cups_printer_status (BmPrinter *printer, GError **error)
{
  g_autoptr (BmIppPeer) peer = dup_peer (BM_CUPS_PRINTER (printer));
  g_autoptr (http_t) http = bm_ipp_connect (peer, error);

  return http != NULL ? ask_reasons (http, peer, error) : NULL;
}

/* Whether cupsd has let go of it; "too late" is letting go, too. */
static gboolean
call_off (http_t *http, const BmIppPeer *peer, const char *job_uri, GError **error)
{
  g_autoptr (ipp_t) response =
    bm_ipp_ask (http, peer, bm_ipp_new_request (peer, IPP_OP_CANCEL_JOB, job_uri), error);
  ipp_status_t status;

  if (response == NULL)
    return FALSE;
  status = ippGetStatusCode (response);
  if (bm_ipp_is_success (status) || status == IPP_STATUS_ERROR_NOT_POSSIBLE ||
      status == IPP_STATUS_ERROR_NOT_FOUND)
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "print service keeps a sheet: %s",
               ippErrorString (status));
  return FALSE;
}

/* C4. One sheet is handed over at a time, by one program: what lies there nobody follows any more. */
static gboolean
clear_queue (http_t *http, const BmIppPeer *peer, GError **error)
{
  g_autoptr (GError) local = NULL;

  for (guint i = 0; i < MAX_LEFT; i++)
    {
      g_auto (BmIppJob) job = { 0 };

      if (!bm_ipp_list_job (http, peer, "not-completed", NULL, &job, &local))
        {
          if (local == NULL)
            return TRUE;
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (!call_off (http, peer, job.uri, error))
        return FALSE;
    }
  g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "print service keeps its sheets");
  return FALSE;
}

/* Nothing is followed while the printer is looked at. */
static gboolean
bm_cups_printer_probe (BmPrinter *printer, GError **error)
{
  g_autoptr (BmIppPeer) peer = dup_peer (BM_CUPS_PRINTER (printer));
  g_autoptr (http_t) http = bm_ipp_connect (peer, error);
  g_auto (GStrv) reasons = http != NULL ? ask_reasons (http, peer, error) : NULL;

  return reasons != NULL && clear_queue (http, peer, error);
}

static ipp_t *
new_print_request (const BmIppPeer *peer, const BmPrintRequest *request)
{
  g_autofree char *name =
    g_strdup_printf ("%s/%u/%s", *request->number != '\0' ? request->number : "sheet",
                     request->copy, request->attempt);
  ipp_t *ipp = bm_ipp_new_request (peer, IPP_OP_PRINT_JOB, NULL);

  ippAddString (ipp, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, name);
  ippAddString (ipp, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL,
                "application/pdf");
  ippAddString (ipp, IPP_TAG_JOB, IPP_TAG_KEYWORD, "media", NULL,
                request->render->paper == BM_PAPER_A4 ? "iso_a4_210x297mm" : "iso_a5_148x210mm");
  return ipp;
}

/* C2. */
static BmPrintReport *
judge_job (const BmIppJob *job)
{
  if (job->state == IPP_JSTATE_COMPLETED)
    return bm_print_report_new (BM_PRINT_OUTCOME_UNKNOWN, "not-confirmed", job->uri);
  return bm_ipp_job_report (job);
}

static BmPrintReport *
judge_answer (ipp_t *response)
{
  const ipp_status_t status = ippGetStatusCode (response);
  ipp_attribute_t *uri = ippFindAttribute (response, "job-uri", IPP_TAG_URI);

  if (bm_ipp_is_success (status))
    return bm_print_report_new (BM_PRINT_OUTCOME_SENT, "", ippGetString (uri, 0, NULL));
  return bm_print_report_new (status == IPP_STATUS_ERROR_BUSY || bm_ipp_is_plain_refusal (status)
                                ? BM_PRINT_OUTCOME_REFUSED
                                : BM_PRINT_OUTCOME_UNKNOWN,
                              ippErrorString (status), "");
}

static BmPrintReport *
hand_over (http_t *http,
           const BmIppPeer *peer,
           const BmPrintRequest *request,
           GBytes *pdf,
           GError **error)
{
  g_autoptr (ipp_t) ipp = new_print_request (peer, request);
  gboolean began;
  g_autoptr (ipp_t) response = bm_ipp_send_document (http, peer, ipp, pdf, &began);

  if (response != NULL)
    return judge_answer (response);
  if (began)
    return bm_print_report_new (BM_PRINT_OUTCOME_UNKNOWN, "connection-lost", "");
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "print service: %s", cupsLastErrorString ());
  return NULL;
}

static BmPrintReport *
bm_cups_printer_submit (BmPrinter *printer, const BmPrintRequest *request, GError **error)
{
  g_autoptr (BmIppPeer) peer = dup_peer (BM_CUPS_PRINTER (printer));
  g_autoptr (http_t) http = bm_ipp_connect (peer, error);
  g_auto (GStrv) reasons = http != NULL ? ask_reasons (http, peer, error) : NULL;
  g_autoptr (GBytes) pdf = reasons != NULL ? bm_render_to_pdf (request->render, error) : NULL;
  const char *reason = bm_reason_pick_blocking ((const char *const *) reasons, FALSE);

  if (pdf == NULL || !clear_queue (http, peer, error))
    return NULL;
  if (reason != NULL)
    return bm_print_report_new (BM_PRINT_OUTCOME_REFUSED, reason, "");
  return hand_over (http, peer, request, pdf, error);
}

/* A report that the person is asked, once the sheet cannot come out any more; before that, the next poll tries again. */
static BmPrintReport *
give_up (http_t *http, const BmIppPeer *peer, BmPrintReport *report, const char *reason)
{
  if (!call_off (http, peer, report->remote, NULL))
    return report;
  report->outcome = BM_PRINT_OUTCOME_UNKNOWN;
  g_free (report->reason);
  report->reason = g_strdup (reason);
  return report;
}

/* C3: what nobody waits for any more does not stay in the queue. */
static BmPrintReport *
judge_age (http_t *http, const BmIppPeer *peer, const BmPrintTrace *trace, BmPrintReport *report)
{
  g_auto (GStrv) reasons = ask_reasons (http, peer, NULL); /* the job's state is known already */
  const char *reason = bm_reason_pick_blocking ((const char *const *) reasons, FALSE);

  g_free (report->reason);
  report->reason = g_strdup (reason != NULL ? reason : "");
  if (trace->age_ms >= 0 && trace->age_ms < (reason != NULL ? BLOCKED_MS : STUCK_MS))
    return report;
  return give_up (http, peer, report, reason != NULL ? reason : "no-progress");
}

/* C4: why a sheet that is still open is not let go on, or NULL. */
static const char *
find_second_beginning (BmCupsPrinter *self, const BmPrintTrace *trace, const BmIppJob *job)
{
  if (job->begun_s == 0)
    return NULL;
  if (job->state != IPP_JSTATE_PROCESSING)
    return "aborted"; /* laid aside: it waits to be begun again */
  if (g_strcmp0 (self->followed, trace->attempt) == 0 && self->begun_s != job->begun_s)
    return "begun-again";
  g_free (self->followed);
  self->followed = g_strdup (trace->attempt);
  self->begun_s = job->begun_s;
  return NULL;
}

/* A job moves from the open list to the other one, so that this order cannot miss it. */
static BmPrintReport *
find_again (http_t *http,
            const BmIppPeer *peer,
            const BmPrintTrace *trace,
            BmIppJob *ret_job,
            GError **error)
{
  static const char *const lists[] = { "not-completed", "completed" };
  g_autoptr (GError) local = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      if (bm_ipp_list_job (http, peer, lists[i], trace->attempt, ret_job, &local))
        return judge_job (ret_job);
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
    }
  return bm_print_report_new (BM_PRINT_OUTCOME_UNKNOWN, "job-not-found", trace->remote);
}

static BmPrintReport *
bm_cups_printer_poll (BmPrinter *printer, const BmPrintTrace *trace, GError **error)
{
  BmCupsPrinter *self = BM_CUPS_PRINTER (printer);
  g_autoptr (BmIppPeer) peer = dup_peer (self);
  g_autoptr (http_t) http = bm_ipp_connect (peer, error);
  g_auto (BmIppJob) job = { 0 };
  BmPrintReport *report = http != NULL ? find_again (http, peer, trace, &job, error) : NULL;
  const char *second;

  if (report == NULL || report->outcome != BM_PRINT_OUTCOME_SENT)
    return report;
  second = find_second_beginning (self, trace, &job);
  return second != NULL ? give_up (http, peer, report, second)
                        : judge_age (http, peer, trace, report);
}

/* C4: whoever looks for a sheet again has lost sight of it. */
static BmPrintReport *
bm_cups_printer_reconcile (BmPrinter *printer, const BmPrintTrace *trace, GError **error)
{
  g_autoptr (BmIppPeer) peer = dup_peer (BM_CUPS_PRINTER (printer));
  g_autoptr (http_t) http = bm_ipp_connect (peer, error);
  g_auto (BmIppJob) job = { 0 };
  BmPrintReport *report = http != NULL ? find_again (http, peer, trace, &job, error) : NULL;

  if (report == NULL || report->outcome != BM_PRINT_OUTCOME_SENT)
    return report;
  return give_up (http, peer, report, "called-off");
}

static gboolean
bm_cups_printer_cancel (BmPrinter *printer, const BmPrintTrace *trace, GError **error)
{
  g_autoptr (BmIppPeer) peer = dup_peer (BM_CUPS_PRINTER (printer));
  g_autoptr (http_t) http = bm_ipp_connect (peer, error);
  g_auto (BmIppJob) job = { 0 };
  g_autoptr (BmPrintReport) found =
    http != NULL ? find_again (http, peer, trace, &job, error) : NULL;

  if (found == NULL)
    return FALSE;
  if (found->outcome != BM_PRINT_OUTCOME_SENT)
    return TRUE; /* nothing left to stop */
  return call_off (http, peer, found->remote, error);
}

static char *
bm_cups_printer_get_lock_key (BmPrinter *printer)
{
  return g_strconcat ("cups:", BM_CUPS_PRINTER (printer)->queue, NULL);
}

static void
bm_cups_printer_finalize (GObject *object)
{
  BmCupsPrinter *self = BM_CUPS_PRINTER (object);

  g_free (self->queue);
  g_free (self->followed);

  G_OBJECT_CLASS (bm_cups_printer_parent_class)->finalize (object);
}

static void
bm_cups_printer_class_init (BmCupsPrinterClass *klass)
{
  BmPrinterClass *printer_class = BM_PRINTER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bm_cups_printer_finalize;
  printer_class->probe = bm_cups_printer_probe;
  printer_class->status = bm_cups_printer_status;
  printer_class->submit = bm_cups_printer_submit;
  printer_class->poll = bm_cups_printer_poll;
  printer_class->cancel = bm_cups_printer_cancel;
  printer_class->reconcile = bm_cups_printer_reconcile;
  printer_class->get_lock_key = bm_cups_printer_get_lock_key;
  printer_class->silence = "no-print-service";
}

static void
bm_cups_printer_init (BmCupsPrinter *self)
{
}

static gboolean
is_queue_name (const char *name)
{
  const gsize length = strlen (name);

  return length > 0 && length <= MAX_QUEUE && g_utf8_validate (name, -1, NULL) &&
         strpbrk (name, "/#?\\ \t\"'") == NULL;
}

/**
 * bm_cups_printer_new:
 * @uri: cups:queue, with ?media=a5 when that is what lies in it
 * @error: %BM_ERROR_INVALID
 *
 * Returns: (transfer full): the printer; nothing was sent to it yet
 */
BmPrinter *
bm_cups_printer_new (const char *uri, GError **error)
{
  g_autofree char *queue = g_strdup (uri + strlen ("cups:"));
  char *query = strchr (queue, '?');
  BmPaper paper = BM_PAPER_A4;
  gboolean is_good = TRUE;
  BmCupsPrinter *self;

  if (query != NULL)
    {
      *query++ = '\0';
      is_good = g_str_has_prefix (query, "media=") &&
                bm_paper_from_string (query + strlen ("media="), &paper);
    }
  if (!is_good || bm_paper_is_roll (paper) || !is_queue_name (queue))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "printer \"%s\": write cups:queue or cups:queue?media=a5|a4; "
                   "a receipt printer is spoken to directly",
                   uri);
      return NULL;
    }
  self = g_object_new (BM_TYPE_CUPS_PRINTER, NULL);
  self->queue = g_steal_pointer (&queue);
  bm_printer_set_paper (BM_PRINTER (self), paper);
  return BM_PRINTER (self);
}
