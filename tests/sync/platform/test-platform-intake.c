/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/platform/platform-calls.h"
#include "sync/platform/platform-store-private.h"
#include "tests/sync/platform/platform-fixture.h"

#include <string.h>

/* The intake without a network: once, never twice, never one record because of another. */

#define WANG    "王秀兰"
#define WANG_ID "990121194803120028"

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

static GPtrArray *
records_of_array (GPtrArray *records)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (copy, g_bytes_ref (g_ptr_array_index (records, i)));
  return copy;
}

static const BmAnswer *
get_answer (BmReply *reply, guint i)
{
  g_assert_cmpuint (i, <, reply->answers->len);
  return g_ptr_array_index (reply->answers, i);
}

static GBytes *
certify (PlatformFixture *fixture, char **ret_number)
{
  return virtual_station_certify (fixture->station, WANG, WANG_ID, "HT02", ret_number);
}

static gint64
count_of (json_t *report, const char *group, const char *key)
{
  return json_integer_value (json_object_get (json_object_get (report, group), key));
}

static void
test_once (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  GBytes *run = virtual_station_start_run (fixture->station);
  GBytes *matter = certify (fixture, NULL);
  g_autoptr (BmReply) first =
    platform_fixture_send (fixture, records_of (g_bytes_ref (run), g_bytes_ref (matter), NULL));
  g_autoptr (BmReply) again = platform_fixture_send (fixture, records_of (run, matter, NULL));
  g_autoptr (Json) entries = platform_fixture_report (fixture, "entries");
  g_autoptr (BmReply) inbox = platform_fixture_inbox (fixture, 0);

  g_assert_cmpint (get_answer (first, 0)->status, ==, BM_ANSWER_ACCEPTED);
  g_assert_cmpint (get_answer (first, 1)->status, ==, BM_ANSWER_ACCEPTED);
  g_assert_cmpuint (get_answer (first, 1)->seq, ==, 2);
  g_assert_cmpint (get_answer (again, 1)->status, ==, BM_ANSWER_DUPLICATE);
  g_assert_cmpmem (get_answer (again, 1)->hash, BM_SM3_LEN, get_answer (first, 1)->hash,
                   BM_SM3_LEN);
  g_assert_cmpuint (json_array_size (entries), ==, 2);
  g_assert_cmpint (json_integer_value (json_object_get (json_array_get (entries, 1), "duplicates")),
                   ==, 1);
  g_assert_cmpuint (inbox->messages->len, ==, 2); /* the roster and one result, not two */
}

static void
test_result_travels (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *number = NULL;
  GBytes *run = virtual_station_start_run (fixture->station);
  g_autoptr (BmReply) reply =
    platform_fixture_send (fixture, records_of (run, certify (fixture, &number), NULL));
  const BmMessage *message;
  g_autoptr (Json) body = NULL;

  g_assert_cmpuint (reply->messages->len, ==, 2);
  message = g_ptr_array_index (reply->messages, 1);
  g_assert_cmpstr (message->kind, ==, "result");
  g_assert_cmpstr (message->name, ==, number);
  g_assert_cmpint (reply->cursor, ==, message->id);
  g_assert_false (reply->has_more);
  body =
    json_loadb (g_bytes_get_data (message->body, NULL), g_bytes_get_size (message->body), 0, NULL);
  g_assert_cmpstr (json_string_value (json_object_get (body, "code")), ==, "CERT_OK");
  g_assert_cmpstr (json_string_value (json_object_get (body, "state")), ==, "done");
  g_assert_cmpstr (json_string_value (json_object_get (body, "text")), ==, "这次认证通过了。");
  g_assert_cmpstr (json_string_value (json_object_get (body, "next_due")), ==, "2027-11-30");
  g_assert_cmpstr (json_string_value (json_object_get (body, "at")), ==,
                   "2026-11-21T09:10:00+08:00");
  g_assert_true (json_is_true (json_object_get (body, "is_final")));
}

