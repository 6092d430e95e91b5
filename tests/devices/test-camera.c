/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/devices/camera.h"
#include "app/devices/capture-reply.h"
#include "app/devices/jpeg-outline.h"
#include "core/error.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

/* A paper under a camera that is a folder: what comes is plain, what is wrong is said, and nothing waits longer than it may. */

#define SLOW_MS "20000"

/* As /proc/PID/limits has them. */
#define NO_FILES "Max open files            0 "
#define NO_CORE  "Max core file size        0 "

typedef struct
{
  char *folder;
  BmCamera *camera;
  BmPhotoState state;
  GBytes *whole;
  GBytes *small;
  gboolean is_done;
  gint64 ms;
} Fixture;

static char *
in_folder (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *uri = NULL;
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("bianmin-camera-XXXXXX", NULL);
  uri = g_strconcat ("sim:", fixture->folder, NULL);
  fixture->camera = bm_camera_open (uri, g_getenv ("BIANMIN_CAPTURE"), &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *still = in_folder (fixture, "now.jpg");
  g_autofree char *delay = in_folder (fixture, "delay-ms");

  g_clear_object (&fixture->camera);
  g_clear_pointer (&fixture->whole, g_bytes_unref);
  g_clear_pointer (&fixture->small, g_bytes_unref);
  (void) g_remove (still); /* not every test leaves them */
  (void) g_remove (delay);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
}

static void
write_file (Fixture *fixture, const char *name, const void *data, gsize len)
{
  g_autofree char *path = in_folder (fixture, name);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, data, (gssize) len, &error));
  g_assert_no_error (error);
}

static GBytes *
read_paper (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("BIANMIN_PAPERS"), name, NULL);
  g_autoptr (GError) error = NULL;
  char *data;
  gsize len;

  g_assert_true (g_file_get_contents (path, &data, &len, &error));
  return g_bytes_new_take (data, len);
}

static void
lay (Fixture *fixture, const char *name)
{
  g_autoptr (GBytes) paper = read_paper (name);

  write_file (fixture, "now.jpg", g_bytes_get_data (paper, NULL), g_bytes_get_size (paper));
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->state =
    bm_camera_take_finish (BM_CAMERA (source), result, &fixture->whole, &fixture->small);
  fixture->is_done = TRUE;
}

static BmPhotoState
take (Fixture *fixture)
{
  gint64 start = g_get_monotonic_time ();

  g_clear_pointer (&fixture->whole, g_bytes_unref);
  g_clear_pointer (&fixture->small, g_bytes_unref);
  fixture->is_done = FALSE;
  bm_camera_take_async (fixture->camera, on_taken, fixture);
  while (!fixture->is_done)
    g_main_context_iteration (NULL, TRUE);
  fixture->ms = (g_get_monotonic_time () - start) / 1000;
  g_assert_true (bm_photo_state_has_picture (fixture->state) == (fixture->whole != NULL));
  g_assert_true (bm_photo_state_has_picture (fixture->state) == (fixture->small != NULL));
  return fixture->state;
}

static gboolean
has (GBytes *bytes, const char *text)
{
  gsize len;
  const char *data = g_bytes_get_data (bytes, &len);

  return memmem (data, len, text, strlen (text)) != NULL;
}

/* Both are plain: no place, no machine, no comment. The same paper gives the same bytes. */
static void
test_paper (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) paper = read_paper ("paper.jpg");
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (has (paper, "DEMO-CAMERA"));
  lay (fixture, "paper.jpg");
  g_assert_cmpint (take (fixture), ==, BM_PHOTO_OK);
  g_assert_false (has (fixture->whole, "Exif"));
  g_assert_false (has (fixture->whole, "DEMO-CAMERA"));
  g_assert_false (has (fixture->small, "DEMO-CAMERA"));
  g_assert_cmpuint (g_bytes_get_size (fixture->small), <=, BM_PHOTO_MAX_SMALL);
  g_assert_cmpuint (g_bytes_get_size (fixture->small), <, g_bytes_get_size (fixture->whole));
  g_assert_true (bm_jpeg_check_outline (g_bytes_get_data (fixture->whole, NULL),
                                        g_bytes_get_size (fixture->whole), 1280, &error));
  g_assert_no_error (error);
  first = g_bytes_ref (fixture->whole);
  g_assert_cmpint (take (fixture), ==, BM_PHOTO_OK);
  g_assert_true (g_bytes_equal (first, fixture->whole));
  g_test_message ("%u bytes, %u in small, after %d ms", (guint) g_bytes_get_size (fixture->whole),
                  (guint) g_bytes_get_size (fixture->small), (int) fixture->ms);
}

