/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/session/page.h"
#include "core/session/session.h"

G_BEGIN_DECLS

/* Shared by the files of the session only; session.c draws the machine. */

#define BM_IDLE_WARN_MS  (5 * 60 * 1000)
#define BM_IDLE_WIPE_MS  (BM_IDLE_WARN_MS + 60 * 1000)
#define BM_HELP_MS       (60 * 1000)
#define BM_ANSWER_MS     (8 * 1000)
#define BM_PAPER_MS      (8 * 1000)
#define BM_CLOSING_MS    (6 * 1000)
#define BM_GOODBYE_MS    (20 * 1000)
#define BM_DUE_SOON_DAYS 7
#define BM_CARD_TRIES    3
#define BM_MAX_STAFF     36
#define BM_MAX_CASES     36

typedef enum
{
  BM_PAGE_IDLE,
  BM_PAGE_RESTARTED, /* what was committed but not told before a restart */
  BM_PAGE_HOME,
  BM_PAGE_CARD,
  BM_PAGE_NO_CARD,
  BM_PAGE_CONFIRM,
  BM_PAGE_LOOKING, /* waits for IDENTIFIED */
  BM_PAGE_TOLD,    /* a result that nobody was told yet */
  BM_PAGE_LETTER,  /* the same, for a service that is not spoken in a hall */
  BM_PAGE_MORE,
  BM_PAGE_DUPLICATE,
  BM_PAGE_NOTICE,
  BM_PAGE_DETAIL,
  BM_PAGE_FIELD,
  BM_PAGE_DIGITS,
  BM_PAGE_READBACK,
  BM_PAGE_WITNESS,
  BM_PAGE_STAFF,
  BM_PAGE_PIN,
  BM_PAGE_CHECKING,
  BM_PAGE_SEEN,
  BM_PAGE_REFUSED, /* kin, role, locked */
  BM_PAGE_UNSEEN,  /* one step is missing; nothing is recorded */
  BM_PAGE_COMMITTING,
  BM_PAGE_NOT_STORED,
  BM_PAGE_SENDING,
  BM_PAGE_DONE,
  BM_PAGE_RESULT,
  BM_PAGE_PRINT,
  BM_PAGE_CASES,
  BM_PAGE_CASE,
  BM_PAGE_GOODBYE,
  BM_PAGE_HELP,    /* over another page: nobody came */
  BM_PAGE_WARN,    /* over another page: are you still there */
  BM_PAGE_CLOSING, /* wiped; says so */
  BM_N_PAGES,
} BmPageId;

typedef enum
{
  BM_PAPER_NONE, /* nothing was asked for */
  BM_PAPER_COMING,
  BM_PAPER_OUT, /* printed: take it */
  BM_PAPER_EMPTY,
  BM_PAPER_STUCK,   /* not now, for another reason */
  BM_PAPER_UNKNOWN, /* cut off mid-sheet: the person settles it */
} BmPaper;

typedef struct
{
  const char *id;
  const char *template_name;
  void (*build) (BmSession *self, json_t *page);
  gboolean (*choose) (BmSession *self, const char *choice); /* only offered choices get here */
  gboolean (*digits) (BmSession *self, const char *value);
  void (*next) (BmSession *self);
  void (*back) (BmSession *self);
  gboolean can_end;
  gboolean is_personal; /* needs an identified person */
} BmPageSpec;

struct _BmSession
{
  GObject parent_instance;

  const BmSessionSetup *setup;
  char *id;
  BmPageId page_id;
  BmPageId under; /* what HELP or WARN covers */
  json_t *page;
  GQueue effects;
  gboolean must_emit; /* show the page again although nothing changed */

  json_t *service; /* (transfer none): in the catalogue */
  guint step;      /* index in its flow */

  BmCard *card;
  gboolean is_confirmed;
  gboolean is_card_present;
  gboolean is_stranger; /* another card came in the middle: said on the page once */
  guint card_failures;
  gint card_error; /* BmError of the last failure, or -1 */
  gboolean has_tag;
  guint8 tag[BM_TAG_LEN];
  gint64 card_wall_ms;
  json_t *cases;       /* array of case objects */
  json_t *told;        /* the case whose result is being told (borrowed from cases, or owned ref) */
  gboolean is_heard;   /* the person asked to hear a private answer */
  gboolean may_repeat; /* 还要再报 */
  gboolean is_opened;  /* the case that is not for the loudspeaker is shown */

