/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "core/language/language.h"
#include "ui/pages/parts.h"
#include "ui/widgets/bm-text.h"

/* 您是王秀兰吗？ The name in the middle, as large as it may be, and two answers under two hands. */

static GtkWidget *
new_name (BmPage *page)
{
  GtkWidget *name = bm_part_question (page);

  if (name != NULL)
    bm_part_centre_words (name);
  return name;
}

/* The name has a box in it: it is told that this is no fault of the card. */
static GtkWidget *
new_rare (BmPage *page)
{
  GtkWidget *question =
    g_object_ref_sink (bm_text_new (bm_model_text (page->model, "question"), BM_TYPE_BODY));
  gboolean has_box = bm_text_has_box (question);
  guint most = bm_part_is_wide (page) ? 1 : 4; /* the box alone says it, too */
  GtkWidget *line;

  g_object_unref (question);
  if (!has_box || page->part > 0 || page->level > most)
    return NULL;
  line = bm_text_new (C_ ("page", "One character cannot be shown here."), BM_TYPE_LEAD);
  if (!bm_part_is_wide (page))
    bm_part_centre_words (line);
  return line;
}

static void
centre_lines (GtkWidget *lines)
{
  for (GtkWidget *row = gtk_widget_get_first_child (lines); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    bm_part_centre_words (gtk_widget_get_last_child (row));
}

GtkWidget *
bm_page_confirm_build (BmPage *page)
{
  static const double gaps[BM_PAGE_LEVELS] = { 12, 10, 8, 6, 4, 2 };
  static const double tall[BM_PAGE_LEVELS] = { 112, 90, 70, 50, 36, 28 };
  static const double wide[BM_PAGE_LEVELS] = { 52, 46, 40, 34, 28, 22 };
  gboolean is_tile = !bm_part_is_wide (page) && page->level < 4;
  BmChoiceLook look = {
    .shape = is_tile ? BM_BUTTON_TILE : BM_BUTTON_INLINE,
    .type = page->level < 3 ? BM_TYPE_TILE : BM_TYPE_ANSWER,
    .columns = bm_part_is_wide (page) && page->metrics.scale < 150 ? 1 : 2,
    .icon_mm = is_tile ? BM_MM_ICON_TILE : 28,
    .height_mm = bm_part_is_wide (page) ? wide[page->answer_level] : tall[page->answer_level],
    .is_last_wide = TRUE,
    .is_short_inline = TRUE,
  };
  GtkWidget *middle = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, gaps[page->level]));
  GtkWidget *lines = bm_part_lines (page, page->level < 2 ? BM_TYPE_SENTENCE : BM_TYPE_LEAD, 0);

  bm_part_add (middle, bm_part_picture (page, bm_part_is_wide (page) ? 60 : 120));
  if (!bm_part_is_wide (page))
    bm_part_add (middle, new_name (page));
  if (lines != NULL && !bm_part_is_wide (page))
    centre_lines (lines);
  bm_part_add (middle, new_rare (page));
  bm_part_add (middle, lines);
  bm_part_add (middle, bm_part_facts (page));
  bm_part_add (middle, bm_part_rows (page));
  bm_part_add (middle, bm_part_states (page));
  bm_part_add (middle, bm_part_number (page));
  gtk_widget_set_valign (middle, GTK_ALIGN_CENTER);
  return bm_part_lay (page, bm_part_is_wide (page) ? bm_part_question (page) : NULL, middle,
                      bm_part_choices (page, &look));
}
