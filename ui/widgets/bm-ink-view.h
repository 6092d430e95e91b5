/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/style/tokens.h"
#include "ui/widgets/bm-ink.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BM_TYPE_INK_VIEW (bm_ink_view_get_type ())
G_DECLARE_FINAL_TYPE (BmInkView, bm_ink_view, BM, INK_VIEW, GtkWidget)

GtkWidget *bm_ink_view_new (const BmMetrics *metrics,
                            BmInk *ink,
                            const char *question,
                            BmType type,
                            double height_mm);

/* For the touch filter: for so long the finger has not moved; and that it was none. */
guint32 bm_ink_view_get_rest (BmInkView *self, guint32 at);
void bm_ink_view_let_go (BmInkView *self);

/* The strokes alone, for a read-back; @label is what a screen reader says. */
GtkWidget *bm_ink_picture_new (const BmMetrics *metrics, const char *drawing, const char *label);

G_END_DECLS
