/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-hellos.h"

typedef struct
{
  gint64 now_ms;
  gint64 skew_ms; /* the station's own clock less ours */
  guint64 pending;
} LastHello;

void
bm_platform_note_hello (BmPlatform *self, const BmHello *hello)
{
  LastHello *last;

  g_return_if_fail (self != NULL && hello != NULL);

  last = g_new0 (LastHello, 1);
  last->now_ms = bm_platform_now (self);
  last->skew_ms = hello->wall_ms - last->now_ms;
  last->pending = hello->pending;
  /* As many as there are stations: only who was admitted comes here. */
  g_hash_table_insert (self->hellos, GUINT_TO_POINTER (hello->kiosk), last);
}

json_t *
bm_platform_report_hellos (BmPlatform *self)
{
  GHashTableIter iter;
  gpointer kiosk, value;
  json_t *list = json_array ();

  g_return_val_if_fail (self != NULL, list);

  g_hash_table_iter_init (&iter, self->hellos);
  while (g_hash_table_iter_next (&iter, &kiosk, &value))
    {
      const LastHello *last = value;

      json_array_append_new (list, json_pack ("{s:I, s:I, s:I, s:I}", "kiosk",
                                              (json_int_t) GPOINTER_TO_UINT (kiosk), "pending",
                                              (json_int_t) last->pending, "skew_ms",
                                              (json_int_t) last->skew_ms, "at_ms",
                                              (json_int_t) last->now_ms));
    }
  return list;
}
