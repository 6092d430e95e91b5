/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-volume"

#include "sync/volume.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

/* A volume that is read can be written again to the same bytes but for the signature: its reader and its
 * writer agree on every digest. */
static void
write_again (const BmVolume *volume)
{
  g_autoptr (BmVolumeWriter) writer = bm_volume_writer_new (&volume->header, BM_VOLUME_MAX_BYTES);
  g_autoptr (GBytes) begin = bm_volume_writer_begin (writer);

  g_assert_nonnull (begin);
  for (guint i = 0; i < volume->items->len; i++)
    {
      const BmVolumeItem *item = g_ptr_array_index (volume->items, i);
      g_autoptr (GBytes) written = NULL;

      if (!bm_volume_writer_has_room (writer, g_bytes_get_size (item->bytes)))
        return;
      written = bm_volume_writer_add (writer, item->type, item->bytes);
      g_assert_nonnull (written);
    }
}

static void
try_items (const BmVolume *volume)
{
  for (guint i = 0; i < volume->items->len; i++)
    {
      const BmVolumeItem *item = g_ptr_array_index (volume->items, i);
      g_autoptr (GBytes) body = NULL;
      g_autoptr (GBytes) answer = NULL;
      guint8 blob[BM_SM3_LEN];
      guint ordinal = 0;
      gint64 after = 0;

      if (bm_volume_read_chunk (item->bytes, blob, &ordinal, &body))
        {
          g_autoptr (GBytes) again = bm_volume_make_chunk (blob, ordinal, body);

          g_assert_true (g_bytes_equal (again, item->bytes));
        }
      if (bm_volume_read_inbox (item->bytes, &after, &answer))
        {
          g_autoptr (GBytes) again = bm_volume_make_inbox (after, answer);

          g_assert_true (g_bytes_equal (again, item->bytes));
        }
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmVolume) volume = bm_volume_decode (bytes, &error);

  g_assert_true ((volume == NULL) == (error != NULL));
  if (volume == NULL)
    return 0;
  try_items (volume);
  write_again (volume);
  return 0;
}
