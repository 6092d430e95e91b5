/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-capture"

#include "app/devices/capture/video.h"

#include "app/devices/capture/child.h"
#include "app/devices/capture/frames.h"

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include <malloc.h>
#include <string.h>

/*
 *   v4l2:/dev/video0   a camera of the kernel's
 *   gst:SOURCE         whatever GStreamer makes frames of; the words are the administrator's
 *
 * A camera's JPEGs are taken as they come, and where it has none its raw frames. GStreamer carries JPEGs and opens none:
 * their bytes are looked at when the pipeline is gone and this process can open nothing any more (D3 in camera.c). Raw
 * frames have nothing to open: they are recoloured before, row by row, in the size that the kernel's driver said. (A gst:
 * source that decodes by itself does so before, too.) While the pipeline runs files must be openable: a device is opened,
 * asked and mapped until its first frame has come, and poll() is given no more descriptors than may be opened.
 *
 * Until then this process opens: the libraries and plugins below, /dev and /sys, where plugins look for devices of theirs,
 * a socket on which the kernel tells of new ones, and the camera. Only the few plugins that make, carry and convert frames
 * are loaded, each by its name: no registry is read, none is written (this process can write no file), no helper is
 * started, there is no decoder of anything else in here, and libv4l's, which would decode in the driver's place, are not
 * asked.
 *
 * Exposure needs a moment when a camera starts; then the last few frames are kept. What there is after END_MS is all there
 * is: the station waits BM_PHOTO_MS, and the picture must be opened, straightened and written before. A camera that others
 * have, that goes, or that never gives a frame is none.
 */

#define GST           "gst:"
#define V4L2          "v4l2:"
#define END_MS        2000
#define CHOOSE_MS     300 /* after that: then the best so far is taken */
#define SETTLE_MS     600 /* after the first frame */
#define SETTLE_FRAMES 5
#define KEPT          4
#define POLL_MS       40 /* how long it takes to see that a device is gone */

#define SINK    " ! appsink name=sink sync=false max-buffers=1 drop=true"
#define AS_JPEG " ! image/jpeg" SINK
#define AS_ROWS " ! videoconvert ! video/x-raw,format=RGB,width=[1,4096],height=[1,4096]" SINK

static const char *const plugins[] = { "coreelements",      "app",         "video4linux2",
                                       "videoconvertscale", "jpeg",        "png",
                                       "imagefreeze",       "multifile",   "videotestsrc",
                                       "videocrop",         "videofilter", "pipewire" };

typedef struct
{
  GstElement *pipeline;
  GstElement *sink;
  GstBus *bus;
  GPtrArray *frames;
  gint64 end;   /* on the monotonic clock */
  gint64 first; /* 0: none came yet */
  guint n;
} Film;

static gboolean
start_library (void)
{
  /* Nothing is looked through for plugins, and where nobody can write a file nobody begins one. */
  g_setenv ("GST_PLUGIN_SYSTEM_PATH_1_0", "", TRUE);
  g_setenv ("GST_PLUGIN_PATH_1_0", "", TRUE);
  g_setenv ("GST_REGISTRY_1_0", "/proc/bianmin/registry", TRUE);
  g_setenv ("GST_REGISTRY_UPDATE", "no", TRUE);
  /* Else code is made through a file. */
  g_setenv ("ORC_CODE", "backup", TRUE);
  gst_registry_fork_set_enabled (FALSE);
  g_unsetenv ("GST_V4L2_USE_LIBV4L2");
  (void) mallopt (M_ARENA_MAX, 1); /* each thread's own would use up what memory this may have */
  if (!gst_init_check (NULL, NULL, NULL))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (plugins); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/libgst%s.so", BM_GST_PLUGINS, plugins[i]);
      GstPlugin *plugin = gst_plugin_load_file (path, NULL); /* not each is on each machine */

      g_clear_pointer (&plugin, gst_object_unref);
    }
  return TRUE;
}

static gboolean
build (Film *self, const char *uri, const char *tail)
{
  const gboolean is_device = g_str_has_prefix (uri, V4L2);
  g_autofree char *text =
    g_strconcat (is_device ? "v4l2src name=device" : uri + strlen (GST), tail, NULL);
  g_autoptr (GError) error = NULL;

  self->pipeline = gst_parse_launch (text, &error);
  if (error != NULL || !GST_IS_BIN (self->pipeline))
    return FALSE;
  self->sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "sink");
  self->bus = gst_element_get_bus (self->pipeline);
  if (is_device)
    {
      g_autoptr (GstElement) device = gst_bin_get_by_name (GST_BIN (self->pipeline), "device");

      g_object_set (device, "device", uri + strlen (V4L2), NULL);
    }
  return GST_IS_APP_SINK (self->sink) &&
         gst_element_set_state (self->pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE;
}

