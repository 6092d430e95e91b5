/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/protocol.h"

G_BEGIN_DECLS

/* Chunks that follow one another, in one request (PROTOCOL.md §9). */

#define BM_PROTOCOL_MAX_RUN (1024 * 1024) /* the body of one */

/* GET /v1/blob/<hex64>?nonce=…: what is there of it? */
char *bm_blob_ask_path (const guint8 blob[BM_SM3_LEN], const guint8 nonce[BM_NONCE_LEN])
  G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_blob_ask_parse (const char *path, guint8 ret_blob[BM_SM3_LEN]);
/* PUT /v1/blob/<hex64>/<i>/<offset>?nonce=…: the i-th chunk from @offset on, and those that follow it */
char *bm_blob_run_path (const guint8 blob[BM_SM3_LEN],
                        guint chunk,
                        guint offset,
                        const guint8 nonce[BM_NONCE_LEN]) G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_blob_run_parse (const char *path,
                            guint8 ret_blob[BM_SM3_LEN],
                            guint *ret_chunk,
                            guint *ret_offset);
GBytes *bm_blob_run_encode (GPtrArray *chunks, guint offset) G_GNUC_WARN_UNUSED_RESULT;

/* Takes the body apart while it comes. */
typedef struct
{
  guint chunk;
  guint at;  /* what of it was seen, or left out */
  guint len; /* of the whole chunk, once n_head is 4 */
  guint8 head[4];
  guint n_head;
  gboolean is_broken;
} BmRunReader;

typedef struct
{
  guint chunk;
  guint len; /* of the whole chunk */
  guint at;
  const guint8 *data;
  guint n;
} BmRunPiece;

void bm_run_reader_init (BmRunReader *self, guint chunk, guint offset);
gboolean bm_run_reader_next (BmRunReader *self,
                             const guint8 **data,
                             gsize *len,
                             BmRunPiece *ret_piece,
                             GError **error);
/* Whether what was read ends with the end of a chunk. */
gboolean bm_run_reader_is_whole (const BmRunReader *self);

G_END_DECLS
