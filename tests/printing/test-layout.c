/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-layout"

#include "printing/dots.h"

#include "core/error.h"
#include "core/strokes/strokes.h"

#include "tests/printing/sheet-fixture.h"

#include <locale.h>
#include <string.h>

/* Where the words stand on the paper. */

#define MIN_TYPE     24
#define ROOM_TO_SIGN (8 * 8) /* 8 mm */

static const BmPaper rolls[] = { BM_PAPER_ROLL80, BM_PAPER_ROLL58 };

static const BmRenderLine *
find_line (const BmRender *render, const char *text)
{
  for (guint i = 0; i < render->lines->len; i++)
    {
      const BmRenderLine *line = g_ptr_array_index (render->lines, i);

      if (strstr (line->text, text) != NULL)
        return line;
    }
  return NULL;
}

static const BmRenderLine *
find_last (const BmRender *render, const char *text)
{
  for (guint i = render->lines->len; i > 0; i--)
    {
      const BmRenderLine *line = g_ptr_array_index (render->lines, i - 1);

      if (strstr (line->text, text) != NULL)
        return line;
    }
  return NULL;
}

static guint
count_ink (const BmDots *page, int left, int top, int right, int bottom)
{
  guint dots = 0;

  for (int y = MAX (0, top); y < MIN (bottom, page->height); y++)
    for (int x = MAX (0, left); x < MIN (right, page->width); x++)
      dots += bm_dots_get_dot (page, x, y);
  return dots;
}

static BmDots *
make_page (const BmRender *render)
{
  g_autoptr (GError) error = NULL;
  BmDots *page = bm_dots_from_render (render, 0, BM_PAGE_DPI, &error);

  g_assert_no_error (error);
  return page;
}

static void
check_line (const BmRender *render, const BmRenderLine *line, const BmDots *page)
{
  g_assert_cmpint (line->x, >=, 0);
  g_assert_cmpint (line->x + line->width, <=, render->width);
  g_assert_cmpint (line->y + line->height, <=, render->height);
  g_assert_cmpint (line->height, >=, MIN_TYPE);
  if (*line->text != '\0')
    g_assert_cmpuint (count_ink (page, line->x, line->y, line->x + line->width,
                                 line->y + line->height),
                      >, 10);
}

static void
test_inside (void)
{
  json_t *sheet = sheet_load ("registration.json");

  for (guint i = 0; i < G_N_ELEMENTS (rolls); i++)
    {
      g_autoptr (BmRender) render = sheet_render (sheet, 1, rolls[i]);
      g_autoptr (BmDots) page = make_page (render);

      g_assert_cmpuint (render->pages->len, ==, 1);
      g_assert_cmpuint (render->unknown_glyphs, ==, 0);
      g_assert_cmpuint (render->lines->len, >, 25);
      for (guint j = 0; j < render->lines->len; j++)
        check_line (render, g_ptr_array_index (render->lines, j), page);
      g_assert_cmpuint (count_ink (page, 0, 0, 3, page->height), ==, 0);
      g_assert_cmpuint (count_ink (page, page->width - 3, 0, page->width, page->height), ==, 0);
    }
  json_decref (sheet);
}

/* Words that are longer than ours stay on the paper, too. */
static void
test_inside_english (void)
{
  g_setenv ("LANGUAGE", "en", TRUE);
  g_assert_nonnull (setlocale (LC_ALL, "C.UTF-8")); /* makes gettext look again */
  test_inside ();
  g_setenv ("LANGUAGE", "zh_CN", TRUE);
  g_assert_nonnull (setlocale (LC_ALL, "C.UTF-8"));
}

static void
test_order (void)
{
  static const char *const order[] = {
    "禾田村便民服务站", "登记凭条",     "记下", "您的事", "给您记下了", "来站里刷身份证听结果。",
    "打电话请说",       "禾田村 1号机", "7号",  "编号",   "都是骗子。", "演示数据",
  };
  json_t *sheet = sheet_load ("registration.json");

  for (guint i = 0; i < G_N_ELEMENTS (rolls); i++)
    {
      g_autoptr (BmRender) render = sheet_render (sheet, 1, rolls[i]);
      int y = -1;

      for (guint j = 0; j < G_N_ELEMENTS (order); j++)
        {
          const BmRenderLine *line = find_line (render, order[j]);

          g_assert_true (line != NULL && line->y > y);
          y = line != NULL ? line->y : y;
        }
    }
  json_decref (sheet);
}

