/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BM_TYPE_WORKER (bm_worker_get_type ())
G_DECLARE_FINAL_TYPE (BmWorker, bm_worker, BM, WORKER, GObject)

/**
 * BmWorkerFunc:
 * @data: (nullable): what was handed over with bm_worker_run_async()
 * @error: return location for an error
 *
 * Runs on the worker's thread, start to end, never concurrently with another of the same worker.
 *
 * Returns: (nullable): the result; %NULL is a valid result when @error is not set
 */
typedef gpointer (*BmWorkerFunc) (gpointer data, GError **error);

BmWorker *bm_worker_new (const char *name) G_GNUC_WARN_UNUSED_RESULT;

const char *bm_worker_get_name (BmWorker *self);
GMainContext *bm_worker_get_context (BmWorker *self);
gboolean bm_worker_is_current (BmWorker *self);

void bm_worker_run_async (BmWorker *self,
                          BmWorkerFunc func,
                          gpointer data,
                          GDestroyNotify data_free,
                          GDestroyNotify result_free,
                          gpointer source_object,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
gpointer bm_worker_run_finish (GAsyncResult *result, GError **error);
gpointer bm_worker_run_sync (BmWorker *self, BmWorkerFunc func, gpointer data, GError **error);

void bm_worker_stop (BmWorker *self);

G_END_DECLS
