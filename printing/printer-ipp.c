/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-printer-ipp"

#include "printing/dots.h"
#include "printing/printer-ipp-private.h"

#include "core/error.h"
#include "core/ports/reasons.h"

#include <math.h>
#include <string.h>

/*
 * A printer that speaks IPP, reached directly: Validate-Job, then one Print-Job whose name ends with the
 * attempt's uuid. The name is how a sheet is found again after a crash on either side.
 *
 * Invariants:
 *  P1  An error from submit means that no byte of the document went out.
 *  P2  "Completed" from the printer is the only proof of paper.
 *  P3  A job that cannot be found is UNKNOWN, unless the printer has been up since before the attempt and
 *      would still remember it: then it never had it.
 */

#define SHEET_DPI  300
#define SETTLE_MS  (2 * BM_PRINTER_TIMEOUT_S * 1000) /* what is on the wire has arrived or died */
#define HISTORY_MS 50000                             /* printers forget after 60 s */

#define BM_TYPE_IPP_PRINTER (bm_ipp_printer_get_type ())
G_DECLARE_FINAL_TYPE (BmIppPrinter, bm_ipp_printer, BM, IPP_PRINTER, BmPrinter)

struct _BmIppPrinter
{
  BmPrinter parent_instance;

  BmIppPeer *peer;
  BmIppAbilities abilities;
  gboolean is_probed;
};

G_DEFINE_FINAL_TYPE (BmIppPrinter, bm_ipp_printer, BM_TYPE_PRINTER)

/* A document and how it is announced. */
typedef struct
{
  GBytes *bytes;
  const char *format;
  const char *media; /* name of a standard sheet, or NULL for a roll */
  int width;         /* hundredths of a millimetre */
  int height;
} Document;

static void
document_clear (Document *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Document, document_clear)

static gboolean
can_print (BmIppPrinter *self)
{
  const BmIppAbilities *can = &self->abilities;

  if (bm_paper_is_roll (bm_printer_get_paper (BM_PRINTER (self))))
    return can->has_black_raster && can->has_roll_resolution;
  return can->has_pdf || (can->has_black_raster && can->has_sheet_resolution);
}

static gboolean
ensure_probed (BmIppPrinter *self, http_t *http, GError **error)
{
  if (self->is_probed)
    return TRUE;
  if (!bm_ipp_ask_abilities (http, self->peer, &self->abilities, error))
    return FALSE;
  if (!can_print (self))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED, "the printer does not take %s for %s",
                   bm_paper_is_roll (bm_printer_get_paper (BM_PRINTER (self)))
                     ? "black PWG raster of 203 dpi"
                     : "PDF or black PWG raster of 300 dpi",
                   bm_paper_to_string (bm_printer_get_paper (BM_PRINTER (self))));
      return FALSE;
    }
  self->is_probed = TRUE;
  return TRUE;
}

static gboolean
bm_ipp_printer_probe (BmPrinter *printer, GError **error)
{
  BmIppPrinter *self = BM_IPP_PRINTER (printer);
  g_autoptr (http_t) http = bm_ipp_connect (self->peer, error);

  self->is_probed = FALSE;
  return http != NULL && ensure_probed (self, http, error);
}

static GStrv
bm_ipp_printer_status (BmPrinter *printer, GError **error)
{
  BmIppPrinter *self = BM_IPP_PRINTER (printer);
  g_autoptr (http_t) http = bm_ipp_connect (self->peer, error);

  return http != NULL ? bm_ipp_ask_reasons (http, self->peer, NULL, error) : NULL;
}

static GBytes *
make_raster (const BmRender *render, int dpi, const char *media, GError **error)
{
  g_autoptr (GPtrArray) pages = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_dots_free);

  for (guint i = 0; i < render->pages->len; i++)
    {
      BmDots *page = bm_dots_from_render (render, i, dpi, error);

      if (page == NULL)
        return NULL;
      g_ptr_array_add (pages, page);
    }
  return bm_dots_to_pwg (pages, dpi, media, error);
}

