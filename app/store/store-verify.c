/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include "core/error.h"

#include <string.h>

/*
 * Walks the chain. What is found, and how:
 *
 *  changed    the record, its hash or its copied columns do not belong together
 *  reordered  the record under this seq says that it is another one's
 *  removed    a seq is missing before the last
 *  truncated  the last rows are missing: the head, or the platform's signed head, is further; or
 *             every row is sound and the head's own MAC is not
 *  rewritten  hashes agree among themselves, and the MAC or the platform's signed head does not
 *
 * The fault names the first bad seq: every row has its own MAC, so also a chain that was recomputed
 * from some row on is caught at that row. A fault stops new entries (invariant 10); the outbox
 * still drains.
 */

typedef struct
{
  BmStore *self;
  const BmStoreEpoch *epoch;
  guint64 seq; /* the next one to see */
  guint8 head[BM_SM3_LEN];
  guint8 signed_head[BM_SM3_LEN];
  gboolean has_signed;
} Walk;

static const char *
judge_header (const Walk *walk, BmStatement *row, GBytes *record)
{
  BmEntryHeader header;

  if (record == NULL || !bm_record_parse (record, &header, NULL, NULL, NULL))
    return "changed";
  if (header.epoch != walk->epoch->epoch || header.seq != walk->seq)
    return "reordered";
  if (header.kiosk != walk->self->kiosk || header.type != bm_sql_get_int (row, 1) ||
      header.run != bm_sql_get_int (row, 2) || header.priority != bm_sql_get_int (row, 3) ||
      header.due_day != bm_sql_get_int (row, 4))
    return "changed";
  return NULL;
}

/* head[seq] of core/entry/entry.h, from a hash: what bm_chain_next() does with the whole record. */
static void
chain_hash (const guint8 head[BM_SM3_LEN], const guint8 hash[BM_SM3_LEN], guint8 *ret_next)
{
  guint8 both[2 * BM_SM3_LEN];

  memcpy (both, head, BM_SM3_LEN);
  memcpy (both + BM_SM3_LEN, hash, BM_SM3_LEN);
  bm_sm3 (both, sizeof both, ret_next);
}

/* Only who has the chain key can have taken the payload out. */
static const char *
judge_purged (const Walk *walk, BmStatement *row, GBytes *record)
{
  const gint64 purged = bm_sql_get_int (row, 9);
  g_autoptr (GBytes) header = NULL;
  g_autoptr (GBytes) proof = NULL;
  guint8 mac[BM_SM3_LEN];

  if (purged == 0)
    return NULL;
  if (!bm_record_parse (record, NULL, &header, &proof, NULL) ||
      g_bytes_get_size (proof) != BM_SM3_LEN)
    return "changed";
  bm_store_gone_mac (walk->self, walk->epoch->epoch, walk->seq, walk->head, purged, header, mac);
  return memcmp (mac, g_bytes_get_data (proof, NULL), BM_SM3_LEN) == 0 ? NULL : "changed";
}

static const char *
judge_links (Walk *walk, BmStatement *row, GBytes *record)
{
  guint8 stored_hash[BM_SM3_LEN], stored_head[BM_SM3_LEN], stored_mac[BM_SM3_LEN];
  guint8 hash[BM_SM3_LEN], next[BM_SM3_LEN], mac[BM_SM3_LEN];

  if (!bm_sql_copy_blob (row, 5, stored_hash, BM_SM3_LEN) ||
      !bm_sql_copy_blob (row, 6, stored_head, BM_SM3_LEN) ||
      !bm_sql_copy_blob (row, 7, stored_mac, BM_SM3_LEN))
    return "changed";
  if (bm_sql_get_int (row, 9) != 0)
    memcpy (hash, stored_hash, BM_SM3_LEN); /* the payload is gone; judge_purged() asks by whom */
  else
    bm_sm3 (g_bytes_get_data (record, NULL), g_bytes_get_size (record), hash);
  chain_hash (walk->head, hash, next);
  if (memcmp (hash, stored_hash, BM_SM3_LEN) != 0 || memcmp (next, stored_head, BM_SM3_LEN) != 0)
    return "changed";
  memcpy (walk->head, next, BM_SM3_LEN);
  bm_store_chain_row_mac (walk->self, walk->epoch->epoch, walk->seq, next, mac);
  if (memcmp (mac, stored_mac, BM_SM3_LEN) != 0)
    return "rewritten";
  if (walk->has_signed && walk->seq == walk->epoch->signed_seq &&
      memcmp (next, walk->signed_head, BM_SM3_LEN) != 0)
    return "rewritten";
  return NULL;
}

