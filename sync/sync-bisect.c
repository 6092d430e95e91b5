/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-bisect.h"

/*
 * Invariants:
 *  B1  An entry is named the offender only if it failed when sent by itself and something else got
 *      through during the same search: a platform that takes nothing convicts nobody.
 *  B2  Every note makes the range smaller or ends the search.
 */

void
bm_bisect_init (BmBisect *self, guint count)
{
  g_return_if_fail (self != NULL && count > 0);

  /* A batch of one has been tried by itself already. */
  *self = (BmBisect){ .high = count, .has_failed_alone = count == 1 };
}

BmBisectStep
bm_bisect_get_step (const BmBisect *self, guint *ret_from, guint *ret_to)
{
  g_return_val_if_fail (self != NULL && ret_from != NULL && ret_to != NULL, BM_BISECT_INNOCENT);

  *ret_from = self->low;
  *ret_to = self->high;
  if (self->low == self->high)
    return BM_BISECT_INNOCENT;
  if (self->high - self->low > 1)
    {
      *ret_to = self->low + (self->high - self->low) / 2;
      return BM_BISECT_SEND;
    }
  if (!self->has_failed_alone)
    return BM_BISECT_SEND;
  return self->has_seen_through ? BM_BISECT_HOLD : BM_BISECT_CONTROL;
}

void
bm_bisect_note_through (BmBisect *self)
{
  BmBisectStep step;
  guint from, to;

  g_return_if_fail (self != NULL);

  step = bm_bisect_get_step (self, &from, &to);
  self->is_in_doubt = FALSE;
  self->has_seen_through = TRUE;
  if (step == BM_BISECT_SEND)
    self->low = to;
}

gboolean
bm_bisect_note_failed (BmBisect *self)
{
  BmBisectStep step;
  guint from, to;

  g_return_val_if_fail (self != NULL, FALSE);

  step = bm_bisect_get_step (self, &from, &to);
  self->is_in_doubt = FALSE;
  if (step != BM_BISECT_SEND)
    return FALSE;
  self->high = to;
  self->has_failed_alone = to - from == 1;
  return TRUE;
}
