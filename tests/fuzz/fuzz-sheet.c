/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-sheet"

#include "core/sheet/sheet.h"

#include "tests/fuzz/fuzz.h"

/* A model that passes the check can be filled and read, and passes it again. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  json_t *sheet = json_loadb ((const char *) data, size, JSON_REJECT_DUPLICATES, NULL);

  if (sheet == NULL)
    return 0;
  if (bm_sheet_check (sheet, NULL))
    {
      json_t *filled =
        bm_sheet_fill (sheet, "9901211012010101000000070", "HTTPS://DEMO.INVALID/T/X", "7");
      g_autofree char *text = bm_sheet_to_text (filled, 2);
      g_assert_true (g_utf8_validate (text, -1, NULL));
      json_decref (filled);
    }
  json_decref (sheet);
  return 0;
}
