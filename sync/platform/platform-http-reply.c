/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-http-private.h"

#include "sync/platform/platform-page.h"

#include <string.h>

/*
 * How an answer leaves, and what the fault switches do to it. Faults that stand for a broken answer
 * come after the work: the entries are stored and the station has to find that out by itself.
 */

#define TRICKLE_BYTES 8
#define TRICKLE_MS    250
#define PORTAL_PAGE                                                              \
  "<!DOCTYPE html><html><head><title>Wi-Fi</title></head><body><h1>Welcome</h1>" \
  "<form action=\"/login\"><input name=\"phone\"><button>OK</button></form></body></html>\n"

#define TOO_LARGE                                                                        \
  "<html><head><title>413 Request Entity Too Large</title></head><body><center><h1>413 " \
  "Request Entity Too Large</h1></center><hr><center>nginx</center></body></html>\n"
#define BARE_OK "{\"status\":\"success\"}\n"

typedef struct
{
  BmPlatformSleep *sleep;
  struct MHD_Connection *connection;
  GBytes *body;
  BmPlatformFaults *faults;
  guint n_clears; /* when it began */
  gboolean is_truncating;
  gboolean has_rested;
} Trickle;

static void
trickle_free (gpointer data)
{
  Trickle *self = data;

  g_bytes_unref (self->body);
  g_free (self);
}

static ssize_t
read_half (Trickle *self, guint64 position, char *buffer, gsize max)
{
  gsize size;
  const char *data = g_bytes_get_data (self->body, &size);
  gsize half = size / 2;

  if (position >= half)
    return MHD_CONTENT_READER_END_WITH_ERROR;
  max = MIN (max, half - (gsize) position);
  memcpy (buffer, data + position, max);
  return (ssize_t) max;
}

static ssize_t
on_read (void *data, uint64_t position, char *buffer, size_t max)
{
  Trickle *self = data;
  gsize size;
  const char *bytes = g_bytes_get_data (self->body, &size);

  if (self->is_truncating)
    return read_half (self, position, buffer, max);
  if (bm_platform_faults_count_clears (self->faults) != self->n_clears)
    {
      max = MIN (max, size - (gsize) position); /* the rest at once */
      memcpy (buffer, bytes + position, max);
      return (ssize_t) max;
    }
  if (!self->has_rested)
    {
      self->has_rested = TRUE;
      bm_platform_sleep_connection (self->sleep, self->connection, TRICKLE_MS);
      return 0;
    }
  self->has_rested = FALSE;
  max = MIN (MIN (max, TRICKLE_BYTES), size - (gsize) position);
  memcpy (buffer, bytes + position, max);
  return (ssize_t) max;
}

static struct MHD_Response *
make_response (BmHttpRequest *request, GBytes *body)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (body, &size);
  gboolean is_truncating = request->fault == BM_PLATFORM_FAULT_TRUNCATE;
  Trickle *trickle;

  if ((!is_truncating && request->fault != BM_PLATFORM_FAULT_SLOW_BODY) || size < 2)
    return MHD_create_response_from_buffer (size, (void *) data, MHD_RESPMEM_MUST_COPY);
  trickle = g_new0 (Trickle, 1);
  trickle->sleep = request->http->sleep;
  trickle->connection = request->connection;
  trickle->body = g_bytes_ref (body);
  trickle->faults = request->http->platform->faults;
  trickle->n_clears = bm_platform_faults_count_clears (trickle->faults);
  trickle->is_truncating = is_truncating;
  return MHD_create_response_from_callback (size, 16 * 1024, on_read, trickle, trickle_free);
}

static enum MHD_Result
send_made (BmHttpRequest *request)
{
  enum MHD_Result result =
    MHD_queue_response (request->connection, request->status, request->response);

  MHD_destroy_response (request->response);
  request->response = NULL;
  return result;
}

static void
add_header (struct MHD_Response *response, const char *name, const char *value)
{
  /* It fails only when memory is short; the answer is still right without the header. */
  (void) MHD_add_response_header (response, name, value);
}

