/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/entry/number.h"
#include "core/language/language.h"
#include "core/session/session-behalf.h"
#include "core/session/words.h"

#include <string.h>

/*
 * After COMMIT: it goes up, an answer comes or does not, and the paper. The words never overtake the
 * truth (invariant 7): bad news first, a pass is said only when the centre's result says so.
 *
 *   SENDING -- result --> RESULT -- 打条子 --> PRINT -> GOODBYE
 *      | 8 s                 ^
 *      '-----> DONE - result-'     (or 下一步 -> GOODBYE)
 */

/* Cases */

static json_t *
get_result (json_t *case_object)
{
  json_t *result = json_object_get (case_object, "result");

  return json_is_object (result) ? result : NULL;
}

static const char *
get_state (json_t *case_object)
{
  const char *state = json_string_value (json_object_get (get_result (case_object), "state"));

  if (state == NULL)
    state = json_string_value (json_object_get (case_object, "state"));
  return state != NULL ? state : "noted";
}

static gboolean
is_final (json_t *case_object)
{
  const char *state = get_state (case_object);

  return json_is_true (json_object_get (get_result (case_object), "is_final")) ||
         strcmp (state, "done") == 0 || strcmp (state, "not_done") == 0;
}

/* Something that a person has to be told; "handed" and "accepted" are only steps on the way. */
gboolean
bm_session_is_result (json_t *case_object)
{
  return get_result (case_object) != NULL &&
         (is_final (case_object) || strcmp (get_state (case_object), "conflict") == 0);
}

guint
bm_session_get_reached (json_t *case_object)
{
  const char *state = get_state (case_object);

  if (is_final (case_object))
    return 3;
  return strcmp (state, "noted") == 0 ? 1 : 2;
}

static json_t *
find_service (BmSession *self, json_t *case_object)
{
  const char *id = json_string_value (json_object_get (case_object, "service"));

  return id != NULL ? bm_catalogue_find (self->setup->catalogue, id) : self->service;
}

gboolean
bm_session_find_privacy (BmSession *self, json_t *case_object)
{
  json_t *service = find_service (self, case_object);
  json_t *privacy = json_object_get (service, "spoken_privacy");

  return g_strcmp0 (json_string_value (privacy), "public") != 0;
}

json_t *
bm_session_find_result (BmSession *self, json_t *case_object)
{
  json_t *results = json_object_get (find_service (self, case_object), "results");
  const char *code = json_string_value (json_object_get (get_result (case_object), "code"));

  return code != NULL ? json_object_get (results, code) : NULL;
}

/* It takes days by the file's own word: nobody needs to wait here for more than that it arrived. */
gboolean
bm_session_is_answered_later (BmSession *self)
{
  json_t *sla = json_object_get (self->service, "sla");

  return json_integer_value (json_object_get (sla, "online_days")) > 0;
}

/* The person was shown it; said once for each news. */
void
bm_session_tell (BmSession *self, json_t *case_object)
{
  const char *number = json_string_value (json_object_get (case_object, "number"));

  if (number == NULL || json_is_true (json_object_get (case_object, "is_told")))
    return;
  json_object_set_new (case_object, "is_told", json_true ());
  if (bm_session_is_for_principal (self, case_object)) /* they have not heard of it yet */
    return;
  bm_session_note_told (self, case_object);
  bm_session_add_effect (self, BM_EFFECT_TOLD)->text = g_strdup (number);
}

/* What is shown of a result */

static void
add_service (BmSession *self, json_t *page, json_t *case_object)
{
  json_t *service = find_service (self, case_object);
  const char *label = service != NULL ? bm_text_pick (json_object_get (service, "label")) : NULL;

  if (label == NULL)
    label = json_string_value (json_object_get (json_object_get (case_object, "slip"), "label"));
  if (label != NULL && service != self->service)
    bm_page_add_fact (page, C_ ("fact", "Matter"), label);
}

