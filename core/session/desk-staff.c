/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/desk-private.h"

#include <string.h>

/*
 * Who sits at the desk: name, PIN, verdict; and the witness act, which wants a PIN of its own each time.
 */

#define MAX_STAFF 36
#define MIN_PIN   4
#define MAX_PIN   8

static char *
dup_choice (json_t *member)
{
  g_autofree char *lower = g_ascii_strdown (bm_text_get (member, "id"), -1);

  return g_strconcat ("staff:", lower, NULL);
}

const char *
bm_desk_get_staff_name (BmDesk *self, const char *id)
{
  for (gsize i = 0; i < json_array_size (self->setup->staff); i++)
    {
      json_t *member = json_array_get (self->setup->staff, i);

      if (g_strcmp0 (bm_text_get (member, "id"), id) == 0)
        return bm_text_get (member, "name");
    }
  return id != NULL ? id : "";
}

/* Who sees matters here, but for @but. */
void
bm_desk_add_colleagues (BmDesk *self, json_t *page, const char *but)
{
  for (gsize i = 0; i < MIN (json_array_size (self->setup->staff), MAX_STAFF); i++)
    {
      json_t *member = json_array_get (self->setup->staff, i);
      g_autofree char *choice = dup_choice (member);

      if (bm_desk_role_lists (bm_text_get (member, "role")) &&
          g_strcmp0 (bm_text_get (member, "id"), but) != 0)
        bm_page_add_choice (page, choice, "person", bm_text_get (member, "name"), NULL);
    }
}

/* NULL: nobody of that choice */
const char *
bm_desk_find_staff (BmDesk *self, const char *choice)
{
  for (gsize i = 0; i < json_array_size (self->setup->staff); i++)
    {
      json_t *member = json_array_get (self->setup->staff, i);
      g_autofree char *id = dup_choice (member);

      if (strcmp (id, choice) == 0)
        return bm_text_get (member, "id");
    }
  return NULL;
}

/* Locked */

static void
build_locked (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Who are you?"), FALSE);
  bm_page_add_line (page, NULL, C_ ("desk", "Touch your name, then type the PIN."), FALSE);
  if (self->hall != NULL)
    bm_page_add_line (page, "witness", C_ ("desk", "Somebody in the hall waits for a witness."),
                      TRUE);
  for (gsize i = 0; i < MIN (json_array_size (self->setup->staff), MAX_STAFF); i++)
    {
      json_t *member = json_array_get (self->setup->staff, i);
      g_autofree char *id = dup_choice (member);

      bm_page_add_choice (page, id, "person", bm_text_get (member, "name"), NULL);
    }
}

static gboolean
choose_name (BmDesk *self, const char *choice)
{
  const char *staff = bm_desk_find_staff (self, choice);

  if (staff == NULL)
    return FALSE;
  g_free (self->asked);
  self->asked = g_strdup (staff);
  self->problem = NULL;
  bm_desk_go (self, BM_DESK_PIN);
  return TRUE;
}

const BmDeskSpec bm_desk_locked = { .id = "desk-lock",
                                    .template_name = "desk-lock",
                                    .build = build_locked,
                                    .choose = choose_name };

/* PIN */

static void
build_pin (BmDesk *self, json_t *page)
{
  const char *name = bm_desk_get_staff_name (self, self->asked);
  g_autofree char *question = g_strdup_printf (C_ ("page", "%s, please type your PIN."), name);
  json_t *input;

  bm_page_set_question (page, question, FALSE);
  if (self->at == BM_DESK_WITNESS_PIN)
    {
      g_autofree char *line =
        g_strdup_printf (C_ ("desk", "I saw %s in person and am no relative."),
                         bm_text_get (self->hall, "name"));

      bm_page_add_line (page, "witness", line, TRUE);
    }
  bm_page_set_input (page, C_ ("page", "PIN"), MIN_PIN, MAX_PIN);
  input = json_object_get (page, "input");
  json_object_set_new (input, "is_masked", json_true ());
  if (self->problem != NULL)
    json_object_set_new (input, "problem", json_string (self->problem));
}

static gboolean
take_pin (BmDesk *self, const char *value)
{
  gsize length = strlen (value);
  BmDeskEffect *effect;

  if (length < MIN_PIN || length > MAX_PIN)
    return FALSE;
  self->is_witness = self->at == BM_DESK_WITNESS_PIN;
  effect = bm_desk_add_effect (self, BM_DESK_EFFECT_CHECK_STAFF);
  effect->text = g_strdup (self->asked);
  effect->text2 = g_strdup (value);
  effect->flag = self->is_witness;
  bm_desk_go (self, self->is_witness ? BM_DESK_WITNESS_CHECK : BM_DESK_CHECKING);
  return TRUE;
}

