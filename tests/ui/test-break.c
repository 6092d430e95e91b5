/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/pages-help.h"

#include "ui/widgets/bm-break.h"
#include "ui/widgets/bm-text.h"

#include <string.h>

/*
 * Gate 14: how lines break, for every sentence of every page, in a label of every width. A word, a
 * number and what it counts, and a date stay whole; closing punctuation begins no line; no sentence
 * ends with a line of one or two hanzi, unless they are a phrase of their own.
 */

#define EM 40

static const char *const whole[] = { "家里人",      "养老金", "身份证",   "工作人员", "回信",
                                     "青溪镇",      "2027年", "11月30日", "8点半",    "5个",
                                     "禾田村",      "拿到了", "密码",     "骗子",     "亮灯的",
                                     "228.40元",    "到没到", "一分钟",   "哪了",     "上午9点10分",
                                     "110/119/120", "王秀兰", "等青溪镇" };

static gboolean
is_hanzi (gunichar c)
{
  return c >= 0x3400 && c <= 0x9FFF;
}

static guint
count_hanzi (const char *text, gsize length)
{
  guint n = 0;

  for (const char *at = text; at < text + length; at = g_utf8_next_char (at))
    n += is_hanzi (g_utf8_get_char (at)) || g_ascii_isdigit (*at) ? 1 : 0;
  return n;
}

static gboolean
is_word_split (const char *text, int start)
{
  for (guint i = 0; i < G_N_ELEMENTS (whole); i++)
    {
      const char *found = text;

      while ((found = strstr (found, whole[i])) != NULL)
        {
          if (start > found - text && start < found - text + (int) strlen (whole[i]))
            return TRUE;
          found++;
        }
    }
  return FALSE;
}

static void
check_line (const char *text, PangoLayoutLine *line, gboolean is_last, double room_em)
{
  const char *start = text + line->start_index;
  gunichar first = g_utf8_get_char (start);
  gunichar before =
    line->start_index > 0 ? g_utf8_get_char (g_utf8_prev_char (start)) : (gunichar) '\n';
  const char *paragraph = g_strrstr_len (text, line->start_index, "\n");
  gsize from_paragraph = (gsize) (start - (paragraph != NULL ? paragraph + 1 : text));
  guint n_sentence = count_hanzi (start - from_paragraph, from_paragraph + (gsize) line->length);

  if (before == '\n')
    return;
  if (g_utf8_strchr ("，。、：；？！）", -1, first) != NULL)
    g_error ("'%s' in %.1f em: a line begins with '%.*s'", text, room_em, line->length, start);
  if (is_word_split (text, line->start_index))
    g_error ("'%s' in %.1f em: a word is split before '%.*s'", text, room_em, line->length, start);
  if (is_hanzi (first) && is_hanzi (before) && line->start_index >= 6 &&
      g_utf8_strchr ("，；：", -1, g_utf8_get_char (g_utf8_prev_char (g_utf8_prev_char (start)))) !=
        NULL)
    g_error ("'%s' in %.1f em: the line before '%.*s' ends with one hanzi behind its comma", text,
             room_em, line->length, start);
  if (is_last && n_sentence >= 6 && is_hanzi (before) &&
      (is_hanzi (first) || (first < 0x80 && g_ascii_isdigit ((char) first))) &&
      count_hanzi (start, (gsize) line->length) < BM_BREAK_LEAST_LAST)
    g_error ("'%s' in %.1f em: '%.*s' stands alone", text, room_em, line->length, start);
}

static void
check_text (const char *text)
{
  GtkWidget *label = g_object_ref_sink (bm_text_new (text, BM_TYPE_BODY));
  PangoLayout *layout = gtk_widget_create_pango_layout (label, text);
  PangoFontDescription *font = pango_font_description_from_string ("Noto Sans CJK SC");

  pango_font_description_set_absolute_size (font, EM * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_attributes (layout, gtk_label_get_attributes (GTK_LABEL (label)));
  for (int width = 7 * EM; width < 25 * EM; width += EM / 2)
    {
      pango_layout_set_width (layout, width * PANGO_SCALE);
      for (int i = 0; i < pango_layout_get_line_count (layout); i++)
        {
          PangoLayoutLine *line = pango_layout_get_line_readonly (layout, i);
          const char *end = text + line->start_index + line->length;

          check_line (text, line, *end == '\0' || *end == '\n', width / (double) EM);
        }
    }
  pango_font_description_free (font);
  g_object_unref (layout);
  g_object_unref (label);
}

static void
check_all (json_t *value)
{
  const char *key;
  json_t *child;
  gsize i;

  if (json_is_string (value) &&
      count_hanzi (json_string_value (value), strlen (json_string_value (value))) > 1)
    check_text (json_string_value (value));
  json_array_foreach (value, i, child)
  {
    check_all (child);
  }
  json_object_foreach (value, key, child)
  {
    if (!g_str_equal (key, "speech"))
      check_all (child);
  }
}

static void
test_lines_of_every_page (void)
{
  g_auto (GStrv) names = bm_test_list_models ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      json_auto_t *model = bm_test_load_model (names[i]);

      bm_break_take_names (json_object_get (model, "names"));
      check_all (model);
    }
  bm_break_take_names (NULL);
  check_text ("这是我家里人，不是我");
  check_text ("看见本人了，不是我家里人");
  check_text ("这张条子是别的站打的，要有网才能查。");
  check_text ("11月18日送到，等青溪镇回话");
  check_text ("看钱到没到");
  check_text ("我的事办到哪了");
  check_text ("星期六 上午9点10分");
  check_text ("下次认证在2027年5月底以前。");
  check_text ("急的，现在就打110/119/120。");
  check_text ("已经送到，等青溪镇回话");
  check_text ("最多等一分钟，不用做什么。");
}

