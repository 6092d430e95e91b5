/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"
#include "ui/widgets/bm-photo.h"

#include <glib/gi18n-lib.h>

/* A paper: how it is laid under the camera, and then what the camera saw of it. */

static GtkWidget *
new_seen (BmPage *page)
{
  static const double least[BM_PAGE_LEVELS] = { 110, 90, 70, 55, 42, 30 };
  const char *photo = bm_model_string (page->model, "photo");
  GtkWidget *picture;

  if (photo == NULL || page->part > 0)
    return NULL;
  picture = bm_photo_new (&page->metrics, photo, C_ ("photo", "Picture of the paper"),
                          least[page->level] * 4 / 3, least[page->level]);
  gtk_widget_set_hexpand (picture, TRUE);
  gtk_widget_set_vexpand (picture, TRUE);
  return picture;
}

GtkWidget *
bm_page_photo_build (BmPage *page)
{
  BmChoiceLook look = bm_part_answers (page);
  GtkWidget *seen = new_seen (page);
  GtkWidget *parts[] = { seen != NULL ? seen : bm_part_illustration (page, NULL),
                         bm_part_body (page) };

  if (bm_model_string (page->model, "photo") != NULL)
    look.is_first_wide =
      !bm_part_is_wide (page) || page->metrics.scale < 150; /* keep beside again */
  return bm_part_lay (page, bm_part_question (page),
                      bm_part_stack (page, parts, G_N_ELEMENTS (parts)),
                      bm_part_choices (page, &look));
}
