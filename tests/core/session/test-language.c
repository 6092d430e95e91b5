/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-session"

#include "core/language/language.h"
#include "tests/core/session/appeal-steps.h"

#include <string.h>

/* A language is the session's: chosen at any moment, nobody else's, and over with it. */

static const char *
get_language (World *world)
{
  return json_string_value (
    json_object_get (json_object_get (world_page (world), "settings"), "language"));
}

static const char *
get_offered (World *world)
{
  return json_string_value (
    json_object_get (json_object_get (world_page (world), "frame"), "language"));
}

static void
switch_by_voice (World *world)
{
  world_do (world, "voice");
  assert_page (world, "voice");
  world_choose (world, "language");
  world_do (world, "next");
}

static void
test_offered_in_its_own_word (void)
{
  g_autoptr (World) world = world_new ();

  g_assert_cmpstr (get_language (world), ==, "zh_CN");
  g_assert_cmpstr (get_offered (world), ==, "English");
  world_do (world, "language");
  assert_page (world, "idle");
  g_assert_cmpstr (get_language (world), ==, "en");
  g_assert_cmpstr (get_offered (world), ==, "中文");
  g_assert_true (world_says (world, "Please touch the screen"));
  world_choose (world, "start");
  g_assert_true (world_says (world, "What would you like to do?"));
  g_assert_cmpstr (get_offered (world), ==, "中文");
  world_do (world, "language");
  g_assert_cmpstr (get_language (world), ==, "zh_CN");
}

/* What was answered stays, and the page that was there is there. */
static void
test_switch_loses_what_was_entered (void)
{
  g_autoptr (World) world = world_new ();

  world_reach_witness (world);
  g_assert_null (get_offered (world));
  world_do (world, "language"); /* not offered here */
  g_assert_cmpstr (get_language (world), ==, "zh_CN");
  switch_by_voice (world);
  assert_page (world, "witness");
  g_assert_cmpstr (get_language (world), ==, "en");
  world_choose (world, "staff-here");
  world_choose (world, "staff:ht02");
  assert_page (world, "witness-pin");
  switch_by_voice (world);
  assert_page (world, "witness-pin");
  g_assert_cmpstr (get_language (world), ==, "zh_CN");
  world_type (world, "000000");
  world_choose (world, "seen");
  assert_page (world, "done");
}

/* The problem beside the keys is in the language of the page, also when that changes after it. */
static void
test_problem_stays_in_the_old_language (void)
{
  g_autoptr (World) world = world_new ();

  world_reach_witness (world);
  world_choose (world, "staff-here");
  world_choose (world, "staff:ht02");
  world->verdict = BM_STAFF_WRONG;
  world_type (world, "000000");
  assert_page (world, "witness-pin");
  g_assert_true (world_says (world, "密码不对"));
  switch_by_voice (world);
  g_assert_true (world_says (world, "The PIN is not right, once more."));
  g_assert_false (world_says (world, "密码不对"));
}

/* Whatever the resident reads, the centre, the desk and the record get Chinese. */
static void
test_centre_gets_another_language (void)
{
  g_autoptr (World) chinese = world_new ();
  g_autoptr (World) english = world_new ();
  g_autofree char *slip = NULL;
  g_autofree char *other = NULL;
  json_t *notice;

  world_reach_done (chinese);
  world_do (english, "language");
  world_reach_done (english);
  g_assert_cmpstr (get_language (english), ==, "en");
  slip = json_dumps (chinese->draft->slip, JSON_SORT_KEYS);
  other = json_dumps (english->draft->slip, JSON_SORT_KEYS);
  g_assert_cmpstr (slip, ==, other);
  g_assert_true (json_equal (json_object_get (chinese->draft->payload, "fields"),
                             json_object_get (english->draft->payload, "fields")));
  notice = json_object_get (english->draft->payload, "notice");
  g_assert_cmpstr (json_string_value (json_object_get (notice, "language")), ==, "en");
  g_assert_true (world_says (english, "Noted"));
}

