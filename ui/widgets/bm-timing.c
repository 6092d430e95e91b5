/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-timing.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

/*
 * One window, one log: a line of JSON for each press ({"what":"press","ms":…}: until the pressed look was
 * painted), each change of page ({"what":"page","ms":…,"station_ms":…,"cpu_ms":…,"id":…}: from the intent, over the
 * station and back, until the new page was painted; station_ms is the part until its model was here, cpu_ms what this
 * thread then worked for it, however busy the machine is), and each 读给我听 ({"what":"voice","ms":…}: until the first sample left for
 * the loudspeaker). Without a log every call is one comparison.
 */

static struct
{
  FILE *log;
  gint64 asked; /* 读给我听 was pressed */
  gint64 pressed;
  gint64 sent;
  gint64 came;   /* the model of the next page; 0: not yet */
  gint64 worked; /* by this thread until then, in us of its own clock */
  char id[65];   /* of that page */
} timing;

/* Whole hundredths: fprintf's own point is the locale's. */
#define MS_FORMAT "%" G_GINT64_FORMAT ".%02" G_GINT64_FORMAT
#define MS(us)    ((us) / 1000), ((us) % 1000 / 10)

static void
write_line (const char *what, gint64 since, gint64 now)
{
  fprintf (timing.log, "{\"what\":\"%s\",\"ms\":" MS_FORMAT "}\n", what, MS (now - since));
  fflush (timing.log);
}

static gint64
worked_us (void)
{
  struct timespec now = { 0 };

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
write_page (gint64 now)
{
  fprintf (timing.log,
           "{\"what\":\"page\",\"ms\":" MS_FORMAT ",\"station_ms\":" MS_FORMAT
           ",\"cpu_ms\":" MS_FORMAT ",\"id\":\"%s\"}\n",
           MS (now - timing.sent), MS (timing.came - timing.sent),
           MS (worked_us () - timing.worked), timing.id);
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
  if (timing.came == 0 || timing.sent == 0)
    return;
  write_page (now);
  timing.sent = timing.came = 0;
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
bm_timing_asked (void)
{
  if (timing.log != NULL)
    timing.asked = g_get_monotonic_time ();
}

void
bm_timing_sounded (gint64 at)
{
  if (timing.log == NULL || timing.asked == 0)
    return;
  write_line ("voice", timing.asked, at);
  timing.asked = 0;
}

void
bm_timing_sent (void)
{
  if (timing.log == NULL)
    return;
  timing.sent = g_get_monotonic_time ();
  timing.came = 0;
}

/**
 * bm_timing_came:
 * @id: the page's id, a word of the schema
 *
 * The model of the page that is shown next is here.
 */
void
bm_timing_came (const char *id)
{
  if (timing.log == NULL)
    return;
  timing.came = g_get_monotonic_time ();
  timing.worked = worked_us ();
  g_strlcpy (timing.id, id, sizeof timing.id);
}
