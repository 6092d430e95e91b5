/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-backup.h"

#include "core/error.h"
#include "core/fault.h"
#include "sync/platform/platform-store-marks.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define DATABASE  "platform.db"
#define MAX_KEPT  1000 /* databases that restores have put aside */
#define COPY_STEP (256 * 1024)

static gboolean
fail (GError **error, const char *path)
{
  g_set_error (error, BM_ERROR, errno == ENOSPC ? BM_ERROR_FULL : BM_ERROR_UNREACHABLE, "%s: %s",
               path, g_strerror (errno));
  return FALSE;
}

/* A file, or the entries of a folder. */
static gboolean
make_durable (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean is_durable = fd >= 0 && fsync (fd) == 0;

  if (!is_durable)
    (void) fail (error, path); /* it always fails */
  if (fd >= 0)
    (void) close (fd); /* only read */
  return is_durable;
}

static gboolean
rename_durably (const char *from, const char *to, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (to);

  if (g_rename (from, to) != 0)
    return fail (error, to);
  return make_durable (folder, error);
}

static json_t *
describe (const char *file, gint64 entries)
{
  GStatBuf info = { 0 };

  (void) g_stat (file, &info); /* the length is for people */
  return json_pack ("{s:s, s:I, s:I}", "file", file, "entries", (json_int_t) entries, "bytes",
                    (json_int_t) info.st_size);
}

json_t *
bm_platform_backup (BmPlatform *self, const char *file, GError **error)
{
  g_autofree char *part = NULL;
  gint64 entries = 0;

  g_return_val_if_fail (self != NULL && file != NULL, NULL);

  if (!g_path_is_absolute (file) || g_file_test (file, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "%s: a backup is a new file, named from the root on", file);
      return NULL;
    }
  part = g_strconcat (file, ".part", NULL);
  (void) g_unlink (part); /* of one that was cut off */
  if (!bm_platform_store_copy_to (self->store, part, error) || !make_durable (part, error) ||
      !bm_platform_store_check_copy (part, &entries, error))
    {
      (void) g_unlink (part); /* it is no backup */
      return NULL;
    }
  (void) g_chmod (part, 0600); /* a file system without modes is the operator's choice */
  if (!rename_durably (part, file, error))
    return NULL;
  bm_fault_point ("platform-backup-before-marks");
  if (!bm_platform_store_note_backup (self->store, file, entries, bm_platform_now (self), error))
    return NULL;
  return describe (file, entries);
}

static gboolean
copy_file (const char *from, const char *to, GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from), target = g_file_new_for_path (to);
  g_autoptr (GError) local_error = NULL;

  if (g_file_copy (source, target, G_FILE_COPY_OVERWRITE | G_FILE_COPY_TARGET_DEFAULT_PERMS, NULL,
                   NULL, NULL, &local_error))
    return g_chmod (to, 0600) == 0 || fail (error, to);
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s", local_error->message);
  return FALSE;
}

/* BUSY only when somebody serves it; a damaged database is what a restore is for. */
static gboolean
check_unused (const char *database, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (BmPlatformStore) store = NULL;

  if (!g_file_test (database, G_FILE_TEST_EXISTS))
    return TRUE;
  store = bm_platform_store_open (database, &local_error);
  if (store != NULL || !g_error_matches (local_error, BM_ERROR, BM_ERROR_BUSY))
    return TRUE; /* closing it has emptied its log */
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* The old database and what belongs to it, under a name of its own. */
static gboolean
put_aside (const char *database, GError **error)
{
  static const char *const ends[] = { "-wal", "-shm", "" };
  g_autofree char *kept = NULL;

  for (guint i = 1; i < MAX_KEPT; i++)
    {
      kept = g_strdup_printf ("%s.before-%u", database, i);
      if (!g_file_test (kept, G_FILE_TEST_EXISTS))
        break;
      g_clear_pointer (&kept, g_free);
    }
  if (kept == NULL)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "Too many databases were put aside");
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *from = g_strconcat (database, ends[i], NULL);
      g_autofree char *to = g_strconcat (kept, ends[i], NULL);

      if (g_file_test (from, G_FILE_TEST_EXISTS) && g_rename (from, to) != 0)
        return fail (error, to);
    }
  return TRUE;
}

/* It knows now that it was set back; which station lacks what, their hellos will say. */
static gboolean
begin_generation (const char *database, gint64 now_ms, GError **error)
{
  g_autoptr (BmPlatformStore) store = bm_platform_store_open (database, error);

  if (store == NULL || !bm_platform_store_begin (store, error))
    return FALSE;
  return bm_platform_store_end (store, bm_platform_store_begin_generation (store, 0, now_ms, error),
                                error);
}

gboolean
bm_platform_restore (const char *dir, const char *file, gint64 now_ms, GError **error)
{
  g_autofree char *database = NULL, *fresh = NULL;
  gint64 entries = 0;

  g_return_val_if_fail (dir != NULL && file != NULL, FALSE);

  database = g_build_filename (dir, DATABASE, NULL);
  fresh = g_strconcat (database, ".new", NULL);
  return bm_platform_store_check_copy (file, &entries, error) && check_unused (database, error) &&
         copy_file (file, fresh, error) && make_durable (fresh, error) &&
         bm_platform_store_check_copy (fresh, &entries, error) && put_aside (database, error) &&
         rename_durably (fresh, database, error) && begin_generation (database, now_ms, error);
}
