/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-kiosk"

#include "config.h"
#include "ui/keep/keeper.h"
#include "ui/shell/face.h"
#include "ui/shell/layout-log.h"
#include "ui/shell/shell.h"
#include "ui/shell/touch-filter.h"
#include "ui/style/tokens.h"
#include "ui/widgets/bm-timing.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * bianmin-kiosk: a face of the station. With --socket it shows what the station sends; with --model it
 * shows page models from files, and with --shot it draws them into PNG files and ends.
 */

/* What was freed is overwritten. A picture of the whole window is made for every frame and given back after it: in
 * pages of 2 MiB it comes with four faults instead of two thousand, which were half of a change of page. */
#define TUNABLES   "glibc.malloc.tcache_count=0:glibc.malloc.perturb=90:glibc.malloc.hugetlb=1"
#define MIN_SCREEN 320
#define MAX_SCREEN 8192

#define MIN_DISTANCE 300
#define MAX_DISTANCE 1000

typedef struct
{
  char *socket;
  gboolean is_desk;
  char *size;
  double pitch;
  double distance;
  char *shot;
  char *speech_log;
  char *timing_log;
  char *layout_log;
  char *audio_command;
  char *voices;
  char *voice_command;
  gboolean is_mute;
  gboolean is_fullscreen;
  gboolean is_brief;
  gboolean is_kept;
  int scale;
  int hold_ms;
  char *theme;
  char **models;
  int width;
  int height;
} Options;

typedef struct
{
  Options options;
  GMainLoop *loop;
  BmShell *shell;
  BmFace *face;
  gulong painted;
} Kiosk;

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

/*
 * Starts this program again with an allocator that overwrites what is freed and keeps none of it aside,
 * unless it runs so already: glibc reads its tunables only at the start.
 */
static void
ensure_clean_memory (char **argv)
{
  const char *tunables = g_getenv ("GLIBC_TUNABLES");
  g_autofree char *both = NULL;

  if (tunables != NULL && strstr (tunables, TUNABLES) != NULL && g_getenv ("G_SLICE") != NULL)
    return;
  both = tunables != NULL && *tunables != '\0' ? g_strconcat (tunables, ":" TUNABLES, NULL)
                                               : g_strdup (TUNABLES);
  g_setenv ("GLIBC_TUNABLES", both, TRUE);
  g_setenv ("G_SLICE", "always-malloc", TRUE);
  execv ("/proc/self/exe", argv);
  g_printerr ("bianmin-kiosk: goes on with an ordinary allocator\n");
}

static gboolean
read_size (Options *options)
{
  g_auto (GStrv) parts = g_strsplit (options->size, "x", -1);
  guint64 width, height;

  if (g_strv_length (parts) != 2 ||
      !g_ascii_string_to_unsigned (parts[0], 10, MIN_SCREEN, MAX_SCREEN, &width, NULL) ||
      !g_ascii_string_to_unsigned (parts[1], 10, MIN_SCREEN, MAX_SCREEN, &height, NULL))
    return FALSE;
  options->width = (int) width;
  options->height = (int) height;
  return TRUE;
}

