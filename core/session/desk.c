/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/session/desk.h"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/desk-private.h"

#include <string.h>

/*
 * The helper's screen.
 *
 *   LOCKED -- name --> PIN -- digits --> CHECKING -- ok --> TODAY <--> SLIP, DUE, STICK, CHECKUP, CLOSE, INDICATORS,
 *     ^                 ^ wrong             | refused         |  ^     CONTACTS <--> CONTACT,
 *     |                 '-------------------+-> NOTICE        |  |     WAITING ---,
 *     |                                         ^  ^          |  |     FIND ------+-> FINDING -> CASES -> CASE
 *     |                                         |  |          v 看见本人了
 *     '---- 3 min without touch, 锁屏 ----------'  '- refused - WITNESS_PIN --> WITNESS_CHECK -- ok --> TODAY
 *
 *   TODAY also leads to blank papers (FORMS), and from there to LATE: a filled one is entered (desk-late.c), and to
 *   BEHALF_WHO: somebody acts for another (desk-behalf.c).
 *   DANGER covers whatever is there, locked or not, until somebody answered.
 *
 * Invariants:
 *  - the desk never drives the resident's page: it offers an act, the hall's session decides (D2 of the
 *    seat);
 *  - a witness act follows a PIN that was typed for it, by the one who is signed in;
 *  - nothing of the hall's person and nothing that waits stands on the screen while it is locked, nor while
 *    one screen serves both and a resident's session is open; maintenance sees counts and devices;
 *  - what is hidden from the desk is dropped at this border, whatever the ledger may give: it is in no
 *    list, count, search or task (domain §2.21a rule 5);
 *  - no amount reaches this object; whose matter is opened, and by whom, is audited.
 */

#define LOCK_MS  (3 * 60 * 1000)
#define CHECK_MS (15 * 1000)
#define LOOK_MS  (20 * 1000) /* what waits changes without a word to the desk */

G_DEFINE_FINAL_TYPE (BmDesk, bm_desk, G_TYPE_OBJECT)

gint64
bm_desk_now (BmDesk *self)
{
  return bm_clock_get_boot_ms (self->setup->clock);
}

gint32
bm_desk_get_today (BmDesk *self)
{
  return bm_day_from_wall_ms (bm_clock_get_wall_ms (self->setup->clock));
}

BmDeskEffect *
bm_desk_add_effect (BmDesk *self, BmDeskEffectType type)
{
  BmDeskEffect *effect = g_new0 (BmDeskEffect, 1);

  effect->type = type;
  g_queue_push_tail (&self->effects, effect);
  return effect;
}

void
bm_desk_audit (BmDesk *self, const char *event, const char *detail)
{
  json_t *json = json_pack ("{s:s, s:s}", "event", event, "seat", "desk");

  if (self->staff != NULL)
    json_object_set_new (json, "staff", json_string (self->staff));
  if (detail != NULL)
    json_object_set_new (json, "detail", json_string (detail));
  bm_desk_add_effect (self, BM_DESK_EFFECT_AUDIT)->json = json;
}

void
bm_desk_go (BmDesk *self, BmDeskPage page)
{
  const BmDeskSpec *from = bm_desk_spec_of (self->at);

  if (from->leave != NULL && page != self->at)
    from->leave (self);
  self->at = page;
  if (page != BM_DESK_FINDING && page != BM_DESK_CASES && page != BM_DESK_CASE)
    g_clear_pointer (&self->found, bm_json_wipe);
  if (!bm_desk_is_late (page))
    bm_desk_forget_late (self);
  if (!bm_desk_is_behalf (page))
    bm_desk_forget_behalf (self);
  self->page_boot_ms = bm_desk_now (self);
}

gboolean
bm_desk_go_today (BmDesk *self)
{
  bm_desk_go (self, BM_DESK_TODAY);
  return TRUE;
}

/* Wants to know what waits now; nobody looks while nobody is signed in. */
void
bm_desk_look (BmDesk *self)
{
  if (self->staff == NULL)
    return;
  self->looked_boot_ms = bm_desk_now (self);
  bm_desk_add_effect (self, BM_DESK_EFFECT_REFRESH);
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
  bm_desk_add_effect (self, BM_DESK_EFFECT_PAGE)->json = json_incref (page);
}

