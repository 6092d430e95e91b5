/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-break.h"

#include "core/crypto/crypto.h"

#include <string.h>

/*
 * Where lines may not break. Pango breaks Chinese between any two characters; it keeps numbers whole
 * and closing punctuation off the start of a line, and knows nothing of words. This adds, as
 * attributes, so that the text itself stays as it is for screen readers and tests:
 *
 *  - no break inside a word of the list below, nor between a number and what it counts, nor in a date or a time,
 *    nor in a row of telephone numbers (110 / 119 / 120), nor before a particle, which belongs to the word before it;
 *  - no break inside a name that the page's model says is one;
 *  - no line ends with the first hanzi of a phrase, which looks lost behind its comma;
 *  - a short phrase between commas stays on one line;
 *  - the last hanzi of a sentence stay together, so that none stands alone on the last line.
 *
 * What fits no line unbroken is broken nevertheless: better a broken word than a cut one.
 */

/* Shorter sentences are set as they are. */
#define LEAST_FOR_TAIL 6

/* A phrase between commas of no more hanzi than this stays on one line. */
#define MOST_IN_PHRASE 5

/* In em: so much stays on a line of its own in most places, also at 200 %. */
#define MOST_UNBROKEN 6.9

/* Joined, but not at any price: between a year and its month. */
#define SOFT 2

/* A digit is about as wide as this part of a hanzi. */
#define DIGIT_EM 0.58

static const char *const words[] = {
  "工作人员", "便民服务", "城乡居民", "高龄津贴", "身份证", "养老金", "社保卡", "服务站",
  "打印机",   "家里人",   "看不到",   "看得到",   "听不到", "听结果", "不要紧", "没关系",
  "送出去",   "没送出",   "办好了",   "没办完",   "还没有", "有危险", "找人办", "自己听",
  "办事",     "单位",     "家里",     "认证",     "津贴",   "补贴",   "条子",   "身份",
  "社保",     "中心",     "登记",     "记下",     "送到",   "送出",   "受理",   "结果",
  "回信",     "回话",     "答复",     "已经",     "还没",   "还有",   "没有",   "这里",
  "那里",     "后来",     "以前",     "以后",     "今天",   "明天",   "现在",   "上午",
  "下午",     "星期",     "大约",     "有人",     "没人",   "受伤",   "急病",   "危险",
  "着火",     "坏人",     "被骗",     "被困",     "村里",   "干部",   "站里",   "电话",
  "号码",     "您的",     "我们",     "他们",     "自己",   "本人",   "老人",   "大人",
  "可以",     "可能",     "不能",     "不要",     "不用",   "下次",   "这次",   "屏幕",
  "机器",     "出来",     "进去",     "知道",     "愿意",   "随时",   "信息",   "互相",
  "见证",     "上门",     "约好",     "银行",     "处理",   "账户",   "到账",   "钱数",
  "旁边",     "帮忙",     "帮您",     "替您",     "耕地",   "农资",   "残疾",   "低保",
  "什么",     "怎么",     "时候",     "事情",     "东西",   "地方",   "平放",   "灯的",
  "最多",     "亮灯",     "点半",     "再看",     "再说",   "资格",   "当面",   "密码",
  "转钱",     "骗子",     "拿到",     "拿走",     "拿好",   "满意",   "评价",   "重新",
  "看见",     "看过",     "读出",     "打印",     "结果单", "看一看", "验证码", "经办",
  "签字",     "收好",     "叫人",     "回到",     "开头",   "详细",   "继续",   "马上",
  "一下",     "一步",     "一件",     "删掉",     "核对",   "不同意", "同意",   "请工作人员",
  "按手印",   "手印",     "自动",     "月底",     "一分钟", "请把",   "重新办", "申请",
  "看钱",     "到没到",   "我的事",   "办到",     "哪了",   "反映",   "问题",   "借农具",
  "补打",     "农具",     "通过",     "审核",     "办完",   "生病",   "打架",   "村东头",
  "名字",     "日子",     "为止",     "今年",     "去年",   "昨天",   "前天",   "摔过",
};

/* Measure words that stay with their number. */
static const char units[] = "年月日号元点分秒岁组笔天次个件户页步块毛角万千百亩张位人家条封";
static const char numerals[] = "一二两三四五六七八九十几";

/* 禾田村, 青溪镇: names of places mostly have two hanzi before what they are. */
static const char places[] = "镇县乡村";

/* They begin no line. */
static const char particles[] = "了的吗呢吧着过们么";

