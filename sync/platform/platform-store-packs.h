/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform-store.h"

G_BEGIN_DECLS

/* What the platform remembers of packs. Like the rest of the store: between begin() and its end. */

/* A message of a pack as a station has it, or will have it when it next asks. */
typedef struct
{
  char *kind;
  char *name;
  gint64 version;
  GBytes *digest; /* of what was in it before sealing; NULL: no longer part of the pack */
  gint32 day;     /* the as_of it was sent with */
} BmPackPart;

void bm_pack_part_free (BmPackPart *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPackPart, bm_pack_part_free)

/* Every part that a station ever had: array of BmPackPart. */
GPtrArray *bm_platform_store_list_pack_parts (BmPlatformStore *self, guint32 kiosk, GError **error);
gboolean bm_platform_store_set_pack_part (BmPlatformStore *self,
                                          guint32 kiosk,
                                          const BmPackPart *part,
                                          GError **error);
/* Messages of a part below @version: superseded, so that a new station need not fetch them. */
gboolean bm_platform_store_drop_messages (BmPlatformStore *self,
                                          guint32 kiosk,
                                          const BmPackPart *part,
                                          gint64 version,
                                          GError **error);

/* Slow keys, sealed: table of GBytes (the tag) to GBytes. */
GHashTable *bm_platform_store_load_pack_keys (BmPlatformStore *self,
                                              const char *village,
                                              guint year,
                                              GError **error);
gboolean bm_platform_store_add_pack_key (BmPlatformStore *self,
                                         const char *village,
                                         guint year,
                                         GBytes *tag,
                                         GBytes *sealed,
                                         GError **error);
gboolean bm_platform_store_drop_pack_key (BmPlatformStore *self, GBytes *tag, GError **error);
gboolean
bm_platform_store_drop_pack_keys_before (BmPlatformStore *self, guint year, GError **error);

/* Stations that are not revoked, enrolled or not: array of gint64. */
GArray *bm_platform_store_list_stations (BmPlatformStore *self, GError **error);

G_END_DECLS
