/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/style/tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *bm_cover_new (const BmMetrics *metrics, double width_mm, double height_mm, BmRole tint);

G_END_DECLS
