/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/people/address.h"
#include "core/people/card.h"
#include "core/ports/clock.h"
#include "core/session/draft.h"

#include <glib-object.h>
#include <jansson.h>

G_BEGIN_DECLS

/*
 * The session of one seat: a pure state machine (session.c draws it). Events go in, effects and page
 * models come out; it touches nothing outside. The station carries effects out and feeds what came of
 * them back as events. Page models follow assets/schema/page.json, intents assets/schema/intent.json.
 */

/*
 * JSON that crosses this border besides page and intent:
 *
 *  case (IDENTIFIED, CASE_CHANGED, RESTARTED; unknown keys are ignored, only number is required):
 *    {"number":"25 digits", "service":"…", "state":"noted|sent|handed|accepted|done|not_done|conflict",
 *     "wall_ms":0, "is_told":false, "result":{…the centre's last result body…}|null, "qr":"HTTPS://…",
 *     "slip":{…what the session stored: the draft's slip…}}
 *  COMMITTED: {"number":"…", "counter":7, "qr":"HTTPS://…", "print_job":1 or 0, "seq":1}
 *  WANT_WITNESS with flag TRUE: the very object for BM_DESK_EVENT_HALL, pass it on unread:
 *    {"name","about","service","rule","by_social_card","by_letter","card_at","step","sees","since_ms"}, and when words are asked for
 *    instead of a witness: "text":{"label","max":characters,"value": what stands there already or ""}
 *  CONTACT: {"kind":"contact", "seat", "session", "name" (masked or ""), "group", "service", "at_ms"}
 *  CONTACT also: {"kind":"ask", "number", "text":"问清楚是哪一段路", and the rest as above}: after a commit, what
 *    the desk has to ask this person; never of a matter without a name or hidden from the desk
 *  PRINT: {"number", "sheet"}; the number block is already filled
 *
 *  RECORD: {"state":"open|unknown|missing|locked", "as_of":"YYYY-MM-DD" or "", "record":{…core/pack}|null};
 *    unknown: the pack is there and does not know the person; missing: none came, or it is too old;
 *    locked: the centre revoked this station
 *  TRACKED: {"found":"here|elsewhere|central|none", "number":"25 digits" or "", "state":"noted|…" or "",
 *    "wall_ms":0}; status only, no name and no service: "none" is said alike for unknown and forged,
 *    "elsewhere": another terminal's slip and no line; "central": the platform said it
 *    and "wait_ms": after too many numbers that nobody has, the next answer comes that much later; else 0
 *  USES: {"since_ms":0, "is_swept":false, "is_whole":true, "is_cut":false, "uses":[{"use":"look|find|open|track|commit|
 *    late|print|withdraw|sent", "by":"staff id" or "", "service":"…", "wall_ms":0, "hidden":true?}]}, newest first
 *  AUDIT with "use" and "person": one of them, with the person's tag in hex; it is no personal data in clear
 *  PRINT with number "": a sheet without a case (查询条); it is not kept after it was printed
 *
 * RESTARTED: the flag says that a session had been open when the station went down.
 * After ENDED the object is idle again with a new session id; the page of 待机 follows as a last effect.
 * While a warning counts down, PAGE comes at 60, 30 and 10 seconds; the face counts in between.
 */

typedef struct _BmCatalogue BmCatalogue;
typedef struct _BmGuides BmGuides;

/* The readers that a seat can have. */
typedef enum
{
  BM_READER_SLOT_ID,
  BM_READER_SLOT_SOCIAL, /* 社保卡 */
  BM_N_READER_SLOTS,
} BmReaderSlot;

