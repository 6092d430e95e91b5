/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * How often the public page is shown: a token bucket for each client address and one for all. Many
 * phones may share one address of their carrier, so one address gets enough for a village.
 */

#define BM_RATE_ADDRESS_LEN   16
#define BM_RATE_BURST         60   /* pages at once, for one address */
#define BM_RATE_EVERY_MS      1000 /* one more page each so often */
#define BM_RATE_ALL_BURST     600
#define BM_RATE_ALL_EVERY_MS  10
#define BM_RATE_MAX_ADDRESSES 4096 /* the one that was quiet for longest is forgotten */

typedef struct _BmRate BmRate;

BmRate *bm_rate_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bm_rate_free (BmRate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmRate, bm_rate_free)

/* On any thread. @now_ms: a clock that never goes back. FALSE: not now; @ret_wait_s, at least 1, says
 * when. */
gboolean bm_rate_take (BmRate *self,
                       const guint8 address[BM_RATE_ADDRESS_LEN],
                       gint64 now_ms,
                       guint *ret_wait_s);
guint bm_rate_count (BmRate *self); /* addresses remembered */

G_END_DECLS
