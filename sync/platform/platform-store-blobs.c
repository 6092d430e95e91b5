/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-store"

#include "sync/platform/platform-store-blobs.h"

#include "sync/platform/platform-store-private.h"

#include "core/error.h"

#include <string.h>

/*
 * Attachments.
 *
 * Invariants: a chunk row exists exactly where the bitmap of its blob says so, and its bytes have the
 * hash that the blob names; both change in one transaction. A blob may come before the entry that names
 * it, and an entry before its blobs. Nothing is ever removed.
 */

void
bm_stored_blob_free (BmStoredBlob *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->hashes, g_bytes_unref);
  g_clear_pointer (&self->have, g_bytes_unref);
  g_free (self);
}

gboolean
bm_stored_blob_is_complete (const BmStoredBlob *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->n_have == self->n_chunks;
}

static BmStoredBlob *
read_blob (sqlite3_stmt *statement, GError **error)
{
  g_autoptr (BmStoredBlob) blob = NULL;

  if (statement == NULL || !bm_sql_next (statement, error))
    return NULL;
  blob = g_new0 (BmStoredBlob, 1);
  blob->id = bm_sql_int (statement, 0);
  blob->kiosk = (guint32) bm_sql_int (statement, 1);
  blob->epoch = (guint64) bm_sql_int (statement, 3);
  blob->seq = (guint64) bm_sql_int (statement, 4);
  blob->ordinal = (guint) bm_sql_int (statement, 5);
  blob->bytes = (guint32) bm_sql_int (statement, 6);
  blob->hashes = bm_sql_bytes (statement, 7);
  blob->have = bm_sql_bytes (statement, 8);
  blob->n_chunks = (guint) bm_sql_int (statement, 9);
  blob->n_have = (guint) bm_sql_int (statement, 10);
  if (!bm_sql_hash (statement, 2, blob->blob) ||
      g_bytes_get_size (blob->hashes) != (gsize) blob->n_chunks * BM_SM3_LEN ||
      g_bytes_get_size (blob->have) != (blob->n_chunks + 7) / 8)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_CORRUPT, "A blob without its hashes");
      return NULL;
    }
  return g_steal_pointer (&blob);
}

BmStoredBlob *
bm_platform_store_get_blob (BmPlatformStore *self,
                            guint32 kiosk,
                            const guint8 blob[BM_SM3_LEN],
                            GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT id, kiosk, blob, epoch, seq, ordinal, bytes, hashes, have,"
                            " chunks, held FROM blob WHERE kiosk = ? AND blob = ?",
                            "ih", (gint64) kiosk, blob);
  return read_blob (statement, error);
}

static gboolean
check_room (BmPlatformStore *self, guint32 kiosk, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
    bm_sql_query (self->db, error, "SELECT count (*) FROM blob WHERE kiosk = ? AND held < chunks",
                  "i", (gint64) kiosk);

  if (statement == NULL || !bm_sql_next (statement, error))
    return FALSE;
  if (bm_sql_int (statement, 0) < BM_PLATFORM_MAX_OPEN_BLOBS)
    return TRUE;
  g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "Too many attachments are not complete");
  return FALSE;
}

BmStoredBlob *
bm_platform_store_open_blob (BmPlatformStore *self,
                             const BmBlobOpen *request,
                             gint64 now_ms,
                             GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) have = NULL;
  BmStoredBlob *blob;
  guint8 name[BM_SM3_LEN];
  guint n_chunks;

  g_return_val_if_fail (self != NULL && self->is_in_transaction && request != NULL, NULL);

  bm_blob_id (request->hashes, name);
  blob = bm_platform_store_get_blob (self, request->kiosk, name, &local_error);
  if (blob != NULL)
    return blob;
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  n_chunks = (guint) (g_bytes_get_size (request->hashes) / BM_SM3_LEN);
  have = g_bytes_new_take (g_malloc0 ((n_chunks + 7) / 8), (n_chunks + 7) / 8);
  if (
    !check_room (self, request->kiosk, error) ||
    !bm_sql_run (self->db, error,
                 "INSERT INTO blob (kiosk, blob, epoch, seq, ordinal, bytes, hashes, have, chunks,"
                 " opened_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 "ihiiiibbii", (gint64) request->kiosk, name, (gint64) request->epoch,
                 (gint64) request->seq, (gint64) request->ordinal, (gint64) request->bytes,
                 request->hashes, have, (gint64) n_chunks, now_ms))
    return NULL;
  return bm_platform_store_get_blob (self, request->kiosk, name, error);
}

