/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-core"

#include "core/ports/device-gate.h"

#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

G_DEFINE_INTERFACE (BmDeviceGate, bm_device_gate, G_TYPE_OBJECT)

static void
bm_device_gate_default_init (BmDeviceGateInterface *iface)
{
}

/* Between looking and opening another device may have taken the name. */
static gboolean
admit_open (BmDeviceGate *self, const char *path, int fd, GError **error)
{
  struct stat status;
  guint64 device;

  if (self == NULL)
    return TRUE;
  if (fstat (fd, &status) != 0 || !S_ISCHR (status.st_mode))
    return TRUE;
  device = status.st_rdev;
  return BM_DEVICE_GATE_GET_IFACE (self)->admit_node (self, path, &device, error);
}

static void
set_unreachable (const char *path, int code, GError **error)
{
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s: %s", path, g_strerror (code));
}

/**
 * bm_device_gate_open:
 * @self: (nullable): a gate
 * @path: a node
 * @flags: of open()
 * @error: %BM_ERROR_REFUSED, or %BM_ERROR_UNREACHABLE
 *
 * Returns: the descriptor; -1 with errno, EACCES where the gate refused it
 */
int
bm_device_gate_open (BmDeviceGate *self, const char *path, int flags, GError **error)
{
  int fd;

  g_return_val_if_fail (path != NULL, -1);

  if (!bm_device_gate_admit_node (self, path, error))
    {
      errno = EACCES;
      return -1;
    }
  fd = g_open (path, flags, 0);
  if (fd < 0)
    {
      const int saved = errno;

      set_unreachable (path, saved, error);
      errno = saved;
      return -1;
    }
  if (admit_open (self, path, fd, error))
    return fd;
  close (fd);
  errno = EACCES;
  return -1;
}

/**
 * bm_device_gate_admit_node:
 * @self: (nullable): a gate
 * @path: a node that somebody else opens
 * @error: %BM_ERROR_REFUSED
 *
 * Returns: whether it may be opened; what is not there may
 */
gboolean
bm_device_gate_admit_node (BmDeviceGate *self, const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, FALSE);

  return self == NULL || BM_DEVICE_GATE_GET_IFACE (self)->admit_node (self, path, NULL, error);
}

/**
 * bm_device_gate_admit_usb:
 * @self: (nullable): a gate
 * @bus: of USB
 * @address: on it
 * @error: %BM_ERROR_REFUSED
 *
 * Of what a daemon has opened, as pcscd does.
 *
 * Returns: whether it may be used
 */
gboolean
bm_device_gate_admit_usb (BmDeviceGate *self, guint bus, guint address, GError **error)
{
  return self == NULL || BM_DEVICE_GATE_GET_IFACE (self)->admit_usb (self, bus, address, error);
}
