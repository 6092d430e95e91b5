/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/desk/desk-parts.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

/* The helper's page: above what to do first, left the person who is attended, right what waits, below the desk's own acts. */

/* One row where they have room, else two that are as long as each other. */
static guint
count_columns (BmPage *page)
{
  guint n_acts = 0;

  for (guint i = 0; i < bm_page_count (page, BM_ATOM_CHOICE); i++)
    n_acts += bm_desk_is_witness_act (bm_model_item (page->model, "choices", i)) ? 0 : 1;
  if (!page->metrics.is_landscape)
    return 3;
  return n_acts <= 5 ? 5 : (n_acts + 1) / 2;
}

static GtkWidget *
new_bottom (BmPage *page)
{
  GtkWidget *bar = gtk_grid_new ();
  guint columns = count_columns (page);
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

/* What to do first; an alarm is dark, and says so with its sign. */
static GtkWidget *
new_first (BmPage *page)
{
  json_t *line = bm_model_item (page->model, "lines", 0);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, 5));
  g_autofree char *text = bm_text_on_one_line (bm_model_text (line, "text"));
  gboolean is_alarm = bm_model_is (line, "strong");
  const char *icon = bm_model_string (line, "icon");
  GtkWidget *picture = bm_picture_new (&page->metrics, icon != NULL ? icon : "next", 12,
                                       is_alarm ? BM_ROLE_FAULT : BM_ROLE_SURFACE);
  GtkWidget *words = bm_desk_text (text, BM_TYPE_DESK_HEAD, TRUE);

  if (is_alarm)
    bm_picture_set_ink (BM_PICTURE (picture), BM_ROLE_ON_FAULT);
  gtk_widget_add_css_class (row, is_alarm ? "fault" : "notice");
  gtk_widget_set_margin_start (picture, bm_part_px (page, 5));
  gtk_box_append (GTK_BOX (row), picture);
  bm_desk_set_margins (page, words, 0, page->level < 3 ? 2.5 : 1);
  gtk_widget_set_margin_end (words, bm_part_px (page, 5));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (row), words);
  return row;
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
  if (bm_page_count (page, BM_ATOM_LINE) > 0)
    {
      GtkWidget *first = new_first (page);

      bm_desk_set_margins (page, first, 6, 0);
      gtk_widget_set_margin_top (first, bm_part_px (page, page->level < 3 ? 4 : 2));
      gtk_box_append (GTK_BOX (box), first);
    }
  bm_desk_set_margins (page, middle, 6, page->level < 3 ? 4 : 2);
  gtk_widget_set_vexpand (middle, TRUE);
  gtk_box_set_homogeneous (GTK_BOX (middle), !is_stacked);
  gtk_box_append (GTK_BOX (middle), bm_desk_hall (page));
  gtk_box_append (GTK_BOX (middle), bm_desk_waiting (page));
  gtk_widget_set_vexpand (gtk_widget_get_first_child (middle), TRUE);
  gtk_box_append (GTK_BOX (box), middle);
  gtk_box_append (GTK_BOX (box), new_bottom (page));
  return box;
}
