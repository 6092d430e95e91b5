/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/torture/hog.h"

#include <glib/gstdio.h>

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MIN_PIECE 1024 /* the smallest block of a disk */

gint64
hog_get_size (const char *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 ? (gint64) info.st_size : -1;
}

gint64
hog_get_free (const char *folder)
{
  struct statvfs info;

  g_assert_cmpint (statvfs (folder, &info), ==, 0);
  return (gint64) info.f_bavail * (gint64) info.f_frsize;
}

gpointer
hog_run (gpointer data, GError **error)
{
  Hog *hog = data;
  int fd = g_open (hog->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  gint64 size = MAX (hog_get_size (hog->path), 0);

  g_assert_cmpint (fd, >=, 0);
  for (gint64 piece = hog->piece; piece >= MIN_PIECE; piece /= 2)
    while (hog_get_free (hog->folder) > hog->left && posix_fallocate (fd, size, piece) == 0)
      size += piece;
  close (fd);
  return NULL;
}
