/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/volume-file.h"

#include "core/error.h"
#include "core/fault.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/*
 *   create ─► add … ─► end mark and signature ─► fdatasync ─► read back ─► rename ─► fsync of the folder
 *
 * Invariants:
 *  F1  A file under a volume's name was whole on the medium before it got that name. A stick that is
 *      pulled out leaves a temporary file, which is never read and is overwritten by the next try.
 *  F2  Nothing is mapped: a stick that vanishes is an error here, never a signal.
 */

#define TEMPORARY   ".part"
#define READ_BLOCK  (64 * 1024)
#define FOLDER_MODE 0755
#define FILE_MODE   0644

struct _BmVolumeFile
{
  BmVolumeHeader header;
  BmVolumeWriter *writer;
  char *folder;
  char *path; /* temporary */
  int fd;
  gboolean is_finished;
};

static BmError
translate_errno (int code)
{
  switch (code)
    {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return BM_ERROR_FULL;
    case EROFS:
    case EACCES:
    case EPERM:
      return BM_ERROR_REFUSED;
    default:
      return BM_ERROR_UNREACHABLE;
    }
}

static gboolean
fail_errno (GError **error, const char *path)
{
  const int code = errno;

  g_set_error (error, BM_ERROR, translate_errno (code), "%s: %s", path, g_strerror (code));
  return FALSE;
}

/* Writing */

static gboolean
write_all (int fd, GBytes *bytes)
{
  gsize left;
  const guint8 *data = g_bytes_get_data (bytes, &left);

  while (left > 0)
    {
      const gssize n = write (fd, data, left);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      data += n;
      left -= (gsize) n;
    }
  return TRUE;
}

/* Takes @piece over. */
static gboolean
write_piece (BmVolumeFile *self, GBytes *piece, GError **error)
{
  g_autoptr (GBytes) bytes = piece;

  return write_all (self->fd, bytes) || fail_errno (error, self->path);
}

