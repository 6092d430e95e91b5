/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "linksim"

#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

/*
 * A bad line between two network namespaces: a TUN device "sim0" in each, and link.c between them. It replaces
 * netem, which not every kernel has. tests/support/netns.py makes the namespaces and speaks to the control socket:
 *
 *     set KEY=VALUE …   settings (settings.c)        ok
 *     stats             counters of both ways        ok {"up":{…},"down":{…},"is_down":false}
 *
 * SIGTERM ends it; the counters are its last line of output.
 */

#define DEVICE_NAME        "sim0"
#define LINE_MAX_BYTES     4096
#define CLIENT_PATIENCE_MS 200
#define PACKETS_A_TURN     64 /* before the other way has its turn */

enum
{
  FD_NEAR,
  FD_FAR,
  FD_CONTROL,
  FD_SIGNAL,
  N_FDS,
};

typedef struct
{
  Link *link;
  struct pollfd fds[N_FDS];
  guint8 packet[LINK_PACKET_MAX];
} Simulator;

static gboolean
fail_with_errno (GError **error, const char *what)
{
  const int code = errno;

  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code), "%s: %s", what,
               g_strerror (code));
  return FALSE;
}

/* Opens the device inside the namespace; the program itself stays where it was. */
static gboolean
open_device (const char *name_space, int *ret_fd, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/run/netns/%s", name_space);
  struct ifreq request = { 0 };
  const int own = open ("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  const int other = open (path, O_RDONLY | O_CLOEXEC);
  int device = -1;
  gboolean is_made;

  if (own < 0 || other < 0 || setns (other, CLONE_NEWNET) != 0)
    return fail_with_errno (error, path);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  g_strlcpy (request.ifr_name, DEVICE_NAME, sizeof request.ifr_name);
  device = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  is_made = device >= 0 && ioctl (device, TUNSETIFF, &request) == 0;
  if (!is_made)
    (void) fail_with_errno (error, "/dev/net/tun"); /* told below, once we are back */
  if (setns (own, CLONE_NEWNET) != 0 && is_made)
    return fail_with_errno (error, "back to the first namespace");
  (void) close (own);   /* only read from */
  (void) close (other); /* only read from */
  *ret_fd = device;
  return is_made;
}

static GSocket *
open_control (const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) control =
    g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);

  (void) g_unlink (path); /* the rest of a run that was killed, or nothing */
  if (control == NULL || !g_socket_bind (control, address, FALSE, error) ||
      !g_socket_listen (control, error))
    return NULL;
  return g_steal_pointer (&control);
}

static char *
obey (Simulator *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (g_strchomp ((char *) line), " ", -1);
  const gint64 now = g_get_monotonic_time ();

  if (g_strcmp0 (words[0], "stats") == 0)
    {
      g_autofree char *json = link_dup_json (self->link, now);

      return g_strdup_printf ("ok %s\n", json);
    }
  if (g_strcmp0 (words[0], "set") != 0)
    return g_strdup ("error: set KEY=VALUE … or stats\n");
  for (guint i = 1; words[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!link_set (self->link, words[i], now, &error))
        return g_strdup_printf ("error: %s\n", error->message);
    }
  return g_strdup ("ok\n");
}

/* One line, one answer. A client that dawdles is left, so that packets do not wait for it. */
static void
serve_control (Simulator *self)
{
  const int client = accept4 (self->fds[FD_CONTROL].fd, NULL, NULL, SOCK_CLOEXEC);
  struct pollfd waiting = { client, POLLIN, 0 };
  char line[LINE_MAX_BYTES];
  gssize length = 0;
  g_autofree char *answer = NULL;

  if (client < 0)
    return;
  if (poll (&waiting, 1, CLIENT_PATIENCE_MS) == 1)
    length = recv (client, line, sizeof line - 1, 0);
  if (length > 0)
    {
      line[length] = '\0';
      answer = obey (self, line);
      (void) send (client, answer, strlen (answer), MSG_NOSIGNAL); /* it may have gone */
    }
  (void) close (client); /* nothing was written to a file */
}

