/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/devices/microphone.h"
#include "app/devices/opus-outline.h"
#include "app/devices/record-reply.h"
#include "core/error.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A microphone that is a folder, and one that is a program: what is said comes as Opus, what is wrong is said. */

#define RATE  16000
#define SPEED "40" /* times faster than the clock */

typedef struct
{
  char *folder;
  BmMicrophone *microphone;
  BmMemoState state;
  GBytes *whole;
  gboolean is_done;
  guint n_levels;
  guint loudest;
  guint left;
  guint stop_at; /* after so many levels, 0: never */
} Fixture;

static char *
in_folder (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static void
write_file (Fixture *fixture, const char *name, const void *data, gsize len)
{
  g_autofree char *path = in_folder (fixture, name);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, data, (gssize) len, &error));
  g_assert_no_error (error);
}

static void
remove_file (Fixture *fixture, const char *name)
{
  g_autofree char *path = in_folder (fixture, name);

  (void) g_remove (path); /* not every test has it */
}

/* A tone that grows and fades, of so many seconds. */
static gint16 *
new_tone (guint seconds, double loud, gsize *ret_len)
{
  gsize n = (gsize) seconds * RATE;
  gint16 *samples = g_new (gint16, n);

  for (gsize i = 0; i < n; i++)
    samples[i] = (gint16) (loud * sin (2 * G_PI * 300 * (double) i / RATE));
  *ret_len = n * sizeof *samples;
  return samples;
}

static void
hear (Fixture *fixture, guint seconds, double loud)
{
  gsize len;
  g_autofree gint16 *samples = new_tone (seconds, loud, &len);

  write_file (fixture, "now.pcm", samples, len);
}

static void
on_level (BmMicrophone *microphone, guint level, guint left, Fixture *fixture)
{
  fixture->n_levels++;
  fixture->loudest = MAX (fixture->loudest, level);
  fixture->left = left;
  if (fixture->n_levels == fixture->stop_at)
    bm_microphone_stop (microphone);
}

static void
open_microphone (Fixture *fixture, const char *uri)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&fixture->microphone);
  fixture->microphone = bm_microphone_open (uri, g_getenv ("BIANMIN_RECORD"), &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->microphone, "level", G_CALLBACK (on_level), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *uri = NULL;

  fixture->folder = g_dir_make_tmp ("bianmin-microphone-XXXXXX", NULL);
  uri = g_strconcat ("sim:", fixture->folder, NULL);
  write_file (fixture, "speed", SPEED, strlen (SPEED));
  open_microphone (fixture, uri);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "now.pcm", "speed", "delay-ms", "ear", "arecord", "aplay" };

  g_clear_object (&fixture->microphone);
  g_clear_pointer (&fixture->whole, g_bytes_unref);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    remove_file (fixture, names[i]);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
}

static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->state = bm_microphone_finish (BM_MICROPHONE (source), result, &fixture->whole);
  fixture->is_done = TRUE;
}

static void
begin (Fixture *fixture)
{
  g_clear_pointer (&fixture->whole, g_bytes_unref);
  fixture->is_done = FALSE;
  fixture->n_levels = fixture->loudest = 0;
}

static BmMemoState
wait_for_it (Fixture *fixture)
{
  while (!fixture->is_done)
    g_main_context_iteration (NULL, TRUE);
  return fixture->state;
}

static BmMemoState
take (Fixture *fixture, guint stop_at)
{
  begin (fixture);
  fixture->stop_at = stop_at;
  bm_microphone_take_async (fixture->microphone, on_finished, fixture);
  (void) wait_for_it (fixture);
  g_assert_true ((fixture->state == BM_MEMO_OK) == (fixture->whole != NULL));
  return fixture->state;
}

static void
need_sound (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bm_opus_check_outline (g_bytes_get_data (fixture->whole, NULL),
                                        g_bytes_get_size (fixture->whole), BM_MEMO_MAX_SECONDS,
                                        &error));
  g_assert_no_error (error);
}

