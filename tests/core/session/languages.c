/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/catalogue/shape.h"
#include "core/language/language.h"
#include "core/people/divisions-private.h"
#include "core/session/session-private.h"
#include "core/session/words.h"
#include "tests/core/session/world.h"

#include <string.h>

/*
 * Every page that any of these tests comes to is made once more in English: of the same form, with the same
 * things to press in the same order, saying all that it shows, and without a word of Chinese but names and what
 * the centre wrote; of a bilingual station what is asked in Chinese, too. With BIANMIN_PAGES_OUT each is written there, for whoever wants to look at it.
 */

/* Names of people and places, and what comes from outside as it was written there. */
static const char *const given[] = {
  "村东头水管漏水，3组",
  "欧**静",
  "村东头井边的水管漏了一个多月，3组几家都用不成水，晚上滴得满路是冰，王秀兰摔过一",
  "村东头井边的水管漏了一个多月，",
  "3组几家都用不成水，",
  "晚上滴得满路是冰，王秀兰摔过一",
  "水管",
  "中文",
  "广东话",
  "村口那段路11月20日补好了。",
  "这次认证通过了。",
  "养老金认证",
  "11月的钱15日发到您的卡上了。",
  "认证到期没有办",
  "户名不对",
  "禾田村便民服务站",
  "演示县社保中心",
  "青溪镇人民政府",
  "禾田村",
  "青溪镇",
  "演示县",
  "王秀兰",
  "王*兰",
  "苏敏",
  "陈国强",
  "丁一",
};

static json_t *
build_in (BmSession *session, guint language)
{
  guint before = session->language;
  json_t *page;

  session->language = language;
  bm_session_set_clock (session);
  page = bm_session_build_page (session);
  session->language = before;
  bm_session_set_clock (session);
  return page;
}

static char *
strip_given (const char *text)
{
  g_autoptr (GString) rest = g_string_new (text);

  for (gsize i = 0; i < G_N_ELEMENTS (given); i++)
    g_string_replace (rest, given[i], "", 0);
  return g_strdup (rest->str);
}

static gboolean
has_hanzi (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if ((c >= 0x3400 && c < 0xa000) || c == 0x3002 || c == 0xff0c || c == 0xff1a)
        return TRUE;
    }
  return FALSE;
}

/* Places are called as they are called. */
static char *
strip_places (BmSession *session, const char *text)
{
  g_autoptr (GString) rest = g_string_new (text);

  for (guint level = BM_DIVISION_LEVELS; session->divisions != NULL && level > 0; level--)
    {
      GPtrArray *places = session->divisions->levels[level - 1];

      for (guint i = 0; i < places->len; i++)
        g_string_replace (rest,
                          bm_divisions_get_name (session->divisions,
                                                 ((BmDivision *) g_ptr_array_index (places, i))
                                                   ->code),
                          "", 0);
    }
  return g_strdup (rest->str);
}

/* @rest: (transfer full) */
static char *
strip_name (char *rest, const char *name)
{
  g_autoptr (GString) named = g_string_new (rest);

  if (name != NULL)
    g_string_replace (named, name, "", 0);
  g_free (rest);
  return g_strdup (named->str);
}

void
world_need_no_chinese (BmSession *session, json_t *page, const char *text)
{
  g_autofree char *flat = bm_words_flatten (text != NULL ? text : "");
  g_autofree char *unplaced = strip_places (session, flat);
  char *rest = strip_given (unplaced);

  rest = strip_name (rest, session->card != NULL ? session->card->name : NULL);
  rest = strip_name (rest, session->agent != NULL ? session->agent->name : NULL);
  rest =
    strip_name (rest, json_string_value (
                        json_object_get (json_object_get (session->behalf, "principal"), "name")));
  if (has_hanzi (rest))
    g_error ("%s in another language says %s", json_string_value (json_object_get (page, "id")),
             text);
  g_free (rest);
}

/* @name's strings under @keys of a list of objects */
static void
need_english_list (BmSession *session, json_t *page, const char *name, const char *key)
{
  json_t *item;
  gsize i;

  json_array_foreach (json_object_get (page, name), i, item)
    world_need_no_chinese (session, page, json_string_value (json_object_get (item, key)));
}

static void
check_words (BmSession *session, json_t *page)
{
  static const char *const lists[][2] = {
    { "lines", "text" },    { "facts", "label" },  { "rows", "label" },  { "rows", "note" },
    { "choices", "label" }, { "choices", "note" }, { "choices", "why" },
  };
  static const char *const frame_names[] = { "help_label", "end_label", "next", "cases" };
  json_t *station = json_object_get (page, "station");
  json_t *sentence;
  gsize i;

  world_need_no_chinese (session, page, json_string_value (json_object_get (page, "question")));
  for (gsize k = 0; k < G_N_ELEMENTS (lists); k++)
    need_english_list (session, page, lists[k][0], lists[k][1]);
  for (gsize k = 0; k < G_N_ELEMENTS (frame_names); k++)
    world_need_no_chinese (session, page,
                           json_string_value (
                             json_object_get (json_object_get (page, "frame"), frame_names[k])));
  world_need_no_chinese (session, page, json_string_value (json_object_get (station, "clock")));
  world_need_no_chinese (session, page,
                         json_string_value (json_object_get (station, "demo_label")));
  world_need_no_chinese (session, page,
                         json_string_value (
                           json_object_get (json_object_get (page, "service"), "label")));
  json_array_foreach (json_object_get (page, "speech"), i, sentence)
    world_need_no_chinese (session, page, json_string_value (sentence));
}