BmVolumeFile *
bm_volume_file_create (const char *folder,
                       const BmVolumeHeader *header,
                       gsize max_bytes,
                       GError **error)
{
  g_autoptr (BmVolumeFile) self = NULL;
  g_autofree char *name = NULL;
  g_autofree char *temporary = NULL;

  g_return_val_if_fail (folder != NULL && header != NULL, NULL);

  self = g_new0 (BmVolumeFile, 1);
  self->header = *header;
  self->fd = -1;
  self->folder = g_strdup (folder);
  self->writer = bm_volume_writer_new (header, max_bytes);
  name = bm_volume_dup_name (header);
  temporary = g_strconcat (name, TEMPORARY, NULL);
  self->path = g_build_filename (folder, temporary, NULL);
  /* One level only: a stick that is gone must not grow a folder of its name on our own disk. */
  if (g_mkdir (folder, FOLDER_MODE) != 0 && errno != EEXIST)
    {
      (void) fail_errno (error, folder); /* it always fails */
      return NULL;
    }
  self->fd = g_open (self->path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
  if (self->fd < 0)
    {
      (void) fail_errno (error, self->path); /* it always fails */
      return NULL;
    }
  if (!write_piece (self, bm_volume_writer_begin (self->writer), error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
bm_volume_file_has_room (const BmVolumeFile *self, gsize len)
{
  return bm_volume_writer_has_room (self->writer, len);
}

guint
bm_volume_file_get_items (const BmVolumeFile *self)
{
  return bm_volume_writer_get_items (self->writer);
}

gboolean
bm_volume_file_add (BmVolumeFile *self, BmVolumeItemType type, GBytes *item, GError **error)
{
  g_return_val_if_fail (self != NULL && !self->is_finished, FALSE);

  bm_fault_point ("volume-mid");
  return write_piece (self, bm_volume_writer_add (self->writer, type, item), error);
}

static gboolean
sync_folder (const char *folder, GError **error)
{
  const int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  gboolean is_synced;

  if (fd < 0)
    return fail_errno (error, folder);
  /* A file system that cannot sync a folder says EINVAL; it has nothing better to offer. */
  is_synced = fsync (fd) == 0 || errno == EINVAL || fail_errno (error, folder);
  (void) close (fd); /* only read */
  return is_synced;
}

static GBytes *read_whole (const char *folder, const char *name, GError **error);

/* Read from the medium, where the system lets us: a stick that says more than it holds is found here. */
static gboolean
check_written (BmVolumeFile *self, const BmKey *key, GError **error)
{
  g_autofree char *name = g_path_get_basename (self->path);
  g_autoptr (BmKey) public_key = bm_key_dup_public (key);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (BmVolume) volume = NULL;
  g_autoptr (GError) cause = NULL;

  (void) posix_fadvise (self->fd, 0, 0, POSIX_FADV_DONTNEED); /* a wish */
  bytes = read_whole (self->folder, name, error);
  if (bytes == NULL)
    return FALSE;
  volume = bm_volume_decode (bytes, &cause);
  if (volume != NULL && bm_volume_verify (volume, public_key, NULL))
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s: it reads back changed", self->path);
  return FALSE;
}

char *
bm_volume_file_finish (BmVolumeFile *self, const BmKey *key, gsize *ret_bytes, GError **error)
{
  g_autofree char *name = bm_volume_dup_name (&self->header);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  GBytes *end;

  g_return_val_if_fail (self != NULL && !self->is_finished, NULL);

  end = bm_volume_writer_end (self->writer, key, error);
  if (end == NULL || !write_piece (self, end, error))
    return NULL;
  bm_fault_point ("volume-before-sync");
  if (fdatasync (self->fd) != 0)
    {
      (void) fail_errno (error, self->path); /* it always fails */
      return NULL;
    }
  if (!check_written (self, key, error))
    return NULL;
  if (g_rename (self->path, path) != 0)
    {
      (void) fail_errno (error, path); /* it always fails */
      return NULL;
    }
  self->is_finished = TRUE;
  if (ret_bytes != NULL)
    *ret_bytes = bm_volume_writer_get_bytes (self->writer);
  bm_fault_point ("volume-after-rename");
  return sync_folder (self->folder, error) ? g_steal_pointer (&name) : NULL;
}

void
bm_volume_file_free (BmVolumeFile *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    (void) close (self->fd); /* what counts was synced */
  if (!self->is_finished)
    (void) g_unlink (self->path); /* or it stays, and is passed over */
  bm_volume_writer_free (self->writer);
  g_free (self->folder);
  g_free (self->path);
  g_free (self);
}

/* Reading */

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
bm_volume_list_folder (const char *folder, BmVolumeKind kind, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GPtrArray) names = NULL;
  const char *name;
  guint looked = 0;

  g_return_val_if_fail (folder != NULL, NULL);

  dir = g_dir_open (folder, 0, &cause);
  if (dir == NULL)
    {
      const gboolean is_missing = g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT);

      g_set_error_literal (error, BM_ERROR, is_missing ? BM_ERROR_NOT_FOUND : BM_ERROR_UNREACHABLE,
                           cause->message);
      return NULL;
    }
  names = g_ptr_array_new_with_free_func (g_free);
  while (looked++ < BM_VOLUME_MAX_FILES && (name = g_dir_read_name (dir)) != NULL)
    if (bm_volume_is_name (name, kind))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

static gboolean
read_into (int fd, GByteArray *out)
{
  guint8 block[READ_BLOCK];
  gssize n;

  while ((n = read (fd, block, sizeof block)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      g_byte_array_append (out, block, (guint) n);
      if (out->len > BM_VOLUME_MAX_BYTES)
        break; /* the decoder says that it is too big */
    }
  return TRUE;
}

static GBytes *
read_whole (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  const int fd = g_open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  struct stat about;
  gboolean is_read;

  if (fd < 0 || fstat (fd, &about) != 0)
    {
      (void) fail_errno (error, path); /* it always fails */
      if (fd >= 0)
        (void) close (fd); /* only read */
      return NULL;
    }
  if (!S_ISREG (about.st_mode))
    {
      (void) close (fd); /* only read */
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s: it is no file", path);
      return NULL;
    }
  is_read = read_into (fd, out) || fail_errno (error, path);
  (void) close (fd); /* only read */
  return is_read ? g_byte_array_free_to_bytes (g_steal_pointer (&out)) : NULL;
}

BmVolume *
bm_volume_read_file (const char *folder, const char *name, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (folder != NULL && name != NULL, NULL);

  bytes = read_whole (folder, name, error);
  return bytes != NULL ? bm_volume_decode (bytes, error) : NULL;
}

gboolean
bm_volume_get_free_bytes (const char *folder, guint64 *ret_bytes, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (folder);
  struct statvfs about;

  if (statvfs (folder, &about) != 0 && statvfs (parent, &about) != 0)
    return fail_errno (error, folder);
  *ret_bytes = (guint64) about.f_bavail * about.f_frsize;
  return TRUE;
}
