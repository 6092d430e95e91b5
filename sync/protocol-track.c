/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/protocol-compact.h"

/* What a track answer may say: status only, of a case that was found, or nothing. */

static const char *const track_states[] = { "sent",     "handed",   "accepted",  "done",
                                            "not_done", "conflict", "withdrawn", NULL };

gboolean
bm_track_state_is_known (const char *state)
{
  g_return_val_if_fail (state != NULL, FALSE);

  return g_strv_contains (track_states, state);
}

void
bm_protocol_put_track (BmJson *object, const BmReply *self)
{
  const char *state = self->is_found && self->state != NULL ? self->state : "";

  json_object_set_new (object, "found", json_boolean (self->is_found));
  json_object_set_new (object, "state", json_string (state));
}

/* Found with a state that we know, or not found with none: nothing in between can be said aloud. */
gboolean
bm_protocol_get_track (const BmJson *object, BmReply *self, GError **error)
{
  const char *state = bm_json_get_string (object, "state", BM_PROTOCOL_MAX_CODE, error);

  if (state == NULL || !bm_json_get_bool (object, "found", &self->is_found, error))
    return FALSE;
  if (self->is_found ? !bm_track_state_is_known (state) : state[0] != '\0')
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "protocol: not the state of a case");
      return FALSE;
    }
  self->state = self->is_found ? g_strdup (state) : NULL;
  return TRUE;
}
