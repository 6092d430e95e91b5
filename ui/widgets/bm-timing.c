/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-timing.h"

#include <errno.h>
#include <stdio.h>

/*
 * One window, one log: a line of JSON for each press ({"what":"press","ms":…}: until the pressed look was
 * painted) and each change of page ({"what":"page","ms":…}: from the intent, over the station and back,
 * until the new page was painted). Without a log every call is one comparison.
 */

static struct
{
  FILE *log;
  gint64 pressed;
  gint64 sent;
  gboolean is_shown;
} timing;

static void
write_line (const char *what, gint64 since, gint64 now)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.2f", (now - since) / 1000.0);
  fprintf (timing.log, "{\"what\":\"%s\",\"ms\":%s}\n", what, number);
  fflush (timing.log);
}

static void
on_painted (GdkFrameClock *clock, gpointer user_data)
{
  gint64 now = g_get_monotonic_time ();

  if (timing.log == NULL)
    return;
  if (timing.pressed != 0)
    write_line ("press", timing.pressed, now);
  timing.pressed = 0;
  if (!timing.is_shown || timing.sent == 0)
    return;
  write_line ("page", timing.sent, now);
  timing.sent = 0;
  timing.is_shown = FALSE;
}

/**
 * bm_timing_open:
 * @path: where the lines go
 * @window: the face's window, realized
 *
 * Begins to measure.
 */
void
bm_timing_open (const char *path, GtkWidget *window)
{
  g_return_if_fail (timing.log == NULL && gtk_widget_get_realized (window));

  timing.log = fopen (path, "ae");
  if (timing.log == NULL)
    g_warning ("Cannot write %s: %s", path, g_strerror (errno));
  else
    g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_painted),
                      NULL);
}

void
bm_timing_close (void)
{
  g_clear_pointer (&timing.log, fclose);
}

void
bm_timing_pressed (void)
{
  if (timing.log != NULL)
    timing.pressed = g_get_monotonic_time ();
}

void
bm_timing_sent (void)
{
  if (timing.log == NULL)
    return;
  timing.sent = g_get_monotonic_time ();
  timing.is_shown = FALSE;
}

void
bm_timing_shown (void)
{
  if (timing.log != NULL)
    timing.is_shown = TRUE;
}
