/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-capture"

#include "app/devices/capture-reply.h"
#include "app/devices/jpeg-outline.h"

#include "tests/fuzz/fuzz.h"

/* What the child with the camera says: two pictures within their lengths, or none. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  BmCaptureReply reply;

  (void) bm_jpeg_check_outline (data, size, BM_PHOTO_MAX_SIDE, NULL); /* either */
  if (!bm_capture_reply_parse (data, size, &reply, &error))
    {
      g_assert_nonnull (error);
      return 0;
    }
  g_assert_true (reply.whole == data + BM_CAPTURE_HEAD);
  g_assert_true (reply.small + reply.small_len == data + size);
  g_assert_cmpuint (reply.whole_len, <=, BM_PHOTO_MAX_BYTES);
  g_assert_cmpuint (reply.small_len, <=, BM_PHOTO_MAX_SMALL);
  g_assert_true (bm_jpeg_check_outline (reply.whole, reply.whole_len, BM_PHOTO_MAX_SIDE, NULL));
  return 0;
}
