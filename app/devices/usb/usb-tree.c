/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/usb/usb-tree.h"

#include "core/ports/usb-list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/*
 * Read anew at each question: a device is another one as soon as somebody pulls a plug.
 *
 * A serial number is up to the device: it is compared, and neither kept nor shown.
 */

#define MAX_ATTRIBUTE 256
#define PTS_FIRST     136 /* pseudo terminals have no entry in /sys, and are no device */
#define PTS_LAST      143
#define SIGN          ".usb"

#define CLASS_INPUT   "03"
#define CLASS_STORAGE "08"
#define CLASS_HUB     "09"

struct _BmUsbTree
{
  char *sysfs;
  char *folder; /* NULL: none */
};

void
bm_usb_device_free (BmUsbDevice *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->serial);
  g_free (self);
}

/**
 * bm_usb_tree_new:
 * @sysfs: /sys, or what stands for it
 * @folder: (nullable): of a demonstration's devices
 *
 * Returns: (transfer full): the tree
 */
BmUsbTree *
bm_usb_tree_new (const char *sysfs, const char *folder)
{
  BmUsbTree *self = g_new0 (BmUsbTree, 1);

  self->sysfs = g_strdup (sysfs);
  self->folder = g_strdup (folder);
  return self;
}

void
bm_usb_tree_free (BmUsbTree *self)
{
  if (self == NULL)
    return;
  g_free (self->sysfs);
  g_free (self->folder);
  g_free (self);
}

/* One line, or NULL; what is too long is none. */
static char *
read_attribute (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char text[MAX_ATTRIBUTE + 1];
  const int fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const gssize n = fd >= 0 ? read (fd, text, sizeof text) : -1;

  if (fd >= 0)
    close (fd);
  if (n <= 0 || n > MAX_ATTRIBUTE)
    return NULL;
  text[n] = '\0';
  text[strcspn (text, "\n")] = '\0';
  return g_strdup (g_strchomp (text));
}

/* The interfaces of "1-2" are "1-2:1.0", "1-2:1.1", … below it. */
static void
read_interfaces (const char *folder, BmUsbDevice *device)
{
  g_autofree char *name = g_path_get_basename (folder);
  g_autofree char *start = g_strconcat (name, ":", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;
  guint n_storage = 0;

  for (const char *entry = dir != NULL ? g_dir_read_name (dir) : NULL;
       entry != NULL && n < BM_USB_MAX_PLUGGED; entry = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (folder, entry, NULL);
      g_autofree char *class = NULL;

      if (!g_str_has_prefix (entry, start))
        continue;
      class = read_attribute (path, "bInterfaceClass");
      n++;
      n_storage += g_strcmp0 (class, CLASS_STORAGE) == 0 ? 1 : 0;
      device->can_type = device->can_type || g_strcmp0 (class, CLASS_INPUT) == 0;
    }
  device->is_stick = n > 0 && n_storage == n;
}

/* NULL: it is no USB device. */
static BmUsbDevice *
read_device (const char *folder)
{
  g_autofree char *vendor = read_attribute (folder, "idVendor");
  g_autofree char *product = read_attribute (folder, "idProduct");
  g_autofree char *class = NULL;
  g_autofree char *id = bm_usb_dup_id (vendor, product);
  BmUsbDevice *device;

  if (id == NULL)
    return NULL;
  class = read_attribute (folder, "bDeviceClass");
  device = g_new0 (BmUsbDevice, 1);
  device->id = g_steal_pointer (&id);
  device->serial = read_attribute (folder, "serial");
  device->is_hub = g_strcmp0 (class, CLASS_HUB) == 0;
  read_interfaces (folder, device);
  return device;
}

/* "1234:5678", "1234:5678 keyboard"; NULL where there is no sign. */
static BmUsbDevice *
read_sign (const char *folder, const char *name)
{
  g_autofree char *text = read_attribute (folder, name);
  g_auto (GStrv) words = text != NULL ? g_strsplit (text, " ", 3) : NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *id = NULL;
  BmUsbDevice *device;

  if (words == NULL || words[0] == NULL)
    return NULL;
  parts = g_strsplit (words[0], ":", 3);
  id = g_strv_length (parts) >= 2 ? bm_usb_dup_id (parts[0], parts[1]) : NULL;
  if (id == NULL)
    return NULL;
  device = g_new0 (BmUsbDevice, 1);
  device->id = g_steal_pointer (&id);
  device->serial = g_strdup (parts[2]);
  device->can_type = g_strcmp0 (words[1], "keyboard") == 0;
  return device;
}

static gboolean
is_in_folder (const BmUsbTree *self, const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);

  return self->folder != NULL && strcmp (parent, self->folder) == 0;
}

