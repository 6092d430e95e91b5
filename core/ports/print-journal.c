/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-print-journal"

#include "core/ports/print-journal.h"

/*
 * The states of a print job and the only legal moves between them, as a table. The diagram is in the
 * header. One move is not drawn there: WAITING -> WAITING, by which the reason changes (the paper is
 * back, the cover is open now).
 *
 * Invariants:
 *  J1  A sheet goes out only from SENDING, and SENDING is entered only from WAITING, which is entered
 *      only from QUEUED, itself, or REFUSED: from states in which nothing went out.
 *  J2  UNKNOWN is left only by a person or by evidence, never towards a state that prints by itself.
 */

G_DEFINE_INTERFACE (BmPrintJournal, bm_print_journal, G_TYPE_OBJECT)

#define TO(state) (1u << BM_PRINT_##state)

typedef struct
{
  const char *name;
  guint moves; /* bits of the states that may follow */
} StateRule;

static const StateRule rules[] = {
  [BM_PRINT_QUEUED] = { "queued", TO (WAITING) | TO (CANCELED) | TO (EXPIRED) },
  [BM_PRINT_WAITING] = { "waiting", TO (WAITING) | TO (SENDING) | TO (CANCELED) | TO (EXPIRED) },
  [BM_PRINT_SENDING] = { "sending", TO (SENT) | TO (UNKNOWN) | TO (REFUSED) },
  [BM_PRINT_SENT] = { "sent", TO (PRINTED) | TO (UNKNOWN) },
  [BM_PRINT_PRINTED] = { "printed", 0 },
  [BM_PRINT_UNKNOWN] = { "unknown", TO (PRINTED) | TO (SUPERSEDED) },
  [BM_PRINT_REFUSED] = { "refused", TO (WAITING) },
  [BM_PRINT_SUPERSEDED] = { "superseded", 0 },
  [BM_PRINT_CANCELED] = { "canceled", 0 },
  [BM_PRINT_EXPIRED] = { "expired", 0 },
};

static void
bm_print_journal_default_init (BmPrintJournalInterface *iface)
{
  /**
   * BmPrintJournal::queued:
   * @self: the journal
   * @job: (type gpointer): a #BmPrintJob, borrowed
   *
   * Emitted when a job was committed and may be printed.
   */
  g_signal_new ("queued", BM_TYPE_PRINT_JOURNAL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_POINTER);
}

/**
 * bm_print_state_to_string:
 * @state: a state
 *
 * Names @state for ledgers, logs and scenarios.
 *
 * Returns: a static string
 */
const char *
bm_print_state_to_string (BmPrintState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (rules), NULL);

  return rules[state].name;
}

/**
 * bm_print_state_can_move:
 * @from: the state a job is in
 * @to: the state it shall get
 *
 * Tells whether the diagram draws that move.
 *
 * Returns: %TRUE if it does
 */
gboolean
bm_print_state_can_move (BmPrintState from, BmPrintState to)
{
  g_return_val_if_fail ((guint) from < G_N_ELEMENTS (rules), FALSE);
  g_return_val_if_fail ((guint) to < G_N_ELEMENTS (rules), FALSE);

  return (rules[from].moves & (1u << to)) != 0;
}

/**
 * bm_print_state_is_final:
 * @state: a state
 *
 * Tells whether a job in @state is settled for ever.
 *
 * Returns: %TRUE if no move leads out of it
 */
gboolean
bm_print_state_is_final (BmPrintState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (rules), FALSE);

  return rules[state].moves == 0;
}

/**
 * bm_print_job_ref:
 * @self: a job
 *
 * Takes a reference; from any thread.
 *
 * Returns: (transfer full): @self
 */
BmPrintJob *
bm_print_job_ref (BmPrintJob *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);
  return self;
}

/**
 * bm_print_job_unref:
 * @self: (transfer full): a job
 *
 * Drops a reference; the last one frees.
 */
void
bm_print_job_unref (BmPrintJob *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_free (self->number);
  g_free (self->seat);
  g_free (self->reason);
  g_free (self->attempt);
  g_free (self->remote);
  g_free (self->attempt_boot_id);
  g_clear_pointer (&self->sheet, json_decref);
  g_free (self);
}

/**
 * bm_print_journal_list_open_async:
 * @self: a journal
 * @callback: called when done
 * @user_data: for @callback
 *
 * Asks for every job that is not settled, oldest first.
 */
void
bm_print_journal_list_open_async (BmPrintJournal *self,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (BM_IS_PRINT_JOURNAL (self));

  BM_PRINT_JOURNAL_GET_IFACE (self)->list_open_async (self, callback, user_data);
}

/**
 * bm_print_journal_list_open_finish:
 * @self: a journal
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer container) (element-type BmPrintJob): the jobs, or %NULL
 */
GPtrArray *
bm_print_journal_list_open_finish (BmPrintJournal *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_PRINT_JOURNAL (self), NULL);

  return BM_PRINT_JOURNAL_GET_IFACE (self)->list_open_finish (self, result, error);
}

/**
 * bm_print_journal_move_async:
 * @self: a journal
 * @job: the job's id
 * @from: the state it is believed to be in
 * @to: the state it shall get
 * @reason: (nullable): new reason; %NULL keeps what is stored
 * @attempt: (nullable): new attempt uuid; %NULL keeps what is stored
 * @remote: (nullable): new evidence; %NULL keeps what is stored
 * @callback: called when done
 * @user_data: for @callback
 *
 * Moves a job. An illegal move or a wrong @from changes nothing.
 */
void
bm_print_journal_move_async (BmPrintJournal *self,
                             gint64 job,
                             BmPrintState from,
                             BmPrintState to,
                             const char *reason,
                             const char *attempt,
                             const char *remote,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (BM_IS_PRINT_JOURNAL (self));

  BM_PRINT_JOURNAL_GET_IFACE (self)->move_async (self, job, from, to, reason, attempt, remote,
                                                 callback, user_data);
}

/**
 * bm_print_journal_move_finish:
 * @self: a journal
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE once it is durable
 */
gboolean
bm_print_journal_move_finish (BmPrintJournal *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_PRINT_JOURNAL (self), FALSE);

  return BM_PRINT_JOURNAL_GET_IFACE (self)->move_finish (self, result, error);
}

/**
 * bm_print_journal_copy_async:
 * @self: a journal
 * @job: the job whose sheet is wanted again
 * @why: a stable reason for the audit
 * @callback: called when done
 * @user_data: for @callback
 *
 * Makes a further, numbered and audited copy of a sheet (invariant 8).
 */
void
bm_print_journal_copy_async (BmPrintJournal *self,
                             gint64 job,
                             const char *why,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (BM_IS_PRINT_JOURNAL (self));
  g_return_if_fail (why != NULL);

  BM_PRINT_JOURNAL_GET_IFACE (self)->copy_async (self, job, why, callback, user_data);
}

/**
 * bm_print_journal_copy_finish:
 * @self: a journal
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): the new job, or %NULL
 */
BmPrintJob *
bm_print_journal_copy_finish (BmPrintJournal *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_PRINT_JOURNAL (self), NULL);

  return BM_PRINT_JOURNAL_GET_IFACE (self)->copy_finish (self, result, error);
}
