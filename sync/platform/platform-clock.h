/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

/*
 * When an entry happened, by the centre's clock: an interval, made from what the station's boot clock said in
 * each hello, and for boots that never said hello from their neighbours in the chain.
 */

/* Inside a transaction: what this hello says about the station's boot. */
gboolean bm_platform_note_clock (BmPlatform *self, const BmHello *hello, GError **error);

#define BM_TIME_UNKNOWN G_MININT64 /* of lo: since ever */

typedef struct
{
  guint64 seq;
  gint64 lo;              /* BM_TIME_UNKNOWN, or not before */
  gint64 hi;              /* not after */
  gboolean is_consistent; /* FALSE: what was said cannot all be true; lo and hi are what was said */
} BmEntryTime;

/* Inside a transaction: the entries @first … @last of an epoch, at most @max. Array of BmEntryTime. */
GArray *bm_platform_list_times (BmPlatform *self,
                                guint32 kiosk,
                                guint64 epoch,
                                guint64 first,
                                guint64 last,
                                guint max,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
