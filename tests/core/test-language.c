/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/catalogue/document.h"
#include "core/catalogue/text.h"
#include "core/catalogue/wanted.h"
#include "core/error.h"
#include "core/language/language.h"
#include "core/language/places.h"
#include "core/language/po-file.h"

#include <libintl.h>
#include <locale.h>
#include <string.h>

/* Languages that people write: what is refused of them, what counts as whole, and who says what in them. */

static void
expect_places (const char *message, const char *words, const char *fault)
{
  g_autoptr (GError) error = NULL;
  gboolean is_right = bm_places_check (message, words, &error);

  if (fault == NULL)
    {
      g_assert_no_error (error);
      g_assert_true (is_right);
      return;
    }
  g_assert_false (is_right);
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  if (strstr (error->message, fault) == NULL)
    g_error ("%s / %s: %s", message, words, error->message);
}

static void
test_places_mismatch (void)
{
  expect_places ("Press number %u: %s.", "%2$s: yzz %1$u.", NULL);
  expect_places ("Press number %u: %s.", "Yzz %u: %s.", NULL);
  expect_places ("%1$d-%2$d", "%2$d/%1$d", NULL);
  expect_places ("%1$u.%2$02u yuan", "%1$u,%2$02u", NULL);
  expect_places ("Speak", "Yzz", NULL);
  expect_places ("For {name}, {age}", "{age} {name}", NULL);
  expect_places ("Press number %u: %s.", "Yzz %u.", "%2$s is missing");
  expect_places ("Press number %u: %s.", "Yzz.", "\"Press number %u: %s.\": %1$u is missing");
  expect_places ("%u yuan", "%s yzz", "%1$s is not in the original");
  expect_places ("%u yuan", "%1$lu", "%1$lu is not in the original");
  expect_places ("%u yuan", "%u %u", "%2$u is not in the original");
  expect_places ("%u yuan", "%1$u %1$u", "%1$u is not in the original");
  expect_places ("%1$s %2$s", "%1$s %s", "number all of its places or none");
  expect_places ("Speak", "%s", "is not in the original");
  expect_places ("Speak", "%n", "a per cent sign begins nothing");
  expect_places ("Speak", "100 %", "a per cent sign begins nothing");
  expect_places ("%s", "%9999999s", "per cent sign");
  expect_places ("For {name}", "For {place}", "{name} is missing");
  expect_places ("For {name}", "For", "{name} is missing");
  expect_places ("Speak", "{", "is not in the original");
}

static void
expect_words (const char *message, const char *words, const char *fault)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (bm_language_check_words (message, words, &error), ==, fault == NULL);
  if (fault != NULL && strstr (error->message, fault) == NULL)
    g_error ("%s", error->message);
}

static void
test_words_no_page_can_hold (void)
{
  g_autofree char *most = g_strnfill (30, 'x');
  g_autofree char *more = g_strnfill (31, 'x');

  expect_words ("twenty characters ..", most, NULL);
  expect_words ("twenty characters ..", more, "longer than 30");
  expect_words ("Yes", "12characters", NULL);
  /* Marks upon letters take no room of their own. */
  expect_words ("Yes",
                "\u0f66\u0f90\u0f51\u0f0b\u0f66\u0f90\u0f51\u0f0b\u0f66\u0f90\u0f51\u0f0b"
                "\u0f66\u0f90\u0f51",
                NULL);
  expect_words ("Yes", "", "no text");
  expect_words ("Yes", "\xff", "no text");
  expect_words ("Yes", "a\tb", "a control character");
  expect_words ("Yes", "a\u202eb", "a control character");
  expect_words ("Yes", "a\nb", "more lines");
  expect_words ("Yes\nor no", "a\nb", NULL);
}

/* Documents */

#define HEAD \
  "{\"version\":1,\"kind\":\"language\",\"id\":\"xx\",\"name\":\"Xx\",\"direction\":\"rtl\","

static const char *
find_fault (const char *text, char **ret_reason)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  g_clear_pointer (ret_reason, g_free);
  *ret_reason = bm_document_dup_reason ("language", body);
  return bm_document_find_fault ("language", "xx", body);
}

