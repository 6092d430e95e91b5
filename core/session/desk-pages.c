/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/session/desk-private.h"
#include "core/session/words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * What stands on the desk. It is never spoken: the hall would hear it. Times are said by the minute, so
 * that the page, and with it what a finger is about to press, changes at most once a minute.
 */

char *
bm_desk_dup_staff_choice (json_t *member)
{
  g_autofree char *lower = g_ascii_strdown (json_string_value (json_object_get (member, "id")), -1);

  return g_strconcat ("staff:", lower, NULL);
}

const char *
bm_desk_get_staff_name (BmDesk *self, const char *id)
{
  json_t *member;
  gsize i;

  json_array_foreach (self->setup->staff, i,
                      member) if (g_strcmp0 (json_string_value (json_object_get (member, "id")),
                                             id) ==
                                  0) return json_string_value (json_object_get (member, "name"));
  return id != NULL ? id : "";
}

static void
add_lock (BmDesk *self, json_t *page)
{
  json_t *member;
  gsize i;

  bm_page_set_question (page, C_ ("desk", "Who are you?"), FALSE);
  bm_page_add_line (page, NULL, C_ ("desk", "Touch your name, then type the PIN."), FALSE);
  if (self->hall != NULL)
    bm_page_add_line (page, "witness", C_ ("desk", "Somebody in the hall waits for a witness."),
                      TRUE);
  json_array_foreach (self->setup->staff, i, member)
  {
    g_autofree char *id = bm_desk_dup_staff_choice (member);

    if (i < 36)
      bm_page_add_choice (page, id, "person", json_string_value (json_object_get (member, "name")),
                          NULL);
  }
}

static void
add_pin (BmDesk *self, json_t *page)
{
  const char *name = bm_desk_get_staff_name (self, self->asked);
  g_autofree char *question = g_strdup_printf (C_ ("page", "%s, please type your PIN."), name);
  json_t *input;

  bm_page_set_question (page, question, FALSE);
  if (self->at == BM_DESK_WITNESS_PIN)
    {
      const char *person = json_string_value (json_object_get (self->hall, "name"));
      g_autofree char *line =
        g_strdup_printf (C_ ("desk", "I saw %s in person and am no relative."),
                         person != NULL ? person : "");

      bm_page_add_line (page, "witness", line, TRUE);
    }
  bm_page_set_input (page, C_ ("page", "PIN"), 4, 8);
  input = json_object_get (page, "input");
  json_object_set_new (input, "is_masked", json_true ());
  if (self->problem != NULL)
    json_object_set_new (input, "problem", json_string (self->problem));
}

static void
add_notice (BmDesk *self, json_t *page)
{
  gint64 minutes = (self->locked_ms + 59999) / 60000;
  g_autofree char *locked = g_strdup_printf (C_ ("desk", "Too many tries, again in %u minutes."),
                                             (guint) CLAMP (minutes, 1, 24 * 60));

  if (self->verdict == BM_STAFF_KIN)
    bm_page_set_question (page, C_ ("desk", "Family members cannot witness for one another."),
                          FALSE);
  else if (self->verdict == BM_STAFF_LOCKED)
    bm_page_set_question (page, locked, FALSE);
  else
    bm_page_set_question (page, C_ ("desk", "Your role may not do this."), FALSE);
  if (self->is_witness)
    bm_page_add_line (page, NULL, C_ ("desk", "Another staff member has to see the person."),
                      FALSE);
  if (self->staff != NULL)
    bm_page_add_choice (page, "understood", "yes", C_ ("choice", "I see"), "primary");
  bm_page_add_choice (page, "other-staff", "people", C_ ("choice", "Another staff member"), NULL);
}

static void
add_slip (BmDesk *self, json_t *page)
{
  g_autofree char *figure = bm_desk_say_job (self, self->slip);
  g_autofree char *question =
    g_strdup_printf (C_ ("desk", "Did the slip %s come out whole?"), figure);

  bm_page_set_question (page, question, FALSE);
  bm_page_add_line (page, NULL, C_ ("desk", "If it did not, it is printed once more."), FALSE);
  bm_page_add_choice (page, "taken", "yes", C_ ("choice", "It came out"), "primary");
  bm_page_add_choice (page, "not-taken", "no", C_ ("choice", "It did not come out"), NULL);
  bm_page_add_choice (page, "later", "hourglass", C_ ("choice", "I do not know, leave it"), NULL);
}

/* Today */

static void
add_fact (json_t *facts, const char *label, const char *value)
{
  if (value != NULL && *value != '\0')
    json_array_append_new (facts, json_pack ("{s:s, s:s}", "label", label, "value", value));
}

static char *
say_wait (BmDesk *self)
{
  gint64 since = json_integer_value (json_object_get (self->hall, "since_ms"));
  gint64 minutes = (bm_clock_get_boot_ms (self->setup->clock) - since) / 60000;

  if (minutes < 1)
    return g_strdup (C_ ("desk", "Waits since just now"));
  return g_strdup_printf (C_ ("desk", "Waits for %u minutes"), (guint) MIN (minutes, 999));
}

static const char *
get_text (json_t *json, const char *key)
{
  const char *text = json_string_value (json_object_get (json, key));

  return text != NULL ? text : "";
}

