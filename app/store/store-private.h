/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/store/store-pages.h"
#include "app/store/store.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/*
 * What the files of this folder share, and what tests may turn. Everything below "worker only" is
 * touched on the store worker alone; the functions are called there, inside bm_store_transact()
 * where they write.
 */

#define BM_STORE_BALLAST_BYTES (32 * 1024 * 1024)
#define BM_STORE_MIN_BALLAST   (1024 * 1024) /* of a test; one transaction has to fit in a half */
#define BM_STORE_RESERVE_BYTES (64 * 1024 * 1024)
#define BM_STORE_PHOTO_RESERVE 4    /* times the reserve: below it nothing large is taken */
#define BM_STORE_MAX_WAL_PAGES 4000 /* bm_store_space_get_log_pages() */
#define BM_STORE_CHECKED_ROWS  1000 /* at start */
#define BM_STORE_SLICE_ROWS    500  /* while idle */
#define BM_STORE_SLICE_PAGES   2000 /* while idle */
#define BM_STORE_IDLE_MS       2000
#define BM_STORE_MAX_DOCUMENT  (1024 * 1024)
#define BM_STORE_MAX_SLIP      (64 * 1024)
#define BM_STORE_MAX_LIST      500
#define BM_STORE_MAX_HEAP      1000 /* rows in one batch */
#define BM_STORE_RUN_LENGTH \
  20000 /* entries under one start key; bounds the platform's work for one */
#define BM_STORE_HOLD_MS (24 * 60 * 60 * 1000)

/* What a test may turn; zero (NULL) is the product's value. */
typedef struct
{
  const char *vfs;         /* name of a registered VFS */
  const char *synchronous; /* "NORMAL" is a mutant that the crash tests have to catch */
  gint64 ballast_bytes;    /* -1: none; at least BM_STORE_MIN_BALLAST; the log follows it */
  gint64 reserve_bytes;    /* -1: none; below it no new commit is taken */
  gint max_pages;          /* of the database: a disk that is full */
  gint idle_ms;            /* -1: never idle by itself */
  guint run_length;        /* entries under one start key */
} BmStoreTuning;

BmStore *bm_store_open_tuned (const BmStoreSetup *setup,
                              BmClock *clock,
                              const BmStoreTuning *tuning,
                              GError **error);

/* The epoch that new entries go to, as in its row. */
typedef struct
{
  gint64 id; /* order of opening */
  guint64 epoch;
  guint label;
  guint64 next_seq;
  guint32 next_counter;
  guint8 head[BM_SM3_LEN];
  guint64 upto;       /* what the platform said it holds */
  guint64 signed_seq; /* last head that the platform signed */
} BmStoreEpoch;

struct _BmStore
{
  GObject parent_instance;

  /* Constant once open. */
  BmWorker *worker;
  BmWorker *slow_worker; /* the second Argon2id of a person, beside the first */
  GMainContext *home;
  BmClock *clock;
  char *folder;
  char *village;
  char *qr_host;
  guint terminal;
  guint32 kiosk;
  BmKey *terminal_key;
  BmKey *local_key;
  BmKey *chain_key;
  BmKey *platform_seal_key;
  BmKey *platform_sign_key;
  char *vfs;
  char *synchronous;
  gint64 ballast_bytes;
  gint64 reserve_bytes;
  gint max_pages;
  gint idle_ms;
  guint run_length;

  gboolean is_closed; /* home only */

