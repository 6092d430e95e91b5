/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/pack/pack.h"
#include "core/session/desk-private.h"
#include "core/session/words.h"

#include <stdlib.h>
#include <string.h>

/*
 * 快到期的人: the centre's list of whose certification is due, so that somebody goes and tells them. Name,
 * group and month are all that it holds. Nobody here can say who of them has been here since: the list is
 * of its day, so it is said that they may have.
 */

#define ROWS_A_PAGE 16
#define MAX_PEOPLE  2000
#define MAX_NAME    20
#define MAX_VALUE   120
#define WIDEST      60

static const guint spans[] = { 7, 30, WIDEST };

typedef struct
{
  gint32 day; /* the last of its month */
  gint64 group;
  json_t *json;
} Person;

/* "2026-11": due until the last day of it. */
static gint32
parse_month (const char *text)
{
  g_autofree char *first = g_strconcat (text, "-01", NULL);
  gint32 day = bm_day_from_string (first);

  return day != BM_NO_DAY ? bm_day_get_month_end (day) : BM_NO_DAY;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const Person *one = a;
  const Person *two = b;

  if (one->day != two->day)
    return one->day < two->day ? -1 : 1;
  if (one->group != two->group)
    return one->group < two->group ? -1 : 1;
  return strcmp (bm_text_get (one->json, "name"), bm_text_get (two->json, "name"));
}

/* Whose month ends within @days from today, today itself included; who is over due stays on it. */
static GArray *
list_people (BmDesk *self, guint days)
{
  json_t *due = json_object_get (self->due, "due");
  gint32 last = bm_desk_get_today (self) + (gint32) days;
  GArray *people = g_array_new (FALSE, FALSE, sizeof (Person));

  for (gsize i = 0; i < MIN (json_array_size (due), MAX_PEOPLE); i++)
    {
      json_t *json = json_array_get (due, i);
      const Person person = { parse_month (bm_text_get (json, "month")),
                              strtol (bm_text_get (json, "group"), NULL, 10), json };

      if (person.day <= last && *bm_text_get (json, "name") != '\0' && !bm_desk_is_hidden (json))
        g_array_append_val (people, person);
    }
  g_array_sort (people, compare);
  return people;
}

static guint
count_pages (guint n)
{
  return MAX ((n + ROWS_A_PAGE - 1) / ROWS_A_PAGE, 1);
}

static gint32
get_list_day (BmDesk *self)
{
  return bm_day_from_string (bm_text_get (self->due, "as_of"));
}

/* The page */

static char *
say_group (const Person *person)
{
  const char *group = bm_text_get (person->json, "group");

  /* The list says "2", or "2组". */
  return *group != '\0' && strspn (group, "0123456789") == strlen (group)
           ? g_strdup_printf (C_ ("desk", "group %s"), group)
           : g_strdup (group);
}

static void
add_person (BmDesk *self, json_t *page, const Person *person)
{
  gint32 left = person->day - bm_desk_get_today (self);
  g_autofree char *name = bm_desk_cut (bm_text_get (person->json, "name"), MAX_NAME);
  g_autofree char *group = say_group (person);
  g_autofree char *day = bm_words_day (person->day);
  g_autofree char *value = NULL;
  g_autofree char *short_value = NULL;

  if (left < 0)
    /* Translators: group, then the day that is past. */
    value = g_strdup_printf (C_ ("desk", "%1$s  was due on %2$s"), group, day);
  else
    /* Translators: group, day, days left. */
    value = g_strdup_printf (C_ ("desk", "%1$s  due on %2$s, %3$d days left"), group, day, left);
  short_value = bm_desk_cut (value, MAX_VALUE);
  bm_page_add_fact (page, name, short_value);
}

static void
add_spans (BmDesk *self, json_t *page)
{
  for (gsize i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      g_autoptr (GArray) people = list_people (self, spans[i]);
      g_autofree char *id = g_strdup_printf ("within:%u", spans[i]);
      /* Translators: days, then how many people. */
      g_autofree char *label =
        g_strdup_printf (C_ ("desk", "Within %1$u days: %2$u"), spans[i], people->len);
      json_t *choice = bm_page_add_choice (page, id, NULL, label, NULL);

      if (spans[i] == self->due_within)
        json_object_set_new (choice, "state", json_string ("chosen"));
    }
}

static gboolean
build_missing (BmDesk *self, json_t *page)
{
  gint32 day = get_list_day (self);
  g_autofree char *date = day != BM_NO_DAY ? bm_words_day (day) : NULL;
  g_autofree char *old = NULL;

  if (self->due == NULL)
    bm_page_add_line (page, "hourglass", C_ ("page", "One moment, please."), FALSE);
  else if (day == BM_NO_DAY)
    bm_page_add_line (page, "hourglass",
                      C_ ("desk", "The list has not come yet.\nIt comes by itself with the line."),
                      TRUE);
  else if (bm_desk_get_today (self) - day > BM_PACK_KEEP_DAYS)
    {
      old =
        g_strdup_printf (C_ ("desk", "The list is of %s, too old.\nA new one comes with the line."),
                         date);
      bm_page_add_line (page, "hourglass", old, TRUE);
    }
  else
    return FALSE;
  return TRUE;
}

static void
add_people (BmDesk *self, json_t *page)
{
  g_autoptr (GArray) people = list_people (self, self->due_within);
  guint n_pages = count_pages (people->len);
  g_autofree char *day = bm_words_day (get_list_day (self));
  g_autofree char *line =
    g_strdup_printf (C_ ("desk", "The list is of %s.\nWho was here since may be on it: ask first."),
                     day);

  self->list_page = MIN (self->list_page, n_pages - 1);
  bm_page_add_line (page, "calendar", line, FALSE);
  if (people->len == 0)
    bm_page_add_line (page, "yes", C_ ("desk", "Nobody on the list is due by then."), TRUE);
  for (guint i = self->list_page * ROWS_A_PAGE;
       i < MIN (people->len, (self->list_page + 1) * ROWS_A_PAGE); i++)
    add_person (self, page, &g_array_index (people, Person, i));
  add_spans (self, page);
  bm_desk_add_turns (self, page, n_pages);
}

static void
build_due (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Whose certification is due soon"), FALSE);
  if (!build_missing (self, page))
    add_people (self, page);
}

static gboolean
choose_due (BmDesk *self, const char *choice)
{
  g_autoptr (GArray) people = list_people (self, self->due_within);

  if (bm_desk_turn (self, choice, count_pages (people->len)))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      g_autofree char *id = g_strdup_printf ("within:%u", spans[i]);

      if (strcmp (id, choice) != 0)
        continue;
      self->due_within = spans[i];
      self->list_page = 0;
      return TRUE;
    }
  return FALSE;
}

/**
 * bm_desk_begin_due:
 * @self: a desk
 *
 * Opens the list, and asks for the newest.
 */
void
bm_desk_begin_due (BmDesk *self)
{
  self->due_within = WIDEST;
  self->list_page = 0;
  bm_desk_add_effect (self, BM_DESK_EFFECT_GET_DUE_LIST);
  bm_desk_audit (self, "due-list-opened", NULL);
  bm_desk_go (self, BM_DESK_DUE);
}

/* Names stand here, so nothing of them stays behind. */
static void
leave_due (BmDesk *self)
{
  g_clear_pointer (&self->due, bm_json_wipe);
}

const BmDeskSpec bm_desk_due = { .id = "desk-due",
                                 .template_name = "desk-list",
                                 .build = build_due,
                                 .choose = choose_due,
                                 .back = bm_desk_go_today,
                                 .leave = leave_due,
                                 .is_list = TRUE };
