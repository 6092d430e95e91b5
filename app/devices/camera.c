/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/camera.h"

#include "app/devices/capture-reply.h"
#include "app/devices/wiped.h"
#include "core/crypto/crypto.h"
#include "core/error.h"

#include <string.h>

/*
 * The station never opens a picture: bianmin-capture does, in a process of its own that has limits, no keys and no
 * ledger. Here its answer is only counted and its outline looked at (capture-reply.c).
 *
 * Invariants:
 *  D1  An answer comes within BM_PHOTO_MS. A child that takes longer is killed and not waited for: in the kernel, at a
 *      device that does not answer, it may go on for seconds, and its pipe stays open as long.
 *  D2  No more than BM_CAPTURE_LIMIT bytes of a child are read, and what was read is wiped.
 *  D3  A child opens a picture only when it can open no file and no socket any more, and it never can write a file
 *      (capture/child.c). What it may open before is its device, and what GStreamer needs to carry frames (capture/video.c).
 */

#define GST   "gst:"
#define NODES "/dev"

static const char *const kinds[] = { GST, "sim:/", "v4l2:/" };

struct _BmCamera
{
  GObject parent_instance;

  char *uri;
  char *program;
  BmDeviceGate *gate;    /* NULL: everything may be opened */
  GSubprocess *child;    /* (nullable): of the picture that is being taken */
  GCancellable *is_over; /* (nullable): the same one's */
};

typedef struct
{
  GSubprocess *child;
  GCancellable *is_over; /* it is late, or another one was asked for */
  guint8 *buffer;        /* BM_CAPTURE_LIMIT and one more, so that too much is seen */
  gsize len;
  guint deadline;
  GBytes *whole;
  GBytes *small;
} Shot;

G_DEFINE_FINAL_TYPE (BmCamera, bm_camera, G_TYPE_OBJECT)

static void
free_shot (gpointer data)
{
  Shot *shot = data;

  g_clear_handle_id (&shot->deadline, g_source_remove);
  g_clear_object (&shot->child);
  g_clear_object (&shot->is_over);
  if (shot->buffer != NULL)
    bm_wipe (shot->buffer, BM_CAPTURE_LIMIT + 1);
  g_free (shot->buffer);
  g_clear_pointer (&shot->whole, g_bytes_unref);
  g_clear_pointer (&shot->small, g_bytes_unref);
  g_free (shot);
}

static gboolean
on_late (gpointer user_data)
{
  Shot *shot = user_data;

  shot->deadline = 0;
  g_subprocess_force_exit (shot->child);
  g_cancellable_cancel (shot->is_over);
  return G_SOURCE_REMOVE;
}

static BmPhotoState
judge (Shot *shot)
{
  g_autoptr (GError) error = NULL;
  BmCaptureReply reply;
  BmPhotoState state = BM_PHOTO_OK;
  gint status =
    g_subprocess_get_if_exited (shot->child) ? g_subprocess_get_exit_status (shot->child) : -1;

  if (status > BM_CAPTURE_EXIT + BM_PHOTO_OK && status <= BM_CAPTURE_EXIT + BM_PHOTO_LAST)
    state = (BmPhotoState) (status - BM_CAPTURE_EXIT);
  else if (status != 0)
    return BM_PHOTO_NO_CAMERA;
  if (!bm_photo_state_has_picture (state))
    return state;
  if (!bm_capture_reply_parse (shot->buffer, shot->len, &reply, &error))
    {
      g_warning ("%s", error->message);
      return BM_PHOTO_BROKEN;
    }
  shot->whole = bm_wiped_dup (reply.whole, reply.whole_len);
  shot->small = bm_wiped_dup (reply.small, reply.small_len);
  return state;
}

static void
finish (GTask *task, BmPhotoState state)
{
  BmCamera *self = g_task_get_source_object (task);
  Shot *shot = g_task_get_task_data (task);

  if (self->child == shot->child)
    {
      g_clear_object (&self->child);
      g_clear_object (&self->is_over);
    }
  g_task_return_int (task, (gssize) state);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_subprocess_wait_finish (G_SUBPROCESS (source), result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("A camera's program cannot be waited for: %s", error->message);
  finish (task, error != NULL ? BM_PHOTO_NO_CAMERA : judge (g_task_get_task_data (task)));
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  Shot *shot = g_task_get_task_data (task);

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &shot->len, &error) ||
      shot->len > BM_CAPTURE_LIMIT)
    g_subprocess_force_exit (shot->child);
  if (g_cancellable_is_cancelled (shot->is_over))
    finish (task, BM_PHOTO_NO_CAMERA);
  else
    g_subprocess_wait_async (shot->child, shot->is_over, on_ended, g_object_ref (task));
}

static void
give_up (BmCamera *self)
{
  if (self->child != NULL)
    g_subprocess_force_exit (self->child);
  if (self->is_over != NULL)
    g_cancellable_cancel (self->is_over);
  g_clear_object (&self->child);
  g_clear_object (&self->is_over);
}

static gboolean
is_node_admitted (BmCamera *self, const char *path)
{
  g_autoptr (GError) error = NULL;

  if (bm_device_gate_admit_node (self->gate, path, &error))
    return TRUE;
  g_message ("camera: %s", error->message);
  return FALSE;
}

