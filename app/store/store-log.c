/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-log.h"

#include "app/store/store-through.h"

#include <string.h>

/*
 * The log of ledger.db. SQLite writes a frame in two pieces, 24 bytes and a page, and a commit is a dozen frames or two:
 * one beside the other, and of no worth before the sync behind the last. They are gathered here and written with one
 * call: about a sixth more commits in the same time.
 *
 * Invariants: what was written is in the file before anything of the file is read, measured, cut or synced, and a
 * write that fails is told by that call: before a sync has succeeded nobody was promised anything. What could
 * not be written is dropped, as it would be without this; SQLite rolls back and writes those frames anew.
 */

/* SQLite writes less than 128 KiB with one call (seekAndWriteFd() of its unix VFS cuts the number of bytes at 17 bits). */
#define MOST_GATHERED (64 * 1024)

typedef struct
{
  BmThroughFile through; /* the real one lies behind this struct */
  guint8 *gathered;      /* (nullable): nothing was written yet */
  gsize used;
  sqlite3_int64 offset; /* of the first byte that is gathered */
} LogFile;

static int
write_out (LogFile *self)
{
  const gsize used = self->used;

  self->used = 0;
  return used == 0 ? SQLITE_OK
                   : self->through.real->pMethods->xWrite (self->through.real, self->gathered,
                                                           (int) used, self->offset);
}

static int
on_write (sqlite3_file *file, const void *data, int len, sqlite3_int64 offset)
{
  LogFile *self = (LogFile *) file;
  const gsize n = (gsize) len;

  if (self->used > 0 &&
      (offset != self->offset + (sqlite3_int64) self->used || self->used + n > MOST_GATHERED))
    {
      int result = write_out (self);

      if (result != SQLITE_OK)
        return result;
    }
  if (n > MOST_GATHERED)
    return self->through.real->pMethods->xWrite (self->through.real, data, len, offset);
  if (self->gathered == NULL)
    self->gathered = g_malloc (MOST_GATHERED);
  if (self->used == 0)
    self->offset = offset;
  memcpy (self->gathered + self->used, data, n);
  self->used += n;
  return SQLITE_OK;
}

static int
on_read (sqlite3_file *file, void *buffer, int len, sqlite3_int64 offset)
{
  LogFile *self = (LogFile *) file;
  int result = write_out (self);

  return result != SQLITE_OK
           ? result
           : self->through.real->pMethods->xRead (self->through.real, buffer, len, offset);
}

static int
on_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  LogFile *self = (LogFile *) file;
  int result = write_out (self);

  return result != SQLITE_OK ? result : bm_through_truncate (file, size);
}

static int
on_sync (sqlite3_file *file, int flags)
{
  LogFile *self = (LogFile *) file;
  int result = write_out (self);

  return result != SQLITE_OK ? result : bm_through_sync (file, flags);
}

static int
on_size (sqlite3_file *file, sqlite3_int64 *ret_size)
{
  LogFile *self = (LogFile *) file;
  int result = write_out (self);

  return result != SQLITE_OK ? result : bm_through_size (file, ret_size);
}

static int
on_close (sqlite3_file *file)
{
  LogFile *self = (LogFile *) file;
  int written = write_out (self);
  int closed = bm_through_close (file);

  g_clear_pointer (&self->gathered, g_free);
  return written != SQLITE_OK ? written : closed;
}

static const sqlite3_io_methods methods = {
  .iVersion = 1,
  .xClose = on_close,
  .xRead = on_read,
  .xWrite = on_write,
  .xTruncate = on_truncate,
  .xSync = on_sync,
  .xFileSize = on_size,
  .xLock = bm_through_lock,
  .xUnlock = bm_through_unlock,
  .xCheckReservedLock = bm_through_check_lock,
  .xFileControl = bm_through_control,
  .xSectorSize = bm_through_sector,
  .xDeviceCharacteristics = bm_through_traits,
};

const gsize bm_log_file_size = sizeof (LogFile);

int
bm_log_open (sqlite3_vfs *base, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
  LogFile *self = (LogFile *) file;
  int result;

  memset (self, 0, sizeof *self);
  self->through.real = (sqlite3_file *) (self + 1);
  result = base->xOpen (base, name, self->through.real, flags, ret_flags);
  if (self->through.real->pMethods != NULL)
    self->through.base.pMethods = &methods;
  return result;
}
