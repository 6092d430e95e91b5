/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-sheet"

#include "core/error.h"
#include "core/sheet/qr.h"
#include "core/sheet/sheet.h"

#include "tests/core/support.h"

#include <string.h>

#define NUMBER_7 "9901211012010101000000070"
#define QR_7     "HTTPS://DEMO.INVALID/T/9901211012010101000000070.RVHYZFIH"
#define ROUNDS   20000

#define HEAD                                                                                                      \
  "{\"version\":1,\"kind\":\"registration\",\"title\":\"登记凭条\",\"station\":\"禾田村便民服务站\"," \
  "\"demo\":true,\"blocks\":"

static const char good[] = HEAD
  "["
  "{\"type\":\"states\",\"reached\":1},{\"type\":\"rule\"},"
  "{\"type\":\"pair\",\"label\":\"姓名\",\"value\":\"王*兰\",\"strong\":true},"
  "{\"type\":\"pair\",\"label\":\"东西\",\"value\":\"现在看，齐了。\\n要补什么，会一次说清。\"},"
  "{\"type\":\"text\",\"text\":\"来站里刷身份证听结果。\",\"size\":\"lead\",\"strong\":true,"
  "\"align\":\"left\"},"
  "{\"type\":\"boxed\",\"text\":\"给您记下了，还没办完\",\"size\":\"lead\"},"
  "{\"type\":\"number\",\"ask\":\"打电话请说\",\"place\":\"禾田村 1号机\",\"figure\":\"\","
  "\"number\":\"\",\"qr\":\"\"},"
  "{\"type\":\"text\",\"text\":\"编号 {number}\",\"size\":\"small\"},"
  "{\"type\":\"gap\",\"mm\":3}]}";

#define TWO                                                                                                       \
  "{\"version\":2,\"kind\":\"registration\",\"title\":\"登记凭条\",\"station\":\"禾田村便民服务站\"," \
  "\"demo\":false,"
#define ENGLISH "\"translation\":{\"language\":\"en\",\"title\":\"Registration slip\"},"

static const char bilingual[] = TWO ENGLISH
  "\"blocks\":["
  "{\"type\":\"states\",\"reached\":1},"
  "{\"type\":\"pair\",\"label\":\"姓名\",\"value\":\"王*兰\",\"translation\":{\"label\":\"Name\"}},"
  "{\"type\":\"pair\",\"label\":\"您的事\",\"value\":\"养老金认证\","
  "\"translation\":{\"label\":\"Matter\",\"value\":\"Pension check\"}},"
  "{\"type\":\"number\",\"ask\":\"打电话请说\",\"place\":\"禾田村 1号机\",\"figure\":\"\","
  "\"number\":\"\",\"qr\":\"\","
  "\"translation\":{\"ask\":\"On the phone say\",\"place\":\"禾田村, terminal 1\"}},"
  "{\"type\":\"text\",\"text\":\"编号 {number}\",\"translation\":{\"text\":\"Number {number}\"}},"
  "{\"type\":\"signature\",\"label\":\"签名\",\"drawing\":\"\","
  "\"translation\":{\"label\":\"Signature\"}}]}";

static json_t *
load (const char *text)
{
  json_t *sheet = json_loads (text, 0, NULL);

  g_assert_nonnull (sheet);
  return sheet;
}

static void
test_good (void)
{
  json_t *sheet = load (good);
  g_autoptr (GError) error = NULL;

  g_assert_true (bm_sheet_check (sheet, &error));
  g_assert_no_error (error);
  json_decref (sheet);
}

static void
refuse (const char *text, int code)
{
  json_t *sheet = load (text);
  g_autoptr (GError) error = NULL;

  g_assert_false (bm_sheet_check (sheet, &error));
  g_assert_error (error, BM_ERROR, code);
  json_decref (sheet);
}

