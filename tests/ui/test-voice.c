/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/pages-help.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include <locale.h>

/* Stopping, repeating, how it is read, and a headphone: what the window does about its voice. */

/* Plays for ever what it has taken. */
#define PLAYER  "/bin/sh -c 'cat >/dev/null; exec sleep 600' play"
#define WAIT_MS 60000

typedef struct
{
  char *folder;
  char *log;
  BmShell *shell;
  BmSpeech *speech;
  char *intent;
} Fixture;

static void
on_intent (BmShell *shell, const char *json, Fixture *fixture)
{
  g_free (fixture->intent);
  fixture->intent = g_strdup (json);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("bianmin-voice-XXXXXX", NULL);
  fixture->log = g_build_filename (fixture->folder, "log", NULL);
  fixture->speech = bm_speech_new (fixture->log, PLAYER, FALSE);
  fixture->shell = g_object_ref_sink (bm_shell_new (0.248, 1080, 1920));
  g_signal_connect (fixture->shell, "intent", G_CALLBACK (on_intent), fixture);
  bm_shell_set_speech (fixture->shell, fixture->speech);
  gtk_window_present (GTK_WINDOW (fixture->shell));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  g_assert_finalize_object (fixture->shell);
  bm_speech_hush (fixture->speech);
  g_clear_object (&fixture->speech);
  g_assert_cmpint (g_remove (fixture->log), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->intent);
  g_free (fixture->log);
  g_free (fixture->folder);
}

static json_t *
get_settings (json_t *model)
{
  return json_object_get (model, "settings");
}

/* The fixture as it stands, not read by itself, with 声音 to be had. */
static json_t *
load_quiet (const char *name)
{
  json_t *model = bm_test_load_model (name);

  json_object_set_new (json_object_get (model, "frame"), "voice", json_true ());
  json_object_set_new (get_settings (model), "is_spoken", json_false ());
  return model;
}

static void
show (Fixture *fixture, json_t *model)
{
  bm_shell_show_page (fixture->shell, model);
  bm_test_settle (fixture->shell);
}

static gboolean
has (Fixture *fixture, const char *name)
{
  return bm_test_find (GTK_WIDGET (fixture->shell), name) != NULL;
}

static GtkWidget *
find (Fixture *fixture, const char *name)
{
  GtkWidget *button = bm_test_find (GTK_WIDGET (fixture->shell), name);

  g_assert_nonnull (button);
  return button;
}

static void
press (Fixture *fixture, const char *name)
{
  g_signal_emit_by_name (find (fixture, name), "clicked");
  bm_test_settle (fixture->shell);
}

static char *
read_log (Fixture *fixture)
{
  char *text = NULL;

  (void) g_file_get_contents (fixture->log, &text, NULL, NULL); /* NULL: nothing was said yet */
  return text != NULL ? text : g_strdup ("");
}

static void
wait_for (Fixture *fixture, const char *sentence)
{
  gint64 until = g_get_monotonic_time () + WAIT_MS * 1000;
  g_autofree char *said = read_log (fixture);

  while (strstr (said, sentence) == NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (5000);
      g_free (said);
      said = read_log (fixture);
    }
}

/* 停下 stands where 读给我听 was, and there are still five things in the frame. */
static void
test_stop_then_repeat (Fixture *fixture, gconstpointer data)
{
  json_auto_t *model = load_quiet ("home");

  show (fixture, model);
  g_assert_true (has (fixture, "frame-read") && has (fixture, "frame-bigger"));
  g_assert_false (has (fixture, "frame-stop") || has (fixture, "frame-voice"));
  press (fixture, "frame-read");
  g_assert_true (has (fixture, "frame-stop") && has (fixture, "frame-voice"));
  g_assert_false (has (fixture, "frame-read") || has (fixture, "frame-bigger"));
  wait_for (fixture, "您想办什么？");
  press (fixture, "frame-stop");
  g_assert_false (bm_speech_is_speaking (fixture->speech));
  g_assert_true (has (fixture, "frame-read") && has (fixture, "frame-voice"));
  press (fixture, "frame-read");
  g_assert_true (bm_speech_is_speaking (fixture->speech));
  g_assert_true (has (fixture, "frame-stop"));
}

static void
test_voice_is_one_press_from_reading (Fixture *fixture, gconstpointer data)
{
  json_auto_t *model = load_quiet ("home");
  json_auto_t *next = load_quiet ("card");

  show (fixture, model);
  press (fixture, "frame-read");
  press (fixture, "frame-voice");
  g_assert_nonnull (strstr (fixture->intent, "\"do\":\"voice\""));
  wait_for (fixture, "您想办什么？");
  show (fixture, next);
  g_assert_true (has (fixture, "frame-read") && has (fixture, "frame-bigger"));
}

/* Where the station offers no 声音, letters can be made bigger while it is read. */
static void
test_voice_where_it_is_not_offered (Fixture *fixture, gconstpointer data)
{
  json_auto_t *model = load_quiet ("home");

  json_object_del (json_object_get (model, "frame"), "voice");
  show (fixture, model);
  press (fixture, "frame-read");
  g_assert_true (has (fixture, "frame-stop") && has (fixture, "frame-bigger"));
  wait_for (fixture, "您想办什么？");
}

