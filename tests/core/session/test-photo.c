/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/entry/attachment.h"
#include "core/error.h"
#include "tests/core/session/world.h"

#include <glib/gstdio.h>
#include <string.h>

/* A paper from under the camera to the draft, and what is said and offered when there is no picture of it. */

static World *
new_world (void)
{
  return world_new_with (g_getenv ("BIANMIN_PHOTO"));
}

static void
reach_photo (World *world)
{
  world_choose (world, "start");
  world_choose (world, "demo.photo");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  world_choose (world, "agree");
  world_choose (world, "code:bill");
  assert_page (world, "photo");
}

static const char *
shown_photo (json_t *object)
{
  return json_string_value (json_object_get (object, "photo"));
}

static const char *
payload_field (World *world)
{
  return json_string_value (
    json_object_get (json_object_get (world->draft->payload, "fields"), "y.paper"));
}

/* The value of the block 材料 of the sheet. */
static const char *
sheet_papers (World *world)
{
  json_t *block;
  gsize i;

  json_array_foreach (json_object_get (world->draft->sheet, "blocks"), i, block)
  {
    if (g_strcmp0 (json_string_value (json_object_get (block, "label")), "材料") == 0)
      return json_string_value (json_object_get (block, "value"));
  }
  return NULL;
}

/* As it came it goes with the entry; pages have it in small, the slip counts it. */
static void
test_taken (void)
{
  g_autoptr (World) world = new_world ();
  g_autofree char *small = g_base64_encode ((const guchar *) PAPER_SMALL, strlen (PAPER_SMALL));
  g_autofree char *whole = g_base64_encode ((const guchar *) PAPER, strlen (PAPER));
  BmAttachment *attachment;

  reach_photo (world);
  world_choose (world, "take");
  assert_page (world, "photo-taken");
  g_assert_cmpstr (shown_photo (world_page (world)), ==, small);
  world_choose (world, "keep");
  assert_page (world, "readback");
  g_assert_true (world_says (world, "拍了照片"));
  g_assert_cmpstr (shown_photo (json_array_get (json_object_get (world_page (world), "facts"), 1)),
                   ==, small);
  world_choose (world, "right");
  assert_page (world, "done");
  g_assert_cmpstr (payload_field (world), ==, "photo");
  g_assert_cmpstr (sheet_papers (world), ==, "1张");
  g_assert_cmpuint (world->draft->attachments->len, ==, 1);
  attachment = world->draft->attachments->pdata[0];
  g_assert_cmpstr (attachment->mime, ==, BM_PHOTO_MIME);
  g_assert_cmpmem (g_bytes_get_data (attachment->data, NULL), g_bytes_get_size (attachment->data),
                   PAPER, strlen (PAPER));
  g_assert_false (world_has_shown (world, whole));
}

/* Back shows it again; once more replaces it; and 写好了 is not there: one presses what one sees. */
static void
test_again (void)
{
  g_autoptr (World) world = new_world ();

  reach_photo (world);
  world_choose (world, "take");
  world_choose (world, "keep");
  world_do (world, "back");
  assert_page (world, "photo-taken");
  world_choose (world, "take");
  assert_page (world, "photo-taken");
  g_assert_cmpint (world_find (world, BM_EFFECT_PHOTO)->number, ==, 2);
  world_choose (world, "keep");
  world_choose (world, "right");
  g_assert_cmpuint (world->draft->attachments->len, ==, 1);
}

static void
need_complaint (BmPhotoState state, const char *words)
{
  g_autoptr (World) world = new_world ();

  reach_photo (world);
  world->photo = state;
  world_choose (world, "take");
  assert_page (world, "photo");
  g_assert_true (world_says (world, words));
  world->photo = BM_PHOTO_OK;
  world_choose (world, "take"); /* once more, and it is forgotten */
  assert_page (world, "photo-taken");
  world_do (world, "back");
  world_choose (world, "code:other");
  g_assert_false (world_says (world, words));
}

