/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/error.h"
#include "core/session/session-behalf.h"

#include <string.h>

/*
 * From step to step of a service's file, forwards and back:
 *
 *   identify, confirm, … commit            a matter that needs the person from the first moment
 *   danger, fields, identify, confirm, …   what one has to say comes first; whoever wants no name
 *                                          passes over identify and confirm, also on the way back
 *
 * Invariant: going back over identify forgets the person; what was answered before it stays.
 */

static const char *
get_step (BmSession *self)
{
  return json_string_value (json_array_get (json_object_get (self->service, "flow"), self->step));
}

gboolean
bm_session_is_at (BmSession *self, const char *step)
{
  return g_strcmp0 (get_step (self), step) == 0;
}

void
bm_session_begin_service (BmSession *self, json_t *service)
{
  bm_session_forget_matter (self);
  bm_session_forget_visit (self);
  self->service = service;
  self->step = 0;
  if (self->card != NULL && !bm_session_takes_card (service, self->card))
    {
      bm_session_forget_person (self);
      self->card_error = BM_ERROR_REFUSED;
    }
  bm_session_audit (self, "service-chosen", NULL);
  bm_session_want_divisions (self);
  bm_session_want_visits (self);
  bm_session_enter_step (self);
}

static gboolean
is_identity (const char *step)
{
  return g_strcmp0 (step, "identify") == 0 || g_strcmp0 (step, "confirm") == 0;
}

/* Who wants no name is not asked for one. */
static gboolean
is_passed_over (BmSession *self, const char *step)
{
  return bm_session_is_anonymous (self) && is_identity (step);
}

void
bm_session_enter_step (BmSession *self)
{
  const char *step = get_step (self);

  if (is_passed_over (self, step) || (g_strcmp0 (step, "identify") == 0 && self->card != NULL))
    bm_session_next_step (self);
  else if (g_strcmp0 (step, "danger") == 0)
    bm_session_go (self, BM_PAGE_DANGER);
  else if (g_strcmp0 (step, "identify") == 0)
    {
      bm_session_lease (self, TRUE);
      bm_session_go (self, BM_PAGE_CARD);
    }
  else if (g_strcmp0 (step, "confirm") == 0 && self->is_confirmed && self->has_tag)
    {
      if (!bm_session_is_behalf (self)) /* nothing of theirs is shown */
        bm_session_note_use (self, "identified", "look");
      bm_session_after_identity (self);
    }
  else if (g_strcmp0 (step, "confirm") == 0)
    bm_session_go (self, BM_PAGE_CONFIRM);
  else if (g_strcmp0 (step, "track") == 0)
    bm_session_begin_track (self);
  else if (g_strcmp0 (step, "uses") == 0)
    bm_session_begin_uses (self);
  else if (g_strcmp0 (step, "query") == 0)
    bm_session_begin_query (self);
  else if (g_strcmp0 (step, "notice") == 0)
    bm_session_go (self, BM_PAGE_NOTICE);
  else if (g_strcmp0 (step, "fields") == 0)
    bm_session_begin_fields (self, FALSE);
  else if (g_strcmp0 (step, "readback") == 0)
    {
      self->is_heard = FALSE;
      bm_session_go (self, BM_PAGE_READBACK);
    }
  else if (g_strcmp0 (step, "witness") == 0)
    bm_session_begin_witness (self);
  else if (g_strcmp0 (step, "commit") == 0)
    bm_session_begin_commit (self);
  else
    bm_session_begin_cases (self);
}

void
bm_session_next_step (BmSession *self)
{
  g_assert (self->step + 1 < json_array_size (json_object_get (self->service, "flow")));
  self->step++;
  bm_session_enter_step (self);
}

void
bm_session_previous_step (BmSession *self)
{
  const char *step;

  g_assert (self->step > 0);
  self->step--;
  step = get_step (self);
  if (bm_session_is_behalf (self) && is_identity (step) && self->step == 0)
    bm_session_show_letter (self);
  else if (is_passed_over (self, step) || (bm_session_is_behalf (self) && is_identity (step)))
    bm_session_previous_step (self);
  else if (strcmp (step, "identify") == 0 && self->step > 0)
    {
      bm_session_forget_person (self);
      bm_session_lease (self, FALSE);
      bm_session_previous_step (self);
    }
  else if (strcmp (step, "identify") == 0)
    {
      json_t *left = self->service;

      bm_session_forget_person (self);
      self->service = NULL;
      bm_session_go_to_choices (self, left);
    }
  else if (strcmp (step, "confirm") == 0)
    bm_session_go (self, BM_PAGE_CONFIRM);
  else if (strcmp (step, "fields") == 0)
    bm_session_begin_fields (self, TRUE);
  else
    bm_session_enter_step (self);
}
