/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ctl"

#include "app/bus/bus-client.h"
#include "app/ctl/ctl.h"
#include "app/station/demo-state.h"
#include "app/station/station-keys.h"
#include "app/station/words.h"
#include "core/error.h"

#include <glib/gi18n-lib.h>

#define CALL_TIMEOUT_MS (5 * 60 * 1000)
#define OUTBOX_LIMIT    500

/* The station itself */

static json_t *
call_station (GDBusConnection *connection, json_t *request, GError **error)
{
  g_autofree char *text = json_dumps (request, JSON_COMPACT);
  g_autoptr (BmBusControl1) control = bm_bus_control_for_connection (connection, error);
  g_autofree char *reply_text = NULL;
  g_autoptr (GError) cause = NULL;
  json_t *reply;

  if (control == NULL)
    return NULL;
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (control), CALL_TIMEOUT_MS);
  if (!bm_bus_control1_call_call_sync (control, text, &reply_text, NULL, &cause))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_FAILED, _ ("The station went away: %s"),
                   cause->message);
      return NULL;
    }
  reply = json_loads (reply_text, 0, NULL);
  if (reply == NULL)
    g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, _ ("The station's answer is no JSON"));
  return reply;
}

json_t *
bm_ctl_ask_station (const BmCtl *self, json_t *request, GError **error)
{
  g_autofree char *path = g_build_filename (self->run, "ctl", NULL);
  g_autoptr (GDBusConnection) connection = bm_bus_connect_sync (path, NULL);

  if (connection != NULL)
    return call_station (connection, request, error);
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, _ ("The station is not running (%s)"), path);
  return NULL;
}

/* The ledger, with the station down */

typedef struct
{
  json_t *json;
  GError *error;
  gboolean is_done;
} Answer;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->json = bm_store_json_finish (BM_STORE (source), result, &answer->error);
  answer->is_done = TRUE;
}

static json_t *
wrap (const char *verb, json_t *json)
{
  json_t *reply;

  if (g_str_equal (verb, "outbox"))
    reply = json_pack ("{s:o}", "outbox", json);
  else if (g_str_equal (verb, "show"))
    reply = json_pack ("{s:o}", "entry", json);
  else if (g_str_equal (verb, "status"))
    reply = json_pack ("{s:o, s:b, s:O?, s:O?, s:i}", "ledger", json, "is_running", 0, "packs",
                       json_object_get (json, "packs"), "hidden", json_object_get (json, "hidden"),
                       "contacts", (int) json_array_size (json_object_get (json, "contacts")));
  else
    {
      reply = json;
      json_object_set (reply, "chain_ok", json_object_get (json, "ok"));
    }
  json_object_set_new (reply, "ok", json_true ());
  return reply;
}

/* What the ledger says goes through the same table as in the running station. */
static json_t *
refuse (GError *cause)
{
  g_autoptr (GError) error = cause;
  g_autofree char *sentence = bm_words_dup_sentence (error);

  return json_pack ("{s:b, s:s, s:s}", "ok", 0, "error", sentence, "code",
                    bm_words_for_code (error));
}

static json_t *
ask_store (BmStore *store, json_t *request)
{
  const char *verb = json_string_value (json_object_get (request, "do"));
  const char *number = json_string_value (json_object_get (request, "number"));
  Answer answer = { 0 };

  if (g_str_equal (verb, "outbox"))
    bm_store_outbox_async (store, OUTBOX_LIMIT, on_answer, &answer);
  else if (g_str_equal (verb, "show"))
    bm_store_show_async (store, number, on_answer, &answer);
  else if (g_str_equal (verb, "status"))
    bm_store_status_async (store, on_answer, &answer);
  else
    bm_store_verify_async (store, on_answer, &answer);
  while (!answer.is_done)
    g_main_context_iteration (NULL, TRUE);
  if (answer.json != NULL)
    return wrap (verb, answer.json);
  return refuse (answer.error);
}

static BmClock *
make_clock (const BmConfig *config)
{
  g_autoptr (BmDemoState) demo = config->is_demo ? bm_demo_state_new (config) : NULL;

  return demo != NULL ? g_object_ref (bm_demo_state_get_clock (demo)) : bm_system_clock_new ();
}

json_t *
bm_ctl_ask_ledger (const BmCtl *self, json_t *request, GError **error)
{
  g_autoptr (BmStationKeys) keys = NULL;
  g_autoptr (BmClock) clock = NULL;
  g_autoptr (BmStore) store = NULL;
  g_autoptr (GError) cause = NULL;
  BmStoreSetup setup;
  json_t *reply;

  keys = bm_station_keys_load (self->config->keys, error);
  if (keys == NULL)
    return NULL;
  clock = make_clock (self->config);
  bm_station_keys_fill_store_setup (keys, self->config->data, &setup);
  store = bm_store_open (&setup, clock, &cause);
  if (store == NULL)
    return refuse (g_steal_pointer (&cause));
  reply = ask_store (store, request);
  bm_store_close (store);
  return reply;
}

static gboolean
only_looks (json_t *request)
{
  static const char *const verbs[] = { "status", "outbox", "show", "verify", NULL };

  return g_strv_contains (verbs, json_string_value (json_object_get (request, "do")));
}

json_t *
bm_ctl_ask (const BmCtl *self, json_t *request, GError **error)
{
  g_autoptr (GError) cause = NULL;
  json_t *reply = bm_ctl_ask_station (self, request, &cause);

  if (reply != NULL)
    return reply;
  if (g_error_matches (cause, BM_ERROR, BM_ERROR_UNREACHABLE) && only_looks (request) &&
      self->config != NULL)
    return bm_ctl_ask_ledger (self, request, error);
  g_propagate_error (error, g_steal_pointer (&cause));
  return NULL;
}
