/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include "core/error.h"

#include <string.h>

/*
 * Purging: what the centre holds and has in a backup need not lie here for ever. A payload goes, its
 * attachments with it; header, hash, head and MAC stay, so that the chain still proves itself.
 *
 *   record of a purged row = header | HMAC (chain key, "bianmin gone" | place | purged u64 | SM3 (header))
 *
 * in the form of a record, where the sealed payload was. @purged is the row id of the BM_ENTRY_PURGE row
 * that names it, in the same transaction.
 *
 * Invariants:
 *  P1  A payload goes only when the platform answered for it for good, its attachments are complete
 *      there, the retention of its service has passed on the centre's clock, and the platform said that
 *      a backup holds it. Of a matter that was withdrawn the platform holds nothing: there the retention
 *      alone decides.
 *  P2  Who has the disk alone cannot take a payload out: without the chain key the walk finds the row
 *      changed.
 *  P3  Run rows and purge rows stay: they are what the rest is opened and read with.
 */

#define SLICE_ROWS   200
#define MAX_SLICES   20 /* of one call; the next one goes on where it was */
#define DEFAULT_DAYS 30
#define GONE_LABEL   "bianmin gone"

#define FIND_SQL                                                                        \
  "SELECT entry.id, entry.epoch, entry.seq, entry.head, record, settled_day, "          \
  "length (record) + (SELECT total (bytes) FROM attachment WHERE "                      \
  "attachment.epoch = entry.epoch AND attachment.seq = entry.seq) FROM entry "          \
  "INDEXED BY entry_kept JOIN epoch ON epoch.epoch = entry.epoch WHERE purged = 0 AND " \
  "settled_day > 0 AND settled_day < ?1 AND (settled_day, entry.id) > (?2, ?3) AND "    \
  "type IN (1, 2) AND (entry.state = 6 OR (entry.state IN (1, 4, 5) AND "               \
  "entry.seq <= backed_up)) AND NOT EXISTS "                                            \
  "(SELECT 1 FROM attachment WHERE attachment.epoch = entry.epoch AND "                 \
  "attachment.seq = entry.seq AND attachment.state = 0) ORDER BY settled_day, entry.id LIMIT ?4"

typedef struct
{
  gint64 id;
  guint64 epoch;
  guint64 seq;
  guint8 head[BM_SM3_LEN];
  GBytes *header;
} Doomed;

typedef struct
{
  GArray *rows; /* of Doomed */
  gint64 bytes; /* that go with them: each page is overwritten, and so is in the log */
  gint64 most;  /* of these in a slice: a quarter of the log */
  gint32 today;
  gint64 seen_day; /* where this slice begins: as BmStore has it, which the body moves */
  gint64 seen_id;
  gboolean is_end;
} Purge;

static void
doomed_clear (gpointer data)
{
  g_clear_pointer (&((Doomed *) data)->header, g_bytes_unref);
}

/* The centre's day, or 0 when this boot has not been compared with it: a clock that says 2099 must not
 * make anything go. */
gint32
bm_store_get_centre_day (BmStore *self)
{
  if (self->centre_ms == 0)
    return 0;
  return bm_store_get_day_of (self->centre_ms + bm_clock_get_boot_ms (self->clock) -
                              self->centre_boot_ms);
}

static gint
get_retention (BmStore *self, const char *service)
{
  gpointer days;

  if (self->retention != NULL &&
      g_hash_table_lookup_extended (self->retention, service, NULL, &days))
    return CLAMP (GPOINTER_TO_INT (days), 1, 3650);
  return DEFAULT_DAYS;
}

static void
take_row (BmStore *self, Purge *purge, BmStatement *row)
{
  g_autoptr (GBytes) record = bm_sql_dup_bytes (row, 4);
  Doomed doomed = { 0 };
  BmEntryHeader header;

  doomed.id = self->purge_id = bm_sql_get_int (row, 0);
  doomed.epoch = (guint64) bm_sql_get_int (row, 1);
  doomed.seq = (guint64) bm_sql_get_int (row, 2);
  self->purge_seen_day = bm_sql_get_int (row, 5);
  /* What cannot be read is the walk's to report: it stays as it is. */
  if (record == NULL || !bm_sql_copy_blob (row, 3, doomed.head, BM_SM3_LEN) ||
      !bm_record_parse (record, &header, &doomed.header, NULL, NULL))
    return;
  if (self->purge_seen_day + get_retention (self, header.service) < purge->today)
    {
      g_array_append_val (purge->rows, doomed);
      purge->bytes += bm_sql_get_int (row, 6);
    }
  else
    doomed_clear (&doomed);
}