static void
test_dark (Fixture *fixture, gconstpointer data)
{
  lay (fixture, "dark.jpg");
  g_assert_cmpint (take (fixture), ==, BM_PHOTO_DARK);
}

/* A picture in which nothing can be read comes all the same, and says so. */
static void
test_blurred (Fixture *fixture, gconstpointer data)
{
  lay (fixture, "blurred.jpg");
  g_assert_cmpint (take (fixture), ==, BM_PHOTO_BLURRED);
  g_assert_true (bm_jpeg_check_outline (g_bytes_get_data (fixture->whole, NULL),
                                        g_bytes_get_size (fixture->whole), 1280, NULL));
}

static void
test_gone (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (take (fixture), ==, BM_PHOTO_NO_CAMERA);
  lay (fixture, "paper.jpg");
  g_assert_cmpint (take (fixture), ==, BM_PHOTO_OK);
}

/* Half a picture, none at all, and one that only says that it is large. */
static void
test_broken (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) paper = read_paper ("paper.jpg");
  gsize len = g_bytes_get_size (paper);
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (paper, NULL), len);
  guint8 *frame;

  write_file (fixture, "now.jpg", copy, len / 2);
  g_assert_cmpint (take (fixture), ==, BM_PHOTO_BROKEN);
  write_file (fixture, "now.jpg", "no picture", 10);
  g_assert_cmpint (take (fixture), ==, BM_PHOTO_BROKEN);
  write_file (fixture, "now.jpg", "", 0);
  g_assert_cmpint (take (fixture), ==, BM_PHOTO_BROKEN);
  frame = memmem (copy, len, "\xff\xc0\x00\x11\x08", 5);
  g_assert_nonnull (frame);
  memcpy (frame + 5, "\xea\x60\xea\x60", 4); /* 60,000 by 60,000 */
  write_file (fixture, "now.jpg", copy, len);
  g_assert_cmpint (take (fixture), ==, BM_PHOTO_LARGE);
}

/* D1: a device that hangs is no device, after three seconds; a second press gives up the first at once. */
static void
test_hangs (Fixture *fixture, gconstpointer data)
{
  Fixture first = { 0 };

  lay (fixture, "paper.jpg");
  write_file (fixture, "delay-ms", SLOW_MS, strlen (SLOW_MS));
  g_assert_cmpint (take (fixture), ==, BM_PHOTO_NO_CAMERA);
  g_assert_cmpint (fixture->ms, >=, BM_PHOTO_MS - 100);
  g_assert_cmpint (fixture->ms, <, BM_PHOTO_MS + 1500);
  bm_camera_take_async (fixture->camera, on_taken, &first);
  write_file (fixture, "delay-ms", "0", 1);
  g_assert_cmpint (take (fixture), ==, BM_PHOTO_OK);
  while (!first.is_done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (first.state, ==, BM_PHOTO_NO_CAMERA);
}

/* A program that is not there, dies, says nothing, or says too much, is no camera. */
static void
test_program (void)
{
  static const struct
  {
    const char *program;
    BmPhotoState state;
  } programs[] = { { "/nowhere/bianmin-capture", BM_PHOTO_NO_CAMERA },
                   { "/bin/false", BM_PHOTO_NO_CAMERA },
                   { "/bin/true", BM_PHOTO_BROKEN },
                   { "/usr/bin/yes", BM_PHOTO_NO_CAMERA } };

  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      Fixture fixture = { 0 };

      fixture.camera = bm_camera_open ("sim:/tmp", programs[i].program, NULL);
      if (programs[i].state == BM_PHOTO_BROKEN || i == 0)
        g_test_expect_message ("bianmin-devices", G_LOG_LEVEL_WARNING, "*");
      g_assert_cmpint (take (&fixture), ==, programs[i].state);
      g_test_assert_expected_messages ();
      g_assert_finalize_object (fixture.camera);
    }
}

