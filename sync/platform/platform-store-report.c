/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-store"

#include "sync/platform/platform-store-private.h"

#include "core/error.h"

/* What the operator's socket shows: counts and public header fields, never a payload. */

static json_t *
collect_array (BmPlatformStore *self, const char *sql, BmMakeJson make, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = bm_sql_query (self->db, error, sql, "");

  return statement != NULL ? bm_platform_store_collect_json (statement, make, error) : NULL;
}

static json_t *
collect_counts (BmPlatformStore *self, const char *sql, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = bm_sql_query (self->db, error, sql, "");
  g_autoptr (GError) local_error = NULL;
  json_t *object;

  if (statement == NULL)
    return NULL;
  object = json_object ();
  while (bm_sql_next (statement, &local_error))
    json_object_set_new (object, bm_sql_text (statement, 0),
                         json_integer (bm_sql_int (statement, 1)));
  if (local_error == NULL)
    return object;
  json_decref (object);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

static json_t *
make_epoch (sqlite3_stmt *statement, int column)
{
  return json_sprintf ("%016llx", (unsigned long long) bm_sql_int (statement, column));
}

static json_t *
make_watermark (sqlite3_stmt *statement)
{
  return json_pack ("{s:s, s:i, s:o, s:I, s:I, s:I}", "station", bm_sql_text (statement, 0),
                    "kiosk", (int) bm_sql_int (statement, 1), "epoch", make_epoch (statement, 2),
                    "upto", (json_int_t) bm_sql_int (statement, 3), "highest",
                    (json_int_t) bm_sql_int (statement, 4), "held",
                    (json_int_t) bm_sql_int (statement, 5));
}

static json_t *
make_conflict (sqlite3_stmt *statement)
{
  return json_pack ("{s:i, s:o, s:I}", "kiosk", (int) bm_sql_int (statement, 0), "epoch",
                    make_epoch (statement, 1), "seq", (json_int_t) bm_sql_int (statement, 2));
}

static json_t *
make_alarm (sqlite3_stmt *statement)
{
  return json_pack ("{s:i, s:s, s:s}", "kiosk", (int) bm_sql_int (statement, 0), "kind",
                    bm_sql_text (statement, 1), "detail", bm_sql_text (statement, 2));
}

static json_t *
make_station (sqlite3_stmt *statement)
{
  return json_pack ("{s:s, s:i, s:i, s:I, s:b, s:b, s:I}", "station", bm_sql_text (statement, 0),
                    "kiosk", (int) bm_sql_int (statement, 1), "label",
                    (int) bm_sql_int (statement, 2), "top_counter",
                    (json_int_t) bm_sql_int (statement, 3), "revoked",
                    (int) bm_sql_int (statement, 4), "enrolled", (int) bm_sql_int (statement, 5),
                    "messages", (json_int_t) bm_sql_int (statement, 6));
}

static json_t *
make_entry (sqlite3_stmt *statement)
{
  static const char *const types[] = { "", "matter", "audit", "run", "purge", "withdrawal" };
  gint64 type = bm_sql_int (statement, 3);

  return json_pack ("{s:s, s:o, s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s}", "station",
                    bm_sql_text (statement, 0), "epoch", make_epoch (statement, 1), "seq",
                    (json_int_t) bm_sql_int (statement, 2), "type",
                    type > 0 && type < (gint64) G_N_ELEMENTS (types) ? types[type] : "unknown",
                    "service", bm_sql_text (statement, 4), "number", bm_sql_text (statement, 5),
                    "status",
                    bm_answer_status_to_string ((BmAnswerStatus) bm_sql_int (statement, 6)), "code",
                    bm_sql_text (statement, 7), "duplicates",
                    (json_int_t) bm_sql_int (statement, 8), "state", bm_sql_text (statement, 9),
                    "decision", bm_sql_text (statement, 10));
}

json_t *
bm_platform_store_report_entries (BmPlatformStore *self, GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  return collect_array (
    self,
    "SELECT s.id, e.epoch, e.seq, e.type, e.service, e.number, e.status, e.code,"
    " e.duplicates, coalesce (m.state, ''), coalesce (m.code, '')"
    " FROM entry e JOIN station s ON s.kiosk = e.kiosk"
    " LEFT JOIN matter m ON m.id = e.id ORDER BY e.id",
    make_entry, error);
}

static gboolean
add_counts (BmPlatformStore *self, json_t *report, const char *key, const char *sql, GError **error)
{
  json_t *value = collect_counts (self, sql, error);

  return value != NULL && json_object_set_new (report, key, value) == 0;
}

static gboolean
add_array (BmPlatformStore *self,
           json_t *report,
           const char *key,
           const char *sql,
           BmMakeJson make,
           GError **error)
{
  json_t *value = collect_array (self, sql, make, error);

  return value != NULL && json_object_set_new (report, key, value) == 0;
}

/* The counts come by number; people read names. */
static void
name_statuses (json_t *report)
{
  json_t *by_number = json_object_get (report, "entries");
  json_t *by_name = json_object ();
  const char *key;
  json_t *value;

  json_object_foreach (by_number, key, value)
    json_object_set (by_name,
                     bm_answer_status_to_string ((BmAnswerStatus) g_ascii_strtoll (key, NULL, 10)),
                     value);
  json_object_set_new (report, "entries", by_name);
}

json_t *
bm_platform_store_report_state (BmPlatformStore *self, GError **error)
{
  json_t *report;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  report = json_object ();
  if (add_counts (self, report, "entries", "SELECT status, count (*) FROM entry GROUP BY status",
                  error) &&
      add_counts (self, report, "cases",
                  "SELECT CASE state WHEN '' THEN 'waiting' ELSE state END, count (*)"
                  " FROM matter GROUP BY 1",
                  error) &&
      add_counts (self, report, "quarantined_raw",
                  "SELECT code, count (*) FROM quarantine GROUP BY code", error) &&
      add_array (self, report, "stations",
                 "SELECT id, kiosk, label, top_counter, revoked, sign_key <> '', (SELECT count (*)"
                 " FROM message m WHERE m.kiosk = s.kiosk) FROM station s ORDER BY kiosk",
                 make_station, error) &&
      add_array (self, report, "watermarks",
                 "SELECT s.id, e.kiosk, e.epoch, coalesce (w.upto, 0), max (e.seq), count (*)"
                 " FROM entry e JOIN station s ON s.kiosk = e.kiosk LEFT JOIN watermark w"
                 " ON w.kiosk = e.kiosk AND w.epoch = e.epoch GROUP BY e.kiosk, e.epoch",
                 make_watermark, error) &&
      add_array (self, report, "conflicts",
                 "SELECT kiosk, epoch, seq FROM conflict ORDER BY record", make_conflict, error) &&
      add_array (self, report, "alarms", "SELECT kiosk, kind, detail FROM alarm ORDER BY id",
                 make_alarm, error))
    {
      name_statuses (report);
      return report;
    }
  json_decref (report);
  return NULL;
}
