/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/entry/number.h"
#include "core/language/language.h"
#include "core/session/session-private.h"
#include "core/session/words.h"
#include "core/sheet/sheet.h"

#include <string.h>

/*
 * 撤回: a matter of the person who stands here, by card, that is noted or on its way (domain §5.8).
 *
 *   CASE -- 不办了,撤回 -> WITHDRAW -- 对 -> WITHDRAWING -- WITHDRAWN -> WITHDRAWN
 *                            '-- 不对 -> CASE
 *
 * Whether anything of it has left is decided by the ledger and nowhere else: the page offers what may be
 * possible, and says 「没有送出」 only after the ledger did (invariants 1 and 7). Of what may have left it says
 * 「已请求撤回」 and who decides, and nothing else until their answer is here (domain §2.21a rule 7). Both sheets are
 * made before, and one of them is stored with what the ledger did.
 */

static const char *
get_state (json_t *case_object)
{
  const char *state = bm_text_get (json_object_get (case_object, "result"), "state");

  return *state != '\0' ? state : bm_text_get (case_object, "state");
}

static gboolean
is_still_here (json_t *case_object)
{
  return strcmp (get_state (case_object), "noted") == 0 &&
         strcmp (bm_text_get (case_object, "entry"), "pending") == 0;
}

static gboolean
is_open (json_t *case_object)
{
  static const char *const states[] = { "noted", "sent", "handed", "accepted", NULL };
  static const char *const entries[] = { "pending", "acked", "deferred", "held", NULL };

  return g_strv_contains (states, get_state (case_object)) &&
         g_strv_contains (entries, bm_text_get (case_object, "entry")) &&
         !json_is_true (json_object_get (json_object_get (case_object, "result"), "is_final"));
}

gboolean
bm_session_can_withdraw (BmSession *self, json_t *case_object)
{
  return self->card != NULL && self->is_confirmed && self->has_tag && is_open (case_object) &&
         json_object_get (case_object, "asked") == NULL;
}

void
bm_session_begin_withdraw (BmSession *self)
{
  bm_session_go (self, BM_PAGE_WITHDRAW);
}

/* The sheet */

/* Of a matter that is not read out in the hall no paper says the name either. */
static const char *
get_matter (BmSession *self)
{
  json_t *service = bm_catalogue_find (self->setup->catalogue, bm_text_get (self->told, "service"));

  if (service == NULL || bm_session_find_privacy (self, self->told))
    return C_ ("withdrawal", "The matter of this number");
  return bm_text_pick (json_object_get (service, "label"));
}

/* Who decides of it; of a matter that is not read out in the hall not by name. */
static const char *
get_decider (BmSession *self, json_t *case_object)
{
  json_t *service =
    bm_catalogue_find (self->setup->catalogue, bm_text_get (case_object, "service"));

  if (service == NULL || bm_session_find_privacy (self, case_object))
    return C_ ("withdrawal", "the office above");
  return bm_text_pick (json_object_get (service, "who_decides"));
}

static void
add_facts (BmSession *self, json_t *blocks)
{
  g_autoptr (GDateTime) now = bm_clock_dup_local (self->setup->clock);
  g_autofree char *moment = bm_words_moment (now);
  g_autofree char *noted = bm_words_date (
    bm_day_from_wall_ms (json_integer_value (json_object_get (self->told, "wall_ms"))));
  const char *helper = self->helper != NULL ? bm_session_get_staff_name (self, self->helper) : NULL;

  bm_session_add_block_pair (blocks, C_ ("withdrawal", "Matter"), get_matter (self));
  bm_session_add_block_pair (blocks, C_ ("withdrawal", "Handed in"), noted);
  bm_session_add_block_pair (blocks, C_ ("withdrawal", "Taken back"), moment);
  bm_session_add_block_pair (blocks, C_ ("withdrawal", "Shown by"),
                             strcmp (bm_card_get_evidence (self->card), "social-card") == 0
                               ? C_ ("withdrawal", "Social security card")
                               : C_ ("withdrawal", "ID card"));
  bm_session_add_block_pair (blocks, C_ ("withdrawal", "Helper"),
                             helper != NULL ? helper : C_ ("withdrawal", "Nobody, done alone"));
}

