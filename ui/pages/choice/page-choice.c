/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"

/* One question and its answers, a picture to each. Four and more are chosen, heard, then 下一步. */

static gboolean
has_short_labels (const BmPage *page, glong most)
{
  guint n = bm_page_count (page, BM_ATOM_CHOICE);

  for (guint i = 0; i < n; i++)
    {
      if (g_utf8_strlen (bm_model_text (bm_model_item (page->model, "choices", i), "label"), -1) >
          most)
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_notes (const BmPage *page)
{
  guint n = bm_page_count (page, BM_ATOM_CHOICE);

  for (guint i = 0; i < n; i++)
    {
      if (*bm_model_text (bm_model_item (page->model, "choices", i), "note") != '\0')
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_body (const BmPage *page)
{
  return bm_page_count (page, BM_ATOM_LINE) + bm_page_count (page, BM_ATOM_FACT) +
           bm_page_count (page, BM_ATOM_STATES) >
         0;
}

static guint
count_columns (const BmPage *page, guint n)
{
  gboolean is_large = page->metrics.scale >= 150;

  if (!bm_part_is_wide (page))
    {
      if (is_large)
        return page->level < 3 || !has_short_labels (page, 4) ? 1 : 2;
      return n <= 3 || (n <= 6 && page->level < 3) ? 1 : 2;
    }
  if (is_large)
    return 2;
  if (has_body (page))
    return 1;
  if (n <= 3)
    {
      gboolean is_long = !has_short_labels (page, 4) || has_notes (page);

      return page->level < 2 ? 1 : is_long ? 2 : n;
    }
  return n <= 4 || !has_short_labels (page, page->level >= 4 ? 5 : 4) ? 2 : 3;
}

GtkWidget *
bm_page_choice_build (BmPage *page)
{
  static const double tall[BM_PAGE_LEVELS] = { 62, 53, BM_MM_ANSWER, 34, 26, 20 };
  static const double wide[BM_PAGE_LEVELS] = { 48, 40, 34, 28, 24, 20 };
  guint n = bm_page_count (page, BM_ATOM_CHOICE);
  guint columns = count_columns (page, n);
  BmChoiceLook look = {
    .shape = BM_BUTTON_ROW,
    .type = page->level >= 4 ? BM_TYPE_LEAD : BM_TYPE_ANSWER,
    .columns = columns,
    .icon_mm = columns == 1 ? BM_MM_ICON_FACE : BM_MM_ICON_ANSWER,
    .height_mm = bm_part_is_wide (page) ? wide[page->answer_level] : tall[page->answer_level],
    .is_last_wide = TRUE,
    .is_short_inline = TRUE,
  };
  GtkWidget *choices = bm_part_choices (page, &look);
  GtkWidget *body = bm_part_body (page);

  if (choices != NULL && body == NULL)
    gtk_widget_set_valign (choices, GTK_ALIGN_START);
  return bm_part_lay (page, bm_part_question (page), body, choices);
}
