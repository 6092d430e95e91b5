/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/platform/platform-fixture.h"

#include <string.h>

/* 撤回 of what was sent: twice, before its case, of no case, of another person's, of one that was decided. */

#define WANG    "王秀兰"
#define WANG_ID "990121194803120028"

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

typedef struct
{
  PlatformFixture *platform;
  GBytes *run;
  GBytes *matter;
  char *number;
} World;

static World *
world_new (const char *decide)
{
  World *world = g_new0 (World, 1);
  g_autofree char *line = g_strdup_printf ("decide %s", decide);
  g_autofree char *said = NULL;

  world->platform = platform_fixture_new ();
  said = platform_fixture_admin (world->platform, line);
  g_assert_true (g_str_has_prefix (said, "ok"));
  world->run = virtual_station_start_run (world->platform->station);
  world->matter =
    virtual_station_certify (world->platform->station, WANG, WANG_ID, "HT02", &world->number);
  return world;
}

static void
world_free (World *world)
{
  platform_fixture_free (world->platform);
  g_bytes_unref (world->run);
  g_bytes_unref (world->matter);
  g_free (world->number);
  g_free (world);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

static BmReply *
send_one (World *world, GBytes *record)
{
  return platform_fixture_send (world->platform,
                                records_of (g_bytes_ref (world->run), g_bytes_ref (record), NULL));
}

static void
assert_answer (BmReply *reply, BmAnswerStatus status, const char *code)
{
  const BmAnswer *answer = g_ptr_array_index (reply->answers, reply->answers->len - 1);

  g_assert_cmpint (answer->status, ==, status);
  g_assert_cmpstr (answer->code, ==, code);
}

/* The last result of the matter; @ret_count: how many there were. */
static json_t *
read_result (World *world, guint *ret_count)
{
  g_autoptr (BmReply) inbox = platform_fixture_inbox (world->platform, 0);
  json_t *last = NULL;

  *ret_count = 0;
  for (guint i = 0; i < inbox->messages->len; i++)
    {
      const BmMessage *message = inbox->messages->pdata[i];

      if (strcmp (message->kind, "result") != 0 || strcmp (message->name, world->number) != 0)
        continue;
      json_decref (last);
      last = json_loadb (g_bytes_get_data (message->body, NULL), g_bytes_get_size (message->body),
                         0, NULL);
      (*ret_count)++;
    }
  return last;
}

static void
assert_result (World *world, const char *state, const char *refusal, guint count)
{
  guint n;
  g_autoptr (Json) result = read_result (world, &n);
  json_t *withdrawal = json_object_get (result, "withdrawal");

  g_assert_cmpuint (n, ==, count);
  g_assert_cmpstr (json_string_value (json_object_get (result, "state")), ==, state);
  g_assert_cmpstr (json_string_value (json_object_get (withdrawal, "code")), ==, refusal);
}

static void
test_not_decided (void)
{
  g_autoptr (World) world = world_new ("hold");
  g_autoptr (GBytes) wish = NULL;
  g_autoptr (BmReply) first = send_one (world, world->matter);
  g_autoptr (BmReply) second = NULL, again = NULL;
  g_autofree char *said = NULL;

  assert_result (world, "handed", NULL, 1);
  wish = virtual_station_ask_back (world->platform->station, world->matter, 1);
  second = send_one (world, wish);
  assert_answer (second, BM_ANSWER_ACCEPTED, "");
  assert_result (world, "withdrawn", NULL, 2);
  again = send_one (world, wish); /* the same row once more: the reply was lost */
  assert_answer (again, BM_ANSWER_DUPLICATE, "");
  assert_result (world, "withdrawn", NULL, 2);
  said = platform_fixture_admin (world->platform, "decide now"); /* nobody decides of it any more */
  platform_fixture_reopen (world->platform);
  g_assert_true (bm_platform_advance_cases (world->platform->platform, BM_CASES_ALL, NULL));
  assert_result (world, "withdrawn", NULL, 2);
}

static void
test_decided (void)
{
  g_autoptr (World) world = world_new ("now");
  g_autoptr (GBytes) wish = NULL;
  g_autoptr (BmReply) first = send_one (world, world->matter);
  g_autoptr (BmReply) second = NULL, again = NULL;

  assert_result (world, "done", NULL, 1);
  wish = virtual_station_ask_back (world->platform->station, world->matter, 1);
  second = send_one (world, wish);
  assert_answer (second, BM_ANSWER_ACCEPTED, "");
  assert_result (world, "done", "WITHDRAW_DECIDED", 2);
  again = send_one (world, wish);
  assert_answer (again, BM_ANSWER_DUPLICATE, "");
  assert_result (world, "done", "WITHDRAW_DECIDED", 2);
}

/* Two rows ask for one matter, as from a disk that was put back: it is said once. */
static void
test_twice (gconstpointer data)
{
  const gboolean is_decided = g_str_equal (data, "now");
  g_autoptr (World) world = world_new (data);
  g_autoptr (GBytes) wish = NULL;
  g_autoptr (GBytes) other = NULL;
  g_autoptr (BmReply) first = send_one (world, world->matter);
  g_autoptr (BmReply) second = NULL, third = NULL;

  wish = virtual_station_ask_back (world->platform->station, world->matter, 1);
  second = send_one (world, wish);
  other = virtual_station_ask_back (world->platform->station, world->matter, 1);
  third = send_one (world, other);
  assert_answer (third, BM_ANSWER_ACCEPTED, "");
  assert_result (world, is_decided ? "done" : "withdrawn", is_decided ? "WITHDRAW_DECIDED" : NULL,
                 2);
}

/* It waits for its case, and nobody decides of that: not even where everything is decided at once. */
static void
test_before_its_case (void)
{
  g_autoptr (World) world = world_new ("now");
  g_autoptr (GBytes) wish = virtual_station_ask_back (world->platform->station, world->matter, 1);
  g_autoptr (BmReply) first = send_one (world, wish);
  g_autoptr (BmReply) second = NULL;

  assert_answer (first, BM_ANSWER_ACCEPTED, "");
  assert_result (world, NULL, NULL, 0);
  platform_fixture_reopen (world->platform);
  second = send_one (world, world->matter);
  assert_answer (second, BM_ANSWER_ACCEPTED, "");
  assert_result (world, "withdrawn", NULL, 1);
}

static void
test_unknown (void)
{
  g_autoptr (World) world = world_new ("hold");
  g_autoptr (GBytes) audit = virtual_station_make_audit (world->platform->station);
  g_autoptr (GBytes) forged = NULL;
  g_autoptr (GBytes) wish = NULL;
  g_autoptr (BmReply) first = send_one (world, world->matter);
  g_autoptr (BmReply) second = NULL;
  guint64 seq = world->platform->station->next_seq;

  world->platform->station->next_seq = 2; /* another matter at the place of the first */
  forged = virtual_station_certify (world->platform->station, WANG, WANG_ID, "HT02", NULL);
  world->platform->station->next_seq = seq;
  wish = virtual_station_ask_back (world->platform->station, forged, 1);
  second = send_one (world, wish);
  assert_answer (second, BM_ANSWER_REJECTED, "unknown-case");
  assert_result (world, "handed", NULL, 1);
}

static void
test_somebody_else (void)
{
  static const guint8 tags[] = { 2, 0 }; /* another person's, nobody's */

  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      g_autoptr (World) world = world_new ("hold");
      g_autoptr (BmReply) first = send_one (world, world->matter);
      g_autoptr (GBytes) wish =
        virtual_station_ask_back (world->platform->station, world->matter, tags[i]);
      g_autoptr (BmReply) second = send_one (world, wish);

      assert_answer (second, BM_ANSWER_REJECTED, "other-person");
      assert_result (world, "handed", NULL, 1);
    }
}

/* Somebody else's wish came first and waited: the case is not touched, and whoever runs the platform sees it. */
static void
test_somebody_else_before (void)
{
  g_autoptr (World) world = world_new ("hold");
  g_autoptr (GBytes) wish = virtual_station_ask_back (world->platform->station, world->matter, 2);
  g_autoptr (BmReply) first = send_one (world, wish);
  g_autoptr (BmReply) second = send_one (world, world->matter);
  g_autofree char *state = platform_fixture_admin (world->platform, "state");

  assert_result (world, "handed", NULL, 1);
  g_assert_nonnull (strstr (state, "withdrawal"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/withdraw/not-decided", test_not_decided);
  g_test_add_func ("/withdraw/decided", test_decided);
  g_test_add_data_func ("/withdraw/twice", "hold", test_twice);
  g_test_add_data_func ("/withdraw/twice-refused", "now", test_twice);
  g_test_add_func ("/withdraw/before-its-case", test_before_its_case);
  g_test_add_func ("/withdraw/unknown", test_unknown);
  g_test_add_func ("/withdraw/somebody-else", test_somebody_else);
  g_test_add_func ("/withdraw/somebody-else-before", test_somebody_else_before);
  return g_test_run ();
}
