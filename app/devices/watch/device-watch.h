/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/devices/watch/device.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * BmDeviceWatch:
 *
 * Tells what is plugged and unplugged while it lives. It opens nothing.
 *
 * Signals, in the main context that was the thread default when it was made:
 *  "device" (gpointer device)   a #BmDevice, borrowed, came or went
 *  "missed" ()                  more came than could be told: look at everything
 */
#define BM_TYPE_DEVICE_WATCH (bm_device_watch_get_type ())
G_DECLARE_INTERFACE (BmDeviceWatch, bm_device_watch, BM, DEVICE_WATCH, GObject)

struct _BmDeviceWatchInterface
{
  GTypeInterface parent_iface;
};

BmDeviceWatch *bm_device_watch_new_udev (GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Nodes are files and links in @folder: tests, demonstration, training. */
BmDeviceWatch *
bm_device_watch_new_folder (const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For implementations */
void bm_device_watch_tell (BmDeviceWatch *self, const BmDevice *device);
void bm_device_watch_tell_missed (BmDeviceWatch *self);

G_END_DECLS
