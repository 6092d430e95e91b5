/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "core/language/language.h"
#include "ui/pages/parts.h"

#include "ui/widgets/bm-break.h"
#include "ui/widgets/bm-cover.h"
#include "ui/widgets/bm-text.h"

/*
 * Rows of amounts: what it was for, and how much. The values stand right, with figures of one width, so
 * that they can be compared down the column; a value is never broken. While a page is covered the
 * station sends no values, and a bar of one length stands for each.
 *
 * A screen reader hears one sentence a row; what the row is made of is hidden from it.
 */

#define SIDE_MM 8.0

/* Digits and Latin letters of strong type are wider than was reckoned by so much. */
#define STRONG 1.03

/* How the rows of a page are set; all alike, by the longest of them, whatever part they are on. */
typedef enum
{
  ROWS_ON_ONE_LINE, /* what for, where it stands, how much */
  ROWS_NOTE_BELOW,  /* what for, how much; below them where it stands */
  ROWS_VALUE_BELOW, /* what for; below it where it stands, and how much */
} RowStyle;

typedef struct
{
  BmPage *page;
  RowStyle style;
  GtkSizeGroup *labels;
  GtkSizeGroup *notes;
} Rows;

static BmType
value_type (const BmPage *page)
{
  /* The largest letters leave a low screen room for a row and one answer, so that amounts can be covered on each part. */
  if (page->level >= 5 && page->metrics.scale >= 200 && bm_part_is_wide (page))
    return BM_TYPE_BODY;
  return page->level >= 3 ? BM_TYPE_LEAD : BM_TYPE_ANSWER;
}

static double
cover_width_mm (const BmPage *page)
{
  return 5 * bm_type_em_mm (&page->metrics, BM_TYPE_BODY);
}

static double
room_mm (const BmPage *page)
{
  return bm_mm (&page->metrics, page->width) - 2 * BM_MM_MARGIN - 2 * SIDE_MM - 2;
}

static double
longest (BmPage *page, const char *key)
{
  double most = 0;

  for (guint i = 0; i < bm_page_count (page, BM_ATOM_ROW); i++)
    most =
      MAX (most, bm_break_width_em (bm_model_text (bm_model_item (page->model, "rows", i), key)));
  return most;
}

static double
value_mm (BmPage *page, json_t *row)
{
  return bm_model_is (page->model, "is_covered")
           ? cover_width_mm (page)
           : bm_type_em_mm (&page->metrics, value_type (page)) *
               bm_break_width_em (bm_model_text (row, "value"));
}

/* One line is in columns, so the longest of each column must go together; two lines are not. */
static RowStyle
find_style (BmPage *page)
{
  double em = bm_type_em_mm (&page->metrics, BM_TYPE_BODY);
  double note = em * longest (page, "note");
  double value = 0;
  double pair = 0;
  double wider = 1;

  for (guint i = 0; i < bm_page_count (page, BM_ATOM_ROW); i++)
    {
      json_t *row = bm_model_item (page->model, "rows", i);

      wider = bm_model_is (row, "strong") ? STRONG : wider;
      value = MAX (value, value_mm (page, row));
      pair = MAX (pair, em * bm_break_width_em (bm_model_text (row, "label")) + BM_MM_GAP +
                          value_mm (page, row));
    }
  if (note > 0 &&
      wider * (em * longest (page, "label") + note + value) + 2 * BM_MM_GAP <= room_mm (page))
    return ROWS_ON_ONE_LINE;
  return pair <= room_mm (page) ? ROWS_NOTE_BELOW : ROWS_VALUE_BELOW;
}

static GtkWidget *
new_words (json_t *row, const char *key)
{
  const char *text = bm_model_text (row, key);
  GtkWidget *words = bm_model_is (row, "strong") ? bm_text_new_strong (text, BM_TYPE_BODY)
                                                 : bm_text_new (text, BM_TYPE_BODY);

  gtk_widget_add_css_class (words, "tight");
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_accessible_update_state (GTK_ACCESSIBLE (words), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  return words;
}

static GtkWidget *
new_value (BmPage *page, json_t *row)
{
  GtkWidget *value;

  if (bm_model_is (page->model, "is_covered"))
    return bm_cover_new (&page->metrics, cover_width_mm (page),
                         1.25 * bm_type_em_mm (&page->metrics, BM_TYPE_BODY),
                         bm_role_of_tint (page->service_tint, BM_ROLE_TINT_MONEY));
  value = bm_text_new_strong (bm_model_text (row, "value"), value_type (page));
  gtk_widget_add_css_class (value, "tight");
  gtk_widget_add_css_class (value, "amount");
  gtk_label_set_xalign (GTK_LABEL (value), 1);
  gtk_label_set_wrap (GTK_LABEL (value), bm_break_width_em (bm_model_text (row, "value")) > 10 ||
                                           value_mm (page, row) > room_mm (page));
  gtk_widget_set_halign (value, GTK_ALIGN_END);
  gtk_widget_set_valign (value, GTK_ALIGN_CENTER);
  gtk_accessible_update_state (GTK_ACCESSIBLE (value), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  return value;
}

/* What a screen reader says of a row. */
static char *
name_of_row (BmPage *page, json_t *row)
{
  const char *value = bm_model_is (page->model, "is_covered") ? C_ ("amount", "covered")
                                                              : bm_model_text (row, "value");
  const char *note = bm_model_text (row, "note");
  g_autofree char *name =
    g_strconcat (bm_model_text (row, "label"), " ", value, *note != '\0' ? " " : "", note, NULL);

  return bm_text_on_one_line (name);
}

static GtkWidget *
new_line (Rows *rows, GtkOrientation orientation)
{
  gboolean is_row = orientation == GTK_ORIENTATION_HORIZONTAL;

  return g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                       "orientation", orientation, "spacing",
                       is_row ? bm_part_px (rows->page, BM_MM_GAP) : 0, NULL);
}

static GtkWidget *
new_one_line (Rows *rows, json_t *row)
{
  GtkWidget *line = new_line (rows, GTK_ORIENTATION_HORIZONTAL);
  GtkWidget *label = new_words (row, "label");
  GtkWidget *note = new_words (row, "note");

  gtk_size_group_add_widget (rows->labels, label);
  gtk_size_group_add_widget (rows->notes, note);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (line), note);
  gtk_box_append (GTK_BOX (line), new_value (rows->page, row));
  return line;
}

