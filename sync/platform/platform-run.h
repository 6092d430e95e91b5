/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

/* One run of chunks (PROTOCOL.md §9) while it comes in; of one thread at a time. */
typedef struct _BmPlatformRun BmPlatformRun;

/* @peer: NULL when no certificate of ours was shown. */
BmPlatformRun *bm_platform_run_new (BmPlatform *platform,
                                    const BmPeer *peer,
                                    const guint8 blob[BM_SM3_LEN],
                                    guint chunk,
                                    guint offset) G_GNUC_WARN_UNUSED_RESULT;
void bm_platform_run_free (BmPlatformRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPlatformRun, bm_platform_run_free)

/* Each chunk that is whole by now is stored before this returns. */
void bm_platform_run_take (BmPlatformRun *self, const guint8 *data, gsize len);
/* NULL with an error: as the calls of platform-calls.h. */
BmReply *bm_platform_run_finish (BmPlatformRun *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
