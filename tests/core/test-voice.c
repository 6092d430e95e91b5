/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "core/voice/clips.h"
#include "core/voice/wav.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* Recorded sentences: what a stranger's file may not do, and which words a clip may stand for. */

static void
put (GByteArray *file, const char *tag, guint32 value, guint len)
{
  guint32 little = GUINT32_TO_LE (value);

  if (tag != NULL)
    g_byte_array_append (file, (const guint8 *) tag, 4);
  g_byte_array_append (file, (const guint8 *) &little, len);
}

/* A WAV of @count samples of a tone; its fields as given. */
static GByteArray *
make_wav (guint format, guint channels, guint hz, guint bits, gsize count, gint amplitude)
{
  GByteArray *file = g_byte_array_new ();

  put (file, "RIFF", (guint32) (36 + 2 * count), 4);
  g_byte_array_append (file, (const guint8 *) "WAVE", 4);
  put (file, "fmt ", 16, 4);
  put (file, NULL, format, 2);
  put (file, NULL, channels, 2);
  put (file, NULL, hz, 4);
  put (file, NULL, hz * channels * bits / 8, 4);
  put (file, NULL, channels * bits / 8, 2);
  put (file, NULL, bits, 2);
  put (file, "data", (guint32) (2 * count), 4);
  for (gsize i = 0; i < count; i++)
    put (file, NULL, (guint16) (gint16) (i % 2 == 0 ? amplitude : -amplitude), 2);
  return file;
}

static gboolean
is_good (GByteArray *file, gboolean is_stream)
{
  g_autoptr (GError) error = NULL;
  BmWav wav;
  gboolean is_parsed = bm_wav_parse (file->data, file->len, is_stream, &wav, &error);

  g_assert_true (is_parsed == (error == NULL));
  return is_parsed;
}

static void
test_wav (void)
{
  static const struct
  {
    guint format, channels, hz, bits;
    gsize count;
    gboolean is_good;
  } vectors[] = {
    { 1, 1, 22050, 16, 100, TRUE },  { 1, 1, 8000, 16, 1, TRUE },
    { 1, 1, 48000, 16, 9, TRUE },    { 1, 1, 7999, 16, 100, FALSE },
    { 1, 1, 96000, 16, 100, FALSE }, { 1, 2, 22050, 16, 100, FALSE },
    { 1, 1, 22050, 8, 100, FALSE },  { 1, 1, 22050, 24, 100, FALSE },
    { 3, 1, 22050, 16, 100, FALSE }, { 85, 1, 22050, 16, 100, FALSE },
    { 1, 1, 22050, 16, 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GByteArray) file = make_wav (vectors[i].format, vectors[i].channels, vectors[i].hz,
                                              vectors[i].bits, vectors[i].count, 1000);

      g_assert_true (is_good (file, FALSE) == vectors[i].is_good);
    }
}

/* Cut anywhere it is refused; from a pipe, what has come of the samples counts. */
static void
test_wav_cut_short (void)
{
  g_autoptr (GByteArray) file = make_wav (1, 1, 22050, 16, 20, 1000);
  guint whole = file->len;

  for (guint len = 0; len < whole; len++)
    {
      g_autoptr (GByteArray) part = g_byte_array_new ();

      g_byte_array_append (part, file->data, len);
      g_assert_false (is_good (part, FALSE));
      g_assert_true (is_good (part, TRUE) == (len >= 46));
    }
}

static void
test_wav_at_random (void)
{
  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (GByteArray) file = make_wav (1, 1, 22050, 16, 20, 1000);

      for (guint i = 0; i < 3; i++)
        file->data[g_test_rand_int_range (0, (gint32) file->len)] =
          (guint8) g_test_rand_int_range (0, 256);
      (void) is_good (file, round % 2 == 0); /* either is right; what must not be is a crash */
    }
}

