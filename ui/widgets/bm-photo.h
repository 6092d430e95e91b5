/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/style/tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BM_TYPE_PHOTO (bm_photo_get_type ())
G_DECLARE_FINAL_TYPE (BmPhoto, bm_photo, BM, PHOTO, GtkWidget)

GtkWidget *bm_photo_new (const BmMetrics *metrics,
                         const char *photo,
                         const char *label,
                         double min_width_mm,
                         double min_height_mm);

G_END_DECLS
