/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/station-config.h"

#include "core/crypto/crypto.h"
#include "core/error.h"
#include "core/ports/usb-list.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * station.conf is written by people, so it is read strictly: an unknown group or key, a key given
 * twice, a value of the wrong kind, a demo setting outside demo is an error that names file, group, key
 * and what to do about it. A typing mistake must never turn into a silent default.
 */

#define DEFAULT_MEDIA "/media"

typedef enum
{
  KIND_TEXT,
  KIND_FOLDER,
  KIND_BOOLEAN,
  KIND_TIME,
  KIND_DEVICE,
  KIND_FILE,
  KIND_PROXY,
  KIND_ADDRESS,
  KIND_MIB,
  KIND_USB,
} Kind;

typedef struct
{
  const char *group;
  const char *key;
  Kind kind;
  gboolean is_required;
  gboolean is_demo_only;
  gsize offset; /* of the field in BmConfig */
} Key;

#define AT(field) G_STRUCT_OFFSET (BmConfig, field)

static const Key known_keys[] = {
  { "station", "data", KIND_FOLDER, TRUE, FALSE, AT (data) },
  { "station", "keys", KIND_FOLDER, TRUE, FALSE, AT (keys) },
  { "station", "run", KIND_FOLDER, TRUE, FALSE, AT (run) },
  { "station", "demo", KIND_BOOLEAN, FALSE, FALSE, AT (is_demo) },
  { "station", "clock", KIND_TIME, FALSE, TRUE, AT (clock_wall_ms) },
  { "station", "language", KIND_TEXT, FALSE, FALSE, AT (language) },
  { "station", "bilingual", KIND_BOOLEAN, FALSE, FALSE, AT (is_bilingual) },
  { "station", "catalogue", KIND_FOLDER, FALSE, FALSE, AT (catalogue) },
  { "station", "voices", KIND_FOLDER, FALSE, FALSE, AT (voices) },
  { "station", "devices_folder", KIND_FOLDER, FALSE, TRUE, AT (devices) },
  { "station", "usb_devices", KIND_USB, FALSE, FALSE, AT (usb) },
  { "station", "media_folder", KIND_FOLDER, FALSE, FALSE, AT (media) },
  { "line", "proxy", KIND_PROXY, FALSE, FALSE, AT (line.proxy) },
  { "line", "ca", KIND_FILE, FALSE, FALSE, AT (line.ca_file) },
  { "line", "address", KIND_ADDRESS, FALSE, FALSE, AT (line.address) },
  { "line", "cap_day_mib", KIND_MIB, FALSE, FALSE, AT (line.cap_day_mib) },
  { "line", "cap_month_mib", KIND_MIB, FALSE, FALSE, AT (line.cap_month_mib) },
  { "seat.hall", "reader", KIND_DEVICE, FALSE, FALSE, AT (hall.reader) },
  { "seat.hall", "social_card", KIND_DEVICE, FALSE, FALSE, AT (hall.social_card) },
  { "seat.hall", "printer", KIND_DEVICE, FALSE, FALSE, AT (hall.printer) },
  { "seat.hall", "headphone", KIND_DEVICE, FALSE, FALSE, AT (hall.headphone) },
  { "seat.hall", "scanner", KIND_DEVICE, FALSE, FALSE, AT (hall.scanner) },
  { "seat.hall", "camera", KIND_DEVICE, FALSE, FALSE, AT (hall.camera) },
  { "seat.hall", "microphone", KIND_DEVICE, FALSE, FALSE, AT (hall.microphone) },
  { "seat.desk", "enabled", KIND_BOOLEAN, FALSE, FALSE, AT (desk.is_enabled) },
  { "seat.desk", "one_screen", KIND_BOOLEAN, FALSE, FALSE, AT (desk.is_one_screen) },
  { "seat.desk", "reader", KIND_DEVICE, FALSE, FALSE, AT (desk.reader) },
  { "seat.desk", "printer", KIND_DEVICE, FALSE, FALSE, AT (desk.printer) },
  { "seat.desk", "scanner", KIND_DEVICE, FALSE, FALSE, AT (desk.scanner) },
};

static gboolean
fail (GError **error, BmConfig *self, const char *group, const char *key, const char *what)
{
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
               /* Translators: file, group, key, what is wrong and what to do. */
               C_ ("config", "%s: [%s] %s: %s"), self->path, group, key, what);
  return FALSE;
}

