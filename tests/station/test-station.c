/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-station"

#include "tests/station/world.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

/* Whole journeys against the real programs, over the bus, without a window. */

static json_t *
count_matters (World *world, const char *state, guint *ret_count)
{
  json_t *reply = world_call (world, "{\"do\":\"outbox\",\"limit\":500}");
  gsize index;
  json_t *row;

  *ret_count = 0;
  json_array_foreach (json_object_get (reply, "outbox"), index,
                      row) if (state == NULL ||
                               g_strcmp0 (json_string_value (json_object_get (row, "state")),
                                          state) == 0) (*ret_count)++;
  return reply;
}

typedef struct
{
  World *world;
  const char *state;
  guint wanted;
  guint count;
} Matters;

static gboolean
are_so_many (gpointer data)
{
  Matters *matters = data;

  json_decref (count_matters (matters->world, matters->state, &matters->count));
  return matters->count == matters->wanted;
}

static void
expect_matters (World *world, const char *state, guint wanted)
{
  Matters matters = { .world = world, .state = state, .wanted = wanted };

  (void) world_await (are_so_many, &matters); /* The count says more than that it is late. */
  g_assert_cmpuint (matters.count, ==, wanted);
}

static void
set_link (World *world, gboolean is_up)
{
  json_t *reply =
    world_call (world, is_up ? "{\"do\":\"link\",\"up\":true}" : "{\"do\":\"link\",\"up\":false}");

  g_assert_true (json_is_true (json_object_get (reply, "ok")));
  json_decref (reply);
}

static void
go_to_witness (Face *hall, guint card, const char *name)
{
  g_autofree char *question = g_strdup_printf ("您是%s吗", name);

  face_press (hall, "开始");
  face_press (hall, "养老金认证");
  face_wait (hall, "身份证");
  world_place (hall->world, card);
  face_wait (hall, question);
  face_press (hall, "是我");
  face_press (hall, "知道了，继续");
  face_wait (hall, "工作人员");
}

static void
give_witness (Face *hall)
{
  face_press (hall, "工作人员在这里");
  face_press (hall, "苏敏");
  face_type (hall, "2202");
  face_press (hall, "看见本人了，不是我家里人");
}

static void
test_online (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) hall = NULL;
  json_t *verdict;

  world_start_station (world, NULL);
  hall = face_new (world, "face");
  go_to_witness (hall, 4, "陈有根");
  expect_matters (world, NULL, 0);
  give_witness (hall);
  face_wait (hall, "这次认证通过了");
  expect_matters (world, "acked", 1);
  verdict = world_ctl (world, "audit verify", NULL);
  g_assert_true (json_is_true (json_object_get (verdict, "chain_ok")));
  json_decref (verdict);
  g_clear_pointer (&hall, face_free);
  world_stop (world, "station");
}

static void
come_again (Face *hall)
{
  face_press (hall, "开始");
  face_press (hall, "养老金认证");
  world_place (hall->world, 1);
  face_press (hall, "是我");
}

static void
test_offline_then_answer (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) hall = NULL;
  g_autofree char *text = NULL;

  world_start_station (world, NULL);
  set_link (world, FALSE);
  hall = face_new (world, "face");
  go_to_witness (hall, 1, "王秀兰");
  give_witness (hall);
  face_wait (hall, "还没办完");
  g_assert_null (strstr (hall->stream->str, "通过了"));
  expect_matters (world, "pending", 1);
  face_leave (hall);

  set_link (world, TRUE);
  expect_matters (world, "acked", 1); /* it was taken; the decision may come with it or later */
  come_again (hall);
  face_wait (hall, "这次认证通过了");
  text = face_text (hall);
  g_assert_nonnull (strstr (text, "2027年11月"));
  g_assert_null (strstr (hall->stream->str, "您1月1日"));
}

/* The office decides while she reads that it has not: she hears it there and then, and never of a day that was not. */
static void
test_answer_while_she_reads (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) hall = NULL;

  g_free (world_platform (world, "decide hold"));
  world_start_station (world, NULL);
  set_link (world, FALSE);
  hall = face_new (world, "face");
  go_to_witness (hall, 1, "王秀兰");
  give_witness (hall);
  face_wait (hall, "还没办完");
  face_leave (hall);

  set_link (world, TRUE);
  expect_matters (world, "acked", 1);
  come_again (hall);
  face_wait (hall, "您11月21日已经报过这件事，还在等");
  face_wait (hall, "已转到办事单位");
  g_free (world_platform (world, "decide now"));
  face_wait (hall, "这次认证通过了");
  g_assert_null (strstr (hall->stream->str, "您1月1日"));
}

/* The line may have changed a page while the second face came: both are shown it, one a moment before the other. */
static void
same_page (Face *first, Face *second)
{
  while (first->rev != second->rev)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (json_equal (first->page, second->page));
}

