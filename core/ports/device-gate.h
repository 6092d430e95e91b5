/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/*
 * Which devices may be opened at all. Whoever opens a node for a reader, a scanner or a printer opens it through
 * bm_device_gate_open(), and whoever lets a child or a daemon open one asks first. Without a gate (%NULL) everything
 * may be. All calls are safe from any thread and wait for nobody.
 *
 * Errors: BM_ERROR_REFUSED: it is not to be used here, which a person has to mend.
 */
#define BM_TYPE_DEVICE_GATE (bm_device_gate_get_type ())
G_DECLARE_INTERFACE (BmDeviceGate, bm_device_gate, BM, DEVICE_GATE, GObject)

struct _BmDeviceGateInterface
{
  GTypeInterface parent_iface;

  /* @device: (nullable): the number of the node that is open already; %NULL: look where @path leads now */
  gboolean (*admit_node) (BmDeviceGate *self,
                          const char *path,
                          const guint64 *device,
                          GError **error);
  /* As the kernel counts them; 0, 0: whoever has it cannot say where it is plugged. */
  gboolean (*admit_usb) (BmDeviceGate *self, guint bus, guint address, GError **error);
};

int bm_device_gate_open (BmDeviceGate *self, const char *path, int flags, GError **error);
gboolean bm_device_gate_admit_node (BmDeviceGate *self, const char *path, GError **error);
gboolean bm_device_gate_admit_usb (BmDeviceGate *self, guint bus, guint address, GError **error);

G_END_DECLS
