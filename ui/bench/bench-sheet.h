/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BM_BENCH_MAX_SHEET (4 * 1024 * 1024)

#define BM_TYPE_BENCH_SHEET (bm_bench_sheet_get_type ())
G_DECLARE_FINAL_TYPE (BmBenchSheet, bm_bench_sheet, BM, BENCH_SHEET, GObject)

BmBenchSheet *bm_bench_sheet_new (void);
GtkWidget *bm_bench_sheet_get_widget (BmBenchSheet *self);
GdkTexture *bm_bench_sheet_get_texture (BmBenchSheet *self); /* nullable */
void bm_bench_sheet_show (BmBenchSheet *self, const char *path);

G_END_DECLS
