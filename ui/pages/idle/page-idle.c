/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

/* Nobody is there: a greeting, who is here today, and one large way in. */

static GtkWidget *
new_greeting (BmPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_MIN_GAP));
  const char *duty = bm_model_string (bm_model_object (page->model, "station"), "duty");

  bm_part_add (box, bm_part_question (page));
  if (page->part == 0 && page->level < 5 && duty != NULL && *duty != '\0')
    gtk_box_append (GTK_BOX (box), bm_text_new (duty, BM_TYPE_LEAD));
  bm_part_add (box, bm_part_states (page));
  bm_part_add (box, bm_part_lines (page, BM_TYPE_BODY, BM_MM_ICON_FRAME));
  bm_part_add (box, bm_part_facts (page));
  bm_part_add (box, bm_part_rows (page));
  bm_part_add (box, bm_part_number (page));
  gtk_widget_set_valign (box, GTK_ALIGN_START);
  return box;
}

GtkWidget *
bm_page_idle_build (BmPage *page)
{
  static const double banner[BM_PAGE_LEVELS] = { 160, 130, 92, 60, 0, 0 };
  static const double heights[BM_PAGE_LEVELS] = { 72, 64, 52, 40, 30, 22 };
  BmChoiceLook look = { .shape = BM_BUTTON_INLINE,
                        .type = BM_TYPE_ANSWER,
                        .primary_type = page->level < 4 ? BM_TYPE_HERO : BM_TYPE_ANSWER,
                        .columns = bm_part_is_wide (page) ? 2 : 1,
                        .icon_mm = BM_MM_ICON_ROW,
                        .height_mm = heights[page->answer_level] };
  gboolean has_banner = page->metrics.theme == BM_THEME_MEDIUM && !bm_part_is_wide (page) &&
                        page->part == 0 && banner[page->picture_level] > 0;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  if (has_banner)
    {
      GtkWidget *picture =
        bm_picture_new_banner (&page->metrics, "ill-fields", banner[page->picture_level]);

      gtk_widget_add_css_class (picture, "banner");
      gtk_box_append (GTK_BOX (box), picture);
    }
  if (bm_part_is_wide (page))
    gtk_box_append (GTK_BOX (box),
                    bm_part_lay (page, new_greeting (page), NULL, bm_part_choices (page, &look)));
  else
    gtk_box_append (GTK_BOX (box),
                    bm_part_lay (page, NULL, new_greeting (page), bm_part_choices (page, &look)));
  gtk_widget_set_vexpand (gtk_widget_get_last_child (box), TRUE);
  return box;
}
