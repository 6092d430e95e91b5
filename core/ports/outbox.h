/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/entry/entry.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What the sync engine may know of the ledger. Callbacks arrive in the caller's thread-default context;
 * durable writes cannot be cancelled. "Sending" is never stored (invariant 4).
 */

typedef enum
{
  BM_ENTRY_PENDING = 0,
  BM_ENTRY_ACKED = 1,       /* the centre holds the bytes */
  BM_ENTRY_DEFERRED = 2,    /* the centre asked to come again later */
  BM_ENTRY_HELD = 3,        /* we could not get it through; a person looks; tried daily */
  BM_ENTRY_REJECTED = 4,    /* the centre holds it and refuses it, with a reason */
  BM_ENTRY_QUARANTINED = 5, /* the centre holds it raw; a person there looks */
} BmEntryState;

typedef enum
{
  BM_ANSWER_ACCEPTED,
  BM_ANSWER_DUPLICATE,
  BM_ANSWER_NEED_BLOBS,
  BM_ANSWER_DEFERRED,
  BM_ANSWER_QUARANTINED,
  BM_ANSWER_REJECTED,
  BM_ANSWER_CONFLICT,
} BmAnswerStatus;

const char *bm_answer_status_to_string (BmAnswerStatus status); /* "accepted", … */
gboolean bm_answer_status_from_string (const char *text, BmAnswerStatus *ret_status);

/* One verified per-entry answer: bound to our nonce and signed, or it is not made (invariant 6). */
typedef struct
{
  guint64 epoch;
  guint64 seq;
  guint8 hash[BM_SM3_LEN];
  BmAnswerStatus status;
  char *code;      /* stable, e.g. "schema", "unknown-service" */
  char *reason;    /* plain words for the helper */
  gint64 after_ms; /* DEFERRED: delay asked for */
} BmAnswer;

void bm_answer_free (BmAnswer *self);

/* A message that came down: verified, not yet applied. */
typedef struct
{
  gint64 id;         /* the platform's cursor position, growing */
  char *kind;        /* "result", "roster", "catalogue", "calendar", "notice", "revocation" */
  char *name;        /* which one of its kind; for "result" the 25-digit number */
  gint64 version;    /* never goes back within (kind, name) */
  GBytes *body;      /* JSON */
  GBytes *signature; /* the platform's, over the canonical message (sync/PROTOCOL.md) */
} BmMessage;

void bm_message_free (BmMessage *self);

typedef struct
{
  guint64 seq;
  BmEntryType type;
  guint8 priority;
  gint32 due_day;
  guint32 tries;
  GBytes *record;
} BmOutboxItem;

void bm_outbox_item_free (BmOutboxItem *self);

/* What bm_outbox_next_finish() gives: entries in the order to send them, and the run rows they name. */
typedef struct
{
  GPtrArray *items; /* of BmOutboxItem */
  GPtrArray *runs;  /* of BmOutboxItem: BM_ENTRY_RUN rows named by items, acked or not */
} BmOutboxBatch;

void bm_outbox_batch_free (BmOutboxBatch *self);

typedef struct
{
  guint32 kiosk;
  guint64 epoch;
  guint64 next_seq;
  guint8 head[BM_SM3_LEN]; /* chain head after next_seq - 1 */
  gint64 cursor;           /* last message applied */
  guint64 pending;         /* rows in PENDING or DEFERRED */
} BmOutboxStatus;

#define BM_TYPE_OUTBOX (bm_outbox_get_type ())
G_DECLARE_INTERFACE (BmOutbox, bm_outbox, BM, OUTBOX, GObject)

/* Signal "pending" (): something new waits to be sent; emitted in the context the outbox was made in. */

struct _BmOutboxInterface
{
  GTypeInterface parent_iface;

  void (*get_status_async) (BmOutbox *self, GAsyncReadyCallback callback, gpointer user_data);
  BmOutboxStatus *(*get_status_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  void (*next_async) (BmOutbox *self,
                      gsize max_bytes,
                      guint max_items,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  BmOutboxBatch *(*next_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  /* Applies answers and messages and moves the cursor, in one database transaction. @head_seq and
   * @signed_head: the chain head the platform signed last (0/NULL when none). */
  void (*apply_async) (BmOutbox *self,
                       GPtrArray *answers,
                       GPtrArray *messages,
                       gint64 cursor,
                       guint64 head_seq,
                       GBytes *head,
                       GBytes *head_signature,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*apply_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  /* Sets one offender aside, visibly, with a reason in plain words; everything else goes on. */
  void (*hold_async) (BmOutbox *self,
                      guint64 seq,
                      const char *code,
                      const char *reason,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  gboolean (*hold_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  /* A signed time sample: the centre's clock against ours. */
  void (*note_time_async) (BmOutbox *self,
                           gint64 server_ms,
                           gint64 boot_ms,
                           gint64 uncertainty_ms,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
  gboolean (*note_time_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  /* The platform's watermark for our epoch. Above our own next_seq - 1 the disk was rolled back: the
   * ledger opens the new epoch given here (0 = none given) and raises an alarm (invariant 11). */
  void (*note_watermark_async) (BmOutbox *self,
                                guint64 epoch,
                                guint64 upto,
                                guint next_label,
                                guint32 next_counter,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
  gboolean (*note_watermark_finish) (BmOutbox *self, GAsyncResult *result, GError **error);
};

void bm_outbox_get_status_async (BmOutbox *self, GAsyncReadyCallback callback, gpointer user_data);
BmOutboxStatus *bm_outbox_get_status_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_next_async (BmOutbox *self,
                           gsize max_bytes,
                           guint max_items,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
BmOutboxBatch *bm_outbox_next_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_apply_async (BmOutbox *self,
                            GPtrArray *answers,
                            GPtrArray *messages,
                            gint64 cursor,
                            guint64 head_seq,
                            GBytes *head,
                            GBytes *head_signature,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean bm_outbox_apply_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_hold_async (BmOutbox *self,
                           guint64 seq,
                           const char *code,
                           const char *reason,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean bm_outbox_hold_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_note_time_async (BmOutbox *self,
                                gint64 server_ms,
                                gint64 boot_ms,
                                gint64 uncertainty_ms,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean bm_outbox_note_time_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_note_watermark_async (BmOutbox *self,
                                     guint64 epoch,
                                     guint64 upto,
                                     guint next_label,
                                     guint32 next_counter,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean bm_outbox_note_watermark_finish (BmOutbox *self, GAsyncResult *result, GError **error);

G_END_DECLS
