/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "core/language/language.h"
#include "ui/pages/parts.h"
#include "ui/widgets/bm-ink-view.h"
#include "ui/widgets/bm-text.h"

/*
 * A signature: one large field to write in, 重写 beside the way for who does not write, and 写好了 where 下一步 always is.
 */

static GtkWidget *
new_clear (BmPage *page, const BmChoiceLook *look)
{
  BmButtonSpec spec = {
    .label = C_ ("ink", "Write anew"),
    .icon = "again",
    .shape = BM_BUTTON_INLINE,
    .type = look->type,
    .icon_mm = bm_part_icon_mm (page, look->icon_mm),
    .min_width_mm = BM_MM_TARGET,
    .min_height_mm = look->height_mm,
    .icon_tint = bm_role_of_tint (page->service_tint, BM_ROLE_TINT_MONEY),
  };
  GtkWidget *button = bm_button_new (&page->metrics, &spec);

  if (bm_part_is_dense (page))
    gtk_widget_add_css_class (button, "dense");
  gtk_widget_set_name (button, "ink-clear");
  gtk_widget_set_hexpand (button, TRUE);
  g_signal_connect_object (button, "clicked", G_CALLBACK (bm_ink_clear), page->ink,
                           G_CONNECT_SWAPPED);
  return button;
}

/* With the largest letters on a low screen the question stands in the field until something is written there. */
static gboolean
is_question_inside (const BmPage *page)
{
  return bm_part_is_wide (page) && page->metrics.scale >= 150 &&
         page->level == BM_PAGE_LEVELS - 1 && bm_page_shows (page, BM_ATOM_INPUT, 0);
}

static BmType
get_field_type (const BmPage *page)
{
  if (page->level < 3)
    return BM_TYPE_LEAD;
  /* Of letters, and two sentences of them, there is room for the smaller ones. */
  return is_question_inside (page) && bm_text_is_narrow (bm_model_text (page->model, "question"))
           ? BM_TYPE_STATUS
           : BM_TYPE_BODY;
}

static GtkWidget *
new_field (BmPage *page)
{
  static const double tall[BM_PAGE_LEVELS] = { 110, 95, 80, 65, 55, 45 };
  static const double wide[BM_PAGE_LEVELS] = { 80, 70, 60, 52, 46, 40 };
  double height = bm_part_is_wide (page) ? wide[page->level] : tall[page->level];
  GtkWidget *field =
    bm_ink_view_new (&page->metrics, page->ink,
                     is_question_inside (page) ? bm_model_text (page->model, "question") : NULL,
                     get_field_type (page), height);

  gtk_widget_set_hexpand (field, TRUE);
  gtk_widget_set_vexpand (field, TRUE);
  return field;
}

GtkWidget *
bm_page_signature_build (BmPage *page)
{
  gboolean is_inside = is_question_inside (page);
  gboolean is_beside = bm_part_is_wide (page) && !is_inside;
  BmChoiceLook look = bm_part_answers (page);
  int gap = bm_part_px (page, page->level >= 4 ? BM_MM_MIN_GAP : BM_MM_GAP);
  GtkWidget *body =
    gtk_box_new (is_beside ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL, gap);
  gboolean is_row = is_inside || (!is_beside && bm_page_count (page, BM_ATOM_CHOICE) == 1);
  GtkWidget *press =
    gtk_box_new (is_row ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL, gap);
  GtkWidget *whole;
  gboolean is_written = page->ink != NULL && bm_page_shows (page, BM_ATOM_INPUT, 0);

  look.height_mm = MIN (look.height_mm, 28);
  look.columns = is_inside ? bm_page_count (page, BM_ATOM_CHOICE)
                 : is_row || is_beside || page->metrics.scale >= 150 ? 1
                                                                     : 2;
  look.is_last_wide = !is_inside;
  if (bm_part_is_wide (page) && page->level >= 4)
    look.type = BM_TYPE_BODY;
  look.is_first_wide = FALSE;
  if (is_written)
    {
      gtk_box_append (GTK_BOX (body), new_field (page));
      gtk_box_append (GTK_BOX (press), new_clear (page, &look));
    }
  bm_part_add (press, bm_part_choices (page, &look));
  gtk_box_set_homogeneous (GTK_BOX (press), is_row && page->metrics.scale < 150);
  gtk_widget_set_valign (press, is_beside ? GTK_ALIGN_END : GTK_ALIGN_FILL);
  gtk_widget_set_hexpand (press, !is_beside);
  gtk_box_append (GTK_BOX (body), press);
  /* Words that need two lines make the press as wide as it may be: halves are halves however they are measured. */
  gtk_box_set_homogeneous (GTK_BOX (body), is_beside && page->metrics.scale >= 150);
  whole = bm_part_lay (page, is_inside ? NULL : bm_part_question (page), body, NULL);
  if (is_inside)
    gtk_widget_set_margin_top (whole, page->tab_height + bm_part_px (page, BM_MM_HAIR));
  return whole;
}
