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
 * 我的事办到哪了: what this person handed in here, by card (domain §3.6). One matter is shown at once, more
 * are a list. A matter that is not for the loudspeaker has no name in the list and is opened as a letter
 * is (domain §2.21a rule 4).
 */

#define MAX_NOTE 80

static json_t *
get_service (BmSession *self, json_t *item)
{
  const char *id = json_string_value (json_object_get (item, "service"));

  return id != NULL ? bm_catalogue_find (self->setup->catalogue, id) : NULL;
}

static const char *
get_state (json_t *item)
{
  json_t *result = json_object_get (item, "result");
  const char *state = json_string_value (json_object_get (result, "state"));

  return state != NULL ? state : json_string_value (json_object_get (item, "state"));
}

static guint
count_cases (BmSession *self)
{
  return MIN ((guint) json_array_size (self->cases), BM_MAX_CASES);
}

static void
open_case (BmSession *self, guint index)
{
  json_t *item = json_incref (json_array_get (self->cases, index));

  bm_json_wipe (self->told);
  self->told = item;
  self->is_heard = self->is_opened = FALSE;
  bm_session_go (self, BM_PAGE_CASE);
}

/**
 * bm_session_begin_cases:
 * @self: a session with an identified person
 *
 * Shows the one matter, or the list of them.
 */
void
bm_session_begin_cases (BmSession *self)
{
  if (count_cases (self) == 1)
    open_case (self, 0);
  else
    bm_session_go (self, BM_PAGE_CASES);
}

/* The list */

/* Two matters of one service differ by their number; a private one has no name here. */
static char *
dup_label (BmSession *self, json_t *item, guint index)
{
  json_t *service = get_service (self, item);
  const char *number = json_string_value (json_object_get (item, "number"));
  guint32 counter = 0;
  g_autofree char *figure = NULL;

  if (service == NULL || bm_session_find_privacy (self, item))
    return g_strdup_printf (C_ ("cases", "Your matter no. %u"), index + 1);
  if (number == NULL || !bm_number_split (number, NULL, NULL, NULL, &counter))
    return g_strdup (bm_text_pick (json_object_get (service, "label")));
  figure = bm_words_figure (counter);
  return g_strdup_printf ("%s %s", bm_text_pick (json_object_get (service, "label")), figure);
}

static void
add_case (BmSession *self, json_t *page, json_t *item, guint index)
{
  json_t *service = get_service (self, item);
  gboolean is_private = bm_session_find_privacy (self, item);
  const char *icon = json_string_value (json_object_get (service, "icon"));
  gint64 wall_ms = json_integer_value (json_object_get (item, "wall_ms"));
  g_autofree char *day = bm_words_day (bm_day_from_wall_ms (wall_ms));
  g_autofree char *id = g_strdup_printf ("case:%u", index + 1);
  /* Translators: the day of handing in, then how far it is. */
  g_autofree char *note =
    g_strdup_printf (C_ ("cases", "%1$s: %2$s"), day, bm_words_case_state (get_state (item)));
  g_autofree char *label = dup_label (self, item, index);
  json_t *choice;

  choice =
    bm_page_add_choice (page, id, is_private || icon == NULL ? "svc-case" : icon, label, NULL);
  if (g_utf8_strlen (note, -1) <= MAX_NOTE)
    json_object_set_new (choice, "note", json_string (note));
}

static void
build_cases (BmSession *self, json_t *page)
{
  guint count = count_cases (self);
  g_autofree char *question =
    g_strdup_printf (C_ ("page", "You have %u matters, touch one."), count);

  if (count == 0)
    {
      bm_page_set_picture (page, "svc-case");
      bm_page_set_question (page, C_ ("page", "Nothing of yours\nis noted at this station."),
                            FALSE);
      bm_page_add_choice (page, "leave", "yes", C_ ("choice", "I see"), "primary");
      return;
    }
  bm_page_set_question (page, question, FALSE);
  for (guint i = 0; i < count; i++)
    add_case (self, page, json_array_get (self->cases, i), i);
  json_object_set_new (json_object_get (page, "frame"), "next",
                       json_string (C_ ("frame", "Finish")));
}

static void
leave_cases (BmSession *self)
{
  bm_session_go (self, BM_PAGE_GOODBYE);
}

static gboolean
choose_cases (BmSession *self, const char *choice)
{
  guint64 index = 0;

  if (strcmp (choice, "leave") == 0)
    {
      leave_cases (self);
      return TRUE;
    }
  if (!g_str_has_prefix (choice, "case:") ||
      !g_ascii_string_to_unsigned (choice + strlen ("case:"), 10, 1, count_cases (self), &index,
                                   NULL))
    return FALSE;
  open_case (self, (guint) index - 1);
  return TRUE;
}

