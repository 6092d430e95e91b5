/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-capture"

#include "app/devices/capture/child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_MEMORY  (512L * 1024 * 1024)
#define MOST_SECONDS 10
#define MAX_DIGITS   8
#define EXIT_USAGE   2

static void
limit (int what, rlim_t most)
{
  const struct rlimit limits = { .rlim_cur = most, .rlim_max = most };

  if (setrlimit (what, &limits) != 0)
    exit (EXIT_USAGE);
}

void
bm_child_limit (void)
{
  limit (RLIMIT_CORE, 0);
  limit (RLIMIT_FSIZE, 0); /* a pipe is no file: this writes none */
  /* A library that grumbles where the station's errors go to a file must not die of it. */
  (void) signal (SIGXFSZ, SIG_IGN); /* there is such a signal */
  limit (RLIMIT_CPU, MOST_SECONDS);
#ifndef __SANITIZE_ADDRESS__
  limit (RLIMIT_AS, MOST_MEMORY);
#endif
}

void
bm_child_close_off (void)
{
#ifndef __SANITIZE_ADDRESS__ /* its report of leaks opens files at the end */
  limit (RLIMIT_NOFILE, 0);
#endif
}

gssize
bm_child_read_file (const char *folder, const char *name, guint8 *buffer, gsize most)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat info;
  gssize n = 1;
  gsize len = 0;

  if (fd < 0)
    return -1;
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    n = -1;
  while (n > 0 && len <= most)
    {
      n = read (fd, buffer + len, most + 1 - len);
      if (n > 0)
        len += (gsize) n;
    }
  (void) close (fd); /* It was read only. */
  return n < 0 ? -1 : (gssize) len;
}

int
bm_child_read_number (const char *folder, const char *name, int otherwise, int most)
{
  guint8 text[MAX_DIGITS + 2] = { 0 };

  if (bm_child_read_file (folder, name, text, MAX_DIGITS) <= 0)
    return otherwise;
  return (int) MIN (g_ascii_strtoull ((const char *) text, NULL, 10), (guint64) most);
}

gboolean
bm_child_tell (gconstpointer data, gsize len)
{
  return (len == 0 || fwrite (data, len, 1, stdout) == 1) && fflush (stdout) == 0;
}
