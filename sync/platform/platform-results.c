/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-cases-private.h"

#include "core/error.h"
#include "sync/platform/platform-keys.h"
#include "sync/platform/platform-store-withdrawals.h"
#include "sync/protocol-json.h"

#include <string.h>

/* What is said of a case: the result's body, its message with a version of its own, and the same to whoever holds a
 * newer slip of the matter. What was said last, whenever that was, is not said again. */

static json_t *
make_result (BmPlatform *self, const BmOpenCase *open, const BmDecision *decision)
{
  g_autofree char *at = bm_platform_format_time (bm_platform_now (self));
  const BmStoredLink *link = open->link;
  const char *replaces = *link->replaces != '\0' ? link->replaces : NULL;
  const char *same_as = *link->same_as != '\0' ? link->same_as : NULL;
  json_t *body =
    json_pack ("{s:s, s:s, s:s, s:s, s:s?, s:s*, s:s, s:s, s:s, s:b, s:s*, s:s*}", "number",
               open->stored->number, "state", decision->state, "code", decision->code, "text",
               decision->text, "next_due", decision->next_due, "due", decision->due, "central_no",
               decision->central_no, "at", at, "by", decision->by, "is_final", decision->is_final,
               "duplicate_of", same_as, "replaces", replaces);

  if (body != NULL && decision->due != NULL && decision->is_due_provisional)
    json_object_set_new (body, "due_provisional", json_true ());
  if (body != NULL && link->reopened > 0)
    json_object_set_new (body, "reopened", json_integer ((json_int_t) link->reopened));
  bm_platform_add_late (body, decision);
  return body;
}

/* Whether @body says what was said last, whenever that was. */
static gboolean
is_said (const BmStoredCase *stored, json_t *body)
{
  g_autoptr (BmJson) last = json_loads (stored->body, 0, NULL);

  if (last == NULL)
    return FALSE;
  json_object_set (last, "at", json_object_get (body, "at"));
  return json_equal (last, body);
}

static gboolean
post_result (BmPlatform *self,
             BmStoredCase *stored,
             const BmDecision *decision,
             json_t *body,
             GError **error)
{
  char *text;

  stored->version =
    bm_platform_store_next_version (self->store, stored->kiosk, "result", stored->number, error);
  if (stored->version == 0 ||
      !bm_platform_post_message (self, stored->kiosk, "result", stored->number, stored->version,
                                 body, error))
    return FALSE;
  text = json_dumps (body, JSON_COMPACT | JSON_SORT_KEYS);
  g_free (stored->body);
  stored->body = g_strdup (text);
  free (text);
  g_free (stored->state);
  stored->state = g_strdup (decision->state);
  g_free (stored->code);
  stored->code = g_strdup (decision->code);
  stored->is_final = decision->is_final;
  return TRUE;
}

/* That it was asked for back and not given stays in every later result. */
static gboolean
add_refusal (BmPlatform *self, const BmStoredCase *stored, json_t *body, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *code = bm_platform_store_dup_refusal (self->store, stored->id, &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (code != NULL)
    json_object_set_new (body, "withdrawal",
                         json_pack ("{s:s, s:s}", "state", "refused", "code", code));
  return TRUE;
}

/* Inside a transaction: what was decided, how cases hang together, and the message that tells it. */
gboolean
bm_platform_keep_decision (BmPlatform *self,
                           BmOpenCase *open,
                           const BmDecision *decision,
                           gboolean is_decided,
                           GError **error)
{
  gint64 next_poll = bm_platform_now (self) + BM_POLL_INTERVAL_MS;
  g_autoptr (BmJson) body = make_result (self, open, decision);

  if (body == NULL)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "A decision that is not UTF-8");
      return FALSE;
    }
  if (!add_refusal (self, open->stored, body, error))
    return FALSE;
  if (!is_said (open->stored, body) && !post_result (self, open->stored, decision, body, error))
    return FALSE;
  return bm_platform_store_set_link (self->store, open->link, error) &&
         bm_platform_store_set_case (self->store, open->stored, is_decided, next_poll, error);
}

/* Inside a transaction. Whoever holds a newer slip of the same matter hears the same. */
gboolean
bm_platform_tell_followers (BmPlatform *self,
                            const BmOpenCase *open,
                            const BmDecision *decision,
                            GError **error)
{
  g_autoptr (GArray) ids = bm_platform_store_list_followers (self->store, open->stored->id, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      g_autoptr (BmOpenCase) follower =
        bm_platform_load_case (self, g_array_index (ids, gint64, i), error);

      if (follower == NULL || !bm_platform_keep_decision (self, follower, decision, TRUE, error))
        return FALSE;
    }
  return ids != NULL;
}

/* Inside a transaction. The case stays as it is; its result says why it was not given back. */
gboolean
bm_platform_keep_refusal (BmPlatform *self, BmOpenCase *open, GError **error)
{
  BmStoredCase *stored = open->stored;
  g_autoptr (BmJson) body = json_loads (stored->body, 0, NULL);
  g_autofree char *state = g_strdup (stored->state);
  g_autofree char *code = g_strdup (stored->code);
  const BmDecision same = { .state = state, .code = code, .is_final = stored->is_final };

  if (body == NULL)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID,
                           "A case that was decided says nothing");
      return FALSE;
    }
  return add_refusal (self, stored, body, error) &&
         (is_said (stored, body) || post_result (self, stored, &same, body, error)) &&
         bm_platform_store_set_case (self->store, stored, TRUE,
                                     bm_platform_now (self) + BM_POLL_INTERVAL_MS, error);
}
