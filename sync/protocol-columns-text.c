/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/protocol-columns-private.h"

#include "core/entry/number.h"

#include <string.h>

/* The columns that are text: numbers, services, rules (protocol-columns.c has the format). */

#define PREFIX_LEN  16 /* of a number: village, terminal, label */
#define COUNTER_LEN 8

void
bm_columns_put_text (GByteArray *out, const guint8 *text, guint8 len)
{
  g_byte_array_append (out, &len, 1);
  g_byte_array_append (out, text, len);
}

static gboolean
is_number (const BmRow *row)
{
  char text[BM_NUMBER_LEN + 1] = "";

  if (row->text_len[0] != BM_NUMBER_LEN)
    return FALSE;
  memcpy (text, row->text[0], BM_NUMBER_LEN);
  return bm_number_is_valid (text);
}

static guint64
get_counter (const guint8 *number)
{
  guint64 value = 0;

  for (guint i = 0; i < COUNTER_LEN; i++)
    value = value * 10 + (guint) (number[PREFIX_LEN + i] - '0');
  return value;
}

void
bm_columns_write_numbers (const BmTable *table, GByteArray *out)
{
  const guint8 *prefix = NULL;
  guint64 counter = 0;

  BM_FOREACH_ROW (table, row)
  {
    const guint8 *text = row->text[0];
    const gboolean is_again =
      prefix != NULL && row->text_len[0] >= PREFIX_LEN && memcmp (text, prefix, PREFIX_LEN) == 0;
    const guint8 code = row->text_len[0] == 0 ? 0 : !is_number (row) ? 3 : is_again ? 1 : 2;

    g_byte_array_append (out, &code, 1);
    if (code == 2)
      g_byte_array_append (out, text, PREFIX_LEN);
    if (code == 3)
      bm_columns_put_text (out, text, row->text_len[0]);
    if (code == 0 || code == 3)
      continue;
    bm_put_delta (out, get_counter (text), counter);
    counter = get_counter (text);
    prefix = text;
  }
}

/* The one number of @prefix and @counter; FALSE when there is none. */
static gboolean
make_number (BmRow *row, const guint8 *prefix, guint64 counter)
{
  g_snprintf (row->number, sizeof row->number, "%.*s%08u0", PREFIX_LEN, (const char *) prefix,
              (guint) (counter % 100000000));
  row->text[0] = (const guint8 *) row->number;
  row->text_len[0] = BM_NUMBER_LEN;
  for (char check = '0'; check <= '9'; check++)
    {
      row->number[BM_NUMBER_LEN - 1] = check;
      if (bm_number_is_valid (row->number))
        return counter < 100000000;
    }
  return FALSE;
}

void
bm_columns_read_numbers (const BmTable *table, BmReader *in)
{
  const guint8 *prefix = NULL;
  guint64 counter = 0;

  BM_FOREACH_ROW (table, row)
  {
    const guint8 code = bm_take_byte (in);

    if (code == 2)
      prefix = bm_take_bytes (in, PREFIX_LEN);
    if (code == 1 || code == 2)
      {
        counter = bm_take_delta (in, counter);
        if (prefix == NULL || !make_number (row, prefix, counter))
          in->is_broken = TRUE;
      }
    else if (code == 3)
      {
        row->text_len[0] = bm_take_byte (in);
        row->text[0] = bm_take_bytes (in, row->text_len[0]);
        in->is_broken |= row->text_len[0] == 0;
      }
    in->is_broken |= code > 3;
  }
}

void
bm_columns_write_texts (const BmTable *table, guint which, GByteArray *out)
{
  const BmRow *last = NULL;

  BM_FOREACH_ROW (table, row)
  {
    const guint8 is_new = last == NULL || row->text_len[which] != last->text_len[which] ||
                          memcmp (row->text[which], last->text[which], row->text_len[which]) != 0;

    g_byte_array_append (out, &is_new, 1);
    if (is_new)
      bm_columns_put_text (out, row->text[which], row->text_len[which]);
    last = row;
  }
}

void
bm_columns_read_texts (const BmTable *table, guint which, BmReader *in)
{
  const BmRow *last = NULL;

  BM_FOREACH_ROW (table, row)
  {
    const guint8 is_new = bm_take_byte (in);

    if (is_new == 1)
      {
        row->text_len[which] = bm_take_byte (in);
        row->text[which] = bm_take_bytes (in, row->text_len[which]);
      }
    else if (is_new == 0 && last != NULL)
      {
        row->text_len[which] = last->text_len[which];
        row->text[which] = last->text[which];
      }
    else
      in->is_broken = TRUE;
    last = row;
  }
}