static gboolean
check_options (Options *options, GError **error)
{
  if (options->size != NULL && !read_size (options))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--size %s: give it as 1080x1920", options->size);
      return FALSE;
    }
  if (options->pitch < 0.05 || options->pitch > 1.0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--pitch: give the size of a pixel in millimetres, 0.05 to 1");
      return FALSE;
    }
  if (options->distance < MIN_DISTANCE || options->distance > MAX_DISTANCE)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--distance: give millimetres from the screen to the eyes, %d to %d",
                   MIN_DISTANCE, MAX_DISTANCE);
      return FALSE;
    }
  if (options->hold_ms < 0 || options->hold_ms > BM_TOUCH_HOLD_MAX)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--hold: give milliseconds, 0 to %d", BM_TOUCH_HOLD_MAX);
      return FALSE;
    }
  if (options->socket == NULL && options->models == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "Give --socket PATH, or page models to show");
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_options (int *argc, char ***argv, Options *options, GError **error)
{
  const GOptionEntry entries[] = {
    { "socket", 0, 0, G_OPTION_ARG_FILENAME, &options->socket, "Socket of the seat", "PATH" },
    { "desk", 0, 0, G_OPTION_ARG_NONE, &options->is_desk, "The helper's screen", NULL },
    { "size", 0, 0, G_OPTION_ARG_STRING, &options->size, "Size of the window", "WxH" },
    { "pitch", 0, 0, G_OPTION_ARG_DOUBLE, &options->pitch, "Millimetres a pixel (0.248)", "MM" },
    { "distance", 0, 0, G_OPTION_ARG_DOUBLE, &options->distance,
      "Millimetres from the screen to the eyes (600)", "MM" },
    { "fullscreen", 0, 0, G_OPTION_ARG_NONE, &options->is_fullscreen, "Fill the screen", NULL },
    { "model", 0, 0, G_OPTION_ARG_NONE, NULL, "Show the page models given as files", NULL },
    { "scale", 0, 0, G_OPTION_ARG_INT, &options->scale, "Scale instead of the models' own",
      "PERCENT" },
    { "theme", 0, 0, G_OPTION_ARG_STRING, &options->theme, "Theme instead of the models' own",
      "NAME" },
    { "shot", 0, 0, G_OPTION_ARG_FILENAME, &options->shot, "Draw models into PNG files", "DIR" },
    { "speech-log", 0, 0, G_OPTION_ARG_FILENAME, &options->speech_log, "Log what is spoken",
      "FILE" },
    { "timing-log", 0, 0, G_OPTION_ARG_FILENAME, &options->timing_log, "Log how fast it is",
      "FILE" },
    { "layout-log", 0, 0, G_OPTION_ARG_FILENAME, &options->layout_log, "Log where buttons lie",
      "FILE" },
    { "hold", 0, 0, G_OPTION_ARG_INT, &options->hold_ms,
      "How long a finger has to stay for its press to count (0)", "MS" },
    { "audio-command", 0, 0, G_OPTION_ARG_STRING, &options->audio_command, "Plays raw sound",
      "COMMAND" },
    { "voice-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->voices, "Recorded sentences", "DIR" },
    { "voice-command", 0, 0, G_OPTION_ARG_STRING, &options->voice_command,
      "Reads a sentence, writes its sound", "COMMAND" },
    { "mute", 0, 0, G_OPTION_ARG_NONE, &options->is_mute, "Synthesise nothing", NULL },
    { "keep", 0, 0, G_OPTION_ARG_NONE, NULL,
      "Start a fresh face after each session, and whenever one fails", NULL },
    { "kept", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &options->is_kept, "Under a keeper",
      NULL },
    { "quit-after-first-frame", 0, 0, G_OPTION_ARG_NONE, &options->is_brief, "For measuring",
      NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->models, NULL,
      "[MODEL.json…]" },
    { 0 },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- a face of the station");
  gboolean is_model = FALSE;
  gboolean is_keeper = FALSE; /* main() has seen to it before */
  GOptionEntry own[G_N_ELEMENTS (entries)];

  memcpy (own, entries, sizeof entries);
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    {
      if (g_strcmp0 (own[i].long_name, "model") == 0)
        own[i].arg_data = &is_model;
      if (g_strcmp0 (own[i].long_name, "keep") == 0)
        own[i].arg_data = &is_keeper;
    }
  g_option_context_add_main_entries (context, own, NULL);
  options->pitch = 0.248;
  options->distance = BM_DISTANCE_USUAL;
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  return check_options (options, error);
}

static void
find_screen (Options *options)
{
  GListModel *monitors = gdk_display_get_monitors (gdk_display_get_default ());
  g_autoptr (GdkMonitor) monitor = g_list_model_get_item (monitors, 0);
  GdkRectangle geometry = { 0, 0, 1080, 1920 };

  if (options->size != NULL)
    return;
  options->is_fullscreen = TRUE;
  if (monitor != NULL)
    gdk_monitor_get_geometry (monitor, &geometry);
  options->width = geometry.width;
  options->height = geometry.height;
}

static json_t *
load_model (const Options *options, const char *path)
{
  g_autoptr (GError) error = NULL;
  json_t *model = bm_model_load (path, &error);
  json_t *settings = bm_model_object (model, "settings");

  if (model == NULL)
    {
      g_printerr ("%s: %s\n", path, error->message);
      return NULL;
    }
  if (options->scale != 0)
    json_object_set_new (settings, "scale", json_integer (options->scale));
  if (options->theme != NULL)
    json_object_set_new (settings, "theme", json_string (options->theme));
  return model;
}

static void
on_settled (GdkFrameClock *clock, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* Runs the loop until the window has been laid out and painted once more. */
static void
settle (BmShell *shell)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (shell));
  gboolean is_settled = FALSE;
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (on_settled), &is_settled);

  gtk_widget_queue_draw (GTK_WIDGET (shell));
  while (!is_settled)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, handler);
}

