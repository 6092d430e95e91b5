/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-attachment"

#include "core/entry/attachment.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

/* First line: what an entry says of an attachment; the rest: its chunks, cut where it says so. Nothing
 * that was not sealed opens, and what is accepted as a manifest says the same when written again. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *end = size > 0 ? memchr (data, '\n', size) : NULL;
  size_t line = end != NULL ? (size_t) (end - data) : size;
  json_t *value = json_loadb ((const char *) data, line, JSON_DECODE_ANY, NULL);
  BmAttachmentManifest manifest, again;

  if (value != NULL && bm_attachment_manifest_from_json (value, &manifest, NULL))
    {
      static BmKey *key;
      const BmAttachmentPlace place = { 1, 2, 3, 0 };
      g_autoptr (GPtrArray) chunks =
        g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      json_t *written = bm_attachment_manifest_to_json (&manifest);

      if (key == NULL)
        key = bm_key_generate (BM_KEY_SYMMETRIC, NULL);
      g_assert_true (bm_attachment_manifest_from_json (written, &again, NULL));
      g_assert_true (memcmp (&manifest, &again, sizeof manifest) == 0);
      json_decref (written);
      for (size_t at = line; at < size; at += 64)
        g_ptr_array_add (chunks, g_bytes_new (data + at, MIN (size - at, 64)));
      g_assert_null (bm_attachment_open (key, &place, &manifest, chunks, NULL));
    }
  if (value != NULL)
    json_decref (value);
  return 0;
}
