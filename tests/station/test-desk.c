/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-desk"

#include "tests/station/world.h"

#include <locale.h>
#include <string.h>

/* The helper's screen against the real station: the person's card on the desk's own reader, one more
 * slip, tasks over a restart, and that what is about the station is nowhere. */

/* The band above may say something new just as a finger comes down: then it presses once more, as a
 * person would. */
static void
press_until (Face *face, const char *label, const char *wanted)
{
  for (guint tries = 0; tries < 5; tries++)
    {
      face_press (face, label);
      for (guint i = 0; i < 100; i++)
        {
          g_autofree char *text = face_text (face);

          if (strstr (text, wanted) != NULL)
            return;
          face_spin (20);
        }
    }
  g_error ("%s did not bring %s", label, wanted);
}

static void
sign_in (Face *desk)
{
  face_wait (desk, "谁在帮办");
  press_until (desk, "苏敏", "请输您的密码");
  face_type (desk, "2202");
  face_wait (desk, "等着的");
}

static void
certify (Face *hall, guint card, const char *name)
{
  g_autofree char *question = g_strdup_printf ("您是%s吗", name);

  face_press (hall, "开始");
  face_press (hall, "养老金认证");
  face_wait (hall, "身份证");
  world_place (hall->world, card);
  face_wait (hall, question);
  face_press (hall, "是我");
  face_press (hall, "知道了，继续");
  face_press (hall, "工作人员在这里");
  face_press (hall, "苏敏");
  face_type (hall, "2202");
  face_press (hall, "看见本人了，不是我家里人");
  face_wait (hall, "还没办完");
}

/* A press that came with an old page is dropped: it counts when another page is there. */
static void
press_and_see (Face *hall, const char *label)
{
  g_autofree char *before = face_text (hall);
  g_autofree char *after = NULL;
  guint64 rev = hall->rev;

  face_press (hall, label);
  for (guint i = 0; i < 100; i++)
    {
      g_free (after);
      after = face_text (hall);
      if (hall->rev != rev && strcmp (before, after) != 0)
        return;
      face_spin (20);
    }
}

/* Against an official: every step of it, read aloud and handed in. */
static void
complain_about_an_official (Face *hall, guint card)
{
  static const char *const presses[] = { "开始", "反映问题", "没有危险", "投诉",    "补贴",
                                         "是",   "我们组",   "这个月",   "给个说法" };

  for (gsize i = 0; i < G_N_ELEMENTS (presses); i++)
    {
      press_and_see (hall, presses[i]);
      /* Two or three answers act at once; of more one is chosen, then it goes on. */
      if (json_is_string (json_object_get (json_object_get (hall->page, "frame"), "next")))
        press_and_see (hall, "下一步");
    }
  world_place (hall->world, card);
  face_press (hall, "是我");
  face_press (hall, "知道了，继续");
  face_press (hall, "对，交上去");
  face_wait (hall, "还没送出去");
}

static guint
count_sheets (World *world, const char *text)
{
  json_t *reply = world_do (world, "{\"do\":\"sheets\"}");
  json_t *sheets = json_object_get (reply, "sheets");
  guint count = 0;

  for (gsize i = 0; i < json_array_size (sheets); i++)
    if (strstr (json_string_value (json_object_get (json_array_get (sheets, i), "text")), text) !=
        NULL)
      count++;
  json_decref (reply);
  return count;
}

typedef struct
{
  World *world;
  const char *text;
  guint wanted;
  guint count;
} Sheets;

static gboolean
are_so_many (gpointer data)
{
  Sheets *sheets = data;

  sheets->count = count_sheets (sheets->world, sheets->text);
  return sheets->count == sheets->wanted;
}

static void
wait_sheets (World *world, const char *text, guint wanted)
{
  Sheets sheets = { .world = world, .text = text, .wanted = wanted };

  (void) world_await (are_so_many, &sheets); /* The count says more than that it is late. */
  g_assert_cmpuint (sheets.count, ==, wanted);
}

static void
expect_nowhere (Face *desk, const char *text)
{
  if (strstr (desk->stream->str, text) != NULL)
    g_error ("the desk showed %s", text);
}

