/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/speech/speech.h"

#include <string.h>

/*
 * Words that the voice reads wrongly, with how they sound (pinyin with tone numbers, which the same
 * voice understands in the middle of a sentence). Longest words first where one begins another.
 */

/* What is said instead of a character that the voice does not know. */
#define RARE "生僻字"

static const struct
{
  const char *word;
  const char *pinyin;
} lexicon[] = {
  { "银行", "yin2hang2" },
  { "重庆", "chong2qing4" },
  { "还款", "huan2kuan3" },
  { "长者", "zhang3zhe3" },
  { "村长", "cun1zhang3" },
  { "组长", "zu3zhang3" },
  { "认证", "ren4zheng4" },
  { "还没", "hai2mei2" },
  { "还差", "hai2cha4" },
  { "还看", "hai2kan4" },
  { "还要", "hai2yao4" },
  { "还在", "hai2zai4" },
  { "还是", "hai2shi4" },
  { "重新", "chong2xin1" },
  { "着急", "zhao2ji2" },
  { "接着", "jie1zhe5" },
  { "停着", "ting2zhe5" },
  { "行不行", "xing2bu4xing2" },
  { "都是", "dou1shi4" },
  { "给您", "gei3nin2" },
  { "读给", "du2gei3" },
  { "为止", "wei2zhi3" },
  { "只为", "zhi3wei4" },
  { "补贴", "bu3tie1" },
  { "两笔", "liang3bi3" },
  { "便民", "bian4min2" },
  { "大夫", "dai4fu5" },
  { "没收到", "mei2shou1dao4" },
  { "没收", "mei2shou1" },
  { "得怎么样", "de5zen3me5yang4" },
  { "身份证", "shen1fen4zheng4" },
  { "着火", "zhao2huo3" },
  { "干部", "gan4bu4" },
  { "干活", "gan4huo2" },
  { "处理", "chu3li3" },
  { "难处", "nan2chu5" },
  { "种地", "zhong4di4" },
  { "种粮", "zhong4liang2" },
  { "地方", "di4fang5" },
  { "慢慢地", "man4man4de5" },
  { "铺路", "pu1lu4" },
  { "重修", "chong2xiu1" },
  { "重写", "chong2xie3" },
  { "国务院", "guo2wu4yuan4" },
  { "服务", "fu2wu4" },
  { "政务", "zheng4wu4" },
  { "投诉", "tou2su4" },
  { "诉求", "su4qiu2" },
  { "信息", "xin4xi1" },
  { "一行", "yi4hang2" },
  { "一会儿", "yi2hui4er5" },
  { "回应", "hui2ying4" },
  { "部分", "bu4fen5" },
  { "更新", "geng1xin1" },
  { "欢迎", "huan1ying2" },
  { "重启", "chong2qi3" },
  { "不了", "bu4liao3" },
  { "得了", "de5liao3" },
  { "账本", "zhang4ben3" },
  { "凌晨", "ling2chen2" },
  { "留空", "liu2kong4" },
  { "重拍", "chong2pai1" },
  { "照相机", "zhao4xiang4ji1" },
  { "反应", "fan3ying4" },
  { "看得清", "kan4de5qing1" },
  { RARE, "sheng1pi4zi4" },
  { "地", "di4" },
};

static gboolean
append_word (GString *out, const char **at)
{
  for (guint i = 0; i < G_N_ELEMENTS (lexicon); i++)
    {
      if (!g_str_has_prefix (*at, lexicon[i].word))
        continue;
      g_string_append_printf (out, " %s ", lexicon[i].pinyin);
      *at += strlen (lexicon[i].word);
      return TRUE;
    }
  return FALSE;
}

/**
 * bm_speech_to_pinyin:
 * @sentence: what is to be said
 *
 * Returns: the sentence with numbers written out and the words of the lexicon replaced by their sound
 */
char *
bm_speech_to_pinyin (const char *sentence)
{
  g_autofree char *written = bm_speech_write_out_numbers (sentence);
  GString *out = g_string_sized_new (strlen (written) + 32);
  const char *at = written;

  while (*at != '\0')
    {
      const char *next = g_utf8_next_char (at);

      if (append_word (out, &at))
        continue;
      g_string_append_len (out, at, next - at);
      at = next;
    }
  return g_string_free (out, FALSE);
}

/* Characters of names that a voice may have no sound for: the extensions of Unicode's hanzi, whatever else a card
 * brings from beyond the basic plane, and the private area that old cards have their own characters in. */
static gboolean
may_be_unread (gunichar c)
{
  return (c >= 0x3400 && c < 0x4E00) || (c > 0x9FA5 && c <= 0x9FFF) ||
         (c >= 0xE000 && c <= 0xFAFF) || c >= 0x20000;
}

/**
 * bm_speech_name_unread:
 * @sentence: what is to be said
 * @reads: whether the voice has a sound for a character
 *
 * A voice passes over a character that it does not know, or spells its number: 郑, 2, 0, 8. Neither is a name. So it
 * is said that there is a rare character, as the box on the page and on paper shows it where no font has it.
 *
 * Returns: (transfer full): the sentence with 生僻字 for each such character
 */
char *
bm_speech_name_unread (const char *sentence, BmSpeechReads reads)
{
  GString *out = g_string_sized_new (strlen (sentence) + 16);

  for (const char *at = sentence; *at != '\0'; at = g_utf8_next_char (at))
    {
      const char *next = g_utf8_next_char (at);
      g_autofree char *character = g_strndup (at, next - at);

      if (may_be_unread (g_utf8_get_char (at)) && !reads (character))
        g_string_append (out, RARE);
      else
        g_string_append (out, character);
    }
  return g_string_free (out, FALSE);
}
