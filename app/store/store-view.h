/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/store/store-sql.h"

G_BEGIN_DECLS

/* Shared by store-rows.c, store-overview.c, store-day.c: the ledger as JSON. */

#define BM_STORE_ENTRY_COLUMNS "record, state, tries, code, reason, " BM_STORE_VISIBLE

typedef json_t *(*BmStoreReadRow) (BmStore *self, BmStatement *row);

json_t *bm_store_collect_rows (BmStore *self,
                               const char *sql,
                               gint64 bound,
                               BmStoreReadRow read,
                               GError **error);
json_t *bm_store_read_entry (BmStore *self, BmStatement *row); /* of BM_STORE_ENTRY_COLUMNS */
void bm_store_read_header (BmStatement *row, int column, BmEntryHeader *ret_header);
/* Only what waits, row by row and in counts, as "waiting" of @object. */
gboolean bm_store_add_waiting (BmStore *self, json_t *object, GError **error);
gboolean bm_store_add_progress (BmStore *self, json_t *overview, GError **error);
char *bm_store_dup_hex (gconstpointer data, gsize len);
void bm_store_set_epoch (json_t *object, guint64 epoch);

G_END_DECLS
