/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/speech/speech.h"

#include <glib/gstdio.h>

#include <signal.h>
#include <string.h>

/* What is said is what the model says; the engine is real, the sound goes nowhere or into a child. */

#define MANNER                                                                            \
  "\"rate\":100,\"volume\":7,\"dialect\":\"cmn\",\"source\":\"synth\",\"private\":false}" \
  "\n"

typedef struct
{
  char *folder;
  char *log;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("bianmin-speech-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->log = g_build_filename (fixture->folder, "log", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  (void) g_remove (fixture->log); /* not every test writes one */
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->log);
  g_free (fixture->folder);
}

static void
test_log_is_what_was_said (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BmSpeech) speech = bm_speech_new (fixture->log, "", FALSE);
  json_auto_t *sentences = json_pack ("[s, s]", "您想办什么？", "第一个，养老金认证");
  g_autofree char *text = NULL;

  bm_speech_say (speech, "home", sentences);
  bm_speech_finish (speech);
  g_assert_true (g_file_get_contents (fixture->log, &text, NULL, NULL));
  g_assert_cmpstr (text, ==,
                   "{\"page\":\"home\",\"sentence\":\"您想办什么？\"," MANNER
                   "{\"page\":\"home\",\"sentence\":\"第一个，养老金认证\"," MANNER);
}

/* Another page begins before the first is said: nothing more of the first is heard. */
static void
test_interrupt (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BmSpeech) speech = bm_speech_new (fixture->log, "", TRUE);
  json_auto_t *first = json_array ();
  json_auto_t *second = json_pack ("[s]", "第二页");
  g_autofree char *text = NULL;

  for (guint i = 0; i < 60; i++)
    json_array_append_new (first, json_string ("第一页"));
  bm_speech_hush (speech);
  bm_speech_say (speech, "one", first);
  bm_speech_say (speech, "two", second);
  bm_speech_finish (speech);
  g_assert_true (g_file_get_contents (fixture->log, &text, NULL, NULL));
  g_assert_true (g_str_has_suffix (text, "{\"page\":\"two\",\"sentence\":\"第二页\"," MANNER));
  g_assert_cmpuint (strlen (text), <, 120 * 60);
}

/* Sound goes to the command, and hushing ends the command at once. */
static void
test_sound_reaches_the_command (Fixture *fixture, gconstpointer data)
{
  g_autofree char *raw = g_build_filename (fixture->folder, "raw", NULL);
  g_autofree char *script = g_strdup_printf ("/bin/sh -c 'exec cat > %s' play", raw);
  g_autoptr (BmSpeech) speech = bm_speech_new (NULL, script, FALSE);
  json_auto_t *sentences = json_pack ("[s]", "您好，请点一下屏幕。");
  GStatBuf info;

  bm_speech_say (speech, "idle", sentences);
  bm_speech_finish (speech);
  g_assert_cmpint (g_stat (raw, &info), ==, 0);
  /* Two seconds of speech at 22050 samples of two bytes, roughly. */
  g_assert_cmpint (info.st_size, >, 22050);
  g_assert_cmpint (g_remove (raw), ==, 0);
}

static void
test_hush_does_not_wait (Fixture *fixture, gconstpointer data)
{
  /* This command never reads: whoever writes to it would wait for ever. */
  g_autoptr (BmSpeech) speech = bm_speech_new (NULL, "/bin/sh -c 'exec sleep 600' play", FALSE);
  json_auto_t *sentences = json_array ();
  gint64 start;

  for (guint i = 0; i < 20; i++)
    json_array_append_new (sentences,
                           json_string ("谁打电话叫您转钱、报密码、报验证码，都是骗子。"));
  bm_speech_say (speech, "result", sentences);
  g_usleep (300 * 1000);
  start = g_get_monotonic_time ();
  bm_speech_hush (speech);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_USEC_PER_SEC);
  bm_speech_finish (speech);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 60 * G_USEC_PER_SEC);
}

