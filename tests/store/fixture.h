/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/store/store-private.h"
#include "app/store/store.h"

G_BEGIN_DECLS

/* A real ledger in a fresh folder, with keys, a clock that the test moves, and calls that wait. */

#define RESIDENT_NAME "王秀兰"
#define RESIDENT_ID   "990121194603050028"

/* Moves only when told to; a reboot gives it another boot id and starts its boot reading again. */
#define TEST_TYPE_CLOCK (test_clock_get_type ())
G_DECLARE_FINAL_TYPE (TestClock, test_clock, TEST, CLOCK, GObject)

typedef struct
{
  char *folder;
  BmKey *seal_private; /* the platform's */
  BmKey *sign_private;
  TestClock *clock;
  BmStoreSetup setup;
  BmStoreTuning tuning;
  BmStore *store;

  gint64 asked; /* the cursor of the last status */
  guint n_pending;
  GArray *queued; /* gint64 job ids */
  GPtrArray *changed_cases;
  GPtrArray *changed_documents;
  GError *trouble; /* the last one */
} Ledger;

Ledger *ledger_new (void);
/* The same keys, station and epoch in every process: for tests that kill children. */
Ledger *ledger_new_at (const char *folder);
void ledger_free (Ledger *self); /* and removes the folder */
void ledger_free_keeping_folder (Ledger *self);
void ledger_open (Ledger *self); /* has to work */
BmStore *ledger_try_open (Ledger *self, GError **error);
void ledger_close (Ledger *self);
void ledger_advance (Ledger *self, gint64 ms);
void ledger_set_wall (Ledger *self, gint64 wall_ms);
void ledger_reboot (Ledger *self);       /* closes, and opens again in another boot */
void ledger_settle (Ledger *self);       /* dispatches every signal that waits */
sqlite3 *ledger_open_raw (Ledger *self); /* a thief's connection; only while closed */
void ledger_exec (Ledger *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

BmDraft *ledger_draft_new (guint number);
BmCommitted *ledger_try_commit (Ledger *self, BmDraft *draft, GError **error);
BmCommitted *ledger_commit (Ledger *self, guint number);
void ledger_commit_many (Ledger *self, guint first, guint count);

/* Waits for a call: ledger_wait() is the callback, its result is what _finish wants. */
void ledger_on_done (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *ledger_take (GAsyncResult **slot);

json_t *ledger_verify (Ledger *self);
json_t *ledger_overview (Ledger *self);
json_t *ledger_outbox (Ledger *self);
GPtrArray *ledger_cases (Ledger *self, BmDraft *draft);
GPtrArray *ledger_untold (Ledger *self, const char *seat);
BmCase *ledger_case (Ledger *self, const char *number);
void ledger_mark_told (Ledger *self, const char *number);
BmCommitted *ledger_commit_draft (Ledger *self, BmDraft *draft); /* it must work */
void ledger_print_out (Ledger *self, gint64 job);           /* through every state to PRINTED */
void ledger_send_all (Ledger *self, BmAnswerStatus status); /* and the same answer to each row */
/* All three lanes, one after the other. */
BmOutboxBatch *ledger_next (Ledger *self, gsize bytes, guint items);
BmOutboxBatch *ledger_try_next (Ledger *self, gsize bytes, guint items, GError **error);
BmOutboxBatch *
ledger_next_lane (Ledger *self, BmOutboxLane lane, gsize bytes, guint items, GArray *skip);
BmOutboxStatus *ledger_status (Ledger *self);
gboolean
ledger_apply (Ledger *self, GPtrArray *answers, GPtrArray *messages, gint64 cursor, GError **error);
gboolean ledger_apply_head (Ledger *self, guint64 seq, GBytes *head, GBytes *signature);
void ledger_watermark (Ledger *self, guint64 epoch, guint64 upto, guint label, guint32 counter);
gboolean ledger_audit (Ledger *self, json_t *event, GError **error); /* takes @event */
/* Of the owner of ledger_draft_new()'s matters; @tag: or of somebody else. */
BmWithdrawn *ledger_withdraw (Ledger *self, const char *number, const guint8 *tag, GError **error);
/* The same, and the centre is asked for what may have left. */
BmWithdrawn *
ledger_ask_back (Ledger *ledger, const char *number, const guint8 *tag, GError **error);
void ledger_print_form (Ledger *self); /* 补录单, numbered */
json_t *ledger_find_form (Ledger *self, const char *form);
GPtrArray *ledger_open_jobs (Ledger *self);
gboolean ledger_move (Ledger *self, gint64 job, BmPrintState from, BmPrintState to, GError **error);

BmAnswer *answer_new (const BmOutboxItem *item, BmAnswerStatus status);
GPtrArray *answers_new (void);
GPtrArray *answers_for (const BmOutboxBatch *batch, BmAnswerStatus status);
BmMessage *
message_new (gint64 id, const char *kind, const char *name, gint64 version, const char *body);
GPtrArray *messages_new (BmMessage *message);

/* Whether any file under @folder contains @needle. */
gboolean folder_contains (const char *folder, gconstpointer needle, gsize len);

G_END_DECLS
