/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"

#include "ui/widgets/bm-break.h"
#include "ui/widgets/bm-text.h"

#include <math.h>

/* The question of a page: how large it is, and where its lines break. */

#define FULL_WIDTH_COMMA 0xFF0C

/* How large it may be as tight as @level. */
static BmType
get_type_at (const BmPage *page, guint level)
{
  gboolean is_hero = bm_model_is (page->model, "is_hero");

  /* A question of letters takes about twice the room; while seconds run the answer has to stand below the largest
     letters; and with those, a question as large as what is read below it is larger still than with usual ones. */
  if (level >= 5)
    return bm_text_is_narrow (bm_model_text (page->model, "question")) || page->has_small_head ||
               (bm_model_int (page->model, "countdown", -1) >= 0 && page->metrics.scale >= 200)
             ? BM_TYPE_BODY
             : BM_TYPE_LEAD;
  if (level >= 3)
    return is_hero ? BM_TYPE_QUESTION : BM_TYPE_ANSWER;
  return is_hero ? BM_TYPE_HERO : BM_TYPE_QUESTION;
}

/* As tight as it gets, a question of letters goes on where the model would begin a new line: that costs it one. */
static char *
dup_question (const BmPage *page)
{
  const char *text = bm_model_text (page->model, "question");

  return page->level >= BM_PAGE_LEVELS - 1 && bm_text_is_narrow (text) ? bm_text_on_one_line (text)
                                                                       : g_strdup (text);
}

/* How many em a line of the question may have when @aside pixels are kept free beside it. */
static double
get_room_em (const BmPage *page, BmType type, int aside)
{
  double room = bm_mm (&page->metrics, page->width - aside) - 2 * BM_MM_MARGIN;

  return room / bm_type_em_mm (&page->metrics, type);
}

/* Whether each phrase of it is on one line: larger letters are worth less than a name that is not torn. */
static gboolean
is_whole (const BmPage *page, BmType type)
{
  g_auto (GStrv) phrases = g_strsplit (bm_model_text (page->model, "question"), "\n", -1);

  for (guint i = 0; phrases[i] != NULL; i++)
    {
      if (bm_break_width_em (phrases[i]) > get_room_em (page, type, 0))
        return FALSE;
    }
  return TRUE;
}

static BmType
get_question_type (const BmPage *page)
{
  for (guint level = page->head_level; level < page->level; level++)
    {
      if (is_whole (page, get_type_at (page, level)))
        return get_type_at (page, level);
    }
  return get_type_at (page, page->level);
}

/*
 * On a wide screen the question stands beside the tab. A phrase that is whole only on the whole width
 * stands below it: one line under the tab takes less room than two beside it, and is read at once.
 */
gboolean
bm_part_is_below_tab (const BmPage *page)
{
  g_autofree char *question = dup_question (page);
  BmType type = get_question_type (page);
  double beside = get_room_em (page, type, page->tab_width);
  double below = get_room_em (page, type, 0);
  g_auto (GStrv) phrases = NULL;
  int n_saved = 0;

  if (!bm_part_is_wide (page) || !page->has_head)
    return FALSE;
  phrases = g_strsplit (question, "\n", -1);
  for (guint i = 0; phrases[i] != NULL; i++)
    {
      double width = bm_break_width_em (phrases[i]);

      if (width > beside && width <= below)
        return TRUE;
      n_saved += beside > 1 ? (int) (ceil (width / beside) - ceil (width / below)) : 1;
    }
  /* Of a long question of letters each line is longer there. */
  return n_saved > 0 && bm_text_is_narrow (question);
}

/* A sentence that needs two lines breaks where it breathes: behind the last comma that fits. */
static char *
break_at_comma (BmPage *page, const char *text)
{
  gboolean is_beside = bm_part_is_wide (page) && !bm_part_is_below_tab (page);
  double most = get_room_em (page, get_question_type (page), is_beside ? page->tab_width : 0);
  const char *comma = NULL;

  if (strchr (text, '\n') != NULL || bm_break_width_em (text) <= most)
    return g_strdup (text);
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    {
      g_autofree char *head = g_strndup (text, g_utf8_next_char (c) - text);

      if (bm_break_width_em (head) > most)
        break;
      if (g_utf8_get_char (c) == FULL_WIDTH_COMMA)
        comma = g_utf8_next_char (c);
    }
  if (comma == NULL || *comma == '\0')
    return g_strdup (text);
  return g_strdup_printf ("%.*s\n%s", (int) (comma - text), text, comma);
}

/**
 * bm_part_question:
 * @page: an attempt
 *
 * Returns: (nullable): the one question, always at the same place
 */
GtkWidget *
bm_part_question (BmPage *page)
{
  g_autofree char *text = dup_question (page);
  g_autofree char *broken = NULL;
  GtkWidget *label, *head;

  if (!page->has_head || *text == '\0')
    return NULL;
  broken = break_at_comma (page, text);
  label = bm_text_new_question (broken, get_question_type (page));
  gtk_widget_add_css_class (label, "strong");
  head = bm_part_with_second (page, label, get_question_type (page));
  gtk_widget_set_valign (head, GTK_ALIGN_START);
  if (bm_part_is_wide (page) && !bm_part_is_below_tab (page))
    gtk_widget_set_margin_end (head, page->tab_width);
  return head;
}
