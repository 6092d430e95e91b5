/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/transport-curl-private.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * A line that is there for fifteen seconds and away for thirty: TCP doubles its wait with every try, so a connection
 * that lived through the dead half sleeps through the next living one. So when nothing has moved on any connection for a
 * while although something is to be moved, a bare connection is tried every second, sixty bytes each. When one
 * opens the line is back, and what was under way starts again on new connections, the first of them on that one. Every
 * request may be repeated (PROTOCOL.md §5), and whoever asked for it does not notice; but a long one of which the platform
 * keeps what arrived is given back to whoever asked, who goes on behind that.
 *
 *   moving --nothing for STALL--> stalled --a bare connection opens--> all start again, moving
 *
 * curl's own limits (T4) still end what does not come through.
 */

#define STALL_US (3 * G_USEC_PER_SEC)
#define PROBE_US (1 * G_USEC_PER_SEC)
#define MAX_STARTS \
  20 /* of one transfer: a far end that opens and never reads is not a line that comes and goes */
#define ROUND_TRIPS 4
#define ESTABLISHED 1 /* TCP_ESTABLISHED, which linux/tcp.h leaves to netinet/tcp.h */

static void
close_probe (BmLineStall *self)
{
  if (self->probe >= 0)
    close (self->probe);
  self->probe = -1;
}

static void
open_probe (BmLineStall *self, int like)
{
  struct sockaddr_storage address;
  socklen_t len = sizeof address;

  close_probe (self);
  self->probed_us = g_get_monotonic_time ();
  /* Where the connection under way has no peer yet, the last one's serves. */
  if (getpeername (like, (struct sockaddr *) &address, &len) == 0)
    {
      self->peer = address;
      self->peer_len = len;
    }
  if (self->peer_len == 0)
    return;
  self->probe = socket (self->peer.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (self->probe >= 0 &&
      connect (self->probe, (struct sockaddr *) &self->peer, self->peer_len) != 0 &&
      errno != EINPROGRESS)
    close_probe (self); /* no route yet: the next one may have */
}

static void
close_open (BmLineStall *self)
{
  if (self->open >= 0)
    close (self->open);
  self->open = -1;
}

static gboolean
is_same_address (const struct sockaddr *one, const struct sockaddr *other)
{
  const struct sockaddr_in *one4 = (const struct sockaddr_in *) one;
  const struct sockaddr_in *other4 = (const struct sockaddr_in *) other;
  const struct sockaddr_in6 *one6 = (const struct sockaddr_in6 *) one;
  const struct sockaddr_in6 *other6 = (const struct sockaddr_in6 *) other;

  if (one->sa_family != other->sa_family)
    return FALSE;
  if (one->sa_family == AF_INET)
    return one4->sin_port == other4->sin_port && one4->sin_addr.s_addr == other4->sin_addr.s_addr;
  return one->sa_family == AF_INET6 && one6->sin6_port == other6->sin6_port &&
         memcmp (&one6->sin6_addr, &other6->sin6_addr, sizeof one6->sin6_addr) == 0;
}

int
bm_line_stall_take (BmLineStall *self, const struct sockaddr *address, socklen_t len)
{
  int fd = self->open;

  if (fd < 0 || len > self->peer_len ||
      !is_same_address ((const struct sockaddr *) &self->peer, address))
    return -1;
  self->open = -1;
  return fd;
}

static gboolean
is_open (int fd)
{
  struct tcp_info info = { 0 };
  socklen_t len = sizeof info;

  return fd >= 0 && getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
         info.tcpi_state == ESTABLISHED;
}

/* What still lies in the old connections would be sent once more, before anything new. */
static void
discard (BmCurlTransport *self)
{
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, &key, NULL)) /* refused: it costs bytes, no more */
    (void) setsockopt (GPOINTER_TO_INT (key), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void
start_again (BmCurlTransport *self)
{
  guint n = 0;
  g_autofree gpointer *all = g_hash_table_get_keys_as_array (self->transfers, &n);

  discard (self);
  for (guint i = 0; i < n; i++)
    {
      BmCurlTransfer *transfer = all[i];

      if (transfer->n_starts < MAX_STARTS && !transfer->is_resumable)
        bm_curl_transfer_start_again (self, transfer);
    }
  /* Whoever asked may call others back meanwhile. */
  for (guint i = 0; i < n; i++)
    if (g_hash_table_contains (self->transfers, all[i]) &&
        ((BmCurlTransfer *) all[i])->is_resumable)
      bm_curl_transfer_break_off (self, all[i]);
}

void
bm_line_stall_init (BmLineStall *self)
{
  self->probe = -1;
  self->open = -1;
}

void
bm_line_stall_clear (BmLineStall *self)
{
  close_probe (self);
  close_open (self);
  self->moved_us = 0;
}

void
bm_line_stall_note_moved (BmLineStall *self)
{
  self->moved_us = g_get_monotonic_time ();
  close_probe (self);
}

void
bm_line_stall_look (BmCurlTransport *self, int waiting)
{
  BmLineStall *stall = &self->stall;
  const gint64 now_us = g_get_monotonic_time ();
  const gint64 patience_us =
    MAX (STALL_US, ROUND_TRIPS * 1000 * (gint64) self->meter.round_trip_ms);

  if (stall->moved_us == 0 || waiting < 0)
    bm_line_stall_note_moved (stall);
  if (now_us - stall->moved_us < patience_us || self->certificate == NULL)
    return;
  if (is_open (stall->probe))
    {
      close_open (stall);
      stall->open = stall->probe;
      stall->probe = -1;
      bm_line_stall_note_moved (stall);
      start_again (self);
      return;
    }
  if (now_us - stall->probed_us >= PROBE_US)
    open_probe (stall, waiting);
}
