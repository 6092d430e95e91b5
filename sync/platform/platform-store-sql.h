/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/*
 * SQLite with our error domain and without ceremony. @types names the arguments that follow, one
 * letter each: i gint64, s const char * (nullable), b GBytes * (nullable), h a 32-byte hash.
 */

/* Gives a statement back: kept for the next time where its database keeps them, else finalized. */
void bm_sql_release (sqlite3_stmt *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, bm_sql_release)

/* From now on @db keeps its statements prepared, until bm_sql_close(). All use of @db is then under one
 * mutex of the caller's. */
void bm_sql_keep_statements (sqlite3 *db);
void bm_sql_close (sqlite3 *db);

gboolean bm_sql_script (sqlite3 *db, const char *sql, GError **error);
gboolean bm_sql_run (sqlite3 *db, GError **error, const char *sql, const char *types, ...);
sqlite3_stmt *bm_sql_query (sqlite3 *db, GError **error, const char *sql, const char *types, ...)
  G_GNUC_WARN_UNUSED_RESULT;
/* TRUE while there is a row; FALSE at the end or with @error set. */
gboolean bm_sql_next (sqlite3_stmt *statement, GError **error);

gint64 bm_sql_int (sqlite3_stmt *statement, int column);
const char *bm_sql_text (sqlite3_stmt *statement, int column); /* "" for NULL */
GBytes *bm_sql_bytes (sqlite3_stmt *statement, int column) G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_sql_hash (sqlite3_stmt *statement, int column, guint8 *ret_hash);

gboolean bm_sql_take_error (sqlite3 *db, GError **error);

G_END_DECLS
