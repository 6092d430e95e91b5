/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/microphone.h"

#include "app/devices/capture-reply.h"
#include "app/devices/record-reply.h"
#include "app/devices/wiped.h"
#include "core/crypto/crypto.h"
#include "core/error.h"

#include <string.h>

/*
 * The station never has raw sound: bianmin-record does, in a process of its own that has limits, no keys and no ledger.
 * What it says is read piece by piece (record-reply.c) and wiped.
 *
 * Invariants:
 *  M1  A child that says nothing for BM_MEMO_MS is killed, whatever it does.
 *  M2  At most one child lives; no more than BM_RECORD_LIMIT bytes of it wait to be read.
 *  M3  Of a try nothing is kept and no level is told: at its first sign of life the child is killed.
 */

#define SIM  "sim:/"
#define ALSA "alsa:"

#define SOUND_NODES "/dev/snd"

struct _BmMicrophone
{
  GObject parent_instance;

  char *uri;
  char *program;
  BmDeviceGate *gate; /* NULL: everything may be opened */
  GTask *task;        /* (nullable): of what goes on just now */
};

typedef struct
{
  GSubprocess *child;
  guint8 *buffer; /* BM_RECORD_LIMIT */
  gsize len;
  guint deadline;
  gboolean is_broken;
  gboolean was_heard;
  gboolean is_take;
  gboolean is_try;
  gboolean is_dropped;
  GBytes *whole;
} Sound;

enum
{
  SIGNAL_LEVEL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BmMicrophone, bm_microphone, G_TYPE_OBJECT)

static void read_on (GTask *task);

static void
free_sound (gpointer data)
{
  Sound *sound = data;

  g_clear_handle_id (&sound->deadline, g_source_remove);
  g_clear_object (&sound->child);
  if (sound->buffer != NULL)
    bm_wipe (sound->buffer, BM_RECORD_LIMIT);
  g_free (sound->buffer);
  g_clear_pointer (&sound->whole, g_bytes_unref);
  g_free (sound);
}

static gboolean
on_late (gpointer user_data)
{
  Sound *sound = user_data;

  sound->deadline = 0;
  g_subprocess_force_exit (sound->child);
  return G_SOURCE_REMOVE;
}

static void
begin_deadline (Sound *sound)
{
  g_clear_handle_id (&sound->deadline, g_source_remove);
  sound->deadline = g_timeout_add (BM_MEMO_MS, on_late, sound);
}

static BmMemoState
judge (Sound *sound)
{
  gint status =
    g_subprocess_get_if_exited (sound->child) ? g_subprocess_get_exit_status (sound->child) : -1;

  if (sound->is_try && (sound->was_heard || sound->is_dropped))
    return sound->was_heard ? BM_MEMO_OK : BM_MEMO_GONE;
  if (sound->is_broken)
    return BM_MEMO_BROKEN;
  if (status > BM_CAPTURE_EXIT + BM_MEMO_OK && status <= BM_CAPTURE_EXIT + BM_MEMO_BROKEN)
    return (BmMemoState) (status - BM_CAPTURE_EXIT);
  if (status != 0)
    return sound->was_heard ? BM_MEMO_GONE : BM_MEMO_NO_MICROPHONE;
  return sound->is_take && sound->whole == NULL ? BM_MEMO_BROKEN : BM_MEMO_OK;
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  BmMicrophone *self = g_task_get_source_object (task);
  Sound *sound = g_task_get_task_data (task);

  if (!g_subprocess_wait_finish (G_SUBPROCESS (source), result, &error))
    g_warning ("A microphone's program cannot be waited for: %s", error->message);
  if (self->task == task)
    g_clear_object (&self->task);
  g_task_return_int (task, error != NULL ? BM_MEMO_NO_MICROPHONE : judge (sound));
}

/* All pieces that are there. FALSE: what came is no answer. */
static gboolean
take_pieces (BmMicrophone *self, GTask *task, Sound *sound)
{
  g_autoptr (GError) error = NULL;
  BmRecordPiece piece;
  gssize n;

  while ((n = bm_record_piece_parse (sound->buffer, sound->len, &piece, &error)) > 0)
    {
      if (sound->whole != NULL || (piece.whole != NULL && (!sound->is_take || sound->is_try)))
        return FALSE;
      if (piece.whole != NULL)
        sound->whole = bm_wiped_dup (piece.whole, piece.whole_len);
      else if (sound->is_try)
        g_subprocess_force_exit (sound->child);
      else if (self->task == task)
        g_signal_emit (self, signals[SIGNAL_LEVEL], 0, piece.level, piece.left);
      sound->was_heard = TRUE;
      memmove (sound->buffer, sound->buffer + n, sound->len - (gsize) n);
      sound->len -= (gsize) n;
    }
  if (error != NULL)
    g_warning ("%s", error->message);
  return n == 0;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmMicrophone *self = g_task_get_source_object (task);
  Sound *sound = g_task_get_task_data (task);
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n > 0)
    {
      begin_deadline (sound);
      sound->len += (gsize) n;
      if (take_pieces (self, task, sound))
        {
          read_on (task);
          return;
        }
      sound->is_broken = TRUE;
      g_subprocess_force_exit (sound->child);
    }
  else
    sound->is_broken = n == 0 && sound->len > 0; /* it ended in the middle of a piece */
  g_subprocess_wait_async (sound->child, NULL, on_ended, g_object_ref (task));
}

