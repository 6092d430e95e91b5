/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/volume.h"

G_BEGIN_DECLS

/*
 * Volumes in a folder of a stick, for both sides. Errors by what a person can do about them: FULL no
 * room, REFUSED it cannot be written to, UNREACHABLE it is gone or does not work. Blocking.
 */

#define BM_VOLUME_MAX_FILES 8192 /* looked at in a folder */

/**
 * BmVolumeFile:
 *
 * One volume while it is written. Under its own name stands only what is whole, durable and was read
 * back; whatever happens before that leaves at most a file that everybody passes over.
 */
typedef struct _BmVolumeFile BmVolumeFile;

/* @folder: of the volumes themselves; it is made when it is missing. */
BmVolumeFile *bm_volume_file_create (const char *folder,
                                     const BmVolumeHeader *header,
                                     gsize max_bytes,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_volume_file_has_room (const BmVolumeFile *self, gsize len);
gboolean
bm_volume_file_add (BmVolumeFile *self, BmVolumeItemType type, GBytes *item, GError **error);
guint bm_volume_file_get_items (const BmVolumeFile *self);
/* Gives its name and its bytes; nothing more may be added. */
char *bm_volume_file_finish (BmVolumeFile *self, const BmKey *key, gsize *ret_bytes, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/* One that was not finished is removed. */
void bm_volume_file_free (BmVolumeFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmVolumeFile, bm_volume_file_free)

/* Names of the volumes of @kind in @folder, in order. */
GPtrArray *bm_volume_list_folder (const char *folder, BmVolumeKind kind, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/* Reads it whole. INVALID or LIMIT: no volume, or not a whole one. */
BmVolume *bm_volume_read_file (const char *folder, const char *name, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/* Room on the device of @folder, which need not exist yet. */
gboolean bm_volume_get_free_bytes (const char *folder, guint64 *ret_bytes, GError **error);

G_END_DECLS
