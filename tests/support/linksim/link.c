/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "linksim"

#include "link-private.h"

/*
 * A packet that is taken first meets chance (four draws, whatever the settings are, so that changing one
 * setting does not shift the fate of other packets), then the queue in front of the rate, then the delay.
 * It is lost, too, when the line is down at the moment in which it would come out.
 */

#define US_PER_S  1e6
#define US_PER_MS 1e3

typedef struct
{
  gint64 due;
  GBytes *bytes;
} Packet;

static void
packet_free (Packet *packet)
{
  g_bytes_unref (packet->bytes);
  g_free (packet);
}

/* A number in [0, 1): xorshift64*, which is good enough for weather. */
static double
draw (Way *way)
{
  way->chance ^= way->chance >> 12;
  way->chance ^= way->chance << 25;
  way->chance ^= way->chance >> 27;
  return (double) ((way->chance * G_GUINT64_CONSTANT (2685821657736338717)) >> 11) /
         9007199254740992.0;
}

void
link_seed (Link *self)
{
  for (guint way = 0; way < LINK_N_WAYS; way++)
    {
      self->ways[way].chance =
        ((guint64) self->seed + 1) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15) + way + 1;
      for (guint turn = 0; turn < 8; turn++)
        draw (&self->ways[way]);
    }
}

Link *
link_new (void)
{
  Link *self = g_new0 (Link, 1);

  for (guint way = 0; way < LINK_N_WAYS; way++)
    {
      g_queue_init (&self->ways[way].waiting);
      self->ways[way].set.reorder_by = 50;
    }
  link_seed (self);
  return self;
}

void
link_free (Link *self)
{
  for (guint way = 0; way < LINK_N_WAYS; way++)
    g_queue_clear_full (&self->ways[way].waiting, (GDestroyNotify) packet_free);
  g_free (self);
}

gboolean
link_is_down (Link *self, gint64 now)
{
  double within;

  if (self->cut > 0 || now < self->down_until)
    return TRUE;
  if (self->up_for <= 0 || self->down_for <= 0)
    return FALSE;
  within = (double) (now - self->began) / US_PER_S;
  within -=
    (self->up_for + self->down_for) * (double) (gint64) (within / (self->up_for + self->down_for));
  return within >= self->up_for;
}

static void
insert_packet (Way *way, gint64 due, GBytes *bytes)
{
  Packet *packet = g_new0 (Packet, 1);
  GList *after = way->waiting.tail;

  packet->due = due;
  packet->bytes = g_bytes_ref (bytes);
  while (after != NULL && ((Packet *) after->data)->due > due)
    after = after->prev;
  if (after == NULL)
    g_queue_push_head (&way->waiting, packet);
  else
    g_queue_insert_after (&way->waiting, after, packet);
}

/* Waits for its turn at the rate; FALSE when the queue has no room for it. */
static gboolean
queue_at_rate (Way *way, gint64 now, gsize length)
{
  const double begins = MAX (way->free_at, (double) now);

  if (way->waiting.length >= LINK_WAITING_MAX)
    return FALSE;
  if (way->set.rate <= 0)
    {
      way->free_at = (double) now;
      return TRUE;
    }
  if (way->set.queue > 0 && (begins - (double) now) * way->set.rate / 8 / US_PER_S > way->set.queue)
    return FALSE;
  way->free_at = begins + (double) length * 8 * US_PER_S / way->set.rate;
  return TRUE;
}