typedef enum
{
  BM_EVENT_INTENT,       /* json: an intent that passed the schema loader */
  BM_EVENT_CARD_READ,    /* card */
  BM_EVENT_CARD_REMOVED, /* number: which reader's, as in READER_STATE */
  BM_EVENT_CARD_FAILED,  /* code: BmError; number: as in READER_STATE */
  BM_EVENT_READER_STATE, /* flag: it is usable; number: a BmReaderSlot */
  BM_EVENT_LINK,         /* flag: online now; number: 1 when it was up within the last 24 h */
  BM_EVENT_MEANS, /* flag: new matters can be noted; number: 1 when the centre's records can be opened */
  BM_EVENT_IDENTIFIED,    /* tag; json: array of cases as in effect IDENTIFY */
  BM_EVENT_COMMITTED,     /* json: {number, counter, qr, print_job, seq} */
  BM_EVENT_COMMIT_FAILED, /* code: BmError; nothing was stored */
  BM_EVENT_CASE_CHANGED,  /* json: case object, for a case this session committed or listed */
  BM_EVENT_PRINT_STATE, /* number: job id; text: BmPrintState name; text2: reason, of what a printer has begun:
                             why it does not go on, or "" */
  BM_EVENT_STAFF_CHECKED, /* text: staff id; code: BmStaffVerdict; number: ms to wait when LOCKED */
  BM_EVENT_WITNESS, /* from the desk: text: staff id; flag: seen TRUE / cannot witness FALSE */
  BM_EVENT_TEXT,    /* from the desk: text: staff id; text2: what was written for the person */
  BM_EVENT_HELP_ANSWERED, /* the desk saw the call */
  BM_EVENT_RESTARTED,     /* json: array of untold cases after a restart (invariant 14) */
  BM_EVENT_TICK,          /* about once a second; time from the clock port */
  BM_EVENT_RECORD, /* json: what the packs say of the person; always right before IDENTIFIED */
  BM_EVENT_WITHDRAWN, /* flag: the ledger has it; text: "asked", or NULL; code: BmError, or -1; number: the sheet's job */
  BM_EVENT_TRACKED,   /* json: what came of effect TRACK */
  BM_EVENT_USES,      /* json: what came of effect USES; NULL: it cannot be read */
  BM_EVENT_HEADPHONE, /* flag: one is in, nobody else hears */
  BM_EVENT_PHOTO,     /* number: of the effect; code: BmPhotoState; whole, small: when it is OK */
  BM_EVENT_MEMO,      /* number: of the effect; code: BmMemoState; whole: what was said */
  BM_EVENT_LEVEL,     /* number: of the effect; code: how loud; left: seconds */
  BM_EVENT_VISITS,    /* json: half day -> how many visits are booked; NULL: nobody can say */
  BM_EVENT_DIVISIONS, /* divisions: the table of places, NULL: none can be read */
  BM_EVENT_VISIT, /* json: {"contact", "number", "service"} of a visit order; only an idle session takes it */
  BM_EVENT_BEHALF, /* json: for whom somebody acts (core/session/behalf.h); only an idle session takes it */
  BM_EVENT_POSTS, /* json: {"notices":[…], "warnings":[…]} (core/catalogue/post.h), a notice with its "name" */
} BmEventType;

typedef enum
{
  BM_STAFF_OK,
  BM_STAFF_WRONG,  /* unknown number or wrong PIN */
  BM_STAFF_LOCKED, /* too many failures */
  BM_STAFF_KIN,    /* relative of the person: refused as witness */
  BM_STAFF_ROLE,   /* the role may not do it */
} BmStaffVerdict;

typedef struct
{
  BmEventType type;
  json_t *json;           /* borrowed */
  BmCard *card;           /* borrowed */
  BmDivisions *divisions; /* borrowed */
  GBytes *whole;          /* borrowed */
  GBytes *small;          /* borrowed */
  const char *text;
  const char *text2;
  const guint8 *tag;
  gint64 number;
  gint code;
  guint left;
  gboolean flag;
} BmEvent;

