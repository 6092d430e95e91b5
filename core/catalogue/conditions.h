/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include <glib.h>

G_BEGIN_DECLS

/*
 * Conditions on what was answered, as data: a list, of which any item is enough; an item names fields
 * and for each the codes that fit, and all of its fields must fit:
 *
 *   [{"q.kind": ["report", "suggest"]}, {"q.what": ["other"], "q.where": ["elsewhere"]}]
 */

/* @fields: id -> string; a field that was not answered fits nothing. NULL conditions never hold. */
gboolean bm_conditions_hold (json_t *conditions, json_t *fields);

/* Whether every condition of a service names fields and codes that are there, and earlier ones. */
gboolean bm_conditions_check (json_t *service, char **ret_path, GError **error);

G_END_DECLS
