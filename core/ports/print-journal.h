/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <jansson.h>

G_BEGIN_DECLS

/*
 * What the spooler may know of the ledger: print jobs, their states and the only legal moves
 * (notes C1; printing/RECEIPT.md draws them).
 *
 *   QUEUED -> WAITING -> SENDING -> SENT -> PRINTED
 *                ^          |        |---> UNKNOWN -> PRINTED (拿到了) | SUPERSEDED (没有拿到: new job, copy + 1)
 *                |          |---> REFUSED (nothing went out) -> WAITING
 *                |          '---> UNKNOWN (a byte may have gone out)
 *   QUEUED/WAITING -> CANCELED | EXPIRED (the resident has left)
 */

typedef enum
{
  BM_PRINT_QUEUED,
  BM_PRINT_WAITING,
  BM_PRINT_SENDING,
  BM_PRINT_SENT,
  BM_PRINT_PRINTED,
  BM_PRINT_UNKNOWN,
  BM_PRINT_REFUSED,
  BM_PRINT_SUPERSEDED,
  BM_PRINT_CANCELED,
  BM_PRINT_EXPIRED,
} BmPrintState;

const char *bm_print_state_to_string (BmPrintState state); /* "queued", … */
gboolean bm_print_state_can_move (BmPrintState from, BmPrintState to);
gboolean bm_print_state_is_final (BmPrintState state);

typedef struct
{
  gint ref_count;

  gint64 id;
  char *number; /* the case's 25 digits, or "" for sheets without a case */
  char *seat;   /* the seat whose resident waits for it */
  guint copy;   /* 1 for the first; further copies say 第 N 次打印 */
  BmPrintState state;
  char *reason;  /* why it waits: "media-empty", "offline", "busy", "cover-open", … or "" */
  char *attempt; /* uuid of the last attempt, or "" */
  char *remote;  /* backend's evidence (job uri), or "" */
  gint64 attempt_boot_ms;
  char *attempt_boot_id; /* hex */
  gint64 created_wall_ms;
  json_t *sheet; /* stored model, complete with number and QR (core/sheet) */
} BmPrintJob;

BmPrintJob *bm_print_job_ref (BmPrintJob *self);
void bm_print_job_unref (BmPrintJob *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPrintJob, bm_print_job_unref)

#define BM_TYPE_PRINT_JOURNAL (bm_print_journal_get_type ())
G_DECLARE_INTERFACE (BmPrintJournal, bm_print_journal, BM, PRINT_JOURNAL, GObject)

/* Signals, in the context the journal was made in: "queued" (BmPrintJob *job). */

struct _BmPrintJournalInterface
{
  GTypeInterface parent_iface;

  /* Every job that is not final, oldest first. Array of BmPrintJob. */
  void (*list_open_async) (BmPrintJournal *self, GAsyncReadyCallback callback, gpointer user_data);
  GPtrArray *(*list_open_finish) (BmPrintJournal *self, GAsyncResult *result, GError **error);

  /* Durable before it returns; illegal moves and a wrong @from are BM_ERROR_INVALID and change nothing.
   * @reason, @attempt, @remote: NULL keeps what is stored. */
  void (*move_async) (BmPrintJournal *self,
                      gint64 job,
                      BmPrintState from,
                      BmPrintState to,
                      const char *reason,
                      const char *attempt,
                      const char *remote,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  gboolean (*move_finish) (BmPrintJournal *self, GAsyncResult *result, GError **error);

  /* A further copy of @job's sheet: a new job with copy + 1, audited. */
  void (*copy_async) (BmPrintJournal *self,
                      gint64 job,
                      const char *why,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  BmPrintJob *(*copy_finish) (BmPrintJournal *self, GAsyncResult *result, GError **error);
};

void bm_print_journal_list_open_async (BmPrintJournal *self,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
GPtrArray *
bm_print_journal_list_open_finish (BmPrintJournal *self, GAsyncResult *result, GError **error);
void bm_print_journal_move_async (BmPrintJournal *self,
                                  gint64 job,
                                  BmPrintState from,
                                  BmPrintState to,
                                  const char *reason,
                                  const char *attempt,
                                  const char *remote,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean bm_print_journal_move_finish (BmPrintJournal *self, GAsyncResult *result, GError **error);
void bm_print_journal_copy_async (BmPrintJournal *self,
                                  gint64 job,
                                  const char *why,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
BmPrintJob *
bm_print_journal_copy_finish (BmPrintJournal *self, GAsyncResult *result, GError **error);

G_END_DECLS