/* Whoever has to call reads them at one glance. */
static void
test_telephones_are_parted (void)
{
  static const char text[] = "请马上过去，帮他打 110 / 119 / 120。";
  static const char numbers[] = "110 / 119 / 120";
  GtkWidget *label = g_object_ref_sink (bm_text_new (text, BM_TYPE_BODY));
  PangoLayout *layout = gtk_widget_create_pango_layout (label, text);
  const int from = (int) (strstr (text, numbers) - text);

  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_attributes (layout, gtk_label_get_attributes (GTK_LABEL (label)));
  for (int em = 10; em < 25; em++)
    {
      PangoFontDescription *font = pango_font_description_from_string ("Noto Sans CJK SC");

      pango_font_description_set_absolute_size (font, EM * PANGO_SCALE);
      pango_layout_set_font_description (layout, font);
      pango_font_description_free (font);
      pango_layout_set_width (layout, em * EM * PANGO_SCALE);
      for (int i = 1; i < pango_layout_get_line_count (layout); i++)
        {
          int start = pango_layout_get_line_readonly (layout, i)->start_index;

          if (start > from && start < from + (int) strlen (numbers))
            g_error ("in %d em a line begins with '%s'", em, text + start);
        }
    }
  g_object_unref (layout);
  g_object_unref (label);
}

static gboolean
can_be_broken (const char *text, const char *before)
{
  GtkWidget *label = g_object_ref_sink (bm_text_new (text, BM_TYPE_BODY));
  PangoAttrIterator *at =
    pango_attr_list_get_iterator (gtk_label_get_attributes (GTK_LABEL (label)));
  int wanted =
    (int) (strstr (text, before) - text) - 1; /* the break stands within the character before */
  gboolean can_be = TRUE;

  do
    {
      int start, end;

      pango_attr_iterator_range (at, &start, &end);
      if (start <= wanted && wanted < end &&
          pango_attr_iterator_get (at, PANGO_ATTR_ALLOW_BREAKS) != NULL)
        can_be = FALSE;
    }
  while (pango_attr_iterator_next (at));
  pango_attr_iterator_destroy (at);
  g_object_unref (label);
  return can_be;
}

/* A name is one word where the page says that it is one; when the page has gone nobody knows it any more. */
static void
test_name_is_torn (void)
{
  static const char text[] = "晚上滴得满路是冰，欧阳娜娜在村东头井边摔了一跤，还没有好。";
  json_auto_t *names = json_pack ("[s, s]", "欧阳娜娜", "张");

  g_assert_true (can_be_broken (text, "娜娜"));
  bm_break_take_names (names);
  g_assert_false (can_be_broken (text, "阳娜娜"));
  g_assert_false (can_be_broken (text, "娜娜"));
  g_assert_true (can_be_broken (text, "欧阳"));
  bm_break_take_names (NULL);
  g_assert_true (can_be_broken (text, "娜娜"));
}

/* A long date gives way behind the year, since unbroken it would be torn anywhere; and what is listed is not waited for. */
static void
test_too_much_is_kept_together (void)
{
  g_assert_true (can_be_broken ("请在2027年11月30日以前来办这件事", "11月"));
  g_assert_false (can_be_broken ("请在2027年11月30日以前来办这件事", "30日"));
  g_assert_false (can_be_broken ("请在2027年5月底来办这件事", "5月"));
  g_assert_true (can_be_broken ("水、电等，村里都会派人过来看一看", "村里"));
}

