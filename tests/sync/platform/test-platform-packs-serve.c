/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/platform/platform-fixture.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>

#include <string.h>

/* The real program: who has asked for packs at its start, and who has not. */

static const char *program;

typedef struct
{
  char *dir;
  char *socket;
  GSubprocess *process;
} Server;

static GSubprocess *
launch (const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);

  g_assert_no_error (error);
  return process;
}

static void
server_start (Server *self, const char *option)
{
  g_autofree char *data = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "demo", NULL);
  g_autofree char *place = NULL;
  g_autofree char *port_file = NULL;
  g_autoptr (GSubprocess) init = NULL;
  g_autoptr (GError) error = NULL;

  self->dir = g_dir_make_tmp ("bianmin-serve-XXXXXX", &error);
  g_assert_no_error (error);
  self->socket = g_build_filename (self->dir, "admin", NULL);
  place = g_build_filename (self->dir, "platform", NULL);
  port_file = g_build_filename (self->dir, "port", NULL);
  init = launch ((const char *[]){ program, "init", "--data", place, "--host", "127.0.0.1",
                                   "--station", "demo", "--demo-data", data, NULL });
  g_assert_true (g_subprocess_wait_check (init, NULL, &error));
  self->process =
    launch ((const char *[]){ program, "serve", "--data", place, "--port", "0", "--port-file",
                              port_file, "--admin", self->socket, option, NULL });
  while (!g_file_test (port_file, G_FILE_TEST_EXISTS))
    {
      g_assert_nonnull (g_subprocess_get_identifier (self->process)); /* still there */
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
}

static char *
ask (Server *self, const char *line)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (self->socket);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
  g_autoptr (GDataInputStream) input = NULL;
  g_autofree char *sent = g_strconcat (line, "\n", NULL);
  char *answer;

  g_assert_no_error (error);
  g_assert_true (
    g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), sent,
                               strlen (sent), NULL, NULL, NULL));
  input = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  answer = g_data_input_stream_read_line (input, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (answer);
  return answer;
}

/* Asked to end, also in the midst of slow keys, it ends by itself. */
static void
server_quit (Server *self)
{
  g_autofree char *answer = ask (self, "quit");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (answer, ==, "ok");
  g_assert_true (g_subprocess_wait_check (self->process, NULL, &error));
  g_assert_no_error (error);
  g_clear_object (&self->process);
  remove_folder (self->dir);
  g_free (self->dir);
  g_free (self->socket);
}

/* The roster and three of the pack, left without anybody asking; then there is nothing left to do. */
static void
test_packs_at_start (void)
{
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  Server server = { 0 };
  g_autofree char *answer = NULL;
  gboolean is_there = FALSE;

  server_start (&server, "--packs");
  while (!is_there && g_get_monotonic_time () < until)
    {
      g_autofree char *state = ask (&server, "state");

      is_there = strstr (state, "\"messages\":4") != NULL;
      g_thread_yield ();
    }
  g_assert_true (is_there);
  answer = ask (&server, "packs");
  g_assert_nonnull (strstr (answer, "\"residents\":32"));
  g_assert_nonnull (strstr (answer, "\"keys\":0,\"messages\":0"));
  server_quit (&server);
}

static void
test_none_unless_asked (void)
{
  Server server = { 0 };
  g_autofree char *answer = NULL;

  server_start (&server, NULL);
  answer = ask (&server, "packs");
  g_assert_nonnull (strstr (answer, "\"keys\":32,\"messages\":3"));
  server_quit (&server);
}

static void
test_ends_in_the_midst_of_it (void)
{
  Server server = { 0 };

  server_start (&server, "--packs");
  server_quit (&server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];
  g_test_add_func ("/packs-serve/packs-at-start", test_packs_at_start);
  g_test_add_func ("/packs-serve/none-unless-asked", test_none_unless_asked);
  g_test_add_func ("/packs-serve/ends-in-the-midst-of-it", test_ends_in_the_midst_of_it);
  return g_test_run ();
}
