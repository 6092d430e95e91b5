/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/calendar/day.h"
#include "core/error.h"
#include "core/pack/pack.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Packs at rest: what a person who is present gets of them, what is thrown away and when, and what a
 * kill leaves. */

#define STRANGER "990121194211030053"
#define AS_OF    "2026-11-18" /* three days before the fixture's clock */

static const char *own_path;

static const char record_text[] =
  "{\"version\":1,\"name\":\"王秀兰\",\"as_of\":\"2026-11-18\",\"notes\":[],\"pension\":{"
  "\"scheme\":\"城乡居民\",\"area\":\"990121\",\"status\":\"paying\",\"since\":\"2008-04\","
  "\"last\":\"2025-11\",\"due\":\"2026-11-30\",\"tail\":\"0001\",\"year\":2026,\"year_fen\":22840,"
  "\"why\":\"\",\"months\":["
  "{\"ym\":\"2026-11\",\"fen\":22840,\"base_fen\":18000,\"account_fen\":4840,\"other_fen\":0,"
  "\"paid\":\"2026-11-15\",\"state\":\"paid\"}]}}";

static GBytes *
salt_new (void)
{
  return g_bytes_new ("0123456789abcdef", 16);
}

static BmPackHead *
head_new (const char *as_of, guint year, guint bits)
{
  BmPackHead *head = g_new0 (BmPackHead, 1);

  head->pack = g_strdup (BM_PACK_BENEFIT);
  head->year = year;
  head->bits = bits;
  head->count = 1;
  head->as_of = bm_day_from_string (as_of);
  memcpy (head->salt, "0123456789abcdef", BM_PACK_SALT_LEN);
  return head;
}

static BmMessage *
message_of (const char *kind, const char *name, gint64 version, json_t *body)
{
  g_autofree char *text = json_dumps (body, JSON_COMPACT);

  json_decref (body);
  return message_new (0, kind, name, version, text);
}

static json_t *
bucket_new (const BmPackHead *head)
{
  g_autofree char *as_of = bm_day_to_string (head->as_of);

  return json_pack ("{s:i, s:s, s:i, s:s, s:{}}", "version", 1, "pack", head->pack, "year",
                    (int) head->year, "as_of", as_of, "records");
}

/* The name and bucket in which the resident's record lies. */
static json_t *
filled_bucket_new (const BmPackHead *head, char **ret_name)
{
  g_autoptr (GBytes) salt = salt_new ();
  g_autoptr (BmKey) slow = bm_slow_key (RESIDENT_ID, salt, NULL);
  json_t *record = json_loads (record_text, 0, NULL);
  json_t *bucket = bucket_new (head);
  g_autofree char *sealed = NULL;
  g_autoptr (GString) place = g_string_new (NULL);
  guint8 locator[BM_PACK_LOCATOR_LEN];

  sealed = bm_pack_seal_record (head, slow, record, NULL);
  g_assert_nonnull (sealed);
  bm_pack_locate (head, slow, locator);
  for (guint i = 0; i < sizeof locator; i++)
    g_string_append_printf (place, "%02x", locator[i]);
  json_object_set_new (json_object_get (bucket, "records"), place->str, json_string (sealed));
  *ret_name = bm_pack_dup_bucket_name (head, locator);
  json_decref (record);
  return bucket;
}

/* Every bucket of @head, then the head, as the platform sends them. */
static GPtrArray *
pack_new (const BmPackHead *head, gint64 version)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_message_free);
  g_autofree char *own = NULL;
  json_t *filled = filled_bucket_new (head, &own);

  for (guint i = 0; i < 1u << head->bits; i++)
    {
      guint8 locator[BM_PACK_LOCATOR_LEN] = { 0 };
      g_autofree char *name = NULL;

      locator[0] = (guint8) (i << (8 - head->bits));
      name = bm_pack_dup_bucket_name (head, locator);
      g_ptr_array_add (messages, message_of (BM_PACK_KIND, name, version,
                                             g_str_equal (name, own) ? json_incref (filled)
                                                                     : bucket_new (head)));
    }
  json_decref (filled);
  g_ptr_array_add (messages, message_of (BM_PACK_HEAD_KIND, head->pack, version,
                                         bm_pack_head_to_json (head)));
  return messages;
}

