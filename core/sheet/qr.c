/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-qr"

#include "core/sheet/qr.h"

#include "core/error.h"

#include <qrencode.h>
#include <string.h>

/**
 * bm_qr_encode:
 * @text: what the symbol says
 * @error: %BM_ERROR_INVALID, %BM_ERROR_LIMIT
 *
 * Makes a QR symbol.
 *
 * Returns: (transfer full): the symbol
 */
BmQr *
bm_qr_encode (const char *text, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);

  gsize len = strnlen (text, BM_QR_MAX_TEXT + 1);
  if (len == 0 || len > BM_QR_MAX_TEXT)
    {
      g_set_error_literal (error, BM_ERROR, len == 0 ? BM_ERROR_INVALID : BM_ERROR_LIMIT,
                           "a QR text has 1 to 1000 bytes");
      return NULL;
    }
  QRcode *code = QRcode_encodeString (text, 0, QR_ECLEVEL_Q, QR_MODE_8, 1);
  if (code == NULL)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_FAILED, "cannot make a QR symbol");
      return NULL;
    }
  gsize count = (gsize) code->width * (gsize) code->width;
  BmQr *self = g_new0 (BmQr, 1);
  self->ref_count = 1;
  self->size = (guint) code->width;
  self->modules = g_malloc (count);
  for (gsize i = 0; i < count; i++)
    self->modules[i] = code->data[i] & 1;
  QRcode_free (code);
  return self;
}

/**
 * bm_qr_ref:
 * @self: a symbol
 *
 * Takes a reference; from any thread.
 *
 * Returns: (transfer full): @self
 */
BmQr *
bm_qr_ref (BmQr *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);
  return self;
}

/**
 * bm_qr_unref:
 * @self: (transfer full): a symbol
 *
 * Drops a reference; the last one frees.
 */
void
bm_qr_unref (BmQr *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_free (self->modules);
  g_free (self);
}
