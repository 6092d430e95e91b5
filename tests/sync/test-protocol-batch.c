/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/protocol.h"

#include "core/entry/number.h"
#include "core/error.h"
#include "sync/protocol-columns.h"

#include <string.h>

/* Batches: whatever a ledger holds comes out byte for byte, and whatever comes in is a batch or an error. */

#define ROUNDS   3000
#define MAX_SIZE (8 * 1024 * 1024)

static BmKey *station_key;

static guint
below (guint limit)
{
  return (guint) g_test_rand_int_range (0, (gint32) limit);
}

static void
fill_random (guint8 *bytes, gsize len)
{
  for (gsize i = 0; i < len; i++)
    bytes[i] = (guint8) g_test_rand_int ();
}

static BmEntryHeader
make_header (guint i)
{
  BmEntryHeader header = { .type = (guint8) (1 + below (4)),
                           .suite = (guint8) (1 + below (2)),
                           .kiosk = below (20) == 0 ? (guint32) g_test_rand_int () : 7,
                           .epoch = below (20) == 0 ? G_MAXUINT64 : 0x0123456789abcdef,
                           .seq = below (20) == 0 ? G_MAXUINT64 : i + 1,
                           .run = below (10) == 0 ? G_MAXUINT32 : 1,
                           .key_index = i,
                           .boot_ms = below (20) == 0 ? G_MININT64 : (gint64) i * 1000,
                           .wall_ms = below (20) == 0 ? G_MAXINT64 : 1795000000000 + i * 900,
                           .clock_state = (guint8) below (2),
                           .priority = (guint8) below (10),
                           .due_day =
                             below (3) == 0 ? BM_NO_DUE_DAY : (gint32) below (90000) - 60000 };

  if (below (3) > 0)
    memset (header.boot_id, (gint) below (3), BM_BOOT_ID_LEN);
  if (below (3) > 0)
    fill_random (header.subject_tag, BM_TAG_LEN);
  g_strlcpy (header.rule, below (2) ? "C1-2026.1" : "", sizeof header.rule);
  if (header.type != BM_ENTRY_MATTER)
    return header;
  g_autofree char *number = bm_number_new (below (9) == 0 ? "110101001002" : "990121101201",
                                           1 + below (2), 1, 1 + below (99999999));
  g_strlcpy (header.number, number, sizeof header.number);
  g_strlcpy (header.service, below (2) ? "cert.pension" : "req.appeal", sizeof header.service);
  return header;
}

static GBytes *
make_record (guint i)
{
  BmEntryHeader header = make_header (i);
  g_autoptr (GBytes) bytes = bm_entry_header_encode (&header);
  gsize len = below (4) == 0 ? below (3) : below (200);
  g_autofree guint8 *data = g_malloc (len + 1);

  fill_random (data, len);
  if (len > 0 && below (3) > 0)
    data[0] = header.suite;
  g_autoptr (GBytes) sealed = g_bytes_new (data, len);
  return bm_record_new (bytes, sealed);
}

/* A record with some bytes changed, cut or added: often still of the layout, never again of the rules. */
static GBytes *
make_odd (guint i)
{
  g_autoptr (GBytes) record = make_record (i);
  gsize len = g_bytes_get_size (record);
  g_autofree guint8 *data = g_malloc0 (len + 64);

  memcpy (data, g_bytes_get_data (record, NULL), len);
  for (guint n = below (6); n > 0; n--)
    data[below ((guint) MIN (len, 140))] = (guint8) g_test_rand_int ();
  return g_bytes_new (data, below (3) == 0 ? below ((guint) len + 64) : len);
}

static GBytes *
make_junk (void)
{
  gsize len = below (160);
  g_autofree guint8 *data = g_malloc (len + 1);

  fill_random (data, len);
  return g_bytes_new (data, len);
}

static GPtrArray *
make_records (guint count)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < count; i++)
    {
      guint kind = below (10);

      g_ptr_array_add (records, kind == 0  ? make_junk ()
                                : kind < 4 ? make_odd (i)
                                           : make_record (i));
    }
  return records;
}

static void
assert_same (GPtrArray *back, GPtrArray *records)
{
  g_assert_cmpuint (back->len, ==, records->len);
  for (guint i = 0; i < records->len; i++)
    g_assert_true (g_bytes_equal (g_ptr_array_index (back, i), g_ptr_array_index (records, i)));
}

