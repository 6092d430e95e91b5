/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sealing.h"
#include "app/store/store-view.h"

#include "core/error.h"

#include <string.h>

/*
 * 数据铁笼 (domain §1.1 row 13): look-ups at the desk that nobody's matter explains. They are counted in the transaction in
 * which the look is written (store-uses.c), so neither a restart nor another seat forgets one.
 *
 * Invariants:
 *  Y1  Time is that of the machine since it was started, which nobody sets. Over a restart of the machine only what has
 *      passed since it is certain, and more counts only when the centre's signed time says so: a clock that was moved
 *      makes no look older.
 *  Y2  An alarm is raised once while it lasts and nobody has seen it, and chained: the centre hears who it was. Who goes
 *      on after it was seen raises another.
 *  Y4  No row says in clear who looked: a helper is a MAC of the number on the badge, and the number is sealed.
 *  Y3  Who caused it cannot mark it as seen; it stays until somebody else did.
 */

#define MOST_LOOKED_AT 500
#define MOST_KEPT      5000
#define MOST_TOLD      50
#define WENT_BACK_MS   (10 * 60 * 1000)
#define HOUR_MS        G_GINT64_CONSTANT (3600000)

static const BmMisuseRules usual = { .fast_persons = 8,
                                     .fast_minutes = 5,
                                     .idle_persons = 20,
                                     .idle_hours = 24,
                                     .closed_looks = 1 };

static const BmMisuseRules *
get_rules (BmStore *self)
{
  return self->misuse.fast_persons != 0 ? &self->misuse : &usual;
}

/* Y4 */
static char *
dup_who (BmStore *self, const char *staff)
{
  g_autofree char *text = g_strconcat ("bianmin staff|", staff, NULL);
  guint8 mac[BM_SM3_LEN];

  bm_hmac_sm3 (self->chain_key, text, strlen (text), mac);
  return bm_store_dup_hex (mac, 16);
}

/* Looks */

/* A station that is closed, or a clock that says an earlier time than the look before: nobody knows whether it is. */
static gboolean
is_out_of_hours (BmStore *self, gboolean is_closed)
{
  gint64 newest = 0;

  return is_closed ||
         (bm_sql_read_int (self,
                           "SELECT ifnull ((SELECT wall_ms FROM look ORDER BY id DESC LIMIT 1), 0)",
                           &newest, NULL) &&
          bm_clock_get_wall_ms (self->clock) < newest - WENT_BACK_MS);
}

static gboolean
insert_look (BmStore *self,
             const char *staff,
             const guint8 tag[BM_TAG_LEN],
             gboolean is_closed,
             GError **error)
{
  guint8 boot_id[BM_BOOT_ID_LEN];
  g_autofree char *who = dup_who (self, staff);
  g_autoptr (BmStatement) statement = bm_sql_borrow (
    self,
    "INSERT INTO look (who, subject_tag, wall_ms, boot_id, boot_ms, is_closed, is_signed) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)",
    error);

  if (statement == NULL)
    return FALSE;
  bm_clock_get_boot_id (self->clock, boot_id);
  bm_sql_bind_text (statement, 1, who);
  bm_sql_bind_blob (statement, 2, tag, BM_TAG_LEN);
  bm_sql_bind_int (statement, 3, bm_clock_get_wall_ms (self->clock));
  bm_sql_bind_blob (statement, 4, boot_id, sizeof boot_id);
  bm_sql_bind_int (statement, 5, bm_clock_get_boot_ms (self->clock));
  bm_sql_bind_int (statement, 6, is_closed);
  bm_sql_bind_int (statement, 7, self->centre_ms != 0);
  return bm_sql_step (self, statement, NULL, error) &&
         bm_sql_exec (self,
                      "DELETE FROM look WHERE id <= (SELECT max (id) FROM look) - " G_STRINGIFY (
                        MOST_KEPT),
                      error);
}

/* The person's own card, or a matter of theirs, explains why they were looked for. */
gboolean
bm_store_explain_looks (BmStore *self, const guint8 tag[BM_TAG_LEN], GError **error)
{
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "UPDATE look SET is_explained = 1 WHERE subject_tag = ? AND is_explained = 0",
                   error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_blob (statement, 1, tag, BM_TAG_LEN);
  return bm_sql_step (self, statement, NULL, error);
}

/* What they amount to */

typedef struct
{
  gint64 age_ms; /* at least that long ago, as far as it is certain */
  guint8 boot_id[BM_BOOT_ID_LEN];
  gint64 boot_ms;
  gint64 wall_ms;
  gboolean is_signed;
} Moment;

typedef struct
{
  GHashTable *fast; /* of tags */
  GHashTable *idle;
  guint n_closed;
  gint64 first[3]; /* the oldest look that counts, by rule */
} Sum;

