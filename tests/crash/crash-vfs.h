/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/*
 * A disk in memory under SQLite, with a record of everything that was done to it. From the record
 * it makes the disk as a power cut would have left it after any operation: what was synced is
 * there; of what was written since, each piece is there, missing, or torn by 512-byte sectors, some
 * of them garbage.
 *
 * One disk exists at a time and is registered as the VFS "crash".
 */

#define CRASH_VFS "crash"

typedef struct _CrashDisk CrashDisk;
typedef struct _CrashReplay CrashReplay;

/* What the next operation that matches gets instead of its effect. */
typedef enum
{
  CRASH_FAIL_NOTHING,
  CRASH_FAIL_ANY,   /* the n-th write, truncate or sync: SQLITE_IOERR_… */
  CRASH_FAIL_WRITE, /* the n-th write: SQLITE_FULL */
} CrashFail;

CrashDisk *crash_disk_new (void);
void crash_disk_free (CrashDisk *self);

/* Operations recorded so far. */
guint crash_disk_get_ops (CrashDisk *self);
guint crash_disk_get_ops_after_fault (CrashDisk *self);
void crash_disk_forget_ops (CrashDisk *self); /* what is there now counts as durable */
void crash_disk_set_fault (CrashDisk *self, CrashFail fail, guint nth);
gboolean crash_disk_had_fault (CrashDisk *self);
/* Bytes that all files together may take; 0 for no end. @ballast: a real file that takes its part. */
void crash_disk_set_room (CrashDisk *self, gsize bytes, const char *ballast);
gsize crash_disk_get_used (CrashDisk *self);

/* What the disk holds, as SQLite sees it: name -> GByteArray. */
GHashTable *crash_disk_take_snapshot (CrashDisk *self);
void crash_disk_put_snapshot (CrashDisk *self, GHashTable *snapshot);
/* While held, what is done to the disk is not recorded. */
void crash_disk_hold_record (CrashDisk *self, gboolean is_held);

/* Walks the record of @self forward. @lying: syncs are believed by SQLite and by nobody else. */
CrashReplay *crash_replay_new (CrashDisk *self, gboolean lying);
void crash_replay_free (CrashReplay *self);
/* Goes to the state before operation @op and makes the disk hold what a cut there leaves. */
void crash_replay_cut (CrashReplay *self, guint op, guint32 seed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrashDisk, crash_disk_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrashReplay, crash_replay_free)

G_END_DECLS
