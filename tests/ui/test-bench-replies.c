/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/bench/bench-reply.h"

/* What the bench reads comes from another program. */

static void
test_replies (void)
{
  g_autoptr (GHashTable) state =
    bm_bench_read_state ("device=camera still=a%20b bad=%ff worse=%zz =x y= line=a%0Ab z");
  g_autoptr (GPtrArray) choices = bm_bench_read_choices ("1:王秀兰 2: :3 4 paper.jpg:a%20b");
  g_autofree char *long_word = g_strnfill (BM_BENCH_MAX_WORD + 1, 'x');
  g_autofree char *long_state = g_strconcat ("device=", long_word, NULL);
  g_autoptr (GHashTable) empty = bm_bench_read_state (long_state);

  g_assert_cmpuint (g_hash_table_size (state), ==, 2);
  g_assert_cmpstr (g_hash_table_lookup (state, "still"), ==, "a b");
  g_assert_cmpuint (g_hash_table_size (empty), ==, 0);
  g_assert_cmpuint (choices->len, ==, 2);
  g_assert_cmpstr (((BmBenchChoice *) choices->pdata[0])->name, ==, "王秀兰");
  g_assert_cmpstr (((BmBenchChoice *) choices->pdata[1])->value, ==, "paper.jpg");
  g_assert_true (bm_bench_knows_verb ("place remove", "remove"));
  g_assert_true (bm_bench_knows_verb ("mode unplug", "mode torn"));
  g_assert_false (bm_bench_knows_verb ("place remove", "rem"));
  g_assert_false (bm_bench_knows_verb ("unplug", "plug"));
}

/* What is read comes from another program: random bytes do no harm, and a picture is opened only when it is small. */
static void
test_random (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (6);
  guint8 head[24] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13,
                      'I',  'H', 'D', 'R', 0,    0,    2,    64,   0, 0, 4, 0 };

  for (guint i = 0; i < 20000; i++)
    {
      static const char letters[] = "=: %0123456789abcdef\xe7\x8e\x8b\xff";
      char text[64] = "";
      gsize length = g_rand_int_range (chance, 0, sizeof text - 1);

      for (gsize k = 0; k < length; k++)
        text[k] = letters[g_rand_int_range (chance, 0, sizeof letters - 1)];
      g_hash_table_unref (bm_bench_read_state (text));
      g_ptr_array_unref (bm_bench_read_choices (text));
      (void) bm_bench_is_sheet ((const guint8 *) text, length); /* only whether it stands */
    }
  g_assert_true (bm_bench_is_sheet (head, sizeof head));
  g_assert_false (bm_bench_is_sheet (head, sizeof head - 1));
  head[17] = 1; /* 66,112 dots wide */
  g_assert_false (bm_bench_is_sheet (head, sizeof head));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/replies", test_replies);
  g_test_add_func ("/bench/random-replies", test_random);
  return g_test_run ();
}
