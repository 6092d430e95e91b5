/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/speech/speech.h"
#include "ui/speech/synth.h"

#include <espeak-ng/speak_lib.h>
#include <jansson.h>

#include <string.h>

/*
 * Words are read as people read them: the engine's own phonemes for what the voice is given must be those
 * of the reading in tests/fixtures/readings.txt, for the word alone and inside every text of po/zh_CN.po and
 * the services' files that has it.
 */

#define VOICE      "cmn-latn-pinyin"
#define FIRST_HAN  0x4e00
#define LAST_HAN   0x9fff
#define SEPARATORS "_|', "

/* Characters of which each occurrence must stand in a word whose reading somebody has judged. */
#define JUDGED "行重长还处干种难更应差便卷数率传当空量调"

typedef struct
{
  char *word;
  char *sound; /* phonemes, without what separates them */
} Reading;

static GPtrArray *readings; /* longest words first */
static GPtrArray *texts;

static void
free_reading (gpointer data)
{
  Reading *reading = data;

  g_free (reading->word);
  g_free (reading->sound);
  g_free (reading);
}

static char *
get_sound (const char *text)
{
  GString *sound = g_string_new (NULL);
  const void *at = text;

  while (at != NULL)
    {
      const char *part = espeak_TextToPhonemes (&at, espeakCHARS_UTF8, '_' << 8);

      for (; part != NULL && *part != '\0'; part++)
        if (strchr (SEPARATORS, *part) == NULL)
          g_string_append_c (sound, *part);
    }
  return g_string_free (sound, FALSE);
}

/* As the voice says it. */
static char *
get_spoken (const char *text)
{
  g_autofree char *pinyin = bm_speech_to_pinyin (text);

  return get_sound (pinyin);
}

static gint
compare_lengths (gconstpointer one, gconstpointer two)
{
  const Reading *a = *(const Reading *const *) one;
  const Reading *b = *(const Reading *const *) two;

  return (gint) strlen (b->word) - (gint) strlen (a->word);
}

static char *
load (const char *folder, const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_assert_no_error (error);
  return text;
}

static void
load_readings (void)
{
  g_autofree char *text = load ("fixtures", "readings.txt");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  readings = g_ptr_array_new_with_free_func (free_reading);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (lines[i], " ", 2);
      Reading *reading;

      if (*lines[i] == '\0' || *lines[i] == '#')
        continue;
      g_assert_cmpuint (g_strv_length (parts), ==, 2);
      reading = g_new0 (Reading, 1);
      reading->word = g_strdup (parts[0]);
      reading->sound = get_sound (parts[1]);
      g_ptr_array_add (readings, reading);
    }
  g_ptr_array_sort (readings, compare_lengths);
}

/* The translations, in one piece each. */
static void
load_messages (void)
{
  g_autofree char *text = load ("..", "po/zh_CN.po");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GString) message = g_string_new (NULL);
  gboolean is_inside = FALSE;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *quote = strchr (lines[i], '"');
      char *end = strrchr (lines[i], '"');

      if (is_inside && *lines[i] != '"')
        {
          g_ptr_array_add (texts, g_strdup (message->str));
          is_inside = FALSE;
        }
      if (g_str_has_prefix (lines[i], "msgstr "))
        {
          is_inside = TRUE;
          g_string_truncate (message, 0);
        }
      if (is_inside && quote != NULL && end > quote)
        {
          g_string_append_len (message, quote + 1, end - quote - 1);
          g_string_replace (message, "\\n", "", 0);
        }
    }
}

static void
note_strings (json_t *value)
{
  const char *key;
  json_t *inner;
  gsize i;

  if (json_is_string (value))
    g_ptr_array_add (texts, g_strdup (json_string_value (value)));
  json_object_foreach (value, key, inner) note_strings (inner);
  json_array_foreach (value, i, inner) note_strings (inner);
}

static void
load_services (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "..", "assets", "catalogue", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      json_auto_t *service = json_load_file (path, 0, NULL);

      g_assert_nonnull (service);
      note_strings (service);
    }
}

