/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/ports/reasons.h"
#include "core/session/desk-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * Every matter that waits, and why: by due date, then age. By number and service only; whose it is stands
 * on its own page, which only who may open it can open.
 */

#define ROWS_A_PAGE 6
#define MAX_LABEL   60
#define MAX_NOTE    80
#define MAX_FACT    20

static gboolean
is_matter (json_t *row)
{
  const char *type = json_string_value (json_object_get (row, "type"));

  return json_is_object (row) &&
         (type == NULL || strcmp (type, "matter") == 0 || strcmp (type, "withdrawal") == 0) &&
         *bm_text_get (row, "number") != '\0' && !bm_desk_is_hidden (row);
}

static void
add_all (GPtrArray *matters, json_t *rows)
{
  for (gsize i = 0; i < json_array_size (rows); i++)
    if (is_matter (json_array_get (rows, i)))
      g_ptr_array_add (matters, json_array_get (rows, i));
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  json_t *one = *(json_t *const *) a;
  json_t *two = *(json_t *const *) b;
  gint32 due_one = bm_desk_get_due (one);
  gint32 due_two = bm_desk_get_due (two);
  gint64 since_one = bm_desk_get_count (one, "wall_ms");
  gint64 since_two = bm_desk_get_count (two, "wall_ms");

  if (due_one != due_two)
    return due_one < due_two ? -1 : 1;
  if (since_one != since_two)
    return since_one < since_two ? -1 : 1;
  return strcmp (bm_text_get (one, "number"), bm_text_get (two, "number"));
}

/**
 * bm_desk_sort_waiting:
 * @self: a desk
 *
 * Returns: (transfer container) (element-type json_t): what waits, most urgent first
 */
GPtrArray *
bm_desk_sort_waiting (BmDesk *self)
{
  GPtrArray *matters = g_ptr_array_new ();

  add_all (matters, json_object_get (json_object_get (self->overview, "waiting"), "rows"));
  g_ptr_array_sort (matters, compare);
  return matters;
}

/* "pending" is one thing with a line and another without. */
const char *
bm_desk_get_waiting_state (BmDesk *self, json_t *row)
{
  const char *state = bm_text_get (row, *bm_text_get (row, "entry") != '\0' ? "entry" : "state");

  if (strcmp (state, "pending") == 0 || *state == '\0')
    return bm_desk_is_online (self) ? "sending" : "offline";
  return state;
}

/* The list */

static guint
count_pages (guint n)
{
  return MAX ((n + ROWS_A_PAGE - 1) / ROWS_A_PAGE, 1);
}

static char *
say_row (BmDesk *self, json_t *row)
{
  const BmReason *reason = bm_reason_find (BM_REASON_MATTER, bm_desk_get_waiting_state (self, row));
  g_autofree char *sentence = bm_reason_dup_sentence (reason);
  g_autofree char *when = bm_desk_say_when (row);
  gint32 due = bm_desk_get_due (row);
  g_autofree char *date = NULL;

  if (when != NULL)
    {
      /* Translators: why it waits and what to do, then when it is tried again. */
      char *both = g_strdup_printf (C_ ("desk", "%1$s (%2$s)"), sentence, when);

      g_free (sentence);
      sentence = both;
    }
  if (due == BM_NO_DAY)
    return g_steal_pointer (&sentence);
  date = bm_words_date (due);
  /* Translators: when it is due, then why it waits and what to do. */
  return g_strdup_printf (C_ ("desk", "Due on %1$s. %2$s"), date, sentence);
}

static void
add_matter (BmDesk *self, json_t *page, json_t *row)
{
  const char *number = bm_text_get (row, "number");
  const char *service = bm_text_get (row, "service");
  const char *icon = bm_desk_icon_of_service (self, service);
  g_autofree char *label = bm_desk_say_matter (self, row);
  g_autofree char *note = say_row (self, row);
  g_autofree char *short_label = bm_desk_cut (label, MAX_LABEL);
  g_autofree char *short_note = bm_desk_cut (note, MAX_NOTE);
  g_autofree char *id = g_strconcat ("case:", number, NULL);
  g_autofree char *fact = bm_desk_cut (label, MAX_FACT);

  if (bm_desk_may_open (self))
    json_object_set_new (bm_page_add_choice (page, id, icon, short_label, NULL), "note",
                         json_string (short_note));
  else
    bm_page_add_fact (page, fact, short_note);
}

/* Why nothing goes, or how long it may take; else in which order they stand. */
static void
add_line (BmDesk *self, json_t *page)
{
  g_autofree char *line = bm_desk_say_line (self);
  g_autofree char *left = bm_desk_say_left (self);

  if (self->was_due_printed)
    bm_page_add_line (page, "slip", C_ ("desk", "The list goes to the printer."), FALSE);
  else if (!bm_desk_is_online (self))
    bm_desk_add_broken (page, "offline", line, FALSE);
  else
    bm_page_add_line (page, NULL, left != NULL ? left : C_ ("desk", "By due date, then by age."),
                      FALSE);
}

static void
add_print (BmDesk *self, json_t *page)
{
  g_autofree char *alarm = NULL;

  if (bm_desk_is_due_alarm (self, &alarm) && !self->was_due_printed)
    bm_page_add_choice (page, "print-due", "slip", C_ ("choice", "Print what is due"), NULL);
}

static void
leave_waiting (BmDesk *self)
{
  self->was_due_printed = FALSE;
}

static void
build_waiting (BmDesk *self, json_t *page)
{
  g_autoptr (GPtrArray) matters = bm_desk_sort_waiting (self);
  guint n_pages = count_pages (matters->len);
  g_autofree char *question = bm_desk_fill (C_ ("desk", "{n} wait"), matters->len);

  self->list_page = MIN (self->list_page, n_pages - 1);
  bm_page_set_question (page, question, FALSE);
  add_line (self, page);
  for (guint i = self->list_page * ROWS_A_PAGE;
       i < MIN (matters->len, (self->list_page + 1) * ROWS_A_PAGE); i++)
    add_matter (self, page, g_ptr_array_index (matters, i));
  add_print (self, page);
  bm_desk_add_turns (self, page, n_pages);
}

static gboolean
choose_waiting (BmDesk *self, const char *choice)
{
  g_autoptr (GPtrArray) matters = bm_desk_sort_waiting (self);

  if (bm_desk_turn (self, choice, count_pages (matters->len)))
    return TRUE;
  if (strcmp (choice, "print-due") == 0)
    {
      bm_desk_print_due (self);
      return TRUE;
    }
  if (!g_str_has_prefix (choice, "case:") || !bm_desk_may_open (self))
    return FALSE;
  bm_desk_begin_find (self, choice + strlen ("case:"), BM_DESK_WAITING);
  return TRUE;
}

const BmDeskSpec bm_desk_waiting = { .id = "desk-waiting",
                                     .template_name = "desk-list",
                                     .build = build_waiting,
                                     .choose = choose_waiting,
                                     .back = bm_desk_go_today,
                                     .leave = leave_waiting,
                                     .is_list = TRUE };