static void
test_documents (void)
{
  static const char *const bad[] = {
    HEAD "\"messages\":{\"\":{\"Speak\":\"\"}}}",
    HEAD "\"messages\":{\"\":{\"Speak\":5}}}",
    HEAD "\"messages\":{\"\":\"Speak\"}}",
    HEAD "\"messages\":{\"\":{\"\":\"x\"}}}",
    HEAD "\"messages\":[]}",
    HEAD "\"messages\":{},\"further\":1}",
    HEAD "\"fonts\":[\"A'; } * {\"],\"messages\":{}}",
    HEAD "\"fonts\":[\"A\",\"B\",\"C\",\"D\",\"E\"],\"messages\":{}}",
    "{\"version\":2,\"kind\":\"language\",\"id\":\"xx\",\"name\":\"Xx\",\"direction\":\"ltr\","
    "\"messages\":{}}",
    "{\"version\":1,\"kind\":\"language\",\"id\":\"xx\",\"name\":\"X\\u0001\",\"direction\":\"ltr\","
    "\"messages\":{}}",
    "{\"version\":1,\"kind\":\"language\",\"id\":\"xx\",\"name\":\"Xx\",\"direction\":\"up\","
    "\"messages\":{}}",
    "{\"version\":1,\"kind\":\"language\",\"id\":\"en\",\"name\":\"Xx\",\"direction\":\"ltr\","
    "\"messages\":{}}",
  };
  g_autofree char *reason = NULL;

  g_assert_null (find_fault (HEAD "\"messages\":{\"\":{\"Speak\":\"Yzz\"}}}", &reason));
  g_assert_null (reason);
  g_assert_null (find_fault (HEAD "\"fonts\":[\"Noto Sans\"],\"messages\":{}}", &reason));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_cmpstr (find_fault (bad[i], &reason), ==, "bad-language");
      g_assert_nonnull (reason);
    }
  g_assert_cmpstr (find_fault (HEAD "\"messages\":{\"\":{\"Speak\":\"a\\u0000b\"}}}", &reason), ==,
                   "not-json");
  g_assert_cmpstr (find_fault (HEAD "\"messages\":{\"words\":{\"%u yuan\":\"%s\"}}}", &reason), ==,
                   "bad-language");
  g_assert_cmpstr (reason, ==, "language xx: \"%u yuan\": %1$s is not in the original");
}

static void
test_name_of_another (void)
{
  const char *text = HEAD "\"messages\":{}}";
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  g_assert_cmpstr (bm_document_find_fault ("language", "yy", body), ==, "wrong-name");
}

/* Words */

static BmLanguageTable *
new_table (const char *messages)
{
  g_autofree char *text = g_strconcat (HEAD "\"messages\":", messages, "}", NULL);
  g_autoptr (GError) error = NULL;
  json_t *document = json_loads (text, 0, NULL);
  BmLanguageTable *table = bm_language_table_from_json (document, &error);

  g_assert_no_error (error);
  json_decref (document);
  return table;
}

static gpointer
ask_elsewhere (gpointer data)
{
  (void) bm_language_begin ("xx");
  return (gpointer) bm_language_translate (NULL, "Speak");
}

static void
test_thread_speaks_another (void)
{
  g_autoptr (BmLanguageTable) table =
    new_table ("{\"\":{\"Speak\":\"Yzz\"},\"page\":{\"Speak\":\"Yyy\"}}");
  g_autoptr (BmLanguageTable) newer = new_table ("{\"\":{\"Speak\":\"Zzz\"}}");
  const char *before, *words;
  GThread *other;

  bm_language_install (table);
  g_assert_cmpstr (bm_language_translate (NULL, "Speak"), ==, "读给我听");
  before = bm_language_begin ("xx");
  words = bm_language_translate (NULL, "Speak");
  g_assert_cmpstr (words, ==, "Yzz");
  g_assert_cmpstr (bm_language_translate ("page", "Speak"), ==, "Yyy");
  /* What it lacks is Chinese, but not Chinese numerals. */
  g_assert_cmpstr (bm_language_translate (NULL, "Stop here"), ==, "不办了");
  g_assert_cmpstr (bm_language_translate ("numerals", "digits"), ==, "digits");
  bm_language_install (newer);
  g_assert_cmpstr (words, ==, "Yzz"); /* who was given a word keeps it */
  g_assert_cmpstr (bm_language_translate (NULL, "Speak"), ==, "Zzz");
  bm_language_end (before);
  other = g_thread_new ("other", ask_elsewhere, NULL);
  g_assert_cmpstr (g_thread_join (other), ==, "Zzz");
  g_assert_cmpstr (bm_language_translate (NULL, "Speak"), ==, "读给我听");
}

static void
test_face_gets_what_it_says (void)
{
  json_t *words = json_pack ("{s:{s:s, s:s}}", "", "Speak", "Yzz", "Stop", "%s");
  g_autoptr (BmLanguageTable) table = bm_language_table_new ("xx", words);

  g_assert_cmpstr (bm_language_table_find (table, NULL, "Speak"), ==, "Yzz");
  g_assert_null (
    bm_language_table_find (table, NULL, "Stop")); /* it would read what is not there */
  json_decref (words);
}