void
link_take (Link *self, LinkWay which, gint64 now, const void *data, gsize length)
{
  Way *way = &self->ways[which];
  const double lost = draw (way), copied = draw (way), held = draw (way), jitter = draw (way);
  g_autoptr (GBytes) bytes = NULL;
  gint64 due;

  g_return_if_fail (length <= LINK_PACKET_MAX);

  way->count.taken++;
  way->count.taken_bytes += length;
  if (link_is_down (self, now) || way->set.dead > 0)
    {
      way->count.cut++;
      return;
    }
  /* What is lost under way has used the rate all the same; only the queue comes before. */
  if (!queue_at_rate (way, now, length))
    {
      way->count.crowded++;
      return;
    }
  if (lost * 100 < way->set.loss)
    {
      way->count.lost++;
      return;
    }
  due = (gint64) (way->free_at + (way->set.delay + way->set.jitter * jitter) * US_PER_MS);
  bytes = g_bytes_new (data, length);
  if (held * 100 < way->set.reorder)
    {
      way->count.overtaken++;
      due += (gint64) (way->set.reorder_by * US_PER_MS);
    }
  else
    way->latest = due = MAX (due, way->latest);
  insert_packet (way, due, bytes);
  if (copied * 100 < way->set.duplicate)
    {
      way->count.copied++;
      insert_packet (way, due, bytes);
    }
}

/* TRUE when these bytes are those at which the line is to break. */
static gboolean
breaks_here (Link *self, Way *way, gint64 now, gsize length)
{
  way->since_set += length;
  if (way->set.cut_at <= 0 || (double) way->since_set < way->set.cut_at)
    return FALSE;
  way->set.cut_at = 0;
  self->down_until = self->cut_for > 0 ? now + (gint64) (self->cut_for * US_PER_S) : G_MAXINT64;
  return TRUE;
}

/* The next packet that is due, or NULL. */
GBytes *
link_give (Link *self, LinkWay which, gint64 now)
{
  Way *way = &self->ways[which];

  while (way->waiting.head != NULL && ((Packet *) way->waiting.head->data)->due <= now)
    {
      Packet *packet = g_queue_pop_head (&way->waiting);
      g_autoptr (GBytes) bytes = g_bytes_ref (packet->bytes);
      const gsize length = g_bytes_get_size (bytes);
      const gboolean is_cut = link_is_down (self, packet->due) || way->set.dead > 0 ||
                              breaks_here (self, way, packet->due, length);

      packet_free (packet);
      if (!is_cut)
        {
          way->count.delivered++;
          way->count.delivered_bytes += length;
          return g_steal_pointer (&bytes);
        }
      way->count.cut++;
    }
  return NULL;
}

gint64
link_get_next (Link *self)
{
  gint64 next = G_MAXINT64;

  for (guint way = 0; way < LINK_N_WAYS; way++)
    if (self->ways[way].waiting.head != NULL)
      next = MIN (next, ((Packet *) self->ways[way].waiting.head->data)->due);
  return next;
}

const LinkCounters *
link_get_counters (Link *self, LinkWay way)
{
  return &self->ways[way].count;
}

static void
append_way (GString *json, const char *name, const Way *way)
{
  const LinkCounters *count = &way->count;
  const struct
  {
    const char *name;
    guint64 value;
  } fields[] = {
    { "taken", count->taken },
    { "taken_bytes", count->taken_bytes },
    { "delivered", count->delivered },
    { "delivered_bytes", count->delivered_bytes },
    { "lost", count->lost },
    { "crowded", count->crowded },
    { "cut", count->cut },
    { "copied", count->copied },
    { "overtaken", count->overtaken },
    { "waiting", way->waiting.length },
  };

  g_string_append_printf (json, "\"%s\":{", name);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    g_string_append_printf (json, "%s\"%s\":%" G_GUINT64_FORMAT, i > 0 ? "," : "", fields[i].name,
                            fields[i].value);
  g_string_append_c (json, '}');
}

char *
link_dup_json (Link *self, gint64 now)
{
  GString *json = g_string_new ("{");

  append_way (json, "up", &self->ways[LINK_UP]);
  g_string_append_c (json, ',');
  append_way (json, "down", &self->ways[LINK_DOWN]);
  g_string_append_printf (json, ",\"is_down\":%s}", link_is_down (self, now) ? "true" : "false");
  return g_string_free (json, FALSE);
}
