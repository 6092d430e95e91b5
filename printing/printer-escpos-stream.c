/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-printer-escpos"

#include "printing/printer-escpos-private.h"

#include <string.h>

/*
 * A sheet as bytes. Everything goes out as a picture (GS v 0), in bands without a gap: the same look on each
 * printer, no question of its fonts, and rare characters from ours.
 *
 *   [ what a torn sheet left is cut off ]
 *   ESC @   GS a   GS v 0 …   feed and cut   GS ( H or GS r
 */

#define BAD_ROWS  48 /* some print garbage when a picture's height is a multiple of it */
#define SHIFT     10 /* rows that a last band of such a height leaves to another one */
#define MAX_FEED  255
#define HEAD_LEN  8
#define SWEEP_MS  30000 /* a serial line of 9600 needs 20 s */
#define STEP_MS   2000  /* one that takes nothing is not waited for */
#define LOUD_BITS 0x0e  /* of GS a: offline, errors, paper */

static void
add (BmEscposStream *self, const guint8 *bytes, guint len)
{
  gsize end;

  g_byte_array_append (self->bytes, bytes, len);
  end = self->bytes->len;
  g_array_append_val (self->ends, end);
}

static void
add_reset (BmEscposStream *self)
{
  const guint8 reset[] = { 0x1b, '@' };

  add (self, reset, sizeof reset);
}

static void
add_cut (BmEscposStream *self, const BmEscposProfile *profile)
{
  const guint8 feed[] = { 0x1b, 'J', (guint8) MIN (profile->feed_dots, MAX_FEED) };
  const guint8 cut[] = { 0x1d, 'V', profile->cut == BM_ESCPOS_CUT_FULL ? 0x41 : 0x42,
                         (guint8) MIN (profile->feed_dots, MAX_FEED) };

  if (profile->cut == BM_ESCPOS_CUT_NONE)
    add (self, feed, sizeof feed);
  else
    add (self, cut, sizeof cut);
}

/* What it had of the last person's sheet does not hang on the next person's. */
static void
add_broom (BmEscposStream *self, const BmEscposProfile *profile)
{
  add_reset (self);
  add_cut (self, profile);
}

/**
 * bm_escpos_sweep:
 * @profile: what the printer is
 * @line: to one that may wait for the rest of a picture
 *
 * Such a printer would take whatever comes next for dots, a question too, or for the height of the picture. It
 * gets as much white as the rest can be; where no picture is wanted, this means nothing.
 *
 * Returns: whether it took it
 */
gboolean
bm_escpos_sweep (const BmEscposProfile *profile, BmEscposLine *line)
{
  const gsize len = (gsize) profile->band_rows * (gsize) (profile->width / 8) + HEAD_LEN;
  const gint64 end_us = g_get_monotonic_time () + SWEEP_MS * G_TIME_SPAN_MILLISECOND;
  g_autofree guint8 *nothing = g_malloc0 (len);
  gsize sent = 0;

  while (sent < len)
    {
      const gint64 step_us = g_get_monotonic_time () + STEP_MS * G_TIME_SPAN_MILLISECOND;
      const gssize taken =
        bm_escpos_line_write (line, nothing + sent, len - sent, MIN (step_us, end_us));

      if (taken <= 0)
        return FALSE;
      sent += (gsize) taken;
    }
  return TRUE;
}

static void
add_band (BmEscposStream *self, const BmDots *dots, int from, int rows)
{
  const guint8 head[HEAD_LEN] = { 0x1d,
                                  'v',
                                  '0',
                                  0,
                                  (guint8) (dots->stride & 0xff),
                                  (guint8) (dots->stride >> 8),
                                  (guint8) (rows & 0xff),
                                  (guint8) (rows >> 8) };

  g_byte_array_append (self->bytes, head, sizeof head);
  add (self, dots->bits + (gsize) from * dots->stride, (guint) (rows * dots->stride));
}

static void
add_bands (BmEscposStream *self, const BmDots *dots, int band_rows)
{
  g_assert (band_rows % BAD_ROWS != 0);

  for (int y = 0; y < dots->height;)
    {
      int rows = MIN (band_rows, dots->height - y);

      if (rows % BAD_ROWS == 0)
        rows -= SHIFT;
      add_band (self, dots, y, rows);
      y += rows;
    }
}

static void
add_fence (BmEscposStream *self, BmEscposFence fence, const char *id)
{
  const guint8 in_turn[] = { 0x1d, 'r', 1 };
  guint8 done[] = { 0x1d, '(', 'H', 6, 0, 48, 48, 0, 0, 0, 0 };

  memcpy (done + 7, id, BM_ESCPOS_ID_LEN);
  if (fence == BM_ESCPOS_FENCE_GS_H)
    add (self, done, sizeof done);
  else if (fence == BM_ESCPOS_FENCE_GS_R)
    add (self, in_turn, sizeof in_turn);
}

/**
 * bm_escpos_stream_new:
 * @profile: what the printer is
 * @dots: the page
 * @id: the sheet's
 * @is_after_torn: whether the sheet before did not go out to its end
 *
 * Returns: (transfer full): all that is to be sent
 */
BmEscposStream *
bm_escpos_stream_new (const BmEscposProfile *profile,
                      const BmDots *dots,
                      const char *id,
                      gboolean is_after_torn)
{
  BmEscposStream *self;
  const guint8 loud[] = { 0x1d, 'a', LOUD_BITS };

  g_return_val_if_fail (profile != NULL && dots != NULL, NULL);
  g_return_val_if_fail (strlen (id) == BM_ESCPOS_ID_LEN, NULL);

  self = g_new0 (BmEscposStream, 1);
  self->bytes = g_byte_array_new ();
  self->ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->rows = dots->height;
  if (is_after_torn)
    add_broom (self, profile);
  add_reset (self);
  if (profile->status == BM_ESCPOS_STATUS_ASB)
    add (self, loud, sizeof loud);
  add_bands (self, dots, profile->band_rows);
  add_cut (self, profile);
  add_fence (self, profile->fence, id);
  return self;
}

void
bm_escpos_stream_free (BmEscposStream *self)
{
  g_return_if_fail (self != NULL);

  g_byte_array_unref (self->bytes);
  g_array_unref (self->ends);
  g_free (self);
}

/* Four of the characters that a printer may send back: 2^24 of them. */
void
bm_escpos_make_id (const char *attempt, char ret_id[BM_ESCPOS_ID_LEN + 1])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize len = sizeof digest;

  g_checksum_update (sum, (const guchar *) attempt, -1);
  g_checksum_get_digest (sum, digest, &len);
  for (guint i = 0; i < BM_ESCPOS_ID_LEN; i++)
    ret_id[i] = (char) (0x30 + (digest[i] & 0x3f));
  ret_id[BM_ESCPOS_ID_LEN] = '\0';
}
