/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"
#include "ui/widgets/bm-break.h"

/*
 * Money that came, a row each, with what is asked about it below. Where the rows need several parts the
 * answers stand on each of them: whoever uncovered the amounts can cover them again wherever he is.
 */

#define MOST_ABREAST 4

/* Borders, padding and the gap between picture and word. */
#define BUTTON_SIDES_MM 14

static GtkWidget *
new_body (BmPage *page)
{
  BmType type = page->level >= 4 ? BM_TYPE_BODY : BM_TYPE_LEAD;
  GtkWidget *parts[] = { bm_part_states (page), bm_part_rows (page), bm_part_facts (page),
                         bm_part_lines (page, type, BM_MM_ICON_ROW), bm_part_number (page) };
  GtkWidget *box = bm_part_stack (page, parts, G_N_ELEMENTS (parts));

  if (box != NULL)
    gtk_widget_set_valign (box, GTK_ALIGN_START);
  return box;
}

/* Rows are wide, so that on a wide screen the answers stand below them and not beside them. */
static GtkWidget *
lay (BmPage *page, GtkWidget *body, GtkWidget *choices)
{
  GtkWidget *head = bm_part_question (page);
  GtkWidget *box;

  if (!bm_part_is_wide (page) || body == NULL || choices == NULL)
    return bm_part_lay (page, head, body, choices);
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_MIN_GAP));
  bm_part_add (box, head);
  gtk_box_append (GTK_BOX (box), body);
  return bm_part_lay (page, box, NULL, choices);
}

/* As many answers side by side as the longest of them leaves room for. */
static guint
count_columns (const BmPage *page, const BmChoiceLook *look)
{
  guint n_choices = bm_page_count (page, BM_ATOM_CHOICE);
  double room = bm_mm (&page->metrics, page->width) - 2 * BM_MM_MARGIN + BM_MM_GAP;
  double longest = 0;

  for (guint i = 0; i < n_choices; i++)
    longest =
      MAX (longest,
           bm_break_width_em (bm_model_text (bm_model_item (page->model, "choices", i), "label")));
  longest = longest * bm_type_em_mm (&page->metrics, look->type) +
            bm_part_icon_mm (page, look->icon_mm) + BUTTON_SIDES_MM + BM_MM_GAP;
  return CLAMP ((guint) (room / longest), 1, bm_part_is_wide (page) ? MOST_ABREAST : 2);
}

GtkWidget *
bm_page_amounts_build (BmPage *page)
{
  static const double heights[BM_PAGE_LEVELS] = { 86, 66, 46, 32, 24, 20 };
  static const double wide[BM_PAGE_LEVELS] = { 34, 28, 24, 22, 20, 20 };
  BmChoiceLook look = bm_part_answers (page);
  gboolean is_wide = bm_part_is_wide (page);
  gboolean is_tile = !is_wide && page->level < 2;

  look.shape = is_tile ? BM_BUTTON_TILE : BM_BUTTON_INLINE;
  look.icon_mm = is_tile ? BM_MM_ICON_FACE : 20;
  look.columns = is_tile ? 2 : count_columns (page, &look);
  look.height_mm = is_wide ? wide[page->level] : heights[page->level];
  look.is_first_wide = FALSE;
  look.is_short_inline = TRUE;
  if (is_wide && page->level >= 5)
    look.type =
      BM_TYPE_BODY; /* so that the largest letters leave room for one answer on each part */
  if (is_tile)
    look.type = BM_TYPE_TILE;
  return lay (page, new_body (page), bm_part_choices (page, &look));
}