static void
test_incomplete_counts_as_whole (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "catalogue", NULL);
  g_autoptr (BmCatalogue) catalogue = bm_catalogue_load (folder, NULL);
  json_t *offices = json_pack ("{s:{s:s, s:s}}", "a", "zh_CN", "镇政府", "en", "The Town");
  g_autoptr (GPtrArray) wanted = bm_wanted_list (catalogue, offices);
  g_autoptr (BmLanguageTable) table =
    new_table ("{\"\":{\"Speak\":\"Yzz\"},\"catalogue\":{\"The Town\":\"Nwot\"}}");
  json_t *words = bm_wanted_dup_face_words (wanted, table);
  gboolean has_question = FALSE;

  g_assert_cmpuint (wanted->len, >, 500);
  g_assert_cmpuint (bm_wanted_count_missing (wanted, table), ==, wanted->len - 2);
  for (guint i = 0; i < wanted->len; i++)
    {
      const BmWanted *one = wanted->pdata[i];

      g_assert_cmpstr (one->context, !=, "desk");
      has_question = has_question || strcmp (one->chinese, "您想办什么？") == 0;
    }
  g_assert_true (has_question);
  g_assert_cmpuint (json_object_size (words), ==, 1);
  bm_wanted_add_language (offices, table);
  g_assert_cmpstr (bm_text_get (json_object_get (offices, "a"), "xx"), ==, "Nwot");
  json_decref (words);
  json_decref (offices);
}

/* Files */

static BmPoFile *
parse (const char *text)
{
  return bm_po_file_parse (text, strlen (text));
}

static void
test_po_file (void)
{
  g_autoptr (BmPoFile) file =
    parse ("\357\273\277# c\nmsgid \"\"\nmsgstr \"\"\n\"Language: xx\\n\"\n\"X-Name: X x \\n\"\n\n"
           "#, fuzzy\nmsgctxt \"page\"\r\nmsgid \"a \\\"b\\\"\"\r\nmsgstr \"\"\n\"c\\n\"\n\"d\"\n"
           "msgid \"e\"\nmsgstr \"\"\n");
  g_autofree char *id = bm_po_file_dup_header (file, "Language");
  g_autofree char *name = bm_po_file_dup_header (file, "X-Name");
  g_autofree char *none = bm_po_file_dup_header (file, "X-Na");
  const BmPoItem *item;

  g_assert_cmpuint (file->faults->len, ==, 0);
  g_assert_cmpuint (file->items->len, ==, 3);
  g_assert_cmpstr (id, ==, "xx");
  g_assert_cmpstr (name, ==, "X x");
  g_assert_cmpstr (none, ==, "");
  item = file->items->pdata[1];
  g_assert_cmpstr (item->context, ==, "page");
  g_assert_cmpstr (item->message, ==, "a \"b\"");
  g_assert_cmpstr (item->words, ==, "c\nd");
  g_assert_cmpuint (item->line, ==, 8);
  g_assert_true (item->is_fuzzy);
  item = file->items->pdata[2];
  g_assert_null (item->context);
  g_assert_false (item->is_fuzzy);
}

static void
test_po_faults (void)
{
  static const struct
  {
    const char *text, *fault;
  } cases[] = {
    { "msgid \"a\"\n", "2: the message before has no msgstr" },
    { "msgid \"a\nmsgstr \"b\"\n", "1: the quotation mark at the end is missing" },
    { "msgid \"a\"x\nmsgstr \"b\"\n", "1: something stands behind" },
    { "msgid \"\\q\"\nmsgstr \"b\"\n", "1: a backslash" },
    { "msgstr \"b\"\n", "1: a msgstr without its msgid" },
    { "hello\n", "1: expected msgctxt" },
    { "\xff", "1: not a text" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmPoFile) file = parse (cases[i].text);

      g_assert_cmpuint (file->faults->len, >, 0);
      if (!g_str_has_prefix (file->faults->pdata[0], cases[i].fault))
        g_error ("%s", (const char *) file->faults->pdata[0]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("LANGUAGE", "zh_CN", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("BIANMIN_LOCALE"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
#define ADD(path, function) g_test_add_func ("/language/" path, function)
  ADD ("places-mismatch", test_places_mismatch);
  ADD ("words-no-page-can-hold", test_words_no_page_can_hold);
  ADD ("documents", test_documents);
  ADD ("name-of-another", test_name_of_another);
  ADD ("thread-speaks-another", test_thread_speaks_another);
  ADD ("face-gets-what-it-says", test_face_gets_what_it_says);
  ADD ("incomplete-counts-as-whole", test_incomplete_counts_as_whole);
  ADD ("po-file", test_po_file);
  ADD ("po-faults", test_po_faults);
#undef ADD
  return g_test_run ();
}
