/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/style/tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BM_TYPE_METER (bm_meter_get_type ())
G_DECLARE_FINAL_TYPE (BmMeter, bm_meter, BM, METER, GtkWidget)

GtkWidget *bm_meter_new (const BmMetrics *metrics, const char *label, guint most, double height_mm);
void bm_meter_set_level (BmMeter *self, guint level);
guint bm_meter_get_level (BmMeter *self);

G_END_DECLS
