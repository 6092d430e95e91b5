/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/clock.h"

G_BEGIN_DECLS

/* A clock on which time passes faster than here, so that a wait of a quarter of an hour is over in
 * seconds; its wall reading can be set to anything, and each one is another boot. */
#define HURRIED_TYPE_CLOCK (hurried_clock_get_type ())
G_DECLARE_FINAL_TYPE (HurriedClock, hurried_clock, HURRIED, CLOCK, GObject)

HurriedClock *hurried_clock_new (gint64 wall_ms, gint64 boot_ms, double speed);
void hurried_clock_advance (HurriedClock *self, gint64 ms);
void hurried_clock_set_wall (HurriedClock *self, gint64 wall_ms);

G_END_DECLS
