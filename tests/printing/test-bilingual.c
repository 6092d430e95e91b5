/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-bilingual"

#include "printing/dots.h"

#include "core/strokes/strokes.h"

#include "tests/printing/sheet-fixture.h"

#include <string.h>

/*
 * Two languages on one paper: the Chinese stands as it would alone, the other below it and smaller, no word of it
 * is cut, and the code is the same.
 */

#define MIN_PITCH 34  /* of type of 3 mm */
#define CODE_ROWS 180 /* dots of paper beside the words of the number */

static const BmPaper papers[] = { BM_PAPER_ROLL80, BM_PAPER_ROLL58, BM_PAPER_A5, BM_PAPER_A4 };

static BmRenderLine *
get_line (const BmRender *render, guint i)
{
  return g_ptr_array_index (render->lines, i);
}

/* The next line from @from on that says @text. */
static guint
find_line (const BmRender *render, guint from, const char *text)
{
  for (guint i = from; i < render->lines->len; i++)
    if (strstr (get_line (render, i)->text, text) != NULL)
      return i;
  g_error ("no line says %s", text);
}

/* The same sheet for somebody who reads Chinese. */
static json_t *
dup_chinese (json_t *sheet)
{
  json_t *chinese = json_deep_copy (sheet);
  json_t *block;
  gsize i;

  json_object_set_new (chinese, "version", json_integer (1));
  json_object_del (chinese, "translation");
  json_array_foreach (json_object_get (chinese, "blocks"), i, block)
    json_object_del (block, "translation");
  return chinese;
}

static gboolean
is_same_line (const BmRenderLine *one, const BmRenderLine *two)
{
  return strcmp (one->text, two->text) == 0 && one->x == two->x && one->width == two->width &&
         one->height == two->height;
}

/* Every Chinese line is there, in its order, as large and at the same place across. */
static void
test_chinese_stands_otherwise (void)
{
  json_t *sheet = sheet_load ("bilingual.json");
  json_t *chinese = dup_chinese (sheet);

  for (guint p = 0; p < G_N_ELEMENTS (papers); p++)
    {
      g_autoptr (BmRender) both = sheet_render (sheet, 2, papers[p]);
      g_autoptr (BmRender) alone = sheet_render (chinese, 2, papers[p]);
      guint found = 0;

      for (guint i = 0; i < both->lines->len && found < alone->lines->len; i++)
        found += is_same_line (get_line (both, i), get_line (alone, found));
      if (found < alone->lines->len)
        g_error ("on %s there is no %s", bm_paper_to_string (papers[p]),
                 get_line (alone, found)->text);
      g_assert_cmpuint (both->lines->len, >, alone->lines->len + 20);
    }
  json_decref (chinese);
  json_decref (sheet);
}

/* Chinese first, below it the other, smaller wherever that is not below 3 mm. */
static void
test_other_language_above_or_larger (void)
{
  static const char *const pairs[][2] = {
    { "登记凭条", "Registration slip" },
    { "第2次打印", "Print no. 2 (reprint)" },
    { "记下", "Noted" },
    { "办完", "Finished" },
    { "养老金认证", "Matter" },
    { "王*兰", "Name" },
    { "给您记下了", "Noted, not finished yet" },
    { "来站里刷身份证", "card" },
    { "7号", "phone" },
    { "签名", "Signature" },
    { "在这里", "Finger" },
    { "见证人", "Witness" },
    { "都是骗子。", "swindler." },
    { "演示数据", "Demonstration data" },
  };
  json_t *sheet = sheet_load ("bilingual.json");

  for (guint p = 0; p < G_N_ELEMENTS (papers); p++)
    {
      g_autoptr (BmRender) render = sheet_render (sheet, 2, papers[p]);
      guint at = 0;

      g_assert_cmpuint (render->unknown_glyphs, ==, 0);
      for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
        {
          const BmRenderLine *first, *other;

          at = find_line (render, at, pairs[i][0]);
          first = get_line (render, at);
          other = get_line (render, find_line (render, at + 1, pairs[i][1]));
          g_assert_true (other->page > first->page || other->y > first->y);
          g_assert_true (other->height < first->height || other->height == MIN_PITCH);
          g_assert_cmpint (other->height, >=, MIN_PITCH);
        }
    }
  json_decref (sheet);
}

static void
add_words (GHashTable *words, const char *text)
{
  g_auto (GStrv) list = g_strsplit_set (text, " \n", -1);

  for (guint i = 0; list[i] != NULL; i++)
    g_hash_table_add (words, g_strdup (list[i]));
}

/* A word that was broken at the end of a line is on no line as it is. */
static void
check_words (json_t *sheet, BmPaper paper)
{
  g_autoptr (BmRender) render = sheet_render (sheet, 1, paper);
  g_autoptr (GHashTable) printed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  json_t *block, *text;
  const char *key;
  gsize i;

  for (guint k = 0; k < render->lines->len; k++)
    {
      const BmRenderLine *line = get_line (render, k);

      add_words (printed, line->text);
      g_assert_cmpint (line->x, >=, 0);
      g_assert_cmpint (line->x + line->width, <=, render->width);
      g_assert_cmpint (line->y + line->height, <=, render->height);
    }
  json_array_foreach (json_object_get (sheet, "blocks"), i, block)
  {
    json_object_foreach (json_object_get (block, "translation"), key, text)
    {
      g_auto (GStrv) words = g_strsplit_set (json_string_value (text), " \n", -1);

      for (guint k = 0; words[k] != NULL; k++)
        {
          g_autofree char *labelled = g_strconcat (words[k], ":", NULL);

          if (!g_hash_table_contains (printed, words[k]) &&
              !g_hash_table_contains (printed, labelled))
            g_error ("on %s no line has %s", bm_paper_to_string (paper), words[k]);
        }
    }
  }
}

