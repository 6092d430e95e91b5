/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-bus"

#include "app/bus/bus-client.h"
#include "app/bus/bus-server.h"
#include "app/bus/bus-socket.h"
#include "core/error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define WAIT_MS 60000

typedef struct
{
  char *folder;
  char *path;
  BmBusServer *server;
  GString *log; /* what the server's and the faces' signals said, in order */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("bianmin-bus-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "face", NULL);
  fixture->log = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *lock = g_strconcat (fixture->path, ".lock", NULL);

  g_clear_object (&fixture->server);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  (void) g_unlink (lock); /* Made only by tests that got as far as the lock. */
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_string_free (fixture->log, TRUE);
}

static gboolean
on_timeout (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_for (Fixture *fixture, const char *text)
{
  gboolean is_late = FALSE;
  guint id = g_timeout_add (WAIT_MS, on_timeout, &is_late);

  while (strstr (fixture->log->str, text) == NULL && !is_late)
    g_main_context_iteration (NULL, TRUE);
  if (is_late)
    g_test_message ("'%s' did not come; seen: %s", text, fixture->log->str);
  g_assert_false (is_late);
  g_source_remove (id);
}

static void
on_attached (BmBusServer *server, GDBusConnection *peer, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append (fixture->log, "attached;");
  bm_bus_server_send_page (server, peer, 7, "{\"id\":\"home\"}");
}

static void
on_intent (BmBusServer *server,
           GDBusConnection *peer,
           guint64 rev,
           const char *intent,
           gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append_printf (fixture->log, "intent %" G_GUINT64_FORMAT " %s;", rev, intent);
}

static void
on_gone (BmBusServer *server, GDBusConnection *peer, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append (fixture->log, "gone;");
}

static void
on_page (BmBusStation1 *station, guint64 rev, const char *model, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append_printf (fixture->log, "page %" G_GUINT64_FORMAT " %s;", rev, model);
}

static void
on_ended (BmBusStation1 *station, const char *why, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append_printf (fixture->log, "ended %s;", why);
}

static void
start_server (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->server = bm_bus_server_new (fixture->folder, "face", BM_BUS_FACE, &error);
  g_assert_no_error (error);
  bm_bus_server_set_seat (fixture->server, "hall");
  g_signal_connect (fixture->server, "attached", G_CALLBACK (on_attached), fixture);
  g_signal_connect (fixture->server, "intent", G_CALLBACK (on_intent), fixture);
  g_signal_connect (fixture->server, "gone", G_CALLBACK (on_gone), fixture);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusConnection **ret_connection = user_data;
  g_autoptr (GError) error = NULL;

  *ret_connection = bm_bus_connect_finish (result, &error);
  g_assert_no_error (error);
}

static BmBusStation1 *
connect_face (Fixture *fixture)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  BmBusStation1 *station;

  bm_bus_connect_async (fixture->path, NULL, on_connected, &connection);
  while (connection == NULL)
    g_main_context_iteration (NULL, TRUE);
  station = bm_bus_station_for_connection (connection, &error);
  g_assert_no_error (error);
  g_signal_connect (station, "page", G_CALLBACK (on_page), fixture);
  g_signal_connect (station, "ended", G_CALLBACK (on_ended), fixture);
  return station;
}

static void
on_attach_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autofree char *seat = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (
    bm_bus_station1_call_attach_finish (BM_BUS_STATION1 (source), &seat, result, &error));
  g_assert_no_error (error);
  g_string_append_printf (fixture->log, "seat %s;", seat);
}

static void
on_intent_refused (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_false (bm_bus_station1_call_intent_finish (BM_BUS_STATION1 (source), result, &error));
  g_assert_nonnull (error);
  g_string_append_printf (fixture->log, "refused %s;",
                          g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED)
                            ? "not-attached"
                          : g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED)
                            ? "too-long"
                            : error->message);
}

static void
test_round_trip (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmBusStation1) face = NULL;

  start_server (fixture);
  face = connect_face (fixture);
  bm_bus_station1_call_intent (face, 1, "{}", NULL, on_intent_refused, fixture);
  wait_for (fixture, "refused not-attached;");
  g_assert_null (strstr (fixture->log->str, "intent"));

  bm_bus_station1_call_attach (face, NULL, on_attach_done, fixture);
  wait_for (fixture, "seat hall;");
  wait_for (fixture, "page 7 {\"id\":\"home\"};");
  bm_bus_station1_call_intent (face, 7, "{\"do\":\"back\"}", NULL, NULL, NULL);
  wait_for (fixture, "intent 7 {\"do\":\"back\"};");
  bm_bus_server_send_ended (fixture->server, "idle");
  wait_for (fixture, "ended idle;");

  g_clear_object (&face);
  wait_for (fixture, "gone;");
  g_assert_cmpuint (bm_bus_server_count_attached (fixture->server), ==, 0);
}

