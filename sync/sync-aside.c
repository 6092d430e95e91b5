/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/sync-aside.h"

#define MOST_ROWS 1024 /* then the oldest is tried again */

typedef struct
{
  gint64 id;
  gint64 until_ms; /* boot clock */
  gint64 delay_ms;
} Row;

void
bm_aside_init (BmAside *self)
{
  g_return_if_fail (self != NULL);

  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
}

void
bm_aside_clear (BmAside *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->rows, g_array_unref);
}

/* Its last delay, 0: none; it is taken off the list. */
static gint64
take_delay (BmAside *self, gint64 id)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row row = g_array_index (self->rows, Row, i);

      if (row.id != id)
        continue;
      g_array_remove_index (self->rows, i);
      return row.delay_ms;
    }
  return 0;
}

void
bm_aside_add (BmAside *self, gint64 id, gint64 now_ms)
{
  gint64 last_ms;
  Row row = { .id = id };

  g_return_if_fail (self != NULL);

  last_ms = take_delay (self, id);
  row.delay_ms = last_ms == 0 ? BM_ASIDE_FIRST_MS : MIN (2 * last_ms, BM_ASIDE_CAP_MS);
  row.until_ms = now_ms + row.delay_ms;
  if (self->rows->len >= MOST_ROWS)
    g_array_remove_index (self->rows, 0);
  g_array_append_val (self->rows, row);
}

void
bm_aside_forget (BmAside *self)
{
  g_return_if_fail (self != NULL);

  g_array_set_size (self->rows, 0);
}

void
bm_aside_list (const BmAside *self, gint64 now_ms, GArray *ids)
{
  g_return_if_fail (self != NULL && ids != NULL);

  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, i);

      if (now_ms < row->until_ms)
        g_array_append_val (ids, row->id);
    }
}

gint64
bm_aside_get_due_ms (const BmAside *self, gint64 now_ms)
{
  gint64 due_ms = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, i);

      if (now_ms < row->until_ms && (due_ms == 0 || row->until_ms < due_ms))
        due_ms = row->until_ms;
    }
  return due_ms;
}
