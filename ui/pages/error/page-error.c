/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"
#include "ui/widgets/bm-picture.h"

/* Something broke: what happened, whether it is stored, what to do next. Never red for 没网. */

GtkWidget *
bm_page_error_build (BmPage *page)
{
  BmChoiceLook look = bm_part_answers (page);
  GtkWidget *question = bm_part_question (page);
  GtkWidget *head = question;

  if (question != NULL && page->part == 0 && page->level < 4)
    {
      const char *name = bm_model_string (page->model, "picture");

      head =
        gtk_box_new (bm_part_is_wide (page) ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL,
                     bm_part_px (page, BM_MM_MARGIN));
      gtk_widget_set_valign (question, GTK_ALIGN_CENTER);
      gtk_widget_set_hexpand (question, TRUE);
      gtk_box_append (GTK_BOX (head),
                      bm_picture_new (&page->metrics, name != NULL ? name : "warn",
                                      bm_part_icon_mm (page, 40), BM_ROLE_TINT_MONEY));
      gtk_widget_set_halign (gtk_widget_get_first_child (head), GTK_ALIGN_START);
      gtk_box_append (GTK_BOX (head), question);
    }
  return bm_part_lay (page, head, bm_part_body (page), bm_part_choices (page, &look));
}