static void
test_overlong_intent (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmBusStation1) face = NULL;
  g_autofree char *text = g_strnfill (BM_BUS_MAX_INTENT + 1, 'x');

  start_server (fixture);
  face = connect_face (fixture);
  bm_bus_station1_call_attach (face, NULL, on_attach_done, fixture);
  wait_for (fixture, "seat hall;");
  bm_bus_station1_call_intent (face, 7, text, NULL, on_intent_refused, fixture);
  wait_for (fixture, "refused too-long;");
  g_assert_null (strstr (fixture->log->str, "intent"));
}

/* A page is sent to faces that attached, and to nobody who only connected. */
static void
test_page_before_attach (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmBusStation1) face = NULL;
  g_autoptr (BmBusStation1) listener = NULL;
  Fixture silent = { .path = fixture->path, .log = g_string_new (NULL) };

  start_server (fixture);
  listener = connect_face (&silent);
  face = connect_face (fixture);
  bm_bus_station1_call_attach (face, NULL, on_attach_done, fixture);
  wait_for (fixture, "page 7");
  g_assert_cmpuint (bm_bus_server_count_attached (fixture->server), ==, 1);
  bm_bus_server_send_ended (fixture->server, "bye");
  wait_for (fixture, "ended bye;");

  /* What had been sent to the listener would arrive before the answer to its own Attach. */
  bm_bus_station1_call_attach (listener, NULL, on_attach_done, &silent);
  wait_for (&silent, "seat hall;");
  g_assert_true (g_str_has_prefix (silent.log->str, "seat hall;"));
  g_string_free (silent.log, TRUE);
}

static void
leave_stale_socket (Fixture *fixture)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpuint (g_strlcpy (address.sun_path, fixture->path, sizeof address.sun_path), <,
                    sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (close (fd), ==, 0);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_stale_socket (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmBusStation1) face = NULL;
  g_autoptr (GDBusConnection) dead = NULL;
  g_autoptr (GError) error = NULL;

  leave_stale_socket (fixture);
  dead = bm_bus_connect_sync (fixture->path, &error);
  g_assert_null (dead);
  g_assert_error (error, BM_ERROR, BM_ERROR_UNREACHABLE);

  start_server (fixture);
  face = connect_face (fixture);
  bm_bus_station1_call_attach (face, NULL, on_attach_done, fixture);
  wait_for (fixture, "seat hall;");
}

static void
test_second_station (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmBusServer) second = NULL;
  g_autoptr (BmBusStation1) face = NULL;
  g_autoptr (GError) error = NULL;

  start_server (fixture);
  second = bm_bus_server_new (fixture->folder, "face", BM_BUS_FACE, &error);
  g_assert_null (second);
  g_assert_error (error, BM_ERROR, BM_ERROR_BUSY);

  /* The refused one took nothing away from the first. */
  face = connect_face (fixture);
  bm_bus_station1_call_attach (face, NULL, on_attach_done, fixture);
  wait_for (fixture, "seat hall;");
}

static void
test_run_folder_is_made_private (Fixture *fixture, gconstpointer unused)
{
  GStatBuf info;

  g_assert_cmpint (g_chmod (fixture->folder, 0755), ==, 0);
  start_server (fixture);
  g_assert_cmpint (g_stat (fixture->folder, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
}

static void
test_overlong_path (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *folder = g_strconcat (fixture->folder, "/", NULL);
  g_autofree char *tail = g_strnfill (120, 'x');
  g_autofree char *deep = g_strconcat (folder, tail, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_bus_server_new (deep, "face", BM_BUS_FACE, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
}

static void
test_too_many_peers (Fixture *fixture, gconstpointer unused)
{
  BmBusStation1 *faces[BM_BUS_MAX_PEERS];
  g_autoptr (BmBusStation1) further = NULL;

  start_server (fixture);
  for (guint i = 0; i < BM_BUS_MAX_PEERS; i++)
    {
      faces[i] = connect_face (fixture);
      g_string_truncate (fixture->log, 0);
      bm_bus_station1_call_attach (faces[i], NULL, on_attach_done, fixture);
      wait_for (fixture, "seat hall;");
    }
  further = connect_face (fixture);
  bm_bus_station1_call_intent (further, 1, "{}", NULL, on_intent_refused, fixture);
  wait_for (fixture, "refused ");
  g_assert_null (strstr (fixture->log->str, "not-attached"));
  g_assert_cmpuint (bm_bus_server_count_attached (fixture->server), ==, BM_BUS_MAX_PEERS);
  for (guint i = 0; i < BM_BUS_MAX_PEERS; i++)
    g_object_unref (faces[i]);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/bus/round-trip", test_round_trip);
  ADD ("/bus/overlong-intent-is-refused", test_overlong_intent);
  ADD ("/bus/page-only-after-attach", test_page_before_attach);
  ADD ("/bus/stale-socket-is-replaced", test_stale_socket);
  ADD ("/bus/second-station-is-refused", test_second_station);
  ADD ("/bus/run-folder-is-made-private", test_run_folder_is_made_private);
  ADD ("/bus/overlong-path-is-refused", test_overlong_path);
  ADD ("/bus/too-many-peers", test_too_many_peers);
  return g_test_run ();
}
