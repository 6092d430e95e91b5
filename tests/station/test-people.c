/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-people"

#include "tests/station/world.h"

#include "core/entry/number.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

/* What a person who is present, or holds a slip, is told: packs of a real platform, private sheets,
 * slips, and what a revoked station does. */

static const char *
pack_state (json_t *status)
{
  return json_string_value (json_object_get (json_object_get (status, "packs"), "state"));
}

typedef struct
{
  World *world;
  const char *state;
} Packs;

static gboolean
are_packs_so (gpointer data)
{
  const Packs *packs = data;
  json_t *status = world_do (packs->world, "{\"do\":\"status\"}");
  const gboolean is_so = g_strcmp0 (pack_state (status), packs->state) == 0;

  json_decref (status);
  return is_so;
}

static void
wait_pack_state (World *world, const char *wanted)
{
  Packs packs = { world, wanted };

  g_assert_true (world_await (are_packs_so, &packs));
}

static void
bring_packs (World *world)
{
  g_free (world_platform (world, "packs"));
  json_decref (world_do (world, "{\"do\":\"sync\"}"));
  wait_pack_state (world, "fresh");
}

static void
ask_for_money (Face *hall, guint card)
{
  face_press (hall, "开始");
  face_press (hall, "看钱到没到");
  world_place (hall->world, card);
  face_press (hall, "是我");
}

/* Amounts are there within the time the issue sets, from the tap on the name. */
static void
test_packs (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) hall = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  json_t *status;
  gint64 began, took;

  world_start_station (world, NULL);
  before = world_read_ctl (world, "status");
  g_assert_nonnull (strstr (before, "中心的记录还没来"));
  bring_packs (world);
  after = world_read_ctl (world, "status");
  g_assert_nonnull (strstr (after, "中心的记录是新的"));
  hall = face_new (world, "face");
  face_press (hall, "开始");
  face_press (hall, "看钱到没到");
  began = g_get_monotonic_time ();
  world_place (world, 4);
  face_press (hall, "是我");
  face_wait (hall, "日为止");
  took = (g_get_monotonic_time () - began) / 1000;
  g_test_message ("card to amounts ready: %" G_GINT64_FORMAT " ms", took);
  face_press (hall, "给我看");
  face_wait (hall, "261.60");

  g_clear_pointer (&hall, face_free);
  world_stop (world, "station");
  status = world_ctl (world, "status", NULL); /* of the ledger, with the station down */
  g_assert_cmpstr (pack_state (status), ==, "fresh");
  g_assert_cmpint (json_integer_value (json_object_get (status, "contacts")), ==, 0);
  json_decref (status);
}

static guint
count_files (World *world, const char *name)
{
  g_autofree char *path = g_build_filename (world->folder, name, NULL);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  guint count = 0;

  g_assert_nonnull (folder);
  while (g_dir_read_name (folder) != NULL)
    count++;
  return count;
}

/* The power goes with the enquiry slip in the queue: the next one who comes does not get it. */
static void
test_slip_after_kill (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) hall = NULL;
  json_t *status, *print;

  world_start_station (world, "store-after-print:1");
  bring_packs (world);
  hall = face_new (world, "face");
  ask_for_money (hall, 4);
  face_press (hall, "打出来");
  world_wait_death (world, "station");
  g_free (world_reader (world, "remove"));
  world_start_station (world, NULL);
  face_attach (hall);
  face_wait (hall, "重新办");
  face_spin (1500); /* time enough to print what it should not */
  g_assert_cmpuint (count_files (world, "paper"), ==, 0);
  status = world_do (world, "{\"do\":\"status\"}");
  print = json_object_get (json_object_get (status, "ledger"), "print");
  g_assert_cmpint (json_integer_value (json_object_get (print, "open")), ==, 0);
  json_decref (status);
}

/* Slips */

static void
scan (Face *hall, const char *text)
{
  g_autofree char *intent =
    g_strdup_printf ("{\"version\":1,\"do\":\"scan\",\"value\":\"%s\"}", text);

  face_intent (hall, hall->rev, intent);
}

static char *
dup_slip (World *world)
{
  json_t *reply = world_do (world, "{\"do\":\"sheets\"}");
  json_t *sheet = json_array_get (json_object_get (reply, "sheets"), 0);
  char *qr = g_strdup (json_string_value (json_object_get (sheet, "qr")));

  json_decref (reply);
  g_assert_nonnull (qr);
  return qr;
}

static void
certify (Face *hall)
{
  face_press (hall, "开始");
  face_press (hall, "养老金认证");
  world_place (hall->world, 1);
  face_press (hall, "是我");
  face_press (hall, "知道了，继续");
  face_press (hall, "工作人员在这里");
  face_press (hall, "苏敏");
  face_type (hall, "2202");
  face_press (hall, "看见本人了，不是我家里人");
  face_wait (hall, "还没办完");
  face_leave (hall);
}

