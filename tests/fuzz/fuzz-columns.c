/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-columns"

#include "sync/protocol-columns.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

#define MAX_SIZE (1024 * 1024)

/* Columns as they come out of zstd: count u8 | length of the columns u16 | columns | raw. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 3)
    return 0;
  const guint count = data[0];
  const gsize len = MIN ((gsize) data[1] << 8 | data[2], size - 3);
  g_autofree guint8 *columns = g_memdup2 (data + 3, len); /* so that reading too far is seen */
  g_autofree guint8 *raw = g_memdup2 (data + 3 + len, size - 3 - len);
  BmReader from = { columns, len, FALSE };
  BmReader beside = { raw, size - 3 - len, FALSE };
  g_autoptr (GPtrArray) records = bm_columns_read (&from, &beside, count, MAX_SIZE);

  if (records != NULL)
    g_assert_cmpuint (records->len, ==, count);
  return 0;
}