static gboolean
find_rows (BmStore *self, Purge *purge, GError **error)
{
  g_autoptr (BmStatement) row = bm_sql_borrow (self, FIND_SQL, error);
  gboolean has_row;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, purge->today);
  bm_sql_bind_int (row, 2, self->purge_seen_day);
  bm_sql_bind_int (row, 3, self->purge_id);
  bm_sql_bind_int (row, 4, SLICE_ROWS);
  purge->is_end = FALSE;
  for (guint i = 0; i < SLICE_ROWS && purge->bytes < purge->most; i++)
    {
      if (!bm_sql_step (self, row, &has_row, error))
        return FALSE;
      purge->is_end = !has_row;
      if (!has_row)
        return TRUE;
      take_row (self, purge, row);
    }
  return TRUE;
}

static json_t *
describe_row (const Doomed *doomed)
{
  g_autofree char *epoch = g_strdup_printf ("%016" G_GINT64_MODIFIER "x", doomed->epoch);

  return json_pack ("[s, I]", epoch, (json_int_t) doomed->seq);
}

/* The row of the chain that says what went; @ret_id: its row id. */
static gboolean
append_purge (BmStore *self, const Purge *purge, gint64 *ret_id, GError **error)
{
  const BmStoreFacts facts = {
    .type = BM_ENTRY_PURGE,
    .priority = 9,
    .due_day = BM_NO_DUE_DAY,
    .is_coarse = TRUE,
  };
  json_t *rows = json_array ();
  json_t *payload = json_pack ("{s:i, s:s, s:o}", "version", 1, "what", "purge", "rows", rows);
  guint8 hash[BM_SM3_LEN];
  guint64 seq;
  gboolean is_added;

  for (guint i = 0; i < purge->rows->len; i++)
    json_array_append_new (rows, describe_row (&g_array_index (purge->rows, Doomed, i)));
  is_added = bm_store_chain_append (self, &facts, payload, &seq, hash, error) &&
             bm_store_chain_save_head (self, error);
  json_decref (payload);
  *ret_id = sqlite3_last_insert_rowid (self->db);
  return is_added;
}

/* What stands in the record of a purged row. */
void
bm_store_gone_mac (BmStore *self,
                   guint64 epoch,
                   guint64 seq,
                   const guint8 head[BM_SM3_LEN],
                   gint64 purged,
                   GBytes *header,
                   guint8 ret_mac[BM_SM3_LEN])
{
  g_autoptr (GByteArray) bytes = bm_store_chain_place (self, GONE_LABEL, epoch, seq, head);
  const guint64 big = GUINT64_TO_BE ((guint64) purged);
  guint8 hash[BM_SM3_LEN];

  bm_sm3 (g_bytes_get_data (header, NULL), g_bytes_get_size (header), hash);
  g_byte_array_append (bytes, (const guint8 *) &big, sizeof big);
  g_byte_array_append (bytes, hash, sizeof hash);
  bm_hmac_sm3 (self->chain_key, bytes->data, bytes->len, ret_mac);
}

static gboolean
run_for (BmStore *self, const char *sql, const Doomed *doomed, GError **error)
{
  g_autoptr (BmStatement) statement = bm_sql_borrow (self, sql, error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, (gint64) doomed->epoch);
  bm_sql_bind_int (statement, 2, (gint64) doomed->seq);
  return bm_sql_step (self, statement, NULL, error);
}

static gboolean
purge_row (BmStore *self, const Doomed *doomed, gint64 purged, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self, "UPDATE entry SET record = ?, purged = ? WHERE id = ?", error);
  g_autoptr (GBytes) proof = NULL;
  g_autoptr (GBytes) record = NULL;
  guint8 mac[BM_SM3_LEN];

  if (statement == NULL)
    return FALSE;
  bm_store_gone_mac (self, doomed->epoch, doomed->seq, doomed->head, purged, doomed->header, mac);
  proof = g_bytes_new (mac, sizeof mac);
  record = bm_record_new (doomed->header, proof);
  bm_sql_bind_bytes (statement, 1, record);
  bm_sql_bind_int (statement, 2, purged);
  bm_sql_bind_int (statement, 3, doomed->id);
  return bm_sql_step (self, statement, NULL, error) &&
         run_for (self,
                  "DELETE FROM chunk WHERE attachment IN "
                  "(SELECT id FROM attachment WHERE epoch = ? AND seq = ?)",
                  doomed, error) &&
         run_for (self, "UPDATE attachment SET state = 2 WHERE epoch = ? AND seq = ?", doomed,
                  error);
}

