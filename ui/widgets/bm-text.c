/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-text.h"

#include "ui/widgets/bm-break.h"

#include <stdlib.h>
#include <string.h>

/*
 * Words on a page. Lines break between characters but never inside a number and never before closing
 * punctuation (PANGO_WRAP_WORD_CHAR keeps those rules, PANGO_WRAP_CHAR does not), and not inside the
 * words that bm-break.c knows.
 */

/* What may be in no font: characters of later editions, and the private ones of names in old registers. */
static gboolean
is_rare (gunichar c)
{
  return c >= 0x20000 || (c >= 0xE000 && c <= 0xF8FF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x9FA6 && c <= 0x9FFF);
}

static gboolean
can_be_shown (GtkWidget *label, gunichar c)
{
  PangoContext *context = gtk_widget_get_pango_context (label);
  PangoFontset *set =
    pango_context_load_fontset (context, pango_context_get_font_description (context),
                                pango_context_get_language (context));
  PangoFont *font = set != NULL ? pango_fontset_get_font (set, c) : NULL;
  gboolean is_there = font != NULL && pango_font_has_char (font, c);

  g_clear_object (&font);
  g_clear_object (&set);
  return is_there;
}

/* A character that no font has is one plain box; Pango would write its number into it. */
static char *
dup_shown (GtkWidget *label, const char *text)
{
  GString *shown = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      g_string_append_unichar (shown, is_rare (c) && !can_be_shown (label, c) ? BM_TEXT_BOX : c);
    }
  return g_string_free (shown, FALSE);
}

static GtkWidget *
new_text (const char *text, BmType type, GtkAccessibleRole role)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "accessible-role", role, NULL);
  g_autofree char *class_name = g_strconcat ("t-", bm_type_name (type), NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, class_name);
  bm_text_set (label, text);
  return label;
}

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
  return new_text (text, type, GTK_ACCESSIBLE_ROLE_LABEL);
}

/**
 * bm_text_new_question:
 * @text: the page's one question
 * @type: its size
 *
 * Returns: the same, which a screen reader finds as the page's heading
 */
