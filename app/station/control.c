/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/control.h"

#include "app/station/indicators.h"
#include "app/station/station-private.h"
#include "app/station/words.h"
#include "core/calendar/day.h"
#include "core/entry/attachment.h"
#include "core/error.h"
#include "core/indicators/indicators.h"
#include "core/sheet/sheet.h"

#include <glib/gi18n-lib.h>

/*
 * What an operator may ask over the socket "ctl": one JSON object in, one out. Nothing here shows a
 * payload; what shows personal data (page, sheets) or bends the world (clock, link) exists only in a
 * demonstration.
 */

#define DEFAULT_LIMIT   200
#define MAX_LIMIT       100000
#define MAX_PAPERS      16
#define MAX_PAPER_BYTES (16 * 1024 * 1024)
#define MAX_ADVANCE_S   (10 * 366 * 24 * 3600)

struct _BmControl
{
  BmStation *station; /* borrowed: owns us */
  gulong call_id;
};

/* One call until it is answered. */
typedef struct
{
  BmStation *station;
  GDBusMethodInvocation *invocation;
  const char *key; /* under which the store's answer is given; NULL: its keys are the answer */
} Call;

typedef void (*Handler) (BmControl *self, Call *call, json_t *request);

typedef struct
{
  const char *verb;
  Handler handle; /* takes over the call */
  gboolean is_demo_only;
} Verb;

static void
call_free (Call *call)
{
  g_object_unref (call->station);
  g_free (call);
}

/* Takes over @call and @reply. */
static void
answer (Call *call, json_t *reply)
{
  BmBusServer *server = call->station->control_server;
  char *text;

  json_object_set_new (reply, "ok", json_true ());
  text = json_dumps (reply, JSON_COMPACT);
  bm_bus_server_reply (server, call->invocation, text);
  bm_wipe_string (text);
  json_decref (reply);
  call_free (call);
}

static void
refuse (Call *call, const char *code, const char *sentence)
{
  json_t *reply = json_pack ("{s:b, s:s, s:s}", "ok", 0, "error", sentence, "code", code);
  g_autofree char *text = json_dumps (reply, JSON_COMPACT);

  bm_bus_server_reply (call->station->control_server, call->invocation, text);
  json_decref (reply);
  call_free (call);
}

static void
refuse_error (Call *call, const GError *error)
{
  g_autofree char *sentence = bm_words_dup_sentence (error);

  refuse (call, bm_words_for_code (error), sentence);
}

static void
on_store_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  g_autoptr (GError) error = NULL;
  json_t *json = bm_store_json_finish (BM_STORE (source), result, &error);

  if (json == NULL)
    refuse_error (call, error);
  else if (call->key != NULL)
    answer (call, json_pack ("{s:o}", call->key, json));
  else
    answer (call, json);
}

/* Verbs */

static void
on_status_overview (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  g_autoptr (GError) error = NULL;
  json_t *overview = bm_store_json_finish (BM_STORE (source), result, &error);

  if (overview == NULL)
    {
      refuse_error (call, error);
      return;
    }
  answer (call, bm_status_new (call->station, overview));
  json_decref (overview);
}

static void
handle_status (BmControl *self, Call *call, json_t *request)
{
  bm_store_status_async (call->station->store, on_status_overview, call);
}

static void
on_checked (BmStation *station, json_t *checkup, gpointer user_data)
{
  Call *call = user_data;

  if (checkup == NULL)
    refuse (call, "failed", _ ("The machine could not be looked over; try once more"));
  else
    answer (call, json_pack ("{s:O}", "checkup", checkup));
}

static void
handle_checkup (BmControl *self, Call *call, json_t *request)
{
  bm_station_look_over (call->station, on_checked, call);
}

static void
handle_outbox (BmControl *self, Call *call, json_t *request)
{
  json_t *limit = json_object_get (request, "limit");
  json_int_t wanted = json_is_integer (limit) ? json_integer_value (limit) : DEFAULT_LIMIT;
  guint rows = (guint) CLAMP (wanted, 1, MAX_LIMIT);

  call->key = "outbox";
  /* "all": false leaves out what the platform has accepted. */
  if (!json_is_false (json_object_get (request, "all")))
    bm_store_matters_async (call->station->store, rows, on_store_answer, call);
  else
    bm_store_outbox_async (call->station->store, rows, on_store_answer, call);
}