/* In the program's place a script, which starts it. */
static void
start_by (Fixture *fixture, const char *uri, const char *script)
{
  g_autofree char *program = in_folder (fixture, "program");
  g_autoptr (GError) error = NULL;

  write_file (fixture, "program", script, strlen (script));
  g_assert_cmpint (g_chmod (program, 0700), ==, 0);
  g_clear_object (&fixture->camera);
  fixture->camera = bm_camera_open (uri, program, &error);
  g_assert_no_error (error);
}

static void
remove_file (Fixture *fixture, const char *name)
{
  g_autofree char *path = in_folder (fixture, name);

  g_assert_cmpint (g_remove (path), ==, 0);
}

/* While a picture is being opened its program can open nothing else, and leaves no core. */
static void
test_closed_off (Fixture *fixture, gconstpointer data)
{
  g_autofree char *pid_file = in_folder (fixture, "pid");
  g_autofree char *uri = g_strconcat ("sim:", fixture->folder, NULL);
  g_autofree char *limits = NULL;

  start_by (fixture, uri,
            "#!/bin/sh\necho $$ > \"${1#sim:}/pid\"; exec \"$BIANMIN_CAPTURE\" \"$@\"\n");
  lay (fixture, "paper.jpg");
  write_file (fixture, "delay-ms", SLOW_MS, strlen (SLOW_MS));
  bm_camera_take_async (fixture->camera, on_taken, fixture);
  while (!fixture->is_done && (limits == NULL || strstr (limits, NO_FILES) == NULL))
    {
      g_autofree char *pid = NULL;
      g_autofree char *file = NULL;

      g_clear_pointer (&limits, g_free);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (10000);
      if (!g_file_get_contents (pid_file, &pid, NULL, NULL))
        continue;
      file = g_strdup_printf ("/proc/%d/limits", (int) g_ascii_strtoll (pid, NULL, 10));
      (void) g_file_get_contents (file, &limits, NULL, NULL); /* it may be gone already */
    }
  if (g_getenv ("ASAN_OPTIONS") == NULL)
    {
      g_assert_nonnull (limits);
      g_assert_nonnull (strstr (limits, NO_FILES));
      g_assert_nonnull (strstr (limits, NO_CORE));
    }
  while (!fixture->is_done)
    g_main_context_iteration (NULL, TRUE);
  remove_file (fixture, "program");
  remove_file (fixture, "pid");
}

/* D1, where a child that was killed goes on (in the kernel, at its device): its pipe stays open, and the answer comes. */
static void
test_will_not_die (Fixture *fixture, gconstpointer data)
{
  g_autofree char *uri = g_strconcat ("sim:", fixture->folder, NULL);
  g_autofree char *pid_file = in_folder (fixture, "pid");
  g_autofree char *pid = NULL;

  start_by (fixture, uri, "#!/bin/sh\nsleep 60 & echo $! > \"${1#sim:}/pid\"; exec sleep 60\n");
  for (guint i = 0; i < 10 && (pid == NULL || *pid == '\0'); i++) /* it may not have come so far */
    {
      g_clear_pointer (&pid, g_free);
      g_assert_cmpint (take (fixture), ==, BM_PHOTO_NO_CAMERA);
      g_assert_cmpint (fixture->ms, >=, BM_PHOTO_MS - 100);
      g_assert_cmpint (fixture->ms, <, 40000);
      (void) g_file_get_contents (pid_file, &pid, NULL, NULL); /* then again */
    }
  g_assert_nonnull (pid);
  g_assert_cmpint (kill ((pid_t) g_ascii_strtoll (pid, NULL, 10), SIGKILL), ==, 0);
  remove_file (fixture, "program");
  remove_file (fixture, "pid");
}

