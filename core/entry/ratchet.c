/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ratchet"

#include "core/entry/attachment.h"
#include "core/entry/entry.h"

#include "core/error.h"

#include <string.h>

/*
 * Write-only payloads (design §4).
 *
 *   start = key[0] --ratchet--> key[1] --ratchet--> key[2] …
 *                                 |entry               |entry
 *                              seals entry 1        seals entry 2
 *
 * Invariants:
 *  R1  The station holds key[i] only for entries that are not sealed yet: the step to key[i+1] is made
 *      within the call that seals entry i, and the step cannot be reversed.
 *  R2  The start key is forgotten with the first entry, so it can be sealed to the platform only before.
 *  R3  A payload is sealed with exactly one header, which names its run and its step.
 *  R4  No run is longer than INDEX_MAX, so that the platform's work for one entry has a bound.
 */

#define INDEX_MAX    100000
#define PACK_LEVEL_1 3
#define PACK_LEVEL_2 12
#define START_LABEL  "bianmin start"

struct _BmRatchet
{
  guint32 run;
  guint32 next_index;
  BmKey *start;             /* NULL after the first entry */
  BmKey *next;              /* key[next_index] */
  BmDictionary *dictionary; /* NULL: payloads are packed without one */
};

static GBytes *
new_start_aad (guint32 run)
{
  guint8 aad[sizeof START_LABEL - 1 + 4];

  memcpy (aad, START_LABEL, sizeof START_LABEL - 1);
  for (guint i = 0; i < 4; i++)
    aad[sizeof START_LABEL - 1 + i] = (guint8) (run >> (24 - 8 * i));
  return g_bytes_new (aad, sizeof aad);
}

/**
 * bm_ratchet_new:
 * @run: the run's number
 *
 * Makes a ratchet with a start key of its own.
 *
 * Returns: (transfer full): a ratchet
 */
BmRatchet *
bm_ratchet_new (guint32 run)
{
  g_autoptr (BmKey) start = bm_key_generate (BM_KEY_SYMMETRIC, NULL);
  g_return_val_if_fail (start != NULL, NULL);
  BmKey *next = bm_kdf (start, "ratchet", NULL, NULL);
  g_return_val_if_fail (next != NULL, NULL);

  BmRatchet *self = g_new0 (BmRatchet, 1);
  self->run = run;
  self->next_index = 1;
  self->start = g_steal_pointer (&start);
  self->next = next;
  return self;
}

/**
 * bm_ratchet_free:
 * @self: (transfer full) (nullable): a ratchet
 *
 * Frees @self and wipes its keys.
 */
void
bm_ratchet_free (BmRatchet *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->start, bm_key_unref);
  g_clear_pointer (&self->next, bm_key_unref);
  g_clear_pointer (&self->dictionary, bm_dictionary_unref);
  g_free (self);
}

/**
 * bm_ratchet_set_dictionary:
 * @self: a ratchet that has sealed nothing yet
 * @dictionary: (nullable): what the platform has too
 *
 * From now on payloads of suite 2 are packed with @dictionary; one run has one.
 */
void
bm_ratchet_set_dictionary (BmRatchet *self, BmDictionary *dictionary)
{
  g_return_if_fail (self != NULL && self->start != NULL);

  if (dictionary != NULL)
    (void) bm_dictionary_ref (dictionary); /* kept below */
  g_clear_pointer (&self->dictionary, bm_dictionary_unref);
  self->dictionary = dictionary;
}

/**
 * bm_ratchet_get_run:
 * @self: a ratchet
 *
 * Returns: the run's number
 */
guint32
bm_ratchet_get_run (BmRatchet *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->run;
}

/**
 * bm_ratchet_get_next_index:
 * @self: a ratchet
 *
 * Tells the step that the next entry's header has to name.
 *
 * Returns: the step, from 1
 */
guint32
bm_ratchet_get_next_index (BmRatchet *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->next_index;
}

/**
 * bm_ratchet_dup_blob_key:
 * @self: a ratchet
 * @error: %BM_ERROR_CRYPTO
 *
 * Derives the key for the attachments of the entry that is sealed next; the entry's own key is another.
 *
 * Returns: (transfer full): the key
 */
BmKey *
bm_ratchet_dup_blob_key (BmRatchet *self, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return bm_kdf (self->next, "blob", NULL, error);
}

/* The text of a key as bytes that are wiped when freed. */
static GBytes *
dup_material (const BmKey *key)
{
  char *text = bm_key_to_string (key);

  return g_bytes_new_with_free_func (text, strlen (text), (GDestroyNotify) bm_wipe_string, text);
}

/**
 * bm_ratchet_seal_start:
 * @self: a ratchet that has sealed nothing yet
 * @platform_public: the platform's key
 * @error: %BM_ERROR_REFUSED after the first entry, %BM_ERROR_CRYPTO
 *
 * Seals the start key to the platform.
 *
 * Returns: (transfer full): what the run's row stores
 */
