/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/session/desk.h"

#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/session/desk-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * The helper's screen.
 *
 *   LOCKED -- name --> PIN -- digits --> CHECKING -- ok --> TODAY <------------- SLIP
 *     ^                 ^ wrong             | refused         |  看见本人了        ^
 *     |                 '-------------------+-> NOTICE        v                   | 看看
 *     |                                         ^  ^    WITNESS_PIN --> WITNESS_CHECK -- ok --> TODAY
 *     '---- 3 min without touch, 锁屏 ----------'  '--------------- refused ---'
 *
 * Invariants:
 *  - the desk never drives the resident's page: it offers an act, the hall's session decides (D2 of the
 *    seat);
 *  - a witness act follows a PIN that was typed for it, by the one who is signed in;
 *  - nothing of the hall's person and nothing that waits stands on the screen while it is locked;
 *  - what waits is counted; no amount and no content of a matter reaches this object.
 */

#define LOCK_MS  (3 * 60 * 1000)
#define CHECK_MS (15 * 1000)

G_DEFINE_FINAL_TYPE (BmDesk, bm_desk, G_TYPE_OBJECT)

static gint64
now_ms (BmDesk *self)
{
  return bm_clock_get_boot_ms (self->setup->clock);
}

static BmDeskEffect *
add_effect (BmDesk *self, BmDeskEffectType type)
{
  BmDeskEffect *effect = g_new0 (BmDeskEffect, 1);

  effect->type = type;
  g_queue_push_tail (&self->effects, effect);
  return effect;
}

static void
audit (BmDesk *self, const char *event, const char *detail)
{
  json_t *json = json_pack ("{s:s, s:s}", "event", event, "seat", "desk");

  if (self->staff != NULL)
    json_object_set_new (json, "staff", json_string (self->staff));
  if (detail != NULL)
    json_object_set_new (json, "detail", json_string (detail));
  add_effect (self, BM_DESK_EFFECT_AUDIT)->json = json;
}

static void
go (BmDesk *self, BmDeskPage page)
{
  self->at = page;
  self->page_boot_ms = now_ms (self);
}

static void
refresh (BmDesk *self)
{
  json_t *page = bm_desk_build_page (self);

  if (!self->must_emit && json_equal (page, self->page))
    {
      bm_json_wipe (page);
      return;
    }
  self->must_emit = FALSE;
  bm_json_wipe (self->page);
  self->page = page;
  add_effect (self, BM_DESK_EFFECT_PAGE)->json = json_incref (page);
}

static void
lock (BmDesk *self, const char *why)
{
  if (self->staff != NULL)
    audit (self, "desk-locked", why);
  g_clear_pointer (&self->staff, g_free);
  g_clear_pointer (&self->asked, g_free);
  self->problem = NULL;
  self->scale = 100;
  go (self, BM_DESK_LOCKED);
}

/* Choices */

static gboolean
choose_name (BmDesk *self, const char *choice)
{
  json_t *member;
  gsize i;

  json_array_foreach (self->setup->staff, i, member)
  {
    g_autofree char *id = bm_desk_dup_staff_choice (member);

    if (strcmp (id, choice) != 0)
      continue;
    g_free (self->asked);
    self->asked = g_strdup (json_string_value (json_object_get (member, "id")));
    self->problem = NULL;
    go (self, BM_DESK_PIN);
    return TRUE;
  }
  return FALSE;
}

static void
begin_witness (BmDesk *self)
{
  g_free (self->asked);
  self->asked = g_strdup (self->staff);
  self->problem = NULL;
  go (self, BM_DESK_WITNESS_PIN);
}

static void
act_as_witness (BmDesk *self, gboolean is_seen)
{
  BmDeskEffect *effect = add_effect (self, BM_DESK_EFFECT_WITNESS);

  effect->text = g_strdup (self->staff);
  effect->flag = is_seen;
}

static void
settle_contact (BmDesk *self, gint64 contact)
{
  add_effect (self, BM_DESK_EFFECT_AUDIT)->json =
    json_pack ("{s:s, s:s, s:I, s:s}", "what", "contact-done", "seat", "desk", "contact",
               (json_int_t) contact, "staff", self->staff);
  add_effect (self, BM_DESK_EFFECT_REFRESH);
}

