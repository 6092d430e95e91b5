/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* A file of SQLite's in front of another: what it does not do itself it hands through. First in the struct of each. */
typedef struct
{
  sqlite3_file base;
  sqlite3_file *real;
} BmThroughFile;

int bm_through_close (sqlite3_file *file);
int bm_through_truncate (sqlite3_file *file, sqlite3_int64 size);
int bm_through_sync (sqlite3_file *file, int flags);
int bm_through_size (sqlite3_file *file, sqlite3_int64 *ret_size);
int bm_through_lock (sqlite3_file *file, int level);
int bm_through_unlock (sqlite3_file *file, int level);
int bm_through_check_lock (sqlite3_file *file, int *ret_locked);
int bm_through_control (sqlite3_file *file, int code, void *argument);
int bm_through_sector (sqlite3_file *file);
int bm_through_traits (sqlite3_file *file);

G_END_DECLS
