/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/seat-private.h"

/* How many visits are booked for each half day: counts alone reach the session, no name. */

static json_t *
count (json_t *tasks)
{
  json_t *counts = json_object ();
  json_t *task;
  gsize i;

  json_array_foreach (tasks, i, task)
  {
    const char *slot = json_string_value (json_object_get (task, "slot"));

    if (slot != NULL)
      json_object_set_new (counts, slot,
                           json_integer (json_integer_value (json_object_get (counts, slot)) + 1));
  }
  return counts;
}

static void
on_tasks (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeatStep) step = user_data;
  g_autoptr (GError) error = NULL;
  json_t *tasks = bm_store_json_finish (BM_STORE (source), result, &error);
  BmEvent event = { .type = BM_EVENT_VISITS };

  if (!bm_seat_step_is_late (step))
    {
      if (tasks == NULL)
        bm_seat_warn (step->seat, "the visits that are booked cannot be counted", error);
      else
        event.json = count (tasks);
      bm_seat_feed (step->seat, &event);
      json_decref (event.json);
    }
  json_decref (tasks);
}

void
bm_seat_count_visits (BmSeat *self)
{
  bm_store_contacts_async (self->store, on_tasks, bm_seat_step_new (self, NULL));
}
