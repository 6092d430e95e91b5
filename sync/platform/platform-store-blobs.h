/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform-store.h"
#include "sync/protocol.h"

G_BEGIN_DECLS

/* Attachments, chunk by chunk, and which entry's payload names which. */

#define BM_PLATFORM_MAX_OPEN_BLOBS 4096 /* of one station, announced and not complete */

typedef struct
{
  gint64 id;
  guint32 kiosk;
  guint8 blob[BM_SM3_LEN];
  guint64 epoch;
  guint64 seq;
  guint ordinal;
  guint32 bytes; /* in clear, as the station says */
  GBytes *hashes;
  GBytes *have; /* bm_blob_have_get() */
  guint n_chunks;
  guint n_have;
} BmStoredBlob;

void bm_stored_blob_free (BmStoredBlob *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmStoredBlob, bm_stored_blob_free)

gboolean bm_stored_blob_is_complete (const BmStoredBlob *self);

/* Announces it; the same again is no change. BM_ERROR_LIMIT: too many are open. */
BmStoredBlob *bm_platform_store_open_blob (BmPlatformStore *self,
                                           const BmBlobOpen *request,
                                           gint64 now_ms,
                                           GError **error);
BmStoredBlob *bm_platform_store_get_blob (BmPlatformStore *self,
                                          guint32 kiosk,
                                          const guint8 blob[BM_SM3_LEN],
                                          GError **error);
/* @body was compared with its hash; @blob's bitmap moves along. */
gboolean bm_platform_store_put_chunk (BmPlatformStore *self,
                                      BmStoredBlob *blob,
                                      guint chunk,
                                      GBytes *body,
                                      GError **error);
GBytes *bm_platform_store_get_chunk (BmPlatformStore *self,
                                     const BmStoredBlob *blob,
                                     guint chunk,
                                     GError **error);

/* What the payload of an entry names. */
gboolean bm_platform_store_name_blob (BmPlatformStore *self,
                                      gint64 entry_id,
                                      const guint8 blob[BM_SM3_LEN],
                                      GError **error);
/* How many of them are not complete; -1 on error. */
gint bm_platform_store_count_missing_blobs (BmPlatformStore *self, gint64 entry_id, GError **error);

/* At most @max, the newest first; @kiosk 0: of every station. */
json_t *
bm_platform_store_report_blobs (BmPlatformStore *self, guint32 kiosk, guint max, GError **error);

G_END_DECLS