GtkWidget *
bm_text_new_question (const char *text, BmType type)
{
  return new_text (text, type, GTK_ACCESSIBLE_ROLE_HEADING);
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
 * GTK 4.8 tells nobody that a label changed; a change of the accessible name does. The name has every character, also one
 * that is a box on the page.
 */
void
bm_text_set (GtkWidget *label, const char *text)
{
  g_autofree char *name = bm_text_on_one_line (text);
  g_autofree char *shown = dup_shown (label, text);
  PangoAttrList *breaks = bm_break_new_attributes (shown);

  gtk_label_set_text (GTK_LABEL (label), shown);
  gtk_label_set_attributes (GTK_LABEL (label), breaks);
  pango_attr_list_unref (breaks);
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/**
 * bm_text_has_box:
 * @label: made by bm_text_new()
 *
 * Returns: whether it shows a box for a character that no font has
 */
gboolean
bm_text_has_box (GtkWidget *label)
{
  return g_utf8_strchr (gtk_label_get_text (GTK_LABEL (label)), -1, BM_TEXT_BOX) != NULL;
}

/* Letters that stand beside one another, each about half a hanzi wide. */
gboolean
bm_text_is_narrow (const char *text)
{
  return *text != '\0' && !g_unichar_iswide (g_utf8_get_char (text));
}

static gboolean
is_letter (gunichar c)
{
  return g_unichar_isalpha (c) && !g_unichar_iswide (c);
}

static guint
count_letters (const char *text, const char **ret_end)
{
  guint length = 0;

  for (*ret_end = text; is_letter (g_utf8_get_char (*ret_end));
       *ret_end = g_utf8_next_char (*ret_end))
    length++;
  return length;
}

/* One letter is narrower than the hyphen in its place: the word would be wider broken than whole, and GTK would warn of it. */
static guint
get_kept (guint length, guint most)
{
  return length <= most + 1 ? length : MAX (most, 1);
}

/**
 * bm_text_keep_letters:
 * @label: made by bm_text_new()
 * @most: letters that are kept together
 *
 * Keeps words of letters whole in a narrow place; of a very long one so many letters, since better a broken word than
 * a cut one. (A width in characters would ask for more room than narrow words take, and GTK would warn of it.)
 */
void
bm_text_keep_letters (GtkWidget *label, guint most)
{
  const char *text = gtk_label_get_text (GTK_LABEL (label));
  PangoAttrList *breaks = pango_attr_list_copy (gtk_label_get_attributes (GTK_LABEL (label)));
  const char *end;

  for (const char *at = text; *at != '\0'; at = end)
    {
      PangoAttribute *whole;
      const guint length = count_letters (at, &end);

      if (length == 0)
        end = g_utf8_next_char (at);
      if (length < 2)
        continue;
      whole = pango_attr_allow_breaks_new (FALSE);
      whole->start_index = (guint) (at - text);
      /* Within the last letter: of two that touch GTK makes one. */
      whole->end_index =
        (guint) (g_utf8_offset_to_pointer (at, get_kept (length, most) - 1) - text) + 1;
      pango_attr_list_insert (breaks, whole);
    }
  gtk_label_set_attributes (GTK_LABEL (label), breaks);
  pango_attr_list_unref (breaks);
}

/**
 * bm_text_keep_words:
 * @label: made by bm_text_new()
 * @most: how many hanzi a line may have; letters count for about half of one
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
      if (bm_break_width_em (lines[i]) > most)
        {
          bm_text_keep_letters (label, most);
          return;
        }
    }
  gtk_label_set_wrap (GTK_LABEL (label), FALSE);
}

/**
 * bm_text_on_one_line:
 * @text: words with \n where a phrase ends
 *
 * Returns: the same without breaks; between two words of letters a blank takes their place
 */
char *
bm_text_on_one_line (const char *text)
{
  GString *line = g_string_new (NULL);

  for (const char *at = text; at != NULL && *at != '\0'; at++)
    {
      if (*at != '\n')
        g_string_append_c (line, *at);
      else if (line->len > 0 && g_ascii_isgraph (line->str[line->len - 1]) && at[1] != '\0')
        g_string_append_c (line, ' ');
    }
  return g_string_free (line, FALSE);
}

static char *
break_at_blank (const char *text)
{
  gsize middle = strlen (text) / 2;
  const char *best = NULL;

  for (const char *at = strchr (text, ' '); at != NULL; at = strchr (at + 1, ' '))
    {
      if (best == NULL ||
          labs ((long) (at - text) - (long) middle) < labs ((long) (best - text) - (long) middle))
        best = at;
    }
  return g_strdup_printf ("%.*s\n%s", (int) (best - text), text, best + 1);
}

/**
 * bm_text_in_halves:
 * @text: a label
 *
 * Returns: the label with a break at its middle, if it has none; a single word of letters stays whole
 */
char *
bm_text_in_halves (const char *text)
{
  const char *middle = g_utf8_offset_to_pointer (text, g_utf8_strlen (text, -1) / 2);

  if (strchr (text, '\n') != NULL)
    return g_strdup (text);
  if (strchr (text, ' ') != NULL)
    return break_at_blank (text);
  if (bm_text_is_narrow (text))
    return g_strdup (text);
  return g_strdup_printf ("%.*s\n%s", (int) (middle - text), text, middle);
}

/**
 * bm_text_on_two_lines:
 * @text: a label
 *
 * Where the model gives no break, words of letters part at the blank nearest the middle; of hanzi an even
 * number is broken in the middle, and an odd number stays whole, since nobody here knows which half a word belongs to.
 *
 * Returns: the label with a break
 */
char *
bm_text_on_two_lines (const char *text)
{
  glong length = g_utf8_strlen (text, -1);
  gboolean is_whole = length < 4 || (strchr (text, ' ') == NULL && length % 2 != 0);

  return is_whole ? g_strdup (text) : bm_text_in_halves (text);
}
