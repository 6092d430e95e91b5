/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/people/name.h"
#include "core/session/desk-late.h"
#include "core/session/session-private.h"
#include "core/session/words.h"
#include "core/sheet/sheet.h"

#include <string.h>

/*
 * 补录: the entry and its slip. An ordinary matter, noted now, with a mark of its own (sync/PROTOCOL.md, "late"): the
 * day on the paper, the paper's number, how the person was known, and both helpers. Its evidence is of the class
 * "paper": nobody here saw more than that; a card that was read just now stands beside it.
 */

static const char *
get_half (BmDesk *self)
{
  return self->late->is_afternoon ? "pm" : "am";
}

/* What the service asks for and the paper has. */
static json_t *
make_fields (BmDesk *self, gboolean is_kept)
{
  json_t *words = bm_desk_late_find_words (self);
  json_t *fields = json_pack ("{s:s}", "p.name", self->late->name);

  if (is_kept)
    return fields;
  json_object_set_new (fields, "p.doc_type", json_string ("10"));
  json_object_set_new (fields, "p.idno", json_string (self->late->id_number));
  if (words != NULL && self->late->said != NULL)
    json_object_set_new (fields, bm_text_get (words, "id"), json_string (self->late->said));
  return fields;
}

static json_t *
make_evidence (BmDesk *self)
{
  json_t *evidence = json_pack ("[{s:s, s:s}]", "class", "paper", "kind",
                                self->late->was_card_seen ? "card-seen" : "person-seen");

  if (self->late->card != NULL)
    json_array_append_new (evidence,
                           json_pack ("{s:s, s:s, s:I}", "class", "card", "kind", "citizen",
                                      "at_ms", (json_int_t) self->late->card_wall_ms));
  if (self->late->witness != NULL)
    json_array_append_new (evidence, json_pack ("{s:s, s:s, s:s}", "class", "witness", "staff",
                                                self->late->witness, "kind", "paper"));
  return evidence;
}

static json_t *
make_mark (BmDesk *self)
{
  g_autofree char *day = bm_day_to_string (self->late->day);

  return json_pack ("{s:s, s:s, s:s, s:b, s:I, s:b, s:b, s:s, s:s}", "form", self->late->form,
                    "day", day, "half", get_half (self), "is_known", (int) self->late->is_known,
                    "printed_ms", (json_int_t) self->late->printed_ms, "is_day_doubtful",
                    (int) self->late->is_day_doubtful, "is_present",
                    (int) (self->late->card != NULL), "second", self->late->second, "paper",
                    "kept");
}

static json_t *
make_payload (BmDesk *self, const char *session)
{
  return json_pack ("{s:i, s:O, s:O, s:o, s:o, s:{}, s:s, s:s, s:s, s:b, s:s, s:i, s:o}", "version",
                    1, "service", json_object_get (self->late->service, "id"), "rule",
                    json_object_get (self->late->service, "version"), "fields",
                    make_fields (self, FALSE), "evidence", make_evidence (self), "notice",
                    "pressed_by", "paper", "mode", "late", "helper", self->staff, "online",
                    (int) bm_desk_is_online (self), "session", session, "matter", 1, "late",
                    make_mark (self));
}

static json_t *
make_slip (BmDesk *self)
{
  const gboolean is_online = bm_desk_is_online (self);

  return json_pack ("{s:i, s:s, s:O, s:o, s:s, s:I, s:s, s:b, s:b, s:b, s:s, s:s, s:o}", "version",
                    1, "label", bm_desk_say_service (self, self->late->service_id), "rule",
                    json_object_get (self->late->service, "version"), "fields",
                    make_fields (self, TRUE), "way", bm_desk_late_say_known (self), "noted_ms",
                    (json_int_t) bm_clock_get_wall_ms (self->setup->clock), "result_day", "",
                    "is_provisional", 1, "was_online", (int) is_online, "was_recently_online",
                    (int) is_online, "helper", self->staff, "pressed_by", "paper", "late",
                    make_mark (self));
}

/* The slip on paper */

static void
add_number (BmDesk *self, json_t *blocks)
{
  g_autofree char *place = bm_words_place (self->setup->village_name, self->setup->terminal);

  json_array_append_new (blocks, json_pack ("{s:s, s:s, s:s, s:s, s:s, s:s}", "type", "number",
                                            "ask", C_ ("form", "On the phone say"), "place", place,
                                            "figure", "", "number", "", "qr", ""));
  bm_desk_add_sheet_text (blocks, C_ ("form", "Scanning the code shows only where it stands."),
                          FALSE);
  bm_desk_add_sheet_text (blocks, C_ ("form", "Number {number}"), FALSE);
}

