/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

/*
 * Home is the character of a field: four plots, one per service. Below 150 % on a tall screen they are
 * tiles under a banner of fields; themes without colour drop the banner and set the question larger,
 * the tiles stay where hands remember them. From 150 % on they are rows in the same order.
 */

static gboolean
has_tiles (const BmPage *page)
{
  return !bm_part_is_wide (page) && page->metrics.scale < 150;
}

static GtkWidget *
new_question (BmPage *page, double room_mm)
{
  GtkWidget *label;

  if (!page->has_head)
    return NULL;
  if (page->metrics.theme == BM_THEME_MEDIUM || room_mm <= 0)
    return bm_part_question (page);
  label = bm_text_new_question (bm_model_text (page->model, "question"), BM_TYPE_HERO);
  gtk_label_set_yalign (GTK_LABEL (label), 0.5);
  gtk_widget_set_size_request (label, -1, bm_part_px (page, room_mm));
  return bm_part_with_second (page, label, BM_TYPE_HERO);
}

/* What is true of the whole station today (没网) stands under the question. */
static GtkWidget *
with_lines (BmPage *page, GtkWidget *head)
{
  GtkWidget *parts[] = { bm_part_states (page),
                         bm_part_lines (page, BM_TYPE_BODY, BM_MM_ICON_FRAME), bm_part_facts (page),
                         bm_part_rows (page), bm_part_number (page) };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_HAIR));

  bm_part_add (box, head);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    bm_part_add (box, parts[i]);
  return box;
}

GtkWidget *
bm_page_home_build (BmPage *page)
{
  static const double banners[BM_PAGE_LEVELS] = { BM_MM_BANNER, 80, 60, 0, 0, 0 };
  static const double heights[BM_PAGE_LEVELS] = { 60, 56, 48, 40, 30, 22 };
  /* One or two plots are as large as each of four would be. */
  gboolean is_full = bm_page_count (page, BM_ATOM_CHOICE) > 2;
  double banner = has_tiles (page) ? banners[page->level] : 0;
  gboolean is_medium = page->metrics.theme == BM_THEME_MEDIUM;
  BmChoiceLook look = { .shape = has_tiles (page) ? BM_BUTTON_TILE : BM_BUTTON_ROW,
                        .type = page->level >= 5   ? BM_TYPE_LEAD
                                : page->level >= 4 ? BM_TYPE_ANSWER
                                                   : BM_TYPE_TILE,
                        .columns = has_tiles (page) || bm_part_is_wide (page) ? 2 : 1,
                        .icon_mm = has_tiles (page) ? BM_MM_ICON_TILE : BM_MM_ICON_ROW_LARGE,
                        .height_mm =
                          (is_full || !has_tiles (page) ? 1 : 2) * heights[page->answer_level],
                        .is_filling = is_full,
                        .is_last_wide = TRUE };
  GtkWidget *choices = bm_part_choices (page, &look);
  GtkWidget *head = new_question (page, is_medium ? 0 : banner);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *picture;

  if (banner > 0 && is_medium && page->part == 0)
    {
      picture = bm_picture_new_banner (&page->metrics, "ill-fields", banner);
      gtk_widget_add_css_class (picture, "banner");
      gtk_box_append (GTK_BOX (box), picture);
    }
  gtk_box_append (GTK_BOX (box), bm_part_lay (page, with_lines (page, head), NULL, choices));
  gtk_widget_set_vexpand (gtk_widget_get_last_child (box), TRUE);
  return box;
}
