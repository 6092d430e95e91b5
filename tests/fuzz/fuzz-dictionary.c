/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-dictionary"

#include "core/entry/dictionary.h"

#include "tests/fuzz/fuzz.h"

#define MAX_PLAIN 65536

/* The body of a message of kind "dictionary", and packed bytes of a payload. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) body = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmDictionary) dictionary = bm_dictionary_new_from_message (body, 2, &error);

  g_assert_true ((dictionary == NULL) == (error != NULL));
  g_autoptr (GBytes) plain = bm_unpack (NULL, data, size, MAX_PLAIN, NULL);
  g_assert_true (plain == NULL || g_bytes_get_size (plain) <= MAX_PLAIN);
  return 0;
}
