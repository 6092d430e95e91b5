/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-printer-escpos"

#include "printing/printer-escpos-reply.h"

#include <string.h>

/*
 * What a receipt printer says. Its words have no frame: they are told apart by fixed bits, and whatever has
 * none of them is noise, one byte at a time, so that a garbled byte costs no more than itself.
 *
 *   0xx1xx10              DLE EOT n   (bits 7, 4, 1, 0)
 *   0000xxxx              GS r 1
 *   0xx1xx00 + 3 0xx0xxxx GS a
 *   37 22 d d d d 00      GS ( H, d = 20h to 7Eh
 */

#define STATUS_MASK 0x93
#define STATUS_MARK 0x12
#define AUTO_MARK   0x10
#define PAPER_MASK  0xf0
#define NEXT_MASK   0x90 /* of the second to fourth byte of GS a */
#define BLOCK_HEAD  0x37
#define BLOCK_DONE  0x22
#define DONE_LEN    (2 + BM_ESCPOS_ID_LEN + 1)
#define AUTO_LEN    4

/* How many of @data can be a prefix of a DONE; @len when all of them. */
static guint
count_done (const guint8 *data, guint len)
{
  for (guint i = 1; i < MIN (len, DONE_LEN); i++)
    {
      const gboolean is_right = i == 1              ? data[i] == BLOCK_DONE
                                : i == DONE_LEN - 1 ? data[i] == 0
                                                    : data[i] >= 0x20 && data[i] <= 0x7e;

      if (!is_right)
        return 0;
    }
  return MIN (len, DONE_LEN);
}

static guint
count_auto (const guint8 *data, guint len)
{
  for (guint i = 1; i < MIN (len, AUTO_LEN); i++)
    if ((data[i] & NEXT_MASK) != 0)
      return 0;
  return MIN (len, AUTO_LEN);
}

static void
take (GByteArray *heard, guint len, guint from, BmEscposReplyKind kind, BmEscposReply *ret_reply)
{
  memset (ret_reply, 0, sizeof *ret_reply);
  ret_reply->kind = kind;
  memcpy (ret_reply->bytes, heard->data + from, MIN (len - from, BM_ESCPOS_ID_LEN));
  g_byte_array_remove_range (heard, 0, len);
}

/* One that is longer than a byte; MORE when the rest is missing, NOISE when it is none. */
static BmEscposReplyKind
take_long (GByteArray *heard, gboolean is_done, BmEscposReply *ret_reply)
{
  const guint count =
    is_done ? count_done (heard->data, heard->len) : count_auto (heard->data, heard->len);

  if (count == 0)
    take (heard, 1, 0, BM_ESCPOS_REPLY_NOISE, ret_reply);
  else if (is_done && count == DONE_LEN)
    take (heard, DONE_LEN, 2, BM_ESCPOS_REPLY_DONE, ret_reply);
  else if (!is_done && count == AUTO_LEN)
    take (heard, AUTO_LEN, 0, BM_ESCPOS_REPLY_AUTO, ret_reply);
  else
    return BM_ESCPOS_REPLY_MORE;
  return ret_reply->kind;
}

/**
 * bm_escpos_reply_parse:
 * @heard: bytes from the printer; what is understood is taken out of it
 * @ret_reply: (out): the next thing it said
 *
 * Returns: its kind; %BM_ESCPOS_REPLY_MORE and an untouched @heard when that is not whole yet
 */
BmEscposReplyKind
bm_escpos_reply_parse (GByteArray *heard, BmEscposReply *ret_reply)
{
  guint8 first;

  g_return_val_if_fail (heard != NULL && ret_reply != NULL, BM_ESCPOS_REPLY_MORE);

  memset (ret_reply, 0, sizeof *ret_reply);
  if (heard->len == 0)
    return BM_ESCPOS_REPLY_MORE;
  first = heard->data[0];
  if (first == BLOCK_HEAD)
    return take_long (heard, TRUE, ret_reply);
  if ((first & STATUS_MASK) == AUTO_MARK)
    return take_long (heard, FALSE, ret_reply);
  if ((first & STATUS_MASK) == STATUS_MARK)
    take (heard, 1, 0, BM_ESCPOS_REPLY_STATUS, ret_reply);
  else if ((first & PAPER_MASK) == 0)
    take (heard, 1, 0, BM_ESCPOS_REPLY_PAPER, ret_reply);
  else
    take (heard, 1, 0, BM_ESCPOS_REPLY_NOISE, ret_reply);
  return ret_reply->kind;
}

enum
{
  OFFLINE = 0x08,       /* of DLE EOT 1 */
  COVER = 0x04,         /* of 2 */
  PAPER_STOPS = 0x20,   /* of 2 */
  CUTTER = 0x08,        /* of 3 */
  UNRECOVERABLE = 0x20, /* of 3 */
  RECOVERS = 0x40,      /* of 3 */
  NEAR_END = 0x0c,      /* of 4 */
  PAPER_END = 0x60,     /* of 4 */
};

BmEscposState
bm_escpos_state_from_auto (const BmEscposReply *reply)
{
  BmEscposState self = { { 0 } };

  g_return_val_if_fail (reply != NULL, self);

  self.bits[0] = reply->bytes[0] & OFFLINE;
  self.bits[1] = (reply->bytes[0] & 0x20) != 0 ? COVER : 0;
  self.bits[2] = reply->bytes[1] & (CUTTER | UNRECOVERABLE | RECOVERS);
  self.bits[3] = (guint8) (((reply->bytes[2] & 0x03) != 0 ? NEAR_END : 0) |
                           ((reply->bytes[2] & 0x0c) != 0 ? PAPER_END : 0));
  return self;
}

/**
 * bm_escpos_state_to_reasons:
 * @self: what the printer says
 *
 * Returns: (transfer full): the keywords that an IPP printer has for it; empty when nothing is wrong
 */
GStrv
bm_escpos_state_to_reasons (const BmEscposState *self)
{
  g_autoptr (GStrvBuilder) reasons = g_strv_builder_new ();
  const guint8 *bits = self->bits;
  const gboolean is_empty = (bits[1] & PAPER_STOPS) != 0 || (bits[3] & PAPER_END) != 0;
  const gboolean is_explained =
    is_empty || (bits[1] & COVER) != 0 || (bits[2] & (CUTTER | UNRECOVERABLE | RECOVERS)) != 0;

  if ((bits[1] & COVER) != 0)
    g_strv_builder_add (reasons, "cover-open");
  if (is_empty)
    g_strv_builder_add (reasons, "media-empty");
  else if ((bits[3] & NEAR_END) != 0)
    g_strv_builder_add (reasons, "media-low");
  if ((bits[2] & CUTTER) != 0)
    g_strv_builder_add (reasons, "media-jam"); /* paper sits in the knife */
  if ((bits[2] & UNRECOVERABLE) != 0)
    g_strv_builder_add (reasons, "other");
  if ((bits[2] & RECOVERS) != 0)
    g_strv_builder_add (reasons, "busy"); /* a hot head cools down by itself */
  if ((bits[0] & OFFLINE) != 0 && !is_explained)
    g_strv_builder_add (reasons, "paused");
  return g_strv_builder_end (reasons);
}
