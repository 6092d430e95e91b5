/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/platform/pack-fixture.h"
#include "tests/sync/platform/platform-fixture.h"

#include "core/calendar/day.h"
#include "core/worker.h"

#include <string.h>

/* What leaves for a station, from the demo village. */

#define VILLAGE   "990121101201"
#define RESIDENT  "990121194803120028"
#define LEAVER    "990121195501180097" /* 陈有根 */
#define RESIDENTS 32
#define FEW       5

/* A village of few: what is tested needs no more, and each resident costs a slow key. */
static PlatformFixture *
small_fixture_new (void)
{
  PlatformFixture *fixture = platform_fixture_new ();
  g_autofree char *path = g_build_filename (fixture->dir, "backend", "residents.csv", NULL);
  g_autofree char *text = NULL;
  char *end;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  end = text;
  for (guint line = 0; line < 1 + FEW; line++)
    end = strchr (end, '\n') + 1;
  *end = '\0';
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  platform_fixture_reopen (fixture);
  return fixture;
}

static json_t *
publish (PlatformFixture *fixture, const char *as_of)
{
  g_autoptr (GError) error = NULL;
  json_t *report = bm_platform_packs_publish (fixture->platform, as_of, &error);

  g_assert_no_error (error);
  return report;
}

static json_int_t
publish_and_count (PlatformFixture *fixture, const char *as_of, const char *what)
{
  json_t *report = publish (fixture, as_of);
  json_int_t value = json_integer_value (json_object_get (report, what));

  g_assert_true (json_is_integer (json_object_get (report, what)));
  json_decref (report);
  return value;
}

static json_t *
fetch_records (PlatformFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  json_t *document = bm_backend_fetch_records (fixture->platform->backend, VILLAGE, NULL, &error);

  g_assert_no_error (error);
  return document;
}

/* Through the inbox of the protocol, page by page. */
static PackInbox *
fetch_inbox (PlatformFixture *fixture, gint64 *cursor)
{
  PackInbox *inbox = pack_inbox_new ();
  gboolean has_more = TRUE;

  while (has_more)
    {
      g_autoptr (BmReply) reply = platform_fixture_inbox (fixture, *cursor);

      for (guint i = 0; i < reply->messages->len; i++)
        pack_inbox_take (inbox, g_ptr_array_index (reply->messages, i));
      *cursor = reply->cursor;
      has_more = reply->has_more;
      inbox->pages++;
    }
  return inbox;
}

static void
test_every_resident_finds_the_own_record (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  json_t *report = publish (fixture, NULL);
  json_t *document = fetch_records (fixture);
  gint64 cursor = 0;
  g_autoptr (PackInbox) inbox = fetch_inbox (fixture, &cursor);
  g_autoptr (BmPackHead) head = pack_inbox_get_head (inbox);
  json_t *one;
  gsize i;

  g_assert_cmpint (json_integer_value (json_object_get (report, "keys")), ==, RESIDENTS);
  g_assert_cmpint (json_integer_value (json_object_get (report, "skipped")), ==, 0);
  g_assert_cmpstr (json_string_value (json_object_get (report, "as_of")), ==, "2026-11-18");
  g_assert_cmpuint (head->count, ==, RESIDENTS);
  g_assert_cmpuint (head->year, ==, 2026);
  json_array_foreach (json_object_get (document, "records"), i, one)
  {
    json_t *record = pack_inbox_open (inbox, json_string_value (json_object_get (one, "idno")));

    g_assert_true (json_equal (record, json_object_get (one, "record")));
    json_decref (record);
  }
  g_assert_null (pack_inbox_open (inbox, "990121195001010019"));
  json_decref (document);
  json_decref (report);
}

