/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

/*
 * Enrolment codes are files in <dir>/codes, named by the SM3 of the secret, so that another process
 * can give one out while the platform serves: the database has one connection. What was used is in
 * the database.
 */

/* Works without the database. @station: NULL for the first one. Returns the text to type. */
char *bm_platform_make_code (const char *dir,
                             const char *station,
                             guint16 port,
                             gint64 now_ms,
                             GError **error);

/* POST /v1/enrol. Returns the body; @ret_status is 200 or 403. NULL when the database failed. */
GBytes *bm_platform_enrol (BmPlatform *self, GBytes *body, guint *ret_status, GError **error);

G_END_DECLS
