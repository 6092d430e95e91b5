/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/notify.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

struct _BmNotify
{
  GSocket *socket; /* NULL without a service manager */
  GSocketAddress *address;
  BmWorker *watched;
  GCancellable *alive; /* cancelled when the owner is gone */
  guint timer;
};

static GSocketAddress *
parse_address (const char *text)
{
  if (*text == '@')
    return g_unix_socket_address_new_with_type (text + 1, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  return g_unix_socket_address_new (text);
}

static void
say (BmNotify *self, const char *line)
{
  if (self->socket != NULL)
    /* Nobody is told when this fails: whoever would be told is the one that did not listen. */
    (void) g_socket_send_to (self->socket, self->address, line, strlen (line), NULL, NULL);
}

static gpointer
take_turn (gpointer unused, GError **error)
{
  return NULL;
}

typedef struct
{
  BmNotify *self;
  GCancellable *alive;
} Sign;

static void
on_turn_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Sign *sign = user_data;
  gpointer nothing = bm_worker_run_finish (result, NULL);

  g_assert (nothing == NULL);
  if (!g_cancellable_is_cancelled (sign->alive))
    say (sign->self, "WATCHDOG=1");
  g_object_unref (sign->alive);
  g_free (sign);
}

static gboolean
on_timer (gpointer user_data)
{
  BmNotify *self = user_data;
  Sign *sign = g_new0 (Sign, 1);

  sign->self = self;
  sign->alive = g_object_ref (self->alive);
  bm_worker_run_async (self->watched, take_turn, NULL, NULL, NULL, NULL, on_turn_taken, sign);
  return G_SOURCE_CONTINUE;
}

static void
start_watchdog (BmNotify *self)
{
  const char *text = g_getenv ("WATCHDOG_USEC");
  guint64 period_us;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 2000, G_MAXUINT32, &period_us, NULL))
    return;
  self->timer = g_timeout_add ((guint) (period_us / 1000 / 2), on_timer, self);
}

BmNotify *
bm_notify_new (BmWorker *watched)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  BmNotify *self = g_new0 (BmNotify, 1);

  self->watched = g_object_ref (watched);
  self->alive = g_cancellable_new ();
  if (path == NULL || *path == '\0')
    return self;
  self->address = parse_address (path);
  self->socket =
    g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  if (self->socket != NULL)
    start_watchdog (self);
  return self;
}

void
bm_notify_ready (BmNotify *self)
{
  g_return_if_fail (self != NULL);

  say (self, "READY=1");
}

void
bm_notify_free (BmNotify *self)
{
  if (self == NULL)
    return;
  say (self, "STOPPING=1");
  g_cancellable_cancel (self->alive);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->socket);
  g_clear_object (&self->address);
  g_object_unref (self->alive);
  g_object_unref (self->watched);
  g_free (self);
}
