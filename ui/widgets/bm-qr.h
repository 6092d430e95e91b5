/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/style/tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *bm_qr_new (const BmMetrics *metrics, const char *text, double size_mm);

G_END_DECLS