  json_t *fields;   /* id -> value */
  json_t *evidence; /* array */
  json_t *notice;
  gboolean was_detailed;
  guint field;   /* which askable field is asked */
  char *chosen;  /* picked, waits for 下一步 */
  char *problem; /* said beside the keypad */

  char *staff; /* who stands here and is being checked */
  gint verdict;
  gint64 locked_ms;
  char *helper; /* the witness that was accepted */
  gboolean is_contacted;
  gboolean is_cannot; /* a helper said: cannot witness */

  guint matter;
  BmDraft *draft;
  json_t *committed;
  json_t *answer; /* newest case object of the committed matter */
  gint64 answer_boot_ms;
  gboolean was_online; /* when it was committed */
  BmPaper paper;
  gint64 print_job;     /* 0 none; -1 the next that comes */
  gint64 print_floor;   /* jobs up to this one are not ours */
  gboolean is_printing; /* the printer took it up */
  BmPageId print_from;  /* the page that asked for the sheet */
  gint64 paper_boot_ms;

  json_t *untold;    /* array of cases after a restart */
  gboolean was_open; /* a session was open when the station went down */

  guint scale;
  gboolean is_spoken;

  gboolean has_reader;
  gboolean is_online;
  gboolean was_recently_online;

  gint64 active_boot_ms;
  gint64 page_boot_ms;
  gint64 help_boot_ms; /* 0: nobody was called */
  gboolean is_help_answered;
  gboolean was_help_offered;
  guint countdown;
  char *clock;
  const char *why; /* of the end; static */
};

/* session.c: the machine */
void bm_session_go (BmSession *self, BmPageId page); /* under an overlay: changes what it covers */
BmPageId bm_session_get_current (BmSession *self);   /* the page, or what an overlay covers */
void bm_session_cover (BmSession *self, BmPageId overlay);
void bm_session_uncover (BmSession *self);
void bm_session_enter_step (BmSession *self); /* shows the current step of the flow */
void bm_session_next_step (BmSession *self);
void bm_session_previous_step (BmSession *self);
void bm_session_close (BmSession *self, const char *why); /* wipes */
void bm_session_finish (BmSession *self);                 /* after CLOSING: a fresh session */
void bm_session_begin_service (BmSession *self, json_t *service);
gboolean bm_session_has_step (json_t *service, const char *name);
BmEffect *bm_session_add_effect (BmSession *self, BmEffectType type);
void bm_session_audit (BmSession *self, const char *event, const char *detail);
gint64 bm_session_now (BmSession *self); /* boot clock */
const BmPageSpec *bm_session_get_spec (BmPageId page);
gboolean bm_session_is_recorded (BmSession *self);

/* session-frame.c, session-intent.c */
json_t *bm_session_build_page (BmSession *self);
void bm_session_take_intent (BmSession *self, json_t *intent);

/* session-wipe.c: forgets what belongs to the person or the matter */
void bm_session_forget_person (BmSession *self);
void bm_session_forget_matter (BmSession *self);

/* session-time.c */
void bm_session_tick (BmSession *self);
void bm_session_set_clock (BmSession *self);
void bm_session_call_help (BmSession *self);
void bm_session_answer_help (BmSession *self);
void bm_session_leave_contact (BmSession *self);
void bm_session_stop_ringing (BmSession *self);