static void
test_conflict (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  GBytes *run = virtual_station_start_run (fixture->station);
  GBytes *matter = certify (fixture, NULL);
  GBytes *other;
  g_autoptr (BmReply) first = platform_fixture_send (fixture, records_of (run, matter, NULL));
  g_autoptr (BmReply) second = NULL;
  g_autoptr (BmReply) third = NULL;
  g_autoptr (Json) state = NULL;

  fixture->station->next_seq = 2; /* the disk was set back by one entry */
  other = certify (fixture, NULL);
  second = platform_fixture_send (fixture, records_of (g_bytes_ref (other), NULL));
  third = platform_fixture_send (fixture, records_of (other, NULL));
  state = platform_fixture_report (fixture, "state");

  g_assert_cmpint (get_answer (second, 0)->status, ==, BM_ANSWER_CONFLICT);
  g_assert_cmpint (get_answer (third, 0)->status, ==, BM_ANSWER_CONFLICT);
  g_assert_cmpuint (json_array_size (json_object_get (state, "conflicts")), ==, 1);
  g_assert_cmpint (count_of (state, "entries", "accepted"), ==, 2);
  g_assert_cmpint (count_of (state, "cases", "done"), ==, 1);
}

static void
test_poison (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  GBytes *run = virtual_station_start_run (fixture->station);
  GBytes *before = certify (fixture, NULL);
  GBytes *poison = g_bytes_new_static ("\0\5nonsense", 10);
  GBytes *after = certify (fixture, NULL);
  g_autoptr (BmReply) reply =
    platform_fixture_send (fixture, records_of (run, before, poison, after, NULL));
  g_autoptr (Json) state = platform_fixture_report (fixture, "state");

  g_assert_cmpint (get_answer (reply, 1)->status, ==, BM_ANSWER_ACCEPTED);
  g_assert_cmpint (get_answer (reply, 2)->status, ==, BM_ANSWER_QUARANTINED);
  g_assert_cmpuint (get_answer (reply, 2)->seq, ==, 0);
  g_assert_cmpint (get_answer (reply, 3)->status, ==, BM_ANSWER_ACCEPTED);
  g_assert_cmpint (count_of (state, "quarantined_raw", "unparsable"), ==, 1);
}

/* One byte of the sealed payload is wrong: the record parses, its payload does not open. */
static void
test_unreadable_payload (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  GBytes *run = virtual_station_start_run (fixture->station);
  g_autoptr (GBytes) matter = certify (fixture, NULL);
  gsize size = g_bytes_get_size (matter);
  guint8 *copy = g_memdup2 (g_bytes_get_data (matter, NULL), size);
  g_autoptr (BmReply) reply = NULL;

  copy[size - 1] ^= 1;
  reply = platform_fixture_send (fixture, records_of (run, g_bytes_new_take (copy, size), NULL));
  g_assert_cmpint (get_answer (reply, 1)->status, ==, BM_ANSWER_QUARANTINED);
  g_assert_cmpstr (get_answer (reply, 1)->code, ==, "unreadable");
  g_assert_cmpuint (get_answer (reply, 1)->seq, ==, 2);
}

static void
test_run_comes_late (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  GBytes *run = virtual_station_start_run (fixture->station);
  GBytes *matter = certify (fixture, NULL);
  g_autoptr (BmReply) early =
    platform_fixture_send (fixture, records_of (g_bytes_ref (matter), NULL));
  g_autoptr (BmReply) late = platform_fixture_send (fixture, records_of (run, NULL));
  g_autoptr (BmReply) again = platform_fixture_send (fixture, records_of (matter, NULL));
  g_autoptr (Json) state = platform_fixture_report (fixture, "state");

  g_assert_cmpint (get_answer (early, 0)->status, ==, BM_ANSWER_QUARANTINED);
  g_assert_cmpstr (get_answer (early, 0)->code, ==, "no-run");
  g_assert_false (early->has_head);
  g_assert_cmpint (get_answer (late, 0)->status, ==, BM_ANSWER_ACCEPTED);
  g_assert_cmpint (get_answer (again, 0)->status, ==, BM_ANSWER_DUPLICATE);
  g_assert_cmpint (count_of (state, "cases", "done"), ==, 1);
}

