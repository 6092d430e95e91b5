/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-dictionary"

#include "core/entry/dictionary.h"

#include "core/crypto/crypto.h"
#include "core/entry/dictionary-builtin.h"
#include "core/error.h"

#include <string.h>
#include <zdict.h>
#include <zstd.h>

/*
 * Packing with zstd and a dictionary that both sides hold.
 *
 * Invariants:
 *  D1  An id means the same bytes for ever: a set refuses other bytes under an id that it has.
 *  D2  Nothing is unpacked beyond the caller's maximum, whatever a frame says.
 *  D3  The four bytes of zstd's magic number are never stored: they say nothing.
 *
 * Ids: 1 to 127 and from 256 on are of entries, 128 to 255 of answers. Below 256 an id costs one byte.
 */

#define MAGIC_LEN 4
#define LEVEL_MAX 19

static const guint8 magic[MAGIC_LEN] = { 0x28, 0xb5, 0x2f, 0xfd };

#define KEPT_LEN   (16 * 1024) /* what a thread's own compression context is kept for */
#define KEPT_LEVEL 12          /* 35 KB for what is small; from 15 on it would be 450 */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZSTD_CCtx, ZSTD_freeCCtx)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZSTD_DCtx, ZSTD_freeDCtx)

struct _BmDictionary
{
  gint ref_count;

  guint32 id;
  GBytes *bytes;
  ZSTD_DDict *reader;
  GMutex mutex;
  ZSTD_CDict *writers[LEVEL_MAX + 1]; /* made when first used, under mutex */
};

struct _BmDictionaries
{
  GHashTable *by_id; /* guint32 in a pointer -> BmDictionary */
};

static void
set_invalid (GError **error, const char *what)
{
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "dictionary: %s", what);
}

/**
 * bm_dictionary_new:
 * @bytes: a zstd dictionary, its id inside
 * @error: %BM_ERROR_INVALID, %BM_ERROR_LIMIT
 *
 * Takes a dictionary over.
 *
 * Returns: (transfer full): it
 */
BmDictionary *
bm_dictionary_new (GBytes *bytes, GError **error)
{
  gsize len;
  gconstpointer data;

  g_return_val_if_fail (bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &len);
  if (len > BM_DICTIONARY_MAX_BYTES)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_LIMIT, "dictionary: longer than %d bytes",
                   BM_DICTIONARY_MAX_BYTES);
      return NULL;
    }
  if (len == 0 || ZDICT_getDictID (data, len) == 0)
    {
      set_invalid (error, "no zstd dictionary with an id");
      return NULL;
    }
  BmDictionary *self = g_new0 (BmDictionary, 1);
  g_mutex_init (&self->mutex);
  self->ref_count = 1;
  self->id = ZDICT_getDictID (data, len);
  self->bytes = g_bytes_ref (bytes);
  self->reader = ZSTD_createDDict (data, len);
  if (self->reader != NULL)
    return self;
  bm_dictionary_unref (self);
  set_invalid (error, "damaged");
  return NULL;
}

BmDictionary *
bm_dictionary_ref (BmDictionary *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
bm_dictionary_unref (BmDictionary *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->writers); i++)
    (void) ZSTD_freeCDict (self->writers[i]); /* NULL is allowed, and it cannot fail */
  (void) ZSTD_freeDDict (self->reader);       /* the same */
  g_bytes_unref (self->bytes);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

guint32
bm_dictionary_get_id (const BmDictionary *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->id;
}

GBytes *
bm_dictionary_get_bytes (const BmDictionary *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->bytes;
}

static ZSTD_CDict *
ensure_writer (BmDictionary *self, int level)
{
  ZSTD_CDict *writer;

  g_mutex_lock (&self->mutex);
  if (self->writers[level] == NULL)
    self->writers[level] = ZSTD_createCDict (g_bytes_get_data (self->bytes, NULL),
                                             g_bytes_get_size (self->bytes), level);
  writer = self->writers[level];
  g_mutex_unlock (&self->mutex);
  return writer;
}

/* What came with the program */

static GPtrArray *
load_builtin (void)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_dictionary_unref);

  for (guint i = 0; i < bm_dictionary_n_builtin; i++)
    {
      const BmDictionaryBuiltin *builtin = &bm_dictionary_builtin[i];
      g_autoptr (GBytes) bytes = g_bytes_new_static (builtin->data, builtin->len);
      BmDictionary *dictionary = bm_dictionary_new (bytes, NULL);

      g_assert (dictionary != NULL); /* a test reads each of them */
      g_ptr_array_add (list, dictionary);
    }
  return list;
}

