/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/calendar/day.h"
#include "core/language/language.h"
#include "core/session/session-private.h"

#include <string.h>

/*
 * Whoever is under fourteen does nothing alone (domain §6, 儿童; PIPL article 31). It is said as soon as the card is
 * theirs, before their record is looked for, and nothing is recorded but that it was said.
 */

#define GROWN_UP_AGE 14

gboolean
bm_session_is_child (BmSession *self)
{
  return self->card != NULL && bm_day_from_string (self->card->birth) != BM_NO_DAY &&
         bm_session_get_age (self) < GROWN_UP_AGE;
}

static void
build_child (BmSession *self, json_t *page)
{
  (void) self;
  bm_page_set_picture (page, "people");
  bm_page_set_question (page,
                        C_ ("page",
                            "A child's matter is done together\nwith a grown-up of the family."),
                        FALSE);
  bm_page_add_line (page, "help",
                    C_ ("page", "Come together and press for help,\nthe staff do it with you."),
                    FALSE);
  bm_page_add_choice (page, "help", "help", C_ ("choice", "Call the staff"), "help");
  bm_page_add_choice (page, "leave", "yes", C_ ("choice", "I see"), "primary");
}

static gboolean
choose_child (BmSession *self, const char *choice)
{
  if (strcmp (choice, "help") == 0)
    bm_session_call_help (self);
  else
    bm_session_go (self, BM_PAGE_GOODBYE);
  return TRUE;
}

const BmPageSpec bm_spec_child = { .id = "child",
                                   .template_name = "choice",
                                   .build = build_child,
                                   .choose = choose_child,
                                   .can_end = TRUE };
