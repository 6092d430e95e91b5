/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-voice"

#include "core/voice/clips.h"
#include "core/voice/wav.h"

#include "tests/fuzz/fuzz.h"

/* A recorded sentence, from a speaker's stick or a voice engine's pipe, and the list of such. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  for (int is_stream = 0; is_stream < 2; is_stream++)
    {
      g_autoptr (GError) error = NULL;
      BmWav wav;

      if (bm_wav_parse (data, size, is_stream, &wav, &error))
        {
          BmWavMeasure measure;
          gint16 last;

          g_assert_no_error (error);
          g_assert_true (wav.hz >= BM_WAV_MIN_HZ && wav.hz <= BM_WAV_MAX_HZ && wav.count > 0);
          bm_wav_copy (&wav, wav.count - 1, 1, &last);
          bm_wav_measure (&wav, &measure);
          g_assert_true (measure.peak >= 0 && measure.peak <= 1);
        }
      else
        g_assert_nonnull (error);
    }
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (BmClips) clips = bm_clips_parse ((const char *) data, size, &error);

    g_assert_true ((clips == NULL) == (error != NULL));
    g_assert_true (clips == NULL || bm_clips_count (clips) <= BM_CLIPS_MAX);
  }
  return 0;
}
