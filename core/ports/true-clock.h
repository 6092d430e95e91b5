/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/clock.h"

G_BEGIN_DECLS

/* So far the wall clock may be off before another time is used in its place. */
#define BM_TRUE_CLOCK_TOLERANCE_MS G_GINT64_CONSTANT (120000)
/* Without a word of the platform since boot, a reading further ahead of the last known time is a mistake. */
#define BM_TRUE_CLOCK_AHEAD_MS (3 * 366 * 24 * 60 * 60 * G_GINT64_CONSTANT (1000))

/**
 * BmClockVerdict:
 * @BM_CLOCK_VERDICT_UNCHECKED: nobody signed a time since boot; nothing speaks against the wall clock
 * @BM_CLOCK_VERDICT_RIGHT: it agrees with the platform's
 * @BM_CLOCK_VERDICT_WRONG: it does not; the platform's time is used
 * @BM_CLOCK_VERDICT_GUESSED: it cannot be right; the last known time is used
 */
typedef enum
{
  BM_CLOCK_VERDICT_UNCHECKED,
  BM_CLOCK_VERDICT_RIGHT,
  BM_CLOCK_VERDICT_WRONG,
  BM_CLOCK_VERDICT_GUESSED,
} BmClockVerdict;

const char *bm_clock_verdict_to_string (BmClockVerdict verdict); /* "right", … */

/**
 * BmTrueClock:
 *
 * Corrects a wall clock by what the platform signed: the time that people see, and that days are counted
 * by. It learns through bm_clock_learn() and bm_clock_learn_floor(). On any thread.
 */
#define BM_TYPE_TRUE_CLOCK (bm_true_clock_get_type ())
G_DECLARE_FINAL_TYPE (BmTrueClock, bm_true_clock, BM, TRUE_CLOCK, GObject)

BmTrueClock *bm_true_clock_new (BmClock *machine) G_GNUC_WARN_UNUSED_RESULT;
/* @ret_skew_ms: how far the wall clock is ahead of the time that is used; negative: behind. */
BmClockVerdict bm_true_clock_judge (BmTrueClock *self, gint64 *ret_skew_ms);

G_END_DECLS
