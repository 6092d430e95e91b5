/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"
#include "ui/widgets/bm-readout.h"
#include "ui/widgets/bm-text.h"

/*
 * What pages with keys are made of: the digits, what they mean or what is wrong with them right above,
 * and the keys. Used by the templates digits, amount and date.
 */

/*
 * A wide, low screen with large letters: the keys have all of its height, and stand as on a telephone; the question is
 * beside them, too.
 */
static gboolean
is_question_beside (const BmPage *page)
{
  gboolean is_judged = page->keypad != NULL && bm_keypad_is_judged (page->keypad);
  guint most = page->metrics.scale < 150 && !is_judged ? BM_PAGE_LEVELS - 1 : 4;

  return bm_part_is_wide (page) && page->metrics.scale >= 125 && page->level >= 4 &&
         page->level <= most && bm_page_shows (page, BM_ATOM_INPUT, 0);
}

/* Where not even that has room there is one row of keys. */
static gboolean
has_one_row (const BmPage *page)
{
  guint least = page->keypad != NULL && bm_keypad_is_judged (page->keypad) ? 125 : 150;

  return bm_part_is_wide (page) && page->metrics.scale >= least && page->level >= 4 &&
         !is_question_beside (page);
}

static void
on_wrong (BmReadout *readout, const char *sentence, BmPage *page)
{
  page->say (sentence, page->user_data);
}

/*
 * With the largest letters on a low screen the question has no room of its size above what is typed. It stays as
 * a smaller line (has_small_question()); where it or a note would not be one line, it stands where the words of the
 * digits will, until the first digit comes.
 */
static gboolean
is_question_above (const BmPage *page)
{
  return has_one_row (page) && page->level == BM_PAGE_LEVELS - 1 && page->keypad != NULL &&
         bm_keypad_is_judged (page->keypad) && bm_page_shows (page, BM_ATOM_INPUT, 0);
}

/* Room that is enough for @text on one line. */
static double
get_line_mm (const BmPage *page, const char *text, BmType type)
{
  double n_em = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    n_em += *at == '\n' ? 0 : g_unichar_iswide (g_utf8_get_char (at)) ? 1 : 0.6;
  return n_em * bm_mm (&page->metrics, bm_type_px (&page->metrics, type, 1));
}

/* Of the small question, and of notes beside it. */
static BmType
get_small_type (const BmPage *page)
{
  return page->metrics.scale >= 200 ? BM_TYPE_STATUS : BM_TYPE_BODY;
}

/* The words of what is typed: as large as ever unless they are very long ones. */
static BmType
get_words_type (const BmPage *page)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  double width = bm_mm (&page->metrics, page->width) - 2 * BM_MM_MARGIN;

  bm_keypad_add_texts (page->keypad, texts);
  return get_line_mm (page, g_ptr_array_index (texts, 0), BM_TYPE_BODY) > width
           ? get_small_type (page)
           : BM_TYPE_BODY;
}

static gboolean
has_small_question (const BmPage *page)
{
  g_autoptr (GPtrArray) texts = NULL;
  json_t *input = bm_model_object (page->model, "input");
  const char *question = bm_model_text (page->model, "question");
  double width = bm_mm (&page->metrics, page->width) - 2 * BM_MM_MARGIN;
  double beside_tab = width - bm_mm (&page->metrics, page->tab_width);

  if (!is_question_above (page) || get_line_mm (page, question, get_small_type (page)) > beside_tab)
    return FALSE;
  texts = g_ptr_array_new_with_free_func (g_free);
  bm_keypad_add_texts (page->keypad, texts);
  g_ptr_array_add (texts, g_strdup (bm_model_text (input, "label")));
  g_ptr_array_add (texts, g_strdup (bm_model_text (input, "problem")));
  for (guint i = 0; i < texts->len; i++)
    {
      BmType type = i == 0 ? get_words_type (page) : get_small_type (page);
      guint n_lines = type == BM_TYPE_STATUS || i == 0 ? 1 : 2;

      if (get_line_mm (page, g_ptr_array_index (texts, i), type) > n_lines * width)
        return FALSE;
    }
  return TRUE;
}

/* Keys that have a part of their own on a low screen, after the question, repeat it where it is one line; what was
 * wrong with the number before needs that room. */
static gboolean
is_question_repeated (const BmPage *page)
{
  const char *question = bm_model_text (page->model, "question");
  json_t *input = bm_model_object (page->model, "input");
  double width = bm_mm (&page->metrics, page->width) - 2 * BM_MM_MARGIN;

  if (bm_model_string (input, "problem") != NULL)
    return FALSE;
  return bm_part_is_wide (page) && (!page->has_head || page->has_small_head) &&
         bm_page_shows (page, BM_ATOM_INPUT, 0) &&
         get_line_mm (page, question, get_small_type (page)) <=
           width - bm_mm (&page->metrics, page->tab_width);
}

