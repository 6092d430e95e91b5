/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-escpos-bytes"

#include "printing/printer-escpos-private.h"

#include "core/error.h"

#include "tests/printing/sheet-fixture.h"

#include <string.h>

/* What goes to a receipt printer, what comes back, what was written down, and how it is addressed: without one. */

#define ATTEMPT "0f6d2b52-7c1e-4a55-9c51-1d0f6a8f7e01"
#define OTHER   "7d1c9a60-33aa-4f0e-8a49-52c6d1f2b002"

static BmDots *
make_dots (int width, int height)
{
  BmDots *dots = bm_dots_new (width, height);

  for (int i = 0; i < dots->stride * height; i++)
    dots->bits[i] = (guint8) (i * 37 + i / 256);
  return dots;
}

static void
assert_bytes (const BmEscposStream *stream, gsize at, const char *bytes, gsize len)
{
  g_assert_cmpuint (at + len, <=, stream->bytes->len);
  g_assert_cmpmem (stream->bytes->data + at, len, bytes, len);
}

/* Reads the bands from @at, row after row; returns where they end. */
static gsize
assert_bands (const BmEscposStream *stream, gsize at, const BmDots *dots, int most)
{
  int y = 0;

  while (y < dots->height)
    {
      const guint8 *head = stream->bytes->data + at;
      int rows;

      assert_bytes (stream, at, "\x1dv0\0", 4);
      g_assert_cmpint (head[4] + 256 * head[5], ==, dots->stride);
      rows = head[6] + 256 * head[7];
      g_assert_cmpint (rows, >, 0);
      g_assert_cmpint (rows, <=, most);
      g_assert_cmpint (rows % 48, !=, 0);
      assert_bytes (stream, at + 8, (const char *) dots->bits + y * dots->stride,
                    (gsize) (rows * dots->stride));
      at += 8 + (gsize) (rows * dots->stride);
      y += rows;
    }
  return at;
}

static void
test_bands (void)
{
  static const int heights[] = { 1, 47, 48, 49, 96, 144, 192, 240, 250, 298, 346, 480, 500, 1498 };
  static const char *const names[] = { "generic80", "generic58", "epson58" };

  for (guint i = 0; i < G_N_ELEMENTS (heights) * G_N_ELEMENTS (names); i++)
    {
      const BmEscposProfile *profile = bm_escpos_profile_find (names[i % G_N_ELEMENTS (names)]);
      g_autoptr (BmDots) dots = make_dots (profile->width, heights[i / G_N_ELEMENTS (names)]);
      g_autoptr (BmEscposStream) stream = bm_escpos_stream_new (profile, dots, "abcd", FALSE);
      const gsize first = profile->status == BM_ESCPOS_STATUS_ASB ? 5 : 2;

      assert_bytes (stream, 0, "\x1b@", 2);
      assert_bands (stream, first, dots, profile->band_rows);
    }
}

static void
test_end (void)
{
  const BmEscposProfile *epson = bm_escpos_profile_find ("epson80");
  const BmEscposProfile *bar = bm_escpos_profile_find ("generic58-gsr");
  g_autoptr (BmDots) wide = make_dots (576, 10);
  g_autoptr (BmDots) narrow = make_dots (384, 10);
  g_autoptr (BmEscposStream) first = bm_escpos_stream_new (epson, wide, "abcd", FALSE);
  g_autoptr (BmEscposStream) second = bm_escpos_stream_new (bar, narrow, "abcd", FALSE);
  gsize at = assert_bands (first, 5, wide, 250);

  assert_bytes (first, 2,
                "\x1d"
                "a\x0e",
                3);
  assert_bytes (first, at, "\x1dV\x42\x18", 4);
  assert_bytes (first, at + 4,
                "\x1d(H\6\0"
                "00abcd",
                11);
  g_assert_cmpuint (first->bytes->len, ==, at + 15);
  at = assert_bands (second, 2, narrow, 200);
  assert_bytes (second, at, "\x1bJ\x78", 3);
  assert_bytes (second, at + 3, "\x1dr\1", 3);
}

/* What hangs there is cut off before the next sheet. */
static void
test_after_torn (void)
{
  const BmEscposProfile *profile = bm_escpos_profile_find ("generic80");
  g_autoptr (BmDots) dots = make_dots (576, 10);
  g_autoptr (BmEscposStream) stream = bm_escpos_stream_new (profile, dots, "abcd", TRUE);

  assert_bytes (stream, 0, "\x1b@\x1dV\x42\x28\x1b@", 8);
  assert_bands (stream, 8, dots, 250);
}