static gboolean
shoot_model (Kiosk *self, const char *path)
{
  json_auto_t *model = load_model (&self->options, path);
  g_autofree char *base = g_path_get_basename (path);

  if (model == NULL)
    return FALSE;
  if (g_str_has_suffix (base, ".json"))
    base[strlen (base) - strlen (".json")] = '\0';
  bm_shell_show_page (self->shell, model);
  for (guint part = 0; part < bm_shell_count_parts (self->shell); part++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *name = bm_shell_count_parts (self->shell) > 1
                                ? g_strdup_printf ("%s-%u.png", base, part + 1)
                                : g_strconcat (base, ".png", NULL);
      g_autofree char *file = g_build_filename (self->options.shot, name, NULL);

      bm_shell_set_part (self->shell, part);
      settle (self->shell);
      if (!bm_shell_shoot (self->shell, file, &error))
        {
          g_printerr ("%s\n", error->message);
          return FALSE;
        }
    }
  return TRUE;
}

static int
shoot_all (Kiosk *self)
{
  gboolean is_good = g_mkdir_with_parents (self->options.shot, 0755) == 0;

  for (char **path = self->options.models; is_good && *path != NULL; path++)
    is_good = shoot_model (self, *path);
  return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void
start_speech (Kiosk *self)
{
  const Options *options = &self->options;
  g_autoptr (BmSpeech) speech =
    bm_speech_new (options->speech_log, options->audio_command, options->is_mute);
  g_autoptr (GError) error = NULL;

  if (options->voices != NULL)
    bm_speech_set_voices (speech, options->voices);
  if (options->voice_command != NULL &&
      !bm_speech_set_engine (speech, options->voice_command, &error))
    g_warning ("--voice-command: %s", error->message);
  bm_shell_set_speech (self->shell, speech);
}

static gboolean
on_first_frame_done (gpointer user_data)
{
  Kiosk *self = user_data;

  if (self->options.is_kept)
    bm_keeper_report (BM_KEEPER_DRAWN);
  if (self->options.is_brief)
    g_main_loop_quit (self->loop);
  else if (!self->options.is_desk)
    start_speech (self);
  return G_SOURCE_REMOVE;
}

/* The voice may take its time: it begins only when the first page can be seen. */
static void
on_first_frame (GdkFrameClock *clock, Kiosk *self)
{
  if (bm_shell_get_model (self->shell) == NULL && !self->options.is_brief)
    return;
  g_clear_signal_handler (&self->painted, clock);
  g_idle_add (on_first_frame_done, self);
}

static void
on_mapped (GtkWidget *window, Kiosk *self)
{
  g_signal_handlers_disconnect_by_func (window, on_mapped, self);
  self->painted = g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint",
                                    G_CALLBACK (on_first_frame), self);
  if (self->options.timing_log != NULL)
    bm_timing_open (self->options.timing_log, window);
  if (self->options.layout_log != NULL)
    bm_layout_log_open (self->options.layout_log, self->shell);
}

static gboolean
on_alive (gpointer user_data)
{
  bm_keeper_report (BM_KEEPER_ALIVE);
  return G_SOURCE_CONTINUE;
}

