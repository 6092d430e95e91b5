/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/desk-seat-private.h"

#include "core/error.h"

#include <string.h>

/*
 * 补录 for the desk: what the ledger knows of a paper form, and the entry that comes of one. Whose it is, is found out
 * first (the slow tag); the person's record goes at once, nobody asked for it.
 */

typedef struct
{
  BmDeskSeat *desk;
  BmDraft *draft;
} LateStep;

static LateStep *
late_step_new (BmDeskSeat *desk, BmDraft *draft)
{
  LateStep *step = g_new0 (LateStep, 1);

  step->desk = g_object_ref (desk);
  step->draft = draft != NULL ? bm_draft_ref (draft) : NULL;
  return step;
}

static void
late_step_free (LateStep *step)
{
  g_object_unref (step->desk);
  g_clear_pointer (&step->draft, bm_draft_unref);
  g_free (step);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LateStep, late_step_free)

static void
on_form_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LateStep) step = user_data;
  g_autoptr (GError) error = NULL;
  BmDeskEvent event = { .type = BM_DESK_EVENT_FORM };

  event.json = bm_store_json_finish (BM_STORE (source), result, &error);
  if (error != NULL)
    g_warning ("desk: a paper form cannot be looked up: %s", error->message);
  bm_desk_seat_feed (step->desk, &event);
  json_decref (event.json);
}

void
bm_desk_seat_find_form (BmDeskSeat *self, const BmDeskEffect *effect)
{
  bm_store_find_form_async (self->store, effect->text, on_form_found, late_step_new (self, NULL));
}

static void
tell_failed (LateStep *step, const GError *error)
{
  const BmDeskEvent event = { .type = BM_DESK_EVENT_COMMITTED, .code = error->code };

  g_warning ("desk: a late entry could not be stored: %s", error->message);
  bm_desk_seat_feed (step->desk, &event);
}

/* Nobody waits in the hall for it: that it is noted was said at the desk. */
static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!bm_store_mark_told_finish (BM_STORE (source), result, &error))
    g_warning ("desk: that a case was told could not be noted: %s", error->message);
}

static void
on_committed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LateStep) step = user_data;
  g_autoptr (GError) error = NULL;
  BmCommitted *committed = bm_store_commit_finish (BM_STORE (source), result, &error);
  BmDeskEvent event = { .type = BM_DESK_EVENT_COMMITTED };

  if (committed == NULL)
    {
      tell_failed (step, error);
      return;
    }
  event.json = json_pack ("{s:s, s:I}", "number", committed->number, "print_job",
                          (json_int_t) committed->print_job);
  bm_store_mark_told_async (step->desk->store, committed->number, on_told, NULL);
  bm_desk_seat_feed (step->desk, &event);
  json_decref (event.json);
  bm_committed_free (committed);
}

static void
on_identified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LateStep) step = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPerson) person = bm_store_identify_finish (BM_STORE (source), result, &error);
  BmDraft *draft = step->draft;

  if (person == NULL)
    {
      tell_failed (step, error);
      return;
    }
  memcpy (draft->subject_tag, person->tag, sizeof draft->subject_tag);
  bm_store_commit_async (BM_STORE (source), draft, on_committed, g_steal_pointer (&step));
}

void
bm_desk_seat_commit (BmDeskSeat *self, const BmDeskEffect *effect)
{
  bm_store_identify_async (self->store, effect->text, self->subject_salt, on_identified,
                           late_step_new (self, effect->draft));
}
