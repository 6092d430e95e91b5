/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/desk/desk-parts.h"

#include "core/language/language.h"
#include "ui/shell/frame.h"
#include "ui/widgets/bm-bar.h"
#include "ui/widgets/bm-break.h"
#include "ui/widgets/bm-text.h"

#include <math.h>

/* What the helper's pages are made of: denser than a resident's, by the same tokens. */

/* A label that is longer may have two lines where the values are long, too. */
#define LEAST_LABEL_EM 6

GtkWidget *
bm_desk_text (const char *text, BmType type, gboolean is_strong)
{
  return is_strong ? bm_text_new_strong (text, type) : bm_text_new (text, type);
}

GtkWidget *
bm_desk_question (BmPage *page, BmType type)
{
  GtkWidget *label = bm_text_new_question (bm_model_text (page->model, "question"), type);

  gtk_widget_add_css_class (label, "strong");
  return label;
}

void
bm_desk_set_margins (BmPage *page, GtkWidget *widget, double sides_mm, double above_mm)
{
  gtk_widget_set_margin_start (widget, bm_part_px (page, sides_mm));
  gtk_widget_set_margin_end (widget, bm_part_px (page, sides_mm));
  gtk_widget_set_margin_top (widget, bm_part_px (page, above_mm));
  gtk_widget_set_margin_bottom (widget, bm_part_px (page, above_mm));
}

/**
 * bm_desk_is_witness_act:
 * @choice: a choice of the desk's page
 *
 * Returns: whether it belongs to the person who is attended, not to the desk's own bar
 */
gboolean
bm_desk_is_witness_act (json_t *choice)
{
  const char *id = bm_model_text (choice, "id");

  return g_strcmp0 (bm_model_string (choice, "kind"), "primary") == 0 ||
         g_str_has_prefix (id, "witness") || g_str_has_prefix (id, "cannot") ||
         g_str_has_prefix (id, "hall") || g_str_has_prefix (id, "help");
}

static gboolean
has_prefix (json_t *choice, const char *prefix)
{
  return g_str_has_prefix (bm_model_text (choice, "id"), prefix);
}

gboolean
bm_desk_is_row (json_t *choice)
{
  return has_prefix (choice, "case:") || has_prefix (choice, "contact:") ||
         has_prefix (choice, "visit:");
}

gboolean
bm_desk_is_span (json_t *choice)
{
  return has_prefix (choice, "within:") || has_prefix (choice, "stick:");
}

gboolean
bm_desk_is_turn (json_t *choice, const char *where)
{
  return g_str_equal (bm_model_text (choice, "id"), where);
}

static void
on_clicked (GtkButton *button, BmPage *page)
{
  page->choose (gtk_widget_get_name (GTK_WIDGET (button)), page->user_data);
}

static GtkWidget *
finish_button (BmPage *page, const BmButtonSpec *spec, const char *id)
{
  GtkWidget *button = bm_button_new (&page->metrics, spec);

  gtk_widget_set_name (button, id);
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), page);
  return button;
}

GtkWidget *
bm_desk_button (BmPage *page, json_t *choice, double height_mm)
{
  g_autofree char *label = bm_text_on_one_line (bm_model_text (choice, "label"));
  BmButtonSpec spec = {
    .label = label,
    .note = bm_model_string (choice, "why"),
    .icon = bm_model_string (choice, "icon"),
    .kind = bm_model_string (choice, "kind"),
    .state = bm_model_string (choice, "state"),
    .is_icon_last = bm_desk_is_turn (choice, "turn:on"),
    .shape = BM_BUTTON_INLINE,
    .type = BM_TYPE_DESK_TEXT,
    .icon_mm = 8,
    .min_width_mm = BM_MM_DESK_TARGET,
    .min_height_mm = height_mm,
  };
  GtkWidget *button = finish_button (page, &spec, bm_model_text (choice, "id"));

  gtk_widget_set_hexpand (button, TRUE);
  return button;
}

/**
 * bm_desk_act:
 * @page: an attempt
 * @id: the choice
 * @label: what stands on it
 * @name: what it is called, since the same word stands in many rows
 *
 * Returns: the one act of a row
 */
