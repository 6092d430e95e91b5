/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/protocol-run.h"

#include "core/error.h"

#include <string.h>

/*
 * Many chunks of an attachment in one request, and the beginning of the first of them left out when the platform has it
 * at hand: what a line that dies takes with it is what was under way, and no more.
 *
 *   body = n × ( len u32 | bytes )     len: of the whole sealed chunk; of the first chunk the bytes from `offset` on
 *
 * The reader takes the body as it comes, in pieces of any size, and keeps nothing but its place.
 *
 * Invariant R1: a piece lies within its chunk: at + n <= len <= BM_PROTOCOL_MAX_CHUNK, chunk < BM_PROTOCOL_MAX_CHUNKS.
 */

static gboolean
fail (BmRunReader *self, GError **error, const char *what)
{
  self->is_broken = TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "protocol: %s", what);
  return FALSE;
}

/* Paths */

static char *
make_path (const guint8 blob[BM_SM3_LEN], const char *rest, const guint8 nonce[BM_NONCE_LEN])
{
  g_autofree char *name = bm_hex_encode (blob, BM_SM3_LEN);
  g_autofree char *hex = bm_hex_encode (nonce, BM_NONCE_LEN);

  return g_strdup_printf (BM_PATH_BLOB "/%s%s?nonce=%s", name, rest, hex);
}

char *
bm_blob_ask_path (const guint8 blob[BM_SM3_LEN], const guint8 nonce[BM_NONCE_LEN])
{
  g_return_val_if_fail (blob != NULL && nonce != NULL, NULL);

  return make_path (blob, "", nonce);
}

char *
bm_blob_run_path (const guint8 blob[BM_SM3_LEN],
                  guint chunk,
                  guint offset,
                  const guint8 nonce[BM_NONCE_LEN])
{
  g_autofree char *rest = NULL;

  g_return_val_if_fail (blob != NULL && nonce != NULL, NULL);
  g_return_val_if_fail (chunk < BM_PROTOCOL_MAX_CHUNKS && offset < BM_PROTOCOL_MAX_CHUNK, NULL);

  rest = g_strdup_printf ("/%u/%u", chunk, offset);
  return make_path (blob, rest, nonce);
}

/* The name of the blob that @path begins with; what follows it, or NULL. */
static const char *
read_name (const char *path, guint8 ret_blob[BM_SM3_LEN])
{
  const gsize len = strlen (BM_PATH_BLOB "/");
  g_autofree char *name = NULL;

  if (strncmp (path, BM_PATH_BLOB "/", len) != 0)
    return NULL;
  name = g_strndup (path + len, 2 * BM_SM3_LEN);
  if (!bm_hex_decode (name, ret_blob, BM_SM3_LEN))
    return NULL;
  return path + len + 2 * BM_SM3_LEN;
}

/* "/" and a number below @limit in its one legal form; what follows it, or NULL. */
static const char *
read_number (const char *text, guint limit, guint *ret_number)
{
  char *end = NULL;
  guint64 number;

  if (text[0] != '/' || !g_ascii_isdigit (text[1]) || (text[1] == '0' && g_ascii_isdigit (text[2])))
    return NULL;
  number = g_ascii_strtoull (text + 1, &end, 10);
  *ret_number = (guint) number;
  return number < limit ? end : NULL;
}

gboolean
bm_blob_ask_parse (const char *path, guint8 ret_blob[BM_SM3_LEN])
{
  const char *rest;

  g_return_val_if_fail (path != NULL && ret_blob != NULL, FALSE);

  rest = read_name (path, ret_blob);
  return rest != NULL && *rest == '\0';
}

/**
 * bm_blob_run_parse:
 * @path: the path of a `PUT`, without its query
 * @ret_blob: (out): the blob's name
 * @ret_chunk: (out): the first chunk
 * @ret_offset: (out): how much of it is left out
 *
 * Returns: whether @path names a run, written in the one way that is legal
 */