static void
test_slips (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) hall = NULL;
  g_autofree char *qr = NULL;
  g_autofree char *forged = NULL;
  g_autofree char *number = bm_number_new ("990121101201", 2, 1, 1);
  g_autofree char *other = bm_qr_text ("DEMO.INVALID", number, "ABCDEFGH");

  world_start_station (world, NULL);
  json_decref (world_do (world, "{\"do\":\"link\",\"up\":false}"));
  hall = face_new (world, "face");
  certify (hall);
  qr = dup_slip (world);
  face_forget (hall);
  scan (hall, qr); /* from 待机 */
  face_wait (hall, "再查");
  g_assert_null (strstr (hall->stream->str, "没查到"));
  g_assert_null (
    strstr (hall->stream->str, "王秀兰")); /* whoever holds the slip is not told whose */
  g_assert_null (strstr (hall->stream->str, "王*兰"));

  forged = g_strdup (qr);
  forged[strlen (forged) - 1] = forged[strlen (forged) - 1] == 'A' ? 'B' : 'A';
  scan (hall, forged);
  face_wait (hall, "没查到这张条子");

  scan (hall, other);
  face_wait (hall, "要有网才能查");
  json_decref (world_do (world, "{\"do\":\"link\",\"up\":true}"));
  face_spin (3000); /* until the line is known to be good */
  scan (hall, other);
  face_wait (hall, "没查到这张条子"); /* the platform knows of no such terminal */
}

/* Numbers cannot be tried out: the sixth answer comes no sooner than its time. */
static void
test_no_trying (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) hall = NULL;

  world_start_station (world, NULL);
  json_decref (world_do (world, "{\"do\":\"link\",\"up\":false}"));
  hall = face_new (world, "face");
  face_press (hall, "开始");
  face_press (hall, "我的事办到哪了");
  for (guint i = 0; i < 6; i++)
    {
      face_press (hall, "我记得号码");
      face_type (hall, "77");
      if (i < 5)
        {
          face_wait (hall, "没查到这张条子");
          face_press (hall, "再查一次");
        }
    }
  face_spin (1500);
  {
    g_autofree char *text = face_text (hall);

    g_assert_null (strstr (text, "没查到"));
  }
  json_decref (world_do (world, "{\"do\":\"clock\",\"advance_s\":5}"));
  face_wait (hall, "没查到");
}

/* Revoked: also after a restart without a line no query is answered, and everything is taken. */
static void
test_revoked (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) hall = NULL;
  g_autofree char *words = NULL;
  json_t *status;

  world_start_station (world, NULL);
  bring_packs (world);
  g_free (world_platform (world, "revoke demo"));
  json_decref (world_do (world, "{\"do\":\"sync\"}"));
  wait_pack_state (world, "locked");
  json_decref (world_do (world, "{\"do\":\"link\",\"up\":false}"));
  world_kill (world, "station");
  world_start_station (world, NULL);
  wait_pack_state (world, "locked");
  status = world_do (world, "{\"do\":\"status\"}");
  g_assert_true (json_is_true (json_object_get (json_object_get (status, "ledger"), "is_revoked")));
  json_decref (status);
  words = world_read_ctl (world, "status");
  g_assert_nonnull (strstr (words, "平台已停用这台机器"));
  hall = face_new (world, "face");
  ask_for_money (hall, 4);
  face_wait (hall, "这台机器现在不能看钱");
  g_assert_null (strstr (hall->stream->str, "261.60"));
  face_leave (hall);
  certify (hall);
}

/* Chooses one of several, and goes on where that is a tap of its own. A tap on a page that was just
 * replaced would be dropped. */
static void
tap (Face *hall, const char *label)
{
  face_wait (hall, label);
  face_spin (200);
  face_press (hall, label);
  face_spin (200);
  if (json_is_string (json_object_get (json_object_get (hall->page, "frame"), "next")))
    face_press (hall, "下一步");
}

/* The power goes right after an appeal without a name was recorded. Whoever sits there then is told that
 * it is, and nothing of what it was; the desk's papers do not know of it. */
static void
test_nameless_after_kill (void)
{
  /* Chosen, and then 下一步. */
  static const char *const taps[] = { "举报",   "不写名字", "补贴",    "是",
                                      "我们组", "很久了",   "给个说法" };
  g_autoptr (World) world = world_new ();
  g_autoptr (Face) hall = NULL;
  g_autofree char *page = NULL;
  g_autofree char *text = NULL;
  json_t *overview;

  world_start_station (world, "store-after-commit:1");
  json_decref (world_do (world, "{\"do\":\"link\",\"up\":false}"));
  hall = face_new (world, "face");
  face_press (hall, "开始");
  face_press (hall, "反映问题");
  face_press (hall, "没有危险");
  for (guint i = 0; i < G_N_ELEMENTS (taps); i++)
    tap (hall, taps[i]);
  face_press (hall, "知道了，继续");
  face_press (hall, "对，交上去");
  world_wait_death (world, "station");
  world_start_station (world, NULL);
  face_attach (hall);
  face_wait (hall, "已经记下");
  page = json_dumps (hall->page, 0);
  g_assert_null (strstr (page, "补贴"));
  g_assert_null (strstr (page, "举报"));
  g_assert_null (strstr (page, "反映"));
  overview = world_do (world, "{\"do\":\"overview\"}");
  text = json_dumps (overview, 0);
  g_assert_null (strstr (text, "req.appeal"));
  json_decref (overview);
}

int
main (int argc, char **argv)
{
  (void) setlocale (LC_ALL, "C.UTF-8"); /* else what failed is told in question marks */
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/people/packs-open", test_packs);
  g_test_add_func ("/people/slip-after-kill-is-nobodys", test_slip_after_kill);
  g_test_add_func ("/people/slips", test_slips);
  g_test_add_func ("/people/numbers-cannot-be-tried", test_no_trying);
  g_test_add_func ("/people/revoked", test_revoked);
  g_test_add_func ("/people/nameless-after-kill", test_nameless_after_kill);
  return g_test_run ();
}