/* 补录: the centre said which day counts. */
static void
add_late (json_t *page, json_t *result)
{
  gint32 day = bm_day_from_string (bm_text_get (result, "counts_day"));
  const gboolean is_paper = strcmp (bm_text_get (result, "counts"), "paper") == 0;
  g_autofree char *date = NULL;
  g_autofree char *line = NULL;

  if (day == BM_NO_DAY)
    return;
  date = bm_words_day (day);
  /* Translators: a day. */
  line = g_strdup_printf (is_paper ? C_ ("page", "It counts from %s,\nthe day on the form.")
                                   : C_ ("page", "It counts from %s,\nthe day it arrived."),
                          date);
  bm_page_add_line (page, "calendar", line, TRUE);
}

void
bm_session_build_result (BmSession *self, json_t *page, json_t *case_object)
{
  json_t *words = bm_session_find_result (self, case_object);
  const char *text = json_string_value (json_object_get (get_result (case_object), "text"));

  if (strcmp (get_state (case_object), "withdrawn") == 0)
    text = NULL; /* the state says it, in every language */
  if (words != NULL)
    {
      g_autofree char *say = bm_session_fill (self, json_object_get (words, "say"), case_object);

      bm_page_set_question (page, say, TRUE);
      bm_session_add_lines (self, page, json_object_get (words, "lines"), case_object);
    }
  else
    {
      g_autofree char *broken =
        bm_words_break (text != NULL ? text : bm_words_case_state (get_state (case_object)), 16);

      bm_page_set_question (page, broken, FALSE);
    }
  bm_session_add_asked (self, page, case_object);
  add_late (page, get_result (case_object));
  add_service (self, page, case_object);
  if (strcmp (get_state (case_object), "withdrawn") != 0) /* it goes no way at all */
    bm_page_set_reached (page, bm_session_get_reached (case_object));
  if (json_is_true (json_object_get (words, "good")))
    bm_page_set_earcon (page, "done");
  if (bm_session_find_privacy (self, case_object))
    json_object_set_new (page, "is_private", json_true ());
}

static const char *
get_sheet_name (BmSession *self, json_t *case_object)
{
  json_t *words = bm_session_find_result (self, case_object);
  const char *name = json_string_value (json_object_get (words, "sheet"));
  json_t *sheets = json_object_get (find_service (self, case_object), "sheets");

  return name != NULL && json_object_get (sheets, name) != NULL ? name : NULL;
}

gboolean
bm_session_can_print_result (BmSession *self, json_t *case_object)
{
  return get_sheet_name (self, case_object) != NULL;
}

void
bm_session_expect_sheet (BmSession *self)
{
  self->print_floor = MAX (self->print_floor, self->print_job);
  self->print_job = -1;
  self->paper = BM_PAPER_COMING;
  self->paper_boot_ms = bm_session_now (self);
  self->is_printing = FALSE;
}

/**
 * bm_session_print_sheet:
 * @self: a session
 * @number: of the case it belongs to, or ""
 * @sheet: (transfer full) (nullable): what is printed; %NULL: it could not be made, and the page says so
 * @event: (nullable): what the audit calls it
 *
 * Asks for a sheet, and waits for that one and no other.
 */
void
bm_session_print_sheet (BmSession *self, const char *number, json_t *sheet, const char *event)
{
  bm_session_expect_sheet (self);
  if (sheet != NULL)
    bm_session_add_effect (self, BM_EFFECT_PRINT)->json =
      json_pack ("{s:s, s:o}", "number", number, "sheet", sheet);
  else
    self->paper = BM_PAPER_STUCK;
  if (event != NULL)
    bm_session_audit (self, event, NULL);
}

void
bm_session_print_result (BmSession *self, json_t *case_object)
{
  const char *name = get_sheet_name (self, case_object);
  json_t *sheet = name != NULL ? bm_session_build_sheet (self, name, case_object) : NULL;

  bm_session_print_sheet (self, bm_text_get (case_object, "number"), sheet, NULL);
  self->print_from = bm_session_get_current (self);
  bm_session_go (self, BM_PAGE_PRINT);
}

