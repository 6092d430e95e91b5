/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-record"

#include "app/devices/capture/opus.h"

#include "app/devices/capture/sound.h"

#include <opusenc.h>
#include <opusfile.h>

/* 16 kbit/s carry a voice so that every word is understood: two kilobytes a second on a village's line. */

#define BITS_A_SECOND 16000
#define SERIAL        1 /* the same for all: a stream names nobody */

struct _BmOpusWriter
{
  OggOpusComments *comments;
  OggOpusEnc *encoder;
  GByteArray *bytes;
};

static int
on_write (void *user_data, const unsigned char *data, opus_int32 len)
{
  BmOpusWriter *self = user_data;

  if (self->bytes->len + (guint) len > BM_MEMO_MAX_BYTES)
    return 1;
  g_byte_array_append (self->bytes, data, (guint) len);
  return 0;
}

static int
on_close (void *user_data)
{
  (void) user_data;
  return 0;
}

BmOpusWriter *
bm_opus_writer_new (void)
{
  static const OpusEncCallbacks callbacks = { on_write, on_close };
  g_autoptr (BmOpusWriter) self = g_new0 (BmOpusWriter, 1);

  self->bytes = g_byte_array_new ();
  self->comments = ope_comments_create ();
  if (self->comments == NULL)
    return NULL;
  self->encoder =
    ope_encoder_create_callbacks (&callbacks, self, self->comments, BM_SOUND_RATE_TAKE, 1, 0, NULL);
  if (self->encoder == NULL)
    return NULL;
  if (ope_encoder_ctl (self->encoder, OPUS_SET_BITRATE (BITS_A_SECOND)) != OPE_OK ||
      ope_encoder_ctl (self->encoder, OPUS_SET_SIGNAL (OPUS_SIGNAL_VOICE)) != OPE_OK ||
      ope_encoder_ctl (self->encoder, OPE_SET_COMMENT_PADDING (0)) != OPE_OK ||
      ope_encoder_ctl (self->encoder, OPE_SET_SERIALNO (SERIAL)) != OPE_OK)
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
bm_opus_writer_add (BmOpusWriter *self, const gint16 *samples, gsize n)
{
  return ope_encoder_write (self->encoder, samples, (int) n) == OPE_OK;
}

GBytes *
bm_opus_writer_end (BmOpusWriter *self)
{
  if (ope_encoder_drain (self->encoder) != OPE_OK || self->bytes->len == 0)
    return NULL;
  return g_bytes_new (self->bytes->data, self->bytes->len);
}

void
bm_opus_writer_free (BmOpusWriter *self)
{
  if (self == NULL)
    return;
  if (self->encoder != NULL)
    ope_encoder_destroy (self->encoder);
  if (self->comments != NULL)
    ope_comments_destroy (self->comments);
  g_byte_array_unref (self->bytes);
  g_free (self);
}

struct _BmOpusReader
{
  OggOpusFile *file;
};

BmOpusReader *
bm_opus_reader_new (const guint8 *data, gsize len)
{
  OggOpusFile *file = op_open_memory (data, len, NULL);
  BmOpusReader *self;

  if (file == NULL)
    return NULL;
  if (op_link_count (file) != 1 || op_channel_count (file, -1) != 1 ||
      op_pcm_total (file, -1) < 0 ||
      op_pcm_total (file, -1) > (BM_MEMO_MAX_SECONDS + 1) * (ogg_int64_t) BM_SOUND_RATE_PLAY)
    {
      op_free (file);
      return NULL;
    }
  self = g_new0 (BmOpusReader, 1);
  self->file = file;
  return self;
}

guint
bm_opus_reader_get_seconds (BmOpusReader *self)
{
  return (guint) ((op_pcm_total (self->file, -1) + BM_SOUND_RATE_PLAY - 1) / BM_SOUND_RATE_PLAY);
}

gssize
bm_opus_reader_read (BmOpusReader *self, gint16 *samples, gsize most)
{
  gsize got = 0;

  while (got < most)
    {
      int n = op_read (self->file, samples + got, (int) (most - got), NULL);

      if (n < 0)
        return -1;
      if (n == 0)
        break;
      got += (gsize) n;
    }
  return (gssize) got;
}

void
bm_opus_reader_free (BmOpusReader *self)
{
  if (self == NULL)
    return;
  op_free (self->file);
  g_free (self);
}
