/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include <glib.h>

G_BEGIN_DECLS

#define BM_LANGUAGE_MAX_NAME     16
#define BM_LANGUAGE_MAX_FONTS    4
#define BM_LANGUAGE_MAX_MESSAGES 4000
#define BM_LANGUAGE_MAX_FURTHER  8 /* languages besides Chinese and English */

/*
 * A further language, as people wrote it and the platform signed it:
 *
 *  { "version": 1, "kind": "language", "id": "xx", "name": "…in itself", "direction": "ltr" | "rtl",
 *    "fonts": ["Noto Sans …"]?,
 *    "messages": { "context": { "message in English": "words" } } }
 *
 * A message without a context is under "". Texts of the services' files are under "catalogue", by their
 * English. What is not there is not an error: whether a language is whole is asked of core/catalogue/wanted.h.
 */
typedef struct _BmLanguageTable BmLanguageTable;

#define BM_LANGUAGE_CATALOGUE "catalogue" /* the context of texts of the services' files */

BmLanguageTable *
bm_language_table_from_json (json_t *document, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For a face, which is handed a few words by its station; @messages as above, or NULL. */
BmLanguageTable *bm_language_table_new (const char *id, json_t *messages) G_GNUC_WARN_UNUSED_RESULT;
BmLanguageTable *bm_language_table_ref (BmLanguageTable *self);
void bm_language_table_unref (BmLanguageTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmLanguageTable, bm_language_table_unref)

const char *bm_language_table_get_id (BmLanguageTable *self); /* interned */
const char *bm_language_table_get_name (BmLanguageTable *self);
gboolean bm_language_table_is_rtl (BmLanguageTable *self);
json_t *bm_language_table_get_fonts (BmLanguageTable *self); /* an array, maybe empty */
guint bm_language_table_count (BmLanguageTable *self);

/* @context: NULL or "" for none. The words outlive the table. NULL: it has none for it. */
const char *
bm_language_table_find (BmLanguageTable *self, const char *context, const char *message);

/* Family names that a style sheet may hold as they are. */
gboolean bm_language_is_font (const char *name);

G_END_DECLS