void
bm_session_add_number (BmSession *self, json_t *page, json_t *case_object, gboolean with_qr)
{
  const char *number = json_string_value (json_object_get (case_object, "number"));
  const char *qr = json_string_value (json_object_get (case_object, "qr"));
  guint terminal = 0;
  guint32 counter = 0;
  g_autofree char *place = NULL;
  g_autofree char *figure = NULL;

  if (number == NULL || !bm_number_split (number, NULL, &terminal, NULL, &counter))
    return;
  place = bm_words_place (self->setup->village_name, terminal);
  figure = bm_words_figure (counter);
  bm_page_set_number (page, place, figure, with_qr ? qr : NULL);
}

/* Paper */

static BmPaper
get_waiting_paper (const char *reason)
{
  if (reason == NULL || *reason == '\0' || strcmp (reason, "busy") == 0)
    return BM_PAPER_COMING;
  return g_str_has_prefix (reason, "media") ? BM_PAPER_EMPTY : BM_PAPER_STUCK;
}

static gboolean
is_ours (BmSession *self, gint64 job, const char *state)
{
  if (self->paper == BM_PAPER_NONE || self->print_job == 0)
    return FALSE;
  if (self->print_job == -1 && job > self->print_floor && strcmp (state, "superseded") != 0)
    self->print_job = job;
  /* Job 0: the sheet that was asked for could not even be stored. */
  return job == self->print_job || (job == 0 && self->print_job == -1);
}

void
bm_session_print_state (BmSession *self, gint64 job, const char *state, const char *reason)
{
  if (state == NULL || !is_ours (self, job, state))
    {
      self->print_floor = MAX (self->print_floor, job);
      return;
    }
  if (strcmp (state, "queued") == 0)
    return;
  self->is_printing = strcmp (state, "sending") == 0 || strcmp (state, "sent") == 0;
  if (self->is_printing || strcmp (state, "waiting") == 0)
    self->paper = get_waiting_paper (reason);
  else if (strcmp (state, "printed") == 0)
    self->paper = BM_PAPER_OUT;
  else if (strcmp (state, "unknown") == 0)
    self->paper = BM_PAPER_UNKNOWN;
  else if (strcmp (state, "superseded") == 0)
    bm_session_expect_sheet (self);
  else
    self->paper = BM_PAPER_STUCK;
}

static json_t *
get_paper_case (BmSession *self)
{
  BmPageId current = bm_session_get_current (self);
  BmPageId from = current == BM_PAGE_PRINT ? self->print_from : current;
  gboolean is_own = from == BM_PAGE_RESULT || from == BM_PAGE_DONE || from == BM_PAGE_SENDING ||
                    from == BM_PAGE_GOODBYE;

  return is_own || self->told == NULL ? self->answer : self->told;
}

static void
ask_for_slip (json_t *page)
{
  g_autofree char *said = g_strdup (json_string_value (json_object_get (page, "question")));

  bm_page_set_question (page, C_ ("page", "Did you get the slip?"), FALSE);
  if (*said != '\0')
    {
      bm_page_add_line (page, NULL, said, TRUE);
      json_array_insert (json_object_get (page, "lines"), 0,
                         json_array_get (json_object_get (page, "lines"),
                                         json_array_size (json_object_get (page, "lines")) - 1));
      json_array_remove (json_object_get (page, "lines"),
                         json_array_size (json_object_get (page, "lines")) - 1);
    }
  bm_page_set_earcon (page, "attention");
  bm_page_add_choice (page, "taken", "yes", C_ ("choice", "Got it"), "primary");
  bm_page_add_choice (page, "not-taken", "no", C_ ("choice", "Did not get it"), NULL);
}

/* Of a matter that is not to be sent nobody says "noted": that would be heard as the opposite. */
static const char *
say_noted (BmSession *self)
{
  if (bm_session_get_current (self) == BM_PAGE_WITHDRAWN)
    return C_ ("page", "It does not matter that there is no slip,\nbring the ID card next time to "
                       "look it up.");
  if (bm_session_is_anonymous (self))
    return C_ ("page", "What you did is noted.\nKeep this number, only it finds it again.");
  return C_ ("page", "What you did is noted,\nit does not matter that there is no slip,\nbring the "
                     "ID card next time to look it up.");
}