static void
test_refusals (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  VirtualStation *station = fixture->station;
  GBytes *run = virtual_station_start_run (station);
  GBytes *service =
    virtual_station_make_matter (station, "cert.nothing",
                                 json_pack ("{s:i, s:s, s:{}, s:[]}", "version", 1, "service",
                                            "cert.nothing", "fields", "evidence"),
                                 NULL);
  GBytes *schema =
    virtual_station_make_matter (station, "cert.pension",
                                 json_pack ("{s:i, s:s, s:{}, s:[]}", "version", 9, "service",
                                            "cert.pension", "fields", "evidence"),
                                 NULL);
  GBytes *payload =
    virtual_station_make_matter (station, "cert.pension",
                                 json_pack ("{s:i, s:s}", "version", 1, "service", "other"), NULL);
  GBytes *number;
  g_autoptr (BmReply) reply = NULL;
  g_autoptr (BmReply) again = NULL;

  station->terminal = 2; /* a number that this terminal cannot have given */
  number = virtual_station_make_matter (station, "cert.pension",
                                        json_pack ("{s:i, s:s, s:{}, s:[]}", "version", 1,
                                                   "service", "cert.pension", "fields", "evidence"),
                                        NULL);
  reply = platform_fixture_send (fixture, records_of (run, g_bytes_ref (service), schema, payload,
                                                      number, NULL));
  again = platform_fixture_send (fixture, records_of (service, NULL));

  g_assert_cmpint (get_answer (reply, 1)->status, ==, BM_ANSWER_REJECTED);
  g_assert_cmpstr (get_answer (reply, 1)->code, ==, "unknown-service");
  g_assert_nonnull (strstr (get_answer (reply, 1)->reason, "没有收"));
  g_assert_cmpstr (get_answer (reply, 2)->code, ==, "schema");
  g_assert_cmpstr (get_answer (reply, 3)->code, ==, "bad-payload");
  g_assert_cmpstr (get_answer (reply, 4)->code, ==, "bad-number");
  /* A refusal whose reply was lost is told again. */
  g_assert_cmpint (get_answer (again, 0)->status, ==, BM_ANSWER_REJECTED);
  g_assert_cmpstr (get_answer (again, 0)->code, ==, "unknown-service");
}

static void
test_head_follows_the_gap (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  VirtualStation *station = fixture->station;
  GBytes *run = virtual_station_start_run (station);
  GBytes *second = virtual_station_make_audit (station);
  guint8 middle[BM_SM3_LEN];
  GBytes *third;
  g_autoptr (BmReply) sparse = NULL;
  g_autoptr (BmReply) full = NULL;
  g_autoptr (BmReply) hello = NULL;

  memcpy (middle, station->head, sizeof middle);
  third = virtual_station_make_audit (station);
  sparse = platform_fixture_send (fixture, records_of (run, third, NULL));
  g_assert_true (sparse->has_head);
  g_assert_cmpuint (sparse->head_seq, ==, 1);
  full = platform_fixture_send (fixture, records_of (second, NULL));
  g_assert_cmpuint (full->head_seq, ==, 3);
  g_assert_cmpmem (full->head, BM_SM3_LEN, station->head, BM_SM3_LEN);
  g_assert_true (bm_head_verify (station->platform_public, station->kiosk, station->epoch, 3,
                                 full->head, full->head_signature, NULL));
  hello = platform_fixture_hello (fixture);
  g_assert_cmpuint (hello->watermark, ==, 3);
  g_assert_cmpuint (hello->next_label, ==, 0);
}

