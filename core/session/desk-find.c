/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/entry/number.h"
#include "core/language/language.h"
#include "core/ports/reasons.h"
#include "core/session/desk-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * Somebody's matter, found by the card of who is here or by the number on the slip; seen, and printed once
 * more. What is hidden from the desk is not found, in the very words for a number that nobody has (domain
 * §2.21a rule 5). Every matter that is opened is audited with whoever opened it.
 */

#define MAX_SPOKEN  8
#define NUMBER_LEN  25
#define ROWS_A_PAGE 6
#define MAX_NOTE    80
#define MAX_LABEL   60
#define MAX_VALUE   120
#define MAX_NAME    40

static void
lease (BmDesk *self, gboolean wants_it)
{
  bm_desk_add_effect (self, BM_DESK_EFFECT_LEASE_READER)->flag = wants_it;
}

/* Find */

static void
build_find (BmDesk *self, json_t *page)
{
  json_t *input;

  bm_page_set_picture (page, "svc-case");
  bm_page_set_question (page, C_ ("desk", "Find a matter"), FALSE);
  if (self->is_reader_ready)
    bm_page_add_line (page, "card-place",
                      C_ ("desk", "The person is here: put the ID card on your reader,"), FALSE);
  bm_page_add_line (page, "slip", C_ ("desk", "or type the number on the slip."), FALSE);
  bm_page_set_input (page, C_ ("desk", "Number on the slip, or all 25 digits"), 1, NUMBER_LEN);
  input = json_object_get (page, "input");
  if (self->problem != NULL)
    json_object_set_new (input, "problem", json_string (self->problem));
}

static gboolean
is_number (const char *text)
{
  gsize length = strlen (text);

  if (length == 0 || strspn (text, "0123456789") != length)
    return FALSE;
  return length <= MAX_SPOKEN || (length == NUMBER_LEN && bm_number_is_valid (text));
}

static void
seek (BmDesk *self, BmDeskEffectType type, const char *text)
{
  BmDeskEffect *effect;

  self->problem = NULL;
  self->is_card = type == BM_DESK_EFFECT_FIND_PERSON;
  effect = bm_desk_add_effect (self, type);
  effect->text = g_strdup (text);
  effect->text2 = g_strdup (self->staff);
  bm_desk_go (self, BM_DESK_FINDING);
}

static gboolean
take_number (BmDesk *self, const char *value)
{
  if (is_number (value))
    seek (self, BM_DESK_EFFECT_FIND, value);
  else
    self->problem = C_ ("desk", "That is no number of a slip, look once more.");
  return TRUE;
}

static gboolean
take_scan (BmDesk *self, const char *value)
{
  if (bm_qr_parse (value, NULL, NULL, NULL, NULL))
    seek (self, BM_DESK_EFFECT_FIND, value);
  else
    self->problem = C_ ("desk", "That is no number of a slip, look once more.");
  return TRUE;
}

static void
leave_find (BmDesk *self)
{
  lease (self, FALSE);
}

const BmDeskSpec bm_desk_find = { .id = "desk-find",
                                  .template_name = "desk-pin",
                                  .build = build_find,
                                  .digits = take_number,
                                  .scan = take_scan,
                                  .back = bm_desk_go_today,
                                  .leave = leave_find,
                                  .is_list = TRUE };

/**
 * bm_desk_begin_find:
 * @self: a desk
 * @text: (nullable): a number that is known already
 * @from: where back leads
 *
 * Asks for a number or a card, or looks for what is known.
 */
void
bm_desk_begin_find (BmDesk *self, const char *text, BmDeskPage from)
{
  self->find_from = from;
  self->problem = NULL;
  if (text != NULL)
    {
      seek (self, BM_DESK_EFFECT_FIND, text);
      return;
    }
  bm_desk_go (self, BM_DESK_FIND);
  lease (self, TRUE);
}

/**
 * bm_desk_card_read:
 * @self: a desk
 * @card: (nullable): what the desk's own reader read; %NULL: it could not
 *
 * Counts only while a card is asked for.
 */
void
bm_desk_card_read (BmDesk *self, const BmCard *card)
{
  if (self->at == BM_DESK_LATE_WHO && !self->is_danger)
    bm_desk_late_card_read (self, card);
  if (self->at == BM_DESK_BEHALF_WHO && !self->is_danger)
    bm_desk_behalf_card_read (self, card);
  if (self->at != BM_DESK_FIND || self->is_danger)
    return;
  if (card != NULL)
    seek (self, BM_DESK_EFFECT_FIND_PERSON, card->id_number);
  else
    self->problem = C_ ("desk", "The card was not read, put it down once more.");
}

/* Looking */

