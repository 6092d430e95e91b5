/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/scanner.h"

#include "app/devices/scanner-text.h"
#include "core/crypto/crypto.h"
#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/*
 * It opens nothing and decides nothing: what a code may lead to is the session's affair.
 *
 * Invariants:
 *  S1  No call waits for the device: it is read when it has something, and opened without waiting for a carrier.
 *  S2  What was sent before it was opened, and what was begun when it went, is no code.
 *  S3  The same code again at once is one code: a scanner that was set to read without pause, or a slip that lies there.
 */

#define SCHEME   "serial:"
#define QUIET_MS 200  /* a scanner sends a code in one go: 120 characters take 125 ms at 9600 */
#define AGAIN_MS 1500 /* S3 */

enum
{
  SIGNAL_SCANNED,
  N_SIGNALS,
};

struct _BmScanner
{
  GObject parent_instance;

  char *path;
  BmDeviceGate *gate; /* NULL: everything may be opened */
  speed_t speed;
  int fd; /* -1: it is not there */
  gboolean is_refused;
  GSource *input;
  GSource *quiet;
  GSource *retry;
  guint n_tries;
  BmScannerText text;
  char last[BM_SCANNER_MAX + 1];
  gint64 last_us;
};

static guint signals[N_SIGNALS];

static const struct
{
  const char *name;
  speed_t speed;
} speeds[] = {
  { "4800", B4800 },   { "9600", B9600 },   { "19200", B19200 },
  { "38400", B38400 }, { "57600", B57600 }, { "115200", B115200 },
};

G_DEFINE_FINAL_TYPE (BmScanner, bm_scanner, G_TYPE_OBJECT)

static void try_to_open (BmScanner *self);