static json_t *
make_sheet (BmSession *self, gboolean is_done, const char *language)
{
  const BmSessionSetup *setup = self->setup;
  const char *before = bm_language_begin (language);
  g_autofree char *place = bm_words_place (setup->village_name, setup->terminal);
  json_t *blocks = json_array ();
  json_t *sheet;

  json_array_append_new (blocks, json_pack ("{s:s, s:b}", "type", "taken-back", "done", is_done));
  json_array_append_new (blocks,
                         json_pack ("{s:s, s:s, s:s}", "type", "boxed", "size", "lead", "text",
                                    is_done ? C_ ("withdrawal", "As you wished,\nit was not sent.")
                                            : C_ ("withdrawal",
                                                  "As you wished,\nit was asked for back.")));
  if (!is_done)
    bm_session_add_block_pair (blocks, C_ ("withdrawal", "Decided by"),
                               get_decider (self, self->told));
  add_facts (self, blocks);
  bm_session_add_block_rule (blocks);
  json_array_append_new (blocks, json_pack ("{s:s, s:s, s:s, s:s, s:s, s:s}", "type", "number",
                                            "ask", C_ ("withdrawal", "On the phone say"), "place",
                                            place, "figure", "", "number", "", "qr", ""));
  bm_session_add_block_text (blocks, "small", C_ ("withdrawal", "Number {number}"));
  bm_session_add_block_text (blocks, "body",
                             is_done
                               ? C_ ("withdrawal",
                                     "Free of charge. Come again\nwith the ID card, any time.")
                               : C_ ("withdrawal",
                                     "Free of charge. Come with\nthe ID card to hear of it."));
  if (setup->station_phone != NULL && *setup->station_phone != '\0')
    bm_session_add_block_pair (blocks, C_ ("withdrawal", "Station's phone"), setup->station_phone);
  bm_session_add_block_rule (blocks);
  bm_session_add_block_text (blocks, "body",
                             C_ ("withdrawal",
                                 "Whoever phones for money,\nPIN or code is a cheat."));
  sheet = json_pack ("{s:i, s:s, s:s, s:s, s:b, s:o}", "version", BM_SHEET_VERSION, "kind",
                     "withdrawal", "title", C_ ("withdrawal", "Withdrawal slip"), "station",
                     setup->station_name, "demo", (int) setup->is_demo, "blocks", blocks);
  bm_language_end (before);
  return sheet;
}

static json_t *
make_withdrawal (BmSession *self, gboolean is_done)
{
  const char *language = bm_session_get_language (self);
  json_t *sheet = make_sheet (self, is_done, NULL);

  if (strcmp (language, BM_LANGUAGE_CHINESE) != 0)
    {
      json_t *other = make_sheet (self, is_done, language);

      bm_sheet_add_translation (sheet, other, language);
      bm_json_wipe (other);
    }
  return bm_session_number_sheet (sheet, self->told);
}

/* Is that right? */

/* The same sign as on the slip. With the number in the line, question and answers have room on one page. */
static void
add_matter (BmSession *self, json_t *page)
{
  guint32 counter = 0;
  g_autofree char *figure = NULL;
  g_autofree char *line = NULL;

  if (bm_number_split (bm_text_get (self->told, "number"), NULL, NULL, NULL, &counter))
    figure = bm_words_figure (counter);
  line = g_strjoin (" ", get_matter (self), figure, NULL);
  bm_page_add_line (page, "taken-back", line, TRUE);
}

/* Near enough that whoever goes home now may forget it. */
#define DUE_SOON_DAYS 60

/* When the matter has a day by which the law wants it. What was learned of it since counts, when it is
 * later: somebody may have been certified elsewhere, and then the day is another one. */
static gint32
find_due (BmSession *self)
{
  json_t *day = json_object_get (self->told, "due_day");
  json_t *service = bm_catalogue_find (self->setup->catalogue, bm_text_get (self->told, "service"));
  const gint32 recorded = bm_session_get_due_of (self, service);
  const gint32 due = json_is_integer (day) ? (gint32) json_integer_value (day) : BM_NO_DAY;

  return due != BM_NO_DAY && recorded != BM_NO_DAY && recorded > due ? recorded : due;
}

