/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-store"

#include "sync/platform/platform-store-marks.h"
#include "sync/platform/platform-store-private.h"

#include "core/error.h"

/* Cases, as far as the front platform knows them, and the messages that go down to the stations. */

void
bm_stored_case_free (BmStoredCase *self)
{
  if (self == NULL)
    return;
  g_free (self->number);
  g_free (self->state);
  g_free (self->code);
  g_free (self->body);
  g_free (self);
}

gboolean
bm_platform_store_add_case (BmPlatformStore *self,
                            gint64 entry_id,
                            const BmEntryHeader *header,
                            gint64 now_ms,
                            GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "INSERT INTO matter (id, kiosk, number, received_ms) VALUES (?, ?, ?, ?)",
                     "iisi", entry_id, (gint64) header->kiosk, header->number, now_ms);
}

BmStoredCase *
bm_platform_store_get_case (BmPlatformStore *self, gint64 id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  BmStoredCase *kase;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT id, kiosk, number, state, code, body, version, final,"
                            " received_ms FROM matter WHERE id = ?",
                            "i", id);
  if (statement == NULL || !bm_sql_next (statement, error))
    return NULL;
  kase = g_new0 (BmStoredCase, 1);
  kase->id = bm_sql_int (statement, 0);
  kase->kiosk = (guint32) bm_sql_int (statement, 1);
  kase->number = g_strdup (bm_sql_text (statement, 2));
  kase->state = g_strdup (bm_sql_text (statement, 3));
  kase->code = g_strdup (bm_sql_text (statement, 4));
  kase->body = g_strdup (bm_sql_text (statement, 5));
  kase->version = bm_sql_int (statement, 6);
  kase->is_final = bm_sql_int (statement, 7) != 0;
  kase->received_ms = bm_sql_int (statement, 8);
  return kase;
}

GArray *
bm_platform_store_find_cases (BmPlatformStore *self, const char *number, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error, "SELECT id FROM matter WHERE number = ? ORDER BY id",
                            "s", number);
  return statement != NULL ? bm_platform_store_collect_ids (statement, error) : NULL;
}

void
bm_stored_slip_free (BmStoredSlip *self)
{
  if (self == NULL)
    return;
  g_free (self->state);
  g_free (self->terminal_key);
  g_free (self);
}

#define SLIP_COLUMNS                                              \
  "SELECT m.state, s.terminal_key, r.hash FROM matter m"          \
  " JOIN entry e ON e.id = m.id JOIN record r ON r.id = e.record" \
  " JOIN station s ON s.kiosk = m.kiosk "

/* Takes @statement over. */
static gboolean
add_slips (GPtrArray *slips, sqlite3_stmt *query, guint count, gboolean is_decoy, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = query;
  g_autoptr (GError) local_error = NULL;

  while (statement != NULL && bm_sql_next (statement, &local_error))
    {
      BmStoredSlip *slip = g_new0 (BmStoredSlip, 1);

      slip->state = g_strdup (bm_sql_text (statement, 0));
      slip->terminal_key = g_strdup (bm_sql_text (statement, 1));
      slip->is_decoy = is_decoy || !bm_sql_hash (statement, 2, slip->hash);
      g_ptr_array_add (slips, slip);
    }
  if (slips->len > count)
    g_ptr_array_set_size (slips, (gint) count);
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return statement != NULL && (error == NULL || *error == NULL);
}

GPtrArray *
bm_platform_store_find_slips (BmPlatformStore *self,
                              const char *number,
                              guint count,
                              GError **error)
{
  g_autoptr (GPtrArray) slips =
    g_ptr_array_new_with_free_func ((GDestroyNotify) bm_stored_slip_free);

  g_return_val_if_fail (self != NULL && self->is_in_transaction && number != NULL, NULL);

  if (!add_slips (slips,
                  bm_sql_query (self->db, error,
                                SLIP_COLUMNS "WHERE m.number = ? ORDER BY m.id DESC LIMIT ?", "si",
                                number, (gint64) count),
                  count, FALSE, error) ||
      !add_slips (slips,
                  bm_sql_query (self->db, error, SLIP_COLUMNS "ORDER BY m.id LIMIT ?", "i",
                                (gint64) count - slips->len),
                  count, TRUE, error))
    return NULL;
  return g_steal_pointer (&slips);
}

