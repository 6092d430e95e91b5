/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-dictionary.h"

#include "core/error.h"
#include "sync/platform/platform-intake.h"
#include "sync/platform/platform-store-marks.h"
#include "sync/protocol-json.h"

#include <glib/gstdio.h>

#include <errno.h>

/*
 * Dictionaries that stations pack their payloads with. The folder "dictionaries" holds the body of each
 * message ever sent, under its id. Nothing is ever removed from it: an entry may come after years.
 *
 * Invariant: a dictionary is on disk here before any station can hear of it.
 */

#define FOLDER "dictionaries"

static BmDictionary *
read_dictionary (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) body = NULL;
  gsize len = 0;

  if (!g_file_get_contents (path, &text, &len, &local_error))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s", local_error->message);
      return NULL;
    }
  body = g_bytes_new (text, len);
  return bm_dictionary_new_from_message (body, g_ascii_strtoll (name, NULL, 10), error);
}

BmDictionaries *
bm_platform_load_dictionaries (const char *dir, GError **error)
{
  g_autofree char *folder = g_build_filename (dir, FOLDER, NULL);
  g_autoptr (GDir) names = g_dir_open (folder, 0, NULL);
  g_autoptr (BmDictionaries) set = bm_dictionaries_new ();
  const char *name;

  while (names != NULL && (name = g_dir_read_name (names)) != NULL)
    {
      g_autoptr (BmDictionary) one = NULL;

      if (!g_str_has_suffix (name, ".json"))
        continue;
      one = read_dictionary (folder, name, error);
      if (one == NULL || !bm_dictionaries_add (set, one, error))
        return NULL;
    }
  return g_steal_pointer (&set);
}

static BmDictionary *
read_file (const char *path, GError **error)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize len = 0;

  if (!g_file_get_contents (path, &data, &len, &local_error))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s", local_error->message);
      return NULL;
    }
  bytes = g_bytes_new (data, len);
  return bm_dictionary_new (bytes, error);
}

static gboolean
keep (BmPlatform *self, const BmDictionary *dictionary, const char *text, GError **error)
{
  g_autofree char *folder = g_build_filename (self->dir, FOLDER, NULL);
  g_autofree char *name = g_strdup_printf ("%u.json", bm_dictionary_get_id (dictionary));
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (g_mkdir_with_parents (folder, 0700) == 0)
    return bm_platform_write_private (path, text, error);
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s: %s", folder, g_strerror (errno));
  return FALSE;
}

/* Inside a transaction. A station that has this or a newer one is not told again. */
static gint
tell_all (BmPlatform *self, gint64 id, json_t *body, GError **error)
{
  g_autoptr (GArray) kiosks = bm_platform_store_list_enrolled (self->store, error);
  gint n_told = 0;

  for (guint i = 0; kiosks != NULL && i < kiosks->len; i++)
    {
      guint32 kiosk = (guint32) g_array_index (kiosks, gint64, i);

      if (bm_platform_store_has_version (self->store, kiosk, BM_DICTIONARY_KIND,
                                         BM_DICTIONARY_ENTRY, id))
        continue;
      if (!bm_platform_post_message (self, kiosk, BM_DICTIONARY_KIND, BM_DICTIONARY_ENTRY, id, body,
                                     error))
        return -1;
      n_told++;
    }
  return kiosks != NULL ? n_told : -1;
}

static gint
publish (BmPlatform *self, BmDictionary *dictionary, GError **error)
{
  g_autoptr (GBytes) message = bm_dictionary_make_message (dictionary);
  g_autofree char *text = g_strndup (g_bytes_get_data (message, NULL), g_bytes_get_size (message));
  g_autoptr (BmJson) body = json_loads (text, 0, NULL);

  /* The set is read only inside transactions, too. */
  if (!bm_dictionaries_add (self->dictionaries, dictionary, error) ||
      !keep (self, dictionary, text, error) || !bm_platform_settle_undictionaried (self, error))
    return -1;
  return tell_all (self, bm_dictionary_get_id (dictionary), body, error);
}

gint
bm_platform_publish_dictionary (BmPlatform *self, const char *path, GError **error)
{
  g_autoptr (BmDictionary) dictionary = NULL;
  gint n_told;

  g_return_val_if_fail (self != NULL && path != NULL, -1);

  dictionary = read_file (path, error);
  if (dictionary == NULL || !bm_platform_store_begin (self->store, error))
    return -1;
  n_told = publish (self, dictionary, error);
  return bm_platform_store_end (self->store, n_told >= 0, error) ? n_told : -1;
}
