/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/* Whether what a service's file says under "stops" can be judged; FALSE with %BM_ERROR_INVALID. */
gboolean bm_stops_check (json_t *service, char **ret_path, GError **error);

/* Whether the codes of a field that follows from the age are ages, from the lowest. */
gboolean bm_stops_is_band (json_t *field);

G_END_DECLS
