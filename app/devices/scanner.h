/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/device-gate.h"

G_BEGIN_DECLS

/**
 * BmScanner:
 *
 * A code scanner on a serial line, or on USB as one (CDC-ACM): whatever has a tty. It is open as long as it is there;
 * one that is plugged in later is found.
 *
 * Signals, in the main context that was the thread default when it was made:
 *  "scanned" (const char *text)  a code: capitals, digits and ":/.-", at most BM_SCANNER_MAX of them
 */
#define BM_TYPE_SCANNER (bm_scanner_get_type ())
G_DECLARE_FINAL_TYPE (BmScanner, bm_scanner, BM, SCANNER, GObject)

typedef enum
{
  BM_SCANNER_ABSENT,
  BM_SCANNER_READY,
  BM_SCANNER_REFUSED, /* not one that may be used here */
} BmScannerState;

/* @uri: serial:/dev/serial/by-id/…[?baud=9600]; the device need not be there */
BmScanner *
bm_scanner_open (const char *uri, BmDeviceGate *gate, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmScannerState bm_scanner_get_state (BmScanner *self);
gboolean bm_scanner_is_there (BmScanner *self);
void bm_scanner_look (BmScanner *self); /* something was plugged or unplugged: looks at once */

G_END_DECLS
