/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ssc"

#include "app/devices/ssc/ssc-answer.h"

#include "core/crypto/crypto.h"
#include "core/error.h"

#include <errno.h>
#include <string.h>

/*
 * Answers of the card:
 *
 *   answer   data (0 to 256 bytes) | SW1 SW2
 *   record   tag | length | value                     one a record, tag and length of one byte
 *   names    GBK, which GB18030 contains; the extension goes on where the name's 30 bytes end, and a
 *            character may stand on both sides, so that they are joined first and decoded then
 *   dates    BCD YYYYMMDD in four bytes, or eight digits
 *
 * Numbers are filled up with F, texts with 0 or blanks.
 */

#define NAME_FIELD  30
#define UTF8_A_BYTE 3 /* two bytes of GBK become three, four of GB18030 become four */
#define NAME_UTF8   (2 * BM_SSC_MAX_VALUE * UTF8_A_BYTE + 1)

/**
 * bm_ssc_answer_parse:
 * @answer: what came
 * @len: its length
 * @ret_status: SW1 and SW2
 * @ret_len: how much of it is data
 *
 * Takes an answer apart.
 *
 * Returns: %FALSE when it is no answer at all
 */
gboolean
bm_ssc_answer_parse (const guint8 *answer, gsize len, guint16 *ret_status, gsize *ret_len)
{
  if (len < 2 || len > BM_SSC_MAX_ANSWER)
    return FALSE;
  *ret_status = (guint16) (answer[len - 2] << 8 | answer[len - 1]);
  *ret_len = len - 2;
  return TRUE;
}

/**
 * bm_ssc_record_parse:
 * @record: the data of an answer
 * @len: its length
 * @tag: what was asked for
 * @ret_value: (out): its value
 * @error: %BM_ERROR_INVALID when the record is torn or another one
 *
 * Takes the value out of a record. What stands behind the value is filling and not looked at.
 *
 * Returns: whether it is there
 */
gboolean
bm_ssc_record_parse (const guint8 *record,
                     gsize len,
                     guint8 tag,
                     BmSscValue *ret_value,
                     GError **error)
{
  gsize value_len = len >= 2 ? record[1] : 0;

  if (len < 2 || record[0] != tag || value_len > len - 2 || value_len > BM_SSC_MAX_VALUE)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "record %02X of the card is not whole", tag);
      return FALSE;
    }
  memcpy (ret_value->bytes, record + 2, value_len);
  ret_value->len = value_len;
  return TRUE;
}

/* Texts */

static gsize
trim (const guint8 *bytes, gsize len)
{
  while (len > 0 && (bytes[len - 1] == 0 || bytes[len - 1] == ' ' || bytes[len - 1] == 0xff))
    len--;
  return len;
}

/* Into a buffer that is wiped: g_convert() would leave copies in memory that it gave back. With @is_cut half a
 * character may stand at the end, where the field was full; it is dropped. */
static gboolean
decode_name (const guint8 *bytes, gsize len, gboolean is_cut, char *utf8, gsize size)
{
  GIConv converter = g_iconv_open ("UTF-8", "GB18030");
  gchar *from = (gchar *) bytes;
  gchar *to = utf8;
  gsize left = size - 1;
  gsize done;

  if (converter == (GIConv) -1)
    return FALSE;
  done = g_iconv (converter, &from, &len, &to, &left);
  is_cut = is_cut && done == (gsize) -1 && errno == EINVAL;
  (void) g_iconv_close (converter); /* it holds nothing of the text */
  *to = '\0';
  return is_cut || (done != (gsize) -1 && len == 0);
}

static gboolean
is_printable (const char *utf8)
{
  for (const char *at = utf8; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

/* All of the field is used, and nothing says how the name goes on. */
static gboolean
is_name_full (const BmSscFiles *files)
{
  return trim (files->name.bytes, files->name.len) >= NAME_FIELD - 1 &&
         trim (files->name_ext.bytes, files->name_ext.len) == 0;
}

static gboolean
read_name (const BmSscFiles *files, char *utf8, gsize size)
{
  guint8 joined[2 * BM_SSC_MAX_VALUE];
  gsize len = trim (files->name.bytes, files->name.len);
  gsize more = trim (files->name_ext.bytes, files->name_ext.len);
  gboolean is_read;

  memcpy (joined, files->name.bytes, len);
  memcpy (joined + len, files->name_ext.bytes, more);
  is_read = memchr (joined, 0, len + more) == NULL &&
            decode_name (joined, len + more, is_name_full (files), utf8, size) &&
            is_printable (utf8);
  bm_wipe (joined, sizeof joined);
  return is_read;
}

static gboolean
read_number (const BmSscValue *value, char number[BM_SSC_MAX_VALUE + 1])
{
  gsize len = trim (value->bytes, value->len);

  for (gsize i = 0; i < len; i++)
    {
      if (!g_ascii_isdigit (value->bytes[i]) && g_ascii_toupper (value->bytes[i]) != 'X')
        return FALSE;
      number[i] = g_ascii_toupper ((gchar) value->bytes[i]);
    }
  number[len] = '\0';
  return TRUE;
}

/* "" where the card says nothing, or nothing that is a day: its end is only ever a reminder. */
static void
read_valid_to (const BmSscValue *value, char date[11])
{
  char digits[9] = "";

  if (value->len == 4)
    for (guint i = 0; i < 8; i++)
      digits[i] =
        "0123456789FFFFFF"[i % 2 == 0 ? value->bytes[i / 2] >> 4 : value->bytes[i / 2] & 15];
  else if (value->len == 8)
    memcpy (digits, value->bytes, 8);
  for (guint i = 0; i < 8; i++)
    if (!g_ascii_isdigit (digits[i]))
      {
        date[0] = '\0';
        return;
      }
  g_snprintf (date, 11, "%.4s-%.2s-%.2s", digits, digits + 4, digits + 6);
}

/**
 * bm_ssc_files_parse:
 * @files: what was read
 * @error: %BM_ERROR_INVALID for a name that is none, %BM_ERROR_UNSUPPORTED when the number is no ID number:
 *   it will not become one by being read again
 *
 * Makes the card of what was read.
 *
 * Returns: (transfer full): the card
 */
BmCard *
bm_ssc_files_parse (const BmSscFiles *files, GError **error)
{
  char name[NAME_UTF8] = "";
  char number[BM_SSC_MAX_VALUE + 1] = "";
  char valid_to[11] = "";
  BmCard *card = NULL;

  if (!read_name (files, name, sizeof name))
    g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "the card has no readable name");
  else if (!read_number (&files->number, number))
    g_set_error_literal (error, BM_ERROR, BM_ERROR_UNSUPPORTED,
                         "the card's number is no ID number");
  else
    {
      read_valid_to (&files->valid_to, valid_to);
      card = bm_card_new_social (name, number, valid_to, error);
    }
  if (card != NULL)
    card->is_name_cut = is_name_full (files);
  bm_wipe (name, sizeof name);
  bm_wipe (number, sizeof number);
  return card;
}
