/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/platform/pack-fixture.h"
#include "tests/sync/platform/platform-fixture.h"

#include "core/worker.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

/* Publishing beside everything else that a platform does, and trouble on the way. */

#define VILLAGE   "990121101201"
#define RESIDENT  "990121194803120028"
#define OTHER     "990121194211030053"
#define RESIDENTS 32
#define HOUR_MS   (60 * 60 * G_GINT64_CONSTANT (1000))
#define DAY_MS    (24 * HOUR_MS)

/* An office whose rows a test writes. */

#define TEST_TYPE_OFFICE (test_office_get_type ())
G_DECLARE_FINAL_TYPE (TestOffice, test_office, TEST, OFFICE, GObject)

struct _TestOffice
{
  GObject parent_instance;
  json_t *records;
  gint asked;
  gint is_closed; /* whoever asks is told to come again */
};

static json_t *
office_fetch_records (BmBackend *backend, const char *village, const char *as_of, GError **error)
{
  TestOffice *self = TEST_OFFICE (backend);

  g_atomic_int_inc (&self->asked);
  if (g_atomic_int_get (&self->is_closed))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_UNREACHABLE, "The office is closed");
      return NULL;
    }
  return json_pack ("{s:i, s:s, s:s, s:O}", "version", 1, "village", village, "as_of", "2026-11-18",
                    "records", self->records);
}

static json_t *
office_fetch_pack (BmBackend *backend, const char *village, GError **error)
{
  return json_pack ("{s:i, s:s, s:s, s:[{s:s, s:s, s:s, s:s}, {s:s}]}", "version", 1, "village",
                    village, "as_of", "2026-11-18", "due", "name", "王秀兰", "group", "1", "month",
                    "2026-11", "phone", "10000000001", "name", "李德福");
}

static void
office_backend_init (BmBackendInterface *iface)
{
  iface->fetch_records = office_fetch_records;
  iface->fetch_pack = office_fetch_pack;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestOffice,
                               test_office,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_BACKEND, office_backend_init))

static void
test_office_finalize (GObject *object)
{
  json_decref (TEST_OFFICE (object)->records);
  G_OBJECT_CLASS (test_office_parent_class)->finalize (object);
}

static void
test_office_class_init (TestOfficeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_office_finalize;
}

static void
test_office_init (TestOffice *self)
{
  self->records = json_array ();
}

static void
add_row (TestOffice *self, const char *id_number, const char *note)
{
  json_t *row =
    json_pack ("{s:s, s:{s:i, s:s, s:s, s:[s], s:n}}", "idno", id_number, "record", "version", 1,
               "name", "某人", "as_of", "2026-11-18", "notes", note, "pension");

  g_assert_nonnull (row);
  json_array_append_new (self->records, row);
}

static TestOffice *
use_office (PlatformFixture *fixture)
{
  TestOffice *office = g_object_new (TEST_TYPE_OFFICE, NULL);

  g_object_unref (fixture->platform->backend);
  fixture->platform->backend = BM_BACKEND (office);
  return office;
}

