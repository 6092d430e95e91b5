/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/desk-private.h"

#include <stdlib.h>
#include <string.h>

/*
 * By stick: what waits is written onto it and taken to the office, and what the office wrote is read in. It
 * goes on by itself when the helper leaves the page, and while it goes on nobody is locked out for sitting
 * still. "On the stick" is never called sent.
 *
 *   none ─ a stick is put in ─► take along | bring back ─► working ─► how it went ─► …
 */

#define STICK_PREFIX "stick:"
#define MAX_NAME     40
#define MAX_VALUE    120
#define MAX_FILES    3
#define MIB          (1024.0 * 1024.0)

static const char *
get_state (BmDesk *self)
{
  return bm_text_get (self->stick, "state");
}

static gboolean
is_job (BmDesk *self, const char *job)
{
  return strcmp (bm_text_get (self->stick, "job"), job) == 0;
}

gboolean
bm_desk_is_stick_working (BmDesk *self)
{
  return strcmp (get_state (self), "working") == 0;
}

/* Who hands in for people may take it to the office (domain §4.4). */
gboolean
bm_desk_may_carry (BmDesk *self)
{
  static const char *const roles[] = { "helper", "head", "agent", NULL };

  return g_strv_contains (roles, bm_desk_get_role (self));
}

static json_t *
get_sticks (BmDesk *self)
{
  return json_object_get (self->stick, "sticks");
}

/* How far it is */

static void
add_count (BmDesk *self, json_t *page, const char *label, const char *done, const char *all)
{
  const gint64 of = bm_desk_get_count (self->stick, all);
  g_autofree char *text = g_strdup_printf (
    /* Translators: done, of how many. */
    C_ ("desk", "%1$d of %2$d"), (int) bm_desk_get_count (self->stick, done), (int) of);

  if (of > 0)
    bm_page_add_fact (page, label, text);
}

static void
add_size (BmDesk *self, json_t *page)
{
  g_autofree char *text = g_strdup_printf (
    /* Translators: megabytes, of how many. */
    C_ ("desk", "%1$.1f of %2$.1f MB"), (gdouble) bm_desk_get_count (self->stick, "bytes") / MIB,
    (gdouble) bm_desk_get_count (self->stick, "bytes_of") / MIB);

  bm_page_add_fact (page, C_ ("desk", "Size"), text);
}

/* What was measured, rounded up; nothing while there is nothing to measure. */
static void
add_left (BmDesk *self, json_t *page)
{
  json_t *left = json_object_get (self->stick, "left_s");
  const gint64 seconds = json_integer_value (left);
  g_autofree char *text = NULL;

  if (!json_is_integer (left))
    text = g_strdup (C_ ("desk", "cannot be said yet"));
  else if (seconds < 60)
    text = g_strdup (C_ ("desk", "less than a minute"));
  else
    text = bm_desk_fill (C_ ("desk", "about {n} minutes"), (seconds + 59) / 60);
  bm_page_add_fact (page, C_ ("desk", "Still takes"), text);
}

static void
add_progress (BmDesk *self, json_t *page)
{
  if (is_job (self, "export"))
    {
      add_count (self, page, C_ ("desk", "Entries"), "entries", "entries_of");
      add_count (self, page, C_ ("desk", "Photographs"), "attachments", "attachments_of");
      add_size (self, page);
    }
  else
    add_count (self, page, C_ ("desk", "Files"), "bytes", "bytes_of");
  add_left (self, page);
}

static void
add_refused (BmDesk *self, json_t *page)
{
  json_t *refused = json_object_get (self->stick, "refused");

  for (gsize i = 0; i < MIN (json_array_size (refused), MAX_FILES); i++)
    {
      const char *sentence = bm_text_get (json_array_get (refused, i), "sentence");
      g_autofree char *short_sentence = bm_desk_cut (sentence, MAX_VALUE);

      bm_page_add_fact (page, C_ ("desk", "Not taken"), short_sentence);
    }
}

/* The page */

