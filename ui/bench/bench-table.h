/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BM_BENCH_MAX_SWITCHES 6
#define BM_BENCH_MAX_FACTS    8

/* What one press does. */
typedef struct
{
  const char *verb;  /* NULL: there is no such act */
  const char *label; /* a message of context "bench" */
  const char *ask;   /* (nullable): what is asked first: which of the choices */
} BmBenchAct;

/* One button: what it does while the state has this value under this name, and what it does otherwise. */
typedef struct
{
  const char *key; /* NULL: always @then */
  const char *value;
  BmBenchAct then;
  BmBenchAct otherwise;
} BmBenchSwitch;

/* A sentence while the state has, or (is_not) has not, this value under this name; {it} in it is what is there. */
typedef struct
{
  const char *key;
  const char *value;
  gboolean is_not;
  const char *words;
} BmBenchFact;

typedef struct
{
  const char *id;     /* as the simulator calls itself */
  const char *socket; /* in the folder of the running demo */
  const char *title;
  const char *icon;
  BmBenchSwitch switches[BM_BENCH_MAX_SWITCHES];
  BmBenchFact facts[BM_BENCH_MAX_FACTS];
} BmBenchKind;

const BmBenchKind *bm_bench_get_kinds (guint *ret_count);
const char *bm_bench_get_refusal (const char *why);

G_END_DECLS
