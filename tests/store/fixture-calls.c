/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/error.h"
#include "core/sheet/sheet.h"

#include <string.h>

/* The store's calls, each waited for, and what they take: answers and messages. */

typedef void (*JsonCall) (BmStore *store, GAsyncReadyCallback callback, gpointer user_data);

static json_t *
call_json (Ledger *self, JsonCall call)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  json_t *value;

  call (self->store, ledger_on_done, &result);
  value = bm_store_json_finish (self->store, ledger_take (&result), &error);
  g_assert_no_error (error);
  return value;
}

json_t *
ledger_verify (Ledger *self)
{
  return call_json (self, bm_store_verify_async);
}

json_t *
ledger_overview (Ledger *self)
{
  return call_json (self, bm_store_overview_async);
}

json_t *
ledger_outbox (Ledger *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  json_t *value;

  bm_store_outbox_async (self->store, 100, ledger_on_done, &result);
  value = bm_store_json_finish (self->store, ledger_take (&result), &error);
  g_assert_no_error (error);
  return value;
}

static GPtrArray *
finish_cases (Ledger *self, GAsyncResult **slot)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *cases = bm_store_list_cases_finish (self->store, ledger_take (slot), &error);

  g_assert_no_error (error);
  return cases;
}

GPtrArray *
ledger_cases (Ledger *self, BmDraft *draft)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_store_list_cases_async (self->store, draft->subject_tag, ledger_on_done, &result);
  return finish_cases (self, &result);
}

GPtrArray *
ledger_untold (Ledger *self, const char *seat)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_store_list_untold_async (self->store, seat, ledger_on_done, &result);
  return finish_cases (self, &result);
}

BmCase *
ledger_case (Ledger *self, const char *number)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) cases = NULL;

  bm_store_find_case_async (self->store, number, ledger_on_done, &result);
  cases = finish_cases (self, &result);
  if (cases->len == 0)
    return NULL;
  g_ptr_array_set_free_func (cases, NULL);
  return cases->pdata[0];
}

void
ledger_mark_told (Ledger *self, const char *number)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bm_store_mark_told_async (self->store, number, ledger_on_done, &result);
  bm_store_mark_told_finish (self->store, ledger_take (&result), &error);
  g_assert_no_error (error);
}

static BmOutboxBatch *
try_next_lane (Ledger *self,
               BmOutboxLane lane,
               gsize bytes,
               guint items,
               GArray *skip,
               GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_outbox_next_async (BM_OUTBOX (self->store), lane, bytes, items, skip, ledger_on_done, &result);
  return bm_outbox_next_finish (BM_OUTBOX (self->store), ledger_take (&result), error);
}

BmOutboxBatch *
ledger_next_lane (Ledger *self, BmOutboxLane lane, gsize bytes, guint items, GArray *skip)
{
  g_autoptr (GError) error = NULL;
  BmOutboxBatch *batch = try_next_lane (self, lane, bytes, items, skip, &error);

  g_assert_no_error (error);
  return batch;
}

static gsize
take_over (BmOutboxBatch *to, BmOutboxBatch *from)
{
  gsize bytes = 0;

  for (guint i = 0; i < from->items->len; i++)
    bytes += g_bytes_get_size (((BmOutboxItem *) from->items->pdata[i])->record);
  g_ptr_array_extend_and_steal (to->items, g_ptr_array_ref (from->items));
  if (to->runs->len == 0)
    g_ptr_array_extend_and_steal (to->runs, g_ptr_array_ref (from->runs));
  bm_outbox_batch_free (from);
  return bytes;
}

static GArray *
list_ids (const BmOutboxBatch *batch)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < batch->items->len; i++)
    g_array_append_val (ids, ((BmOutboxItem *) batch->items->pdata[i])->id);
  return ids;
}

/* All three lanes; NULL when the ledger cannot note what it hands over. */
BmOutboxBatch *
ledger_try_next (Ledger *self, gsize bytes, guint items, GError **error)
{
  BmOutboxBatch *batch = try_next_lane (self, BM_LANE_WAITING, bytes, items, NULL, error);
  gsize used = 0;

  if (batch == NULL)
    return NULL;
  for (guint i = 0; i < batch->items->len; i++)
    used += g_bytes_get_size (((BmOutboxItem *) batch->items->pdata[i])->record);
  for (guint lane = BM_LANE_ENTRIES; lane <= BM_LANE_AUDIT; lane++)
    {
      g_autoptr (GArray) taken = list_ids (batch);
      BmOutboxBatch *more;

      if (batch->items->len >= items || (used >= bytes && batch->items->len > 0))
        continue;
      more = try_next_lane (self, (BmOutboxLane) lane, bytes - used, items - batch->items->len,
                            taken, error);
      if (more == NULL)
        {
          bm_outbox_batch_free (batch);
          return NULL;
        }
      used += take_over (batch, more);
    }
  return batch;
}

