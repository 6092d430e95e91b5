/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Records of a batch, column by column (protocol-columns.c). Private to the protocol. Numbers are varints,
 * seven bits a byte, the lowest first; signed ones are zigzag.
 */

guint64 bm_zigzag (guint64 difference);
guint64 bm_unzigzag (guint64 value);
void bm_put_varint (GByteArray *out, guint64 value);
void bm_put_delta (GByteArray *out, guint64 value, guint64 before);

/* What is read from, and what is left of it. A failure is remembered; what is read after it is 0. */
typedef struct
{
  const guint8 *at;
  gsize left;
  gboolean is_broken;
} BmReader;

guint64 bm_take_varint (BmReader *self);
guint64 bm_take_delta (BmReader *self, guint64 before);
guint8 bm_take_byte (BmReader *self);
const guint8 *bm_take_bytes (BmReader *self, gsize len); /* NULL when there are not as many */

/* @columns: what packs well; @raw: what does not, above all the sealed payloads. */
void bm_columns_write (GPtrArray *records, GByteArray *columns, GByteArray *raw);
/* NULL when they are not @count records, or would be longer than @max together. Both are used up. */
GPtrArray *bm_columns_read (BmReader *columns, BmReader *raw, guint count, gsize max)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
