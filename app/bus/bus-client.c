/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-bus"

#include "app/bus/bus-client.h"

#include "app/bus/bus-socket.h"
#include "core/error.h"

/* A proxy on a peer-to-peer connection asks nobody for names or properties, so making one does no I/O. */
#define PROXY_FLAGS \
  (G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES | G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START)

static void
translate_error (GError **error, const char *path, const GError *cause)
{
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "No station answers at %s: %s", path,
               cause->message);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) cause = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_finish (result, &cause);
  GError *error = NULL;

  if (connection != NULL)
    {
      g_task_return_pointer (task, connection, g_object_unref);
      return;
    }
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_steal_pointer (&cause));
      return;
    }
  translate_error (&error, g_task_get_task_data (task), cause);
  g_task_return_error (task, error);
}

/**
 * bm_bus_connect_async:
 * @path: the socket
 * @cancellable: (nullable): to give up waiting
 * @callback: called when connected or refused
 * @user_data: for @callback
 *
 * Connects to the station without blocking.
 */
void
bm_bus_connect_async (const char *path,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autofree char *address = NULL;
  GTask *task;

  g_return_if_fail (path != NULL);

  address = bm_bus_address (path);
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, bm_bus_connect_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_dbus_connection_new_for_address (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                                     cancellable, on_connected, task);
}

/**
 * bm_bus_connect_finish:
 * @result: what the callback was given
 * @error: %BM_ERROR_UNREACHABLE when no station answers
 *
 * Returns: (transfer full): the connection
 */
GDBusConnection *
bm_bus_connect_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, bm_bus_connect_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * bm_bus_connect_sync:
 * @path: the socket
 * @error: %BM_ERROR_UNREACHABLE when no station answers
 *
 * Connects and waits. For programs without people in front of them.
 *
 * Returns: (transfer full): the connection
 */
GDBusConnection *
bm_bus_connect_sync (const char *path, GError **error)
{
  g_autofree char *address = NULL;
  g_autoptr (GError) cause = NULL;
  GDBusConnection *connection;

  g_return_val_if_fail (path != NULL, NULL);

  address = bm_bus_address (path);
  connection =
    g_dbus_connection_new_for_address_sync (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT,
                                            NULL, NULL, &cause);
  if (connection == NULL)
    translate_error (error, path, cause);
  return connection;
}

/**
 * bm_bus_station_for_connection:
 * @connection: a connection to "face" or "desk"
 * @error: return location for an error
 *
 * Returns: (transfer full): the station as a face sees it
 */
BmBusStation1 *
bm_bus_station_for_connection (GDBusConnection *connection, GError **error)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);

  return bm_bus_station1_proxy_new_sync (connection, PROXY_FLAGS, NULL, BM_BUS_OBJECT_PATH, NULL,
                                         error);
}

/**
 * bm_bus_control_for_connection:
 * @connection: a connection to "ctl"
 * @error: return location for an error
 *
 * Returns: (transfer full): the station as an operator sees it
 */
BmBusControl1 *
bm_bus_control_for_connection (GDBusConnection *connection, GError **error)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);

  return bm_bus_control1_proxy_new_sync (connection, PROXY_FLAGS, NULL, BM_BUS_OBJECT_PATH, NULL,
                                         error);
}
