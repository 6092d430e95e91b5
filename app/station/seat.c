/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/seat-private.h"

#include "app/station/case-json.h"
#include "core/error.h"

#include <string.h>

/*
 *   reader, bus, store, spooler, link, tick ──► event ──► BmSession ──► effect ──► seat-effects.c
 *                                                             │
 *                                                             └──► page ──► every attached face
 *
 * Invariants:
 *  T1  A result that arrives for an older session is never told to a newer one (generation).
 *  T2  When a session ends, nothing of it stays here: page, tag and numbers are wiped before the next
 *      session speaks, and a card that still lies on the reader does not open it (invariant 13).
 */

#define MARK_SUFFIX ".open"

G_DEFINE_FINAL_TYPE (BmSeat, bm_seat, G_TYPE_OBJECT)

guint bm_seat_signals[BM_SEAT_N_SIGNALS];

static void
print_news_free (BmPrintNews *news)
{
  g_free (news->reason);
  g_free (news);
}

static void
on_attached (BmBusServer *server, GDBusConnection *peer, gpointer user_data)
{
  BmSeat *self = user_data;

  bm_page_sender_greet (self->pages, peer);
}

/* Sessions */

static void
fill_staff (BmSeat *self)
{
  g_autoptr (GDateTime) now = bm_clock_dup_local (self->setup.clock);

  g_clear_pointer (&self->setup.staff, json_decref);
  g_clear_pointer (&self->setup.duty, json_decref);
  self->setup.staff = bm_roster_dup_public (self->roster, now);
  self->setup.duty = bm_roster_dup_duty (self->roster, now);
}

static void
forget_person (BmSeat *self)
{
  bm_page_sender_wipe (self->pages);
  bm_wipe (self->tag, sizeof self->tag);
  self->has_tag = FALSE;
  g_hash_table_remove_all (self->numbers);
  g_hash_table_remove_all (self->prints);
}

static void
feed_surroundings (BmSeat *self)
{
  const BmEvent link = {
    .type = BM_EVENT_LINK,
    .flag = self->is_online,
    .number = self->was_online_lately,
  };

  const BmEvent means = {
    .type = BM_EVENT_MEANS,
    .flag = !self->cannot_note,
    .number = !self->lacks_records,
  };

  bm_seat_feed_readers (self);
  bm_seat_feed (self, &link);
  bm_seat_feed (self, &means);
  bm_seat_feed_headphone (self);
  bm_seat_feed_posts (self);
}

void
bm_seat_open_session (BmSeat *self)
{
  g_autoptr (BmSession) old = g_steal_pointer (&self->session);

  /* The old one borrows staff and duty, so it goes first. */
  g_clear_object (&old);
  fill_staff (self);
  bm_seat_use_rules (self);
  self->generation++;
  self->session = bm_session_new (&self->setup);
  feed_surroundings (self);
}

static void
tell_nobody_is_here (BmSeat *self)
{
  g_signal_emit (self, bm_seat_signals[BM_SEAT_SIGNAL_EXPECTS], 0, NULL);
  g_signal_emit (self, bm_seat_signals[BM_SEAT_SIGNAL_HALL], 0, NULL);
  if (self->is_help_wanted)
    {
      self->is_help_wanted = FALSE;
      g_signal_emit (self, bm_seat_signals[BM_SEAT_SIGNAL_HELP], 0, FALSE, NULL);
    }
}

static void
end_session (BmSeat *self)
{
  g_autofree char *why = g_steal_pointer (&self->ended);

  bm_seat_drop_track (self);
  bm_seat_end_sheets (self); /* before the spooler reads the journal again */
  forget_person (self);
  bm_seat_note_cards_left (self);
  bm_seat_lease (self, FALSE);
  tell_nobody_is_here (self);
  if (self->spooler != NULL)
    bm_spooler_expire (self->spooler, self->name);
  bm_bus_server_send_ended (self->server, why);
  bm_seat_open_session (self);
}

static void
follow_idleness (BmSeat *self)
{
  gboolean is_idle = bm_session_is_idle (self->session);

  bm_seat_mark (self, !is_idle);
  if (!is_idle)
    bm_seat_take_cards_left (self);
}

