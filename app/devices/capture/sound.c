/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-record"

#include "app/devices/capture/sound.h"

#include "app/devices/capture/child.h"
#include "core/ports/memo.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * The drivers.
 *
 *   sim:/folder   now.pcm in it is what the microphone hears (16,000 Hz, then silence); when it goes the microphone was
 *                 pulled out. speed: how many times faster than the clock; delay-ms: how long the device says nothing.
 *                 What is played goes into the pipe ear, when somebody listens there (48,000 Hz).
 *   alsa:DEVICE   arecord and aplay, as the voice of a face leaves it (ui/speech/player.c): raw samples in their pipe
 */

#define SIM          "sim:"
#define ALSA         "alsa:"
#define MAX_DELAY_MS 60000
#define MAX_SPEED    100
#define MAX_HEARD    (BM_SOUND_RATE_TAKE * (BM_MEMO_MAX_SECONDS + 1) * (gsize) sizeof (gint16))

struct _BmSound
{
  char *pulled; /* (nullable): the microphone is there as long as this file */
  guint8 *heard;
  gsize heard_len;
  gsize at;
  int delay_ms;
  int speed;
  int pipe; /* -1: none */
  GPid pid; /* 0: none */
};

static void
wait_ms (int ms)
{
  (void) poll (NULL, 0, ms);
}

static void
open_sim (BmSound *self, const char *folder, gboolean is_play)
{
  g_autofree char *ear = g_build_filename (folder, "ear", NULL);
  gssize len;

  self->speed = MAX (bm_child_read_number (folder, "speed", 1, MAX_SPEED), 1);
  if (is_play)
    {
      self->pipe = open (ear, O_WRONLY | O_NONBLOCK | O_CLOEXEC); /* -1: nobody listens */
      return;
    }
  self->delay_ms = bm_child_read_number (folder, "delay-ms", 0, MAX_DELAY_MS);
  self->pulled = g_build_filename (folder, "now.pcm", NULL);
  self->heard = g_malloc (MAX_HEARD + 1);
  len = bm_child_read_file (folder, "now.pcm", self->heard, MAX_HEARD);
  self->heard_len = len > 0 ? MIN ((gsize) len, MAX_HEARD) & ~(gsize) 1 : 0;
}

/* Whoever kills this kills that, too. */
static void
die_together (gpointer unused)
{
  (void) unused;
  (void) prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static gboolean
open_alsa (BmSound *self, const char *device, gboolean is_play)
{
  const char *const argv[] = { is_play ? "aplay" : "arecord",
                               "-q",
                               "-t",
                               "raw",
                               "-f",
                               "S16_LE",
                               "-c",
                               "1",
                               "-r",
                               is_play ? G_STRINGIFY (BM_SOUND_RATE_PLAY)
                                       : G_STRINGIFY (BM_SOUND_RATE_TAKE),
                               *device != '\0' ? "-D" : NULL,
                               device,
                               NULL };

  return g_spawn_async_with_pipes (NULL, (char **) argv, NULL,
                                   G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                     G_SPAWN_STDERR_TO_DEV_NULL,
                                   die_together, NULL, &self->pid, is_play ? &self->pipe : NULL,
                                   is_play ? NULL : &self->pipe, NULL, NULL);
}

BmSound *
bm_sound_open (const char *uri, gboolean is_play)
{
  g_autoptr (BmSound) self = g_new0 (BmSound, 1);

  self->pipe = -1;
  self->speed = 1;
  if (g_str_has_prefix (uri, SIM))
    open_sim (self, uri + strlen (SIM), is_play);
  else if (!g_str_has_prefix (uri, ALSA) || !open_alsa (self, uri + strlen (ALSA), is_play))
    return NULL;
  return g_steal_pointer (&self);
}

void
bm_sound_free (BmSound *self)
{
  if (self == NULL)
    return;
  if (self->pipe >= 0)
    (void) close (self->pipe);
  if (self->pid != 0)
    (void) waitpid (self->pid, NULL, 0); /* until all is played; arecord ends with its pipe */
  g_free (self->pulled);
  g_free (self->heard);
  g_free (self);
}

static gboolean
read_pipe (BmSound *self, void *data, gsize len)
{
  gsize got = 0;

  while (got < len)
    {
      gssize n = read (self->pipe, (guint8 *) data + got, len - got);

      if (n == 0 || (n < 0 && errno != EINTR))
        return FALSE;
      got += (gsize) MAX (n, 0);
    }
  return TRUE;
}

gboolean
bm_sound_read (BmSound *self, gint16 *samples, gsize n)
{
  gsize len = n * sizeof *samples;
  gsize left = MIN (self->heard_len - self->at, len);

  if (self->pulled == NULL)
    return read_pipe (self, samples, len);
  wait_ms (self->delay_ms + 1000 / BM_SOUND_PER_SECOND / self->speed);
  self->delay_ms = 0;
  if (access (self->pulled, F_OK) != 0)
    return FALSE;
  memset (samples, 0, len);
  if (left > 0)
    memcpy (samples, self->heard + self->at, left);
  self->at += left;
  return TRUE;
}

gboolean
bm_sound_write (BmSound *self, const gint16 *samples, gsize n)
{
  gsize len = n * sizeof *samples;
  gsize put = 0;

  while (self->pipe >= 0 && put < len)
    {
      gssize m = write (self->pipe, (const guint8 *) samples + put, len - put);

      if (m < 0 && errno == EINTR)
        continue;
      if (m < 0 && self->pid != 0)
        return FALSE;
      if (m < 0)
        break; /* the ear is full, or nobody listens any more: it is heard in the room */
      put += (gsize) m;
    }
  if (self->pid == 0)
    wait_ms (1000 / BM_SOUND_PER_SECOND / self->speed);
  return TRUE;
}
