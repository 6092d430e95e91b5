/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/transport-curl.h"

#include "core/error.h"
#include "sync/protocol.h"

#include <curl/curl.h>
#include <glib-unix.h>
#include <openssl/ssl.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

/*
 * libcurl's multi interface on the main context that was the thread default at construction: curl says
 * which sockets and which timer it needs, each becomes a GSource of that context. No thread, no
 * blocking call but the resolver's own.
 *
 * Invariants:
 *  T1  Only https with TLS 1.3 is spoken; only the enrolment's CA is believed (the system's are switched
 *      off); no redirect, no proxy from the environment.
 *  T2  The unverified flavour can ask for /v1/ca and nothing else.
 *  T3  A body larger than BM_TRANSPORT_MAX_REPLY is cut off while it arrives, never stored.
 *  T4  There is no deadline for the whole: a slow line that moves (30 B/s in 120 s) is left alone.
 */

#define CONNECT_TIMEOUT_S 30L
#define SLOW_BYTES_PER_S  30L
#define SLOW_FOR_S        120L
#define USER_TIMEOUT_MS   120000
#define MAX_CONNECTIONS   4L
#define MAX_RETRY_AFTER_S 86400

struct _BmCurlTransport
{
  GObject parent_instance;

  GMainContext *context;
  char *url;
  char *ca; /* NULL: the unverified flavour */
  char *certificate;
  char *key;
  BmClock *clock;
  gint64 floor_ms;
  CURLM *multi;
  GSource *timer;
  GHashTable *watches; /* curl_socket_t -> GSource */
  GHashTable *transfers;
};

typedef struct
{
  GTask *task; /* owns a reference to the transport */
  CURL *easy;
  struct curl_slist *headers;
  GBytes *body;
  GByteArray *answer;
  char *url;
  GSource *cancelled;     /* NULL: cannot be cancelled */
  gboolean is_peer_wrong; /* the chain that the peer showed does not verify */
} Transfer;

typedef struct
{
  BmLinkTrouble trouble;
  BmTransportReply *reply;
} Outcome;

static void bm_curl_transport_iface_init (BmTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BmCurlTransport,
                               bm_curl_transport,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_TRANSPORT,
                                                      bm_curl_transport_iface_init))

static void
outcome_free (Outcome *self)
{
  bm_transport_reply_free (self->reply);
  g_free (self);
}

static void
watch_free (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static void
transfer_free (Transfer *self)
{
  g_clear_pointer (&self->cancelled, watch_free);
  curl_easy_cleanup (self->easy);
  curl_slist_free_all (self->headers);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_byte_array_unref (self->answer);
  g_free (self->url);
  g_clear_object (&self->task);
  g_free (self);
}

/* Errors */

static BmLinkTrouble
get_connect_trouble (CURL *easy)
{
  long os_errno = 0;

  (void) curl_easy_getinfo (easy, CURLINFO_OS_ERRNO, &os_errno); /* 0 stays when curl knows none */
  return os_errno == ECONNREFUSED ? BM_LINK_PLATFORM_DOWN : BM_LINK_OFFLINE;
}

static BmLinkTrouble
get_timeout_trouble (CURL *easy)
{
  curl_off_t connected = 0;

  (void) curl_easy_getinfo (easy, CURLINFO_APPCONNECT_TIME_T, &connected); /* 0: never connected */
  return connected > 0 ? BM_LINK_PLATFORM_DOWN : BM_LINK_OFFLINE;
}

static BmLinkTrouble
get_trouble (CURLcode code, CURL *easy)
{
  if (code == CURLE_COULDNT_RESOLVE_HOST)
    return BM_LINK_NO_DNS;
  if (code == CURLE_COULDNT_CONNECT)
    return get_connect_trouble (easy);
  if (code == CURLE_OPERATION_TIMEDOUT)
    return get_timeout_trouble (easy);
  if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ISSUER_ERROR ||
      code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CACERT_BADFILE)
    return BM_LINK_WRONG_CERTIFICATE;
  if (code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_WRITE_ERROR ||
      code == CURLE_FILESIZE_EXCEEDED)
    return BM_LINK_PORTAL;
  /* CURLE_SSL_CONNECT_ERROR among others: the line broke off before anybody showed a certificate. */
  return BM_LINK_PLATFORM_DOWN;
}

