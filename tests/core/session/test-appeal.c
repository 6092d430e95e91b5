/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "tests/core/session/world.h"

#include <string.h>

/* 反映问题: danger first, the five taps, with a name or without, what the desk never sees, and 没解决. */

#define SERVICE "req.appeal"

G_GNUC_UNUSED static BmEffect *
need (World *world, BmEffectType type)
{
  BmEffect *effect = world_find (world, type);

  if (effect == NULL)
    g_error ("no effect %d", type);
  return effect;
}

static void
begin (World *world)
{
  world_choose (world, "start");
  world_choose (world, SERVICE);
  assert_page (world, "danger");
}

/* Chosen, heard, then 下一步; up to three act at once. */
static void
tap (World *world, const char *code)
{
  g_autofree char *choice = g_strconcat ("code:", code, NULL);
  gsize n = json_array_size (json_object_get (world_page (world), "choices"));

  assert_page (world, "field");
  world_choose (world, choice);
  if (n > 3)
    world_do (world, "next");
}

static void
tap_all (World *world, const char *codes)
{
  g_auto (GStrv) list = g_strsplit (codes, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    tap (world, list[i]);
}

static void
assert_step (World *world, int at)
{
  json_t *step = json_object_get (world_page (world), "step");

  g_assert_cmpint (json_integer_value (json_object_get (step, "at")), ==, at);
  g_assert_cmpint (json_integer_value (json_object_get (step, "of")), ==, 5);
}

static void
come_to_readback (World *world, const char *codes)
{
  begin (world);
  world_choose (world, "safe");
  tap_all (world, codes);
  assert_page (world, "card");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  assert_page (world, "notice");
  world_choose (world, "agree");
  assert_page (world, "readback");
}

static const char *
get_field (BmDraft *draft, const char *id)
{
  return json_string_value (json_object_get (json_object_get (draft->payload, "fields"), id));
}

/* With a name */

static void
test_named (void)
{
  g_autoptr (World) world = world_new ();

  begin (world);
  g_assert_true (world_says (world, "有危险吗"));
  g_assert_true (world_says (world, "110") && world_says (world, "119") && world_says (world, "120"));
  world_choose (world, "safe");
  g_assert_true (world_says (world, "您想："));
  g_assert_true (world_offers (world, "code:report"));
  assert_step (world, 1);
  tap (world, "help");
  assert_step (world, 2);
  tap (world, "road");
  assert_step (world, 3);
  tap (world, "group");
  assert_step (world, 4);
  tap (world, "days");
  assert_step (world, 5);
  tap (world, "repair");
  assert_page (world, "card");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  world_choose (world, "agree");
  assert_page (world, "readback");
  g_assert_true (world_says (world, "求帮忙") && world_says (world, "修好"));
  world_choose (world, "right");
  assert_page (world, "done");
  g_assert_true (world_says (world, "给您记下了，还没送出去。"));
  g_assert_true (world_says (world, "送到以后5个工作日内回话，大约11月30日。"));
  g_assert_false (world->draft->is_anonymous);
  g_assert_false (world->draft->is_hidden_from_desk);
  g_assert_cmpstr (get_field (world->draft, "q.what"), ==, "road");
  g_assert_cmpstr (get_field (world->draft, "p.name"), ==, WANG_NAME);
  g_assert_null (get_field (world->draft, "q.anon"));
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/appeal/named", test_named);
  return g_test_run ();
}
