/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-capture"

#include "app/devices/capture-reply.h"
#include "app/devices/capture/child.h"
#include "app/devices/capture/still.h"
#include "app/devices/capture/video.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * bianmin-capture URI: takes one picture, opens it, writes it plainly (capture-reply.h), and is gone. It has no keys and
 * no ledger; a picture that was made to break whoever opens it breaks this. A real camera is in video.c.
 *
 *   sim:/folder   now.jpg in it lies under the camera; without that there is no camera. delay-ms: how long it takes
 */

#define SIM          "sim:"
#define MAX_DELAY_MS 60000
#define LIFE_S       15 /* whoever would kill this when it is late may be gone */

#define EXIT_USAGE 2

static int
read_delay (const char *folder)
{
  return bm_child_read_number (folder, "delay-ms", 0, MAX_DELAY_MS);
}

static gboolean
write_reply (GBytes *whole, GBytes *small)
{
  guint8 head[BM_CAPTURE_HEAD];

  bm_capture_reply_write_head (head, g_bytes_get_size (whole), g_bytes_get_size (small));
  return bm_child_tell (head, sizeof head) &&
         bm_child_tell (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole)) &&
         bm_child_tell (g_bytes_get_data (small, NULL), g_bytes_get_size (small));
}

static BmPhotoState
take (const char *folder, GBytes **ret_whole, GBytes **ret_small)
{
  g_autofree guint8 *still = g_malloc (BM_STILL_MAX_BYTES + 1);
  gssize len = bm_child_read_file (folder, "now.jpg", still, BM_STILL_MAX_BYTES);
  int delay = read_delay (folder);

  bm_child_close_off ();
  (void) poll (NULL, 0, delay);
  return len < 0 ? BM_PHOTO_NO_CAMERA : bm_still_make (still, (gsize) len, ret_whole, ret_small);
}

static BmPhotoState
take_video (const char *uri, GBytes **ret_whole, GBytes **ret_small)
{
  g_auto (BmPoints) points = { 0 };
  BmPhotoState state = bm_video_take (uri, &points);

  return state == BM_PHOTO_OK ? bm_still_keep (&points, ret_whole, ret_small) : state;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) small = NULL;
  BmPhotoState state;

  if (argc != 2 || (!g_str_has_prefix (argv[1], SIM) && !bm_video_knows (argv[1])))
    {
      fprintf (stderr, "bianmin-capture: write v4l2:/dev/video0, gst:source or sim:/folder\n");
      return EXIT_USAGE;
    }
  bm_child_limit ();
  (void) alarm (LIFE_S); /* there was none before */
  state = bm_video_knows (argv[1]) ? take_video (argv[1], &whole, &small)
                                   : take (argv[1] + strlen (SIM), &whole, &small);
  if (bm_photo_state_has_picture (state) && !write_reply (whole, small))
    state = BM_PHOTO_NO_CAMERA;
  return state == BM_PHOTO_OK ? EXIT_SUCCESS : BM_CAPTURE_EXIT + (int) state;
}
