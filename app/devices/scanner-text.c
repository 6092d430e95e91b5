/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/scanner-text.h"

#include "core/crypto/crypto.h"

#include <string.h>

/*
 * A code ends with what such scanners put behind it (CR, LF, tab, ETX), or, when one was set up to put nothing, with
 * quiet. In front may stand STX and the AIM symbology identifier "]Q1" (ISO/IEC 15424), which is no part of it.
 *
 * As with a scanner that types (ui/shell/scan-rule.c), what is too long or has characters that no slip has is handed on
 * so that it can be no slip's: whoever holds it there should hear that it is none.
 */

#define STX           0x02
#define ETX           0x03
#define AIM_LEN       3
#define UNLIKE_A_SLIP '-'

static char
fold (guint8 byte)
{
  if (byte < 0x80 && (g_ascii_isalnum ((char) byte) || strchr (":/.]", byte) != NULL))
    return g_ascii_toupper ((char) byte);
  return UNLIKE_A_SLIP;
}

static void
drop_identifier (BmScannerText *self)
{
  if (self->length >= AIM_LEN && self->text[0] == ']')
    {
      self->length -= AIM_LEN;
      memmove (self->text, self->text + AIM_LEN, self->length);
    }
  self->text[self->length] = '\0';
  for (guint i = 0; i < self->length; i++)
    if (self->text[i] == ']')
      self->text[i] = UNLIKE_A_SLIP;
}

void
bm_scanner_text_clear (BmScannerText *self)
{
  bm_wipe (self, sizeof *self);
}

gboolean
bm_scanner_text_quiet (BmScannerText *self)
{
  if (self->is_ended)
    return FALSE;
  drop_identifier (self);
  self->is_ended = self->length > 0;
  return self->is_ended;
}

gboolean
bm_scanner_text_take (BmScannerText *self, guint8 byte)
{
  if (self->is_ended || byte == STX)
    bm_scanner_text_clear (self);
  if (byte == '\r' || byte == '\n' || byte == '\t' || byte == ETX)
    return bm_scanner_text_quiet (self);
  if (byte < ' ' || byte == 0x7F)
    return FALSE; /* NUL and the like between codes */
  if (self->length < BM_SCANNER_MAX)
    self->text[self->length++] = fold (byte);
  else
    self->text[0] = UNLIKE_A_SLIP;
  return FALSE;
}
