/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/speech/player.h"

#include <sonic.h>

/*
 * Sound leaves the face as raw samples in the pipe of a child (aplay, or what --audio-command says).
 * libsonic stands before it: it makes speech faster or slower at the same pitch, louder, and of another
 * sampling rate; with nothing to change it copies.
 */

#define CHUNK 2048

struct _BmPlayer
{
  gatomicrefcount refs;
  GSubprocess *child; /* (nullable): it could not be started, and nothing is heard */
  sonicStream stream;
};

/**
 * bm_player_new:
 * @command: program and arguments; "-r HZ" is added
 *
 * Returns: (transfer full): a player; silent if the program does not start
 */
BmPlayer *
bm_player_new (const char *const *command)
{
  BmPlayer *self = g_new0 (BmPlayer, 1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = NULL;

  g_atomic_ref_count_init (&self->refs);
  g_strv_builder_addv (builder, (const char **) command);
  g_strv_builder_add_many (builder, "-r", G_STRINGIFY (BM_PLAYER_HZ), NULL);
  argv = g_strv_builder_end (builder);
  self->child =
    g_subprocess_newv ((const char *const *) argv,
                       G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                         G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                       &error);
  if (self->child == NULL)
    g_warning ("Nothing can be heard: %s", error->message);
  self->stream = sonicCreateStream (BM_PLAYER_HZ, 1);
  return self;
}

BmPlayer *
bm_player_ref (BmPlayer *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
bm_player_unref (BmPlayer *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_object (&self->child);
  sonicDestroyStream (self->stream);
  g_free (self);
}

void
bm_player_begin (BmPlayer *self, guint hz, double speed, double gain)
{
  sonicSetSpeed (self->stream, (float) speed);
  sonicSetRate (self->stream, (float) hz / BM_PLAYER_HZ);
  sonicSetVolume (self->stream, (float) gain);
}

static gboolean
drain (BmPlayer *self)
{
  gint16 samples[CHUNK];
  int count;

  while ((count = sonicReadShortFromStream (self->stream, samples, CHUNK)) > 0)
    {
      if (self->child == NULL ||
          !g_output_stream_write_all (g_subprocess_get_stdin_pipe (self->child), samples,
                                      (gsize) count * sizeof *samples, NULL, NULL, NULL))
        return FALSE;
    }
  return TRUE;
}

gboolean
bm_player_write (BmPlayer *self, const gint16 *samples, gsize count)
{
  while (count > 0)
    {
      gint16 part[CHUNK]; /* libsonic takes no constant */
      gsize length = MIN (count, CHUNK);

      memcpy (part, samples, length * sizeof *part);
      if (!sonicWriteShortToStream (self->stream, part, (int) length) || !drain (self))
        return FALSE;
      samples += length;
      count -= length;
    }
  return TRUE;
}

gboolean
bm_player_end (BmPlayer *self)
{
  return sonicFlushStream (self->stream) && drain (self);
}

void
bm_player_close (BmPlayer *self)
{
  if (self->child == NULL)
    return;
  (void) g_output_stream_close (g_subprocess_get_stdin_pipe (self->child), NULL,
                                NULL);                /* it ends itself */
  (void) g_subprocess_wait (self->child, NULL, NULL); /* its fate changes nothing */
}

void
bm_player_kill (BmPlayer *self)
{
  if (self->child != NULL)
    g_subprocess_force_exit (self->child);
}
