/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/* Shared inside core/pack only: the strict shapes of what a pack is made of. */

#define BM_PACK_MAX_RECORDS 1000000
#define BM_PACK_MAX_SEALED  (BM_PACK_MAX_RECORD * 2) /* base64 of a sealed record */

gboolean bm_pack_check_head (json_t *head, GError **error);
gboolean bm_pack_check_bucket (json_t *bucket, GError **error);
gboolean bm_pack_is_hex (const char *text);

G_END_DECLS
