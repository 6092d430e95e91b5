/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-station"

#include "tests/station/world.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define CLOCK   "2026-11-21T09:10:00+08:00"
#define WAIT_MS 120000
#define STEP_MS 10

/* Waiting */

static gboolean
on_wake (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

void
face_spin (guint ms)
{
  gboolean is_over = FALSE;

  g_timeout_add (ms, on_wake, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

gboolean
world_await (WorldCondition condition, gpointer data)
{
  gint64 end = g_get_monotonic_time () + (gint64) WAIT_MS * 1000;

  while (!condition (data))
    {
      if (g_get_monotonic_time () > end)
        return FALSE;
      face_spin (STEP_MS);
    }
  return TRUE;
}

static gboolean
file_is_filled (gpointer data)
{
  g_autofree char *text = NULL;

  return g_file_get_contents (data, &text, NULL, NULL) && *text != '\0';
}

/* A socket is there a moment before anybody listens. */
static gboolean
station_answers (gpointer data)
{
  g_autoptr (GDBusConnection) connection = bm_bus_connect_sync (data, NULL);

  return connection != NULL;
}

static gboolean
path_exists (gpointer data)
{
  return g_file_test (data, G_FILE_TEST_EXISTS);
}

/* Folders and programs */

static char *
in_folder (World *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

/* Simulators are scripts, which are not built: they lie beside the assets, in the source. */
static char *
find_binary (const char *path)
{
  if (g_str_has_prefix (path, "tests/support/"))
    return g_build_filename (g_getenv ("BIANMIN_ASSETS"), "..", path, NULL);
  return g_build_filename (g_getenv ("G_TEST_BUILDDIR"), "..", path, NULL);
}

static char *
find_asset (const char *name)
{
  return g_build_filename (g_getenv ("BIANMIN_ASSETS"), name, NULL);
}

/* A test that is killed takes its programs with it; else whoever waits for their output hangs. */
static void
die_with_parent (gpointer parent)
{
  (void) prctl (PR_SET_PDEATHSIG, SIGKILL); /* cannot fail with a valid signal */
  if (getppid () != GPOINTER_TO_INT (parent))
    _exit (1); /* it was faster */
}

static GSubprocess *
spawn (World *self,
       const char *path,
       const char *arguments,
       const char *fault,
       GSubprocessFlags flags)
{
  g_autofree char *program = find_binary (path);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_strconcat (program, " ", arguments, NULL);
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  GSubprocess *process;

  /* What a program says on the way is a test's business only where the test asks for it. */
  g_subprocess_launcher_setenv (launcher, "G_DEBUG", "gc-friendly", TRUE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, GINT_TO_POINTER (getpid ()),
                                         NULL);
  if (fault != NULL)
    g_subprocess_launcher_setenv (launcher, "BIANMIN_FAULT", fault, TRUE);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) words, &error);
  g_assert_no_error (error);
  return process;
}

static void
start (World *self, const char *name, const char *path, const char *arguments, const char *fault)
{
  GSubprocess *process = spawn (self, path, arguments, fault, G_SUBPROCESS_FLAGS_NONE);

  g_hash_table_replace (self->programs, g_strdup (name), process);
}

static GSubprocess *
get_program (World *self, const char *name)
{
  GSubprocess *process = g_hash_table_lookup (self->programs, name);

  g_assert_nonnull (process);
  return process;
}

void
world_stop (World *self, const char *program)
{
  GSubprocess *process = get_program (self, program);

  g_subprocess_send_signal (process, SIGTERM);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  g_hash_table_remove (self->programs, program);
}

void
world_kill (World *self, const char *program)
{
  GSubprocess *process = get_program (self, program);

  g_subprocess_force_exit (process);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_hash_table_remove (self->programs, program);
}

void
world_wait_death (World *self, const char *program)
{
  GSubprocess *process = get_program (self, program);

  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_signaled (process));
  g_assert_cmpint (g_subprocess_get_term_sig (process), ==, SIGKILL);
  g_hash_table_remove (self->programs, program);
}

static char *
run_for_output (World *self, const char *path, const char *arguments, int *ret_status)
{
  g_autoptr (GSubprocess) process =
    spawn (self, path, arguments, NULL, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  char *output = NULL;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  if (ret_status != NULL)
    *ret_status = g_subprocess_get_exit_status (process);
  else
    g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  return output;
}

/* Control sockets of simulators and platform */

static char *
ask_line (World *self, const char *name, const char *line)
{
  g_autofree char *path = g_build_filename (self->folder, "run", name, NULL);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
  g_autoptr (GDataInputStream) input = NULL;
  g_autofree char *request = g_strconcat (line, "\n", NULL);
  g_autofree char *reply = NULL;

  g_assert_no_error (error);
  g_assert_true (
    g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
                               strlen (request), NULL, NULL, &error));
  input = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  reply = g_data_input_stream_read_line (input, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (reply);
  if (!g_str_has_prefix (reply, "ok"))
    g_test_message ("%s: %s -> %s", name, line, reply);
  g_assert_true (g_str_has_prefix (reply, "ok"));
  return g_strdup (g_strchug (reply + 2));
}

char *
world_reader (World *self, const char *line)
{
  return ask_line (self, "reader-control", line);
}

char *
world_platform (World *self, const char *line)
{
  return ask_line (self, "platform-admin", line);
}

/* Building a world */

void
world_start_platform (World *self)
{
  g_autofree char *data = in_folder (self, "platform");
  g_autofree char *port_file = in_folder (self, "platform.port");
  g_autofree char *arguments =
    g_strdup_printf ("serve --data %s --port %s --port-file %s --admin %s/run/platform-admin "
                     "--clock " CLOCK,
                     data, self->port != NULL ? self->port : "0", port_file, self->folder);

  (void) g_unlink (port_file); /* Not there the first time. */
  start (self, "platform", "sync/platform/bianmin-platform", arguments, NULL);
  g_assert_true (world_await (file_is_filled, port_file));
  g_free (self->port);
  g_assert_true (g_file_get_contents (port_file, &self->port, NULL, NULL));
  g_strstrip (self->port);
}

static void
init_platform (World *self)
{
  g_autofree char *demo = find_asset ("demo");
  g_autofree char *arguments =
    g_strdup_printf ("init --data %s/platform --host 127.0.0.1 --station demo --demo-data %s",
                     self->folder, demo);
  g_autofree char *unused =
    run_for_output (self, "sync/platform/bianmin-platform", arguments, NULL);

  world_start_platform (self);
}

static void
start_reader (World *self)
{
  g_autofree char *residents = find_asset ("demo/residents.csv");
  g_autofree char *socket = g_build_filename (self->folder, "run", "reader-control", NULL);
  g_autofree char *arguments =
    g_strdup_printf ("--tty %s/run/tty-reader --control %s --residents %s", self->folder, socket,
                     residents);

  start (self, "reader", "tests/support/sim-samv", arguments, NULL);
  g_assert_true (world_await (path_exists, socket));
}

/* A reader of the desk's own; before the station starts. */
void
world_add_desk_reader (World *self)
{
  g_autofree char *residents = find_asset ("demo/residents.csv");
  g_autofree char *socket = g_build_filename (self->folder, "run", "desk-control", NULL);
  g_autofree char *arguments = g_strdup_printf ("--tty %s/run/tty-desk --control %s --residents %s",
                                                self->folder, socket, residents);
  g_autofree char *text = NULL;
  g_autofree char *more = NULL;

  start (self, "desk-reader", "tests/support/sim-samv", arguments, NULL);
  g_assert_true (world_await (path_exists, socket));
  g_assert_true (g_file_get_contents (self->config, &text, NULL, NULL));
  /* The desk's group is the last of the file. */
  more = g_strdup_printf ("%sreader=samv:%s/run/tty-desk\n", text, self->folder);
  g_assert_true (g_file_set_contents (self->config, more, -1, NULL));
}

char *
world_desk_reader (World *self, const char *line)
{
  return ask_line (self, "desk-control", line);
}

static void
write_config (World *self)
{
  g_autofree char *text = g_strdup_printf ("[station]\n"
                                           "data=data\n"
                                           "keys=keys\n"
                                           "run=run\n"
                                           "demo=true\n"
                                           "clock=" CLOCK "\n"
                                           "[seat.hall]\n"
                                           "reader=samv:%s/run/tty-reader\n"
                                           "printer=pdf:%s/paper\n"
                                           "[seat.desk]\n"
                                           "enabled=true\n",
                                           self->folder, self->folder);

  self->config = in_folder (self, "station.conf");
  g_assert_true (g_file_set_contents (self->config, text, -1, NULL));
}

static void
enrol (World *self)
{
  g_autofree char *arguments =
    g_strdup_printf ("code --data %s/platform --port %s", self->folder, self->port);
  g_autofree char *output =
    run_for_output (self, "sync/platform/bianmin-platform", arguments, NULL);
  g_auto (GStrv) lines = g_strsplit (g_strstrip (output), "\n", -1);
  g_autofree char *command = g_strconcat ("enrol ", lines[g_strv_length (lines) - 1], NULL);
  json_t *reply = world_ctl (self, command, NULL);

  g_assert_true (json_is_true (json_object_get (reply, "ok")));
  json_decref (reply);
}

void
world_start_station (World *self, const char *fault)
{
  g_autofree char *arguments = g_strconcat ("--config ", self->config, NULL);
  g_autofree char *socket = g_build_filename (self->folder, "run", "ctl", NULL);

  (void) g_unlink (socket); /* A killed station leaves it; it is how we see the new one. */
  start (self, "station", "app/station/bianmin-stationd", arguments, fault);
  g_assert_true (world_await (station_answers, socket));
}

World *
world_new (void)
{
  World *self = g_new0 (World, 1);
  g_autofree char *run = NULL;
  g_autofree char *paper = NULL;

  self->folder = g_dir_make_tmp ("bianmin-station-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  self->programs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  run = in_folder (self, "run");
  paper = in_folder (self, "paper");
  g_assert_cmpint (g_mkdir (run, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (paper, 0700), ==, 0);
  init_platform (self);
  start_reader (self);
  write_config (self);
  enrol (self);
  return self;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder =
    g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  (void) g_remove (path); /* What a program of ours still holds goes with the folder's reboot. */
}

void
world_free (World *self)
{
  GHashTableIter iter;
  gpointer process;

  g_hash_table_iter_init (&iter, self->programs);
  while (g_hash_table_iter_next (&iter, NULL, &process))
    {
      g_subprocess_force_exit (process);
      (void) g_subprocess_wait (process, NULL, NULL); /* It was killed. */
    }
  g_hash_table_unref (self->programs);
  remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->config);
  g_free (self->port);
  g_free (self);
}

void
world_wait_file (World *self, const char *name)
{
  g_autofree char *path = in_folder (self, name);

  g_assert_true (world_await (path_exists, path));
}

/* Operators */

/* What an operator reads; the exit code has to be 0. */
char *
world_read_ctl (World *self, const char *arguments)
{
  g_autofree char *line = g_strdup_printf ("--config %s %s", self->config, arguments);

  return run_for_output (self, "app/ctl/bianmin-ctl", line, NULL);
}

json_t *
world_ctl (World *self, const char *arguments, int *ret_status)
{
  g_autofree char *line = g_strdup_printf ("--config %s --json %s", self->config, arguments);
  g_autofree char *output = run_for_output (self, "app/ctl/bianmin-ctl", line, ret_status);
  json_t *reply = json_loads (output, 0, NULL);

  if (reply == NULL)
    g_test_message ("bianmin-ctl %s: %s", arguments, output);
  g_assert_nonnull (reply);
  return reply;
}

json_t *
world_call (World *self, const char *request)
{
  g_autofree char *socket = g_build_filename (self->folder, "run", "ctl", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = bm_bus_connect_sync (socket, &error);
  g_autoptr (BmBusControl1) control = NULL;
  g_autofree char *text = NULL;
  json_t *reply;

  g_assert_no_error (error);
  control = bm_bus_control_for_connection (connection, &error);
  g_assert_no_error (error);
  g_assert_true (bm_bus_control1_call_call_sync (control, request, &text, NULL, &error));
  g_assert_no_error (error);
  reply = json_loads (text, 0, NULL);
  g_assert_nonnull (reply);
  return reply;
}

json_t *
world_do (World *self, const char *request)
{
  json_t *reply = world_call (self, request);

  g_assert_true (json_is_true (json_object_get (reply, "ok")));
  return reply;
}

void
world_place (World *self, guint number)
{
  g_autofree char *line = g_strdup_printf ("place %u", number);

  g_free (world_reader (self, line));
}
