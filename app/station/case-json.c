/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/case-json.h"

static const char *
state_to_string (BmCaseState state)
{
  switch (state)
    {
    case BM_CASE_NOTED:
      return "noted";
    case BM_CASE_SENT:
      return "sent";
    case BM_CASE_HANDED:
      return "handed";
    case BM_CASE_ACCEPTED:
      return "accepted";
    case BM_CASE_DONE:
      return "done";
    case BM_CASE_NOT_DONE:
      return "not_done";
    case BM_CASE_CONFLICT:
      return "conflict";
    default:
      g_assert_not_reached ();
    }
}

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
    default:
      g_assert_not_reached ();
    }
}

json_t *
bm_case_to_json (const BmCase *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return json_pack ("{s:s, s:s, s:s, s:s, s:I, s:I, s:b, s:O?, s:O?}", "number", self->number,
                    "service", self->service, "state", state_to_string (self->state), "entry",
                    entry_state_to_string (self->entry_state), "seq", (json_int_t) self->seq,
                    "wall_ms", (json_int_t) self->wall_ms, "is_told", self->is_told, "slip",
                    self->slip, "result", self->result);
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
