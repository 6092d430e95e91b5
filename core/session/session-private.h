/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/people/address.h"
#include "core/ports/memo.h"
#include "core/ports/photo.h"
#include "core/session/session-pages.h"

G_BEGIN_DECLS

/* Shared by the files of the session only; session.c draws the machine. */

#define BM_IDLE_WARN_MS  (5 * 60 * 1000)
#define BM_IDLE_WIPE_MS  (BM_IDLE_WARN_MS + 60 * 1000)
#define BM_HELP_MS       (60 * 1000)
#define BM_ANSWER_MS     (8 * 1000)
#define BM_PAPER_MS      (8 * 1000)
#define BM_CLOSING_MS    (6 * 1000)
#define BM_GOODBYE_MS    (20 * 1000)
#define BM_ANOTHER_MS    (2 * 60 * 1000) /* 首页 between two matters of one person */
#define BM_COVER_MS      (30 * 1000)     /* amounts that nobody touches are covered again */
#define BM_TRACK_MS      (10 * 1000)
#define BM_LANGUAGE_MS   (60 * 1000) /* 待机 is Chinese again */
#define BM_DUE_SOON_DAYS 7
#define BM_CARD_TRIES    3
#define BM_MAX_STAFF     36
#define BM_MAX_CASES     36

/* Values of a field of type signature. */
#define BM_SIGN_DRAWN "drawn"
#define BM_SIGN_MARK  "finger-print"

/* Values of a field of type photo. */
#define BM_PAPER_PHOTO "photo"
#define BM_PAPER_STAFF "staff"

/* Values of a field of type memo. */
#define BM_MEMO_SAID  "memo"
#define BM_MEMO_STAFF "staff"

typedef struct _BmSessionPhoto BmSessionPhoto;

typedef enum
{
  BM_WITHDRAWAL_DONE,
  BM_WITHDRAWAL_ASKED, /* it may have left: the centre is asked for it */
  BM_WITHDRAWAL_LATE,  /* it was decided meanwhile */
  BM_WITHDRAWAL_FAILED,
} BmWithdrawal;

