/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BM_WAV_MAX_BYTES (8 * 1024 * 1024) /* 87 s at the highest rate */
#define BM_WAV_MIN_HZ    8000
#define BM_WAV_MAX_HZ    48000

/* What bm_wav_parse() found; borrows the bytes. */
typedef struct
{
  guint hz;
  const guint8 *bytes; /* of 16-bit samples, little-endian, not aligned */
  gsize count;
} BmWav;

/* How it sounds, as far as numbers can say. */
typedef struct
{
  double seconds;
  double peak;       /* 0 to 1 */
  double level_db;   /* of the parts that are not silent, below full scale: negative */
  double lead_s;     /* silence before the first sound */
  guint clipped_ppm; /* samples at full scale, in a million */
} BmWavMeasure;

/* Speech of one voice: PCM, 16 bits, mono. @is_stream: from a pipe, where the writer could not know the length. */
gboolean
bm_wav_parse (const guint8 *data, gsize len, gboolean is_stream, BmWav *ret_wav, GError **error);
void bm_wav_copy (const BmWav *wav, gsize first, gsize count, gint16 *ret_samples);
void bm_wav_measure (const BmWav *wav, BmWavMeasure *ret_measure);

G_END_DECLS
