/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-samv"

#include "app/devices/samv/samv-frame.h"

#include "core/crypto/crypto.h"
#include "core/error.h"
#include "core/people/card.h"

#include <string.h>

/*
 *  request  AA AA AA 96 69 | length u16 | command | parameter | check
 *  reply    AA AA AA 96 69 | length u16 | SW1 SW2 SW3 | data | check
 *
 * length counts everything after itself, the check byte included; check is the XOR of everything from
 * length on. A line may begin in the middle of a frame or carry noise: the parser looks for the next
 * preamble and never reads past what it was given. Of a bad frame only the preamble is thrown away: it may
 * have been noise, and the true frame may begin inside.
 */

static const guint8 preamble[] = { 0xAA, 0xAA, 0xAA, 0x96, 0x69 };

#define HEAD_LEN   (sizeof preamble + 2)
#define STATUS_LEN 3
#define TEXT_AT    4 /* after the two lengths of a text+photo reply */

void
bm_samv_reply_clear (BmSamvReply *reply)
{
  g_return_if_fail (reply != NULL);

  g_clear_pointer (&reply->data, g_bytes_unref);
  reply->status = 0;
}

static guint8
compute_check (const guint8 *bytes, gsize len)
{
  guint8 check = 0;

  for (gsize i = 0; i < len; i++)
    check ^= bytes[i];
  return check;
}

/**
 * bm_samv_request_new:
 * @command: for example 0x20, find card
 * @parameter: for example 0x01
 *
 * Returns: (transfer full): the frame to write
 */
GBytes *
bm_samv_request_new (guint8 command, guint8 parameter)
{
  guint8 frame[HEAD_LEN + 3] = { 0 };

  memcpy (frame, preamble, sizeof preamble);
  frame[6] = 3;
  frame[7] = command;
  frame[8] = parameter;
  frame[9] = compute_check (frame + sizeof preamble, 4);
  return g_bytes_new (frame, sizeof frame);
}

/* Drops what comes before the next preamble, keeping a possible beginning of one at the end. */
static void
seek_preamble (GByteArray *buffer)
{
  guint at = 0;

  while (at < buffer->len)
    {
      gsize len = MIN (sizeof preamble, buffer->len - at);

      if (memcmp (buffer->data + at, preamble, len) == 0)
        break;
      at++;
    }
  if (at > 0)
    g_byte_array_remove_range (buffer, 0, at);
}

/**
 * bm_samv_take:
 * @buffer: what came over the line so far; what was used is removed
 * @ret_reply: (out): set when a frame was taken; clear it with bm_samv_reply_clear()
 *
 * Returns: whether a frame was taken, thrown away, or is not whole yet
 */
BmSamvTake
bm_samv_take (GByteArray *buffer, BmSamvReply *ret_reply)
{
  gsize len;
  gboolean is_good;

  g_return_val_if_fail (buffer != NULL && ret_reply != NULL, BM_SAMV_BAD);

  seek_preamble (buffer);
  if (buffer->len < HEAD_LEN)
    return BM_SAMV_MORE;
  len = (gsize) buffer->data[5] << 8 | buffer->data[6];
  if (len < STATUS_LEN + 1 || len > BM_SAMV_MAX_DATA + STATUS_LEN + 1)
    {
      g_byte_array_remove_range (buffer, 0, sizeof preamble);
      return BM_SAMV_BAD;
    }
  if (buffer->len < HEAD_LEN + len)
    return BM_SAMV_MORE;
  is_good =
    compute_check (buffer->data + sizeof preamble, 2 + len - 1) == buffer->data[HEAD_LEN + len - 1];
  if (!is_good)
    {
      g_byte_array_remove_range (buffer, 0, sizeof preamble);
      return BM_SAMV_BAD;
    }
  ret_reply->status = buffer->data[HEAD_LEN + 2];
  ret_reply->data = g_bytes_new (buffer->data + HEAD_LEN + STATUS_LEN, len - STATUS_LEN - 1);
  g_byte_array_remove_range (buffer, 0, (guint) (HEAD_LEN + len));
  return BM_SAMV_FRAME;
}

static void
wipe_text (gpointer text)
{
  bm_wipe (text, BM_CARD_TEXT_LEN);
  g_free (text);
}

static GBytes *
wrap_text (const guint8 *bytes)
{
  guint8 *text = g_memdup2 (bytes, BM_CARD_TEXT_LEN);

  return g_bytes_new_with_free_func (text, BM_CARD_TEXT_LEN, wipe_text, text);
}

/**
 * bm_samv_take_text:
 * @data: (transfer full): the answer to reading, text and photo
 * @error: %BM_ERROR_INVALID
 *
 * Keeps the 256 bytes of text; the photo behind them is wiped here and goes nowhere.
 *
 * Returns: (transfer full): the text
 */
GBytes *
bm_samv_take_text (GBytes *data, GError **error)
{
  gsize len;
  guint8 *bytes = g_bytes_unref_to_data (data, &len);
  GBytes *text = NULL;

  if (len >= TEXT_AT + BM_CARD_TEXT_LEN && (bytes[0] << 8 | bytes[1]) == BM_CARD_TEXT_LEN)
    text = wrap_text (bytes + TEXT_AT);
  bm_wipe (bytes, len);
  g_free (bytes);
  if (text == NULL)
    g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "the card's text block is not whole");
  return text;
}
