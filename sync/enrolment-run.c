/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/enrolment.h"

#include "config.h"
#include "core/error.h"
#include "sync/identity.h"
#include "sync/protocol-json.h"
#include "sync/protocol.h"
#include "sync/transport-curl.h"

#include <glib/gstdio.h>

#include <string.h>

/*
 * Enrolment (PROTOCOL.md §2): fetch the CA from whoever answers, compare its fingerprint with the one
 * in the code, and only then, over a connection that verifies against that CA, say the secret.
 *
 * Invariants:
 *  N1  Before the fingerprint matched, nothing secret leaves the station.
 *  N2  A lost reply does not lose the station: the same keys ask again, and the platform gives the same
 *      answer to them alone.
 */

#define TRIES       3
#define COMMON_NAME "bianmin-station"

typedef struct
{
  BmEnrolCode *code;
  char *url;
  char *ca;
  char *client_key;
  char *request;
  BmKey *sign_key;
} Candidate;

static void
candidate_clear (Candidate *self)
{
  g_clear_pointer (&self->code, bm_enrol_code_free);
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->ca, g_free);
  bm_wipe_string (g_steal_pointer (&self->client_key));
  g_clear_pointer (&self->request, g_free);
  g_clear_pointer (&self->sign_key, bm_key_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Candidate, candidate_clear)

static gboolean
fail (GError **error, BmError code, const char *what)
{
  g_set_error (error, BM_ERROR, code, "enrolment: %s", what);
  return FALSE;
}

/* One exchange, waited for in a main context of its own. */

typedef struct
{
  gboolean is_done;
  BmTransportReply *reply;
  GError *error;
} Exchange;

static void
on_exchange_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Exchange *exchange = data;
  BmLinkTrouble trouble;

  exchange->reply =
    bm_transport_send_finish (BM_TRANSPORT (source), result, &trouble, &exchange->error);
  exchange->is_done = TRUE;
}

static BmTransportReply *
exchange (GMainContext *context,
          BmTransport *transport,
          const char *path,
          GBytes *body,
          GError **error)
{
  Exchange state = { 0 };

  bm_transport_send_async (transport, path, BM_CONTENT_JSON, body, NULL, on_exchange_done, &state);
  while (!state.is_done)
    g_main_context_iteration (context, TRUE);
  if (state.error != NULL)
    g_propagate_error (error, state.error);
  return state.reply;
}

static gboolean
fetch_ca (Candidate *self, GMainContext *context, GError **error)
{
  g_autoptr (BmTransport) transport = bm_curl_transport_new_unverified (self->url);
  g_autoptr (BmTransportReply) reply = exchange (context, transport, BM_PATH_CA, NULL, error);
  g_autofree char *ca = NULL, *fingerprint = NULL;
  gsize len;
  const char *data;

  if (reply == NULL)
    return FALSE;
  data = g_bytes_get_data (reply->body, &len);
  ca = g_strndup (data, MIN (len, BM_PROTOCOL_MAX_PEM + 1));
  fingerprint = bm_certificate_dup_fingerprint (ca, NULL);
  if (fingerprint == NULL)
    return fail (error, BM_ERROR_UNREACHABLE, "who answers there is not a platform");
  if (strncmp (fingerprint, self->code->fingerprint, BM_FINGERPRINT_LEN) != 0)
    return fail (error, BM_ERROR_CORRUPT,
                 "who answers there is not the platform that gave out this code");
  self->ca = g_steal_pointer (&ca);
  return TRUE;
}

static gboolean
make_keys (Candidate *self, GError **error)
{
  self->client_key = bm_identity_new_key (error);
  if (self->client_key == NULL)
    return FALSE;
  self->request = bm_identity_new_request (self->client_key, COMMON_NAME, error);
  self->sign_key = self->request != NULL ? bm_key_generate (BM_KEY_SM2_PRIVATE, error) : NULL;
  return self->sign_key != NULL;
}

static GBytes *
encode_request (const Candidate *self)
{
  g_autoptr (BmEnrolRequest) request = g_new0 (BmEnrolRequest, 1);
  g_autoptr (BmKey) public_key = bm_key_dup_public (self->sign_key);

  g_strlcpy (request->secret, self->code->secret, sizeof request->secret);
  request->csr = g_strdup (self->request);
  request->sign_key = bm_key_to_string (public_key);
  request->version = g_strdup (BM_VERSION);
  return bm_enrol_request_encode (request);
}

static void
set_refusal (const json_t *document, GError **error)
{
  const char *code = bm_json_get_string (document, "code", BM_PROTOCOL_MAX_CODE, NULL);
  const char *reason = bm_json_get_string (document, "reason", BM_PROTOCOL_MAX_REASON, NULL);

  g_set_error (error, BM_ERROR, BM_ERROR_REFUSED, "enrolment: the platform refuses: %s (%s)",
               reason != NULL ? reason : "no reason given", code != NULL ? code : "no code");
}

