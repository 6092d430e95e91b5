/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/session/session.h"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/session/session-behalf.h"

#include <string.h>

/*
 * The session of one seat. Events in, effects and page models out; nothing else. The order of the steps
 * between HOME and COMMITTING is the flow of the service's file; no service is known here.
 *
 *   RESTARTED -> IDLE -> HOME -> CARD -> CONFIRM -> LOOKING -+-> TOLD | LETTER -> PRINT -> MORE
 *                         ^       |  ^      |                |-> DUPLICATE -> GOODBYE
 *                         |       v  |      v no             v
 *                         |    NO_CARD    CARD       [ NOTICE <-> DETAIL
 *                         |                            FIELD/DIGITS...
 *                      GOODBYE                         READBACK
 *                         ^                            WITNESS -> STAFF -> PIN -> CHECKING -> SEEN
 *                         |                               |        ^ REFUSED <-'    |
 *                         |                               v                         |
 *                         |                             UNSEEN (nothing recorded)   |
 *                         |                            CASES <-> CASE ]             v
 *                         |                                                     COMMITTING
 *      PRINT <- RESULT <- SENDING <----- online ------- COMMITTED <-----------------'  |
 *        |                   | 8 s                          | offline                  v
 *        '-> GOODBYE <----- DONE <--------------------------'                     NOT_STORED
 *
 *   In the brackets also QUERY: BENEFIT or NO_AMOUNTS (session-benefit.c), and before them BEFORE
 *   (session-before.c). IDLE and HOME lead to TRACK too, which needs nobody (session-track.c).
 *   A file may begin with DANGER and its FIELDs, before anybody is asked who they are (session-flow.c).
 *
 *   any page: HELP covers it when nobody came for 60 s; WARN covers it after five idle minutes; VOICE
 *   covers it when asked, until the page below moves on (session-voice.c);
 *   GOODBYE may lead to HOME once more, with the card still read (再办一件: session-wipe.c);
 *   end, GOODBYE, or 60 s of WARN -> CLOSING (everything wiped) -> IDLE, with a new session id.
 *
 * Invariants (bm_session_assert):
 *  - nothing of a person is held in IDLE, RESTARTED and CLOSING (invariant 13);
 *  - the words of the pages after COMMITTED are reached only with a committed number (invariant 1);
 *  - COMMITTING holds a draft whose evidence satisfies the catalogue; a card alone never does where the
 *    file asks for a witness;
 *  - a page that shows personal things needs a confirmed, identified person; while no name is wanted
 *    nobody is held at all, and the same pages show nobody's things;
 *  - a choice counts only when the current page offers it;
 *  - amounts are in no model but BENEFIT's, and there only while they are uncovered.
 */

G_DEFINE_FINAL_TYPE (BmSession, bm_session, G_TYPE_OBJECT)

gint64
bm_session_now (BmSession *self)
{
  return bm_clock_get_boot_ms (self->setup->clock);
}

gboolean
bm_session_is_recorded (BmSession *self)
{
  return self->committed != NULL;
}

/* Effects */

BmEffect *
bm_session_add_effect (BmSession *self, BmEffectType type)
{
  BmEffect *effect = g_new0 (BmEffect, 1);

  effect->type = type;
  g_queue_push_tail (&self->effects, effect);
  return effect;
}

void
bm_session_audit (BmSession *self, const char *event, const char *detail)
{
  BmEffect *effect = bm_session_add_effect (self, BM_EFFECT_AUDIT);

  effect->json = json_pack ("{s:s, s:s}", "event", event, "seat", self->setup->seat);
  if (!bm_session_is_untraced (self))
    json_object_set_new (effect->json, "session", json_string (self->id));
  else
    json_object_set_new (effect->json, "anonymous", json_true ()); /* stored without the hour */
  if (self->service != NULL)
    json_object_set (effect->json, "service", json_object_get (self->service, "id"));
  if (detail != NULL)
    json_object_set_new (effect->json, "detail", json_string (detail));
}

/* Pages */

