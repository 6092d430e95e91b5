/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/crash/crash-vfs.h"

#include <glib/gstdio.h>

#include <string.h>

#define SECTOR 512

typedef enum
{
  OP_WRITE,
  OP_TRUNCATE,
  OP_SYNC,
  OP_DELETE,
} OpKind;

typedef struct
{
  OpKind kind;
  char *name;
  gsize offset; /* or the new size */
  GBytes *data;
} Op;

struct _CrashDisk
{
  GHashTable *files; /* name -> GByteArray: what SQLite sees */
  GHashTable *base;  /* what was durable when the record began */
  GPtrArray *ops;
  gboolean is_held; /* operations are done and not recorded */
  CrashFail fail;
  guint fail_in;
  guint fault_at; /* operations recorded when the fault struck; G_MAXUINT: it did not */
  gsize room;
  char *ballast;
};

struct _CrashReplay
{
  CrashDisk *disk;
  GPtrArray *ops; /* the record, taken over */
  GHashTable *durable;
  GHashTable *pending; /* name -> GPtrArray of Op, borrowed */
  guint next;
  gboolean lying;
};

typedef struct
{
  sqlite3_file base;
  char *name;
} CrashHandle;

static CrashDisk *the_disk;

static void
op_free (gpointer data)
{
  Op *op = data;

  g_free (op->name);
  g_clear_pointer (&op->data, g_bytes_unref);
  g_free (op);
}

static GHashTable *
files_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                (GDestroyNotify) g_byte_array_unref);
}

static GHashTable *
files_copy (GHashTable *files)
{
  GHashTable *copy = files_new ();
  GHashTableIter iter;
  gpointer name, contents;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &name, &contents))
    {
      GByteArray *bytes = g_byte_array_sized_new (((GByteArray *) contents)->len);

      g_byte_array_append (bytes, ((GByteArray *) contents)->data, ((GByteArray *) contents)->len);
      g_hash_table_insert (copy, g_strdup (name), bytes);
    }
  return copy;
}

static GByteArray *
ensure_file (GHashTable *files, const char *name)
{
  GByteArray *bytes = g_hash_table_lookup (files, name);

  if (bytes == NULL)
    {
      bytes = g_byte_array_new ();
      g_hash_table_insert (files, g_strdup (name), bytes);
    }
  return bytes;
}

static void
set_size (GByteArray *bytes, gsize size)
{
  gsize old = bytes->len;

  g_byte_array_set_size (bytes, (guint) size);
  if (size > old)
    memset (bytes->data + old, 0, size - old);
}

static void
put (GByteArray *bytes, gsize offset, gconstpointer data, gsize len)
{
  if (offset + len > bytes->len)
    set_size (bytes, offset + len);
  memcpy (bytes->data + offset, data, len);
}

static void
apply_op (GHashTable *files, const Op *op)
{
  switch (op->kind)
    {
    case OP_WRITE:
      put (ensure_file (files, op->name), op->offset, g_bytes_get_data (op->data, NULL),
           g_bytes_get_size (op->data));
      break;
    case OP_TRUNCATE:
      set_size (ensure_file (files, op->name), op->offset);
      break;
    case OP_DELETE:
      g_hash_table_remove (files, op->name);
      break;
    case OP_SYNC:
    default:
      break;
    }
}

static void
record (OpKind kind, const char *name, gsize offset, gconstpointer data, gsize len)
{
  Op *op = g_new0 (Op, 1);

  op->kind = kind;
  op->name = g_strdup (name);
  op->offset = offset;
  op->data = data != NULL ? g_bytes_new (data, len) : NULL;
  apply_op (the_disk->files, op);
  if (the_disk->is_held)
    op_free (op);
  else
    g_ptr_array_add (the_disk->ops, op);
}

static gboolean
strikes (CrashFail fail)
{
  if (the_disk->fail != fail || the_disk->fail_in == 0 || --the_disk->fail_in > 0)
    return FALSE;
  the_disk->fault_at = the_disk->ops->len;
  return TRUE;
}

static gboolean
has_room (const char *name, gsize end)
{
  GByteArray *bytes = g_hash_table_lookup (the_disk->files, name);
  gsize size = bytes != NULL ? bytes->len : 0;
  gsize ballast = 0;
  GStatBuf info;

  if (the_disk->room == 0 || end <= size)
    return TRUE;
  if (the_disk->ballast != NULL && g_stat (the_disk->ballast, &info) == 0)
    ballast = (gsize) info.st_size;
  return crash_disk_get_used (the_disk) + ballast + (end - size) <= the_disk->room;
}

static int
on_close (sqlite3_file *file)
{
  g_clear_pointer (&((CrashHandle *) file)->name, g_free);
  return SQLITE_OK;
}

static int
on_read (sqlite3_file *file, void *buffer, int len, sqlite3_int64 offset)
{
  GByteArray *bytes = ensure_file (the_disk->files, ((CrashHandle *) file)->name);
  gsize there = (gsize) offset < bytes->len ? bytes->len - (gsize) offset : 0;

  there = MIN (there, (gsize) len);
  if (there > 0)
    memcpy (buffer, bytes->data + offset, there);
  if (there == (gsize) len)
    return SQLITE_OK;
  memset ((char *) buffer + there, 0, (gsize) len - there);
  return SQLITE_IOERR_SHORT_READ;
}

