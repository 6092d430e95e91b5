/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/calendar/calendar.h"
#include "core/catalogue/catalogue.h"
#include "core/catalogue/slot.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/desk-private.h"
#include "core/session/session-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * 上门: who asked that somebody comes, overdue first, then by the half day that was agreed. Each act names what it saw
 * (how often it was tried, which half day it was), so that a second press, or a second helper, changes nothing
 * (app/store/store-visits.c); what stands here comes from the ledger alone.
 */

#define ROWS_A_PAGE 6
#define MAX_NOTE    80
#define MAX_FACT    120
#define SLOT        "slot:"

/* Days */

static gint32
get_latest (json_t *visit)
{
  return bm_day_from_string (bm_text_get (visit, "latest"));
}

static gint32
get_day (json_t *visit)
{
  gint32 day;
  gboolean is_afternoon;

  return bm_slot_split (bm_text_get (visit, "slot"), &day, &is_afternoon) ? day
                                                                          : get_latest (visit);
}

static gint32
count_late (BmDesk *self, json_t *visit)
{
  const gint32 latest = get_latest (visit);
  const gint32 today = bm_desk_get_today (self);

  return latest != BM_NO_DAY && today > latest ? today - latest : 0;
}

static gint
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  json_t *one = *(json_t *const *) a;
  json_t *two = *(json_t *const *) b;
  const gint32 late = count_late (user_data, two) - count_late (user_data, one);

  if (late != 0)
    return late;
  if (get_day (one) != get_day (two))
    return get_day (one) - get_day (two);
  return strcmp (bm_text_get (one, "slot"), bm_text_get (two, "slot"));
}

/**
 * bm_desk_take_visits:
 * @self: a desk
 * @tasks: (nullable): open tasks, of which the visits are kept
 */
void
bm_desk_take_visits (BmDesk *self, json_t *tasks)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  json_t *task;
  gsize i;

  json_array_foreach (tasks, i, task)
  {
    if (bm_desk_is_visit (task) && !bm_desk_is_hidden (task))
      g_ptr_array_add (sorted, task);
  }
  g_ptr_array_sort_with_data (sorted, compare, self);
  bm_json_wipe (self->visits);
  self->visits = json_array ();
  for (guint at = 0; at < sorted->len; at++)
    json_array_append_new (self->visits, json_deep_copy (g_ptr_array_index (sorted, at)));
}

gboolean
bm_desk_is_visit (json_t *task)
{
  return strcmp (bm_text_get (task, "kind"), "visit") == 0;
}

/* The one that is shown, or NULL: it ended. */
json_t *
bm_desk_find_visit (BmDesk *self)
{
  json_t *visit;
  gsize i;

  json_array_foreach (self->visits, i, visit)
  {
    if (bm_desk_get_count (visit, "contact") == self->visit)
      return visit;
  }
  return NULL;
}

/* Room */

static json_t *
find_slots (BmDesk *self, json_t *visit)
{
  json_t *service = bm_catalogue_find (self->setup->catalogue, bm_text_get (visit, "service"));

  return json_object_get (bm_slot_find_field (service), "slots");
}

static guint
count_booked (BmDesk *self, const char *slot)
{
  guint n = 0;
  json_t *visit;
  gsize i;

  json_array_foreach (self->visits, i, visit)
  {
    n += strcmp (bm_text_get (visit, "slot"), slot) == 0;
  }
  return n;
}

static guint
get_room (json_t *slots, gboolean is_afternoon)
{
  return (guint) json_integer_value (json_object_get (slots, is_afternoon ? "pm" : "am"));
}

static guint
get_room_of (BmDesk *self, json_t *visit, const char *slot)
{
  gint32 day;
  gboolean is_afternoon;

  return bm_slot_split (slot, &day, &is_afternoon)
           ? get_room (find_slots (self, visit), is_afternoon)
           : 0;
}