static gboolean
is_overlay (BmPageId page)
{
  return page == BM_PAGE_HELP || page == BM_PAGE_WARN || page == BM_PAGE_ALERT ||
         page == BM_PAGE_VOICE || page == BM_PAGE_LANGUAGE || page == BM_PAGE_LOOK;
}

BmPageId
bm_session_get_current (BmSession *self)
{
  return is_overlay (self->page_id) ? self->under : self->page_id;
}

void
bm_session_go (BmSession *self, BmPageId page)
{
  g_assert (page < BM_N_PAGES && !is_overlay (page));

  if (page == BM_PAGE_GOODBYE)
    self->was_only_told = bm_session_is_only_told (self);
  self->page_boot_ms = bm_session_now (self);
  self->is_stranger = FALSE;
  self->is_low_news = FALSE;
  if (self->page_id == BM_PAGE_HELP || self->page_id == BM_PAGE_WARN ||
      self->page_id == BM_PAGE_ALERT)
    self->under = page;
  else
    self->page_id = page;
  bm_session_set_clock (self);
}

void
bm_session_cover (BmSession *self, BmPageId overlay)
{
  g_assert (is_overlay (overlay));

  self->under = bm_session_get_current (self);
  self->page_id = overlay;
  bm_session_set_clock (self);
}

void
bm_session_uncover (BmSession *self)
{
  self->page_id = bm_session_get_current (self);
}

static void
refresh (BmSession *self)
{
  json_t *page = bm_session_build_page (self);
  BmEffect *effect;

  if (!self->must_emit && json_equal (page, self->page))
    {
      bm_json_wipe (page);
      return;
    }
  self->must_emit = FALSE;
  bm_json_wipe (self->page);
  self->page = page;
  effect = bm_session_add_effect (self, BM_EFFECT_PAGE);
  effect->json = json_incref (page);
}

/* End */

void
bm_session_close (BmSession *self, const char *why)
{
  if (self->page_id == BM_PAGE_CLOSING)
    return;
  bm_session_audit (self, "session-closed", why);
  if (self->answer != NULL && !bm_session_is_result (self->answer))
    bm_session_tell (self, self->answer); /* it stood on the page; a result may not have */
  bm_session_stop_witness (self);
  bm_session_stop_writing (self);
  bm_session_stop_ringing (self);
  bm_session_lease (self, FALSE);
  self->was_open = self->has_recorded || bm_session_is_recorded (self); /* what CLOSING says */
  if (bm_session_get_current (self) != BM_PAGE_GOODBYE)
    self->was_only_told = bm_session_is_only_told (self);
  bm_session_forget_matter (self);
  bm_session_forget_visit (self);
  bm_session_forget_person (self);
  self->service = NULL;
  self->why = why;
  bm_session_uncover (self);
  bm_session_go (self, BM_PAGE_CLOSING);
}

char *
bm_session_make_id (void)
{
  guint8 bytes[8];
  GString *id = g_string_new (NULL);

  bm_random_bytes (bytes, sizeof bytes);
  for (gsize i = 0; i < sizeof bytes; i++)
    g_string_append_printf (id, "%02x", bytes[i]);
  return g_string_free (id, FALSE);
}

static void
make_id (BmSession *self)
{
  g_free (self->id);
  self->id = bm_session_make_id ();
}

void
bm_session_finish (BmSession *self)
{
  BmEffect *effect = bm_session_add_effect (self, BM_EFFECT_ENDED);

  effect->text = g_strdup (self->why != NULL ? self->why : "");
  make_id (self);
  bm_session_reset_look (self);
  self->is_spoken = TRUE;
  bm_session_reset_voice (self);
  self->language = 0;
  self->was_open = self->was_only_told = FALSE;
  self->is_another = self->has_recorded = FALSE;
  g_clear_pointer (&self->heard, json_decref);
  self->must_emit = TRUE;
  self->matter = 0;
  bm_session_go (self, BM_PAGE_IDLE);
}

/* Events */