static json_t *
build_hall (BmDesk *self)
{
  json_t *facts = json_array ();
  g_autofree char *waits = say_wait (self);
  g_autofree char *service =
    g_strdup_printf ("%s　%s", get_text (self->hall, "service"), get_text (self->hall, "rule"));
  g_autofree char *card =
    g_strdup_printf (C_ ("desk", "ID card (read at %s)"), get_text (self->hall, "card_at"));

  add_fact (facts, C_ ("desk", "Matter"), service);
  add_fact (facts, C_ ("desk", "Document"), card);
  return json_pack ("{s:s, s:s, s:s, s:o, s:s, s:s, s:s}", "name", get_text (self->hall, "name"),
                    "about", get_text (self->hall, "about"), "step", get_text (self->hall, "step"),
                    "facts", facts, "sees", get_text (self->hall, "sees"), "asks",
                    C_ ("desk", "Waits for you to come and look"), "waits", waits);
}

static void
add_today (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Desk"), FALSE);
  if (self->hall != NULL)
    {
      bm_page_add_choice (page, "witness", "witness", C_ ("choice", "I have seen the person"),
                          "primary");
      bm_page_add_choice (page, "cannot", NULL, C_ ("choice", "I cannot witness"), NULL);
    }
  if (self->is_help_wanted)
    bm_page_add_choice (page, "help-seen", "help", C_ ("choice", "I go and look"), "help");
  bm_page_add_choice (page, "refresh", NULL, C_ ("choice", "Look again"), NULL);
  bm_page_add_choice (page, "lock", "eye-shut", C_ ("choice", "Lock the screen"), NULL);
}

/* The band above, and the frame */

static void
set_desk (BmDesk *self, json_t *page)
{
  const char *printer = bm_desk_say_printer (get_text (self->overview, "printer"));
  g_autofree char *staff =
    self->staff != NULL
      ? g_strdup_printf ("%s %s", self->staff, bm_desk_get_staff_name (self, self->staff))
      : g_strdup (C_ ("desk", "Nobody is signed in"));
  json_t *desk = json_pack ("{s:s, s:s, s:b, s:n, s:{s:s, s:[]}}", "staff", staff, "link",
                            bm_desk_say_link (self), "is_help_wanted", (int) self->is_help_wanted,
                            "hall", "waiting", "total", "", "rows");

  if (printer != NULL)
    json_object_set_new (desk, "printer", json_string (printer));
  if (self->at == BM_DESK_TODAY)
    {
      if (self->hall != NULL)
        json_object_set_new (desk, "hall", build_hall (self));
      bm_desk_add_waiting (self, desk);
    }
  json_object_set_new (page, "desk", desk);
}

static char *
dup_clock (BmDesk *self)
{
  g_autoptr (GDateTime) time = bm_clock_dup_local (self->setup->clock);

  return time != NULL ? g_date_time_format (time, "%m-%d %H:%M") : g_strdup ("");
}

static void
set_frame (BmDesk *self, json_t *page)
{
  json_t *frame = json_object_get (page, "frame");
  gboolean can_go_back = self->at == BM_DESK_PIN || self->at == BM_DESK_CHECKING ||
                         self->at == BM_DESK_WITNESS_PIN || self->at == BM_DESK_WITNESS_CHECK ||
                         self->at == BM_DESK_SLIP;

  json_object_set_new (frame, "help", json_string ("hidden"));
  json_object_set_new (frame, "back", json_boolean (can_go_back));
  json_object_set_new (frame, "end", json_false ());
}

static void
add_wait (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("page", "One moment, please."), FALSE);
}

json_t *
bm_desk_build_page (BmDesk *self)
{
  static const struct
  {
    const char *id;
    const char *template_name;
    void (*build) (BmDesk *self, json_t *page);
  } table[BM_DESK_N_PAGES] = {
    [BM_DESK_LOCKED] = { "desk-lock", "desk-lock", add_lock },
    [BM_DESK_PIN] = { "desk-pin", "desk-pin", add_pin },
    [BM_DESK_CHECKING] = { "desk-checking", "desk-pin", add_wait },
    [BM_DESK_TODAY] = { "desk-today", "desk-today", add_today },
    [BM_DESK_WITNESS_PIN] = { "desk-witness-pin", "desk-pin", add_pin },
    [BM_DESK_WITNESS_CHECK] = { "desk-witness-checking", "desk-pin", add_wait },
    [BM_DESK_NOTICE] = { "desk-notice", "desk-lock", add_notice },
    [BM_DESK_SLIP] = { "desk-slip", "desk-lock", add_slip },
  };
  json_t *page = bm_page_new (table[self->at].id, table[self->at].template_name);
  const char *link = get_text (self->overview, "link");
  g_autofree char *clock = dup_clock (self);
  g_autofree char *name = g_strdup_printf (C_ ("desk", "%s · Desk"), self->setup->village_name);

  table[self->at].build (self, page);
  set_desk (self, page);
  set_frame (self, page);
  bm_page_set_settings (page, self->scale, FALSE);
  bm_page_set_station (page, self->setup, clock, strcmp (link, "online") == 0);
  json_object_set_new (json_object_get (page, "station"), "name", json_string (name));
  bm_page_finish (page, FALSE);
  return page;
}
