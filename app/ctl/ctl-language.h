/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/language/po-file.h"
#include "core/language/table.h"

G_BEGIN_DECLS

/* language missing ID, language import FILE; the exit code. */
int bm_ctl_language (char **words, const char *out, const char *from);

/* ctl-language-file.c: what has to be written, by what is installed here; BmWanted. */
GPtrArray *bm_ctl_language_list_wanted (GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A whole language document. */
BmLanguageTable *bm_ctl_language_load (const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @from: (nullable): a translator's file with what was written already */
char *bm_ctl_language_write (const char *id, GPtrArray *wanted, BmPoFile *from, guint *ret_missing)
  G_GNUC_WARN_UNUSED_RESULT;
/* The document's body; NULL when @file has faults, old ones or such as are found here. */
json_t *bm_ctl_language_read (BmPoFile *file) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
