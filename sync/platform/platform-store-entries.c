/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-store"

#include "sync/platform/platform-store-private.h"

#include "core/error.h"

#include <string.h>

/* Records, entries, runs and watermarks. An epoch is a random 64-bit number, kept as SQLite's
 * signed one. */

void
bm_stored_entry_free (BmStoredEntry *self)
{
  if (self == NULL)
    return;
  g_free (self->code);
  g_free (self->reason);
  g_clear_pointer (&self->record, g_bytes_unref);
  g_free (self);
}

void
bm_watermark_free (BmWatermark *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_free (self);
}

gint64
bm_platform_store_keep_record (BmPlatformStore *self,
                               guint32 kiosk,
                               GBytes *record,
                               gint64 now_ms,
                               GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  guint8 hash[BM_SM3_LEN];

  g_return_val_if_fail (self != NULL && self->is_in_transaction, 0);

  bm_sm3 (g_bytes_get_data (record, NULL), g_bytes_get_size (record), hash);
  if (!bm_sql_run (self->db, error,
                   "INSERT OR IGNORE INTO record (kiosk, hash, bytes, received_ms)"
                   " VALUES (?, ?, ?, ?)",
                   "ihbi", (gint64) kiosk, hash, record, now_ms))
    return 0;
  if (sqlite3_changes (self->db) > 0)
    return sqlite3_last_insert_rowid (self->db);
  statement = bm_sql_query (self->db, error, "SELECT id FROM record WHERE kiosk = ? AND hash = ?",
                            "ih", (gint64) kiosk, hash);
  if (statement == NULL || !bm_sql_next (statement, error))
    return 0;
  return bm_sql_int (statement, 0);
}

gboolean
bm_platform_store_quarantine (BmPlatformStore *self,
                              gint64 record_id,
                              const char *code,
                              GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "INSERT OR IGNORE INTO quarantine (record, code) VALUES (?, ?)", "is",
                     record_id, code);
}

gboolean
bm_platform_store_add_conflict (BmPlatformStore *self,
                                gint64 record_id,
                                const BmEntryHeader *header,
                                gint64 now_ms,
                                GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "INSERT OR IGNORE INTO conflict (record, kiosk, epoch, seq, at_ms)"
                     " VALUES (?, ?, ?, ?, ?)",
                     "iiiii", record_id, (gint64) header->kiosk, (gint64) header->epoch,
                     (gint64) header->seq, now_ms);
}

#define ENTRY_COLUMNS                                                                 \
  "SELECT e.id, e.kiosk, e.epoch, e.seq, r.hash, e.status, e.code, e.reason, r.bytes" \
  " FROM entry e JOIN record r ON r.id = e.record WHERE "

static BmStoredEntry *
read_entry (sqlite3_stmt *statement, GError **error)
{
  g_autoptr (BmStoredEntry) entry = NULL;

  if (statement == NULL || !bm_sql_next (statement, error))
    return NULL;
  entry = g_new0 (BmStoredEntry, 1);
  entry->id = bm_sql_int (statement, 0);
  entry->kiosk = (guint32) bm_sql_int (statement, 1);
  entry->epoch = (guint64) bm_sql_int (statement, 2);
  entry->seq = (guint64) bm_sql_int (statement, 3);
  entry->status = (BmAnswerStatus) bm_sql_int (statement, 5);
  entry->code = g_strdup (bm_sql_text (statement, 6));
  entry->reason = g_strdup (bm_sql_text (statement, 7));
  entry->record = bm_sql_bytes (statement, 8);
  if (!bm_sql_hash (statement, 4, entry->hash))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_CORRUPT, "A record without its hash");
      return NULL;
    }
  return g_steal_pointer (&entry);
}

BmStoredEntry *
bm_platform_store_find_entry (BmPlatformStore *self,
                              guint32 kiosk,
                              guint64 epoch,
                              guint64 seq,
                              GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement =
    bm_sql_query (self->db, error, ENTRY_COLUMNS "e.kiosk = ? AND e.epoch = ? AND e.seq = ?", "iii",
                  (gint64) kiosk, (gint64) epoch, (gint64) seq);
  return read_entry (statement, error);
}

BmStoredEntry *
bm_platform_store_get_entry (BmPlatformStore *self, gint64 id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error, ENTRY_COLUMNS "e.id = ?", "i", id);
  return read_entry (statement, error);
}

