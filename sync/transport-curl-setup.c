/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/transport-curl-private.h"

#include "sync/protocol.h"

#include <openssl/ssl.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

/*
 * How one transfer is made, and what its failure says about the line (invariants T1, T3 and T4 of
 * transport-curl.c).
 */

#define CONNECT_TIMEOUT_S 30L
#define SLOW_BYTES_PER_S  30L
#define SLOW_FOR_S        120L
#define USER_TIMEOUT_MS   120000
#define FAR_MS            1000
#define LOSSY_PERMILLE    150

/* What a failure means */

static gboolean
is_proxy_at_fault (BmCurlTransport *self, CURL *easy, CURLcode code)
{
  long connect_code = 0;

  if (self->proxy == NULL)
    return FALSE;
  if (code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_COULDNT_CONNECT || code == CURLE_PROXY)
    return TRUE;
  (void) curl_easy_getinfo (easy, CURLINFO_HTTP_CONNECTCODE, &connect_code); /* stays 0 */
  return connect_code >= 400 && connect_code != 502 && connect_code != 503 && connect_code != 504;
}

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

BmLinkTrouble
bm_curl_transfer_get_trouble (BmCurlTransport *self, const BmCurlTransfer *transfer, CURLcode code)
{
  CURL *easy = transfer->easy;

  if (transfer->is_peer_wrong)
    return BM_LINK_WRONG_CERTIFICATE;
  if (is_proxy_at_fault (self, easy, code))
    return BM_LINK_NO_PROXY;
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

/* Setting up a transfer */

static size_t
on_body (char *data, size_t size, size_t count, void *user_data)
{
  BmCurlTransfer *transfer = user_data;
  gsize len = size * count;

  if (len > BM_TRANSPORT_MAX_REPLY - transfer->answer->len)
    return 0;
  g_byte_array_append (transfer->answer, (const guint8 *) data, (guint) len);
  return len;
}

/* Four flows of CUBIC share a short queue better than four of BBR (256 kbit/s, 600 ms, 2 %: a third of the drops); where the
 * way is long and packets are lost for other reasons than crowding, BBR carries twice as much. */
void
bm_curl_transport_set_control (BmCurlTransport *self, int fd)
{
  const gboolean is_far =
    self->meter.round_trip_ms > FAR_MS || self->meter.lost_permille > LOSSY_PERMILLE;
  const char *control = is_far ? "bbr" : "cubic";

  /* Refused where the administrator did not allow it; the system's own is then as good as it is. */
  (void) setsockopt (fd, IPPROTO_TCP, TCP_CONGESTION, control, (socklen_t) strlen (control));
}

static curl_socket_t
on_socket_wanted (void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
  BmCurlTransport *self = data;
  const int ready = bm_line_stall_take (&self->stall, &address->addr, address->addrlen);

  /* curl connects it once more, which the kernel allows once of one that was made without waiting. */
  return ready >= 0 ? ready
                    : socket (address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static int
on_socket_made (void *data, curl_socket_t fd, curlsocktype purpose)
{
  const unsigned int timeout = USER_TIMEOUT_MS;
  const int unsent = BM_CURL_UNSENT_BYTES;

  /* A line that died silently is noticed in two minutes; where the kernel cannot, curl's own limits do. */
  (void) setsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
  (void) setsockopt (fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
  bm_curl_transport_set_control (data, fd);
  return CURL_SOCKOPT_OK;
}

/* A clock that nobody has checked since boot may be years ahead: then only what is known counts. */
static gint64
get_floor_s (BmCurlTransport *self)
{
  gint64 known_ms = MAX (bm_clock_get_known_ms (self->clock), self->floor_ms);

  return MAX (known_ms, BM_TRANSPORT_BUILD_FLOOR_MS) / 1000;
}

/* curl tells a chain that does not verify from a line that breaks only where OpenSSL's first error says
 * so, which it does not when two authorities share a name. So we watch for ourselves. */
static int
on_peer_judged (int is_good, X509_STORE_CTX *store)
{
  SSL *ssl = X509_STORE_CTX_get_ex_data (store, SSL_get_ex_data_X509_STORE_CTX_idx ());
  BmCurlTransfer *transfer = SSL_CTX_get_app_data (SSL_get_SSL_CTX (ssl));

  BmCurlTransport *self = g_task_get_source_object (transfer->task);

  /* Judged at the floor: after long away a certificate may be younger than all we know. */
  if (!is_good && X509_STORE_CTX_get_error (store) == X509_V_ERR_CERT_NOT_YET_VALID &&
      !bm_clock_is_certain (self->clock))
    {
      X509_STORE_CTX_set_error (store, X509_V_OK);
      return 1;
    }
  if (!is_good)
    transfer->is_peer_wrong = TRUE;
  return is_good;
}

static CURLcode
on_ssl_context (CURL *easy, void *context, void *data)
{
  BmCurlTransfer *transfer = data;
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
set_line (BmCurlTransport *self, CURL *easy)
{
  SET (easy, CURLOPT_PROTOCOLS_STR, "https");
  SET (easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
  SET (easy, CURLOPT_FOLLOWLOCATION, 0L);
  SET (easy, CURLOPT_PROXY, self->proxy != NULL ? self->proxy : "");
  SET (easy, CURLOPT_NOPROXY, self->proxy != NULL ? "" : "*"); /* nothing from the environment */
  if (self->connect_to != NULL)
    SET (easy, CURLOPT_CONNECT_TO, self->connect_to);
  SET (easy, CURLOPT_NOSIGNAL, 1L);
  SET (easy, CURLOPT_TCP_NODELAY, 1L);
  SET (easy, CURLOPT_TCP_KEEPALIVE, 1L);
  SET (easy, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
  SET (easy, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES_PER_S);
  SET (easy, CURLOPT_LOW_SPEED_TIME, SLOW_FOR_S);
  SET (easy, CURLOPT_OPENSOCKETFUNCTION, on_socket_wanted);
  SET (easy, CURLOPT_OPENSOCKETDATA, self);
  SET (easy, CURLOPT_SOCKOPTFUNCTION, on_socket_made);
  SET (easy, CURLOPT_SOCKOPTDATA, self);
  SET (easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t) BM_TRANSPORT_MAX_REPLY);
}

static void
set_trust (BmCurlTransport *self, BmCurlTransfer *transfer)
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

/* In small portions: what was read and not sent is lost with the line, and so is a TLS record of which a part arrived. */
static size_t
on_body_wanted (char *buffer, size_t size, size_t count, void *data)
{
  BmCurlTransfer *transfer = data;
  gsize len;
  const char *body = g_bytes_get_data (transfer->body, &len);
  const gsize n = MIN (MIN (size * count, BM_CURL_RECORD_BYTES), len - transfer->n_read);

  if (n > 0 && !bm_curl_transport_has_room (g_task_get_source_object (transfer->task)))
    {
      transfer->is_paused = TRUE;
      return CURL_READFUNC_PAUSE;
    }
  memcpy (buffer, body + transfer->n_read, n);
  transfer->n_read += n;
  return n;
}

static void
set_resumable_body (BmCurlTransfer *transfer)
{
  transfer->is_resumable = TRUE;
  SET (transfer->easy, CURLOPT_UPLOAD, 1L);
  SET (transfer->easy, CURLOPT_READFUNCTION, on_body_wanted);
  SET (transfer->easy, CURLOPT_READDATA, transfer);
  SET (transfer->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t) g_bytes_get_size (transfer->body));
}

static void
set_request (BmCurlTransfer *transfer, const char *path, const char *content_type)
{
  g_autofree char *type = NULL;
  gsize len;
  const void *data;

  transfer->is_patient = bm_transport_is_patient (path);
  SET (transfer->easy, CURLOPT_URL, transfer->url);
  SET (transfer->easy, CURLOPT_PRIVATE, transfer);
  SET (transfer->easy, CURLOPT_WRITEFUNCTION, on_body);
  SET (transfer->easy, CURLOPT_WRITEDATA, transfer);
  if (transfer->body == NULL)
    return;
  type = g_strdup_printf ("Content-Type: %s", content_type);
  transfer->headers = curl_slist_append (transfer->headers, type);
  transfer->headers = curl_slist_append (transfer->headers, "Expect:");
  transfer->headers =
    curl_slist_append (transfer->headers, "Accept:"); /* a few bytes, every time */
  data = g_bytes_get_data (transfer->body, &len);
  SET (transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
  if (bm_transport_is_resumable (path))
    {
      set_resumable_body (transfer);
      return;
    }
  SET (transfer->easy, CURLOPT_POST, 1L);
  if (bm_transport_is_put (path))
    SET (transfer->easy, CURLOPT_CUSTOMREQUEST, "PUT");
  SET (transfer->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) len);
  SET (transfer->easy, CURLOPT_POSTFIELDS, len > 0 ? data : "");
}

void
bm_curl_transfer_set_up (BmCurlTransport *self,
                         BmCurlTransfer *transfer,
                         const char *path,
                         const char *content_type)
{
  set_line (self, transfer->easy);
  set_trust (self, transfer);
  set_request (transfer, path, content_type);
}
