/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/calendar/day.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/ports/reasons.h"
#include "core/session/desk-private.h"

#include <string.h>

/*
 * 日结、交接: what came of the day in counts, and the two sheets that end it: the day's for the file, the handover's
 * for whoever sits here next. Both bear the numbers that stand on the page, of one moment, and no person. That a
 * sheet goes to the printer is said when the ledger has it and not before; who handed over locks the screen.
 */

#define MOST_SERVICES 16

/* Words, for the page and for the sheets */

static void
add_part (GPtrArray *parts, json_t *counts, const char *key, const char *words)
{
  const gint64 n = bm_desk_get_count (counts, key);

  if (n > 0)
    g_ptr_array_add (parts, bm_desk_fill (words, n));
}

static char *
join (GPtrArray *parts, const char *between)
{
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (between, (char **) parts->pdata);
}

char *
bm_desk_say_became (json_t *counts, const char *between)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  add_part (parts, counts, "sent", C_ ("desk", "{n} have arrived"));
  add_part (parts, counts, "waiting", C_ ("desk", "{n} not sent yet"));
  add_part (parts, counts, "rejected", C_ ("desk", "{n} refused"));
  add_part (parts, counts, "withdrawn", C_ ("desk", "{n} taken back"));
  return join (parts, between);
}

char *
bm_desk_say_all (json_t *day, const char *between)
{
  json_t *all = json_object_get (day, "all");
  const gint64 n = bm_desk_get_count (all, "taken");
  g_autofree char *taken = bm_desk_fill (C_ ("desk", "{n} noted"), n);
  g_autofree char *became = bm_desk_say_became (all, between);

  if (n == 0)
    return g_strdup (C_ ("desk", "nothing was noted"));
  return g_strjoin (between, taken, became, NULL);
}

/* Everything that waits, of whatever day. */
char *
bm_desk_say_unsent (json_t *day, const char *between)
{
  json_t *waiting = json_object_get (day, "waiting");
  const gint64 n = bm_desk_get_count (waiting, "total");
  g_autofree char *count = bm_desk_fill (C_ ("desk", "{n} wait"), n);
  g_autofree char *moment = bm_desk_say_moment (bm_desk_get_count (waiting, "oldest_ms"));
  g_autofree char *oldest = NULL;

  if (n == 0)
    return g_strdup (C_ ("desk", "none"));
  if (*moment == '\0')
    return g_steal_pointer (&count);
  /* Translators: when the oldest of what waits was noted. */
  oldest = g_strdup_printf (C_ ("desk", "the oldest of %s"), moment);
  return g_strjoin (between, count, oldest, NULL);
}

char *
bm_desk_say_due_counts (json_t *day, const char *between)
{
  static const char *const days[] = { "1", "3", "7" };
  json_t *due = json_object_get (day, "due");
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    {
      const gint64 n = bm_desk_get_count (due, days[i]);

      if (n > 0)
        /* Translators: days, then how many are due by then. */
        g_ptr_array_add (parts, g_strdup_printf (C_ ("desk", "within %1$s days: %2$u"), days[i],
                                                 (guint) MIN (n, G_MAXINT)));
    }
  return parts->len > 0 ? join (parts, between) : g_strdup (C_ ("desk", "none"));
}

char *
bm_desk_say_number_or_none (gint64 n)
{
  return n > 0 ? bm_desk_fill (C_ ("desk", "{n} in all"), n) : g_strdup (C_ ("desk", "none"));
}

/* Where the ledger stands: row, and how its head begins. */
char *
bm_desk_say_journal (json_t *day)
{
  json_t *journal = json_object_get (day, "journal");

  /* Translators: how many rows, then letters by which they can be told from others. */
  return g_strdup_printf (C_ ("desk", "row %1$u, mark %2$s"),
                          (guint) MIN (bm_desk_get_count (journal, "seq"), G_MAXINT),
                          bm_text_get (journal, "head"));
}

/* The page */

static gboolean
is_counted (BmDesk *self)
{
  return json_object_size (self->day) > 0;
}

static void
add_counts (BmDesk *self, json_t *page)
{
  json_t *services = json_object_get (self->day, "services");
  g_autofree char *all = bm_desk_say_all (self->day, "　");
  g_autofree char *unsent = bm_desk_say_unsent (self->day, "　");
  g_autofree char *due = bm_desk_say_due_counts (self->day, "　");
  g_autofree char *alarms = bm_desk_say_number_or_none (bm_desk_get_count (self->day, "alarms"));
  g_autofree char *journal = bm_desk_say_journal (self->day);

  bm_page_add_fact (page, C_ ("desk", "Today"), all);
  for (gsize i = 0; i < MIN (json_array_size (services), MOST_SERVICES); i++)
    {
      json_t *service = json_array_get (services, i);
      g_autofree char *became = bm_desk_say_became (service, "　");

      bm_page_add_fact (page, bm_desk_say_service (self, bm_text_get (service, "service")), became);
    }
  bm_page_add_fact (page, C_ ("desk", "Not sent"), unsent);
  bm_page_add_fact (page, C_ ("desk", "Due soon"), due);
  bm_page_add_fact (page, C_ ("desk", "Alarms"), alarms);
  bm_page_add_fact (page, C_ ("desk", "Ledger"), journal);
}

