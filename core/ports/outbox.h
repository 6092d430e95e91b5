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
  BM_ENTRY_WITHDRAWN = 6,   /* taken back before anything of it left: never sent */
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

/* Who goes first. */
typedef enum
{
  BM_LANE_WAITING, /* priority 0, recorded just now, the newest first: a resident may stand here and wait */
  BM_LANE_ENTRIES, /* what people asked for, by legal due date, then age */
  BM_LANE_AUDIT,   /* priority 9, and run rows that nothing names: the last, but always sent */
} BmOutboxLane;

#define BM_OUTBOX_MAX_SKIP   200000 /* rows on the way at one time */
#define BM_OUTBOX_MAX_EPOCHS 16     /* named in a status, newest first */
#define BM_OUTBOX_MAX_BAD    16     /* named in a status */
#define BM_OUTBOX_MAX_HELD   1000   /* ranges in one answer */

typedef struct
{
  gint64 id; /* the row, for the skip set */
  guint64 epoch;
  guint64 seq;
  BmEntryType type;
  BmEntryState state; /* HELD: it comes alone, and a failure is its own */
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

BmOutboxBatch *bm_outbox_batch_copy (const BmOutboxBatch *from) G_GNUC_WARN_UNUSED_RESULT;
void bm_outbox_batch_free (BmOutboxBatch *self);

/* A sealed attachment of an entry that the platform already answered for. */
typedef struct
{
  gint64 id; /* the row, for the skip set and the calls below */
  guint64 epoch;
  guint64 seq;
  guint ordinal;           /* of its entry, from 0 */
  guint8 blob[BM_SM3_LEN]; /* SM3 of @hashes */
  guint64 bytes;           /* of the plain attachment */
  guint n_chunks;
  GBytes *hashes; /* n_chunks times 32 bytes: SM3 of each sealed chunk */
  GBytes *have;   /* one bit a chunk, the first is 0x80 of the first byte: what the platform has */
} BmOutboxBlob;

void bm_outbox_blob_free (BmOutboxBlob *self);

typedef struct
{
  guint64 first;
  guint64 last; /* inclusive */
} BmOutboxRange;

/* What the platform says it holds of an epoch. */
typedef struct
{
  guint64 epoch;
  guint64 count;
  GArray *ranges; /* of BmOutboxRange, ascending; NULL: not told, and nothing can be done */
} BmOutboxHeld;

GArray *bm_outbox_held_array_new (void); /* of BmOutboxHeld; owns their ranges */

/* Something that came down and could not be applied: the platform is told. */
typedef struct
{
  char kind[33];
  char name[65];
  gint64 version;
  char code[33];
} BmBadItem;

/* A plain block: freed with g_free(). */
typedef struct
{
  guint32 kiosk;
  guint64 epoch;
  guint64 next_seq;
  guint8 head[BM_SM3_LEN]; /* chain head after next_seq - 1 */
  gint64 cursor;           /* last message applied */
  guint64 pending;         /* rows in PENDING or DEFERRED */
  guint64 pending_blobs;   /* attachments that the platform has not complete */
  struct
  {
    guint64 epoch;
    guint64 count; /* rows that the platform answered for */
  } settled[BM_OUTBOX_MAX_EPOCHS];
  guint n_settled;
  BmBadItem bad[BM_OUTBOX_MAX_BAD]; /* not reported yet */
  guint n_bad;
  gint64 bad_upto; /* for note_reported() once the platform was told of @bad */
} BmOutboxStatus;

/* One proven reply, applied whole. Borrowed for the length of the call. */
typedef struct
{
  GPtrArray *answers;  /* of BmAnswer, or NULL */
  GPtrArray *messages; /* of BmMessage, or NULL */
  gint64 asked;        /* the cursor that the request named */
  gint64 cursor;       /* the platform's cursor after @messages */
  guint64 head_seq;    /* the chain head that the platform signed last; 0/NULL when none */
  GBytes *head;
  GBytes *head_signature;
} BmOutboxReply;

#define BM_TYPE_OUTBOX (bm_outbox_get_type ())
G_DECLARE_INTERFACE (BmOutbox, bm_outbox, BM, OUTBOX, GObject)

/* Signal "pending" (): something new waits to be sent; emitted in the context the outbox was made in. */

struct _BmOutboxInterface
{
  GTypeInterface parent_iface;

  void (*get_status_async) (BmOutbox *self, GAsyncReadyCallback callback, gpointer user_data);
  BmOutboxStatus *(*get_status_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  /* The next of @lane that is not in @skip (GArray of gint64 row ids on the way, copied; or NULL), of one
   * epoch. Nothing about being on the way is stored. */
  void (*next_async) (BmOutbox *self,
                      BmOutboxLane lane,
                      gsize max_bytes,
                      guint max_items,
                      GArray *skip,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  BmOutboxBatch *(*next_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  /* Applies answers and messages and moves the cursor, in one database transaction. */
  void (*apply_async) (BmOutbox *self,
                       const BmOutboxReply *reply,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*apply_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  /* Sets one offender aside, visibly, with a reason in plain words; everything else goes on. */
  void (*hold_async) (BmOutbox *self,
                      guint64 epoch,
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

  /* The next attachment that is not complete there, of a settled entry; NULL without an error: none. */
  void (*next_blob_async) (BmOutbox *self,
                           GArray *skip,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
  BmOutboxBlob *(*next_blob_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  /* One sealed chunk, as it goes over the wire. */
  void (*read_chunk_async) (BmOutbox *self,
                            gint64 blob,
                            guint ordinal,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  GBytes *(*read_chunk_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  /* What the platform said it has of an attachment, proven. */
  void (*note_blob_async) (BmOutbox *self,
                           gint64 blob,
                           GBytes *have,
                           gboolean is_complete,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
  gboolean (*note_blob_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  /* What the platform says it holds (GArray of BmOutboxHeld, copied): rows that were settled and are not
   * held there any more wait again, with their attachments (it was restored from a backup). */
  void (*note_held_async) (BmOutbox *self,
                           GArray *held,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
  gboolean (*note_held_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  /* The platform has a backup of this epoch up to @upto: nothing above it is ever purged. */
  void (*note_backed_up_async) (BmOutbox *self,
                                guint64 epoch,
                                guint64 upto,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
  gboolean (*note_backed_up_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  /* Bytes since the last call, for the day's account. */
  void (*note_traffic_async) (BmOutbox *self,
                              guint64 up,
                              guint64 down,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
  gboolean (*note_traffic_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  /* Something that came down could not be applied. */
  void (*note_bad_item_async) (BmOutbox *self,
                               const char *kind,
                               const char *name,
                               gint64 version,
                               const char *code,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
  gboolean (*note_bad_item_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  /* The platform was told of the bad items of a status. */
  void (*note_reported_async) (BmOutbox *self,
                               gint64 bad_upto,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
  gboolean (*note_reported_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  /* The nonce of a volume or batch that went out on a stick ("out"), so that its answers are known. */
  void (*note_volume_async) (BmOutbox *self,
                             GBytes *nonce,
                             const char *kind,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
  gboolean (*note_volume_finish) (BmOutbox *self, GAsyncResult *result, GError **error);

  /* Whether @nonce is one of those. */
  void (*has_volume_async) (BmOutbox *self,
                            GBytes *nonce,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  gboolean (*has_volume_finish) (BmOutbox *self, GAsyncResult *result, GError **error);
};

void bm_outbox_get_status_async (BmOutbox *self, GAsyncReadyCallback callback, gpointer user_data);
BmOutboxStatus *bm_outbox_get_status_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_next_async (BmOutbox *self,
                           BmOutboxLane lane,
                           gsize max_bytes,
                           guint max_items,
                           GArray *skip,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
BmOutboxBatch *bm_outbox_next_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_apply_async (BmOutbox *self,
                            const BmOutboxReply *reply,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean bm_outbox_apply_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_hold_async (BmOutbox *self,
                           guint64 epoch,
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
void bm_outbox_next_blob_async (BmOutbox *self,
                                GArray *skip,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
BmOutboxBlob *bm_outbox_next_blob_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_read_chunk_async (BmOutbox *self,
                                 gint64 blob,
                                 guint ordinal,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GBytes *bm_outbox_read_chunk_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_note_blob_async (BmOutbox *self,
                                gint64 blob,
                                GBytes *have,
                                gboolean is_complete,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean bm_outbox_note_blob_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_note_held_async (BmOutbox *self,
                                GArray *held,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean bm_outbox_note_held_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_note_backed_up_async (BmOutbox *self,
                                     guint64 epoch,
                                     guint64 upto,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean bm_outbox_note_backed_up_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_note_traffic_async (BmOutbox *self,
                                   guint64 up,
                                   guint64 down,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean bm_outbox_note_traffic_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_note_bad_item_async (BmOutbox *self,
                                    const char *kind,
                                    const char *name,
                                    gint64 version,
                                    const char *code,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean bm_outbox_note_bad_item_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_note_reported_async (BmOutbox *self,
                                    gint64 bad_upto,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean bm_outbox_note_reported_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_note_volume_async (BmOutbox *self,
                                  GBytes *nonce,
                                  const char *kind,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean bm_outbox_note_volume_finish (BmOutbox *self, GAsyncResult *result, GError **error);
void bm_outbox_has_volume_async (BmOutbox *self,
                                 GBytes *nonce,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean bm_outbox_has_volume_finish (BmOutbox *self, GAsyncResult *result, GError **error);

G_END_DECLS