typedef enum
{
  BM_PAPER_NONE, /* nothing was asked for */
  BM_PAPER_COMING,
  BM_PAPER_OUT, /* printed: take it */
  BM_PAPER_EMPTY,
  BM_PAPER_STUCK,   /* not now, for another reason */
  BM_PAPER_UNKNOWN, /* cut off mid-sheet: the person settles it */
} BmPaper;

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

  const char *group; /* (nullable): whose matters are shown on OTHERS; static */
  json_t *posts;     /* (nullable): what hangs on the board */
  json_t *rated;     /* (nullable): which matter may be rated */
  char *face;        /* (nullable): chosen for it */
  json_t *heard;     /* (nullable): the warnings that were read here, as they came */
  json_t *article;   /* (nullable): which guide or notice is read */
  gboolean is_post;  /* it is a notice */
  guint leaf;        /* which page of it */
  json_t *service;   /* (transfer none): in the catalogue */
  guint step;        /* index in its flow */
  json_t *stop;      /* (transfer none) (nullable): which of its stops is shown */

  BmCard *card;
  gboolean is_confirmed;
  gboolean is_card_present;             /* on either reader */
  gboolean is_lying[BM_N_READER_SLOTS]; /* on which */
  gboolean is_stranger;                 /* another card came in the middle: said on the page once */
  guint card_failures;
  gint card_error; /* BmError of the last failure, or -1; REFUSED: this matter needs the ID card */
  gboolean is_social_error; /* it was the slot's */
  gboolean wants_social;    /* 用社保卡 was pressed */
  gboolean has_tag;
  guint8 tag[BM_TAG_LEN];
  gint64 card_wall_ms;
  json_t *cases;       /* array of case objects */
  json_t *told;        /* the case whose result is being told (borrowed from cases, or owned ref) */
  gboolean is_heard;   /* the person asked to hear a private answer */
  gboolean may_repeat; /* 还要再报 */
  gboolean is_opened;  /* the case that is not for the loudspeaker is shown */
  json_t *record;      /* what the packs say of the person, as the event RECORD has it */
  gboolean is_shown;   /* the amounts are uncovered, on BENEFIT only */
  gboolean is_aloud;   /* and are spoken */
  gboolean is_whole;   /* all months of the record, not only the newest */
  gint64 touch_boot_ms;
  json_t *tracked; /* what came of TRACK */
  json_t *uses;    /* what came of USES */
  guint uses_from; /* which of them stands first on the page */

  json_t *behalf;       /* (nullable): for whom somebody acts, as the desk said it */
  BmCard *agent;        /* (nullable): who acts */
  gint64 agent_wall_ms; /* when that card was read */
  guint letter;         /* which page of the letter is asked for; 0: none */
  guint n_letters;      /* how many there are */
  json_t *letter_field; /* what is asked then */

  json_t *fields;        /* id -> value */
  json_t *drawings;      /* id -> what was written, as it came: base64 */
  json_t *consents;      /* (nullable): id of a field -> what was agreed to, how and when */
  GHashTable *photos;    /* (nullable): id -> BmSessionPhoto */
  gint64 shot;           /* which press the camera was asked for last */
  gint64 shot_boot_ms;   /* when; 0: nobody waits for it */
  GBytes *memo;          /* (nullable): what was said */
  guint memo_seconds;    /* how long it is */
  gint64 memo_number;    /* which press the device was asked for last */
  gint64 memo_boot_ms;   /* when it was heard of last; 0: nobody waits for it */
  gboolean is_memo_live; /* it was heard of since */
  guint memo_level;
  guint memo_left;  /* seconds */
  json_t *evidence; /* array */
  json_t *notice;
  gboolean was_detailed;
  guint field;         /* which askable field is asked */
  char *chosen;        /* picked, waits for 下一步 */
  const char *problem; /* said beside the keypad: a message of context "page", static */
  char *typed;         /* what was typed and did not do */

  BmDivisions *divisions;               /* NULL: not wanted, not here yet, or none can be read */
  gboolean is_placing;                  /* the table is wanted */
  gboolean has_places;                  /* it came, or it was said that there is none */
  char place[BM_DIVISION_CODE_LEN + 1]; /* whose list is shown; "" the provinces */
  guint place_from;                     /* the first of it on the page */
  json_t *places;                       /* code -> full name, of what was answered */

  json_t *visits;        /* (nullable): half day -> how many are booked */
  json_t *visit_order;   /* (nullable): session-visit.c */
  gboolean is_slot_lost; /* somebody else was faster with the half day */

  const char *danger;     /* what was answered to it: "call", "called" or "no"; static */
  gboolean was_forgotten; /* the card that was read before, because no name is wanted */
  json_t *reopens;        /* the older case that is not solved (owned ref) */
  json_t *resumes;        /* (transfer none): the service that the person came for meanwhile */
  json_t *resumed_fields; /* and what was answered to it already */
  const char *resumed_danger;

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
  gboolean was_online;     /* when it was committed */
  BmWithdrawal withdrawal; /* on WITHDRAWN */
  BmPaper paper;
  gint64 print_job;     /* 0 none; -1 the next that comes */
  gint64 print_floor;   /* jobs up to this one are not ours */
  gboolean is_printing; /* the printer took it up */
  BmPageId print_from;  /* the page that asked for the sheet */
  gint64 paper_boot_ms;

  json_t *untold;         /* array of cases after a restart */
  gboolean was_open;      /* a session was open when the station went down */
  gboolean was_only_told; /* nothing was begun that could be left unfinished */
  gboolean has_family;    /* 给家里人一张 was printed */
  gboolean is_another;    /* further matters of one visit: 再办一件 was pressed */
  gboolean has_recorded;  /* one before the present one is in the ledger */

  guint scale;          /* of letters, percent: 100, 125, 150, 200 */
  guint theme;          /* which of session-look.c's; 0: the usual colours */
  gboolean is_low;      /* everything stands in the lower part of the screen */
  gboolean is_low_news; /* that was changed on this page */
  gboolean is_spoken;
  guint rate_step; /* which of the seven rates */
  guint volume;    /* 1 to 10 */
  guint dialect;   /* 0: the usual one; else which of the setup's, from 1 */
  guint language;  /* 0: Chinese, 1: English; else which of the setup's, from 2 */
  gboolean has_headphone;

  gboolean can_note;    /* the ledger takes new matters */
  gboolean has_records; /* what the centre knows of people can be opened */
  gboolean has_reader;
  gboolean has_social_reader;
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
gboolean bm_session_is_at (BmSession *self, const char *step);
BmEffect *bm_session_add_effect (BmSession *self, BmEffectType type);
void bm_session_audit (BmSession *self, const char *event, const char *detail);
gint64 bm_session_now (BmSession *self); /* boot clock */
char *bm_session_make_id (void);         /* 16 random hex digits */
const BmPageSpec *bm_session_get_spec (BmPageId page);
gboolean bm_session_is_recorded (BmSession *self);

