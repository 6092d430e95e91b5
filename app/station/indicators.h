/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/store/store.h"
#include "core/catalogue/catalogue.h"

G_BEGIN_DECLS

void bm_station_indicators_async (BmStore *store,
                                  BmCatalogue *catalogue,
                                  gint32 first_day,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

G_END_DECLS
