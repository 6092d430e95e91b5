/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-entry"

#include "core/entry/entry.h"

#include "core/entry/number.h"
#include "core/error.h"

#include <string.h>

/*
 * The header's bytes, the record, and the chain.
 *
 * Header, all integers big-endian:
 *
 *   at  len
 *    0    1  version, BM_ENTRY_VERSION
 *    1    1  type, BmEntryType
 *    2    1  suite: 1 or 2, how the payload is packed and sealed (below)
 *    3    4  kiosk
 *    7    8  epoch
 *   15    8  seq, from 1
 *   23    4  run
 *   27    4  key_index
 *   31   16  boot_id
 *   47    8  boot_ms, two's complement
 *   55    8  wall_ms, two's complement
 *   63    1  clock_state, BmClockState
 *   64    1  priority, 0 to 9
 *   65    4  due_day, two's complement, of years 1800 to 9999; BM_NO_DUE_DAY is 7fffffff
 *   69   16  subject_tag
 *   85    1  length of number, 0 or 25; then its digits
 *    .    1  length of service, 0 to 32; then a-z 0-9 . - _
 *    .    1  length of rule, 0 to 32; then printable ASCII without blank
 *
 * A payload is canonical JSON. By the suite of its header it is sealed as
 *
 *   suite 1  suite 1 | nonce 12 | SM4-GCM (zstd frame) | tag 16
 *   suite 2  suite 2 | SM4-GCM (zstd frame without its first four bytes) | tag 16
 *
 * with the whole header as additional data. The key of a row is used for nothing else, so in suite 2 it
 * gives the nonce (core/crypto/seal.c). The four bytes are zstd's magic number, 28 b5 2f fd, always the
 * same. A frame of either suite may name a shared dictionary by its id (dictionary.h); it always names
 * its length. New rows use suite 2; a RUN row has suite 1, which there names the envelope of bm_seal_to().
 *
 * Invariants:
 *  E1  There is one encoding of a header: what decodes, encodes to the same bytes. So a hash over the
 *      bytes is a hash over the facts.
 *  E2  A matter has a valid number and a service; nothing else has either.
 *  E3  A decoder never reads past its input and never takes more than the named maximum.
 */

#define FIXED_LEN   85
#define TEXT_MAX    32
#define HEADER_MAX  (FIXED_LEN + 1 + BM_NUMBER_LEN + 2 * (1 + TEXT_MAX))
#define CHAIN_LABEL "bianmin chain"
#define DAY_MIN     (-62091) /* 1800-01-01 */
#define DAY_MAX     2932896  /* 9999-12-31 */

static guint8 *
put_uint (guint8 *at, guint64 value, guint len)
{
  for (guint i = 0; i < len; i++)
    at[i] = (guint8) (value >> (8 * (len - 1 - i)));
  return at + len;
}

static guint64
get_uint (const guint8 **at, guint len)
{
  guint64 value = 0;

  for (guint i = 0; i < len; i++)
    value = value << 8 | (*at)[i];
  *at += len;
  return value;
}

static guint8 *
put_text (guint8 *at, const char *text)
{
  gsize len = strlen (text);

  at[0] = (guint8) len;
  memcpy (at + 1, text, len);
  return at + 1 + len;
}

