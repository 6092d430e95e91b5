/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform.h"

#include "core/error.h"
#include "sync/platform/backend-rules.h"
#include "sync/platform/platform-dictionary.h"
#include "sync/platform/platform-keys.h"
#include "sync/platform/platform-packs.h"
#include "sync/platform/platform-roster.h"
#include "sync/protocol-json.h"

#include <config.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include <errno.h>
#include <string.h>

/*
 * A platform's folder, mode 0700: ca.pem ca.key server.pem server.key seal.key sign.key pack.key
 * platform.json platform.db, codes/ (open enrolment codes) and backend/ (the rules' own copy of its
 * data).
 */

#define MAX_DATA_BYTES (4 * 1024 * 1024)
#define SALT_LEN       16

static const char *const data_files[] = { "rules.json",    "pension.json", "benefits.json",
                                          "residents.csv", "roster.json",  "station.json" };

static gboolean
translate (GError *from, GError **error)
{
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s", from->message);
  return FALSE;
}

static gboolean
write_file (const char *dir, const char *name, const char *text, gssize len, GError **error)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GError) local_error = NULL;

  if (!g_file_set_contents_full (path, text, len,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &local_error))
    return translate (local_error, error);
  return TRUE;
}

static char *
read_file (const char *dir, const char *name, gsize *ret_len, GError **error)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GError) local_error = NULL;
  char *text = NULL;

  if (g_file_get_contents (path, &text, ret_len, &local_error))
    return text;
  (void) translate (local_error, error);
  return NULL;
}

static BmJson *
read_json (const char *dir, const char *name, GError **error)
{
  gsize len = 0;
  g_autofree char *text = read_file (dir, name, &len, error);
  BmJson *value;

  if (text == NULL)
    return NULL;
  value = len <= MAX_DATA_BYTES ? json_loadb (text, len, JSON_REJECT_DUPLICATES, NULL) : NULL;
  if (value == NULL)
    g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s in %s is not valid JSON", name, dir);
  return value;
}

static gboolean
make_folder (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s: %s", path, g_strerror (errno));
  return FALSE;
}

