/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/store/store.h"
#include "sync/enrolment.h"

G_BEGIN_DECLS

#define BM_LOCAL_KEY_FILE "local.key"
#define BM_CHAIN_KEY_FILE "chain.key"

/**
 * BmStationKeys:
 *
 * Who this station is, and the keys that never leave its key folder.
 */
typedef struct
{
  BmEnrolment *enrolment;
  BmKey *local; /* seals what stays here */
  BmKey *chain; /* MACs the ledger's head */
} BmStationKeys;

/* Errors: BM_ERROR_NOT_FOUND when the station is not enrolled. */
BmStationKeys *bm_station_keys_load (const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_station_keys_free (BmStationKeys *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmStationKeys, bm_station_keys_free)

/* Borrows from @self and @data_folder. */
void bm_station_keys_fill_store_setup (const BmStationKeys *self,
                                       const char *data_folder,
                                       BmStoreSetup *ret_setup);

G_END_DECLS
