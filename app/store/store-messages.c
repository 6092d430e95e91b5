/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include "core/catalogue/document.h"
#include "core/error.h"
#include "core/pack/pack.h"

#include <string.h>

/*
 * One reply of the platform, applied whole: answers, signed head, messages and cursor in one
 * transaction, so that after any crash the reply is applied or will be asked for again (notes C10,
 * I7).
 *
 * Invariants:
 *  M1  The cursor only grows, and a message at or below it was applied before: it is passed over. One
 *      thing turns it back: packs that were removed for their age (store-packs.c, K3). A reply that
 *      was asked for before that does not move it forward again.
 *  M2  A version never goes back within (kind, name); an older message is noted and passed over.
 *  M3  A message that this build cannot store (too large, no name) never blocks the next one.
 */

static void
apply_free (BmStoreApply *apply)
{
  g_clear_pointer (&apply->answers, g_ptr_array_unref);
  g_clear_pointer (&apply->messages, g_ptr_array_unref);
  g_clear_pointer (&apply->head, g_bytes_unref);
  g_clear_pointer (&apply->head_signature, g_bytes_unref);
  g_clear_pointer (&apply->changed_cases, g_ptr_array_unref);
  g_clear_pointer (&apply->changed_documents, g_ptr_array_unref);
  g_free (apply);
}

static gboolean
message_is_storable (const BmMessage *message)
{
  return message->kind != NULL && *message->kind != '\0' && strlen (message->kind) <= 32 &&
         message->name != NULL && strlen (message->name) <= 64 && message->body != NULL &&
         g_bytes_get_size (message->body) <= BM_STORE_MAX_DOCUMENT && message->version >= 0;
}

/* The platform is told in the next hello; the next message goes on (M3). */
static gboolean
refuse_message (BmStore *self, const BmMessage *message, const char *code, GError **error)
{
  BmBadItem item = { .version = message->version };
  g_autofree char *reason = g_str_equal (code, "bad-language")
                              ? bm_document_dup_reason (message->kind, message->body)
                              : NULL;

  g_strlcpy (item.kind, message->kind != NULL ? message->kind : "", sizeof item.kind);
  g_strlcpy (item.name, message->name != NULL ? message->name : "", sizeof item.name);
  g_strlcpy (item.code, code, sizeof item.code);
  return bm_store_put_bad_item (self, &item, error) &&
         bm_store_alarm (self, "message-invalid", reason != NULL ? reason : item.kind, error);
}

/* What a document that was stored means beyond itself. */
static gboolean
follow_document (BmStore *self, const BmMessage *message, GError **error)
{
  if (g_str_equal (message->kind, BM_PACK_HEAD_KIND))
    return bm_store_packs_note_head (self, message->body, error);
  if (g_str_equal (message->kind, "revocation"))
    return bm_store_note_revocation (self, message->body, error);
  return TRUE;
}

/* A result for a case of ours; one for an unknown case (an older disk's) is kept as a document. */
gboolean
bm_store_apply_message (BmStore *self,
                        BmStoreApply *apply,
                        const BmMessage *message,
                        GError **error)
{
  const gboolean is_reread = message->id <= apply->reread;
  gboolean is_changed = FALSE, is_ours = FALSE;
  const char *fault = "unstorable";

  if (message_is_storable (message))
    fault = bm_document_find_fault (message->kind, message->name, message->body);
  if (fault != NULL)
    return refuse_message (self, message, fault, error);
  if (g_str_equal (message->kind, "result") &&
      !bm_store_case_apply_result (self, message, is_reread, &is_ours, &is_changed, error))
    return FALSE;
  if (is_changed)
    g_ptr_array_add (apply->changed_cases, g_strdup (message->name));
  if (is_ours)
    return TRUE;
  if (!bm_store_put_document (self, message, is_reread, &is_changed, error))
    return FALSE;
  if (!is_changed)
    return TRUE;
  g_ptr_array_add (apply->changed_documents, g_strdup (message->kind));
  return follow_document (self, message, error);
}

static void
forget_changes (BmStoreApply *apply)
{
  g_clear_pointer (&apply->changed_cases, g_ptr_array_unref);
  g_clear_pointer (&apply->changed_documents, g_ptr_array_unref);
  apply->changed_cases = g_ptr_array_new_with_free_func (g_free);
  apply->changed_documents = g_ptr_array_new_with_free_func (g_free);
  apply->fault = (BmStoreFault){ 0 };
  apply->n_settled = 0;
}

static gboolean
apply_messages (BmStore *self, BmStoreApply *apply, GError **error)
{
  gint64 cursor;

  if (!bm_store_get_meta (self, "cursor", &cursor, error) ||
      !bm_store_get_meta (self, "reread", &apply->reread, error))
    return FALSE;
  for (guint i = 0; apply->messages != NULL && i < apply->messages->len; i++)
    {
      const BmMessage *message = apply->messages->pdata[i];

      if (message->id <= cursor)
        continue;
      if (!bm_store_apply_message (self, apply, message, error))
        return FALSE;
    }
  if (apply->cursor <= cursor || apply->asked > cursor)
    return TRUE; /* what lies between the two was removed since the question and has to come again */
  return bm_store_set_meta (self, "cursor", apply->cursor, error);
}

static gboolean
apply_body (BmStore *self, gpointer data, GError **error)
{
  BmStoreApply *apply = data;

  forget_changes (apply); /* the body may run twice when the disk was full */
  for (guint i = 0; apply->answers != NULL && i < apply->answers->len; i++)
    if (!bm_store_apply_answer (self, apply, apply->answers->pdata[i], error))
      return FALSE;
  return bm_store_count_settled (self, apply->settled_epoch, apply->n_settled, error) &&
         bm_store_apply_head (self, apply, error) && apply_messages (self, apply, error);
}

static gpointer
apply_on_worker (gpointer data, GError **error)
{
  BmStoreApply *apply = data;
  BmStore *self = apply->self;

  if (!bm_store_transact_draining (self, apply_body, apply, error))
    return NULL;
  if (apply->fault.what != NULL)
    bm_store_note_fault (self, &apply->fault);
  for (guint i = 0; i < apply->changed_cases->len; i++)
    bm_store_tell_case (self, apply->changed_cases->pdata[i]);
  for (guint i = 0; i < apply->changed_documents->len; i++)
    bm_store_tell_document (self, apply->changed_documents->pdata[i]);
  return GINT_TO_POINTER (TRUE);
}

void
bm_store_apply_async (BmOutbox *outbox,
                      const BmOutboxReply *reply,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  BmStore *self = BM_STORE (outbox);
  BmStoreApply *apply = g_new0 (BmStoreApply, 1);

  apply->self = self;
  apply->answers = reply->answers != NULL ? g_ptr_array_ref (reply->answers) : NULL;
  apply->messages = reply->messages != NULL ? g_ptr_array_ref (reply->messages) : NULL;
  apply->asked = reply->asked;
  apply->cursor = reply->cursor;
  apply->head_seq = reply->head_seq;
  apply->head = reply->head != NULL ? g_bytes_ref (reply->head) : NULL;
  apply->head_signature =
    reply->head_signature != NULL ? g_bytes_ref (reply->head_signature) : NULL;
  bm_store_run (self, apply_on_worker, apply, (GDestroyNotify) apply_free, NULL, callback,
                user_data);
}
