/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "sync/volume.h"

#include <string.h>

/* The bytes of a volume: what a stick may do to them must not pass for a whole one. */

#define N_RANDOM 4000

static BmKey *key, *public_key, *other_public;

static const BmVolumeHeader header = { .kind = BM_VOLUME_OUT,
                                       .kiosk = 7,
                                       .nonce = { 1, 2, 3 },
                                       .part = 2,
                                       .wall_ms = 5,
                                       .cursor = 9 };

static GBytes *
text_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
append (GByteArray *out, GBytes *bytes)
{
  g_byte_array_append (out, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
  g_bytes_unref (bytes);
}

static GBytes *
volume_new (guint n_items)
{
  g_autoptr (BmVolumeWriter) writer = bm_volume_writer_new (&header, BM_VOLUME_MAX_BYTES);
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  GBytes *end;

  append (out, bm_volume_writer_begin (writer));
  for (guint i = 0; i < n_items; i++)
    {
      g_autofree char *text = g_strdup_printf ("item %u", i);
      g_autoptr (GBytes) item = text_bytes (text);

      append (out, bm_volume_writer_add (writer, BM_VOLUME_BATCH, item));
    }
  end = bm_volume_writer_end (writer, key, &error);
  g_assert_no_error (error);
  append (out, end);
  g_assert_cmpuint (out->len, ==, bm_volume_writer_get_bytes (writer));
  return g_byte_array_free_to_bytes (out);
}

/* NULL unless the bytes are a whole volume of ours. */
static BmVolume *
try_read (const guint8 *data, gsize len)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, len);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmVolume) volume = bm_volume_decode (bytes, &error);

  g_assert_true ((volume == NULL) == (error != NULL));
  if (volume == NULL || !bm_volume_verify (volume, public_key, NULL))
    return NULL;
  return g_steal_pointer (&volume);
}

static void
test_round (void)
{
  for (guint n = 0; n < 5; n++)
    {
      g_autoptr (GBytes) bytes = volume_new (n);
      g_autoptr (BmVolume) volume =
        try_read (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

      g_assert_nonnull (volume);
      g_assert_cmpuint (volume->items->len, ==, n);
      g_assert_cmpuint (volume->header.kiosk, ==, 7);
      g_assert_cmpuint (volume->header.part, ==, 2);
      g_assert_cmpint (volume->header.cursor, ==, 9);
      g_assert_cmpmem (volume->header.nonce, BM_NONCE_LEN, header.nonce, BM_NONCE_LEN);
      for (guint i = 0; i < n; i++)
        {
          const BmVolumeItem *item = g_ptr_array_index (volume->items, i);
          g_autofree char *text = g_strdup_printf ("item %u", i);

          g_assert_cmpint (item->type, ==, BM_VOLUME_BATCH);
          g_assert_cmpmem (g_bytes_get_data (item->bytes, NULL), g_bytes_get_size (item->bytes),
                           text, strlen (text));
        }
      g_assert_false (bm_volume_verify (volume, other_public, NULL));
    }
}

static void
test_truncated_anywhere (void)
{
  g_autoptr (GBytes) bytes = volume_new (3);
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  gsize len = g_bytes_get_size (bytes);
  g_autofree guint8 *longer = g_malloc0 (len + 1);

  for (gsize i = 0; i < len; i++)
    g_assert_null (try_read (data, i));
  memcpy (longer, data, len);
  g_assert_null (try_read (longer, len + 1));
}

static void
test_one_bit_anywhere (void)
{
  g_autoptr (GBytes) bytes = volume_new (3);
  gsize len = g_bytes_get_size (bytes);

  for (gsize i = 0; i < len; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), len);

      copy[i] ^= (guint8) (1 << (i % 8));
      g_assert_null (try_read (copy, len));
    }
}

/* Two items of one length changed about: each is whole, the volume is not. */
static void
test_items_moved (void)
{
  g_autoptr (GBytes) bytes = volume_new (2);
  gsize len = g_bytes_get_size (bytes);
  const gsize frame = BM_VOLUME_FRAME_LEN + strlen ("item 0");
  const gsize first = len - BM_VOLUME_END_LEN - 2 * frame;
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), len);
  const guint8 *data = g_bytes_get_data (bytes, NULL);

  memcpy (copy + first, data + first + frame, frame);
  memcpy (copy + first + frame, data + first, frame);
  g_assert_null (try_read (copy, len));
}

