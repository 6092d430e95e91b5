/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-platform"

#include "tests/sync/platform/server-fixture.h"

#include "sync/enrolment.h"
#include "sync/transport-curl.h"
#include "tests/sync/platform/platform-fixture.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#define CLOCK       "2026-11-21T09:10:00+08:00"
#define START_TRIES 200 /* of 50 ms */

static const char *program_path;

void
server_fixture_set_program (const char *path)
{
  g_assert_nonnull (path);
  program_path = path;
}

static char *
in_dir (ServerFixture *self, const char *name)
{
  return g_build_filename (self->dir, name, NULL);
}

static char *
run_program (const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
    g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  char *output = NULL;

  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  return g_strchomp (output);
}

static void
wait_for_port (ServerFixture *self, const char *port_file)
{
  g_autofree char *text = NULL;

  for (guint i = 0; i < START_TRIES; i++)
    {
      if (g_file_get_contents (port_file, &text, NULL, NULL) && strchr (text, '\n') != NULL)
        break;
      g_clear_pointer (&text, g_free);
      g_usleep (50 * 1000);
    }
  g_assert_nonnull (text);
  self->port = (guint) g_ascii_strtoull (text, NULL, 10);
}

/* Nothing that a test started outlives it, even when it aborts. */
static void
die_with_parent (gpointer unused)
{
  (void) prctl (PR_SET_PDEATHSIG, SIGKILL); /* the worst is a process left over */
}

void
server_fixture_start (ServerFixture *self, const char *fault)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autofree char *data = in_dir (self, "platform");
  g_autofree char *port_file = in_dir (self, "port");
  g_autofree char *admin = in_dir (self, "admin");
  g_autofree char *port = g_strdup_printf ("%u", self->port);

  (void) g_unlink (port_file);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  if (fault != NULL)
    g_subprocess_launcher_setenv (launcher, "BIANMIN_FAULT", fault, TRUE);
  self->process = g_subprocess_launcher_spawn (launcher, &error, self->program, "serve", "--data",
                                               data, "--port", port, "--port-file", port_file,
                                               "--admin", admin, "--clock", CLOCK, NULL);
  g_assert_no_error (error);
  wait_for_port (self, port_file);
}