static void
test_another_kind (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_camera_open ("usb:/dev/video0", "/bin/true", &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
}

/* GStreamer with another source in the camera's place. A machine that is busy may have no frame in time: that is said as
 * it is, and asked again. */
static BmPhotoState
take_patiently (Fixture *fixture)
{
  BmPhotoState state = BM_PHOTO_NO_CAMERA;

  for (guint i = 0; i < 20 && state == BM_PHOTO_NO_CAMERA; i++)
    state = take (fixture);
  return state;
}

static BmPhotoState
film (Fixture *fixture, const char *source)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&fixture->camera);
  fixture->camera = bm_camera_open (source, g_getenv ("BIANMIN_CAPTURE"), &error);
  g_assert_no_error (error);
  return take_patiently (fixture);
}

/* JPEGs as a camera gives them, and raw frames: the same paper, the first to the byte. */
static void
test_filmed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *still = in_folder (fixture, "now.jpg");
  g_autofree char *jpegs =
    g_strdup_printf ("gst:multifilesrc location=%s caps=image/jpeg,framerate=30/1 loop=true",
                     still);
  g_autofree char *rows =
    g_strdup_printf ("gst:filesrc location=%s ! jpegdec ! imagefreeze", still);
  g_autoptr (GBytes) whole = NULL;

  lay (fixture, "paper.jpg");
  g_assert_cmpint (take (fixture), ==, BM_PHOTO_OK);
  whole = g_bytes_ref (fixture->whole);
  g_assert_cmpint (film (fixture, jpegs), ==, BM_PHOTO_OK);
  g_assert_true (g_bytes_equal (whole, fixture->whole));
  g_assert_cmpint (film (fixture, rows), ==, BM_PHOTO_OK);
  g_assert_cmpint (film (fixture, "gst:videotestsrc pattern=black"), ==, BM_PHOTO_DARK);
}

static void
test_not_filmed (Fixture *fixture, gconstpointer data)
{
  static const char *const sources[] = {
    "v4l2:/dev/video-that-is-not-there",
    "gst:videotestsrc ! valve drop=true", /* it says nothing, ever */
    "gst:videotestsrc is-live=true ! identity error-after=4",
    "gst:no-such-element",
    "gst:",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_clear_object (&fixture->camera);
      fixture->camera = bm_camera_open (sources[i], g_getenv ("BIANMIN_CAPTURE"), NULL);
      g_assert_cmpint (take (fixture), ==, BM_PHOTO_NO_CAMERA);
      g_test_message ("%s: after %d ms", sources[i], (int) fixture->ms);
    }
}

/* GStreamer's own driver of the kernel's cameras, at one that answers as the kernel's do (fake-v4l2.c). */
static void
plug_in (Fixture *fixture, const char *kind)
{
  g_autofree char *script = g_strdup_printf (
    "#!/bin/sh\n"
    "FAKE_V4L2=%s FAKE_STILL='%s/now.jpg' LD_PRELOAD=\"$BIANMIN_FAKE_V4L2\" "
    "ASAN_OPTIONS=\"$ASAN_OPTIONS:verify_asan_link_order=0\" exec \"$BIANMIN_CAPTURE\" \"$@\"\n",
    kind, fixture->folder);

  start_by (fixture, "v4l2:/dev/video-fake", script);
}

/* Its JPEG is the picture to the byte; half of one, none and two points are said; raw frames are as wide as they are. */
static void
test_kernel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) paper = read_paper ("paper.jpg");
  g_autoptr (GBytes) whole = NULL;

  lay (fixture, "paper.jpg");
  g_assert_cmpint (take (fixture), ==, BM_PHOTO_OK);
  whole = g_bytes_ref (fixture->whole);
  plug_in (fixture, "jpeg");
  g_assert_cmpint (take_patiently (fixture), ==, BM_PHOTO_OK);
  g_assert_true (g_bytes_equal (whole, fixture->whole));
  write_file (fixture, "now.jpg", g_bytes_get_data (paper, NULL), g_bytes_get_size (paper) / 2);
  g_assert_cmpint (take_patiently (fixture), ==, BM_PHOTO_BROKEN);
  plug_in (fixture, "empty");
  g_assert_cmpint (take_patiently (fixture), ==, BM_PHOTO_BROKEN);
  plug_in (fixture, "rows");
  g_assert_true (bm_photo_state_has_picture (take_patiently (fixture)));
  plug_in (fixture, "tiny");
  g_assert_cmpint (take_patiently (fixture), ==, BM_PHOTO_DARK);
  remove_file (fixture, "program");
}