/* What waits for the person for whom somebody acted is for nobody else; whether anything is left. */
static gboolean
keep_for_all (BmSession *self)
{
  for (gsize i = json_array_size (self->untold); i > 0; i--)
    if (bm_session_is_for_principal (self, json_array_get (self->untold, i - 1)))
      json_array_remove (self->untold, i - 1);
  if (json_array_size (self->untold) > 0)
    return TRUE;
  g_clear_pointer (&self->untold, bm_json_wipe);
  return FALSE;
}

static void
handle_restarted (BmSession *self, json_t *cases, gboolean was_open)
{
  if (!bm_session_is_idle (self) || (json_array_size (cases) == 0 && !was_open))
    return;
  bm_json_wipe (self->untold);
  self->untold = json_is_array (cases) ? json_deep_copy (cases) : json_array ();
  self->was_open = was_open;
  if (!was_open && !keep_for_all (self))
    return;
  bm_session_go (self, BM_PAGE_RESTARTED);
}

static void
handle_card_event (BmSession *self, const BmEvent *event)
{
  self->active_boot_ms = bm_session_now (self);
  if (event->type == BM_EVENT_CARD_READ)
    bm_session_card_read (self, event->card);
  else if (event->type == BM_EVENT_CARD_FAILED)
    bm_session_card_failed (self, event->code, event->number == BM_READER_SLOT_SOCIAL);
  else
    bm_session_card_removed (self, event->number == BM_READER_SLOT_SOCIAL);
}

