/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * What happens because time passes: the idle warning and the wipe, help that does not come, and pages
 * that end by themselves. All waits use the boot clock (invariant 11).
 */

void
bm_session_set_clock (BmSession *self)
{
  g_autoptr (GDateTime) time = bm_clock_dup_local (self->setup->clock);
  const char *before = bm_language_begin (bm_session_get_language (self));

  g_free (self->clock);
  self->clock = time != NULL ? bm_words_clock (time) : g_strdup ("");
  bm_language_end (before);
}

/* Calling for help */

void
bm_session_call_help (BmSession *self)
{
  BmEffect *effect;

  if (self->help_boot_ms != 0 && !self->is_help_answered)
    return;
  self->help_boot_ms = MAX (bm_session_now (self), 1);
  self->is_help_answered = FALSE;
  self->was_help_offered = FALSE;
  effect = bm_session_add_effect (self, BM_EFFECT_CALL_HELP);
  effect->flag = TRUE;
  bm_session_audit (self, "help-called", NULL);
}

void
bm_session_answer_help (BmSession *self)
{
  BmEffect *effect;

  if (self->help_boot_ms == 0 || self->is_help_answered)
    return;
  self->is_help_answered = TRUE;
  effect = bm_session_add_effect (self, BM_EFFECT_CALL_HELP);
  effect->flag = FALSE;
  if (self->page_id == BM_PAGE_HELP)
    bm_session_uncover (self);
}

void
bm_session_stop_ringing (BmSession *self)
{
  if (self->help_boot_ms == 0)
    return;
  if (!self->is_help_answered)
    bm_session_add_effect (self, BM_EFFECT_CALL_HELP)->flag = FALSE;
  self->help_boot_ms = 0;
  self->is_help_answered = FALSE;
  self->was_help_offered = FALSE;
}

/* 请他们找我: a task for the desk. Says who only when the person was identified here. */
void
bm_session_leave_contact (BmSession *self)
{
  const char *session = bm_session_is_untraced (self) ? "" : self->id;
  g_autofree char *name = self->is_confirmed ? bm_session_dup_masked_name (self) : g_strdup ("");
  g_autofree char *group = self->is_confirmed ? bm_session_dup_group (self) : g_strdup ("");
  gboolean is_secret = bm_session_is_hidden (self) || bm_session_is_untraced (self);
  const char *service = is_secret ? "" : json_string_value (json_object_get (self->service, "id"));
  BmEffect *effect = bm_session_add_effect (self, BM_EFFECT_CONTACT);

  effect->json = json_pack ("{s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "kind", "contact", "seat",
                            self->setup->seat, "session", session, "name", name, "group", group,
                            "service", service != NULL ? service : "", "at_ms",
                            (json_int_t) bm_clock_get_wall_ms (self->setup->clock));
  self->is_contacted = TRUE;
}

/* The page that covers another one when nobody came. */

static void
build_help (BmSession *self, json_t *page)
{
  const char *next = bm_text_pick (json_object_get (self->setup->duty, "next"));

  bm_page_set_picture (page, "people");
  if (next != NULL && *next != '\0')
    {
      g_autofree char *text =
        g_strdup_printf (C_ ("page", "Nobody is here now.\nFrom %s somebody is."), next);

      bm_page_set_question (page, text, FALSE);
    }
  else
    bm_page_set_question (page, C_ ("page", "Nobody is here now."), FALSE);
  bm_page_add_choice (page, "contact", "help", C_ ("choice", "Let them find me"), NULL);
  bm_page_add_choice (page, "go-on", "next", C_ ("choice", "Go on"), NULL);
}

static gboolean
choose_help (BmSession *self, const char *choice)
{
  if (strcmp (choice, "contact") == 0)
    bm_session_leave_contact (self);
  bm_session_stop_ringing (self);
  bm_session_uncover (self);
  return TRUE;
}

const BmPageSpec bm_spec_help = { .id = "help",
                                  .template_name = "alert",
                                  .build = build_help,
                                  .choose = choose_help };

/* Are you still there? */

static void
build_warn (BmSession *self, json_t *page)
{
  bm_page_set_picture (page, "hourglass");
  bm_page_set_question (page, C_ ("page", "Are you still there?\nIf so, touch the screen."), FALSE);
  bm_page_add_line (page, NULL,
                    C_ ("page", "If nobody touches it for a minute I put everything away,\nwhat is "
                                "not finished has to be begun again."),
                    FALSE);
  bm_page_add_choice (page, "here", "yes", C_ ("choice", "I am still here"), "primary");
  bm_page_set_earcon (page, "attention");
  json_object_set_new (page, "countdown", json_integer (self->countdown));
  {
    g_autofree char *text = g_strdup_printf (C_ ("speech", "%u seconds left."), self->countdown);

    bm_page_say_also (page, text);
  }
}

static gboolean
choose_warn (BmSession *self, const char *choice)
{
  (void) choice; /* there is only one */
  bm_session_uncover (self);
  return TRUE;
}