static void
handle_show (BmControl *self, Call *call, json_t *request)
{
  const char *number = json_string_value (json_object_get (request, "number"));

  if (number == NULL)
    {
      refuse (call, "invalid", _ ("Say which entry: its number or its place in the journal"));
      return;
    }
  call->key = "entry";
  bm_store_show_async (call->station->store, number, on_store_answer, call);
}

/* Here "ok" means that the question was answered; whether the chain is sound is "chain_ok". */
static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  g_autoptr (GError) error = NULL;
  json_t *report = bm_store_json_finish (BM_STORE (source), result, &error);

  if (report == NULL)
    {
      refuse_error (call, error);
      return;
    }
  json_object_set (report, "chain_ok", json_object_get (report, "ok"));
  answer (call, report);
}

static void
handle_verify (BmControl *self, Call *call, json_t *request)
{
  bm_store_verify_async (call->station->store, on_verified, call);
}

static void
handle_overview (BmControl *self, Call *call, json_t *request)
{
  bm_store_overview_async (call->station->store, on_store_answer, call);
}

static void
handle_indicators (BmControl *self, Call *call, json_t *request)
{
  BmStation *station = call->station;
  const gint32 first_day =
    bm_indicators_find_month (json_string_value (json_object_get (request, "month")));

  if (first_day == BM_NO_DAY)
    refuse (call, "invalid", _ ("Say which month: 2026-11"));
  else
    bm_station_indicators_async (station->store, station->catalogue, first_day, on_store_answer,
                                 call);
}

static void
handle_sync (BmControl *self, Call *call, json_t *request)
{
  bm_line_poke (call->station->line);
  answer (call, json_object ());
}

static void
handle_pause (BmControl *self, Call *call, json_t *request)
{
  json_t *wish = json_object_get (request, "paused");
  g_autoptr (GError) error = NULL;

  if (!json_is_boolean (wish))
    refuse (call, "invalid", _ ("Say paused: true or false"));
  else if (bm_station_set_paused (call->station, json_is_true (wish), &error))
    answer (call, json_object ());
  else
    refuse_error (call, error);
}

static void
on_retried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  g_autoptr (GError) error = NULL;
  gint64 count = bm_store_retry_finish (BM_STORE (source), result, &error);

  if (count < 0)
    {
      refuse_error (call, error);
      return;
    }
  bm_line_poke (call->station->line);
  answer (call, json_pack ("{s:I}", "count", (json_int_t) count));
}

static void
handle_retry (BmControl *self, Call *call, json_t *request)
{
  bm_store_retry_async (call->station->store,
                        json_string_value (json_object_get (request, "number")), on_retried, call);
}

static void
on_flushed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmStation) station = user_data;

  /* When it failed the asker is gone already; the wish stands. */
  (void) g_dbus_connection_flush_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_signal_emit_by_name (station, "quit");
}

/* The answer leaves before the station does. */
static void
handle_quit (BmControl *self, Call *call, json_t *request)
{
  g_autoptr (GDBusConnection) connection =
    g_object_ref (g_dbus_method_invocation_get_connection (call->invocation));
  BmStation *station = g_object_ref (call->station);

  answer (call, json_object ());
  g_dbus_connection_flush (connection, NULL, on_flushed, station);
}

/* Sticks: both begin it; "volumes" says how it goes. */

