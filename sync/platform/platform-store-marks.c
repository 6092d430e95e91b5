/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-store"

#include "sync/platform/platform-store-marks.h"

#include "sync/platform/platform-store-private.h"

#include "core/error.h"

#define META_GENERATION    "generation"
#define META_VERSION_FLOOR "version_floor"
#define PACK_KINDS         "('pack', 'pack-head', 'due-list')"

GArray *
bm_platform_store_list_ranges (BmPlatformStore *self,
                               guint32 kiosk,
                               guint64 epoch,
                               guint max,
                               GError **error)
{
  g_autoptr (GArray) ranges = g_array_new (FALSE, TRUE, sizeof (BmSeqRange));
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT seq FROM entry WHERE kiosk = ? AND epoch = ? ORDER BY seq",
                            "ii", (gint64) kiosk, (gint64) epoch);
  if (statement == NULL)
    return NULL;
  while (bm_sql_next (statement, &local_error))
    {
      guint64 seq = (guint64) bm_sql_int (statement, 0);
      BmSeqRange *last =
        ranges->len > 0 ? &g_array_index (ranges, BmSeqRange, ranges->len - 1) : NULL;
      BmSeqRange next = { seq, seq };

      if (last != NULL && last->last + 1 == seq)
        last->last = seq;
      else if (ranges->len == max)
        break;
      else
        g_array_append_val (ranges, next);
    }
  if (local_error == NULL)
    return g_steal_pointer (&ranges);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* Generations */

static gint64
get_number (BmPlatformStore *self, const char *key, GError **error)
{
  g_autofree char *text = bm_platform_store_dup_meta (self, key, error);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

static gboolean
set_number (BmPlatformStore *self, const char *key, gint64 value, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  return bm_platform_store_set_meta (self, key, text, error);
}

gint64
bm_platform_store_get_version_floor (BmPlatformStore *self, GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, 0);

  return get_number (self, META_VERSION_FLOOR, error);
}

gint64
bm_platform_store_get_last_message_id (BmPlatformStore *self, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, 0);

  statement =
    bm_sql_query (self->db, error, "SELECT seq FROM sqlite_sequence WHERE name = 'message'", "");
  return statement != NULL && bm_sql_next (statement, error) ? bm_sql_int (statement, 0) : 0;
}

static gboolean
raise_sequence (BmPlatformStore *self, gint64 at_least, GError **error)
{
  gint64 last = bm_platform_store_get_last_message_id (self, error);

  return bm_sql_run (self->db, error, "DELETE FROM sqlite_sequence WHERE name = 'message'", "") &&
         bm_sql_run (self->db, error, "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", "si",
                     "message", MAX (last, at_least));
}

gboolean
bm_platform_store_begin_generation (BmPlatformStore *self,
                                    gint64 at_least,
                                    gint64 now_ms,
                                    GError **error)
{
  gint64 floor_ms = MAX (at_least, now_ms);

  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return raise_sequence (self, floor_ms, error) &&
         set_number (self, META_VERSION_FLOOR,
                     MAX (floor_ms, get_number (self, META_VERSION_FLOOR, NULL)), error) &&
         set_number (self, META_GENERATION, get_number (self, META_GENERATION, NULL) + 1, error);
}

gboolean
bm_platform_store_get_place (BmPlatformStore *self,
                             guint32 kiosk,
                             BmStationPlace *ret_place,
                             GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction && ret_place != NULL, FALSE);

  statement = bm_sql_query (self->db, error,
                            "SELECT cursor, generation FROM station"
                            " WHERE kiosk = ?",
                            "i", (gint64) kiosk);
  if (statement == NULL || !bm_sql_next (statement, error))
    return FALSE;
  ret_place->cursor = bm_sql_int (statement, 0);
  ret_place->generation = bm_sql_int (statement, 1);
  ret_place->current = get_number (self, META_GENERATION, NULL);
  return TRUE;
}

gboolean
bm_platform_store_set_place (BmPlatformStore *self,
                             guint32 kiosk,
                             gint64 cursor,
                             gint64 generation,
                             gint64 now_ms,
                             GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "UPDATE station SET cursor = ?, generation = ?, seen_ms = ? WHERE kiosk = ?",
                     "iiii", cursor, generation, now_ms, (gint64) kiosk);
}

GArray *
bm_platform_store_list_enrolled (BmPlatformStore *self, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT kiosk FROM station WHERE sign_key <> '' AND revoked = 0"
                            " ORDER BY kiosk",
                            "");
  return statement != NULL ? bm_platform_store_collect_ids (statement, error) : NULL;
}

static json_t *
make_name (sqlite3_stmt *statement)
{
  return json_string (bm_sql_text (statement, 0));
}