/* No elder has to guess where a lonely character belongs. */
static void
test_no_orphan (void)
{
  json_t *sheet = sheet_load ("registration.json");

  for (guint i = 0; i < G_N_ELEMENTS (rolls); i++)
    {
      g_autoptr (BmRender) render = sheet_render (sheet, 1, rolls[i]);

      for (guint j = 0; j < render->lines->len; j++)
        {
          const BmRenderLine *line = g_ptr_array_index (render->lines, j);

          g_assert_cmpint (g_utf8_strlen (line->text, -1), >, 1);
        }
    }
  json_decref (sheet);
}

static void
check_no_closing (const BmRender *render)
{
  static const char closing[] = "，。、；：？！）】》”’％";

  for (guint i = 0; i < render->lines->len; i++)
    {
      const BmRenderLine *line = g_ptr_array_index (render->lines, i);

      if (*line->text != '\0' && g_utf8_strchr (closing, -1, g_utf8_get_char (line->text)) != NULL)
        g_error ("a line starts with closing punctuation: %s", line->text);
    }
}

static json_t *
punctuated (guint before, const char *size)
{
  static const char *const marks[] = { "，", "。", "、", "）", "》", "”", "？", "！" };
  json_t *blocks = json_array ();
  json_t *sheet = sheet_new ("[]");

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint j = 0; j < before; j++)
        g_string_append (text, "村");
      g_string_append_printf (text, "%s后面还有一些话要说", marks[i]);
      json_array_append_new (blocks, json_pack ("{s:s, s:s, s:s}", "type", "text", "text",
                                                text->str, "size", size));
      json_array_append_new (blocks, json_pack ("{s:s, s:s, s:s}", "type", "pair", "label", "话",
                                                "value", text->str));
    }
  json_object_set_new (sheet, "blocks", blocks);
  return sheet;
}

static void
test_closing_punctuation (void)
{
  static const char *const sizes[] = { "small", "lead" };
  g_autoptr (BmLayout) layout = sheet_layout_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rolls); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
      for (guint before = 7; before <= 24; before++)
        {
          json_t *sheet = punctuated (before, sizes[j]);
          g_autoptr (BmRender) render = bm_layout_render (layout, sheet, 1, rolls[i], NULL);

          g_assert_nonnull (render);
          check_no_closing (render);
          json_decref (sheet);
        }
}

static void
test_copy_mark (void)
{
  json_t *sheet = sheet_load ("registration.json");

  for (guint i = 0; i < G_N_ELEMENTS (rolls); i++)
    {
      g_autoptr (BmRender) first = sheet_render (sheet, 1, rolls[i]);
      g_autoptr (BmRender) second = sheet_render (sheet, 2, rolls[i]);
      g_autoptr (BmRender) twelfth = sheet_render (sheet, 12, rolls[i]);
      g_autoptr (BmDots) page = make_page (second);

      g_assert_null (find_line (first, "次打印"));
      g_assert_nonnull (find_line (second, "第2次打印"));
      check_line (second, find_line (second, "第2次打印"), page);
      g_assert_nonnull (find_line (twelfth, "第12次打印"));
    }
  json_decref (sheet);
}

/* L1: the same model is the same ink, also from another layout. */
static void
test_same_ink (void)
{
  json_t *sheet = sheet_load ("registration.json");
  g_autoptr (BmRender) one = sheet_render (sheet, 1, BM_PAPER_ROLL80);
  g_autoptr (BmRender) two = sheet_render (sheet, 1, BM_PAPER_ROLL80);
  g_autoptr (BmDots) first = make_page (one);
  g_autoptr (BmDots) second = make_page (two);

  g_assert_cmpmem (first->bits, (gsize) first->stride * first->height, second->bits,
                   (gsize) second->stride * second->height);
  json_decref (sheet);
}

