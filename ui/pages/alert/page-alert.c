/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "core/language/language.h"
#include "ui/pages/parts.h"
#include "ui/widgets/bm-picture.h"
#include "ui/widgets/bm-text.h"

/* 您还在吗？ The seconds that are left stand large; anything pressed means: still here. */

/* The number ticks; what it counts stands beside it, small. */
static GtkWidget *
new_seconds (BmPage *page)
{
  static const BmType sizes[BM_PAGE_LEVELS] = { BM_TYPE_FIGURE, BM_TYPE_FIGURE,   BM_TYPE_HERO,
                                                BM_TYPE_HERO,   BM_TYPE_QUESTION, BM_TYPE_ANSWER };
  int seconds = bm_model_int (page->model, "countdown", -1);
  g_autofree char *text = NULL;
  GtkWidget *label, *unit, *row;

  if (seconds < 0 || page->part > 0)
    return NULL;
  text = g_strdup_printf ("%d", seconds);
  label = bm_text_new (text, sizes[page->level]);
  gtk_label_set_wrap (GTK_LABEL (label), FALSE);
  page->ticking = label;
  /* Translators: seconds, behind a large number. */
  unit = bm_text_new (C_ ("alert", "s"), BM_TYPE_LEAD);
  gtk_label_set_wrap (GTK_LABEL (unit), FALSE);
  row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_HAIR));
  for (guint i = 0; i < 2; i++)
    gtk_widget_set_valign (i == 0 ? label : unit, GTK_ALIGN_BASELINE);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), unit);
  gtk_widget_set_valign (row, GTK_ALIGN_CENTER);
  return row;
}

/* Only at the tightest upright, and where wide pages get tight, have the seconds no line of their own. */
static gboolean
is_beside (const BmPage *page)
{
  return page->level >= (bm_part_is_wide (page) ? 4 : BM_PAGE_LEVELS - 1);
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
  if (icon != NULL && page->part == 0 && !is_beside (page))
    gtk_box_append (GTK_BOX (clock),
                    bm_picture_new (&page->metrics, icon,
                                    bm_part_icon_mm (page, page->level < 4 ? BM_MM_ICON_TILE : 46),
                                    BM_ROLE_TINT_MONEY));
  if (!is_beside (page))
    bm_part_add (clock, new_seconds (page));
  gtk_box_append (GTK_BOX (body), clock);
  bm_part_add (body, bm_part_body (page));
  gtk_widget_set_valign (body, GTK_ALIGN_CENTER);
  body = drop_empty (page, clock, body);
  answers = bm_part_choices (page, &look);
  if (!is_beside (page))
    return bm_part_lay (page, bm_part_question (page), body, answers);
  if (bm_part_is_wide (page) && answers != NULL)
    return bm_part_lay (page, bm_part_question (page), body, beside_seconds (page, answers));
  return bm_part_lay (page, beside_seconds (page, bm_part_question (page)), body, answers);
}
