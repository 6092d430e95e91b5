/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/seat-private.h"

#include "app/station/staff-check.h"
#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/*
 * What the session wants done, done. Every asynchronous step remembers the generation of the session
 * that asked; an answer for an older one changes the ledger if it must, and says nothing (T1).
 */

#define LOCKED_WITHOUT_LEDGER_MS 60000

BmSeatStep *
bm_seat_step_new (BmSeat *seat, const char *text)
{
  BmSeatStep *step = g_new0 (BmSeatStep, 1);

  step->seat = g_object_ref (seat);
  step->generation = seat->generation;
  step->text = g_strdup (text);
  return step;
}

void
bm_seat_step_free (BmSeatStep *step)
{
  g_object_unref (step->seat);
  bm_wipe_string (step->text);
  g_free (step);
}

gboolean
bm_seat_step_is_late (const BmSeatStep *step)
{
  return step->generation != step->seat->generation;
}

void
bm_seat_warn (BmSeat *self, const char *what, const GError *error)
{
  g_warning ("%s: %s: %s", self->name, what, error->message);
}

/* The mark of an open session */

typedef struct
{
  char *path;
  gboolean is_open;
} Mark;

static void
mark_free (Mark *mark)
{
  g_free (mark->path);
  g_free (mark);
}

static gboolean
make_mark (const char *path)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  gboolean is_synced = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    (void) close (fd); /* Nothing is in it; that it exists was synced. */
  return is_synced;
}

static gpointer
write_mark (gpointer data, GError **error)
{
  const Mark *mark = data;
  gboolean is_done =
    mark->is_open ? make_mark (mark->path) : unlink (mark->path) == 0 || errno == ENOENT;

  if (!is_done)
    g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "%s", g_strerror (errno));
  return NULL;
}

static void
on_mark_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeat) self = user_data;
  g_autoptr (GError) error = NULL;
  gpointer nothing = bm_worker_run_finish (result, &error);

  g_assert (nothing == NULL);
  if (error != NULL)
    bm_seat_warn (self, "the mark of an open session could not be kept", error);
}

/* Without the mark a person would not be told that a restart threw their half-done matter away. It
 * says nothing about them. Written behind the ledger's work, so it blocks nobody. */
void
bm_seat_mark (BmSeat *self, gboolean is_open)
{
  Mark *mark;

  if (self->is_marked == is_open)
    return;
  self->is_marked = is_open;
  mark = g_new0 (Mark, 1);
  mark->path = g_strdup (self->mark_path);
  mark->is_open = is_open;
  bm_worker_run_async (bm_store_get_worker (self->store), write_mark, mark,
                       (GDestroyNotify) mark_free, NULL, NULL, on_mark_written,
                       g_object_ref (self));
}

/* Commit and tell */

static json_t *
committed_to_json (const BmCommitted *committed)
{
  return json_pack ("{s:s, s:i, s:s, s:I, s:I}", "number", committed->number, "counter",
                    (int) committed->counter, "qr", committed->qr, "print_job",
                    (json_int_t) committed->print_job, "seq", (json_int_t) committed->seq);
}

static void
on_committed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeatStep) step = user_data;
  BmSeat *self = step->seat;
  g_autoptr (GError) error = NULL;
  BmCommitted *committed = bm_store_commit_finish (BM_STORE (source), result, &error);
  BmEvent event = { .type = BM_EVENT_COMMITTED };
  BmEvent failed = { .type = BM_EVENT_COMMIT_FAILED };

  if (committed == NULL)
    {
      bm_seat_warn (self, "an entry could not be stored", error);
      failed.code = error->code;
      if (!bm_seat_step_is_late (step))
        bm_seat_feed (self, &failed);
      return;
    }
  if (!bm_seat_step_is_late (step))
    {
      g_hash_table_add (self->numbers, g_strdup (committed->number));
      event.json = committed_to_json (committed);
      bm_seat_feed (self, &event);
      json_decref (event.json);
      if (committed->print_job != 0)
        bm_seat_feed_print (self, committed->print_job);
    }
  bm_committed_free (committed);
}

