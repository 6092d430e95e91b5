/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-pace.h"

#define HONEST_AFTER_MS 10000

void
bm_pace_init (BmPace *self)
{
  g_return_if_fail (self != NULL);

  *self = (BmPace){
    .bytes = BM_PACE_FIRST_BYTES,
    .max_bytes = BM_PACE_MAX_BYTES,
    .max_items = 1,
    .flights = BM_PACE_FLIGHTS,
  };
}

void
bm_pace_set_limits (BmPace *self, gsize max_bytes, guint max_items)
{
  g_return_if_fail (self != NULL);

  self->max_bytes = CLAMP (max_bytes, BM_PACE_MIN_BYTES, BM_PACE_MAX_BYTES);
  self->max_items = MAX (max_items, 1);
  self->bytes = MIN (self->bytes, self->max_bytes);
}

void
bm_pace_note_through (BmPace *self, gsize bytes, gint64 took_ms)
{
  gsize aim;

  g_return_if_fail (self != NULL);

  self->seen_bytes += bytes;
  aim = (gsize) ((double) bytes * BM_PACE_AIM_MS / (double) MAX (took_ms, 1));
  if (aim > self->bytes) /* a batch that was not full says little: grow by half at most */
    aim = MIN (aim, self->bytes + self->bytes / 2);
  else if (bytes < self->bytes / 2)
    return; /* small and slow: the round trip, not the rate */
  self->bytes = CLAMP (aim, BM_PACE_MIN_BYTES, self->max_bytes);
}

guint
bm_pace_take_share (BmPace *self)
{
  static const guint tenths[] = { 10, 6, 8, 5, 7, 9 };

  g_return_val_if_fail (self != NULL, 10);

  return tenths[self->n_shares++ % G_N_ELEMENTS (tenths)];
}

void
bm_pace_note_broken (BmPace *self)
{
  g_return_if_fail (self != NULL);

  self->bytes = MAX (self->bytes / 2, BM_PACE_MIN_BYTES);
}

void
bm_pace_note_round_trip (BmPace *self, gint64 round_trip_ms)
{
  g_return_if_fail (self != NULL);

  self->round_trip_ms = round_trip_ms;
}

void
bm_pace_note_busy (BmPace *self, gboolean is_busy, gint64 now_ms)
{
  g_return_if_fail (self != NULL);

  if (is_busy && self->busy_since_ms != 0)
    return;
  self->busy_since_ms = is_busy ? now_ms : 0;
  self->seen_bytes = 0;
}

double
bm_pace_get_rate (const BmPace *self, gint64 now_ms)
{
  g_return_val_if_fail (self != NULL, 0);

  if (self->busy_since_ms == 0 || now_ms - self->busy_since_ms < HONEST_AFTER_MS)
    return 0;
  return (double) self->seen_bytes * 1000 / (double) (now_ms - self->busy_since_ms);
}
