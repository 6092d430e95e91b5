/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "core/language/language.h"
#include "ui/desk/desk-parts.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

/*
 * Right half of the desk: what waits, count and reason first, one act each, in the order of what hurts most. Rows that
 * do not fit are counted on a button that leads to them. Who wants larger letters gets all of it on more parts
 * (desk-flow.c).
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

static guint
count_at_once (const BmPage *page, guint level)
{
  static const guint most[BM_PAGE_LEVELS] = { 6, 6, 6, 5, 4, 3 };

  return bm_desk_is_enlarged (page) ? G_MAXUINT : most[level];
}

static json_t *
get_waiting (const BmPage *page)
{
  return bm_model_object (bm_model_object (page->model, "desk"), "waiting");
}

/**
 * bm_desk_count_turns:
 * @page: model and area
 * @level: how tight it is set
 *
 * Returns: on how many turns of the page the rows of what waits stand
 */
guint
bm_desk_count_turns (const BmPage *page, guint level)
{
  guint n_rows = bm_model_length (get_waiting (page), "rows");
  guint at_once = count_at_once (page, level);

  return n_rows <= at_once ? 1 : (n_rows + at_once - 1) / at_once;
}

/* The way to the rows that are on other turns; how many are still to come stands on it. */
static GtkWidget *
new_turns (BmPage *page, guint n_left)
{
  /* Translators: rows of the desk's list that there is no room for; a button leads to them. */
  g_autofree char *more = g_strdup_printf (_ ("and %u kinds more"), n_left);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_MIN_GAP));

  gtk_box_set_homogeneous (GTK_BOX (row), TRUE);
  bm_part_add (row, bm_desk_turn_button (page, BM_FRAME_PART_BACK, _ ("Page before")));
  if (n_left > 0)
    gtk_box_append (GTK_BOX (row), bm_desk_turn_button (page, BM_FRAME_PART_NEXT, more));
  bm_desk_set_margins (page, row, 5, page->level < 2 ? BM_MM_HAIR : 1);
  return row;
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
  json_t *waiting = get_waiting (page);
  GtkWidget *sheet = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  guint n_rows = bm_model_length (waiting, "rows");
  guint at_once = MIN (count_at_once (page, page->level), n_rows);
  guint from = page->part * at_once;
  guint to = MIN (from + at_once, n_rows);

  gtk_widget_add_css_class (sheet, "sheet");
  gtk_box_append (GTK_BOX (sheet), new_head (page, waiting));
  for (guint i = from; i < to; i++)
    gtk_box_append (GTK_BOX (sheet),
                    bm_desk_waiting_row (page, bm_model_item (waiting, "rows", i), i == from));
  if (bm_desk_count_turns (page, page->level) > 1)
    gtk_box_append (GTK_BOX (sheet), new_turns (page, n_rows - to));
  return sheet;
}
