/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/seat-private.h"

#include <string.h>

/* What somebody says to this seat: the session asks, the device answers, and what comes too late is told nobody. */

static void
tell (BmSeat *self, gint64 number, BmMemoState state, GBytes *whole)
{
  const BmEvent event = {
    .type = BM_EVENT_MEMO,
    .number = number,
    .code = (gint) state,
    .whole = whole,
  };

  bm_seat_feed (self, &event);
}

static void
on_level (BmMicrophone *microphone, guint level, guint left, BmSeat *self)
{
  const BmEvent event = {
    .type = BM_EVENT_LEVEL,
    .number = self->memo,
    .code = (gint) level,
    .left = left,
  };

  bm_seat_feed (self, &event);
}

static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeatStep) step = user_data;
  g_autoptr (GBytes) whole = NULL;
  BmMemoState state = bm_microphone_finish (BM_MICROPHONE (source), result, &whole);

  if (!bm_seat_step_is_late (step))
    tell (step->seat, g_ascii_strtoll (step->text, NULL, 10), state, whole);
}

void
bm_seat_memo (BmSeat *self, const BmEffect *effect)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, effect->number);
  gboolean is_take = strcmp (effect->text, "take") == 0;
  gboolean is_play = strcmp (effect->text, "play") == 0;

  if (self->microphone == NULL)
    {
      if (is_take || is_play)
        tell (self, effect->number, BM_MEMO_NO_MICROPHONE, NULL);
      return;
    }
  if (is_take || is_play)
    self->memo = effect->number;
  if (is_take)
    bm_microphone_take_async (self->microphone, on_finished, bm_seat_step_new (self, text));
  else if (is_play)
    bm_microphone_play_async (self->microphone, effect->whole, on_finished,
                              bm_seat_step_new (self, text));
  else if (strcmp (effect->text, "stop") == 0)
    bm_microphone_stop (self->microphone);
  else
    bm_microphone_drop (self->microphone);
}

/**
 * bm_seat_set_microphone:
 * @self: a seat
 * @microphone: (nullable): what is spoken to here
 */
void
bm_seat_set_microphone (BmSeat *self, BmMicrophone *microphone)
{
  g_return_if_fail (BM_IS_SEAT (self));

  if (self->microphone != NULL)
    g_signal_handlers_disconnect_by_data (self->microphone, self);
  g_set_object (&self->microphone, microphone);
  self->setup.has_microphone = microphone != NULL;
  if (microphone != NULL)
    g_signal_connect (microphone, "level", G_CALLBACK (on_level), self);
}
