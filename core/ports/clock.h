/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/*
 * The only way to know the time (conventions rule 14). Two readings: the wall clock, which may lie, for
 * showing; and the boot clock (CLOCK_BOOTTIME), which only moves forward, for every delay and timeout.
 * Nothing that must be unique or ordered uses either (invariant 11).
 */

#define BM_BOOT_ID_LEN 16

#define BM_TYPE_CLOCK (bm_clock_get_type ())
G_DECLARE_INTERFACE (BmClock, bm_clock, BM, CLOCK, GObject)

struct _BmClockInterface
{
  GTypeInterface parent_iface;

  gint64 (*get_wall_ms) (BmClock *self); /* Unix time in milliseconds, UTC */
  gint64 (*get_boot_ms) (BmClock *self); /* milliseconds since boot, including sleep */
  void (*get_boot_id) (BmClock *self, guint8 ret_id[BM_BOOT_ID_LEN]);

  /* Of a clock that corrects itself (core/ports/true-clock.h); may be left out. */
  gint64 (*get_machine_ms) (BmClock *self);
  gint64 (*get_known_ms) (BmClock *self);
  gboolean (*is_certain) (BmClock *self);
  void (*learn) (BmClock *self, gint64 server_ms, gint64 boot_ms);
  void (*learn_floor) (BmClock *self, gint64 floor_ms);
};

gint64 bm_clock_get_wall_ms (BmClock *self);
gint64 bm_clock_get_boot_ms (BmClock *self);
void bm_clock_get_boot_id (BmClock *self, guint8 ret_id[BM_BOOT_ID_LEN]);
/* What the machine's own clock says, uncorrected. */
gint64 bm_clock_get_machine_ms (BmClock *self);
/* The latest time that is known to have been: the wall reading, unless it waits to be checked. */
gint64 bm_clock_get_known_ms (BmClock *self);
/* Whether the wall reading is known to be right; FALSE only of one that waits to learn it. */
gboolean bm_clock_is_certain (BmClock *self);
/* The platform signed @server_ms when the boot reading of this boot was @boot_ms. */
void bm_clock_learn (BmClock *self, gint64 server_ms, gint64 boot_ms);
/* It cannot be earlier than @floor_ms. */
void bm_clock_learn_floor (BmClock *self, gint64 floor_ms);
GDateTime *bm_clock_dup_local (BmClock *self) G_GNUC_WARN_UNUSED_RESULT; /* in Asia/Shanghai */

BmClock *bm_system_clock_new (void) G_GNUC_WARN_UNUSED_RESULT;

/**
 * BmShiftClock:
 *
 * A clock for demo and tests: starts at a given wall time, runs with the boot clock, and can be moved.
 */
#define BM_TYPE_SHIFT_CLOCK (bm_shift_clock_get_type ())
G_DECLARE_FINAL_TYPE (BmShiftClock, bm_shift_clock, BM, SHIFT_CLOCK, GObject)

BmShiftClock *bm_shift_clock_new (gint64 wall_ms, gboolean runs) G_GNUC_WARN_UNUSED_RESULT;
void bm_shift_clock_advance (BmShiftClock *self, gint64 ms);       /* both readings */
void bm_shift_clock_set_wall (BmShiftClock *self, gint64 wall_ms); /* wall only: a wrong clock */
void
bm_shift_clock_set_boot_id (BmShiftClock *self, const guint8 id[BM_BOOT_ID_LEN]); /* a reboot */

G_END_DECLS
