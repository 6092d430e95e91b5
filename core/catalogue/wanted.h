/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/catalogue/catalogue.h"
#include "core/language/language.h"

G_BEGIN_DECLS

/* What a further language has to say: the program's own messages that a resident sees, and every text of the
 * services' files and of the table of offices. */
typedef struct
{
  const char *context; /* "": none; BM_LANGUAGE_CATALOGUE: of a file */
  char *message;       /* in English */
  char *chinese;
  char *where;
  gboolean is_face;
} BmWanted;

/* @offices: (nullable): a table beside the services that has texts. Every message once. */
GPtrArray *bm_wanted_list (BmCatalogue *catalogue, json_t *offices) G_GNUC_WARN_UNUSED_RESULT;
guint bm_wanted_count_missing (GPtrArray *wanted, BmLanguageTable *table);
/* {"context": {"message": "words"}} of what the face says itself. */
json_t *bm_wanted_dup_face_words (GPtrArray *wanted, BmLanguageTable *table);

/* Puts the language's words beside the Chinese and English of every text inside @json. */
void bm_wanted_add_language (json_t *json, BmLanguageTable *table);
void bm_wanted_add_to_services (BmCatalogue *catalogue, json_t *offices, BmLanguageTable *table);

G_END_DECLS
