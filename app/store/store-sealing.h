/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/store/store-private.h"

G_BEGIN_DECLS

/* What stays on the disk lies under the local key, bound to @what and @name ("slip", number). @key:
 * another one, or NULL. */
GBytes *bm_store_seal_json (BmStore *self,
                            const BmKey *key,
                            const char *what,
                            const char *name,
                            json_t *value,
                            GError **error);
json_t *bm_store_unseal_json (BmStore *self,
                              const BmKey *key,
                              const char *what,
                              const char *name,
                              GBytes *sealed,
                              GError **error);
GBytes *bm_store_seal_bytes (BmStore *self,
                             const char *what,
                             const char *name,
                             GBytes *plain,
                             GError **error);
GBytes *bm_store_unseal_bytes (BmStore *self,
                               const char *what,
                               const char *name,
                               GBytes *sealed,
                               GError **error);

G_END_DECLS