static void
begin_carrying (Call *call, json_t *request, gboolean is_export)
{
  BmVolumes *volumes = call->station->volumes;
  const char *folder = json_string_value (json_object_get (request, "folder"));
  const char *text = json_string_value (json_object_get (request, "what"));
  BmVolumesWhat what = BM_VOLUMES_ALL;
  g_autoptr (GError) error = NULL;

  if (folder == NULL || !g_path_is_absolute (folder) ||
      (text != NULL && !bm_volumes_what_from_string (text, &what)))
    refuse (call, "invalid",
            _ ("Say the folder of the stick, and what: all, entries, attachments or due"));
  else if (is_export ? bm_volumes_export (volumes, folder, what, &error)
                     : bm_volumes_import (volumes, folder, &error))
    answer (call, bm_volumes_describe (volumes));
  else
    refuse_error (call, error);
}

static void
handle_export (BmControl *self, Call *call, json_t *request)
{
  begin_carrying (call, request, TRUE);
}

static void
handle_import (BmControl *self, Call *call, json_t *request)
{
  begin_carrying (call, request, FALSE);
}

static void
handle_volumes (BmControl *self, Call *call, json_t *request)
{
  json_t *reply = bm_volumes_describe (call->station->volumes);

  json_object_set_new (reply, "sticks", bm_volumes_list_sticks (call->station->volumes));
  answer (call, reply);
}

/* Verbs of a demonstration */

static gboolean
set_clock (BmStation *station, json_t *request, GError **error)
{
  json_t *advance = json_object_get (request, "advance_s");
  const char *text = json_string_value (json_object_get (request, "set"));
  g_autoptr (GDateTime) time = NULL;

  if (json_is_integer (advance) && json_integer_value (advance) >= 0 &&
      json_integer_value (advance) <= MAX_ADVANCE_S)
    return bm_demo_state_advance (station->demo, json_integer_value (advance) * 1000, error);
  if (text != NULL)
    time = g_date_time_new_from_iso8601 (text, NULL);
  if (time != NULL)
    return bm_demo_state_set_wall (station->demo, g_date_time_to_unix (time) * 1000, error);
  g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID,
                       _ ("Say advance_s (seconds) or set (2026-11-21T09:10:00+08:00)"));
  return FALSE;
}

static void
handle_clock (BmControl *self, Call *call, json_t *request)
{
  BmStation *station = call->station;
  g_autoptr (GError) error = NULL;

  if (!set_clock (station, request, &error))
    {
      refuse_error (call, error);
      return;
    }
  bm_station_tick_now (station);
  answer (call, json_pack ("{s:I}", "wall_ms", (json_int_t) bm_clock_get_wall_ms (station->clock)));
}

static void
handle_link (BmControl *self, Call *call, json_t *request)
{
  BmStation *station = call->station;
  json_t *up = json_object_get (request, "up");
  g_autoptr (GError) error = NULL;

  if (!json_is_boolean (up))
    {
      refuse (call, "invalid", _ ("Say up: true or false"));
      return;
    }
  bm_line_set_up (station->line, json_is_true (up));
  if (bm_demo_state_set_link (station->demo, json_is_true (up), &error))
    answer (call, json_object ());
  else
    refuse_error (call, error);
}

/* A scanner that is not there: bytes that do not compress, as photographs are. */
static void
handle_attach (BmControl *self, Call *call, json_t *request)
{
  const gint64 bytes = json_integer_value (json_object_get (request, "bytes"));
  const gint64 count = json_integer_value (json_object_get (request, "count"));
  g_autoptr (GError) error = NULL;
  GPtrArray *papers =
    g_ptr_array_new_with_free_func ((GDestroyNotify) (GCallback) bm_attachment_free);

  for (gint64 i = 0; i < CLAMP (count, 1, MAX_PAPERS); i++)
    {
      const gsize len = (gsize) CLAMP (bytes, 1, MAX_PAPER_BYTES);
      guint8 *data = g_malloc (len);
      g_autoptr (GBytes) paper = NULL;

      bm_random_bytes (data, len);
      paper = g_bytes_new_take (data, len);
      g_ptr_array_add (papers, bm_attachment_new ("image/jpeg", paper));
    }
  if (!bm_attachments_check (papers, &error))
    {
      g_ptr_array_unref (papers);
      refuse_error (call, error);
      return;
    }
  bm_seat_set_papers (call->station->hall, papers);
  answer (call, json_object ());
}