/* A kept face stays, wiped, until the next one is drawn above it. */
static void
on_ended (BmFace *face, Kiosk *self)
{
  if (self->options.is_kept)
    bm_keeper_report (BM_KEEPER_ENDED);
  else
    g_main_loop_quit (self->loop);
}

static gboolean
on_terminate (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static void
run (Kiosk *self)
{
  g_unix_signal_add (SIGTERM, on_terminate, self->loop);
  g_unix_signal_add (SIGINT, on_terminate, self->loop);
  if (gtk_widget_get_mapped (GTK_WIDGET (self->shell)))
    on_mapped (GTK_WIDGET (self->shell), self);
  else
    g_signal_connect (self->shell, "map", G_CALLBACK (on_mapped), self);
  if (self->options.socket != NULL)
    {
      self->face = bm_face_new (self->options.socket, self->shell);
      g_signal_connect (self->face, "ended", G_CALLBACK (on_ended), self);
      if (self->options.is_kept)
        bm_face_stay (self->face);
    }
  if (self->options.is_kept)
    g_timeout_add_seconds (BM_KEEPER_ALIVE_SECONDS, on_alive, NULL);
  g_signal_connect_swapped (self->shell, "close-request", G_CALLBACK (g_main_loop_quit),
                            self->loop);
  g_main_loop_run (self->loop);
  g_clear_object (&self->face);
  bm_layout_log_close ();
  bm_timing_close ();
}

static void
open_window (Kiosk *self)
{
  find_screen (&self->options);
  self->shell = g_object_ref_sink (
    bm_shell_new (self->options.pitch, self->options.width, self->options.height));
  bm_shell_set_distance (self->shell, self->options.distance);
  bm_shell_set_hold (self->shell, (guint) self->options.hold_ms);
  if (self->options.models != NULL)
    {
      json_auto_t *model = load_model (&self->options, self->options.models[0]);

      if (model != NULL)
        bm_shell_show_page (self->shell, model);
    }
  if (self->options.is_fullscreen)
    gtk_window_fullscreen (GTK_WINDOW (self->shell));
  /* A face comes on the screen with its first page: a bare window above the one before would flash. */
  if (self->options.socket == NULL || self->options.is_brief)
    gtk_window_present (GTK_WINDOW (self->shell));
}

int
main (int argc, char *argv[])
{
  const struct rlimit none = { 0, 0 };
  Kiosk self = { 0 };
  g_autoptr (GError) error = NULL;
  int status = EXIT_SUCCESS;

  signal (SIGPIPE, SIG_IGN);
  if (g_strv_contains ((const char *const *) argv, "--keep"))
    return bm_keeper_run (argv);
  ensure_clean_memory (argv);
  /* Software rendering is faster, and four times smaller, than software GL; a site with a GPU sets these. */
  g_setenv ("GDK_DEBUG", "gl-disable", FALSE);
  g_setenv ("GSK_RENDERER", "cairo", FALSE);
  /* Pictures and glyphs come and go with pages: what they leave is given back, not kept in holes. */
  mallopt (M_MMAP_THRESHOLD, 128 * 1024);
  mallopt (M_TRIM_THRESHOLD, 128 * 1024);
  mallopt (M_ARENA_MAX, 2);
  setrlimit (RLIMIT_CORE, &none); /* no core dump with somebody's page in it */
  set_up_words ();
  if (!read_options (&argc, &argv, &self.options, &error))
    {
      g_printerr ("bianmin-kiosk: %s\n", error->message);
      return 2;
    }
  if (!gtk_init_check ())
    {
      g_printerr ("bianmin-kiosk: there is no display; set DISPLAY\n");
      return EXIT_FAILURE;
    }
  self.loop = g_main_loop_new (NULL, FALSE);
  open_window (&self);
  if (self.options.shot != NULL)
    status = shoot_all (&self);
  else
    run (&self);
  gtk_window_destroy (GTK_WINDOW (self.shell));
  g_object_unref (self.shell);
  g_main_loop_unref (self.loop);
  return status;
}
