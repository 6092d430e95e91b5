/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/reader-open.h"

#include "app/devices/samv/samv-reader.h"
#include "app/devices/ssc/ssc-reader.h"
#include "core/error.h"

#include <string.h>

/**
 * bm_reader_open:
 * @uri: which driver and where: `samv:/dev/serial/by-id/…`, `pcsc:`, `pcsc:how the reader's name begins`
 * @gate: (nullable): what may be opened
 * @error: %BM_ERROR_INVALID when no driver knows the scheme or the address is missing
 *
 * Starts a driver. A device that is not there is not an error: the reader says so by its state.
 *
 * Returns: (transfer full): the reader
 */
BmReader *
bm_reader_open (const char *uri, BmDeviceGate *gate, GError **error)
{
  g_return_val_if_fail (uri != NULL, NULL);

  if (g_str_has_prefix (uri, "samv:/"))
    return bm_samv_reader_new (uri + strlen ("samv:"), gate);
  if (g_str_has_prefix (uri, "pcsc:"))
    return bm_ssc_reader_new (uri + strlen ("pcsc:"), gate);
  g_set_error (
    error, BM_ERROR, BM_ERROR_INVALID,
    "reader \"%s\": no driver of that name; write samv:/path/to/the/serial/device or pcsc:", uri);
  return NULL;
}