/* Y1. @at: of the look after it, becomes this one's. */
static void
go_back (Moment *at, BmStatement *row)
{
  Moment before = *at;
  gint64 passed;

  before.boot_ms = bm_sql_get_int (row, 3);
  before.wall_ms = bm_sql_get_int (row, 1);
  before.is_signed = bm_sql_get_int (row, 6) != 0;
  if (!bm_sql_copy_blob (row, 2, before.boot_id, sizeof before.boot_id))
    memset (before.boot_id, 0, sizeof before.boot_id);
  if (memcmp (before.boot_id, at->boot_id, sizeof at->boot_id) == 0)
    passed = at->boot_ms - before.boot_ms;
  else if (at->is_signed && before.is_signed)
    passed = MAX (at->wall_ms - before.wall_ms, at->boot_ms);
  else
    passed = at->boot_ms;
  before.age_ms = at->age_ms + MAX (passed, 0);
  *at = before;
}

static void
add_look (BmStore *self, Sum *sum, const Moment *at, BmStatement *row)
{
  const BmMisuseRules *rules = get_rules (self);
  const gint64 id = bm_sql_get_int (row, 0);
  const gboolean is_explained = bm_sql_get_int (row, 5) != 0;
  g_autoptr (GBytes) tag = bm_sql_dup_bytes (row, 4);

  if (at->age_ms < (gint64) rules->fast_minutes * 60000)
    {
      g_hash_table_add (sum->fast, g_bytes_ref (tag));
      sum->first[0] = id;
    }
  if (at->age_ms >= rules->idle_hours * HOUR_MS)
    return;
  if (!is_explained)
    {
      g_hash_table_add (sum->idle, g_bytes_ref (tag));
      sum->first[1] = id;
    }
  if (bm_sql_get_int (row, 7) != 0)
    {
      sum->n_closed++;
      sum->first[2] = id;
    }
}

static gboolean
sum_up (BmStore *self, const char *staff, Sum *sum, GError **error)
{
  g_autofree char *who = dup_who (self, staff);
  Moment at = { .boot_ms = bm_clock_get_boot_ms (self->clock),
                .wall_ms = bm_clock_get_wall_ms (self->clock),
                .is_signed = self->centre_ms != 0 };
  g_autoptr (BmStatement) row = bm_sql_borrow (
    self,
    "SELECT id, wall_ms, boot_id, boot_ms, subject_tag, is_explained, is_signed, is_closed FROM look "
    "WHERE who = ? ORDER BY id DESC LIMIT " G_STRINGIFY (MOST_LOOKED_AT),
    error);
  gboolean has_row;

  if (row == NULL)
    return FALSE;
  bm_clock_get_boot_id (self->clock, at.boot_id);
  bm_sql_bind_text (row, 1, who);
  while (bm_sql_step (self, row, &has_row, error))
    {
      if (!has_row)
        return TRUE;
      go_back (&at, row);
      add_look (self, sum, &at, row);
    }
  return FALSE;
}

/* Alarms */

static gboolean
insert_alarm (BmStore *self, const char *rule, const char *staff, guint count, GError **error)
{
  json_t *event = json_pack ("{s:i, s:s, s:s, s:s, s:i}", "version", 1, "what", "misuse", "rule",
                             rule, "staff", staff, "count", (int) count);
  g_autofree char *who = dup_who (self, staff);
  json_t *name = json_pack ("{s:s}", "staff", staff);
  g_autoptr (GBytes) sealed = bm_store_seal_json (self, NULL, "misuse", who, name, error);
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "INSERT INTO misuse (rule, who, wall_ms, count, staff, look) "
                   "VALUES (?, ?, ?, ?, ?, (SELECT max (id) FROM look))",
                   error);
  gboolean is_chained = sealed != NULL && bm_store_chain_audit (self, event, FALSE, error) &&
                        bm_store_chain_save_head (self, error);

  json_decref (event);
  json_decref (name);
  if (!is_chained || sealed == NULL || statement == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, rule);
  bm_sql_bind_text (statement, 2, who);
  bm_sql_bind_int (statement, 3, bm_clock_get_wall_ms (self->clock));
  bm_sql_bind_int (statement, 4, count);
  bm_sql_bind_bytes (statement, 5, sealed);
  return bm_sql_step (self, statement, NULL, error);
}

/* Y2: one that was raised at a look that still counts, and was not seen yet, goes on; its number grows. */
static gboolean
raise_alarm (BmStore *self,
             const char *rule,
             const char *staff,
             guint count,
             gint64 first,
             GError **error)
{
  g_autofree char *who = dup_who (self, staff);
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "UPDATE misuse SET count = max (count, ?3) "
                   "WHERE rule = ?1 AND who = ?2 AND look >= ?4 AND seen_by = ''",
                   error);

  if (statement == NULL)
    return FALSE;
  bm_sql_bind_text (statement, 1, rule);
  bm_sql_bind_text (statement, 2, who);
  bm_sql_bind_int (statement, 3, count);
  bm_sql_bind_int (statement, 4, first);
  if (!bm_sql_step (self, statement, NULL, error))
    return FALSE;
  return sqlite3_changes (self->db) > 0 || insert_alarm (self, rule, staff, count, error);
}