static const Key *
find_key (const char *group, const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (known_keys); i++)
    if (g_str_equal (known_keys[i].group, group) && g_str_equal (known_keys[i].key, key))
      return &known_keys[i];
  return NULL;
}

static gboolean
is_known_group (const char *group)
{
  for (guint i = 0; i < G_N_ELEMENTS (known_keys); i++)
    if (g_str_equal (known_keys[i].group, group))
      return TRUE;
  return FALSE;
}

static gboolean
check_names (BmConfig *self, GKeyFile *file, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (file, groups[i], NULL, NULL);

      if (!is_known_group (groups[i]))
        return fail (error, self, groups[i], "-",
                     _ ("there is no such group; there are [station], [line], [seat.hall] and "
                        "[seat.desk]"));
      for (guint j = 0; keys[j] != NULL; j++)
        if (find_key (groups[i], keys[j]) == NULL)
          return fail (error, self, groups[i], keys[j],
                       _ ("there is no such key; check its spelling or remove the line"));
    }
  return TRUE;
}

/* GKeyFile lets the last of two lines win; here the second one is a mistake. */
static gboolean
check_repeats (BmConfig *self, const char *text, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *group = g_strdup ("");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = g_strstrip (lines[i]);
      char *equals = strchr (line, '=');

      if (*line == '[' && g_str_has_suffix (line, "]"))
        {
          g_free (group);
          group = g_strndup (line + 1, strlen (line) - 2);
        }
      else if (*line != '#' && equals != NULL)
        {
          *equals = '\0';
          g_strchomp (line);
          if (!g_hash_table_add (seen, g_strconcat (group, "\n", line, NULL)))
            return fail (error, self, group, line, _ ("this key is given twice; keep one line"));
        }
    }
  return TRUE;
}

static gboolean
parse_time (const char *text, gint64 *ret_wall_ms)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);

  if (time == NULL)
    return FALSE;
  *ret_wall_ms = g_date_time_to_unix (time) * 1000;
  return TRUE;
}

static gboolean
is_device (const char *text)
{
  const char *colon = strchr (text, ':');

  if (*text == '\0')
    return TRUE;
  /* Any reader will do where PC/SC is meant. */
  return colon != NULL && colon != text && (colon[1] != '\0' || g_str_equal (text, "pcsc:"));
}

/* http://[user:password@]host:port, and nothing after it. */
static gboolean
is_proxy (const char *text)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_HAS_PASSWORD, NULL);

  return uri != NULL && g_str_equal (g_uri_get_scheme (uri), "http") &&
         g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0' &&
         g_uri_get_port (uri) > 0 && *g_uri_get_path (uri) == '\0' &&
         g_uri_get_query (uri) == NULL && g_uri_get_fragment (uri) == NULL;
}

/* An address, not a name: names are what this is there to avoid. */
static gboolean
is_fixed_address (const char *text)
{
  const char *bracket = *text == '[' ? strchr (text, ']') : NULL;
  const char *colon = bracket != NULL ? bracket + 1 : strchr (text, ':');
  gsize len = bracket != NULL ? (gsize) (bracket - text) - 1
              : colon != NULL ? (gsize) (colon - text)
                              : strlen (text);
  g_autofree char *host = g_strndup (bracket != NULL ? text + 1 : text, len);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  gboolean is_v6;

  if (address == NULL)
    return FALSE;
  is_v6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
  if (is_v6 != (bracket != NULL))
    return FALSE;
  return colon == NULL || *colon == '\0' ||
         (*colon == ':' && g_ascii_string_to_unsigned (colon + 1, 10, 1, 65535, NULL, NULL));
}

static gboolean
read_ca (BmConfig *self, const Key *key, GError **error)
{
  gsize len = 0;

  if (g_file_get_contents (self->line.ca_file, &self->line.ca, &len, NULL) &&
      len <= BM_CONFIG_MAX_BYTES && strlen (self->line.ca) == len &&
      strstr (self->line.ca, "-----BEGIN CERTIFICATE-----") != NULL)
    return TRUE;
  return fail (error, self, key->group, key->key,
               _ ("the file cannot be read, or holds no certificate (PEM, -----BEGIN "
                  "CERTIFICATE-----)"));
}