static void
test_complaints (void)
{
  need_complaint (BM_PHOTO_NO_CAMERA, "照相机没有反应。");
  need_complaint (BM_PHOTO_DARK, "太暗了，看不清字。");
  need_complaint (BM_PHOTO_LARGE, "这张照片太大了。");
  need_complaint (BM_PHOTO_BROKEN, "没有拍好。");
}

/* What the machine cannot read is shown and said; the person takes it again, or keeps it all the same. */
static void
need_doubt (BmPhotoState state, const char *words)
{
  g_autoptr (World) world = new_world ();

  reach_photo (world);
  world->photo = state;
  world_choose (world, "take");
  assert_page (world, "photo-taken");
  g_assert_true (world_says (world, words));
  g_assert_nonnull (shown_photo (world_page (world)));
  world->photo = BM_PHOTO_OK;
  world_choose (world, "take");
  assert_page (world, "photo-taken");
  g_assert_false (world_says (world, words));
  world->photo = state;
  world_choose (world, "take");
  world_choose (world, "keep");
  assert_page (world, "readback");
  world_do (world, "back");
  assert_page (world, "photo-taken");
  g_assert_true (world_says (world, words)); /* it is the same picture */
  world_choose (world, "keep");
  world_choose (world, "right");
  assert_page (world, "done");
  g_assert_cmpuint (world->draft->attachments->len, ==, 1);
}

static void
test_doubts (void)
{
  need_doubt (BM_PHOTO_BLURRED, "没拍清楚。");
  need_doubt (BM_PHOTO_GLARE, "纸上反光。");
}

/* Nobody needs a camera: the staff are called and take the paper, from each of the three pages. */
static void
test_staff (void)
{
  for (guint at = 0; at < 3; at++)
    {
      g_autoptr (World) world = new_world ();

      reach_photo (world);
      world->is_camera_slow = at == 1;
      if (at > 0)
        world_choose (world, "take");
      assert_page (world, at == 0 ? "photo" : at == 1 ? "photo-shot" : "photo-taken");
      world_choose (world, "staff");
      assert_page (world, "readback");
      g_assert_true (world_find (world, BM_EFFECT_CALL_HELP)->flag);
      g_assert_true (world_says (world, "纸交给工作人员"));
      world_choose (world, "right");
      assert_page (world, "done");
      g_assert_cmpstr (payload_field (world), ==, "staff");
      g_assert_null (world->draft->attachments);
      g_assert_cmpstr (sheet_papers (world), ==, "纸交给工作人员");
    }
}

/* A camera that does not answer is given up within three seconds, and what it says later is not heard. */
static void
test_late (void)
{
  g_autoptr (World) world = new_world ();
  gint64 number;

  reach_photo (world);
  world->is_camera_slow = TRUE;
  world_choose (world, "take");
  number = world_find (world, BM_EFFECT_PHOTO)->number;
  world_tick (world, 2);
  assert_page (world, "photo-shot");
  world_tick (world, 1);
  assert_page (world, "photo");
  g_assert_true (world_says (world, "照相机没有反应。"));
  world_photo (world, number);
  assert_page (world, "photo");
  world_choose (world, "take");
  world_photo (world, number); /* of the press before */
  assert_page (world, "photo-shot");
  world_photo (world, number + 1);
  assert_page (world, "photo-taken");
}

/* Whoever goes back has it no longer waited for, and whoever leaves has left nothing. */
static void
test_left (void)
{
  g_autoptr (World) world = new_world ();

  reach_photo (world);
  world->is_camera_slow = TRUE;
  world_choose (world, "take");
  world_do (world, "back");
  assert_page (world, "photo");
  world_photo (world, 1);
  assert_page (world, "photo");
  world->is_camera_slow = FALSE;
  world_choose (world, "take");
  world_do (world, "end");
  world_forget (world);
  world_tick (world, 30);
  world_take (world);
  reach_photo (world); /* not photo-taken */
}

/* What the ledger has no room for is said plainly, and the picture is offered again with the same draft. */
static void
test_full (void)
{
  g_autoptr (World) world = new_world ();

  world->commit_error = BM_ERROR_FULL;
  reach_photo (world);
  world_choose (world, "take");
  world_choose (world, "keep");
  world_choose (world, "right");
  assert_page (world, "not-stored");
  g_assert_true (world_says (world, "还没存上"));
  g_assert_cmpuint (world->n_commits, ==, 0);
}