static void
build_finding (BmDesk *self, json_t *page)
{
  bm_page_set_picture (page, "svc-case");
  bm_page_set_question (page, C_ ("page", "One moment, please."), FALSE);
}

static gboolean
back_from_case (BmDesk *self)
{
  if (self->find_from == BM_DESK_TODAY)
    bm_desk_begin_find (self, NULL, BM_DESK_TODAY);
  else
    bm_desk_go (self, self->find_from);
  return TRUE;
}

const BmDeskSpec bm_desk_finding = { .id = "desk-finding",
                                     .template_name = "desk-pin",
                                     .build = build_finding,
                                     .back = back_from_case,
                                     .is_list = TRUE };

static void
open_case (BmDesk *self, guint index)
{
  json_t *item = json_array_get (self->found, index);
  json_t *event = json_pack ("{s:s, s:s, s:s, s:s, s:s, s:s}", "event", "case-opened", "seat",
                             "desk", "staff", self->staff, "number", bm_text_get (item, "number"),
                             "detail", self->is_card ? "card" : "number", "use", "open");

  bm_desk_add_effect (self, BM_DESK_EFFECT_AUDIT)->json = event;
  self->shown = index;
  self->copy = BM_COPY_NONE;
  self->was_retried = FALSE;
  bm_desk_go (self, BM_DESK_CASE);
}

static json_t *
dup_visible (json_t *found)
{
  json_t *visible = json_array ();

  for (gsize i = 0; i < json_array_size (found); i++)
    {
      json_t *item = json_array_get (found, i);

      if (json_is_object (item) && !bm_desk_is_hidden (item) &&
          *bm_text_get (item, "number") != '\0')
        json_array_append_new (visible, json_deep_copy (item));
    }
  return visible;
}

/**
 * bm_desk_take_found:
 * @self: a desk
 * @found: (nullable): matters, or %NULL: it could not be looked for
 *
 * Shows the one, a list of several, or that there is none.
 */
void
bm_desk_take_found (BmDesk *self, json_t *found)
{
  if (self->at != BM_DESK_FINDING)
    return;
  bm_json_wipe (self->found);
  self->found = dup_visible (found);
  self->is_search_lost = found == NULL;
  self->list_page = 0;
  if (json_array_size (self->found) == 1)
    open_case (self, 0);
  else
    bm_desk_go (self, BM_DESK_CASES);
}

/* Several, or none */

static guint
count_pages (BmDesk *self)
{
  return MAX ((guint) (json_array_size (self->found) + ROWS_A_PAGE - 1) / ROWS_A_PAGE, 1);
}

static void
add_case (BmDesk *self, json_t *page, gsize index)
{
  json_t *item = json_array_get (self->found, index);
  const char *service = bm_text_get (item, "service");
  const char *icon = bm_desk_icon_of_service (self, service);
  g_autofree char *label = bm_desk_say_matter (self, item);
  g_autofree char *moment = bm_desk_say_moment (bm_desk_get_count (item, "wall_ms"));
  g_autofree char *note =
    g_strdup_printf ("%s　%s", moment, bm_words_case_state (bm_text_get (item, "state")));
  g_autofree char *short_label = bm_desk_cut (label, MAX_LABEL);
  g_autofree char *short_note = bm_desk_cut (note, MAX_NOTE);
  g_autofree char *id = g_strdup_printf ("case:%u", (guint) index + 1);
  json_t *choice = bm_page_add_choice (page, id, icon, short_label, NULL);

  json_object_set_new (choice, "note", json_string (short_note));
}

static void
build_none (BmDesk *self, json_t *page)
{
  if (self->is_search_lost)
    {
      bm_page_set_question (page, C_ ("desk", "It could not be looked for, once more please."),
                            FALSE);
      bm_page_add_choice (page, "again", "svc-case", C_ ("choice", "Look for another one"),
                          "primary");
      return;
    }
  bm_page_set_question (page,
                        self->is_card ? C_ ("desk", "Nothing of this person is noted here.")
                                      : C_ ("desk", "There is no such number here."),
                        FALSE);
  if (!self->is_card)
    bm_desk_add_broken (page, "slip",
                        C_ ("desk",
                            "Compare with the slip. Slips of other stations are asked for in "
                            "the hall, with the line."),
                        FALSE);
  bm_page_add_choice (page, "again", "svc-case", C_ ("choice", "Look for another one"), "primary");
}

