/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-packs"

#include "sync/platform/platform-packs-private.h"

#include "core/error.h"

#include <gio/gio.h>

#include <string.h>

/*
 * The slow key of each resident, once per year.
 *
 * It is kept sealed under pack.key, a file beside the database, and under a tag that only pack.key can
 * make: who has the database alone can neither open a pack with it nor try numbers faster than
 * Argon2id lets him. A salt belongs to a pack and a year: with the new year every key is a new one,
 * and the keys of the year before last go.
 */

#define KEY_FILE  "pack.key"
#define KEY_MAX   256
#define SAVE_STEP 64 /* slow keys that a crash may cost */

static BmKey *
make_key_file (const char *path, GError **error)
{
  g_autoptr (BmKey) key = bm_key_generate (BM_KEY_SYMMETRIC, error);
  char *text = key != NULL ? bm_key_to_string (key) : NULL;
  gboolean is_written = text != NULL && bm_platform_write_private (path, text, error);

  bm_wipe_string (text);
  return is_written ? g_steal_pointer (&key) : NULL;
}

static BmKey *
read_key_file (const char *path, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  char *text = NULL;
  gsize len = 0;
  BmKey *key;

  if (!g_file_get_contents (path, &text, &len, &local_error))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s", local_error->message);
      return NULL;
    }
  key = len <= KEY_MAX ? bm_key_new_from_string (g_strstrip (text), NULL) : NULL;
  bm_wipe_string (text);
  if (key != NULL && bm_key_get_kind (key) == BM_KEY_SYMMETRIC)
    return key;
  g_clear_pointer (&key, bm_key_unref);
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s holds no key", path);
  return NULL;
}

/**
 * bm_platform_packs_new:
 * @dir: the platform's folder; pack.key is made when it is not there
 * @error: return location
 */
BmPlatformPacks *
bm_platform_packs_new (const char *dir, GError **error)
{
  g_autofree char *path = NULL;
  BmPlatformPacks *self;
  BmKey *key;

  g_return_val_if_fail (dir != NULL, NULL);

  path = g_build_filename (dir, KEY_FILE, NULL);
  key = g_file_test (path, G_FILE_TEST_EXISTS) ? read_key_file (path, error)
                                               : make_key_file (path, error);
  if (key == NULL)
    return NULL;
  self = g_new0 (BmPlatformPacks, 1);
  self->key = key;
  g_mutex_init (&self->mutex);
  return self;
}

void
bm_platform_packs_free (BmPlatformPacks *self)
{
  if (self == NULL)
    return;
  bm_key_unref (self->key);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
bm_platform_packs_stop (BmPlatformPacks *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_int_set (&self->is_stopping, TRUE);
}

gboolean
bm_packs_check_running (BmPlatform *self, GError **error)
{
  if (!g_atomic_int_get (&self->packs->is_stopping))
    return TRUE;
  g_set_error_literal (error, BM_ERROR, BM_ERROR_BUSY, "The platform ends");
  return FALSE;
}

void
bm_packs_digest (BmPlatform *self, gconstpointer data, gsize len, guint8 ret[BM_SM3_LEN])
{
  bm_hmac_sm3 (self->packs->key, data, len, ret);
}

static gboolean
ensure_salt (BmPlatform *self, BmPackHead *head, GError **error)
{
  g_autofree char *key = g_strdup_printf ("pack-salt|%s|%u", head->pack, head->year);
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = bm_platform_store_dup_meta (self->store, key, &local_error);
  g_autofree char *made = NULL;

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (text != NULL && strlen (text) == 2 * sizeof head->salt &&
      bm_hex_decode (text, head->salt, sizeof head->salt))
    return TRUE;
  bm_random_bytes (head->salt, sizeof head->salt);
  made = bm_hex_encode (head->salt, sizeof head->salt);
  return bm_platform_store_set_meta (self->store, key, made, error);
}

/* The salt of the pack and year of @head, made when there is none. */
gboolean
bm_packs_ensure_salt (BmPlatform *self, BmPackHead *head, GError **error)
{
  if (!bm_platform_store_begin (self->store, error))
    return FALSE;
  return bm_platform_store_end (self->store, ensure_salt (self, head, error), error);
}

static GBytes *
make_tag (BmPlatform *self, const BmVillagePack *pack, const char *id_number)
{
  g_autofree char *salt = bm_hex_encode (pack->head->salt, sizeof pack->head->salt);
  char *text = g_strdup_printf ("pack key|%s|%u|%s|%s|%s", pack->head->pack, pack->head->year, salt,
                                pack->village, id_number);
  guint8 tag[BM_SM3_LEN];

  bm_hmac_sm3 (self->packs->key, text, strlen (text), tag);
  bm_wipe_string (text);
  return g_bytes_new (tag, sizeof tag);
}

static GHashTable *
load_keys (BmPlatform *self, const BmVillagePack *pack, GError **error)
{
  GHashTable *keys;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  keys = bm_platform_store_load_pack_keys (self->store, pack->village, pack->head->year, error);
  bm_platform_store_rollback (self->store); /* only read */
  return keys;
}

GBytes *
bm_packs_seal_key (BmPlatform *self, GBytes *tag, const BmKey *key, GError **error)
{
  char *text = bm_key_to_string (key);
  g_autoptr (GBytes) plain = g_bytes_new_static (text, strlen (text));
  GBytes *sealed = bm_seal (self->packs->key, tag, plain, error);

  bm_wipe_string (text);
  return sealed;
}

BmKey *
bm_packs_open_key (BmPlatform *self, const BmPackItem *item, GError **error)
{
  g_autoptr (GBytes) plain = bm_unseal (self->packs->key, item->tag, item->sealed_key, error);
  BmKey *key;
  char *text;

  if (plain == NULL)
    return NULL;
  text = g_strndup (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain));
  key = bm_key_new_from_string (text, error);
  bm_wipe_string (text);
  return key;
}

