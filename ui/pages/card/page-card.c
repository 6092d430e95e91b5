/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"

/* Place the card, push it in, take it: one sentence and a large drawing of what to do. */

GtkWidget *
bm_page_card_build (BmPage *page)
{
  BmChoiceLook look = bm_part_answers (page);
  GtkWidget *body = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_GAP));

  if (bm_page_count (page, BM_ATOM_CHOICE) == 1)
    look.height_mm = page->level == 0 && !bm_part_is_wide (page) ? 50 : look.height_mm;
  bm_part_add (body, bm_part_illustration (page, "ill-card-place"));
  bm_part_add (body, bm_part_body (page));
  return bm_part_lay (page, bm_part_question (page), body, bm_part_choices (page, &look));
}
