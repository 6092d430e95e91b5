/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/desk-seat-private.h"

#include "app/station/indicators.h"
#include "app/station/staff-check.h"
#include "core/error.h"
#include "core/pack/pack.h"

#define MAX_DUE_LIST (512 * 1024)

/*
 * What the desk wants done, done. A result of a search or of a PIN that belongs to an older one is told
 * nobody (D2, D3). Who was found is never logged.
 */

typedef struct
{
  BmDeskSeat *desk;
  char *staff;
  guint generation; /* of the hall for a witness act, of searches for a search */
  gint64 sheet;     /* which print of the desk's */
  gboolean as_witness;
} Step;

static Step *
step_new (BmDeskSeat *desk, guint generation)
{
  Step *step = g_new0 (Step, 1);

  step->desk = g_object_ref (desk);
  step->generation = generation;
  return step;
}

static void
step_free (Step *step)
{
  g_object_unref (step->desk);
  g_free (step->staff);
  g_free (step);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Step, step_free)

/* Staff */

static void
on_staff_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  g_autoptr (GError) error = NULL;
  BmStaffResult verdict = { .verdict = BM_STAFF_LOCKED, .wait_ms = 60000 };
  BmDeskEvent event = { .type = BM_DESK_EVENT_STAFF_CHECKED, .text = step->staff };

  if (!bm_staff_check_finish (result, &verdict, &error))
    g_warning ("desk: a PIN could not be checked: %s", error->message);
  if (step->as_witness && step->generation != step->desk->generation)
    return;
  event.code = verdict.verdict;
  event.number = verdict.wait_ms;
  bm_desk_seat_feed (step->desk, &event);
}

static void
check_staff (BmDeskSeat *self, const BmDeskEffect *effect)
{
  Step *step = step_new (self, self->generation);

  step->staff = g_strdup (effect->text);
  step->as_witness = effect->flag;
  bm_staff_check_async (self->store, self->roster, effect->text, effect->text2,
                        effect->flag ? bm_seat_get_subject_tag (self->hall) : NULL, effect->flag,
                        on_staff_checked, step);
}

/* Notes in the ledger */

static void
on_audited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!bm_store_audit_finish (BM_STORE (source), result, &error))
    g_warning ("desk: an audit entry could not be stored: %s", error->message);
}

static void
want_overview (BmDeskSeat *self)
{
  g_signal_emit (self, bm_desk_seat_signals[BM_DESK_SEAT_SIGNAL_OVERVIEW_WANTED], 0);
}

static void
on_contact_settled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  g_autoptr (GError) error = NULL;

  if (!bm_store_settle_contact_finish (BM_STORE (source), result, &error) &&
      !g_error_matches (error, BM_ERROR, BM_ERROR_NOT_FOUND))
    g_warning ("desk: a task could not be settled: %s", error->message);
  want_overview (step->desk);
}

static void
on_reprinted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  g_autoptr (GError) error = NULL;
  gint64 job = bm_store_print_finish (BM_STORE (source), result, &error);
  const BmDeskEvent event = { .type = BM_DESK_EVENT_REPRINTED,
                              .flag = error == NULL && job > 0,
                              .number = job };

  if (error != NULL && !g_error_matches (error, BM_ERROR, BM_ERROR_NOT_FOUND))
    g_warning ("desk: a further copy could not be stored: %s", error->message);
  if (step->generation == step->desk->search)
    bm_desk_seat_feed (step->desk, &event);
}

static void
on_sheet_queued (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  g_autoptr (GError) error = NULL;
  const gint64 job = bm_store_print_finish (BM_STORE (source), result, &error);
  const BmDeskEvent event = { .type = BM_DESK_EVENT_SHEET_STORED,
                              .flag = job > 0,
                              .number = step->sheet };

  if (job == 0)
    g_warning ("desk: a sheet could not be stored: %s", error->message);
  bm_desk_seat_feed (step->desk, &event);
}

static void
print (BmDeskSeat *self, const BmDeskEffect *effect)
{
  Step *step = step_new (self, 0);

  step->sheet = effect->number;
  bm_store_print_async (self->store, "", "desk", effect->json, on_sheet_queued, step);
}

/* The day's counts */

static void
on_day (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  g_autoptr (GError) error = NULL;
  BmDeskEvent event = { .type = BM_DESK_EVENT_DAY };

  event.json = bm_store_json_finish (BM_STORE (source), result, &error);
  if (error != NULL)
    g_warning ("desk: the day cannot be counted: %s", error->message);
  bm_desk_seat_feed (step->desk, &event);
  json_decref (event.json);
}

/* A month's counts */