static void
build_cases (BmDesk *self, json_t *page)
{
  gsize n = json_array_size (self->found);
  g_autofree char *name =
    bm_desk_cut (bm_text_get (json_array_get (self->found, 0), "name"), MAX_NAME);
  g_autofree char *question = g_strdup_printf (C_ ("desk", "%1$s: %2$u matters"), name, (guint) n);

  if (n == 0)
    {
      build_none (self, page);
      return;
    }
  self->list_page = MIN (self->list_page, count_pages (self) - 1);
  bm_page_set_question (page, question, FALSE);
  for (gsize i = (gsize) self->list_page * ROWS_A_PAGE;
       i < MIN (n, (gsize) (self->list_page + 1) * ROWS_A_PAGE); i++)
    add_case (self, page, i);
  bm_desk_add_turns (self, page, count_pages (self));
}

static gboolean
choose_cases (BmDesk *self, const char *choice)
{
  guint64 index = 0;

  if (bm_desk_turn (self, choice, count_pages (self)))
    return TRUE;
  if (strcmp (choice, "again") == 0)
    bm_desk_begin_find (self, NULL, BM_DESK_TODAY);
  else if (g_str_has_prefix (choice, "case:") &&
           g_ascii_string_to_unsigned (choice + strlen ("case:"), 10, 1,
                                       json_array_size (self->found), &index, NULL))
    open_case (self, (guint) index - 1);
  else
    return FALSE;
  return TRUE;
}

/* A matter that is opened from the list comes back to it. */
static void
leave_cases (BmDesk *self)
{
  self->list_page = 0;
}

const BmDeskSpec bm_desk_cases = { .id = "desk-cases",
                                   .template_name = "desk-list",
                                   .build = build_cases,
                                   .choose = choose_cases,
                                   .back = back_from_case,
                                   .leave = leave_cases,
                                   .is_list = TRUE };

/* One of them */

static gboolean
is_waiting (json_t *item)
{
  static const char *const states[] = { "pending", "deferred", "held", NULL };

  return g_strv_contains (states, bm_text_get (item, "entry"));
}

static void
add_why (BmDesk *self, json_t *page, json_t *item)
{
  const char *entry = bm_text_get (item, "entry");
  const BmReason *reason =
    bm_reason_find (BM_REASON_MATTER, bm_desk_get_waiting_state (self, item));
  const BmReason *link = bm_reason_find (BM_REASON_LINK, bm_text_get (self->overview, "link"));
  gboolean is_settled = strcmp (entry, "rejected") == 0 || strcmp (entry, "quarantined") == 0;
  g_autofree char *said = bm_desk_cut (bm_text_get (item, "reason"), MAX_VALUE);
  g_autofree char *position =
    bm_desk_fill (C_ ("desk", "no. {n} to be sent"), bm_desk_get_count (item, "position"));

  if (!is_waiting (item) && !is_settled)
    return;
  if (strcmp (entry, "pending") == 0 && !bm_desk_is_online (self))
    bm_page_add_fact (page, C_ ("desk", "Why"), bm_reason_say_what (link));
  else
    bm_page_add_fact (page, C_ ("desk", "Why"), bm_reason_say_what (reason));
  if (*said != '\0')
    bm_page_add_fact (page, C_ ("desk", "The centre said"), said);
  if (is_waiting (item) && bm_desk_get_count (item, "position") > 0)
    bm_page_add_fact (page, C_ ("desk", "Place"), position);
}

static void
add_todo (BmDesk *self, json_t *page, json_t *item)
{
  const BmReason *reason =
    bm_reason_find (BM_REASON_MATTER, bm_desk_get_waiting_state (self, item));
  gint32 due = bm_desk_get_due (item);
  gboolean is_urgent =
    is_waiting (item) && !bm_desk_is_online (self) && due <= bm_desk_get_today (self) + 7;
  gboolean is_settled = strcmp (bm_text_get (item, "entry"), "acked") == 0;

  if (is_urgent)
    bm_desk_add_broken (page, "warn",
                        C_ ("desk", "It is due soon: today take it by USB stick or telephone."),
                        TRUE);
  else if (strcmp (bm_text_get (item, "todo"), "tell") == 0)
    bm_desk_add_broken (page, "read",
                        C_ ("desk",
                            "The answer is there: let the person read it with the ID card."),
                        TRUE);
  else if (!is_settled)
    bm_desk_add_broken (page, "next", bm_reason_say_act (reason), TRUE);
  else
    bm_page_add_line (page, "yes", C_ ("desk", "Nothing for you to do now."), FALSE);
}

