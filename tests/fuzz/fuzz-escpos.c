/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-escpos"

#include "printing/printer-escpos-reply.h"

#include "tests/fuzz/fuzz.h"

static void
take_all (GByteArray *heard, GString *taken)
{
  BmEscposReply reply;

  while (bm_escpos_reply_parse (heard, &reply) != BM_ESCPOS_REPLY_MORE)
    {
      const BmEscposState told = bm_escpos_state_from_auto (&reply);
      BmEscposState asked = { { 0 } };
      g_auto (GStrv) told_reasons = bm_escpos_state_to_reasons (&told);
      g_auto (GStrv) asked_reasons = NULL;

      for (guint i = 0; i < G_N_ELEMENTS (asked.bits); i++)
        asked.bits[i] = reply.bytes[i];
      asked_reasons = bm_escpos_state_to_reasons (&asked);
      g_assert_cmpuint (g_strv_length (told_reasons), <=, 5);
      g_assert_cmpuint (g_strv_length (asked_reasons), <=, 5);
      g_string_append_printf (taken, "%d:%02x%02x%02x%02x ", reply.kind, reply.bytes[0],
                              reply.bytes[1], reply.bytes[2], reply.bytes[3]);
    }
}

/* Whatever a receipt printer says: it means the same whether it comes at once or byte by byte, and no more than a
 * word's beginning is ever left. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  g_autoptr (GByteArray) drops = g_byte_array_new ();
  g_autoptr (GString) at_once = g_string_new (NULL);
  g_autoptr (GString) by_and_by = g_string_new (NULL);

  g_byte_array_append (whole, data, (guint) size);
  take_all (whole, at_once);
  for (size_t i = 0; i < size; i++)
    {
      g_byte_array_append (drops, data + i, 1);
      take_all (drops, by_and_by);
    }
  g_assert_cmpstr (at_once->str, ==, by_and_by->str);
  g_assert_cmpuint (whole->len, <=, 6);
  return 0;
}