/* K1: a head describes what is there already. */
static void
test_buckets_first_head_last (void)
{
  g_autoptr (PlatformFixture) fixture = small_fixture_new ();
  gint64 cursor = 0;
  g_autoptr (PackInbox) inbox = NULL;
  static const char *const order[] = { BM_PACK_KIND, BM_PACK_DUE_KIND, BM_PACK_HEAD_KIND };

  json_decref (publish (fixture, NULL));
  inbox = fetch_inbox (fixture, &cursor);
  g_assert_cmpuint (inbox->messages->len, ==, G_N_ELEMENTS (order));
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      const BmMessage *message = g_ptr_array_index (inbox->messages, i);

      g_assert_cmpstr (message->kind, ==, order[i]);
      g_assert_cmpint (message->version, ==, 1);
    }
}

static void
test_due_list (void)
{
  g_autoptr (PlatformFixture) fixture = small_fixture_new ();
  gint64 cursor = 0;
  g_autoptr (PackInbox) inbox = NULL;
  g_autoptr (BmJson) list = NULL;
  GBytes *body;
  json_t *due;
  json_t *row;
  gsize i;

  json_decref (publish (fixture, NULL));
  inbox = fetch_inbox (fixture, &cursor);
  body = g_hash_table_lookup (inbox->bodies, BM_PACK_DUE_KIND " " VILLAGE);
  g_assert_nonnull (body);
  list = json_loadb (g_bytes_get_data (body, NULL), g_bytes_get_size (body), 0, NULL);
  due = json_object_get (list, "due");
  g_assert_cmpuint (json_object_size (list), ==, 4);
  g_assert_cmpuint (json_array_size (due), ==, 22);
  g_assert_cmpstr (json_string_value (json_object_get (json_array_get (due, 0), "month")), ==,
                   "2026-09"); /* who is overdue comes first */
  json_array_foreach (due, i, row) g_assert_cmpuint (json_object_size (row), ==, 3);
}

static void
test_unchanged_is_not_sent_again (void)
{
  g_autoptr (PlatformFixture) fixture = small_fixture_new ();
  gint64 cursor = 0;
  g_autoptr (PackInbox) first = NULL;
  g_autoptr (PackInbox) second = NULL;

  json_decref (publish (fixture, NULL));
  first = fetch_inbox (fixture, &cursor);
  g_assert_cmpint (publish_and_count (fixture, NULL, "messages"), ==, 0);
  platform_fixture_reopen (fixture);
  g_assert_cmpint (publish_and_count (fixture, NULL, "messages"), ==, 0);
  g_assert_cmpint (publish_and_count (fixture, NULL, "keys"), ==, 0);
  g_assert_cmpint (publish_and_count (fixture, "2026-11-19", "messages"), ==, 1);
  second = fetch_inbox (fixture, &cursor);
  g_assert_cmpuint (second->messages->len, ==, 1);
  g_assert_cmpuint (pack_inbox_count (second, BM_PACK_HEAD_KIND), ==, 1);
}

/* K3: a station that threw everything away after weeks finds it again. */
static void
test_sent_again_before_it_is_too_old (void)
{
  g_autoptr (PlatformFixture) fixture = small_fixture_new ();
  gint64 cursor = 0;
  g_autoptr (PackInbox) first = NULL;
  g_autoptr (PackInbox) second = NULL;
  json_t *record;

  json_decref (publish (fixture, NULL));
  first = fetch_inbox (fixture, &cursor);
  for (gint32 day = bm_day_from_string ("2026-11-19"); day < bm_day_from_string ("2026-12-14");
       day++)
    {
      g_autofree char *as_of = bm_day_to_string (day);

      json_decref (publish (fixture, as_of));
    }
  second = fetch_inbox (fixture, &cursor);
  g_assert_cmpuint (pack_inbox_count (second, BM_PACK_KIND), ==, 1);
  record = pack_inbox_open (second, RESIDENT);
  g_assert_nonnull (record);
  json_decref (record);
}

static void
assert_versions_grow (PackInbox *inbox)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < inbox->messages->len; i++)
    {
      const BmMessage *message = g_ptr_array_index (inbox->messages, i);
      char *key = g_strdup_printf ("%s %s", message->kind, message->name);

      g_assert_cmpint (message->version, >, GPOINTER_TO_INT (g_hash_table_lookup (seen, key)));
      g_hash_table_replace (seen, key, GINT_TO_POINTER ((gint) message->version));
    }
}

