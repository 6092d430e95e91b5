/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/calendar/day.h"

#include <glib.h>

G_BEGIN_DECLS

/* Citizen identification numbers: GB 11643, with the rules of domain §2.12 and §2.21b. */

#define BM_ID_NUMBER_LEN     18
#define BM_ID_NUMBER_AGE_MAX 125 /* beyond it the helper is asked */
#define BM_ID_INPUT_MAX      128 /* bytes of what is typed */

typedef enum
{
  BM_ID_OK,
  BM_ID_WARN_AGE,  /* well formed, older than BM_ID_NUMBER_AGE_MAX: ask the helper */
  BM_ID_BAD_CHECK, /* the last character does not check */
  BM_ID_BAD_DATE,  /* there is no such day of birth */
  BM_ID_FUTURE,    /* born after today */
  BM_ID_LENGTH,    /* not 17 digits and a digit or X */
  BM_ID_OLD_15,    /* the old form, ended 2013-01-01: explain, do not convert */
} BmIdVerdict;

/* Accepted, but the helper is told. */
typedef enum
{
  BM_ID_REMARK_NONE = 0,
  BM_ID_REMARK_REGION = 1 << 0,    /* its first two digits are no province of GB/T 2260 */
  BM_ID_REMARK_FOREIGNER = 1 << 1, /* the 18-digit form of 2023, first digit 9 */
} BmIdRemarks;

char *
bm_id_number_fold (const char *input); /* what was typed, in the form that is judged and stored */
BmIdVerdict
bm_id_number_check (const char *number, gint32 today); /* today BM_NO_DAY: not judged by age */
gboolean bm_id_verdict_is_acceptable (BmIdVerdict verdict);
const char *bm_id_verdict_to_string (BmIdVerdict verdict); /* "ok", "warn-age", … */
BmIdRemarks bm_id_number_get_remarks (const char *number);

/* Of an acceptable number. */
gint32 bm_id_number_get_birth (const char *number);
gint bm_id_number_get_age (const char *number, gint32 today); /* whole years on the day */
char bm_id_number_get_sex (const char *number);               /* GB/T 2261.1: '1' or '2' */

gint bm_day_get_age (gint32 birth, gint32 today);
char *bm_id_number_mask (const char *number); /* 990121********0028 */

G_END_DECLS