static void
pump (BmSeat *self)
{
  if (self->is_pumping)
    return;
  self->is_pumping = TRUE;
  do
    {
      BmEffect *effect;

      if (self->ended != NULL)
        end_session (self);
      /* What an ended session still wants is the empty page; the next session brings its own. */
      while (self->ended == NULL && (effect = bm_session_take_effect (self->session)) != NULL)
        {
          bm_seat_carry_out (self, effect);
          bm_effect_free (effect);
        }
    }
  while (self->ended != NULL);
  self->is_pumping = FALSE;
  follow_idleness (self);
}

void
bm_seat_feed (BmSeat *self, const BmEvent *event)
{
  if (self->session == NULL)
    return;
  bm_session_handle (self->session, event);
  pump (self);
}

/* Events */

static void
on_intent (BmBusServer *server,
           GDBusConnection *peer,
           guint64 rev,
           const char *text,
           gpointer user_data)
{
  BmSeat *self = user_data;
  BmEvent event = { .type = BM_EVENT_INTENT };

  if (!bm_page_sender_accepts (self->pages, peer, rev))
    return;
  event.json = bm_intent_parse (text);
  if (event.json != NULL)
    bm_seat_feed (self, &event);
  else
    /* A face of ours never sends such a thing; what it was may be personal, so it is not logged. */
    g_message ("%s: an intent did not follow its schema and was dropped", self->name);
  g_clear_pointer (&event.json, json_decref);
}

/* A seat without a printer says so in the words of a printer that does not answer. */
void
bm_seat_feed_print (BmSeat *self, gint64 job)
{
  const BmPrintNews *news = g_hash_table_lookup (self->prints, &job);
  BmEvent event = { .type = BM_EVENT_PRINT_STATE, .number = job, .text2 = "" };

  if (news != NULL)
    {
      event.text = bm_print_state_to_string (news->state);
      event.text2 = news->reason;
    }
  else if (self->spooler != NULL)
    event.text = bm_print_state_to_string (BM_PRINT_QUEUED);
  else
    {
      event.text = bm_print_state_to_string (BM_PRINT_WAITING);
      event.text2 = "offline";
    }
  bm_seat_feed (self, &event);
}

static void
on_job_changed (BmSpooler *spooler, BmPrintJob *job, gpointer user_data)
{
  BmSeat *self = user_data;
  BmPrintNews *news;
  gint64 *key;

  if (g_strcmp0 (job->seat, self->name) != 0)
    return;
  news = g_new0 (BmPrintNews, 1);
  news->state = job->state;
  news->reason = g_strdup (job->reason != NULL ? job->reason : "");
  key = g_new (gint64, 1);
  *key = job->id;
  g_hash_table_replace (self->prints, key, news);
  bm_seat_feed_print (self, job->id);
}

static void
on_case_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeat) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) cases = bm_store_list_cases_finish (BM_STORE (source), result, &error);
  BmEvent event = { .type = BM_EVENT_CASE_CHANGED };
  const BmCase *found;

  if (cases == NULL || cases->len == 0)
    return;
  found = g_ptr_array_index (cases, 0);
  /* The session may have ended while the store looked (T1). */
  if (!g_hash_table_contains (self->numbers, found->number))
    return;
  event.json = bm_case_to_json (found);
  bm_seat_feed (self, &event);
  json_decref (event.json);
}

/* Restart */

static void
on_untold_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeat) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) cases = bm_store_list_cases_finish (BM_STORE (source), result, &error);
  BmEvent event = { .type = BM_EVENT_RESTARTED };
  gboolean was_open = self->is_marked; /* opening a session takes the mark away */

  if (error != NULL)
    g_warning ("%s: what was not told before the restart cannot be listed: %s", self->name,
               error->message);
  self->is_started = TRUE;
  bm_seat_open_session (self);
  if ((cases == NULL || cases->len == 0) && !was_open)
    return;
  event.flag = was_open;
  event.json = cases != NULL ? bm_cases_to_json (cases) : json_array ();
  for (guint i = 0; cases != NULL && i < cases->len; i++)
    g_hash_table_add (self->numbers, g_strdup (((BmCase *) g_ptr_array_index (cases, i))->number));
  bm_seat_feed (self, &event);
  json_decref (event.json);
}

/* Object */

