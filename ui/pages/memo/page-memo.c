/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "core/ports/memo.h"
#include "ui/pages/parts.h"
#include "ui/widgets/bm-meter.h"
#include "ui/widgets/bm-text.h"

#include <glib/gi18n-lib.h>

/* What somebody says: before, while it is recorded or played (how loud it is, and the seconds that are left), and after. */

static GtkWidget *
new_seconds (BmPage *page, BmType type)
{
  g_autofree char *text = g_strdup_printf ("%d", bm_model_int (page->model, "countdown", 0));
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_HAIR));

  page->ticking = bm_text_new (text, type);
  gtk_box_append (GTK_BOX (row), page->ticking);
  /* Translators: behind the number of seconds that somebody may still speak. */
  gtk_box_append (GTK_BOX (row), bm_text_new (C_ ("memo", "seconds left"), BM_TYPE_ANSWER));
  gtk_widget_set_halign (row, GTK_ALIGN_CENTER);
  return row;
}

/* Where room is short the seconds stand beside the bars. */
static GtkWidget *
new_row (BmPage *page, GtkWidget *const *parts)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, bm_part_px (page, BM_MM_GAP));

  gtk_widget_set_hexpand (parts[0], TRUE);
  gtk_box_append (GTK_BOX (row), parts[0]);
  gtk_box_append (GTK_BOX (row), parts[1]);
  return row;
}

static GtkWidget *
new_meter (BmPage *page)
{
  static const double tall[BM_PAGE_LEVELS] = { 70, 60, 48, 36, 26, 12 };
  static const BmType sizes[BM_PAGE_LEVELS] = { BM_TYPE_FIGURE, BM_TYPE_FIGURE,   BM_TYPE_HERO,
                                                BM_TYPE_HERO,   BM_TYPE_QUESTION, BM_TYPE_ANSWER };
  int level = bm_model_int (page->model, "level", -1);
  GtkWidget *parts[2];
  GtkWidget *box;

  if (level < 0 || page->part > 0)
    return NULL;
  page->meter =
    bm_meter_new (&page->metrics, C_ ("memo", "How loud it is"), BM_MEMO_LEVELS, tall[page->level]);
  bm_meter_set_level (BM_METER (page->meter), (guint) level);
  parts[0] = page->meter;
  parts[1] = new_seconds (page, sizes[page->level]);
  if (page->level < BM_PAGE_LEVELS - 1)
    box = bm_part_stack (page, parts, G_N_ELEMENTS (parts));
  else
    box = new_row (page, parts);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  return box;
}

GtkWidget *
bm_page_memo_build (BmPage *page)
{
  BmChoiceLook look = bm_part_answers (page);
  GtkWidget *meter = new_meter (page);
  GtkWidget *parts[] = { meter != NULL ? meter : bm_part_illustration (page, NULL),
                         bm_part_body (page) };

  look.is_first_wide = TRUE;
  return bm_part_lay (page, bm_part_question (page),
                      bm_part_stack (page, parts, G_N_ELEMENTS (parts)),
                      bm_part_choices (page, &look));
}
