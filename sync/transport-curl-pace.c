/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/transport-curl-private.h"

#include <linux/sockios.h>
#include <linux/tcp.h> /* glibc's tcp_info ends before bytes_acked */
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/*
 * Several flights on one thin line fill the queue before it: it is full a second deep, drops what comes, and the entry
 * of a resident who waits stands behind all of it. So while they fly, their connections together send what the line was
 * seen to carry, and a little more or less as its queue is shorter or longer than TARGET_MS: never empty, never full.
 *
 *   rate of a window = bytes that arrived in WINDOW_MS / WINDOW_MS
 *   rate of the line = the largest of the last windows; in the first ones at least FIRST_BYTES a round trip
 *   queue            = mean smoothed round trip - shortest round trip
 *   gain             = 3 - 2 * queue / target, at least LEAST
 *   of a connection  = gain * rate of the line / connections that can send now
 *
 * While only chunks of attachments are under way, which nobody waits for, the kernel is not given more than fits on the line
 * either, a round trip's worth: what it holds is lost when the line dies, and connections that are paced have leave to hold
 * twice what they need. All together, so that one that lost a packet leaves its share to the others.
 *
 * A connection that waits out a timeout or for its answer counts for nothing: the others take its share. It is the
 * kernel that paces (SO_MAX_PACING_RATE); nothing here delays a byte, and where the kernel does not know the option all
 * is as without.
 */

#define TICK_MS   250
#define FEED_MS   40
#define WINDOW_MS 2000
#define MOVING_MS 1000 /* less than a timeout of a line that is gone takes */
#define MIN_FLOWS 3    /* fewer do not fill a queue for long */
#define LOSS      4    /* TCP_CA_Loss: waits out a timeout */
#define NO_LIMIT  (~0u)

/* Before anything is known of the line; then up to three times as much from one window to the next. */
#define FIRST_WINDOWS 4     /* these are half as long */
#define FIRST_BYTES   30000 /* a round trip, of all connections together: what a short queue holds */

#define TARGET_MS          500
#define SHORT_TARGET_MS    300  /* while nobody waits for anything that is under way */
#define SHORT_UNSENT_BYTES 2048 /* then: no connection holds what another could send now */
#define KNOWN_WINDOWS      3    /* then: so many of them tell what the line carries; before */
#define FIRST_ROOM         (24 * 1024) /* that much is in the kernel at most, */
#define ROOM_MS            100 /* after them a round trip's worth and this for what is about to leave */
#define LEAST              0.97 /* less would feed on itself where a round trip is long for another reason */

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
  acked = take_acked (self, fd,
                      info.tcpi_bytes_acked +
                        (self->is_patient ? 0 : (guint64) info.tcpi_sacked * info.tcpi_snd_mss));
  self->window_bytes += acked;
  self->received += info.tcpi_bytes_received;
  self->has_moved |= acked > 0;
  if (info.tcpi_unacked > 0)
    self->waiting = fd;
  if ((info.tcpi_unacked == 0 && info.tcpi_notsent_bytes == 0) || info.tcpi_ca_state == LOSS)
    return;
  self->n_able++;
  self->round_trips_ms += info.tcpi_rtt / 1000;
  if (info.tcpi_min_rtt > 0 && info.tcpi_min_rtt != G_MAXUINT32)
    self->shortest_ms = MIN (self->shortest_ms, info.tcpi_min_rtt / 1000);
}

/* Nobody waits for anything that is under way. */
static gboolean
is_patient (BmCurlTransport *self)
{
  GHashTableIter iter;
  gpointer transfer;

  g_hash_table_iter_init (&iter, self->transfers);
  while (g_hash_table_iter_next (&iter, &transfer, NULL))
    if (!((BmCurlTransfer *) transfer)->is_patient)
      return FALSE;
  return TRUE;
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
  self->pace.is_patient = is_patient (self);
  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    look_at (&self->pace, GPOINTER_TO_INT (key));
  if (self->pace.has_moved)
    self->pace.moved_us = g_get_monotonic_time ();
  if (self->pace.has_moved || self->pace.received != self->pace.received_before)
    bm_line_stall_note_moved (&self->stall);
  self->pace.received_before = self->pace.received;
  if (self->pace.shortest_ms != G_MAXUINT)
    self->pace.shortest_seen_ms = self->pace.shortest_ms;
}

static double
get_queue_ms (const BmLinePace *self)
{
  return MAX (0, (double) self->round_trips_ms / self->n_able - self->shortest_ms);
}

/* A run of chunks begins as fast as it will: it is alone, and what its windows say is not the first word. */
static gboolean
is_early (const BmLinePace *self)
{
  return !self->is_patient && self->n_windows < FIRST_WINDOWS;
}

static double
get_target_ms (const BmLinePace *self)
{
  return self->is_patient ? SHORT_TARGET_MS : TARGET_MS;
}

void
bm_line_pace_note_window (BmLinePace *self, double bytes_per_s)
{
  self->rates[self->n_windows % BM_LINE_PACE_WINDOWS] = bytes_per_s;
  self->n_windows++;
  self->n_patient += self->is_patient ? 1 : 0;
}

static double
get_best (const BmLinePace *self)
{
  double best = 0;

  for (guint i = 0; i < MIN (self->n_windows, BM_LINE_PACE_WINDOWS); i++)
    best = MAX (best, self->rates[i]);
  return best;
}

/* What small calls carry says nothing of what the line does. */
static gboolean
is_known (const BmLinePace *self)
{
  return self->n_patient >= KNOWN_WINDOWS;
}