static void
test_card (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) hall = NULL;
  g_autoptr (Face) desk = NULL;

  world_add_desk_reader (world);
  world_start_station (world, NULL);
  json_decref (world_do (world, "{\"do\":\"link\",\"up\":false}"));
  hall = face_new (world, "face");
  certify (hall, 1, "王秀兰");
  face_leave (hall);
  complain_about_an_official (hall, 1);
  face_leave (hall);
  desk = face_new (world, "desk");
  sign_in (desk);
  g_free (world_desk_reader (world, "place 1")); /* before anybody asked */
  face_spin (300);
  press_until (desk, "找一件",
               "养老金认证"); /* a card that lies there counts as placed: one matter, not two */
  face_wait (desk, "王*兰");
  expect_nowhere (desk, "反映问题");
  expect_nowhere (desk, "王秀兰");
  press_until (desk, "再打一张", "第几次打印");
  wait_sheets (world, "第2次打印", 1);
  press_until (desk, "知道了", "等着的");
  g_free (world_desk_reader (world, "remove"));
  press_until (desk, "找一件", "25位编号");
  g_free (world_desk_reader (world, "place 4")); /* nothing of this person is noted */
  face_wait (desk, "这个人在这里没有记下的事");
}

/* Not in a count, a list, a search, or in the words for what is not there. */
static void
test_hidden (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) hall = NULL;
  g_autoptr (Face) desk = NULL;
  static const char *const unknown[] = { "1", "2" };

  world_start_station (world, NULL);
  json_decref (world_do (world, "{\"do\":\"link\",\"up\":false}"));
  desk = face_new (world, "desk");
  sign_in (desk);
  hall = face_new (world, "face");
  complain_about_an_official (hall, 4);
  face_leave (hall);
  sign_in (desk); /* the clock moved: it had locked itself */
  face_press (desk, "刷新");
  face_wait (desk, "等着的 0件");
  for (gsize i = 0; i < G_N_ELEMENTS (unknown); i++)
    {
      press_until (desk, "找一件", "25位编号");
      face_type (desk, unknown[i]);
      face_wait (desk, "这里没有这个号");
      press_until (desk, "再找一件", "25位编号");
      face_intent (desk, desk->rev, "{\"version\":1,\"do\":\"back\"}");
      face_wait (desk, "等着的 0件");
    }
  press_until (desk, "要找的人", "现在没有人要找");
  expect_nowhere (desk, "反映问题");
  expect_nowhere (desk, "陈*根");
  g_assert_cmpuint (count_sheets (world, "次打印"), ==, 0);
}

static void
test_task_over_a_restart (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) hall = NULL;
  g_autoptr (Face) desk = NULL;

  world_start_station (world, NULL);
  hall = face_new (world, "face");
  face_press (hall, "开始");
  face_wait (hall, "您想办什么");
  face_intent (hall, hall->rev, "{\"version\":1,\"do\":\"help\"}");
  face_wait (hall, "busy");
  json_decref (world_do (world, "{\"do\":\"clock\",\"advance_s\":61}"));
  face_press (hall, "请他们找我");
  face_spin (300);
  g_clear_pointer (&hall, face_free);
  world_stop (world, "station");
  world_start_station (world, NULL);
  desk = face_new (world, "desk");
  sign_in (desk);
  press_until (desk, "要找的人", "件 请您去找");
  press_until (desk, "没有留名字", "找过了");
  press_until (desk, "没找到人", "1次没找到人");
  press_until (desk, "没有留名字", "找过了");
  press_until (desk, "找过了", "等着的");
  press_until (desk, "要找的人", "现在没有人要找");
  face_spin (300);
  g_clear_pointer (&desk, face_free);
  world_stop (world, "station");
  world_start_station (world, NULL);
  desk = face_new (world, "desk");
  sign_in (desk);
  press_until (desk, "要找的人", "现在没有人要找");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desk/card-on-its-own-reader", test_card);
  g_test_add_func ("/desk/hidden-is-nowhere", test_hidden);
  g_test_add_func ("/desk/task-over-a-restart", test_task_over_a_restart);
  return g_test_run ();
}
