/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/speech/speech.h"

#include "core/worker.h"

#include <espeak-ng/speak_lib.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * The voice of a face. One worker thread owns the engine and says one sentence after the other; the
 * main loop never waits for it.
 *
 *   say ─► turn++ ─► job per page ─► sentence ─► log, engine ─► sound ─► next sentence
 *                                       ▲                        │
 *                                       └── turn is another: job dropped, sound cut off
 *
 * The engine hands out samples; they go to a child process that plays raw sound (aplay where there is
 * one, or what --audio-command says). Without such a child everything but the sound happens, so tests
 * read in the log exactly what a person would have heard.
 */

#define VOICE         "cmn-latn-pinyin"
#define RATE_WORDS    125
#define BUFFER_MS     60
#define MAX_SENTENCES 60

struct _BmSpeech
{
  GObject parent_instance;

  BmWorker *worker;
  char **command; /* (nullable): program that plays raw sound */
  FILE *log;      /* (nullable) */
  gboolean is_mute;
  gint turn;           /* atomic: a job of another turn is dropped */
  GMutex lock;         /* guards player */
  GSubprocess *player; /* (nullable) */

  /* Only the worker touches these. */
  gboolean is_ready;
  gboolean is_broken;
  int rate;
};

typedef struct
{
  BmSpeech *speech;
  char *page_id;
  GPtrArray *sentences;
  gint turn;
} Job;

G_DEFINE_FINAL_TYPE (BmSpeech, bm_speech, G_TYPE_OBJECT)

static void
free_job (gpointer data)
{
  Job *job = data;

  g_ptr_array_unref (job->sentences);
  g_free (job->page_id);
  g_free (job);
}

static gboolean
is_over (Job *job)
{
  return g_atomic_int_get (&job->speech->turn) != job->turn;
}

static void
ensure_engine (BmSpeech *self)
{
  if (self->is_ready || self->is_broken)
    return;
  self->rate =
    espeak_Initialize (AUDIO_OUTPUT_RETRIEVAL, BUFFER_MS, NULL, espeakINITIALIZE_DONT_EXIT);
  self->is_broken = self->rate <= 0 || espeak_SetVoiceByName (VOICE) != EE_OK;
  self->is_ready = !self->is_broken;
  if (self->is_ready)
    espeak_SetParameter (espeakRATE, RATE_WORDS, 0);
}

static void
write_log (BmSpeech *self, const char *page_id, const char *sentence)
{
  json_t *line;
  char *text;

  if (self->log == NULL)
    return;
  line = json_pack ("{s:s, s:s}", "page", page_id, "sentence", sentence);
  text = json_dumps (line, JSON_COMPACT | JSON_PRESERVE_ORDER);
  fprintf (self->log, "%s\n", text);
  fflush (self->log);
  free (text);
  json_decref (line);
}

static GSubprocess *
start_player (BmSpeech *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *rate = g_strdup_printf ("%d", self->rate);
  g_auto (GStrv) argv = NULL;
  GSubprocess *player;

  g_strv_builder_addv (builder, (const char **) self->command);
  g_strv_builder_add_many (builder, "-r", rate, NULL);
  argv = g_strv_builder_end (builder);
  player = g_subprocess_newv ((const char *const *) argv,
                              G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                              NULL);
  g_mutex_lock (&self->lock);
  g_set_object (&self->player, player);
  g_mutex_unlock (&self->lock);
  return player;
}

static int
on_samples (short *samples, int count, espeak_EVENT *events)
{
  Job *job = events->user_data;
  g_autoptr (GSubprocess) player = NULL;

  if (job == NULL || is_over (job))
    return 1;
  if (samples == NULL || count <= 0)
    return 0;
  g_mutex_lock (&job->speech->lock);
  g_set_object (&player, job->speech->player);
  g_mutex_unlock (&job->speech->lock);
  if (player == NULL)
    return 0;
  return g_output_stream_write_all (g_subprocess_get_stdin_pipe (player), samples,
                                    count * sizeof *samples, NULL, NULL, NULL)
           ? 0
           : 1;
}

static void
speak_sentence (Job *job, const char *sentence)
{
  BmSpeech *self = job->speech;
  g_autofree char *sound = NULL;

  write_log (self, job->page_id, sentence);
  if (self->is_mute)
    return;
  ensure_engine (self);
  if (self->is_broken)
    return;
  sound = bm_speech_to_pinyin (sentence);
  espeak_SetSynthCallback (on_samples);
  espeak_Synth (sound, strlen (sound) + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, NULL, job);
  espeak_Synchronize ();
}

