/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BM_QR_MAX_TEXT 1000 /* bytes; our tracking texts have about 60 */

/**
 * BmQr:
 *
 * A QR symbol of error level Q, without the quiet zone: who draws it leaves 4 modules. The smallest
 * version that holds the text; capitals and digits are packed as such.
 */
typedef struct
{
  gint ref_count;

  guint size;      /* modules a side */
  guint8 *modules; /* size × size, row by row; 1 is black */
} BmQr;

BmQr *bm_qr_encode (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmQr *bm_qr_ref (BmQr *self);
void bm_qr_unref (BmQr *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmQr, bm_qr_unref)

G_END_DECLS
