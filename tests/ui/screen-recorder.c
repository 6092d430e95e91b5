/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <X11/Xlib.h>
#include <X11/Xutil.h>

#include <glib.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/*
 * Looks at a column in the middle of the screen as often as it can, until SIGTERM, and says what it saw: a line
 * of JSON for each picture that differs from the one before, with the milliseconds since the start, a hash of its pixels and
 * how much of it the most frequent colour has (1.0: a bare screen). With a folder as second argument each
 * picture is written there, named after its milliseconds.
 */

#define COLUMN \
  96 /* pixels wide: enough of every page, and little enough to look hundreds of times a second */

static volatile sig_atomic_t is_stopped;

static void
on_signal (int number)
{
  is_stopped = 1;
}

static guint64
hash_of (const XImage *image)
{
  const guint8 *at = (const guint8 *) image->data;
  const gsize n = (gsize) image->bytes_per_line * image->height / sizeof (guint64);
  guint64 hash = 0xcbf29ce484222325u;

  for (gsize i = 0; i < n; i++)
    {
      guint64 word;

      memcpy (&word, at + i * sizeof word, sizeof word);
      hash = (hash ^ word) * 0x100000001b3u;
      hash ^= hash >> 29;
    }
  return hash;
}

/* Of pixels on a grid. */
static double
bareness_of (XImage *image)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (NULL, NULL);
  guint most = 0, n = 0;

  for (int y = 0; y < image->height; y += 8)
    for (int x = 0; x < image->width; x += 4)
      {
        gpointer colour = GSIZE_TO_POINTER (XGetPixel (image, x, y) & 0xffffff);
        guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, colour)) + 1;

        g_hash_table_insert (counts, colour, GUINT_TO_POINTER (count));
        most = MAX (most, count);
        n++;
      }
  return (double) most / n;
}

static void
write_picture (XImage *image, const char *folder, double ms)
{
  g_autofree char *name = g_strdup_printf ("%s/%06.0f.ppm", folder, ms);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "P6 %d %d 255\n", image->width, image->height);
  for (int y = 0; y < image->height; y++)
    for (int x = 0; x < image->width; x++)
      {
        gulong pixel = XGetPixel (image, x, y);

        g_string_append_c (text, (char) (pixel >> 16));
        g_string_append_c (text, (char) (pixel >> 8));
        g_string_append_c (text, (char) pixel);
      }
  g_file_set_contents (name, text->str, (gssize) text->len, NULL);
}

int
main (int argc, char **argv)
{
  Display *display = XOpenDisplay (argc > 1 ? argv[1] : NULL);
  const gint64 began = g_get_monotonic_time ();
  guint64 before = 0;
  guint looks = 0;
  int width, height;

  if (display == NULL)
    return EXIT_FAILURE;
  width = DisplayWidth (display, DefaultScreen (display));
  height = DisplayHeight (display, DefaultScreen (display));
  signal (SIGTERM, on_signal);
  while (!is_stopped)
    {
      XImage *image = XGetImage (display, DefaultRootWindow (display), width / 4, 0, COLUMN, height,
                                 AllPlanes, ZPixmap);
      guint64 hash = hash_of (image);
      double ms = (double) (g_get_monotonic_time () - began) / 1000;

      looks++;
      if (hash != before)
        {
          g_print ("{\"ms\":%.1f,\"hash\":\"%016" G_GINT64_MODIFIER "x\",\"bare\":%.4f}\n", ms,
                   hash, bareness_of (image));
          if (argc > 2)
            write_picture (image, argv[2], ms);
        }
      before = hash;
      XDestroyImage (image);
      g_usleep (1000);
    }
  g_print ("{\"looks\":%u,\"ms\":%.1f}\n", looks,
           (double) (g_get_monotonic_time () - began) / 1000);
  XCloseDisplay (display);
  return EXIT_SUCCESS;
}
