/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/station/station-config.h"
#include "core/ports/outbox.h"
#include "sync/enrolment.h"
#include "sync/sync-engine.h"
#include "sync/sync-track.h"

G_BEGIN_DECLS

/**
 * BmLine:
 *
 * The way to the platform as the station's main thread sees it: the sync engine on its worker, and in
 * a demonstration a cable that can be pulled.
 *
 * Signal "changed" () in the context the line was made in: bm_line_dup_status() gives something new.
 */
#define BM_TYPE_LINE (bm_line_get_type ())
G_DECLARE_FINAL_TYPE (BmLine, bm_line, BM, LINE, GObject)

/* @config: (nullable): what the operator wrote about the way; copied. */
BmLine *bm_line_new (BmOutbox *outbox,
                     BmEnrolment *enrolment,
                     const char *keys_folder,
                     BmClock *clock,
                     const BmLineConfig *config) G_GNUC_WARN_UNUSED_RESULT;
void bm_line_start (BmLine *self);
void bm_line_stop (BmLine *self); /* ends the worker; a second call does nothing */

BmSyncStatus *bm_line_dup_status (BmLine *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_line_is_online (BmLine *self);
gboolean bm_line_was_online_lately (BmLine *self); /* within the last 24 hours */

gint64 bm_line_get_since_ms (BmLine *self); /* boot clock: since when the line is as it is */
/* Nothing goes up or down until it goes on: the operator's own wish, kept by the caller. */
void bm_line_set_paused (BmLine *self, gboolean is_paused);
gboolean bm_line_is_paused (BmLine *self);
/* The data cap is reached: entries go on, attachments and packs wait. */
void bm_line_set_thrifty (BmLine *self, gboolean is_thrifty);
gboolean bm_line_is_thrifty (BmLine *self);

void bm_line_add_ca (BmLine *self, const char *ca); /* believed from the next connection on */
void bm_line_poke (BmLine *self);
void bm_line_expect (BmLine *self, const char *number);
/* Where another station's slip has got to. @code: what its QR says besides, or NULL. */
void bm_line_track_async (BmLine *self,
                          const char *number,
                          const char *code,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
BmTrackAnswer *bm_line_track_finish (BmLine *self, GAsyncResult *result, GError **error);
void bm_line_set_up (BmLine *self, gboolean is_up); /* demo: plugs or pulls the cable */

G_END_DECLS