GBytes *
bm_ratchet_seal_start (BmRatchet *self, const BmKey *platform_public, GError **error)
{
  g_return_val_if_fail (self != NULL && platform_public != NULL, NULL);

  if (self->start == NULL)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_REFUSED, "the start key is gone");
      return NULL;
    }
  g_autoptr (GBytes) aad = new_start_aad (self->run);
  g_autoptr (GBytes) material = dup_material (self->start);
  return bm_seal_to (platform_public, aad, material, error);
}

static void
free_wiped_buffer (gpointer data)
{
  g_byte_array_unref (data);
}

/* Zstd's magic number, which suite 1 stores. */
static const guint8 magic[] = { 0x28, 0xb5, 0x2f, 0xfd };

/* Compressed payloads are as secret as the payload: the buffer is wiped by the caller. */
static GByteArray *
pack_payload (BmDictionary *dictionary, guint8 suite, GBytes *payload, GError **error)
{
  gsize len = 0;
  gconstpointer data = g_bytes_get_data (payload, &len);
  GByteArray *packed;

  if (len > BM_ENTRY_MAX_PAYLOAD)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "payload too long");
      return NULL;
    }
  if (suite == BM_SUITE_SM_ONCE)
    return bm_pack (dictionary, data, len, PACK_LEVEL_2, error);
  packed = bm_pack (NULL, data, len, PACK_LEVEL_1, error);
  if (packed != NULL)
    g_byte_array_prepend (packed, magic, sizeof magic);
  return packed;
}

/* How the payload of @suite is sealed under a key of its own. */
static GBytes *
seal_payload (const BmKey *entry_key, guint8 suite, GBytes *header, GBytes *plain, GError **error)
{
  return suite == BM_SUITE_SM_ONCE ? bm_seal_once (entry_key, header, plain, error)
                                   : bm_seal (entry_key, header, plain, error);
}

static GBytes *
unseal_payload (const BmKey *entry_key,
                guint8 suite,
                GBytes *header_bytes,
                GBytes *sealed,
                GError **error)
{
  return suite == BM_SUITE_SM_ONCE ? bm_unseal_once (entry_key, header_bytes, sealed, error)
                                   : bm_unseal (entry_key, header_bytes, sealed, error);
}

static gboolean
check_header (BmRatchet *self, GBytes *header_bytes, BmEntryHeader *header, GError **error)
{
  if (!bm_entry_header_decode (header_bytes, header, error))
    return FALSE;
  if (header->run != self->run || header->key_index != self->next_index)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "the header names another key");
      return FALSE;
    }
  if (self->next_index > INDEX_MAX)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "the run is too long; start a new one");
      return FALSE;
    }
  return TRUE;
}

/**
 * bm_ratchet_seal:
 * @self: a ratchet
 * @header: the entry's header bytes; they name the run and the next step
 * @payload: the entry's payload
 * @error: %BM_ERROR_INVALID, %BM_ERROR_LIMIT, %BM_ERROR_CRYPTO
 *
 * Compresses and seals @payload, and forgets the key. When the transaction around it fails, the step
 * stays used: the next entry takes the next one.
 *
 * Returns: (transfer full): the sealed payload
 */
GBytes *
bm_ratchet_seal (BmRatchet *self, GBytes *header, GBytes *payload, GError **error)
{
  BmEntryHeader decoded;

  g_return_val_if_fail (self != NULL && header != NULL && payload != NULL, NULL);

  if (!check_header (self, header, &decoded, error))
    return NULL;
  g_autoptr (BmKey) entry_key = bm_kdf (self->next, "entry", NULL, error);
  g_autoptr (BmKey) after = bm_kdf (self->next, "ratchet", NULL, error);
  if (entry_key == NULL || after == NULL)
    return NULL;
  GByteArray *packed = pack_payload (self->dictionary, decoded.suite, payload, error);
  if (packed == NULL)
    return NULL;
  gsize packed_len = packed->len;
  guint8 *packed_data = packed->data;
  g_autoptr (GBytes) plain =
    g_bytes_new_with_free_func (packed_data, packed_len, free_wiped_buffer, packed);
  GBytes *sealed = seal_payload (entry_key, decoded.suite, header, plain, error);
  bm_wipe (packed_data, packed_len);

  g_clear_pointer (&self->start, bm_key_unref);
  g_clear_pointer (&self->next, bm_key_unref);
  self->next = g_steal_pointer (&after);
  self->next_index++;
  return sealed;
}

/**
 * bm_ratchet_open_start:
 * @platform_private: the platform's key
 * @run: the run
 * @sealed_start: what the run's row stores
 * @error: %BM_ERROR_CORRUPT, %BM_ERROR_UNSUPPORTED
 *
 * Opens a run's start key, so that many entries of the run can be opened with one SM2 decryption.
 *
 * Returns: (transfer full): the start key
 */