static guint
ink_of_name (const char *name, guint *ret_unknown)
{
  g_autofree char *blocks =
    g_strdup_printf ("[{\"type\":\"text\",\"text\":\"%s\",\"size\":\"hero\"}]", name);
  json_t *sheet = sheet_new (blocks);
  g_autoptr (BmRender) render = sheet_render (sheet, 1, BM_PAPER_ROLL80);
  g_autoptr (BmDots) page = make_page (render);
  const BmRenderLine *line = find_line (render, name);

  g_assert_nonnull (line);
  *ret_unknown = render->unknown_glyphs;
  json_decref (sheet);
  return count_ink (page, line->x, line->y, line->x + line->width, line->y + line->height);
}

/* The most ink in a column of [x, x + width), or in a row, as a share of the other side. */
static double
longest_rule (const BmDots *page, int x, int y, int width, int height)
{
  double most = 0;

  for (int i = 0; i < width; i++)
    most = MAX (most, (double) count_ink (page, x + i, y, x + i + 1, y + height) / height);
  for (int i = 0; i < height; i++)
    most = MAX (most, (double) count_ink (page, x, y + i, x + width, y + i + 1) / width);
  return most;
}

/* What no font has is a frame with its number in it: ruled on four sides, and mostly paper within. */
static void
test_rare_is_a_stain (void)
{
  json_t *sheet = sheet_new ("[{\"type\":\"text\",\"text\":\"\U00039999\",\"size\":\"body\"}]");
  g_autoptr (BmRender) render = sheet_render (sheet, 1, BM_PAPER_ROLL80);
  g_autoptr (BmDots) page = make_page (render);
  const BmRenderLine *line = find_line (render, "\U00039999");
  int side, middle, top;
  guint ink;

  if (line == NULL)
    g_error ("the character is on no line");
  side = line->width;
  middle = line->y + line->height / 2;
  top = middle - side * 3 / 5;
  ink = count_ink (page, line->x, top, line->x + side, middle + side * 3 / 5);
  g_assert_cmpint (side, >=, 24);
  g_assert_cmpuint (render->unknown_glyphs, ==, 1);
  g_assert_cmpfloat (longest_rule (page, line->x, top, side, side / 2), >, 0.7);
  g_assert_cmpfloat (longest_rule (page, line->x, middle, side, side / 2), >, 0.7);
  g_assert_cmpfloat (longest_rule (page, line->x, middle - side / 3, side / 5, side * 2 / 3), >,
                     0.9);
  g_assert_cmpfloat (longest_rule (page, line->x + side * 4 / 5, middle - side / 3, side / 5,
                                   side * 2 / 3),
                     >, 0.9);
  g_assert_cmpuint (ink, >, (guint) (side * side / 8));
  g_assert_cmpuint (ink, <, (guint) (side * side * 6 / 10));
  json_decref (sheet);
}

static void
test_rare (void)
{
  guint unknown;

  g_assert_cmpuint (ink_of_name ("\U0002C35B", &unknown), >, 150);
  g_assert_cmpuint (unknown, ==, 0);
  g_assert_cmpuint (ink_of_name ("䶮", &unknown), >, 150);
  g_assert_cmpuint (unknown, ==, 0);
  g_assert_cmpuint (ink_of_name ("\U0002EBF0", &unknown), >, 100); /* a box, not a hole */
  g_assert_cmpuint (unknown, ==, 1);
}

static void
test_discs (void)
{
  guint ink[4] = { 0 };

  for (int reached = 1; reached <= 3; reached++)
    {
      g_autofree char *blocks = g_strdup_printf ("[{\"type\":\"states\",\"reached\":%d}]", reached);
      json_t *sheet = sheet_new (blocks);
      g_autoptr (BmRender) render = sheet_render (sheet, 1, BM_PAPER_ROLL80);
      g_autoptr (BmDots) page = make_page (render);

      ink[reached] = count_ink (page, 0, 0, page->width, page->height);
      json_decref (sheet);
    }
  g_assert_cmpuint (ink[2], >, ink[1] + 3000);
  g_assert_cmpuint (ink[3], >, ink[2] + 3000);
}

static void
refuse (json_t *sheet, int code)
{
  g_autoptr (BmLayout) layout = sheet_layout_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_layout_render (layout, sheet, 1, BM_PAPER_ROLL58, &error));
  g_assert_error (error, BM_ERROR, code);
  json_decref (sheet);
}

