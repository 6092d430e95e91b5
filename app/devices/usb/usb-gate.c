/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/usb/usb-gate.h"

#include "core/error.h"

#include <string.h>

/*
 * Invariants:
 *  U1  With a list, no node that hangs on USB is given to a driver unless its device is on the list, and none that cannot
 *      be traced.
 *  U2  What is refused is named in the log once in a run, by its id alone.
 *
 * Called from the drivers' threads: list and tree never change, and what was named is under a lock.
 */

#define MAX_REMEMBERED \
  256 /* ids are up to the device: one that takes a new one each second is not written up for ever */

struct _BmUsbGate
{
  GObject parent_instance;

  BmUsbList *list; /* NULL: everything may be used */
  BmUsbTree *tree;
  GMutex lock;
  GHashTable *named; /* ids */
};

static void bm_usb_gate_iface_init (BmDeviceGateInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BmUsbGate,
                               bm_usb_gate,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_DEVICE_GATE, bm_usb_gate_iface_init))

/* Whether it was not named before. */
static gboolean
name (BmUsbGate *self, const char *id)
{
  gboolean is_new;

  g_mutex_lock (&self->lock);
  is_new = g_hash_table_size (self->named) < MAX_REMEMBERED &&
           g_hash_table_add (self->named, g_strdup (id));
  g_mutex_unlock (&self->lock);
  if (is_new)
    g_message ("The USB device %s is not registered here (usb_devices in station.conf)", id);
  return is_new;
}

static gboolean
admit (BmUsbGate *self, const BmUsbDevice *device, GError **error)
{
  if (bm_usb_list_has (self->list, device->id, device->serial))
    return TRUE;
  (void) name (self, device->id);
  g_set_error (error, BM_ERROR, BM_ERROR_REFUSED, "the USB device %s is not registered",
               device->id);
  return FALSE;
}

static gboolean
refuse_untraced (const char *what, GError **error)
{
  g_set_error (error, BM_ERROR, BM_ERROR_REFUSED, "%s: nobody says what it is plugged as", what);
  return FALSE;
}

static gboolean
bm_usb_gate_admit_node (BmDeviceGate *gate, const char *path, const guint64 *device, GError **error)
{
  BmUsbGate *self = BM_USB_GATE (gate);
  g_autoptr (BmUsbDevice) found = NULL;

  if (self->list == NULL)
    return TRUE;
  switch (bm_usb_tree_trace (self->tree, path, device, &found))
    {
    case BM_USB_NOT_ON_USB:
      return TRUE;
    case BM_USB_ON_USB:
      return admit (self, found, error);
    case BM_USB_UNTRACED:
    default:
      return refuse_untraced (path, error);
    }
}

static gboolean
bm_usb_gate_admit_usb (BmDeviceGate *gate, guint bus, guint address, GError **error)
{
  BmUsbGate *self = BM_USB_GATE (gate);
  g_autoptr (BmUsbDevice) found = NULL;

  if (self->list == NULL)
    return TRUE;
  found = bm_usb_tree_find (self->tree, bus, address);
  return found != NULL ? admit (self, found, error) : refuse_untraced ("a reader", error);
}

static void
bm_usb_gate_iface_init (BmDeviceGateInterface *iface)
{
  iface->admit_node = bm_usb_gate_admit_node;
  iface->admit_usb = bm_usb_gate_admit_usb;
}

gboolean
bm_usb_gate_has_list (BmUsbGate *self)
{
  g_return_val_if_fail (BM_IS_USB_GATE (self), FALSE);

  return self->list != NULL;
}

/* A stick is no device of the station's: its files are read, and believed for their signature. */
static gboolean
is_strange (BmUsbGate *self, const BmUsbDevice *device)
{
  return self->list == NULL ||
         (!device->is_stick && !bm_usb_list_has (self->list, device->id, device->serial));
}

/**
 * bm_usb_gate_look:
 * @self: a gate
 * @ret_sight: (out): what is plugged; see bm_usb_sight_clear()
 *
 * Looks at everything that is plugged, used or not, and names in the log what is not registered.
 */
void
bm_usb_gate_look (BmUsbGate *self, BmUsbSight *ret_sight)
{
  g_autoptr (GPtrArray) devices = bm_usb_tree_list (self->tree);
  GString *ids = g_string_new (NULL);
  guint n = 0;

  *ret_sight = (BmUsbSight){ .keyword = self->list != NULL ? "registered" : "none" };
  for (guint i = 0; i < devices->len; i++)
    {
      const BmUsbDevice *device = g_ptr_array_index (devices, i);

      if (!is_strange (self, device) || strstr (ids->str, device->id) != NULL)
        continue;
      if (self->list != NULL)
        {
          ret_sight->is_new |= name (self, device->id);
          if (device->can_type || strcmp (ret_sight->keyword, "typing") != 0)
            ret_sight->keyword = device->can_type ? "typing" : "unknown";
        }
      if (n++ < BM_USB_MAX_NAMED)
        g_string_append_printf (ids, "%s%s", ids->len > 0 ? " " : "", device->id);
    }
  ret_sight->ids = g_string_free (ids, FALSE);
}

void
bm_usb_sight_clear (BmUsbSight *self)
{
  g_clear_pointer (&self->ids, g_free);
}

static void
bm_usb_gate_finalize (GObject *object)
{
  BmUsbGate *self = BM_USB_GATE (object);

  bm_usb_list_free (self->list);
  bm_usb_tree_free (self->tree);
  g_hash_table_unref (self->named);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (bm_usb_gate_parent_class)->finalize (object);
}

static void
bm_usb_gate_class_init (BmUsbGateClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bm_usb_gate_finalize;
}

static void
bm_usb_gate_init (BmUsbGate *self)
{
  g_mutex_init (&self->lock);
  self->named = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * bm_usb_gate_new:
 * @list: (transfer full) (nullable): what belongs here; %NULL: nobody said, and nothing is refused
 * @tree: (transfer full): what is plugged
 *
 * Returns: (transfer full): the gate
 */
BmUsbGate *
bm_usb_gate_new (BmUsbList *list, BmUsbTree *tree)
{
  BmUsbGate *self = g_object_new (BM_TYPE_USB_GATE, NULL);

  self->list = list;
  self->tree = tree;
  return self;
}
