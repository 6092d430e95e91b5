/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-record"

#include "app/devices/capture-reply.h"
#include "app/devices/capture/child.h"
#include "app/devices/capture/opus.h"
#include "app/devices/capture/sound.h"
#include "app/devices/record-reply.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * bianmin-record take URI: hears what somebody says until its input is closed or a minute is full, tells how loud it is
 * meanwhile (record-reply.h), writes it down as Opus, and is gone. bianmin-record play URI: plays what comes in. It has
 * no keys and no ledger, and writes no file. Its drivers are in sound.c.
 */

#define EXIT_USAGE   2
#define PER_LEVEL    2 /* pieces */
#define LEAST_PIECES 5 /* shorter is a press by accident */
#define LEAST_LEVEL  2 /* a room is louder than nothing, and not as loud as a voice */

/* Of -44 decibel and less 0, of -8 and more 10. */
static guint
get_level (const gint16 *samples, gsize n)
{
  double sum = 0;
  double decibel;

  for (gsize i = 0; i < n; i++)
    sum += (double) samples[i] * samples[i];
  if (sum <= 0 || n == 0)
    return 0;
  decibel = 10 * log10 (sum / (double) n / (32768.0 * 32768.0));
  return (guint) CLAMP ((decibel + 48) / 4, 0, BM_MEMO_LEVELS);
}

static gboolean
tell_level (guint level, guint left)
{
  guint8 piece[3];

  bm_record_piece_write_level (piece, level, left);
  return bm_child_tell (piece, sizeof piece);
}

/* Input that is closed says so; there is never anything in it. */
static gboolean
is_told_to_stop (void)
{
  guint8 unused;

  return read (STDIN_FILENO, &unused, 1) == 0;
}

/* The level of the loudest piece, and how many there were. */
typedef struct
{
  guint loudest;
  guint n;
} Heard;

static BmMemoState
hear (BmSound *sound, BmOpusWriter *writer, Heard *heard)
{
  const gsize piece = BM_SOUND_RATE_TAKE / BM_SOUND_PER_SECOND;
  const guint most = BM_MEMO_MAX_SECONDS * BM_SOUND_PER_SECOND;
  gint16 samples[BM_SOUND_MAX_PIECE];
  guint level = 0;

  while (heard->n < most && !is_told_to_stop ())
    {
      if (!bm_sound_read (sound, samples, piece))
        return heard->n == 0 ? BM_MEMO_NO_MICROPHONE : BM_MEMO_GONE;
      if (!bm_opus_writer_add (writer, samples, piece))
        return BM_MEMO_BROKEN;
      level = MAX (level, get_level (samples, piece));
      heard->loudest = MAX (heard->loudest, level);
      heard->n++;
      if (heard->n % PER_LEVEL != 0)
        continue;
      if (!tell_level (level, BM_MEMO_MAX_SECONDS - heard->n / BM_SOUND_PER_SECOND))
        return BM_MEMO_GONE;
      level = 0;
    }
  return BM_MEMO_OK;
}

static BmMemoState
take (const char *uri)
{
  g_autoptr (BmSound) sound = bm_sound_open (uri, FALSE);
  g_autoptr (BmOpusWriter) writer = bm_opus_writer_new ();
  g_autoptr (GBytes) whole = NULL;
  guint8 head[BM_RECORD_HEAD];
  Heard heard = { 0 };
  BmMemoState state;

  if (sound == NULL || writer == NULL || fcntl (STDIN_FILENO, F_SETFL, O_NONBLOCK) != 0)
    return BM_MEMO_NO_MICROPHONE;
  bm_child_close_off ();
  state = hear (sound, writer, &heard);
  if (state != BM_MEMO_OK)
    return state;
  if (heard.n < LEAST_PIECES || heard.loudest < LEAST_LEVEL)
    return BM_MEMO_SILENT;
  whole = bm_opus_writer_end (writer);
  if (whole == NULL)
    return BM_MEMO_BROKEN;
  bm_record_piece_write_head (head, g_bytes_get_size (whole));
  return tell_level (0, BM_MEMO_MAX_SECONDS - heard.n / BM_SOUND_PER_SECOND) &&
             bm_child_tell (head, sizeof head) &&
             bm_child_tell (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole))
           ? BM_MEMO_OK
           : BM_MEMO_GONE;
}

static gsize
read_input (guint8 *data, gsize most)
{
  gsize len = 0;
  gssize n = 1;

  while (n != 0 && len < most)
    {
      n = read (STDIN_FILENO, data + len, most - len);
      if (n < 0 && errno != EINTR)
        return 0;
      len += (gsize) MAX (n, 0);
    }
  return len;
}

static BmMemoState
play (const char *uri)
{
  g_autoptr (BmSound) sound = bm_sound_open (uri, TRUE);
  g_autoptr (BmOpusReader) reader = NULL;
  g_autofree guint8 *data = g_malloc (BM_MEMO_MAX_BYTES);
  gint16 samples[BM_SOUND_MAX_PIECE];
  guint seconds;
  gssize n = 1;

  bm_child_close_off ();
  reader = bm_opus_reader_new (data, read_input (data, BM_MEMO_MAX_BYTES));
  if (sound == NULL || reader == NULL)
    return BM_MEMO_BROKEN;
  seconds = bm_opus_reader_get_seconds (reader);
  for (guint at = 0; n > 0; at++)
    {
      n = bm_opus_reader_read (reader, samples, BM_SOUND_MAX_PIECE);
      if (n < 0 || (n > 0 && !bm_sound_write (sound, samples, (gsize) n)))
        return BM_MEMO_BROKEN;
      if (at % PER_LEVEL == 0 && !tell_level (get_level (samples, (gsize) n),
                                              seconds - MIN (seconds, at / BM_SOUND_PER_SECOND)))
        return BM_MEMO_GONE;
    }
  return BM_MEMO_OK;
}

int
main (int argc, char *argv[])
{
  gboolean is_take = argc == 3 && strcmp (argv[1], "take") == 0;
  BmMemoState state;

  if (!is_take && (argc != 3 || strcmp (argv[1], "play") != 0))
    {
      fprintf (stderr, "bianmin-record: write take or play, then sim:/folder or alsa:device\n");
      return EXIT_USAGE;
    }
  bm_child_limit ();
  state = is_take ? take (argv[2]) : play (argv[2]);
  return state == BM_MEMO_OK ? EXIT_SUCCESS : BM_CAPTURE_EXIT + (int) state;
}