static void
test_ids (void)
{
  char one[BM_ESCPOS_ID_LEN + 1], other[BM_ESCPOS_ID_LEN + 1], again[BM_ESCPOS_ID_LEN + 1];

  bm_escpos_make_id (ATTEMPT, one);
  bm_escpos_make_id (OTHER, other);
  bm_escpos_make_id (ATTEMPT, again);
  g_assert_cmpstr (one, ==, again);
  g_assert_cmpstr (one, !=, other);
  for (guint i = 0; i < BM_ESCPOS_ID_LEN; i++)
    g_assert_true (one[i] >= 0x20 && one[i] <= 0x7e);
}

/* Replies */

static void
test_replies (void)
{
  static const struct
  {
    const char *bytes;
    guint len;
    const char *kinds; /* S P A D N, in order */
  } cases[] = {
    { "\x12", 1, "S" },
    { "\x1a\x16\x32\x7e", 4, "SSSS" },
    { "\x00\x03\x0f", 3, "PPP" },
    { "\x37\x22"
      "abcd\0",
      7, "D" },
    { "\x37\x22"
      "ab",
      4, "" },
    { "\x37\x21", 2, "NN" },
    { "\x37\x22"
      "ab\x12"
      "cd",
      7, "NNNNSNN" },
    { "\x10\x00\x00\x00", 4, "A" },
    { "\x38\x00\x0f\x00\x12", 5, "AS" },
    { "\x10\x00", 2, "" },
    { "\x10\xff", 2, "NN" },
    { "\xff\xa5\xc3\x80", 4, "NNNN" },
    { "\x11\x13\x12", 3, "NNS" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) heard = g_byte_array_new ();
      g_autoptr (GString) kinds = g_string_new (NULL);
      BmEscposReply reply;
      BmEscposReplyKind kind;

      g_byte_array_append (heard, (const guint8 *) cases[i].bytes, cases[i].len);
      while ((kind = bm_escpos_reply_parse (heard, &reply)) != BM_ESCPOS_REPLY_MORE)
        {
          g_string_append_c (kinds, "-SPADN"[kind]);
          if (kind == BM_ESCPOS_REPLY_DONE)
            g_assert_cmpmem (reply.bytes, 4, "abcd", 4);
        }
      g_assert_cmpstr (kinds->str, ==, cases[i].kinds);
    }
}

static void
test_reasons (void)
{
  static const struct
  {
    BmEscposState state;
    const char *reasons;
  } cases[] = {
    { { { 0x12, 0x12, 0x12, 0x12 } }, "" },
    { { { 0x16, 0x12, 0x12, 0x12 } }, "" }, /* the drawer's pin */
    { { { 0x1a, 0x12, 0x12, 0x12 } }, "paused" },
    { { { 0x1a, 0x16, 0x12, 0x12 } }, "cover-open" },
    { { { 0x1a, 0x32, 0x12, 0x72 } }, "media-empty" },
    { { { 0x1a, 0x36, 0x12, 0x7e } }, "cover-open media-empty" },
    { { { 0x12, 0x12, 0x12, 0x1e } }, "media-low" },
    { { { 0x1a, 0x52, 0x1a, 0x12 } }, "media-jam" },
    { { { 0x1a, 0x52, 0x32, 0x12 } }, "other" },
    { { { 0x1a, 0x52, 0x52, 0x12 } }, "busy" },
    { { { 0, 0, 0, 0 } }, "" },
  };
  const BmEscposReply told = { BM_ESCPOS_REPLY_AUTO, { 0x38, 0x00, 0x0f, 0x00 } };
  const BmEscposState state = bm_escpos_state_from_auto (&told);
  g_auto (GStrv) told_reasons = bm_escpos_state_to_reasons (&state);
  g_autofree char *told_text = g_strjoinv (" ", told_reasons);

  g_assert_cmpstr (told_text, ==, "cover-open media-empty");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) reasons = bm_escpos_state_to_reasons (&cases[i].state);
      g_autofree char *text = g_strjoinv (" ", reasons);

      g_assert_cmpstr (text, ==, cases[i].reasons);
    }
}

/* What was written down */

static void
assert_judged (const char *place,
               const char *attempt,
               const char *remote,
               gint64 age_ms,
               BmPrintOutcome outcome)
{
  const BmPrintTrace trace = { attempt, remote, age_ms };
  g_autoptr (BmPrintReport) report = bm_escpos_trace_judge (place, &trace);

  g_assert_cmpint (report->outcome, ==, outcome);
}