GtkWidget *
bm_desk_act (BmPage *page, const char *id, const char *label, const char *name)
{
  BmButtonSpec spec = {
    .label = label,
    .shape = BM_BUTTON_INLINE,
    .type = BM_TYPE_DESK_TEXT,
    .min_width_mm = 26,
    .min_height_mm = BM_MM_DESK_TARGET,
  };
  GtkWidget *button = finish_button (page, &spec, id);
  g_autofree char *full = g_strdup_printf ("%s：%s", label, name);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, full, -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  return button;
}

/**
 * bm_desk_row_button:
 * @page: an attempt
 * @choice: one of a list
 *
 * Returns: a button with a second line, its words from the left
 */
GtkWidget *
bm_desk_row_button (BmPage *page, json_t *choice)
{
  BmButtonSpec spec = {
    .label = bm_model_text (choice, "label"),
    .note = bm_model_string (choice, "note"),
    .icon = bm_model_string (choice, "icon"),
    .kind = bm_model_string (choice, "kind"),
    .state = bm_model_string (choice, "state"),
    .shape = BM_BUTTON_ROW,
    .type = BM_TYPE_DESK_TEXT,
    .icon_mm = 12,
    .min_width_mm = BM_MM_DESK_TARGET,
    .min_height_mm = page->level < 2 ? 22 : 18,
  };
  GtkWidget *button = finish_button (page, &spec, bm_model_text (choice, "id"));
  /* The same words may stand on two rows: what is below them tells them apart. */
  g_autofree char *name =
    g_strdup_printf ("%s，%s", spec.label, spec.note != NULL ? spec.note : "");

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_hexpand (button, TRUE);
  return button;
}

static void
on_frame_clicked (GtkButton *button, BmPage *page)
{
  page->act (GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "bm-act")), page->user_data);
}

/**
 * bm_desk_frame_button:
 * @page: an attempt
 * @act: %BM_FRAME_NEXT, %BM_FRAME_BACK or %BM_FRAME_END
 *
 * Returns: (nullable): the button, if the model offers it
 */
GtkWidget *
bm_desk_frame_button (BmPage *page, BmFrameAct act)
{
  json_t *frame = bm_model_object (page->model, "frame");
  const char *next = bm_model_string (frame, "next");
  const char *end = bm_model_string (frame, "end_label");
  BmButtonSpec spec = { .shape = BM_BUTTON_INLINE,
                        .type = BM_TYPE_DESK_TEXT,
                        .icon_mm = 8,
                        .min_width_mm = BM_MM_DESK_TARGET,
                        .min_height_mm = 18 };
  GtkWidget *button;

  if (act == BM_FRAME_NEXT && (next != NULL || page->keypad != NULL || page->writer != NULL))
    {
      spec.label = next != NULL           ? next
                   : page->writer != NULL ? C_ ("key", "Written")
                                          : _ ("That is it");
      spec.icon = "next";
      spec.kind = "primary";
      spec.is_icon_last = TRUE;
    }
  else if (act == BM_FRAME_BACK && bm_model_is (frame, "back"))
    {
      spec.label = _ ("Step back");
      spec.icon = "back";
    }
  else if (act == BM_FRAME_END && bm_model_is (frame, "end"))
    {
      spec.label = end != NULL ? end : _ ("Stop here");
      spec.icon = "no";
    }
  if (spec.label == NULL)
    return NULL;
  button = bm_button_new (&page->metrics, &spec);
  gtk_widget_set_hexpand (button, TRUE);
  gtk_widget_set_name (button, bm_frame_act_name (act));
  g_object_set_data (G_OBJECT (button), "bm-act", GINT_TO_POINTER ((int) act));
  g_signal_connect (button, "clicked", G_CALLBACK (on_frame_clicked), page);
  return button;
}

static GtkWidget *
new_part_button (BmPage *page, BmFrameAct act, const char *label, double height_mm)
{
  gboolean is_next = act == BM_FRAME_PART_NEXT;
  BmButtonSpec spec = { .label = label,
                        .icon = is_next ? "next" : "back",
                        .is_icon_last = is_next,
                        .shape = BM_BUTTON_INLINE,
                        .type = BM_TYPE_DESK_TEXT,
                        .icon_mm = 8,
                        .min_width_mm = BM_MM_DESK_TARGET,
                        .min_height_mm = height_mm };
  GtkWidget *button = bm_button_new (&page->metrics, &spec);

  gtk_widget_set_hexpand (button, TRUE);
  gtk_widget_set_name (button, bm_frame_act_name (act));
  g_object_set_data (G_OBJECT (button), "bm-act", GINT_TO_POINTER ((int) act));
  g_signal_connect (button, "clicked", G_CALLBACK (on_frame_clicked), page);
  return button;
}

