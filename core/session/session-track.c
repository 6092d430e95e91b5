/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/entry/number.h"
#include "core/language/language.h"
#include "core/session/session-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * 我的事办到哪了 without a card: whoever holds a slip, or knows its number, hears how far it is, and nothing
 * else: no name, no service, no answer (domain §3.6). A scan came as keystrokes and may open nothing but
 * this. Any card that is placed here leads on to everything, by card.
 *
 *   TRACK -- 刷身份证 or a card -> the next step of the flow
 *     |-- 把条子放这里 -> TRACK_SLIP -- scan --.
 *     '-- 我记得号码 -> TRACK_NUMBER -- digits -+-> TRACKING -- TRACKED or 10 s --> TRACKED
 *   待机 -- scan -------------------------------'
 */

#define MAX_SPOKEN 8 /* digits of the number that is said on the phone */

void
bm_session_begin_track (BmSession *self)
{
  if (self->card != NULL)
    bm_session_next_step (self);
  else
    {
      bm_session_lease (self, TRUE); /* a card may be placed on any of these pages */
      bm_session_go (self, BM_PAGE_TRACK);
    }
}

gboolean
bm_session_is_tracking (BmSession *self)
{
  BmPageId current = bm_session_get_current (self);

  return current >= BM_PAGE_TRACK && current <= BM_PAGE_TRACKED;
}

static void
show_tracked (BmSession *self, json_t *event)
{
  bm_json_wipe (self->tracked);
  self->tracked = json_deep_copy (event);
  bm_session_go (self, BM_PAGE_TRACKED);
}

static void
show_none (BmSession *self, const char *found)
{
  json_t *none = json_pack ("{s:s, s:s, s:s}", "found", found, "number", "", "state", "");

  show_tracked (self, none);
  json_decref (none);
}

static void
ask (BmSession *self, const char *text)
{
  self->problem = NULL;
  g_clear_pointer (&self->tracked, bm_json_wipe);
  bm_session_add_effect (self, BM_EFFECT_TRACK)->text = g_strdup (text);
  bm_session_audit (self, "slip-asked", NULL);
  bm_session_go (self, BM_PAGE_TRACKING);
}

/* From 待机 there is no service yet: the one whose place is in the frame of the first page. */
static gboolean
begin_from_idle (BmSession *self)
{
  json_t *service = bm_catalogue_find_frame (self->setup->catalogue, "cases");

  if (service == NULL || !bm_catalogue_has_step (service, "track"))
    return FALSE;
  bm_session_forget_matter (self);
  self->service = service;
  self->step = 0;
  bm_session_lease (self, TRUE);
  return TRUE;
}

/**
 * bm_session_scan:
 * @self: a session
 * @text: (nullable): what a scanner typed
 *
 * Looks a slip up; on any page but 待机 and those of tracking a scan means nothing.
 *
 * Returns: whether it was taken
 */
gboolean
bm_session_scan (BmSession *self, const char *text)
{
  gboolean is_idle = self->page_id == BM_PAGE_IDLE;

  if (text == NULL || *text == '\0')
    return FALSE;
  if (self->page_id != BM_PAGE_TRACK && self->page_id != BM_PAGE_TRACK_SLIP &&
      self->page_id != BM_PAGE_TRACK_NUMBER && self->page_id != BM_PAGE_TRACKED && !is_idle)
    return FALSE;
  if (is_idle && !begin_from_idle (self))
    return FALSE;
  if (bm_qr_parse (text, NULL, NULL, NULL, NULL) || bm_number_is_valid (text))
    ask (self, text);
  else
    show_none (self, "none");
  return TRUE;
}

/**
 * bm_session_tracked:
 * @self: a session
 * @event: what came of effect TRACK
 *
 * Shows it, when it is still waited for.
 */
void
bm_session_tracked (BmSession *self, json_t *event)
{
  if (bm_session_get_current (self) == BM_PAGE_TRACKING && json_is_object (event))
    show_tracked (self, event);
}

void
bm_session_tick_track (BmSession *self, gint64 shown)
{
  if (shown >= BM_TRACK_MS)
    show_none (self, "late");
}

/* How shall it be asked? */

static void
build_track (BmSession *self, json_t *page)
{
  (void) self;
  bm_page_set_question (page, C_ ("page", "How do you want to ask?"), FALSE);
  bm_page_add_choice (page, "card", "card-place", C_ ("choice", "With the ID card"), "primary");
  bm_page_add_choice (page, "slip", "slip-lay", C_ ("choice", "Put the slip here"), NULL);
  bm_page_add_choice (page, "number", "ask", C_ ("choice", "I know the number"), NULL);
}

static gboolean
choose_track (BmSession *self, const char *choice)
{
  self->problem = NULL;
  if (strcmp (choice, "card") == 0)
    bm_session_next_step (self);
  else
    bm_session_go (self, strcmp (choice, "slip") == 0 ? BM_PAGE_TRACK_SLIP : BM_PAGE_TRACK_NUMBER);
  return TRUE;
}

const BmPageSpec bm_spec_track = { .id = "track",
                                   .template_name = "choice",
                                   .build = build_track,
                                   .choose = choose_track,
                                   .back = bm_session_leave_to_home,
                                   .can_end = TRUE };

static void
back_to_track (BmSession *self)
{
  self->problem = NULL;
  g_clear_pointer (&self->tracked, bm_json_wipe);
  bm_session_go (self, BM_PAGE_TRACK);
}

/* The slip */

static void
build_slip (BmSession *self, json_t *page)
{
  (void) self;
  bm_page_set_picture (page, "slip-lay");
  bm_page_set_question (page, C_ ("page", "Hold the square of the slip\nwhere the light is."),
                        FALSE);
  bm_page_add_line (page, "read", C_ ("page", "Only how far it is will be said,\nno name."), FALSE);
  bm_page_add_choice (page, "number", "ask", C_ ("choice", "I know the number"), NULL);
}

