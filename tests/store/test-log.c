/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/store/store-log.h"

#include <glib/gstdio.h>

#include <string.h>

/*
 * The log's file over a VFS that counts what reaches the disk and fails when it is told to: what is gathered is
 * written once, before anybody looks, and a failure is told where it belongs.
 */

static int n_writes;
static int fail_with; /* what the next write answers; SQLITE_OK: it writes */
static const sqlite3_io_methods *real_methods;
static sqlite3_io_methods watched;

static int
watch_write (sqlite3_file *file, const void *data, int len, sqlite3_int64 offset)
{
  n_writes++;
  return fail_with != SQLITE_OK ? fail_with : real_methods->xWrite (file, data, len, offset);
}

static int
watch_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
  sqlite3_vfs *base = vfs->pAppData;
  int result = base->xOpen (base, name, file, flags, ret_flags);

  if (file->pMethods == NULL)
    return result;
  real_methods = file->pMethods;
  watched = *real_methods;
  watched.xWrite = watch_write;
  file->pMethods = &watched;
  return result;
}

typedef struct
{
  char *folder;
  char *database;
  char *path;
  sqlite3_vfs vfs;
  sqlite3_file *file;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  sqlite3_vfs *base = sqlite3_vfs_find (NULL);
  int flags = SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

  (void) unused;
  fixture->folder = g_dir_make_tmp ("bianmin-log-XXXXXX", NULL);
  fixture->database = g_build_filename (fixture->folder, "db", NULL); /* the log gets its mode */
  fixture->path = g_strconcat (fixture->database, "-wal", NULL);
  g_assert_true (g_file_set_contents (fixture->database, "", 0, NULL));
  fixture->vfs = *base;
  fixture->vfs.pAppData = base;
  fixture->vfs.xOpen = watch_open;
  fixture->file = g_malloc0 (bm_log_file_size + (gsize) base->szOsFile);
  n_writes = 0;
  fail_with = SQLITE_OK;
  g_assert_cmpint (bm_log_open (&fixture->vfs, fixture->path, fixture->file, flags, &flags), ==,
                   SQLITE_OK);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  (void) unused;
  if (fixture->file->pMethods != NULL)
    (void) fixture->file->pMethods->xClose (fixture->file);
  g_unlink (fixture->path);
  g_unlink (fixture->database);
  g_rmdir (fixture->folder);
  g_free (fixture->file);
  g_free (fixture->path);
  g_free (fixture->database);
  g_free (fixture->folder);
}

static int
put (Fixture *fixture, guint8 byte, int len, sqlite3_int64 offset)
{
  g_autofree guint8 *bytes = g_malloc ((gsize) len);

  memset (bytes, byte, (gsize) len);
  return fixture->file->pMethods->xWrite (fixture->file, bytes, len, offset);
}

static void
put_well (Fixture *fixture, guint8 byte, int len, sqlite3_int64 offset)
{
  g_assert_cmpint (put (fixture, byte, len, offset), ==, SQLITE_OK);
}