static gboolean
is_service_text (const char *text)
{
  for (; *text != '\0'; text++)
    if (!g_ascii_islower (*text) && !g_ascii_isdigit (*text) && strchr (".-_", *text) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
is_rule_text (const char *text)
{
  for (; *text != '\0'; text++)
    if (!g_ascii_isgraph (*text))
      return FALSE;
  return TRUE;
}

static gboolean
are_texts_valid (const BmEntryHeader *header)
{
  if (strnlen (header->service, sizeof header->service) > TEXT_MAX ||
      strnlen (header->rule, sizeof header->rule) > TEXT_MAX)
    return FALSE;
  if (!is_service_text (header->service) || !is_rule_text (header->rule))
    return FALSE;
  if (header->type != BM_ENTRY_MATTER)
    return header->number[0] == '\0' && header->service[0] == '\0';
  return header->number[BM_NUMBER_LEN] == '\0' && bm_number_is_valid (header->number) &&
         header->service[0] != '\0';
}

static gboolean
is_due_day (gint32 day)
{
  return day == BM_NO_DUE_DAY || (day >= DAY_MIN && day <= DAY_MAX);
}

static gboolean
is_suite (guint8 suite)
{
  return suite == BM_SUITE_SM || suite == BM_SUITE_SM_ONCE;
}

static gboolean
is_header_valid (const BmEntryHeader *header)
{
  return header->type >= BM_ENTRY_MATTER && header->type <= BM_ENTRY_WITHDRAWAL &&
         header->seq >= 1 && is_suite (header->suite) && header->clock_state <= BM_CLOCK_VERIFIED &&
         header->priority <= 9 && is_due_day (header->due_day) && are_texts_valid (header);
}

/**
 * bm_entry_header_encode:
 * @header: a header that keeps E2
 *
 * Gives the one encoding of @header.
 *
 * Returns: (transfer full): the bytes
 */
GBytes *
bm_entry_header_encode (const BmEntryHeader *header)
{
  guint8 bytes[HEADER_MAX];
  guint8 *at = bytes;

  g_return_val_if_fail (header != NULL, NULL);
  g_return_val_if_fail (is_header_valid (header), NULL);

  at = put_uint (at, BM_ENTRY_VERSION, 1);
  at = put_uint (at, header->type, 1);
  at = put_uint (at, header->suite, 1);
  at = put_uint (at, header->kiosk, 4);
  at = put_uint (at, header->epoch, 8);
  at = put_uint (at, header->seq, 8);
  at = put_uint (at, header->run, 4);
  at = put_uint (at, header->key_index, 4);
  memcpy (at, header->boot_id, BM_BOOT_ID_LEN);
  at = put_uint (at + BM_BOOT_ID_LEN, (guint64) header->boot_ms, 8);
  at = put_uint (at, (guint64) header->wall_ms, 8);
  at = put_uint (at, header->clock_state, 1);
  at = put_uint (at, header->priority, 1);
  at = put_uint (at, (guint32) header->due_day, 4);
  memcpy (at, header->subject_tag, BM_TAG_LEN);
  at += BM_TAG_LEN;
  g_assert (at - bytes == FIXED_LEN);
  at = put_text (at, header->number);
  at = put_text (at, header->service);
  at = put_text (at, header->rule);
  return g_bytes_new (bytes, (gsize) (at - bytes));
}

static gboolean
take_text (const guint8 **at, const guint8 *end, char *ret_text, gsize max)
{
  if (*at >= end)
    return FALSE;
  gsize len = **at;
  if (len > max || (gsize) (end - *at - 1) < len)
    return FALSE;
  memcpy (ret_text, *at + 1, len);
  ret_text[len] = '\0';
  *at += 1 + len;
  return strlen (ret_text) == len; /* no zero byte inside */
}

static gboolean
set_invalid (GError **error, const char *what)
{
  g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, what);
  return FALSE;
}

static void
decode_fixed (const guint8 **at, BmEntryHeader *header)
{
  header->type = (guint8) get_uint (at, 1);
  header->suite = (guint8) get_uint (at, 1);
  header->kiosk = (guint32) get_uint (at, 4);
  header->epoch = get_uint (at, 8);
  header->seq = get_uint (at, 8);
  header->run = (guint32) get_uint (at, 4);
  header->key_index = (guint32) get_uint (at, 4);
  memcpy (header->boot_id, *at, BM_BOOT_ID_LEN);
  *at += BM_BOOT_ID_LEN;
  header->boot_ms = (gint64) get_uint (at, 8);
  header->wall_ms = (gint64) get_uint (at, 8);
  header->clock_state = (guint8) get_uint (at, 1);
  header->priority = (guint8) get_uint (at, 1);
  header->due_day = (gint32) (guint32) get_uint (at, 4);
  memcpy (header->subject_tag, *at, BM_TAG_LEN);
  *at += BM_TAG_LEN;
}

/**
 * bm_entry_header_decode:
 * @bytes: bytes from outside
 * @ret_header: (out): the header; untouched on error
 * @error: %BM_ERROR_INVALID, or %BM_ERROR_UNSUPPORTED for another version or suite
 *
 * Decodes a header strictly: there is no second way to write it.
 *
 * Returns: %TRUE if @bytes is exactly one header
 */
gboolean
bm_entry_header_decode (GBytes *bytes, BmEntryHeader *ret_header, GError **error)
{
  BmEntryHeader header = { 0 };
  gsize len = 0;

  g_return_val_if_fail (bytes != NULL && ret_header != NULL, FALSE);

  const guint8 *at = g_bytes_get_data (bytes, &len);
  if (len < FIXED_LEN + 3 || len > HEADER_MAX)
    return set_invalid (error, "wrong length of an entry header");
  const guint8 *end = at + len;
  if (at[0] != BM_ENTRY_VERSION || !is_suite (at[2]))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED, "entry version %u, suite %u", at[0],
                   at[2]);
      return FALSE;
    }
  at++;
  decode_fixed (&at, &header);
  if (!take_text (&at, end, header.number, BM_NUMBER_LEN) ||
      !take_text (&at, end, header.service, TEXT_MAX) ||
      !take_text (&at, end, header.rule, TEXT_MAX) || at != end)
    return set_invalid (error, "broken text in an entry header");
  if (!is_header_valid (&header))
    return set_invalid (error, "a value of an entry header is out of range");
  *ret_header = header;
  return TRUE;
}

