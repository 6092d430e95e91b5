/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-admin-private.h"
#include "sync/platform/platform-store.h"

#include <string.h>

/*
 * What each station last said has to be mended: the newest audit entry of a checkup of it. Stations note
 * one only when it changed, so it may lie far back; what lies further back than LOOK_BACK is not looked for.
 */

#define LOOK_BACK 2000

/* "printer:media-empty …", "" when all was mended; NULL: the entry is about something else. */
static char *
dup_faults (GBytes *payload)
{
  gsize len;
  const char *data = g_bytes_get_data (payload, &len);
  json_t *event = json_loadb (data, len, JSON_REJECT_DUPLICATES, NULL);
  const char *name = json_string_value (json_object_get (event, "event"));
  const char *detail = json_string_value (json_object_get (event, "detail"));
  char *faults = g_strcmp0 (name, "checkup") == 0 ? g_strdup (detail != NULL ? detail : "") : NULL;

  json_decref (event);
  return faults;
}

static void
add_checkup (BmPlatform *self, json_t *list, GHashTable *seen, gint64 id)
{
  g_autoptr (BmStoredEntry) entry = bm_platform_store_get_entry (self->store, id, NULL);
  g_autoptr (BmPlatformStation) station = NULL;
  g_autoptr (GBytes) payload = NULL;
  g_autofree char *faults = NULL;
  BmEntryHeader header;

  if (entry == NULL || g_hash_table_contains (seen, GUINT_TO_POINTER (entry->kiosk)))
    return;
  payload = bm_platform_open_payload (self, entry, &header, NULL);
  faults = payload != NULL ? dup_faults (payload) : NULL;
  station = faults != NULL ? bm_platform_store_get_station (self->store, entry->kiosk, NULL) : NULL;
  if (station == NULL)
    return;
  g_hash_table_add (seen, GUINT_TO_POINTER (entry->kiosk));
  json_array_append_new (list, json_pack ("{s:s, s:I, s:s}", "station", station->id, "wall_ms",
                                          (json_int_t) header.wall_ms, "faults", faults));
}

static json_t *
list_checkups (BmPlatform *self, GError **error)
{
  g_autoptr (GArray) ids = bm_platform_store_list_audits (self->store, LOOK_BACK, error);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  json_t *list;

  if (ids == NULL)
    return NULL;
  list = json_array ();
  for (guint i = 0; i < ids->len; i++)
    add_checkup (self, list, seen, g_array_index (ids, gint64, i));
  return list;
}

char *
bm_platform_do_checkups (BmPlatform *self, const char *arguments, GError **error)
{
  json_t *list;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  list = list_checkups (self, error);
  bm_platform_store_rollback (self->store); /* only read */
  return bm_admin_dump (list);
}