/* Ending a transfer */

static void
finish_transfer (Transfer *transfer, CURLcode code)
{
  BmCurlTransport *self = g_task_get_source_object (transfer->task);
  Outcome *outcome = g_new0 (Outcome, 1);
  long status = 0;
  curl_off_t retry_after_s = 0;

  (void) curl_multi_remove_handle (self->multi, transfer->easy); /* it is known to be inside */
  (void) curl_easy_getinfo (transfer->easy, CURLINFO_RESPONSE_CODE, &status);      /* stays 0 */
  (void) curl_easy_getinfo (transfer->easy, CURLINFO_RETRY_AFTER, &retry_after_s); /* stays 0 */
  if (code == CURLE_OK)
    {
      g_autoptr (GBytes) body = g_byte_array_free_to_bytes (g_byte_array_ref (transfer->answer));

      outcome->reply =
        bm_transport_reply_new ((guint) status, CLAMP (retry_after_s, 0, MAX_RETRY_AFTER_S) * 1000,
                                body);
    }
  else
    outcome->trouble =
      transfer->is_peer_wrong ? BM_LINK_WRONG_CERTIFICATE : get_trouble (code, transfer->easy);
  g_hash_table_steal (self->transfers, transfer);
  g_task_return_pointer (transfer->task, outcome, (GDestroyNotify) outcome_free);
  transfer_free (transfer);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  finish_transfer (data, CURLE_ABORTED_BY_CALLBACK);
  return G_SOURCE_REMOVE;
}

static void
watch_cancellable (BmCurlTransport *self, Transfer *transfer)
{
  GCancellable *cancellable = g_task_get_cancellable (transfer->task);

  if (cancellable == NULL)
    return;
  transfer->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (transfer->cancelled, G_SOURCE_FUNC (on_cancelled), transfer, NULL);
  g_source_attach (transfer->cancelled, self->context);
}

static void
reap (BmCurlTransport *self)
{
  CURLMsg *message;
  int left;

  while ((message = curl_multi_info_read (self->multi, &left)) != NULL)
    {
      CURLcode code = message->data.result;
      char *transfer = NULL;

      if (message->msg != CURLMSG_DONE)
        continue;
      (void) curl_easy_getinfo (message->easy_handle, CURLINFO_PRIVATE, &transfer); /* we set it */
      finish_transfer ((Transfer *) transfer, code);
    }
}

/* curl's sockets and timer as sources */

static void
act (BmCurlTransport *self, curl_socket_t fd, int events)
{
  g_autoptr (BmCurlTransport) guard = g_object_ref (self);
  int running;

  (void) curl_multi_socket_action (self->multi, fd, events,
                                   &running); /* per-transfer results count */
  reap (guard);
}

static gboolean
on_socket_ready (gint fd, GIOCondition condition, gpointer data)
{
  int events = 0;

  if (condition & (G_IO_IN | G_IO_HUP))
    events |= CURL_CSELECT_IN;
  if (condition & G_IO_OUT)
    events |= CURL_CSELECT_OUT;
  if (condition & (G_IO_ERR | G_IO_NVAL))
    events |= CURL_CSELECT_ERR;
  act (data, fd, events);
  return G_SOURCE_CONTINUE;
}

static int
on_curl_socket (CURL *easy, curl_socket_t fd, int what, void *data, void *unused)
{
  BmCurlTransport *self = data;
  GIOCondition condition = G_IO_ERR | G_IO_HUP;
  GSource *source;

  (void) g_hash_table_remove (self->watches, GINT_TO_POINTER (fd)); /* it may be new */
  if (what == CURL_POLL_REMOVE)
    return 0;
  if (what & CURL_POLL_IN)
    condition |= G_IO_IN;
  if (what & CURL_POLL_OUT)
    condition |= G_IO_OUT;
  source = g_unix_fd_source_new (fd, condition);
  g_source_set_callback (source, G_SOURCE_FUNC (on_socket_ready), self, NULL);
  g_source_attach (source, self->context);
  g_hash_table_insert (self->watches, GINT_TO_POINTER (fd), source);
  return 0;
}

