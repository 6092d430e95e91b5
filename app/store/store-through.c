/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-through.h"

static sqlite3_file *
get_real (sqlite3_file *file)
{
  return ((BmThroughFile *) file)->real;
}

int
bm_through_close (sqlite3_file *file)
{
  sqlite3_file *real = get_real (file);

  return real->pMethods->xClose (real);
}

int
bm_through_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  sqlite3_file *real = get_real (file);

  return real->pMethods->xTruncate (real, size);
}

int
bm_through_sync (sqlite3_file *file, int flags)
{
  sqlite3_file *real = get_real (file);

  return real->pMethods->xSync (real, flags);
}

int
bm_through_size (sqlite3_file *file, sqlite3_int64 *ret_size)
{
  sqlite3_file *real = get_real (file);

  return real->pMethods->xFileSize (real, ret_size);
}

int
bm_through_lock (sqlite3_file *file, int level)
{
  sqlite3_file *real = get_real (file);

  return real->pMethods->xLock (real, level);
}

int
bm_through_unlock (sqlite3_file *file, int level)
{
  sqlite3_file *real = get_real (file);

  return real->pMethods->xUnlock (real, level);
}

int
bm_through_check_lock (sqlite3_file *file, int *ret_locked)
{
  sqlite3_file *real = get_real (file);

  return real->pMethods->xCheckReservedLock (real, ret_locked);
}

int
bm_through_control (sqlite3_file *file, int code, void *argument)
{
  sqlite3_file *real = get_real (file);

  return real->pMethods->xFileControl (real, code, argument);
}

int
bm_through_sector (sqlite3_file *file)
{
  sqlite3_file *real = get_real (file);

  return real->pMethods->xSectorSize (real);
}

int
bm_through_traits (sqlite3_file *file)
{
  sqlite3_file *real = get_real (file);

  return real->pMethods->xDeviceCharacteristics (real);
}