static gboolean
has_alarm (PlatformFixture *fixture, const char *kind)
{
  g_autoptr (Json) state = platform_fixture_report (fixture, "state");
  json_t *alarm;
  gsize i;

  json_array_foreach (json_object_get (state, "alarms"), i,
                      alarm) if (g_strcmp0 (json_string_value (json_object_get (alarm, "kind")),
                                            kind) == 0) return TRUE;
  return FALSE;
}

static void
test_rewritten_chain (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  VirtualStation *station = fixture->station;
  GBytes *run = virtual_station_start_run (station);
  g_autoptr (BmReply) first = platform_fixture_send (fixture, records_of (run, NULL));
  g_autoptr (BmReply) second = NULL;
  g_autoptr (BmReply) hello = NULL;

  g_assert_false (has_alarm (fixture, "chain"));
  station->head[0] ^= 1; /* the station tells another past */
  second = platform_fixture_send (fixture, g_ptr_array_new ());
  g_assert_true (has_alarm (fixture, "chain"));
  hello = platform_fixture_hello (fixture);
  g_assert_cmpuint (hello->next_label, ==, 2);
}

static guint
count_alarms (PlatformFixture *fixture)
{
  g_autoptr (Json) state = platform_fixture_report (fixture, "state");

  return (guint) json_array_size (json_object_get (state, "alarms"));
}

/* As the ledger does when it is told a label. */
static void
open_epoch (VirtualStation *station, guint label)
{
  station->epoch ^= 1;
  station->label = label;
  station->next_seq = 1;
  bm_chain_start (station->kiosk, station->epoch, station->head);
}

/* The platform holds a run and a matter; then the disk is as it was after the run. */
static void
set_back (PlatformFixture *fixture)
{
  VirtualStation *station = fixture->station;
  GBytes *run = virtual_station_start_run (station);
  guint64 next_seq = station->next_seq;
  guint8 head[BM_SM3_LEN];
  g_autoptr (BmReply) reply = NULL;

  memcpy (head, station->head, sizeof head);
  reply = platform_fixture_send (fixture, records_of (run, certify (fixture, NULL), NULL));
  memcpy (station->head, head, sizeof head);
  station->next_seq = next_seq;
}

static void
test_rollback_gets_one_label (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autoptr (BmReply) first = NULL;
  g_autoptr (BmReply) second = NULL;
  g_autoptr (BmReply) third = NULL;
  g_autoptr (BmReply) fourth = NULL;

  set_back (fixture);
  first = platform_fixture_hello (fixture);
  second = platform_fixture_hello (fixture);
  g_assert_cmpuint (first->watermark, ==, 2);
  g_assert_cmpuint (first->next_label, ==, 2);
  g_assert_cmpuint (first->next_counter, ==, 2);
  g_assert_cmpuint (second->next_label, ==, 2);
  /* Perhaps nobody has read that; then the station acts on it. */
  g_assert_cmpuint (count_alarms (fixture), ==, 0);
  open_epoch (fixture->station, first->next_label);
  third = platform_fixture_hello (fixture);
  fourth = platform_fixture_hello (fixture);
  g_assert_cmpuint (third->next_label, ==, 0);
  g_assert_true (has_alarm (fixture, "rollback"));
  g_assert_cmpuint (count_alarms (fixture), ==, 1);
}

/* The same, of a station whose first word of its new epoch is a batch. */
static void
test_rollback_told_by_a_batch (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autoptr (BmReply) hello = NULL;
  g_autoptr (BmReply) batch = NULL;

  set_back (fixture);
  hello = platform_fixture_hello (fixture);
  open_epoch (fixture->station, hello->next_label);
  batch = platform_fixture_send (fixture,
                                 records_of (virtual_station_start_run (fixture->station), NULL));
  g_assert_cmpint (get_answer (batch, 0)->status, ==, BM_ANSWER_ACCEPTED);
  g_assert_true (has_alarm (fixture, "rollback"));
  g_assert_cmpuint (count_alarms (fixture), ==, 1);
}

