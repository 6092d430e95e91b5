/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/calendar/day.h"
#include "core/catalogue/catalogue.h"
#include "core/catalogue/document.h"
#include "core/catalogue/guides.h"
#include "core/catalogue/post.h"
#include "core/catalogue/text.h"

#include <glib/gstdio.h>
#include <string.h>

/* What may be read: what ships loads; what is wrong is said with file, line and remedy, and hides only itself. */

static const char good[] = "{\n"
                           "  \"format\": 1,\n"
                           "  \"id\": \"farm.test\",\n"
                           "  \"version\": \"1\",\n"
                           "  \"topic\": \"farm\",\n"
                           "  \"icon\": \"ap-land\",\n"
                           "  \"label\": {\"zh_CN\": \"怎么种\"},\n"
                           "  \"source\": {\"zh_CN\": \"农技站\"},\n"
                           "  \"as_of\": \"2026-11-01\",\n"
                           "  \"is_demo\": true,\n"
                           "  \"pages\": [\n"
                           "    {\"say\": {\"zh_CN\": \"先翻地\"},\n"
                           "     \"lines\": [\n"
                           "       {\"zh_CN\": \"翻深一点。\"}\n"
                           "     ]}\n"
                           "  ]\n"
                           "}\n";

static BmGuides *
load_shipped (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "guides", NULL);
  BmGuides *guides = bm_guides_load (folder, NULL);

  g_assert_nonnull (guides);
  return guides;
}

static BmGuides *
new_empty (void)
{
  g_autofree char *folder = g_dir_make_tmp ("bianmin-XXXXXX", NULL);
  BmGuides *guides = bm_guides_load (folder, NULL);

  g_rmdir (folder);
  return guides;
}

static void
test_shipped (void)
{
  g_autoptr (BmGuides) guides = load_shipped ();
  const char *before = "";

  g_assert_cmpuint (bm_guides_get_faults (guides)->len, ==, 0);
  g_assert_cmpuint (bm_guides_get_count (guides), >=, 8);
  for (guint i = 0; i < bm_guides_get_count (guides); i++)
    {
      json_t *guide = bm_guides_get (guides, i);
      const char *topic = bm_text_get (guide, "topic");
      g_autofree char *drawing = g_strconcat (g_getenv ("BIANMIN_ASSETS"), "/icons/",
                                              bm_text_get (guide, "icon"), ".svg", NULL);

      g_assert_true (json_is_true (json_object_get (guide, "is_demo")));
      g_assert_true (g_file_test (drawing, G_FILE_TEST_EXISTS));
      g_assert_true (
        g_str_has_prefix (bm_text_get (json_object_get (guide, "phone"), "number"), "100-0000-"));
      g_assert_true (strcmp (topic, before) == 0 || strcmp (topic, "matter") == 0 ||
                     strcmp (before, "law") != 0 || strcmp (topic, "farm") == 0);
      before = topic;
    }
  g_assert_cmpstr (bm_text_get (bm_guides_get (guides, 0), "topic"), ==, "matter");
  g_assert_cmpstr (before, ==, "farm");
}

typedef struct
{
  const char *from;
  const char *to;
  guint line;
  const char *says;
} Fault;

static const Fault faults[] = {
  { "\"topic\": \"farm\"", "\"topic\": \"fun\"", 5, "farm.json:5: " },
  { "\"as_of\": \"2026-11-01\"", "\"as_of\": \"2026-13-01\"", 9, "write a day as 2026-11-20" },
  { "翻深一点。", "翻深一点翻深一点翻深一点翻深一点翻深一点。", 14, "break it with \\n" },
  { "\"version\"", "\"vers1on\"", 1, "version" },
  { "\"icon\": \"ap-land\"", "\"icon\": \"../x\"", 6, "assets/icons" },
  { "  \"is_demo\": true,\n", "", 1, "is_demo" },
  { "]\n}", "]\n", 18, "not well-formed" },
};

static void
test_faults (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (BmGuides) guides = new_empty ();
      GString *text = g_string_new (good);
      const BmCatalogueFault *fault;

      g_assert_cmpuint (g_string_replace (text, faults[i].from, faults[i].to, 1), ==, 1);
      bm_guides_add_text (guides, "farm.json", text->str, text->len);
      g_string_free (text, TRUE);
      g_assert_cmpuint (bm_guides_get_count (guides), ==, 0);
      g_assert_cmpuint (bm_guides_get_faults (guides)->len, ==, 1);
      fault = bm_guides_get_faults (guides)->pdata[0];
      g_test_message ("%s", fault->message);
      g_assert_cmpuint (fault->line, ==, faults[i].line);
      g_assert_nonnull (strstr (fault->message, faults[i].says));
      bm_guides_add_text (guides, "good.json", good, strlen (good));
      g_assert_cmpuint (bm_guides_get_count (guides), ==, 1);
    }
}

