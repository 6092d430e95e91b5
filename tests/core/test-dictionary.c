/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-dictionary"

#include "core/entry/entry.h"
#include "core/error.h"

#include "tests/core/support.h"

#include <stdio.h>
#include <string.h>

#define SAMPLE                                                                         \
  "{\"evidence\":[{\"at_ms\":1795223400895,\"class\":\"card\",\"kind\":\"citizen\"}]," \
  "\"fields\":{\"k.present\":true,\"p.name\":\"陈有根\"},\"service\":\"cert.pension\"}"
#define ROUNDS 20000

/* A dictionary of the program under another id: other bytes, and nobody else has it. */
static BmDictionary *
make_other (guint32 id)
{
  GBytes *bytes = bm_dictionary_get_bytes (bm_dictionary_get_builtin (BM_DICTIONARY_ENTRY));
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  guint32 little = GUINT32_TO_LE (id);
  g_autoptr (GBytes) changed = NULL;
  g_autoptr (GError) error = NULL;

  memcpy (copy + 4, &little, sizeof little);
  changed = g_bytes_new (copy, g_bytes_get_size (bytes));
  BmDictionary *other = bm_dictionary_new (changed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bm_dictionary_get_id (other), ==, id);
  return other;
}

static void
test_builtin (void)
{
  BmDictionary *entry = bm_dictionary_get_builtin (BM_DICTIONARY_ENTRY);

  g_assert_cmpuint (bm_dictionary_get_id (entry), ==, 1);
  g_assert_true (bm_dictionaries_find (NULL, 1) == entry);
  g_assert_null (bm_dictionaries_find (NULL, 99));
  g_assert_null (bm_dictionary_get_builtin ("nothing"));
}

static void
test_pack_round_trip (void)
{
  BmDictionary *entry = bm_dictionary_get_builtin (BM_DICTIONARY_ENTRY);
  g_autoptr (GByteArray) packed = bm_pack (entry, SAMPLE, strlen (SAMPLE), 12, NULL);
  g_autoptr (GByteArray) alone = bm_pack (NULL, SAMPLE, strlen (SAMPLE), 12, NULL);
  g_autoptr (GByteArray) empty = bm_pack (entry, "", 0, 3, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) back = bm_unpack (NULL, packed->data, packed->len, strlen (SAMPLE), &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (back, NULL), g_bytes_get_size (back), SAMPLE, strlen (SAMPLE));
  g_assert_cmpuint (packed->len * 2, <, alone->len);
  g_autoptr (GBytes) nothing = bm_unpack (NULL, empty->data, empty->len, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (nothing), ==, 0);
}

static void
refuse (GByteArray *bytes, gsize len, gsize max, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_unpack (NULL, bytes->data, len, max, &error));
  g_assert_error (error, BM_ERROR, code);
}

static void
test_unpack_refuses (void)
{
  g_autoptr (BmDictionary) other = make_other (99);
  g_autoptr (GByteArray) packed =
    bm_pack (bm_dictionary_get_builtin (BM_DICTIONARY_ENTRY), SAMPLE, strlen (SAMPLE), 3, NULL);
  g_autoptr (GByteArray) unknown = bm_pack (other, SAMPLE, strlen (SAMPLE), 3, NULL);

  refuse (packed, packed->len, strlen (SAMPLE) - 1, BM_ERROR_LIMIT);
  refuse (packed, packed->len - 1, 4096, BM_ERROR_CORRUPT);
  refuse (packed, 0, 4096, BM_ERROR_CORRUPT);
  refuse (unknown, unknown->len, 4096, BM_ERROR_UNSUPPORTED);
  g_byte_array_append (packed, packed->data, packed->len); /* something behind the frame */
  refuse (packed, packed->len, 4096, BM_ERROR_CORRUPT);
}

