/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/entry/entry.h"
#include "sync/protocol-columns.h"

G_BEGIN_DECLS

/* Shared by protocol-columns.c and protocol-columns-text.c: a record taken apart by position. */

#define BM_HEADER_FIXED    85
#define BM_HEADER_TEXTS    3
#define BM_HEADER_TEXT_MAX 255

typedef enum
{
  BM_ROW_RAW,
  BM_ROW_WHOLE,
  BM_ROW_NO_SUITE,
} BmRowForm;

enum
{
  AT_VERSION = 0,
  AT_TYPE = 1,
  AT_SUITE = 2,
  AT_KIOSK = 3,
  AT_EPOCH = 7,
  AT_SEQ = 15,
  AT_RUN = 23,
  AT_KEY_INDEX = 27,
  AT_BOOT_ID = 31,
  AT_BOOT_MS = 47,
  AT_WALL_MS = 55,
  AT_CLOCK = 63,
  AT_PRIORITY = 64,
  AT_DUE = 65,
  AT_TAG = 69,
};

typedef struct
{
  BmRowForm form;
  guint8 fixed[BM_HEADER_FIXED];
  guint8 text_len[BM_HEADER_TEXTS]; /* number, service, rule */
  const guint8 *text[BM_HEADER_TEXTS];
  char number[BM_NUMBER_LEN + 1]; /* reading: what text[0] points to */
  const guint8 *body;             /* what is in `raw` of the payload, or the whole record */
  gsize body_len;
} BmRow;

/* One column for all rows, both directions: what a row needs to know of the rows before it. */
typedef struct
{
  BmRow *rows;
  guint count;
} BmTable;

#define BM_FOREACH_ROW(table, row)                                              \
  for (BmRow *row = (table)->rows; row < (table)->rows + (table)->count; row++) \
    if (row->form != BM_ROW_RAW)

void bm_columns_put_text (GByteArray *out, const guint8 *text, guint8 len);
void bm_columns_write_numbers (const BmTable *table, GByteArray *out);
void bm_columns_read_numbers (const BmTable *table, BmReader *in);
void bm_columns_write_texts (const BmTable *table, guint which, GByteArray *out);
void bm_columns_read_texts (const BmTable *table, guint which, BmReader *in);

G_END_DECLS
