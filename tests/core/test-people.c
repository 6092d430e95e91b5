/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-people"

#include "core/people/id-number.h"
#include "core/people/uscc.h"

#include "tests/core/support.h"

#include <string.h>

#define ROUNDS 20000

/* Domain §4.2: number, age on the demo date, sex. */
static const struct
{
  const char *number;
  gint age;
  char sex;
} residents[] = {
  { "990121194803120028", 78, '2' }, { "990121194211030053", 84, '1' },
  { "990121193907250068", 87, '2' }, { "990121195501180097", 71, '1' },
  { "990121195709300107", 69, '2' }, { "990121195110080128", 75, '2' },
  { "990121196611020152", 60, '1' }, { "990121192502140173", 101, '1' },
  { "990121194606060185", 80, '2' }, { "990121195004210216", 76, '1' },
  { "990121197205160226", 54, '2' }, { "990121195809080252", 68, '1' },
  { "990121195804030264", 68, '2' }, { "990121195607190293", 70, '1' },
  { "990121195301050300", 73, '2' }, { "990121196206220337", 64, '1' },
  { "990121194911120359", 77, '1' }, { "990121195402170360", 72, '2' },
  { "99012120150901039X", 11, '1' }, { "990121198803300406", 38, '2' },
  { "990121197506150435", 51, '1' }, { "990121198310290449", 43, '2' },
  { "990121195308080473", 73, '1' }, { "990121196201010496", 64, '1' },
  { "990121194905230519", 77, '1' }, { "990121194409110526", 82, '2' },
  { "990121199007120556", 36, '1' }, { "990121199502250569", 31, '2' },
  { "990121202608150595", 0, '1' },  { "990121194712190602", 78, '2' },
  { "990121194303070634", 83, '1' }, { "99012119520630099X", 74, '1' },
};

static gint32
demo_day (void)
{
  return bm_day_from_string ("2026-11-21");
}

static void
test_standard_examples (void)
{
  g_assert_cmpint (bm_id_number_check ("11010519491231002X", demo_day ()), ==, BM_ID_OK);
  g_assert_cmpint (bm_id_number_check ("440524188001010014", demo_day ()), ==, BM_ID_WARN_AGE);
  g_assert_cmpint (bm_id_number_check ("440524188001010014", BM_NO_DAY), ==, BM_ID_OK);
}

static void
test_all_residents (void)
{
  g_assert_cmpuint (G_N_ELEMENTS (residents), ==, 32);
  for (guint i = 0; i < G_N_ELEMENTS (residents); i++)
    {
      const char *number = residents[i].number;
      g_assert_cmpint (bm_id_number_check (number, demo_day ()), ==, BM_ID_OK);
      g_assert_cmpint (bm_id_number_get_age (number, demo_day ()), ==, residents[i].age);
      g_assert_cmpint (bm_id_number_get_sex (number), ==, residents[i].sex);
    }
}