static void
test_limits (void)
{
  json_t *endless = sheet_new ("[]");
  json_t *blocks = json_object_get (endless, "blocks");

  for (guint i = 0; i < 20; i++)
    json_array_append_new (blocks, json_pack ("{s:s, s:i}", "type", "gap", "mm", 100));
  refuse (endless, BM_ERROR_LIMIT);
  refuse (sheet_new ("[{\"type\":\"picture\"}]"), BM_ERROR_INVALID);
}

static void
test_pages (void)
{
  json_t *sheet = sheet_load ("registration.json");
  json_t *blocks = json_object_get (sheet, "blocks");
  json_t *more = json_deep_copy (blocks);

  json_array_extend (blocks, more);
  {
    g_autoptr (BmRender) render = sheet_render (sheet, 1, BM_PAPER_A5);
    const BmRenderLine *last = g_ptr_array_index (render->lines, render->lines->len - 1);

    g_assert_cmpuint (render->pages->len, >=, 2);
    g_assert_cmpint (last->page, ==, (int) render->pages->len - 1);
    for (guint i = 0; i < render->lines->len; i++)
      {
        const BmRenderLine *line = g_ptr_array_index (render->lines, i);

        g_assert_cmpint (line->y + line->height, <=, render->height);
      }
  }
  json_decref (more);
  json_decref (sheet);
}