static gboolean
is_han (gunichar c)
{
  return c >= FIRST_HAN && c <= LAST_HAN;
}

/* The word of the list that begins here, or NULL. One character is a word only where it stands alone. */
static const Reading *
find_word (const char *run, const char *at)
{
  for (guint i = 0; i < readings->len; i++)
    {
      const Reading *reading = g_ptr_array_index (readings, i);

      if (g_str_has_prefix (at, reading->word) &&
          (g_utf8_strlen (reading->word, -1) > 1 || g_str_equal (run, reading->word)))
        return reading;
    }
  return NULL;
}

static void
check_run (const char *run)
{
  g_autofree char *spoken = NULL;

  for (const char *at = run; *at != '\0';)
    {
      const Reading *reading = find_word (run, at);
      gunichar c = g_utf8_get_char (at);

      if (reading == NULL)
        {
          if (g_utf8_strchr (JUDGED, -1, c) != NULL)
            g_error ("how is %s in %s read? Add the word to tests/fixtures/readings.txt", at, run);
          at = g_utf8_next_char (at);
          continue;
        }
      if (spoken == NULL)
        spoken = get_spoken (run);
      if (strstr (spoken, reading->sound) == NULL)
        g_error ("%s in %s is read %s, not %s: ui/speech/lexicon.c", reading->word, run, spoken,
                 reading->sound);
      at += strlen (reading->word);
    }
}

static void
test_texts (void)
{
  guint n_runs = 0;

  for (guint i = 0; i < texts->len; i++)
    {
      g_autoptr (GString) run = g_string_new (NULL);

      for (const char *at = g_ptr_array_index (texts, i);; at = g_utf8_next_char (at))
        {
          gunichar c = g_utf8_get_char (at);

          if (is_han (c))
            {
              g_string_append_unichar (run, c);
              continue;
            }
          if (run->len > 0)
            {
              check_run (run->str);
              n_runs++;
            }
          g_string_truncate (run, 0);
          if (c == 0)
            break;
        }
    }
  g_assert_cmpuint (n_runs, >, 1000);
}

static void
test_words (void)
{
  g_assert_cmpuint (readings->len, >=, 40);
  for (guint i = 0; i < readings->len; i++)
    {
      const Reading *reading = g_ptr_array_index (readings, i);
      g_autofree char *spoken = get_spoken (reading->word);

      if (!g_str_equal (spoken, reading->sound))
        g_error ("%s is read %s, not %s", reading->word, spoken, reading->sound);
    }
}

/* U+39999 is in no font and no dictionary; U+2C35B is in a font, and the engine spells its number. */
static void
test_rare_character_is_passed_over (void)
{
  static const struct
  {
    const char *sentence;
    const char *said;
  } cases[] = {
    { "您是郑\U00039999吗", "您是郑生僻字吗" }, { "您是郑\U0002C35B吗", "您是郑生僻字吗" },
    { "您是郑\uE815吗", "您是郑生僻字吗" },     { "您是郑䶮吗", "您是郑䶮吗" },
    { "您是王秀兰吗", "您是王秀兰吗" },
  };

  g_assert_true (bm_synth_prepare ());
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *given = bm_synth_to_sound (cases[i].sentence);
      g_autofree char *heard = get_sound (given);
      g_autofree char *wanted = get_spoken (cases[i].said);

      g_assert_cmpstr (heard, ==, wanted);
    }
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (espeak_Initialize (AUDIO_OUTPUT_RETRIEVAL, 60, NULL, espeakINITIALIZE_DONT_EXIT),
                   >, 0);
  g_assert_cmpint (espeak_SetVoiceByName (VOICE), ==, EE_OK);
  load_readings ();
  texts = g_ptr_array_new_with_free_func (g_free);
  load_messages ();
  load_services ();
  g_test_add_func ("/readings/words", test_words);
  g_test_add_func ("/readings/texts", test_texts);
  g_test_add_func ("/readings/rare-character-is-passed-over", test_rare_character_is_passed_over);
  status = g_test_run ();
  g_ptr_array_unref (readings);
  g_ptr_array_unref (texts);
  return status;
}