/* One bad row costs nobody else the pack, and of two records for one number none is picked. */
static void
test_bad_rows_are_left_out (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  TestOffice *office = use_office (fixture);
  g_autoptr (PackInbox) inbox = pack_inbox_new ();
  g_autoptr (GError) error = NULL;
  json_t *report;
  json_t *record;
  GBytes *due;

  add_row (office, RESIDENT, "status");
  add_row (office, "990121194803120020", "status"); /* wrong check digit */
  add_row (office, "990121195501180097", "rich");   /* no such note */
  add_row (office, OTHER, "dup");
  add_row (office, OTHER, "status");
  json_array_append_new (office->records, json_integer (7));
  report = bm_platform_packs_publish (fixture->platform, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (json_integer_value (json_object_get (report, "residents")), ==, 1);
  g_assert_cmpint (json_integer_value (json_object_get (report, "skipped")), ==, 5);
  json_decref (report);
  pack_inbox_read (inbox, fixture->platform, fixture->station->kiosk, 0);
  record = pack_inbox_open (inbox, RESIDENT);
  g_assert_nonnull (record);
  json_decref (record);
  g_assert_null (pack_inbox_open (inbox, OTHER));
  due = g_hash_table_lookup (inbox->bodies, BM_PACK_DUE_KIND " " VILLAGE);
  g_assert_null (memmem (g_bytes_get_data (due, NULL), g_bytes_get_size (due), "phone", 5));
}

static gpointer
publish_on_worker (gpointer data, GError **error)
{
  return bm_platform_packs_publish (data, NULL, error);
}

typedef struct
{
  gboolean is_done;
  json_t *report;
  GError *error;
} Run;

static void
on_published (GObject *source, GAsyncResult *result, gpointer data)
{
  Run *run = data;

  run->report = bm_worker_run_finish (result, &run->error);
  run->is_done = TRUE;
}

/* Slow keys hold nothing that a request needs: one that waited for them would be the only one. */
static void
test_requests_go_on_meanwhile (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autoptr (BmWorker) worker = bm_worker_new ("packs");
  Run run = { 0 };
  guint answered = 0;

  bm_worker_run_async (worker, publish_on_worker, fixture->platform, NULL, NULL, NULL, on_published,
                       &run);
  while (!run.is_done)
    {
      g_autoptr (BmReply) reply = platform_fixture_hello (fixture);

      answered++;
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_no_error (run.error);
  g_assert_cmpint (json_integer_value (json_object_get (run.report, "keys")), ==, RESIDENTS);
  g_assert_cmpuint (answered, >=, 5);
  json_decref (run.report);
}

/* The program ends in the midst of it: what was reckoned is not reckoned again. */
static void
test_stopped_half_way_goes_on_there (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autoptr (BmWorker) worker = bm_worker_new ("packs");
  g_autoptr (PackInbox) inbox = pack_inbox_new ();
  g_autoptr (GError) error = NULL;
  json_t *report;
  json_int_t keys;
  Run run = { 0 };

  bm_worker_run_async (worker, publish_on_worker, fixture->platform, NULL, NULL, NULL, on_published,
                       &run);
  for (guint i = 0; i < 6; i++) /* each takes as long as a resident's key */
    {
      g_autoptr (GBytes) salt = g_bytes_new_static ("0123456789abcdef", 16);
      g_autoptr (BmKey) key = bm_slow_key (RESIDENT, salt, NULL);
    }
  bm_platform_packs_stop (fixture->platform->packs);
  while (!run.is_done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (run.error, BM_ERROR, BM_ERROR_BUSY);
  g_error_free (run.error);
  pack_inbox_read (inbox, fixture->platform, fixture->station->kiosk, 0);
  g_assert_cmpuint (inbox->messages->len, ==, 0);

  platform_fixture_reopen (fixture);
  report = bm_platform_packs_publish (fixture->platform, NULL, &error);
  g_assert_no_error (error);
  keys = json_integer_value (json_object_get (report, "keys"));
  g_assert_cmpint (keys, >, 0);
  g_assert_cmpint (keys, <, RESIDENTS);
  json_decref (report);
}

static void
wait_for (TestOffice *office, gint times)
{
  gint64 until = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;

  while (g_atomic_int_get (&office->asked) < times && g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_atomic_int_get (&office->asked), ==, times);
}

static gboolean
on_waited (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* As long as it takes to look at the clock two more times. */
static void
look_twice (void)
{
  gboolean is_over = FALSE;

  g_timeout_add (2500, on_waited, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_each_day_by_itself (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  TestOffice *office = use_office (fixture);
  BmPlatformDaily *daily;

  add_row (office, RESIDENT, "status");
  daily = bm_platform_daily_start (fixture->platform);
  wait_for (office, 1);
  bm_shift_clock_advance (fixture->clock, DAY_MS);
  wait_for (office, 2);
  bm_platform_daily_stop (daily);
  g_assert_cmpint (office->asked, ==, 2);
}

/* The office was closed: asked again after an hour, not before, and not only tomorrow. */
static void
test_tries_again_after_an_hour (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  TestOffice *office = use_office (fixture);
  BmPlatformDaily *daily;

  add_row (office, RESIDENT, "status");
  g_atomic_int_set (&office->is_closed, TRUE);
  daily = bm_platform_daily_start (fixture->platform);
  wait_for (office, 1);
  look_twice ();
  g_assert_cmpint (g_atomic_int_get (&office->asked), ==, 1);
  g_atomic_int_set (&office->is_closed, FALSE);
  bm_shift_clock_advance (fixture->clock, HOUR_MS + 1000);
  wait_for (office, 2);
  bm_platform_daily_stop (daily);
}

/* A station of a village that the office does not know has none; the other one has its own. */
static void
test_one_village_does_not_delay_another (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autoptr (PackInbox) inbox = pack_inbox_new ();
  g_autoptr (GError) error = NULL;
  BmPlatformStation station = { .kiosk = 1,
                                .id = (char *) "elsewhere",
                                .info = (char *) "{\"village\":\"990121102201\"}",
                                .sign_key = (char *) "",
                                .terminal_key = (char *) "sym:00",
                                .subject_salt = (char *) "00" };

  station.kiosk = fixture->station->kiosk + 1;
  g_assert_true (bm_platform_store_begin (fixture->platform->store, &error));
  g_assert_true (bm_platform_store_end (fixture->platform->store,
                                        bm_platform_store_add_station (fixture->platform->store,
                                                                       &station, &error),
                                        &error));
  g_assert_null (bm_platform_packs_publish (fixture->platform, NULL, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);
  pack_inbox_read (inbox, fixture->platform, fixture->station->kiosk, 0);
  g_assert_cmpuint (pack_inbox_count (inbox, BM_PACK_HEAD_KIND), ==, 1);
  g_clear_pointer (&inbox, pack_inbox_free);
  inbox = pack_inbox_new ();
  pack_inbox_read (inbox, fixture->platform, station.kiosk, 0);
  g_assert_cmpuint (inbox->messages->len, ==, 0);
}

/* K1: what cannot be left whole is not left at all, and the next try leaves it whole. */
static void
test_all_or_nothing (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  TestOffice *office = use_office (fixture);
  g_autoptr (PackInbox) inbox = pack_inbox_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (BmJson) body = json_object ();
  BmPackPart head = { .kind = (char *) BM_PACK_HEAD_KIND, .name = (char *) BM_PACK_BENEFIT };
  json_t *report;

  add_row (office, RESIDENT, "status");
  /* In the way of the head, which is the last to be written. */
  g_assert_true (bm_platform_store_begin (fixture->platform->store, &error));
  g_assert_true (
    bm_platform_store_end (fixture->platform->store,
                           bm_platform_post_message (fixture->platform, fixture->station->kiosk,
                                                     head.kind, head.name, 1, body, &error),
                           &error));
  g_assert_null (bm_platform_packs_publish (fixture->platform, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  pack_inbox_read (inbox, fixture->platform, fixture->station->kiosk, 0);
  g_assert_cmpuint (pack_inbox_count (inbox, BM_PACK_KIND), ==, 0);

  g_assert_true (bm_platform_store_begin (fixture->platform->store, &error));
  g_assert_true (bm_platform_store_end (fixture->platform->store,
                                        bm_platform_store_drop_messages (fixture->platform->store,
                                                                         fixture->station->kiosk,
                                                                         &head, 2, &error),
                                        &error));
  report = bm_platform_packs_publish (fixture->platform, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (json_integer_value (json_object_get (report, "messages")), ==, 3);
  json_decref (report);
}

static const char forget_newer_tables[] =
  "DROP TABLE blob_chunk; DROP TABLE entry_blob; DROP TABLE blob; DROP TABLE clock_sample;"
  "DROP TABLE bad_item; DROP TABLE backup; ALTER TABLE watermark DROP COLUMN held;"
  "ALTER TABLE watermark DROP COLUMN backed_up; ALTER TABLE station DROP COLUMN cursor;"
  "ALTER TABLE station DROP COLUMN seen_ms; ALTER TABLE station DROP COLUMN generation;"
  "DROP TABLE pack_key; DROP TABLE pack_part; DROP TABLE link; DROP TABLE withdrawal; PRAGMA user_version = 1;";

/* A platform of before there were packs: the database takes them in, the key file is made. */
static void
test_platform_of_version_one (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *path = g_build_filename (fixture->dir, "platform.db", NULL);
  g_autofree char *key = g_build_filename (fixture->dir, "pack.key", NULL);
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;
  json_t *report;

  g_clear_pointer (&fixture->platform, bm_platform_free);
  g_assert_cmpint (g_unlink (key), ==, 0);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, forget_newer_tables, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  platform_fixture_reopen (fixture);
  report = bm_platform_packs_publish (fixture->platform, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (json_integer_value (json_object_get (report, "messages")), ==, 3);
  json_decref (report);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/packs-run/bad-rows-are-left-out", test_bad_rows_are_left_out);
  g_test_add_func ("/packs-run/requests-go-on-meanwhile", test_requests_go_on_meanwhile);
  g_test_add_func ("/packs-run/stopped-half-way-goes-on-there",
                   test_stopped_half_way_goes_on_there);
  g_test_add_func ("/packs-run/each-day-by-itself", test_each_day_by_itself);
  g_test_add_func ("/packs-run/tries-again-after-an-hour", test_tries_again_after_an_hour);
  g_test_add_func ("/packs-run/one-village-does-not-delay-another",
                   test_one_village_does_not_delay_another);
  g_test_add_func ("/packs-run/all-or-nothing", test_all_or_nothing);
  g_test_add_func ("/packs-run/platform-of-version-one", test_platform_of_version_one);
  return g_test_run ();
}
