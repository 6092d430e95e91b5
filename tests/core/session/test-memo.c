/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/entry/attachment.h"
#include "core/error.h"
#include "tests/core/session/appeal-steps.h"
#include "tests/core/session/world.h"

#include <string.h>

/* What somebody says, from the press to the draft, and what is said and offered when there is nothing of it. */

static World *
new_world (void)
{
  return world_new_with (g_getenv ("BIANMIN_MEMO"));
}

static void
reach_memo (World *world)
{
  world_choose (world, "start");
  world_choose (world, "demo.memo");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  world_choose (world, "agree");
  world_choose (world, "code:other");
  assert_page (world, "memo");
}

/* As somebody who spoke for twelve seconds. */
static void
speak (World *world)
{
  world_choose (world, "talk");
  assert_page (world, "memo-talk");
  world_level (world, world_need (world, BM_EFFECT_MEMO)->number, 6, 48);
  world_choose (world, "stop");
}

/* How often the device was asked for this. */
static guint
count_asked (World *world, const char *what)
{
  guint n = 0;

  for (guint i = 0; i < world->effects->len; i++)
    {
      BmEffect *effect = world->effects->pdata[i];

      n += effect->type == BM_EFFECT_MEMO && strcmp (effect->text, what) == 0;
    }
  return n;
}

static json_int_t
shown (World *world, const char *key)
{
  return json_integer_value (json_object_get (world_page (world), key));
}

static const char *
payload_field (World *world, const char *id)
{
  return json_string_value (
    json_object_get (json_object_get (world->draft->payload, "fields"), id));
}

/* The value of the block 语音留言 of the sheet. */
static const char *
sheet_memo (World *world)
{
  json_t *block;
  gsize i;

  json_array_foreach (json_object_get (world->draft->sheet, "blocks"), i, block)
  {
    if (g_strcmp0 (json_string_value (json_object_get (block, "label")), "语音留言") == 0)
      return json_string_value (json_object_get (block, "value"));
  }
  return NULL;
}

/* As it came it goes with the entry; no page has a piece of it; the slip says that there is one. */
static void
test_said (void)
{
  g_autoptr (World) world = new_world ();
  g_autofree char *whole = g_base64_encode ((const guchar *) SPOKEN, strlen (SPOKEN));
  BmAttachment *attachment;

  reach_memo (world);
  speak (world);
  assert_page (world, "memo-said");
  g_assert_true (world_says (world, "录了12秒。"));
  world_choose (world, "keep");
  assert_page (world, "readback");
  g_assert_true (world_says (world, "录了一段话"));
  world_choose (world, "right");
  assert_page (world, "done");
  g_assert_cmpstr (payload_field (world, "y.memo"), ==, "memo");
  g_assert_cmpstr (sheet_memo (world), ==, "录了一段话");
  g_assert_cmpuint (world->draft->attachments->len, ==, 1);
  attachment = world->draft->attachments->pdata[0];
  g_assert_cmpstr (attachment->mime, ==, BM_MEMO_MIME);
  g_assert_cmpmem (g_bytes_get_data (attachment->data, NULL), g_bytes_get_size (attachment->data),
                   SPOKEN, strlen (SPOKEN));
  g_assert_false (world_has_shown (world, whole));
}

/* It is not said to record before it does. While it listens the page says how loud it is and how long it may go on, and the voice says nothing, asked or not. */
static void
test_meter (void)
{
  g_autoptr (World) world = new_world ();
  gint64 number;

  reach_memo (world);
  world_choose (world, "talk");
  number = world_need (world, BM_EFFECT_MEMO)->number;
  g_assert_cmpint (shown (world, "level"), ==, 0);
  g_assert_cmpint (shown (world, "countdown"), ==, 60);
  g_assert_false (world_says (world, "正在录"));
  world_level (world, number, 7, 59);
  g_assert_true (world_says (world, "正在录，请说。"));
  g_assert_cmpint (shown (world, "level"), ==, 7);
  g_assert_cmpint (shown (world, "countdown"), ==, 59);
  world_level (world, number - 1, 3, 1); /* of another press */
  g_assert_cmpint (shown (world, "level"), ==, 7);
  world_do (world, "read");
  g_assert_cmpuint (json_array_size (json_object_get (world_page (world), "speech")), ==, 0);
  g_assert_true (json_is_true (json_object_get (world_page (world), "is_private")));
  world_do (world, "voice");
  assert_page (world, "memo-talk");
}

static void
need_complaint (BmMemoState state, const char *words)
{
  g_autoptr (World) world = new_world ();

  reach_memo (world);
  world->memo = state;
  speak (world);
  assert_page (world, "memo");
  g_assert_true (world_says (world, words));
  world->memo = BM_MEMO_OK;
  speak (world); /* once more, and it is forgotten */
  assert_page (world, "memo-said");
  g_assert_false (world_says (world, words));
}

