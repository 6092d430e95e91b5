/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-runs.h"

#include "core/error.h"

/*
 * Invariants:
 *  K1  marks[i] is key[i * STRIDE] of its run (key[0] is the start key), and last is key[last_index]; so
 *      entries in their order cost one step each, and in any order at most STRIDE.
 *  K2  At most MAX_RUNS runs are kept; the one that was asked for longest ago goes first.
 */

#define MAX_RUNS  256
#define STRIDE    128
#define MAX_INDEX 100000 /* of core/entry: no run is longer */

typedef struct
{
  guint32 kiosk;
  guint64 epoch;
  guint32 run;
} Name;

typedef struct
{
  Name name;
  GPtrArray *marks; /* of BmKey */
  BmKey *last;
  guint32 last_index;
  guint64 used; /* when, on the count of questions */
} Run;

struct _BmRuns
{
  GHashTable *runs; /* Name* inside Run -> Run */
  guint64 n_asked;
  guint64 n_steps;
};

static guint
hash_name (gconstpointer data)
{
  const Name *name = data;

  return name->kiosk * 31U + (guint) name->epoch + (guint) (name->epoch >> 32) + name->run * 131U;
}

static gboolean
is_name (gconstpointer one, gconstpointer other)
{
  const Name *a = one, *b = other;

  return a->kiosk == b->kiosk && a->epoch == b->epoch && a->run == b->run;
}

static void
run_free (gpointer data)
{
  Run *self = data;

  g_ptr_array_unref (self->marks);
  bm_key_unref (self->last);
  g_free (self);
}

BmRuns *
bm_runs_new (void)
{
  BmRuns *self = g_new0 (BmRuns, 1);

  self->runs = g_hash_table_new_full (hash_name, is_name, NULL, run_free);
  return self;
}

void
bm_runs_free (BmRuns *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->runs);
  g_free (self);
}

gboolean
bm_runs_has (BmRuns *self, guint32 kiosk, guint64 epoch, guint32 run)
{
  const Name name = { kiosk, epoch, run };

  g_return_val_if_fail (self != NULL, FALSE);

  return g_hash_table_contains (self->runs, &name);
}

static void
drop_oldest (BmRuns *self)
{
  GHashTableIter iter;
  gpointer value;
  const Run *oldest = NULL;

  g_hash_table_iter_init (&iter, self->runs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (oldest == NULL || ((Run *) value)->used < oldest->used)
      oldest = value;
  if (oldest != NULL)
    g_hash_table_remove (self->runs, &oldest->name);
}

void
bm_runs_add (BmRuns *self, guint32 kiosk, guint64 epoch, guint32 run, BmKey *start)
{
  Run *added;

  g_return_if_fail (self != NULL && start != NULL);

  if (g_hash_table_size (self->runs) >= MAX_RUNS)
    drop_oldest (self);
  added = g_new0 (Run, 1);
  added->name = (Name){ kiosk, epoch, run };
  added->marks = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_key_unref);
  g_ptr_array_add (added->marks, bm_key_ref (start));
  added->last = bm_key_ref (start);
  added->used = ++self->n_asked;
  g_hash_table_replace (self->runs, &added->name, added);
}

/* Goes from the best known key to key[@index], leaving marks. */
static gboolean
walk_to (BmRuns *self, Run *run, guint32 index, GError **error)
{
  guint32 mark = MIN (index / STRIDE, run->marks->len - 1);
  gboolean is_last_nearer = run->last_index <= index && run->last_index >= mark * STRIDE;
  g_autoptr (BmKey) key =
    bm_key_ref (is_last_nearer ? run->last : g_ptr_array_index (run->marks, mark));

  for (guint32 at = is_last_nearer ? run->last_index : mark * STRIDE; at < index; at++)
    {
      BmKey *next = bm_kdf (key, "ratchet", NULL, error); /* the step of core/entry/ratchet.c */

      if (next == NULL)
        return FALSE;
      bm_key_unref (key);
      key = next;
      self->n_steps++;
      if ((at + 1) % STRIDE == 0 && (at + 1) / STRIDE == run->marks->len)
        g_ptr_array_add (run->marks, bm_key_ref (key));
    }
  bm_key_unref (run->last);
  run->last = g_steal_pointer (&key);
  run->last_index = index;
  return TRUE;
}

BmKey *
bm_runs_dup_base (BmRuns *self,
                  guint32 kiosk,
                  guint64 epoch,
                  guint32 run_number,
                  guint32 index,
                  guint32 *ret_steps,
                  GError **error)
{
  const Name name = { kiosk, epoch, run_number };
  Run *run;

  g_return_val_if_fail (self != NULL && ret_steps != NULL, NULL);

  run = g_hash_table_lookup (self->runs, &name);
  if (run == NULL || index == 0 || index > MAX_INDEX)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "no such step of the ratchet");
      return NULL;
    }
  run->used = ++self->n_asked;
  if (!walk_to (self, run, index - 1, error))
    return NULL;
  *ret_steps = 1;
  return bm_key_ref (run->last);
}

guint64
bm_runs_get_n_steps (BmRuns *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_steps;
}
