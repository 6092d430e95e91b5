/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/protocol.h"

#include "core/error.h"

#include <string.h>

/*
 * Hex, and the one-time enrolment code that an operator types or scans:
 * BM1-<host>:<port>-<secret>-<fingerprint> (sync/PROTOCOL.md §2).
 */

#define CODE_PREFIX  "BM1-"
#define MAX_CODE_LEN (BM_PROTOCOL_MAX_HOST + BM_SECRET_LEN + BM_FINGERPRINT_LEN + 32)

/**
 * bm_hex_encode:
 * @data: bytes
 * @len: how many
 *
 * Returns: (transfer full): 2 * @len lower-case digits
 */
char *
bm_hex_encode (gconstpointer data, gsize len)
{
  static const char digits[] = "0123456789abcdef";
  const guint8 *from = data;
  char *text = g_malloc (2 * len + 1);

  for (gsize i = 0; i < len; i++)
    {
      text[2 * i] = digits[from[i] >> 4];
      text[2 * i + 1] = digits[from[i] & 15];
    }
  text[2 * len] = '\0';
  return text;
}

/**
 * bm_hex_decode:
 * @text: hex digits of either case
 * @ret_data: (out): @len bytes
 * @len: how many bytes are wanted
 *
 * Returns: whether @text was exactly 2 * @len hex digits
 */
gboolean
bm_hex_decode (const char *text, gpointer ret_data, gsize len)
{
  guint8 *to = ret_data;

  g_return_val_if_fail (text != NULL, FALSE);

  if (strlen (text) != 2 * len)
    return FALSE;
  for (gsize i = 0; i < len; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]);
      int low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      to[i] = (guint8) (high << 4 | low);
    }
  return TRUE;
}

static gboolean
is_secret (const char *text)
{
  if (strlen (text) != BM_SECRET_LEN)
    return FALSE;
  for (const char *at = text; *at != '\0'; at++)
    if (!(*at >= 'A' && *at <= 'Z') && !(*at >= '2' && *at <= '7'))
      return FALSE;
  return TRUE;
}

static gboolean
is_host (const char *text, gboolean is_ipv6)
{
  gsize len = strlen (text);

  if (len == 0 || len > BM_PROTOCOL_MAX_HOST)
    return FALSE;
  for (const char *at = text; *at != '\0'; at++)
    if (!(is_ipv6 ? g_ascii_isxdigit (*at) || *at == ':' || *at == '.'
                  : g_ascii_isalnum (*at) || *at == '.' || *at == '-'))
      return FALSE;
  return TRUE;
}

/* "host:port" or "[ipv6]:port"; @text is taken apart in place. */
static gboolean
split_authority (char *text, BmEnrolCode *self)
{
  gboolean is_ipv6 = *text == '[';
  char *colon = strrchr (text, ':');
  guint64 port;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 1, 65535, &port, NULL))
    return FALSE;
  *colon = '\0';
  if (is_ipv6)
    {
      if (colon == text + 1 || colon[-1] != ']')
        return FALSE;
      colon[-1] = '\0';
      text++;
    }
  if (!is_host (text, is_ipv6))
    return FALSE;
  self->host = g_strdup (text);
  self->port = (guint16) port;
  return TRUE;
}

/* Cuts the last "-part" off @text and returns the part. */
static char *
cut_last (char *text)
{
  char *dash = strrchr (text, '-');

  if (dash == NULL)
    return NULL;
  *dash = '\0';
  return dash + 1;
}

static char *
without_spaces (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at++)
    if (!g_ascii_isspace (*at))
      g_string_append_c (out, *at);
  return g_string_free (out, FALSE);
}

static gboolean
parse_parts (char *text, BmEnrolCode *self)
{
  guint8 hash[BM_FINGERPRINT_LEN / 2];
  char *fingerprint = cut_last (text);
  char *secret = fingerprint != NULL ? cut_last (text) : NULL;
  g_autofree char *upper = secret != NULL ? g_ascii_strup (secret, -1) : NULL;
  g_autofree char *hex = NULL;

  if (upper == NULL || !is_secret (upper) || !bm_hex_decode (fingerprint, hash, sizeof hash) ||
      !split_authority (text, self))
    {
      bm_wipe_string (g_steal_pointer (&upper));
      return FALSE;
    }
  hex = bm_hex_encode (hash, sizeof hash);
  g_strlcpy (self->secret, upper, sizeof self->secret);
  g_strlcpy (self->fingerprint, hex, sizeof self->fingerprint);
  bm_wipe_string (g_steal_pointer (&upper));
  return TRUE;
}

/**
 * bm_enrol_code_parse:
 * @text: what the operator typed or scanned
 * @error: return location for an error
 *
 * Returns: (transfer full): the code's parts, or %NULL
 */
BmEnrolCode *
bm_enrol_code_parse (const char *text, GError **error)
{
  g_autoptr (BmEnrolCode) self = g_new0 (BmEnrolCode, 1);
  g_autofree char *clean = NULL;
  gboolean is_code;

  g_return_val_if_fail (text != NULL, NULL);

  if (strlen (text) > MAX_CODE_LEN)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "enrolment code: too long");
      return NULL;
    }
  clean = without_spaces (text);
  is_code = g_ascii_strncasecmp (clean, CODE_PREFIX, strlen (CODE_PREFIX)) == 0 &&
            parse_parts (clean + strlen (CODE_PREFIX), self);
  bm_wipe_string (g_steal_pointer (&clean));
  if (is_code)
    return g_steal_pointer (&self);
  g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID,
                       "enrolment code: must be BM1-host:port-secret-fingerprint");
  return NULL;
}

static char *
dup_authority (const BmEnrolCode *self)
{
  if (strchr (self->host, ':') != NULL)
    return g_strdup_printf ("[%s]:%u", self->host, self->port);
  return g_strdup_printf ("%s:%u", self->host, self->port);
}

char *
bm_enrol_code_to_string (const BmEnrolCode *self)
{
  g_autofree char *authority = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  authority = dup_authority (self);
  return g_strdup_printf (CODE_PREFIX "%s-%s-%s", authority, self->secret, self->fingerprint);
}

char *
bm_enrol_code_dup_url (const BmEnrolCode *self)
{
  g_autofree char *authority = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  authority = dup_authority (self);
  return g_strdup_printf ("https://%s", authority);
}

void
bm_enrol_code_free (BmEnrolCode *self)
{
  if (self == NULL)
    return;
  g_free (self->host);
  bm_wipe (self->secret, sizeof self->secret);
  g_free (self);
}
