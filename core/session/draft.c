/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-draft"

#include "core/session/draft.h"

#include "core/crypto/crypto.h"

#include <string.h>

/**
 * bm_draft_new:
 *
 * Makes an empty draft; its strings are %NULL and it has no legal due date.
 *
 * Returns: (transfer full): a draft
 */
BmDraft *
bm_draft_new (void)
{
  BmDraft *self = g_new0 (BmDraft, 1);

  self->ref_count = 1;
  self->priority = 1;
  self->due_day = BM_NO_DUE_DAY;
  return self;
}

/**
 * bm_draft_ref:
 * @self: a draft
 *
 * Takes a reference; from any thread.
 *
 * Returns: (transfer full): @self
 */
BmDraft *
bm_draft_ref (BmDraft *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);
  return self;
}

/**
 * bm_draft_unref:
 * @self: (transfer full): a draft
 *
 * Drops a reference; the last one frees.
 */
void
bm_draft_unref (BmDraft *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_free (self->seat);
  g_free (self->session);
  g_free (self->service);
  g_free (self->rule);
  g_free (self->replaces);
  g_free (self->form);
  g_free (self->helper);
  g_free (self->second);
  bm_wipe (self->subject_tag, sizeof self->subject_tag);
  g_clear_pointer (&self->payload, json_decref);
  g_clear_pointer (&self->slip, json_decref);
  g_clear_pointer (&self->visit, json_decref);
  g_clear_pointer (&self->visited, json_decref);
  g_clear_pointer (&self->sheet, json_decref);
  g_clear_pointer (&self->attachments, g_ptr_array_unref);
  g_free (self);
}
