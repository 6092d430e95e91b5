/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/ports/reasons.h"
#include "core/session/desk-private.h"

#include <string.h>

/*
 * Today: what to do first, the person who is attended, what waits and why, the devices; and the one
 * question about a slip that stopped in the middle.
 */

/* The person in the hall */

static void
add_hall_fact (json_t *facts, const char *label, const char *value)
{
  if (value != NULL && *value != '\0')
    json_array_append_new (facts, json_pack ("{s:s, s:s}", "label", label, "value", value));
}

static char *
say_wait (BmDesk *self)
{
  gint64 since = json_integer_value (json_object_get (self->hall, "since_ms"));
  gint64 minutes = (bm_desk_now (self) - since) / 60000;

  if (minutes < 1)
    return g_strdup (C_ ("desk", "Waits since just now"));
  return g_strdup_printf (C_ ("desk", "Waits for %u minutes"), (guint) MIN (minutes, 999));
}

/* Of who is not here themselves it was the agent's card. */
static char *
say_document (BmDesk *self)
{
  const char *at = bm_text_get (self->hall, "card_at");

  if (json_is_true (json_object_get (self->hall, "by_letter")))
    return g_strdup_printf (C_ ("desk", "A letter; the agent's card (read at %s)"), at);
  return g_strdup_printf (json_is_true (json_object_get (self->hall, "by_social_card"))
                            ? C_ ("desk", "Social-security card (read at %s)")
                            : C_ ("desk", "ID card (read at %s)"),
                          at);
}

static json_t *
build_hall (BmDesk *self)
{
  json_t *facts = json_array ();
  g_autofree char *waits = say_wait (self);
  g_autofree char *service = g_strdup_printf ("%s　%s", bm_text_get (self->hall, "service"),
                                              bm_text_get (self->hall, "rule"));
  g_autofree char *card = say_document (self);

  add_hall_fact (facts, C_ ("desk", "Matter"), service);
  add_hall_fact (facts, C_ ("desk", "Document"), card);
  return json_pack ("{s:s, s:s, s:s, s:o, s:s, s:s, s:s}", "name", bm_text_get (self->hall, "name"),
                    "about", bm_text_get (self->hall, "about"), "step",
                    bm_text_get (self->hall, "step"), "facts", facts, "sees",
                    bm_text_get (self->hall, "sees"), "asks",
                    bm_desk_is_text_asked (self) ? C_ ("desk", "Tells you what to write")
                                                 : C_ ("desk", "Waits for you to come and look"),
                    "waits", waits);
}

/* One screen: the witness act is the one thing that a session may ask of us; maintenance sees no name. */
static gboolean
attends (BmDesk *self)
{
  return self->hall != NULL && bm_desk_role_lists (bm_desk_get_role (self));
}

/* Devices */

static void
add_device (BmDesk *self, json_t *page, const char *label, BmReasonKind kind, const char *key)
{
  const char *state = json_string_value (json_object_get (self->overview, key));
  g_autofree char *sentence = NULL;

  if (state == NULL)
    return;
  sentence = bm_reason_dup_sentence (bm_reason_find (kind, state));
  bm_page_add_fact (page, label, sentence);
}

/* The page */

static void
add_lists (BmDesk *self, json_t *page)
{
  if (bm_desk_may_list (self))
    {
      bm_page_add_choice (page, "due", "calendar", C_ ("choice", "Who is due soon"), NULL);
      bm_page_add_choice (page, "contacts", "people", C_ ("choice", "Whom to find"), NULL);
    }
  if (bm_desk_may_open (self))
    bm_page_add_choice (page, "find", "svc-case", C_ ("choice", "Find a matter"), NULL);
  if (bm_desk_may_list (self))
    bm_page_add_choice (page, "close", "slip", C_ ("choice", "End of day, handover"), NULL);
  if (bm_desk_may_submit (self))
    bm_page_add_choice (page, "forms", "write", C_ ("choice", "Blank papers"), NULL);
  if (bm_desk_may_carry (self))
    bm_page_add_choice (page, "stick", "stick", C_ ("choice", "By USB stick"), NULL);
  if (bm_desk_has_misuse (self))
    bm_page_add_choice (page, "misuse", "warn", C_ ("choice", "Records looked up oddly"), NULL);
  if (bm_desk_may_see_indicators (self))
    bm_page_add_choice (page, "indicators", "amount", C_ ("choice", "The month in numbers"), NULL);
  bm_page_add_choice (page, "checkup", "yes", C_ ("choice", "Check the machine"), NULL);
}

static void
add_hall_acts (BmDesk *self, json_t *page)
{
  if (bm_desk_is_text_asked (self))
    {
      bm_page_add_choice (page, "hall-write", "write", C_ ("choice", "Write it down"), "primary");
      return;
    }
  bm_page_add_choice (page, "witness", "witness", C_ ("choice", "I have seen the person"),
                      "primary");
  bm_page_add_choice (page, "cannot", NULL, C_ ("choice", "I cannot witness"), NULL);
}