static const char *
judge_row (Walk *walk, BmStatement *row)
{
  g_autoptr (GBytes) record = NULL;
  const char *what;

  if ((guint64) bm_sql_get_int (row, 0) != walk->seq)
    return "removed";
  record = bm_sql_dup_bytes (row, 8);
  what = judge_header (walk, row, record);
  if (what == NULL)
    what = judge_links (walk, row, record);
  return what != NULL ? what : judge_purged (walk, row, record);
}

/* The head after @seq, which is believed because its MAC says so. */
static gboolean
load_start (Walk *walk, BmStoreFault *ret_fault, GError **error)
{
  g_autoptr (BmStatement) statement = NULL;
  guint8 stored_mac[BM_SM3_LEN], mac[BM_SM3_LEN];
  gboolean has_row;

  bm_chain_start (walk->self->kiosk, walk->epoch->epoch, walk->head);
  if (walk->seq == 1)
    return TRUE;
  statement =
    bm_sql_borrow (walk->self, "SELECT head, mac FROM entry WHERE epoch = ? AND seq = ?", error);
  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, (gint64) walk->epoch->epoch);
  bm_sql_bind_int (statement, 2, (gint64) walk->seq - 1);
  if (!bm_sql_step (walk->self, statement, &has_row, error))
    return FALSE;
  *ret_fault = (BmStoreFault){ walk->epoch->epoch, walk->seq - 1, "removed" };
  if (!has_row)
    return TRUE;
  ret_fault->what = "rewritten";
  if (!bm_sql_copy_blob (statement, 0, walk->head, BM_SM3_LEN) ||
      !bm_sql_copy_blob (statement, 1, stored_mac, BM_SM3_LEN))
    return TRUE;
  bm_store_chain_row_mac (walk->self, walk->epoch->epoch, walk->seq - 1, walk->head, mac);
  if (memcmp (mac, stored_mac, BM_SM3_LEN) == 0)
    *ret_fault = (BmStoreFault){ 0 };
  return TRUE;
}

static gboolean
load_signed (Walk *walk, GError **error)
{
  g_autoptr (BmStatement) statement = NULL;

  if (walk->epoch->signed_seq == 0)
    return TRUE;
  statement = bm_sql_borrow (walk->self, "SELECT signed_head FROM epoch WHERE id = ?", error);
  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, walk->epoch->id);
  if (!bm_sql_step (walk->self, statement, NULL, error))
    return FALSE;
  walk->has_signed = bm_sql_copy_blob (statement, 0, walk->signed_head, BM_SM3_LEN);
  return TRUE;
}

static gboolean
walk_rows (Walk *walk, guint64 last, BmStoreFault *ret_fault, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (walk->self,
                   "SELECT seq, type, run, priority, due_day, hash, head, mac, record, purged "
                   "FROM entry "
                   "WHERE epoch = ? AND seq BETWEEN ? AND ? ORDER BY seq",
                   error);
  gboolean has_row;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, (gint64) walk->epoch->epoch);
  bm_sql_bind_int (row, 2, (gint64) walk->seq);
  bm_sql_bind_int (row, 3, (gint64) last);
  for (; walk->seq <= last; walk->seq++)
    {
      const char *what;

      if (!bm_sql_step (walk->self, row, &has_row, error))
        return FALSE;
      what = has_row ? judge_row (walk, row) : "truncated";
      if (what != NULL)
        {
          *ret_fault = (BmStoreFault){ walk->epoch->epoch, walk->seq, what };
          return TRUE;
        }
    }
  return TRUE;
}

/* Checks rows @first to @last of @epoch; the last one's head has to be the epoch's. */
gboolean
bm_store_verify_rows (BmStore *self,
                      const BmStoreEpoch *epoch,
                      guint64 first,
                      guint64 last,
                      BmStoreFault *ret_fault,
                      GError **error)
{
  Walk walk = { .self = self, .epoch = epoch, .seq = first };

  *ret_fault = (BmStoreFault){ 0 };
  if (!load_start (&walk, ret_fault, error) || !load_signed (&walk, error))
    return FALSE;
  if (ret_fault->what != NULL)
    return TRUE;
  if (!walk_rows (&walk, last, ret_fault, error))
    return FALSE;
  if (ret_fault->what == NULL && last == epoch->next_seq - 1 &&
      memcmp (walk.head, epoch->head, BM_SM3_LEN) != 0)
    *ret_fault = (BmStoreFault){ epoch->epoch, last, "rewritten" };
  return TRUE;
}

