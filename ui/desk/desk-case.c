/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/desk/desk-parts.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

/* One thing at the desk: which, what is known of it, what to do about it, and the acts. */

static GtkWidget *
new_title (BmPage *page)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, 4));
  const char *icon = bm_model_string (page->model, "picture");
  GtkWidget *title = bm_desk_question (page, BM_TYPE_DESK_NAME);

  gtk_widget_add_css_class (head, "head");
  gtk_widget_set_size_request (head, -1, bm_part_px (page, 18));
  gtk_box_append (GTK_BOX (head), bm_picture_new (&page->metrics, icon != NULL ? icon : "svc-case",
                                                  13, BM_ROLE_TINT_MONEY));
  gtk_widget_set_margin_start (gtk_widget_get_first_child (head), bm_part_px (page, 5));
  gtk_widget_set_hexpand (title, TRUE);
  gtk_box_append (GTK_BOX (head), title);
  return head;
}

/* What to do; the strong one is the one asked of the helper. */
static GtkWidget *
new_line (BmPage *page, json_t *line)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, 4));
  g_autofree char *text = bm_text_on_one_line (bm_model_text (line, "text"));
  gboolean is_strong = bm_model_is (line, "strong");
  const char *icon = bm_model_string (line, "icon");
  GtkWidget *words =
    bm_desk_text (text, is_strong ? BM_TYPE_DESK_HEAD : BM_TYPE_DESK_TEXT, is_strong);

  if (is_strong)
    gtk_widget_add_css_class (row, "notice");
  gtk_box_append (GTK_BOX (row), bm_picture_new (&page->metrics, icon != NULL ? icon : "next", 12,
                                                 BM_ROLE_SURFACE));
  gtk_widget_set_margin_start (gtk_widget_get_first_child (row), bm_part_px (page, 4));
  bm_desk_set_margins (page, words, 0, BM_MM_HAIR);
  gtk_widget_set_margin_end (words, bm_part_px (page, 4));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (row), words);
  return row;
}

static GtkWidget *
new_sheet (BmPage *page)
{
  GtkWidget *sheet = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *inner =
    gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, page->level < 2 ? 4 : 2));

  gtk_widget_add_css_class (sheet, "sheet");
  gtk_box_append (GTK_BOX (sheet), new_title (page));
  gtk_box_append (GTK_BOX (inner), bm_desk_facts (page, FALSE));
  for (guint i = 0; i < bm_page_count (page, BM_ATOM_LINE); i++)
    if (bm_page_shows (page, BM_ATOM_LINE, i))
      gtk_box_append (GTK_BOX (inner), new_line (page, bm_model_item (page->model, "lines", i)));
  bm_desk_set_margins (page, inner, 6, page->level < 2 ? 4 : 2);
  gtk_box_append (GTK_BOX (sheet), inner);
  return sheet;
}

static GtkWidget *
new_bottom (BmPage *page)
{
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, 5));

  gtk_box_set_homogeneous (GTK_BOX (row), TRUE);
  bm_part_add (row, bm_desk_frame_button (page, BM_FRAME_BACK));
  bm_part_add (row, bm_desk_part_button (page, BM_FRAME_PART_BACK));
  for (guint i = 0; i < bm_page_count (page, BM_ATOM_CHOICE); i++)
    if (bm_page_shows (page, BM_ATOM_CHOICE, i))
      gtk_box_append (GTK_BOX (row),
                      bm_desk_button (page, bm_model_item (page->model, "choices", i), 18));
  bm_part_add (row, bm_desk_part_button (page, BM_FRAME_PART_NEXT));
  bm_desk_set_margins (page, row, 6, 4);
  gtk_widget_add_css_class (outer, "frame-bottom");
  gtk_box_append (GTK_BOX (outer), row);
  return outer;
}

GtkWidget *
bm_desk_case_build (BmPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *sheet = new_sheet (page);

  gtk_box_append (GTK_BOX (box), bm_desk_bar (page));
  bm_desk_set_margins (page, sheet, page->metrics.is_landscape ? 24 : 8, page->level < 2 ? 6 : 3);
  gtk_widget_set_valign (sheet, GTK_ALIGN_START);
  gtk_widget_set_vexpand (sheet, TRUE);
  gtk_box_append (GTK_BOX (box), sheet);
  gtk_box_append (GTK_BOX (box), new_bottom (page));
  return box;
}
