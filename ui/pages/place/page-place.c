/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"

/*
 * A place: where one is so far stands below the question, over the whole width, and the names side by side.
 * What is not among them is typed on the keys.
 */

/* Six in one column, where the screen is high and the letters are large; else side by side. */
static guint
count_columns (const BmPage *page)
{
  if (bm_part_is_wide (page))
    return page->level >= 2 && page->metrics.scale < 150 ? 3 : 2;
  return page->level < 2 || page->metrics.scale >= 150 ? 1 : 2;
}

static gboolean
has_more_than_lines (const BmPage *page)
{
  return bm_page_count (page, BM_ATOM_STATES) + bm_page_count (page, BM_ATOM_FACT) +
           bm_page_count (page, BM_ATOM_NUMBER) >
         0;
}

GtkWidget *
bm_page_place_build (BmPage *page)
{
  static const double tall[BM_PAGE_LEVELS] = { 36, 32, BM_MM_ANSWER, 34, 26, 20 };
  static const double wide[BM_PAGE_LEVELS] = { 48, 40, 34, 28, 24, 20 };
  guint columns = count_columns (page);
  BmChoiceLook look = {
    .shape = BM_BUTTON_ROW,
    .type = page->level >= 4 ? BM_TYPE_LEAD : BM_TYPE_ANSWER,
    .columns = columns,
    /* Three names side by side leave no room for pictures at the tightest. */
    .icon_mm = columns < 3       ? 20
               : page->level < 4 ? 12
                                 : 0,
    .height_mm = bm_part_is_wide (page) ? wide[page->answer_level] : tall[page->answer_level],
    .is_last_wide = TRUE,
    .is_short_inline = TRUE,
  };
  GtkWidget *head[2];
  GtkWidget *choices;

  if (bm_page_count (page, BM_ATOM_INPUT) > 0)
    return bm_part_lay_keys (page);
  if (has_more_than_lines (page))
    return bm_page_choice_build (page);
  choices = bm_part_choices (page, &look);
  head[0] = bm_part_question (page);
  head[1] = bm_part_lines (page, page->level >= 3 ? BM_TYPE_BODY : BM_TYPE_LEAD, 0);
  if (choices != NULL)
    gtk_widget_set_valign (choices, GTK_ALIGN_START);
  return bm_part_lay (page, bm_part_stack (page, head, G_N_ELEMENTS (head)), NULL, choices);
}
