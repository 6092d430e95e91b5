/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/entry/number.h"
#include "core/session/desk-private.h"
#include "core/session/words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * What waits, and why, in plain words; what hurts most comes first, because a small screen shows the
 * first rows only. Matters are counted, never named: neither an amount nor a complaint can stand here
 * (domain §2.21a rule 5).
 */

#define MAX_ROWS     20
#define MAX_CONTACTS 6
#define MAX_SLIPS    6
#define MAX_TITLE    60
#define MAX_NOTE     120
#define LOW_DISK_MIB 256

typedef struct
{
  const char *name;
  const char *words; /* msgid in context "desk" */
} Word;

static const char *
find_word (const Word *table, gsize length, const char *name)
{
  for (gsize i = 0; i < length; i++)
    if (g_strcmp0 (table[i].name, name) == 0)
      return g_dpgettext2 (GETTEXT_PACKAGE, "desk", table[i].words);
  return NULL;
}

const char *
bm_desk_say_link (BmDesk *self)
{
  static const Word words[] = {
    { "online", NC_ ("desk", "Online") },
    { "offline", NC_ ("desk", "No network") },
    { "no-dns", NC_ ("desk", "No network, the name is not found") },
    { "portal", NC_ ("desk", "The network wants a login") },
    { "wrong-certificate", NC_ ("desk", "The network is not to be trusted") },
    { "platform-down", NC_ ("desk", "The platform does not answer") },
    { "refused", NC_ ("desk", "The platform refuses this machine") },
  };
  const char *said = find_word (words, G_N_ELEMENTS (words),
                                json_string_value (json_object_get (self->overview, "link")));

  return said != NULL ? said : C_ ("desk", "Network not tried yet");
}

/* NULL when there is nothing to say. */
const char *
bm_desk_say_printer (const char *reason)
{
  static const Word words[] = {
    { "ready", NC_ ("desk", "Printer ready") },
    { "none", NC_ ("desk", "No printer") },
    { "busy", NC_ ("desk", "Printer is printing") },
    { "offline", NC_ ("desk", "Printer does not answer") },
    { "paused", NC_ ("desk", "Printer is paused") },
  };
  const char *said;

  if (reason == NULL || *reason == '\0')
    return NULL;
  said = find_word (words, G_N_ELEMENTS (words), reason);
  if (said != NULL)
    return said;
  if (g_str_has_prefix (reason, "media-jam"))
    return C_ ("desk", "Paper is jammed");
  if (g_str_has_prefix (reason, "media"))
    return C_ ("desk", "Printer has no paper");
  if (g_str_has_prefix (reason, "cover") || g_str_has_prefix (reason, "door"))
    return C_ ("desk", "Printer's cover is open");
  return C_ ("desk", "Printer needs a look");
}

/* Rows */

static void
cut (char *text, glong most)
{
  if (g_utf8_strlen (text, -1) > most)
    *g_utf8_offset_to_pointer (text, most) = '\0';
}

static void
add_row (json_t *rows, const char *icon, const char *title, const char *note)
{
  g_autofree char *short_title = g_utf8_make_valid (title, -1);
  g_autofree char *short_note = g_utf8_make_valid (note, -1);

  if (json_array_size (rows) >= MAX_ROWS)
    return;
  cut (short_title, MAX_TITLE);
  cut (short_note, MAX_NOTE);
  json_array_append_new (rows, json_pack ("{s:s, s:s, s:s}", "title", short_title, "note",
                                          short_note, "icon", icon));
}

static void
add_counted (json_t *rows, const char *icon, const char *format, gint64 count, const char *note)
{
  /* The format is one of ours and takes one number. */
  g_autofree char *figure = g_strdup_printf ("%" G_GINT64_FORMAT, count);
  g_autoptr (GString) title = g_string_new (format);

  g_string_replace (title, "{n}", figure, 0);
  add_row (rows, icon, title->str, note);
}

static void
set_act (json_t *rows, const char *choice, const char *act)
{
  json_t *row = json_array_get (rows, json_array_size (rows) - 1);

  json_object_set_new (row, "choice", json_string (choice));
  json_object_set_new (row, "act", json_string (act));
}

static gint64
get_count (json_t *json, const char *key)
{
  return MAX (json_integer_value (json_object_get (json, key)), 0);
}