/* session-frame.c, session-intent.c */
gboolean bm_session_is_only_told (BmSession *self);
json_t *bm_session_build_page (BmSession *self);
void bm_session_take_intent (BmSession *self, json_t *intent);
void bm_session_add_problem (BmSession *self, json_t *page);

/* session-wipe.c: forgets what belongs to the person or the matter */
void bm_session_forget_person (BmSession *self);
void bm_session_forget_matter (BmSession *self);
void bm_session_begin_another (BmSession *self);

/* session-voice.c: how it is read */
void bm_session_reset_voice (BmSession *self);
void bm_session_set_voice (BmSession *self, json_t *page);
gboolean bm_session_offers_voice (BmSession *self);

/* session-look.c */
void bm_session_reset_look (BmSession *self);
void bm_session_make_bigger (BmSession *self);
const char *bm_session_get_theme (BmSession *self);
gboolean bm_session_open_voice (BmSession *self);
void bm_session_take_headphone (BmSession *self, gboolean is_in);

/* session-language.c */
const char *bm_session_get_language (BmSession *self);
char *bm_session_dup_language_label (BmSession *self); /* of what leads to another one */
void bm_session_press_language (BmSession *self);
void bm_session_tick_language (BmSession *self, gint64 now);
void bm_session_offer_language (BmSession *self, json_t *page);

/* session-slot.c: when somebody comes */
void bm_session_want_visits (BmSession *self);
void bm_session_take_visits (BmSession *self, json_t *visits);
char *bm_session_say_slot (const char *slot);
gint32 bm_session_get_latest (BmSession *self); /* BM_NO_DAY: the matter is no visit */
json_t *bm_session_dup_visit (BmSession *self);
gboolean bm_session_lose_slot (BmSession *self);
void bm_session_begin_visit (BmSession *self, json_t *order);
gboolean bm_session_is_visit (BmSession *self);
gboolean bm_session_stop_visit (BmSession *self);
json_t *bm_session_make_visit_evidence (BmSession *self);
void bm_session_forget_visit (BmSession *self);

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
/* @value: (transfer full), NULL is "" */
void bm_session_take_value (GHashTable *values, const char *name, char *value);
void bm_session_raise_flag (GHashTable *flags, const char *name, gboolean is_so);
void bm_session_add_lines (BmSession *self, json_t *page, json_t *lines, json_t *case_object);
char *bm_session_fill (BmSession *self, json_t *text, json_t *case_object);
char *bm_session_dup_masked_name (BmSession *self);
guint bm_session_get_age (BmSession *self);
gboolean bm_session_is_child (BmSession *self);
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
void bm_session_card_failed (BmSession *self, gint code, gboolean is_social);
void bm_session_card_removed (BmSession *self, gboolean is_social);
void bm_session_identified (BmSession *self, const guint8 *tag, json_t *cases);
void bm_session_after_identity (BmSession *self);
void bm_session_after_told (BmSession *self);
void bm_session_add_manual_way (BmSession *self, json_t *page);
void bm_session_lease (BmSession *self, gboolean wanted);
gboolean bm_session_is_expired (BmSession *self);
void bm_session_leave_to_home (BmSession *self);
void bm_session_leave_identity (BmSession *self);

/* session-identify.c: 已经报过; TRUE when it went to that page */
gboolean bm_session_stop_duplicate (BmSession *self);
void bm_session_follow_duplicate (BmSession *self); /* a case has changed while it is shown */

