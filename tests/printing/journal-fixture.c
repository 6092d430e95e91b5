/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "journal-fixture"

#include "tests/printing/journal-fixture.h"

#include "core/error.h"

#include "tests/printing/sheet-fixture.h"

/* A row of the journal. */
typedef struct
{
  BmPrintJob job; /* ref_count unused: rows are copied out */
  GString *path;
} Row;

struct _TestJournal
{
  GObject parent_instance;

  BmClock *clock;
  GMutex lock; /* rows: the printer looks from its thread */
  GPtrArray *rows;
  int failing; /* state whose next move fails, or -1 */
};

static void test_journal_iface_init (BmPrintJournalInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestJournal,
                               test_journal,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_PRINT_JOURNAL,
                                                      test_journal_iface_init))

static void
row_free (Row *row)
{
  g_free (row->job.number);
  g_free (row->job.seat);
  g_free (row->job.reason);
  g_free (row->job.attempt);
  g_free (row->job.remote);
  g_free (row->job.attempt_boot_id);
  json_decref (row->job.sheet);
  g_string_free (row->path, TRUE);
  g_free (row);
}

static char *
dup_boot_id (BmClock *clock)
{
  GString *text = g_string_new (NULL);
  guint8 id[BM_BOOT_ID_LEN];

  bm_clock_get_boot_id (clock, id);
  for (guint i = 0; i < sizeof id; i++)
    g_string_append_printf (text, "%02x", id[i]);
  return g_string_free (text, FALSE);
}

static Row *
add_row (TestJournal *self, const char *seat, guint copy, BmPrintState state)
{
  Row *row = g_new0 (Row, 1);

  row->job.id = (gint64) self->rows->len + 1;
  row->job.number = g_strdup (SHEET_NUMBER);
  row->job.seat = g_strdup (seat);
  row->job.copy = copy;
  row->job.state = state;
  row->job.reason = g_strdup ("");
  row->job.attempt = g_strdup ("");
  row->job.remote = g_strdup ("");
  row->job.attempt_boot_id = g_strdup ("");
  row->job.created_wall_ms = bm_clock_get_wall_ms (self->clock);
  row->job.sheet = sheet_load ("registration.json");
  row->path = g_string_new (bm_print_state_to_string (state));
  g_ptr_array_add (self->rows, row);
  return row;
}

static Row *
find_row (TestJournal *self, gint64 job)
{
  g_assert_cmpint (job, >=, 1);
  g_assert_cmpint (job, <=, self->rows->len);
  return g_ptr_array_index (self->rows, job - 1);
}

static BmPrintJob *
copy_out (Row *row)
{
  BmPrintJob *job = g_new0 (BmPrintJob, 1);

  *job = row->job;
  job->ref_count = 1;
  job->number = g_strdup (row->job.number);
  job->seat = g_strdup (row->job.seat);
  job->reason = g_strdup (row->job.reason);
  job->attempt = g_strdup (row->job.attempt);
  job->remote = g_strdup (row->job.remote);
  job->attempt_boot_id = g_strdup (row->job.attempt_boot_id);
  job->sheet = json_deep_copy (row->job.sheet);
  return job;
}

static gboolean
on_tell (gpointer data)
{
  GTask *task = data;
  BmPrintJob *job = g_task_get_task_data (task);

  g_signal_emit_by_name (g_task_get_source_object (task), "queued", job);
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

static void
tell_queued (TestJournal *self, Row *row)
{
  GTask *task = g_task_new (self, NULL, NULL, NULL);

  g_task_set_task_data (task, copy_out (row), (GDestroyNotify) bm_print_job_unref);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_tell, task, NULL);
}

/* The port. Answers come from the main loop, as the store's do. */

static void
list_open_async (BmPrintJournal *journal, GAsyncReadyCallback callback, gpointer user_data)
{
  TestJournal *self = TEST_JOURNAL (journal);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GPtrArray *jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_print_job_unref);

  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);

      if (!bm_print_state_is_final (row->job.state))
        g_ptr_array_add (jobs, copy_out (row));
    }
  g_task_return_pointer (task, jobs, (GDestroyNotify) g_ptr_array_unref);
}

