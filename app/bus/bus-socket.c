/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-bus"

#include "app/bus/bus-socket.h"

#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/*
 * Invariants:
 *  S1  Two stations never listen at one path: `<name>.lock` is held with flock() from before the old
 *      socket is unlinked until after ours is. The kernel lets go of it when the process dies.
 *  S2  The run folder belongs to us and nobody else may enter it.
 *  S3  The lock file is never unlinked: unlinking it would let two processes lock two files of one name.
 */

struct _BmBusSocket
{
  char *path;
  int lock_fd;
};

static gboolean
ensure_private_folder (const char *folder, GError **error)
{
  struct stat info;

  if (g_mkdir_with_parents (folder, 0700) != 0 || stat (folder, &info) != 0)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "The run folder %s cannot be made: %s", folder,
                   g_strerror (errno));
      return FALSE;
    }
  if (info.st_uid != geteuid ())
    {
      g_set_error (error, BM_ERROR, BM_ERROR_REFUSED,
                   "The run folder %s belongs to another user; choose one of this user's", folder);
      return FALSE;
    }
  if ((info.st_mode & 0077) != 0 && chmod (folder, 0700) != 0)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_REFUSED,
                   "The run folder %s cannot be made private: %s", folder, g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

static int
take_lock (const char *lock_path, GError **error)
{
  int fd = open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "The lock %s cannot be opened: %s", lock_path,
                   g_strerror (errno));
      return -1;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  (void) close (fd); /* Nothing was written to it. */
  g_set_error (error, BM_ERROR, BM_ERROR_BUSY,
               "Another station already runs with this run folder (%s is locked)", lock_path);
  return -1;
}

/**
 * bm_bus_socket_claim:
 * @folder: the run folder; made if need be
 * @name: "face", "desk" or "ctl"
 * @error: %BM_ERROR_BUSY when another process holds it
 *
 * Takes the place and removes a socket that a dead station left there.
 *
 * Returns: (transfer full): the claim; releasing it removes the socket
 */
BmBusSocket *
bm_bus_socket_claim (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *lock_path = NULL;
  BmBusSocket *self;
  int fd;

  g_return_val_if_fail (folder != NULL && name != NULL, NULL);

  path = g_build_filename (folder, name, NULL);
  if (strlen (path) >= sizeof (((struct sockaddr_un *) NULL)->sun_path))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_LIMIT,
                   "The run folder's path is too long for a socket: %s; choose a shorter one",
                   folder);
      return NULL;
    }
  if (!ensure_private_folder (folder, error))
    return NULL;
  lock_path = g_strconcat (path, ".lock", NULL);
  fd = take_lock (lock_path, error);
  if (fd < 0)
    return NULL;
  if (g_unlink (path) != 0 && errno != ENOENT)
    {
      int code = errno;

      (void) close (fd); /* Nothing was written to it. */
      g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "The old socket %s cannot be removed: %s",
                   path, g_strerror (code));
      return NULL;
    }

  self = g_new0 (BmBusSocket, 1);
  self->path = g_steal_pointer (&path);
  self->lock_fd = fd;
  return self;
}

void
bm_bus_socket_release (BmBusSocket *self)
{
  if (self == NULL)
    return;
  (void) g_unlink (self->path); /* May be gone already; the next start removes it otherwise. */
  (void) close (self->lock_fd); /* Lets go of the lock (S1); nothing was written. */
  g_free (self->path);
  g_free (self);
}

const char *
bm_bus_socket_get_path (BmBusSocket *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->path;
}

char *
bm_bus_address (const char *path)
{
  g_autofree char *escaped = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  escaped = g_dbus_address_escape_value (path);
  return g_strconcat ("unix:path=", escaped, NULL);
}