/* As where words are put together: none of them is shorter than this. */
static json_t *
dup_long (json_t *sheet)
{
  json_t *longer = json_deep_copy (sheet);
  json_t *block, *text;
  const char *key;
  void *next;
  gsize i;

  json_array_foreach (json_object_get (longer, "blocks"), i, block)
  {
    json_t *translation = json_object_get (block, "translation");

    json_object_foreach_safe (translation, next, key, text)
      json_object_set_new (translation, key,
                           json_string ("Rentenberechtigung Lebensbescheinigung"));
  }
  return longer;
}

/* With a signature that was written. */
static json_t *
dup_signed (json_t *sheet)
{
  g_autoptr (BmStrokes) strokes = bm_strokes_new (30000, 30000);
  g_autofree char *text = NULL;
  json_t *written = json_deep_copy (sheet);
  json_t *block;
  gsize i;

  g_assert_true (bm_strokes_begin (strokes, (BmStrokePoint){ 5000, 5000, 0 }));
  g_assert_true (bm_strokes_go_on (strokes, (BmStrokePoint){ 9000, 7000, 0 }));
  text = bm_strokes_to_text (strokes);
  json_array_foreach (json_object_get (written, "blocks"), i,
                      block) if (json_object_get (block, "drawing") != NULL)
    json_object_set_new (block, "drawing", json_string (text));
  return written;
}

static void
test_word_is_cut (void)
{
  json_t *sheet = sheet_load ("bilingual.json");
  json_t *longer = dup_long (sheet);
  json_t *written = dup_signed (sheet);

  for (guint p = 0; p < G_N_ELEMENTS (papers); p++)
    {
      check_words (sheet, papers[p]);
      check_words (longer, papers[p]);
      check_words (written, papers[p]);
    }
  json_decref (written);
  json_decref (longer);
  json_decref (sheet);
}

static BmDots *
make_page (const BmRender *render)
{
  BmDots *page = bm_dots_from_render (render, 0, BM_PAGE_DPI, NULL);

  g_assert_nonnull (page);
  return page;
}

/* Beside the number the paper is the same, dot by dot: the code has its size and its place. */
static void
test_other_code (void)
{
  json_t *sheet = sheet_load ("bilingual.json");
  json_t *chinese = dup_chinese (sheet);

  for (guint p = 0; p < 2; p++)
    {
      g_autoptr (BmRender) both = sheet_render (sheet, 1, papers[p]);
      g_autoptr (BmRender) alone = sheet_render (chinese, 1, papers[p]);
      g_autoptr (BmDots) one = make_page (both);
      g_autoptr (BmDots) two = make_page (alone);
      const int y = get_line (both, find_line (both, 0, "打电话请说"))->y;
      const int other_y = get_line (alone, find_line (alone, 0, "打电话请说"))->y;
      guint ink = 0;

      for (int row = 0; row < CODE_ROWS; row++)
        for (int x = 0; x < one->width; x++)
          {
            ink += bm_dots_get_dot (one, x, y + row);
            g_assert_cmpint (bm_dots_get_dot (one, x, y + row), ==,
                             bm_dots_get_dot (two, x, other_y + row));
          }
      g_assert_cmpuint (ink, >, 5000);
    }
  json_decref (chinese);
  json_decref (sheet);
}

/* Invariant 8: a further copy is what is stored, whatever language is spoken when it is made. */
static void
test_copy_in_another_language (void)
{
  json_t *sheet = sheet_load ("bilingual.json");
  g_autoptr (BmRender) first = sheet_render (sheet, 2, BM_PAPER_ROLL80);
  g_autoptr (BmRender) again = sheet_render (sheet, 2, BM_PAPER_ROLL80);
  g_autoptr (BmDots) one = make_page (first);
  g_autoptr (BmDots) two = make_page (again);

  g_assert_cmpmem (one->bits, (gsize) one->stride * one->height, two->bits,
                   (gsize) two->stride * two->height);
  json_decref (sheet);
}

/* A script that runs the other way begins at the other side. */
static void
test_right_to_left (void)
{
  json_t *sheet = sheet_new ("[{\"type\":\"text\",\"text\":\"记下\","
                             "\"translation\":{\"text\":\"\u202eNoted\u202c\"}},"
                             "{\"type\":\"text\",\"text\":\"送到\","
                             "\"translation\":{\"text\":\"\u05d0\u05d1\u05d2\"}}]");

  json_object_set_new (sheet, "version", json_integer (2));
  json_object_set_new (sheet, "translation", json_pack ("{s:s}", "language", "xx"));
  for (guint p = 0; p < G_N_ELEMENTS (papers); p++)
    {
      g_autoptr (BmRender) render = sheet_render (sheet, 1, papers[p]);
      const BmRenderLine *first = get_line (render, find_line (render, 0, "送到"));
      const BmRenderLine *other = get_line (render, find_line (render, 0, "\u05d0"));

      g_assert_cmpint (first->x, <, render->width / 4);
      g_assert_cmpint (other->x + other->width, >, render->width * 3 / 4);
    }
  json_decref (sheet);
}

int
main (int argc, char **argv)
{
  sheet_start_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bilingual/chinese-stands-otherwise", test_chinese_stands_otherwise);
  g_test_add_func ("/bilingual/other-language-above-or-larger",
                   test_other_language_above_or_larger);
  g_test_add_func ("/bilingual/word-is-cut", test_word_is_cut);
  g_test_add_func ("/bilingual/other-code", test_other_code);
  g_test_add_func ("/bilingual/copy-in-another-language", test_copy_in_another_language);
  g_test_add_func ("/bilingual/right-to-left", test_right_to_left);
  return g_test_run ();
}
