/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

/* 您还在吗？ The seconds that are left stand large; anything pressed means: still here. */

static GtkWidget *
new_seconds (BmPage *page)
{
  static const BmType sizes[BM_PAGE_LEVELS] = { BM_TYPE_FIGURE, BM_TYPE_FIGURE,   BM_TYPE_HERO,
                                                BM_TYPE_HERO,   BM_TYPE_QUESTION, BM_TYPE_ANSWER };
  int seconds = bm_model_int (page->model, "countdown", -1);
  g_autofree char *text = NULL;
  GtkWidget *label;

  if (seconds < 0 || page->part > 0)
    return NULL;
  text = g_strdup_printf ("%d", seconds);
  label = bm_text_new (text, sizes[page->level]);
  gtk_label_set_wrap (GTK_LABEL (label), FALSE);
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  page->ticking = label;
  return label;
}

/* Where room is short the seconds stand beside the question; on a wide screen beside the answer, since there the tab is. */
static GtkWidget *
beside_seconds (BmPage *page, GtkWidget *widget)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_MARGIN));

  if (widget != NULL)
    gtk_widget_set_hexpand (widget, TRUE);
  bm_part_add (row, widget);
  bm_part_add (row, new_seconds (page));
  return row;
}

/* At the tightest not even the gap around what is not there is left. */
static GtkWidget *
drop_empty (BmPage *page, GtkWidget *clock, GtkWidget *body)
{
  if (page->level < BM_PAGE_LEVELS - 1 || gtk_widget_get_first_child (clock) != NULL)
    return body;
  gtk_box_remove (GTK_BOX (body), clock);
  if (gtk_widget_get_first_child (body) != NULL)
    return body;
  g_object_unref (g_object_ref_sink (body));
  return NULL;
}

GtkWidget *
bm_page_alert_build (BmPage *page)
{
  BmChoiceLook look = bm_part_answers (page);
  const char *picture = bm_model_string (page->model, "picture");
  const char *icon =
    picture != NULL || bm_model_int (page->model, "countdown", -1) < 0 ? picture : "hourglass";
  GtkWidget *body = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_GAP));
  GtkWidget *clock = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_MARGIN));
  GtkWidget *answers;

  if (page->level < 2)
    look.type = BM_TYPE_TILE;
  if (page->level >= 5 && bm_part_is_wide (page) && page->metrics.scale >= 200)
    look.type = BM_TYPE_BODY; /* so that it has room below the question with the largest letters */
  if (icon != NULL && page->part == 0 && page->level < 4)
    gtk_box_append (GTK_BOX (clock),
                    bm_picture_new (&page->metrics, icon, bm_part_icon_mm (page, BM_MM_ICON_TILE),
                                    BM_ROLE_TINT_MONEY));
  if (page->level < 4)
    bm_part_add (clock, new_seconds (page));
  gtk_box_append (GTK_BOX (body), clock);
  bm_part_add (body, bm_part_body (page));
  gtk_widget_set_valign (body, GTK_ALIGN_CENTER);
  body = drop_empty (page, clock, body);
  answers = bm_part_choices (page, &look);
  if (page->level < 4)
    return bm_part_lay (page, bm_part_question (page), body, answers);
  if (bm_part_is_wide (page) && answers != NULL)
    return bm_part_lay (page, bm_part_question (page), body, beside_seconds (page, answers));
  return bm_part_lay (page, beside_seconds (page, bm_part_question (page)), body, answers);
}