/* session-record.c: what the packs say of the person */
void bm_session_take_record (BmSession *self, json_t *event);
const char *bm_session_get_record_state (BmSession *self);
json_t *bm_session_find_part (BmSession *self); /* what the service asks for, or NULL */
gboolean bm_session_needs_check (BmSession *self, gboolean is_name_enough);
gint32 bm_session_get_as_of (BmSession *self);
gint32 bm_session_get_record_due (BmSession *self);
gboolean bm_session_draws (BmSession *self, json_t *drawn);
gint32 bm_session_get_due_of (BmSession *self, json_t *service); /* or BM_NO_DAY */
gboolean bm_session_has_amounts (BmSession *self);
const char *bm_session_get_insurance (BmSession *self); /* or NULL */
gboolean bm_session_is_away (BmSession *self);          /* another county pays */
guint bm_session_count_paid (BmSession *self);
const char *bm_session_get_what (BmSession *self, json_t *month); /* or NULL */
char *bm_session_dup_month_state (BmSession *self, json_t *month);
json_t *bm_session_dup_record_value (BmSession *self, json_t *field);
void bm_session_put_record (BmSession *self, GHashTable *values);
void bm_session_raise_record (BmSession *self, GHashTable *flags);
void bm_session_put_amounts (BmSession *self, GHashTable *values); /* for the sheet only */
void bm_session_put_month (BmSession *self, GHashTable *values, json_t *month);

/* session-others.c */
#define BM_OTHERS_CHOICE "others"
#define BM_OTHERS_ICON   "svc-apply"
#define BM_OTHERS_TINT   "apply"
gboolean bm_session_has_others (BmSession *self);
const char *bm_session_say_others (void);
void bm_session_begin_others (BmSession *self);
void bm_session_go_to_choices (BmSession *self, json_t *service); /* that @service was one of */

/* session-guides.c, session-board.c: what may be read, and what hangs on the board; session-article.c: one of them */
void bm_session_add_reading (BmSession *self, json_t *page);
gboolean bm_session_has_reading (BmSession *self);
gboolean bm_session_choose_reading (BmSession *self, const char *choice);
gboolean bm_session_has_posts (BmSession *self);
void bm_session_take_posts (BmSession *self, json_t *posts);
void bm_session_read_article (BmSession *self, json_t *article, gboolean is_post);
void bm_session_forget_article (BmSession *self);
/* session-rating.c */
void bm_session_note_told (BmSession *self, json_t *case_object);
gboolean bm_session_can_rate (BmSession *self);
void bm_session_begin_rating (BmSession *self);
void bm_session_tick_rating (BmSession *self, gint64 now);
void bm_session_forget_rating (BmSession *self);

void bm_session_tick_alert (BmSession *self, gint64 now); /* session-alert.c */
guint bm_session_get_scale (BmSession *self);

/* session-benefit.c, session-before.c */
void bm_session_begin_query (BmSession *self);
void bm_session_cover_amounts (BmSession *self);
void bm_session_tick_benefit (BmSession *self, gint64 now);
gboolean bm_session_begin_before (BmSession *self); /* TRUE when there is something to say */

/* session-stop.c */
gboolean bm_session_begin_stop (BmSession *self); /* TRUE when the matter cannot go on */
void bm_session_put_stop (BmSession *self, GHashTable *values);
json_t *bm_session_dup_age_band (BmSession *self, json_t *field);

/* session-track.c */
void bm_session_begin_track (BmSession *self);
gboolean bm_session_is_tracking (BmSession *self); /* one of its pages is shown */
gboolean bm_session_scan (BmSession *self, const char *text);
void bm_session_tracked (BmSession *self, json_t *event);

/* session-uses.c */
void bm_session_note_use (BmSession *self, const char *event, const char *use);
void bm_session_begin_uses (BmSession *self);
void bm_session_take_uses (BmSession *self, json_t *uses);

/* session-withdraw.c */
gboolean bm_session_can_withdraw (BmSession *self, json_t *case_object);
void bm_session_begin_withdraw (BmSession *self);
void bm_session_withdrawn (BmSession *self, const BmEvent *event);
void bm_session_add_asked (BmSession *self, json_t *page, json_t *case_object);
void bm_session_tick_track (BmSession *self, gint64 shown);

