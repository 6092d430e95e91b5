/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/pages/parts.h"

G_BEGIN_DECLS

GtkWidget *bm_desk_bar (BmPage *page);
GtkWidget *bm_desk_button (BmPage *page, json_t *choice, double height_mm);
GtkWidget *bm_desk_act (BmPage *page, const char *id, const char *label, const char *name);
GtkWidget *bm_desk_row_button (BmPage *page, json_t *choice);
GtkWidget *bm_desk_part_button (BmPage *page, BmFrameAct act);
GtkWidget *bm_desk_question (BmPage *page, BmType type);
GtkWidget *bm_desk_text (const char *text, BmType type, gboolean is_strong);
GtkWidget *bm_desk_frame_button (BmPage *page, BmFrameAct act);
/* The facts of this part; the label or the value is the strong one. */
GtkWidget *bm_desk_facts (BmPage *page, gboolean is_label_strong);
void bm_desk_set_margins (BmPage *page, GtkWidget *widget, double sides_mm, double above_mm);
gboolean bm_desk_is_witness_act (json_t *choice);

GtkWidget *bm_desk_hall (BmPage *page);
GtkWidget *bm_desk_waiting (BmPage *page);
GtkWidget *bm_desk_waiting_row (BmPage *page, json_t *row, gboolean is_first);
void bm_desk_make_danger (BmPage *page, GtkWidget *box);
/* Letters are larger than in the pictures of the look: by choice, or because the screen is near and small. */
gboolean bm_desk_is_enlarged (const BmPage *page);

G_END_DECLS
