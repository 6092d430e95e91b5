/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/seat-private.h"

#include "core/catalogue/text.h"

/*
 * The services, working days and languages that a seat goes by. A session keeps those it began with, so that no page
 * changes under a person's finger; the next one takes what came down meanwhile.
 */

void
bm_seat_begin_rules (BmSeat *self)
{
  self->catalogue = bm_catalogue_ref (self->setup.catalogue);
  self->calendar = bm_calendar_ref (self->setup.calendar);
  self->languages = json_incref (self->setup.languages);
}

void
bm_seat_use_rules (BmSeat *self)
{
  g_clear_pointer (&self->used_catalogue, bm_catalogue_unref);
  g_clear_pointer (&self->used_calendar, bm_calendar_unref);
  self->used_catalogue = bm_catalogue_ref (self->catalogue);
  self->used_calendar = bm_calendar_ref (self->calendar);
  self->setup.catalogue = self->used_catalogue;
  self->setup.calendar = self->used_calendar;
  json_decref (self->used_languages);
  self->used_languages = json_incref (self->languages);
  self->setup.languages = self->used_languages;
}

void
bm_seat_clear_rules (BmSeat *self)
{
  g_clear_pointer (&self->catalogue, bm_catalogue_unref);
  g_clear_pointer (&self->calendar, bm_calendar_unref);
  g_clear_pointer (&self->used_catalogue, bm_catalogue_unref);
  g_clear_pointer (&self->used_calendar, bm_calendar_unref);
  g_clear_pointer (&self->languages, json_decref);
  g_clear_pointer (&self->used_languages, json_decref);
  g_clear_pointer (&self->posts, json_decref);
  g_clear_pointer (&self->papers, g_ptr_array_unref);
  g_clear_pointer (&self->divisions_file, g_free);
  g_clear_object (&self->camera);
  bm_seat_set_microphone (self, NULL);
}

void
bm_seat_set_papers (BmSeat *self, GPtrArray *papers)
{
  g_return_if_fail (BM_IS_SEAT (self));

  g_clear_pointer (&self->papers, g_ptr_array_unref);
  self->papers = papers;
}

void
bm_seat_add_papers (BmSeat *self, BmDraft *draft)
{
  g_autoptr (GPtrArray) papers = g_steal_pointer (&self->papers);

  if (papers == NULL)
    return;
  if (draft->attachments == NULL)
    draft->attachments = g_steal_pointer (&papers);
  else
    g_ptr_array_extend_and_steal (draft->attachments, g_steal_pointer (&papers));
}

/* Somebody who has pressed 开始 and looks at the services is not nobody. */
static gboolean
is_on_first_page (BmSeat *self)
{
  json_t *page = bm_session_get_page (self->session);

  return bm_session_is_idle (self->session) &&
         (g_strcmp0 (json_string_value (json_object_get (page, "template")), "idle") == 0 ||
          g_strcmp0 (json_string_value (json_object_get (page, "covers")), "idle") == 0);
}

/**
 * bm_seat_set_rules:
 * @self: a seat
 * @catalogue: its services from the next session on
 * @calendar: its working days from the next session on
 *
 * When nobody is there the next session begins at once.
 */
void
bm_seat_set_rules (BmSeat *self, BmCatalogue *catalogue, BmCalendar *calendar)
{
  g_return_if_fail (BM_IS_SEAT (self));
  g_return_if_fail (catalogue != NULL && calendar != NULL);

  bm_catalogue_ref (catalogue);
  bm_calendar_ref (calendar);
  bm_catalogue_unref (self->catalogue);
  bm_calendar_unref (self->calendar);
  self->catalogue = catalogue;
  self->calendar = calendar;
  if (self->session != NULL && is_on_first_page (self))
    bm_seat_open_session (self);
}

/* Nobody who is at the screen is interrupted. */
static gboolean
begin (BmSeat *self, BmEventType type, json_t *what)
{
  const BmEvent event = { .type = type, .json = what };

  if (!bm_seat_is_idle (self))
    return FALSE;
  bm_seat_feed (self, &event);
  return !bm_seat_is_idle (self);
}

gboolean
bm_seat_begin_behalf (BmSeat *self, json_t *behalf)
{
  g_return_val_if_fail (BM_IS_SEAT (self) && behalf != NULL, FALSE);

  return begin (self, BM_EVENT_BEHALF, behalf);
}

gboolean
bm_seat_begin_visit (BmSeat *self, json_t *order)
{
  g_return_val_if_fail (BM_IS_SEAT (self) && order != NULL, FALSE);

  return begin (self, BM_EVENT_VISIT, order);
}

void
bm_seat_feed_posts (BmSeat *self)
{
  const BmEvent event = { .type = BM_EVENT_POSTS, .json = self->posts };

  bm_seat_feed (self, &event);
}

/**
 * bm_seat_set_posts:
 * @self: a seat
 * @posts: (nullable): what hangs on the board, at once and for every session after this one
 */
void
bm_seat_set_posts (BmSeat *self, json_t *posts)
{
  g_return_if_fail (BM_IS_SEAT (self));

  json_incref (posts);
  json_decref (self->posts);
  self->posts = posts;
  bm_seat_feed_posts (self);
}

/**
 * bm_seat_set_languages:
 * @self: a seat
 * @languages: (nullable): those that are offered from the next session on
 *
 * When nobody is there the next session begins at once.
 */
void
bm_seat_set_languages (BmSeat *self, json_t *languages)
{
  g_return_if_fail (BM_IS_SEAT (self));

  json_incref (languages);
  json_decref (self->languages);
  self->languages = languages;
  if (self->session != NULL && is_on_first_page (self))
    bm_seat_open_session (self);
}

void
bm_seat_set_roster (BmSeat *self, BmRoster *roster)
{
  g_return_if_fail (BM_IS_SEAT (self));
  g_return_if_fail (roster != NULL);

  bm_roster_ref (roster);
  bm_roster_unref (self->roster);
  self->roster = roster;
  if (self->session != NULL && is_on_first_page (self))
    bm_seat_open_session (self); /* who may be the witness is another question now */
}

void
bm_seat_feed_headphone (BmSeat *self)
{
  const BmEvent event = { .type = BM_EVENT_HEADPHONE, .flag = self->has_headphone };

  bm_seat_feed (self, &event);
}

/**
 * bm_seat_set_headphone:
 * @self: a seat
 * @is_in: one is in
 *
 * Tells the session, and every one after it.
 */
void
bm_seat_set_headphone (BmSeat *self, gboolean is_in)
{
  g_return_if_fail (BM_IS_SEAT (self));

  if (self->has_headphone == is_in)
    return;
  self->has_headphone = is_in;
  bm_seat_feed_headphone (self);
}

void
bm_seat_scan (BmSeat *self, const char *text)
{
  BmEvent event = { .type = BM_EVENT_INTENT };

  g_return_if_fail (BM_IS_SEAT (self));
  g_return_if_fail (text != NULL);

  event.json = json_pack ("{s:s, s:s}", "do", "scan", "value", text);
  bm_seat_feed (self, &event);
  bm_json_wipe (event.json);
}