static gboolean
is_usb_list (const char *text)
{
  g_autoptr (BmUsbList) list = bm_usb_list_parse (text, NULL);

  return list != NULL;
}

static gboolean
set_line_value (BmConfig *self, const Key *key, const char *text, GError **error)
{
  gpointer field = G_STRUCT_MEMBER_P (self, key->offset);
  g_autofree char *folder = g_path_get_dirname (self->path);

  switch ((int) key->kind)
    {
    case KIND_FILE:
      *(char **) field = g_canonicalize_filename (text, folder);
      return read_ca (self, key, error);
    case KIND_PROXY:
      if (!is_proxy (text))
        return fail (error, self, key->group, key->key,
                     _ ("write http://host:port, such as http://10.1.2.3:3128"));
      *(char **) field = g_strdup (text);
      return TRUE;
    case KIND_ADDRESS:
      if (!is_fixed_address (text))
        return fail (error, self, key->group, key->key,
                     _ ("write an address, such as 10.1.2.3, 10.1.2.3:8443 or [fd00::1]:8443"));
      *(char **) field = g_strdup (text);
      return TRUE;
    case KIND_MIB:
      if (!g_ascii_string_to_signed (text, 10, 1, BM_CONFIG_MAX_MIB, field, NULL))
        return fail (error, self, key->group, key->key,
                     _ ("write a whole number of MiB, such as 500"));
      return TRUE;
    case KIND_USB:
      if (!is_usb_list (text))
        return fail (error, self, key->group, key->key,
                     _ ("write vendor:product of each USB device, such as 0400:c35a 1a86:7523, and "
                        "where wanted :serial behind it"));
      *(char **) field = g_strdup (text);
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}

static gboolean
set_value (BmConfig *self, const Key *key, const char *text, GError **error)
{
  gpointer field = G_STRUCT_MEMBER_P (self, key->offset);
  g_autofree char *folder = NULL;

  switch (key->kind)
    {
    case KIND_TEXT:
      if (*text == '\0')
        return fail (error, self, key->group, key->key, _ ("a value is missing after the ="));
      *(char **) field = g_strdup (text);
      return TRUE;
    case KIND_FOLDER:
      if (*text == '\0')
        return fail (error, self, key->group, key->key, _ ("a folder is missing after the ="));
      folder = g_path_get_dirname (self->path);
      *(char **) field = g_canonicalize_filename (text, folder);
      return TRUE;
    case KIND_BOOLEAN:
      if (!g_str_equal (text, "true") && !g_str_equal (text, "false"))
        return fail (error, self, key->group, key->key, _ ("write true or false"));
      *(gboolean *) field = g_str_equal (text, "true");
      return TRUE;
    case KIND_TIME:
      if (!parse_time (text, field))
        return fail (error, self, key->group, key->key,
                     _ ("write date and time with zone, such as 2026-11-21T09:10:00+08:00"));
      self->has_clock = TRUE;
      return TRUE;
    case KIND_DEVICE:
      if (!is_device (text))
        return fail (error, self, key->group, key->key,
                     _ ("write kind:place, such as samv:/dev/ttyUSB0 or "
                        "ipp://192.168.1.9/ipp/print, or leave it empty"));
      *(char **) field = g_strdup (text);
      return TRUE;
    case KIND_FILE:
    case KIND_PROXY:
    case KIND_ADDRESS:
    case KIND_MIB:
    case KIND_USB:
    default:
      return set_line_value (self, key, text, error);
    }
}

static gboolean
read_key (BmConfig *self, GKeyFile *file, const Key *key, GError **error)
{
  g_autofree char *text = g_key_file_get_string (file, key->group, key->key, NULL);

  if (text == NULL && g_key_file_has_key (file, key->group, key->key, NULL))
    return fail (error, self, key->group, key->key, _ ("the value cannot be read as text"));
  if (text == NULL)
    return !key->is_required ||
           fail (error, self, key->group, key->key, _ ("this line is missing; add it"));
  g_strstrip (text);
  if (strlen (text) > BM_CONFIG_MAX_VALUE)
    return fail (error, self, key->group, key->key, _ ("the value is too long"));
  if (key->is_demo_only && !self->is_demo)
    return fail (error, self, key->group, key->key,
                 _ ("this is for demonstrations only; remove it or set demo=true"));
  return set_value (self, key, text, error);
}

/* The keys must not travel with a copy of the data folder (design §4). */
static gboolean
check_folders (BmConfig *self, GError **error)
{
  g_autofree char *data = g_strconcat (self->data, "/", NULL);
  g_autofree char *keys = g_strconcat (self->keys, "/", NULL);

  if (g_str_has_prefix (keys, data))
    return fail (error, self, "station", "keys",
                 _ ("the keys lie inside the data folder; choose a folder outside it"));
  return TRUE;
}

static void
fill_defaults (BmConfig *self)
{
  BmSeatConfig *seats[] = { &self->hall, &self->desk };

  self->hall.is_enabled = TRUE;
  if (self->language == NULL)
    self->language = g_strdup ("zh_CN");
  if (self->media == NULL)
    self->media = g_strdup (DEFAULT_MEDIA);
  for (guint i = 0; i < G_N_ELEMENTS (seats); i++)
    {
      if (seats[i]->reader == NULL)
        seats[i]->reader = g_strdup ("");
      if (seats[i]->social_card == NULL)
        seats[i]->social_card = g_strdup ("");
      if (seats[i]->printer == NULL)
        seats[i]->printer = g_strdup ("");
      if (seats[i]->scanner == NULL)
        seats[i]->scanner = g_strdup ("");
      if (seats[i]->headphone == NULL)
        seats[i]->headphone = g_strdup ("");
      if (seats[i]->camera == NULL)
        seats[i]->camera = g_strdup ("");
      if (seats[i]->microphone == NULL)
        seats[i]->microphone = g_strdup ("");
    }
}

static char *
read_file (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) cause = NULL;
  gsize len = 0;

  if (!g_file_get_contents (path, &text, &len, &cause))
    g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, C_ ("config", "%s cannot be read: %s"), path,
                 cause->message);
  else if (len > BM_CONFIG_MAX_BYTES)
    g_set_error (error, BM_ERROR, BM_ERROR_LIMIT, _ ("%s is too large for a configuration"), path);
  else if (strlen (text) != len || !g_utf8_validate (text, len, NULL))
    g_set_error (error, BM_ERROR, BM_ERROR_INVALID, _ ("%s is not plain UTF-8 text"), path);
  else
    return g_steal_pointer (&text);
  return NULL;
}