/* What can be pressed is the same, in the same order. */
static void
check_choices (json_t *page, json_t *english)
{
  json_t *mine = json_object_get (page, "choices");
  json_t *theirs = json_object_get (english, "choices");
  json_t *choice;
  gsize i;

  g_assert_cmpuint (json_array_size (mine), ==, json_array_size (theirs));
  json_array_foreach (mine, i, choice)
    g_assert_cmpstr (json_string_value (json_object_get (choice, "id")), ==,
                     json_string_value (json_object_get (json_array_get (theirs, i), "id")));
}

static void
need_said (json_t *page, const char *said, const char *text)
{
  g_autofree char *flat = text != NULL ? bm_words_flatten (text) : NULL;

  if (flat != NULL && strstr (said, flat) == NULL)
    g_error ("%s in English shows and does not say %s; it says %s",
             json_string_value (json_object_get (page, "id")), flat, said);
}

static void
check_said (json_t *page)
{
  g_autofree char *said = world_flat_text (json_object_get (page, "speech"));
  json_t *item;
  gsize i;

  if (json_object_get (page, "level") != NULL)
    return; /* a microphone listens: checks.c */
  json_array_foreach (json_object_get (page, "choices"), i, item)
    need_said (page, said, json_string_value (json_object_get (item, "label")));
  if (json_is_true (json_object_get (page, "is_private")))
    return;
  need_said (page, said, json_string_value (json_object_get (page, "question")));
  json_array_foreach (json_object_get (page, "lines"), i, item)
    need_said (page, said, json_string_value (json_object_get (item, "text")));
}

static void
write_out (json_t *page)
{
  const char *folder = g_getenv ("BIANMIN_PAGES_OUT");
  g_autofree char *all = NULL;
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;

  if (folder == NULL)
    return;
  all = json_dumps (json_object_get (page, "choices"), JSON_COMPACT);
  name = g_strdup_printf ("%s-%02x.json", json_string_value (json_object_get (page, "id")),
                          g_str_hash (all) & 0xff);
  path = g_build_filename (folder, name, NULL);
  g_assert_cmpint (json_dump_file (page, path, JSON_INDENT (1)), ==, 0);
}

static void
check_chinese (json_t *page, json_t *english, json_t *chinese, const char *key)
{
  g_autofree char *chinese_key = g_strconcat (key, "_zh", NULL);
  const char *wanted = json_string_value (json_object_get (chinese, key));
  const char *found = json_string_value (json_object_get (english, chinese_key));

  if (g_strcmp0 (wanted, json_string_value (json_object_get (english, key))) == 0)
    wanted = NULL;
  if (wanted != NULL && *wanted != '\0' ? g_strcmp0 (found, wanted) != 0 : found != NULL)
    g_error ("%s in two languages has %s and not %s",
             json_string_value (json_object_get (page, "id")), found, wanted);
}

/* What is asked and what may be answered stands there in Chinese, too, where that is said otherwise. */
static void
check_bilingual (BmSession *session, json_t *english)
{
  json_t *chinese = build_in (session, 0);
  json_t *choice;
  gsize i;

  check_chinese (english, english, chinese, "question");
  json_array_foreach (json_object_get (english, "choices"), i,
                      choice) if (strcmp (json_string_value (json_object_get (choice, "id")),
                                          "language") != 0) /* the next */
    check_chinese (english, choice, json_array_get (json_object_get (chinese, "choices"), i),
                   "label");
  g_assert_null (json_object_get (chinese, "question_zh"));
  json_decref (chinese);
}

void
world_check_english (World *self)
{
  g_autoptr (GError) error = NULL;
  json_t *page = bm_session_get_page (self->session);
  gboolean was_bilingual = self->setup.is_bilingual;
  json_t *english;

  self->setup.is_bilingual = TRUE;
  english = build_in (self->session, 1);

  g_assert_cmpstr (bm_language_get (), ==, "zh_CN");
  if (!bm_shape_check_page (english, &error))
    g_error ("in English: %s", error->message);
  check_choices (page, english);
  check_words (self->session, english);
  check_said (english);
  check_bilingual (self->session, english);
  self->setup.is_bilingual = was_bilingual;
  write_out (english);
  json_decref (english);
}
