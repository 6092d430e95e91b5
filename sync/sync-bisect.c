/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-bisect.h"

/*
 *   halves:  [low, mid) through -> [mid, high)         no -> [low, mid)
 *            [low, mid) breaks off -> [mid, high) is asked: through -> [low, mid); no -> [mid, high);
 *                                     breaks off -> both again after a while, then [low, mid)
 *   one:     by itself -> control -> by itself -> … until there is proof, or it gets through
 *
 * Invariants:
 *  B1  An entry is named the offender only if it failed when sent by itself after something else had got through: a
 *      platform that takes nothing convicts nobody, and neither does one that takes nothing for a while.
 *  B2  A line that breaks says nothing of what it carried. An entry that failed without an answer is named only when it failed
 *      by itself BM_BISECT_PROOFS times, each after a control as large as itself got through.
 *  B3  Every note makes the range smaller, adds a proof, or brings the end of the search nearer.
 */

#define MOST_BOTH  2
#define MOST_LARGE 2

void
bm_bisect_init (BmBisect *self, guint count, gboolean is_vague)
{
  g_return_if_fail (self != NULL && count > 0);

  /* A batch of one has been tried by itself already; whether anything else gets through is not known. */
  *self = (BmBisect){ .high = count,
                      .n_needed = is_vague && count == 1 ? BM_BISECT_PROOFS : 1,
                      .has_failed_alone = count == 1 };
}

static guint
get_middle (const BmBisect *self)
{
  return self->low + (self->high - self->low) / 2;
}

static BmBisectStep
get_step_of_one (const BmBisect *self)
{
  if (self->n_proofs >= self->n_needed)
    return BM_BISECT_HOLD;
  if (self->is_narrow)
    return BM_BISECT_PASS_OVER;
  if (!self->has_failed_alone || self->has_seen_through)
    return BM_BISECT_SEND;
  return self->n_needed > 1 && self->n_large < MOST_LARGE ? BM_BISECT_CONTROL_LARGE
                                                          : BM_BISECT_CONTROL;
}

BmBisectStep
bm_bisect_get_step (const BmBisect *self, guint *ret_from, guint *ret_to)
{
  g_return_val_if_fail (self != NULL && ret_from != NULL && ret_to != NULL, BM_BISECT_INNOCENT);

  *ret_from = self->low;
  *ret_to = self->high;
  if (self->low == self->high)
    return BM_BISECT_INNOCENT;
  if (self->high - self->low == 1)
    return get_step_of_one (self);
  if (self->is_in_doubt)
    *ret_from = get_middle (self);
  else
    *ret_to = get_middle (self);
  return BM_BISECT_SEND;
}

static void
note_half_through (BmBisect *self)
{
  if (self->is_in_doubt)
    self->high = get_middle (self);
  else
    self->low = get_middle (self);
  self->is_in_doubt = FALSE;
  self->n_both = 0;
  self->has_seen_through = TRUE;
}

void
bm_bisect_note_through (BmBisect *self)
{
  BmBisectStep step;
  guint from, to;

  g_return_if_fail (self != NULL);

  step = bm_bisect_get_step (self, &from, &to);
  if (self->high - self->low > 1)
    note_half_through (self);
  else if (step == BM_BISECT_SEND)
    self->low = self->high;
  else if (step == BM_BISECT_CONTROL && self->n_large > 0)
    self->is_narrow = TRUE;
  else
    {
      self->has_seen_through = TRUE;
      self->n_large = 0;
    }
}

static void
note_failed_alone (BmBisect *self, gboolean is_vague)
{
  self->has_failed_alone = TRUE;
  if (is_vague)
    self->n_needed = BM_BISECT_PROOFS;
  if (self->has_seen_through)
    self->n_proofs++;
  self->has_seen_through = FALSE;
}

static BmBisectAdvice
note_half_failed (BmBisect *self, gboolean is_vague)
{
  const gboolean is_second = self->is_in_doubt;
  const guint middle = get_middle (self);

  self->is_in_doubt = is_vague && !is_second;
  if (self->is_in_doubt)
    return BM_BISECT_GO_ON;
  if (is_vague && ++self->n_both < MOST_BOTH)
    return BM_BISECT_REST;
  if (is_second && !is_vague)
    self->low = middle;
  else
    self->high = middle; /* the others are free again, and go with a later batch */
  if (self->high - self->low == 1 && !is_vague)
    note_failed_alone (self, FALSE);
  self->n_both = 0;
  return is_vague ? BM_BISECT_REST : BM_BISECT_GO_ON;
}

BmBisectAdvice
bm_bisect_note_failed (BmBisect *self, gboolean is_vague)
{
  BmBisectStep step;
  guint from, to;

  g_return_val_if_fail (self != NULL, BM_BISECT_ACQUIT);

  step = bm_bisect_get_step (self, &from, &to);
  if (self->high - self->low > 1)
    return note_half_failed (self, is_vague);
  if (step == BM_BISECT_SEND)
    {
      note_failed_alone (self, is_vague);
      return BM_BISECT_GO_ON;
    }
  if (step == BM_BISECT_CONTROL_LARGE && is_vague)
    return ++self->n_large < MOST_LARGE ? BM_BISECT_REST : BM_BISECT_GO_ON;
  return BM_BISECT_ACQUIT;
}
