/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/calendar/day.h"
#include "core/session/desk.h"
#include "core/session/page.h"

G_BEGIN_DECLS

/* Shared by desk*.c only; desk.c draws the machine. */

typedef enum
{
  BM_DESK_LOCKED,
  BM_DESK_PIN, /* of the one who signs in */
  BM_DESK_CHECKING,
  BM_DESK_TODAY,
  BM_DESK_WITNESS_PIN, /* fresh, for each act */
  BM_DESK_WITNESS_CHECK,
  BM_DESK_NOTICE,   /* a verdict in plain words */
  BM_DESK_SLIP,     /* did this slip come out? */
  BM_DESK_WAITING,  /* every matter that waits, and why */
  BM_DESK_DUE,      /* whose certification is due soon */
  BM_DESK_CONTACTS, /* who wants to be found */
  BM_DESK_CONTACT,
  BM_DESK_VISITS, /* to whom somebody goes, and when */
  BM_DESK_VISIT,
  BM_DESK_VISIT_MOVE,
  BM_DESK_VISIT_GONE, /* to the hall's screen, which is at somebody's home */
  BM_DESK_FIND,
  BM_DESK_FINDING,
  BM_DESK_CASES, /* of the person whose card was read */
  BM_DESK_CASE,
  BM_DESK_STICK, /* by stick: out and back */
  BM_DESK_CHECKUP,
  BM_DESK_MISUSE, /* records that were looked up oddly */
  BM_DESK_INDICATORS,
  BM_DESK_FORMS,  /* blank papers */
  BM_DESK_FORM,   /* the one with which somebody lets another act */
  BM_DESK_OUTAGE, /* the one for a day without power */
  BM_DESK_CLOSE,  /* what came of the day, and the sheets that end it */
  BM_DESK_LATE,   /* 补录, first to last: which paper */
  BM_DESK_LATE_FINDING,
  BM_DESK_LATE_NO, /* not this paper, and why */
  BM_DESK_LATE_WHO,
  BM_DESK_LATE_NAME,
  BM_DESK_LATE_MATTER,
  BM_DESK_LATE_SAID,
  BM_DESK_LATE_DAY,
  BM_DESK_LATE_HALF,
  BM_DESK_LATE_KNOWN,
  BM_DESK_LATE_WITNESS,
  BM_DESK_LATE_READ, /* all of it, before the second person comes */
  BM_DESK_LATE_SECOND,
  BM_DESK_LATE_PIN,
  BM_DESK_LATE_CHECKING,
  BM_DESK_LATE_COMMITTING,
  BM_DESK_LATE_DONE,  /* the last of them */
  BM_DESK_BEHALF_WHO, /* 替别人办, first to last: for whom */
  BM_DESK_BEHALF_NAME,
  BM_DESK_BEHALF_LOOKING,
  BM_DESK_BEHALF_NO, /* not so, and why */
  BM_DESK_BEHALF_MATTER,
  BM_DESK_BEHALF_WHERE,
  BM_DESK_BEHALF_RELATION,
  BM_DESK_BEHALF_LETTER,
  BM_DESK_BEHALF_TERM,
  BM_DESK_BEHALF_SIGNED,
  BM_DESK_BEHALF_WITNESS,
  BM_DESK_BEHALF_READ,
  BM_DESK_BEHALF_HANDED,
  BM_DESK_TEXT,   /* written for the person in the hall */
  BM_DESK_DANGER, /* covers every other one */
  BM_DESK_N_PAGES,
} BmDeskPage;

typedef enum
{
  BM_COPY_NONE,
  BM_COPY_ASKED,
  BM_COPY_STORED,
  BM_COPY_REFUSED,
} BmCopy;

typedef struct _BmDeskLate BmDeskLate;     /* core/session/desk-late.h */
typedef struct _BmDeskBehalf BmDeskBehalf; /* core/session/desk-behalf.h */

struct _BmDesk
{
  GObject parent_instance;