static gboolean
purge_body (BmStore *self, gpointer data, GError **error)
{
  Purge *purge = data;
  gint64 purged;

  /* The body may run twice when the disk was full, and has to find the same rows again. */
  g_array_set_size (purge->rows, 0);
  purge->bytes = 0;
  self->purge_seen_day = purge->seen_day;
  self->purge_id = purge->seen_id;
  if (!find_rows (self, purge, error))
    return FALSE;
  if (purge->rows->len == 0)
    return TRUE;
  if (!append_purge (self, purge, &purged, error))
    return FALSE;
  for (guint i = 0; i < purge->rows->len; i++)
    if (!purge_row (self, &g_array_index (purge->rows, Doomed, i), purged, error))
      return FALSE;
  return TRUE;
}

/* A slice; where the log has no room for it, as on a full disk whose ballast is gone, half of it, and so on down to a
 * single row: what goes makes room for what comes next. */
static gboolean
purge_slice (BmStore *self, Purge *purge, GError **error)
{
  g_autoptr (GError) failure = NULL;

  purge->seen_day = self->purge_seen_day;
  purge->seen_id = self->purge_id;
  while (!bm_store_transact_draining (self, purge_body, purge, &failure))
    {
      if (!g_error_matches (failure, BM_ERROR, BM_ERROR_FULL) || purge->rows->len <= 1)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      /* Ever less, also where a small row stands before one that is larger than all of it. */
      purge->most = MAX (MIN (purge->most, purge->bytes) / 2, 1);
      g_clear_error (&failure);
    }
  return TRUE;
}

/* Purges what may go, in transactions of SLICE_ROWS, or less when they are large. @ret_end: whether
 * everything was looked at; otherwise the next call goes on. */
gboolean
bm_store_purge (BmStore *self, gboolean *ret_end, GError **error)
{
  Purge purge = { .today = bm_store_get_centre_day (self) };
  gboolean is_done = TRUE, is_any = FALSE;

  purge.is_end =
    purge.today == 0 || self->stop != NULL; /* a fault: nothing goes until a person looked */
  purge.most = (gint64) bm_store_space_get_log_pages (self) * BM_PAGES_SIZE / 4;
  purge.rows = g_array_new (FALSE, TRUE, sizeof (Doomed));
  g_array_set_clear_func (purge.rows, doomed_clear);
  for (guint i = 0; i < MAX_SLICES && !purge.is_end && is_done; i++)
    {
      is_done = purge_slice (self, &purge, error);
      is_any = is_any || (is_done && purge.rows->len > 0);
    }
  g_array_unref (purge.rows);
  if (purge.is_end || !is_done)
    self->purge_seen_day = self->purge_id = 0;
  if (is_any)
    bm_store_tell_pending (self);
  if (ret_end != NULL)
    *ret_end = purge.is_end;
  return is_done;
}

typedef struct
{
  BmStore *self;
  GHashTable *days;
} RetentionCall;

static void
retention_call_free (RetentionCall *call)
{
  g_clear_pointer (&call->days, g_hash_table_unref);
  g_free (call);
}

static gpointer
set_retention_on_worker (gpointer data, GError **error)
{
  RetentionCall *call = data;

  g_clear_pointer (&call->self->retention, g_hash_table_unref);
  call->self->retention = g_steal_pointer (&call->days);
  return NULL;
}

/**
 * bm_store_set_retention:
 * @self: an open store
 * @days: (element-type utf8 gint): retention of each service of the catalogue; copied
 *
 * Tells for how long payloads of a service stay after the centre answered; 30 days for others.
 */
void
bm_store_set_retention (BmStore *self, GHashTable *days)
{
  RetentionCall *call;
  GHashTableIter iter;
  gpointer service, value;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (days != NULL);

  call = g_new0 (RetentionCall, 1);
  call->self = self;
  call->days = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_iter_init (&iter, days);
  while (g_hash_table_iter_next (&iter, &service, &value))
    g_hash_table_insert (call->days, g_strdup (service), value);
  bm_store_run (self, set_retention_on_worker, call, (GDestroyNotify) retention_call_free, NULL,
                NULL, NULL);
}
