/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/transport-curl-private.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * A line that is there for fifteen seconds and away for thirty: TCP doubles its wait with every try, so a connection
 * that lived through the dead half sleeps through the next living one. So when nothing has moved on any connection for a
 * while although something is to be moved, a bare connection is tried every two seconds, sixty bytes each. When one
 * opens the line is back, and what was under way starts again on new connections. Every request may be repeated
 * (PROTOCOL.md §5), and whoever asked for it does not notice.
 *
 *   moving --nothing for STALL--> stalled --a bare connection opens--> all start again, moving
 *
 * curl's own limits (T4) still end what does not come through.
 */

#define STALL_US (3 * G_USEC_PER_SEC)
#define PROBE_US (2 * G_USEC_PER_SEC)
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
  self->pace.n_windows = 0; /* the pauses say nothing about how fast it is */
  for (guint i = 0; i < n; i++)
    {
      BmCurlTransfer *transfer = all[i];

      if (transfer->n_starts < MAX_STARTS)
        bm_curl_transfer_start_again (self, transfer);
    }
}

void
bm_line_stall_init (BmLineStall *self)
{
  self->probe = -1;
}

void
bm_line_stall_clear (BmLineStall *self)
{
  close_probe (self);
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
      bm_line_stall_note_moved (stall);
      start_again (self);
      return;
    }
  if (now_us - stall->probed_us >= PROBE_US)
    open_probe (stall, waiting);
}
