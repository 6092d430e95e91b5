/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-bus"

#include "app/bus/bus-server.h"

#include "app/bus/bus-client.h"
#include "app/bus/bus-socket.h"
#include "core/error.h"

#include <string.h>
#include <unistd.h>

/*
 * Peer to peer: no bus daemon. The role comes from the socket, the user id is checked twice: by GDBus
 * (EXTERNAL, same user) and by our own observer, so that a change of a GLib default opens nothing.
 *
 * Invariants:
 *  B1  Pages go only to connections that called Attach.
 *  B2  No more than BM_BUS_MAX_PEERS connections; a further one is closed at once.
 *  B3  What a peer sends is measured before anybody looks at it.
 */

typedef struct
{
  BmBusServer *server; /* outlives its peers */
  GDBusConnection *connection;
  GDBusInterfaceSkeleton *skeleton;
  gulong closed_id;
  gboolean is_attached;
} Peer;

struct _BmBusServer
{
  GObject parent_instance;

  BmBusKind kind;
  BmBusSocket *socket;
  GDBusServer *server;
  GDBusAuthObserver *observer;
  char *seat;
  GPtrArray *peers; /* of Peer */
};

G_DEFINE_FINAL_TYPE (BmBusServer, bm_bus_server, G_TYPE_OBJECT)

enum
{
  SIGNAL_ATTACHED,
  SIGNAL_INTENT,
  SIGNAL_GONE,
  SIGNAL_CALL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
peer_free (Peer *peer)
{
  g_signal_handler_disconnect (peer->connection, peer->closed_id);
  g_signal_handlers_disconnect_by_data (peer->skeleton, peer);
  g_dbus_interface_skeleton_unexport (peer->skeleton);
  g_dbus_connection_close (peer->connection, NULL, NULL, NULL);
  g_object_unref (peer->skeleton);
  g_object_unref (peer->connection);
  g_free (peer);
}

static gboolean
on_allow_mechanism (GDBusAuthObserver *observer, const char *mechanism, gpointer user_data)
{
  return strcmp (mechanism, "EXTERNAL") == 0;
}

/* Runs on GDBus' thread of the connection: touches nothing of the server. */
static gboolean
on_authorize_peer (GDBusAuthObserver *observer,
                   GIOStream *stream,
                   GCredentials *credentials,
                   gpointer user_data)
{
  return credentials != NULL && g_credentials_get_unix_user (credentials, NULL) == geteuid ();
}

static void
on_peer_closed (GDBusConnection *connection,
                gboolean remote_vanished,
                GError *error,
                gpointer user_data)
{
  Peer *peer = user_data;
  BmBusServer *self = peer->server;
  g_autoptr (GDBusConnection) held = g_object_ref (connection);
  gboolean was_attached = peer->is_attached;

  g_ptr_array_remove_fast (self->peers, peer);
  if (was_attached)
    g_signal_emit (self, signals[SIGNAL_GONE], 0, held);
}

static gboolean
on_handle_attach (BmBusStation1 *skeleton, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Peer *peer = user_data;

  peer->is_attached = TRUE;
  bm_bus_station1_complete_attach (skeleton, invocation,
                                   peer->server->seat != NULL ? peer->server->seat : "");
  g_signal_emit (peer->server, signals[SIGNAL_ATTACHED], 0, peer->connection);
  return TRUE;
}

static gboolean
on_handle_intent (BmBusStation1 *skeleton,
                  GDBusMethodInvocation *invocation,
                  guint64 rev,
                  const char *intent,
                  gpointer user_data)
{
  Peer *peer = user_data;

  if (!peer->is_attached)
    {
      g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR,
                                                     G_DBUS_ERROR_ACCESS_DENIED, "Attach first");
      return TRUE;
    }
  if (strlen (intent) > BM_BUS_MAX_INTENT)
    {
      g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR,
                                                     G_DBUS_ERROR_LIMITS_EXCEEDED,
                                                     "The intent is too long");
      return TRUE;
    }
  bm_bus_station1_complete_intent (skeleton, invocation);
  g_signal_emit (peer->server, signals[SIGNAL_INTENT], 0, peer->connection, rev, intent);
  return TRUE;
}

static gboolean
on_handle_call (BmBusControl1 *skeleton,
                GDBusMethodInvocation *invocation,
                const char *request,
                gpointer user_data)
{
  Peer *peer = user_data;

  if (strlen (request) > BM_BUS_MAX_REQUEST)
    {
      g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR,
                                                     G_DBUS_ERROR_LIMITS_EXCEEDED,
                                                     "The request is too long");
      return TRUE;
    }
  g_signal_emit (peer->server, signals[SIGNAL_CALL], 0, invocation, request);
  return TRUE;
}