/* session-fields.c */
void bm_session_begin_fields (BmSession *self, gboolean from_end);
void bm_session_show_field (BmSession *self);
json_t *bm_session_get_asked (BmSession *self, guint index); /* of those asked now, or NULL */
json_t *bm_session_get_field (BmSession *self);              /* the one that is asked now */
const char *bm_session_get_answer (BmSession *self, json_t *field); /* or NULL */
void bm_session_store_answer (BmSession *self, const char *value);
void bm_session_back_from_field (BmSession *self);
void bm_session_add_question (json_t *page, json_t *field);
void bm_session_add_skip (json_t *page, json_t *field);
gboolean bm_session_choose_field (BmSession *self, const char *choice);
/* @places: (nullable): the names that were kept with the values */
char *bm_session_dup_field_words (BmSession *self,
                                  json_t *service,
                                  const char *id,
                                  const char *value,
                                  json_t *places);

json_t *bm_session_find_field (BmSession *self, const char *id); /* nullable */
void bm_session_store_chosen (BmSession *self);

/* session-typed.c, session-date.c */
BmPageId bm_session_find_field_page (json_t *field);
void bm_session_set_problem (BmSession *self, const char *typed, const char *problem);

/* session-sign.c */
char *bm_session_dup_drawing (BmSession *self, const char *field); /* its shape, or NULL */
GPtrArray *bm_session_get_signatures (BmSession *self);            /* of BmAttachment, or NULL */

GBytes *bm_session_dup_strokes (BmSession *self, json_t *field); /* as it came, or NULL */

/* session-consent.c */
json_t *bm_session_dup_consents (BmSession *self);
gboolean bm_session_is_agreed (BmSession *self, json_t *field);
json_t *bm_session_make_signed_block (BmSession *self, const char *id);

/* session-photo.c */
void bm_session_forget_photos (BmSession *self);
const char *bm_session_get_photo (BmSession *self, const char *field); /* in small, or NULL */
GPtrArray *bm_session_add_photos (BmSession *self, GPtrArray *attachments);
GBytes *bm_session_get_photo_bytes (BmSession *self, const char *field); /* borrowed, or NULL */
guint bm_session_count_papers (json_t *service, json_t *fields);
void bm_session_take_photo (BmSession *self, const BmEvent *event);
void bm_session_tick_photo (BmSession *self, gint64 now);
BmPageId bm_session_find_photo_page (BmSession *self, json_t *field);

/* session-memo.c */
void bm_session_forget_memo (BmSession *self);
gboolean bm_session_may_speak (BmSession *self, json_t *field);
gboolean bm_session_has_memo (json_t *service, json_t *fields);
GPtrArray *bm_session_add_memo (BmSession *self, GPtrArray *attachments);
void bm_session_take_memo (BmSession *self, const BmEvent *event);
void bm_session_take_level (BmSession *self, const BmEvent *event);
void bm_session_tick_memo (BmSession *self, gint64 now);
void bm_session_hush_memo (BmSession *self);
BmPageId bm_session_find_memo_page (BmSession *self);

/* session-place.c */
void bm_session_want_divisions (BmSession *self); /* once, when the service asks for a place */
void bm_session_take_divisions (BmSession *self, BmDivisions *divisions);
void bm_session_forget_places (BmSession *self);
void bm_session_begin_place (BmSession *self);

/* session-place-words.c */
gboolean bm_session_is_place_code (const char *value);
/* @name of @code, broken between the levels; and what follows it, on a line of its own where it is long */
char *bm_session_break_place (BmSession *self, const char *name, const char *code);
void bm_session_append_part (GString *text, const char *part);
char *bm_session_dup_place_words (BmSession *self, const char *code, json_t *kept);

/* session-appeal.c: what carries nobody, what the desk never sees, and what is opened again */
gboolean bm_session_is_anonymous (BmSession *self);
gboolean bm_session_is_hidden (BmSession *self);
gboolean bm_session_is_untraced (BmSession *self); /* no record may name this session */
gboolean bm_session_is_before_identity (BmSession *self);
void bm_session_forget_name (BmSession *self);   /* when no name is wanted any more */
json_t *bm_session_find_term (BmSession *self);  /* of the file's sla, or NULL: its days */
json_t *bm_session_get_fields (BmSession *self); /* (transfer full): answered and proposed */
char *bm_session_dup_within (BmSession *self);
void bm_session_put_within (BmSession *self, json_t *slip);
char *bm_session_say_slip_within (json_t *slip);
const char *bm_session_get_ask (BmSession *self); /* what the desk has to ask, or NULL */
const char *bm_session_say_slip_ask (json_t *service, json_t *slip);
void bm_session_leave_ask (BmSession *self);
void bm_session_begin_reopening (BmSession *self, json_t *case_object);
gboolean bm_session_resume (BmSession *self); /* FALSE: there is nothing to go back to */
void bm_session_add_settling (BmSession *self, json_t *page, json_t *case_object);
gboolean bm_session_choose_settling (BmSession *self, const char *choice);

