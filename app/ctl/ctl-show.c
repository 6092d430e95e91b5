/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ctl"

#include "app/ctl/ctl.h"

#include "core/ports/reasons.h"

#include <glib/gi18n-lib.h>

/*
 * Replies in plain words. --json gives the reply itself; here is what an operator reads at the counter.
 */

static const char *
text_at (json_t *object, const char *group, const char *key)
{
  const char *text = json_string_value (
    json_object_get (group != NULL ? json_object_get (object, group) : object, key));

  return text != NULL ? text : "";
}

static int
number_at (json_t *object, const char *group, const char *key)
{
  return (int) json_integer_value (
    json_object_get (group != NULL ? json_object_get (object, group) : object, key));
}

static void
show_line (const char *label, const char *text)
{
  if (*text != '\0')
    g_print ("%s  %s\n", label, text);
}

static const char *
say_state (const char *state)
{
  static const struct
  {
    const char *state;
    const char *words; /* msgid in context "outbox" */
  } known[] = {
    { "pending", NC_ ("outbox", "not sent yet") },
    { "acked", NC_ ("outbox", "the platform has it") },
    { "deferred", NC_ ("outbox", "the platform asked to come again later") },
    { "held", NC_ ("outbox", "could not be sent; a person must look") },
    { "rejected", NC_ ("outbox", "the platform has it and refuses it") },
    { "quarantined", NC_ ("outbox", "the platform has it; a person there looks") },
    { "withdrawn", NC_ ("outbox", "the person took it back before it was sent") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (known[i].state, state))
      return g_dpgettext2 (GETTEXT_PACKAGE, "outbox", known[i].words);
  return state;
}

static void
show_waiting (json_t *ledger)
{
  g_autofree char *text =
    g_strdup_printf (C_ ("ctl", "%d to be sent, %d of them set aside; %d refused by the platform"),
                     number_at (ledger, "waiting", "total"), number_at (ledger, "waiting", "held"),
                     number_at (ledger, "waiting", "rejected"));

  show_line (C_ ("ctl", "Outbox "), text);
}

static void
show_chain (json_t *ledger)
{
  json_t *chain = json_object_get (ledger, "chain");
  g_autofree char *sound = g_strdup_printf (C_ ("ctl", "%d rows, sound as far as checked"),
                                            number_at (chain, NULL, "rows"));

  if (json_is_true (json_object_get (chain, "ok")))
    show_line (C_ ("ctl", "Ledger "), sound);
  else
    {
      g_autofree char *text = g_strdup_printf (C_ ("ctl", "NO NEW ENTRIES ARE TAKEN: %s"),
                                               text_at (chain, NULL, "fault"));

      show_line (C_ ("ctl", "Ledger "), text);
      show_line (C_ ("ctl", "       "), C_ ("ctl", "Delete nothing, and telephone the platform"));
    }
}

/* What stops the station although the chain is sound, such as a full disk. */
static void
show_trouble (json_t *reply)
{
  json_t *room = json_object_get (json_object_get (reply, "ledger"), "disk");
  g_autofree char *text =
    g_strdup_printf (C_ ("ctl", "%d MiB free"), number_at (room, NULL, "free_mib"));

  show_line (C_ ("ctl", "Disk   "), text);
  if (g_str_equal (text_at (reply, "trouble", "code"), "full"))
    show_line (C_ ("ctl", "       "), text_at (reply, "trouble", "words"));
}

/* Those that came down; Chinese and English are always there. */
static void
show_languages (json_t *reply)
{
  json_t *one;
  gsize i;

  json_array_foreach (json_object_get (reply, "languages"), i, one)
  {
    g_autofree char *text = NULL;

    if (json_is_true (json_object_get (one, "is_offered")))
      text = g_strdup_printf (C_ ("ctl", "%s (%s): offered"), text_at (one, NULL, "name"),
                              text_at (one, NULL, "id"));
    else
      text = g_strdup_printf (C_ ("ctl", "%s (%s): %d of %d texts are missing, not offered"),
                              text_at (one, NULL, "name"), text_at (one, NULL, "id"),
                              number_at (one, NULL, "missing"), number_at (one, NULL, "total"));
    show_line (C_ ("ctl", "Language"), text);
  }
}

static void
show_packs (json_t *ledger)
{
  const char *as_of = text_at (ledger, "packs", "as_of");
  g_autofree char *words =
    bm_reason_dup_sentence (bm_reason_find (BM_REASON_PACKS, text_at (ledger, "packs", "state")));
  g_autofree char *text = NULL;

  if (*as_of == '\0')
    text = g_steal_pointer (&words);
  else
    /* Translators: a day, how many people, the version of the data, and a state in words */
    text = g_strdup_printf (C_ ("ctl", "up to %s, %d people, version %d: %s"), as_of,
                            number_at (ledger, "packs", "count"),
                            number_at (ledger, "packs", "version"), words);
  show_line (C_ ("ctl", "Packs  "), text);
}

/* Tasks of the desk; and that there are matters which it does not see, but nothing of them. */
static void
show_people (json_t *ledger)
{
  const int tasks = (int) json_array_size (json_object_get (ledger, "contacts"));
  const int hidden = number_at (ledger, "hidden", "cases");
  g_autofree char *waiting = g_strdup_printf (C_ ("ctl", "%d people wait to be found"), tasks);
  g_autofree char *unseen =
    g_strdup_printf (C_ ("ctl", "%d not shown at the desk, %d of them to be sent"), hidden,
                     number_at (ledger, "hidden", "waiting"));

  if (tasks > 0)
    show_line (C_ ("ctl", "Tasks  "), waiting);
  if (hidden > 0)
    show_line (C_ ("ctl", "Matters"), unseen);
}

static void
show_faults (json_t *reply)
{
  json_t *faults = json_object_get (json_object_get (reply, "catalogue"), "faults");
  gsize index;
  json_t *fault;

  json_array_foreach (faults, index, fault)
    show_line (C_ ("ctl", "Service"), text_at (fault, NULL, "message"));
}

void
bm_ctl_show_status (json_t *reply)
{
  json_t *ledger = json_object_get (reply, "ledger");

  if (json_object_get (reply, "station") == NULL)
    g_print ("%s\n", C_ ("ctl", "The station is not running; this is what its ledger says"));
  else
    g_print (C_ ("ctl", "%s, terminal %d\n"), text_at (reply, "station", "name"),
             number_at (reply, "station", "terminal"));
  bm_ctl_show_line (reply);
  show_waiting (ledger);
  bm_ctl_show_sending (reply);
  show_chain (ledger);
  show_trouble (reply);
  show_packs (ledger);
  show_languages (reply);
  show_people (ledger);
  show_line (C_ ("ctl", "Printer"), text_at (reply, "printer", "words"));
  show_line (C_ ("ctl", "Reader "), text_at (reply, "reader", "words"));
  if (json_object_get (reply, "social_card") != NULL)
    show_line (C_ ("ctl", "Social "), text_at (reply, "social_card", "words"));
  show_line (C_ ("ctl", "Keys   "), text_at (reply, "keys", "words"));
  show_faults (reply);
}

void
bm_ctl_show_outbox (json_t *reply)
{
  json_t *rows = json_object_get (reply, "outbox");
  gsize index;
  json_t *row;

  if (json_array_size (rows) == 0)
    g_print ("%s\n", C_ ("ctl", "Nothing waits to be sent"));
  json_array_foreach (rows, index, row)
  {
    g_print ("%6d  %-25s  %-16s  %s", number_at (row, NULL, "seq"), text_at (row, NULL, "number"),
             text_at (row, NULL, "service"), say_state (text_at (row, NULL, "state")));
    if (*text_at (row, NULL, "reason") != '\0')
      g_print (C_ ("ctl", ": %s"), text_at (row, NULL, "reason"));
    g_print ("\n");
  }
}

void
bm_ctl_show_entry (json_t *reply)
{
  json_t *entry = json_object_get (reply, "entry");
  gsize index;
  json_t *event;

  g_print ("%d  %s  %s  %s\n", number_at (entry, NULL, "seq"), text_at (entry, NULL, "number"),
           text_at (entry, NULL, "service"), say_state (text_at (entry, NULL, "state")));
  show_line (C_ ("ctl", "Reason "), text_at (entry, NULL, "reason"));
  show_line (C_ ("ctl", "Hash   "), text_at (entry, NULL, "hash"));
  show_line (C_ ("ctl", "Chain  "), text_at (entry, NULL, "head"));
  json_array_foreach (json_object_get (entry, "events"), index, event)
  {
    gint64 wall_ms = json_integer_value (json_object_get (event, "wall_ms"));
    g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (wall_ms / 1000);
    g_autofree char *when = utc != NULL ? g_date_time_format_iso8601 (utc) : g_strdup ("?");

    g_print ("  %s  %s  %s\n", when, text_at (event, NULL, "what"),
             text_at (event, NULL, "detail"));
  }
}

void
bm_ctl_show_verdict (json_t *reply)
{
  json_t *fault = json_object_get (reply, "fault");

  if (json_is_true (json_object_get (reply, "chain_ok")))
    g_print (C_ ("ctl", "The journal is sound: %d rows, head %s\n"),
             number_at (reply, NULL, "rows"), text_at (reply, NULL, "head"));
  else
    g_print (C_ ("ctl", "THE JOURNAL IS NOT SOUND: at row %d: %s. "
                        "No new entries are taken; telephone the platform\n"),
             number_at (fault, NULL, "seq"), text_at (fault, NULL, "what"));
}

void
bm_ctl_show_enrolment (json_t *reply)
{
  g_print (C_ ("ctl", "Enrolled: %s, terminal %d, with %s\n"), text_at (reply, NULL, "station"),
           number_at (reply, NULL, "terminal"), text_at (reply, NULL, "platform"));
}

void
bm_ctl_show_done (json_t *reply)
{
  g_print ("%s\n", C_ ("ctl", "Done"));
}