void
bm_desk_lock (BmDesk *self, const char *why)
{
  if (self->staff != NULL)
    bm_desk_audit (self, "desk-locked", why);
  g_clear_pointer (&self->staff, g_free);
  g_clear_pointer (&self->asked, g_free);
  self->problem = NULL;
  self->scale = 100;
  bm_desk_go (self, BM_DESK_LOCKED);
}

/* Intents */

static gboolean
offers_row (BmDesk *self, const char *choice)
{
  json_t *waiting = json_object_get (json_object_get (self->page, "desk"), "waiting");
  json_t *rows = json_object_get (waiting, "rows");

  for (gsize i = 0; i < json_array_size (rows); i++)
    if (strcmp (bm_text_get (json_array_get (rows, i), "choice"), choice) == 0)
      return TRUE;
  return FALSE;
}

/* A choice counts only when the current page offers it. */
static gboolean
take_choice (BmDesk *self, const char *choice)
{
  const BmDeskSpec *spec = bm_desk_get_spec (self);

  if (choice == NULL || spec->choose == NULL ||
      (!bm_page_has_choice (self->page, choice) && !offers_row (self, choice)))
    return FALSE;
  return spec->choose (self, choice);
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
  const BmDeskSpec *spec = bm_desk_get_spec (self);
  const char *what = bm_text_get (intent, "do");
  const char *value = json_string_value (json_object_get (intent, "value"));
  const char *text = json_string_value (json_object_get (intent, "text"));

  self->active_boot_ms = bm_desk_now (self);
  if (strcmp (what, "choose") == 0)
    return take_choice (self, json_string_value (json_object_get (intent, "choice")));
  if (strcmp (what, "digits") == 0)
    return value != NULL && spec->digits != NULL && spec->digits (self, value);
  if (strcmp (what, "scan") == 0)
    return value != NULL && spec->scan != NULL && spec->scan (self, value);
  if (strcmp (what, "text") == 0)
    return text != NULL && spec->text != NULL && spec->text (self, text);
  if (strcmp (what, "back") == 0)
    return spec->back != NULL && spec->back (self);
  if (strcmp (what, "bigger") == 0)
    {
      make_bigger (self);
      return TRUE;
    }
  return strcmp (what, "activity") == 0;
}

static void
tick (BmDesk *self)
{
  gint64 now = bm_desk_now (self);

  bm_desk_tick_danger (self);
  bm_desk_tick_stick (self);
  if (self->at == BM_DESK_TODAY && now - self->looked_boot_ms >= LOOK_MS)
    bm_desk_look (self);
  if (now - self->active_boot_ms >= LOCK_MS && self->at == BM_DESK_LOCKED)
    self->scale = 100; /* whoever wanted larger letters is not here */
  else if (now - self->active_boot_ms >= LOCK_MS &&
           !(self->at == BM_DESK_STICK && bm_desk_is_stick_working (self)))
    bm_desk_lock (self, "idle");
  else if (now - self->page_boot_ms < CHECK_MS)
    return;
  else if (self->at == BM_DESK_CHECKING || self->at == BM_DESK_WITNESS_CHECK)
    {
      self->problem = C_ ("desk", "It took too long, once more.");
      bm_desk_go (self, self->is_witness ? BM_DESK_WITNESS_PIN : BM_DESK_PIN);
    }
  else if (self->at == BM_DESK_FINDING)
    bm_desk_take_found (self, NULL);
  else
    {
      bm_desk_tick_late (self);
      bm_desk_tick_behalf (self);
    }
}

/* Who may not see a list (any more) stands before it no longer. */
static void
leave_lists (BmDesk *self)
{
  if (self->staff != NULL && !bm_desk_may_stay (self))
    bm_desk_go_today (self);
}

