/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/speech/speech.h"

#include "core/worker.h"
#include "ui/speech/player.h"
#include "ui/speech/source.h"
#include "ui/speech/synth.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/*
 * The voice of a face. One worker thread says one sentence after the other; the main loop never waits
 * for it.
 *
 *   say ─► turn++ ─► job per page ─► sentence ─► source ─► log, player ─► next sentence
 *                                       ▲                        │
 *                                       └── turn is another: job dropped, sound cut off
 *
 * Sound goes to a child process (player.c). Without one everything but the sound happens, so tests
 * read in the log exactly what a person would have heard.
 */

#define MAX_SENTENCES  60
#define NORMAL_RATE    100
#define NORMAL_VOLUME  7
#define MAX_VOLUME     10
#define DECIBEL_A_STEP 2.5

struct _BmSpeech
{
  GObject parent_instance;

  BmWorker *worker;
  char **command; /* (nullable): program that plays raw sound */
  FILE *log;      /* (nullable) */
  gboolean is_mute;
  gboolean is_speaking; /* main loop only */
  BmSpeechManner manner;
  gint turn;        /* atomic: a job of another turn is dropped */
  GMutex lock;      /* guards player */
  BmPlayer *player; /* (nullable) */
  BmSource *source; /* the worker's, once the first job is there */
};

typedef struct
{
  BmSpeech *speech;
  char *page_id;
  GPtrArray *sentences;
  BmSpeechManner manner;
  gint turn;
  gboolean is_sounding; /* its first sample is out */
  const char *sentence; /* the one that is being said */
} Job;

/* What the worker tells the main loop. */
typedef struct
{
  BmSpeech *speech;
  gint turn;
  gint64 sounded_at; /* 0: the job is done */
} News;

enum
{
  PROP_0,
  PROP_IS_SPEAKING,
  N_PROPS,
};

enum
{
  SIGNAL_SOUNDED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

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
set_speaking (BmSpeech *self, gboolean is_speaking)
{
  if (self->is_speaking == is_speaking)
    return;
  self->is_speaking = is_speaking;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_SPEAKING]);
}

static void
free_news (gpointer data)
{
  News *news = data;

  g_object_unref (news->speech);
  g_free (news);
}

static gboolean
on_news (gpointer user_data)
{
  News *news = user_data;

  if (news->turn != g_atomic_int_get (&news->speech->turn))
    return G_SOURCE_REMOVE;
  if (news->sounded_at == 0)
    set_speaking (news->speech, FALSE);
  else
    g_signal_emit (news->speech, signals[SIGNAL_SOUNDED], 0, news->sounded_at);
  return G_SOURCE_REMOVE;
}

static void
tell_main (Job *job, gint64 sounded_at)
{
  News *news = g_new0 (News, 1);

  news->speech = g_object_ref (job->speech);
  news->turn = job->turn;
  news->sounded_at = sounded_at;
  g_idle_add_full (G_PRIORITY_DEFAULT, on_news, news, free_news);
}

static void
write_log (Job *job, const char *sentence, const char *source, const char *dialect)
{
  BmSpeech *self = job->speech;
  json_t *line;
  char *text;

  if (self->log == NULL)
    return;
  line = json_pack ("{s:s, s:s, s:i, s:i, s:s, s:s, s:b}", "page", job->page_id, "sentence",
                    sentence, "rate", (int) job->manner.rate, "volume", (int) job->manner.volume,
                    "dialect", dialect, "source", source, "private", (int) job->manner.is_private);
  text = json_dumps (line, JSON_COMPACT | JSON_PRESERVE_ORDER);
  fprintf (self->log, "%s\n", text);
  fflush (self->log);
  free (text);
  json_decref (line);
}

/* Ten volumes, each a like step for the ear. */
static double
get_gain (const BmSpeechManner *manner)
{
  return pow (10.0, -DECIBEL_A_STEP * (MAX_VOLUME - manner->volume) / 20.0);
}

static gboolean
is_job_over (gpointer user_data)
{
  return is_over (user_data);
}

static void
on_started (gpointer user_data)
{
  Job *job = user_data;

  if (!job->is_sounding)
    tell_main (job, g_get_monotonic_time ());
  job->is_sounding = TRUE;
}

static void
on_chosen (const char *source, const char *dialect, gpointer user_data)
{
  Job *job = user_data;

  write_log (job, job->sentence, source, dialect);
}

static void
speak_sentence (Job *job, const char *sentence, BmPlayer *player)
{
  const BmSaying saying = {
    .sentence = sentence,
    .manner = &job->manner,
    .gain = get_gain (&job->manner),
    .player = player,
    .is_mute = job->speech->is_mute,
    .is_over = is_job_over,
    .chosen = on_chosen,
    .started = on_started,
    .user_data = job,
  };

  job->sentence = sentence;
  bm_source_say (job->speech->source, &saying);
}

static void
keep_player (BmSpeech *self, BmPlayer *player)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->player, bm_player_unref);
  self->player = player != NULL ? bm_player_ref (player) : NULL;
  g_mutex_unlock (&self->lock);
}

