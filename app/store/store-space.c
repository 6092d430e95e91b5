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
 * Checkpoints run from here, never inside a commit: when idle, and right after the commit with which
 * the log has grown to bm_store_space_get_log_pages(). They leave the log's file as long as it is: the
 * next commits write over it, and a sync that has no new size to store is cheaper. The idle tick also
 * checks the chain in slices and puts the ballast back.
 *
 * Invariants:
 *  B1  The ballast holds what the log can add to the database, and room beside it for what draining adds.
 *      Given up, it must let a checkpoint through, and that adds at most the log's pages. So the log's
 *      length follows the ballast: it is moved at a half of it, and at LATEST the writer waits for that,
 *      on a full disk in the ballast's room (bm_store_space_hold_log()). On top of it comes one
 *      transaction: a reply (4 MiB at most), a slice of a purge (store-purge.c). An entry with larger
 *      attachments is taken only with a multiple of all this free, and the log is moved right after it.
 *  B2  A transaction that drains and finds no room moves the log first, then gives up the ballast
 *      (bm_store_space_make_room()); without a ballast the log's file is the room that is left, and the
 *      first of the two makes it usable again.
 *      A purge that still finds none takes smaller slices, down to a row (store-purge.c).
 *  B3  The ballast goes for what drains only, never for a new promise; none is given unless it is there or
 *      there is room for it beyond the threshold. It comes back with the first idle tick that finds
 *      room for it and for the log (a half of the threshold).
 */

#define LOG_BYTES     ((gint64) 4 * 1024 * 1024)
#define LOG_PIECE     65536
#define LATEST(pages) ((pages) + (pages) / 4) /* the writer waits for the log to be moved */

G_STATIC_ASSERT ((gint64) LATEST (BM_STORE_MAX_WAL_PAGES) * BM_PAGES_SIZE +
                   BM_STORE_BALLAST_BYTES / 4 <
                 BM_STORE_BALLAST_BYTES);
G_STATIC_ASSERT (BM_STORE_RESERVE_BYTES >= 2 * BM_STORE_BALLAST_BYTES);

/* -1: there is no such file. */
static gint64
get_size (const char *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 ? (gint64) info.st_size : -1;
}

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

/* Pages in the log with which it is moved; B1. */
gint
bm_store_space_get_log_pages (BmStore *self)
{
  if (self->ballast_bytes <= 0)
    return BM_STORE_MAX_WAL_PAGES;
  return (gint) MIN (BM_STORE_MAX_WAL_PAGES, self->ballast_bytes / 2 / BM_PAGES_SIZE);
}

/* Length of the log's file, or -1. */
gint64
bm_store_space_get_log_bytes (BmStore *self)
{
  g_autofree char *path = g_build_filename (self->folder, "ledger.db-wal", NULL);

  return get_size (path);
}

static gint64
get_missing_ballast (BmStore *self)
{
  g_autofree char *path = dup_ballast_path (self);

  return MAX (self->ballast_bytes - MAX (get_size (path), 0), 0);
}

/*
 * Whether @wanted bytes are free beside the ballast. Pages that a purge left empty take what is promised as well
 * as the disk does: only the log needs the disk itself, and a half of @wanted is more than it can take.
 */
static gboolean
has_room (BmStore *self, gint64 wanted, gint64 *ret_room)
{
  gint64 room, pages;

  *ret_room = room = bm_store_space_get_free (self);
  if (room < 0)
    return TRUE; /* when the system cannot tell, SQLite will */
  room -= get_missing_ballast (self);
  if (room >= wanted)
    return TRUE;
  return room >= wanted / 2 && bm_sql_read_int (self, "PRAGMA freelist_count", &pages, NULL) &&
         room + pages * BM_PAGES_SIZE >= wanted;
}

/* BM_ERROR_FULL when no new promise may be given; nothing was written then. */
gboolean
bm_store_space_check (BmStore *self, GError **error)
{
  gint64 room;

  if (self->reserve_bytes <= 0 || has_room (self, self->reserve_bytes, &room))
    return TRUE;
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

  if (self->reserve_bytes <= 0 || bytes == 0 ||
      has_room (self, self->reserve_bytes * BM_STORE_PHOTO_RESERVE + (gint64) bytes * 2, &room))
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_LIMIT,
               "only %" G_GINT64_FORMAT " MiB are free in %s: no room for attachments",
               room / (1024 * 1024), self->folder);
  return FALSE;
}

