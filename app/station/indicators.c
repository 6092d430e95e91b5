/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/indicators.h"

#include "core/indicators/indicators.h"

/* A month's counts from the ledger, and what they saved by the catalogue's baselines. */

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  json_t *json = bm_store_json_finish (BM_STORE (source), result, &error);

  if (json == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  bm_indicators_add_savings (json, g_task_get_task_data (task));
  g_task_return_pointer (task, json, (GDestroyNotify) json_decref);
}

/**
 * bm_station_indicators_async:
 * @store: the ledger
 * @catalogue: says what a matter took before
 * @first_day: the first of a month
 * @callback: called with the result: bm_store_json_finish()
 * @user_data: for @callback
 *
 * Counts a month: core/indicators/indicators.h.
 */
void
bm_station_indicators_async (BmStore *store,
                             BmCatalogue *catalogue,
                             gint32 first_day,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (store, NULL, callback, user_data);

  g_task_set_source_tag (task, bm_station_indicators_async);
  g_task_set_task_data (task, bm_catalogue_ref (catalogue), (GDestroyNotify) bm_catalogue_unref);
  bm_store_indicators_async (store, first_day, on_counted, task);
}
