/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "core/language/language.h"
#include "ui/desk/desk-parts.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

/*
 * Right half of the desk: what waits, count and reason first, one act each. Rows that do not fit are
 * counted in a last line, never cut: the list is in the order of what hurts most. Who wants larger letters gets all
 * of it on more pages (desk-flow.c).
 */

/**
 * bm_desk_waiting_row:
 * @page: an attempt
 * @row: what waits
 * @is_first: whether no line parts it from another above
 *
 * Returns: one row with its act
 */
GtkWidget *
bm_desk_waiting_row (BmPage *page, json_t *row, gboolean is_first)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, 5));
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  const char *act = bm_model_string (row, "act");
  const char *title = bm_model_text (row, "title");
  /* Two people who left no name differ by when. */
  g_autofree char *name = g_strdup_printf ("%s，%s", title, bm_model_text (row, "note"));

  gtk_box_append (GTK_BOX (box), bm_picture_new (&page->metrics, bm_model_string (row, "icon"), 12,
                                                 BM_ROLE_TINT_MONEY));
  gtk_box_append (GTK_BOX (words), bm_desk_text (title, BM_TYPE_DESK_HEAD, TRUE));
  gtk_box_append (GTK_BOX (words),
                  bm_desk_text (bm_model_text (row, "note"), BM_TYPE_DESK_TEXT, FALSE));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), words);
  if (act != NULL && bm_model_string (row, "choice") != NULL)
    gtk_box_append (GTK_BOX (box), bm_desk_act (page, bm_model_text (row, "choice"), act, name));
  bm_desk_set_margins (page, box, 5, page->level < 2 ? 1.6 : 1.2);
  gtk_box_append (GTK_BOX (outer), box);
  gtk_widget_set_vexpand (box, TRUE);
  if (!is_first)
    gtk_widget_add_css_class (outer, "row-rule");
  return outer;
}

static GtkWidget *
new_head (BmPage *page, json_t *waiting)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, 4));
  GtkWidget *title = bm_desk_text (bm_model_text (waiting, "total"), BM_TYPE_DESK_HEAD, TRUE);

  gtk_widget_add_css_class (head, "head");
  gtk_widget_set_size_request (head, -1, bm_part_px (page, 16));
  gtk_box_append (GTK_BOX (head),
                  bm_picture_new (&page->metrics, "hourglass", 11, BM_ROLE_TINT_MONEY));
  gtk_widget_set_margin_start (gtk_widget_get_first_child (head), bm_part_px (page, 5));
  gtk_widget_set_hexpand (title, TRUE);
  gtk_box_append (GTK_BOX (head), title);
  if (bm_model_string (waiting, "oldest") != NULL)
    gtk_box_append (GTK_BOX (head),
                    bm_desk_text (bm_model_text (waiting, "oldest"), BM_TYPE_DESK_TEXT, FALSE));
  gtk_widget_set_margin_end (gtk_widget_get_last_child (head), bm_part_px (page, 5));
  return head;
}

/**
 * bm_desk_waiting:
 * @page: an attempt
 *
 * Returns: the sheet of what waits
 */
GtkWidget *
bm_desk_waiting (BmPage *page)
{
  static const guint most[BM_PAGE_LEVELS] = { 6, 6, 6, 5, 4, 3 };
  json_t *waiting = bm_model_object (bm_model_object (page->model, "desk"), "waiting");
  GtkWidget *sheet = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  guint n_rows = bm_model_length (waiting, "rows");
  guint n_shown = bm_desk_is_enlarged (page) ? n_rows : MIN (n_rows, most[page->level]);

  gtk_widget_add_css_class (sheet, "sheet");
  gtk_box_append (GTK_BOX (sheet), new_head (page, waiting));
  for (guint i = 0; i < n_shown; i++)
    gtk_box_append (GTK_BOX (sheet),
                    bm_desk_waiting_row (page, bm_model_item (waiting, "rows", i), i == 0));
  if (n_rows > n_shown)
    {
      /* Translators: rows of the desk's list that there is no room for. */
      g_autofree char *text = g_strdup_printf (_ ("and %u kinds more"), n_rows - n_shown);
      GtkWidget *label = bm_desk_text (text, BM_TYPE_DESK_TEXT, FALSE);

      gtk_widget_set_margin_start (label, bm_part_px (page, 5));
      gtk_box_append (GTK_BOX (sheet), label);
    }
  return sheet;
}
