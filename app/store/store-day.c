/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-view.h"

#include "core/calendar/day.h"
#include "core/error.h"

#include <string.h>

/*
 * What came of one day, for the sheets that end it (日结条, 交接条): counts, and where the journal stands, all of
 * one moment, so that they add up. No row, no number, no name leaves here, and what is hidden from the desk is in
 * no count (domain §2.21a rule 5).
 */

#define NEWEST 5000 /* matters that are looked at: days of the busiest station (domain §2.22) */
#define PREFIX 6    /* hex digits of the journal's head */

typedef struct
{
  BmStore *self;
  gint64 from_ms;
} DayCall;

static const char *
name_state (BmEntryState state)
{
  switch ((int) state)
    {
    case BM_ENTRY_ACKED:
      return "sent";
    case BM_ENTRY_REJECTED:
    case BM_ENTRY_QUARANTINED:
      return "rejected";
    case BM_ENTRY_WITHDRAWN:
      return "withdrawn";
    default:
      return "waiting";
    }
}

static void
count_one (json_t *counts, const char *key)
{
  json_object_set_new (counts, key,
                       json_integer (json_integer_value (json_object_get (counts, key)) + 1));
}

static json_t *
new_counts (void)
{
  return json_pack ("{s:i, s:i, s:i, s:i, s:i}", "taken", 0, "sent", 0, "waiting", 0, "rejected", 0,
                    "withdrawn", 0);
}

/* Services in the order in which the first of each came. */
static json_t *
get_service (json_t *services, const char *id)
{
  json_t *service;
  gsize i;

  json_array_foreach (services, i,
                      service) if (strcmp (json_string_value (json_object_get (service, "service")),
                                           id) == 0) return service;
  service = new_counts ();
  json_object_set_new (service, "service", json_string (id));
  json_array_append_new (services, service);
  return service;
}

static gboolean
add_services (DayCall *call, json_t *day, GError **error)
{
  g_autoptr (BmStatement) row = bm_sql_borrow (
    call->self,
    "SELECT record, state FROM (SELECT id, epoch, seq, record, state, wall_ms FROM entry "
    "WHERE type = 1 ORDER BY id DESC LIMIT ?2) AS entry WHERE wall_ms >= ?1 AND " BM_STORE_VISIBLE
    " ORDER BY id",
    error);
  json_t *services = json_array ();
  json_t *all = new_counts ();
  gboolean has_row;

  json_object_set_new (day, "all", all);
  json_object_set_new (day, "services", services);
  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, call->from_ms);
  bm_sql_bind_int (row, 2, NEWEST);
  while (bm_sql_step (call->self, row, &has_row, error))
    {
      const char *state = name_state ((BmEntryState) bm_sql_get_int (row, 1));
      BmEntryHeader header;
      json_t *service;

      if (!has_row)
        return TRUE;
      bm_store_read_header (row, 0, &header);
      service = get_service (services, header.service);
      count_one (service, "taken");
      count_one (service, state);
      count_one (all, "taken");
      count_one (all, state);
    }
  return FALSE;
}

/* Not sent and due within a day, three, seven: each of them holds the ones before, the first what is over due, too. */
static gboolean
add_due (DayCall *call, json_t *day, GError **error)
{
  const gint32 today = bm_day_from_wall_ms (bm_clock_get_wall_ms (call->self->clock));
  g_autoptr (BmStatement) row = bm_sql_borrow (
    call->self,
    "SELECT total (due_day <= ?1 + 1), total (due_day <= ?1 + 3), total (due_day <= ?1 + 7) "
    "FROM entry WHERE state <> 1 AND state IN (0, 2, 3) AND type = 1 AND " BM_STORE_VISIBLE,
    error);

  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, today);
  if (!bm_sql_step (call->self, row, NULL, error))
    return FALSE;
  json_object_set_new (day, "due",
                       json_pack ("{s:I, s:I, s:I}", "1", (json_int_t) bm_sql_get_int (row, 0), "3",
                                  (json_int_t) bm_sql_get_int (row, 1), "7",
                                  (json_int_t) bm_sql_get_int (row, 2)));
  return TRUE;
}

static gboolean
add_alarms (DayCall *call, json_t *day, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (call->self, "SELECT count(*) FROM alarm WHERE wall_ms >= ?", error);

  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, call->from_ms);
  if (!bm_sql_step (call->self, row, NULL, error))
    return FALSE;
  json_object_set_new (day, "alarms", json_integer (bm_sql_get_int (row, 0)));
  return TRUE;
}

/* The row at which the journal stands and how its head begins: who has the sheet can hold it against the row later. */
static void
add_journal (DayCall *call, json_t *day)
{
  g_autofree char *head = bm_store_dup_hex (call->self->now.head, BM_SM3_LEN);

  head[PREFIX] = '\0';
  json_object_set_new (day, "journal",
                       json_pack ("{s:I, s:s}", "seq", (json_int_t) (call->self->now.next_seq - 1),
                                  "head", head));
}

static gpointer
day_on_worker (gpointer data, GError **error)
{
  DayCall *call = data;
  json_t *day = json_pack ("{s:I, s:I}", "from_ms", (json_int_t) call->from_ms, "until_ms",
                           (json_int_t) bm_clock_get_wall_ms (call->self->clock));

  add_journal (call, day);
  if (add_services (call, day, error) && add_due (call, day, error) &&
      add_alarms (call, day, error) && bm_store_add_waiting (call->self, day, error))
    return day;
  json_decref (day);
  return NULL;
}

/**
 * bm_store_day_async:
 * @self: an open store
 * @from_ms: when the day began
 * @callback: called with the result: bm_store_json_finish()
 * @user_data: for @callback
 *
 * Counts what was taken since then and what came of it, for the sheets that end a day. Read only.
 */
void
bm_store_day_async (BmStore *self, gint64 from_ms, GAsyncReadyCallback callback, gpointer user_data)
{
  DayCall *call;

  g_return_if_fail (BM_IS_STORE (self));

  call = g_new0 (DayCall, 1);
  *call = (DayCall){ self, from_ms };
  bm_store_run (self, day_on_worker, call, g_free, (GDestroyNotify) json_decref, callback,
                user_data);
}
