/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/desk-seat-private.h"

#include "core/catalogue/text.h"

/*
 *   bus, hall's signals, overview, tick ──► event ──► BmDesk ──► effect ──► hall, store, spooler
 *
 * Invariants:
 *  D1  The desk sees of the hall's session what that session allows (signal "hall"), and nothing once it
 *      ended.
 *  D2  A witness act counts for the session it was made for: the PIN check carries that session's subject
 *      and is dropped when the hall's session changed meanwhile.
 *  D3  What a search found is shown by the search that asked; a further copy is told to the matter it was
 *      asked for.
 */

G_DEFINE_FINAL_TYPE (BmDeskSeat, bm_desk_seat, G_TYPE_OBJECT)

guint bm_desk_seat_signals[BM_DESK_SEAT_N_SIGNALS];

static void
pump (BmDeskSeat *self)
{
  BmDeskEffect *effect;

  if (self->is_pumping)
    return;
  self->is_pumping = TRUE;
  while ((effect = bm_desk_take_effect (self->desk)) != NULL)
    {
      bm_desk_seat_carry_out (self, effect);
      bm_desk_effect_free (effect);
    }
  self->is_pumping = FALSE;
}

void
bm_desk_seat_feed (BmDeskSeat *self, const BmDeskEvent *event)
{
  bm_desk_handle (self->desk, event);
  pump (self);
}

/* Events */

/* A list must not stand beside a resident on one screen, so this is looked at before anything is done. */
static void
follow_hall (BmDeskSeat *self)
{
  gboolean is_open = !bm_seat_is_idle (self->hall);
  const BmDeskEvent event = { .type = BM_DESK_EVENT_SESSION, .flag = is_open };

  if (self->is_session_open == is_open)
    return;
  self->is_session_open = is_open;
  bm_desk_seat_feed (self, &event);
}

static void
on_card_read (BmReader *reader, BmCard *card, gpointer user_data)
{
  BmDeskSeat *self = user_data;
  const BmDeskEvent event = { .type = BM_DESK_EVENT_CARD_READ, .card = card };

  if (self->is_leased)
    bm_desk_seat_feed (self, &event);
}

static void
on_card_failed (BmReader *reader, GError *error, gpointer user_data)
{
  BmDeskSeat *self = user_data;
  const BmDeskEvent event = { .type = BM_DESK_EVENT_CARD_FAILED, .code = error->code };

  if (self->is_leased)
    bm_desk_seat_feed (self, &event);
}

static void
feed_reader_state (BmDeskSeat *self)
{
  const BmDeskEvent event = {
    .type = BM_DESK_EVENT_READER_STATE,
    .flag = self->reader != NULL && bm_reader_get_state (self->reader) == BM_READER_READY,
  };

  bm_desk_seat_feed (self, &event);
}

void
bm_desk_seat_feed_stick (BmDeskSeat *self)
{
  BmDeskEvent event = { .type = BM_DESK_EVENT_STICK };

  if (self->volumes != NULL)
    {
      event.json = bm_volumes_describe (self->volumes);
      json_object_set_new (event.json, "sticks", bm_volumes_list_sticks (self->volumes));
    }
  bm_desk_seat_feed (self, &event);
  g_clear_pointer (&event.json, json_decref);
}

/* How far it is is looked at once a second; that it is over is told at once. */
static void
on_volumes_changed (BmVolumes *volumes, gpointer user_data)
{
  if (!bm_volumes_is_working (volumes))
    bm_desk_seat_feed_stick (user_data);
}

static void
on_reader_state (BmReader *reader, GParamSpec *pspec, gpointer user_data)
{
  feed_reader_state (user_data);
}

static void
on_attached (BmBusServer *server, GDBusConnection *peer, gpointer user_data)
{
  BmDeskSeat *self = user_data;

  bm_page_sender_greet (self->pages, peer);
  g_signal_emit (self, bm_desk_seat_signals[BM_DESK_SEAT_SIGNAL_ATTACHED_CHANGED], 0, TRUE);
}

static void
on_gone (BmBusServer *server, GDBusConnection *peer, gpointer user_data)
{
  BmDeskSeat *self = user_data;

  if (bm_bus_server_count_attached (server) == 0)
    g_signal_emit (self, bm_desk_seat_signals[BM_DESK_SEAT_SIGNAL_ATTACHED_CHANGED], 0, FALSE);
}

static void
on_intent (BmBusServer *server,
           GDBusConnection *peer,
           guint64 rev,
           const char *text,
           gpointer user_data)
{
  BmDeskSeat *self = user_data;
  BmDeskEvent event = { .type = BM_DESK_EVENT_INTENT };

  if (!bm_page_sender_accepts (self->pages, peer, rev))
    return;
  follow_hall (self);
  event.json = bm_intent_parse (text);
  if (event.json != NULL)
    bm_desk_seat_feed (self, &event);
  else
    g_message ("desk: an intent did not follow its schema and was dropped");
  g_clear_pointer (&event.json, json_decref);
}