/* "11月24日 周二上午（2/2）": how many of how many. */
static char *
say_when (BmDesk *self, json_t *visit)
{
  const char *slot = bm_text_get (visit, "slot");
  g_autofree char *words = bm_session_say_slot (slot);
  gint32 day;
  gboolean is_afternoon;

  if (!bm_slot_split (slot, &day, &is_afternoon))
    return g_steal_pointer (&words);
  /* Translators: half a day, then how many visits it has of how many it has room for. */
  return g_strdup_printf (C_ ("desk", "%1$s (%2$u of %3$u)"), words, count_booked (self, slot),
                          get_room (find_slots (self, visit), is_afternoon));
}

/* The list */

static guint
count_pages (BmDesk *self)
{
  return MAX ((guint) (json_array_size (self->visits) + ROWS_A_PAGE - 1) / ROWS_A_PAGE, 1);
}

guint
bm_desk_count_late_visits (BmDesk *self)
{
  guint n = 0;
  json_t *visit;
  gsize i;

  json_array_foreach (self->visits, i, visit)
  {
    n += count_late (self, visit) > 0;
  }
  return n;
}

static char *
say_note (BmDesk *self, json_t *visit)
{
  const gint32 late = count_late (self, visit);
  g_autofree char *days = bm_desk_fill (C_ ("desk", "{n} days overdue"), late);
  g_autofree char *times =
    bm_desk_fill (C_ ("desk", "{n} times, met nobody"), bm_desk_get_count (visit, "tries"));
  g_autofree char *when = say_when (self, visit);
  g_autofree char *note = g_strdup_printf ("%s%s%s　%s%s%s", late > 0 ? days : "",
                                           late > 0 ? "　" : "", when, bm_text_get (visit, "text"),
                                           bm_desk_get_count (visit, "tries") > 0 ? "　" : "",
                                           bm_desk_get_count (visit, "tries") > 0 ? times : "");

  return bm_desk_cut (note, MAX_NOTE);
}

static void
add_visit (BmDesk *self, json_t *page, json_t *visit)
{
  g_autofree char *who = bm_desk_say_who (visit);
  g_autofree char *note = say_note (self, visit);
  g_autofree char *id =
    g_strdup_printf ("visit:%" G_GINT64_FORMAT, bm_desk_get_count (visit, "contact"));
  json_t *choice =
    bm_page_add_choice (page, id, count_late (self, visit) > 0 ? "warn" : "person", who, NULL);

  json_object_set_new (choice, "note", json_string (note));
}

static void
build_visits (BmDesk *self, json_t *page)
{
  const gsize n = json_array_size (self->visits);
  g_autofree char *question = bm_desk_fill (C_ ("desk", "{n} visits are asked for"), (gint64) n);

  self->list_page = MIN (self->list_page, count_pages (self) - 1);
  bm_page_set_question (page, n > 0 ? question : C_ ("desk", "Nobody asked for a visit."), FALSE);
  for (gsize i = (gsize) self->list_page * ROWS_A_PAGE;
       i < MIN (n, (gsize) (self->list_page + 1) * ROWS_A_PAGE); i++)
    add_visit (self, page, json_array_get (self->visits, i));
  bm_desk_add_turns (self, page, count_pages (self));
}

static gboolean
choose_visits (BmDesk *self, const char *choice)
{
  guint64 id = 0;

  if (bm_desk_turn (self, choice, count_pages (self)))
    return TRUE;
  if (!g_str_has_prefix (choice, "visit:") ||
      !g_ascii_string_to_unsigned (choice + strlen ("visit:"), 10, 1, (guint64) G_MAXINT64, &id,
                                   NULL))
    return FALSE;
  self->visit = (gint64) id;
  bm_desk_go (self, BM_DESK_VISIT);
  return TRUE;
}

const BmDeskSpec bm_desk_visits = { .id = "desk-visits",
                                    .template_name = "desk-list",
                                    .build = build_visits,
                                    .choose = choose_visits,
                                    .back = bm_desk_go_today,
                                    .is_list = TRUE };

/* One of them */

static void
add_fact (json_t *page, const char *label, const char *value)
{
  g_autofree char *cut = bm_desk_cut (value, MAX_FACT);

  if (*cut != '\0')
    bm_page_add_fact (page, label, cut);
}