const BmPageSpec bm_spec_cases = { .id = "cases",
                                   .template_name = "cases",
                                   .build = build_cases,
                                   .choose = choose_cases,
                                   .next = leave_cases,
                                   .can_end = TRUE,
                                   .is_personal = TRUE };

/* One of them */

const char *
bm_session_get_next_words (const char *state)
{
  static const struct
  {
    const char *name;
    const char *words;
  } table[] = {
    { "noted", NC_ ("cases", "It is sent by itself\nwhen the line is back.") },
    { "sent", NC_ ("cases", "The office looks at it,\ncome with the ID card to hear.") },
    { "handed", NC_ ("cases", "The office looks at it,\ncome with the ID card to hear.") },
    { "accepted", NC_ ("cases", "The office works on it,\ncome with the ID card to hear.") },
    { "withdrawn", NC_ ("cases", "To have it done after all,\ncome with the ID card.") },
    { "conflict", NC_ ("cases", "The records have to be compared,\nplease ask the staff.") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_strcmp0 (state, table[i].name) == 0)
      return bm_language_translate ("cases", table[i].words);
  return NULL;
}

static gboolean
is_closed_letter (BmSession *self)
{
  return bm_session_find_privacy (self, self->told) && !self->is_opened;
}

static void
add_ways_on (BmSession *self, json_t *page)
{
  if (count_cases (self) > 1)
    bm_page_add_choice (page, "list", "svc-case", C_ ("choice", "My other matters"), NULL);
  bm_page_add_choice (page, "leave", "yes", C_ ("choice", "I see"), "primary");
}

static void
build_letter (BmSession *self, json_t *page)
{
  bm_page_set_picture (page, "read");
  bm_page_set_question (page,
                        bm_session_is_result (self->told)
                          ? C_ ("page", "There is a reply for you.")
                          : C_ ("page", "This one is not read out\nin the hall."),
                        FALSE);
  bm_page_add_choice (page, "hear", "read", C_ ("choice", "Hear it myself"), NULL);
  if (bm_session_can_print_result (self, self->told))
    bm_page_add_choice (page, "print", "slip", C_ ("choice", "Print it"), NULL);
  add_ways_on (self, page);
}

static void
build_case (BmSession *self, json_t *page)
{
  const char *next = bm_session_get_next_words (get_state (self->told));
  gint64 wall_ms = json_integer_value (json_object_get (self->told, "wall_ms"));
  g_autofree char *day = bm_words_date (bm_day_from_wall_ms (wall_ms));
  g_autofree char *agent = bm_session_dup_agent (self->told);

  if (is_closed_letter (self))
    {
      build_letter (self, page);
      return;
    }
  bm_session_build_result (self, page, self->told);
  if (agent != NULL)
    bm_page_add_fact (page, C_ ("behalf", "Handed in by"), agent);
  if (bm_session_is_result (self->told))
    bm_session_tell (self, self->told);
  if (next != NULL && json_array_size (json_object_get (page, "lines")) < 8)
    bm_page_add_line (page,
                      g_strcmp0 (get_state (self->told), "withdrawn") == 0 ? "taken-back" : "next",
                      next, FALSE);
  bm_page_add_fact (page, C_ ("fact", "Handed in"), day);
  bm_session_add_number (self, page, self->told, TRUE);
  bm_session_add_settling (self, page, self->told);
  if (bm_session_can_print_result (self, self->told))
    bm_page_add_choice (page, "print", "slip", C_ ("choice", "Print a slip"), NULL);
  if (bm_session_can_withdraw (self, self->told))
    bm_page_add_choice (page, "withdraw", "no", C_ ("choice", "I take it back"), NULL);
  add_ways_on (self, page);
}

static gboolean
choose_case (BmSession *self, const char *choice)
{
  if (bm_session_choose_settling (self, choice))
    return TRUE;
  if (strcmp (choice, "list") == 0)
    bm_session_go (self, BM_PAGE_CASES);
  else if (strcmp (choice, "withdraw") == 0)
    bm_session_begin_withdraw (self);
  else if (strcmp (choice, "hear") == 0)
    self->is_heard = self->is_opened = TRUE;
  else if (strcmp (choice, "print") == 0)
    {
      bm_session_tell (self, self->told);
      bm_session_print_result (self, self->told);
    }
  else
    leave_cases (self);
  return TRUE;
}

const BmPageSpec bm_spec_case = { .id = "case",
                                  .template_name = "answer",
                                  .build = build_case,
                                  .choose = choose_case,
                                  .can_end = TRUE,
                                  .is_personal = TRUE };