const BmPageSpec bm_spec_track_slip = { .id = "track-slip",
                                        .template_name = "card",
                                        .build = build_slip,
                                        .choose = choose_track,
                                        .back = back_to_track,
                                        .can_end = TRUE };

/* The number */

static void
build_number (BmSession *self, json_t *page)
{
  bm_page_set_question (page,
                        C_ ("page", "Which number is on the slip?\nThe long one will do too."),
                        FALSE);
  bm_page_set_input (page, C_ ("input", "Number on the slip"), 1, BM_NUMBER_LEN);
  bm_session_add_problem (self, page);
}

static gboolean
take_number (BmSession *self, const char *value)
{
  gsize length = strlen (value);
  gboolean is_spoken = length <= MAX_SPOKEN && strspn (value, "0123456789") == length;

  if (is_spoken || bm_number_is_valid (value))
    {
      ask (self, value);
      return TRUE;
    }
  self->problem = NULL;
  self->problem = NC_ ("page", "That is not right, please look once more.");
  return TRUE;
}

const BmPageSpec bm_spec_track_number = { .id = "track-number",
                                          .template_name = "digits",
                                          .build = build_number,
                                          .digits = take_number,
                                          .back = back_to_track,
                                          .can_end = TRUE };

static void
build_tracking (BmSession *self, json_t *page)
{
  (void) self;
  bm_page_set_picture (page, "hourglass");
  bm_page_set_question (page, C_ ("page", "One moment, please."), FALSE);
}

const BmPageSpec bm_spec_tracking = { .id = "tracking",
                                      .template_name = "wait",
                                      .build = build_tracking,
                                      .back = back_to_track,
                                      .can_end = TRUE };

/* How far it is */

static const char *
get_found (BmSession *self)
{
  const char *found = json_string_value (json_object_get (self->tracked, "found"));

  return found != NULL ? found : "none";
}

static guint
get_reached (const char *state)
{
  if (strcmp (state, "done") == 0 || strcmp (state, "not_done") == 0)
    return 3;
  return strcmp (state, "noted") == 0 ? 1 : 2;
}

/* A slip says nothing of who it is: what was told without a name cannot be heard with a card. */
static const char *
get_next_words (const char *state)
{
  static const struct
  {
    const char *name;
    const char *words;
  } table[] = {
    { "sent", NC_ ("cases", "The office looks at it,\nask again in a few days.") },
    { "handed", NC_ ("cases", "The office looks at it,\nask again in a few days.") },
    { "accepted", NC_ ("cases", "The office works on it,\nask again in a few days.") },
    { "done", NC_ ("cases", "There is an answer. With a name,\ncome with the ID card to hear.") },
    { "not_done",
      NC_ ("cases", "There is an answer. With a name,\ncome with the ID card to hear.") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (state, table[i].name) == 0)
      return bm_language_translate ("cases", table[i].words);
  return bm_session_get_next_words (state);
}

static void
add_state (BmSession *self, json_t *page, gboolean is_central)
{
  const char *state = json_string_value (json_object_get (self->tracked, "state"));
  gint64 wall_ms = json_integer_value (json_object_get (self->tracked, "wall_ms"));
  const char *next;

  if (state == NULL)
    state = "noted";
  next = get_next_words (state);
  bm_page_set_question (page, bm_words_case_state (state), FALSE);
  if (strcmp (state, "withdrawn") != 0) /* it goes no way at all */
    bm_page_set_reached (page, get_reached (state));
  if (is_central)
    bm_page_add_line (page, "office", C_ ("page", "So says the office above."), FALSE);
  if (next != NULL)
    bm_page_add_line (page, "next", next, TRUE);
  if (wall_ms > 0)
    {
      g_autofree char *day = bm_words_date (bm_day_from_wall_ms (wall_ms));

      bm_page_add_fact (page, C_ ("fact", "Handed in"), day);
    }
  if (!is_central)
    bm_session_add_number (self, page, self->tracked, FALSE);
}

static void
build_tracked (BmSession *self, json_t *page)
{
  const char *found = get_found (self);
  gboolean is_found = strcmp (found, "here") == 0 || strcmp (found, "central") == 0;

  if (is_found)
    add_state (self, page, strcmp (found, "central") == 0);
  else if (strcmp (found, "elsewhere") == 0)
    {
      bm_page_set_question (page,
                            C_ ("page",
                                "Another station printed this slip,\nthe line is needed to ask."),
                            FALSE);
      bm_page_add_line (page, "person", C_ ("page", "The telephone on the slip\ncan tell as well."),
                        FALSE);
    }
  else if (strcmp (found, "late") == 0)
    bm_page_set_question (page,
                          C_ ("page", "It was not found out now,\nplease ask a little later."),
                          FALSE);
  else
    bm_page_set_question (page,
                          C_ ("page",
                              "This slip was not found.\nIs the number right? Look once more."),
                          FALSE);
  if (!is_found)
    bm_page_set_picture (page, "slip");
  bm_page_add_choice (page, "leave", "yes", C_ ("choice", "I see"), "primary");
  bm_page_add_choice (page, "again", "again", C_ ("choice", "Ask once more"), NULL);
}

static gboolean
choose_tracked (BmSession *self, const char *choice)
{
  if (strcmp (choice, "again") == 0)
    back_to_track (self);
  else
    bm_session_close (self, "told");
  return TRUE;
}

const BmPageSpec bm_spec_tracked = { .id = "tracked",
                                     .template_name = "answer",
                                     .build = build_tracked,
                                     .choose = choose_tracked,
                                     .back = back_to_track,
                                     .can_end = TRUE };
