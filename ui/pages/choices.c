/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"
#include "ui/widgets/bm-text.h"

/*
 * The choices of a page as buttons in a grid. Each carries the choice's id as its widget name, which is
 * how the shell finds a focused one again after a page was made anew.
 */

/* A label of a row that is longer keeps the breaks of the model. */
#define MAX_ON_ONE_LINE 6

static void
on_clicked (GtkButton *button, BmPage *page)
{
  const char *why = g_object_get_data (G_OBJECT (button), "bm-why");

  if (bm_button_is_off (BM_BUTTON (button)))
    page->say (why != NULL ? why : bm_button_get_name (BM_BUTTON (button)), page->user_data);
  else
    page->choose (gtk_widget_get_name (GTK_WIDGET (button)), page->user_data);
}

static double
min_height_mm (const BmChoiceLook *look, gboolean is_primary, gboolean is_inline, gboolean is_bare)
{
  if (look->primary_type != 0 && !is_primary)
    return MIN (look->height_mm, BM_MM_ANSWER);
  if (is_inline)
    return MIN (look->height_mm, is_bare ? 32 : BM_MM_ANSWER);
  return look->height_mm;
}

static GtkWidget *
new_choice (BmPage *page, json_t *choice, const BmChoiceLook *look, gboolean is_wide_row)
{
  const char *label = bm_model_text (choice, "label");
  g_autofree char *one_line = bm_text_on_one_line (label);
  gboolean is_broken =
    look->shape == BM_BUTTON_TILE || g_utf8_strlen (one_line, -1) > MAX_ON_ONE_LINE;
  const char *why = bm_model_string (choice, "why");
  gboolean is_primary = g_strcmp0 (bm_model_string (choice, "kind"), "primary") == 0;
  BmType type = is_primary && look->primary_type != 0 ? look->primary_type : look->type;
  gboolean is_off = g_strcmp0 (bm_model_string (choice, "state"), "off") == 0;
  gboolean is_bare = look->is_short_inline && bm_model_string (choice, "icon") == NULL;
  gboolean is_inline = (is_wide_row && look->is_short_inline) || is_bare;
  BmButtonSpec spec = {
    .label = is_broken ? label : one_line,
    .second = page->second >= BM_SECOND_ALL ? bm_model_string (choice, "label_zh") : NULL,
    .note = is_off && why != NULL ? why : bm_model_string (choice, "note"),
    .icon = look->icon_mm > 0 ? bm_model_string (choice, "icon") : NULL,
    .tint = bm_model_string (choice, "tint"),
    .kind = bm_model_string (choice, "kind"),
    .state = bm_model_string (choice, "state"),
    .shape = is_inline ? BM_BUTTON_INLINE : look->shape,
    .type = is_inline && type == BM_TYPE_TILE ? BM_TYPE_ANSWER : type,
    .icon_mm = bm_part_icon_mm (page, is_inline ? MIN (look->icon_mm, 28) : look->icon_mm),
    .min_width_mm = page->metrics.is_desk ? BM_MM_DESK_TARGET : BM_MM_TARGET,
    .min_height_mm = min_height_mm (look, is_primary, is_inline, is_bare),
    .icon_tint = bm_role_of_tint (page->service_tint, BM_ROLE_TINT_MONEY),
  };
  GtkWidget *button = bm_button_new (&page->metrics, &spec);

  if (bm_part_is_dense (page))
    gtk_widget_add_css_class (button, "dense");
  gtk_widget_set_name (button, bm_model_text (choice, "id"));
  gtk_widget_set_hexpand (button, TRUE);
  gtk_widget_set_vexpand (button, look->is_filling && !is_inline);
  g_object_set_data_full (G_OBJECT (button), "bm-why", g_strdup (why), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), page);
  return button;
}

static gboolean
takes_row (const BmChoiceLook *look, json_t *choice, guint shown, gboolean is_last)
{
  if (look->columns <= 1)
    return TRUE;
  if (look->is_first_wide && shown == 0 &&
      g_strcmp0 (bm_model_string (choice, "kind"), "primary") == 0)
    return TRUE;
  return look->is_last_wide && is_last;
}

/**
 * bm_part_choices:
 * @page: an attempt
 * @look: how they are set
 *
 * Returns: (nullable): the choices of this part
 */
GtkWidget *
bm_part_choices (BmPage *page, const BmChoiceLook *look)
{
  GtkWidget *grid = gtk_grid_new ();
  guint n_choices = bm_page_count (page, BM_ATOM_CHOICE);
  guint shown = 0;
  guint row = 0;
  guint column = 0;
  int gap = bm_part_px (page, page->level >= 4 ? BM_MM_MIN_GAP : BM_MM_GAP);

  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (grid), gap);
  gtk_grid_set_row_spacing (GTK_GRID (grid), gap);
  for (guint i = 0; i < n_choices; i++)
    {
      json_t *choice = bm_model_item (page->model, "choices", i);
      gboolean is_last = i + 1 == n_choices || !bm_page_shows (page, BM_ATOM_CHOICE, i + 1);
      gboolean is_row;

      if (!bm_page_shows (page, BM_ATOM_CHOICE, i))
        continue;
      is_row = takes_row (look, choice, shown, is_last && column == 0);
      gtk_grid_attach (GTK_GRID (grid),
                       new_choice (page, choice, look, is_row && look->columns > 1), column, row,
                       is_row ? MAX (look->columns, 1) : 1, 1);
      shown++;
      column = is_row ? 0 : (column + 1) % look->columns;
      row += is_row || column == 0 ? 1 : 0;
    }
  gtk_widget_set_vexpand (grid, look->is_filling);
  if (shown > 0)
    return grid;
  g_object_ref_sink (grid);
  g_object_unref (grid);
  return NULL;
}

/**
 * bm_part_answers:
 * @page: an attempt
 *
 * Returns: how one to three answers below a text are set: the expected one in a row of its own, two
 *          others side by side
 */
BmChoiceLook
bm_part_answers (const BmPage *page)
{
  static const double heights[BM_PAGE_LEVELS] = { 40, 38, 34, 28, 24, 20 };
  guint n = bm_page_count (page, BM_ATOM_CHOICE);
  gboolean is_narrow = bm_part_is_wide (page) != (page->metrics.scale >= 150);

  return (BmChoiceLook){
    .shape = BM_BUTTON_INLINE,
    .type = page->level >= 4 ? BM_TYPE_LEAD : BM_TYPE_ANSWER,
    .columns = is_narrow || n == 1 ? 1 : 2,
    .icon_mm = 20,
    .height_mm = heights[page->answer_level],
    .is_first_wide = TRUE,
    .is_last_wide = TRUE,
  };
}
