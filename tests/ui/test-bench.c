/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"

#include "core/error.h"
#include "core/language/language.h"
#include "ui/bench/bench-ask.h"
#include "ui/bench/bench-card.h"
#include "ui/bench/bench-window.h"
#include "ui/widgets/bm-button.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

/*
 * The bench before real simulators (tests/support/sim-*): every button of its table does what it says, asked back over
 * the control language; and before such as are gone, stopped, or talk nonsense.
 */

#define LIMIT_S 90 /* of a machine that does much else; nothing here waits for a time to pass */

typedef struct
{
  char *folder;
  GPtrArray *programs;
  BmBenchWindow *window;
} Fixture;

static gboolean
on_over (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

typedef gboolean (*Condition) (gpointer data);

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
waited (Condition condition, gpointer data)
{
  gboolean is_over = FALSE;
  guint limit = g_timeout_add_seconds (LIMIT_S, on_over, &is_over);
  guint tick = g_timeout_add (20, on_tick, NULL);

  while (!is_over && !condition (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  if (!is_over)
    g_source_remove (limit);
  return !is_over;
}

/* One question past the bench. */

typedef struct
{
  gboolean is_done;
  char *reply;
  GError *error;
} Asked;

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asked *asked = user_data;

  asked->reply = bm_bench_ask_finish (result, &asked->error);
  asked->is_done = TRUE;
}

static gboolean
is_done (gpointer data)
{
  return ((Asked *) data)->is_done;
}

static char *
ask (Fixture *self, const BmBenchKind *kind, const char *line)
{
  g_autofree char *socket = g_build_filename (self->folder, kind->socket, NULL);
  Asked asked = { 0 };

  bm_bench_ask_async (socket, line, LIMIT_S * 1000, NULL, on_asked, &asked);
  g_assert_true (waited (is_done, &asked));
  g_assert_no_error (asked.error);
  return asked.reply;
}

static char *
ask_value (Fixture *self, const BmBenchKind *kind, const char *key)
{
  g_autofree char *said = ask (self, kind, "state");
  g_autoptr (GHashTable) state = bm_bench_read_state (said);

  return g_strdup (g_hash_table_lookup (state, key));
}

/* Simulators */

static char *
in_folder (Fixture *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static gboolean
is_there (gpointer path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* A test that fails leaves nothing running. */
static void
end_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocess *
start (Fixture *self, const char *name, const char *control, const char *const *arguments)
{
  g_autofree char *program = g_test_build_filename (G_TEST_DIST, "support", name, NULL);
  g_autofree char *socket = in_folder (self, control);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_auto (GStrv) command = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_strv_builder_add_many (builder, program, "--control", socket, NULL);
  g_strv_builder_addv (builder, (const char **) arguments);
  command = g_strv_builder_end (builder);
  (void) g_unlink (socket); /* of one that was killed */
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                        G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_set_child_setup (launcher, end_with_parent, NULL, NULL);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) command, &error);
  g_assert_no_error (error);
  g_ptr_array_add (self->programs, process);
  g_assert_true (waited (is_there, socket));
  return process;
}

static GSubprocess *
start_camera (Fixture *self)
{
  g_autofree char *place = in_folder (self, "camera");

  return start (self, "sim-camera", "camera-control",
                (const char *const[]){ "--folder", place, NULL });
}

static void
start_all (Fixture *self)
{
  g_autofree char *tty = in_folder (self, "tty");
  g_autofree char *people =
    g_test_build_filename (G_TEST_DIST, "..", "assets", "demo", "residents.csv", NULL);
  g_autofree char *paper = in_folder (self, "paper");
  g_autofree char *uri = in_folder (self, "uri");
  g_autofree char *sound = in_folder (self, "microphone");
  g_autofree char *face = in_folder (self, "face");

  start (self, "sim-samv", "reader-control",
         (const char *const[]){ "--tty", tty, "--residents", people, NULL });
  start (self, "sim-escpos", "printer-control",
         (const char *const[]){ "--dir", paper, "--uri-file", uri, NULL });
  start (self, "sim-microphone", "microphone-control",
         (const char *const[]){ "--folder", sound, NULL });
  start (self, "sim-scanner", "scanner-control",
         (const char *const[]){ "--face", face, "--paper", paper, NULL });
  start_camera (self);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("bianmin-bench-XXXXXX", NULL);
  self->programs = g_ptr_array_new_with_free_func (g_object_unref);
  g_assert_nonnull (self->folder);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  const char *const sweep[] = { "rm", "-rf", self->folder, NULL };

  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  for (guint i = 0; i < self->programs->len; i++)
    {
      g_subprocess_force_exit (self->programs->pdata[i]);
      (void) g_subprocess_wait (self->programs->pdata[i], NULL, NULL); /* it was killed */
    }
  g_ptr_array_unref (self->programs);
  g_assert_true (g_spawn_sync (NULL, (char **) sweep, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  g_free (self->folder);
}

static gboolean
is_settled (gpointer window)
{
  return bm_bench_window_is_settled (window);
}

static void
open_window (Fixture *self)
{
  self->window = bm_bench_window_new (self->folder, 0.259, 1280, 800);
  gtk_window_present (GTK_WINDOW (self->window));
  g_assert_true (waited (is_settled, self->window));
}

/* Buttons */

static GtkWidget *
find_button (GtkWidget *widget, const char *name)
{
  if (BM_IS_BUTTON (widget) && gtk_widget_get_visible (widget) &&
      g_strcmp0 (bm_button_get_name (BM_BUTTON (widget)), name) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find_card (GtkWidget *widget, BmBenchDevice *device)
{
  if (g_object_get_data (G_OBJECT (widget), "bm-device") == device)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_card (child, device);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
says (GtkWidget *widget, const char *words)
{
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), words) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (says (child, words))
      return TRUE;
  return FALSE;
}

static gboolean
is_idle (gpointer device)
{
  return !bm_bench_device_is_busy (device) &&
         bm_bench_device_get_presence (device) == BM_BENCH_HERE;
}

static void
press (Fixture *self, BmBenchDevice *device, const BmBenchAct *act)
{
  GtkWidget *card, *button;

  g_assert_true (waited (is_idle, device));
  card = find_card (GTK_WIDGET (self->window), device);
  g_assert_nonnull (card);
  button = find_button (card, C_ ("bench", act->label));
  if (button == NULL)
    g_error ("%s: no button \"%s\"", bm_bench_device_get_kind (device)->id, act->label);
  g_signal_emit_by_name (button, "clicked");
  if (act->ask != NULL)
    {
      const BmBenchChoice *choice = bm_bench_device_get_choices (device)->pdata[0];
      g_autofree char *name = g_ascii_isdigit (choice->value[0])
                                ? g_strdup_printf ("%s %s", choice->value, choice->name)
                                : g_strdup (choice->name);

      g_assert_null (find_card (GTK_WIDGET (self->window), device));
      button = find_button (GTK_WIDGET (self->window), name);
      g_assert_nonnull (button);
      g_signal_emit_by_name (button, "clicked");
      g_assert_nonnull (find_card (GTK_WIDGET (self->window), device));
    }
}

typedef struct
{
  BmBenchDevice *device;
  const char *key;
  const char *value;
  gboolean is_not;
} Value;

static gboolean
has_value (gpointer data)
{
  const Value *wanted = data;
  const char *value = bm_bench_device_get (wanted->device, wanted->key);

  return is_idle (wanted->device) && value != NULL &&
         g_str_equal (value, wanted->value) != wanted->is_not;
}

/* There and back: the simulator itself says that it is another state, the bench shows it, and the button says the other act. */
static void
try_switch (Fixture *self, BmBenchDevice *device, const BmBenchSwitch *one, guint index)
{
  const BmBenchKind *kind = bm_bench_device_get_kind (device);
  g_autofree char *before = ask_value (self, kind, one->key);
  g_autofree char *after = NULL;
  g_autofree char *back = NULL;

  g_test_message ("%s: %s", kind->id, one->key);
  press (self, device, bm_bench_device_get_act (device, index));
  g_assert_true (waited (has_value, &(Value){ device, one->key, before, TRUE }));
  after = ask_value (self, kind, one->key);
  g_assert_cmpstr (after, !=, before);
  press (self, device, bm_bench_device_get_act (device, index));
  g_assert_true (waited (has_value, &(Value){ device, one->key, before, FALSE }));
  back = ask_value (self, kind, one->key);
  g_assert_cmpstr (back, ==, before);
}

static void
test_every_button (Fixture *self, gconstpointer data)
{
  guint count, tried = 0;
  const BmBenchKind *kinds = bm_bench_get_kinds (&count);

  start_all (self);
  open_window (self);
  for (guint i = 0; i < count; i++)
    {
      BmBenchDevice *device = bm_bench_window_get_device (self->window, kinds[i].id);

      if (bm_bench_device_get_presence (device) != BM_BENCH_HERE)
        continue; /* the slot and the line: tests/scenarios/device-bench.scenario */
      for (guint k = 0; k < BM_BENCH_MAX_SWITCHES && kinds[i].switches[k].then.verb != NULL; k++)
        {
          if (kinds[i].switches[k].key == NULL)
            continue;
          g_assert_nonnull (bm_bench_device_get_act (device, k));
          try_switch (self, device, &kinds[i].switches[k], k);
          tried++;
        }
    }
  g_assert_cmpuint (tried, ==, 3 + 5 + 1 + 2 + 2);
}

static gboolean
window_says (gpointer data)
{
  gpointer *both = data;

  return says (both[0], both[1]);
}

static void
test_wrong_press_is_explained (Fixture *self, gconstpointer data)
{
  BmBenchDevice *scanner;

  start_all (self);
  open_window (self);
  scanner = bm_bench_window_get_device (self->window, "scanner");
  press (self, scanner, bm_bench_device_get_act (scanner, 0));
  g_assert_true (waited (window_says, (gpointer[]){ self->window,
                                                    (gpointer) bm_bench_get_refusal ("nothing") }));
  press (self, scanner, bm_bench_device_get_act (scanner, 2)); /* the plug */
  g_assert_true (waited (has_value, &(Value){ scanner, "plug", "out", FALSE }));
  press (self, scanner, bm_bench_device_get_act (scanner, 1));
  g_assert_true (waited (window_says, (gpointer[]){ self->window, (gpointer) bm_bench_get_refusal (
                                                                    "unplugged") }));
}

static gboolean
is_gone (gpointer device)
{
  return bm_bench_device_get_presence (device) == BM_BENCH_GONE;
}

static void
test_killed_and_back (Fixture *self, gconstpointer data)
{
  GSubprocess *camera = start_camera (self);
  BmBenchDevice *device;
  GtkWidget *card;

  open_window (self);
  device = bm_bench_window_get_device (self->window, "camera");
  card = find_card (GTK_WIDGET (self->window), device);
  g_assert_true (waited (is_idle, device));
  g_assert_nonnull (find_button (card, C_ ("bench", "Pull the plug")));
  g_subprocess_force_exit (camera);
  g_assert_true (waited (is_gone, device));
  g_assert_null (find_button (card, C_ ("bench", "Pull the plug")));
  g_assert_true (says (card, C_ ("bench", "Not there: its simulator does not run")));
  start_camera (self);
  g_assert_true (waited (is_idle, device));
  g_assert_true (waited (is_settled, self->window));
  g_assert_nonnull (find_button (card, C_ ("bench", "Pull the plug")));
}

/* Peers that are no simulators */

typedef struct
{
  const char *says; /* NULL: nothing, for ever */
  gsize length;
  GPtrArray *kept; /* connections that nobody closes */
} Peer;

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  Peer *peer = user_data;
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));

  g_socket_set_blocking (g_socket_connection_get_socket (connection), FALSE);
  if (peer->says != NULL)
    (void) g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (out), peer->says,
                                                       peer->length, NULL,
                                                       NULL); /* or it hung up */
  g_ptr_array_add (peer->kept, g_object_ref (connection));
  return TRUE;
}

static GSocketService *
listen_as (Fixture *self, const char *control, Peer *peer)
{
  GSocketService *service = g_socket_service_new ();
  g_autofree char *path = in_folder (self, control);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) error = NULL;

  peer->kept = g_ptr_array_new_with_free_func (g_object_unref);
  g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), peer);
  return service;
}

