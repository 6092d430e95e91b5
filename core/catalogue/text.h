/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include <glib.h>

G_BEGIN_DECLS

/* Texts of the catalogue: one per language, with {placeholders} and conditions. */

/* @text: a string or {"zh_CN": "…", "en": "…"}; never NULL, "" when there is nothing. */
const char *bm_text_pick (json_t *text);

/* The string under @key; never NULL, "" when there is none. */
const char *bm_text_get (json_t *object, const char *key);

/* manual_way and the like: the list of sentences in the person's language, or NULL. */
json_t *bm_text_pick_list (json_t *map);

/* Replaces every {name} by its value in @values (char * -> char *); an unknown one becomes "". */
char *bm_text_fill (const char *pattern, GHashTable *values) G_GNUC_WARN_UNUSED_RESULT;

/* @when: "offline !due_soon": every word must be among @flags, every !word must not. NULL is true. */
gboolean bm_text_holds (const char *when, GHashTable *flags);

/* The first placeholder or condition word that nobody fills, or NULL. */
char *bm_text_find_stranger (const char *pattern, const char *const *known);
char *bm_text_find_strange_word (const char *when, const char *const *known);

/* Overwrites every string inside @json that nobody else holds, then gives the reference up. */
void bm_json_wipe (json_t *json);

G_END_DECLS
