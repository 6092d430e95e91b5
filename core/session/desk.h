/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/session/session.h"

G_BEGIN_DECLS

/*
 * The helper's screen as a state machine of its own: locked -> PIN -> today (what to do first, what waits
 * and why, devices, the hall's session when it wants a witness) -> lists, one task, one matter. Works like
 * BmSession: events in, effects out; the same page schema, templates "desk-…". It attends the hall's
 * session, it never drives the resident's page, and never shows amounts or complaints about the station.
 */

/*
 * JSON that crosses this border besides page and intent (app/store/OUTBOX.md describes the ledger's part):
 *
 *  OVERVIEW: bm_store_overview + {"link","printer","reader"}, and "social_reader" where there is one; of it
 *    "waiting": counts, and "rows":[{"number","service","state":"pending|deferred|held|rejected|quarantined",
 *      "due_day","wall_ms"}];
 *    "contacts":[{"contact","kind":"contact|ask|danger","wall_ms","name","group","service","number","text","tries",
 *      "tried_ms","tried_by"}]; only "contact" is required
 *    "misuse":[{"misuse","rule":"fast|idle|closed","staff","wall_ms","count"}] that nobody has looked into
 *  FOUND: array of {"number","figure","name","service","state","entry","due_day","wall_ms","is_told",
 *    "position","waiting","code","reason","todo"}, or NULL: it could not be looked for
 *  STICK: {"job":"none|export|import","state":"none|working|done|failed","entries","entries_of","attachments",
 *    "attachments_of","bytes","bytes_of","left_s":n|null,"sentence","refused":[{"sentence"}],
 *    "sticks":[{"name","folder"}]}
 *  DAY: what bm_store_day_async() gives (app/store/OUTBOX.md): counts of one moment
 *  INDICATORS: core/indicators/indicators.h, with "month" and "is_over": counts of which nobody can be made out
 *  DUE_LIST: the document of core/pack/pack.h, or NULL: none came
 */

typedef enum
{
  BM_DESK_EVENT_INTENT,        /* json */
  BM_DESK_EVENT_STAFF_CHECKED, /* text: staff id; code: BmStaffVerdict; number: ms to wait */
  BM_DESK_EVENT_HALL,     /* json: what the hall's session lets the desk see, or NULL: it ended */
  BM_DESK_EVENT_OVERVIEW, /* json */
  BM_DESK_EVENT_HELP,     /* flag: the hall rings / stopped; text: "danger" fills the screen */
  BM_DESK_EVENT_SESSION,  /* flag: a resident's session is open in the hall / none is */
  BM_DESK_EVENT_DUE_LIST, /* json */
  BM_DESK_EVENT_READER_STATE, /* flag: the desk's own reader is usable */
  BM_DESK_EVENT_CARD_READ,    /* card */
  BM_DESK_EVENT_CARD_FAILED,
  BM_DESK_EVENT_FOUND,      /* json */
  BM_DESK_EVENT_REPRINTED,  /* flag: a further copy was stored for the printer / it could not be */
  BM_DESK_EVENT_STICK,      /* json: STICK */
  BM_DESK_EVENT_CHECKUP,    /* json: core/checkup/checkup.h, or NULL: it could not be made */
  BM_DESK_EVENT_DAY,        /* json: DAY, or NULL: it could not be counted */
  BM_DESK_EVENT_INDICATORS, /* json: INDICATORS, or NULL: they could not be counted */
  BM_DESK_EVENT_FORM, /* json: what the ledger knows of a paper form (app/store/store.h), or NULL */
  BM_DESK_EVENT_COMMITTED, /* json: as for a session; NULL: nothing was stored, code says why (BmError) */
  BM_DESK_EVENT_PERSON, /* json: {"kin":[staff ids], "is_other_name":bool}, or NULL: it could not be looked up */
  BM_DESK_EVENT_HANDED, /* flag: the hall has taken it / somebody is there */
  BM_DESK_EVENT_SHEET_STORED, /* number: of its PRINT; flag: it waits for the printer / it could not be stored */
  BM_DESK_EVENT_TICK,
} BmDeskEventType;

