/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-names"

#include "core/people/name.h"

#include "tests/core/support.h"

#include <string.h>

#define ROUNDS    20000
#define LONG_NAME "阿卜杜外力·阿卜杜热西提·买买提" /* resident 14: 16 characters */
#define PUA_MA    "马\xee\xa1\xa3"                 /* U+E863 */
#define EXT_I     "\xf0\xae\xaf\xb0"               /* U+2EBF0 */

static void
assert_normal (const char *name, const char *expected)
{
  g_autofree char *normal = bm_name_normalise (name);
  g_autofree char *again = bm_name_normalise (normal);

  g_assert_cmpstr (normal, ==, expected);
  g_assert_cmpstr (again, ==, normal);
}

static void
test_middle_dots (void)
{
  static const char *const dots[] = {
    "•", "・", ".", "．", "‧", "･", "⋅", "∙", "·", " · ", "　・"
  };

  for (guint i = 0; i < G_N_ELEMENTS (dots); i++)
    {
      g_autofree char *name = g_strconcat ("阿依古丽", dots[i], "买买提", NULL);
      assert_normal (name, "阿依古丽·买买提");
      g_assert_cmpint (bm_name_compare (name, "阿依古丽·买买提"), ==, BM_NAME_SAME);
    }
  g_assert_cmpint (bm_name_compare ("阿依古丽买买提", "阿依古丽·买买提"), ==, BM_NAME_DIFFERENT);
  /* Not between hanzi: not ours to change. */
  assert_normal ("J. Smith", "J. Smith");
  assert_normal ("阿依古丽.", "阿依古丽.");
}

static void
test_blanks (void)
{
  assert_normal (" 王 秀　兰 ", "王秀兰");
  assert_normal ("王\xc2\xa0秀兰", "王秀兰");
  assert_normal ("  ANNA   LINDE ", "ANNA LINDE");
  assert_normal ("", "");
  assert_normal ("　　", "");
  assert_normal ("李〇明", "李〇明");
  assert_normal ("\xff王", "");
}

