/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/seat-private.h"

/*
 * The readers of a seat: the ID card's, and in the hall the slot for social-security cards. Either may be missing;
 * both are leased together, and whichever card comes first is the session's.
 */

static BmSeatReader *
find_reader (BmSeat *self, BmReader *reader)
{
  for (guint i = 0; i < BM_N_READER_SLOTS; i++)
    if (self->readers[i].reader == reader)
      return &self->readers[i];
  g_assert_not_reached ();
}

static void
feed_state (BmSeat *self, guint slot)
{
  BmReader *reader = self->readers[slot].reader;
  const BmEvent event = {
    .type = BM_EVENT_READER_STATE,
    .number = slot,
    .flag = reader != NULL && bm_reader_get_state (reader) == BM_READER_READY,
  };

  bm_seat_feed (self, &event);
}

static void
on_card_read (BmReader *reader, BmCard *card, gpointer user_data)
{
  BmSeat *self = user_data;
  BmSeatReader *slot = find_reader (self, reader);
  const BmEvent event = {
    .type = BM_EVENT_CARD_READ,
    .card = card,
    .number = slot - self->readers,
  };

  if (!slot->is_card_left)
    bm_seat_feed (self, &event);
}

static void
on_card_removed (BmReader *reader, gpointer user_data)
{
  BmSeat *self = user_data;
  BmSeatReader *slot = find_reader (self, reader);
  const BmEvent event = { .type = BM_EVENT_CARD_REMOVED, .number = slot - self->readers };

  slot->is_card_left = FALSE;
  bm_seat_feed (self, &event);
}

static void
on_card_failed (BmReader *reader, GError *error, gpointer user_data)
{
  BmSeat *self = user_data;
  BmSeatReader *slot = find_reader (self, reader);
  const BmEvent event = {
    .type = BM_EVENT_CARD_FAILED,
    .code = error->code,
    .number = slot - self->readers,
  };

  if (!slot->is_card_left)
    bm_seat_feed (self, &event);
}

static void
on_reader_state (BmReader *reader, GParamSpec *pspec, gpointer user_data)
{
  BmSeat *self = user_data;

  feed_state (self, (guint) (find_reader (self, reader) - self->readers));
}

void
bm_seat_feed_readers (BmSeat *self)
{
  for (guint i = 0; i < BM_N_READER_SLOTS; i++)
    feed_state (self, i);
}

void
bm_seat_lease (BmSeat *self, gboolean wants_it)
{
  if (self->is_leased == wants_it)
    return;
  self->is_leased = wants_it;
  for (guint i = 0; i < BM_N_READER_SLOTS; i++)
    if (self->readers[i].reader != NULL && wants_it)
      bm_reader_lease (self->readers[i].reader);
    else if (self->readers[i].reader != NULL)
      bm_reader_release (self->readers[i].reader);
}

/* The session ends: a card that lies there must not open the next one. */
void
bm_seat_note_cards_left (BmSeat *self)
{
  for (guint i = 0; i < BM_N_READER_SLOTS; i++)
    self->readers[i].is_card_left =
      self->readers[i].reader != NULL && bm_reader_has_card (self->readers[i].reader);
}

/* A card that was left lying may be read once somebody asks for it: the reader looks again. */
void
bm_seat_take_cards_left (BmSeat *self)
{
  for (guint i = 0; i < BM_N_READER_SLOTS; i++)
    {
      BmSeatReader *slot = &self->readers[i];

      if (!slot->is_card_left)
        continue;
      slot->is_card_left = FALSE;
      if (!self->is_leased)
        continue;
      bm_reader_release (slot->reader);
      bm_reader_lease (slot->reader);
    }
}

static void
connect_reader (BmSeat *self, BmReader *reader)
{
  g_signal_connect (reader, "card-read", G_CALLBACK (on_card_read), self);
  g_signal_connect (reader, "card-removed", G_CALLBACK (on_card_removed), self);
  g_signal_connect (reader, "card-failed", G_CALLBACK (on_card_failed), self);
  g_signal_connect (reader, "notify::state", G_CALLBACK (on_reader_state), self);
}

void
bm_seat_connect_readers (BmSeat *self, BmReader *id, BmReader *social)
{
  BmReader *readers[BM_N_READER_SLOTS] = { id, social };

  for (guint i = 0; i < BM_N_READER_SLOTS; i++)
    {
      if (readers[i] == NULL)
        continue;
      self->readers[i].reader = g_object_ref (readers[i]);
      connect_reader (self, readers[i]);
    }
}

void
bm_seat_drop_readers (BmSeat *self)
{
  for (guint i = 0; i < BM_N_READER_SLOTS; i++)
    {
      if (self->readers[i].reader != NULL)
        g_signal_handlers_disconnect_by_data (self->readers[i].reader, self);
      g_clear_object (&self->readers[i].reader);
    }
}