/**
 * bm_record_new:
 * @header: header bytes
 * @sealed: the sealed payload, may be empty
 *
 * Joins both to a record.
 *
 * Returns: (transfer full): the record
 */
GBytes *
bm_record_new (GBytes *header, GBytes *sealed)
{
  gsize header_len = 0;
  gsize sealed_len = 0;

  g_return_val_if_fail (header != NULL && sealed != NULL, NULL);

  const guint8 *header_data = g_bytes_get_data (header, &header_len);
  const guint8 *sealed_data = g_bytes_get_data (sealed, &sealed_len);
  g_return_val_if_fail (header_len <= HEADER_MAX, NULL);
  g_return_val_if_fail (sealed_len <= BM_ENTRY_MAX_RECORD - HEADER_MAX - 6, NULL);

  gsize len = 2 + header_len + 4 + sealed_len;
  guint8 *bytes = g_malloc (len);
  guint8 *at = put_uint (bytes, header_len, 2);
  memcpy (at, header_data, header_len);
  at = put_uint (at + header_len, sealed_len, 4);
  if (sealed_len > 0)
    memcpy (at, sealed_data, sealed_len);
  return g_bytes_new_take (bytes, len);
}

/**
 * bm_record_parse:
 * @record: bytes from outside
 * @ret_header: (out) (optional): the decoded header
 * @ret_header_bytes: (out) (optional) (transfer full): its bytes
 * @ret_sealed: (out) (optional) (transfer full): the sealed payload
 * @error: %BM_ERROR_INVALID, %BM_ERROR_LIMIT, %BM_ERROR_UNSUPPORTED
 *
 * Splits a record; nothing is returned unless all of it is well formed.
 *
 * Returns: %TRUE if @record is exactly one record
 */
gboolean
bm_record_parse (GBytes *record,
                 BmEntryHeader *ret_header,
                 GBytes **ret_header_bytes,
                 GBytes **ret_sealed,
                 GError **error)
{
  BmEntryHeader header;
  gsize len = 0;

  g_return_val_if_fail (record != NULL, FALSE);

  const guint8 *at = g_bytes_get_data (record, &len);
  if (len > BM_ENTRY_MAX_RECORD)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "record too long");
      return FALSE;
    }
  if (len < 6)
    return set_invalid (error, "record too short");
  gsize header_len = (gsize) get_uint (&at, 2);
  if (header_len > len - 6)
    return set_invalid (error, "broken record header length");
  at += header_len;
  gsize sealed_len = (gsize) get_uint (&at, 4);
  if (sealed_len != len - 6 - header_len)
    return set_invalid (error, "broken record payload length");
  g_autoptr (GBytes) header_bytes = g_bytes_new_from_bytes (record, 2, header_len);
  if (!bm_entry_header_decode (header_bytes, &header, error))
    return FALSE;
  if (ret_header != NULL)
    *ret_header = header;
  if (ret_header_bytes != NULL)
    *ret_header_bytes = g_steal_pointer (&header_bytes);
  if (ret_sealed != NULL)
    *ret_sealed = g_bytes_new_from_bytes (record, 6 + header_len, sealed_len);
  return TRUE;
}

/**
 * bm_chain_start:
 * @kiosk: the station's number
 * @epoch: the epoch
 * @ret_head: (out): head[0]
 *
 * Gives the head of an empty chain.
 */
void
bm_chain_start (guint32 kiosk, guint64 epoch, guint8 ret_head[BM_SM3_LEN])
{
  guint8 input[sizeof CHAIN_LABEL - 1 + 4 + 8];

  memcpy (input, CHAIN_LABEL, sizeof CHAIN_LABEL - 1);
  (void) put_uint (put_uint (input + sizeof CHAIN_LABEL - 1, kiosk, 4), epoch, 8);
  bm_sm3 (input, sizeof input, ret_head);
}

/**
 * bm_chain_next:
 * @head: the head before
 * @record: the next record
 * @ret_head: (out): the head after; may be @head
 *
 * Lengthens the chain by one record.
 */
void
bm_chain_next (const guint8 head[BM_SM3_LEN], GBytes *record, guint8 ret_head[BM_SM3_LEN])
{
  guint8 input[2 * BM_SM3_LEN];
  gsize len = 0;

  g_return_if_fail (record != NULL);

  gconstpointer data = g_bytes_get_data (record, &len);
  memcpy (input, head, BM_SM3_LEN);
  bm_sm3 (data, len, input + BM_SM3_LEN);
  bm_sm3 (input, sizeof input, ret_head);
}
