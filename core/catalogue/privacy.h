/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/* Whether a service's file asks for, keeps and shows of a person only what it may; FALSE with %BM_ERROR_INVALID. */
gboolean bm_privacy_check (json_t *service, char **ret_path, GError **error);

G_END_DECLS