/* A disk with another past needs no further proof. */
static void
test_other_past_is_told_at_once (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autoptr (BmReply) hello = NULL;

  set_back (fixture);
  fixture->station->head[0] ^= 1;
  hello = platform_fixture_hello (fixture);
  g_assert_cmpuint (hello->next_label, ==, 2);
  g_assert_true (has_alarm (fixture, "rollback"));
}

/* A program is killed with its hello on the way; its successor is through before that arrives. Nobody reads the answer,
 * nobody is called, and a disk that is set back later is noticed as ever. */
static void
test_late_hello_calls_nobody (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  GBytes *run = virtual_station_start_run (fixture->station);
  guint8 sent[BM_NONCE_LEN], nonce[BM_NONCE_LEN];
  g_autoptr (BmReply) batch = platform_fixture_send (fixture, records_of (run, NULL));
  g_autoptr (GBytes) late = virtual_station_make_hello (fixture->station, sent);
  g_autoptr (BmReply) next =
    platform_fixture_send (fixture, records_of (certify (fixture, NULL), NULL));
  g_autoptr (BmReply) answer = NULL, hello = NULL, last = NULL, told = NULL;

  answer = bm_platform_hello (fixture->platform, &fixture->peer, late, nonce, NULL);
  g_assert_cmpuint (answer->next_label, ==, 2);
  hello = platform_fixture_hello (fixture);
  g_assert_cmpuint (hello->next_label, ==, 0);
  last = platform_fixture_send (fixture, records_of (certify (fixture, NULL), NULL));
  g_assert_cmpuint (count_alarms (fixture), ==, 0);
  set_back (fixture);
  told = platform_fixture_hello (fixture);
  g_assert_cmpuint (told->next_label, ==, 2);
  open_epoch (fixture->station, told->next_label);
  bm_reply_free (platform_fixture_hello (fixture));
  g_assert_true (has_alarm (fixture, "rollback"));
}

static void
test_foreign_record (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  GBytes *run;
  g_autoptr (BmReply) reply = NULL;

  fixture->station->kiosk = 2;
  run = virtual_station_start_run (fixture->station);
  fixture->station->kiosk = 1;
  reply = platform_fixture_send (fixture, records_of (run, NULL));
  g_assert_cmpint (get_answer (reply, 0)->status, ==, BM_ANSWER_QUARANTINED);
  g_assert_cmpstr (get_answer (reply, 0)->code, ==, "foreign-kiosk");
}

static void
test_survives_reopening (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  GBytes *run = virtual_station_start_run (fixture->station);
  GBytes *matter = certify (fixture, NULL);
  g_autoptr (BmReply) first =
    platform_fixture_send (fixture, records_of (run, g_bytes_ref (matter), NULL));
  g_autoptr (BmReply) again = NULL;

  platform_fixture_reopen (fixture);
  again = platform_fixture_send (fixture, records_of (matter, NULL));
  g_assert_cmpint (get_answer (again, 0)->status, ==, BM_ANSWER_DUPLICATE);
  g_assert_cmpuint (again->head_seq, ==, 2);
}

static void
test_held_decisions (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *held = platform_fixture_admin (fixture, "decide hold");
  g_autofree char *number = NULL;
  GBytes *run = virtual_station_start_run (fixture->station);
  g_autoptr (BmReply) reply =
    platform_fixture_send (fixture, records_of (run, certify (fixture, &number), NULL));
  g_autoptr (BmReply) later = NULL;
  g_autofree char *after_delay = NULL;
  g_autofree char *still = NULL;
  g_autofree char *due = NULL;
  g_autoptr (Json) state = NULL;

  g_assert_cmpstr (held, ==, "ok");
  g_assert_cmpuint (reply->messages->len, ==, 2); /* roster, "handed" */
  after_delay = platform_fixture_admin (fixture, "decide 60");
  still = platform_fixture_admin (fixture, "clock advance 59");
  later = platform_fixture_inbox (fixture, reply->cursor);
  g_assert_cmpuint (later->messages->len, ==, 0);
  due = platform_fixture_admin (fixture, "clock advance 1");
  state = platform_fixture_report (fixture, "state");
  g_assert_cmpint (count_of (state, "cases", "done"), ==, 1);
}

