/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-po"

#include "core/language/po-file.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

/* A translator's file. What was read of it is read again as the same when it is written. */
static void
write_again (const BmPoItem *item)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (BmPoFile) again = NULL;
  const BmPoItem *other;

  if (item->context != NULL)
    bm_po_append (text, "msgctxt", item->context);
  bm_po_append (text, "msgid", item->message);
  bm_po_append (text, "msgstr", item->words);
  again = bm_po_file_parse (text->str, text->len);
  g_assert_cmpuint (again->faults->len, ==, 0);
  g_assert_cmpuint (again->items->len, ==, 1);
  other = again->items->pdata[0];
  g_assert_cmpstr (other->context, ==, item->context);
  g_assert_cmpstr (other->message, ==, item->message);
  g_assert_cmpstr (other->words, ==, item->words);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (BmPoFile) file = bm_po_file_parse ((const char *) data, size);
  g_autofree char *id = bm_po_file_dup_header (file, "Language");

  g_assert_nonnull (id);
  if (size < 8192)
    for (guint i = 0; i < file->items->len; i++)
      write_again (file->items->pdata[i]);
  return 0;
}
