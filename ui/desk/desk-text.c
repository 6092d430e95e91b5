/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/desk/desk-parts.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-writer.h"

/* The helper writes what the person says: for whom, the words, six candidates, the few keys of the mouse. */

static GtkWidget *
new_title (BmPage *page)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, 4));
  GtkWidget *title = bm_desk_question (page, BM_TYPE_DESK_NAME);

  gtk_widget_add_css_class (head, "head");
  gtk_widget_set_size_request (head, -1, bm_part_px (page, 16));
  gtk_box_append (GTK_BOX (head), bm_picture_new (&page->metrics, "write", 12, BM_ROLE_TINT_MONEY));
  gtk_widget_set_margin_start (gtk_widget_get_first_child (head), bm_part_px (page, 5));
  gtk_widget_set_hexpand (title, TRUE);
  gtk_box_append (GTK_BOX (head), title);
  return head;
}

static GtkWidget *
new_bottom (BmPage *page)
{
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, 5));

  gtk_box_set_homogeneous (GTK_BOX (row), TRUE);
  bm_part_add (row, bm_desk_frame_button (page, BM_FRAME_BACK));
  bm_part_add (row, bm_desk_frame_button (page, BM_FRAME_NEXT));
  bm_desk_set_margins (page, row, 6, page->level < 2 ? 4 : 2);
  gtk_widget_add_css_class (outer, "frame-bottom");
  gtk_box_append (GTK_BOX (outer), row);
  return outer;
}

GtkWidget *
bm_desk_text_build (BmPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *sheet = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *inner = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_MIN_GAP));
  double height = page->level < 2 ? 18 : BM_MM_DESK_TARGET;

  gtk_box_append (GTK_BOX (box), bm_desk_bar (page));
  gtk_widget_add_css_class (sheet, "sheet");
  gtk_box_append (GTK_BOX (sheet), new_title (page));
  gtk_box_append (GTK_BOX (inner), bm_desk_facts (page, FALSE));
  if (page->writer != NULL)
    {
      gtk_box_append (GTK_BOX (inner),
                      bm_writer_new_field (page->writer, page->width - bm_part_px (page, 26),
                                           BM_TYPE_DESK_NAME));
      gtk_box_append (GTK_BOX (inner),
                      bm_writer_new_candidates (page->writer, page->metrics.is_landscape ? 3 : 2,
                                                height));
      gtk_box_append (GTK_BOX (inner), bm_writer_new_keys (page->writer, 5, height));
    }
  bm_desk_set_margins (page, inner, 6, page->level < 2 ? 4 : 2);
  gtk_box_append (GTK_BOX (sheet), inner);
  bm_desk_set_margins (page, sheet, 6, page->level < 2 ? 4 : 2);
  gtk_widget_set_valign (sheet, GTK_ALIGN_START);
  gtk_widget_set_vexpand (sheet, TRUE);
  gtk_box_append (GTK_BOX (box), sheet);
  gtk_box_append (GTK_BOX (box), new_bottom (page));
  return box;
}
