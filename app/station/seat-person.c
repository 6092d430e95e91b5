/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/seat-private.h"

#include "app/station/case-json.h"
#include "core/catalogue/text.h"
#include "core/error.h"

#include <string.h>

/*
 * Who is there, and whose slip this is.
 *
 * Invariants:
 *  U1  RECORD comes right before IDENTIFIED, for everybody, whatever the packs are like.
 *  U2  What was opened for a person is wiped once the session has it; the seat keeps nothing of it.
 *  U3  Numbers cannot be tried out: from the sixth that nobody has, each further answer takes longer,
 *      also for the next session at this seat, until minutes have passed.
 */

#define FREE_TRIES      5
#define FORGIVE_MS      (60 * 1000) /* one wrong number each */
#define SLOWER_MS       (5 * 1000)  /* by each wrong number beyond the free ones */
#define SLOWEST_MS      (60 * 1000)
#define MAX_WRONG_COUNT 100

/* Identify */

static const char *
record_state_to_string (BmRecordState state)
{
  switch (state)
    {
    case BM_RECORD_OPEN:
      return "open";
    case BM_RECORD_UNKNOWN:
      return "unknown";
    case BM_RECORD_MISSING:
      return "missing";
    case BM_RECORD_LOCKED:
      return "locked";
    default:
      g_assert_not_reached ();
    }
}

static void
feed_record (BmSeat *self, const BmPerson *person)
{
  BmEvent event = { .type = BM_EVENT_RECORD };

  event.json =
    json_pack ("{s:s, s:s, s:O?}", "state", record_state_to_string (person->record_state), "as_of",
               person->as_of, "record", person->record);
  bm_seat_feed (self, &event);
  json_decref (event.json); /* the record itself is wiped with the person */
}

static void
feed_person (BmSeat *self, const BmPerson *person)
{
  BmEvent event = { .type = BM_EVENT_IDENTIFIED, .tag = person->tag };

  memcpy (self->tag, person->tag, BM_TAG_LEN);
  self->has_tag = TRUE;
  for (guint i = 0; i < person->cases->len; i++)
    g_hash_table_add (self->numbers,
                      g_strdup (((BmCase *) g_ptr_array_index (person->cases, i))->number));
  event.json = bm_cases_to_json (person->cases);
  bm_seat_feed (self, &event);
  json_decref (event.json);
}

static void
on_identified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeatStep) step = user_data;
  BmSeat *self = step->seat;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPerson) person = bm_store_identify_finish (BM_STORE (source), result, &error);
  const BmEvent failed = { .type = BM_EVENT_CARD_FAILED, .code = BM_ERROR_FAILED };

  if (bm_seat_step_is_late (step))
    return;
  if (person == NULL)
    {
      bm_seat_warn (self, "a person's tag cannot be computed", error);
      bm_seat_feed (self, &failed);
      return;
    }
  feed_record (self, person);
  if (!bm_seat_step_is_late (step)) /* the record may have ended the session */
    feed_person (self, person);
}

void
bm_seat_identify (BmSeat *self, const char *id_number)
{
  bm_store_identify_async (self->store, id_number, self->subject_salt, on_identified,
                           bm_seat_step_new (self, NULL));
}

/* Track */

static gint64
get_boot_ms (BmSeat *self)
{
  return bm_clock_get_boot_ms (self->setup.clock);
}

/* How many wrong numbers still count. */
static guint
count_wrong (BmSeat *self)
{
  const gint64 passed = MAX (get_boot_ms (self) - self->wrong_boot_ms, 0) / FORGIVE_MS;

  return self->wrong_numbers > passed ? self->wrong_numbers - (guint) passed : 0;
}

static void
note_wrong (BmSeat *self)
{
  self->wrong_numbers = MIN (count_wrong (self) + 1, MAX_WRONG_COUNT);
  self->wrong_boot_ms = get_boot_ms (self);
}

/* How long the next answer takes. */
static gint64
get_delay_ms (BmSeat *self)
{
  const guint wrong = count_wrong (self);

  if (wrong < FREE_TRIES)
    return 0;
  return MIN ((gint64) (wrong - FREE_TRIES + 1) * SLOWER_MS, SLOWEST_MS);
}

static void
feed_tracked (BmSeat *self,
              const char *found,
              const char *number,
              const char *state,
              gint64 wall_ms)
{
  BmEvent event = { .type = BM_EVENT_TRACKED };

  if (strcmp (found, "none") == 0)
    note_wrong (self);
  event.json =
    json_pack ("{s:s, s:s, s:s, s:I, s:I}", "found", found, "number", number, "state", state,
               "wall_ms", (json_int_t) wall_ms, "wait_ms", (json_int_t) get_delay_ms (self));
  bm_seat_feed (self, &event);
  json_decref (event.json);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeatStep) step = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmTrackAnswer) answer = bm_line_track_finish (BM_LINE (source), result, &error);

  if (bm_seat_step_is_late (step))
    return;
  if (answer == NULL)
    feed_tracked (step->seat, "elsewhere", step->text, "", 0);
  else if (answer->is_found)
    feed_tracked (step->seat, "central", step->text, answer->state, 0);
  else
    feed_tracked (step->seat, "none", "", "", 0);
}

/* Asked even when the line was last seen down: it may be back, and a dead one says so in seconds. */
static void
ask_platform (BmSeat *self, const BmTracked *tracked)
{
  if (self->line == NULL)
    feed_tracked (self, "elsewhere", tracked->number, "", 0);
  else
    bm_line_track_async (self->line, tracked->number, tracked->code, on_asked,
                         bm_seat_step_new (self, tracked->number));
}

static void
on_tracked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeatStep) step = user_data;
  BmSeat *self = step->seat;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmTracked) tracked = bm_store_track_finish (BM_STORE (source), result, &error);

  if (bm_seat_step_is_late (step))
    return;
  if (tracked == NULL)
    {
      bm_seat_warn (self, "a slip cannot be looked up", error);
      feed_tracked (self, "none", "", "", 0);
    }
  else if (tracked->place == BM_TRACKED_HERE)
    feed_tracked (self, "here", tracked->number, bm_case_state_to_string (tracked->state),
                  tracked->wall_ms);
  else if (tracked->place == BM_TRACKED_ELSEWHERE)
    ask_platform (self, tracked);
  else
    feed_tracked (self, "none", "", "", 0);
}

static void
look_up (BmSeatStep *step)
{
  bm_store_track_async (step->seat->store, step->text, on_tracked, step);
}

/* U3: nothing is looked up before its time; the newest wish counts. */
void
bm_seat_track (BmSeat *self, const char *text)
{
  const gint64 delay_ms = get_delay_ms (self);
  BmSeatStep *step = bm_seat_step_new (self, text);

  bm_seat_drop_track (self);
  if (delay_ms == 0)
    {
      look_up (step);
      return;
    }
  self->track = step;
  self->track_boot_ms = get_boot_ms (self) + delay_ms;
}

/* With every tick. */
void
bm_seat_follow_track (BmSeat *self)
{
  if (self->track != NULL && get_boot_ms (self) >= self->track_boot_ms)
    look_up (g_steal_pointer (&self->track));
}

void
bm_seat_drop_track (BmSeat *self)
{
  g_clear_pointer (&self->track, bm_seat_step_free);
}