static gint64
apply_from (Ledger *ledger, GPtrArray *messages, gint64 id)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < messages->len; i++)
    ((BmMessage *) messages->pdata[i])->id = ++id;
  g_assert_true (ledger_apply (ledger, NULL, messages, id, &error));
  g_assert_no_error (error);
  return id;
}

static gint64
apply_pack (Ledger *ledger, const char *as_of, guint year, guint bits, gint64 version)
{
  g_autoptr (BmPackHead) head = head_new (as_of, year, bits);
  g_autoptr (GPtrArray) messages = pack_new (head, version);

  return apply_from (ledger, messages, 1000 * version);
}

static BmPerson *
identify (Ledger *ledger, const char *id_number)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) salt = g_bytes_new ("another salt of 32 bytes, or more", 33);
  g_autoptr (GError) error = NULL;
  BmPerson *person;

  bm_store_identify_async (ledger->store, id_number, salt, ledger_on_done, &result);
  person = bm_store_identify_finish (ledger->store, ledger_take (&result), &error);
  g_assert_no_error (error);
  return person;
}

static void
assert_state (Ledger *ledger, const char *id_number, BmRecordState wanted)
{
  g_autoptr (BmPerson) person = identify (ledger, id_number);

  g_assert_cmpint (person->record_state, ==, wanted);
  g_assert_cmpint (person->record != NULL, ==, wanted == BM_RECORD_OPEN);
  g_assert_cmpint (*person->as_of != '\0', ==,
                   wanted == BM_RECORD_OPEN || wanted == BM_RECORD_UNKNOWN);
}

static void
test_open (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmPerson) person = NULL;

  ledger_open (ledger);
  assert_state (ledger, RESIDENT_ID, BM_RECORD_MISSING); /* none came */
  apply_pack (ledger, AS_OF, 2026, 3, 1);
  person = identify (ledger, RESIDENT_ID);
  g_assert_cmpint (person->record_state, ==, BM_RECORD_OPEN);
  g_assert_cmpstr (person->as_of, ==, AS_OF);
  g_assert_cmpstr (json_string_value (json_object_get (person->record, "name")), ==, RESIDENT_NAME);
  assert_state (ledger, STRANGER, BM_RECORD_UNKNOWN);
  ledger_close (ledger);
  /* With the local key in hand, too, nothing says whose record lies where. */
  g_assert_false (folder_contains (ledger->folder, RESIDENT_ID, strlen (RESIDENT_ID)));
  g_assert_false (folder_contains (ledger->folder, RESIDENT_NAME, strlen (RESIDENT_NAME)));
  ledger_free (ledger);
}

static gint64
count_raw (Ledger *ledger, const char *where)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s", where);
  sqlite3 *db = ledger_open_raw (ledger);
  sqlite3_stmt *statement = NULL;
  gint64 count;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  count = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return count;
}

static json_t *
get_packs (Ledger *ledger)
{
  g_autoptr (GAsyncResult) result = NULL;
  json_t *status, *packs;

  bm_store_status_async (ledger->store, ledger_on_done, &result);
  status = bm_store_json_finish (ledger->store, ledger_take (&result), NULL);
  packs = json_incref (json_object_get (status, "packs"));
  json_decref (status);
  return packs;
}

static void
assert_pack_state (Ledger *ledger, const char *wanted)
{
  json_t *packs = get_packs (ledger);

  g_assert_cmpstr (json_string_value (json_object_get (packs, "state")), ==, wanted);
  json_decref (packs);
}

/* A new head takes the buckets that it does not describe with it: other years, other bits. */
static void
test_head_replaces (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  apply_pack (ledger, AS_OF, 2026, 3, 1);
  apply_pack (ledger, "2026-11-20", 2026, 4, 2);
  assert_state (ledger, RESIDENT_ID, BM_RECORD_OPEN);
  ledger_close (ledger);
  g_assert_cmpint (count_raw (ledger, "document WHERE kind = 'pack'"), ==, 16);
  g_assert_cmpint (count_raw (ledger, "document WHERE name LIKE 'benefit/2026/3/%'"), ==, 0);
  ledger_open (ledger);
  apply_pack (ledger, "2026-11-21", 2027, 4, 3);
  assert_state (ledger, RESIDENT_ID, BM_RECORD_OPEN);
  ledger_close (ledger);
  g_assert_cmpint (count_raw (ledger, "document WHERE name LIKE 'benefit/2026/%'"), ==, 0);
  ledger_free (ledger);
}

