/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/desk-seat.h"

#include "app/station/page-sender.h"
#include "app/station/staff-check.h"

/*
 *   bus, hall's signals, overview, tick ──► event ──► BmDesk ──► effect ──► hall, store, spooler
 *
 * Invariants:
 *  D1  The desk sees of the hall's session what that session allows (signal "hall"), and nothing once it
 *      ended.
 *  D2  A witness act counts for the session it was made for: the PIN check carries that session's subject
 *      and is dropped when the hall's session changed meanwhile.
 */

struct _BmDeskSeat
{
  GObject parent_instance;

  BmBusServer *server;
  BmStore *store;
  BmSpooler *spooler;
  BmSeat *hall;
  BmRoster *roster;
  BmPageSender *pages;

  BmSessionSetup setup;
  BmDesk *desk;
  guint generation; /* counts what the hall lets us see: D2 */
  gboolean is_pumping;
};

G_DEFINE_FINAL_TYPE (BmDeskSeat, bm_desk_seat, G_TYPE_OBJECT)

enum
{
  SIGNAL_OVERVIEW_WANTED,
  SIGNAL_RETRY,
  SIGNAL_ATTACHED_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void feed (BmDeskSeat *self, const BmDeskEvent *event);

/* Effects */

typedef struct
{
  BmDeskSeat *desk;
  char *staff;
  guint generation;
  gboolean as_witness;
} Check;

static void
check_free (Check *check)
{
  g_object_unref (check->desk);
  g_free (check->staff);
  g_free (check);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Check, check_free)

static void
on_staff_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Check) check = user_data;
  g_autoptr (GError) error = NULL;
  BmStaffResult verdict = { .verdict = BM_STAFF_LOCKED, .wait_ms = 60000 };
  BmDeskEvent event = { .type = BM_DESK_EVENT_STAFF_CHECKED, .text = check->staff };

  if (!bm_staff_check_finish (result, &verdict, &error))
    g_warning ("desk: a PIN could not be checked: %s", error->message);
  if (check->as_witness && check->generation != check->desk->generation)
    return;
  event.code = verdict.verdict;
  event.number = verdict.wait_ms;
  feed (check->desk, &event);
}

static void
check_staff (BmDeskSeat *self, const BmDeskEffect *effect)
{
  Check *check = g_new0 (Check, 1);

  check->desk = g_object_ref (self);
  check->staff = g_strdup (effect->text);
  check->generation = self->generation;
  check->as_witness = effect->flag;
  bm_staff_check_async (self->store, self->roster, effect->text, effect->text2,
                        effect->flag ? bm_seat_get_subject_tag (self->hall) : NULL, effect->flag,
                        on_staff_checked, check);
}

static void
on_audited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!bm_store_audit_finish (BM_STORE (source), result, &error))
    g_warning ("desk: an audit entry could not be stored: %s", error->message);
}

static void
carry_out (BmDeskSeat *self, const BmDeskEffect *effect)
{
  switch (effect->type)
    {
    case BM_DESK_EFFECT_PAGE:
      bm_page_sender_show (self->pages, effect->json);
      break;
    case BM_DESK_EFFECT_CHECK_STAFF:
      check_staff (self, effect);
      break;
    case BM_DESK_EFFECT_WITNESS:
      bm_seat_witness (self->hall, effect->text, effect->flag);
      break;
    case BM_DESK_EFFECT_HELP_SEEN:
      bm_seat_answer_help (self->hall);
      break;
    case BM_DESK_EFFECT_REFRESH:
      g_signal_emit (self, signals[SIGNAL_OVERVIEW_WANTED], 0);
      break;
    case BM_DESK_EFFECT_SETTLE_PRINT:
      if (self->spooler != NULL)
        bm_spooler_settle (self->spooler, effect->number, effect->flag);
      break;
    case BM_DESK_EFFECT_RETRY:
      g_signal_emit (self, signals[SIGNAL_RETRY], 0, effect->text != NULL ? effect->text : "");
      break;
    case BM_DESK_EFFECT_AUDIT:
      bm_store_audit_async (self->store, effect->json, on_audited, NULL);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
pump (BmDeskSeat *self)
{
  BmDeskEffect *effect;

  if (self->is_pumping)
    return;
  self->is_pumping = TRUE;
  while ((effect = bm_desk_take_effect (self->desk)) != NULL)
    {
      carry_out (self, effect);
      bm_desk_effect_free (effect);
    }
  self->is_pumping = FALSE;
}

static void
feed (BmDeskSeat *self, const BmDeskEvent *event)
{
  bm_desk_handle (self->desk, event);
  pump (self);
}

/* Events */

static void
on_attached (BmBusServer *server, GDBusConnection *peer, gpointer user_data)
{
  BmDeskSeat *self = user_data;

  bm_page_sender_greet (self->pages, peer);
  g_signal_emit (self, signals[SIGNAL_ATTACHED_CHANGED], 0, TRUE);
}

static void
on_gone (BmBusServer *server, GDBusConnection *peer, gpointer user_data)
{
  BmDeskSeat *self = user_data;

  if (bm_bus_server_count_attached (server) == 0)
    g_signal_emit (self, signals[SIGNAL_ATTACHED_CHANGED], 0, FALSE);
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
  event.json = bm_intent_parse (text);
  if (event.json != NULL)
    feed (self, &event);
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
  feed (self, &event);
}

static void
on_help (BmSeat *hall, gboolean is_wanted, const char *why, gpointer user_data)
{
  const BmDeskEvent event = { .type = BM_DESK_EVENT_HELP, .flag = is_wanted, .text = why };

  feed (user_data, &event);
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
  pump (self);
}

static void
bm_desk_seat_dispose (GObject *object)
{
  BmDeskSeat *self = BM_DESK_SEAT (object);

  if (self->server != NULL)
    g_signal_handlers_disconnect_by_data (self->server, self);
  if (self->hall != NULL)
    g_signal_handlers_disconnect_by_data (self->hall, self);
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
  g_clear_pointer (&self->roster, bm_roster_unref);

  G_OBJECT_CLASS (bm_desk_seat_parent_class)->finalize (object);
}

static void
bm_desk_seat_class_init (BmDeskSeatClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = bm_desk_seat_dispose;
  object_class->finalize = bm_desk_seat_finalize;

  signals[SIGNAL_OVERVIEW_WANTED] =
    g_signal_new ("overview-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_RETRY] = g_signal_new ("retry", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_ATTACHED_CHANGED] =
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
  self->hall = g_object_ref (hall);
  self->roster = bm_roster_ref (roster);
  self->setup = setup->session;
  self->setup.seat = "desk";
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
 * Locks the desk: whoever was signed in may not work here any more.
 */
void
bm_desk_seat_set_roster (BmDeskSeat *self, BmRoster *roster)
{
  g_return_if_fail (BM_IS_DESK_SEAT (self));
  g_return_if_fail (roster != NULL);

  bm_roster_ref (roster);
  bm_roster_unref (self->roster);
  self->roster = roster;
  open_desk (self);
}

void
bm_desk_seat_set_overview (BmDeskSeat *self, json_t *overview)
{
  const BmDeskEvent event = { .type = BM_DESK_EVENT_OVERVIEW, .json = overview };

  g_return_if_fail (BM_IS_DESK_SEAT (self));

  feed (self, &event);
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

  feed (self, &event);
}
