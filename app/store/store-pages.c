/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-pages.h"

#include "app/store/store-log.h"
#include "app/store/store-through.h"

#include <string.h>

/*
 * Disks forget bits, and SQLite reads what it is given. The chain knows every record, but not the states,
 * the slips' rows or an index. Hence a checksum in the last 8 bytes of every page of ledger.db, in the room
 * that SQLite leaves there (reserved space): CRC-64 over the rest of the page, least significant byte first.
 *
 * A CRC is linear: the difference between the checksum that is stored and the one that is computed depends
 * only on which bits are wrong, and is another one for every single bit. So one wrong bit is found and put
 * right in memory. With two or more the page is given as it is, and counted: the store takes nothing new
 * from then on, and the rows of that page that are still sound can be sent; the chain knows which. What is
 * wrong on the disk stays until SQLite writes the page again, and is reported by bm_pages_look() as long.
 *
 * Pages in the log have SQLite's own checksums; ours are computed when a checkpoint writes the page. A file
 * from before this (no reserved space) is read and written as it is. A page of zeros, a hole in the file,
 * has the right checksum.
 *
 * This notices accidents. Whoever changes a page on purpose computes the checksum, too; that is found by
 * the chain's MACs and by what is sealed.
 */

#define BODY         (BM_PAGES_SIZE - BM_PAGES_RESERVE)
#define POLYNOMIAL   G_GUINT64_CONSTANT (0xc96c5795d7870f42) /* ECMA-182, reflected */
#define CONTROL_LOOK 0x424d5047                              /* "BMPG" */
#define CONTROL_BAD  0x424d5048
#define HEADER_ROOM  20 /* where a database says how much of each page is reserved */
#define MAX_BASES    8

typedef struct
{
  BmThroughFile through; /* the real one lies behind this struct */
  gboolean has_sums;
  gint64 read_bad; /* pages that were read although more than a bit of them is wrong */
  gint64
    read_repaired; /* and with one wrong bit; a checkpoint may have put them right on the disk */
} PagesFile;

typedef enum
{
  PAGE_SOUND,
  PAGE_REPAIRED,
  PAGE_BAD,
} PageState;

static guint64 tables[8][256];

static void
fill_tables (void)
{
  for (guint i = 0; i < 256; i++)
    {
      guint64 sum = i;

      for (guint bit = 0; bit < 8; bit++)
        sum = (sum >> 1) ^ ((sum & 1) != 0 ? POLYNOMIAL : 0);
      tables[0][i] = sum;
    }
  for (guint step = 1; step < 8; step++)
    for (guint i = 0; i < 256; i++)
      tables[step][i] = tables[0][tables[step - 1][i] & 0xff] ^ (tables[step - 1][i] >> 8);
}

static guint64
load (const guint8 *bytes)
{
  guint64 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT64_FROM_LE (value);
}

static void
save (guint8 *bytes, guint64 value)
{
  value = GUINT64_TO_LE (value);
  memcpy (bytes, &value, sizeof value);
}

/* Eight bytes at a step: a page costs about a microsecond. */
static guint64
compute_sum (const guint8 *page)
{
  guint64 sum = 0;

  for (guint i = 0; i < BODY; i += 8)
    {
      sum ^= load (page + i);
      sum = tables[7][sum & 0xff] ^ tables[6][(sum >> 8) & 0xff] ^ tables[5][(sum >> 16) & 0xff] ^
            tables[4][(sum >> 24) & 0xff] ^ tables[3][(sum >> 32) & 0xff] ^
            tables[2][(sum >> 40) & 0xff] ^ tables[1][(sum >> 48) & 0xff] ^ tables[0][sum >> 56];
    }
  return sum;
}

/* @difference: of the stored and the computed sum. What each bit would make of it, from the last byte on. */
static PageState
repair (guint8 *page, guint64 difference)
{
  guint64 trace[8];

  if ((difference & (difference - 1)) == 0) /* one bit of the checksum itself */
    {
      save (page + BODY, load (page + BODY) ^ difference);
      return PAGE_REPAIRED;
    }
  for (guint bit = 0; bit < 8; bit++)
    trace[bit] = tables[0][1u << bit];
  for (guint i = BODY; i-- > 0;)
    for (guint bit = 0; bit < 8; bit++)
      {
        if (trace[bit] == difference)
          {
            page[i] ^= (guint8) (1u << bit);
            return PAGE_REPAIRED;
          }
        trace[bit] = tables[0][trace[bit] & 0xff] ^ (trace[bit] >> 8);
      }
  return PAGE_BAD;
}