static gpointer
speak_job (gpointer data, GError **error)
{
  Job *job = data;
  BmSpeech *self = job->speech;
  g_autoptr (BmPlayer) player = NULL;

  if (is_over (job))
    return NULL;
  if (self->command != NULL && !self->is_mute)
    {
      player = bm_player_new ((const char *const *) self->command);
      keep_player (self, player);
    }
  for (guint i = 0; i < job->sentences->len && !is_over (job); i++)
    speak_sentence (job, g_ptr_array_index (job->sentences, i), player);
  if (player != NULL)
    {
      if (is_over (job))
        bm_player_kill (player); /* whoever hushed may have come before it was kept */
      bm_player_close (player);
      keep_player (self, NULL);
    }
  if (!is_over (job))
    tell_main (job, 0);
  return NULL;
}

static void
cut_off (BmSpeech *self)
{
  g_atomic_int_inc (&self->turn);
  g_mutex_lock (&self->lock);
  if (self->player != NULL)
    bm_player_kill (self->player);
  g_mutex_unlock (&self->lock);
}

static void
say (BmSpeech *self, const char *page_id, GPtrArray *sentences)
{
  Job *job = g_new0 (Job, 1);

  cut_off (self);
  job->speech = self; /* outlived: the worker is stopped before the voice goes */
  job->page_id = g_strdup (page_id);
  job->sentences = sentences;
  job->manner = self->manner;
  job->turn = g_atomic_int_get (&self->turn);
  set_speaking (self, bm_speech_can_sound (self) && sentences->len > 0);
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

  cut_off (self);
  set_speaking (self, FALSE);
}

/**
 * bm_speech_set_voices:
 * @self: the voice, which has said nothing yet
 * @voices: folder of recorded sentences, one folder a dialect
 *
 * What was recorded is played instead of being synthesised.
 */
void
bm_speech_set_voices (BmSpeech *self, const char *voices)
{
  g_return_if_fail (BM_IS_SPEECH (self));

  bm_source_set_voices (self->source, voices);
}

/**
 * bm_speech_set_engine:
 * @self: the voice, which has said nothing yet
 * @command: a site's own voice
 * @error: return location
 *
 * What is not recorded is asked of @command before the synthesiser.
 *
 * Returns: whether @command can be read
 */
gboolean
bm_speech_set_engine (BmSpeech *self, const char *command, GError **error)
{
  g_return_val_if_fail (BM_IS_SPEECH (self), FALSE);

  return bm_source_set_engine (self->source, command, error);
}

gboolean
bm_speech_can_sound (BmSpeech *self)
{
  g_return_val_if_fail (BM_IS_SPEECH (self), FALSE);

  return self->command != NULL && !self->is_mute;
}

gboolean
bm_speech_is_speaking (BmSpeech *self)
{
  g_return_val_if_fail (BM_IS_SPEECH (self), FALSE);

  return self->is_speaking;
}

/**
 * bm_speech_set_manner:
 * @self: the voice
 * @manner: how fast, how loud, in which dialect
 *
 * Holds for what is said from now on.
 */
void
bm_speech_set_manner (BmSpeech *self, const BmSpeechManner *manner)
{
  g_return_if_fail (BM_IS_SPEECH (self) && manner != NULL);

  self->manner = *manner;
  self->manner.rate = CLAMP (manner->rate, 50, 200);
  self->manner.volume = CLAMP (manner->volume, 1, MAX_VOLUME);
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

/* Here and not later: until the worker stands still it may want to tell the main loop something. */
static void
bm_speech_dispose (GObject *object)
{
  BmSpeech *self = BM_SPEECH (object);

  if (self->worker != NULL)
    {
      bm_speech_hush (self);
      bm_worker_stop (self->worker);
    }
  g_clear_object (&self->worker);
  G_OBJECT_CLASS (bm_speech_parent_class)->dispose (object);
}

static void
bm_speech_finalize (GObject *object)
{
  BmSpeech *self = BM_SPEECH (object);

  g_clear_pointer (&self->player, bm_player_unref);
  g_mutex_clear (&self->lock);
  g_clear_pointer (&self->log, fclose);
  bm_source_free (self->source);
  g_strfreev (self->command);
  G_OBJECT_CLASS (bm_speech_parent_class)->finalize (object);
}

static void
bm_speech_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_IS_SPEAKING)
    g_value_set_boolean (value, BM_SPEECH (object)->is_speaking);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bm_speech_class_init (BmSpeechClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bm_speech_dispose;
  object_class->finalize = bm_speech_finalize;
  object_class->get_property = bm_speech_get_property;

  /**
   * BmSpeech:is-speaking:
   *
   * Whether something is being said that can be heard.
   */
  props[PROP_IS_SPEAKING] = g_param_spec_boolean ("is-speaking", NULL, NULL, FALSE,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * BmSpeech::sounded:
   * @at: monotonic time at which the first sample of a page went out
   */
  signals[SIGNAL_SOUNDED] = g_signal_new ("sounded", BM_TYPE_SPEECH, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
bm_speech_init (BmSpeech *self)
{
  g_mutex_init (&self->lock);
  self->source = bm_source_new ();
  self->manner = (BmSpeechManner){ NORMAL_RATE, NORMAL_VOLUME, "cmn", FALSE };
}

/* The engine takes 190 ms to load: not when the first sentence is waited for. */
static gpointer
warm_up (gpointer data, GError **error)
{
  (void) bm_synth_prepare (); /* it says so itself, and is asked again */
  return NULL;
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
  if (!is_mute)
    bm_worker_run_async (self->worker, warm_up, NULL, NULL, NULL, NULL, NULL, NULL);
  if (log_path != NULL)
    {
      self->log = fopen (log_path, "ae");
      if (self->log == NULL)
        g_warning ("Cannot write %s: %s", log_path, g_strerror (errno));
    }
  return self;
}
