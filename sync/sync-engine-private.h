/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/protocol.h"
#include "sync/sync-aside.h"
#include "sync/sync-backoff.h"
#include "sync/sync-bisect.h"
#include "sync/sync-engine.h"
#include "sync/sync-match.h"
#include "sync/sync-pace.h"

G_BEGIN_DECLS

/* What the files of the engine share. All of it lives in memory only (invariant 4). */

#define BM_SYNC_SPARES \
  2 /* connections opened beyond those of the flights and the hello's own, for residents */

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

/* The attachment that is under way (sync-blob.c). */
typedef struct
{
  BmOutboxBlob *blob; /* NULL: none */
  GByteArray *have;   /* what the platform has */
  GByteArray *aloft;  /* chunks that are being read or sent, the same bits */
  GByteArray *unsure; /* chunks that may have arrived before the line went away */
  GArray *parts;      /* of BmBlobPart: chunks of which the platform has the beginning; or NULL */
  guint n_unsure;     /* 0: none */
  guint n_in_vain;    /* one after the other */
  gboolean is_open;   /* the platform knows its hashes */
  gboolean is_asked;  /* what is there: the question is in the air */
  guint n_aloft;
  gsize run_bytes; /* of one request; 0: not known yet */
} BmSyncBlob;

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
  gboolean is_pumping; /* the round is past its hello: only now does anything take off (S4) */
  gboolean is_again;   /* something new came while busy */
  gboolean is_thrifty; /* the line is dear: attachments wait, messages come in small helpings */

  /* What (sync-round.c, sync-hello.c) */
  GCancellable *cancellable;
  gboolean needs_hello;
  gboolean wants_inbox;
  gboolean has_time; /* a signed time since start */
  gint64
    anchor_server_ms; /* the platform's clock in its last answer to hello, 0: none in this process */
  gint64 anchor_boot_ms; /* ours then */
  gint64 anchor_uncertainty_ms;
  gint64 hello_ms; /* boot clock of the last hello */
  gint64 sent_ms;  /* boot clock when the hello or the inbox call went out */
  guint8 nonce[BM_NONCE_LEN];
  BmOutboxStatus outbox_status;
  gint64 status_ms; /* boot clock: when that was read */
  char *renewal_key;
  BmReply *reply; /* of a hello or an inbox call, being applied */
  guint n_noted;  /* of the reply's backups */
  guint splay_ms;
  guint questions; /* in flight (sync-track.c) */

  /* The air (sync-flight.c, sync-pump.c, sync-blob.c) */
  GPtrArray *flights; /* of BmFlight, borrowed: each owns itself until it has landed */
  GSource *stuck;     /* looks again for one that needs a copy */
  guint n_pairs;
  gint64 bulk_ms;     /* boot clock: when the last batch took off */
  gint64 spread_ms;   /* between the first batches; 0: one has come back */
  guint n_warming;    /* connections that are being opened beside the hello's (sync-hello.c) */
  GPtrArray *urgents; /* of BmUrgent: copies that may have to follow (sync-urgent.c) */
  BmPace pace;
  BmOutboxLane lane;     /* the lane to look into next; past the last: all were empty */
  guint n_asking;        /* questions to the ledger that the pump waits for */
  gboolean is_taking;    /* some flight, or the inbox call, asked for messages */
  gboolean is_fetching;  /* the inbox call is in the air */
  BmSyncFailure failure; /* of this round: told when everything has landed */
  gboolean has_failure;
  BmOutboxBatch *doubted;  /* failed for its content's sake, perhaps; sent alone next time */
  BmOutboxBatch *suspects; /* under bisection, else NULL */
  BmBisect bisect;
  BmAside aside; /* rows that are larger than what the line carries */
  BmSyncBlob blob;
  gboolean has_blobs; /* some may wait; looked at anew every round */
  GArray *blob_skip;  /* gint64: attachments that failed since the last hello */
  guint64 metered_up; /* already told to the ledger */
  guint64 metered_down;

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
void bm_sync_engine_publish (BmSyncEngine *self, BmLinkTrouble link, const char *reason);
void bm_sync_engine_note_contact (BmSyncEngine *self, const BmReply *reply);
void bm_sync_engine_note_revoked (BmSyncEngine *self);
void bm_sync_engine_note_messages (BmSyncEngine *self, GPtrArray *messages, guint bad);
void bm_sync_engine_note_held (BmSyncEngine *self);
gboolean bm_sync_engine_is_awaited (BmSyncEngine *self);
void bm_sync_engine_arm (BmSyncEngine *self);
void bm_sync_engine_disarm (BmSyncEngine *self);

