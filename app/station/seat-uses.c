/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/seat-private.h"

/* 谁用过我的数据, for the person who is present; the seat keeps nothing of it. */

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeatStep) step = user_data;
  g_autoptr (GError) error = NULL;
  BmEvent event = { .type = BM_EVENT_USES };

  event.json = bm_store_json_finish (BM_STORE (source), result, &error);
  if (event.json == NULL)
    bm_seat_warn (step->seat, "who used a record cannot be read", error);
  if (!bm_seat_step_is_late (step))
    bm_seat_feed (step->seat, &event);
  json_decref (event.json);
}

void
bm_seat_list_uses (BmSeat *self, const guint8 *tag)
{
  bm_store_list_uses_async (self->store, tag, on_listed, bm_seat_step_new (self, NULL));
}
