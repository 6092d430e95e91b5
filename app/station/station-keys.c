/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/station-keys.h"

#include "core/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_KEY_FILE 4096

static BmKey *
load_key (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) cause = NULL;
  char *text = NULL;
  gsize len = 0;
  BmKey *key = NULL;

  if (!g_file_get_contents (path, &text, &len, &cause))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, _ ("The key %s cannot be read: %s"), path,
                   cause->message);
      return NULL;
    }
  if (len <= MAX_KEY_FILE && strlen (text) == len)
    key = bm_key_new_from_string (g_strstrip (text), NULL);
  bm_wipe_string (text);
  if (key != NULL && bm_key_get_kind (key) == BM_KEY_SYMMETRIC)
    return key;
  g_clear_pointer (&key, bm_key_unref);
  g_set_error (error, BM_ERROR, BM_ERROR_CORRUPT,
               _ ("The key %s is damaged. Take it from the backup of the keys"), path);
  return NULL;
}

/**
 * bm_station_keys_load:
 * @folder: the key folder
 * @error: %BM_ERROR_NOT_FOUND when the station is not enrolled or a key is missing
 *
 * Returns: (transfer full): the keys
 */
BmStationKeys *
bm_station_keys_load (const char *folder, GError **error)
{
  g_autoptr (BmStationKeys) self = NULL;

  g_return_val_if_fail (folder != NULL, NULL);

  self = g_new0 (BmStationKeys, 1);
  self->enrolment = bm_enrolment_load (folder, error);
  if (self->enrolment == NULL)
    return NULL;
  self->local = load_key (folder, BM_LOCAL_KEY_FILE, error);
  if (self->local == NULL)
    return NULL;
  self->chain = load_key (folder, BM_CHAIN_KEY_FILE, error);
  if (self->chain == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

void
bm_station_keys_free (BmStationKeys *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->enrolment, bm_enrolment_unref);
  g_clear_pointer (&self->local, bm_key_unref);
  g_clear_pointer (&self->chain, bm_key_unref);
  g_free (self);
}

void
bm_station_keys_fill_store_setup (const BmStationKeys *self,
                                  const char *data_folder,
                                  BmStoreSetup *ret_setup)
{
  const BmEnrolment *enrolment;

  g_return_if_fail (self != NULL && data_folder != NULL && ret_setup != NULL);

  enrolment = self->enrolment;
  *ret_setup = (BmStoreSetup){
    .folder = data_folder,
    .village = bm_enrolment_get_village (enrolment),
    .terminal = bm_enrolment_get_terminal (enrolment),
    .epoch_label = bm_enrolment_get_epoch_label (enrolment),
    .counter_start = bm_enrolment_get_counter_start (enrolment),
    .kiosk = bm_enrolment_get_kiosk (enrolment),
    .qr_host = bm_enrolment_get_qr_host (enrolment),
    .terminal_key = (BmKey *) bm_enrolment_get_terminal_key (enrolment),
    .local_key = self->local,
    .chain_key = self->chain,
    .platform_seal_key = (BmKey *) bm_enrolment_get_seal_key (enrolment),
    .platform_sign_key = (BmKey *) bm_enrolment_get_platform_key (enrolment),
  };
}
