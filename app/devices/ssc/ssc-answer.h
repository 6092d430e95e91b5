/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/people/card.h"

G_BEGIN_DECLS

/* What a social-security card answers (README.md). Pure; every byte from the card goes through here. */

#define BM_SSC_MAX_ANSWER 258 /* 256 bytes of data and the status */
#define BM_SSC_MAX_VALUE  64  /* the longest value that is taken is a name of 30 bytes */

/* Of the EF06, and one of the EF05. Nothing else on the card is asked for. */
#define BM_SSC_TAG_VALID_TO 0x06
#define BM_SSC_TAG_NUMBER   0x08
#define BM_SSC_TAG_NAME     0x09
#define BM_SSC_TAG_NAME_EXT 0x4E

typedef struct
{
  guint8 bytes[BM_SSC_MAX_VALUE];
  gsize len;
} BmSscValue;

/* The values that were read, as they stood on the card; wiped by whoever filled it. */
typedef struct
{
  BmSscValue number;
  BmSscValue name;
  BmSscValue name_ext; /* empty on cards without one */
  BmSscValue valid_to; /* empty where it says nothing */
} BmSscFiles;

gboolean bm_ssc_answer_parse (const guint8 *answer, gsize len, guint16 *ret_status, gsize *ret_len);
gboolean bm_ssc_record_parse (const guint8 *record,
                              gsize len,
                              guint8 tag,
                              BmSscValue *ret_value,
                              GError **error);
BmCard *bm_ssc_files_parse (const BmSscFiles *files, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