static void
add_asked (BmDesk *self, json_t *page)
{
  const BmCopy at = self->close_sheet;

  if (at == BM_COPY_REFUSED)
    bm_page_add_line (page, "warn", C_ ("desk", "The sheet was not stored.\nPrint it once more."),
                      TRUE);
  else if (at == BM_COPY_ASKED)
    bm_page_add_line (page, "hourglass", C_ ("page", "One moment, please."), FALSE);
  else if (at == BM_COPY_STORED && self->is_close_handover)
    bm_page_add_line (
      page, "slip",
      C_ ("desk", "The handover slip goes to the printer.\nRead it together, sign it, then lock."),
      FALSE);
  else if (at == BM_COPY_STORED)
    bm_page_add_line (page, "slip", C_ ("desk", "The day's slip goes to the printer.\nSign it."),
                      FALSE);
  if (at != BM_COPY_NONE)
    bm_desk_add_sheet_trouble (self, page);
}

static void
build_close (BmDesk *self, json_t *page)
{
  g_autofree char *moment = bm_desk_say_moment (bm_desk_get_count (self->day, "until_ms"));
  g_autofree char *until = g_strdup_printf (C_ ("desk", "Counted up to %s."), moment);

  bm_page_set_question (page, C_ ("desk", "What came of today"), FALSE);
  if (self->day == NULL)
    bm_page_add_line (page, "hourglass", C_ ("page", "One moment, please."), FALSE);
  else if (!is_counted (self))
    bm_page_add_line (page, "warn", C_ ("desk", "It could not be found out.\nTry once more."),
                      TRUE);
  else
    {
      bm_page_add_line (page, "calendar", until, FALSE);
      add_asked (self, page);
      add_counts (self, page);
    }
  if (is_counted (self) && self->close_sheet != BM_COPY_ASKED)
    {
      if (self->close_sheet == BM_COPY_STORED && self->is_close_handover)
        bm_page_add_choice (page, "lock", "eye-shut", C_ ("choice", "Lock the screen"), NULL);
      bm_page_add_choice (page, "day-slip", "slip", C_ ("choice", "Print the day's slip"), NULL);
      bm_page_add_choice (page, "handover", "people", C_ ("choice", "Print the handover slip"),
                          NULL);
    }
  bm_page_add_choice (page, "again", NULL, C_ ("choice", "Count again"), NULL);
}

/* The day began at midnight here, whatever the machine's own zone is. */
static void
ask (BmDesk *self)
{
  g_clear_pointer (&self->day, json_decref);
  self->close_sheet = BM_COPY_NONE;
  bm_desk_add_effect (self, BM_DESK_EFFECT_GET_DAY)->number =
    bm_day_to_wall_ms (bm_desk_get_today (self));
}

static void
print (BmDesk *self, gboolean is_handover)
{
  self->is_close_handover = is_handover;
  self->close_serial = is_handover
                         ? bm_desk_print (self, "handover", C_ ("desk", "Handover slip"),
                                          bm_desk_make_handover (self), "handover-printed")
                         : bm_desk_print (self, "day-close", C_ ("desk", "Day's slip"),
                                          bm_desk_make_day (self), "day-close-printed");
  self->close_sheet = self->close_serial > 0 ? BM_COPY_ASKED : BM_COPY_REFUSED;
}

static gboolean
choose_close (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "again") == 0)
    ask (self);
  else if (strcmp (choice, "day-slip") == 0)
    print (self, FALSE);
  else if (strcmp (choice, "handover") == 0)
    print (self, TRUE);
  else if (strcmp (choice, "lock") == 0)
    bm_desk_lock (self, "handover");
  else
    return FALSE;
  return TRUE;
}

/**
 * bm_desk_begin_close:
 * @self: a desk
 *
 * Opens the page, and asks for the day's counts.
 */
void
bm_desk_begin_close (BmDesk *self)
{
  ask (self);
  bm_desk_go (self, BM_DESK_CLOSE);
}

void
bm_desk_take_day (BmDesk *self, json_t *day)
{
  if (self->at != BM_DESK_CLOSE)
    return;
  g_clear_pointer (&self->day, json_decref);
  self->day = json_is_object (day) ? json_deep_copy (day) : json_object ();
}

/* An older sheet's fate is told nobody: @serial. */
void
bm_desk_take_sheet_stored (BmDesk *self, gint64 serial, gboolean is_stored)
{
  if (self->at == BM_DESK_CLOSE && self->close_sheet == BM_COPY_ASKED &&
      serial == self->close_serial)
    self->close_sheet = is_stored ? BM_COPY_STORED : BM_COPY_REFUSED;
}

static void
leave_close (BmDesk *self)
{
  g_clear_pointer (&self->day, json_decref);
  self->close_sheet = BM_COPY_NONE;
}

const BmDeskSpec bm_desk_close = { .id = "desk-close",
                                   .template_name = "desk-list",
                                   .build = build_close,
                                   .choose = choose_close,
                                   .back = bm_desk_go_today,
                                   .leave = leave_close,
                                   .is_list = TRUE };
