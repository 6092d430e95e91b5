/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/calendar/calendar.h"
#include "core/catalogue/catalogue.h"
#include "core/catalogue/slot.h"
#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/language/language.h"
#include "core/session/session-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * When somebody comes (上门). Half working days are offered that still have room; what is full is not shown. Another
 * time is talked over on the telephone, so that nobody is left without an answer. The matter that comes of it carries a
 * task for the desk, which the ledger stores in the same transaction: a visit that was promised is never lost.
 *
 * Two people may choose the last place of the same half day: the ledger gives it to the first, and the other one is asked
 * once more, with everything else that was answered still there.
 *
 * Invariant: the task holds what whoever goes there needs, and no number of a card.
 */

#define CODE "code:"

/* Long before the question is asked, as with the places. */
void
bm_session_want_visits (BmSession *self)
{
  if (bm_slot_find_field (self->service) != NULL)
    bm_session_add_effect (self, BM_EFFECT_VISITS);
}

/* @visits: (nullable): half day -> how many are booked; NULL: nobody can say */
void
bm_session_take_visits (BmSession *self, json_t *visits)
{
  g_clear_pointer (&self->visits, json_decref);
  if (bm_slot_find_field (self->service) != NULL)
    self->visits = json_deep_copy (visits);
}

char *
bm_session_say_slot (const char *slot)
{
  gint32 day;
  gboolean is_afternoon;

  if (!bm_slot_split (slot, &day, &is_afternoon))
    return g_strdup (C_ ("slot", "A time agreed on the telephone"));
  return bm_words_half_day (day, is_afternoon);
}

/* The last day on which somebody comes, whatever was chosen. */
gint32
bm_session_get_latest (BmSession *self)
{
  json_t *slots = json_object_get (bm_slot_find_field (self->service), "slots");
  gboolean is_provisional;

  return slots == NULL
           ? BM_NO_DAY
           : bm_calendar_add_working_days (self->setup->calendar, bm_session_get_today (self),
                                           (guint) json_integer_value (
                                             json_object_get (slots, "days")),
                                           &is_provisional);
}

static json_int_t
get_room (json_t *field, gboolean is_afternoon)
{
  return json_integer_value (
    json_object_get (json_object_get (field, "slots"), is_afternoon ? "pm" : "am"));
}

static void
add_half (BmSession *self, json_t *page, gint32 day, gboolean is_afternoon)
{
  json_int_t room = get_room (bm_session_get_field (self), is_afternoon);
  g_autofree char *slot = bm_slot_new (day, is_afternoon);
  g_autofree char *id = g_strconcat (CODE, slot, NULL);
  g_autofree char *label = NULL;
  json_t *choice;

  if (json_integer_value (json_object_get (self->visits, slot)) >= room)
    return;
  label = bm_session_say_slot (slot);
  choice = bm_page_add_choice (page, id, is_afternoon ? "day-few" : "day-today", label, NULL);
  if (g_strcmp0 (self->chosen, slot) == 0)
    json_object_set_new (choice, "state", json_string ("chosen"));
}

static void
build_slot (BmSession *self, json_t *page)
{
  const gint32 latest = bm_session_get_latest (self);
  json_t *choice;

  bm_session_add_question (page, bm_session_get_field (self));
  if (self->is_slot_lost)
    bm_page_add_line (page, "calendar",
                      C_ ("page", "That time is full now,\nplease choose another one."), TRUE);
  for (gint32 day = bm_session_get_today (self) + 1; day <= latest; day++)
    {
      if (!bm_calendar_is_working_day (self->setup->calendar, day))
        continue;
      add_half (self, page, day, FALSE);
      add_half (self, page, day, TRUE);
    }
  choice = bm_page_add_choice (page, CODE BM_SLOT_ANY, "help",
                               C_ ("choice", "Another time, by phone"), NULL);
  if (g_strcmp0 (self->chosen, BM_SLOT_ANY) == 0)
    json_object_set_new (choice, "state", json_string ("chosen"));
  if (self->chosen != NULL)
    json_object_set_new (json_object_get (page, "frame"), "next",
                         json_string (C_ ("frame", "Next")));
}

