/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"

#include "ui/widgets/bm-discs.h"
#include "ui/widgets/bm-ink-view.h"
#include "ui/widgets/bm-photo.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-qr.h"
#include "ui/widgets/bm-text.h"

/*
 * What pages are made of, besides choices. Each part shows what of its kind belongs to the page's part
 * and is NULL when that is nothing.
 */

int
bm_part_px (const BmPage *page, double mm)
{
  return bm_px (&page->metrics, mm);
}

gboolean
bm_part_is_wide (const BmPage *page)
{
  return page->metrics.is_landscape;
}

gboolean
bm_part_is_dense (const BmPage *page)
{
  return page->level >= 3;
}

/*
 * Pictures grow a little with the text, and give way first when room is short; one beside words is never much lower
 * than they are.
 */
double
bm_part_icon_mm (const BmPage *page, double mm)
{
  static const double by_level[BM_PAGE_LEVELS] = { 1.0, 0.9, 0.8, 0.65, 0.5, 0.3 };
  double grown = mm * MIN (page->metrics.scale, 125) / 100.0;
  guint most = page->picture_level < BM_PAGE_LEVELS - 1 ? 175 : 100;
  double least = BM_MM_ICON_FRAME * MIN (page->metrics.scale, most) / 100.0;

  return MAX (grown * by_level[page->picture_level], MIN (mm, least));
}

void
bm_part_add (GtkWidget *box, GtkWidget *child)
{
  if (child != NULL)
    gtk_box_append (GTK_BOX (box), child);
}

GtkWidget *
bm_part_picture (BmPage *page, double size_mm)
{
  const char *name = bm_model_string (page->model, "picture");
  BmRole tint = bm_role_of_tint (page->service_tint, BM_ROLE_TINT_MONEY);

  if (name == NULL || page->part > 0 || page->picture_level >= 5)
    return NULL;
  return bm_picture_new (&page->metrics, name, bm_part_icon_mm (page, size_mm), tint);
}

/**
 * bm_part_illustration:
 * @page: an attempt
 * @fallback: (nullable): what is drawn when the model names no picture
 *
 * Returns: (nullable): a drawing that takes the room that is left
 */
GtkWidget *
bm_part_illustration (BmPage *page, const char *fallback)
{
  static const double least[BM_PAGE_LEVELS] = { 110, 80, 60, 45, 30, 0 };
  const char *name = bm_model_string (page->model, "picture");
  GtkWidget *picture;

  name = name != NULL ? name : fallback;
  if (name == NULL || page->part > 0 || least[page->picture_level] <= 0)
    return NULL;
  picture = bm_picture_new_large (&page->metrics, name, least[page->picture_level]);
  bm_picture_set_tint (BM_PICTURE (picture),
                       bm_role_of_tint (page->service_tint, BM_ROLE_TINT_MONEY));
  return picture;
}

static GtkWidget *
new_line (BmPage *page, json_t *line, BmType type, double icon_mm)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_MARGIN));
  const char *icon = bm_model_string (line, "icon");
  const char *text = bm_model_text (line, "text");
  GtkWidget *label =
    bm_model_is (line, "strong") ? bm_text_new_strong (text, type) : bm_text_new (text, type);

  if (page->level >= 2)
    gtk_widget_add_css_class (label, "tight");
  if (icon != NULL && icon_mm > 0)
    gtk_box_append (GTK_BOX (row),
                    bm_picture_new (&page->metrics, icon, bm_part_icon_mm (page, icon_mm),
                                    bm_role_of_tint (page->service_tint, BM_ROLE_TINT_MONEY)));
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (row), label);
  gtk_widget_set_valign (row, GTK_ALIGN_CENTER);
  return row;
}

static gboolean
has_icon (BmPage *page, guint line)
{
  return bm_model_string (bm_model_item (page->model, "lines", line), "icon") != NULL;
}

/**
 * bm_part_lines:
 * @page: an attempt
 * @type: size of the sentences
 * @icon_mm: size of their pictures
 *
 * Returns: (nullable): the sentences of this part
 */