static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeatStep) step = user_data;
  g_autoptr (GError) error = NULL;

  if (!bm_store_mark_told_finish (BM_STORE (source), result, &error))
    bm_seat_warn (step->seat, "that a case was told could not be noted", error);
}

static void
on_audited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeatStep) step = user_data;
  g_autoptr (GError) error = NULL;

  if (!bm_store_audit_finish (BM_STORE (source), result, &error))
    bm_seat_warn (step->seat, "an audit entry could not be stored", error);
}

/* Withdraw */

static void
on_withdrawn (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeatStep) step = user_data;
  BmSeat *self = step->seat;
  g_autoptr (GError) error = NULL;
  g_autofree BmWithdrawn *withdrawn = bm_store_withdraw_finish (BM_STORE (source), result, &error);
  BmEvent event = { .type = BM_EVENT_WITHDRAWN, .code = -1 };

  if (withdrawn == NULL)
    {
      bm_seat_warn (self, "a matter could not be withdrawn", error);
      event.code = error->code;
    }
  else
    {
      event.flag = withdrawn->is_withdrawn;
      event.text = withdrawn->is_asked ? "asked" : NULL;
      event.number = withdrawn->print_job;
    }
  if (bm_seat_step_is_late (step))
    return;
  bm_seat_feed (self, &event);
  if ((event.flag || event.text != NULL) && event.number != 0)
    bm_seat_feed_print (self, event.number);
}

static void
withdraw (BmSeat *self, const BmEffect *effect)
{
  json_t *wish = effect->json;
  const BmWithdrawWish order = {
    .number = json_string_value (json_object_get (wish, "number")),
    .tag = effect->tag,
    .seat = self->name,
    .session = json_string_value (json_object_get (wish, "session")),
    .evidence = json_string_value (json_object_get (wish, "evidence")),
    .helper = json_string_value (json_object_get (wish, "helper")),
    .sheet = json_object_get (wish, "sheet"),
    .asked_sheet = json_object_get (wish, "asked_sheet"),
  };

  bm_store_withdraw_async (self->store, &order, on_withdrawn, bm_seat_step_new (self, NULL));
}

/* Print */

static void
on_print_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeatStep) step = user_data;
  BmSeat *self = step->seat;
  g_autoptr (GError) error = NULL;
  gint64 job = bm_store_print_finish (BM_STORE (source), result, &error);
  const BmEvent refused = {
    .type = BM_EVENT_PRINT_STATE,
    .text = bm_print_state_to_string (BM_PRINT_REFUSED),
    .text2 = "failed",
  };

  if (error != NULL)
    bm_seat_warn (self, "a sheet could not be stored", error);
  if (bm_seat_step_is_late (step))
    return;
  if (error != NULL)
    bm_seat_feed (self, &refused);
  else
    bm_seat_feed_print (self, job);
}

static void
print_sheet (BmSeat *self, json_t *wish)
{
  const char *number = json_string_value (json_object_get (wish, "number"));

  bm_store_print_async (self->store, number != NULL ? number : "", self->name,
                        json_object_get (wish, "sheet"), on_print_stored,
                        bm_seat_step_new (self, NULL));
}

static void
on_sheets_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeatStep) step = user_data;
  g_autoptr (GError) error = NULL;

  if (!bm_store_end_sheets_finish (BM_STORE (source), result, &error))
    bm_seat_warn (step->seat, "what was not printed for a person could not be given up", error);
}

/* Nobody else may find what was for this person alone. */
void
bm_seat_end_sheets (BmSeat *self)
{
  bm_store_end_sheets_async (self->store, self->name, on_sheets_ended,
                             bm_seat_step_new (self, NULL));
}

/* Staff */

static void
on_staff_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeatStep) step = user_data;
  g_autoptr (GError) error = NULL;
  BmStaffResult verdict = { .verdict = BM_STAFF_LOCKED, .wait_ms = LOCKED_WITHOUT_LEDGER_MS };
  BmEvent event = { .type = BM_EVENT_STAFF_CHECKED, .text = step->text };

  if (!bm_staff_check_finish (result, &verdict, &error))
    bm_seat_warn (step->seat, "a PIN could not be checked", error);
  if (bm_seat_step_is_late (step))
    return;
  event.code = verdict.verdict;
  event.number = verdict.wait_ms;
  bm_seat_feed (step->seat, &event);
}