/* An older head that is sent again does not bring older data back. */
static void
test_never_back (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmPackHead) old = head_new ("2026-11-10", 2026, 3);
  g_autoptr (GPtrArray) messages = NULL;
  g_autoptr (BmPerson) person = NULL;

  ledger_open (ledger);
  apply_pack (ledger, AS_OF, 2026, 3, 5);
  messages =
    messages_new (message_of (BM_PACK_HEAD_KIND, BM_PACK_BENEFIT, 4, bm_pack_head_to_json (old)));
  apply_from (ledger, messages, 9000);
  person = identify (ledger, RESIDENT_ID);
  g_assert_cmpstr (person->as_of, ==, AS_OF);
  ledger_free (ledger);
}

static void
sweep (Ledger *ledger)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_store_sweep_async (ledger->store, ledger_on_done, &result);
  g_assert_true (bm_store_sweep_finish (ledger->store, ledger_take (&result), NULL));
}

/* 30 days it is answered from, on the 31st it goes; and comes again when the line is back. */
static void
test_ages (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmPackHead) head = head_new (AS_OF, 2026, 2);
  g_autoptr (GPtrArray) messages = pack_new (head, 1);
  BmOutboxStatus *status;
  json_t *overview;
  gint64 last;

  ledger_open (ledger);
  last = apply_from (ledger, messages, 100);
  assert_pack_state (ledger, "fresh"); /* three days */
  ledger_advance (ledger, BM_MILLIS_DAY);
  assert_pack_state (ledger, "stale");
  ledger_advance (ledger, (gint64) 26 * BM_MILLIS_DAY);
  sweep (ledger);
  assert_state (ledger, RESIDENT_ID, BM_RECORD_OPEN); /* the 30th day */
  ledger_advance (ledger, BM_MILLIS_DAY);
  assert_state (ledger, RESIDENT_ID, BM_RECORD_MISSING); /* also before anybody swept */
  assert_pack_state (ledger, "too-old");
  sweep (ledger);
  assert_pack_state (ledger, "missing");
  ledger_close (ledger);
  g_assert_cmpint (count_raw (ledger, "document WHERE kind = 'pack'"), ==, 0);
  g_assert_cmpint (count_raw (ledger, "document WHERE kind = 'pack-head' AND version = 1 AND "
                                      "length (body) = 0"),
                   ==, 1);

  /* The platform is asked from before the first bucket, and what it sends again counts. */
  ledger_open (ledger);
  status = ledger_status (ledger);
  g_assert_cmpint (status->cursor, ==, 100);
  g_free (status);
  ledger_set_wall (ledger, 1795223400000); /* the clock had been wrong all the time */
  g_assert_true (ledger_apply (ledger, NULL, messages, last, NULL));
  assert_state (ledger, RESIDENT_ID, BM_RECORD_OPEN);
  overview = ledger_overview (ledger);
  g_assert_cmpuint (json_array_size (json_object_get (overview, "alarms")), ==, 0);
  json_decref (overview);
  ledger_free (ledger);
}

/* A reply that was asked for before the sweep does not jump over what has to come again. */
static void
test_sweep_under_way (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (GPtrArray) late = NULL;
  BmOutboxStatus *status;

  ledger_open (ledger);
  apply_pack (ledger, AS_OF, 2026, 0, 1);
  g_free (ledger_status (ledger)); /* the engine begins a round */
  ledger_advance (ledger, (gint64) 40 * BM_MILLIS_DAY);
  sweep (ledger);
  late = messages_new (message_new (0, "notice", "x", 1, "{}"));
  apply_from (ledger, late, 5000);
  status = ledger_status (ledger);
  g_assert_cmpint (status->cursor, ==, 1000);
  g_free (status);
  ledger_free (ledger);
}

static guint
count_alarms (Ledger *ledger, const char *what)
{
  json_t *overview = ledger_overview (ledger);
  guint count = 0;
  gsize index;
  json_t *alarm;

  json_array_foreach (json_object_get (overview, "alarms"), index, alarm)
  {
    count += g_strcmp0 (json_string_value (json_object_get (alarm, "what")), what) == 0;
  }
  json_decref (overview);
  return count;
}

