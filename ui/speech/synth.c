/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/speech/synth.h"

#include "core/language/language.h"
#include "ui/speech/speech.h"

#include <espeak-ng/speak_lib.h>

#include <string.h>

/*
 * The voice that can say anything: libespeak-ng with the one Mandarin voice of Debian 12 that says tones
 * right, and for pages in another language the voice that is called like it. Rate and loudness are its own; below its slowest libsonic does the rest.
 */

#define VOICE        "cmn-latn-pinyin"
#define RATE_WORDS   125
#define RATE_SLOWEST 80
#define RATE_FASTEST 400
#define BUFFER_MS    60
#define UNREAD       "@:"
#define AMPLITUDE    100 /* the loudest sentence then peaks at 85 % of full scale (measured) */

typedef struct
{
  BmPlayer *player; /* (nullable) */
  BmSynthIsOver is_over;
  BmSynthStarted started;
  gpointer user_data;
} Saying;

static int engine_hz; /* 0: not tried yet, -1: there is none */

gboolean
bm_synth_prepare (void)
{
  if (engine_hz == 0)
    {
      engine_hz =
        espeak_Initialize (AUDIO_OUTPUT_RETRIEVAL, BUFFER_MS, NULL, espeakINITIALIZE_DONT_EXIT);
      if (engine_hz <= 0 || espeak_SetVoiceByName (VOICE) != EE_OK)
        {
          g_warning ("libespeak-ng has no voice %s: what is not recorded stays silent", VOICE);
          engine_hz = -1;
        }
    }
  return engine_hz > 0;
}

static int
on_samples (short *samples, int count, espeak_EVENT *events)
{
  Saying *saying = events->user_data;

  if (saying == NULL || saying->is_over (saying->user_data))
    return 1;
  if (samples == NULL || count <= 0)
    return 0;
  if (saying->started != NULL)
    saying->started (saying->user_data);
  saying->started = NULL;
  return saying->player == NULL || bm_player_write (saying->player, samples, (gsize) count) ? 0 : 1;
}

/* A character that is not in the engine's dictionary has no phonemes, or a sigh and its number. */
static gboolean
reads (const char *character)
{
  const void *at = character;
  const char *phonemes = espeak_TextToPhonemes (&at, espeakCHARS_UTF8, 0);

  return phonemes != NULL && *phonemes != '\0' && !g_str_has_prefix (phonemes, UNREAD);
}

/**
 * bm_synth_to_sound:
 * @sentence: what is to be said, after bm_synth_prepare()
 *
 * Returns: (transfer full): what the engine is given: numbers as words, readings, rare characters by name
 */
char *
bm_synth_to_sound (const char *sentence)
{
  g_autofree char *known = bm_speech_name_unread (sentence, reads);

  return bm_speech_to_pinyin (known);
}

static gboolean
is_chinese (const char *language)
{
  return *language == '\0' || g_str_equal (language, "zh_CN");
}

/* Another language has another voice, called as it is; its letters say nothing to the usual one. */
static gboolean
use_voice (const char *language)
{
  static char used[BM_MAX_LANGUAGE_ID + 1];
  g_autofree char *name =
    g_strdelimit (g_strdup (is_chinese (language) ? VOICE : language), "_", '-');

  if (g_str_equal (used, name) || (*used == '\0' && g_str_equal (name, VOICE)))
    return TRUE;
  if (espeak_SetVoiceByName (name) != EE_OK)
    {
      (void) espeak_SetVoiceByName (VOICE); /* it was there when the engine began */
      *used = '\0';
      return FALSE;
    }
  g_strlcpy (used, name, sizeof used);
  return TRUE;
}

gboolean
bm_synth_speaks (const char *language)
{
  g_return_val_if_fail (language != NULL, FALSE);

  return bm_synth_prepare () && use_voice (language);
}

void
bm_synth_say (const char *sentence,
              const char *language,
              guint rate,
              double gain,
              BmPlayer *player,
              BmSynthIsOver is_over,
              BmSynthStarted started,
              gpointer user_data)
{
  Saying saying = { player, is_over, started, user_data };
  int wanted = (int) (RATE_WORDS * rate / 100);
  int words = CLAMP (wanted, RATE_SLOWEST, RATE_FASTEST);
  g_autofree char *sound = NULL;

  if (!bm_synth_prepare () || !use_voice (language))
    return;
  sound = is_chinese (language) ? bm_synth_to_sound (sentence) : g_strdup (sentence);
  espeak_SetParameter (espeakRATE, words, 0);
  espeak_SetParameter (espeakVOLUME, (int) (AMPLITUDE * gain + 0.5), 0);
  espeak_SetSynthCallback (on_samples);
  if (player != NULL)
    bm_player_begin (player, (guint) engine_hz, (double) wanted / words, 1.0);
  espeak_Synth (sound, strlen (sound) + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, NULL, &saying);
  espeak_Synchronize ();
  if (player != NULL && !is_over (user_data))
    (void) bm_player_end (player); /* gone: the job is over and sees it itself */
}
