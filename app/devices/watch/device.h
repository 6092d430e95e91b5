/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BM_DEVICE_MAX_PATH  256
#define BM_DEVICE_MAX_LINKS 32

/* A device that came, or went. Serial numbers and the like of it are not kept. */
typedef struct
{
  gboolean is_there;
  char *node;   /* /dev/ttyUSB0; NULL: it has none, as a USB device that only pcscd opens */
  GStrv links;  /* other names of the node: /dev/serial/by-id/… */
  char *usb_id; /* vendor:product, "0400:c35a"; NULL: not known to hang on USB */
} BmDevice;

/**
 * BmDeviceProperty:
 *
 * Returns: (nullable): what a device says of itself under @name, as udev names it
 */
typedef const char *(*BmDeviceProperty) (gpointer source, const char *name);

BmDevice *bm_device_parse (BmDeviceProperty get, gpointer source) G_GNUC_WARN_UNUSED_RESULT;
BmDevice *bm_device_new (const char *node, gboolean is_there) G_GNUC_WARN_UNUSED_RESULT;
void bm_device_free (BmDevice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmDevice, bm_device_free)

gboolean bm_device_is_at (const BmDevice *self, const char *path);

G_END_DECLS