  const BmSessionSetup *setup;
  BmDeskPage at;
  json_t *page;
  GQueue effects;
  gboolean must_emit;

  char *staff;         /* signed in, or NULL */
  char *asked;         /* whose PIN is typed */
  const char *problem; /* beside the keypad; a translated literal */
  gint verdict;        /* of NOTICE */
  gint64 locked_ms;
  gboolean is_witness; /* NOTICE is about the act, not about signing in */

  json_t *hall; /* what the hall's session lets us see, or NULL */
  json_t *overview;
  json_t *contacts; /* open tasks, hidden ones already out */
  json_t *visits;   /* open tasks that are visits, in their order */
  json_t *due;      /* the due list while it is shown; NULL: on its way; {}: none came */
  json_t *checkup;  /* while it is shown; NULL: on its way; []: it could not be made */
  json_t *day;      /* while it is shown; NULL: on its way; {}: it could not be counted */
  json_t
    *indicators;    /* of the month that is shown; NULL: on its way; {}: it could not be counted */
  gint32 month;     /* the first of it */
  json_t *stick;    /* how a stick is doing, or NULL: not asked yet */
  guint stick_at;   /* which stick is chosen */
  BmDeskLate *late; /* the paper that is entered, or NULL */
  BmDeskBehalf *behalf; /* the letter that is looked at, or NULL */
  json_t *found;        /* what a search gave, while it is shown */
  gboolean is_help_wanted;
  gboolean is_danger;     /* the screen is covered until somebody answered */
  gboolean has_gone;      /* somebody went; the telephone is left */
  gint64 rang_boot_ms;    /* last ring */
  gint64 called_boot_ms;  /* of a call about danger that is no task yet; 0: there is none */
  gboolean is_one_screen; /* and is_session_open: no lists now */
  gboolean is_session_open;
  gboolean is_reader_ready; /* the desk's own */

  gint64 slip;              /* print job that is being settled */
  gint64 contact;           /* task that is shown */
  gint64 visit;             /* visit that is shown */
  guint list_page;          /* of a list that has several pages */
  guint due_within;         /* days */
  guint shown;              /* index into found */
  gboolean is_card;         /* found by card: the person is here */
  gboolean is_visit_handed; /* the hall has taken the visit */
  gboolean is_search_lost;  /* the ledger did not answer: nothing is said of what there is */
  BmDeskPage find_from;
  BmCopy copy;
  gboolean was_due_printed; /* the sheet of what is due, since the list was opened */
  gboolean was_checkup_printed;
  BmCopy close_sheet; /* the last sheet of the day's end that was asked for */
  gboolean is_close_handover;
  gint64 close_serial; /* which one that was */
  BmCopy form;         /* the blank papers of the last press, all of them */
  gint64 form_serial;  /* the last one */
  guint n_forms_asked;
  guint n_forms;        /* whose fate is known */
  gint64 sheet_serial;  /* of the last sheet that the desk printed for itself */
  gboolean was_retried; /* the matter that is shown was offered again */

  guint scale;
  gint64 active_boot_ms;
  gint64 page_boot_ms;
  gint64 looked_boot_ms; /* at the ledger, last */
};

/* One page: what it shows and what may be done there. */
typedef struct
{
  const char *id;
  const char *template_name;
  void (*build) (BmDesk *self, json_t *page);
  gboolean (*choose) (BmDesk *self, const char *choice);
  gboolean (*digits) (BmDesk *self, const char *value);
  gboolean (*scan) (BmDesk *self, const char *value);
  gboolean (*text) (BmDesk *self, const char *text);
  gboolean (*back) (BmDesk *self);
  void (*leave) (BmDesk *self);
  gboolean is_list; /* names or matters: only for who may see them, never while locked */
} BmDeskSpec;