static gboolean
load_head_evidence (BmStore *self,
                    const BmStoreEpoch *epoch,
                    guint8 ret_mac[BM_SM3_LEN],
                    GBytes **ret_signature,
                    gint64 *ret_last,
                    GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "SELECT head_mac, signed_head, signed_by, "
                   "(SELECT ifnull (max (seq), 0) FROM entry WHERE epoch = epoch.epoch) "
                   "FROM epoch WHERE id = ?",
                   error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, epoch->id);
  if (!bm_sql_step (self, statement, NULL, error))
    return FALSE;
  memset (ret_mac, 0, BM_SM3_LEN);
  (void) bm_sql_copy_blob (statement, 0, ret_mac, BM_SM3_LEN); /* a wrong length is a wrong MAC */
  *ret_signature = bm_sql_dup_bytes (statement, 2);
  *ret_last = bm_sql_get_int (statement, 3);
  return TRUE;
}

static gboolean
signed_head_is_sound (BmStore *self, const BmStoreEpoch *epoch, GBytes *signature)
{
  Walk walk = { .self = self, .epoch = epoch };
  g_autoptr (GBytes) message = NULL;

  if (signature == NULL || !load_signed (&walk, NULL) || !walk.has_signed)
    return FALSE;
  message = bm_store_head_message (self->kiosk, epoch->epoch, epoch->signed_seq, walk.signed_head);
  return bm_verify (self->platform_sign_key, message, signature, NULL);
}

/* Checks what stands over the rows: the head's MAC, its reach, and the platform's signature. */
gboolean
bm_store_verify_head (BmStore *self,
                      const BmStoreEpoch *epoch,
                      BmStoreFault *ret_fault,
                      GError **error)
{
  g_autoptr (GBytes) signature = NULL;
  guint8 stored_mac[BM_SM3_LEN], mac[BM_SM3_LEN];
  gint64 last;

  *ret_fault = (BmStoreFault){ 0 };
  if (!load_head_evidence (self, epoch, stored_mac, &signature, &last, error))
    return FALSE;
  bm_store_chain_head_mac (self, epoch, mac);
  if ((guint64) last + 1 < epoch->next_seq)
    *ret_fault = (BmStoreFault){ epoch->epoch, (guint64) last + 1, "truncated" };
  else if ((guint64) last + 1 > epoch->next_seq)
    *ret_fault = (BmStoreFault){ epoch->epoch, epoch->next_seq, "rewritten" };
  else if (epoch->signed_seq >= epoch->next_seq || memcmp (mac, stored_mac, BM_SM3_LEN) != 0)
    *ret_fault = (BmStoreFault){ epoch->epoch, epoch->next_seq, "truncated" };
  else if (epoch->signed_seq > 0 && !signed_head_is_sound (self, epoch, signature))
    *ret_fault = (BmStoreFault){ epoch->epoch, epoch->signed_seq, "rewritten" };
  return TRUE;
}

/* From now on nothing new is taken; said once. */
void
bm_store_note_fault (BmStore *self, const BmStoreFault *fault)
{
  g_autoptr (GError) error = NULL;

  if (self->stop != NULL)
    return;
  error = g_error_new (BM_ERROR, BM_ERROR_CORRUPT,
                       "%s/ledger.db: the chain is %s at seq %" G_GUINT64_FORMAT, self->folder,
                       fault->what, fault->seq);
  self->stop = g_error_copy (error);
  bm_store_tell_trouble (self, error);
}

