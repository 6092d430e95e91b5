/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/ports/reasons.h"
#include "core/session/desk-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * 日结条 and 交接条 (domain §5.8). They lie on a desk and in a file: counts alone stand on them, no name of a
 * resident, no number of a matter, and nothing of what is hidden from the desk. What the machine cannot know (what
 * else is to be said, who takes over) is room to write in. What is not counted anywhere yet (trips and papers that
 * people were spared) does not stand on them.
 */

#define MOST_SERVICES 30
#define MOST_CONTACTS 50 /* the ledger gives no more of them */
#define WRITE_MM      18

/* Where, and of which moment the counts are. */
static void
add_head (BmDesk *self, json_t *blocks)
{
  g_autoptr (GDateTime) time = bm_words_local_time (bm_desk_get_count (self->day, "until_ms"));
  g_autofree char *moment = bm_words_moment (time);
  g_autofree char *place = bm_words_place (self->setup->village_name, self->setup->terminal);
  g_autofree char *until = g_strdup_printf (C_ ("desk", "Counted up to %s."), moment);

  bm_desk_add_sheet_text (blocks, place, FALSE);
  bm_desk_add_sheet_text (blocks, until, FALSE);
  if (!bm_clock_is_certain (self->setup->clock))
    bm_desk_add_sheet_text (blocks, C_ ("desk", "The machine's clock was not checked yet."), TRUE);
  bm_desk_add_sheet_rule (blocks);
}

/* 3件 | 养老金认证, and below it in small print what became of them */
static void
add_services (BmDesk *self, json_t *blocks)
{
  json_t *services = json_object_get (self->day, "services");
  const gsize n = json_array_size (services);

  for (gsize i = 0; i < MIN (n, MOST_SERVICES); i++)
    {
      json_t *service = json_array_get (services, i);
      g_autofree char *count =
        bm_desk_fill (C_ ("desk", "{n} in all"), bm_desk_get_count (service, "taken"));
      g_autofree char *became = bm_desk_say_became (service, "\n");
      g_autofree char *value =
        g_strdup_printf ("%s\n%s", bm_desk_say_service (self, bm_text_get (service, "service")),
                         became);

      bm_desk_add_sheet_pair (blocks, count, value, FALSE);
    }
  if (n > MOST_SERVICES)
    bm_desk_add_sheet_text (blocks, C_ ("desk", "And matters of other kinds."), FALSE);
}

static void
add_waiting (BmDesk *self, json_t *blocks)
{
  json_t *waiting = json_object_get (self->day, "waiting");
  const gint64 rejected = bm_desk_get_count (waiting, "rejected");
  const gint64 held = bm_desk_get_count (waiting, "held");
  g_autofree char *unsent = bm_desk_say_unsent (self->day, "\n");
  g_autofree char *due = bm_desk_say_due_counts (self->day, "\n");
  g_autofree char *refused = bm_desk_say_number_or_none (rejected);
  g_autofree char *put_off = bm_desk_say_number_or_none (held);

  bm_desk_add_sheet_pair (blocks, C_ ("desk", "Not sent"), unsent, TRUE);
  bm_desk_add_sheet_pair (blocks, C_ ("desk", "Due soon"), due,
                          bm_desk_get_count (json_object_get (self->day, "due"), "7") > 0);
  bm_desk_add_sheet_pair (blocks, C_ ("desk", "Refused"), refused, rejected > 0);
  bm_desk_add_sheet_pair (blocks, C_ ("desk", "Held"), put_off, held > 0);
}

static void
add_end (BmDesk *self, json_t *blocks)
{
  bm_desk_add_sheet_rule (blocks);
  bm_desk_add_sheet_text (blocks,
                          C_ ("desk", "Counts only. Who it is about stands in the machine."),
                          FALSE);
}

/* Both sheets are of the page that is open: @self has the day's counts. */
json_t *
bm_desk_make_day (BmDesk *self)
{
  const gint64 n_alarms = bm_desk_get_count (self->day, "alarms");
  g_autofree char *all = bm_desk_say_all (self->day, "\n");
  g_autofree char *alarms = bm_desk_say_number_or_none (n_alarms);
  g_autofree char *journal = bm_desk_say_journal (self->day);
  json_t *blocks = json_array ();

  add_head (self, blocks);
  bm_desk_add_sheet_pair (blocks, C_ ("desk", "Today"), all, TRUE);
  add_services (self, blocks);
  bm_desk_add_sheet_rule (blocks);
  add_waiting (self, blocks);
  bm_desk_add_sheet_pair (blocks, C_ ("desk", "Alarms"), alarms, n_alarms > 0);
  bm_desk_add_sheet_pair (blocks, C_ ("desk", "Ledger"), journal, FALSE);
  add_end (self, blocks);
  bm_desk_add_sheet_line_to_sign (blocks, C_ ("desk", "First data manager signs"));
  bm_desk_add_sheet_line_to_sign (blocks, C_ ("desk", "Second data manager signs"));
  return blocks;
}

