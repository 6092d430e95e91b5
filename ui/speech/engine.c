/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/speech/engine.h"

#include "core/language/language.h"
#include "core/voice/wav.h"
#include "ui/speech/clip.h"

#include <errno.h>
#include <gio/gunixinputstream.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * One run of the program a sentence: the sentence in UTF-8 on its input, WAV or raw 16-bit mono at 22050
 * on its output, then it ends. It belongs to the site and is trusted with nothing: it has a deadline, it
 * is killed with all its children when the person moves on, and what it writes is read like a stranger's
 * file. Twice late or broken, it is left alone for a minute, so that a page does not wait for each sentence.
 */

#define DEADLINE_MS  2500
#define SLICE_MS     20
#define MAX_FAILURES 2
#define REST_MS      (60 * 1000)

struct _BmEngine
{
  char **argv;
  guint n_failures;
  gint64 rests_until; /* monotonic µs */
};

/**
 * bm_engine_new:
 * @command: program and arguments, as a shell would read them
 * @error: return location
 *
 * Returns: (transfer full): the engine; nothing runs yet
 */
BmEngine *
bm_engine_new (const char *command, GError **error)
{
  char **argv = NULL;
  BmEngine *self;

  if (!g_shell_parse_argv (command, NULL, &argv, error))
    return NULL;
  self = g_new0 (BmEngine, 1);
  self->argv = argv;
  return self;
}

void
bm_engine_free (BmEngine *self)
{
  g_strfreev (self->argv);
  g_free (self);
}

static void
become_group (gpointer data)
{
  (void) setpgid (0, 0); /* else only the program itself is killed */
}

static GSubprocess *
start (BmEngine *self, const char *dialect, const char *language, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                               G_SUBPROCESS_FLAGS_STDERR_SILENCE);

  g_subprocess_launcher_set_child_setup (launcher, become_group, NULL, NULL);
  g_subprocess_launcher_setenv (launcher, "BIANMIN_DIALECT", dialect, TRUE);
  g_subprocess_launcher_setenv (launcher, "BIANMIN_LANGUAGE",
                                *language != '\0' ? language : BM_LANGUAGE_CHINESE, TRUE);
  return g_subprocess_launcher_spawnv (launcher, (const char *const *) self->argv, error);
}

static void
stop (GSubprocess *child)
{
  const char *id = g_subprocess_get_identifier (child);
  pid_t pid = id != NULL ? (pid_t) strtol (id, NULL, 10) : 0;

  if (pid > 1)
    (void) kill (-pid, SIGKILL); /* gone already is as good */
  g_subprocess_force_exit (child);
  (void) g_subprocess_wait (child, NULL, NULL); /* its fate changes nothing */
}

/* Reads to the end. @ret_why: a static string when it came to nothing. */
static GByteArray *
read_all (int fd, gint64 until, BmEngineIsOver is_over, gpointer user_data, const char **ret_why)
{
  g_autoptr (GByteArray) sound = g_byte_array_new ();

  for (;;)
    {
      struct pollfd waiting = { .fd = fd, .events = POLLIN };
      guint8 part[8192];
      ssize_t count;

      *ret_why = NULL;
      if (is_over (user_data))
        return NULL;
      *ret_why = "was late";
      if (g_get_monotonic_time () > until)
        return NULL;
      if (poll (&waiting, 1, SLICE_MS) <= 0)
        continue;
      count = read (fd, part, sizeof part);
      if (count < 0 && errno == EINTR)
        continue;
      *ret_why = "wrote more than a sentence";
      if (count <= 0)
        return g_steal_pointer (&sound);
      if (sound->len + (gsize) count > BM_WAV_MAX_BYTES)
        return NULL;
      g_byte_array_append (sound, part, (guint) count);
    }
}

static GBytes *
run (BmEngine *self,
     const char *sentence,
     const char *dialect,
     const char *language,
     BmEngineIsOver is_over,
     gpointer user_data,
     char **ret_why)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child = start (self, dialect, language, &error);
  gint64 until = g_get_monotonic_time () + DEADLINE_MS * 1000;
  g_autoptr (GByteArray) sound = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const char *why = NULL;
  GOutputStream *in;

  if (child == NULL)
    {
      *ret_why = g_strdup (error->message);
      return NULL;
    }
  /* A sentence is shorter than what a pipe holds: this never waits. */
  in = g_subprocess_get_stdin_pipe (child);
  (void) g_output_stream_write_all (in, sentence, strlen (sentence), NULL, NULL, NULL);
  (void) g_output_stream_close (in, NULL, NULL); /* who does not read it is judged by what comes */
  sound = read_all (g_unix_input_stream_get_fd (
                      G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (child))),
                    until, is_over, user_data, &why);
  stop (child);
  if (sound == NULL)
    {
      *ret_why = g_strdup (why);
      return NULL;
    }
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&sound));
  if (bm_clip_can_play (bytes, TRUE, &error))
    return g_steal_pointer (&bytes);
  *ret_why = g_strdup (error->message);
  return NULL;
}

/**
 * bm_engine_read:
 * @self: an engine
 * @sentence: what is to be said
 * @dialect: in which dialect, as $BIANMIN_DIALECT
 * @language: in which language, as $BIANMIN_LANGUAGE
 * @is_over: asked every 20 ms; TRUE stops it
 * @user_data: for @is_over
 *
 * Returns: (transfer full) (nullable): sound that bm_clip_play_bytes() takes
 */
GBytes *
bm_engine_read (BmEngine *self,
                const char *sentence,
                const char *dialect,
                const char *language,
                BmEngineIsOver is_over,
                gpointer user_data)
{
  g_autofree char *why = NULL;
  GBytes *sound;

  if (g_get_monotonic_time () < self->rests_until)
    return NULL;
  sound = run (self, sentence, dialect, language, is_over, user_data, &why);
  if (sound != NULL)
    self->n_failures = 0;
  else if (why != NULL)
    {
      self->n_failures++;
      g_message ("The voice command %s: %s; the synthesiser says it", self->argv[0], why);
    }
  if (self->n_failures < MAX_FAILURES)
    return sound;
  g_message ("The voice command %s is left alone for a minute", self->argv[0]);
  self->rests_until = g_get_monotonic_time () + REST_MS * 1000;
  self->n_failures = 0;
  return sound;
}