static GtkWidget *
new_note_below (Rows *rows, json_t *row)
{
  GtkWidget *line = new_line (rows, GTK_ORIENTATION_VERTICAL);
  GtkWidget *above = new_line (rows, GTK_ORIENTATION_HORIZONTAL);
  GtkWidget *label = new_words (row, "label");

  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (above), label);
  gtk_box_append (GTK_BOX (above), new_value (rows->page, row));
  gtk_box_append (GTK_BOX (line), above);
  if (*bm_model_text (row, "note") != '\0')
    gtk_box_append (GTK_BOX (line), new_words (row, "note"));
  return line;
}

static GtkWidget *
new_value_below (Rows *rows, json_t *row)
{
  GtkWidget *line = new_line (rows, GTK_ORIENTATION_VERTICAL);
  double note_mm = bm_type_em_mm (&rows->page->metrics, BM_TYPE_BODY) *
                   bm_break_width_em (bm_model_text (row, "note"));
  gboolean is_together = note_mm + BM_MM_GAP + value_mm (rows->page, row) <= room_mm (rows->page);
  GtkWidget *below =
    new_line (rows, is_together ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  GtkWidget *note = new_words (row, "note");

  gtk_widget_set_hexpand (note, TRUE);
  gtk_box_append (GTK_BOX (line), new_words (row, "label"));
  gtk_box_append (GTK_BOX (below), note);
  gtk_box_append (GTK_BOX (below), new_value (rows->page, row));
  gtk_box_append (GTK_BOX (line), below);
  return line;
}

static GtkWidget *
new_row (Rows *rows, json_t *row, gboolean is_first)
{
  static const double above[BM_PAGE_LEVELS] = { 6, 4.5, 3, 2, 1.5, 1 };
  GtkWidget *outer =
    g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL);
  GtkWidget *line = rows->style == ROWS_ON_ONE_LINE  ? new_one_line (rows, row)
                    : rows->style == ROWS_NOTE_BELOW ? new_note_below (rows, row)
                                                     : new_value_below (rows, row);
  g_autofree char *name = name_of_row (rows->page, row);
  int side = bm_part_px (rows->page, SIDE_MM);
  int gap = bm_part_px (rows->page, above[rows->page->level]);

  gtk_widget_set_hexpand (line, TRUE);
  gtk_widget_set_margin_start (line, side);
  gtk_widget_set_margin_end (line, side);
  gtk_widget_set_margin_top (line, gap);
  gtk_widget_set_margin_bottom (line, gap);
  gtk_box_append (GTK_BOX (outer), line);
  gtk_accessible_update_property (GTK_ACCESSIBLE (outer), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_add_css_class (outer, "amount-row");
  if (!is_first)
    gtk_widget_add_css_class (outer, "row-rule");
  return outer;
}

/**
 * bm_part_rows:
 * @page: an attempt
 *
 * Returns: (nullable): a sheet with the amounts of this part
 */
GtkWidget *
bm_part_rows (BmPage *page)
{
  GtkWidget *box = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST,
                                 "orientation", GTK_ORIENTATION_VERTICAL, NULL);
  g_autoptr (GtkSizeGroup) labels = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  g_autoptr (GtkSizeGroup) notes = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  Rows rows = { .page = page, .style = find_style (page), .labels = labels, .notes = notes };
  guint n_shown = 0;

  for (guint i = 0; i < bm_page_count (page, BM_ATOM_ROW); i++)
    {
      if (!bm_page_shows (page, BM_ATOM_ROW, i))
        continue;
      gtk_box_append (GTK_BOX (box),
                      new_row (&rows, bm_model_item (page->model, "rows", i), n_shown == 0));
      n_shown++;
    }
  gtk_widget_add_css_class (box, "sheet");
  gtk_widget_set_valign (box, GTK_ALIGN_START);
  if (n_shown > 0)
    return box;
  g_object_ref_sink (box);
  g_object_unref (box);
  return NULL;
}