static void
test_twice (void)
{
  g_autoptr (BmGuides) guides = new_empty ();

  bm_guides_add_text (guides, "a.json", good, strlen (good));
  bm_guides_add_text (guides, "b.json", good, strlen (good));
  g_assert_cmpuint (bm_guides_get_count (guides), ==, 1);
  g_assert_nonnull (strstr (((BmCatalogueFault *) bm_guides_get_faults (guides)->pdata[0])->message,
                            "b.json:3: /id: another guide has it"));
  g_assert_nonnull (bm_guides_find (guides, "farm.test"));
  g_assert_null (bm_guides_find (guides, "farm.tes"));
}

/* The board */

static const char *
judge (const char *name, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  return bm_document_find_fault ("notice", name, body);
}

#define NOTICE(title, day, until)                                                 \
  "{\"title\":\"" title "\",\"text\":\"停水。\",\"by\":\"村委会\",\"day\":\"" day \
  "\",\"until\":\"" until "\"}"

static void
test_posts (void)
{
  json_t *post = json_loads (NOTICE ("停水", "2026-11-20", "2026-11-23"), 0, NULL);

  g_assert_null (judge ("board", "{\"text\":\"镇上停电。\"}")); /* to the staff */
  g_assert_null (judge ("water", NOTICE ("停水", "2026-11-20", "2026-11-20")));
  g_assert_cmpstr (judge ("water", NOTICE ("停水", "2026-11-20", "2026-11-19")), ==, "bad-day");
  g_assert_cmpstr (judge ("water", NOTICE ("停水", "2026-11-20", "2026-11-31")), ==, "bad-day");
  g_assert_cmpstr (judge ("water", NOTICE ("", "2026-11-20", "2026-11-21")), ==, "bad-notice");
  g_assert_cmpstr (judge ("Water 1", NOTICE ("停水", "2026-11-20", "2026-11-21")), ==,
                   "wrong-name");
  g_assert_cmpstr (judge ("water", "{\"title\":\"停水\",\"text\":\"停水。\"}"), ==, "bad-notice");
  g_assert_cmpstr (judge ("water", "{\"title\":7,\"text\":\"停水。\",\"by\":\"村\"}"), ==,
                   "bad-notice");
  g_assert_true (bm_post_hangs (post, bm_day_from_string ("2026-11-23")));
  g_assert_false (bm_post_hangs (post, bm_day_from_string ("2026-11-24")));
  json_decref (post);
}

#define WARNING(until) \
  "{\"title\":\"暴雨\",\"text\":\"不要过河。\",\"by\":\"应急办\",\"until\":\"" until "\"}"

static const char *
judge_warning (const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  return bm_document_find_fault ("warning", "rain", body);
}

static void
test_warnings (void)
{
  json_t *warning = json_loads (WARNING ("2026-11-21T12:00:00+08:00"), 0, NULL);
  const gint64 end_ms = bm_day_to_wall_ms (bm_day_from_string ("2026-11-21")) + 12 * 3600 * 1000;

  g_assert_null (judge_warning (WARNING ("2026-11-21T12:00:00+08:00")));
  g_assert_cmpstr (judge_warning (WARNING ("2026-11-21T12:00:00")), ==, "bad-day"); /* of no zone */
  g_assert_cmpstr (judge_warning (WARNING ("never")), ==, "bad-day");
  g_assert_cmpstr (judge_warning ("{\"title\":\"暴雨\",\"text\":\"不要过河。\"}"), ==,
                   "bad-warning");
  g_assert_true (bm_warning_holds (warning, end_ms - 1));
  g_assert_false (bm_warning_holds (warning, end_ms));
  json_decref (warning);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/guides/shipped", test_shipped);
  g_test_add_func ("/guides/what-is-wrong-is-said-and-hides-only-itself", test_faults);
  g_test_add_func ("/guides/one-id-twice", test_twice);
  g_test_add_func ("/board/what-has-no-day-does-not-hang", test_posts);
  g_test_add_func ("/board/a-warning-has-an-end", test_warnings);
  return g_test_run ();
}
