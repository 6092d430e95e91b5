/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "core/language/language.h"
#include "ui/desk/desk-parts.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

/* Left half of the desk: the person who is attended, the sentence she sees, the one act asked of us. */

static GtkWidget *
new_head (BmPage *page, json_t *hall)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, 4));
  GtkWidget *title = bm_desk_text (_ ("In the hall now"), BM_TYPE_DESK_HEAD, TRUE);

  gtk_widget_add_css_class (head, "head");
  gtk_widget_add_css_class (head, "tint");
  gtk_widget_set_size_request (head, -1, bm_part_px (page, 16));
  gtk_box_append (GTK_BOX (head), bm_picture_new (&page->metrics, "svc-cert", 11, BM_ROLE_SURFACE));
  gtk_widget_set_margin_start (gtk_widget_get_first_child (head), bm_part_px (page, 5));
  gtk_widget_set_hexpand (title, TRUE);
  gtk_box_append (GTK_BOX (head), title);
  if (hall != NULL && bm_model_string (hall, "step") != NULL)
    gtk_box_append (GTK_BOX (head),
                    bm_desk_text (bm_model_text (hall, "step"), BM_TYPE_DESK_TEXT, FALSE));
  gtk_widget_set_margin_end (gtk_widget_get_last_child (head), bm_part_px (page, 5));
  return head;
}

static GtkWidget *
new_who (BmPage *page, json_t *hall)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, 4));
  GtkWidget *about = bm_desk_text (bm_model_text (hall, "about"), BM_TYPE_DESK_TEXT, FALSE);

  gtk_box_append (GTK_BOX (row),
                  bm_desk_text (bm_model_text (hall, "name"), BM_TYPE_DESK_NAME, TRUE));
  gtk_widget_set_valign (about, GTK_ALIGN_END);
  gtk_widget_set_hexpand (about, TRUE);
  gtk_box_append (GTK_BOX (row), about);
  return row;
}

static GtkWidget *
new_facts (BmPage *page, json_t *hall)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), bm_part_px (page, 8));
  for (guint i = 0; i < bm_model_length (hall, "facts"); i++)
    {
      json_t *fact = bm_model_item (hall, "facts", i);
      GtkWidget *label = bm_desk_text (bm_model_text (fact, "label"), BM_TYPE_DESK_TEXT, FALSE);
      GtkWidget *value = bm_desk_text (bm_model_text (fact, "value"), BM_TYPE_DESK_TEXT, FALSE);

      gtk_widget_set_valign (label, GTK_ALIGN_START);
      gtk_widget_set_hexpand (value, TRUE);
      gtk_grid_attach (GTK_GRID (grid), label, 0, i, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), value, 1, i, 1, 1);
    }
  return grid;
}

static GtkWidget *
new_sees (BmPage *page, json_t *hall)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *title = bm_desk_text (_ ("What the person sees now"), BM_TYPE_DESK_TEXT, FALSE);
  const char *sees = bm_model_text (hall, "sees");
  g_autofree char *words = page->level >= 4 ? bm_text_on_one_line (sees) : g_strdup (sees);
  GtkWidget *sentence = bm_desk_text (words, BM_TYPE_DESK_HEAD, TRUE);

  gtk_widget_add_css_class (box, "sees");
  gtk_widget_set_margin_start (title, bm_part_px (page, 4));
  gtk_widget_set_margin_start (sentence, bm_part_px (page, 4));
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), sentence);
  return box;
}

static GtkWidget *
new_asks (BmPage *page, json_t *hall, const char *asks)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, 4));
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *picture = bm_picture_new (&page->metrics, "help", 14, BM_ROLE_SURFACE);

  gtk_widget_add_css_class (box, "asks");
  gtk_widget_set_margin_start (picture, bm_part_px (page, 5));
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (words), bm_desk_text (asks, BM_TYPE_DESK_HEAD, TRUE));
  if (bm_model_string (hall, "waits") != NULL)
    gtk_box_append (GTK_BOX (words),
                    bm_desk_text (bm_model_text (hall, "waits"), BM_TYPE_DESK_TEXT, FALSE));
  bm_desk_set_margins (page, words, 0, 2);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), words);
  return box;
}

static GtkWidget *
new_acts (BmPage *page)
{
  GtkWidget *row =
    gtk_box_new (page->metrics.scale > 125 ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL,
                 bm_part_px (page, BM_MM_MIN_GAP));

  for (guint i = 0; i < bm_page_count (page, BM_ATOM_CHOICE); i++)
    {
      json_t *choice = bm_model_item (page->model, "choices", i);

      if (bm_desk_is_witness_act (choice))
        gtk_box_append (GTK_BOX (row), bm_desk_button (page, choice, 18));
    }
  return row;
}

/* No one is attended: what is true now, and that it is quiet. */
static GtkWidget *
new_quiet (BmPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, 4));
  gboolean is_wanted = bm_model_is (bm_model_object (page->model, "desk"), "is_help_wanted");

  gtk_box_append (GTK_BOX (box), bm_picture_new (&page->metrics, is_wanted ? "help" : "person", 30,
                                                 BM_ROLE_TINT_MONEY));
  gtk_box_append (GTK_BOX (box), bm_desk_text (is_wanted ? _ ("Somebody in the hall calls for help")
                                                         : _ ("Nobody in the hall"),
                                               BM_TYPE_DESK_HEAD, TRUE));
  gtk_label_set_xalign (GTK_LABEL (gtk_widget_get_last_child (box)), 0.5);
  if (bm_page_count (page, BM_ATOM_FACT) > 0)
    gtk_box_append (GTK_BOX (box), bm_desk_facts (page, TRUE));
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_vexpand (box, TRUE);
  return box;
}

/**
 * bm_desk_hall:
 * @page: an attempt
 *
 * Returns: the sheet of the person who is attended
 */
GtkWidget *
bm_desk_hall (BmPage *page)
{
  json_t *desk = bm_model_object (page->model, "desk");
  json_t *hall = bm_model_object (desk, "hall");
  const char *asks = bm_model_string (hall, "asks");
  GtkWidget *sheet = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *inner =
    gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, page->level == 0   ? 4
                                                             : page->level == 1 ? 3
                                                                                : 2));

  gtk_widget_add_css_class (sheet, "sheet");
  gtk_box_append (GTK_BOX (sheet), new_head (page, hall));
  bm_desk_set_margins (page, inner, 5, page->level == 0 ? 4 : BM_MM_HAIR);
  gtk_widget_set_vexpand (inner, TRUE);
  gtk_box_append (GTK_BOX (sheet), inner);
  if (hall == NULL)
    gtk_box_append (GTK_BOX (inner), new_quiet (page));
  else
    {
      gtk_box_append (GTK_BOX (inner), new_who (page, hall));
      gtk_box_append (GTK_BOX (inner), new_facts (page, hall));
      gtk_box_append (GTK_BOX (inner), new_sees (page, hall));
      gtk_widget_set_vexpand (gtk_widget_get_last_child (inner), TRUE);
      gtk_widget_set_valign (gtk_widget_get_last_child (inner), GTK_ALIGN_START);
      if (asks == NULL && bm_model_is (desk, "is_help_wanted"))
        asks = _ ("Somebody in the hall calls for help");
      if (asks != NULL)
        gtk_box_append (GTK_BOX (inner), new_asks (page, hall, asks));
    }
  gtk_box_append (GTK_BOX (inner), new_acts (page));
  return sheet;
}
