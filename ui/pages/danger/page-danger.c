/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"
#include "ui/widgets/bm-text.h"

/*
 * 有危险吗？ Before anything else: three telephone numbers that can be read across the room, and who
 * dials them. Of a fact's two texts the one that is all digits is the number. On a tall screen a number
 * stands left of its words, on a wide one above them.
 */

static gboolean
is_number (const char *text)
{
  return *text != '\0' && strspn (text, "0123456789") == strlen (text);
}

static BmType
number_type (const BmPage *page)
{
  static const BmType types[BM_PAGE_LEVELS] = { BM_TYPE_FIGURE, BM_TYPE_FIGURE, BM_TYPE_NUMBER,
                                                BM_TYPE_NUMBER, BM_TYPE_HERO,   BM_TYPE_TILE };

  return types[page->level];
}

static BmType
words_type (const BmPage *page)
{
  if (page->level >= 3)
    return BM_TYPE_BODY;
  return page->level < 2 && !bm_part_is_wide (page) ? BM_TYPE_TILE : BM_TYPE_LEAD;
}

static gboolean
are_side_by_side (const BmPage *page)
{
  return bm_part_is_wide (page);
}

static GtkWidget *
new_telephone (BmPage *page, json_t *fact, GtkSizeGroup *group, gboolean is_first)
{
  const char *label = bm_model_text (fact, "label");
  const char *value = bm_model_text (fact, "value");
  gboolean is_swapped = is_number (label) && !is_number (value);
  gboolean has_number = is_swapped || is_number (value);
  gboolean is_column = are_side_by_side (page);
  GtkWidget *box = gtk_box_new (is_column ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL,
                                is_column ? 0 : bm_part_px (page, BM_MM_MARGIN));
  GtkWidget *figure =
    bm_text_new_strong (is_swapped ? label : value, has_number ? number_type (page) : BM_TYPE_BODY);
  GtkWidget *words = bm_text_new_strong (is_swapped ? value : label, words_type (page));
  int side = bm_part_px (page, 8);

  gtk_widget_add_css_class (figure, "amount");
  gtk_label_set_wrap (GTK_LABEL (figure), !has_number);
  gtk_widget_add_css_class (figure, "tight");
  gtk_widget_add_css_class (words, "tight");
  if (!is_column)
    bm_text_keep_words (words, 6);
  gtk_size_group_add_widget (group, figure);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_label_set_xalign (GTK_LABEL (figure), is_column ? 0.5 : 0);
  gtk_label_set_xalign (GTK_LABEL (words), is_column ? 0.5 : 0);
  gtk_label_set_justify (GTK_LABEL (words), is_column ? GTK_JUSTIFY_CENTER : GTK_JUSTIFY_LEFT);
  gtk_box_append (GTK_BOX (box), figure);
  gtk_box_append (GTK_BOX (box), words);
  gtk_widget_set_margin_start (box, is_column ? bm_part_px (page, BM_MM_HAIR) : side);
  gtk_widget_set_margin_end (box, is_column ? bm_part_px (page, BM_MM_HAIR) : side);
  gtk_widget_set_hexpand (box, TRUE);
  return box;
}

static GtkWidget *
new_telephones (BmPage *page)
{
  gboolean is_row = are_side_by_side (page);
  GtkWidget *sheet =
    gtk_box_new (is_row ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL, 0);
  g_autoptr (GtkSizeGroup) group = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  guint n_shown = 0;

  gtk_box_set_homogeneous (GTK_BOX (sheet), is_row);
  for (guint i = 0; i < bm_page_count (page, BM_ATOM_FACT); i++)
    {
      GtkWidget *outer;

      if (!bm_page_shows (page, BM_ATOM_FACT, i))
        continue;
      outer = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
      gtk_box_append (GTK_BOX (outer), new_telephone (page, bm_model_item (page->model, "facts", i),
                                                      group, n_shown == 0));
      if (n_shown > 0)
        gtk_widget_add_css_class (outer, is_row ? "column-rule" : "row-rule");
      gtk_box_append (GTK_BOX (sheet), outer);
      n_shown++;
    }
  gtk_widget_add_css_class (sheet, "sheet");
  gtk_widget_add_css_class (sheet, "thick");
  gtk_widget_set_valign (sheet, GTK_ALIGN_START);
  if (n_shown > 0)
    return sheet;
  g_object_ref_sink (sheet);
  g_object_unref (sheet);
  return NULL;
}

static GtkWidget *
new_body (BmPage *page)
{
  BmType type = page->level >= 4 ? BM_TYPE_BODY : BM_TYPE_LEAD;
  GtkWidget *parts[] = { bm_part_states (page), new_telephones (page), bm_part_rows (page),
                         bm_part_lines (page, type, BM_MM_ICON_FRAME), bm_part_number (page) };
  GtkWidget *box = bm_part_stack (page, parts, G_N_ELEMENTS (parts));

  if (box != NULL)
    gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  return box;
}

static GtkWidget *
new_head (BmPage *page)
{
  GtkWidget *question = bm_part_question (page);
  GtkWidget *picture =
    question != NULL && page->picture_level < 3 ? bm_part_picture (page, 36) : NULL;
  GtkWidget *row;

  if (picture == NULL)
    return question;
  row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_MARGIN));
  gtk_widget_set_valign (question, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (question, TRUE);
  gtk_box_append (GTK_BOX (row), picture);
  gtk_box_append (GTK_BOX (row), question);
  return row;
}

/* On a wide screen the numbers take its whole width, and the answers stand below them. */
GtkWidget *
bm_page_danger_build (BmPage *page)
{
  BmChoiceLook look = bm_part_answers (page);
  GtkWidget *head = new_head (page);
  GtkWidget *body = new_body (page);
  GtkWidget *box;

  if (!bm_part_is_wide (page) || body == NULL)
    return bm_part_lay (page, head, body, bm_part_choices (page, &look));
  look.columns = page->metrics.scale < 150 ? 3 : 2;
  look.is_first_wide = FALSE;
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_MIN_GAP));
  bm_part_add (box, head);
  gtk_box_append (GTK_BOX (box), body);
  return bm_part_lay (page, box, NULL, bm_part_choices (page, &look));
}
