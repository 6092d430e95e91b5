/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ssc"

#include "app/devices/ssc/ssc-pace.h"

/* Invariant: after bm_ssc_pace_close() no step begins, and the one that had begun is over or told to hang. */

void
bm_ssc_pace_init (BmSscPace *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->is_back);
}

void
bm_ssc_pace_clear (BmSscPace *self)
{
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->is_back);
}

gboolean
bm_ssc_pace_begin (BmSscPace *self)
{
  gboolean is_closed;

  g_mutex_lock (&self->lock);
  is_closed = self->is_closed;
  if (!is_closed)
    self->since = g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);
  return !is_closed;
}

void
bm_ssc_pace_end (BmSscPace *self)
{
  g_mutex_lock (&self->lock);
  self->since = 0;
  g_cond_signal (&self->is_back);
  g_mutex_unlock (&self->lock);
}

gboolean
bm_ssc_pace_is_late (BmSscPace *self, guint overdue_ms)
{
  gboolean is_late;

  g_mutex_lock (&self->lock);
  is_late = self->since != 0 &&
            g_get_monotonic_time () - self->since > overdue_ms * G_TIME_SPAN_MILLISECOND;
  g_mutex_unlock (&self->lock);
  return is_late;
}

gboolean
bm_ssc_pace_close (BmSscPace *self, guint patience_ms)
{
  const gint64 deadline = g_get_monotonic_time () + patience_ms * G_TIME_SPAN_MILLISECOND;
  gboolean is_back;

  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  while (self->since != 0 && g_cond_wait_until (&self->is_back, &self->lock, deadline))
    continue;
  is_back = self->since == 0;
  g_mutex_unlock (&self->lock);
  return is_back;
}