static void
test_check (void)
{
  static const struct
  {
    const char *name;
    BmNameVerdict verdict;
  } names[] = {
    { "王秀兰", BM_NAME_OK },
    { "那日松", BM_NAME_OK },
    { "郑\xf0\xac\x8d\x9b", BM_NAME_OK }, /* U+2C35B */
    { "马䶮", BM_NAME_OK },
    { "李〇明", BM_NAME_OK },
    { EXT_I, BM_NAME_OK },
    { LONG_NAME, BM_NAME_OK },
    { PUA_MA, BM_NAME_OK },                     /* mapped */
    { "马\xee\x80\x80", BM_NAME_WARN_PRIVATE }, /* U+E000: no table has it */
    { "", BM_NAME_EMPTY },
    { "王A", BM_NAME_BAD_CHARACTER },
    { "王3", BM_NAME_BAD_CHARACTER },
    { "王３", BM_NAME_BAD_CHARACTER },
    { "王\n兰", BM_NAME_BAD_CHARACTER },
    { "·王兰", BM_NAME_BAD_CHARACTER },
    { "王兰·", BM_NAME_BAD_CHARACTER },
    { "\xff", BM_NAME_BAD_CHARACTER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpint (bm_name_check (names[i].name), ==, names[i].verdict);
  GString *name = g_string_new (NULL);
  for (guint i = 0; i < BM_NAME_MAX; i++)
    g_string_append (name, "王");
  g_assert_cmpint (bm_name_check (name->str), ==, BM_NAME_OK);
  g_string_append (name, "王");
  g_assert_cmpint (bm_name_check (name->str), ==, BM_NAME_TOO_LONG);
  g_string_free (name, TRUE);
}

static void
test_private_use (void)
{
  g_autofree char *mapped = bm_name_map_private (PUA_MA);
  g_autofree char *kept = bm_name_normalise (PUA_MA);

  g_assert_cmpstr (mapped, ==, "马䶮");
  g_assert_cmpstr (kept, ==, PUA_MA); /* never overwritten */
  g_assert_cmpint (bm_name_compare (PUA_MA, "马䶮"), ==, BM_NAME_SAME_MAPPED);
  g_assert_cmpint (bm_name_compare ("马䶮", "马䶮"), ==, BM_NAME_SAME);
  g_assert_cmpint (bm_name_compare (PUA_MA, "马龙"), ==, BM_NAME_DIFFERENT);
}

static void
test_cut_by_chip (void)
{
  g_autofree char *cut = g_utf8_substring (LONG_NAME, 0, 15);
  g_autofree char *shorter = g_utf8_substring (LONG_NAME, 0, 14);

  g_assert_cmpuint (bm_name_get_units (LONG_NAME), ==, 16);
  g_assert_cmpint (bm_name_compare (cut, LONG_NAME), ==, BM_NAME_SAME_CUT);
  g_assert_cmpint (bm_name_compare (LONG_NAME, cut), ==, BM_NAME_SAME_CUT);
  g_assert_cmpint (bm_name_compare (shorter, LONG_NAME), ==, BM_NAME_DIFFERENT);
  g_assert_cmpint (bm_name_compare ("王秀", "王秀兰"), ==, BM_NAME_DIFFERENT);
  /* The cut went through a surrogate pair: 14 units are left. */
  g_assert_cmpint (bm_name_compare ("一二三四五六七八九十一二三四",
                                    "一二三四五六七八九十一二三四" EXT_I),
                   ==, BM_NAME_SAME_CUT);
}

static void
test_mask (void)
{
  static const char *const names[][2] = {
    { "王秀兰", "王*兰" }, { "唐丽", "唐*" }, { "欧阳文静", "欧**静" },
    { "唐", "*" },         { "", "" },        { "阿依古丽·买买提", "阿***·**提" },
    { "郑" EXT_I, "郑*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *masked = bm_name_mask (names[i][0]);
      g_assert_cmpstr (masked, ==, names[i][1]);
    }
}

static void
assert_gb18030 (const char *text, const char *hex)
{
  gsize len = 0;
  g_autofree char *coded = g_convert (text, -1, "GB18030", "UTF-8", NULL, &len, NULL);
  g_assert_nonnull (coded);
  g_autoptr (GBytes) bytes = g_bytes_new (coded, len);
  assert_hex (bytes, hex);
  g_autofree char *back = g_convert (coded, (gssize) len, "UTF-8", "GB18030", NULL, NULL, NULL);
  g_assert_cmpstr (back, ==, text);
}

static void
assert_decoded (const char *coded, gunichar expected)
{
  g_autofree char *text = g_convert (coded, -1, "UTF-8", "GB18030", NULL, NULL, NULL);

  g_assert_nonnull (text);
  g_assert_cmpuint (g_utf8_get_char (text), ==, expected);
}

static void
test_gb18030 (void)
{
  assert_gb18030 ("·", "a1a4");
  assert_gb18030 ("〇", "a996");
  assert_gb18030 ("䶮", "fe9f");
  assert_gb18030 ("\xf0\xac\x8d\x9b", "9931d937"); /* U+2C35B */
  assert_gb18030 ("\xf0\xb0\x80\x80", "9a348432"); /* U+30000 */
  assert_gb18030 (EXT_I, "9939f836");              /* U+2EBF0 */
  assert_decoded ("\xfe\x59", 0x9fb4);
  assert_decoded ("\xa6\xd9", 0xfe10);
}

/* The mapping is exactly where the converter's current table left the private-use area. */
static void
test_mapping_agrees_with_converter (void)
{
  guint code = 0xe815;

  for (guint low = 0x50; low <= 0xa0; low++)
    {
      char coded[] = { (char) 0xfe, (char) low, '\0' };
      char old[8] = "";
      if (low == 0x7f)
        continue;
      g_autofree char *current = g_convert (coded, -1, "UTF-8", "GB18030", NULL, NULL, NULL);
      old[g_unichar_to_utf8 (code++, old)] = '\0';
      g_autofree char *mapped = bm_name_map_private (old);
      g_assert_cmpstr (mapped, ==, current);
    }
}

static void
test_random (void)
{
  GRand *rand = g_rand_new_with_seed (9);

  for (guint i = 0; i < ROUNDS; i++)
    {
      GString *name = g_string_new (NULL);
      gint32 len = g_rand_int_range (rand, 0, 40);
      for (gint32 k = 0; k < len; k++)
        {
          gunichar c = (gunichar) g_rand_int_range (rand, 1, i % 2 ? 0x110000 : 0x3100);
          if (i % 4 == 0)
            g_string_append_c (name, (char) g_rand_int_range (rand, 1, 256));
          else if (g_unichar_validate (c))
            g_string_append_unichar (name, c);
        }
      g_autofree char *normal = bm_name_normalise (name->str);
      g_assert_true (g_utf8_validate (normal, -1, NULL));
      g_autofree char *again = bm_name_normalise (normal);
      g_assert_cmpstr (again, ==, normal);
      g_autofree char *masked = bm_name_mask (normal);
      g_assert_cmpint (g_utf8_strlen (masked, -1), ==, g_utf8_strlen (normal, -1));
      (void) bm_name_check (name->str); /* only that it comes back */
      g_string_free (name, TRUE);
    }
  g_rand_free (rand);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/names/middle-dots", test_middle_dots);
  g_test_add_func ("/names/blanks", test_blanks);
  g_test_add_func ("/names/check", test_check);
  g_test_add_func ("/names/private-use", test_private_use);
  g_test_add_func ("/names/cut-by-chip", test_cut_by_chip);
  g_test_add_func ("/names/mask", test_mask);
  g_test_add_func ("/names/gb18030", test_gb18030);
  g_test_add_func ("/names/mapping-agrees-with-converter", test_mapping_agrees_with_converter);
  g_test_add_func ("/names/random", test_random);
  return g_test_run ();
}
