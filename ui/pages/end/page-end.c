/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"
#include "ui/widgets/bm-picture.h"

/* The screen is put away: what was done is still there, take the card and the slip. */

GtkWidget *
bm_page_end_build (BmPage *page)
{
  static const double banners[BM_PAGE_LEVELS] = { 120, BM_MM_BANNER, 60, 0, 0, 0 };
  BmChoiceLook look = bm_part_answers (page);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *picture;

  if (page->metrics.theme == BM_THEME_MEDIUM && !bm_part_is_wide (page) && page->part == 0 &&
      bm_model_string (page->model, "picture") == NULL && banners[page->picture_level] > 0)
    {
      picture = bm_picture_new_banner (&page->metrics, "ill-fields", banners[page->picture_level]);
      gtk_widget_add_css_class (picture, "banner");
      gtk_box_append (GTK_BOX (box), picture);
    }
  gtk_box_append (GTK_BOX (box), bm_part_lay (page, bm_part_question (page), bm_part_body (page),
                                              bm_part_choices (page, &look)));
  gtk_widget_set_vexpand (gtk_widget_get_last_child (box), TRUE);
  return box;
}
