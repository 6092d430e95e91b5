/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-http-private.h"

#include "core/error.h"
#include "core/fault.h"
#include "sync/platform/platform-calls.h"
#include "sync/platform/platform-enrol.h"
#include "sync/platform/platform-page.h"

#include <gio/gio.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

/*
 * The HTTP side. A pool of polling threads: with one epoll thread libmicrohttpd 0.9.75 was measured
 * to collapse from 128 busy connections on. Client certificates are asked for and judged here, never
 * by the TLS library, so that an expired one may still say hello.
 */

#define POOL_THREADS         4
#define CONNECTION_LIMIT     1024
#define CONNECTION_TIMEOUT_S 120
#define CONNECTION_MEMORY    (64 * 1024)
#define PRIORITIES           "NORMAL:-VERS-ALL:+VERS-TLS1.3"
#define ANY_METHOD           "*"

typedef enum MHD_Result (*Handler) (BmHttpRequest *request, const char *path);

typedef struct
{
  const char *method;
  const char *path;
  gboolean is_prefix;
  gsize max_body;
  Handler handle;
} Route;

enum MHD_Result
bm_http_respond_text (BmHttpRequest *request, guint status, const char *type, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  return bm_http_respond (request, status, type, body);
}

/* No request, or one we could not serve: never an acknowledgement, since nothing is signed. */
static enum MHD_Result
respond_failure (BmHttpRequest *request, const GError *error)
{
  gboolean is_theirs = g_error_matches (error, BM_ERROR, BM_ERROR_INVALID) ||
                       g_error_matches (error, BM_ERROR, BM_ERROR_LIMIT) ||
                       g_error_matches (error, BM_ERROR, BM_ERROR_UNSUPPORTED);

  if (is_theirs)
    return bm_http_respond_text (request, MHD_HTTP_BAD_REQUEST, BM_HTTP_PLAIN, "400\n");
  g_message ("A request could not be answered: %s", error->message);
  return bm_http_respond_text (request, MHD_HTTP_INTERNAL_SERVER_ERROR, BM_HTTP_PLAIN, "500\n");
}

gboolean
bm_http_read_peer (BmHttpRequest *request, BmPeer *ret_peer)
{
  const union MHD_ConnectionInfo *info =
    MHD_get_connection_info (request->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  const gnutls_datum_t *certificates;
  unsigned count = 0;

  if (info == NULL || info->tls_session == NULL)
    return FALSE;
  certificates = gnutls_certificate_get_peers ((gnutls_session_t) info->tls_session, &count);
  return certificates != NULL &&
         bm_platform_ca_identify (request->http->platform->ca, certificates, count, ret_peer);
}

enum MHD_Result
bm_http_respond_signed (BmHttpRequest *request,
                        const BmReply *reply,
                        const guint8 nonce[BM_NONCE_LEN],
                        const GError *error)
{
  g_autoptr (GError) seal_error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (reply == NULL)
    return respond_failure (request, error);
  bytes = bm_http_seal (request, reply, nonce, &seal_error);
  if (bytes == NULL)
    return respond_failure (request, seal_error);
  return bm_http_respond (request, MHD_HTTP_OK, BM_CONTENT_ANSWER, bytes);
}

GBytes *
bm_http_get_body (BmHttpRequest *request)
{
  return g_bytes_new_static (request->body->data, request->body->len);
}

static enum MHD_Result
handle_ca (BmHttpRequest *request, const char *path)
{
  return bm_http_respond_text (request, MHD_HTTP_OK, "application/x-pem-file",
                               bm_platform_ca_get_pem (request->http->platform->ca));
}

static enum MHD_Result
handle_enrol (BmHttpRequest *request, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = bm_http_get_body (request);
  guint status = MHD_HTTP_INTERNAL_SERVER_ERROR;
  g_autoptr (GBytes) answer = bm_platform_enrol (request->http->platform, body, &status, &error);

  if (answer == NULL)
    return respond_failure (request, error);
  return bm_http_respond (request, status, BM_CONTENT_JSON, answer);
}

static enum MHD_Result
handle_hello (BmHttpRequest *request, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = bm_http_get_body (request);
  g_autoptr (BmReply) reply = NULL;
  guint8 nonce[BM_NONCE_LEN];
  BmPeer peer;

  reply =
    bm_platform_hello (request->http->platform, bm_http_read_peer (request, &peer) ? &peer : NULL,
                       body, nonce, &error);
  return bm_http_respond_signed (request, reply, nonce, error);
}

static enum MHD_Result
handle_batch (BmHttpRequest *request, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = bm_http_get_body (request);
  g_autoptr (BmReply) reply = NULL;
  guint8 nonce[BM_NONCE_LEN];
  BmPeer peer;

  reply =
    bm_platform_batch (request->http->platform, bm_http_read_peer (request, &peer) ? &peer : NULL,
                       body, nonce, &error);
  request->has_records = reply != NULL && reply->answers->len > 0;
  return bm_http_respond_signed (request, reply, nonce, error);
}

const char *
bm_http_get_argument (BmHttpRequest *request, const char *name)
{
  const char *text = MHD_lookup_connection_value (request->connection, MHD_GET_ARGUMENT_KIND, name);

  return text != NULL ? text : "";
}

static gboolean
read_query (BmHttpRequest *request, const char *name, guint64 max, guint64 *ret_value)
{
  const char *text = bm_http_get_argument (request, name);

  return g_ascii_string_to_unsigned (text, 10, 0, max, ret_value, NULL);
}

static enum MHD_Result
handle_inbox (BmHttpRequest *request, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmReply) reply = NULL;
  guint8 nonce[BM_NONCE_LEN];
  guint64 after = 0;
  guint64 max = 0;
  guint64 accept = 0;
  BmPeer peer;

  if (!bm_hex_decode (bm_http_get_argument (request, "nonce"), nonce, sizeof nonce) ||
      !read_query (request, "after", G_MAXINT64, &after) ||
      !read_query (request, "max", G_MAXUINT32, &max))
    return bm_http_respond_text (request, MHD_HTTP_BAD_REQUEST, BM_HTTP_PLAIN, "400\n");
  reply =
    bm_platform_inbox (request->http->platform, bm_http_read_peer (request, &peer) ? &peer : NULL,
                       (gint64) after, (gsize) max, &error);
  /* An older station does not say it. */
  if (reply != NULL && read_query (request, "accept", G_MAXUINT8, &accept))
    reply->accept = (guint) accept;
  return bm_http_respond_signed (request, reply, nonce, error);
}