static void
on_hall (BmSeat *hall, gpointer json, gpointer user_data)
{
  BmDeskSeat *self = user_data;
  const BmDeskEvent event = { .type = BM_DESK_EVENT_HALL, .json = json };

  self->generation++;
  follow_hall (self);
  bm_desk_seat_feed (self, &event);
}

static void
on_help (BmSeat *hall, gboolean is_wanted, const char *why, gpointer user_data)
{
  const BmDeskEvent event = { .type = BM_DESK_EVENT_HELP, .flag = is_wanted, .text = why };

  bm_desk_seat_feed (user_data, &event);
}

/* Object */

static void
open_desk (BmDeskSeat *self)
{
  g_autoptr (GDateTime) now = bm_clock_dup_local (self->setup.clock);

  g_clear_object (&self->desk); /* borrows staff and duty, so it goes first */
  g_clear_pointer (&self->setup.staff, json_decref);
  g_clear_pointer (&self->setup.duty, json_decref);
  self->setup.staff = bm_roster_dup_public (self->roster, now);
  self->setup.duty = bm_roster_dup_duty (self->roster, now);
  self->desk = bm_desk_new (&self->setup);
  self->search++; /* What an older one looked for is not this one's. */
  self->is_session_open = FALSE;
  bm_desk_seat_lease (self, FALSE);
  bm_desk_set_one_screen (self->desk, self->is_one_screen);
  pump (self);
  feed_reader_state (self);
}

static void
bm_desk_seat_dispose (GObject *object)
{
  BmDeskSeat *self = BM_DESK_SEAT (object);

  if (self->server != NULL)
    g_signal_handlers_disconnect_by_data (self->server, self);
  if (self->hall != NULL)
    g_signal_handlers_disconnect_by_data (self->hall, self);
  if (self->reader != NULL)
    g_signal_handlers_disconnect_by_data (self->reader, self);
  if (self->volumes != NULL)
    g_signal_handlers_disconnect_by_data (self->volumes, self);
  bm_desk_seat_lease (self, FALSE);
  g_clear_object (&self->volumes);
  g_clear_object (&self->reader);
  g_clear_object (&self->desk);
  g_clear_object (&self->hall);
  g_clear_object (&self->spooler);
  g_clear_object (&self->store);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (bm_desk_seat_parent_class)->dispose (object);
}

static void
bm_desk_seat_finalize (GObject *object)
{
  BmDeskSeat *self = BM_DESK_SEAT (object);

  g_clear_pointer (&self->pages, bm_page_sender_free);
  g_clear_pointer (&self->setup.staff, json_decref);
  g_clear_pointer (&self->setup.duty, json_decref);
  g_clear_pointer (&self->catalogue, bm_catalogue_unref);
  g_clear_pointer (&self->roster, bm_roster_unref);
  g_clear_pointer (&self->subject_salt, g_bytes_unref);

  G_OBJECT_CLASS (bm_desk_seat_parent_class)->finalize (object);
}

