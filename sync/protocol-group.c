/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/protocol-compact.h"

#include <string.h>

/*
 * One signature for many messages, each of which stays verifiable for itself.
 *
 *   leaf  = SM3 (00 | the bytes that a signature of the message alone is over)
 *   node  = SM3 (01 | left | right); one that has no right neighbour goes up as it is
 *   sig   over "bianmin group" | count u32 | root
 *   proof = 02 | count u16 | index u16 | the neighbours on the way up, 32 bytes each | sig
 *
 * A proof stands where a signature of 64 bytes can stand, and its length tells them apart.
 */

#define SIGNED_TEXT "bianmin group"
#define MARK        2
#define PREFIX_LEN  5
#define MARK_LEAF   0
#define MARK_NODE   1

typedef struct
{
  guint8 bytes[BM_SM3_LEN];
} Digest;

static Digest
hash_leaf (GBytes *signed_bytes)
{
  gsize len;
  gconstpointer data = g_bytes_get_data (signed_bytes, &len);
  g_autofree guint8 *input = g_malloc (1 + len);
  Digest digest;

  input[0] = MARK_LEAF;
  memcpy (input + 1, data, len);
  bm_sm3 (input, 1 + len, digest.bytes);
  return digest;
}

static Digest
hash_node (const Digest *left, const Digest *right)
{
  guint8 input[1 + 2 * BM_SM3_LEN] = { MARK_NODE };
  Digest digest;

  memcpy (input + 1, left->bytes, BM_SM3_LEN);
  memcpy (input + 1 + BM_SM3_LEN, right->bytes, BM_SM3_LEN);
  bm_sm3 (input, sizeof input, digest.bytes);
  return digest;
}

/* One level up: @level shrinks to the half. */
static void
climb (GArray *level)
{
  guint parents = (level->len + 1) / 2;

  for (guint i = 0; i < parents; i++)
    {
      const Digest *left = &g_array_index (level, Digest, 2 * i);

      g_array_index (level, Digest, i) =
        2 * i + 1 < level->len ? hash_node (left, left + 1) : *left;
    }
  g_array_set_size (level, parents);
}

static GArray *
hash_leaves (GPtrArray *messages)
{
  GArray *leaves = g_array_new (FALSE, FALSE, sizeof (Digest));

  for (guint i = 0; i < messages->len; i++)
    {
      const BmMessage *message = g_ptr_array_index (messages, i);
      g_autoptr (GBytes) bytes =
        bm_message_get_signed_bytes (message->kind, message->name, message->version, message->body);
      Digest leaf = hash_leaf (bytes);

      g_array_append_val (leaves, leaf);
    }
  return leaves;
}

static GBytes *
get_group_signed_bytes (guint count, const Digest *root)
{
  GByteArray *message = g_byte_array_new ();

  g_byte_array_append (message, (const guint8 *) SIGNED_TEXT, strlen (SIGNED_TEXT));
  bm_put_u32 (message, count);
  g_byte_array_append (message, root->bytes, BM_SM3_LEN);
  return g_byte_array_free_to_bytes (message);
}

static GBytes *
get_signed_bytes_of (GPtrArray *messages)
{
  g_autoptr (GArray) level = hash_leaves (messages);

  while (level->len > 1)
    climb (level);
  return get_group_signed_bytes (messages->len, &g_array_index (level, Digest, 0));
}

GBytes *
bm_group_sign (const BmKey *platform_key, GPtrArray *messages, GError **error)
{
  g_autoptr (GBytes) message = NULL;

  g_return_val_if_fail (messages->len > 0 && messages->len <= BM_PROTOCOL_MAX_MESSAGES, NULL);

  message = get_signed_bytes_of (messages);
  return bm_sign (platform_key, message, error);
}

/* The proof of message @index: what stood beside it on each level. */
static GBytes *
make_proof (const GArray *leaves, guint index, GBytes *signature)
{
  g_autoptr (GArray) level = g_array_copy ((GArray *) leaves);
  GByteArray *proof = g_byte_array_new ();
  const guint8 prefix[PREFIX_LEN] = { MARK, (guint8) (leaves->len >> 8), (guint8) leaves->len,
                                      (guint8) (index >> 8), (guint8) index };

  g_byte_array_append (proof, prefix, sizeof prefix);
  for (; level->len > 1; index /= 2)
    {
      if ((index ^ 1) < level->len)
        g_byte_array_append (proof, g_array_index (level, Digest, index ^ 1).bytes, BM_SM3_LEN);
      climb (level);
    }
  g_byte_array_append (proof, g_bytes_get_data (signature, NULL), BM_SM2_SIGNATURE_LEN);
  return g_byte_array_free_to_bytes (proof);
}

gboolean
bm_group_prove (const BmKey *platform_public,
                GPtrArray *messages,
                GBytes *signature,
                GError **error)
{
  g_autoptr (GArray) leaves = hash_leaves (messages);
  g_autoptr (GBytes) message = get_signed_bytes_of (messages);

  if (!bm_verify (platform_public, message, signature, error))
    return FALSE;
  for (guint i = 0; i < messages->len; i++)
    {
      BmMessage *one = g_ptr_array_index (messages, i);

      g_clear_pointer (&one->signature, g_bytes_unref);
      one->signature = make_proof (leaves, i, signature);
    }
  return TRUE;
}

gboolean
bm_group_looks_like_proof (GBytes *signature)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (signature, &len);

  return len >= PREFIX_LEN + BM_SM2_SIGNATURE_LEN && len != BM_SM2_SIGNATURE_LEN && data[0] == MARK;
}

/* Follows the way up from @index; FALSE when the proof has not exactly the neighbours that it needs. */
static gboolean
follow (const guint8 *at, gsize len, guint count, guint index, Digest *node)
{
  for (; count > 1; index /= 2, count = (count + 1) / 2)
    {
      Digest beside;

      if ((index ^ 1) >= count)
        continue;
      if (len < BM_SM3_LEN)
        return FALSE;
      memcpy (beside.bytes, at, BM_SM3_LEN);
      at += BM_SM3_LEN;
      len -= BM_SM3_LEN;
      *node = index % 2 == 0 ? hash_node (node, &beside) : hash_node (&beside, node);
    }
  return len == 0;
}

gboolean
bm_group_verify (const BmKey *platform_public, GBytes *signed_bytes, GBytes *proof, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (proof, &len);
  Digest node = hash_leaf (signed_bytes);
  g_autoptr (GBytes) message = NULL, signature = NULL;
  guint count, index;

  g_assert (bm_group_looks_like_proof (proof));

  count = (guint) data[1] << 8 | data[2];
  index = (guint) data[3] << 8 | data[4];
  len -= BM_SM2_SIGNATURE_LEN;
  if (count > BM_PROTOCOL_MAX_MESSAGES || index >= count ||
      !follow (data + PREFIX_LEN, len - PREFIX_LEN, count, index, &node))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_CORRUPT, "protocol: no proof of a message");
      return FALSE;
    }
  message = get_group_signed_bytes (count, &node);
  signature = g_bytes_new_from_bytes (proof, len, BM_SM2_SIGNATURE_LEN);
  return bm_verify (platform_public, message, signature, error);
}
