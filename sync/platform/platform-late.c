/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-cases-private.h"

/* When a case happened, and what an answer says of the day that counts. */

#define BELIEVED_PAST_MS  (400 * 24 * 60 * 60 * G_GINT64_CONSTANT (1000))
#define BELIEVED_AHEAD_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

gint64
bm_platform_believe_time (const BmEntryHeader *header, gint64 received_ms)
{
  gboolean is_plausible = header->wall_ms > received_ms - BELIEVED_PAST_MS &&
                          header->wall_ms < received_ms + BELIEVED_AHEAD_MS;

  return is_plausible ? header->wall_ms : received_ms;
}

void
bm_platform_add_late (json_t *body, const BmDecision *decision)
{
  if (body == NULL || decision->counts_day == NULL)
    return;
  json_object_set_new (body, "counts_day", json_string (decision->counts_day));
  json_object_set_new (body, "counts", json_string (decision->is_paper_day ? "paper" : "received"));
}
