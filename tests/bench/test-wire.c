/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/bench-wire.h"

#include "core/crypto/crypto.h"
#include "tests/bench/wire-corpus.h"

/* The corpus is the committed one, and its bytes on the wire keep their bars. Lengths are behaviour, not time. */

static void
test_bars (void)
{
  BmWireFigures figures;

  g_assert_true (bm_wire_measure (BM_CORPUS_ENTRIES, FALSE, 128, &figures));
  g_test_message ("up %.4f, both ways %.4f, digest %s", (double) figures.up / (double) figures.json,
                  (double) (figures.up + figures.down) / (double) figures.json, figures.digest);
  g_assert_cmpstr (figures.digest, ==, BM_WIRE_DIGEST);
  g_assert_cmpfloat ((double) figures.up, <=, BM_WIRE_UP_BAR * (double) figures.json);
  g_assert_cmpfloat ((double) (figures.up + figures.down), <=,
                     BM_WIRE_BOTH_BAR * (double) figures.json);
}

/* A quarter of the corpus has free text, and audit rows are counted on both sides where they are. */
static void
test_corpus (void)
{
  g_autoptr (GPtrArray) plain =
    bm_corpus_new (BM_CORPUS_SEED, BM_CORPUS_ENTRIES, BM_CORPUS_MATTERS);
  g_autoptr (GPtrArray) audited = bm_corpus_new (BM_CORPUS_SEED, 40, BM_CORPUS_WITH_AUDIT);
  guint n_texts = 0;

  g_assert_cmpuint (plain->len, ==, BM_CORPUS_ENTRIES);
  g_assert_cmpuint (audited->len, >, 100);
  for (guint i = 0; i < plain->len; i++)
    {
      const BmCorpusRow *row = g_ptr_array_index (plain, i);

      g_assert_cmpuint (row->header.type, ==, BM_ENTRY_MATTER);
      g_assert_nonnull (row->result);
      n_texts +=
        json_object_get (json_object_get (row->payload, "fields"), "q.text") != NULL ? 1 : 0;
    }
  g_assert_cmpuint (n_texts, ==, BM_CORPUS_ENTRIES / 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/wire/corpus", test_corpus);
  g_test_add_func ("/wire/bars", test_bars);
  return g_test_run ();
}
