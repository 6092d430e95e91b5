/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-store"

#include "sync/platform/platform-store-clock.h"

#include "sync/platform/platform-store-private.h"

#define SLOT_MS (60 * 60 * G_GINT64_CONSTANT (1000))

/* One sample an hour and kind is kept: of anchors the narrowest, of arrivals the earliest. */
gboolean
bm_platform_store_add_sample (BmPlatformStore *self,
                              guint32 kiosk,
                              GBytes *boot_id,
                              const BmClockSample *sample,
                              GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction && sample != NULL, FALSE);

  return bm_sql_run (
    self->db, error,
    "INSERT INTO clock_sample (kiosk, boot_id, slot, is_anchor, boot_ms, lo, hi)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kiosk, boot_id, slot, is_anchor) DO UPDATE"
    " SET boot_ms = excluded.boot_ms, lo = excluded.lo, hi = excluded.hi"
    " WHERE CASE excluded.is_anchor WHEN 1 THEN excluded.hi - excluded.lo < hi - lo"
    " ELSE excluded.hi - excluded.boot_ms < hi - boot_ms END",
    "ibiiiii", (gint64) kiosk, boot_id, sample->boot_ms / SLOT_MS, (gint64) sample->is_anchor,
    sample->boot_ms, sample->lo, sample->hi);
}

GArray *
bm_platform_store_list_samples (BmPlatformStore *self,
                                guint32 kiosk,
                                GBytes *boot_id,
                                GError **error)
{
  g_autoptr (GArray) samples = g_array_new (FALSE, TRUE, sizeof (BmClockSample));
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT is_anchor, boot_ms, lo, hi FROM clock_sample WHERE kiosk = ?"
                            " AND boot_id = ? ORDER BY slot, is_anchor",
                            "ib", (gint64) kiosk, boot_id);
  if (statement == NULL)
    return NULL;
  while (bm_sql_next (statement, &local_error))
    {
      BmClockSample sample = { bm_sql_int (statement, 0) != 0, bm_sql_int (statement, 1),
                               bm_sql_int (statement, 2), bm_sql_int (statement, 3) };

      g_array_append_val (samples, sample);
    }
  if (local_error == NULL)
    return g_steal_pointer (&samples);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

gboolean
bm_platform_store_each_entry (BmPlatformStore *self,
                              guint32 kiosk,
                              guint64 epoch,
                              BmEntryFunc function,
                              gpointer data,
                              GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction && function != NULL, FALSE);

  statement = bm_sql_query (self->db, error,
                            "SELECT r.bytes, r.received_ms FROM entry e JOIN record r"
                            " ON r.id = e.record WHERE e.kiosk = ? AND e.epoch = ? ORDER BY e.seq",
                            "ii", (gint64) kiosk, (gint64) epoch);
  if (statement == NULL)
    return FALSE;
  while (bm_sql_next (statement, &local_error))
    {
      g_autoptr (GBytes) record = bm_sql_bytes (statement, 0);
      BmEntryHeader header;

      if (bm_record_parse (record, &header, NULL, NULL, NULL)) /* it was, when it came */
        function (&header, bm_sql_int (statement, 1), data);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}
