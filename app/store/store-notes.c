/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include <string.h>

/*
 * What the platform says beyond answers, and what the line wants to be remembered.
 *
 * Invariants:
 *  N1  A row that the platform answered for and does not hold any more waits again, with its
 *      attachments. Where its payload was purged that is an alarm: nobody has it.
 *  N2  How far the platform has a backup is what it said last: it may go back.
 *  N3  Traffic, volumes and bad items are bounded: MAX_DAYS, MAX_VOLUMES, MAX_BAD_ITEMS.
 */

#define MAX_DAYS      400
#define MAX_VOLUMES   20000
#define MAX_BAD_ITEMS 200
#define MAX_NONCE     64

typedef struct
{
  BmStore *self;
  GArray *held; /* of BmOutboxHeld */
  GBytes *nonce;
  char *kind;
  guint64 numbers[2];
  BmBadItem bad;
  gint64 n_again; /* rows that wait again */
} NoteCall;

static void
note_call_free (NoteCall *call)
{
  g_clear_pointer (&call->held, g_array_unref);
  g_clear_pointer (&call->nonce, g_bytes_unref);
  g_free (call->kind);
  g_free (call);
}

static NoteCall *
note_call_new (BmOutbox *outbox)
{
  NoteCall *call = g_new0 (NoteCall, 1);

  call->self = BM_STORE (outbox);
  return call;
}

/* What the platform holds */

/* Rows from @first to @last wait again; those without a payload stay as they are. */
static gboolean
renew_rows (NoteCall *call, guint64 epoch, guint64 first, guint64 last, GError **error)
{
  static const char *const sql[] = {
    "UPDATE attachment SET state = 0, have = x'' WHERE epoch = ?1 AND seq BETWEEN ?2 AND ?3 AND "
    "EXISTS (SELECT 1 FROM entry WHERE entry.epoch = attachment.epoch AND "
    "entry.seq = attachment.seq AND entry.state IN (1, 4, 5) AND settled_day > 0 AND purged = 0)",
    "UPDATE entry SET state = 0, code = '', reason = NULL, not_before_ms = 0, settled_day = 0 "
    "WHERE epoch = ?1 AND seq BETWEEN ?2 AND ?3 AND state IN (1, 4, 5) AND settled_day > 0 AND "
    "purged = 0",
  };

  for (guint i = 0; i < G_N_ELEMENTS (sql); i++)
    {
      g_autoptr (BmStatement) statement = bm_sql_borrow (call->self, sql[i], error);

      if (statement == NULL)
        return FALSE;
      bm_sql_bind_int (statement, 1, (gint64) epoch);
      bm_sql_bind_int (statement, 2, (gint64) first);
      bm_sql_bind_int (statement, 3, (gint64) last);
      if (!bm_sql_step (call->self, statement, NULL, error))
        return FALSE;
    }
  call->n_again += sqlite3_changes64 (call->self->db);
  return TRUE;
}

/* Everything of the epoch that none of the ranges names. */
static gboolean
renew_gaps (NoteCall *call, const BmOutboxHeld *held, GError **error)
{
  const guint n = MIN (held->ranges->len, BM_OUTBOX_MAX_HELD);
  guint64 next = 1;

  for (guint i = 0; i < n; i++)
    {
      const BmOutboxRange *range = &g_array_index (held->ranges, BmOutboxRange, i);

      if (range->first > range->last || range->last >= G_MAXINT64)
        return TRUE; /* nothing that it can hold; the next hello asks again */
      if (range->first > next && !renew_rows (call, held->epoch, next, range->first - 1, error))
        return FALSE;
      next = MAX (next, range->last + 1);
    }
  /* After as many ranges as an answer can have, what follows was not told. */
  return held->ranges->len >= BM_OUTBOX_MAX_HELD ||
         renew_rows (call, held->epoch, next, G_MAXINT64, error);
}

