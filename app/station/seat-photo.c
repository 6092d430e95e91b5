/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/seat-private.h"

/* A paper under the camera of this seat: the session asks, the device answers, and what comes too late is told nobody. */

static void
tell (BmSeat *self, gint64 number, BmPhotoState state, GBytes *whole, GBytes *small)
{
  const BmEvent event = {
    .type = BM_EVENT_PHOTO,
    .number = number,
    .code = (gint) state,
    .whole = whole,
    .small = small,
  };

  bm_seat_feed (self, &event);
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeatStep) step = user_data;
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) small = NULL;
  BmPhotoState state = bm_camera_take_finish (BM_CAMERA (source), result, &whole, &small);

  if (!bm_seat_step_is_late (step))
    tell (step->seat, g_ascii_strtoll (step->text, NULL, 10), state, whole, small);
}

void
bm_seat_take_photo (BmSeat *self, gint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);

  if (self->camera == NULL)
    tell (self, number, BM_PHOTO_NO_CAMERA, NULL, NULL);
  else
    bm_camera_take_async (self->camera, on_taken, bm_seat_step_new (self, text));
}

/**
 * bm_seat_set_camera:
 * @self: a seat
 * @camera: (nullable): what papers are laid under here
 */
void
bm_seat_set_camera (BmSeat *self, BmCamera *camera)
{
  g_return_if_fail (BM_IS_SEAT (self));

  g_set_object (&self->camera, camera);
}
