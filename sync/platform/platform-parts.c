/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-parts.h"

#include <string.h>

/*
 * Invariants:
 *  P1  A part is a beginning without gaps: a piece that starts behind its end is dropped, one that overlaps adds its tail.
 *  P2  A station has at most BM_PROTOCOL_MAX_PARTS of a blob, all together BM_PARTS_MAX: the oldest makes room.
 */

typedef struct
{
  guint32 kiosk;
  guint8 blob[BM_SM3_LEN];
  guint chunk;
  guint len; /* of the whole chunk, as the station says */
  GByteArray *bytes;
} Part;

struct _BmParts
{
  GMutex mutex;
  GPtrArray *parts; /* of Part, the oldest first */
};

static void
part_free (Part *self)
{
  g_byte_array_unref (self->bytes);
  g_free (self);
}

BmParts *
bm_parts_new (void)
{
  BmParts *self = g_new0 (BmParts, 1);

  g_mutex_init (&self->mutex);
  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) part_free);
  return self;
}

void
bm_parts_free (BmParts *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->parts);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static gboolean
is_of (const Part *part, guint32 kiosk, const guint8 blob[BM_SM3_LEN])
{
  return part->kiosk == kiosk && memcmp (part->blob, blob, sizeof part->blob) == 0;
}

static Part *
find (BmParts *self, guint32 kiosk, const guint8 blob[BM_SM3_LEN], guint chunk)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = self->parts->pdata[i];

      if (part->chunk == chunk && is_of (part, kiosk, blob))
        return part;
    }
  return NULL;
}

/* P2 */
static void
make_room (BmParts *self, guint32 kiosk, const guint8 blob[BM_SM3_LEN])
{
  guint n = 0;
  guint oldest = 0;

  for (guint i = self->parts->len; i > 0; i--)
    if (is_of (self->parts->pdata[i - 1], kiosk, blob))
      {
        n++;
        oldest = i - 1;
      }
  if (n >= BM_PROTOCOL_MAX_PARTS)
    (void) g_ptr_array_remove_index (self->parts, oldest); /* it frees it */
  else if (self->parts->len >= BM_PARTS_MAX)
    (void) g_ptr_array_remove_index (self->parts, 0); /* it frees it */
}

static Part *
ensure_part (BmParts *self, guint32 kiosk, const guint8 blob[BM_SM3_LEN], const BmRunPiece *piece)
{
  Part *part = find (self, kiosk, blob, piece->chunk);

  if (part != NULL && part->len == piece->len)
    return part;
  if (part != NULL)
    (void) g_ptr_array_remove (self->parts, part); /* one of the two lengths is wrong */
  if (piece->at > 0)
    return NULL;
  make_room (self, kiosk, blob);
  part = g_new0 (Part, 1);
  part->kiosk = kiosk;
  memcpy (part->blob, blob, sizeof part->blob);
  part->chunk = piece->chunk;
  part->len = piece->len;
  part->bytes = g_byte_array_new ();
  g_ptr_array_add (self->parts, part);
  return part;
}

static GBytes *
put (BmParts *self, guint32 kiosk, const guint8 blob[BM_SM3_LEN], const BmRunPiece *piece)
{
  Part *part = ensure_part (self, kiosk, blob, piece);
  GBytes *whole;
  guint known;

  if (part == NULL || piece->at > part->bytes->len)
    return NULL; /* P1 */
  known = part->bytes->len - piece->at;
  if (known < piece->n)
    g_byte_array_append (part->bytes, piece->data + known, piece->n - known);
  if (part->bytes->len < part->len)
    return NULL;
  whole = g_byte_array_free_to_bytes (g_steal_pointer (&part->bytes));
  part->bytes = g_byte_array_new ();
  (void) g_ptr_array_remove (self->parts, part); /* it is there */
  return whole;
}

GBytes *
bm_parts_put (BmParts *self, guint32 kiosk, const guint8 blob[BM_SM3_LEN], const BmRunPiece *piece)
{
  GBytes *whole;

  g_return_val_if_fail (self != NULL && blob != NULL && piece != NULL, NULL);

  g_mutex_lock (&self->mutex);
  whole = put (self, kiosk, blob, piece);
  g_mutex_unlock (&self->mutex);
  return whole;
}

GArray *
bm_parts_list (BmParts *self, guint32 kiosk, const guint8 blob[BM_SM3_LEN])
{
  GArray *list = NULL;

  g_return_val_if_fail (self != NULL && blob != NULL, NULL);

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->parts->len; i++)
    {
      const Part *part = self->parts->pdata[i];
      const BmBlobPart told = { .chunk = part->chunk, .bytes = part->bytes->len };

      if (!is_of (part, kiosk, blob) || told.bytes == 0)
        continue;
      if (list == NULL)
        list = g_array_new (FALSE, FALSE, sizeof (BmBlobPart));
      g_array_append_val (list, told);
    }
  g_mutex_unlock (&self->mutex);
  return list;
}