/* What the desk prints for itself, on every paper: nothing is lost, nothing torn, and there is room to sign. */
static void
test_desk_sheets (void)
{
  static const BmPaper papers[] = { BM_PAPER_ROLL80, BM_PAPER_ROLL58, BM_PAPER_A5, BM_PAPER_A4 };
  static const struct
  {
    const char *name;
    const char *order[8];
  } sheets[] = {
    { "day-close.json",
      { "日结条", "记下9件", "养老金认证", "5件等着", "快到期", "a1b2c3", "数据管理员甲",
        "数据管理员乙" } },
    { "handover.json",
      { "交接条", "2件11月30日", "要去找", "5件等着", "网络", "别的要交代的", "交的人",
        "接的人" } },
    { "authorisation.json",
      { "代办委托书", "委托人", "受托人", "替我办", "期限", "不可以替我领钱", "听懂了",
        "委托人签名" } },
    { "outage.json",
      { "补录单", "不是凭条", "姓名", "养老金认证", "怎么认的", "交了什么", "本人签名",
        "经手人签名" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sheets) * G_N_ELEMENTS (papers); i++)
    {
      json_t *sheet = sheet_load (sheets[i / G_N_ELEMENTS (papers)].name);
      const char *const *order = sheets[i / G_N_ELEMENTS (papers)].order;
      g_autoptr (BmRender) render = sheet_render (sheet, 1, papers[i % G_N_ELEMENTS (papers)]);
      const BmRenderLine *sign = find_line (render, order[7]);
      const BmRenderLine *last = find_last (render, "＿＿＿＿＿＿＿＿＿＿");
      int y = -1;

      g_assert_cmpuint (render->pages->len, <=, 2);
      g_assert_cmpuint (render->unknown_glyphs, ==, 0);
      for (guint j = 0; j < 8; j++)
        {
          const BmRenderLine *line = find_line (render, order[j]);

          g_assert_true (line != NULL && line->page * render->height + line->y > y);
          g_assert_cmpint (line->x + line->width, <=, render->width);
          g_assert_cmpint (line->height, >=, MIN_TYPE);
          y = line->page * render->height + line->y;
        }
      g_assert_nonnull (last);
      g_assert_cmpint (last->page, ==, sign->page);
      g_assert_cmpint (last->y - sign->y - sign->height, >=, ROOM_TO_SIGN);
      json_decref (sheet);
    }
}

/* One stroke from corner to corner of @width by @height, in 1/100 mm. */
static json_t *
new_signed (gint32 width, gint32 height)
{
  g_autoptr (BmStrokes) strokes = bm_strokes_new (30000, 30000);
  g_autofree char *text = NULL;
  json_t *sheet = sheet_new ("[]");

  g_assert_true (bm_strokes_begin (strokes, (BmStrokePoint){ 5000, 5000, 0 }));
  g_assert_true (bm_strokes_go_on (strokes, (BmStrokePoint){ 5000 + width, 5000 + height, 0 }));
  text = bm_strokes_to_text (strokes);
  json_array_append_new (json_object_get (sheet, "blocks"),
                         json_pack ("{s:s, s:s, s:s}", "type", "signature", "label", "签名",
                                    "drawing", text));
  json_array_append_new (json_object_get (sheet, "blocks"),
                         json_pack ("{s:s, s:s}", "type", "text", "text", "后面"));
  return sheet;
}

/* Beside its label, inside the paper, above what follows, no larger than it was written, however it was written. */
static void
test_signature (void)
{
  static const gint32 sizes[][2] = { { 22000, 3000 }, { 1000, 9000 }, { 900, 900 }, { 30000, 0 } };

  for (guint r = 0; r < G_N_ELEMENTS (rolls); r++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        json_t *sheet = new_signed (sizes[i][0], sizes[i][1]);
        g_autoptr (BmRender) render = sheet_render (sheet, 1, rolls[r]);
        g_autoptr (BmDots) page = make_page (render);
        const BmRenderLine *label = find_line (render, "签名");
        const BmRenderLine *after = find_line (render, "后面");
        int left, tall;

        g_assert (label != NULL && after != NULL);
        left = label->x + label->width + 4;
        tall = after->y - label->y;
        g_assert_cmpint (tall, >=, 64);
        g_assert_cmpint (tall, <=, 176 + 40);
        g_assert_cmpuint (count_ink (page, left, label->y, page->width, after->y), >, 300);
        g_assert_cmpuint (count_ink (page, page->width - 4, 0, page->width, page->height), ==, 0);
        if (sizes[i][0] == 900)
          g_assert_cmpuint (count_ink (page, left + 170, label->y, page->width, after->y - 14), ==,
                            0);
        json_decref (sheet);
      }
}

/* Nothing was written: a box for a thumb, 24 by 28 mm, and lines for the witnesses. */
static void
test_finger_print (void)
{
  for (guint r = 0; r < G_N_ELEMENTS (rolls); r++)
    {
      json_t *sheet = sheet_new ("[{\"type\":\"signature\",\"label\":\"签名\",\"drawing\":\"\"},"
                                 "{\"type\":\"text\",\"text\":\"后面\"}]");
      g_autoptr (BmRender) render = sheet_render (sheet, 1, rolls[r]);
      g_autoptr (BmDots) page = make_page (render);
      const BmRenderLine *words = find_line (render, "在这里按手印");
      const BmRenderLine *witness = find_line (render, "见证人");
      const BmRenderLine *after = find_line (render, "后面");

      g_assert (words != NULL && witness != NULL && after != NULL);
      g_assert_cmpint (witness->x, >, words->x + words->width);
      g_assert_cmpint (after->y - words->y, >=, 200);
      /* Room to press: nothing stands there. */
      g_assert_cmpuint (count_ink (page, words->x + 20, words->y + words->height + 4,
                                   words->x + words->width - 20, after->y - 16),
                        ==, 0);
      json_decref (sheet);
    }
}

static void
test_no_icons (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_layout_new ("/nonexistent", &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  sheet_start_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/layout/outside-the-paper", test_inside);
  g_test_add_func ("/layout/long-words", test_inside_english);
  g_test_add_func ("/layout/wrong-order", test_order);
  g_test_add_func ("/layout/lonely-character", test_no_orphan);
  g_test_add_func ("/layout/closing-punctuation", test_closing_punctuation);
  g_test_add_func ("/layout/unmarked-copy", test_copy_mark);
  g_test_add_func ("/layout/other-ink", test_same_ink);
  g_test_add_func ("/layout/rare-characters", test_rare);
  g_test_add_func ("/layout/rare-is-a-stain", test_rare_is_a_stain);
  g_test_add_func ("/layout/discs", test_discs);
  g_test_add_func ("/layout/limits", test_limits);
  g_test_add_func ("/layout/torn-block", test_pages);
  g_test_add_func ("/layout/signature", test_signature);
  g_test_add_func ("/layout/finger-print", test_finger_print);
  g_test_add_func ("/layout/desk-sheets", test_desk_sheets);
  g_test_add_func ("/layout/no-icons", test_no_icons);
  return g_test_run ();
}
