/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/watch/device-watch.h"

#include <gio/gio.h>

/*
 * A folder in place of /dev (inotify, through GFileMonitor): a simulator's link that appears is a device that
 * was plugged, one that vanishes was unplugged.
 */

#define BM_TYPE_FOLDER_WATCH (bm_folder_watch_get_type ())
G_DECLARE_FINAL_TYPE (BmFolderWatch, bm_folder_watch, BM, FOLDER_WATCH, GObject)

struct _BmFolderWatch
{
  GObject parent_instance;

  GFileMonitor *monitor;
};

static void
bm_folder_watch_iface_init (BmDeviceWatchInterface *iface)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmFolderWatch,
                               bm_folder_watch,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_DEVICE_WATCH,
                                                      bm_folder_watch_iface_init))

static void
on_changed (GFileMonitor *monitor,
            GFile *file,
            GFile *other,
            GFileMonitorEvent event,
            BmFolderWatch *self)
{
  g_autoptr (BmDevice) device = NULL;

  if (event != G_FILE_MONITOR_EVENT_CREATED && event != G_FILE_MONITOR_EVENT_DELETED)
    return;
  device = bm_device_new (g_file_peek_path (file), event == G_FILE_MONITOR_EVENT_CREATED);
  bm_device_watch_tell (BM_DEVICE_WATCH (self), device);
}

static void
bm_folder_watch_dispose (GObject *object)
{
  BmFolderWatch *self = BM_FOLDER_WATCH (object);

  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  G_OBJECT_CLASS (bm_folder_watch_parent_class)->dispose (object);
}

static void
bm_folder_watch_class_init (BmFolderWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bm_folder_watch_dispose;
}

static void
bm_folder_watch_init (BmFolderWatch *self)
{
}

BmDeviceWatch *
bm_device_watch_new_folder (const char *folder, GError **error)
{
  g_autoptr (BmFolderWatch) self = NULL;
  g_autoptr (GFile) file = NULL;

  g_return_val_if_fail (folder != NULL, NULL);

  self = g_object_new (BM_TYPE_FOLDER_WATCH, NULL);
  file = g_file_new_for_path (folder);
  self->monitor = g_file_monitor_directory (file, G_FILE_MONITOR_NONE, NULL, error);
  if (self->monitor == NULL)
    return NULL;
  g_signal_connect (self->monitor, "changed", G_CALLBACK (on_changed), self);
  return BM_DEVICE_WATCH (g_steal_pointer (&self));
}