GtkWidget *
bm_part_lines (BmPage *page, BmType type, double icon_mm)
{
  static const double gaps[BM_PAGE_LEVELS] = { 8, 6, 4, 3, 2, 1 };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, gaps[page->level]));
  guint n_shown = 0;

  for (guint i = 0; i < bm_page_count (page, BM_ATOM_LINE); i++)
    {
      GtkWidget *row;

      if (!bm_page_shows (page, BM_ATOM_LINE, i))
        continue;
      row = new_line (page, bm_model_item (page->model, "lines", i), type, icon_mm);
      gtk_widget_set_vexpand (row, icon_mm > 0 && has_icon (page, i));
      gtk_box_append (GTK_BOX (box), row);
      n_shown++;
    }
  if (n_shown > 0)
    return box;
  g_object_ref_sink (box);
  g_object_unref (box);
  return NULL;
}

/* What was drawn or photographed, small; NULL when there is nothing. */
static GtkWidget *
new_fact_picture (BmPage *page, json_t *fact)
{
  const char *photo = bm_model_string (fact, "photo");
  const char *words = bm_model_text (fact, "value");
  GtkWidget *picture;

  if (photo == NULL)
    return bm_ink_picture_new (&page->metrics, bm_model_string (fact, "drawing"), words);
  picture = bm_photo_new (&page->metrics, photo, words, 30, 24);
  gtk_widget_set_halign (picture, GTK_ALIGN_START);
  return picture;
}

/* @value, and what was drawn: beside it, on a wide page below it. */
static GtkWidget *
new_value (BmPage *page, json_t *fact, GtkWidget *value)
{
  GtkWidget *drawing = new_fact_picture (page, fact);
  GtkWidget *box;

  if (drawing == NULL)
    return value;
  box = gtk_box_new (bm_part_is_wide (page) ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL,
                     bm_part_px (page, BM_MM_HAIR));
  gtk_box_append (GTK_BOX (box), value);
  gtk_box_append (GTK_BOX (box), drawing);
  gtk_widget_set_hexpand (box, TRUE);
  return box;
}

static GtkWidget *
new_fact (BmPage *page, json_t *fact, GtkSizeGroup *group, gboolean is_first)
{
  static const double above[BM_PAGE_LEVELS] = { 6, 4.5, 3, 2, 1.5, 1 };
  const char *words = bm_model_text (fact, "label");
  /* Two columns of large letters have no room for their words on an upright screen. */
  gboolean is_stacked =
    page->metrics.scale > 100 && !bm_part_is_wide (page) && bm_text_is_narrow (words);
  GtkWidget *row = is_stacked
                     ? gtk_box_new (GTK_ORIENTATION_VERTICAL, 0)
                     : gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_GAP));
  GtkWidget *label = bm_text_new (words, BM_TYPE_BODY);
  GtkWidget *value = bm_text_new_strong (bm_model_text (fact, "value"), BM_TYPE_LEAD);
  GtkWidget *inner = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  int side = bm_part_px (page, 8);
  int gap = bm_part_px (page, above[page->level]);

  gtk_widget_add_css_class (label, "tight");
  gtk_widget_add_css_class (value, "tight");
  if (!is_stacked)
    {
      bm_text_keep_words (label, 6);
      gtk_size_group_add_widget (group, label);
    }
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (value, TRUE);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), new_value (page, fact, value));
  gtk_widget_set_margin_start (row, side);
  gtk_widget_set_margin_end (row, side);
  gtk_widget_set_margin_top (row, gap);
  gtk_widget_set_margin_bottom (row, gap);
  gtk_box_append (GTK_BOX (inner), row);
  if (!is_first)
    gtk_widget_add_css_class (inner, "row-rule");
  return inner;
}

/**
 * bm_part_facts:
 * @page: an attempt
 *
 * Returns: (nullable): a sheet of labels and values
 */
GtkWidget *
bm_part_facts (BmPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autoptr (GtkSizeGroup) group = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  guint n_shown = 0;

  for (guint i = 0; i < bm_page_count (page, BM_ATOM_FACT); i++)
    {
      if (!bm_page_shows (page, BM_ATOM_FACT, i))
        continue;
      gtk_box_append (GTK_BOX (box), new_fact (page, bm_model_item (page->model, "facts", i), group,
                                               n_shown == 0));
      n_shown++;
    }
  gtk_widget_add_css_class (box, "sheet");
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  if (n_shown > 0)
    return box;
  g_object_ref_sink (box);
  g_object_unref (box);
  return NULL;
}

