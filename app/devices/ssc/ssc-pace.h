/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How long the worker's step takes that runs now, for the thread that keeps watch. */
typedef struct
{
  GMutex lock;
  GCond is_back;
  gint64 since; /* when it began, 0 when none runs */
  gboolean is_closed;
} BmSscPace;

void bm_ssc_pace_init (BmSscPace *self);
void bm_ssc_pace_clear (BmSscPace *self);

/* On the worker */
gboolean bm_ssc_pace_begin (BmSscPace *self); /* FALSE: closed, no step begins any more */
void bm_ssc_pace_end (BmSscPace *self);

/* On the other side */
gboolean bm_ssc_pace_is_late (BmSscPace *self, guint overdue_ms);
gboolean
bm_ssc_pace_close (BmSscPace *self, guint patience_ms); /* FALSE: a step does not come back */

G_END_DECLS
