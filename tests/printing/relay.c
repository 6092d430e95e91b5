/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "relay"

#include "tests/printing/relay.h"

#define PIECE 2048

struct _Relay
{
  GSocketListener *listener;
  GCancellable *cancellable;
  GThread *thread;
  guint16 port;
  guint16 printer_port;
  gsize limit;
  RelayFault fault;
};

typedef struct
{
  Relay *relay;
  GIOStream *station;
  GIOStream *printer;
  gsize sent;
} Line;

static gboolean
has_failed (Line *line)
{
  return line->sent > line->relay->limit;
}

/* One piece from @from to @to; FALSE when the line is down. */
static gboolean
carry (Line *line, GIOStream *from, GIOStream *to)
{
  guint8 piece[PIECE];
  const gssize length =
    g_input_stream_read (g_io_stream_get_input_stream (from), piece, sizeof piece, NULL, NULL);

  if (length <= 0)
    return FALSE;
  if (from == line->station)
    line->sent += (gsize) length;
  if (from == line->station && has_failed (line) && line->relay->fault == RELAY_LOSES_REST)
    return FALSE;
  if (from == line->printer && has_failed (line))
    return FALSE; /* the answer is lost */
  return g_output_stream_write_all (g_io_stream_get_output_stream (to), piece, (gsize) length, NULL,
                                    NULL, NULL);
}

static int
get_fd (GIOStream *stream)
{
  return g_socket_get_fd (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)));
}

static void
carry_line (Relay *relay, GSocketConnection *connection)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) printer =
    g_socket_client_connect_to_host (client, "127.0.0.1", relay->printer_port, NULL, NULL);
  Line line = { relay, G_IO_STREAM (connection), (GIOStream *) printer, 0 };
  gboolean is_up = printer != NULL;

  while (is_up)
    {
      GPollFD fds[] = { { get_fd (line.station), G_IO_IN, 0 },
                        { get_fd (line.printer), G_IO_IN, 0 } };

      g_poll (fds, G_N_ELEMENTS (fds), -1);
      if (fds[0].revents != 0)
        is_up = carry (&line, line.station, line.printer);
      if (is_up && fds[1].revents != 0)
        is_up = carry (&line, line.printer, line.station);
    }
}

/* One line after the other; a thread of its own, since the test waits in libcups. */
static gpointer
run_relay (gpointer data)
{
  Relay *relay = data;

  while (TRUE)
    {
      g_autoptr (GSocketConnection) connection =
        g_socket_listener_accept (relay->listener, NULL, relay->cancellable, NULL);

      if (connection == NULL)
        return NULL;
      carry_line (relay, connection);
    }
}

Relay *
relay_new (const char *printer_uri, gsize limit, RelayFault fault)
{
  Relay *self = g_new0 (Relay, 1);
  g_autoptr (GUri) uri = g_uri_parse (printer_uri, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GError) error = NULL;

  self->printer_port = (guint16) g_uri_get_port (uri);
  self->limit = limit;
  self->fault = fault;
  self->listener = g_socket_listener_new ();
  self->cancellable = g_cancellable_new ();
  self->port = g_socket_listener_add_any_inet_port (self->listener, NULL, &error);
  g_assert_no_error (error);
  self->thread = g_thread_new ("relay", run_relay, self);
  return self;
}

char *
relay_dup_uri (Relay *self)
{
  return g_strdup_printf ("ipp://127.0.0.1:%u/ipp/print?media=roll80", self->port);
}

void
relay_free (Relay *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_free (self);
}