static void
add_copy (BmDesk *self, json_t *page)
{
  const BmReason *printer =
    bm_reason_find (BM_REASON_PRINTER, bm_text_get (self->overview, "printer"));
  g_autofree char *sentence = bm_reason_dup_sentence (printer);

  if (self->copy == BM_COPY_ASKED)
    bm_page_add_line (page, "slip", C_ ("desk", "One more slip is being written."), FALSE);
  else if (self->copy == BM_COPY_REFUSED)
    bm_page_add_line (page, "slip-back",
                      C_ ("desk", "No further slip could be made\nof this matter."), TRUE);
  else if (self->copy == BM_COPY_STORED)
    {
      bm_desk_add_broken (page, "slip",
                          C_ ("desk",
                              "One more slip goes to the printer; it says which copy it is."),
                          FALSE);
      if (printer->actor != BM_REASON_NOBODY)
        bm_desk_add_broken (page, "no-paper", sentence, TRUE);
    }
  if (self->was_retried)
    bm_page_add_line (page, "state-sent", C_ ("desk", "It is offered once more."), FALSE);
}

static void
add_facts (BmDesk *self, json_t *page, json_t *item)
{
  gint32 due = bm_desk_get_due (item);
  g_autofree char *date = due != BM_NO_DAY ? bm_words_date (due) : NULL;
  g_autofree char *moment = bm_desk_say_moment (bm_desk_get_count (item, "wall_ms"));
  g_autofree char *name = bm_desk_cut (bm_text_get (item, "name"), MAX_NAME);

  if (*name != '\0')
    bm_page_add_fact (page, C_ ("desk", "Name"), name);
  bm_page_add_fact (page, C_ ("desk", "Matter"),
                    bm_desk_say_service (self, bm_text_get (item, "service")));
  if (json_is_true (json_object_get (item, "is_late")))
    bm_page_add_fact (page, C_ ("desk", "From paper"), C_ ("desk", "late entry"));
  if (*moment != '\0')
    bm_page_add_fact (page, C_ ("desk", "Noted"), moment);
  bm_page_add_fact (page, C_ ("desk", "State"), bm_words_case_state (bm_text_get (item, "state")));
  add_why (self, page, item);
  if (date != NULL)
    bm_page_add_fact (page, C_ ("desk", "Due"), date);
}

static void
build_case (BmDesk *self, json_t *page)
{
  json_t *item = json_array_get (self->found, self->shown);
  g_autofree char *figure = bm_desk_say_number (bm_text_get (item, "number"));

  bm_page_set_picture (page, bm_desk_icon_of_service (self, bm_text_get (item, "service")));
  bm_page_set_question (page, *figure != '\0' ? figure : C_ ("desk", "A matter"), FALSE);
  add_facts (self, page, item);
  add_todo (self, page, item);
  add_copy (self, page);
  if (self->copy == BM_COPY_NONE)
    bm_page_add_choice (page, "reprint", "slip", C_ ("choice", "One more slip"), NULL);
  if (strcmp (bm_text_get (item, "entry"), "held") == 0 && !self->was_retried)
    bm_page_add_choice (page, "retry", "state-sent", C_ ("choice", "Send once more"), NULL);
  if (self->find_from == BM_DESK_TODAY)
    bm_page_add_choice (page, "again", "svc-case", C_ ("choice", "Look for another one"), NULL);
  bm_page_add_choice (page, "close", "yes", C_ ("choice", "I see"), "primary");
}

static void
reprint (BmDesk *self, const char *number)
{
  BmDeskEffect *effect = bm_desk_add_effect (self, BM_DESK_EFFECT_REPRINT);

  effect->text = g_strdup (number);
  effect->text2 = g_strdup (self->staff);
  self->copy = BM_COPY_ASKED;
}

static void
retry (BmDesk *self, const char *number)
{
  bm_desk_add_effect (self, BM_DESK_EFFECT_RETRY)->text = g_strdup (number);
  bm_desk_look (self);
  bm_desk_audit (self, "retry", number);
  self->was_retried = TRUE;
}

static gboolean
choose_case (BmDesk *self, const char *choice)
{
  const char *number = bm_text_get (json_array_get (self->found, self->shown), "number");

  if (strcmp (choice, "reprint") == 0)
    reprint (self, number);
  else if (strcmp (choice, "retry") == 0)
    retry (self, number);
  else if (strcmp (choice, "again") == 0)
    bm_desk_begin_find (self, NULL, BM_DESK_TODAY);
  else
    bm_desk_go (self, self->find_from);
  return TRUE;
}

static gboolean
back_to_cases (BmDesk *self)
{
  if (json_array_size (self->found) < 2)
    return back_from_case (self);
  bm_desk_go (self, BM_DESK_CASES);
  return TRUE;
}

const BmDeskSpec bm_desk_case = { .id = "desk-case",
                                  .template_name = "desk-case",
                                  .build = build_case,
                                  .choose = choose_case,
                                  .back = back_to_cases,
                                  .is_list = TRUE };
