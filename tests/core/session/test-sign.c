/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/entry/attachment.h"
#include "core/strokes/strokes.h"
#include "tests/core/session/world.h"

#include <string.h>

/* A signature from the page to the draft, and for who does not write the way round it. */

static void
reach_signature (World *world)
{
  world_choose (world, "start");
  world_choose (world, "demo.sign");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  world_choose (world, "agree");
  world_choose (world, "code:child");
  assert_page (world, "sign");
}

static void
send_strokes (World *world, const char *text)
{
  json_auto_t *intent = json_pack ("{s:i, s:s, s:s}", "version", 1, "do", "sign", "strokes", text);

  world_send (world, (BmEvent){ .type = BM_EVENT_INTENT, .json = intent });
}

static void
sign (World *world, const BmStrokes *strokes)
{
  g_autofree char *text = bm_strokes_to_text (strokes);

  send_strokes (world, text);
}

static BmStrokes *
new_name (void)
{
  BmStrokes *strokes = bm_strokes_new (23000, 12000);

  g_assert_true (bm_strokes_begin (strokes, (BmStrokePoint){ 1000, 1000, 0 }));
  for (guint i = 1; i < 120; i++)
    g_assert_true (
      bm_strokes_go_on (strokes, (BmStrokePoint){ 1000 + 40 * (gint32) i,
                                                  1000 + (gint32) (i * i % 97) * 9, 8 * i }));
  return strokes;
}

static const char *
input_text (World *world, const char *key)
{
  return json_string_value (json_object_get (json_object_get (world_page (world), "input"), key));
}

static json_t *
find_block (BmDraft *draft)
{
  json_t *block;
  gsize i;

  json_array_foreach (json_object_get (draft->sheet, "blocks"), i, block)
  {
    if (strcmp (json_string_value (json_object_get (block, "type")), "signature") == 0)
      return block;
  }
  return NULL;
}

static const char *
payload_field (World *world)
{
  return json_string_value (
    json_object_get (json_object_get (world->draft->payload, "fields"), "y.sign"));
}

/* All points with their times go with the entry, sealed; page and sheet have the shape alone. */
static void
test_signed (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_SIGN"));
  g_autoptr (BmStrokes) name = new_name ();
  g_autoptr (GBytes) bytes = bm_strokes_to_bytes (name);
  g_autoptr (BmStrokes) drawn = NULL;
  g_autofree char *text = bm_strokes_to_text (name);
  BmAttachment *attachment;
  guint n;

  reach_signature (world);
  sign (world, name);
  assert_page (world, "readback");
  g_assert_true (world_says (world, "已签名"));
  world_choose (world, "right");
  assert_page (world, "done");
  g_assert_cmpstr (payload_field (world), ==, "drawn");
  g_assert_cmpuint (world->draft->attachments->len, ==, 1);
  attachment = world->draft->attachments->pdata[0];
  g_assert_cmpstr (attachment->mime, ==, BM_STROKES_MIME);
  g_assert_true (g_bytes_equal (attachment->data, bytes));
  drawn =
    bm_strokes_parse (json_string_value (json_object_get (find_block (world->draft), "drawing")),
                      NULL);
  g_assert_cmpuint (bm_strokes_get (drawn, 0, &n)[0].t, ==, 0);
  g_assert_cmpuint (n, <, 120);
  g_assert_false (world_has_shown (world, text)); /* no page had its times */
}

/* Nothing, a dot, and what is no strokes at all are not taken, and the page says so. */
static void
test_too_little (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_SIGN"));
  g_autoptr (BmStrokes) dot = bm_strokes_new (23000, 12000);

  reach_signature (world);
  world_do (world, "next");
  assert_page (world, "sign");
  g_assert_cmpstr (input_text (world, "problem"), ==, "还没有看到字。\n请用手指写在框里。");
  g_assert_true (bm_strokes_begin (dot, (BmStrokePoint){ 500, 500, 0 }));
  sign (world, dot);
  assert_page (world, "sign");
  g_assert_nonnull (input_text (world, "problem"));
  send_strokes (world, "AAAA");
  g_assert_cmpstr (input_text (world, "problem"), ==, "写得太多了，\n请按重写，再写一遍。");
}

/* Back gives it again; what stands there is confirmed, or written anew. */
static void
test_back (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_SIGN"));
  g_autoptr (BmStrokes) name = new_name ();
  g_autoptr (BmStrokes) other = new_name ();
  g_autoptr (GBytes) bytes = NULL;

  reach_signature (world);
  sign (world, name);
  world_do (world, "back");
  assert_page (world, "sign");
  g_assert_nonnull (input_text (world, "drawing"));
  world_do (world, "next");
  assert_page (world, "readback");
  world_do (world, "back");
  g_assert_true (bm_strokes_begin (other, (BmStrokePoint){ 9000, 9000, 5000 }));
  bytes = bm_strokes_to_bytes (other);
  sign (world, other);
  world_choose (world, "right");
  g_assert_cmpuint (world->draft->attachments->len, ==, 1);
  g_assert_true (
    g_bytes_equal (((BmAttachment *) world->draft->attachments->pdata[0])->data, bytes));
}

/* Nobody is held up because he cannot write; what he had begun to write is not kept. */
static void
test_cannot_write (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_SIGN"));
  g_autoptr (BmStrokes) name = new_name ();

  reach_signature (world);
  sign (world, name);
  world_do (world, "back");
  world_choose (world, "cannot");
  assert_page (world, "mark");
  world_choose (world, "write");
  assert_page (world, "sign");
  world_choose (world, "cannot");
  world_choose (world, "mark");
  assert_page (world, "readback");
  g_assert_true (world_says (world, "按手印，在条子上"));
  world_choose (world, "right");
  assert_page (world, "done");
  g_assert_cmpstr (payload_field (world), ==, "finger-print");
  g_assert_null (world->draft->attachments);
  g_assert_cmpstr (json_string_value (json_object_get (find_block (world->draft), "drawing")), ==,
                   "");
}

/* Strokes are for the page that asks for them. */
static void
test_elsewhere (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_SIGN"));
  g_autoptr (BmStrokes) name = new_name ();

  world_choose (world, "start");
  assert_page (world, "home");
  sign (world, name);
  assert_page (world, "home");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  world_set_up_locale ();
  g_test_add_func ("/sign/signed", test_signed);
  g_test_add_func ("/sign/too-little", test_too_little);
  g_test_add_func ("/sign/back", test_back);
  g_test_add_func ("/sign/cannot-write", test_cannot_write);
  g_test_add_func ("/sign/elsewhere", test_elsewhere);
  return g_test_run ();
}