static gboolean
choose_slot (BmSession *self, const char *choice)
{
  if (!g_str_has_prefix (choice, CODE))
    return FALSE;
  bm_wipe_string (self->chosen);
  self->chosen = g_strdup (choice + strlen (CODE));
  return TRUE;
}

static void
take_slot (BmSession *self)
{
  self->is_slot_lost = FALSE;
  bm_session_store_chosen (self);
}

const BmPageSpec bm_spec_slot = { .id = "slot",
                                  .template_name = "choice",
                                  .build = build_slot,
                                  .choose = choose_slot,
                                  .next = take_slot,
                                  .back = bm_session_back_from_field,
                                  .can_end = TRUE,
                                  .is_personal = TRUE };

/**
 * bm_session_lose_slot:
 * @self: a session whose matter the ledger refused
 *
 * Asks for another half day when the matter is a visit. Nothing was stored.
 *
 * Returns: whether it is one
 */
gboolean
bm_session_lose_slot (BmSession *self)
{
  json_t *field = bm_slot_find_field (self->service);
  const char *slot = field != NULL ? bm_session_get_answer (self, field) : NULL;
  gboolean is_afternoon;
  gint32 day;

  if (slot == NULL || !bm_slot_split (slot, &day, &is_afternoon))
    return FALSE;
  if (self->visits == NULL)
    self->visits = json_object ();
  json_object_set_new (self->visits, slot, json_integer (get_room (field, is_afternoon)));
  bm_session_want_visits (self);
  json_object_del (self->fields, json_string_value (json_object_get (field, "id")));
  self->is_slot_lost = TRUE;
  while (!bm_session_is_at (self, "fields"))
    self->step--; /* a half day was chosen, so that it was asked for */
  self->field = 0;
  while (bm_session_get_asked (self, self->field) != field)
    self->field++;
  bm_session_show_field (self);
  return TRUE;
}

/* The task for the desk */

/* How many fit into the half day that was chosen; 0: no half day was. */
static json_int_t
get_chosen_room (BmSession *self, json_t *field)
{
  gboolean is_afternoon;
  gint32 day;

  return bm_slot_split (bm_session_get_answer (self, field), &day, &is_afternoon)
           ? get_room (field, is_afternoon)
           : 0;
}

/* What was picked, in Chinese as everything at the desk. */
static char *
say_picked (BmSession *self)
{
  GString *said = g_string_new (NULL);
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (self->service, "fields"), i, field)
  {
    const char *value = bm_session_get_answer (self, field);
    g_autofree char *words = NULL;

    if (value == NULL || strcmp (bm_text_get (field, "type"), "code") != 0)
      continue;
    words =
      bm_session_dup_field_words (self, self->service, bm_text_get (field, "id"), value, NULL);
    g_string_append_printf (said, "%s%s", said->len > 0 ? "，" : "", words);
  }
  return g_string_free (said, FALSE);
}

/* What the station itself does there, when that is what was asked for. */
static const char *
find_purpose (BmSession *self)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (self->service, "fields"), i, field)
  {
    const char *value = bm_session_get_answer (self, field);
    json_t *service = value != NULL ? bm_catalogue_find (self->setup->catalogue, value) : NULL;

    if (service != NULL && bm_catalogue_has_step (service, "witness"))
      return value;
  }
  return NULL;
}

/**
 * bm_session_dup_visit:
 * @self: a session whose matter is about to be committed
 *
 * Returns: (transfer full) (nullable): the visit order, when the matter is one
 */
json_t *
bm_session_dup_visit (BmSession *self)
{
  json_t *field = bm_slot_find_field (self->service);
  g_autofree char *latest = NULL;
  g_autofree char *name = NULL;
  g_autofree char *group = NULL;
  g_autofree char *text = NULL;

  if (field == NULL)
    return NULL;
  latest = bm_day_to_string (bm_session_get_latest (self));
  name = bm_session_dup_masked_name (self);
  group = bm_session_dup_group (self);
  text = say_picked (self);
  return json_pack ("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:O, s:I, s:s*}", "kind", "visit",
                    "seat", self->setup->seat, "name", name, "group", group, "text", text, "slot",
                    bm_session_get_answer (self, field), "latest", latest, "where",
                    self->card->address, "service", json_object_get (self->service, "id"), "room",
                    get_chosen_room (self, field), "for", find_purpose (self));
}