json_t *
bm_platform_store_report_behind (BmPlatformStore *self, const char *kind, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction && kind != NULL, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT s.id FROM station s WHERE s.sign_key <> '' AND s.revoked = 0"
                            " AND s.cursor < coalesce ((SELECT max (m.id) FROM message m"
                            " WHERE m.kiosk = s.kiosk AND m.kind = ?), 0) ORDER BY s.kiosk",
                            "s", kind);
  return statement != NULL ? bm_platform_store_collect_json (statement, make_name, error) : NULL;
}

GPtrArray *
bm_platform_store_list_between (BmPlatformStore *self,
                                guint32 kiosk,
                                gint64 after,
                                gint64 upto,
                                GError **error)
{
  g_autoptr (GPtrArray) messages =
    g_ptr_array_new_with_free_func ((GDestroyNotify) bm_message_free);
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT id, kind, name, version, body FROM message WHERE kiosk = ?"
                            " AND id > ? AND id <= ? AND kind NOT IN " PACK_KINDS " ORDER BY id",
                            "iii", (gint64) kiosk, after, upto);
  if (statement == NULL)
    return NULL;
  while (bm_sql_next (statement, &local_error))
    {
      BmMessage *message = g_new0 (BmMessage, 1);

      message->id = bm_sql_int (statement, 0);
      message->kind = g_strdup (bm_sql_text (statement, 1));
      message->name = g_strdup (bm_sql_text (statement, 2));
      message->version = bm_sql_int (statement, 3);
      message->body = bm_sql_bytes (statement, 4);
      g_ptr_array_add (messages, message);
    }
  if (local_error == NULL)
    return g_steal_pointer (&messages);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

gboolean
bm_platform_store_drop_message (BmPlatformStore *self, gint64 id, GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error, "DELETE FROM message WHERE id = ?", "i", id);
}

gboolean
bm_platform_store_forget_packs (BmPlatformStore *self, guint32 kiosk, GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "UPDATE pack_part SET digest = NULL, version = max (version, ?)"
                     " WHERE kiosk = ?",
                     "ii", bm_platform_store_get_version_floor (self, NULL), (gint64) kiosk);
}

gboolean
bm_platform_store_note_bad (BmPlatformStore *self,
                            guint32 kiosk,
                            const BmHelloBad *item,
                            gint64 now_ms,
                            GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction && item != NULL, FALSE);

  return bm_sql_run (self->db, error,
                     "INSERT INTO bad_item (kiosk, kind, name, version, code, first_ms, last_ms)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO UPDATE"
                     " SET code = excluded.code, last_ms = excluded.last_ms",
                     "issisi", (gint64) kiosk, item->kind, item->name, item->version, item->code,
                     now_ms);
}

gboolean
bm_platform_store_note_sent_again (BmPlatformStore *self,
                                   guint32 kiosk,
                                   const char *kind,
                                   const char *name,
                                   gint64 version,
                                   GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "UPDATE bad_item SET again = ? WHERE kiosk = ? AND kind = ? AND name = ?",
                     "iiss", version, (gint64) kiosk, kind, name);
}

GBytes *
bm_platform_store_get_newest_body (BmPlatformStore *self,
                                   guint32 kiosk,
                                   const char *kind,
                                   const char *name,
                                   GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT body FROM message WHERE kiosk = ? AND kind = ? AND name = ?"
                            " ORDER BY version DESC LIMIT 1",
                            "iss", (gint64) kiosk, kind, name);
  if (statement == NULL || !bm_sql_next (statement, error))
    return NULL;
  return bm_sql_bytes (statement, 0);
}

static json_t *
make_bad (sqlite3_stmt *statement)
{
  return json_pack ("{s:s, s:s, s:s, s:I, s:s, s:I, s:I, s:I}", "station",
                    bm_sql_text (statement, 0), "kind", bm_sql_text (statement, 1), "name",
                    bm_sql_text (statement, 2), "version", (json_int_t) bm_sql_int (statement, 3),
                    "code", bm_sql_text (statement, 4), "first_ms",
                    (json_int_t) bm_sql_int (statement, 5), "last_ms",
                    (json_int_t) bm_sql_int (statement, 6), "again",
                    (json_int_t) bm_sql_int (statement, 7));
}

json_t *
bm_platform_store_report_bad (BmPlatformStore *self, guint32 kiosk, guint max, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement =
    bm_sql_query (self->db, error,
                  "SELECT s.id, b.kind, b.name, b.version, b.code, b.first_ms, b.last_ms, b.again"
                  " FROM bad_item b JOIN station s ON s.kiosk = b.kiosk"
                  " WHERE ?1 = 0 OR b.kiosk = ?1 ORDER BY b.last_ms DESC LIMIT ?2",
                  "ii", (gint64) kiosk, (gint64) max);
  return statement != NULL ? bm_platform_store_collect_json (statement, make_bad, error) : NULL;
}
