/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/protocol-columns.h"

#include "sync/protocol-columns-private.h"

#include <string.h>

/*
 * Records of a batch without what their neighbours say already. The headers' bytes (core/entry/entry.c)
 * are taken apart by position, never by meaning: whatever has the layout of a record fits, be its values
 * valid or not; anything else goes raw. So every record comes out byte for byte.
 *
 * columns, each for all records before the next one begins:
 *
 *   form      0 raw; 1 a record; 2 a record whose sealed payload begins with its suite, which is left out
 *   length    varint: of the raw record, or of the sealed payload in `raw`
 *   and for those that are not raw:
 *   version, type, suite, clock_state, priority      a byte each
 *   kiosk, epoch, seq, run, key_index                delta to the record before (the first: to 0)
 *   boot_id   0 all zeros, 1 as the last that was not zero, 2 another: its 16 bytes in `raw`
 *   boot_ms   delta to the last record of the same boot_id code class (zeros or not)
 *   wall_ms   delta of wall_ms - boot_ms, likewise
 *   due_day   0 none (7fffffff), else 1 + zigzag of the difference to the last one that was
 *   tag       0 all zeros, 1 as the last that was not zero, 2 another: its 16 bytes in `raw`
 *   number    0 none; 1 a valid number with the last prefix of 16 digits, then the counter as delta;
 *             2 the same with a new prefix, 16 bytes, before the counter; 3 another text: length u8, bytes
 *   service   0 as the last one; 1 another: length u8, bytes
 *   rule      the same
 *
 * raw, record by record: new boot_id, new tag, then the sealed payload (or the whole record).
 */

#define ID_LEN 16
#define NO_DUE 0x7fffffffu

/* The fields that are a byte, and those that are a delta to the record before. */
static const guint8 byte_fields[] = { AT_VERSION, AT_TYPE, AT_SUITE, AT_CLOCK, AT_PRIORITY };
static const struct
{
  guint8 at;
  guint8 len;
} delta_fields[] = {
  { AT_KIOSK, 4 }, { AT_EPOCH, 8 }, { AT_SEQ, 8 }, { AT_RUN, 4 }, { AT_KEY_INDEX, 4 },
};

static const guint8 zeros[ID_LEN];

/* Big-endian fields of a header */

static guint64
get_field (const guint8 *fixed, guint at, guint len)
{
  guint64 value = 0;

  for (guint i = 0; i < len; i++)
    value = value << 8 | fixed[at + i];
  return value;
}

static void
set_field (guint8 *fixed, guint at, guint len, guint64 value)
{
  for (guint i = 0; i < len; i++)
    fixed[at + i] = (guint8) (value >> (8 * (len - 1 - i)));
}

/* Taking records apart */

/* FALSE when @record does not have the layout of a record. */
static gboolean
split_record (BmRow *row, const guint8 *data, gsize len)
{
  gsize header_len = len >= 6 ? (gsize) get_field (data, 0, 2) : 0;
  const guint8 *at, *end;

  if (header_len < BM_HEADER_FIXED + BM_HEADER_TEXTS || header_len > len - 6)
    return FALSE;
  memcpy (row->fixed, data + 2, BM_HEADER_FIXED);
  at = data + 2 + BM_HEADER_FIXED;
  end = data + 2 + header_len;
  for (guint i = 0; i < BM_HEADER_TEXTS; i++)
    {
      if (at == end || *at > end - at - 1)
        return FALSE;
      row->text_len[i] = *at;
      row->text[i] = at + 1;
      at += 1 + *at;
    }
  if (at != end || get_field (end, 0, 4) != len - 6 - header_len)
    return FALSE;
  row->body = end + 4;
  row->body_len = len - 6 - header_len;
  row->form = BM_ROW_WHOLE;
  if (row->body_len > 0 && row->body[0] == row->fixed[AT_SUITE])
    {
      row->form = BM_ROW_NO_SUITE;
      row->body++;
      row->body_len--;
    }
  return TRUE;
}

static BmRow *
split_records (GPtrArray *records)
{
  BmRow *rows = g_new0 (BmRow, records->len + 1);

  for (guint i = 0; i < records->len; i++)
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (records, i), &len);

      if (!split_record (&rows[i], data, len))
        rows[i] = (BmRow){ .form = BM_ROW_RAW, .body = data, .body_len = len };
    }
  return rows;
}

static gboolean
is_zero_id (const BmRow *row, guint at)
{
  return memcmp (row->fixed + at, zeros, ID_LEN) == 0;
}

static void
write_plain_columns (const BmTable *table, GByteArray *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (byte_fields); i++)
    BM_FOREACH_ROW (table, row) g_byte_array_append (out, row->fixed + byte_fields[i], 1);
  for (guint i = 0; i < G_N_ELEMENTS (delta_fields); i++)
    {
      guint64 before = 0;

      BM_FOREACH_ROW (table, row)
      {
        guint64 value = get_field (row->fixed, delta_fields[i].at, delta_fields[i].len);

        bm_put_delta (out, value, before);
        before = value;
      }
    }
}

