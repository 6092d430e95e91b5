/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"

/* What somebody handed in here, one row each: what it is, and where it stands. */

GtkWidget *
bm_page_cases_build (BmPage *page)
{
  static const double heights[BM_PAGE_LEVELS] = { 56, 50, BM_MM_ANSWER, 36, 30, 22 };
  BmChoiceLook look = {
    .shape = BM_BUTTON_ROW,
    .type = page->level >= 4 ? BM_TYPE_LEAD : BM_TYPE_ANSWER,
    .columns = bm_part_is_wide (page) && bm_page_count (page, BM_ATOM_LINE) == 0 ? 2 : 1,
    .icon_mm = BM_MM_ICON_ROW,
    .height_mm = heights[page->level],
    .is_last_wide = TRUE,
  };
  GtkWidget *choices = bm_part_choices (page, &look);
  GtkWidget *body = bm_part_body (page);

  if (choices != NULL && body == NULL)
    gtk_widget_set_valign (choices, GTK_ALIGN_START);
  return bm_part_lay (page, bm_part_question (page), body, choices);
}
