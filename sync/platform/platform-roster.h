/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

/* Makes a station's roster from backend/roster.json (PINs hashed, kin as subject tags) and posts
 * it. */
gboolean bm_platform_roster_make (BmPlatform *self, const char *station_id, GError **error);
/* The roster document last made, or NULL. Inside a store transaction. */
json_t *bm_platform_roster_get (BmPlatform *self, guint32 kiosk, GError **error);

G_END_DECLS