static void
read_on (GTask *task)
{
  Sound *sound = g_task_get_task_data (task);

  g_input_stream_read_async (g_subprocess_get_stdout_pipe (sound->child),
                             sound->buffer + sound->len, BM_RECORD_LIMIT - sound->len,
                             G_PRIORITY_DEFAULT, NULL, on_read, g_object_ref (task));
}

static gboolean
is_node_admitted (BmMicrophone *self, const char *path)
{
  g_autoptr (GError) error = NULL;

  if (bm_device_gate_admit_node (self->gate, path, &error))
    return TRUE;
  g_message ("microphone: %s", error->message);
  return FALSE;
}

/* The name of an ALSA device may lead to any sound card, and a number to another one tomorrow: one that may not be used
 * keeps all from it until it is pulled out. */
static gboolean
is_admitted (BmMicrophone *self)
{
  g_autoptr (GDir) cards = NULL;
  gboolean is_admitted = TRUE;

  if (g_str_has_prefix (self->uri, SIM))
    return is_node_admitted (self, strchr (self->uri, '/'));
  cards = g_dir_open (SOUND_NODES, 0, NULL);
  for (const char *name = cards != NULL ? g_dir_read_name (cards) : NULL;
       name != NULL && is_admitted; name = g_dir_read_name (cards))
    {
      g_autofree char *path = g_build_filename (SOUND_NODES, name, NULL);

      if (g_str_has_prefix (name, "controlC"))
        is_admitted = is_node_admitted (self, path);
    }
  return is_admitted;
}

static GTask *
begin (BmMicrophone *self, const char *what, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GError) error = NULL;
  Sound *sound = g_new0 (Sound, 1);

  g_task_set_task_data (task, sound, free_sound);
  bm_microphone_drop (self);
  if (!is_admitted (self))
    {
      g_task_return_int (task, BM_MEMO_NO_MICROPHONE);
      return NULL;
    }
  sound->is_take = strcmp (what, "take") == 0;
  sound->child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                   &error, self->program, what, self->uri, NULL);
  if (sound->child == NULL)
    {
      g_warning ("A microphone's program cannot be started: %s", error->message);
      g_task_return_int (task, BM_MEMO_NO_MICROPHONE);
      return NULL;
    }
  sound->buffer = g_malloc (BM_RECORD_LIMIT);
  begin_deadline (sound);
  self->task = g_steal_pointer (&task);
  read_on (self->task);
  return self->task;
}

/**
 * bm_microphone_take_async:
 * @self: a microphone
 * @callback: for bm_microphone_finish()
 * @user_data: for @callback
 *
 * Hears what is said from now on.
 */
void
bm_microphone_take_async (BmMicrophone *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BM_IS_MICROPHONE (self));

  (void) begin (self, "take", callback, user_data);
}

/**
 * bm_microphone_try_async:
 * @self: a microphone
 * @callback: for bm_microphone_finish()
 * @user_data: for @callback
 *
 * Finds out whether it hears; that is thrown away unheard. A person goes before: %BM_MEMO_GONE comes of a
 * try when somebody speaks already, or wants to meanwhile.
 */
void
bm_microphone_try_async (BmMicrophone *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;
  Sound *sound;

  g_return_if_fail (BM_IS_MICROPHONE (self));

  if (self->task != NULL)
    {
      g_autoptr (GTask) none = g_task_new (self, NULL, callback, user_data);

      g_task_set_task_data (none, g_new0 (Sound, 1), free_sound);
      g_task_return_int (none, BM_MEMO_GONE);
      return;
    }
  task = begin (self, "take", callback, user_data);
  if (task == NULL)
    return;
  sound = g_task_get_task_data (task);
  sound->is_try = TRUE;
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data; /* @whole lives as long */

  /* A child that does not read it to its end says so itself. */
  (void) g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  (void) g_output_stream_close (G_OUTPUT_STREAM (source), NULL, NULL);
}

