/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-spooler"

#include "printing/spooler-private.h"

/*
 * The jobs that are not settled, and which of them comes next.
 *
 * When a job expires (nobody finds a stranger's slip at the outlet):
 *   its resident left while it waited for the printer: at once;
 *   its resident left before it was tried: it is tried once, and expires if the printer cannot print;
 *   it is older than BM_SPOOLER_EXPIRE_MS: its resident has left by then, also when the machine
 *   restarted meanwhile.
 * A job that is out of the house (SENDING, SENT, UNKNOWN) never expires. One that a printer cannot finish is called back
 * when its resident left; what came of that the printer says.
 */

static BmSpoolerItem *
item_new (BmSpooler *self, BmPrintJob *job)
{
  BmSpoolerItem *item = g_new0 (BmSpoolerItem, 1);
  const gint64 age_ms = bm_clock_get_wall_ms (self->clock) - job->created_wall_ms;

  item->job = bm_print_job_ref (job);
  /* The wall clock is asked only for what lay there before this run. */
  item->since_boot_ms = bm_clock_get_boot_ms (self->clock) - (self->was_read ? 0 : MAX (age_ms, 0));
  return item;
}

static void
item_free (BmSpoolerItem *item)
{
  bm_print_job_unref (item->job);
  g_free (item->trouble);
  g_free (item);
}

void
bm_spooler_item_set_job (BmSpoolerItem *item, BmPrintJob *job)
{
  bm_print_job_ref (job);
  bm_print_job_unref (item->job);
  item->job = job;
}

GHashTable *
bm_spooler_new_table (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) item_free);
}

static void
insert (GHashTable *table, BmSpoolerItem *item)
{
  g_hash_table_insert (table, g_memdup2 (&item->job->id, sizeof item->job->id), item);
}

gboolean
bm_spooler_is_ours (BmSpooler *self, const BmPrintJob *job)
{
  return g_ptr_array_find_with_equal_func (self->seats, job->seat, g_str_equal, NULL);
}

BmSpoolerItem *
bm_spooler_find_item (BmSpooler *self, gint64 job)
{
  return g_hash_table_lookup (self->open, &job);
}

/* The journal says that @job may be printed. */
void
bm_spooler_announce (BmSpooler *self, BmPrintJob *job)
{
  BmSpoolerItem *item = item_new (self, job);

  item->since_boot_ms = bm_clock_get_boot_ms (self->clock);
  item->is_new = TRUE;
  insert (self->open, item);
}

static BmSpoolerItem *
steal_item (BmSpooler *self, gint64 job)
{
  g_autofree gpointer key = NULL;
  gpointer item = NULL;

  g_hash_table_steal_extended (self->open, &job, &key, &item);
  return item;
}

/* What was announced while the list was being read stays for the next one. */
static void
keep_new (BmSpooler *self, GHashTable *table)
{
  GHashTableIter iter;
  BmSpoolerItem *item;
  gpointer key;

  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, &key, (gpointer *) &item))
    if (item->is_new)
      {
        item->is_new = FALSE;
        g_hash_table_iter_steal (&iter);
        g_hash_table_insert (table, key, item);
      }
}

/* The journal is the truth; what this run knows besides is carried over. */
void
bm_spooler_take_list (BmSpooler *self, GPtrArray *jobs)
{
  GHashTable *table = bm_spooler_new_table ();

  for (guint i = 0; i < jobs->len; i++)
    {
      BmPrintJob *job = g_ptr_array_index (jobs, i);
      BmSpoolerItem *item;

      if (!bm_spooler_is_ours (self, job))
        continue;
      item = steal_item (self, job->id);
      if (item == NULL)
        item = item_new (self, job);
      bm_spooler_item_set_job (item, job);
      item->is_new = FALSE;
      insert (table, item);
    }
  keep_new (self, table);
  g_hash_table_unref (self->open);
  self->open = table;
  self->was_read = TRUE;
}

