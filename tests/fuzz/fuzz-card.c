/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-card"

#include "core/people/card.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

/* Any 256 bytes are a card or an error; what is a citizen's card can be written again. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) text = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmCard) card = bm_card_parse (text, &error);

  g_assert_true ((card == NULL) == (error != NULL));
  if (card == NULL || card->kind != BM_CARD_CITIZEN || card->is_name_cut)
    return 0;
  g_autoptr (GBytes) again = bm_card_encode (card, NULL);
  g_assert_nonnull (again);
  g_autoptr (BmCard) same = bm_card_parse (again, NULL);
  g_assert_nonnull (same);
  g_assert_cmpstr (same->name, ==, card->name);
  g_assert_cmpstr (same->id_number, ==, card->id_number);
  return 0;
}