static gboolean
note_held_epoch (NoteCall *call, const BmOutboxHeld *held, GError **error)
{
  const gint64 before = call->n_again;
  g_autoptr (BmStatement) row =
    bm_sql_borrow (call->self, "SELECT settled FROM epoch WHERE epoch = ?", error);
  gboolean has_row;
  guint64 settled;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, (gint64) (held->epoch & G_MAXINT64));
  if (!bm_sql_step (call->self, row, &has_row, error))
    return FALSE;
  settled = has_row ? (guint64) bm_sql_get_int (row, 0) : 0;
  if (held->count >= settled || held->ranges == NULL)
    return TRUE;
  if (!renew_gaps (call, held, error) ||
      !bm_store_count_settled (call->self, held->epoch, before - call->n_again, error))
    return FALSE;
  settled -= (guint64) (call->n_again - before);
  if (held->count >= settled || held->ranges->len >= BM_OUTBOX_MAX_HELD)
    return TRUE;
  return bm_store_alarm (call->self, "lost-at-centre", "", error);
}

static gboolean
note_held_body (BmStore *self, gpointer data, GError **error)
{
  NoteCall *call = data;
  g_autofree char *detail = NULL;

  call->n_again = 0; /* the body may run twice when the disk was full */
  for (guint i = 0; i < call->held->len; i++)
    if (!note_held_epoch (call, &g_array_index (call->held, BmOutboxHeld, i), error))
      return FALSE;
  if (call->n_again == 0)
    return TRUE;
  detail = g_strdup_printf ("%" G_GINT64_FORMAT, call->n_again);
  return bm_store_alarm (self, "centre-restored", detail, error);
}

static gpointer
note_held_on_worker (gpointer data, GError **error)
{
  NoteCall *call = data;

  if (!bm_store_transact_draining (call->self, note_held_body, call, error))
    return NULL;
  if (call->n_again > 0)
    bm_store_tell_pending (call->self);
  return GINT_TO_POINTER (TRUE);
}

static void
note_held_async (BmOutbox *outbox, GArray *held, GAsyncReadyCallback callback, gpointer user_data)
{
  NoteCall *call = note_call_new (outbox);

  call->held = bm_outbox_held_array_new ();
  for (guint i = 0; i < MIN (held->len, BM_OUTBOX_MAX_EPOCHS); i++)
    {
      BmOutboxHeld copy = g_array_index (held, BmOutboxHeld, i);

      copy.ranges = copy.ranges != NULL ? g_array_copy (copy.ranges) : NULL;
      g_array_append_val (call->held, copy);
    }
  bm_store_run (call->self, note_held_on_worker, call, (GDestroyNotify) note_call_free, NULL,
                callback, user_data);
}

static gboolean
note_backed_up_body (BmStore *self, gpointer data, GError **error)
{
  const NoteCall *call = data;
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self, "UPDATE epoch SET backed_up = ?1 WHERE epoch = ?2 AND backed_up <> ?1",
                   error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, (gint64) MIN (call->numbers[1], (guint64) G_MAXINT64));
  bm_sql_bind_int (statement, 2, (gint64) (call->numbers[0] & G_MAXINT64));
  return bm_sql_step (self, statement, NULL, error);
}

static gpointer
note_backed_up_on_worker (gpointer data, GError **error)
{
  NoteCall *call = data;

  return GINT_TO_POINTER (
    bm_store_transact_draining (call->self, note_backed_up_body, call, error));
}

static void
note_backed_up_async (BmOutbox *outbox,
                      guint64 epoch,
                      guint64 upto,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  NoteCall *call = note_call_new (outbox);

  call->numbers[0] = epoch;
  call->numbers[1] = upto;
  bm_store_run (call->self, note_backed_up_on_worker, call, (GDestroyNotify) note_call_free, NULL,
                callback, user_data);
}

/* Traffic */

static gboolean
note_traffic_body (BmStore *self, gpointer data, GError **error)
{
  const NoteCall *call = data;
  const gint32 day = bm_store_get_today (self);
  g_autoptr (BmStatement) add =
    bm_sql_borrow (self,
                   "INSERT INTO traffic (day, up, down) VALUES (?1, ?2, ?3) ON CONFLICT (day) "
                   "DO UPDATE SET up = up + ?2, down = down + ?3",
                   error);
  g_autoptr (BmStatement) trim = bm_sql_borrow (
    self,
    "DELETE FROM traffic WHERE day NOT IN (SELECT day FROM traffic ORDER BY day DESC LIMIT ?)",
    error);

  if (add == NULL || trim == NULL)
    return FALSE;
  bm_sql_bind_int (add, 1, day);
  bm_sql_bind_int (add, 2, (gint64) MIN (call->numbers[0], G_MAXINT32));
  bm_sql_bind_int (add, 3, (gint64) MIN (call->numbers[1], G_MAXINT32));
  bm_sql_bind_int (trim, 1, MAX_DAYS);
  return bm_sql_step (self, add, NULL, error) && bm_sql_step (self, trim, NULL, error);
}

