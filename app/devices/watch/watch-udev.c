/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/watch/device-watch.h"

#include "core/error.h"

#include <errno.h>
#include <glib-unix.h>
#include <libudev.h>

/*
 * What udev tells once its rules have run, so that the links of a node are there: serial lines, USB printers,
 * cameras, and USB devices themselves (of which pcscd opens some).
 */

#define MAX_AT_ONCE 64 /* then others of the main loop have their turn */

#define BM_TYPE_UDEV_WATCH (bm_udev_watch_get_type ())
G_DECLARE_FINAL_TYPE (BmUdevWatch, bm_udev_watch, BM, UDEV_WATCH, GObject)

struct _BmUdevWatch
{
  GObject parent_instance;

  struct udev *udev;
  struct udev_monitor *monitor;
  GSource *source;
};

static void
bm_udev_watch_iface_init (BmDeviceWatchInterface *iface)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmUdevWatch,
                               bm_udev_watch,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_DEVICE_WATCH,
                                                      bm_udev_watch_iface_init))

static const char *
get_property (gpointer source, const char *name)
{
  return udev_device_get_property_value (source, name);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (BmUdevWatch) self = g_object_ref (user_data);

  for (guint i = 0; i < MAX_AT_ONCE && self->monitor != NULL; i++)
    {
      struct udev_device *told;
      g_autoptr (BmDevice) device = NULL;

      errno = 0;
      told = udev_monitor_receive_device (self->monitor);
      if (told == NULL && errno == ENOBUFS)
        bm_device_watch_tell_missed (BM_DEVICE_WATCH (self));
      if (told == NULL)
        break;
      device = bm_device_parse (get_property, told);
      udev_device_unref (told);
      if (device != NULL)
        bm_device_watch_tell (BM_DEVICE_WATCH (self), device);
    }
  return G_SOURCE_CONTINUE;
}

/* libudev waits in silence where nobody tells: without a daemon no rules run. */
static gboolean
is_udev_there (void)
{
  return g_file_test ("/run/udev/control", G_FILE_TEST_EXISTS);
}

static gboolean
start (BmUdevWatch *self)
{
  static const char *const subsystems[] = { "tty", "usb", "usbmisc", "video4linux" };

  self->udev = is_udev_there () ? udev_new () : NULL;
  if (self->udev == NULL)
    return FALSE;
  self->monitor = udev_monitor_new_from_netlink (self->udev, "udev");
  if (self->monitor == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (subsystems); i++)
    if (udev_monitor_filter_add_match_subsystem_devtype (self->monitor, subsystems[i], NULL) < 0)
      return FALSE;
  if (udev_monitor_enable_receiving (self->monitor) < 0)
    return FALSE;
  self->source = g_unix_fd_source_new (udev_monitor_get_fd (self->monitor), G_IO_IN);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return TRUE;
}

static void
bm_udev_watch_dispose (GObject *object)
{
  BmUdevWatch *self = BM_UDEV_WATCH (object);

  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_clear_pointer (&self->monitor, udev_monitor_unref);
  g_clear_pointer (&self->udev, udev_unref);
  G_OBJECT_CLASS (bm_udev_watch_parent_class)->dispose (object);
}

static void
bm_udev_watch_class_init (BmUdevWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bm_udev_watch_dispose;
}

static void
bm_udev_watch_init (BmUdevWatch *self)
{
}

/**
 * bm_device_watch_new_udev:
 * @error: %BM_ERROR_UNREACHABLE: this machine does not tell
 *
 * Returns: (transfer full): the watch
 */
BmDeviceWatch *
bm_device_watch_new_udev (GError **error)
{
  g_autoptr (BmUdevWatch) self = g_object_new (BM_TYPE_UDEV_WATCH, NULL);

  if (!start (self))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_UNREACHABLE,
                           "udev does not tell what is plugged here");
      return NULL;
    }
  return BM_DEVICE_WATCH (g_steal_pointer (&self));
}