static void
bm_seat_dispose (GObject *object)
{
  BmSeat *self = BM_SEAT (object);

  bm_seat_drop_readers (self);
  if (self->server != NULL)
    g_signal_handlers_disconnect_by_data (self->server, self);
  if (self->spooler != NULL)
    g_signal_handlers_disconnect_by_data (self->spooler, self);
  bm_seat_drop_track (self);
  g_clear_object (&self->session);
  g_clear_object (&self->line);
  g_clear_object (&self->server);
  g_clear_object (&self->spooler);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (bm_seat_parent_class)->dispose (object);
}

static void
bm_seat_finalize (GObject *object)
{
  BmSeat *self = BM_SEAT (object);

  forget_person (self);
  g_clear_pointer (&self->pages, bm_page_sender_free);
  g_clear_pointer (&self->numbers, g_hash_table_unref);
  g_clear_pointer (&self->prints, g_hash_table_unref);
  g_clear_pointer (&self->setup.staff, json_decref);
  g_clear_pointer (&self->setup.duty, json_decref);
  g_clear_pointer (&self->roster, bm_roster_unref);
  bm_seat_clear_rules (self);
  g_clear_pointer (&self->subject_salt, g_bytes_unref);
  g_clear_pointer (&self->ended, g_free);
  g_clear_pointer (&self->mark_path, g_free);
  g_clear_pointer (&self->name, g_free);

  G_OBJECT_CLASS (bm_seat_parent_class)->finalize (object);
}

static void
bm_seat_class_init (BmSeatClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = bm_seat_dispose;
  object_class->finalize = bm_seat_finalize;

  bm_seat_signals[BM_SEAT_SIGNAL_HALL] = g_signal_new ("hall", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  bm_seat_signals[BM_SEAT_SIGNAL_HELP] =
    g_signal_new ("help", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                  G_TYPE_BOOLEAN, G_TYPE_STRING);
  bm_seat_signals[BM_SEAT_SIGNAL_EXPECTS] =
    g_signal_new ("expects", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                  G_TYPE_STRING);
}

static void
bm_seat_init (BmSeat *self)
{
  self->numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->prints =
    g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) print_news_free);
}

/**
 * bm_seat_new:
 * @setup: what it is made of
 * @roster: who works here
 *
 * Makes a seat that is not open yet.
 *
 * Returns: (transfer full): the seat
 */
BmSeat *
bm_seat_new (const BmSeatSetup *setup, BmRoster *roster)
{
  BmSeat *self;

  g_return_val_if_fail (setup != NULL && setup->name != NULL && roster != NULL, NULL);

  self = g_object_new (BM_TYPE_SEAT, NULL);
  self->name = g_strdup (setup->name);
  self->mark_path = g_strconcat (setup->mark_folder, "/", setup->name, MARK_SUFFIX, NULL);
  self->is_marked = g_file_test (self->mark_path, G_FILE_TEST_EXISTS);
  self->server = g_object_ref (setup->server);
  self->store = g_object_ref (setup->store);
  self->spooler = setup->spooler != NULL ? g_object_ref (setup->spooler) : NULL;
  self->line = setup->line != NULL ? g_object_ref (setup->line) : NULL;
  self->subject_salt = g_bytes_ref (setup->subject_salt);
  self->roster = bm_roster_ref (roster);
  self->setup = setup->session;
  self->setup.seat = self->name;
  bm_seat_begin_rules (self);
  self->setup.staff = NULL;
  self->setup.duty = NULL;
  self->pages = bm_page_sender_new (self->server, bm_clock_get_boot_ms (self->setup.clock));

  bm_bus_server_set_seat (self->server, self->name);
  g_signal_connect (self->server, "attached", G_CALLBACK (on_attached), self);
  g_signal_connect (self->server, "intent", G_CALLBACK (on_intent), self);
  if (self->spooler != NULL)
    g_signal_connect (self->spooler, "job-changed", G_CALLBACK (on_job_changed), self);
  bm_seat_connect_readers (self, setup->reader, setup->social);
  return self;
}

/**
 * bm_seat_start:
 * @self: a new seat
 *
 * Asks the ledger what the last session before a restart did not tell, then opens a session; the person
 * hears it first (invariant 14).
 */