static void
add_sticks (BmDesk *self, json_t *page)
{
  json_t *sticks = get_sticks (self);

  if (json_array_size (sticks) < 2)
    return;
  for (gsize i = 0; i < json_array_size (sticks); i++)
    {
      g_autofree char *id = g_strdup_printf (STICK_PREFIX "%u", (guint) i);
      g_autofree char *name =
        bm_desk_cut (bm_text_get (json_array_get (sticks, i), "name"), MAX_NAME);
      json_t *choice = bm_page_add_choice (page, id, NULL, name, NULL);

      if (i == self->stick_at)
        json_object_set_new (choice, "state", json_string ("chosen"));
    }
}

static void
add_acts (BmDesk *self, json_t *page)
{
  if (json_array_size (get_sticks (self)) == 0)
    {
      bm_page_add_line (page, "stick",
                        C_ ("desk", "Put the USB stick into the machine, then look again."), FALSE);
      bm_page_add_choice (page, "look", NULL, C_ ("choice", "Look again"), "primary");
      return;
    }
  add_sticks (self, page);
  bm_page_add_choice (page, "take", "stick", C_ ("choice", "Write it to the stick"), "primary");
  bm_page_add_choice (page, "bring", "slip-back", C_ ("choice", "Read the answers in"), NULL);
}

static void
add_outcome (BmDesk *self, json_t *page)
{
  const gboolean is_failed = strcmp (get_state (self), "failed") == 0;

  if (!is_failed && strcmp (get_state (self), "done") != 0)
    {
      bm_desk_add_broken (page, "stick",
                          C_ ("desk",
                              "Without a line, the stick takes along what waits,\nand brings "
                              "the answers back."),
                          FALSE);
      return;
    }
  bm_desk_add_broken (page, is_failed ? "warn" : "yes", bm_text_get (self->stick, "sentence"),
                      TRUE);
  add_refused (self, page);
}

static void
build_stick (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Take along and bring back by USB stick"), FALSE);
  if (self->stick == NULL)
    bm_page_add_line (page, "hourglass", C_ ("page", "One moment, please."), FALSE);
  else if (bm_desk_is_stick_working (self))
    {
      bm_page_add_line (page, "hourglass", bm_text_get (self->stick, "sentence"), TRUE);
      add_progress (self, page);
    }
  else
    {
      add_outcome (self, page);
      add_acts (self, page);
    }
}

static void
carry (BmDesk *self, BmDeskEffectType what, const char *event)
{
  json_t *stick = json_array_get (get_sticks (self), self->stick_at);

  bm_desk_audit (self, event, NULL);
  bm_desk_add_effect (self, what)->text = g_strdup (bm_text_get (stick, "folder"));
}

static gboolean
choose_stick (BmDesk *self, const char *choice)
{
  if (g_str_has_prefix (choice, STICK_PREFIX))
    self->stick_at = (guint) strtoul (choice + strlen (STICK_PREFIX), NULL, 10);
  else if (strcmp (choice, "take") == 0)
    carry (self, BM_DESK_EFFECT_STICK_EXPORT, "stick-export");
  else if (strcmp (choice, "bring") == 0)
    carry (self, BM_DESK_EFFECT_STICK_IMPORT, "stick-import");
  else if (strcmp (choice, "look") == 0)
    bm_desk_add_effect (self, BM_DESK_EFFECT_STICK_LOOK);
  else
    return FALSE;
  return TRUE;
}

void
bm_desk_begin_stick (BmDesk *self)
{
  bm_desk_add_effect (self, BM_DESK_EFFECT_STICK_LOOK);
  bm_desk_go (self, BM_DESK_STICK);
}

/* Time does not run while it works: whoever waits for it was not idle. */
void
bm_desk_take_stick (BmDesk *self, json_t *stick)
{
  if (bm_desk_is_stick_working (self))
    self->active_boot_ms = bm_desk_now (self);
  bm_json_wipe (self->stick);
  self->stick = json_is_object (stick) ? json_deep_copy (stick) : NULL;
  if (self->stick_at >= json_array_size (get_sticks (self)))
    self->stick_at = 0;
}

/* A progress that moves with every look, and a stick that may come or go. */
void
bm_desk_tick_stick (BmDesk *self)
{
  if (self->at == BM_DESK_STICK && self->staff != NULL)
    bm_desk_add_effect (self, BM_DESK_EFFECT_STICK_LOOK);
}

const BmDeskSpec bm_desk_stick = { .id = "desk-stick",
                                   .template_name = "desk-list",
                                   .build = build_stick,
                                   .choose = choose_stick,
                                   .back = bm_desk_go_today };
