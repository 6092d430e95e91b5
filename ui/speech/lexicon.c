/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/speech/speech.h"

#include <string.h>

/*
 * Words that the voice reads wrongly, with how they sound (pinyin with tone numbers, which the same
 * voice understands in the middle of a sentence). Longest words first where one begins another.
 */

static const struct
{
  const char *word;
  const char *pinyin;
} lexicon[] = {
  { "银行", "yin2hang2" },         { "重庆", "chong2qing4" },
  { "还款", "huan2kuan3" },        { "长者", "zhang3zhe3" },
  { "村长", "cun1zhang3" },        { "组长", "zu3zhang3" },
  { "认证", "ren4zheng4" },        { "还没", "hai2mei2" },
  { "还差", "hai2cha4" },          { "还看", "hai2kan4" },
  { "还要", "hai2yao4" },          { "还在", "hai2zai4" },
  { "还是", "hai2shi4" },          { "重新", "chong2xin1" },
  { "着急", "zhao2ji2" },          { "接着", "jie1zhe5" },
  { "停着", "ting2zhe5" },         { "行不行", "xing2bu4xing2" },
  { "都是", "dou1shi4" },          { "给您", "gei3nin2" },
  { "读给", "du2gei3" },           { "为止", "wei2zhi3" },
  { "只为", "zhi3wei4" },          { "补贴", "bu3tie1" },
  { "两笔", "liang3bi3" },         { "便民", "bian4min2" },
  { "大夫", "dai4fu5" },           { "没收到", "mei2shou1dao4" },
  { "没收", "mo4shou1" },          { "得怎么样", "de5zen3me5yang4" },
  { "身份证", "shen1fen4zheng4" }, { "着火", "zhao2huo3" },
  { "干部", "gan4bu4" },           { "干活", "gan4huo2" },
  { "处理", "chu3li3" },           { "难处", "nan2chu5" },
  { "种地", "zhong4di4" },         { "地方", "di4fang5" },
  { "慢慢地", "man4man4de5" },     { "铺路", "pu1lu4" },
  { "重修", "chong2xiu1" },        { "地", "di4" },
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