gboolean
bm_platform_store_put_chunk (BmPlatformStore *self,
                             BmStoredBlob *blob,
                             guint chunk,
                             GBytes *body,
                             GError **error)
{
  guint8 *have;
  gsize len;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);
  g_return_val_if_fail (blob != NULL && chunk < blob->n_chunks && body != NULL, FALSE);

  if (bm_blob_have_get (blob->have, chunk))
    return TRUE;
  if (!bm_sql_run (self->db, error, "INSERT INTO blob_chunk (blob, chunk, body) VALUES (?, ?, ?)",
                   "iib", blob->id, (gint64) chunk, body))
    return FALSE;
  len = g_bytes_get_size (blob->have);
  have = g_memdup2 (g_bytes_get_data (blob->have, NULL), len);
  have[chunk / 8] |= (guint8) (0x80U >> (chunk % 8));
  g_bytes_unref (blob->have);
  blob->have = g_bytes_new_take (have, len);
  blob->n_have++;
  return bm_sql_run (self->db, error, "UPDATE blob SET have = ?, held = ? WHERE id = ?", "bii",
                     blob->have, (gint64) blob->n_have, blob->id);
}

GBytes *
bm_platform_store_get_chunk (BmPlatformStore *self,
                             const BmStoredBlob *blob,
                             guint chunk,
                             GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction && blob != NULL, NULL);

  statement =
    bm_sql_query (self->db, error, "SELECT body FROM blob_chunk WHERE blob = ? AND chunk = ?", "ii",
                  blob->id, (gint64) chunk);
  if (statement == NULL || !bm_sql_next (statement, error))
    return NULL;
  return bm_sql_bytes (statement, 0);
}

gboolean
bm_platform_store_name_blob (BmPlatformStore *self,
                             gint64 entry_id,
                             const guint8 blob[BM_SM3_LEN],
                             GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "INSERT OR IGNORE INTO entry_blob (entry, kiosk, blob)"
                     " SELECT id, kiosk, ? FROM entry WHERE id = ?",
                     "hi", blob, entry_id);
}

gint
bm_platform_store_count_missing_blobs (BmPlatformStore *self, gint64 entry_id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, -1);

  statement = bm_sql_query (self->db, error,
                            "SELECT count (*) FROM entry_blob n LEFT JOIN blob b"
                            " ON b.kiosk = n.kiosk AND b.blob = n.blob"
                            " WHERE n.entry = ? AND (b.id IS NULL OR b.held < b.chunks)",
                            "i", entry_id);
  if (statement == NULL || !bm_sql_next (statement, error))
    return -1;
  return (gint) bm_sql_int (statement, 0);
}

static json_t *
make_blob (sqlite3_stmt *statement)
{
  guint8 blob[BM_SM3_LEN] = { 0 };
  g_autofree char *name = NULL;

  (void) bm_sql_hash (statement, 1, blob); /* zeros then */
  name = bm_hex_encode (blob, sizeof blob);
  return json_pack ("{s:s, s:s, s:o, s:I, s:i, s:I, s:i, s:i, s:b, s:b}", "station",
                    bm_sql_text (statement, 0), "blob", name, "epoch",
                    json_sprintf ("%016llx", (unsigned long long) bm_sql_int (statement, 2)), "seq",
                    (json_int_t) bm_sql_int (statement, 3), "ordinal",
                    (int) bm_sql_int (statement, 4), "bytes",
                    (json_int_t) bm_sql_int (statement, 5), "chunks",
                    (int) bm_sql_int (statement, 6), "held", (int) bm_sql_int (statement, 7),
                    "complete", (int) (bm_sql_int (statement, 6) == bm_sql_int (statement, 7)),
                    "named", (int) bm_sql_int (statement, 8));
}

json_t *
bm_platform_store_report_blobs (BmPlatformStore *self, guint32 kiosk, guint max, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement =
    bm_sql_query (self->db, error,
                  "SELECT s.id, b.blob, b.epoch, b.seq, b.ordinal, b.bytes, b.chunks, b.held,"
                  " EXISTS (SELECT 1 FROM entry_blob n WHERE n.kiosk = b.kiosk AND n.blob = b.blob)"
                  " FROM blob b JOIN station s ON s.kiosk = b.kiosk"
                  " WHERE ?1 = 0 OR b.kiosk = ?1 ORDER BY b.id DESC LIMIT ?2",
                  "ii", (gint64) kiosk, (gint64) max);
  return statement != NULL ? bm_platform_store_collect_json (statement, make_blob, error) : NULL;
}