static gboolean
load_file (BmConfig *self, GError **error)
{
  g_autofree char *text = read_file (self->path, error);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) cause = NULL;

  if (text == NULL)
    return FALSE;
  if (!g_key_file_load_from_data (file, text, -1, G_KEY_FILE_NONE, &cause))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s: %s", self->path, cause->message);
      return FALSE;
    }
  if (!check_names (self, file, error) || !check_repeats (self, text, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (known_keys); i++)
    if (!read_key (self, file, &known_keys[i], error))
      return FALSE;
  fill_defaults (self);
  return check_folders (self, error);
}

/**
 * bm_config_load:
 * @path: station.conf
 * @error: names file, group, key and remedy
 *
 * Reads and checks the station's configuration. Relative folders count from the file's own folder.
 *
 * Returns: (transfer full): the configuration
 */
BmConfig *
bm_config_load (const char *path, GError **error)
{
  g_autoptr (BmConfig) self = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_new0 (BmConfig, 1);
  self->path = g_canonicalize_filename (path, NULL);
  if (!load_file (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

static void
clear_seat (BmSeatConfig *seat)
{
  g_free (seat->reader);
  g_free (seat->social_card);
  g_free (seat->printer);
  g_free (seat->scanner);
  g_free (seat->headphone);
  g_free (seat->camera);
  g_free (seat->microphone);
}

void
bm_config_free (BmConfig *self)
{
  if (self == NULL)
    return;
  bm_wipe_string (self->line.proxy); /* It may hold a password. */
  g_free (self->line.ca_file);
  g_free (self->line.ca);
  g_free (self->line.address);
  clear_seat (&self->hall);
  clear_seat (&self->desk);
  g_free (self->path);
  g_free (self->data);
  g_free (self->keys);
  g_free (self->run);
  g_free (self->catalogue);
  g_free (self->voices);
  g_free (self->usb);
  g_free (self->devices);
  g_free (self->media);
  g_free (self->language);
  g_free (self);
}
