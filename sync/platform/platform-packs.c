/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-packs"

#include "sync/platform/platform-packs-private.h"

#include "core/calendar/day.h"
#include "core/error.h"

/* Publishing: every station that is not revoked, village by village. */

typedef struct
{
  const char *as_of;
  GHashTable *villages; /* village -> BmVillagePack; NULL when it could not be made */
  gint64 stations;
  gint64 messages;
  GError *first_error; /* one village's trouble does not delay the others */
} Publishing;

static BmVillagePack *
ensure_village (BmPlatform *self, Publishing *run, const char *village, GError **error)
{
  BmVillagePack *pack = NULL;

  if (g_hash_table_lookup_extended (run->villages, village, NULL, (gpointer *) &pack))
    return pack;
  pack = bm_village_pack_new (self, village, run->as_of, error);
  g_hash_table_insert (run->villages, g_strdup (village), pack);
  return pack;
}

static char *
find_village (BmPlatform *self, guint32 kiosk, GError **error)
{
  g_autoptr (BmPlatformStation) station = NULL;
  g_autoptr (BmJson) info = NULL;
  const char *village;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  station = bm_platform_store_get_station (self->store, kiosk, error);
  bm_platform_store_rollback (self->store); /* only read */
  info = station != NULL ? json_loads (station->info, 0, NULL) : NULL;
  village = json_string_value (json_object_get (info, "village"));
  if (village == NULL && (error == NULL || *error == NULL))
    g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "Station %u has no village", kiosk);
  return g_strdup (village);
}

static gboolean
publish_station (BmPlatform *self, Publishing *run, guint32 kiosk, GError **error)
{
  g_autofree char *village = find_village (self, kiosk, error);
  BmVillagePack *pack = village != NULL ? ensure_village (self, run, village, error) : NULL;
  gint sent = pack != NULL ? bm_packs_send (self, kiosk, pack, run->as_of != NULL, error) : -1;

  if (sent < 0)
    return FALSE;
  run->stations++;
  run->messages += sent;
  return TRUE;
}

static GArray *
list_stations (BmPlatform *self, GError **error)
{
  GArray *kiosks;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  kiosks = bm_platform_store_list_stations (self->store, error);
  bm_platform_store_rollback (self->store); /* only read */
  return kiosks;
}

static json_t *
report (const Publishing *run)
{
  gint64 residents = 0;
  gint64 skipped = 0;
  gint64 keys = 0;
  gint32 as_of = 0;
  g_autofree char *day = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, run->villages);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const BmVillagePack *pack = value;

      if (pack == NULL)
        continue;
      residents += pack->items->len;
      skipped += pack->skipped;
      keys += pack->new_keys;
      as_of = MAX (as_of, pack->head->as_of);
    }
  day = as_of != 0 ? bm_day_to_string (as_of) : g_strdup ("");
  return json_pack ("{s:s, s:I, s:I, s:I, s:I, s:I}", "as_of", day, "stations",
                    (json_int_t) run->stations, "residents", (json_int_t) residents, "skipped",
                    (json_int_t) skipped, "keys", (json_int_t) keys, "messages",
                    (json_int_t) run->messages);
}

static void
publish_all (BmPlatform *self, Publishing *run)
{
  g_autoptr (GArray) kiosks = list_stations (self, &run->first_error);

  for (guint i = 0; kiosks != NULL && i < kiosks->len; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!publish_station (self, run, (guint32) g_array_index (kiosks, gint64, i), &error) &&
          run->first_error == NULL)
        run->first_error = g_steal_pointer (&error);
    }
}

/**
 * bm_platform_packs_publish:
 * @self: the platform
 * @as_of: (nullable): as if the data were of that day; %NULL for what the office has
 * @error: the first trouble; what could be sent was sent nevertheless
 *
 * Leaves for every station what changed in its village. May take minutes, and holds nothing meanwhile
 * that a request needs. Any thread may call it.
 *
 * Returns: (transfer full): what was done
 */
json_t *
bm_platform_packs_publish (BmPlatform *self, const char *as_of, GError **error)
{
  Publishing run = { .as_of = as_of };
  json_t *done = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  run.villages =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) bm_village_pack_free);
  g_mutex_lock (&self->packs->mutex);
  publish_all (self, &run);
  g_mutex_unlock (&self->packs->mutex);
  if (run.first_error != NULL)
    g_propagate_error (error, run.first_error);
  else
    done = report (&run);
  g_hash_table_unref (run.villages);
  return done;
}