/* D1: an id means the same bytes for ever. */
static void
test_set (void)
{
  g_autoptr (BmDictionaries) set = bm_dictionaries_new ();
  g_autoptr (BmDictionary) other = make_other (99);
  g_autoptr (BmDictionary) same = make_other (99);
  g_autoptr (BmDictionary) liar = make_other (1);
  g_autoptr (GByteArray) packed = bm_pack (other, SAMPLE, strlen (SAMPLE), 3, NULL);
  g_autoptr (GByteArray) content = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_unpack (set, packed->data, packed->len, 4096, NULL));
  g_assert_true (bm_dictionaries_add (set, other, &error));
  g_assert_true (bm_dictionaries_add (set, same, &error));
  g_autoptr (GBytes) back = bm_unpack (set, packed->data, packed->len, 4096, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (back), ==, strlen (SAMPLE));

  GBytes *bytes = bm_dictionary_get_bytes (liar);
  g_byte_array_append (content, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
  content->data[content->len - 1] ^= 1;
  g_autoptr (GBytes) forged = g_bytes_new (content->data, content->len);
  g_autoptr (BmDictionary) other_bytes = bm_dictionary_new (forged, &error);
  g_assert_no_error (error);
  g_assert_false (bm_dictionaries_add (set, other_bytes, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_REFUSED);
  g_clear_error (&error);
  for (guint32 id = 300; id < 300 + BM_DICTIONARY_MAX_COUNT && error == NULL; id++)
    {
      g_autoptr (BmDictionary) more = make_other (id);

      (void) bm_dictionaries_add (set, more, &error); /* until the set is full */
    }
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
}

static void
test_message (void)
{
  g_autoptr (BmDictionary) other = make_other (99);
  g_autoptr (GBytes) body = bm_dictionary_make_message (other);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmDictionary) back = bm_dictionary_new_from_message (body, 99, &error);
  static const char *const bad[] = {
    "",
    "{}",
    "[]",
    "{\"id\":99,\"version\":1,\"zstd\":\"\"}",
    "{\"id\":99,\"version\":1,\"zstd\":\"AAAA\"}",
    "{\"id\":99,\"version\":1,\"zstd\":\"N6Qw7A==\"}",
    "{\"id\":99,\"version\":1,\"zstd\":\"N6Qw7A=\"}",
    "{\"id\":99,\"version\":2,\"zstd\":\"N6Qw7GMAAAA=\"}",
    "{\"id\":99,\"version\":1,\"zstd\":\"****\"}",
  };

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (bm_dictionary_get_bytes (back), bm_dictionary_get_bytes (other)));
  g_assert_null (bm_dictionary_new_from_message (body, 98, &error)); /* the version is the id */
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GBytes) text = g_bytes_new_static (bad[i], strlen (bad[i]));

      g_assert_null (bm_dictionary_new_from_message (text, 99, NULL));
    }
}

/* Whatever comes: an answer within the maximum, or an error. */
static void
test_random (void)
{
  g_autoptr (GByteArray) packed =
    bm_pack (bm_dictionary_get_builtin (BM_DICTIONARY_ENTRY), SAMPLE, strlen (SAMPLE), 3, NULL);

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (packed->data, packed->len);
      gsize len = g_test_rand_int_range (0, (gint32) packed->len + 1);
      g_autoptr (GError) error = NULL;

      for (gint n = g_test_rand_int_range (0, 4); n > 0; n--)
        copy[g_test_rand_int_range (0, (gint32) packed->len)] = (guint8) g_test_rand_int ();
      g_autoptr (GBytes) plain = bm_unpack (NULL, copy, len, 512, &error);
      g_assert_true ((plain == NULL) == (error != NULL));
      g_assert_true (plain == NULL || g_bytes_get_size (plain) <= 512);
    }
}