static void
test_negatives (void)
{
  static const struct
  {
    const char *number;
    BmIdVerdict verdict;
  } negatives[] = {
    { "990121194803120020", BM_ID_BAD_CHECK },
    { "990121194802300027", BM_ID_BAD_DATE },
    { "990121209912310014", BM_ID_FUTURE },
    { "990121188001010010", BM_ID_WARN_AGE },
    { "99012119480312002", BM_ID_LENGTH },
    { "990121480312002", BM_ID_OLD_15 },
    { "", BM_ID_LENGTH },
    { "99012119480312002A", BM_ID_LENGTH },
    { "9901211948031200288", BM_ID_LENGTH },
    { "X90121194803120028", BM_ID_LENGTH },
    { "99012148031200A", BM_ID_LENGTH },
    { "99012119520630099x", BM_ID_LENGTH },
    { "000000194901010010", BM_ID_OK },
    { "000000198802290027", BM_ID_OK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (negatives); i++)
    g_assert_cmpint (bm_id_number_check (negatives[i].number, demo_day ()), ==,
                     negatives[i].verdict);
  g_assert_true (bm_id_verdict_is_acceptable (BM_ID_WARN_AGE));
  g_assert_false (bm_id_verdict_is_acceptable (BM_ID_FUTURE));
  g_assert_cmpstr (bm_id_verdict_to_string (BM_ID_OLD_15), ==, "old-15");
}

/* 990121194802300027 checks, so only the date refuses it; the same for the future one. */
static void
test_every_wrong_digit (void)
{
  static const char good[] = "990121194803120028";

  for (guint at = 0; at < BM_ID_NUMBER_LEN; at++)
    for (char digit = '0'; digit <= '9'; digit++)
      {
        char number[sizeof good];
        memcpy (number, good, sizeof good);
        number[at] = digit;
        gboolean same = digit == good[at];
        g_assert_true ((bm_id_number_check (number, demo_day ()) == BM_ID_OK) == same);
      }
}

static void
test_fold (void)
{
  static const struct
  {
    const char *input;
    const char *folded;
  } inputs[] = {
    { "99012119520630099x", "99012119520630099X" },
    { "990121 19520630 099x", "99012119520630099X" },
    { "990121-19520630-099X", "99012119520630099X" },
    { "９９０１２１１９５２０６３００９９ｘ", "99012119520630099X" },
    { "990121　19520630－099Ｘ", "99012119520630099X" },
    { "99012119520630099Y", "99012119520630099Y" },
    { "\xff\xfe", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      g_autofree char *folded = bm_id_number_fold (inputs[i].input);
      g_assert_cmpstr (folded, ==, inputs[i].folded);
    }
  g_autofree char *flood = g_strnfill (BM_ID_INPUT_MAX + 1, '9');
  g_autofree char *nothing = bm_id_number_fold (flood);
  g_assert_cmpstr (nothing, ==, "");
}

static void
test_remarks (void)
{
  g_assert_cmpint (bm_id_number_get_remarks ("11010519491231002X"), ==, BM_ID_REMARK_NONE);
  g_assert_cmpint (bm_id_number_get_remarks ("990121194803120028"), ==, BM_ID_REMARK_REGION);
  g_assert_cmpint (bm_id_number_get_remarks ("000000194901010010"), ==, BM_ID_REMARK_REGION);
  /* The official samples of the 2023 card. */
  g_assert_cmpint (bm_id_number_check ("932682198501010017", demo_day ()), ==, BM_ID_OK);
  g_assert_cmpint (bm_id_number_check ("911124198108030024", demo_day ()), ==, BM_ID_OK);
  g_assert_cmpint (bm_id_number_get_remarks ("932682198501010017"), ==, BM_ID_REMARK_FOREIGNER);
  g_assert_cmpint (bm_id_number_get_remarks ("911124198108030024"), ==, BM_ID_REMARK_FOREIGNER);
}

static void
test_age_on_the_day (void)
{
  gint32 birth = bm_day_from_string ("1948-03-12");
  gint32 leap = bm_day_from_string ("1952-02-29");

  g_assert_cmpint (bm_day_get_age (birth, bm_day_from_string ("2026-03-11")), ==, 77);
  g_assert_cmpint (bm_day_get_age (birth, bm_day_from_string ("2026-03-12")), ==, 78);
  g_assert_cmpint (bm_day_get_age (birth, birth), ==, 0);
  g_assert_cmpint (bm_day_get_age (birth, birth - 1), ==, -1);
  g_assert_cmpint (bm_day_get_age (leap, bm_day_from_string ("2026-02-28")), ==, 73);
  g_assert_cmpint (bm_day_get_age (leap, bm_day_from_string ("2026-03-01")), ==, 74);
  g_assert_cmpint (bm_day_get_age (leap, bm_day_from_string ("2028-02-29")), ==, 76);
  /* 125 is accepted, the day it becomes 126 asks. */
  g_assert_cmpint (bm_id_number_check ("440524188001010014", bm_day_from_string ("2005-12-31")), ==,
                   BM_ID_OK);
  g_assert_cmpint (bm_id_number_check ("440524188001010014", bm_day_from_string ("2006-01-01")), ==,
                   BM_ID_WARN_AGE);
}

static void
test_mask (void)
{
  g_autofree char *masked = bm_id_number_mask ("990121194803120028");
  g_autofree char *short_one = bm_id_number_mask ("ABC110000000001");
  g_autofree char *tiny = bm_id_number_mask ("123");

  g_assert_cmpstr (masked, ==, "990121********0028");
  g_assert_cmpstr (short_one, ==, "***********0001");
  g_assert_cmpstr (tiny, ==, "***");
}

static void
test_uscc (void)
{
  g_assert_true (bm_uscc_is_valid ("91350100M000100Y43"));
  g_assert_true (bm_uscc_is_valid ("54990121MA99DEM00M"));
  for (const char *c = "0123456789ABCDEFGHIJKLNOPQRSTUVWXYZ"; *c != '\0'; c++)
    {
      char changed[] = "54990121MA99DEM00M";
      changed[17] = *c;
      g_assert_false (bm_uscc_is_valid (changed));
    }
  g_assert_false (bm_uscc_is_valid ("91350100M000100Y4"));
  g_assert_false (bm_uscc_is_valid ("91350100M000100Y433"));
  g_assert_false (bm_uscc_is_valid ("91350100m000100Y43"));
  g_assert_false (bm_uscc_is_valid (NULL));
}

static void
test_random (void)
{
  GRand *rand = g_rand_new_with_seed (21);

  for (guint i = 0; i < ROUNDS; i++)
    {
      char text[40] = "";
      gint32 len = g_rand_int_range (rand, 0, 39);
      for (gint32 k = 0; k < len; k++)
        text[k] = i % 2 ? (char) g_rand_int_range (rand, 1, 256)
                        : "0123456789Xx "[g_rand_int_range (rand, 0, 13)];
      g_autofree char *folded = bm_id_number_fold (text);
      BmIdVerdict verdict = bm_id_number_check (folded, demo_day ());
      if (bm_id_verdict_is_acceptable (verdict))
        g_assert_cmpuint (strlen (folded), ==, BM_ID_NUMBER_LEN);
      g_autofree char *masked = bm_id_number_mask (folded);
      g_assert_cmpuint (strlen (masked), ==, strlen (folded));
      (void) bm_uscc_is_valid (text); /* only that it comes back */
    }
  g_rand_free (rand);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/id-number/standard-examples", test_standard_examples);
  g_test_add_func ("/id-number/all-residents", test_all_residents);
  g_test_add_func ("/id-number/negatives", test_negatives);
  g_test_add_func ("/id-number/every-wrong-digit", test_every_wrong_digit);
  g_test_add_func ("/id-number/fold", test_fold);
  g_test_add_func ("/id-number/remarks", test_remarks);
  g_test_add_func ("/id-number/age-on-the-day", test_age_on_the_day);
  g_test_add_func ("/id-number/mask", test_mask);
  g_test_add_func ("/id-number/random", test_random);
  g_test_add_func ("/uscc/vectors", test_uscc);
  return g_test_run ();
}