/* The platform died after COMMIT and its demo clock starts anew, earlier than the case came. */
static void
test_clock_starts_anew (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *hold = platform_fixture_admin (fixture, "decide hold");
  GBytes *run = virtual_station_start_run (fixture->station);
  g_autoptr (BmReply) reply =
    platform_fixture_send (fixture, records_of (run, certify (fixture, NULL), NULL));
  g_autofree char *now = NULL;
  g_autoptr (Json) state = NULL;

  bm_shift_clock_set_wall (fixture->clock, DEMO_NOW - 60000);
  now = platform_fixture_admin (fixture, "decide now");
  state = platform_fixture_report (fixture, "state");
  g_assert_cmpint (count_of (state, "cases", "done"), ==, 1);
}

/* The disk is full: nothing is stored, and every answer says so. */
static void
test_disk_full (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  sqlite3 *db = fixture->platform->store->db;
  GBytes *run = virtual_station_start_run (fixture->station);
  GBytes *matter = certify (fixture, NULL);
  GPtrArray *again = records_of (g_bytes_ref (run), g_bytes_ref (matter), NULL);
  g_autoptr (BmReply) full = NULL;
  g_autoptr (BmReply) room = NULL;

  for (guint i = 0; i < 64; i++) /* leaves no free page */
    g_ptr_array_add (again, virtual_station_make_audit (fixture->station));
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA max_page_count = 1", NULL, NULL, NULL), ==, SQLITE_OK);
  full = platform_fixture_send (fixture, records_of_array (again));
  g_assert_cmpuint (full->answers->len, ==, 66);
  for (guint i = 0; i < full->answers->len; i++)
    {
      g_assert_cmpint (get_answer (full, i)->status, ==, BM_ANSWER_DEFERRED);
      g_assert_cmpint (get_answer (full, i)->after_ms, >, 0);
    }
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA max_page_count = 1000000", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  room = platform_fixture_send (fixture, again);
  g_assert_cmpint (get_answer (room, 0)->status, ==, BM_ANSWER_ACCEPTED);
  g_assert_cmpuint (room->head_seq, ==, 66);
  g_bytes_unref (run);
  g_bytes_unref (matter);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/platform/intake/reply-lost-sent-twice", test_once);
  g_test_add_func ("/platform/intake/result-travels", test_result_travels);
  g_test_add_func ("/platform/intake/same-id-other-bytes", test_conflict);
  g_test_add_func ("/platform/intake/poison-between-good-ones", test_poison);
  g_test_add_func ("/platform/intake/payload-does-not-open", test_unreadable_payload);
  g_test_add_func ("/platform/intake/run-comes-late", test_run_comes_late);
  g_test_add_func ("/platform/intake/refused-with-a-reason", test_refusals);
  g_test_add_func ("/platform/intake/gap-then-filled", test_head_follows_the_gap);
  g_test_add_func ("/platform/intake/rewritten-chain", test_rewritten_chain);
  g_test_add_func ("/platform/intake/disk-set-back", test_rollback_gets_one_label);
  g_test_add_func ("/platform/intake/disk-set-back-told-by-a-batch", test_rollback_told_by_a_batch);
  g_test_add_func ("/platform/intake/other-past-is-told-at-once", test_other_past_is_told_at_once);
  g_test_add_func ("/platform/intake/late-hello-calls-nobody", test_late_hello_calls_nobody);
  g_test_add_func ("/platform/intake/record-of-another-station", test_foreign_record);
  g_test_add_func ("/platform/intake/platform-restarted", test_survives_reopening);
  g_test_add_func ("/platform/intake/decisions-held-and-delayed", test_held_decisions);
  g_test_add_func ("/platform/intake/clock-starts-anew", test_clock_starts_anew);
  g_test_add_func ("/platform/intake/disk-full", test_disk_full);
  return g_test_run ();
}
