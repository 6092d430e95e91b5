/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/pack/pack.h"
#include "sync/platform/platform-packs.h"
#include "sync/platform/platform-store-packs.h"
#include "sync/protocol-json.h"

G_BEGIN_DECLS

/* Shared by the files of platform-packs*. */

#define BM_PACKS_MAX_BUCKET (128 * 1024)

struct _BmPlatformPacks
{
  BmKey *key;   /* of pack.key: seals slow keys, makes tags and digests */
  GMutex mutex; /* one publishing at a time */
  gint is_stopping;
};

/* One resident of a village. */
typedef struct
{
  char *id_number; /* wiped */
  json_t *record;
  GBytes *tag;        /* under which the slow key is kept */
  GBytes *sealed_key; /* the slow key, under pack.key */
  guint8 locator[BM_PACK_LOCATOR_LEN];
  guint8 digest[BM_SM3_LEN]; /* of the record without its as_of */
  char *sealed;              /* NULL until it is needed */
} BmPackItem;

/* What the residents of one village share on one day. */
typedef struct
{
  char *village;
  BmPackHead *head; /* bits are each station's own */
  GPtrArray *items; /* of BmPackItem, by locator */
  json_t *due;
  guint skipped;
  guint new_keys;
} BmVillagePack;

void bm_village_pack_free (BmVillagePack *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmVillagePack, bm_village_pack_free)

/* platform-packs-keys.c */
gboolean bm_packs_ensure_salt (BmPlatform *self, BmPackHead *head, GError **error);
gboolean bm_packs_ensure_keys (BmPlatform *self, BmVillagePack *pack, GError **error);
/* The slow key of a resident, opened for as long as the caller needs it: thousands at once would
 * crowd libgcrypt's secure memory, which is searched from the beginning at each call. */
BmKey *bm_packs_open_key (BmPlatform *self, const BmPackItem *item, GError **error);
GBytes *bm_packs_seal_key (BmPlatform *self, GBytes *tag, const BmKey *key, GError **error);
void bm_packs_digest (BmPlatform *self, gconstpointer data, gsize len, guint8 ret[BM_SM3_LEN]);
gboolean bm_packs_check_running (BmPlatform *self, GError **error);

/* platform-packs-village.c */
BmVillagePack *
bm_village_pack_new (BmPlatform *self, const char *village, const char *as_of, GError **error);

/* platform-packs-station.c: how many messages left; -1 on error. */
gint bm_packs_send (BmPlatform *self,
                    guint32 kiosk,
                    BmVillagePack *pack,
                    gboolean may_go_back,
                    GError **error);

G_END_DECLS
