/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/platform/pack-fixture.h"
#include "tests/sync/platform/platform-fixture.h"

#include <string.h>

/* A village of 10,000: pages, buckets, and what a change costs. */

#define RESIDENT  "990121194803120028"
#define RESIDENTS 10000
#define TOO_MANY  50000

static gint
send (PlatformFixture *fixture, BmVillagePack *pack)
{
  g_autoptr (GError) error = NULL;
  gint sent = bm_packs_send (fixture->platform, fixture->station->kiosk, pack, FALSE, &error);

  g_assert_no_error (error);
  return sent;
}

/* What a page may weigh: the bodies together, or one body alone. */
static void
check_page (const BmReply *reply)
{
  gsize bytes = 0;

  for (guint i = 0; i < reply->messages->len; i++)
    {
      const BmMessage *message = g_ptr_array_index (reply->messages, i);

      g_assert_cmpuint (g_bytes_get_size (message->body), <=, BM_PACKS_MAX_BUCKET);
      bytes += g_bytes_get_size (message->body);
    }
  g_assert_true (reply->messages->len <= 1 || bytes <= BM_PLATFORM_INBOX_BYTES);
}

static PackInbox *
fetch_pages (PlatformFixture *fixture, gint64 *cursor)
{
  PackInbox *inbox = pack_inbox_new ();
  gboolean has_more = TRUE;

  while (has_more)
    {
      /* Opened with the platform's key: each message's own signature was verified. */
      g_autoptr (BmReply) reply = platform_fixture_inbox (fixture, *cursor);

      check_page (reply);
      for (guint i = 0; i < reply->messages->len; i++)
        pack_inbox_take (inbox, g_ptr_array_index (reply->messages, i));
      *cursor = reply->cursor;
      has_more = reply->has_more;
      inbox->pages++;
    }
  return inbox;
}

static void
assert_opens (PackInbox *inbox)
{
  json_t *record = pack_inbox_open (inbox, RESIDENT);

  g_assert_cmpstr (json_string_value (json_object_get (record, "name")), ==, "王秀兰");
  json_decref (record);
}

static void
test_goes_through_the_inbox_in_pages (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autoptr (BmVillagePack) pack = pack_fixture_new_village (fixture->platform, RESIDENTS);
  g_autoptr (BmPackHead) head = NULL;
  g_autoptr (PackInbox) inbox = NULL;
  gint64 cursor = 0;
  gint sent = send (fixture, pack);

  inbox = fetch_pages (fixture, &cursor);
  head = pack_inbox_get_head (inbox);
  g_assert_cmpuint (inbox->messages->len, ==, (guint) sent);
  g_assert_cmpuint (inbox->pages, >, 32);
  g_assert_cmpuint (head->count, ==, RESIDENTS);
  g_assert_cmpuint (head->bits, >=, 6);
  g_assert_cmpuint (pack_inbox_count (inbox, BM_PACK_KIND), ==, 1u << head->bits);
  assert_opens (inbox);
}

/* One resident's amounts change: one bucket, and nothing of the others. */
static void
test_one_change_costs_one_bucket (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autoptr (BmVillagePack) pack = pack_fixture_new_village (fixture->platform, RESIDENTS);
  g_autoptr (PackInbox) first = NULL;
  g_autoptr (PackInbox) second = NULL;
  const BmMessage *message;
  gint64 cursor = 0;

  send (fixture, pack);
  first = fetch_pages (fixture, &cursor);
  g_assert_cmpint (send (fixture, pack), ==, 0);
  pack_fixture_change (fixture->platform, pack, 4321);
  g_assert_cmpint (send (fixture, pack), ==, 1);
  second = fetch_pages (fixture, &cursor);
  g_assert_cmpuint (second->messages->len, ==, 1);
  message = g_ptr_array_index (second->messages, 0);
  g_assert_cmpstr (message->kind, ==, BM_PACK_KIND);
  g_assert_cmpint (message->version, ==, 2);
}

/* More people need more bits; the bucket of before has no place any more, but its version stays. */
static void
test_bits_grow_and_stay (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autoptr (BmVillagePack) small = pack_fixture_new_village (fixture->platform, 32);
  g_autoptr (BmVillagePack) big = pack_fixture_new_village (fixture->platform, 1000);
  g_autoptr (PackInbox) inbox = NULL;
  g_autoptr (BmPackHead) head = NULL;
  gint64 cursor = 0;

  g_assert_cmpint (send (fixture, small), ==, 3);
  send (fixture, big);
  inbox = fetch_pages (fixture, &cursor);
  head = pack_inbox_get_head (inbox);
  g_assert_cmpuint (head->bits, ==, 3);
  g_assert_null (g_hash_table_lookup (inbox->bodies, BM_PACK_KIND " benefit/2026/0/00"));
  assert_opens (inbox);

  /* The others left again: as many buckets, nearly empty, and nobody of them is found. */
  g_assert_cmpint (send (fixture, small), ==, 8 + 1);
  pack_inbox_read (inbox, fixture->platform, fixture->station->kiosk, cursor);
  bm_pack_head_free (g_steal_pointer (&head));
  head = pack_inbox_get_head (inbox);
  g_assert_cmpuint (head->bits, ==, 3);
  g_assert_cmpuint (head->count, ==, 32);
  assert_opens (inbox);
}

/* As long as nothing is sent, nothing has changed. */
static void
test_too_many_are_refused_whole (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autoptr (BmVillagePack) pack = pack_fixture_new_village (fixture->platform, 33);
  g_autoptr (PackInbox) inbox = pack_inbox_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (BmKey) base = bm_key_generate (BM_KEY_SYMMETRIC, NULL);
  json_t *record = ((const BmPackItem *) g_ptr_array_index (pack->items, 32))->record;

  for (guint i = pack->items->len; i < TOO_MANY; i++)
    pack_fixture_add (fixture->platform, pack, base, i)->record = json_incref (record);
  pack_fixture_sort (pack);
  g_assert_cmpint (bm_packs_send (fixture->platform, fixture->station->kiosk, pack, FALSE, &error),
                   ==, -1);
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
  pack_inbox_read (inbox, fixture->platform, fixture->station->kiosk, 0);
  g_assert_cmpuint (inbox->messages->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/packs-big/goes-through-the-inbox-in-pages",
                   test_goes_through_the_inbox_in_pages);
  g_test_add_func ("/packs-big/one-change-costs-one-bucket", test_one_change_costs_one_bucket);
  g_test_add_func ("/packs-big/bits-grow-and-stay", test_bits_grow_and_stay);
  g_test_add_func ("/packs-big/too-many-are-refused-whole", test_too_many_are_refused_whole);
  return g_test_run ();
}