static const char *
say_stuck (BmSession *self)
{
  return bm_session_get_current (self) == BM_PAGE_WITHDRAWN
           ? C_ ("page", "Something is wrong with the machine,\nthe slip does not come out.")
           : C_ ("page", "Something is wrong with the machine.\nWhat you did is noted, nothing is "
                         "lost.");
}

void
bm_session_add_paper (BmSession *self, json_t *page)
{
  gboolean is_nameless = bm_session_is_anonymous (self);

  switch (self->paper)
    {
    case BM_PAPER_NONE:
      if (is_nameless)
        bm_page_add_line (page, "state-noted", say_noted (self), TRUE);
      return;
    case BM_PAPER_COMING:
      bm_page_add_line (page, "slip", C_ ("page", "The slip is being printed."), FALSE);
      return;
    case BM_PAPER_OUT:
      bm_page_add_line (page, "slip", C_ ("page", "Take the slip and keep it."), FALSE);
      return;
    case BM_PAPER_EMPTY:
      bm_page_add_line (page, "no-paper", C_ ("page", "The printer has no paper."), TRUE);
      bm_page_add_line (page, NULL, say_noted (self), FALSE);
      break;
    case BM_PAPER_STUCK:
      bm_page_add_line (page, "warn", say_stuck (self), TRUE);
      bm_page_add_line (page, NULL,
                        is_nameless
                          ? C_ ("page", "Keep this number, only it finds it again.")
                          : C_ ("page",
                                "It does not matter that there is no slip,\nbring the ID card "
                                "next time to look it up."),
                        FALSE);
      break;
    case BM_PAPER_UNKNOWN:
      ask_for_slip (page);
      break;
    default:
      g_assert_not_reached ();
    }
  bm_session_add_number (self, page, get_paper_case (self), TRUE);
}

gboolean
bm_session_settle_paper (BmSession *self, const char *choice)
{
  gboolean is_taken = strcmp (choice, "taken") == 0;
  BmEffect *effect;

  if (self->paper != BM_PAPER_UNKNOWN || (!is_taken && strcmp (choice, "not-taken") != 0))
    return FALSE;
  effect = bm_session_add_effect (self, BM_EFFECT_SETTLE_PRINT);
  effect->number = self->print_job;
  effect->flag = is_taken;
  if (is_taken)
    self->paper = BM_PAPER_OUT;
  else
    bm_session_expect_sheet (self); /* a further copy, with a job of its own */
  return TRUE;
}

static void
set_next (json_t *page)
{
  json_object_set_new (json_object_get (page, "frame"), "next", json_string (C_ ("frame", "Next")));
}

/* It goes up */

static void
build_sending (BmSession *self, json_t *page)
{
  bm_page_set_question (page, C_ ("page", "It is being sent..."), FALSE);
  bm_page_set_reached (page, 1);
  bm_page_set_picture (page, "hourglass");
  bm_page_add_line (page, "state-noted", C_ ("page", "It is noted here."), FALSE);
  if (self->paper == BM_PAPER_COMING || self->paper == BM_PAPER_OUT)
    bm_session_add_paper (self, page);
}

const BmPageSpec bm_spec_sending = { .id = "sending",
                                     .template_name = "progress",
                                     .build = build_sending,
                                     .is_personal = TRUE };

/* "It was sent" is said only when it was (invariant 7): a file that answers later says so by state. */
static json_t *
find_done_words (BmSession *self, json_t *done, guint reached)
{
  gboolean is_sent = bm_session_is_answered_later (self) ? reached >= 2 : self->was_online;
  json_t *again = json_object_get (done, is_sent ? "again_online" : "again_offline");

  if (self->reopens != NULL && again != NULL)
    return again;
  return json_object_get (done, is_sent ? "online" : "offline");
}