static void
test_refused (void)
{
  static const char *const blocks[] = {
    "{}",
    "[{}]",
    "[{\"type\":\"picture\"}]",
    "[{\"type\":\"rule\",\"thick\":2}]",
    "[{\"type\":\"states\"}]",
    "[{\"type\":\"states\",\"reached\":0}]",
    "[{\"type\":\"states\",\"reached\":4}]",
    "[{\"type\":\"states\",\"reached\":\"1\"}]",
    "[{\"type\":\"pair\",\"label\":\"姓名\"}]",
    "[{\"type\":\"pair\",\"label\":\"姓名\",\"value\":7}]",
    "[{\"type\":\"pair\",\"label\":\"姓名\",\"value\":\"a\",\"strong\":1}]",
    "[{\"type\":\"text\",\"text\":\"a\",\"size\":\"huge\"}]",
    "[{\"type\":\"text\",\"text\":\"a\",\"align\":\"right\"}]",
    "[{\"type\":\"text\",\"text\":\"a\\u0007\"}]",
    "[{\"type\":\"text\",\"text\":\"a\\u009b\"}]",
    "[{\"type\":\"boxed\",\"text\":\"a\",\"strong\":true}]",
    "[{\"type\":\"number\",\"ask\":\"\",\"place\":\"\",\"figure\":\"\",\"qr\":\"\"}]",
    "[{\"type\":\"number\",\"ask\":\"\",\"place\":\"\",\"figure\":\"\",\"qr\":\"\",\"number\":\"7\"}]",
    "[{\"type\":\"gap\",\"mm\":0}]",
    "[{\"type\":\"gap\",\"mm\":1000}]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      g_autofree char *text = g_strconcat (HEAD, blocks[i], "}", NULL);
      refuse (text, BM_ERROR_INVALID);
    }
  refuse ("{}", BM_ERROR_INVALID);
  refuse ("[]", BM_ERROR_INVALID);
  refuse (
    "{\"version\":3,\"kind\":\"query\",\"title\":\"\",\"station\":\"\",\"demo\":false,\"blocks\":[]}",
    BM_ERROR_UNSUPPORTED);
  refuse (
    "{\"version\":1,\"kind\":\"A B\",\"title\":\"\",\"station\":\"\",\"demo\":false,\"blocks\":[]}",
    BM_ERROR_INVALID);
  refuse (
    "{\"version\":1,\"kind\":\"query\",\"title\":\"\",\"station\":\"\",\"demo\":false,\"blocks\":[],"
    "\"x\":1}",
    BM_ERROR_INVALID);
}

/* Two languages: named, and of a block only texts that it has. */
static void
test_bilingual_refused (void)
{
  static const char *const heads[] = {
    "\"blocks\":[]}", /* a version of two languages that names none */
    "\"translation\":{},\"blocks\":[]}",
    "\"translation\":{\"language\":\"../en\"},\"blocks\":[]}",
    "\"translation\":{\"language\":\"en\",\"title\":7},\"blocks\":[]}",
    "\"translation\":{\"language\":\"en\",\"x\":\"\"},\"blocks\":[]}",
  };
  static const char *const translations[] = { "{}",
                                              "7",
                                              "{\"label\":\"a\"}",
                                              "{\"size\":\"lead\"}",
                                              "{\"text\":7}",
                                              "{\"text\":\"a\\u0007\"}",
                                              "{\"translation\":{}}" };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autofree char *text = g_strconcat (TWO, heads[i], NULL);
      refuse (text, BM_ERROR_INVALID);
    }
  for (guint i = 0; i < G_N_ELEMENTS (translations); i++)
    {
      g_autofree char *text =
        g_strconcat (TWO ENGLISH "\"blocks\":[{\"type\":\"text\",\"text\":\"a\",\"translation\":",
                     translations[i], "}]}", NULL);
      refuse (text, BM_ERROR_INVALID);
    }
  refuse (HEAD "[{\"type\":\"text\",\"text\":\"a\",\"translation\":{\"text\":\"b\"}}]}",
          BM_ERROR_INVALID);
  refuse (TWO ENGLISH
          "\"blocks\":[{\"type\":\"number\",\"ask\":\"\",\"place\":\"\",\"figure\":\"\","
          "\"number\":\"\",\"qr\":\"\",\"translation\":{\"qr\":\"A\"}}]}",
          BM_ERROR_INVALID);
}

/* Each line of Chinese and, right below it, what it says; what is called the same stands once. */
static void
test_bilingual_text (void)
{
  json_t *sheet = load (bilingual);
  json_t *filled = bm_sheet_fill (sheet, NUMBER_7, QR_7, "7号");
  g_autofree char *text = bm_sheet_to_text (filled, 2);

  g_assert_true (bm_sheet_check (sheet, NULL));
  g_assert_true (bm_sheet_check (filled, NULL));
  g_assert_cmpstr (bm_sheet_get_language (filled), ==, "en");
  g_assert_nonnull (strstr (text, "\n登记凭条\nRegistration slip\n"));
  g_assert_nonnull (
    strstr (text, "\n姓名 王*兰\nName\n您的事 养老金认证\nMatter: Pension check\n"));
  g_assert_nonnull (strstr (text, "\n打电话请说\n禾田村 1号机 7号\n"
                                  "On the phone say:\n禾田村, terminal 1 No. 7\n"));
  g_assert_nonnull (strstr (text, "\n编号 990121101201 01 01 00000007 0\n"
                                  "Number 990121101201 01 01 00000007 0\n"));
  json_decref (filled);
  json_decref (sheet);
}

