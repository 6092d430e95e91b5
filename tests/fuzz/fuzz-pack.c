/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-pack"

#include "core/pack/pack.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

#define AAD "bianmin pack|benefit|2026|"

static const char head_text[] =
  "{\"version\":1,\"pack\":\"benefit\",\"year\":2026,\"as_of\":\"2026-11-18\","
  "\"salt\":\"000102030405060708090a0b0c0d0e0f\",\"bits\":0,\"count\":1}";

static BmPackHead *head;
static BmKey *slow; /* any key will do: how it was made is no matter here */
static char locator[2 * BM_PACK_LOCATOR_LEN + 1];

static void
ensure_pack (void)
{
  guint8 material[32] = { 1 };
  guint8 raw[BM_PACK_LOCATOR_LEN];
  g_autoptr (GBytes) body = g_bytes_new_static (head_text, sizeof head_text - 1);
  g_autoptr (GBytes) key = g_bytes_new_static (material, sizeof material);

  if (head != NULL)
    return;
  bm_crypto_init ();
  head = bm_pack_head_parse (body, NULL);
  slow = bm_key_new_symmetric (key, NULL);
  g_assert_true (head != NULL && slow != NULL);
  bm_pack_locate (head, slow, raw);
  for (gsize i = 0; i < sizeof raw; i++)
    g_snprintf (locator + 2 * i, 3, "%02x", raw[i]);
}

static GBytes *
new_bucket (const char *sealed)
{
  char *text = g_strdup_printf ("{\"version\":1,\"pack\":\"benefit\",\"year\":2026,"
                                "\"as_of\":\"2026-11-18\",\"records\":{\"%s\":\"%s\"}}",
                                locator, sealed);

  return g_bytes_new_take (text, strlen (text));
}

/* A head that is accepted can be written and read again. */
static void
try_head (GBytes *body)
{
  g_autoptr (BmPackHead) read = bm_pack_head_parse (body, NULL);
  g_autoptr (BmPackHead) again = NULL;
  g_autoptr (GBytes) written = NULL;
  g_autofree char *name = NULL;
  json_t *json;
  char *text;

  if (read == NULL)
    return;
  json = bm_pack_head_to_json (read);
  text = json_dumps (json, 0);
  written = g_bytes_new_take (text, strlen (text));
  again = bm_pack_head_parse (written, NULL);
  g_assert_true (again != NULL && again->as_of == read->as_of && again->bits == read->bits);
  name = bm_pack_dup_bucket_name (read, read->salt);
  g_assert_nonnull (name);
  json_decref (json);
}

/* What can be sealed opens again to the same. */
static void
try_record (const uint8_t *data, size_t size)
{
  json_t *record = json_loadb ((const char *) data, size, JSON_REJECT_DUPLICATES, NULL);
  g_autofree char *sealed = NULL;

  if (record == NULL)
    return;
  sealed = bm_pack_seal_record (head, slow, record, NULL);
  if (sealed != NULL)
    {
      g_autoptr (GBytes) bucket = new_bucket (sealed);
      json_t *opened = bm_pack_open_record (head, slow, bucket, NULL);

      g_assert_true (json_equal (opened, record));
      json_decref (opened);
    }
  json_decref (record);
}

/* The bytes as a bucket, and as what a sealed record holds. */
static void
try_bucket (GBytes *bytes)
{
  g_autofree char *aad_text = g_strconcat (AAD, locator, NULL);
  g_autoptr (GBytes) aad = g_bytes_new (aad_text, strlen (aad_text));
  g_autoptr (GBytes) context = g_bytes_new_static ("benefit|2026", 12);
  g_autoptr (BmKey) key = bm_kdf (slow, "pack record", context, NULL);
  g_autoptr (GBytes) sealed = bm_seal (key, aad, bytes, NULL);
  g_autofree char *text =
    g_base64_encode (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  g_autoptr (GBytes) bucket = new_bucket (text);

  json_decref (bm_pack_open_record (head, slow, bytes, NULL));
  json_decref (bm_pack_open_record (head, slow, bucket, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  ensure_pack ();
  try_head (bytes);
  try_record (data, size);
  try_bucket (bytes);
  return 0;
}
