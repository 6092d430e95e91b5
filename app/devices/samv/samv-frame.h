/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Frames of the SAM-V module (README.md). Pure; every byte from the line goes through here. */

#define BM_SAMV_MAX_DATA 4096 /* the longest known reply carries 2,312 bytes */

/* SW3 of a reply. */
#define BM_SAMV_OK            0x90
#define BM_SAMV_CARD_FOUND    0x9F
#define BM_SAMV_NO_CARD       0x80
#define BM_SAMV_SELECT_FAILED 0x81
#define BM_SAMV_READ_FAILED   0x41
#define BM_SAMV_SELF_TEST     0x60
#define BM_SAMV_NOT_ALLOWED   0x66

typedef struct
{
  guint8 status; /* SW3 */
  GBytes *data;
} BmSamvReply;

void bm_samv_reply_clear (BmSamvReply *reply);

typedef enum
{
  BM_SAMV_MORE,  /* no whole frame yet */
  BM_SAMV_FRAME, /* one was taken out of the buffer */
  BM_SAMV_BAD,   /* a preamble was thrown away: length or checksum behind it were wrong */
} BmSamvTake;

GBytes *bm_samv_request_new (guint8 command, guint8 parameter) G_GNUC_WARN_UNUSED_RESULT;
BmSamvTake bm_samv_take (GByteArray *buffer, BmSamvReply *ret_reply);
GBytes *bm_samv_take_text (GBytes *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