/* How much was set going that an event follows, and a page with it. */
static guint
count_under_way (BmDesk *self)
{
  guint n = 0;

  for (GList *at = self->effects.head; at != NULL; at = at->next)
    switch ((int) ((BmDeskEffect *) at->data)->type)
      {
      case BM_DESK_EFFECT_CHECK_STAFF:
      case BM_DESK_EFFECT_WITNESS:
      case BM_DESK_EFFECT_WRITE:
      case BM_DESK_EFFECT_GET_DUE_LIST:
      case BM_DESK_EFFECT_FIND:
      case BM_DESK_EFFECT_FIND_PERSON:
      case BM_DESK_EFFECT_CHECK_MACHINE:
      case BM_DESK_EFFECT_GET_DAY:
      case BM_DESK_EFFECT_GET_INDICATORS:
      case BM_DESK_EFFECT_STICK_LOOK:
      case BM_DESK_EFFECT_STICK_EXPORT:
      case BM_DESK_EFFECT_STICK_IMPORT:
      case BM_DESK_EFFECT_REPRINT:
      case BM_DESK_EFFECT_FIND_FORM:
      case BM_DESK_EFFECT_COMMIT:
      case BM_DESK_EFFECT_LOOK_AT_PERSON:
        n++;
        break;
      default:
        break;
      }
  return n;
}

/* The face takes nothing else until it is answered: what changes nothing, and sets nothing going, is answered too. */
static void
take_intent (BmDesk *self, json_t *intent)
{
  const guint before = count_under_way (self);
  const gboolean is_taken = handle_intent (self, intent);
  const gboolean is_awaited = strcmp (bm_text_get (intent, "do"), "activity") != 0;

  self->must_emit |= !is_taken || (is_awaited && count_under_way (self) == before);
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

  switch ((int) event->type)
    {
    case BM_DESK_EVENT_INTENT:
      take_intent (self, event->json);
      break;
    case BM_DESK_EVENT_STAFF_CHECKED:
      bm_desk_staff_checked (self, event->text, event->code, event->number);
      break;
    case BM_DESK_EVENT_CARD_READ:
      bm_desk_card_read (self, event->card);
      break;
    case BM_DESK_EVENT_CARD_FAILED:
      bm_desk_card_read (self, NULL);
      break;
    case BM_DESK_EVENT_TICK:
      tick (self);
      break;
    default:
      bm_desk_take_news (self, event);
      break;
    }
  leave_lists (self);
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

gboolean
bm_desk_takes_scan (BmDesk *self)
{
  g_return_val_if_fail (BM_IS_DESK (self), FALSE);

  return bm_desk_get_spec (self)->scan != NULL;
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

/**
 * bm_desk_set_one_screen:
 * @self: a desk
 * @is_one_screen: whether it covers the resident's page instead of standing beside it
 *
 * On one screen no list shows while a resident's session is open.
 */
void
bm_desk_set_one_screen (BmDesk *self, gboolean is_one_screen)
{
  g_return_if_fail (BM_IS_DESK (self));

  self->is_one_screen = is_one_screen;
  leave_lists (self);
  refresh (self);
}

static void
bm_desk_dispose (GObject *object)
{
  BmDesk *self = BM_DESK (object);
  BmDeskEffect *effect;

  g_clear_pointer (&self->hall, bm_json_wipe);
  g_clear_pointer (&self->overview, bm_json_wipe);
  g_clear_pointer (&self->contacts, bm_json_wipe);
  g_clear_pointer (&self->visits, bm_json_wipe);
  g_clear_pointer (&self->due, bm_json_wipe);
  g_clear_pointer (&self->found, bm_json_wipe);
  bm_desk_forget_late (self);
  bm_desk_forget_behalf (self);
  g_clear_pointer (&self->stick, bm_json_wipe);
  g_clear_pointer (&self->checkup, bm_json_wipe);
  g_clear_pointer (&self->day, bm_json_wipe);
  g_clear_pointer (&self->indicators, bm_json_wipe);
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
  self->active_boot_ms = bm_desk_now (self);
  bm_desk_go (self, BM_DESK_LOCKED);
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
  g_clear_pointer (&self->draft, bm_draft_unref);
  bm_wipe_string (self->text);
  bm_wipe_string (self->text2);
  g_free (self);
}