/* Upwards from the node's entry to what was plugged. */
static BmUsbTrace
climb (const BmUsbTree *self, guint64 device, BmUsbDevice **ret_device)
{
  g_autofree char *number = g_strdup_printf ("%u:%u", major (device), minor (device));
  g_autofree char *entry = g_build_filename (self->sysfs, "dev", "char", number, NULL);
  char *real = realpath (entry, NULL);
  char *root = realpath (self->sysfs, NULL);
  BmUsbTrace trace = real != NULL && root != NULL ? BM_USB_NOT_ON_USB : BM_USB_UNTRACED;

  while (trace == BM_USB_NOT_ON_USB && strlen (real) > strlen (root))
    {
      *ret_device = read_device (real);
      if (*ret_device != NULL)
        trace = BM_USB_ON_USB;
      *strrchr (real, '/') = '\0';
    }
  free (real);
  free (root);
  return trace;
}

/**
 * bm_usb_tree_trace:
 * @self: a tree
 * @path: a node
 * @device: (nullable): its number if it is open already
 * @ret_device: (out) (transfer full): what it hangs on, with %BM_USB_ON_USB
 *
 * Returns: whether it hangs on USB
 */
BmUsbTrace
bm_usb_tree_trace (const BmUsbTree *self,
                   const char *path,
                   const guint64 *device,
                   BmUsbDevice **ret_device)
{
  struct stat status;
  guint64 number;

  *ret_device = NULL;
  if (is_in_folder (self, path))
    {
      g_autofree char *name = g_path_get_basename (path);
      g_autofree char *sign = g_strconcat (name, SIGN, NULL);

      *ret_device = read_sign (self->folder, sign);
      return *ret_device != NULL ? BM_USB_ON_USB : BM_USB_NOT_ON_USB;
    }
  if (device == NULL && (stat (path, &status) != 0 || !S_ISCHR (status.st_mode)))
    return BM_USB_NOT_ON_USB;
  number = device != NULL ? *device : status.st_rdev;
  if (major (number) >= PTS_FIRST && major (number) <= PTS_LAST)
    return BM_USB_NOT_ON_USB;
  return climb (self, number, ret_device);
}

static char *
dup_devices_folder (const BmUsbTree *self)
{
  return g_build_filename (self->sysfs, "bus", "usb", "devices", NULL);
}

/* The entries are links into the tree; "1-2:1.0" are interfaces, and have no vendor of their own. */
static BmUsbDevice *
read_entry (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *real = realpath (path, NULL);
  BmUsbDevice *device = real != NULL ? read_device (real) : NULL;

  free (real);
  return device;
}

static gboolean
is_number (const char *folder, const char *name, const char *attribute, guint number)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = read_attribute (path, attribute);
  guint64 value = 0;

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &value, NULL) &&
         value == number;
}

/**
 * bm_usb_tree_find:
 * @self: a tree
 * @bus: a bus
 * @address: a device on it
 *
 * Returns: (transfer full) (nullable): what is plugged there
 */
BmUsbDevice *
bm_usb_tree_find (const BmUsbTree *self, guint bus, guint address)
{
  g_autofree char *folder = dup_devices_folder (self);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL;
       name = g_dir_read_name (dir))
    if (is_number (folder, name, "busnum", bus) && is_number (folder, name, "devnum", address))
      return read_entry (folder, name);
  return NULL;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(BmUsbDevice *const *) a)->id, (*(BmUsbDevice *const *) b)->id);
}

/**
 * bm_usb_tree_list:
 * @self: a tree
 *
 * Returns: (transfer full) (element-type BmUsbDevice): what is plugged, hubs left out, in the order of their ids
 */
GPtrArray *
bm_usb_tree_list (const BmUsbTree *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_usb_device_free);
  g_autofree char *folder =
    self->folder != NULL ? g_strdup (self->folder) : dup_devices_folder (self);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL;
       name != NULL && list->len < BM_USB_MAX_PLUGGED; name = g_dir_read_name (dir))
    {
      BmUsbDevice *device = NULL;

      if (self->folder == NULL)
        device = read_entry (folder, name);
      else if (g_str_has_suffix (name, SIGN))
        device = read_sign (folder, name);
      if (device != NULL && !device->is_hub)
        g_ptr_array_add (list, device);
      else
        bm_usb_device_free (device);
    }
  g_ptr_array_sort (list, compare);
  return list;
}
