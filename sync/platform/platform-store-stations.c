/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-store"

#include "sync/platform/platform-store-private.h"

#include "core/error.h"

/* Stations, their certificates, enrolment codes and epoch labels. */

#define MAX_LABEL 99

void
bm_platform_station_free (BmPlatformStation *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->info);
  g_free (self->sign_key);
  bm_wipe_string (self->terminal_key);
  g_free (self->subject_salt);
  g_free (self);
}

gboolean
bm_platform_store_add_station (BmPlatformStore *self,
                               const BmPlatformStation *station,
                               GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "INSERT INTO station (kiosk, id, info, terminal_key, subject_salt)"
                     " VALUES (?, ?, ?, ?, ?)",
                     "issss", (gint64) station->kiosk, station->id, station->info,
                     station->terminal_key, station->subject_salt);
}

#define STATION_COLUMNS                                                                       \
  "SELECT kiosk, id, info, sign_key, terminal_key, subject_salt, label, top_counter, revoked" \
  " FROM station WHERE "

static BmPlatformStation *
read_station (sqlite3_stmt *statement, GError **error)
{
  BmPlatformStation *station;

  if (statement == NULL || !bm_sql_next (statement, error))
    return NULL;
  station = g_new0 (BmPlatformStation, 1);
  station->kiosk = (guint32) bm_sql_int (statement, 0);
  station->id = g_strdup (bm_sql_text (statement, 1));
  station->info = g_strdup (bm_sql_text (statement, 2));
  station->sign_key = g_strdup (bm_sql_text (statement, 3));
  station->terminal_key = g_strdup (bm_sql_text (statement, 4));
  station->subject_salt = g_strdup (bm_sql_text (statement, 5));
  station->label = (guint) bm_sql_int (statement, 6);
  station->top_counter = (guint32) bm_sql_int (statement, 7);
  station->is_revoked = bm_sql_int (statement, 8) != 0;
  return station;
}

BmPlatformStation *
bm_platform_store_get_station (BmPlatformStore *self, guint32 kiosk, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error, STATION_COLUMNS "kiosk = ?", "i", (gint64) kiosk);
  return read_station (statement, error);
}

BmPlatformStation *
bm_platform_store_find_station (BmPlatformStore *self, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error, STATION_COLUMNS "id = ?", "s", id);
  return read_station (statement, error);
}

gboolean
bm_platform_store_set_station_key (BmPlatformStore *self,
                                   guint32 kiosk,
                                   const char *sign_key,
                                   guint label,
                                   GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error, "UPDATE station SET sign_key = ?, label = ? WHERE kiosk = ?",
                     "sii", sign_key, (gint64) label, (gint64) kiosk);
}

gboolean
bm_platform_store_note_counter (BmPlatformStore *self,
                                guint32 kiosk,
                                guint32 counter,
                                guint label,
                                GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "UPDATE station SET top_counter = max (top_counter, ?), label = max (label, ?)"
                     " WHERE kiosk = ? AND (top_counter < ? OR label < ?)",
                     "iiiii", (gint64) counter, (gint64) label, (gint64) kiosk, (gint64) counter,
                     (gint64) label);
}

gboolean
bm_platform_store_revoke (BmPlatformStore *self, guint32 kiosk, GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error, "UPDATE station SET revoked = 1 WHERE kiosk = ?", "i",
                     (gint64) kiosk);
}

gboolean
bm_platform_store_add_certificate (BmPlatformStore *self,
                                   guint32 kiosk,
                                   const char *serial,
                                   gint64 not_after_ms,
                                   GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "INSERT INTO certificate (serial, kiosk, not_after_ms) VALUES (?, ?, ?)",
                     "sii", serial, (gint64) kiosk, not_after_ms);
}

