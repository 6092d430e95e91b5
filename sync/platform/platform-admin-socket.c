/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-admin.h"

#include "core/error.h"
#include "core/worker.h"
#include "sync/platform/platform-packs.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include <string.h>

/*
 * A unix socket, mode 0600, many clients, each with any number of lines, on the main thread; what takes
 * long is answered on a thread of its own, one after the other.
 */

#define MAX_LINE 4096

struct _BmPlatformAdmin
{
  BmPlatform *platform;
  char *path;
  GSocketService *service;
  BmWorker *worker;
  GCancellable *cancellable;
  GSourceOnceFunc on_quit;
  gpointer quit_data;
};

typedef struct
{
  BmPlatformAdmin *admin;
  GSocketConnection *connection;
  GDataInputStream *input;
  char *line; /* the one that is being answered */
  char *reply;
  gboolean is_quitting;
} Client;

static void read_line (Client *client);

static void
client_free (Client *self)
{
  g_clear_object (&self->input);
  g_clear_object (&self->connection);
  g_free (self->line);
  g_free (self->reply);
  g_free (self);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Client *client = data;
  gboolean is_written =
    g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);

  if (client->is_quitting)
    client->admin->on_quit (client->admin->quit_data);
  if (is_written && !client->is_quitting)
    read_line (client);
  else
    client_free (client);
}

/* Takes @answer over. */
static void
send_answer (Client *client, char *answer)
{
  g_free (client->reply);
  client->reply = g_strconcat (answer, "\n", NULL);
  g_free (answer);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (client->connection)),
                                   client->reply, strlen (client->reply), G_PRIORITY_DEFAULT,
                                   client->admin->cancellable, on_written, client);
}

static gpointer
answer_on_worker (gpointer data, GError **error)
{
  Client *client = data;

  return bm_platform_admin_answer (client->admin->platform, client->line, &client->is_quitting);
}

static void
on_slow_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  send_answer (data, bm_worker_run_finish (result, NULL)); /* an answer tells its own trouble */
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  Client *client = data;

  g_free (client->line);
  client->line = g_data_input_stream_read_line_finish_utf8 (client->input, result, NULL, NULL);
  if (client->line == NULL || strlen (client->line) > MAX_LINE)
    {
      client_free (client);
      return;
    }
  g_strstrip (client->line);
  if (bm_platform_admin_is_slow (client->line))
    bm_worker_run_async (client->admin->worker, answer_on_worker, client, NULL, g_free, NULL,
                         on_slow_answer, client);
  else
    send_answer (client, bm_platform_admin_answer (client->admin->platform, client->line,
                                                   &client->is_quitting));
}

static void
read_line (Client *client)
{
  g_data_input_stream_read_line_async (client->input, G_PRIORITY_DEFAULT,
                                       client->admin->cancellable, on_line, client);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  Client *client = g_new0 (Client, 1);

  client->admin = data;
  client->connection = g_object_ref (connection);
  client->input = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  read_line (client);
  return TRUE;
}

BmPlatformAdmin *
bm_platform_admin_start (BmPlatform *platform,
                         const char *path,
                         GSourceOnceFunc on_quit,
                         gpointer quit_data,
                         GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (BmPlatformAdmin) self = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (platform != NULL && path != NULL && on_quit != NULL, NULL);

  self = g_new0 (BmPlatformAdmin, 1);
  self->platform = platform;
  self->path = g_strdup (path);
  self->on_quit = on_quit;
  self->quit_data = quit_data;
  self->cancellable = g_cancellable_new ();
  self->worker = bm_worker_new ("bm-admin");
  self->service = g_socket_service_new ();
  /* The database's exclusive lock is ours by now, so a socket here was left by one that died. */
  (void) g_unlink (path);
  address = g_unix_socket_address_new (path);
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address,
                                      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL,
                                      &local_error))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s: %s", path, local_error->message);
      return NULL;
    }
  (void) g_chmod (path, 0600); /* the folder's mode is the real fence */
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_service_start (self->service);
  return g_steal_pointer (&self);
}

void
bm_platform_admin_stop (BmPlatformAdmin *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  bm_platform_packs_stop (self->platform->packs);
  bm_worker_stop (self->worker);
  while (g_main_context_iteration (NULL, FALSE)) /* lets cancelled clients go */
    continue;
  g_clear_object (&self->service);
  g_clear_object (&self->worker);
  g_clear_object (&self->cancellable);
  (void) g_unlink (self->path);
  g_free (self->path);
  g_free (self);
}