BmOutboxBatch *
ledger_next (Ledger *self, gsize bytes, guint items)
{
  g_autoptr (GError) error = NULL;
  BmOutboxBatch *batch = ledger_try_next (self, bytes, items, &error);

  g_assert_no_error (error);
  return batch;
}

BmOutboxStatus *
ledger_status (Ledger *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  BmOutboxStatus *status;

  bm_outbox_get_status_async (BM_OUTBOX (self->store), ledger_on_done, &result);
  status = bm_outbox_get_status_finish (BM_OUTBOX (self->store), ledger_take (&result), &error);
  g_assert_no_error (error);
  self->asked = status->cursor;
  return status;
}

gboolean
ledger_apply (Ledger *self, GPtrArray *answers, GPtrArray *messages, gint64 cursor, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_outbox_apply_async (BM_OUTBOX (self->store),
                         &(BmOutboxReply){
                           .answers = answers,
                           .messages = messages,
                           .asked = self->asked,
                           .cursor = cursor,
                         },
                         ledger_on_done, &result);
  return bm_outbox_apply_finish (BM_OUTBOX (self->store), ledger_take (&result), error);
}

gboolean
ledger_apply_head (Ledger *self, guint64 seq, GBytes *head, GBytes *signature)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_applied;

  bm_outbox_apply_async (BM_OUTBOX (self->store),
                         &(BmOutboxReply){
                           .head_seq = seq,
                           .head = head,
                           .head_signature = signature,
                         },
                         ledger_on_done, &result);
  is_applied = bm_outbox_apply_finish (BM_OUTBOX (self->store), ledger_take (&result), &error);
  g_assert_no_error (error);
  return is_applied;
}

void
ledger_watermark (Ledger *self, guint64 epoch, guint64 upto, guint label, guint32 counter)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bm_outbox_note_watermark_async (BM_OUTBOX (self->store), epoch, upto, label, counter,
                                  ledger_on_done, &result);
  bm_outbox_note_watermark_finish (BM_OUTBOX (self->store), ledger_take (&result), &error);
  g_assert_no_error (error);
}

gboolean
ledger_audit (Ledger *self, json_t *event, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_store_audit_async (self->store, event, ledger_on_done, &result);
  json_decref (event);
  return bm_store_audit_finish (self->store, ledger_take (&result), error);
}

GPtrArray *
ledger_open_jobs (Ledger *self)
{
  BmPrintJournal *journal = BM_PRINT_JOURNAL (self->store);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *jobs;

  bm_print_journal_list_open_async (journal, ledger_on_done, &result);
  jobs = bm_print_journal_list_open_finish (journal, ledger_take (&result), &error);
  g_assert_no_error (error);
  return jobs;
}

gboolean
ledger_move (Ledger *self, gint64 job, BmPrintState from, BmPrintState to, GError **error)
{
  BmPrintJournal *journal = BM_PRINT_JOURNAL (self->store);
  g_autoptr (GAsyncResult) result = NULL;

  bm_print_journal_move_async (journal, job, from, to, "busy", "attempt-1", NULL, ledger_on_done,
                               &result);
  return bm_print_journal_move_finish (journal, ledger_take (&result), error);
}

BmAnswer *
answer_new (const BmOutboxItem *item, BmAnswerStatus status)
{
  BmAnswer *answer = g_new0 (BmAnswer, 1);
  BmEntryHeader header;

  g_assert_true (bm_record_parse (item->record, &header, NULL, NULL, NULL));
  answer->epoch = header.epoch;
  answer->seq = header.seq;
  bm_sm3 (g_bytes_get_data (item->record, NULL), g_bytes_get_size (item->record), answer->hash);
  answer->status = status;
  answer->code = g_strdup ("");
  answer->reason = g_strdup ("");
  return answer;
}

GPtrArray *
answers_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) bm_answer_free);
}

GPtrArray *
answers_for (const BmOutboxBatch *batch, BmAnswerStatus status)
{
  GPtrArray *answers = answers_new ();

  for (guint i = 0; i < batch->runs->len; i++)
    g_ptr_array_add (answers, answer_new (batch->runs->pdata[i], BM_ANSWER_ACCEPTED));
  for (guint i = 0; i < batch->items->len; i++)
    g_ptr_array_add (answers, answer_new (batch->items->pdata[i], status));
  return answers;
}

