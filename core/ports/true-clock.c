/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-core"

#include "core/ports/true-clock.h"

#include <string.h>

/*
 * A village machine's battery dies: it boots in 1970, or somebody sets 2099. Two things are known all the
 * same. A time that the platform signed since boot, and the boot clock, give the time of now (the anchor).
 * Without one, the latest time that is known to have been (the floor): earlier it cannot be, and three
 * years later is not believed either.
 *
 * Invariant: the boot reading is the machine's own; nothing that must be unique or ordered uses the wall
 * reading (invariant 11), so a correction may step it either way.
 */

struct _BmTrueClock
{
  GObject parent_instance;

  BmClock *machine;
  GMutex lock;
  gboolean is_anchored;
  gint64 anchor_ms; /* the platform's time when the boot reading was anchor_boot_ms */
  gint64 anchor_boot_ms;
  gboolean has_floor;
  gint64 floor_ms;
  gint64 floor_boot_ms; /* the boot reading when the floor was learnt */
};

static void bm_true_clock_clock_init (BmClockInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BmTrueClock,
                               bm_true_clock,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_CLOCK, bm_true_clock_clock_init))

const char *
bm_clock_verdict_to_string (BmClockVerdict verdict)
{
  static const char *const names[] = {
    [BM_CLOCK_VERDICT_UNCHECKED] = "unchecked",
    [BM_CLOCK_VERDICT_RIGHT] = "right",
    [BM_CLOCK_VERDICT_WRONG] = "wrong",
    [BM_CLOCK_VERDICT_GUESSED] = "guessed",
  };

  g_return_val_if_fail (verdict < G_N_ELEMENTS (names), NULL);

  return names[verdict];
}

static BmClockVerdict
judge (BmTrueClock *self, gint64 wall_ms, gint64 boot_ms, gint64 *ret_used_ms)
{
  gint64 known_ms;

  *ret_used_ms = wall_ms;
  if (self->is_anchored)
    {
      known_ms = self->anchor_ms + boot_ms - self->anchor_boot_ms;
      if (ABS (wall_ms - known_ms) <= BM_TRUE_CLOCK_TOLERANCE_MS)
        return BM_CLOCK_VERDICT_RIGHT;
      *ret_used_ms = known_ms;
      return BM_CLOCK_VERDICT_WRONG;
    }
  if (!self->has_floor)
    return BM_CLOCK_VERDICT_UNCHECKED;
  known_ms = self->floor_ms + boot_ms - self->floor_boot_ms;
  if (wall_ms >= known_ms - BM_TRUE_CLOCK_TOLERANCE_MS &&
      wall_ms <= known_ms + BM_TRUE_CLOCK_AHEAD_MS)
    return BM_CLOCK_VERDICT_UNCHECKED;
  *ret_used_ms = known_ms;
  return BM_CLOCK_VERDICT_GUESSED;
}

/**
 * bm_true_clock_judge:
 * @self: a clock
 * @ret_skew_ms: (out) (optional): the machine's wall reading less the time that is used
 *
 * Returns: what is thought of the machine's wall clock
 */
BmClockVerdict
bm_true_clock_judge (BmTrueClock *self, gint64 *ret_skew_ms)
{
  BmClockVerdict verdict;
  gint64 wall_ms, boot_ms, used_ms;

  g_return_val_if_fail (BM_IS_TRUE_CLOCK (self), BM_CLOCK_VERDICT_UNCHECKED);

  wall_ms = bm_clock_get_wall_ms (self->machine);
  boot_ms = bm_clock_get_boot_ms (self->machine);
  g_mutex_lock (&self->lock);
  verdict = judge (self, wall_ms, boot_ms, &used_ms);
  if (self->is_anchored)
    used_ms = self->anchor_ms + boot_ms - self->anchor_boot_ms;
  g_mutex_unlock (&self->lock);
  if (ret_skew_ms != NULL)
    *ret_skew_ms = wall_ms - used_ms;
  return verdict;
}

static gint64
bm_true_clock_get_wall_ms (BmClock *clock)
{
  BmTrueClock *self = BM_TRUE_CLOCK (clock);
  gint64 wall_ms = bm_clock_get_wall_ms (self->machine);
  gint64 boot_ms = bm_clock_get_boot_ms (self->machine);
  gint64 used_ms;

  g_mutex_lock (&self->lock);
  (void) judge (self, wall_ms, boot_ms, &used_ms); /* Only the time is wanted. */
  g_mutex_unlock (&self->lock);
  return used_ms;
}

