/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-attachment"

#include "core/entry/attachment.h"
#include "core/error.h"

#include <string.h>

/* Photos and scans: sealed at the station, opened at the platform, and nowhere else. */

static const BmAttachmentPlace place = { 7, 11, 13, 1 };

typedef struct
{
  BmKey *key;
  GBytes *plain;
  BmSealedAttachment *sealed;
} Sample;

static void
sample_init (Sample *self, gsize len)
{
  g_autoptr (BmRatchet) ratchet = bm_ratchet_new (3);
  g_autoptr (BmAttachment) attachment = NULL;
  guint8 *bytes = g_malloc (len);

  for (gsize i = 0; i < len; i++)
    bytes[i] = (guint8) (i * 7 + i / 251);
  self->plain = g_bytes_new_take (bytes, len);
  self->key = bm_ratchet_dup_blob_key (ratchet, NULL);
  attachment = bm_attachment_new ("image/jpeg", self->plain);
  self->sealed = bm_attachment_seal (self->key, &place, attachment, NULL);
  g_assert_nonnull (self->sealed);
}

static void
sample_clear (Sample *self)
{
  bm_key_unref (self->key);
  g_bytes_unref (self->plain);
  bm_sealed_attachment_free (self->sealed);
}

static GBytes *
open_at (const Sample *self, const BmAttachmentPlace *where, GError **error)
{
  return bm_attachment_open (self->key, where, &self->sealed->manifest, self->sealed->chunks,
                             error);
}

static void
assert_refused (const Sample *self, const BmAttachmentPlace *where)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (open_at (self, where, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_CORRUPT);
}

static void
test_round_trip (void)
{
  const gsize sizes[] = {
    1,          BM_ATTACHMENT_CHUNK - 1, BM_ATTACHMENT_CHUNK, BM_ATTACHMENT_CHUNK + 1,
    200 * 1024, BM_ATTACHMENT_MAX_BYTES
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GBytes) opened = NULL;
      BmAttachmentManifest read;
      json_t *json;
      Sample sample;

      sample_init (&sample, sizes[i]);
      g_assert_cmpuint (sample.sealed->chunks->len, ==, bm_attachment_count_chunks (sizes[i]));
      g_assert_cmpuint (sample.sealed->chunks->len, <=, BM_ATTACHMENT_MAX_CHUNKS);
      opened = open_at (&sample, &place, NULL);
      g_assert_true (g_bytes_equal (opened, sample.plain));
      json = bm_attachment_manifest_to_json (&sample.sealed->manifest);
      g_assert_true (bm_attachment_manifest_from_json (json, &read, NULL));
      g_assert_cmpmem (&read, sizeof read, &sample.sealed->manifest, sizeof read);
      json_decref (json);
      sample_clear (&sample);
    }
}

