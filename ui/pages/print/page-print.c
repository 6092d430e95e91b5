/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"

/* Paper: a drawing of it beside the sentence; the spoken number stands in for a slip that did not come. */

GtkWidget *
bm_page_print_build (BmPage *page)
{
  BmChoiceLook look = bm_part_answers (page);
  GtkWidget *question = bm_part_question (page);
  GtkWidget *picture = question != NULL ? bm_part_picture (page, 48) : NULL;
  GtkWidget *head = question;

  if (picture != NULL)
    {
      head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_MARGIN));
      gtk_widget_set_valign (question, GTK_ALIGN_CENTER);
      gtk_widget_set_hexpand (question, TRUE);
      gtk_box_append (GTK_BOX (head), picture);
      gtk_box_append (GTK_BOX (head), question);
    }
  return bm_part_lay (page, head, bm_part_body_in_order (page, TRUE),
                      bm_part_choices (page, &look));
}
