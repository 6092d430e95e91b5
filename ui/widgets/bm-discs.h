/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/style/tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *bm_discs_new (const BmMetrics *metrics, guint reached, double disc_mm, BmType type);

G_END_DECLS
