/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "history-station"

#include "tests/histories/hurried-clock.h"

#include "core/crypto/crypto.h"

#include <string.h>

struct _HurriedClock
{
  GObject parent_instance;

  GMutex lock;
  double speed;
  gint64 started_us;
  gint64 boot_base;
  gint64 wall_base; /* wall reading when nothing had passed */
  guint8 boot_id[BM_BOOT_ID_LEN];
};

static gint64
get_passed_ms (HurriedClock *self)
{
  return (gint64) ((double) (g_get_monotonic_time () - self->started_us) / 1000 * self->speed);
}

static gint64
hurried_clock_get_wall_ms (BmClock *clock)
{
  HurriedClock *self = HURRIED_CLOCK (clock);
  gint64 wall_ms;

  g_mutex_lock (&self->lock);
  wall_ms = self->wall_base + get_passed_ms (self);
  g_mutex_unlock (&self->lock);
  return wall_ms;
}

static gint64
hurried_clock_get_boot_ms (BmClock *clock)
{
  HurriedClock *self = HURRIED_CLOCK (clock);
  gint64 boot_ms;

  g_mutex_lock (&self->lock);
  boot_ms = self->boot_base + get_passed_ms (self);
  g_mutex_unlock (&self->lock);
  return boot_ms;
}

static void
hurried_clock_get_boot_id (BmClock *clock, guint8 ret_id[BM_BOOT_ID_LEN])
{
  memcpy (ret_id, HURRIED_CLOCK (clock)->boot_id, BM_BOOT_ID_LEN);
}

static void
hurried_clock_iface_init (BmClockInterface *iface)
{
  iface->get_wall_ms = hurried_clock_get_wall_ms;
  iface->get_boot_ms = hurried_clock_get_boot_ms;
  iface->get_boot_id = hurried_clock_get_boot_id;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (HurriedClock,
                               hurried_clock,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_CLOCK, hurried_clock_iface_init))

static void
hurried_clock_finalize (GObject *object)
{
  g_mutex_clear (&HURRIED_CLOCK (object)->lock);

  G_OBJECT_CLASS (hurried_clock_parent_class)->finalize (object);
}

static void
hurried_clock_class_init (HurriedClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hurried_clock_finalize;
}

static void
hurried_clock_init (HurriedClock *self)
{
  g_mutex_init (&self->lock);
  self->started_us = g_get_monotonic_time ();
  bm_random_bytes (self->boot_id, sizeof self->boot_id);
}

HurriedClock *
hurried_clock_new (gint64 wall_ms, gint64 boot_ms, double speed)
{
  HurriedClock *self = g_object_new (HURRIED_TYPE_CLOCK, NULL);

  self->wall_base = wall_ms;
  self->boot_base = boot_ms;
  self->speed = speed;
  return self;
}

void
hurried_clock_advance (HurriedClock *self, gint64 ms)
{
  g_mutex_lock (&self->lock);
  self->wall_base += ms;
  self->boot_base += ms;
  g_mutex_unlock (&self->lock);
}

void
hurried_clock_set_wall (HurriedClock *self, gint64 wall_ms)
{
  g_mutex_lock (&self->lock);
  self->wall_base = wall_ms - get_passed_ms (self);
  g_mutex_unlock (&self->lock);
}