/* K2, also over a new year and back: a name that was out of use goes on where it was. */
static void
test_versions_never_go_back (void)
{
  static const char *const days[] = { "2026-11-18", "2026-12-20", "2027-01-20",
                                      "2026-12-30", "2027-02-20", "2026-10-01" };
  g_autoptr (PlatformFixture) fixture = small_fixture_new ();
  g_autoptr (PackInbox) all = pack_inbox_new ();
  gint64 cursor = 0;

  for (guint i = 0; i < G_N_ELEMENTS (days); i++)
    {
      g_autoptr (PackInbox) inbox = NULL;
      g_autoptr (BmPackHead) head = NULL;
      json_t *record;

      json_decref (publish (fixture, days[i]));
      inbox = fetch_inbox (fixture, &cursor);
      g_assert_cmpuint (pack_inbox_count (inbox, BM_PACK_HEAD_KIND), ==, 1);
      for (guint j = 0; j < inbox->messages->len; j++)
        pack_inbox_take (all, g_ptr_array_index (inbox->messages, j));
      head = pack_inbox_get_head (all);
      g_assert_cmpint (head->as_of, ==, bm_day_from_string (days[i]));
      record = pack_inbox_open (all, RESIDENT);
      g_assert_nonnull (record);
      json_decref (record);
    }
  assert_versions_grow (all);
}

static void
test_new_year_has_a_new_salt (void)
{
  g_autoptr (PlatformFixture) fixture = small_fixture_new ();
  gint64 cursor = 0;
  g_autoptr (PackInbox) first = NULL;
  g_autoptr (PackInbox) second = NULL;
  g_autoptr (BmPackHead) old = NULL;
  g_autoptr (BmPackHead) new = NULL;

  json_decref (publish (fixture, NULL));
  first = fetch_inbox (fixture, &cursor);
  g_assert_cmpint (publish_and_count (fixture, "2027-01-20", "keys"), ==, FEW);
  second = fetch_inbox (fixture, &cursor);
  old = pack_inbox_get_head (first);
  new = pack_inbox_get_head (second);
  g_assert_cmpuint (new->year, ==, 2027);
  g_assert_true (memcmp (old->salt, new->salt, sizeof old->salt) != 0);
}

/* K4: the office's books were set back; what the station has stays. */
static void
test_data_that_went_back_are_refused (void)
{
  g_autoptr (PlatformFixture) fixture = small_fixture_new ();
  g_autoptr (GError) error = NULL;
  gint64 cursor = 0;
  g_autoptr (PackInbox) before = NULL;
  g_autoptr (PackInbox) after = NULL;

  json_decref (publish (fixture, "2026-12-01"));
  before = fetch_inbox (fixture, &cursor);
  g_assert_null (bm_platform_packs_publish (fixture->platform, NULL, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_REFUSED);
  after = fetch_inbox (fixture, &cursor);
  g_assert_cmpuint (after->messages->len, ==, 0);
}

/* Takes a resident out of the office's list, as a move does. */
static void
remove_resident (PlatformFixture *fixture, const char *id_number)
{
  g_autofree char *path = g_build_filename (fixture->dir, "backend", "residents.csv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GString) left = g_string_new (NULL);

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (strstr (*line, id_number) == NULL)
      g_string_append_printf (left, "%s\n", *line);
  g_assert_cmpuint (left->len, <, strlen (text));
  g_assert_true (g_file_set_contents (path, left->str, -1, NULL));
  platform_fixture_reopen (fixture);
}

static guint
count_keys (PlatformFixture *fixture, guint year)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) keys = NULL;

  g_assert_true (bm_platform_store_begin (fixture->platform->store, &error));
  keys = bm_platform_store_load_pack_keys (fixture->platform->store, VILLAGE, year, &error);
  bm_platform_store_rollback (fixture->platform->store);
  g_assert_no_error (error);
  return g_hash_table_size (keys);
}

