/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Shared dictionaries: what every payload says alike is not sent again and again. Station and platform
 * hold the same bytes under the same id, and every zstd frame names the id it was made with. A
 * dictionary never changes; a better one gets a new id. Those that come with the program are compiled in
 * (assets/dictionaries/); later ones are handed in as bytes, for this room touches no file.
 */

#define BM_DICTIONARY_MAX_BYTES (128 * 1024)
#define BM_DICTIONARY_MAX_COUNT 64           /* in a set */
#define BM_DICTIONARY_KIND      "dictionary" /* of messages */
#define BM_DICTIONARY_ENTRY     "entry"      /* of payloads */
#define BM_DICTIONARY_ANSWER    "answer"     /* of answers and what comes with them */

/**
 * BmDictionary:
 *
 * One dictionary, immutable and usable from any thread.
 */
typedef struct _BmDictionary BmDictionary;

BmDictionary *bm_dictionary_new (GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmDictionary *bm_dictionary_ref (BmDictionary *self);
void bm_dictionary_unref (BmDictionary *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmDictionary, bm_dictionary_unref)
guint32 bm_dictionary_get_id (const BmDictionary *self);
GBytes *bm_dictionary_get_bytes (const BmDictionary *self);
/* What comes down later, and how it is written (dictionary-message.c). */
BmDictionary *bm_dictionary_new_from_message (GBytes *body, gint64 version, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
GBytes *bm_dictionary_make_message (const BmDictionary *self) G_GNUC_WARN_UNUSED_RESULT;
/* What came with the program: the newest of @name. */
BmDictionary *bm_dictionary_get_builtin (const char *name);

/**
 * BmDictionaries:
 *
 * Those that a reader knows, by id; always with the ones that came with the program.
 */
typedef struct _BmDictionaries BmDictionaries;

BmDictionaries *bm_dictionaries_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bm_dictionaries_free (BmDictionaries *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmDictionaries, bm_dictionaries_free)
/* FALSE, and nothing changes, when @dictionary's id is taken by other bytes, or there are too many. */
gboolean bm_dictionaries_add (BmDictionaries *self, BmDictionary *dictionary, GError **error);
BmDictionary *bm_dictionaries_find (const BmDictionaries *self, guint32 id);

/* A zstd frame without its magic number. The caller wipes what bm_pack() gives. @dictionary may be NULL. */
GByteArray *
bm_pack (BmDictionary *dictionary, gconstpointer data, gsize len, int level, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/* What this thread packed last lies in its packing context until then: called when a person has left. What is freed is
 * overwritten by the allocator that the programs start themselves with. */
void bm_pack_forget (void);
/* Errors: BM_ERROR_CORRUPT; BM_ERROR_UNSUPPORTED for a dictionary that is not in @dictionaries; BM_ERROR_LIMIT.
 * @dictionaries NULL: those of the program. */
GBytes *bm_unpack (const BmDictionaries *dictionaries,
                   gconstpointer data,
                   gsize len,
                   gsize max,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
