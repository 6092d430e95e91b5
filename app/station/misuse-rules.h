/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/store/store.h"

G_BEGIN_DECLS

/* assets/tables/misuse.json: {"format":1, "fast":{"persons","minutes"}, "idle":{"persons","hours"}, "closed":{"looks"}}. */
gboolean bm_misuse_rules_load (const char *file, BmMisuseRules *ret_rules, GError **error);

G_END_DECLS