static void
on_indicators (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  g_autoptr (GError) error = NULL;
  BmDeskEvent event = { .type = BM_DESK_EVENT_INDICATORS };

  event.json = bm_store_json_finish (BM_STORE (source), result, &error);
  if (error != NULL)
    g_warning ("desk: the month cannot be counted: %s", error->message);
  bm_desk_seat_feed (step->desk, &event);
  json_decref (event.json);
}

/* The due list */

static void
on_due_list (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = bm_store_get_document_finish (BM_STORE (source), result, &error);
  gsize len = 0;
  const char *data = body != NULL ? g_bytes_get_data (body, &len) : NULL;
  BmDeskEvent event = { .type = BM_DESK_EVENT_DUE_LIST };

  if (error != NULL)
    g_warning ("desk: the due list cannot be read: %s", error->message);
  if (data != NULL && len <= MAX_DUE_LIST)
    event.json = json_loadb (data, len, JSON_REJECT_DUPLICATES, NULL);
  bm_desk_seat_feed (step->desk, &event);
  json_decref (event.json);
}

/* Searches */

static void
tell_found (Step *step, json_t *found, const GError *error)
{
  json_t *list = json_is_array (found) ? json_incref (found) : json_array ();
  const BmDeskEvent event = { .type = BM_DESK_EVENT_FOUND, .json = error == NULL ? list : NULL };

  if (json_is_object (found))
    json_array_append (list, found);
  if (error != NULL)
    g_warning ("desk: a matter cannot be looked for: %s", error->message);
  if (step->generation == step->desk->search)
    bm_desk_seat_feed (step->desk, &event);
  json_decref (list);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  g_autoptr (GError) error = NULL;
  json_t *found = bm_store_json_finish (BM_STORE (source), result, &error);

  tell_found (step, found, error);
  g_clear_pointer (&found, json_decref);
}

/* A look-up at a time when nobody is to be here. */
static void
mark_hours (BmDeskSeat *self, json_t *event)
{
  g_autoptr (GDateTime) now = bm_clock_dup_local (self->setup.clock);

  if (json_object_get (event, "use") != NULL && !bm_roster_is_open (self->roster, now))
    json_object_set_new (event, "closed", json_true ());
}

/* Who was looked for and by whom is written down before anything is shown: without it nothing is. */
typedef struct
{
  Step *step;
  guint8 tag[BM_TAG_LEN];
} Looking;

static void
on_look_noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Looking *looking = user_data;
  g_autoptr (Step) step = looking->step;
  g_autoptr (GError) error = NULL;

  if (!bm_store_audit_finish (BM_STORE (source), result, &error))
    tell_found (step, NULL, error);
  else
    bm_store_desk_list_async (BM_STORE (source), looking->tag, on_found, g_steal_pointer (&step));
  bm_wipe (looking->tag, sizeof looking->tag);
}

static void
note_look (BmStore *store, Step *step, const guint8 tag[BM_TAG_LEN])
{
  Looking *looking = g_new0 (Looking, 1);
  g_autofree char *hex = g_malloc (BM_TAG_LEN * 2 + 1);
  json_t *event;

  looking->step = step;
  memcpy (looking->tag, tag, BM_TAG_LEN);
  for (guint i = 0; i < BM_TAG_LEN; i++)
    g_snprintf (hex + 2 * i, 3, "%02x", tag[i]);
  event = json_pack ("{s:s, s:s, s:s, s:s, s:s}", "event", "person-looked-for", "seat", "desk",
                     "staff", step->staff, "use", "find", "person", hex);
  mark_hours (step->desk, event);
  bm_store_audit_async (store, event, on_look_noted, looking);
  json_decref (event);
  bm_wipe (hex, BM_TAG_LEN * 2);
}

/* The desk needs the tag alone; the person's record is theirs, and goes at once. */
static void
on_identified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPerson) person = bm_store_identify_finish (BM_STORE (source), result, &error);

  if (person == NULL)
    tell_found (step, NULL, error);
  else
    note_look (BM_STORE (source), g_steal_pointer (&step), person->tag);
}

static void
find (BmDeskSeat *self, const BmDeskEffect *effect)
{
  Step *step = step_new (self, ++self->search);

  step->staff = g_strdup (effect->text2 != NULL ? effect->text2 : "");
  if (effect->type == BM_DESK_EFFECT_FIND)
    bm_store_desk_find_async (self->store, effect->text, on_found, step);
  else
    bm_store_identify_async (self->store, effect->text, self->subject_salt, on_identified, step);
}

void
bm_desk_seat_lease (BmDeskSeat *self, gboolean wants_it)
{
  if (self->reader == NULL || self->is_leased == wants_it)
    return;
  self->is_leased = wants_it;
  if (wants_it)
    bm_reader_lease (self->reader);
  else
    bm_reader_release (self->reader);
}