static void
test_who_moved_away_vanishes (void)
{
  g_autoptr (PlatformFixture) fixture = small_fixture_new ();
  g_autoptr (PackInbox) inbox = pack_inbox_new ();
  g_autoptr (BmPackHead) head = NULL;
  json_t *record;
  gint64 cursor;

  json_decref (publish (fixture, NULL));
  cursor = pack_inbox_read (inbox, fixture->platform, fixture->station->kiosk, 0);
  record = pack_inbox_open (inbox, LEAVER);
  g_assert_nonnull (record);
  json_decref (record);
  g_assert_cmpuint (count_keys (fixture, 2026), ==, FEW);

  remove_resident (fixture, LEAVER);
  g_assert_cmpint (publish_and_count (fixture, NULL, "residents"), ==, FEW - 1);
  pack_inbox_read (inbox, fixture->platform, fixture->station->kiosk, cursor);
  g_assert_null (pack_inbox_open (inbox, LEAVER));
  record = pack_inbox_open (inbox, RESIDENT);
  g_assert_nonnull (record);
  json_decref (record);
  head = pack_inbox_get_head (inbox);
  g_assert_cmpuint (head->count, ==, FEW - 1);
  g_assert_cmpuint (count_keys (fixture, 2026), ==, FEW - 1);
}

static gboolean
holds (GBytes *bytes, const char *needle)
{
  return memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), needle,
                 strlen (needle)) != NULL;
}

/* A thief has everything that lies on a station's disk: packs, terminal key, salts, tags. */
static void
assert_not_opened_with (PackInbox *inbox, const BmKey *key)
{
  g_autoptr (BmPackHead) head = pack_inbox_get_head (inbox);

  for (guint i = 0; i < inbox->messages->len; i++)
    {
      const BmMessage *message = g_ptr_array_index (inbox->messages, i);
      g_autoptr (GError) error = NULL;

      if (strcmp (message->kind, BM_PACK_KIND) != 0)
        continue;
      g_assert_null (bm_pack_open_record (head, key, message->body, &error));
      g_assert_no_error (error); /* not even found */
    }
}

static void
test_opens_with_nothing_but_the_number (void)
{
  g_autoptr (PlatformFixture) fixture = small_fixture_new ();
  gint64 cursor = 0;
  g_autoptr (PackInbox) inbox = NULL;
  g_autoptr (GBytes) station_salt = NULL;
  g_autoptr (BmPlatformStation) station = NULL;
  g_autoptr (BmKey) terminal = NULL;
  g_autoptr (BmKey) subject = NULL;
  guint8 salt[16];

  json_decref (publish (fixture, NULL));
  inbox = fetch_inbox (fixture, &cursor);
  g_assert_true (bm_platform_store_begin (fixture->platform->store, NULL));
  station = bm_platform_store_get_station (fixture->platform->store, fixture->station->kiosk, NULL);
  bm_platform_store_rollback (fixture->platform->store);
  terminal = bm_key_new_from_string (station->terminal_key, NULL);
  g_assert_true (bm_hex_decode (station->subject_salt, salt, sizeof salt));
  station_salt = g_bytes_new (salt, sizeof salt);
  /* What the ledger's tags are made of: the same number, but the station's own salt. */
  subject = bm_slow_key (RESIDENT, station_salt, NULL);
  assert_not_opened_with (inbox, terminal);
  assert_not_opened_with (inbox, subject);
  for (guint i = 0; i < inbox->messages->len; i++)
    {
      const BmMessage *message = g_ptr_array_index (inbox->messages, i);

      g_assert_false (holds (message->body, RESIDENT));
      g_assert_false (holds (message->body, "22840"));
      if (strcmp (message->kind, BM_PACK_DUE_KIND) != 0)
        g_assert_false (holds (message->body, "王秀兰"));
    }
}

