/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include "core/entry/dictionary.h"

/*
 * Which dictionary a run packs its payloads with: the newest of what came with the program and what came
 * down. The platform keeps all of them for ever. One that cannot be read is an alarm and is left alone.
 */

static gboolean
dup_document_dictionary (BmStore *self, BmDictionary **ret_dictionary, GError **error)
{
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) local_error = NULL;
  gint64 version = -1;

  *ret_dictionary = NULL;
  if (!bm_store_find_version (self, BM_DICTIONARY_KIND, BM_DICTIONARY_ENTRY, &version, error))
    return FALSE;
  if (version < 0)
    return TRUE;
  body = bm_store_read_document (self, BM_DICTIONARY_KIND, BM_DICTIONARY_ENTRY, &local_error);
  if (body != NULL)
    *ret_dictionary = bm_dictionary_new_from_message (body, version, &local_error);
  return *ret_dictionary != NULL ||
         bm_store_alarm_once (self, "dictionary-unreadable", BM_DICTIONARY_ENTRY, error);
}

/* For the run that begins: inside its transaction, before its first entry. */
gboolean
bm_store_take_dictionary (BmStore *self, GError **error)
{
  BmDictionary *builtin = bm_dictionary_get_builtin (BM_DICTIONARY_ENTRY);
  g_autoptr (BmDictionary) newer = NULL;

  if (!dup_document_dictionary (self, &newer, error))
    return FALSE;
  if (newer == NULL ||
      (builtin != NULL && bm_dictionary_get_id (builtin) >= bm_dictionary_get_id (newer)))
    bm_ratchet_set_dictionary (self->ratchet, builtin);
  else
    bm_ratchet_set_dictionary (self->ratchet, newer);
  return TRUE;
}