/* "Nothing went out" is said only of an attempt that began while the record was kept, and is not in it. */
static void
test_trace (void)
{
  const char *place = "escpos:/dev/nowhere";

  assert_judged (place, ATTEMPT, "", 1, BM_PRINT_OUTCOME_UNKNOWN);
  g_assert_true (bm_escpos_trace_ensure (place, NULL));
  g_usleep (20000);
  assert_judged (place, ATTEMPT, "", 5, BM_PRINT_OUTCOME_REFUSED);
  assert_judged (place, ATTEMPT, "escpos:abcd", 5, BM_PRINT_OUTCOME_UNKNOWN);
  assert_judged (place, ATTEMPT, "", G_MAXINT32, BM_PRINT_OUTCOME_UNKNOWN);
  assert_judged (place, ATTEMPT, "", -1, BM_PRINT_OUTCOME_UNKNOWN);
  g_assert_true (bm_escpos_trace_set (place, BM_ESCPOS_TRACE_BEGAN, OTHER, NULL));
  g_assert_true (bm_escpos_trace_ensure (place, NULL)); /* keeps it */
  g_usleep (20000);
  assert_judged (place, OTHER, "", 30, BM_PRINT_OUTCOME_UNKNOWN);
  assert_judged (place, ATTEMPT, "", 5, BM_PRINT_OUTCOME_REFUSED);
  assert_judged (place, ATTEMPT, "", G_MAXINT16, BM_PRINT_OUTCOME_UNKNOWN); /* before the other */
  g_assert_true (bm_escpos_trace_set (place, BM_ESCPOS_TRACE_PRINTED, OTHER, NULL));
  assert_judged (place, OTHER, "", 30, BM_PRINT_OUTCOME_PRINTED);
}

static void
test_uris (void)
{
  static const struct
  {
    const char *uri;
    int paper; /* -1: refused */
  } cases[] = {
    { "escpos:/dev/usb/lp0?profile=epson80", BM_PAPER_ROLL80 },
    { "escpos:/dev/ttyUSB0?profile=generic58&baud=9600", BM_PAPER_ROLL58 },
    { "escpos:/dev/ttyUSB0?profile=generic58-mute&baud=115200&flow=none", BM_PAPER_ROLL58 },
    { "escpos://192.168.1.9:9100?profile=generic80-gsr", BM_PAPER_ROLL80 },
    { "escpos://192.168.1.9?profile=generic80", BM_PAPER_ROLL80 },
    { "escpos://[fd00::1]:9100?profile=epson58", BM_PAPER_ROLL58 },
    { "escpos:/dev/usb/lp0", -1 },
    { "escpos:/dev/usb/lp0?profile=laser", -1 },
    { "escpos:/dev/usb/lp0?baud=9600", -1 },
    { "escpos:/dev/ttyUSB0?profile=generic58&baud=fast", -1 },
    { "escpos:/dev/ttyUSB0?profile=generic58&flow=maybe", -1 },
    { "escpos:/dev/ttyUSB0?profile=generic58&colour=red", -1 },
    { "escpos:dev/usb/lp0?profile=epson80", -1 },
    { "escpos://printer.local:9100?profile=epson80", -1 },
    { "escpos://192.168.1.9:9100?profile=epson80&baud=9600", -1 },
    { "escpos://192.168.1.9:9100/path?profile=epson80", -1 },
    { "escpos://192.168.1.9:0?profile=epson80", -1 },
    { "escpos://me@192.168.1.9?profile=epson80", -1 },
    { "escpos://?profile=epson80", -1 },
    { "escpos:", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GObject) printer = (GObject *) bm_printer_new (cases[i].uri, &error);

      if (cases[i].paper < 0)
        g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
      else
        {
          g_assert_no_error (error);
          g_assert_cmpint (bm_printer_get_paper (BM_PRINTER (printer)), ==, cases[i].paper);
        }
    }
}

int
main (int argc, char **argv)
{
  char *runtime = sheet_folder_new ();
  int result;

  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/escpos/bands", test_bands);
  g_test_add_func ("/escpos/end", test_end);
  g_test_add_func ("/escpos/after-torn", test_after_torn);
  g_test_add_func ("/escpos/ids", test_ids);
  g_test_add_func ("/escpos/replies", test_replies);
  g_test_add_func ("/escpos/reasons", test_reasons);
  g_test_add_func ("/escpos/trace", test_trace);
  g_test_add_func ("/escpos/uris", test_uris);
  result = g_test_run ();
  sheet_folder_remove (runtime);
  return result;
}