/* Suite 2: a nonce less, the magic number less, the dictionary named inside. */
static void
test_suites (void)
{
  g_autoptr (BmKey) platform = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autoptr (BmKey) platform_public = bm_key_dup_public (platform);
  g_autoptr (BmDictionary) other = make_other (99);
  g_autoptr (BmDictionaries) set = bm_dictionaries_new ();
  g_autoptr (GBytes) payload = g_bytes_new_static (SAMPLE, strlen (SAMPLE));
  gsize sizes[3] = { 0 };
  BmDictionary *with[] = { bm_dictionary_get_builtin (BM_DICTIONARY_ENTRY), other };

  for (guint i = 0; i < 3; i++)
    {
      BmEntryHeader header = { .type = BM_ENTRY_AUDIT,
                               .suite = i == 0 ? BM_SUITE_SM : BM_SUITE_SM_ONCE,
                               .kiosk = 1,
                               .epoch = 3,
                               .seq = 1,
                               .run = 3,
                               .key_index = 1,
                               .due_day = BM_NO_DUE_DAY };
      g_autoptr (BmRatchet) run = bm_ratchet_new (3);
      g_autoptr (GBytes) start = bm_ratchet_seal_start (run, platform_public, NULL);
      g_autoptr (GBytes) bytes = bm_entry_header_encode (&header);
      g_autoptr (GError) error = NULL;

      bm_ratchet_set_dictionary (run, i > 0 ? with[i - 1] : NULL);
      g_autoptr (GBytes) sealed = bm_ratchet_seal (run, bytes, payload, &error);
      g_assert_no_error (error);
      sizes[i] = g_bytes_get_size (sealed);
      g_assert_cmpuint (((const guint8 *) g_bytes_get_data (sealed, NULL))[0], ==, header.suite);
      g_autoptr (GBytes) opened =
        bm_payload_open (platform, start, &header, bytes, sealed, NULL, &error);
      if (i == 2)
        {
          g_assert_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED);
          g_clear_error (&error);
          g_assert_true (bm_dictionaries_add (set, other, NULL));
          opened = bm_payload_open (platform, start, &header, bytes, sealed, set, &error);
        }
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (opened, payload));
      for (gsize bit = 0; bit < 8 * sizes[i]; bit += 7) /* nothing in it may change */
        {
          g_autoptr (GBytes) flipped = bytes_flipped (sealed, bit);

          g_assert_null (bm_payload_open (platform, start, &header, bytes, flipped, set, NULL));
        }
    }
  g_assert_cmpuint (sizes[1] + 16, <=, sizes[0]);
}

/* Whether @needle lies anywhere that this process may write. */
static gboolean
is_in_memory (const char *needle)
{
  g_autofree char *maps = NULL;
  g_auto (GStrv) lines = NULL;
  const gsize len = strlen (needle);
  guint n_found = 0;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  lines = g_strsplit (maps, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      gulong from, to;

      if (sscanf (lines[i], "%lx-%lx rw", &from, &to) != 2 || strstr (lines[i], " rw") == NULL ||
          strstr (lines[i], "[v") != NULL)
        continue;
      for (const char *at = (const char *) from;
           (at = memmem (at, (const char *) to - at, needle, len)) != NULL; at++)
        n_found += at != needle;
    }
  return n_found > 0;
}

/* A sanitizer's allocator leaves what is freed as it was: then there is nothing to try. */
#ifdef __SANITIZE_ADDRESS__
#define IS_SANITIZED TRUE
#else
#define IS_SANITIZED FALSE
#endif

/* As the programs start themselves. */
static gboolean
is_overwriting (void)
{
  const char *tunables = g_getenv ("GLIBC_TUNABLES");

  return tunables != NULL && strstr (tunables, "perturb") != NULL;
}

/* What was packed lies nowhere any more, the packing context included. */
static void
test_forget (void)
{
  char *needle = g_strdup ("XXXXXXXXXXXX");
  char *text;

  if (!is_overwriting ())
    {
      g_test_skip ("the allocator overwrites nothing");
      g_free (needle);
      return;
    }
  for (char *at = needle; *at != '\0'; at++)
    *at = (char) ('a' + g_random_int_range (0, 26)); /* nothing that a dictionary has */
  text = g_strdup_printf ("{\"fields\":{\"p.name\":\"%s\"},\"service\":\"cert.pension\"}", needle);
  for (int level = 3; level <= 12; level += 9)
    {
      g_autoptr (GByteArray) packed =
        bm_pack (bm_dictionary_get_builtin (BM_DICTIONARY_ENTRY), text, strlen (text), level, NULL);

      bm_wipe (packed->data, packed->len);
    }
  bm_wipe (text, strlen (text));
  g_free (text);
  bm_pack_forget ();
  g_assert_false (is_in_memory (needle));
  g_free (needle);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/dictionary/builtin", test_builtin);
  g_test_add_func ("/dictionary/pack/round-trip", test_pack_round_trip);
  if (!IS_SANITIZED)
    g_test_add_func ("/dictionary/pack/forget", test_forget);
  g_test_add_func ("/dictionary/unpack/refuses", test_unpack_refuses);
  g_test_add_func ("/dictionary/unpack/random", test_random);
  g_test_add_func ("/dictionary/set/id-means-the-same-bytes", test_set);
  g_test_add_func ("/dictionary/message", test_message);
  g_test_add_func ("/dictionary/suites", test_suites);
  return g_test_run ();
}
