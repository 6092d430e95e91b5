/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-number"

#include "core/entry/number.h"

#include "core/error.h"

#include <stdio.h>
#include <string.h>

/*
 * Tracking numbers and the text in a slip's QR code (domain §2.8).
 *
 *   form     terminal 2 | epoch label 2 | serial 4 | check digit (ISO 7064 MOD 11,10)
 *   number   village 12 | terminal 2 | epoch label 2 | counter 8 | check digit (ISO 7064 MOD 11,10)
 *   code     the first 40 bits of HMAC-SM3 (terminal key, 25 digits | entry hash), base32
 *   QR text  HTTPS://HOST/T/<number>.<code>, capitals only (alphanumeric mode)
 */

#define VILLAGE_LEN     12
#define COUNTER_MAX     99999999
#define FORM_SERIAL_MAX 9999
#define FORM_LEN        9
#define HOST_MAX        253
#define TEXT_MAX        (8 + HOST_MAX + 3 + BM_NUMBER_LEN + 1 + BM_QR_CODE_LEN)
#define SCHEME          "HTTPS://"
#define PATH            "/T/"

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static gboolean
are_digits (const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isdigit (text[i]))
      return FALSE;
  return TRUE;
}

static char
compute_check (const char *digits, guint len)
{
  guint product = 10;

  for (guint i = 0; i < len; i++)
    {
      guint sum = (product + (guint) (digits[i] - '0')) % 10;
      product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
  return (char) ('0' + (11 - product) % 10);
}

/**
 * bm_number_new:
 * @village: 12 digits
 * @terminal: 1 to 99
 * @epoch_label: 1 to 99
 * @counter: 1 to 99999999
 *
 * Composes a tracking number.
 *
 * Returns: (transfer full) (nullable): 25 digits, or %NULL when a value is out of range
 */
char *
bm_number_new (const char *village, guint terminal, guint epoch_label, guint32 counter)
{
  g_return_val_if_fail (village != NULL, NULL);

  if (strnlen (village, VILLAGE_LEN + 1) != VILLAGE_LEN || !are_digits (village, VILLAGE_LEN))
    return NULL;
  if (terminal < 1 || terminal > 99 || epoch_label < 1 || epoch_label > 99)
    return NULL;
  if (counter < 1 || counter > COUNTER_MAX)
    return NULL;
  char *number = g_strdup_printf ("%s%02u%02u%08u0", village, terminal, epoch_label, counter);
  number[BM_NUMBER_LEN - 1] = compute_check (number, BM_NUMBER_LEN - 1);
  return number;
}

/**
 * bm_number_is_valid:
 * @number: (nullable): text from outside
 *
 * Tells whether @number has 25 digits of which the last one checks.
 *
 * Returns: %TRUE if so
 */
gboolean
bm_number_is_valid (const char *number)
{
  if (number == NULL || strnlen (number, BM_NUMBER_LEN + 1) != BM_NUMBER_LEN)
    return FALSE;
  return are_digits (number, BM_NUMBER_LEN) &&
         number[BM_NUMBER_LEN - 1] == compute_check (number, BM_NUMBER_LEN - 1);
}

static guint
parse_digits (const char *text, guint len)
{
  guint value = 0;

  for (guint i = 0; i < len; i++)
    value = value * 10 + (guint) (text[i] - '0');
  return value;
}

/**
 * bm_number_split:
 * @number: (nullable): text from outside
 * @ret_village: (out) (optional): 12 digits
 * @ret_terminal: (out) (optional): the terminal
 * @ret_epoch_label: (out) (optional): the epoch label
 * @ret_counter: (out) (optional): the counter
 *
 * Takes a tracking number apart.
 *
 * Returns: %FALSE if it is not valid
 */
gboolean
bm_number_split (const char *number,
                 char ret_village[13],
                 guint *ret_terminal,
                 guint *ret_epoch_label,
                 guint32 *ret_counter)
{
  if (!bm_number_is_valid (number))
    return FALSE;
  if (ret_village != NULL)
    {
      memcpy (ret_village, number, VILLAGE_LEN);
      ret_village[VILLAGE_LEN] = '\0';
    }
  if (ret_terminal != NULL)
    *ret_terminal = parse_digits (number + 12, 2);
  if (ret_epoch_label != NULL)
    *ret_epoch_label = parse_digits (number + 14, 2);
  if (ret_counter != NULL)
    *ret_counter = parse_digits (number + 16, 8);
  return TRUE;
}

/**
 * bm_number_group:
 * @number: a valid number
 *
 * Groups a number for the eye.
 *
 * Returns: (transfer full): for example "990121101201 01 01 00000007 0"
 */
char *
bm_number_group (const char *number)
{
  g_return_val_if_fail (bm_number_is_valid (number), NULL);

  return g_strdup_printf ("%.12s %.2s %.2s %.8s %.1s", number, number + 12, number + 14,
                          number + 16, number + 24);
}

/**
 * bm_form_number_new:
 * @terminal: 1 to 99
 * @epoch_label: 1 to 99; another one after the platform took note of a restored ledger
 * @serial: 1 to 9999
 *
 * Composes the number of a paper form (补录单), in groups as it is printed and read out.
 *
 * Returns: (transfer full) (nullable): "01 01 0007 3", or %NULL when a value is out of range
 */
char *
bm_form_number_new (guint terminal, guint epoch_label, guint serial)
{
  g_autofree char *digits = NULL;

  if (terminal < 1 || terminal > 99 || epoch_label < 1 || epoch_label > 99 || serial < 1 ||
      serial > FORM_SERIAL_MAX)
    return NULL;
  digits = g_strdup_printf ("%02u%02u%04u", terminal, epoch_label, serial);
  return g_strdup_printf ("%02u %02u %04u %c", terminal, epoch_label, serial,
                          compute_check (digits, (guint) strlen (digits)));
}

/**
 * bm_form_number_split:
 * @form: what was typed or printed, with or without blanks
 * @ret_terminal: (out) (optional): which terminal printed it
 * @ret_epoch_label: (out) (optional): under which label of its ledger
 * @ret_serial: (out) (optional): its running number
 *
 * Returns: whether @form is the number of a paper form
 */
gboolean
bm_form_number_split (const char *form,
                      guint *ret_terminal,
                      guint *ret_epoch_label,
                      guint *ret_serial)
{
  guint terminal = 0, label = 0, serial = 0;
  g_autofree char *wanted = NULL;
  char digits[FORM_LEN + 1];
  gsize n = 0;

  g_return_val_if_fail (form != NULL, FALSE);

  for (const char *at = form; *at != '\0'; at++)
    {
      if (*at == ' ')
        continue;
      if (!g_ascii_isdigit (*at) || n == FORM_LEN)
        return FALSE;
      digits[n++] = *at;
    }
  digits[n] = '\0';
  if (n != FORM_LEN || sscanf (digits, "%2u%2u%4u", &terminal, &label, &serial) != 3)
    return FALSE;
  wanted = bm_form_number_new (terminal, label, serial);
  if (wanted == NULL || wanted[strlen (wanted) - 1] != digits[FORM_LEN - 1])
    return FALSE;
  if (ret_terminal != NULL)
    *ret_terminal = terminal;
  if (ret_epoch_label != NULL)
    *ret_epoch_label = label;
  if (ret_serial != NULL)
    *ret_serial = serial;
  return TRUE;
}

/**
 * bm_qr_code:
 * @terminal_key: the terminal's key
 * @number: a valid number
 * @entry_hash: (nullable): 32 bytes, or %NULL for none
 *
 * Computes the code that proves that this terminal issued this number for this entry.
 *
 * Returns: (transfer full): 8 base32 characters
 */
char *
bm_qr_code (const BmKey *terminal_key, const char *number, const guint8 *entry_hash)
{
  guint8 input[BM_NUMBER_LEN + BM_SM3_LEN];
  guint8 mac[BM_SM3_LEN];
  gsize len = BM_NUMBER_LEN;
  guint64 bits = 0;

  g_return_val_if_fail (terminal_key != NULL, NULL);
  g_return_val_if_fail (bm_number_is_valid (number), NULL);

  memcpy (input, number, BM_NUMBER_LEN);
  if (entry_hash != NULL)
    {
      memcpy (input + len, entry_hash, BM_SM3_LEN);
      len += BM_SM3_LEN;
    }
  bm_hmac_sm3 (terminal_key, input, len, mac);
  for (guint i = 0; i < 5; i++)
    bits = bits << 8 | mac[i];
  bm_wipe (mac, sizeof mac);

  char *code = g_malloc0 (BM_QR_CODE_LEN + 1);
  for (guint i = 0; i < BM_QR_CODE_LEN; i++)
    code[i] = base32[bits >> (35 - 5 * i) & 31];
  return code;
}

static gboolean
is_host (const char *host, gsize len)
{
  if (len == 0 || len > HOST_MAX)
    return FALSE;
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isalnum (host[i]) && strchr (".-:", host[i]) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
is_code (const char *code)
{
  if (strnlen (code, BM_QR_CODE_LEN + 1) != BM_QR_CODE_LEN)
    return FALSE;
  return strspn (code, base32) == BM_QR_CODE_LEN;
}

/**
 * bm_qr_code_equals:
 * @code: a code of %BM_QR_CODE_LEN characters
 * @other: another
 *
 * Compares in a time that does not tell where they differ.
 *
 * Returns: whether they are the same
 */
gboolean
bm_qr_code_equals (const char *code, const char *other)
{
  guint difference = 0;

  g_return_val_if_fail (code != NULL && other != NULL, FALSE);

  for (guint i = 0; i < BM_QR_CODE_LEN; i++)
    difference |= (guint) (guchar) code[i] ^ (guint) (guchar) other[i];
  return difference == 0;
}

/**
 * bm_qr_text:
 * @host: the public body's host name
 * @number: a valid number
 * @code: what bm_qr_code() gave
 *
 * Composes the text of a slip's QR code, in capitals.
 *
 * Returns: (transfer full): the text
 */
char *
bm_qr_text (const char *host, const char *number, const char *code)
{
  g_return_val_if_fail (host != NULL && is_host (host, strnlen (host, HOST_MAX + 1)), NULL);
  g_return_val_if_fail (bm_number_is_valid (number), NULL);
  g_return_val_if_fail (code != NULL && is_code (code), NULL);

  g_autofree char *upper = g_ascii_strup (host, -1);
  return g_strconcat (SCHEME, upper, PATH, number, ".", code, NULL);
}

static gboolean
set_invalid (GError **error)
{
  g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "not a tracking code");
  return FALSE;
}

/**
 * bm_qr_parse:
 * @text: what a scanner read
 * @ret_host: (out) (optional) (transfer full): the host, in capitals
 * @ret_number: (out) (optional) (transfer full): the number
 * @ret_code: (out) (optional) (transfer full): the code, in capitals
 * @error: %BM_ERROR_INVALID
 *
 * Takes the text of a slip's QR code apart. Letter case is folded, any host is accepted, nothing else
 * is forgiven.
 *
 * Returns: %TRUE if it is such a text
 */
gboolean
bm_qr_parse (const char *text, char **ret_host, char **ret_number, char **ret_code, GError **error)
{
  g_return_val_if_fail (text != NULL, FALSE);

  if (strnlen (text, TEXT_MAX + 1) > TEXT_MAX)
    return set_invalid (error);
  g_autofree char *upper = g_ascii_strup (text, -1);
  if (!g_str_has_prefix (upper, SCHEME))
    return set_invalid (error);
  const char *host = upper + strlen (SCHEME);
  const char *path = strchr (host, '/');
  if (path == NULL || !g_str_has_prefix (path, PATH) || !is_host (host, (gsize) (path - host)))
    return set_invalid (error);
  const char *tail = path + strlen (PATH);
  if (strlen (tail) != BM_NUMBER_LEN + 1 + BM_QR_CODE_LEN || tail[BM_NUMBER_LEN] != '.')
    return set_invalid (error);
  g_autofree char *number = g_strndup (tail, BM_NUMBER_LEN);
  const char *code = tail + BM_NUMBER_LEN + 1;
  if (!bm_number_is_valid (number) || !is_code (code))
    return set_invalid (error);
  if (ret_host != NULL)
    *ret_host = g_strndup (host, (gsize) (path - host));
  if (ret_number != NULL)
    *ret_number = g_steal_pointer (&number);
  if (ret_code != NULL)
    *ret_code = g_strdup (code);
  return TRUE;
}