static void
bm_desk_seat_class_init (BmDeskSeatClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = bm_desk_seat_dispose;
  object_class->finalize = bm_desk_seat_finalize;

  bm_desk_seat_signals[BM_DESK_SEAT_SIGNAL_OVERVIEW_WANTED] =
    g_signal_new ("overview-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  bm_desk_seat_signals[BM_DESK_SEAT_SIGNAL_CHECKUP_WANTED] =
    g_signal_new ("checkup-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  bm_desk_seat_signals[BM_DESK_SEAT_SIGNAL_RETRY] =
    g_signal_new ("retry", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                  G_TYPE_STRING);
  bm_desk_seat_signals[BM_DESK_SEAT_SIGNAL_ATTACHED_CHANGED] =
    g_signal_new ("attached-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                  G_TYPE_BOOLEAN);
}

static void
bm_desk_seat_init (BmDeskSeat *self)
{
}

static void
connect_signals (BmDeskSeat *self)
{
  g_signal_connect (self->server, "attached", G_CALLBACK (on_attached), self);
  g_signal_connect (self->server, "gone", G_CALLBACK (on_gone), self);
  g_signal_connect (self->server, "intent", G_CALLBACK (on_intent), self);
  g_signal_connect (self->hall, "hall", G_CALLBACK (on_hall), self);
  g_signal_connect (self->hall, "help", G_CALLBACK (on_help), self);
  if (self->volumes != NULL)
    g_signal_connect (self->volumes, "changed", G_CALLBACK (on_volumes_changed), self);
  if (self->reader == NULL)
    return;
  g_signal_connect (self->reader, "card-read", G_CALLBACK (on_card_read), self);
  g_signal_connect (self->reader, "card-failed", G_CALLBACK (on_card_failed), self);
  g_signal_connect (self->reader, "notify::state", G_CALLBACK (on_reader_state), self);
}

/**
 * bm_desk_seat_new:
 * @setup: what it is made of
 * @roster: who works here
 * @hall: the seat it attends
 *
 * Opens the desk, locked.
 *
 * Returns: (transfer full): the desk
 */
BmDeskSeat *
bm_desk_seat_new (const BmSeatSetup *setup, BmRoster *roster, BmSeat *hall)
{
  BmDeskSeat *self;

  g_return_val_if_fail (setup != NULL && roster != NULL, NULL);
  g_return_val_if_fail (BM_IS_SEAT (hall), NULL);

  self = g_object_new (BM_TYPE_DESK_SEAT, NULL);
  self->server = g_object_ref (setup->server);
  self->store = g_object_ref (setup->store);
  self->spooler = setup->spooler != NULL ? g_object_ref (setup->spooler) : NULL;
  self->reader = setup->reader != NULL ? g_object_ref (setup->reader) : NULL;
  self->volumes = setup->volumes != NULL ? g_object_ref (setup->volumes) : NULL;
  self->subject_salt = g_bytes_ref (setup->subject_salt);
  self->hall = g_object_ref (hall);
  self->roster = bm_roster_ref (roster);
  self->setup = setup->session;
  self->setup.seat = "desk";
  self->catalogue = bm_catalogue_ref (self->setup.catalogue);
  self->setup.staff = NULL;
  self->setup.duty = NULL;
  self->pages = bm_page_sender_new (self->server, bm_clock_get_boot_ms (self->setup.clock));

  bm_bus_server_set_seat (self->server, "desk");
  connect_signals (self);
  open_desk (self);
  return self;
}

/**
 * bm_desk_seat_set_roster:
 * @self: the desk
 * @roster: a newer roster
 *
 * Locks the desk: whoever was signed in may not work here any more. A call about danger goes on.
 */
void
bm_desk_seat_set_roster (BmDeskSeat *self, BmRoster *roster)
{
  const BmDeskEvent danger = { .type = BM_DESK_EVENT_HELP, .flag = TRUE, .text = "danger" };
  gboolean is_danger;

  g_return_if_fail (BM_IS_DESK_SEAT (self));
  g_return_if_fail (roster != NULL);

  is_danger = bm_desk_is_danger (self->desk);
  bm_roster_ref (roster);
  bm_roster_unref (self->roster);
  self->roster = roster;
  open_desk (self);
  if (is_danger)
    bm_desk_seat_feed (self, &danger);
}

/* The desk only reads names of services there, page by page. */
void
bm_desk_seat_set_rules (BmDeskSeat *self, BmCatalogue *catalogue, BmCalendar *calendar)
{
  g_return_if_fail (BM_IS_DESK_SEAT (self));
  g_return_if_fail (catalogue != NULL && calendar != NULL);

  bm_catalogue_ref (catalogue);
  bm_catalogue_unref (self->catalogue);
  self->catalogue = catalogue;
  self->setup.catalogue = catalogue;
}

/**
 * bm_desk_seat_set_one_screen:
 * @self: the desk
 * @is_one_screen: whether resident and helper share one screen
 *
 * On one screen no list shows while a resident's session is open.
 */
void
bm_desk_seat_set_one_screen (BmDeskSeat *self, gboolean is_one_screen)
{
  g_return_if_fail (BM_IS_DESK_SEAT (self));

  self->is_one_screen = is_one_screen;
  bm_desk_set_one_screen (self->desk, is_one_screen);
  pump (self);
}

void
bm_desk_seat_set_overview (BmDeskSeat *self, json_t *overview)
{
  const BmDeskEvent event = { .type = BM_DESK_EVENT_OVERVIEW, .json = overview };

  g_return_if_fail (BM_IS_DESK_SEAT (self));

  bm_desk_seat_feed (self, &event);
}

void
bm_desk_seat_set_checkup (BmDeskSeat *self, json_t *checkup)
{
  const BmDeskEvent event = { .type = BM_DESK_EVENT_CHECKUP, .json = checkup };

  g_return_if_fail (BM_IS_DESK_SEAT (self));

  bm_desk_seat_feed (self, &event);
}

json_t *
bm_desk_seat_get_page (BmDeskSeat *self)
{
  g_return_val_if_fail (BM_IS_DESK_SEAT (self), NULL);

  return bm_desk_get_page (self->desk);
}

void
bm_desk_seat_tick (BmDeskSeat *self)
{
  const BmDeskEvent event = { .type = BM_DESK_EVENT_TICK };

  g_return_if_fail (BM_IS_DESK_SEAT (self));

  follow_hall (self);
  bm_desk_seat_feed (self, &event);
}

gboolean
bm_desk_seat_scan (BmDeskSeat *self, const char *text)
{
  BmDeskEvent event = { .type = BM_DESK_EVENT_INTENT };

  g_return_val_if_fail (BM_IS_DESK_SEAT (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  if (!bm_desk_takes_scan (self->desk))
    return FALSE;
  event.json = json_pack ("{s:s, s:s}", "do", "scan", "value", text);
  bm_desk_seat_feed (self, &event);
  bm_json_wipe (event.json);
  return TRUE;
}