const BmPageSpec bm_spec_warn = { .id = "idle-warning",
                                  .template_name = "alert",
                                  .build = build_warn,
                                  .choose = choose_warn };

/* Wiped */

static void
build_closing (BmSession *self, json_t *page)
{
  bm_page_set_question (page, C_ ("page", "The screen is cleared,\nnobody sees it any more."),
                        FALSE);
  if (self->was_open)
    bm_page_add_line (page, "state-noted",
                      C_ ("page", "What you did is still there, nothing is lost."), FALSE);
  if (!self->was_only_told)
    bm_page_add_line (page, NULL, C_ ("page", "What was not finished is not kept."), FALSE);
  if (self->is_card_present)
    {
      bm_page_add_line (page, "card-take", bm_session_say_take (self), TRUE);
      bm_page_set_earcon (page, "card");
    }
  bm_page_say_also (page, C_ ("speech", "Please take your card and slip."));
}

static void
next_closing (BmSession *self)
{
  bm_session_finish (self);
}

const BmPageSpec bm_spec_closing = { .id = "closed",
                                     .template_name = "end",
                                     .build = build_closing,
                                     .next = next_closing };

/* Ticks */

static gboolean
is_waiting_for_help (BmSession *self)
{
  BmPageId current = bm_session_get_current (self);

  return self->help_boot_ms != 0 && !self->is_help_answered && !self->was_help_offered &&
         (current < BM_PAGE_WRITING || current > BM_PAGE_COMMITTING) &&
         !bm_session_get_spec (current)->is_silent && current != BM_PAGE_LOOKING &&
         current != BM_PAGE_DANGER && self->page_id != BM_PAGE_WARN &&
         self->page_id != BM_PAGE_CLOSING &&
         bm_session_now (self) - self->help_boot_ms >= BM_HELP_MS;
}

static void
tick_idle (BmSession *self, gint64 now)
{
  BmPageId current = bm_session_get_current (self);
  gint64 idle = now - self->active_boot_ms;
  gint64 left = (BM_IDLE_WIPE_MS - idle + 999) / 1000;

  if (self->page_id != BM_PAGE_WARN &&
      (current == BM_PAGE_IDLE || current == BM_PAGE_RESTARTED || current == BM_PAGE_CLOSING))
    return;
  if (self->page_id == BM_PAGE_WARN && idle < BM_IDLE_WARN_MS)
    bm_session_uncover (self); /* somebody did something, whatever it was */
  if (current == BM_PAGE_COMMITTING || current == BM_PAGE_WITHDRAWING || idle < BM_IDLE_WARN_MS)
    return;
  if (idle >= BM_IDLE_WIPE_MS)
    {
      bm_session_close (self, "idle");
      return;
    }
  if (self->page_id != BM_PAGE_WARN)
    bm_session_cover (self, BM_PAGE_WARN);
  self->countdown = left > 30 ? 60 : left > 10 ? 30 : 10;
}

static void
tick_page (BmSession *self, gint64 now)
{
  gint64 shown = now - self->page_boot_ms;

  switch ((int) self->page_id)
    {
    case BM_PAGE_CLOSING:
      if (shown >= BM_CLOSING_MS)
        bm_session_finish (self);
      break;
    case BM_PAGE_GOODBYE:
      if (shown >= BM_GOODBYE_MS)
        bm_session_close (self, "done");
      break;
    case BM_PAGE_HOME:
    case BM_PAGE_OTHERS:
      if (self->is_another && now - self->active_boot_ms >= BM_ANOTHER_MS)
        bm_session_close (self, "done");
      break;
    case BM_PAGE_SENDING:
      if (shown >= BM_ANSWER_MS)
        bm_session_go (self, BM_PAGE_DONE);
      break;
    case BM_PAGE_TRACKING:
      bm_session_tick_track (self, shown);
      break;
    case BM_PAGE_IDLE:
      bm_session_tick_language (self, now);
      bm_session_set_clock (self);
      break;
    case BM_PAGE_LANGUAGE:
      if (self->under == BM_PAGE_IDLE)
        bm_session_tick_language (self, now);
      break;
    default:
      break;
    }
}

void
bm_session_tick (BmSession *self)
{
  gint64 now = bm_session_now (self);

  tick_idle (self, now);
  tick_page (self, now);
  bm_session_tick_alert (self, now);
  bm_session_tick_rating (self, now);
  bm_session_tick_benefit (self, now);
  bm_session_tick_photo (self, now);
  bm_session_tick_memo (self, now);
  if (self->paper == BM_PAPER_COMING && !self->is_printing &&
      now - self->paper_boot_ms >= BM_PAPER_MS)
    self->paper = BM_PAPER_STUCK;
  if (is_waiting_for_help (self))
    {
      self->was_help_offered = TRUE;
      bm_session_cover (self, BM_PAGE_HELP);
    }
}