/* sync-round.c */
void bm_sync_engine_begin_round (BmSyncEngine *self);
void bm_sync_engine_send (BmSyncEngine *self,
                          const char *path,
                          const char *content_type,
                          GBytes *body,
                          GAsyncReadyCallback callback);
BmReply *bm_sync_engine_receive (BmSyncEngine *self,
                                 GAsyncResult *result,
                                 const guint8 nonce[BM_NONCE_LEN],
                                 BmCall call,
                                 BmSyncFailure *ret_failure);
void bm_sync_engine_take_inbox (BmSyncEngine *self);
gboolean bm_sync_engine_check_local (BmSyncEngine *self, gboolean is_done);

/* sync-hello.c */
gboolean bm_sync_engine_is_hello_due (BmSyncEngine *self);
void bm_sync_engine_say_hello (BmSyncEngine *self);

/* sync-pump.c */
void bm_sync_engine_pump (BmSyncEngine *self);
/* Remembers why the round is going to fail; the first word counts. */
void bm_sync_engine_note_failure (BmSyncEngine *self, const BmSyncFailure *failure);
/* The line works after all. */
void bm_sync_engine_forgive (BmSyncEngine *self);
/* Rows that are on the way, for the ledger to pass over. */
GArray *bm_sync_engine_list_aloft (BmSyncEngine *self);
void bm_sync_engine_forget_suspects (BmSyncEngine *self);
void bm_sync_engine_doubt (BmSyncEngine *self, BmOutboxBatch *batch, const BmSyncFailure *failure);
void bm_sync_engine_fail_suspects (BmSyncEngine *self, const BmSyncFailure *failure);

/* sync-flight.c: one batch on the way */
typedef enum
{
  BM_FLIGHT_BULK,   /* takes its batch with it */
  BM_FLIGHT_URGENT, /* for a resident who waits; has copies */
  BM_FLIGHT_SEARCH, /* part of the suspects or of what is doubted, alone in the air */
} BmFlightKind;

typedef struct _BmFlight BmFlight;

/* @batch: (transfer full) except for a search. */
void bm_sync_engine_launch (BmSyncEngine *self,
                            BmFlightKind kind,
                            BmOutboxBatch *batch,
                            guint from,
                            guint to);
guint bm_sync_engine_count_aloft (BmSyncEngine *self, BmFlightKind kind);
/* Nothing else is left to send: what has been on the way for long goes once more on another connection, since the first
 * may wait out one timeout after the other while the line has nothing to do. */
void bm_sync_engine_copy_stuck (BmSyncEngine *self);
void bm_sync_engine_forget_stuck (BmSyncEngine *self);
/* Has the pump asked again, unless it is to be asked anyway. */
void bm_sync_engine_pump_in (BmSyncEngine *self, gint64 ms);
void bm_flight_list_rows (const BmFlight *self, GArray *rows);

/* sync-urgent.c */
typedef struct _BmUrgent BmUrgent;

GPtrArray *bm_urgents_new (void);
void bm_sync_engine_hurry_urgent (BmSyncEngine *self);
/* One copy of @batch was answered: no more are sent. */
void bm_sync_engine_note_urgent_through (BmSyncEngine *self, const BmOutboxBatch *batch);

/* sync-blob.c: TRUE when an attachment has something to do now */
gboolean bm_sync_engine_pump_blob (BmSyncEngine *self);
void bm_sync_engine_drop_blob (BmSyncEngine *self);

G_END_DECLS
