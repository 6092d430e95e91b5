/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"
#include "ui/widgets/bm-text.h"

/* A number, typed on our own keys. What is wrong with it stands right above the digits. */

/* A wide, low screen with large letters has room for one row of keys. */
static gboolean
has_one_row (const BmPage *page)
{
  return bm_part_is_wide (page) && page->metrics.scale >= 150 && page->level >= 4;
}

static GtkWidget *
new_entry (BmPage *page)
{
  json_t *input = bm_model_object (page->model, "input");
  const char *problem = bm_model_string (input, "problem");
  gboolean is_long = bm_model_int (input, "max", 1) > 8;
  BmType type =
    is_long ? (page->metrics.scale >= 150 || bm_part_is_wide (page) ? BM_TYPE_BODY : BM_TYPE_ANSWER)
            : (page->level < 3 ? BM_TYPE_QUESTION : BM_TYPE_LEAD);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_HAIR));
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_MIN_GAP));
  GtkWidget *label;

  if (problem != NULL && *problem != '\0')
    label = bm_text_new_strong (problem, page->level < 3 ? BM_TYPE_LEAD : BM_TYPE_BODY);
  else
    label = bm_text_new (bm_model_text (input, "label"), BM_TYPE_BODY);
  gtk_widget_add_css_class (label, "tight");
  if (page->level < 5 || problem != NULL)
    gtk_box_append (GTK_BOX (box), label);
  else
    {
      g_object_ref_sink (label);
      g_object_unref (label);
    }
  gtk_box_append (GTK_BOX (box), row);
  gtk_box_append (GTK_BOX (row), bm_keypad_new_field (page->keypad, type));
  gtk_widget_set_hexpand (gtk_widget_get_first_child (row), TRUE);
  if (has_one_row (page))
    gtk_box_append (GTK_BOX (row), bm_keypad_new_delete (page->keypad, BM_MM_TARGET));
  return box;
}

static GtkWidget *
new_keys (BmPage *page)
{
  static const double tall[BM_PAGE_LEVELS] = { 40, 36, 30, 26, 22, 20 };
  static const double wide[BM_PAGE_LEVELS] = { 26, 24, 22, 20, 22, 20 };
  guint columns = page->level >= 4 || (bm_part_is_wide (page) && page->metrics.scale >= 150)
                    ? (bm_part_is_wide (page) ? 6 : 4)
                    : 3;
  double key = bm_part_is_wide (page) ? wide[page->level] : tall[page->level];

  if (has_one_row (page))
    return bm_keypad_new_row (page->keypad, key);
  return bm_keypad_new_keys (page->keypad, columns, key);
}

GtkWidget *
bm_page_digits_build (BmPage *page)
{
  gboolean is_beside = bm_part_is_wide (page) && page->level < 4 && page->metrics.scale < 150;
  BmChoiceLook look = bm_part_answers (page);
  GtkWidget *read = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_GAP));
  GtkWidget *press = gtk_box_new (GTK_ORIENTATION_VERTICAL,
                                  bm_part_px (page, bm_part_is_dense (page) ? 4 : BM_MM_MARGIN));

  look.height_mm = MIN (look.height_mm, 28);
  bm_part_add (read, bm_part_lines (page, BM_TYPE_LEAD, 0));
  bm_part_add (read, bm_part_states (page));
  bm_part_add (read, bm_part_facts (page));
  bm_part_add (read, bm_part_rows (page));
  bm_part_add (read, bm_part_number (page));
  if (bm_page_shows (page, BM_ATOM_INPUT, 0))
    {
      gtk_box_append (GTK_BOX (is_beside ? read : press), new_entry (page));
      gtk_box_append (GTK_BOX (press), new_keys (page));
    }
  bm_part_add (is_beside ? read : press, bm_part_choices (page, &look));
  gtk_widget_set_valign (read, is_beside ? GTK_ALIGN_CENTER : GTK_ALIGN_START);
  return bm_part_lay (page, bm_part_question (page),
                      gtk_widget_get_first_child (read) != NULL ? read : NULL, press);
}