static gboolean
copy_data (const char *from, const char *to, GError **error)
{
  if (!make_folder (to, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (data_files); i++)
    {
      gsize len = 0;
      g_autofree char *text = read_file (from, data_files[i], &len, error);

      if (text == NULL || !write_file (to, data_files[i], text, (gssize) len, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_key (const char *dir, const char *name, GError **error)
{
  g_autoptr (BmKey) key = bm_key_generate (BM_KEY_SM2_PRIVATE, error);
  char *text;
  gboolean is_written;

  if (key == NULL)
    return FALSE;
  text = bm_key_to_string (key);
  is_written = write_file (dir, name, text, -1, error);
  bm_wipe_string (text);
  return is_written;
}

static gboolean
write_settings (const char *dir, const char *host, GError **error)
{
  g_autoptr (BmJson) settings = json_pack ("{s:i, s:s}", "version", 1, "host", host);
  g_autoptr (GBytes) bytes = bm_json_dump (settings);
  gsize len;
  const char *text = g_bytes_get_data (bytes, &len);

  return write_file (dir, "platform.json", text, (gssize) len, error);
}

static gboolean
register_station (BmPlatform *self, json_t *info, GError **error)
{
  g_autoptr (BmPlatformStation) station = g_new0 (BmPlatformStation, 1);
  g_autoptr (GBytes) text = bm_json_dump (info);
  g_autoptr (BmKey) terminal_key = NULL;
  const char *id = bm_json_get_string (info, "id", BM_PROTOCOL_MAX_NAME, error);
  guint8 salt[SALT_LEN];
  gint64 kiosk = 0;

  if (id == NULL || !bm_json_get_int (info, "kiosk", 1, G_MAXUINT32, &kiosk, error))
    return FALSE;
  terminal_key = bm_key_generate (BM_KEY_SYMMETRIC, error);
  if (terminal_key == NULL)
    return FALSE;
  bm_random_bytes (salt, sizeof salt);
  station->kiosk = (guint32) kiosk;
  station->id = g_strdup (id);
  station->info = g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  station->terminal_key = bm_key_to_string (terminal_key);
  station->subject_salt = bm_hex_encode (salt, sizeof salt);
  if (!bm_platform_store_begin (self->store, error))
    return FALSE;
  return bm_platform_store_end (self->store,
                                bm_platform_store_add_station (self->store, station, error), error);
}

static gboolean
register_stations (BmPlatform *self, const char *wanted, GError **error)
{
  g_autofree char *dir = g_build_filename (self->dir, "backend", NULL);
  g_autoptr (BmJson) document = read_json (dir, "station.json", error);
  gboolean has_wanted = FALSE;
  json_t *info;
  gsize i;

  if (document == NULL)
    return FALSE;
  json_array_foreach (json_object_get (document, "stations"), i, info)
  {
    const char *id = json_string_value (json_object_get (info, "id"));

    has_wanted = has_wanted || g_strcmp0 (id, wanted) == 0;
    if (!register_station (self, info, error) || !bm_platform_roster_make (self, id, error))
      return FALSE;
  }
  if (!has_wanted)
    g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "station.json has no station \"%s\"", wanted);
  return has_wanted;
}

static gboolean
is_platform (const char *dir)
{
  g_autofree char *marker = g_build_filename (dir, "platform.json", NULL);

  return g_file_test (marker, G_FILE_TEST_EXISTS);
}

/* An init that failed half way must not look like a platform. */
static void
forget_platform (const char *dir)
{
  static const char *const names[] = { "platform.json", "platform.db", "platform.db-wal" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (dir, names[i], NULL);

      (void) g_unlink (path); /* it may not have been made yet */
    }
}

static gboolean
fill_platform (const char *dir, const char *station, GError **error)
{
  g_autoptr (BmClock) clock = bm_system_clock_new ();
  g_autoptr (BmPlatform) self = bm_platform_open (dir, clock, error);

  return self != NULL && register_stations (self, station, error);
}

/**
 * bm_platform_init:
 * @dir: the folder to make; must not hold a platform yet
 * @host: name or address for the server certificate
 * @station: which station of station.json must be there
 * @demo_data: folder with rules, records, residents, roster and stations
 * @error: return location
 *
 * Makes a whole platform: authority, keys, database, stations with their rosters.
 */
gboolean
bm_platform_init (const char *dir,
                  const char *host,
                  const char *station,
                  const char *demo_data,
                  GError **error)
{
  g_autofree char *backend = g_build_filename (dir, "backend", NULL);
  g_autofree char *codes = g_build_filename (dir, "codes", NULL);

  g_return_val_if_fail (dir != NULL && host != NULL && station != NULL && demo_data != NULL, FALSE);

  if (is_platform (dir))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_REFUSED, "%s already holds a platform", dir);
      return FALSE;
    }
  if (make_folder (dir, error) && make_folder (codes, error) &&
      copy_data (demo_data, backend, error) && bm_platform_ca_create (dir, host, error) &&
      make_key (dir, "seal.key", error) && make_key (dir, "sign.key", error) &&
      write_settings (dir, host, error) && fill_platform (dir, station, error))
    return TRUE;
  forget_platform (dir);
  return FALSE;
}

static BmKey *
read_key (const char *dir, const char *name, GError **error)
{
  char *text = read_file (dir, name, NULL, error);
  BmKey *key;

  if (text == NULL)
    return NULL;
  key = bm_key_new_from_string (g_strstrip (text), error);
  bm_wipe_string (text);
  return key;
}

static gboolean
load_services (BmPlatform *self, GError **error)
{
  g_autoptr (BmJson) catalogue = bm_backend_fetch_catalogue (self->backend, error);
  json_t *service;
  gsize i;

  if (catalogue == NULL)
    return FALSE;
  self->hellos = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->services = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  json_array_foreach (json_object_get (catalogue, "services"), i, service)
    g_hash_table_add (self->services, g_strdup (json_string_value (service)));
  return TRUE;
}

static char *
find_catalogue (void)
{
  const char *assets = g_getenv ("BIANMIN_ASSETS");

  return g_build_filename (assets != NULL ? assets : BM_PKGDATADIR, "catalogue", NULL);
}

static gboolean
open_parts (BmPlatform *self, GError **error)
{
  g_autofree char *backend = g_build_filename (self->dir, "backend", NULL);
  g_autofree char *database = g_build_filename (self->dir, "platform.db", NULL);
  g_autofree char *catalogue = find_catalogue ();

  self->ca = bm_platform_ca_load (self->dir, error);
  self->seal_keys = self->ca != NULL ? bm_platform_load_seal_keys (self->dir, error) : NULL;
  self->sign_key = self->seal_keys != NULL ? read_key (self->dir, "sign.key", error) : NULL;
  if (self->sign_key == NULL)
    return FALSE;
  self->backend = bm_backend_rules_new (backend, catalogue, error);
  if (self->backend == NULL || !load_services (self, error))
    return FALSE;
  self->store = bm_platform_store_open (database, error);
  self->packs = self->store != NULL ? bm_platform_packs_new (self->dir, error) : NULL;
  self->dictionaries =
    self->packs != NULL ? bm_platform_load_dictionaries (self->dir, error) : NULL;
  return self->dictionaries != NULL;
}

/**
 * bm_platform_open:
 * @dir: a folder made by bm_platform_init()
 * @clock: the platform's clock
 * @error: %BM_ERROR_BUSY when another process serves it
 */
BmPlatform *
bm_platform_open (const char *dir, BmClock *clock, GError **error)
{
  g_autoptr (BmPlatform) self = NULL;
  g_autoptr (BmJson) settings = NULL;
  const char *host;

  g_return_val_if_fail (dir != NULL && BM_IS_CLOCK (clock), NULL);

  if (!is_platform (dir))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "%s holds no platform; run init first",
                   dir);
      return NULL;
    }
  settings = read_json (dir, "platform.json", error);
  host =
    settings != NULL ? bm_json_get_string (settings, "host", BM_PROTOCOL_MAX_HOST, error) : NULL;
  if (host == NULL)
    return NULL;
  self = g_new0 (BmPlatform, 1);
  g_mutex_init (&self->case_mutex);
  self->dir = g_strdup (dir);
  self->host = g_strdup (host);
  self->clock = g_object_ref (clock);
  self->faults = bm_platform_faults_new ();
  self->parts = bm_parts_new ();
  self->runs = bm_runs_new ();
  if (!open_parts (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
bm_platform_free (BmPlatform *self)
{
  if (self == NULL)
    return;
  bm_dictionaries_free (self->dictionaries);
  bm_platform_packs_free (self->packs);
  bm_platform_store_free (self->store);
  g_clear_object (&self->backend);
  g_clear_pointer (&self->hellos, g_hash_table_unref);
  g_clear_pointer (&self->services, g_hash_table_unref);
  g_clear_pointer (&self->sign_key, bm_key_unref);
  g_clear_pointer (&self->seal_keys, g_ptr_array_unref);
  bm_runs_free (self->runs);
  bm_platform_ca_free (self->ca);
  bm_platform_faults_free (self->faults);
  bm_parts_free (self->parts);
  g_clear_object (&self->clock);
  g_free (self->url);
  g_free (self->host);
  g_free (self->dir);
  g_mutex_clear (&self->case_mutex);
  g_free (self);
}

void
bm_platform_set_port (BmPlatform *self, guint16 port)
{
  gboolean is_ipv6;

  g_return_if_fail (self != NULL);

  is_ipv6 = strchr (self->host, ':') != NULL;
  g_free (self->url);
  self->url =
    g_strdup_printf ("https://%s%s%s:%u", is_ipv6 ? "[" : "", self->host, is_ipv6 ? "]" : "", port);
}

gint64
bm_platform_now (BmPlatform *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return bm_clock_get_wall_ms (self->clock);
}

char *
bm_platform_format_time (gint64 wall_ms)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (8 * 60 * 60);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (wall_ms / 1000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;

  return local != NULL ? g_date_time_format (local, "%Y-%m-%dT%H:%M:%S+08:00") : g_strdup ("");
}

gboolean
bm_platform_write_private (const char *path, const char *text, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (g_file_set_contents_full (path, text, -1,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &local_error))
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s", local_error->message);
  return FALSE;
}