/* A picture that nobody asked for, and one that is too much for a face. */
static void
test_unasked (void)
{
  g_autoptr (World) world = new_world ();
  g_autoptr (GBytes) whole = g_bytes_new_static (PAPER, strlen (PAPER));
  g_autofree guint8 *much = g_malloc0 (BM_PHOTO_MAX_SMALL + 1);
  g_autoptr (GBytes) large = g_bytes_new_static (much, BM_PHOTO_MAX_SMALL + 1);

  world_choose (world, "start");
  world_photo (world, 0);
  assert_page (world, "home");
  world_choose (world, "demo.photo");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  world_choose (world, "agree");
  world_choose (world, "code:bill");
  world_photo (world, 0);
  assert_page (world, "photo");
  world->is_camera_slow = TRUE;
  world_choose (world, "take");
  world_send (world, (BmEvent){ .type = BM_EVENT_PHOTO,
                                .number = 1,
                                .code = BM_PHOTO_OK,
                                .whole = whole,
                                .small = large });
  assert_page (world, "photo");
  g_assert_true (world_says (world, "这张照片太大了。"));
}

static const struct
{
  const char *key;
  const char *value;
  const char *remedy;
} rules[] = { { "who", "choose", "\"self\"" },
              { "level", "internal", "\"sensitive\"" },
              { "keep_local", "none", "\"slip\"" } };

static json_t *
load_service (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("BIANMIN_PHOTO"), "demo.photo.json", NULL);

  return json_load_file (path, 0, NULL);
}

static void
need_fault (json_t *service, const char *remedy)
{
  g_autofree char *text = json_dumps (service, 0);
  g_autofree char *folder = g_dir_make_tmp ("bianmin-XXXXXX", NULL);
  g_autoptr (BmCatalogue) catalogue = bm_catalogue_load (folder, NULL);
  BmCatalogueFault *fault;

  g_assert_cmpint (g_rmdir (folder), ==, 0);
  bm_catalogue_add_text (catalogue, "demo.photo.json", text, strlen (text));
  g_assert_cmpuint (bm_catalogue_get_faults (catalogue)->len, ==, 1);
  fault = g_ptr_array_index (bm_catalogue_get_faults (catalogue), 0);
  if (strstr (fault->message, remedy) == NULL)
    g_error ("%s", fault->message);
}

/* What a service's file may say of a paper. */
static void
test_rules (void)
{
  json_t *service;
  json_t *field;

  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      service = load_service ();
      field = json_array_get (json_object_get (service, "fields"), 3);
      json_object_set_new (field, rules[i].key, json_string (rules[i].value));
      need_fault (service, rules[i].remedy);
      json_decref (service);
    }
  service = load_service ();
  json_object_set_new (service, "flow",
                       json_pack ("[s, s, s, s, s, s]", "fields", "identify", "confirm", "notice",
                                  "readback", "commit"));
  need_fault (service, "known first");
  json_decref (service);
  service = load_service ();
  for (guint i = 0; i < BM_PHOTO_MAX; i++)
    {
      g_autofree char *id = g_strdup_printf ("y.more%u", i);

      field = json_deep_copy (json_array_get (json_object_get (service, "fields"), 3));
      json_object_set_new (field, "id", json_string (id));
      json_array_append_new (json_object_get (service, "fields"), field);
    }
  need_fault (service, "at most 3 papers");
  json_decref (service);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  world_set_up_locale ();
  g_test_add_func ("/photo/taken", test_taken);
  g_test_add_func ("/photo/again", test_again);
  g_test_add_func ("/photo/complaints", test_complaints);
  g_test_add_func ("/photo/doubts", test_doubts);
  g_test_add_func ("/photo/staff", test_staff);
  g_test_add_func ("/photo/late", test_late);
  g_test_add_func ("/photo/left", test_left);
  g_test_add_func ("/photo/full", test_full);
  g_test_add_func ("/photo/unasked", test_unasked);
  g_test_add_func ("/photo/rules", test_rules);
  return g_test_run ();
}