typedef struct
{
  BmDeskEventType type;
  json_t *json;
  BmCard *card; /* borrowed */
  const char *text;
  gint64 number;
  gint code;
  gboolean flag;
} BmDeskEvent;

typedef enum
{
  BM_DESK_EFFECT_PAGE,        /* json */
  BM_DESK_EFFECT_CHECK_STAFF, /* text: staff id; text2: PIN; flag: as witness of the hall's person */
  BM_DESK_EFFECT_WITNESS,     /* text: staff id; flag: seen / cannot */
  BM_DESK_EFFECT_WRITE,       /* text: staff id; text2: what was written for the hall's person */
  BM_DESK_EFFECT_HELP_SEEN,
  BM_DESK_EFFECT_REFRESH,        /* wants a new overview */
  BM_DESK_EFFECT_SETTLE_PRINT,   /* number: job; flag */
  BM_DESK_EFFECT_RETRY,          /* text: number or "" for everything held */
  BM_DESK_EFFECT_AUDIT,          /* json */
  BM_DESK_EFFECT_SETTLE_CONTACT, /* number: task; text: staff id; audited */
  BM_DESK_EFFECT_GET_DUE_LIST,   /* DUE_LIST follows */
  BM_DESK_EFFECT_LEASE_READER,   /* flag: lease or release the desk's own reader */
  BM_DESK_EFFECT_FIND,           /* text: 25 digits, QR text or the spoken number: FOUND follows */
  BM_DESK_EFFECT_FIND_PERSON, /* text: ID number of who is present; text2: who looks: FOUND follows */
  BM_DESK_EFFECT_CHECK_MACHINE,  /* CHECKUP follows */
  BM_DESK_EFFECT_STICK_LOOK,     /* STICK follows */
  BM_DESK_EFFECT_STICK_EXPORT,   /* text: folder of the stick; STICK follows */
  BM_DESK_EFFECT_STICK_IMPORT,   /* the same */
  BM_DESK_EFFECT_GET_DAY,        /* number: when the day began: DAY follows */
  BM_DESK_EFFECT_GET_INDICATORS, /* number: the first day of the month: INDICATORS follows */
  BM_DESK_EFFECT_PRINT, /* json: a sheet without a case, for the desk's printer; SHEET_STORED follows */
  BM_DESK_EFFECT_FIND_FORM, /* text: the number of a paper form: FORM follows */
  BM_DESK_EFFECT_COMMIT, /* draft, without its tag; text: ID number of whose it is: COMMITTED follows */
  BM_DESK_EFFECT_LOOK_AT_PERSON, /* text: ID number; text2: name: PERSON follows */
  BM_DESK_EFFECT_VISIT,   /* json: for the hall, {"contact", "number", "service"}: HANDED follows */
  BM_DESK_EFFECT_BEHALF,  /* json: for the hall (core/session/behalf.h): HANDED follows */
  BM_DESK_EFFECT_REPRINT, /* text: number; text2: staff id; audited; REPRINTED follows */
} BmDeskEffectType;

typedef struct
{
  BmDeskEffectType type;
  json_t *json;
  BmDraft *draft;
  char *text;
  char *text2;
  gint64 number;
  gboolean flag;
} BmDeskEffect;

void bm_desk_effect_free (BmDeskEffect *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmDeskEffect, bm_desk_effect_free)

#define BM_TYPE_DESK (bm_desk_get_type ())
G_DECLARE_FINAL_TYPE (BmDesk, bm_desk, BM, DESK, GObject)

BmDesk *bm_desk_new (const BmSessionSetup *setup) G_GNUC_WARN_UNUSED_RESULT;

/* One screen for resident and helper: lists never show while a resident's session is open (domain
 * §2.21a rule 12). */
void bm_desk_set_one_screen (BmDesk *self, gboolean is_one_screen);

void bm_desk_handle (BmDesk *self, const BmDeskEvent *event);
BmDeskEffect *bm_desk_take_effect (BmDesk *self) G_GNUC_WARN_UNUSED_RESULT;
json_t *bm_desk_get_page (BmDesk *self);
gboolean bm_desk_takes_scan (BmDesk *self); /* its page asks for a slip */
gboolean bm_desk_is_danger (BmDesk *self);  /* somebody called, and it is not over */

G_END_DECLS
