/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/entry/entry.h"

G_BEGIN_DECLS

/*
 * What belongs to an entry and is too large for its payload: photos, scans, voice, a signature.
 *
 *   plain    cut into pieces of 32 KiB, the last one shorter
 *   chunk i  bm_seal (key, aad, piece i)              suite | nonce 12 | ciphertext | tag 16
 *   key      KDF (ratchet key of the entry, "blob")   used for the entry's attachments only
 *   aad      "bianmin blob" | kiosk u32 | epoch u64 | seq u64 | ordinal u32 | i u32 | count u32, big endian
 *   hash i   SM3 (chunk i)
 *   blob     SM3 (hash 0 | hash 1 | …)
 *
 * The entry's payload names it: "attachments":[{"blob":hex64,"bytes":n,"mime":"…","sm3":hex64 of the
 * plain bytes}], in the order of their ordinals. So a chunk proves itself against the hashes, the
 * hashes against the blob, and the blob against the chain, and no chunk opens in another place.
 */

#define BM_ATTACHMENT_MAX        8 /* an entry */
#define BM_ATTACHMENT_MAX_BYTES  (8 * 1024 * 1024)
#define BM_ATTACHMENT_CHUNK      (32 * 1024)
#define BM_ATTACHMENT_MAX_CHUNKS (BM_ATTACHMENT_MAX_BYTES / BM_ATTACHMENT_CHUNK)
#define BM_ATTACHMENT_MAX_SEALED (BM_ATTACHMENT_CHUNK + BM_SEAL_OVERHEAD)
#define BM_ATTACHMENT_MAX_MIME   64

typedef struct
{
  char *mime;
  GBytes *data;
} BmAttachment;

BmAttachment *bm_attachment_new (const char *mime, GBytes *data) G_GNUC_WARN_UNUSED_RESULT;
void bm_attachment_free (BmAttachment *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmAttachment, bm_attachment_free)
/* BM_ERROR_INVALID, BM_ERROR_LIMIT; NULL is no attachments. */
gboolean bm_attachments_check (GPtrArray *attachments, GError **error);

typedef struct
{
  guint32 kiosk;
  guint64 epoch;
  guint64 seq;
  guint32 ordinal;
} BmAttachmentPlace;

/* What the payload says of one. */
typedef struct
{
  guint8 blob[BM_SM3_LEN];
  guint64 bytes;
  char mime[BM_ATTACHMENT_MAX_MIME + 1];
  guint8 sm3[BM_SM3_LEN];
} BmAttachmentManifest;

typedef struct
{
  BmAttachmentManifest manifest;
  GPtrArray *chunks; /* of GBytes */
  GBytes *hashes;    /* 32 bytes a chunk */
} BmSealedAttachment;

void bm_sealed_attachment_free (BmSealedAttachment *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmSealedAttachment, bm_sealed_attachment_free)

guint bm_attachment_count_chunks (guint64 bytes);
/* The station's side. @key: bm_ratchet_dup_blob_key(). */
BmSealedAttachment *bm_attachment_seal (const BmKey *key,
                                        const BmAttachmentPlace *place,
                                        const BmAttachment *attachment,
                                        GError **error);
/* The platform's side. @key: bm_ratchet_open_blob_key(); @chunks: of GBytes, all of them in order. */
GBytes *bm_attachment_open (const BmKey *key,
                            const BmAttachmentPlace *place,
                            const BmAttachmentManifest *manifest,
                            GPtrArray *chunks,
                            GError **error);

json_t *bm_attachment_manifest_to_json (const BmAttachmentManifest *self);
gboolean bm_attachment_manifest_from_json (json_t *value,
                                           BmAttachmentManifest *ret_manifest,
                                           GError **error);

/* Key of the attachments of the entry that bm_ratchet_seal() seals next. */
BmKey *bm_ratchet_dup_blob_key (BmRatchet *self, GError **error);
/* The same from the run's start key; @key_index as in the entry's header. */
BmKey *bm_ratchet_open_blob_key (const BmKey *start, guint32 key_index, GError **error);

G_END_DECLS
