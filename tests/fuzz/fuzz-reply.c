/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-reply"

#include "sync/protocol-compact.h"

#include "tests/fuzz/fuzz.h"

/*
 * What is inside an answer, its signature once proved: the first byte says which call it answers and, with its
 * highest bit, that it is of the second form.
 */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static BmKey *key;

  if (size < 1)
    return 0;
  if (key == NULL)
    {
      g_autoptr (BmKey) pair = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);

      key = bm_key_dup_public (pair);
    }
  g_autoptr (BmReply) reply = bm_reply_new ((BmCall) (data[0] % BM_CALL_COUNT), 7, 0);
  g_autoptr (GBytes) plain = g_bytes_new (data + 1, size - 1);
  g_autoptr (GError) error = NULL;
  gboolean is_read = (data[0] & 0x80) != 0
                       ? bm_compact_read (reply, plain, key, &error)
                       : bm_reply_read_json (reply, data + 1, size - 1, FALSE, key, &error);

  g_assert_true (is_read == (error == NULL));
  if (!is_read)
    return 0;
  g_assert_cmpuint (reply->answers->len, <=, BM_PROTOCOL_MAX_RECORDS);
  g_assert_cmpuint (reply->messages->len, <=, BM_PROTOCOL_MAX_MESSAGES);
  g_autoptr (GPtrArray) records = g_ptr_array_new ();
  bm_reply_place (reply, records);
  return 0;
}
