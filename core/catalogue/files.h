/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/catalogue/catalogue.h"

G_BEGIN_DECLS

/* What services and guides have in common: a folder of JSON files, of which one that does not fit is set aside. */

/* (transfer full): an empty list of BmCatalogueFault. */
GPtrArray *bm_files_new_faults (void) G_GNUC_WARN_UNUSED_RESULT;

/* @line: 0: of the whole file. The message names the file, and the line when there is one. */
void bm_files_add_fault (GPtrArray *faults, const char *file, guint line, const char *what);

/* (transfer full) (nullable): NULL after a fault was added. */
json_t *bm_files_get_json (GPtrArray *faults, const char *file, const char *text, gsize length)
  G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) (element-type utf8) (nullable): the names of *.json in order; NULL with %BM_ERROR_NOT_FOUND. */
GPtrArray *
bm_files_list (const char *folder, const char *what, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) (nullable): the content; NULL after a fault was added. */
char *bm_files_read (GPtrArray *faults, const char *folder, const char *file, gsize *ret_length)
  G_GNUC_WARN_UNUSED_RESULT;

/* Sets @error to %BM_ERROR_INVALID and, when it is wanted, @ret_path to @path. Returns: FALSE */
gboolean
bm_files_refuse (char **ret_path, GError **error, const char *path, const char *format, ...)
  G_GNUC_PRINTF (4, 5);

G_END_DECLS