static const char *
get_chinese (json_t *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

/* Only where the station says so, only below another language, and never in the voice. */
static void
test_bilingual_is_spoken_twice (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *said = NULL;
  json_t *choice;

  world_do (world, "language");
  world_choose (world, "start");
  g_assert_null (get_chinese (world_page (world), "question_zh"));
  world_do (world, "language"); /* Chinese */
  world->setup.is_bilingual = TRUE;
  world_do (world, "language");
  g_assert_cmpstr (get_language (world), ==, "en");
  g_assert_cmpstr (get_chinese (world_page (world), "question_zh"), ==, "您想办什么？");
  choice = json_array_get (json_object_get (world_page (world), "choices"), 0);
  g_assert_nonnull (get_chinese (choice, "label_zh"));
  said = json_dumps (json_object_get (world_page (world), "speech"), JSON_ENCODE_ANY);
  g_assert_null (strstr (said, "您想办什么"));
  g_assert_null (strstr (said, get_chinese (choice, "label_zh")));
  world_do (world, "language");
  g_assert_null (get_chinese (world_page (world), "question_zh"));
  world->setup.is_bilingual = FALSE;
}

static void
test_next_person_reads_the_last_ones_language (void)
{
  g_autoptr (World) world = world_new ();

  world_do (world, "language");
  world_choose (world, "start");
  world_tick (world, 6 * 60 + 10);
  assert_page (world, "idle");
  g_assert_cmpstr (get_language (world), ==, "zh_CN");
  world_do (world, "language"); /* and then went away */
  world_tick (world, 61);
  g_assert_cmpstr (get_language (world), ==, "zh_CN");
}

static void
test_two_seats_share_a_language (void)
{
  g_autoptr (World) one = world_new ();
  g_autoptr (World) two = world_new ();

  world_do (one, "language");
  world_choose (one, "start");
  world_choose (two, "start");
  g_assert_true (world_says (two, "您想办什么"));
  g_assert_true (world_says (one, "What would you like to do?"));
  world_link (one, FALSE);
  world_link (two, FALSE);
  g_assert_true (world_says (two, "现在没有网"));
  g_assert_true (world_says (one, "There is no line now"));
}

static json_t *
get_setting (World *world, const char *key)
{
  return json_object_get (json_object_get (world_page (world), "settings"), key);
}

/* Among more than two a press asks which; each is called by its own name, the one that is read is marked. */
static void
test_further_language (void)
{
  g_autoptr (World) world = world_new ();
  json_t *languages =
    json_pack ("[{s:s, s:s, s:s, s:[s], s:{s:{s:s}}}]", "id", "xx", "name", "Xx", "direction",
               "rtl", "fonts", "Noto Sans", "words", "", "Speak", "Yyyyy");

  world->setup.languages = languages;
  world_choose (world, "start");
  g_assert_cmpstr (get_offered (world), ==, "Xx …");
  world_do (world, "language");
  assert_page (world, "language");
  g_assert_true (world_says (world, "您看哪种文字"));
  g_assert_true (world_offers (world, "language:zh-cn"));
  g_assert_null (get_setting (world, "words"));
  world_choose (world, "language:xx");
  assert_page (world, "home");
  g_assert_cmpstr (get_language (world), ==, "xx");
  g_assert_cmpstr (get_offered (world), ==, "中文 …");
  g_assert_cmpstr (json_string_value (get_setting (world, "direction")), ==, "rtl");
  g_assert_nonnull (json_object_get (get_setting (world, "words"), ""));
  g_assert_cmpuint (json_array_size (get_setting (world, "fonts")), ==, 1);
  world_do (world, "language");
  world_do (world, "back");
  assert_page (world, "home");
  g_assert_cmpstr (get_language (world), ==, "xx");
  world_do (world, "language");
  world_choose (world, "language:en");
  g_assert_cmpstr (get_language (world), ==, "en");
  g_assert_null (get_setting (world, "direction"));
  world->setup.languages = NULL;
  json_decref (languages);
}

/* In the middle of a flow the way is over 声音, and back to the very page. */
static void
test_choice_of_a_language_loses_what_was_entered (void)
{
  g_autoptr (World) world = world_new ();

  world_make_pseudo (world);
  world->setup.languages = world->pseudo;
  world_reach_witness (world);
  world_choose (world, "staff-here");
  world_choose (world, "staff:ht02");
  assert_page (world, "witness-pin");
  world_do (world, "voice");
  world_choose (world, "language");
  assert_page (world, "language");
  g_assert_cmpstr (json_string_value (json_object_get (world_page (world), "covers")), ==,
                   "witness-pin");
  world_choose (world, "language:xx");
  assert_page (world, "witness-pin");
  g_assert_cmpstr (get_language (world), ==, "xx");
  world_type (world, "000000");
  world_choose (world, "seen");
  assert_page (world, "done");
  g_assert_false (world_says (world, "记下"));
  world->setup.languages = NULL;
}

/* Nobody is kept at the choice: the next person finds 待机 in Chinese. */
static void
test_choice_of_a_language_stays (void)
{
  g_autoptr (World) world = world_new ();

  world_make_pseudo (world);
  world->setup.languages = world->pseudo;
  world_do (world, "language");
  assert_page (world, "language");
  world_tick (world, 61);
  assert_page (world, "idle");
  g_assert_cmpstr (get_language (world), ==, "zh_CN");
  world->setup.languages = NULL;
}

static void
test_names_of_languages (void)
{
  static const char *const good[] = { "zh_CN", "en", "ug", "kk_Arab" };
  static const char *const bad[] = { "", "En", "a-b", "../x", "abcdefghijklmnopq", "中" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (bm_language_is_id (good[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (bm_language_is_id (bad[i]));
  g_assert_false (bm_language_is_id (NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  world_set_up_locale ();
#define ADD(path, function) g_test_add_func ("/language/" path, function)
  ADD ("offered-in-its-own-word", test_offered_in_its_own_word);
  ADD ("switch-loses-what-was-entered", test_switch_loses_what_was_entered);
  ADD ("problem-stays-in-the-old-language", test_problem_stays_in_the_old_language);
  ADD ("centre-gets-another-language", test_centre_gets_another_language);
  ADD ("bilingual-is-spoken-twice", test_bilingual_is_spoken_twice);
  ADD ("next-person-reads-the-last-ones-language", test_next_person_reads_the_last_ones_language);
  ADD ("two-seats-share-a-language", test_two_seats_share_a_language);
  ADD ("further-language", test_further_language);
  ADD ("choice-loses-what-was-entered", test_choice_of_a_language_loses_what_was_entered);
  ADD ("choice-stays", test_choice_of_a_language_stays);
  ADD ("names-of-languages", test_names_of_languages);
#undef ADD
  return g_test_run ();
}
