/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/station/station-config.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * BmStation:
 *
 * The composition root: everything of stationd, wired together.
 *
 * Signal "quit" (): an operator asked the station to end.
 */
#define BM_TYPE_STATION (bm_station_get_type ())
G_DECLARE_FINAL_TYPE (BmStation, bm_station, BM, STATION, GObject)

/* Blocks: start of program. @config is taken over. */
BmStation *bm_station_new (BmConfig *config, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_station_start (BmStation *self); /* opens seats, printers, line */
void bm_station_stop (BmStation *self);  /* closes everything, the ledger last */

/* What `--check` does: configuration, keys, catalogue, calendar, readers' and printers' addresses;
 * opens no ledger and no device. */
gboolean bm_station_check (const BmConfig *config, GError **error);

G_END_DECLS
