/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-pages.h"
#include "app/store/store-sql.h"

#include "core/error.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/*
 * Opening and closing, on the store worker.
 *
 * The lock is a file of its own, taken before SQLite is asked, so that a second process gets a
 * plain answer and never touches the log. locking_mode comes before the first access: the WAL index
 * then lives in memory and no -shm file exists that could be mapped on a full disk. Checkpoints are
 * ours alone (wal_autocheckpoint = 0), and secure_delete leaves no old bytes in free pages.
 */

static gboolean
take_lock (BmStore *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, "ledger.lock", NULL);

  if (g_mkdir_with_parents (self->folder, 0700) != 0)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "cannot make %s: %s", self->folder,
                   g_strerror (errno));
      return FALSE;
    }
  self->lock_fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->lock_fd < 0)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "cannot open %s: %s", path,
                   g_strerror (errno));
      return FALSE;
    }
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_BUSY,
               "another program has the ledger in %s open; end it first", self->folder);
  return FALSE;
}

static int
on_wal_hook (void *data, sqlite3 *db, const char *name, int pages)
{
  BmStore *self = data;

  self->wal_pages = (guint) pages;
  return SQLITE_OK;
}

static gboolean
set_pragmas (BmStore *self, GError **error)
{
  g_autofree char *synchronous = g_strdup_printf ("PRAGMA synchronous = %s", self->synchronous);
  g_autofree char *max_pages = g_strdup_printf ("PRAGMA max_page_count = %d", self->max_pages);

  if (!bm_sql_exec (self, "PRAGMA locking_mode = EXCLUSIVE", error) ||
      !bm_sql_exec (self, "PRAGMA journal_mode = WAL", error) ||
      !bm_sql_exec (self, synchronous, error) ||
      !bm_sql_exec (self, "PRAGMA mmap_size = 0", error) ||
      !bm_sql_exec (self, "PRAGMA cache_size = -6000",
                    error) || /* KiB: the inner pages of a million rows */
      !bm_sql_exec (self, "PRAGMA wal_autocheckpoint = 0", error) ||
      !bm_sql_exec (self, "PRAGMA secure_delete = ON", error) ||
      !bm_sql_exec (self, "PRAGMA temp_store = MEMORY", error) ||
      !bm_sql_exec (self, "PRAGMA trusted_schema = OFF", error) ||
      !bm_sql_exec (self, "PRAGMA cell_size_check = ON", error))
    return FALSE;
  return self->max_pages == 0 || bm_sql_exec (self, max_pages, error);
}

static void
close_connection (BmStore *self)
{
  g_clear_pointer (&self->statements, g_hash_table_unref);
  if (self->db != NULL && self->is_dead) /* what the log holds is for the next start to judge */
    (void) sqlite3_db_config (self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  if (self->db != NULL)
    (void) sqlite3_close (self->db); /* every statement is gone, so that it cannot be busy */
  self->db = NULL;
}

static void
finalize_statement (gpointer data)
{
  (void) sqlite3_finalize (data); /* repeats the error of the last step, which was reported then */
}

static gboolean
open_connection (BmStore *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, "ledger.db", NULL);
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW;
  int result;

  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, finalize_statement);
  result = sqlite3_open_v2 (path, &self->db, flags, bm_pages_register (self->vfs));
  if (result == SQLITE_OK)
    result = bm_pages_reserve (self->db);
  if (result != SQLITE_OK)
    {
      bm_sql_set_error (self, result, error);
      return FALSE;
    }
  if (!set_pragmas (self, error))
    return FALSE;
  (void) g_chmod (path,
                  0600); /* the log takes its mode from it; the folder is closed in any case */
  sqlite3_wal_hook (self->db, on_wal_hook,
                    self); /* after wal_autocheckpoint, which takes the hook away */
  self->wal_pages = 1;     /* whatever lies in the log, the first checkpoint moves it */
  return TRUE;
}

/* This ledger, this station, these keys: said at its creation, compared ever after. */
static gboolean
check_identity (BmStore *self, GError **error)
{
  g_autofree char *kiosk = g_strdup_printf ("%u", self->kiosk);

  return bm_store_check_meta_text (self, "kiosk", kiosk, error) &&
         bm_store_check_meta_text (self, "village", self->village, error) &&
         bm_store_check_meta_text (self, "local-key", bm_key_get_id (self->local_key), error) &&
         bm_store_check_meta_text (self, "chain-key", bm_key_get_id (self->chain_key), error);
}

