/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"
#include "ui/widgets/bm-text.h"

/*
 * The second language of a bilingual page: what is asked, once more and smaller, for whoever stands beside
 * the person. (Of a choice the button sets it.) Whether there is room for it is judged in page.c.
 */

/**
 * bm_part_with_second:
 * @page: an attempt
 * @question: the question in the person's language
 * @type: its size
 *
 * Returns: @question, or a box of it and, smaller, the same in the second language
 */
GtkWidget *
bm_part_with_second (BmPage *page, GtkWidget *question, BmType type)
{
  const char *text = bm_model_string (page->model, "question_zh");
  GtkWidget *box, *second;

  if (page->second < BM_SECOND_QUESTION || text == NULL)
    return question;
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_HAIR));
  second = bm_text_new (text, type < BM_TYPE_BODY ? BM_TYPE_BODY : BM_TYPE_STATUS);
  gtk_widget_add_css_class (second, "second");
  gtk_widget_add_css_class (second, "tight");
  gtk_box_append (GTK_BOX (box), question);
  gtk_box_append (GTK_BOX (box), second);
  return box;
}

void
bm_part_centre_words (GtkWidget *words)
{
  if (GTK_IS_LABEL (words))
    {
      gtk_label_set_xalign (GTK_LABEL (words), 0.5);
      gtk_label_set_justify (GTK_LABEL (words), GTK_JUSTIFY_CENTER);
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (words); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    bm_part_centre_words (child);
}