static gboolean
save_keys (BmPlatform *self, const BmVillagePack *pack, GPtrArray *fresh, GError **error)
{
  gboolean is_saved = TRUE;

  if (fresh->len == 0)
    return TRUE;
  if (!bm_platform_store_begin (self->store, error))
    return FALSE;
  for (guint i = 0; is_saved && i < fresh->len; i++)
    {
      const BmPackItem *item = g_ptr_array_index (fresh, i);

      is_saved = bm_platform_store_add_pack_key (self->store, pack->village, pack->head->year,
                                                 item->tag, item->sealed_key, error);
    }
  g_ptr_array_set_size (fresh, 0);
  return bm_platform_store_end (self->store, is_saved, error);
}

/* The keys of residents who are no longer there, and of years long past. */
static gboolean
drop_keys (BmPlatform *self, guint year, GHashTable *unused, GError **error)
{
  GHashTableIter iter;
  gpointer tag;
  gboolean is_dropped;

  if (!bm_platform_store_begin (self->store, error))
    return FALSE;
  is_dropped = bm_platform_store_drop_pack_keys_before (self->store, year - 1, error);
  g_hash_table_iter_init (&iter, unused);
  while (is_dropped && g_hash_table_iter_next (&iter, &tag, NULL))
    is_dropped = bm_platform_store_drop_pack_key (self->store, tag, error);
  return bm_platform_store_end (self->store, is_dropped, error);
}

/* Takes the key of @item out of @kept; FALSE when there is none that opens. */
static gboolean
take_kept_key (BmPlatform *self, BmPackItem *item, GHashTable *kept)
{
  g_autoptr (BmKey) key = NULL;
  GBytes *sealed = g_hash_table_lookup (kept, item->tag);

  if (sealed == NULL)
    return FALSE;
  item->sealed_key = g_bytes_ref (sealed);
  g_hash_table_remove (kept, item->tag);
  key = bm_packs_open_key (self, item, NULL);
  if (key == NULL)
    g_clear_pointer (&item->sealed_key, g_bytes_unref);
  return key != NULL;
}

static gboolean
reckon_key (BmPlatform *self, const BmVillagePack *pack, BmPackItem *item, GError **error)
{
  g_autoptr (GBytes) salt = bm_pack_head_get_salt (pack->head);
  g_autoptr (BmKey) key = bm_slow_key (item->id_number, salt, error);

  item->sealed_key = key != NULL ? bm_packs_seal_key (self, item->tag, key, error) : NULL;
  return item->sealed_key != NULL;
}

static gboolean
ensure_key (BmPlatform *self,
            BmVillagePack *pack,
            BmPackItem *item,
            GHashTable *kept,
            GPtrArray *fresh,
            GError **error)
{
  item->tag = make_tag (self, pack, item->id_number);
  if (take_kept_key (self, item, kept))
    return TRUE;
  if (!reckon_key (self, pack, item, error))
    return FALSE;
  g_ptr_array_add (fresh, item);
  pack->new_keys++;
  return fresh->len < SAVE_STEP || save_keys (self, pack, fresh, error);
}

/* Gives each resident of @pack the slow key; whoever is stopped half way keeps what is done. */
gboolean
bm_packs_ensure_keys (BmPlatform *self, BmVillagePack *pack, GError **error)
{
  g_autoptr (GHashTable) kept = load_keys (self, pack, error);
  g_autoptr (GPtrArray) fresh = g_ptr_array_new ();

  if (kept == NULL)
    return FALSE;
  for (guint i = 0; i < pack->items->len; i++)
    if (!bm_packs_check_running (self, error) ||
        !ensure_key (self, pack, g_ptr_array_index (pack->items, i), kept, fresh, error))
      {
        (void) save_keys (self, pack, fresh, NULL); /* the error that is told is the first one */
        return FALSE;
      }
  return save_keys (self, pack, fresh, error) && drop_keys (self, pack->head->year, kept, error);
}
