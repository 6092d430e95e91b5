/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* What SQLite needs for the file besides the base's own. */
extern const gsize bm_log_file_size;

/* Opens the log of a ledger, so that the frames of a commit are written with one call. */
int
bm_log_open (sqlite3_vfs *base, const char *name, sqlite3_file *file, int flags, int *ret_flags);

G_END_DECLS
