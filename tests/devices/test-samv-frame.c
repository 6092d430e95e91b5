/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-samv-frame"

#include "app/devices/samv/samv-frame.h"

#include <string.h>

#define LOOPS      60000
#define LONGEST    (BM_SAMV_MAX_DATA + 64)
#define PHOTO_DATA (4 + 256 + 1024)

static const guint8 preamble[] = { 0xAA, 0xAA, 0xAA, 0x96, 0x69 };

/* A reply, built here byte by byte so that the parser is not tested against itself. */
static void
append_reply (GByteArray *line, guint8 status, const guint8 *data, guint len)
{
  const guint counted = 3 + len + 1;
  const guint8 head[] = { (guint8) (counted >> 8), (guint8) counted, 0, 0, status };
  guint8 check = 0;

  for (guint i = 0; i < sizeof head; i++)
    check ^= head[i];
  for (guint i = 0; i < len; i++)
    check ^= data[i];
  g_byte_array_append (line, preamble, sizeof preamble);
  g_byte_array_append (line, head, sizeof head);
  g_byte_array_append (line, data, len);
  g_byte_array_append (line, &check, 1);
}

static void
assert_request (guint8 command, guint8 parameter, const guint8 *rest)
{
  g_autoptr (GBytes) frame = bm_samv_request_new (command, parameter);
  gsize len;
  const guint8 *bytes = g_bytes_get_data (frame, &len);

  g_assert_cmpmem (bytes, 5, preamble, sizeof preamble);
  g_assert_cmpmem (bytes + 5, len - 5, rest, 5);
}

/* The published frames of the protocol. */
static void
test_requests (void)
{
  assert_request (0x10, 0xFF, (const guint8[]){ 0x00, 0x03, 0x10, 0xFF, 0xEC });
  assert_request (0x11, 0xFF, (const guint8[]){ 0x00, 0x03, 0x11, 0xFF, 0xED });
  assert_request (0x12, 0xFF, (const guint8[]){ 0x00, 0x03, 0x12, 0xFF, 0xEE });
  assert_request (0x20, 0x01, (const guint8[]){ 0x00, 0x03, 0x20, 0x01, 0x22 });
  assert_request (0x20, 0x02, (const guint8[]){ 0x00, 0x03, 0x20, 0x02, 0x21 });
  assert_request (0x30, 0x01, (const guint8[]){ 0x00, 0x03, 0x30, 0x01, 0x32 });
}

static void
assert_taken (GByteArray *line, guint8 status, gsize len)
{
  BmSamvReply reply = { 0 };

  g_assert_cmpint (bm_samv_take (line, &reply), ==, BM_SAMV_FRAME);
  g_assert_cmphex (reply.status, ==, status);
  g_assert_cmpuint (g_bytes_get_size (reply.data), ==, len);
  bm_samv_reply_clear (&reply);
  g_assert_null (reply.data);
}

/* Whole frames as they are written down: no card, card found with its four bytes. */
static void
test_replies (void)
{
  const guint8 none[] = { 0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 4, 0, 0, 0x80, 0x84 };
  const guint8 found[] = { 0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 8, 0, 0, 0x9F, 0, 0, 0, 0, 0x97 };
  g_autoptr (GByteArray) line = g_byte_array_new ();

  g_byte_array_append (line, none, sizeof none);
  g_byte_array_append (line, found, sizeof found);
  assert_taken (line, BM_SAMV_NO_CARD, 0);
  assert_taken (line, BM_SAMV_CARD_FOUND, 4);
  g_assert_cmpuint (line->len, ==, 0);
}

/* Text and photo are one frame of 1295 bytes; it comes in pieces and is whole only at the last one. */
static void
test_photo_in_pieces (void)
{
  guint8 data[PHOTO_DATA];
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  g_autoptr (GByteArray) line = g_byte_array_new ();
  BmSamvReply reply = { 0 };

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8) (i * 31);
  append_reply (whole, BM_SAMV_OK, data, sizeof data);
  g_assert_cmpuint (whole->len, ==, 1295);
  for (guint at = 0; at < whole->len - 1; at++)
    {
      g_byte_array_append (line, whole->data + at, 1);
      g_assert_cmpint (bm_samv_take (line, &reply), ==, BM_SAMV_MORE);
    }
  g_byte_array_append (line, whole->data + whole->len - 1, 1);
  g_assert_cmpint (bm_samv_take (line, &reply), ==, BM_SAMV_FRAME);
  g_assert_cmpmem (g_bytes_get_data (reply.data, NULL), g_bytes_get_size (reply.data), data,
                   sizeof data);
  bm_samv_reply_clear (&reply);
}

/* One turned bit anywhere behind the preamble never gives a frame. */
static void
test_turned_bit (void)
{
  const guint8 data[] = { 1, 2, 3, 4, 5, 6, 7, 8 };

  for (guint bit = 0; bit < (2 + 3 + sizeof data + 1) * 8; bit++)
    {
      g_autoptr (GByteArray) line = g_byte_array_new ();
      BmSamvReply reply = { 0 };

      append_reply (line, BM_SAMV_OK, data, sizeof data);
      line->data[sizeof preamble + bit / 8] ^= (guint8) (1 << bit % 8);
      g_assert_cmpint (bm_samv_take (line, &reply), !=, BM_SAMV_FRAME);
      g_assert_null (reply.data);
    }
}