static enum MHD_Result
handle_track (BmHttpRequest *request, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmReply) reply = NULL;
  guint8 nonce[BM_NONCE_LEN];
  BmPeer peer;

  if (!bm_hex_decode (bm_http_get_argument (request, "nonce"), nonce, sizeof nonce))
    return bm_http_respond_text (request, MHD_HTTP_BAD_REQUEST, BM_HTTP_PLAIN, "400\n");
  reply = bm_platform_answer_track (request->http->platform,
                                    bm_http_read_peer (request, &peer) ? &peer : NULL,
                                    bm_http_get_argument (request, "number"),
                                    bm_http_get_argument (request, "code"), &error);
  return bm_http_respond_signed (request, reply, nonce, error);
}

/* Whom a page counts for: an IPv4 address, or the network of an IPv6 one, which is one subscriber's. */
static void
read_address (BmHttpRequest *request, guint8 ret_address[BM_RATE_ADDRESS_LEN])
{
  const union MHD_ConnectionInfo *info =
    MHD_get_connection_info (request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  const struct sockaddr *address = info != NULL ? info->client_addr : NULL;

  memset (ret_address, 0, BM_RATE_ADDRESS_LEN);
  if (address != NULL && address->sa_family == AF_INET)
    memcpy (ret_address + 12, &((const struct sockaddr_in *) address)->sin_addr, 4);
  else if (address != NULL && address->sa_family == AF_INET6)
    memcpy (ret_address, &((const struct sockaddr_in6 *) address)->sin6_addr, 8);
}

static enum MHD_Result
handle_page (BmHttpRequest *request, const char *path)
{
  BmPlatform *platform = request->http->platform;
  guint8 address[BM_RATE_ADDRESS_LEN];
  g_autofree char *page = NULL;
  guint wait_s = 0;

  read_address (request, address);
  if (bm_rate_take (request->http->rate, address, bm_clock_get_boot_ms (platform->clock), &wait_s))
    page = bm_platform_page (platform, path);
  else
    page = bm_platform_page_busy ();
  return bm_http_respond_page (request, wait_s == 0 ? MHD_HTTP_OK : MHD_HTTP_TOO_MANY_REQUESTS,
                               wait_s, page);
}

static enum MHD_Result
handle_look_only (BmHttpRequest *request, const char *path)
{
  g_autofree char *page = bm_platform_page_look_only ();

  return bm_http_respond_page (request, MHD_HTTP_METHOD_NOT_ALLOWED, 0, page);
}

static const Route routes[] = {
  { "GET", BM_PATH_CA, FALSE, 0, handle_ca },
  { "POST", BM_PATH_ENROL, FALSE, BM_PROTOCOL_MAX_JSON, handle_enrol },
  { "POST", BM_PATH_HELLO, FALSE, BM_PROTOCOL_MAX_JSON, handle_hello },
  { "POST", BM_PATH_BATCH, FALSE, BM_PROTOCOL_MAX_REQUEST, handle_batch },
  { "GET", BM_PATH_INBOX, FALSE, 0, handle_inbox },
  { "POST", BM_PATH_BLOB, FALSE, BM_PROTOCOL_MAX_JSON, bm_http_handle_blob },
  { "PUT", BM_PATH_BLOB "/", TRUE, BM_PROTOCOL_MAX_CHUNK, bm_http_handle_blob_put },
  { "GET", BM_PATH_BLOB "/", TRUE, 0, bm_http_handle_blob_ask },
  { "GET", BM_PATH_TRACK, FALSE, 0, handle_track },
  { "GET", BM_PATH_PAGE, TRUE, 0, handle_page },
  { "HEAD", BM_PATH_PAGE, TRUE, 0, handle_page },
  { ANY_METHOD, BM_PATH_PAGE, TRUE, 0, handle_look_only },
};

static const Route *
find_route (const char *method, const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    if ((strcmp (routes[i].method, ANY_METHOD) == 0 || strcmp (routes[i].method, method) == 0) &&
        (routes[i].is_prefix ? g_str_has_prefix (path, routes[i].path)
                             : strcmp (routes[i].path, path) == 0))
      return &routes[i];
  return NULL;
}

static void
begin_request (BmPlatformHttp *self,
               struct MHD_Connection *connection,
               const char *method,
               const char *path,
               void **request_data)
{
  BmHttpRequest *request = g_new0 (BmHttpRequest, 1);
  const Route *route = find_route (method, path);

  request->http = self;
  request->connection = connection;
  request->body = g_byte_array_new ();
  request->max_body = route != NULL ? route->max_body : 0;
  if (g_str_has_prefix (path, "/v1/"))
    request->fault = bm_platform_faults_take (self->platform->faults, path, &request->fault_number);
  if (route != NULL && route->handle == bm_http_handle_blob_put)
    bm_http_begin_blob_put (request, path);
  *request_data = request;
}

static void
take_upload (BmHttpRequest *request, const char *data, gsize size)
{
  if (size > request->max_body - MIN (request->n_taken, request->max_body))
    request->is_too_big = TRUE;
  request->n_taken += size;
  if (request->run != NULL && !request->is_too_big)
    bm_platform_run_take (request->run, (const guint8 *) data, size);
  else if (!request->is_too_big)
    g_byte_array_append (request->body, (const guint8 *) data, (guint) size);
}

static enum MHD_Result
finish_request (BmHttpRequest *request, const char *method, const char *path)
{
  const Route *route = find_route (method, path);
  enum MHD_Result result;

  if (request->response != NULL) /* its delay is over */
    {
      g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);

      return bm_http_respond (request, request->status, BM_HTTP_PLAIN, empty);
    }
  if (bm_http_respond_instead (request, &result))
    return result;
  if (route == NULL)
    return bm_http_respond_text (request, MHD_HTTP_NOT_FOUND, BM_HTTP_PLAIN, "404\n");
  if (request->is_too_big && route->handle != handle_look_only)
    return bm_http_respond_text (request, MHD_HTTP_CONTENT_TOO_LARGE, BM_HTTP_PLAIN, "413\n");
  return route->handle (request, path);
}