/* The columns alone, without signatures, so that thousands of batches can be tried. */
static void
test_columns_exact (void)
{
  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr (GPtrArray) records = make_records (below (12));
      g_autoptr (GByteArray) columns = g_byte_array_new ();
      g_autoptr (GByteArray) raw = g_byte_array_new ();

      bm_columns_write (records, columns, raw);
      BmReader from = { columns->data, columns->len, FALSE };
      BmReader beside = { raw->data, raw->len, FALSE };
      g_autoptr (GPtrArray) back = bm_columns_read (&from, &beside, records->len, MAX_SIZE);
      g_assert_nonnull (back);
      assert_same (back, records);
    }
}

static void
test_columns_damaged (void)
{
  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr (GPtrArray) records = make_records (below (8));
      g_autoptr (GByteArray) columns = g_byte_array_new ();
      g_autoptr (GByteArray) raw = g_byte_array_new ();

      bm_columns_write (records, columns, raw);
      for (guint n = 1 + below (4); n > 0 && columns->len > 0; n--)
        columns->data[below (columns->len)] = (guint8) g_test_rand_int ();
      BmReader from = { columns->data, columns->len - (columns->len > 0 ? below (2) : 0), FALSE };
      BmReader beside = { raw->data, raw->len - (raw->len > 0 ? below (2) : 0), FALSE };
      g_autoptr (GPtrArray) back = bm_columns_read (&from, &beside, records->len, MAX_SIZE);
      g_assert_true (back == NULL || back->len == records->len);
    }
}

static void
test_columns_maximum (void)
{
  g_autoptr (GPtrArray) records = make_records (10);
  g_autoptr (GByteArray) columns = g_byte_array_new ();
  g_autoptr (GByteArray) raw = g_byte_array_new ();

  bm_columns_write (records, columns, raw);
  BmReader from = { columns->data, columns->len, FALSE };
  BmReader beside = { raw->data, raw->len, FALSE };
  g_assert_null (bm_columns_read (&from, &beside, records->len, 1000));
}

static BmBatchHeader
make_batch_header (guint accept)
{
  BmBatchHeader header = { .kiosk = 7,
                           .epoch = 0xfedcba9876543210,
                           .cursor = 12,
                           .head_seq = 9,
                           .accept = accept };

  memset (header.nonce, 0x11, BM_NONCE_LEN);
  memset (header.head, 0x22, BM_SM3_LEN);
  return header;
}

static void
test_batch_round_trip (void)
{
  g_autoptr (BmKey) station_public = bm_key_dup_public (station_key);
  const guint counts[] = { 0, 1, 2, 40, BM_PROTOCOL_MAX_RECORDS };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (GPtrArray) records = make_records (counts[i]);
      BmBatchHeader header = make_batch_header (i % 3), got;
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = bm_batch_encode (&header, records, station_key, &error);
      g_autoptr (GPtrArray) back = bm_batch_decode (bytes, &got, &error);

      g_assert_no_error (error);
      assert_same (back, records);
      g_assert_cmpuint (got.accept, ==, MAX (i % 3, 1));
      g_assert_cmpuint (got.kiosk, ==, header.kiosk);
      g_assert_true (got.epoch == header.epoch);
      g_assert_cmpint (got.cursor, ==, header.cursor);
      g_assert_cmpuint (got.head_seq, ==, header.head_seq);
      g_assert_cmpmem (got.nonce, BM_NONCE_LEN, header.nonce, BM_NONCE_LEN);
      g_assert_cmpmem (got.head, BM_SM3_LEN, header.head, BM_SM3_LEN);
      g_assert_true (bm_batch_verify (bytes, station_public, &error));
      g_assert_no_error (error);
    }
}

/* A thousand rows of one station cost their seals and little else. */
static void
test_batch_small (void)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  BmBatchHeader batch_header = make_batch_header (2);

  for (guint i = 0; i < 128; i++)
    {
      BmEntryHeader header = { .type = BM_ENTRY_AUDIT,
                               .suite = BM_SUITE_SM_ONCE,
                               .kiosk = 7,
                               .epoch = batch_header.epoch,
                               .seq = 1000 + i,
                               .run = 3,
                               .key_index = 70 + i,
                               .boot_ms = 5000000 + (gint64) i * 5000,
                               .wall_ms = 1795000000000 + (gint64) i * 5000,
                               .clock_state = BM_CLOCK_VERIFIED,
                               .priority = 9,
                               .due_day = BM_NO_DUE_DAY };
      guint8 body[30];

      fill_random (body, sizeof body);
      body[0] = header.suite;
      g_autoptr (GBytes) bytes = bm_entry_header_encode (&header);
      g_autoptr (GBytes) sealed = g_bytes_new (body, sizeof body);
      g_ptr_array_add (records, bm_record_new (bytes, sealed));
    }
  g_autoptr (GBytes) batch = bm_batch_encode (&batch_header, records, station_key, NULL);
  g_assert_cmpuint (g_bytes_get_size (batch), <=, 128 * 29 + 400);
}

