/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/error.h"

#include <jansson.h>

G_BEGIN_DECLS

/* Strict getters shared by the protocol's decoders. Private to sync/. */

typedef json_t BmJson;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmJson, json_decref)

BmJson *bm_json_parse (gconstpointer data, gsize len, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *bm_json_dump (const BmJson *value) G_GNUC_WARN_UNUSED_RESULT;

gboolean bm_json_get_int (const BmJson *object,
                          const char *key,
                          gint64 min,
                          gint64 max,
                          gint64 *ret_value,
                          GError **error);
gboolean
bm_json_get_bool (const BmJson *object, const char *key, gboolean *ret_value, GError **error);
/* Borrowed, UTF-8, at most @max bytes, no NUL inside. */
const char *bm_json_get_string (const BmJson *object, const char *key, gsize max, GError **error);
gboolean bm_json_get_hex (const BmJson *object,
                          const char *key,
                          gpointer ret_data,
                          gsize len,
                          GError **error);
gboolean
bm_json_get_epoch (const BmJson *object, const char *key, guint64 *ret_epoch, GError **error);
gboolean bm_json_check_version (const BmJson *object, GError **error);

void bm_json_set_hex (BmJson *object, const char *key, gconstpointer data, gsize len);
void bm_json_set_epoch (BmJson *object, const char *key, guint64 epoch);

/* Big-endian integers at the end of a byte array. */
void bm_put_u32 (GByteArray *out, guint32 value);
void bm_put_u64 (GByteArray *out, guint64 value);
guint32 bm_get_u32 (const guint8 *from);

G_END_DECLS