  /* Worker only. */
  sqlite3 *db;
  int lock_fd;
  GHashTable *statements;
  BmStoreEpoch now;
  BmRatchet *ratchet;
  GError *stop;         /* why no new entry is taken, or NULL */
  gboolean is_dead;     /* nothing is written at all until the next start */
  BmMisuseRules misuse; /* zeros: the usual ones */
  gboolean is_clock_verified;
  gint64 centre_ms; /* the last signed time of this boot, 0: none; taken at @centre_boot_ms */
  gint64 centre_boot_ms;
  GHashTable *retention; /* service -> days, or NULL */
  gint32 purge_day;      /* the last day on which the idle tick saw everything */
  gint64 purge_seen_day; /* how far a purge is: rows that stay are passed once */
  gint64 purge_id;
  gint wal_pages;
  GSource *idle;
  GHashTable *fleeting; /* job id -> BmKey of a sheet without a case; never on the disk */
  GHashTable *attempts; /* job id -> boot_ms at which printing for somebody anonymous began */
  gint64 slice_epoch;   /* epoch.id that the idle check is in; 0 once all was walked */
  guint64 slice_seq;
  gint64
    checkpoint_ms; /* wall clock: when the log was last moved into the database, in this run; 0 */
  gint64 verified_ms; /* wall clock: when the whole chain was last walked, in this run; 0 */
  gint64 slice_page;  /* the page that the idle check comes to next; -1 once all were seen */
};

/* store-open.c */
gboolean bm_store_start (BmStore *self, GError **error);
void bm_store_end (BmStore *self);

/* store-schema.c */
gboolean bm_store_migrate (BmStore *self, GError **error);

/* store-space.c */
gboolean bm_store_space_check (BmStore *self, GError **error);
gboolean bm_store_space_check_large (BmStore *self, gsize bytes, GError **error);
gint64 bm_store_space_get_free (BmStore *self);
void bm_store_space_ensure_ballast (BmStore *self);
void bm_store_space_save_ballast (BmStore *self, gint64 bytes);
gboolean bm_store_space_release_ballast (BmStore *self);
gboolean bm_store_space_make_room (BmStore *self);
void bm_store_space_hold_log (BmStore *self);
gint bm_store_space_get_log_pages (BmStore *self);
gint64 bm_store_space_get_log_bytes (BmStore *self);
gboolean bm_store_space_prepare_log (BmStore *self, GError **error);
gboolean bm_store_checkpoint (BmStore *self, GError **error);
void bm_store_schedule_idle (BmStore *self);

/* store.c: told in the context the store was made in, after the transaction */
void bm_store_tell_pending (BmStore *self);
void bm_store_tell_queued (BmStore *self, BmPrintJob *job);
void bm_store_tell_case (BmStore *self, const char *number);
void bm_store_tell_document (BmStore *self, const char *kind);
void bm_store_tell_trouble (BmStore *self, const GError *error);
/* Runs @func on the worker with @data; a closed store is a plain error. */
void bm_store_run (BmStore *self,
                   BmWorkerFunc func,
                   gpointer data,
                   GDestroyNotify data_free,
                   GDestroyNotify result_free,
                   GAsyncReadyCallback callback,
                   gpointer user_data);

/* store-chain.c */
typedef struct
{
  BmEntryType type;
  guint8 priority;
  gint32 due_day;
  const char *number;
  const char *service;
  const char *rule;
  const guint8 *subject_tag; /* or NULL */
  gboolean is_coarse;        /* about somebody anonymous */
  GPtrArray *attachments;    /* of BmAttachment, or NULL */
} BmStoreFacts;

gint32 bm_store_get_today (BmStore *self);
gint32 bm_store_get_day_of (gint64 wall_ms);
gint64 bm_store_get_day_start_ms (BmStore *self);
gboolean bm_store_header_is_coarse (const BmEntryHeader *header);

gboolean bm_store_chain_append (BmStore *self,
                                const BmStoreFacts *facts,
                                json_t *payload,
                                guint64 *ret_seq,
                                guint8 ret_hash[BM_SM3_LEN],
                                GError **error);
gboolean bm_store_chain_audit (BmStore *self, json_t *event, gboolean is_coarse, GError **error);
gboolean bm_store_chain_save_head (BmStore *self, GError **error);
gboolean bm_store_chain_load (BmStore *self, gint64 id, BmStoreEpoch *ret_epoch, GError **error);
gboolean bm_store_chain_open_epoch (BmStore *self, guint label, guint32 counter, GError **error);
void bm_store_chain_row_mac (BmStore *self,
                             guint64 epoch,
                             guint64 seq,
                             const guint8 head[BM_SM3_LEN],
                             guint8 ret_mac[BM_SM3_LEN]);
