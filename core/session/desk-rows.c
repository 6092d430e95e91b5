/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/ports/reasons.h"
#include "core/session/desk-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * The list of today: what waits, why, and what to do, in kinds. What stops the work stands first, then
 * what is due by its date, then by age, then devices. Matters are counted, never named: neither an amount
 * nor a complaint can stand here (domain §2.21a rule 5).
 */

#define MAX_NOTICES  2
#define MAX_ROWS     20
#define MAX_CONTACTS 2
#define MAX_SLIPS    6
#define MAX_TITLE    60
#define MAX_NOTE     120
#define LOW_DISK_MIB 256

typedef struct
{
  guint rank; /* 0: nothing new is taken; 1: things that wait; 2: devices */
  gint32 due;
  gint64 since_ms; /* G_MAXINT64: nobody knows */
  guint order;
  json_t *json;
} Row;

typedef struct
{
  BmDesk *desk;
  GArray *rows;
} List;

static Row *
add_row (List *list, guint rank, const char *icon, const char *title, const char *note)
{
  g_autofree char *short_title = bm_desk_cut (title, MAX_TITLE);
  g_autofree char *short_note = bm_desk_cut (note, MAX_NOTE);
  Row row = { rank, BM_NO_DAY, G_MAXINT64, list->rows->len, NULL };

  row.json = json_pack ("{s:s, s:s, s:s}", "title", short_title, "note", short_note, "icon", icon);
  g_array_append_val (list->rows, row);
  return &g_array_index (list->rows, Row, list->rows->len - 1);
}

static void
set_act (Row *row, const char *choice, const char *act)
{
  json_object_set_new (row->json, "choice", json_string (choice));
  json_object_set_new (row->json, "act", json_string (act));
}

/* Matters by state */

typedef struct
{
  const char *key;   /* of "waiting", and of a reason */
  const char *state; /* of a row of it */
  const char *icon;
  const char *title; /* msgid in context "desk" */
} Kind;

static const Kind kinds[] = {
  { "rejected", "rejected", "warn", NC_ ("desk", "{n} not taken by the centre") },
  { "offline", "pending", "offline", NC_ ("desk", "{n} wait for the line") },
  { "held", "held", "hourglass", NC_ ("desk", "{n} are held") },
  { "deferred", "deferred", "hourglass", NC_ ("desk", "{n} go later") },
};

static gboolean
is_of_kind (const char *state, const Kind *kind)
{
  return strcmp (state, kind->state) == 0 ||
         (strcmp (kind->state, "rejected") == 0 && strcmp (state, "quarantined") == 0);
}

/* The earliest due day and the oldest of a kind; sorted rows give the due day first. */
static void
find_first (GPtrArray *matters, const Kind *kind, Row *row)
{
  for (guint i = 0; i < matters->len; i++)
    {
      json_t *matter = g_ptr_array_index (matters, i);
      gint64 since = bm_desk_get_count (matter, "wall_ms");

      if (!is_of_kind (bm_text_get (matter, "state"), kind))
        continue;
      row->due = MIN (row->due, bm_desk_get_due (matter));
      if (since > 0)
        row->since_ms = MIN (row->since_ms, since);
    }
}

/* One line of it: the list and the devices beside it say the rest. */
static char *
say_note (BmDesk *self, const BmReason *reason, const Row *first)
{
  g_autofree char *date = NULL;
  g_autofree char *left = reason->actor == BM_REASON_NOBODY ? bm_desk_say_left (self) : NULL;

  if (first->due == BM_NO_DAY)
    return left != NULL ? g_steal_pointer (&left) : g_strdup (bm_reason_say_act (reason));
  date = bm_words_date (first->due);
  return g_strdup_printf (C_ ("desk", "The first is due on %s"), date);
}