static GtkWidget *
new_small_question (BmPage *page)
{
  g_autofree char *text = bm_text_on_one_line (bm_model_text (page->model, "question"));
  GtkWidget *label = bm_text_new_question (text, get_small_type (page));

  gtk_widget_add_css_class (label, "strong");
  gtk_widget_set_margin_end (label, page->tab_width);
  return label;
}

/* A tablet held upright: as narrow as it is, the largest letters make two lines of every note. */
static gboolean
is_upright_in_hand (const BmPage *page)
{
  const BmMetrics *metrics = &page->metrics;

  return !metrics->is_landscape && metrics->distance > 0 && metrics->distance <= BM_DISTANCE_HAND &&
         metrics->scale >= 200;
}

static gboolean
is_upright_at_last (const BmPage *page)
{
  return is_upright_in_hand (page) && page->level == BM_PAGE_LEVELS - 1;
}

static BmType
get_key_type (const BmPage *page)
{
  return is_question_beside (page) || is_question_above (page) || is_upright_at_last (page)
           ? BM_TYPE_BODY
           : BM_TYPE_ANSWER;
}

/* A note of letters above the one row of keys has room for one line; so has any above those of a tablet held upright. */
static gboolean
is_note_small (const BmPage *page, const char *note)
{
  double width = bm_mm (&page->metrics, page->width) - 2 * BM_MM_MARGIN;
  gboolean is_above_row = has_one_row (page) && page->metrics.scale >= 200 &&
                          page->level == BM_PAGE_LEVELS - 1 && bm_text_is_narrow (note);

  return (is_upright_at_last (page) || is_above_row) &&
         get_line_mm (page, note, BM_TYPE_BODY) > width;
}

/* What stands above the digits: words that follow them, or the label; NULL when there is no room. */
static GtkWidget *
new_above (BmPage *page)
{
  json_t *input = bm_model_object (page->model, "input");
  const char *problem = bm_model_text (input, "problem");
  gboolean has_problem = *problem != '\0';
  gboolean has_small = has_small_question (page);
  gboolean is_small = has_small || is_upright_at_last (page);
  gboolean is_asking = is_question_above (page) && !has_small;
  const char *label_text =
    bm_model_text (is_asking ? page->model : input, is_asking ? "question" : "label");
  const char *first = has_problem ? problem : label_text;
  BmType type = has_problem && page->level < 3 ? BM_TYPE_LEAD : BM_TYPE_BODY;
  GtkWidget *label;

  if (bm_keypad_is_judged (page->keypad))
    {
      BmType words = page->level < 4 ? BM_TYPE_LEAD
                     : is_small      ? get_words_type (page)
                                     : BM_TYPE_BODY;

      label = bm_readout_new (page->keypad, words, is_small ? get_small_type (page) : words, first,
                              has_problem);
      g_signal_connect (label, "wrong", G_CALLBACK (on_wrong), page);
      if (is_asking)
        gtk_widget_set_margin_end (label, page->tab_width);
      return label;
    }
  if (page->level >= 5 && !has_problem)
    return NULL;
  if (is_note_small (page, first))
    type = BM_TYPE_STATUS;
  label = has_problem ? bm_text_new_strong (first, type) : bm_text_new (first, type);
  gtk_widget_add_css_class (label, "tight");
  return label;
}

/* The keys stand at the right of what is read and typed; there they have room for four rows. */
static gboolean
is_beside (const BmPage *page)
{
  return is_question_beside (page) ||
         (bm_part_is_wide (page) && page->level < 4 && page->metrics.scale < 150);
}

/**
 * bm_part_entry:
 * @page: an attempt
 *
 * Returns: where the digits appear
 */
GtkWidget *
bm_part_entry (BmPage *page)
{
  json_t *input = bm_model_object (page->model, "input");
  gboolean is_long = bm_model_int (input, "max", 1) > 8 && !bm_keypad_is_judged (page->keypad);
  BmType type =
    is_long ? (page->metrics.scale >= 150 || bm_part_is_wide (page) ? BM_TYPE_BODY : BM_TYPE_ANSWER)
            : (page->level < 3 ? BM_TYPE_QUESTION : BM_TYPE_LEAD);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_HAIR));
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_MIN_GAP));

  if (!is_question_above (page) || has_small_question (page))
    bm_part_add (box, new_above (page));
  gtk_box_append (GTK_BOX (box), row);
  if (is_question_above (page) || is_question_repeated (page) || is_upright_at_last (page))
    type = BM_TYPE_BODY;
  if (is_long && is_upright_in_hand (page))
    type = BM_TYPE_STATUS; /* eighteen digits on one line */
  gtk_box_append (GTK_BOX (row), bm_keypad_new_field (page->keypad, type));
  gtk_widget_set_hexpand (gtk_widget_get_first_child (row), TRUE);
  if (has_one_row (page))
    bm_part_add (row, bm_keypad_new_extra (page->keypad, get_key_type (page), BM_MM_TARGET));
  if (has_one_row (page))
    gtk_box_append (GTK_BOX (row), bm_keypad_new_delete (page->keypad, BM_MM_TARGET));
  return box;
}

