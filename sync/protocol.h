/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/outbox.h"

G_BEGIN_DECLS

/*
 * The bytes of protocol v1 (sync/PROTOCOL.md), for station and platform alike. Pure: no network, no
 * clock, no files. Everything that decodes takes bytes from outside and is fuzzed (invariant 12).
 */

#define BM_PROTOCOL_VERSION 1
#define BM_PROTOCOL_ACCEPT  2 /* the newest form of answer that this build understands */

#define BM_PATH_CA    "/v1/ca"
#define BM_PATH_ENROL "/v1/enrol"
#define BM_PATH_HELLO "/v1/hello"
#define BM_PATH_BATCH "/v1/batch"
#define BM_PATH_INBOX "/v1/inbox"
#define BM_PATH_TRACK "/v1/track"
#define BM_PATH_BLOB  "/v1/blob"

#define BM_CONTENT_JSON   "application/json"
#define BM_CONTENT_BATCH  "application/vnd.bianmin.batch"
#define BM_CONTENT_ANSWER "application/vnd.bianmin.answer"
#define BM_CONTENT_CHUNK  "application/octet-stream"

#define BM_NONCE_LEN            16
#define BM_PROTOCOL_MAX_REQUEST (4 * 1024 * 1024)
#define BM_PROTOCOL_MAX_REPLY   (4 * 1024 * 1024)
#define BM_PROTOCOL_MAX_JSON    (64 * 1024) /* of a JSON request and of a batch header */
#define BM_PROTOCOL_MAX_PAD \
  (60 * 1024) /* of a control; with its header below BM_PROTOCOL_MAX_JSON */
#define BM_PROTOCOL_MAX_RECORDS      1024
#define BM_PROTOCOL_MAX_MESSAGES     256
#define BM_PROTOCOL_MAX_MESSAGE_BODY (256 * 1024)
#define BM_PROTOCOL_MAX_PEM          (16 * 1024)
#define BM_PROTOCOL_MAX_REASON       1024
#define BM_PROTOCOL_MAX_CODE         64
#define BM_PROTOCOL_MAX_NAME         64
#define BM_PROTOCOL_MAX_HOST         253
#define BM_PROTOCOL_MAX_ATTACHMENTS  8                 /* of an entry */
#define BM_PROTOCOL_MAX_BLOB         (8 * 1024 * 1024) /* of an attachment, in clear */
#define BM_PROTOCOL_MAX_CHUNK        (64 * 1024)       /* sealed */
#define BM_PROTOCOL_MAX_CHUNKS       512
#define BM_PROTOCOL_MAX_PARTS        8    /* of a blob: chunks of which the beginning is there */
#define BM_PROTOCOL_MAX_EPOCHS       16   /* in "settled", "held" and "backed_up" */
#define BM_PROTOCOL_MAX_RANGES       1000 /* of one epoch */
#define BM_PROTOCOL_MAX_BAD          16
#define BM_PROTOCOL_MAX_RETRY_MS     (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

#define BM_SECRET_LEN      20
#define BM_FINGERPRINT_LEN 40

/* Hex, lower case. The decoder takes exactly 2 * @len digits of either case. */
char *bm_hex_encode (gconstpointer data, gsize len) G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_hex_decode (const char *text, gpointer ret_data, gsize len);

/* Enrolment code: BM1-host:port-secret-fingerprint. */
typedef struct
{
  char *host; /* without brackets */
  guint16 port;
  char secret[BM_SECRET_LEN + 1];           /* upper case */
  char fingerprint[BM_FINGERPRINT_LEN + 1]; /* lower case */
} BmEnrolCode;

BmEnrolCode *bm_enrol_code_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *bm_enrol_code_to_string (const BmEnrolCode *self) G_GNUC_WARN_UNUSED_RESULT;
char *
bm_enrol_code_dup_url (const BmEnrolCode *self) G_GNUC_WARN_UNUSED_RESULT; /* https://host:port */
void bm_enrol_code_free (BmEnrolCode *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmEnrolCode, bm_enrol_code_free)

/* POST /v1/enrol */
typedef struct
{
  char secret[BM_SECRET_LEN + 1];
  char *csr;      /* PKCS#10 PEM */
  char *sign_key; /* "sm2-pub:…" */
  char *version;  /* the station's program */
} BmEnrolRequest;