/* Sticks */

static void
carry (BmDeskSeat *self, const BmDeskEffect *effect)
{
  g_autoptr (GError) error = NULL;
  gboolean is_begun = TRUE;

  if (self->volumes != NULL && effect->type == BM_DESK_EFFECT_STICK_EXPORT)
    is_begun = bm_volumes_export (self->volumes, effect->text, BM_VOLUMES_ALL, &error);
  else if (self->volumes != NULL && effect->type == BM_DESK_EFFECT_STICK_IMPORT)
    is_begun = bm_volumes_import (self->volumes, effect->text, &error);
  if (!is_begun)
    g_message ("desk: %s", error->message); /* one is going on, and its page says so */
  bm_desk_seat_feed_stick (self);
}

/* All of them */

static void
ask_ledger (BmDeskSeat *self, const BmDeskEffect *effect)
{
  switch ((int) effect->type)
    {
    case BM_DESK_EFFECT_AUDIT:
      mark_hours (self, effect->json);
      bm_store_audit_async (self->store, effect->json, on_audited, NULL);
      break;
    case BM_DESK_EFFECT_SETTLE_CONTACT:
      bm_store_settle_contact_async (self->store, effect->number, effect->text, on_contact_settled,
                                     step_new (self, 0));
      break;
    case BM_DESK_EFFECT_GET_DUE_LIST:
      bm_store_get_document_async (self->store, BM_PACK_DUE_KIND, self->setup.village, on_due_list,
                                   step_new (self, 0));
      break;
    case BM_DESK_EFFECT_FIND:
    case BM_DESK_EFFECT_FIND_PERSON:
      find (self, effect);
      break;
    case BM_DESK_EFFECT_FIND_FORM:
      bm_desk_seat_find_form (self, effect);
      break;
    case BM_DESK_EFFECT_COMMIT:
      bm_desk_seat_commit (self, effect);
      break;
    case BM_DESK_EFFECT_LOOK_AT_PERSON:
      bm_desk_seat_look_at_person (self, effect);
      break;
    case BM_DESK_EFFECT_PRINT:
      print (self, effect);
      break;
    case BM_DESK_EFFECT_GET_DAY:
      bm_store_day_async (self->store, effect->number, on_day, step_new (self, 0));
      break;
    case BM_DESK_EFFECT_GET_INDICATORS:
      bm_station_indicators_async (self->store, self->catalogue, (gint32) effect->number,
                                   on_indicators, step_new (self, 0));
      break;
    case BM_DESK_EFFECT_REPRINT:
      bm_store_reprint_async (self->store, effect->text, "desk", effect->text2, on_reprinted,
                              step_new (self, self->search));
      break;
    default:
      g_assert_not_reached ();
    }
}

void
bm_desk_seat_carry_out (BmDeskSeat *self, const BmDeskEffect *effect)
{
  switch ((int) effect->type)
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
    case BM_DESK_EFFECT_WRITE:
      bm_seat_write (self->hall, effect->text, effect->text2);
      break;
    case BM_DESK_EFFECT_VISIT:
      bm_desk_seat_go_on_visit (self, effect);
      break;
    case BM_DESK_EFFECT_BEHALF:
      bm_desk_seat_hand_over (self, effect);
      break;
    case BM_DESK_EFFECT_HELP_SEEN:
      bm_seat_answer_help (self->hall);
      break;
    case BM_DESK_EFFECT_REFRESH:
      want_overview (self);
      break;
    case BM_DESK_EFFECT_CHECK_MACHINE:
      g_signal_emit (self, bm_desk_seat_signals[BM_DESK_SEAT_SIGNAL_CHECKUP_WANTED], 0);
      break;
    case BM_DESK_EFFECT_SETTLE_PRINT:
      if (self->spooler != NULL)
        bm_spooler_settle (self->spooler, effect->number, effect->flag);
      break;
    case BM_DESK_EFFECT_RETRY:
      g_signal_emit (self, bm_desk_seat_signals[BM_DESK_SEAT_SIGNAL_RETRY], 0,
                     effect->text != NULL ? effect->text : "");
      break;
    case BM_DESK_EFFECT_STICK_LOOK:
    case BM_DESK_EFFECT_STICK_EXPORT:
    case BM_DESK_EFFECT_STICK_IMPORT:
      carry (self, effect);
      break;
    case BM_DESK_EFFECT_LEASE_READER:
      bm_desk_seat_lease (self, effect->flag);
      break;
    default:
      ask_ledger (self, effect);
      break;
    }
}