static gboolean
make_document (BmIppPrinter *self, const BmRender *render, Document *ret_document, GError **error)
{
  g_autofree char *custom = NULL;

  ret_document->width = render->width * 100 / BM_DOTS_PER_MM;
  ret_document->height = (render->height * 100 + BM_DOTS_PER_MM - 1) / BM_DOTS_PER_MM;
  if (bm_paper_is_roll (render->paper))
    {
      custom = g_strdup_printf ("custom_slip_%dx%dmm", render->width / BM_DOTS_PER_MM,
                                (int) ceil (ret_document->height / 100.0));
      ret_document->format = "image/pwg-raster";
      ret_document->bytes = make_raster (render, BM_PAGE_DPI, custom, error);
      return ret_document->bytes != NULL;
    }
  ret_document->media = render->paper == BM_PAPER_A4 ? "iso_a4_210x297mm" : "iso_a5_148x210mm";
  ret_document->format = self->abilities.has_pdf ? "application/pdf" : "image/pwg-raster";
  ret_document->bytes = self->abilities.has_pdf
                          ? bm_render_to_pdf (render, error)
                          : make_raster (render, SHEET_DPI, ret_document->media, error);
  return ret_document->bytes != NULL;
}

static void
add_media (ipp_t *request, const Document *document)
{
  ipp_t *size, *media;

  if (document->media != NULL)
    {
      ippAddString (request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "media", NULL, document->media);
      return;
    }
  size = ippNew ();
  media = ippNew ();
  ippAddInteger (size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "x-dimension", document->width);
  ippAddInteger (size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "y-dimension", document->height);
  ippAddCollection (media, IPP_TAG_ZERO, "media-size", size);
  ippAddCollection (request, IPP_TAG_JOB, "media-col", media);
  ippDelete (size);
  ippDelete (media);
}

static ipp_t *
new_job_request (BmIppPrinter *self,
                 ipp_op_t operation,
                 const BmPrintRequest *request,
                 const Document *document)
{
  g_autofree char *name =
    g_strdup_printf ("%s/%u/%s", *request->number != '\0' ? request->number : "sheet",
                     request->copy, request->attempt);
  ipp_t *ipp = bm_ipp_new_request (self->peer, operation, NULL);

  ippAddString (ipp, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, name);
  ippAddBoolean (ipp, IPP_TAG_OPERATION, "ipp-attribute-fidelity", 1);
  ippAddString (ipp, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL,
                document->format);
  add_media (ipp, document);
  if (document->media == NULL && self->abilities.has_trim)
    ippAddInteger (ipp, IPP_TAG_JOB, IPP_TAG_ENUM, "finishings", IPP_FINISHINGS_TRIM);
  return ipp;
}

static void
set_busy (GError **error)
{
  g_set_error (error, BM_ERROR, BM_ERROR_BUSY, "the printer prints something else");
}

/* Of what we ask for only the paper differs between printers: what cannot take it is another one, or fitted otherwise. */
static const char *
get_refusal (ipp_status_t status)
{
  return status == IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES ? "other-paper" : ippErrorString (status);
}

/* NULL without an error: go ahead. */
static BmPrintReport *
validate (BmIppPrinter *self,
          http_t *http,
          const BmPrintRequest *request,
          const Document *document,
          GError **error)
{
  g_autoptr (ipp_t) response =
    bm_ipp_ask (http, self->peer, new_job_request (self, IPP_OP_VALIDATE_JOB, request, document),
                error);
  ipp_status_t status;

  if (response == NULL)
    return NULL;
  status = ippGetStatusCode (response);
  if (bm_ipp_is_success (status))
    return NULL;
  if (status == IPP_STATUS_ERROR_BUSY)
    {
      set_busy (error);
      return NULL;
    }
  self->is_probed = FALSE; /* another printer may stand there now */
  return bm_print_report_new (BM_PRINT_OUTCOME_REFUSED, get_refusal (status), "");
}

static BmPrintReport *
judge_answer (ipp_t *response, const char *attempt, GError **error)
{
  const ipp_status_t status = ippGetStatusCode (response);
  ipp_attribute_t *uri = ippFindAttribute (response, "job-uri", IPP_TAG_URI);
  const int state = ippGetInteger (ippFindAttribute (response, "job-state", IPP_TAG_ENUM), 0);
  BmIppJob job = { 0 };

  if (status == IPP_STATUS_ERROR_BUSY)
    {
      set_busy (error);
      return NULL;
    }
  if (bm_ipp_is_plain_refusal (status))
    return bm_print_report_new (BM_PRINT_OUTCOME_REFUSED, ippErrorString (status), "");
  if (!bm_ipp_is_success (status))
    return bm_print_report_new (BM_PRINT_OUTCOME_UNKNOWN, ippErrorString (status), "");
  job.uri = (char *) ippGetString (uri, 0, NULL);
  job.state = state;
  return bm_ipp_job_report (&job);
}

