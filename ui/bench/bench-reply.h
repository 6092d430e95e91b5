/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BM_BENCH_MAX_WORDS   64
#define BM_BENCH_MAX_WORD    1024
#define BM_BENCH_MAX_CHOICES 48

/* What a verb takes, and what a person calls it. */
typedef struct
{
  char *value;
  char *name;
} BmBenchChoice;

GHashTable *bm_bench_read_state (const char *text) G_GNUC_WARN_UNUSED_RESULT; /* name -> value */
GPtrArray *
bm_bench_read_choices (const char *text) G_GNUC_WARN_UNUSED_RESULT; /* of BmBenchChoice */
gboolean bm_bench_knows_verb (const char *verbs, const char *verb);
gboolean bm_bench_is_sheet (const guint8 *data, gsize length);

G_END_DECLS