static void
test_random_bytes (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (4);
  g_autoptr (GBytes) bytes = volume_new (4);
  gsize len = g_bytes_get_size (bytes);

  for (guint n = 0; n < N_RANDOM; n++)
    {
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), len);
      guint changes = (guint) g_rand_int_range (chance, 1, 20);

      for (guint i = 0; i < changes; i++)
        copy[g_rand_int_range (chance, 0, (gint) len)] = (guint8) g_rand_int (chance);
      if (memcmp (copy, g_bytes_get_data (bytes, NULL), len) != 0)
        g_assert_null (try_read (copy, len));
    }
}

static void
test_cut_where_told (void)
{
  g_autoptr (BmVolumeWriter) writer = bm_volume_writer_new (&header, 1000);
  g_autoptr (GBytes) head = bm_volume_writer_begin (writer);
  g_autofree guint8 *zeros = g_malloc0 (2000);
  g_autoptr (GBytes) big = g_bytes_new (zeros, 2000);
  g_autoptr (GBytes) written = NULL;

  g_assert_nonnull (head);
  /* What is too big for any volume still gets one of its own. */
  g_assert_true (bm_volume_writer_has_room (writer, 2000));
  written = bm_volume_writer_add (writer, BM_VOLUME_BATCH, big);
  g_assert_nonnull (written);
  g_assert_false (bm_volume_writer_has_room (writer, 1));
}

static void
test_items_taken_apart (void)
{
  guint8 blob[BM_SM3_LEN] = { 9 }, read_blob[BM_SM3_LEN];
  g_autoptr (GBytes) body = text_bytes ("sealed"), empty = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) chunk = bm_volume_make_chunk (blob, 70000, body);
  g_autoptr (GBytes) inbox = bm_volume_make_inbox (G_MAXINT64, body);
  g_autoptr (GBytes) read_body = NULL, answer = NULL, none = NULL;
  guint ordinal = 0;
  gint64 after = 0;

  g_assert_true (bm_volume_read_chunk (chunk, read_blob, &ordinal, &read_body));
  g_assert_cmpuint (ordinal, ==, 70000);
  g_assert_true (g_bytes_equal (read_body, body));
  g_assert_cmpmem (blob, sizeof blob, read_blob, sizeof read_blob);
  g_assert_true (bm_volume_read_inbox (inbox, &after, &answer));
  g_assert_cmpint (after, ==, G_MAXINT64);
  g_assert_true (g_bytes_equal (answer, body));
  g_assert_false (bm_volume_read_chunk (empty, read_blob, &ordinal, &none));
  g_assert_false (bm_volume_read_inbox (empty, &after, &none));
}

static void
test_names (void)
{
  BmVolumeHeader back = header;
  g_autofree char *out_name = bm_volume_dup_name (&header);
  g_autofree char *back_name = NULL;

  back.kind = BM_VOLUME_BACK;
  back_name = bm_volume_dup_name (&back);
  g_assert_cmpstr (out_name, ==, "out-7-01020300-0002.bmv");
  g_assert_true (bm_volume_is_name (out_name, BM_VOLUME_OUT));
  g_assert_false (bm_volume_is_name (out_name, BM_VOLUME_BACK));
  g_assert_true (bm_volume_is_name (back_name, BM_VOLUME_BACK));
  g_assert_false (bm_volume_is_name ("out-7-01020300-0002.bmv.part", BM_VOLUME_OUT));
}

int
main (int argc, char **argv)
{
  g_autoptr (BmKey) other = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  key = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  other = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  public_key = bm_key_dup_public (key);
  other_public = bm_key_dup_public (other);
  g_test_add_func ("/volume/round", test_round);
  g_test_add_func ("/volume/truncated-anywhere", test_truncated_anywhere);
  g_test_add_func ("/volume/one-bit-anywhere", test_one_bit_anywhere);
  g_test_add_func ("/volume/items-moved", test_items_moved);
  g_test_add_func ("/volume/random-bytes", test_random_bytes);
  g_test_add_func ("/volume/cut-where-told", test_cut_where_told);
  g_test_add_func ("/volume/items-taken-apart", test_items_taken_apart);
  g_test_add_func ("/volume/names", test_names);
  status = g_test_run ();
  bm_key_unref (key);
  bm_key_unref (public_key);
  bm_key_unref (other_public);
  return status;
}
