/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/pages-help.h"

#include <glib/gstdio.h>

#include <string.h>

/* 读给我听 while somebody types: the question, what is typed, what the keys are for; and to whom how much of it. */

typedef struct
{
  char *folder;
  char *log;
  BmShell *shell;
  BmSpeech *speech;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("bianmin-voice-XXXXXX", NULL);
  fixture->log = g_build_filename (fixture->folder, "log", NULL);
  fixture->speech = bm_speech_new (fixture->log, NULL, TRUE);
  fixture->shell = g_object_ref_sink (bm_shell_new (0.248, 1080, 1920));
  bm_shell_set_speech (fixture->shell, fixture->speech);
  gtk_window_present (GTK_WINDOW (fixture->shell));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  g_assert_finalize_object (fixture->shell);
  g_clear_object (&fixture->speech);
  g_assert_cmpint (g_remove (fixture->log), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->log);
  g_free (fixture->folder);
}

static void
press (Fixture *fixture, const char *name)
{
  GtkWidget *button = bm_test_find (GTK_WIDGET (fixture->shell), name);

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
}

/* Shows @name, types, presses 读给我听. Returns: what the voice says of it, sentences one after the other. */
static char *
read_typed (Fixture *fixture, const char *name, gboolean is_alone, const char *digits)
{
  json_auto_t *model = bm_test_load_model (name);
  json_t *settings = bm_model_object (model, "settings");
  g_autofree char *log = NULL;
  g_auto (GStrv) lines = NULL;
  GString *said = g_string_new (NULL);

  json_object_del (bm_model_object (model, "input"), "value");
  json_object_del (bm_model_object (model, "input"), "problem");
  json_object_set_new (settings, "is_spoken", json_false ());
  json_object_set_new (settings, "has_headphone", json_boolean (is_alone));
  bm_shell_wipe (fixture->shell);
  bm_shell_show_page (fixture->shell, model);
  bm_test_settle (fixture->shell);
  for (const char *at = digits; *at != '\0'; at++)
    {
      g_autofree char *key = g_strdup_printf ("key-%c", *at);

      press (fixture, key);
    }
  bm_speech_finish (fixture->speech);
  g_assert_true (g_file_set_contents (fixture->log, "", 0, NULL));
  g_clear_object (&fixture->speech);
  g_assert_cmpint (g_remove (fixture->log), ==, 0);
  fixture->speech = bm_speech_new (fixture->log, NULL, TRUE);
  bm_shell_set_speech (fixture->shell, fixture->speech);
  press (fixture, "frame-read");
  bm_speech_finish (fixture->speech);
  g_assert_true (g_file_get_contents (fixture->log, &log, NULL, NULL));
  lines = g_strsplit (log, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      json_auto_t *line = json_loads (lines[i], 0, NULL);

      if (line != NULL)
        g_string_append (said, bm_model_text (line, "sentence"));
    }
  return g_string_free (said, FALSE);
}

static void
check (const char *said, const char *wanted)
{
  if (strstr (said, wanted) == NULL)
    g_error ("'%s' is not in '%s'", wanted, said);
}

#define KEYS "按下面的数字键输，按错了按“删除”。"

/* Somebody's number is said whole only to who hears alone. */
static void
test_number (Fixture *fixture, gconstpointer data)
{
  g_autofree char *none = read_typed (fixture, "digits", FALSE, "");
  g_autofree char *few = read_typed (fixture, "digits", FALSE, "9901");
  g_autofree char *hall = read_typed (fixture, "digits", FALSE, "9901211948");
  g_autofree char *alone = read_typed (fixture, "digits", TRUE, "9901211948");

  check (none, "您的身份证号码是多少？还没有输。" KEYS "最后一位是X的，按X。");
  check (few, "已经输了4位。");
  check (hall, "已经输了10位，最后是 1 9 4 8。" KEYS);
  g_assert_null (strstr (hall, "9 9"));
  check (alone, "已经输了：9 9 0 1 2 1，1 9 4 8。" KEYS);
}

/* Whose amount or day it is nobody hears; it is said as it stands above the keys, with what is wrong about it. */
static void
test_amount_and_day (Fixture *fixture, gconstpointer data)
{
  g_autofree char *amount = read_typed (fixture, "amount", FALSE, "1200");
  g_autofree char *over = read_typed (fixture, "amount-over", FALSE, "500000");
  g_autofree char *day = read_typed (fixture, "day", FALSE, "20261005");
  g_autofree char *part = read_typed (fixture, "day", FALSE, "2026");

  check (amount, "已经输了：一千二百元。" KEYS);
  check (over, "是不是多了一个零？" KEYS "有角有分的，先按“点”。");
  check (day, "已经输了：2026年10月5日，星期一。");
  check (part, "已经输了：2 0 2 6。");
}

/* By itself a page says what it always said. */
static void
test_unasked (Fixture *fixture, gconstpointer data)
{
  json_auto_t *model = bm_test_load_model ("digits");
  g_autofree char *log = NULL;

  bm_shell_show_page (fixture->shell, model);
  bm_test_settle (fixture->shell);
  bm_speech_finish (fixture->speech);
  g_assert_true (g_file_get_contents (fixture->log, &log, NULL, NULL));
  g_assert_nonnull (strstr (log, "您的身份证号码是多少？"));
  g_assert_null (strstr (log, "还没有输"));
}

int
main (int argc, char *argv[])
{
  int status;

  g_setenv ("GTK_A11Y", "test", TRUE);
  if (!bm_test_display_start ())
    {
      g_print ("Bail out! Xvfb cannot be started\n");
      return 1;
    }
  gtk_test_init (&argc, &argv);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/typed-voice/number", test_number);
  ADD ("/typed-voice/amount-and-day", test_amount_and_day);
  ADD ("/typed-voice/unasked", test_unasked);
#undef ADD
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