static void
add_due (BmSession *self, json_t *page)
{
  const gint32 due = find_due (self);
  const gint32 left = due - bm_session_get_today (self);
  g_autofree char *day = NULL;
  g_autofree char *line = NULL;

  if (due == BM_NO_DAY || left > DUE_SOON_DAYS)
    return;
  day = bm_words_day (due);
  /* Translators: %s is a day, like 11月30日. */
  line = g_strdup_printf (left < 0
                            ? C_ ("page", "It was due by %s.\nTaken back, it has to be done anew.")
                            : C_ ("page", "It is due by %s.\nTaken back, it has to be done anew."),
                          day);
  bm_page_add_line (page, "calendar", line, TRUE);
}

static void
add_decider (BmSession *self, json_t *page)
{
  /* Translators: %s is the office that decides of the matter. */
  g_autofree char *line =
    g_strdup_printf (C_ ("page", "Decided by %s."), get_decider (self, self->told));

  bm_page_add_line (page, "office", line, FALSE);
}

static void
build_withdraw (BmSession *self, json_t *page)
{
  const gboolean is_here = is_still_here (self->told);

  bm_page_set_picture (page, "question");
  bm_page_set_question (page,
                        is_here ? C_ ("page", "It will not be sent.\nIs that right?")
                                : C_ ("page", "Ask for it back.\nIs that right?"),
                        FALSE);
  add_matter (self, page);
  if (!is_here)
    add_decider (self, page);
  add_due (self, page);
  bm_page_add_choice (page, "withdraw", "yes",
                      is_here ? C_ ("choice", "Right, do not send it")
                              : C_ ("choice", "Right, ask for it"),
                      NULL);
  bm_page_add_choice (page, "keep", "no", C_ ("choice", "No, leave it"), "primary");
}

static void
back_to_case (BmSession *self)
{
  bm_session_go (self, BM_PAGE_CASE);
}

static gboolean
choose_withdraw (BmSession *self, const char *choice)
{
  BmEffect *effect;

  if (strcmp (choice, "withdraw") != 0)
    {
      back_to_case (self);
      return TRUE;
    }
  if (!bm_session_can_withdraw (self,
                                self->told)) /* an answer came while the question stood there */
    {
      self->withdrawal = BM_WITHDRAWAL_LATE;
      bm_session_go (self, BM_PAGE_WITHDRAWN);
      return TRUE;
    }
  effect = bm_session_add_effect (self, BM_EFFECT_WITHDRAW);
  effect->json =
    json_pack ("{s:O, s:s, s:s, s:s, s:o, s:o}", "number", json_object_get (self->told, "number"),
               "session", self->id, "evidence", bm_card_get_evidence (self->card), "helper",
               self->helper != NULL ? self->helper : "", "sheet", make_withdrawal (self, TRUE),
               "asked_sheet", make_withdrawal (self, FALSE));
  memcpy (effect->tag, self->tag, sizeof effect->tag);
  bm_session_go (self, BM_PAGE_WITHDRAWING);
  return TRUE;
}

/* No way out that is called 不办了: here that would be taken for the other thing. */
const BmPageSpec bm_spec_withdraw = { .id = "withdraw",
                                      .template_name = "answer",
                                      .build = build_withdraw,
                                      .choose = choose_withdraw,
                                      .back = back_to_case,
                                      .is_personal = TRUE };

static void
build_withdrawing (BmSession *self, json_t *page)
{
  (void) self;
  bm_page_set_picture (page, "hourglass");
  bm_page_set_question (page, C_ ("page", "One moment, please."), FALSE);
}

const BmPageSpec bm_spec_withdrawing = { .id = "withdrawing",
                                         .template_name = "wait",
                                         .build = build_withdrawing,
                                         .is_personal = TRUE };

/**
 * bm_session_withdrawn:
 * @self: a session
 * @event: what came of effect WITHDRAW (session.h)
 *
 * Takes it, when it is still waited for.
 */