extern const BmDeskSpec bm_desk_locked, bm_desk_pin, bm_desk_checking, bm_desk_today,
  bm_desk_witness_pin, bm_desk_witness_check, bm_desk_notice, bm_desk_slip, bm_desk_waiting,
  bm_desk_due, bm_desk_contacts, bm_desk_contact, bm_desk_find, bm_desk_finding, bm_desk_cases,
  bm_desk_case, bm_desk_stick, bm_desk_checkup, bm_desk_misuse, bm_desk_indicators, bm_desk_close,
  bm_desk_forms, bm_desk_form, bm_desk_outage, bm_desk_late, bm_desk_late_finding, bm_desk_late_no,
  bm_desk_late_who, bm_desk_late_name, bm_desk_late_matter, bm_desk_late_said, bm_desk_late_day,
  bm_desk_late_half, bm_desk_late_known, bm_desk_late_witness, bm_desk_late_read,
  bm_desk_late_second, bm_desk_late_pin, bm_desk_late_checking, bm_desk_late_committing,
  bm_desk_late_done, bm_desk_text, bm_desk_danger, bm_desk_visits, bm_desk_visit,
  bm_desk_visit_move, bm_desk_visit_gone, bm_desk_behalf_who, bm_desk_behalf_name,
  bm_desk_behalf_looking, bm_desk_behalf_no, bm_desk_behalf_matter, bm_desk_behalf_where,
  bm_desk_behalf_relation, bm_desk_behalf_letter, bm_desk_behalf_term, bm_desk_behalf_signed,
  bm_desk_behalf_witness, bm_desk_behalf_read, bm_desk_behalf_handed;

/* desk.c */
gint64 bm_desk_now (BmDesk *self);
/* desk-date.c: eight keys; and the day that was typed, or %BM_NO_DAY */
void bm_desk_ask_day (json_t *page);
gint32 bm_desk_read_day (const char *value);

gint32 bm_desk_get_today (BmDesk *self);
BmDeskEffect *bm_desk_add_effect (BmDesk *self, BmDeskEffectType type);
void bm_desk_audit (BmDesk *self, const char *event, const char *detail);
void bm_desk_go (BmDesk *self, BmDeskPage page);
gboolean bm_desk_go_today (BmDesk *self);
void bm_desk_look (BmDesk *self);
void bm_desk_lock (BmDesk *self, const char *why);
const char *bm_desk_get_role (BmDesk *self); /* of who is signed in, or "" */
gboolean bm_desk_role_lists (const char *role);
gboolean bm_desk_may_list (BmDesk *self); /* lists and names */
gboolean bm_desk_may_open (BmDesk *self); /* somebody's matter (domain §4.4) */
gboolean bm_desk_may_submit (BmDesk *self);
gboolean bm_desk_may_see_alarms (BmDesk *self);
gboolean bm_desk_may_see_indicators (BmDesk *self);
gboolean bm_desk_may_stay (BmDesk *self); /* before the page that is there */

/* desk-pages.c */
const BmDeskSpec *bm_desk_spec_of (BmDeskPage page);
const BmDeskSpec *bm_desk_get_spec (BmDesk *self); /* of what is on the screen */
json_t *bm_desk_build_page (BmDesk *self);

/* desk-staff.c */
const char *bm_desk_get_staff_name (BmDesk *self, const char *id);
/* Who sees matters here, but for @but; and whom a choice is. */
void bm_desk_add_colleagues (BmDesk *self, json_t *page, const char *but);
const char *bm_desk_find_staff (BmDesk *self, const char *choice);
void bm_desk_begin_witness (BmDesk *self);
void bm_desk_act_as_witness (BmDesk *self, gboolean is_seen);
void bm_desk_staff_checked (BmDesk *self, const char *staff, gint verdict, gint64 wait_ms);

/* desk-words.c */
gint64 bm_desk_get_count (json_t *json, const char *key);
gint32 bm_desk_get_due (json_t *json); /* BM_NO_DAY when it has none */
gboolean bm_desk_is_hidden (json_t *json);
gboolean bm_desk_is_online (BmDesk *self);
const char *bm_desk_say_service (BmDesk *self, const char *id);
char *bm_desk_say_matter (BmDesk *self,
                          json_t *row); /* 7号　养老金认证, and whether it is a late entry */
