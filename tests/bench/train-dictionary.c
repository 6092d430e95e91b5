/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/wire-corpus.h"

#include <zdict.h>

#include <stdlib.h>
#include <string.h>

/*
 * Makes assets/dictionaries/NAME-ID.zdict from seeds that the corpus does not use:
 *
 *   train-dictionary entry 1 OUTPUT
 *
 * The same program gives the same bytes. A dictionary that was released is never made again.
 */

#define MATTERS  6000
#define WORDS    (24 * 1024)
#define CAPACITY (64 * 1024) /* the rest: whole samples, at the end, where they are nearest */
#define LEVEL    12          /* of core/entry/ratchet.c */

typedef struct
{
  GByteArray *bytes; /* one after the other */
  GArray *sizes;     /* of gsize */
} Samples;

static void
collect_payloads (Samples *samples)
{
  g_autoptr (GPtrArray) rows =
    bm_corpus_new (BM_CORPUS_TRAINING_SEED, MATTERS, BM_CORPUS_TRAINING | BM_CORPUS_WITH_AUDIT);

  for (guint i = 0; i < rows->len; i++)
    {
      const BmCorpusRow *row = g_ptr_array_index (rows, i);
      g_autoptr (GBytes) plain = bm_canonical_json (row->payload, NULL);
      gsize len = g_bytes_get_size (plain);

      g_byte_array_append (samples->bytes, g_bytes_get_data (plain, NULL), (guint) len);
      g_array_append_val (samples->sizes, len);
    }
}

static gsize
check (gsize result)
{
  if (ZDICT_isError (result))
    g_error ("%s", ZDICT_getErrorName (result)); /* a tool: it may stop here */
  return result;
}

/* Shared pieces first, then whole samples up to CAPACITY: a payload that is like one of them in its length
 * too is one long match after the other at the same distance, which costs next to nothing. */
static GByteArray *
make_content (const Samples *samples)
{
  GByteArray *content = g_byte_array_new ();
  g_autofree guint8 *words = g_malloc (WORDS);
  gsize len =
    check (ZDICT_trainFromBuffer (words, WORDS, samples->bytes->data,
                                  (const size_t *) samples->sizes->data, samples->sizes->len));
  gsize header = check (ZDICT_getDictHeaderSize (words, len));
  gsize at = 0;

  g_byte_array_append (content, words + header, (guint) (len - header));
  for (guint i = 0; i < samples->sizes->len; i++)
    {
      gsize size = g_array_index (samples->sizes, gsize, i);

      if (content->len + size > CAPACITY - 1024)
        break;
      g_byte_array_append (content, samples->bytes->data + at, (guint) size);
      at += size;
    }
  return content;
}

int
main (int argc, char **argv)
{
  Samples samples = { g_byte_array_new (), g_array_new (FALSE, FALSE, sizeof (gsize)) };
  g_autofree guint8 *dictionary = g_malloc (CAPACITY);
  g_autoptr (GByteArray) content = NULL;
  g_autoptr (GError) error = NULL;
  gsize len;

  if (argc != 4)
    {
      g_printerr ("usage: train-dictionary NAME ID OUTPUT\n");
      return 2;
    }
  collect_payloads (&samples);
  content = make_content (&samples);
  len = check (
    ZDICT_finalizeDictionary (dictionary, CAPACITY, content->data, content->len,
                              samples.bytes->data, (const size_t *) samples.sizes->data,
                              samples.sizes->len,
                              (ZDICT_params_t){ .compressionLevel = LEVEL,
                                                .dictID = (guint32) strtoul (argv[2], NULL, 10) }));
  g_byte_array_unref (samples.bytes);
  g_array_unref (samples.sizes);
  if (g_file_set_contents (argv[3], (const char *) dictionary, (gssize) len, &error))
    return 0;
  g_printerr ("%s\n", error->message);
  return 1;
}
