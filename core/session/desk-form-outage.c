/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/desk-private.h"
#include "core/session/words.h"

/*
 * 补录单 (domain §5.8): a numbered paper that lies in the drawer for a day without power. What somebody came for is
 * written on it by hand; its lower part is torn off for the person. It says of itself that nothing was handed in: a
 * paper that looked like a slip would let somebody miss a date. The number is the ledger's (app/store/store-sheets.c).
 */

#define WRITE_MM     14
#define MOST_MATTERS 16 /* the others are written by hand */
#define TEAR         "－ － － － － － － － － －"

/* A box for each matter that is handed in, and one for what is not on the list. */
static char *
dup_matters (BmDesk *self)
{
  BmCatalogue *catalogue = self->setup->catalogue;
  GString *matters = g_string_new (NULL);

  for (guint i = 0, n = 0; i < bm_catalogue_get_count (catalogue) && n < MOST_MATTERS; i++)
    {
      json_t *service = bm_catalogue_get (catalogue, i);

      if (!bm_catalogue_has_step (service, "commit"))
        continue;
      n++;
      g_string_append_printf (matters, "□ %s\n", bm_text_pick (json_object_get (service, "label")));
    }
  g_string_append (matters, "□ " BM_DESK_ROOM);
  return g_string_free (matters, FALSE);
}

static void
add_matter (BmDesk *self, json_t *blocks)
{
  g_autofree char *person =
    bm_desk_dup_sheet_rooms (C_ ("form", "Name"), C_ ("form", "Card"), C_ ("form", "Phone"), NULL);
  g_autofree char *matters = dup_matters (self);

  bm_desk_add_sheet_pair (blocks, C_ ("form", "Came on"), C_ ("form", "day ____ / __ / __"), FALSE);
  bm_desk_add_sheet_text (blocks, person, FALSE);
  bm_desk_add_sheet_rule (blocks);
  bm_desk_add_sheet_text (blocks, C_ ("form", "What for:"), TRUE);
  bm_desk_add_sheet_text (blocks, matters, FALSE);
  bm_desk_add_sheet_text (blocks, C_ ("form", "Known by:"), TRUE);
  bm_desk_add_sheet_text (blocks,
                          C_ ("form", "□ ID card was seen\n□ a staff member saw the person"),
                          FALSE);
  bm_desk_add_sheet_text (blocks, C_ ("form", "What was said, what was handed in:"), TRUE);
  bm_desk_add_sheet_gap (blocks, WRITE_MM);
}

static void
add_signatures (json_t *blocks)
{
  bm_desk_add_sheet_line_to_sign (blocks, C_ ("form", "The person signs:"));
  bm_desk_add_sheet_finger (blocks);
  bm_desk_add_sheet_line_to_sign (blocks, C_ ("form", "The helper signs:"));
}

/* What the person takes along. */
static void
add_stub (BmDesk *self, json_t *blocks)
{
  const char *phone = self->setup->station_phone;

  bm_desk_add_sheet_text (blocks, TEAR, FALSE);
  bm_desk_add_sheet_text (blocks, C_ ("form", "Tear off: for the person"), FALSE);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "Form"), "{form}", TRUE);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "Came on"), C_ ("form", "day ____ / __ / __"), FALSE);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "Matter"), BM_DESK_ROOM, FALSE);
  bm_desk_add_sheet_boxed (blocks, C_ ("form", "Nothing is handed in yet."));
  bm_desk_add_sheet_text (blocks,
                          C_ ("form",
                              "When there is power again, it still has to be done. Bring your "
                              "ID card and this paper."),
                          FALSE);
  if (phone != NULL && *phone != '\0')
    bm_desk_add_sheet_pair (blocks, C_ ("form", "Station"), phone, FALSE);
  bm_desk_add_sheet_text (blocks,
                          C_ ("form",
                              "Free of charge.\nWhoever phones for money, passwords or codes "
                              "is a cheat."),
                          FALSE);
}

json_t *
bm_desk_make_outage (BmDesk *self)
{
  g_autofree char *place = bm_words_place (self->setup->village_name, self->setup->terminal);
  json_t *blocks = json_array ();

  bm_desk_add_sheet_text (blocks, place, FALSE);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "Form"), "{form}", TRUE);
  bm_desk_add_sheet_boxed (blocks, C_ ("form", "No slip: not handed in yet"));
  bm_desk_add_sheet_rule (blocks);
  add_matter (self, blocks);
  bm_desk_add_sheet_rule (blocks);
  add_signatures (blocks);
  add_stub (self, blocks);
  return blocks;
}