const char *bm_desk_icon_of_service (BmDesk *self, const char *id);
char *bm_desk_say_number (const char *number); /* 7号, or "" */
char *bm_desk_say_moment (gint64 wall_ms);
char *bm_desk_fill (const char *format, gint64 count); /* {n} */
char *bm_desk_cut (const char *text, glong most);
void bm_desk_add_broken (json_t *page, const char *icon, const char *text, gboolean is_strong);
gboolean bm_desk_turn (BmDesk *self, const char *choice, guint n_pages); /* whether it was one */
void bm_desk_add_turns (BmDesk *self, json_t *page, guint n_pages);

/* desk-news.c */
void bm_desk_take_news (BmDesk *self, const BmDeskEvent *event);

/* desk-rows.c */
void bm_desk_add_rows (BmDesk *self, json_t *desk);
char *bm_desk_say_job (BmDesk *self, gint64 job); /* 7号, or "" */

/* desk-waiting.c: matters that wait, by due date, then age */
GPtrArray *bm_desk_sort_waiting (BmDesk *self) G_GNUC_WARN_UNUSED_RESULT; /* borrowed json_t */
const char *bm_desk_get_waiting_state (BmDesk *self, json_t *row);        /* keyword of a reason */

/* desk-line.c */
char *bm_desk_say_when (json_t *row); /* NULL when nothing is known */
char *bm_desk_say_line (BmDesk *self);
char *bm_desk_say_left (BmDesk *self); /* NULL before it was measured */
void bm_desk_add_traffic (BmDesk *self, json_t *page);
void bm_desk_print_due (BmDesk *self);

/* desk-sheet.c */
#define BM_DESK_ROOM "＿＿＿＿＿＿＿＿" /* to write on */
void bm_desk_add_sheet_text (json_t *blocks, const char *text, gboolean is_strong);
void
bm_desk_add_sheet_pair (json_t *blocks, const char *label, const char *value, gboolean is_strong);
void bm_desk_add_sheet_line_to_sign (json_t *blocks, const char *who);
char *bm_desk_dup_sheet_rooms (const char *first, ...) G_GNUC_NULL_TERMINATED;
void bm_desk_add_sheet_rule (json_t *blocks);
void bm_desk_add_sheet_boxed (json_t *blocks, const char *text);
void bm_desk_add_sheet_gap (json_t *blocks, int mm);
void bm_desk_add_sheet_finger (json_t *blocks);
void bm_desk_add_sheet_origin (BmDesk *self, json_t *blocks);
gint64 bm_desk_print (BmDesk *self,
                      const char *kind,
                      const char *title,
                      json_t *blocks,
                      const char *event);
/* What the printer it goes to needs, where that is a person's affair. */
void bm_desk_add_sheet_trouble (BmDesk *self, json_t *page);

/* desk-first.c */
void bm_desk_add_first (BmDesk *self, json_t *page);
/* What is due within @days and kept from the centre, most urgent first; borrowed json_t. */
GPtrArray *bm_desk_sort_due (BmDesk *self, gint32 days) G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_desk_is_due_alarm (BmDesk *self, char **ret_sentence);

/* desk-find.c */
void bm_desk_begin_find (BmDesk *self, const char *text, BmDeskPage from);
void bm_desk_take_found (BmDesk *self, json_t *found);
void bm_desk_card_read (BmDesk *self, const BmCard *card);

/* desk-contacts.c */
void bm_desk_take_contacts (BmDesk *self, json_t *contacts);
char *bm_desk_say_contact (json_t *contact); /* what kind of task */
char *bm_desk_say_who (json_t *contact);

/* desk-visits.c */
void bm_desk_take_visits (BmDesk *self, json_t *tasks);
gboolean bm_desk_is_visit (json_t *task);
json_t *bm_desk_find_visit (BmDesk *self); /* (nullable): the one that is shown */
guint bm_desk_count_late_visits (BmDesk *self);

