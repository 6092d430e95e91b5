/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/protocol-run.h"

G_BEGIN_DECLS

/*
 * The beginnings of chunks that did not come whole, in memory: nothing but bytes that need not be sent again. They prove
 * nothing before the rest is there, and may be forgotten at any time. Any thread.
 */

#define BM_PARTS_MAX 512 /* of all stations; 32 MiB at most */

typedef struct _BmParts BmParts;

BmParts *bm_parts_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bm_parts_free (BmParts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmParts, bm_parts_free)

/* Adds what is new in @piece. The whole chunk when that was the rest of it, which is forgotten then; else NULL. */
GBytes *
bm_parts_put (BmParts *self, guint32 kiosk, const guint8 blob[BM_SM3_LEN], const BmRunPiece *piece)
  G_GNUC_WARN_UNUSED_RESULT;
/* Of BmBlobPart: what is there of that blob; NULL when nothing. */
GArray *bm_parts_list (BmParts *self, guint32 kiosk, const guint8 blob[BM_SM3_LEN])
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
