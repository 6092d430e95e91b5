/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-record"

#include "core/entry/entry.h"

#include "tests/fuzz/fuzz.h"

/* What is accepted as a record has no second encoding (E1 of core/entry/entry.c). */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  BmEntryHeader header;
  g_autoptr (GBytes) record = g_bytes_new (data, size);
  g_autoptr (GBytes) header_bytes = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GError) error = NULL;

  gboolean ok = bm_record_parse (record, &header, &header_bytes, &sealed, &error);
  g_assert_true (ok == (error == NULL));
  if (!ok)
    return 0;
  g_autoptr (GBytes) encoded = bm_entry_header_encode (&header);
  g_assert_true (g_bytes_equal (encoded, header_bytes));
  g_autoptr (GBytes) again = bm_record_new (encoded, sealed);
  g_assert_true (g_bytes_equal (again, record));
  return 0;
}