static void
add_kind (List *list, GPtrArray *matters, const Kind *kind)
{
  BmDesk *self = list->desk;
  gint64 count = bm_desk_get_count (json_object_get (self->overview, "waiting"), kind->key);
  gboolean is_sending = strcmp (kind->key, "offline") == 0 && bm_desk_is_online (self);
  const BmReason *reason = bm_reason_find (BM_REASON_MATTER, is_sending ? "sending" : kind->key);
  const char *words =
    is_sending ? C_ ("desk", "{n} are being sent") : bm_language_translate ("desk", kind->title);
  g_autofree char *title = bm_desk_fill (words, count);
  g_autofree char *note = NULL;
  Row first = { .due = BM_NO_DAY, .since_ms = G_MAXINT64 };
  Row *row;

  if (count == 0)
    return;
  find_first (matters, kind, &first);
  note = say_note (self, reason, &first);
  row = add_row (list, 1, is_sending ? "state-sent" : kind->icon, title, note);
  row->due = first.due;
  row->since_ms = first.since_ms;
  if (!bm_desk_may_list (self))
    return;
  if (strcmp (kind->key, "held") == 0)
    set_act (row, "retry", C_ ("desk", "Once more"));
  else if (matters->len > 0)
    set_act (row, "waiting", C_ ("desk", "List"));
}

static void
add_matters (List *list)
{
  g_autoptr (GPtrArray) matters = bm_desk_sort_waiting (list->desk);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    add_kind (list, matters, &kinds[i]);
}

/* Paper */

static json_t *
get_unknown (BmDesk *self)
{
  return json_object_get (json_object_get (self->overview, "print"), "unknown");
}

char *
bm_desk_say_job (BmDesk *self, gint64 job)
{
  json_t *unknown = get_unknown (self);

  for (gsize i = 0; i < json_array_size (unknown); i++)
    if (bm_desk_get_count (json_array_get (unknown, i), "job") == job)
      return bm_desk_say_number (bm_text_get (json_array_get (unknown, i), "number"));
  return g_strdup ("");
}

static void
add_unknown (List *list)
{
  json_t *unknown = get_unknown (list->desk);

  for (gsize i = 0; i < MIN (json_array_size (unknown), MAX_SLIPS); i++)
    {
      gint64 job = bm_desk_get_count (json_array_get (unknown, i), "job");
      g_autofree char *figure = bm_desk_say_job (list->desk, job);
      g_autofree char *title = g_strdup_printf (C_ ("desk", "Slip %s: whole or not?"), figure);
      g_autofree char *choice = g_strdup_printf ("slip:%" G_GINT64_FORMAT, job);

      if (job < 1 || bm_desk_is_hidden (json_array_get (unknown, i)))
        continue;
      set_act (add_row (list, 1, "slip-back", title,
                        C_ ("desk", "The printer stopped in the middle; look at the paper")),
               choice, C_ ("desk", "Settle"));
    }
}

static void
add_paper (List *list)
{
  BmDesk *self = list->desk;
  json_t *print = json_object_get (self->overview, "print");
  const char *waiting = bm_text_get (print, "waiting_reason");
  const char *printer = bm_text_get (self->overview, "printer");
  const BmReason *reason = bm_reason_find (BM_REASON_PRINTER, *waiting != '\0' ? waiting : printer);
  gint64 open = bm_desk_get_count (print, "open");
  g_autofree char *sentence = bm_reason_dup_sentence (reason);
  g_autofree char *note = g_strdup_printf (C_ ("desk", "%s; then it prints by itself"), sentence);
  g_autofree char *title = bm_desk_fill (C_ ("desk", "{n} slips not printed"), open);

  if (bm_desk_may_list (self))
    add_unknown (list);
  if (open > 0)
    add_row (list, 1, "no-paper", title, reason->actor == BM_REASON_NOBODY ? sentence : note);
  else if (*printer != '\0' && reason->actor != BM_REASON_NOBODY)
    add_row (list, 2, "no-paper", bm_reason_say_what (reason), bm_reason_say_act (reason));
}

/* People */