BmMessage *
message_new (gint64 id, const char *kind, const char *name, gint64 version, const char *body)
{
  BmMessage *message = g_new0 (BmMessage, 1);

  message->id = id;
  message->kind = g_strdup (kind);
  message->name = g_strdup (name);
  message->version = version;
  message->body = g_bytes_new (body, strlen (body));
  message->signature = g_bytes_new ("signature", 9);
  return message;
}

GPtrArray *
messages_new (BmMessage *message)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_message_free);

  g_ptr_array_add (messages, message);
  return messages;
}

gboolean
folder_contains (const char *folder, gconstpointer needle, gsize len)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gboolean is_found = FALSE;
  const char *name;

  g_assert_nonnull (dir);
  while (!is_found && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *contents = NULL;
      gsize size;

      g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
      is_found = memmem (contents, size, needle, len) != NULL;
    }
  return is_found;
}

BmCommitted *
ledger_commit_draft (Ledger *ledger, BmDraft *draft)
{
  g_autoptr (GError) error = NULL;
  BmCommitted *committed = ledger_try_commit (ledger, draft, &error);

  g_assert_no_error (error);
  return committed;
}

void
ledger_print_out (Ledger *ledger, gint64 job)
{
  const BmPrintState way[] = { BM_PRINT_QUEUED, BM_PRINT_WAITING, BM_PRINT_SENDING, BM_PRINT_SENT,
                               BM_PRINT_PRINTED };

  for (guint i = 1; i < G_N_ELEMENTS (way); i++)
    {
      g_assert_true (ledger_move (ledger, job, way[i - 1], way[i], NULL));
      ledger_advance (ledger, 777);
    }
}

void
ledger_send_all (Ledger *ledger, BmAnswerStatus status)
{
  BmOutboxBatch *batch = ledger_next (ledger, 1 << 20, 100);
  g_autoptr (GPtrArray) answers = answers_for (batch, status);

  g_assert_true (ledger_apply (ledger, answers, NULL, 0, NULL));
  bm_outbox_batch_free (batch);
}

static BmWithdrawn *
withdraw (Ledger *ledger, const char *number, const guint8 *tag, gboolean may_ask, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  guint8 own[BM_TAG_LEN];
  BmWithdrawWish wish = { .number = number, .seat = "hall", .session = "s" };

  memset (own, 0x5a, sizeof own);
  wish.tag = tag != NULL ? tag : own;
  wish.sheet = json_pack ("{s:i, s:s, s:s, s:s, s:b, s:[{s:s}]}", "version", 1, "kind",
                          BM_STORE_WITHDRAWAL, "title", "撤回单", "station", "禾田村便民服务站",
                          "demo", 1, "blocks", "type", "rule");
  wish.asked_sheet = may_ask ? wish.sheet : NULL;
  bm_store_withdraw_async (ledger->store, &wish, ledger_on_done, &result);
  json_decref (wish.sheet);
  return bm_store_withdraw_finish (ledger->store, ledger_take (&result), error);
}

BmWithdrawn *
ledger_withdraw (Ledger *ledger, const char *number, const guint8 *tag, GError **error)
{
  return withdraw (ledger, number, tag, FALSE, error);
}

BmWithdrawn *
ledger_ask_back (Ledger *ledger, const char *number, const guint8 *tag, GError **error)
{
  return withdraw (ledger, number, tag, TRUE, error);
}

/* A numbered 补录单 goes to the printer. */
void
ledger_print_form (Ledger *ledger)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  json_t *sheet =
    json_pack ("{s:i, s:s, s:s, s:s, s:b, s:[{s:s, s:s}]}", "version", BM_SHEET_VERSION, "kind",
               "outage", "title", "补录单", "station", "禾田村便民服务站", "demo", 1, "blocks",
               "type", "text", "text", "{form}");

  bm_store_print_async (ledger->store, "", "desk", sheet, ledger_on_done, &result);
  g_assert_cmpint (bm_store_print_finish (ledger->store, ledger_take (&result), &error), >, 0);
  g_assert_no_error (error);
  json_decref (sheet);
}

json_t *
ledger_find_form (Ledger *ledger, const char *form)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  json_t *found;

  bm_store_find_form_async (ledger->store, form, ledger_on_done, &result);
  found = bm_store_json_finish (ledger->store, ledger_take (&result), &error);
  g_assert_no_error (error);
  return found;
}