/* At start (design §6): the newest epoch's head and its last rows. The outbox drains anyway. */
gboolean
bm_store_verify_start (BmStore *self, GError **error)
{
  const guint64 last = self->now.next_seq - 1;
  const guint64 first = last > BM_STORE_CHECKED_ROWS ? last - BM_STORE_CHECKED_ROWS + 1 : 1;
  BmStoreFault fault;

  if (!bm_store_verify_rows (self, &self->now, first, last, &fault, error))
    return FALSE;
  if (fault.what == NULL && !bm_store_verify_head (self, &self->now, &fault, error))
    return FALSE;
  if (fault.what != NULL)
    bm_store_note_fault (self, &fault);
  self->slice_epoch = 1;
  self->slice_seq = 1;
  self->slice_page = 0;
  bm_store_note_bad_pages (self);
  return TRUE;
}

/* A page was read that is not as it was written: what waits is still sent, nothing new is taken. */
void
bm_store_note_bad_pages (BmStore *self)
{
  g_autoptr (GError) error = NULL;

  if (self->stop != NULL || bm_pages_count_bad (self->db, NULL) == 0)
    return;
  error = g_error_new (BM_ERROR, BM_ERROR_CORRUPT, "%s/ledger.db: a page is damaged", self->folder);
  self->stop = g_error_copy (error);
  bm_store_tell_trouble (self, error);
}

static gboolean
pages_body (BmStore *self, gpointer data, GError **error)
{
  const BmPagesLook *look = data;

  return (look->repaired == 0 || bm_store_alarm_once (self, "page-repaired", "", error)) &&
         (look->bad == 0 || bm_store_alarm_once (self, "page-bad", "", error));
}

gboolean
bm_store_look_at_pages (BmStore *self,
                        gint64 first,
                        gint64 count,
                        BmPagesLook *ret_look,
                        GError **error)
{
  gint64 repaired;
  int result;

  /* Power that failed in a checkpoint leaves torn pages, which the log makes good; it has to, first. */
  *ret_look = (BmPagesLook){ 0 };
  if (!bm_store_checkpoint (self, NULL) || self->is_dead)
    return TRUE; /* full: another time */
  *ret_look = (BmPagesLook){ .first = first, .count = count };
  result = bm_pages_look (self->db, ret_look);
  if (result != SQLITE_OK)
    {
      bm_sql_set_error (self, result, error);
      return FALSE;
    }
  /* What was repaired when it was read may be right on the disk by now; it is said all the same. */
  (void) bm_pages_count_bad (self->db, &repaired);
  ret_look->repaired = MAX (ret_look->repaired, MIN (repaired, 1));
  if ((ret_look->repaired > 0 || ret_look->bad > 0) && !self->is_dead)
    (void) bm_store_transact (self, pages_body, ret_look, NULL); /* a full disk: said next time */
  return TRUE;
}

/* While idle, beside the rows: what nothing else reads for years. */
static gboolean
look_at_slice (BmStore *self, GError **error)
{
  BmPagesLook look;

  if (self->slice_page < 0)
    return TRUE;
  if (!bm_store_look_at_pages (self, self->slice_page, BM_STORE_SLICE_PAGES, &look, error))
    return FALSE;
  self->slice_page = look.count < BM_STORE_SLICE_PAGES ? -1 : self->slice_page + look.count;
  return TRUE;
}

/* While idle: one slice of the walk over everything, oldest epoch first. */
gboolean
bm_store_verify_slice (BmStore *self, GError **error)
{
  BmStoreEpoch epoch;
  BmStoreFault fault;
  guint64 last;

  if (!look_at_slice (self, error))
    return FALSE;
  if (self->slice_epoch == 0 || self->stop != NULL)
    return TRUE;
  if (!bm_store_chain_load (self, self->slice_epoch, &epoch, error))
    {
      self->slice_epoch = 0;
      return FALSE;
    }
  last = MIN (self->slice_seq + BM_STORE_SLICE_ROWS - 1, epoch.next_seq - 1);
  if (!bm_store_verify_rows (self, &epoch, self->slice_seq, last, &fault, error))
    return FALSE;
  if (fault.what == NULL && last == epoch.next_seq - 1 &&
      !bm_store_verify_head (self, &epoch, &fault, error))
    return FALSE;
  if (fault.what != NULL)
    bm_store_note_fault (self, &fault);
  self->slice_seq = last + 1;
  if (last == epoch.next_seq - 1)
    {
      self->slice_epoch = epoch.id < self->now.id ? epoch.id + 1 : 0;
      self->slice_seq = 1;
    }
  if (self->slice_epoch == 0 && self->stop == NULL)
    self->verified_ms = bm_clock_get_wall_ms (self->clock);
  return TRUE;
}
