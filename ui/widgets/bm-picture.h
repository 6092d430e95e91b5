/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/widgets/bm-drawing.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BM_TYPE_PICTURE (bm_picture_get_type ())
G_DECLARE_FINAL_TYPE (BmPicture, bm_picture, BM, PICTURE, GtkWidget)

GtkWidget *bm_picture_new (const BmMetrics *metrics, const char *name, double size_mm, BmRole tint);
GtkWidget *bm_picture_new_large (const BmMetrics *metrics, const char *name, double min_mm);
GtkWidget *bm_picture_new_banner (const BmMetrics *metrics, const char *name, double height_mm);

void bm_picture_set_plain (BmPicture *self, gboolean is_plain);
void bm_picture_set_tint (BmPicture *self, BmRole tint);
const char *bm_picture_get_name (BmPicture *self); /* nullable */
void bm_picture_set_name (BmPicture *self, const char *name);
void bm_picture_set_ink (BmPicture *self, BmRole ink);

G_END_DECLS