static void
test_measure (void)
{
  g_autoptr (GByteArray) loud = make_wav (1, 1, 10000, 16, 10000, 32767);
  g_autoptr (GByteArray) still = make_wav (1, 1, 10000, 16, 10000, 0);
  BmWavMeasure measure;
  BmWav wav;

  g_assert_true (bm_wav_parse (loud->data, loud->len, FALSE, &wav, NULL));
  bm_wav_measure (&wav, &measure);
  g_assert_cmpfloat_with_epsilon (measure.seconds, 1.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (measure.level_db, 0.0, 0.01);
  g_assert_cmpuint (measure.clipped_ppm, ==, 1000000);
  g_assert_true (bm_wav_parse (still->data, still->len, FALSE, &wav, NULL));
  bm_wav_measure (&wav, &measure);
  g_assert_true (isinf (measure.level_db));
  g_assert_cmpfloat_with_epsilon (measure.lead_s, 1.0, 1e-9);
}

static guint
count_pieces (BmClips *clips, const char *sentence)
{
  const char *files[BM_CLIPS_MAX_PIECES];

  return bm_clips_find (clips, sentence, files);
}

/* A clip stands for its own words, for nothing else, and a number and a label make a choice. */
static void
test_clip_for_other_words (void)
{
  g_autoptr (BmClips) clips = bm_clips_new ("cmn", "普通话");

  bm_clips_put (clips, "page|a", "您想办什么？");
  bm_clips_put (clips, "speech|1", "第1个，");
  bm_clips_put (clips, "choice|b", "慢一点");
  g_assert_cmpuint (count_pieces (clips, "您想办什么？"), ==, 1);
  g_assert_cmpuint (count_pieces (clips, "您想办什么"), ==, 0);
  g_assert_cmpuint (count_pieces (clips, "您想办什么？好"), ==, 0);
  g_assert_cmpuint (count_pieces (clips, "慢一点。"), ==, 1);
  g_assert_cmpuint (count_pieces (clips, "第1个，慢一点。"), ==, 2);
  g_assert_cmpuint (count_pieces (clips, "第2个，慢一点。"), ==, 0);
  g_assert_cmpuint (count_pieces (clips, "第1个，快一点。"), ==, 0);
}

static void
test_manifest_leads_out_of_the_folder (void)
{
  static const char *const bad[] = {
    "",
    "[]",
    "{",
    "{\"version\":2,\"dialect\":\"cmn\",\"name\":\"x\",\"clips\":[]}",
    "{\"version\":1,\"dialect\":\"../x\",\"name\":\"x\",\"clips\":[]}",
    "{\"version\":1,\"dialect\":\"cmn\",\"name\":\"x\",\"clips\":{}}",
    "{\"version\":1,\"dialect\":\"cmn\",\"name\":\"x\",\"clips\":[{\"id\":\"a\",\"text\":\"b\","
    "\"file\":\"../../etc/passwd\"}]}",
    "{\"version\":1,\"dialect\":\"cmn\",\"name\":\"x\",\"clips\":[{\"id\":\"a\",\"text\":\"b\","
    "\"file\":\"0123456789abcdef.wav\"}]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BmClips) clips = bm_clips_parse (bad[i], strlen (bad[i]), &error);

      g_assert_null (clips);
      g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
    }
}

static void
test_saved_and_loaded (void)
{
  g_autofree char *voices = g_dir_make_tmp ("bianmin-clips-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (voices, "yue-demo", NULL);
  g_autofree char *manifest = g_build_filename (folder, BM_CLIPS_MANIFEST, NULL);
  g_autoptr (BmClips) clips = bm_clips_new ("yue-demo", "广东话");
  g_autoptr (GError) error = NULL;
  json_auto_t *dialects = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  bm_clips_put (clips, "page|a", "您想办什么？");
  g_assert_true (bm_clips_save (clips, voices, &error));
  g_assert_no_error (error);
  {
    g_autoptr (BmClips) loaded = bm_clips_load (voices, "yue-demo", &error);

    g_assert_no_error (error);
    g_assert_cmpuint (count_pieces (loaded, "您想办什么？"), ==, 1);
    g_assert_cmpstr (bm_clips_get_text (loaded, "page|a"), ==, "您想办什么？");
  }
  dialects = bm_clips_list_dialects (voices);
  g_assert_cmpuint (json_array_size (dialects), ==, 1);
  g_assert_cmpstr (json_string_value (json_object_get (json_array_get (dialects, 0), "name")), ==,
                   "广东话");
  g_assert_cmpint (g_remove (manifest), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_assert_cmpint (g_rmdir (voices), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voice/wav", test_wav);
  g_test_add_func ("/voice/wav-cut-short", test_wav_cut_short);
  g_test_add_func ("/voice/wav-at-random", test_wav_at_random);
  g_test_add_func ("/voice/measure", test_measure);
  g_test_add_func ("/voice/clip-for-other-words", test_clip_for_other_words);
  g_test_add_func ("/voice/manifest-leads-out-of-the-folder",
                   test_manifest_leads_out_of_the_folder);
  g_test_add_func ("/voice/saved-and-loaded", test_saved_and_loaded);
  return g_test_run ();
}