/* The handover */

static gint64
count_contacts (BmDesk *self, gboolean is_danger)
{
  gint64 n = 0;

  for (gsize i = 0; i < json_array_size (self->contacts); i++)
    {
      const char *kind = bm_text_get (json_array_get (self->contacts, i), "kind");

      n += (strcmp (kind, "danger") == 0) == is_danger ? 1 : 0;
    }
  return n;
}

/* Whoever is to be found: how many, and never who. */
static void
add_contacts (BmDesk *self, json_t *blocks)
{
  const gint64 n_dangers = count_contacts (self, TRUE);
  const gint64 n = count_contacts (self, FALSE);
  g_autofree char *dangers = bm_desk_say_number_or_none (n_dangers);
  g_autofree char *others = n + n_dangers >= MOST_CONTACTS
                              ? bm_desk_fill (C_ ("desk", "{n} or more"), n)
                              : bm_desk_say_number_or_none (n);

  if (n_dangers > 0)
    bm_desk_add_sheet_pair (blocks, C_ ("desk", "Danger"), dangers, TRUE);
  bm_desk_add_sheet_pair (blocks, C_ ("desk", "To find"), others, n > 0);
}

static void
add_slips (BmDesk *self, json_t *blocks)
{
  json_t *print = json_object_get (self->overview, "print");
  const gsize n = json_array_size (json_object_get (print, "unknown"));
  g_autofree char *slips = bm_desk_fill (C_ ("desk", "{n} slips: did they come out?"), (gint64) n);

  if (n > 0)
    bm_desk_add_sheet_pair (blocks, C_ ("desk", "Slips"), slips, TRUE);
}

static void
add_device (BmDesk *self, json_t *blocks, const char *label, BmReasonKind kind, const char *key)
{
  const char *state = json_string_value (json_object_get (self->overview, key));
  g_autofree char *sentence = NULL;

  if (state == NULL)
    return;
  sentence = bm_reason_dup_sentence (bm_reason_find (kind, state));
  bm_desk_add_sheet_pair (blocks, label, sentence, FALSE);
}

static void
add_devices (BmDesk *self, json_t *blocks)
{
  g_autofree char *line = bm_desk_say_line (self);

  bm_desk_add_sheet_pair (blocks, C_ ("desk", "Network"), line, FALSE);
  add_device (self, blocks, C_ ("desk", "Printer"), BM_REASON_PRINTER, "printer");
  add_device (self, blocks, C_ ("desk", "Card reader"), BM_REASON_READER, "reader");
}

json_t *
bm_desk_make_handover (BmDesk *self)
{
  g_autofree char *all = bm_desk_say_all (self->day, "\n");
  g_autofree char *alarm = NULL;
  g_autofree char *giver = g_strdup_printf (C_ ("desk", "Hands over: %1$s %2$s"), self->staff,
                                            bm_desk_get_staff_name (self, self->staff));
  json_t *blocks = json_array ();

  add_head (self, blocks);
  if (bm_desk_is_due_alarm (self, &alarm))
    bm_desk_add_sheet_boxed (blocks, alarm);
  add_contacts (self, blocks);
  add_waiting (self, blocks);
  add_slips (self, blocks);
  bm_desk_add_sheet_pair (blocks, C_ ("desk", "Today"), all, FALSE);
  bm_desk_add_sheet_rule (blocks);
  add_devices (self, blocks);
  bm_desk_add_sheet_rule (blocks);
  bm_desk_add_sheet_text (blocks, C_ ("desk", "What else is to be said:"), FALSE);
  bm_desk_add_sheet_gap (blocks, WRITE_MM);
  add_end (self, blocks);
  bm_desk_add_sheet_line_to_sign (blocks, giver);
  bm_desk_add_sheet_line_to_sign (blocks, C_ ("desk", "Takes over: name, time"));
  return blocks;
}