/* Nothing in the frame moves or grows when it is read, at any size. */
static void
test_frame_moves (Fixture *fixture, gconstpointer data)
{
  static const int scales[] = { 100, 125, 150, 200 };

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      json_auto_t *model = load_quiet ("choice");
      int page, width, height;

      json_object_set_new (get_settings (model), "scale", json_integer (scales[i]));
      show (fixture, model);
      page = gtk_widget_get_height (bm_shell_get_page (fixture->shell));
      width = gtk_widget_get_width (find (fixture, "frame-read"));
      height = gtk_widget_get_height (find (fixture, "frame-read"));
      press (fixture, "frame-read");
      g_assert_cmpint (gtk_widget_get_height (bm_shell_get_page (fixture->shell)), ==, page);
      g_assert_cmpint (gtk_widget_get_width (find (fixture, "frame-stop")), ==, width);
      g_assert_cmpint (gtk_widget_get_height (find (fixture, "frame-stop")), ==, height);
      bm_shell_wipe (fixture->shell);
      json_object_set_new (get_settings (model), "is_spoken", json_true ());
      show (fixture, model); /* made while it is read, and not changed to it */
      g_assert_cmpint (gtk_widget_get_width (find (fixture, "frame-stop")), ==, width);
      g_assert_cmpint (gtk_widget_get_height (find (fixture, "frame-stop")), ==, height);
      g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (fixture->shell)), ==, 1080);
      bm_speech_hush (fixture->speech);
    }
  wait_for (fixture, "什么事？");
}

/* 慢一点 is heard when it was pressed, and the log says how each sentence was said. */
static void
test_manner_reaches_the_voice (Fixture *fixture, gconstpointer data)
{
  json_auto_t *model = load_quiet ("home");
  json_auto_t *slower = load_quiet ("home");

  json_object_set_new (get_settings (model), "is_spoken", json_true ());
  json_object_set_new (get_settings (slower), "is_spoken", json_true ());
  json_object_set_new (get_settings (slower), "rate", json_integer (75));
  json_object_set_new (get_settings (slower), "volume", json_integer (10));
  show (fixture, model);
  wait_for (fixture, "\"rate\":100,\"volume\":7,\"dialect\":\"cmn\",\"source\":\"synth\"");
  show (fixture, slower);
  wait_for (fixture, "\"rate\":75,\"volume\":10,\"dialect\":\"cmn\",\"source\":\"synth\"");
}

/* What the station adds because it was asked for is heard at the first press, not at the second. */
static void
test_private_needs_two_presses (Fixture *fixture, gconstpointer data)
{
  json_auto_t *covered = load_quiet ("letter");
  json_auto_t *told = load_quiet ("letter");

  json_object_set_new (covered, "is_private", json_true ());
  json_object_set_new (get_settings (covered), "is_spoken", json_true ());
  json_object_set_new (told, "is_private", json_true ());
  json_object_set_new (get_settings (told), "is_spoken", json_true ());
  json_array_append_new (json_object_get (told, "speech"), json_string ("路补好了。"));
  show (fixture, covered);
  g_assert_false (bm_speech_is_speaking (fixture->speech));
  press (fixture, "frame-read");
  show (fixture, told);
  wait_for (fixture, "路补好了。");
  wait_for (fixture, "\"private\":true");
}

/* With a headphone in what is private is read by itself; out, it is silent at once, wherever it was. */
static void
test_headphone_out_in_mid_sentence (Fixture *fixture, gconstpointer data)
{
  json_auto_t *model = load_quiet ("letter");
  json_auto_t *out = load_quiet ("letter");
  gint64 start;

  json_object_set_new (model, "is_private", json_true ());
  json_object_set_new (get_settings (model), "is_spoken", json_true ());
  json_object_set_new (get_settings (model), "has_headphone", json_true ());
  json_object_set_new (out, "is_private", json_true ());
  json_object_set_new (get_settings (out), "is_spoken", json_true ());
  show (fixture, out);
  g_assert_false (bm_speech_is_speaking (fixture->speech));
  show (fixture, model);
  g_assert_true (bm_speech_is_speaking (fixture->speech));
  wait_for (fixture, "\"private\":true");
  start = g_get_monotonic_time ();
  bm_shell_show_page (fixture->shell, out); /* the very same words */
  g_assert_false (bm_speech_is_speaking (fixture->speech));
  bm_speech_finish (fixture->speech);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 500 * 1000);
  bm_test_settle (fixture->shell);
  g_assert_true (has (fixture, "frame-read"));
}

/* Words as people see them: 停下 is shorter than 读给我听. */
static void
use_chinese (void)
{
  const char *folder = g_getenv ("BIANMIN_LOCALE");

  g_assert_nonnull (folder);
  g_setenv ("LANGUAGE", "zh_CN", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain ("bianmin", folder);
  bind_textdomain_codeset ("bianmin", "UTF-8");
  textdomain ("bianmin");
}

int
main (int argc, char *argv[])
{
  int status;

  if (!bm_test_display_start ())
    {
      g_print ("Bail out! Xvfb cannot be started\n");
      return 1;
    }
  gtk_test_init (&argc, &argv);
  use_chinese (); /* GTK's own start of a test leaves plain C */
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/voice/stop-then-repeat", test_stop_then_repeat);
  ADD ("/voice/is-one-press-from-reading", test_voice_is_one_press_from_reading);
  ADD ("/voice/where-it-is-not-offered", test_voice_where_it_is_not_offered);
  ADD ("/voice/frame-moves", test_frame_moves);
  ADD ("/voice/manner-reaches-the-voice", test_manner_reaches_the_voice);
  ADD ("/voice/private-needs-two-presses", test_private_needs_two_presses);
  ADD ("/voice/headphone-out-in-mid-sentence", test_headphone_out_in_mid_sentence);
#undef ADD
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
