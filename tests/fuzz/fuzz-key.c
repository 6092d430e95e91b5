/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-key"

#include "core/crypto/crypto.h"

#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (BmKey) key = bm_key_new_from_string (text, NULL);

  if (key == NULL)
    return 0;
  char *again = bm_key_to_string (key);
  g_assert_cmpint (g_ascii_strcasecmp (again, text), ==, 0);
  bm_wipe_string (again);
  return 0;
}