static gboolean
on_timer (gpointer data)
{
  BmCurlTransport *self = data;

  g_clear_pointer (&self->timer, watch_free);
  act (self, CURL_SOCKET_TIMEOUT, 0);
  return G_SOURCE_REMOVE;
}

static int
on_curl_timer (CURLM *multi, long timeout_ms, void *data)
{
  BmCurlTransport *self = data;

  g_clear_pointer (&self->timer, watch_free);
  if (timeout_ms < 0)
    return 0;
  self->timer = g_timeout_source_new ((guint) timeout_ms);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, self->context);
  return 0;
}

/* Setting up a transfer */

static size_t
on_body (char *data, size_t size, size_t count, void *user_data)
{
  Transfer *transfer = user_data;
  gsize len = size * count;

  if (len > BM_TRANSPORT_MAX_REPLY - transfer->answer->len)
    return 0;
  g_byte_array_append (transfer->answer, (const guint8 *) data, (guint) len);
  return len;
}

static int
on_socket_made (void *data, curl_socket_t fd, curlsocktype purpose)
{
  unsigned int timeout = USER_TIMEOUT_MS;

  /* A line that died silently is noticed in two minutes; where the kernel cannot, curl's own limits do. */
  (void) setsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
  return CURL_SOCKOPT_OK;
}

static gint64
get_floor_s (BmCurlTransport *self)
{
  gint64 now_ms = bm_clock_get_wall_ms (self->clock);

  return MAX (MAX (now_ms, self->floor_ms), BM_TRANSPORT_BUILD_FLOOR_MS) / 1000;
}

/* curl tells a chain that does not verify from a line that breaks only where OpenSSL's first error says
 * so, which it does not when two authorities share a name. So we watch for ourselves. */
static int
on_peer_judged (int is_good, X509_STORE_CTX *store)
{
  SSL *ssl = X509_STORE_CTX_get_ex_data (store, SSL_get_ex_data_X509_STORE_CTX_idx ());
  Transfer *transfer = SSL_CTX_get_app_data (SSL_get_SSL_CTX (ssl));

  if (!is_good)
    transfer->is_peer_wrong = TRUE;
  return is_good;
}

static CURLcode
on_ssl_context (CURL *easy, void *context, void *data)
{
  Transfer *transfer = data;
  BmCurlTransport *self = g_task_get_source_object (transfer->task);

  X509_VERIFY_PARAM_set_time (SSL_CTX_get0_param (context), (time_t) get_floor_s (self));
  SSL_CTX_set_app_data (context, transfer);
  SSL_CTX_set_verify (context, SSL_VERIFY_PEER, on_peer_judged);
  return CURLE_OK;
}

#define SET(easy, option, value) g_assert (curl_easy_setopt (easy, option, value) == CURLE_OK)

static void
set_blob (CURL *easy, CURLoption option, const char *pem)
{
  struct curl_blob blob = { .data = (void *) pem, .len = strlen (pem), .flags = CURL_BLOB_COPY };

  SET (easy, option, &blob);
}