static GPtrArray *
get_builtin (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    g_once_init_leave (&once, (gsize) load_builtin ());
  return (GPtrArray *) once; // NOLINT(performance-no-int-to-ptr)
}

/**
 * bm_dictionary_get_builtin:
 * @name: %BM_DICTIONARY_ENTRY, %BM_DICTIONARY_ANSWER
 *
 * Returns: (nullable) (transfer none): the newest of its kind that came with the program
 */
BmDictionary *
bm_dictionary_get_builtin (const char *name)
{
  GPtrArray *list = get_builtin ();
  BmDictionary *newest = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < list->len; i++)
    {
      BmDictionary *dictionary = g_ptr_array_index (list, i);

      if (strcmp (bm_dictionary_builtin[i].name, name) == 0 &&
          (newest == NULL || dictionary->id > newest->id))
        newest = dictionary;
    }
  return newest;
}

/* Sets */

static gpointer
key_of (guint32 id)
{
  return GUINT_TO_POINTER (id);
}

BmDictionaries *
bm_dictionaries_new (void)
{
  BmDictionaries *self = g_new0 (BmDictionaries, 1);
  GPtrArray *list = get_builtin ();

  self->by_id = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) bm_dictionary_unref);
  for (guint i = 0; i < list->len; i++)
    {
      BmDictionary *dictionary = g_ptr_array_index (list, i);

      g_hash_table_insert (self->by_id, key_of (dictionary->id), bm_dictionary_ref (dictionary));
    }
  return self;
}

void
bm_dictionaries_free (BmDictionaries *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_id);
  g_free (self);
}

gboolean
bm_dictionaries_add (BmDictionaries *self, BmDictionary *dictionary, GError **error)
{
  BmDictionary *known;

  g_return_val_if_fail (self != NULL && dictionary != NULL, FALSE);

  known = bm_dictionaries_find (self, dictionary->id);
  if (known != NULL)
    {
      if (g_bytes_equal (known->bytes, dictionary->bytes))
        return TRUE;
      g_set_error (error, BM_ERROR, BM_ERROR_REFUSED, "dictionary: id %u has other bytes already",
                   dictionary->id);
      return FALSE;
    }
  if (g_hash_table_size (self->by_id) >= BM_DICTIONARY_MAX_COUNT)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_LIMIT, "dictionary: more than %d",
                   BM_DICTIONARY_MAX_COUNT);
      return FALSE;
    }
  g_hash_table_insert (self->by_id, key_of (dictionary->id), bm_dictionary_ref (dictionary));
  return TRUE;
}

static BmDictionary *
find_builtin (guint32 id)
{
  GPtrArray *list = get_builtin ();

  for (guint i = 0; i < list->len; i++)
    {
      BmDictionary *dictionary = g_ptr_array_index (list, i);

      if (dictionary->id == id)
        return dictionary;
    }
  return NULL;
}

/* @self NULL: those of the program. */
BmDictionary *
bm_dictionaries_find (const BmDictionaries *self, guint32 id)
{
  return self != NULL ? g_hash_table_lookup (self->by_id, key_of (id)) : find_builtin (id);
}

/* Packing */

static void
free_context (gpointer context)
{
  (void) ZSTD_freeCCtx (context); /* it cannot fail */
}

static GPrivate kept = G_PRIVATE_INIT (free_context);

/* This thread's own context for what is small, as one entry is: to make one costs more than to use it.
 * NULL for anything larger, whose tables are not to be kept. */
static ZSTD_CCtx *
borrow_context (gsize len, int level)
{
  ZSTD_CCtx *context = g_private_get (&kept);

  if (len > KEPT_LEN || level > KEPT_LEVEL)
    return NULL;
  if (context == NULL)
    {
      context = ZSTD_createCCtx ();
      g_private_set (&kept, context);
    }
  return context;
}

void
bm_pack_forget (void)
{
  g_private_replace (&kept, NULL);
}

/**
 * bm_pack:
 * @dictionary: (nullable): what the reader has too
 * @data: what to pack
 * @len: its length
 * @level: 1 to 19
 * @error: %BM_ERROR_FAILED
 *
 * Compresses @data. The result is as secret as @data.
 *
 * Returns: (transfer full): one zstd frame without its magic number
 */
