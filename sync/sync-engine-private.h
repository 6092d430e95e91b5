/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/protocol.h"
#include "sync/sync-backoff.h"
#include "sync/sync-bisect.h"
#include "sync/sync-engine.h"
#include "sync/sync-match.h"

G_BEGIN_DECLS

struct _BmSyncEngine
{
  GObject parent_instance;

  GMainContext *context;
  BmOutbox *outbox;
  BmTransport *transport;
  BmEnrolment *enrolment;
  char *keys_folder;
  BmClock *clock;
  BmChance *chance;

  /* When (sync-engine.c) */
  BmBackoff backoff;
  GSource *alarm;
  guint slice_ms;
  gint64 poll_ms;     /* the next poll's distance; grows while nothing happens */
  gint64 deferred_ms; /* boot clock: the earliest DEFERRED entry we know of; 0: none */
  char *expected;     /* number whose resident waits, or NULL */
  gint64 expected_until_ms;
  gulong pending_id;
  gboolean is_running;
  gboolean is_busy;
  gboolean is_again; /* something new came while busy */

  /* What (sync-round.c); all of it in memory only (invariant 4) */
  GCancellable *cancellable;
  gboolean needs_hello;
  gboolean wants_inbox;
  gboolean has_time; /* a signed time since start */
  gint64 hello_ms;   /* boot clock of the last hello */
  gint64 sent_ms;    /* boot clock when the request in flight went out */
  guint8 nonce[BM_NONCE_LEN];
  BmOutboxStatus outbox_status;
  BmOutboxLane lane; /* asked for last */
  char *renewal_key;
  BmReply *reply;          /* being applied */
  BmSentBatch *sent;       /* in flight, or being applied */
  BmOutboxBatch *suspects; /* under bisection, else NULL */
  BmBisect bisect;
  guint batch_failures; /* in a row, for the content's sake */
  guint batch_bytes;
  guint max_batch_bytes;
  guint max_items;
  guint splay_ms;
  guint questions; /* in flight (sync-track.c) */

  /* Published */
  GMutex lock;
  BmSyncStatus status;
};

/* sync-engine.c: every round ends in one of the first two */
void bm_sync_engine_end_round (BmSyncEngine *self);
void bm_sync_engine_fail_round (BmSyncEngine *self,
                                BmLinkTrouble trouble,
                                const char *reason,
                                gint64 retry_after_ms);
void bm_sync_engine_note_contact (BmSyncEngine *self, const BmReply *reply);
void bm_sync_engine_note_revoked (BmSyncEngine *self);
void bm_sync_engine_note_messages (BmSyncEngine *self, GPtrArray *messages, guint bad);
void bm_sync_engine_note_held (BmSyncEngine *self);

/* Why a request brought no proven answer. */
typedef struct
{
  BmLinkTrouble trouble;
  char *reason; /* of a proven refusal */
  gint64 retry_after_ms;
  gboolean is_vague;   /* broke off without any answer: perhaps the content's fault, perhaps not */
  gboolean is_content; /* an answer that may well be about the content */
} BmSyncFailure;

void bm_sync_failure_clear (BmSyncFailure *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BmSyncFailure, bm_sync_failure_clear)

/* sync-round.c */
void bm_sync_engine_begin_round (BmSyncEngine *self);
void bm_sync_engine_send (BmSyncEngine *self,
                          const char *path,
                          const char *content_type,
                          GBytes *body,
                          GAsyncReadyCallback callback);
BmReply *bm_sync_engine_receive (BmSyncEngine *self,
                                 GAsyncResult *result,
                                 BmCall call,
                                 BmSyncFailure *ret_failure);
void bm_sync_engine_take_inbox (BmSyncEngine *self);
gboolean bm_sync_engine_check_local (BmSyncEngine *self, gboolean is_done);

/* sync-batch.c */
void bm_sync_engine_take_next (BmSyncEngine *self);
void bm_sync_engine_forget_suspects (BmSyncEngine *self);

G_END_DECLS