static void
add_contact (List *list, json_t *contact)
{
  gint64 since = bm_desk_get_count (contact, "wall_ms");
  g_autofree char *kind = bm_desk_say_contact (contact);
  g_autofree char *who = bm_desk_say_who (contact);
  g_autofree char *moment = bm_desk_say_moment (since);
  g_autofree char *note = g_strdup_printf ("%s　%s", kind, moment);
  g_autofree char *choice =
    g_strdup_printf ("contact:%" G_GINT64_FORMAT, bm_desk_get_count (contact, "contact"));
  gboolean is_danger = strcmp (bm_text_get (contact, "kind"), "danger") == 0;
  Row *row = add_row (list, is_danger ? 0 : 1, is_danger ? "warn" : "help", who, note);

  if (since > 0)
    row->since_ms = since;
  set_act (row, choice, C_ ("desk", "Open"));
}

/* To whom somebody goes; who is waited for too long stands first. */
static void
add_visits (List *list)
{
  BmDesk *self = list->desk;
  const gint64 n = (gint64) json_array_size (self->visits);
  const guint n_late = bm_desk_count_late_visits (self);
  g_autofree char *title = bm_desk_fill (C_ ("desk", "{n} visits are asked for"), n);
  g_autofree char *note = n_late > 0 ? bm_desk_fill (C_ ("desk", "{n} of them are overdue"), n_late)
                                     : g_strdup (C_ ("desk", "The list says when, and to whom"));
  Row *row;

  if (n == 0)
    return;
  row = add_row (list, 1, n_late > 0 ? "warn" : "person", title, note);
  if (bm_desk_may_list (self))
    set_act (row, "visits", C_ ("desk", "Visits"));
}

static void
add_contacts (List *list)
{
  json_t *contacts = list->desk->contacts;
  gsize n = json_array_size (contacts);
  gsize n_named = bm_desk_may_list (list->desk) ? MIN (n, MAX_CONTACTS) : 0;
  g_autofree char *title = bm_desk_fill (n_named > 0 ? C_ ("desk", "{n} more want to be found")
                                                     : C_ ("desk", "{n} want to be found"),
                                         (gint64) (n - n_named));
  Row *row;

  for (gsize i = 0; i < n_named; i++)
    add_contact (list, json_array_get (contacts, i));
  if (n <= n_named)
    return;
  row = add_row (list, 1, "help", title, C_ ("desk", "Phone or go there"));
  if (n_named > 0)
    set_act (row, "contacts", C_ ("desk", "List"));
}

/* The machine */

static void
add_notices (List *list, json_t *notices)
{
  for (gsize i = 0; i < MIN (json_array_size (notices), MAX_NOTICES); i++)
    add_row (list, 2, "read", C_ ("desk", "The platform says"),
             json_string_value (json_array_get (notices, i)));
}

/* What the line or its clock has to say besides being up or down. */
static void
add_line (List *list)
{
  json_t *overview = list->desk->overview;
  const char *cap = json_string_value (json_object_get (overview, "cap"));
  const BmReason *full = bm_reason_find (BM_REASON_CAP, cap);
  const BmReason *clock =
    bm_reason_find (BM_REASON_CLOCK,
                    json_string_value (
                      json_object_get (json_object_get (overview, "clock"), "state")));
  const BmReason *photo = bm_reason_find (BM_REASON_MATTER, "photos");
  gint64 photos = bm_desk_get_count (json_object_get (overview, "attachments"), "waiting");
  g_autofree char *title = bm_desk_fill (C_ ("desk", "{n} photos still to be sent"), photos);

  if (clock->actor != BM_REASON_NOBODY)
    add_row (list, 1, "warn", bm_reason_say_what (clock), bm_reason_say_act (clock));
  if (cap != NULL)
    add_row (list, 2, "hourglass", bm_reason_say_what (full), bm_reason_say_act (full));
  add_notices (list, json_object_get (overview, "notices"));
  if (photos > 0)
    add_row (list, 3, "hourglass", title, bm_reason_say_act (photo));
}