/* A job like @job in @state; NULL keeps the reason. */
BmPrintJob *
bm_spooler_job_with (const BmPrintJob *job, BmPrintState state, const char *reason)
{
  BmPrintJob *copy = g_new0 (BmPrintJob, 1);

  *copy = *job;
  copy->ref_count = 1;
  copy->number = g_strdup (job->number);
  copy->seat = g_strdup (job->seat);
  copy->reason = g_strdup (reason != NULL ? reason : job->reason);
  copy->attempt = g_strdup (job->attempt);
  copy->remote = g_strdup (job->remote);
  copy->attempt_boot_id = g_strdup (job->attempt_boot_id);
  copy->sheet = json_incref (job->sheet);
  copy->state = state;
  return copy;
}

/* Since the attempt began; -1 when the machine restarted since. */
gint64
bm_spooler_get_age_ms (BmSpooler *self, const BmPrintJob *job)
{
  guint8 boot_id[BM_BOOT_ID_LEN];
  g_autoptr (GString) boot = g_string_new (NULL);

  bm_clock_get_boot_id (self->clock, boot_id);
  for (guint i = 0; i < sizeof boot_id; i++)
    g_string_append_printf (boot, "%02x", boot_id[i]);
  if (g_strcmp0 (boot->str, job->attempt_boot_id) != 0)
    return -1;
  return MAX (bm_clock_get_boot_ms (self->clock) - job->attempt_boot_ms, 0);
}

/* What to do next */

static gboolean
is_expired (BmSpooler *self, const BmSpoolerItem *item)
{
  const gint64 age_ms = bm_clock_get_boot_ms (self->clock) - item->since_boot_ms;
  const BmPrintJob *job = item->job;

  if (!bm_print_state_can_move (job->state, BM_PRINT_EXPIRED))
    return FALSE;
  return age_ms > BM_SPOOLER_EXPIRE_MS ||
         (item->is_left && job->state == BM_PRINT_WAITING && *job->reason != '\0');
}

static BmSpoolerTask
get_task (BmSpooler *self, const BmSpoolerItem *item, const char *blocked)
{
  if (is_expired (self, item))
    return BM_SPOOLER_EXPIRE;
  switch (item->job->state)
    {
    case BM_PRINT_SENDING:
    case BM_PRINT_SENT:
      return BM_SPOOLER_FOLLOW;
    case BM_PRINT_REFUSED:
      return BM_SPOOLER_RETURN_TO_WAITING;
    case BM_PRINT_UNKNOWN:
      return item->is_asked ? BM_SPOOLER_NOTHING : BM_SPOOLER_ASK;
    case BM_PRINT_QUEUED:
      return blocked != NULL ? BM_SPOOLER_SAY_BLOCKED : BM_SPOOLER_LOOK;
    case BM_PRINT_WAITING:
      return item->is_unprintable ? BM_SPOOLER_NOTHING : BM_SPOOLER_LOOK;
    case BM_PRINT_PRINTED:
    case BM_PRINT_SUPERSEDED:
    case BM_PRINT_CANCELED:
    case BM_PRINT_EXPIRED:
    default:
      return BM_SPOOLER_NOTHING;
    }
}

/* Why nothing comes out although a sheet lies in the printer. */
const char *
bm_spooler_get_blocked (BmSpooler *self)
{
  GHashTableIter iter;
  BmSpoolerItem *item;

  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &item))
    if (item->trouble != NULL && (item->job->state == BM_PRINT_SENT ||
                                  (item->job->state == BM_PRINT_UNKNOWN && !item->is_asked)))
      return item->trouble;
  return NULL;
}

/* A job that nobody was told about yet. */
BmSpoolerItem *
bm_spooler_find_queued (BmSpooler *self)
{
  GHashTableIter iter;
  BmSpoolerItem *item;

  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &item))
    if (item->job->state == BM_PRINT_QUEUED && !item->is_being_settled)
      return item;
  return NULL;
}

/* The oldest of the most urgent ones. */
BmSpoolerTask
bm_spooler_choose (BmSpooler *self, const char *blocked, BmSpoolerItem **ret_item)
{
  GHashTableIter iter;
  BmSpoolerItem *item;
  BmSpoolerTask best = BM_SPOOLER_NOTHING;

  *ret_item = NULL;
  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &item))
    {
      const BmSpoolerTask task = get_task (self, item, blocked);

      if (task < best || task == BM_SPOOLER_NOTHING ||
          (task == best && item->job->id > (*ret_item)->job->id))
        continue;
      best = task;
      *ret_item = item;
    }
  return best;
}
