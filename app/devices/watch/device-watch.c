/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/watch/device-watch.h"

G_DEFINE_INTERFACE (BmDeviceWatch, bm_device_watch, G_TYPE_OBJECT)

enum
{
  DEVICE,
  MISSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
bm_device_watch_default_init (BmDeviceWatchInterface *iface)
{
  signals[DEVICE] = g_signal_new ("device", BM_TYPE_DEVICE_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[MISSED] = g_signal_new ("missed", BM_TYPE_DEVICE_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
}

void
bm_device_watch_tell (BmDeviceWatch *self, const BmDevice *device)
{
  g_return_if_fail (BM_IS_DEVICE_WATCH (self));

  g_signal_emit (self, signals[DEVICE], 0, device);
}

void
bm_device_watch_tell_missed (BmDeviceWatch *self)
{
  g_return_if_fail (BM_IS_DEVICE_WATCH (self));

  g_signal_emit (self, signals[MISSED], 0);
}
