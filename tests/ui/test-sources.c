/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/voice/clips.h"
#include "ui/speech/player.h"
#include "ui/speech/speech.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <signal.h>
#include <string.h>

/* Where the sound comes from: a recording, the site's own command, the synthesiser; and what each may do wrong. */

#define SENTENCE "您想办什么？"
#define CLIP_S   0.5

typedef struct
{
  char *folder;
  char *log;
  char *raw; /* what the player got */
  char *player;
  char *voices;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("bianmin-sources-XXXXXX", NULL);
  fixture->log = g_build_filename (fixture->folder, "log", NULL);
  fixture->raw = g_build_filename (fixture->folder, "raw", NULL);
  fixture->voices = g_build_filename (fixture->folder, "voices", NULL);
  fixture->player = g_strdup_printf ("/bin/sh -c 'exec cat > %s' play", fixture->raw);
  g_assert_cmpint (g_mkdir (fixture->voices, 0700), ==, 0);
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      remove_all (inner);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_all (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->log);
  g_free (fixture->raw);
  g_free (fixture->player);
  g_free (fixture->voices);
}

static void
put (GByteArray *file, guint32 value, guint len)
{
  guint32 little = GUINT32_TO_LE (value);

  g_byte_array_append (file, (const guint8 *) &little, len);
}

/* Half a second of a tone at another rate than the player's. */
static GByteArray *
make_wav (guint hz)
{
  GByteArray *file = g_byte_array_new ();
  guint count = (guint) (hz * CLIP_S);

  g_byte_array_append (file, (const guint8 *) "RIFF", 4);
  put (file, 36 + 2 * count, 4);
  g_byte_array_append (file, (const guint8 *) "WAVEfmt ", 8);
  put (file, 16, 4);
  put (file, 1, 2);
  put (file, 1, 2);
  put (file, hz, 4);
  put (file, 2 * hz, 4);
  put (file, 2, 2);
  put (file, 16, 2);
  g_byte_array_append (file, (const guint8 *) "data", 4);
  put (file, 2 * count, 4);
  for (guint i = 0; i < count; i++)
    put (file, (guint16) (gint16) (i / 50 % 2 == 0 ? 9000 : -9000), 2);
  return file;
}

static char *
write_wav (Fixture *fixture, const char *folder, const char *name, gsize len)
{
  g_autoptr (GByteArray) wav = make_wav (44100);
  char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, (const char *) wav->data,
                                      (gssize) MIN (len, (gsize) wav->len), NULL));
  return path;
}

static void
record (Fixture *fixture, const char *dialect, const char *sentence, gsize len)
{
  g_autoptr (BmClips) clips = bm_clips_new (dialect, "名字");
  g_autofree char *folder = g_build_filename (fixture->voices, dialect, NULL);
  g_autofree char *name = bm_clips_file_for (sentence);
  g_autofree char *path = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  path = write_wav (fixture, folder, name, len);
  bm_clips_put (clips, "page|x", sentence);
  g_assert_true (bm_clips_save (clips, fixture->voices, NULL));
}

static double
play_seconds (Fixture *fixture)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (fixture->raw, &info), ==, 0);
  return (double) info.st_size / 2 / BM_PLAYER_HZ;
}

/* Says one sentence and waits until all of it was played. */
static char *
say (Fixture *fixture, BmSpeech *speech, const char *sentence)
{
  json_auto_t *sentences = json_pack ("[s]", sentence);
  char *text = NULL;

  bm_speech_say (speech, "home", sentences);
  bm_speech_finish (speech);
  g_assert_true (g_file_get_contents (fixture->log, &text, NULL, NULL));
  return text;
}

static void
test_recorded_is_played (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BmSpeech) speech = bm_speech_new (fixture->log, fixture->player, FALSE);
  BmSpeechManner slow = { 50, 10, "cmn", FALSE };
  g_autofree char *said = NULL;
  double usual;

  record (fixture, "cmn", SENTENCE, G_MAXSIZE);
  bm_speech_set_voices (speech, fixture->voices);
  said = say (fixture, speech, SENTENCE);
  g_assert_nonnull (strstr (said, "\"dialect\":\"cmn\",\"source\":\"clip\""));
  usual = play_seconds (fixture);
  g_assert_cmpfloat_with_epsilon (usual, CLIP_S, 0.05); /* brought to the player's rate */
  bm_speech_set_manner (speech, &slow);
  g_free (said);
  said = say (fixture, speech, SENTENCE);
  g_assert_cmpfloat_with_epsilon (play_seconds (fixture), 2 * CLIP_S, 0.1);
}

