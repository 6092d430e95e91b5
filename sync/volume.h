/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/protocol.h"

G_BEGIN_DECLS

/*
 * BMV1, a part of what travels on a stick instead of the line (sync/PROTOCOL.md, "Volumes"). Pure: no
 * files, no clock. Each volume verifies by itself; the items in it are those of the line, byte for byte.
 */

#define BM_VOLUME_MAX_BYTES (32 * 1024 * 1024)
#define BM_VOLUME_MAX_ITEMS 16384
#define BM_VOLUME_MAX_ITEM  BM_PROTOCOL_MAX_REPLY
#define BM_VOLUME_MAX_PARTS 4096
#define BM_VOLUME_FRAME_LEN 5  /* before each item: type u8, length u32 */
#define BM_VOLUME_END_LEN   73 /* what ends a volume: frame, count u32, signature */

#define BM_VOLUME_FOLDER "bianmin" /* on the stick */
#define BM_VOLUME_SUFFIX ".bmv"

typedef enum
{
  BM_VOLUME_OUT,  /* from a station */
  BM_VOLUME_BACK, /* from the platform, about one OUT volume */
} BmVolumeKind;

typedef enum
{
  BM_VOLUME_BATCH = 1, /* as POST /v1/batch */
  BM_VOLUME_BLOB,      /* as POST /v1/blob */
  BM_VOLUME_CHUNK,     /* blob 32 | ordinal u32 | sealed bytes */
  BM_VOLUME_ANSWER,    /* BMA1 to a batch */
  BM_VOLUME_HAVE,      /* BMA1 to a blob */
  BM_VOLUME_INBOX,     /* after u64 | BMA1: the messages that follow @after */
  BM_VOLUME_LIST,      /* of a manifest: JSON */
} BmVolumeItemType;

typedef struct
{
  BmVolumeKind kind;
  guint32 kiosk;
  guint8 nonce[BM_NONCE_LEN]; /* of the export; every answer to anything in it is bound to it */
  guint part;                 /* 1 …; 0: the manifest */
  gint64 wall_ms;
  gint64 cursor; /* the last message that the station had applied */
} BmVolumeHeader;

typedef struct
{
  BmVolumeItemType type;
  GBytes *bytes;
} BmVolumeItem;

/**
 * BmVolume:
 *
 * A volume that was read. Nothing in it is believed before bm_volume_verify().
 */
typedef struct
{
  BmVolumeHeader header;
  GPtrArray *items;          /* of BmVolumeItem */
  guint8 digest[BM_SM3_LEN]; /* over everything but the signature */
  GBytes *signature;
} BmVolume;

BmVolume *bm_volume_decode (GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_volume_verify (const BmVolume *self, const BmKey *public_key, GError **error);
void bm_volume_free (BmVolume *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmVolume, bm_volume_free)

/* Takes an item apart. */
gboolean bm_volume_read_chunk (GBytes *item,
                               guint8 ret_blob[BM_SM3_LEN],
                               guint *ret_ordinal,
                               GBytes **ret_body);
GBytes *bm_volume_make_chunk (const guint8 blob[BM_SM3_LEN], guint ordinal, GBytes *body)
  G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_volume_read_inbox (GBytes *item, gint64 *ret_after, GBytes **ret_answer);
GBytes *bm_volume_make_inbox (gint64 after, GBytes *answer) G_GNUC_WARN_UNUSED_RESULT;

/**
 * BmVolumeWriter:
 *
 * Makes one volume piece by piece; what is to be written, in this order, is what begin, each add and
 * end give.
 */
typedef struct _BmVolumeWriter BmVolumeWriter;

/* @max_bytes: where to cut, at most BM_VOLUME_MAX_BYTES. */
BmVolumeWriter *
bm_volume_writer_new (const BmVolumeHeader *header, gsize max_bytes) G_GNUC_WARN_UNUSED_RESULT;
void bm_volume_writer_free (BmVolumeWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmVolumeWriter, bm_volume_writer_free)

GBytes *bm_volume_writer_begin (BmVolumeWriter *self) G_GNUC_WARN_UNUSED_RESULT;
/* Whether to go on in this volume with @len bytes more; an empty one takes whatever the format can hold,
 * and so does add: where to cut is advice, the maximum is not. */
gboolean bm_volume_writer_has_room (const BmVolumeWriter *self, gsize len);
GBytes *bm_volume_writer_add (BmVolumeWriter *self, BmVolumeItemType type, GBytes *item)
  G_GNUC_WARN_UNUSED_RESULT;
GBytes *bm_volume_writer_end (BmVolumeWriter *self, const BmKey *key, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
gsize bm_volume_writer_get_bytes (const BmVolumeWriter *self);
guint bm_volume_writer_get_items (const BmVolumeWriter *self);

/* out-<kiosk>-<nonce, 8 digits>-<part>.bmv; a back volume bears the name of what it answers. */
char *bm_volume_dup_name (const BmVolumeHeader *header) G_GNUC_WARN_UNUSED_RESULT;
/* Whether a file of this name may be a volume of @kind. */
gboolean bm_volume_is_name (const char *name, BmVolumeKind kind);

G_END_DECLS