/* A torn bucket, a bucket that is gone, a head of tomorrow: missing, said once, nobody is kept out. */
static void
test_torn (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmPackHead) head = head_new (AS_OF, 2026, 0);
  g_autoptr (GPtrArray) torn = NULL;
  g_autoptr (GPtrArray) strange = NULL;

  ledger_open (ledger);
  apply_pack (ledger, AS_OF, 2026, 0, 1);
  torn = messages_new (message_new (0, BM_PACK_KIND, "benefit/2026/0/00", 2, "{\"version\":1,"));
  apply_from (ledger, torn, 5000);
  for (guint i = 0; i < 3; i++)
    assert_state (ledger, i == 0 ? STRANGER : RESIDENT_ID, BM_RECORD_MISSING);
  g_assert_cmpuint (count_alarms (ledger, "pack-unreadable"), ==, 1);
  ledger_close (ledger);
  ledger_exec (ledger, "DELETE FROM document WHERE kind = 'pack'; DELETE FROM alarm");
  ledger_open (ledger);
  assert_state (ledger, RESIDENT_ID, BM_RECORD_MISSING);
  g_assert_cmpuint (count_alarms (ledger, "pack-unreadable"), ==, 1);
  strange =
    messages_new (message_new (0, BM_PACK_HEAD_KIND, BM_PACK_BENEFIT, 7, "{\"version\":9}"));
  apply_from (ledger, strange, 6000);
  assert_state (ledger, RESIDENT_ID, BM_RECORD_MISSING);
  assert_pack_state (ledger, "unreadable");
  apply_pack (ledger, AS_OF, 2026, 1, 8);
  assert_state (ledger, RESIDENT_ID, BM_RECORD_OPEN);
  ledger_free (ledger);
}

static void
note_standing (Ledger *ledger, gboolean is_revoked)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_store_note_standing_async (ledger->store, is_revoked, ledger_on_done, &result);
  g_assert_true (bm_store_note_standing_finish (ledger->store, ledger_take (&result), NULL));
}

static void
apply_revocation (Ledger *ledger, gint64 version, const char *body)
{
  g_autoptr (GPtrArray) messages = messages_new (message_new (0, "revocation", "", version, body));

  apply_from (ledger, messages, 7000 + version);
}

/* Opens nothing and takes everything, over restarts, until the platform works with it again. */
static void
test_locked (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  apply_pack (ledger, AS_OF, 2026, 2, 1);
  note_standing (ledger, TRUE);
  assert_state (ledger, RESIDENT_ID, BM_RECORD_LOCKED);
  assert_pack_state (ledger, "locked");
  ledger_reboot (ledger);
  assert_state (ledger, RESIDENT_ID, BM_RECORD_LOCKED);
  assert_state (ledger, STRANGER, BM_RECORD_LOCKED); /* it does not even say who is in it */
  ledger_commit_many (ledger, 1, 1);
  note_standing (ledger, FALSE);
  assert_state (ledger, RESIDENT_ID, BM_RECORD_OPEN);
  apply_revocation (ledger, 1, "{\"version\":1}");
  assert_state (ledger, RESIDENT_ID, BM_RECORD_LOCKED);
  apply_revocation (ledger, 2, "{\"version\":1,\"revoked\":false}");
  assert_state (ledger, RESIDENT_ID, BM_RECORD_OPEN);
  apply_revocation (ledger, 3, "not even JSON");
  assert_state (ledger, RESIDENT_ID, BM_RECORD_LOCKED);
  ledger_free (ledger);
}