/* session-witness.c */
void bm_session_begin_witness (BmSession *self);
void bm_session_staff_checked (BmSession *self, const char *staff, gint verdict, gint64 wait_ms);
void bm_session_witnessed (BmSession *self, const char *staff, gboolean is_seen);
void bm_session_stop_witness (BmSession *self);
json_t *
bm_session_make_hall (BmSession *self, const char *step, const char *sees); /* for the desk */

/* session-text.c: words that a helper writes for the person */
const char *bm_session_get_written (BmSession *self);
void bm_session_add_written (BmSession *self, json_t *page);
void bm_session_offer_writing (BmSession *self, json_t *page);
void bm_session_begin_writing (BmSession *self);
void bm_session_stop_writing (BmSession *self);
void bm_session_written (BmSession *self, const char *staff, const char *text);
void bm_session_forget_written (BmSession *self);

/* session-social.c: 社保卡, where a service's file takes it */
gboolean bm_session_is_social (BmSession *self);
gboolean bm_session_takes_card (json_t *service, BmCard *card);
gboolean bm_session_offers_social (BmSession *self);
const char *bm_card_get_evidence (BmCard *card);
const char *bm_session_get_card_word (BmSession *self);
const char *bm_session_say_read (BmSession *self);
gboolean bm_session_mark_able (BmSession *self, json_t *service, json_t *choice);
gboolean bm_session_may_witness (json_t *service, json_t *member);
const char *bm_session_say_take (BmSession *self);
const char *bm_session_say_take_both (BmSession *self);
const char *bm_session_say_expired (BmSession *self);

/* session-commit.c; the slip that stays with a case:
 *   {"version":1, "label", "rule", "fields":{id: value with keep_local slip},
 *    "places":{code: full name} of the fields of type place, "way":"label of the evidence",
 *    "noted_ms", "result_day":"YYYY-MM-DD" or "", "is_provisional", "was_online", "was_recently_online",
 *    "helper":"HT02" or "", "pressed_by":"self", "within":"5个工作日内", "within_days":5 or "within_hours":24} */
void bm_session_begin_commit (BmSession *self);
gboolean bm_session_meets (BmSession *self, json_t *accepted);
void bm_session_committed (BmSession *self, json_t *committed);
void bm_session_commit_failed (BmSession *self, gint code);

/* session-news.c: what the centre says while the person is here */
void bm_session_case_changed (BmSession *self, json_t *case_object);

/* session-result.c */
guint bm_session_get_reached (json_t *case_object);
gboolean bm_session_is_answered_later (BmSession *self);
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
void bm_session_expect_sheet (BmSession *self);
void bm_session_print_sheet (BmSession *self, const char *number, json_t *sheet, const char *event);
gboolean bm_session_settle_paper (BmSession *self, const char *choice);

/* session-cases.c */
void bm_session_begin_cases (BmSession *self);
const char *bm_session_get_next_words (const char *state); /* what follows, or NULL */

/* session-sheet.c */
json_t *bm_session_number_sheet (json_t *sheet, json_t *case_object);
json_t *bm_session_build_sheet (BmSession *self, const char *name, json_t *case_object);
json_t *bm_session_add_block_text (json_t *blocks, const char *size, const char *text);
json_t *bm_session_add_block_pair (json_t *blocks, const char *label, const char *value);
void bm_session_add_block_rule (json_t *blocks);
void bm_session_add_fraud_line (json_t *blocks);
void bm_session_make_strong (json_t *block);
typedef json_t *(*BmSessionPlan) (BmSession *self); /* as a file has it, in what is spoken now */
json_t *bm_session_build_own_sheet (BmSession *self, const char *kind, BmSessionPlan make_plan);
gboolean bm_session_offers_family (BmSession *self); /* session-family.c */
void bm_session_print_family (BmSession *self);
gboolean bm_session_can_tell_once (BmSession *self); /* session-once.c */
void bm_session_build_loose_slip (BmSession *self, json_t *page);

G_END_DECLS
