/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/entry/number.h"
#include "core/language/language.h"
#include "core/session/session-behalf.h"
#include "core/session/words.h"

#include <string.h>

/* 待机, 首页, what is said after a restart, and the last page. Tiles come from the catalogue. */

static void
add_offline_line (BmSession *self, json_t *page)
{
  if (!self->is_online)
    bm_page_add_line (page, "offline",
                      C_ ("page",
                          "There is no line now: it is noted\nand sent when the line is back."),
                      FALSE);
}

static void
build_idle (BmSession *self, json_t *page)
{
  bm_page_say_first (page, C_ ("speech", "Welcome to the service station."));
  bm_page_set_question (page, C_ ("page", "Please touch the screen"), TRUE);
  add_offline_line (self, page);
  if (self->scale < 150 && /* 开始 stays on the first part of the page */
      bm_catalogue_has_step (bm_catalogue_find_frame (self->setup->catalogue, "cases"), "track"))
    bm_page_add_line (page, "slip-lay", C_ ("page", "Put the slip here\nto hear it."), FALSE);
  bm_page_add_choice (page, "start", NULL, C_ ("choice", "Start"), "primary");
}

static gboolean
choose_idle (BmSession *self, const char *choice)
{
  (void) choice; /* there is only one */
  bm_session_go (self, BM_PAGE_HOME);
  return TRUE;
}

const BmPageSpec bm_spec_idle = { .id = "idle",
                                  .template_name = "idle",
                                  .build = build_idle,
                                  .choose = choose_idle };

/* The last tile: the fourth where the files leave it free. */
static void
add_others (BmSession *self, json_t *page)
{
  json_t *choice;

  if (!bm_session_has_others (self))
    return;
  choice =
    bm_page_add_choice (page, BM_OTHERS_CHOICE, BM_OTHERS_ICON, bm_session_say_others (), NULL);
  json_object_set_new (choice, "tint", json_string (BM_OTHERS_TINT));
}

static void
build_home (BmSession *self, json_t *page)
{
  json_t *cases = bm_catalogue_find_frame (self->setup->catalogue, "cases");
  gboolean is_all_able = TRUE;

  if (self->is_low_news)
    bm_page_say_first (page, self->is_low ? C_ ("speech", "Everything stands lower now.")
                                          : C_ ("speech", "Everything stands higher again."));
  bm_page_set_question (page,
                        self->is_another ? C_ ("page", "What else would you like to do?")
                                         : C_ ("page", "What would you like to do?"),
                        FALSE);
  add_offline_line (self, page);
  for (guint slot = 1; slot <= 4; slot++)
    {
      json_t *service = bm_catalogue_find_slot (self->setup->catalogue, slot);
      json_t *choice;

      if (service == NULL)
        continue;
      choice = bm_page_add_choice (page, json_string_value (json_object_get (service, "id")),
                                   json_string_value (json_object_get (service, "icon")),
                                   bm_text_pick (json_object_get (service, "label")), NULL);
      json_object_set (choice, "tint", json_object_get (service, "tint"));
      if (!bm_session_mark_able (self, service, choice))
        {
          is_all_able = FALSE;
          continue;
        }
      bm_page_say_also (page, bm_text_pick (json_object_get (service, "home_spoken")));
    }
  add_others (self, page);
  if (!is_all_able)
    bm_page_add_line (page, "help", C_ ("page", "There is another way, press for help."), TRUE);
  bm_page_say_also (page, C_ ("speech", "Never mind if you cannot use this: press help."));
  if (cases != NULL)
    json_object_set_new (json_object_get (page, "frame"), "cases",
                         json_string (bm_text_pick (json_object_get (cases, "label"))));
}

static gboolean
choose_home (BmSession *self, const char *choice)
{
  json_t *service = strcmp (choice, "cases") == 0
                      ? bm_catalogue_find_frame (self->setup->catalogue, "cases")
                      : bm_catalogue_find (self->setup->catalogue, choice);

  if (strcmp (choice, BM_OTHERS_CHOICE) == 0)
    {
      bm_session_begin_others (self);
      return TRUE;
    }
  if (service == NULL)
    return FALSE;
  bm_session_begin_service (self, service);
  return TRUE;
}

