/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/transport-curl-private.h"

#include <linux/tcp.h> /* glibc's tcp_info ends before bytes_acked */
#include <netinet/in.h>
#include <sys/socket.h>

/*
 * Several flights on one thin line fill the queue before it: it is full a second deep, drops what comes, and the entry
 * of a resident who waits stands behind all of it. So while they fly, their connections together send what the line was
 * seen to carry, and a little more or less as its queue is shorter or longer than TARGET_MS: never empty, never full.
 *
 *   rate of a window = bytes acknowledged in WINDOW_MS / WINDOW_MS
 *   rate of the line = the largest of the last windows
 *   queue            = mean smoothed round trip - shortest round trip
 *   gain             = 3 - 2 * queue / TARGET_MS, at least LEAST
 *   of a connection  = gain * rate of the line / connections that can send now
 *
 * A connection that waits out a timeout or for its answer counts for nothing: the others take its share. It is the
 * kernel that paces (SO_MAX_PACING_RATE); nothing here delays a byte, and where the kernel does not know the option all
 * is as without.
 */

#define TICK_MS   250
#define WINDOW_MS 2000
#define MIN_FLOWS 3 /* fewer do not fill a queue for long */
#define LOSS      4 /* TCP_CA_Loss: waits out a timeout */
#define NO_LIMIT  (~0u)

#define TARGET_MS 500
#define LEAST     0.97 /* less would feed on itself where a round trip is long for another reason */

static guint64
take_acked (BmLinePace *self, int fd, guint64 acked)
{
  gpointer key = GINT_TO_POINTER (fd);
  guint64 *seen = g_hash_table_lookup (self->acked, key);
  guint64 delta = 0;

  if (seen != NULL && acked >= *seen) /* less: another connection under the same number */
    delta = acked - *seen;
  if (seen == NULL)
    {
      seen = g_new (guint64, 1);
      (void) g_hash_table_insert (self->acked, key, seen); /* it was not there */
    }
  *seen = acked;
  return delta;
}

static void
look_at (BmLinePace *self, int fd)
{
  struct tcp_info info = { 0 };
  socklen_t len = sizeof info;
  guint64 acked;

  if (getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
    return; /* curl watches other sockets too */
  acked = take_acked (self, fd, info.tcpi_bytes_acked);
  self->window_bytes += acked;
  self->received += info.tcpi_bytes_received;
  self->has_moved |= acked > 0;
  if (info.tcpi_unacked > 0)
    self->waiting = fd;
  if ((info.tcpi_unacked == 0 && info.tcpi_notsent_bytes == 0) || info.tcpi_ca_state == LOSS)
    return;
  self->n_able++;
  self->round_trips_ms += info.tcpi_rtt / 1000;
  if (info.tcpi_min_rtt > 0)
    self->shortest_ms = MIN (self->shortest_ms, info.tcpi_min_rtt / 1000);
}

static void
look (BmCurlTransport *self)
{
  GHashTableIter iter;
  gpointer key;

  self->pace.n_able = 0;
  self->pace.round_trips_ms = 0;
  self->pace.shortest_ms = G_MAXUINT;
  self->pace.has_moved = FALSE;
  self->pace.waiting = -1;
  self->pace.received = 0;
  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    look_at (&self->pace, GPOINTER_TO_INT (key));
  if (self->pace.has_moved || self->pace.received != self->pace.received_before)
    bm_line_stall_note_moved (&self->stall);
  self->pace.received_before = self->pace.received;
}

static double
get_queue_ms (const BmLinePace *self)
{
  return MAX (0, (double) self->round_trips_ms / self->n_able - self->shortest_ms);
}

void
bm_line_pace_note_window (BmLinePace *self, double bytes_per_s)
{
  self->rates[self->n_windows % BM_LINE_PACE_WINDOWS] = bytes_per_s;
  self->n_windows++;
}

guint
bm_line_pace_get_rate (const BmLinePace *self)
{
  double best = 0;

  if (self->n_windows < 3 || self->n_able < MIN_FLOWS)
    return NO_LIMIT;
  for (guint i = 0; i < MIN (self->n_windows, BM_LINE_PACE_WINDOWS); i++)
    best = MAX (best, self->rates[i]);
  best *= MAX (LEAST, 3 - 2 * get_queue_ms (self) / TARGET_MS) / self->n_able;
  return best >= 1 && best < G_MAXINT32 ? (guint) best : NO_LIMIT;
}

static void
close_window (BmLinePace *self)
{
  const gint64 now_us = g_get_monotonic_time ();
  const gint64 took_us = now_us - self->window_us;

  if (took_us < WINDOW_MS * G_GINT64_CONSTANT (1000))
    return;
  if (self->window_bytes > 0)
    bm_line_pace_note_window (self, (double) self->window_bytes * 1e6 / (double) took_us);
  self->window_bytes = 0;
  self->window_us = now_us;
}

static gboolean
on_tick (gpointer data)
{
  BmCurlTransport *self = data;
  GHashTableIter iter;
  gpointer key;
  guint rate;

  if (g_hash_table_size (self->transfers) == 0)
    {
      bm_line_pace_clear (&self->pace);
      bm_line_stall_clear (&self->stall);
      return G_SOURCE_REMOVE;
    }
  look (self);
  bm_line_stall_look (self, self->pace.waiting);
  close_window (&self->pace);
  rate = bm_line_pace_get_rate (&self->pace);
  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, &key, NULL)) /* refused: as fast as it will */
    (void) setsockopt (GPOINTER_TO_INT (key), SOL_SOCKET, SO_MAX_PACING_RATE, &rate, sizeof rate);
  return G_SOURCE_CONTINUE;
}

void
bm_curl_transport_start_pace (BmCurlTransport *self)
{
  BmLinePace *pace = &self->pace;

  if (pace->tick != NULL)
    return;
  pace->acked = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  pace->window_us = g_get_monotonic_time ();
  pace->tick = g_timeout_source_new (TICK_MS);
  g_source_set_callback (pace->tick, on_tick, self, NULL);
  g_source_attach (pace->tick, self->context);
}

void
bm_line_pace_clear (BmLinePace *self)
{
  if (self->tick == NULL)
    return;
  g_source_destroy (self->tick);
  g_source_unref (self->tick);
  g_hash_table_unref (self->acked);
  *self = (BmLinePace){ 0 };
}
