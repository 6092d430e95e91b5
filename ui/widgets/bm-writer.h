/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/style/tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BM_WRITER_SHOWN 6 /* candidates at a time */

#define BM_TYPE_WRITER (bm_writer_get_type ())
G_DECLARE_FINAL_TYPE (BmWriter, bm_writer, BM, WRITER, GObject)

/* Model of words that are written with letters, and the things that show it; signal "changed". */
BmWriter *bm_writer_new (const BmMetrics *metrics, const char *label, guint max, const char *value);

void bm_writer_set_problem (BmWriter *self, const char *problem);

GtkWidget *bm_writer_new_field (BmWriter *self, int width, BmType type);
GtkWidget *bm_writer_new_candidates (BmWriter *self, guint columns, double height_mm);
GtkWidget *bm_writer_new_keys (BmWriter *self, int columns, double height_mm);

const char *bm_writer_get_text (BmWriter *self);
gboolean bm_writer_is_complete (BmWriter *self); /* words are there, and no letters wait */
gboolean bm_writer_is_composing (BmWriter *self);
gboolean bm_writer_type (BmWriter *self, guint key);
gboolean bm_writer_choose (BmWriter *self, guint index); /* of those shown */

G_END_DECLS
