/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-printer-ipp"

#include "printing/printer-ipp-private.h"

#include "core/error.h"
#include "core/fault.h"

#include <string.h>

/*
 * Questions to an IPP printer, or to cupsd for one that needs a driver, and how the answers read (RECEIPT.md).
 */

#define MAX_JOBS   200
#define MAX_LISTED 100

void
bm_ipp_peer_free (BmIppPeer *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->host);
  g_free (self->resource);
  g_free (self->uri);
  g_free (self->user);
  g_free (self);
}

static gboolean
parse_media (const char *query, BmPaper *ret_paper)
{
  *ret_paper = BM_PAPER_ROLL80;
  return query == NULL || (g_str_has_prefix (query, "media=") &&
                           bm_paper_from_string (query + strlen ("media="), ret_paper));
}

/**
 * bm_ipp_peer_new:
 * @uri: ipp://host:port/path?media=…
 * @ret_paper: (out): what lies in it
 * @error: %BM_ERROR_INVALID
 *
 * Returns: (transfer full): the printer's address
 */
BmIppPeer *
bm_ipp_peer_new (const char *uri, BmPaper *ret_paper, GError **error)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_NONE, NULL);
  const char *path = parsed != NULL ? g_uri_get_path (parsed) : "";
  BmIppPeer *self;

  if (parsed == NULL || g_uri_get_host (parsed) == NULL || *g_uri_get_host (parsed) == '\0' ||
      g_uri_get_userinfo (parsed) != NULL || !parse_media (g_uri_get_query (parsed), ret_paper))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "printer \"%s\": write ipp://host:port/ipp/print?media=roll80|roll58|a5|a4",
                   uri);
      return NULL;
    }
  self = g_new0 (BmIppPeer, 1);
  self->host = g_strdup (g_uri_get_host (parsed));
  self->port = g_uri_get_port (parsed) > 0 ? g_uri_get_port (parsed) : IPP_PORT;
  self->resource = g_strdup (*path != '\0' ? path : "/ipp/print");
  self->is_secure = g_str_equal (g_uri_get_scheme (parsed), "ipps");
  self->uri = g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (parsed), NULL, self->host, self->port,
                          self->resource, NULL, NULL);
  return self;
}

static int
on_silence (http_t *http, void *user_data)
{
  return 0; /* give up */
}

static const char *
on_password_wanted (const char *prompt,
                    http_t *http,
                    const char *method,
                    const char *resource,
                    void *user_data)
{
  return NULL; /* libcups would ask on the terminal */
}

/**
 * bm_ipp_connect:
 * @peer: the printer
 * @error: %BM_ERROR_UNREACHABLE
 *
 * Returns: (transfer full): a connection that gives up after %BM_PRINTER_TIMEOUT_S of silence
 */
http_t *
bm_ipp_connect (const BmIppPeer *peer, GError **error)
{
  http_t *http;

  cupsSetPasswordCB2 (on_password_wanted, NULL);
  http = httpConnect2 (peer->host, peer->port, NULL, AF_UNSPEC,
                       peer->is_secure ? HTTP_ENCRYPTION_ALWAYS : HTTP_ENCRYPTION_IF_REQUESTED, 1,
                       BM_PRINTER_TIMEOUT_S * 1000, NULL);
  if (http == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "printer: %s", cupsLastErrorString ());
      return NULL;
    }
  httpSetTimeout (http, BM_PRINTER_TIMEOUT_S, on_silence, NULL);
  return http;
}

ipp_t *
bm_ipp_new_request (const BmIppPeer *peer, ipp_op_t operation, const char *job_uri)
{
  ipp_t *request = ippNewRequest (operation);

  ippAddString (request, IPP_TAG_OPERATION, IPP_TAG_URI,
                job_uri != NULL ? "job-uri" : "printer-uri", NULL,
                job_uri != NULL ? job_uri : peer->uri);
  ippAddString (request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL,
                peer->user != NULL ? peer->user : "bianmin");
  return request;
}

/**
 * bm_ipp_ask:
 * @http: a connection
 * @peer: the printer
 * @request: (transfer full): a request without a document
 * @error: %BM_ERROR_UNREACHABLE
 *
 * Returns: (transfer full): the printer's own answer, whatever its status
 */
ipp_t *
bm_ipp_ask (http_t *http, const BmIppPeer *peer, ipp_t *request, GError **error)
{
  ipp_t *response = cupsDoRequest (http, request, peer->resource);

  if (response == NULL)
    g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "printer: %s", cupsLastErrorString ());
  return response;
}

