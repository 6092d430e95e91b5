/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/pages/acts.h"
#include "ui/pages/model.h"
#include "ui/style/tokens.h"
#include "ui/widgets/bm-ink.h"
#include "ui/widgets/bm-keypad.h"
#include "ui/widgets/bm-writer.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _BmPage BmPage;

/* What a person did on a page; the shell makes an intent of it. */
typedef void (*BmPageChooseFunc) (const char *choice, gpointer user_data);
typedef void (*BmPageActFunc) (BmFrameAct act, gpointer user_data);
typedef void (*BmPageSayFunc) (const char *sentence, gpointer user_data);

/* How tight a page is set: 0 as in the pictures of the look, the last one as tight as the rules allow. */
#define BM_PAGE_LEVELS 6

/* What of a bilingual model stands below the person's own language; where room is short, less of it. */
typedef enum
{
  BM_SECOND_NONE,
  BM_SECOND_QUESTION,
  BM_SECOND_ALL, /* of the choices, too */
} BmSecond;

/*
 * One attempt to set a model into an area. Parts of a page are cut between atoms: the picture with the
 * states, each line, what a list can be narrowed by, each fact, each row, the number, the keypad, each choice, in
 * this order. What is true of the station is no atom: the desk's larger letters put it below one part that has room.
 */
struct _BmPage
{
  BmMetrics metrics;
  json_t *model; /* borrowed */
  const char *service_tint;
  int width; /* of the page area, in pixels */
  int height;
  int tab_width; /* of the tab that hangs into its upper right corner */
  int tab_height;
  guint level;
  guint head_level;    /* of the question alone: no tighter than the page */
  guint picture_level; /* of what is drawn */
  guint answer_level;  /* of how high answers are */
  guint part;
  gboolean is_flow;        /* everything below one another: the desk with larger letters */
  gboolean has_head;       /* this part repeats the question */
  gboolean has_small_head; /* and no larger than what is read below it */
  gboolean has_about;      /* and says what is true of the station */
  guint n_kept;            /* so many of the first choices stand on each part */
  BmSecond second;
  guint from; /* atoms [from, to) are on this part */
  guint to;
  BmKeypad *keypad;   /* (nullable): borrowed; what was typed outlives a change of part */
  BmWriter *writer;   /* (nullable): the same, of desk-text */
  BmInk *ink;         /* (nullable): the same, of signature */
  GtkWidget *ticking; /* (nullable): out, the label that a new countdown goes to */
  GtkWidget *meter;   /* (nullable): out, the BmMeter that a new level goes to */
  BmPageChooseFunc choose;
  BmPageActFunc act; /* what the frame would do, on pages without one */
  BmPageSayFunc say;
  gpointer user_data;
};

typedef struct
{
  guint from;
  guint to;
  guint level;
  guint head_lift;    /* the question is so many levels roomier */
  guint picture_lift; /* so is what is drawn */
  guint answer_lift;  /* so high are the answers */
  gboolean has_head;
  gboolean has_small_head;
  gboolean has_about;
  guint n_kept;
  BmSecond second;
} BmPagePart;

typedef enum
{
  BM_ATOM_STATES,
  BM_ATOM_LINE,
  BM_ATOM_SPAN, /* all of them */
  BM_ATOM_FACT,
  BM_ATOM_ROW,
  BM_ATOM_NUMBER,
  BM_ATOM_INPUT,
  BM_ATOM_CHOICE,
  BM_N_ATOMS,
} BmAtom;

typedef GtkWidget *(*BmPageBuild) (BmPage *page);

BmPageBuild bm_page_builder (const char *template_name);

GArray *bm_page_plan_whole (BmPage *page, GtkWidget *holder) G_GNUC_WARN_UNUSED_RESULT;
GArray *bm_page_plan_parts (BmPage *page, GtkWidget *holder) G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_page_fits (BmPage *page, GtkWidget *holder, const BmPagePart *part, guint index);
GtkWidget *bm_page_build (BmPage *page, const BmPagePart *part, guint index);

guint bm_page_atom_position (const BmPage *page, BmAtom atom, guint index);
guint bm_page_count_atoms (const BmPage *page);
gboolean bm_page_shows (const BmPage *page, BmAtom atom, guint index);
guint bm_page_count (const BmPage *page, BmAtom atom);

/* One function a template. */
GtkWidget *bm_page_alert_build (BmPage *page);
GtkWidget *bm_page_amount_build (BmPage *page);
GtkWidget *bm_page_amounts_build (BmPage *page);
GtkWidget *bm_page_answer_build (BmPage *page);
GtkWidget *bm_page_card_build (BmPage *page);
GtkWidget *bm_page_cases_build (BmPage *page);
GtkWidget *bm_page_choice_build (BmPage *page);
GtkWidget *bm_page_confirm_build (BmPage *page);
GtkWidget *bm_page_danger_build (BmPage *page);
GtkWidget *bm_page_date_build (BmPage *page);
GtkWidget *bm_page_place_build (BmPage *page);
GtkWidget *bm_page_digits_build (BmPage *page);
GtkWidget *bm_page_end_build (BmPage *page);
GtkWidget *bm_page_error_build (BmPage *page);
GtkWidget *bm_page_home_build (BmPage *page);
GtkWidget *bm_page_idle_build (BmPage *page);
GtkWidget *bm_page_memo_build (BmPage *page);
GtkWidget *bm_page_notice_build (BmPage *page);
GtkWidget *bm_page_photo_build (BmPage *page);
GtkWidget *bm_page_print_build (BmPage *page);
GtkWidget *bm_page_progress_build (BmPage *page);
GtkWidget *bm_page_readback_build (BmPage *page);
GtkWidget *bm_page_result_build (BmPage *page);
GtkWidget *bm_page_signature_build (BmPage *page);
GtkWidget *bm_page_wait_build (BmPage *page);
GtkWidget *bm_desk_alert_build (BmPage *page);
GtkWidget *bm_desk_case_build (BmPage *page);
GtkWidget *bm_desk_flow_build (BmPage *page);
json_t *bm_desk_flow_model (json_t *model);
guint bm_desk_flow_kept (json_t *model);
GArray *bm_desk_plan_whole (BmPage *page, GtkWidget *holder) G_GNUC_WARN_UNUSED_RESULT;
GArray *bm_desk_plan_parts (BmPage *page, GtkWidget *holder) G_GNUC_WARN_UNUSED_RESULT;
GtkWidget *bm_desk_list_build (BmPage *page);
GtkWidget *bm_desk_lock_build (BmPage *page);
GtkWidget *bm_desk_pin_build (BmPage *page);
GtkWidget *bm_desk_text_build (BmPage *page);
GtkWidget *bm_desk_today_build (BmPage *page);

G_END_DECLS