gsize
bm_line_pace_get_room (const BmLinePace *self)
{
  if (!self->is_patient)
    return G_MAXSIZE;
  if (!is_known (self) || self->shortest_seen_ms == 0)
    return FIRST_ROOM;
  return (gsize) (get_best (self) * (self->shortest_seen_ms + ROOM_MS) / 1000);
}

/*
 * In the kernel, of one connection: on the way, and not sent yet. What has arrived behind a gap takes no room on the line,
 * nor does what waits out a timeout while others move; when nothing moves the line may be gone, and nothing more is given.
 */
static gsize
count_held_by (const BmLinePace *self, int fd)
{
  const gboolean is_moving =
    g_get_monotonic_time () - self->moved_us < MOVING_MS * G_GINT64_CONSTANT (1000);
  struct tcp_info info = { 0 };
  socklen_t len = sizeof info;
  int bytes = 0;
  gsize arrived = 0;

  if (ioctl (fd, SIOCOUTQ, &bytes) != 0 || bytes <= 0)
    return 0; /* curl watches other sockets too */
  if (getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0)
    arrived = (gsize) info.tcpi_sacked * info.tcpi_snd_mss;
  if (info.tcpi_ca_state == LOSS && is_moving)
    return 0;
  return (gsize) bytes - MIN ((gsize) bytes, arrived);
}

static gsize
count_held (BmCurlTransport *self)
{
  GHashTableIter iter;
  gpointer key;
  gsize held = 0;

  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    held += count_held_by (&self->pace, GPOINTER_TO_INT (key));
  return held;
}

static gboolean
on_room (gpointer data)
{
  BmCurlTransport *self = data;
  GHashTableIter iter;
  gpointer key;
  gsize held = count_held (self);
  const gsize room = bm_line_pace_get_room (&self->pace);
  gboolean is_waiting = FALSE;

  g_hash_table_iter_init (&iter, self->transfers);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      BmCurlTransfer *transfer = key;

      if (!transfer->is_paused)
        continue;
      if (held < room)
        {
          held += BM_CURL_RECORD_BYTES;
          transfer->is_paused = FALSE;
          (void) curl_easy_pause (transfer->easy,
                                  CURLPAUSE_CONT); /* it fails where it ends anyway */
        }
      is_waiting |= transfer->is_paused;
    }
  if (is_waiting)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->pace.feeder, g_source_unref);
  return G_SOURCE_REMOVE;
}

gboolean
bm_curl_transport_has_room (BmCurlTransport *self)
{
  BmLinePace *pace = &self->pace;
  const gsize room = bm_line_pace_get_room (pace);

  if (room == G_MAXSIZE || count_held (self) < room)
    return TRUE;
  if (pace->feeder == NULL)
    {
      pace->feeder = g_timeout_source_new (FEED_MS);
      g_source_set_callback (pace->feeder, on_room, self, NULL);
      g_source_attach (pace->feeder, self->context);
    }
  return FALSE;
}

guint
bm_line_pace_get_rate (const BmLinePace *self)
{
  double best;

  if (self->n_able < (self->is_patient ? 1 : MIN_FLOWS) || self->shortest_ms == G_MAXUINT ||
      (self->is_patient && !is_known (self)))
    return NO_LIMIT;
  best = get_best (self);
  best *= MAX (LEAST, 3 - 2 * get_queue_ms (self) / get_target_ms (self));
  if (is_early (self))
    best = MAX (best, FIRST_BYTES * 1000.0 / MAX (self->shortest_ms, 1));
  best /= self->n_able;
  return best >= 1 && best < G_MAXINT32 ? (guint) best : NO_LIMIT;
}

static void
close_window (BmLinePace *self)
{
  const gint64 now_us = g_get_monotonic_time ();
  const gint64 took_us = now_us - self->window_us;

  if (took_us < (is_early (self) ? WINDOW_MS / 2 : WINDOW_MS) * G_GINT64_CONSTANT (1000))
    return;
  if (self->window_bytes > 0)
    bm_line_pace_note_window (self, (double) self->window_bytes * 1e6 / (double) took_us);
  self->window_bytes = 0;
  self->window_us = now_us;
}

/* Refused: as fast as it will. */
static void
limit (BmCurlTransport *self)
{
  const guint rate = bm_line_pace_get_rate (&self->pace);
  const int unsent = self->pace.is_patient ? SHORT_UNSENT_BYTES : BM_CURL_UNSENT_BYTES;
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const int fd = GPOINTER_TO_INT (key);

      (void) setsockopt (fd, SOL_SOCKET, SO_MAX_PACING_RATE, &rate, sizeof rate);
      (void) setsockopt (fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
    }
}

static gboolean
on_tick (gpointer data)
{
  BmCurlTransport *self = data;

  if (g_hash_table_size (self->transfers) == 0)
    {
      bm_line_pace_clear (&self->pace);
      bm_line_stall_clear (&self->stall);
      return G_SOURCE_REMOVE;
    }
  look (self);
  bm_line_stall_look (self, self->pace.waiting);
  close_window (&self->pace);
  limit (self);
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
  if (self->feeder != NULL)
    g_source_destroy (self->feeder);
  g_clear_pointer (&self->feeder, g_source_unref);
  g_source_destroy (self->tick);
  g_source_unref (self->tick);
  g_hash_table_unref (self->acked);
  *self = (BmLinePace){ 0 };
}