GtkWidget *
bm_part_states (BmPage *page)
{
  static const double disc[BM_PAGE_LEVELS] = { 58, 50, 40, 30, 26, 22 };
  json_t *states = bm_model_object (page->model, "states");
  BmType type = page->level >= 4 ? BM_TYPE_BODY : BM_TYPE_LEAD;

  if (!bm_page_shows (page, BM_ATOM_STATES, 0))
    return NULL;
  return bm_discs_new (&page->metrics, bm_model_int (states, "reached", 0), disc[page->level],
                       type);
}

/**
 * bm_part_number:
 * @page: an attempt
 *
 * Returns: (nullable): the spoken number, as large as there is room for
 */
GtkWidget *
bm_part_number (BmPage *page)
{
  json_t *number = bm_model_object (page->model, "number");
  const char *qr = bm_model_string (number, "qr");
  static const BmType figures[BM_PAGE_LEVELS] = { BM_TYPE_FIGURE, BM_TYPE_FIGURE, BM_TYPE_NUMBER,
                                                  BM_TYPE_NUMBER, BM_TYPE_HERO,   BM_TYPE_TILE };
  BmType figure = figures[page->level];
  static const double codes[BM_PAGE_LEVELS] = { 70, 70, 48, 48, 42, 36 };
  int margin = bm_part_px (page, page->level <= 1 ? BM_MM_GAP : BM_MM_HAIR);
  GtkWidget *box, *words, *place, *label, *code;

  if (!bm_page_shows (page, BM_ATOM_NUMBER, 0))
    return NULL;
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, margin);
  words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  place = bm_text_new (bm_model_text (number, "place"), BM_TYPE_LEAD);
  label = bm_text_new (bm_model_text (number, "figure"), figure);
  gtk_label_set_xalign (GTK_LABEL (place), 0.5);
  gtk_label_set_xalign (GTK_LABEL (label), 0.5);
  gtk_widget_set_margin_top (place, margin);
  gtk_widget_set_margin_bottom (label, margin);
  gtk_widget_add_css_class (box, "sheet");
  gtk_widget_add_css_class (box, "thick");
  gtk_box_append (GTK_BOX (words), place);
  gtk_box_append (GTK_BOX (words), label);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), words);
  if (qr != NULL && *qr != '\0')
    {
      code = bm_qr_new (&page->metrics, qr, codes[page->level]);
      bm_part_add (box, code);
      if (code != NULL)
        gtk_widget_set_name (code, "code");
    }
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  return box;
}

/* The smallest sentence is body text: 7.3 mm capitals at 100 %, 14.6 at 200. */
static BmType
line_type (const BmPage *page)
{
  if (page->level < 2)
    return BM_TYPE_SENTENCE;
  return page->level >= 5 ? BM_TYPE_BODY : BM_TYPE_LEAD;
}

static GtkWidget *
side_by_side (BmPage *page, GtkWidget *left, GtkWidget *right)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_GROUP));

  gtk_box_set_homogeneous (GTK_BOX (row), TRUE);
  gtk_widget_set_valign (left, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (left, TRUE);
  gtk_widget_set_hexpand (right, TRUE);
  gtk_box_append (GTK_BOX (row), left);
  gtk_box_append (GTK_BOX (row), right);
  return row;
}

/**
 * bm_part_stack:
 * @page: an attempt
 * @parts: (array length=n_parts) (transfer full): parts, some of them %NULL
 * @n_parts: how many
 *
 * Returns: (nullable): the parts that are there, one below the other
 */
GtkWidget *
bm_part_stack (BmPage *page, GtkWidget *const *parts, guint n_parts)
{
  static const double gaps[BM_PAGE_LEVELS] = { 12, 10, 8, 6, 4, 3 };
  GtkWidget *box = NULL;

  for (guint i = 0; i < n_parts; i++)
    {
      if (parts[i] == NULL)
        continue;
      if (box == NULL)
        box = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, gaps[page->level]));
      gtk_box_append (GTK_BOX (box), parts[i]);
    }
  return box;
}

/**
 * bm_part_body:
 * @page: an attempt
 *
 * Returns: (nullable): states, sentences, facts and number, one below the other
 */
GtkWidget *
bm_part_body (BmPage *page)
{
  return bm_part_body_in_order (page, FALSE);
}

/**
 * bm_part_body_in_order:
 * @page: an attempt
 * @is_words_first: whether the sentences stand above the path
 *
 * Returns: (nullable): the body
 */
