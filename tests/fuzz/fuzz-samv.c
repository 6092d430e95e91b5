/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-samv"

#include "app/devices/samv/samv-frame.h"

#include "tests/fuzz/fuzz.h"

static void
take_all (GByteArray *buffer, GString *taken)
{
  BmSamvReply reply = { 0 };
  BmSamvTake take;

  while ((take = bm_samv_take (buffer, &reply)) != BM_SAMV_MORE)
    {
      if (take == BM_SAMV_BAD)
        continue;
      g_assert_cmpuint (g_bytes_get_size (reply.data), <=, BM_SAMV_MAX_DATA);
      g_string_append_printf (taken, "%u:%u:%" G_GSIZE_FORMAT " ", reply.status,
                              g_bytes_hash (reply.data), g_bytes_get_size (reply.data));
      bm_samv_reply_clear (&reply);
    }
}

/* Whatever a card reader's line says: the same frames come out whether it comes at once or byte by byte. */
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
  return 0;
}
