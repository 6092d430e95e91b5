/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-voice"

#include "core/voice/wav.h"

#include "core/error.h"

#include <math.h>
#include <string.h>

/*
 * RIFF/WAVE with uncompressed 16-bit mono, which is all that a recorded sentence may be: a library that
 * reads forty formats would read forty formats of a stranger's stick. Chunks that are not needed are
 * skipped; what follows the samples is not looked at.
 */

#define HEADER_LEN        12
#define CHUNK_HEADER_LEN  8
#define FORMAT_LEN        16
#define EXTENDED_LEN      40
#define FORMAT_PCM        0x0001
#define FORMAT_EXTENSIBLE 0xfffe

#define FULL_SCALE 32768.0
#define QUIET      328 /* 1 % of full scale: below it nobody speaks */

/* The second half of every "extensible" sub-format; the first two bytes are the format itself. */
static const guint8 extensible_tail[14] = { 0, 0, 0,    0, 0x10, 0,    0x80,
                                            0, 0, 0xaa, 0, 0x38, 0x9b, 0x71 };

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "not a WAV that can be played: %s", what);
  return FALSE;
}

static guint
read_16 (const guint8 *at)
{
  return (guint) at[0] | (guint) at[1] << 8;
}

static gsize
read_32 (const guint8 *at)
{
  return (gsize) at[0] | (gsize) at[1] << 8 | (gsize) at[2] << 16 | (gsize) at[3] << 24;
}

static gboolean
read_format (const guint8 *chunk, gsize len, BmWav *wav, GError **error)
{
  guint format;

  if (len < FORMAT_LEN)
    return refuse (error, "its format chunk is too short");
  format = read_16 (chunk);
  if (format == FORMAT_EXTENSIBLE && len >= EXTENDED_LEN &&
      memcmp (chunk + 26, extensible_tail, sizeof extensible_tail) == 0)
    format = read_16 (chunk + 24);
  if (format != FORMAT_PCM)
    return refuse (error, "it is compressed; save it as PCM");
  if (read_16 (chunk + 2) != 1)
    return refuse (error, "it is not mono");
  if (read_16 (chunk + 14) != 16 || read_16 (chunk + 12) != 2)
    return refuse (error, "its samples are not of 16 bits");
  if (read_32 (chunk + 4) < BM_WAV_MIN_HZ || read_32 (chunk + 4) > BM_WAV_MAX_HZ)
    return refuse (error, "its sampling rate is not between 8000 and 48000");
  wav->hz = (guint) read_32 (chunk + 4);
  return TRUE;
}

static gboolean
read_samples (const guint8 *chunk, gsize len, BmWav *wav, GError **error)
{
  if (wav->hz == 0)
    return refuse (error, "samples come before their format");
  if (len < 2)
    return refuse (error, "there are no samples in it");
  wav->bytes = chunk;
  wav->count = len / 2;
  return TRUE;
}

/**
 * bm_wav_parse:
 * @data: the file
 * @len: its length
 * @is_stream: a data chunk may claim more than there is
 * @ret_wav: return location
 * @error: says what is wrong with it
 *
 * Returns: whether it can be played
 */
gboolean
bm_wav_parse (const guint8 *data, gsize len, gboolean is_stream, BmWav *ret_wav, GError **error)
{
  BmWav wav = { 0 };
  gsize at = HEADER_LEN;

  g_return_val_if_fail (data != NULL || len == 0, FALSE);

  if (len > BM_WAV_MAX_BYTES)
    return refuse (error, "it is larger than 8 MiB");
  if (len < HEADER_LEN || memcmp (data, "RIFF", 4) != 0 || memcmp (data + 8, "WAVE", 4) != 0)
    return refuse (error, "it does not begin as one");
  while (len - at >= CHUNK_HEADER_LEN)
    {
      const guint8 *chunk = data + at + CHUNK_HEADER_LEN;
      gsize room = len - at - CHUNK_HEADER_LEN;
      gsize size = read_32 (data + at + 4);
      gboolean is_data = memcmp (data + at, "data", 4) == 0;

      if (size > room && !(is_data && is_stream))
        return refuse (error, "it ends in the middle");
      size = MIN (size, room);
      if (memcmp (data + at, "fmt ", 4) == 0 && !read_format (chunk, size, &wav, error))
        return FALSE;
      if (is_data)
        {
          if (!read_samples (chunk, size, &wav, error))
            return FALSE;
          *ret_wav = wav;
          return TRUE;
        }
      at += CHUNK_HEADER_LEN + MIN (size + (size & 1), room);
    }
  return refuse (error, "there are no samples in it");
}

void
bm_wav_copy (const BmWav *wav, gsize first, gsize count, gint16 *ret_samples)
{
  g_return_if_fail (first <= wav->count && count <= wav->count - first);

  for (gsize i = 0; i < count; i++)
    ret_samples[i] = (gint16) read_16 (wav->bytes + 2 * (first + i));
}

/**
 * bm_wav_measure:
 * @wav: sound
 * @ret_measure: return location
 *
 * Measures what a recording is judged by. The level is taken where somebody speaks, in frames of 20 ms.
 */
void
bm_wav_measure (const BmWav *wav, BmWavMeasure *ret_measure)
{
  gsize frame = MAX (wav->hz / 50, 1);
  gsize n_spoken = 0, n_clipped = 0, lead = wav->count;
  double energy = 0;
  gint peak = 0;

  for (gsize first = 0; first < wav->count; first += frame)
    {
      gsize end = MIN (first + frame, wav->count);
      double sum = 0;
      gint loudest = 0;

      for (gsize i = first; i < end; i++)
        {
          gint sample = (gint16) read_16 (wav->bytes + 2 * i);

          sum += (double) sample * sample;
          loudest = MAX (loudest, ABS (sample));
          n_clipped += ABS (sample) >= 32767;
        }
      peak = MAX (peak, loudest);
      if (loudest < QUIET)
        continue;
      lead = MIN (lead, first);
      energy += sum;
      n_spoken += end - first;
    }
  *ret_measure = (BmWavMeasure){
    .seconds = (double) wav->count / wav->hz,
    .peak = peak / FULL_SCALE,
    .level_db =
      n_spoken > 0 ? 20 * log10 (sqrt (energy / (double) n_spoken) / FULL_SCALE) : -INFINITY,
    .lead_s = (double) lead / wav->hz,
    .clipped_ppm = (guint) (n_clipped * 1000000 / MAX (wav->count, 1)),
  };
}