static void
build_today (BmDesk *self, json_t *page)
{
  json_t *desk = json_object_get (page, "desk");
  g_autofree char *line = NULL;

  bm_page_set_question (page, C_ ("desk", "Desk"), FALSE);
  bm_desk_add_first (self, page);
  if (attends (self))
    {
      json_object_set_new (desk, "hall", build_hall (self));
      add_hall_acts (self, page);
    }
  if (self->is_help_wanted)
    bm_page_add_choice (page, "help-seen", "help", C_ ("choice", "I go and look"), "help");
  add_lists (self, page);
  bm_page_add_choice (page, "refresh", NULL, C_ ("choice", "Look again"), NULL);
  bm_page_add_choice (page, "lock", "eye-shut", C_ ("choice", "Lock the screen"), NULL);
  line = bm_desk_say_line (self);
  bm_page_add_fact (page, C_ ("desk", "Network"), line);
  add_device (self, page, C_ ("desk", "Printer"), BM_REASON_PRINTER, "printer");
  add_device (self, page, C_ ("desk", "Card reader"), BM_REASON_READER, "reader");
  add_device (self, page, C_ ("desk", "Social-security cards"), BM_REASON_SOCIAL, "social_reader");
  bm_desk_add_traffic (self, page);
  bm_desk_add_rows (self, desk);
}

static gboolean
open_list (BmDesk *self, BmDeskPage list)
{
  self->list_page = 0;
  bm_desk_go (self, list);
  return TRUE;
}

static gboolean
choose_row (BmDesk *self, const char *choice)
{
  const char *colon = strchr (choice, ':');
  guint64 id = 0;

  if (colon == NULL ||
      !g_ascii_string_to_unsigned (colon + 1, 10, 1, (guint64) G_MAXINT64, &id, NULL))
    return FALSE;
  if (g_str_has_prefix (choice, "contact:"))
    {
      self->contact = (gint64) id;
      bm_desk_go (self, BM_DESK_CONTACT);
    }
  else if (g_str_has_prefix (choice, "slip:"))
    {
      self->slip = (gint64) id;
      bm_desk_go (self, BM_DESK_SLIP);
    }
  else
    return FALSE;
  return TRUE;
}

static void
retry_all (BmDesk *self)
{
  bm_desk_add_effect (self, BM_DESK_EFFECT_RETRY)->text = g_strdup ("");
  bm_desk_look (self);
  bm_desk_audit (self, "retry", NULL);
}

static gboolean
choose_list (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "waiting") == 0)
    return open_list (self, BM_DESK_WAITING);
  if (strcmp (choice, "contacts") == 0)
    return open_list (self, BM_DESK_CONTACTS);
  if (strcmp (choice, "visits") == 0)
    return open_list (self, BM_DESK_VISITS);
  if (strcmp (choice, "forms") == 0)
    return open_list (self, BM_DESK_FORMS);
  if (strcmp (choice, "misuse") == 0)
    return bm_desk_has_misuse (self) && open_list (self, BM_DESK_MISUSE);
  if (strcmp (choice, "due") == 0)
    bm_desk_begin_due (self);
  else if (strcmp (choice, "stick") == 0)
    bm_desk_begin_stick (self);
  else if (strcmp (choice, "close") == 0)
    bm_desk_begin_close (self);
  else if (strcmp (choice, "indicators") == 0)
    bm_desk_begin_indicators (self);
  else if (strcmp (choice, "checkup") == 0)
    bm_desk_begin_checkup (self);
  else if (strcmp (choice, "find") == 0)
    bm_desk_begin_find (self, NULL, BM_DESK_TODAY);
  else
    return choose_row (self, choice);
  return TRUE;
}

static gboolean
choose_today (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "witness") == 0)
    bm_desk_begin_witness (self);
  else if (strcmp (choice, "cannot") == 0)
    bm_desk_act_as_witness (self, FALSE);
  else if (strcmp (choice, "hall-write") == 0)
    bm_desk_begin_text (self);
  else if (strcmp (choice, "help-seen") == 0)
    bm_desk_add_effect (self, BM_DESK_EFFECT_HELP_SEEN);
  else if (strcmp (choice, "retry") == 0)
    retry_all (self);
  else if (strcmp (choice, "refresh") == 0)
    bm_desk_look (self);
  else if (strcmp (choice, "lock") == 0)
    bm_desk_lock (self, "pressed");
  else
    return choose_list (self, choice);
  return TRUE;
}

const BmDeskSpec bm_desk_today = { .id = "desk-today",
                                   .template_name = "desk-today",
                                   .build = build_today,
                                   .choose = choose_today };

/* Did this slip come out? */

static void
build_slip (BmDesk *self, json_t *page)
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

static gboolean
choose_slip (BmDesk *self, const char *choice)
{
  BmDeskEffect *effect;

  if (strcmp (choice, "later") != 0)
    {
      effect = bm_desk_add_effect (self, BM_DESK_EFFECT_SETTLE_PRINT);
      effect->number = self->slip;
      effect->flag = strcmp (choice, "taken") == 0;
      bm_desk_look (self);
    }
  return bm_desk_go_today (self);
}

static void
leave_slip (BmDesk *self)
{
  self->slip = 0;
}

const BmDeskSpec bm_desk_slip = { .id = "desk-slip",
                                  .template_name = "desk-lock",
                                  .build = build_slip,
                                  .choose = choose_slip,
                                  .back = bm_desk_go_today,
                                  .leave = leave_slip,
                                  .is_list = TRUE };
