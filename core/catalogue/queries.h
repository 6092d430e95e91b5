/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/* Whether "query" says something of each state of the part that it asks for; FALSE with %BM_ERROR_INVALID. */
gboolean bm_queries_check (json_t *service, char **ret_path, GError **error);

G_END_DECLS
