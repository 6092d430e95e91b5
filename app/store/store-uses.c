/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sealing.h"
#include "app/store/store-view.h"

#include "core/error.h"

#include <string.h>

/*
 * 谁用过我的数据: every view, print and sending of what this machine has of somebody, for that person alone.
 *
 * Invariants:
 *  X1  A use is written in the transaction of what it is about: of the audit entry, the commit, the answer.
 *  X2  A row names the person by the tag that the ledger knows her by, and the day; all else is sealed and bound to
 *      the tag, so that a disk without its keys tells nothing and a row cannot be made somebody else's. Of somebody
 *      anonymous there is none.
 *  X3  Each row names the one before it of the same person: one that is missing or changed in between is noticed,
 *      and told as such. What was kept for its time and went is known (meta "uses-swept"), and is no fault.
 *  X4  What goes for its age goes by the centre's clock: a clock that somebody moved takes nothing away.
 */

#define KEPT_DAYS 400
#define MOST_TOLD 200

static gboolean
is_nobody (const guint8 tag[BM_TAG_LEN])
{
  static const guint8 zeros[BM_TAG_LEN];

  return memcmp (tag, zeros, BM_TAG_LEN) == 0;
}

static gboolean
find_newest (BmStore *self, const guint8 tag[BM_TAG_LEN], gint64 *ret_id, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT ifnull (max (id), 0) FROM access WHERE subject_tag = ?", error);

  if (row == NULL)
    return FALSE;
  bm_sql_bind_blob (row, 1, tag, BM_TAG_LEN);
  if (!bm_sql_step (self, row, NULL, error))
    return FALSE;
  *ret_id = bm_sql_get_int (row, 0);
  return TRUE;
}

/* Never an id that was there before, also when the newest rows were taken away. */
static gboolean
take_id (BmStore *self, gint64 *ret_id, GError **error)
{
  gint64 last;

  if (!bm_store_get_meta (self, "uses", &last, error))
    return FALSE;
  *ret_id = last + 1;
  return bm_store_set_meta (self, "uses", *ret_id, error);
}

static gboolean
insert_use (BmStore *self, gint64 id, const guint8 tag[BM_TAG_LEN], GBytes *sealed, GError **error)
{
  const gint32 centre_day = bm_store_get_centre_day (self);
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self, "INSERT INTO access (id, subject_tag, day, body) VALUES (?, ?, ?, ?)",
                   error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_int (statement, 1, id);
  bm_sql_bind_blob (statement, 2, tag, BM_TAG_LEN);
  bm_sql_bind_int (statement, 3, centre_day != 0 ? centre_day : bm_store_get_today (self));
  bm_sql_bind_bytes (statement, 4, sealed);
  return bm_sql_step (self, statement, NULL, error);
}

/* A look-up at the desk counts, and what the person does explains it (store-misuse.c). */
static gboolean
weigh (BmStore *self, const guint8 tag[BM_TAG_LEN], json_t *use, GError **error)
{
  static const char *const explaining[] = { "look",  "commit",   "late", "behalf",
                                            "print", "withdraw", NULL };
  const char *what = json_string_value (json_object_get (use, "use"));
  const char *by = json_string_value (json_object_get (use, "by"));

  if (g_strv_contains (explaining, what))
    return bm_store_explain_looks (self, tag, error);
  if (by == NULL || *by == '\0' || (strcmp (what, "find") != 0 && strcmp (what, "open") != 0))
    return TRUE;
  return bm_store_note_look (self, by, tag, json_is_true (json_object_get (use, "closed")), error);
}

/**
 * bm_store_note_use:
 * @self: the store, on its worker, inside a transaction
 * @tag: whose record it was; zeros: nobody's, and nothing is written
 * @use: {"use", "by", "service", …}; what nobody may know stays out of it all the same
 * @error: return location for an error
 *
 * Returns: whether it is written, or there is nothing to write
 */