static void
take_down (Film *self)
{
  if (self->pipeline != NULL)
    (void) gst_element_set_state (self->pipeline, GST_STATE_NULL); /* downwards it never fails */
  gst_clear_object (&self->bus);
  gst_clear_object (&self->sink);
  gst_clear_object (&self->pipeline);
}

static BmFrame *
copy_rows (GstBuffer *buffer, GstCaps *caps)
{
  GstVideoInfo info;
  GstVideoFrame video;
  BmFrame *frame;

  if (!gst_video_info_from_caps (&info, caps) ||
      GST_VIDEO_INFO_FORMAT (&info) != GST_VIDEO_FORMAT_RGB ||
      !gst_video_frame_map (&video, &info, buffer, GST_MAP_READ))
    return NULL;
  frame = bm_frame_new_rows (GST_VIDEO_FRAME_PLANE_DATA (&video, 0),
                             (guint) GST_VIDEO_FRAME_WIDTH (&video),
                             (guint) GST_VIDEO_FRAME_HEIGHT (&video),
                             (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&video, 0));
  gst_video_frame_unmap (&video);
  return frame;
}

static BmFrame *
copy_jpeg (GstBuffer *buffer)
{
  GstMapInfo map;
  BmFrame *frame;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return NULL;
  frame = bm_frame_new_jpeg (map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  return frame;
}

/* A device has few buffers and takes them back: what is kept is a copy. */
static void
add_sample (Film *self, GstSample *sample)
{
  GstCaps *caps = gst_sample_get_caps (sample);
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  BmFrame *frame;

  if (caps == NULL || buffer == NULL)
    return;
  if (gst_structure_has_name (gst_caps_get_structure (caps, 0), "image/jpeg"))
    frame = copy_jpeg (buffer);
  else
    frame = copy_rows (buffer, caps);
  if (frame == NULL)
    return;
  if (self->frames->len == KEPT)
    g_ptr_array_remove_index (self->frames, 0);
  g_ptr_array_add (self->frames, frame);
}

static gboolean
is_broken (Film *self)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (self->bus, GST_MESSAGE_ERROR);

  return message != NULL;
}

/* Whether exposure has settled, and enough frames came after that. */
static gboolean
is_enough (Film *self, gint64 now, guint *settled)
{
  if (self->n < SETTLE_FRAMES || now < self->first + SETTLE_MS * G_TIME_SPAN_MILLISECOND)
    *settled = self->n;
  return self->n >= *settled + KEPT;
}

/* FALSE: the device is gone, or there was none. */
static gboolean
film (Film *self)
{
  GstAppSink *sink = GST_APP_SINK (self->sink);
  guint settled = 0;

  for (gint64 now = g_get_monotonic_time (); now < self->end; now = g_get_monotonic_time ())
    {
      g_autoptr (GstSample) sample = gst_app_sink_try_pull_sample (sink, POLL_MS * GST_MSECOND);

      if (is_broken (self))
        return FALSE;
      if (sample == NULL && gst_app_sink_is_eos (sink))
        return self->n > 0;
      if (sample == NULL)
        continue;
      now = g_get_monotonic_time ();
      self->first = self->n == 0 ? now : self->first;
      self->n++;
      add_sample (self, sample);
      if (is_enough (self, now, &settled))
        return TRUE;
    }
  return self->n > 0;
}

/* Frames as the one, or when there is none of these as the other. */
static gboolean
try_tails (Film *self, const char *uri)
{
  static const char *const tails[] = { AS_JPEG, AS_ROWS };

  for (gsize i = 0; i < G_N_ELEMENTS (tails) && self->n == 0; i++)
    {
      gboolean is_filmed = build (self, uri, tails[i]) && film (self);

      take_down (self);
      if (is_filmed)
        return TRUE;
    }
  return FALSE;
}

/**
 * bm_video_knows:
 * @uri: a camera
 *
 * Returns: whether it is one of GStreamer's
 */
gboolean
bm_video_knows (const char *uri)
{
  return g_str_has_prefix (uri, GST) || g_str_has_prefix (uri, V4L2);
}

/**
 * bm_video_take:
 * @uri: a camera
 * @ret_points: return location for the sharpest of its last frames
 *
 * Returns: #BM_PHOTO_OK, or why there is none
 */
BmPhotoState
bm_video_take (const char *uri, BmPoints *ret_points)
{
  g_autoptr (GPtrArray) frames =
    g_ptr_array_new_with_free_func ((GDestroyNotify) (GCallback) bm_frame_free);
  Film self = { .frames = frames,
                .end = g_get_monotonic_time () + END_MS * G_TIME_SPAN_MILLISECOND };
  gboolean is_filmed = start_library () && try_tails (&self, uri);

  bm_child_close_off ();
  return is_filmed
           ? bm_frames_choose (frames, self.end + CHOOSE_MS * G_TIME_SPAN_MILLISECOND, ret_points)
           : BM_PHOTO_NO_CAMERA;
}
