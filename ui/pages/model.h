/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/* A page model is larger than this only by mistake. */
#define BM_MODEL_MAX_BYTES (256 * 1024)

json_t *bm_model_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
json_t *bm_model_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

const char *bm_model_text (const json_t *object, const char *key); /* never NULL */
const char *bm_model_string (const json_t *object, const char *key);
gboolean bm_model_is (const json_t *object, const char *key);
int bm_model_int (const json_t *object, const char *key, int fallback);
json_t *bm_model_object (const json_t *object, const char *key);
json_t *bm_model_item (const json_t *object, const char *key, guint index);
guint bm_model_length (const json_t *object, const char *key);

json_t *bm_model_split_lines (json_t *model, glong most) G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_model_is_same_page (json_t *one, json_t *two);

G_END_DECLS
