/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-printer-escpos"

#include "printing/printer-escpos-private.h"

#include "core/error.h"

#include <gio/gio.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/*
 * The line to a receipt printer: a printer node (/dev/usb/lp0), a serial one, or a connection. Nothing here
 * waits without an end: all of it is non-blocking, and who calls says until when.
 */

#define SEND_BUFFER 8192 /* what is here can still be kept here when the paper ends */

struct _BmEscposLine
{
  int fd;
  gboolean is_socket;
  gboolean is_serial;
};

static void
set_unreachable (GError **error, const char *what, int code)
{
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "printer %s: %s", what, g_strerror (code));
}

/* Which of @events are there before @until_us; POLLHUP and POLLERR among them. */
static short
wait_for (BmEscposLine *self, short events, gint64 until_us)
{
  while (TRUE)
    {
      struct pollfd fd = { self->fd, events, 0 };
      const gint64 left_us = until_us - g_get_monotonic_time ();
      const int ready = poll (&fd, 1, (int) CLAMP ((left_us + 999) / 1000, 0, G_MAXINT));

      if (ready >= 0)
        return fd.revents;
      if (errno != EINTR)
        return POLLERR;
    }
}

static speed_t
get_speed (int baud)
{
  static const struct
  {
    int baud;
    speed_t speed;
  } speeds[] = { { 1200, B1200 },   { 2400, B2400 },   { 4800, B4800 },  { 9600, B9600 },
                 { 19200, B19200 }, { 38400, B38400 }, { 57600, B57600 } };

  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++)
    if (baud <= speeds[i].baud)
      return speeds[i].speed;
  return B115200;
}

static gboolean
set_raw (int fd, const BmEscposPlace *place)
{
  struct termios options;

  if (tcgetattr (fd, &options) != 0)
    return FALSE;
  cfmakeraw (&options);
  options.c_cflag |= CLOCAL | CREAD;
  if (place->has_flow)
    options.c_cflag |= CRTSCTS;
  else
    options.c_cflag &= ~(tcflag_t) CRTSCTS;
  cfsetispeed (&options, get_speed (place->baud));
  cfsetospeed (&options, get_speed (place->baud));
  return tcsetattr (fd, TCSANOW, &options) == 0;
}

