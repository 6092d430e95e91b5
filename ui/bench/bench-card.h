/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/bench/bench-device.h"
#include "ui/style/tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BM_TYPE_BENCH_CARD (bm_bench_card_get_type ())
G_DECLARE_FINAL_TYPE (BmBenchCard, bm_bench_card, BM, BENCH_CARD, GtkBox)

GtkWidget *bm_bench_card_new (const BmMetrics *metrics, BmBenchDevice *device);

G_END_DECLS