void
bm_session_withdrawn (BmSession *self, const BmEvent *event)
{
  const gboolean is_withdrawn = event->flag;
  const gboolean is_asked = g_strcmp0 (event->text, "asked") == 0;

  if (bm_session_get_current (self) != BM_PAGE_WITHDRAWING)
    return;
  self->withdrawal = is_withdrawn       ? BM_WITHDRAWAL_DONE
                     : is_asked         ? BM_WITHDRAWAL_ASKED
                     : event->code >= 0 ? BM_WITHDRAWAL_FAILED
                                        : BM_WITHDRAWAL_LATE;
  if (is_withdrawn)
    {
      json_object_set_new (self->told, "state", json_string ("withdrawn"));
      json_object_set_new (self->told, "entry", json_string ("withdrawn"));
    }
  else if (is_asked)
    json_object_set_new (self->told, "asked", json_string ("pending"));
  if (is_withdrawn || is_asked)
    {
      bm_session_expect_sheet (self);
      self->print_job = event->number;
      bm_session_add_effect (self, BM_EFFECT_TOLD)->text =
        g_strdup (bm_text_get (self->told, "number"));
    }
  bm_session_go (self, BM_PAGE_WITHDRAWN);
}

static void
build_withdrawn (BmSession *self, json_t *page)
{
  if (self->withdrawal == BM_WITHDRAWAL_DONE)
    {
      bm_page_set_question (page, C_ ("page", "As you wished,\nit was not sent."), FALSE);
      add_matter (self, page);
      bm_page_set_earcon (page, "noted");
      bm_session_add_paper (self, page);
    }
  else if (self->withdrawal == BM_WITHDRAWAL_ASKED)
    {
      bm_page_set_question (page, C_ ("page", "It was asked for back."), FALSE);
      add_matter (self, page);
      add_decider (self, page);
      bm_page_set_earcon (page, "noted");
      bm_session_add_paper (self, page);
    }
  else if (self->withdrawal == BM_WITHDRAWAL_LATE)
    {
      bm_page_set_question (page, C_ ("page", "It cannot be taken back any more."), FALSE);
      bm_page_add_line (page, "person", C_ ("page", "Please ask the staff."), TRUE);
    }
  else
    {
      bm_page_set_question (page, C_ ("page", "It could not be taken back.\nIt stays as it was."),
                            FALSE);
      bm_page_add_line (page, "person", C_ ("page", "Please ask the staff."), TRUE);
    }
  if (self->paper != BM_PAPER_UNKNOWN)
    json_object_set_new (json_object_get (page, "frame"), "next",
                         json_string (C_ ("frame", "Next")));
}

static void
next_withdrawn (BmSession *self)
{
  bm_session_go (self, json_array_size (self->cases) > 1 ? BM_PAGE_CASES : BM_PAGE_GOODBYE);
}

const BmPageSpec bm_spec_withdrawn = { .id = "withdrawn",
                                       .template_name = "result",
                                       .build = build_withdrawn,
                                       .choose = bm_session_settle_paper,
                                       .next = next_withdrawn,
                                       .can_end = TRUE,
                                       .is_personal = TRUE };

/* The centre's code in words of our own: they are there in every language. */
static const char *
get_refusal (const char *code)
{
  if (strcmp (code, "WITHDRAW_DECIDED") == 0)
    return C_ ("page", "It had been decided before.");
  if (strcmp (code, "WITHDRAW_FOLLOWS") == 0)
    return C_ ("page", "It goes on together\nwith an earlier one.");
  return C_ ("page", "Please ask the staff.");
}

/* On the page of the matter: that it was asked for, until the centre said what came of it. */
void
bm_session_add_asked (BmSession *self, json_t *page, json_t *case_object)
{
  json_t *answer = json_object_get (json_object_get (case_object, "result"), "withdrawal");
  const char *asked = bm_text_get (case_object, "asked");
  g_autofree char *line = NULL;

  if (json_is_object (answer))
    {
      bm_page_add_line (page, "taken-back", C_ ("page", "It was not given back:"), TRUE);
      bm_page_add_line (page, "office", get_refusal (bm_text_get (answer, "code")), FALSE);
      return;
    }
  if (*asked == '\0' || strcmp (get_state (case_object), "withdrawn") == 0)
    return;
  if (strcmp (asked, "rejected") == 0 || strcmp (asked, "quarantined") == 0)
    line = g_strdup (
      C_ ("page", "The wish to have it back\ndid not get through, please ask the staff."));
  else
    /* Translators: %s is the office that decides of the matter. */
    line = g_strdup_printf (C_ ("page", "It was asked for back.\nDecided by %s."),
                            get_decider (self, case_object));
  bm_page_add_line (page, "taken-back", line, TRUE);
}