/* session-facts.c: what the catalogue's placeholders and condition words stand for */
GHashTable *bm_session_dup_values (BmSession *self, json_t *case_object);
GHashTable *bm_session_dup_flags (BmSession *self, json_t *case_object);
void bm_session_add_lines (BmSession *self, json_t *page, json_t *lines, json_t *case_object);
char *bm_session_fill (BmSession *self, json_t *text, json_t *case_object);
char *bm_session_dup_masked_name (BmSession *self);
guint bm_session_get_age (BmSession *self);
char *bm_session_dup_group (BmSession *self); /* "1组的" or "" */
const char *bm_session_get_staff_name (BmSession *self, const char *id);
const char *bm_session_get_way (BmSession *self); /* label of the accepted evidence, or NULL */
void bm_session_get_result_day (BmSession *self,
                                gboolean online,
                                gint32 *ret_day,
                                gboolean *ret_is_provisional);
gint32 bm_session_get_due (BmSession *self); /* or BM_NO_DAY */
gint32 bm_session_get_today (BmSession *self);

/* session-identify.c */
void bm_session_card_read (BmSession *self, BmCard *card);
void bm_session_card_failed (BmSession *self, gint code);
void bm_session_identified (BmSession *self, const guint8 *tag, json_t *cases);
void bm_session_after_identity (BmSession *self);
void bm_session_after_told (BmSession *self);
void bm_session_lease (BmSession *self, gboolean wanted);
gboolean bm_session_is_expired (BmSession *self);

/* session-fields.c */
void bm_session_begin_fields (BmSession *self, gboolean from_end);

/* session-witness.c */
void bm_session_begin_witness (BmSession *self);
void bm_session_staff_checked (BmSession *self, const char *staff, gint verdict, gint64 wait_ms);
void bm_session_witnessed (BmSession *self, const char *staff, gboolean is_seen);
void bm_session_stop_witness (BmSession *self);

/* session-commit.c; the slip that stays with a case:
 *   {"version":1, "label", "rule", "fields":{id: value with keep_local slip}, "way":"label of the evidence",
 *    "noted_ms", "result_day":"YYYY-MM-DD" or "", "is_provisional", "was_online", "was_recently_online",
 *    "helper":"HT02" or "", "pressed_by":"self"} */
void bm_session_begin_commit (BmSession *self);
gboolean bm_session_meets (BmSession *self, json_t *accepted);
void bm_session_committed (BmSession *self, json_t *committed);
void bm_session_commit_failed (BmSession *self, gint code);

/* session-result.c */
void bm_session_case_changed (BmSession *self, json_t *case_object);
void bm_session_print_state (BmSession *self, gint64 job, const char *state, const char *reason);
gboolean bm_session_is_result (json_t *case_object);
gboolean
bm_session_find_privacy (BmSession *self, json_t *case_object); /* not for the loudspeaker */
json_t *bm_session_find_result (BmSession *self,
                                json_t *case_object); /* catalogue's words for it, or NULL */
void bm_session_build_result (BmSession *self, json_t *page, json_t *case_object);
void bm_session_print_result (BmSession *self, json_t *case_object);
gboolean bm_session_can_print_result (BmSession *self, json_t *case_object);
void bm_session_tell (BmSession *self, json_t *case_object);
void bm_session_add_number (BmSession *self, json_t *page, json_t *case_object, gboolean with_qr);
void bm_session_add_paper (BmSession *self, json_t *page);

/* session-cases.c */
void bm_session_begin_cases (BmSession *self);

/* session-sheet.c */
json_t *bm_session_build_sheet (BmSession *self, const char *name, json_t *case_object);

/* Pages; the table is in session-table.c. */
extern const BmPageSpec bm_spec_idle, bm_spec_restarted, bm_spec_home, bm_spec_card,
  bm_spec_no_card, bm_spec_confirm, bm_spec_looking, bm_spec_told, bm_spec_letter, bm_spec_more,
  bm_spec_duplicate, bm_spec_notice, bm_spec_detail, bm_spec_field, bm_spec_digits,
  bm_spec_readback, bm_spec_witness, bm_spec_staff, bm_spec_pin, bm_spec_checking, bm_spec_seen,
  bm_spec_refused, bm_spec_unseen, bm_spec_committing, bm_spec_not_stored, bm_spec_sending,
  bm_spec_done, bm_spec_result, bm_spec_print, bm_spec_cases, bm_spec_case, bm_spec_goodbye,
  bm_spec_help, bm_spec_warn, bm_spec_closing;

G_END_DECLS
