/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/desk/desk-parts.h"

/* The helper's page: left the person who is attended, right what waits, below the desk's own acts. */

static GtkWidget *
new_bottom (BmPage *page)
{
  GtkWidget *bar = gtk_grid_new ();
  guint columns = page->metrics.is_landscape && page->level < 4 ? 5 : 3;
  guint n_shown = 0;
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_grid_set_column_homogeneous (GTK_GRID (bar), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (bar), bm_part_px (page, 5));
  gtk_grid_set_row_spacing (GTK_GRID (bar), bm_part_px (page, BM_MM_MIN_GAP));
  for (guint i = 0; i < bm_page_count (page, BM_ATOM_CHOICE); i++)
    {
      json_t *choice = bm_model_item (page->model, "choices", i);

      if (bm_desk_is_witness_act (choice))
        continue;
      gtk_grid_attach (GTK_GRID (bar), bm_desk_button (page, choice, 15), n_shown % columns,
                       n_shown / columns, 1, 1);
      n_shown++;
    }
  bm_desk_set_margins (page, bar, 6, 4);
  gtk_widget_add_css_class (outer, "frame-bottom");
  gtk_box_append (GTK_BOX (outer), bar);
  return outer;
}

GtkWidget *
bm_desk_today_build (BmPage *page)
{
  gboolean is_stacked = !page->metrics.is_landscape;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *middle =
    gtk_box_new (is_stacked ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL,
                 bm_part_px (page, 5));

  gtk_box_append (GTK_BOX (box), bm_desk_bar (page));
  bm_desk_set_margins (page, middle, 6, page->level < 3 ? 5 : 2);
  gtk_widget_set_vexpand (middle, TRUE);
  gtk_box_set_homogeneous (GTK_BOX (middle), !is_stacked);
  gtk_box_append (GTK_BOX (middle), bm_desk_hall (page));
  gtk_box_append (GTK_BOX (middle), bm_desk_waiting (page));
  gtk_widget_set_vexpand (gtk_widget_get_first_child (middle), TRUE);
  gtk_box_append (GTK_BOX (box), middle);
  gtk_box_append (GTK_BOX (box), new_bottom (page));
  return box;
}