static BmPrintReport *
print (BmIppPrinter *self,
       http_t *http,
       const BmPrintRequest *request,
       const Document *document,
       GError **error)
{
  g_autoptr (ipp_t) ipp = new_job_request (self, IPP_OP_PRINT_JOB, request, document);
  gboolean began;
  g_autoptr (ipp_t) response =
    bm_ipp_send_document (http, self->peer, ipp, document->bytes, &began);

  if (response != NULL)
    return judge_answer (response, request->attempt, error);
  if (began)
    return bm_print_report_new (BM_PRINT_OUTCOME_UNKNOWN, "connection-lost", "");
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "printer: %s", cupsLastErrorString ());
  return NULL;
}

/* A printer that says it cannot print is not given anything: it would lie there and come out unasked. */
static BmPrintReport *
refuse_blocked (BmIppPrinter *self, http_t *http, GError **error)
{
  g_auto (GStrv) reasons = bm_ipp_ask_reasons (http, self->peer, NULL, error);
  const char *reason;

  if (reasons == NULL)
    return NULL;
  reason = bm_reason_pick_blocking ((const char *const *) reasons,
                                    bm_paper_is_roll (bm_printer_get_paper (BM_PRINTER (self))));
  if (reason == NULL)
    return NULL;
  return bm_print_report_new (BM_PRINT_OUTCOME_REFUSED, reason, "");
}

static BmPrintReport *
bm_ipp_printer_submit (BmPrinter *printer, const BmPrintRequest *request, GError **error)
{
  BmIppPrinter *self = BM_IPP_PRINTER (printer);
  g_autoptr (http_t) http = bm_ipp_connect (self->peer, error);
  g_auto (Document) document = { 0 };
  g_autoptr (GError) local = NULL;
  BmPrintReport *report;

  if (http == NULL || !ensure_probed (self, http, error) ||
      !make_document (self, request->render, &document, error))
    return NULL;
  report = refuse_blocked (self, http, &local);
  if (report == NULL && local == NULL)
    report = validate (self, http, request, &document, &local);
  if (report == NULL && local == NULL)
    report = print (self, http, request, &document, &local);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return report;
}

/* Why nothing comes out although the printer has the sheet. */
static BmPrintReport *
add_reason (BmIppPrinter *self, http_t *http, BmPrintReport *report)
{
  g_auto (GStrv) reasons = NULL;

  if (report->outcome != BM_PRINT_OUTCOME_SENT)
    return report;
  reasons = bm_ipp_ask_reasons (http, self->peer, NULL, NULL);
  if (reasons == NULL)
    return report; /* the job's state is known; its reason can wait for the next poll */
  g_free (report->reason);
  report->reason = g_strdup (bm_reason_pick_blocking ((const char *const *) reasons, TRUE));
  if (report->reason == NULL)
    report->reason = g_strdup ("");
  return report;
}

/* P3. */
static BmPrintReport *
judge_absence (BmIppPrinter *self, http_t *http, const BmPrintTrace *trace, GError **error)
{
  int up_time_s = 0;
  g_auto (GStrv) reasons = bm_ipp_ask_reasons (http, self->peer, &up_time_s, error);
  gboolean was_up;

  if (reasons == NULL)
    return NULL;
  was_up = trace->age_ms >= 0 && (gint64) up_time_s * 1000 > trace->age_ms + SETTLE_MS;
  if (*trace->remote != '\0' || !was_up || trace->age_ms > HISTORY_MS)
    return bm_print_report_new (BM_PRINT_OUTCOME_UNKNOWN, "job-not-found", trace->remote);
  if (trace->age_ms < SETTLE_MS)
    return bm_print_report_new (BM_PRINT_OUTCOME_LATER, "", "");
  return bm_print_report_new (BM_PRINT_OUTCOME_REFUSED, "never-arrived", "");
}

