/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include "core/catalogue/text.h"
#include "core/error.h"

#include <string.h>

/*
 * Somebody is present and says who: their tag, their cases, and what the packs hold of them, in one
 * turn of the worker. When there is a pack, its Argon2id runs on a worker of its own beside that of the
 * tag, and is waited for; nothing of the person stays here. A ledger that cannot be read keeps nobody
 * from being served: then nothing is known of them.
 */

typedef struct
{
  BmStore *self;
  char *id_number;
  GBytes *salt;
} PersonCall;

static void
person_call_free (PersonCall *call)
{
  bm_wipe_string (call->id_number);
  g_bytes_unref (call->salt);
  g_free (call);
}

void
bm_person_free (BmPerson *self)
{
  if (self == NULL)
    return;
  bm_wipe (self->tag, sizeof self->tag);
  g_clear_pointer (&self->cases, g_ptr_array_unref);
  g_clear_pointer (&self->record, bm_json_wipe);
  g_free (self->as_of);
  g_free (self);
}

static gboolean
compute_tag (const PersonCall *call, BmPerson *person, GError **error)
{
  g_autoptr (BmKey) slow = bm_slow_key (call->id_number, call->salt, error);

  if (slow == NULL)
    return FALSE;
  bm_subject_tag (slow, person->tag);
  return TRUE;
}

/* The key of the packs, made on the other worker. */
typedef struct
{
  const char *id_number; /* the call's, which waits for it */
  GBytes *salt;          /* NULL: there is no pack */
  BmKey *key;
} SlowKey;

static gpointer
make_slow_key (gpointer data, GError **error)
{
  SlowKey *slow = data;

  slow->key =
    bm_slow_key (slow->id_number, slow->salt, NULL); /* without it the record is missing */
  return NULL;
}

static gpointer
take_turn (gpointer unused, GError **error)
{
  return NULL;
}

static void
begin_slow_key (BmStore *self, SlowKey *slow)
{
  slow->salt = bm_store_packs_dup_salt (self);
  if (slow->salt != NULL)
    bm_worker_run_async (self->slow_worker, make_slow_key, slow, NULL, NULL, NULL, NULL, NULL);
}

/* A worker does one thing after the other: when this turn comes, the key is made. */
static void
await_slow_key (BmStore *self, SlowKey *slow)
{
  if (slow->salt == NULL)
    return;
  (void) bm_worker_run_sync (self->slow_worker, take_turn, NULL, NULL); /* It cannot fail. */
  g_clear_pointer (&slow->salt, g_bytes_unref);
}

static gboolean
fill_person (const PersonCall *call, BmPerson *person, GError **error)
{
  if (!compute_tag (call, person, error))
    return FALSE;
  /* Damage is told as "trouble". */
  person->cases = bm_store_list_cases (call->self, person->tag, NULL);
  if (person->cases == NULL)
    person->cases = g_ptr_array_new ();
  return TRUE;
}

static gpointer
identify_on_worker (gpointer data, GError **error)
{
  const PersonCall *call = data;
  BmStore *self = call->self;
  g_autoptr (BmPerson) person = g_new0 (BmPerson, 1);
  SlowKey slow = { .id_number = call->id_number };
  gint64 revoked = 0;
  gboolean is_known, is_filled;

  person->as_of = g_strdup ("");
  person->record_state = BM_RECORD_MISSING;
  is_known = bm_store_get_meta (self, "revoked", &revoked, NULL);
  if (is_known && revoked == 0)
    begin_slow_key (self, &slow);
  is_filled = fill_person (call, person, error);
  await_slow_key (self, &slow);
  if (revoked != 0)
    person->record_state = BM_RECORD_LOCKED;
  else if (is_known && is_filled)
    bm_store_packs_open (self, slow.key, person);
  g_clear_pointer (&slow.key, bm_key_unref);
  return is_filled ? g_steal_pointer (&person) : NULL;
}

/**
 * bm_store_identify_async:
 * @self: an open store
 * @id_number: the person's number; the store's copy is wiped
 * @subject_salt: salt of the subject tag
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Takes some 100 ms of the store's worker.
 */
void
bm_store_identify_async (BmStore *self,
                         const char *id_number,
                         GBytes *subject_salt,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  PersonCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (id_number != NULL && subject_salt != NULL);

  call = g_new0 (PersonCall, 1);
  call->self = self;
  call->id_number = g_strdup (id_number);
  call->salt = g_bytes_ref (subject_salt);
  bm_store_run (self, identify_on_worker, call, (GDestroyNotify) person_call_free,
                (GDestroyNotify) bm_person_free, callback, user_data);
}

/**
 * bm_store_identify_finish:
 * @self: the store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * A pack or ledger that cannot be read is no error: then the record is missing.
 *
 * Returns: (transfer full): the person, or %NULL
 */
BmPerson *
bm_store_identify_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_STORE (self), NULL);

  return bm_worker_run_finish (result, error);
}
