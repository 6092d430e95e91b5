/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "printer-fixture"

#include "tests/printing/printer-fixture.h"

#include "tests/printing/sheet-fixture.h"

#include <cups/cups.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#define START_MS 60000

void
wait_ms (guint ms)
{
  g_usleep ((gulong) ms * 1000);
}

static void
die_with_test (gpointer unused)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static char *
wait_for_file (const char *path, GSubprocess *process)
{
  const gint64 deadline = g_get_monotonic_time () + START_MS * G_TIME_SPAN_MILLISECOND;
  char *text = NULL;

  while (!g_file_get_contents (path, &text, NULL, NULL))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_assert_nonnull (g_subprocess_get_identifier (process));
      wait_ms (20);
    }
  return g_strstrip (text);
}

static SimPrinter *
start (const char *program, const char *const *more)
{
  SimPrinter *self = g_new0 (SimPrinter, 1);
  g_autofree char *uri_file = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) command = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = sheet_folder_new ();
  self->control = g_build_filename (self->folder, "control", NULL);
  uri_file = g_build_filename (self->folder, "uri", NULL);
  g_strv_builder_add_many (words, g_getenv (program), "--dir", self->folder, "--control",
                           self->control, "--uri-file", uri_file, NULL);
  g_strv_builder_addv (words, (const char **) more);
  command = g_strv_builder_end (words);
  g_subprocess_launcher_set_child_setup (launcher, die_with_test, NULL, NULL);
  self->process = g_subprocess_launcher_spawnv (launcher, (const char *const *) command, &error);
  g_assert_no_error (error);
  self->uri = wait_for_file (uri_file, self->process);
  return self;
}

SimPrinter *
sim_printer_new (void)
{
  const char *const more[] = { NULL };

  return start ("BIANMIN_SIM_PRINTER", more);
}

SimPrinter *
sim_printer_new_escpos (const char *line, const char *profile)
{
  const char *const more[] = { "--line", line, "--profile", profile, NULL };

  return start ("BIANMIN_SIM_ESCPOS", more);
}

SimPrinter *
sim_printer_new_cups (void)
{
  const char *const more[] = { NULL };
  SimPrinter *self = start ("BIANMIN_SIM_CUPS", more);
  g_autofree char *server = g_build_filename (self->folder, "cups.sock", NULL);

  cupsSetServer (server);
  return self;
}

void
sim_printer_free (SimPrinter *self)
{
  sim_printer_order (self, "quit");
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->process);
  sheet_folder_remove (self->folder);
  g_free (self->control);
  g_free (self->uri);
  g_free (self);
}

static GSocketConnection *
open_control (SimPrinter *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (self->control);
  const gint64 deadline = g_get_monotonic_time () + START_MS * G_TIME_SPAN_MILLISECOND;
  GSocketConnection *connection = NULL;

  while (connection == NULL)
    {
      connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);
      if (connection != NULL)
        break;
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      wait_ms (20);
    }
  return connection;
}

char *
sim_printer_tell (SimPrinter *self, const char *order)
{
  g_autoptr (GSocketConnection) connection = open_control (self);
  g_autoptr (GDataInputStream) input =
    g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_autofree char *line = g_strconcat (order, "\n", NULL);
  g_autofree char *reply = NULL;

  g_assert_true (
    g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), line,
                               strlen (line), NULL, NULL, NULL));
  reply = g_data_input_stream_read_line (input, NULL, NULL, NULL);
  g_assert_nonnull (reply);
  g_assert_true (g_str_has_prefix (reply, "ok"));
  return g_strdup (g_strchug (reply + strlen ("ok")));
}

void
sim_printer_order (SimPrinter *self, const char *order)
{
  g_autofree char *reply = sim_printer_tell (self, order);

  g_assert_nonnull (reply);
}

GStrv
sim_printer_get_sheets (SimPrinter *self)
{
  g_autofree char *reply = sim_printer_tell (self, "sheets");

  return *reply != '\0' ? g_strsplit (reply, " ", -1) : g_new0 (char *, 1);
}

static guint16
find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  const guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_socket_listener_close (listener);
  g_assert_cmpuint (port, >, 0);
  return port;
}

static void
wait_for_port (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  const gint64 deadline = g_get_monotonic_time () + START_MS * G_TIME_SPAN_MILLISECOND;

  while (TRUE)
    {
      g_autoptr (GSocketConnection) connection =
        g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);

      if (connection != NULL)
        return;
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      wait_ms (20);
    }
}

Laser *
laser_new (SimPrinter *neighbour)
{
  Laser *self = g_new0 (Laser, 1);
  const guint16 port = find_port ();
  g_autofree char *number = g_strdup_printf ("%u", port);
  g_autofree char *bus = g_strdup_printf ("unix:path=%s/bus", neighbour->folder);
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;

  self->spool = g_build_filename (neighbour->folder, "laser", NULL);
  g_assert_cmpint (g_mkdir (self->spool, 0700), ==, 0);
  self->uri = g_strdup_printf ("ipp://127.0.0.1:%u/ipp/print?media=a4", port);
  g_subprocess_launcher_setenv (launcher, "DBUS_SYSTEM_BUS_ADDRESS", bus, TRUE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_test, NULL, NULL);
  self->process =
    g_subprocess_launcher_spawn (launcher, &error, "ippeveprinter", "-c", "/bin/true", "-k", "-r",
                                 "off", "-p", number, "-n", "localhost", "-2", "-f",
                                 "application/pdf,image/pwg-raster,image/urf", "-d", self->spool,
                                 "Laser", NULL);
  g_assert_no_error (error);
  wait_for_port (port);
  return self;
}

void
laser_free (Laser *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->process);
  g_free (self->uri);
  g_free (self->spool);
  g_free (self);
}