static ipp_t *
ask_printer (http_t *http,
             const BmIppPeer *peer,
             const char *const *wanted,
             int wanted_count,
             GError **error)
{
  ipp_t *request = bm_ipp_new_request (peer, IPP_OP_GET_PRINTER_ATTRIBUTES, NULL);
  g_autoptr (ipp_t) response = NULL;

  ippAddStrings (request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", wanted_count,
                 NULL, wanted);
  response = bm_ipp_ask (http, peer, request, error);
  if (response == NULL)
    return NULL;
  if (ippGetStatusCode (response) > IPP_STATUS_OK_CONFLICTING)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "printer: %s",
                   ippErrorString (ippGetStatusCode (response)));
      return NULL;
    }
  return g_steal_pointer (&response);
}

static gboolean
lists (ipp_t *response, const char *name, const char *value)
{
  ipp_attribute_t *attribute = ippFindAttribute (response, name, IPP_TAG_ZERO);

  return attribute != NULL && ippContainsString (attribute, value);
}

static gboolean
lists_resolution (ipp_t *response, int from, int to)
{
  ipp_attribute_t *attribute =
    ippFindAttribute (response, "pwg-raster-document-resolution-supported", IPP_TAG_RESOLUTION);

  for (int i = 0; i < ippGetCount (attribute); i++)
    {
      ipp_res_t units;
      int y = 0;
      const int x = ippGetResolution (attribute, i, &y, &units);

      if (units == IPP_RES_PER_INCH && x == y && x >= from && x <= to)
        return TRUE;
    }
  return FALSE;
}

/**
 * bm_ipp_ask_abilities:
 * @http: a connection
 * @peer: the printer
 * @ret_it: (out): what it can do
 * @error: %BM_ERROR_UNREACHABLE
 *
 * Returns: whether the printer told
 */
gboolean
bm_ipp_ask_abilities (http_t *http, const BmIppPeer *peer, BmIppAbilities *ret_it, GError **error)
{
  static const char *const wanted[] = {
    "document-format-supported",
    "pwg-raster-document-resolution-supported",
    "pwg-raster-document-type-supported",
    "finishings-supported",
  };
  g_autoptr (ipp_t) response = ask_printer (http, peer, wanted, G_N_ELEMENTS (wanted), error);
  ipp_attribute_t *finishings;

  if (response == NULL)
    return FALSE;
  finishings = ippFindAttribute (response, "finishings-supported", IPP_TAG_ENUM);
  *ret_it = (BmIppAbilities){
    .has_pdf = lists (response, "document-format-supported", "application/pdf"),
    .has_black_raster = lists (response, "document-format-supported", "image/pwg-raster") &&
                        lists (response, "pwg-raster-document-type-supported", "black_1"),
    .has_roll_resolution = lists_resolution (response, 200, 204),
    .has_sheet_resolution = lists_resolution (response, 300, 300),
    .has_trim = finishings != NULL && ippContainsInteger (finishings, IPP_FINISHINGS_TRIM),
  };
  return TRUE;
}

char *
bm_ipp_strip_severity (const char *reason)
{
  static const char *const endings[] = { "-error", "-warning", "-report" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (reason, endings[i]))
      return g_strndup (reason, strlen (reason) - strlen (endings[i]));
  return g_strdup (reason);
}

static void
add_reason (GStrvBuilder *builder, GHashTable *seen, const char *reason)
{
  g_autofree char *bare = bm_ipp_strip_severity (reason);

  if (g_str_equal (bare, "none") || g_hash_table_size (seen) >= BM_PRINTER_MAX_REASONS ||
      g_hash_table_contains (seen, bare))
    return;
  g_strv_builder_add (builder, bare);
  g_hash_table_add (seen, g_steal_pointer (&bare));
}

/**
 * bm_ipp_ask_reasons:
 * @http: a connection
 * @peer: the printer
 * @ret_up_time_s: (out) (optional): seconds since the printer started, 0 when it does not say
 * @error: %BM_ERROR_UNREACHABLE
 *
 * Returns: (transfer full): what is wrong; empty when nothing is
 */