static void
test_complaints (void)
{
  need_complaint (BM_MEMO_NO_MICROPHONE, "话筒没有反应。");
  need_complaint (BM_MEMO_GONE, "话筒断开了，没有录完。");
  need_complaint (BM_MEMO_SILENT, "没听到声音。");
  need_complaint (BM_MEMO_BROKEN, "没有录好。");
}

/* A full minute ends by itself. */
static void
test_minute (void)
{
  g_autoptr (World) world = new_world ();
  gint64 number;

  reach_memo (world);
  world_choose (world, "talk");
  number = world_need (world, BM_EFFECT_MEMO)->number;
  world_level (world, number, 5, 0);
  world_memo (world, number);
  assert_page (world, "memo-said");
  g_assert_true (world_says (world, "一分钟到了"));
}

/* Nobody needs a microphone: the staff are called and write it, before and after; what was said is forgotten. */
static void
test_staff (void)
{
  for (guint at = 0; at < 2; at++)
    {
      g_autoptr (World) world = new_world ();

      reach_memo (world);
      if (at == 1)
        speak (world);
      assert_page (world, at == 0 ? "memo" : "memo-said");
      world_choose (world, "staff");
      assert_page (world, "readback");
      g_assert_true (world_need (world, BM_EFFECT_CALL_HELP)->flag);
      g_assert_true (world_says (world, "请工作人员帮忙写"));
      world_choose (world, "right");
      g_assert_cmpstr (payload_field (world, "y.memo"), ==, "staff");
      g_assert_null (world->draft->attachments);
      g_assert_cmpstr (sheet_memo (world), ==, "请工作人员帮忙写");
    }
}

/* One that says nothing is given up within three seconds, also in the middle, and what it says later is not heard. */
static void
test_late (void)
{
  g_autoptr (World) world = new_world ();
  gint64 number;

  reach_memo (world);
  world_choose (world, "talk");
  number = world_need (world, BM_EFFECT_MEMO)->number;
  world_tick (world, 2);
  assert_page (world, "memo-talk");
  world_tick (world, 1);
  assert_page (world, "memo");
  g_assert_true (world_says (world, "话筒没有反应。"));
  g_assert_cmpuint (count_asked (world, "drop"), ==, 1);
  world_memo (world, number);
  assert_page (world, "memo");
  world_choose (world, "talk");
  world_memo (world, number); /* of the press before */
  assert_page (world, "memo-talk");
  for (guint i = 0; i < 5; i++)
    {
      world_level (world, number + 1, 4, 58 - i);
      world_tick (world, 2);
    }
  assert_page (world, "memo-talk");
  world_tick (world, 3);
  assert_page (world, "memo");
  g_assert_true (world_says (world, "话筒断开了"));
}

/* Nobody else hears it unasked: a headphone, or the question first; a headphone that is drawn ends it. */
static void
test_played (void)
{
  g_autoptr (World) world = new_world ();
  BmEffect *effect;

  reach_memo (world);
  speak (world);
  world_forget (world);
  world_choose (world, "hear");
  assert_page (world, "memo-near");
  g_assert_true (world_says (world, "旁边有人吗"));
  g_assert_cmpuint (count_asked (world, "play"), ==, 0);
  world_choose (world, "silent");
  assert_page (world, "memo-said");
  world_choose (world, "hear");
  world_choose (world, "aloud");
  assert_page (world, "memo-play");
  effect = world_need (world, BM_EFFECT_MEMO);
  g_assert_cmpstr (effect->text, ==, "play");
  g_assert_cmpmem (g_bytes_get_data (effect->whole, NULL), g_bytes_get_size (effect->whole), SPOKEN,
                   strlen (SPOKEN));
  g_assert_cmpuint (json_array_size (json_object_get (world_page (world), "speech")), ==, 0);
  world_memo (world, effect->number);
  assert_page (world, "memo-said");
  world_send (world, (BmEvent){ .type = BM_EVENT_HEADPHONE, .flag = TRUE });
  world_forget (world);
  world_choose (world, "hear");
  assert_page (world, "memo-play");
  world_send (world, (BmEvent){ .type = BM_EVENT_HEADPHONE, .flag = FALSE });
  assert_page (world, "memo-said");
  g_assert_cmpuint (count_asked (world, "drop"), ==, 1);
}

/* What cannot be played can be kept. */
static void
test_unplayable (void)
{
  g_autoptr (World) world = new_world ();

  reach_memo (world);
  speak (world);
  world_choose (world, "hear");
  world_choose (world, "aloud");
  world->memo = BM_MEMO_BROKEN;
  world_memo (world, world_need (world, BM_EFFECT_MEMO)->number);
  assert_page (world, "memo-said");
  g_assert_true (world_says (world, "放不出来"));
  world_choose (world, "keep");
  assert_page (world, "readback");
}