gboolean
bm_store_note_use (BmStore *self, const guint8 tag[BM_TAG_LEN], json_t *use, GError **error)
{
  g_autoptr (GBytes) sealed = NULL;
  g_autofree char *name = NULL;
  gint64 newest = 0, id = 0;
  json_t *body;

  if (is_nobody (tag))
    return TRUE;
  if (!find_newest (self, tag, &newest, error) || !take_id (self, &id, error))
    return FALSE;
  name = bm_store_dup_hex (tag, BM_TAG_LEN);
  body = json_copy (use);
  json_object_set_new (body, "wall_ms", json_integer (bm_clock_get_wall_ms (self->clock)));
  json_object_set_new (body, "seq", json_integer ((json_int_t) self->now.next_seq - 1));
  json_object_set_new (body, "before", json_integer (newest));
  sealed = bm_store_seal_json (self, NULL, "use", name, body, error);
  json_decref (body);
  return sealed != NULL && insert_use (self, id, tag, sealed, error) &&
         weigh (self, tag, use, error);
}

/* The same of whoever handed in @number; what is no case, or nobody's, is passed over. */
gboolean
bm_store_note_use_of (BmStore *self, const char *number, json_t *use, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self,
                   "SELECT subject_tag, service, audience FROM cases WHERE id = ?2 AND number = ?1",
                   error);
  guint8 tag[BM_TAG_LEN];
  gboolean has_row, is_noted;
  json_t *full;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_text (row, 1, number);
  bm_sql_bind_int (row, 2, bm_store_case_id (number));
  if (!bm_sql_step (self, row, &has_row, error))
    return FALSE;
  if (!has_row || !bm_sql_copy_blob (row, 0, tag, sizeof tag))
    return TRUE;
  full = json_copy (use);
  json_object_set_new (full, "service", json_string (bm_sql_get_text (row, 1)));
  if (bm_sql_get_int (row, 2) != 0)
    json_object_set_new (full, "hidden", json_true ());
  is_noted = bm_store_note_use (self, tag, full, error);
  json_decref (full);
  return is_noted;
}

