/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-number"

#include "core/entry/number.h"
#include "core/error.h"

#include "tests/core/support.h"

#include <string.h>

#define VILLAGE   "990121101201"
#define NUMBER_7  "9901211012010101000000070"
#define ROUNDS    20000
#define DEMO_KEY  "demo-key-terminal-01"
#define DEMO_TEXT "HTTPS://DEMO.INVALID/T/9901211012010101000000070.RVHYZFIH"

static void
test_vectors (void)
{
  static const struct
  {
    guint terminal, epoch;
    guint32 counter;
    const char *number;
  } vectors[] = {
    { 1, 1, 1, "9901211012010101000000012" },        { 1, 1, 7, NUMBER_7 },
    { 1, 1, 8, "9901211012010101000000088" },        { 1, 1, 19, "9901211012010101000000199" },
    { 1, 1, 99999999, "9901211012010101999999997" }, { 2, 1, 7, "9901211012010201000000078" },
    { 1, 2, 7, "9901211012010102000000076" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *number =
        bm_number_new (VILLAGE, vectors[i].terminal, vectors[i].epoch, vectors[i].counter);
      char village[13];
      guint terminal = 0, epoch = 0;
      guint32 counter = 0;

      g_assert_cmpstr (number, ==, vectors[i].number);
      g_assert_true (bm_number_is_valid (number));
      g_assert_true (bm_number_split (number, village, &terminal, &epoch, &counter));
      g_assert_cmpstr (village, ==, VILLAGE);
      g_assert_cmpuint (terminal, ==, vectors[i].terminal);
      g_assert_cmpuint (epoch, ==, vectors[i].epoch);
      g_assert_cmpuint (counter, ==, vectors[i].counter);
    }
}

/* A form's number is no tracking number, and a digit that was read wrongly changes its last one. */
static void
test_form (void)
{
  g_autofree char *number = bm_form_number_new (1, 1, 7);
  g_autofree char *other = bm_form_number_new (1, 1, 1);
  g_autofree char *restored = bm_form_number_new (1, 2, 1);

  g_assert_cmpstr (number, ==, "01 01 0007 3");
  g_assert_cmpstr (other, ==, "01 01 0001 6");
  g_assert_cmpstr (restored, ==, "01 02 0001 7");
  g_assert_false (bm_number_is_valid (number));
  g_assert_null (bm_form_number_new (0, 1, 1));
  g_assert_null (bm_form_number_new (100, 1, 1));
  g_assert_null (bm_form_number_new (1, 0, 1));
  g_assert_null (bm_form_number_new (1, 100, 1));
  g_assert_null (bm_form_number_new (1, 1, 0));
  g_assert_null (bm_form_number_new (1, 1, 10000));
}

/* As it is typed; one digit that is wrong is noticed wherever it stands. */
static void
test_form_split (void)
{
  guint terminal = 0, label = 0, serial = 0;

  g_assert_true (bm_form_number_split ("010100073", NULL, NULL, NULL));
  g_assert_true (bm_form_number_split ("01 01 0007 3", &terminal, &label, &serial));
  g_assert_cmpuint (terminal, ==, 1);
  g_assert_cmpuint (label, ==, 1);
  g_assert_cmpuint (serial, ==, 7);
  for (guint at = 0; at < 9; at++)
    for (char digit = '0'; digit <= '9'; digit++)
      {
        char form[] = "010100073";

        if (form[at] == digit)
          continue;
        form[at] = digit;
        g_assert_false (bm_form_number_split (form, NULL, NULL, NULL));
      }
  g_assert_false (bm_form_number_split ("", NULL, NULL, NULL));
  g_assert_false (bm_form_number_split ("01010007", NULL, NULL, NULL));
  g_assert_false (bm_form_number_split ("0101000730", NULL, NULL, NULL));
  g_assert_false (bm_form_number_split ("01010007X", NULL, NULL, NULL));
}

static void
test_out_of_range (void)
{
  g_assert_null (bm_number_new (VILLAGE, 0, 1, 1));
  g_assert_null (bm_number_new (VILLAGE, 100, 1, 1));
  g_assert_null (bm_number_new (VILLAGE, 1, 0, 1));
  g_assert_null (bm_number_new (VILLAGE, 1, 100, 1));
  g_assert_null (bm_number_new (VILLAGE, 1, 1, 0));
  g_assert_null (bm_number_new (VILLAGE, 1, 1, 100000000));
  g_assert_null (bm_number_new ("99012110120", 1, 1, 1));
  g_assert_null (bm_number_new ("9901211012011", 1, 1, 1));
  g_assert_null (bm_number_new ("99012110120A", 1, 1, 1));
}

/* MOD 11,10 finds every single wrong digit. */
static void
test_every_wrong_digit (void)
{
  for (guint at = 0; at < BM_NUMBER_LEN; at++)
    for (char digit = '0'; digit <= '9'; digit++)
      {
        g_autofree char *number = g_strdup (NUMBER_7);
        gboolean same = number[at] == digit;
        number[at] = digit;
        g_assert_true (bm_number_is_valid (number) == same);
      }
  g_assert_false (bm_number_is_valid (NULL));
  g_assert_false (bm_number_is_valid (""));
  g_assert_false (bm_number_is_valid ("990121101201010100000007"));
  g_assert_false (bm_number_is_valid (NUMBER_7 "0"));
}

static void
test_group (void)
{
  g_autofree char *grouped = bm_number_group (NUMBER_7);

  g_assert_cmpstr (grouped, ==, "990121101201 01 01 00000007 0");
}

static BmKey *
demo_key (void)
{
  g_autoptr (GBytes) material = g_bytes_new_static (DEMO_KEY, strlen (DEMO_KEY));

  return bm_key_new_symmetric (material, NULL);
}

static void
test_qr_vector (void)
{
  g_autoptr (BmKey) key = demo_key ();
  g_autofree char *code = bm_qr_code (key, NUMBER_7, NULL);
  g_autofree char *text = bm_qr_text ("demo.invalid", NUMBER_7, code);
  g_autofree char *host = NULL;
  g_autofree char *number = NULL;
  g_autofree char *code_again = NULL;

  g_assert_cmpstr (text, ==, DEMO_TEXT);
  g_assert_true (bm_qr_parse (text, &host, &number, &code_again, NULL));
  g_assert_cmpstr (host, ==, "DEMO.INVALID");
  g_assert_cmpstr (number, ==, NUMBER_7);
  g_assert_cmpstr (code_again, ==, code);
}

/* A number issued twice by a rolled-back disk gets another code. */
static void
test_qr_code_is_bound_to_the_entry (void)
{
  g_autoptr (BmKey) key = demo_key ();
  guint8 one[BM_SM3_LEN], two[BM_SM3_LEN];
  bm_sm3 ("1", 1, one);
  bm_sm3 ("2", 1, two);
  g_autofree char *without = bm_qr_code (key, NUMBER_7, NULL);
  g_autofree char *code_one = bm_qr_code (key, NUMBER_7, one);
  g_autofree char *code_two = bm_qr_code (key, NUMBER_7, two);

  g_assert_cmpstr (code_one, !=, code_two);
  g_assert_cmpstr (code_one, !=, without);
}

static void
test_qr_folds_case (void)
{
  g_autofree char *lower = g_ascii_strdown (DEMO_TEXT, -1);
  g_autofree char *host = NULL;
  g_autofree char *code = NULL;

  g_assert_true (bm_qr_parse (lower, &host, NULL, &code, NULL));
  g_assert_cmpstr (host, ==, "DEMO.INVALID");
  g_assert_cmpstr (code, ==, "RVHYZFIH");
}

static void
test_qr_refused (void)
{
  static const char *const texts[] = {
    "",
    "HTTPS://",
    "HTTP://DEMO.INVALID/T/9901211012010101000000070.RVHYZFIH",
    "HTTPS:///T/9901211012010101000000070.RVHYZFIH",
    "HTTPS://DEMO.INVALID/9901211012010101000000070.RVHYZFIH",
    "HTTPS://DEMO.INVALID/T/9901211012010101000000071.RVHYZFIH",
    "HTTPS://DEMO.INVALID/T/9901211012010101000000070.RVHYZFI",
    "HTTPS://DEMO.INVALID/T/9901211012010101000000070.RVHYZFI1",
    "HTTPS://DEMO.INVALID/T/9901211012010101000000070.RVHYZFIHA",
    "HTTPS://DEMO.INVALID/T/9901211012010101000000070",
    "HTTPS://U:P@DEMO.INVALID/T/9901211012010101000000070.RVHYZFIH",
    " " DEMO_TEXT,
    DEMO_TEXT "\n",
    "WEIXIN://PAY/1234",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (bm_qr_parse (texts[i], NULL, NULL, NULL, &error));
      g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
    }
}

static char *
random_text (GRand *rand, guint i)
{
  if (i % 2 == 0)
    {
      /* A good text with a few bytes changed. */
      char *text = g_strdup (DEMO_TEXT);
      gint32 changes = g_rand_int_range (rand, 1, 4);
      for (gint32 k = 0; k < changes; k++)
        text[g_rand_int_range (rand, 0, (gint32) strlen (DEMO_TEXT))] =
          (char) g_rand_int_range (rand, 1, 256);
      return text;
    }
  gint32 len = g_rand_int_range (rand, 0, 400);
  char *text = g_malloc0 ((gsize) len + 1);
  for (gint32 k = 0; k < len; k++)
    text[k] = (char) g_rand_int_range (rand, 1, 256);
  return text;
}

static void
test_random (void)
{
  GRand *rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autofree char *text = random_text (rand, i);
      g_autofree char *number = NULL;
      g_autoptr (GError) error = NULL;
      gboolean ok = bm_qr_parse (text, NULL, &number, NULL, &error);
      g_assert_true (ok == (error == NULL));
      g_assert_true (ok == (number != NULL));
      g_assert_true (!ok || bm_number_is_valid (number));
      (void) bm_number_is_valid (text); /* only that it comes back */
      g_assert_false (bm_number_split (text, NULL, NULL, NULL, NULL));
    }
  g_rand_free (rand);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/number/vectors", test_vectors);
  g_test_add_func ("/number/out-of-range", test_out_of_range);
  g_test_add_func ("/number/form", test_form);
  g_test_add_func ("/number/form-split", test_form_split);
  g_test_add_func ("/number/every-wrong-digit", test_every_wrong_digit);
  g_test_add_func ("/number/group", test_group);
  g_test_add_func ("/qr-text/vector", test_qr_vector);
  g_test_add_func ("/qr-text/bound-to-the-entry", test_qr_code_is_bound_to_the_entry);
  g_test_add_func ("/qr-text/folds-case", test_qr_folds_case);
  g_test_add_func ("/qr-text/refused", test_qr_refused);
  g_test_add_func ("/qr-text/random", test_random);
  return g_test_run ();
}