static void
set_line (CURL *easy)
{
  SET (easy, CURLOPT_PROTOCOLS_STR, "https");
  SET (easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
  SET (easy, CURLOPT_FOLLOWLOCATION, 0L);
  SET (easy, CURLOPT_NOPROXY, "*");
  SET (easy, CURLOPT_NOSIGNAL, 1L);
  SET (easy, CURLOPT_TCP_NODELAY, 1L);
  SET (easy, CURLOPT_TCP_KEEPALIVE, 1L);
  SET (easy, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
  SET (easy, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES_PER_S);
  SET (easy, CURLOPT_LOW_SPEED_TIME, SLOW_FOR_S);
  SET (easy, CURLOPT_SOCKOPTFUNCTION, on_socket_made);
  SET (easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t) BM_TRANSPORT_MAX_REPLY);
}

static void
set_trust (BmCurlTransport *self, Transfer *transfer)
{
  CURL *easy = transfer->easy;

  SET (easy, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_3);
  SET (easy, CURLOPT_CAINFO, NULL);
  SET (easy, CURLOPT_CAPATH, NULL);
  SET (easy, CURLOPT_SSL_VERIFYPEER, self->ca != NULL ? 1L : 0L);
  SET (easy, CURLOPT_SSL_VERIFYHOST, self->ca != NULL ? 2L : 0L);
  if (self->ca == NULL)
    return;
  set_blob (easy, CURLOPT_CAINFO_BLOB, self->ca);
  SET (easy, CURLOPT_SSL_CTX_FUNCTION, on_ssl_context);
  SET (easy, CURLOPT_SSL_CTX_DATA, transfer);
  if (self->certificate == NULL)
    return;
  SET (easy, CURLOPT_SSLCERTTYPE, "PEM");
  SET (easy, CURLOPT_SSLKEYTYPE, "PEM");
  set_blob (easy, CURLOPT_SSLCERT_BLOB, self->certificate);
  set_blob (easy, CURLOPT_SSLKEY_BLOB, self->key);
}

static void
set_request (Transfer *transfer, const char *content_type)
{
  g_autofree char *type = NULL;
  gsize len;
  const void *data;

  SET (transfer->easy, CURLOPT_URL, transfer->url);
  SET (transfer->easy, CURLOPT_PRIVATE, transfer);
  SET (transfer->easy, CURLOPT_WRITEFUNCTION, on_body);
  SET (transfer->easy, CURLOPT_WRITEDATA, transfer);
  if (transfer->body == NULL)
    return;
  type = g_strdup_printf ("Content-Type: %s", content_type);
  transfer->headers = curl_slist_append (transfer->headers, type);
  transfer->headers = curl_slist_append (transfer->headers, "Expect:");
  data = g_bytes_get_data (transfer->body, &len);
  SET (transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
  SET (transfer->easy, CURLOPT_POST, 1L);
  SET (transfer->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) len);
  SET (transfer->easy, CURLOPT_POSTFIELDS, len > 0 ? data : "");
}

static void
bm_curl_transport_send_async (BmTransport *transport,
                              const char *path,
                              const char *content_type,
                              GBytes *body,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  BmCurlTransport *self = BM_CURL_TRANSPORT (transport);
  Transfer *transfer;
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bm_curl_transport_send_async);
  if (self->ca == NULL && strcmp (path, BM_PATH_CA) != 0)
    {
      g_task_return_new_error (task, BM_ERROR, BM_ERROR_REFUSED, "nothing is sent to a stranger");
      return;
    }
  transfer = g_new0 (Transfer, 1);
  transfer->task = g_steal_pointer (&task);
  transfer->easy = curl_easy_init ();
  transfer->answer = g_byte_array_new ();
  transfer->body = body != NULL ? g_bytes_ref (body) : NULL;
  transfer->url = g_strconcat (self->url, path, NULL);
  g_hash_table_add (self->transfers, transfer);
  watch_cancellable (self, transfer);
  set_line (transfer->easy);
  set_trust (self, transfer);
  set_request (transfer, content_type);
  g_assert (curl_multi_add_handle (self->multi, transfer->easy) == CURLM_OK);
}

static BmTransportReply *
bm_curl_transport_send_finish (BmTransport *transport,
                               GAsyncResult *result,
                               BmLinkTrouble *ret_trouble,
                               GError **error)
{
  Outcome *outcome = g_task_propagate_pointer (G_TASK (result), error);
  BmTransportReply *reply;

  *ret_trouble = outcome != NULL ? outcome->trouble : BM_LINK_UNKNOWN;
  if (outcome == NULL)
    return NULL;
  reply = g_steal_pointer (&outcome->reply);
  outcome_free (outcome);
  if (reply == NULL)
    g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "no answer: %s",
                 bm_link_trouble_to_string (*ret_trouble));
  return reply;
}