static BmEscposLine *
open_node (const BmEscposPlace *place, BmDeviceGate *gate, GError **error)
{
  g_autoptr (GError) cause = NULL;
  const int fd =
    bm_device_gate_open (gate, place->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, &cause);
  g_autoptr (BmEscposLine) self = NULL;

  if (fd < 0)
    {
      if (errno == EBUSY) /* usblp has one user */
        g_set_error (error, BM_ERROR, BM_ERROR_BUSY, "another program uses this printer");
      else
        g_propagate_prefixed_error (error, g_steal_pointer (&cause), "printer ");
      return NULL;
    }
  self = g_new0 (BmEscposLine, 1);
  self->fd = fd;
  self->is_serial = isatty (fd) == 1;
  if (flock (fd, LOCK_EX | LOCK_NB) != 0) /* whatever name it goes by */
    {
      g_set_error (error, BM_ERROR, BM_ERROR_BUSY, "another program uses this printer");
      return NULL;
    }
  if (self->is_serial && !set_raw (fd, place))
    {
      set_unreachable (error, place->path, errno);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/* Whether the connection stands before its time is over; errno says why not. */
static gboolean
await_connection (BmEscposLine *self)
{
  const gint64 until_us = g_get_monotonic_time () + BM_PRINTER_TIMEOUT_S * G_TIME_SPAN_SECOND;
  int code = 0;
  socklen_t len = sizeof code;

  if (errno != EINPROGRESS)
    return FALSE;
  if (wait_for (self, POLLOUT, until_us) == 0)
    errno = ETIMEDOUT;
  else if (getsockopt (self->fd, SOL_SOCKET, SO_ERROR, &code, &len) == 0)
    errno = code;
  else
    return FALSE;
  return errno == 0;
}

static void
set_prompt (int fd)
{
  const int yes = 1;
  const int room = SEND_BUFFER;

  /* A kernel that will not is slower, nothing else. */
  (void) setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  (void) setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
}

static BmEscposLine *
open_connection (const BmEscposPlace *place, GError **error)
{
  g_autoptr (GSocketAddress) address =
    g_inet_socket_address_new_from_string (place->host, place->port);
  g_autoptr (BmEscposLine) self = NULL;
  union
  {
    struct sockaddr any;
    struct sockaddr_storage room;
  } native;
  int fd;

  if (address == NULL || !g_socket_address_to_native (address, &native, sizeof native, error))
    return NULL;
  fd = socket (native.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    {
      set_unreachable (error, place->host, errno);
      return NULL;
    }
  self = g_new0 (BmEscposLine, 1);
  self->fd = fd;
  self->is_socket = TRUE;
  set_prompt (fd);
  if (connect (fd, &native.any, (socklen_t) g_socket_address_get_native_size (address)) != 0 &&
      !await_connection (self))
    {
      set_unreachable (error, place->host, errno);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * bm_escpos_line_open:
 * @place: where it is
 * @gate: (nullable): what may be opened
 * @error: %BM_ERROR_UNREACHABLE, %BM_ERROR_REFUSED, or %BM_ERROR_BUSY when another program has it
 *
 * Returns: (transfer full): the line
 */
BmEscposLine *
bm_escpos_line_open (const BmEscposPlace *place, BmDeviceGate *gate, GError **error)
{
  g_return_val_if_fail (place != NULL, NULL);

  return place->path != NULL ? open_node (place, gate, error) : open_connection (place, error);
}

void
bm_escpos_line_close (BmEscposLine *self)
{
  g_return_if_fail (self != NULL);

  if (self->is_serial)
    (void) tcflush (self->fd, TCOFLUSH); /* else close() waits for a printer that is stuck */
  (void) close (self->fd);               /* what it had to say was read */
  g_free (self);
}

void
bm_escpos_line_abandon (BmEscposLine *self)
{
  const struct linger at_once = { 1, 0 };

  g_return_if_fail (self != NULL);

  if (self->is_socket)
    (void) setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  bm_escpos_line_close (self);
}

/**
 * bm_escpos_line_write:
 * @self: a line
 * @data: bytes
 * @len: how many
 * @until_us: by the monotonic clock
 *
 * Returns: how many it took, which may be fewer; 0 when it took none in that time; -1 when it is gone
 */
gssize
bm_escpos_line_write (BmEscposLine *self, const guint8 *data, gsize len, gint64 until_us)
{
  while (TRUE)
    {
      const gssize taken =
        self->is_socket ? send (self->fd, data, len, MSG_NOSIGNAL) : write (self->fd, data, len);
      short ready;

      if (taken > 0)
        return taken;
      if (taken < 0 && errno != EAGAIN && errno != EINTR)
        return -1;
      ready = wait_for (self, POLLOUT, until_us);
      if ((ready & (POLLHUP | POLLERR | POLLNVAL)) != 0)
        return -1;
      if ((ready & POLLOUT) == 0)
        return 0;
    }
}

/* 0 where the kernel does not tell: a printer's node has taken only what is under way. */
gsize
bm_escpos_line_count_waiting (BmEscposLine *self)
{
  int count = 0;

  if (ioctl (self->fd, TIOCOUTQ, &count) != 0)
    return 0;
  return (gsize) MAX (count, 0);
}

/**
 * bm_escpos_line_read:
 * @self: a line
 * @heard: what it says is added here
 * @until_us: by the monotonic clock; returns with the first bytes
 *
 * Returns: %FALSE when the line is gone
 */
gboolean
bm_escpos_line_read (BmEscposLine *self, GByteArray *heard, gint64 until_us)
{
  const short ready = wait_for (self, POLLIN, until_us);
  guint8 bytes[512];
  gssize len;

  if ((ready & POLLIN) == 0)
    return (ready & (POLLHUP | POLLERR | POLLNVAL)) == 0;
  len = read (self->fd, bytes, sizeof bytes);
  if (len > 0 && heard->len + len <= BM_ESCPOS_MAX_HEARD)
    g_byte_array_append (heard, bytes, (guint) len);
  if (len > 0)
    return TRUE;
  if (len == 0)
    return !self->is_socket && (ready & POLLHUP) == 0;
  return errno == EAGAIN || errno == EINTR || errno == EINVAL; /* a printer that only listens */
}
