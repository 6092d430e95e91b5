/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/bench-sync-drafts.h"

#include "tests/bench/wire-corpus.h"

#include <string.h>

/*
 * The corpus of the wire's bars, gone through again and again under other sessions: payloads are sealed before they
 * are batched, so that what comes twice costs as much as what comes once.
 */

#define CERTIFICATION "cert.pension"

static GPtrArray *
get_corpus (guint seed)
{
  static GPtrArray *corpus = NULL;

  if (corpus == NULL)
    corpus = bm_corpus_new (BM_CORPUS_SEED + seed, BENCH_DIFFERENT_MATTERS, BM_CORPUS_MATTERS);
  return corpus;
}

static const BmCorpusRow *
get_row (guint seed, guint number)
{
  GPtrArray *corpus = get_corpus (seed);

  return g_ptr_array_index (corpus, (number - 1) % corpus->len);
}

static BmDraft *
make_draft (const BmCorpusRow *row, guint number, guint8 priority)
{
  BmDraft *draft = bm_draft_new ();
  json_t *fields;

  draft->seat = g_strdup ("hall");
  draft->session = g_strdup_printf ("%08x%08x", priority + 1U, number);
  draft->matter = 1;
  draft->service = g_strdup (row->header.service);
  draft->rule = g_strdup (row->header.rule);
  draft->priority = priority;
  draft->due_day = row->header.due_day;
  memcpy (draft->subject_tag, row->header.subject_tag, BM_TAG_LEN);
  draft->payload = json_deep_copy (row->payload);
  if (json_object_get (draft->payload, "session") != NULL)
    json_object_set_new (draft->payload, "session", json_string (draft->session));
  fields = json_object_get (draft->payload, "fields");
  draft->slip = json_pack ("{s:O*, s:O*}", "p.name", json_object_get (fields, "p.name"), "p.idno",
                           json_object_get (fields, "p.idno"));
  return draft;
}

BmDraft *
bench_draft_new (guint seed, guint number)
{
  return make_draft (get_row (seed, number), number, 1);
}

BmDraft *
bench_certification_new (guint seed, guint number)
{
  const BmCorpusRow *row = get_row (seed, number);

  for (guint i = 1; strcmp (row->header.service, CERTIFICATION) != 0; i++)
    row = get_row (seed, number + i);
  return make_draft (row, number, 0);
}

GBytes *
bench_dup_facts (guint seed, guint number)
{
  return bm_corpus_dup_facts (get_row (seed, number));
}