static void
handle_page (BmControl *self, Call *call, json_t *request)
{
  BmStation *station = call->station;
  const char *seat = json_string_value (json_object_get (request, "seat"));
  gboolean is_desk = g_strcmp0 (seat, "desk") == 0;
  json_t *page = NULL;

  if (is_desk && station->desk != NULL)
    page = bm_desk_seat_get_page (station->desk);
  else if (!is_desk)
    page = bm_seat_get_page (station->hall);
  if (page != NULL)
    answer (call, json_pack ("{s:O}", "page", page));
  else
    refuse (call, "not-found", _ ("There is no page at this seat"));
}

static const char *
find_qr (json_t *sheet)
{
  gsize index;
  json_t *block;

  json_array_foreach (json_object_get (sheet, "blocks"), index, block)
  {
    const char *qr = json_string_value (json_object_get (block, "qr"));

    if (qr != NULL)
      return qr;
  }
  return "";
}

static void
handle_sheets (BmControl *self, Call *call, json_t *request)
{
  GPtrArray *jobs = call->station->sheets;
  json_t *list = json_array ();

  for (guint i = 0; i < jobs->len; i++)
    {
      const BmPrintJob *job = g_ptr_array_index (jobs, i);
      g_autofree char *text = bm_sheet_to_text (job->sheet, job->copy);

      json_array_append_new (list, json_pack ("{s:I, s:s, s:i, s:s, s:s, s:O}", "job",
                                              (json_int_t) job->id, "number", job->number, "copy",
                                              (int) job->copy, "text", text, "qr",
                                              find_qr (job->sheet), "sheet", job->sheet));
    }
  answer (call, json_pack ("{s:o}", "sheets", list));
}

static const Verb verbs[] = {
  { "checkup", handle_checkup, FALSE },
  { "status", handle_status, FALSE },
  { "outbox", handle_outbox, FALSE },
  { "show", handle_show, FALSE },
  { "verify", handle_verify, FALSE },
  { "overview", handle_overview, FALSE },
  { "retry", handle_retry, FALSE },
  { "sync", handle_sync, FALSE },
  { "quit", handle_quit, FALSE },
  { "pause", handle_pause, FALSE },
  { "export", handle_export, FALSE },
  { "import", handle_import, FALSE },
  { "volumes", handle_volumes, FALSE },
  { "clock", handle_clock, TRUE },
  { "link", handle_link, TRUE },
  { "attach", handle_attach, TRUE },
  { "indicators", handle_indicators, FALSE },
  { "page", handle_page, TRUE },
  { "sheets", handle_sheets, TRUE },
};

static const Verb *
find_verb (json_t *request)
{
  const char *name = json_string_value (json_object_get (request, "do"));

  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (verbs[i].verb, name))
      return &verbs[i];
  return NULL;
}

static void
on_call (BmBusServer *server,
         GDBusMethodInvocation *invocation,
         const char *text,
         gpointer user_data)
{
  BmControl *self = user_data;
  json_t *request = json_loads (text, JSON_REJECT_DUPLICATES, NULL);
  const Verb *verb = find_verb (request);
  Call *call = g_new0 (Call, 1);

  call->station = g_object_ref (self->station);
  call->invocation = invocation;
  if (verb == NULL)
    refuse (call, "invalid", _ ("The station does not know this request"));
  else if (verb->is_demo_only && self->station->demo == NULL)
    refuse (call, "refused", _ ("This exists only in a demonstration (demo=true)"));
  else
    verb->handle (self, call, request);
  json_decref (request);
}

BmControl *
bm_control_new (BmStation *station)
{
  BmControl *self;

  g_return_val_if_fail (BM_IS_STATION (station), NULL);

  self = g_new0 (BmControl, 1);
  self->station = station;
  self->call_id = g_signal_connect (station->control_server, "call", G_CALLBACK (on_call), self);
  return self;
}

void
bm_control_free (BmControl *self)
{
  if (self == NULL)
    return;
  g_signal_handler_disconnect (self->station->control_server, self->call_id);
  g_free (self);
}
