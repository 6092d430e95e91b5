/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/entry/entry.h"
#include "core/ports/clock.h"
#include "core/ports/outbox.h"
#include "core/ports/print-journal.h"
#include "core/session/draft.h"
#include "core/worker.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The ledger: the one SQLite connection, on the store worker. Implements BmOutbox and
 * BmPrintJournal. OUTBOX.md describes schema and invariants.
 *
 * Signals, in the context the store was made in:
 *  "pending" ()                               BmOutbox: something waits to be sent
 *  "queued" (BmPrintJob *)                    BmPrintJournal: a job was committed
 *  "case-changed" (const char *number)        an answer or result was stored for a case
 *  "document-changed" (const char *kind)      roster, catalogue, … came down and was applied
 *  "trouble" (GError *error)                  a fault of fate STOP; no new entries from now on
 */

/* What the ledger must know of the station; owned by the caller, copied. */
typedef struct
{
  const char *folder;  /* data folder; ledger.db lies in it */
  const char *village; /* 12 digits */
  guint terminal;
  guint epoch_label;     /* of a new ledger; from the enrolment */
  guint32 counter_start; /* of a new ledger; from the enrolment */
  guint32 kiosk;
  const char *qr_host;
  BmKey *terminal_key; /* QR codes */
  BmKey *local_key;    /* seals what stays: slips, cases */
  BmKey *chain_key;    /* MACs the head; lies outside the data folder */
  BmKey *platform_seal_key;
  BmKey *platform_sign_key;
} BmStoreSetup;

typedef enum
{
  BM_CASE_NOTED,     /* 已登记 */
  BM_CASE_SENT,      /* 已送出: the front platform has it */
  BM_CASE_HANDED,    /* 已转到办事单位 */
  BM_CASE_ACCEPTED,  /* 已受理 */
  BM_CASE_DONE,      /* 办好了 */
  BM_CASE_NOT_DONE,  /* 没办成 */
  BM_CASE_CONFLICT,  /* 要核对 */
  BM_CASE_WITHDRAWN, /* 撤回了: before anything of it left, or by the centre */
} BmCaseState;

const char *bm_case_state_to_string (BmCaseState state); /* "noted", "sent", … */

/* A case as the station knows it: the local, sealed copy of what reprinting and telling need. */
typedef struct
{
  guint64 seq;
  char *number;
  char *service;
  BmCaseState state;
  BmEntryState entry_state;
  gint64 wall_ms;
  json_t *slip;       /* keep_local=slip fields, unsealed */
  json_t *result;     /* the centre's last result body, or NULL */
  gboolean is_told;   /* the last change was shown to the person */
  gboolean is_hidden; /* from the desk: service, slip and result stay empty where that matters */
  char *replaces;     /* number of the older case that this one reopens, or "" */
  gint32 due_day;     /* as it was committed, or BM_NO_DUE_DAY */
  gint asked; /* the centre was asked for it back: BmEntryState of the row that asks, or -1 */
} BmCase;

void bm_case_free (BmCase *self);

/* What a commit gives back: everything that may be said only now (invariant 1). */
typedef struct
{
  guint64 seq;
  char *number;
  char *spoken; /* "禾田村 1号机 7号" is composed by the caller from this counter */
  guint32 counter;
  char *qr;
  gint64 print_job; /* 0 when no sheet was asked for */
  gboolean
    is_repeat; /* the same (session, matter) had been committed before: nothing new was written */
} BmCommitted;

void bm_committed_free (BmCommitted *self);

#define BM_TYPE_STORE (bm_store_get_type ())
G_DECLARE_FINAL_TYPE (BmStore, bm_store, BM, STORE, GObject)

/* Opens or creates the ledger, migrates, checks (design §6), starts a run. Blocks; start of program. */
BmStore *bm_store_open (const BmStoreSetup *setup, BmClock *clock, GError **error);
void bm_store_close (BmStore *self);           /* checkpoints and ends the worker */
BmWorker *bm_store_get_worker (BmStore *self); /* also for Argon2id */