void
server_fixture_stop (ServerFixture *self)
{
  g_autofree char *answer = server_fixture_admin (self, "quit");
  g_autoptr (GError) error = NULL;

  g_assert_true (g_subprocess_wait (self->process, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (self->process));
  g_clear_object (&self->process);
}

void
server_fixture_wait_killed (ServerFixture *self)
{
  g_assert_true (g_subprocess_wait (self->process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_signaled (self->process));
  g_assert_cmpint (g_subprocess_get_term_sig (self->process), ==, SIGKILL);
  g_clear_object (&self->process);
}

char *
server_fixture_admin (ServerFixture *self, const char *line)
{
  g_autofree char *path = in_dir (self, "admin");
  g_autofree char *request = g_strconcat (line, "\n", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
  g_autoptr (GDataInputStream) input = NULL;
  g_autofree char *answer = NULL;

  g_assert_no_error (error);
  g_assert_true (
    g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
                               strlen (request), NULL, NULL, &error));
  input = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  answer = g_data_input_stream_read_line_utf8 (input, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (answer, "ok"));
  return g_strdup (answer[2] == ' ' ? answer + 3 : "");
}

/* The real enrolment of the station, with the code that the program prints. */
static void
enrol (ServerFixture *self)
{
  g_autofree char *data = in_dir (self, "platform");
  g_autofree char *keys = in_dir (self, "keys");
  g_autofree char *file = in_dir (self, "keys/enrolment.json");
  g_autofree char *port = g_strdup_printf ("%u", self->port);
  const char *const argv[] = { self->program, "code", "--data", data, "--port", port, NULL };
  g_autofree char *code = run_program (argv);
  g_autoptr (BmClock) clock = BM_CLOCK (bm_shift_clock_new (DEMO_NOW, FALSE));
  g_autoptr (GError) error = NULL;
  g_autoptr (BmEnrolment) enrolment = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize len = 0;

  g_assert_cmpint (g_mkdir (keys, 0700), ==, 0);
  enrolment = bm_enrolment_run (code, keys, clock, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (file, &text, &len, NULL));
  bytes = g_bytes_new (text, len);
  self->station = virtual_station_new ();
  virtual_station_take_enrolment (self->station, bytes);
  virtual_station_take_keys (self->station);
  self->station->wall_ms = DEMO_NOW;
}

BmTransport *
server_fixture_new_transport (ServerFixture *self, gboolean has_identity)
{
  g_autoptr (BmClock) clock = BM_CLOCK (bm_shift_clock_new (DEMO_NOW, FALSE));
  json_t *platform = json_object_get (self->station->enrolment, "platform");
  BmTransport *transport =
    bm_curl_transport_new (json_string_value (json_object_get (platform, "url")),
                           json_string_value (json_object_get (platform, "ca")), clock);

  if (has_identity)
    bm_transport_set_identity (transport, virtual_station_get_certificate (self->station),
                               self->station->tls_key);
  return transport;
}

ServerFixture *
server_fixture_new (void)
{
  ServerFixture *self = g_new0 (ServerFixture, 1);
  g_autofree char *demo = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "demo", NULL);
  g_autofree char *data = NULL;
  g_autofree char *output = NULL;

  self->program = program_path;
  self->dir = g_dir_make_tmp ("bianmin-server-XXXXXX", NULL);
  data = in_dir (self, "platform");
  output = run_program ((const char *const[]){ self->program, "init", "--data", data, "--host",
                                               "127.0.0.1", "--station", "demo", "--demo-data",
                                               demo, NULL });
  server_fixture_start (self, NULL);
  enrol (self);
  self->transport = server_fixture_new_transport (self, TRUE);
  return self;
}

void
server_fixture_free (ServerFixture *self)
{
  g_clear_object (&self->transport);
  if (self->process != NULL)
    server_fixture_stop (self);
  g_clear_pointer (&self->station, virtual_station_free);
  remove_folder (self->dir);
  g_free (self->dir);
  g_free (self);
}

typedef struct
{
  BmTransportReply *reply;
  gboolean is_done;
} Call;

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;
  g_autoptr (GError) error = NULL;
  BmLinkTrouble trouble = BM_LINK_UNKNOWN;

  call->reply = bm_transport_send_finish (BM_TRANSPORT (source), result, &trouble, &error);
  call->is_done = TRUE;
}

BmTransportReply *
server_fixture_call (BmTransport *transport, const char *path, const char *type, GBytes *body)
{
  Call call = { NULL, FALSE };

  bm_transport_send_async (transport, path, type, body, NULL, on_sent, &call);
  while (!call.is_done)
    g_main_context_iteration (NULL, TRUE);
  return call.reply;
}

static BmReply *
open_reply (ServerFixture *self, BmTransportReply *reply, const guint8 *nonce, BmCall call)
{
  g_autoptr (BmTransportReply) owned = reply;

  if (owned == NULL)
    return NULL;
  return bm_reply_open (owned->body, nonce, call, self->station->kiosk,
                        self->station->platform_public, NULL);
}

BmReply *
server_fixture_send (ServerFixture *self, GPtrArray *records)
{
  BmBatchHeader header;
  g_autoptr (GBytes) batch = virtual_station_make_batch (self->station, records, &header);

  g_ptr_array_unref (records);
  return open_reply (self,
                     server_fixture_call (self->transport, BM_PATH_BATCH, BM_CONTENT_BATCH, batch),
                     header.nonce, BM_CALL_BATCH);
}

BmReply *
server_fixture_hello (ServerFixture *self, BmTransport *transport)
{
  guint8 nonce[BM_NONCE_LEN];
  g_autoptr (GBytes) hello = virtual_station_make_hello (self->station, nonce);

  return open_reply (self, server_fixture_call (transport, BM_PATH_HELLO, BM_CONTENT_JSON, hello),
                     nonce, BM_CALL_HELLO);
}

BmReply *
server_fixture_inbox (ServerFixture *self, gint64 after)
{
  guint8 nonce[BM_NONCE_LEN];
  g_autofree char *path = NULL;

  bm_random_bytes (nonce, sizeof nonce);
  path = bm_inbox_path (after, 65536, nonce);
  return open_reply (self, server_fixture_call (self->transport, path, NULL, NULL), nonce,
                     BM_CALL_INBOX);
}
