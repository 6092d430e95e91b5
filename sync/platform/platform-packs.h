/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

/*
 * Packs (core/pack/pack.h) as they leave for the stations. Publishing may take minutes the first time
 * in a year, because each resident costs a slow key; it holds neither the database nor the deciding
 * office while it reckons. One runs at a time; any thread may ask.
 */

/* platform-packs-keys.c: what publishing keeps, in BmPlatform. */
BmPlatformPacks *bm_platform_packs_new (const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_platform_packs_free (BmPlatformPacks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPlatformPacks, bm_platform_packs_free)
/* A publishing that runs ends soon, with BM_ERROR_BUSY; what it had reckoned is kept. */
void bm_platform_packs_stop (BmPlatformPacks *self);

/* platform-packs.c: JSON {"as_of","stations","residents","skipped","keys","messages"}. */
json_t *bm_platform_packs_publish (BmPlatform *self, const char *as_of, GError **error);

/* platform-packs-daily.c: at once, and then whenever the platform's day is a new one. */
typedef struct _BmPlatformDaily BmPlatformDaily;
BmPlatformDaily *bm_platform_daily_start (BmPlatform *platform) G_GNUC_WARN_UNUSED_RESULT;
void bm_platform_daily_stop (BmPlatformDaily *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPlatformDaily, bm_platform_daily_stop)

G_END_DECLS
