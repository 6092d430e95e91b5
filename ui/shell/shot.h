/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/style/tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

cairo_surface_t *bm_shot_draw (GtkWidget *widget, BmTheme theme) G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_shot_write (GtkWidget *widget, BmTheme theme, const char *path, GError **error);

G_END_DECLS