/**
 * bm_microphone_play_async:
 * @self: a microphone
 * @whole: what it heard
 * @callback: for bm_microphone_finish()
 * @user_data: for @callback
 *
 * Plays it, where this station's sound is heard.
 */
void
bm_microphone_play_async (BmMicrophone *self,
                          GBytes *whole,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task;
  Sound *sound;

  g_return_if_fail (BM_IS_MICROPHONE (self) && whole != NULL);

  task = begin (self, "play", callback, user_data);
  if (task == NULL)
    return;
  sound = g_task_get_task_data (task);
  g_object_set_data_full (G_OBJECT (task), "whole", g_bytes_ref (whole),
                          (GDestroyNotify) g_bytes_unref);
  g_output_stream_write_all_async (g_subprocess_get_stdin_pipe (sound->child),
                                   g_bytes_get_data (whole, NULL), g_bytes_get_size (whole),
                                   G_PRIORITY_DEFAULT, NULL, on_written, g_object_ref (task));
}

/**
 * bm_microphone_stop:
 * @self: a microphone
 *
 * Somebody has said it all.
 */
void
bm_microphone_stop (BmMicrophone *self)
{
  Sound *sound;

  g_return_if_fail (BM_IS_MICROPHONE (self));

  if (self->task == NULL)
    return;
  sound = g_task_get_task_data (self->task);
  if (sound->is_take)
    (void) g_output_stream_close (g_subprocess_get_stdin_pipe (sound->child), NULL, NULL);
}

/**
 * bm_microphone_drop:
 * @self: a microphone
 *
 * Whatever is recorded or played ends here; what comes of it is no sound.
 */
void
bm_microphone_drop (BmMicrophone *self)
{
  Sound *sound;

  g_return_if_fail (BM_IS_MICROPHONE (self));

  if (self->task == NULL)
    return;
  sound = g_task_get_task_data (self->task);
  sound->is_dropped = TRUE;
  g_subprocess_force_exit (sound->child);
  g_clear_object (&self->task);
}

/**
 * bm_microphone_finish:
 * @self: a microphone
 * @result: of bm_microphone_take_async() or bm_microphone_play_async()
 * @ret_whole: (out) (transfer full) (nullable): return location for what was said
 *
 * Returns: what came of it
 */
BmMemoState
bm_microphone_finish (BmMicrophone *self, GAsyncResult *result, GBytes **ret_whole)
{
  BmMemoState state;
  Sound *sound;

  g_return_val_if_fail (g_task_is_valid (result, self), BM_MEMO_NO_MICROPHONE);
  g_return_val_if_fail (ret_whole != NULL, BM_MEMO_NO_MICROPHONE);

  sound = g_task_get_task_data (G_TASK (result));
  state = (BmMemoState) g_task_propagate_int (G_TASK (result), NULL);
  *ret_whole = state == BM_MEMO_OK ? g_steal_pointer (&sound->whole) : NULL;
  return state;
}

static void
bm_microphone_dispose (GObject *object)
{
  BmMicrophone *self = BM_MICROPHONE (object);

  bm_microphone_drop (self);
  g_clear_pointer (&self->uri, g_free);
  g_clear_pointer (&self->program, g_free);
  g_clear_object (&self->gate);
  G_OBJECT_CLASS (bm_microphone_parent_class)->dispose (object);
}

static void
bm_microphone_class_init (BmMicrophoneClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bm_microphone_dispose;
  signals[SIGNAL_LEVEL] = g_signal_new ("level", BM_TYPE_MICROPHONE, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
}

static void
bm_microphone_init (BmMicrophone *self)
{
}

void
bm_microphone_set_gate (BmMicrophone *self, BmDeviceGate *gate)
{
  g_return_if_fail (BM_IS_MICROPHONE (self));

  g_set_object (&self->gate, gate);
}

/**
 * bm_microphone_open:
 * @uri: sim:/folder, which holds what is heard, or alsa:device, alsa: alone for the usual one
 * @program: path of bianmin-record
 * @error: return location for %BM_ERROR_INVALID
 *
 * A microphone that is not there is no error: taking a memo says so.
 *
 * Returns: (transfer full): the microphone
 */
BmMicrophone *
bm_microphone_open (const char *uri, const char *program, GError **error)
{
  BmMicrophone *self;

  g_return_val_if_fail (uri != NULL && program != NULL, NULL);

  if (!g_str_has_prefix (uri, SIM) && !g_str_has_prefix (uri, ALSA))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "microphone %s: no driver of that name; write sim:/folder or alsa:device", uri);
      return NULL;
    }
  self = g_object_new (BM_TYPE_MICROPHONE, NULL);
  self->uri = g_strdup (uri);
  self->program = g_strdup (program);
  return self;
}