/* What the page calls names; the face has one page. */
static GPtrArray *names;

static gboolean
is_hanzi (gunichar c)
{
  return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0x20000 && c <= 0x3FFFF) || c == 0x3007;
}

static gboolean
is_digit (gunichar c)
{
  return c < 0x80 && g_ascii_isdigit ((char) c);
}

static gboolean
is_one_of (const char *list, gunichar c)
{
  return c > 0x80 && g_utf8_strchr (list, -1, c) != NULL;
}

static double
width_of (gunichar c)
{
  return c < 0x2E80 ? DIGIT_EM : 1.0;
}

/**
 * bm_break_width_em:
 * @text: words
 *
 * Returns: about how wide they are on one line, in their own em
 */
double
bm_break_width_em (const char *text)
{
  double width = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    width += width_of (g_utf8_get_char (at));
  return width;
}

/**
 * bm_break_take_names:
 * @list: (nullable): an array of strings, the model's "names"; NULL forgets those of before
 *
 * From now on none of them is broken. They are of a person, so they go with their page.
 */
void
bm_break_take_names (json_t *list)
{
  json_t *name;
  gsize i;

  g_clear_pointer (&names, g_ptr_array_unref);
  if (json_array_size (list) == 0)
    return;
  names = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_wipe_string);
  json_array_foreach (list, i, name)
  {
    if (json_string_length (name) > 0 && names->len < BM_BREAK_MOST_NAMES)
      g_ptr_array_add (names, g_strdup (json_string_value (name)));
  }
}

static void
join_word (const char *at, const char *word, guint index, gboolean *joined)
{
  glong n_in_word = g_str_has_prefix (at, word) ? g_utf8_strlen (word, -1) : 0;

  for (glong i = 1; i < n_in_word; i++)
    joined[index + i] = TRUE;
}

/* The lists are of whole characters: joined[i] says that nothing breaks before character i. */
static void
join_words (const char *text, gboolean *joined)
{
  guint index = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at), index++)
    {
      for (guint w = 0; w < G_N_ELEMENTS (words); w++)
        join_word (at, words[w], index, joined);
      for (guint n = 0; names != NULL && n < names->len; n++)
        join_word (at, g_ptr_array_index (names, n), index, joined);
    }
}

/* 第2次, 11月18日, 9点10分, 上午9点: what stands before the digits that begin at @i belongs to them. */
static gboolean
is_before_digits (const gunichar *characters, glong i)
{
  static const char before[] = "第月点午";
  gunichar c = characters[i - 1];

  return is_one_of (before, c);
}

/* 等青溪镇回话, 等一分钟: what is waited for; not 等等, and not 水电等. */
static gboolean
is_awaited (const gunichar *characters, glong i)
{
  static const char not_before[] = "等的了着，。、：；？！）";

  return characters[i - 1] == 0x7B49 && !is_one_of (not_before, characters[i]) &&
         (is_hanzi (characters[i]) || is_digit (characters[i])) &&
         (i < 2 || !is_one_of ("、", characters[i - 2]));
}

/* 228.40元, 第2次, 11月18日: a number, what it counts, and the rest of a date. */
static void
join_numbers (const gunichar *characters, glong length, gboolean *joined)
{
  for (glong i = 1; i < length; i++)
    {
      gunichar before = characters[i - 1];
      gunichar c = characters[i];

      if (is_digit (before) && is_one_of (units, c))
        joined[i] = TRUE;
      else if (is_digit (c) && !is_digit (before) && is_before_digits (characters, i))
        joined[i] = TRUE;
      else if (is_digit (c) && before == 0x5E74) /* 年 */
        joined[i] = SOFT;
      else if (is_awaited (characters, i) && !joined[i])
        joined[i] = SOFT;
      else if (is_one_of (numerals, before) && is_one_of (units, c))
        joined[i] = TRUE;
      else if (c == 0x25A1 && is_hanzi (before)) /* a box, in a name */
        joined[i] = TRUE;
      else if ((is_hanzi (before) || before == 0x25A1) && is_one_of (particles, c))
        joined[i] = TRUE;
      else if (i >= 2 && is_one_of (places, c) && is_hanzi (before) && is_hanzi (characters[i - 2]))
        joined[i] = joined[i - 1] = TRUE;
    }
}

static gboolean
has_slash (const gunichar *characters, glong from, glong to)
{
  for (glong i = from; i < to; i++)
    if (characters[i] == '/')
      return TRUE;
  return FALSE;
}

