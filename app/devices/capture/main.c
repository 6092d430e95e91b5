/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-capture"

#include "app/devices/capture-reply.h"
#include "app/devices/capture/still.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * bianmin-capture URI: takes one picture, opens it, writes it plainly (capture-reply.h), and is gone. It has no keys and
 * no ledger; a picture that was made to break whoever opens it breaks this. A real camera is a further driver here.
 *
 *   sim:/folder   now.jpg in it lies under the camera; without that there is no camera. delay-ms: how long it takes
 */

#define SIM          "sim:"
#define MAX_DELAY    8 /* digits */
#define MAX_DELAY_MS 60000

#define MOST_MEMORY  (512L * 1024 * 1024)
#define MOST_SECONDS 10
#define EXIT_USAGE   2

static void
limit (int what, rlim_t most)
{
  const struct rlimit limits = { .rlim_cur = most, .rlim_max = most };

  if (setrlimit (what, &limits) != 0)
    exit (EXIT_USAGE);
}

static void
limit_all (void)
{
  limit (RLIMIT_CORE, 0);
  limit (RLIMIT_FSIZE, 0); /* a pipe is no file: this writes none */
  limit (RLIMIT_CPU, MOST_SECONDS);
#ifndef __SANITIZE_ADDRESS__
  limit (RLIMIT_AS, MOST_MEMORY);
#endif
}

/* Before a picture is opened: whoever takes this over through it can open no file and no socket any more. */
static void
close_off (void)
{
#ifndef __SANITIZE_ADDRESS__ /* its report of leaks opens files at the end */
  limit (RLIMIT_NOFILE, 0);
#endif
}

/* @most bytes and one more at most, so that more is seen; -1: nothing can be read. */
static gssize
read_file (const char *folder, const char *name, guint8 *buffer, gsize most)
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

static int
read_delay (const char *folder)
{
  guint8 text[MAX_DELAY + 2] = { 0 };

  if (read_file (folder, "delay-ms", text, MAX_DELAY) <= 0)
    return 0;
  return (int) MIN (g_ascii_strtoull ((const char *) text, NULL, 10), MAX_DELAY_MS);
}

static gboolean
write_all (const void *data, gsize len)
{
  return len == 0 || fwrite (data, len, 1, stdout) == 1;
}

static gboolean
write_reply (GBytes *whole, GBytes *small)
{
  guint8 head[BM_CAPTURE_HEAD];

  bm_capture_reply_write_head (head, g_bytes_get_size (whole), g_bytes_get_size (small));
  return write_all (head, sizeof head) &&
         write_all (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole)) &&
         write_all (g_bytes_get_data (small, NULL), g_bytes_get_size (small)) &&
         fflush (stdout) == 0;
}

static BmPhotoState
take (const char *folder, GBytes **ret_whole, GBytes **ret_small)
{
  g_autofree guint8 *still = g_malloc (BM_STILL_MAX_BYTES + 1);
  gssize len = read_file (folder, "now.jpg", still, BM_STILL_MAX_BYTES);
  int delay = read_delay (folder);

  close_off ();
  (void) poll (NULL, 0, delay);
  return len < 0 ? BM_PHOTO_NO_CAMERA : bm_still_make (still, (gsize) len, ret_whole, ret_small);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) small = NULL;
  BmPhotoState state;

  if (argc != 2 || !g_str_has_prefix (argv[1], SIM))
    {
      fprintf (stderr, "bianmin-capture: write sim:/folder\n");
      return EXIT_USAGE;
    }
  limit_all ();
  state = take (argv[1] + strlen (SIM), &whole, &small);
  if (state != BM_PHOTO_OK)
    return BM_CAPTURE_EXIT + (int) state;
  return write_reply (whole, small) ? EXIT_SUCCESS : BM_CAPTURE_EXIT + (int) BM_PHOTO_NO_CAMERA;
}
