/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/session/desk-private.h"

/* What the station tells the desk. */

/* The act is for the session it was begun for, so any news from the hall ends it. */
static void
handle_hall (BmDesk *self, json_t *hall)
{
  gboolean is_same = json_is_object (hall) && json_equal (hall, self->hall);

  bm_json_wipe (self->hall);
  self->hall = json_is_object (hall) ? json_deep_copy (hall) : NULL;
  bm_desk_look (self);
  if (self->at == BM_DESK_WITNESS_CHECK || (self->at == BM_DESK_WITNESS_PIN && !is_same) ||
      (self->at == BM_DESK_TEXT && !is_same) ||
      (self->at == BM_DESK_NOTICE && self->is_witness && self->staff != NULL && self->hall == NULL))
    bm_desk_go_today (self);
}

static gboolean
is_still_unknown (BmDesk *self)
{
  json_t *unknown = json_object_get (json_object_get (self->overview, "print"), "unknown");

  for (gsize i = 0; i < json_array_size (unknown); i++)
    if (bm_desk_get_count (json_array_get (unknown, i), "job") == self->slip)
      return TRUE;
  return FALSE;
}

static void
handle_overview (BmDesk *self, json_t *overview)
{
  bm_json_wipe (self->overview);
  self->overview = json_is_object (overview) ? json_deep_copy (overview) : NULL;
  bm_desk_take_contacts (self, json_object_get (self->overview, "contacts"));
  bm_desk_take_visits (self, json_object_get (self->overview, "contacts"));
  if ((self->at == BM_DESK_VISIT || self->at == BM_DESK_VISIT_MOVE) &&
      bm_desk_find_visit (self) == NULL)
    bm_desk_go (self, BM_DESK_VISITS); /* it was settled meanwhile */
  if (self->at == BM_DESK_SLIP && !is_still_unknown (self))
    bm_desk_go_today (self);
}

static void
take_due_list (BmDesk *self, json_t *due)
{
  if (self->at != BM_DESK_DUE)
    return;
  bm_json_wipe (self->due);
  self->due = json_is_object (due) ? json_deep_copy (due) : json_object ();
}

static void
take_reprinted (BmDesk *self, gboolean is_stored)
{
  if (self->at == BM_DESK_CASE && self->copy == BM_COPY_ASKED)
    self->copy = is_stored ? BM_COPY_STORED : BM_COPY_REFUSED;
}

void
bm_desk_take_news (BmDesk *self, const BmDeskEvent *event)
{
  switch ((int) event->type)
    {
    case BM_DESK_EVENT_HALL:
      handle_hall (self, event->json);
      break;
    case BM_DESK_EVENT_OVERVIEW:
      handle_overview (self, event->json);
      break;
    case BM_DESK_EVENT_HELP:
      bm_desk_take_help (self, event->flag, event->text);
      break;
    case BM_DESK_EVENT_SESSION:
      self->is_session_open = event->flag;
      break;
    case BM_DESK_EVENT_DUE_LIST:
      take_due_list (self, event->json);
      break;
    case BM_DESK_EVENT_READER_STATE:
      self->is_reader_ready = event->flag;
      break;
    case BM_DESK_EVENT_FOUND:
      bm_desk_take_found (self, event->json);
      break;
    case BM_DESK_EVENT_STICK:
      bm_desk_take_stick (self, event->json);
      break;
    case BM_DESK_EVENT_CHECKUP:
      bm_desk_take_checkup (self, event->json);
      break;
    case BM_DESK_EVENT_DAY:
      bm_desk_take_day (self, event->json);
      break;
    case BM_DESK_EVENT_INDICATORS:
      bm_desk_take_indicators (self, event->json);
      break;
    case BM_DESK_EVENT_SHEET_STORED:
      bm_desk_take_sheet_stored (self, event->number, event->flag);
      bm_desk_take_form_stored (self, event->number, event->flag);
      break;
    case BM_DESK_EVENT_FORM:
      bm_desk_take_form (self, event->json);
      break;
    case BM_DESK_EVENT_COMMITTED:
      bm_desk_take_committed (self, event->json, event->code);
      break;
    case BM_DESK_EVENT_PERSON:
      bm_desk_take_person (self, event->json);
      break;
    case BM_DESK_EVENT_HANDED:
      bm_desk_take_handed (self, event->flag);
      bm_desk_visit_handed (self, event->flag);
      break;
    case BM_DESK_EVENT_REPRINTED:
      take_reprinted (self, event->flag);
      break;
    default:
      g_return_if_reached ();
    }
}