/* Until it is told to stop; meanwhile it says how loud it is. */
static void
test_said (Fixture *fixture, gconstpointer data)
{
  hear (fixture, 4, 9000);
  g_assert_cmpint (take (fixture, 15), ==, BM_MEMO_OK); /* after three seconds of sound */
  g_assert_cmpuint (fixture->loudest, >=, 5);
  g_assert_cmpuint (fixture->left, <=, 57);
  need_sound (fixture);
  g_assert_cmpuint (g_bytes_get_size (fixture->whole), >, 2000);
}

/* A minute is all there is room for, and it fits. */
static void
test_minute (Fixture *fixture, gconstpointer data)
{
  hear (fixture, 61, 9000);
  g_assert_cmpint (take (fixture, 0), ==, BM_MEMO_OK);
  g_assert_cmpuint (fixture->left, ==, 0);
  need_sound (fixture);
  g_test_message ("%u bytes", (guint) g_bytes_get_size (fixture->whole));
}

static void
test_silence (Fixture *fixture, gconstpointer data)
{
  hear (fixture, 2, 20); /* a quiet room */
  g_assert_cmpint (take (fixture, 8), ==, BM_MEMO_SILENT);
}

static void
test_none (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (take (fixture, 0), ==, BM_MEMO_NO_MICROPHONE);
}

static void
on_pulled (BmMicrophone *microphone, guint level, guint left, Fixture *fixture)
{
  remove_file (fixture, "now.pcm");
}

static void
test_pulled_out (Fixture *fixture, gconstpointer data)
{
  hear (fixture, 4, 9000);
  g_signal_connect (fixture->microphone, "level", G_CALLBACK (on_pulled), fixture);
  g_assert_cmpint (take (fixture, 0), ==, BM_MEMO_GONE);
}

/* One that says nothing is killed, whatever it does. */
static void
test_hangs (Fixture *fixture, gconstpointer data)
{
  gint64 start = g_get_monotonic_time ();

  hear (fixture, 1, 9000);
  write_file (fixture, "delay-ms", "60000", 5);
  g_assert_cmpint (take (fixture, 0), ==, BM_MEMO_NO_MICROPHONE);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, BM_MEMO_MS * G_GINT64_CONSTANT (900));
}

/* What was dropped gives no sound, and makes room for the next at once. */
static void
test_dropped (Fixture *fixture, gconstpointer data)
{
  hear (fixture, 4, 9000);
  begin (fixture);
  bm_microphone_take_async (fixture->microphone, on_finished, fixture);
  bm_microphone_drop (fixture->microphone);
  (void) wait_for_it (fixture);
  g_assert_null (fixture->whole);
  g_assert_cmpint (take (fixture, 5), ==, BM_MEMO_OK);
}

static BmMemoState
try (Fixture *fixture)
{
  begin (fixture);
  fixture->stop_at = 0;
  bm_microphone_try_async (fixture->microphone, on_finished, fixture);
  (void) wait_for_it (fixture);
  g_assert_null (fixture->whole);
  g_assert_cmpuint (fixture->n_levels, ==, 0);
  return fixture->state;
}

/* A quiet room is no broken microphone; one that is drawn, or says nothing, is. */
static void
test_tried (Fixture *fixture, gconstpointer data)
{
  hear (fixture, 4, 20);
  g_assert_cmpint (try (fixture), ==, BM_MEMO_OK);
  remove_file (fixture, "now.pcm");
  g_assert_cmpint (try (fixture), ==, BM_MEMO_NO_MICROPHONE);
  hear (fixture, 4, 9000);
  g_assert_cmpint (take (fixture, 5), ==, BM_MEMO_OK);
  write_file (fixture, "delay-ms", "60000", 5);
  g_assert_cmpint (try (fixture), ==, BM_MEMO_NO_MICROPHONE);
}

