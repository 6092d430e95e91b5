/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-code"

#include "sync/protocol.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

/* An operator's enrolment code: what is accepted is written again as it was understood. */
static void
enrol (const char *text)
{
  g_autoptr (BmEnrolCode) code = bm_enrol_code_parse (text, NULL);
  g_autoptr (BmEnrolCode) again = NULL;
  g_autofree char *written = NULL;
  g_autofree char *url = NULL;

  if (code == NULL)
    return;
  written = bm_enrol_code_to_string (code);
  url = bm_enrol_code_dup_url (code);
  again = bm_enrol_code_parse (written, NULL);
  g_assert_nonnull (again);
  g_assert_cmpstr (again->host, ==, code->host);
  g_assert_cmpuint (again->port, ==, code->port);
  g_assert_cmpstr (again->secret, ==, code->secret);
  g_assert_cmpstr (again->fingerprint, ==, code->fingerprint);
  g_assert_true (g_str_has_prefix (url, "https://"));
}

/* The path of a chunk has one way to be written. */
static void
name_chunk (const char *text)
{
  static const guint8 nonce[BM_NONCE_LEN] = { 0 };
  guint8 blob[BM_SM3_LEN];
  g_autofree char *path = NULL;
  guint chunk;

  if (!bm_blob_chunk_parse (text, blob, &chunk))
    return;
  path = bm_blob_chunk_path (blob, chunk, nonce);
  *strchr (path, '?') = '\0';
  g_assert_cmpint (g_ascii_strcasecmp (path, text), ==, 0);
}

/* Number and code of a slip, on their way to the platform: nothing in them ends the query. */
static void
ask (const char *text)
{
  static const guint8 nonce[BM_NONCE_LEN] = { 0 };
  g_auto (GStrv) words = g_strsplit (text, " ", 2);
  g_autofree char *path = words[0] != NULL ? bm_track_path (words[0], words[1], nonce) : NULL;

  for (const char *at = path; at != NULL && *at != '\0'; at++)
    g_assert_true (g_ascii_isalnum (*at) || strchr ("/?&=-_.", *at) != NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  enrol (text);
  name_chunk (text);
  ask (text);
  return 0;
}
