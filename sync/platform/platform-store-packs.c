/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-store"

#include "sync/platform/platform-store-packs.h"

#include "sync/platform/platform-store-private.h"

/* Parts of packs and the sealed slow keys they are made with. */

void
bm_pack_part_free (BmPackPart *self)
{
  if (self == NULL)
    return;
  g_free (self->kind);
  g_free (self->name);
  g_clear_pointer (&self->digest, g_bytes_unref);
  g_free (self);
}

static BmPackPart *
read_part (sqlite3_stmt *statement)
{
  BmPackPart *part = g_new0 (BmPackPart, 1);

  part->kind = g_strdup (bm_sql_text (statement, 0));
  part->name = g_strdup (bm_sql_text (statement, 1));
  part->version = bm_sql_int (statement, 2);
  part->digest = bm_sql_bytes (statement, 3);
  part->day = (gint32) bm_sql_int (statement, 4);
  if (g_bytes_get_size (part->digest) == 0)
    g_clear_pointer (&part->digest, g_bytes_unref);
  return part;
}

GPtrArray *
bm_platform_store_list_pack_parts (BmPlatformStore *self, guint32 kiosk, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_pack_part_free);
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT kind, name, version, digest, day FROM pack_part"
                            " WHERE kiosk = ?",
                            "i", (gint64) kiosk);
  if (statement == NULL)
    return NULL;
  while (bm_sql_next (statement, &local_error))
    g_ptr_array_add (parts, read_part (statement));
  if (local_error == NULL)
    return g_steal_pointer (&parts);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

gboolean
bm_platform_store_set_pack_part (BmPlatformStore *self,
                                 guint32 kiosk,
                                 const BmPackPart *part,
                                 GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction && part != NULL, FALSE);

  return bm_sql_run (self->db, error,
                     "INSERT OR REPLACE INTO pack_part (kiosk, kind, name, version, digest, day)"
                     " VALUES (?, ?, ?, ?, ?, ?)",
                     "issibi", (gint64) kiosk, part->kind, part->name, part->version, part->digest,
                     (gint64) part->day);
}

gboolean
bm_platform_store_drop_messages (BmPlatformStore *self,
                                 guint32 kiosk,
                                 const BmPackPart *part,
                                 gint64 version,
                                 GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction && part != NULL, FALSE);

  return bm_sql_run (self->db, error,
                     "DELETE FROM message WHERE kiosk = ? AND kind = ? AND name = ?"
                     " AND version < ?",
                     "issi", (gint64) kiosk, part->kind, part->name, version);
}

GHashTable *
bm_platform_store_load_pack_keys (BmPlatformStore *self,
                                  const char *village,
                                  guint year,
                                  GError **error)
{
  g_autoptr (GHashTable) keys =
    g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref,
                           (GDestroyNotify) g_bytes_unref);
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT tag, sealed FROM pack_key WHERE village = ? AND year = ?", "si",
                            village, (gint64) year);
  if (statement == NULL)
    return NULL;
  while (bm_sql_next (statement, &local_error))
    g_hash_table_insert (keys, bm_sql_bytes (statement, 0), bm_sql_bytes (statement, 1));
  if (local_error == NULL)
    return g_steal_pointer (&keys);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

gboolean
bm_platform_store_add_pack_key (BmPlatformStore *self,
                                const char *village,
                                guint year,
                                GBytes *tag,
                                GBytes *sealed,
                                GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "INSERT OR REPLACE INTO pack_key (tag, village, year, sealed)"
                     " VALUES (?, ?, ?, ?)",
                     "bsib", tag, village, (gint64) year, sealed);
}

gboolean
bm_platform_store_drop_pack_key (BmPlatformStore *self, GBytes *tag, GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error, "DELETE FROM pack_key WHERE tag = ?", "b", tag);
}

gboolean
bm_platform_store_drop_pack_keys_before (BmPlatformStore *self, guint year, GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error, "DELETE FROM pack_key WHERE year < ?", "i", (gint64) year);
}

GArray *
bm_platform_store_list_stations (BmPlatformStore *self, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT kiosk FROM station WHERE revoked = 0 ORDER BY kiosk", "");
  return statement != NULL ? bm_platform_store_collect_ids (statement, error) : NULL;
}