static gboolean
choose_row (BmDesk *self, const char *choice)
{
  const char *colon = strchr (choice, ':');
  guint64 id = 0;

  if (colon == NULL ||
      !g_ascii_string_to_unsigned (colon + 1, 10, 1, (guint64) G_MAXINT64, &id, NULL))
    return FALSE;
  if (g_str_has_prefix (choice, "contact:"))
    settle_contact (self, (gint64) id);
  else if (g_str_has_prefix (choice, "slip:"))
    {
      self->slip = (gint64) id;
      go (self, BM_DESK_SLIP);
    }
  else
    return FALSE;
  return TRUE;
}

static gboolean
choose_today (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "witness") == 0)
    begin_witness (self);
  else if (strcmp (choice, "cannot") == 0)
    act_as_witness (self, FALSE);
  else if (strcmp (choice, "help-seen") == 0)
    add_effect (self, BM_DESK_EFFECT_HELP_SEEN);
  else if (strcmp (choice, "retry") == 0)
    {
      add_effect (self, BM_DESK_EFFECT_RETRY)->text = g_strdup ("");
      add_effect (self, BM_DESK_EFFECT_REFRESH);
      audit (self, "retry", NULL);
    }
  else if (strcmp (choice, "refresh") == 0)
    add_effect (self, BM_DESK_EFFECT_REFRESH);
  else if (strcmp (choice, "lock") == 0)
    lock (self, "pressed");
  else
    return choose_row (self, choice);
  return TRUE;
}

static gboolean
choose_slip (BmDesk *self, const char *choice)
{
  BmDeskEffect *effect;

  if (strcmp (choice, "later") != 0)
    {
      effect = add_effect (self, BM_DESK_EFFECT_SETTLE_PRINT);
      effect->number = self->slip;
      effect->flag = strcmp (choice, "taken") == 0;
      add_effect (self, BM_DESK_EFFECT_REFRESH);
    }
  self->slip = 0;
  go (self, BM_DESK_TODAY);
  return TRUE;
}

static gboolean
choose_notice (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "other-staff") == 0 || self->staff == NULL)
    lock (self, "other-staff");
  else
    go (self, BM_DESK_TODAY);
  return TRUE;
}

static gboolean
offers_row (BmDesk *self, const char *choice)
{
  json_t *desk = json_object_get (self->page, "desk");
  json_t *row;
  gsize i;

  json_array_foreach (json_object_get (json_object_get (desk, "waiting"), "rows"), i,
                      row) if (g_strcmp0 (json_string_value (json_object_get (row, "choice")),
                                          choice) == 0) return TRUE;
  return FALSE;
}

/* A choice counts only when the current page offers it. */
static gboolean
take_choice (BmDesk *self, const char *choice)
{
  if (choice == NULL || (!bm_page_has_choice (self->page, choice) && !offers_row (self, choice)))
    return FALSE;
  switch ((int) self->at)
    {
    case BM_DESK_LOCKED:
      return choose_name (self, choice);
    case BM_DESK_TODAY:
      return choose_today (self, choice);
    case BM_DESK_SLIP:
      return choose_slip (self, choice);
    case BM_DESK_NOTICE:
      return choose_notice (self, choice);
    default:
      return FALSE;
    }
}

/* Digits */

static gboolean
take_digits (BmDesk *self, const char *value)
{
  gsize length = value != NULL ? strlen (value) : 0;
  BmDeskEffect *effect;

  if ((self->at != BM_DESK_PIN && self->at != BM_DESK_WITNESS_PIN) || length < 4 || length > 8)
    return FALSE;
  self->is_witness = self->at == BM_DESK_WITNESS_PIN;
  effect = add_effect (self, BM_DESK_EFFECT_CHECK_STAFF);
  effect->text = g_strdup (self->asked);
  effect->text2 = g_strdup (value);
  effect->flag = self->is_witness;
  go (self, self->is_witness ? BM_DESK_WITNESS_CHECK : BM_DESK_CHECKING);
  return TRUE;
}

