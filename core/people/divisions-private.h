/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/people/address.h"

G_BEGIN_DECLS

/* Shared by divisions.c (the table) and address.c (how an address is read with it). */

typedef struct
{
  char code[BM_DIVISION_CODE_LEN + 1];
  guint groups;
} BmDivision;

typedef struct
{
  char *name;
  gsize len;
  const BmDivision *division;
  gboolean asks;
} BmSpelling;

struct _BmDivisions
{
  gint ref_count;

  GHashTable *by_code;                      /* code -> BmDivision */
  GHashTable *names;                        /* code -> name */
  GPtrArray *levels[BM_DIVISION_LEVELS];    /* of BmDivision (borrowed), in the order of the file */
  GPtrArray *spellings[BM_DIVISION_LEVELS]; /* of BmSpelling */
};

G_END_DECLS