static void
bm_curl_transport_set_identity (BmTransport *transport, const char *certificate, const char *key)
{
  BmCurlTransport *self = BM_CURL_TRANSPORT (transport);

  g_free (self->certificate);
  self->certificate = g_strdup (certificate);
  bm_wipe_string (self->key);
  self->key = g_strdup (key);
}

static void
bm_curl_transport_set_floor_ms (BmTransport *transport, gint64 floor_ms)
{
  BmCurlTransport *self = BM_CURL_TRANSPORT (transport);

  self->floor_ms = MAX (self->floor_ms, floor_ms);
}

static void
bm_curl_transport_finalize (GObject *object)
{
  BmCurlTransport *self = BM_CURL_TRANSPORT (object);

  /* Every transfer's task holds a reference, so none can be left. */
  g_assert (g_hash_table_size (self->transfers) == 0);
  (void) curl_multi_cleanup (self->multi); /* nothing could be done about a failure */
  g_clear_pointer (&self->timer, watch_free);
  g_hash_table_unref (self->watches);
  g_hash_table_unref (self->transfers);
  g_main_context_unref (self->context);
  g_clear_object (&self->clock);
  g_free (self->url);
  g_free (self->ca);
  g_free (self->certificate);
  bm_wipe_string (self->key);

  G_OBJECT_CLASS (bm_curl_transport_parent_class)->finalize (object);
}

static void
bm_curl_transport_iface_init (BmTransportInterface *iface)
{
  iface->send_async = bm_curl_transport_send_async;
  iface->send_finish = bm_curl_transport_send_finish;
  iface->set_identity = bm_curl_transport_set_identity;
  iface->set_floor_ms = bm_curl_transport_set_floor_ms;
}

static void
bm_curl_transport_class_init (BmCurlTransportClass *klass)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      g_assert (curl_global_init (CURL_GLOBAL_DEFAULT) == CURLE_OK);
      g_once_init_leave (&once, 1);
    }
  G_OBJECT_CLASS (klass)->finalize = bm_curl_transport_finalize;
}

#define SET_MULTI(multi, option, value) \
  g_assert (curl_multi_setopt (multi, option, value) == CURLM_OK)

static void
bm_curl_transport_init (BmCurlTransport *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->watches = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) watch_free);
  self->transfers = g_hash_table_new (NULL, NULL);
  self->multi = curl_multi_init ();
  g_assert (self->multi != NULL);
  SET_MULTI (self->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
  SET_MULTI (self->multi, CURLMOPT_SOCKETDATA, self);
  SET_MULTI (self->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
  SET_MULTI (self->multi, CURLMOPT_TIMERDATA, self);
  SET_MULTI (self->multi, CURLMOPT_PIPELINING, (long) CURLPIPE_NOTHING);
  SET_MULTI (self->multi, CURLMOPT_MAXCONNECTS, MAX_CONNECTIONS);
}

/**
 * bm_curl_transport_new:
 * @url: the platform's address, `https://host:port`
 * @ca: the enrolment's CA, PEM
 * @clock: tells the time at which the platform's certificate is judged
 *
 * Returns: (transfer full): a transport in the thread-default main context
 */
BmTransport *
bm_curl_transport_new (const char *url, const char *ca, BmClock *clock)
{
  BmCurlTransport *self;

  g_return_val_if_fail (url != NULL && ca != NULL, NULL);
  g_return_val_if_fail (BM_IS_CLOCK (clock), NULL);

  self = g_object_new (BM_TYPE_CURL_TRANSPORT, NULL);
  self->url = g_strdup (url);
  self->ca = g_strdup (ca);
  self->clock = g_object_ref (clock);
  return BM_TRANSPORT (self);
}

/**
 * bm_curl_transport_new_unverified:
 * @url: the address of an enrolment code
 *
 * Returns: (transfer full): a transport that can only fetch the CA (T2)
 */
BmTransport *
bm_curl_transport_new_unverified (const char *url)
{
  BmCurlTransport *self;

  g_return_val_if_fail (url != NULL, NULL);

  self = g_object_new (BM_TYPE_CURL_TRANSPORT, NULL);
  self->url = g_strdup (url);
  return BM_TRANSPORT (self);
}