static void
add_days (BmDesk *self, json_t *blocks)
{
  g_autofree char *came = bm_desk_late_say_day (self);
  g_autoptr (GDateTime) now = bm_clock_dup_local (self->setup->clock);
  g_autofree char *noted = bm_words_moment (now);

  bm_desk_add_sheet_boxed (blocks, C_ ("form", "A late entry from paper"));
  bm_desk_add_sheet_pair (blocks, C_ ("form", "Form"), self->late->form, TRUE);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "Came on"), came, TRUE);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "Noted"), noted, FALSE);
  bm_desk_add_sheet_text (blocks, C_ ("form", "Which day counts is decided by the centre."), TRUE);
}

static void
add_people (BmDesk *self, json_t *blocks)
{
  g_autofree char *both = g_strdup_printf ("%s、%s", bm_desk_get_staff_name (self, self->staff),
                                           bm_desk_get_staff_name (self, self->late->second));

  bm_desk_add_sheet_pair (blocks, C_ ("form", "Entered by"), both, FALSE);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "Decides"),
                          bm_text_pick (json_object_get (self->late->service, "who_decides")),
                          FALSE);
  if (self->setup->station_phone != NULL && *self->setup->station_phone != '\0')
    bm_desk_add_sheet_pair (blocks, C_ ("form", "Station"), self->setup->station_phone, FALSE);
}

static json_t *
make_sheet (BmDesk *self)
{
  json_t *blocks =
    json_pack ("[{s:s, s:i}, {s:s}]", "type", "states", "reached", 1, "type", "rule");
  g_autofree char *name = bm_name_mask (self->late->name); /* whoever finds it learns nothing */

  bm_desk_add_sheet_pair (blocks, C_ ("form", "Matter"),
                          bm_desk_say_service (self, self->late->service_id), TRUE);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "Name"), name, TRUE);
  add_days (self, blocks);
  bm_desk_add_sheet_rule (blocks);
  bm_desk_add_sheet_boxed (blocks, C_ ("form", "Noted, not finished yet"));
  bm_desk_add_sheet_text (blocks,
                          bm_desk_is_online (self)
                            ? C_ ("form", "The line is up, it is sent at once.")
                            : C_ ("form", "No line now: it is sent when the line is back."),
                          FALSE);
  bm_desk_add_sheet_text (blocks,
                          C_ ("form", "Bring your ID card to the station to hear the result."),
                          TRUE);
  bm_desk_add_sheet_rule (blocks);
  add_number (self, blocks);
  bm_desk_add_sheet_rule (blocks);
  add_people (self, blocks);
  bm_desk_add_sheet_text (blocks,
                          C_ ("form",
                              "Free of charge.\nWhoever phones for money, passwords or codes "
                              "is a cheat."),
                          FALSE);
  return json_pack ("{s:i, s:s, s:s, s:s, s:b, s:o}", "version", BM_SHEET_VERSION, "kind",
                    "registration", "title", C_ ("form", "Registration slip"), "station",
                    self->setup->station_name, "demo", (int) self->setup->is_demo, "blocks",
                    blocks);
}

/**
 * bm_desk_late_make_draft:
 * @self: a desk that knows all of a paper form
 *
 * Freezes what was entered. Whose it is, is filled in by who knows the slow key.
 *
 * Returns: (transfer full): the draft
 */
BmDraft *
bm_desk_late_make_draft (BmDesk *self)
{
  BmDraft *draft = bm_draft_new ();

  draft->seat = g_strdup (self->setup->seat);
  draft->session = bm_session_make_id ();
  draft->matter = 1;
  draft->service = g_strdup (self->late->service_id);
  draft->rule = g_strdup (bm_text_get (self->late->service, "version"));
  draft->priority = (guint8) json_integer_value (json_object_get (self->late->service, "priority"));
  draft->payload = make_payload (self, draft->session);
  draft->slip = make_slip (self);
  draft->sheet = make_sheet (self);
  draft->form = g_strdup (self->late->form);
  draft->helper = g_strdup (self->staff);
  draft->second = g_strdup (self->late->second);
  g_assert (draft->payload != NULL && draft->slip != NULL && draft->sheet != NULL);
  return draft;
}