void bm_store_chain_head_mac (BmStore *self, const BmStoreEpoch *epoch, guint8 ret_mac[BM_SM3_LEN]);
GBytes *
bm_store_head_message (guint32 kiosk, guint64 epoch, guint64 seq, const guint8 head[BM_SM3_LEN]);

GByteArray *bm_store_chain_place (BmStore *self,
                                  const char *name,
                                  guint64 epoch,
                                  guint64 seq,
                                  const guint8 head[BM_SM3_LEN]);

/* store-purge.c */
gboolean bm_store_purge (BmStore *self, gboolean *ret_end, GError **error);
gint32 bm_store_get_centre_day (BmStore *self);
void bm_store_gone_mac (BmStore *self,
                        guint64 epoch,
                        guint64 seq,
                        const guint8 head[BM_SM3_LEN],
                        gint64 purged,
                        GBytes *header,
                        guint8 ret_mac[BM_SM3_LEN]);

/* store-verify.c */
typedef struct
{
  guint64 epoch;
  guint64 seq;
  const char *what; /* "changed", "removed", "reordered", "truncated", "rewritten"; NULL: sound */
} BmStoreFault;

gboolean bm_store_verify_rows (BmStore *self,
                               const BmStoreEpoch *epoch,
                               guint64 first,
                               guint64 last,
                               BmStoreFault *ret_fault,
                               GError **error);
gboolean bm_store_verify_head (BmStore *self,
                               const BmStoreEpoch *epoch,
                               BmStoreFault *ret_fault,
                               GError **error);
gboolean bm_store_verify_start (BmStore *self, GError **error);
gboolean bm_store_verify_slice (BmStore *self, GError **error);
void bm_store_note_fault (BmStore *self, const BmStoreFault *fault);
void bm_store_note_bad_pages (BmStore *self);
/* On the disk itself, after a checkpoint; a repaired or a bad page is an alarm. */
gboolean bm_store_look_at_pages (BmStore *self,
                                 gint64 first,
                                 gint64 count,
                                 BmPagesLook *ret_look,
                                 GError **error);

/* store-commit.c */
char *bm_store_dup_figure (const char *number);
/* The row id that a number of this ledger has: its label and its counter, so that newer is greater
 * and no number can be there twice. 0 for what is no number. */
gint64 bm_store_case_id (const char *number);

/* store-cases.c */
gboolean bm_store_case_apply_result (BmStore *self,
                                     const BmMessage *message,
                                     gboolean is_reread,
                                     gboolean *ret_ours,
                                     gboolean *ret_changed,
                                     GError **error);
gboolean bm_store_case_note_answer (BmStore *self,
                                    guint64 epoch,
                                    guint64 seq,
                                    BmAnswerStatus status,
                                    char **ret_number,
                                    gboolean *ret_coarse,
                                    GError **error);
GPtrArray *bm_store_list_cases (BmStore *self, const guint8 tag[BM_TAG_LEN], GError **error);
gboolean bm_store_case_is_anonymous (BmStore *self,
                                     const char *number,
                                     gboolean *ret_anonymous,
                                     GError **error);

/* store-journal.c */
typedef struct
{
  const char *number; /* "": a sheet without a case, sealed under @fleeting */
  const char *seat;
  guint copy;
  json_t *sheet;
  BmKey *fleeting;
  gboolean is_coarse;
} BmStoreSheet;

BmPrintJob *bm_store_journal_insert (BmStore *self, const BmStoreSheet *sheet, GError **error);
BmPrintJob *bm_store_journal_load (BmStore *self, gint64 id, GError **error);
void bm_store_journal_init (BmStore *self);
void bm_store_journal_remember (BmStore *self, const BmPrintJob *job, BmKey *key);
gboolean bm_store_journal_forget (BmStore *self, const char *seat, GError **error);
void bm_store_journal_drop_keys (BmStore *self, const char *seat);
void bm_store_journal_iface_init (BmPrintJournalInterface *iface);