static char *
say_due (json_t *waiting)
{
  json_t *due = json_object_get (waiting, "due_soon");
  json_t *first = json_array_get (due, 0);
  json_t *day = json_object_get (first, "due_day");
  g_autofree char *date = NULL;

  if (!json_is_integer (day))
    return NULL;
  date = bm_words_date ((gint32) CLAMP (json_integer_value (day), 0, 100000));
  /* Translators: how many are due within a week, then the first date. */
  return g_strdup_printf (C_ ("desk", "%1$u are due soon, the first on %2$s"),
                          (guint) json_array_size (due), date);
}

static void
add_sending (BmDesk *self, json_t *rows, json_t *waiting)
{
  gint64 offline = get_count (waiting, "offline");
  gint64 deferred = get_count (waiting, "deferred");
  gint64 held = get_count (waiting, "held");
  gint64 rejected = get_count (waiting, "rejected");
  const char *link = json_string_value (json_object_get (self->overview, "link"));
  gboolean is_online = g_strcmp0 (link, "online") == 0;
  g_autofree char *due = say_due (waiting);

  if (rejected > 0)
    add_counted (rows, "warn", C_ ("desk", "{n} not taken by the centre"), rejected,
                 C_ ("desk", "They are kept here; please phone the centre"));
  if (offline > 0)
    add_counted (rows, is_online ? "state-sent" : "offline",
                 is_online ? C_ ("desk", "{n} are being sent")
                           : C_ ("desk", "{n} wait for the line"),
                 offline,
                 due != NULL ? due
                 : is_online ? C_ ("desk", "They go by themselves")
                             : bm_desk_say_link (self));
  if (held > 0)
    {
      add_counted (rows, "hourglass", C_ ("desk", "{n} are held"), held,
                   C_ ("desk", "The centre cannot read them; tried again every day"));
      if (json_array_size (rows) > 0)
        set_act (rows, "retry", C_ ("desk", "Once more"));
    }
  if (deferred > 0)
    add_counted (rows, "hourglass", C_ ("desk", "{n} go later"), deferred,
                 C_ ("desk", "The centre is busy; they go by themselves"));
}

static char *
say_number (const char *number)
{
  guint32 counter = 0;

  if (number == NULL || !bm_number_split (number, NULL, NULL, NULL, &counter))
    return g_strdup ("");
  return bm_words_figure (counter);
}

char *
bm_desk_say_job (BmDesk *self, gint64 job)
{
  json_t *print = json_object_get (self->overview, "print");
  json_t *item;
  gsize i;

  json_array_foreach (json_object_get (print, "unknown"), i, item) if (
    json_integer_value (json_object_get (item, "job")) ==
    job) return say_number (json_string_value (json_object_get (item, "number")));
  return g_strdup ("");
}

static void
add_unknown (json_t *rows, json_t *unknown)
{
  json_t *item;
  gsize i;

  json_array_foreach (unknown, i, item)
  {
    gint64 job = json_integer_value (json_object_get (item, "job"));
    g_autofree char *figure = say_number (json_string_value (json_object_get (item, "number")));
    g_autofree char *title = g_strdup_printf (C_ ("desk", "Slip %s: whole or not?"), figure);
    g_autofree char *choice = g_strdup_printf ("slip:%" G_GINT64_FORMAT, job);

    if (i >= MAX_SLIPS || job < 1)
      continue;
    add_row (rows, "slip-back", title, C_ ("desk", "The printer stopped in the middle"));
    set_act (rows, choice, C_ ("desk", "Settle"));
  }
}

static void
add_paper (BmDesk *self, json_t *rows)
{
  json_t *print = json_object_get (self->overview, "print");
  const char *reason = json_string_value (json_object_get (print, "waiting_reason"));
  const char *printer = json_string_value (json_object_get (self->overview, "printer"));
  gint64 open = get_count (print, "open");
  const char *said = bm_desk_say_printer (reason);
  g_autofree char *note = NULL;

  add_unknown (rows, json_object_get (print, "unknown"));
  if (said == NULL)
    said = bm_desk_say_printer (printer);
  if (said == NULL)
    said = C_ ("desk", "Printer needs a look");
  note = g_strdup_printf (C_ ("desk", "%s; then it prints by itself"), said);
  if (open > 0)
    add_counted (rows, "no-paper", C_ ("desk", "{n} slips not printed"), open, note);
  else if (printer != NULL && strcmp (printer, "ready") != 0 && strcmp (printer, "busy") != 0 &&
           strcmp (printer, "none") != 0)
    add_row (rows, "no-paper", said, C_ ("desk", "No slip waits now"));
}