static GPtrArray *
list_open_finish (BmPrintJournal *journal, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
replace (char **place, const char *text)
{
  if (text == NULL)
    return;
  g_free (*place);
  *place = g_strdup (text);
}

static void
write_move (TestJournal *self, Row *row, BmPrintState to)
{
  row->job.state = to;
  g_string_append_printf (row->path, " %s", bm_print_state_to_string (to));
  if (to != BM_PRINT_SENDING)
    return;
  row->job.attempt_boot_ms = bm_clock_get_boot_ms (self->clock);
  g_free (row->job.attempt_boot_id);
  row->job.attempt_boot_id = dup_boot_id (self->clock);
}

static void
move_async (BmPrintJournal *journal,
            gint64 job,
            BmPrintState from,
            BmPrintState to,
            const char *reason,
            const char *attempt,
            const char *remote,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  TestJournal *self = TEST_JOURNAL (journal);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Row *row = find_row (self, job);

  if (self->failing == (int) to)
    {
      self->failing = -1;
      g_task_return_new_error (task, BM_ERROR, BM_ERROR_FULL, "no room");
      return;
    }
  if (row->job.state != from)
    {
      g_task_return_new_error (task, BM_ERROR, BM_ERROR_INVALID, "not in that state");
      return;
    }
  /* Only a wrong belief may be refused in the field; an undrawn move is a fault of the spooler. */
  if (!bm_print_state_can_move (from, to))
    g_error ("the spooler tried %s -> %s", bm_print_state_to_string (from),
             bm_print_state_to_string (to));
  g_mutex_lock (&self->lock);
  write_move (self, row, to);
  replace (&row->job.reason, reason);
  replace (&row->job.attempt, attempt);
  replace (&row->job.remote, remote);
  g_mutex_unlock (&self->lock);
  g_task_return_boolean (task, TRUE);
}

static gboolean
move_finish (BmPrintJournal *journal, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
copy_async (BmPrintJournal *journal,
            gint64 job,
            const char *why,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  TestJournal *self = TEST_JOURNAL (journal);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Row *first = find_row (self, job);
  Row *row;

  g_mutex_lock (&self->lock);
  row = add_row (self, first->job.seat, first->job.copy + 1, BM_PRINT_QUEUED);
  g_mutex_unlock (&self->lock);
  tell_queued (self, row);
  g_task_return_pointer (task, copy_out (row), (GDestroyNotify) bm_print_job_unref);
}

static BmPrintJob *
copy_finish (BmPrintJournal *journal, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_journal_iface_init (BmPrintJournalInterface *iface)
{
  iface->list_open_async = list_open_async;
  iface->list_open_finish = list_open_finish;
  iface->move_async = move_async;
  iface->move_finish = move_finish;
  iface->copy_async = copy_async;
  iface->copy_finish = copy_finish;
}

static void
test_journal_finalize (GObject *object)
{
  TestJournal *self = TEST_JOURNAL (object);

  g_ptr_array_unref (self->rows);
  g_object_unref (self->clock);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (test_journal_parent_class)->finalize (object);
}

static void
test_journal_class_init (TestJournalClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_journal_finalize;
}

static void
test_journal_init (TestJournal *self)
{
  g_mutex_init (&self->lock);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) row_free);
  self->failing = -1;
}

TestJournal *
test_journal_new (BmClock *clock)
{
  TestJournal *self = g_object_new (TEST_TYPE_JOURNAL, NULL);

  self->clock = g_object_ref (clock);
  return self;
}

gint64
test_journal_queue (TestJournal *self, const char *seat)
{
  Row *row;

  g_mutex_lock (&self->lock);
  row = add_row (self, seat, 1, BM_PRINT_QUEUED);
  g_mutex_unlock (&self->lock);
  tell_queued (self, row);
  return row->job.id;
}

gint64
test_journal_put (TestJournal *self, BmPrintState state, gint64 age_ms)
{
  Row *row = add_row (self, "hall", 1, state);

  row->job.created_wall_ms -= age_ms;
  if (state == BM_PRINT_QUEUED || state == BM_PRINT_WAITING)
    return row->job.id;
  replace (&row->job.attempt, "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d");
  row->job.attempt_boot_ms = bm_clock_get_boot_ms (self->clock) - age_ms;
  g_free (row->job.attempt_boot_id);
  row->job.attempt_boot_id = dup_boot_id (self->clock);
  return row->job.id;
}

void
test_journal_undraw (TestJournal *self, gint64 job)
{
  json_object_clear (find_row (self, job)->job.sheet);
}

void
test_journal_forget_boot (TestJournal *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    replace (&((Row *) g_ptr_array_index (self->rows, i))->job.attempt_boot_id,
             "00000000000000000000000000000000");
}

void
test_journal_fail (TestJournal *self, BmPrintState to)
{
  self->failing = (int) to;
}

BmPrintState
test_journal_get_state (TestJournal *self, gint64 job)
{
  return find_row (self, job)->job.state;
}

guint
test_journal_get_copy (TestJournal *self, gint64 job)
{
  return find_row (self, job)->job.copy;
}

const char *
test_journal_get_path (TestJournal *self, gint64 job)
{
  return find_row (self, job)->path->str;
}

const char *
test_journal_get_reason (TestJournal *self, gint64 job)
{
  return find_row (self, job)->job.reason;
}

guint
test_journal_count (TestJournal *self)
{
  return self->rows->len;
}

gboolean
test_journal_is_sending (TestJournal *self, const char *attempt)
{
  gboolean is_sending = FALSE;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);

      is_sending |= row->job.state == BM_PRINT_SENDING && g_str_equal (row->job.attempt, attempt);
    }
  g_mutex_unlock (&self->lock);
  return is_sending;
}