/* A clip is never played for a sentence that has changed. */
static void
test_changed_sentence (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BmSpeech) speech = bm_speech_new (fixture->log, fixture->player, FALSE);
  g_autofree char *said = NULL;

  record (fixture, "cmn", SENTENCE, G_MAXSIZE);
  bm_speech_set_voices (speech, fixture->voices);
  said = say (fixture, speech, "您想办点什么？");
  g_assert_null (strstr (said, "clip"));
  g_assert_nonnull (strstr (said, "\"source\":\"synth\""));
}

static void
test_broken_recording (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BmSpeech) speech = bm_speech_new (fixture->log, fixture->player, FALSE);
  g_autofree char *said = NULL;

  record (fixture, "cmn", SENTENCE, 100);
  bm_speech_set_voices (speech, fixture->voices);
  g_test_expect_message ("bianmin-ui", G_LOG_LEVEL_MESSAGE,
                         "*.wav: not a WAV that can be played: it ends in the middle; the*");
  said = say (fixture, speech, SENTENCE);
  g_test_assert_expected_messages ();
  g_assert_nonnull (strstr (said, "\"source\":\"synth\""));
  g_assert_cmpfloat (play_seconds (fixture), >, 0.5);
}

/* What the dialect has not is said in Mandarin, and the log says so. */
static void
test_dialect (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BmSpeech) speech = bm_speech_new (fixture->log, fixture->player, FALSE);
  const BmSpeechManner manner = { 100, 10, "yue-demo", TRUE };
  g_autofree char *said = NULL;

  record (fixture, "cmn", "好", G_MAXSIZE);
  record (fixture, "yue-demo", SENTENCE, G_MAXSIZE);
  bm_speech_set_voices (speech, fixture->voices);
  bm_speech_set_manner (speech, &manner);
  g_free (say (fixture, speech, SENTENCE));
  said = say (fixture, speech, "好");
  g_assert_nonnull (strstr (said, "\"dialect\":\"yue-demo\",\"source\":\"clip\",\"private\":true"));
  g_assert_nonnull (strstr (said, "\"dialect\":\"cmn\",\"source\":\"clip\",\"private\":true"));
}

/* Its own recordings, or nothing: the Mandarin voice would read letters that it does not know. */
static void
test_further_language_is_read_in_mandarin (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BmSpeech) speech = bm_speech_new (fixture->log, fixture->player, FALSE);
  const BmSpeechManner manner = { .rate = 100,
                                  .volume = 10,
                                  .dialect = "yue-demo",
                                  .language = "qid_Geor" };
  g_autofree char *said = NULL;

  record (fixture, "qid-geor", "\u10d0\u10d1", G_MAXSIZE);
  record (fixture, "yue-demo", SENTENCE, G_MAXSIZE);
  bm_speech_set_voices (speech, fixture->voices);
  bm_speech_set_manner (speech, &manner);
  g_free (say (fixture, speech, "\u10d0\u10d1"));
  said = say (fixture, speech, "\u10d2\u10d3");
  g_assert_nonnull (strstr (said, "\"dialect\":\"qid-geor\",\"source\":\"clip\""));
  g_assert_nonnull (strstr (said, "\"dialect\":\"qid-geor\",\"source\":\"silence\""));
  g_assert_null (strstr (said, "synth"));
}

static void
test_command (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BmSpeech) speech = bm_speech_new (fixture->log, fixture->player, FALSE);
  g_autofree char *wav = write_wav (fixture, fixture->folder, "engine.wav", G_MAXSIZE);
  g_autofree char *heard = g_build_filename (fixture->folder, "heard", NULL);
  g_autofree char *command = g_strdup_printf ("/bin/sh -c 'cat > %s; cat %s'", heard, wav);
  g_autofree char *said = NULL;
  g_autofree char *text = NULL;

  g_assert_true (bm_speech_set_engine (speech, command, NULL));
  said = say (fixture, speech, SENTENCE);
  g_assert_nonnull (strstr (said, "\"source\":\"command\""));
  g_assert_true (g_file_get_contents (heard, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, SENTENCE);
  g_assert_cmpfloat_with_epsilon (play_seconds (fixture), CLIP_S, 0.05);
}