static void
add_contacts (json_t *rows, json_t *contacts)
{
  json_t *item;
  gsize i;

  json_array_foreach (contacts, i, item)
  {
    gint64 id = json_integer_value (json_object_get (item, "contact"));
    const char *name = json_string_value (json_object_get (item, "name"));
    const char *group = json_string_value (json_object_get (item, "group"));
    g_autofree char *who =
      g_strdup_printf ("%s %s", group != NULL ? group : "", name != NULL ? name : "");
    g_autofree char *choice = g_strdup_printf ("contact:%" G_GINT64_FORMAT, id);

    if (i >= MAX_CONTACTS || id < 1)
      continue;
    add_row (rows, "help", C_ ("desk", "Somebody wants to be found"),
             *g_strstrip (who) != '\0' ? who : C_ ("desk", "No name was left"));
    set_act (rows, choice, C_ ("desk", "Found"));
  }
  if (json_array_size (contacts) > MAX_CONTACTS)
    add_counted (rows, "help", C_ ("desk", "{n} more want to be found"),
                 (gint64) json_array_size (contacts) - MAX_CONTACTS,
                 C_ ("desk", "They follow when these are settled"));
}

static void
add_machine (BmDesk *self, json_t *rows)
{
  json_t *chain = json_object_get (self->overview, "chain");
  json_t *free_mib = json_object_get (json_object_get (self->overview, "disk"), "free_mib");
  const char *reader = json_string_value (json_object_get (self->overview, "reader"));
  gsize alarms = json_array_size (json_object_get (self->overview, "alarms"));

  if (json_is_false (json_object_get (chain, "ok")))
    add_row (rows, "warn", C_ ("desk", "The journal has to be looked at"),
             C_ ("desk", "Nothing new is taken; please phone the platform"));
  if (json_is_integer (free_mib) && json_integer_value (free_mib) < LOW_DISK_MIB)
    add_row (rows, "warn", C_ ("desk", "The disk is nearly full"),
             C_ ("desk", "Please phone the platform"));
  if (g_strcmp0 (reader, "absent") == 0)
    add_row (rows, "no-card", C_ ("desk", "The card reader is not there"),
             C_ ("desk", "Look at its cable"));
  else if (g_strcmp0 (reader, "fault") == 0)
    add_row (rows, "no-card", C_ ("desk", "The card reader is out of order"),
             C_ ("desk", "Unplug it and plug it in again"));
  else if (g_strcmp0 (reader, "none") == 0)
    add_row (rows, "no-card", C_ ("desk", "No card reader is set up"),
             C_ ("desk", "Please phone the platform"));
  if (alarms > 0)
    add_counted (rows, "warn", C_ ("desk", "The machine noted {n} warnings"), (gint64) alarms,
                 C_ ("desk", "Please phone the platform"));
}

static void
set_oldest (json_t *list, gint64 wall_ms)
{
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *day = NULL;
  g_autofree char *oldest = NULL;

  if (wall_ms <= 0)
    return;
  time = bm_words_local_time (wall_ms);
  day = bm_words_day (bm_day_from_wall_ms (wall_ms));
  /* Translators: day, hour, minute of the oldest that waits. */
  oldest = g_strdup_printf (C_ ("desk", "Oldest %1$s %2$02d:%3$02d"), day,
                            g_date_time_get_hour (time), g_date_time_get_minute (time));
  json_object_set_new (list, "oldest", json_string (oldest));
}

void
bm_desk_add_waiting (BmDesk *self, json_t *desk)
{
  json_t *waiting = json_object_get (self->overview, "waiting");
  gint64 total = get_count (waiting, "total") + get_count (waiting, "rejected");
  g_autofree char *text = g_strdup_printf (C_ ("desk", "Waiting: %u"), (guint) MIN (total, 999999));
  json_t *rows = json_array ();
  json_t *list = json_pack ("{s:s, s:o}", "total", text, "rows", rows);

  set_oldest (list, json_integer_value (json_object_get (waiting, "oldest_ms")));
  add_sending (self, rows, waiting);
  add_paper (self, rows);
  add_contacts (rows, json_object_get (self->overview, "contacts"));
  add_machine (self, rows);
  json_object_set_new (desk, "waiting", list);
}
