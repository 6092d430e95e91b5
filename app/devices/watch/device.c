/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/watch/device.h"

#include <string.h>

/*
 * What udev tells of a device. A USB device writes its own descriptors, and names of links are made of them:
 * what is too long, too many or no path is left out, and only paths are compared, never opened because of
 * what stands here.
 */

/* Hex digits as usb.ids has them, four of them; short ones, as PRODUCT has, are filled up. */
static char *
dup_id (const char *vendor, const char *product)
{
  guint64 v;
  guint64 p;

  if (!g_ascii_string_to_unsigned (vendor, 16, 0, 0xFFFF, &v, NULL) ||
      !g_ascii_string_to_unsigned (product, 16, 0, 0xFFFF, &p, NULL))
    return NULL;
  return g_strdup_printf ("%04x:%04x", (guint) v, (guint) p);
}

/* PRODUCT is what the kernel says, vendor/product/release; the others what udev adds for a node. */
static char *
dup_usb_id (BmDeviceProperty get, gpointer source)
{
  const char *product = get (source, "PRODUCT");
  const char *vendor = get (source, "ID_VENDOR_ID");
  const char *model = get (source, "ID_MODEL_ID");
  g_auto (GStrv) parts = NULL;

  if (vendor != NULL && model != NULL && g_strcmp0 (get (source, "ID_BUS"), "pci") != 0)
    return dup_id (vendor, model);
  if (product == NULL || strlen (product) > BM_DEVICE_MAX_PATH)
    return NULL;
  parts = g_strsplit (product, "/", 4);
  return g_strv_length (parts) == 3 ? dup_id (parts[0], parts[1]) : NULL;
}

static gboolean
is_path (const char *text)
{
  return text != NULL && *text == '/' && strlen (text) < BM_DEVICE_MAX_PATH;
}

static GStrv
dup_links (const char *text)
{
  g_autoptr (GStrvBuilder) links = g_strv_builder_new ();
  g_auto (GStrv) words = text != NULL ? g_strsplit (text, " ", BM_DEVICE_MAX_LINKS + 1) : NULL;

  for (guint i = 0; words != NULL && words[i] != NULL && i < BM_DEVICE_MAX_LINKS; i++)
    if (is_path (words[i]))
      g_strv_builder_add (links, words[i]);
  return g_strv_builder_end (links);
}

/**
 * bm_device_parse:
 * @get: asks for a property
 * @source: for @get
 *
 * Returns: (transfer full) (nullable): the device, if it came or went just now
 */
BmDevice *
bm_device_parse (BmDeviceProperty get, gpointer source)
{
  const char *action;
  const char *node;
  BmDevice *self;

  g_return_val_if_fail (get != NULL, NULL);

  action = get (source, "ACTION");
  if (g_strcmp0 (action, "add") != 0 && g_strcmp0 (action, "remove") != 0)
    return NULL;
  node = get (source, "DEVNAME");
  self = g_new0 (BmDevice, 1);
  self->is_there = g_str_equal (action, "add");
  self->node = is_path (node) ? g_strdup (node) : NULL;
  self->links = dup_links (get (source, "DEVLINKS"));
  self->usb_id = dup_usb_id (get, source);
  return self;
}

BmDevice *
bm_device_new (const char *node, gboolean is_there)
{
  BmDevice *self = g_new0 (BmDevice, 1);

  self->node = g_strdup (node);
  self->is_there = is_there;
  self->links = g_new0 (char *, 1);
  return self;
}

void
bm_device_free (BmDevice *self)
{
  if (self == NULL)
    return;
  g_free (self->node);
  g_strfreev (self->links);
  g_free (self->usb_id);
  g_free (self);
}

/* Whether @path is a name of it. */
gboolean
bm_device_is_at (const BmDevice *self, const char *path)
{
  g_return_val_if_fail (self != NULL && path != NULL, FALSE);

  return g_strcmp0 (self->node, path) == 0 ||
         g_strv_contains ((const char *const *) self->links, path);
}
