/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"

/*
 * 给家里人一张: a second paper for somebody who lives elsewhere and asks how far it is, without the elder's card or account.
 * It says neither who nor what: its code shows how far it is, as that of every slip does, and nothing else. Only a
 * person who handed something in just now has one, and only when they ask for it; a matter that is nobody's business
 * here (domain §2.21a rule 5) has none.
 */

gboolean
bm_session_offers_family (BmSession *self)
{
  return self->card != NULL && self->answer != NULL && !self->has_family &&
         !bm_session_is_anonymous (self) && !bm_session_is_hidden (self);
}

static json_t *
make_plan (BmSession *self)
{
  json_t *blocks = json_array ();

  (void) self; /* nothing of the person or the matter */
  json_array_append_new (blocks,
                         json_pack ("{s:s, s:s, s:s}", "type", "boxed", "size", "lead", "text",
                                    C_ ("sheet", "So that the family knows\nhow far it is.")));
  json_array_append_new (blocks, json_pack ("{s:s, s:s}", "type", "number", "ask",
                                            C_ ("sheet", "On the phone say")));
  bm_session_add_block_text (
    blocks, "body",
    C_ ("sheet", "Scan the code with a phone:\nit shows how far it is, nothing else."));
  bm_session_add_block_text (blocks, "small", C_ ("sheet", "Number {number}"));
  bm_session_add_block_rule (blocks);
  bm_session_add_block_pair (blocks, C_ ("sheet", "Phone"),
                             C_ ("sheet", "Station {station_phone}"));
  bm_session_add_fraud_line (blocks);
  return json_pack ("{s:s, s:o}", "title", C_ ("sheet", "For the family"), "blocks", blocks);
}

void
bm_session_print_family (BmSession *self)
{
  json_t *sheet = bm_session_build_own_sheet (self, "family", make_plan);

  if (sheet != NULL)
    sheet = bm_session_number_sheet (sheet, self->answer);
  bm_session_print_sheet (self, bm_text_get (self->answer, "number"), sheet, "family-printed");
  self->has_family = TRUE;
  self->print_from = BM_PAGE_GOODBYE;
  bm_session_go (self, BM_PAGE_PRINT);
}