static void
test_second_face (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) first = NULL;
  g_autoptr (Face) second = NULL;

  world_start_station (world, NULL);
  first = face_new (world, "face");
  face_press (first, "开始");
  face_press (first, "养老金认证");
  face_wait (first, "身份证");
  second = face_new (world, "face");
  same_page (first, second);
  /* The face that dies and comes back finds the session where it was. */
  face_attach (first);
  same_page (first, second);
}

static void
test_stale_tap (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) hall = NULL;
  g_autofree char *id = NULL;
  guint64 old;
  guint pages;

  world_start_station (world, NULL);
  hall = face_new (world, "face");
  old = hall->rev;
  face_press (hall, "开始");
  face_wait (hall, "养老金认证");
  id = g_strdup (json_string_value (json_object_get (hall->page, "id")));
  pages = hall->pages;
  face_intent (hall, old, "{\"version\":1,\"do\":\"end\"}");
  while (hall->pages == pages)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (json_string_value (json_object_get (hall->page, "id")), ==, id);
  g_assert_cmpuint (hall->ended, ==, 0);
}

/* Invariant 14: what was committed but not told is told first. */
static void
test_killed_after_commit (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) hall = NULL;

  world_start_station (world, "store-after-commit:1");
  set_link (world, FALSE);
  hall = face_new (world, "face");
  go_to_witness (hall, 1, "王秀兰");
  give_witness (hall);
  world_wait_death (world, "station");
  world_start_station (world, NULL);
  face_attach (hall);
  face_wait (hall, "已经记下");
  expect_matters (world, NULL, 1);
}

/* A half-done session is never stored, and its seat says so. */
static void
test_killed_in_the_middle (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) hall = NULL;

  world_start_station (world, NULL);
  hall = face_new (world, "face");
  go_to_witness (hall, 1, "王秀兰");
  world_wait_file (world, "data/hall.open"); /* written behind the page, by a busy worker */
  world_kill (world, "station");
  world_start_station (world, NULL);
  face_attach (hall);
  face_wait (hall, "重新办");
  expect_matters (world, NULL, 0);
}

static void
test_two_residents (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) hall = NULL;

  world_start_station (world, NULL);
  set_link (world, FALSE);
  hall = face_new (world, "face");
  go_to_witness (hall, 1, "王秀兰");
  give_witness (hall);
  face_wait (hall, "还没办完");
  face_leave (hall);
  face_forget (hall);
  go_to_witness (hall, 4, "陈有根");
  give_witness (hall);
  face_wait (hall, "还没办完");
  g_assert_null (strstr (hall->stream->str, "王秀兰"));
  g_assert_null (strstr (hall->stream->str, "990121194803120028"));
}

static void
test_operator (void)
{
  g_autoptr (World) world = world_new ();
  json_t *reply;
  int status;

  reply = world_ctl (world, "status", NULL); /* the station is down */
  g_assert_true (json_is_false (json_object_get (reply, "is_running")));
  json_decref (reply);
  reply = world_ctl (world, "enrol BM1-x", &status);
  g_assert_cmpint (status, ==, 1);
  g_assert_cmpstr (json_string_value (json_object_get (reply, "code")), ==, "refused");
  json_decref (reply);
  reply = world_ctl (world, "quit", &status);
  g_assert_cmpint (status, ==, 1);
  g_assert_cmpstr (json_string_value (json_object_get (reply, "code")), ==, "unreachable");
  json_decref (reply);

  world_start_station (world, NULL);
  reply = world_ctl (world, "status", NULL);
  g_assert_cmpstr (json_string_value (json_object_get (json_object_get (reply, "station"), "name")),
                   ==, "禾田村便民服务站");
  json_decref (reply);
  reply = world_ctl (world, "show 999999", &status);
  g_assert_cmpint (status, ==, 1);
  g_assert_cmpstr (json_string_value (json_object_get (reply, "code")), ==, "not-found");
  json_decref (reply);
  reply = world_ctl (world, "quit", NULL);
  json_decref (reply);
}

static void
add (const char *path, GTestFunc test)
{
  g_test_add_func (path, test);
}

int
main (int argc, char **argv)
{
  (void) setlocale (LC_ALL, "C.UTF-8"); /* else what failed is told in question marks */
  g_test_init (&argc, &argv, NULL);

  add ("/station/operator", test_operator);
  add ("/station/second-face-gets-the-same-page", test_second_face);
  add ("/station/stale-tap", test_stale_tap);
  add ("/to-the-end/certification-online", test_online);
  add ("/station/certification-offline-then-answer", test_offline_then_answer);
  add ("/station/answer-while-she-reads-that-it-waits", test_answer_while_she_reads);
  add ("/station/killed-after-commit-tells", test_killed_after_commit);
  add ("/station/killed-in-the-middle-says-so", test_killed_in_the_middle);
  add ("/station/two-residents-in-a-row", test_two_residents);
  return g_test_run ();
}