static gpointer
note_traffic_on_worker (gpointer data, GError **error)
{
  NoteCall *call = data;

  return GINT_TO_POINTER (bm_store_transact_draining (call->self, note_traffic_body, call, error));
}

static void
note_traffic_async (BmOutbox *outbox,
                    guint64 up,
                    guint64 down,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  NoteCall *call = note_call_new (outbox);

  call->numbers[0] = up;
  call->numbers[1] = down;
  bm_store_run (call->self, note_traffic_on_worker, call, (GDestroyNotify) note_call_free, NULL,
                callback, user_data);
}

/* Bad items */

gboolean
bm_store_put_bad_item (BmStore *self, const BmBadItem *item, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "INSERT INTO bad_item (kind, name, version, code, wall_ms) "
                   "VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, name, version) DO NOTHING",
                   error);
  g_autoptr (BmStatement) trim =
    bm_sql_borrow (self, "DELETE FROM bad_item WHERE id <= (SELECT max (id) FROM bad_item) - ?",
                   error);

  if (statement == NULL || trim == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, item->kind);
  bm_sql_bind_text (statement, 2, item->name);
  bm_sql_bind_int (statement, 3, item->version);
  bm_sql_bind_text (statement, 4, item->code);
  bm_sql_bind_int (statement, 5, bm_clock_get_wall_ms (self->clock));
  bm_sql_bind_int (trim, 1, MAX_BAD_ITEMS);
  return bm_sql_step (self, statement, NULL, error) && bm_sql_step (self, trim, NULL, error);
}

static void
copy_text (BmStatement *row, int column, char *buffer, gsize len)
{
  g_strlcpy (buffer, bm_sql_get_text (row, column), len);
}

gboolean
bm_store_read_bad_items (BmStore *self, BmOutboxStatus *status, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self,
                   "SELECT id, kind, name, version, code FROM bad_item WHERE reported = 0 "
                   "ORDER BY id LIMIT ?",
                   error);
  gboolean has_row;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, BM_OUTBOX_MAX_BAD);
  while (bm_sql_step (self, row, &has_row, error))
    {
      BmBadItem *item = &status->bad[MIN (status->n_bad, BM_OUTBOX_MAX_BAD - 1)];

      if (!has_row)
        return TRUE;
      status->bad_upto = bm_sql_get_int (row, 0);
      copy_text (row, 1, item->kind, sizeof item->kind);
      copy_text (row, 2, item->name, sizeof item->name);
      item->version = bm_sql_get_int (row, 3);
      copy_text (row, 4, item->code, sizeof item->code);
      status->n_bad++;
    }
  return FALSE;
}

static gboolean
note_bad_item_body (BmStore *self, gpointer data, GError **error)
{
  const NoteCall *call = data;

  return bm_store_put_bad_item (self, &call->bad, error);
}

static gpointer
note_bad_item_on_worker (gpointer data, GError **error)
{
  NoteCall *call = data;

  return GINT_TO_POINTER (bm_store_transact_draining (call->self, note_bad_item_body, call, error));
}

static void
note_bad_item_async (BmOutbox *outbox,
                     const char *kind,
                     const char *name,
                     gint64 version,
                     const char *code,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  NoteCall *call = note_call_new (outbox);

  g_strlcpy (call->bad.kind, kind, sizeof call->bad.kind);
  g_strlcpy (call->bad.name, name, sizeof call->bad.name);
  g_strlcpy (call->bad.code, code, sizeof call->bad.code);
  call->bad.version = version;
  bm_store_run (call->self, note_bad_item_on_worker, call, (GDestroyNotify) note_call_free, NULL,
                callback, user_data);
}

