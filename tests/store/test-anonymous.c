/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/calendar/day.h"
#include "core/error.h"

#include <string.h>

/*
 * Who wanted no name (domain §2.21a rule 5). The first test does what a thief would do with everything
 * that lies on the disk: it joins all rows on every value and every time that two of them share. What
 * it leaves out is the order of the chain, which a chain must have (OUTBOX.md says what that tells).
 */

#define SEAT_SESSION "feedfacefeedface" /* of the hall, while somebody anonymous sat there */
#define OWN_SESSION  "0badcafe0badcafe" /* the matter's own */
#define HELPER       "HT02-at-the-hall"

/* The draft of a session that forgets everything it should have left out. */
static BmDraft *
anonymous_draft_new (void)
{
  BmDraft *draft = ledger_draft_new (99);

  g_free (draft->session);
  draft->session = g_strdup (OWN_SESSION);
  g_free (draft->service);
  draft->service = g_strdup ("req.appeal");
  draft->is_anonymous = TRUE;
  return draft;
}

/* One row of one table: its values as text, times apart. */
typedef struct
{
  char *table;
  gint64 id;
  GHashTable *values; /* of text */
  GArray *times;      /* gint64 */
  gboolean is_linked;
} Row;

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->table);
  g_hash_table_unref (row->values);
  g_array_unref (row->times);
  g_free (row);
}

static char *
blob_text (gconstpointer data, gsize len)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < len; i++)
    g_string_append_printf (text, "%02x", ((const guint8 *) data)[i]);
  return g_string_free (text, FALSE);
}

static void
add_value (Row *row, char *text)
{
  if (strlen (text) >= 8) /* shorter ones are small numbers and fixed words */
    g_hash_table_add (row->values, text);
  else
    g_free (text);
}

static void
add_time (Row *row, gint64 ms)
{
  g_array_append_val (row->times, ms);
}

/* The public header is data like any column. */
static void
add_header (Row *row, GBytes *record)
{
  static const guint8 zeros[BM_TAG_LEN];
  BmEntryHeader header;

  g_assert_true (bm_record_parse (record, &header, NULL, NULL, NULL));
  add_time (row, header.wall_ms);
  add_time (row, header.boot_ms);
  add_value (row, g_strdup (header.number));
  if (memcmp (header.boot_id, zeros, BM_BOOT_ID_LEN) != 0)
    add_value (row, blob_text (header.boot_id, BM_BOOT_ID_LEN));
  if (memcmp (header.subject_tag, zeros, BM_TAG_LEN) != 0)
    add_value (row, blob_text (header.subject_tag, BM_TAG_LEN));
}

static gboolean
is_time (const char *column)
{
  return g_str_has_suffix (column, "_ms") && !g_str_equal (column, "delay_ms");
}

/* Words and numbers that say nothing of whose row it is: there are only a few of each. */
static const char *const vocabulary[] = { "epoch", "kind",    "what",    "detail", "rule", "reason",
                                          "code",  "due_day", "service", "seat",   NULL };

static Row *
read_row (const char *table, sqlite3_stmt *statement)
{
  Row *row = g_new0 (Row, 1);

  row->table = g_strdup (table);
  row->id = sqlite3_column_int64 (statement, 0);
  row->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  row->times = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (int i = 1; i < sqlite3_column_count (statement); i++)
    {
      const char *column = sqlite3_column_name (statement, i);
      const gsize len = (gsize) sqlite3_column_bytes (statement, i);

      if (g_strv_contains (vocabulary, column))
        continue;
      if (g_str_equal (table, "entry") && g_str_equal (column, "record"))
        {
          g_autoptr (GBytes) record = g_bytes_new (sqlite3_column_blob (statement, i), len);

          add_header (row, record);
        }
      else if (sqlite3_column_type (statement, i) == SQLITE_BLOB)
        add_value (row, blob_text (sqlite3_column_blob (statement, i), len));
      else if (is_time (column))
        add_time (row, sqlite3_column_int64 (statement, i));
      else if (sqlite3_column_type (statement, i) != SQLITE_NULL)
        add_value (row, g_strdup ((const char *) sqlite3_column_text (statement, i)));
    }
  return row;
}