void bm_store_commit_async (BmStore *self,
                            const BmDraft *draft,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
BmCommitted *bm_store_commit_finish (BmStore *self, GAsyncResult *result, GError **error);

/* 撤回 (store-withdraw.c): the matter of a person who stands here with the card it was handed in with. */
#define BM_STORE_WITHDRAWAL "withdrawal" /* kind of the sheet */

typedef struct
{
  const char *number;
  const guint8 *tag; /* BM_TAG_LEN bytes */
  const char *seat;
  const char *session;
  const char *evidence; /* how the person was identified */
  const char *helper;   /* staff id, or "" */
  json_t *sheet;        /* when it was taken back */
  json_t *asked_sheet;  /* when the centre was asked, or NULL: then it is not asked */
} BmWithdrawWish;

typedef struct
{
  gboolean is_withdrawn;
  gboolean
    is_asked; /* it may be on the way: the centre is asked for it. Neither: nothing was written */
  gboolean is_repeat;
  gint64 print_job;
} BmWithdrawn;

void bm_store_withdraw_async (BmStore *self,
                              const BmWithdrawWish *wish,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
BmWithdrawn *bm_store_withdraw_finish (BmStore *self, GAsyncResult *result, GError **error);

/* Array of BmCase, newest first. */
void bm_store_list_cases_async (BmStore *self,
                                const guint8 subject_tag[BM_TAG_LEN],
                                GAsyncReadyCallback callback,
                                gpointer user_data);
void bm_store_find_case_async (BmStore *self,
                               const char *number,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* Cases whose commit the session of @seat never acknowledged (invariant 14). A hidden one comes without
 * service, slip and result: nobody knows who sits there now. */
void bm_store_list_untold_async (BmStore *self,
                                 const char *seat,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GPtrArray *bm_store_list_cases_finish (BmStore *self, GAsyncResult *result, GError **error);

/* The session showed it (or the desk took it over): commit and results up to now are told. */
void bm_store_mark_told_async (BmStore *self,
                               const char *number,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean bm_store_mark_told_finish (BmStore *self, GAsyncResult *result, GError **error);

/* What the packs say of somebody (core/session/session.h, RECORD). */
typedef enum
{
  BM_RECORD_OPEN,
  BM_RECORD_UNKNOWN, /* the pack is there and does not know the person */
  BM_RECORD_MISSING, /* none came, it is too old, or it cannot be read */
  BM_RECORD_LOCKED,  /* the centre does not work with this station */
} BmRecordState;

typedef struct
{
  guint8 tag[BM_TAG_LEN];
  GPtrArray *cases; /* of BmCase, newest first */
  BmRecordState record_state;
  char *as_of;    /* YYYY-MM-DD, or "" */
  json_t *record; /* the person's record (core/pack/pack.h), or NULL; wiped when freed */
} BmPerson;

void bm_person_free (BmPerson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPerson, bm_person_free)

/* How much is too much (store-misuse.c): people looked up within minutes; people without a matter that followed, within
 * hours; looks while the station is closed. */
typedef struct
{
  guint fast_persons;
  guint fast_minutes;
  guint idle_persons;
  guint idle_hours;
  guint closed_looks;
} BmMisuseRules;

void bm_store_set_misuse_rules (BmStore *self, const BmMisuseRules *rules);

/* 谁用过我的数据 (store-uses.c): {"since_ms", "is_swept", "is_whole", "is_cut", "uses":[{"use", "by", "service", "wall_ms",
 * "hidden"?}]}, newest first. Ends with bm_store_json_finish(). */
void bm_store_list_uses_async (BmStore *self,
                               const guint8 subject_tag[BM_TAG_LEN],
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/* A person is present: tag, own cases, own record. Nothing of it is kept. */
void bm_store_identify_async (BmStore *self,
                              const char *id_number,
                              GBytes *subject_salt,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
BmPerson *bm_store_identify_finish (BmStore *self, GAsyncResult *result, GError **error);

typedef enum
{
  BM_TRACKED_NONE, /* alike for what nobody knows and for a forged code */
  BM_TRACKED_HERE,
  BM_TRACKED_ELSEWHERE, /* another terminal's: only the platform knows */
} BmTrackedPlace;

typedef struct
{
  BmTrackedPlace place;
  char *number; /* 25 digits, or "" */
  char *code;   /* ELSEWHERE: what the slip's QR said, or NULL */
  BmCaseState state;
  gint64 wall_ms;
} BmTracked;

void bm_tracked_free (BmTracked *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmTracked, bm_tracked_free)

/* Status only. @text: a slip's QR, 25 digits, or the number as it is spoken. */
void bm_store_track_async (BmStore *self,
                           const char *text,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
BmTracked *bm_store_track_finish (BmStore *self, GAsyncResult *result, GError **error);

/* Appends an audit entry: @event is a canonical JSON object without personal data in clear. With
 * "anonymous":true it loses session, seat and staff, and its times are the beginning of the day. */
void bm_store_audit_async (BmStore *self,
                           json_t *event,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean bm_store_audit_finish (BmStore *self, GAsyncResult *result, GError **error);

/* Prints a further or another sheet of a case: stores the job, audits, emits "queued". */
void bm_store_print_async (BmStore *self,
                           const char *number,
                           const char *seat,
                           json_t *sheet,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gint64 bm_store_print_finish (BmStore *self, GAsyncResult *result, GError **error);
/* Sheets without a case of @seat: its session ended, so what is not printed expires, and every body
 * is wiped. */
void bm_store_end_sheets_async (BmStore *self,
                                const char *seat,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean bm_store_end_sheets_finish (BmStore *self, GAsyncResult *result, GError **error);

/*
 * The desk (OUTBOX.md, JSON). Hidden cases do not exist for any of these.
 */

/* One case by 25 digits, QR text or spoken number: object, or JSON null when there is none:
 * {"number","figure":"7号","name":"王*兰","service","state","entry","due_day","wall_ms","is_told",
 *  "position":1…,"waiting","code","reason","todo":"wait|look|centre|tell|nothing"}. */
void bm_store_desk_find_async (BmStore *self,
                               const char *text,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* The cases of a person who is present: array of the same objects, newest first. */
void bm_store_desk_list_async (BmStore *self,
                               const guint8 subject_tag[BM_TAG_LEN],
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* Open tasks, danger first: array of {"contact","kind":"contact|ask|danger","wall_ms",…}. */
void bm_store_contacts_async (BmStore *self, GAsyncReadyCallback callback, gpointer user_data);
/* All three end with bm_store_json_finish(). */

/* 补录: what the ledger knows of a paper form: {"state":"given|entered|unknown|never", "printed_ms" (0: not known),
 * "number", "entered_ms", "entered_by"}. unknown: another terminal printed it, or this one before its ledger was put
 * back; never: this one printed none of that number. Ends with bm_store_json_finish(). */
void bm_store_find_form_async (BmStore *self,
                               const char *form,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/* Somebody called: audited. BM_ERROR_NOT_FOUND when there is no such open task. */
void bm_store_settle_contact_async (BmStore *self,
                                    gint64 contact,
                                    const char *staff,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean bm_store_settle_contact_finish (BmStore *self, GAsyncResult *result, GError **error);

/* The slip of a case once more, as 第 N 次打印, on @seat's printer; audited with @staff. Ends with
 * bm_store_print_finish(); BM_ERROR_NOT_FOUND when there is none. */
void bm_store_reprint_async (BmStore *self,
                             const char *number,
                             const char *seat,
                             const char *staff,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/*
 * Standing and retention.
 */

/* What the platform said of this station, proven; it lasts until it says otherwise. */
void bm_store_note_standing_async (BmStore *self,
                                   gboolean is_revoked,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean bm_store_note_standing_finish (BmStore *self, GAsyncResult *result, GError **error);
/* For how long payloads stay after the centre has them: service id -> days (GINT_TO_POINTER). */
void bm_store_set_retention (BmStore *self, GHashTable *days);
/* Once a day: what is kept too long goes. */
void bm_store_sweep_async (BmStore *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean bm_store_sweep_finish (BmStore *self, GAsyncResult *result, GError **error);

/* Counts, reasons, oldest, due: what the desk shows. JSON object, see OUTBOX.md. */
void bm_store_overview_async (BmStore *self, GAsyncReadyCallback callback, gpointer user_data);
/* What came of the day that began at @from_ms: counts alone, see OUTBOX.md. */
void bm_store_day_async (BmStore *self,
                         gint64 from_ms,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
/* What came of the month that begins on @first_day, in counts of which nobody can be made out. */
void bm_store_indicators_async (BmStore *self,
                                gint32 first_day,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* The overview for operators, with "packs" and how many cases are hidden from the desk. */
void bm_store_status_async (BmStore *self, GAsyncReadyCallback callback, gpointer user_data);
/* Outbox rows for ctl: array of {seq,type,state,priority,due_day,number,service,tries,reason}. */
void bm_store_outbox_async (BmStore *self,
                            guint limit,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
/* Every matter, newest first, whatever became of it: rows as of the outbox. */
void bm_store_matters_async (BmStore *self,
                             guint limit,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
/* One row with header, hash, events; never a payload. */
void bm_store_show_async (BmStore *self,
                          const char *number_or_seq,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
/* Walks the whole chain: {ok, rows, head, fault:{seq, what}|null, signed_head_seq}. */
void bm_store_verify_async (BmStore *self, GAsyncReadyCallback callback, gpointer user_data);
json_t *bm_store_json_finish (BmStore *self, GAsyncResult *result, GError **error);

/* A person looked at what was set aside (HELD): it is tried again now. @number: NULL or "" for all. */
void bm_store_retry_async (BmStore *self,
                           const char *number,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gint64 bm_store_retry_finish (BmStore *self, GAsyncResult *result, GError **error); /* how many */

/* The last signed document of a kind ("roster", "catalogue", "calendar"…), or NULL. */
/* All documents of a kind: an array of {"name", "text"}; ends with bm_store_json_finish(). */
void bm_store_list_documents_async (BmStore *self,
                                    const char *kind,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
void bm_store_get_document_async (BmStore *self,
                                  const char *kind,
                                  const char *name,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
GBytes *bm_store_get_document_finish (BmStore *self, GAsyncResult *result, GError **error);

/* Failed PINs are counted on disk with growing delays: gives ms to wait before the next try. */
void bm_store_pin_state_async (BmStore *self,
                               const char *staff,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
void bm_store_note_pin_async (BmStore *self,
                              const char *staff,
                              gboolean was_right,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gint64 bm_store_pin_finish (BmStore *self, GAsyncResult *result, GError **error);

G_END_DECLS