/**
 * bm_desk_part_button:
 * @page: an attempt
 * @act: %BM_FRAME_PART_BACK or %BM_FRAME_PART_NEXT
 *
 * Returns: (nullable): the button, if there is such a part
 */
GtkWidget *
bm_desk_part_button (BmPage *page, BmFrameAct act)
{
  gboolean is_next = act == BM_FRAME_PART_NEXT;
  /* Larger letters cut pages of a list that has 下一页 of its own. */
  const char *next = page->is_flow ? _ ("Further down") : _ ("Next page");
  const char *before = page->is_flow ? _ ("Further up") : _ ("Page before");

  if (is_next ? page->to >= bm_page_count_atoms (page) : page->part == 0)
    return NULL;
  return new_part_button (page, act, is_next ? next : before, 18);
}

/**
 * bm_desk_turn_button:
 * @page: an attempt
 * @act: %BM_FRAME_PART_BACK or %BM_FRAME_PART_NEXT
 * @label: what stands on it
 *
 * Returns: (nullable): the way to another turn of what waits, which stands below it; none leads before the first
 */
GtkWidget *
bm_desk_turn_button (BmPage *page, BmFrameAct act, const char *label)
{
  if (act == BM_FRAME_PART_BACK && page->part == 0)
    return NULL;
  return new_part_button (page, act, label, BM_MM_DESK_TARGET);
}

/* By their letters: a label that would have to be measured for each attempt costs more than it is worth. */
static double
longest_em (BmPage *page, const char *key)
{
  double most = 0;

  for (guint i = 0; i < bm_model_length (page->model, "facts"); i++)
    most =
      MAX (most, bm_break_width_em (bm_model_text (bm_model_item (page->model, "facts", i), key)));
  return most;
}

/**
 * bm_desk_label_width:
 * @page: an attempt
 * @width: of label and value together, in pixels
 *
 * Returns: how wide the column of labels is, on every part of the page alike
 */
int
bm_desk_label_width (BmPage *page, int width)
{
  double em = bm_type_px (&page->metrics, BM_TYPE_DESK_TEXT, 1);
  int labels = (int) ceil (em * longest_em (page, "label")) + 2;
  int values = (int) ceil (em * longest_em (page, "value")) + 2;
  int least = MIN (width * 3 / 10, (int) (em * LEAST_LABEL_EM));

  /* A longer one has a second line. */
  return MIN (labels, MAX (MIN (width - values, width * 2 / 5), least));
}

/* All bars of a page begin at one place and have the same room, whatever their labels do. */
GtkWidget *
bm_desk_add_bar (BmPage *page, json_t *fact, GtkWidget *row)
{
  json_t *share = json_object_get (fact, "share");
  GtkWidget *box;

  if (!json_is_integer (share))
    return row;
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_HAIR));
  gtk_box_append (GTK_BOX (box), row);
  gtk_box_append (GTK_BOX (box),
                  bm_bar_new (&page->metrics, (guint) CLAMP (json_integer_value (share), 0, 100)));
  return box;
}

/**
 * bm_desk_facts:
 * @page: an attempt
 * @is_label_strong: whether the label stands out, else the value does
 *
 * Returns: the facts that are on this part, label beside value
 */
GtkWidget *
bm_desk_facts (BmPage *page, gboolean is_label_strong)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), bm_part_px (page, 6));
  gtk_grid_set_row_spacing (GTK_GRID (grid), bm_part_px (page, page->level < 2 ? BM_MM_HAIR : 0.5));
  for (guint i = 0; i < bm_page_count (page, BM_ATOM_FACT); i++)
    {
      json_t *fact = bm_model_item (page->model, "facts", i);
      GtkWidget *label;
      GtkWidget *value;

      if (!bm_page_shows (page, BM_ATOM_FACT, i))
        continue;
      label = bm_desk_text (bm_model_text (fact, "label"), BM_TYPE_DESK_TEXT, is_label_strong);
      value = bm_desk_text (bm_model_text (fact, "value"), BM_TYPE_DESK_TEXT, !is_label_strong);
      gtk_widget_set_valign (label, GTK_ALIGN_START);
      gtk_widget_set_hexpand (value, TRUE);
      gtk_grid_attach (GTK_GRID (grid), label, 0, (int) i, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), value, 1, (int) i, 1, 1);
    }
  return grid;
}