gboolean
bm_blob_run_parse (const char *path,
                   guint8 ret_blob[BM_SM3_LEN],
                   guint *ret_chunk,
                   guint *ret_offset)
{
  const char *rest;

  g_return_val_if_fail (path != NULL && ret_blob != NULL, FALSE);
  g_return_val_if_fail (ret_chunk != NULL && ret_offset != NULL, FALSE);

  rest = read_name (path, ret_blob);
  rest = rest != NULL ? read_number (rest, BM_PROTOCOL_MAX_CHUNKS, ret_chunk) : NULL;
  rest = rest != NULL ? read_number (rest, BM_PROTOCOL_MAX_CHUNK, ret_offset) : NULL;
  return rest != NULL && *rest == '\0';
}

/* Bodies */

/**
 * bm_blob_run_encode:
 * @chunks: (element-type GBytes): that follow one another
 * @offset: how much of the first is left out; less than its length
 *
 * Returns: (transfer full): the body of a run
 */
GBytes *
bm_blob_run_encode (GPtrArray *chunks, guint offset)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  g_return_val_if_fail (chunks != NULL, NULL);

  for (guint i = 0; i < chunks->len; i++)
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (chunks->pdata[i], &len);
      const guint32 head = GUINT32_TO_BE ((guint32) len);
      const guint from = i == 0 ? offset : 0;

      g_return_val_if_fail (from < len && len <= BM_PROTOCOL_MAX_CHUNK, NULL);
      g_byte_array_append (body, (const guint8 *) &head, sizeof head);
      g_byte_array_append (body, data + from, (guint) len - from);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&body));
}

void
bm_run_reader_init (BmRunReader *self, guint chunk, guint offset)
{
  g_return_if_fail (self != NULL);

  *self = (BmRunReader){ .chunk = chunk, .at = offset };
}

/* The four bytes before a chunk; FALSE: not all there yet, or wrong. */
static gboolean
read_head (BmRunReader *self, const guint8 **data, gsize *len, GError **error)
{
  while (self->n_head<sizeof self->head && * len> 0)
    {
      self->head[self->n_head++] = *(*data)++;
      (*len)--;
    }
  if (self->n_head < sizeof self->head)
    return FALSE;
  self->len = (guint) self->head[0] << 24 | (guint) self->head[1] << 16 |
              (guint) self->head[2] << 8 | self->head[3];
  if (self->chunk >= BM_PROTOCOL_MAX_CHUNKS || self->len > BM_PROTOCOL_MAX_CHUNK ||
      self->at >= self->len)
    return fail (self, error, "a run of chunks that are none");
  return TRUE;
}

/**
 * bm_run_reader_next:
 * @self: how far it was read
 * @data: what came; moved on by what was taken
 * @len: how much of it is left
 * @ret_piece: (out): a piece of a chunk, which points into @data
 * @error: %BM_ERROR_INVALID; nothing more is read after that
 *
 * Returns: whether there is a piece; %FALSE without an error: all is taken
 */
gboolean
bm_run_reader_next (BmRunReader *self,
                    const guint8 **data,
                    gsize *len,
                    BmRunPiece *ret_piece,
                    GError **error)
{
  gsize n;

  g_return_val_if_fail (self != NULL && data != NULL && len != NULL && ret_piece != NULL, FALSE);

  if (self->is_broken)
    return fail (self, error, "a run that went wrong");
  if (*len == 0 || !read_head (self, data, len, error) || *len == 0)
    return FALSE;
  n = MIN (*len, self->len - self->at);
  *ret_piece = (BmRunPiece){ .chunk = self->chunk,
                             .len = self->len,
                             .at = self->at,
                             .data = *data,
                             .n = (guint) n };
  *data += n;
  *len -= n;
  self->at += (guint) n;
  if (self->at == self->len)
    {
      self->chunk++;
      self->at = 0;
      self->n_head = 0;
    }
  return TRUE;
}

gboolean
bm_run_reader_is_whole (const BmRunReader *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return !self->is_broken && self->n_head == 0;
}
