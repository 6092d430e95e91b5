/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/style/tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BM_TYPE_BAR (bm_bar_get_type ())
G_DECLARE_FINAL_TYPE (BmBar, bm_bar, BM, BAR, GtkWidget)

GtkWidget *bm_bar_new (const BmMetrics *metrics, guint share);

G_END_DECLS
