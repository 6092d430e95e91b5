/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/session/session-behalf.h"

/* Forgetting (invariant 13): strings are overwritten before they are freed. */

void
bm_session_forget_matter (BmSession *self)
{
  g_clear_pointer (&self->fields, bm_json_wipe);
  g_clear_pointer (&self->drawings, bm_json_wipe);
  g_clear_pointer (&self->consents, bm_json_wipe);
  bm_session_forget_photos (self);
  bm_session_forget_memo (self);
  g_clear_pointer (&self->evidence, bm_json_wipe);
  g_clear_pointer (&self->notice, bm_json_wipe);
  g_clear_pointer (&self->chosen, bm_wipe_string);
  self->problem = NULL;
  bm_session_forget_places (self);
  g_clear_pointer (&self->visits, json_decref);
  g_clear_pointer (&self->typed, bm_wipe_string);
  g_clear_pointer (&self->reopens, bm_json_wipe);
  g_clear_pointer (&self->staff, bm_wipe_string);
  g_clear_pointer (&self->helper, bm_wipe_string);
  g_clear_pointer (&self->draft, bm_draft_unref);
  g_clear_pointer (&self->committed, bm_json_wipe);
  g_clear_pointer (&self->answer, bm_json_wipe);
  self->danger = NULL;
  self->stop = NULL;
  self->resumes = NULL;
  g_clear_pointer (&self->resumed_fields, bm_json_wipe);
  self->resumed_danger = NULL;
  self->was_forgotten = FALSE;
  self->is_slot_lost = FALSE;
  g_clear_pointer (&self->tracked, bm_json_wipe);
  self->is_shown = FALSE;
  self->is_aloud = FALSE;
  self->is_whole = FALSE;
  self->field = 0;
  self->verdict = BM_STAFF_OK;
  self->locked_ms = 0;
  self->was_detailed = FALSE;
  self->is_contacted = FALSE;
  self->is_cannot = FALSE;
  self->may_repeat = FALSE;
  self->was_online = FALSE;
  self->paper = BM_PAPER_NONE;
  self->print_floor =
    MAX (self->print_floor, self->print_job); /* and is none of the next matter's */
  self->print_job = 0;
  self->is_printing = FALSE;
  self->has_family = FALSE;
  bm_session_forget_article (self);
}

/* What the ledger knows of the person; the card that was read stays. */
static void
forget_looked_up (BmSession *self)
{
  bm_session_forget_rating (self);
  g_clear_pointer (&self->told, bm_json_wipe);
  g_clear_pointer (&self->cases, bm_json_wipe);
  g_clear_pointer (&self->record, bm_json_wipe);
  g_clear_pointer (&self->uses, bm_json_wipe);
  self->uses_from = 0;
  bm_wipe (self->tag, sizeof self->tag);
  self->has_tag = FALSE;
  self->is_confirmed = FALSE;
  self->is_heard = FALSE;
  self->is_opened = FALSE;
}

void
bm_session_forget_person (BmSession *self)
{
  forget_looked_up (self);
  bm_session_forget_behalf (self);
  g_clear_pointer (&self->card, bm_card_unref);
  self->is_stranger = FALSE;
  self->card_failures = 0;
  self->card_error = -1;
  self->is_social_error = FALSE;
  self->wants_social = FALSE;
  self->card_wall_ms = 0;
}

/*
 * 再办一件: one card for all matters of a visit (一窗受理). Whoever stands here by now may be somebody else, so the next
 * matter asks 您是…吗 again, and what was looked up is looked up again: the matter just noted is among it.
 */
void
bm_session_begin_another (BmSession *self)
{
  g_assert (!bm_session_is_behalf (self)); /* one letter, one matter */
  if (self->answer != NULL && !bm_session_is_result (self->answer))
    bm_session_tell (self, self->answer); /* as when it is closed */
  self->has_recorded = self->has_recorded || bm_session_is_recorded (self);
  self->is_another = TRUE;
  bm_session_forget_matter (self);
  forget_looked_up (self);
  self->service = NULL;
  bm_session_audit (self, "another-matter", NULL);
  bm_session_go (self, BM_PAGE_HOME);
}
