/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/devices/usb/usb-tree.h"
#include "core/ports/device-gate.h"
#include "core/ports/usb-list.h"

G_BEGIN_DECLS

/* The gate that goes by a list of USB devices. Implements BmDeviceGate; README.md says what it can and cannot do. */
#define BM_TYPE_USB_GATE (bm_usb_gate_get_type ())
G_DECLARE_FINAL_TYPE (BmUsbGate, bm_usb_gate, BM, USB_GATE, GObject)

#define BM_USB_MAX_NAMED 8

/* What is plugged. */
typedef struct
{
  const char *keyword; /* BM_REASON_USB: "none", "registered", "unknown", "typing" */
  char *ids; /* of those that are not registered, or of all where there is no list; "" for none */
  gboolean is_new; /* one of them was not named before */
} BmUsbSight;

BmUsbGate *bm_usb_gate_new (BmUsbList *list, BmUsbTree *tree) G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_usb_gate_has_list (BmUsbGate *self);
void bm_usb_gate_look (BmUsbGate *self, BmUsbSight *ret_sight);
void bm_usb_sight_clear (BmUsbSight *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BmUsbSight, bm_usb_sight_clear)

G_END_DECLS
