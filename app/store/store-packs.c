/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include "core/calendar/day.h"
#include "core/crypto/crypto.h"
#include "core/error.h"
#include "core/pack/pack.h"

#include <string.h>

/*
 * Packs at rest (core/pack/pack.h): documents like others, of which one record at a time opens, while
 * its person is present.
 *
 * Invariants:
 *  K1  Nothing is answered from a pack that is older than BM_PACK_KEEP_DAYS, and it does not stay: its
 *      buckets go, its head stays as an empty row, so that its version never goes back.
 *  K2  When a head arrives, buckets that it does not describe go in the same transaction. A head that
 *      is older than its buckets says less than they know, never more.
 *  K3  What was removed for its age comes again: the cursor goes back to where it came from, and what
 *      is read a second time is no alarm.
 *  K4  A pack that cannot be read keeps nobody out: it is missing, and an alarm says so once.
 */

/* The head of the benefit pack; NULL without @error when there is none that can be used. */
static BmPackHead *
load_head (BmStore *self, GError **error)
{
  g_autoptr (GBytes) body =
    bm_store_read_document (self, BM_PACK_HEAD_KIND, BM_PACK_BENEFIT, error);

  return body != NULL ? bm_pack_head_parse (body, error) : NULL;
}

static gint
get_age_days (BmStore *self, const BmPackHead *head)
{
  return bm_day_from_wall_ms (bm_clock_get_wall_ms (self->clock)) - head->as_of;
}

/* Beginning of the names of the buckets that @head describes. */
static char *
dup_prefix (const BmPackHead *head)
{
  return g_strdup_printf ("%s/%u/%u/", head->pack, head->year, head->bits);
}

static gboolean
delete_buckets (BmStore *self, const char *pack, const char *kept, GError **error)
{
  g_autofree char *own = g_strconcat (pack, "/", NULL);
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "DELETE FROM document WHERE kind = ?1 AND substr (name, 1, length (?2)) = ?2 "
                   "AND (?3 = '' OR substr (name, 1, length (?3)) <> ?3)",
                   error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, BM_PACK_KIND);
  bm_sql_bind_text (statement, 2, own);
  bm_sql_bind_text (statement, 3, kept);
  return bm_sql_step (self, statement, NULL, error);
}

/* K2, in the transaction in which the head was stored. One that cannot be read removes nothing. */
gboolean
bm_store_packs_note_head (BmStore *self, GBytes *body, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (BmPackHead) head = bm_pack_head_parse (body, &cause);
  g_autofree char *prefix = NULL;

  if (head == NULL)
    return bm_store_alarm_once (self, "pack-unreadable", "head", error);
  prefix = dup_prefix (head);
  return delete_buckets (self, head->pack, prefix, error);
}

/* K3: the platform is asked again for what it had sent since the oldest of these buckets. */
static gboolean
turn_cursor_back (BmStore *self, const char *pack, GError **error)
{
  g_autofree char *own = g_strconcat (pack, "/", NULL);
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self,
                   "SELECT ifnull (min (message), 0) FROM document WHERE (kind = ?1 AND "
                   "substr (name, 1, length (?2)) = ?2) OR (kind = ?3 AND name = ?4)",
                   error);
  gint64 cursor, upto, first;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_text (row, 1, BM_PACK_KIND);
  bm_sql_bind_text (row, 2, own);
  bm_sql_bind_text (row, 3, BM_PACK_HEAD_KIND);
  bm_sql_bind_text (row, 4, pack);
  if (!bm_sql_step (self, row, NULL, error) ||
      !bm_store_get_meta (self, "cursor", &cursor, error) ||
      !bm_store_get_meta (self, "reread", &upto, error))
    return FALSE;
  first = MAX (bm_sql_get_int (row, 0) - 1, 0);
  if (first >= cursor)
    return TRUE;
  return bm_store_set_meta (self, "reread", MAX (upto, cursor), error) &&
         bm_store_set_meta (self, "cursor", first, error);
}

static gboolean
empty_head (BmStore *self, const char *pack, GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self, "UPDATE document SET body = x'' WHERE kind = ? AND name = ?", error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, BM_PACK_HEAD_KIND);
  bm_sql_bind_text (statement, 2, pack);
  return bm_sql_step (self, statement, NULL, error);
}

/* K1, inside a transaction: at the start and once a day. */
gboolean
bm_store_packs_sweep (BmStore *self, GError **error)
{
  g_autoptr (BmPackHead) head = load_head (self, NULL); /* unreadable: told when it is needed */

  if (head == NULL || get_age_days (self, head) <= BM_PACK_KEEP_DAYS)
    return TRUE;
  return turn_cursor_back (self, head->pack, error) &&
         delete_buckets (self, head->pack, NULL, error) && empty_head (self, head->pack, error);
}

