/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/pages/parts.h"

G_BEGIN_DECLS

GtkWidget *bm_desk_bar (BmPage *page);
GtkWidget *bm_desk_button (BmPage *page, json_t *choice, double height_mm);
GtkWidget *bm_desk_act (BmPage *page, const char *id, const char *label, const char *name);
GtkWidget *bm_desk_row_button (BmPage *page, json_t *choice);
GtkWidget *bm_desk_part_button (BmPage *page, BmFrameAct act);
GtkWidget *bm_desk_turn_button (BmPage *page, BmFrameAct act, const char *label);
GtkWidget *bm_desk_question (BmPage *page, BmType type);
GtkWidget *bm_desk_text (const char *text, BmType type, gboolean is_strong);
GtkWidget *bm_desk_frame_button (BmPage *page, BmFrameAct act);
/* The facts of this part; the label or the value is the strong one. */
GtkWidget *bm_desk_facts (BmPage *page, gboolean is_label_strong);
/* Of all facts of the page the widest label, in pixels; never so wide that a value had no room beside it. */
int bm_desk_label_width (BmPage *page, int width);
/* @row, and below it the bar of the fact that it shows, if that has one. */
GtkWidget *bm_desk_add_bar (BmPage *page, json_t *fact, GtkWidget *row);
void bm_desk_set_margins (BmPage *page, GtkWidget *widget, double sides_mm, double above_mm);
gboolean bm_desk_is_witness_act (json_t *choice);
gboolean bm_desk_is_row (json_t *choice);  /* opens one of a list */
gboolean bm_desk_is_span (json_t *choice); /* how far a list looks, or which of two sticks */
gboolean bm_desk_is_turn (json_t *choice,
                          const char *where); /* the station's next or former page of a list */

GtkWidget *bm_desk_hall (BmPage *page);
GtkWidget *bm_desk_waiting (BmPage *page);
guint bm_desk_count_turns (const BmPage *page, guint level);
GtkWidget *bm_desk_waiting_row (BmPage *page, json_t *row, gboolean is_first);
void bm_desk_make_danger (BmPage *page, GtkWidget *box);
/* Letters are larger than in the pictures of the look: by choice, or because the screen is near and small. */
gboolean bm_desk_is_enlarged (const BmPage *page);

G_END_DECLS
