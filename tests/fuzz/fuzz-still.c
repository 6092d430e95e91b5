/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-still"

#include "app/devices/capture/still.h"
#include "app/devices/jpeg-outline.h"

#include "tests/fuzz/fuzz.h"

/* What a camera gives, opened as bianmin-capture opens it: what comes of it is what the station takes. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) small = NULL;
  BmPhotoState state = bm_still_make (data, size, &whole, &small);

  g_assert_true (bm_photo_state_has_picture (state) == (whole != NULL));
  g_assert_true (bm_photo_state_has_picture (state) == (small != NULL));
  if (whole == NULL)
    return 0;
  g_assert_cmpuint (g_bytes_get_size (whole), <=, BM_PHOTO_MAX_BYTES);
  g_assert_cmpuint (g_bytes_get_size (small), <=, BM_PHOTO_MAX_SMALL);
  g_assert_true (bm_jpeg_check_outline (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole),
                                        BM_PHOTO_MAX_SIDE, NULL));
  g_assert_true (bm_jpeg_check_outline (g_bytes_get_data (small, NULL), g_bytes_get_size (small),
                                        BM_PHOTO_MAX_SIDE, NULL));
  return 0;
}
