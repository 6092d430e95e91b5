/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/language/language.h"
#include "core/session/session-private.h"

#include <string.h>

/*
 * Answers that came since the last visit, told before anything new is begun. What is private is not
 * said in the hall: 有您一封回信, and the person chooses (domain §2.21a rule 4).
 */

static void
build_told (BmSession *self, json_t *page)
{
  bm_session_build_result (self, page, self->told);
  bm_session_tell (self, self->told);
  bm_session_add_settling (self, page, self->told);
  if (bm_session_can_print_result (self, self->told))
    {
      bm_page_add_choice (page, "print", "slip", C_ ("choice", "Print a slip"), NULL);
      bm_page_add_choice (page, "no-print", "no", C_ ("choice", "No print"), NULL);
    }
  else
    bm_page_add_choice (page, "no-print", "yes", C_ ("choice", "I see"), "primary");
}

static gboolean
choose_told (BmSession *self, const char *choice)
{
  if (bm_session_choose_settling (self, choice))
    return TRUE;
  if (strcmp (choice, "print") == 0)
    bm_session_print_result (self, self->told);
  else
    bm_session_after_told (self);
  return TRUE;
}

const BmPageSpec bm_spec_told = { .id = "told",
                                  .template_name = "result",
                                  .build = build_told,
                                  .choose = choose_told,
                                  .can_end = TRUE,
                                  .is_personal = TRUE };

static void
build_letter (BmSession *self, json_t *page)
{
  bm_page_set_picture (page, "read");
  bm_page_set_question (page, C_ ("page", "There is a reply for you."), FALSE);
  bm_page_add_choice (page, "hear", "read", C_ ("choice", "Hear it myself"), NULL);
  if (bm_session_can_print_result (self, self->told))
    bm_page_add_choice (page, "print", "slip", C_ ("choice", "Print it"), NULL);
  bm_page_add_choice (page, "later", "next", C_ ("choice", "Next time"), NULL);
}

static gboolean
choose_letter (BmSession *self, const char *choice)
{
  if (strcmp (choice, "hear") == 0)
    {
      self->is_heard = TRUE;
      bm_session_go (self, BM_PAGE_TOLD);
    }
  else if (strcmp (choice, "print") == 0)
    {
      bm_session_tell (self, self->told);
      bm_session_print_result (self, self->told);
    }
  else
    {
      /* Only for this visit: the ledger still holds it as not told. */
      json_object_set_new (self->told, "is_told", json_true ());
      bm_session_after_told (self);
    }
  return TRUE;
}

const BmPageSpec bm_spec_letter = { .id = "letter",
                                    .template_name = "choice",
                                    .build = build_letter,
                                    .choose = choose_letter,
                                    .can_end = TRUE,
                                    .is_personal = TRUE };