static gint64
bm_true_clock_get_boot_ms (BmClock *clock)
{
  return bm_clock_get_boot_ms (BM_TRUE_CLOCK (clock)->machine);
}

static void
bm_true_clock_get_boot_id (BmClock *clock, guint8 ret_id[BM_BOOT_ID_LEN])
{
  bm_clock_get_boot_id (BM_TRUE_CLOCK (clock)->machine, ret_id);
}

static gint64
bm_true_clock_get_machine_ms (BmClock *clock)
{
  return bm_clock_get_wall_ms (BM_TRUE_CLOCK (clock)->machine);
}

static gint64
bm_true_clock_get_known_ms (BmClock *clock)
{
  BmTrueClock *self = BM_TRUE_CLOCK (clock);
  gint64 boot_ms = bm_clock_get_boot_ms (self->machine);
  gint64 known_ms = 0;

  g_mutex_lock (&self->lock);
  if (self->is_anchored)
    known_ms = self->anchor_ms + boot_ms - self->anchor_boot_ms;
  else if (self->has_floor)
    known_ms = self->floor_ms + boot_ms - self->floor_boot_ms;
  g_mutex_unlock (&self->lock);
  return known_ms;
}

static gboolean
bm_true_clock_is_certain (BmClock *clock)
{
  BmTrueClock *self = BM_TRUE_CLOCK (clock);
  gboolean is_certain;

  g_mutex_lock (&self->lock);
  is_certain = self->is_anchored;
  g_mutex_unlock (&self->lock);
  return is_certain;
}

static void
bm_true_clock_learn_floor (BmClock *clock, gint64 floor_ms)
{
  BmTrueClock *self = BM_TRUE_CLOCK (clock);
  gint64 boot_ms = bm_clock_get_boot_ms (self->machine);

  g_mutex_lock (&self->lock);
  if (!self->has_floor || floor_ms > self->floor_ms + boot_ms - self->floor_boot_ms)
    {
      self->has_floor = TRUE;
      self->floor_ms = floor_ms;
      self->floor_boot_ms = boot_ms;
    }
  g_mutex_unlock (&self->lock);
}

static void
bm_true_clock_learn (BmClock *clock, gint64 server_ms, gint64 boot_ms)
{
  BmTrueClock *self = BM_TRUE_CLOCK (clock);

  g_mutex_lock (&self->lock);
  self->is_anchored = TRUE;
  self->anchor_ms = server_ms;
  self->anchor_boot_ms = boot_ms;
  g_mutex_unlock (&self->lock);
}

static void
bm_true_clock_clock_init (BmClockInterface *iface)
{
  iface->get_wall_ms = bm_true_clock_get_wall_ms;
  iface->get_boot_ms = bm_true_clock_get_boot_ms;
  iface->get_boot_id = bm_true_clock_get_boot_id;
  iface->get_machine_ms = bm_true_clock_get_machine_ms;
  iface->get_known_ms = bm_true_clock_get_known_ms;
  iface->is_certain = bm_true_clock_is_certain;
  iface->learn = bm_true_clock_learn;
  iface->learn_floor = bm_true_clock_learn_floor;
}

static void
bm_true_clock_finalize (GObject *object)
{
  BmTrueClock *self = BM_TRUE_CLOCK (object);

  g_clear_object (&self->machine);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (bm_true_clock_parent_class)->finalize (object);
}

static void
bm_true_clock_class_init (BmTrueClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bm_true_clock_finalize;
}

static void
bm_true_clock_init (BmTrueClock *self)
{
  g_mutex_init (&self->lock);
}

/**
 * bm_true_clock_new:
 * @machine: the clock that may lie
 *
 * Returns: (transfer full): a clock that believes @machine until it learns better
 */
BmTrueClock *
bm_true_clock_new (BmClock *machine)
{
  BmTrueClock *self;

  g_return_val_if_fail (BM_IS_CLOCK (machine), NULL);

  self = g_object_new (BM_TYPE_TRUE_CLOCK, NULL);
  self->machine = g_object_ref (machine);
  return self;
}