static gboolean
is_zero (const guint8 tag[BM_TAG_LEN])
{
  static const guint8 zeros[BM_TAG_LEN];

  return memcmp (tag, zeros, BM_TAG_LEN) == 0;
}

static void
check_staff (BmSeat *self, const BmEffect *effect)
{
  bm_staff_check_async (self->store, self->roster, effect->text, effect->text2,
                        is_zero (effect->tag) ? NULL : effect->tag, effect->flag, on_staff_checked,
                        bm_seat_step_new (self, effect->text));
}

/* The ledger keeps it as a task for the desk until it is settled. */
static void
contact (BmSeat *self, json_t *task)
{
  json_t *event = json_copy (task);

  json_object_set_new (event, "what", json_string ("contact"));
  bm_store_audit_async (self->store, event, on_audited, bm_seat_step_new (self, NULL));
  json_decref (event);
}

static void
call_help (BmSeat *self, gboolean is_wanted, const char *why)
{
  self->is_help_wanted = is_wanted;
  g_signal_emit (self, bm_seat_signals[BM_SEAT_SIGNAL_HELP], 0, is_wanted, is_wanted ? why : NULL);
}

void
bm_seat_carry_out (BmSeat *self, BmEffect *effect)
{
  switch (effect->type)
    {
    case BM_EFFECT_PAGE:
      bm_page_sender_show (self->pages, effect->json);
      break;
    case BM_EFFECT_LEASE_READER:
      bm_seat_lease (self, effect->flag);
      break;
    case BM_EFFECT_IDENTIFY:
      bm_seat_identify (self, effect->text);
      break;
    case BM_EFFECT_COMMIT:
      bm_seat_add_papers (self, effect->draft);
      bm_store_commit_async (self->store, effect->draft, on_committed,
                             bm_seat_step_new (self, NULL));
      break;
    case BM_EFFECT_EXPECT_ANSWER:
      g_signal_emit (self, bm_seat_signals[BM_SEAT_SIGNAL_EXPECTS], 0, effect->text);
      break;
    case BM_EFFECT_PRINT:
      print_sheet (self, effect->json);
      break;
    case BM_EFFECT_SETTLE_PRINT:
      if (self->spooler != NULL)
        bm_spooler_settle (self->spooler, effect->number, effect->flag);
      break;
    case BM_EFFECT_CHECK_STAFF:
      check_staff (self, effect);
      break;
    case BM_EFFECT_CALL_HELP:
      call_help (self, effect->flag, effect->text);
      break;
    case BM_EFFECT_WANT_WITNESS:
      g_signal_emit (self, bm_seat_signals[BM_SEAT_SIGNAL_HALL], 0,
                     effect->flag ? effect->json : NULL);
      break;
    case BM_EFFECT_CONTACT:
      contact (self, effect->json);
      break;
    case BM_EFFECT_AUDIT:
      bm_store_audit_async (self->store, effect->json, on_audited, bm_seat_step_new (self, NULL));
      break;
    case BM_EFFECT_TOLD:
      bm_store_mark_told_async (self->store, effect->text, on_told, bm_seat_step_new (self, NULL));
      break;
    case BM_EFFECT_ENDED:
      g_free (self->ended);
      self->ended = g_strdup (effect->text != NULL ? effect->text : "");
      break;
    case BM_EFFECT_DIVISIONS:
      bm_seat_read_divisions (self);
      break;
    case BM_EFFECT_VISITS:
      bm_seat_count_visits (self);
      break;
    case BM_EFFECT_PHOTO:
      bm_seat_take_photo (self, effect->number);
      break;
    case BM_EFFECT_MEMO:
      bm_seat_memo (self, effect);
      break;
    case BM_EFFECT_TRACK:
      bm_seat_track (self, effect->text);
      break;
    case BM_EFFECT_USES:
      bm_seat_list_uses (self, effect->tag);
      break;
    case BM_EFFECT_WITHDRAW:
      withdraw (self, effect);
      break;
    default:
      g_assert_not_reached ();
    }
}