static void
read_table (sqlite3 *db, const char *table, GPtrArray *rows)
{
  g_autofree char *sql = g_strdup_printf ("SELECT rowid, * FROM %s", table);
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  while (sqlite3_step (statement) == SQLITE_ROW)
    g_ptr_array_add (rows, read_row (table, statement));
  sqlite3_finalize (statement);
}

static GPtrArray *
read_everything (Ledger *ledger)
{
  static const char *const tables[] = { "epoch", "entry", "cases",   "print_job", "event",
                                        "alarm", "clock", "contact", "document" };
  sqlite3 *db = ledger_open_raw (ledger);
  GPtrArray *rows = g_ptr_array_new_with_free_func (row_free);

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    read_table (db, tables[i], rows);
  sqlite3_close (db);
  return rows;
}

static const char *
find_shared (const Row *one, const Row *other)
{
  GHashTableIter iter;
  gpointer text;

  g_hash_table_iter_init (&iter, one->values);
  while (g_hash_table_iter_next (&iter, &text, NULL))
    if (g_hash_table_contains (other->values, text))
      return text;
  return NULL;
}

/* An event names its row by seq or job, which are too small for the join above. */
static gboolean
is_named_by (sqlite3 *db, const Row *event, const Row *row)
{
  g_autofree char *sql = NULL;
  sqlite3_stmt *statement = NULL;
  gboolean is_named;

  if (!g_str_equal (event->table, "event"))
    return FALSE;
  if (g_str_equal (row->table, "entry"))
    sql = g_strdup_printf ("SELECT 1 FROM event JOIN entry USING (epoch, seq) WHERE event.id = "
                           "%" G_GINT64_FORMAT " AND entry.id = %" G_GINT64_FORMAT,
                           event->id, row->id);
  else if (g_str_equal (row->table, "print_job"))
    sql = g_strdup_printf ("SELECT 1 FROM event WHERE id = %" G_GINT64_FORMAT
                           " AND job = %" G_GINT64_FORMAT,
                           event->id, row->id);
  else
    return FALSE;
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  is_named = sqlite3_step (statement) == SQLITE_ROW;
  sqlite3_finalize (statement);
  return is_named;
}

static gboolean
share_time (const Row *one, const Row *other)
{
  for (guint i = 0; i < one->times->len; i++)
    for (guint k = 0; k < other->times->len; k++)
      {
        const gint64 time = g_array_index (one->times, gint64, i);

        if (time > 0 && time == g_array_index (other->times, gint64, k))
          return TRUE;
      }
  return FALSE;
}

/* Everything that @start leads to, step by step. */
static void
link_rows (Ledger *ledger, GPtrArray *rows, Row *start)
{
  sqlite3 *db = ledger_open_raw (ledger);
  gboolean has_grown = TRUE;

  start->is_linked = TRUE;
  while (has_grown)
    {
      has_grown = FALSE;
      for (guint i = 0; i < rows->len; i++)
        for (guint k = 0; k < rows->len; k++)
          {
            Row *from = rows->pdata[i], *to = rows->pdata[k];

            if (!from->is_linked || to->is_linked)
              continue;
            to->is_linked = find_shared (from, to) != NULL || share_time (from, to) ||
                            is_named_by (db, to, from) || is_named_by (db, from, to);
            has_grown = has_grown || to->is_linked;
          }
    }
  sqlite3_close (db);
}

static Row *
find_case (GPtrArray *rows, const char *number)
{
  for (guint i = 0; i < rows->len; i++)
    {
      Row *row = rows->pdata[i];

      if (g_str_equal (row->table, "cases") && g_hash_table_contains (row->values, number))
        return row;
    }
  g_assert_not_reached ();
}

