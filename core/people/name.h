/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Names of people: domain §2.19 and §2.21b. */

#define BM_NAME_MAX        50 /* characters: the register's field holds at least as many */
#define BM_NAME_CHIP_UNITS 15 /* UTF-16 units in an ID card's chip */

typedef enum
{
  BM_NAME_OK,
  BM_NAME_WARN_PRIVATE, /* has a private-use character that no table maps */
  BM_NAME_EMPTY,
  BM_NAME_TOO_LONG,
  BM_NAME_BAD_CHARACTER, /* letters, digits, controls, broken UTF-8: another script has its own field */
} BmNameVerdict;

typedef enum
{
  BM_NAME_SAME,        /* equal after normalisation */
  BM_NAME_SAME_MAPPED, /* equal once old private-use codes are mapped: offer a correction */
  BM_NAME_SAME_CUT, /* 前15字一致: one was cut by the chip; counts only with an equal number */
  BM_NAME_DIFFERENT,
} BmNameMatch;

char *bm_name_normalise (const char *name); /* "" for broken UTF-8 */
BmNameVerdict bm_name_check (const char *normalised);
char *bm_name_map_private (const char *normalised);
BmNameMatch bm_name_compare (const char *one, const char *other);
gsize bm_name_get_units (const char *name); /* UTF-16 units */
char *bm_name_mask (const char *name);      /* 王*兰 */

G_END_DECLS