static void
read_plain_columns (const BmTable *table, BmReader *in)
{
  for (guint i = 0; i < G_N_ELEMENTS (byte_fields); i++)
    BM_FOREACH_ROW (table, row) row->fixed[byte_fields[i]] = bm_take_byte (in);
  for (guint i = 0; i < G_N_ELEMENTS (delta_fields); i++)
    {
      const guint len = delta_fields[i].len;
      guint64 before = 0;

      BM_FOREACH_ROW (table, row)
      {
        before = bm_take_delta (in, before);
        if (len < 8 && before >> (8 * len) != 0)
          in->is_broken = TRUE;
        set_field (row->fixed, delta_fields[i].at, len, before);
      }
    }
}

/* Ids that are zeros, the last one again, or new. */
static void
write_ids (const BmTable *table, guint at, GByteArray *out)
{
  const guint8 *last = NULL;

  BM_FOREACH_ROW (table, row)
  {
    const gboolean is_again = last != NULL && memcmp (row->fixed + at, last, ID_LEN) == 0;
    const guint8 code = is_zero_id (row, at) ? 0 : is_again ? 1 : 2;

    g_byte_array_append (out, &code, 1);
    if (code != 0)
      last = row->fixed + at;
  }
}

/* The codes stay where the first byte of the id will be, until `raw` is read. */
static void
read_ids (const BmTable *table, guint at, BmReader *in)
{
  BM_FOREACH_ROW (table, row)
  {
    row->fixed[at] = bm_take_byte (in);
    if (row->fixed[at] > 2)
      in->is_broken = TRUE;
  }
}

/* Times run together, but those without a boot have a clock of their own. */
static void
write_times (const BmTable *table, GByteArray *out)
{
  guint64 boots[2] = { 0 }, offsets[2] = { 0 };

  BM_FOREACH_ROW (table, row)
  {
    const gboolean class = is_zero_id (row, AT_BOOT_ID);
    guint64 boot = get_field (row->fixed, AT_BOOT_MS, 8);

    bm_put_delta (out, boot, boots[class]);
    boots[class] = boot;
  }
  BM_FOREACH_ROW (table, row)
  {
    const gboolean class = is_zero_id (row, AT_BOOT_ID);
    guint64 offset = get_field (row->fixed, AT_WALL_MS, 8) - get_field (row->fixed, AT_BOOT_MS, 8);

    bm_put_delta (out, offset, offsets[class]);
    offsets[class] = offset;
  }
}

static void
read_times (const BmTable *table, BmReader *in)
{
  guint64 boots[2] = { 0 }, offsets[2] = { 0 };

  BM_FOREACH_ROW (table, row)
  {
    const gboolean class = row->fixed[AT_BOOT_ID] == 0;

    boots[class] = bm_take_delta (in, boots[class]);
    set_field (row->fixed, AT_BOOT_MS, 8, boots[class]);
  }
  BM_FOREACH_ROW (table, row)
  {
    const gboolean class = row->fixed[AT_BOOT_ID] == 0;

    offsets[class] = bm_take_delta (in, offsets[class]);
    set_field (row->fixed, AT_WALL_MS, 8, offsets[class] + get_field (row->fixed, AT_BOOT_MS, 8));
  }
}

static void
write_due_days (const BmTable *table, GByteArray *out)
{
  guint64 before = 0;

  BM_FOREACH_ROW (table, row)
  {
    guint64 day = get_field (row->fixed, AT_DUE, 4);

    if (day == NO_DUE)
      {
        bm_put_varint (out, 0);
        continue;
      }
    bm_put_varint (out, 1 + bm_zigzag (day - before));
    before = day;
  }
}

static void
read_due_days (const BmTable *table, BmReader *in)
{
  guint64 before = 0;

  BM_FOREACH_ROW (table, row)
  {
    guint64 value = bm_take_varint (in);

    if (value != 0)
      before += bm_unzigzag (value - 1);
    if (before > G_MAXUINT32 || (value != 0 && before == NO_DUE))
      in->is_broken = TRUE;
    set_field (row->fixed, AT_DUE, 4, value != 0 ? before : NO_DUE);
  }
}

/* The whole */

static void
write_raw (const BmTable *table, GByteArray *raw)
{
  static const guint8 id_fields[] = { AT_BOOT_ID, AT_TAG };
  const guint8 *last[G_N_ELEMENTS (id_fields)] = { NULL };

  for (const BmRow *row = table->rows; row < table->rows + table->count; row++)
    {
      for (guint i = 0; row->form != BM_ROW_RAW && i < G_N_ELEMENTS (id_fields); i++)
        {
          const guint8 *id = row->fixed + id_fields[i];

          if (is_zero_id (row, id_fields[i]))
            continue;
          if (last[i] == NULL || memcmp (id, last[i], ID_LEN) != 0)
            g_byte_array_append (raw, id, ID_LEN);
          last[i] = id;
        }
      g_byte_array_append (raw, row->body, (guint) row->body_len);
    }
}