static int
on_write (sqlite3_file *file, const void *data, int len, sqlite3_int64 offset)
{
  const char *name = ((CrashHandle *) file)->name;

  if (strikes (CRASH_FAIL_ANY))
    return SQLITE_IOERR_WRITE;
  if (strikes (CRASH_FAIL_WRITE) || !has_room (name, (gsize) offset + (gsize) len))
    return SQLITE_FULL;
  record (OP_WRITE, name, (gsize) offset, data, (gsize) len);
  return SQLITE_OK;
}

static int
on_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  if (strikes (CRASH_FAIL_ANY))
    return SQLITE_IOERR_TRUNCATE;
  record (OP_TRUNCATE, ((CrashHandle *) file)->name, (gsize) size, NULL, 0);
  return SQLITE_OK;
}

static int
on_sync (sqlite3_file *file, int flags)
{
  if (strikes (CRASH_FAIL_ANY))
    return SQLITE_IOERR_FSYNC;
  record (OP_SYNC, ((CrashHandle *) file)->name, 0, NULL, 0);
  return SQLITE_OK;
}

static int
on_size (sqlite3_file *file, sqlite3_int64 *ret_size)
{
  *ret_size = ensure_file (the_disk->files, ((CrashHandle *) file)->name)->len;
  return SQLITE_OK;
}

static int
on_lock (sqlite3_file *file, int level)
{
  return SQLITE_OK;
}

static int
on_check_lock (sqlite3_file *file, int *ret_locked)
{
  *ret_locked = 0;
  return SQLITE_OK;
}

static int
on_control (sqlite3_file *file, int code, void *argument)
{
  return SQLITE_NOTFOUND;
}

static int
on_sector (sqlite3_file *file)
{
  return 4096;
}

static int
on_traits (sqlite3_file *file)
{
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE; /* as the VFS of the product says */
}

static const sqlite3_io_methods methods = {
  .iVersion = 1,
  .xClose = on_close,
  .xRead = on_read,
  .xWrite = on_write,
  .xTruncate = on_truncate,
  .xSync = on_sync,
  .xFileSize = on_size,
  .xLock = on_lock,
  .xUnlock = on_lock,
  .xCheckReservedLock = on_check_lock,
  .xFileControl = on_control,
  .xSectorSize = on_sector,
  .xDeviceCharacteristics = on_traits,
};

static int
on_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
  CrashHandle *handle = (CrashHandle *) file;

  handle->name = name != NULL ? g_path_get_basename (name) : g_strdup ("temporary");
  ensure_file (the_disk->files, handle->name);
  handle->base.pMethods = &methods;
  if (ret_flags != NULL)
    *ret_flags = flags;
  return SQLITE_OK;
}

static int
on_delete (sqlite3_vfs *vfs, const char *path, int sync_folder)
{
  g_autofree char *name = g_path_get_basename (path);

  if (!g_hash_table_contains (the_disk->files, name))
    return SQLITE_IOERR_DELETE_NOENT;
  record (OP_DELETE, name, 0, NULL, 0);
  if (sync_folder)
    record (OP_SYNC, name, 0, NULL, 0);
  return SQLITE_OK;
}

static int
on_access (sqlite3_vfs *vfs, const char *path, int flags, int *ret_exists)
{
  g_autofree char *name = g_path_get_basename (path);
  GByteArray *bytes = g_hash_table_lookup (the_disk->files, name);

  *ret_exists = bytes != NULL && bytes->len > 0;
  return SQLITE_OK;
}

static int
on_full_path (sqlite3_vfs *vfs, const char *path, int size, char *ret_path)
{
  g_strlcpy (ret_path, path, (gsize) size);
  return SQLITE_OK;
}

static void
register_once (void)
{
  static sqlite3_vfs vfs;

  if (vfs.zName != NULL)
    return;
  vfs = *sqlite3_vfs_find (NULL);
  vfs.iVersion = 1;
  vfs.szOsFile = sizeof (CrashHandle);
  vfs.zName = CRASH_VFS;
  vfs.xOpen = on_open;
  vfs.xDelete = on_delete;
  vfs.xAccess = on_access;
  vfs.xFullPathname = on_full_path;
  g_assert_cmpint (sqlite3_vfs_register (&vfs, FALSE), ==, SQLITE_OK);
}

CrashDisk *
crash_disk_new (void)
{
  CrashDisk *self = g_new0 (CrashDisk, 1);

  g_assert_null (the_disk);
  register_once ();
  self->files = files_new ();
  self->base = files_new ();
  self->ops = g_ptr_array_new_with_free_func (op_free);
  self->fault_at = G_MAXUINT;
  the_disk = self;
  return self;
}

