/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-address"

#include "core/error.h"
#include "core/people/address.h"

#include "tests/core/support.h"

#include <string.h>

#define HETIAN "990121101201"
#define ROUNDS 20000

static BmDivisions *
load_demo (void)
{
  g_autofree char *path =
    g_build_filename (g_getenv ("BIANMIN_ASSETS"), "tables", "divisions-demo.json", NULL);
  g_autoptr (GError) error = NULL;
  BmDivisions *divisions = bm_divisions_load (path, &error);

  g_assert_no_error (error);
  return divisions;
}

static void
assert_address (BmDivisions *divisions,
                const char *text,
                const char *confidence,
                const char *code,
                guint group,
                const char *residue)
{
  g_autoptr (BmAddress) address = bm_divisions_parse (divisions, text);

  g_assert_cmpstr (bm_address_confidence_to_string (address->confidence), ==, confidence);
  g_assert_cmpstr (address->code, ==, code);
  g_assert_cmpuint (address->group, ==, group);
  g_assert_cmpstr (address->residue, ==, residue);
}

static void
test_vectors (void)
{
  g_autoptr (BmDivisions) divisions = load_demo ();

  assert_address (divisions, "演示省演示市演示县青溪镇禾田村3组", "sure", HETIAN, 3, "");
  assert_address (divisions, "演示省-演示市-演示县-青溪街道-禾田社区", "sure", HETIAN, 0, "");
  assert_address (divisions, "青溪乡老塘大队三组", "ask", HETIAN, 3, "");
  assert_address (divisions, "和田村", "ask", HETIAN, 0, "");
}

static void
test_spoken_forms (void)
{
  g_autoptr (BmDivisions) divisions = load_demo ();

  assert_address (divisions, "禾田村", "sure", HETIAN, 0, "");
  assert_address (divisions, "禾田村委会", "sure", HETIAN, 0, "");
  assert_address (divisions, "青溪乡禾田村", "sure", HETIAN, 0, "");
  assert_address (divisions, "演示县禾田村第三村民小组12号", "sure", HETIAN, 3, "12号");
  assert_address (divisions, "演示县 青溪镇 禾田村 ６社 １２－３号", "sure", HETIAN, 6, "12-3号");
  assert_address (divisions, "青溪镇禾田村五生产队大樟树下", "sure", HETIAN, 5, "大樟树下");
  assert_address (divisions, "禾田三组", "ask", HETIAN, 3, "");
  assert_address (divisions, "禾田村37号", "sure", HETIAN, 0, "37号");
}

static void
test_doubts (void)
{
  g_autoptr (BmDivisions) divisions = load_demo ();

  /* A group that the village does not have, and a township that nobody knows. */
  assert_address (divisions, "禾田村7组", "ask", HETIAN, 7, "");
  assert_address (divisions, "禾田村十二组", "ask", HETIAN, 12, "");
  assert_address (divisions, "白石镇禾田村", "ask", HETIAN, 0, "");
  assert_address (divisions, "演示县白石镇禾田村", "ask", HETIAN, 0, "");
  assert_address (divisions, "演示省演示市", "unknown", "", 0, "演示省演示市");
  assert_address (divisions, "上湾村3组", "unknown", "", 0, "上湾村3组");
  assert_address (divisions, "", "unknown", "", 0, "");
  assert_address (divisions, "\xff\xfe", "unknown", "", 0, "");
  g_autofree char *flood = g_strnfill (BM_ADDRESS_MAX + 1, 'x');
  assert_address (divisions, flood, "unknown", "", 0, "");
}

static const char two_villages[] =
  "{\"version\":1,\"kind\":\"divisions\",\"source\":\"t\",\"divisions\":["
  "{\"code\":\"99\",\"name\":\"演示省\"},{\"code\":\"9901\",\"name\":\"演示市\"},"
  "{\"code\":\"990121\",\"name\":\"演示县\"},{\"code\":\"990121101\",\"name\":\"青溪镇\"},"
  "{\"code\":\"990121102\",\"name\":\"白石镇\"},{\"code\":\"990121101201\",\"name\":\"新村\"},"
  "{\"code\":\"990121102201\",\"name\":\"新村\"},{\"code\":\"990121102202\",\"name\":\"新村上\"}]}";