/* Who has the platform's database without its key files has no slow key. */
static void
test_keys_are_not_in_the_database (void)
{
  g_autoptr (PlatformFixture) fixture = small_fixture_new ();
  g_autoptr (BmVillagePack) pack = NULL;
  g_autofree char *database = g_build_filename (fixture->dir, "platform.db", NULL);
  g_autofree char *log = g_strconcat (database, "-wal", NULL);
  const char *const files[] = { database, log };

  json_decref (publish (fixture, NULL));
  pack = bm_village_pack_new (fixture->platform, VILLAGE, NULL, NULL);
  g_assert_cmpuint (pack->new_keys, ==, 0);
  for (guint f = 0; f < G_N_ELEMENTS (files); f++)
    {
      g_autofree char *data = NULL;
      gsize len = 0;
      g_autoptr (GBytes) bytes = NULL;

      if (!g_file_get_contents (files[f], &data, &len, NULL))
        continue;
      bytes = g_bytes_new_static (data, len);
      for (guint i = 0; i < pack->items->len; i++)
        {
          const BmPackItem *item = g_ptr_array_index (pack->items, i);
          g_autoptr (BmKey) key = bm_packs_open_key (fixture->platform, item, NULL);
          char *text = bm_key_to_string (key);

          g_assert_false (holds (bytes, text + strlen ("sym:")));
          g_assert_false (holds (bytes, item->id_number));
          bm_wipe_string (text);
        }
    }
}

static void
test_revoked_station_gets_none (void)
{
  g_autoptr (PlatformFixture) fixture = small_fixture_new ();
  g_autofree char *answer = platform_fixture_admin (fixture, "revoke demo");

  g_assert_cmpstr (answer, ==, "ok");
  g_assert_cmpint (publish_and_count (fixture, NULL, "stations"), ==, 0);
}

static void
test_verbs (void)
{
  g_autoptr (PlatformFixture) fixture = small_fixture_new ();
  json_t *report = platform_fixture_report (fixture, "packs");
  json_t *earlier = platform_fixture_report (fixture, "packs 2026-10-01");
  g_autofree char *wrong = platform_fixture_admin (fixture, "packs yesterday");
  g_autofree char *refused = NULL;
  g_autoptr (BmClock) demo = g_steal_pointer (&fixture->platform->clock);

  g_assert_cmpint (json_integer_value (json_object_get (report, "residents")), ==, FEW);
  g_assert_cmpstr (json_string_value (json_object_get (earlier, "as_of")), ==, "2026-10-01");
  g_assert_true (g_str_has_prefix (wrong, "error "));
  fixture->platform->clock = bm_system_clock_new ();
  refused = platform_fixture_admin (fixture, "packs 2026-11-18");
  g_assert_true (g_str_has_prefix (refused, "error usage: packs"));
  g_object_unref (fixture->platform->clock);
  fixture->platform->clock = g_steal_pointer (&demo);
  json_decref (report);
  json_decref (earlier);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/packs/every-resident-finds-the-own-record",
                   test_every_resident_finds_the_own_record);
  g_test_add_func ("/packs/buckets-first-head-last", test_buckets_first_head_last);
  g_test_add_func ("/packs/due-list", test_due_list);
  g_test_add_func ("/packs/unchanged-is-not-sent-again", test_unchanged_is_not_sent_again);
  g_test_add_func ("/packs/sent-again-before-it-is-too-old", test_sent_again_before_it_is_too_old);
  g_test_add_func ("/packs/versions-never-go-back", test_versions_never_go_back);
  g_test_add_func ("/packs/new-year-has-a-new-salt", test_new_year_has_a_new_salt);
  g_test_add_func ("/packs/data-that-went-back-are-refused", test_data_that_went_back_are_refused);
  g_test_add_func ("/packs/who-moved-away-vanishes", test_who_moved_away_vanishes);
  g_test_add_func ("/packs/opens-with-nothing-but-the-number",
                   test_opens_with_nothing_but_the_number);
  g_test_add_func ("/packs/keys-are-not-in-the-database", test_keys_are_not_in_the_database);
  g_test_add_func ("/packs/revoked-station-gets-none", test_revoked_station_gets_none);
  g_test_add_func ("/packs/verbs", test_verbs);
  return g_test_run ();
}
