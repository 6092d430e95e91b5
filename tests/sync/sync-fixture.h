/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/outbox.h"
#include "sync/enrolment.h"
#include "sync/protocol.h"
#include "sync/transport.h"

G_BEGIN_DECLS

/* What the tests of sync share: records, an enrolment made without a network, a ledger in memory, and a
 * line with a small honest platform at its far end that can be told to misbehave. */

#define TEST_KIOSK 7 /* unless test_kiosk says otherwise */
#define TEST_EPOCH G_GUINT64_CONSTANT (0xfedcba9876543210)

extern guint32 test_kiosk;

GBytes *test_record_new (BmEntryType type, guint64 seq, guint32 run, gsize sealed_len);
BmMessage *test_message_new (gint64 id,
                             const char *kind,
                             const char *name,
                             const char *body,
                             const BmKey *platform_key);
BmMessage *test_message_copy (const BmMessage *from);
/* @key: the station's new TLS key; @from_ms, @until_ms: the life of a self-signed certificate. */
char *test_certificate_new (const char *key, gint64 from_ms, gint64 until_ms);
char *test_certificate_issue (const char *request, gint64 from_ms, gint64 until_ms);
json_t *test_enrolment_document_new (const BmKey *platform_key, gint64 from_ms, gint64 until_ms);

/* A whole answer around @json, whatever it says. */
GBytes *
test_reply_sign (const char *json, const guint8 nonce[BM_NONCE_LEN], const BmKey *platform_key);

/* A ledger in memory. */
#define TEST_TYPE_LEDGER (test_ledger_get_type ())
G_DECLARE_FINAL_TYPE (TestLedger, test_ledger, TEST, LEDGER, GObject)

typedef struct
{
  guint64 seq;
  BmEntryType type;
  GBytes *record;
  BmEntryState state;
  gboolean is_urgent; /* a resident waits for it */
  guint n_applied;    /* answers that said: the centre holds it */
  char *reason;
} TestRow;

TestLedger *test_ledger_new (BmClock *clock);
TestRow *test_ledger_add (TestLedger *self, gsize sealed_len); /* emits "pending" */
TestRow *test_ledger_add_urgent (TestLedger *self, gsize sealed_len);
void
test_ledger_add_blob (TestLedger *self, guint n_chunks); /* an attachment, not complete there */
guint test_ledger_count_blobs (TestLedger *self);        /* complete ones */
TestRow *test_ledger_get (TestLedger *self, guint64 seq);
guint test_ledger_count (TestLedger *self, BmEntryState state); /* of entries, not runs */
GPtrArray *test_ledger_get_messages (TestLedger *self);
void test_ledger_set_broken (TestLedger *self, gboolean is_broken);
guint test_ledger_get_n_watermarks (TestLedger *self);
guint64 test_ledger_get_epoch (TestLedger *self);
gint64 test_ledger_get_server_ms (TestLedger *self);
guint64 test_ledger_get_signed_seq (TestLedger *self);

/* Attachments at a platform in memory. */
typedef struct _TestBlobs TestBlobs;

TestBlobs *test_blobs_new (void);
void test_blobs_free (TestBlobs *self);
void test_blobs_answer (TestBlobs *self,
                        const char *path,
                        GBytes *body,
                        BmReply *reply,
                        guint8 ret_nonce[BM_NONCE_LEN]);
guint test_blobs_count_complete (TestBlobs *self);
guint test_blobs_count_chunks (TestBlobs *self); /* that came, repeats included */
guint test_blobs_count_asked (TestBlobs *self);  /* how often what is there was asked for */
gsize test_blobs_count_bytes (TestBlobs *self);  /* of chunks that came, repeats included */
/* Of a run no more than @most bytes arrive, and nobody is answered. */
void test_blobs_take_part (TestBlobs *self, const char *path, GBytes *body, gsize most);

/* A line. */
#define TEST_TYPE_LINE (test_line_get_type ())
G_DECLARE_FINAL_TYPE (TestLine, test_line, TEST, LINE, GObject)

typedef enum
{
  TEST_LINE_HONEST,
  TEST_LINE_LOSE_REPLY, /* the platform acts, the answer never arrives */
  TEST_LINE_STATUS,     /* @status with @retry_after_ms, no signed body */
  TEST_LINE_PORTAL,     /* 200 and HTML */
  TEST_LINE_TROUBLE,    /* no answer: @trouble */
  TEST_LINE_OTHER_NONCE,
  TEST_LINE_OTHER_KEY,
  TEST_LINE_REPLAY,               /* the last honest answer once more */
  TEST_LINE_REFUSE,               /* signed: @refused_code */
  TEST_LINE_SILENT_ABOUT_ENTRIES, /* signed, no answer for any record */
  TEST_LINE_NEVER,                /* nothing comes until somebody gives up */
  TEST_LINE_NARROW,               /* no answer to more than @status bytes */
  TEST_LINE_AWAY,                 /* of a run half arrives; the line goes away and is back */
  TEST_LINE_HELD,                 /* honest, but waits for test_line_release(), as while held */
} TestLineMode;

TestLine *test_line_new (const BmKey *platform_key, const BmKey *station_public, BmClock *clock);
/* The mode of the next @count requests to @path (NULL: any), then honest again. */
void test_line_misbehave (TestLine *self, TestLineMode mode, const char *path, guint count);
void test_line_set_status (TestLine *self, guint status, gint64 retry_after_ms);
void test_line_set_trouble (TestLine *self, BmLinkTrouble trouble);
void test_line_set_refused (TestLine *self, const char *code);
void test_line_poison (TestLine *self, GBytes *record, guint status); /* 0: the line breaks */
void test_line_defer (TestLine *self, GBytes *record, gint64 after_ms);
void test_line_add_message (TestLine *self, BmMessage *message);
void test_line_set_watermark (TestLine *self, guint64 watermark, guint next_label);
void test_line_set_signed_retry_after (TestLine *self, gint64 ms);
void test_line_set_renewal (TestLine *self, gint64 from_ms, gint64 until_ms);
/* What the platform knows of one slip; @state NULL: of none. */
void
test_line_set_tracked (TestLine *self, const char *number, const char *code, const char *state);
/* While held, honest answers to all but hello wait until they are released, first come first served. */
void test_line_set_held (TestLine *self, gboolean is_held);
guint test_line_get_n_held (TestLine *self);
gboolean test_line_release (TestLine *self, TestLineMode mode); /* FALSE: none waits */
gboolean test_line_release_last (TestLine *self, TestLineMode mode);
TestBlobs *test_line_get_blobs (TestLine *self);
guint test_line_count (TestLine *self, const char *path);     /* NULL: all requests */
guint test_line_get_effects (TestLine *self, GBytes *record); /* times taken as new */
guint test_line_get_stored (TestLine *self);
const char *test_line_get_certificate (TestLine *self);
gint64 test_line_get_last_boot_ms (TestLine *self); /* when the last request came */
/* A request that is never answered; it ends when it is given up. */
void test_wait_for_ever (GTask *task);

G_END_DECLS