/* libmicrohttpd says how many parameters there are. */
static enum MHD_Result
on_request (void *data, /* NOLINT(readability-function-size) */
            struct MHD_Connection *connection,
            const char *path,
            const char *method,
            const char *version,
            const char *upload,
            size_t *upload_size,
            void **request_data)
{
  if (*request_data == NULL)
    {
      begin_request (data, connection, method, path, request_data);
      return MHD_YES;
    }
  if (*upload_size == 0)
    return finish_request (*request_data, method, path);
  take_upload (*request_data, upload, *upload_size);
  *upload_size = 0;
  return MHD_YES;
}

static void
on_completed (void *data,
              struct MHD_Connection *connection,
              void **request_data,
              enum MHD_RequestTerminationCode code)
{
  BmHttpRequest *request = *request_data;

  if (request == NULL)
    return;
  if (request->has_records && code == MHD_REQUEST_TERMINATED_COMPLETED_OK)
    bm_fault_point ("platform-after-reply");
  if (request->response != NULL)
    MHD_destroy_response (request->response);
  bm_platform_run_free (request->run);
  g_byte_array_unref (request->body);
  g_free (request);
  *request_data = NULL;
}

static enum MHD_Result
on_connect (void *data, const struct sockaddr *address, socklen_t length)
{
  BmPlatformHttp *self = data;
  guint number;

  if (!bm_platform_faults_is_refusing (self->platform->faults))
    return MHD_YES;
  (void) bm_platform_faults_take (self->platform->faults, NULL, &number); /* counts down */
  return MHD_NO;
}

