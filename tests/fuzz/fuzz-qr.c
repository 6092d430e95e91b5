/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-qr"

#include "core/entry/number.h"

#include "tests/fuzz/fuzz.h"

/* What is accepted from a scanner is, but for its case, what we would have printed. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *host = NULL;
  g_autofree char *number = NULL;
  g_autofree char *code = NULL;

  if (!bm_qr_parse (text, &host, &number, &code, NULL))
    return 0;
  g_autofree char *again = bm_qr_text (host, number, code);
  g_assert_cmpint (g_ascii_strcasecmp (again, text), ==, 0);
  return 0;
}