static char *
say_latest (BmDesk *self, json_t *visit)
{
  const gint32 late = count_late (self, visit);
  g_autofree char *day = bm_words_date (get_latest (visit));
  g_autofree char *over = bm_desk_fill (C_ ("desk", "{n} days overdue"), late);

  return late > 0 ? g_strdup_printf ("%s　%s", day, over) : g_steal_pointer (&day);
}

static char *
say_tries (BmDesk *self, json_t *visit)
{
  const gint64 tries = bm_desk_get_count (visit, "tries");
  g_autofree char *times = bm_desk_fill (C_ ("desk", "{n} times, met nobody"), tries);
  g_autofree char *moment = bm_desk_say_moment (bm_desk_get_count (visit, "tried_ms"));

  return tries == 0
           ? g_strdup ("")
           : g_strdup_printf (C_ ("desk", "%1$s; last on %2$s, %3$s"), times, moment,
                              bm_desk_get_staff_name (self, bm_text_get (visit, "tried_by")));
}

static void
build_visit (BmDesk *self, json_t *page)
{
  json_t *visit = bm_desk_find_visit (self);
  g_autofree char *who = bm_desk_say_who (visit);
  g_autofree char *when = say_when (self, visit);
  g_autofree char *latest = say_latest (self, visit);
  g_autofree char *tries = say_tries (self, visit);
  g_autofree char *figure = bm_desk_say_number (bm_text_get (visit, "number"));
  g_autofree char *what = g_strdup_printf ("%s　%s", figure, bm_text_get (visit, "text"));

  bm_page_set_question (page, C_ ("desk", "A visit"), FALSE);
  bm_page_set_picture (page, count_late (self, visit) > 0 ? "warn" : "person");
  add_fact (page, C_ ("desk", "Who"), who);
  add_fact (page, C_ ("desk", "Matter"), what);
  add_fact (page, C_ ("desk", "Agreed"), when);
  add_fact (page, C_ ("desk", "At the latest"), latest);
  add_fact (page, C_ ("desk", "Where"), bm_text_get (visit, "where"));
  add_fact (page, C_ ("desk", "Tried"), tries);
  if (bm_desk_may_go (self, visit))
    bm_page_add_choice (page, "go", "svc-cert", C_ ("choice", "We are there, certify now"),
                        "primary");
  bm_page_add_choice (page, "done", "yes", C_ ("choice", "I was there"),
                      bm_desk_may_go (self, visit) ? NULL : "primary");
  bm_page_add_choice (page, "tried", "no", C_ ("choice", "Met nobody"), NULL);
  bm_page_add_choice (page, "move", "calendar", C_ ("choice", "Move it"), NULL);
  if (bm_desk_get_count (visit, "tries") >= BM_VISIT_TRIES)
    bm_page_add_choice (page, "missed", "stop", C_ ("choice", "Not met twice, end it"), NULL);
}

/* What the ledger makes of it, it lists next. */
static void
act (BmDesk *self, const char *what, const char *slot)
{
  json_t *visit = bm_desk_find_visit (self);
  json_t *event = json_pack ("{s:s, s:s, s:I, s:s, s:s, s:I}", "what", what, "seat", "desk",
                             "contact", (json_int_t) self->visit, "staff", self->staff, "number",
                             bm_text_get (visit, "number"), "tries",
                             (json_int_t) bm_desk_get_count (visit, "tries"));

  if (slot != NULL)
    {
      json_object_set_new (event, "slot", json_string (slot));
      json_object_set (event, "was", json_object_get (visit, "slot"));
      json_object_set_new (event, "room", json_integer (get_room_of (self, visit, slot)));
    }
  bm_desk_add_effect (self, BM_DESK_EFFECT_AUDIT)->json = event;
  bm_desk_look (self);
  bm_desk_go (self, BM_DESK_VISITS);
}