/* 10,000 residents: 256 buckets of 40. */
static void
test_speed (void)
{
  Ledger *ledger = ledger_new ();
  g_autoptr (BmPackHead) head = head_new (AS_OF, 2026, 8);
  g_autoptr (GPtrArray) messages = NULL;
  g_autofree char *own = NULL;
  json_t *bucket = filled_bucket_new (head, &own);
  json_t *records = json_object_get (bucket, "records");
  g_autofree char *sealed = g_strnfill (2048, 'A'); /* as long as a real one */
  gint64 began, took;

  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *locator = g_strdup_printf ("%032x", i);

      json_object_set_new (records, locator, json_string (sealed));
    }
  ledger_open (ledger);
  messages = pack_new (head, 1);
  for (guint i = 0; i < messages->len; i++)
    {
      BmMessage *message = messages->pdata[i];

      if (!g_str_equal (message->name, own))
        continue;
      bm_message_free (message);
      messages->pdata[i] = message_of (BM_PACK_KIND, own, 1, json_incref (bucket));
    }
  apply_from (ledger, messages, 0);
  began = g_get_monotonic_time ();
  assert_state (ledger, RESIDENT_ID, BM_RECORD_OPEN);
  took = (g_get_monotonic_time () - began) / 1000;
  g_test_message ("tag, cases and record: %" G_GINT64_FORMAT " ms", took);
  g_assert_cmpint (took, <, g_test_perf () ? 250 : 2500);
  json_decref (bucket);
  ledger_free (ledger);
}

/* Kills: a child applies pack after pack, page by page, each another shape; whenever it dies, the head
 * that is there describes buckets that are there. */

#define PAGE 3

static int
run_child (const char *folder)
{
  Ledger *ledger = ledger_new_at (folder);
  BmOutboxStatus *status;
  gint64 version;

  ledger_open (ledger);
  status = ledger_status (ledger);
  version = status->cursor / 1000 + 1;
  g_free (status);
  g_print ("ready\n");
  for (; version < 100000; version++)
    {
      g_autoptr (BmPackHead) head =
        head_new (AS_OF, 2026 + (guint) (version % 3), 2 + (guint) (version % 2));
      g_autoptr (GPtrArray) messages = pack_new (head, version);
      gint64 id = version * 1000;

      while (messages->len > 0)
        {
          g_autoptr (GPtrArray) page =
            g_ptr_array_new_with_free_func ((GDestroyNotify) bm_message_free);

          while (messages->len > 0 && page->len < PAGE)
            g_ptr_array_add (page, g_ptr_array_steal_index (messages, 0));
          id = apply_from (ledger, page, id);
        }
    }
  return 0;
}

static void
kill_once (Ledger *ledger, guint delay_ms)
{
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GDataInputStream) input = NULL;
  g_autofree char *line = NULL;

  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, own_path, "--child",
                            ledger->folder, NULL);
  g_assert_nonnull (child);
  input = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  line = g_data_input_stream_read_line (input, NULL, NULL, NULL);
  g_assert_cmpstr (line, ==, "ready");
  g_usleep (delay_ms * 1000); /* how long it lives is the test */
  g_subprocess_force_exit (child);
  g_assert_true (g_subprocess_wait (child, NULL, NULL));
  g_assert_true (g_subprocess_get_if_signaled (child));
}

static void
test_kills (void)
{
  const guint kills = g_test_slow () ? 200 : 15;
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  apply_pack (ledger, AS_OF, 2026, 2, 1);
  ledger_close (ledger);
  for (guint i = 0; i < kills; i++)
    {
      json_t *packs;

      kill_once (ledger, (guint) g_test_rand_int_range (1, 250));
      ledger_open (ledger);
      assert_state (ledger, RESIDENT_ID, BM_RECORD_OPEN);
      assert_state (ledger, STRANGER, BM_RECORD_UNKNOWN);
      g_assert_cmpuint (count_alarms (ledger, "pack-unreadable"), ==, 0);
      packs = get_packs (ledger);
      g_assert_cmpint (json_integer_value (json_object_get (packs, "buckets")), >=, 4);
      json_decref (packs);
      ledger_close (ledger);
    }
  ledger_free (ledger);
}

int
main (int argc, char **argv)
{
  own_path = argv[0];
  if (argc == 3 && g_str_equal (argv[1], "--child"))
    return run_child (argv[2]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/packs/open-with-the-person", test_open);
  g_test_add_func ("/packs/head-replaces", test_head_replaces);
  g_test_add_func ("/packs/never-back", test_never_back);
  g_test_add_func ("/packs/too-old-goes-and-comes-again", test_ages);
  g_test_add_func ("/packs/sweep-while-a-round-runs", test_sweep_under_way);
  g_test_add_func ("/packs/torn", test_torn);
  g_test_add_func ("/packs/locked", test_locked);
  g_test_add_func ("/packs/speed", test_speed);
  g_test_add_func ("/packs/killed-between-buckets-and-head", test_kills);
  return g_test_run ();
}