static void
handle_station_event (BmSession *self, const BmEvent *event)
{
  switch ((int) event->type)
    {
    case BM_EVENT_READER_STATE:
      if (event->number == BM_READER_SLOT_SOCIAL)
        self->has_social_reader = event->flag;
      else
        self->has_reader = event->flag;
      break;
    case BM_EVENT_MEANS:
      self->can_note = event->flag;
      self->has_records = event->number != 0;
      break;
    case BM_EVENT_LINK:
      self->is_online = event->flag;
      self->was_recently_online = event->flag || event->number == 1;
      break;
    case BM_EVENT_IDENTIFIED:
      bm_session_identified (self, event->tag, event->json);
      break;
    case BM_EVENT_COMMITTED:
      bm_session_committed (self, event->json);
      break;
    case BM_EVENT_COMMIT_FAILED:
      bm_session_commit_failed (self, event->code);
      break;
    case BM_EVENT_CASE_CHANGED:
      bm_session_case_changed (self, event->json);
      break;
    case BM_EVENT_PRINT_STATE:
      bm_session_print_state (self, event->number, event->text, event->text2);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* What the station found when it was asked, or has anyhow. */
static void
take_looked_up (BmSession *self, const BmEvent *event)
{
  switch ((int) event->type)
    {
    case BM_EVENT_RECORD:
      bm_session_take_record (self, event->json);
      break;
    case BM_EVENT_TRACKED:
      bm_session_tracked (self, event->json);
      break;
    case BM_EVENT_USES:
      bm_session_take_uses (self, event->json);
      break;
    case BM_EVENT_POSTS:
      bm_session_take_posts (self, event->json);
      break;
    case BM_EVENT_DIVISIONS:
      bm_session_take_divisions (self, event->divisions);
      break;
    case BM_EVENT_VISITS:
      bm_session_take_visits (self, event->json);
      break;
    default:
      g_return_if_reached ();
    }
}

/**
 * bm_session_handle:
 * @self: a session
 * @event: what happened; everything in it is borrowed
 *
 * Takes one event. What follows from it waits in bm_session_take_effect().
 */
void
bm_session_handle (BmSession *self, const BmEvent *event)
{
  g_return_if_fail (BM_IS_SESSION (self) && event != NULL);

  switch (event->type)
    {
    case BM_EVENT_INTENT:
      bm_session_take_intent (self, event->json);
      break;
    case BM_EVENT_CARD_READ:
    case BM_EVENT_CARD_REMOVED:
    case BM_EVENT_CARD_FAILED:
      handle_card_event (self, event);
      break;
    case BM_EVENT_READER_STATE:
    case BM_EVENT_LINK:
    case BM_EVENT_MEANS:
    case BM_EVENT_IDENTIFIED:
    case BM_EVENT_COMMITTED:
    case BM_EVENT_COMMIT_FAILED:
    case BM_EVENT_CASE_CHANGED:
    case BM_EVENT_PRINT_STATE:
      handle_station_event (self, event);
      break;
    case BM_EVENT_STAFF_CHECKED:
      bm_session_staff_checked (self, event->text, event->code, event->number);
      break;
    case BM_EVENT_WITNESS:
      bm_session_witnessed (self, event->text, event->flag);
      break;
    case BM_EVENT_TEXT:
      bm_session_written (self, event->text, event->text2);
      break;
    case BM_EVENT_HELP_ANSWERED:
      bm_session_answer_help (self);
      break;
    case BM_EVENT_RESTARTED:
      handle_restarted (self, event->json, event->flag);
      break;
    case BM_EVENT_RECORD:
    case BM_EVENT_TRACKED:
    case BM_EVENT_USES:
    case BM_EVENT_POSTS:
    case BM_EVENT_DIVISIONS:
    case BM_EVENT_VISITS:
      take_looked_up (self, event);
      break;
    case BM_EVENT_BEHALF:
      bm_session_begin_behalf (self, event->json);
      break;
    case BM_EVENT_VISIT:
      bm_session_begin_visit (self, event->json);
      break;
    case BM_EVENT_WITHDRAWN:
      bm_session_withdrawn (self, event);
      break;
    case BM_EVENT_PHOTO:
      bm_session_take_photo (self, event);
      break;
    case BM_EVENT_MEMO:
      bm_session_take_memo (self, event);
      break;
    case BM_EVENT_LEVEL:
      bm_session_take_level (self, event);
      break;
    case BM_EVENT_HEADPHONE:
      bm_session_take_headphone (self, event->flag);
      break;
    case BM_EVENT_TICK:
      bm_session_tick (self);
      break;
    default:
      g_return_if_reached ();
    }
  refresh (self);
  bm_session_assert (self);
}

/**
 * bm_session_take_effect:
 * @self: a session
 *
 * Returns: (transfer full) (nullable): the next thing to carry out, %NULL when none is left
 */
BmEffect *
bm_session_take_effect (BmSession *self)
{
  g_return_val_if_fail (BM_IS_SESSION (self), NULL);
  return g_queue_pop_head (&self->effects);
}

/**
 * bm_session_get_page:
 * @self: a session
 *
 * Returns: (transfer none): the current page model
 */
json_t *
bm_session_get_page (BmSession *self)
{
  g_return_val_if_fail (BM_IS_SESSION (self), NULL);
  return self->page;
}

/**
 * bm_session_get_id:
 * @self: a session
 *
 * Returns: (transfer none): 16 hex digits; another one after every end
 */
const char *
bm_session_get_id (BmSession *self)
{
  g_return_val_if_fail (BM_IS_SESSION (self), NULL);
  return self->id;
}

/**
 * bm_session_is_idle:
 * @self: a session
 *
 * Returns: whether nobody is being served: 待机, or the first page with nobody identified
 */
gboolean
bm_session_is_idle (BmSession *self)
{
  BmPageId current;

  g_return_val_if_fail (BM_IS_SESSION (self), TRUE);
  current = bm_session_get_current (self);
  return self->card == NULL &&
         (current == BM_PAGE_IDLE || current == BM_PAGE_HOME || current == BM_PAGE_OTHERS ||
          current == BM_PAGE_RESTARTED || current == BM_PAGE_CLOSING);
}

void
bm_session_assert (BmSession *self)
{
  BmPageId current = bm_session_get_current (self);
  const BmPageSpec *spec = bm_session_get_spec (current);

  g_assert (self->page != NULL && self->id != NULL && strlen (self->id) == 16);
  g_assert (strcmp (json_string_value (json_object_get (self->page, "id")),
                    bm_session_get_spec (self->page_id)->id) == 0);
  if (current == BM_PAGE_IDLE || current == BM_PAGE_RESTARTED || current == BM_PAGE_CLOSING)
    g_assert (self->card == NULL && self->cases == NULL && self->fields == NULL &&
              self->memo == NULL && self->evidence == NULL && self->draft == NULL &&
              self->committed == NULL && self->record == NULL && self->divisions == NULL &&
              self->tracked == NULL && !self->has_tag && !self->is_confirmed &&
              self->answer == NULL && self->told == NULL);
  g_assert (!self->is_shown || current == BM_PAGE_BENEFIT);
  g_assert ((!self->is_aloud && !self->is_whole) || self->is_shown);
  if (bm_session_is_anonymous (self))
    g_assert (self->card == NULL && self->cases == NULL && !self->has_tag && self->told == NULL);
  else if (spec->is_personal && !bm_session_is_before_identity (self))
    g_assert (self->service != NULL && self->card != NULL && self->is_confirmed && self->has_tag);
  if (current == BM_PAGE_COMMITTING || current == BM_PAGE_NOT_STORED)
    g_assert (self->draft != NULL && self->committed == NULL &&
              (bm_session_is_anonymous (self) || bm_session_get_way (self) != NULL));
  if (current == BM_PAGE_SENDING || current == BM_PAGE_DONE || current == BM_PAGE_RESULT)
    g_assert (self->committed != NULL && self->draft == NULL);
  if (current >= BM_PAGE_CONFIRM && current < BM_PAGE_HELP && current != BM_PAGE_GOODBYE)
    g_assert (self->service != NULL && (self->card != NULL || bm_session_is_anonymous (self) ||
                                        bm_session_is_before_identity (self)));
}

static void
bm_session_dispose (GObject *object)
{
  BmSession *self = BM_SESSION (object);
  BmEffect *effect;

  bm_session_forget_matter (self);
  bm_session_forget_visit (self);
  bm_session_forget_person (self);
  g_clear_pointer (&self->untold, bm_json_wipe);
  g_clear_pointer (&self->posts, json_decref);
  g_clear_pointer (&self->heard, json_decref);
  g_clear_pointer (&self->page, bm_json_wipe);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->clock, g_free);
  while ((effect = g_queue_pop_head (&self->effects)) != NULL)
    bm_effect_free (effect);
  G_OBJECT_CLASS (bm_session_parent_class)->dispose (object);
}

static void
bm_session_class_init (BmSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bm_session_dispose;
}

static void
bm_session_init (BmSession *self)
{
  g_queue_init (&self->effects);
  bm_session_reset_look (self);
  self->is_spoken = TRUE;
  bm_session_reset_voice (self);
  self->has_reader = TRUE;
  self->can_note = self->has_records = TRUE;
  self->card_error = -1;
}

/**
 * bm_session_new:
 * @setup: the station; must outlive the session
 *
 * Makes the session of one seat, idle.
 *
 * Returns: (transfer full): the session; its first page waits as an effect
 */
BmSession *
bm_session_new (const BmSessionSetup *setup)
{
  BmSession *self;

  g_return_val_if_fail (setup != NULL && setup->catalogue != NULL && setup->clock != NULL, NULL);

  self = g_object_new (BM_TYPE_SESSION, NULL);
  self->setup = setup;
  make_id (self);
  bm_session_go (self, BM_PAGE_IDLE);
  refresh (self);
  return self;
}

/**
 * bm_effect_free:
 * @self: (transfer full) (nullable): an effect
 *
 * Frees an effect and wipes its texts.
 */
void
bm_effect_free (BmEffect *self)
{
  if (self == NULL)
    return;
  bm_json_wipe (self->json);
  g_clear_pointer (&self->draft, bm_draft_unref);
  bm_wipe_string (self->text);
  bm_wipe_string (self->text2);
  g_clear_pointer (&self->whole, g_bytes_unref);
  g_free (self);
}
