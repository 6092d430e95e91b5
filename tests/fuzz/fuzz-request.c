/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-request"

#include "sync/protocol.h"

#include "tests/fuzz/fuzz.h"

/* The JSON requests: hello, the opening of an attachment, enrolment. What decodes, encodes. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (BmHello) hello = bm_hello_decode (bytes, NULL);
  g_autoptr (BmBlobOpen) blob = bm_blob_open_decode (bytes, NULL);
  g_autoptr (BmEnrolRequest) request = bm_enrol_request_decode (bytes, NULL);

  if (hello != NULL)
    g_bytes_unref (bm_hello_encode (hello));
  if (blob != NULL)
    g_bytes_unref (bm_blob_open_encode (blob));
  if (request != NULL)
    g_bytes_unref (bm_enrol_request_encode (request));
  return 0;
}
