/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BM_USB_MAX_LISTED 64
#define BM_USB_MAX_SERIAL 64

/* The USB devices that belong to a station: `0400:c35a 1a86:7523:AB12`, vendor:product, and where wanted the serial number. */
typedef struct _BmUsbList BmUsbList;

BmUsbList *bm_usb_list_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_usb_list_free (BmUsbList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmUsbList, bm_usb_list_free)

guint bm_usb_list_count (const BmUsbList *self);
gboolean bm_usb_list_has (const BmUsbList *self, const char *id, const char *serial);

/* "0400:c35a" of what a device or a person wrote, or NULL */
char *bm_usb_dup_id (const char *vendor, const char *product) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
