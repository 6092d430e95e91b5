/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/desk/desk-parts.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

/*
 * A list of the desk: what it is above, then what can only be read (facts), then what opens (choices), the
 * ways on below. The station gives a page of it; what still does not fit is cut into parts.
 */

static GtkWidget *
new_line (BmPage *page, json_t *line)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, 4));
  g_autofree char *text = bm_text_on_one_line (bm_model_text (line, "text"));
  GtkWidget *words = bm_desk_text (text, BM_TYPE_DESK_TEXT, bm_model_is (line, "strong"));

  if (bm_model_string (line, "icon") != NULL)
    gtk_box_append (GTK_BOX (row), bm_picture_new (&page->metrics, bm_model_string (line, "icon"),
                                                   10, BM_ROLE_TINT_MONEY));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (row), words);
  return row;
}

static GtkWidget *
new_spans (BmPage *page)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_MIN_GAP));

  gtk_box_set_homogeneous (GTK_BOX (row), TRUE);
  for (guint i = 0; i < bm_page_count (page, BM_ATOM_CHOICE); i++)
    {
      json_t *choice = bm_model_item (page->model, "choices", i);

      if (bm_desk_is_span (choice) && bm_page_shows (page, BM_ATOM_CHOICE, i))
        gtk_box_append (GTK_BOX (row), bm_desk_button (page, choice, BM_MM_DESK_TARGET));
    }
  return row;
}

static GtkWidget *
new_head (BmPage *page)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_HAIR));
  GtkWidget *spans = new_spans (page);

  gtk_box_append (GTK_BOX (head), bm_desk_question (page, BM_TYPE_DESK_NAME));
  for (guint i = 0; i < bm_page_count (page, BM_ATOM_LINE); i++)
    if (bm_page_shows (page, BM_ATOM_LINE, i))
      gtk_box_append (GTK_BOX (head), new_line (page, bm_model_item (page->model, "lines", i)));
  if (gtk_widget_get_first_child (spans) != NULL)
    gtk_box_append (GTK_BOX (head), spans);
  else
    g_object_unref (g_object_ref_sink (spans));
  return head;
}

#define SIDE_MM   8
#define COLUMN_MM 8 /* between two columns of facts */

/* A fact of the list; both of its columns are as wide as those of all others, however long a name is. */
static GtkWidget *
new_fact (BmPage *page, json_t *fact, int width, int label_width)
{
  int gap = bm_part_px (page, 5);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, gap);
  GtkWidget *label = bm_desk_text (bm_model_text (fact, "label"), BM_TYPE_DESK_TEXT, TRUE);
  GtkWidget *value = bm_desk_text (bm_model_text (fact, "value"), BM_TYPE_DESK_TEXT, FALSE);

  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_widget_set_valign (value, GTK_ALIGN_START);
  /* Together all the room there is: neither gets more, so the label's lines break where its column ends. */
  gtk_widget_set_size_request (label, label_width, -1);
  gtk_widget_set_size_request (value, width - gap - label_width, -1);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), value);
  row = bm_desk_add_bar (page, fact, row);
  gtk_widget_add_css_class (row, "row-rule");
  return row;
}

static double
row_gap_mm (const BmPage *page)
{
  if (page->level < 3)
    return BM_MM_MIN_GAP;
  return page->level == 3 ? BM_MM_HAIR + 0.5 : 1;
}

static guint
add_facts (BmPage *page, GtkWidget *grid, guint columns)
{
  int between = bm_part_px (page, COLUMN_MM) * (int) (columns - 1);
  int width = (page->width - 2 * bm_part_px (page, SIDE_MM) - between) / (int) columns;
  int label_width = bm_desk_label_width (page, width - bm_part_px (page, 5));
  guint n_shown = 0;

  for (guint i = 0; i < bm_page_count (page, BM_ATOM_FACT); i++)
    {
      if (!bm_page_shows (page, BM_ATOM_FACT, i))
        continue;
      gtk_grid_attach (GTK_GRID (grid),
                       new_fact (page, bm_model_item (page->model, "facts", i), width, label_width),
                       (int) (n_shown % columns), (int) (n_shown / columns), 1, 1);
      n_shown++;
    }
  return (n_shown + columns - 1) / columns * columns;
}

static GtkWidget *
new_body (BmPage *page)
{
  GtkWidget *grid = gtk_grid_new ();
  guint columns = page->metrics.is_landscape ? 2 : 1;
  gboolean has_rows = FALSE;
  guint n_shown;

  n_shown = add_facts (page, grid, columns);
  for (guint i = 0; i < bm_page_count (page, BM_ATOM_CHOICE); i++)
    {
      json_t *choice = bm_model_item (page->model, "choices", i);

      if (!bm_desk_is_row (choice) || !bm_page_shows (page, BM_ATOM_CHOICE, i))
        continue;
      gtk_grid_attach (GTK_GRID (grid), bm_desk_row_button (page, choice), n_shown % columns,
                       n_shown / columns, 1, 1);
      has_rows = TRUE;
      n_shown++;
    }
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (grid), bm_part_px (page, COLUMN_MM));
  /* What can be pressed is further apart. */
  gtk_grid_set_row_spacing (GTK_GRID (grid),
                            bm_part_px (page, has_rows && page->level >= 3 ? BM_MM_HAIR + 0.5
                                                                           : row_gap_mm (page)));
  return grid;
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
    {
      json_t *choice = bm_model_item (page->model, "choices", i);

      if (!bm_desk_is_row (choice) && !bm_desk_is_span (choice) &&
          bm_page_shows (page, BM_ATOM_CHOICE, i))
        gtk_box_append (GTK_BOX (row), bm_desk_button (page, choice, 15));
    }
  bm_part_add (row, bm_desk_part_button (page, BM_FRAME_PART_NEXT));
  bm_desk_set_margins (page, row, 6, 4);
  gtk_widget_add_css_class (outer, "frame-bottom");
  gtk_box_append (GTK_BOX (outer), row);
  return outer;
}

GtkWidget *
bm_desk_list_build (BmPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *middle =
    gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, page->level < 3 ? 5 : 3));

  gtk_box_append (GTK_BOX (box), bm_desk_bar (page));
  gtk_box_append (GTK_BOX (middle), new_head (page));
  gtk_box_append (GTK_BOX (middle), new_body (page));
  bm_desk_set_margins (page, middle, SIDE_MM, page->level < 3 ? 5 : 2);
  gtk_widget_set_vexpand (middle, TRUE);
  gtk_box_append (GTK_BOX (box), middle);
  gtk_box_append (GTK_BOX (box), new_bottom (page));
  return box;
}
