/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"

#include <string.h>

/*
 * 上门认证 (domain §2.6, §3.11): the station is at somebody's home. The desk says for which order (BM_EVENT_VISIT); the
 * certification that was asked for goes its own way from there, with the person's own card and somebody of the staff who
 * sees them. With the entry the order is done: the ledger does both in one transaction.
 *
 * Invariants: an order opens nothing; whose card is read decides whose matter it is, and only who asked for the visit is
 * certified under its number. What follows in the same session is no visit.
 */

gboolean
bm_session_is_visit (BmSession *self)
{
  return self->visit_order != NULL && self->service != NULL &&
         strcmp (bm_text_get (self->visit_order, "service"), bm_text_get (self->service, "id")) ==
           0;
}

void
bm_session_forget_visit (BmSession *self)
{
  g_clear_pointer (&self->visit_order, json_decref);
}

/**
 * bm_session_begin_visit:
 * @self: an idle session
 * @order: {"contact": the desk's id of it, "number": of its matter, "service": what is done there}
 *
 * Begins what somebody is visited for. Where somebody is at the screen, or the matter is none that is seen, nothing
 * changes.
 */
void
bm_session_begin_visit (BmSession *self, json_t *order)
{
  json_t *service = bm_catalogue_find (self->setup->catalogue, bm_text_get (order, "service"));

  if (!bm_session_is_idle (self) || bm_session_get_current (self) == BM_PAGE_RESTARTED ||
      service == NULL || !bm_catalogue_has_step (service, "witness"))
    return;
  bm_session_forget_person (self);
  self->active_boot_ms = bm_session_now (self); /* the helper's hand is on it */
  bm_session_begin_service (self, service);
  self->visit_order = json_deep_copy (order);
  bm_session_audit (self, "visit-begun", bm_text_get (order, "number"));
}

static gboolean
is_theirs (BmSession *self)
{
  json_t *item;
  gsize i;

  json_array_foreach (self->cases, i, item)
  {
    if (strcmp (bm_text_get (item, "number"), bm_text_get (self->visit_order, "number")) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Whether it goes no further: somebody else's card lies there. */
gboolean
bm_session_stop_visit (BmSession *self)
{
  if (!bm_session_is_visit (self) || is_theirs (self))
    return FALSE;
  bm_session_audit (self, "visit-refused", bm_text_get (self->visit_order, "number"));
  bm_session_go (self, BM_PAGE_VISIT_OTHER);
  return TRUE;
}

/* What the entry says of it, beside card and witness. */
json_t *
bm_session_make_visit_evidence (BmSession *self)
{
  return json_pack ("{s:s, s:O}", "class", "visit", "order",
                    json_object_get (self->visit_order, "number"));
}

static void
build_other (BmSession *self, json_t *page)
{
  bm_page_set_picture (page, "people");
  bm_page_set_earcon (page, "attention");
  bm_page_set_question (page, C_ ("page", "Somebody else asked\nfor this visit."), FALSE);
  bm_page_add_line (page, "card-place",
                    C_ ("page", "It is done with the card\nof who asked for it."), FALSE);
  bm_page_add_choice (page, "again", "again", C_ ("choice", "Read another card"), "primary");
  bm_page_add_choice (page, "alone", "slip", C_ ("choice", "Go on without the visit"), NULL);
}

static void
begin_again (BmSession *self)
{
  json_t *order = json_incref (self->visit_order);
  json_t *service = self->service;

  bm_session_forget_person (self);
  bm_session_begin_service (self, service);
  self->visit_order = order;
}

static gboolean
choose_other (BmSession *self, const char *choice)
{
  if (strcmp (choice, "alone") == 0)
    {
      bm_session_forget_visit (self);
      bm_session_after_identity (self);
      return TRUE;
    }
  begin_again (self);
  return TRUE;
}

const BmPageSpec bm_spec_visit_other = { .id = "visit-other",
                                         .template_name = "choice",
                                         .build = build_other,
                                         .choose = choose_other,
                                         .can_end = TRUE,
                                         .is_personal = TRUE };
