/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/* 代办: which matters somebody else may hand in with a letter of authority; nothing but the file says so ("on_behalf"). */
gboolean bm_behalf_is_allowed (json_t *service);
/* Whether a file that says so may; FALSE with %BM_ERROR_INVALID. */
gboolean bm_behalf_check (json_t *service, char **ret_path, GError **error);

G_END_DECLS
