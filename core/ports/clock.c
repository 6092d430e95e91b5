/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-clock"

#include "core/ports/clock.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * The clock port and its two clocks. This is the only file of the product that asks the kernel for the
 * time.
 *
 * Invariants:
 *  K1  The boot reading of one clock object never decreases, whatever is done to the wall reading.
 *  K2  Both clocks may be read from any thread.
 *  K3  Local time is Asia/Shanghai. China has had one zone without summer time since 1991 and the
 *      product shows no older instants, so it is a fixed +08:00 and needs no zone file.
 */

#define BOOT_ID_PATH "/proc/sys/kernel/random/boot_id"
#define SHANGHAI     "+08:00"

G_DEFINE_INTERFACE (BmClock, bm_clock, G_TYPE_OBJECT)

static void
bm_clock_default_init (BmClockInterface *iface)
{
}

/**
 * bm_clock_get_wall_ms:
 * @self: a clock
 *
 * Reads the wall clock, which may lie; for showing only.
 *
 * Returns: Unix time in milliseconds
 */
gint64
bm_clock_get_wall_ms (BmClock *self)
{
  g_return_val_if_fail (BM_IS_CLOCK (self), 0);

  return BM_CLOCK_GET_IFACE (self)->get_wall_ms (self);
}

/**
 * bm_clock_get_boot_ms:
 * @self: a clock
 *
 * Reads the clock that only moves forward; for every delay and timeout.
 *
 * Returns: milliseconds since boot, including sleep
 */
gint64
bm_clock_get_boot_ms (BmClock *self)
{
  g_return_val_if_fail (BM_IS_CLOCK (self), 0);

  return BM_CLOCK_GET_IFACE (self)->get_boot_ms (self);
}

/**
 * bm_clock_get_boot_id:
 * @self: a clock
 * @ret_id: (out): the id of this boot
 *
 * Tells which boot bm_clock_get_boot_ms() counts from.
 */
void
bm_clock_get_boot_id (BmClock *self, guint8 ret_id[BM_BOOT_ID_LEN])
{
  g_return_if_fail (BM_IS_CLOCK (self));

  BM_CLOCK_GET_IFACE (self)->get_boot_id (self, ret_id);
}

gint64
bm_clock_get_machine_ms (BmClock *self)
{
  g_return_val_if_fail (BM_IS_CLOCK (self), 0);

  if (BM_CLOCK_GET_IFACE (self)->get_machine_ms == NULL)
    return bm_clock_get_wall_ms (self);
  return BM_CLOCK_GET_IFACE (self)->get_machine_ms (self);
}

gint64
bm_clock_get_known_ms (BmClock *self)
{
  g_return_val_if_fail (BM_IS_CLOCK (self), 0);

  if (BM_CLOCK_GET_IFACE (self)->get_known_ms == NULL)
    return bm_clock_get_wall_ms (self);
  return BM_CLOCK_GET_IFACE (self)->get_known_ms (self);
}

gboolean
bm_clock_is_certain (BmClock *self)
{
  g_return_val_if_fail (BM_IS_CLOCK (self), FALSE);

  return BM_CLOCK_GET_IFACE (self)->is_certain == NULL ||
         BM_CLOCK_GET_IFACE (self)->is_certain (self);
}

void
bm_clock_learn (BmClock *self, gint64 server_ms, gint64 boot_ms)
{
  g_return_if_fail (BM_IS_CLOCK (self));

  if (BM_CLOCK_GET_IFACE (self)->learn != NULL)
    BM_CLOCK_GET_IFACE (self)->learn (self, server_ms, boot_ms);
}

void
bm_clock_learn_floor (BmClock *self, gint64 floor_ms)
{
  g_return_if_fail (BM_IS_CLOCK (self));

  if (BM_CLOCK_GET_IFACE (self)->learn_floor != NULL)
    BM_CLOCK_GET_IFACE (self)->learn_floor (self, floor_ms);
}

/**
 * bm_clock_dup_local:
 * @self: a clock
 *
 * Gives the wall reading as a person in China reads it.
 *
 * Returns: (transfer full): the local date and time
 */