static gboolean
take_back (BmDesk *self)
{
  switch ((int) self->at)
    {
    case BM_DESK_PIN:
    case BM_DESK_CHECKING:
      lock (self, NULL);
      return TRUE;
    case BM_DESK_WITNESS_PIN:
    case BM_DESK_WITNESS_CHECK:
    case BM_DESK_SLIP:
      go (self, BM_DESK_TODAY);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
make_bigger (BmDesk *self)
{
  static const guint scales[] = { 100, 125, 150, 200, 100 };
  guint i = 0;

  while (scales[i] != self->scale)
    i++;
  self->scale = scales[i + 1];
}

static gboolean
handle_intent (BmDesk *self, json_t *intent)
{
  const char *what = json_string_value (json_object_get (intent, "do"));

  self->active_boot_ms = now_ms (self);
  if (g_strcmp0 (what, "choose") == 0)
    return take_choice (self, json_string_value (json_object_get (intent, "choice")));
  if (g_strcmp0 (what, "digits") == 0)
    return take_digits (self, json_string_value (json_object_get (intent, "value")));
  if (g_strcmp0 (what, "back") == 0)
    return take_back (self);
  if (g_strcmp0 (what, "bigger") == 0)
    {
      make_bigger (self);
      return TRUE;
    }
  return g_strcmp0 (what, "activity") == 0;
}

/* The PIN was looked at */

static void
sign_in (BmDesk *self)
{
  g_free (self->staff);
  self->staff = g_steal_pointer (&self->asked);
  audit (self, "desk-unlocked", NULL);
  add_effect (self, BM_DESK_EFFECT_REFRESH);
  go (self, BM_DESK_TODAY);
}

static void
staff_checked (BmDesk *self, const char *staff, gint verdict, gint64 wait_ms)
{
  gboolean is_expected = self->at == BM_DESK_CHECKING || self->at == BM_DESK_WITNESS_CHECK;

  if (!is_expected || g_strcmp0 (staff, self->asked) != 0)
    return;
  self->problem = NULL;
  self->verdict = verdict;
  self->locked_ms = MAX (wait_ms, 0);
  if (verdict == BM_STAFF_WRONG)
    {
      self->problem = C_ ("page", "The PIN is not right, once more.");
      go (self, self->is_witness ? BM_DESK_WITNESS_PIN : BM_DESK_PIN);
    }
  else if (verdict != BM_STAFF_OK)
    {
      audit (self, self->is_witness ? "witness-refused" : "desk-refused",
             verdict == BM_STAFF_KIN    ? "kin"
             : verdict == BM_STAFF_ROLE ? "role"
                                        : "locked");
      go (self, BM_DESK_NOTICE);
    }
  else if (self->at == BM_DESK_CHECKING)
    sign_in (self);
  else
    {
      act_as_witness (self, TRUE);
      go (self, BM_DESK_TODAY);
    }
}

/* The act is for the session it was begun for, so any news from the hall ends it. */
static void
handle_hall (BmDesk *self, json_t *hall)
{
  gboolean is_same = json_is_object (hall) && json_equal (hall, self->hall);

  bm_json_wipe (self->hall);
  self->hall = json_is_object (hall) ? json_deep_copy (hall) : NULL;
  if (self->at == BM_DESK_WITNESS_CHECK || (self->at == BM_DESK_WITNESS_PIN && !is_same) ||
      (self->at == BM_DESK_NOTICE && self->is_witness && self->staff != NULL && self->hall == NULL))
    go (self, BM_DESK_TODAY);
}

static gboolean
still_unknown (BmDesk *self)
{
  json_t *print = json_object_get (self->overview, "print");
  json_t *item;
  gsize i;

  json_array_foreach (json_object_get (print, "unknown"), i,
                      item) if (json_integer_value (json_object_get (item, "job")) ==
                                self->slip) return TRUE;
  return FALSE;
}

static void
handle_overview (BmDesk *self, json_t *overview)
{
  bm_json_wipe (self->overview);
  self->overview = json_is_object (overview) ? json_deep_copy (overview) : NULL;
  if (self->at == BM_DESK_SLIP && !still_unknown (self))
    {
      self->slip = 0;
      go (self, BM_DESK_TODAY);
    }
}

static void
tick (BmDesk *self)
{
  gint64 now = now_ms (self);

  if (self->at != BM_DESK_LOCKED && now - self->active_boot_ms >= LOCK_MS)
    lock (self, "idle");
  else if ((self->at == BM_DESK_CHECKING || self->at == BM_DESK_WITNESS_CHECK) &&
           now - self->page_boot_ms >= CHECK_MS)
    {
      self->problem = C_ ("desk", "It took too long, once more.");
      go (self, self->is_witness ? BM_DESK_WITNESS_PIN : BM_DESK_PIN);
    }
}

/**
 * bm_desk_handle:
 * @self: a desk
 * @event: what happened; everything in it is borrowed
 *
 * Takes one event. What follows from it waits in bm_desk_take_effect().
 */
void
bm_desk_handle (BmDesk *self, const BmDeskEvent *event)
{
  g_return_if_fail (BM_IS_DESK (self) && event != NULL);

  switch (event->type)
    {
    case BM_DESK_EVENT_INTENT:
      self->must_emit |= !handle_intent (self, event->json);
      break;
    case BM_DESK_EVENT_STAFF_CHECKED:
      staff_checked (self, event->text, event->code, event->number);
      break;
    case BM_DESK_EVENT_HALL:
      handle_hall (self, event->json);
      break;
    case BM_DESK_EVENT_OVERVIEW:
      handle_overview (self, event->json);
      break;
    case BM_DESK_EVENT_HELP:
      self->is_help_wanted = event->flag;
      break;
    case BM_DESK_EVENT_TICK:
      tick (self);
      break;
    default:
      g_return_if_reached ();
    }
  refresh (self);
}

/**
 * bm_desk_take_effect:
 * @self: a desk
 *
 * Returns: (transfer full) (nullable): the next thing to carry out, %NULL when none is left
 */
BmDeskEffect *
bm_desk_take_effect (BmDesk *self)
{
  g_return_val_if_fail (BM_IS_DESK (self), NULL);
  return g_queue_pop_head (&self->effects);
}

/**
 * bm_desk_get_page:
 * @self: a desk
 *
 * Returns: (transfer none): the current page model
 */
json_t *
bm_desk_get_page (BmDesk *self)
{
  g_return_val_if_fail (BM_IS_DESK (self), NULL);
  return self->page;
}

static void
bm_desk_dispose (GObject *object)
{
  BmDesk *self = BM_DESK (object);
  BmDeskEffect *effect;

  g_clear_pointer (&self->hall, bm_json_wipe);
  g_clear_pointer (&self->overview, bm_json_wipe);
  g_clear_pointer (&self->page, bm_json_wipe);
  g_clear_pointer (&self->staff, g_free);
  g_clear_pointer (&self->asked, g_free);
  while ((effect = g_queue_pop_head (&self->effects)) != NULL)
    bm_desk_effect_free (effect);
  G_OBJECT_CLASS (bm_desk_parent_class)->dispose (object);
}

static void
bm_desk_class_init (BmDeskClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bm_desk_dispose;
}

static void
bm_desk_init (BmDesk *self)
{
  g_queue_init (&self->effects);
  self->scale = 100;
}

/**
 * bm_desk_new:
 * @setup: the station; must outlive the desk
 *
 * Makes the helper's screen, locked.
 *
 * Returns: (transfer full): the desk; its first page waits as an effect
 */
BmDesk *
bm_desk_new (const BmSessionSetup *setup)
{
  BmDesk *self;

  g_return_val_if_fail (setup != NULL && setup->clock != NULL, NULL);

  self = g_object_new (BM_TYPE_DESK, NULL);
  self->setup = setup;
  self->active_boot_ms = now_ms (self);
  go (self, BM_DESK_LOCKED);
  refresh (self);
  return self;
}

/**
 * bm_desk_effect_free:
 * @self: (transfer full) (nullable): an effect
 *
 * Frees an effect and wipes its texts.
 */
void
bm_desk_effect_free (BmDeskEffect *self)
{
  if (self == NULL)
    return;
  bm_json_wipe (self->json);
  bm_wipe_string (self->text);
  bm_wipe_string (self->text2);
  g_free (self);
}