static guint
count_linked (GPtrArray *rows, const char *table)
{
  guint count = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = rows->pdata[i];

      count += row->is_linked && (table == NULL || g_str_equal (row->table, table));
    }
  return count;
}

/* What a row that belongs to the matter may say of when: the day, and nothing else. */
static void
assert_coarse (const Row *row, gint64 day_start_ms)
{
  for (guint i = 0; i < row->times->len; i++)
    {
      const gint64 time = g_array_index (row->times, gint64, i);

      if (time != 0 && time != day_start_ms)
        g_test_message ("%s %" G_GINT64_FORMAT ": %" G_GINT64_FORMAT, row->table, row->id, time);
      g_assert_true (time == 0 || time == day_start_ms);
    }
}

static gint64
get_day_start (Ledger *ledger)
{
  const gint64 day = bm_day_from_wall_ms (bm_clock_get_wall_ms (BM_CLOCK (ledger->clock)));

  return day * BM_MILLIS_DAY - 8 * 60 * 60 * 1000;
}

static void
play_a_day (Ledger *ledger, char **ret_known, char **ret_anonymous)
{
  g_autoptr (BmDraft) draft = anonymous_draft_new ();
  BmCommitted *known = ledger_commit (ledger, 1);
  BmCommitted *anonymous;

  ledger_advance (ledger, 37 * 1000);
  anonymous = ledger_commit_draft (ledger, draft);
  g_assert_true (
    ledger_audit (ledger,
                  json_pack ("{s:i, s:s, s:b, s:s, s:s, s:s, s:I}", "version", 1, "what",
                             "danger-shown", "anonymous", 1, "session", SEAT_SESSION, "seat",
                             "hall", "staff", HELPER, "at_ms", (json_int_t) 1795223437000),
                  NULL));
  ledger_print_out (ledger, anonymous->print_job);
  ledger_send_all (ledger, BM_ANSWER_DEFERRED);
  ledger_advance (ledger, 5 * 60 * 1000);
  ledger_send_all (ledger, BM_ANSWER_ACCEPTED);
  {
    g_autoptr (GPtrArray) messages = messages_new (
      message_new (1, "result", anonymous->number, 1, "{\"state\":\"handed\",\"text\":\"转了\"}"));

    g_assert_true (ledger_apply (ledger, NULL, messages, 1, NULL));
  }
  ledger_advance (ledger, 41 * 1000);
  ledger_commit_many (ledger, 2, 1);
  *ret_known = g_strdup (known->number);
  *ret_anonymous = g_strdup (anonymous->number);
  bm_committed_free (known);
  bm_committed_free (anonymous);
}

static void
test_anonymous_joins_nothing (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GPtrArray) rows = NULL;
  g_autofree char *known = NULL;
  g_autofree char *anonymous = NULL;
  const gint64 day_start = get_day_start (ledger);

  ledger_open (ledger);
  play_a_day (ledger, &known, &anonymous);
  ledger_close (ledger);

  /* That the join finds what there is to find: for a matter with a name, everything is one. */
  rows = read_everything (ledger);
  link_rows (ledger, rows, find_case (rows, known));
  g_assert_cmpuint (count_linked (rows, "cases"), >=, 2);
  g_assert_cmpuint (count_linked (rows, "entry"), >=, 4);
  g_ptr_array_unref (rows);

  rows = read_everything (ledger);
  link_rows (ledger, rows, find_case (rows, anonymous));
  g_assert_cmpuint (count_linked (rows, "cases"), ==, 1);
  g_assert_cmpuint (count_linked (rows, "print_job"), ==, 1);
  g_assert_cmpuint (count_linked (rows, "entry"), ==, 3); /* itself and two audit rows */
  g_assert_cmpuint (count_linked (rows, "event"), ==, 4 + 2 * 3);
  g_assert_cmpuint (count_linked (rows, NULL), ==, 1 + 1 + 3 + 10);
  for (guint i = 0; i < rows->len; i++)
    if (((Row *) rows->pdata[i])->is_linked)
      assert_coarse (rows->pdata[i], day_start);
  ledger_free (ledger);
}