/* As large as an entry, and without one; every platform reads it. */
static void
test_control (void)
{
  g_autoptr (GPtrArray) runs = make_records (2);
  BmBatchHeader header = make_batch_header (2), got;
  g_autoptr (GBytes) small = bm_batch_encode_control (&header, runs, 0, station_key, NULL);
  g_autoptr (GBytes) large =
    bm_batch_encode_control (&header, runs, BM_PROTOCOL_MAX_PAD, station_key, NULL);
  g_autoptr (GPtrArray) back = bm_batch_decode (large, &got, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_bytes_get_size (large) - g_bytes_get_size (small), ==, BM_PROTOCOL_MAX_PAD);
  g_assert_nonnull (back);
  g_assert_cmpuint (back->len, ==, 2);
  g_assert_true (g_bytes_equal (g_ptr_array_index (back, 1), g_ptr_array_index (runs, 1)));
  g_assert_cmpmem (got.nonce, BM_NONCE_LEN, header.nonce, BM_NONCE_LEN);
  g_assert_cmpmem (got.head, BM_SM3_LEN, header.head, BM_SM3_LEN);
  g_assert_cmpuint (got.epoch, ==, header.epoch);
  g_assert_cmpuint (got.head_seq, ==, header.head_seq);
  g_assert_cmpint (got.cursor, ==, header.cursor);
  g_assert_cmpuint (got.kiosk, ==, header.kiosk);
  g_autoptr (BmKey) public = bm_key_dup_public (station_key);
  g_assert_true (bm_batch_verify (large, public, NULL));
  g_assert_null (
    bm_batch_encode_control (&header, runs, BM_PROTOCOL_MAX_PAD + 1, station_key, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
}

static void
test_batch_damaged (void)
{
  g_autoptr (GPtrArray) records = make_records (20);
  BmBatchHeader header = make_batch_header (2), got;
  g_autoptr (GBytes) bytes = bm_batch_encode (&header, records, station_key, NULL);
  gsize len = g_bytes_get_size (bytes);

  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), len);
      g_autoptr (GError) error = NULL;

      for (guint n = below (4); n > 0; n--)
        copy[below (round % 2 ? 200 : (guint) len)] = (guint8) g_test_rand_int ();
      g_autoptr (GBytes) changed =
        g_bytes_new (copy, below (3) == 0 ? below ((guint) len + 1) : len);
      g_autoptr (GPtrArray) back = bm_batch_decode (changed, &got, &error);
      g_assert_true ((back == NULL) == (error != NULL));
      g_assert_true (back == NULL || back->len <= BM_PROTOCOL_MAX_RECORDS);
    }
}

static void
test_varints (void)
{
  const guint64 values[] = { 0, 1, 127, 128, 16383, 16384, G_MAXUINT32, G_MAXINT64, G_MAXUINT64 };
  const guint8 long_zero[] = { 0x80, 0x00 };
  const guint8 too_long[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02 };
  BmReader bad[] = { { long_zero, sizeof long_zero, FALSE },
                     { too_long, sizeof too_long, FALSE },
                     { too_long, 3, FALSE } };
  g_autoptr (GByteArray) out = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      bm_put_varint (out, values[i]);
      bm_put_delta (out, values[i], values[G_N_ELEMENTS (values) - 1 - i]);
    }
  BmReader in = { out->data, out->len, FALSE };
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_assert_true (bm_take_varint (&in) == values[i]);
      g_assert_true (bm_take_delta (&in, values[G_N_ELEMENTS (values) - 1 - i]) == values[i]);
    }
  g_assert_true (!in.is_broken && in.left == 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      (void) bm_take_varint (&bad[i]); /* whatever it gives, it is marked */
      g_assert_true (bad[i].is_broken);
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  station_key = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_test_add_func ("/protocol/batch/varints", test_varints);
  g_test_add_func ("/protocol/batch/columns-exact", test_columns_exact);
  g_test_add_func ("/protocol/batch/columns-damaged", test_columns_damaged);
  g_test_add_func ("/protocol/batch/columns-maximum", test_columns_maximum);
  g_test_add_func ("/protocol/batch/round-trip", test_batch_round_trip);
  g_test_add_func ("/protocol/batch/small", test_batch_small);
  g_test_add_func ("/protocol/batch/control", test_control);
  g_test_add_func ("/protocol/batch/damaged", test_batch_damaged);
  status = g_test_run ();
  bm_key_unref (station_key);
  return status;
}
