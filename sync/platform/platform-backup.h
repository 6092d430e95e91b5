/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

/*
 * A copy of the database while it is in use: written beside @file, made durable, opened again and checked,
 * renamed; only then the stations hear of it. Keys, certificates and codes are files of the platform's
 * folder and are not in it. Returns {"file","entries","bytes"}.
 */
json_t *
bm_platform_backup (BmPlatform *self, const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Puts a backup in the place of the database of the platform in @dir, which must not be served now. The
 * old one is kept beside it. */
gboolean bm_platform_restore (const char *dir, const char *file, gint64 now_ms, GError **error);

G_END_DECLS