static void
test_polyphones (void)
{
  g_autofree char *bank = bm_speech_to_pinyin ("到银行还款");
  g_autofree char *plain = bm_speech_to_pinyin ("看钱");

  g_assert_cmpstr (bank, ==, "到 yin2hang2  huan2kuan3 ");
  g_assert_cmpstr (plain, ==, "看钱");
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *written;
    const char *said;
  } vectors[] = {
    { "228.40元", "二百二十八块四" },
    { "228.45元", "二百二十八块四毛五" },
    { "228.05元", "二百二十八块零五分" },
    { "216.00元", "二百一十六块" },
    { "5,153.20元", "五千一百五十三块二" },
    { "1,234,567元", "一百二十三万四千五百六十七块" },
    { "0.50元", "五毛" },
    { "0.20元", "两毛" },
    { "0.25元", "二毛五" },
    { "0.05元", "五分" },
    { "0.00元", "零块" },
    { "2元", "两块" },
    { "261元6角，已到账 11月15日。", "二百六十一块六毛，已到账 十一月十五日。" },
    { "12元", "十二块" },
    { "2000元", "两千块" },
    { "22222元", "两万两千二百二十二块" },
    { "10005元", "一万零五块" },
    { "10050元", "一万零五十块" },
    { "100000000元", "一亿块" },
    { "100010元", "十万零一十块" },
    { "3.14159元", "三点一四一五九元" },
    { "11月24日，星期二", "十一月二十四日，星期二" },
    { "2026年2月2日", "二零二六年二月二日" },
    { "2年", "两年" },
    { "上午9点05分", "上午九点零五分" },
    { "下午2点半", "下午两点半" },
    { "第2次打印", "第二次打印" },
    { "2笔", "两笔" },
    { "2组的，102岁", "二组的，一百零二岁" },
    { "10户", "十户" },
    { "18户", "十八户" },
    { "12345个", "一万两千三百四十五个" },
    { "打120", "打幺二零" },
    { "119。", "幺幺九。" },
    { "120元", "一百二十块" },
    { "120户", "一百二十户" },
    { "打12345", "打幺二三四五" },
    { "尾号0042", "尾号零零四二" },
    { "9901211012010101000000070", "九九零幺二幺幺零幺二零幺零幺零幺零零零零零零零七零" },
    { "1.5亩", "一点五亩" },
    { "8号", "八号" },
    { "1,2,3", "一,二,三" },
    { "990121********0028", "九九零幺二幺，中间盖着，零零二八" },
    { "身份证号：990121********234X。", "身份证号：九九零幺二幺，中间盖着，二三四X。" },
    { "王*兰，1组的", "王某兰，一组的" },
    { "买**力", "买某力" },
    { "2026年11月3日上午10点", "二零二六年十一月三日上午十点" },
    { "3组，7号", "三组，七号" },
    { "12.5亩", "十二点五亩" },
    { "13800000042", "幺三八零零零零零零四二" },
    { "没有数字", "没有数字" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *said = bm_speech_write_out_numbers (vectors[i].written);

      g_assert_cmpstr (said, ==, vectors[i].said);
    }
}

/* Whatever is written, no digit reaches the voice, and nothing but digits changes. */
static void
test_numbers_at_random (void)
{
  static const char pieces[] = "0123456789,.年元";

  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char *said = NULL;

      for (guint i = (guint) g_test_rand_int_range (0, 40); i > 0; i--)
        {
          glong at = g_test_rand_int_range (0, (gint32) g_utf8_strlen (pieces, -1));

          g_string_append_unichar (text, g_utf8_get_char (g_utf8_offset_to_pointer (pieces, at)));
        }
      said = bm_speech_write_out_numbers (text->str);
      g_assert_true (g_utf8_validate (said, -1, NULL));
      g_assert_cmpuint (strcspn (said, "0123456789"), ==, strlen (said));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  g_test_add_func ("/speech/polyphones", test_polyphones);
  g_test_add_func ("/speech/numbers", test_numbers);
  g_test_add_func ("/speech/numbers-at-random", test_numbers_at_random);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/speech/log-is-what-was-said", test_log_is_what_was_said);
  ADD ("/speech/interrupt", test_interrupt);
  ADD ("/speech/sound-reaches-the-command", test_sound_reaches_the_command);
  ADD ("/speech/hush-does-not-wait", test_hush_does_not_wait);
#undef ADD
  return g_test_run ();
}