static GDBusInterfaceSkeleton *
make_skeleton (BmBusServer *self, Peer *peer)
{
  GDBusInterfaceSkeleton *skeleton;

  if (self->kind == BM_BUS_CONTROL)
    {
      skeleton = G_DBUS_INTERFACE_SKELETON (bm_bus_control1_skeleton_new ());
      g_signal_connect (skeleton, "handle-call", G_CALLBACK (on_handle_call), peer);
      return skeleton;
    }
  skeleton = G_DBUS_INTERFACE_SKELETON (bm_bus_station1_skeleton_new ());
  g_signal_connect (skeleton, "handle-attach", G_CALLBACK (on_handle_attach), peer);
  g_signal_connect (skeleton, "handle-intent", G_CALLBACK (on_handle_intent), peer);
  return skeleton;
}

static gboolean
on_new_connection (GDBusServer *server, GDBusConnection *connection, gpointer user_data)
{
  BmBusServer *self = user_data;
  g_autoptr (GError) error = NULL;
  Peer *peer;

  if (self->peers->len >= BM_BUS_MAX_PEERS)
    return FALSE;

  peer = g_new0 (Peer, 1);
  peer->server = self;
  peer->connection = g_object_ref (connection);
  peer->skeleton = make_skeleton (self, peer);
  peer->closed_id = g_signal_connect (connection, "closed", G_CALLBACK (on_peer_closed), peer);
  if (!g_dbus_interface_skeleton_export (peer->skeleton, connection, BM_BUS_OBJECT_PATH, &error))
    {
      peer_free (peer);
      return FALSE;
    }
  g_ptr_array_add (self->peers, peer);
  return TRUE;
}

static void
bm_bus_server_dispose (GObject *object)
{
  BmBusServer *self = BM_BUS_SERVER (object);

  bm_bus_server_stop (self);

  G_OBJECT_CLASS (bm_bus_server_parent_class)->dispose (object);
}

static void
bm_bus_server_finalize (GObject *object)
{
  BmBusServer *self = BM_BUS_SERVER (object);

  g_clear_pointer (&self->peers, g_ptr_array_unref);
  g_clear_object (&self->observer);
  g_clear_pointer (&self->seat, g_free);

  G_OBJECT_CLASS (bm_bus_server_parent_class)->finalize (object);
}

static void
bm_bus_server_class_init (BmBusServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = bm_bus_server_dispose;
  object_class->finalize = bm_bus_server_finalize;

  signals[SIGNAL_ATTACHED] = g_signal_new ("attached", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, G_TYPE_DBUS_CONNECTION);
  signals[SIGNAL_INTENT] =
    g_signal_new ("intent", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                  G_TYPE_DBUS_CONNECTION, G_TYPE_UINT64, G_TYPE_STRING);
  signals[SIGNAL_GONE] = g_signal_new ("gone", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_DBUS_CONNECTION);
  signals[SIGNAL_CALL] =
    g_signal_new ("call", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                  G_TYPE_DBUS_METHOD_INVOCATION, G_TYPE_STRING);
}

static void
bm_bus_server_init (BmBusServer *self)
{
  self->peers = g_ptr_array_new_with_free_func ((GDestroyNotify) peer_free);
  self->observer = g_dbus_auth_observer_new ();
  g_signal_connect (self->observer, "allow-mechanism", G_CALLBACK (on_allow_mechanism), NULL);
  g_signal_connect (self->observer, "authorize-authenticated-peer", G_CALLBACK (on_authorize_peer),
                    NULL);
}

static GDBusServer *
listen_at (BmBusServer *self, const char *path, GError **error)
{
  g_autofree char *address = bm_bus_address (path);
  g_autofree char *guid = g_dbus_generate_guid ();
  g_autoptr (GError) cause = NULL;
  GDBusServer *server;

  server = g_dbus_server_new_sync (address, G_DBUS_SERVER_FLAGS_AUTHENTICATION_REQUIRE_SAME_USER,
                                   guid, self->observer, NULL, &cause);
  if (server == NULL)
    g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "The station cannot listen at %s: %s", path,
                 cause->message);
  return server;
}

/**
 * bm_bus_server_new:
 * @folder: the run folder; made private if need be
 * @name: the socket's name in it: "face", "desk" or "ctl"
 * @kind: which interface is offered
 * @error: %BM_ERROR_BUSY when another station holds the socket
 *
 * Claims the socket, removes a stale one and listens.
 *
 * Returns: (transfer full): the server
 */
