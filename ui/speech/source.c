/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/speech/source.h"

#include "core/language/language.h"
#include "ui/speech/clip.h"
#include "ui/speech/engine.h"
#include "ui/speech/synth.h"

/*
 * The first that has the sentence says it:
 *
 *   clip in the dialect ─► clip in Mandarin ─► the site's own voice command ─► synthesiser
 *
 * On a page in another language the recordings of that language take the place of the dialect; where neither
 * they, nor the command, nor the synthesiser know it, nothing is said: its letters read in Mandarin help nobody.
 *
 * Each may fail (a broken file, a command that hangs) and then the next one is asked, so that a page is
 * never silent for it.
 */

struct _BmSource
{
  char *voices;     /* (nullable): folder of the recorded sentences */
  BmClips *usual;   /* (nullable) */
  BmClips *dialect; /* (nullable): the one that was asked for last */
  char *tried;      /* (nullable): what @dialect was looked for */
  BmEngine *engine; /* (nullable) */
};

BmSource *
bm_source_new (void)
{
  return g_new0 (BmSource, 1);
}

void
bm_source_free (BmSource *self)
{
  g_clear_pointer (&self->usual, bm_clips_free);
  g_clear_pointer (&self->dialect, bm_clips_free);
  g_clear_pointer (&self->engine, bm_engine_free);
  g_free (self->tried);
  g_free (self->voices);
  g_free (self);
}

static BmClips *
load_clips (BmSource *self, const char *dialect)
{
  g_autoptr (GError) error = NULL;
  BmClips *clips = bm_clips_load (self->voices, dialect, &error);

  if (clips == NULL)
    g_message ("Nothing is recorded in %s: %s", dialect, error->message);
  return clips;
}

void
bm_source_set_voices (BmSource *self, const char *voices)
{
  g_return_if_fail (self->voices == NULL);

  self->voices = g_strdup (voices);
  self->usual = load_clips (self, BM_CLIPS_USUAL);
}

gboolean
bm_source_set_engine (BmSource *self, const char *command, GError **error)
{
  g_return_val_if_fail (self->engine == NULL, FALSE);

  self->engine = bm_engine_new (command, error);
  return self->engine != NULL;
}

static BmClips *
get_dialect (BmSource *self, const char *dialect)
{
  if (self->voices == NULL || g_str_equal (dialect, BM_CLIPS_USUAL))
    return NULL;
  if (g_strcmp0 (self->tried, dialect) == 0)
    return self->dialect;
  g_clear_pointer (&self->dialect, bm_clips_free);
  g_free (self->tried);
  self->tried = g_strdup (dialect);
  self->dialect = bm_clips_is_dialect (dialect) ? load_clips (self, dialect) : NULL;
  return self->dialect;
}

static gboolean
say_clip (BmSource *self, BmClips *clips, const BmSaying *saying)
{
  g_auto (BmClip) clip = { { NULL }, 0 };

  if (!bm_clip_open (&clip, clips, self->voices, saying->sentence))
    return FALSE;
  saying->chosen ("clip", bm_clips_get_dialect (clips), saying->user_data);
  if (saying->player == NULL)
    return TRUE;
  saying->started (saying->user_data);
  (void) bm_clip_play (&clip, saying->manner->rate, saying->gain, saying->player); /* or cut off */
  return TRUE;
}

static gboolean
say_engine (BmSource *self, const BmSaying *saying)
{
  g_autoptr (GBytes) sound = NULL;

  if (self->engine == NULL || saying->is_mute)
    return FALSE;
  sound = bm_engine_read (self->engine, saying->sentence, saying->manner->dialect,
                          saying->manner->language, saying->is_over, saying->user_data);
  if (sound == NULL)
    return saying->is_over (saying->user_data);
  saying->chosen ("command", saying->manner->dialect, saying->user_data);
  if (saying->player == NULL)
    return TRUE;
  saying->started (saying->user_data);
  (void) bm_clip_play_bytes (sound, TRUE, saying->manner->rate, saying->gain,
                             saying->player); /* or cut off */
  return TRUE;
}

static gboolean
is_further (const char *language)
{
  return *language != '\0' && !g_str_equal (language, BM_LANGUAGE_CHINESE) &&
         !g_str_equal (language, BM_LANGUAGE_ENGLISH);
}

/* A folder of recordings is called by small letters, digits and hyphens. */
static char *
dup_folder (const BmSpeechManner *manner)
{
  if (!is_further (manner->language))
    return g_strdup (manner->dialect);
  return g_strdelimit (g_ascii_strdown (manner->language, -1), "_", '-');
}

/**
 * bm_source_say:
 * @self: the sources
 * @saying: what is said and how
 *
 * Says one sentence; returns when all of it is with the player.
 */
void
bm_source_say (BmSource *self, const BmSaying *saying)
{
  g_autofree char *folder = dup_folder (saying->manner);

  if (say_clip (self, get_dialect (self, folder), saying) || say_clip (self, self->usual, saying) ||
      say_engine (self, saying))
    return;
  if (is_further (saying->manner->language) && !saying->is_mute &&
      !bm_synth_speaks (saying->manner->language))
    {
      saying->chosen ("silence", folder, saying->user_data);
      return;
    }
  saying->chosen ("synth", BM_CLIPS_USUAL, saying->user_data);
  if (!saying->is_mute)
    bm_synth_say (saying->sentence, saying->manner->language, saying->manner->rate, saying->gain,
                  saying->player, saying->is_over, saying->started, saying->user_data);
}
