/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "reader-fixture"

#include "tests/devices/reader-fixture.h"

#include "app/devices/reader-open.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#define PATIENCE_MS 60000

static gboolean
on_time (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;
  return G_SOURCE_REMOVE;
}

void
bench_run (guint ms)
{
  gboolean is_over = FALSE;

  g_timeout_add (ms, on_time, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

void
bench_wait_count (const guint *count, guint wanted)
{
  const gint64 deadline = g_get_monotonic_time () + PATIENCE_MS * G_TIME_SPAN_MILLISECOND;

  while (*count < wanted)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      bench_run (5);
    }
  g_assert_cmpuint (*count, ==, wanted);
}

void
bench_wait_state (Bench *self, BmReaderState wanted)
{
  const gint64 deadline = g_get_monotonic_time () + PATIENCE_MS * G_TIME_SPAN_MILLISECOND;
  int state;

  while (bm_reader_get_state (self->reader) != wanted)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      bench_run (5);
    }
  g_object_get (self->reader, "state", &state, NULL);
  g_assert_cmpint (state, ==, (int) wanted);
}

static void
die_with_test (gpointer unused)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

void
bench_spawn (Bench *self, const char *const *command)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;
  const gint64 deadline = g_get_monotonic_time () + PATIENCE_MS * G_TIME_SPAN_MILLISECOND;

  g_subprocess_launcher_set_child_setup (launcher, die_with_test, NULL, NULL);
  self->module = g_subprocess_launcher_spawnv (launcher, command, &error);
  g_assert_no_error (error);
  while (!g_file_test (self->control, G_FILE_TEST_EXISTS))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      bench_run (5);
    }
}

char *
bench_get_residents (void)
{
  return g_build_filename (g_getenv ("BIANMIN_ASSETS"), "demo", "residents.csv", NULL);
}

void
bench_start_module (Bench *self)
{
  g_autofree char *residents = bench_get_residents ();
  const char *command[] = { g_getenv ("BIANMIN_SIM_SAMV"),
                            "--tty",
                            self->tty,
                            "--control",
                            self->control,
                            "--residents",
                            residents,
                            NULL };

  bench_spawn (self, command);
}

static GSocketConnection *
connect_control (Bench *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (self->control);
  const gint64 deadline = g_get_monotonic_time () + PATIENCE_MS * G_TIME_SPAN_MILLISECOND;
  GSocketConnection *connection = NULL;

  while (connection == NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);
      if (connection == NULL)
        bench_run (5);
    }
  return connection;
}

char *
bench_ask (Bench *self, const char *verb)
{
  g_autoptr (GSocketConnection) connection = connect_control (self);
  g_autoptr (GDataInputStream) input =
    g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_autofree char *line = g_strconcat (verb, "\n", NULL);
  g_autofree char *reply = NULL;

  g_assert_true (
    g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), line,
                               strlen (line), NULL, NULL, NULL));
  reply = g_data_input_stream_read_line (input, NULL, NULL, NULL);
  g_assert_true (g_strcmp0 (reply, "ok") == 0 || g_str_has_prefix (reply, "ok "));
  return g_strdup (reply + strlen (reply[2] != '\0' ? "ok " : "ok"));
}

void
bench_order (Bench *self, const char *verb)
{
  g_autofree char *said = bench_ask (self, verb);

  g_assert_cmpstr (said, ==, "");
}

static void
on_card_read (BmReader *reader, BmCard *card, gpointer user_data)
{
  Bench *self = user_data;

  g_clear_pointer (&self->card, bm_card_unref);
  self->card = bm_card_ref (card);
  self->reads++;
}

static void
on_card_removed (BmReader *reader, gpointer user_data)
{
  ((Bench *) user_data)->removals++;
}

static void
on_card_failed (BmReader *reader, GError *error, gpointer user_data)
{
  Bench *self = user_data;

  self->failures++;
  self->code = error->code;
}

void
bench_open_reader (Bench *self)
{
  g_autofree char *uri = g_strconcat ("samv:", self->tty, NULL);
  g_autoptr (GError) error = NULL;

  BmReader *reader = bm_reader_open (uri, NULL, &error);
  g_assert_no_error (error);
  bench_watch_reader (self, reader);
}

void
bench_watch_reader (Bench *self, BmReader *reader)
{
  self->reader = reader;
  g_assert_cmpint (bm_reader_get_state (self->reader), ==, BM_READER_ABSENT);
  g_signal_connect (self->reader, "card-read", G_CALLBACK (on_card_read), self);
  g_signal_connect (self->reader, "card-removed", G_CALLBACK (on_card_removed), self);
  g_signal_connect (self->reader, "card-failed", G_CALLBACK (on_card_failed), self);
}

void
bench_set_up (Bench *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("bianmin-reader-XXXXXX", &error);
  g_assert_no_error (error);
  self->tty = g_build_filename (self->folder, "tty", NULL);
  self->control = g_build_filename (self->folder, "control", NULL);
  self->code = -1;
}

void
bench_tear_down (Bench *self, gconstpointer unused)
{
  if (self->module != NULL)
    {
      bench_order (self, "quit");
      g_subprocess_wait (self->module, NULL, NULL);
    }
  if (self->reader != NULL)
    bm_reader_close (self->reader);
  g_clear_object (&self->reader);
  g_clear_object (&self->module);
  g_clear_pointer (&self->card, bm_card_unref);
  (void) g_unlink (self->tty);     /* A module that never started left none. */
  (void) g_unlink (self->control); /* The same. */
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->tty, g_free);
  g_clear_pointer (&self->control, g_free);
}

/* Both, and the module answers. */
void
bench_start (Bench *self)
{
  bench_start_module (self);
  bench_open_reader (self);
  bench_wait_state (self, BM_READER_READY);
}

void
bench_start_leased (Bench *self)
{
  bench_start (self);
  bm_reader_lease (self->reader);
}
