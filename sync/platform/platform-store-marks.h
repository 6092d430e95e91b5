/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform-store.h"
#include "sync/protocol.h"

G_BEGIN_DECLS

/* What is held, what of it is backed up, and what follows from a database that was set back. */

/* Which seqs of an epoch are held, growing; the first @max ranges. */
GArray *bm_platform_store_list_ranges (BmPlatformStore *self,
                                       guint32 kiosk,
                                       guint64 epoch,
                                       guint max,
                                       GError **error); /* of BmSeqRange */

/* Copies the database while it is used, @pages_a_step at a time with the lock given back in between. */
gboolean bm_platform_store_copy_to (BmPlatformStore *self, const char *path, GError **error);
/* Whether @path holds a whole database of a platform; counts its entries. Opens it read-only. */
gboolean bm_platform_store_check_copy (const char *path, gint64 *ret_entries, GError **error);
/* Takes over from the checked copy at @path how far each epoch is in it. In no transaction of the
 * caller's. */
gboolean bm_platform_store_note_backup (BmPlatformStore *self,
                                        const char *path,
                                        gint64 entries,
                                        gint64 now_ms,
                                        GError **error);
json_t *bm_platform_store_report_backups (BmPlatformStore *self, GError **error);

/* A database that was set back: from now on ids and versions of messages begin above everything that
 * was ever given out (@at_least, and the time), and every station gets anew what it may have missed. */
gboolean bm_platform_store_begin_generation (BmPlatformStore *self,
                                             gint64 at_least,
                                             gint64 now_ms,
                                             GError **error);
gint64 bm_platform_store_get_version_floor (BmPlatformStore *self, GError **error);
gint64 bm_platform_store_get_last_message_id (BmPlatformStore *self, GError **error);

typedef struct
{
  gint64 cursor;     /* the last one that it said */
  gint64 generation; /* of the database, when it last said so */
  gint64 current;    /* generation of the database now */
} BmStationPlace;

gboolean bm_platform_store_get_place (BmPlatformStore *self,
                                      guint32 kiosk,
                                      BmStationPlace *ret_place,
                                      GError **error);
gboolean bm_platform_store_set_place (BmPlatformStore *self,
                                      guint32 kiosk,
                                      gint64 cursor,
                                      gint64 generation,
                                      gint64 now_ms,
                                      GError **error);
/* Kiosks that are enrolled and not revoked. Array of gint64. */
GArray *bm_platform_store_list_enrolled (BmPlatformStore *self, GError **error);
/* Those of them that have not read the last message of @kind, by their ids. */
json_t *bm_platform_store_report_behind (BmPlatformStore *self, const char *kind, GError **error);
/* Messages of a station with ids in (@after, @upto], without those of packs. */
GPtrArray *bm_platform_store_list_between (BmPlatformStore *self,
                                           guint32 kiosk,
                                           gint64 after,
                                           gint64 upto,
                                           GError **error);
gboolean bm_platform_store_drop_message (BmPlatformStore *self, gint64 id, GError **error);
/* What a station could not use. */
gboolean bm_platform_store_note_bad (BmPlatformStore *self,
                                     guint32 kiosk,
                                     const BmHelloBad *item,
                                     gint64 now_ms,
                                     GError **error);
gboolean bm_platform_store_note_sent_again (BmPlatformStore *self,
                                            guint32 kiosk,
                                            const char *kind,
                                            const char *name,
                                            gint64 version,
                                            GError **error);
GBytes *bm_platform_store_get_newest_body (BmPlatformStore *self,
                                           guint32 kiosk,
                                           const char *kind,
                                           const char *name,
                                           GError **error);
/* @kiosk 0: of every station. */
json_t *
bm_platform_store_report_bad (BmPlatformStore *self, guint32 kiosk, guint max, GError **error);

/* All parts of packs go to the station again with the next publication. */
gboolean bm_platform_store_forget_packs (BmPlatformStore *self, guint32 kiosk, GError **error);

G_END_DECLS
