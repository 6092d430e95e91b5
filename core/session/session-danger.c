/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"

#include <string.h>

/*
 * 有危险吗? comes before anything else (domain §6): the numbers stand there, the desk can be asked to call,
 * and one can always go on. Nobody is asked who they are for it.
 *
 *   DANGER -- 没有危险 | 已经打了 --> next step
 *     '-- 请人帮我打 --> DANGER, the desk rings and shows it -- 接着说 --> next step
 */

static gboolean
is_called (BmSession *self)
{
  return g_strcmp0 (self->danger, "call") == 0;
}

/* The desk rings also when it was rung before: this call says what it is about. */
static void
call_desk (BmSession *self)
{
  BmEffect *effect = bm_session_add_effect (self, BM_EFFECT_CALL_HELP);

  effect->flag = TRUE;
  effect->text = g_strdup ("danger");
  self->help_boot_ms = MAX (bm_session_now (self), 1);
  self->is_help_answered = FALSE;
  self->was_help_offered = FALSE;
}

static const char *
get_call_line (BmSession *self)
{
  if (self->is_help_answered)
    return C_ ("page", "Somebody comes to call for you.");
  if (self->help_boot_ms != 0 && bm_session_now (self) - self->help_boot_ms >= BM_HELP_MS)
    return C_ ("page", "Nobody has come yet,\nplease call yourself, at once.");
  return C_ ("page", "Help is called, to phone for you.\nWho has a phone calls at once.");
}

static void
build_danger (BmSession *self, json_t *page)
{
  json_t *danger = json_object_get (self->service, "danger");
  json_t *call;
  gsize i;

  bm_page_set_picture (page, "warn");
  bm_page_set_question (page, bm_text_pick (json_object_get (danger, "say")), TRUE);
  json_array_foreach (json_object_get (danger, "calls"), i, call)
  {
    bm_page_add_fact (page, bm_text_pick (json_object_get (call, "label")),
                      json_string_value (json_object_get (call, "number")));
  }
  if (is_called (self))
    {
      bm_page_add_line (page, "help", get_call_line (self), TRUE);
      bm_page_set_earcon (page, "attention");
      bm_page_add_choice (page, "go-on", "next", C_ ("choice", "Go on with the matter"), "primary");
      return;
    }
  bm_page_add_choice (page, "call", "help", C_ ("choice", "Ask somebody to call"), "help");
  bm_page_add_choice (page, "called", "yes", C_ ("choice", "Called already"), NULL);
  bm_page_add_choice (page, "safe", "no", C_ ("choice", "There is no danger"), NULL);
}

static gboolean
choose_danger (BmSession *self, const char *choice)
{
  if (strcmp (choice, "call") == 0)
    {
      self->danger = "call";
      call_desk (self);
      bm_session_audit (self, "danger-call", "desk");
      return TRUE;
    }
  if (strcmp (choice, "called") == 0)
    self->danger = "called";
  else if (strcmp (choice, "safe") == 0)
    self->danger = "no";
  if (!is_called (self))
    bm_session_audit (self, "danger-asked", self->danger);
  bm_session_next_step (self);
  return TRUE;
}

/* Back from the next question: it may be answered anew. */
static void
back_from_danger (BmSession *self)
{
  if (is_called (self))
    self->danger = NULL;
  else
    bm_session_leave_to_home (self);
}

const BmPageSpec bm_spec_danger = { .id = "danger",
                                    .template_name = "danger",
                                    .build = build_danger,
                                    .choose = choose_danger,
                                    .back = back_from_danger,
                                    .can_end = TRUE };
