/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BM_NOTICE_MAX_CHARS 200

/* Whether this build can use a document that came down. NULL: it can; else a stable word for the
 * platform, and the version before it stays. Kinds that are not known here are not judged. */
const char *
bm_document_find_fault (const char *kind, const char *name, GBytes *body) G_GNUC_WARN_UNUSED_RESULT;

/* The sentence behind the word, where there is one: which message of a language does not fit. Or NULL. */
char *bm_document_dup_reason (const char *kind, GBytes *body) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