/* What the platform gets of it: opens every sealed payload as the platform does. */
static void
test_anonymous_audit (void)
{
  Ledger *ledger = ledger_new ();
  g_autofree char *known = NULL;
  g_autofree char *anonymous = NULL;
  g_autoptr (GString) said = g_string_new (NULL);
  BmOutboxBatch *batch;
  guint coarse = 0;

  ledger_open (ledger);
  {
    g_autoptr (BmDraft) draft = anonymous_draft_new ();

    bm_committed_free (ledger_commit_draft (ledger, draft));
  }
  g_assert_true (ledger_audit (ledger,
                               json_pack ("{s:i, s:s, s:b, s:s, s:s, s:s}", "version", 1, "what",
                                          "danger-shown", "anonymous", 1, "session", SEAT_SESSION,
                                          "seat", "hall", "staff", HELPER),
                               NULL));
  batch = ledger_next (ledger, 1 << 20, 100);
  for (guint i = 0; i < batch->items->len; i++)
    {
      const BmOutboxItem *item = batch->items->pdata[i];
      const BmOutboxItem *run = batch->runs->pdata[0];
      g_autoptr (GBytes) start = NULL;
      g_autoptr (GBytes) header_bytes = NULL;
      g_autoptr (GBytes) sealed = NULL;
      g_autoptr (GBytes) payload = NULL;
      BmEntryHeader header;

      g_assert_true (bm_record_parse (run->record, NULL, NULL, &start, NULL));
      g_assert_true (bm_record_parse (item->record, &header, &header_bytes, &sealed, NULL));
      coarse += bm_store_header_is_coarse (&header);
      if (header.type != BM_ENTRY_AUDIT)
        continue;
      payload =
        bm_payload_open (ledger->seal_private, start, &header, header_bytes, sealed, NULL, NULL);
      g_assert_nonnull (payload);
      g_string_append_len (said, g_bytes_get_data (payload, NULL),
                           (gssize) g_bytes_get_size (payload));
    }
  g_assert_cmpuint (coarse, ==, 3);
  g_assert_nonnull (strstr (said->str, "danger-shown"));
  g_assert_nonnull (strstr (said->str, "\"commit\""));
  g_assert_null (strstr (said->str, "session"));
  g_assert_null (strstr (said->str, SEAT_SESSION));
  g_assert_null (strstr (said->str, OWN_SESSION));
  g_assert_null (strstr (said->str, HELPER));
  g_assert_null (strstr (said->str, "hall"));
  bm_outbox_batch_free (batch);
  ledger_free (ledger);
}

/* The person's card does not list it, although the draft still had their tag. */
static void
test_anonymous_is_nobodys (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmDraft) draft = anonymous_draft_new ();
  g_autoptr (BmDraft) nobody = anonymous_draft_new ();
  g_autoptr (GPtrArray) own = NULL;
  g_autoptr (GPtrArray) nobodys = NULL;
  BmCommitted *committed, *again;

  ledger_open (ledger);
  committed = ledger_commit_draft (ledger, draft);
  again = ledger_commit_draft (ledger, draft);
  g_assert_true (again->is_repeat); /* idempotent all the same */
  own = ledger_cases (ledger, draft);
  g_assert_cmpuint (own->len, ==, 0);
  memset (nobody->subject_tag, 0, BM_TAG_LEN);
  nobodys = ledger_cases (ledger, nobody);
  g_assert_cmpuint (nobodys->len, ==, 0);
  bm_committed_free (committed);
  bm_committed_free (again);
  ledger_free (ledger);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/anonymous/joins-nothing", test_anonymous_joins_nothing);
  g_test_add_func ("/anonymous/audit-names-nobody", test_anonymous_audit);
  g_test_add_func ("/anonymous/is-nobodys", test_anonymous_is_nobodys);
  return g_test_run ();
}
