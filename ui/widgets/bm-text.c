/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-text.h"

#include "ui/widgets/bm-break.h"

/*
 * Words on a page. Lines break between characters but never inside a number and never before closing
 * punctuation (PANGO_WRAP_WORD_CHAR keeps those rules, PANGO_WRAP_CHAR does not), and not inside the
 * words that bm-break.c knows.
 */

/**
 * bm_text_new:
 * @text: what stands there; \n where a phrase ends
 * @type: its size
 *
 * Returns: a label with an explicit accessible name
 */
GtkWidget *
bm_text_new (const char *text, BmType type)
{
  GtkWidget *label = gtk_label_new (NULL);
  g_autofree char *class_name = g_strconcat ("t-", bm_type_name (type), NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, class_name);
  bm_text_set (label, text);
  return label;
}

GtkWidget *
bm_text_new_strong (const char *text, BmType type)
{
  GtkWidget *label = bm_text_new (text, type);

  gtk_widget_add_css_class (label, "strong");
  return label;
}

/**
 * bm_text_set:
 * @label: made by bm_text_new()
 * @text: the new words
 *
 * GTK 4.8 tells nobody that a label changed; a change of the accessible name does.
 */
void
bm_text_set (GtkWidget *label, const char *text)
{
  g_autofree char *name = bm_text_on_one_line (text);
  PangoAttrList *breaks = bm_break_new_attributes (text);

  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_label_set_attributes (GTK_LABEL (label), breaks);
  pango_attr_list_unref (breaks);
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/**
 * bm_text_keep_words:
 * @label: made by bm_text_new()
 * @most: how many characters a line may have
 *
 * Nothing here knows where Chinese words begin, so a short label is never broken but where the model
 * breaks it: a page that has no room for it is set otherwise.
 */
void
bm_text_keep_words (GtkWidget *label, guint most)
{
  const char *text = gtk_label_get_text (GTK_LABEL (label));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_utf8_strlen (lines[i], -1) > most)
        return;
    }
  gtk_label_set_wrap (GTK_LABEL (label), FALSE);
}

/**
 * bm_text_on_one_line:
 * @text: words with \n where a phrase ends
 *
 * Returns: the same without breaks
 */
char *
bm_text_on_one_line (const char *text)
{
  GString *line = g_string_new (NULL);

  for (const char *at = text; at != NULL && *at != '\0'; at++)
    {
      if (*at != '\n')
        g_string_append_c (line, *at);
    }
  return g_string_free (line, FALSE);
}

/**
 * bm_text_on_two_lines:
 * @text: a label
 *
 * Where the model gives no break, an even number of characters is broken in the middle; an odd number
 * stays whole, since nobody here knows which half a word belongs to.
 *
 * Returns: the label with a break
 */
char *
bm_text_on_two_lines (const char *text)
{
  glong length = g_utf8_strlen (text, -1);
  const char *middle;

  if (strchr (text, '\n') != NULL || length < 4 || length % 2 != 0)
    return g_strdup (text);
  middle = g_utf8_offset_to_pointer (text, length / 2);
  return g_strdup_printf ("%.*s\n%s", (int) (middle - text), text, middle);
}