/* A job moves from the open list to the other one, so that this order cannot miss it. */
static BmPrintReport *
find_again (BmIppPrinter *self, http_t *http, const BmPrintTrace *trace, GError **error)
{
  static const char *const lists[] = { "not-completed", "completed" };
  g_autoptr (GError) local = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_auto (BmIppJob) job = { 0 };

      if (bm_ipp_list_job (http, self->peer, lists[i], trace->attempt, &job, &local))
        return add_reason (self, http, bm_ipp_job_report (&job));
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
    }
  return judge_absence (self, http, trace, error);
}

static BmPrintReport *
bm_ipp_printer_reconcile (BmPrinter *printer, const BmPrintTrace *trace, GError **error)
{
  BmIppPrinter *self = BM_IPP_PRINTER (printer);
  g_autoptr (http_t) http = bm_ipp_connect (self->peer, error);

  return http != NULL ? find_again (self, http, trace, error) : NULL;
}

static BmPrintReport *
bm_ipp_printer_poll (BmPrinter *printer, const BmPrintTrace *trace, GError **error)
{
  BmIppPrinter *self = BM_IPP_PRINTER (printer);
  g_autoptr (http_t) http = bm_ipp_connect (self->peer, error);
  g_auto (BmIppJob) job = { 0 };
  g_autoptr (GError) local = NULL;

  if (http == NULL)
    return NULL;
  if (*trace->remote != '\0' && bm_ipp_ask_job (http, self->peer, trace, &job, &local))
    return add_reason (self, http, bm_ipp_job_report (&job));
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return find_again (self, http, trace, error);
}

static gboolean
bm_ipp_printer_cancel (BmPrinter *printer, const BmPrintTrace *trace, GError **error)
{
  BmIppPrinter *self = BM_IPP_PRINTER (printer);
  g_autoptr (http_t) http = bm_ipp_connect (self->peer, error);
  g_autoptr (BmPrintReport) found = http != NULL ? find_again (self, http, trace, error) : NULL;
  g_autoptr (ipp_t) response = NULL;

  if (found == NULL)
    return FALSE;
  if (found->outcome != BM_PRINT_OUTCOME_SENT)
    return TRUE; /* nothing left to stop */
  response = bm_ipp_ask (http, self->peer,
                         bm_ipp_new_request (self->peer, IPP_OP_CANCEL_JOB, found->remote), error);
  return response != NULL; /* "too late" is an answer too */
}

static char *
bm_ipp_printer_get_lock_key (BmPrinter *printer)
{
  return g_strdup (BM_IPP_PRINTER (printer)->peer->uri);
}

static void
bm_ipp_printer_finalize (GObject *object)
{
  bm_ipp_peer_free (BM_IPP_PRINTER (object)->peer);

  G_OBJECT_CLASS (bm_ipp_printer_parent_class)->finalize (object);
}

static void
bm_ipp_printer_class_init (BmIppPrinterClass *klass)
{
  BmPrinterClass *printer_class = BM_PRINTER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bm_ipp_printer_finalize;
  printer_class->probe = bm_ipp_printer_probe;
  printer_class->status = bm_ipp_printer_status;
  printer_class->submit = bm_ipp_printer_submit;
  printer_class->poll = bm_ipp_printer_poll;
  printer_class->cancel = bm_ipp_printer_cancel;
  printer_class->reconcile = bm_ipp_printer_reconcile;
  printer_class->get_lock_key = bm_ipp_printer_get_lock_key;
}

static void
bm_ipp_printer_init (BmIppPrinter *self)
{
}

/**
 * bm_ipp_printer_new:
 * @uri: ipp://host:port/path?media=roll80|roll58|a5|a4
 * @error: return location for an error
 *
 * Returns: (transfer full): the printer; nothing was sent to it yet
 */
BmPrinter *
bm_ipp_printer_new (const char *uri, GError **error)
{
  BmPaper paper = BM_PAPER_ROLL80;
  g_autoptr (BmIppPeer) peer = bm_ipp_peer_new (uri, &paper, error);
  BmIppPrinter *self;

  if (peer == NULL)
    return NULL;
  self = g_object_new (BM_TYPE_IPP_PRINTER, NULL);
  self->peer = g_steal_pointer (&peer);
  bm_printer_set_paper (BM_PRINTER (self), paper);
  return BM_PRINTER (self);
}
