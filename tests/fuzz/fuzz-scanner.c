/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-scanner"

#include "app/devices/scanner-text.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

/* Whatever a scanner's line says: what is handed on is short and of few characters. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  BmScannerText text = { 0 };

  for (size_t i = 0; i < size; i++)
    {
      const gboolean is_whole =
        data[i] == 0xFF ? bm_scanner_text_quiet (&text) : bm_scanner_text_take (&text, data[i]);

      g_assert_cmpuint (text.length, <=, BM_SCANNER_MAX);
      if (!is_whole)
        continue;
      g_assert_cmpuint (text.length, >, 0);
      g_assert_cmpuint (strlen (text.text), ==, text.length);
      for (guint k = 0; k < text.length; k++)
        g_assert_true (g_ascii_isupper (text.text[k]) || g_ascii_isdigit (text.text[k]) ||
                       strchr (":/.-", text.text[k]) != NULL);
    }
  return 0;
}
