/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"
#include "ui/widgets/bm-picture.h"

/* Something is being done; how far it is stands on the path, nothing moves. */

GtkWidget *
bm_page_progress_build (BmPage *page)
{
  BmChoiceLook look = bm_part_answers (page);
  GtkWidget *body = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_GROUP));

  bm_part_add (body, bm_part_picture (page, BM_MM_ICON_TILE));
  if (gtk_widget_get_first_child (body) == NULL && page->part == 0 && page->level < 4)
    gtk_box_append (GTK_BOX (body),
                    bm_picture_new (&page->metrics, "hourglass",
                                    bm_part_icon_mm (page, BM_MM_ICON_TILE), BM_ROLE_TINT_MONEY));
  bm_part_add (body, bm_part_body (page));
  gtk_widget_set_valign (body, GTK_ALIGN_CENTER);
  return bm_part_lay (page, bm_part_question (page), body, bm_part_choices (page, &look));
}
