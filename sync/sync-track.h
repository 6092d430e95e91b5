/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/sync-engine.h"

G_BEGIN_DECLS

/*
 * Where another station's slip has got to (domain §3.6): one question to the platform beside the
 * engine's rounds. Status only, never a name or a service.
 */

#define BM_SYNC_TRACK_MS  8000 /* how long a person waits for it */
#define BM_SYNC_MAX_TRACK 4    /* at a time */

/* What the platform proved to have said. */
typedef struct
{
  gboolean is_found; /* FALSE alike for a number that nobody knows and for a forged code */
  char *state;       /* sent, handed, accepted, done, not_done, conflict; "" unless found */
} BmTrackAnswer;

void bm_track_answer_free (BmTrackAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmTrackAnswer, bm_track_answer_free)

/* On any thread; @callback comes in the caller's thread-default context, BM_SYNC_TRACK_MS later at the
 * latest. @code: the 8 characters of a slip's QR, or NULL when only the number is known. */
void bm_sync_engine_track_async (BmSyncEngine *self,
                                 const char *number,
                                 const char *code,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
BmTrackAnswer *
bm_sync_engine_track_finish (BmSyncEngine *self, GAsyncResult *result, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
