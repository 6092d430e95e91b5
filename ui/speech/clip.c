/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/speech/clip.h"

#include "core/error.h"
#include "core/voice/wav.h"

#include <string.h>

/* Recorded sound, brought to the rate and the loudness that the person wants. */

#define CHUNK   4096
#define LEAST_S 0.05

static gboolean
is_wav (GBytes *bytes)
{
  gsize len;
  const char *data = g_bytes_get_data (bytes, &len);

  return len >= 4 && memcmp (data, "RIFF", 4) == 0;
}

static gboolean
read_sound (GBytes *bytes, gboolean is_stream, BmWav *ret_wav, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  if (!is_stream || is_wav (bytes))
    {
      if (!bm_wav_parse (data, len, is_stream, ret_wav, error))
        return FALSE;
    }
  else
    *ret_wav = (BmWav){ BM_PLAYER_HZ, data, len / 2 };
  if ((double) ret_wav->count / ret_wav->hz >= LEAST_S)
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "there is no sound in it");
  return FALSE;
}

gboolean
bm_clip_can_play (GBytes *bytes, gboolean is_stream, GError **error)
{
  BmWav wav;

  return read_sound (bytes, is_stream, &wav, error);
}

gboolean
bm_clip_play_bytes (GBytes *bytes, gboolean is_stream, guint rate, double gain, BmPlayer *player)
{
  gint16 samples[CHUNK];
  BmWav wav;

  if (!read_sound (bytes, is_stream, &wav, NULL))
    return FALSE;
  bm_player_begin (player, wav.hz, rate / 100.0, gain);
  for (gsize first = 0; first < wav.count; first += CHUNK)
    {
      gsize count = MIN (CHUNK, wav.count - first);

      bm_wav_copy (&wav, first, count, samples);
      if (!bm_player_write (player, samples, count))
        return FALSE;
    }
  return bm_player_end (player);
}

static GBytes *
load_file (const char *path, GError **error)
{
  char *text = NULL;
  gsize len = 0;
  g_autoptr (GBytes) bytes = NULL;

  if (!g_file_get_contents (path, &text, &len, error))
    return NULL;
  bytes = g_bytes_new_take (text, len);
  return bm_clip_can_play (bytes, FALSE, error) ? g_steal_pointer (&bytes) : NULL;
}

void
bm_clip_clear (BmClip *self)
{
  for (guint i = 0; i < self->n_files; i++)
    g_clear_pointer (&self->files[i], g_bytes_unref);
  self->n_files = 0;
}

gboolean
bm_clip_open (BmClip *self, BmClips *clips, const char *voices, const char *sentence)
{
  const char *names[BM_CLIPS_MAX_PIECES];
  guint n_names = clips != NULL ? bm_clips_find (clips, sentence, names) : 0;

  for (guint i = 0; i < n_names; i++)
    {
      g_autofree char *path =
        g_build_filename (voices, bm_clips_get_dialect (clips), names[i], NULL);
      g_autoptr (GError) error = NULL;

      self->files[i] = load_file (path, &error);
      if (self->files[i] == NULL)
        {
          g_message ("%s: %s; the synthesiser says it", path, error->message);
          bm_clip_clear (self);
          return FALSE;
        }
      self->n_files = i + 1;
    }
  return n_names > 0;
}

gboolean
bm_clip_play (BmClip *self, guint rate, double gain, BmPlayer *player)
{
  for (guint i = 0; i < self->n_files; i++)
    {
      if (!bm_clip_play_bytes (self->files[i], FALSE, rate, gain, player))
        return FALSE;
    }
  return TRUE;
}