void
bm_columns_write (GPtrArray *records, GByteArray *columns, GByteArray *raw)
{
  g_autofree BmRow *rows = NULL;
  BmTable table;

  g_return_if_fail (records != NULL && columns != NULL && raw != NULL);

  rows = split_records (records);
  table = (BmTable){ rows, records->len };
  for (guint i = 0; i < records->len; i++)
    {
      const guint8 form = (guint8) rows[i].form;

      g_byte_array_append (columns, &form, 1);
    }
  for (guint i = 0; i < records->len; i++)
    bm_put_varint (columns, rows[i].body_len);
  write_plain_columns (&table, columns);
  write_ids (&table, AT_BOOT_ID, columns);
  write_times (&table, columns);
  write_due_days (&table, columns);
  write_ids (&table, AT_TAG, columns);
  bm_columns_write_numbers (&table, columns);
  for (guint i = 1; i < BM_HEADER_TEXTS; i++)
    bm_columns_write_texts (&table, i, columns);
  write_raw (&table, raw);
}

static void
read_columns (const BmTable *table, BmReader *in)
{
  for (BmRow *row = table->rows; row < table->rows + table->count; row++)
    {
      guint8 form = bm_take_byte (in);

      in->is_broken |= form > BM_ROW_NO_SUITE;
      row->form = (BmRowForm) form;
    }
  for (BmRow *row = table->rows; row < table->rows + table->count; row++)
    row->body_len = bm_take_varint (in);
  read_plain_columns (table, in);
  read_ids (table, AT_BOOT_ID, in);
  read_times (table, in);
  read_due_days (table, in);
  read_ids (table, AT_TAG, in);
  bm_columns_read_numbers (table, in);
  for (guint i = 1; i < BM_HEADER_TEXTS; i++)
    bm_columns_read_texts (table, i, in);
}

/* Puts the id where its code stands. */
static void
read_id (BmRow *row, guint at, const guint8 **last, BmReader *raw)
{
  const guint8 code = row->fixed[at];

  if (code == 2)
    *last = bm_take_bytes (raw, ID_LEN);
  if (code == 0)
    memset (row->fixed + at, 0, ID_LEN);
  else if (*last != NULL)
    memcpy (row->fixed + at, *last, ID_LEN);
  else
    raw->is_broken = TRUE;
}

static GBytes *
join_record (const BmRow *row)
{
  const gboolean has_suite = row->form == BM_ROW_NO_SUITE;
  GByteArray *out = g_byte_array_new ();
  guint8 lengths[6];
  gsize header_len = BM_HEADER_FIXED;

  if (row->form == BM_ROW_RAW)
    {
      g_byte_array_append (out, row->body, (guint) row->body_len);
      return g_byte_array_free_to_bytes (out);
    }
  for (guint i = 0; i < BM_HEADER_TEXTS; i++)
    header_len += 1 + row->text_len[i];
  set_field (lengths, 0, 2, header_len);
  set_field (lengths, 2, 4, row->body_len + has_suite);
  g_byte_array_append (out, lengths, 2);
  g_byte_array_append (out, row->fixed, BM_HEADER_FIXED);
  for (guint i = 0; i < BM_HEADER_TEXTS; i++)
    bm_columns_put_text (out, row->text[i] != NULL ? row->text[i] : zeros, row->text_len[i]);
  g_byte_array_append (out, lengths + 2, 4);
  if (has_suite)
    g_byte_array_append (out, row->fixed + AT_SUITE, 1);
  g_byte_array_append (out, row->body, (guint) row->body_len);
  return g_byte_array_free_to_bytes (out);
}

static GPtrArray *
join_records (const BmTable *table, BmReader *raw, gsize max)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  const guint8 *last_boot = NULL, *last_tag = NULL;
  gsize sum = 0;

  for (BmRow *row = table->rows; row < table->rows + table->count; row++)
    {
      if (row->form != BM_ROW_RAW)
        {
          read_id (row, AT_BOOT_ID, &last_boot, raw);
          read_id (row, AT_TAG, &last_tag, raw);
        }
      row->body = bm_take_bytes (raw, row->body_len);
      sum += row->body_len + BM_HEADER_FIXED + BM_HEADER_TEXTS * (1 + BM_HEADER_TEXT_MAX);
      if (raw->is_broken || sum > max)
        return NULL;
      g_ptr_array_add (records, join_record (row));
    }
  return raw->left == 0 ? g_steal_pointer (&records) : NULL;
}

GPtrArray *
bm_columns_read (BmReader *columns, BmReader *raw, guint count, gsize max)
{
  g_autofree BmRow *rows = NULL;
  BmTable table;

  g_return_val_if_fail (columns != NULL && raw != NULL, NULL);

  rows = g_new0 (BmRow, count + 1);
  table = (BmTable){ rows, count };
  read_columns (&table, columns);
  if (columns->is_broken || columns->left > 0)
    return NULL;
  return join_records (&table, raw, max);
}