static void
add_machine (List *list)
{
  BmDesk *self = list->desk;
  json_t *chain = json_object_get (self->overview, "chain");
  json_t *free_mib = json_object_get (json_object_get (self->overview, "disk"), "free_mib");
  const char *reader = bm_text_get (self->overview, "reader");
  const BmReason *reason = bm_reason_find (BM_REASON_READER, reader);
  const BmReason *link = bm_reason_find (BM_REASON_LINK, bm_text_get (self->overview, "link"));
  gsize n_alarms = json_array_size (json_object_get (self->overview, "alarms"));
  g_autofree char *alarms =
    bm_desk_fill (C_ ("desk", "The machine noted {n} warnings"), (gint64) n_alarms);
  gboolean is_waiting =
    bm_desk_get_count (json_object_get (self->overview, "waiting"), "offline") > 0;

  if (json_is_false (json_object_get (chain, "ok")))
    add_row (list, 0, "warn", C_ ("desk", "The journal has to be looked at"),
             C_ ("desk", "Nothing new is taken; please phone the platform"));
  if (json_is_integer (free_mib) && json_integer_value (free_mib) < LOW_DISK_MIB)
    add_row (list, 0, "warn", C_ ("desk", "The disk is nearly full"),
             C_ ("desk", "Please phone the platform"));
  add_line (list);
  /* With something waiting its row says it. */
  if (link->actor != BM_REASON_NOBODY && !is_waiting)
    add_row (list, 2, "offline", bm_reason_say_what (link), bm_reason_say_act (link));
  if (*reader != '\0' && strcmp (reader, "ready") != 0)
    add_row (list, 2, "no-card", bm_reason_say_what (reason), bm_reason_say_act (reason));
  if (n_alarms > 0)
    add_row (list, 2, "warn", alarms, C_ ("desk", "Please phone the platform"));
}

/* All of them */

static gint
compare (gconstpointer a, gconstpointer b)
{
  const Row *one = a;
  const Row *two = b;

  if (one->rank != two->rank)
    return one->rank < two->rank ? -1 : 1;
  if (one->due != two->due)
    return one->due < two->due ? -1 : 1;
  if (one->since_ms != two->since_ms)
    return one->since_ms < two->since_ms ? -1 : 1;
  return one->order < two->order ? -1 : 1;
}

static void
set_oldest (json_t *waiting, gint64 wall_ms)
{
  g_autofree char *moment = bm_desk_say_moment (wall_ms);
  g_autofree char *oldest = g_strdup_printf (C_ ("desk", "Oldest %s"), moment);

  if (*moment != '\0')
    json_object_set_new (waiting, "oldest", json_string (oldest));
}

void
bm_desk_add_rows (BmDesk *self, json_t *desk)
{
  json_t *counts = json_object_get (self->overview, "waiting");
  gint64 total = bm_desk_get_count (counts, "total") + bm_desk_get_count (counts, "rejected");
  g_autofree char *text = g_strdup_printf (C_ ("desk", "Waiting: %u"), (guint) MIN (total, 999999));
  g_autoptr (GArray) sorted = g_array_new (FALSE, FALSE, sizeof (Row));
  List list = { self, sorted };
  json_t *rows = json_array ();
  json_t *waiting = json_pack ("{s:s, s:o}", "total", text, "rows", rows);

  json_object_set_new (desk, "waiting", waiting);
  if (self->is_one_screen && self->is_session_open)
    return;
  set_oldest (waiting, bm_desk_get_count (counts, "oldest_ms"));
  add_matters (&list);
  add_paper (&list);
  add_contacts (&list);
  add_visits (&list);
  add_machine (&list);
  g_array_sort (sorted, compare);
  for (guint i = 0; i < sorted->len; i++)
    {
      json_t *row = g_array_index (sorted, Row, i).json;

      if (i < MAX_ROWS)
        json_array_append_new (rows, row);
      else
        json_decref (row);
    }
}