enum MHD_Result
bm_http_respond (BmHttpRequest *request, guint status, const char *type, GBytes *body)
{
  g_return_val_if_fail (request != NULL && type != NULL && body != NULL, MHD_NO);

  if (request->response != NULL)
    return send_made (request);
  if (request->fault == BM_PLATFORM_FAULT_DROP_REPLY)
    return MHD_NO;
  request->status = status;
  request->response = make_response (request, body);
  if (request->response == NULL)
    return MHD_NO;
  add_header (request->response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
  add_header (request->response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  if (request->fault == BM_PLATFORM_FAULT_DELAY && request->fault_number > 0)
    {
      bm_platform_sleep_connection (request->http->sleep, request->connection,
                                    request->fault_number);
      return MHD_YES;
    }
  return send_made (request);
}

enum MHD_Result
bm_http_respond_page (BmHttpRequest *request, guint status, guint wait_s, const char *page)
{
  struct MHD_Response *response =
    MHD_create_response_from_buffer (strlen (page), (void *) page, MHD_RESPMEM_MUST_COPY);
  g_autofree char *policy = bm_platform_page_policy ();
  g_autofree char *wait = g_strdup_printf ("%u", wait_s);
  enum MHD_Result result;

  if (response == NULL)
    return MHD_NO;
  add_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, BM_PAGE_TYPE);
  add_header (response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  add_header (response, MHD_HTTP_HEADER_CONTENT_SECURITY_POLICY, policy);
  add_header (response, "Referrer-Policy", "no-referrer");
  add_header (response, MHD_HTTP_HEADER_X_CONTENT_TYPE_OPTIONS, "nosniff");
  add_header (response, MHD_HTTP_HEADER_X_FRAME_OPTIONS, "DENY");
  add_header (response, "X-Robots-Tag", "noindex, nofollow, noarchive");
  if (wait_s > 0)
    add_header (response, MHD_HTTP_HEADER_RETRY_AFTER, wait);
  if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
    add_header (response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
  result = MHD_queue_response (request->connection, status, response);
  MHD_destroy_response (response);
  return result;
}

static enum MHD_Result
respond_plainly (BmHttpRequest *request, guint status, const char *type, const char *text)
{
  struct MHD_Response *response =
    MHD_create_response_from_buffer (strlen (text), (void *) text, MHD_RESPMEM_PERSISTENT);
  enum MHD_Result result;

  if (response == NULL)
    return MHD_NO;
  add_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
  if (status == MHD_HTTP_SERVICE_UNAVAILABLE && request->fault_number > 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%u", request->fault_number);

      add_header (response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
    }
  result = MHD_queue_response (request->connection, status, response);
  MHD_destroy_response (response);
  return result;
}

gboolean
bm_http_respond_instead (BmHttpRequest *request, enum MHD_Result *ret_result)
{
  g_return_val_if_fail (request != NULL && ret_result != NULL, FALSE);

  switch (request->fault)
    {
    case BM_PLATFORM_FAULT_REFUSE:
      *ret_result = MHD_NO;
      return TRUE;
    case BM_PLATFORM_FAULT_ERROR_500:
      *ret_result =
        respond_plainly (request, MHD_HTTP_INTERNAL_SERVER_ERROR, "text/plain", "500\n");
      return TRUE;
    case BM_PLATFORM_FAULT_ERROR_503:
      *ret_result = respond_plainly (request, MHD_HTTP_SERVICE_UNAVAILABLE, "text/plain", "503\n");
      return TRUE;
    case BM_PLATFORM_FAULT_ERROR_408:
      *ret_result = respond_plainly (request, MHD_HTTP_REQUEST_TIMEOUT, "text/plain", "408\n");
      return TRUE;
    case BM_PLATFORM_FAULT_PORTAL:
      *ret_result = respond_plainly (request, MHD_HTTP_OK, "text/html", PORTAL_PAGE);
      return TRUE;
    case BM_PLATFORM_FAULT_ERROR_413:
      *ret_result = respond_plainly (request, MHD_HTTP_CONTENT_TOO_LARGE, "text/html", TOO_LARGE);
      return TRUE;
    case BM_PLATFORM_FAULT_NONE:
    case BM_PLATFORM_FAULT_BARE_OK:
    case BM_PLATFORM_FAULT_POISON:
    case BM_PLATFORM_FAULT_DROP_REPLY:
    case BM_PLATFORM_FAULT_DELAY:
    case BM_PLATFORM_FAULT_SLOW_BODY:
    case BM_PLATFORM_FAULT_TRUNCATE:
    case BM_PLATFORM_FAULT_WRONG_SIGNATURE:
    case BM_PLATFORM_FAULT_WRONG_NONCE:
    case BM_PLATFORM_FAULT_REPLAY:
    default:
      return FALSE;
    }
}

static GBytes *
flip_last_bit (GBytes *bytes)
{
  gsize size;
  guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, &size), g_bytes_get_size (bytes));

  copy[size - 1] ^= 1;
  return g_bytes_new_take (copy, size);
}

/* Keeps @answer as the call's last one and gives the one before, or @answer when there is none. */
static GBytes *
exchange_last (BmPlatformHttp *self, BmCall call, GBytes *answer)
{
  GBytes *last;

  g_mutex_lock (&self->mutex);
  last = self->last_answers[call];
  self->last_answers[call] = g_bytes_ref (answer);
  g_mutex_unlock (&self->mutex);
  return last != NULL ? last : g_bytes_ref (answer);
}

GBytes *
bm_http_seal (BmHttpRequest *request,
              const BmReply *reply,
              const guint8 nonce[BM_NONCE_LEN],
              GError **error)
{
  BmPlatformHttp *http = request->http;
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GBytes) last = NULL;
  guint8 bound[BM_NONCE_LEN];

  memcpy (bound, nonce, sizeof bound);
  if (request->fault == BM_PLATFORM_FAULT_WRONG_NONCE)
    bound[0] ^= 1;
  answer = bm_reply_seal (reply, bound, http->platform->sign_key, error);
  if (answer == NULL)
    return NULL;
  last = exchange_last (http, reply->call, answer);
  if (request->fault == BM_PLATFORM_FAULT_BARE_OK)
    return g_bytes_new_static (BARE_OK, strlen (BARE_OK));
  if (request->fault == BM_PLATFORM_FAULT_REPLAY)
    return g_steal_pointer (&last);
  if (request->fault == BM_PLATFORM_FAULT_WRONG_SIGNATURE)
    return flip_last_bit (answer);
  return g_steal_pointer (&answer);
}