GStrv
bm_ipp_ask_reasons (http_t *http, const BmIppPeer *peer, int *ret_up_time_s, GError **error)
{
  static const char *const wanted[] = {
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "printer-up-time",
  };
  g_autoptr (ipp_t) response = ask_printer (http, peer, wanted, G_N_ELEMENTS (wanted), error);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  ipp_attribute_t *reasons, *accepting, *state;

  if (response == NULL)
    return NULL;
  reasons = ippFindAttribute (response, "printer-state-reasons", IPP_TAG_KEYWORD);
  accepting = ippFindAttribute (response, "printer-is-accepting-jobs", IPP_TAG_BOOLEAN);
  state = ippFindAttribute (response, "printer-state", IPP_TAG_ENUM);
  for (int i = 0; i < ippGetCount (reasons); i++)
    add_reason (builder, seen, ippGetString (reasons, i, NULL));
  if ((accepting != NULL && !ippGetBoolean (accepting, 0)) ||
      (ippGetInteger (state, 0) == IPP_PSTATE_STOPPED && g_hash_table_size (seen) == 0))
    add_reason (builder, seen, "paused");
  if (ret_up_time_s != NULL)
    *ret_up_time_s =
      ippGetInteger (ippFindAttribute (response, "printer-up-time", IPP_TAG_INTEGER), 0);
  return g_strv_builder_end (builder);
}

void
bm_ipp_job_clear (BmIppJob *self)
{
  g_clear_pointer (&self->uri, g_free);
}

static gboolean
is_attempt (const char *name, const char *attempt)
{
  const char *last = name != NULL ? strrchr (name, '/') : NULL;

  if (last == NULL)
    return FALSE;
  return attempt != NULL ? g_str_equal (last + 1, attempt) : g_uuid_string_is_valid (last + 1);
}

static void
take_attribute (BmIppJob *job, ipp_attribute_t *attribute, const char *attempt, gboolean *is_ours)
{
  const char *name = ippGetName (attribute);

  if (g_str_equal (name, "job-name"))
    *is_ours = is_attempt (ippGetString (attribute, 0, NULL), attempt);
  else if (g_str_equal (name, "job-uri"))
    {
      g_free (job->uri);
      job->uri = g_strdup (ippGetString (attribute, 0, NULL));
    }
  else if (g_str_equal (name, "job-state"))
    job->state = ippGetInteger (attribute, 0);
  else if (g_str_equal (name, "time-at-processing"))
    {
      job->never_started = ippGetValueTag (attribute) == IPP_TAG_NOVALUE; /* 0 is a time, too */
      job->begun_s = ippGetInteger (attribute, 0);
    }
  else if (g_str_equal (name, "job-state-reasons"))
    job->has_errors = ippContainsString (attribute, "job-completed-with-errors") != 0;
}

/**
 * bm_ipp_find_job:
 * @response: the answer to Get-Jobs or Get-Job-Attributes
 * @attempt: (nullable): the uuid that ends our job's name; %NULL for any job of ours
 * @ret_job: (out): the job; clear with bm_ipp_job_clear()
 *
 * Job numbers start again when a printer does, so the name alone tells whose a job is.
 *
 * Returns: whether it is there
 */
gboolean
bm_ipp_find_job (ipp_t *response, const char *attempt, BmIppJob *ret_job)
{
  g_auto (BmIppJob) job = { 0 };
  gboolean is_ours = FALSE;
  int jobs = 0;

  for (ipp_attribute_t *attribute = ippFirstAttribute (response); jobs < MAX_JOBS;
       attribute = ippNextAttribute (response))
    {
      if (attribute != NULL && ippGetGroupTag (attribute) == IPP_TAG_JOB &&
          ippGetName (attribute) != NULL)
        {
          take_attribute (&job, attribute, attempt, &is_ours);
          continue;
        }
      if (is_ours && job.uri != NULL)
        {
          *ret_job = job;
          job.uri = NULL;
          return TRUE;
        }
      if (attribute == NULL)
        break;
      bm_ipp_job_clear (&job);
      job = (BmIppJob){ 0 };
      is_ours = FALSE;
      jobs++;
    }
  return FALSE;
}

/* What a job's state proves. An ended job that had begun may have left a strip of paper. */
BmPrintReport *
bm_ipp_job_report (const BmIppJob *job)
{
  const char *reason = job->state == IPP_JSTATE_CANCELED ? "canceled" : "aborted";

  switch (job->state)
    {
    case IPP_JSTATE_COMPLETED:
      if (job->has_errors)
        return bm_print_report_new (BM_PRINT_OUTCOME_UNKNOWN, "completed-with-errors", job->uri);
      return bm_print_report_new (BM_PRINT_OUTCOME_PRINTED, "", job->uri);
    case IPP_JSTATE_CANCELED:
    case IPP_JSTATE_ABORTED:
      return bm_print_report_new (job->never_started ? BM_PRINT_OUTCOME_REFUSED
                                                     : BM_PRINT_OUTCOME_UNKNOWN,
                                  reason, job->uri);
    default:
      return bm_print_report_new (BM_PRINT_OUTCOME_SENT, "", job->uri);
    }
}