/* desk-due.c */
void bm_desk_begin_due (BmDesk *self);

/* desk-misuse.c */
gboolean bm_desk_has_misuse (BmDesk *self); /* and the one who sits there may know */

/* desk-indicators.c */
void bm_desk_begin_indicators (BmDesk *self);
void bm_desk_take_indicators (BmDesk *self, json_t *indicators);

/* desk-visit-go.c: what was asked for begins there, at the hall's screen */
gboolean bm_desk_may_go (BmDesk *self, json_t *visit);
void bm_desk_visit_go (BmDesk *self);
void bm_desk_visit_handed (BmDesk *self, gboolean is_handed);

/* desk-behalf-hand.c */
void bm_desk_say_hall_busy (json_t *page);

/* desk-stick.c */
gboolean bm_desk_may_carry (BmDesk *self);
gboolean bm_desk_is_stick_working (BmDesk *self);
void bm_desk_begin_stick (BmDesk *self);
void bm_desk_take_stick (BmDesk *self, json_t *stick);
void bm_desk_tick_stick (BmDesk *self);

/* desk-checkup.c */
void bm_desk_begin_checkup (BmDesk *self);
void bm_desk_take_checkup (BmDesk *self, json_t *checkup);

/* desk-close.c: @between stands between the parts of what is said */
void bm_desk_begin_close (BmDesk *self);
void bm_desk_take_day (BmDesk *self, json_t *day);
void bm_desk_take_sheet_stored (BmDesk *self, gint64 serial, gboolean is_stored);
char *bm_desk_say_all (json_t *day, const char *between);
char *bm_desk_say_became (json_t *counts, const char *between);
char *bm_desk_say_unsent (json_t *day, const char *between);
char *bm_desk_say_due_counts (json_t *day, const char *between);
char *bm_desk_say_number_or_none (gint64 n);
char *bm_desk_say_journal (json_t *day);

/* desk-close-sheet.c: the blocks of a sheet */
json_t *bm_desk_make_day (BmDesk *self);
json_t *bm_desk_make_handover (BmDesk *self);

/* desk-form-letter.c, desk-form-outage.c: the blocks of a sheet */
json_t *bm_desk_make_letter (void);
json_t *bm_desk_make_outage (BmDesk *self);

/* desk-form.c */
void bm_desk_take_form_stored (BmDesk *self, gint64 serial, gboolean is_stored);

/* desk-late.c, desk-late-second.c: 补录 */
void bm_desk_begin_late (BmDesk *self);
gboolean bm_desk_is_late (BmDeskPage page); /* one of its pages */
void bm_desk_forget_late (BmDesk *self);
void bm_desk_take_form (BmDesk *self, json_t *about);
void bm_desk_late_card_read (BmDesk *self, const BmCard *card);
void bm_desk_late_checked (BmDesk *self, const char *staff, gint verdict, gint64 wait_ms);
void bm_desk_take_committed (BmDesk *self, json_t *committed, gint code);
void bm_desk_tick_late (BmDesk *self);

/* desk-behalf.c, desk-behalf-hand.c: 替别人办 */
void bm_desk_begin_behalf (BmDesk *self);
gboolean bm_desk_is_behalf (BmDeskPage page); /* one of its pages */
void bm_desk_forget_behalf (BmDesk *self);
void bm_desk_behalf_card_read (BmDesk *self, const BmCard *card);
void bm_desk_take_person (BmDesk *self, json_t *about);
void bm_desk_take_handed (BmDesk *self, gboolean is_handed);
void bm_desk_tick_behalf (BmDesk *self);

/* desk-text.c */
gboolean bm_desk_is_text_asked (BmDesk *self);
void bm_desk_begin_text (BmDesk *self);

/* desk-danger.c */
void bm_desk_take_help (BmDesk *self, gboolean is_wanted, const char *what);
void bm_desk_tick_danger (BmDesk *self);

G_END_DECLS