static gboolean
choose_visit (BmDesk *self, const char *choice)
{
  if (bm_desk_find_visit (self) == NULL)
    bm_desk_go (self, BM_DESK_VISITS);
  else if (strcmp (choice, "go") == 0)
    bm_desk_visit_go (self);
  else if (strcmp (choice, "done") == 0)
    act (self, "visit-done", NULL);
  else if (strcmp (choice, "tried") == 0)
    act (self, "visit-tried", NULL);
  else if (strcmp (choice, "missed") == 0)
    act (self, "visit-missed", NULL);
  else if (strcmp (choice, "move") == 0)
    {
      self->list_page = 0;
      bm_desk_go (self, BM_DESK_VISIT_MOVE);
    }
  else
    return FALSE;
  return TRUE;
}

static gboolean
back_to_visits (BmDesk *self)
{
  self->list_page = 0;
  bm_desk_go (self, BM_DESK_VISITS);
  return TRUE;
}

const BmDeskSpec bm_desk_visit = { .id = "desk-visit",
                                   .template_name = "desk-case",
                                   .build = build_visit,
                                   .choose = choose_visit,
                                   .back = back_to_visits,
                                   .is_list = TRUE };

/* Another day */

static GPtrArray *
list_free (BmDesk *self)
{
  GPtrArray *halves = g_ptr_array_new_with_free_func (g_free);
  json_t *visit = bm_desk_find_visit (self);
  json_t *slots = find_slots (self, visit);
  gboolean is_provisional;
  const gint32 last =
    bm_calendar_add_working_days (self->setup->calendar, bm_desk_get_today (self),
                                  (guint) json_integer_value (json_object_get (slots, "days")),
                                  &is_provisional);

  for (gint32 half = bm_desk_get_today (self) * 2; half < (last + 1) * 2; half++)
    {
      g_autofree char *slot = bm_slot_new (half / 2, half % 2 == 1);

      if (bm_calendar_is_working_day (self->setup->calendar, half / 2) &&
          count_booked (self, slot) < get_room (slots, half % 2 == 1) &&
          strcmp (slot, bm_text_get (visit, "slot")) != 0)
        g_ptr_array_add (halves, g_steal_pointer (&slot));
    }
  return halves;
}

static guint
count_move_pages (const GPtrArray *halves)
{
  return MAX ((halves->len + ROWS_A_PAGE - 1) / ROWS_A_PAGE, 1);
}

static void
build_move (BmDesk *self, json_t *page)
{
  g_autoptr (GPtrArray) halves = list_free (self);

  self->list_page = MIN (self->list_page, count_move_pages (halves) - 1);
  bm_page_set_question (page,
                        halves->len > 0 ? C_ ("desk", "Which day suits?")
                                        : C_ ("desk", "Every half day is full."),
                        FALSE);
  for (guint i = self->list_page * ROWS_A_PAGE;
       i < MIN (halves->len, (self->list_page + 1) * ROWS_A_PAGE); i++)
    {
      const char *slot = g_ptr_array_index (halves, i);
      g_autofree char *id = g_strconcat (SLOT, slot, NULL);
      g_autofree char *words = bm_session_say_slot (slot);

      bm_page_add_choice (page, id, "calendar", words, NULL);
    }
  bm_desk_add_turns (self, page, count_move_pages (halves));
}

static gboolean
choose_move (BmDesk *self, const char *choice)
{
  g_autoptr (GPtrArray) halves = list_free (self);

  if (bm_desk_turn (self, choice, count_move_pages (halves)))
    return TRUE;
  if (!g_str_has_prefix (choice, SLOT))
    return FALSE;
  self->list_page = 0;
  act (self, "visit-moved", choice + strlen (SLOT));
  return TRUE;
}

static gboolean
back_to_visit (BmDesk *self)
{
  bm_desk_go (self, BM_DESK_VISIT);
  return TRUE;
}

const BmDeskSpec bm_desk_visit_move = { .id = "desk-visit-move",
                                        .template_name = "desk-list",
                                        .build = build_move,
                                        .choose = choose_move,
                                        .back = back_to_visit,
                                        .is_list = TRUE };