/* 110 / 119 / 120: whoever has to call reads them at one glance. */
static void
join_telephones (const gunichar *characters, glong length, gboolean *joined)
{
  glong start = -1; /* behind the last digit so far; -1 where none is near */

  for (glong i = 0; i < length; i++)
    {
      gboolean is_between = characters[i] == ' ' || characters[i] == '/';

      if (is_digit (characters[i]))
        {
          for (glong k = start; start >= 0 && has_slash (characters, start, i) && k <= i; k++)
            joined[k] = TRUE;
          start = i + 1;
        }
      else if (!is_between)
        start = -1;
    }
}

/* Short phrases in [from, to), when there is more than one; of a longer one the beginning. */
static void
join_phrases (const gunichar *characters, glong from, glong to, gboolean *joined)
{
  glong start = from;
  glong most = MIN (MOST_IN_PHRASE, to - from - 2);

  for (glong i = from; i <= to; i++)
    {
      if (i < to && (is_hanzi (characters[i]) || is_digit (characters[i])))
        continue;
      for (glong k = start + 1; k < i && (i - start <= most || (start > from && k == start + 1));
           k++)
        joined[k] = TRUE;
      start = i + 1;
    }
}

/* The sentence [from, to): its last hanzi stay together. A phrase behind a comma may stand alone. */
static void
join_tail (const gunichar *characters, glong from, glong to, gboolean *joined)
{
  guint n_hanzi = 0;
  guint n_last = 0;

  for (glong i = from; i < to; i++)
    n_hanzi += is_hanzi (characters[i]) || is_digit (characters[i]) ? 1 : 0;
  if (n_hanzi < LEAST_FOR_TAIL)
    return;
  for (glong i = to - 1; i > from && n_last < BM_BREAK_LEAST_LAST; i--)
    {
      if (is_hanzi (characters[i]) || is_digit (characters[i]))
        n_last++;
      else if (n_last >= 2)
        return;
      if (n_last < BM_BREAK_LEAST_LAST)
        joined[i] = TRUE;
    }
}

/* What is too long for a line of large letters comes apart where that costs least, since Pango would do it anywhere. */
static void
loosen (const gunichar *characters, glong length, gboolean *joined)
{
  glong start = 0;
  double width = length > 0 ? width_of (characters[0]) : 0;

  for (glong i = 1; i <= length; i++)
    {
      /* Pango itself keeps the digits of a number together. */
      if (i < length && (joined[i] || (is_digit (characters[i]) && is_digit (characters[i - 1]))))
        {
          width += width_of (characters[i]);
          continue;
        }
      for (glong k = start + 1; k < i && width > MOST_UNBROKEN; k++)
        joined[k] = joined[k] == SOFT ? FALSE : joined[k];
      start = i;
      width = i < length ? width_of (characters[i]) : 0;
    }
}

static PangoAttrList *
attributes_of (const char *text, const gboolean *joined, glong length)
{
  PangoAttrList *list = pango_attr_list_new ();
  const char *at = text;
  const char *start = text;

  for (glong i = 1; i <= length; i++)
    {
      const char *next = g_utf8_next_char (at);

      if (i < length && joined[i])
        {
          at = next;
          continue;
        }
      if (start != at)
        {
          PangoAttribute *attribute = pango_attr_allow_breaks_new (FALSE);

          /* It ends within the last character: GTK makes one of two that touch. */
          attribute->start_index = (guint) (start - text);
          attribute->end_index = (guint) (at - text) + 1;
          pango_attr_list_insert (list, attribute);
        }
      start = at = next;
    }
  return list;
}

/**
 * bm_break_new_attributes:
 * @text: words; \n where a phrase ends
 *
 * Returns: (transfer full): where its lines may not break
 */
PangoAttrList *
bm_break_new_attributes (const char *text)
{
  glong length;
  g_autofree gunichar *characters = g_utf8_to_ucs4_fast (text, -1, &length);
  g_autofree gboolean *joined = g_new0 (gboolean, length + 1);
  glong from = 0;

  join_words (text, joined);
  join_numbers (characters, length, joined);
  join_telephones (characters, length, joined);
  for (glong i = 0; i <= length; i++)
    {
      if (i < length && characters[i] != '\n')
        continue;
      join_phrases (characters, from, i, joined);
      join_tail (characters, from, i, joined);
      from = i + 1;
    }
  loosen (characters, length, joined);
  return attributes_of (text, joined, length);
}