static PageState
check_page (guint8 *page)
{
  guint64 difference = compute_sum (page) ^ load (page + BODY);

  return difference == 0 ? PAGE_SOUND : repair (page, difference);
}

static int
read_page (PagesFile *self, guint8 *page, sqlite3_int64 number, PageState *ret_state)
{
  int result = self->through.real->pMethods->xRead (self->through.real, page, BM_PAGES_SIZE,
                                                    number * BM_PAGES_SIZE);

  *ret_state = result == SQLITE_OK ? check_page (page) : PAGE_SOUND;
  return result;
}

static int
on_read (sqlite3_file *file, void *buffer, int len, sqlite3_int64 offset)
{
  PagesFile *self = (PagesFile *) file;
  const sqlite3_int64 number = offset / BM_PAGES_SIZE;
  const gsize start = (gsize) (offset % BM_PAGES_SIZE);
  guint8 page[BM_PAGES_SIZE];
  PageState state;
  int result;

  if (!self->has_sums || len < 0 || start + (gsize) len > BM_PAGES_SIZE)
    return self->through.real->pMethods->xRead (self->through.real, buffer, len, offset);
  result = read_page (self, page, number, &state);
  if (result == SQLITE_IOERR_SHORT_READ) /* the end of the file; not a page of ours */
    return self->through.real->pMethods->xRead (self->through.real, buffer, len, offset);
  if (result != SQLITE_OK)
    return result;
  if (state == PAGE_BAD &&
      len == BM_PAGES_SIZE) /* a part of page 1 is read before the log mends it */
    self->read_bad++;
  if (state == PAGE_REPAIRED)
    self->read_repaired++;
  memcpy (buffer, page + start, (gsize) len);
  return SQLITE_OK;
}

static int
on_write (sqlite3_file *file, const void *data, int len, sqlite3_int64 offset)
{
  PagesFile *self = (PagesFile *) file;
  guint8 page[BM_PAGES_SIZE];

  if (offset == 0 && len == BM_PAGES_SIZE) /* page 1 says whether there is room for sums */
    self->has_sums = ((const guint8 *) data)[HEADER_ROOM] == BM_PAGES_RESERVE;
  if (!self->has_sums || len != BM_PAGES_SIZE || offset % BM_PAGES_SIZE != 0)
    return self->through.real->pMethods->xWrite (self->through.real, data, len, offset);
  memcpy (page, data, BODY);
  save (page + BODY, compute_sum (page));
  return self->through.real->pMethods->xWrite (self->through.real, page, BM_PAGES_SIZE, offset);
}

static int
look (PagesFile *self, BmPagesLook *request)
{
  const gint64 end = request->first + request->count;

  request->count = request->repaired = request->bad = 0;
  for (gint64 number = request->first; self->has_sums && number < end; number++)
    {
      guint8 page[BM_PAGES_SIZE];
      PageState state;
      int result = read_page (self, page, number, &state);

      if (result == SQLITE_IOERR_SHORT_READ)
        return SQLITE_OK;
      if (result != SQLITE_OK)
        return result;
      request->count++;
      request->repaired += state == PAGE_REPAIRED;
      request->bad += state == PAGE_BAD;
    }
  return SQLITE_OK;
}

static int
on_control (sqlite3_file *file, int code, void *argument)
{
  PagesFile *self = (PagesFile *) file;

  if (code == CONTROL_LOOK)
    return look (self, argument);
  if (code == CONTROL_BAD)
    {
      ((gint64 *) argument)[0] = self->read_bad;
      ((gint64 *) argument)[1] = self->read_repaired;
      return SQLITE_OK;
    }
  return bm_through_control (file, code, argument);
}

/* Version 1: no shared memory and no mapping, which the one exclusive connection does not use. */
static const sqlite3_io_methods methods = {
  .iVersion = 1,
  .xClose = bm_through_close,
  .xRead = on_read,
  .xWrite = on_write,
  .xTruncate = bm_through_truncate,
  .xSync = bm_through_sync,
  .xFileSize = bm_through_size,
  .xLock = bm_through_lock,
  .xUnlock = bm_through_unlock,
  .xCheckReservedLock = bm_through_check_lock,
  .xFileControl = on_control,
  .xSectorSize = bm_through_sector,
  .xDeviceCharacteristics = bm_through_traits,
};