static void
close_peer (Fixture *self, const char *control, Peer *peer, GSocketService *service)
{
  g_autofree char *path = in_folder (self, control);

  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
  g_object_unref (service);
  g_ptr_array_unref (peer->kept);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

typedef struct
{
  BmBenchDevice *device;
  BmBenchPresence presence;
} Presence;

static gboolean
has_presence (gpointer data)
{
  return bm_bench_device_get_presence (((Presence *) data)->device) ==
         ((Presence *) data)->presence;
}

static const char page[] = "HTTP/1.1 400 Bad Request\r\n\r\n<html>";
static const char no_text[] = "ok \xff\xfe device=camera\n";
static const char stranger[] = "ok device=printer plug=in\n";

static void
test_hostile (Fixture *self, gconstpointer data)
{
  g_autofree char *endless = g_strnfill (BM_BENCH_MAX_REPLY * 2, 'x');
  Peer peers[] = { { page, sizeof page - 1, NULL },
                   { no_text, sizeof no_text - 1, NULL },
                   { stranger, sizeof stranger - 1, NULL },
                   { endless, BM_BENCH_MAX_REPLY * 2, NULL } };
  BmBenchDevice *device;

  open_window (self);
  device = bm_bench_window_get_device (self->window, "camera");
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      GSocketService *service;

      g_assert_true (waited (is_gone, device));
      service = listen_as (self, "camera-control", &peers[i]);
      g_assert_true (waited (has_presence, &(Presence){ device, BM_BENCH_ODD }));
      g_assert_null (bm_bench_device_get_act (device, 0));
      close_peer (self, "camera-control", &peers[i], service);
    }
  start_camera (self);
  g_assert_true (waited (is_idle, device));
}

