/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform-store-sql.h"
#include "sync/platform/platform-store.h"

G_BEGIN_DECLS

#define BM_PLATFORM_STORE_VERSION 6

struct _BmPlatformStore
{
  sqlite3 *db;
  GMutex mutex;
  gboolean is_in_transaction;
};

extern const char bm_platform_store_schema_line[];

typedef json_t *(*BmMakeJson) (sqlite3_stmt *statement);
/* One value a row, as an array. */
json_t *bm_platform_store_collect_json (sqlite3_stmt *statement, BmMakeJson make, GError **error);
/* Runs a query whose first column is an id and collects the ids. */
GArray *bm_platform_store_collect_ids (sqlite3_stmt *statement, GError **error);

G_END_DECLS
