/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/store/store-private.h"

G_BEGIN_DECLS

/**
 * BmStatement:
 *
 * A cached prepared statement, borrowed until the autoptr leaves its scope, which resets it and
 * forgets what was bound. The same SQL text must not be borrowed twice at once.
 */
typedef sqlite3_stmt BmStatement;

void bm_statement_done (BmStatement *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmStatement, bm_statement_done)

BmStatement *bm_sql_borrow (BmStore *self, const char *sql, GError **error);
gboolean bm_sql_exec (BmStore *self, const char *sql, GError **error);
/* Steps once. @ret_row: whether there is a row; NULL when none is expected. */
gboolean bm_sql_step (BmStore *self, BmStatement *statement, gboolean *ret_row, GError **error);
/* One integer, or @fallback when there is no row. */
gboolean bm_sql_read_int (BmStore *self, const char *sql, gint64 *ret_value, GError **error);

void bm_sql_bind_int (BmStatement *self, int index, gint64 value);
void bm_sql_bind_text (BmStatement *self, int index, const char *text); /* NULL binds "" */
void bm_sql_bind_blob (BmStatement *self, int index, gconstpointer data, gsize len);
void bm_sql_bind_bytes (BmStatement *self,
                        int index,
                        GBytes *bytes); /* NULL binds NULL; kept alive by the caller */

gint64 bm_sql_get_int (BmStatement *self, int column);
const char *
bm_sql_get_text (BmStatement *self, int column); /* borrowed until the next step; never NULL */
GBytes *bm_sql_dup_bytes (BmStatement *self, int column); /* NULL for NULL */
/* FALSE unless the column is a blob of exactly @len bytes. */
gboolean bm_sql_copy_blob (BmStatement *self, int column, gpointer ret_buffer, gsize len);

/* Translates what the connection reports. The ledger is dead once bytes cannot be relied on. */
void bm_sql_set_error (BmStore *self, int result, GError **error);

typedef gboolean (*BmStoreBody) (BmStore *self, gpointer data, GError **error);
/* BEGIN IMMEDIATE, @body, COMMIT; or ROLLBACK, with everything in memory as before. */
gboolean bm_store_transact (BmStore *self, BmStoreBody body, gpointer data, GError **error);
/* The same for what drains: on a full disk room is made (store-space.c) and @body runs again, at most
 * three times. */
gboolean
bm_store_transact_draining (BmStore *self, BmStoreBody body, gpointer data, GError **error);

G_END_DECLS
