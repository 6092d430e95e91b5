/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include "core/error.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

/*
 * Room on the disk. A full disk must refuse new promises before anything is written, and must still
 * let what was promised drain: in WAL mode even a DELETE needs room. Hence two things: a threshold
 * below which no commit is taken, and a ballast file that is given up when draining finds no room.
 *
 * Checkpoints run from here, never inside a commit: when idle, and right after the
 * commit with which the log has grown to BM_STORE_MAX_WAL_PAGES. They leave the log's file as long as it is: the next commits write over
 * it, and a sync that has no new size to store is cheaper. The idle tick also checks the chain in
 * slices and puts the ballast back.
 */

#define LOG_BYTES ((gint64) 4 * 1024 * 1024)
#define LOG_PIECE 65536

static char *
dup_ballast_path (BmStore *self)
{
  return g_build_filename (self->folder, "ledger.ballast", NULL);
}

/* Bytes that an ordinary user may still write, or -1. */
gint64
bm_store_space_get_free (BmStore *self)
{
  struct statvfs info;

  if (statvfs (self->folder, &info) != 0)
    return -1;
  return (gint64) info.f_bavail * (gint64) info.f_frsize;
}

/* BM_ERROR_FULL when no new promise may be given; nothing was written then. */
gboolean
bm_store_space_check (BmStore *self, GError **error)
{
  gint64 room;

  if (self->reserve_bytes <= 0)
    return TRUE;
  room = bm_store_space_get_free (self);
  if (room < 0 || room >= self->reserve_bytes)
    return TRUE; /* when the system cannot tell, SQLite will */
  g_set_error (error, BM_ERROR, BM_ERROR_FULL, "only %" G_GINT64_FORMAT " MiB are free in %s",
               room / (1024 * 1024), self->folder);
  return FALSE;
}

/* BM_ERROR_LIMIT when there is room for entries, but not for attachments of @bytes: what is large
 * stops long before what is small has to. */
gboolean
bm_store_space_check_large (BmStore *self, gsize bytes, GError **error)
{
  gint64 room;

  if (self->reserve_bytes <= 0 || bytes == 0)
    return TRUE;
  room = bm_store_space_get_free (self);
  if (room < 0 || room >= self->reserve_bytes * BM_STORE_PHOTO_RESERVE + (gint64) bytes * 2)
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_LIMIT,
               "only %" G_GINT64_FORMAT " MiB are free in %s: no room for attachments",
               room / (1024 * 1024), self->folder);
  return FALSE;
}

static gboolean
allocate (const char *path, gint64 size)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  int result;

  if (fd < 0)
    return FALSE;
  result = posix_fallocate (fd, 0, size);
  close (fd);
  if (result != 0)
    g_unlink (path);
  return result == 0;
}

/* Makes the ballast when there is room for it beyond the threshold; its absence is no error. */
void
bm_store_space_ensure_ballast (BmStore *self)
{
  g_autofree char *path = NULL;
  GStatBuf info;

  if (self->ballast_bytes <= 0)
    return;
  path = dup_ballast_path (self);
  if (g_stat (path, &info) == 0 && info.st_size >= self->ballast_bytes)
    return;
  if (bm_store_space_get_free (self) >= self->reserve_bytes + self->ballast_bytes)
    (void) allocate (path, self->ballast_bytes); /* tried again at the next idle tick */
}

/* Returns: whether there was a ballast to give up. */
gboolean
bm_store_space_release_ballast (BmStore *self)
{
  g_autofree char *path = dup_ballast_path (self);

  return g_unlink (path) == 0;
}

/* Moves the log into the database. A failed fsync in here is as final as one in a commit (Q2). */
gboolean
bm_store_checkpoint (BmStore *self, GError **error)
{
  int result;

  if (self->is_dead || self->wal_pages == 0)
    return TRUE;
  result = sqlite3_wal_checkpoint_v2 (self->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  if (result != SQLITE_OK)
    {
      bm_sql_set_error (self, result, error);
      return FALSE;
    }
  self->wal_pages = 0;
  self->checkpoint_ms = bm_clock_get_wall_ms (self->clock);
  return TRUE;
}

/* Once a day and once after a start, a piece at each tick. */
static void
purge_daily (BmStore *self)
{
  const gint32 today = bm_store_get_today (self);
  gboolean is_end = TRUE;

  if (self->centre_ms == 0 || self->purge_day == today)
    return;
  if (bm_store_purge (self, &is_end, NULL) && !is_end) /* a failure is told through "trouble" */
    bm_store_schedule_idle (self);
  else
    self->purge_day = today;
}

static gboolean
on_idle (gpointer data)
{
  BmStore *self = data;

  g_clear_pointer (&self->idle, g_source_unref);
  if (self->is_dead)
    return G_SOURCE_REMOVE;
  (void) bm_store_checkpoint (self, NULL); /* full: the next tick; damage: told through "trouble" */
  bm_store_space_ensure_ballast (self);
  (void) bm_store_verify_slice (self, NULL); /* what it finds is told through "trouble" */
  if (self->slice_epoch != 0 || self->slice_page >= 0)
    bm_store_schedule_idle (self);
  purge_daily (self);
  return G_SOURCE_REMOVE;
}

/*
 * Makes the log's file as long as LOG_BYTES with blocks that were written once: a commit then writes over
 * blocks that the file system knows, and its sync has no size and no new block to store. What lies
 * behind the log's last commit is no log: SQLite stops at the first frame whose salt and checksum are
 * not its own. Without room for it nothing is lost but speed.
 */
void
bm_store_space_prepare_log (BmStore *self)
{
  g_autofree char *path = g_build_filename (self->folder, "ledger.db-wal", NULL);
  g_autofree guint8 *zeros = g_malloc0 (LOG_PIECE);
  gint64 size;
  int fd;

  if (self->vfs != NULL || self->max_pages != 0) /* the files of a test are its own */
    return;
  if (bm_store_space_get_free (self) < self->reserve_bytes + LOG_BYTES)
    return;
  fd = g_open (path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return;
  size = lseek (fd, 0, SEEK_END);
  while (size >= 0 && size < LOG_BYTES)
    {
      const gssize written = pwrite (fd, zeros, (gsize) MIN (LOG_BYTES - size, LOG_PIECE), size);

      if (written <= 0)
        break;
      size += written;
    }
  (void) fdatasync (fd); /* it holds no data yet; SQLite syncs what it writes itself */
  close (fd);
}

/* Called after every write: pushes the tick away, so that it never runs into a busy minute. */
void
bm_store_schedule_idle (BmStore *self)
{
  if (self->wal_pages >= (self->idle_ms < 0 ? 1 : 2) * BM_STORE_MAX_WAL_PAGES)
    (void) bm_store_checkpoint (self,
                                NULL); /* full: the log grows on; damage: told through "trouble" */
  if (self->idle_ms < 0)
    return;
  if (self->idle == NULL)
    {
      self->idle = g_timeout_source_new (self->idle_ms);
      g_source_set_callback (self->idle, on_idle, self, NULL);
      g_source_attach (self->idle, bm_worker_get_context (self->worker));
    }
  /* A long log is moved as soon as what was committed is told; the commit does not wait for it. */
  g_source_set_ready_time (self->idle, self->wal_pages >= BM_STORE_MAX_WAL_PAGES
                                         ? 0
                                         : g_get_monotonic_time () + self->idle_ms * 1000);
}
