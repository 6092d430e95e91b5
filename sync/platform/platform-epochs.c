/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-epochs.h"

#include <string.h>

/*
 * A station's disk that was set back, or that is in two stations.
 *
 *   hello: next_seq is not above what we hold ---> label in the answer ---> the station opens an epoch and says so: alarm
 *      '-- or its past is another one than ours ---> the same, and the alarm at once
 *
 * Invariants:
 *  D1  A hello can be late: of a program that is gone, or of one that gave up waiting and asked again. Rows that came
 *      meanwhile make it look like one of a disk that was set back, and nobody reads the answer. So a label costs
 *      nothing, and a person is called only when the station acts on it: by its first word of an epoch that we do not know.
 *  D2  A past that is not ours is no matter of order, late or not.
 *  D3  An epoch has one label for its successor, however often it is asked for.
 */

static gboolean
has_other_past (BmPlatform *self, const BmHello *hello)
{
  guint8 head[BM_SM3_LEN];

  return hello->next_seq > 1 &&
         bm_platform_store_get_head_at (self->store, hello->kiosk, hello->epoch,
                                        hello->next_seq - 1, head, NULL) &&
         memcmp (head, hello->head, sizeof head) != 0;
}

gboolean
bm_platform_judge_disk (BmPlatform *self,
                        const BmHello *hello,
                        const BmWatermark *mark,
                        BmReply *reply,
                        GError **error)
{
  gboolean has_other = FALSE;
  g_autofree char *detail = NULL;

  g_return_val_if_fail (self != NULL && hello != NULL && mark != NULL && reply != NULL, FALSE);

  has_other = has_other_past (self, hello);
  if (mark->highest < hello->next_seq && !has_other)
    return TRUE;
  if (!bm_platform_store_label_for_rollback (self->store, hello->kiosk, hello->epoch,
                                             &reply->next_label, &reply->next_counter, error))
    return FALSE;
  detail = g_strdup_printf ("epoch %016" G_GINT64_MODIFIER "x next %" G_GUINT64_FORMAT,
                            hello->epoch, hello->next_seq);
  return !has_other || bm_platform_store_alarm (self->store, hello->kiosk, "rollback", detail,
                                                bm_platform_now (self), error);
}

gboolean
bm_platform_note_epoch (BmPlatform *self, guint32 kiosk, guint64 epoch, GError **error)
{
  g_autofree char *detail = NULL;
  g_autoptr (GError) local_error = NULL;
  guint64 left;

  g_return_val_if_fail (self != NULL, FALSE);

  if (!bm_platform_store_find_left_epoch (self->store, kiosk, epoch, &left, &local_error))
    {
      if (local_error == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  detail =
    g_strdup_printf ("epoch %016" G_GINT64_MODIFIER "x goes on as %016" G_GINT64_MODIFIER "x", left,
                     epoch);
  return bm_platform_store_alarm (self->store, kiosk, "rollback", detail, bm_platform_now (self),
                                  error);
}