/* store-sheets.c */
void bm_store_copy_async (BmPrintJournal *journal,
                          gint64 job,
                          const char *why,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
BmPrintJob *bm_store_copy_finish (BmPrintJournal *journal, GAsyncResult *result, GError **error);

/* store-outbox.c, store-lanes.c, store-answers.c, store-messages.c */
void bm_store_outbox_iface_init (BmOutboxInterface *iface);
gboolean bm_store_finish_bool (BmOutbox *outbox, GAsyncResult *result, GError **error);
GHashTable *bm_store_skip_new (GArray *skip);
void bm_store_next_async (BmOutbox *outbox,
                          BmOutboxLane lane,
                          gsize max_bytes,
                          guint max_items,
                          GArray *skip,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
BmOutboxBatch *bm_store_next_finish (BmOutbox *outbox, GAsyncResult *result, GError **error);
typedef struct
{
  BmStore *self;
  GPtrArray *answers;
  GPtrArray *messages;
  gint64 asked;
  gint64 cursor;
  guint64 head_seq;
  GBytes *head;
  GBytes *head_signature;
  GPtrArray *changed_cases;     /* numbers */
  GPtrArray *changed_documents; /* kinds */
  BmStoreFault fault;           /* the platform's signed head is not ours */
  gint64 reread;                /* messages up to this one come a second time */
  guint64 settled_epoch;        /* whose rows were settled and are not counted yet */
  gint64 n_settled;
} BmStoreApply;

void bm_store_apply_async (BmOutbox *outbox,
                           const BmOutboxReply *reply,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean bm_store_count_settled (BmStore *self, guint64 epoch, gint64 count, GError **error);
gboolean
bm_store_apply_answer (BmStore *self, BmStoreApply *apply, const BmAnswer *answer, GError **error);
gboolean bm_store_apply_message (BmStore *self,
                                 BmStoreApply *apply,
                                 const BmMessage *message,
                                 GError **error);
gboolean bm_store_apply_head (BmStore *self, BmStoreApply *apply, GError **error);
gboolean bm_store_set_attention (BmStore *self,
                                 guint64 epoch,
                                 guint64 seq,
                                 BmEntryState state,
                                 const char *code,
                                 const char *reason,
                                 GError **error);

/* store-notes.c */
void bm_store_notes_iface_init (BmOutboxInterface *iface);
gboolean bm_store_read_bad_items (BmStore *self, BmOutboxStatus *status, GError **error);
gboolean bm_store_put_bad_item (BmStore *self, const BmBadItem *item, GError **error);

/* store-attachments.c */
GPtrArray *bm_store_seal_attachments (BmStore *self,
                                      const BmEntryHeader *header,
                                      GPtrArray *attachments,
                                      GError **error);
json_t *bm_store_name_attachments (json_t *payload, GPtrArray *sealed);
gboolean bm_store_insert_attachments (BmStore *self,
                                      const BmEntryHeader *header,
                                      GPtrArray *sealed,
                                      GError **error);
void bm_store_attachments_iface_init (BmOutboxInterface *iface);
/* store-withdraw.c */
gboolean bm_store_begin_offered (BmStore *self, GError **error);
gboolean bm_store_offer_all (BmStore *self, GError **error);
gboolean bm_store_note_offered (BmStore *self, const BmOutboxBatch *batch, GError **error);

/* store-forms.c */
gboolean bm_store_note_form (BmStore *self, guint label, gint64 serial, GError **error);
gboolean
bm_store_enter_form (BmStore *self, const BmDraft *draft, const char *number, GError **error);
gboolean bm_store_is_late (BmStore *self, const char *number);

/* store-misuse.c */
gboolean bm_store_note_look (BmStore *self,
                             const char *staff,
                             const guint8 tag[BM_TAG_LEN],
                             gboolean is_closed,
                             GError **error);
gboolean bm_store_explain_looks (BmStore *self, const guint8 tag[BM_TAG_LEN], GError **error);
gboolean bm_store_add_misuse (BmStore *self, json_t *overview, GError **error);
gboolean bm_store_settle_misuse (BmStore *self, json_t *event, GError **error);

/* store-uses.c */
gboolean
bm_store_note_use (BmStore *self, const guint8 tag[BM_TAG_LEN], json_t *use, GError **error);
gboolean bm_store_note_use_of (BmStore *self, const char *number, json_t *use, GError **error);
gboolean bm_store_note_use_of_event (BmStore *self, json_t *event, GError **error);
gboolean bm_store_begin_uses (BmStore *self, GError **error);
gboolean bm_store_sweep_uses (BmStore *self, GError **error);

/* store-dictionary.c */
gboolean bm_store_take_dictionary (BmStore *self, GError **error);

/* store-pin.c */
gboolean bm_store_pin_rearm (BmStore *self, GError **error);

/* store-documents.c */
gboolean bm_store_get_meta (BmStore *self, const char *key, gint64 *ret_value, GError **error);
gboolean bm_store_set_meta (BmStore *self, const char *key, gint64 value, GError **error);
gboolean
bm_store_check_meta_text (BmStore *self, const char *key, const char *text, GError **error);
gboolean bm_store_alarm (BmStore *self, const char *what, const char *detail, GError **error);
typedef struct
{
  guint64 epoch;
  guint64 seq; /* 0: about a job */
  gint64 job;
  const char *what;
  const char *detail;
  gboolean is_coarse;
} BmStoreEvent;

gboolean bm_store_note_event (BmStore *self, const BmStoreEvent *event, GError **error);
gboolean bm_store_alarm_once (BmStore *self, const char *what, const char *detail, GError **error);
gboolean bm_store_find_version (BmStore *self,
                                const char *kind,
                                const char *name,
                                gint64 *ret_version,
                                GError **error);
GBytes *bm_store_read_document (BmStore *self, const char *kind, const char *name, GError **error);
gboolean bm_store_put_document (BmStore *self,
                                const BmMessage *message,
                                gboolean is_reread,
                                gboolean *ret_changed,
                                GError **error);

/* store-packs.c */
gboolean bm_store_packs_note_head (BmStore *self, GBytes *body, GError **error);
gboolean bm_store_packs_sweep (BmStore *self, GError **error);
GBytes *bm_store_packs_dup_salt (BmStore *self);
void bm_store_packs_open (BmStore *self, const BmKey *slow, BmPerson *person);
json_t *bm_store_packs_describe (BmStore *self, GError **error);

/* store-track.c */
BmTracked *bm_store_track (BmStore *self, const char *text, GError **error);

/* store-overview.c, store-desk.c */

/* Entries that the desk may know of; for a query on entry. */
#define BM_STORE_VISIBLE                                                                             \
  "NOT EXISTS (SELECT 1 FROM cases INDEXED BY cases_hidden WHERE "                                   \
  "cases.epoch = entry.epoch AND cases.seq = entry.seq AND audience <> 0) AND NOT EXISTS (SELECT 1 " \
  "FROM withdrawal JOIN cases ON cases.id = withdrawal.id WHERE withdrawal.epoch = entry.epoch AND " \
  "withdrawal.seq = entry.seq AND audience <> 0)"
/* The same for a query on print_job. */
#define BM_STORE_VISIBLE_JOB                                       \
  "NOT EXISTS (SELECT 1 FROM cases INDEXED BY cases_hidden WHERE " \
  "cases.number = print_job.number AND audience <> 0)"

const char *bm_store_entry_state_to_string (BmEntryState state);
char *
bm_store_dup_reason (BmStore *self, sqlite3_stmt *row, int column, guint64 epoch, guint64 seq);
json_t *bm_store_read_contact (BmStore *self, sqlite3_stmt *row);

/* store-standing.c */
gboolean bm_store_note_revocation (BmStore *self, GBytes *body, GError **error);

gboolean bm_store_note_contact (BmStore *self, json_t *event, GError **error);
/* store-visits.c: tasks of kind "visit" */
gboolean
bm_store_order_visit (BmStore *self, const BmDraft *draft, const char *number, GError **error);
gboolean bm_store_do_visit (BmStore *self, const BmDraft *draft, GError **error);
gboolean bm_store_drop_visit (BmStore *self, const char *number, GError **error);
gboolean
bm_store_change_visit (BmStore *self, json_t *event, gboolean *ret_is_news, GError **error);
gboolean bm_store_settle_contact (BmStore *self, gint64 contact, GError **error);

G_END_DECLS
