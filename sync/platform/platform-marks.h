/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

/*
 * hello's part about what is held. Inside a transaction: says of each epoch that the station named how
 * much of it is here and backed up, and notices when that is less than the station was told: then this
 * database was set back, and the station gets anew whatever it may have missed.
 */
gboolean
bm_platform_tell_held (BmPlatform *self, const BmHello *hello, BmReply *reply, GError **error);

/* Inside a transaction: what came down and could not be used is kept and alarmed; it is sent again only when
 * a person says so. */
gboolean bm_platform_note_bad (BmPlatform *self, const BmHello *hello, GError **error);
/* The newest message of that kind and name goes to the station again, under a new version. */
gboolean bm_platform_send_again (BmPlatform *self,
                                 guint32 kiosk,
                                 const char *kind,
                                 const char *name,
                                 GError **error);

G_END_DECLS