void
crash_disk_free (CrashDisk *self)
{
  g_assert_true (the_disk == self);
  the_disk = NULL;
  g_hash_table_unref (self->files);
  g_hash_table_unref (self->base);
  g_ptr_array_unref (self->ops);
  g_free (self->ballast);
  g_free (self);
}

guint
crash_disk_get_ops (CrashDisk *self)
{
  return self->ops->len;
}

guint
crash_disk_get_ops_after_fault (CrashDisk *self)
{
  return self->fault_at == G_MAXUINT ? 0 : self->ops->len - self->fault_at;
}

void
crash_disk_forget_ops (CrashDisk *self)
{
  g_hash_table_unref (self->base);
  self->base = files_copy (self->files);
  g_ptr_array_set_size (self->ops, 0);
}

void
crash_disk_set_fault (CrashDisk *self, CrashFail fail, guint nth)
{
  self->fail = fail;
  self->fail_in = nth;
  self->fault_at = G_MAXUINT;
}

gboolean
crash_disk_had_fault (CrashDisk *self)
{
  return self->fault_at != G_MAXUINT;
}

void
crash_disk_set_room (CrashDisk *self, gsize bytes, const char *ballast)
{
  self->room = bytes;
  g_free (self->ballast);
  self->ballast = g_strdup (ballast);
}

gsize
crash_disk_get_used (CrashDisk *self)
{
  GHashTableIter iter;
  gpointer contents;
  gsize used = 0;

  g_hash_table_iter_init (&iter, self->files);
  while (g_hash_table_iter_next (&iter, NULL, &contents))
    used += ((GByteArray *) contents)->len;
  return used;
}

GHashTable *
crash_disk_take_snapshot (CrashDisk *self)
{
  return files_copy (self->files);
}

void
crash_disk_put_snapshot (CrashDisk *self, GHashTable *snapshot)
{
  g_hash_table_unref (self->files);
  self->files = files_copy (snapshot);
}

void
crash_disk_hold_record (CrashDisk *self, gboolean is_held)
{
  self->is_held = is_held;
}

CrashReplay *
crash_replay_new (CrashDisk *disk, gboolean lying)
{
  CrashReplay *self = g_new0 (CrashReplay, 1);

  self->disk = disk;
  self->lying = lying;
  self->ops = g_steal_pointer (&disk->ops);
  disk->ops = g_ptr_array_new_with_free_func (op_free);
  self->durable = files_copy (disk->base);
  self->pending =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  return self;
}

void
crash_replay_free (CrashReplay *self)
{
  g_ptr_array_unref (self->ops);
  g_hash_table_unref (self->durable);
  g_hash_table_unref (self->pending);
  g_free (self);
}

static void
replay_op (CrashReplay *self, Op *op)
{
  GPtrArray *waiting = g_hash_table_lookup (self->pending, op->name);

  if (op->kind != OP_SYNC)
    {
      if (waiting == NULL)
        {
          waiting = g_ptr_array_new ();
          g_hash_table_insert (self->pending, g_strdup (op->name), waiting);
        }
      g_ptr_array_add (waiting, op);
      return;
    }
  if (self->lying || waiting == NULL)
    return;
  for (guint i = 0; i < waiting->len; i++)
    apply_op (self->durable, waiting->pdata[i]);
  g_hash_table_remove (self->pending, op->name);
}

/* Sector by sector: there, missing, or garbage. */
static void
tear (GHashTable *files, const Op *op, GRand *rand)
{
  GByteArray *bytes = ensure_file (files, op->name);
  const guint8 *data = g_bytes_get_data (op->data, NULL);
  const gsize len = g_bytes_get_size (op->data);

  for (gsize start = 0; start < len; start += SECTOR)
    {
      gsize part = MIN ((gsize) SECTOR, len - start);
      gint32 fate = g_rand_int_range (rand, 0, 8);
      guint8 garbage[SECTOR];

      for (gsize i = 0; i < part; i++)
        garbage[i] = (guint8) g_rand_int (rand);
      if (fate < 4)
        put (bytes, op->offset + start, data + start, part);
      else if (fate == 4)
        put (bytes, op->offset + start, garbage, part);
    }
}

static void
lose_some (GHashTable *files, GPtrArray *waiting, GRand *rand)
{
  for (guint i = 0; i < waiting->len; i++)
    {
      const Op *op = waiting->pdata[i];
      gint32 fate = g_rand_int_range (rand, 0, 4);

      if (fate == 0 && op->kind == OP_WRITE)
        tear (files, op, rand);
      else if (fate != 1)
        apply_op (files, op);
    }
}

void
crash_replay_cut (CrashReplay *self, guint op, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  GHashTable *image;
  GHashTableIter iter;
  gpointer waiting;

  g_assert_cmpuint (op, >=, self->next);
  g_assert_cmpuint (op, <=, self->ops->len);
  for (; self->next < op; self->next++)
    replay_op (self, self->ops->pdata[self->next]);
  image = files_copy (self->durable);
  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &waiting))
    lose_some (image, waiting, rand);
  g_hash_table_unref (self->disk->files);
  self->disk->files = image;
  crash_disk_forget_ops (self->disk);
}
