/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-batch"

#include "sync/protocol-columns.h"
#include "sync/protocol.h"

#include "tests/fuzz/fuzz.h"

/* What is accepted as a batch has as many records as it says, and its records can be sent again. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  BmBatchHeader header;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = bm_batch_decode (bytes, &header, &error);
  g_autoptr (GByteArray) columns = g_byte_array_new ();
  g_autoptr (GByteArray) raw = g_byte_array_new ();

  g_assert_true ((records == NULL) == (error != NULL));
  if (records == NULL)
    return 0;
  g_assert_cmpuint (records->len, <=, BM_PROTOCOL_MAX_RECORDS);
  bm_columns_write (records, columns, raw);
  BmReader from = { columns->data, columns->len, FALSE };
  BmReader beside = { raw->data, raw->len, FALSE };
  g_autoptr (GPtrArray) back = bm_columns_read (&from, &beside, records->len, G_MAXINT32);
  g_assert_nonnull (back);
  for (guint i = 0; i < records->len; i++)
    g_assert_true (g_bytes_equal (g_ptr_array_index (back, i), g_ptr_array_index (records, i)));
  return 0;
}
