/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/chance.h"
#include "core/ports/clock.h"
#include "core/ports/outbox.h"
#include "sync/enrolment.h"
#include "sync/transport.h"

G_BEGIN_DECLS

#define BM_SYNC_MAX_ITEMS   256
#define BM_SYNC_MAX_HEAP    1000 /* audit rows in one batch, with room for run rows */
#define BM_SYNC_POLL_MIN_MS 2000
#define BM_SYNC_POLL_MAX_MS (60 * 60 * 1000)
#define BM_SYNC_EXPECT_MS   (5 * 60 * 1000)

/* What the platform last proved to have said of this station. */
typedef enum
{
  BM_SYNC_STANDING_UNKNOWN, /* nothing since start */
  BM_SYNC_STANDING_GOOD,
  BM_SYNC_STANDING_REVOKED,
} BmSyncStanding;

/* What may be said about the engine, on any thread. */
typedef struct
{
  BmLinkTrouble link;
  BmSyncStanding standing;
  char *reason; /* the platform's words when it refuses, else "" */
  gboolean is_running;
  gboolean is_busy;
  guint64 pending;
  guint failures;         /* in a row */
  gint64 wait_ms;         /* until the next attempt, when the status was published */
  gint64 last_contact_ms; /* the platform's clock at its last proven answer; 0: none since start */
  guint bad_messages;     /* messages dropped because their own signature did not verify */
  guint held;             /* entries set aside since start */
  guint64 pending_blobs;  /* attachments that the platform has not complete */
  guint flights;          /* requests on the way */
  double rate; /* record bytes a second that got through in this round; 0: too early to say */
} BmSyncStatus;

void bm_sync_status_free (BmSyncStatus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmSyncStatus, bm_sync_status_free)

/**
 * BmSyncEngine:
 *
 * Carries what the ledger holds to the platform and what the platform says back. It lives in the
 * main context that was the thread default when it was made (the sync worker's); the verbs below may
 * be called on any thread and take effect there.
 *
 * Signals, in the engine's context:
 *  "link" (guint BmLinkTrouble)   the line is another than before
 *  "state-changed" ()             bm_sync_engine_dup_status() gives something new
 */
#define BM_TYPE_SYNC_ENGINE (bm_sync_engine_get_type ())
G_DECLARE_FINAL_TYPE (BmSyncEngine, bm_sync_engine, BM, SYNC_ENGINE, GObject)

/* @keys_folder: where a renewed certificate is written; NULL: renewal stays in memory. */
BmSyncEngine *bm_sync_engine_new (BmOutbox *outbox,
                                  BmTransport *transport,
                                  BmEnrolment *enrolment,
                                  const char *keys_folder,
                                  BmClock *clock,
                                  BmChance *chance) G_GNUC_WARN_UNUSED_RESULT;

BmLinkTrouble bm_sync_engine_get_link (BmSyncEngine *self);
BmSyncStatus *bm_sync_engine_dup_status (BmSyncEngine *self) G_GNUC_WARN_UNUSED_RESULT;
/* How often, at least, a wait looks at the boot clock (which knows of sleep; GLib's timers do not). */
void bm_sync_engine_set_slice_ms (BmSyncEngine *self, guint slice_ms);

void bm_sync_engine_start (BmSyncEngine *self);
void bm_sync_engine_stop (BmSyncEngine *self);
void bm_sync_engine_poke (BmSyncEngine *self);    /* try now, as far as the platform allows */
void bm_sync_engine_link_up (BmSyncEngine *self); /* the operating system says the line is back */
/* The line is dear or its cap is reached: entries go on, attachments wait, messages come in small helpings. */
void bm_sync_engine_set_thrifty (BmSyncEngine *self, gboolean is_thrifty);
/* A resident waits for the result of @number (NULL: nobody waits any more). */
void bm_sync_engine_expect (BmSyncEngine *self, const char *number);

G_END_DECLS
