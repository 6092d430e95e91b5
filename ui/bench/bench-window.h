/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/bench/bench-device.h"
#include "ui/style/tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BM_TYPE_BENCH_WINDOW (bm_bench_window_get_type ())
G_DECLARE_FINAL_TYPE (BmBenchWindow, bm_bench_window, BM, BENCH_WINDOW, GtkWindow)

BmBenchWindow *bm_bench_window_new (const char *folder, double pitch, int width, int height);

gboolean bm_bench_window_is_settled (BmBenchWindow *self);
const BmMetrics *bm_bench_window_get_metrics (BmBenchWindow *self);
BmBenchDevice *bm_bench_window_get_device (BmBenchWindow *self, const char *id); /* nullable */

G_END_DECLS
