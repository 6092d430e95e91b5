/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a microphone and a session share: what somebody said, and why there is nothing of it. The sound is Opus in Ogg,
 * made on this station, without anything about the place, the time or the machine. */

#define BM_MEMO_MIME        "audio/ogg"
#define BM_MEMO_MAX_SECONDS 60
#define BM_MEMO_MAX_BYTES   (256 * 1024) /* 60 s at 16 kbit/s are 130 KiB with their pages */
#define BM_MEMO_LEVELS      10
#define BM_MEMO_MS          3000 /* a microphone that says nothing for so long is none */

typedef enum
{
  BM_MEMO_OK,
  BM_MEMO_NO_MICROPHONE, /* there is none, or it does not answer in time */
  BM_MEMO_GONE,          /* it went, or fell silent, while somebody spoke */
  BM_MEMO_SILENT,        /* nobody was heard */
  BM_MEMO_BROKEN,        /* what came is no sound, or cannot be played */
} BmMemoState;

G_END_DECLS