GtkWidget *
bm_part_body_in_order (BmPage *page, gboolean is_words_first)
{
  static const double gaps[BM_PAGE_LEVELS] = { 16, 12, 8, 6, 4, 3 };
  GtkWidget *parts[] = { bm_part_states (page),
                         bm_part_lines (page, line_type (page), BM_MM_ICON_ROW),
                         bm_part_facts (page), bm_part_rows (page), bm_part_number (page) };
  gboolean is_wide = bm_part_is_wide (page) && page->metrics.scale < 150 &&
                     bm_page_count (page, BM_ATOM_CHOICE) == 0;
  GtkWidget *box = NULL;
  GtkWidget *beside = NULL;

  if (is_words_first)
    {
      GtkWidget *states = parts[0];

      parts[0] = parts[1];
      parts[1] = states;
    }
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      if (parts[i] == NULL)
        continue;
      if (box == NULL)
        box = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, gaps[page->level]));
      else if (beside == NULL && is_wide)
        beside = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, gaps[page->level]));
      gtk_box_append (GTK_BOX (beside != NULL ? beside : box), parts[i]);
    }
  return beside != NULL ? side_by_side (page, box, beside) : box;
}

static void
set_margins (BmPage *page, GtkWidget *box)
{
  static const double above_portrait[BM_PAGE_LEVELS] = { 16, 14, 12, 8, 6, 4 };
  static const double above_landscape[BM_PAGE_LEVELS] = { 6, 5, 4, 3, 2, 2 };
  static const double below_portrait[BM_PAGE_LEVELS] = { 12, 12, 8, 6, 6, 4 };
  static const double below_landscape[BM_PAGE_LEVELS] = { 6, 6, 5, 4, 4, 4 };
  gboolean is_wide = bm_part_is_wide (page);
  int above =
    bm_part_px (page, is_wide ? above_landscape[page->level] : above_portrait[page->level]);
  int below =
    bm_part_px (page, is_wide ? below_landscape[page->level] : below_portrait[page->level]);

  /* The frame has as much above its own buttons. */
  if (is_wide && page->level >= BM_PAGE_LEVELS - 1 &&
      bm_text_is_narrow (bm_model_text (page->model, "question")))
    below = bm_part_px (page, BM_MM_HAIR);
  if (!is_wide || !page->has_head || bm_part_is_below_tab (page))
    above = MAX (above, page->tab_height + bm_part_px (page, 1));
  gtk_widget_set_margin_start (box, bm_part_px (page, BM_MM_MARGIN));
  gtk_widget_set_margin_end (box, bm_part_px (page, BM_MM_MARGIN));
  gtk_widget_set_margin_top (box, above);
  gtk_widget_set_margin_bottom (box, below);
}

/**
 * bm_part_lay:
 * @page: an attempt
 * @head: (nullable): the question
 * @body: (nullable): what may be read
 * @answers: (nullable): what may be pressed
 *
 * Question above, answers in the lower part; on a wide screen answers stand to the right of the body.
 *
 * Returns: the page
 */
GtkWidget *
bm_part_lay (BmPage *page, GtkWidget *head, GtkWidget *body, GtkWidget *answers)
{
  static const double gaps[BM_PAGE_LEVELS] = { 12, 10, 8, 6, 4, 4 };
  int gap =
    bm_part_px (page, bm_part_is_wide (page) ? MIN (gaps[page->level], 6) : gaps[page->level]);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, gap);
  GtkWidget *under = box;

  bm_part_add (box, head);
  if (bm_part_is_wide (page) && page->metrics.scale < 150 && body != NULL && answers != NULL)
    {
      under = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_MARGIN));
      gtk_box_set_homogeneous (GTK_BOX (under), TRUE);
      gtk_widget_set_vexpand (under, TRUE);
      gtk_box_append (GTK_BOX (box), under);
    }
  if (body != NULL)
    {
      gtk_widget_set_vexpand (body, TRUE);
      gtk_widget_set_hexpand (body, TRUE);
    }
  bm_part_add (under, body);
  if (answers != NULL)
    {
      gtk_widget_set_hexpand (answers, TRUE);
      if (!gtk_widget_get_vexpand (answers))
        {
          gtk_widget_set_valign (answers, GTK_ALIGN_END);
          gtk_widget_set_vexpand (answers, body == NULL);
        }
    }
  bm_part_add (under, answers);
  set_margins (page, box);
  return box;
}