static json_t *
open_in_bucket (BmStore *self, const BmPackHead *head, const BmKey *slow, GError **error)
{
  g_autoptr (GBytes) bucket = NULL;
  g_autofree char *name = NULL;
  guint8 locator[BM_PACK_LOCATOR_LEN];

  bm_pack_locate (head, slow, locator);
  name = bm_pack_dup_bucket_name (head, locator);
  bucket = bm_store_read_document (self, BM_PACK_KIND, name, error);
  bm_wipe (locator, sizeof locator);
  if (bucket != NULL)
    return bm_pack_open_record (head, slow, bucket, error);
  /* The platform sends every bucket of a head, be it empty. */
  if (error != NULL && *error == NULL)
    g_set_error_literal (error, BM_ERROR, BM_ERROR_NOT_FOUND, "a bucket of the pack is not here");
  return NULL;
}

static gboolean
alarm_body (BmStore *self, gpointer data, GError **error)
{
  return bm_store_alarm_once (self, "pack-unreadable", data, error);
}

/* K4. The alarm says nothing of whom: every broken bucket is the same alarm. */
static void
note_unreadable (BmStore *self, gboolean is_head)
{
  char detail[] = "record";

  if (is_head)
    g_strlcpy (detail, "head", sizeof detail);
  (void) bm_store_transact_draining (self, alarm_body, detail,
                                     NULL); /* an alarm that cannot be kept keeps nobody out */
}

/* Salt of the pack that is answered from, for bm_slow_key(); NULL when there is none. */
GBytes *
bm_store_packs_dup_salt (BmStore *self)
{
  g_autoptr (BmPackHead) head = load_head (self, NULL); /* unreadable: told when it is opened */

  if (head == NULL || get_age_days (self, head) > BM_PACK_KEEP_DAYS)
    return NULL;
  return bm_pack_head_get_salt (head);
}

/*
 * Opens what the packs hold of somebody who is present; fills state, as_of and record. @slow: NULL
 * when there is no pack to open. Never fails: what cannot be read is missing.
 */
void
bm_store_packs_open (BmStore *self, const BmKey *slow, BmPerson *person)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPackHead) head = load_head (self, &error);

  person->record_state = BM_RECORD_MISSING;
  if (head != NULL && slow != NULL)
    person->record = open_in_bucket (self, head, slow, &error);
  if (error != NULL)
    {
      note_unreadable (self, head == NULL);
      return;
    }
  if (head == NULL || slow == NULL)
    return;
  person->record_state = person->record != NULL ? BM_RECORD_OPEN : BM_RECORD_UNKNOWN;
  g_free (person->as_of);
  person->as_of = bm_day_to_string (head->as_of);
}

static gboolean
count_buckets (BmStore *self, const BmPackHead *head, gint64 *ret_count, GError **error)
{
  g_autofree char *prefix = dup_prefix (head);
  g_autoptr (BmStatement) row = bm_sql_borrow (self,
                                               "SELECT count(*) FROM document WHERE kind = ?1 AND "
                                               "substr (name, 1, length (?2)) = ?2",
                                               error);

  if (row == NULL)
    return FALSE;
  bm_sql_bind_text (row, 1, BM_PACK_KIND);
  bm_sql_bind_text (row, 2, prefix);
  if (!bm_sql_step (self, row, NULL, error))
    return FALSE;
  *ret_count = bm_sql_get_int (row, 0);
  return TRUE;
}

static const char *
get_state (BmStore *self, const BmPackHead *head, gboolean is_revoked)
{
  if (is_revoked)
    return "locked";
  if (head == NULL)
    return "missing";
  if (get_age_days (self, head) > BM_PACK_KEEP_DAYS)
    return "too-old";
  return get_age_days (self, head) > BM_PACK_STALE_DAYS ? "stale" : "fresh";
}

/* What operators may know of the packs: {"pack","state","as_of","year","version","count","buckets"}. */
json_t *
bm_store_packs_describe (BmStore *self, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (BmPackHead) head = load_head (self, &cause);
  g_autofree char *as_of = head != NULL ? bm_day_to_string (head->as_of) : g_strdup ("");
  gint64 buckets = 0, revoked, version;

  if (!bm_store_get_meta (self, "revoked", &revoked, error) ||
      !bm_store_find_version (self, BM_PACK_HEAD_KIND, BM_PACK_BENEFIT, &version, error) ||
      (head != NULL && !count_buckets (self, head, &buckets, error)))
    return NULL;
  return json_pack ("{s:s, s:s, s:s, s:i, s:I, s:i, s:I}", "pack", BM_PACK_BENEFIT, "state",
                    cause != NULL ? "unreadable" : get_state (self, head, revoked != 0), "as_of",
                    as_of, "year", head != NULL ? (int) head->year : 0, "version",
                    (json_int_t) version, "count", head != NULL ? (int) head->count : 0, "buckets",
                    (json_int_t) buckets);
}