const BmPageSpec bm_spec_home = { .id = "home",
                                  .template_name = "home",
                                  .build = build_home,
                                  .choose = choose_home,
                                  .can_end = TRUE };

/* After a restart (invariant 14): the number, and nothing of the person. */

static void
build_restarted (BmSession *self, json_t *page)
{
  json_t *first = json_array_get (self->untold, 0);

  bm_page_set_picture (page, "warn");
  bm_page_set_earcon (page, "attention");
  if (first != NULL)
    {
      bm_page_set_question (page, C_ ("page", "The machine has just restarted."), FALSE);
      bm_session_add_number (self, page, first, FALSE);
      if (g_strcmp0 (json_string_value (json_object_get (first, "state")), "withdrawn") == 0)
        bm_page_add_line (page, "yes", C_ ("page", "As you wished,\nit was not sent."), TRUE);
      else if (json_is_string (json_object_get (first, "asked")))
        bm_page_add_line (page, "taken-back", C_ ("page", "It was asked for back."), TRUE);
      else
        {
          bm_page_add_line (page, "state-noted",
                            C_ ("page", "What you did is noted,\nnothing is lost."), TRUE);
          bm_page_set_reached (page, 1);
        }
    }
  else
    bm_page_set_question (
      page,
      C_ ("page", "The machine has just restarted,\nwhat was not finished\nhas to be begun again."),
      FALSE);
  bm_page_add_choice (page, "understood", "yes", C_ ("choice", "I see"), "primary");
}

static gboolean
choose_restarted (BmSession *self, const char *choice)
{
  json_t *first = json_array_get (self->untold, 0);

  (void) choice; /* there is only one */
  if (first != NULL)
    {
      bm_session_tell (self, first);
      json_array_remove (self->untold, 0);
    }
  if (json_array_size (self->untold) > 0)
    return TRUE;
  g_clear_pointer (&self->untold, bm_json_wipe);
  self->was_open = FALSE;
  bm_session_go (self, BM_PAGE_IDLE);
  return TRUE;
}

const BmPageSpec bm_spec_restarted = { .id = "restarted",
                                       .template_name = "alert",
                                       .build = build_restarted,
                                       .choose = choose_restarted };

/* The last page of a session. */

static void
build_goodbye (BmSession *self, json_t *page)
{
  gboolean has_slip = self->paper == BM_PAPER_OUT || self->paper == BM_PAPER_COMING;

  bm_page_set_picture (page, self->is_card_present ? "ill-card-take"
                             : has_slip            ? "slip"
                                                   : "card-take");
  if (self->card == NULL)
    {
      bm_page_set_picture (page, "slip");
      bm_page_set_question (page,
                            has_slip ? C_ ("page", "Please take your slip\nand keep it.")
                                     : C_ ("page", "Thank you, take care."),
                            FALSE);
      json_object_set_new (json_object_get (page, "frame"), "next",
                           json_string (C_ ("frame", "Finish")));
      return;
    }
  bm_page_set_question (page,
                        has_slip ? bm_session_say_take_both (self) : bm_session_say_take (self),
                        FALSE);
  if (self->is_card_present)
    bm_page_set_earcon (page, "card");
  if (!bm_session_is_behalf (self))
    bm_page_add_choice (page, "another", "again", C_ ("choice", "One more matter"), NULL);
  if (bm_session_offers_family (self))
    bm_page_add_choice (page, "family", "people", C_ ("choice", "One for the family"), NULL);
  if (bm_session_can_rate (self))
    bm_page_add_choice (page, "rate", "ask", C_ ("choice", "Say how it went"), NULL);
  json_object_set_new (json_object_get (page, "frame"), "next",
                       json_string (C_ ("frame", "Finish")));
}

static gboolean
choose_goodbye (BmSession *self, const char *choice)
{
  if (strcmp (choice, "family") == 0)
    bm_session_print_family (self);
  else if (strcmp (choice, "rate") == 0)
    bm_session_begin_rating (self);
  else
    bm_session_begin_another (self);
  return TRUE;
}

static void
next_goodbye (BmSession *self)
{
  bm_session_close (self, "done");
}

const BmPageSpec bm_spec_goodbye = { .id = "goodbye",
                                     .template_name = "print",
                                     .build = build_goodbye,
                                     .choose = choose_goodbye,
                                     .next = next_goodbye,
                                     .can_end = TRUE };