static void
stop (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
start (BmScanner *self, GSource **source, GSource *fresh, GSourceFunc call)
{
  stop (source);
  *source = fresh;
  g_source_set_callback (fresh, call, self, NULL);
  g_source_attach (fresh, g_main_context_get_thread_default ());
}

static void
tell (BmScanner *self)
{
  const gint64 now = g_get_monotonic_time ();
  const gboolean is_again =
    strcmp (self->last, self->text.text) == 0 && now - self->last_us < AGAIN_MS * 1000;
  char code[BM_SCANNER_MAX + 1];

  memcpy (code, self->text.text, sizeof code);
  memcpy (self->last, code, sizeof code);
  self->last_us = now;
  bm_scanner_text_clear (&self->text);
  if (!is_again)
    g_signal_emit (self, signals[SIGNAL_SCANNED], 0, code);
  bm_wipe (code, sizeof code);
}

static gboolean
on_quiet (gpointer user_data)
{
  BmScanner *self = user_data;

  stop (&self->quiet);
  if (bm_scanner_text_quiet (&self->text))
    tell (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_retry (gpointer user_data)
{
  BmScanner *self = user_data;

  stop (&self->retry);
  try_to_open (self);
  return G_SOURCE_REMOVE;
}

static void
try_later (BmScanner *self)
{
  static const guint waits_s[] = { 1, 2, 5, 10 };
  const guint wait_s = waits_s[MIN (self->n_tries, G_N_ELEMENTS (waits_s) - 1)];

  self->n_tries++;
  start (self, &self->retry, g_timeout_source_new_seconds (wait_s), on_retry);
}

static void
shut (BmScanner *self)
{
  stop (&self->input);
  stop (&self->quiet);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  bm_scanner_text_clear (&self->text);
}

static gboolean
on_input (int fd, GIOCondition condition, gpointer user_data)
{
  BmScanner *self = user_data;
  guint8 bytes[256];
  gssize n = read (fd, bytes, sizeof bytes);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    {
      g_message ("The scanner was unplugged");
      shut (self);
      try_later (self);
      return G_SOURCE_REMOVE;
    }
  g_object_ref (self);
  /* Whoever is told may close it. */
  for (gssize i = 0; i < n && self->fd >= 0; i++)
    if (bm_scanner_text_take (&self->text, bytes[i]))
      tell (self);
  bm_wipe (bytes, sizeof bytes);
  if (self->fd >= 0)
    start (self, &self->quiet, g_timeout_source_new (QUIET_MS), on_quiet);
  g_object_unref (self);
  return G_SOURCE_CONTINUE;
}

/* 8N1, raw, without flow control, for nobody else; what it sent before is forgotten (S2). */
static gboolean
set_up (int fd, speed_t speed)
{
  struct termios options;

  if (tcgetattr (fd, &options) != 0)
    return FALSE;
  cfmakeraw (&options);
  options.c_cflag |= CLOCAL | CREAD;
  cfsetispeed (&options, speed);
  cfsetospeed (&options, speed);
  (void) ioctl (fd, TIOCEXCL); /* not every line can be kept */
  return tcsetattr (fd, TCSANOW, &options) == 0 && tcflush (fd, TCIFLUSH) == 0;
}

static void
try_to_open (BmScanner *self)
{
  g_autoptr (GError) error = NULL;
  const int fd = bm_device_gate_open (self->gate, self->path,
                                      O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, &error);

  self->is_refused = g_error_matches (error, BM_ERROR, BM_ERROR_REFUSED);
  if (fd < 0 || !set_up (fd, self->speed))
    {
      if (self->n_tries == 0 && !self->is_refused)
        g_message ("The scanner is not there: %s", g_strerror (errno));
      if (fd >= 0)
        close (fd);
      try_later (self);
      return;
    }
  self->n_tries = 0;
  self->fd = fd;
  self->input = g_unix_fd_source_new (fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_set_callback (self->input, G_SOURCE_FUNC (on_input), self, NULL);
  g_source_attach (self->input, g_main_context_get_thread_default ());
}

gboolean
bm_scanner_is_there (BmScanner *self)
{
  g_return_val_if_fail (BM_IS_SCANNER (self), FALSE);

  return self->fd >= 0;
}

BmScannerState
bm_scanner_get_state (BmScanner *self)
{
  g_return_val_if_fail (BM_IS_SCANNER (self), BM_SCANNER_ABSENT);

  if (self->fd >= 0)
    return BM_SCANNER_READY;
  return self->is_refused ? BM_SCANNER_REFUSED : BM_SCANNER_ABSENT;
}

void
bm_scanner_look (BmScanner *self)
{
  g_return_if_fail (BM_IS_SCANNER (self));

  if (self->fd >= 0)
    return; /* that it went is heard on the line itself */
  stop (&self->retry);
  self->n_tries = 1; /* said once already */
  try_to_open (self);
}

static void
bm_scanner_dispose (GObject *object)
{
  BmScanner *self = BM_SCANNER (object);

  shut (self);
  stop (&self->retry);
  bm_wipe (self->last, sizeof self->last);
  g_clear_pointer (&self->path, g_free);
  g_clear_object (&self->gate);
  G_OBJECT_CLASS (bm_scanner_parent_class)->dispose (object);
}

static void
bm_scanner_class_init (BmScannerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bm_scanner_dispose;

  /**
   * BmScanner::scanned:
   * @text: the code; wiped after the call
   */
  signals[SIGNAL_SCANNED] = g_signal_new ("scanned", BM_TYPE_SCANNER, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
bm_scanner_init (BmScanner *self)
{
  self->fd = -1;
}

static gboolean
take_options (BmScanner *self, const char *options)
{
  if (options == NULL)
    options = "baud=9600";
  if (!g_str_has_prefix (options, "baud="))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++)
    if (strcmp (options + strlen ("baud="), speeds[i].name) == 0)
      {
        self->speed = speeds[i].speed;
        return TRUE;
      }
  return FALSE;
}

/**
 * bm_scanner_open:
 * @uri: serial:/dev/…, with ?baud=N behind it where the line is no USB
 * @gate: (nullable): what may be opened
 * @error: %BM_ERROR_INVALID
 *
 * Returns: (transfer full): the scanner
 */
BmScanner *
bm_scanner_open (const char *uri, BmDeviceGate *gate, GError **error)
{
  g_autoptr (BmScanner) self = NULL;
  const char *options;

  g_return_val_if_fail (uri != NULL, NULL);

  self = g_object_new (BM_TYPE_SCANNER, NULL);
  options = strchr (uri, '?');
  if (!g_str_has_prefix (uri, SCHEME "/") ||
      !take_options (self, options != NULL ? options + 1 : NULL))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "scanner %s: write serial:/dev/…, and behind it ?baud=4800, 9600, 19200, 38400, "
                   "57600 or 115200 where it is not 9600",
                   uri);
      return NULL;
    }
  self->path = options != NULL
                 ? g_strndup (uri + strlen (SCHEME), (gsize) (options - uri) - strlen (SCHEME))
                 : g_strdup (uri + strlen (SCHEME));
  self->gate = gate != NULL ? g_object_ref (gate) : NULL;
  try_to_open (self);
  return g_steal_pointer (&self);
}
