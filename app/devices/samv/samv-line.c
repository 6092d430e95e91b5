/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-samv"

#include "app/devices/samv/samv-line.h"

#include "core/crypto/crypto.h"
#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

/*
 * Errors: BM_ERROR_UNREACHABLE when node or module are gone (close the line, try again later);
 * BM_ERROR_INVALID when an answer was torn or garbled (the line is fine); BM_ERROR_BUSY when wake_fd
 * called the worker away.
 */

#define QUIET_MS 800 /* a module sends an answer in one go; a longer pause means that it is torn */

/* What read_some() may have to hold: one whole frame, and one reading behind it. */
#define BUFFER_LEN (BM_SAMV_MAX_DATA + 1024)

struct _BmSamvLine
{
  int fd;
  int wake_fd; /* borrowed: readable when the reader is being closed */
  GByteArray *buffer;
};

static gboolean
set_raw (int fd)
{
  struct termios options;

  if (tcgetattr (fd, &options) != 0)
    return FALSE;
  cfmakeraw (&options);
  options.c_cflag |= CLOCAL | CREAD;
  cfsetispeed (&options, B115200);
  cfsetospeed (&options, B115200);
  return tcsetattr (fd, TCSANOW, &options) == 0;
}

/**
 * bm_samv_line_open:
 * @path: the device node, best a by-id path
 * @wake_fd: becomes readable when a blocked call has to give up
 * @gate: (nullable): what may be opened
 * @error: %BM_ERROR_UNREACHABLE, %BM_ERROR_REFUSED
 *
 * Returns: (transfer full): the line, 115200 8N1 raw
 */
BmSamvLine *
bm_samv_line_open (const char *path, int wake_fd, BmDeviceGate *gate, GError **error)
{
  BmSamvLine *self;
  int fd;

  g_return_val_if_fail (path != NULL, NULL);

  fd = bm_device_gate_open (gate, path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, error);
  if (fd < 0)
    return NULL;
  if (!set_raw (fd))
    {
      int saved = errno;

      close (fd);
      g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s: %s", path, g_strerror (saved));
      return NULL;
    }
  self = g_new0 (BmSamvLine, 1);
  self->fd = fd;
  self->wake_fd = wake_fd;
  /* It never grows, so that no card is left in memory that was given back. */
  self->buffer = g_byte_array_sized_new (BUFFER_LEN);
  return self;
}

static void
forget_answer (BmSamvLine *self)
{
  bm_wipe (self->buffer->data, BUFFER_LEN);
  g_byte_array_set_size (self->buffer, 0);
}

void
bm_samv_line_close (BmSamvLine *self)
{
  if (self == NULL)
    return;
  close (self->fd);
  forget_answer (self);
  g_byte_array_unref (self->buffer);
  g_free (self);
}

/* Waits for @events on the line; FALSE with an error when it will not come. */
static gboolean
wait_for (BmSamvLine *self, short events, gint64 deadline_us, GError **error)
{
  struct pollfd fds[] = { { self->fd, events, 0 }, { self->wake_fd, POLLIN, 0 } };
  gint64 left_ms = (deadline_us - g_get_monotonic_time ()) / 1000;
  int ready = poll (fds, G_N_ELEMENTS (fds), (int) CLAMP (left_ms, 0, G_MAXINT));

  if (ready < 0 && errno == EINTR)
    return wait_for (self, events, deadline_us, error);
  if (ready > 0 && fds[1].revents != 0)
    g_set_error_literal (error, BM_ERROR, BM_ERROR_BUSY, "the reader is being closed");
  else if (ready > 0 && (fds[0].revents & events) != 0)
    return TRUE;
  else if (ready != 0)
    g_set_error_literal (error, BM_ERROR, BM_ERROR_UNREACHABLE, "the reader was unplugged");
  else
    g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "the answer did not come whole");
  return FALSE;
}

static gboolean
write_all (BmSamvLine *self, GBytes *frame, gint64 deadline_us, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (frame, &len);

  while (len > 0)
    {
      gssize written = write (self->fd, data, len);

      if (written < 0 && errno != EAGAIN && errno != EINTR)
        {
          g_set_error_literal (error, BM_ERROR, BM_ERROR_UNREACHABLE, "the reader was unplugged");
          return FALSE;
        }
      if (written > 0)
        {
          data += written;
          len -= (gsize) written;
        }
      else if (!wait_for (self, POLLOUT, deadline_us, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_some (BmSamvLine *self, gint64 deadline_us, GError **error)
{
  guint8 bytes[512];
  gssize len;

  if (self->buffer->len > 0)
    deadline_us = MIN (deadline_us, g_get_monotonic_time () + QUIET_MS * 1000);
  if (!wait_for (self, POLLIN, deadline_us, error))
    return FALSE;
  len = read (self->fd, bytes, sizeof bytes);
  if (len < 0 && (errno == EAGAIN || errno == EINTR))
    return TRUE;
  if (len <= 0)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_UNREACHABLE, "the reader was unplugged");
      return FALSE;
    }
  g_byte_array_append (self->buffer, bytes, (guint) len);
  bm_wipe (bytes, sizeof bytes);
  return TRUE;
}

static gboolean
take_answer (BmSamvLine *self, gint64 deadline_us, BmSamvReply *ret_reply, GError **error)
{
  while (TRUE)
    {
      BmSamvTake take = bm_samv_take (self->buffer, ret_reply);

      if (take == BM_SAMV_FRAME)
        return TRUE;
      if (take == BM_SAMV_BAD)
        {
          g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "the answer was garbled");
          return FALSE;
        }
      if (!read_some (self, deadline_us, error))
        return FALSE;
    }
}

/**
 * bm_samv_line_ask:
 * @self: a line
 * @command: command byte
 * @parameter: parameter byte
 * @timeout_ms: for the whole answer
 * @ret_reply: (out): the answer; clear it with bm_samv_reply_clear()
 * @error: see the head of this file
 *
 * Asks and waits. What came late of an earlier answer is thrown away first, and what is left over of
 * this one at the end.
 *
 * Returns: whether a whole answer with a right checksum came
 */
gboolean
bm_samv_line_ask (BmSamvLine *self,
                  guint8 command,
                  guint8 parameter,
                  guint timeout_ms,
                  BmSamvReply *ret_reply,
                  GError **error)
{
  g_autoptr (GBytes) frame = bm_samv_request_new (command, parameter);
  gint64 deadline_us = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  gboolean is_answered;

  g_return_val_if_fail (self != NULL && ret_reply != NULL, FALSE);

  tcflush (self->fd, TCIFLUSH);
  is_answered = write_all (self, frame, deadline_us, error) &&
                take_answer (self, deadline_us, ret_reply, error);
  forget_answer (self);
  return is_answered;
}

/* Whether the other end is still there, without asking it anything. */
gboolean
bm_samv_line_is_up (BmSamvLine *self)
{
  struct pollfd fd = { self->fd, 0, 0 };

  return poll (&fd, 1, 0) >= 0 && (fd.revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
}