/* The platform gets to the same key from the start key and the header's step. */
static void
test_key_at_platform (void)
{
  g_autoptr (BmKey) platform = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autoptr (BmRatchet) ratchet = bm_ratchet_new (3);
  g_autoptr (GBytes) start_sealed = bm_ratchet_seal_start (ratchet, platform, NULL);
  g_autoptr (BmKey) start = bm_ratchet_open_start (platform, 3, start_sealed, NULL);
  g_autoptr (BmKey) ours = bm_ratchet_dup_blob_key (ratchet, NULL);
  g_autoptr (BmKey) theirs = bm_ratchet_open_blob_key (start, 1, NULL);
  g_autoptr (BmKey) next = bm_ratchet_open_blob_key (start, 2, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (bm_key_get_id (ours), ==, bm_key_get_id (theirs));
  g_assert_cmpstr (bm_key_get_id (ours), !=, bm_key_get_id (next));
  g_assert_null (bm_ratchet_open_blob_key (start, 0, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
}

static void
test_other_place (void)
{
  BmAttachmentPlace others[] = { place, place, place, place };
  Sample sample;

  sample_init (&sample, 40000);
  others[0].kiosk++;
  others[1].epoch++;
  others[2].seq++;
  others[3].ordinal++;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    assert_refused (&sample, &others[i]);
  sample_clear (&sample);
}

static GBytes *
flip (GBytes *bytes, gsize at)
{
  gsize len = 0;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  guint8 *copy = g_memdup2 (data, len);

  copy[at % len] ^= 1;
  return g_bytes_new_take (copy, len);
}

/* Every change of a chunk, its order, its number, and of what the entry says. */
static void
test_damage (void)
{
  Sample sample;
  GPtrArray *chunks;

  sample_init (&sample, 70000);
  chunks = sample.sealed->chunks;
  for (guint i = 0; i < 200; i++)
    {
      GBytes *sound = chunks->pdata[i % chunks->len];

      chunks->pdata[i % chunks->len] = flip (sound, i * 331);
      assert_refused (&sample, &place);
      g_bytes_unref (chunks->pdata[i % chunks->len]);
      chunks->pdata[i % chunks->len] = sound;
    }
  {
    gpointer first = chunks->pdata[0];

    chunks->pdata[0] = chunks->pdata[1];
    chunks->pdata[1] = first;
    assert_refused (&sample, &place);
    chunks->pdata[1] = chunks->pdata[0];
    chunks->pdata[0] = first;
  }
  sample.sealed->manifest.sm3[5] ^= 1;
  assert_refused (&sample, &place);
  sample.sealed->manifest.sm3[5] ^= 1;
  sample.sealed->manifest.bytes--;
  assert_refused (&sample, &place);
  sample.sealed->manifest.bytes++;
  g_ptr_array_set_size (chunks, (gint) chunks->len - 1);
  assert_refused (&sample, &place);
  sample_clear (&sample);
}

static void
test_manifest_refused (void)
{
  static const char *const wrong[] = {
    "null",
    "[]",
    "{}",
    "{\"blob\":\"00\",\"bytes\":1,\"mime\":\"image/jpeg\",\"sm3\":\"00\"}",
    "{\"blob\":\""
    "0000000000000000000000000000000000000000000000000000000000000000"
    "\",\"bytes\":0,"
    "\"mime\":\"image/jpeg\",\"sm3\":\""
    "0000000000000000000000000000000000000000000000000000000000000000"
    "\"}",
    "{\"blob\":\""
    "000000000000000000000000000000000000000000000000000000000000000g"
    "\",\"bytes\":1,"
    "\"mime\":\"image/jpeg\",\"sm3\":\""
    "0000000000000000000000000000000000000000000000000000000000000000"
    "\"}",
    "{\"blob\":\""
    "0000000000000000000000000000000000000000000000000000000000000000"
    "\",\"bytes\":9999999,"
    "\"mime\":\"image/jpeg\",\"sm3\":\""
    "0000000000000000000000000000000000000000000000000000000000000000"
    "\"}",
    "{\"blob\":\""
    "0000000000000000000000000000000000000000000000000000000000000000"
    "\",\"bytes\":1,"
    "\"mime\":\"im<age\",\"sm3\":\""
    "0000000000000000000000000000000000000000000000000000000000000000"
    "\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      json_t *value = json_loads (wrong[i], JSON_DECODE_ANY, NULL);
      g_autoptr (GError) error = NULL;
      BmAttachmentManifest manifest;

      g_assert_nonnull (value);
      g_assert_false (bm_attachment_manifest_from_json (value, &manifest, &error));
      g_assert_error (error, BM_ERROR, BM_ERROR_CORRUPT);
      json_decref (value);
    }
}

static void
test_limits (void)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_attachment_free);
  g_autoptr (GBytes) small = g_bytes_new ("x", 1);
  g_autoptr (GBytes) empty = g_bytes_new ("", 0);
  g_autoptr (GBytes) large =
    g_bytes_new_take (g_malloc0 (BM_ATTACHMENT_MAX_BYTES + 1), BM_ATTACHMENT_MAX_BYTES + 1);
  g_autoptr (GError) error = NULL;

  g_assert_true (bm_attachments_check (NULL, NULL));
  for (guint i = 0; i < BM_ATTACHMENT_MAX; i++)
    g_ptr_array_add (list, bm_attachment_new ("audio/ogg", small));
  g_assert_true (bm_attachments_check (list, NULL));
  g_ptr_array_add (list, bm_attachment_new ("audio/ogg", small));
  g_assert_false (bm_attachments_check (list, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
  g_clear_error (&error);
  g_ptr_array_set_size (list, 0);
  g_ptr_array_add (list, bm_attachment_new ("audio/ogg", large));
  g_assert_false (bm_attachments_check (list, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
  g_clear_error (&error);
  g_ptr_array_set_size (list, 0);
  g_ptr_array_add (list, bm_attachment_new ("audio/ogg", empty));
  g_assert_false (bm_attachments_check (list, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/attachment/round-trip", test_round_trip);
  g_test_add_func ("/attachment/key-at-platform", test_key_at_platform);
  g_test_add_func ("/attachment/other-place", test_other_place);
  g_test_add_func ("/attachment/damage", test_damage);
  g_test_add_func ("/attachment/manifest-refused", test_manifest_refused);
  g_test_add_func ("/attachment/limits", test_limits);
  return g_test_run ();
}