/**
 * bm_part_keys:
 * @page: an attempt
 *
 * Returns: the keys
 */
GtkWidget *
bm_part_keys (BmPage *page)
{
  static const double tall[BM_PAGE_LEVELS] = { 40, 36, 30, 26, 20, 20 };
  static const double wide[BM_PAGE_LEVELS] = { 26, 24, 22, 20, 22, 20 };
  /* As on a telephone as long as there is room: who does not read finds a digit by its place. */
  guint columns = is_beside (page) || (!bm_part_is_wide (page) && page->level < BM_PAGE_LEVELS - 1)
                    ? 3
                    : (bm_part_is_wide (page) ? 6 : 4);
  double key = is_question_beside (page) ? BM_MM_TARGET
               : bm_part_is_wide (page)  ? wide[page->level]
                                         : tall[page->level];

  if (has_one_row (page))
    return bm_keypad_new_row (page->keypad, get_key_type (page), key);
  return bm_keypad_new_keys (page->keypad, get_key_type (page), columns, key);
}

static GtkWidget *
new_head (BmPage *page)
{
  if (has_small_question (page) || is_question_repeated (page))
    return new_small_question (page);
  return is_question_above (page) ? new_above (page) : bm_part_question (page);
}

/* Above everything in its column, where it has no tab beside it. */
static void
add_question (BmPage *page, GtkWidget *column)
{
  GtkWidget *head = new_head (page);

  if (head == NULL)
    return;
  gtk_widget_set_margin_end (head, 0);
  gtk_widget_set_vexpand (head, TRUE);
  gtk_widget_set_valign (head, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (column), head);
}

/* The keys end below, and begin below the tab. */
static GtkWidget *
put_beside (BmPage *page, GtkWidget *read, GtkWidget *keys)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_MARGIN));

  gtk_widget_set_hexpand (read, TRUE);
  gtk_widget_set_hexpand (keys, FALSE);
  gtk_widget_set_size_request (keys, page->width / 3, -1);
  gtk_widget_set_margin_top (keys, page->tab_height);
  gtk_widget_set_valign (keys, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (row), read);
  gtk_box_append (GTK_BOX (row), keys);
  return row;
}

/**
 * bm_part_lay_keys:
 * @page: an attempt
 *
 * Returns: a page with keys; without an input, what else the model has
 */
GtkWidget *
bm_part_lay_keys (BmPage *page)
{
  BmChoiceLook look = bm_part_answers (page);
  GtkWidget *read = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_GAP));
  GtkWidget *press = gtk_box_new (GTK_ORIENTATION_VERTICAL,
                                  bm_part_px (page, bm_part_is_dense (page) ? 4 : BM_MM_MARGIN));

  look.height_mm = MIN (look.height_mm, 28);
  if (is_question_beside (page))
    add_question (page, read);
  bm_part_add (read, bm_part_lines (page, BM_TYPE_LEAD, 0));
  bm_part_add (read, bm_part_states (page));
  bm_part_add (read, bm_part_facts (page));
  bm_part_add (read, bm_part_rows (page));
  bm_part_add (read, bm_part_number (page));
  if (bm_page_shows (page, BM_ATOM_INPUT, 0))
    {
      gtk_box_append (GTK_BOX (is_beside (page) ? read : press), bm_part_entry (page));
      gtk_box_append (GTK_BOX (press), bm_part_keys (page));
    }
  bm_part_add (is_beside (page) ? read : press, bm_part_choices (page, &look));
  if (is_question_beside (page))
    return bm_part_lay (page, NULL, put_beside (page, read, press), NULL);
  gtk_widget_set_valign (read, is_beside (page) ? GTK_ALIGN_CENTER : GTK_ALIGN_START);
  if (gtk_widget_get_first_child (read) == NULL)
    g_object_unref (g_object_ref_sink (g_steal_pointer (&read)));
  return bm_part_lay (page, new_head (page), read, press);
}