static gboolean
allocate (const char *path, gint64 size)
{
  const gboolean is_new = get_size (path) < 0;
  int fd = g_open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  int result;

  if (fd < 0)
    return FALSE;
  result = posix_fallocate (fd, 0, size);
  close (fd);
  if (result != 0 && is_new)
    g_unlink (path);
  return result == 0;
}

/* Makes the ballast, or what is missing of it, when there is room (B3); its absence is no error. */
void
bm_store_space_ensure_ballast (BmStore *self)
{
  const gint64 missing = get_missing_ballast (self);
  g_autofree char *path = NULL;

  if (missing == 0 || bm_store_space_get_free (self) < missing + MAX (self->reserve_bytes, 0) / 2)
    return;
  path = dup_ballast_path (self);
  (void) allocate (path, self->ballast_bytes); /* tried again at the next idle tick */
}

/* At the end SQLite removes the log. When there is no ballast any more, @bytes of the room that it had are
 * kept as one: on a disk that somebody else fills, the next start needs them. */
void
bm_store_space_save_ballast (BmStore *self, gint64 bytes)
{
  g_autofree char *path = dup_ballast_path (self);

  if (self->ballast_bytes <= 0 || get_size (path) >= 0)
    return;
  bytes = MIN (bytes, self->ballast_bytes);
  while (bytes >= LOG_PIECE && !allocate (path, bytes))
    bytes /= 2;
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

/*
 * What to do about a transaction that drains and found no room (B2). A log that can be moved is room for as
 * much again; where it cannot, because the database would have to grow, the ballast lets it.
 *
 * Returns: whether it may fit now; FALSE after at most three times
 */
gboolean
bm_store_space_make_room (BmStore *self)
{
  if (self->wal_pages > 0 && bm_store_checkpoint (self, NULL))
    return TRUE;
  if (self->is_dead || !bm_store_space_release_ballast (self))
    return FALSE;
  (void) bm_store_checkpoint (self, NULL); /* if it cannot, the transaction tells */
  return TRUE;
}

static gint
get_latest (BmStore *self)
{
  const gint pages = bm_store_space_get_log_pages (self);

  return self->idle_ms < 0 ? pages : LATEST (pages);
}

/* After a transaction that drains: a log that could not be moved when it was due must not grow beyond what
 * the ballast holds (B1), so that the ballast goes now. */
void
bm_store_space_hold_log (BmStore *self)
{
  if (self->wal_pages >= get_latest (self) && !self->is_dead &&
      bm_store_space_release_ballast (self))
    (void) bm_store_checkpoint (self, NULL); /* damage: told through "trouble" */
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
  bm_pack_forget ();
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
 * not its own. Without room for it nothing is lost but speed. A sync that fails is another matter: it is
 * the log's file, and nobody may write there before the next start (Q2 of store-sql.c).
 */
gboolean
bm_store_space_prepare_log (BmStore *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, "ledger.db-wal", NULL);
  g_autofree guint8 *zeros = g_malloc0 (LOG_PIECE);
  gboolean is_synced;
  gint64 size;
  int fd;

  if (self->vfs != NULL || self->max_pages != 0) /* the files of a test are its own */
    return TRUE;
  if (bm_store_space_get_free (self) < self->reserve_bytes + LOG_BYTES)
    return TRUE;
  fd = g_open (path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return TRUE;
  size = lseek (fd, 0, SEEK_END);
  while (size >= 0 && size < LOG_BYTES)
    {
      const gssize written = pwrite (fd, zeros, (gsize) MIN (LOG_BYTES - size, LOG_PIECE), size);

      if (written <= 0)
        break;
      size += written;
    }
  is_synced = fdatasync (fd) == 0;
  close (fd);
  if (!is_synced)
    bm_sql_set_error (self, SQLITE_IOERR_FSYNC, error);
  return is_synced;
}

/* Called after every write: pushes the tick away, so that it never runs into a busy minute. */
void
bm_store_schedule_idle (BmStore *self)
{
  if (self->wal_pages >= get_latest (self))
    (void) bm_store_checkpoint (self, NULL); /* full: B1; damage: told through "trouble" */
  if (self->idle_ms < 0)
    return;
  if (self->idle == NULL)
    {
      self->idle = g_timeout_source_new (self->idle_ms);
      g_source_set_callback (self->idle, on_idle, self, NULL);
      g_source_attach (self->idle, bm_worker_get_context (self->worker));
    }
  /* A long log is moved as soon as what was committed is told; the commit does not wait for it. */
  g_source_set_ready_time (self->idle, self->wal_pages >= bm_store_space_get_log_pages (self)
                                         ? 0
                                         : g_get_monotonic_time () + self->idle_ms * 1000);
}