GDateTime *
bm_clock_dup_local (BmClock *self)
{
  g_return_val_if_fail (BM_IS_CLOCK (self), NULL);

  gint64 wall_ms = bm_clock_get_wall_ms (self);
  gint64 millis = wall_ms % 1000;
  if (millis < 0)
    millis += 1000;

  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (SHANGHAI);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc ((wall_ms - millis) / 1000);
  if (utc == NULL) /* A hopelessly wrong clock: year 10000 and beyond is shown as the epoch. */
    utc = g_date_time_new_from_unix_utc (0);
  g_autoptr (GDateTime) whole = g_date_time_to_timezone (utc, zone);
  return g_date_time_add (whole, millis * 1000);
}

static gint64
read_boot_ms (void)
{
  struct timespec now = { 0 };

  if (clock_gettime (CLOCK_BOOTTIME, &now) != 0)
    return g_get_monotonic_time () / 1000;
  return (gint64) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static gboolean
parse_boot_id (const char *text, gsize len, guint8 ret_id[BM_BOOT_ID_LEN])
{
  gsize digits = 0;

  for (gsize i = 0; i < len && digits < 2 * BM_BOOT_ID_LEN; i++)
    {
      int value = g_ascii_xdigit_value (text[i]);
      if (value < 0)
        continue;
      if (digits % 2 == 0)
        ret_id[digits / 2] = (guint8) (value << 4);
      else
        ret_id[digits / 2] |= (guint8) value;
      digits++;
    }
  return digits == 2 * BM_BOOT_ID_LEN;
}

static void
read_boot_id (guint8 ret_id[BM_BOOT_ID_LEN])
{
  char text[64];

  memset (ret_id, 0, BM_BOOT_ID_LEN);
  int fd = open (BOOT_ID_PATH, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return;
  ssize_t len = read (fd, text, sizeof text);
  (void) close (fd); /* Nothing was written, so nothing can be lost. */
  if (len <= 0 || !parse_boot_id (text, (gsize) len, ret_id))
    memset (ret_id, 0, BM_BOOT_ID_LEN);
}

#define BM_TYPE_SYSTEM_CLOCK (bm_system_clock_get_type ())
G_DECLARE_FINAL_TYPE (BmSystemClock, bm_system_clock, BM, SYSTEM_CLOCK, GObject)

struct _BmSystemClock
{
  GObject parent_instance;

  guint8 boot_id[BM_BOOT_ID_LEN];
};

static gint64
bm_system_clock_get_wall_ms (BmClock *clock)
{
  return g_get_real_time () / 1000;
}

static gint64
bm_system_clock_get_boot_ms (BmClock *clock)
{
  return read_boot_ms ();
}

static void
bm_system_clock_get_boot_id (BmClock *clock, guint8 ret_id[BM_BOOT_ID_LEN])
{
  memcpy (ret_id, BM_SYSTEM_CLOCK (clock)->boot_id, BM_BOOT_ID_LEN);
}

static void
bm_system_clock_clock_init (BmClockInterface *iface)
{
  iface->get_wall_ms = bm_system_clock_get_wall_ms;
  iface->get_boot_ms = bm_system_clock_get_boot_ms;
  iface->get_boot_id = bm_system_clock_get_boot_id;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmSystemClock,
                               bm_system_clock,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_CLOCK, bm_system_clock_clock_init))

static void
bm_system_clock_class_init (BmSystemClockClass *klass)
{
}

static void
bm_system_clock_init (BmSystemClock *self)
{
  read_boot_id (self->boot_id);
}

/**
 * bm_system_clock_new:
 *
 * Makes the clock of the machine.
 *
 * Returns: (transfer full): a clock
 */
BmClock *
bm_system_clock_new (void)
{
  return g_object_new (BM_TYPE_SYSTEM_CLOCK, NULL);
}

struct _BmShiftClock
{
  GObject parent_instance;

  GMutex lock;
  gboolean runs;
  gint64 wall_base; /* wall reading when the boot reading was boot_base */
  gint64 boot_base;
  gint64 started; /* the machine's boot reading when the bases were set */
  guint8 boot_id[BM_BOOT_ID_LEN];
};

static gint64
get_elapsed (BmShiftClock *self)
{
  return self->runs ? read_boot_ms () - self->started : 0;
}

static gint64
bm_shift_clock_get_wall_ms (BmClock *clock)
{
  BmShiftClock *self = BM_SHIFT_CLOCK (clock);

  g_mutex_lock (&self->lock);
  gint64 wall_ms = self->wall_base + get_elapsed (self);
  g_mutex_unlock (&self->lock);
  return wall_ms;
}

static gint64
bm_shift_clock_get_boot_ms (BmClock *clock)
{
  BmShiftClock *self = BM_SHIFT_CLOCK (clock);

  g_mutex_lock (&self->lock);
  gint64 boot_ms = self->boot_base + get_elapsed (self);
  g_mutex_unlock (&self->lock);
  return boot_ms;
}

static void
bm_shift_clock_get_boot_id (BmClock *clock, guint8 ret_id[BM_BOOT_ID_LEN])
{
  memcpy (ret_id, BM_SHIFT_CLOCK (clock)->boot_id, BM_BOOT_ID_LEN);
}

static void
bm_shift_clock_clock_init (BmClockInterface *iface)
{
  iface->get_wall_ms = bm_shift_clock_get_wall_ms;
  iface->get_boot_ms = bm_shift_clock_get_boot_ms;
  iface->get_boot_id = bm_shift_clock_get_boot_id;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmShiftClock,
                               bm_shift_clock,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_CLOCK, bm_shift_clock_clock_init))

