/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/case-json.h"

static const char *
entry_state_to_string (BmEntryState state)
{
  switch (state)
    {
    case BM_ENTRY_PENDING:
      return "pending";
    case BM_ENTRY_ACKED:
      return "acked";
    case BM_ENTRY_DEFERRED:
      return "deferred";
    case BM_ENTRY_HELD:
      return "held";
    case BM_ENTRY_REJECTED:
      return "rejected";
    case BM_ENTRY_QUARANTINED:
      return "quarantined";
    case BM_ENTRY_WITHDRAWN:
      return "withdrawn";
    default:
      g_assert_not_reached ();
    }
}

json_t *
bm_case_to_json (const BmCase *self)
{
  json_t *json;

  g_return_val_if_fail (self != NULL, NULL);

  json =
    json_pack ("{s:s, s:s, s:s, s:I, s:I, s:b, s:b, s:s, s:O?, s:O?}", "number", self->number,
               "state", bm_case_state_to_string (self->state), "entry",
               entry_state_to_string (self->entry_state), "seq", (json_int_t) self->seq, "wall_ms",
               (json_int_t) self->wall_ms, "is_told", self->is_told, "is_hidden", self->is_hidden,
               "replaces", self->replaces, "slip", self->slip, "result", self->result);
  if (self->asked >= 0)
    json_object_set_new (json, "asked",
                         json_string (entry_state_to_string ((BmEntryState) self->asked)));
  if (self->due_day != BM_NO_DUE_DAY)
    json_object_set_new (json, "due_day", json_integer (self->due_day));
  /* Not said to whoever sits there after a restart. */
  if (*self->service != '\0')
    json_object_set_new (json, "service", json_string (self->service));
  return json;
}

json_t *
bm_cases_to_json (GPtrArray *cases)
{
  json_t *list = json_array ();

  g_return_val_if_fail (cases != NULL, list);

  for (guint i = 0; i < cases->len; i++)
    json_array_append_new (list, bm_case_to_json (g_ptr_array_index (cases, i)));
  return list;
}