void
bm_seat_start (BmSeat *self)
{
  g_return_if_fail (BM_IS_SEAT (self));

  bm_store_list_untold_async (self->store, self->name, on_untold_listed, g_object_ref (self));
}

const char *
bm_seat_get_name (BmSeat *self)
{
  g_return_val_if_fail (BM_IS_SEAT (self), NULL);

  return self->name;
}

json_t *
bm_seat_get_page (BmSeat *self)
{
  g_return_val_if_fail (BM_IS_SEAT (self), NULL);

  return self->session != NULL ? bm_session_get_page (self->session) : NULL;
}

const guint8 *
bm_seat_get_subject_tag (BmSeat *self)
{
  g_return_val_if_fail (BM_IS_SEAT (self), NULL);

  return self->has_tag ? self->tag : NULL;
}

gboolean
bm_seat_is_idle (BmSeat *self)
{
  g_return_val_if_fail (BM_IS_SEAT (self), TRUE);

  return self->session == NULL || bm_session_is_idle (self->session);
}

void
bm_seat_set_has_desk (BmSeat *self, gboolean has_desk)
{
  g_return_if_fail (BM_IS_SEAT (self));

  self->setup.has_desk = has_desk;
}

/**
 * bm_seat_set_link:
 * @self: a seat
 * @is_online: the centre answers
 * @was_online_lately: it did within the last 24 hours
 *
 * Tells the session when that changed.
 */
void
bm_seat_set_link (BmSeat *self, gboolean is_online, gboolean was_online_lately)
{
  BmEvent event = { .type = BM_EVENT_LINK };

  g_return_if_fail (BM_IS_SEAT (self));

  if (self->is_online == is_online && self->was_online_lately == was_online_lately)
    return;
  self->is_online = is_online;
  self->was_online_lately = was_online_lately;
  event.flag = is_online;
  event.number = was_online_lately;
  bm_seat_feed (self, &event);
}

/**
 * bm_seat_set_means:
 * @self: a seat
 * @can_note: the ledger takes new matters
 * @has_records: what the centre knows of people can be opened
 *
 * Tells the session when that changed.
 */
void
bm_seat_set_means (BmSeat *self, gboolean can_note, gboolean has_records)
{
  const BmEvent event = { .type = BM_EVENT_MEANS, .flag = can_note, .number = has_records };

  g_return_if_fail (BM_IS_SEAT (self));

  if (self->cannot_note == !can_note && self->lacks_records == !has_records)
    return;
  self->cannot_note = !can_note;
  self->lacks_records = !has_records;
  bm_seat_feed (self, &event);
}

void
bm_seat_witness (BmSeat *self, const char *staff, gboolean has_seen)
{
  const BmEvent event = { .type = BM_EVENT_WITNESS, .text = staff, .flag = has_seen };

  g_return_if_fail (BM_IS_SEAT (self));
  g_return_if_fail (staff != NULL);

  bm_seat_feed (self, &event);
}

void
bm_seat_write (BmSeat *self, const char *staff, const char *text)
{
  const BmEvent event = { .type = BM_EVENT_TEXT, .text = staff, .text2 = text };

  g_return_if_fail (BM_IS_SEAT (self) && staff != NULL && text != NULL);

  bm_seat_feed (self, &event);
}

void
bm_seat_answer_help (BmSeat *self)
{
  const BmEvent event = { .type = BM_EVENT_HELP_ANSWERED };

  g_return_if_fail (BM_IS_SEAT (self));

  bm_seat_feed (self, &event);
}

/**
 * bm_seat_note_case:
 * @self: a seat
 * @number: a case that the store says has changed
 *
 * Tells the session if it committed or listed the case.
 */
void
bm_seat_note_case (BmSeat *self, const char *number)
{
  g_return_if_fail (BM_IS_SEAT (self));
  g_return_if_fail (number != NULL);

  if (g_hash_table_contains (self->numbers, number))
    bm_store_find_case_async (self->store, number, on_case_found, g_object_ref (self));
}

void
bm_seat_tick (BmSeat *self)
{
  const BmEvent event = { .type = BM_EVENT_TICK };

  g_return_if_fail (BM_IS_SEAT (self));

  bm_seat_follow_track (self);
  bm_seat_feed (self, &event);
}