/* Delays of an earlier boot mean nothing on this boot's clock: they run again, in full. */
static gboolean
rearm_entries (BmStore *self, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "UPDATE entry SET not_before_ms = ?2 + delay_ms, not_before_boot = ?1 "
                   "WHERE state IN (2, 3) AND "
                   "(not_before_boot IS NOT ?1 OR not_before_ms > ?2 + delay_ms)",
                   error);
  guint8 boot_id[BM_BOOT_ID_LEN];

  if (statement == NULL)
    return FALSE;
  bm_clock_get_boot_id (self->clock, boot_id);
  bm_sql_bind_blob (statement, 1, boot_id, sizeof boot_id);
  bm_sql_bind_int (statement, 2, bm_clock_get_boot_ms (self->clock));
  return bm_sql_step (self, statement, NULL, error);
}

static gboolean
start_body (BmStore *self, gpointer data, GError **error)
{
  gint64 epochs;

  if (!check_identity (self, error) ||
      !bm_sql_read_int (self, "SELECT count(*) FROM epoch", &epochs, error))
    return FALSE;
  if (epochs == 0 &&
      !bm_store_chain_open_epoch (self, self->now.label, self->now.next_counter, error))
    return FALSE;
  return bm_store_begin_offered (self, error) && bm_store_begin_uses (self, error) &&
         rearm_entries (self, error) && bm_store_pin_rearm (self, error) &&
         bm_store_journal_forget (self, "", error) && bm_store_packs_sweep (self, error);
}

/* What the platform signed last, and what was written last, when the clock was believed: it is later now. */
static gboolean
teach_clock (BmStore *self, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT boot_id, boot_ms, server_ms FROM clock ORDER BY id DESC LIMIT 1",
                   error);
  g_autoptr (GBytes) boot = NULL;
  guint8 boot_id[BM_BOOT_ID_LEN];
  gboolean has_row;
  gint64 server_ms, wall_ms;

  if (row == NULL || !bm_sql_step (self, row, &has_row, error) ||
      !bm_sql_read_int (self,
                        "SELECT ifnull ((SELECT wall_ms FROM entry ORDER BY id DESC LIMIT 1), 0)",
                        &wall_ms, error))
    return FALSE;
  bm_clock_learn_floor (self->clock, wall_ms);
  if (!has_row)
    return TRUE;
  bm_clock_get_boot_id (self->clock, boot_id);
  boot = bm_sql_dup_bytes (row, 0);
  server_ms = bm_sql_get_int (row, 2);
  /* A torn file may give a row that it never held. */
  if (boot != NULL && g_bytes_get_size (boot) == sizeof boot_id &&
      memcmp (g_bytes_get_data (boot, NULL), boot_id, sizeof boot_id) == 0)
    bm_clock_learn (self->clock, server_ms, bm_sql_get_int (row, 1));
  bm_clock_learn_floor (self->clock, server_ms);
  return TRUE;
}

static gboolean
open_ledger (BmStore *self, GError **error)
{
  if (!open_connection (self, error) || !bm_store_migrate (self, error) ||
      !teach_clock (self, error) || !bm_store_transact_draining (self, start_body, NULL, error))
    return FALSE;
  return bm_store_chain_load (self, 0, &self->now, error) && bm_store_verify_start (self, error);
}

/* A disk that is full to the last byte: the ballast makes room for one more try. */
static gboolean
open_with_room (BmStore *self, GError **error)
{
  const BmStoreEpoch fresh = self->now;
  g_autoptr (GError) first = NULL;

  if (open_ledger (self, &first))
    return TRUE;
  if (!g_error_matches (first, BM_ERROR, BM_ERROR_FULL) || !bm_store_space_release_ballast (self))
    {
      g_propagate_error (error, g_steal_pointer (&first));
      return FALSE;
    }
  close_connection (self);
  self->now = fresh;
  return open_ledger (self, error);
}

gboolean
bm_store_start (BmStore *self, GError **error)
{
  if (!take_lock (self, error))
    return FALSE;
  bm_store_space_ensure_ballast (self);
  if (!open_with_room (self, error) || !bm_store_space_prepare_log (self, error))
    return FALSE;
  bm_store_schedule_idle (self);
  return TRUE;
}

/* Also after a start that failed half-way. */
void
bm_store_end (BmStore *self)
{
  gint64 log_bytes;

  if (self->idle != NULL)
    g_source_destroy (self->idle);
  g_clear_pointer (&self->idle, g_source_unref);
  if (self->db != NULL && self->statements != NULL)
    (void)
      bm_store_checkpoint (self,
                           NULL); /* if it cannot, the log stays and is read at the next start */
  g_clear_pointer (&self->ratchet, bm_ratchet_free);
  log_bytes = bm_store_space_get_log_bytes (self);
  close_connection (self);
  if (self->lock_fd >= 0)
    {
      if (bm_store_space_get_log_bytes (self) < 0)
        bm_store_space_save_ballast (self, log_bytes);
      close (self->lock_fd);
    }
  self->lock_fd = -1;
}
