/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"
#include "ui/widgets/bm-text.h"

/* What somebody handed in here, one row each: what it is, and where it stands. */

/* Where two words of letters and what follows them have hardly room. */
static BmType
get_type (const BmPage *page)
{
  const char *first = bm_model_text (bm_model_item (page->model, "choices", 0), "label");

  if (page->level < 4)
    return BM_TYPE_ANSWER;
  return page->level >= BM_PAGE_LEVELS - 1 && bm_text_is_narrow (first) ? BM_TYPE_BODY
                                                                        : BM_TYPE_LEAD;
}

GtkWidget *
bm_page_cases_build (BmPage *page)
{
  static const double heights[BM_PAGE_LEVELS] = { 56, 50, BM_MM_ANSWER, 36, 30, 22 };
  BmChoiceLook look = {
    .shape = BM_BUTTON_ROW,
    .type = get_type (page),
    .columns = bm_part_is_wide (page) && bm_page_count (page, BM_ATOM_LINE) == 0 ? 2 : 1,
    .icon_mm = BM_MM_ICON_ROW,
    .height_mm = heights[page->answer_level],
    .is_last_wide = TRUE,
  };
  GtkWidget *choices = bm_part_choices (page, &look);
  GtkWidget *body = bm_part_body (page);

  if (choices != NULL && body == NULL)
    gtk_widget_set_valign (choices, GTK_ALIGN_START);
  return bm_part_lay (page, bm_part_question (page), body, choices);
}