/* The first page itself proves that there are sums: what it says of reserved space may be the wrong bit. */
static gboolean
has_sums (PagesFile *self)
{
  guint8 page[BM_PAGES_SIZE];
  PageState state;

  if (read_page (self, page, 0, &state) != SQLITE_OK)
    return FALSE;
  self->read_repaired += state == PAGE_REPAIRED;
  return page[HEADER_ROOM] == BM_PAGES_RESERVE;
}

static int
on_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
  sqlite3_vfs *base = vfs->pAppData;
  PagesFile *self = (PagesFile *) file;
  int result;

  if ((flags & SQLITE_OPEN_WAL) != 0)
    return bm_log_open (base, name, file, flags, ret_flags);
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
    return base->xOpen (base, name, file, flags, ret_flags);
  memset (self, 0, sizeof *self);
  self->through.real = (sqlite3_file *) (self + 1);
  result = base->xOpen (base, name, self->through.real, flags, ret_flags);
  if (self->through.real->pMethods == NULL)
    return result;
  self->through.base.pMethods = &methods;
  self->has_sums = result == SQLITE_OK && has_sums (self);
  return result;
}

/* The other verbs are the base's own, and get the base's data. */
static int
on_delete (sqlite3_vfs *vfs, const char *path, int sync_folder)
{
  sqlite3_vfs *base = vfs->pAppData;

  return base->xDelete (base, path, sync_folder);
}

static int
on_access (sqlite3_vfs *vfs, const char *path, int flags, int *ret_result)
{
  sqlite3_vfs *base = vfs->pAppData;

  return base->xAccess (base, path, flags, ret_result);
}

static int
on_full_path (sqlite3_vfs *vfs, const char *path, int size, char *ret_path)
{
  sqlite3_vfs *base = vfs->pAppData;

  return base->xFullPathname (base, path, size, ret_path);
}

static sqlite3_vfs *
make_vfs (sqlite3_vfs *base)
{
  sqlite3_vfs *vfs = g_new0 (sqlite3_vfs, 1);

  *vfs = *base; /* chance, sleep and time need nothing of @base's data */
  vfs->iVersion = MIN (base->iVersion, 2);
  vfs->szOsFile = (int) MAX (sizeof (PagesFile), bm_log_file_size) + base->szOsFile;
  vfs->zName = g_strdup_printf ("bianmin-pages-%s", base->zName);
  vfs->pNext = NULL;
  vfs->pAppData = base;
  vfs->xOpen = on_open;
  vfs->xDelete = on_delete;
  vfs->xAccess = on_access;
  vfs->xFullPathname = on_full_path;
  return vfs;
}

const char *
bm_pages_register (const char *base_name)
{
  static GMutex mutex;
  static sqlite3_vfs *made[MAX_BASES]; /* SQLite keeps them until the end of the process */
  sqlite3_vfs *base = sqlite3_vfs_find (base_name);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  guint i = 0;

  if (base == NULL)
    return NULL;
  for (; i < MAX_BASES && made[i] != NULL; i++)
    if (made[i]->pAppData == base)
      return made[i]->zName;
  if (i == MAX_BASES)
    return NULL;
  if (i == 0)
    fill_tables ();
  made[i] = make_vfs (base);
  return sqlite3_vfs_register (made[i], FALSE) == SQLITE_OK ? made[i]->zName : NULL;
}

int
bm_pages_reserve (sqlite3 *db)
{
  int bytes = BM_PAGES_RESERVE;

  return sqlite3_file_control (db, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
}

int
bm_pages_look (sqlite3 *db, BmPagesLook *request)
{
  return sqlite3_file_control (db, "main", CONTROL_LOOK, request);
}

gint64
bm_pages_count_bad (sqlite3 *db, gint64 *ret_repaired)
{
  gint64 counts[2] = { 0 };

  if (sqlite3_file_control (db, "main", CONTROL_BAD, counts) != SQLITE_OK)
    counts[0] = counts[1] = 0;
  if (ret_repaired != NULL)
    *ret_repaired = counts[1];
  return counts[0];
}