static void
on_tried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BmMemoState *state = user_data;
  g_autoptr (GBytes) whole = NULL;

  *state = bm_microphone_finish (BM_MICROPHONE (source), result, &whole);
  g_assert_null (whole);
}

static void
try_meanwhile (BmMicrophone *microphone, guint level, guint left, BmMemoState *state)
{
  if (*state != BM_MEMO_OK)
    return;
  *state = BM_MEMO_SILENT; /* until it is answered */
  bm_microphone_try_async (microphone, on_tried, state);
}

/* Who speaks is not cut off by a try, and a try that somebody cuts off says so. */
static void
test_person_goes_before (Fixture *fixture, gconstpointer data)
{
  BmMemoState during = BM_MEMO_OK;
  BmMemoState before = BM_MEMO_OK;

  hear (fixture, 4, 9000);
  bm_microphone_try_async (fixture->microphone, on_tried, &before);
  g_signal_connect (fixture->microphone, "level", G_CALLBACK (try_meanwhile), &during);
  g_assert_cmpint (take (fixture, 15), ==, BM_MEMO_OK);
  need_sound (fixture);
  while (before == BM_MEMO_OK || during == BM_MEMO_SILENT)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (before, ==, BM_MEMO_GONE);
  g_assert_cmpint (during, ==, BM_MEMO_GONE);
}

/* Reads what the loudspeaker is given until nobody gives it any more: how many samples, and the loudest. */
static gsize
read_ear (int ear, gint16 *ret_loudest)
{
  gint16 samples[4096];
  gsize all = 0;
  gssize n;

  *ret_loudest = 0;
  while ((n = read (ear, samples, sizeof samples)) > 0)
    {
      all += (gsize) n / sizeof *samples;
      for (gsize i = 0; i < (gsize) n / sizeof *samples; i++)
        *ret_loudest = MAX (*ret_loudest, samples[i]);
    }
  return all;
}

static void
test_played (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = in_folder (fixture, "ear");
  g_autoptr (GBytes) said = NULL;
  gint16 loudest;
  int ear;

  hear (fixture, 2, 9000);
  g_assert_cmpint (take (fixture, 5), ==, BM_MEMO_OK);
  said = g_bytes_ref (fixture->whole);
  write_file (fixture, "speed", "1", 1); /* so that what is in the pipe is read before it is full */
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  ear = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  g_assert_cmpint (ear, >=, 0);
  begin (fixture);
  bm_microphone_play_async (fixture->microphone, said, on_finished, fixture);
  (void) wait_for_it (fixture);
  g_assert_cmpint (fixture->state, ==, BM_MEMO_OK);
  g_assert_null (fixture->whole);
  g_assert_cmpuint (fixture->loudest, >=, 5);
  g_assert_cmpuint (read_ear (ear, &loudest), >, 0); /* a pipe of 64 KiB keeps the first of it */
  g_assert_cmpint (loudest, >, 4000);
  g_assert_cmpint (close (ear), ==, 0);
}

static void
test_unplayable (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) none = g_bytes_new_static ("OggS and no sound", 17);

  begin (fixture);
  bm_microphone_play_async (fixture->microphone, none, on_finished, fixture);
  g_assert_cmpint (wait_for_it (fixture), ==, BM_MEMO_BROKEN);
}

static void
write_program (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = in_folder (fixture, name);

  write_file (fixture, name, text, strlen (text));
  g_assert_cmpint (g_chmod (path, 0700), ==, 0);
}

