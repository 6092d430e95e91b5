/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/desk-private.h"

#include <string.h>

/*
 * 上门认证: the helper stands at somebody's home with the station, and begins for which order. Whose card lies there then
 * is for the hall's session to see (session-visit.c).
 */

static json_t *
find_service (BmDesk *self, json_t *visit)
{
  return bm_catalogue_find (self->setup->catalogue, bm_text_get (visit, "for"));
}

/* Whether what was asked for is seen to by the station itself. */
gboolean
bm_desk_may_go (BmDesk *self, json_t *visit)
{
  json_t *service = find_service (self, visit);

  return bm_desk_may_submit (self) && service != NULL && bm_catalogue_has_step (service, "witness");
}

void
bm_desk_visit_go (BmDesk *self)
{
  json_t *visit = bm_desk_find_visit (self);

  bm_desk_add_effect (self, BM_DESK_EFFECT_VISIT)->json =
    json_pack ("{s:O, s:O, s:O}", "contact", json_object_get (visit, "contact"), "number",
               json_object_get (visit, "number"), "service", json_object_get (visit, "for"));
  self->is_visit_handed = FALSE;
  bm_desk_go (self, BM_DESK_VISIT_GONE);
}

void
bm_desk_visit_handed (BmDesk *self, gboolean is_handed)
{
  if (self->at == BM_DESK_VISIT_GONE)
    self->is_visit_handed = is_handed;
}

static void
build_gone (BmDesk *self, json_t *page)
{
  if (!self->is_visit_handed)
    {
      bm_desk_say_hall_busy (page);
      return;
    }
  bm_page_set_question (page, C_ ("desk", "It goes on at the big screen."), FALSE);
  bm_page_add_line (
    page, "card-place",
    C_ ("desk", "Who asked for the visit lays down their own card\nand presses themselves."), TRUE);
  bm_page_add_line (page, "yes", C_ ("desk", "The visit is done by itself when it is noted."),
                    FALSE);
  bm_page_add_choice (page, "today", "yes", C_ ("choice", "Done"), "primary");
}

static gboolean
choose_gone (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "again") != 0 || bm_desk_find_visit (self) == NULL)
    return bm_desk_go_today (self);
  bm_desk_visit_go (self);
  return TRUE;
}

const BmDeskSpec bm_desk_visit_gone = { .id = "desk-visit-gone",
                                        .template_name = "desk-list",
                                        .build = build_gone,
                                        .choose = choose_gone,
                                        .is_list = TRUE };