BmKey *
bm_ratchet_open_start (const BmKey *platform_private,
                       guint32 run,
                       GBytes *sealed_start,
                       GError **error)
{
  gsize len = 0;

  g_return_val_if_fail (platform_private != NULL && sealed_start != NULL, NULL);

  g_autoptr (GBytes) aad = new_start_aad (run);
  g_autoptr (GBytes) opened = bm_unseal_with (platform_private, aad, sealed_start, error);
  if (opened == NULL)
    return NULL;
  const char *data = g_bytes_get_data (opened, &len);
  char *text = g_strndup (data, len);
  g_autoptr (BmKey) start = bm_key_new_from_string (text, error);
  bm_wipe_string (text);
  if (start != NULL && bm_key_get_kind (start) == BM_KEY_SYMMETRIC)
    return g_steal_pointer (&start);
  g_clear_error (error);
  g_set_error_literal (error, BM_ERROR, BM_ERROR_CORRUPT, "not a start key");
  return NULL;
}

/* Suite 1 stores the magic number too. */
static GBytes *
unpack_payload (const BmDictionaries *dictionaries, guint8 suite, GBytes *packed, GError **error)
{
  gsize len = 0;
  const guint8 *data = g_bytes_get_data (packed, &len);
  const gsize skipped = suite == BM_SUITE_SM ? sizeof magic : 0;
  g_autoptr (GError) local_error = NULL;
  GBytes *plain;

  if (len < skipped || memcmp (data, magic, skipped) != 0)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_CORRUPT, "a payload is not packed");
      return NULL;
    }
  plain =
    bm_unpack (dictionaries, data + skipped, len - skipped, BM_ENTRY_MAX_PAYLOAD, &local_error);
  if (plain != NULL)
    return plain;
  if (local_error->code == BM_ERROR_LIMIT)
    local_error->code = BM_ERROR_CORRUPT; /* what a station sealed has a fitting length */
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* key[@index], at the platform. */
static BmKey *
find_step (const BmKey *start, guint32 index, GError **error)
{
  if (index == 0 || index > INDEX_MAX)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "no such step of the ratchet");
      return NULL;
    }
  BmKey *key = bm_kdf (start, "ratchet", NULL, error);
  for (guint32 i = 1; key != NULL && i < index; i++)
    {
      BmKey *next = bm_kdf (key, "ratchet", NULL, error);
      bm_key_unref (key);
      key = next;
    }
  return key;
}

/**
 * bm_ratchet_open_blob_key:
 * @start: the run's start key
 * @key_index: the step that the entry's header names
 * @error: %BM_ERROR_LIMIT, %BM_ERROR_CRYPTO
 *
 * Derives the key of an entry's attachments at the platform.
 *
 * Returns: (transfer full): the key
 */
BmKey *
bm_ratchet_open_blob_key (const BmKey *start, guint32 key_index, GError **error)
{
  g_return_val_if_fail (start != NULL, NULL);

  g_autoptr (BmKey) step = find_step (start, key_index, error);
  return step != NULL ? bm_kdf (step, "blob", NULL, error) : NULL;
}

/**
 * bm_payload_open_key:
 * @start: the run's start key
 * @header: the decoded header
 * @header_bytes: its bytes
 * @sealed: the sealed payload
 * @dictionaries: (nullable): those that it may be packed with; %NULL: what came with the program
 * @error: %BM_ERROR_CORRUPT, %BM_ERROR_LIMIT, %BM_ERROR_UNSUPPORTED for an unknown dictionary
 *
 * Opens one payload of a run.
 *
 * Returns: (transfer full): the payload
 */
GBytes *
bm_payload_open_key (const BmKey *start,
                     const BmEntryHeader *header,
                     GBytes *header_bytes,
                     GBytes *sealed,
                     const BmDictionaries *dictionaries,
                     GError **error)
{
  g_return_val_if_fail (start != NULL && header != NULL, NULL);
  g_return_val_if_fail (header_bytes != NULL && sealed != NULL, NULL);

  g_autoptr (BmKey) key = find_step (start, header->key_index, error);
  g_autoptr (BmKey) entry_key = key != NULL ? bm_kdf (key, "entry", NULL, error) : NULL;
  if (entry_key == NULL)
    return NULL;
  g_autoptr (GBytes) packed =
    unseal_payload (entry_key, header->suite, header_bytes, sealed, error);
  return packed != NULL ? unpack_payload (dictionaries, header->suite, packed, error) : NULL;
}

/**
 * bm_payload_open:
 * @platform_private: the platform's key
 * @sealed_start: what the run's row stores
 * @header: the decoded header
 * @header_bytes: its bytes
 * @sealed: the sealed payload
 * @dictionaries: (nullable): those that it may be packed with; %NULL: what came with the program
 * @error: %BM_ERROR_CORRUPT, %BM_ERROR_UNSUPPORTED, %BM_ERROR_LIMIT
 *
 * Opens one payload at the platform.
 *
 * Returns: (transfer full): the payload
 */
GBytes *
bm_payload_open (const BmKey *platform_private,
                 GBytes *sealed_start,
                 const BmEntryHeader *header,
                 GBytes *header_bytes,
                 GBytes *sealed,
                 const BmDictionaries *dictionaries,
                 GError **error)
{
  g_return_val_if_fail (header != NULL, NULL);

  g_autoptr (BmKey) start =
    bm_ratchet_open_start (platform_private, header->run, sealed_start, error);
  if (start == NULL)
    return NULL;
  return bm_payload_open_key (start, header, header_bytes, sealed, dictionaries, error);
}