static gboolean
note_reported_body (BmStore *self, gpointer data, GError **error)
{
  const NoteCall *call = data;
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self, "UPDATE bad_item SET reported = 1 WHERE id <= ? AND reported = 0", error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, (gint64) call->numbers[0]);
  return bm_sql_step (self, statement, NULL, error);
}

static gpointer
note_reported_on_worker (gpointer data, GError **error)
{
  NoteCall *call = data;

  return GINT_TO_POINTER (bm_store_transact_draining (call->self, note_reported_body, call, error));
}

static void
note_reported_async (BmOutbox *outbox,
                     gint64 bad_upto,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  NoteCall *call = note_call_new (outbox);

  call->numbers[0] = (guint64) MAX (bad_upto, 0);
  bm_store_run (call->self, note_reported_on_worker, call, (GDestroyNotify) note_call_free, NULL,
                callback, user_data);
}

/* Volumes */

static gboolean
note_volume_body (BmStore *self, gpointer data, GError **error)
{
  const NoteCall *call = data;
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self, "INSERT OR IGNORE INTO volume (nonce, wall_ms, kind) VALUES (?, ?, ?)",
                   error);
  g_autoptr (BmStatement) trim =
    bm_sql_borrow (self,
                   "DELETE FROM volume WHERE (SELECT count(*) FROM volume) > ?1 AND nonce IN "
                   "(SELECT nonce FROM volume ORDER BY wall_ms LIMIT 1)",
                   error);

  if (statement == NULL || trim == NULL)
    return FALSE;
  bm_sql_bind_bytes (statement, 1, call->nonce);
  bm_sql_bind_int (statement, 2, bm_clock_get_wall_ms (self->clock));
  bm_sql_bind_text (statement, 3, call->kind);
  bm_sql_bind_int (trim, 1, MAX_VOLUMES);
  return bm_sql_step (self, statement, NULL, error) && bm_sql_step (self, trim, NULL, error);
}

static gpointer
note_volume_on_worker (gpointer data, GError **error)
{
  NoteCall *call = data;

  return GINT_TO_POINTER (bm_store_transact_draining (call->self, note_volume_body, call, error));
}

static void
note_volume_async (BmOutbox *outbox,
                   GBytes *nonce,
                   const char *kind,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  NoteCall *call = note_call_new (outbox);

  call->nonce =
    g_bytes_new (g_bytes_get_data (nonce, NULL), MIN (g_bytes_get_size (nonce), (gsize) MAX_NONCE));
  call->kind = g_strdup (kind);
  bm_store_run (call->self, note_volume_on_worker, call, (GDestroyNotify) note_call_free, NULL,
                callback, user_data);
}

static gpointer
has_volume_on_worker (gpointer data, GError **error)
{
  const NoteCall *call = data;
  g_autoptr (BmStatement) row =
    bm_sql_borrow (call->self, "SELECT 1 FROM volume WHERE nonce = ?", error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return NULL;
  bm_sql_bind_bytes (row, 1, call->nonce);
  return GINT_TO_POINTER (bm_sql_step (call->self, row, &has_row, error) && has_row);
}

static void
has_volume_async (BmOutbox *outbox, GBytes *nonce, GAsyncReadyCallback callback, gpointer user_data)
{
  NoteCall *call = note_call_new (outbox);

  call->nonce = g_bytes_ref (nonce);
  bm_store_run (call->self, has_volume_on_worker, call, (GDestroyNotify) note_call_free, NULL,
                callback, user_data);
}

void
bm_store_notes_iface_init (BmOutboxInterface *iface)
{
  iface->note_held_async = note_held_async;
  iface->note_held_finish = bm_store_finish_bool;
  iface->note_backed_up_async = note_backed_up_async;
  iface->note_backed_up_finish = bm_store_finish_bool;
  iface->note_traffic_async = note_traffic_async;
  iface->note_traffic_finish = bm_store_finish_bool;
  iface->note_bad_item_async = note_bad_item_async;
  iface->note_bad_item_finish = bm_store_finish_bool;
  iface->note_reported_async = note_reported_async;
  iface->note_reported_finish = bm_store_finish_bool;
  iface->note_volume_async = note_volume_async;
  iface->note_volume_finish = bm_store_finish_bool;
  iface->has_volume_async = has_volume_async;
  iface->has_volume_finish = bm_store_finish_bool;
}
