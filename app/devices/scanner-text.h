/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a code scanner sends over its line, byte for byte, and what of it is a code. */

#define BM_SCANNER_MAX 120 /* characters; no slip's code is longer */

typedef struct
{
  char text[BM_SCANNER_MAX + 1]; /* folded to upper case */
  guint length;
  gboolean is_ended; /* text is whole until the next byte */
} BmScannerText;

/* Each byte in turn; TRUE: a code is whole, in text. */
gboolean bm_scanner_text_take (BmScannerText *self, guint8 byte);
/* Nothing came for a while; TRUE: what came before is a code. */
gboolean bm_scanner_text_quiet (BmScannerText *self);
void bm_scanner_text_clear (BmScannerText *self); /* wipes it */

G_END_DECLS
