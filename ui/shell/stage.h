/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BM_TYPE_STAGE (bm_stage_get_type ())
G_DECLARE_FINAL_TYPE (BmStage, bm_stage, BM, STAGE, GtkWidget)

GtkWidget *bm_stage_new (GtkWidget *child, int width, int height);

G_END_DECLS