static int
sync_it (Fixture *fixture)
{
  return fixture->file->pMethods->xSync (fixture->file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

/* What another program would find in the file. */
static char *
dup_disk (Fixture *fixture, gsize *ret_len)
{
  char *bytes = NULL;

  g_assert_true (g_file_get_contents (fixture->path, &bytes, ret_len, NULL));
  return bytes;
}

static void
test_gathered (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *bytes = NULL;
  gsize len;

  (void) unused;
  for (int frame = 0; frame < 12; frame++)
    {
      put_well (fixture, (guint8) (1 + frame), 24, frame * 4120);
      put_well (fixture, (guint8) (101 + frame), 4096, frame * 4120 + 24);
    }
  g_assert_cmpint (n_writes, ==, 0);
  g_assert_cmpint (sync_it (fixture), ==, SQLITE_OK);
  g_assert_cmpint (n_writes, ==, 1);
  bytes = dup_disk (fixture, &len);
  g_assert_cmpuint (len, ==, 12 * 4120);
  for (int frame = 0; frame < 12; frame++)
    {
      g_assert_cmpint ((guint8) bytes[frame * 4120 + 23], ==, 1 + frame);
      g_assert_cmpint ((guint8) bytes[frame * 4120 + 24], ==, 101 + frame);
    }
  g_assert_cmpint (sync_it (fixture), ==, SQLITE_OK);
  g_assert_cmpint (n_writes, ==, 1);
}

/* More than one call may write (SQLite's own writes no more than 128 KiB), back to front, and one over another. */
static void
test_any_order (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *bytes = NULL;
  gsize len;

  (void) unused;
  for (int frame = 0; frame < 100; frame++)
    put_well (fixture, (guint8) frame, 4120, frame * 4120);
  put_well (fixture, 200, 24, 8240);
  put_well (fixture, 201, 24, 0);
  put_well (fixture, 202, 100 * 1024, 412000);
  g_assert_cmpint (sync_it (fixture), ==, SQLITE_OK);
  bytes = dup_disk (fixture, &len);
  g_assert_cmpuint (len, ==, 412000 + 100 * 1024);
  g_assert_cmpint ((guint8) bytes[0], ==, 201);
  g_assert_cmpint ((guint8) bytes[8240], ==, 200);
  g_assert_cmpint ((guint8) bytes[8240 + 24], ==, 2);
  g_assert_cmpint ((guint8) bytes[411999], ==, 99);
  g_assert_cmpint ((guint8) bytes[len - 1], ==, 202);
}

static void
test_seen_at_once (Fixture *fixture, gconstpointer unused)
{
  const sqlite3_io_methods *methods = fixture->file->pMethods;
  sqlite3_int64 size;
  guint8 byte = 0;
  gsize len;

  (void) unused;
  put_well (fixture, 7, 4120, 0);
  g_assert_cmpint (methods->xRead (fixture->file, &byte, 1, 4119), ==, SQLITE_OK);
  g_assert_cmpint (byte, ==, 7);
  put_well (fixture, 8, 4120, 4120);
  g_assert_cmpint (methods->xFileSize (fixture->file, &size), ==, SQLITE_OK);
  g_assert_cmpint (size, ==, 8240);
  put_well (fixture, 9, 4120, 8240);
  g_assert_cmpint (methods->xTruncate (fixture->file, 10), ==, SQLITE_OK);
  put_well (fixture, 10, 24, 10);
  g_assert_cmpint (methods->xClose (fixture->file), ==, SQLITE_OK);
  fixture->file->pMethods = NULL;
  g_free (dup_disk (fixture, &len));
  g_assert_cmpuint (len, ==, 34);
}

/* The sync says that the write failed, and a later one never writes what was dropped. */
static void
test_failure_is_told (Fixture *fixture, gconstpointer unused)
{
  static const int failures[] = { SQLITE_FULL, SQLITE_IOERR_WRITE };
  guint8 byte;

  (void) unused;
  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      put_well (fixture, 50, 4120, 0);
      fail_with = failures[i];
      g_assert_cmpint (sync_it (fixture), ==, failures[i]);
      put_well (fixture, 51, 4120, 4120);
      g_assert_cmpint (fixture->file->pMethods->xRead (fixture->file, &byte, 1, 0), ==,
                       failures[i]);
      put_well (fixture, 52, 4120, 8240);
      g_assert_cmpint (put (fixture, 53, 4120, 0), ==,
                       failures[i]); /* not beside it: the one before goes out */
      fail_with = SQLITE_OK;
      g_assert_cmpint (sync_it (fixture), ==, SQLITE_OK);
    }
  g_assert_cmpint (fixture->file->pMethods->xRead (fixture->file, &byte, 1, 0), ==,
                   SQLITE_IOERR_SHORT_READ);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/log/a-commit-is-one-write", test_gathered);
  ADD ("/log/any-order", test_any_order);
  ADD ("/log/seen-at-once", test_seen_at_once);
  ADD ("/log/a-failure-is-told", test_failure_is_told);
  return g_test_run ();
}
