/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-roster.h"

#include "core/error.h"
#include "sync/protocol-json.h"

#include <string.h>

/*
 * What leaves for a station holds no PIN and no resident's number: PINs are hashed with their own
 * salt, and kin are subject tags under the station's salt, by which the station recognises them and
 * nobody else can.
 */

#define MAX_STAFF 64

static char *
meta_key (guint32 kiosk)
{
  return g_strdup_printf ("roster-%" G_GUINT32_FORMAT, kiosk);
}

static json_t *
make_kin (json_t *numbers, GBytes *salt, GError **error)
{
  g_autoptr (BmJson) tags = json_array ();
  json_t *number;
  gsize i;

  json_array_foreach (numbers, i, number)
  {
    g_autoptr (BmKey) key = NULL;
    g_autofree char *hex = NULL;
    guint8 tag[BM_TAG_LEN];

    if (!json_is_string (number))
      {
        g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "roster: kin_of holds no text");
        return NULL;
      }
    key = bm_slow_key (json_string_value (number), salt, error);
    if (key == NULL)
      return NULL;
    bm_subject_tag (key, tag);
    hex = bm_hex_encode (tag, sizeof tag);
    json_array_append_new (tags, json_string (hex));
  }
  return g_steal_pointer (&tags);
}

static json_t *
make_member (json_t *member, GBytes *salt, GError **error)
{
  const char *id = bm_json_get_string (member, "id", BM_PROTOCOL_MAX_NAME, error);
  const char *name = id != NULL ? bm_json_get_string (member, "name", 150, error) : NULL;
  const char *role = name != NULL ? bm_json_get_string (member, "role", 32, error) : NULL;
  const char *pin = role != NULL ? bm_json_get_string (member, "pin", 32, error) : NULL;
  g_autofree char *hash = pin != NULL ? bm_password_hash (pin, error) : NULL;
  json_t *kin = hash != NULL ? make_kin (json_object_get (member, "kin_of"), salt, error) : NULL;

  if (kin == NULL)
    return NULL;
  return json_pack ("{s:s, s:s, s:s, s:s, s:o}", "id", id, "name", name, "role", role, "pin", hash,
                    "kin", kin);
}

static BmJson *
load_source (BmPlatform *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->dir, "backend", "roster.json", NULL);
  BmJson *source = json_load_file (path, JSON_REJECT_DUPLICATES, NULL);

  if (source != NULL && json_array_size (json_object_get (source, "staff")) <= MAX_STAFF &&
      json_is_array (json_object_get (source, "duty")))
    return source;
  json_decref (source);
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s is not a roster", path);
  return NULL;
}

static json_t *
make_document (BmPlatform *self, const char *salt_hex, gint64 *ret_version, GError **error)
{
  g_autoptr (BmJson) source = load_source (self, error);
  g_autoptr (BmJson) staff = json_array ();
  g_autoptr (GBytes) salt = NULL;
  gsize salt_len = strlen (salt_hex) / 2;
  g_autofree guint8 *raw = g_malloc (salt_len);
  json_t *member;
  gsize i;

  if (source == NULL || !bm_json_get_int (source, "version", 1, G_MAXINT32, ret_version, error))
    return NULL;
  if (!bm_hex_decode (salt_hex, raw, salt_len))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_CORRUPT, "The station's salt is not hex");
      return NULL;
    }
  salt = g_bytes_new (raw, salt_len);
  json_array_foreach (json_object_get (source, "staff"), i, member)
  {
    json_t *made = make_member (member, salt, error);

    if (made == NULL)
      return NULL;
    json_array_append_new (staff, made);
  }
  return json_pack ("{s:I, s:O, s:O}", "version", (json_int_t) *ret_version, "staff", staff, "duty",
                    json_object_get (source, "duty"));
}

static BmPlatformStation *
find_station (BmPlatform *self, const char *id, GError **error)
{
  BmPlatformStation *station;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  station = bm_platform_store_find_station (self->store, id, error);
  bm_platform_store_rollback (self->store);
  if (station == NULL && (error == NULL || *error == NULL))
    g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "There is no station \"%s\"", id);
  return station;
}

static gboolean
keep_document (BmPlatform *self,
               BmPlatformStation *station,
               json_t *document,
               gint64 version,
               GError **error)
{
  g_autofree char *key = meta_key (station->kiosk);
  g_autoptr (BmJson) info = json_loads (station->info, 0, NULL);
  const char *village = json_string_value (json_object_get (info, "village"));
  char *text = json_dumps (document, JSON_COMPACT | JSON_SORT_KEYS);
  gboolean is_kept =
    bm_platform_store_set_meta (self->store, key, text, error) &&
    bm_platform_post_message (self, station->kiosk, "roster", village != NULL ? village : "",
                              version, document, error);

  free (text);
  return is_kept;
}

gboolean
bm_platform_roster_make (BmPlatform *self, const char *station_id, GError **error)
{
  g_autoptr (BmPlatformStation) station = NULL;
  g_autoptr (BmJson) document = NULL;
  gint64 version = 0;

  g_return_val_if_fail (self != NULL && station_id != NULL, FALSE);

  station = find_station (self, station_id, error);
  document = station != NULL ? make_document (self, station->subject_salt, &version, error) : NULL;
  if (document == NULL || !bm_platform_store_begin (self->store, error))
    return FALSE;
  return bm_platform_store_end (self->store,
                                keep_document (self, station, document, version, error), error);
}

json_t *
bm_platform_roster_get (BmPlatform *self, guint32 kiosk, GError **error)
{
  g_autofree char *key = meta_key (kiosk);
  g_autofree char *text = bm_platform_store_dup_meta (self->store, key, error);

  return text != NULL ? json_loads (text, 0, NULL) : NULL;
}