static json_t *
ask (const Candidate *self, GMainContext *context, BmTransport *transport, GError **error)
{
  g_autoptr (GBytes) body = encode_request (self);
  g_autoptr (BmTransportReply) reply = NULL;
  g_autoptr (BmJson) document = NULL;
  g_autoptr (GError) first = NULL;

  for (guint i = 0; i < TRIES && reply == NULL; i++)
    {
      g_clear_error (&first);
      reply = exchange (context, transport, BM_PATH_ENROL, body, &first);
    }
  if (reply == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&first));
      return NULL;
    }
  document =
    bm_json_parse (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body), error);
  if (document != NULL && reply->status != 200)
    {
      set_refusal (document, error);
      return NULL;
    }
  return g_steal_pointer (&document);
}

/* The certificate that the document pins must be the one whose fingerprint we compared. */
static gboolean
check_ca (const BmEnrolment *enrolment, const Candidate *candidate, GError **error)
{
  g_autofree char *theirs = bm_certificate_dup_fingerprint (bm_enrolment_get_ca (enrolment), error);

  if (theirs == NULL)
    return FALSE;
  if (strncmp (theirs, candidate->code->fingerprint, BM_FINGERPRINT_LEN) != 0)
    return fail (error, BM_ERROR_CORRUPT, "the document names another certificate authority");
  return TRUE;
}

static BmEnrolment *
complete (const Candidate *self, json_t *document, GError **error)
{
  g_autoptr (BmEnrolment) enrolment = NULL;
  char *sign_key = bm_key_to_string (self->sign_key);

  json_object_set_new (document, "sign_key", json_string (sign_key));
  json_object_set_new (document, "client_key", json_string (self->client_key));
  bm_wipe_string (sign_key);
  enrolment = bm_enrolment_new_from_json (document, error);
  if (enrolment == NULL || !check_ca (enrolment, self, error))
    return NULL;
  return g_steal_pointer (&enrolment);
}

static BmEnrolment *
converse (Candidate *self, GMainContext *context, BmClock *clock, GError **error)
{
  g_autoptr (BmTransport) transport = NULL;
  g_autoptr (BmJson) document = NULL;

  if (!fetch_ca (self, context, error) || !make_keys (self, error))
    return NULL;
  transport = bm_curl_transport_new (self->url, self->ca, clock);
  document = ask (self, context, transport, error);
  return document != NULL ? complete (self, document, error) : NULL;
}

static gboolean
store (const BmEnrolment *enrolment, const char *keys_folder, GError **error)
{
  return bm_enrolment_ensure_key_file (keys_folder, "local.key", error) &&
         bm_enrolment_ensure_key_file (keys_folder, "chain.key", error) &&
         bm_enrolment_save (enrolment, keys_folder, error);
}

static gboolean
check_folder (const char *keys_folder, GError **error)
{
  g_autofree char *path = g_build_filename (keys_folder, BM_ENROLMENT_FILE, NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return fail (error, BM_ERROR_REFUSED, "this station is already enrolled");
  if (g_mkdir_with_parents (keys_folder, 0700) != 0)
    return fail (error, BM_ERROR_FAILED, "the keys folder cannot be made");
  return TRUE;
}

/**
 * bm_enrolment_run:
 * @code: the one-time code, as typed or scanned
 * @keys_folder: where to store the result; made if missing
 * @clock: tells the time at which the platform's certificate is judged
 * @error: return location for an error
 *
 * Enrols this station. Blocks until the platform has answered.
 *
 * Returns: (transfer full): the enrolment, which is then durable in @keys_folder
 */
BmEnrolment *
bm_enrolment_run (const char *code, const char *keys_folder, BmClock *clock, GError **error)
{
  g_auto (Candidate) candidate = { 0 };
  g_autoptr (GMainContext) context = NULL;
  g_autoptr (BmEnrolment) enrolment = NULL;

  g_return_val_if_fail (code != NULL && keys_folder != NULL, NULL);
  g_return_val_if_fail (BM_IS_CLOCK (clock), NULL);

  candidate.code = bm_enrol_code_parse (code, error);
  if (candidate.code == NULL || !check_folder (keys_folder, error))
    return NULL;
  candidate.url = bm_enrol_code_dup_url (candidate.code);
  context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  enrolment = converse (&candidate, context, clock, error);
  g_main_context_pop_thread_default (context);
  if (enrolment == NULL || !store (enrolment, keys_folder, error))
    return NULL;
  return g_steal_pointer (&enrolment);
}
