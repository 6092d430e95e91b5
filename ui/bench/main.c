/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-bench"

#include "config.h"
#include "ui/bench/bench-window.h"
#include "ui/shell/shot.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include <locale.h>
#include <signal.h>
#include <stdlib.h>

/*
 * bianmin-device-bench: what a trainer does to the simulated devices of ./bianmin demo. It is not installed: it talks
 * to simulators alone, and a station has none.
 */

#define WIDTH          1280
#define HEIGHT         800
#define PITCH          0.259
#define SETTLE_SECONDS 20
#define LOOK_MS        50

typedef struct
{
  char *folder;
  char *shot;
  GMainLoop *loop;
  BmBenchWindow *window;
  guint left; /* how often it is looked at still whether all devices have answered */
  int status;
} Bench;

static void
set_up_words (void)
{
  const char *folder = g_getenv ("BIANMIN_LOCALE");

  g_setenv ("LANGUAGE", "zh_CN", FALSE);
  setlocale (LC_ALL, "");
  /* GNU gettext translates nothing in the plain C locale. */
  if (g_strcmp0 (setlocale (LC_MESSAGES, NULL), "C") == 0)
    setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL && *folder != '\0' ? folder : BM_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

static gboolean
read_options (int *argc, char ***argv, Bench *self, GError **error)
{
  const GOptionEntry entries[] = {
    { "run", 0, 0, G_OPTION_ARG_FILENAME, &self->folder, "Where the control sockets are", "DIR" },
    { "shot", 0, 0, G_OPTION_ARG_FILENAME, &self->shot, "Draw it into a PNG file, and end",
      "FILE" },
    { 0 },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- the devices of the demo");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (self->folder != NULL)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "Give --run DIR");
  return FALSE;
}

static gboolean
on_terminate (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_close (GtkWindow *window, Bench *self)
{
  g_main_loop_quit (self->loop);
  return TRUE;
}

static gboolean
on_drawn (gpointer user_data)
{
  Bench *self = user_data;
  GtkWidget *child = gtk_window_get_child (GTK_WINDOW (self->window));
  g_autoptr (GError) error = NULL;

  if (!bm_shot_write (child, BM_THEME_MEDIUM, self->shot, &error))
    {
      g_printerr ("%s\n", error->message);
      self->status = EXIT_FAILURE;
    }
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
on_painted (GdkFrameClock *clock, Bench *self)
{
  g_signal_handlers_disconnect_by_func (clock, on_painted, self);
  g_idle_add (on_drawn, self);
}

/* All have answered; what they said is drawn with the next frame. */
static gboolean
on_look (gpointer user_data)
{
  Bench *self = user_data;

  if (!bm_bench_window_is_settled (self->window) && --self->left > 0)
    return G_SOURCE_CONTINUE;
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (self->window)), "after-paint",
                    G_CALLBACK (on_painted), self);
  gtk_widget_queue_draw (GTK_WIDGET (self->window));
  return G_SOURCE_REMOVE;
}

int
main (int argc, char *argv[])
{
  Bench self = { .left = SETTLE_SECONDS * 1000 / LOOK_MS };
  g_autoptr (GError) error = NULL;

  signal (SIGPIPE, SIG_IGN);
  g_setenv ("GDK_DEBUG", "gl-disable", FALSE);
  g_setenv ("GSK_RENDERER", "cairo", FALSE);
  set_up_words ();
  if (!read_options (&argc, &argv, &self, &error))
    {
      g_printerr ("bianmin-device-bench: %s\n", error->message);
      return 2;
    }
  if (!gtk_init_check ())
    {
      g_printerr ("bianmin-device-bench: there is no display; set DISPLAY\n");
      return EXIT_FAILURE;
    }
  self.loop = g_main_loop_new (NULL, FALSE);
  self.window = bm_bench_window_new (self.folder, PITCH, WIDTH, HEIGHT);
  gtk_window_set_decorated (GTK_WINDOW (self.window), self.shot == NULL);
  g_signal_connect (self.window, "close-request", G_CALLBACK (on_close), &self);
  g_unix_signal_add (SIGTERM, on_terminate, self.loop);
  g_unix_signal_add (SIGINT, on_terminate, self.loop);
  gtk_window_present (GTK_WINDOW (self.window));
  if (self.shot != NULL)
    g_timeout_add (LOOK_MS, on_look, &self);
  g_main_loop_run (self.loop);
  gtk_window_destroy (GTK_WINDOW (self.window));
  g_main_loop_unref (self.loop);
  return self.status;
}
