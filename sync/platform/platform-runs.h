/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/entry/entry.h"

G_BEGIN_DECLS

/*
 * The keys of runs that were opened lately, so that entry n of a run does not cost n steps of its ratchet
 * and an SM2 decryption. Not thread-safe: used inside a store transaction.
 */

typedef struct _BmRuns BmRuns;

BmRuns *bm_runs_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bm_runs_free (BmRuns *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmRuns, bm_runs_free)

/* Whether the start key of that run is known already. */
gboolean bm_runs_has (BmRuns *self, guint32 kiosk, guint64 epoch, guint32 run);
/* @start: the opened start key. */
void bm_runs_add (BmRuns *self, guint32 kiosk, guint64 epoch, guint32 run, BmKey *start);
/* A key from which @ret_steps steps lead to that of @index, for bm_payload_open_key() and the like: pass it
 * as the start key, with @ret_steps as the index. BM_ERROR_LIMIT for an index that no run has. */
BmKey *bm_runs_dup_base (BmRuns *self,
                         guint32 kiosk,
                         guint64 epoch,
                         guint32 run,
                         guint32 index,
                         guint32 *ret_steps,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How many steps were made since it was made. */
guint64 bm_runs_get_n_steps (BmRuns *self);

G_END_DECLS
