/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BM_USB_MAX_PLUGGED 128

/*
 * What is plugged into USB and which node belongs to what, as the kernel tells in /sys. A demonstration has a folder in its
 * place: "name.usb" beside a node "name" says that it hangs on USB and as what ("1234:5678", then "keyboard" if it types);
 * one without a node is a device that nobody opens.
 */
typedef struct _BmUsbTree BmUsbTree;

typedef struct
{
  char *id;          /* vendor:product, "0400:c35a" */
  char *serial;      /* NULL: it has none */
  gboolean can_type; /* a keyboard or mouse, or something that can act as one */
  gboolean is_hub;   /* carries others, and is none itself */
  gboolean is_stick; /* storage and nothing else */
} BmUsbDevice;

void bm_usb_device_free (BmUsbDevice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmUsbDevice, bm_usb_device_free)

typedef enum
{
  BM_USB_NOT_ON_USB, /* a serial line of the board, a pseudo terminal, a file, nothing at all */
  BM_USB_ON_USB,
  BM_USB_UNTRACED, /* a device of which the kernel does not tell */
} BmUsbTrace;

BmUsbTree *bm_usb_tree_new (const char *sysfs, const char *folder) G_GNUC_WARN_UNUSED_RESULT;
void bm_usb_tree_free (BmUsbTree *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmUsbTree, bm_usb_tree_free)

BmUsbTrace bm_usb_tree_trace (const BmUsbTree *self,
                              const char *path,
                              const guint64 *device,
                              BmUsbDevice **ret_device);
BmUsbDevice *
bm_usb_tree_find (const BmUsbTree *self, guint bus, guint address) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *bm_usb_tree_list (const BmUsbTree *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