static gboolean
back_to_lock (BmDesk *self)
{
  bm_desk_lock (self, NULL);
  return TRUE;
}

static void
build_wait (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("page", "One moment, please."), FALSE);
}

const BmDeskSpec bm_desk_pin = { .id = "desk-pin",
                                 .template_name = "desk-pin",
                                 .build = build_pin,
                                 .digits = take_pin,
                                 .back = back_to_lock };
const BmDeskSpec bm_desk_checking = { .id = "desk-checking",
                                      .template_name = "desk-pin",
                                      .build = build_wait,
                                      .back = back_to_lock };
const BmDeskSpec bm_desk_witness_pin = { .id = "desk-witness-pin",
                                         .template_name = "desk-pin",
                                         .build = build_pin,
                                         .digits = take_pin,
                                         .back = bm_desk_go_today };
const BmDeskSpec bm_desk_witness_check = { .id = "desk-witness-checking",
                                           .template_name = "desk-pin",
                                           .build = build_wait,
                                           .back = bm_desk_go_today };

/* Witness */

void
bm_desk_begin_witness (BmDesk *self)
{
  g_free (self->asked);
  self->asked = g_strdup (self->staff);
  self->problem = NULL;
  bm_desk_go (self, BM_DESK_WITNESS_PIN);
}

void
bm_desk_act_as_witness (BmDesk *self, gboolean is_seen)
{
  BmDeskEffect *effect = bm_desk_add_effect (self, BM_DESK_EFFECT_WITNESS);

  effect->text = g_strdup (self->staff);
  effect->flag = is_seen;
}

/* The PIN was looked at */

static void
sign_in (BmDesk *self)
{
  g_free (self->staff);
  self->staff = g_steal_pointer (&self->asked);
  bm_desk_audit (self, "desk-unlocked", NULL);
  bm_desk_look (self);
  bm_desk_go_today (self);
}

static const char *
get_refusal (gint verdict)
{
  return verdict == BM_STAFF_KIN ? "kin" : verdict == BM_STAFF_ROLE ? "role" : "locked";
}

void
bm_desk_staff_checked (BmDesk *self, const char *staff, gint verdict, gint64 wait_ms)
{
  gboolean is_expected = self->at == BM_DESK_CHECKING || self->at == BM_DESK_WITNESS_CHECK;

  if (self->at == BM_DESK_LATE_CHECKING)
    bm_desk_late_checked (self, staff, verdict, wait_ms);
  if (!is_expected || g_strcmp0 (staff, self->asked) != 0)
    return;
  self->problem = NULL;
  self->verdict = verdict;
  self->locked_ms = MAX (wait_ms, 0);
  if (verdict == BM_STAFF_WRONG)
    {
      self->problem = C_ ("page", "The PIN is not right, once more.");
      bm_desk_go (self, self->is_witness ? BM_DESK_WITNESS_PIN : BM_DESK_PIN);
    }
  else if (verdict != BM_STAFF_OK)
    {
      bm_desk_audit (self, self->is_witness ? "witness-refused" : "desk-refused",
                     get_refusal (verdict));
      bm_desk_go (self, BM_DESK_NOTICE);
    }
  else if (self->at == BM_DESK_CHECKING)
    sign_in (self);
  else
    {
      bm_desk_act_as_witness (self, TRUE);
      bm_desk_go_today (self);
    }
}

static void
build_notice (BmDesk *self, json_t *page)
{
  gint64 minutes = (self->locked_ms + 59999) / 60000;
  g_autofree char *locked = g_strdup_printf (C_ ("desk", "Too many tries, again in %u minutes."),
                                             (guint) CLAMP (minutes, 1, 24 * 60));

  if (self->verdict == BM_STAFF_KIN)
    bm_page_set_question (page, C_ ("desk", "Family members cannot witness for one another."),
                          FALSE);
  else if (self->verdict == BM_STAFF_LOCKED)
    bm_page_set_question (page, locked, FALSE);
  else
    bm_page_set_question (page, C_ ("desk", "Your role may not do this."), FALSE);
  if (self->is_witness)
    bm_page_add_line (page, NULL, C_ ("desk", "Another staff member has to see the person."),
                      FALSE);
  if (self->staff != NULL)
    bm_page_add_choice (page, "understood", "yes", C_ ("choice", "I see"), "primary");
  bm_page_add_choice (page, "other-staff", "people", C_ ("choice", "Another staff member"), NULL);
}

static gboolean
choose_notice (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "other-staff") == 0 || self->staff == NULL)
    bm_desk_lock (self, "other-staff");
  else
    bm_desk_go_today (self);
  return TRUE;
}

const BmDeskSpec bm_desk_notice = { .id = "desk-notice",
                                    .template_name = "desk-lock",
                                    .build = build_notice,
                                    .choose = choose_notice };