/* Pango writes the number of a character that no font has into a box: nobody here reads hexadecimal. */
static void
test_rare_character (void)
{
  GtkWidget *label = g_object_ref_sink (bm_text_new ("您是郑\xf0\xb9\xa6\x99吗？", BM_TYPE_BODY));
  GtkWidget *usual = g_object_ref_sink (bm_text_new ("您是郑爽吗？", BM_TYPE_BODY));

  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (label)), ==, "您是郑□吗？");
  g_assert_true (bm_text_has_box (label));
  g_assert_false (bm_text_has_box (usual));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "您是郑\xf0\xb9\xa6\x99吗？");
  g_object_unref (label);
  g_object_unref (usual);
}

/* GTK makes one attribute of two that touch: between two words there must still be a break. */
static void
test_words_stick_together (void)
{
  GtkWidget *label = g_object_ref_sink (bm_text_new ("养老金认证", BM_TYPE_BODY));
  int whole_width, least;

  gtk_widget_measure (label, GTK_ORIENTATION_HORIZONTAL, -1, &least, &whole_width, NULL, NULL);
  g_assert_cmpint (least, <, whole_width * 4 / 5);
  g_assert_cmpint (least, >, whole_width / 2);
  g_object_unref (label);
}

/* Attributes leave the text as it is: what a reader hears has no marks in it. */
static void
test_text_is_changed (void)
{
  GtkWidget *label = g_object_ref_sink (bm_text_new ("您的养老金现在停着。", BM_TYPE_BODY));

  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (label)), ==, "您的养老金现在停着。");
  g_object_unref (label);
}

/* Other scripts, empty text and nonsense are set as ever. */
static void
test_other_text (void)
{
  static const char *const texts[] = { "",
                                       "\n\n",
                                       "，，，",
                                       "a",
                                       "1",
                                       "القائمة الرئيسية للخدمات",
                                       "Pneumonoultramicroscopicsilicovolcanoconiosis",
                                       "了了了了了了了了了了了了了了了了了了" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      GtkWidget *label = g_object_ref_sink (bm_text_new (texts[i], BM_TYPE_BODY));
      int height;

      gtk_widget_measure (label, GTK_ORIENTATION_VERTICAL, 100, &height, NULL, NULL, NULL);
      g_assert_cmpint (height, >, 0);
      g_object_unref (label);
    }
}

/*
 * Words of letters in a narrow place, at every height: where a broken word with its hyphen takes more room than the whole
 * one, the least width is above the natural one and GTK warns, which ends this program.
 */
static void
test_words_of_letters (void)
{
  static const char *const texts[] = { "Pension\ncheck",
                                       "Raise a\nproblem",
                                       "illicit fill",
                                       "WWWWWWW",
                                       "Rechtsschutzversicherung",
                                       "Has the money come",
                                       "a" };

  PangoFontDescription *font = pango_font_description_from_string ("Noto Sans CJK SC Bold 61px");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint most = 1; most < 12; most++)
      {
        GtkWidget *label = g_object_ref_sink (bm_text_new (texts[i], BM_TYPE_BODY));
        PangoAttrList *looks = pango_attr_list_copy (gtk_label_get_attributes (GTK_LABEL (label)));
        int least, natural;

        pango_attr_list_insert (looks, pango_attr_font_desc_new (font));
        gtk_label_set_attributes (GTK_LABEL (label), looks);
        pango_attr_list_unref (looks);
        bm_text_keep_letters (label, most);
        for (int height = -1; height < 400; height += 7)
          {
            gtk_widget_measure (label, GTK_ORIENTATION_HORIZONTAL, height, &least, &natural, NULL,
                                NULL);
            g_assert_cmpint (least, <=, natural);
          }
        g_object_unref (label);
      }
  pango_font_description_free (font);
}

int
main (int argc, char *argv[])
{
  int status;

  if (!bm_test_display_start ())
    {
      g_print ("Bail out! Xvfb cannot be started\n");
      return 1;
    }
  gtk_test_init (&argc, &argv);
  g_test_add_func ("/break/lines-of-every-page", test_lines_of_every_page);
  g_test_add_func ("/break/telephones-are-parted", test_telephones_are_parted);
  g_test_add_func ("/break/name-is-torn", test_name_is_torn);
  g_test_add_func ("/break/too-much-is-kept-together", test_too_much_is_kept_together);
  g_test_add_func ("/break/rare-character-shows-its-number", test_rare_character);
  g_test_add_func ("/break/words-stick-together", test_words_stick_together);
  g_test_add_func ("/break/text-is-changed", test_text_is_changed);
  g_test_add_func ("/break/other-text", test_other_text);
  g_test_add_func ("/break/words-of-letters", test_words_of_letters);
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