static gpointer
speak_job (gpointer data, GError **error)
{
  Job *job = data;
  BmSpeech *self = job->speech;
  g_autoptr (GSubprocess) player = NULL;

  if (is_over (job))
    return NULL;
  if (self->command != NULL && !self->is_mute)
    {
      ensure_engine (self);
      player = start_player (self);
    }
  for (guint i = 0; i < job->sentences->len && !is_over (job); i++)
    speak_sentence (job, g_ptr_array_index (job->sentences, i));
  if (player == NULL)
    return NULL;
  (void) g_output_stream_close (g_subprocess_get_stdin_pipe (player), NULL,
                                NULL);           /* it ends itself */
  (void) g_subprocess_wait (player, NULL, NULL); /* its fate changes nothing */
  g_mutex_lock (&self->lock);
  g_clear_object (&self->player);
  g_mutex_unlock (&self->lock);
  return NULL;
}

static void
say (BmSpeech *self, const char *page_id, GPtrArray *sentences)
{
  Job *job = g_new0 (Job, 1);

  bm_speech_hush (self);
  job->speech = self; /* outlived: the worker is stopped before the voice goes */
  job->page_id = g_strdup (page_id);
  job->sentences = sentences;
  job->turn = g_atomic_int_get (&self->turn);
  bm_worker_run_async (self->worker, speak_job, job, free_job, NULL, NULL, NULL, NULL);
}

/**
 * bm_speech_say:
 * @self: the voice
 * @page_id: which page says it
 * @sentences: array of strings
 *
 * Cuts off what is being said and says @sentences, one after the other.
 */
void
bm_speech_say (BmSpeech *self, const char *page_id, json_t *sentences)
{
  GPtrArray *list;

  g_return_if_fail (BM_IS_SPEECH (self));

  list = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; i < json_array_size (sentences) && i < MAX_SENTENCES; i++)
    {
      const char *sentence = json_string_value (json_array_get (sentences, i));

      if (sentence != NULL && *sentence != '\0')
        g_ptr_array_add (list, g_strdup (sentence));
    }
  say (self, page_id, list);
}

void
bm_speech_say_one (BmSpeech *self, const char *page_id, const char *sentence)
{
  GPtrArray *list;

  g_return_if_fail (BM_IS_SPEECH (self) && sentence != NULL);

  list = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (list, g_strdup (sentence));
  say (self, page_id, list);
}

/**
 * bm_speech_hush:
 * @self: the voice
 *
 * Cuts off what is being said.
 */
void
bm_speech_hush (BmSpeech *self)
{
  g_return_if_fail (BM_IS_SPEECH (self));

  g_atomic_int_inc (&self->turn);
  g_mutex_lock (&self->lock);
  if (self->player != NULL)
    g_subprocess_force_exit (self->player);
  g_mutex_unlock (&self->lock);
}

static gpointer
do_nothing (gpointer data, GError **error)
{
  return NULL;
}

void
bm_speech_finish (BmSpeech *self)
{
  g_return_if_fail (BM_IS_SPEECH (self));

  (void) bm_worker_run_sync (self->worker, do_nothing, NULL, NULL);
}

static void
bm_speech_finalize (GObject *object)
{
  BmSpeech *self = BM_SPEECH (object);

  bm_worker_stop (self->worker);
  g_clear_object (&self->worker);
  g_clear_object (&self->player);
  g_mutex_clear (&self->lock);
  g_clear_pointer (&self->log, fclose);
  g_strfreev (self->command);
  G_OBJECT_CLASS (bm_speech_parent_class)->finalize (object);
}

static void
bm_speech_class_init (BmSpeechClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bm_speech_finalize;
}

static void
bm_speech_init (BmSpeech *self)
{
  g_mutex_init (&self->lock);
}

static char **
find_command (const char *audio_command)
{
  g_autofree char *aplay = NULL;
  char **argv = NULL;

  if (audio_command != NULL)
    {
      (void) g_shell_parse_argv (audio_command, NULL, &argv, NULL); /* NULL: silent */
      return argv;
    }
  aplay = g_find_program_in_path ("aplay");
  return aplay != NULL ? g_strsplit ("aplay -q -t raw -f S16_LE -c 1", " ", -1) : NULL;
}

/**
 * bm_speech_new:
 * @log_path: (nullable): where a line is written for every sentence
 * @audio_command: (nullable): program that plays raw 16-bit mono from its input; "-r RATE" is added;
 *                 %NULL for aplay if it is installed, "" for none
 * @is_mute: nothing is synthesised, only logged
 *
 * Returns: (transfer full): a voice
 */
BmSpeech *
bm_speech_new (const char *log_path, const char *audio_command, gboolean is_mute)
{
  BmSpeech *self = g_object_new (BM_TYPE_SPEECH, NULL);

  self->worker = bm_worker_new ("speech");
  self->command = find_command (audio_command);
  self->is_mute = is_mute;
  if (log_path != NULL)
    {
      self->log = fopen (log_path, "ae");
      if (self->log == NULL)
        g_warning ("Cannot write %s: %s", log_path, g_strerror (errno));
    }
  return self;
}
