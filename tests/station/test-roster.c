/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-roster"

#include "app/station/duty.h"
#include "app/station/misuse-rules.h"
#include "app/station/roster.h"
#include "core/catalogue/text.h"
#include "core/error.h"

#include <glib/gstdio.h>
#include <libintl.h>
#include <locale.h>
#include <string.h>

#define KIN "00112233445566778899aabbccddeeff"
#define ROSTER                                                                              \
  "{'version':3,'staff':[{'id':'HT01','name':'何志远','role':'head','pin':'x','kin':['" KIN \
  "']},{'id':'YW99','name':'运维','role':'maintenance','pin':'y'}],"                      \
  "'duty':[{'days':[1,2,3,4,5],'from':'08:30','to':'17:00'}]}"

static json_t *
parse (const char *text)
{
  g_autofree char *quoted = g_strdelimit (g_strdup (text), "'", '"');
  json_error_t where;
  json_t *value = json_loads (quoted, 0, &where);

  if (value == NULL)
    g_test_message ("%s at %d", where.text, where.position);
  g_assert_nonnull (value);
  return value;
}

static BmRoster *
make_roster (const char *text, GError **error)
{
  json_t *document = parse (text);
  BmRoster *roster = bm_roster_new (document, error);

  json_decref (document);
  return roster;
}

static void
test_people (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmRoster) roster = make_roster (ROSTER, &error);
  guint8 tag[BM_TAG_LEN];
  const BmStaff *head;
  const BmStaff *technician;

  g_assert_no_error (error);
  g_assert_cmpint (bm_roster_get_version (roster), ==, 3);
  head = bm_roster_find (roster, "HT01");
  technician = bm_roster_find (roster, "YW99");
  g_assert_null (bm_roster_find (roster, "HT09"));
  for (guint i = 0; i < BM_TAG_LEN; i++)
    tag[i] = (guint8) (i * 0x11);
  g_assert_true (bm_staff_is_kin (head, tag));
  g_assert_false (bm_staff_is_kin (technician, tag));
  tag[15] ^= 1;
  g_assert_false (bm_staff_is_kin (head, tag));
  g_assert_true (bm_staff_may_witness (head));
  g_assert_false (bm_staff_may_witness (technician));
}

/* Sessions show names; PINs and kin stay here. */
static void
test_public_has_no_secrets (void)
{
  g_autoptr (BmRoster) roster = make_roster (ROSTER, NULL);
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 21, 9, 10, 0);
  json_t *people = bm_roster_dup_public (roster, now);
  g_autofree char *text = json_dumps (people, 0);

  g_assert_cmpuint (json_array_size (people), ==, 2);
  g_assert_nonnull (strstr (text, "何志远"));
  g_assert_null (strstr (text, "pin"));
  g_assert_null (strstr (text, KIN));
  json_decref (people);
}

static void
test_broken_rosters (void)
{
  static const char *const broken[] = {
    "{}",
    "{'version':0,'staff':[]}",
    "{'version':1,'staff':{}}",
    "{'version':1,'staff':[{'id':'A','name':'B','role':'king','pin':'x'}]}",
    "{'version':1,'staff':[{'id':'A','name':'B','role':'head'}]}",
    "{'version':1,'staff':[{'id':'A','name':'B','role':'head','pin':'x','kin':['00']}]}",
    "{'version':1,'staff':[{'id':'A','name':'B','role':'head','pin':'x'},"
    "{'id':'A','name':'C','role':'head','pin':'x'}]}",
    "{'version':1,'staff':[],'duty':[{'days':[8],'from':'08:30','to':'17:00'}]}",
    "{'version':1,'staff':[],'duty':[{'days':[1],'from':'17:00','to':'08:30'}]}",
    "{'version':1,'staff':[],'duty':[{'days':[1],'from':'8:30','to':'17:00'}]}",
    "{'version':1,'staff':[],'duty':[{'days':[1],'from':'08:60','to':'17:00'}]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (make_roster (broken[i], &error));
      g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
    }
}

static void
expect_duty (GArray *duty, int day, int hour, const char *text, const char *next)
{
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, day, hour, 0, 0);
  json_t *words = bm_duty_describe (duty, now);

  g_assert_cmpstr (bm_text_get (json_object_get (words, "text"), "zh_CN"), ==, text);
  g_assert_cmpstr (bm_text_get (json_object_get (words, "next"), "zh_CN"), ==, next);
  json_decref (words);
}

