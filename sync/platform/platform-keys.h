/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

/*
 * The keys to which stations seal, and the roots that they trust, one after the other. Files of the
 * platform's folder: seal.key, seal-2.key, seal-3.key, …; every one of them opens for ever.
 */

/* Every private key in @dir, the newest first. */
GPtrArray *bm_platform_load_seal_keys (const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Opens a run's start key with whichever of our keys it was sealed to. */
BmKey *bm_platform_open_start (BmPlatform *self, guint32 run, GBytes *sealed, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* Makes a new sealing key and tells every enrolled station with a message "seal-key"; how many. */
gint bm_platform_rotate_seal_key (BmPlatform *self, GError **error);

/* Makes a new root, under which certificates are from now on issued, and tells each station with a message
 * "ca"; how many. -1 on error. */
/* A signed document for every station: a service, a calendar, a notice. How many are told; -1 on error. */
gint bm_platform_publish (BmPlatform *self,
                          const char *kind,
                          const char *name,
                          json_t *body,
                          GError **error);
gint bm_platform_rotate_ca (BmPlatform *self, GError **error);
/* Inside a transaction: a station that enrols while there is a newer root than the server's is told, too. */
gboolean bm_platform_tell_ca (BmPlatform *self, guint32 kiosk, GError **error);
/* Puts the server under the newest root; main() starts it anew. */
gboolean bm_platform_finish_ca (BmPlatform *self, GError **error);
/* {"seal_keys":n,"roots":n,"serving":n,"behind":[STATION…]}: behind are those that have not read of the
 * newest root. */
json_t *bm_platform_report_keys (BmPlatform *self, GError **error);

G_END_DECLS