static void
bm_shift_clock_finalize (GObject *object)
{
  g_mutex_clear (&BM_SHIFT_CLOCK (object)->lock);
  G_OBJECT_CLASS (bm_shift_clock_parent_class)->finalize (object);
}

static void
bm_shift_clock_class_init (BmShiftClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bm_shift_clock_finalize;
}

static void
bm_shift_clock_init (BmShiftClock *self)
{
  g_mutex_init (&self->lock);
  self->started = read_boot_ms ();
  self->boot_base = self->started;
  read_boot_id (self->boot_id);
}

/**
 * bm_shift_clock_new:
 * @wall_ms: the wall reading to begin with
 * @runs: whether time passes by itself
 *
 * Makes a clock for demo and tests.
 *
 * Returns: (transfer full): a clock
 */
BmShiftClock *
bm_shift_clock_new (gint64 wall_ms, gboolean runs)
{
  BmShiftClock *self = g_object_new (BM_TYPE_SHIFT_CLOCK, NULL);

  self->wall_base = wall_ms;
  self->runs = runs;
  return self;
}

/**
 * bm_shift_clock_advance:
 * @self: a shift clock
 * @ms: how far; not negative, since the boot reading never goes back
 *
 * Moves both readings forward.
 */
void
bm_shift_clock_advance (BmShiftClock *self, gint64 ms)
{
  g_return_if_fail (BM_IS_SHIFT_CLOCK (self));
  g_return_if_fail (ms >= 0);

  g_mutex_lock (&self->lock);
  self->wall_base += ms;
  self->boot_base += ms;
  g_mutex_unlock (&self->lock);
}

/**
 * bm_shift_clock_set_wall:
 * @self: a shift clock
 * @wall_ms: the new wall reading, earlier or later
 *
 * Sets the wall reading only, as a wrong clock would.
 */
void
bm_shift_clock_set_wall (BmShiftClock *self, gint64 wall_ms)
{
  g_return_if_fail (BM_IS_SHIFT_CLOCK (self));

  g_mutex_lock (&self->lock);
  self->wall_base = wall_ms - get_elapsed (self);
  g_mutex_unlock (&self->lock);
}

/**
 * bm_shift_clock_set_boot_id:
 * @self: a shift clock
 * @id: another boot's id
 *
 * What was timed by the boot reading before does not count any more, as after a restart of the machine.
 */
void
bm_shift_clock_set_boot_id (BmShiftClock *self, const guint8 id[BM_BOOT_ID_LEN])
{
  g_return_if_fail (BM_IS_SHIFT_CLOCK (self));

  memcpy (self->boot_id, id, BM_BOOT_ID_LEN);
}