/* Answers that cannot come from a printer which keeps the job. */
gboolean
bm_ipp_is_plain_refusal (ipp_status_t status)
{
  switch ((int) status)
    {
    case IPP_STATUS_ERROR_OPERATION_NOT_SUPPORTED:
    case IPP_STATUS_ERROR_SERVICE_UNAVAILABLE:
    case IPP_STATUS_ERROR_VERSION_NOT_SUPPORTED:
    case IPP_STATUS_ERROR_TEMPORARY:
    case IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS:
    case IPP_STATUS_ERROR_TOO_MANY_JOBS:
      return TRUE;
    default:
      return status >= IPP_STATUS_ERROR_BAD_REQUEST && status < IPP_STATUS_ERROR_INTERNAL;
    }
}

gboolean
bm_ipp_is_success (ipp_status_t status)
{
  return status <= IPP_STATUS_OK_CONFLICTING;
}

static gboolean
write_part (http_t *http, const char *data, gsize length)
{
  const http_status_t status = cupsWriteRequestData (http, data, length);

  return status == HTTP_STATUS_CONTINUE;
}

/* Sends the document; @ret_bytes_sent says whether any of it may have gone out. */
ipp_t *
bm_ipp_send_document (http_t *http,
                      const BmIppPeer *peer,
                      ipp_t *request,
                      GBytes *bytes,
                      gboolean *ret_began)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  const gsize half = length / 2;
  http_status_t status =
    cupsSendRequest (http, request, peer->resource, ippLength (request) + length);

  *ret_began = FALSE;
  if (status == HTTP_STATUS_CONTINUE)
    {
      gboolean ok;

      *ret_began = TRUE;
      ok = write_part (http, data, half);
      if (ok)
        (void) httpFlushWrite (http); /* a failure shows in the next write */
      bm_fault_point ("print-mid");
      if (ok)
        (void) write_part (http, data + half, length - half); /* the answer, or none, tells */
    }
  else if (status != HTTP_STATUS_OK)
    return NULL;
  return cupsGetResponse (http, peer->resource);
}

static void
add_wanted_job_attributes (ipp_t *request)
{
  static const char *const wanted[] = {
    "job-uri", "job-name", "job-state", "job-state-reasons", "time-at-processing",
  };

  ippAddStrings (request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
                 G_N_ELEMENTS (wanted), NULL, wanted);
}

/* Whether a job of that attempt (NULL: any of ours) is in the list; FALSE without an error when it is not. */
gboolean
bm_ipp_list_job (http_t *http,
                 const BmIppPeer *peer,
                 const char *which,
                 const char *attempt,
                 BmIppJob *ret_job,
                 GError **error)
{
  ipp_t *request = bm_ipp_new_request (peer, IPP_OP_GET_JOBS, NULL);
  g_autoptr (ipp_t) response = NULL;

  ippAddString (request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", NULL, which);
  ippAddInteger (request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "limit", MAX_LISTED);
  if (attempt == NULL)
    ippAddBoolean (request, IPP_TAG_OPERATION, "my-jobs",
                   1); /* an operator sees other people's, too */
  add_wanted_job_attributes (request);
  response = bm_ipp_ask (http, peer, request, error);
  if (response == NULL)
    return FALSE;
  if (!bm_ipp_is_success (ippGetStatusCode (response)))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "the printer does not list its jobs: %s",
                   ippErrorString (ippGetStatusCode (response)));
      return FALSE;
    }
  return bm_ipp_find_job (response, attempt, ret_job);
}

/* The job that the printer acknowledged, if it still has it; FALSE without an error when not. */
gboolean
bm_ipp_ask_job (http_t *http,
                const BmIppPeer *peer,
                const BmPrintTrace *trace,
                BmIppJob *ret_job,
                GError **error)
{
  ipp_t *request = bm_ipp_new_request (peer, IPP_OP_GET_JOB_ATTRIBUTES, trace->remote);
  g_autoptr (ipp_t) response = NULL;

  add_wanted_job_attributes (request);
  response = bm_ipp_ask (http, peer, request, error);
  return response != NULL && bm_ipp_is_success (ippGetStatusCode (response)) &&
         bm_ipp_find_job (response, trace->attempt, ret_job);
}