/* Crashes, says nothing, or writes what is no sound: the sentence is said all the same. */
static void
test_command_fails (Fixture *fixture, gconstpointer data)
{
  static const char *const commands[] = { "/bin/sh -c 'kill -SEGV $$'", "/bin/sh -c 'exit 0'",
                                          "/bin/sh -c 'printf RIFFxxxxWAVE'", "/nowhere/voice" };

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autoptr (BmSpeech) speech = bm_speech_new (fixture->log, fixture->player, FALSE);
      g_autofree char *said = NULL;

      g_assert_true (bm_speech_set_engine (speech, commands[i], NULL));
      g_test_expect_message ("bianmin-ui", G_LOG_LEVEL_MESSAGE, "The voice command *; the*");
      said = say (fixture, speech, SENTENCE);
      g_test_assert_expected_messages ();
      g_assert_null (strstr (said, "command"));
      g_assert_nonnull (strstr (said, "\"source\":\"synth\""));
      g_assert_cmpfloat (play_seconds (fixture), >, 0.5);
      g_assert_cmpint (g_remove (fixture->log), ==, 0);
    }
}

static gboolean
is_alive (const char *pid_file)
{
  g_autofree char *text = NULL;
  gint64 pid;

  g_assert_true (g_file_get_contents (pid_file, &text, NULL, NULL));
  g_strstrip (text);
  g_assert_true (g_ascii_string_to_signed (text, 10, 2, G_MAXINT32, &pid, NULL));
  return kill ((pid_t) pid, 0) == 0 || errno != ESRCH;
}

static void
assert_dies (const char *pid_file)
{
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (is_alive (pid_file))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      g_usleep (10 * 1000);
    }
}

/* It hangs, with a child of its own: both are killed at the deadline, and the synthesiser says it. */
static void
test_command_hangs (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BmSpeech) speech = bm_speech_new (fixture->log, fixture->player, FALSE);
  g_autofree char *pid = g_build_filename (fixture->folder, "pid", NULL);
  g_autofree char *command = g_strdup_printf ("/bin/sh -c 'sleep 600 & echo $! > %s; wait'", pid);
  g_autofree char *said = NULL;
  gint64 start = g_get_monotonic_time ();

  g_assert_true (bm_speech_set_engine (speech, command, NULL));
  g_test_expect_message ("bianmin-ui", G_LOG_LEVEL_MESSAGE, "*was late*");
  said = say (fixture, speech, SENTENCE);
  g_test_assert_expected_messages ();
  g_assert_nonnull (strstr (said, "\"source\":\"synth\""));
  g_assert_cmpint (g_get_monotonic_time () - start, <, 60 * G_USEC_PER_SEC);
  assert_dies (pid);
}

/* The person moves on while the command thinks: it is gone, and nothing of it is said or logged. */
static void
test_command_interrupted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BmSpeech) speech = bm_speech_new (fixture->log, fixture->player, FALSE);
  g_autofree char *pid = g_build_filename (fixture->folder, "pid", NULL);
  g_autofree char *command = g_strdup_printf ("/bin/sh -c 'echo $$ > %s; exec sleep 600'", pid);
  json_auto_t *sentences = json_pack ("[s]", SENTENCE);
  g_autofree char *said = NULL;
  gint64 start;

  g_assert_true (bm_speech_set_engine (speech, command, NULL));
  bm_speech_say (speech, "home", sentences);
  while (!g_file_test (pid, G_FILE_TEST_EXISTS))
    g_usleep (1000);
  g_usleep (200 * 1000);
  start = g_get_monotonic_time ();
  bm_speech_hush (speech);
  bm_speech_finish (speech);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 10 * G_USEC_PER_SEC);
  assert_dies (pid);
  g_assert_true (g_file_get_contents (fixture->log, &said, NULL, NULL));
  g_assert_cmpstr (said, ==, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/sources/recorded-is-played", test_recorded_is_played);
  ADD ("/sources/changed-sentence", test_changed_sentence);
  ADD ("/sources/broken-recording", test_broken_recording);
  ADD ("/sources/dialect", test_dialect);
  ADD ("/sources/further-language-is-read-in-mandarin", test_further_language_is_read_in_mandarin);
  ADD ("/sources/command", test_command);
  ADD ("/sources/command-fails", test_command_fails);
  ADD ("/sources/command-hangs", test_command_hangs);
  ADD ("/sources/command-interrupted", test_command_interrupted);
#undef ADD
  return g_test_run ();
}