static gboolean
judge (BmStore *self, const char *staff, const Sum *sum, GError **error)
{
  const BmMisuseRules *rules = get_rules (self);
  const struct
  {
    const char *name;
    guint count;
    guint most;
  } table[] = {
    { "fast", g_hash_table_size (sum->fast), rules->fast_persons },
    { "idle", g_hash_table_size (sum->idle), rules->idle_persons },
    { "closed", sum->n_closed, rules->closed_looks },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].count >= table[i].most &&
        !raise_alarm (self, table[i].name, staff, table[i].count, sum->first[i], error))
      return FALSE;
  return TRUE;
}

/* Inside a transaction: @staff looked @tag up at the desk. */
gboolean
bm_store_note_look (BmStore *self,
                    const char *staff,
                    const guint8 tag[BM_TAG_LEN],
                    gboolean is_closed,
                    GError **error)
{
  Sum sum = { .fast = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                                             (GDestroyNotify) g_bytes_unref, NULL),
              .idle = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                                             (GDestroyNotify) g_bytes_unref, NULL) };
  gboolean is_judged = insert_look (self, staff, tag, is_out_of_hours (self, is_closed), error) &&
                       sum_up (self, staff, &sum, error) && judge (self, staff, &sum, error);

  g_hash_table_unref (sum.fast);
  g_hash_table_unref (sum.idle);
  return is_judged;
}

/* What is said of them */

/* One whose name does not open is nobody's own. */
static json_t *
read_alarm (BmStore *self, BmStatement *row)
{
  g_autoptr (GBytes) sealed = bm_sql_dup_bytes (row, 5);
  json_t *name =
    bm_store_unseal_json (self, NULL, "misuse", bm_sql_get_text (row, 2), sealed, NULL);
  const char *staff = json_string_value (json_object_get (name, "staff"));
  json_t *alarm =
    json_pack ("{s:I, s:s, s:s, s:I, s:I}", "misuse", (json_int_t) bm_sql_get_int (row, 0), "rule",
               bm_sql_get_text (row, 1), "staff", staff != NULL ? staff : "", "wall_ms",
               (json_int_t) bm_sql_get_int (row, 3), "count", (json_int_t) bm_sql_get_int (row, 4));

  json_decref (name);
  return alarm;
}

/* Those that nobody but their cause has seen yet. */
gboolean
bm_store_add_misuse (BmStore *self, json_t *overview, GError **error)
{
  g_autoptr (BmStatement) row = bm_sql_borrow (
    self,
    "SELECT id, rule, who, wall_ms, count, staff FROM misuse WHERE seen_by = '' ORDER BY id DESC LIMIT " G_STRINGIFY (
      MOST_TOLD),
    error);
  json_t *list = json_array ();
  gboolean has_row;

  json_object_set_new (overview, "misuse", list);
  if (row == NULL)
    return FALSE;
  while (bm_sql_step (self, row, &has_row, error))
    {
      if (!has_row)
        return TRUE;
      json_array_append_new (list, read_alarm (self, row));
    }
  return FALSE;
}

/* An audit event "misuse-seen" of "staff", up to "upto". Y3. */
gboolean
bm_store_settle_misuse (BmStore *self, json_t *event, GError **error)
{
  const char *staff = json_string_value (json_object_get (event, "staff"));
  g_autofree char *who = dup_who (self, staff != NULL ? staff : "");
  g_autoptr (BmStatement) statement =
    bm_sql_borrow (self,
                   "UPDATE misuse SET seen_by = ?1, seen_ms = ?2 WHERE seen_by = '' AND "
                   "who <> ?1 AND id <= ?3",
                   error);

  if (statement == NULL)
    return FALSE;
  if (staff == NULL || *staff == '\0')
    return TRUE;
  bm_sql_bind_text (statement, 1, who);
  bm_sql_bind_int (statement, 2, bm_clock_get_wall_ms (self->clock));
  bm_sql_bind_int (statement, 3, json_integer_value (json_object_get (event, "upto")));
  return bm_sql_step (self, statement, NULL, error);
}

/* Rules */

typedef struct
{
  BmStore *self;
  BmMisuseRules rules;
} RulesCall;

static gpointer
set_on_worker (gpointer data, GError **error)
{
  RulesCall *call = data;

  call->self->misuse = call->rules;
  return NULL;
}

/**
 * bm_store_set_misuse_rules:
 * @self: an open store
 * @rules: how much is too much; copied
 *
 * Without it eight people in five minutes, twenty without a matter in a day, and one while it is closed.
 */
void
bm_store_set_misuse_rules (BmStore *self, const BmMisuseRules *rules)
{
  RulesCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (rules != NULL && rules->fast_persons > 0);

  call = g_new0 (RulesCall, 1);
  *call = (RulesCall){ self, *rules };
  bm_store_run (self, set_on_worker, call, g_free, NULL, NULL, NULL);
}