/* libmicrohttpd must not write where stdout belongs to somebody else. */
static void
on_log (void *data, const char *format, va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);

  g_debug ("%s", g_strchomp (text));
}

static GSocket *
listen_socket (const char *host, guint16 port, guint16 *ret_port, GError **error)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (host);
  g_autoptr (GInetAddress) any = g_inet_address_new_any (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (inet != NULL ? inet : any, port);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (address),
                                             G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL || !g_socket_bind (socket, address, TRUE, error))
    return NULL;
  g_socket_set_listen_backlog (socket, 512);
  /* What is accepted inherits it. Otherwise the second half of a TLS greeting waits until the first is acknowledged: one
   * round trip more for each connection. */
  if (!g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, error))
    return NULL;
  if (!g_socket_listen (socket, error))
    return NULL;
  bound = g_socket_get_local_address (socket, error);
  if (bound == NULL)
    return NULL;
  *ret_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return g_steal_pointer (&socket);
}

static gboolean
start_daemon (BmPlatformHttp *self, int fd)
{
  BmPlatformCa *ca = self->platform->ca;
  g_autofree char *roots = bm_platform_ca_dup_all_pem (ca);

  self->daemon =
    MHD_start_daemon (MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_TLS | MHD_ALLOW_SUSPEND_RESUME |
                        MHD_USE_ERROR_LOG,
                      0, on_connect, self, on_request, self, MHD_OPTION_EXTERNAL_LOGGER, on_log,
                      NULL, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_HTTPS_MEM_KEY,
                      bm_platform_ca_get_server_key (ca), MHD_OPTION_HTTPS_MEM_CERT,
                      bm_platform_ca_get_server_pem (ca), MHD_OPTION_HTTPS_MEM_TRUST, roots,
                      MHD_OPTION_HTTPS_PRIORITIES, PRIORITIES, MHD_OPTION_THREAD_POOL_SIZE,
                      (unsigned) POOL_THREADS, MHD_OPTION_CONNECTION_LIMIT,
                      (unsigned) CONNECTION_LIMIT, MHD_OPTION_CONNECTION_TIMEOUT,
                      (unsigned) CONNECTION_TIMEOUT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                      (size_t) CONNECTION_MEMORY, MHD_OPTION_NOTIFY_COMPLETED, on_completed, self,
                      MHD_OPTION_END);
  return self->daemon != NULL;
}

/**
 * bm_platform_http_start:
 * @platform: what to serve; must outlive the server
 * @port: 0 for any
 * @error: %BM_ERROR_UNREACHABLE when the port cannot be had
 *
 * Returns: (transfer full): the running server
 */
BmPlatformHttp *
bm_platform_http_start (BmPlatform *platform, guint16 port, GError **error)
{
  g_autoptr (BmPlatformHttp) self = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (platform != NULL, NULL);

  self = g_new0 (BmPlatformHttp, 1);
  g_mutex_init (&self->mutex);
  self->platform = platform;
  self->sleep = bm_platform_sleep_new ();
  self->rate = bm_rate_new ();
  socket = listen_socket (platform->host, port, &self->port, &local_error);
  if (socket == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "Port %u: %s", port,
                   local_error->message);
      return NULL;
    }
  bm_platform_set_port (platform, self->port);
  self->socket = dup (g_socket_get_fd (socket));
  if (self->socket < 0 || !start_daemon (self, self->socket))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_UNREACHABLE, "The server did not start");
      return NULL;
    }
  return g_steal_pointer (&self);
}

guint16
bm_platform_http_get_port (BmPlatformHttp *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->port;
}

void
bm_platform_http_stop (BmPlatformHttp *self)
{
  if (self == NULL)
    return;
  bm_platform_sleep_end (self->sleep);
  if (self->daemon != NULL)
    MHD_stop_daemon (self->daemon); /* closes the socket */
  bm_platform_sleep_free (self->sleep);
  bm_rate_free (self->rate);
  for (guint i = 0; i < BM_CALL_COUNT; i++)
    g_clear_pointer (&self->last_answers[i], g_bytes_unref);
  g_mutex_clear (&self->mutex);
  g_free (self);
}