/* What others have, what is too large, what never gives a frame and what is drawn out while it runs is no camera. */
static void
test_kernel_none (Fixture *fixture, gconstpointer data)
{
  static const char *const kinds[] = { "busy", "vast", "silent", "pulled" };

  lay (fixture, "paper.jpg");
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      plug_in (fixture, kinds[i]);
      g_assert_cmpint (take (fixture), ==, BM_PHOTO_NO_CAMERA);
      g_test_message ("%s: after %d ms", kinds[i], (int) fixture->ms);
    }
  remove_file (fixture, "program");
}

/* What a child that was taken over might say: every cut, every flip of the head, and something behind the end. */
static void
test_answers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) answer = g_byte_array_new ();
  guint8 head[BM_CAPTURE_HEAD];
  BmCaptureReply reply;
  gsize whole, small;

  lay (fixture, "paper.jpg");
  g_assert_cmpint (take (fixture), ==, BM_PHOTO_OK);
  whole = g_bytes_get_size (fixture->whole);
  small = g_bytes_get_size (fixture->small);
  bm_capture_reply_write_head (head, whole, small);
  g_byte_array_append (answer, head, sizeof head);
  g_byte_array_append (answer, g_bytes_get_data (fixture->whole, NULL), (guint) whole);
  g_byte_array_append (answer, g_bytes_get_data (fixture->small, NULL), (guint) small);
  g_assert_true (bm_capture_reply_parse (answer->data, answer->len, &reply, NULL));
  g_assert_cmpuint (reply.whole_len, ==, whole);
  for (guint len = 0; len < answer->len; len += 1 + len / 7)
    g_assert_false (bm_capture_reply_parse (answer->data, len, &reply, NULL));
  for (guint i = 0; i < BM_CAPTURE_HEAD; i++)
    {
      answer->data[i] ^= 0x41;
      g_assert_false (bm_capture_reply_parse (answer->data, answer->len, &reply, NULL));
      answer->data[i] ^= 0x41;
    }
  g_byte_array_append (answer, (const guint8 *) "x", 1);
  g_assert_false (bm_capture_reply_parse (answer->data, answer->len, &reply, NULL));
  g_assert_false (bm_jpeg_check_outline (reply.whole, whole, 600, NULL)); /* a side too long */
}

static void
test_outline_refuses (void)
{
  g_autoptr (GBytes) paper = read_paper ("paper.jpg"); /* with its place and its comment */
  g_autoptr (GError) error = NULL;

  g_assert_false (
    bm_jpeg_check_outline (g_bytes_get_data (paper, NULL), g_bytes_get_size (paper), 4000, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_CORRUPT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/camera/paper", test_paper);
  ADD ("/camera/dark", test_dark);
  ADD ("/camera/blurred", test_blurred);
  ADD ("/camera/gone", test_gone);
  ADD ("/camera/broken", test_broken);
  ADD ("/camera/hangs", test_hangs);
  ADD ("/camera/answers", test_answers);
  ADD ("/camera/closed-off", test_closed_off);
  ADD ("/camera/filmed", test_filmed);
  ADD ("/camera/not-filmed", test_not_filmed);
  ADD ("/camera/will-not-die", test_will_not_die);
  ADD ("/camera/kernel", test_kernel);
  ADD ("/camera/kernel-none", test_kernel_none);
#undef ADD
  g_test_add_func ("/camera/program", test_program);
  g_test_add_func ("/camera/another-kind", test_another_kind);
  g_test_add_func ("/camera/outline-refuses", test_outline_refuses);
  return g_test_run ();
}
