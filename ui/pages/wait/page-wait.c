/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"

/* Somebody or something is awaited: one sentence, and a drawing of who or what comes. */

GtkWidget *
bm_page_wait_build (BmPage *page)
{
  BmChoiceLook look = bm_part_answers (page);
  GtkWidget *body = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_GAP));

  bm_part_add (body, bm_part_illustration (page, "hourglass"));
  bm_part_add (body, bm_part_body (page));
  return bm_part_lay (page, bm_part_question (page), body, bm_part_choices (page, &look));
}