gint64
bm_platform_store_add_entry (BmPlatformStore *self,
                             gint64 record_id,
                             const BmEntryHeader *header,
                             GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, 0);

  if (
    !bm_sql_run (self->db, error,
                 "INSERT INTO entry (record, kiosk, epoch, seq, type, run, service, number, status)"
                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 "iiiiiissi", record_id, (gint64) header->kiosk, (gint64) header->epoch,
                 (gint64) header->seq, (gint64) header->type, (gint64) header->run, header->service,
                 header->number, (gint64) BM_ANSWER_ACCEPTED))
    return 0;
  return sqlite3_last_insert_rowid (self->db);
}

gboolean
bm_platform_store_set_verdict (BmPlatformStore *self,
                               gint64 id,
                               BmAnswerStatus status,
                               const char *code,
                               const char *reason,
                               GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "UPDATE entry SET status = ?, code = ?, reason = ? WHERE id = ?", "issi",
                     (gint64) status, code, reason, id);
}

gboolean
bm_platform_store_note_duplicate (BmPlatformStore *self, gint64 id, GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error, "UPDATE entry SET duplicates = duplicates + 1 WHERE id = ?",
                     "i", id);
}

GArray *
bm_platform_store_list_waiting (BmPlatformStore *self,
                                guint32 kiosk,
                                guint64 epoch,
                                guint32 run,
                                GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT id FROM entry WHERE kiosk = ? AND epoch = ? AND run = ?"
                            " AND code = 'no-run' ORDER BY seq",
                            "iii", (gint64) kiosk, (gint64) epoch, (gint64) run);
  return statement != NULL ? bm_platform_store_collect_ids (statement, error) : NULL;
}

GArray *
bm_platform_store_list_audits (BmPlatformStore *self, guint limit, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement =
    bm_sql_query (self->db, error, "SELECT id FROM entry WHERE type = ? ORDER BY id DESC LIMIT ?",
                  "ii", (gint64) BM_ENTRY_AUDIT, (gint64) limit);
  return statement != NULL ? bm_platform_store_collect_ids (statement, error) : NULL;
}

GArray *
bm_platform_store_list_by_code (BmPlatformStore *self, const char *code, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement =
    bm_sql_query (self->db, error, "SELECT id FROM entry WHERE code = ? ORDER BY id", "s", code);
  return statement != NULL ? bm_platform_store_collect_ids (statement, error) : NULL;
}

gboolean
bm_platform_store_has_version (BmPlatformStore *self,
                               guint32 kiosk,
                               const char *kind,
                               const char *name,
                               gint64 version)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  statement = bm_sql_query (self->db, NULL,
                            "SELECT 1 FROM message WHERE kiosk = ? AND kind = ? AND name = ?"
                            " AND version >= ?",
                            "issi", (gint64) kiosk, kind, name, version);
  return statement != NULL && bm_sql_next (statement, NULL);
}

gboolean
bm_platform_store_add_run (BmPlatformStore *self,
                           const BmEntryHeader *header,
                           guint32 run,
                           GBytes *sealed,
                           GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "INSERT OR IGNORE INTO run (kiosk, epoch, run, sealed) VALUES (?, ?, ?, ?)",
                     "iiib", (gint64) header->kiosk, (gint64) header->epoch, (gint64) run, sealed);
}

GBytes *
bm_platform_store_get_run (BmPlatformStore *self,
                           guint32 kiosk,
                           guint64 epoch,
                           guint32 run,
                           GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT sealed FROM run WHERE kiosk = ? AND epoch = ? AND run = ?",
                            "iii", (gint64) kiosk, (gint64) epoch, (gint64) run);
  if (statement == NULL || !bm_sql_next (statement, error))
    return NULL;
  return bm_sql_bytes (statement, 0);
}

static gboolean
read_highest (BmPlatformStore *self,
              guint32 kiosk,
              guint64 epoch,
              guint64 *ret_highest,
              GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
    bm_sql_query (self->db, error,
                  "SELECT coalesce (max (seq), 0) FROM entry WHERE kiosk = ? AND epoch = ?", "ii",
                  (gint64) kiosk, (gint64) epoch);

  if (statement == NULL || !bm_sql_next (statement, error))
    return FALSE;
  *ret_highest = (guint64) bm_sql_int (statement, 0);
  return TRUE;
}

