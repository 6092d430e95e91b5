/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BM_ESCPOS_ID_LEN    4    /* of a sheet, in the printer's word that it came out */
#define BM_ESCPOS_MAX_HEARD 4096 /* of what a printer says at a time */

/**
 * BmEscposReplyKind:
 * @BM_ESCPOS_REPLY_MORE: the rest has not come yet
 * @BM_ESCPOS_REPLY_STATUS: one byte, asked for with DLE EOT
 * @BM_ESCPOS_REPLY_PAPER: one byte, asked for with GS r: what came before it was carried out
 * @BM_ESCPOS_REPLY_AUTO: four bytes that a printer sends by itself (GS a)
 * @BM_ESCPOS_REPLY_DONE: a sheet with this id is on paper (GS ( H)
 * @BM_ESCPOS_REPLY_NOISE: a byte that means nothing
 */
typedef enum
{
  BM_ESCPOS_REPLY_MORE,
  BM_ESCPOS_REPLY_STATUS,
  BM_ESCPOS_REPLY_PAPER,
  BM_ESCPOS_REPLY_AUTO,
  BM_ESCPOS_REPLY_DONE,
  BM_ESCPOS_REPLY_NOISE,
} BmEscposReplyKind;

typedef struct
{
  BmEscposReplyKind kind;
  guint8 bytes[BM_ESCPOS_ID_LEN]; /* 1 of STATUS, PAPER and NOISE, 4 of AUTO and DONE */
} BmEscposReply;

BmEscposReplyKind bm_escpos_reply_parse (GByteArray *heard, BmEscposReply *ret_reply);

/* What a printer says of itself, in the bits of DLE EOT 1 to 4. */
typedef struct
{
  guint8 bits[4];
} BmEscposState;

BmEscposState bm_escpos_state_from_auto (const BmEscposReply *reply);
GStrv bm_escpos_state_to_reasons (const BmEscposState *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
