/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/* Half a working day at which somebody comes: "2026-11-24-am", or BM_SLOT_ANY: it is talked over on the telephone. */

#define BM_SLOT_ANY "any"

/* So often somebody was not met before a visit may be ended without one. */
#define BM_VISIT_TRIES 2

json_t *bm_slot_find_field (json_t *service); /* (transfer none) (nullable) */
const char *bm_slot_find_fault (json_t *service, json_t *field);
gboolean bm_slot_split (const char *slot, gint32 *ret_day, gboolean *ret_is_afternoon);
char *bm_slot_new (gint32 day, gboolean is_afternoon);

G_END_DECLS