/**
 * bm_platform_store_list_due_cases:
 * @now_ms: the platform's clock
 * @delay_ms: how long after its arrival a case may first be decided; negative holds every decision
 * @error: return location
 *
 * Returns: (transfer full): ids of cases to submit or to ask about
 */
GArray *
bm_platform_store_list_due_cases (BmPlatformStore *self,
                                  gint64 now_ms,
                                  gint64 delay_ms,
                                  GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT id FROM matter WHERE final = 0 AND (state = ''"
                            " OR (decided = 0 AND (?1 = 0 OR (?1 > 0 AND received_ms + ?1 <= ?2)))"
                            " OR (decided = 1 AND ?1 >= 0 AND next_poll_ms <= ?2)) ORDER BY id",
                            "ii", delay_ms, now_ms);
  return statement != NULL ? bm_platform_store_collect_ids (statement, error) : NULL;
}

gboolean
bm_platform_store_set_case (BmPlatformStore *self,
                            const BmStoredCase *kase,
                            gboolean is_decided,
                            gint64 next_poll_ms,
                            GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "UPDATE matter SET state = ?, code = ?, body = ?, version = ?, final = ?,"
                     " decided = ?, next_poll_ms = ? WHERE id = ?",
                     "sssiiiii", kase->state, kase->code, kase->body, kase->version,
                     (gint64) kase->is_final, (gint64) is_decided, next_poll_ms, kase->id);
}

gint64
bm_platform_store_next_version (BmPlatformStore *self,
                                guint32 kiosk,
                                const char *kind,
                                const char *name,
                                GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, 0);

  statement = bm_sql_query (self->db, error,
                            "SELECT max (coalesce (max (version), 0), ?) + 1 FROM message"
                            " WHERE kiosk = ? AND kind = ? AND name = ?",
                            "iiss", bm_platform_store_get_version_floor (self, NULL),
                            (gint64) kiosk, kind, name);
  return statement != NULL && bm_sql_next (statement, error) ? bm_sql_int (statement, 0) : 0;
}

gint64
bm_platform_store_add_message (BmPlatformStore *self,
                               guint32 kiosk,
                               const BmMessage *message,
                               GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, 0);

  if (!bm_sql_run (self->db, error,
                   "INSERT INTO message (kiosk, kind, name, version, body, signature)"
                   " VALUES (?, ?, ?, ?, ?, ?)",
                   "issibb", (gint64) kiosk, message->kind, message->name, message->version,
                   message->body, message->signature))
    return 0;
  return sqlite3_last_insert_rowid (self->db);
}

GPtrArray *
bm_platform_store_list_messages (BmPlatformStore *self,
                                 guint32 kiosk,
                                 gint64 after,
                                 gsize max_bytes,
                                 guint max_count,
                                 GError **error)
{
  g_autoptr (GPtrArray) messages =
    g_ptr_array_new_with_free_func ((GDestroyNotify) bm_message_free);
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GError) local_error = NULL;
  gsize bytes = 0;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT id, kind, name, version, body, signature FROM message"
                            " WHERE kiosk = ? AND id > ? ORDER BY id LIMIT ?",
                            "iii", (gint64) kiosk, after, (gint64) max_count);
  if (statement == NULL)
    return NULL;
  while (bm_sql_next (statement, &local_error))
    {
      BmMessage *message;

      bytes += (gsize) sqlite3_column_bytes (statement, 4);
      if (messages->len > 0 && bytes > max_bytes)
        break;
      message = g_new0 (BmMessage, 1);
      message->id = bm_sql_int (statement, 0);
      message->kind = g_strdup (bm_sql_text (statement, 1));
      message->name = g_strdup (bm_sql_text (statement, 2));
      message->version = bm_sql_int (statement, 3);
      message->body = bm_sql_bytes (statement, 4);
      message->signature = bm_sql_bytes (statement, 5);
      g_ptr_array_add (messages, message);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  return g_steal_pointer (&messages);
}

gint64
bm_platform_store_get_inbox_head (BmPlatformStore *self, guint32 kiosk, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, 0);

  statement =
    bm_sql_query (self->db, error, "SELECT coalesce (max (id), 0) FROM message WHERE kiosk = ?",
                  "i", (gint64) kiosk);
  return statement != NULL && bm_sql_next (statement, error) ? bm_sql_int (statement, 0) : 0;
}