/* The driver of a sound card is arecord and aplay; no card was tried, only what stands in for them. */
static void
test_alsa (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = g_strdup (g_getenv ("PATH"));
  g_autofree char *path = g_strconcat (fixture->folder, ":", before, NULL);
  g_autofree char *record =
    g_strdup_printf ("#!/bin/sh\nwhile cat '%s/now.pcm'; do :; done\n", fixture->folder);
  g_autoptr (GBytes) said = NULL;

  hear (fixture, 2, 9000);
  write_program (fixture, "arecord", record);
  write_program (fixture, "aplay", "#!/bin/sh\nexec cat > /dev/null\n");
  g_setenv ("PATH", path, TRUE);
  open_microphone (fixture, "alsa:default");
  g_assert_cmpint (take (fixture, 5), ==, BM_MEMO_OK);
  need_sound (fixture);
  said = g_bytes_ref (fixture->whole);
  begin (fixture);
  bm_microphone_play_async (fixture->microphone, said, on_finished, fixture);
  g_assert_cmpint (wait_for_it (fixture), ==, BM_MEMO_OK);
  write_program (fixture, "arecord", "#!/bin/sh\nexit 1\n"); /* no card */
  g_assert_cmpint (take (fixture, 0), ==, BM_MEMO_NO_MICROPHONE);
  g_setenv ("PATH", before, TRUE);
}

static void
test_uri (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_microphone_open ("usb:1", "x", &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
}

/* What a child says that is none of ours is not believed. */
static void
test_pieces (Fixture *fixture, gconstpointer data)
{
  static const char *const wrong[] = { "X", "L\x0b\x01", "L\x01\x3d", "M\xff\xff\xff\xff" };
  BmRecordPiece piece;
  guint8 level[3];

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (bm_record_piece_parse ((const guint8 *) wrong[i], strlen (wrong[i]), &piece,
                                              &error),
                       ==, -1);
      g_assert_error (error, BM_ERROR, BM_ERROR_CORRUPT);
    }
  bm_record_piece_write_level (level, 7, 42);
  for (gsize len = 0; len < sizeof level; len++)
    g_assert_cmpint (bm_record_piece_parse (level, len, &piece, NULL), ==, 0);
  g_assert_cmpint (bm_record_piece_parse (level, sizeof level, &piece, NULL), ==, 3);
  g_assert_cmpuint (piece.level, ==, 7);
  g_assert_cmpuint (piece.left, ==, 42);
}

/* One byte of a recording changed in its outline, or cut anywhere, is no recording. */
static void
test_outline (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *copy = NULL;
  const guint8 *whole;
  gsize len;

  hear (fixture, 1, 9000);
  g_assert_cmpint (take (fixture, 5), ==, BM_MEMO_OK);
  whole = g_bytes_get_data (fixture->whole, &len);
  for (gsize n = 0; n < len; n += 7)
    g_assert_false (bm_opus_check_outline (whole, n, BM_MEMO_MAX_SECONDS, NULL));
  copy = g_memdup2 (whole, len);
  for (gsize i = 0; i < 6; i++) /* its name, version and flags */
    {
      copy[i] ^= 0xff;
      g_assert_false (bm_opus_check_outline (copy, len, BM_MEMO_MAX_SECONDS, NULL));
      copy[i] ^= 0xff;
    }
  g_assert_true (bm_opus_check_outline (copy, len, BM_MEMO_MAX_SECONDS, NULL));
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/microphone/said", test_said);
  ADD ("/microphone/minute", test_minute);
  ADD ("/microphone/silence", test_silence);
  ADD ("/microphone/none", test_none);
  ADD ("/microphone/pulled-out", test_pulled_out);
  ADD ("/microphone/hangs", test_hangs);
  ADD ("/microphone/dropped", test_dropped);
  ADD ("/microphone/tried", test_tried);
  ADD ("/microphone/person-goes-before", test_person_goes_before);
  ADD ("/microphone/played", test_played);
  ADD ("/microphone/unplayable", test_unplayable);
  ADD ("/microphone/alsa", test_alsa);
  ADD ("/microphone/uri", test_uri);
  ADD ("/microphone/pieces", test_pieces);
  ADD ("/microphone/outline", test_outline);
  return g_test_run ();
}
