/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/speech/speech.h"

#include <glib/gstdio.h>

#include <signal.h>
#include <string.h>

/* What is said is what the model says; the engine is real, the sound goes nowhere or into a child. */

typedef struct
{
  char *folder;
  char *log;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("bianmin-speech-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->log = g_build_filename (fixture->folder, "log", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  (void) g_remove (fixture->log); /* not every test writes one */
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->log);
  g_free (fixture->folder);
}

static void
test_log_is_what_was_said (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BmSpeech) speech = bm_speech_new (fixture->log, "", FALSE);
  json_auto_t *sentences = json_pack ("[s, s]", "您想办什么？", "第一个，养老金认证");
  g_autofree char *text = NULL;

  bm_speech_say (speech, "home", sentences);
  bm_speech_finish (speech);
  g_assert_true (g_file_get_contents (fixture->log, &text, NULL, NULL));
  g_assert_cmpstr (text, ==,
                   "{\"page\":\"home\",\"sentence\":\"您想办什么？\"}\n"
                   "{\"page\":\"home\",\"sentence\":\"第一个，养老金认证\"}\n");
}

/* Another page begins before the first is said: nothing more of the first is heard. */
static void
test_interrupt (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BmSpeech) speech = bm_speech_new (fixture->log, "", TRUE);
  json_auto_t *first = json_array ();
  json_auto_t *second = json_pack ("[s]", "第二页");
  g_autofree char *text = NULL;

  for (guint i = 0; i < 60; i++)
    json_array_append_new (first, json_string ("第一页"));
  bm_speech_hush (speech);
  bm_speech_say (speech, "one", first);
  bm_speech_say (speech, "two", second);
  bm_speech_finish (speech);
  g_assert_true (g_file_get_contents (fixture->log, &text, NULL, NULL));
  g_assert_true (g_str_has_suffix (text, "{\"page\":\"two\",\"sentence\":\"第二页\"}\n"));
  g_assert_cmpuint (strlen (text), <, 40 * 60);
}

/* Sound goes to the command, and hushing ends the command at once. */
static void
test_sound_reaches_the_command (Fixture *fixture, gconstpointer data)
{
  g_autofree char *raw = g_build_filename (fixture->folder, "raw", NULL);
  g_autofree char *script = g_strdup_printf ("/bin/sh -c 'exec cat > %s' play", raw);
  g_autoptr (BmSpeech) speech = bm_speech_new (NULL, script, FALSE);
  json_auto_t *sentences = json_pack ("[s]", "您好，请点一下屏幕。");
  GStatBuf info;

  bm_speech_say (speech, "idle", sentences);
  bm_speech_finish (speech);
  g_assert_cmpint (g_stat (raw, &info), ==, 0);
  /* Two seconds of speech at 22050 samples of two bytes, roughly. */
  g_assert_cmpint (info.st_size, >, 22050);
  g_assert_cmpint (g_remove (raw), ==, 0);
}

static void
test_hush_does_not_wait (Fixture *fixture, gconstpointer data)
{
  /* This command never reads: whoever writes to it would wait for ever. */
  g_autoptr (BmSpeech) speech = bm_speech_new (NULL, "/bin/sh -c 'exec sleep 600' play", FALSE);
  json_auto_t *sentences = json_array ();
  gint64 start;

  for (guint i = 0; i < 20; i++)
    json_array_append_new (sentences,
                           json_string ("谁打电话叫您转钱、报密码、报验证码，都是骗子。"));
  bm_speech_say (speech, "result", sentences);
  g_usleep (300 * 1000);
  start = g_get_monotonic_time ();
  bm_speech_hush (speech);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 50 * 1000);
  bm_speech_finish (speech);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
}

static void
test_polyphones (void)
{
  g_autofree char *bank = bm_speech_to_pinyin ("到银行还款");
  g_autofree char *plain = bm_speech_to_pinyin ("看钱");

  g_assert_cmpstr (bank, ==, "到 yin2hang2  huan2kuan3 ");
  g_assert_cmpstr (plain, ==, "看钱");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  g_test_add_func ("/speech/polyphones", test_polyphones);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/speech/log-is-what-was-said", test_log_is_what_was_said);
  ADD ("/speech/interrupt", test_interrupt);
  ADD ("/speech/sound-reaches-the-command", test_sound_reaches_the_command);
  ADD ("/speech/hush-does-not-wait", test_hush_does_not_wait);
#undef ADD
  return g_test_run ();
}