/* What differs is added; a sheet that nobody could read otherwise stays as it was but for its name. */
static void
test_add_translation (void)
{
  json_t *sheet = load (good);
  json_t *other = load (good);
  json_t *blocks = json_object_get (sheet, "blocks");

  json_object_set_new (json_array_get (json_object_get (other, "blocks"), 2), "label",
                       json_string ("Name"));
  bm_sheet_add_translation (sheet, other, "en");
  g_assert_true (bm_sheet_check (sheet, NULL));
  for (guint i = 0; i < json_array_size (blocks); i++)
    {
      json_t *translation = json_object_get (json_array_get (blocks, i), "translation");

      g_assert_true ((translation != NULL) == (i == 2));
    }
  g_assert_cmpstr (bm_sheet_get_language (sheet), ==, "en");
  json_decref (other);
  json_decref (sheet);
}

static void
test_limits (void)
{
  json_t *sheet = load (HEAD "[]}");
  json_t *blocks = json_object_get (sheet, "blocks");
  g_autoptr (GError) error = NULL;
  g_autofree char *long_text = g_strnfill (2001, 'x');

  for (guint i = 0; i < BM_SHEET_MAX_BLOCKS; i++)
    json_array_append_new (blocks, json_pack ("{s:s}", "type", "rule"));
  g_assert_true (bm_sheet_check (sheet, NULL));
  json_array_append_new (blocks, json_pack ("{s:s}", "type", "rule"));
  g_assert_false (bm_sheet_check (sheet, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
  json_array_clear (blocks);
  json_array_append_new (blocks, json_pack ("{s:s, s:s}", "type", "text", "text", long_text));
  g_assert_false (bm_sheet_check (sheet, NULL));
  json_decref (sheet);
}

static void
test_fill (void)
{
  json_t *sheet = load (good);
  json_t *before = json_deep_copy (sheet);
  json_t *filled = bm_sheet_fill (sheet, NUMBER_7, QR_7, "7号");
  json_t *block = json_array_get (json_object_get (filled, "blocks"), 6);
  json_t *text = json_array_get (json_object_get (filled, "blocks"), 7);

  g_assert_true (json_equal (sheet, before)); /* the draft stays what it was */
  g_assert_true (bm_sheet_check (filled, NULL));
  g_assert_cmpstr (json_string_value (json_object_get (block, "number")), ==, NUMBER_7);
  g_assert_cmpstr (json_string_value (json_object_get (block, "qr")), ==, QR_7);
  g_assert_cmpstr (json_string_value (json_object_get (block, "figure")), ==, "7号");
  g_assert_cmpstr (json_string_value (json_object_get (text, "text")), ==,
                   "编号 990121101201 01 01 00000007 0");
  json_decref (filled);
  json_decref (before);
  json_decref (sheet);
}

static void
test_to_text (void)
{
  json_t *sheet = load (good);
  json_t *filled = bm_sheet_fill (sheet, NUMBER_7, QR_7, "7号");
  g_autofree char *first = bm_sheet_to_text (filled, 1);
  g_autofree char *second = bm_sheet_to_text (filled, 2);

  g_assert_true (g_str_has_prefix (first, "禾田村便民服务站\n登记凭条\n●"));
  g_assert_nonnull (strstr (first, "\n姓名 王*兰\n东西 现在看，齐了。\n要补什么，会一次说清。\n"));
  g_assert_nonnull (
    strstr (first, "\n打电话请说\n禾田村 1号机 7号\n编号 990121101201 01 01 00000007 0\n"));
  g_assert_null (strstr (first, QR_7)); /* not for people */
  /* The further copy has exactly one line more, which names the copy. */
  g_auto (GStrv) lines = g_strsplit (first, "\n", -1);
  g_auto (GStrv) more = g_strsplit (second, "\n", -1);
  g_assert_cmpuint (g_strv_length (more), ==, g_strv_length (lines) + 1);
  g_assert_nonnull (strchr (more[2], '2'));
  json_decref (filled);
  json_decref (sheet);
}

static void
mutate (GRand *rand, json_t *sheet)
{
  json_t *blocks = json_object_get (sheet, "blocks");
  json_t *block =
    json_array_get (blocks, (size_t) g_rand_int_range (rand, 0, (gint32) json_array_size (blocks)));
  static const char *const keys[] = { "type",    "text", "size", "value",      "number",
                                      "reached", "mm",   "zz",   "translation" };
  const char *key = keys[g_rand_int_range (rand, 0, G_N_ELEMENTS (keys))];

  switch (g_rand_int_range (rand, 0, 6))
    {
    case 0:
      json_object_set_new (block, key, json_integer (g_rand_int_range (rand, -5, 5)));
      break;
    case 1:
      json_object_set_new (block, key, json_string ("text"));
      break;
    case 2:
      json_object_set_new (block, key, json_null ());
      break;
    case 3:
      json_object_del (block, key);
      break;
    case 4:
      json_object_set_new (block, key, json_array ());
      break;
    default:
      json_object_set_new (sheet, key, json_true ());
      break;
    }
}

/* Whatever passes the check can be filled and read. */
static void
test_random (gconstpointer model)
{
  GRand *rand = g_rand_new_with_seed (8);
  json_t *sheet = load (model);
  guint accepted = 0;

  for (guint i = 0; i < ROUNDS; i++)
    {
      json_t *changed = json_deep_copy (sheet);
      gint32 changes = g_rand_int_range (rand, 0, 3);
      for (gint32 k = 0; k < changes; k++)
        mutate (rand, changed);
      g_autoptr (GError) error = NULL;
      gboolean ok = bm_sheet_check (changed, &error);
      g_assert_true (ok == (error == NULL));
      if (ok)
        {
          json_t *filled = bm_sheet_fill (changed, NUMBER_7, QR_7, "7号");
          g_autofree char *text = bm_sheet_to_text (filled, 1);
          g_assert_true (g_utf8_validate (text, -1, NULL));
          g_assert_true (bm_sheet_check (filled, NULL));
          json_decref (filled);
          accepted++;
        }
      json_decref (changed);
    }
  g_assert_cmpuint (accepted, >, ROUNDS / 10);
  g_assert_cmpuint (accepted, <, ROUNDS);
  json_decref (sheet);
  g_rand_free (rand);
}

static void
assert_finder (const BmQr *qr, guint left, guint top)
{
  for (guint y = 0; y < 7; y++)
    for (guint x = 0; x < 7; x++)
      {
        gboolean ring = x == 0 || y == 0 || x == 6 || y == 6;
        gboolean core = x >= 2 && x <= 4 && y >= 2 && y <= 4;
        g_assert_cmpuint (qr->modules[(top + y) * qr->size + left + x], ==, ring || core);
      }
}

static void
test_qr (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmQr) qr = bm_qr_encode (QR_7, &error);
  g_autofree char *lower_text = g_ascii_strdown (QR_7, -1);
  g_autoptr (BmQr) lower = bm_qr_encode (lower_text, NULL);

  g_assert_no_error (error);
  /* 57 characters in alphanumeric mode at level Q: version 4. Bytes would need a larger one. */
  g_assert_cmpuint (qr->size, ==, 33);
  g_assert_cmpuint (lower->size, >, qr->size);
  assert_finder (qr, 0, 0);
  assert_finder (qr, qr->size - 7, 0);
  assert_finder (qr, 0, qr->size - 7);
  /* Format bits: level Q is 11, which the mask 10… makes 01; both copies agree. */
  g_assert_cmpuint (qr->modules[8 * qr->size + 0], ==, qr->modules[(qr->size - 1) * qr->size + 8]);
  g_assert_cmpuint (qr->modules[8 * qr->size + 0], ==, 0);
  g_assert_cmpuint (qr->modules[8 * qr->size + 1], ==, 1);
}

static void
test_qr_limits (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *flood = g_strnfill (BM_QR_MAX_TEXT + 1, 'A');
  g_autofree char *most = g_strnfill (BM_QR_MAX_TEXT, '\x80');
  g_autoptr (BmQr) biggest = bm_qr_encode (most, NULL);

  g_assert_nonnull (biggest);
  g_assert_null (bm_qr_encode (flood, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_null (bm_qr_encode ("", &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sheet/good", test_good);
  g_test_add_func ("/sheet/refused", test_refused);
  g_test_add_func ("/sheet/limits", test_limits);
  g_test_add_func ("/sheet/fill", test_fill);
  g_test_add_func ("/sheet/to-text", test_to_text);
  g_test_add_func ("/sheet/bilingual-refused", test_bilingual_refused);
  g_test_add_func ("/sheet/bilingual-text", test_bilingual_text);
  g_test_add_func ("/sheet/add-translation", test_add_translation);
  g_test_add_data_func ("/sheet/random", good, test_random);
  g_test_add_data_func ("/sheet/random-bilingual", bilingual, test_random);
  g_test_add_func ("/qr/symbol", test_qr);
  g_test_add_func ("/qr/limits", test_qr_limits);
  return g_test_run ();
}
