/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bm-bus-generated.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define BM_BUS_OBJECT_PATH "/org/bianmin/Station"

/* Connects to a socket of the station ("<run>/face", "<run>/desk", "<run>/ctl"). The connection's signal
 * "closed" tells that the station went away; whoever wants it back connects again. */
void bm_bus_connect_async (const char *path,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
GDBusConnection *
bm_bus_connect_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GDBusConnection *bm_bus_connect_sync (const char *path, GError **error)
  G_GNUC_WARN_UNUSED_RESULT; /* for ctl and tests */

/* The face's end: connect "page" and "ended", then call Attach. Neither blocks. */
BmBusStation1 *bm_bus_station_for_connection (GDBusConnection *connection, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
BmBusControl1 *bm_bus_control_for_connection (GDBusConnection *connection, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