static gboolean
read_tag (const char *hex, guint8 tag[BM_TAG_LEN])
{
  if (hex == NULL || strlen (hex) != BM_TAG_LEN * 2)
    return FALSE;
  for (guint i = 0; i < BM_TAG_LEN; i++)
    {
      const gint high = g_ascii_xdigit_value (hex[2 * i]),
                 low = g_ascii_xdigit_value (hex[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      tag[i] = (guint8) (high * 16 + low);
    }
  return TRUE;
}

/* An audit event that says "use" is one, of "person" (a tag in hex) or of whose matter "number" is. */
gboolean
bm_store_note_use_of_event (BmStore *self, json_t *event, GError **error)
{
  const char *what = json_string_value (json_object_get (event, "use"));
  const char *number = json_string_value (json_object_get (event, "number"));
  const char *staff = json_string_value (json_object_get (event, "staff"));
  const char *service = json_string_value (json_object_get (event, "service"));
  guint8 tag[BM_TAG_LEN];
  gboolean is_noted = TRUE;
  json_t *use;

  if (what == NULL || json_is_true (json_object_get (event, "anonymous")))
    return TRUE;
  use = json_pack ("{s:s, s:s, s:s}", "use", what, "by", staff != NULL ? staff : "", "service",
                   service != NULL ? service : "");
  if (json_is_true (json_object_get (event, "closed")))
    json_object_set_new (use, "closed", json_true ());
  if (read_tag (json_string_value (json_object_get (event, "person")), tag))
    is_noted = bm_store_note_use (self, tag, use, error);
  else if (number != NULL)
    is_noted = bm_store_note_use_of (self, number, use, error);
  json_decref (use);
  return is_noted;
}

/* Age */

/* Inside a transaction, at the start: since when uses are written. */
gboolean
bm_store_begin_uses (BmStore *self, GError **error)
{
  gint64 since;

  if (!bm_store_get_meta (self, "uses-since", &since, error))
    return FALSE;
  return since != 0 ||
         bm_store_set_meta (self, "uses-since", bm_clock_get_wall_ms (self->clock), error);
}

/* Inside a transaction: X4. Days go in the order in which they were written, so that none in between is missed. */
gboolean
bm_store_sweep_uses (BmStore *self, GError **error)
{
  g_autoptr (BmStatement) row = NULL;
  g_autoptr (BmStatement) remove = NULL;
  const gint32 today = bm_store_get_centre_day (self);
  gint64 swept, last;

  if (today == 0)
    return TRUE;
  row = bm_sql_borrow (
    self,
    "SELECT ifnull ((SELECT min (id) FROM access WHERE day >= ?) - 1, (SELECT max (id) FROM access)), "
    "(SELECT count(*) FROM access)",
    error);
  if (row == NULL)
    return FALSE;
  bm_sql_bind_int (row, 1, today - KEPT_DAYS);
  if (!bm_sql_step (self, row, NULL, error))
    return FALSE;
  last = bm_sql_get_int (row, 0);
  if (bm_sql_get_int (row, 1) == 0 || !bm_store_get_meta (self, "uses-swept", &swept, error))
    return bm_sql_get_int (row, 1) == 0;
  if (last <= swept)
    return TRUE;
  remove = bm_sql_borrow (self, "DELETE FROM access WHERE id <= ?", error);
  if (remove == NULL)
    return FALSE;
  bm_sql_bind_int (remove, 1, last);
  return bm_sql_step (self, remove, NULL, error) &&
         bm_store_set_meta (self, "uses-swept", last, error);
}

/* The list */

typedef struct
{
  BmStore *self;
  guint8 tag[BM_TAG_LEN];
} UsesCall;

static void
uses_call_free (UsesCall *call)
{
  bm_wipe (call->tag, sizeof call->tag);
  g_free (call);
}

typedef struct
{
  gint64 expected; /* the id that the newer row names; -1: of the newest nobody says */
  gint64 swept;
  gboolean is_whole;
  gboolean is_cut; /* there are older ones */
} Walk;

/* X3: of the newest of all who is it the ledger does not say; every older one is named. */
static void
follow (Walk *walk, gint64 id, json_t *use)
{
  if (use == NULL || (walk->expected >= 0 && id != walk->expected))
    walk->is_whole = FALSE;
  walk->expected = use != NULL ? json_integer_value (json_object_get (use, "before")) : -1;
}

static gboolean
read_uses (const UsesCall *call, json_t *uses, Walk *walk, GError **error)
{
  BmStore *self = call->self;
  g_autofree char *name = bm_store_dup_hex (call->tag, BM_TAG_LEN);
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self, "SELECT id, body FROM access WHERE subject_tag = ? ORDER BY id DESC",
                   error);
  gboolean has_row;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_blob (row, 1, call->tag, BM_TAG_LEN);
  while (bm_sql_step (self, row, &has_row, error))
    {
      g_autoptr (GBytes) sealed = NULL;
      json_t *use;

      if (!has_row)
        {
          walk->is_whole = walk->is_whole && walk->expected <= walk->swept;
          return TRUE;
        }
      walk->is_cut = json_array_size (uses) >= MOST_TOLD;
      if (walk->is_cut)
        return TRUE;
      sealed = bm_sql_dup_bytes (row, 1);
      use = bm_store_unseal_json (self, NULL, "use", name, sealed, NULL); /* told as a gap */
      follow (walk, bm_sql_get_int (row, 0), use);
      if (use != NULL)
        json_array_append_new (uses, use);
    }
  return FALSE;
}

static gpointer
list_on_worker (gpointer data, GError **error)
{
  const UsesCall *call = data;
  Walk walk = { .expected = -1, .is_whole = TRUE };
  gint64 since = 0;
  json_t *uses = json_array ();

  if (bm_store_get_meta (call->self, "uses-since", &since, error) &&
      bm_store_get_meta (call->self, "uses-swept", &walk.swept, error) &&
      read_uses (call, uses, &walk, error))
    return json_pack ("{s:I, s:b, s:b, s:b, s:o}", "since_ms", (json_int_t) since, "is_swept",
                      (int) (walk.swept > 0), "is_whole", (int) walk.is_whole, "is_cut",
                      (int) walk.is_cut, "uses", uses);
  json_decref (uses);
  return NULL;
}

/**
 * bm_store_list_uses_async:
 * @self: an open store
 * @subject_tag: of a person who is present
 * @callback: called with the result: bm_store_json_finish()
 * @user_data: for @callback
 *
 * Who used what this machine has of the person, newest first (OUTBOX.md, JSON).
 */
void
bm_store_list_uses_async (BmStore *self,
                          const guint8 subject_tag[BM_TAG_LEN],
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  UsesCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (subject_tag != NULL);

  call = g_new0 (UsesCall, 1);
  call->self = self;
  memcpy (call->tag, subject_tag, BM_TAG_LEN);
  bm_store_run (self, list_on_worker, call, (GDestroyNotify) uses_call_free,
                (GDestroyNotify) json_decref, callback, user_data);
}
