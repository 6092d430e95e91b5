/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-run.h"

#include "core/error.h"
#include "sync/platform/platform-blobs.h"

#include <string.h>

/*
 * A run as it comes in: whole chunks go to the store at once, the beginning of one that breaks off is kept in memory.
 *
 * Invariants:
 *  N1  Nothing is kept of a station that may not send, nor of an attachment that it never announced.
 *  N2  After the first thing that is wrong nothing more is taken; what came before stays.
 */

struct _BmPlatformRun
{
  BmPlatform *platform;
  BmPeer peer;
  gboolean has_peer;
  guint8 blob[BM_SM3_LEN];
  BmRunReader reader;
  BmReply *refusal;
  GError *error;
};

static const BmPeer *
get_peer (const BmPlatformRun *self)
{
  return self->has_peer ? &self->peer : NULL;
}

/* Takes over @reply where it is a refusal. */
static void
note_reply (BmPlatformRun *self, BmReply *reply)
{
  if (reply != NULL && reply->refused_code != NULL)
    self->refusal = reply;
  else
    bm_reply_free (reply);
}

BmPlatformRun *
bm_platform_run_new (BmPlatform *platform,
                     const BmPeer *peer,
                     const guint8 blob[BM_SM3_LEN],
                     guint chunk,
                     guint offset)
{
  BmPlatformRun *self;

  g_return_val_if_fail (platform != NULL && blob != NULL, NULL);

  self = g_new0 (BmPlatformRun, 1);
  self->platform = platform;
  self->has_peer = peer != NULL;
  if (peer != NULL)
    self->peer = *peer;
  memcpy (self->blob, blob, sizeof self->blob);
  bm_run_reader_init (&self->reader, chunk, offset);
  note_reply (self, bm_platform_blob_ask (platform, peer, blob, &self->error)); /* N1 */
  return self;
}

void
bm_platform_run_free (BmPlatformRun *self)
{
  if (self == NULL)
    return;
  bm_reply_free (self->refusal);
  g_clear_error (&self->error);
  g_free (self);
}

static gboolean
is_over (const BmPlatformRun *self)
{
  return self->refusal != NULL || self->error != NULL;
}

void
bm_platform_run_take (BmPlatformRun *self, const guint8 *data, gsize len)
{
  BmRunPiece piece;

  g_return_if_fail (self != NULL);

  while (!is_over (self) && bm_run_reader_next (&self->reader, &data, &len, &piece, &self->error))
    {
      g_autoptr (GBytes) whole =
        bm_parts_put (self->platform->parts, self->peer.kiosk, self->blob, &piece);

      if (whole != NULL)
        note_reply (self, bm_platform_blob_put (self->platform, get_peer (self), self->blob,
                                                piece.chunk, whole, &self->error));
    }
}

BmReply *
bm_platform_run_finish (BmPlatformRun *self, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (!is_over (self) && !bm_run_reader_is_whole (&self->reader))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "A run ends within a chunk");
      return NULL;
    }
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return NULL;
    }
  if (self->refusal != NULL)
    return g_steal_pointer (&self->refusal);
  return bm_platform_blob_ask (self->platform, get_peer (self), self->blob, error);
}
