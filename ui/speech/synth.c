/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/speech/synth.h"

#include "ui/speech/speech.h"

#include <espeak-ng/speak_lib.h>

#include <string.h>

/*
 * The voice that can say anything: libespeak-ng with the one Mandarin voice of Debian 12 that says tones
 * right, and its English one for pages in English. Rate and loudness are its own; below its slowest libsonic does the rest.
 */

#define VOICE        "cmn-latn-pinyin"
#define VOICE_EN     "en"
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

/* Another language has another voice; where there is none the usual one tries. */
static void
use_voice (gboolean is_english)
{
  static gboolean was_english;

  if (is_english == was_english)
    return;
  if (espeak_SetVoiceByName (is_english ? VOICE_EN : VOICE) != EE_OK)
    g_warning ("libespeak-ng has no voice for this language");
  was_english = is_english;
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
  gboolean is_english;

  if (!bm_synth_prepare ())
    return;
  is_english = g_str_equal (language, "en");
  use_voice (is_english);
  sound = is_english ? g_strdup (sentence) : bm_synth_to_sound (sentence);
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