GBytes *bm_enrol_request_encode (const BmEnrolRequest *self) G_GNUC_WARN_UNUSED_RESULT;
BmEnrolRequest *bm_enrol_request_decode (GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_enrol_request_free (BmEnrolRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmEnrolRequest, bm_enrol_request_free)

/* What the two sides say they hold of an epoch (sync/PROTOCOL.md, hello). */
typedef struct
{
  guint64 first;
  guint64 last; /* inclusive */
} BmSeqRange;

typedef struct
{
  guint64 epoch;
  guint64 count; /* rows that the platform has answered for */
} BmSettledEpoch;

typedef struct
{
  guint64 epoch;
  guint64 count; /* rows that the platform holds */
  GArray
    *ranges; /* of BmSeqRange, growing: which; NULL when it did not say, since nothing is missing */
} BmHeldEpoch;

typedef struct
{
  guint64 epoch;
  guint64 upto; /* every row up to here is in a backup of the platform, too */
} BmBackedUp;

void bm_held_epoch_free (BmHeldEpoch *self);

/* A message that came down and could not be applied. */
typedef struct
{
  char *kind;
  char *name;
  gint64 version;
  char *code; /* stable, why not */
} BmHelloBad;

void bm_hello_bad_free (BmHelloBad *self);

/* POST /v1/hello */
typedef struct
{
  guint8 nonce[BM_NONCE_LEN];
  guint32 kiosk;
  guint64 epoch;
  guint64 next_seq;
  guint8 head[BM_SM3_LEN];
  gint64 cursor;
  guint64 pending;
  guint8 boot_id[BM_BOOT_ID_LEN];
  gint64 boot_ms;
  gint64 wall_ms;
  gboolean clock_verified;
  /* What the station knows of our clock in this boot: at anchor_boot_ms it stood at anchor_server_ms, to
   * within anchor_uncertainty_ms. */
  gboolean has_anchor;
  gint64 anchor_server_ms;
  gint64 anchor_boot_ms;
  gint64 anchor_uncertainty_ms;
  char *csr;     /* NULL: no renewal asked for */
  char *version; /* the station's program */
  guint accept;  /* decoding only: the form of answer that is understood, 1 or 2 */
  /* Both may be NULL or empty when encoding; never NULL after decoding. */
  GArray *settled; /* of BmSettledEpoch, newest epoch first */
  GPtrArray *bad;  /* of BmHelloBad */
} BmHello;

GBytes *bm_hello_encode (const BmHello *self) G_GNUC_WARN_UNUSED_RESULT;
BmHello *bm_hello_decode (GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_hello_free (BmHello *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmHello, bm_hello_free)

/* POST /v1/batch */
typedef struct
{
  guint8 nonce[BM_NONCE_LEN];
  guint32 kiosk;
  guint64 epoch;
  gint64 cursor;
  guint64 head_seq;
  guint8 head[BM_SM3_LEN];
  guint accept; /* the form of answer that is understood: 1 (0 is the same), 2 */
} BmBatchHeader;

/* @records: array of GBytes, runs first. */
GBytes *bm_batch_encode (const BmBatchHeader *header,
                         GPtrArray *records,
                         const BmKey *station_key,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *bm_batch_encode_control (const BmBatchHeader *header,
                                 GPtrArray *records,
                                 gsize pad,
                                 const BmKey *station_key,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Structure only; the caller looks up the station's key by kiosk and then calls bm_batch_verify(). */
GPtrArray *bm_batch_decode (GBytes *bytes, BmBatchHeader *ret_header, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_batch_verify (GBytes *bytes, const BmKey *station_public, GError **error);

/* POST /v1/blob: announces an attachment, or asks again what is missing of it */
typedef struct
{
  guint8 nonce[BM_NONCE_LEN];
  guint32 kiosk;
  guint64 epoch;
  guint64 seq;
  guint ordinal;  /* which attachment of the entry, from 0 */
  guint32 bytes;  /* in clear */
  GBytes *hashes; /* SM3 of each sealed chunk, one after the other */
} BmBlobOpen;

GBytes *bm_blob_open_encode (const BmBlobOpen *self) G_GNUC_WARN_UNUSED_RESULT;
BmBlobOpen *bm_blob_open_decode (GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_blob_open_free (BmBlobOpen *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmBlobOpen, bm_blob_open_free)
/* The name of a blob: SM3 over its chunk hashes. */
void bm_blob_id (GBytes *hashes, guint8 ret_blob[BM_SM3_LEN]);
/* PUT /v1/blob/<hex64>/<i>?nonce=…: one sealed chunk */
char *
bm_blob_chunk_path (const guint8 blob[BM_SM3_LEN], guint chunk, const guint8 nonce[BM_NONCE_LEN])
  G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_blob_chunk_parse (const char *path, guint8 ret_blob[BM_SM3_LEN], guint *ret_chunk);
/* One bit a chunk; the first is 0x80 of the first byte. */
gboolean bm_blob_have_get (GBytes *have, guint chunk);
/* The beginning of a chunk that is not there whole. */
typedef struct
{
  guint chunk;
  guint bytes;
} BmBlobPart;

/* GET /v1/inbox: path and query */
char *bm_inbox_path (gint64 after, gsize max_bytes, const guint8 nonce[BM_NONCE_LEN])
  G_GNUC_WARN_UNUSED_RESULT;

/* GET /v1/track: path and query. @code: of the slip's QR, or NULL for a number that was typed. NULL
 * when either cannot stand on a slip. */
char *bm_track_path (const char *number, const char *code, const guint8 nonce[BM_NONCE_LEN])
  G_GNUC_WARN_UNUSED_RESULT;
/* Whether a case may be said to be in @state: sent, handed, accepted, done, not_done, conflict. */
gboolean bm_track_state_is_known (const char *state);

/* Signatures that stay verifiable at rest. */
GBytes *bm_head_sign (const BmKey *platform_key,
                      guint32 kiosk,
                      guint64 epoch,
                      guint64 seq,
                      const guint8 head[BM_SM3_LEN],
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_head_verify (const BmKey *platform_public,
                         guint32 kiosk,
                         guint64 epoch,
                         guint64 seq,
                         const guint8 head[BM_SM3_LEN],
                         GBytes *signature,
                         GError **error);
GBytes *bm_message_sign (const BmKey *platform_key,
                         const char *kind,
                         const char *name,
                         gint64 version,
                         GBytes *body,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @signature: 64 bytes, or the proof that a message signed together with others keeps. */
gboolean bm_message_verify (const BmKey *platform_public,
                            const char *kind,
                            const char *name,
                            gint64 version,
                            GBytes *body,
                            GBytes *signature,
                            GError **error);

typedef enum
{
  BM_CALL_HELLO,
  BM_CALL_BATCH,
  BM_CALL_INBOX,
  BM_CALL_TRACK,
  BM_CALL_BLOB,
} BmCall;

#define BM_CALL_COUNT 5

/**
 * BmReply:
 *
 * What is inside an answer. Fields that a call does not carry are 0, %NULL or empty arrays.
 */
typedef struct
{
  BmCall call;
  guint32 kiosk;
  guint accept; /* sealing side only: the form that the station understands; 2: BMA2 */
  gint64 server_ms;
  gint64 retry_after_ms;

  char *refused_code; /* NULL unless refused; then nothing below is set */
  char *refused_reason;

  gboolean has_head;
  guint64 head_epoch;
  guint64 head_seq;
  guint8 head[BM_SM3_LEN];
  GBytes *head_signature;

  /* hello */
  guint64 epoch;
  guint64 watermark;
  guint next_label;
  guint32 next_counter;
  gint64 inbox_head;
  guint batch_bytes;
  guint batch_items;
  guint splay_ms;
  char *certificate; /* renewed, or NULL */
  GPtrArray *held;   /* of BmHeldEpoch: of the epochs that the station named in "settled" */
  GArray *backed_up; /* of BmBackedUp, likewise */

  /* batch (answers) and inbox */
  GPtrArray *answers; /* of BmAnswer */
  gboolean
    has_places; /* opened side only: the answers are in the order of the batch, see bm_reply_place() */
  GPtrArray *messages; /* of BmMessage */
  gint64 cursor;
  gboolean has_more;
  guint bad_messages; /* opened side only: messages whose own signature did not verify */

  /* track: status only, nothing of the person or the service */
  gboolean is_found;
  char *state; /* NULL unless found */

  /* blob */
  guint8 blob[BM_SM3_LEN];
  GBytes *have;  /* bitmap, bm_blob_have_get() */
  GArray *parts; /* of BmBlobPart; NULL: none */
  gboolean is_complete;
} BmReply;

BmReply *bm_reply_new (BmCall call, guint32 kiosk, gint64 server_ms) G_GNUC_WARN_UNUSED_RESULT;
void bm_reply_free (BmReply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmReply, bm_reply_free)

/* The platform's side: BMA1, in which messages need their signature already, or BMA2, where they are signed
 * together. */
GBytes *bm_reply_seal (const BmReply *self,
                       const guint8 nonce[BM_NONCE_LEN],
                       const BmKey *platform_key,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The station's side: verifies, then parses. Errors: BM_ERROR_CORRUPT when it is not an answer of
 * this platform to this nonce; BM_ERROR_INVALID when it is, but breaks the format; BM_ERROR_LIMIT. */
BmReply *bm_reply_open (GBytes *bytes,
                        const guint8 nonce[BM_NONCE_LEN],
                        BmCall call,
                        guint32 kiosk,
                        const BmKey *platform_public,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* To be called for a batch, with its records: an answer by place becomes one by epoch, seq and hash. */
void bm_reply_place (BmReply *self, GPtrArray *records);
/* Whether @bytes has the outer form of an answer at all (telling a portal from a wrong signature). */
gboolean bm_reply_looks_like_one (GBytes *bytes);

G_END_DECLS
