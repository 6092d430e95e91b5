/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/pages/page.h"
#include "ui/widgets/bm-button.h"

G_BEGIN_DECLS

/* What the choices of a page look like. */
typedef struct
{
  BmButtonShape shape;
  BmType type;
  BmType primary_type; /* of the one expected act; 0: as the others */
  guint columns;
  double icon_mm;
  double height_mm;
  gboolean is_filling;      /* rows take the room that is left */
  gboolean is_first_wide;   /* the primary takes a row of its own */
  gboolean is_last_wide;    /* an odd last one takes a row of its own */
  gboolean is_short_inline; /* rows of their own are set inline */
} BmChoiceLook;

int bm_part_px (const BmPage *page, double mm);
double bm_part_icon_mm (const BmPage *page, double mm);
gboolean bm_part_is_wide (const BmPage *page); /* landscape */
gboolean bm_part_is_dense (const BmPage *page);

gboolean bm_part_is_below_tab (const BmPage *page);
GtkWidget *bm_part_question (BmPage *page);
/* @question, or a box of it and the same in the second language below */
GtkWidget *bm_part_with_second (BmPage *page, GtkWidget *question, BmType type);
void bm_part_centre_words (GtkWidget *words); /* a label, or a box of labels */
GtkWidget *bm_part_picture (BmPage *page, double size_mm);
GtkWidget *bm_part_illustration (BmPage *page, const char *fallback);
GtkWidget *bm_part_lines (BmPage *page, BmType type, double icon_mm);
GtkWidget *bm_part_facts (BmPage *page);
GtkWidget *bm_part_rows (BmPage *page);
GtkWidget *bm_part_states (BmPage *page);
GtkWidget *bm_part_number (BmPage *page);
GtkWidget *bm_part_entry (BmPage *page);
GtkWidget *bm_part_keys (BmPage *page);
GtkWidget *bm_part_lay_keys (BmPage *page);
GtkWidget *bm_part_choices (BmPage *page, const BmChoiceLook *look);

void bm_part_add (GtkWidget *box, GtkWidget *child); /* takes NULL */
/* What is there of @parts, one below the other; NULL when nothing is. */
GtkWidget *bm_part_stack (BmPage *page, GtkWidget *const *parts, guint n_parts);
GtkWidget *bm_part_body (BmPage *page);
GtkWidget *bm_part_body_in_order (BmPage *page, gboolean is_words_first);
GtkWidget *bm_part_lay (BmPage *page, GtkWidget *head, GtkWidget *body, GtkWidget *answers);

BmChoiceLook bm_part_answers (const BmPage *page);

G_END_DECLS