static void
test_impossible_length (void)
{
  const guint8 lengths[][2] = { { 0, 0 }, { 0, 3 }, { 0xFF, 0xFF }, { 0x10, 0x05 } };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GByteArray) line = g_byte_array_new ();
      BmSamvReply reply = { 0 };

      g_byte_array_append (line, preamble, sizeof preamble);
      g_byte_array_append (line, lengths[i], 2);
      append_reply (line, BM_SAMV_NO_CARD, NULL, 0);
      g_assert_cmpint (bm_samv_take (line, &reply), ==, BM_SAMV_BAD);
      assert_taken (line, BM_SAMV_NO_CARD, 0);
    }
}

/* A preamble that was noise must not swallow the frame behind it. */
static void
test_frame_inside_a_bad_one (void)
{
  const guint8 noise[] = { 0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 20, 1, 2, 3 };
  const guint8 after[16] = { 0 };
  g_autoptr (GByteArray) line = g_byte_array_new ();
  BmSamvReply reply = { 0 };

  g_byte_array_append (line, noise, sizeof noise);
  append_reply (line, BM_SAMV_CARD_FOUND, noise, 4);
  g_byte_array_append (line, after, sizeof after);
  g_assert_cmpint (bm_samv_take (line, &reply), ==, BM_SAMV_BAD);
  assert_taken (line, BM_SAMV_CARD_FOUND, 4);
}

/* Noise that likes the preamble's bytes, but never a whole preamble: that case has its own test. */
static void
append_noise (GRand *chance, GByteArray *line)
{
  const guint len = (guint) g_rand_int_range (chance, 0, 40);

  for (guint i = 0; i < len; i++)
    {
      const guint pick = (guint) g_rand_int_range (chance, 0, 8);
      guint8 byte = pick < 5 ? preamble[pick] : (guint8) g_rand_int_range (chance, 0, 256);

      if (byte == preamble[4] && line->len > 0 && line->data[line->len - 1] == preamble[3])
        byte = 0;
      g_byte_array_append (line, &byte, 1);
    }
}

/* After any noise the frame is found, whole and once, in whatever pieces it comes. */
static void
test_random_frames (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (20261124);

  for (guint loop = 0; loop < LOOPS; loop++)
    {
      guint8 data[64];
      const guint len = (guint) g_rand_int_range (chance, 0, sizeof data);
      const guint8 status = (guint8) g_rand_int_range (chance, 0, 256);
      g_autoptr (GByteArray) whole = g_byte_array_new ();
      g_autoptr (GByteArray) line = g_byte_array_new ();
      BmSamvReply reply = { 0 };
      guint taken = 0;

      for (guint i = 0; i < len; i++)
        data[i] = (guint8) g_rand_int_range (chance, 0, 256);
      append_noise (chance, whole);
      append_reply (whole, status, data, len);
      for (guint at = 0, piece = 0; at < whole->len; at += piece)
        {
          const guint longest = MIN (33u, whole->len - at + 1);

          piece = (guint) g_rand_int_range (chance, 1, (gint32) longest);
          g_byte_array_append (line, whole->data + at, piece);
          taken += bm_samv_take (line, &reply) == BM_SAMV_FRAME;
        }
      g_assert_cmpuint (taken, ==, 1);
      g_assert_cmphex (reply.status, ==, status);
      g_assert_cmpmem (g_bytes_get_data (reply.data, NULL), g_bytes_get_size (reply.data), data,
                       len);
      bm_samv_reply_clear (&reply);
    }
}

/* Any bytes at all: the parser ends, keeps no more than one frame may need, and only ever shrinks. */
static void
test_random_bytes (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (14);
  g_autoptr (GByteArray) line = g_byte_array_new ();

  for (guint loop = 0; loop < LOOPS; loop++)
    {
      const guint len = (guint) g_rand_int_range (chance, 0, 64);
      BmSamvTake take = BM_SAMV_BAD;

      for (guint i = 0; i < len; i++)
        {
          const guint8 byte = (guint8) g_rand_int_range (chance, 0, 256);

          g_byte_array_append (line, &byte, 1);
        }
      if (g_rand_int_range (chance, 0, 4) == 0)
        g_byte_array_append (line, preamble, sizeof preamble);
      while (take != BM_SAMV_MORE)
        {
          BmSamvReply reply = { 0 };
          const guint before = line->len;

          take = bm_samv_take (line, &reply);
          g_assert_true (take == BM_SAMV_MORE || line->len < before);
          g_assert_cmpint (take == BM_SAMV_FRAME, ==, reply.data != NULL);
          bm_samv_reply_clear (&reply);
        }
      g_assert_cmpuint (line->len, <, LONGEST);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/samv-frame/requests-are-the-published-ones", test_requests);
  g_test_add_func ("/samv-frame/replies-are-the-published-ones", test_replies);
  g_test_add_func ("/samv-frame/photo-comes-in-pieces", test_photo_in_pieces);
  g_test_add_func ("/samv-frame/turned-bit", test_turned_bit);
  g_test_add_func ("/samv-frame/impossible-length", test_impossible_length);
  g_test_add_func ("/samv-frame/frame-inside-a-bad-one", test_frame_inside_a_bad_one);
  g_test_add_func ("/samv-frame/noise-before-the-frame", test_random_frames);
  g_test_add_func ("/samv-frame/any-bytes-at-all", test_random_bytes);
  return g_test_run ();
}