static void
build_done (BmSession *self, json_t *page)
{
  json_t *done = json_object_get (self->service, "done");
  guint reached = MIN (bm_session_get_reached (self->answer), 2);
  json_t *words = find_done_words (self, done, reached);
  g_autofree char *say = bm_session_fill (self, json_object_get (words, "say"), self->answer);

  bm_page_set_question (page, say, TRUE);
  bm_page_set_reached (page, reached);
  bm_page_set_earcon (page, reached >= 2 ? "sent" : "noted");
  bm_session_add_lines (self, page, json_object_get (words, "lines"), self->answer);
  bm_session_add_paper (self, page);
  if (bm_session_is_anonymous (self))
    bm_session_add_number (self, page, self->answer, TRUE);
  bm_page_say_also (page, bm_text_pick (json_object_get (done, "spoken")));
  if (self->paper != BM_PAPER_UNKNOWN)
    set_next (page);
}

static void
next_done (BmSession *self)
{
  bm_session_tell (self, self->answer);
  if (!bm_session_resume (self))
    bm_session_go (self, BM_PAGE_GOODBYE);
}

const BmPageSpec bm_spec_done = { .id = "done",
                                  .template_name = "result",
                                  .build = build_done,
                                  .choose = bm_session_settle_paper,
                                  .next = next_done,
                                  .can_end = TRUE,
                                  .is_personal = TRUE };

/* The answer came while the person waits */

static void
build_answer (BmSession *self, json_t *page)
{
  bm_session_build_result (self, page, self->answer);
  bm_session_tell (self, self->answer);
  bm_session_add_paper (self, page);
  bm_page_say_also (page, bm_text_pick (
                            json_object_get (json_object_get (self->service, "done"), "spoken")));
  if (self->paper == BM_PAPER_UNKNOWN)
    return;
  if (!bm_session_can_print_result (self, self->answer))
    {
      set_next (page);
      return;
    }
  bm_page_add_choice (page, "print", "slip", C_ ("choice", "Print a slip"), NULL);
  bm_page_add_choice (page, "no-print", "no", C_ ("choice", "No print"), NULL);
}

static gboolean
choose_answer (BmSession *self, const char *choice)
{
  if (strcmp (choice, "print") == 0)
    bm_session_print_result (self, self->answer);
  else if (strcmp (choice, "no-print") == 0)
    bm_session_go (self, BM_PAGE_GOODBYE);
  else
    return bm_session_settle_paper (self, choice);
  return TRUE;
}

static void
next_answer (BmSession *self)
{
  bm_session_go (self, BM_PAGE_GOODBYE);
}

const BmPageSpec bm_spec_result = { .id = "result",
                                    .template_name = "result",
                                    .build = build_answer,
                                    .choose = choose_answer,
                                    .next = next_answer,
                                    .can_end = TRUE,
                                    .is_personal = TRUE };

/* The sheet that was asked for */

static void
build_print (BmSession *self, json_t *page)
{
  json_t *lines = json_object_get (page, "lines");
  json_t *first;

  bm_page_set_picture (page, self->paper == BM_PAPER_EMPTY ? "no-paper" : "slip");
  bm_session_add_paper (self, page);
  if (self->paper == BM_PAPER_UNKNOWN)
    return;
  first = json_incref (json_array_get (lines, 0)); /* the first sentence is the page's */
  json_array_remove (lines, 0);
  bm_page_set_question (page, json_string_value (json_object_get (first, "text")), TRUE);
  json_decref (first);
  set_next (page);
}

static void
next_print (BmSession *self)
{
  if (self->print_from == BM_PAGE_TOLD || self->print_from == BM_PAGE_LETTER)
    bm_session_after_told (self);
  else if (self->print_from == BM_PAGE_CASE)
    bm_session_go (self, BM_PAGE_CASE);
  else
    bm_session_go (self, BM_PAGE_GOODBYE);
}

const BmPageSpec bm_spec_print = { .id = "print",
                                   .template_name = "print",
                                   .build = build_print,
                                   .choose = bm_session_settle_paper,
                                   .next = next_print,
                                   .can_end = TRUE,
                                   .is_personal = TRUE };