/* Back shows that it is there; said anew it is another; whoever leaves has left nothing, and nothing listens on. */
static void
test_left (void)
{
  g_autoptr (World) world = new_world ();

  reach_memo (world);
  speak (world);
  world_choose (world, "keep");
  world_do (world, "back");
  assert_page (world, "memo-said");
  world_choose (world, "talk");
  world_do (world, "back");
  assert_page (world, "memo-said");
  g_assert_cmpuint (count_asked (world, "drop"), ==, 1);
  world_forget (world);
  world_choose (world, "talk");
  world_do (world, "end");
  g_assert_cmpuint (count_asked (world, "drop"), ==, 1);
  world_tick (world, 30);
  world_take (world);
  reach_memo (world); /* not memo-said */
}

static void
test_full (void)
{
  g_autoptr (World) world = new_world ();

  world->commit_error = BM_ERROR_FULL;
  reach_memo (world);
  speak (world);
  world_choose (world, "keep");
  world_choose (world, "right");
  assert_page (world, "not-stored");
  g_assert_cmpuint (world->n_commits, ==, 0);
}

/* A sound that nobody asked for, and one that is too much. */
static void
test_unasked (void)
{
  g_autoptr (World) world = new_world ();
  g_autoptr (GBytes) large =
    g_bytes_new_take (g_malloc0 (BM_MEMO_MAX_BYTES + 1), BM_MEMO_MAX_BYTES + 1);

  world_memo (world, 0);
  world_level (world, 0, 1, 1);
  reach_memo (world);
  world_memo (world, 0);
  assert_page (world, "memo");
  world_choose (world, "talk");
  world_send (world, (BmEvent){ .type = BM_EVENT_MEMO,
                                .number = world_need (world, BM_EFFECT_MEMO)->number,
                                .code = BM_MEMO_OK,
                                .whole = large });
  assert_page (world, "memo");
  g_assert_true (world_says (world, "没有录好。"));
}

/* The appeal: where there is a microphone, of what has no button; never without a name or of what the desk must not see. */
static void
test_appeal (void)
{
  static const struct
  {
    const char *codes;
    gboolean has_microphone;
    const char *page;
  } ways[] = { { "help other no", TRUE, "memo" },
               { "help other no", FALSE, "field" },
               { "help road", TRUE, "field" },
               { "complain other yes", TRUE, "field" },
               { "report yes other no", TRUE, "field" } };

  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (World) world = world_new ();

      world->setup.has_microphone = ways[i].has_microphone;
      appeal_begin (world);
      world_choose (world, "safe");
      appeal_tap_all (world, ways[i].codes);
      g_test_message ("%s", ways[i].codes);
      assert_page (world, ways[i].page);
    }
}

/* It goes with the appeal, the notice says that it was recorded, and nobody has to ask what it is about. */
static void
test_appeal_said (void)
{
  g_autoptr (World) world = world_new ();

  world->setup.has_microphone = TRUE;
  appeal_begin (world);
  world_choose (world, "safe");
  appeal_tap_all (world, "help other no");
  speak (world);
  world_choose (world, "keep");
  appeal_tap_all (world, "group today look");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  assert_page (world, "notice");
  g_assert_true (world_says (world, "您的录音一起送去"));
  world_choose (world, "agree");
  g_assert_true (world_says (world, "录了一段话"));
  world_forget (world);
  world_choose (world, "right");
  g_assert_cmpstr (payload_field (world, "q.memo"), ==, "memo");
  g_assert_cmpuint (world->draft->attachments->len, ==, 1);
  g_assert_cmpstr (sheet_memo (world), ==, "录了一段话");
  g_assert_null (world_find (world, BM_EFFECT_CONTACT));
}

/* Whoever changes what it is about, so that nothing has to be said, has said nothing. */
static void
test_appeal_changed (void)
{
  g_autoptr (World) world = world_new ();

  world->setup.has_microphone = TRUE;
  appeal_begin (world);
  world_choose (world, "safe");
  appeal_tap_all (world, "help other no");
  speak (world);
  world_choose (world, "keep");
  for (guint i = 0; i < 3; i++)
    world_do (world, "back"); /* where -> memo -> about -> what */
  appeal_tap_all (world, "road group today look");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  world_choose (world, "agree");
  world_choose (world, "right");
  g_assert_null (payload_field (world, "q.memo"));
  g_assert_null (world->draft->attachments);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  world_set_up_locale ();
  g_test_add_func ("/memo/said", test_said);
  g_test_add_func ("/memo/meter", test_meter);
  g_test_add_func ("/memo/complaints", test_complaints);
  g_test_add_func ("/memo/minute", test_minute);
  g_test_add_func ("/memo/staff", test_staff);
  g_test_add_func ("/memo/late", test_late);
  g_test_add_func ("/memo/played", test_played);
  g_test_add_func ("/memo/unplayable", test_unplayable);
  g_test_add_func ("/memo/left", test_left);
  g_test_add_func ("/memo/full", test_full);
  g_test_add_func ("/memo/unasked", test_unasked);
  g_test_add_func ("/memo/appeal", test_appeal);
  g_test_add_func ("/memo/appeal-said", test_appeal_said);
  g_test_add_func ("/memo/appeal-changed", test_appeal_changed);
  return g_test_run ();
}