/* 2026-11-21 is a Saturday; a page in English says it so. */
static void
expect_english (GArray *duty)
{
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 21, 8, 0, 0);
  json_t *words = bm_duty_describe (duty, now);

  g_assert_cmpstr (bm_text_get (json_object_get (words, "text"), "en"), ==, "9 a.m. to 11 a.m.");
  g_assert_cmpstr (bm_text_get (json_object_get (words, "next"), "en"), ==, "today, 9 a.m.");
  json_decref (words);
}

static void
test_duty_in_words (void)
{
  json_t *rows = parse ("[{'days':[1,2],'from':'08:30','to':'12:00'},"
                        "{'days':[1,2],'from':'14:05','to':'18:30'},"
                        "{'days':[6],'from':'09:00','to':'11:00'}]");
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) duty = bm_duty_parse (rows, &error);
  g_autoptr (GArray) none = bm_duty_parse (NULL, NULL);

  g_assert_no_error (error);
  expect_duty (duty, 21, 8, "上午9点到上午11点", "今天上午9点");
  expect_duty (duty, 21, 9, "上午9点到上午11点", "星期一上午8点半");
  expect_duty (duty, 22, 9, "上午8点半到中午12点、下午2点05分到晚上6点半", "星期一上午8点半");
  expect_duty (duty, 23, 9, "上午8点半到中午12点、下午2点05分到晚上6点半", "今天下午2点05分");
  expect_duty (duty, 24, 20, "上午8点半到中午12点、下午2点05分到晚上6点半", "星期六上午9点");
  expect_duty (none, 24, 20, "", "");
  expect_english (duty);
  json_decref (rows);
}

/* Half an hour before noon on Monday, a minute after the end, on Sunday; where nobody ever is, nothing is out of hours. */
static void
test_open (void)
{
  json_t *rows = json_pack ("[{s:[i, i], s:s, s:s}]", "days", 1, 2, "from", "08:30", "to", "17:00");
  g_autoptr (GArray) duty = bm_duty_parse (rows, NULL);
  g_autoptr (GArray) none = bm_duty_parse (NULL, NULL);
  g_autoptr (GDateTime) morning = g_date_time_new_utc (2026, 11, 23, 11, 30, 0);
  g_autoptr (GDateTime) evening = g_date_time_new_utc (2026, 11, 23, 17, 0, 0);
  g_autoptr (GDateTime) sunday = g_date_time_new_utc (2026, 11, 22, 11, 30, 0);

  g_assert_true (bm_duty_is_open (duty, morning));
  g_assert_false (bm_duty_is_open (duty, evening));
  g_assert_false (bm_duty_is_open (duty, sunday));
  g_assert_true (bm_duty_is_open (none, sunday));
  json_decref (rows);
}

/* The shipped file is taken; one number out of its range, one key more, and it is not. */
static void
test_misuse_rules (void)
{
  static const char *const wrong[] = {
    "{\"format\":1,\"fast\":{\"persons\":0,\"minutes\":5},\"idle\":{\"persons\":20,\"hours\":24},"
    "\"closed\":{\"looks\":1}}",
    "{\"format\":1,\"fast\":{\"persons\":8,\"minutes\":5},\"idle\":{\"persons\":20,\"hours\":24},"
    "\"closed\":{\"looks\":1},\"off\":true}",
    "{\"format\":1}", "[]", ""
  };
  g_autofree char *shipped =
    g_build_filename (g_getenv ("BIANMIN_ASSETS"), "tables", "misuse.json", NULL);
  g_autofree char *folder = g_dir_make_tmp ("bianmin-misuse-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "misuse.json", NULL);
  g_autoptr (GError) error = NULL;
  BmMisuseRules rules;

  g_assert_true (bm_misuse_rules_load (shipped, &rules, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (rules.fast_persons, ==, 8);
  g_assert_cmpuint (rules.idle_hours, ==, 24);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_true (g_file_set_contents (file, wrong[i], -1, NULL));
      g_assert_false (bm_misuse_rules_load (file, &rules, NULL));
    }
  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  const char *locale = g_getenv ("BIANMIN_LOCALE");

  setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain (GETTEXT_PACKAGE, locale);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/roster/people", test_people);
  g_test_add_func ("/roster/public-has-no-secrets", test_public_has_no_secrets);
  g_test_add_func ("/roster/broken", test_broken_rosters);
  g_test_add_func ("/duty/in-words", test_duty_in_words);
  g_test_add_func ("/duty/open", test_open);
  g_test_add_func ("/misuse/rules", test_misuse_rules);
  return g_test_run ();
}
