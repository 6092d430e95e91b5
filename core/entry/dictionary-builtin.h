/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The files of assets/dictionaries/, written into the program by core/entry/embed-dictionaries. */

typedef struct
{
  const char *name; /* of NAME-ID.zdict */
  const guint8 *data;
  gsize len;
} BmDictionaryBuiltin;

extern const BmDictionaryBuiltin bm_dictionary_builtin[];
extern const guint bm_dictionary_n_builtin;

G_END_DECLS