BmBusServer *
bm_bus_server_new (const char *folder, const char *name, BmBusKind kind, GError **error)
{
  g_autoptr (BmBusServer) self = NULL;

  g_return_val_if_fail (folder != NULL && name != NULL, NULL);

  self = g_object_new (BM_TYPE_BUS_SERVER, NULL);
  self->kind = kind;
  self->socket = bm_bus_socket_claim (folder, name, error);
  if (self->socket == NULL)
    return NULL;
  self->server = listen_at (self, bm_bus_socket_get_path (self->socket), error);
  if (self->server == NULL)
    return NULL;
  g_signal_connect (self->server, "new-connection", G_CALLBACK (on_new_connection), self);
  g_dbus_server_start (self->server);
  return g_steal_pointer (&self);
}

/**
 * bm_bus_server_stop:
 * @self: a server
 *
 * Closes every connection, stops listening and gives the socket up. A second call does nothing.
 */
void
bm_bus_server_stop (BmBusServer *self)
{
  g_return_if_fail (BM_IS_BUS_SERVER (self));

  if (self->server != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->server, self);
      g_dbus_server_stop (self->server);
      g_clear_object (&self->server);
    }
  g_ptr_array_set_size (self->peers, 0);
  g_clear_pointer (&self->socket, bm_bus_socket_release);
}

/**
 * bm_bus_server_set_seat:
 * @self: a server of kind %BM_BUS_FACE
 * @seat: the seat that faces on this socket get, e.g. "hall"
 *
 * Names the seat before the first face attaches.
 */
void
bm_bus_server_set_seat (BmBusServer *self, const char *seat)
{
  g_return_if_fail (BM_IS_BUS_SERVER (self));
  g_return_if_fail (seat != NULL);

  g_free (self->seat);
  self->seat = g_strdup (seat);
}

guint
bm_bus_server_count_attached (BmBusServer *self)
{
  guint count = 0;

  g_return_val_if_fail (BM_IS_BUS_SERVER (self), 0);

  for (guint i = 0; i < self->peers->len; i++)
    count += ((Peer *) g_ptr_array_index (self->peers, i))->is_attached;
  return count;
}

/**
 * bm_bus_server_send_page:
 * @self: a server of kind %BM_BUS_FACE
 * @peer: (nullable): one attached face, or %NULL for all of them
 * @rev: the page's revision
 * @model: the page model, JSON
 *
 * Shows a page.
 */
void
bm_bus_server_send_page (BmBusServer *self, GDBusConnection *peer, guint64 rev, const char *model)
{
  g_return_if_fail (BM_IS_BUS_SERVER (self));
  g_return_if_fail (self->kind == BM_BUS_FACE);
  g_return_if_fail (model != NULL);

  for (guint i = 0; i < self->peers->len; i++)
    {
      Peer *each = g_ptr_array_index (self->peers, i);

      if (each->is_attached && (peer == NULL || each->connection == peer))
        bm_bus_station1_emit_page (BM_BUS_STATION1 (each->skeleton), rev, model);
    }
}

/**
 * bm_bus_server_send_ended:
 * @self: a server of kind %BM_BUS_FACE
 * @why: why the session ended, e.g. "idle"
 *
 * Tells every attached face to wipe itself and give way to a fresh process.
 */
void
bm_bus_server_send_ended (BmBusServer *self, const char *why)
{
  g_return_if_fail (BM_IS_BUS_SERVER (self));
  g_return_if_fail (self->kind == BM_BUS_FACE);
  g_return_if_fail (why != NULL);

  for (guint i = 0; i < self->peers->len; i++)
    {
      Peer *each = g_ptr_array_index (self->peers, i);

      if (each->is_attached)
        bm_bus_station1_emit_ended (BM_BUS_STATION1 (each->skeleton), why);
    }
}

/**
 * bm_bus_server_reply:
 * @self: a server of kind %BM_BUS_CONTROL
 * @invocation: (transfer full): from signal "call"
 * @reply: JSON
 *
 * Answers a call.
 */
void
bm_bus_server_reply (BmBusServer *self, GDBusMethodInvocation *invocation, const char *reply)
{
  g_return_if_fail (BM_IS_BUS_SERVER (self));
  g_return_if_fail (G_IS_DBUS_METHOD_INVOCATION (invocation));
  g_return_if_fail (reply != NULL);

  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", reply));
}