BmCertificateState
bm_platform_store_judge_certificate (BmPlatformStore *self,
                                     guint32 kiosk,
                                     const char *serial,
                                     GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, BM_CERTIFICATE_RETIRED);

  statement = bm_sql_query (self->db, error,
                            "SELECT kiosk, retired FROM certificate WHERE serial = ?", "s", serial);
  if (statement == NULL)
    return BM_CERTIFICATE_RETIRED;
  if (bm_sql_next (statement, &local_error))
    return bm_sql_int (statement, 0) == (gint64) kiosk && bm_sql_int (statement, 1) == 0
             ? BM_CERTIFICATE_GOOD
             : BM_CERTIFICATE_RETIRED;
  if (local_error == NULL)
    return BM_CERTIFICATE_UNKNOWN;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return BM_CERTIFICATE_RETIRED;
}

gboolean
bm_platform_store_retire_certificates (BmPlatformStore *self, guint32 kiosk, GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error, "UPDATE certificate SET retired = 1 WHERE kiosk = ?", "i",
                     (gint64) kiosk);
}

gboolean
bm_platform_store_use_code (BmPlatformStore *self,
                            const char *code_hash,
                            const char *requester,
                            const char *document,
                            gint64 now_ms,
                            GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  return bm_sql_run (self->db, error,
                     "INSERT INTO used_code (hash, requester, document, at_ms) VALUES (?, ?, ?, ?)",
                     "sssi", code_hash, requester, document, now_ms);
}

gboolean
bm_platform_store_find_used_code (BmPlatformStore *self,
                                  const char *code_hash,
                                  char **ret_requester,
                                  char **ret_document,
                                  GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  statement =
    bm_sql_query (self->db, error, "SELECT requester, document FROM used_code WHERE hash = ?", "s",
                  code_hash);
  if (statement == NULL || !bm_sql_next (statement, error))
    return FALSE;
  *ret_requester = g_strdup (bm_sql_text (statement, 0));
  *ret_document = g_strdup (bm_sql_text (statement, 1));
  return TRUE;
}

static gboolean
find_rollback_label (BmPlatformStore *self,
                     guint32 kiosk,
                     guint64 epoch,
                     guint *ret_label,
                     GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
    bm_sql_query (self->db, error, "SELECT label FROM rollback WHERE kiosk = ? AND epoch = ?", "ii",
                  (gint64) kiosk, (gint64) epoch);

  if (statement == NULL || !bm_sql_next (statement, error))
    return FALSE;
  *ret_label = (guint) bm_sql_int (statement, 0);
  return TRUE;
}

gboolean
bm_platform_store_label_for_rollback (BmPlatformStore *self,
                                      guint32 kiosk,
                                      guint64 epoch,
                                      guint *ret_label,
                                      guint32 *ret_counter,
                                      GError **error)
{
  g_autoptr (BmPlatformStation) station = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, FALSE);

  station = bm_platform_store_get_station (self, kiosk, error);
  if (station == NULL)
    return FALSE;
  *ret_counter = station->top_counter + 1;
  if (find_rollback_label (self, kiosk, epoch, ret_label, &local_error))
    return TRUE;
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (station->label >= MAX_LABEL)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "No epoch label is left");
      return FALSE;
    }
  *ret_label = station->label + 1;
  return bm_sql_run (self->db, error, "INSERT INTO rollback (kiosk, epoch, label) VALUES (?, ?, ?)",
                     "iii", (gint64) kiosk, (gint64) epoch, (gint64) *ret_label) &&
         bm_sql_run (self->db, error, "UPDATE station SET label = ? WHERE kiosk = ?", "ii",
                     (gint64) *ret_label, (gint64) kiosk);
}

gboolean
bm_platform_store_find_left_epoch (BmPlatformStore *self,
                                   guint32 kiosk,
                                   guint64 epoch,
                                   guint64 *ret_left,
                                   GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction && ret_left != NULL, FALSE);

  statement =
    bm_sql_query (self->db, error,
                  "SELECT epoch FROM rollback WHERE kiosk = ?1 AND epoch <> ?2"
                  " AND NOT EXISTS (SELECT 1 FROM watermark WHERE kiosk = ?1 AND epoch = ?2)"
                  " ORDER BY label DESC LIMIT 1",
                  "ii", (gint64) kiosk, (gint64) epoch);
  if (statement == NULL || !bm_sql_next (statement, error))
    return FALSE;
  *ret_left = (guint64) bm_sql_int (statement, 0);
  return TRUE;
}