static void
take_packets (Simulator *self, int from, LinkWay way)
{
  for (guint turn = 0; turn < PACKETS_A_TURN; turn++)
    {
      const gssize length = read (self->fds[from].fd, self->packet, sizeof self->packet);

      if (length <= 0)
        return;
      link_take (self->link, way, g_get_monotonic_time (), self->packet, (gsize) length);
    }
}

static void
give_packets (Simulator *self, LinkWay way, int to)
{
  GBytes *bytes;

  while ((bytes = link_give (self->link, way, g_get_monotonic_time ())) != NULL)
    {
      gsize length;
      const void *data = g_bytes_get_data (bytes, &length);

      /* A device that is still down refuses; to the ends that is one more lost packet. */
      (void) !write (self->fds[to].fd, data, length);
      g_bytes_unref (bytes);
    }
}

static void
wait_for_something (Simulator *self)
{
  const gint64 next = link_get_next (self->link);
  const gint64 wait = next == G_MAXINT64 ? G_USEC_PER_SEC : MAX (0, next - g_get_monotonic_time ());
  const struct timespec timeout = { wait / G_USEC_PER_SEC, (wait % G_USEC_PER_SEC) * 1000 };

  if (ppoll (self->fds, N_FDS, &timeout, NULL) < 0)
    for (guint i = 0; i < N_FDS; i++)
      self->fds[i].revents = 0;
}

static void
run (Simulator *self)
{
  g_autofree char *json = NULL;

  while ((self->fds[FD_SIGNAL].revents & POLLIN) == 0)
    {
      give_packets (self, LINK_UP, FD_FAR);
      give_packets (self, LINK_DOWN, FD_NEAR);
      wait_for_something (self);
      if (self->fds[FD_NEAR].revents != 0)
        take_packets (self, FD_NEAR, LINK_UP);
      if (self->fds[FD_FAR].revents != 0)
        take_packets (self, FD_FAR, LINK_DOWN);
      if (self->fds[FD_CONTROL].revents != 0)
        serve_control (self);
    }
  json = link_dup_json (self->link, g_get_monotonic_time ());
  g_print ("%s\n", json);
}

static int
open_signals (void)
{
  sigset_t signals;

  sigemptyset (&signals);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGINT);
  sigprocmask (SIG_BLOCK, &signals, NULL);
  return signalfd (-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

static gboolean
set_up (Simulator *self, char **arguments, GError **error)
{
  for (guint i = 0; i < N_FDS; i++)
    self->fds[i].events = POLLIN;
  self->fds[FD_SIGNAL].fd = open_signals ();
  for (guint i = 4; arguments[i] != NULL; i++)
    if (!link_set (self->link, arguments[i], g_get_monotonic_time (), error))
      return FALSE;
  return open_device (arguments[1], &self->fds[FD_NEAR].fd, error) &&
         open_device (arguments[2], &self->fds[FD_FAR].fd, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Link) link = link_new ();
  g_autoptr (GSocket) control = NULL;
  g_autofree Simulator *self = g_new0 (Simulator, 1);

  if (argc < 4)
    {
      g_printerr ("usage: linksim NEAR_NAMESPACE FAR_NAMESPACE CONTROL_SOCKET [KEY=VALUE …]\n");
      return 2;
    }
  (void) prctl (PR_SET_PDEATHSIG, SIGTERM); /* only saves litter when the test dies */
  self->link = link;
  control = set_up (self, argv, &error) ? open_control (argv[3], &error) : NULL;
  if (control == NULL)
    {
      g_printerr ("linksim: %s\n", error->message);
      return 1;
    }
  self->fds[FD_CONTROL].fd = g_socket_get_fd (control);
  g_print ("ready\n");
  run (self);
  return 0;
}