BmWatermark *
bm_platform_store_get_watermark (BmPlatformStore *self,
                                 guint32 kiosk,
                                 guint64 epoch,
                                 GError **error)
{
  g_autoptr (BmWatermark) mark = g_new0 (BmWatermark, 1);
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  if (!read_highest (self, kiosk, epoch, &mark->highest, error))
    return NULL;
  bm_chain_start (kiosk, epoch, mark->head);
  statement = bm_sql_query (self->db, error,
                            "SELECT upto, head, signature, held, backed_up FROM watermark"
                            " WHERE kiosk = ? AND epoch = ?",
                            "ii", (gint64) kiosk, (gint64) epoch);
  if (statement == NULL)
    return NULL;
  if (!bm_sql_next (statement, &local_error))
    {
      if (local_error == NULL)
        return g_steal_pointer (&mark);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  mark->upto = (guint64) bm_sql_int (statement, 0);
  mark->held = (guint64) bm_sql_int (statement, 3);
  mark->backed_up = (guint64) bm_sql_int (statement, 4);
  if (mark->upto > 0 && !bm_sql_hash (statement, 1, mark->head))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_CORRUPT, "A watermark without its head");
      return NULL;
    }
  if (sqlite3_column_type (statement, 2) != SQLITE_NULL)
    mark->signature = bm_sql_bytes (statement, 2);
  return g_steal_pointer (&mark);
}

/* Goes from the watermark upwards as long as seq follows seq; writes each entry's head. */
static gboolean
follow_chain (BmPlatformStore *self,
              guint32 kiosk,
              guint64 epoch,
              BmWatermark *mark,
              GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (sqlite3_stmt) statement =
    bm_sql_query (self->db, error,
                  "SELECT e.id, e.seq, r.bytes FROM entry e JOIN record r ON r.id = e.record"
                  " WHERE e.kiosk = ? AND e.epoch = ? AND e.seq > ? ORDER BY e.seq",
                  "iii", (gint64) kiosk, (gint64) epoch, (gint64) mark->upto);

  if (statement == NULL)
    return FALSE;
  while (bm_sql_next (statement, &local_error) &&
         (guint64) bm_sql_int (statement, 1) == mark->upto + 1)
    {
      g_autoptr (GBytes) record = bm_sql_bytes (statement, 2);
      guint8 next[BM_SM3_LEN];

      bm_chain_next (mark->head, record, next);
      memcpy (mark->head, next, BM_SM3_LEN);
      mark->upto++;
      if (!bm_sql_run (self->db, error, "UPDATE entry SET head = ? WHERE id = ?", "hi", mark->head,
                       bm_sql_int (statement, 0)))
        return FALSE;
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
bm_platform_store_advance (BmPlatformStore *self,
                           guint32 kiosk,
                           guint64 epoch,
                           guint n_new,
                           GError **error)
{
  g_autoptr (BmWatermark) mark = NULL;
  guint64 before;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  if (!bm_sql_run (self->db, error,
                   "INSERT INTO watermark (kiosk, epoch, upto, head, held)"
                   " VALUES (?, ?, 0, zeroblob (32), ?)"
                   " ON CONFLICT (kiosk, epoch) DO UPDATE SET held = held + excluded.held",
                   "iii", (gint64) kiosk, (gint64) epoch, (gint64) n_new))
    return FALSE;
  mark = bm_platform_store_get_watermark (self, kiosk, epoch, error);
  if (mark == NULL)
    return FALSE;
  before = mark->upto;
  if (!follow_chain (self, kiosk, epoch, mark, error))
    return FALSE;
  if (mark->upto == before)
    return TRUE;
  return bm_sql_run (self->db, error,
                     "UPDATE watermark SET upto = ?, head = ?, signature = NULL"
                     " WHERE kiosk = ? AND epoch = ?",
                     "ihii", (gint64) mark->upto, mark->head, (gint64) kiosk, (gint64) epoch);
}

gboolean
bm_platform_store_set_head_signature (BmPlatformStore *self,
                                      guint32 kiosk,
                                      guint64 epoch,
                                      GBytes *signature,
                                      GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "UPDATE watermark SET signature = ? WHERE kiosk = ? AND epoch = ?", "bii",
                     signature, (gint64) kiosk, (gint64) epoch);
}

gboolean
bm_platform_store_get_head_at (BmPlatformStore *self,
                               guint32 kiosk,
                               guint64 epoch,
                               guint64 seq,
                               guint8 ret_head[BM_SM3_LEN],
                               GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  if (seq == 0)
    {
      bm_chain_start (kiosk, epoch, ret_head);
      return TRUE;
    }
  statement = bm_sql_query (self->db, error,
                            "SELECT head FROM entry WHERE kiosk = ? AND epoch = ? AND seq = ?",
                            "iii", (gint64) kiosk, (gint64) epoch, (gint64) seq);
  return statement != NULL && bm_sql_next (statement, error) &&
         bm_sql_hash (statement, 0, ret_head);
}