GByteArray *
bm_pack (BmDictionary *dictionary, gconstpointer data, gsize len, int level, GError **error)
{
  g_autoptr (ZSTD_CCtx) own = NULL;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  ZSTD_CCtx *context = borrow_context (len, level);
  gsize packed;

  g_return_val_if_fail (level >= 1 && level <= LEVEL_MAX, NULL);
  g_return_val_if_fail (len <= G_MAXINT32, NULL);

  if (context == NULL)
    context = own = ZSTD_createCCtx ();
  g_byte_array_set_size (out, (guint) ZSTD_compressBound (len));
  if (dictionary != NULL)
    packed = ZSTD_compress_usingCDict (context, out->data, out->len, data, len,
                                       ensure_writer (dictionary, level));
  else
    packed = ZSTD_compressCCtx (context, out->data, out->len, data, len, level);
  if (ZSTD_isError (packed) || packed < MAGIC_LEN)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "cannot compress: %s",
                   ZSTD_getErrorName (packed));
      return NULL;
    }
  g_assert (memcmp (out->data, magic, MAGIC_LEN) == 0);
  memmove (out->data, out->data + MAGIC_LEN, packed - MAGIC_LEN);
  bm_wipe (out->data + packed - MAGIC_LEN, MAGIC_LEN);
  g_byte_array_set_size (out, (guint) packed - MAGIC_LEN);
  return g_steal_pointer (&out);
}

static gboolean
check_length (const guint8 *frame, gsize len, gsize max, gsize *ret_len, GError **error)
{
  unsigned long long told = ZSTD_getFrameContentSize (frame, len);

  if (told == ZSTD_CONTENTSIZE_UNKNOWN || told == ZSTD_CONTENTSIZE_ERROR)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_CORRUPT, "packed bytes name no length");
      return FALSE;
    }
  if (told > max)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_LIMIT, "packed bytes are longer than %" G_GSIZE_FORMAT,
                   max);
      return FALSE;
    }
  *ret_len = (gsize) told;
  return TRUE;
}

static GBytes *
unpack_frame (const BmDictionaries *dictionaries,
              const guint8 *frame,
              gsize len,
              gsize plain_len,
              GError **error)
{
  g_autoptr (ZSTD_DCtx) context = ZSTD_createDCtx ();
  guint32 id = ZSTD_getDictID_fromFrame (frame, len);
  BmDictionary *dictionary = id != 0 ? bm_dictionaries_find (dictionaries, id) : NULL;
  g_autofree guint8 *plain = NULL;
  gsize got;

  if (id != 0 && dictionary == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED, "dictionary %u is not known here", id);
      return NULL;
    }
  plain = g_malloc (plain_len + 1);
  if (dictionary != NULL)
    got = ZSTD_decompress_usingDDict (context, plain, plain_len, frame, len, dictionary->reader);
  else
    got = ZSTD_decompressDCtx (context, plain, plain_len, frame, len);
  if (!ZSTD_isError (got) && got == plain_len)
    return g_bytes_new_take (g_steal_pointer (&plain), plain_len);
  bm_wipe (plain, plain_len);
  g_set_error_literal (error, BM_ERROR, BM_ERROR_CORRUPT, "packed bytes do not decompress");
  return NULL;
}

/**
 * bm_unpack:
 * @dictionaries: (nullable): those that may be named; %NULL: what came with the program
 * @data: what bm_pack() gave, or anything else
 * @len: its length
 * @max: the most bytes that may come out
 * @error: %BM_ERROR_CORRUPT, %BM_ERROR_LIMIT, %BM_ERROR_UNSUPPORTED
 *
 * Returns: (transfer full): what was packed
 */
GBytes *
bm_unpack (const BmDictionaries *dictionaries,
           gconstpointer data,
           gsize len,
           gsize max,
           GError **error)
{
  g_autofree guint8 *frame = NULL;
  gsize plain_len;

  g_return_val_if_fail (data != NULL || len == 0, NULL);

  frame = g_malloc (MAGIC_LEN + len);
  memcpy (frame, magic, MAGIC_LEN);
  if (len > 0)
    memcpy (frame + MAGIC_LEN, data, len);
  len += MAGIC_LEN;
  if (!check_length (frame, len, max, &plain_len, error))
    return NULL;
  /* One frame and nothing behind it: there is no second way to carry the same. */
  if (ZSTD_findFrameCompressedSize (frame, len) != len)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_CORRUPT, "not one packed frame");
      return NULL;
    }
  return unpack_frame (dictionaries, frame, len, plain_len, error);
}
