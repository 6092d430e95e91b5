/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/desk/desk-parts.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

/*
 * The desk while nobody is signed in, and while somebody types a number: what is asked, in the middle
 * of the screen; nothing of what waits is shown.
 */

static GtkWidget *
new_choices (BmPage *page)
{
  GtkWidget *grid = gtk_grid_new ();
  guint columns = bm_page_count (page, BM_ATOM_CHOICE) > 3 ? 2 : 1;

  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (grid), bm_part_px (page, BM_MM_MIN_GAP));
  gtk_grid_set_row_spacing (GTK_GRID (grid), bm_part_px (page, BM_MM_MIN_GAP));
  for (guint i = 0; i < bm_page_count (page, BM_ATOM_CHOICE); i++)
    gtk_grid_attach (GTK_GRID (grid),
                     bm_desk_button (page, bm_model_item (page->model, "choices", i), 18),
                     i % columns, i / columns, 1, 1);
  return grid;
}

static GtkWidget *
new_entry (BmPage *page)
{
  json_t *input = bm_model_object (page->model, "input");
  const char *problem = bm_model_string (input, "problem");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_MIN_GAP));

  gtk_box_append (GTK_BOX (box),
                  bm_desk_text (problem != NULL ? problem : bm_model_text (input, "label"),
                                BM_TYPE_DESK_TEXT, problem != NULL));
  gtk_box_append (GTK_BOX (box), bm_keypad_new_field (page->keypad, BM_TYPE_DESK_NAME));
  gtk_box_append (GTK_BOX (box),
                  bm_keypad_new_keys (page->keypad, BM_TYPE_ANSWER, page->level < 3 ? 3 : 6,
                                      page->level < 2 ? 18 : BM_MM_DESK_TARGET));
  return box;
}

static GtkWidget *
new_frame (BmPage *page)
{
  static const BmFrameAct acts[] = { BM_FRAME_BACK, BM_FRAME_END, BM_FRAME_NEXT };
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_MIN_GAP));

  gtk_box_set_homogeneous (GTK_BOX (row), TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    bm_part_add (row, bm_desk_frame_button (page, acts[i]));
  return row;
}

static GtkWidget *
build (BmPage *page, const char *icon)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *middle =
    gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, page->level < 2 ? 6 : 3));
  GtkWidget *question = bm_desk_question (page, BM_TYPE_DESK_NAME);

  gtk_box_append (GTK_BOX (box), bm_desk_bar (page));
  if (page->level < 2)
    gtk_box_append (GTK_BOX (middle),
                    bm_picture_new (&page->metrics, icon, 30, BM_ROLE_TINT_MONEY));
  gtk_label_set_xalign (GTK_LABEL (question), 0.5);
  gtk_label_set_justify (GTK_LABEL (question), GTK_JUSTIFY_CENTER);
  gtk_box_append (GTK_BOX (middle), question);
  for (guint i = 0; i < bm_page_count (page, BM_ATOM_LINE); i++)
    {
      GtkWidget *line =
        bm_desk_text (bm_model_text (bm_model_item (page->model, "lines", i), "text"),
                      BM_TYPE_DESK_TEXT, FALSE);

      gtk_label_set_xalign (GTK_LABEL (line), 0.5);
      gtk_box_append (GTK_BOX (middle), line);
    }
  if (bm_page_count (page, BM_ATOM_FACT) > 0)
    gtk_box_append (GTK_BOX (middle), bm_desk_facts (page, FALSE));
  if (page->keypad != NULL)
    gtk_box_append (GTK_BOX (middle), new_entry (page));
  gtk_box_append (GTK_BOX (middle), new_choices (page));
  gtk_box_append (GTK_BOX (middle), new_frame (page));
  gtk_widget_set_size_request (middle, bm_part_px (page, 150), -1);
  gtk_widget_set_halign (middle, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (middle, GTK_ALIGN_CENTER);
  gtk_widget_set_vexpand (middle, TRUE);
  bm_desk_set_margins (page, middle, 6, 3);
  gtk_box_append (GTK_BOX (box), middle);
  return box;
}

GtkWidget *
bm_desk_lock_build (BmPage *page)
{
  return build (page, "read-card");
}

GtkWidget *
bm_desk_pin_build (BmPage *page)
{
  return build (page, "witness");
}