/* What is refused is no camera. A source in GStreamer's words may lead to any: one that may not be used keeps all from it
 * until it is pulled out. */
static gboolean
is_admitted (BmCamera *self)
{
  g_autoptr (GDir) nodes = NULL;
  gboolean is_admitted = TRUE;

  if (!g_str_has_prefix (self->uri, GST))
    return is_node_admitted (self, strchr (self->uri, '/'));
  nodes = g_dir_open (NODES, 0, NULL);
  for (const char *name = nodes != NULL ? g_dir_read_name (nodes) : NULL;
       name != NULL && is_admitted; name = g_dir_read_name (nodes))
    {
      g_autofree char *path = g_build_filename (NODES, name, NULL);

      is_admitted = !g_str_has_prefix (name, "video") || is_node_admitted (self, path);
    }
  return is_admitted;
}

/**
 * bm_camera_take_async:
 * @self: a camera
 * @callback: for bm_camera_take_finish()
 * @user_data: for @callback
 *
 * Takes a picture of what lies there now. One that was asked for before and is not there yet is given up.
 */
void
bm_camera_take_async (BmCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GError) error = NULL;
  Shot *shot = g_new0 (Shot, 1);

  g_return_if_fail (BM_IS_CAMERA (self));

  g_task_set_task_data (task, shot, free_shot);
  give_up (self);
  if (!is_admitted (self))
    {
      g_task_return_int (task, BM_PHOTO_NO_CAMERA);
      return;
    }
  shot->child =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, self->program, self->uri, NULL);
  if (shot->child == NULL)
    {
      g_warning ("A camera's program cannot be started: %s", error->message);
      g_task_return_int (task, BM_PHOTO_NO_CAMERA);
      return;
    }
  shot->is_over = g_cancellable_new ();
  self->child = g_object_ref (shot->child);
  self->is_over = g_object_ref (shot->is_over);
  shot->buffer = g_malloc (BM_CAPTURE_LIMIT + 1);
  shot->deadline = g_timeout_add (BM_PHOTO_MS, on_late, shot);
  g_input_stream_read_all_async (g_subprocess_get_stdout_pipe (shot->child), shot->buffer,
                                 BM_CAPTURE_LIMIT + 1, G_PRIORITY_DEFAULT, shot->is_over, on_read,
                                 g_object_ref (task));
}

/**
 * bm_camera_take_finish:
 * @self: a camera
 * @result: of bm_camera_take_async()
 * @ret_whole: (out) (transfer full) (nullable): return location for the picture
 * @ret_small: (out) (transfer full) (nullable): return location for it in small
 *
 * Returns: what came of it
 */
BmPhotoState
bm_camera_take_finish (BmCamera *self, GAsyncResult *result, GBytes **ret_whole, GBytes **ret_small)
{
  Shot *shot;
  gssize state;

  g_return_val_if_fail (g_task_is_valid (result, self), BM_PHOTO_NO_CAMERA);
  g_return_val_if_fail (ret_whole != NULL && ret_small != NULL, BM_PHOTO_NO_CAMERA);

  shot = g_task_get_task_data (G_TASK (result));
  state = g_task_propagate_int (G_TASK (result), NULL);
  *ret_whole = g_steal_pointer (&shot->whole);
  *ret_small = g_steal_pointer (&shot->small);
  return (BmPhotoState) state;
}

static void
bm_camera_dispose (GObject *object)
{
  BmCamera *self = BM_CAMERA (object);

  give_up (self);
  g_clear_pointer (&self->uri, g_free);
  g_clear_pointer (&self->program, g_free);
  g_clear_object (&self->gate);
  G_OBJECT_CLASS (bm_camera_parent_class)->dispose (object);
}

static void
bm_camera_class_init (BmCameraClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bm_camera_dispose;
}

static void
bm_camera_init (BmCamera *self)
{
}

void
bm_camera_set_gate (BmCamera *self, BmDeviceGate *gate)
{
  g_return_if_fail (BM_IS_CAMERA (self));

  g_set_object (&self->gate, gate);
}

static gboolean
is_known (const char *uri)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (uri, kinds[i]))
      return TRUE;
  return FALSE;
}

/**
 * bm_camera_open:
 * @uri: v4l2:/dev/video0, gst:source, or sim:/folder, which holds the still that lies under the camera
 * @program: path of bianmin-capture
 * @error: return location for %BM_ERROR_INVALID
 *
 * A camera that is not there is no error: taking a picture says so.
 *
 * Returns: (transfer full): the camera
 */
BmCamera *
bm_camera_open (const char *uri, const char *program, GError **error)
{
  BmCamera *self;

  g_return_val_if_fail (uri != NULL && program != NULL, NULL);

  if (!is_known (uri))
    {
      g_set_error (
        error, BM_ERROR, BM_ERROR_INVALID,
        "camera %s: no driver of that name; write v4l2:/dev/video0, gst:source or sim:/folder",
        uri);
      return NULL;
    }
  self = g_object_new (BM_TYPE_CAMERA, NULL);
  self->uri = g_strdup (uri);
  self->program = g_strdup (program);
  return self;
}