static BmDivisions *
new_from_text (const char *text, GError **error)
{
  json_t *document = json_loads (text, 0, NULL);
  g_assert_nonnull (document);
  BmDivisions *divisions = bm_divisions_new (document, error);

  json_decref (document);
  return divisions;
}

static void
test_same_name_twice (void)
{
  g_autoptr (BmDivisions) divisions = new_from_text (two_villages, NULL);

  g_assert_nonnull (divisions);
  assert_address (divisions, "新村2组", "unknown", "", 0, "新村2组");
  assert_address (divisions, "演示县新村", "unknown", "", 0, "演示县新村");
  assert_address (divisions, "白石镇新村2组", "sure", "990121102201", 2, "");
  assert_address (divisions, "青溪镇新村2组", "sure", "990121101201", 2, "");
  assert_address (divisions, "新村上", "sure", "990121102202", 0, ""); /* the longest name */
  g_assert_cmpstr (bm_divisions_get_name (divisions, "990121102"), ==, "白石镇");
  g_assert_null (bm_divisions_get_name (divisions, "990121103"));
}

#define DOCUMENT(list) \
  "{\"version\":1,\"kind\":\"divisions\",\"source\":\"t\",\"divisions\":" list "}"

static void
test_table_refused (void)
{
  static const char *const texts[] = {
    "{}",
    DOCUMENT ("{}"),
    DOCUMENT ("[{\"code\":\"99\"}]"),
    DOCUMENT ("[{\"code\":\"99\",\"name\":\"\"}]"),
    DOCUMENT ("[{\"code\":\"9\",\"name\":\"a\"}]"),
    DOCUMENT ("[{\"code\":\"9a\",\"name\":\"a\"}]"),
    DOCUMENT ("[{\"code\":\"9901\",\"name\":\"a\"}]"),
    DOCUMENT ("[{\"code\":\"99\",\"name\":\"a\"},{\"code\":\"99\",\"name\":\"b\"}]"),
    DOCUMENT ("[{\"code\":\"99\",\"name\":\"a\",\"more\":1}]"),
    DOCUMENT ("[{\"code\":\"99\",\"name\":\"a\",\"groups\":100}]"),
    DOCUMENT ("[{\"code\":\"99\",\"name\":\"a\",\"aliases\":{}}]"),
    DOCUMENT (
      "[{\"code\":\"99\",\"name\":\"a\",\"aliases\":[{\"name\":\"b\",\"kind\":\"nick\"}]}]"),
    DOCUMENT ("[{\"code\":\"99\",\"name\":\"a\",\"aliases\":[{\"name\":\"\",\"kind\":\"same\"}]}]"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (new_from_text (texts[i], &error));
      g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
    }
  g_autoptr (GError) error = NULL;
  g_assert_null (bm_divisions_load ("/nonexistent.json", &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);
}

static void
test_random (void)
{
  static const char *const parts[] = { "演示省",   "演示市", "演示县",   "青溪镇", "青溪乡",
                                       "禾田村",   "和田村", "老塘大队", "三",     "十",
                                       "3",        "99",     "999",      "组",     "第",
                                       "村民小组", "-",      " ",        "\xff",   "王",
                                       "12-3号" };
  g_autoptr (BmDivisions) divisions = load_demo ();
  GRand *rand = g_rand_new_with_seed (17);

  for (guint i = 0; i < ROUNDS; i++)
    {
      GString *text = g_string_new (NULL);
      gint32 count = g_rand_int_range (rand, 0, 12);
      for (gint32 k = 0; k < count; k++)
        g_string_append (text, parts[g_rand_int_range (rand, 0, G_N_ELEMENTS (parts))]);
      g_autoptr (BmAddress) address = bm_divisions_parse (divisions, text->str);
      g_assert_true (g_utf8_validate (address->residue, -1, NULL));
      g_assert_true ((address->code[0] == '\0') == (address->confidence == BM_ADDRESS_UNKNOWN));
      g_assert_cmpuint (address->group, <=, 99);
      g_string_free (text, TRUE);
    }
  g_rand_free (rand);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/vectors", test_vectors);
  g_test_add_func ("/address/spoken-forms", test_spoken_forms);
  g_test_add_func ("/address/doubts", test_doubts);
  g_test_add_func ("/address/same-name-twice", test_same_name_twice);
  g_test_add_func ("/address/table-refused", test_table_refused);
  g_test_add_func ("/address/random", test_random);
  return g_test_run ();
}
