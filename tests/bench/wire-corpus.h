/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/entry/entry.h"

#include <jansson.h>

G_BEGIN_DECLS

/*
 * What stations send, made from a seed: the committed corpus of the wire's bars, and what dictionaries are
 * trained on. Payloads have the shape of core/session/session-commit.c, audit rows that of
 * bm_store_chain_audit(), results that of the platform's. Of every four matters one has free text.
 */

#define BM_CORPUS_SEED          20261123
#define BM_CORPUS_TRAINING_SEED 7
#define BM_CORPUS_ENTRIES       1000

typedef struct
{
  BmEntryHeader header; /* type, times, priority, due_day, number, service, rule, subject_tag */
  json_t *payload;
  json_t *result; /* what the centre answers in the end; NULL unless a matter */
} BmCorpusRow;

typedef enum
{
  BM_CORPUS_MATTERS = 0,
  BM_CORPUS_WITH_AUDIT = 1 << 0, /* between them the audit rows that a station writes for each */
  BM_CORPUS_TRAINING = 1 << 1, /* every matter of another station; half of the phrases never used */
} BmCorpusFlags;

GPtrArray *
bm_corpus_new (guint64 seed, guint n_matters, BmCorpusFlags flags) G_GNUC_WARN_UNUSED_RESULT;
/* The facts of a row as canonical JSON, with no id and no chain: the denominator of every ratio. */
GBytes *bm_corpus_dup_facts (const BmCorpusRow *row);

G_END_DECLS
