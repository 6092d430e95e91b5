/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/transport-curl-private.h"

#include "core/error.h"
#include "sync/protocol.h"

#include <glib-unix.h>

#include <linux/tcp.h> /* glibc's tcp_info ends before the segment counts */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

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

#define MAX_CONNECTIONS   12L
#define MAX_RETRY_AFTER_S 86400
#define YOUNG_SEGMENTS    20
/* Of a new connection, beyond what curl counts: TLS with a client certificate. */
#define HANDSHAKE_BYTES 3600

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
transfer_free (BmCurlTransfer *self)
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

/* Ending a transfer */

/* The kernel counts per connection; a young one says little. */
static void
note_loss (BmCurlTransport *self, CURL *easy)
{
  curl_socket_t fd = CURL_SOCKET_BAD;
  struct tcp_info info = { 0 };
  socklen_t len = sizeof info;

  if (curl_easy_getinfo (easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK || fd == CURL_SOCKET_BAD ||
      getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 ||
      info.tcpi_segs_out < YOUNG_SEGMENTS)
    return;
  self->meter.round_trip_ms = info.tcpi_min_rtt / 1000;
  self->meter.lost_permille =
    (3 * self->meter.lost_permille + 1000 * info.tcpi_total_retrans / info.tcpi_segs_out) / 4;
  bm_curl_transport_set_control (self, fd);
}

/* What went over the line for one transfer, whatever became of it. */
static void
count_traffic (BmCurlTransport *self, CURL *easy)
{
  curl_off_t up = 0, down = 0;
  long request = 0, headers = 0, connects = 0;

  /* All stay 0 where curl knows nothing. */
  (void) curl_easy_getinfo (easy, CURLINFO_SIZE_UPLOAD_T, &up);
  (void) curl_easy_getinfo (easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
  (void) curl_easy_getinfo (easy, CURLINFO_REQUEST_SIZE, &request);
  (void) curl_easy_getinfo (easy, CURLINFO_HEADER_SIZE, &headers);
  (void) curl_easy_getinfo (easy, CURLINFO_NUM_CONNECTS, &connects);
  /* A short body goes out with its head and is in both counts. */
  self->meter.up += (guint64) ((up > 0 && request >= up ? 0 : up) + request);
  self->meter.up += (guint64) (connects * HANDSHAKE_BYTES / 2);
  self->meter.down += (guint64) (down + headers + connects * HANDSHAKE_BYTES / 2);
}

static void
end_transfer (BmCurlTransfer *transfer, Outcome *outcome)
{
  BmCurlTransport *self = g_task_get_source_object (transfer->task);

  count_traffic (self, transfer->easy);
  g_hash_table_steal (self->transfers, transfer);
  g_task_return_pointer (transfer->task, outcome, (GDestroyNotify) outcome_free);
  transfer_free (transfer);
}

static void
finish_transfer (BmCurlTransfer *transfer, CURLcode code)
{
  BmCurlTransport *self = g_task_get_source_object (transfer->task);
  Outcome *outcome = g_new0 (Outcome, 1);
  long status = 0;
  curl_off_t retry_after_s = 0;

  note_loss (self, transfer->easy);
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
    outcome->trouble = bm_curl_transfer_get_trouble (self, transfer, code);
  end_transfer (transfer, outcome);
}

void
bm_curl_transfer_break_off (BmCurlTransport *self, BmCurlTransfer *transfer)
{
  Outcome *outcome = g_new0 (Outcome, 1);

  (void) curl_multi_remove_handle (self->multi, transfer->easy); /* it is known to be inside */
  outcome->trouble = BM_LINK_ONLINE;
  end_transfer (transfer, outcome);
}

void
bm_curl_transfer_start_again (BmCurlTransport *self, BmCurlTransfer *transfer)
{
  (void) curl_multi_remove_handle (self->multi, transfer->easy); /* it is known to be inside */
  count_traffic (self, transfer->easy);
  g_byte_array_set_size (transfer->answer, 0);
  transfer->is_peer_wrong = FALSE;
  transfer->n_starts++;
  transfer->n_read = 0;
  g_assert (curl_multi_add_handle (self->multi, transfer->easy) == CURLM_OK);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  finish_transfer (data, CURLE_ABORTED_BY_CALLBACK);
  return G_SOURCE_REMOVE;
}

static void
watch_cancellable (BmCurlTransport *self, BmCurlTransfer *transfer)
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
      finish_transfer ((BmCurlTransfer *) transfer, code);
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
  BmCurlTransfer *transfer;
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bm_curl_transport_send_async);
  if (self->ca == NULL && strcmp (path, BM_PATH_CA) != 0)
    {
      g_task_return_new_error (task, BM_ERROR, BM_ERROR_REFUSED, "nothing is sent to a stranger");
      return;
    }
  transfer = g_new0 (BmCurlTransfer, 1);
  transfer->task = g_steal_pointer (&task);
  transfer->easy = curl_easy_init ();
  transfer->answer = g_byte_array_new ();
  transfer->body = body != NULL ? g_bytes_ref (body) : NULL;
  transfer->url = g_strconcat (self->url, path, NULL);
  g_hash_table_add (self->transfers, transfer);
  watch_cancellable (self, transfer);
  bm_curl_transfer_set_up (self, transfer, path, content_type);
  bm_curl_transport_start_pace (self);
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
bm_curl_transport_get_meter (BmTransport *transport, BmTransportMeter *ret_meter)
{
  *ret_meter = BM_CURL_TRANSPORT (transport)->meter;
}

static void
bm_curl_transport_finalize (GObject *object)
{
  BmCurlTransport *self = BM_CURL_TRANSPORT (object);

  /* Every transfer's task holds a reference, so none can be left. */
  g_assert (g_hash_table_size (self->transfers) == 0);
  (void) curl_multi_cleanup (self->multi); /* nothing could be done about a failure */
  g_clear_pointer (&self->timer, watch_free);
  bm_line_pace_clear (&self->pace);
  bm_line_stall_clear (&self->stall);
  g_hash_table_unref (self->watches);
  g_hash_table_unref (self->transfers);
  g_main_context_unref (self->context);
  g_clear_object (&self->clock);
  g_free (self->url);
  g_free (self->ca);
  g_free (self->certificate);
  bm_wipe_string (self->key);
  bm_wipe_string (self->proxy);
  curl_slist_free_all (self->connect_to);

  G_OBJECT_CLASS (bm_curl_transport_parent_class)->finalize (object);
}

static void
bm_curl_transport_iface_init (BmTransportInterface *iface)
{
  iface->send_async = bm_curl_transport_send_async;
  iface->send_finish = bm_curl_transport_send_finish;
  iface->set_identity = bm_curl_transport_set_identity;
  iface->set_floor_ms = bm_curl_transport_set_floor_ms;
  iface->get_meter = bm_curl_transport_get_meter;
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
  bm_line_stall_init (&self->stall);
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

/**
 * bm_curl_transport_set_proxy:
 * @self: a transport that has sent nothing yet
 * @proxy: (nullable): `http://[user:password@]host:port`, or %NULL for none
 *
 * Goes through a proxy (CONNECT; TLS stays end to end). Nothing is ever taken from the environment.
 */
void
bm_curl_transport_set_proxy (BmCurlTransport *self, const char *proxy)
{
  g_return_if_fail (BM_IS_CURL_TRANSPORT (self));

  bm_wipe_string (self->proxy);
  self->proxy = g_strdup (proxy);
}

/**
 * bm_curl_transport_set_fixed_address:
 * @self: a transport
 * @address: (nullable): an IP address (IPv6 in brackets), with `:port` where it differs
 *
 * Connects there whatever the platform's name resolves to; the certificate must still be the name's. For
 * places where DNS lies or is not to be had.
 */
void
bm_curl_transport_set_fixed_address (BmCurlTransport *self, const char *address)
{
  g_autofree char *rule = NULL;

  g_return_if_fail (BM_IS_CURL_TRANSPORT (self));

  g_clear_pointer (&self->connect_to, curl_slist_free_all);
  if (address == NULL)
    return;
  /* "HOST:PORT:CONNECT-TO-HOST:CONNECT-TO-PORT"; what is left empty means any, or the same. */
  rule = g_strdup_printf (g_str_has_suffix (address, "]") || strchr (address, ':') == NULL ? "::%s:"
                                                                                           : "::%s",
                          address);
  self->connect_to = curl_slist_append (NULL, rule);
}

/**
 * bm_curl_transport_add_ca:
 * @self: a transport, not the unverified flavour
 * @ca: PEM
 *
 * Believes this authority too: the platform's next one, or a private one that the operator named.
 */
void
bm_curl_transport_add_ca (BmCurlTransport *self, const char *ca)
{
  char *both;

  g_return_if_fail (BM_IS_CURL_TRANSPORT (self));
  g_return_if_fail (self->ca != NULL && ca != NULL);

  if (strstr (self->ca, ca) != NULL)
    return;
  both = g_strconcat (self->ca, "\n", ca, NULL);
  g_free (self->ca);
  self->ca = both;
}
