/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"
#include "ui/widgets/bm-photo.h"

#include <glib/gi18n-lib.h>

/* A paper: how it is laid under the camera, and then what the camera saw of it. */

/* With letters as large as this the picture gives way to them no further: whether it can be read is what is asked. */
#define LARGE_SCALE 150

static GtkWidget *
new_seen (BmPage *page)
{
  static const double least[BM_PAGE_LEVELS] = { 110, 90, 70, 55, 42, 30 };
  static const double least_large[BM_PAGE_LEVELS] = { 110, 90, 75, 60, 55, 50 };
  const double *mm = page->metrics.scale < LARGE_SCALE ? least : least_large;
  const char *photo = bm_model_string (page->model, "photo");
  GtkWidget *picture;

  if (photo == NULL || page->part > 0)
    return NULL;
  picture = bm_photo_new (&page->metrics, photo, C_ ("photo", "Picture of the paper"),
                          mm[page->level] * 4 / 3, mm[page->level]);
  gtk_widget_set_hexpand (picture, TRUE);
  gtk_widget_set_vexpand (picture, TRUE);
  return picture;
}

/* What the camera saw, and what is to be said of it: on a wide face with large letters side by side. */
static GtkWidget *
new_body (BmPage *page)
{
  GtkWidget *seen = new_seen (page);
  GtkWidget *parts[] = { seen != NULL ? seen : bm_part_illustration (page, NULL),
                         bm_part_body (page) };
  GtkWidget *body = bm_part_stack (page, parts, G_N_ELEMENTS (parts));

  if (seen != NULL && parts[1] != NULL && bm_part_is_wide (page) &&
      page->metrics.scale >= LARGE_SCALE)
    gtk_orientable_set_orientation (GTK_ORIENTABLE (body), GTK_ORIENTATION_HORIZONTAL);
  return body;
}

GtkWidget *
bm_page_photo_build (BmPage *page)
{
  BmChoiceLook look = bm_part_answers (page);

  if (bm_model_string (page->model, "photo") != NULL)
    look.is_first_wide =
      !bm_part_is_wide (page) || page->metrics.scale < LARGE_SCALE; /* keep beside again */
  return bm_part_lay (page, bm_part_question (page), new_body (page),
                      bm_part_choices (page, &look));
}