typedef enum
{
  BM_EFFECT_PAGE,         /* json: the page model; show it */
  BM_EFFECT_LEASE_READER, /* flag: lease or release */
  BM_EFFECT_IDENTIFY, /* text: ID number: compute K and tag on the worker, list cases: IDENTIFIED */
  BM_EFFECT_COMMIT,   /* draft */
  BM_EFFECT_EXPECT_ANSWER, /* text: number; a resident waits: tell sync; CASE_CHANGED follows */
  BM_EFFECT_PRINT,         /* json: {number, sheet}: PRINT_STATE follows */
  BM_EFFECT_SETTLE_PRINT,  /* number: job id; flag: 拿到了 TRUE | 没有拿到 FALSE */
  BM_EFFECT_CHECK_STAFF,   /* text: staff id; text2: PIN; tag: subject; flag: as witness */
  BM_EFFECT_CALL_HELP, /* flag: ring / stop ringing; text "danger": somebody asks to have 110 called */
  BM_EFFECT_WANT_WITNESS, /* flag: the desk may attend now / no longer; json: what the desk may see */
  BM_EFFECT_CONTACT,      /* json: "请他们找我": a task for the desk, audited */
  BM_EFFECT_AUDIT,        /* json: event object without personal data */
  BM_EFFECT_TOLD,         /* text: number: the person was shown it */
  BM_EFFECT_ENDED,        /* session over and wiped: a fresh face takes over; text: why */
  BM_EFFECT_DIVISIONS,    /* a place will be asked for: DIVISIONS follows */
  BM_EFFECT_VISITS,       /* when somebody comes will be asked for: VISITS follows */
  BM_EFFECT_PHOTO,        /* number: which; take a picture of what lies there now: PHOTO follows */
  BM_EFFECT_MEMO, /* number: which; text: take, stop, play (of whole) or drop it: LEVEL and MEMO follow */
  BM_EFFECT_TRACK, /* text: a slip's QR text, 25 digits, or the spoken number: TRACKED follows */
  BM_EFFECT_USES,  /* tag: who used this person's record: USES follows */
  BM_EFFECT_WITHDRAW, /* json: {number, session, evidence, helper, sheet, asked_sheet}; tag: whose: WITHDRAWN follows */
} BmEffectType;

typedef struct
{
  BmEffectType type;
  json_t *json;
  BmDraft *draft;
  char *text;
  char *text2;
  GBytes *whole;
  guint8 tag[BM_TAG_LEN];
  gint64 number;
  gboolean flag;
} BmEffect;

void bm_effect_free (BmEffect *self); /* wipes text and text2 */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmEffect, bm_effect_free)

/* What a session is told once about its station; owned by the caller, must outlive the session. */
typedef struct
{
  const char *seat;         /* "hall" */
  const char *station_name; /* 禾田村便民服务站 */
  const char *village_name; /* 禾田村 */
  const char *village;      /* 12 digits */
  guint terminal;
  const char *station_phone;
  gboolean is_demo;
  gboolean is_bilingual; /* pages in another language carry question and choices in Chinese, too */
  gboolean has_microphone; /* the seat has one: what may be left out is asked for */
  gboolean has_desk;       /* a desk face is attached somewhere: witness may come from there */
  json_t *staff;           /* roster: array of {id, name, role, duty:[…]}; no secrets */
  json_t *
    dialects; /* (nullable): [{"id":"yue-demo", "name":"广东话"}]: recorded besides the usual one */
  json_t *
    languages; /* (nullable): [{"id":"xx", "name":"in itself", "direction":"ltr|rtl", "fonts":["…"],
                  "words":{"context":{"message":"…"}}}]: signed and whole, besides Chinese and English; the
                  table of each is installed (core/language). words: what the face says itself */
  json_t *
    duty; /* {"text":"上午8点半到下午5点", "next":"星期二上午8点半"} as computed; or a text per language */
  BmCatalogue *catalogue;
  BmGuides *guides; /* (nullable): what may be read */
  struct _BmCalendar *calendar;
  struct _BmAppealTable
    *appeals; /* who a request is for, proposed; NULL: the centre decides alone */
  BmClock *clock;
} BmSessionSetup;

#define BM_TYPE_SESSION (bm_session_get_type ())
G_DECLARE_FINAL_TYPE (BmSession, bm_session, BM, SESSION, GObject)

BmSession *bm_session_new (const BmSessionSetup *setup) G_GNUC_WARN_UNUSED_RESULT;

void bm_session_handle (BmSession *self, const BmEvent *event);
BmEffect *
bm_session_take_effect (BmSession *self) G_GNUC_WARN_UNUSED_RESULT; /* NULL when none is left */
json_t *bm_session_get_page (BmSession *self); /* (transfer none): the current model */
const char *bm_session_get_id (BmSession *self);
gboolean bm_session_is_idle (BmSession *self); /* 待机 or home with nobody identified */

/* Pure: whether one of the staff may be the witness that @service asks for. */
gboolean bm_session_has_witness (json_t *service, json_t *staff);

/* Test and debug aid: asserts every invariant of the state diagram. */
void bm_session_assert (BmSession *self);

G_END_DECLS
