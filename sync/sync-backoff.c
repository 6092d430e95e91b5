/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-backoff.h"

/*
 * Full jitter (uniform in [0, min (cap, base * 2^n)]) serves a returning fleet several times faster
 * than bare exponential delays. A Retry-After is a place in a queue: it is never undercut, and
 * only a little jitter is put on top of it.
 *
 * Invariants:
 *  K1  due_ms >= forbidden_ms, always.
 *  K2  Without a law, the wait is never longer than BM_BACKOFF_CAP_MS after a failure.
 */

static gint64
get_now (BmBackoff *self)
{
  return bm_clock_get_boot_ms (self->clock);
}

static gint64
draw (BmBackoff *self, gint64 range_ms)
{
  return (gint64) (bm_chance_get_unit (self->chance) * (double) range_ms);
}

void
bm_backoff_init (BmBackoff *self, BmClock *clock, BmChance *chance)
{
  g_return_if_fail (BM_IS_CLOCK (clock) && BM_IS_CHANCE (chance));

  *self = (BmBackoff){ .clock = g_object_ref (clock), .chance = g_object_ref (chance) };
  self->due_ms = get_now (self);
}

void
bm_backoff_clear (BmBackoff *self)
{
  g_clear_object (&self->clock);
  g_clear_object (&self->chance);
}

static void
set_due (BmBackoff *self, gint64 due_ms)
{
  self->due_ms = MAX (due_ms, self->forbidden_ms);
}

static gint64
get_range (BmBackoff *self, gboolean is_awaited)
{
  gint64 range = BM_BACKOFF_BASE_MS;

  for (guint i = 1; i < self->failures && range < BM_BACKOFF_CAP_MS; i++)
    range *= 2;
  return MIN (range, is_awaited ? BM_BACKOFF_AWAITED_MS : BM_BACKOFF_CAP_MS);
}

void
bm_backoff_note_failure (BmBackoff *self, gint64 retry_after_ms, gboolean is_awaited)
{
  g_return_if_fail (self != NULL);

  if (self->failures < G_MAXUINT)
    self->failures++;
  bm_backoff_note_law (self, retry_after_ms);
  if (retry_after_ms > 0)
    set_due (self, self->forbidden_ms + draw (self, BM_BACKOFF_BASE_MS));
  else
    set_due (self, get_now (self) + draw (self, get_range (self, is_awaited)));
}

void
bm_backoff_note_success (BmBackoff *self)
{
  g_return_if_fail (self != NULL);

  self->failures = 0;
  set_due (self, get_now (self));
}

void
bm_backoff_note_law (BmBackoff *self, gint64 retry_after_ms)
{
  g_return_if_fail (self != NULL);

  if (retry_after_ms > 0)
    self->forbidden_ms = get_now (self) + retry_after_ms;
}

/**
 * bm_backoff_note_return:
 * @self: a backoff
 * @splay_ms: the splay that the platform asked for
 * @is_awaited: whether a resident waits
 *
 * The line came back, probably for the whole county at once: spread out, unless somebody waits.
 */
void
bm_backoff_note_return (BmBackoff *self, gint64 splay_ms, gboolean is_awaited)
{
  g_return_if_fail (self != NULL);

  set_due (self,
           get_now (self) + (is_awaited ? 0 : draw (self, MIN (splay_ms, BM_BACKOFF_CAP_MS))));
}

void
bm_backoff_set_wait (BmBackoff *self, gint64 wait_ms)
{
  g_return_if_fail (self != NULL);

  set_due (self, get_now (self) + wait_ms);
}

void
bm_backoff_hurry (BmBackoff *self)
{
  g_return_if_fail (self != NULL);

  set_due (self, get_now (self));
}

gboolean
bm_backoff_is_forbidden (BmBackoff *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return get_now (self) < self->forbidden_ms;
}

gint64
bm_backoff_get_wait_ms (BmBackoff *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return MAX (self->due_ms - get_now (self), 0);
}
