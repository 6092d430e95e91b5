/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/language/table.h"

G_BEGIN_DECLS

/*
 * Which language words are made in. A process speaks one, Chinese; while a page is made for somebody who
 * asked for another, the thread that makes it speaks that one (language.c). A file that makes words for
 * such pages includes this instead of gi18n, and marks them in the same way.
 */

#define BM_LANGUAGE_CHINESE "zh_CN"
#define BM_LANGUAGE_ENGLISH "en"
#define BM_MAX_LANGUAGE_ID  16

/* @language: NULL for that of the process. What was spoken before, for bm_language_end(). */
const char *bm_language_begin (const char *language);
void bm_language_end (const char *before);
const char *bm_language_get (void); /* never NULL */
gboolean bm_language_is_id (const char *language);

/* From now on every thread can speak the language of @table; one of the same id gives way. */
void bm_language_install (BmLanguageTable *table);
char **bm_language_list_installed (void); /* (transfer full): their ids */

/* A marked message, with or without its context. */
const char *bm_language_translate (const char *context, const char *message) G_GNUC_FORMAT (2);

#define _(message)            bm_language_translate (NULL, message)
#define C_(context, message)  bm_language_translate (context, message)
#define NC_(context, message) (message)

G_END_DECLS