/* Who takes the question and says nothing is not waited for, and holds nobody else up. */
static void
test_silent (Fixture *self, gconstpointer data)
{
  Peer mute = { NULL, 0, NULL };
  GSocketService *service = listen_as (self, "microphone-control", &mute);
  BmBenchDevice *silent, *camera;

  start_camera (self);
  self->window = bm_bench_window_new (self->folder, 0.259, 1280, 800);
  silent = bm_bench_window_get_device (self->window, "microphone");
  camera = bm_bench_window_get_device (self->window, "camera");
  g_assert_true (waited (is_idle, camera));
  g_assert_cmpint (bm_bench_device_get_presence (silent), ==, BM_BENCH_UNKNOWN);
  g_assert_true (waited (has_presence, &(Presence){ silent, BM_BENCH_SILENT }));
  close_peer (self, "microphone-control", &mute, service);
  g_assert_true (waited (is_gone, silent));
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  if (!bm_test_display_start ())
    {
      g_print ("Bail out! Xvfb cannot be started\n");
      return 1;
    }
  gtk_init ();
  g_test_add ("/bench/every-button", Fixture, NULL, set_up, test_every_button, tear_down);
  g_test_add ("/bench/wrong-press-is-explained", Fixture, NULL, set_up,
              test_wrong_press_is_explained, tear_down);
  g_test_add ("/bench/simulator-killed-and-back", Fixture, NULL, set_up, test_killed_and_back,
              tear_down);
  g_test_add ("/bench/hostile-replies", Fixture, NULL, set_up, test_hostile, tear_down);
  g_test_add ("/bench/silent-simulator", Fixture, NULL, set_up, test_silent, tear_down);
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
